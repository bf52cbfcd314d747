// SPDX-License-Identifier: MIT
/* The flags one by one: API.md section 3, what of it needs nothing to reclaim. */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <memkern/report.h>

#include "../kernel/threads.h"
#include "mm_test.h"

/* --- zone and floor ------------------------------------------------------------------- */

enum share {
	ALL,	/* 100 % of min must remain */
	HALF,	/* 50 % */
	ATOMIC, /* 37.5 % */
	NOTHING,
};

static const struct flag_row {
	const char *name;
	gfp_t gfp;
	enum zone_type zone;
	enum share share;
} flag_rows[] = {
	{ "F1_GFP_KERNEL", GFP_KERNEL, ZONE_NORMAL, ALL },
	{ "F2_GFP_ATOMIC", GFP_ATOMIC, ZONE_NORMAL, ATOMIC },
	{ "F3_GFP_NOWAIT", GFP_NOWAIT, ZONE_NORMAL, ALL },
	{ "F4_GFP_NOIO", GFP_NOIO, ZONE_NORMAL, ALL },
	{ "F5_GFP_NOFS", GFP_NOFS, ZONE_NORMAL, ALL },
	{ "F6_GFP_USER", GFP_USER, ZONE_NORMAL, ALL },
	{ "F7_GFP_HIGHUSER", GFP_HIGHUSER, ZONE_HIGHMEM, ALL },
	{ "F8_GFP_HIGHUSER_MOVABLE", GFP_HIGHUSER_MOVABLE, ZONE_HIGHMEM, ALL },
	{ "F9_GFP_KERNEL_ACCOUNT", GFP_KERNEL_ACCOUNT, ZONE_NORMAL, ALL },
	{ "F10_GFP_DMA", GFP_DMA, ZONE_DMA, ALL },
	{ "F10_GFP_KERNEL_DMA", GFP_KERNEL | GFP_DMA, ZONE_DMA, ALL },
	{ "F11_GFP_DMA32", GFP_KERNEL | GFP_DMA32, ZONE_NORMAL, ALL },
	{ "F12_HIGHMEM", GFP_KERNEL | __GFP_HIGHMEM, ZONE_HIGHMEM, ALL },
	{ "F13_RECLAIMABLE", GFP_KERNEL | __GFP_RECLAIMABLE, ZONE_NORMAL, ALL },
	{ "F14_HIGH", GFP_KERNEL | __GFP_HIGH, ZONE_NORMAL, HALF },
	{ "F14_HIGH_that_cannot_block", __GFP_HIGH, ZONE_NORMAL, ATOMIC },
	{ "F14_HIGH_DMA", GFP_KERNEL | GFP_DMA | __GFP_HIGH, ZONE_DMA, HALF },
	{ "F15_MEMALLOC", GFP_NOWAIT | __GFP_MEMALLOC, ZONE_NORMAL, NOTHING },
	{ "F15_MEMALLOC_HIGHMEM", GFP_NOWAIT | __GFP_MEMALLOC | __GFP_HIGHMEM, ZONE_HIGHMEM,
	  NOTHING },
	{ "F15_NOMEMALLOC_wins", GFP_NOWAIT | __GFP_MEMALLOC | __GFP_NOMEMALLOC, ZONE_NORMAL, ALL },
	{ "F15_NOMEMALLOC_ATOMIC", GFP_ATOMIC | __GFP_NOMEMALLOC, ZONE_NORMAL, HALF },
	{ "F16_without_DIRECT_RECLAIM", (GFP_KERNEL | __GFP_HIGH) & ~__GFP_DIRECT_RECLAIM,
	  ZONE_NORMAL, ATOMIC },
	{ "F16_without_KSWAPD_RECLAIM", GFP_KERNEL & ~__GFP_KSWAPD_RECLAIM, ZONE_NORMAL, ALL },
	{ "F18_NORETRY", GFP_KERNEL | __GFP_NORETRY, ZONE_NORMAL, ALL },
	{ "F19_RETRY_MAYFAIL", GFP_KERNEL | __GFP_RETRY_MAYFAIL, ZONE_NORMAL, ALL },
	{ "F24_COLD", GFP_KERNEL | __GFP_COLD, ZONE_NORMAL, ALL },
	{ "F25_WRITE_HARDWALL_THISNODE",
	  GFP_KERNEL | __GFP_WRITE | __GFP_HARDWALL | __GFP_THISNODE | __GFP_NOLOCKDEP, ZONE_NORMAL,
	  ALL },
	{ "F26_WAIT", __GFP_WAIT | __GFP_IO | __GFP_FS, ZONE_NORMAL, ALL },
};

static long share_of_min(const struct zone *zone, enum share share)
{
	long min = zone->_watermark[WMARK_MIN], half = min - min / 2;

	switch (share) {
	case ALL:
		return min;
	case HALF:
		return half;
	case ATOMIC:
		return half - half / 4;
	default:
		return 0;
	}
}

static void api_F_zone_and_floor(struct kunit *test)
{
	const struct flag_row *row;
	int i;

	for (row = flag_rows; row < flag_rows + ARRAY_SIZE(flag_rows); row++) {
		KUNIT_ASSERT_EQ_MSG(test, mm_highest_zone(row->gfp), row->zone, "%s", row->name);
		for_each_zone_index(i)
			KUNIT_ASSERT_EQ_MSG(test, mm_floor(mm_zone(i), row->gfp),
					    share_of_min(mm_zone(i), row->share), "%s", row->name);
		mm_check_floor(test, row->gfp);
		KUNIT_ASSERT_EQ_MSG(test, test->status, KUNIT_SUCCESS, "%s", row->name);
		mm_reset();
	}
}

/* --- what is special in a flag -------------------------------------------------------- */

static void api_F3_nowait_reports_its_failure(struct kunit *test)
{
	mm_near_limits(GFP_NOWAIT);
	mm_fill(GFP_NOWAIT | __GFP_NOWARN, 4);
	kunit_expect_report(test, "page allocation failure: order:4, mode:0x800(GFP_NOWAIT)");
	KUNIT_EXPECT_NULL(test, mm_take(GFP_NOWAIT, 4));
	KUNIT_EXPECT_NULL(test, mm_take(GFP_NOWAIT | __GFP_NOWARN, 4));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void restore_dma(void *managed)
{
	mm_zone(ZONE_DMA)->managed_pages = (unsigned long)managed;
}

static void api_F10_silent_without_dma_memory(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);
	void *managed = (void *)dma->managed_pages;

	KUNIT_ASSERT_EQ(test, kunit_add_action(test, restore_dma, managed), 0);
	report_reset_once();
	dma->managed_pages = 0;
	warn_alloc(GFP_KERNEL | GFP_DMA, "page allocation failure: order:%u", 0);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
	kunit_expect_report(test, "mode:0xcc0(GFP_KERNEL)");
	warn_alloc(GFP_KERNEL, "page allocation failure: order:%u", 0);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void api_F12_get_free_pages_masks_highmem(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 5; i++) {
		unsigned long address = __get_free_pages(GFP_HIGHUSER, i);

		KUNIT_ASSERT_NE(test, address, 0);
		KUNIT_EXPECT_TRUE(test, virt_addr_valid((void *)address));
		KUNIT_EXPECT_FALSE(test, PageHighMem(virt_to_page(address)));
		free_pages(address, i);
	}
}

static void api_F15_pfmemalloc_mark(struct kunit *test)
{
	gfp_t gfp = GFP_NOWAIT | __GFP_NOWARN | __GFP_MEMALLOC;
	struct page *page;

	mm_near_limits(GFP_NOWAIT);
	/* Above the marks the right was not needed. */
	page = mm_take(gfp, 4);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_FALSE(test, PagePfmemalloc(page));
	mm_fill(GFP_NOWAIT | __GFP_NOWARN, 4);
	page = mm_take(gfp, 4);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_TRUE(test, PagePfmemalloc(page));
	/* It ends with the page: the next owner knows nothing of it. */
	mm_give_all();
	while ((page = mm_take(GFP_NOWAIT | __GFP_NOWARN, 4)))
		KUNIT_ASSERT_FALSE(test, PagePfmemalloc(page));
}

static void api_F20_nofail_that_cannot_wait_warns(struct kunit *test)
{
	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	kunit_expect_report(test, "WARNING: at mm/page_alloc_slow.c");
	KUNIT_EXPECT_NULL(test, alloc_pages(MM_TEST_GFP(GFP_DMA | __GFP_NOFAIL), 0));
	KUNIT_EXPECT_NULL(test, alloc_pages(MM_TEST_GFP(GFP_DMA | __GFP_NOFAIL), 0));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

/* Where GFP_KERNEL is refused, one that must not fail goes on to half of min. */
static void api_F20_nofail_floor(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);
	long half = share_of_min(dma, HALF);

	mm_near_limits(GFP_DMA);
	mm_fill(MM_TEST_GFP(GFP_KERNEL | GFP_DMA), 4);
	KUNIT_EXPECT_GE(test, dma->nr_free_pages, min_wmark_pages(dma));
	if ((long)dma->nr_free_pages - 15 > half)
		kunit_expect_report(test, "WARNING: at mm/page_alloc.c"); /* for the order */
	while ((long)dma->nr_free_pages - 15 > half)
		KUNIT_ASSERT_NOT_NULL(test, mm_take(GFP_KERNEL | GFP_DMA | __GFP_NOFAIL, 4));
	KUNIT_EXPECT_GE(test, (long)dma->nr_free_pages, half);
	KUNIT_EXPECT_LT(test, dma->nr_free_pages, min_wmark_pages(dma) + 16);
}

static void api_F20_nofail_above_order_1_warns(struct kunit *test)
{
	unsigned int order;

	for (order = 0; order <= 1; order++)
		KUNIT_EXPECT_NOT_NULL(test, mm_take(GFP_KERNEL | __GFP_NOFAIL, order));
	kunit_expect_report(test, "WARNING: at mm/page_alloc.c");
	for (order = 2; order <= 5; order++)
		KUNIT_EXPECT_NOT_NULL(test, mm_take(GFP_KERNEL | __GFP_NOFAIL, order));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void end_memalloc(void *unused)
{
	current->flags &= ~PF_MEMALLOC;
}

static void api_F20_nofail_of_memalloc_gets_the_last_page(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);

	mm_near_limits(GFP_DMA);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, end_memalloc, NULL), 0);
	current->flags |= PF_MEMALLOC;
	while (dma->nr_free_pages)
		KUNIT_ASSERT_NOT_NULL(test, mm_take(GFP_KERNEL | GFP_DMA | __GFP_NOFAIL, 0));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
}

/* What a thread that may not fail asks for, and got. */
struct stubborn {
	unsigned int flags; /* of the task */
	struct page *page;
};

static int ask_stubbornly(void *data)
{
	struct stubborn *stubborn = data;

	current->flags |= stubborn->flags;
	WRITE_ONCE(stubborn->page, alloc_page(MM_TEST_GFP(GFP_KERNEL | GFP_DMA | __GFP_NOFAIL)));
	current->flags &= ~stubborn->flags;
	return 0;
}

/* It waits as long as there is none, and gets the first that comes. */
static void expect_stubbornness(struct kunit *test, unsigned int flags, void (*give)(void))
{
	struct stubborn *stubborn = zeroed(test, struct stubborn);
	struct zone *dma = mm_zone(ZONE_DMA);
	struct task_struct *task;
	unsigned long looks;

	stubborn->flags = flags;
	task = make_thread(test, ask_stubbornly, stubborn);
	drain_all_pages(dma);
	mm_hide_down_to(dma, 0);
	looks = task->nvcsw;
	wake_up_process(task);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(task->nvcsw) > looks + 5));
	KUNIT_EXPECT_NULL(test, READ_ONCE(stubborn->page));
	give();
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	KUNIT_ASSERT_NOT_NULL(test, stubborn->page);
	KUNIT_EXPECT_EQ(test, page_zonenum(stubborn->page), ZONE_DMA);
	__free_page(stubborn->page);
}

static void api_F20_nofail_never_returns_null(struct kunit *test)
{
	expect_stubbornness(test, 0, mm_unhide);
}

/* Pages that somebody frees, and that stay in his CPU's lists, are fetched from there. */
static void api_F20_nofail_gets_what_lies_with_the_cpus(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);
	long pages = share_of_min(dma, HALF) + 8;

	if (pages > this_cpu_ptr(dma->per_cpu_pageset)->high)
		kunit_skip(test, "the lists of a CPU hold too few");
	while (pages--)
		KUNIT_ASSERT_NOT_NULL(test, mm_take(GFP_KERNEL | GFP_DMA, 0));
	expect_stubbornness(test, 0, mm_give_all);
}

/* Who frees memory is told that nobody will free it for him. */
static void api_F20_nofail_of_memalloc_never_returns_null(struct kunit *test)
{
	kunit_expect_report(test, "WARNING: at mm/page_alloc_slow.c");
	expect_stubbornness(test, PF_MEMALLOC, mm_unhide);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

/* Every byte, whatever the former owner wrote. */
static void api_F22_zero(struct kunit *test)
{
	static const gfp_t flags[] = { GFP_KERNEL, GFP_DMA, GFP_HIGHUSER_MOVABLE };
	unsigned int order, n, round;
	unsigned long bad = 0, i;

	for (n = 0; n < ARRAY_SIZE(flags); n++) {
		for (order = 0; order <= 5; order++) {
			for (round = 0; round < 2; round++) {
				struct page *page = mm_take(flags[n] | __GFP_ZERO, order);

				KUNIT_ASSERT_NOT_NULL(test, page);
				for (i = 0; i < 1UL << order; i++) {
					void *address = kmap_local_page(page + i);

					bad += memchr_inv(address, 0, PAGE_SIZE) != NULL;
					memset(address, 0xa5, PAGE_SIZE);
					kunmap_local(address);
				}
				KUNIT_ASSERT_EQ(test, bad, 0);
				mm_give(page);
			}
		}
	}
}

static void api_F23_compound_page(struct kunit *test)
{
	unsigned int order, i, most = totalram_pages() < 256 ? 4 : 6;

	for (order = 1; order <= most; order++) {
		unsigned long before = mm_free_pages(NULL);
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, order);

		KUNIT_ASSERT_NOT_NULL(test, page);
		KUNIT_EXPECT_TRUE(test, PageHead(page));
		KUNIT_EXPECT_FALSE(test, PageTail(page));
		KUNIT_EXPECT_TRUE(test, PageCompound(page));
		KUNIT_EXPECT_EQ(test, compound_order(page), order);
		KUNIT_EXPECT_EQ(test, compound_nr(page), 1UL << order);
		KUNIT_EXPECT_EQ(test, page_size(page), PAGE_SIZE << order);
		for (i = 1; i < 1U << order; i++) {
			KUNIT_EXPECT_TRUE(test, PageTail(page + i));
			KUNIT_EXPECT_FALSE(test, PageHead(page + i));
			KUNIT_EXPECT_TRUE(test, PageCompound(page + i));
			KUNIT_EXPECT_PTR_EQ(test, compound_head(page + i), page);
			KUNIT_EXPECT_PTR_EQ(
				test, virt_to_head_page((char *)page_address(page) + i * PAGE_SIZE),
				page);
		}
		__free_pages(page, order);
		KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
		for (i = 0; i < 1U << order; i++)
			KUNIT_EXPECT_FALSE(test, PageCompound(page + i));
	}
}

static void api_F23_order_0_and_plain_blocks_are_not_compound(struct kunit *test)
{
	struct page *single = mm_take(GFP_KERNEL | __GFP_COMP, 0);
	struct page *plain = mm_take(GFP_KERNEL, 3);
	unsigned int i;

	KUNIT_EXPECT_FALSE(test, PageCompound(single));
	KUNIT_EXPECT_EQ(test, compound_order(single), 0);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_FALSE(test, PageCompound(plain + i));
	KUNIT_EXPECT_EQ(test, compound_order(plain), 0);
}

static struct kunit_case gfp_flags_cases[] = {
	KUNIT_CASE(api_F_zone_and_floor),
	KUNIT_CASE(api_F3_nowait_reports_its_failure),
	KUNIT_CASE(api_F10_silent_without_dma_memory),
	KUNIT_CASE(api_F12_get_free_pages_masks_highmem),
	KUNIT_CASE(api_F15_pfmemalloc_mark),
	KUNIT_CASE(api_F20_nofail_that_cannot_wait_warns),
	KUNIT_CASE(api_F20_nofail_floor),
	KUNIT_CASE(api_F20_nofail_above_order_1_warns),
	KUNIT_CASE(api_F20_nofail_of_memalloc_gets_the_last_page),
	KUNIT_CASE_SLOW(api_F20_nofail_never_returns_null),
	KUNIT_CASE_SLOW(api_F20_nofail_gets_what_lies_with_the_cpus),
	KUNIT_CASE_SLOW(api_F20_nofail_of_memalloc_never_returns_null),
	KUNIT_CASE_SLOW(api_F22_zero),
	KUNIT_CASE_SLOW(api_F23_compound_page),
	KUNIT_CASE(api_F23_order_0_and_plain_blocks_are_not_compound),
	{},
};

static struct kunit_suite gfp_flags_suite = {
	.name = "gfp_flags",
	.init = mm_test_init,
	.exit = mm_test_exit,
	.test_cases = gfp_flags_cases,
};
kunit_test_suite(gfp_flags_suite);
