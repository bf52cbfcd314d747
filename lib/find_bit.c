// SPDX-License-Identifier: MIT
/*
 * Searching bitmaps, a long at a time: the first long is masked below the start, a
 * long that is zero has no candidate, and what is found beyond the size is none.
 */
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/find.h>
#include <linux/math.h>
#include <linux/minmax.h>

/* The next bit of (a & b) ^ invert; b may be NULL. */
static __always_inline unsigned long find_next(const unsigned long *a, const unsigned long *b,
					       unsigned long size, unsigned long offset,
					       unsigned long invert)
{
	unsigned long word, mask = BITMAP_FIRST_WORD_MASK(offset);

	for (offset = round_down(offset, BITS_PER_LONG); offset < size; offset += BITS_PER_LONG) {
		word = a[BIT_WORD(offset)];
		if (b)
			word &= b[BIT_WORD(offset)];
		word = (word ^ invert) & mask;
		if (word)
			return min(offset + __ffs(word), size);
		mask = ~0UL;
	}
	return size;
}

unsigned long find_next_bit(const unsigned long *addr, unsigned long size, unsigned long offset)
{
	return find_next(addr, NULL, size, offset, 0);
}

unsigned long find_next_zero_bit(const unsigned long *addr, unsigned long size,
				 unsigned long offset)
{
	return find_next(addr, NULL, size, offset, ~0UL);
}

unsigned long find_next_and_bit(const unsigned long *a, const unsigned long *b, unsigned long size,
				unsigned long offset)
{
	return find_next(a, b, size, offset, 0);
}

unsigned long find_last_bit(const unsigned long *addr, unsigned long size)
{
	unsigned long word, mask = BITMAP_LAST_WORD_MASK(size);

	for (unsigned long i = BITS_TO_LONGS(size); i-- > 0; mask = ~0UL) {
		word = addr[i] & mask;
		if (word)
			return i * BITS_PER_LONG + __fls(word);
	}
	return size;
}
