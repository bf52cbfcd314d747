// SPDX-License-Identifier: MIT
/* Giving pages back: API.md P5 and P11. */
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/prandom.h>

#include "mm_test.h"

/* --- P5: references ------------------------------------------------------------------- */

static void api_P5_last_reference_frees(struct kunit *test)
{
	unsigned int order;

	for (order = 0; order <= 5; order++) {
		unsigned long before = mm_free_pages(NULL);
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, order);

		KUNIT_ASSERT_NOT_NULL(test, page);
		get_page(page);
		get_page(page);
		KUNIT_EXPECT_EQ(test, page_count(page), 3);
		__free_pages(page, order);
		put_page(page);
		KUNIT_EXPECT_EQ(test, page_count(page), 1);
		KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 1UL << order);
		put_page(page);
		KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
	}
}

/* Somebody holds the first page of a plain block: the rest is free now, that page later. */
static void api_P5_tail_is_freed_now(struct kunit *test)
{
	unsigned int order, i;

	for (order = 1; order <= 6; order++) {
		unsigned long before = mm_free_pages(NULL);
		struct page *page = alloc_pages(GFP_KERNEL, order);

		KUNIT_ASSERT_NOT_NULL(test, page);
		get_page(page);
		__free_pages(page, order);
		KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 1);
		KUNIT_EXPECT_EQ(test, page_count(page), 1);
		drain_all_pages(NULL);
		KUNIT_EXPECT_FALSE(test, mm_in_free_areas(page));
		for (i = 1; i < 1U << order; i++)
			KUNIT_EXPECT_TRUE(test, mm_in_free_areas(page + i));
		put_page(page);
		KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
		drain_all_pages(NULL);
		KUNIT_EXPECT_TRUE(test, mm_in_free_areas(page));
	}
}

static void api_P5_compound_stays_whole(struct kunit *test)
{
	unsigned long before = mm_free_pages(NULL);
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 4);

	KUNIT_ASSERT_NOT_NULL(test, page);
	get_page(page);
	__free_pages(page, 4);
	KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 16);
	KUNIT_EXPECT_TRUE(test, PageHead(page));
	KUNIT_EXPECT_EQ(test, compound_order(page), 4);
	put_page(page);
	KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
	KUNIT_EXPECT_FALSE(test, PageHead(page));
}

/* L6: get_page of a tail page counts on the head. */
static void api_P5_tail_references_count_on_the_head(struct kunit *test)
{
	unsigned long before = mm_free_pages(NULL);
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 3);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	for (i = 0; i < 8; i++)
		get_page(page + i);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 9);
	KUNIT_EXPECT_EQ(test, page_count(page + 5), 9);
	for (i = 1; i < 8; i++)
		KUNIT_EXPECT_EQ(test, page_ref_count(page + i), 0);
	__free_pages(page, 3);
	for (i = 0; i < 8; i++) {
		KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 8);
		put_page(page + (7 - i));
	}
	KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
}

/* One round loses a page at most, so a round must lose nothing at all. */
static void lose_nothing(struct kunit *test, unsigned long rounds)
{
	unsigned long before = mm_free_pages(NULL);
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 5);
	while (rounds--) {
		unsigned int order = prandom_u32_state(&rnd) % 5;
		gfp_t gfp = prandom_u32_state(&rnd) & 1 ? GFP_KERNEL : GFP_KERNEL | __GFP_COMP;
		struct page *page = alloc_pages(gfp, order);

		KUNIT_ASSERT_NOT_NULL(test, page);
		get_page(page);
		if (prandom_u32_state(&rnd) & 1) {
			__free_pages(page, order);
			put_page(page);
		} else if (order && !(gfp & __GFP_COMP)) {
			/* Nobody else may know of the tails, so the block's owner goes first. */
			__free_pages(page, order);
			__free_pages(page, 0);
		} else {
			put_page(page);
			__free_pages(page, order);
		}
	}
	KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
}

static void api_P5_nothing_is_lost(struct kunit *test)
{
	lose_nothing(test, 1000);
}

static void api_P5_million_frees_lose_nothing(struct kunit *test)
{
	lose_nothing(test, mm_touches_bytes() ? 10000 : 1000000);
}

/* --- P11: bad frees ------------------------------------------------------------------- */

#define BAD_PAGE "BUG: Bad page state in process init  pfn:"

/* The text that the report of this page has, for as long as the case runs. */
static const char *bad_page_text(const struct page *page, const char *reason)
{
	static char texts[KUNIT_EXPECTED_REPORTS][96];
	static unsigned int next;
	char *text = texts[next++ % ARRAY_SIZE(texts)];

	snprintf(text, sizeof(texts[0]), BAD_PAGE "%05lx (%s)", page_to_pfn(page), reason);
	return text;
}

/* Nobody gets the page: all of its zone is taken, and it is not among it. */
static void expect_never_reissued(struct kunit *test, struct page *bad)
{
	gfp_t gfp = MM_TEST_GFP(GFP_DMA | __GFP_MEMALLOC);
	unsigned long pfn = page_to_pfn(bad);
	struct page *page;
	int order;

	KUNIT_ASSERT_EQ(test, page_zonenum(bad), ZONE_DMA);
	KUNIT_EXPECT_FALSE(test, mm_in_free_areas(bad));
	mm_settle();
	for (order = MAX_PAGE_ORDER; order >= 0; order--)
		mm_fill(gfp, order);
	KUNIT_EXPECT_EQ(test, mm_free_pages(mm_zone(ZONE_DMA)), 0);
	list_for_each_entry(page, &mm_held, lru) {
		unsigned long first = page_to_pfn(page);

		KUNIT_EXPECT_FALSE(test, first <= pfn && pfn < first + (1UL << page->private));
	}
	mm_give_all();
}

static void api_P11_double_free(struct kunit *test)
{
	unsigned long before = mm_free_pages(NULL), bad = nr_bad_pages;
	struct page *page = alloc_page(GFP_DMA);

	KUNIT_ASSERT_NOT_NULL(test, page);
	__free_page(page);
	kunit_expect_report(test, bad_page_text(page, "nonzero _refcount"));
	__free_page(page);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, nr_bad_pages, bad + 1);
	KUNIT_EXPECT_TRUE(test, PageBad(page));
	KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 1);
	KUNIT_EXPECT_TRUE(test, test_taint(TAINT_BAD_PAGE));
	expect_never_reissued(test, page);

	mm_repair_bad(page);
	__free_page(page);
	KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
}

/* In the middle of a larger free block, the head of one, and by address. */
static void api_P11_double_free_of_merged_pages(struct kunit *test)
{
	struct page *block = alloc_pages(GFP_DMA, 4);
	static const unsigned int twice[] = { 0, 5, 15 };
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, block);
	__free_pages(block, 4);
	drain_all_pages(NULL);
	for (i = 0; i < ARRAY_SIZE(twice); i++) {
		struct page *page = block + twice[i];

		KUNIT_EXPECT_TRUE(test, mm_in_free_areas(page));
		kunit_expect_report(test, bad_page_text(page, "nonzero _refcount"));
		free_page((unsigned long)page_address(page));
		KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), i + 1);
	}
	expect_never_reissued(test, block + 5);
	for (i = 0; i < ARRAY_SIZE(twice); i++) {
		mm_repair_bad(block + twice[i]);
		__free_page(block + twice[i]);
	}
}

static void api_P11_double_free_of_a_block(struct kunit *test)
{
	unsigned long before = mm_free_pages(NULL);
	struct page *block = alloc_pages(GFP_DMA, 3);

	KUNIT_ASSERT_NOT_NULL(test, block);
	__free_pages(block, 3);
	kunit_expect_report(test, bad_page_text(block, "nonzero _refcount"));
	__free_pages(block, 3);
	/* The other seven were free once, and stay so. */
	KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 1);
	expect_never_reissued(test, block);
	mm_repair_bad(block);
	__free_page(block);
	KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
}

static void set_mapcount(struct page *page)
{
	atomic_set(&page->_mapcount, 0);
}

static void set_mapping(struct page *page)
{
	page->mapping = (struct address_space *)page;
}

#define FLAGS_SET "PAGE_FLAGS_CHECK_AT_FREE flag(s) set"

// clang-format off
/* Each reason that the contract names, with the flags one by one. */
static const struct bad_case {
	void (*harm)(struct page *page);
	unsigned long flags;
	const char *reason;
} bad_cases[] = {
	{ set_mapcount, 0, "nonzero mapcount" },
	{ set_mapping, 0, "non-NULL mapping" },
	{ NULL, 1UL << PG_locked, FLAGS_SET },
	{ NULL, 1UL << PG_lru, FLAGS_SET },
	{ NULL, 1UL << PG_active, FLAGS_SET },
	{ NULL, 1UL << PG_private, FLAGS_SET },
	{ NULL, 1UL << PG_writeback, FLAGS_SET },
	{ NULL, 1UL << PG_slab, FLAGS_SET },
	{ NULL, 1UL << PG_unevictable, FLAGS_SET },
	{ NULL, 1UL << PG_reserved, FLAGS_SET },
	{ NULL, PAGE_FLAGS_CHECK_AT_FREE, FLAGS_SET },
};
// clang-format on

static void clear_bad_tails(void *unused)
{
	mm_debug_flags &= ~MM_DEBUG_BAD_TAILS;
}

/*
 * A page of somebody's block, freed by another: it does not come back with its block, alone
 * or inside a larger one; the rest of the block does.
 */
static void free_of_a_tail(struct kunit *test, unsigned int order, unsigned int tail)
{
	unsigned long before = mm_free_pages(NULL);
	struct page *block = alloc_pages(GFP_DMA, order);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, block);
	kunit_expect_report(test, bad_page_text(block + tail, "nonzero _refcount"));
	__free_page(block + tail);
	KUNIT_EXPECT_TRUE(test, PageBad(block + tail));
	__free_pages(block, order);
	KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 1);
	drain_all_pages(NULL);
	for (i = 0; i < 1U << order; i++)
		KUNIT_EXPECT_EQ(test, mm_in_free_areas(block + i), i != tail);
	expect_never_reissued(test, block + tail);
	mm_repair_bad(block + tail);
	__free_page(block + tail);
	KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
}

static void api_P11_free_of_a_tail(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, clear_bad_tails, NULL), 0);
	free_of_a_tail(test, 1, 1);
	free_of_a_tail(test, 3, 5);
	free_of_a_tail(test, 6, 63);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 3);
}

/* The free of such a block is refused, whole, and nothing of it is ever handed out. */
static void free_badly(struct kunit *test, const struct bad_case *bad, unsigned int order)
{
	unsigned long before = mm_free_pages(NULL);
	struct page *page = alloc_pages(GFP_DMA, order);
	unsigned int tail, seen = kunit_reports_seen(test);

	KUNIT_ASSERT_NOT_NULL(test, page);
	if (bad->harm)
		bad->harm(page);
	page->flags |= bad->flags;
	kunit_expect_report(test, bad_page_text(page, bad->reason));
	__free_pages(page, order);
	KUNIT_ASSERT_EQ_MSG(test, kunit_reports_seen(test), seen + 1, "%s", bad->reason);
	KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 1UL << order);
	KUNIT_EXPECT_TRUE(test, test_taint(TAINT_BAD_PAGE));
	expect_never_reissued(test, page);
	for (tail = 1; tail < 1U << order; tail++)
		KUNIT_EXPECT_FALSE(test, mm_in_free_areas(page + tail));
	mm_repair_bad(page);
	__free_pages(page, order);
}

static void api_P11_bad_free(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad_cases); i++)
		free_badly(test, &bad_cases[i], 0);
	free_badly(test, &bad_cases[0], 4);
	free_badly(test, &bad_cases[2], 3);
}

/* Of the zone's only two free blocks, which are no buddies, the first was written to. */
static void take_what_is_clean(struct kunit *test, unsigned int order)
{
	gfp_t gfp = MM_TEST_GFP(GFP_DMA | __GFP_MEMALLOC);
	struct page *dirty = mm_take(gfp, order), *clean = mm_take(gfp, order);

	KUNIT_ASSERT_TRUE(test, dirty && clean);
	if ((page_to_pfn(dirty) ^ page_to_pfn(clean)) == 1UL << order)
		clean = mm_take(gfp, order);
	KUNIT_ASSERT_NOT_NULL(test, clean);
	mm_settle();
	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	mm_give(dirty);
	mm_give(clean);

	SetPageDirty(dirty);
	kunit_expect_report(test, bad_page_text(dirty, "PAGE_FLAGS_CHECK_AT_PREP flag(s) set"));
	KUNIT_EXPECT_PTR_EQ(test, mm_take(gfp, order), clean);
	KUNIT_EXPECT_NULL(test, mm_take(gfp, order));
	mm_give_all();
	mm_repair_bad(dirty);
	__free_pages(dirty, order);
	mm_reset();
}

static void api_P11_written_while_free(struct kunit *test)
{
	static const unsigned int orders[] = { 0, 2, 4 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		take_what_is_clean(test, orders[i]);
		KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), i + 1);
	}
}

/* A declared report, again and again, without making its limit fresh as declaring does. */
static void expect_again(struct kunit *test)
{
	test->expected[0] = BAD_PAGE;
}

static void api_P11_sixty_a_minute(struct kunit *test)
{
	struct page *page = alloc_page(GFP_DMA);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	kunit_expect_report(test, BAD_PAGE);
	for (i = 0; i < 80; i++) {
		SetPageSlab(page);
		__free_page(page);
		KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), min(i + 1, 60U));
		mm_repair_bad(page);
		expect_again(test);
	}
	test->expected[0] = NULL;
	__free_page(page);
}

#ifdef CONFIG_DEBUG_VM
static void api_P11_wrong_order(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, 5);

	set_page_count(page + 8, 1);
	__free_pages(page + 8, 4);
}

static void api_P11_wrong_order_of_compound(struct kunit *test)
{
	__free_pages(alloc_pages(GFP_KERNEL | __GFP_COMP, 5), 4);
}
#endif

static struct kunit_case page_free_cases[] = {
	KUNIT_CASE(api_P5_last_reference_frees),
	KUNIT_CASE(api_P5_tail_is_freed_now),
	KUNIT_CASE(api_P5_compound_stays_whole),
	KUNIT_CASE(api_P5_tail_references_count_on_the_head),
	KUNIT_CASE_SLOW(api_P5_nothing_is_lost),
	KUNIT_CASE_SLOW(api_P5_million_frees_lose_nothing),
	KUNIT_CASE(api_P11_double_free),
	KUNIT_CASE(api_P11_double_free_of_merged_pages),
	KUNIT_CASE(api_P11_double_free_of_a_block),
	KUNIT_CASE_SLOW(api_P11_free_of_a_tail),
	KUNIT_CASE(api_P11_bad_free),
	KUNIT_CASE(api_P11_written_while_free),
	KUNIT_CASE_SLOW(api_P11_sixty_a_minute),
#ifdef CONFIG_DEBUG_VM
	KUNIT_CASE_OOPS(api_P11_wrong_order, "kernel BUG at mm/page_alloc.c"),
	KUNIT_CASE_OOPS(api_P11_wrong_order_of_compound, "kernel BUG at mm/page_alloc.c"),
#endif
	{},
};

static struct kunit_suite page_free_suite = {
	.name = "page_free",
	.init = mm_test_init,
	.exit = mm_test_exit,
	.test_cases = page_free_cases,
};
kunit_test_suite(page_free_suite);
