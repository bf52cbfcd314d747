// SPDX-License-Identifier: MIT
/*
 * Misuse, on a machine booted for each case: it is reported, by the words that API.md has for
 * it, and refused; afterwards all is well, but for the pages that are lost.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <memkern/report.h>

#include "../e820/host.h"
#include "machine.h"
#include "tests.h"

static struct page *take(unsigned int order)
{
	struct page *page = alloc_pages(GFP_KERNEL, order);

	if (!page)
		panic("no memory for the test");
	return page;
}

/* --- bad pages (P11) ------------------------------------------------------------------------ */

static void free_twice(void)
{
	struct page *page = take(0);

	__free_page(page);
	__free_page(page);
}

/* In between it becomes part of a block, which has to be taken apart again. */
static void free_twice_merged(void)
{
	struct page *page = take(3);

	__free_pages(page, 3);
	drain_all_pages(NULL);
	__free_page(page + 5);
}

static void free_locked(void)
{
	struct page *page = take(2);

	SetPageLocked(page);
	__free_pages(page, 2);
}

static void free_mapped(void)
{
	struct page *page = take(0);

	atomic_inc(&page->_mapcount);
	put_page(page);
}

static void free_with_mapping(void)
{
	struct page *page = take(0);

	page->mapping = (struct address_space *)page;
	free_page((unsigned long)page_address(page));
}

static void free_slab(void)
{
	struct page *page = take(0);

	__SetPageSlab(page);
	__free_page(page);
}

/* Found when it is to be given out again. */
static void write_to_free(void)
{
	struct page *page = take(0);

	__free_page(page);
	page->mapping = (struct address_space *)page;
	take(0);
}

static void write_to_merged(void)
{
	struct page *page = take(5);

	__free_pages(page, 5);
	SetPageDirty(page + 16);
	while (!nr_bad_pages && alloc_pages(GFP_KERNEL | __GFP_NOWARN, 4))
		;
}

static void poison_overwritten(void)
{
	struct page *page = take(1);

	__free_pages(page, 1);
	((u8 *)page_address(page))[PAGE_SIZE + 16] = 1;
	take(1);
}

static void free_other_order(void)
{
	__free_pages(take(3), 2);
}

/* --- refusals ------------------------------------------------------------------------------- */

static void refuse(void)
{
	while (alloc_pages(GFP_KERNEL | __GFP_NOWARN, 4))
		;
	alloc_pages(GFP_KERNEL, 4);
}

/* Down to half of min, and then it waits (F20). */
static void insist(void)
{
	gfp_t gfp = GFP_KERNEL | __GFP_NOFAIL;
	const struct zone *zone = &contig_page_data.node_zones[ZONE_NORMAL];

	for (;;)
		if (!alloc_pages(gfp, 1) || zone->nr_free_pages < min_wmark_pages(zone) / 2)
			return;
}

static void refuse_what_must_not_fail(void)
{
	const struct zone *zone = &contig_page_data.node_zones[ZONE_NORMAL];

	if (host_panics(insist) && zone->nr_free_pages < min_wmark_pages(zone))
		report_note("panicked");
}

static void refuse_too_large(void)
{
	alloc_pages(GFP_KERNEL, NR_PAGE_ORDERS);
	alloc_pages(GFP_KERNEL, NR_PAGE_ORDERS);
}

static void refuse_compound_exact(void)
{
	struct page *page = virt_to_page(alloc_pages_exact(3 * PAGE_SIZE, GFP_KERNEL | __GFP_COMP));

	if (!PageCompound(page))
		free_pages_exact(page_address(page), 3 * PAGE_SIZE);
}

/* --- the cases -------------------------------------------------------------------------------- */

static const struct {
	void (*misuse)(void);
	const char *name;
	const char *report;
	const char *printed; /* somewhere behind the report */
	unsigned long lost;  /* bad pages */
	const char *command_line;
} cases[] = {
	{ free_twice, "freed twice", "BUG: Bad page state in process host  pfn:",
	  "page dumped because: nonzero _refcount", 1 },
	{ free_twice_merged, "freed twice, merged in between", "(nonzero _refcount)",
	  "page dumped because: nonzero _refcount", 1 },
	{ free_locked, "freed while locked", "(PAGE_FLAGS_CHECK_AT_FREE flag(s) set)",
	  "flags:", 1 },
	{ free_slab, "freed as a slab", "(PAGE_FLAGS_CHECK_AT_FREE flag(s) set)", "flags:", 1 },
	{ free_mapped, "freed while mapped", "(nonzero mapcount)", "mapcount:1", 1 },
	{ free_with_mapping, "freed with a mapping", "(non-NULL mapping)", "mapping:", 1 },
	{ write_to_free, "written to while free", "(non-NULL mapping)", "Call Trace:", 1 },
	{ write_to_merged, "written to inside a free block",
	  "(PAGE_FLAGS_CHECK_AT_PREP flag(s) set)", "Call Trace:", 1 },
	{ free_other_order, "freed with another order", "of order 3 freed with order 2",
	  "was allocated with order 3, and is freed with order 2", 0, "page_owner=on" },
	{ poison_overwritten, "written to, with page_poison", "pagealloc: memory corruption in pfn",
	  "byte 0x010 is 0x01, not 0xaa", 0, "page_poison=1" },
	{ refuse, "refused", "host: page allocation failure: order:4, mode:0xcc0(", "Mem-Info:" },
	{ refuse_what_must_not_fail, "must not fail", "panicked",
	  "waits for memory that nobody will free" },
	{ refuse_too_large, "refused, once by a warning", "WARNING at ", "" },
	{ refuse_compound_exact, "exact and compound", "WARNING at ", "" },
	{ free_locked, "freed while locked, with page owner", "Bad page state",
	  "page_owner: allocated with order 2, 0xcc0", 1, "page_owner=on" },
};

/* More call traces than page owner's table holds: the rest have none, and nothing is lost. */
static void test_many_traces(void)
{
	struct page *pages[3000];
	struct page_owner_info info;
	unsigned int i, known = 0;
	bool right = true;

	machine_boot(&machine_16m, "page_owner=on");
	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		machine_trace = 10000 + i;
		pages[i] = alloc_page(GFP_HIGHUSER);
		right = right && pages[i] && page_owner_get(pages[i], &info);
		if (!right || !info.trace->nr_entries)
			continue;
		known++;
		right = info.trace->entries[0] == machine_trace && info.trace->pages == 1;
	}
	if (!right || !known || known == ARRAY_SIZE(pages))
		host_note("%u of %u traces are known", known, i);
	right = right && known && known < ARRAY_SIZE(pages) &&
		page_owner_trace(0)->pages == i - known;
	for (i = 0; i < ARRAY_SIZE(pages) && right; i++)
		__free_page(pages[i]);
	host_result(machine_check() && right,
		    "page_owner: more call traces than there is room for");
}

void test_reports(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		bool right;

		machine_boot(&machine_16m, cases[i].command_line ? cases[i].command_line : "");
		host_clear_log();
		reports.print = true;
		cases[i].misuse();
		right = reports.total == 1 && strstr(reports.last, cases[i].report) &&
			strstr(host_log(), cases[i].printed) && nr_bad_pages == cases[i].lost;
		if (!right)
			host_note("%u reports, %lu bad pages: %s\n%s", reports.total, nr_bad_pages,
				  reports.last, host_log());
		machine_settle();
		host_result(machine_check() && right, "misuse: %s", cases[i].name);
	}
	test_many_traces();
}
