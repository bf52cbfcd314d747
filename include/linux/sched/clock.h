/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SCHED_CLOCK_H
#define _LINUX_SCHED_CLOCK_H

#include <linux/types.h>

/*
 * Nanoseconds since some moment before the boot, on this CPU: for measuring how
 * long something took. Any context. The first call measures the clock (50 ms).
 * Without a time-stamp counter time stands still.
 */
u64 sched_clock(void);

#endif
