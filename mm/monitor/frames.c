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
void for_each_cpu_block(struct zone *zone,
			void (*visit)(const struct cpu_block *block, void *data), void *data)
{
	unsigned int cpu, i;

	for_each_online_cpu(cpu) {
		struct per_cpu_pages *pcp = per_cpu_ptr(zone->per_cpu_pageset, cpu);
		int left = pcp->count;

		for (i = 0; i < NR_PCP_LISTS; i++) {
			struct cpu_block block = { .order = i / MIGRATE_PCPTYPES, .cpu = cpu };

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

/* --- which frame is meant ---------------------------------------------------------- */

/* The frame that the struct page at, or around, an address describes; false: none is there. */
static bool mem_map_frame(u64 address, unsigned long *pfn)
{
	unsigned long section;

	for (section = 0; section < nr_mem_sections; section++) {
		u64 start;

		if (!pfn_valid(section * PAGES_PER_SECTION))
			continue;
		start = (unsigned long)pfn_to_page(section * PAGES_PER_SECTION);
		if (address - start < PAGES_PER_SECTION * sizeof(struct page)) {
			*pfn = section * PAGES_PER_SECTION +
			       (unsigned long)(address - start) / sizeof(struct page);
			return true;
		}
	}
	return false;
}

static int virtual_frame(u64 address, unsigned long *pfn)
{
	unsigned int level;
	pte_t *pte;

	if (address < PAGE_OFFSET || address > ULONG_MAX) {
		mprintf("0x%llx is no address of the kernel: they are 0x%lx to 0x%lx\n", address,
			PAGE_OFFSET, ULONG_MAX);
		return -EINVAL;
	}
	if (address < (unsigned long)high_memory) {
		*pfn = __pa((unsigned long)address) >> PAGE_SHIFT;
		return 0;
	}
	pte = lookup_address(address, &level);
	if (!pte || !pte_present(*pte)) {
		mprintf("0x%llx is not mapped; 'walk 0x%llx' shows why\n", address, address);
		return -EINVAL;
	}
	*pfn = pte_pfn(*pte);
	return 0;
}

static bool looks_like_frame_number(const char *text)
{
	return !strstarts(text, "0x") && !strstarts(text, "0X") &&
	       !strpbrk(text, "kKmMgG");
}

/* The kinds of number, with the word that makes it so. */
enum number_kind { AS_PFN, AS_PHYS, AS_VIRT, AS_PAGE, NR_KINDS };
static const struct number_kind_name {
	const char *prefix, *how;
} kinds[NR_KINDS] = {
	[AS_PFN] = { "pfn:", "a frame number" },
	[AS_PHYS] = { "phys:", "a physical address" },
	[AS_VIRT] = { "virt:", "a virtual address" },
	[AS_PAGE] = { "page:", "a struct page" },
};

static enum number_kind kind_of(const char **text)
{
	unsigned int kind;

	for (kind = 0; kind < NR_KINDS; kind++) {
		size_t n = str_has_prefix(*text, kinds[kind].prefix);

		*text += n;
		if (n)
			break;
	}
	return kind;
}

static enum number_kind guess_kind(const char *text, u64 number)
{
	unsigned long pfn;

	if (looks_like_frame_number(text))
		return AS_PFN;
	if (mem_map_frame(number, &pfn))
		return AS_PAGE;
	return number >= PAGE_OFFSET && number <= ULONG_MAX ? AS_VIRT : AS_PHYS;
}

static int frame_of(enum number_kind kind, u64 number, u64 *frame)
{
	unsigned long pfn;
	int error = 0;

	switch (kind) {
	case AS_VIRT:
		error = virtual_frame(number, &pfn);
		*frame = pfn;
		break;
	case AS_PAGE:
		if (!mem_map_frame(number, &pfn)) {
			mprintf("0x%llx is not in the mem_map: there is no struct page\n", number);
			error = -EINVAL;
		}
		*frame = pfn;
		break;
	case AS_PHYS:
		*frame = number >> PAGE_SHIFT;
		break;
	default:
		*frame = number;
	}
	return error;
}

int parse_frame(const char *text, unsigned long *pfn, const char **how)
{
	enum number_kind kind = kind_of(&text);
	u64 number, frame;
	int error;

	error = monitor_parse_ull(text, &number);
	if (error)
		return error;
	if (kind == NR_KINDS)
		kind = guess_kind(text, number);
	error = frame_of(kind, number, &frame);
	if (error)
		return error;
	*how = kinds[kind].how;
	*pfn = frame;
	if (frame >= max_pfn) {
		mprintf("%s, taken as %s, is beyond the last frame of RAM: pfn %lu\n", text, *how,
			max_pfn - 1);
		return -ERANGE;
	}
	return 0;
}
