// SPDX-License-Identifier: MIT
/*
 * What the page allocator says when something is wrong: the report of a failed
 * allocation with the state of memory, and the report of a bad page.
 *
 * An allocation that fails says who asked for what, and shows why it could not
 * be had: each zone's free pages beside its watermarks, and its free blocks.
 *
 *	init: page allocation failure: order:4, mode:0xcc0(GFP_KERNEL), nodemask=(null)
 *
 * A bad page is one whose struct page contradicts what is done with it: freed
 * twice, freed while mapped or locked, or written to while free. The operation is
 * refused, and the page is never given to anybody again: a page lost is better
 * than a page with two owners.
 *
 * Cost: none while nothing is wrong.
 *
 * Locking: takes a zone's lock to take a bad page out of the free areas; prints
 * without any. Any context but NMI.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <memkern/flag_names.h>
#include <memkern/report.h>

#include "internal.h"

unsigned long nr_bad_pages;

/* Combinations before their parts, as %pGg takes a mask apart. */
const struct trace_print_flags gfpflag_names[] = {
	{ GFP_HIGHUSER_MOVABLE, "GFP_HIGHUSER_MOVABLE" },
	{ GFP_HIGHUSER, "GFP_HIGHUSER" },
	{ GFP_USER, "GFP_USER" },
	{ GFP_KERNEL_ACCOUNT, "GFP_KERNEL_ACCOUNT" },
	{ GFP_KERNEL, "GFP_KERNEL" },
	{ GFP_NOFS, "GFP_NOFS" },
	{ GFP_ATOMIC, "GFP_ATOMIC" },
	{ GFP_NOIO, "GFP_NOIO" },
	{ GFP_NOWAIT, "GFP_NOWAIT" },
	{ GFP_DMA, "GFP_DMA" },
	{ __GFP_HIGHMEM, "__GFP_HIGHMEM" },
	{ GFP_DMA32, "GFP_DMA32" },
	{ __GFP_HIGH, "__GFP_HIGH" },
	{ __GFP_IO, "__GFP_IO" },
	{ __GFP_FS, "__GFP_FS" },
	{ __GFP_NOWARN, "__GFP_NOWARN" },
	{ __GFP_RETRY_MAYFAIL, "__GFP_RETRY_MAYFAIL" },
	{ __GFP_NOFAIL, "__GFP_NOFAIL" },
	{ __GFP_NORETRY, "__GFP_NORETRY" },
	{ __GFP_COMP, "__GFP_COMP" },
	{ __GFP_ZERO, "__GFP_ZERO" },
	{ __GFP_NOMEMALLOC, "__GFP_NOMEMALLOC" },
	{ __GFP_MEMALLOC, "__GFP_MEMALLOC" },
	{ __GFP_HARDWALL, "__GFP_HARDWALL" },
	{ __GFP_THISNODE, "__GFP_THISNODE" },
	{ __GFP_RECLAIMABLE, "__GFP_RECLAIMABLE" },
	{ __GFP_MOVABLE, "__GFP_MOVABLE" },
	{ __GFP_ACCOUNT, "__GFP_ACCOUNT" },
	{ __GFP_WRITE, "__GFP_WRITE" },
	{ __GFP_RECLAIM, "__GFP_RECLAIM" },
	{ __GFP_DIRECT_RECLAIM, "__GFP_DIRECT_RECLAIM" },
	{ __GFP_KSWAPD_RECLAIM, "__GFP_KSWAPD_RECLAIM" },
	{ 0, NULL },
};

const struct trace_print_flags pageflag_names[] = {
	{ 1UL << PG_locked, "locked" },
	{ 1UL << PG_referenced, "referenced" },
	{ 1UL << PG_uptodate, "uptodate" },
	{ 1UL << PG_dirty, "dirty" },
	{ 1UL << PG_lru, "lru" },
	{ 1UL << PG_active, "active" },
	{ 1UL << PG_workingset, "workingset" },
	{ 1UL << PG_slab, "slab" },
	{ 1UL << PG_reserved, "reserved" },
	{ 1UL << PG_private, "private" },
	{ 1UL << PG_writeback, "writeback" },
	{ 1UL << PG_head, "head" },
	{ 1UL << PG_reclaim, "reclaim" },
	{ 1UL << PG_swapbacked, "swapbacked" },
	{ 1UL << PG_unevictable, "unevictable" },
	{ 1UL << PG_pfmemalloc, "pfmemalloc" },
	{ 0, NULL },
};

/* --- memory on the console ------------------------------------------------------- */

unsigned long nr_free_pages(void)
{
	unsigned long total = 0;
	struct zone *zone;

	for_each_zone(zone)
		total += READ_ONCE(zone->nr_free_pages);
	return total;
}

void si_meminfo(struct sysinfo *val)
{
	*val = (struct sysinfo){
		.totalram = totalram_pages(),
		.freeram = nr_free_pages(),
		.totalhigh = totalhigh_pages(),
		.freehigh = contig_page_data.node_zones[ZONE_HIGHMEM].nr_free_pages,
		.mem_unit = PAGE_SIZE,
	};
}

#define KIB(pages) ((pages) << (PAGE_SHIFT - 10))

/* The types that have blocks of an order, a letter each: (UMR). */
static void type_letters(char *letters, const struct free_area *area)
{
	static const char letter[MIGRATE_TYPES] = { 'U', 'M', 'R', 'H', 'C', 'I' };
	int type;

	for (type = 0; type < MIGRATE_TYPES; type++)
		if (!list_empty(&area->free_list[type]))
			*letters++ = letter[type];
	*letters = '\0';
}

static void show_free_blocks(const struct zone *zone)
{
	unsigned long total = 0;
	unsigned int order;

	pr_info("%s:", zone->name);
	for (order = 0; order < NR_PAGE_ORDERS; order++) {
		const struct free_area *area = &zone->free_area[order];
		char letters[MIGRATE_TYPES + 1];

		type_letters(letters, area);
		pr_cont(" %lu*%lukB", area->nr_free, KIB(1UL) << order);
		if (letters[0])
			pr_cont(" (%s)", letters);
		total += area->nr_free << order;
	}
	pr_cont(" = %lukB\n", KIB(total));
}

void show_mem(unsigned int flags, nodemask_t *nodemask)
{
	struct zone *zone;

	pr_info("Mem-Info: free:%lu of %lu pages\n", nr_free_pages(), totalram_pages());
	for_each_populated_zone(zone) {
		unsigned long on_cpus = 0;
		unsigned int cpu;

		for_each_online_cpu(cpu)
			on_cpus += per_cpu_ptr(zone->per_cpu_pageset, cpu)->count;
		pr_info("%s free:%lukB min:%lukB low:%lukB high:%lukB reserved_highatomic:%lukB "
			"present:%lukB managed:%lukB pcp:%lukB\n",
			zone->name, KIB(zone->nr_free_pages), KIB(min_wmark_pages(zone)),
			KIB(low_wmark_pages(zone)), KIB(high_wmark_pages(zone)),
			KIB(zone->nr_reserved_highatomic), KIB(zone->present_pages),
			KIB(zone_managed_pages(zone)), KIB(on_cpus));
		pr_info("lowmem_reserve[]: %ld %ld %ld %ld\n", zone->lowmem_reserve[0],
			zone->lowmem_reserve[1], zone->lowmem_reserve[2], zone->lowmem_reserve[3]);
	}
	for_each_populated_zone(zone)
		show_free_blocks(zone);
}

/* --- failed allocations ---------------------------------------------------------- */

void warn_alloc(gfp_t gfp, const char *fmt, ...)
{
	static DEFINE_RATELIMIT_STATE(limit, 10 * HZ, 1);
	char what[96];
	va_list args;

	if ((gfp & __GFP_NOWARN) || failed_on_purpose() || !__ratelimit(&limit))
		return;
	/* A machine without DMA memory is no surprise. */
	if ((gfp & __GFP_DMA) && !managed_zone(&contig_page_data.node_zones[ZONE_DMA]))
		return;
	va_start(args, fmt);
	vscnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	if (report_note("%s: %s, mode:%#x(%pGg), nodemask=(null)", current->comm, what, gfp, &gfp))
		return;
	pr_warn("%s: %s, mode:%#x(%pGg), nodemask=(null)\n", current->comm, what, gfp, &gfp);
	dump_stack();
	show_mem(0, NULL);
}

/* --- bad pages ------------------------------------------------------------------- */

const char *bad_page_reason(const struct page *page, unsigned long flags)
{
	if (page->page_type != -1U)
		return "nonzero mapcount";
	if (page->mapping)
		return "non-NULL mapping";
	if (page_ref_count(page))
		return "nonzero _refcount";
	if (!(page->flags & flags))
		return NULL;
	return flags == PAGE_FLAGS_CHECK_AT_FREE ? "PAGE_FLAGS_CHECK_AT_FREE flag(s) set"
						 : "PAGE_FLAGS_CHECK_AT_PREP flag(s) set";
}

void dump_page(struct page *page, const char *reason)
{
	struct page *head = compound_head(page);
	unsigned long flags = page->flags & PAGEFLAGS_MASK;

	pr_warn("page:%px refcount:%d mapcount:%d mapping:%px index:%#lx pfn:%#lx zone:%s\n", page,
		page_ref_count(page), page_mapcount(page), page->mapping, page->index,
		page_to_pfn(page), page_zone(page)->name);
	if (PageHead(head))
		pr_warn("head:%px order:%u\n", head, compound_order(head));
	pr_warn("flags: %#lx(%pGp) type:%#x private:%#lx\n", page->flags, &flags, page->page_type,
		page->private);
	if (reason)
		pr_warn("page dumped because: %s\n", reason);
	page_owner_print(page);
}

/* Marked, and taken out of wherever it waits to be handed out: returns whether it did. */
static bool retire_page(struct page *page)
{
	bool waited = false;

	if (page_ref_count(page) == 0) {
		drain_all_pages(page_zone(page));
		waited = take_page_off_buddy(page);
	}
	page->flags &= ~PAGEFLAGS_MASK;
	page->mapping = NULL;
	page->page_type = ~PG_bad;
	set_page_count(page, 1);
	WRITE_ONCE(nr_bad_pages, nr_bad_pages + 1);
	return waited;
}

bool bad_page(struct page *page, const char *reason)
{
	static DEFINE_RATELIMIT_STATE(limit, 60 * HZ, 60);

	if (__ratelimit(&limit) && !report_note("BUG: Bad page state in process %s  pfn:%05lx (%s)",
						current->comm, page_to_pfn(page), reason)) {
		pr_alert("BUG: Bad page state in process %s  pfn:%05lx\n", current->comm,
			 page_to_pfn(page));
		dump_page(page, reason);
		dump_stack();
	}
	add_taint(TAINT_BAD_PAGE, LOCKDEP_NOW_UNRELIABLE);
	return retire_page(page);
}
