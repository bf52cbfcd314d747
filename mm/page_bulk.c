// SPDX-License-Identifier: MIT
/*
 * Many single pages at once: for vmalloc(), whose pages need not lie together.
 *
 * A page from this CPU's lists costs some 55 instructions by __alloc_pages(), 35 of which find
 * out from which list. That can be done once for many:
 *
 *	interrupts off		up to AT_ONCE pages off the list, refilled batch by batch
 *	interrupts on		each is looked at and made the caller's
 *
 * That is for the best zone, as long as it is above its low mark. What it does not give is
 * asked for page by page, by requests that may go to other zones, and lower, collect what is
 * put aside, and report that they have failed.
 *
 * Worked example: 100 pages, and Normal's batch is 31. The list holds 20. The first 64 are
 * these, a batch of 31, and 13 of the next; the other 36 are the 18 that it left in the list, and
 * 18 of a third batch, of which 13 stay.
 *
 * Cost: about 29 instructions a page to take and 44 to free; a refill or flush some 100 a page.
 *
 * Invariants: those of pcp.c.
 *
 * Locking: as pcp.c; interrupts are off for AT_ONCE pages at most.
 */
#include <linux/kernel.h>
#include <linux/mm.h>

#include "internal.h"

#define AT_ONCE 64UL
#define FEW	4 /* for fewer it is not worth it */

/*
 * From this CPU's list of the best zone, as long as that stays above its low mark: the test
 * of __alloc_pages(). Not yet looked at.
 */
static unsigned long take_pages(struct zone *zone, gfp_t gfp, unsigned long nr, struct page **pages)
{
	enum migratetype type = gfp_migratetype(gfp);
	struct list_head *list, *entry;
	struct per_cpu_pages *pcp;
	unsigned long flags, taken = 0;

	local_irq_save(flags);
	/* A zone without memory has no lists at all. */
	if (alloc_is_out_of_context(gfp, flags) || zone->nr_free_pages < zone->fast_path_floor)
		goto out;
	pcp = this_cpu_ptr(zone->per_cpu_pageset);
	list = &pcp->lists[pcp_list_index(type, 0)];
	while (taken < nr && zone->nr_free_pages >= zone->fast_path_floor &&
	       (!list_empty(list) || pcp_refill(zone, pcp, 0, type))) {
		unsigned long before = taken;

		for (entry = list->next; entry != list && taken < nr; entry = entry->next)
			pages[taken++] = list_entry(entry, struct page, lru);
		list->next = entry;
		entry->prev = list;
		pcp->count -= taken - before;
	}
out:
	local_irq_restore(flags);
	return taken;
}

/* Makes them the caller's; returns how many are left of them, without bad ones. */
static unsigned long prepare_pages(struct page **pages, unsigned long nr, gfp_t gfp)
{
	unsigned long i = 0;

	while (i < nr) {
		struct page *page = pages[i];

		if (unlikely(page_is_dirty_at_alloc(page))) {
			bad_page(page, bad_page_reason(page, PAGEFLAGS_MASK));
			pages[i] = pages[--nr];
		} else {
			prep_new_page(page, 0, gfp);
			i++;
		}
	}
	return nr;
}

static noinline unsigned long fill_from_list(gfp_t gfp, unsigned long nr, struct page **pages)
{
	struct zone *zone = best_zone[__gfp_zone_bits(gfp)];
	unsigned long filled = 0, wanted, taken;

	do {
		wanted = min(nr - filled, AT_ONCE);
		taken = take_pages(zone, gfp, wanted, pages + filled);
		filled += prepare_pages(pages + filled, taken, gfp);
	} while (taken == wanted && filled < nr);
	return filled;
}

unsigned long alloc_pages_fill(gfp_t gfp, unsigned long nr, struct page **pages)
{
	unsigned long filled = nr < FEW ? 0 : fill_from_list(gfp, nr, pages);

	for (; filled < nr; filled++) {
		pages[filled] = alloc_page(gfp);
		if (!pages[filled])
			break;
	}
	return filled;
}

unsigned long alloc_pages_bulk_array(gfp_t gfp, unsigned long nr_pages, struct page **page_array)
{
	unsigned long start = 0, end;

	while (start < nr_pages) {
		if (page_array[start]) {
			start++;
			continue;
		}
		for (end = start; end < nr_pages && !page_array[end];)
			end++;
		start += alloc_pages_fill(gfp, end - start, page_array + start);
		if (start < end)
			break;
	}
	return start;
}

/* One whose reference was the last, and that is at rest. Interrupts off. */
static inline void put_in_list(struct page *page, struct per_cpu_pages *pcps)
{
	struct per_cpu_pages *pcp = &pcps[page_zonenum(page)];
	enum migratetype type = get_pageblock_migratetype(page);

	if (unlikely(type >= MIGRATE_PCPTYPES)) {
		free_with_prepare(page, 0);
		return;
	}
	list_add(&page->lru, &pcp->lists[pcp_list_index(type, 0)]);
	if (unlikely(++pcp->count > pcp->high))
		pcp_flush(page_zone(page), pcp, pcp->count - pcp->high + pcp->batch - 1);
}

static noinline void free_some(struct page **pages, unsigned long nr)
{
	struct per_cpu_pages *pcps;
	unsigned long flags;

	local_irq_save(flags);
	pcps = this_cpu_ptr(&zone_pcp[0]);
	for (; nr; nr--) {
		struct page *page = *pages++;

		if (unlikely(!page_ref_dec_and_test(page)))
			free_pages_referenced(page, 0, PageHead(page));
		else if (unlikely(needs_free_prepare(page)))
			free_with_prepare(page, 0);
		else
			put_in_list(page, pcps);
	}
	local_irq_restore(flags);
}

void free_pages_bulk(struct page **pages, unsigned long nr)
{
	unsigned long some;

	/* To look at each takes long: not many with interrupts off. */
	for (; nr >= FEW && !mm_debug_flags; pages += some, nr -= some) {
		some = min(nr, AT_ONCE);
		free_some(pages, some);
	}
	while (nr--)
		__free_page(*pages++);
}
