// SPDX-License-Identifier: MIT
/*
 * The checkers, checked: each kind of corruption is seeded, found by the invariant that it
 * breaks, and repaired. Where others must fire too, the row lists them: they are all the
 * invariants that were reported, in the order of the first report of each.
 *
 * Corrupted is ZONE_DMA, which every machine has, and which is looked through quickly.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/mm_check.h>

#include "../kernel/capture.h"
#include "mm_test.h"

static const char *check_dma(void)
{
	mm_problems_forget();
	page_alloc_check_zone(mm_zone(ZONE_DMA));
	return mm_broken_invariants();
}

static const char *check_zones(void)
{
	mm_problems_forget();
	mmzone_check();
	return mm_broken_invariants();
}

static void expect_broken(struct kunit *test, const char *found, const char *expected)
{
	KUNIT_EXPECT_STREQ(test, found, expected);
	KUNIT_EXPECT_STREQ(test, check_dma(), "");
}

/* --- struct pages of a free block ----------------------------------------------------- */

static void count_1(struct page *page)
{
	set_page_count(page, 1);
}

static void flag_set(struct page *page)
{
	page->flags |= 1UL << PG_dirty;
}

static void mapping_set(struct page *page)
{
	page->mapping = (struct address_space *)0x1000;
}

static void mapped(struct page *page)
{
	atomic_set(&page->_mapcount, 0);
}

static void looks_free(struct page *page)
{
	page->page_type = ~PG_buddy;
	page->private = 0;
}

static void looks_in_use(struct page *page)
{
	page->page_type = -1U;
}

static void order_less_1(struct page *page)
{
	page->private -= 1;
}

static void order_absurd(struct page *page)
{
	page->private = 99;
}

static void link_back_cut(struct page *page)
{
	page->lru.prev = NULL;
}

static void link_to_nowhere(struct page *page)
{
	page->lru.next = (struct list_head *)0x100;
}

static void link_to_itself(struct page *page)
{
	page->lru.next = &page->lru;
}

static void other_zone(struct page *page)
{
	page->flags ^= (unsigned long)(ZONE_DMA ^ ZONE_NORMAL) << ZONES_PGSHIFT;
}

/* What is done to a page of a free block, `frame` frames behind its head. */
static const struct frame_row {
	const char *name;
	void (*corrupt)(struct page *page);
	unsigned int frame;
	const char *broken;
} frame_rows[] = {
	{ "head has references", count_1, 0, "I-page_alloc-1" },
	{ "head has flags", flag_set, 0, "I-page_alloc-1" },
	{ "head has a mapping", mapping_set, 0, "I-page_alloc-1" },
	{ "tail has references", count_1, 3, "I-page_alloc-1" },
	{ "tail has flags", flag_set, 3, "I-page_alloc-1" },
	{ "tail has a mapping", mapping_set, 3, "I-page_alloc-1" },
	{ "tail is mapped", mapped, 3, "I-page_alloc-1" },
	{ "tail says it is a free block", looks_free, 3, "I-page_alloc-2 I-page_alloc-5" },
	{ "head says it is in use", looks_in_use, 0, "I-page_alloc-2 I-page_alloc-5" },
	{ "head says another order", order_less_1, 0, "I-page_alloc-2 I-page_alloc-5" },
	{ "head says an absurd order", order_absurd, 0, "I-page_alloc-2 I-page_alloc-5" },
	{ "link back is cut", link_back_cut, 0, "I-page_alloc-2 I-page_alloc-5" },
	{ "link leads nowhere", link_to_nowhere, 0, "I-page_alloc-2" },
	{ "link leads to itself", link_to_itself, 0, "I-page_alloc-2" },
	{ "head is of another zone", other_zone, 0, "I-page_alloc-1 I-mmzone-1" },
};

/* The only free block of ZONE_DMA: of order 5. */
static struct page *lone_block(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);
	struct page *page = mm_take(GFP_DMA, 6);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	mm_hide_down_to(dma, 0);
	mm_unhold(page);
	split_page(page, 6);
	/* The lower half is freed, the upper half stays in use. */
	for (i = 0; i < 32; i++)
		__free_page(page + i);
	for (; i < 64; i++)
		mm_hold(page + i, 0);
	drain_all_pages(dma);
	KUNIT_ASSERT_EQ(test, buddy_order(page), 5);
	KUNIT_ASSERT_STREQ(test, check_dma(), "");
	return page;
}

static void checker_of_free_frames(struct kunit *test)
{
	struct page *block = lone_block(test);
	const struct frame_row *row;

	for (row = frame_rows; row < frame_rows + ARRAY_SIZE(frame_rows); row++) {
		struct page *page = block + row->frame;
		const struct page before = *page;
		const char *found;

		row->corrupt(page);
		found = check_dma();
		*page = before;
		KUNIT_EXPECT_STREQ_MSG(test, found, row->broken, "%s", row->name);
	}
	KUNIT_EXPECT_STREQ(test, check_dma(), "");
}

/* --- free areas ----------------------------------------------------------------------- */

static void checker_of_alignment(struct kunit *test)
{
	struct page *page = lone_block(test);
	enum migratetype type = get_pageblock_migratetype(page);
	struct zone *dma = mm_zone(ZONE_DMA);
	const char *found;

	del_from_free_list(dma, page, 5, type);
	add_to_free_list(dma, page + 1, 1, type);
	found = check_dma();
	del_from_free_list(dma, page + 1, 1, type);
	add_to_free_list(dma, page, 5, type);
	expect_broken(test, found, "I-page_alloc-1 I-page_alloc-5");
}

static void checker_of_the_lists_type(struct kunit *test)
{
	struct page *page = lone_block(test);
	struct list_head *lists = mm_zone(ZONE_DMA)->free_area[5].free_list;
	enum migratetype type = get_pageblock_migratetype(page), other;

	for (other = 0; other < MIGRATE_TYPES; other++) {
		const char *found;

		if (other == type)
			continue;
		list_move(&page->lru, &lists[other]);
		found = check_dma();
		list_move(&page->lru, &lists[type]);
		expect_broken(test, found, "I-page_alloc-3");
	}
}

static void checker_of_the_lists_order(struct kunit *test)
{
	struct page *page = lone_block(test);
	struct zone *dma = mm_zone(ZONE_DMA);
	enum migratetype type = get_pageblock_migratetype(page);
	const char *found;

	list_move(&page->lru, &dma->free_area[7].free_list[type]);
	found = check_dma();
	list_move(&page->lru, &dma->free_area[5].free_list[type]);
	expect_broken(test, found, "I-page_alloc-5");
	list_move(&page->lru, &dma->free_area[7].free_list[type]);
	dma->free_area[7].nr_free++;
	found = check_dma();
	list_move(&page->lru, &dma->free_area[5].free_list[type]);
	dma->free_area[7].nr_free--;
	expect_broken(test, found, "I-page_alloc-5 I-page_alloc-2");
}

static void checker_of_unmerged_buddies(struct kunit *test)
{
	struct page *page = lone_block(test);
	enum migratetype type = get_pageblock_migratetype(page);
	struct zone *dma = mm_zone(ZONE_DMA);
	const char *found;

	del_from_free_list(dma, page, 5, type);
	add_to_free_list(dma, page, 4, type);
	add_to_free_list(dma, page + 16, 4, type);
	found = check_dma();
	del_from_free_list(dma, page, 4, type);
	del_from_free_list(dma, page + 16, 4, type);
	add_to_free_list(dma, page, 5, type);
	expect_broken(test, found, "I-page_alloc-4");
}

/* One more than there is. */
static void checker_of_counters(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);
	unsigned long *const counters[] = {
		&dma->nr_free_pages,	    &dma->nr_free_highatomic,	 &dma->free_area[0].nr_free,
		&dma->free_area[5].nr_free, &dma->free_area[10].nr_free,
	};
	const char *found;
	unsigned int i;

	lone_block(test);
	for (i = 0; i < ARRAY_SIZE(counters); i++) {
		++*counters[i];
		found = check_dma();
		--*counters[i];
		expect_broken(test, found, "I-page_alloc-5");
	}
	/* One less: the list is longer than its count. */
	dma->free_area[5].nr_free--;
	found = check_dma();
	dma->free_area[5].nr_free++;
	expect_broken(test, found, "I-page_alloc-5");
}

static void checker_of_two_blocks_that_overlap(struct kunit *test)
{
	struct page *page = lone_block(test);
	enum migratetype type = get_pageblock_migratetype(page);
	struct zone *dma = mm_zone(ZONE_DMA);
	const char *found;

	add_to_free_list(dma, page + 8, 3, type);
	found = check_dma();
	del_from_free_list(dma, page + 8, 3, type);
	expect_broken(test, found, "I-page_alloc-2 I-page_alloc-5");
}

static void checker_of_a_block_that_is_in_use_too(struct kunit *test)
{
	struct page *page = lone_block(test), *used;
	enum migratetype type = get_pageblock_migratetype(page);
	struct zone *dma = mm_zone(ZONE_DMA);
	const char *found;

	used = list_first_entry(&mm_held, struct page, lru);
	mm_unhold(used);
	add_to_free_list(dma, used, 0, type);
	found = check_dma();
	del_from_free_list(dma, used, 0, type);
	mm_hold(used, 0);
	expect_broken(test, found, "I-page_alloc-1");
}

/* --- per-CPU lists -------------------------------------------------------------------- */

static struct per_cpu_pages *dma_lists(void)
{
	return this_cpu_ptr(mm_zone(ZONE_DMA)->per_cpu_pageset);
}

static void checker_of_free_and_on_a_list(struct kunit *test)
{
	struct page *page = lone_block(test);
	struct per_cpu_pages *pcp = dma_lists();
	const char *found;

	list_add(&page[9].lru, &pcp->lists[0]);
	pcp->count++;
	found = check_dma();
	list_del(&page[9].lru);
	pcp->count--;
	expect_broken(test, found, "I-page_alloc-6");
}

static void checker_of_the_lists_count(struct kunit *test)
{
	struct per_cpu_pages *pcp = dma_lists();
	static const int wrong[] = { 1, -1, 100 };
	const char *found;
	unsigned int i;

	__free_page(alloc_page(GFP_DMA));
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		pcp->count += wrong[i];
		found = check_dma();
		pcp->count -= wrong[i];
		expect_broken(test, found, "I-pcp-1");
	}
}

/* What is done to a page of a block of order 2 that waits in a per-CPU list. */
static const struct frame_row list_rows[] = {
	{ "references", count_1, 0, "I-pcp-2" },
	{ "flags", flag_set, 0, "I-pcp-2" },
	{ "mapping", mapping_set, 0, "I-pcp-2" },
	{ "mapped", mapped, 0, "I-pcp-2" },
	{ "tail has references", count_1, 1, "I-pcp-2" },
	{ "tail has flags", flag_set, 3, "I-pcp-2" },
	{ "says it is a free block", looks_free, 0, "I-page_alloc-5 I-pcp-2 I-page_alloc-6" },
	{ "another zone", other_zone, 0, "I-mmzone-1 I-pcp-2" },
	{ "link back is cut", link_back_cut, 0, "I-pcp-2 I-pcp-1" },
	{ "link leads nowhere", link_to_nowhere, 0, "I-pcp-2" },
	{ "link leads to itself", link_to_itself, 0, "I-pcp-2" },
};

static void checker_of_pages_on_a_list(struct kunit *test)
{
	struct page *block = alloc_pages(GFP_DMA, 2);
	const struct frame_row *row;

	KUNIT_ASSERT_NOT_NULL(test, block);
	drain_all_pages(NULL);
	__free_pages(block, 2);
	for (row = list_rows; row < list_rows + ARRAY_SIZE(list_rows); row++) {
		struct page *page = block + row->frame;
		const struct page before = *page;
		const char *found;

		row->corrupt(page);
		found = check_dma();
		*page = before;
		KUNIT_EXPECT_STREQ_MSG(test, found, row->broken, "%s", row->name);
	}
	KUNIT_EXPECT_STREQ(test, check_dma(), "");
}

/* --- pageblocks ----------------------------------------------------------------------- */

static void checker_of_reserved_pageblocks(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);
	struct page *image = pfn_to_page(0x100000 >> PAGE_SHIFT);
	enum migratetype type = get_pageblock_migratetype(image);
	const char *found;

	dma->nr_reserved_highatomic += 512;
	found = check_dma();
	dma->nr_reserved_highatomic -= 512;
	expect_broken(test, found, "I-pageblock-1");

	/* A pageblock of which nothing is free: only the type is wrong. */
	mm_hide_down_to(dma, 0);
	set_pageblock_migratetype(image, MIGRATE_HIGHATOMIC);
	found = check_dma();
	set_pageblock_migratetype(image, type);
	expect_broken(test, found, "I-pageblock-1");
}

static void checker_of_types_without_grouping(struct kunit *test)
{
	struct page *image = pfn_to_page(0x100000 >> PAGE_SHIFT);
	enum migratetype type = get_pageblock_migratetype(image);
	unsigned int disabled = page_group_by_mobility_disabled;
	const char *found;

	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	mm_problems_forget();
	page_group_by_mobility_disabled = 1;
	set_pageblock_migratetype(image, MIGRATE_MOVABLE);
	KUNIT_EXPECT_GT(test, page_alloc_check(), 0);
	page_group_by_mobility_disabled = disabled;
	set_pageblock_migratetype(image, type);
	found = mm_broken_invariants();
	KUNIT_EXPECT_STREQ(test, found, "I-pageblock-2");
}

/* --- zones ---------------------------------------------------------------------------- */

/* Is each of the names, as mm_broken_invariants() gives them, in one of the two others? */
static bool all_named(const char *names, const char *in, const char *or_in)
{
	char name[32];

	while (*names) {
		size_t length = strcspn(names, " ");

		strscpy(name, names, min(sizeof(name), length + 1));
		if (!strstr(in, name) && !strstr(or_in, name))
			return false;
		names += length;
		names += strspn(names, " ");
	}
	return true;
}

static void checker_of_zones(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA), *none = mm_zone(ZONE_DMA32);
	struct {
		unsigned long *word, by;
		const char *broken;
		const char *also; /* that depends on the machine */
	} rows[] = {
		{ &none->spanned_pages, 1, "I-mmzone-1", "" },
		{ &dma->present_pages, dma->spanned_pages, "I-mmzone-2", "" },
		{ &dma->managed_pages, dma->spanned_pages, "I-mmzone-2", "I-mmzone-3" },
		{ &none->managed_pages, 1000, "I-mmzone-2 I-mmzone-4", "I-mmzone-3" },
		{ &dma->_watermark[WMARK_MIN], 1, "I-mmzone-3", "" },
		{ &dma->_watermark[WMARK_LOW], 1, "I-mmzone-3 I-mmzone-5", "" },
		{ &dma->_watermark[WMARK_HIGH], -1UL, "I-mmzone-3", "" },
		{ (unsigned long *)&dma->lowmem_reserve[ZONE_NORMAL], 1, "I-mmzone-3", "" },
		{ (unsigned long *)&dma->lowmem_reserve[ZONE_DMA], 1, "I-mmzone-3", "" },
		{ &dma->fast_path_floor, -1UL, "I-mmzone-5", "" },
	};
	unsigned long start = none->zone_start_pfn;
	unsigned int i;

	none->zone_start_pfn = 0;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *found;

		*rows[i].word += rows[i].by;
		found = check_zones();
		*rows[i].word -= rows[i].by;
		KUNIT_EXPECT_TRUE_MSG(test, all_named(rows[i].broken, found, ""), "row %u: %s", i,
				      found);
		KUNIT_EXPECT_TRUE_MSG(test, all_named(found, rows[i].broken, rows[i].also),
				      "row %u: %s", i, found);
	}
	none->zone_start_pfn = start;
	KUNIT_EXPECT_STREQ(test, check_zones(), "");
}

static void checker_of_zonelists(struct kunit *test)
{
	struct zonelist *list = &contig_page_data.zonelists[ZONE_HIGHMEM], before = *list;
	unsigned int nr = 0;
	const char *found;

	while (list->zones[nr])
		nr++;
	list->zones[0] = NULL;
	found = check_zones();
	*list = before;
	KUNIT_EXPECT_STREQ(test, found, "I-mmzone-4");

	list->zones[nr] = mm_zone(ZONE_DMA32);
	found = check_zones();
	*list = before;
	KUNIT_EXPECT_STREQ(test, found, "I-mmzone-4");

	/* Upwards; on a machine of one zone, one that has no pages. */
	list->zones[0] = nr > 1 ? before.zones[nr - 1] : mm_zone(ZONE_NORMAL);
	list->zones[nr - 1] = nr > 1 ? before.zones[0] : list->zones[0];
	found = check_zones();
	*list = before;
	KUNIT_EXPECT_STREQ(test, found, "I-mmzone-4");
	KUNIT_EXPECT_STREQ(test, check_zones(), "");
}

/* --- all of them together ------------------------------------------------------------- */

static void mm_check_prints_and_counts(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);
	int found, after;

	capture_begin(test, &capture);
	dma->nr_free_pages++;
	dma->_watermark[WMARK_MIN]++;
	found = mm_check();
	dma->nr_free_pages--;
	dma->_watermark[WMARK_MIN]--;
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, found, 2);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "mm_check: I-mmzone-3: zone DMA: "));
	KUNIT_EXPECT_NOT_NULL(test,
			      strstr(capture.text, "mm_check: I-page_alloc-5: DMA: nr_free_pages"));

	capture_begin(test, &capture);
	after = mm_check();
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, after, 0);
	KUNIT_EXPECT_STREQ(test, capture.text, "");
}

static struct kunit_case check_cases[] = {
	KUNIT_CASE_SLOW(checker_of_free_frames),
	KUNIT_CASE(checker_of_alignment),
	KUNIT_CASE_SLOW(checker_of_the_lists_type),
	KUNIT_CASE(checker_of_the_lists_order),
	KUNIT_CASE(checker_of_unmerged_buddies),
	KUNIT_CASE_SLOW(checker_of_counters),
	KUNIT_CASE(checker_of_two_blocks_that_overlap),
	KUNIT_CASE(checker_of_a_block_that_is_in_use_too),
	KUNIT_CASE(checker_of_free_and_on_a_list),
	KUNIT_CASE(checker_of_the_lists_count),
	KUNIT_CASE(checker_of_pages_on_a_list),
	KUNIT_CASE(checker_of_reserved_pageblocks),
	KUNIT_CASE(checker_of_types_without_grouping),
	KUNIT_CASE(checker_of_zones),
	KUNIT_CASE(checker_of_zonelists),
	KUNIT_CASE_SLOW(mm_check_prints_and_counts),
	{},
};

static struct kunit_suite check_suite = {
	.name = "mm_check",
	.init = mm_test_init,
	.exit = mm_test_exit,
	.test_cases = check_cases,
};
kunit_test_suite(check_suite);
