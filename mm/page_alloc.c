// SPDX-License-Identifier: MIT
/*
 * The page allocator: a buddy system a zone.
 *
 * Memory is handed out in blocks of 2^order pages, order 0 to 10, each aligned
 * to its own size. So every block has one buddy, the block of its size that it
 * forms the next larger one with; its frame number differs in one bit:
 *
 *	buddy = pfn ^ (1 << order)		parent = pfn & buddy
 *
 * Free blocks wait in free_area[order], in a list a migrate type. A request
 * takes a block of its order, or splits the smallest larger one: the lower half
 * is split on, each upper half goes back. One page out of an order-3 block at 8:
 *
 *	order 3  [8  9 10 11 12 13 14 15]
 *	order 2               [12 13 14 15]	back to free_area[2]
 *	order 1        [10 11]			back to free_area[1]
 *	order 0     [9]				back to free_area[0]
 *	         8				the caller's
 *
 * A freed block looks at its buddy. If that is free too, and whole, they merge,
 * and the parent looks at its own: freeing 8 undoes all of the above.
 *
 * Which zones, and how far down? A request names the highest zone it can use
 * and falls back to lower ones, never up. The first pass stops at each zone's low
 * watermark; what comes when it fails is page_alloc_slow.c's subject.
 *
 * Cost. Orders 0 to 3 come from per-CPU lists (pcp.c): about 55 instructions
 * without touching anything shared. From the free areas: a split or a merge an
 * order. No cost grows with the number of pages: only the head of a block is
 * looked at and written. That is as safe as Linux's look at every page: a frame
 * that somebody left dirty is caught when it becomes the head of a block again,
 * before it is handed out as one (check_new_page); mm_check() looks at all.
 *
 * Invariants, checked by page_alloc_check():
 *	I-page_alloc-1  a free block is aligned to its size, in its zone, of pages at rest
 *	I-page_alloc-2  its head says so (PageBuddy, order); no other page of it does
 *	I-page_alloc-3  it is in the list of its order and of its pageblocks' type
 *	I-page_alloc-4  no two free buddies that may merge are apart
 *	I-page_alloc-5  nr_free, nr_free_pages, nr_free_highatomic equal a recount
 *	I-page_alloc-6  no page is in two blocks, or in a block and a per-CPU list
 *
 * Locking: zone->lock, with interrupts off, guards a zone's free areas. Nothing
 * is printed and nobody is called back under it. Frees, and requests without
 * __GFP_DIRECT_RECLAIM, may come from any context but NMI.
 *
 * Left out: CMA.
 */
#include <linux/fault-inject.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/panic.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/vmstat.h>

#include "internal.h"
#include "vmscan.h"

unsigned int mm_debug_flags;

/* --- the free areas ------------------------------------------------------------ */

static inline void set_buddy_order(struct page *page, unsigned int order)
{
	page->private = order;
	page->page_type = ~PG_buddy;
}

static inline void clear_buddy(struct page *page)
{
	page->private = 0;
	page->page_type = -1U;
}

static inline bool page_is_buddy(const struct page *page, unsigned int order)
{
	return page->page_type == ~PG_buddy && page->private == order;
}

static inline void account_free(struct zone *zone, long pages, enum migratetype type)
{
	zone->nr_free_pages += pages;
	if (unlikely(type == MIGRATE_HIGHATOMIC))
		zone->nr_free_highatomic += pages;
}

static inline void __add_to_free_list(struct zone *zone, struct page *page, unsigned int order,
				      enum migratetype type)
{
	struct free_area *area = &zone->free_area[order];

	set_buddy_order(page, order);
	list_add(&page->lru, &area->free_list[type]);
	area->nr_free++;
}

static inline void __del_from_free_list(struct zone *zone, struct page *page, unsigned int order)
{
	list_del(&page->lru);
	clear_buddy(page);
	zone->free_area[order].nr_free--;
}

void add_to_free_list(struct zone *zone, struct page *page, unsigned int order,
		      enum migratetype type)
{
	__add_to_free_list(zone, page, order, type);
	account_free(zone, 1L << order, type);
}

void del_from_free_list(struct zone *zone, struct page *page, unsigned int order,
			enum migratetype type)
{
	__del_from_free_list(zone, page, order);
	account_free(zone, -(1L << order), type);
}

struct page *take_block(struct zone *zone, struct page *page, unsigned int order,
			unsigned int block_order, enum migratetype type)
{
	__del_from_free_list(zone, page, block_order);
	account_free(zone, -(1L << order), type);
	while (block_order > order) {
		block_order--;
		__add_to_free_list(zone, page + (1UL << block_order), block_order, type);
	}
	return page;
}

struct page *rmqueue_smallest(struct zone *zone, unsigned int order, enum migratetype type)
{
	unsigned int block_order;

	for (block_order = order; block_order < NR_PAGE_ORDERS; block_order++) {
		struct list_head *list = &zone->free_area[block_order].free_list[type];

		if (!list_empty(list))
			return take_block(zone, list_first_entry(list, struct page, lru), order,
					  block_order, type);
	}
	return NULL;
}

struct page *rmqueue_block(struct zone *zone, unsigned int order, enum migratetype type)
{
	struct page *page = rmqueue_smallest(zone, order, type);

	return likely(page) ? page : rmqueue_fallback(zone, order, type);
}

/*
 * May free blocks of two pageblocks become one? It then has one type, so that
 * a later split puts its parts into the right lists.
 */
static bool merge_pageblocks(struct zone *zone, struct page *buddy, unsigned int order,
			     enum migratetype type)
{
	enum migratetype buddy_type = get_pageblock_migratetype(buddy);

	if (likely(buddy_type == type))
		return true;
	if (!migratetype_is_mergeable(type) || !migratetype_is_mergeable(buddy_type))
		return false;
	VM_BUG_ON(order != pageblock_order);
	set_pageblock_migratetype(buddy, type);
	return true;
}

/* Will the block that this one would be half of soon be free to merge itself? */
static inline bool buddy_merge_likely(struct page *page, unsigned long pfn, unsigned int order)
{
	unsigned long parent = pfn & ~(1UL << order);
	unsigned long uncle = parent ^ (1UL << (order + 1));

	return order < MAX_PAGE_ORDER - 1 && page_is_buddy(page + (long)(uncle - pfn), order + 1);
}

void free_one_block(struct zone *zone, struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);
	enum migratetype type = get_pageblock_migratetype(page);

	VM_BUG_ON_PAGE(pfn & ((1UL << order) - 1), page);
	if (unlikely(order > pageblock_order) &&
	    get_pageblock_migratetype(page + pageblock_nr_pages) != type) {
		/* One of them became HIGHATOMIC meanwhile: each is freed for itself. */
		free_one_block(zone, page, pageblock_order);
		free_one_block(zone, page + pageblock_nr_pages, pageblock_order);
		return;
	}
	account_free(zone, 1L << order, type);
	while (order < MAX_PAGE_ORDER) {
		unsigned long buddy_pfn = pfn ^ (1UL << order);
		struct page *buddy = page + (long)(buddy_pfn - pfn);

		if (!page_is_buddy(buddy, order))
			break;
		if (unlikely(order >= pageblock_order) &&
		    !merge_pageblocks(zone, buddy, order, type))
			break;
		__del_from_free_list(zone, buddy, order);
		if (buddy_pfn < pfn) {
			page = buddy;
			pfn = buddy_pfn;
		}
		order++;
	}
	__add_to_free_list(zone, page, order, type);
	/* At the tail it is less likely to be split before the rest of its parent comes. */
	if (buddy_merge_likely(page, pfn, order))
		list_move_tail(&page->lru, &zone->free_area[order].free_list[type]);
}

void __free_pages_core(struct page *page, unsigned int order)
{
	struct zone *zone = page_zone(page);

	zone->managed_pages += 1UL << order;
	free_one_block(zone, page, order);
}

struct page *free_block_of(struct page *page, unsigned int *order)
{
	for (*order = 0; *order < NR_PAGE_ORDERS; ++*order) {
		struct page *head = page - (page_to_pfn(page) & ((1UL << *order) - 1));

		if (PageBuddy(head) && buddy_order(head) >= *order) {
			*order = buddy_order(head);
			return head;
		}
	}
	return NULL;
}

bool take_page_off_buddy(struct page *page)
{
	struct zone *zone = page_zone(page);
	enum migratetype type;
	unsigned long flags;
	unsigned int order;
	struct page *block;

	spin_lock_irqsave(&zone->lock, flags);
	block = free_block_of(page, &order);
	if (block) {
		type = get_pageblock_migratetype(block);
		del_from_free_list(zone, block, order, type);
		/* Halve it until the page is alone; each other half goes back. */
		while (order) {
			struct page *upper = block + (1UL << --order);

			add_to_free_list(zone, page < upper ? upper : block, order, type);
			if (page >= upper)
				block = upper;
		}
		__count_zid_vm_events(PGALLOC, zone_idx(zone), 1);
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	return block;
}

/* --- watermarks ---------------------------------------------------------------- */

/* Is there a block to be had, of the order and of a type that the request may use? */
static bool has_free_block(const struct zone *zone, unsigned int order, unsigned int alloc_flags)
{
	for (; order < NR_PAGE_ORDERS; order++) {
		const struct free_area *area = &zone->free_area[order];
		int type;

		if (!area->nr_free)
			continue;
		for (type = 0; type < MIGRATE_PCPTYPES; type++)
			if (!list_empty(&area->free_list[type]))
				return true;
		if ((alloc_flags & (ALLOC_HIGHATOMIC | ALLOC_OOM)) &&
		    !list_empty(&area->free_list[MIGRATE_HIGHATOMIC]))
			return true;
	}
	return false;
}

/*
 * Would the zone, with free_pages free, still be above the mark after the
 * allocation? Rights to the reserve lower the mark: __GFP_HIGH to a half, and
 * to 3/8 for a request that cannot reclaim.
 */
bool __zone_watermark_ok(const struct zone *zone, unsigned int order, unsigned long mark,
			 enum zone_type highest_zoneidx, unsigned int alloc_flags, long free_pages)
{
	long min = mark;

	free_pages -= (1L << order) - 1;
	if (likely(!(alloc_flags & ALLOC_RESERVES))) {
		free_pages -= zone->nr_free_highatomic;
	} else {
		if (alloc_flags & ALLOC_MIN_RESERVE) {
			min -= min / 2;
			if (alloc_flags & ALLOC_NON_BLOCK)
				min -= min / 4;
		}
		if (alloc_flags & ALLOC_OOM)
			min -= min / 2;
	}
	if (free_pages <= min + zone->lowmem_reserve[highest_zoneidx])
		return false;
	return !order || has_free_block(zone, order, alloc_flags);
}

bool zone_watermark_ok(const struct zone *zone, unsigned int order, unsigned long mark,
		       enum zone_type highest_zoneidx, unsigned int alloc_flags)
{
	return __zone_watermark_ok(zone, order, mark, highest_zoneidx, alloc_flags,
				   READ_ONCE(zone->nr_free_pages));
}

/* --- allocation ---------------------------------------------------------------- */

noinline void prep_new_page_special(struct page *page, unsigned int order, gfp_t gfp)
{
	if (unlikely(mm_debug_flags))
		debug_alloc_page(page, order, gfp);
	if ((gfp & __GFP_ZERO) && !(mm_debug_flags & MM_DEBUG_INIT_ON_ALLOC))
		clear_pages(page, order);
	if ((gfp & __GFP_COMP) && order) {
		__SetPageHead(page);
		page[1].compound_order = order;
	}
	WARN_ON_ONCE((gfp & __GFP_NOFAIL) && order > 1); /* nobody should count on such blocks */
}

/* 1 << order: x86 needs two more instructions and %cl to shift than to look it up. */
static const int pcp_block_pages[NR_PCP_ORDERS] = { 1, 2, 4, 8 };

/* The block with this list entry, taken out of one of this CPU's lists. Interrupts off. */
static __always_inline struct page *pcp_take(struct per_cpu_pages *pcp, struct list_head *entry,
					     unsigned int order)
{
	__list_del_entry(entry);
	pcp->count -= pcp_block_pages[order];
	return list_entry(entry, struct page, lru);
}

static struct page *rmqueue_pcp(struct zone *zone, unsigned int order, enum migratetype type)
{
	struct per_cpu_pages *pcp;
	struct page *page = NULL;
	struct list_head *list;
	unsigned long flags;

	local_irq_save(flags);
	pcp = this_cpu_ptr(zone->per_cpu_pageset);
	list = &pcp->lists[pcp_list_index(type, order)];
	if (!list_empty(list) || pcp_refill(zone, pcp, order, type))
		page = pcp_take(pcp, list->next, order);
	local_irq_restore(flags);
	return page;
}

static struct page *rmqueue_zone(struct zone *zone, unsigned int order, enum migratetype type,
				 unsigned int alloc_flags)
{
	struct page *page = NULL;
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	if (alloc_flags & ALLOC_HIGHATOMIC)
		page = rmqueue_smallest(zone, order, MIGRATE_HIGHATOMIC);
	if (!page)
		page = rmqueue_block(zone, order, type);
	/* Failing now is worse than failing a high order later. */
	if (!page && (alloc_flags & (ALLOC_OOM | ALLOC_NON_BLOCK)))
		page = rmqueue_smallest(zone, order, MIGRATE_HIGHATOMIC);
	spin_unlock_irqrestore(&zone->lock, flags);
	if (page)
		__count_zid_vm_events(PGALLOC, page_zonenum(page), 1 << order);
	return page;
}

/* A block from this zone, checked; a bad page is reported, left out, and the next one taken. */
static struct page *rmqueue(struct zone *zone, unsigned int order, enum migratetype type,
			    unsigned int alloc_flags)
{
	struct page *page;

	for (;;) {
		page = NULL;
		if (order < NR_PCP_ORDERS)
			page = rmqueue_pcp(zone, order, type);
		else
			pcp_trim(zone);
		if (!page)
			page = rmqueue_zone(zone, order, type, alloc_flags);
		if (!page || likely(!page_is_dirty_at_alloc(page)))
			return page;
		bad_page(page, bad_page_reason(page, PAGEFLAGS_MASK));
	}
}

/* A boost is to make fragments less likely: it does not stand in the way of who cannot wait. */
static unsigned long mark_for(const struct zone *zone, unsigned int order, unsigned int alloc_flags)
{
	unsigned int mark = alloc_flags & ALLOC_WMARK_MASK;

	if (!order && mark == WMARK_MIN && (alloc_flags & ALLOC_MIN_RESERVE))
		return zone->_watermark[WMARK_MIN];
	return wmark_pages(zone, mark);
}

struct page *get_page_from_freelist(gfp_t gfp, unsigned int order, unsigned int alloc_flags)
{
	enum zone_type highest_zoneidx = gfp_zone(gfp);
	enum migratetype type = gfp_migratetype(gfp);
	struct zone **zones = contig_page_data.zonelists[highest_zoneidx].zones;
	struct zone *zone;

	while ((zone = *zones++)) {
		struct page *page;

		if (!(alloc_flags & ALLOC_NO_WATERMARKS) &&
		    !zone_watermark_ok(zone, order, mark_for(zone, order, alloc_flags),
				       highest_zoneidx, alloc_flags))
			continue;
		page = rmqueue(zone, order, type, alloc_flags);
		if (!page)
			continue;
		prep_new_page(page, order, gfp);
		if (alloc_flags & ALLOC_NO_WATERMARKS)
			SetPagePfmemalloc(page);
		if (order && (alloc_flags & ALLOC_HIGHATOMIC))
			reserve_highatomic_pageblock(zone, page);
		if (unlikely(READ_ONCE(zone->watermark_boost)) && (gfp & __GFP_KSWAPD_RECLAIM))
			wakeup_kswapd(0, zone_idx(zone));
		return page;
	}
	return NULL;
}

static noinline struct page *alloc_pages_after_bad(struct page *page, gfp_t gfp, unsigned int order)
{
	bad_page(page, bad_page_reason(page, PAGEFLAGS_MASK));
	return alloc_pages_slow(gfp, order);
}

/*
 * The fast path: the best zone is above its low mark by more than any order of
 * the per-CPU lists takes, and this CPU has a block in the list. The best zone has
 * no lowmem reserve against the request: the zones that it would prefer are empty.
 */
struct page *__alloc_pages(gfp_t gfp, unsigned int order)
{
	struct zone *zone = best_zone[__gfp_zone_bits(gfp)];
	struct per_cpu_pages *pcp;
	struct list_head *list, *entry;
	struct page *page;
	unsigned long flags;

	fs_reclaim_check(gfp);
	if (unlikely(order >= NR_PCP_ORDERS || zone->nr_free_pages < zone->fast_path_floor))
		return alloc_pages_slow(gfp, order);

	local_irq_save(flags);
	pcp = this_cpu_ptr(zone->per_cpu_pageset);
	list = &pcp->lists[pcp_list_index(gfp_migratetype(gfp), order)];
	entry = list->next;
	if (unlikely(entry == list) || alloc_is_out_of_context(gfp, flags)) {
		local_irq_restore(flags);
		return alloc_pages_slow(gfp, order);
	}
	page = pcp_take(pcp, entry, order);
	local_irq_restore(flags);
	if (unlikely(page_is_dirty_at_alloc(page)))
		return alloc_pages_after_bad(page, gfp, order);
	prep_new_page(page, order, gfp);
	return page;
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp & ~__GFP_HIGHMEM, order);

	return page ? (unsigned long)page_to_virt(page) : 0;
}

unsigned long get_zeroed_page(gfp_t gfp)
{
	return __get_free_pages(gfp | __GFP_ZERO, 0);
}

/* --- freeing ------------------------------------------------------------------- */

/*
 * Puts a block's head to rest, and corrects the order of a compound page. False:
 * it is bad, and was reported; the block is lost.
 */
static bool free_pages_prepare(struct page *page, unsigned int *order)
{
	const char *reason;

	if (unlikely(PageMappingFlags(page))) /* once a driver's, that could be moved */
		page->mapping = NULL;
	reason = bad_page_reason(page, PAGE_FLAGS_CHECK_AT_FREE);
	if (reason) {
		bad_page(page, reason);
		return false;
	}
	if (PageHead(page)) {
		VM_BUG_ON_PAGE(compound_order(page) != *order, page);
		*order = compound_order(page);
		page[1].compound_order = 0;
	}
	page->flags &= ~PAGEFLAGS_MASK;
	if (unlikely(mm_debug_flags))
		*order = debug_free_page(page, *order);
	return true;
}

static noinline void free_to_zone(struct page *page, unsigned int order)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	free_one_block(zone, page, order);
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* A block at rest goes to this CPU's list, or, if that holds none like it, to the free areas. */
static __always_inline void free_at_rest(struct page *page, unsigned int order)
{
	enum migratetype type = get_pageblock_migratetype(page);
	struct per_cpu_pages *pcp;
	unsigned long flags;

	if (unlikely(order >= NR_PCP_ORDERS || type >= MIGRATE_PCPTYPES)) {
		free_to_zone(page, order);
		return;
	}
	pcp = &zone_pcp[page_zonenum(page)];
	local_irq_save(flags);
	pcp = this_cpu_ptr(pcp);
	list_add(&page->lru, &pcp->lists[pcp_list_index(type, order)]);
	pcp->count += pcp_block_pages[order];
	if (unlikely(pcp->count > pcp->high))
		pcp_flush(page_zone(page), pcp, pcp->count - pcp->high + pcp->batch - 1);
	local_irq_restore(flags);
}

/*
 * Somebody has freed a page out of another's block (P11). It was marked as bad, and when
 * the block is freed, by its head alone, nobody would see the mark. So from the first such
 * page on (MM_DEBUG_BAD_TAILS) each block is looked through, and halved until the bad page is
 * alone: it is not freed.
 */
static void free_around_bad(struct page *page, unsigned int order)
{
	unsigned long nr = 1UL << order, i = 0;

	while (i < nr && !PageBad(page + i))
		i++;
	if (i == nr) {
		free_at_rest(page, order);
	} else if (order) {
		free_around_bad(page, order - 1);
		free_around_bad(page + nr / 2, order - 1);
	}
}

noinline void free_with_prepare(struct page *page, unsigned int order)
{
	if (!free_pages_prepare(page, &order))
		return;
	if (unlikely(mm_debug_flags & MM_DEBUG_BAD_TAILS))
		free_around_bad(page, order);
	else
		free_at_rest(page, order);
}

/* The last reference is gone. */
static __always_inline void free_unreferenced(struct page *page, unsigned int order)
{
	if (unlikely(needs_free_prepare(page)))
		free_with_prepare(page, order);
	else
		free_at_rest(page, order);
}

/*
 * Not the last reference. Of a plain block, somebody who took a reference of
 * the first page knows of no other: the rest is freed now, the first page by the
 * last put_page(). A compound page stays whole until then.
 */
noinline void free_pages_referenced(struct page *page, unsigned int order, bool compound)
{
	if (unlikely(page_ref_count(page) < 0)) {
		set_page_count(page, 0);
		if (!bad_page(page, "nonzero _refcount"))
			mm_debug_flags |= MM_DEBUG_BAD_TAILS;
		return;
	}
	if (compound)
		return;
	if (unlikely(mm_debug_flags))
		debug_split_page(page, order);
	while (order-- > 0)
		free_unreferenced(page + (1UL << order), order);
}

void __free_pages(struct page *page, unsigned int order)
{
	bool compound = PageHead(page);

	if (likely(page_ref_dec_and_test(page)))
		free_unreferenced(page, order);
	else
		free_pages_referenced(page, order, compound);
}

void free_pages(unsigned long address, unsigned int order)
{
	if (!address)
		return;
	VM_BUG_ON(!virt_addr_valid((void *)address));
	__free_pages(virt_to_page(address), order);
}

void __put_page(struct page *page)
{
	if (unlikely(PageLRU(page)))
		lru_page_freed(page);
	free_unreferenced(page, compound_order(page));
}

/* --- compound pages and splitting ---------------------------------------------- */

struct page *__compound_head(struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	unsigned int order;

	for (order = 1; order < NR_PAGE_ORDERS; order++) {
		struct page *head = page - (pfn & ((1UL << order) - 1));

		if (PageHead(head) && compound_order(head) >= order)
			return head;
	}
	return page;
}

void split_page(struct page *page, unsigned int order)
{
	unsigned long i;

	VM_BUG_ON_PAGE(page_ref_count(page) == 0, page);
	BUG_ON(PageCompound(page));
	for (i = 1; i < 1UL << order; i++) {
		set_page_count(page + i, 1);
		page[i].private = 0; /* a former owner's: nothing of a tail was touched until now */
	}
	if (unlikely(mm_debug_flags))
		debug_split_page(page, order);
}

void *alloc_pages_exact(size_t size, gfp_t gfp)
{
	unsigned int order = get_order(size);
	size_t used = PAGE_ALIGN(size);
	unsigned long address;

	if (WARN_ON_ONCE(gfp & (__GFP_COMP | __GFP_HIGHMEM)))
		gfp &= ~(__GFP_COMP | __GFP_HIGHMEM);
	address = __get_free_pages(gfp, order);
	if (address) {
		split_page(virt_to_page(address), order);
		free_pages_exact((void *)(address + used), (PAGE_SIZE << order) - used);
	}
	return (void *)address;
}

void free_pages_exact(void *address, size_t size)
{
	unsigned long next = (unsigned long)address, end = next + PAGE_ALIGN(size);

	for (; next < end; next += PAGE_SIZE)
		free_page(next);
}
