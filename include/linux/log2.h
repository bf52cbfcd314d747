/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_LOG2_H
#define _LINUX_LOG2_H

#include <linux/bitops.h>
#include <linux/types.h>

/*
 * Logarithms to the base of two. The macros are constant expressions if the argument
 * is a constant. Of 0 there is no logarithm: ilog2(0) is undefined.
 */

#define const_ilog2(n) ((n) < 2 ? 0 : 63 - __builtin_clzll((n) < 2 ? 1ULL : (u64)(n)))

static __always_inline __attribute_const__ int __ilog2_u32(u32 n)
{
	return fls(n) - 1;
}

static __always_inline __attribute_const__ int __ilog2_u64(u64 n)
{
	return fls64(n) - 1;
}

/* Rounded down */
#define ilog2(n)                                  \
	(__builtin_constant_p(n) ? const_ilog2(n) \
	 : sizeof(n) <= 4	 ? __ilog2_u32(n) \
				 : __ilog2_u64(n))

static __always_inline __attribute_const__ bool is_power_of_2(unsigned long n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

static __always_inline __attribute_const__ unsigned long __roundup_pow_of_two(unsigned long n)
{
	return 1UL << fls_long(n - 1);
}

static __always_inline __attribute_const__ unsigned long __rounddown_pow_of_two(unsigned long n)
{
	return 1UL << (fls_long(n) - 1);
}

/* Undefined for 0, and for what has no power of two above it. */
#define roundup_pow_of_two(n)                                                         \
	(__builtin_constant_p(n) ? ((n) == 1 ? 1UL : 1UL << (const_ilog2((n)-1) + 1)) \
				 : __roundup_pow_of_two(n))
#define rounddown_pow_of_two(n) \
	(__builtin_constant_p(n) ? 1UL << const_ilog2(n) : __rounddown_pow_of_two(n))

static __always_inline __attribute_const__ int __order_base_2(unsigned long n)
{
	return n > 1 ? (int)fls_long(n - 1) : 0;
}

/* ilog2 rounded up: 0 for 0 and 1. */
#define order_base_2(n) \
	(__builtin_constant_p(n) ? ((n) < 2 ? 0 : const_ilog2((n)-1) + 1) : __order_base_2(n))

/* How many bits it takes to write n: 1 for 0. */
#define bits_per(n) ((n) < 2 ? 1 : ilog2(n) + 1)

#endif
