// SPDX-License-Identifier: MIT
/* Completions (linux/completion.h). */
#include <linux/completion.h>
#include <linux/kernel.h>
#include "waiter.h"

#define FOR_EVER UINT_MAX

void complete(struct completion *work)
{
	unsigned long flags;
	struct waiter *waiter;

	spin_lock_irqsave(&work->lock, flags);
	waiter = first_waiter(&work->waiters);
	if (waiter)
		waiter_grant(waiter);
	else if (work->done != FOR_EVER)
		work->done++;
	spin_unlock_irqrestore(&work->lock, flags);
}

void complete_all(struct completion *work)
{
	unsigned long flags;
	struct waiter *waiter;

	spin_lock_irqsave(&work->lock, flags);
	work->done = FOR_EVER;
	while ((waiter = first_waiter(&work->waiters)))
		waiter_grant(waiter);
	spin_unlock_irqrestore(&work->lock, flags);
}

/* Under the lock. */
static bool take_pass(struct completion *work)
{
	if (!work->done)
		return false;
	if (work->done != FOR_EVER)
		work->done--;
	return true;
}

static long __sched wait(struct completion *work, unsigned int state, long timeout)
{
	struct waiter waiter;

	might_sleep();
	spin_lock_irq(&work->lock);
	if (take_pass(work))
		timeout = max(timeout, 1L);
	else
		timeout = wait_in_line(&work->waiters, &waiter, &work->lock, state, timeout);
	spin_unlock_irq(&work->lock);
	return timeout;
}

void __sched wait_for_completion(struct completion *work)
{
	wait(work, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
}

unsigned long __sched wait_for_completion_timeout(struct completion *work, unsigned long timeout)
{
	return wait(work, TASK_UNINTERRUPTIBLE, min_t(unsigned long, timeout, LONG_MAX));
}

int __sched wait_for_completion_interruptible(struct completion *work)
{
	wait(work, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
	return 0;
}

int __sched wait_for_completion_killable(struct completion *work)
{
	wait(work, TASK_KILLABLE, MAX_SCHEDULE_TIMEOUT);
	return 0;
}

long __sched wait_for_completion_interruptible_timeout(struct completion *work,
						       unsigned long timeout)
{
	return wait(work, TASK_INTERRUPTIBLE, min_t(unsigned long, timeout, LONG_MAX));
}

long __sched wait_for_completion_killable_timeout(struct completion *work, unsigned long timeout)
{
	return wait(work, TASK_KILLABLE, min_t(unsigned long, timeout, LONG_MAX));
}

bool try_wait_for_completion(struct completion *work)
{
	unsigned long flags;
	bool taken;

	spin_lock_irqsave(&work->lock, flags);
	taken = take_pass(work);
	spin_unlock_irqrestore(&work->lock, flags);
	return taken;
}

/* Under the lock: who sees it done may free it, and complete() must have let go by then. */
bool completion_done(struct completion *work)
{
	unsigned long flags;
	bool done;

	spin_lock_irqsave(&work->lock, flags);
	done = work->done;
	spin_unlock_irqrestore(&work->lock, flags);
	return done;
}
