// SPDX-License-Identifier: MIT
/*
 * Pageblocks kept for atomic requests of high orders: API.md W10.
 *
 * A pageblock is reserved when a request had to dig below the low mark, so each case
 * first leaves the zones between their low and their min marks.
 */
#include <linux/kernel.h>

#include "mm_test.h"

#define ATOMIC MM_TEST_GFP(GFP_ATOMIC)

static unsigned long reserved_pages(void)
{
	struct zone *zone;
	unsigned long pages = 0;

	for_each_zone(zone)
		pages += zone->nr_reserved_highatomic;
	return pages;
}

/* Of the page's pageblock: at the end of a zone it may be less than 512. */
static unsigned long pageblock_pages_of(struct page *page)
{
	unsigned long start = page_to_pfn(page) / 512 * 512;

	return min(start + 512, zone_end_pfn(page_zone(page))) - start;
}

/* Requests that may wait are served no more; those that may not still are. */
static void squeeze(struct kunit *test)
{
	struct zone *zone;

	if (page_group_by_mobility_disabled)
		kunit_skip(test, "pages are not grouped by mobility");
	for_each_zone(zone) {
		mm_hide_small(zone, 4);
		mm_hide_down_to(zone, high_wmark_pages(zone) + zone->lowmem_reserve[ZONE_NORMAL]);
	}
	mm_fill(MM_TEST_GFP(GFP_NOWAIT), 4);
	KUNIT_ASSERT_EQ(test, reserved_pages(), 0);
}

static void api_W10_pageblock_becomes_highatomic(struct kunit *test)
{
	struct page *page;

	squeeze(test);
	page = mm_take(ATOMIC, 4);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, get_pageblock_migratetype(page), MIGRATE_HIGHATOMIC);
	KUNIT_EXPECT_EQ(test, page_zone(page)->nr_reserved_highatomic, pageblock_pages_of(page));
	KUNIT_EXPECT_EQ(test, reserved_pages(), pageblock_pages_of(page));
}

/* Only a request without direct reclaim, with __GFP_HIGH, of order > 0 reserves. */
static void api_W10_only_for_atomic_high_orders(struct kunit *test)
{
	static const struct {
		gfp_t gfp;
		unsigned int order;
	} rows[] = {
		{ GFP_ATOMIC, 0 },
		{ GFP_KERNEL | __GFP_HIGH, 4 },
		{ GFP_ATOMIC | __GFP_NOMEMALLOC, 4 },
		{ GFP_NOWAIT | __GFP_MEMALLOC, 4 },
	};
	unsigned int i;

	squeeze(test);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct page *page = mm_take(MM_TEST_GFP(rows[i].gfp), rows[i].order);

		KUNIT_ASSERT_NOT_NULL(test, page);
		KUNIT_EXPECT_EQ(test, reserved_pages(), 0);
		mm_give(page);
		drain_all_pages(NULL);
	}
}

/* A second one is served from the pageblock that the first reserved. */
static void api_W10_the_next_is_served_from_it(struct kunit *test)
{
	struct page *first, *second;

	squeeze(test);
	first = mm_take(ATOMIC, 4);
	KUNIT_ASSERT_NOT_NULL(test, first);
	mm_give(first);
	KUNIT_EXPECT_EQ(test, page_zone(first)->nr_free_highatomic & 15, 0);
	KUNIT_EXPECT_GT(test, page_zone(first)->nr_free_highatomic, 15);
	second = mm_take(ATOMIC, 4);
	KUNIT_ASSERT_NOT_NULL(test, second);
	KUNIT_EXPECT_EQ(test, page_to_pfn(second) / 512, page_to_pfn(first) / 512);
	KUNIT_EXPECT_EQ(test, reserved_pages(), pageblock_pages_of(first));
}

static void api_W10_at_most_a_percent_and_a_block(struct kunit *test)
{
	struct zone *zone;

	squeeze(test);
	while (mm_take(ATOMIC, 4))
		for_each_zone(zone)
			KUNIT_ASSERT_LE(test, zone->nr_reserved_highatomic,
					zone->managed_pages / 100 + 512);
	KUNIT_EXPECT_GT(test, reserved_pages(), 0);
}

/* Sixty-four pageblocks that could be reserved. */
static void api_W10_limit_on_a_zone_of_many_blocks(struct kunit *test)
{
	unsigned long i, most;
	struct zone *zone;

	if (page_group_by_mobility_disabled)
		kunit_skip(test, "pages are not grouped by mobility");
	for (i = 0; i < 64; i++)
		mm_take(ATOMIC, pageblock_order);
	for_each_zone(zone) {
		struct page *page;

		most = zone->managed_pages / 100 + 512;
		list_for_each_entry(page, &mm_held, lru)
			if (page_zone(page) == zone)
				reserve_highatomic_pageblock(zone, page);
		KUNIT_EXPECT_LE(test, zone->nr_reserved_highatomic, most);
	}
	KUNIT_EXPECT_GT(test, reserved_pages(), 0);
}

static void api_W10_given_back_by_the_function(struct kunit *test)
{
	struct page *page;

	squeeze(test);
	page = mm_take(ATOMIC, 4);
	KUNIT_ASSERT_NOT_NULL(test, page);
	mm_give(page);
	/* The last one stays, unless it is forced. */
	KUNIT_EXPECT_FALSE(test, unreserve_highatomic_pageblock(MIGRATE_RECLAIMABLE, false));
	KUNIT_EXPECT_EQ(test, get_pageblock_migratetype(page), MIGRATE_HIGHATOMIC);
	KUNIT_EXPECT_TRUE(test, unreserve_highatomic_pageblock(MIGRATE_RECLAIMABLE, true));
	KUNIT_EXPECT_EQ(test, get_pageblock_migratetype(page), MIGRATE_RECLAIMABLE);
	KUNIT_EXPECT_EQ(test, reserved_pages(), 0);
	KUNIT_EXPECT_EQ(test, page_zone(page)->nr_free_highatomic, 0);
	KUNIT_EXPECT_FALSE(test, unreserve_highatomic_pageblock(MIGRATE_RECLAIMABLE, true));
}

/* All that is free is in a HIGHATOMIC pageblock: who may sleep gets it, who may not does not. */
static void api_W10_given_back_before_a_request_that_may_reclaim_fails(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);
	struct page *page, *first;

	squeeze(test);
	mm_fill(MM_TEST_GFP(GFP_DMA | GFP_NOWAIT), 4);
	mm_fill(MM_TEST_GFP(GFP_DMA | GFP_NOWAIT), 1);
	first = mm_take(ATOMIC | __GFP_DMA, 1);
	KUNIT_ASSERT_NOT_NULL(test, first);
	mm_give_all();
	mm_unhide();
	/* Only the pageblock's blocks stay free, and they are above the marks. */
	while ((page = mm_take(MM_TEST_GFP(GFP_DMA | GFP_NOWAIT), 4)))
		KUNIT_ASSERT_NE(test, get_pageblock_migratetype(page), MIGRATE_HIGHATOMIC);
	if (dma->nr_free_highatomic <= min_wmark_pages(dma) + 16)
		kunit_skip(test, "others have too much of the pageblock");
	KUNIT_EXPECT_EQ(test, dma->nr_reserved_highatomic, pageblock_pages_of(first));
	/* What somebody else has freed meanwhile goes first. */
	KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(GFP_DMA | GFP_KERNEL), 4));
	do
		page = mm_take(MM_TEST_GFP(GFP_DMA | GFP_KERNEL | __GFP_RETRY_MAYFAIL), 4);
	while (page && dma->nr_reserved_highatomic);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, dma->nr_reserved_highatomic, 0);
}

/* Not for others while it is reserved: neither counted as free for them nor given to them. */
static void api_W10_kept_from_others(struct kunit *test)
{
	struct page *page, *other;

	squeeze(test);
	page = mm_take(ATOMIC, 4);
	KUNIT_ASSERT_NOT_NULL(test, page);
	mm_give(page);
	mm_unhide();
	while ((other = mm_take(MM_TEST_GFP(GFP_NOWAIT), 5)))
		KUNIT_ASSERT_NE(test, page_to_pfn(other) / 512, page_to_pfn(page) / 512);
	KUNIT_EXPECT_EQ(test, get_pageblock_migratetype(page), MIGRATE_HIGHATOMIC);
}

/* A block of two pageblocks, of which one was reserved: freed, they are two blocks. */
static void api_W10_reserved_half_of_a_largest_block(struct kunit *test)
{
	struct page *page;
	struct zone *zone;
	unsigned int order;

	if (page_group_by_mobility_disabled)
		kunit_skip(test, "pages are not grouped by mobility");
	page = mm_take(ATOMIC, MAX_PAGE_ORDER);
	if (!page)
		kunit_skip(test, "no free block of order %d", MAX_PAGE_ORDER);
	zone = page_zone(page);
	reserve_highatomic_pageblock(zone, page);
	KUNIT_EXPECT_EQ(test, zone->nr_reserved_highatomic, 512);
	mm_give(page);
	KUNIT_EXPECT_EQ(test, zone->nr_free_highatomic, 512);
	KUNIT_EXPECT_PTR_EQ(test, free_block_of(page, &order), page);
	KUNIT_EXPECT_EQ(test, order, 9);
	KUNIT_EXPECT_PTR_EQ(test, free_block_of(page + 512, &order), page + 512);
	KUNIT_EXPECT_EQ(test, page_alloc_check_zone(zone), 0);
	/* B3: given back, they are one again. */
	KUNIT_EXPECT_TRUE(test, unreserve_highatomic_pageblock(MIGRATE_UNMOVABLE, true));
	KUNIT_EXPECT_PTR_EQ(test, free_block_of(page + 512, &order), page);
	KUNIT_EXPECT_EQ(test, order, 10);
}

static struct kunit_case highatomic_cases[] = {
	KUNIT_CASE(api_W10_pageblock_becomes_highatomic),
	KUNIT_CASE(api_W10_only_for_atomic_high_orders),
	KUNIT_CASE(api_W10_the_next_is_served_from_it),
	KUNIT_CASE(api_W10_at_most_a_percent_and_a_block),
	KUNIT_CASE(api_W10_limit_on_a_zone_of_many_blocks),
	KUNIT_CASE(api_W10_given_back_by_the_function),
	KUNIT_CASE(api_W10_given_back_before_a_request_that_may_reclaim_fails),
	KUNIT_CASE(api_W10_kept_from_others),
	KUNIT_CASE(api_W10_reserved_half_of_a_largest_block),
	{},
};

static struct kunit_suite highatomic_suite = {
	.name = "highatomic",
	.init = mm_test_init,
	.exit = mm_test_exit,
	.test_cases = highatomic_cases,
};
kunit_test_suite(highatomic_suite);
