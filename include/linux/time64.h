/* SPDX-License-Identifier: MIT */
/* Units of time, and a time as seconds and nanoseconds. */
#ifndef _LINUX_TIME64_H
#define _LINUX_TIME64_H

#include <linux/math64.h>
#include <linux/types.h>

#define MSEC_PER_SEC  1000L
#define USEC_PER_MSEC 1000L
#define NSEC_PER_USEC 1000L
#define NSEC_PER_MSEC 1000000L
#define USEC_PER_SEC  1000000L
#define NSEC_PER_SEC  1000000000L

/* The clocks, by the numbers that they have in Linux. */
#define CLOCK_REALTIME	0
#define CLOCK_MONOTONIC 1
#define CLOCK_BOOTTIME	7

typedef s64 time64_t;
typedef int clockid_t;

struct timespec64 {
	time64_t tv_sec;
	long tv_nsec; /* 0 .. NSEC_PER_SEC - 1 */
};

static inline s64 timespec64_to_ns(const struct timespec64 *ts)
{
	return ts->tv_sec * NSEC_PER_SEC + ts->tv_nsec;
}

static inline struct timespec64 ns_to_timespec64(s64 ns)
{
	struct timespec64 ts;
	s32 rest;

	ts.tv_sec = div_s64_rem(ns, NSEC_PER_SEC, &rest);
	ts.tv_nsec = rest;
	if (rest < 0) {
		ts.tv_sec--;
		ts.tv_nsec += NSEC_PER_SEC;
	}
	return ts;
}

#endif
