// SPDX-License-Identifier: MIT
/*
 * GFP flags as a person types them, and a refusal explained.
 *
 * A zone refuses when too little would be left: its free pages less the block must not
 * fall below the mark min, of which the flags may forgive a part, plus what is
 * reserved against requests for higher zones. The sum is not computed a second time
 * here, but found by asking the allocator's own predicate.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/flag_names.h>

#include "../internal.h"
#include "monitor.h"

/* Names that no mask is printed by, since others have the same value or none. */
static const struct trace_print_flags other_names[] = {
	{ __GFP_DMA, "__GFP_DMA" },
	{ __GFP_DMA32, "__GFP_DMA32" },
	{ __GFP_ATOMIC, "__GFP_ATOMIC" },
	{ __GFP_COLD, "__GFP_COLD" },
	{ __GFP_WAIT, "__GFP_WAIT" },
	{ __GFP_REPEAT, "__GFP_REPEAT" },
	{ __GFP_NOLOCKDEP, "__GFP_NOLOCKDEP" },
	{ 0, NULL },
};

static const struct trace_print_flags *const name_lists[] = { gfpflag_names, other_names };

static const struct trace_print_flags *find_name(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(name_lists); i++) {
		const struct trace_print_flags *entry;

		for (entry = name_lists[i]; entry->name; entry++)
			if (!strcasecmp(entry->name, name))
				return entry;
	}
	return NULL;
}

void offer_gfp(struct monitor_completion *completion)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(name_lists); i++) {
		const struct trace_print_flags *entry;

		for (entry = name_lists[i]; entry->name; entry++)
			monitor_offer(completion, entry->name);
	}
}

static gfp_t all_flags(void)
{
	const struct trace_print_flags *entry;
	gfp_t all = 0;

	for (entry = gfpflag_names; entry->name; entry++)
		all |= entry->mask;
	return all;
}

static int parse_flag(const char *word, gfp_t *gfp)
{
	const struct trace_print_flags *entry = find_name(word);
	unsigned long number;
	int error;

	if (entry) {
		*gfp |= entry->mask;
		return 0;
	}
	if (!strstarts(word, "0x")) {
		mprintf("there is no GFP flag '%.40s'; Tab shows their names, a number begins with "
			"0x\n",
			word);
		return -EINVAL;
	}
	error = monitor_parse_ulong(word, &number);
	if (!error && number & ~(unsigned long)all_flags()) {
		mprintf("%s: no flag has the bits 0x%lx\n", word,
			number & ~(unsigned long)all_flags());
		error = -EINVAL;
	}
	if (!error)
		*gfp |= number;
	return error;
}

/* What VM_BUG_ON() or VM_WARN_ON() would catch in the debug build. */
static int check_gfp(gfp_t gfp)
{
	if ((GFP_ZONE_BAD >> (gfp & GFP_ZONEMASK)) & 1) {
		mprintf("%pGg: ", &gfp);
		mprintf("of __GFP_DMA, __GFP_DMA32 and __GFP_HIGHMEM give one at most: each names "
			"the highest zone that will do\n");
		return -EINVAL;
	}
	if ((gfp & GFP_MOVABLE_MASK) == GFP_MOVABLE_MASK) {
		mprintf("%pGg: ", &gfp);
		mprintf("of __GFP_MOVABLE and __GFP_RECLAIMABLE give one at most: each names the "
			"kind of pageblock\n");
		return -EINVAL;
	}
	return 0;
}

int parse_gfp(int nr, char **words, gfp_t *gfp)
{
	bool any = false;
	char text[41];
	int i;

	*gfp = 0;
	for (i = 0; i < nr; i++) {
		char *rest = words[i], *word;

		strscpy(text, rest, sizeof(text)); /* strsep() takes it apart */
		while ((word = strsep(&rest, "|"))) {
			bool first = word == words[i], last = !rest;

			/* GFP_KERNEL | __GFP_ZERO: the bar is a word between two. */
			if (!*word && ((first && i > 0) || (last && i < nr - 1)))
				continue;
			if (!*word) {
				mprintf("'%s': a flag is missing beside a |\n", text);
				return -EINVAL;
			}
			if (parse_flag(word, gfp))
				return -EINVAL;
			any = true;
		}
	}
	if (!any) {
		mprintf("a request needs flags, such as GFP_KERNEL or GFP_ATOMIC|__GFP_ZERO\n");
		return -EINVAL;
	}
	return check_gfp(*gfp);
}

int parse_order(const char *text, unsigned int *order)
{
	unsigned long number;

	if (monitor_parse_ulong(text, &number))
		return -EINVAL;
	if (number > MAX_PAGE_ORDER) {
		mprintf("order %lu is too large: the largest block has order %d, %lu pages, %s\n",
			number, MAX_PAGE_ORDER, MAX_ORDER_NR_PAGES, PAGES_TEXT(MAX_ORDER_NR_PAGES));
		return -EINVAL;
	}
	*order = number;
	return 0;
}

struct page *monitor_alloc(gfp_t gfp, unsigned int order)
{
	return alloc_pages((gfp & ~__GFP_NOFAIL) | __GFP_NOWARN, order);
}

/* --- a refusal -------------------------------------------------------------------- */

/*
 * The least number of free pages with which the zone gives one more, less that one: what
 * must stay. The answer of the predicate changes once, between 0 and the bound.
 */
static long must_stay(const struct zone *zone, enum zone_type highest, unsigned int alloc_flags)
{
	long low = 0, high = 1 << 30;

	while (low < high) {
		long middle = low + (high - low) / 2;

		if (__zone_watermark_ok(zone, 0, min_wmark_pages(zone), highest, alloc_flags,
					middle))
			high = middle;
		else
			low = middle + 1;
	}
	return low - 1;
}

static void explain_blocks(const struct zone *zone, unsigned int order)
{
	int largest = MAX_PAGE_ORDER;

	while (largest >= 0 && !zone->free_area[largest].nr_free)
		largest--;
	if (largest < 0)
		mprintf("none is left\n");
	else if (largest < (int)order)
		mprintf("no block of order %u, the largest is of order %d\n", order, largest);
	else if (mm_debug_flags & MM_DEBUG_FAULTS)
		mprintf("made to fail, by failslab= or fail_page_alloc=\n");
	else
		mprintf("those of order %u are in HighAtomic pageblocks\n", order);
}

static void explain_zone(struct zone *zone, enum zone_type highest, unsigned int order,
			 unsigned int alloc_flags)
{
	long free = READ_ONCE(zone->nr_free_pages), reserve = zone->lowmem_reserve[highest];
	long highatomic = alloc_flags & ALLOC_RESERVES ? 0 : zone->nr_free_highatomic;
	long stay = must_stay(zone, highest, alloc_flags);

	mprintf("  %-8s %ld page%s free, %lu wanted: ", zone->name, COUNTED(free), 1UL << order);
	if (alloc_flags & ALLOC_NO_WATERMARKS || free - (1L << order) >= stay) {
		explain_blocks(zone, order);
		return;
	}
	mprintf("%ld must stay (%ld of min %lu", stay, stay - reserve - highatomic,
		min_wmark_pages(zone));
	if (reserve)
		mprintf(", lowmem reserve %ld", reserve);
	if (highatomic)
		mprintf(", HighAtomic %ld", highatomic);
	mprintf(")\n");
}

void explain_refusal(gfp_t gfp, unsigned int order)
{
	enum zone_type highest = gfp_zone(gfp);
	struct zone **zones = contig_page_data.zonelists[highest].zones;
	unsigned int alloc_flags = gfp_to_alloc_flags(gfp, order);

	if ((gfp & __GFP_MEMALLOC) && !(gfp & __GFP_NOMEMALLOC))
		alloc_flags |= ALLOC_NO_WATERMARKS;
	if (!*zones)
		mprintf("  zone %s and those below it have no pages on this machine\n",
			contig_page_data.node_zones[highest].name);
	for (; *zones; zones++)
		explain_zone(*zones, highest, order, alloc_flags);
	if (gfp & __GFP_NOFAIL)
		mprintf("  with __GFP_NOFAIL the request would wait here; the monitor leaves it "
			"out\n");
}
