// SPDX-License-Identifier: MIT
/*
 * Allocations by each of the functions that there are. One is predicted (predict.c), made,
 * judged by what API.md promises, and what came is claimed in the model.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "operations.h"
#include "predict.h"

/* --- requests ------------------------------------------------------------------------------- */

// clang-format off
static const gfp_t zone_bits[] = {
	0, 0, 0, __GFP_MOVABLE,
	__GFP_HIGHMEM, __GFP_HIGHMEM | __GFP_MOVABLE,
	__GFP_DMA, __GFP_DMA | __GFP_MOVABLE,
	__GFP_DMA32, __GFP_DMA32 | __GFP_MOVABLE,
};

static const gfp_t ways_to_wait[] = {
	GFP_KERNEL, GFP_KERNEL, GFP_NOIO, GFP_NOFS, GFP_USER, GFP_KERNEL | __GFP_HIGH,
	GFP_ATOMIC, GFP_ATOMIC, GFP_NOWAIT, 0,
};

static const gfp_t extras[] = {
	__GFP_NOMEMALLOC, __GFP_NORETRY, __GFP_RETRY_MAYFAIL, __GFP_WRITE, __GFP_THISNODE,
	__GFP_ACCOUNT,
};
// clang-format on

static gfp_t random_gfp(void)
{
	gfp_t gfp = zone_bits[choose(ARRAY_SIZE(zone_bits))] |
		    ways_to_wait[choose(ARRAY_SIZE(ways_to_wait))];

	if (!(gfp & __GFP_MOVABLE) && once_in(4))
		gfp |= __GFP_RECLAIMABLE;
	if (once_in(4))
		gfp |= __GFP_COMP;
	if (once_in(16))
		gfp |= __GFP_ZERO;
	if (once_in(8))
		gfp |= extras[choose(ARRAY_SIZE(extras))];
	if (once_in(32))
		gfp |= __GFP_MEMALLOC;
	return once_in(16) ? gfp : gfp | __GFP_NOWARN;
}

/* Half of the requests are for single pages; each order comes. */
static unsigned int random_order(void)
{
	unsigned int order = 0;

	if (once_in(16))
		return choose(NR_PAGE_ORDERS);
	while (order < MAX_PAGE_ORDER && once_in(2))
		order++;
	return order;
}

/* --- verdicts ------------------------------------------------------------------------------- */

#define NOT_PREDICTED (-2)

/* Reports of failure are exactly those that the flags ask for (P10). */
static void judge_failure(gfp_t gfp, unsigned int order, int predicted, unsigned int reports_before)
{
	bool no_dma = (gfp & __GFP_DMA) && !managed_zone(contig_page_data.node_zones);
	bool silent = (gfp & __GFP_NOWARN) || no_dma || order > MAX_PAGE_ORDER;

	if (host_interrupt)
		return;
	model_expect(predicted < 0, "order %u, flags %#x refused, though zone %d can serve it",
		     order, gfp, predicted);
	model_expect(predict_zone(gfp, order) < 0, "order %u, flags %#x: not all was given back",
		     order, gfp);
	model_expect(reports.total - reports_before == !silent, "order %u, flags %#x: %u reports",
		     order, gfp, reports.total - reports_before);
}

static void judge_new_page(struct page *page, gfp_t gfp, unsigned int order, int predicted,
			   unsigned int reports_before)
{
	struct zone *zone = page_zone(page);
	unsigned long flags = page->flags & PAGEFLAGS_MASK & ~(1UL << PG_head);
	/* On its way it gets something back from the per-CPU lists, in zones below their marks. */
	bool makes_blocks = order > PAGE_ALLOC_COSTLY_ORDER && predict_ignores_marks(gfp);

	model_expect(!(page_to_pfn(page) & ((1UL << order) - 1)), "pfn %#lx for order %u",
		     page_to_pfn(page), order);
	model_expect(page->private == 0, "pfn %#lx: private %#lx", page_to_pfn(page),
		     page->private);
	model_expect(!(flags & ~(predict_ignores_marks(gfp) ? 1UL << PG_pfmemalloc : 0)),
		     "pfn %#lx: flags %#lx", page_to_pfn(page), flags);
	model_expect(predict_allows(zone, gfp), "flags %#x got a page of %s", gfp, zone->name);
	if (host_interrupt)
		return;
	model_expect(predicted < 0 || (int)zone_idx(zone) == predicted ||
			     (makes_blocks && (int)zone_idx(zone) > predicted),
		     "order %u, flags %#x from zone %s, not zone %d", order, gfp, zone->name,
		     predicted);
	model_expect(predicted != -1 || makes_blocks || (gfp & __GFP_DIRECT_RECLAIM),
		     "order %u, flags %#x served, though no zone may", order, gfp);
	model_expect((long)zone->nr_free_pages >= predict_least_left(zone, gfp, order),
		     "order %u, flags %#x leave %lu pages in %s", order, gfp, zone->nr_free_pages,
		     zone->name);
	model_expect(reports.total == reports_before, "a report: %s", reports.last);
}

/* What the owner may do to its struct pages, and what page owner knows of it. */
static void take_possession(struct page *page, unsigned long nr, enum block_kind kind, gfp_t gfp)
{
	struct block *block;
	unsigned long i;

	if ((gfp & __GFP_ZERO) || (mm_debug_flags & MM_DEBUG_INIT_ON_ALLOC))
		model_expect(!memchr_inv(page_to_virt(page), 0, nr * PAGE_SIZE),
			     "pfn %#lx, %lu pages: not zeroed", page_to_pfn(page), nr);
	block = model_claim(page_to_pfn(page), nr, kind);
	if (!block)
		return;
	block->gfp = gfp;
	block->trace = machine_trace;
	block->owner_order = kind == EXACT ? 0 : ilog2(nr);
	model_check_block(block);
	for (i = 0; i < min(nr, 64UL); i++) {
		if (kind == EXACT)
			model_expect(!page[i].private, "exact: pfn %#lx has private %#lx",
				     block->pfn + i, page[i].private);
		page[i].private = choose(3);
	}
	page->index = block->pfn;
	if (once_in(8))
		page->flags |= 1UL << PG_uptodate | 1UL << PG_dirty | 1UL << PG_swapbacked;
	block->lru = (gfp & __GFP_MOVABLE) && once_in(2);
	if (block->lru)
		SetPageLRU(page);
}

static enum block_kind kind_of(gfp_t gfp, unsigned int order)
{
	return order && (gfp & __GFP_COMP) ? COMPOUND : PLAIN;
}

/* --- allocating ------------------------------------------------------------------------------ */

/* Not so many that page owner's table has no room for them: reports_test.c has that. */
static void draw_trace(void)
{
	machine_trace = 1 + choose(once_in(8) ? 1500 : 16);
}

bool operation_alloc(gfp_t gfp, unsigned int order)
{
	unsigned int before = reports.total;
	int predicted = predict_zone(gfp, order);
	struct page *page;

	draw_trace();
	page = alloc_pages(gfp, order);
	if (!page) {
		judge_failure(gfp, order, predicted, before);
		return false;
	}
	judge_new_page(page, gfp, order, predicted, before);
	take_possession(page, 1UL << order, kind_of(gfp, order), gfp);
	return true;
}

static void alloc_any(void)
{
	gfp_t gfp = random_gfp();
	unsigned int order = random_order();

	if (once_in(64))
		current->flags |= PF_MEMALLOC;
	else if ((gfp & __GFP_DIRECT_RECLAIM) && order < 2 && once_in(64) && !host_interrupt &&
		 predict_zone(gfp, order) >= 0)
		gfp |= __GFP_NOFAIL; /* without memory that would be the end: reports_test.c */
	operation_alloc(gfp, order);
	current->flags &= ~PF_MEMALLOC;
}

static void alloc_too_large(void)
{
	operation_alloc(random_gfp() | __GFP_NOWARN, NR_PAGE_ORDERS + choose(60));
}

static void alloc_address(void)
{
	gfp_t gfp = random_gfp(), lowmem = gfp & ~__GFP_HIGHMEM;
	unsigned int order = random_order(), before = reports.total;
	int predicted = predict_zone(lowmem, order);
	unsigned long address;

	draw_trace();
	if (!order && once_in(2)) {
		lowmem |= __GFP_ZERO;
		address = get_zeroed_page(gfp);
	} else {
		address = __get_free_pages(gfp, order);
	}
	if (!address) {
		judge_failure(lowmem, order, predicted, before);
		return;
	}
	model_expect(page_address(virt_to_page(address)) == (void *)address, "address %#lx",
		     address);
	judge_new_page(virt_to_page(address), lowmem, order, predicted, before);
	take_possession(virt_to_page(address), 1UL << order, kind_of(gfp, order), lowmem);
}

static void alloc_exact(void)
{
	gfp_t gfp = random_gfp() & ~(__GFP_HIGHMEM | __GFP_COMP);
	size_t size = 1 + choose(once_in(16) ? 600 : 20) * 2048;
	unsigned int order = get_order(size), before = reports.total;
	int predicted = predict_zone(gfp, order);
	void *address;

	draw_trace();
	address = alloc_pages_exact(size, gfp);
	if (!address) {
		judge_failure(gfp, order, predicted, before);
		return;
	}
	judge_new_page(virt_to_page(address), gfp, order, predicted, before);
	take_possession(virt_to_page(address), PAGE_ALIGN(size) / PAGE_SIZE, EXACT, gfp);
}

/* Some slots are filled already: they stay as they are (P8). */
static void alloc_bulk(void)
{
	static struct page taken;
	struct page *array[40] = { NULL };
	gfp_t gfp = random_gfp();
	unsigned int nr = choose(ARRAY_SIZE(array)), before = reports.total, filled, i;
	u64 is_taken = 0;

	for (i = 0; i < nr; i++) {
		if (!once_in(8))
			continue;
		array[i] = &taken;
		is_taken |= 1ULL << i;
	}
	draw_trace();
	filled = alloc_pages_bulk_array(gfp, nr, array);
	model_expect(filled <= nr, "bulk: %u of %u slots", filled, nr);
	model_expect(filled == nr || !array[filled], "bulk: slot %u is filled", filled);
	for (i = 0; i < ARRAY_SIZE(array); i++) {
		if (!model_expect(((is_taken >> i) & 1) == (array[i] == &taken),
				  "bulk: slot %u was filled twice", i))
			return;
		if (array[i] == &taken || (i >= filled && !array[i]))
			continue;
		if (!model_expect(array[i] && i < filled, "bulk: slot %u", i))
			return;
		judge_new_page(array[i], gfp, 0, NOT_PREDICTED, reports.total);
		take_possession(array[i], 1, PLAIN, gfp);
	}
	if (filled < nr && !host_interrupt)
		judge_failure(gfp, 0, NOT_PREDICTED, before);
}

void operation_alloc_any(void)
{
	if (once_in(256))
		alloc_too_large();
	else if (once_in(16))
		alloc_exact();
	else if (once_in(16))
		alloc_bulk();
	else if (once_in(8))
		alloc_address();
	else
		alloc_any();
}
