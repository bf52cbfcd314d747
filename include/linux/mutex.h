/* SPDX-License-Identifier: MIT */
/*
 * Mutexes: for process context, held by one task at a time. There is one task so far, so
 * a mutex that is taken is the caller's own: taking it again would wait for ever, and is a BUG.
 */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/bug.h>
#include <linux/preempt.h>
#include <asm/current.h>

struct mutex {
	struct task_struct *owner;
};

#define __MUTEX_INITIALIZER(name) \
	{                         \
		NULL              \
	}
#define DEFINE_MUTEX(name) struct mutex name = __MUTEX_INITIALIZER(name)

static inline void mutex_init(struct mutex *lock)
{
	lock->owner = NULL;
}

static inline bool mutex_is_locked(const struct mutex *lock)
{
	return lock->owner;
}

static inline int mutex_trylock(struct mutex *lock)
{
	if (lock->owner)
		return 0;
	lock->owner = current;
	return 1;
}

static inline void mutex_lock(struct mutex *lock)
{
	BUG_ON(in_interrupt() || !mutex_trylock(lock));
}

static inline void mutex_unlock(struct mutex *lock)
{
	BUG_ON(lock->owner != current);
	lock->owner = NULL;
}

#endif
