/* SPDX-License-Identifier: MIT */
/*
 * Wait queues: tasks that sleep until somebody says that something may have changed.
 *
 *	wait_event(queue, condition);		the sleeper; looks at the condition itself
 *
 *	condition = true;			the waker
 *	wake_up(&queue);
 *
 * The condition is looked at after the task has joined the queue, so that a wake-up in
 * between is not lost. Sleepers: process context. Wakers: any context.
 *
 * wait_event_...		sleeps		returns
 * (none), _idle		uninterruptible	-
 * _interruptible, _killable	interruptible	0; there are no signals that would end it
 * ..._timeout			as above	jiffies left, at least 1, or 0: it is still false
 *
 * A queue wakes all that wait, but of those that wait _exclusive only as many as the waker
 * says (wake_up: one): they stand behind the others.
 */
#ifndef _LINUX_WAIT_H
#define _LINUX_WAIT_H

#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#define WQ_FLAG_EXCLUSIVE 0x01

struct wait_queue_entry;
typedef struct wait_queue_entry wait_queue_entry_t;

/* Called by a wake-up under the queue's lock; true if it woke somebody. */
typedef int (*wait_queue_func_t)(wait_queue_entry_t *entry, unsigned int mode, int flags,
				 void *key);

int default_wake_function(wait_queue_entry_t *entry, unsigned int mode, int flags, void *key);
int autoremove_wake_function(wait_queue_entry_t *entry, unsigned int mode, int flags, void *key);

struct wait_queue_entry {
	unsigned int flags;
	void *private; /* the task */
	wait_queue_func_t func;
	struct list_head entry;
};

struct wait_queue_head {
	spinlock_t lock; /* taken with interrupts off */
	struct list_head head;
};
typedef struct wait_queue_head wait_queue_head_t;

#define __WAIT_QUEUE_HEAD_INITIALIZER(name)                                                   \
	{                                                                                     \
		.lock = __SPIN_LOCK_UNLOCKED(name.lock), .head = LIST_HEAD_INIT((name).head), \
	}
#define DECLARE_WAIT_QUEUE_HEAD(name) \
	struct wait_queue_head name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name) DECLARE_WAIT_QUEUE_HEAD(name)

#define init_waitqueue_head(queue)              \
	do {                                    \
		spin_lock_init(&(queue)->lock); \
		INIT_LIST_HEAD(&(queue)->head); \
	} while (0)

#define DEFINE_WAIT_FUNC(name, function)               \
	struct wait_queue_entry name = {               \
		.private = current,                    \
		.func = function,                      \
		.entry = LIST_HEAD_INIT((name).entry), \
	}
#define DEFINE_WAIT(name) DEFINE_WAIT_FUNC(name, autoremove_wake_function)

#define DECLARE_WAITQUEUE(name, task)          \
	struct wait_queue_entry name = {       \
		.private = task,               \
		.func = default_wake_function, \
		.entry = { NULL, NULL },       \
	}

void init_wait_entry(wait_queue_entry_t *entry, int flags);

/* Without the lock: true may be stale, false too, unless the caller has ordered it. */
static inline int waitqueue_active(struct wait_queue_head *queue)
{
	return !list_empty(&queue->head);
}

/* The same, behind what the caller has stored before. */
static inline bool wq_has_sleeper(struct wait_queue_head *queue)
{
	smp_mb();
	return waitqueue_active(queue);
}

void add_wait_queue(struct wait_queue_head *queue, wait_queue_entry_t *entry);
void add_wait_queue_exclusive(struct wait_queue_head *queue, wait_queue_entry_t *entry);
void remove_wait_queue(struct wait_queue_head *queue, wait_queue_entry_t *entry);

/* Joins the queue, if not in it, and sets the state. */
void prepare_to_wait(struct wait_queue_head *queue, wait_queue_entry_t *entry, int state);
void prepare_to_wait_exclusive(struct wait_queue_head *queue, wait_queue_entry_t *entry, int state);
void finish_wait(struct wait_queue_head *queue, wait_queue_entry_t *entry);

/* nr: how many exclusive ones, 0 for all. */
void __wake_up(struct wait_queue_head *queue, unsigned int mode, int nr, void *key);
void __wake_up_locked(struct wait_queue_head *queue, unsigned int mode, int nr);

#define wake_up(queue)			    __wake_up(queue, TASK_NORMAL, 1, NULL)
#define wake_up_nr(queue, nr)		    __wake_up(queue, TASK_NORMAL, nr, NULL)
#define wake_up_all(queue)		    __wake_up(queue, TASK_NORMAL, 0, NULL)
#define wake_up_locked(queue)		    __wake_up_locked(queue, TASK_NORMAL, 1)
#define wake_up_all_locked(queue)	    __wake_up_locked(queue, TASK_NORMAL, 0)
#define wake_up_interruptible(queue)	    __wake_up(queue, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_interruptible_nr(queue, nr) __wake_up(queue, TASK_INTERRUPTIBLE, nr, NULL)
#define wake_up_interruptible_all(queue)    __wake_up(queue, TASK_INTERRUPTIBLE, 0, NULL)

/* Who wakes is about to sleep himself: a hint, which is not needed here. */
#define wake_up_sync(queue)		  wake_up(queue)
#define wake_up_interruptible_sync(queue) wake_up_interruptible(queue)

/* Sleeps by `sleep` until the condition holds. `left` is what it evaluates to. */
#define ___wait_event(queue, condition, state, exclusive, left, sleep)                \
	({                                                                            \
		wait_queue_entry_t __entry;                                           \
		init_wait_entry(&__entry, (exclusive) ? WQ_FLAG_EXCLUSIVE : 0);       \
		for (;;) {                                                            \
			if (exclusive)                                                \
				prepare_to_wait_exclusive(&(queue), &__entry, state); \
			else                                                          \
				prepare_to_wait(&(queue), &__entry, state);           \
			if (condition)                                                \
				break;                                                \
			sleep;                                                        \
		}                                                                     \
		finish_wait(&(queue), &__entry);                                      \
		left;                                                                 \
	})

#define __wait_event_state(queue, condition, state, exclusive)                            \
	({                                                                                \
		might_sleep();                                                            \
		if (!(condition))                                                         \
			___wait_event(queue, condition, state, exclusive, 0, schedule()); \
		0;                                                                        \
	})

#define wait_event(queue, condition) \
	((void)__wait_event_state(queue, condition, TASK_UNINTERRUPTIBLE, 0))
#define wait_event_idle(queue, condition) ((void)__wait_event_state(queue, condition, TASK_IDLE, 0))
#define wait_event_interruptible(queue, condition) \
	__wait_event_state(queue, condition, TASK_INTERRUPTIBLE, 0)
#define wait_event_killable(queue, condition)  __wait_event_state(queue, condition, TASK_KILLABLE, 0)
#define wait_event_freezable(queue, condition) wait_event_interruptible(queue, condition)
#define wait_event_killable_exclusive(queue, condition) \
	__wait_event_state(queue, condition, TASK_KILLABLE, 1)
#define wait_event_interruptible_exclusive(queue, condition) \
	__wait_event_state(queue, condition, TASK_INTERRUPTIBLE, 1)

/* A condition that has come true after the time was up still counts: 1 jiffy is left. */
#define ___wait_is_over(condition, left)   \
	({                                 \
		bool __true = (condition); \
		if (__true && !(left))     \
			(left) = 1;        \
		__true || !(left);         \
	})

#define __wait_event_state_timeout(queue, condition, timeout, state)                          \
	({                                                                                    \
		long __left = (timeout);                                                      \
		might_sleep();                                                                \
		if (!___wait_is_over(condition, __left))                                      \
			___wait_event(queue, ___wait_is_over(condition, __left), state, 0, 0, \
				      __left = schedule_timeout(__left));                     \
		__left;                                                                       \
	})

#define wait_event_timeout(queue, condition, timeout) \
	__wait_event_state_timeout(queue, condition, timeout, TASK_UNINTERRUPTIBLE)
#define wait_event_idle_timeout(queue, condition, timeout) \
	__wait_event_state_timeout(queue, condition, timeout, TASK_IDLE)
#define wait_event_interruptible_timeout(queue, condition, timeout) \
	__wait_event_state_timeout(queue, condition, timeout, TASK_INTERRUPTIBLE)
#define wait_event_killable_timeout(queue, condition, timeout) \
	__wait_event_state_timeout(queue, condition, timeout, TASK_KILLABLE)

/* A timeout of ktime_t, by linux/hrtimer.h. 0, or -ETIME. */
#define __wait_event_state_hrtimeout(queue, condition, timeout, state)                            \
	({                                                                                        \
		ktime_t __end = ktime_add_safe(ktime_get(), (timeout));                           \
		bool __late = false;                                                              \
		might_sleep();                                                                    \
		if (!(condition))                                                                 \
			___wait_event(                                                            \
				queue, (condition) ? !(__late = false) : __late, state, 0, 0,     \
				__late = !schedule_hrtimeout_range(&__end, 0, HRTIMER_MODE_ABS)); \
		__late ? -ETIME : 0;                                                              \
	})
#define wait_event_hrtimeout(queue, condition, timeout) \
	__wait_event_state_hrtimeout(queue, condition, timeout, TASK_UNINTERRUPTIBLE)
#define wait_event_interruptible_hrtimeout(queue, condition, timeout) \
	__wait_event_state_hrtimeout(queue, condition, timeout, TASK_INTERRUPTIBLE)

/* With something done before each sleep, and after it. */
#define __wait_event_cmd(queue, condition, state, before, after)                                 \
	do {                                                                                     \
		if (!(condition))                                                                \
			___wait_event(queue, condition, state, 0, 0, before; schedule(); after); \
	} while (0)
#define wait_event_cmd(queue, condition, before, after) \
	__wait_event_cmd(queue, condition, TASK_UNINTERRUPTIBLE, before, after)

/* The condition is looked at under `lock`, held by the caller, which is let go for the sleep. */
#define wait_event_lock_irq(queue, condition, lock)                                        \
	__wait_event_cmd(queue, condition, TASK_UNINTERRUPTIBLE, spin_unlock_irq(&(lock)), \
			 spin_lock_irq(&(lock)))
#define wait_event_interruptible_lock_irq(queue, condition, lock)                                \
	({                                                                                       \
		__wait_event_cmd(queue, condition, TASK_INTERRUPTIBLE, spin_unlock_irq(&(lock)), \
				 spin_lock_irq(&(lock)));                                        \
		0;                                                                               \
	})
#define wait_event_lock_irq_timeout(queue, condition, lock, timeout)                              \
	({                                                                                        \
		long __left = (timeout);                                                          \
		if (!___wait_is_over(condition, __left))                                          \
			___wait_event(queue, ___wait_is_over(condition, __left),                  \
				      TASK_UNINTERRUPTIBLE, 0, 0, spin_unlock_irq(&(lock));       \
				      __left = schedule_timeout(__left); spin_lock_irq(&(lock))); \
		__left;                                                                           \
	})

#endif
