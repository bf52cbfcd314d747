/* SPDX-License-Identifier: MIT */
/*
 * Mutexes: held by one task at a time, who wait sleep. Process context; the owner alone
 * unlocks, and does not take the lock again. Fair: a lock that is waited for is handed to
 * who has waited longest.
 */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>

struct mutex {
	atomic_long_t owner; /* the task, 0: free. Bit 0: somebody waits */
	spinlock_t wait_lock;
	struct list_head wait_list; /* first come, first served; under wait_lock */
	struct lockdep_map dep_map;
};

#define __MUTEX_INITIALIZER(name)                                                                \
	{                                                                                        \
		.owner = ATOMIC_LONG_INIT(0), .wait_lock = __SPIN_LOCK_UNLOCKED(name.wait_lock), \
		.wait_list = LIST_HEAD_INIT((name).wait_list),                                   \
		.dep_map = __LOCKDEP_MAP_INIT(name),                                             \
	}
#define DEFINE_MUTEX(name) struct mutex name = __MUTEX_INITIALIZER(name)

#define mutex_init(lock)                                              \
	do {                                                          \
		static struct lock_class_key __key;                   \
		atomic_long_set(&(lock)->owner, 0);                   \
		spin_lock_init(&(lock)->wait_lock);                   \
		INIT_LIST_HEAD(&(lock)->wait_list);                   \
		lockdep_init_map(&(lock)->dep_map, #lock, &__key, 0); \
	} while (0)

static inline void mutex_destroy(struct mutex *lock)
{
}

static inline bool mutex_is_locked(const struct mutex *lock)
{
	return atomic_long_read(&lock->owner) != 0;
}

void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
/* 1 if the lock was free, and is the caller's now. */
int mutex_trylock(struct mutex *lock);

/* There are no signals: these always return 0, with the lock. */
int __must_check mutex_lock_interruptible(struct mutex *lock);
int __must_check mutex_lock_killable(struct mutex *lock);

/* Of two mutexes of one class: the inner one, where it is known which that is. */
#ifdef CONFIG_LOCKDEP
void mutex_lock_nested(struct mutex *lock, unsigned int subclass);
int __must_check mutex_lock_interruptible_nested(struct mutex *lock, unsigned int subclass);
#else
#define mutex_lock_nested(lock, subclass)		mutex_lock(lock)
#define mutex_lock_interruptible_nested(lock, subclass) mutex_lock_interruptible(lock)
#endif

#endif
