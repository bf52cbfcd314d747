// SPDX-License-Identifier: MIT
/*
 * Timers: each CPU's wheel (timer_wheel.c), driven by its tick.
 *
 * The tick compares jiffies with one word, the wheel's next_expiry, and raises TIMER_SOFTIRQ
 * when it has come. The softirq takes what is due out of the wheel and calls the functions
 * one by one, with the lock released and interrupts on.
 *
 * A timer is started on the CPU that starts it, and belongs to that one's wheel. Which one it
 * is says timer->flags; whose lock has to be taken is therefore known only once it has been:
 * lock_base() looks, locks, and looks again. While a timer changes wheels its flags say
 * TIMER_MIGRATING, and everybody else waits.
 *
 * A timer whose function runs stays with its CPU even if another one starts it again, so that
 * del_timer_sync() need look at one CPU only.
 *
 * Locking: base->lock, with interrupts off, for the wheel, its timers' entry, expires and
 * flags, and `running`. No lock is taken inside it, and nothing called.
 */
#include <linux/bug.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/timer.h>
#include <asm/processor.h>
#include "timekeeping.h"

DEFINE_PER_CPU(struct timer_base, timer_bases);

/* --- starting and stopping ----------------------------------------------------------- */

void timer_setup(struct timer_list *timer, void (*function)(struct timer_list *timer),
		 unsigned int flags)
{
	WARN_ON(flags & ~TIMER_INIT_FLAGS);
	INIT_HLIST_NODE(&timer->entry);
	timer->function = function;
	timer->flags = (flags & TIMER_INIT_FLAGS) | raw_smp_processor_id();
}

/* The base that the timer is with, locked. */
static struct timer_base *lock_base(const struct timer_list *timer, unsigned long *flags)
{
	for (;;) {
		u32 seen = READ_ONCE(timer->flags);

		if (!(seen & TIMER_MIGRATING)) {
			struct timer_base *base = per_cpu_ptr(&timer_bases, seen & TIMER_CPUMASK);

			spin_lock_irqsave(&base->lock, *flags);
			if (READ_ONCE(timer->flags) == seen)
				return base;
			spin_unlock_irqrestore(&base->lock, *flags);
		}
		cpu_relax();
	}
}

/* Takes a timer that is not pending from one locked base to another, which is locked then. */
static noinline void migrate(struct timer_list *timer, struct timer_base *from,
			     struct timer_base *to, unsigned int cpu)
{
	WRITE_ONCE(timer->flags, timer->flags | TIMER_MIGRATING);
	spin_unlock(&from->lock);
	spin_lock(&to->lock);
	WRITE_ONCE(timer->flags, (timer->flags & ~TIMER_BASEMASK) | cpu);
}

/* To a CPU's base, unless its function runs on another. Returns the base that it is with. */
static inline struct timer_base *move_to(struct timer_list *timer, struct timer_base *from,
					 unsigned int cpu)
{
	struct timer_base *to = per_cpu_ptr(&timer_bases, cpu);

	if (likely(to == from) || from->running == timer)
		return from;
	migrate(timer, from, to, cpu);
	return to;
}

static void enqueue(struct timer_base *base, struct timer_list *timer, unsigned long expires)
{
	timer->expires = expires;
	timer_wheel_forward(&base->wheel, jiffies);
	timer_wheel_add(&base->wheel, timer);
}

/* A timer that nobody set up would be called at address 0. */
static bool is_set_up(const struct timer_list *timer)
{
	return !WARN(!timer->function, "timer %px was never set up: it is not started", timer);
}

enum when {
	ANY_CASE,
	IF_PENDING,
	IF_EARLIER, /* than it is pending for */
};

static int start(struct timer_list *timer, unsigned long expires, enum when when)
{
	struct timer_base *base;
	unsigned long flags;
	int pending;

	if (!is_set_up(timer))
		return 0;
	base = lock_base(timer, &flags);
	pending = timer_pending(timer);
	if (pending ? timer->expires == expires ||
			      (when == IF_EARLIER && !time_before(expires, timer->expires))
		    : when == IF_PENDING)
		goto out;
	if (pending)
		timer_wheel_del(&base->wheel, timer);
	base = move_to(timer, base, smp_processor_id());
	enqueue(base, timer, expires);
out:
	spin_unlock_irqrestore(&base->lock, flags);
	return pending;
}

int mod_timer(struct timer_list *timer, unsigned long expires)
{
	return start(timer, expires, ANY_CASE);
}

int mod_timer_pending(struct timer_list *timer, unsigned long expires)
{
	return start(timer, expires, IF_PENDING);
}

int timer_reduce(struct timer_list *timer, unsigned long expires)
{
	return start(timer, expires, IF_EARLIER);
}

static bool is_idle(const struct timer_list *timer)
{
	return !WARN(timer_pending(timer), "timer %px (%ps) is pending: it is not added again",
		     timer, timer->function);
}

void add_timer(struct timer_list *timer)
{
	if (is_idle(timer))
		start(timer, timer->expires, ANY_CASE);
}

void add_timer_on(struct timer_list *timer, int cpu)
{
	struct timer_base *base;
	unsigned long flags;

	if (WARN_ON((unsigned int)cpu >= nr_cpu_ids) || !is_set_up(timer) || !is_idle(timer))
		return;
	base = lock_base(timer, &flags);
	base = move_to(timer, base, cpu);
	enqueue(base, timer, timer->expires);
	spin_unlock_irqrestore(&base->lock, flags);
}

int del_timer(struct timer_list *timer)
{
	struct timer_base *base;
	unsigned long flags;
	int pending;

	if (!timer_pending(timer))
		return 0;
	base = lock_base(timer, &flags);
	pending = timer_pending(timer);
	if (pending)
		timer_wheel_del(&base->wheel, timer);
	spin_unlock_irqrestore(&base->lock, flags);
	return pending;
}

/* *here: the function that runs is on this CPU, below us. */
static int try_to_del(struct timer_list *timer, bool *here)
{
	struct timer_base *base;
	unsigned long flags;
	int result = -1;

	base = lock_base(timer, &flags);
	*here = base == this_cpu_ptr(&timer_bases);
	if (base->running != timer) {
		result = timer_pending(timer);
		if (result)
			timer_wheel_del(&base->wheel, timer);
	}
	spin_unlock_irqrestore(&base->lock, flags);
	return result;
}

int try_to_del_timer_sync(struct timer_list *timer)
{
	bool here;

	return try_to_del(timer, &here);
}

/*
 * A function that runs on this very CPU, or is interrupted there, will not end while we wait:
 * Linux hangs here. We say so, stop the timer if it was started again, and do not wait.
 */
int del_timer_sync(struct timer_list *timer)
{
	int result;
	bool here;

	WARN_ON(in_hardirq() && !(timer->flags & TIMER_IRQSAFE));
	while ((result = try_to_del(timer, &here)) < 0) {
		if (WARN(here,
			 "del_timer_sync() in the timer's own function %ps would wait for ever",
			 timer->function))
			return del_timer(timer);
		cpu_relax();
	}
	return result;
}

/* --- the tick, and the softirq ------------------------------------------------------- */

void run_local_timers(void)
{
	if (time_after_eq(jiffies, this_cpu_ptr(&timer_bases)->wheel.next_expiry))
		raise_softirq_irqoff(TIMER_SOFTIRQ);
}

/* A function that returns with another preempt count would poison all that follows. */
static void call(void (*function)(struct timer_list *timer), struct timer_list *timer)
{
	int before = preempt_count(), after;

	function(timer);
	after = preempt_count();
	if (WARN(before != after, "timer: %ps preempt leak: %08x -> %08x", function, before, after))
		preempt_count_add(before - after);
}

static void call_list(struct timer_base *base, struct hlist_head *list)
{
	while (!hlist_empty(list)) {
		struct timer_list *timer = hlist_entry(list->first, struct timer_list, entry);
		void (*function)(struct timer_list * timer) = timer->function;
		bool irqsafe = timer->flags & TIMER_IRQSAFE;

		timer_wheel_del(&base->wheel, timer);
		base->running = timer;
		base->fired++;
		spin_unlock(&base->lock);
		if (!irqsafe)
			local_irq_enable();
		call(function, timer);
		if (!irqsafe)
			local_irq_disable();
		spin_lock(&base->lock);
		base->running = NULL;
	}
}

/* The highest level first: what has waited longest, and is latest. */
static void run_timer_softirq(struct softirq_action *action)
{
	struct timer_base *base = this_cpu_ptr(&timer_bases);
	struct hlist_head lists[LVL_DEPTH];
	unsigned int nr;

	spin_lock_irq(&base->lock);
	while (time_after_eq(jiffies, base->wheel.next_expiry)) {
		nr = timer_wheel_collect(&base->wheel, lists);
		while (nr--)
			call_list(base, &lists[nr]);
	}
	spin_unlock_irq(&base->lock);
}

void init_timers(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct timer_base *timer_base = per_cpu_ptr(&timer_bases, cpu);

		spin_lock_init(&timer_base->lock); /* by this name `locks` shows it */
		timer_wheel_init(&timer_base->wheel, jiffies);
	}
	open_softirq(TIMER_SOFTIRQ, run_timer_softirq);
}
