// SPDX-License-Identifier: MIT
/*
 * Page owner: who allocated each page.
 *
 * With page_owner=on, eight bytes a page frame say how the page was allocated: the
 * order, the flags, and a number that stands for the call trace. Few call traces make
 * many allocations, so each is kept once, in a table that also counts what it owns:
 *
 *	owner of pfn 812:  order 0, GFP_KERNEL, trace 7 --+
 *	owner of pfn 813:  order 0, GFP_KERNEL, trace 7 --+--> alloc_page in foo(),
 *	owner of pfn 816:  order 2, GFP_ATOMIC, trace 3        called by bar(): 2 pages
 *
 * Worked example: a leak shows as a trace whose pages only ever grow:
 *
 *	memkern> owner
 *	  1024 pages in 1024 blocks:  fill_pages+0x31/0x80 < cmd_fill+0x9a/0x140 < ...
 *
 * As a block's first frame knows its order, two faults are found that cannot be
 * otherwise: a block freed with another order than it was allocated with, and a frame
 * that is neither free nor owned by anybody.
 *
 * Cost: when off, nothing beyond the test of mm_debug_flags. When on, an unwound call
 * trace an allocation (some thousand instructions) and 8 bytes a frame of lowmem.
 *
 * Invariants, checked by page_owner_check():
 *	I-page_owner-1  each frame is reserved, bad, owned, in a free block, or in a
 *	                per-CPU list: the last are as many as the lists hold
 *	I-page_owner-2  the traces together own as many pages as the frames say
 *
 * Locking: owner_lock, with interrupts off, innermost. Any context but NMI.
 *
 * Left out: who freed a page last.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <memkern/params.h>
#include <memkern/report.h>

#include "internal.h"

struct page_owner {
	gfp_t gfp;
	u16 trace; /* index into traces[] */
	s16 order; /* -1: not the first frame of an owned block */
};

#define NR_TRACES	2048 /* trace 0 takes all for which there is no room */
#define TRACE_HASH_SIZE 1024

/*
 * The page allocator's own code lies together, first in the kernel (linker.ld). It is left out
 * of the call traces: a caller is one, whether he was served at once or by a longer way.
 */
extern const char _stext[], __page_alloc_text_end[];
#define ALLOCATOR_DEPTH 8

/* By section: the owners of its frames; NULL: a section without RAM. */
static struct page_owner **section_owners;
static struct owner_trace *traces;
static unsigned int nr_traces;
static u16 trace_hash[TRACE_HASH_SIZE]; /* first of a chain by ->next; 0: none */
static DEFINE_SPINLOCK(owner_lock);

mm_debug_param(page_owner, MM_DEBUG_PAGE_OWNER);

static struct page_owner *owner_of(const struct page *page)
{
	unsigned long pfn = page_to_pfn(page);

	return &section_owners[pfn >> PFN_SECTION_SHIFT][pfn & (PAGES_PER_SECTION - 1)];
}

/* While memblock lives. Without room for it the boot goes on without owners. */
void __init page_owner_init(void)
{
	unsigned long section, i;

	if (!(mm_debug_flags & MM_DEBUG_PAGE_OWNER))
		return;
	traces = memblock_alloc(NR_TRACES * sizeof(*traces), 0);
	section_owners = memblock_alloc(__nr_mem_sections * sizeof(*section_owners), 0);
	for (section = 0; traces && section_owners && section < __nr_mem_sections; section++) {
		struct page_owner *owners;

		if (!mem_section[section].mem_map_base)
			continue;
		owners = memblock_alloc(PAGES_PER_SECTION * sizeof(*owners), 0);
		if (!owners)
			break;
		for (i = 0; i < PAGES_PER_SECTION; i++)
			owners[i].order = -1;
		section_owners[section] = owners;
	}
	nr_traces = 1;
	if (traces && section_owners && section == __nr_mem_sections)
		return;
	pr_warn("page_owner: no room in lowmem for %zu bytes a page; it stays off\n",
		sizeof(struct page_owner));
	mm_debug_flags &= ~MM_DEBUG_PAGE_OWNER;
}

/* --- call traces ----------------------------------------------------------------- */

static unsigned int hash_trace(const unsigned long *entries, unsigned int nr)
{
	unsigned int hash = nr;

	while (nr--)
		hash = hash * 31 + (unsigned int)*entries++;
	return (hash ^ hash >> 16) % TRACE_HASH_SIZE;
}

/* The number of this call trace, which is kept if it is new. Under owner_lock. */
static u16 find_trace(const unsigned long *entries, unsigned int nr)
{
	unsigned int hash = hash_trace(entries, nr);
	struct owner_trace *trace;
	u16 i;

	for (i = trace_hash[hash]; i; i = traces[i].next)
		if (traces[i].nr_entries == nr &&
		    !memcmp(traces[i].entries, entries, nr * sizeof(*entries)))
			return i;
	if (nr_traces == NR_TRACES)
		return 0;
	i = nr_traces++;
	trace = &traces[i];
	trace->nr_entries = nr;
	memcpy(trace->entries, entries, nr * sizeof(*entries));
	trace->next = trace_hash[hash];
	trace_hash[hash] = i;
	return i;
}

const struct owner_trace *page_owner_trace(unsigned int i)
{
	return traces && i < nr_traces ? &traces[i] : NULL;
}

/* --- what happens to blocks -------------------------------------------------------- */

static void own(struct page *page, unsigned int order, gfp_t gfp, u16 trace)
{
	*owner_of(page) = (struct page_owner){ .gfp = gfp, .trace = trace, .order = order };
	traces[trace].blocks++;
	traces[trace].pages += 1UL << order;
}

static void disown(struct page *page)
{
	struct page_owner *owner = owner_of(page);

	traces[owner->trace].blocks--;
	traces[owner->trace].pages -= 1UL << owner->order;
	owner->order = -1;
}

void page_owner_alloc(struct page *page, unsigned int order, gfp_t gfp)
{
	unsigned long entries[ALLOCATOR_DEPTH + OWNER_TRACE_DEPTH], *caller = entries, flags;
	unsigned int nr = stack_trace_save(entries, ARRAY_SIZE(entries), 0);

	while (nr > 1 && *caller > (unsigned long)_stext &&
	       *caller <= (unsigned long)__page_alloc_text_end) {
		caller++;
		nr--;
	}
	spin_lock_irqsave(&owner_lock, flags);
	own(page, order, gfp, find_trace(caller, min(nr, (unsigned int)OWNER_TRACE_DEPTH)));
	spin_unlock_irqrestore(&owner_lock, flags);
}

/* Each page is freed for itself from now on. */
void page_owner_split(struct page *page, unsigned int order)
{
	struct page_owner owner;
	unsigned long i, flags;

	spin_lock_irqsave(&owner_lock, flags);
	owner = *owner_of(page);
	if (owner.order == (s16)order) {
		disown(page);
		for (i = 0; i < 1UL << order; i++)
			own(page + i, 0, owner.gfp, owner.trace);
	}
	spin_unlock_irqrestore(&owner_lock, flags);
}

/* What was in a page is in another from now on. Of single pages; until then both are owned. */
void page_owner_move(struct page *dst, struct page *src)
{
	const struct page_owner *owner = owner_of(src);
	unsigned long flags;

	spin_lock_irqsave(&owner_lock, flags);
	if (!owner->order && !owner_of(dst)->order) {
		disown(dst);
		own(dst, 0, owner->gfp, owner->trace);
	}
	spin_unlock_irqrestore(&owner_lock, flags);
}

/* Returns the order that the block was allocated with: the one to free it with. */
unsigned int page_owner_free(struct page *page, unsigned int order)
{
	unsigned long flags, i;
	int allocated;

	spin_lock_irqsave(&owner_lock, flags);
	allocated = owner_of(page)->order;
	if (allocated == 0)
		/* Maybe several pages of a block that was split. */
		for (i = 0; i < 1UL << order && owner_of(page + i)->order == 0; i++)
			disown(page + i);
	else if (allocated > 0)
		disown(page);
	spin_unlock_irqrestore(&owner_lock, flags);

	if (allocated > 0 && allocated != (int)order) {
		if (!report_note("page_owner: pfn %05lx of order %d freed with order %u",
				 page_to_pfn(page), allocated, order))
			pr_alert("page_owner: pfn %05lx was allocated with order %d, and is freed "
				 "with order %u\n",
				 page_to_pfn(page), allocated, order);
		return allocated;
	}
	return order;
}

/* --- asking ------------------------------------------------------------------------- */

bool page_owner_get(const struct page *page, struct page_owner_info *info)
{
	unsigned long flags;
	unsigned int order;
	bool found = false;

	if (!(mm_debug_flags & MM_DEBUG_PAGE_OWNER))
		return false;
	spin_lock_irqsave(&owner_lock, flags);
	for (order = 0; !found && order < NR_PAGE_ORDERS; order++) {
		const struct page *head = page - (page_to_pfn(page) & ((1UL << order) - 1));
		const struct page_owner *owner = owner_of(head);

		found = owner->order >= (int)order;
		if (found)
			*info = (struct page_owner_info){
				.head = head,
				.order = owner->order,
				.gfp = owner->gfp,
				.trace = &traces[owner->trace],
			};
	}
	spin_unlock_irqrestore(&owner_lock, flags);
	return found;
}

void page_owner_print(const struct page *page)
{
	struct page_owner_info info;
	unsigned int i;

	if (!page_owner_get(page, &info))
		return;
	pr_warn("page_owner: allocated with order %u, %#x(%pGg), by\n", info.order, info.gfp,
		&info.gfp);
	for (i = 0; i < info.trace->nr_entries; i++)
		pr_warn(" %pB\n", (void *)info.trace->entries[i]);
}

/* --- the checker --------------------------------------------------------------------- */

static int check_zone_owners(struct zone *zone)
{
	unsigned long pfn = zone->zone_start_pfn, unknown = 0, nr;
	unsigned int cpu, order;
	long in_lists = 0;
	int found = 0;

	for (; pfn < zone_end_pfn(zone); pfn += nr) {
		struct page *page;

		nr = PAGES_PER_SECTION - (pfn & (PAGES_PER_SECTION - 1));
		if (!pfn_valid(pfn))
			continue;
		page = pfn_to_page(pfn);
		nr = 1;
		if (PageReserved(page))
			continue;
		if (free_block_of(page, &order)) {
			nr = 1UL << order;
		} else if (owner_of(page)->order >= 0) {
			nr = 1UL << owner_of(page)->order;
			if (!page_ref_count(page))
				found += mm_problem("I-page_owner-1",
						    "pfn %#lx is owned, but has no references",
						    pfn);
		} else if (!PageBad(page)) {
			unknown++;
		}
	}
	for_each_online_cpu(cpu)
		in_lists += per_cpu_ptr(zone->per_cpu_pageset, cpu)->count;
	if (unknown != (unsigned long)in_lists)
		found += mm_problem(
			"I-page_owner-1",
			"zone %s: %lu pages neither free nor owned, %ld in per-CPU lists",
			zone->name, unknown, in_lists);
	return found;
}

/*
 * The sum over all traces against a recount: a walk for each trace would be dear. Nobody may
 * allocate between the two.
 */
static int check_traces(void)
{
	unsigned long owned = 0, counted = 0, section, flags, i;

	spin_lock_irqsave(&owner_lock, flags);
	for (i = 0; i < nr_traces; i++)
		owned += traces[i].pages;
	for (section = 0; section < __nr_mem_sections; section++) {
		const struct page_owner *owners = section_owners[section];

		for (i = 0; owners && i < PAGES_PER_SECTION; i++)
			counted += owners[i].order < 0 ? 0 : 1UL << owners[i].order;
	}
	spin_unlock_irqrestore(&owner_lock, flags);
	if (owned == counted)
		return 0;
	return mm_problem("I-page_owner-2", "traces own %lu pages, frames say %lu", owned, counted);
}

int page_owner_check(void)
{
	struct zone *zone;
	int found;

	if (!(mm_debug_flags & MM_DEBUG_PAGE_OWNER))
		return 0;
	found = check_traces();
	for_each_populated_zone(zone) {
		unsigned long flags;

		spin_lock_irqsave(&zone->lock, flags);
		found += check_zone_owners(zone);
		spin_unlock_irqrestore(&zone->lock, flags);
	}
	return found;
}
