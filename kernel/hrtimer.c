// SPDX-License-Identifier: MIT
/*
 * High-resolution timers: each CPU's tree of moments, sorted, and its clock event device
 * set to the first of them if that comes before the next tick.
 *
 * A timer has two moments: from _softexpires on it may fire, at `expires` it must. The tree is
 * sorted by the second, the device set to it; the interrupt then calls all that may fire.
 * Timers with slack so come along with those without, and cost no interrupt of their own.
 *
 *	_softexpires    expires
 *	     |-------------|            A with slack
 *	          |  B                  none: the interrupt is here, and calls A and B
 *
 * (A is behind B in the tree: the walk stops at the first timer that may not fire yet, so
 * slack is used as far as nothing stands before it.)
 *
 * A timer's life: inactive -> queued (hrtimer_start) -> its function runs, not queued ->
 * queued again if the function says so or has started it itself, else inactive.
 * "Runs" is no state of the timer's but its base's word `running`, since the function may free
 * the timer that it was called for.
 *
 * An interrupt stays for three rounds of functions at most: if by then more are due again,
 * such as a periodic timer whose function takes longer than its period, the device is set
 * to a pause of as long as they have taken, so that other things get their half of the CPU.
 *
 * Locking: base->lock, with interrupts off; functions are called without it.
 */
#include <linux/bug.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/smp.h>
#include <asm/processor.h>
#include "timekeeping.h"

#define ROUNDS	  3
#define MAX_PAUSE (100 * NSEC_PER_MSEC)

const unsigned int hrtimer_resolution = 1;

DEFINE_PER_CPU(struct hrtimer_cpu_base, hrtimer_bases);

void hrtimer_init(struct hrtimer *timer, clockid_t clock, enum hrtimer_mode mode)
{
	WARN(clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME,
	     "Invalid clockid %d. Using MONOTONIC", clock);
	*timer = (struct hrtimer){ .base = this_cpu_ptr(&hrtimer_bases) };
	RB_CLEAR_NODE(&timer->node);
}

/* --- the queue ----------------------------------------------------------------------- */

/* The base that the timer is with, locked: another CPU may take it away until then. */
static struct hrtimer_cpu_base *lock_base(const struct hrtimer *timer, unsigned long *flags)
{
	for (;;) {
		struct hrtimer_cpu_base *base = READ_ONCE(timer->base);

		if (base) {
			spin_lock_irqsave(&base->lock, *flags);
			if (base == READ_ONCE(timer->base))
				return base;
			spin_unlock_irqrestore(&base->lock, *flags);
		}
		cpu_relax();
	}
}

/* To this CPU's base, unless its function runs on the other. Returns the locked one. */
static struct hrtimer_cpu_base *move_here(struct hrtimer *timer, struct hrtimer_cpu_base *from)
{
	struct hrtimer_cpu_base *to = this_cpu_ptr(&hrtimer_bases);

	if (to == from || from->running == timer)
		return from;
	WRITE_ONCE(timer->base, NULL);
	spin_unlock(&from->lock);
	spin_lock(&to->lock);
	WRITE_ONCE(timer->base, to);
	return to;
}

#define timer_of(rb) rb_entry(rb, struct hrtimer, node)

static bool expires_before(struct rb_node *a, const struct rb_node *b)
{
	return timer_of(a)->expires < timer_of(b)->expires;
}

static struct hrtimer *first_timer(const struct hrtimer_cpu_base *base)
{
	return rb_entry_safe(rb_first_cached(&base->active), struct hrtimer, node);
}

/* True: it is the first one now. Equals keep the order in which they were started. */
static bool enqueue(struct hrtimer_cpu_base *base, struct hrtimer *timer)
{
	WRITE_ONCE(timer->state, HRTIMER_STATE_ENQUEUED);
	base->nr++;
	return rb_add_cached(&timer->node, &base->active, expires_before);
}

static void dequeue(struct hrtimer_cpu_base *base, struct hrtimer *timer)
{
	rb_erase_cached(&timer->node, &base->active);
	RB_CLEAR_NODE(&timer->node);
	base->nr--;
	WRITE_ONCE(timer->state, HRTIMER_STATE_INACTIVE);
}

void hrtimer_start_range_ns(struct hrtimer *timer, ktime_t time, u64 delta_ns,
			    enum hrtimer_mode mode)
{
	struct hrtimer_cpu_base *base;
	unsigned long flags;

	if (WARN(!timer->function || !timer->base,
		 "hrtimer %px has no function, or was never initialised: it is not started", timer))
		return;
	base = lock_base(timer, &flags);
	if (timer->state)
		dequeue(base, timer);
	/* What is below zero has passed; ktime_add_safe() would take it for an overflow. */
	time = max_t(ktime_t, time, 0);
	if (mode & HRTIMER_MODE_REL)
		time = ktime_add_safe(ktime_get(), time);
	timer->_softexpires = time;
	timer->expires = ktime_add_safe(time, min_t(u64, delta_ns, KTIME_MAX));
	base = move_here(timer, base);
	if (enqueue(base, timer) && base == this_cpu_ptr(&hrtimer_bases))
		tick_program_event(timer->expires);
	spin_unlock_irqrestore(&base->lock, flags);
}

/* *here: the function that runs is on this CPU, below us. */
static int try_to_cancel(struct hrtimer *timer, bool *here)
{
	struct hrtimer_cpu_base *base;
	unsigned long flags;
	int result = 0;

	if (!timer->base)
		return 0;
	base = lock_base(timer, &flags);
	*here = base == this_cpu_ptr(&hrtimer_bases);
	if (base->running == timer)
		result = -1;
	else if (timer->state)
		result = 1;
	if (result > 0)
		dequeue(base, timer);
	spin_unlock_irqrestore(&base->lock, flags);
	return result;
}

int hrtimer_try_to_cancel(struct hrtimer *timer)
{
	bool here;

	return try_to_cancel(timer, &here);
}

/* A function on this CPU does not end while we wait for it. Linux hangs here; we say so. */
int hrtimer_cancel(struct hrtimer *timer)
{
	int result;
	bool here;

	while ((result = try_to_cancel(timer, &here)) < 0) {
		if (WARN(here,
			 "hrtimer_cancel() in the timer's own function %ps would wait for ever",
			 timer->function))
			break;
		cpu_relax();
	}
	return result;
}

bool hrtimer_callback_running(const struct hrtimer *timer)
{
	const struct hrtimer_cpu_base *base = READ_ONCE(timer->base);

	return base && READ_ONCE(base->running) == timer;
}

bool hrtimer_active(const struct hrtimer *timer)
{
	return hrtimer_is_queued(timer) || hrtimer_callback_running(timer);
}

u64 hrtimer_forward(struct hrtimer *timer, ktime_t now, ktime_t interval)
{
	ktime_t late = now - timer->expires;
	u64 missed;

	if (late < 0 || WARN_ON(hrtimer_is_queued(timer)))
		return 0;
	interval = max_t(ktime_t, interval, hrtimer_resolution);
	missed = div64_u64(late, interval) + 1;
	hrtimer_add_expires_ns(timer, missed * interval);
	return missed;
}

ktime_t hrtimer_get_remaining(const struct hrtimer *timer)
{
	struct hrtimer_cpu_base *base;
	unsigned long flags;
	ktime_t expires;

	if (WARN_ON(!timer->base))
		return 0;
	base = lock_base(timer, &flags);
	expires = timer->expires;
	spin_unlock_irqrestore(&base->lock, flags);
	return expires - ktime_get();
}

/* --- the interrupt ------------------------------------------------------------------- */

/* The timer may be gone when its function returns, unless that asks to go on. */
static void call(struct hrtimer_cpu_base *base, struct hrtimer *timer)
{
	enum hrtimer_restart restart;

	dequeue(base, timer);
	base->running = timer;
	base->fired++;
	spin_unlock(&base->lock);
	restart = timer->function(timer);
	spin_lock(&base->lock);
	if (restart != HRTIMER_NORESTART && !timer->state)
		enqueue(base, timer);
	base->running = NULL;
}

static void call_due(struct hrtimer_cpu_base *base, ktime_t now)
{
	struct hrtimer *timer;

	while ((timer = first_timer(base)) && timer->_softexpires <= now)
		call(base, timer);
}

ktime_t hrtimer_run_queues(void)
{
	struct hrtimer_cpu_base *base = this_cpu_ptr(&hrtimer_bases);
	ktime_t begin = ktime_get(), now = begin, next;
	const struct hrtimer *first;
	unsigned int round;

	spin_lock(&base->lock);
	for (round = 0;; round++) {
		call_due(base, now);
		first = first_timer(base);
		next = first ? first->expires : KTIME_MAX;
		now = ktime_get();
		if (next > now)
			break;
		if (round + 1 == ROUNDS) {
			base->hangs++;
			next = now + min_t(ktime_t, now - begin, MAX_PAUSE);
			break;
		}
	}
	spin_unlock(&base->lock);
	return next;
}

void hrtimers_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct hrtimer_cpu_base *hrtimer_base = per_cpu_ptr(&hrtimer_bases, cpu);

		spin_lock_init(&hrtimer_base->lock); /* by this name `locks` shows it */
		hrtimer_base->active = RB_ROOT_CACHED;
	}
}
