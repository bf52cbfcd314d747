/* SPDX-License-Identifier: MIT */
#ifndef _ASM_DIV64_H
#define _ASM_DIV64_H

#include <linux/types.h>

/*
 * do_div(n, base): n /= base in place, returns the remainder. n is a u64 variable,
 * base 32 bits wide and not zero.
 *
 * On 32 bits one divl divides 64 bits by 32, as long as the quotient fits 32 bits: so
 * the high half is divided first, and its remainder, being smaller than base, is the
 * high half of a dividend whose quotient fits.
 */
#if __SIZEOF_LONG__ == 4

static inline u32 __div64_32(u64 *n, u32 base)
{
	u32 high = *n >> 32, low = *n, rem = 0, quotient_high = 0;

	if (high) {
		quotient_high = high / base;
		rem = high % base;
	}
	__asm__("divl %2" : "+a"(low), "+d"(rem) : "rm"(base) : "cc");
	*n = (u64)quotient_high << 32 | low;
	return rem;
}

#define do_div(n, base)                             \
	({                                          \
		u32 __base = (base);                \
		(void)((typeof(n) *)0 == (u64 *)0); \
		__div64_32(&(n), __base);           \
	})

#else

#define do_div(n, base)                                         \
	({                                                      \
		u32 __base = (base), __rem = (u64)(n) % __base; \
		(n) = (u64)(n) / __base;                        \
		__rem;                                          \
	})

#endif

#endif
