// SPDX-License-Identifier: MIT
/*
 * Walking the real page tables, and checking them.
 *
 * Nothing here uses what pgtable.c knows: the walk starts at CR3, as the CPU does, and what
 * must be true is worked out from the linker's symbols and from CPUID. The invariants,
 * I-pgtable-1 to -8, are listed in pgtable.c.
 *
 * The levels' permissions add up: a page is writable if every entry on the way to it says
 * so, and not executable if one of them says that. The top entry says neither.
 *
 *     pmd  RW      +  pte  RW NX  =  RW NX
 *     pmd  RW      +  pte  X      =  read-only, executable
 *     pmd  RO NX   +  pte  RW     =  read-only, not executable
 *
 * Cost: one visit for each entry present: for 64 MiB about 1,000, for 896 MiB about 2,000.
 *
 * Locking: none. The tables of pages that nobody changes meanwhile are read right. Those of
 * the vmalloc window may be freed while they are read: then they are still memory, but what is
 * read may be anything. For the checker, which must not see that, nobody else runs.
 */
#define pr_fmt(fmt) "pgtable: " fmt

#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <asm/cpufeature.h>
#include <asm/special_insns.h>

#include "internal.h"

extern char _stext[], _etext[], __start_rodata[], __end_rodata[];
extern char init_stack_guard[], irq_stack_guard[], double_fault_stack_guard[];

/* Of CR3: the table of the top level is aligned to its own size. */
#define CR3_ADDRESS_MASK 0xffffffe0UL

/* What lets through what the next level says. */
static const struct pgtable_entry root = {
	.level = PG_LEVEL_1G + 1,
	.effective = _PAGE_RW | _PAGE_USER,
};

static const pteval_t *root_table(void)
{
	return __va(read_cr3() & CR3_ADDRESS_MASK);
}

static unsigned int nr_entries(unsigned int level)
{
	return level == PG_LEVEL_1G ? PTRS_PER_PGD : PTRS_PER_PTE;
}

static phys_addr_t entry_phys(const struct pgtable_entry *entry)
{
	return entry->value & PTE_PFN_MASK;
}

static bool points_to_table(const struct pgtable_entry *entry)
{
	return (entry->value & _PAGE_PRESENT) && !pgtable_is_leaf(entry);
}

/* All tables are in lowmem; an entry that points elsewhere is not followed. */
static bool can_follow(const struct pgtable_entry *entry)
{
	return points_to_table(entry) && entry_phys(entry) < PFN_PHYS(max_low_pfn);
}

static void read_entry(struct pgtable_entry *entry, const struct pgtable_entry *above,
		       const pteval_t *table, unsigned int index)
{
	pteval_t permissions;

	entry->level = above->level - 1;
	entry->address = above->address + index * page_level_size(entry->level);
	entry->location = &table[index];
	entry->value = READ_ONCE(table[index]);

	permissions = entry->value;
	if (entry->level == PG_LEVEL_1G)
		permissions |= _PAGE_RW | _PAGE_USER;
	entry->effective = entry->value & ~(_PAGE_RW | _PAGE_USER);
	entry->effective |= permissions & above->effective & (_PAGE_RW | _PAGE_USER);
	entry->effective |= above->effective & _PAGE_NX;
}

static void walk_table(const pteval_t *table, const struct pgtable_entry *above,
		       pgtable_visit_t visit, void *context)
{
	unsigned int i, nr = nr_entries(above->level - 1);

	for (i = 0; i < nr; i++) {
		struct pgtable_entry entry;

		read_entry(&entry, above, table, i);
		if (!(entry.value & _PAGE_PRESENT))
			continue;
		visit(&entry, context);
		if (can_follow(&entry))
			walk_table(__va(entry_phys(&entry)), &entry, visit, context);
	}
}

void pgtable_walk(pgtable_visit_t visit, void *context)
{
	walk_table(root_table(), &root, visit, context);
}

unsigned int pgtable_path(unsigned long address, struct pgtable_entry path[PGTABLE_LEVELS])
{
	const struct pgtable_entry *above = &root;
	const pteval_t *table = root_table();
	unsigned int nr = 0;

	while (nr < PGTABLE_LEVELS) {
		unsigned int level = above->level - 1;
		struct pgtable_entry *entry = &path[nr++];

		read_entry(entry, above, table,
			   (address >> page_level_shift(level)) & (nr_entries(level) - 1));
		if (!can_follow(entry))
			break;
		table = __va(entry_phys(entry));
		above = entry;
	}
	return nr;
}

/* --- checking ---------------------------------------------------------------- */

struct verdict {
	int problems;
	unsigned long tables;
	unsigned long text, rodata, writable; /* bytes */
};

/* Where something must be so: [start, end), the end rounded up to a page. */
struct area {
	const char *start, *end;
};

static const struct area text = { _stext, _etext };
static const struct area rodata = { __start_rodata, __end_rodata };
static const struct area guards[] = {
	{ init_stack_guard, init_stack_guard + PAGE_SIZE },
	{ irq_stack_guard, irq_stack_guard + PAGE_SIZE },
	{ double_fault_stack_guard, double_fault_stack_guard + PAGE_SIZE },
};

static unsigned long area_size(const struct area *area)
{
	return PAGE_ALIGN(area->end - area->start);
}

/* How many bytes of what the entry maps lie in the area. */
static unsigned long overlap(const struct pgtable_entry *leaf, const struct area *area)
{
	unsigned long start = max(leaf->address, (unsigned long)area->start);
	unsigned long end = min(leaf->address + page_level_size(leaf->level) - 1,
				(unsigned long)area->start + area_size(area) - 1);

	return start <= end ? end - start + 1 : 0;
}

static bool is_writable(const struct pgtable_entry *leaf)
{
	return leaf->effective & _PAGE_RW;
}

/* On a CPU without NX every page is: then nothing can be said about it. */
static bool is_executable(const struct pgtable_entry *leaf)
{
	return !(leaf->effective & _PAGE_NX);
}

static bool cpu_has_nx(void)
{
	return boot_cpu_has(X86_FEATURE_NX);
}

/* Bits that must be 0 in an entry, on this CPU. */
static pteval_t reserved_bits(const struct pgtable_entry *entry)
{
	pteval_t reserved = GENMASK_ULL(62, boot_cpu.phys_bits);

	if (!cpu_has_nx())
		reserved |= _PAGE_NX;
	if (!boot_cpu_has(X86_FEATURE_PGE))
		reserved |= _PAGE_GLOBAL;
	/* QEMU marks even a top entry as accessed; no real CPU does. */
	if (entry->level == PG_LEVEL_1G)
		reserved |= _PAGE_RW | _PAGE_USER | GENMASK_ULL(8, 6) | _PAGE_NX;
	else if (entry->level == PG_LEVEL_2M && pgtable_is_leaf(entry))
		reserved |= GENMASK_ULL(20, 13);
	return reserved;
}

static int check_bits(const struct pgtable_entry *entry)
{
	pteval_t reserved = entry->value & reserved_bits(entry);
	int problems = 0;

	if (entry->value & _PAGE_USER & ~reserved)
		problems += mm_problem("I-pgtable-5", "%08lx: entry %016llx lets user mode in",
				       entry->address, entry->value);
	if (reserved)
		problems += mm_problem("I-pgtable-6", "%08lx: entry %016llx has reserved bits %llx",
				       entry->address, entry->value, reserved);
	if (points_to_table(entry) && !can_follow(entry))
		problems += mm_problem("I-pgtable-6", "%08lx: entry %016llx: no table can be there",
				       entry->address, entry->value);
	return problems;
}

/* A page that holds text; or one that does not, and must not be executed. */
static int check_text(const struct pgtable_entry *leaf, struct verdict *verdict)
{
	unsigned long bytes = overlap(leaf, &text);

	verdict->text += bytes;
	if (!bytes && (!cpu_has_nx() || !is_executable(leaf)))
		return 0;
	if (bytes == page_level_size(leaf->level) && !is_writable(leaf) && is_executable(leaf))
		return 0;
	return mm_problem("I-pgtable-2", "%08lx: entry %016llx is %s", leaf->address, leaf->value,
			  bytes ? "for text, but not only, or not read-only and executable"
				: "executable, and not for text");
}

static int check_rodata(const struct pgtable_entry *leaf, struct verdict *verdict)
{
	unsigned long bytes = overlap(leaf, &rodata);

	verdict->rodata += bytes;
	if (!bytes || (!is_writable(leaf) && !(cpu_has_nx() && is_executable(leaf))))
		return 0;
	return mm_problem("I-pgtable-3",
			  "%08lx: entry %016llx lets constants be written or executed",
			  leaf->address, leaf->value);
}

static int check_place(const struct pgtable_entry *leaf)
{
	int problems = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(guards); i++) {
		if (overlap(leaf, &guards[i]))
			problems += mm_problem("I-pgtable-4", "the guard page at %px is mapped",
					       guards[i].start);
	}
	if (leaf->address < PAGE_OFFSET)
		problems += mm_problem("I-pgtable-4", "%08lx is mapped, below PAGE_OFFSET",
				       leaf->address);
	else if (leaf->address < (unsigned long)high_memory &&
		 entry_phys(leaf) != __pa(leaf->address))
		problems += mm_problem("I-pgtable-7", "%08lx maps 0x%llx", leaf->address,
				       entry_phys(leaf));
	return problems;
}

static void check_entry(const struct pgtable_entry *entry, void *context)
{
	struct verdict *verdict = context;

	verdict->problems += check_bits(entry);
	if (entry->level == PG_LEVEL_2M && !pgtable_is_leaf(entry))
		verdict->tables++;
	if (!pgtable_is_leaf(entry))
		return;

	if (is_writable(entry))
		verdict->writable += page_level_size(entry->level);
	if (cpu_has_nx() && is_writable(entry) && is_executable(entry))
		verdict->problems += mm_problem("I-pgtable-1",
						"%08lx: entry %016llx is writable and executable",
						entry->address, entry->value);
	verdict->problems += check_text(entry, verdict);
	verdict->problems += check_rodata(entry, verdict);
	verdict->problems += check_place(entry);
}

static struct verdict check(void)
{
	struct verdict verdict = {};

	preempt_disable();
	pgtable_walk(check_entry, &verdict);
	if (verdict.tables != nr_page_tables)
		verdict.problems += mm_problem("I-pgtable-8", "%lu page tables, found %lu",
					       nr_page_tables, verdict.tables);
	preempt_enable();
	if (verdict.text != area_size(&text))
		verdict.problems += mm_problem("I-pgtable-2", "%lu of %lu bytes of text are mapped",
					       verdict.text, area_size(&text));
	if (verdict.rodata != area_size(&rodata))
		verdict.problems += mm_problem("I-pgtable-3",
					       "%lu of %lu bytes of rodata are mapped",
					       verdict.rodata, area_size(&rodata));
	return verdict;
}

int pgtable_check(void)
{
	return check().problems;
}

void pgtable_print_verdict(void)
{
	struct verdict verdict = check();
	unsigned long writable = verdict.writable >> 10;

	if (mm_print_problems(verdict.problems))
		WARN(1, "the page tables break their rules");
	else if (cpu_has_nx())
		pr_info("W^X verified: %lu KiB of text read-only and executable, %lu KiB of "
			"constants read-only, %lu KiB writable and not executable\n",
			verdict.text >> 10, verdict.rodata >> 10, writable);
	else
		pr_info("no NX: %lu KiB of text and %lu KiB of constants verified read-only, %lu "
			"KiB writable and executable\n",
			verdict.text >> 10, verdict.rodata >> 10, writable);
}
