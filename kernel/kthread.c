// SPDX-License-Identifier: MIT
/*
 * Kernel threads (linux/kthread.h): tasks that run a function, can be asked to stop or to
 * park, and leave a result.
 */
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>
#include "sched.h"

/* Bits of task->kthread_flags */
#define SHOULD_STOP 0x1
#define SHOULD_PARK 0x2

static void set_flag(struct task_struct *task, unsigned long flag)
{
	__atomic_or_fetch(&task->kthread_flags, flag, __ATOMIC_SEQ_CST);
}

static void clear_flag(struct task_struct *task, unsigned long flag)
{
	__atomic_and_fetch(&task->kthread_flags, ~flag, __ATOMIC_SEQ_CST);
}

static bool test_flag(const struct task_struct *task, unsigned long flag)
{
	return READ_ONCE(task->kthread_flags) & flag;
}

/* Where a thread's own code begins (switch.S). */
void __noreturn kthread_entry(void)
{
	struct task_struct *task = current;

	if (test_flag(task, SHOULD_STOP)) /* before it ever ran */
		do_exit(-EINTR);
	do_exit(task->threadfn(task->thread_data));
}

struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int node,
					   const char *namefmt, ...)
{
	struct task_struct *task = new_task(threadfn, data);
	va_list args;

	if (!task)
		return ERR_PTR(-ENOMEM);
	va_start(args, namefmt);
	vsnprintf(task->comm, sizeof(task->comm), namefmt, args);
	va_end(args);
	return task;
}

void kthread_bind(struct task_struct *task, unsigned int cpu)
{
	if (!WARN_ON(task->__state != TASK_NEW || cpu >= nr_cpu_ids))
		task->cpu = cpu;
	cpumask_copy(&task->cpus_mask, cpumask_of(task->cpu));
}

void *kthread_data(struct task_struct *task)
{
	return task->thread_data;
}

/* The task has left its CPU: nothing of it runs any more, and its stack is unused. */
static void wait_until_off_cpu(struct task_struct *task)
{
	while (READ_ONCE(task->__state) != TASK_DEAD || READ_ONCE(task->on_cpu))
		schedule_timeout_uninterruptible(1);
}

int kthread_stop(struct task_struct *task)
{
	int result;

	might_sleep();
	get_task_struct(task);
	set_flag(task, SHOULD_STOP);
	kthread_unpark(task);
	wake_up_process(task);
	wait_for_completion(&task->exited);
	wait_until_off_cpu(task);
	result = task->exit_code;
	put_task_struct(task);
	return result;
}

bool kthread_should_stop(void)
{
	return test_flag(current, SHOULD_STOP);
}

bool kthread_should_park(void)
{
	return test_flag(current, SHOULD_PARK);
}

/* Who waits for it to be parked does not run before it is. */
void kthread_parkme(void)
{
	for (;;) {
		set_current_state(TASK_PARKED);
		if (!test_flag(current, SHOULD_PARK))
			break;
		preempt_disable();
		complete(&current->parked);
		preempt_enable_no_resched();
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

/* Off its CPU as well: an interrupt may have stopped it on the way. */
static bool is_parked(const struct task_struct *task)
{
	return READ_ONCE(task->__state) == TASK_PARKED && !READ_ONCE(task->on_rq) &&
	       !READ_ONCE(task->on_cpu);
}

int kthread_park(struct task_struct *task)
{
	if (task->flags & PF_EXITING)
		return -ENOSYS;
	if (WARN_ON_ONCE(test_flag(task, SHOULD_PARK)))
		return -EBUSY;
	set_flag(task, SHOULD_PARK);
	if (task == current)
		return 0;
	wake_up_process(task);
	wait_for_completion(&task->parked);
	while (!is_parked(task) && !(task->flags & PF_EXITING))
		schedule_timeout_uninterruptible(1);
	return task->flags & PF_EXITING ? -ENOSYS : 0;
}

void kthread_unpark(struct task_struct *task)
{
	clear_flag(task, SHOULD_PARK);
	wake_up_state(task, TASK_PARKED);
}

void __noreturn kthread_exit(long result)
{
	do_exit(result);
}

void __noreturn kthread_complete_and_exit(struct completion *work, long code)
{
	if (work)
		complete(work);
	do_exit(code);
}
