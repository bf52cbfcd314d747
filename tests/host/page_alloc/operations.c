// SPDX-License-Identifier: MIT
/*
 * Random operations: see operations.h.
 *
 * An allocation is predicted (predict.c), made, and what came is claimed in the model. What
 * the owner then does to its pages (references, flags, splitting) is what Linux's owners do.
 */
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "operations.h"
#include "predict.h"

/* --- choices ------------------------------------------------------------------------------ */

static struct {
	bool from_bytes;
	const u8 *next;
	unsigned long left;
	struct rnd_state random;
} choices;

static u8 blocks_at_boot[MAX_FRAMES];

/* What interrupts hold: nobody else touches it. */
static struct block *of_interrupts[32];

static void begin(void)
{
	operations_interrupted(false);
	memset(of_interrupts, 0, sizeof(of_interrupts));
	model_reset();
	machine_free_blocks(blocks_at_boot);
}

void operations_from_seed(u64 seed)
{
	choices.from_bytes = false;
	prandom_seed_state(&choices.random, seed);
	begin();
}

void operations_from_bytes(const u8 *bytes, unsigned long size)
{
	choices.from_bytes = true;
	choices.next = bytes;
	choices.left = size;
	begin();
}

static u8 next_byte(void)
{
	if (!choices.left)
		return 0;
	choices.left--;
	return *choices.next++;
}

bool choices_left(void)
{
	return !choices.from_bytes || choices.left;
}

unsigned int choose(unsigned int limit)
{
	if (!choices.from_bytes)
		return ((u64)prandom_u32_state(&choices.random) * limit) >> 32;
	return (limit <= 256 ? next_byte() : next_byte() << 8 | next_byte()) % limit;
}

/* Yes, once in so many times. */
static bool once_in(unsigned int times)
{
	return choose(times) == times - 1;
}

/* --- interrupts --------------------------------------------------------------------------- */

static void interrupt(void)
{
	unsigned long flags = host_eflags;
	struct block **slot;

	if (!once_in(16))
		return;
	host_eflags = 0;
	preempt_count_add(HARDIRQ_OFFSET);
	slot = &of_interrupts[choose(ARRAY_SIZE(of_interrupts))];
	if (*slot) {
		struct page *page = pfn_to_page((*slot)->pfn);
		unsigned int order = ilog2((*slot)->nr);

		model_release(*slot);
		*slot = NULL;
		__free_pages(page, order);
	} else {
		gfp_t gfp = GFP_ATOMIC | __GFP_NOWARN;
		unsigned int order = choose(NR_PCP_ORDERS + 1);
		struct page *page = alloc_pages(gfp, order);

		if (page)
			*slot = model_claim(page_to_pfn(page), 1UL << order, PLAIN);
		if (*slot) {
			(*slot)->of_interrupt = true;
			(*slot)->gfp = gfp;
			(*slot)->trace = machine_trace;
			(*slot)->owner_order = order;
		}
	}
	preempt_count_sub(HARDIRQ_OFFSET);
	host_eflags = flags;
}

void operations_interrupted(bool yes)
{
	host_interrupt = yes ? interrupt : NULL;
}

/* --- allocating --------------------------------------------------------------------------- */

static const gfp_t zone_bits[] = {
	0, 0, 0, __GFP_HIGHMEM, __GFP_HIGHMEM | __GFP_MOVABLE, __GFP_DMA, __GFP_DMA32,
	__GFP_MOVABLE, __GFP_DMA | __GFP_MOVABLE, __GFP_DMA32 | __GFP_MOVABLE,
};

static const gfp_t ways_to_wait[] = {
	GFP_KERNEL, GFP_KERNEL, GFP_ATOMIC, GFP_ATOMIC, GFP_NOWAIT, GFP_NOIO, GFP_NOFS, GFP_USER, 0,
	GFP_KERNEL | __GFP_HIGH,
};

static const gfp_t extras[] = {
	__GFP_NOMEMALLOC, __GFP_NORETRY, __GFP_RETRY_MAYFAIL, __GFP_WRITE, __GFP_THISNODE,
	__GFP_ACCOUNT,
};

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
	unsigned long flags = page->flags & PAGE_FLAGS_MASK & ~(1UL << PG_head);

	model_expect(!(page_to_pfn(page) & ((1UL << order) - 1)), "pfn %#lx for order %u",
		     page_to_pfn(page), order);
	model_expect(page->private == 0, "pfn %#lx: private %#lx", page_to_pfn(page),
		     page->private);
	model_expect(!(flags & ~(predict_ignores_marks(gfp) ? 1UL << PG_pfmemalloc : 0)),
		     "pfn %#lx: flags %#lx", page_to_pfn(page), flags);
	model_expect(predict_allows(zone, gfp), "flags %#x got a page of %s", gfp, zone->name);
	if (gfp & __GFP_ZERO || mm_debug_flags & MM_DEBUG_INIT_ON_ALLOC)
		model_expect(!memchr_inv(page_to_virt(page), 0, PAGE_SIZE << order),
			     "pfn %#lx, order %u is not zeroed", page_to_pfn(page), order);
	if (host_interrupt)
		return;
	model_expect(predicted < 0 || (int)zone_idx(zone) == predicted,
		     "order %u, flags %#x from zone %s, not zone %d", order, gfp, zone->name,
		     predicted);
	model_expect(predicted != -1 || (gfp & __GFP_DIRECT_RECLAIM),
		     "order %u, flags %#x served, though no zone may", order, gfp);
	model_expect((long)zone->nr_free_pages >= predict_least_left(zone, gfp, order),
		     "order %u, flags %#x leave %lu pages in %s", order, gfp, zone->nr_free_pages,
		     zone->name);
	model_expect(reports.total == reports_before, "a report: %s", reports.last);
}

/* What the owner may do to its struct page and to its count, and what page owner knows. */
static void take_possession(struct block *block, gfp_t gfp, unsigned int owner_order)
{
	struct page *page = pfn_to_page(block->pfn);

	block->gfp = gfp;
	block->trace = machine_trace;
	block->owner_order = owner_order;
	model_check_block(block);
	page->private = choose(3);
	page->index = block->pfn;
	if (once_in(8))
		page->flags |= 1UL << PG_uptodate | 1UL << PG_dirty | 1UL << PG_swapbacked;
	block->lru = (gfp & __GFP_MOVABLE) && once_in(2);
	if (block->lru)
		SetPageLRU(page);
}

static void draw_trace(void)
{
	machine_trace = 1 + choose(once_in(8) ? 4000 : 16);
}

bool operation_alloc(gfp_t gfp, unsigned int order)
{
	unsigned int before = reports.total;
	int predicted = predict_zone(gfp, order);
	struct block *block;
	struct page *page;

	draw_trace();
	page = alloc_pages(gfp, order);
	if (!page) {
		judge_failure(gfp, order, predicted, before);
		return false;
	}
	judge_new_page(page, gfp, order, predicted, before);
	block = model_claim(page_to_pfn(page), 1UL << order,
			    order && (gfp & __GFP_COMP) ? COMPOUND : PLAIN);
	if (block)
		take_possession(block, gfp, order);
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
	struct block *block;

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
	block = model_claim(virt_to_pfn(address), 1UL << order,
			    order && (gfp & __GFP_COMP) ? COMPOUND : PLAIN);
	if (block)
		take_possession(block, lowmem, order);
}

static void alloc_exact(void)
{
	gfp_t gfp = random_gfp() & ~(__GFP_HIGHMEM | __GFP_COMP);
	size_t size = 1 + choose(once_in(16) ? 600 : 20) * 2048;
	unsigned int order = get_order(size), before = reports.total;
	int predicted = predict_zone(gfp, order);
	struct block *block;
	void *address;

	draw_trace();
	address = alloc_pages_exact(size, gfp);
	if (!address) {
		judge_failure(gfp, order, predicted, before);
		return;
	}
	judge_new_page(virt_to_page(address), gfp, 0, predicted, before);
	model_expect(!(__pa(address) & ((PAGE_SIZE << order) - 1)), "exact: %zu bytes at %p", size,
		     address);
	block = model_claim(virt_to_pfn(address), PAGE_ALIGN(size) / PAGE_SIZE, EXACT);
	if (block)
		take_possession(block, gfp, 0);
}

/* Some slots are filled already: they stay as they are (P8). */
static void alloc_bulk(void)
{
	static struct page taken;
	struct page *array[40] = { NULL };
	gfp_t gfp = random_gfp();
	unsigned int nr = choose(ARRAY_SIZE(array)), before = reports.total, filled, i;

	for (i = 0; i < nr; i++)
		if (once_in(8))
			array[i] = &taken;
	draw_trace();
	filled = alloc_pages_bulk_array(gfp, nr, array);
	model_expect(filled <= nr, "bulk: %u of %u slots", filled, nr);
	model_expect(filled == nr || !array[filled], "bulk: slot %u is filled", filled);
	for (i = 0; i < ARRAY_SIZE(array); i++) {
		struct block *block;

		if (array[i] == &taken || (i >= filled && !array[i]))
			continue;
		if (!model_expect(array[i] && i < filled, "bulk: slot %u", i))
			return;
		judge_new_page(array[i], gfp, 0, NOT_PREDICTED, reports.total);
		block = model_claim(page_to_pfn(array[i]), 1, PLAIN);
		if (block)
			take_possession(block, gfp, 0);
	}
	if (filled < nr && !host_interrupt)
		judge_failure(gfp, 0, NOT_PREDICTED, before);
}

/* --- freeing and sharing ------------------------------------------------------------------ */

static struct block *random_block(void)
{
	unsigned int nr = model_nr_blocks();
	struct block *block = nr ? model_block(choose(nr)) : NULL;

	return block && !block->of_interrupt ? block : NULL;
}

/* One of the references goes, by one of the functions that the kind of block allows. */
static void drop_reference(const struct block *block, unsigned int order)
{
	struct page *page = pfn_to_page(block->pfn);

	if (block->kind == COMPOUND && once_in(2))
		put_page(page + choose(block->nr));
	else if ((block->refs > 1 || !order) && once_in(2))
		put_page(page);
	else if (page_address(page) && once_in(2))
		free_pages((unsigned long)page_address(page), order);
	else
		__free_pages(page, order);
}

static void free_exact(struct block *block)
{
	unsigned long pfn = block->pfn, nr = block->nr;
	void *address = pfn_to_virt(pfn);

	model_release(block);
	free_pages_exact(address, nr * PAGE_SIZE - choose(PAGE_SIZE));
	if (!host_interrupt)
		model_check_freed(pfn, nr);
}

/* The last reference, or the first of several: of a plain block then all but the first page. */
void operation_free(struct block *block)
{
	unsigned long pfn = block->pfn, nr = block->nr;
	struct page *page = pfn_to_page(pfn);
	struct block before = *block;

	model_check_block(block);
	if (block->lru)
		ClearPageLRU(page);
	block->lru = false;
	if (block->kind == EXACT) {
		free_exact(block);
		return;
	}
	if (block->refs == 1) {
		model_release(block);
		drop_reference(&before, ilog2(nr));
		if (!host_interrupt)
			model_check_freed(pfn, nr);
		return;
	}
	block->refs--;
	if (block->kind == PLAIN && nr > 1) {
		model_cut(block);
		__free_pages(page, ilog2(nr));
	} else {
		drop_reference(&before, ilog2(nr));
	}
	model_check_block(block);
}

static void free_any(void)
{
	struct block *block = random_block();

	if (block)
		operation_free(block);
}

static void share_any(void)
{
	struct block *block = random_block();

	if (!block || block->kind == EXACT || block->refs > 5)
		return;
	get_page(pfn_to_page(block->pfn) + (block->kind == COMPOUND ? choose(block->nr) : 0));
	block->refs++;
	model_check_block(block);
}

static void split_any(void)
{
	struct block *block = random_block();

	if (!block || block->kind == COMPOUND || block->refs > 1)
		return;
	if (block->lru)
		ClearPageLRU(pfn_to_page(block->pfn));
	block->lru = false;
	if (block->kind == PLAIN)
		split_page(pfn_to_page(block->pfn), ilog2(block->nr));
	model_split(block);
}

/* --- the rest ------------------------------------------------------------------------------ */

static void give_back(void)
{
	struct zone *zone = contig_page_data.node_zones + choose(MAX_NR_ZONES);
	unsigned long before = zone->nr_reserved_highatomic;

	switch (choose(4)) {
	case 0:
		drain_all_pages(NULL);
		break;
	case 1:
		drain_local_pages(zone);
		break;
	default:
		if (!unreserve_highatomic_pageblock(choose(MIGRATE_PCPTYPES), once_in(2)))
			model_expect(zone->nr_reserved_highatomic == before || host_interrupt,
				     "%s: a pageblock went without a word", zone->name);
	}
}

/* Far above the target: many at once. */
static void free_many(void)
{
	unsigned int nr = 1 + choose(16);

	while (nr-- && !model_failed)
		free_any();
}

static void allocate(void)
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

void operation(unsigned int target)
{
	static void (*const other[])(void) = {
		free_any,  free_any,  free_any,	 free_any,  free_any,
		share_any, share_any, split_any, give_back,
	};
	unsigned int used = model_percent_used();

	if (used > target + 5)
		free_many();
	else if (choose(4) < (used < target ? 3 : 1))
		allocate();
	else
		other[choose(ARRAY_SIZE(other))]();
	model_check_counts();
}

void operations_end(void)
{
	static u8 blocks[MAX_FRAMES];
	unsigned long pfn;

	host_interrupt = NULL;
	while (model_nr_blocks() && !model_failed)
		operation_free(model_block(model_nr_blocks() - 1));
	machine_settle();
	model_check_counts();
	model_check_free_blocks();
	model_expect(machine_check(), "the checkers found something, with everything free");
	machine_free_blocks(blocks);
	for (pfn = 0; pfn < max_pfn; pfn++)
		model_expect(blocks[pfn] == blocks_at_boot[pfn],
			     "pfn %#lx: %d - 1 is the order of a free block there, at boot %d - 1",
			     pfn, blocks[pfn], blocks_at_boot[pfn]);
	model_expect(!reports.warnings && !nr_bad_pages, "%u warnings, %lu bad pages",
		     reports.warnings, nr_bad_pages);
}
