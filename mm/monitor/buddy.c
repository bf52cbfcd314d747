// SPDX-License-Identifier: MIT
/*
 * `buddy`: the free blocks of each zone by order, type and CPU, counted along the
 * lists and compared with the counters.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "../internal.h"
#include "monitor.h"

static bool any(const unsigned long *values)
{
	return memchr_inv(values, 0, NR_PAGE_ORDERS * sizeof(*values));
}

static void print_zone(struct zone *zone, const struct zone_blocks *blocks)
{
	unsigned int type, cpu;
	char label[16];

	mprintf("%s: %lu page%s free, %s ", zone->name, COUNTED(blocks->pages),
		PAGES_TEXT(blocks->pages));
	if (blocks->verified)
		mprintf("(verified)\n");
	else
		mprintf("%sMISMATCH%s\n"
			"  the counter says %lu pages; 'check' says what is wrong\n",
			colour(COLOUR_RED), colour(COLOUR_OFF), zone->nr_free_pages);
	order_heading("order");
	order_row("free blocks", blocks->free, NR_PAGE_ORDERS);
	for (type = 0; type < MIGRATE_TYPES; type++)
		if (any(blocks->by_type[type]))
			order_row(migratetype_names[type], blocks->by_type[type], NR_PAGE_ORDERS);
	for_each_online_cpu(cpu) {
		snprintf(label, sizeof(label), "CPU %u lists", cpu);
		order_row(label, blocks->cpu_blocks[cpu], NR_PCP_ORDERS);
	}
}

static void json_cpu_blocks(const struct zone_blocks *blocks)
{
	unsigned int cpu;
	char name[24];

	for_each_online_cpu(cpu) {
		snprintf(name, sizeof(name), "cpu%u_blocks", cpu);
		json_array(name, (const long *)blocks->cpu_blocks[cpu], NR_PCP_ORDERS);
	}
}

static void json_zone(struct zone *zone, const struct zone_blocks *blocks)
{
	unsigned int type;

	json_begin();
	json_text("zone", zone->name);
	json_number("free_bytes", (u64)blocks->pages << PAGE_SHIFT);
	json_number("counter_pages", zone->nr_free_pages);
	json_number("counted_pages", blocks->pages);
	json_bool("verified", blocks->verified);
	json_array("free_blocks", (const long *)blocks->free, NR_PAGE_ORDERS);
	for (type = 0; type < MIGRATE_TYPES; type++)
		json_array(migratetype_names[type], (const long *)blocks->by_type[type],
			   NR_PAGE_ORDERS);
	json_number("cpu_pages", blocks->cpu_pages);
	json_cpu_blocks(blocks);
	json_end();
}

static int cmd_buddy(int argc, char **argv)
{
	return list_zones(argc, argv, print_zone, json_zone, "");
}

MONITOR_COMMAND("buddy", "[--json]", "free blocks by order, type and CPU", cmd_buddy);
