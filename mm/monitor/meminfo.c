// SPDX-License-Identifier: MIT
/* `meminfo`: where all the RAM is. The indented lines add up to the one above them. */
#include <linux/kernel.h>
#include <linux/memblock.h>

#include "../internal.h"
#include "monitor.h"

extern char __kernel_phys_start[], __kernel_phys_end[];

/* In bytes. */
struct meminfo {
	u64 ram;
	u64 kernel_image;
	u64 mem_map;
	u64 reserved; /* for other purposes */
	u64 managed;
	u64 free;
	u64 cpu_lists;
	u64 used;
	u64 bad;
	u64 low_managed, high_managed;
};

static u64 mem_map_bytes(void)
{
	unsigned long section;
	u64 bytes = 0;

	for (section = 0; section < nr_mem_sections; section++)
		if (pfn_valid(section * PAGES_PER_SECTION))
			bytes += PAGES_PER_SECTION * sizeof(struct page);
	return bytes;
}

static u64 cpu_list_bytes(void)
{
	unsigned long pages = 0;
	struct zone *zone;
	unsigned int cpu;

	for_each_zone(zone)
		for_each_online_cpu(cpu)
			pages += per_cpu_ptr(zone->per_cpu_pageset, cpu)->count;
	return (u64)pages << PAGE_SHIFT;
}

static void get_meminfo(struct meminfo *info)
{
	info->ram = memblock_phys_mem_size();
	info->kernel_image = __kernel_phys_end - __kernel_phys_start;
	info->mem_map = mem_map_bytes();
	info->managed = (u64)totalram_pages() << PAGE_SHIFT;
	info->reserved = info->ram - info->managed - info->kernel_image - info->mem_map;
	info->free = (u64)nr_free_pages() << PAGE_SHIFT;
	info->cpu_lists = cpu_list_bytes();
	info->bad = (u64)nr_bad_pages << PAGE_SHIFT;
	info->used = info->managed - info->free - info->cpu_lists - info->bad;
	info->high_managed = (u64)totalhigh_pages() << PAGE_SHIFT;
	info->low_managed = info->managed - info->high_managed;
}

static void print_line(const char *what, u64 bytes, u64 ram, const char *remark)
{
	mprintf("%-22s %10llu KiB %6s %%%s%s\n", what, bytes >> 10, percent_text(bytes, ram).text,
		*remark ? "  " : "", remark);
}

static void print_meminfo(const struct meminfo *info)
{
	print_line("RAM", info->ram, info->ram, "");
	print_line("  kernel image", info->kernel_image, info->ram, "");
	print_line("  mem_map", info->mem_map, info->ram, "the struct pages");
	print_line("  reserved otherwise", info->reserved, info->ram,
		   "low memory, page tables, modules");
	print_line("  page allocator's", info->managed, info->ram, "");
	print_line("    free", info->free, info->ram, "");
	print_line("    in CPUs' lists", info->cpu_lists, info->ram, "free, too");
	print_line("    in use", info->used, info->ram, "");
	print_line("    bad", info->bad, info->ram, "reported, never used again");
	mprintf("of the page allocator's:\n");
	print_line("  lowmem", info->low_managed, info->ram, "has addresses");
	print_line("  highmem", info->high_managed, info->ram, "has none until it is mapped");
}

static void json_meminfo(const struct meminfo *info)
{
	json_begin();
	json_number("ram_bytes", info->ram);
	json_number("kernel_image_bytes", info->kernel_image);
	json_number("mem_map_bytes", info->mem_map);
	json_number("reserved_bytes", info->reserved);
	json_number("managed_bytes", info->managed);
	json_number("free_bytes", info->free);
	json_number("cpu_lists_bytes", info->cpu_lists);
	json_number("used_bytes", info->used);
	json_number("bad_bytes", info->bad);
	json_number("low_bytes", info->low_managed);
	json_number("high_bytes", info->high_managed);
	json_end();
}

static int cmd_meminfo(int argc, char **argv)
{
	struct meminfo info;
	bool json;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	get_meminfo(&info);
	if (json)
		json_meminfo(&info);
	else
		print_meminfo(&info);
	return 0;
}

MONITOR_COMMAND("meminfo", "[--json]", "where all the RAM is, in KiB and percent", cmd_meminfo);
