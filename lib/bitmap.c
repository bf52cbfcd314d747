// SPDX-License-Identifier: MIT
/*
 * Operations on bitmaps. All work on whole longs; only the questions mask the last
 * one, so that operations need not care about the bits beyond the end.
 */
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/errno.h>

/* The bits of long i that belong to a bitmap of nbits. */
static __always_inline unsigned long word_mask(unsigned int i, unsigned int nbits)
{
	return i == nbits / BITS_PER_LONG ? BITMAP_LAST_WORD_MASK(nbits) : ~0UL;
}

bool bitmap_and(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		unsigned int nbits)
{
	unsigned long any = 0;

	for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)
		any |= (dst[i] = a[i] & b[i]) & word_mask(i, nbits);
	return any != 0;
}

bool bitmap_andnot(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		   unsigned int nbits)
{
	unsigned long any = 0;

	for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)
		any |= (dst[i] = a[i] & ~b[i]) & word_mask(i, nbits);
	return any != 0;
}

void bitmap_or(unsigned long *dst, const unsigned long *a, const unsigned long *b,
	       unsigned int nbits)
{
	for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = a[i] | b[i];
}

void bitmap_xor(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		unsigned int nbits)
{
	for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = a[i] ^ b[i];
}

void bitmap_complement(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = ~src[i];
}

bool bitmap_equal(const unsigned long *a, const unsigned long *b, unsigned int nbits)
{
	for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)
		if ((a[i] ^ b[i]) & word_mask(i, nbits))
			return false;
	return true;
}

bool bitmap_intersects(const unsigned long *a, const unsigned long *b, unsigned int nbits)
{
	return find_first_and_bit(a, b, nbits) < nbits;
}

bool bitmap_subset(const unsigned long *small, const unsigned long *large, unsigned int nbits)
{
	for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)
		if (small[i] & ~large[i] & word_mask(i, nbits))
			return false;
	return true;
}

unsigned int bitmap_weight(const unsigned long *src, unsigned int nbits)
{
	unsigned int weight = 0;

	for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)
		weight += hweight_long(src[i] & word_mask(i, nbits));
	return weight;
}

/* Calls for each long that a range touches: with the bits of the range in it. */
static __always_inline void change_range(unsigned long *map, unsigned int start, unsigned int nr,
					 bool set)
{
	unsigned int end = start + nr, i;
	unsigned long mask;

	if (!nr)
		return;
	for (i = BIT_WORD(start); i <= BIT_WORD(end - 1); i++) {
		mask = i == BIT_WORD(start) ? BITMAP_FIRST_WORD_MASK(start) : ~0UL;
		if (i == BIT_WORD(end - 1))
			mask &= BITMAP_LAST_WORD_MASK(end);
		map[i] = set ? map[i] | mask : map[i] & ~mask;
	}
}

void bitmap_set(unsigned long *map, unsigned int start, unsigned int nr)
{
	change_range(map, start, nr, true);
}

void bitmap_clear(unsigned long *map, unsigned int start, unsigned int nr)
{
	change_range(map, start, nr, false);
}

unsigned long bitmap_find_next_zero_area_off(unsigned long *map, unsigned long size,
					     unsigned long start, unsigned int nr,
					     unsigned long align_mask, unsigned long align_offset)
{
	unsigned long index, end, used;

	for (;;) {
		index = find_next_zero_bit(map, size, start);
		index = ((index + align_offset + align_mask) & ~align_mask) - align_offset;
		end = index + nr;
		if (end > size)
			return end;
		used = find_next_bit(map, end, index);
		if (used >= end)
			return index;
		start = used + 1;
	}
}

int bitmap_find_free_region(unsigned long *map, unsigned int bits, int order)
{
	unsigned long nr = 1UL << order;
	unsigned long pos = bitmap_find_next_zero_area(map, bits, 0, nr, nr - 1);

	if (pos + nr > bits)
		return -ENOMEM;
	bitmap_set(map, pos, nr);
	return pos;
}

int bitmap_allocate_region(unsigned long *map, unsigned int pos, int order)
{
	unsigned int end = pos + (1U << order);

	if (find_next_bit(map, end, pos) < end)
		return -EBUSY;
	bitmap_set(map, pos, 1U << order);
	return 0;
}

void bitmap_release_region(unsigned long *map, unsigned int pos, int order)
{
	bitmap_clear(map, pos, 1U << order);
}
