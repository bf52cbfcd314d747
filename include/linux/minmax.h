/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_MINMAX_H
#define _LINUX_MINMAX_H

#include <linux/build_bug.h>
#include <linux/const.h>
#include <linux/types.h>

/*
 * min(), max() and clamp() evaluate their arguments once, are constant expressions if
 * the arguments are, and refuse to mix signed with unsigned, where -1 would be the
 * larger; a signed constant >= 0 goes with both. min_t() and friends convert to the
 * given type first.
 */

/* A pointer, whose answer is not a constant, counts as unsigned. */
#define __is_signed(x) __is_signed_type(typeof(1 ? (x) : (x)))
#define __is_signed_type(type) \
	__builtin_choose_expr(__is_constexpr(is_signed_type(type)), is_signed_type(type), 0)
#define __is_nonneg_int(x) (__builtin_choose_expr(__is_constexpr(x) && __is_signed(x), x, -1) >= 0)
#define __sign_agrees(x, y)                                                                  \
	(__is_signed(x) == __is_signed(y) || __is_signed((x) + 0) == __is_signed((y) + 0) || \
	 __is_nonneg_int(x) || __is_nonneg_int(y))

#define __cmp(x, op, y) ((x)op(y) ? (x) : (y))

#define __cmp_once(type, x, op, y, ux, uy) \
	({                                 \
		type ux = (x);             \
		type uy = (y);             \
		__cmp(ux, op, uy);         \
	})

#define __cmp_careful(x, op, y)                                                               \
	__builtin_choose_expr(__is_constexpr((x) - (y)), __cmp(x, op, y), ({                  \
				      static_assert(__sign_agrees(x, y),                      \
						    "min() or max() of signed and unsigned"); \
				      __cmp_once(typeof(1 ? (x) : (y)), x, op, y,             \
						 __UNIQUE_ID(lhs), __UNIQUE_ID(rhs));         \
			      }))

#define min(x, y)     __cmp_careful(x, <, y)
#define max(x, y)     __cmp_careful(x, >, y)
#define min3(x, y, z) min((typeof(1 ? (x) : (y)))min(x, y), z)
#define max3(x, y, z) max((typeof(1 ? (x) : (y)))max(x, y), z)

#define min_t(type, x, y) __cmp_once(type, x, <, y, __UNIQUE_ID(lhs), __UNIQUE_ID(rhs))
#define max_t(type, x, y) __cmp_once(type, x, >, y, __UNIQUE_ID(lhs), __UNIQUE_ID(rhs))

/* The smaller of the two that is not zero; zero if both are. */
#define min_not_zero(x, y)                                         \
	({                                                         \
		typeof(x) __x = (x);                               \
		typeof(y) __y = (y);                               \
		__x == 0 ? __y : (__y == 0 ? __x : min(__x, __y)); \
	})

/* val, or the limit that it is beyond */
#define clamp(val, lo, hi)	   min((typeof(val))max(val, lo), hi)
#define clamp_t(type, val, lo, hi) min_t(type, max_t(type, val, lo), hi)
#define clamp_val(val, lo, hi)	   clamp_t(typeof(val), val, lo, hi)

#define swap(a, b)                     \
	do {                           \
		typeof(a) __tmp = (a); \
		(a) = (b);             \
		(b) = __tmp;           \
	} while (0)

#endif
