// SPDX-License-Identifier: MIT
/*
 * From the memory map to the page allocator.
 *
 *	e820_table --> memblock --> final page tables
 *	                   |
 *	                   +------> sections: struct pages for all RAM (mem_map)
 *	                   |            |
 *	                   +------------+--> zones, free areas, watermarks
 *
 * How much lowmem the mem_map may take is limited: struct pages live in lowmem,
 * 8 MiB for each GiB of RAM, and a machine with 64 GiB would keep little else
 * there. RAM whose struct pages would take more than half of lowmem is left out,
 * from the top, by a sentence.
 *
 * Invariants: those of mmzone.c and page_alloc.c hold from mm_init() on.
 *
 * Locking: boot, one CPU, interrupts off.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <asm/dma.h>
#include <asm/smp.h>
#include <asm/tsc.h>
#include <memkern/boot.h>
#include <memkern/e820.h>
#include <memkern/mm.h>

#include "dma.h"
#include "internal.h"
#include "slab.h"
#include "vmalloc.h"

#define MIB(bytes)	   ((unsigned long)((bytes) >> 20))
#define MAX_PFN		   (NR_MEM_SECTIONS << PFN_SECTION_SHIFT) /* 64 GiB */
#define SECTION_SIZE	   ((phys_addr_t)PAGES_PER_SECTION << PAGE_SHIFT)
#define SECTION_PAGES_SIZE (PAGES_PER_SECTION * sizeof(struct page)) /* bytes of mem_map */

extern char __kernel_phys_start[], __kernel_phys_end[];

struct mm_init_cost mm_init_cost;

/*
 * Everything known to be RAM, less what is taken: the image, modules. These come first:
 * a map with very many ranges makes memblock allocate already.
 */
static void __init fill_memblock(void)
{
	const struct boot_module *module;
	const struct e820_entry *entry;

	memblock_set_current_limit(PFN_PHYS(lowmem_limit_pfn()));
	memblock_reserve((unsigned long)__kernel_phys_start,
			 __kernel_phys_end - __kernel_phys_start);
	for_each_boot_module(module)
		memblock_reserve(module->start, module->end - module->start);
	memblock_allow_resize();
	for_each_e820_range(entry) {
		if (entry->type == E820_TYPE_RAM)
			memblock_add(entry->addr, entry->size);
	}

	if (memblock_end_of_DRAM() > PFN_PHYS(MAX_PFN)) {
		pr_warn("RAM above %lu GiB is left out: memkern has no struct pages for it\n",
			MAX_PFN >> (30 - PAGE_SHIFT));
		memblock_remove(PFN_PHYS(MAX_PFN), memblock_end_of_DRAM() - PFN_PHYS(MAX_PFN));
	}
	max_pfn = PFN_DOWN(memblock_end_of_DRAM());
	max_low_pfn = min(max_pfn, lowmem_limit_pfn());
	high_memory = __va(PFN_PHYS(max_low_pfn));
	memblock_set_current_limit(PFN_PHYS(max_low_pfn));
}

/* Does the section hold RAM? */
static bool __init section_present(unsigned long section)
{
	phys_addr_t start, end, base = section * SECTION_SIZE;
	u64 i;

	for_each_mem_range(i, &start, &end) {
		if (start < base + SECTION_SIZE && end > base)
			return true;
	}
	return false;
}

/*
 * The last section plus one whose struct pages fit into `budget` bytes. Sections
 * below are all kept: lowmem comes first.
 */
static unsigned long __init sections_within(unsigned long budget)
{
	unsigned long section, nr = DIV_ROUND_UP(max_pfn, PAGES_PER_SECTION);
	unsigned long used = nr * sizeof(struct mem_section);

	for (section = 0; section < nr; section++) {
		if (!section_present(section))
			continue;
		used += SECTION_PAGES_SIZE;
		if (used > budget)
			break;
	}
	return section;
}

static void __init leave_out_what_does_not_fit(void)
{
	unsigned long budget = PFN_PHYS(max_low_pfn) / 2;
	phys_addr_t before = memblock_phys_mem_size();
	phys_addr_t limit = sections_within(budget) * SECTION_SIZE;

	if (memblock_end_of_DRAM() <= limit)
		return;
	memblock_remove(limit, memblock_end_of_DRAM() - limit);
	max_pfn = PFN_DOWN(memblock_end_of_DRAM());
	pr_warn("mem_map: %lu MiB of RAM from 0x%llx on are left out: their struct pages would "
		"take more than half of lowmem (%lu MiB)\n",
		MIB(before - memblock_phys_mem_size()), (u64)limit, MIB(PFN_PHYS(max_low_pfn)));
}

static enum zone_type __init pfn_zone(unsigned long pfn)
{
	if (pfn < MAX_DMA_PFN)
		return ZONE_DMA;
	return pfn < max_low_pfn ? ZONE_NORMAL : ZONE_HIGHMEM;
}

/* At rest: what a free page's tails look like. The zone and section are set here, for ever. */
static void __init init_section_pages(unsigned long section, struct page *map)
{
	unsigned long zone = pfn_zone(section * PAGES_PER_SECTION);
	struct page *page;

	mem_section[section].mem_map_base =
		(unsigned long)map - section * PAGES_PER_SECTION * sizeof(struct page);
#ifdef __i386__
	if (section < __NR_ADDRESS_SECTIONS)
		__address_mem_map_base[section] = mem_section[section].mem_map_base;
#endif
	memset(mem_section[section].pageblock_type, MIGRATE_MOVABLE, __PAGEBLOCKS_PER_SECTION);

	for (page = map; page < map + PAGES_PER_SECTION; page++) {
		page->flags = section << SECTIONS_PGSHIFT | zone << ZONES_PGSHIFT;
		INIT_LIST_HEAD(&page->lru);
		page->mapping = NULL;
		page->index = 0;
		page->private = 0;
		page->page_type = -1U;
		set_page_count(page, 0);
	}
}

/* Many struct pages fill whole pageblocks: a pageblock that is begun can never be free as a whole. */
static phys_addr_t __init alloc_struct_pages(unsigned long size)
{
	unsigned long align = size < PMD_SIZE ? SECTION_PAGES_SIZE : PMD_SIZE;
	phys_addr_t phys = memblock_phys_alloc_range(size, align, 0, MEMBLOCK_ALLOC_ACCESSIBLE);

	if (phys || align == SECTION_PAGES_SIZE)
		return phys;
	return memblock_phys_alloc_range(size, SECTION_PAGES_SIZE, 0, MEMBLOCK_ALLOC_ACCESSIBLE);
}

/* Struct pages of neighbouring sections are neighbours, so that page + n is right in a run of RAM. */
static void __init init_mem_map(void)
{
	unsigned long section = 0, nr = DIV_ROUND_UP(max_pfn, PAGES_PER_SECTION);
	unsigned long sections = 0, run;
	cycles_t start = get_cycles();

	mem_section = memblock_alloc_for(nr * sizeof(struct mem_section), 0, "the sections");
	__nr_mem_sections = nr;
	for (; section < nr; section += run ? run : 1) {
		struct page *map;
		phys_addr_t phys;
		unsigned long i;

		for (run = 0; section + run < nr && section_present(section + run);)
			run++;
		if (!run)
			continue;
		phys = alloc_struct_pages(run * SECTION_PAGES_SIZE);
		if (!phys)
			panic("no room in lowmem for the struct pages of %lu MiB of RAM at 0x%llx",
			      MIB(run * SECTION_SIZE), (u64)(section * SECTION_SIZE));
		map = __va(phys);
		for (i = 0; i < run; i++)
			init_section_pages(section + i, map + i * PAGES_PER_SECTION);
		sections += run;
	}
	mm_init_cost.mem_map_ticks = get_cycles() - start;
	mm_init_cost.mem_map_bytes = sections * SECTION_PAGES_SIZE;
	pr_info("mem_map: %lu KiB for %lu sections of 4 MiB, %zu bytes a page\n",
		sections * (SECTION_PAGES_SIZE / 1024), sections, sizeof(struct page));
}

static void __init init_zones(void)
{
	unsigned long dma_end = min(MAX_DMA_PFN, max_low_pfn);
	phys_addr_t start, end;
	u64 i;

	init_zone(ZONE_DMA, 0, dma_end);
	init_zone(ZONE_DMA32, dma_end, dma_end);
	init_zone(ZONE_NORMAL, dma_end, max_low_pfn);
	init_zone(ZONE_HIGHMEM, max_low_pfn, max_pfn);

	for_each_mem_range(i, &start, &end) {
		unsigned long pfn = PFN_UP(start), next;

		for (; pfn < PFN_DOWN(end); pfn = next) {
			struct zone *zone = &contig_page_data.node_zones[pfn_zone(pfn)];

			next = min(zone_end_pfn(zone), PFN_DOWN(end));
			zone->present_pages += next - pfn;
		}
	}
}

/* Frames that are no RAM, or taken: they never reach the free areas. */
static void __init reserve_pages(unsigned long pfn, unsigned long end_pfn)
{
	for (; pfn < end_pfn; pfn++) {
		if (!pfn_valid(pfn)) {
			pfn |= PAGES_PER_SECTION - 1;
			continue;
		}
		__SetPageReserved(pfn_to_page(pfn));
		set_page_count(pfn_to_page(pfn), 1);
	}
}

/* In blocks as large as alignment and length allow. */
static void __init free_page_range(unsigned long pfn, unsigned long end_pfn)
{
	while (pfn < end_pfn) {
		unsigned int order = MAX_PAGE_ORDER;

		if (pfn)
			order = min_t(unsigned int, order, __ffs(pfn));
		while (pfn + (1UL << order) > end_pfn)
			order--;
		__free_pages_core(pfn_to_page(pfn), order);
		pfn += 1UL << order;
	}
}

/* The hand-over: from here on memblock only remembers. */
static void __init memblock_free_all(void)
{
	unsigned long last_end = 0;
	phys_addr_t start, end;
	u64 i;

	for_each_free_mem_range(i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		reserve_pages(last_end, PFN_UP(start));
		last_end = PFN_DOWN(end);
		if (PFN_UP(start) < last_end)
			free_page_range(PFN_UP(start), last_end);
		else
			last_end = PFN_UP(start);
	}
	reserve_pages(last_end, __nr_mem_sections * PAGES_PER_SECTION);
	memblock_end();
}

/* On a machine too small for a pageblock of each type, types only get in the way. */
static void __init init_mobility_grouping(void)
{
	phys_addr_t free = memblock_phys_mem_size() - memblock_reserved_size();
	unsigned long section;

	if (PHYS_PFN(free) >= pageblock_nr_pages * MIGRATE_TYPES)
		return;
	disable_mobility_grouping();
	for (section = 0; section < __nr_mem_sections; section++)
		memset(mem_section[section].pageblock_type, MIGRATE_UNMOVABLE,
		       __PAGEBLOCKS_PER_SECTION);
	pr_info("Pages are not grouped by mobility: there are too few\n");
}

static void __init print_memory(void)
{
	unsigned long image = __kernel_phys_end - __kernel_phys_start;

	pr_info("Memory: %luK/%luK available (%luK kernel image, %luK reserved, %luK highmem)\n",
		totalram_pages() << (PAGE_SHIFT - 10),
		(unsigned long)(memblock_phys_mem_size() >> 10), image >> 10,
		(unsigned long)(memblock_phys_mem_size() >> 10) -
			(totalram_pages() << (PAGE_SHIFT - 10)),
		totalhigh_pages() << (PAGE_SHIFT - 10));
}

void __init mm_init(void)
{
	cycles_t start = get_cycles();

	fill_memblock();
	leave_out_what_does_not_fit();
	paging_init();
	setup_per_cpu_areas();
	kmap_init();
	swiotlb_init();

	init_zones();
	init_mem_map();
	init_mobility_grouping();
	page_owner_init();
	memblock_free_all();

	init_watermarks();
	build_zonelists();
	pcp_init();
	poison_free_memory();
	kmem_cache_init();
	vmalloc_init();
	print_memory();
	print_zones();
	mm_init_cost.ticks = get_cycles() - start;
}
