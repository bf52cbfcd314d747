// SPDX-License-Identifier: MIT
/*
 * Compaction: an order-9 block out of memory that is mostly free, but in small pieces.
 *
 *	before	|M.M..M..|.M...M..|U.......|..M.M...|
 *		 migrate scanner ->          <- free scanner
 *	after	|........|........|U.......|MMMMMM..|
 *
 * Two scanners go through a zone, pageblock by pageblock, towards each other. The one from below
 * takes what can be moved, 32 pages at a time: pages of the cache, and of drivers that say how. The
 * one from above takes free pages to move them to. Where they meet, all is done: below, what is left
 * is free or cannot be moved. migrate.c does the moving.
 *
 * The free scanner takes from MOVABLE pageblocks, so that nothing movable gets among what is not;
 * and from none that is free as a whole: that would be to spend what is wanted. The migrate
 * scanner, if it is in a hurry (asynchronous, for somebody's request), looks at pageblocks of the
 * request's own type only.
 *
 * When? After reclaim, if there is still no block; before it, if the order is above 3 or the
 * request is not movable, as reclaim frees pages where it finds them, not side by side. kswapd, when
 * it was woken for such an order and has freed enough. And `compact` in the monitor. If there is
 * little free memory it is no use: mark + 2 * 2^order pages have to be. How hard it is tried:
 *
 *	COMPACT_PRIO_ASYNC	waits for nothing
 *	COMPACT_PRIO_SYNC_LIGHT	kswapd too; looks at all types of pageblocks
 *	COMPACT_PRIO_SYNC_FULL	orders up to 3, at the end: skips no pageblock, and puts movable pages
 *				anywhere
 *
 * Without __GFP_FS the page cache is left alone, as in Linux: who has such a page locked may be who
 * asks. Drivers' pages are moved all the same.
 *
 * In vain. A pageblock of which nothing could be had is skipped until the scanners have met once. A
 * zone that was looked through without success is left out the next time, then twice, ... up to
 * 64 times, until there is a block again.
 *
 * Worked example, 64 MiB: each second page of Normal is cache, 6,000 pages are free, the largest
 * block is of order 0. An order-9 request: low + 1024 pages are free, so it is suitable. From the first
 * pageblock 256 pages are moved to the last one, in 8 batches, and the 512 merge when this
 * CPU's list is drained: COMPACT_SUCCESS after one pageblock of 24.
 *
 * Cost: some 10 instructions a page that is looked at, 5,000 a page that is moved, most of it copying.
 *
 * Invariants (compaction_check()):
 *	I-compaction-1  compact_defer_shift is at most 6, compact_considered at most 2^6
 *
 * Locking: zone->lock for a pageblock's free blocks; the migrate scanner looks at struct pages
 * without, and what it believed is looked at again where it is isolated. Process context.
 *
 * Left out: a thread of its own (Linux' kcompactd; kswapd does it here, as up to 4.5), where the
 * scanners left off (each run begins at the ends), capturing the block for who asked for it, the
 * fragmentation index as a reason not to begin, proactive compaction.
 */
#include <linux/compaction.h>
#include <linux/migrate.h>
#include <linux/sched.h>
#include <linux/vmstat.h>

#include "internal.h"
#include "vmscan.h"

#define COMPACT_CLUSTER_MAX SWAP_CLUSTER_MAX /* pages that are moved at a time */
#define ANY_ORDER	    (-1)	     /* as far as it goes */

struct compact_control {
	struct zone *zone;
	struct list_head freepages;    /* single pages to move to, */
	unsigned long nr_freepages;    /* which no longer count as free */
	struct list_head migratepages; /* isolated */
	unsigned int nr_migratepages;
	unsigned long migrate_pfn; /* where the scanner goes on; */
	unsigned long free_pfn;	   /* it has looked at what is above */
	int order;
	enum migratetype type;
	unsigned int alloc_flags;
	enum zone_type highest;
	enum migrate_mode mode;
	bool direct;	      /* somebody waits for a block */
	bool moves_cache;     /* __GFP_FS */
	bool all_pageblocks;  /* movable pages may go anywhere */
	bool ignore_skipping; /* also where nothing was found lately */
	unsigned int moved;
};

/* --- deferral --------------------------------------------------------------------------- */

void defer_compaction(struct zone *zone, unsigned int order)
{
	zone->compact_considered = 0;
	zone->compact_defer_shift = min(zone->compact_defer_shift + 1, COMPACT_MAX_DEFER_SHIFT);
	zone->compact_order_failed = min(zone->compact_order_failed, order);
}

bool compaction_deferred(struct zone *zone, unsigned int order)
{
	unsigned int limit = 1U << zone->compact_defer_shift;

	if (order < zone->compact_order_failed)
		return false;
	zone->compact_considered = min(zone->compact_considered + 1, limit);
	return zone->compact_considered < limit;
}

void compaction_defer_reset(struct zone *zone, unsigned int order, bool alloc_success)
{
	if (alloc_success) {
		zone->compact_considered = 0;
		zone->compact_defer_shift = 0;
	}
	zone->compact_order_failed = max(zone->compact_order_failed, order + 1);
}

/* --- pageblocks -------------------------------------------------------------------------- */

static bool *pageblock_skip(struct page *page)
{
	struct mem_section *section = __page_to_section(page);

	return &section->pageblock_skip[__pageblock_type(page) - section->pageblock_type];
}

static void forget_skipping(struct zone *zone)
{
	unsigned long pfn = zone->zone_start_pfn;

	for (; pfn < zone_end_pfn(zone); pfn += pageblock_nr_pages)
		if (pfn_valid(pfn))
			*pageblock_skip(pfn_to_page(pfn)) = false;
}

static bool is_skipped(const struct compact_control *cc, struct page *page)
{
	return !cc->ignore_skipping && *pageblock_skip(page);
}

static bool suitable_migration_source(const struct compact_control *cc, struct page *page)
{
	if (is_skipped(cc, page))
		return false;
	return cc->mode != MIGRATE_ASYNC || !cc->direct ||
	       get_pageblock_migratetype(page) == cc->type;
}

static bool suitable_migration_target(const struct compact_control *cc, struct page *page)
{
	if (is_skipped(cc, page) || (PageBuddy(page) && buddy_order(page) >= pageblock_order))
		return false;
	return cc->all_pageblocks || page_group_by_mobility_disabled ||
	       get_pageblock_migratetype(page) == MIGRATE_MOVABLE;
}

/* --- the free scanner ------------------------------------------------------------------------ */

/* Not below min, and no page that somebody wrote to while it was free. */
static bool may_take(const struct compact_control *cc, const struct page *page, unsigned int order)
{
	unsigned long mark = min_wmark_pages(cc->zone) + (1UL << order);

	return !((page->flags & PAGEFLAGS_MASK) | (unsigned long)page->mapping |
		 page_ref_count(page)) &&
	       zone_watermark_ok(cc->zone, 0, mark, ZONE_DMA, 0);
}

/* The free blocks of a pageblock, off the free areas; page->private is their order. */
static void take_free_blocks(struct compact_control *cc, struct page *start,
			     struct list_head *blocks)
{
	enum migratetype type;
	unsigned long flags, i, step;

	spin_lock_irqsave(&cc->zone->lock, flags);
	type = get_pageblock_migratetype(start);
	for (i = 0; i < pageblock_nr_pages; i += step) {
		struct page *page = start + i;
		unsigned int order = PageBuddy(page) ? buddy_order(page) : 0;

		step = 1UL << order;
		if (!PageBuddy(page) || order >= pageblock_order || !may_take(cc, page, order))
			continue;
		del_from_free_list(cc->zone, page, order, type);
		__count_zid_vm_events(PGALLOC, zone_idx(cc->zone), step);
		list_add_tail(&page->lru, blocks);
		page->private = order;
	}
	spin_unlock_irqrestore(&cc->zone->lock, flags);
	count_vm_events(COMPACTFREE_SCANNED, pageblock_nr_pages);
}

static void isolate_freepages_block(struct compact_control *cc, struct page *start)
{
	unsigned long before = cc->nr_freepages;
	struct page *block, *next;
	LIST_HEAD(blocks);

	take_free_blocks(cc, start, &blocks);
	*pageblock_skip(start) = list_empty(&blocks);
	list_for_each_entry_safe(block, next, &blocks, lru) {
		unsigned int order = block->private;
		unsigned long i;

		prep_new_page(block, order, GFP_HIGHUSER_MOVABLE);
		split_page(block, order);
		for (i = 0; i < 1UL << order; i++)
			list_add_tail(&block[i].lru, &cc->freepages);
		cc->nr_freepages += 1UL << order;
	}
	count_vm_events(COMPACTISOLATED, cc->nr_freepages - before);
}

static bool compact_scanners_met(const struct compact_control *cc)
{
	return cc->free_pfn >> pageblock_order <= cc->migrate_pfn >> pageblock_order;
}

/* Down to the next pageblock that has some, but not to where pages are being moved from. */
static void isolate_freepages(struct compact_control *cc)
{
	unsigned long lowest = round_up(cc->migrate_pfn, pageblock_nr_pages) + pageblock_nr_pages;

	while (!cc->nr_freepages && cc->free_pfn >= lowest) {
		cc->free_pfn -= pageblock_nr_pages;
		if (pfn_valid(cc->free_pfn) &&
		    suitable_migration_target(cc, pfn_to_page(cc->free_pfn)))
			isolate_freepages_block(cc, pfn_to_page(cc->free_pfn));
		cond_resched();
	}
}

static struct page *compaction_alloc(struct page *page, unsigned long data)
{
	struct compact_control *cc = (struct compact_control *)data;
	struct page *free;

	if (!cc->nr_freepages)
		isolate_freepages(cc);
	if (!cc->nr_freepages)
		return NULL;
	free = list_first_entry(&cc->freepages, struct page, lru);
	list_del(&free->lru);
	cc->nr_freepages--;
	return free;
}

static void compaction_free(struct page *page, unsigned long data)
{
	struct compact_control *cc = (struct compact_control *)data;

	list_add(&page->lru, &cc->freepages);
	cc->nr_freepages++;
}

static void release_freepages(struct compact_control *cc)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &cc->freepages, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
	cc->nr_freepages = 0;
	drain_local_pages(cc->zone);
}

/* --- the migrate scanner ----------------------------------------------------------------------- */

static bool isolate_page(const struct compact_control *cc, struct page *page)
{
	if (PageLRU(page))
		return cc->moves_cache && (cc->mode == MIGRATE_SYNC || !PageWriteback(page)) &&
		       !isolate_lru_page(page);
	return __PageMovable(page) && !PageSlab(page) && !PageIsolated(page) &&
	       !isolate_movable_page(page, cc->mode == MIGRATE_ASYNC ? ISOLATE_ASYNC_MIGRATE : 0);
}

/* From cc->migrate_pfn to the end of its pageblock, or until there are enough. */
static void isolate_migratepages_block(struct compact_control *cc)
{
	unsigned long first = cc->migrate_pfn, end = round_up(first + 1, pageblock_nr_pages);
	unsigned long step;

	for (; cc->migrate_pfn < end && cc->nr_migratepages < COMPACT_CLUSTER_MAX;
	     cc->migrate_pfn += step) {
		struct page *page = pfn_to_page(cc->migrate_pfn);
		unsigned long order = READ_ONCE(page->private);

		step = 1;
		if (PageBuddy(page)) {
			step = order <= MAX_PAGE_ORDER ? 1UL << order
						       : 1; /* or it was just taken */
		} else if (isolate_page(cc, page)) {
			list_add_tail(&page->lru, &cc->migratepages);
			cc->nr_migratepages++;
		}
	}
	count_vm_events(COMPACTMIGRATE_SCANNED, cc->migrate_pfn - first);
	count_vm_events(COMPACTISOLATED, cc->nr_migratepages);
	if (!cc->nr_migratepages && !(first & (pageblock_nr_pages - 1)))
		*pageblock_skip(pfn_to_page(first)) = true;
}

/* Up to the next pageblock that has some. */
static bool isolate_migratepages(struct compact_control *cc)
{
	while (!cc->nr_migratepages && !compact_scanners_met(cc)) {
		unsigned long pfn = cc->migrate_pfn;

		if (pfn_valid(pfn) && suitable_migration_source(cc, pfn_to_page(pfn)))
			isolate_migratepages_block(cc);
		else
			cc->migrate_pfn = round_up(pfn + 1, pageblock_nr_pages);
		cond_resched();
	}
	return cc->nr_migratepages;
}

/* --- one zone ------------------------------------------------------------------------------------ */

enum compact_result compaction_suitable(struct zone *zone, int order, unsigned int alloc_flags,
					enum zone_type highest)
{
	unsigned long mark = wmark_pages(zone, alloc_flags & ALLOC_WMARK_MASK);

	if (order == ANY_ORDER)
		return COMPACT_CONTINUE;
	if (zone_watermark_ok(zone, order, mark, highest, alloc_flags))
		return COMPACT_SUCCESS;
	mark = order > PAGE_ALLOC_COSTLY_ORDER ? low_wmark_pages(zone) : min_wmark_pages(zone);
	return zone_watermark_ok(zone, 0, mark + compact_gap(order), highest, 0) ? COMPACT_CONTINUE
										 : COMPACT_SKIPPED;
}

static enum compact_result compact_finished(const struct compact_control *cc)
{
	struct zone *zone = cc->zone;
	unsigned long mark = wmark_pages(zone, cc->alloc_flags & ALLOC_WMARK_MASK);

	/* The pages that it holds itself will be free again. */
	if (cc->order != ANY_ORDER &&
	    __zone_watermark_ok(zone, cc->order, mark, cc->highest, cc->alloc_flags,
				READ_ONCE(zone->nr_free_pages) + cc->nr_freepages))
		return COMPACT_SUCCESS;
	return compact_scanners_met(cc) ? COMPACT_COMPLETE : COMPACT_CONTINUE;
}

/* What was moved is free, in this CPU's list: it shall merge. */
static void move_isolated(struct compact_control *cc)
{
	unsigned int moved;

	migrate_pages(&cc->migratepages, compaction_alloc, compaction_free, (unsigned long)cc,
		      cc->mode, MR_COMPACTION, &moved);
	putback_movable_pages(&cc->migratepages);
	INIT_LIST_HEAD(&cc->migratepages);
	cc->nr_migratepages = 0;
	cc->moved += moved;
	drain_local_pages(cc->zone);
}

static enum compact_result compact_zone(struct compact_control *cc)
{
	struct zone *zone = cc->zone;
	enum compact_result result =
		compaction_suitable(zone, cc->order, cc->alloc_flags, cc->highest);

	if (result != COMPACT_CONTINUE)
		return result;
	INIT_LIST_HEAD(&cc->freepages);
	INIT_LIST_HEAD(&cc->migratepages);
	cc->migrate_pfn = zone->zone_start_pfn;
	cc->free_pfn = round_up(zone_end_pfn(zone), pageblock_nr_pages);
	if (cc->mode != MIGRATE_ASYNC)
		drain_all_pages(zone); /* free pages in their lists are in the way */
	while ((result = compact_finished(cc)) == COMPACT_CONTINUE)
		if (isolate_migratepages(cc))
			move_isolated(cc);
	release_freepages(cc);
	if (result == COMPACT_COMPLETE)
		forget_skipping(zone);
	return result;
}

/* --- who wants it ------------------------------------------------------------------------------- */

static enum compact_result compact_zone_order(struct zone *zone, int order, gfp_t gfp,
					      enum compact_priority prio, unsigned int alloc_flags,
					      enum zone_type highest)
{
	struct compact_control cc = {
		.zone = zone,
		.order = order,
		.type = gfp_migratetype(gfp),
		.alloc_flags = alloc_flags,
		.highest = highest,
		.mode = prio == COMPACT_PRIO_ASYNC ? MIGRATE_ASYNC : MIGRATE_SYNC_LIGHT,
		.direct = true,
		.moves_cache = gfp & __GFP_FS,
		.all_pageblocks = prio == MIN_COMPACT_PRIORITY,
		.ignore_skipping = prio == MIN_COMPACT_PRIORITY,
	};

	return compact_zone(&cc);
}

enum compact_result try_to_compact_pages(gfp_t gfp, unsigned int order, unsigned int alloc_flags,
					 enum zone_type highest, enum compact_priority prio)
{
	struct zone **zones = contig_page_data.zonelists[highest].zones, *zone;
	enum compact_result best = COMPACT_SKIPPED, result;

	if (!(gfp & __GFP_IO))
		return COMPACT_SKIPPED;
	while ((zone = *zones++)) {
		if (prio > MIN_COMPACT_PRIORITY && compaction_deferred(zone, order)) {
			best = max(best, COMPACT_DEFERRED);
			continue;
		}
		result = compact_zone_order(zone, order, gfp, prio, alloc_flags, highest);
		best = max(best, result);
		if (result == COMPACT_SUCCESS) {
			compaction_defer_reset(zone, order, false);
			break;
		}
		if (prio != COMPACT_PRIO_ASYNC && result == COMPACT_COMPLETE)
			defer_compaction(zone, order);
	}
	return best;
}

void compact_for_kswapd(unsigned int order, enum zone_type highest)
{
	struct zone *zone;

	for_each_populated_zone(zone) {
		enum compact_result result;
		struct compact_control cc = {
			.zone = zone,
			.order = order,
			.alloc_flags = ALLOC_WMARK_HIGH,
			.highest = highest,
			.mode = MIGRATE_SYNC_LIGHT,
			.moves_cache = true,
		};

		if (zone_idx(zone) > highest || compaction_deferred(zone, order))
			continue;
		result = compact_zone(&cc);
		if (result == COMPACT_SUCCESS)
			compaction_defer_reset(zone, order, false);
		else if (result == COMPACT_COMPLETE)
			defer_compaction(zone, order);
	}
}

unsigned int compact_whole_zone(struct zone *zone)
{
	struct compact_control cc = {
		.zone = zone,
		.order = ANY_ORDER,
		.mode = MIGRATE_SYNC,
		.moves_cache = true,
		.ignore_skipping = true,
	};

	compact_zone(&cc);
	return cc.moved;
}

/* --- checking ------------------------------------------------------------------------------------- */

int compaction_check(void)
{
	struct zone *zone;
	int found = 0;

	for_each_populated_zone(zone)
		if (zone->compact_defer_shift > COMPACT_MAX_DEFER_SHIFT ||
		    zone->compact_considered > 1U << COMPACT_MAX_DEFER_SHIFT)
			found += mm_problem("I-compaction-1", "%s: shift %u, considered %u",
					    zone->name, zone->compact_defer_shift,
					    zone->compact_considered);
	return found;
}
