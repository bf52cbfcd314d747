/* SPDX-License-Identifier: MIT */
/*
 * Completions: wait until something has been done. Each complete() lets one waiter pass,
 * also one that comes later; complete_all() all of them, for good, until
 * reinit_completion(). complete() in any context, waiting in process context.
 */
#ifndef _LINUX_COMPLETION_H
#define _LINUX_COMPLETION_H

#include <linux/limits.h>
#include <linux/list.h>
#include <linux/spinlock.h>

struct completion {
	spinlock_t lock;   /* taken with interrupts off */
	unsigned int done; /* passes not yet used; UINT_MAX: without end */
	struct list_head waiters;
};

#define COMPLETION_INITIALIZER(work)                       \
	{                                                  \
		.lock = __SPIN_LOCK_UNLOCKED((work).lock), \
		.waiters = LIST_HEAD_INIT((work).waiters), \
	}
#define DECLARE_COMPLETION(work)	 struct completion work = COMPLETION_INITIALIZER(work)
#define DECLARE_COMPLETION_ONSTACK(work) DECLARE_COMPLETION(work)

#define init_completion(work)                     \
	do {                                      \
		spin_lock_init(&(work)->lock);    \
		(work)->done = 0;                 \
		INIT_LIST_HEAD(&(work)->waiters); \
	} while (0)

static inline void reinit_completion(struct completion *work)
{
	work->done = 0;
}

void complete(struct completion *work);
void complete_all(struct completion *work);

void wait_for_completion(struct completion *work);
/* The _timeout forms return the jiffies left, at least 1, or 0: it was not completed in time. */
unsigned long wait_for_completion_timeout(struct completion *work, unsigned long timeout);
int wait_for_completion_interruptible(struct completion *work);
int wait_for_completion_killable(struct completion *work);
long wait_for_completion_interruptible_timeout(struct completion *work, unsigned long timeout);

long wait_for_completion_killable_timeout(struct completion *work, unsigned long timeout);
#define wait_for_completion_io(work)		      wait_for_completion(work)
#define wait_for_completion_io_timeout(work, timeout) wait_for_completion_timeout(work, timeout)

/* Takes a pass if there is one; never sleeps. */
bool try_wait_for_completion(struct completion *work);
bool completion_done(struct completion *work);

#endif
