/* SPDX-License-Identifier: MIT */
/*
 * Jiffies: the count of ticks, HZ of them a second. It begins five minutes before it wraps,
 * so that code which compares moments with '<' fails in the first boot and not after 50
 * days: compare with time_after() and its relatives, which hold for spans up to half the range.
 *
 * jiffies is brought up to the clock by the tick: it never drifts, and where ticks came
 * late it makes up for them at once. Any context.
 */
#ifndef _LINUX_JIFFIES_H
#define _LINUX_JIFFIES_H

#include <linux/build_bug.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include <linux/types.h>
#include <asm/param.h>

/* The conversions below know that a jiffy is a millisecond. */
static_assert(HZ == MSEC_PER_SEC);

#define TICK_NSEC (NSEC_PER_SEC / HZ)
#define TICK_USEC (USEC_PER_SEC / HZ)

#define INITIAL_JIFFIES	 ((unsigned long)(unsigned int)(-300 * HZ))
#define MAX_JIFFY_OFFSET ((LONG_MAX >> 1) - 1)

extern u64 jiffies_64;
extern volatile unsigned long jiffies; /* its low word */

/* All 64 bits, in one piece. */
u64 get_jiffies_64(void);

/* Is a after b? Both are of one type; the answer is right within half of its range. */
#define time_after(a, b)     ((long)((b) - (a)) < 0)
#define time_before(a, b)    time_after(b, a)
#define time_after_eq(a, b)  ((long)((a) - (b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)

/* a in [b, c], and in [b, c) */
#define time_in_range(a, b, c)	    (time_after_eq(a, b) && time_before_eq(a, c))
#define time_in_range_open(a, b, c) (time_after_eq(a, b) && time_before(a, c))

#define time_after64(a, b)     ((s64)((b) - (a)) < 0)
#define time_before64(a, b)    time_after64(b, a)
#define time_after_eq64(a, b)  ((s64)((a) - (b)) >= 0)
#define time_before_eq64(a, b) time_after_eq64(b, a)

#define time_is_before_jiffies(a)    time_after(jiffies, a)
#define time_is_after_jiffies(a)     time_before(jiffies, a)
#define time_is_before_eq_jiffies(a) time_after_eq(jiffies, a)
#define time_is_after_eq_jiffies(a)  time_before_eq(jiffies, a)

/*
 * From other units: rounded up, so that nobody waits less than asked. What is negative as
 * an int means for ever.
 */
static inline unsigned long msecs_to_jiffies(unsigned int ms)
{
	return (int)ms < 0 ? MAX_JIFFY_OFFSET : ms;
}

static inline unsigned long usecs_to_jiffies(unsigned int us)
{
	return us / TICK_USEC + (us % TICK_USEC != 0);
}

/* Rounded down, as in Linux. */
static inline u64 nsecs_to_jiffies64(u64 ns)
{
	return div_u64(ns, TICK_NSEC);
}

static inline unsigned long nsecs_to_jiffies(u64 ns)
{
	return nsecs_to_jiffies64(ns);
}

static inline unsigned int jiffies_to_msecs(unsigned long j)
{
	return j;
}

static inline unsigned int jiffies_to_usecs(unsigned long j)
{
	return j * TICK_USEC;
}

static inline u64 jiffies_to_nsecs(unsigned long j)
{
	return (u64)j * TICK_NSEC;
}

static inline u64 jiffies64_to_nsecs(u64 j)
{
	return j * TICK_NSEC;
}

static inline u64 jiffies64_to_msecs(u64 j)
{
	return j;
}

#endif
