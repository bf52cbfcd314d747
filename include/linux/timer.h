/* SPDX-License-Identifier: MIT */
/*
 * Timers: a function that is called once, at a jiffy, in softirq context with interrupts on.
 *
 *	static void timed_out(struct timer_list *t)
 *	{
 *		struct request *rq = from_timer(rq, t, timer);
 *		...
 *	}
 *	timer_setup(&rq->timer, timed_out, 0);
 *	mod_timer(&rq->timer, jiffies + msecs_to_jiffies(500));
 *	...
 *	del_timer_sync(&rq->timer);		before *rq is freed
 *
 * A timer never fires early; it fires late by up to the granularity of the wheel, an eighth
 * of its delay at most (kernel/timer.c): timers are for timeouts, which seldom happen.
 * One in the past fires at the next tick. A delay beyond 12 days is cut to that.
 *
 * A function may free or start its own timer again, but not wait for itself. All functions
 * here but del_timer_sync() are for any context.
 */
#ifndef _LINUX_TIMER_H
#define _LINUX_TIMER_H

#include <linux/container_of.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/stddef.h>
#include <linux/types.h>

struct timer_list {
	struct hlist_node entry; /* in a bucket of the wheel; unhashed: not pending */
	unsigned long expires;	 /* in jiffies */
	void (*function)(struct timer_list *timer);
	u32 flags; /* its CPU, TIMER_* and its bucket; the lock of the CPU's wheel */
};

#define TIMER_CPUMASK	 0x0003ffff
#define TIMER_MIGRATING	 0x00040000 /* between two CPUs' wheels: its lock cannot be told */
#define TIMER_BASEMASK	 (TIMER_CPUMASK | TIMER_MIGRATING)
#define TIMER_DEFERRABLE 0x00080000 /* need not wake an idle CPU; here it ticks anyway */
#define TIMER_PINNED	 0x00100000 /* mod_timer() leaves it on the CPU that calls it: all are */
#define TIMER_IRQSAFE	 0x00200000 /* called with interrupts off; interrupts may wait for it */
#define TIMER_INIT_FLAGS (TIMER_DEFERRABLE | TIMER_PINNED | TIMER_IRQSAFE)
#define TIMER_ARRAYSHIFT 22
#define TIMER_ARRAYMASK	 0xffc00000

#define __TIMER_INITIALIZER(fn, init_flags)              \
	{                                                \
		.function = (fn), .flags = (init_flags), \
	}
#define DEFINE_TIMER(name, fn) struct timer_list name = __TIMER_INITIALIZER(fn, 0)

void timer_setup(struct timer_list *timer, void (*function)(struct timer_list *timer),
		 unsigned int flags);
#define timer_setup_on_stack(timer, function, flags) timer_setup(timer, function, flags)

static inline void destroy_timer_on_stack(struct timer_list *timer)
{
}

/* What a timer is part of: type of `var`, which holds the timer as `field`. */
#define from_timer(var, callback_timer, field) container_of(callback_timer, typeof(*var), field)

/* It has been started and its function not yet called. */
static inline bool timer_pending(const struct timer_list *timer)
{
	return !hlist_unhashed_lockless(&timer->entry);
}

/* Starts a timer that is not pending, at timer->expires. */
void add_timer(struct timer_list *timer);
void add_timer_on(struct timer_list *timer, int cpu);

/*
 * Starts a timer, or moves one that is pending: to whatever moment, only if it is pending,
 * only to an earlier one. 1 if it was pending, else 0.
 */
int mod_timer(struct timer_list *timer, unsigned long expires);
int mod_timer_pending(struct timer_list *timer, unsigned long expires);
int timer_reduce(struct timer_list *timer, unsigned long expires);

/*
 * Stops a timer: 1 if it was pending. Its function may still run on another CPU.
 * try_to_del_timer_sync() returns -1 then, and del_timer_sync() waits until it has ended:
 * not from an interrupt, and not with a lock that the function takes.
 */
int del_timer(struct timer_list *timer);
int try_to_del_timer_sync(struct timer_list *timer);
int del_timer_sync(struct timer_list *timer);

#define timer_delete(timer)	     del_timer(timer)
#define timer_delete_sync(timer)     del_timer_sync(timer)
#define del_singleshot_timer_sync(t) del_timer_sync(t)

/* Moments rounded to whole seconds, so that timers that may be late fire together. */
unsigned long round_jiffies(unsigned long j);
unsigned long round_jiffies_relative(unsigned long j);
unsigned long round_jiffies_up(unsigned long j);

/* In the boot, before the first tick; and from each tick, interrupts off. */
void init_timers(void);
void run_local_timers(void);

#endif
