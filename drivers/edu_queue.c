// SPDX-License-Identifier: MIT
/*
 * The edu device's requests on their way: queue, steps, interrupt, tasklet, and back. edu.c has
 * the theory.
 */
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "edu.h"

struct kmem_cache *edu_step_cache;

/* --- steps: edu->lock is held --------------------------------------------------------------- */

void edu_run(struct edu *edu, struct edu_step *step)
{
	edu->active = step;
	step->deadline = jiffies + EDU_TIMEOUT;
	schedule_delayed_work(&edu->watchdog, EDU_TIMEOUT);
	if (!edu->stuck)
		edu_step_begin(edu, step);
}

/* Those behind the first wait with it. */
static void edu_wait_for_memory(struct edu *edu)
{
	struct edu_request *request;

	list_for_each_entry(request, &edu->queue, node) {
		edu->stats.waited += !request->waited;
		request->waited = true;
	}
	mod_timer(&edu->retry, jiffies + EDU_RETRY);
}

/* Begins the next step, if there is one to begin. */
void edu_next(struct edu *edu)
{
	struct edu_request *request;
	struct edu_step *step;

	request = list_first_entry_or_null(&edu->queue, struct edu_request, node);
	if (!request || edu->active || edu->resetting || edu->gone)
		return;
	step = kmem_cache_alloc(edu_step_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!step) {
		edu_wait_for_memory(edu);
		return;
	}
	edu_step_plan(step, request);
	if (edu_step_map(edu, step)) { /* the tasklet, who has the buffer, comes here again */
		kmem_cache_free(edu_step_cache, step);
		return;
	}
	if (step->dir == DMA_FROM_DEVICE)
		request->pos += step->len;
	request->inside = request->op == EDU_COPY && step->dir == DMA_TO_DEVICE;
	edu_run(edu, step);
}

/* The step goes to the tasklet; with it, if it was the last or has failed, its request. */
void edu_end_step(struct edu *edu, struct edu_step *step, int error)
{
	struct edu_request *request = step->request;

	edu->stats.steps++;
	edu->stats.bytes += error ? 0 : step->len;
	if (step->dir == DMA_NONE && !error)
		request->number = readl(edu->regs + EDU_FACT);
	step->error = error;
	step->last |= error != 0;
	if (step->last) {
		list_del(&request->node);
		edu->stats.requests++;
		edu->stats.failed += error != 0;
	}
	list_add_tail(&step->node, &edu->ended);
	tasklet_schedule(&edu->tasklet);
}

/*
 * Whether the step has ended is asked of the device, not told by the interrupt: one that comes
 * late, for a step that was given up, ends nothing.
 */
irqreturn_t edu_interrupt(int irq, void *dev_id)
{
	struct edu *edu = dev_id;
	u32 status = readl(edu->regs + EDU_IRQ_STATUS);
	struct edu_step *step;

	if (!status)
		return IRQ_NONE;
	writel(status, edu->regs + EDU_IRQ_ACK);

	spin_lock(&edu->lock);
	edu->stats.irqs++;
	step = edu->active;
	if (step && !edu->stuck && !edu_busy(edu)) {
		edu->active = NULL;
		edu_end_step(edu, step, 0);
		edu_next(edu);
	} else {
		edu->stats.spurious++;
	}
	spin_unlock(&edu->lock);
	return IRQ_HANDLED;
}

void edu_finish(struct tasklet_struct *tasklet)
{
	struct edu *edu = from_tasklet(edu, tasklet, tasklet);
	struct edu_request *request;
	struct edu_step *step;

	for (;;) {
		spin_lock_irq(&edu->lock);
		step = list_first_entry_or_null(&edu->ended, struct edu_step, node);
		if (step)
			list_del(&step->node);
		else
			edu_next(edu);
		spin_unlock_irq(&edu->lock);
		if (!step)
			return;

		request = step->last ? step->request : NULL;
		if (request)
			request->error = step->error;
		edu_step_unmap(edu, step);
		kmem_cache_free(edu_step_cache, step);
		if (request)
			request->done(request);
	}
}

void edu_try_again(struct timer_list *timer)
{
	struct edu *edu = from_timer(edu, timer, retry);

	spin_lock_irq(&edu->lock);
	edu_next(edu);
	spin_unlock_irq(&edu->lock);
}

/* --- callers ------------------------------------------------------------------------------------ */

struct edu_request *edu_request_alloc(struct edu *edu, gfp_t gfp)
{
	struct edu_request *request = mempool_alloc(edu->requests, gfp);

	if (request)
		memset(request, 0, sizeof(*request));
	return request;
}

void edu_request_free(struct edu *edu, struct edu_request *request)
{
	mempool_free(request, edu->requests);
}

int edu_submit(struct edu *edu, struct edu_request *request)
{
	unsigned long flags;
	int error = 0;

	if (!edu_request_valid(request))
		return -EINVAL;
	spin_lock_irqsave(&edu->lock, flags);
	if (edu->gone) {
		error = -ENODEV;
	} else {
		list_add_tail(&request->node, &edu->queue);
		edu_next(edu);
	}
	spin_unlock_irqrestore(&edu->lock, flags);
	return error;
}

static void edu_wake(struct edu_request *request)
{
	complete(request->context);
}

/* Waits in turns: a large copy lasts longer than a thread may sleep without being called hung. */
static int edu_do(struct edu *edu, const struct edu_request *what, u32 *result)
{
	struct edu_request *request = edu_request_alloc(edu, GFP_NOIO);
	DECLARE_COMPLETION_ONSTACK(done);
	int error;

	*request = *what;
	request->done = edu_wake;
	request->context = &done;
	error = edu_submit(edu, request);
	if (!error) {
		while (!wait_for_completion_timeout(&done, 30 * HZ))
			;
		error = request->error;
		*result = request->number;
	}
	edu_request_free(edu, request);
	return error;
}

int edu_factorial(struct edu *edu, u32 n, u32 *result)
{
	struct edu_request what = { .op = EDU_FACTORIAL, .number = n };

	return n > EDU_FACT_MOST ? -ERANGE : edu_do(edu, &what, result);
}

int edu_write(struct edu *edu, const void *from, size_t len)
{
	struct edu_request what = { .op = EDU_WRITE, .from = from, .len = len };

	return edu_do(edu, &what, &what.number);
}

int edu_read(struct edu *edu, void *to, size_t len)
{
	struct edu_request what = { .op = EDU_READ, .to = to, .len = len };

	return edu_do(edu, &what, &what.number);
}

int edu_copy(struct edu *edu, void *to, const void *from, size_t len)
{
	struct edu_request what = { .op = EDU_COPY, .from = from, .to = to, .len = len };

	return edu_do(edu, &what, &what.number);
}
