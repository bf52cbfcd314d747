// SPDX-License-Identifier: MIT
/*
 * `vmmap`: the kernel's address space as the page tables have it; what lies side by side and
 * may be used alike is one line.
 *
 *	c0101000-c0144fff      272 KiB r-x  kernel text
 *
 * The tables are looked at a few dozen lines at a time: in between, and while a line is
 * printed, they may change. No table that is looked at is freed meanwhile: vmap_lock.
 */
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/pgtable.h>
#include <linux/string.h>
#include <asm/cpufeature.h>

#include "../internal.h"
#include "monitor.h"

#define RANGES	     64 /* looked at in one go */
#define REGION_LINES 16 /* of a region, unless `all` */

extern char __kernel_phys_start[], _stext[], _etext[], __start_rodata[], __end_rodata[];
extern char _sdata[], _end[];

/* --- what addresses are for ------------------------------------------------------------ */

static unsigned long page_up(const char *address)
{
	return PAGE_ALIGN((unsigned long)address);
}

/* Each region begins where the one before ends; a region may be empty. */
const char *region_of(unsigned long address, unsigned long *end)
{
	const struct {
		unsigned long end; /* 0: of the address space */
		const char *name;
	} regions[] = {
		{ PAGE_OFFSET, "user space" },
		{ (unsigned long)__va(__kernel_phys_start), "direct map, below the image" },
		{ (unsigned long)_stext, "kernel entry code" },
		{ page_up(_etext), "kernel text" },
		{ page_up(__end_rodata), "kernel constants" },
		{ (unsigned long)_end, "kernel data" },
		{ (unsigned long)high_memory, "direct map" },
		{ VMALLOC_START, "gap behind lowmem" },
		{ VMALLOC_END, "vmalloc" },
		{ PKMAP_BASE, "gap behind vmalloc" },
		{ FIXADDR_START, "kmap" },
		{ FIXADDR_TOP, "fixmap" },
		{ 0, "never mapped" },
	};
	unsigned int i = 0;

	while (address > regions[i].end - 1)
		i++;
	*end = regions[i].end;
	return regions[i].name;
}

/* --- ranges ------------------------------------------------------------------------------ */

#define LOOKED_AT (_PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_PCD | _PAGE_NX)

struct range {
	unsigned long start, end;
	pteval_t flags; /* of LOOKED_AT */
	const char *region;
};

static struct {
	unsigned long from; /* what begins below was shown */
	unsigned int nr;
	struct range range[RANGES];
	bool full; /* there is more */
} ranges;

static bool add_range(unsigned long start, unsigned long end, pteval_t flags)
{
	struct range *last = ranges.nr ? &ranges.range[ranges.nr - 1] : NULL;
	unsigned long region_end;
	const char *region = region_of(start, &region_end);

	if (last && last->end == start && last->flags == flags && last->region == region) {
		last->end = end;
		return true;
	}
	if (ranges.nr == RANGES)
		return false;
	ranges.range[ranges.nr++] = (struct range){ start, end, flags, region };
	return true;
}

/* In the direct mapping what is missing is told as well. */
static bool add_gap(unsigned long end)
{
	unsigned long start = ranges.nr ? ranges.range[ranges.nr - 1].end : ranges.from;

	if (start >= end || start < PAGE_OFFSET || end > (unsigned long)high_memory)
		return true;
	return add_range(start, end, 0);
}

static void see_entry(const struct pgtable_entry *entry, void *unused)
{
	unsigned long start = max(entry->address, ranges.from), part;
	unsigned long end = entry->address + page_level_size(entry->level);

	if (!pgtable_is_leaf(entry) || end <= ranges.from || ranges.full)
		return;
	ranges.full = !add_gap(start);
	for (; start < end && !ranges.full; start = part) {
		region_of(start, &part);
		part = min(part, end);
		ranges.full = !add_range(start, part, entry->effective & LOOKED_AT);
	}
}

/* --- printing ---------------------------------------------------------------------------- */

static struct {
	const char *region;
	unsigned int lines;  /* of this region */
	unsigned int hidden; /* ranges behind these */
	u64 hidden_bytes;
	unsigned int nr, violations; /* of all */
	u64 bytes;
} shown;

static bool is_violation(const struct range *range)
{
	return (range->flags & _PAGE_RW) && !(range->flags & _PAGE_NX);
}

static void show_hidden(void)
{
	if (shown.hidden)
		mprintf("  ... and %u more, %s, of %s; 'vmmap all' shows them\n", shown.hidden,
			size_text(shown.hidden_bytes).text, shown.region);
	shown.hidden = 0;
	shown.hidden_bytes = 0;
}

/* Why a piece of the direct mapping is not there. */
static void print_gap(const struct range *range)
{
	struct stack_place stack;

	if (find_stack(range->start, &stack) && stack.is_guard)
		mprintf("guard page of the %s", stack.name);
	else if (memblock_is_memory(__pa(range->start)))
		mprintf("not present: taken out of the %s", range->region);
	else
		mprintf("no RAM");
}

static void print_range(const struct range *range)
{
	pteval_t flags = range->flags;

	mprintf("%08lx-%08lx %9s %c%c%c%c ", range->start, range->end - 1,
		size_text(range->end - range->start).text, flags & _PAGE_PRESENT ? 'r' : '-',
		flags & _PAGE_RW ? 'w' : '-', !flags || (flags & _PAGE_NX) ? '-' : 'x',
		flags & _PAGE_USER ? 'u' : ' ');
	if (!flags)
		print_gap(range);
	else
		mprintf("%s%s", range->region, flags & _PAGE_PCD ? ", not cached" : "");
	if (is_violation(range) && boot_cpu_has(X86_FEATURE_NX))
		mprintf("  %sW^X VIOLATION%s", colour(COLOUR_RED), colour(COLOUR_OFF));
	mprintf("\n");
}

static void json_range(const struct range *range)
{
	json_begin();
	json_number("start_address", range->start);
	json_number("end_address", range->end);
	json_text("region", range->region);
	json_bool("present", range->flags & _PAGE_PRESENT);
	json_bool("writable", range->flags & _PAGE_RW);
	json_bool("executable", range->flags && !(range->flags & _PAGE_NX));
	json_bool("cached", !(range->flags & _PAGE_PCD));
	json_end();
}

static void show_range(const struct range *range, bool all)
{
	if (shown.region != range->region) {
		show_hidden();
		shown.region = range->region;
		shown.lines = 0;
	}
	shown.nr++;
	shown.bytes += range->flags ? range->end - range->start : 0;
	shown.violations += is_violation(range);
	if (all || shown.lines++ < REGION_LINES || is_violation(range)) {
		print_range(range);
	} else {
		shown.hidden++;
		shown.hidden_bytes += range->end - range->start;
	}
}

static void print_verdict(void)
{
	mprintf("%u range%s, %s mapped, ", COUNTED(shown.nr), size_text(shown.bytes).text);
	if (!shown.violations)
		mprintf("none writable and executable\n");
	else if (boot_cpu_has(X86_FEATURE_NX))
		mprintf("writable and executable: %u\n", shown.violations);
	else
		mprintf("and nothing forbids execution: the CPU has no NX\n");
}

static int cmd_vmmap(int argc, char **argv)
{
	bool all = take_word(&argc, argv, "all"), json;
	unsigned int i;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	memset(&shown, 0, sizeof(shown));
	ranges.from = 0;
	do {
		ranges.nr = 0;
		ranges.full = false;
		if (!lock_vmap_areas())
			return -EBUSY;
		pgtable_walk(see_entry, NULL);
		unlock_vmap_areas();
		for (i = 0; i < ranges.nr; i++) {
			if (json)
				json_range(&ranges.range[i]);
			else
				show_range(&ranges.range[i], all);
		}
		ranges.from = ranges.nr ? ranges.range[ranges.nr - 1].end : 0;
	} while (ranges.full);
	if (json)
		return 0;
	show_hidden();
	print_verdict();
	return 0;
}

MONITOR_COMMAND("vmmap", "[all] [--json]", "the kernel's address space: what may be done where",
		cmd_vmmap);
