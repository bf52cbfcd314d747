/* SPDX-License-Identifier: MIT */
/*
 * Those who wait in line for a lock: the waker takes the first one out and gives it what
 * it waits for, so that nobody can come in between. All under the spinlock of the
 * lock waited for, which is taken with interrupts off.
 */
#ifndef _KERNEL_WAITER_H
#define _KERNEL_WAITER_H

#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

struct waiter {
	struct list_head list;
	struct task_struct *task;
	bool granted;
	bool reads; /* of a rwsem: reads only */
};

static inline void waiter_grant(struct waiter *waiter)
{
	list_del(&waiter->list);
	waiter->granted = true;
	wake_up_process(waiter->task);
}

static inline struct waiter *first_waiter(struct list_head *line)
{
	return list_first_entry_or_null(line, struct waiter, list);
}

/*
 * Sleeps at the end of the line until granted, or until the time is up: returns the jiffies
 * left, 0 if it was not granted. Called and returns with the lock held; lets it go meanwhile.
 */
long __sched wait_in_line(struct list_head *line, struct waiter *waiter, spinlock_t *lock,
			  unsigned int state, long timeout);

#endif
