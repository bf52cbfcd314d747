// SPDX-License-Identifier: MIT
/*
 * `meminfo`: where all the RAM is. The indented lines add up to the one above them. Then, by
 * their names in /proc/meminfo, page tables and the vmalloc window, of which it is the percentage.
 */
#include <linux/kernel.h>
#include <linux/memblock.h>

#include "../internal.h"
#include "../vmalloc.h"
#include "monitor.h"

extern char __kernel_phys_start[], __kernel_phys_end[];

enum {
	RAM,
	IMAGE,
	MEM_MAP,
	RESERVED,
	MANAGED,
	FREE,
	CPU_LISTS,
	USED,
	BAD,
	LOWMEM,
	HIGHMEM,
	PAGE_TABLES,
	VM_TOTAL,
	VM_USED,
	VM_CHUNK,
	NR,
};

static const struct line {
	const char *label, *json, *remark;
} lines[NR] = {
	[RAM] = { "RAM", "ram_bytes", "" },
	[IMAGE] = { "  kernel image", "kernel_image_bytes", "" },
	[MEM_MAP] = { "  mem_map", "mem_map_bytes", "the struct pages" },
	[RESERVED] = { "  other", "reserved_bytes",
		       "page tables, modules, bounce buffers, boot-time data" },
	[MANAGED] = { "  page allocator's", "managed_bytes", "" },
	[FREE] = { "    free", "free_bytes", "" },
	[CPU_LISTS] = { "    in CPUs' lists", "cpu_lists_bytes", "free as well" },
	[USED] = { "    in use", "used_bytes", "" },
	[BAD] = { "    bad", "bad_bytes", "reported, never used again" },
	[LOWMEM] = { "    of all, lowmem", "low_bytes", "has addresses" },
	[HIGHMEM] = { "    of all, highmem", "high_bytes", "has none until it is mapped" },
	[PAGE_TABLES] = { "PageTables", "page_tables_bytes", "those of the boot, too" },
	[VM_TOTAL] = { "VmallocTotal", "vmalloc_total_bytes", "addresses" },
	[VM_USED] = { "VmallocUsed", "vmalloc_used_bytes", "pages that vmalloc allocated" },
	[VM_CHUNK] = { "VmallocChunk", "vmalloc_chunk_bytes", "the largest hole" },
};

static unsigned long cpu_list_pages(void)
{
	unsigned long pages = 0;
	struct zone *zone;
	unsigned int cpu;

	for_each_populated_zone(zone)
		for_each_online_cpu(cpu)
			pages += per_cpu_ptr(zone->per_cpu_pageset, cpu)->count;
	return pages;
}

static void count_table(const struct pgtable_entry *entry, void *tables)
{
	*(unsigned long *)tables += !pgtable_is_leaf(entry);
}

/* False, after a sentence: not in this context. */
static bool get_virtual_bytes(u64 *bytes)
{
	unsigned long tables = 0;
	struct vmalloc_info info;

	if (!lock_vmap_areas())
		return false;
	pgtable_walk(count_table, &tables);
	unlock_vmap_areas();
	vmalloc_get_info(&info);
	bytes[PAGE_TABLES] = (u64)tables << PAGE_SHIFT;
	bytes[VM_TOTAL] = VMALLOC_TOTAL;
	bytes[VM_USED] = (u64)info.nr_pages << PAGE_SHIFT;
	bytes[VM_CHUNK] = info.largest_free;
	return true;
}

static void get_bytes(u64 *bytes)
{
	bytes[RAM] = memblock_phys_mem_size();
	bytes[IMAGE] = __kernel_phys_end - __kernel_phys_start;
	bytes[MEM_MAP] = (u64)nr_present_sections() * PAGES_PER_SECTION * sizeof(struct page);
	bytes[MANAGED] = (u64)totalram_pages() << PAGE_SHIFT;
	bytes[RESERVED] = bytes[RAM] - bytes[IMAGE] - bytes[MEM_MAP] - bytes[MANAGED];
	bytes[FREE] = (u64)nr_free_pages() << PAGE_SHIFT;
	bytes[CPU_LISTS] = (u64)cpu_list_pages() << PAGE_SHIFT;
	bytes[BAD] = (u64)nr_bad_pages << PAGE_SHIFT;
	bytes[USED] = bytes[MANAGED] - bytes[FREE] - bytes[CPU_LISTS] - bytes[BAD];
	bytes[HIGHMEM] = (u64)totalhigh_pages() << PAGE_SHIFT;
	bytes[LOWMEM] = bytes[MANAGED] - bytes[HIGHMEM];
}

static void show_line(int i, const u64 *bytes, bool json)
{
	if (json)
		json_number(lines[i].json, bytes[i]);
	else
		mprintf("%-20s %10llu KiB %6s %%%s%s\n", lines[i].label, bytes[i] >> 10,
			percent_text(bytes[i], bytes[i < VM_TOTAL ? RAM : VM_TOTAL]).text,
			lines[i].remark[0] ? "  " : "", lines[i].remark);
}

static int cmd_meminfo(int argc, char **argv)
{
	u64 bytes[NR];
	bool json;
	int i, nr;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	get_bytes(bytes);
	nr = get_virtual_bytes(bytes) ? NR : PAGE_TABLES;
	if (json)
		json_begin();
	for (i = 0; i < nr; i++)
		show_line(i, bytes, json);
	if (json)
		json_end();
	return 0;
}

MONITOR_COMMAND("meminfo", "[--json]", "where all the RAM is, in KiB and percent", cmd_meminfo);
