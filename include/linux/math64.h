/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_MATH64_H
#define _LINUX_MATH64_H

#include <asm/div64.h>
#include <linux/types.h>

/*
 * Division of 64-bit numbers: "/" on them would call libgcc, which the kernel does not
 * have. div_ divides by 32 bits and is the cheap one, div64_ by 64. No divisor may be 0.
 */

static inline u64 div_u64_rem(u64 dividend, u32 divisor, u32 *remainder)
{
	*remainder = do_div(dividend, divisor);
	return dividend;
}

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	do_div(dividend, divisor);
	return dividend;
}

s64 div_s64_rem(s64 dividend, s32 divisor, s32 *remainder);
u64 div64_u64_rem(u64 dividend, u64 divisor, u64 *remainder);
u64 div64_u64(u64 dividend, u64 divisor);
s64 div64_s64(s64 dividend, s64 divisor);

static inline s64 div_s64(s64 dividend, s32 divisor)
{
	s32 remainder;

	return div_s64_rem(dividend, divisor, &remainder);
}

#define div64_long(x, y) div_s64((x), (y))
#define div64_ul(x, y)	 div64_u64((x), (y))

static inline u64 mul_u32_u32(u32 a, u32 b)
{
	return (u64)a * b;
}

/* a * b >> shift and a * b / divisor, as if the product had all the bits it needs. */
u64 mul_u64_u32_shr(u64 a, u32 b, unsigned int shift);
u64 mul_u64_u64_shr(u64 a, u64 b, unsigned int shift);
u64 mul_u64_u32_div(u64 a, u32 b, u32 divisor);
/* ~0 where the quotient does not fit */
u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 divisor);

#define DIV64_U64_ROUND_UP(n, d)               \
	({                                     \
		u64 __d = (d);                 \
		div64_u64((n) + __d - 1, __d); \
	})
#define DIV64_U64_ROUND_CLOSEST(n, d)          \
	({                                     \
		u64 __d = (d);                 \
		div64_u64((n) + __d / 2, __d); \
	})
#define DIV_U64_ROUND_CLOSEST(n, d)               \
	({                                        \
		u32 __d = (d);                    \
		div_u64((u64)(n) + __d / 2, __d); \
	})

#endif
