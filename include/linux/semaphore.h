/* SPDX-License-Identifier: MIT */
/*
 * Counting semaphores: down() takes one, or sleeps until there is one; up() gives one,
 * to who has waited longest if anybody waits, and may be called in any context, by
 * anybody. down_trylock() too.
 */
#ifndef _LINUX_SEMAPHORE_H
#define _LINUX_SEMAPHORE_H

#include <linux/list.h>
#include <linux/spinlock.h>

struct semaphore {
	spinlock_t lock; /* taken with interrupts off */
	unsigned int count;
	struct list_head wait_list;
};

#define __SEMAPHORE_INITIALIZER(name, n)                               \
	{                                                              \
		.lock = __SPIN_LOCK_UNLOCKED((name).lock), .count = n, \
		.wait_list = LIST_HEAD_INIT((name).wait_list),         \
	}
#define DEFINE_SEMAPHORE(name) struct semaphore name = __SEMAPHORE_INITIALIZER(name, 1)

static inline void sema_init(struct semaphore *sem, int value)
{
	spin_lock_init(&sem->lock);
	sem->count = value;
	INIT_LIST_HEAD(&sem->wait_list);
}

void down(struct semaphore *sem);
void up(struct semaphore *sem);
/* 0: taken; 1: there was none. The other way round than mutex_trylock(), as in Linux. */
int __must_check down_trylock(struct semaphore *sem);
/* 0, or -ETIME after so many jiffies. */
int __must_check down_timeout(struct semaphore *sem, long timeout);
/* There are no signals: these always return 0. */
int __must_check down_interruptible(struct semaphore *sem);
int __must_check down_killable(struct semaphore *sem);

#endif
