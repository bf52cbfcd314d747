/* SPDX-License-Identifier: MIT */
/*
 * ktime_t: a moment or a span in nanoseconds, signed. KTIME_MAX, 292 years, means never.
 * What the clock says is in linux/timekeeping.h.
 */
#ifndef _LINUX_KTIME_H
#define _LINUX_KTIME_H

#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include <linux/types.h>

typedef s64 ktime_t;

#define KTIME_MAX     ((s64) ~((u64)1 << 63))
#define KTIME_MIN     (-KTIME_MAX - 1)
#define KTIME_SEC_MAX (KTIME_MAX / NSEC_PER_SEC)

static inline ktime_t ktime_set(s64 secs, unsigned long nsecs)
{
	if (unlikely(secs >= KTIME_SEC_MAX))
		return KTIME_MAX;
	return secs * NSEC_PER_SEC + (s64)nsecs;
}

#define ktime_add(a, b)		((a) + (b))
#define ktime_sub(a, b)		((a) - (b))
#define ktime_add_ns(kt, ns)	((kt) + (ns))
#define ktime_sub_ns(kt, ns)	((kt) - (ns))
#define ktime_to_ns(kt)		(kt)
#define ktime_to_timespec64(kt) ns_to_timespec64(kt)

/* a + b, or KTIME_MAX where that is beyond it. */
static inline ktime_t ktime_add_safe(ktime_t a, ktime_t b)
{
	ktime_t sum;

	return __builtin_add_overflow(a, b, &sum) || sum < 0 ? KTIME_MAX : sum;
}

static inline int ktime_compare(ktime_t a, ktime_t b)
{
	return a < b ? -1 : a > b;
}

static inline bool ktime_after(ktime_t a, ktime_t b)
{
	return a > b;
}

static inline bool ktime_before(ktime_t a, ktime_t b)
{
	return a < b;
}

static inline s64 ktime_divns(ktime_t kt, s64 div)
{
	return div64_s64(kt, div);
}

static inline s64 ktime_to_us(ktime_t kt)
{
	return div_s64(kt, NSEC_PER_USEC);
}

static inline s64 ktime_to_ms(ktime_t kt)
{
	return div_s64(kt, NSEC_PER_MSEC);
}

static inline s64 ktime_us_delta(ktime_t later, ktime_t earlier)
{
	return ktime_to_us(later - earlier);
}

static inline s64 ktime_ms_delta(ktime_t later, ktime_t earlier)
{
	return ktime_to_ms(later - earlier);
}

static inline ktime_t ktime_add_us(ktime_t kt, u64 usec)
{
	return kt + (s64)(usec * NSEC_PER_USEC);
}

static inline ktime_t ktime_add_ms(ktime_t kt, u64 msec)
{
	return kt + (s64)(msec * NSEC_PER_MSEC);
}

static inline ktime_t ktime_sub_us(ktime_t kt, u64 usec)
{
	return kt - (s64)(usec * NSEC_PER_USEC);
}

static inline ktime_t ns_to_ktime(u64 ns)
{
	return ns;
}

static inline ktime_t us_to_ktime(u64 us)
{
	return us * NSEC_PER_USEC;
}

static inline ktime_t ms_to_ktime(u64 ms)
{
	return ms * NSEC_PER_MSEC;
}

#include <linux/timekeeping.h>

#endif
