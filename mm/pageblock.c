// SPDX-License-Identifier: MIT
/*
 * Pageblocks: pages of one kind together.
 *
 * One page that can never move spoils the 2 MiB around it for ever. So each
 * pageblock of 512 pages has a migrate type, requests say of which type they
 * are, and are served from pageblocks of that type as long as there are any:
 *
 *	UNMOVABLE	what the kernel keeps: page tables, slabs	[UUUUUUU.]
 *	RECLAIMABLE	caches that can be dropped on request		[RRRR....]
 *	MOVABLE		pages reached through page tables only		[MM.MMM.M]
 *	HIGHATOMIC	kept for high orders that cannot wait		[........]
 *
 * When a type has nothing left, it takes from another, from the one that suffers
 * least, and from the largest free block, so that this happens seldom:
 *
 *	- a large enough block brings its whole pageblock along, if half of it is
 *	  free or already of a like kind: the pageblock changes its type;
 *	- otherwise just the block that is needed is taken, and the rest stays.
 *
 * Worked example: all pageblocks are MOVABLE at boot. The first UNMOVABLE request
 * of order 0 finds a free MOVABLE block of order 10: its two pageblocks become
 * UNMOVABLE, and the following 1023 unmovable pages come from there.
 *
 * HIGHATOMIC. An atomic request of order > 0 that succeeded makes its pageblock
 * HIGHATOMIC, so that the next one succeeds too; at most 1 % of a zone and one
 * block. Before a request that may sleep is refused, they are given back.
 *
 * Cost: none on a fast path (the type is looked up when a page is freed, a load).
 * Changing a pageblock's type walks its 512 frames.
 *
 * Invariants, checked by page_alloc_check():
 *	I-pageblock-1  nr_reserved_highatomic is the number of pages in HIGHATOMIC blocks
 *	I-pageblock-2  without grouping by mobility all pageblocks are UNMOVABLE
 *
 * Locking: zone->lock for the types of the zone's pageblocks; a reader without
 * it may see a type that is about to change, and decides nothing for ever by it.
 *
 * Left out: MIGRATE_CMA and MIGRATE_ISOLATE, whose mechanisms come later.
 */
#include <linux/kernel.h>
#include <linux/mm.h>

#include "internal.h"

unsigned int page_group_by_mobility_disabled;
gfp_t __gfp_mobility_mask = GFP_MOVABLE_MASK;
int watermark_boost_factor = 15000;

#define NR_FALLBACKS (MIGRATE_PCPTYPES - 1)

/* Whom to take from, first choice first. */
static const enum migratetype fallbacks[MIGRATE_PCPTYPES][NR_FALLBACKS] = {
	[MIGRATE_UNMOVABLE] = { MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE },
	[MIGRATE_MOVABLE] = { MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE },
	[MIGRATE_RECLAIMABLE] = { MIGRATE_UNMOVABLE, MIGRATE_MOVABLE },
};

void set_pageblock_migratetype(struct page *page, enum migratetype type)
{
	*__pageblock_type(page) = type;
}

void disable_mobility_grouping(void)
{
	page_group_by_mobility_disabled = 1;
	__gfp_mobility_mask = 0;
}

static struct page *pageblock_start(struct page *page)
{
	return page - (page_to_pfn(page) & (pageblock_nr_pages - 1));
}

/* Of the pageblock at the end of a zone only a part may be the zone's. */
static unsigned long pageblock_pages(const struct zone *zone, struct page *page)
{
	unsigned long start = page_to_pfn(pageblock_start(page));

	return min(start + pageblock_nr_pages, zone_end_pfn(zone)) - start;
}

/* What is in a pageblock, as far as its struct pages tell. */
struct pageblock_use {
	unsigned long free;
	unsigned long movable; /* in use, on an LRU list */
};

static struct pageblock_use pageblock_count(struct page *start)
{
	struct pageblock_use use = { 0, 0 };
	unsigned long i, step;

	for (i = 0; i < pageblock_nr_pages; i += step) {
		step = 1;
		if (PageBuddy(start + i)) {
			step = 1UL << buddy_order(start + i);
			use.free += step;
		} else if (PageLRU(start + i)) {
			use.movable++;
		}
	}
	return use;
}

/*
 * Gives the pageblock, and with it its free blocks, to another type. A free
 * block that is larger than the pageblock takes its other pageblock along.
 */
static void change_pageblock(struct zone *zone, struct page *page, enum migratetype to)
{
	enum migratetype from = get_pageblock_migratetype(page);
	struct page *start = pageblock_start(page);
	unsigned long i, step;

	set_pageblock_migratetype(start, to);
	for (i = 0; i < pageblock_nr_pages; i += step) {
		unsigned int order;

		step = 1;
		if (!PageBuddy(start + i))
			continue;
		order = buddy_order(start + i);
		step = 1UL << order;
		if (order > pageblock_order)
			set_pageblock_migratetype(start + pageblock_nr_pages, to);
		del_from_free_list(zone, start + i, order, from);
		/* A whole pageblock may merge with its neighbour, now that its type is another. */
		if (order == pageblock_order)
			free_one_block(zone, start + i, order);
		else
			add_to_free_list(zone, start + i, order, to);
	}
}

/* May a request of this type bring the whole pageblock along? */
static bool may_claim(unsigned int order, enum migratetype type)
{
	return order >= pageblock_order / 2 || type == MIGRATE_RECLAIMABLE ||
	       type == MIGRATE_UNMOVABLE;
}

/*
 * Does enough of the pageblock suit the type, or is free to? What is in use in a
 * MOVABLE pageblock and cannot move suits an UNMOVABLE or RECLAIMABLE request; those
 * two cannot be told from each other.
 */
static bool mostly_suits(struct page *page, enum migratetype type)
{
	struct pageblock_use use = pageblock_count(pageblock_start(page));
	unsigned long alike = 0;

	if (type == MIGRATE_MOVABLE)
		alike = use.movable;
	else if (get_pageblock_migratetype(page) == MIGRATE_MOVABLE)
		alike = pageblock_nr_pages - use.free - use.movable;
	return use.free + alike >= pageblock_nr_pages / 2;
}

/*
 * Somebody breaks into a pageblock that is not of its type: with more pages free that would have
 * been less likely. Higher marks, for a while, see to that: vmscan.c. Not in zones of a few
 * pageblocks, where it would be too much.
 */
static void boost_watermark(struct zone *zone)
{
	unsigned long most = zone->_watermark[WMARK_HIGH] * watermark_boost_factor / 10000;

	if (!most || zone_managed_pages(zone) < 4 * pageblock_nr_pages)
		return;
	most = max(most, pageblock_nr_pages);
	zone->watermark_boost = min(zone->watermark_boost + pageblock_nr_pages, most);
	set_fast_path_floor(zone);
}

static struct page *claim_or_steal(struct zone *zone, struct page *page, unsigned int order,
				   unsigned int block_order, enum migratetype from,
				   enum migratetype type)
{
	if (block_order < pageblock_order)
		boost_watermark(zone);
	if (block_order >= pageblock_order ||
	    (may_claim(block_order, type) && mostly_suits(page, type))) {
		change_pageblock(zone, page, type);
		return rmqueue_smallest(zone, order, type);
	}
	return take_block(zone, page, order, block_order, from);
}

/* The first block of this order that a fallback has, and whose it is. */
static struct page *fallback_block(struct zone *zone, unsigned int order, enum migratetype type,
				   enum migratetype *from)
{
	int i;

	for (i = 0; i < NR_FALLBACKS; i++) {
		struct list_head *list;

		*from = fallbacks[type][i];
		list = &zone->free_area[order].free_list[*from];
		if (!list_empty(list))
			return list_first_entry(list, struct page, lru);
	}
	return NULL;
}

/*
 * Largest first, to disturb as few pageblocks as possible. Only a movable
 * request that may not claim what it finds takes the smallest block instead:
 * it does no lasting harm there.
 */
struct page *rmqueue_fallback(struct zone *zone, unsigned int order, enum migratetype type)
{
	enum migratetype from;
	struct page *page;
	int block_order;

	for (block_order = MAX_PAGE_ORDER; block_order >= (int)order; block_order--) {
		page = fallback_block(zone, block_order, type, &from);
		if (!page)
			continue;
		if (type == MIGRATE_MOVABLE && !may_claim(block_order, type))
			break;
		return claim_or_steal(zone, page, order, block_order, from, type);
	}
	for (block_order = order; block_order < NR_PAGE_ORDERS; block_order++) {
		page = fallback_block(zone, block_order, type, &from);
		if (page)
			return take_block(zone, page, order, block_order, from);
	}
	return NULL;
}

void reserve_highatomic_pageblock(struct zone *zone, struct page *page)
{
	unsigned long most = zone_managed_pages(zone) / 100 + pageblock_nr_pages;
	unsigned long flags;

	if (page_group_by_mobility_disabled ||
	    zone->nr_reserved_highatomic + pageblock_nr_pages > most)
		return;
	spin_lock_irqsave(&zone->lock, flags);
	if (zone->nr_reserved_highatomic + pageblock_nr_pages <= most &&
	    migratetype_is_mergeable(get_pageblock_migratetype(page))) {
		zone->nr_reserved_highatomic += pageblock_pages(zone, page);
		set_fast_path_floor(zone);
		change_pageblock(zone, page, MIGRATE_HIGHATOMIC);
	}
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* A free block says where a HIGHATOMIC pageblock is; one in full use is left alone. */
static bool unreserve_in_zone(struct zone *zone, enum migratetype type)
{
	unsigned int order;

	for (order = 0; order < NR_PAGE_ORDERS; order++) {
		struct list_head *list = &zone->free_area[order].free_list[MIGRATE_HIGHATOMIC];
		struct page *page;

		if (list_empty(list))
			continue;
		page = list_first_entry(list, struct page, lru);
		/* A block of two pageblocks gives both back. */
		zone->nr_reserved_highatomic -=
			order > pageblock_order ? 1UL << order : pageblock_pages(zone, page);
		set_fast_path_floor(zone);
		change_pageblock(zone, page, type);
		return true;
	}
	return false;
}

bool unreserve_highatomic_pageblock(enum migratetype type, bool force)
{
	struct zone *zone;

	for_each_populated_zone(zone) {
		unsigned long flags;
		bool given_back;

		if (!force && zone->nr_reserved_highatomic <= pageblock_nr_pages)
			continue;
		spin_lock_irqsave(&zone->lock, flags);
		given_back = unreserve_in_zone(zone, type);
		spin_unlock_irqrestore(&zone->lock, flags);
		if (given_back)
			return true;
	}
	return false;
}
