// SPDX-License-Identifier: MIT
/* `page`: all that is known of one page frame. */
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/string.h>
#include <memkern/boot.h>
#include <memkern/e820.h>

#include "../dma.h"
#include "../slab.h"
#include "monitor.h"

#define LOW_MEMORY_END 0x100000

extern char __kernel_phys_start[], __kernel_phys_end[];
extern char _stext[], _etext[], __start_rodata[], __end_rodata[];

static const char *ordinal(unsigned long n)
{
	if (n % 100 / 10 == 1)
		return "th";
	switch (n % 10) {
	case 1:
		return "st";
	case 2:
		return "nd";
	case 3:
		return "rd";
	}
	return "th";
}

/* Appends "2nd of 4 pages of the block at pfn ...", of the block that the page is in. */
static void describe_block(char *state, const struct page *page, const struct page *block,
			   unsigned int order)
{
	unsigned long n = page - block + 1, used = strlen(state);

	if (order)
		used += scnprintf(state + used, FRAME_TEXT_SIZE - used, "%lu%s of %lu pages of ", n,
				  ordinal(n), 1UL << order);
	snprintf(state + used, FRAME_TEXT_SIZE - used, "the block at pfn %lu, order %u",
		 page_to_pfn(block), order);
}

/* --- what is reserved, and why ------------------------------------------------------- */

static const char *image_part(unsigned long address)
{
	if (address < (unsigned long)_stext)
		return "kernel image, entry code";
	if (address < (unsigned long)_etext)
		return "kernel image, text";
	if (address >= (unsigned long)__start_rodata && address < (unsigned long)__end_rodata)
		return "kernel image, constants";
	return "kernel image, data";
}

static const char *no_ram(phys_addr_t phys)
{
	const struct e820_entry *entry;

	if (phys < LOW_MEMORY_END)
		return "low memory, kept for the BIOS";
	for_each_e820_range(entry) {
		if (phys - entry->addr < entry->size)
			return entry->type == E820_TYPE_RAM ? "RAM that is left out"
							    : e820_type_name(entry->type);
	}
	return "a hole in the memory map";
}

static const char *reserved_by(phys_addr_t phys)
{
	const struct boot_module *module;
	u64 frame;

	if (phys >= (unsigned long)__kernel_phys_start && phys < (unsigned long)__kernel_phys_end)
		return image_part((unsigned long)__va(phys));
	for_each_boot_module(module)
		if (phys + PAGE_SIZE > module->start && phys < module->end)
			return "a module of the boot loader";
	if (phys < PFN_PHYS(max_low_pfn) && mem_map_frame((unsigned long)__va(phys), &frame))
		return "mem_map: struct pages";
	if (is_swiotlb_buffer(phys))
		return "bounce buffers of devices";
	return "memory of the boot: page tables, sections";
}

/* --- the state ------------------------------------------------------------------------- */

struct cpu_search {
	const struct page *page;
	struct cpu_block found;
};

static void compare_cpu_block(const struct cpu_block *block, void *data)
{
	struct cpu_search *search = data;

	if (is_in_block(search->page, block->page, block->order))
		search->found = *block;
}

static bool describe_free(char *state, struct page *page)
{
	struct cpu_search search = { .page = page };
	struct zone *zone = page_zone(page);
	unsigned long flags;
	struct page *block;
	unsigned int order;

	spin_lock_irqsave(&zone->lock, flags);
	block = page_ref_count(page) ? NULL : free_block_of(page, &order);
	if (!block && populated_zone(zone))
		for_each_cpu_block(zone, compare_cpu_block, &search);
	spin_unlock_irqrestore(&zone->lock, flags);
	if (block) {
		strscpy(state, "free: ", FRAME_TEXT_SIZE);
		describe_block(state, page, block, order);
	} else if (search.found.page) {
		snprintf(state, FRAME_TEXT_SIZE,
			 "free, in the lists of CPU %u: ", search.found.cpu);
		describe_block(state, page, search.found.page, search.found.order);
	}
	return block || search.found.page;
}

static void describe_used(char *state, struct page *page)
{
	struct page *block = NULL;
	unsigned long start, index;
	unsigned int order, number;

	number = handle_of(page, &block, &order);
	if (number) {
		snprintf(state, FRAME_TEXT_SIZE, "in use, handle #%u: ", number);
	} else if (PageSlab(page)) {
		block = slab_page(page_slab(page));
		order = compound_order(block);
		snprintf(state, FRAME_TEXT_SIZE,
			 "in use, a slab of %s: ", page_slab(page)->slab_cache->name);
	} else if ((block = filled_block_of(page, &order))) {
		strscpy(state, "in use, taken by fill: ", FRAME_TEXT_SIZE);
	} else if (PageCompound(page)) {
		strscpy(state, "in use, compound: ", FRAME_TEXT_SIZE);
		block = compound_head(page);
		order = compound_order(block);
	}
	if (block)
		describe_block(state, page, block, order);
	else if (PageTable(page))
		strscpy(state, "in use: a page table", FRAME_TEXT_SIZE);
	else if (find_vmap_page(page, &start, &index))
		snprintf(state, FRAME_TEXT_SIZE, "in use: page %lu of the vmalloc area 0x%lx",
			 index, start);
	else if (page_ref_count(page))
		strscpy(state, "in use by the kernel: a page, or the first of a block",
			FRAME_TEXT_SIZE);
	else
		strscpy(state, "in use by the kernel: not the first page of its block",
			FRAME_TEXT_SIZE);
}

void describe_frame(char *state, unsigned long pfn)
{
	unsigned long nr;

	switch (frame_state(pfn, &nr)) {
	case FRAME_HOLE:
		snprintf(state, FRAME_TEXT_SIZE, "not usable: %s", no_ram(PFN_PHYS(pfn)));
		break;
	case FRAME_RESERVED:
		snprintf(state, FRAME_TEXT_SIZE, "reserved: %s", reserved_by(PFN_PHYS(pfn)));
		break;
	case FRAME_BAD:
		strscpy(state, "bad: it was reported, and nobody gets it again", FRAME_TEXT_SIZE);
		break;
	default:
		if (!describe_free(state, pfn_to_page(pfn)))
			describe_used(state, pfn_to_page(pfn));
	}
}

static const char *page_type_text(const struct page *page)
{
	if (PageBuddy(page))
		return "buddy";
	if (PageTable(page))
		return "table";
	return PageBad(page) ? "bad" : "none";
}

/* --- the command ------------------------------------------------------------------------ */

/* With page_owner=on: who allocated the block, innermost caller first. */
static void print_owner(const struct page *page)
{
	struct page_owner_info info;
	unsigned int i;

	if (!page_owner_get(page, &info))
		return;
	mprintf("  owner        order %u, %pGg, called from\n", info.order, &info.gfp);
	for (i = 0; i < info.trace->nr_entries; i++)
		mprintf("               %pB\n", (void *)info.trace->entries[i]);
}

static void print_page(unsigned long pfn, const char *how, const char *state)
{
	struct page *page = pfn_to_page(pfn);
	unsigned long flags = page->flags & PAGEFLAGS_MASK;

	mprintf("pfn %lu (0x%lx), taken as %s\n", pfn, pfn, how);
	mprintf("  physical     0x%09llx\n", (u64)PFN_PHYS(pfn));
	if (page_address(page))
		mprintf("  virtual      0x%lx\n", (unsigned long)page_address(page));
	else
		mprintf("  virtual      none: highmem\n");
	mprintf("  struct page  0x%lx\n", (unsigned long)page);
	mprintf("  zone         %s, pageblock %lu: %s\n", page_zone(page)->name,
		pfn >> pageblock_order, migratetype_names[get_pageblock_migratetype(page)]);
	mprintf("  flags        %pGp\n", &flags);
	mprintf("  type         %s\n", page_type_text(page));
	mprintf("  refcount     %d\n", page_ref_count(page));
	if (page->page_type == -1U || page_mapcount(page) > 0)
		mprintf("  mapcount     %d\n", page_mapcount(page));
	mprintf("  state        %s\n", state);
	print_owner(page);
}

static int cmd_page(int argc, char **argv)
{
	char state[FRAME_TEXT_SIZE];
	unsigned long pfn;
	const char *how;

	if (argc != 2)
		return monitor_usage(argv[0]);
	if (parse_frame(argv[1], &pfn, &how))
		return -EINVAL;
	describe_frame(state, pfn);
	if (pfn_valid(pfn)) {
		print_page(pfn, how, state);
		return 0;
	}
	mprintf("pfn %lu (0x%lx), taken as %s, has no struct page; %s\n", pfn, pfn, how, state);
	return -EINVAL;
}

MONITOR_COMMAND("page", "[pfn:|phys:|virt:|page:]N", "all about a page frame", cmd_page);
