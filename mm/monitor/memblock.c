// SPDX-License-Identifier: MIT
/* The monitor on what the machine's memory is: the firmware's map, and memblock's lists. */
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <memkern/boot.h>
#include <memkern/e820.h>
#include <memkern/monitor.h>

#include "../internal.h"

static int cmd_e820(int argc, char **argv)
{
	int loglevel = console_loglevel;

	if (argc != 1)
		return monitor_usage(argv[0]);
	/* It was asked for: it is shown, whatever loglevel= says. */
	console_loglevel = CONSOLE_LOGLEVEL_DEFAULT;
	e820_print_raw(boot_info.map, boot_info.nr_map);
	e820_print(&e820_table);
	console_loglevel = loglevel;
	return 0;
}
MONITOR_COMMAND("e820", "", "the memory map: the loader's, and what is believed of it", cmd_e820);

static void print_list(const struct memblock_type *type)
{
	const struct memblock_region *region = type->regions;

	mprintf("%s: %llu KiB, ranges: %lu (room for %lu)\n", type->name, type->total_size >> 10,
		type->cnt, type->max);
	for (; region < type->regions + type->cnt; region++)
		mprintf("  [mem 0x%016llx-0x%016llx] %10llu KiB\n", region->base,
			region->base + region->size - 1, region->size >> 10);
}

static int cmd_memblock(int argc, char **argv)
{
	if (argc != 1)
		return monitor_usage(argv[0]);
	print_list(&memblock.memory);
	print_list(&memblock.reserved);
	mprintf("allocations ended at 0x%llx; what was free is the page allocator's now\n",
		memblock.current_limit);
	return 0;
}
MONITOR_COMMAND("memblock", "",
		"memory at boot, and what of it was taken before the page allocator", cmd_memblock);
