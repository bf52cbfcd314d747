// SPDX-License-Identifier: MIT
/* Asking for pages: API.md P1 to P4, P6 to P10, P12, and what memory there is (L6). */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/report.h>

#include "../kernel/capture.h"
#include "mm_test.h"

static bool at_rest(const struct page *page)
{
	return !page_ref_count(page) && page->page_type == -1U && !page->mapping &&
	       !(page->flags & PAGEFLAGS_MASK);
}

/* --- P1 to P4 ------------------------------------------------------------------------- */

static void api_P1_alloc_pages(struct kunit *test)
{
	struct page *block = alloc_pages(GFP_KERNEL, 2), *single = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, block);
	KUNIT_ASSERT_NOT_NULL(test, single);
	KUNIT_EXPECT_PTR_NE(test, block, single);
	__free_pages(block, 2);
	__free_page(single);
}

static void api_P1_get_free_pages(struct kunit *test)
{
	unsigned long before = mm_free_pages(NULL);
	unsigned long block = __get_free_pages(GFP_KERNEL, 3), page = __get_free_page(GFP_KERNEL);
	unsigned long zeroed = get_zeroed_page(GFP_KERNEL);

	KUNIT_ASSERT_NE(test, block, 0);
	KUNIT_ASSERT_NE(test, page, 0);
	KUNIT_ASSERT_NE(test, zeroed, 0);
	KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 10);
	KUNIT_EXPECT_TRUE(test, virt_addr_valid((void *)block));
	KUNIT_EXPECT_PTR_EQ(test, page_address(virt_to_page(block)), (void *)block);
	memset((void *)block, 0x11, PAGE_SIZE << 3);
	memset((void *)page, 0x22, PAGE_SIZE);
	KUNIT_EXPECT_NULL(test, memchr_inv((void *)zeroed, 0, PAGE_SIZE));
	KUNIT_EXPECT_NULL(test, memchr_inv((void *)block, 0x11, PAGE_SIZE << 3));
	free_pages(block, 3);
	free_page(page);
	free_page(zeroed);
	KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
}

static void api_P1_failure_is_null_or_0(struct kunit *test)
{
	gfp_t gfp = MM_TEST_GFP(GFP_DMA);

	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	KUNIT_EXPECT_NULL(test, alloc_pages(gfp, 4));
	KUNIT_EXPECT_NULL(test, alloc_page(gfp));
	KUNIT_EXPECT_EQ(test, __get_free_pages(gfp, 4), 0);
	KUNIT_EXPECT_EQ(test, __get_free_page(gfp), 0);
	KUNIT_EXPECT_EQ(test, get_zeroed_page(gfp), 0);
	KUNIT_EXPECT_NULL(test, alloc_pages_exact(5 * PAGE_SIZE, gfp));
}

/* Each page of the block has its own bytes where the arithmetic says. */
static bool holds_its_own_bytes(struct page *page, unsigned int order)
{
	unsigned long i, bad = 0, pfn = page_to_pfn(page);

	for (i = 0; i < 1UL << order; i++) {
		unsigned long *word = kmap_local_page(pfn_to_page(pfn + i));

		word[0] = word[1023] = pfn + i;
		kunmap_local(word);
	}
	for (i = 0; i < 1UL << order; i++) {
		unsigned long *word = kmap_local_page(page + i);

		bad += word[0] != pfn + i || word[1023] != pfn + i;
		kunmap_local(word);
	}
	return !bad;
}

static void api_P2_aligned_and_contiguous(struct kunit *test)
{
	static const gfp_t flags[] = { GFP_KERNEL, GFP_HIGHUSER_MOVABLE, GFP_DMA };
	unsigned int order, i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		for (order = 0; order <= MAX_PAGE_ORDER; order++) {
			struct page *page = mm_take(MM_TEST_GFP(flags[i]), order);

			/* The smallest machines have no large blocks. */
			if (!page && order > 4)
				break;
			KUNIT_ASSERT_NOT_NULL(test, page);
			KUNIT_EXPECT_EQ(test, page_to_phys(page) & ((PAGE_SIZE << order) - 1), 0);
			KUNIT_EXPECT_TRUE(test, holds_its_own_bytes(page, order));
		}
		mm_give_all();
	}
}

/* Lowmem is one run of addresses: the block is contiguous there too. */
static void api_P2_addresses_are_contiguous(struct kunit *test)
{
	char *address = (char *)__get_free_pages(GFP_KERNEL, 4);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, address);
	for (i = 0; i < 16; i++)
		KUNIT_EXPECT_EQ(test, page_to_pfn(virt_to_page(address + i * PAGE_SIZE)),
				page_to_pfn(virt_to_page(address)) + i);
	free_pages((unsigned long)address, 4);
}

/* One report for all of them: once a boot. */
static void api_P3_order_too_large(struct kunit *test)
{
	static const unsigned int orders[] = { 11, 12, 20, 31, 32, 64, 0x80000000, 0xffffffff };
	unsigned int i;

	kunit_expect_report(test, "WARNING: at mm/page_alloc.c");
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		KUNIT_EXPECT_NULL(test, alloc_pages(GFP_KERNEL, orders[i]));
		KUNIT_EXPECT_EQ(test, __get_free_pages(GFP_ATOMIC, orders[i]), 0);
	}
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void api_P3_nowarn_is_silent(struct kunit *test)
{
	report_reset_once();
	KUNIT_EXPECT_NULL(test, alloc_pages(GFP_KERNEL | __GFP_NOWARN, MAX_ORDER));
	KUNIT_EXPECT_NULL(test, alloc_pages(GFP_ATOMIC | __GFP_NOWARN, 99));
}

static void expect_new(struct kunit *test, const struct page *page)
{
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&page->_mapcount), -1);
	KUNIT_EXPECT_NULL(test, page->mapping);
	KUNIT_EXPECT_EQ(test, page_private(page), 0);
	KUNIT_EXPECT_EQ(test, page->flags & PAGEFLAGS_MASK, 0);
	KUNIT_EXPECT_FALSE(test, PageBuddy(page) || PageLRU(page) || PageSlab(page));
}

/* The former owner leaves behind what an owner may: nothing of it is seen again. */
static void api_P4_new_page(struct kunit *test)
{
	unsigned int order, round;

	for (order = 0; order <= 5; order++) {
		for (round = 0; round < 3; round++) {
			struct page *page = alloc_pages(GFP_KERNEL, order);
			unsigned int i;

			KUNIT_ASSERT_NOT_NULL(test, page);
			expect_new(test, page);
			for (i = 1; i < 1U << order; i++)
				KUNIT_EXPECT_TRUE(test, at_rest(page + i));
			SetPageReferenced(page);
			SetPageUptodate(page);
			SetPageDirty(page);
			SetPageWorkingset(page);
			SetPageSwapBacked(page);
			SetPageReclaim(page);
			page->private = ~0UL;
			page->index = 12345;
			INIT_LIST_HEAD(&page->lru);
			__free_pages(page, order);
			if (round == 1)
				drain_all_pages(NULL);
		}
	}
}

/* --- P6 ------------------------------------------------------------------------------- */

static void api_P6_null_address_is_nothing(struct kunit *test)
{
	unsigned long before = mm_free_pages(NULL), areas = nr_free_pages();
	unsigned int order;

	for (order = 0; order <= MAX_PAGE_ORDER; order++)
		free_pages(0, order);
	free_page(0);
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), areas);
}

static void api_P6_free_of_null_page(struct kunit *test)
{
	__free_pages(NULL, 0);
}

#ifdef CONFIG_DEBUG_VM
static void api_P6_address_not_of_lowmem(struct kunit *test)
{
	free_pages(0xfff00000, 0);
}
#endif

/* --- P7 to P9 ------------------------------------------------------------------------- */

static void api_P7_exact(struct kunit *test)
{
	static const size_t sizes[] = { 1, 4096, 4097, 5 * 4096, 7 * 4096 - 1, 8 * 4096, 33 * 4096 };
	unsigned int i, page;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		unsigned long before = mm_free_pages(NULL);
		unsigned int pages = DIV_ROUND_UP(sizes[i], PAGE_SIZE);
		char *address = alloc_pages_exact(sizes[i], GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, address);
		KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(address));
		/* The rest of the power of two went back at once. */
		KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), pages);
		memset(address, 0x77, pages * PAGE_SIZE);
		for (page = 0; page < pages; page++)
			KUNIT_EXPECT_EQ(test, page_count(virt_to_page(address + page * PAGE_SIZE)),
					1);
		free_pages_exact(address, sizes[i]);
		KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before);
	}
}

static void api_P7_pages_are_independent(struct kunit *test)
{
	char *address = alloc_pages_exact(6 * PAGE_SIZE, GFP_KERNEL);
	unsigned long before = mm_free_pages(NULL);

	KUNIT_ASSERT_NOT_NULL(test, address);
	free_page((unsigned long)address + 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before + 1);
	free_pages_exact(address, 2 * PAGE_SIZE);
	free_pages_exact(address + 3 * PAGE_SIZE, 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before + 6);
}

static void api_P7_comp_and_highmem_are_dropped(struct kunit *test)
{
	static const gfp_t wrong[] = { __GFP_COMP, __GFP_HIGHMEM };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		void *address;

		kunit_expect_report(test, "WARNING: at mm/page_alloc.c");
		address = alloc_pages_exact(3 * PAGE_SIZE, GFP_KERNEL | wrong[i]);
		KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), i + 1);
		KUNIT_ASSERT_NOT_NULL(test, address);
		KUNIT_EXPECT_FALSE(test, PageHead(virt_to_page(address)));
		KUNIT_EXPECT_TRUE(test, virt_addr_valid(address));
		free_pages_exact(address, 3 * PAGE_SIZE);
	}
}

static void give_bulk(struct page **pages, unsigned int nr)
{
	while (nr--)
		if (pages[nr])
			__free_page(pages[nr]);
}

static void api_P8_bulk_fills_the_null_slots(struct kunit *test)
{
	struct page *pages[12] = { NULL }, *mine[2];
	unsigned long before;
	unsigned int i;

	pages[0] = mine[0] = alloc_page(GFP_KERNEL);
	pages[5] = mine[1] = alloc_page(GFP_KERNEL);
	before = mm_free_pages(NULL);
	KUNIT_EXPECT_EQ(test, alloc_pages_bulk_array(GFP_KERNEL, 10, pages), 10);
	KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 8);
	KUNIT_EXPECT_PTR_EQ(test, pages[0], mine[0]);
	KUNIT_EXPECT_PTR_EQ(test, pages[5], mine[1]);
	for (i = 0; i < 10; i++) {
		KUNIT_ASSERT_NOT_NULL(test, pages[i]);
		expect_new(test, pages[i]);
	}
	KUNIT_EXPECT_NULL(test, pages[10]);
	KUNIT_EXPECT_NULL(test, pages[11]);
	/* All there already: nothing is taken. Also by the later name. */
	before = mm_free_pages(NULL);
	KUNIT_EXPECT_EQ(test, alloc_pages_bulk(GFP_KERNEL, 10, pages), 10);
	KUNIT_EXPECT_EQ(test, alloc_pages_bulk_array(GFP_KERNEL, 0, pages), 0);
	KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
	give_bulk(pages, 12);
}

static void api_P8_bulk_may_return_fewer(struct kunit *test)
{
	struct page *pages[64] = { NULL };
	unsigned long got, i;

	mm_leave(MM_TEST_GFP(GFP_DMA), 20);
	got = alloc_pages_bulk_array(MM_TEST_GFP(GFP_DMA), 64, pages);
	KUNIT_EXPECT_GT(test, got, 0);
	KUNIT_EXPECT_LT(test, got, 64);
	for (i = 0; i < 64; i++)
		KUNIT_EXPECT_EQ(test, pages[i] != NULL, i < got);
	give_bulk(pages, 64);
}

static void api_P9_split_page(struct kunit *test)
{
	unsigned long before = mm_free_pages(NULL);
	struct page *page = alloc_pages(GFP_KERNEL, 4);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	split_page(page, 4);
	for (i = 0; i < 16; i++)
		KUNIT_EXPECT_EQ(test, page_ref_count(page + i), 1);
	/* In an order in which no neighbours follow each other. */
	for (i = 0; i < 16; i++) {
		KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 16 - i);
		__free_page(page + i * 7 % 16);
	}
	KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
}

static void api_P9_split_of_order_0(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);

	split_page(page, 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	__free_page(page);
}

static void api_P9_split_of_compound(struct kunit *test)
{
	split_page(alloc_pages(GFP_KERNEL | __GFP_COMP, 2), 2);
}

/* --- P10 ------------------------------------------------------------------------------ */

static void api_P10_failure_report(struct kunit *test)
{
	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	mm_hide_down_to(mm_zone(ZONE_NORMAL), 0);
	kunit_expect_report(test, "init: page allocation failure: order:4, "
				  "mode:0xcc0(GFP_KERNEL), nodemask=(null)");
	KUNIT_EXPECT_NULL(test, alloc_pages(GFP_KERNEL, 4));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);

	kunit_expect_report(test, "page allocation failure: order:0, mode:0x820(GFP_ATOMIC), ");
	KUNIT_EXPECT_NULL(test, alloc_page(GFP_ATOMIC));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 2);

	kunit_expect_report(test, "order:1, mode:0x901(GFP_NOWAIT|GFP_DMA|__GFP_ZERO), nodemask=");
	KUNIT_EXPECT_NULL(test, alloc_pages(GFP_NOWAIT | GFP_DMA | __GFP_ZERO, 1));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 3);
}

static void api_P10_nowarn_is_silent(struct kunit *test)
{
	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	mm_hide_down_to(mm_zone(ZONE_NORMAL), 0);
	report_reset_once();
	KUNIT_EXPECT_NULL(test, alloc_pages(GFP_KERNEL | __GFP_NOWARN, 4));
	KUNIT_EXPECT_NULL(test, alloc_page(GFP_ATOMIC | __GFP_NOWARN));
	KUNIT_EXPECT_NULL(test, alloc_page(GFP_NOWAIT | __GFP_NOWARN));
}

/* Slow, because a limit that says no has to measure the clock. */
static void api_P10_once_in_ten_seconds(struct kunit *test)
{
	unsigned int i;

	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	kunit_expect_report(test, "page allocation failure");
	for (i = 0; i < 20; i++)
		KUNIT_EXPECT_NULL(test, alloc_page(GFP_DMA));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

/* "stack + Mem-Info": what the report shows when nobody declared it. */
static void api_P10_mem_info(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);
	char line[64];

	capture_begin(test, &capture);
	show_mem(0, NULL);
	capture_end(test, &capture);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "Mem-Info:"));
	snprintf(line, sizeof(line), "DMA free:%lukB min:%lukB low:%lukB high:%lukB",
		 dma->nr_free_pages * 4, min_wmark_pages(dma) * 4, low_wmark_pages(dma) * 4,
		 high_wmark_pages(dma) * 4);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, line));
	snprintf(line, sizeof(line), "= %lukB", dma->nr_free_pages * 4);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, line));
}

/* --- P12, L6 -------------------------------------------------------------------------- */

static void api_P12_round_trips(struct kunit *test)
{
	unsigned long pfn;

	for (pfn = 0; pfn < max_low_pfn; pfn++) {
		struct page *page;
		char *address;

		if (!pfn_valid(pfn))
			continue;
		page = pfn_to_page(pfn);
		address = page_address(page);
		if (page_to_pfn(page) == pfn && __pa(address) == pfn << PAGE_SHIFT &&
		    virt_to_page(address) == page && virt_to_page(address + 4095) == page &&
		    page_to_phys(page) == (phys_addr_t)pfn << PAGE_SHIFT &&
		    phys_to_page(page_to_phys(page)) == page && pfn_to_virt(pfn) == address)
			continue;
		KUNIT_FAIL(test, "pfn %#lx does not round-trip", pfn);
		return;
	}
}

static void api_P12_highmem_has_no_address(struct kunit *test)
{
	struct page *page;
	void *address;

	if (!managed_zone(mm_zone(ZONE_HIGHMEM)))
		kunit_skip(test, "no ZONE_HIGHMEM");
	page = mm_take(GFP_HIGHUSER, 0);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_TRUE(test, PageHighMem(page));
	KUNIT_EXPECT_NULL(test, page_address(page));
	KUNIT_EXPECT_PTR_EQ(test, pfn_to_page(page_to_pfn(page)), page);
	KUNIT_EXPECT_PTR_EQ(test, phys_to_page(page_to_phys(page)), page);
	address = kmap_local_page(page);
	KUNIT_EXPECT_NOT_NULL(test, address);
	KUNIT_EXPECT_FALSE(test, virt_addr_valid(address));
	kunmap_local(address);
}

static void api_L6_si_meminfo(struct kunit *test)
{
	struct page *page = mm_take(GFP_HIGHUSER, 4);
	unsigned long total = 0, free = 0;
	struct sysinfo info;
	struct zone *zone;

	KUNIT_ASSERT_NOT_NULL(test, page);
	si_meminfo(&info);
	for_each_zone(zone) {
		total += zone->managed_pages;
		free += zone->nr_free_pages;
	}
	KUNIT_EXPECT_EQ(test, info.totalram, total);
	KUNIT_EXPECT_EQ(test, info.freeram, free);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free);
	KUNIT_EXPECT_EQ(test, info.totalhigh, mm_zone(ZONE_HIGHMEM)->managed_pages);
	KUNIT_EXPECT_EQ(test, info.freehigh, mm_zone(ZONE_HIGHMEM)->nr_free_pages);
	KUNIT_EXPECT_EQ(test, info.mem_unit, PAGE_SIZE);
	mm_give(page);
	si_meminfo(&info);
	KUNIT_EXPECT_EQ(test, info.freeram, free + 16);
}

static void api_L6_get_order(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, get_order(1), 0);
	KUNIT_EXPECT_EQ(test, get_order(4096), 0);
	KUNIT_EXPECT_EQ(test, get_order(4097), 1);
	KUNIT_EXPECT_EQ(test, get_order(8192), 1);
	KUNIT_EXPECT_EQ(test, get_order(8193), 2);
	KUNIT_EXPECT_EQ(test, get_order(4 << 20), 10);
	KUNIT_EXPECT_EQ(test, get_order((4 << 20) + 1), 11);
}

static struct kunit_case page_alloc_cases[] = {
	KUNIT_CASE(api_P1_alloc_pages),
	KUNIT_CASE(api_P1_get_free_pages),
	KUNIT_CASE(api_P1_failure_is_null_or_0),
	KUNIT_CASE_SLOW(api_P2_aligned_and_contiguous),
	KUNIT_CASE(api_P2_addresses_are_contiguous),
	KUNIT_CASE(api_P3_order_too_large),
	KUNIT_CASE(api_P3_nowarn_is_silent),
	KUNIT_CASE(api_P4_new_page),
	KUNIT_CASE(api_P6_null_address_is_nothing),
	KUNIT_CASE_OOPS(api_P6_free_of_null_page, "NULL pointer dereference"),
#ifdef CONFIG_DEBUG_VM
	KUNIT_CASE_OOPS(api_P6_address_not_of_lowmem, "kernel BUG at mm/page_alloc.c"),
#endif
	KUNIT_CASE(api_P7_exact),
	KUNIT_CASE(api_P7_pages_are_independent),
	KUNIT_CASE(api_P7_comp_and_highmem_are_dropped),
	KUNIT_CASE(api_P8_bulk_fills_the_null_slots),
	KUNIT_CASE(api_P8_bulk_may_return_fewer),
	KUNIT_CASE(api_P9_split_page),
	KUNIT_CASE(api_P9_split_of_order_0),
	KUNIT_CASE_OOPS(api_P9_split_of_compound, "kernel BUG at mm/page_alloc.c"),
	KUNIT_CASE(api_P10_failure_report),
	KUNIT_CASE(api_P10_nowarn_is_silent),
	KUNIT_CASE_SLOW(api_P10_once_in_ten_seconds),
	KUNIT_CASE(api_P10_mem_info),
	KUNIT_CASE(api_P12_round_trips),
	KUNIT_CASE(api_P12_highmem_has_no_address),
	KUNIT_CASE(api_L6_si_meminfo),
	KUNIT_CASE(api_L6_get_order),
	{},
};

static struct kunit_suite page_alloc_suite = {
	.name = "page_alloc",
	.init = mm_test_init,
	.exit = mm_test_exit,
	.test_cases = page_alloc_cases,
};
kunit_test_suite(page_alloc_suite);
