// SPDX-License-Identifier: MIT
/*
 * `frag`: how far free memory is in pieces.
 *
 * Two views a zone and order. How much of the free memory is in blocks at least that
 * large. And Linux's fragmentation index, which says what a failing request fails for: it
 * is -1 where a block is there; else it goes from 0 (too little memory is free) to 1 (enough
 * is, in pieces too small):
 *
 *	index = 1 - (1 + free / requested) / blocks		in thousandths
 *
 * Worked example: 64 free pages, all alone, order 1 wanted: 1 - (1 + 32) / 64 = 0.485.
 */
#include <linux/kernel.h>
#include <linux/math64.h>

#include "../internal.h"
#include "monitor.h"

struct frag {
	long usable_permille[NR_PAGE_ORDERS];
	long index_permille[NR_PAGE_ORDERS];
};

static long fragmentation_index(unsigned long free, unsigned long blocks, unsigned long usable,
				unsigned int order)
{
	u64 requests = ((u64)free * 1000) >> order;

	if (!blocks)
		return 0;
	if (usable)
		return -1000;
	return 1000 - (long)div64_u64(1000 + requests, blocks);
}

static void get_frag(const struct zone_blocks *blocks, struct frag *frag)
{
	unsigned long usable = 0, nr = 0;
	int order;

	for (order = 0; order < NR_PAGE_ORDERS; order++)
		nr += blocks->free[order];
	for (order = MAX_PAGE_ORDER; order >= 0; order--) {
		usable += blocks->free[order] << order;
		frag->usable_permille[order] =
			blocks->pages ? div64_u64((u64)usable * 1000, blocks->pages) : 0;
		frag->index_permille[order] = fragmentation_index(blocks->pages, nr, usable, order);
	}
}

static void print_zone(struct zone *zone, const struct zone_blocks *blocks)
{
	unsigned int order;
	struct frag frag;

	get_frag(blocks, &frag);
	mprintf("%s: %lu page%s free, %s\n", zone->name, COUNTED(blocks->pages),
		PAGES_TEXT(blocks->pages));
	order_heading("order");
	order_row("free blocks", blocks->free, NR_PAGE_ORDERS);
	mprintf("  %-12s", "usable %");
	for (order = 0; order < NR_PAGE_ORDERS; order++)
		mprintf(" %3ld.%ld", frag.usable_permille[order] / 10,
			frag.usable_permille[order] % 10);
	mprintf("\n  %-12s", "index");
	for (order = 0; order < NR_PAGE_ORDERS; order++)
		mprintf(frag.index_permille[order] < 0 ? "     -" : " 0.%03ld",
			frag.index_permille[order]);
	mprintf("\n");
}

static void json_zone(struct zone *zone, const struct zone_blocks *blocks)
{
	struct frag frag;

	get_frag(blocks, &frag);
	json_begin();
	json_text("zone", zone->name);
	json_number("free_pages", blocks->pages);
	json_array("free_blocks", (const long *)blocks->free, NR_PAGE_ORDERS);
	json_array("usable_permille", frag.usable_permille, NR_PAGE_ORDERS);
	json_array("index_permille", frag.index_permille, NR_PAGE_ORDERS);
	json_end();
}

static int cmd_frag(int argc, char **argv)
{
	return list_zones(
		argc, argv, print_zone, json_zone,
		"usable: share of the free memory that is in blocks of at least that order\n"
		"index: - a block is there; else requests fail, near 0 for lack of memory, near 1 "
		"for lack of large pieces\n");
}

MONITOR_COMMAND("frag", "[--json]", "how far free memory is in pieces", cmd_frag);
