// SPDX-License-Identifier: MIT
/*
 * Mutexes (linux/mutex.h).
 *
 * The owner is one word, so that taking and giving back a lock that nobody else wants is
 * one locked instruction each. Bit 0 of it says that somebody waits: then the owner's
 * attempt to store 0 fails, and it hands the lock to the first in line instead.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include "waiter.h"

#define WAITERS 1L

static struct task_struct *owner_of(const struct mutex *lock)
{
	return (struct task_struct *)(atomic_long_read(&lock->owner) & ~WAITERS);
}

int mutex_trylock(struct mutex *lock)
{
	if (atomic_long_cmpxchg(&lock->owner, 0, (long)current))
		return 0;
	lock_acquire(&lock->dep_map, 0, __LOCK_TRY | __LOCK_SLEEPS, _RET_IP_);
	return 1;
}

/* Under wait_lock: takes the lock if it has become free, else sees that its owner will look here. */
static bool take_or_mark(struct mutex *lock)
{
	long found = 0;

	while (!try_cmpxchg(&lock->owner.counter, &found, found ? found | WAITERS : (long)current))
		;
	return !found;
}

static noinline void __sched lock_slowly(struct mutex *lock, unsigned int state)
{
	struct waiter waiter;

	/* Then it waits for ever, where the watchdog and the debugger find it. */
	WARN(owner_of(lock) == current, "mutex %pS is taken again by its owner, %s", lock,
	     current->comm);
	lock_contended(&lock->dep_map);
	spin_lock_irq(&lock->wait_lock);
	if (!take_or_mark(lock))
		wait_in_line(&lock->wait_list, &waiter, &lock->wait_lock, state,
			     MAX_SCHEDULE_TIMEOUT);
	spin_unlock_irq(&lock->wait_lock);
	lock_acquired(&lock->dep_map);
}

static __always_inline void __sched lock_in_state(struct mutex *lock, unsigned int state,
						  unsigned int subclass)
{
	might_sleep();
	lock_acquire(&lock->dep_map, subclass, __LOCK_SLEEPS, _RET_IP_);
	if (atomic_long_cmpxchg(&lock->owner, 0, (long)current))
		lock_slowly(lock, state);
}

void __sched mutex_lock(struct mutex *lock)
{
	lock_in_state(lock, TASK_UNINTERRUPTIBLE, 0);
}

#ifdef CONFIG_LOCKDEP
void __sched mutex_lock_nested(struct mutex *lock, unsigned int subclass)
{
	lock_in_state(lock, TASK_UNINTERRUPTIBLE, subclass);
}

int __sched mutex_lock_interruptible_nested(struct mutex *lock, unsigned int subclass)
{
	lock_in_state(lock, TASK_INTERRUPTIBLE, subclass);
	return 0;
}
#endif

int __sched mutex_lock_interruptible(struct mutex *lock)
{
	lock_in_state(lock, TASK_INTERRUPTIBLE, 0);
	return 0;
}

int __sched mutex_lock_killable(struct mutex *lock)
{
	lock_in_state(lock, TASK_KILLABLE, 0);
	return 0;
}

static noinline void hand_over(struct mutex *lock)
{
	struct waiter *first;

	if (WARN(owner_of(lock) != current, "mutex %pS is unlocked by %s, who does not hold it",
		 lock, current->comm))
		return;
	spin_lock_irq(&lock->wait_lock);
	first = first_waiter(&lock->wait_list);
	atomic_long_set(&lock->owner,
			(long)first->task | (list_is_singular(&lock->wait_list) ? 0 : WAITERS));
	waiter_grant(first);
	spin_unlock_irq(&lock->wait_lock);
}

void mutex_unlock(struct mutex *lock)
{
	lock_release(&lock->dep_map, _RET_IP_);
	if (atomic_long_cmpxchg(&lock->owner, (long)current, 0) != (long)current)
		hand_over(lock);
}
