// SPDX-License-Identifier: MIT
/*
 * mm_check(): the whole memory manager, looked through.
 *
 * Every file of mm/ states its invariants by number, and each has a checker. This
 * file calls them all, and holds those of the page allocator, which look at the
 * free areas from both sides: along the lists, and along the frames.
 *
 *	lists:   free_area[o].free_list[t] -> head -> head -> ...   each sound?
 *	frames:  |head tail tail tail|used|head|...                 each in one state?
 *	                    the two must agree: nr_free, nr_free_pages
 *
 * Worked example: a page is freed twice with a corrupted count. Its head is then
 * met in two lists: the second list's link does not point back (I-page_alloc-2),
 * and that list has fewer sound blocks than its nr_free (I-page_alloc-5).
 *
 * Cost: about ten instructions a page frame, three milliseconds for 64 MiB.
 *
 * Locking: takes each zone's lock with interrupts off while it looks at the zone.
 * What it finds is kept, and printed after the lock is released. Process context.
 *
 * Left out: whether a page in use is used by somebody (page owner knows).
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/stop_machine.h>
#include <linux/string.h>
#include <memkern/mm_check.h>

#include "dma.h"
#include "internal.h"
#include "slab.h"
#include "vmalloc.h"

#define PROBLEMS_KEPT  16
#define PROBLEM_LENGTH 160

static struct {
	char text[PROBLEMS_KEPT][PROBLEM_LENGTH];
	unsigned int kept;
} problems;

const char *mm_problem_text(unsigned int nth)
{
	return nth < problems.kept ? problems.text[nth] : NULL;
}

int mm_problem(const char *invariant, const char *fmt, ...)
{
	va_list args;
	char *text;
	int used;

	if (problems.kept == PROBLEMS_KEPT)
		return 1;
	text = problems.text[problems.kept++];
	used = scnprintf(text, PROBLEM_LENGTH, "%s: ", invariant);
	va_start(args, fmt);
	vscnprintf(text + used, PROBLEM_LENGTH - used, fmt, args);
	va_end(args);
	return 1;
}

bool is_page_pointer(const struct page *page)
{
	unsigned long pfn;

	if (!virt_addr_valid(page) ||
	    (page->flags & 0xffffffffUL) >> SECTIONS_PGSHIFT >= __nr_mem_sections)
		return false;
	pfn = page_to_pfn(page);
	return pfn_valid(pfn) && pfn_to_page(pfn) == page;
}

static bool at_rest(const struct page *page)
{
	/* Asked of each frame: without a branch it is twice as fast. */
	return !(~page->page_type | (unsigned long)page->mapping | page_ref_count(page) |
		 (page->flags & PAGEFLAGS_MASK));
}

/* --- along the lists --------------------------------------------------------------- */

/* A free buddy of the same order should have been merged, unless types forbid it. */
static int check_unmerged(struct page *page, unsigned long pfn, unsigned int order)
{
	struct page *buddy = page + (long)((pfn ^ (1UL << order)) - pfn);
	enum migratetype type, buddy_type;

	if (order == MAX_PAGE_ORDER || !PageBuddy(buddy) || buddy_order(buddy) != order)
		return 0;
	type = get_pageblock_migratetype(page);
	buddy_type = get_pageblock_migratetype(buddy);
	if (order >= pageblock_order && type != buddy_type &&
	    !(migratetype_is_mergeable(type) && migratetype_is_mergeable(buddy_type)))
		return 0;
	return mm_problem("I-page_alloc-4", "free buddies %#lx and %#lx of order %u are apart", pfn,
			  page_to_pfn(buddy), order);
}

static int check_block(struct zone *zone, struct page *page, unsigned int order, int type)
{
	unsigned long pfn = page_to_pfn(page), i;
	int found = 0;

	if (!PageBuddy(page) || buddy_order(page) != order)
		return mm_problem("I-page_alloc-2",
				  "pfn %#lx in the list of order %u has type %#x, order %lu", pfn,
				  order, page->page_type, page->private);
	if (pfn & ((1UL << order) - 1) || page_zone(page) != zone)
		found += mm_problem("I-page_alloc-1", "block %#lx of order %u in zone %s", pfn,
				    order, zone->name);
	for (i = 0; i < 1UL << order; i += pageblock_nr_pages)
		if (get_pageblock_migratetype(page + i) != (enum migratetype)type)
			found += mm_problem(
				"I-page_alloc-3",
				"block %#lx of order %u is in list %s, pageblock %#lx is %s", pfn,
				order, migratetype_names[type], pfn + i,
				migratetype_names[get_pageblock_migratetype(page + i)]);
	return found + check_unmerged(page, pfn, order);
}

static int check_free_list(struct zone *zone, unsigned int order, int type, unsigned long *blocks)
{
	struct free_area *area = &zone->free_area[order];
	struct list_head *head = &area->free_list[type], *link, *before = head;
	int found = 0;

	for (link = head->next; link != head; before = link, link = link->next) {
		struct page *page = list_entry(link, struct page, lru);

		if (!is_page_pointer(page) || link->prev != before)
			return found + mm_problem("I-page_alloc-2",
						  "%s, order %u, %s: broken link at %px",
						  zone->name, order, migratetype_names[type], link);
		if (++*blocks > area->nr_free)
			break;
		found += check_block(zone, page, order, type);
	}
	return found;
}

static int check_free_areas(struct zone *zone)
{
	unsigned int order;
	int type, found = 0;

	for (order = 0; order < NR_PAGE_ORDERS; order++) {
		unsigned long blocks = 0;

		for (type = 0; type < MIGRATE_TYPES; type++)
			found += check_free_list(zone, order, type, &blocks);
		if (blocks != zone->free_area[order].nr_free)
			found += mm_problem("I-page_alloc-5",
					    "%s, order %u: nr_free %lu, found %lu", zone->name,
					    order, zone->free_area[order].nr_free, blocks);
	}
	return found;
}

/* --- along the frames ---------------------------------------------------------------- */

struct frame_count {
	unsigned long blocks[NR_PAGE_ORDERS];
	unsigned long free;
	unsigned long free_highatomic;
	unsigned long highatomic; /* pages in HIGHATOMIC pageblocks */
};

/* The pages of a free block behind its head are at rest. Returns how many there are. */
static unsigned long check_free_frames(struct page *page, unsigned long pfn, int *found)
{
	unsigned long i, nr;

	if (buddy_order(page) > MAX_PAGE_ORDER) {
		*found += mm_problem("I-page_alloc-2", "free block %#lx of order %lu", pfn,
				     page->private);
		return 1;
	}
	nr = 1UL << buddy_order(page);
	/* A block that is not aligned may reach beyond the struct pages of its section. */
	if (pfn & (nr - 1)) {
		*found += mm_problem("I-page_alloc-1", "free block %#lx of order %u is not aligned",
				     pfn, buddy_order(page));
		return 1;
	}
	if (page->mapping || page_ref_count(page) || (page->flags & PAGEFLAGS_MASK))
		*found += mm_problem("I-page_alloc-1", "the head of free block %#lx is not at rest",
				     pfn);
	for (i = 1; i < nr; i++) {
		if (at_rest(page + i))
			continue;
		*found +=
			mm_problem(PageBuddy(page + i) ? "I-page_alloc-2" : "I-page_alloc-1",
				   "pfn %#lx in free block %#lx is not at rest: type %#x, count %d",
				   pfn + i, pfn, page[i].page_type, page_ref_count(page + i));
		if (PageBuddy(page + i))
			return i;
	}
	return nr;
}

static int check_frames(struct zone *zone, struct frame_count *count)
{
	unsigned long pfn = zone->zone_start_pfn, nr;
	int found = 0;

	for (; pfn < zone_end_pfn(zone); pfn += nr) {
		struct page *page;
		bool highatomic;

		if (!pfn_valid(pfn)) {
			nr = PAGES_PER_SECTION - (pfn & (PAGES_PER_SECTION - 1));
			continue;
		}
		nr = 1;
		page = pfn_to_page(pfn);
		if (page_zone(page) != zone)
			found += mm_problem("I-mmzone-1", "pfn %#lx says it is of zone %s, not %s",
					    pfn, page_zone(page)->name, zone->name);
		highatomic = get_pageblock_migratetype(page) == MIGRATE_HIGHATOMIC;
		if (PageBuddy(page)) {
			nr = check_free_frames(page, pfn, &found);
			count->blocks[ilog2(nr)]++;
			count->free += nr;
			count->free_highatomic += highatomic ? nr : 0;
		}
		count->highatomic += highatomic ? nr : 0;
	}
	return found;
}

static int check_counters(struct zone *zone, const struct frame_count *count)
{
	unsigned int order;
	int found = 0;

	for (order = 0; order < NR_PAGE_ORDERS; order++)
		if (count->blocks[order] != zone->free_area[order].nr_free)
			found += mm_problem("I-page_alloc-5",
					    "%s, order %u: nr_free %lu, but %lu blocks in memory",
					    zone->name, order, zone->free_area[order].nr_free,
					    count->blocks[order]);
	if (count->free != zone->nr_free_pages)
		found += mm_problem("I-page_alloc-5", "%s: nr_free_pages %lu, counted %lu",
				    zone->name, zone->nr_free_pages, count->free);
	if (count->free_highatomic != zone->nr_free_highatomic)
		found += mm_problem("I-page_alloc-5", "%s: nr_free_highatomic %lu, counted %lu",
				    zone->name, zone->nr_free_highatomic, count->free_highatomic);
	if (count->highatomic != zone->nr_reserved_highatomic)
		found += mm_problem("I-pageblock-1", "%s: nr_reserved_highatomic %lu, counted %lu",
				    zone->name, zone->nr_reserved_highatomic, count->highatomic);
	return found;
}

/* --- the per-CPU lists ----------------------------------------------------------------- */

static int check_pcp_block(struct zone *zone, struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page), i;
	unsigned int block_order;
	int found = 0;

	if (pfn & ((1UL << order) - 1) || page_zone(page) != zone)
		return mm_problem("I-pcp-2", "pfn %#lx in a list of %s, order %u", pfn, zone->name,
				  order);
	for (i = 0; i < 1UL << order; i++)
		if (!at_rest(page + i))
			found += mm_problem("I-pcp-2", "pfn %#lx in a list of %s is not at rest",
					    pfn + i, zone->name);
	if (free_block_of(page, &block_order))
		found += mm_problem("I-page_alloc-6",
				    "pfn %#lx is in a per-CPU list and in a free block", pfn);
	return found;
}

static int check_pcp_list(struct zone *zone, struct list_head *head, unsigned int order, int *pages)
{
	struct list_head *link, *before = head;
	int found = 0, limit = zone_managed_pages(zone);

	for (link = head->next; link != head; before = link, link = link->next) {
		struct page *page = list_entry(link, struct page, lru);

		if (!is_page_pointer(page) || link->prev != before || *pages > limit)
			return found + mm_problem("I-pcp-2", "%s, order %u: broken link at %px",
						  zone->name, order, link);
		*pages += 1 << order;
		found += check_pcp_block(zone, page, order);
	}
	return found;
}

static int check_pcp(struct zone *zone)
{
	unsigned int cpu, i;
	int found = 0;

	for_each_online_cpu(cpu) {
		struct per_cpu_pages *pcp = per_cpu_ptr(zone->per_cpu_pageset, cpu);
		int pages = 0;

		for (i = 0; i < NR_PCP_LISTS; i++)
			found += check_pcp_list(zone, &pcp->lists[i], i % NR_PCP_ORDERS, &pages);
		if (pages != pcp->count)
			found += mm_problem("I-pcp-1", "%s, CPU %u: count %d, found %d", zone->name,
					    cpu, pcp->count, pages);
	}
	return found;
}

static int check_mobility_disabled(void)
{
	unsigned long section, i;
	int found = 0;

	if (!page_group_by_mobility_disabled)
		return 0;
	for (section = 0; section < __nr_mem_sections; section++)
		for (i = 0; i < __PAGEBLOCKS_PER_SECTION; i++)
			if (mem_section[section].pageblock_type[i] != MIGRATE_UNMOVABLE)
				found += mm_problem("I-pageblock-2", "section %lu has type %u",
						    section,
						    mem_section[section].pageblock_type[i]);
	return found;
}

int page_alloc_check_zone(struct zone *zone)
{
	struct frame_count count = { 0 };
	unsigned long flags;
	int found;

	spin_lock_irqsave(&zone->lock, flags);
	found = check_free_areas(zone);
	found += check_frames(zone, &count);
	found += check_counters(zone, &count);
	found += check_pcp(zone);
	spin_unlock_irqrestore(&zone->lock, flags);
	return found;
}

int page_alloc_check(void)
{
	int found = check_mobility_disabled();
	struct zone *zone;

	for_each_populated_zone(zone)
		found += page_alloc_check_zone(zone);
	return found;
}

int mm_print_problems(int found)
{
	unsigned int i;

	for (i = 0; i < problems.kept; i++)
		pr_err("mm_check: %s\n", problems.text[i]);
	if (found > (int)problems.kept)
		pr_err("mm_check: and %d more\n", found - (int)problems.kept);
	mm_problems_forget();
	return found;
}

void mm_problems_forget(void)
{
	problems.kept = 0;
}

static int check_all(void *unused)
{
	return memblock_check() + mmzone_check() + page_alloc_check() + page_owner_check() +
	       pgtable_check() + slab_check_locked() + percpu_check() + mempool_check() +
	       highmem_check() + swiotlb_check() + dma_pool_check() + lru_check() +
	       filemap_check() + migrate_check() + compaction_check();
}

/* With several CPUs at a moment when none of the others has its interrupts off. */
int mm_check(void)
{
	int found;

	mutex_lock(&slab_mutex);
	found = num_online_cpus() > 1 ? stop_machine(check_all, NULL, NULL) : check_all(NULL);
	/* Has a lock for all of it, which a CPU that stands still may hold. */
	found += vmalloc_check();
	mutex_unlock(&slab_mutex);
	return mm_print_problems(found);
}
