// SPDX-License-Identifier: MIT
/*
 * 64-bit division for a 32-bit machine.
 *
 * On 32 bits the compiler calls a function for "/" and "%" on 64-bit operands.
 * libgcc's cannot be linked: it takes its arguments from the stack, while the kernel
 * passes them in registers. Those at the end are the same functions with the kernel's
 * calling convention, so that a slip into "/" is slow instead of wrong.
 */
#include <linux/bitops.h>
#include <linux/math64.h>
#include <linux/types.h>

/*
 * A divisor of more than 32 bits: divide both by 2^shift, so that the divisor fits
 * 32 bits. What it lost makes the quotient too large by at most one, never too small:
 * take one off, and look whether it goes in once more.
 *
 * Example: 0x2_0000_0000 / 0x1_ffff_ffff; shift is 1. 0x1_0000_0000 / 0xffff_ffff = 1,
 * less one is 0; 0x2_0000_0000 - 0 is not less than the divisor, so it is 1.
 */
static u64 div64_wide(u64 dividend, u64 divisor)
{
	unsigned int shift = fls((u32)(divisor >> 32));
	u64 quotient = div_u64(dividend >> shift, (u32)(divisor >> shift));

	if (quotient)
		quotient--;
	if (dividend - quotient * divisor >= divisor)
		quotient++;
	return quotient;
}

u64 div64_u64(u64 dividend, u64 divisor)
{
	if (divisor >> 32)
		return div64_wide(dividend, divisor);
	return div_u64(dividend, (u32)divisor);
}

u64 div64_u64_rem(u64 dividend, u64 divisor, u64 *remainder)
{
	u64 quotient = div64_u64(dividend, divisor);

	*remainder = dividend - quotient * divisor;
	return quotient;
}

/* Also right for S64_MIN, whose magnitude only an unsigned number holds. */
static u64 magnitude(s64 x)
{
	return x < 0 ? -(u64)x : (u64)x;
}

s64 div64_s64(s64 dividend, s64 divisor)
{
	u64 quotient = div64_u64(magnitude(dividend), magnitude(divisor));

	return (dividend ^ divisor) < 0 ? -quotient : quotient;
}

/* C's rule: towards zero, the remainder has the dividend's sign. */
s64 div_s64_rem(s64 dividend, s32 divisor, s32 *remainder)
{
	s64 quotient = div64_s64(dividend, divisor);

	*remainder = dividend - quotient * divisor;
	return quotient;
}

/* --- what the compiler calls ----------------------------------------------- */

#if BITS_PER_LONG == 32

u64 __udivdi3(u64 dividend, u64 divisor);
u64 __umoddi3(u64 dividend, u64 divisor);
u64 __udivmoddi4(u64 dividend, u64 divisor, u64 *remainder);
s64 __divdi3(s64 dividend, s64 divisor);
s64 __moddi3(s64 dividend, s64 divisor);
s64 __divmoddi4(s64 dividend, s64 divisor, s64 *remainder);

u64 __udivdi3(u64 dividend, u64 divisor)
{
	return div64_u64(dividend, divisor);
}

u64 __umoddi3(u64 dividend, u64 divisor)
{
	return dividend - div64_u64(dividend, divisor) * divisor;
}

u64 __udivmoddi4(u64 dividend, u64 divisor, u64 *remainder)
{
	return div64_u64_rem(dividend, divisor, remainder);
}

s64 __divdi3(s64 dividend, s64 divisor)
{
	return div64_s64(dividend, divisor);
}

s64 __moddi3(s64 dividend, s64 divisor)
{
	return dividend - div64_s64(dividend, divisor) * divisor;
}

s64 __divmoddi4(s64 dividend, s64 divisor, s64 *remainder)
{
	s64 quotient = div64_s64(dividend, divisor);

	*remainder = dividend - quotient * divisor;
	return quotient;
}

#endif
