/* SPDX-License-Identifier: MIT */
/*
 * Waiting. Never shorter than asked.
 *
 *	ndelay udelay mdelay	spin: any context, for what is too short to sleep
 *	usleep_range		sleeps by an hrtimer: from some 10 us to 20 ms
 *	msleep, ssleep		sleeps by a timer_list: up to two ticks and the wheel's
 *				granularity longer
 *	fsleep			whichever of them fits
 *
 * Those that sleep are for process context.
 */
#ifndef _LINUX_DELAY_H
#define _LINUX_DELAY_H

#include <linux/types.h>

void ndelay(unsigned long nsecs);
void udelay(unsigned long usecs);
void mdelay(unsigned long msecs);

void msleep(unsigned int msecs);
/* Ends early when the task is woken; how many milliseconds were left. */
unsigned long msleep_interruptible(unsigned int msecs);
/* Wakes up between min and max microseconds from now, where other work would wake the CPU. */
void usleep_range(unsigned long min, unsigned long max);
void usleep_range_state(unsigned long min, unsigned long max, unsigned int state);

/* For who may wait for ever: the watchdog does not mind. */
void usleep_idle_range(unsigned long min, unsigned long max);

static inline void ssleep(unsigned int seconds)
{
	msleep(seconds * 1000);
}

static inline void fsleep(unsigned long usecs)
{
	if (usecs <= 10)
		udelay(usecs);
	else if (usecs <= 20000)
		usleep_range(usecs, 2 * usecs);
	else
		msleep(usecs / 1000 + (usecs % 1000 != 0));
}

#endif
