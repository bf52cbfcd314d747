// SPDX-License-Identifier: MIT
/*
 * Waiting: by spinning, and by sleeping until a timer wakes the task.
 *
 * A sleeper's timer lies on its own stack, together with the task to wake. The state is set
 * before the timer starts, so that a timer that fires before schedule() finds a task to wake;
 * schedule() then returns at once. When it returns the timer is stopped, and waited for,
 * before the stack is given up.
 *
 * schedule_timeout(n) sleeps from n to n + 1 jiffies and the wheel's granularity
 * (timer_wheel.c). msleep() adds one more, since the jiffy in which it is called has partly gone.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/timer.h>
#include <asm/tsc.h>
#include <memkern/report.h>
#include "timekeeping.h"

/* --- spinning ------------------------------------------------------------------------ */

void ndelay(unsigned long nsecs)
{
	spin_ns(nsecs);
}

void udelay(unsigned long usecs)
{
	spin_ns((u64)usecs * NSEC_PER_USEC);
}

void mdelay(unsigned long msecs)
{
	spin_ns((u64)msecs * NSEC_PER_MSEC);
}

/* --- sleeping by jiffies ------------------------------------------------------------- */

struct process_timer {
	struct timer_list timer;
	struct task_struct *task;
};

void process_timeout(struct timer_list *timer)
{
	struct process_timer *sleeper = from_timer(sleeper, timer, timer);

	wake_up_process(sleeper->task);
}

const struct task_struct *timer_sleeper(const struct timer_list *timer)
{
	if (timer->function != process_timeout)
		return NULL;
	return container_of(timer, struct process_timer, timer)->task;
}

static long wrong_timeout(long timeout)
{
	if (!report_note("schedule_timeout: wrong timeout value %lx", timeout)) {
		pr_err("schedule_timeout: wrong timeout value %lx\n", timeout);
		dump_stack();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

long __sched schedule_timeout(long timeout)
{
	struct process_timer sleeper = { .task = current };
	unsigned long end;
	long left;

	if (timeout == MAX_SCHEDULE_TIMEOUT) {
		schedule();
		return timeout;
	}
	if (timeout < 0)
		return wrong_timeout(timeout);
	end = jiffies + timeout;
	timer_setup_on_stack(&sleeper.timer, process_timeout, 0);
	mod_timer(&sleeper.timer, end);
	schedule();
	del_timer_sync(&sleeper.timer);
	destroy_timer_on_stack(&sleeper.timer);
	left = end - jiffies;
	return max(left, 0L);
}

long __sched schedule_timeout_interruptible(long timeout)
{
	__set_current_state(TASK_INTERRUPTIBLE);
	return schedule_timeout(timeout);
}

long __sched schedule_timeout_uninterruptible(long timeout)
{
	__set_current_state(TASK_UNINTERRUPTIBLE);
	return schedule_timeout(timeout);
}

long __sched schedule_timeout_killable(long timeout)
{
	__set_current_state(TASK_KILLABLE);
	return schedule_timeout(timeout);
}

long __sched schedule_timeout_idle(long timeout)
{
	__set_current_state(TASK_IDLE);
	return schedule_timeout(timeout);
}

void __sched msleep(unsigned int msecs)
{
	unsigned long timeout = msecs_to_jiffies(msecs) + 1;

	while (timeout)
		timeout = schedule_timeout_uninterruptible(timeout);
}

unsigned long __sched msleep_interruptible(unsigned int msecs)
{
	return jiffies_to_msecs(schedule_timeout_interruptible(msecs_to_jiffies(msecs) + 1));
}

/* --- sleeping by the clock ----------------------------------------------------------- */

struct hrtimer_sleeper {
	struct hrtimer timer;
	struct task_struct *task; /* NULL: it has fired */
};

enum hrtimer_restart hrtimer_wakeup(struct hrtimer *timer)
{
	struct hrtimer_sleeper *sleeper = container_of(timer, struct hrtimer_sleeper, timer);
	struct task_struct *task = sleeper->task;

	WRITE_ONCE(sleeper->task, NULL);
	wake_up_process(task);
	return HRTIMER_NORESTART;
}

const struct task_struct *hrtimer_sleeper_task(const struct hrtimer *timer)
{
	if (timer->function != hrtimer_wakeup)
		return NULL;
	return container_of(timer, struct hrtimer_sleeper, timer)->task;
}

int __sched schedule_hrtimeout_range(ktime_t *expires, u64 delta, enum hrtimer_mode mode)
{
	struct hrtimer_sleeper sleeper = { .task = current };

	if (!expires) {
		schedule();
		return -EINTR;
	}
	hrtimer_init_on_stack(&sleeper.timer, CLOCK_MONOTONIC, mode);
	sleeper.timer.function = hrtimer_wakeup;
	hrtimer_start_range_ns(&sleeper.timer, *expires, delta, mode);
	if (READ_ONCE(sleeper.task))
		schedule();
	hrtimer_cancel(&sleeper.timer);
	destroy_hrtimer_on_stack(&sleeper.timer);
	__set_current_state(TASK_RUNNING);
	return READ_ONCE(sleeper.task) ? -EINTR : 0;
}

void __sched usleep_range_state(unsigned long min, unsigned long max, unsigned int state)
{
	ktime_t end = ktime_add_us(ktime_get(), min);
	u64 slack = max > min ? (u64)(max - min) * NSEC_PER_USEC : 0;

	do
		__set_current_state(state);
	while (schedule_hrtimeout_range(&end, slack, HRTIMER_MODE_ABS));
}

void __sched usleep_range(unsigned long min, unsigned long max)
{
	usleep_range_state(min, max, TASK_UNINTERRUPTIBLE);
}

void __sched usleep_idle_range(unsigned long min, unsigned long max)
{
	usleep_range_state(min, max, TASK_IDLE);
}
