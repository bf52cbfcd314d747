/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_OVERFLOW_H
#define _LINUX_OVERFLOW_H

#include <linux/build_bug.h>
#include <linux/const.h>
#include <linux/limits.h>
#include <linux/types.h>

#define __type_half_max(type) ((type)1 << (8 * sizeof(type) - 1 - is_signed_type(type)))
#define type_max(T)	      ((T)((__type_half_max(T) - 1) + __type_half_max(T)))
#define type_min(T)	      ((T)((T)-type_max(T) - (T)1))

/* Without a warning where the type has no negative numbers. */
#define is_non_negative(a) ((a) > 0 || (a) == 0)
#define is_negative(a)	   (!(is_non_negative(a)))

static inline bool __must_check __must_check_overflow(bool overflow)
{
	return unlikely(overflow);
}

/* *d = a op b, cut to d's type; true if that lost something. Any integer types. */
#define check_add_overflow(a, b, d) __must_check_overflow(__builtin_add_overflow(a, b, d))
#define check_sub_overflow(a, b, d) __must_check_overflow(__builtin_sub_overflow(a, b, d))
#define check_mul_overflow(a, b, d) __must_check_overflow(__builtin_mul_overflow(a, b, d))

/*
 * *d = a << s; true if a or s is negative, s is too large, or bits are lost, the sign
 * bit included. *d is then whatever a shift by a valid distance gives.
 */
#define check_shl_overflow(a, s, d)                                                              \
	__must_check_overflow(({                                                                 \
		typeof(a) __a = (a);                                                             \
		typeof(s) __s = (s);                                                             \
		typeof(d) __d = (d);                                                             \
		u64 __bits = __a;                                                                \
		unsigned int __shift = is_non_negative(__s) && (u64)__s < 8 * sizeof(*__d) ? __s \
											   : 0;  \
		*__d = __bits << __shift;                                                        \
		__shift != (u64)__s || is_negative(*__d) || is_negative(__a) ||                  \
			(u64)*__d >> __shift != __bits;                                          \
	}))

/*
 * Sizes of allocations: what overflows is SIZE_MAX, and stays so in whatever it is
 * used in, so that the allocator refuses.
 */
static inline size_t __must_check size_mul(size_t a, size_t b)
{
	size_t bytes;

	return check_mul_overflow(a, b, &bytes) ? SIZE_MAX : bytes;
}

static inline size_t __must_check size_add(size_t a, size_t b)
{
	size_t bytes;

	return check_add_overflow(a, b, &bytes) ? SIZE_MAX : bytes;
}

static inline size_t __must_check size_sub(size_t minuend, size_t subtrahend)
{
	size_t bytes;

	if (minuend == SIZE_MAX || subtrahend == SIZE_MAX ||
	    check_sub_overflow(minuend, subtrahend, &bytes))
		return SIZE_MAX;
	return bytes;
}

#define array_size(a, b)     size_mul(a, b)
#define array3_size(a, b, c) size_mul(size_mul(a, b), c)

/* The bytes of n elements of the flexible array p->member ... */
#define flex_array_size(p, member, n)                                        \
	__builtin_choose_expr(__is_constexpr(n), (n) * sizeof(*(p)->member), \
			      size_mul(n, sizeof(*(p)->member)))

/* ... and those of the structure with it. */
#define struct_size(p, member, n)                                                              \
	__builtin_choose_expr(__is_constexpr(n), sizeof(*(p)) + flex_array_size(p, member, n), \
			      size_add(sizeof(*(p)), flex_array_size(p, member, n)))
#define struct_size_t(type, member, n) struct_size((type *)NULL, member, n)

#endif
