// SPDX-License-Identifier: MIT
/* Arithmetic: division, overflow, logarithms, alignment, and what a constant must stay. */
#include <kunit/test.h>
#include <asm/byteorder.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/overflow.h>
#include <linux/prandom.h>
#include <linux/version.h>

/* Constants in, constant out: these would not compile otherwise. */
static_assert(BIT(31) == 0x80000000 && BIT_ULL(63) == 1ULL << 63);
static_assert(GENMASK(7, 4) == 0xf0 && GENMASK(31, 0) == 0xffffffff);
static_assert(GENMASK_ULL(63, 32) == 0xffffffff00000000ULL);
static_assert(ilog2(1) == 0 && ilog2(4095) == 11 && ilog2(1ULL << 40) == 40);
static_assert(roundup_pow_of_two(1) == 1 && roundup_pow_of_two(4097) == 8192);
static_assert(rounddown_pow_of_two(4095) == 2048 && rounddown_pow_of_two(4096) == 4096);
static_assert(order_base_2(1) == 0 && order_base_2(4097) == 13 && order_base_2(0) == 0);
static_assert(hweight32(0xf0f0) == 8 && hweight64(~0ULL) == 64);
static_assert(ALIGN(4097, 4096) == 8192 && ALIGN_DOWN(4097, 4096) == 4096);
static_assert(DIV_ROUND_UP(4097, 4096) == 2 && round_up(5, 4) == 8 && round_down(7, 4) == 4);
static_assert(IS_ALIGNED(8192, 4096) && !IS_ALIGNED(4097, 4096));
static_assert(LINUX_VERSION_CODE == KERNEL_VERSION(6, 1, 0));
static_assert(EPERM == 1 && ENOMEM == 12 && EINVAL == 22 && EOVERFLOW == 75 && EHWPOISON == 133);
static_assert(type_max(s8) == 127 && type_min(s8) == -128 && type_min(u64) == 0);
static_assert(type_max(u64) == U64_MAX && type_min(s64) == S64_MIN && type_max(s64) == S64_MAX);

#define CONFIG_TEST_ON 1
static_assert(IS_ENABLED(CONFIG_TEST_ON) == 1 && IS_ENABLED(CONFIG_TEST_OFF) == 0);
#if !IS_ENABLED(CONFIG_TEST_ON) || IS_ENABLED(CONFIG_TEST_OFF)
#error IS_ENABLED is wrong in the preprocessor
#endif

/* Values that the optimiser knows nothing about. */
static u64 hide(u64 value)
{
	return READ_ONCE(value);
}

static void expect_division(struct kunit *test, u64 quotient, u64 divisor, u64 remainder)
{
	u64 dividend = quotient * divisor + remainder, rem64 = 0;
	u32 rem32 = 0;

	KUNIT_EXPECT_EQ(test, div64_u64(dividend, divisor), quotient);
	KUNIT_EXPECT_EQ(test, div64_u64_rem(dividend, divisor, &rem64), quotient);
	KUNIT_EXPECT_EQ(test, rem64, remainder);
	KUNIT_EXPECT_EQ(test, hide(dividend) / hide(divisor), quotient);
	KUNIT_EXPECT_EQ(test, hide(dividend) % hide(divisor), remainder);
	if (divisor > U32_MAX)
		return;
	KUNIT_EXPECT_EQ(test, div_u64(dividend, divisor), quotient);
	KUNIT_EXPECT_EQ(test, div_u64_rem(dividend, divisor, &rem32), quotient);
	KUNIT_EXPECT_EQ(test, rem32, remainder);
	KUNIT_EXPECT_EQ(test, do_div(dividend, divisor), remainder);
	KUNIT_EXPECT_EQ(test, dividend, quotient);
}

/* The dividend is made of the answer, with the least, the largest and some remainder. */
static void api_L2_division_of_64_bits(struct kunit *test)
{
	static const u64 divisors[] = { 1,	    2,		 3,
					10,	    0x7fffffff,	 0x80000000,
					0xffffffff, 1ULL << 32,	 (1ULL << 32) + 1,
					1ULL << 33, 10000000000, S64_MAX,
					1ULL << 63, U64_MAX - 1, U64_MAX };
	static const u64 quotients[] = {
		0, 1, 2, 0xffffffff, 1ULL << 32, 0x123456789abcdef, U64_MAX
	};

	for (unsigned int d = 0; d < ARRAY_SIZE(divisors); d++) {
		for (unsigned int q = 0; q < ARRAY_SIZE(quotients); q++) {
			u64 divisor = divisors[d], quotient = quotients[q], product;

			if (check_mul_overflow(quotient, divisor, &product) ||
			    check_add_overflow(product, divisor - 1, &product))
				continue;
			expect_division(test, quotient, divisor, 0);
			expect_division(test, quotient, divisor, divisor / 2);
			expect_division(test, quotient, divisor, divisor - 1);
		}
	}
	expect_division(test, 1, U64_MAX, 0);
	expect_division(test, U64_MAX, 1, 0);
	expect_division(test, 1, 1ULL << 63, (1ULL << 63) - 1);
}

static void division_of_random_numbers(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 17);
	for (int i = 0; i < 500; i++) {
		u64 a = (u64)prandom_u32_state(&rnd) << 32 | prandom_u32_state(&rnd);
		unsigned int bits = 1 + prandom_u32_state(&rnd) % 63;
		u64 divisor = (a >> (64 - bits)) | 1, rest;
		u64 quotient = U64_MAX / divisor, remainder = 0;

		/* quotient * divisor fits, and so does a remainder below what is left. */
		rest = min(U64_MAX - quotient * divisor, divisor - 1);
		if (rest)
			remainder = prandom_u32_state(&rnd) % min(rest, (u64)U32_MAX);
		expect_division(test, quotient, divisor, remainder);
	}
}

static void api_L2_signed_division_goes_towards_zero(struct kunit *test)
{
	s32 rem;

	KUNIT_EXPECT_EQ(test, div_s64(-7, 2), -3);
	KUNIT_EXPECT_EQ(test, div_s64_rem(-7, 2, &rem), -3);
	KUNIT_EXPECT_EQ(test, rem, -1);
	KUNIT_EXPECT_EQ(test, div_s64_rem(7, -2, &rem), -3);
	KUNIT_EXPECT_EQ(test, rem, 1);
	KUNIT_EXPECT_EQ(test, div_s64(S64_MIN, 2), S64_MIN / 2);
	KUNIT_EXPECT_EQ(test, div64_s64(S64_MIN, S64_MAX), -1);
	KUNIT_EXPECT_EQ(test, div64_s64(S64_MIN, S64_MIN), 1);
	KUNIT_EXPECT_EQ(test, div64_s64(-10000000000, -10000000000), 1);
	KUNIT_EXPECT_EQ(test, (s64)hide(-7) / (s64)hide(2), -3);
	KUNIT_EXPECT_EQ(test, (s64)hide(-7) % (s64)hide(2), -1);
	KUNIT_EXPECT_EQ(test, (s64)hide(7) % (s64)hide(-2), 1);
}

static void api_L2_wide_products(struct kunit *test)
{
	const u64 big = 0xfedcba9876543210ULL;

	KUNIT_EXPECT_EQ(test, mul_u64_u32_shr(big, 1U << 31, 31), big);
	KUNIT_EXPECT_EQ(test, mul_u64_u32_shr(big, 1U << 31, 63), big >> 32);
	KUNIT_EXPECT_EQ(test, mul_u64_u32_shr(big, 3, 0), big * 3);
	KUNIT_EXPECT_EQ(test, mul_u64_u32_shr(U64_MAX, U32_MAX, 32), U64_MAX - (1ULL << 32));
}

static void api_L2_rounding_divisions(struct kunit *test)
{
	u64 sector = 10000000001;

	KUNIT_EXPECT_EQ(test, DIV_ROUND_UP_ULL(10000000001, 10), 1000000001);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_DOWN_ULL(10000000009, 10), 1000000000);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_CLOSEST(14, 10), 1);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_CLOSEST(15, 10), 2);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_CLOSEST(-15, 10), -2);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_CLOSEST(15u, 10u), 2);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_CLOSEST_ULL(15000000000, 10), 1500000000);
	KUNIT_EXPECT_EQ(test, DIV64_U64_ROUND_UP(hide(7), hide(5)), 2);
	KUNIT_EXPECT_EQ(test, DIV64_U64_ROUND_CLOSEST(hide(7), hide(5)), 1);
	KUNIT_EXPECT_EQ(test, DIV_U64_ROUND_CLOSEST(hide(8), 5), 2);
	KUNIT_EXPECT_EQ(test, sector_div(sector, 10), 1);
	KUNIT_EXPECT_EQ(test, sector, 1000000000);
	KUNIT_EXPECT_EQ(test, roundup(13, 6), 18);
	KUNIT_EXPECT_EQ(test, rounddown(17, 6), 12);
	KUNIT_EXPECT_EQ(test, mult_frac(4000000000u, 3, 4), 3000000000u);
	KUNIT_EXPECT_EQ(test, reciprocal_scale(0xffffffff, 10), 9);
	KUNIT_EXPECT_EQ(test, reciprocal_scale(0x80000000, 10), 5);
}

static void api_L2_square_roots(struct kunit *test)
{
	for (u32 root = 0; root < 300; root++) {
		KUNIT_EXPECT_EQ(test, int_sqrt(root * root), root);
		KUNIT_EXPECT_EQ(test, int_sqrt(root * root + 2 * root), root);
	}
	KUNIT_EXPECT_EQ(test, int_sqrt(U32_MAX), 65535);
	KUNIT_EXPECT_EQ(test, int_sqrt64(U64_MAX), U32_MAX);
	KUNIT_EXPECT_EQ(test, int_sqrt64((u64)U32_MAX * U32_MAX - 1), U32_MAX - 1);
}

static void api_L2_abs_keeps_the_size(struct kunit *test)
{
	s64 wide = -5000000000;
	s8 narrow = -128;

	KUNIT_EXPECT_EQ(test, abs(-5), 5);
	KUNIT_EXPECT_EQ(test, abs(narrow), 128);
	KUNIT_EXPECT_EQ(test, abs(wide), 5000000000);
	KUNIT_EXPECT_EQ(test, abs(-7L), 7);
	static_assert(__same_type(abs(1L), long) && __same_type(abs(1u), int));
}

static void api_L2_min_and_max(struct kunit *test)
{
	int calls = 0, a = -3, b = 5;
	u8 byte = 200;
	size_t size = 10;

	static_assert(min(3, 7) == 3 && max(3u, 7u) == 7 && clamp(9, 1, 5) == 5);
	KUNIT_EXPECT_EQ(test, min(a, b), -3);
	KUNIT_EXPECT_EQ(test, max(a, b), 5);
	KUNIT_EXPECT_EQ(test, min(++calls, 100), 1);
	KUNIT_EXPECT_EQ(test, calls, 1);
	KUNIT_EXPECT_EQ(test, min(byte, 100), 100);
	KUNIT_EXPECT_EQ(test, min(size, 16), 10);
	KUNIT_EXPECT_EQ(test, min3(b, a, 9), -3);
	KUNIT_EXPECT_EQ(test, max3(a, 9, b), 9);
	KUNIT_EXPECT_EQ(test, min_t(unsigned int, a, 7), 7);
	KUNIT_EXPECT_EQ(test, max_t(int, a, size), 10);
	KUNIT_EXPECT_EQ(test, clamp(b, 0, 3), 3);
	KUNIT_EXPECT_EQ(test, clamp(a, 0, 3), 0);
	KUNIT_EXPECT_EQ(test, clamp_val(byte, 10, 100), 100);
	KUNIT_EXPECT_EQ(test, clamp_t(int, size, -1, 4), 4);
	KUNIT_EXPECT_EQ(test, min_not_zero(0, b), 5);
	KUNIT_EXPECT_EQ(test, min_not_zero(b, 3), 3);
	swap(a, b);
	KUNIT_EXPECT_EQ(test, a, 5);
	KUNIT_EXPECT_EQ(test, b, -3);
}

static void api_L2_logarithms_at_run_time(struct kunit *test)
{
	for (unsigned int bit = 1; bit < 31; bit++) {
		unsigned long power = hide(1UL << bit);

		KUNIT_EXPECT_TRUE(test, is_power_of_2(power));
		KUNIT_EXPECT_EQ(test, is_power_of_2(power + 1), false);
		KUNIT_EXPECT_EQ(test, ilog2(power), (int)bit);
		KUNIT_EXPECT_EQ(test, ilog2(power - 1), (int)bit - 1);
		KUNIT_EXPECT_EQ(test, ilog2((u64)power << 32), (int)bit + 32);
		KUNIT_EXPECT_EQ(test, roundup_pow_of_two(power), power);
		KUNIT_EXPECT_EQ(test, roundup_pow_of_two(power + 1), power * 2);
		KUNIT_EXPECT_EQ(test, rounddown_pow_of_two(power + 1), bit == 0 ? 2 : power);
		KUNIT_EXPECT_EQ(test, order_base_2(power), (int)bit);
		KUNIT_EXPECT_EQ(test, order_base_2(power + 1), (int)bit + 1);
		KUNIT_EXPECT_EQ(test, bits_per(power), (int)bit + 1);
	}
	KUNIT_EXPECT_FALSE(test, is_power_of_2(0));
	KUNIT_EXPECT_EQ(test, order_base_2((unsigned long)hide(0)), 0);
	KUNIT_EXPECT_EQ(test, bits_per((unsigned long)hide(0)), 1);
}

static void api_L2_check_overflow(struct kunit *test)
{
	u8 byte;
	s8 sbyte;
	u32 word;
	s64 swide;
	u64 wide;

	KUNIT_EXPECT_FALSE(test, check_add_overflow((u8)200, (u8)55, &byte));
	KUNIT_EXPECT_EQ(test, byte, 255);
	KUNIT_EXPECT_TRUE(test, check_add_overflow((u8)200, (u8)56, &byte));
	KUNIT_EXPECT_EQ(test, byte, 0);
	KUNIT_EXPECT_TRUE(test, check_sub_overflow(1u, 2u, &word));
	KUNIT_EXPECT_EQ(test, word, U32_MAX);
	KUNIT_EXPECT_FALSE(test, check_sub_overflow((s8)-127, (s8)1, &sbyte));
	KUNIT_EXPECT_TRUE(test, check_sub_overflow((s8)-128, (s8)1, &sbyte));
	KUNIT_EXPECT_FALSE(test, check_mul_overflow(65535u, 65537u, &word));
	KUNIT_EXPECT_TRUE(test, check_mul_overflow(65536u, 65536u, &word));
	KUNIT_EXPECT_FALSE(test, check_mul_overflow(hide(1ULL << 32), hide(U32_MAX), &wide));
	KUNIT_EXPECT_TRUE(test, check_mul_overflow(hide(1ULL << 32), hide(1ULL << 32), &wide));
	KUNIT_EXPECT_TRUE(test, check_mul_overflow((s64)hide(S64_MIN), (s64)hide(-1), &swide));
	KUNIT_EXPECT_FALSE(test, check_mul_overflow((s64)hide(S64_MIN), (s64)hide(1), &swide));
	KUNIT_EXPECT_EQ(test, swide, S64_MIN);
}

static void api_L2_check_shl_overflow(struct kunit *test)
{
	u8 byte;
	int word;
	s64 swide;
	u64 wide;

	KUNIT_EXPECT_FALSE(test, check_shl_overflow(1, 7, &byte));
	KUNIT_EXPECT_EQ(test, byte, 128);
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(1, 8, &byte));
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(3, 7, &byte));
	KUNIT_EXPECT_FALSE(test, check_shl_overflow(1, 30, &word));
	KUNIT_EXPECT_EQ(test, word, 1 << 30);
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(1, 31, &word));
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(-1, 0, &word));
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(1, -1, &word));
	KUNIT_EXPECT_FALSE(test, check_shl_overflow(0, 31, &word));
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(0, 32, &word));
	KUNIT_EXPECT_FALSE(test, check_shl_overflow(1u, 63u, &wide));
	KUNIT_EXPECT_EQ(test, wide, 1ULL << 63);
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(1u, 63u, &swide));
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(2u, 63u, &wide));
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(1u, 64u, &wide));
}

struct flexible {
	u64 count;
	u64 element[];
};

static void api_K6_sizes_saturate(struct kunit *test)
{
	struct flexible *p = NULL;
	size_t huge = hide(SIZE_MAX / 2 + 1), few = hide(5);

	KUNIT_EXPECT_EQ(test, size_mul(few, 7), 35);
	KUNIT_EXPECT_EQ(test, size_mul(huge, 2), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, size_add(few, 7), 12);
	KUNIT_EXPECT_EQ(test, size_add(huge, huge), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, size_sub(few, 5), 0);
	KUNIT_EXPECT_EQ(test, size_sub(few, 6), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, size_sub(SIZE_MAX, 5), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, size_sub(few, SIZE_MAX), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, array_size(few, few), 25);
	KUNIT_EXPECT_EQ(test, array_size(huge, 3), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, array3_size(few, few, few), 125);
	KUNIT_EXPECT_EQ(test, array3_size(huge, 2, 0), 0);
	KUNIT_EXPECT_EQ(test, array3_size(huge, huge, huge), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, flex_array_size(p, element, few), 40);
	KUNIT_EXPECT_EQ(test, flex_array_size(p, element, huge), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, struct_size(p, element, few), sizeof(*p) + 40);
	KUNIT_EXPECT_EQ(test, struct_size(p, element, huge), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, struct_size(p, element, SIZE_MAX / 8 + (few - 5)), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, struct_size_t(struct flexible, element, 3), sizeof(*p) + 24);
}

static void api_L2_alignment(struct kunit *test)
{
	phys_addr_t high = 0x123456789ULL;
	char *pointer = (char *)0x1003;

	KUNIT_EXPECT_EQ(test, ALIGN(high, 0x1000), 0x123457000ULL);
	KUNIT_EXPECT_EQ(test, ALIGN_DOWN(high, 0x1000), 0x123456000ULL);
	KUNIT_EXPECT_EQ(test, ALIGN(0x1000, 0x1000), 0x1000);
	KUNIT_EXPECT_PTR_EQ(test, PTR_ALIGN(pointer, 8), (char *)0x1008);
	KUNIT_EXPECT_PTR_EQ(test, PTR_ALIGN_DOWN(pointer, 8), (char *)0x1000);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(high, 1));
	KUNIT_EXPECT_FALSE(test, IS_ALIGNED(high, 2));
}

static void byte_order(struct kunit *test)
{
	u16 half = 0x1234;
	u32 word = 0x12345678;
	u64 wide = 0x0123456789abcdefULL;

	KUNIT_EXPECT_EQ(test, cpu_to_be16(half), 0x3412);
	KUNIT_EXPECT_EQ(test, be32_to_cpu(word), 0x78563412);
	KUNIT_EXPECT_EQ(test, cpu_to_be64(wide), 0xefcdab8967452301ULL);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(cpu_to_le32(word)), word);
	KUNIT_EXPECT_EQ(test, be16_to_cpup(&half), 0x3412);
	KUNIT_EXPECT_EQ(test, swab64(swab64(wide)), wide);
	KUNIT_EXPECT_EQ(test, upper_32_bits(wide), 0x01234567);
	KUNIT_EXPECT_EQ(test, lower_32_bits(wide), 0x89abcdef);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(api_L2_division_of_64_bits),
	KUNIT_CASE(division_of_random_numbers),
	KUNIT_CASE(api_L2_signed_division_goes_towards_zero),
	KUNIT_CASE(api_L2_wide_products),
	KUNIT_CASE(api_L2_rounding_divisions),
	KUNIT_CASE(api_L2_square_roots),
	KUNIT_CASE(api_L2_abs_keeps_the_size),
	KUNIT_CASE(api_L2_min_and_max),
	KUNIT_CASE(api_L2_logarithms_at_run_time),
	KUNIT_CASE(api_L2_check_overflow),
	KUNIT_CASE(api_L2_check_shl_overflow),
	KUNIT_CASE(api_K6_sizes_saturate),
	KUNIT_CASE(api_L2_alignment),
	KUNIT_CASE(byte_order),
	{},
};

static struct kunit_suite suite = { .name = "lib_math", .test_cases = cases };
kunit_test_suite(suite);
