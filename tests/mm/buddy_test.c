// SPDX-License-Identifier: MIT
/*
 * Splitting and merging: API.md B1, B4 and B5, and B2's part without types, on a toy zone
 * whose free areas can be read off as text (mm_test.h). tests/mm/exhaust_test.c has B3.
 */
#include <linux/kernel.h>
#include <linux/prandom.h>

#include "mm_test.h"

/* The letter of the one type that the toy's frames have, instead of U. */
static const char *with_type(const char *text)
{
	static char typed[256];
	char *c;

	strscpy(typed, text, sizeof(typed));
	for (c = typed; *c; c++)
		if (*c == 'U')
			*c = "UMRHCI"[toy_type(0)];
	return typed;
}

#define EXPECT_TOY(test, text) KUNIT_EXPECT_STREQ(test, toy_text(), with_type(text))

static struct page *toy_take(unsigned int order)
{
	unsigned long flags;
	struct page *page;

	spin_lock_irqsave(&toy.zone.lock, flags);
	page = rmqueue_smallest(&toy.zone, order, toy_type(0));
	spin_unlock_irqrestore(&toy.zone.lock, flags);
	return page;
}

/* Two blocks that differ in bit `order` only become the one without that bit. */
static void api_B1_buddies_merge(struct kunit *test)
{
	unsigned int order, i;

	toy_create(test, 6);
	for (order = 0; order < 5; order++) {
		static const unsigned int block[] = { 0, 1, 2, 3, 6, 7 };

		for (i = 0; i < ARRAY_SIZE(block); i++) {
			unsigned long frame = block[i] << order;
			unsigned long buddy = frame ^ (1UL << order), parent = frame & buddy;
			char text[32];

			if ((frame | buddy) >= 64)
				continue;
			toy_free(frame, order);
			toy_free(buddy, order);
			snprintf(text, sizeof(text), "%uU%lu", order + 1, parent);
			EXPECT_TOY(test, text);
			KUNIT_EXPECT_EQ(test, toy_frame(toy_take(order + 1)), parent);
			EXPECT_TOY(test, "");
		}
	}
}

static void api_B1_neighbours_that_are_no_buddies(struct kunit *test)
{
	toy_create(test, 6);
	toy_free(1, 0);
	toy_free(2, 0);
	EXPECT_TOY(test, "0U2 0U1");
	toy_free(4, 1);
	toy_free(10, 1);
	EXPECT_TOY(test, "1U10 1U4 0U2 0U1");
}

/* 0-7 in use, freed in pieces, the last of which merges all the way up. */
static void api_B1_merging_goes_on_upwards(struct kunit *test)
{
	toy_create(test, 6);
	toy_free(0, 2);
	toy_free(6, 1);
	toy_free(5, 0);
	EXPECT_TOY(test, "2U0 1U6 0U5");
	toy_free(4, 0);
	EXPECT_TOY(test, "3U0");
	KUNIT_EXPECT_EQ(test, toy.zone.nr_free_pages, 8);
}

static void api_B1_a_buddy_of_another_order(struct kunit *test)
{
	toy_create(test, 6);
	toy_free(4, 1);
	toy_free(0, 2); /* its buddy, 4, is free in half only */
	EXPECT_TOY(test, "2U0 1U4");
	toy_free(8, 0);
	toy_free(12, 2);
	EXPECT_TOY(test, "2U12 2U0 1U4 0U8");
}

/* In use, or of a type that only looks free: no merge, whatever private says. */
static void api_B1_only_page_buddy_merges(struct kunit *test)
{
	static const unsigned int types[] = { PG_guard, PG_offline, PG_table, PG_bad };
	unsigned int i;

	toy_create(test, 6);
	toy.frames[1].private = 0;
	toy_free(0, 0);
	EXPECT_TOY(test, "0U0");
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		toy.frames[3].page_type = ~types[i];
		toy_free(2, 0);
		EXPECT_TOY(test, "0U2 0U0");
		KUNIT_EXPECT_EQ(test, toy_frame(toy_take(0)), 2);
		toy.frames[3].page_type = -1U;
	}
}

static void api_B1_order_and_mark_of_a_free_block(struct kunit *test)
{
	unsigned int i;

	toy_create(test, 6);
	toy_free(16, 4);
	KUNIT_EXPECT_TRUE(test, PageBuddy(toy.frames + 16));
	KUNIT_EXPECT_EQ(test, toy.frames[16].private, 4);
	KUNIT_EXPECT_EQ(test, page_ref_count(toy.frames + 16), 0);
	for (i = 17; i < 32; i++)
		KUNIT_EXPECT_FALSE(test, PageBuddy(toy.frames + i));
	KUNIT_EXPECT_EQ(test, toy_frame(toy_take(4)), 16);
	KUNIT_EXPECT_FALSE(test, PageBuddy(toy.frames + 16));
	KUNIT_EXPECT_EQ(test, toy.frames[16].private, 0);
}

static void api_B1_nothing_merges_above_the_largest(struct kunit *test)
{
	struct page *one = mm_take(MM_TEST_GFP(GFP_HIGHUSER), MAX_PAGE_ORDER);
	struct page *other = mm_take(MM_TEST_GFP(GFP_HIGHUSER), MAX_PAGE_ORDER);
	unsigned int order;

	if (!one || !other)
		kunit_skip(test, "no two free blocks of order %d", MAX_PAGE_ORDER);
	mm_give_all();
	KUNIT_EXPECT_PTR_EQ(test, free_block_of(one + 1023, &order), one);
	KUNIT_EXPECT_EQ(test, order, MAX_PAGE_ORDER);
	KUNIT_EXPECT_PTR_EQ(test, free_block_of(other + 512, &order), other);
	KUNIT_EXPECT_EQ(test, order, MAX_PAGE_ORDER);
}

/* The caller gets the lowest addresses; the upper halves go back, one of each order. */
static void api_B4_expand_lower_first(struct kunit *test)
{
	toy_create(test, 6);
	toy_free(8, 3);
	KUNIT_EXPECT_EQ(test, toy_frame(toy_take(0)), 8);
	EXPECT_TOY(test, "2U12 1U10 0U9");
	KUNIT_EXPECT_EQ(test, toy_frame(toy_take(1)), 10);
	EXPECT_TOY(test, "2U12 0U9");
	KUNIT_EXPECT_EQ(test, toy_frame(toy_take(1)), 12);
	EXPECT_TOY(test, "1U14 0U9");
	KUNIT_EXPECT_EQ(test, toy.zone.nr_free_pages, 3);
}

static void api_B4_every_pair_of_orders(struct kunit *test)
{
	unsigned int low, high, o;

	toy_create(test, 6);
	for (high = 0; high <= 5; high++) {
		for (low = 0; low <= high; low++) {
			char text[64];
			int n = 0;

			text[0] = '\0';
			toy_free(32, high);
			KUNIT_EXPECT_EQ(test, toy_frame(toy_take(low)), 32);
			for (o = high; o-- > low;)
				n += snprintf(text + n, sizeof(text) - n, "%s%uU%u", n ? " " : "",
					      o, 32 + (1U << o));
			EXPECT_TOY(test, text);
			for (o = low; o < high; o++)
				KUNIT_EXPECT_EQ(test, toy_frame(toy_take(o)), 32 + (1U << o));
			EXPECT_TOY(test, "");
		}
	}
}

/* The smallest block that is large enough is split, not the first. */
static void api_B4_smallest_sufficient_block(struct kunit *test)
{
	toy_create(test, 6);
	toy_free(32, 4);
	toy_free(16, 2);
	toy_free(8, 1);
	KUNIT_EXPECT_EQ(test, toy_frame(toy_take(2)), 16);
	KUNIT_EXPECT_EQ(test, toy_frame(toy_take(1)), 8);
	KUNIT_EXPECT_EQ(test, toy_frame(toy_take(1)), 32);
	KUNIT_EXPECT_NULL(test, toy_take(4));
	EXPECT_TOY(test, "3U40 2U36 1U34");
}

/* To the head: what was freed last is taken first. */
static void api_B5_head_of_the_list(struct kunit *test)
{
	toy_create(test, 6);
	toy_free(0, 0);
	toy_free(8, 0);
	toy_free(4, 0);
	EXPECT_TOY(test, "0U4 0U8 0U0");
	KUNIT_EXPECT_EQ(test, toy_frame(toy_take(0)), 4);
}

/* To the tail, if the block that it would be half of has a buddy that waits for it. */
static void api_B5_tail_if_a_merge_is_likely(struct kunit *test)
{
	toy_create(test, 6);
	toy_free(16, 0);
	toy_free(2, 1); /* frames 2, 3; the block of 0, 1 is its buddy */
	toy_free(0, 0); /* when 1 comes, 0-3 merge: last to be split */
	EXPECT_TOY(test, "1U2 0U16 0U0");
	toy_free(24, 0);
	EXPECT_TOY(test, "1U2 0U24 0U16 0U0");
	KUNIT_EXPECT_EQ(test, toy_frame(toy_take(0)), 24);
	KUNIT_EXPECT_EQ(test, toy_frame(toy_take(0)), 16);
	toy_free(1, 0);
	EXPECT_TOY(test, "2U0");
}

/* Any order of frees ends in the one block that it began with. */
static void api_B1_random_splits_and_merges(struct kunit *test)
{
	static u8 taken[64];
	struct rnd_state rnd;
	unsigned int i, round;

	prandom_seed_state(&rnd, 1);
	toy_create(test, 6);
	for (round = 0; round < 40; round++) {
		unsigned long free = 32;
		struct page *page;

		toy_free(0, 5);
		memset(taken, 0xff, sizeof(taken));
		for (i = 0; i < 40; i++) {
			unsigned int order = prandom_u32_state(&rnd) % 3;

			page = toy_take(order);
			if (!page)
				continue;
			KUNIT_ASSERT_EQ(test, toy_frame(page) & ((1L << order) - 1), 0);
			KUNIT_ASSERT_EQ(test, taken[toy_frame(page)], 0xff);
			taken[toy_frame(page)] = order;
			free -= 1UL << order;
			KUNIT_ASSERT_EQ(test, toy.zone.nr_free_pages, free);
		}
		for (i = 0; i < 64; i++) {
			unsigned int frame = (i * 37 + round) % 64;

			if (taken[frame] != 0xff)
				toy_free(frame, taken[frame]);
		}
		EXPECT_TOY(test, "5U0");
		KUNIT_ASSERT_EQ(test, toy_frame(toy_take(5)), 0);
	}
}

static struct kunit_case buddy_cases[] = {
	KUNIT_CASE_SLOW(api_B1_buddies_merge),
	KUNIT_CASE(api_B1_neighbours_that_are_no_buddies),
	KUNIT_CASE(api_B1_merging_goes_on_upwards),
	KUNIT_CASE(api_B1_a_buddy_of_another_order),
	KUNIT_CASE(api_B1_only_page_buddy_merges),
	KUNIT_CASE(api_B1_order_and_mark_of_a_free_block),
	KUNIT_CASE(api_B1_nothing_merges_above_the_largest),
	KUNIT_CASE(api_B1_random_splits_and_merges),
	KUNIT_CASE(api_B4_expand_lower_first),
	KUNIT_CASE(api_B4_every_pair_of_orders),
	KUNIT_CASE(api_B4_smallest_sufficient_block),
	KUNIT_CASE(api_B5_head_of_the_list),
	KUNIT_CASE(api_B5_tail_if_a_merge_is_likely),
	{},
};

static struct kunit_suite buddy_suite = {
	.name = "buddy",
	.init = mm_test_init,
	.exit = mm_test_exit,
	.test_cases = buddy_cases,
};
kunit_test_suite(buddy_suite);
