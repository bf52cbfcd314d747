/* SPDX-License-Identifier: MIT */
/* What the files of time share: private to kernel/ and its tests. */
#ifndef _KERNEL_TIMEKEEPING_H
#define _KERNEL_TIMEKEEPING_H

#include <linux/clockchips.h>
#include <linux/hrtimer.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

/* --- timekeeping.c -------------------------------------------------------------------- */

/*
 * Brings jiffies up to the clock's `now`, and never back: how far they went. From the tick.
 */
unsigned long jiffies_catch_up(ktime_t now);

/*
 * A clock event device fired that was set to `due`. On a CPU without a time-stamp counter this
 * is all that is known of time; on others it does nothing.
 */
void timekeeping_event(ktime_t due);

/* --- clockevents.c ------------------------------------------------------------------- */

/* The tick of a CPU. Interrupts off on that CPU. */
struct tick_cpu {
	struct clock_event_device *device; /* NULL: none yet */
	ktime_t next_tick;		   /* a whole multiple of TICK_NSEC */
	bool in_handler;		   /* it sets the device when it has ended */
	bool suspended;

	/* Statistics */
	u64 events;	    /* interrupts of the device */
	u64 early;	    /* of these, before anything was due */
	u64 ticks;	    /* of these, that found a tick due */
	u64 made_up;	    /* jiffies beyond the first that a tick brought: it came late */
	ktime_t worst_late; /* how much later than set an interrupt came, at most */
};

DECLARE_PER_CPU(struct tick_cpu, tick_cpu);

/* --- timer_wheel.c ------------------------------------------------------------------- */

#define LVL_BITS      6 /* a level has 64 buckets */
#define LVL_SIZE      (1U << LVL_BITS)
#define LVL_CLK_SHIFT 3 /* and counts 8 times slower than the one below */
#define LVL_DEPTH     9

#define LVL_SHIFT(n) ((n)*LVL_CLK_SHIFT)
#define LVL_GRAN(n)  (1UL << LVL_SHIFT(n))
/* The least delay that goes into level n, from 1 on */
#define LVL_START(n) ((LVL_SIZE - 1UL) << (((n)-1) * LVL_CLK_SHIFT))

#define WHEEL_TIMEOUT_CUTOFF LVL_START(LVL_DEPTH)
#define WHEEL_TIMEOUT_MAX    (WHEEL_TIMEOUT_CUTOFF - LVL_GRAN(LVL_DEPTH - 1))
#define WHEEL_NEVER	     ((1UL << 30) - 1) /* an empty wheel is looked at so much later */

struct timer_wheel {
	unsigned long clk;	   /* the jiffy that is looked at next */
	unsigned long next_expiry; /* no bucket expires before */
	unsigned int nr;	   /* pending timers, those in collected lists too */
	u64 occupied[LVL_DEPTH];   /* a bit a bucket that has timers */
	unsigned long looked_at;   /* buckets, since init: what ticks have cost */
	struct hlist_head bucket[LVL_DEPTH * LVL_SIZE];
};

void timer_wheel_init(struct timer_wheel *wheel, unsigned long clk);
/* Puts in a timer that is not pending; when its bucket expires. */
unsigned long timer_wheel_add(struct timer_wheel *wheel, struct timer_list *timer);
void timer_wheel_del(struct timer_wheel *wheel, struct timer_list *timer);
/* With nothing to expire until `now`, the wheel's clock may skip to it. */
void timer_wheel_forward(struct timer_wheel *wheel, unsigned long now);
/*
 * Takes the timers that expire at next_expiry, which becomes clk and is then behind it, into
 * lists[0 .. LVL_DEPTH - 1]: how many of these are used. They stay pending: take each one out
 * with timer_wheel_del() before it is called.
 */
unsigned int timer_wheel_collect(struct timer_wheel *wheel, struct hlist_head *lists);
/* When the bucket of a pending timer expires. */
unsigned long timer_wheel_expiry(const struct timer_wheel *wheel, const struct timer_list *timer);
/* I-timer-1 to 3; NULL, or what is wrong. */
const char *timer_wheel_check(const struct timer_wheel *wheel);

static inline unsigned int timer_bucket(const struct timer_list *timer)
{
	return timer->flags >> TIMER_ARRAYSHIFT;
}

/* --- timer.c ------------------------------------------------------------------------- */

struct timer_base {
	spinlock_t lock;	    /* all below; taken with interrupts off */
	struct timer_list *running; /* whose function runs */
	struct timer_wheel wheel;
	u64 fired; /* functions called */
};

DECLARE_PER_CPU(struct timer_base, timer_bases);

/* --- hrtimer.c ----------------------------------------------------------------------- */

struct hrtimer_cpu_base {
	spinlock_t lock; /* all below, and the timers' state; taken with interrupts off */
	struct hrtimer *running;
	struct rb_root_cached active; /* by expires */
	unsigned int nr;
	u64 fired;
	u64 hangs; /* times that so many were due for so long that a pause was made */
};

DECLARE_PER_CPU(struct hrtimer_cpu_base, hrtimer_bases);

void hrtimers_init(void);

/* --- delay.c ------------------------------------------------------------------------- */

/* The functions of the timers that wake a sleeper: `timers` names the task. */
void process_timeout(struct timer_list *timer);
enum hrtimer_restart hrtimer_wakeup(struct hrtimer *timer);
const struct task_struct *timer_sleeper(const struct timer_list *timer);
const struct task_struct *hrtimer_sleeper_task(const struct hrtimer *timer);

#endif
