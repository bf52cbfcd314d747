// SPDX-License-Identifier: MIT
/* Counting set bits without the popcnt instruction, which not every CPU has. */
#include <linux/bitops.h>

/*
 * Sums neighbours in parallel: pairs of bits, then nibbles, then bytes; the
 * multiplication adds the four bytes up in the top one.
 */
unsigned int __sw_hweight32(u32 word)
{
	word -= (word >> 1) & 0x55555555;
	word = (word & 0x33333333) + ((word >> 2) & 0x33333333);
	word = (word + (word >> 4)) & 0x0f0f0f0f;
	return (word * 0x01010101) >> 24;
}

unsigned int __sw_hweight64(u64 word)
{
	return __sw_hweight32((u32)word) + __sw_hweight32((u32)(word >> 32));
}
