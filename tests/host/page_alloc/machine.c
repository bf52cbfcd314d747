// SPDX-License-Identifier: MIT
/*
 * Booting a machine: what mm/init.c does on a real one, from a table.
 *
 *	frame 0         256                              1024
 *	      | RAM      | mem_map, a section behind the | RAM: one section or more a zone
 *	      | 1 - 158  | other, as long as it is       | ...
 *
 * Under AddressSanitizer everything is poisoned but the RAM that the allocator got and the
 * struct pages of sections that exist: whoever strays from them is found out.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/params.h>

#include "../e820/host.h"
#include "machine.h"

#define MAP_START 0x100UL /* the first frame of the mem_map */

const struct machine machine_240m = {
	.name = "240 MiB",
	.zone_end = { 1024, 1024, 60 * 1024, 60 * 1024 },
	.free = { { 1, 0x9f }, { 1024 + 600, 60 * 1024 } },
};

const struct machine machine_64m = {
	.name = "64 MiB",
	.zone_end = { 2 * 1024, 2 * 1024, 16 * 1024, 19 * 1024 - 700 },
	.free = {
		{ 1, 0x9f },			       /* DMA: as on a PC, from page 1 to 636 KiB */
		{ 1024, 2 * 1024 },		       /* the rest of DMA */
		{ 2 * 1024, 4 * 1024 + 17 },	       /* a range that ends anywhere */
		{ 5 * 1024 - 3, 8 * 1024 },	       /* one that begins anywhere */
		{ 9 * 1024, 16 * 1024 - 1 },	       /* behind a section that is a hole */
		{ 16 * 1024 + 600, 18 * 1024 + 1 },    /* HIGHMEM: from the second pageblock on */
		{ 18 * 1024 + 24, 19 * 1024 - 700 },   /* to the middle of a pageblock */
	},
};

const struct machine machine_16m = {
	.name = "16 MiB",
	.zone_end = { 2 * 1024, 2 * 1024, 4 * 1024, 5 * 1024 },
	.free = {
		{ 1, 0x9f },
		{ 1024, 2 * 1024 },
		{ 2 * 1024, 4 * 1024 - 5 },
		{ 4 * 1024, 5 * 1024 },
	},
};

/* A zone of its own, in a section whose other frames are nobody's. */
const struct machine machine_16_pages = {
	.name = "16 pages",
	.zone_end = { 1024, 1024, 1024 + 16, 1024 + 16 },
	.free = { { 1024, 1024 + 16 } },
	.without_marks = true,
};

static const struct machine *booted;

void __asan_poison_memory_region(void const volatile *address, size_t size);
void __asan_unpoison_memory_region(void const volatile *address, size_t size);

static struct page *map_of_section(unsigned long section)
{
	return (struct page *)__va(MAP_START << PAGE_SHIFT) + section * PAGES_PER_SECTION;
}

bool machine_has_frame(unsigned long pfn)
{
	const struct machine_range *range;

	for (range = booted->free; range->end; range++)
		if (pfn >= range->start && pfn < range->end)
			return true;
	return false;
}

/* The first one does in any case: the mem_map lies there. */
static bool section_exists(unsigned long section)
{
	const struct machine_range *range;
	unsigned long start = section * PAGES_PER_SECTION;

	if (!section)
		return true;

	for (range = booted->free; range->end; range++)
		if (range->start < start + PAGES_PER_SECTION && range->end > start)
			return true;
	return false;
}

static enum zone_type zone_of(unsigned long pfn)
{
	int zone = ZONE_DMA;

	while (pfn >= booted->zone_end[zone])
		zone++;
	return zone;
}

/* --- the boot ------------------------------------------------------------------------- */

static void boot_memory(void)
{
	static bool mapped;
	const struct machine_range *range;

	if (!mapped)
		host_map(PAGE_OFFSET, MAX_FRAMES * PAGE_SIZE);
	mapped = true;
	max_pfn = booted->zone_end[ZONE_HIGHMEM];
	max_low_pfn = booted->zone_end[ZONE_NORMAL];
	high_memory = pfn_to_virt(max_low_pfn);
	__asan_poison_memory_region(__va(0), max_pfn * PAGE_SIZE);
	for (range = booted->free; range->end; range++)
		__asan_unpoison_memory_region(pfn_to_virt(range->start),
					      (range->end - range->start) * PAGE_SIZE);
}

static void boot_zones(void)
{
	const struct machine_range *range;
	unsigned long start = 0;
	int i;

	memset(&contig_page_data, 0, sizeof(contig_page_data));
	memset(zone_pcp, 0, sizeof(zone_pcp));
	for (i = 0; i < MAX_NR_ZONES; i++) {
		init_zone(i, start, booted->zone_end[i]);
		start = booted->zone_end[i];
	}
	for (range = booted->free; range->end; range++)
		contig_page_data.node_zones[zone_of(range->start)].present_pages +=
			range->end - range->start;
}

static void set_map_base(unsigned long section, unsigned long base)
{
	mem_section[section].mem_map_base = base;
#ifdef __i386__
	__address_mem_map_base[section] = base;
#endif
}

/* Reserved, until free_range() says otherwise. */
static void boot_section(unsigned long section)
{
	struct page *map = map_of_section(section), *page;
	unsigned long zone = zone_of(min(section * PAGES_PER_SECTION, max_pfn - 1));

	__asan_unpoison_memory_region(map, PAGES_PER_SECTION * sizeof(struct page));
	memset(map, 0, PAGES_PER_SECTION * sizeof(struct page));
	set_map_base(section, (unsigned long)map_of_section(0));
	for (page = map; page < map + PAGES_PER_SECTION; page++) {
		page->flags = section << SECTIONS_PGSHIFT | zone << ZONES_PGSHIFT |
			      1UL << PG_reserved;
		INIT_LIST_HEAD(&page->lru);
		page->page_type = -1U;
		set_page_count(page, 1);
	}
}

/* On a machine too small for a pageblock of each type they are all UNMOVABLE. */
static void boot_pageblocks(void)
{
	const struct machine_range *range;
	unsigned long section, pages = 0;
	int type = MIGRATE_MOVABLE;

	for (range = booted->free; range->end; range++)
		pages += range->end - range->start;
	page_group_by_mobility_disabled = 0;
	__gfp_mobility_mask = GFP_MOVABLE_MASK;
	if (pages < pageblock_nr_pages * MIGRATE_TYPES) {
		disable_mobility_grouping();
		type = MIGRATE_UNMOVABLE;
	}
	for (section = 0; section < MAX_SECTIONS; section++)
		memset(mem_section[section].pageblock_type, type, __PAGEBLOCKS_PER_SECTION);
}

/* The tables of page owner outlive the machine: nobody owns anything at the next boot. */
static void disown_everything(void)
{
	struct page_owner_info info;
	unsigned long pfn;

	for (pfn = 0; pfn < max_pfn && (mm_debug_flags & MM_DEBUG_PAGE_OWNER); pfn++)
		if (pfn_valid(pfn) && page_owner_get(pfn_to_page(pfn), &info))
			page_owner_free((struct page *)info.head, info.order);
}

/* Once, for all machines. */
static void boot_page_owner(void)
{
	static bool done;
	unsigned long section;

	if (done || !(mm_debug_flags & MM_DEBUG_PAGE_OWNER))
		return;
	done = true;
	for (section = 0; section < MAX_SECTIONS; section++)
		mem_section[section].mem_map_base = 1;
	page_owner_init();
}

static void boot_sections(void)
{
	unsigned long section;

	if (!mem_section)
		mem_section = host_alloc(MAX_SECTIONS * sizeof(struct mem_section));
	__nr_mem_sections = MAX_SECTIONS;
	boot_page_owner();
	boot_pageblocks();
	for (section = 0; section < MAX_SECTIONS; section++) {
		set_map_base(section, 0);
		if (section_exists(section))
			boot_section(section);
	}
}

/* In blocks as large as alignment and length allow. */
static void free_range(unsigned long pfn, unsigned long end)
{
	unsigned long i;

	for (i = pfn; i < end; i++) {
		ClearPageReserved(pfn_to_page(i));
		set_page_count(pfn_to_page(i), 0);
	}
	while (pfn < end) {
		unsigned int order = min_t(unsigned int, MAX_PAGE_ORDER, __ffs(pfn));

		while (pfn + (1UL << order) > end)
			order--;
		__free_pages_core(pfn_to_page(pfn), order);
		pfn += 1UL << order;
	}
}

static void remove_marks(void)
{
	struct zone *zone;

	for_each_zone(zone) {
		memset(zone->_watermark, 0, sizeof(zone->_watermark));
		set_fast_path_floor(zone);
	}
}

/* What a command line does not say is as if it had never been said. */
static void boot_parameters(const char *command_line)
{
	static char line[256]; /* parameters may keep a pointer to their value */

	mm_debug_flags = 0;
	scnprintf(line, sizeof(line), "min_free_kbytes=-1 %s", command_line);
	host_clear_log();
	parse_params(line);
	BUG_ON(*host_log());
}

void machine_boot(const struct machine *machine, const char *command_line)
{
	const struct machine_range *range;

	disown_everything();
	booted = machine;
	reports = (struct reports){ 0 };
	nr_bad_pages = 0;
	boot_parameters(command_line);
	boot_memory();
	boot_zones();
	boot_sections();
	for (range = booted->free; range->end; range++)
		free_range(range->start, range->end);
	watermark_boost_factor = 0;
	init_watermarks();
	if (booted->without_marks)
		remove_marks();
	build_zonelists();
	pcp_init();
	poison_free_memory();
}

/* --- looking at it -------------------------------------------------------------------- */

void machine_free_blocks(u8 *blocks)
{
	unsigned long pfn;

	for (pfn = 0; pfn < max_pfn; pfn++) {
		const struct page *page = pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;

		blocks[pfn] = page && PageBuddy(page) ? 1 + buddy_order(page) : 0;
	}
}

void machine_settle(void)
{
	drain_all_pages(NULL);
	while (unreserve_highatomic_pageblock(MIGRATE_MOVABLE, true))
		;
}

bool machine_check(void)
{
	int found = page_alloc_check() + page_owner_check();

	if (!booted->without_marks)
		found += mmzone_check();
	if (!found)
		return true;
	host_clear_log();
	mm_print_problems(found);
	host_note("%s", host_log());
	return false;
}
