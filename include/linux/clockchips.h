/* SPDX-License-Identifier: MIT */
/*
 * Clock event devices: hardware that interrupts once, when told to. Each CPU has one; it
 * makes the tick and serves the hrtimers (kernel/clockevents.c).
 *
 * A driver fills in name, rating, set_next_event, set_state_shutdown and registers the device
 * with the rate at which it counts; its interrupt calls dev->event_handler(dev).
 */
#ifndef _LINUX_CLOCKCHIPS_H
#define _LINUX_CLOCKCHIPS_H

#include <linux/ktime.h>
#include <linux/types.h>

struct clock_event_device {
	const char *name;
	int rating; /* the higher one is taken */
	/* Interrupts in `ticks` of the device; interrupts are off. */
	int (*set_next_event)(unsigned long ticks, struct clock_event_device *dev);
	int (*set_state_shutdown)(struct clock_event_device *dev);

	/* The core's: */
	void (*event_handler)(struct clock_event_device *dev);
	u32 hz, mult; /* ticks = ns * mult >> 31 */
	unsigned long min_delta_ticks, max_delta_ticks;
	u64 max_delta_ns;
	ktime_t next_event; /* what it is set to; KTIME_MAX: nothing */
};

/* On the CPU that it belongs to, interrupts off. Ticks of the deltas are the device's. */
void clockevents_config_and_register(struct clock_event_device *dev, u32 freq,
				     unsigned long min_delta, unsigned long max_delta);

/* Sees to an interrupt at `expires`, or before. Interrupts off. */
void tick_program_event(ktime_t expires);

/* No ticks on this CPU until it is resumed: jiffies stand still, then catch up. Not nested. */
void tick_suspend_local(void);
void tick_resume_local(void);

/* What a tick does on each CPU but keep the time: timers, and the scheduler. */
void update_process_times(int user_tick);

#endif
