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

/* a * b >> shift, as if the product had all its 96 bits; shift is below 64. */
static inline u64 mul_u64_u32_shr(u64 a, u32 b, unsigned int shift)
{
	u64 low = mul_u32_u32((u32)a, b), high = mul_u32_u32(a >> 32, b) + (low >> 32);

	return shift < 32 ? high << (32 - shift) | (u32)low >> shift : high >> (shift - 32);
}

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
