/* SPDX-License-Identifier: MIT */
/*
 * Read-write semaphores: held by one writer or any number of readers. Who waits sleeps;
 * fair in the order of asking, so that a writer waits only for the readers before it.
 * Process context.
 */
#ifndef _LINUX_RWSEM_H
#define _LINUX_RWSEM_H

#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>

struct rw_semaphore {
	spinlock_t wait_lock;	   /* all below */
	int count;		   /* readers; -1: a writer */
	struct task_struct *owner; /* the writer */
	struct list_head wait_list;
	struct lockdep_map dep_map;
};

#define __RWSEM_INITIALIZER(name)                                  \
	{                                                          \
		.wait_lock = __SPIN_LOCK_UNLOCKED(name.wait_lock), \
		.wait_list = LIST_HEAD_INIT((name).wait_list),     \
		.dep_map = __LOCKDEP_MAP_INIT(name),               \
	}
#define DECLARE_RWSEM(name) struct rw_semaphore name = __RWSEM_INITIALIZER(name)

#define init_rwsem(sem)                                             \
	do {                                                        \
		static struct lock_class_key __key;                 \
		spin_lock_init(&(sem)->wait_lock);                  \
		(sem)->count = 0;                                   \
		(sem)->owner = NULL;                                \
		INIT_LIST_HEAD(&(sem)->wait_list);                  \
		lockdep_init_map(&(sem)->dep_map, #sem, &__key, 0); \
	} while (0)

static inline int rwsem_is_locked(const struct rw_semaphore *sem)
{
	return READ_ONCE(sem->count) != 0;
}

void down_read(struct rw_semaphore *sem);
void up_read(struct rw_semaphore *sem);
int down_read_trylock(struct rw_semaphore *sem);
void down_write(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);
int down_write_trylock(struct rw_semaphore *sem);
/* The writer becomes a reader, with nobody in between. */
void downgrade_write(struct rw_semaphore *sem);

/* There are no signals: these always return 0, with the lock. */
int __must_check down_read_interruptible(struct rw_semaphore *sem);
int __must_check down_read_killable(struct rw_semaphore *sem);
int __must_check down_write_killable(struct rw_semaphore *sem);

/* Of two of one class: the inner one, where it is known which that is. */
#ifdef CONFIG_LOCKDEP
void down_read_nested(struct rw_semaphore *sem, unsigned int subclass);
void down_write_nested(struct rw_semaphore *sem, unsigned int subclass);
#else
#define down_read_nested(sem, subclass)	 down_read(sem)
#define down_write_nested(sem, subclass) down_write(sem)
#endif

#endif
