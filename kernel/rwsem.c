// SPDX-License-Identifier: MIT
/*
 * Read-write semaphores (linux/rwsem.h). Everything is under one spinlock. Whoever comes
 * while somebody waits, waits too, readers behind a writer included; whoever leaves lets in
 * as many from the front of the line as may be in together.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/rwsem.h>
#include "waiter.h"

#define WRITER (-1)

/* Under wait_lock: may one more come in now? */
static bool has_room(const struct rw_semaphore *sem, bool reads)
{
	return sem->count == 0 || (reads && sem->count != WRITER);
}

static void enter(struct rw_semaphore *sem, struct task_struct *task, bool reads)
{
	if (reads) {
		sem->count++;
	} else {
		sem->count = WRITER;
		sem->owner = task;
	}
}

static void let_in(struct rw_semaphore *sem)
{
	struct waiter *first;

	while ((first = first_waiter(&sem->wait_list)) && has_room(sem, first->reads)) {
		enter(sem, first->task, first->reads);
		waiter_grant(first);
	}
}

static bool try_enter(struct rw_semaphore *sem, bool reads)
{
	if (!has_room(sem, reads) || !list_empty(&sem->wait_list))
		return false;
	enter(sem, current, reads);
	return true;
}

static void __sched down_common(struct rw_semaphore *sem, bool reads, unsigned int state)
{
	struct waiter waiter = { .reads = reads };

	spin_lock_irq(&sem->wait_lock);
	WARN(sem->owner == current, "rwsem %pS is taken again by its writer, %s", sem,
	     current->comm);
	if (!try_enter(sem, reads)) {
		lock_contended(&sem->dep_map);
		wait_in_line(&sem->wait_list, &waiter, &sem->wait_lock, state,
			     MAX_SCHEDULE_TIMEOUT);
		lock_acquired(&sem->dep_map);
	}
	spin_unlock_irq(&sem->wait_lock);
}

static int try_common(struct rw_semaphore *sem, bool reads)
{
	unsigned long flags;
	bool entered;

	spin_lock_irqsave(&sem->wait_lock, flags);
	entered = try_enter(sem, reads);
	spin_unlock_irqrestore(&sem->wait_lock, flags);
	return entered;
}

static __always_inline int __sched down_in_state(struct rw_semaphore *sem, bool reads,
						 unsigned int state, unsigned int subclass)
{
	might_sleep();
	lock_acquire(&sem->dep_map, subclass, (reads ? __LOCK_SHARED : 0) | __LOCK_SLEEPS,
		     _RET_IP_);
	down_common(sem, reads, state);
	return 0;
}

void __sched down_read(struct rw_semaphore *sem)
{
	down_in_state(sem, true, TASK_UNINTERRUPTIBLE, 0);
}

int __sched down_read_interruptible(struct rw_semaphore *sem)
{
	return down_in_state(sem, true, TASK_INTERRUPTIBLE, 0);
}

int __sched down_read_killable(struct rw_semaphore *sem)
{
	return down_in_state(sem, true, TASK_KILLABLE, 0);
}

void __sched down_write(struct rw_semaphore *sem)
{
	down_in_state(sem, false, TASK_UNINTERRUPTIBLE, 0);
}

int __sched down_write_killable(struct rw_semaphore *sem)
{
	return down_in_state(sem, false, TASK_KILLABLE, 0);
}

#ifdef CONFIG_LOCKDEP
void __sched down_read_nested(struct rw_semaphore *sem, unsigned int subclass)
{
	down_in_state(sem, true, TASK_UNINTERRUPTIBLE, subclass);
}

void __sched down_write_nested(struct rw_semaphore *sem, unsigned int subclass)
{
	down_in_state(sem, false, TASK_UNINTERRUPTIBLE, subclass);
}
#endif

int down_read_trylock(struct rw_semaphore *sem)
{
	if (!try_common(sem, true))
		return 0;
	lock_acquire(&sem->dep_map, 0, __LOCK_TRY | __LOCK_SHARED | __LOCK_SLEEPS, _RET_IP_);
	return 1;
}

int down_write_trylock(struct rw_semaphore *sem)
{
	if (!try_common(sem, false))
		return 0;
	lock_acquire(&sem->dep_map, 0, __LOCK_TRY | __LOCK_SLEEPS, _RET_IP_);
	return 1;
}

void up_read(struct rw_semaphore *sem)
{
	unsigned long flags;

	lock_release(&sem->dep_map, _RET_IP_);
	spin_lock_irqsave(&sem->wait_lock, flags);
	if (!WARN(sem->count <= 0, "rwsem %pS is not held for reading", sem)) {
		sem->count--;
		let_in(sem);
	}
	spin_unlock_irqrestore(&sem->wait_lock, flags);
}

void up_write(struct rw_semaphore *sem)
{
	unsigned long flags;

	lock_release(&sem->dep_map, _RET_IP_);
	spin_lock_irqsave(&sem->wait_lock, flags);
	if (!WARN(sem->owner != current, "rwsem %pS is not held for writing by %s", sem,
		  current->comm)) {
		sem->count = 0;
		sem->owner = NULL;
		let_in(sem);
	}
	spin_unlock_irqrestore(&sem->wait_lock, flags);
}

void downgrade_write(struct rw_semaphore *sem)
{
	unsigned long flags;

	spin_lock_irqsave(&sem->wait_lock, flags);
	if (!WARN(sem->owner != current, "rwsem %pS is not held for writing by %s", sem,
		  current->comm)) {
		lock_downgrade(&sem->dep_map);
		sem->count = 1;
		sem->owner = NULL;
		let_in(sem);
	}
	spin_unlock_irqrestore(&sem->wait_lock, flags);
}
