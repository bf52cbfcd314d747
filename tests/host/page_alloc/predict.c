// SPDX-License-Identifier: MIT
/*
 * Which zone has to serve a request, by API.md Z4, W6 to W8 and F14 to F15: a second opinion.
 */
#include <linux/kernel.h>
#include <linux/sched.h>

#include "predict.h"

static int highest_zone(gfp_t gfp)
{
	if (gfp & __GFP_DMA)
		return ZONE_DMA;
	return gfp & __GFP_HIGHMEM ? ZONE_HIGHMEM : ZONE_NORMAL;
}

static bool is_nonblocking(gfp_t gfp)
{
	return !(gfp & (__GFP_DIRECT_RECLAIM | __GFP_NOMEMALLOC));
}

bool predict_ignores_marks(gfp_t gfp)
{
	if (gfp & __GFP_NOMEMALLOC)
		return false;
	return (gfp & __GFP_MEMALLOC) || (current->flags & PF_MEMALLOC);
}

/* Is there a block of the order or above in the free areas, HIGHATOMIC ones counted or not? */
static bool has_block(const struct zone *zone, unsigned int order, bool highatomic)
{
	for (; order <= MAX_PAGE_ORDER; order++) {
		const struct list_head *list = zone->free_area[order].free_list;

		if (!list_empty(&list[MIGRATE_UNMOVABLE]) || !list_empty(&list[MIGRATE_MOVABLE]) ||
		    !list_empty(&list[MIGRATE_RECLAIMABLE]) ||
		    (highatomic && !list_empty(&list[MIGRATE_HIGHATOMIC])))
			return true;
	}
	return false;
}

/* A block that waits in this CPU's list for just such a request. */
static bool has_block_at_hand(const struct zone *zone, gfp_t gfp, unsigned int order)
{
	unsigned int type = gfp & __GFP_MOVABLE ? 1 : gfp & __GFP_RECLAIMABLE ? 2 : 0;

	if (page_group_by_mobility_disabled)
		type = 0;
	return order <= PAGE_ALLOC_COSTLY_ORDER &&
	       !list_empty(&zone->per_cpu_pageset->lists[pcp_list_index(type, order)]);
}

/* W7: the floor, before the lowmem reserve. */
static long floor_of(const struct zone *zone, gfp_t gfp)
{
	long min = min_wmark_pages(zone);

	if (gfp & __GFP_HIGH) {
		min -= min / 2;
		if (is_nonblocking(gfp))
			min -= min / 4;
	}
	return min;
}

static bool serves_at_low(const struct zone *zone, gfp_t gfp, unsigned int order)
{
	long free = zone->nr_free_pages - zone->nr_free_highatomic - (1L << order) + 1;

	return free > (long)low_wmark_pages(zone) + zone->lowmem_reserve[highest_zone(gfp)] &&
	       (!order || has_block(zone, order, false));
}

static bool serves_at_min(const struct zone *zone, gfp_t gfp, unsigned int order)
{
	bool highatomic = order && (gfp & __GFP_HIGH) && is_nonblocking(gfp);
	long free = zone->nr_free_pages - (1L << order) + 1;

	if (!(gfp & __GFP_HIGH) && !is_nonblocking(gfp))
		free -= zone->nr_free_highatomic;
	if (free <= floor_of(zone, gfp) + zone->lowmem_reserve[highest_zone(gfp)])
		return false;
	if (order && !has_block(zone, order, highatomic))
		return false;
	/* Who cannot wait gets of HIGHATOMIC what is there. */
	return has_block(zone, order, is_nonblocking(gfp)) || has_block_at_hand(zone, gfp, order);
}

/* Far above its mark, the best zone gives what is at hand, whatever else it has. */
static bool serves_at_once(const struct zone *zone, gfp_t gfp, unsigned int order)
{
	return zone->nr_free_pages >= low_wmark_pages(zone) + zone->nr_reserved_highatomic +
					      (1 << PAGE_ALLOC_COSTLY_ORDER) &&
	       has_block_at_hand(zone, gfp, order);
}

int predict_zone(gfp_t gfp, unsigned int order)
{
	struct zone *zones = contig_page_data.node_zones;
	int highest = highest_zone(gfp), i;

	if (order > MAX_PAGE_ORDER)
		return -1;
	for (i = highest; i > 0 && !managed_zone(&zones[i]);)
		i--;
	if (serves_at_once(&zones[i], gfp, order))
		return i;
	for (i = highest; i >= 0; i--)
		if (managed_zone(&zones[i]) && serves_at_low(&zones[i], gfp, order))
			return i;
	for (i = highest; i >= 0; i--)
		if (managed_zone(&zones[i]) && serves_at_min(&zones[i], gfp, order))
			return i;
	for (i = highest; i >= 0 && predict_ignores_marks(gfp); i--)
		if (managed_zone(&zones[i]) && (has_block(&zones[i], order, false) ||
						has_block_at_hand(&zones[i], gfp, order)))
			return i;
	return -1;
}

bool predict_allows(const struct zone *zone, gfp_t gfp)
{
	return (int)zone_idx(zone) <= highest_zone(gfp);
}

long predict_least_left(const struct zone *zone, gfp_t gfp, unsigned int order)
{
	long left = floor_of(zone, gfp) + zone->lowmem_reserve[highest_zone(gfp)];

	if (predict_ignores_marks(gfp))
		return 0;
	return order > PAGE_ALLOC_COSTLY_ORDER ? left : left - zone->per_cpu_pageset->batch + 1;
}
