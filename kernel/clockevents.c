// SPDX-License-Identifier: MIT
/*
 * Clock events: each CPU's device that interrupts once, at the next moment that matters.
 *
 *	ticks        |----|----|----|----|----|----|----|	each whole millisecond
 *	hrtimers       x          x x
 *	device       t x  t    t  x xt    t    t    t    t	set to the first of both
 *
 * The device is set anew after each interrupt, to an absolute moment: its own inaccuracy is
 * never summed up, and a tick that came late is followed by the next one at its time. If it
 * comes too early (it was set to the furthest it can, or counts faster than was measured) there
 * is nothing to do but to set it again.
 *
 * Interrupts are off wherever this file runs, and it touches this CPU's data only.
 */
#include <linux/clockchips.h>
#include <linux/hrtimer.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/timer.h>
#include "timekeeping.h"

DEFINE_PER_CPU(struct tick_cpu, tick_cpu);

/* --- the device ---------------------------------------------------------------------- */

#define MULT_SHIFT 31 /* mult is then 32 bits up to 2 GHz */
#define MAX_HZ	   2000000000U

static u64 ticks_to_ns(u64 ticks, u32 hz)
{
	return div_u64(ticks * NSEC_PER_SEC, hz);
}

/* Rounded up twice, so that it does not interrupt before its time. */
static unsigned long ns_to_ticks(const struct clock_event_device *dev, u64 ns)
{
	u64 ticks = mul_u64_u32_shr(ns, dev->mult, MULT_SHIFT) + 1;

	return clamp_t(u64, ticks, dev->min_delta_ticks, dev->max_delta_ticks);
}

/* As soon as possible if the moment has passed, as late as possible if it is far. */
static void program(struct clock_event_device *dev, ktime_t expires)
{
	ktime_t now = ktime_get();

	dev->next_event = clamp_t(ktime_t, expires, now, now + dev->max_delta_ns);
	dev->set_next_event(ns_to_ticks(dev, dev->next_event - now), dev);
}

void tick_program_event(ktime_t expires)
{
	struct tick_cpu *tick = this_cpu_ptr(&tick_cpu);

	if (tick->device && !tick->in_handler && !tick->suspended &&
	    expires < tick->device->next_event)
		program(tick->device, expires);
}

/* --- the tick ------------------------------------------------------------------------ */

void update_process_times(int user_tick)
{
	run_local_timers();
	rcu_sched_clock_irq(user_tick);
	scheduler_tick();
}

static ktime_t tick_after(ktime_t now)
{
	return (ktime_t)(nsecs_to_jiffies64(now) + 1) * TICK_NSEC;
}

static void do_tick(struct tick_cpu *tick, ktime_t now)
{
	unsigned long passed = jiffies_catch_up(now);

	tick->ticks++;
	if (passed > 1)
		tick->made_up += passed - 1;
	tick->next_tick = tick_after(now);
	update_process_times(0);
}

static void tick_event(struct clock_event_device *dev)
{
	struct tick_cpu *tick = this_cpu_ptr(&tick_cpu);
	ktime_t due = dev->next_event, now, next;

	timekeeping_event(due);
	now = ktime_get();
	tick->events++;
	if (now < due)
		tick->early++;
	else
		tick->worst_late = max(tick->worst_late, now - due);
	if (tick->suspended)
		return;
	tick->in_handler = true;
	if (now >= tick->next_tick)
		do_tick(tick, now);
	next = hrtimer_run_queues();
	tick->in_handler = false;
	program(dev, min(next, tick->next_tick));
}

/* --- starting and stopping ----------------------------------------------------------- */

void clockevents_config_and_register(struct clock_event_device *dev, u32 freq,
				     unsigned long min_delta, unsigned long max_delta)
{
	struct tick_cpu *tick = this_cpu_ptr(&tick_cpu);
	ktime_t now = ktime_get();

	if (tick->device && tick->device->rating >= dev->rating)
		return;
	if (tick->device)
		tick->device->set_state_shutdown(tick->device);
	dev->hz = min(freq, MAX_HZ);
	dev->mult = div_u64(((u64)dev->hz << MULT_SHIFT) + NSEC_PER_SEC - 1, NSEC_PER_SEC);
	dev->min_delta_ticks = min_delta;
	dev->max_delta_ticks = max_delta;
	dev->max_delta_ns = ticks_to_ns(max_delta, dev->hz);
	dev->event_handler = tick_event;
	tick->device = dev;
	jiffies_catch_up(now);
	tick->next_tick = tick_after(now);
	program(dev, tick->next_tick);
}

void tick_suspend_local(void)
{
	struct tick_cpu *tick;
	unsigned long flags;

	local_irq_save(flags);
	tick = this_cpu_ptr(&tick_cpu);
	tick->suspended = true;
	if (tick->device)
		tick->device->set_state_shutdown(tick->device);
	local_irq_restore(flags);
}

/* What was due meanwhile is due now. */
void tick_resume_local(void)
{
	struct tick_cpu *tick;
	unsigned long flags;

	local_irq_save(flags);
	tick = this_cpu_ptr(&tick_cpu);
	tick->suspended = false;
	if (tick->device)
		program(tick->device, ktime_get());
	local_irq_restore(flags);
}
