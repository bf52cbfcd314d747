// SPDX-License-Identifier: MIT
/*
 * Operations, but for the allocations (allocations.c): see operations.h. What an owner does to
 * its pages (references, flags, splitting) is what Linux's owners do.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "operations.h"

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
	choices_from_seed(seed);
	begin();
}

void operations_from_bytes(const u8 *bytes, unsigned long size)
{
	choices_from_bytes(bytes, size);
	begin();
}

/* --- interrupts --------------------------------------------------------------------------- */

static void interrupt_frees(struct block **slot)
{
	struct page *page = pfn_to_page((*slot)->pfn);
	unsigned int order = ilog2((*slot)->nr);

	model_release(*slot);
	*slot = NULL;
	__free_pages(page, order);
}

static void interrupt_allocates(struct block **slot)
{
	gfp_t gfp = GFP_ATOMIC | __GFP_NOWARN;
	unsigned int order = choose(NR_PCP_ORDERS + 1);
	struct page *page = alloc_pages(gfp, order);

	if (!page)
		return;
	*slot = model_claim(page_to_pfn(page), 1UL << order, PLAIN);
	if (!*slot)
		return;
	(*slot)->of_interrupt = true;
	(*slot)->gfp = gfp;
	(*slot)->trace = machine_trace;
	(*slot)->owner_order = order;
}

static void interrupt(void)
{
	unsigned long flags = host_eflags;
	struct block **slot;

	if (!once_in(16))
		return;
	host_eflags = 0;
	preempt_count_add(HARDIRQ_OFFSET);
	slot = &of_interrupts[choose(ARRAY_SIZE(of_interrupts))];
	if (*slot)
		interrupt_frees(slot);
	else
		interrupt_allocates(slot);
	preempt_count_sub(HARDIRQ_OFFSET);
	host_eflags = flags;
}

void operations_interrupted(bool yes)
{
	host_interrupt = yes ? interrupt : NULL;
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

	switch (choose(3)) {
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

/* As an atomic request would that got this block: the pageblocks of its first and last page. */
static void reserve(void)
{
	struct block *block = random_block();
	struct page *page = block ? pfn_to_page(block->pfn) : NULL;

	if (!block)
		return;
	reserve_highatomic_pageblock(page_zone(page), page);
	reserve_highatomic_pageblock(page_zone(page), page + block->nr - 1);
}

/* Far above the target: many at once. */
static void free_many(void)
{
	unsigned int nr = 1 + choose(16);

	while (nr-- && !model_failed)
		free_any();
}

void operation(unsigned int target)
{
	static void (*const other[])(void) = {
		free_any,  free_any,  free_any,	 free_any,  free_any,
		share_any, share_any, split_any, give_back, reserve,
	};
	unsigned int used = model_percent_used();

	if (used > target + 5)
		free_many();
	else if (choose(4) < (used < target ? 3 : 1))
		operation_alloc_any();
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
