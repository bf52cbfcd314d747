// SPDX-License-Identifier: MIT
/* `compact`: all zones, as far as it goes, as Linux does when 1 is written to compact_memory. */
#include <linux/kernel.h>

#include "../internal.h"
#include "monitor.h"

static unsigned long largest_free(struct zone *zone)
{
	int order = MAX_PAGE_ORDER;

	while (order >= 0 && !READ_ONCE(zone->free_area[order].nr_free))
		order--;
	return order < 0 ? 0 : 1UL << order;
}

static int cmd_compact(int argc, char **argv)
{
	struct zone *zone;

	if (argc != 1)
		return monitor_usage(argv[0]);
	drain_all_pages(NULL);
	for_each_populated_zone(zone) {
		unsigned long before = largest_free(zone);
		unsigned int moved = compact_whole_zone(zone);

		mprintf("%s: %u page%s moved; the largest free block was of %s, is of ", zone->name,
			COUNTED(moved), PAGES_TEXT(before));
		mprintf("%s\n", PAGES_TEXT(largest_free(zone)));
	}
	return 0;
}

MONITOR_COMMAND("compact", "", "moves movable pages together", cmd_compact);
