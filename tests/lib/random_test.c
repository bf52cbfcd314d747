// SPDX-License-Identifier: MIT
/*
 * Random numbers: ranges, and that nothing is grossly uneven. The limits are some six
 * standard deviations from the mean: chance does not fail them.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/random.h>

static void api_L2_random_below_its_ceiling(struct kunit *test)
{
	static const u32 ceilings[] = { 1, 2, 3, 10, 1000, 0x80000000, 0x80000001, U32_MAX };

	for (unsigned int c = 0; c < ARRAY_SIZE(ceilings); c++)
		for (int i = 0; i < 50; i++)
			KUNIT_EXPECT_LT(test, get_random_u32_below(ceilings[c]), ceilings[c]);
}

static void api_L2_random_inclusive_range(struct kunit *test)
{
	u32 seen = 0;

	for (int i = 0; i < 200; i++) {
		u32 value = get_random_u32_inclusive(5, 9);

		KUNIT_ASSERT_GE(test, value, 5);
		KUNIT_ASSERT_LE(test, value, 9);
		seen |= 1U << value;
		KUNIT_EXPECT_GT(test, get_random_u32_above(U32_MAX - 3), U32_MAX - 3);
	}
	KUNIT_EXPECT_EQ(test, seen, GENMASK(9, 5));
	KUNIT_EXPECT_EQ(test, get_random_u32_inclusive(7, 7), 7);
	/* The whole range: any number is right, but not always the same one. */
	KUNIT_EXPECT_NE(test,
			get_random_u32_inclusive(0, U32_MAX) ^ get_random_u32_inclusive(0, U32_MAX),
			0);
}

/* Of 1000 draws, each bit is set in 500, give or take 16. */
static void random_bits_are_even(struct kunit *test)
{
	unsigned int counts[64] = {};

	for (int i = 0; i < 1000; i++) {
		u64 value = get_random_u64();

		for (int bit = 0; bit < 64; bit++)
			counts[bit] += value >> bit & 1;
	}
	for (int bit = 0; bit < 64; bit++) {
		KUNIT_EXPECT_GT(test, counts[bit], 400);
		KUNIT_EXPECT_LT(test, counts[bit], 600);
	}
}

/*
 * 3000 draws, of each remainder by 3 a thousand, give or take 26. Just multiplying
 * would map two of the 2^32 numbers to every third one below 3 * 2^30, 0 first.
 */
static void random_below_is_even(struct kunit *test)
{
	static const u32 ceilings[] = { 3, 3U << 30 };

	for (int c = 0; c < 2; c++) {
		unsigned int counts[3] = {};

		for (int i = 0; i < 3000; i++)
			counts[get_random_u32_below(ceilings[c]) % 3]++;
		for (int i = 0; i < 3; i++) {
			KUNIT_EXPECT_GT(test, counts[i], 840);
			KUNIT_EXPECT_LT(test, counts[i], 1160);
		}
	}
}

static void random_bytes_fill_exactly(struct kunit *test)
{
	u8 buf[32], united[32] = {};

	for (size_t len = 0; len <= 17; len++) {
		memset(buf, 0x5e, sizeof(buf));
		get_random_bytes(buf, len);
		KUNIT_EXPECT_NULL(test, memchr_inv(buf + len, 0x5e, sizeof(buf) - len));
		for (size_t i = 0; i < len; i++)
			united[i] |= buf[i] ^ 0x5e;
	}
	/* Nothing stays as it was, but for the last byte, which was drawn only once. */
	for (int i = 0; i < 12; i++)
		KUNIT_EXPECT_NE(test, united[i], 0);
}

static void random_depends_on_what_is_added(struct kunit *test)
{
	u64 before = get_random_u64();

	add_device_randomness(&before, sizeof(before));
	KUNIT_EXPECT_NE(test, get_random_u64(), before);
	KUNIT_EXPECT_TRUE(test, get_random_u32() | get_random_u16() | get_random_u8() |
					get_random_long());
}

static void api_L2_prandom_repeats_by_seed(struct kunit *test)
{
	struct rnd_state a, b, c;
	unsigned int differences = 0;
	u8 x[10], y[10];

	prandom_seed_state(&a, 1);
	prandom_seed_state(&b, 1);
	prandom_seed_state(&c, 2);
	for (int i = 0; i < 100; i++) {
		u32 value = prandom_u32_state(&a);

		KUNIT_EXPECT_EQ(test, value, prandom_u32_state(&b));
		differences += value != prandom_u32_state(&c);
	}
	KUNIT_EXPECT_GT(test, differences, 95);
	prandom_bytes_state(&a, x, sizeof(x));
	prandom_bytes_state(&b, y, sizeof(y));
	KUNIT_EXPECT_MEMEQ(test, x, y, sizeof(x));
	/* Seed 0 is as good as any: the generator must not stand still. */
	prandom_seed_state(&a, 0);
	KUNIT_EXPECT_NE(test, prandom_u32_state(&a), prandom_u32_state(&a));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(api_L2_random_below_its_ceiling),
	KUNIT_CASE(api_L2_random_inclusive_range),
	KUNIT_CASE(random_bits_are_even),
	KUNIT_CASE(random_below_is_even),
	KUNIT_CASE(random_bytes_fill_exactly),
	KUNIT_CASE(random_depends_on_what_is_added),
	KUNIT_CASE(api_L2_prandom_repeats_by_seed),
	{},
};

static struct kunit_suite suite = { .name = "lib_random", .test_cases = cases };
kunit_test_suite(suite);
