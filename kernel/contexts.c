// SPDX-License-Identifier: MIT
/* Running a function in a context of one's choice (memkern/contexts.h). */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include <asm/traps.h>
#include <memkern/contexts.h>

#define CONTEXT_VECTOR 0xe0 /* behind the devices' vectors: nobody else's */

const char *const context_names[NR_CONTEXTS] = {
	[CONTEXT_PROCESS] = "process",	   [CONTEXT_THREAD] = "thread",
	[CONTEXT_WORKQUEUE] = "workqueue", [CONTEXT_PREEMPT_OFF] = "atomic",
	[CONTEXT_SPINLOCK] = "spinlock",   [CONTEXT_IRQS_OFF] = "irqsoff",
	[CONTEXT_BH_OFF] = "bhoff",	   [CONTEXT_TASKLET] = "tasklet",
	[CONTEXT_TIMER] = "timer",	   [CONTEXT_HRTIMER] = "hrtimer",
	[CONTEXT_HARDIRQ] = "hardirq",
};

/* The one that is under way: interrupts and tasklets get no argument of the caller's choice. */
static struct {
	void (*function)(void *data);
	void *data;
	struct completion done;
} job;

static DEFINE_MUTEX(job_mutex);

static void do_job(void)
{
	job.function(job.data);
	complete(&job.done);
}

static int in_thread(void *unused)
{
	do_job();
	return 0;
}

static void in_work(struct work_struct *work)
{
	do_job();
}

static void in_tasklet(struct tasklet_struct *tasklet)
{
	do_job();
}

static void in_timer(struct timer_list *timer)
{
	do_job();
}

static enum hrtimer_restart in_hrtimer(struct hrtimer *timer)
{
	do_job();
	return HRTIMER_NORESTART;
}

static void in_interrupt_handler(struct pt_regs *regs)
{
	do_job();
}

/* Waits for the thread, not for the job: a thread that faults does not come to its end. */
static void run_to_its_end(struct task_struct *task)
{
	get_task_struct(task);
	wake_up_process(task);
	wait_for_completion_interruptible(&task->exited);
	put_task_struct(task);
}

static int run_thread(void)
{
	struct task_struct *task = kthread_create(in_thread, NULL, "context");

	if (IS_ERR(task))
		return PTR_ERR(task);
	run_to_its_end(task);
	complete(&job.done);
	return 0;
}

/* As with a thread: a work that faults does not come to its end, but is no longer busy. */
static void run_work(void)
{
	static DECLARE_WORK(work, in_work);

	schedule_work(&work);
	while (!wait_for_completion_interruptible_timeout(&job.done, HZ / 10))
		if (!work_busy(&work))
			break;
	complete(&job.done);
}

/* So late that who asked for it sleeps by then, wherever the timer comes. */
static void start_timer(void)
{
	static DEFINE_TIMER(timer, in_timer);

	mod_timer(&timer, jiffies + msecs_to_jiffies(10));
}

static void start_hrtimer(void)
{
	static struct hrtimer timer;

	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = in_hrtimer;
	hrtimer_start(&timer, NSEC_PER_MSEC, HRTIMER_MODE_REL);
}

/* At its end the tasklet runs, on top of the caller; from process context it would be ksoftirqd's. */
static void schedule_tasklet(struct pt_regs *regs)
{
	static DECLARE_TASKLET(tasklet, in_tasklet);

	tasklet_schedule(&tasklet);
}

static void interrupt_myself(void (*handler)(struct pt_regs *regs))
{
	set_interrupt_handler(CONTEXT_VECTOR, handler);
	asm volatile("int %0" : : "i"(CONTEXT_VECTOR) : "memory");
	set_interrupt_handler(CONTEXT_VECTOR, NULL);
}

static void with_spinlock(void)
{
	static DEFINE_SPINLOCK(context_lock);

	spin_lock(&context_lock);
	do_job();
	spin_unlock(&context_lock);
}

static int start(enum context context)
{
	switch (context) {
	case CONTEXT_THREAD:
		return run_thread();
	case CONTEXT_WORKQUEUE:
		run_work();
		break;
	case CONTEXT_PREEMPT_OFF:
		preempt_disable();
		do_job();
		preempt_enable();
		break;
	case CONTEXT_SPINLOCK:
		with_spinlock();
		break;
	case CONTEXT_IRQS_OFF:
		local_irq_disable();
		do_job();
		local_irq_enable();
		break;
	case CONTEXT_BH_OFF:
		local_bh_disable();
		do_job();
		local_bh_enable();
		break;
	case CONTEXT_TASKLET:
		interrupt_myself(schedule_tasklet);
		break;
	case CONTEXT_TIMER:
		start_timer();
		break;
	case CONTEXT_HRTIMER:
		start_hrtimer();
		break;
	case CONTEXT_HARDIRQ:
		interrupt_myself(in_interrupt_handler);
		break;
	default:
		do_job();
	}
	return 0;
}

struct on_cpu {
	void (*function)(void *data);
	void *data;
};

static int run_bound(void *data)
{
	const struct on_cpu *call = data;

	call->function(call->data);
	return 0;
}

int run_on_cpu(unsigned int cpu, void (*function)(void *data), void *data)
{
	struct on_cpu call = { function, data };
	struct task_struct *task;

	if (cpu >= nr_cpu_ids || !cpu_online(cpu))
		return -EINVAL;
	task = kthread_create(run_bound, &call, "on/%u", cpu);
	if (IS_ERR(task))
		return PTR_ERR(task);
	kthread_bind(task, cpu);
	run_to_its_end(task);
	return 0;
}

int run_in_context(enum context context, void (*function)(void *data), void *data)
{
	int error;

	mutex_lock(&job_mutex);
	job.function = function;
	job.data = data;
	init_completion(&job.done);
	error = start(context);
	if (!error)
		wait_for_completion_interruptible(&job.done); /* for as long as it takes */
	mutex_unlock(&job_mutex);
	return error;
}
