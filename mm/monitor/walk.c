// SPDX-License-Identifier: MIT
/* The monitor's walk through the page tables: what the CPU reads for one address. */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <asm/special_insns.h>
#include <memkern/monitor.h>

#include "../internal.h"

static const char *const entry_names[] = {
	[PG_LEVEL_4K] = "PTE",
	[PG_LEVEL_2M] = "PDE",
	[PG_LEVEL_1G] = "PDPTE",
};

static const struct {
	pteval_t bit;
	const char *word;
} flag_words[] = {
	{ _PAGE_RW, "writable" },   { _PAGE_USER, "user" },	    { _PAGE_PWT, "write-through" },
	{ _PAGE_PCD, "uncached" },  { _PAGE_ACCESSED, "accessed" }, { _PAGE_DIRTY, "dirty" },
	{ _PAGE_GLOBAL, "global" }, { _PAGE_NX, "no-execute" },
};

/* " writable accessed dirty" */
static void print_flags(const struct pgtable_entry *entry)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flag_words); i++) {
		if (entry->value & flag_words[i].bit)
			mprintf(" %s", flag_words[i].word);
	}
}

static void print_entry(const struct pgtable_entry *entry)
{
	mprintf("  %-5s at %08lx: %016llx", entry_names[entry->level], __pa(entry->location),
		entry->value);
	if (!(entry->value & _PAGE_PRESENT)) {
		mprintf(entry->value ? " not present" : " none\n");
		if (!entry->value)
			return;
	}
	print_flags(entry);
	if (pgtable_is_leaf(entry))
		mprintf(entry->level == PG_LEVEL_2M ? ", maps 2 MiB\n" : "\n");
	else
		mprintf(" -> table %08llx\n", entry->value & PTE_PFN_MASK);
}

static void print_page(unsigned long pfn)
{
	unsigned long flags;
	struct page *page;

	if (!pfn_valid(pfn)) {
		mprintf("  frame 0x%lx has no struct page\n", pfn);
		return;
	}
	page = pfn_to_page(pfn);
	flags = page->flags & PAGEFLAGS_MASK;
	mprintf("  frame 0x%lx: struct page at %px, zone %s, count %d, flags %pGp\n", pfn, page,
		page_zone(page)->name, page_ref_count(page), &flags);
}

/* Where the walk ended: at a page, or where there is none. */
static void print_result(unsigned long address, const struct pgtable_entry *last)
{
	unsigned long offset = address & (page_level_size(last->level) - 1);
	phys_addr_t phys = (last->value & PTE_PFN_MASK) + offset;

	if (!(last->value & _PAGE_PRESENT)) {
		mprintf("%08lx is not mapped: the %s is not present\n", address,
			entry_names[last->level]);
		return;
	}
	if (!pgtable_is_leaf(last)) {
		mprintf("%08lx is not mapped: where the %s points no table can be\n", address,
			entry_names[last->level]);
		return;
	}
	mprintf("%08lx is physical 0x%llx, %s, %s\n", address, phys,
		last->effective & _PAGE_RW ? "writable" : "read-only",
		last->effective & _PAGE_NX ? "not executable" : "executable");
	print_page(PHYS_PFN(phys));
}

static int cmd_walk(int argc, char **argv)
{
	struct pgtable_entry path[PGTABLE_LEVELS];
	unsigned long address;
	unsigned int i, nr;
	int error;

	if (argc != 2)
		return monitor_usage(argv[0]);
	error = monitor_parse_ulong(argv[1], &address);
	if (error)
		return error;

	nr = pgtable_path(address, path);
	mprintf("  CR3   is %08lx\n", read_cr3());
	for (i = 0; i < nr; i++)
		print_entry(&path[i]);
	print_result(address, &path[nr - 1]);
	return 0;
}
MONITOR_COMMAND("walk", "VA", "follow the page tables to an address", cmd_walk);
