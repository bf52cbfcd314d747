// SPDX-License-Identifier: MIT
/* Zones and zonelists: API.md section 1, on the machine that the tests run on. */
#include <linux/kernel.h>

#include "mm_test.h"

/* The combinations of zone bits that make sense, and the zone that each may start in. */
static const struct zone_case {
	gfp_t gfp;
	int zone;
	const char *name;
} zone_cases[] = {
	{ 0, ZONE_NORMAL, "0" },
	{ __GFP_DMA, ZONE_DMA, "DMA" },
	{ __GFP_HIGHMEM, ZONE_HIGHMEM, "HIGHMEM" },
	{ __GFP_DMA32, ZONE_NORMAL, "DMA32" },
	{ __GFP_MOVABLE, ZONE_NORMAL, "MOVABLE" },
	{ __GFP_MOVABLE | __GFP_DMA, ZONE_DMA, "MOVABLE|DMA" },
	{ __GFP_MOVABLE | __GFP_HIGHMEM, ZONE_HIGHMEM, "MOVABLE|HIGHMEM" },
	{ __GFP_MOVABLE | __GFP_DMA32, ZONE_NORMAL, "MOVABLE|DMA32" },
};

#define for_each_zone_case(c) \
	for ((c) = zone_cases; (c) < zone_cases + ARRAY_SIZE(zone_cases); (c)++)

static void api_Z1_zone_bounds(struct kunit *test)
{
	const struct zone *dma = mm_zone(ZONE_DMA), *normal = mm_zone(ZONE_NORMAL);
	const struct zone *high = mm_zone(ZONE_HIGHMEM);

	KUNIT_EXPECT_EQ(test, dma->zone_start_pfn, 0);
	KUNIT_EXPECT_EQ(test, zone_end_pfn(dma), min(4096UL, max_low_pfn));
	KUNIT_EXPECT_EQ(test, mm_zone(ZONE_DMA32)->spanned_pages, 0);
	KUNIT_EXPECT_EQ(test, mm_zone(ZONE_DMA32)->present_pages, 0);
	KUNIT_EXPECT_EQ(test, mm_zone(ZONE_DMA32)->managed_pages, 0);
	if (normal->spanned_pages) {
		KUNIT_EXPECT_EQ(test, normal->zone_start_pfn, 4096);
		KUNIT_EXPECT_EQ(test, zone_end_pfn(normal), max_low_pfn);
	}
	if (high->spanned_pages) {
		KUNIT_EXPECT_EQ(test, high->zone_start_pfn, max_low_pfn);
		KUNIT_EXPECT_EQ(test, zone_end_pfn(high), max_pfn);
	}
	KUNIT_EXPECT_LE(test, max_low_pfn, 896UL << (20 - PAGE_SHIFT));
	KUNIT_EXPECT_EQ(test, max_low_pfn == max_pfn, high->spanned_pages == 0);
}

/* Every frame up to 4 GiB, and beyond that one in 61. */
static void api_Z1_every_page_is_in_the_zone_of_its_address(struct kunit *test)
{
	unsigned long pfn, step = max_pfn > 1UL << 20 ? 61 : 1;

	for (pfn = 0; pfn < max_pfn; pfn += step) {
		struct page *page;

		if (!pfn_valid(pfn))
			continue;
		page = pfn_to_page(pfn);
		if (page_zone(page) == mm_zone(mm_zone_of_pfn(pfn)) && page_to_pfn(page) == pfn &&
		    zone_spans_pfn(page_zone(page), pfn))
			continue;
		KUNIT_FAIL(test, "pfn %#lx is in zone %s", pfn, page_zone(page)->name);
		return;
	}
}

static void api_Z1_present_pages_are_the_ram(struct kunit *test)
{
	unsigned long ram[MAX_NR_ZONES] = { 0 };
	phys_addr_t start, end;
	int zone;
	u64 i;

	for_each_mem_range(i, &start, &end) {
		unsigned long pfn = PFN_UP(start);

		for_each_zone_index(zone) {
			unsigned long stop =
				min_t(unsigned long, PFN_DOWN(end), zone_end_pfn(mm_zone(zone)));

			if (!mm_zone(zone)->spanned_pages || stop <= pfn)
				continue;
			ram[zone] += stop - pfn;
			pfn = stop;
		}
	}
	for_each_zone_index(zone)
		KUNIT_EXPECT_EQ_MSG(test, mm_zone(zone)->present_pages, ram[zone], "zone %s",
				    mm_zone(zone)->name);
}

static void api_Z2_gfp_zone_table(struct kunit *test)
{
	const struct zone_case *c;

	for_each_zone_case(c) {
		KUNIT_EXPECT_EQ_MSG(test, gfp_zone(c->gfp), c->zone, "%s", c->name);
		/* Other flags make no difference. */
		KUNIT_EXPECT_EQ(test, gfp_zone(c->gfp | (__GFP_BITS_MASK & ~GFP_ZONEMASK)),
				c->zone);
		KUNIT_EXPECT_EQ(test, mm_highest_zone(c->gfp), c->zone);
	}
}

/* With plenty of memory everywhere: the highest zone that the flags allow and that exists. */
static void expect_zone(struct kunit *test, const struct zone_case *c, unsigned int order)
{
	int wanted = mm_predict(c->gfp, order);
	struct page *page = mm_take(MM_TEST_GFP(c->gfp), order);

	KUNIT_ASSERT_NOT_NULL_MSG(test, page, "%s, order %u", c->name, order);
	KUNIT_EXPECT_EQ_MSG(test, mm_zone_of_pfn(page_to_pfn(page)), wanted, "%s, order %u",
			    c->name, order);
	KUNIT_EXPECT_LE(test, mm_zone_of_pfn(page_to_pfn(page)), c->zone);
	mm_reset();
}

static void api_Z2_zone_of_the_result(struct kunit *test)
{
	static const unsigned int orders[] = { 0, 3, 4, 6 };
	const struct zone_case *c;
	unsigned int i;

	for_each_zone_case(c)
		for (i = 0; i < ARRAY_SIZE(orders); i++)
			expect_zone(test, c, orders[i]);
}

static void api_Z3_bad_combinations(struct kunit *test)
{
	unsigned int bits;

	for (bits = 0; bits < 16; bits++) {
		bool bad = hweight32(bits & (__GFP_DMA | __GFP_HIGHMEM | __GFP_DMA32)) > 1;

		KUNIT_EXPECT_EQ_MSG(test, (GFP_ZONE_BAD >> bits) & 1, bad, "zone bits %#x", bits);
	}
}

#ifdef CONFIG_DEBUG_VM
static void api_Z3_dma_and_highmem(struct kunit *test)
{
	alloc_pages(GFP_KERNEL | __GFP_DMA | __GFP_HIGHMEM, 0);
}

static void api_Z3_dma_and_dma32(struct kunit *test)
{
	alloc_pages(GFP_KERNEL | __GFP_DMA | __GFP_DMA32, 4);
}

static void api_Z3_dma32_and_highmem_and_movable(struct kunit *test)
{
	gfp_zone(GFP_HIGHUSER_MOVABLE | __GFP_DMA32);
}
#endif

static void api_Z4_zonelists(struct kunit *test)
{
	int highest, i;

	for_each_zone_index(highest) {
		struct zone *const *entry = contig_page_data.zonelists[highest].zones;

		for (i = highest; i >= 0; i--)
			if (mm_zone(i)->managed_pages)
				KUNIT_EXPECT_PTR_EQ(test, *entry++, mm_zone(i));
		KUNIT_EXPECT_NULL(test, *entry);
	}
}

/*
 * From all zones a little above their marks until it is refused: where each block comes
 * from, and that zones above the flags' highest are never touched.
 */
static void expect_never_up(struct kunit *test, const struct zone_case *c)
{
	unsigned long free[MAX_NR_ZONES];
	struct page *page;
	int i, wanted;

	mm_near_limits(c->gfp);
	for_each_zone_index(i)
		free[i] = mm_zone(i)->nr_free_pages;
	for (;;) {
		wanted = mm_predict(c->gfp, 4);
		page = mm_take(MM_TEST_GFP(c->gfp), 4);
		if (!page)
			break;
		KUNIT_ASSERT_EQ_MSG(test, mm_zone_of_pfn(page_to_pfn(page)), wanted, "%s", c->name);
	}
	KUNIT_EXPECT_EQ_MSG(test, wanted, -1, "%s", c->name);
	for_each_zone_index(i)
		if (i > c->zone)
			KUNIT_EXPECT_EQ_MSG(test, mm_zone(i)->nr_free_pages, free[i], "%s, zone %s",
					    c->name, mm_zone(i)->name);
		else
			KUNIT_EXPECT_LE(test, mm_zone(i)->nr_free_pages, free[i]);
	mm_reset();
}

static void api_Z4_never_up(struct kunit *test)
{
	const struct zone_case *c;

	for_each_zone_case(c)
		expect_never_up(test, c);
}

static void api_Z4_gfp_dma_is_below_16_MiB(struct kunit *test)
{
	gfp_t gfp = MM_TEST_GFP(GFP_DMA | __GFP_MEMALLOC);
	struct page *page;
	int order;

	for (order = MAX_PAGE_ORDER; order >= 0; order--)
		mm_fill(gfp, order);
	KUNIT_EXPECT_FALSE(test, list_empty(&mm_held));
	list_for_each_entry(page, &mm_held, lru)
		KUNIT_ASSERT_LE(test, page_to_phys(page) + (PAGE_SIZE << page->private),
				(phys_addr_t)16 << 20);
	KUNIT_EXPECT_EQ(test, mm_zone(ZONE_DMA)->nr_free_pages, 0);
}

/* A KERNEL request leaves DMA its reserve against NORMAL, beside the mark; a DMA request none. */
static void api_Z5_lowmem_reserve(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA), *normal = mm_zone(ZONE_NORMAL);
	long min = min_wmark_pages(dma), reserve = dma->lowmem_reserve[ZONE_NORMAL];

	if (!managed_zone(normal))
		kunit_skip(test, "no ZONE_NORMAL");
	mm_hide_small(dma, 4);
	mm_hide_small(normal, 4);
	mm_hide_down_to(normal, 0);

	mm_fill(MM_TEST_GFP(0), 4);
	KUNIT_EXPECT_GE(test, (long)dma->nr_free_pages, min + reserve);
	KUNIT_EXPECT_LT(test, (long)dma->nr_free_pages, min + reserve + 16);
	KUNIT_EXPECT_EQ(test, dma->lowmem_reserve[ZONE_DMA], 0);
	mm_fill(MM_TEST_GFP(GFP_DMA), 4);
	KUNIT_EXPECT_GE(test, (long)dma->nr_free_pages, min);
	KUNIT_EXPECT_LT(test, (long)dma->nr_free_pages, min + 16);
}

static struct kunit_case mmzone_cases[] = {
	KUNIT_CASE(api_Z1_zone_bounds),
	KUNIT_CASE(api_Z1_every_page_is_in_the_zone_of_its_address),
	KUNIT_CASE(api_Z1_present_pages_are_the_ram),
	KUNIT_CASE(api_Z2_gfp_zone_table),
	KUNIT_CASE(api_Z2_zone_of_the_result),
	KUNIT_CASE(api_Z3_bad_combinations),
#ifdef CONFIG_DEBUG_VM
	KUNIT_CASE_OOPS(api_Z3_dma_and_highmem, "kernel BUG at include/linux/gfp.h"),
	KUNIT_CASE_OOPS(api_Z3_dma_and_dma32, "kernel BUG at include/linux/gfp.h"),
	KUNIT_CASE_OOPS(api_Z3_dma32_and_highmem_and_movable, "kernel BUG at include/linux/gfp.h"),
#endif
	KUNIT_CASE(api_Z4_zonelists),
	KUNIT_CASE(api_Z4_never_up),
	KUNIT_CASE(api_Z4_gfp_dma_is_below_16_MiB),
	KUNIT_CASE(api_Z5_lowmem_reserve),
	{},
};

static struct kunit_suite mmzone_suite = {
	.name = "mmzone",
	.init = mm_test_init,
	.exit = mm_test_exit,
	.test_cases = mmzone_cases,
};
kunit_test_suite(mmzone_suite);
