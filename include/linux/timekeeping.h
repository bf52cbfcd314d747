/* SPDX-License-Identifier: MIT */
/*
 * The clock: nanoseconds since the boot (since timekeeping_init(): 0 before). It never goes
 * back, and what a delay or a timer promises is measured by it. Any context.
 *
 * There is no battery clock here: the boot is the beginning of all time, so the clocks that
 * Linux tells apart are one.
 */
#ifndef _LINUX_TIMEKEEPING_H
#define _LINUX_TIMEKEEPING_H

#include <linux/ktime.h>
#include <linux/types.h>

ktime_t ktime_get(void);

static inline u64 ktime_get_ns(void)
{
	return ktime_get();
}

static inline ktime_t ktime_get_boottime(void)
{
	return ktime_get();
}

static inline u64 ktime_get_boottime_ns(void)
{
	return ktime_get();
}

static inline ktime_t ktime_get_raw(void)
{
	return ktime_get();
}

static inline u64 ktime_get_raw_ns(void)
{
	return ktime_get();
}

static inline u64 ktime_get_mono_fast_ns(void)
{
	return ktime_get();
}

static inline ktime_t ktime_get_real(void)
{
	return ktime_get();
}

static inline u64 ktime_get_real_ns(void)
{
	return ktime_get();
}

static inline time64_t ktime_get_seconds(void)
{
	return div_u64(ktime_get(), NSEC_PER_SEC);
}

static inline void ktime_get_ts64(struct timespec64 *ts)
{
	*ts = ns_to_timespec64(ktime_get());
}

#define ktime_get_real_seconds() ktime_get_seconds()
#define ktime_get_real_ts64(ts)	 ktime_get_ts64(ts)

/* Calibrates the counter and starts the clock; the tick begins. Once, with interrupts off. */
void timekeeping_init(void);
void time_init(void);

#endif
