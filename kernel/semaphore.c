// SPDX-License-Identifier: MIT
/* Counting semaphores (linux/semaphore.h). */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/semaphore.h>
#include "waiter.h"

static int __sched take(struct semaphore *sem, unsigned int state, long timeout)
{
	struct waiter waiter;
	int error = 0;

	might_sleep();
	spin_lock_irq(&sem->lock);
	if (sem->count)
		sem->count--;
	else if (!wait_in_line(&sem->wait_list, &waiter, &sem->lock, state, timeout))
		error = -ETIME;
	spin_unlock_irq(&sem->lock);
	return error;
}

void __sched down(struct semaphore *sem)
{
	take(sem, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
}

int __sched down_timeout(struct semaphore *sem, long timeout)
{
	return take(sem, TASK_UNINTERRUPTIBLE, timeout);
}

int __sched down_interruptible(struct semaphore *sem)
{
	return take(sem, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
}

int __sched down_killable(struct semaphore *sem)
{
	return take(sem, TASK_KILLABLE, MAX_SCHEDULE_TIMEOUT);
}

int down_trylock(struct semaphore *sem)
{
	unsigned long flags;
	bool taken;

	spin_lock_irqsave(&sem->lock, flags);
	taken = sem->count > 0;
	if (taken)
		sem->count--;
	spin_unlock_irqrestore(&sem->lock, flags);
	return !taken;
}

void up(struct semaphore *sem)
{
	unsigned long flags;
	struct waiter *waiter;

	spin_lock_irqsave(&sem->lock, flags);
	waiter = first_waiter(&sem->wait_list);
	if (waiter)
		waiter_grant(waiter);
	else
		sem->count++;
	spin_unlock_irqrestore(&sem->lock, flags);
}
