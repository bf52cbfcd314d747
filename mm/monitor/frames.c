// SPDX-License-Identifier: MIT
/*
 * What the monitor's commands find out about page frames and blocks: in which state a
 * frame is, what is in a zone's lists, and which frame a person means.
 */
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/pgtable.h>
#include <linux/string.h>

#include "../internal.h"
#include "monitor.h"

enum frame_state frame_state(unsigned long pfn, unsigned long *nr)
{
	struct page *page, *block;
	unsigned int order;

	if (!pfn_valid(pfn)) {
		*nr = PAGES_PER_SECTION - (pfn & (PAGES_PER_SECTION - 1));
		return FRAME_HOLE;
	}
	page = pfn_to_page(pfn);
	*nr = 1;
	if (PageReserved(page))
		return memblock_is_memory(PFN_PHYS(pfn)) ? FRAME_RESERVED : FRAME_HOLE;
	if (PageBad(page))
		return FRAME_BAD;
	if (page_ref_count(page))
		return FRAME_USED;
	block = free_block_of(page, &order);
	if (!block)
		return FRAME_USED;
	*nr = block + (1UL << order) - page;
	return FRAME_FREE;
}

/* Walks are bounded by what the counters promise: a list that is broken cannot hang them. */
void for_each_cpu_block(struct zone *zone, void (*visit)(const struct cpu_block *block, void *data),
			void *data)
{
	unsigned int cpu, i;

	for_each_online_cpu(cpu) {
		struct per_cpu_pages *pcp = per_cpu_ptr(zone->per_cpu_pageset, cpu);
		int left = pcp->count;

		for (i = 0; i < NR_PCP_LISTS; i++) {
			struct cpu_block block = { .order = i % NR_PCP_ORDERS, .cpu = cpu };

			list_for_each_entry(block.page, &pcp->lists[i], lru) {
				left -= 1 << block.order;
				if (left < 0 || !is_page_pointer(block.page))
					return;
				visit(&block, data);
			}
		}
	}
}

static void count_cpu_block(const struct cpu_block *block, void *data)
{
	struct zone_blocks *blocks = data;

	blocks->cpu_blocks[block->cpu][block->order]++;
	blocks->cpu_pages += 1UL << block->order;
}

static unsigned long count_list(const struct list_head *list, unsigned long limit)
{
	const struct list_head *link;
	unsigned long nr = 0;

	list_for_each(link, list) {
		if (nr > limit || !is_page_pointer(list_entry(link, struct page, lru)))
			break;
		nr++;
	}
	return nr;
}

void count_blocks(struct zone *zone, struct zone_blocks *blocks)
{
	unsigned long flags;
	unsigned int order, type;

	memset(blocks, 0, sizeof(*blocks));
	spin_lock_irqsave(&zone->lock, flags);
	blocks->verified = true;
	for (order = 0; order < NR_PAGE_ORDERS; order++) {
		const struct free_area *area = &zone->free_area[order];

		for (type = 0; type < MIGRATE_TYPES; type++) {
			blocks->by_type[type][order] =
				count_list(&area->free_list[type], area->nr_free);
			blocks->free[order] += blocks->by_type[type][order];
		}
		blocks->pages += blocks->free[order] << order;
		blocks->verified &= blocks->free[order] == area->nr_free;
	}
	blocks->verified &= blocks->pages == zone->nr_free_pages;
	if (populated_zone(zone))
		for_each_cpu_block(zone, count_cpu_block, blocks);
	spin_unlock_irqrestore(&zone->lock, flags);
}

unsigned long nr_present_sections(void)
{
	unsigned long section, nr = 0;

	for (section = 0; section < __nr_mem_sections; section++)
		nr += pfn_valid(section * PAGES_PER_SECTION);
	return nr;
}

int list_zones(int argc, char **argv, show_zone_t print, show_zone_t json, const char *legend)
{
	static struct zone_blocks blocks;
	bool as_json = take_json(&argc, argv);
	struct zone *zone;

	if (argc != 1)
		return monitor_usage(argv[0]);
	for_each_populated_zone(zone) {
		count_blocks(zone, &blocks);
		(as_json ? json : print)(zone, &blocks);
	}
	if (!as_json)
		mprintf("%s", legend);
	return 0;
}

/* --- which frame is meant ---------------------------------------------------------- */

bool mem_map_frame(u64 address, u64 *frame)
{
	unsigned long section;

	for (section = 0; section < __nr_mem_sections; section++) {
		unsigned long pfn = section * PAGES_PER_SECTION;
		u64 offset;

		if (!pfn_valid(pfn))
			continue;
		offset = address - (unsigned long)pfn_to_page(pfn);
		if (offset < PAGES_PER_SECTION * sizeof(struct page)) {
			*frame = pfn + (unsigned long)offset / sizeof(struct page);
			return true;
		}
	}
	return false;
}

static int frame_by_number(u64 number, u64 *frame)
{
	*frame = number;
	return 0;
}

static int frame_by_phys(u64 address, u64 *frame)
{
	*frame = address >> PAGE_SHIFT;
	return 0;
}

static bool is_kernel_address(u64 address)
{
	return address >= PAGE_OFFSET && address <= ULONG_MAX;
}

static int frame_by_virt(u64 address, u64 *frame)
{
	unsigned int level;
	pte_t *pte;

	if (!is_kernel_address(address)) {
		mprintf("0x%llx is no address of the kernel: they are 0x%lx to 0x%lx\n", address,
			PAGE_OFFSET, ULONG_MAX);
		return -EINVAL;
	}
	if (address < (unsigned long)high_memory) {
		*frame = __pa((unsigned long)address) >> PAGE_SHIFT;
		return 0;
	}
	pte = lookup_address(address, &level);
	if (!pte || !pte_present(*pte)) {
		mprintf("0x%llx is not mapped; 'walk 0x%llx' shows why\n", address, address);
		return -EINVAL;
	}
	*frame = pte_pfn(*pte) + (address % page_level_size(level) >> PAGE_SHIFT);
	return 0;
}

static int frame_by_page(u64 address, u64 *frame)
{
	if (mem_map_frame(address, frame))
		return 0;
	mprintf("0x%llx is not in the mem_map: there is no struct page\n", address);
	return -EINVAL;
}

enum { BY_NUMBER, BY_PHYS, BY_VIRT, BY_PAGE, NR_NOTATIONS };

static const struct notation {
	const char *prefix, *how;
	int (*frame)(u64 number, u64 *frame);
} notations[NR_NOTATIONS] = {
	[BY_NUMBER] = { "pfn:", "a frame number", frame_by_number },
	[BY_PHYS] = { "phys:", "a physical address", frame_by_phys },
	[BY_VIRT] = { "virt:", "a virtual address", frame_by_virt },
	[BY_PAGE] = { "page:", "a struct page", frame_by_page },
};

static int guess_notation(const char *text, u64 number)
{
	u64 frame;

	if (!text[strspn(text, "0123456789")])
		return BY_NUMBER;
	if (mem_map_frame(number, &frame))
		return BY_PAGE;
	return is_kernel_address(number) ? BY_VIRT : BY_PHYS;
}

int parse_frame(const char *text, unsigned long *pfn, const char **how)
{
	const char *digits = text;
	u64 number, frame;
	int i;

	for (i = 0; i < NR_NOTATIONS && digits == text; i++)
		digits += str_has_prefix(text, notations[i].prefix);
	if (monitor_parse_ull(digits, &number))
		return -EINVAL;
	i = digits == text ? guess_notation(text, number) : i - 1;
	if (notations[i].frame(number, &frame))
		return -EINVAL;
	*how = notations[i].how;
	*pfn = frame;
	if (frame < max_pfn)
		return 0;
	mprintf("%s, taken as %s, is beyond the last frame of RAM: pfn %lu\n", digits, *how,
		max_pfn - 1);
	return -ERANGE;
}
