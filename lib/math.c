// SPDX-License-Identifier: MIT
/* Integer square roots. */
#include <linux/bitops.h>
#include <linux/math.h>
#include <linux/types.h>

/*
 * The root bit by bit, from the top: bit is the square of the bit tried, root the
 * root so far times that bit's distance, x what is left to be explained.
 */
u32 int_sqrt64(u64 x)
{
	u64 root = 0, bit;

	if (x == 0)
		return 0;
	for (bit = 1ULL << ((fls64(x) - 1) & ~1); bit; bit >>= 2) {
		u64 trial = root + bit;

		root >>= 1;
		if (x >= trial) {
			x -= trial;
			root += bit;
		}
	}
	return (u32)root;
}

unsigned long int_sqrt(unsigned long x)
{
	return int_sqrt64(x);
}
