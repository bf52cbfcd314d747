// SPDX-License-Identifier: MIT
/* `pagetypeinfo`: free blocks by order and migrate type, and the pageblocks of each type. */
#include <linux/kernel.h>

#include "../internal.h"
#include "monitor.h"

/* A pageblock counts where its first frame has a struct page. */
static void count_pageblocks(struct zone *zone, unsigned long *nr)
{
	unsigned long pfn, flags;

	spin_lock_irqsave(&zone->lock, flags);
	for (pfn = zone->zone_start_pfn; pfn < zone_end_pfn(zone); pfn += pageblock_nr_pages)
		if (pfn_valid(pfn))
			nr[get_pageblock_migratetype(pfn_to_page(pfn))]++;
	spin_unlock_irqrestore(&zone->lock, flags);
}

static void print_zone(struct zone *zone, const struct zone_blocks *blocks)
{
	unsigned long pageblocks[MIGRATE_TYPES] = { 0 };
	unsigned int type;

	count_pageblocks(zone, pageblocks);
	order_heading(zone->name);
	for (type = 0; type < MIGRATE_TYPES; type++)
		order_row(migratetype_names[type], blocks->by_type[type], NR_PAGE_ORDERS);
	mprintf("  pageblocks of %s:", PAGES_TEXT(pageblock_nr_pages));
	for (type = 0; type < MIGRATE_TYPES; type++)
		mprintf("%s %lu %s", type ? "," : "", pageblocks[type], migratetype_names[type]);
	mprintf("\n");
}

static void json_zone(struct zone *zone, const struct zone_blocks *blocks)
{
	unsigned long pageblocks[MIGRATE_TYPES] = { 0 };
	unsigned int type;

	count_pageblocks(zone, pageblocks);
	for (type = 0; type < MIGRATE_TYPES; type++) {
		json_begin();
		json_text("zone", zone->name);
		json_text("type", migratetype_names[type]);
		json_array("free_blocks", (const long *)blocks->by_type[type], NR_PAGE_ORDERS);
		json_number("pageblocks", pageblocks[type]);
		json_end();
	}
}

static int cmd_pagetypeinfo(int argc, char **argv)
{
	return list_zones(argc, argv, print_zone, json_zone,
			  page_group_by_mobility_disabled
				  ? "pages are not grouped by mobility: the machine has too few\n"
				  : "");
}

MONITOR_COMMAND("pagetypeinfo", "[--json]", "free blocks and pageblocks by migrate type",
		cmd_pagetypeinfo);
