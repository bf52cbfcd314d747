// SPDX-License-Identifier: MIT
/* The per-CPU page lists: API.md B9. */
#include <linux/kernel.h>

#include "mm_test.h"

/* Cases look at the lists of one zone that every machine has. */
#define GFP_LIST MM_TEST_GFP(GFP_DMA)

static struct zone *zone;
static struct per_cpu_pages *pcp;

static int pcp_test_init(struct kunit *test)
{
	zone = mm_zone(ZONE_DMA);
	pcp = this_cpu_ptr(zone->per_cpu_pageset);
	return mm_test_init(test);
}

static void restore_batch(void *batch)
{
	pcp->batch = (unsigned long)batch;
}

static void restore_high(void *high)
{
	pcp->high = (unsigned long)high;
}

static void use_high(struct kunit *test, int high)
{
	KUNIT_ASSERT_EQ(test,
			kunit_add_action(test, restore_high, (void *)(unsigned long)pcp->high), 0);
	pcp->high = high;
}

/*
 * ZONE_DMA's own batch is a single page: nothing would be seen of it. And shared by many CPUs its
 * low mark may leave lists of four pages: they hold four batches here, as of any zone.
 */
static void use_batch(struct kunit *test, int batch)
{
	KUNIT_ASSERT_EQ(
		test, kunit_add_action(test, restore_batch, (void *)(unsigned long)pcp->batch), 0);
	pcp->batch = batch;
	use_high(test, max(pcp->high, 4 * batch));
}

static void api_B9_batch(struct kunit *test)
{
	static const struct {
		unsigned long mib;
		int batch;
	} rows[] = {
		{ 896, 63 }, { 240, 15 }, { 48, 3 },   { 0, 1 },     { 16, 1 },	   { 32, 1 },
		{ 47, 1 },   { 128, 7 },  { 512, 31 }, { 1024, 63 }, { 3072, 63 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ_MSG(test, zone_batchsize(rows[i].mib << 8), rows[i].batch,
				    "%lu MiB", rows[i].mib);
}

/* By the contract's words: a naive power of two instead of rounddown_pow_of_two(). */
static int naive_batch(unsigned long managed)
{
	unsigned long batch = managed / 4096, power = 1;

	if (batch > 64)
		batch = 64;
	if (batch <= 1)
		return 1;
	batch = batch * 3 / 2;
	while (power * 2 <= batch)
		power *= 2;
	return power - 1;
}

static void api_B9_batch_and_high_of_this_machine(struct kunit *test)
{
	struct zone *each;
	unsigned int cpu;

	for_each_populated_zone(each) {
		for_each_online_cpu(cpu) {
			struct per_cpu_pages *lists = per_cpu_ptr(each->per_cpu_pageset, cpu);
			int batch = naive_batch(each->managed_pages);
			int high = each->_watermark[WMARK_LOW] / nr_cpu_ids;

			KUNIT_EXPECT_EQ_MSG(test, lists->batch, batch, "zone %s", each->name);
			KUNIT_EXPECT_EQ_MSG(test, lists->high, max(high, 4 * batch), "zone %s",
					    each->name);
		}
	}
}

/* The low mark or four batches, whichever is more. */
static void api_B9_high_is_the_larger(struct kunit *test)
{
	static struct zone fake;

	fake._watermark[WMARK_LOW] = 100 * nr_cpu_ids;
	KUNIT_EXPECT_EQ(test, zone_highsize(&fake, 63), 252);
	KUNIT_EXPECT_EQ(test, zone_highsize(&fake, 25), 100);
	KUNIT_EXPECT_EQ(test, zone_highsize(&fake, 1), 100);
}

/* Orders 0 to 3 leave their block in the lists, larger ones go to the free areas at once. */
static void api_B9_orders_0_to_3(struct kunit *test)
{
	unsigned int order;

	use_batch(test, 7);
	for (order = 0; order <= 6; order++) {
		struct page *page = alloc_pages(GFP_LIST, order);
		unsigned long free = zone->nr_free_pages;
		int count = pcp->count;

		KUNIT_ASSERT_NOT_NULL(test, page);
		__free_pages(page, order);
		KUNIT_EXPECT_EQ(test, pcp->count - count, order <= 3 ? 1 << order : 0);
		KUNIT_EXPECT_EQ(test, zone->nr_free_pages - free, order <= 3 ? 0 : 1UL << order);
		KUNIT_EXPECT_EQ(test, mm_in_free_areas(page), order > 3);
		drain_all_pages(NULL);
		KUNIT_EXPECT_EQ(test, pcp->count, 0);
		KUNIT_EXPECT_TRUE(test, mm_in_free_areas(page));
	}
}

static void api_B9_not_in_nr_free_pages(struct kunit *test)
{
	unsigned long before = zone->nr_free_pages;
	struct page *pages[10];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pages); i++)
		pages[i] = alloc_page(GFP_LIST);
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		__free_page(pages[i]);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages + pcp->count, before);
	KUNIT_EXPECT_GE(test, pcp->count, min(10, pcp->high));
	KUNIT_EXPECT_EQ(test, mm_free_pages(zone), before);
	drain_all_pages(zone);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, before);
	KUNIT_EXPECT_EQ(test, pcp->count, 0);
}

/* What was freed last may still be in the cache: it is kept longest. */
static void api_B9_coldest_first(struct kunit *test)
{
	struct page *pages[3];
	unsigned long flags;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pages); i++)
		pages[i] = alloc_page(GFP_LIST);
	drain_all_pages(NULL);
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		__free_page(pages[i]);
	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		KUNIT_EXPECT_FALSE(test, mm_in_free_areas(pages[i]));
		local_irq_save(flags);
		pcp_flush(zone, pcp, 1);
		local_irq_restore(flags);
		KUNIT_EXPECT_TRUE(test, mm_in_free_areas(pages[i]));
	}
}

static void api_B9_drain_of_one_zone(struct kunit *test)
{
	struct zone *normal = mm_zone(ZONE_NORMAL);
	int others;

	__free_page(alloc_page(GFP_LIST));
	__free_page(alloc_page(GFP_KERNEL));
	others = this_cpu_ptr(normal->per_cpu_pageset)->count;
	drain_all_pages(zone);
	KUNIT_EXPECT_EQ(test, pcp->count, 0);
	KUNIT_EXPECT_EQ(test, this_cpu_ptr(normal->per_cpu_pageset)->count, others);
	drain_local_pages(NULL);
	KUNIT_EXPECT_EQ(test, this_cpu_ptr(normal->per_cpu_pageset)->count, 0);
}

/* An empty list is filled with `batch` pages, of which one is handed out. */
static void api_B9_refill_is_a_batch(struct kunit *test)
{
	static const int batches[] = { 1, 3, 7, 15, 31, 63 };
	unsigned int i, order;

	for (i = 0; i < ARRAY_SIZE(batches); i++) {
		use_batch(test, batches[i]);
		for (order = 0; order <= 3; order++) {
			unsigned long before = zone->nr_free_pages, taken;
			struct page *page = alloc_pages(GFP_LIST, order);

			KUNIT_ASSERT_NOT_NULL(test, page);
			taken = before - zone->nr_free_pages;
			if (order == 0)
				KUNIT_EXPECT_EQ(test, taken, batches[i]);
			/* W9: a mark may be undershot by batch - 1 pages, and no more. */
			KUNIT_EXPECT_LE(test, taken, batches[i] - 1 + (1 << order));
			KUNIT_EXPECT_EQ(test, pcp->count, taken - (1 << order));
			__free_pages(page, order);
			drain_all_pages(NULL);
		}
		kunit_cleanup(test);
	}
}

/* Above `high`, a batch goes back: the lists never hold more than high pages. */
static void api_B9_high(struct kunit *test)
{
	unsigned long i, nr = 0;
	struct page *page, *next;
	int most = 0;

	use_batch(test, 7);
	for (i = 0; i < pcp->high + 100UL; i++)
		nr += mm_take(GFP_LIST | __GFP_MEMALLOC, 0) != NULL;
	KUNIT_ASSERT_GT(test, nr, pcp->high);
	drain_all_pages(NULL);
	KUNIT_ASSERT_EQ(test, pcp->count, 0);
	list_for_each_entry_safe(page, next, &mm_held, lru) {
		int before = pcp->count;

		mm_give(page);
		most = max(most, pcp->count);
		if (before == pcp->high)
			KUNIT_EXPECT_EQ(test, pcp->count, pcp->high + 1 - 7);
		else
			KUNIT_EXPECT_EQ(test, pcp->count, before + 1);
	}
	KUNIT_EXPECT_EQ(test, most, pcp->high);
}

/* The page freed last is still in the cache: it is handed out next. */
static void freed_last_is_taken_first(struct kunit *test)
{
	unsigned int order;

	use_high(test, 64); /* of its own it may be too short for two large blocks */
	for (order = 0; order <= 3; order++) {
		struct page *one, *other;

		one = alloc_pages(GFP_LIST, order);
		other = alloc_pages(GFP_LIST, order);

		__free_pages(one, order);
		__free_pages(other, order);
		KUNIT_EXPECT_PTR_EQ(test, alloc_pages(GFP_LIST, order), other);
		KUNIT_EXPECT_PTR_EQ(test, alloc_pages(GFP_LIST, order), one);
		__free_pages(one, order);
		__free_pages(other, order);
	}
}

/* A page goes into the list of its pageblock's type, whatever was asked for. */
static void lists_are_by_type(struct kunit *test)
{
	static const gfp_t flags[] = { 0, __GFP_MOVABLE, __GFP_RECLAIMABLE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		struct page *page = alloc_page(GFP_LIST | flags[i]);
		enum migratetype type;

		KUNIT_ASSERT_NOT_NULL(test, page);
		type = get_pageblock_migratetype(page);
		__free_page(page);
		KUNIT_EXPECT_PTR_EQ(test, pcp->lists[pcp_list_index(type, 0)].next, &page->lru);
	}
}

/* Who wants what no list holds lets some of it merge: a batch, if there is one an order. */
static void a_large_request_gives_a_batch_back(struct kunit *test)
{
	struct page *page, *next, *large;
	unsigned int i;

	use_batch(test, 7);
	use_high(test, INT_MAX);
	for (i = 0; i < 29; i++)
		KUNIT_ASSERT_NOT_NULL(test, mm_take(GFP_LIST, 0));
	drain_all_pages(zone);
	list_for_each_entry_safe(page, next, &mm_held, lru)
		mm_give(page);
	KUNIT_ASSERT_EQ(test, pcp->count, 4 * 7 + 1);
	large = alloc_pages(GFP_LIST, 4);
	KUNIT_EXPECT_EQ(test, pcp->count, 3 * 7 + 1);
	__free_pages(large, 4);
	__free_pages(alloc_pages(GFP_LIST, 4), 4);
	KUNIT_EXPECT_EQ(test, pcp->count, 3 * 7 + 1);
}

/* Under pressure the lists are no hiding place: who may sleep gets what is in them. */
static void drained_before_a_request_that_may_sleep_fails(struct kunit *test)
{
	unsigned long pages = min_wmark_pages(zone) + 32;
	struct page *page, *next;

	use_high(test, INT_MAX);
	while (pages > 16 && mm_take(GFP_LIST, 4))
		pages -= 16;
	mm_hide_down_to(zone, 0);
	list_for_each_entry_safe(page, next, &mm_held, lru) {
		unsigned int n;

		mm_unhold(page);
		split_page(page, 4);
		for (n = 0; n < 16; n++)
			__free_page(page + n);
	}
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, 0);
	KUNIT_EXPECT_NULL(test, mm_take(GFP_LIST | GFP_NOWAIT | __GFP_MEMALLOC, 4));
	KUNIT_EXPECT_GT(test, pcp->count, 0);
	KUNIT_EXPECT_NOT_NULL(test, mm_take(GFP_LIST | GFP_KERNEL, 4));
	KUNIT_EXPECT_EQ(test, pcp->count, 0);
}

static struct kunit_case pcp_cases[] = {
	KUNIT_CASE(api_B9_batch),
	KUNIT_CASE(api_B9_batch_and_high_of_this_machine),
	KUNIT_CASE(api_B9_high_is_the_larger),
	KUNIT_CASE(api_B9_orders_0_to_3),
	KUNIT_CASE(api_B9_not_in_nr_free_pages),
	KUNIT_CASE(api_B9_coldest_first),
	KUNIT_CASE(api_B9_drain_of_one_zone),
	KUNIT_CASE(api_B9_refill_is_a_batch),
	KUNIT_CASE(api_B9_high),
	KUNIT_CASE(freed_last_is_taken_first),
	KUNIT_CASE(lists_are_by_type),
	KUNIT_CASE(a_large_request_gives_a_batch_back),
	KUNIT_CASE(drained_before_a_request_that_may_sleep_fails),
	{},
};

static struct kunit_suite pcp_suite = {
	.name = "pcp",
	.init = pcp_test_init,
	.exit = mm_test_exit,
	.test_cases = pcp_cases,
};
kunit_test_suite(pcp_suite);
