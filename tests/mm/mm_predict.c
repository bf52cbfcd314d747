// SPDX-License-Identifier: MIT
/*
 * What the contract says of zones and marks, as a second opinion: API.md sections 1 and 2,
 * not mm/page_alloc.c, is the source of each line here.
 */
#include <linux/kernel.h>
#include <linux/sched.h>

#include "mm_test.h"

int mm_highest_zone(gfp_t gfp)
{
	switch (gfp & (__GFP_DMA | __GFP_HIGHMEM | __GFP_DMA32)) {
	case 0:
	case __GFP_DMA32:
		return ZONE_NORMAL;
	case __GFP_DMA:
		return ZONE_DMA;
	case __GFP_HIGHMEM:
		return ZONE_HIGHMEM;
	default:
		return -1;
	}
}

int mm_zone_of_pfn(unsigned long pfn)
{
	if (pfn < (16UL << 20) / PAGE_SIZE)
		return ZONE_DMA;
	return pfn < max_low_pfn ? ZONE_NORMAL : ZONE_HIGHMEM;
}

static bool is_atomic(gfp_t gfp)
{
	return !(gfp & (__GFP_DIRECT_RECLAIM | __GFP_NOMEMALLOC));
}

static bool ignores_marks(gfp_t gfp)
{
	if (gfp & __GFP_NOMEMALLOC)
		return false;
	return (gfp & __GFP_MEMALLOC) || (current->flags & PF_MEMALLOC);
}

long mm_floor(const struct zone *zone, gfp_t gfp)
{
	long min = min_wmark_pages(zone);

	if (ignores_marks(gfp))
		return 0;
	if (gfp & __GFP_HIGH) {
		min = min - min / 2;
		if (is_atomic(gfp))
			min = min - min / 4;
	}
	return min;
}

long mm_limit(const struct zone *zone, gfp_t gfp)
{
	if (ignores_marks(gfp))
		return 0;
	return mm_floor(zone, gfp) + zone->lowmem_reserve[mm_highest_zone(gfp)];
}

static bool has_block(const struct zone *zone, unsigned int order, bool highatomic)
{
	for (; order <= 10; order++) {
		const struct list_head *list = zone->free_area[order].free_list;

		if (!list_empty(&list[MIGRATE_UNMOVABLE]) || !list_empty(&list[MIGRATE_MOVABLE]) ||
		    !list_empty(&list[MIGRATE_RECLAIMABLE]) ||
		    (highatomic && !list_empty(&list[MIGRATE_HIGHATOMIC])))
			return true;
	}
	return false;
}

int mm_predict(gfp_t gfp, unsigned int order)
{
	bool reserves = (gfp & __GFP_HIGH) || is_atomic(gfp);
	bool highatomic = order && (gfp & __GFP_HIGH) && is_atomic(gfp);
	long less_one = (1L << order) - 1;
	int highest = mm_highest_zone(gfp), i;

	/* Nobody has a right to the reserves above the low mark. */
	for (i = highest; i >= 0; i--) {
		const struct zone *zone = mm_zone(i);
		long free = zone->nr_free_pages - zone->nr_free_highatomic - less_one;

		if (free > (long)low_wmark_pages(zone) + zone->lowmem_reserve[highest] &&
		    has_block(zone, order, false))
			return i;
	}
	for (i = highest; i >= 0; i--) {
		const struct zone *zone = mm_zone(i);
		long free = zone->nr_free_pages - less_one;
		long min = min_wmark_pages(zone);

		if (!reserves)
			free -= zone->nr_free_highatomic;
		if (gfp & __GFP_HIGH)
			min -= min / 2;
		if ((gfp & __GFP_HIGH) && is_atomic(gfp))
			min -= min / 4;
		if (free > min + zone->lowmem_reserve[highest] &&
		    has_block(zone, order, highatomic))
			return i;
	}
	for (i = highest; i >= 0 && ignores_marks(gfp); i--)
		if (has_block(mm_zone(i), order, false))
			return i;
	return -1;
}

/* --- the exact floor ------------------------------------------------------------------ */

void mm_near_limits(gfp_t gfp)
{
	int i, highest = mm_highest_zone(gfp);

	for_each_zone_index(i) {
		struct zone *zone = mm_zone(i);

		mm_hide_small(zone, 4);
		mm_hide_down_to(zone, high_wmark_pages(zone) + zone->lowmem_reserve[highest] + 64);
	}
}

/* Blocks of 16 pages, as long as more than limit + 15 pages are free. */
long mm_left_by_order_4(long free, long limit)
{
	while (free - 15 > limit)
		free -= 16;
	return free;
}

void mm_check_floor(struct kunit *test, gfp_t gfp)
{
	long left[MAX_NR_ZONES];
	struct page *page;
	int i, wanted;

	mm_near_limits(gfp);
	for_each_zone_index(i) {
		left[i] = mm_zone(i)->nr_free_pages;
		if (i <= mm_highest_zone(gfp))
			left[i] = mm_left_by_order_4(left[i], mm_limit(mm_zone(i), gfp));
	}
	for (;;) {
		wanted = mm_predict(gfp, 4);
		page = mm_take(MM_TEST_GFP(gfp), 4);
		if (!page)
			break;
		KUNIT_ASSERT_EQ(test, mm_zone_of_pfn(page_to_pfn(page)), wanted);
	}
	KUNIT_EXPECT_EQ(test, wanted, -1);
	for_each_zone_index(i)
		KUNIT_EXPECT_EQ_MSG(test, mm_zone(i)->nr_free_pages, left[i], "zone %s",
				    mm_zone(i)->name);
}
