// SPDX-License-Identifier: MIT
/* Bits, searches in bitmaps, and bitmaps: at the edges of longs, and against a byte array. */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/prandom.h>

#define BITS 150

static void api_L2_bit_positions(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ffs(0), 0);
	KUNIT_EXPECT_EQ(test, fls(0), 0);
	KUNIT_EXPECT_EQ(test, fls64(0), 0);
	for (unsigned int i = 0; i < 32; i++) {
		KUNIT_EXPECT_EQ(test, ffs(1U << i | 1U << 31), (int)i + 1);
		KUNIT_EXPECT_EQ(test, fls(1U << i | 1), (int)i + 1);
		KUNIT_EXPECT_EQ(test, __ffs(1UL << i | 1UL << 31), i);
		KUNIT_EXPECT_EQ(test, __fls(1UL << i | 1), i);
		KUNIT_EXPECT_EQ(test, ffz(~(1UL << i)), i);
	}
	for (unsigned int i = 0; i < 64; i++) {
		KUNIT_EXPECT_EQ(test, fls64(1ULL << i | 1), (int)i + 1);
		KUNIT_EXPECT_EQ(test, __ffs64(1ULL << i | 1ULL << 63), i);
	}
}

static void api_L2_hweight(struct kunit *test)
{
	struct rnd_state rnd;

	KUNIT_EXPECT_EQ(test, hweight32(0), 0);
	KUNIT_EXPECT_EQ(test, hweight8(0x1ff), 8);
	KUNIT_EXPECT_EQ(test, hweight16(0x1ffff), 16);
	prandom_seed_state(&rnd, 3);
	for (int i = 0; i < 100; i++) {
		u64 word = (u64)prandom_u32_state(&rnd) << 32 | prandom_u32_state(&rnd);
		unsigned int weight = 0, low = 0;

		for (int bit = 0; bit < 64; bit++) {
			weight += word >> bit & 1;
			low += bit < 32 ? word >> bit & 1 : 0;
		}
		KUNIT_EXPECT_EQ(test, hweight64(word), weight);
		KUNIT_EXPECT_EQ(test, hweight32((u32)word), low);
	}
}

static void api_L2_atomic_and_plain_bit_operations(struct kunit *test)
{
	DECLARE_BITMAP(map, BITS);

	for (int bit = 0; bit < BITS; bit += 7) {
		bitmap_zero(map, BITS);
		set_bit(bit, map);
		KUNIT_EXPECT_TRUE(test, test_bit(bit, map));
		KUNIT_EXPECT_EQ(test, bitmap_weight(map, BITS), 1);
		KUNIT_EXPECT_TRUE(test, test_and_set_bit(bit, map));
		KUNIT_EXPECT_TRUE(test, test_and_clear_bit(bit, map));
		KUNIT_EXPECT_FALSE(test, test_and_clear_bit(bit, map));
		KUNIT_EXPECT_FALSE(test, test_and_change_bit(bit, map));
		KUNIT_EXPECT_TRUE(test, test_and_change_bit(bit, map));
		KUNIT_EXPECT_FALSE(test, test_bit(bit, map));
		change_bit(bit, map);
		KUNIT_EXPECT_TRUE(test, test_bit(bit, map));
		clear_bit(bit, map);
		KUNIT_EXPECT_FALSE(test, test_and_set_bit(bit, map));
		assign_bit(bit, map, false);
		KUNIT_EXPECT_TRUE(test, bitmap_empty(map, BITS));

		__set_bit(bit, map);
		KUNIT_EXPECT_EQ(test, find_first_bit(map, BITS), bit);
		KUNIT_EXPECT_TRUE(test, __test_and_clear_bit(bit, map));
		KUNIT_EXPECT_FALSE(test, __test_and_set_bit(bit, map));
		KUNIT_EXPECT_TRUE(test, __test_and_change_bit(bit, map));
		__change_bit(bit, map);
		KUNIT_EXPECT_TRUE(test, test_bit(bit, map));
		__clear_bit(bit, map);
		KUNIT_EXPECT_FALSE(test, test_bit(bit, map));
		__assign_bit(bit, map, true);
		KUNIT_EXPECT_EQ(test, bitmap_weight(map, BITS), 1);
	}
}

static void bitops_rotate_and_extend(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, rol32(0x80000001, 4), 0x18);
	KUNIT_EXPECT_EQ(test, ror32(0x18, 4), 0x80000001);
	KUNIT_EXPECT_EQ(test, rol32(5, 0), 5);
	KUNIT_EXPECT_EQ(test, rol64(0x8000000000000001ULL, 4), 0x18);
	KUNIT_EXPECT_EQ(test, ror64(0x18, 4), 0x8000000000000001ULL);
	KUNIT_EXPECT_EQ(test, sign_extend32(0xff, 7), -1);
	KUNIT_EXPECT_EQ(test, sign_extend32(0x7f, 7), 0x7f);
	KUNIT_EXPECT_EQ(test, sign_extend64(0x8000, 15), -0x8000);
}

/* The bitmap of what is true in bytes; the bits behind the end are set, to be ignored. */
static void bitmap_of(unsigned long *map, const bool *bytes)
{
	memset(map, 0xff, BITS_TO_LONGS(BITS) * sizeof(long));
	for (int i = 0; i < BITS; i++)
		__assign_bit(i, map, bytes[i]);
}

static unsigned long next_in(const bool *bytes, bool value, unsigned long size, unsigned long i)
{
	while (i < size && bytes[i] != value)
		i++;
	return min(i, size);
}

static void random_bytes(struct rnd_state *rnd, bool *bytes, u32 density)
{
	for (int i = 0; i < BITS; i++)
		bytes[i] = prandom_u32_state(rnd) % 100 < density;
}

static void api_L2_find_bits(struct kunit *test)
{
	static const u32 densities[] = { 0, 2, 50, 98, 100 };
	DECLARE_BITMAP(map, BITS);
	struct rnd_state rnd;
	bool bytes[BITS];

	prandom_seed_state(&rnd, 11);
	for (unsigned int d = 0; d < ARRAY_SIZE(densities); d++) {
		random_bytes(&rnd, bytes, densities[d]);
		bitmap_of(map, bytes);
		for (unsigned long i = 0; i <= BITS + 3; i++) {
			unsigned long last = BITS;

			KUNIT_EXPECT_EQ(test, find_next_bit(map, BITS, i),
					next_in(bytes, true, BITS, i));
			KUNIT_EXPECT_EQ(test, find_next_zero_bit(map, BITS, i),
					next_in(bytes, false, BITS, i));
			if (i > BITS)
				continue;
			last = i;
			for (unsigned long k = 0; k < i; k++)
				last = bytes[k] ? k : last;
			KUNIT_EXPECT_EQ(test, find_last_bit(map, i), last);
		}
	}
}

static void bit_walks(struct kunit *test)
{
	DECLARE_BITMAP(a, BITS);
	DECLARE_BITMAP(b, BITS);
	unsigned long bit, met = 0;

	bitmap_zero(a, BITS);
	bitmap_zero(b, BITS);
	for (bit = 0; bit < BITS; bit += 3)
		__set_bit(bit, a);
	for (bit = 0; bit < BITS; bit += 5)
		__set_bit(bit, b);
	KUNIT_EXPECT_EQ(test, find_first_and_bit(a, b, BITS), 0);
	KUNIT_EXPECT_EQ(test, find_next_and_bit(a, b, BITS, 1), 15);
	KUNIT_EXPECT_EQ(test, find_next_and_bit(a, b, BITS, 136), BITS);
	for_each_set_bit(bit, a, BITS)
		met += bit;
	KUNIT_EXPECT_EQ(test, met, 3 * (49 * 50 / 2));
	met = 0;
	for_each_clear_bit(bit, a, BITS)
		met++;
	KUNIT_EXPECT_EQ(test, met, 100);
	met = 0;
	for_each_and_bit(bit, a, b, BITS)
		met++;
	KUNIT_EXPECT_EQ(test, met, 10);
	bit = 145;
	for_each_set_bit_from(bit, a, BITS)
		met += bit;
	KUNIT_EXPECT_EQ(test, met, 10 + 147);
}

/* dst's bit i is what the model says, for every i. */
#define EXPECT_BITS(test, dst, model)                                                            \
	do {                                                                                     \
		for (unsigned int i = 0; i < BITS; i++)                                          \
			KUNIT_EXPECT_EQ_MSG(test, test_bit(i, dst), (bool)(model), "bit %u", i); \
	} while (0)

static void api_L2_bitmap_logic(struct kunit *test)
{
	DECLARE_BITMAP(a, BITS);
	DECLARE_BITMAP(b, BITS);
	DECLARE_BITMAP(dst, BITS);
	bool x[BITS], y[BITS];
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 5);
	random_bytes(&rnd, x, 50);
	random_bytes(&rnd, y, 50);
	bitmap_of(a, x);
	bitmap_of(b, y);
	KUNIT_EXPECT_TRUE(test, bitmap_and(dst, a, b, BITS));
	EXPECT_BITS(test, dst, x[i] && y[i]);
	KUNIT_EXPECT_TRUE(test, bitmap_subset(dst, a, BITS));
	KUNIT_EXPECT_FALSE(test, bitmap_subset(a, dst, BITS));
	bitmap_or(dst, a, b, BITS);
	EXPECT_BITS(test, dst, x[i] || y[i]);
	bitmap_xor(dst, a, b, BITS);
	EXPECT_BITS(test, dst, x[i] != y[i]);
	KUNIT_EXPECT_TRUE(test, bitmap_andnot(dst, a, b, BITS));
	EXPECT_BITS(test, dst, x[i] && !y[i]);
	KUNIT_EXPECT_FALSE(test, bitmap_intersects(dst, b, BITS));
	KUNIT_EXPECT_TRUE(test, bitmap_intersects(a, b, BITS));
	bitmap_complement(dst, a, BITS);
	EXPECT_BITS(test, dst, !x[i]);
	KUNIT_EXPECT_FALSE(test, bitmap_and(dst, dst, a, BITS));
	KUNIT_EXPECT_FALSE(test, bitmap_andnot(dst, a, a, BITS));
	bitmap_copy(dst, a, BITS);
	KUNIT_EXPECT_TRUE(test, bitmap_equal(dst, a, BITS));
	__change_bit(BITS - 1, dst);
	KUNIT_EXPECT_FALSE(test, bitmap_equal(dst, a, BITS));
	KUNIT_EXPECT_TRUE(test, bitmap_equal(dst, a, BITS - 1));
}

static void api_L2_bitmap_full_and_empty(struct kunit *test)
{
	static const unsigned int sizes[] = { 1, 31, 32, 33, 63, 64, 65, 96, BITS };
	DECLARE_BITMAP(map, BITS);

	for (unsigned int s = 0; s < ARRAY_SIZE(sizes); s++) {
		unsigned int size = sizes[s];

		bitmap_zero(map, BITS);
		KUNIT_EXPECT_TRUE(test, bitmap_empty(map, size));
		KUNIT_EXPECT_FALSE(test, bitmap_full(map, size));
		bitmap_fill(map, BITS);
		KUNIT_EXPECT_EQ(test, bitmap_weight(map, size), size);
		KUNIT_EXPECT_TRUE(test, bitmap_full(map, size));
		__clear_bit(size - 1, map);
		KUNIT_EXPECT_FALSE(test, bitmap_full(map, size));
		KUNIT_EXPECT_EQ(test, bitmap_weight(map, size), size - 1);
		KUNIT_EXPECT_EQ(test, bitmap_empty(map, size), size == 1);
	}
	KUNIT_EXPECT_TRUE(test, bitmap_empty(map, 0));
	KUNIT_EXPECT_TRUE(test, bitmap_full(map, 0));
}

static void api_L2_bitmap_ranges(struct kunit *test)
{
	static const unsigned int edges[] = { 0, 1, 31, 32, 33, 63, 64, 65, 100, BITS };
	DECLARE_BITMAP(map, BITS);

	for (unsigned int s = 0; s < ARRAY_SIZE(edges); s++) {
		for (unsigned int e = s; e < ARRAY_SIZE(edges); e++) {
			unsigned int start = edges[s], end = edges[e];

			bitmap_zero(map, BITS);
			bitmap_set(map, start, end - start);
			EXPECT_BITS(test, map, i >= start && i < end);
			bitmap_fill(map, BITS);
			bitmap_clear(map, start, end - start);
			EXPECT_BITS(test, map, i < start || i >= end);
		}
	}
}

static void api_L2_bitmap_zero_areas(struct kunit *test)
{
	DECLARE_BITMAP(map, 64);

	bitmap_zero(map, 64);
	bitmap_set(map, 4, 1);
	bitmap_set(map, 20, 10);
	KUNIT_EXPECT_EQ(test, bitmap_find_next_zero_area(map, 64, 0, 4, 0), 0);
	KUNIT_EXPECT_EQ(test, bitmap_find_next_zero_area(map, 64, 0, 5, 0), 5);
	KUNIT_EXPECT_EQ(test, bitmap_find_next_zero_area(map, 64, 0, 5, 7), 8);
	KUNIT_EXPECT_EQ(test, bitmap_find_next_zero_area(map, 64, 17, 5, 0), 30);
	KUNIT_EXPECT_EQ(test, bitmap_find_next_zero_area(map, 64, 0, 34, 0), 30);
	KUNIT_EXPECT_GT(test, bitmap_find_next_zero_area(map, 64, 0, 35, 0), 64);
	KUNIT_EXPECT_GT(test, bitmap_find_next_zero_area(map, 64, 61, 4, 0), 64);
	/* With 4 added, the index is the multiple of 16. */
	KUNIT_EXPECT_EQ(test, bitmap_find_next_zero_area_off(map, 64, 0, 8, 15, 4), 12);
}

static void api_L2_bitmap_regions(struct kunit *test)
{
	DECLARE_BITMAP(map, 64);

	bitmap_zero(map, 64);
	KUNIT_EXPECT_EQ(test, bitmap_find_free_region(map, 64, 0), 0);
	KUNIT_EXPECT_EQ(test, bitmap_find_free_region(map, 64, 3), 8);
	KUNIT_EXPECT_EQ(test, bitmap_find_free_region(map, 64, 1), 2);
	KUNIT_EXPECT_EQ(test, bitmap_weight(map, 64), 11);
	KUNIT_EXPECT_EQ(test, bitmap_find_free_region(map, 64, 5), 32);
	KUNIT_EXPECT_EQ(test, bitmap_find_free_region(map, 64, 5), -ENOMEM);
	KUNIT_EXPECT_EQ(test, bitmap_allocate_region(map, 8, 2), -EBUSY);
	bitmap_release_region(map, 8, 3);
	KUNIT_EXPECT_EQ(test, bitmap_allocate_region(map, 8, 2), 0);
	KUNIT_EXPECT_EQ(test, bitmap_find_free_region(map, 12, 2), 4);
	KUNIT_EXPECT_EQ(test, bitmap_find_free_region(map, 12, 2), -ENOMEM);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(api_L2_bit_positions),
	KUNIT_CASE(api_L2_hweight),
	KUNIT_CASE(api_L2_atomic_and_plain_bit_operations),
	KUNIT_CASE(bitops_rotate_and_extend),
	KUNIT_CASE(api_L2_find_bits),
	KUNIT_CASE(bit_walks),
	KUNIT_CASE(api_L2_bitmap_logic),
	KUNIT_CASE(api_L2_bitmap_full_and_empty),
	KUNIT_CASE(api_L2_bitmap_ranges),
	KUNIT_CASE(api_L2_bitmap_zero_areas),
	KUNIT_CASE(api_L2_bitmap_regions),
	{},
};

static struct kunit_suite suite = { .name = "lib_bitmap", .test_cases = cases };
kunit_test_suite(suite);
