/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_MATH_H
#define _LINUX_MATH_H

#include <asm/div64.h>
#include <linux/types.h>

/* To a multiple of y, a power of two; x keeps its type. */
#define __round_mask(x, y) ((typeof(x))((y)-1))
#define round_up(x, y)	   ((((x)-1) | __round_mask(x, y)) + 1)
#define round_down(x, y)   ((x) & ~__round_mask(x, y))

/* To a multiple of any y; x is not negative. */
#define roundup(x, y)                            \
	({                                       \
		typeof(y) __y = (y);             \
		(((x) + (__y - 1)) / __y) * __y; \
	})
#define rounddown(x, y)              \
	({                           \
		typeof(x) __x = (x); \
		__x - (__x % (y));   \
	})

#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
/* With a 64-bit n and a 32-bit d */
#define DIV_ROUND_DOWN_ULL(n, d) \
	({                       \
		u64 __n = (n);   \
		do_div(__n, d);  \
		__n;             \
	})
#define DIV_ROUND_UP_ULL(n, d) DIV_ROUND_DOWN_ULL((u64)(n) + (d)-1, (d))

/* Half away from zero; d is positive, or n and d are both unsigned. */
#define DIV_ROUND_CLOSEST(n, d)                                               \
	({                                                                    \
		typeof(n) __n = (n);                                          \
		typeof(d) __d = (d);                                          \
		__n < 1 && is_signed_type(typeof(n)) ? (__n - __d / 2) / __d  \
						     : (__n + __d / 2) / __d; \
	})
#define DIV_ROUND_CLOSEST_ULL(n, d) DIV_ROUND_DOWN_ULL((u64)(n) + (d) / 2, (d))

/* x * numerator / denominator where the product alone would overflow */
#define mult_frac(x, numerator, denominator)                                 \
	({                                                                   \
		typeof(x) __x = (x);                                         \
		typeof(denominator) __den = (denominator);                   \
		__x / __den *(numerator) + __x % __den *(numerator) / __den; \
	})

/* n /= b of a sector number, returns the remainder. */
#define sector_div(n, b) do_div(n, b)

static inline int __abs_int(int x)
{
	return x < 0 ? -x : x;
}

static inline long __abs_long(long x)
{
	return x < 0 ? -x : x;
}

static inline long long __abs_llong(long long x)
{
	return x < 0 ? -x : x;
}

/* The result is signed, and has the argument's size, at least an int's. */
// clang-format off
#define abs(x)					\
	_Generic((x),				\
		long: __abs_long,		\
		unsigned long: __abs_long,	\
		long long: __abs_llong,		\
		unsigned long long: __abs_llong, \
		default: __abs_int)(x)
// clang-format on

/* Maps the 32 bits of val evenly to 0 .. range - 1 without a division. */
static inline u32 reciprocal_scale(u32 val, u32 range)
{
	return (u64)val * range >> 32;
}

/* The largest integer whose square is at most x */
unsigned long int_sqrt(unsigned long x);
u32 int_sqrt64(u64 x);

#endif
