// SPDX-License-Identifier: MIT
/*
 * The kernel's page tables: built once, then changed page by page.
 *
 * Theory
 * ------
 * Under PAE an address is looked up in three steps; each table is one page of 512 entries,
 * but for the first, which has four. A page directory's entry may map 2 MiB at once:
 *
 *     31 30 29        21 20        12 11          0
 *     [pgd ][    pmd    ][    pte    ][  offset   ]
 *        |       |            |
 *     CR3 -> 4 entries        +--------------------------+
 *              |  -> page directory: 512 entries         |
 *              |        |  -> page table: 512 entries ---+-> 4 KiB page
 *              |        +--------------------------------+-> 2 MiB page
 *
 * memkern fills one of the four: all there is lies in the last GiB, and one page directory
 * serves it for ever. Physical memory below max_low_pfn appears there at PAGE_OFFSET plus its
 * address, the direct mapping: by 2 MiB pages where a whole one is RAM, by 4 KiB pages at
 * the edges. What is no RAM is not mapped, so a stray access faults; but the first MiB is,
 * for the BIOS's tables and the screen.
 *
 * Then permissions, by the one function that everybody uses afterwards. Worked example: a
 * stack's guard page at c0200000 + 5 pages is to vanish from a 2 MiB page, frames 200..3ff:
 *
 *     before    pmd[1]  frame 200, 2 MiB, RW NX
 *     split     pmd[1]  -> new table: pte[0] frame 200 RW NX, pte[1] frame 201, ...
 *     after     pte[5]  frame 205, RW NX, not present: the frame is kept for set_memory_p()
 *
 * A split changes no translation: 512 entries say what one said. It is never undone.
 *
 * The tables of the vmalloc window come with the first page that is mapped in their 2 MiB,
 * and go when nobody has any of these addresses any more: vmap_area.c says when. To free a
 * table takes three steps, as a CPU may remember the way to it: the directory's entry is
 * cleared, all TLBs are flushed, the page is freed. All address spaces share the one page
 * directory, so there is nothing to copy from one to the other; and as all that was taken away
 * is flushed before the address is given out again, no fault is ever due to an old TLB entry.
 *
 * No page is writable and executable at a time, and the kernel's text and constants cannot
 * be written at all. pgtable_check() does not trust this file: it walks what CR3 points to.
 *
 * Cost: a page table for each 2 MiB that is not mapped at one go; a 64 MiB machine needs
 * two, the directory, and one for the fixmap. A change costs a lookup and a flush for each
 * entry; a split 512 writes. TLB: the direct mapping of 64 MiB takes 30 large entries, not
 * 16384.
 *
 * Invariants (pgtable_check(); "executable" only where the CPU has NX):
 *   I-pgtable-1  no page is writable and executable;
 *   I-pgtable-2  text is mapped, read-only and executable, and nothing else is executable;
 *   I-pgtable-3  constants (rodata) are mapped, read-only and not executable;
 *   I-pgtable-4  below PAGE_OFFSET nothing is mapped, nor are the guard pages;
 *   I-pgtable-5  no entry lets user mode in;
 *   I-pgtable-6  no entry has a bit that this CPU lacks or reserves, and tables are in lowmem;
 *   I-pgtable-7  in the direct mapping an address has its own frame;
 *   I-pgtable-8  nr_page_tables is the number of page tables.
 *
 * Locking: pgtable_lock, a leaf, guards the directory's entries, and changes of other entries
 * that exist. Whoever needs a table allocates it before he takes the lock. Outside the vmalloc
 * window entries are only ever refined (a large one becomes a table), so a reader without
 * the lock sees the old or the new. Inside, entries are written without the lock by whoever
 * has the area, and a table stays while its area does. Contexts: see linux/set_memory.h.
 *
 * Left out: 1 GiB pages (PAE has none), memory types other than write-back, merging what
 * was split, user space.
 */
#define pr_fmt(fmt) "pgtable: " fmt

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/panic.h>
#include <linux/pgtable.h>
#include <linux/printk.h>
#include <linux/set_memory.h>
#include <linux/spinlock.h>
#include <asm/cpufeature.h>
#include <asm/desc.h>
#include <asm/fixmap.h>
#include <asm/tlbflush.h>
#include <memkern/params.h>

#include "internal.h"

#define MIB	       (1UL << 20)
#define BIOS_AREA_SIZE MIB /* always mapped: tables of the BIOS, the screen */

/* The last GiB less the direct mapping: the vmalloc window, what is above it, and a gap. */
#define VMALLOC_RESERVE_MIN  (128 * MIB)
#define VMALLOC_RESERVE_MAX  (PGDIR_SIZE - 64 * MIB)
#define VMALLOC_RESERVE_STEP (PAGES_PER_SECTION << PAGE_SHIFT)

static_assert(PGDIR_SIZE - VMALLOC_RESERVE_MIN == MAXMEM);
static_assert(PKMAP_BASE % PMD_SIZE == 0 && FIXADDR_START % PMD_SIZE == 0);

extern char _stext[], _etext[], __start_rodata[], __end_rodata[];
extern char init_stack_guard[], irq_stack_guard[], double_fault_stack_guard[];

static unsigned long vmalloc_reserve = VMALLOC_RESERVE_MIN;

pgd_t swapper_pg_dir[PTRS_PER_PGD] __aligned(PTRS_PER_PGD * sizeof(pgd_t));
pte_t fixmap_page_table[PTRS_PER_PTE] __aligned(PAGE_SIZE) __section(".bss..page_aligned");
pteval_t __supported_pte_mask = ~(_PAGE_NX | _PAGE_GLOBAL);

static DEFINE_SPINLOCK(pgtable_lock);
unsigned long nr_page_tables = 1; /* fixmap_page_table */

/* vmalloc=SIZE: how much of the last GiB is not the direct mapping. */
static int __init set_vmalloc_reserve(char *value)
{
	u64 size;
	char *end;

	if (!value)
		return -EINVAL;
	size = memparse(value, &end);
	if (end == value || *end)
		return -EINVAL;

	vmalloc_reserve = clamp(size, (u64)VMALLOC_RESERVE_MIN, (u64)VMALLOC_RESERVE_MAX);
	vmalloc_reserve = round_up(vmalloc_reserve, VMALLOC_RESERVE_STEP);
	if (size < VMALLOC_RESERVE_MIN || size > VMALLOC_RESERVE_MAX)
		pr_warn("vmalloc=%s is out of bounds (%lu to %lu MiB): taking %lu MiB\n", value,
			VMALLOC_RESERVE_MIN / MIB, VMALLOC_RESERVE_MAX / MIB,
			vmalloc_reserve / MIB);
	return 0;
}
early_param("vmalloc", set_vmalloc_reserve);

unsigned long lowmem_limit_pfn(void)
{
	return (PGDIR_SIZE - vmalloc_reserve) >> PAGE_SHIFT;
}

/* A page of empty entries: from memblock as long as that lives. May sleep, may be NULL. */
static pte_t *alloc_table(gfp_t gfp)
{
	pte_t *table;

	if (!memblock_has_ended())
		return memblock_alloc(PAGE_SIZE, PAGE_SIZE);
	table = (pte_t *)get_zeroed_page(gfp);
	if (table)
		__SetPageTable(virt_to_page(table));
	return table;
}

static void free_table(pte_t *table)
{
	__ClearPageTable(virt_to_page(table));
	free_page((unsigned long)table);
}

/* Where @pmd holds @expected, makes it point to the table. False: somebody else was faster. */
static bool install_table(pmd_t *pmd, pmd_t expected, pte_t *table)
{
	unsigned long flags;
	bool installed;

	spin_lock_irqsave(&pgtable_lock, flags);
	installed = pmd_val(*pmd) == pmd_val(expected);
	if (installed) {
		set_pte_atomic((pte_t *)pmd, __pte(__pa(table) | _KERNPG_TABLE));
		nr_page_tables++;
	}
	spin_unlock_irqrestore(&pgtable_lock, flags);
	return installed;
}

pte_t *__pte_alloc_kernel(pmd_t *pmd, unsigned long address, gfp_t gfp)
{
	if (pmd_none(*pmd)) {
		pte_t *table = alloc_table(gfp);

		if (!table)
			return NULL;
		if (!install_table(pmd, __pmd(0), table))
			free_table(table);
	}
	return pte_offset_kernel(pmd, address);
}

pte_t *pte_alloc_kernel(pmd_t *pmd, unsigned long address)
{
	return __pte_alloc_kernel(pmd, address, GFP_KERNEL);
}

void pgtable_take(unsigned long address, struct list_head *tables)
{
	pmd_t *pmd = pmd_off_k(address);
	unsigned long flags;

	spin_lock_irqsave(&pgtable_lock, flags);
	if (!pmd_none(*pmd)) {
		list_add(&virt_to_page(pmd_page_vaddr(*pmd))->lru, tables);
		pte_clear((pte_t *)pmd);
		nr_page_tables--;
	}
	spin_unlock_irqrestore(&pgtable_lock, flags);
}

void pgtable_free(struct list_head *tables)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, tables, lru)
		free_table(page_to_virt(page));
}

pte_t *lookup_address(unsigned long address, unsigned int *level)
{
	pmd_t *pmd;

	*level = PG_LEVEL_NONE;
	if (!pgd_val(*pgd_offset_k(address)))
		return NULL;
	pmd = pmd_off_k(address);
	if (pmd_none(*pmd))
		return NULL;
	if (pmd_large(*pmd)) {
		*level = PG_LEVEL_2M;
		return (pte_t *)pmd;
	}
	*level = PG_LEVEL_4K;
	return pte_offset_kernel(pmd, address);
}

/* --- changing ---------------------------------------------------------------- */

/* Parts of the image whose permissions are fixed, in whole pages. */
static const struct fixed_range {
	const char *start, *end;
	pteval_t permissions; /* of _PAGE_PRESENT, _PAGE_RW and _PAGE_NX: what holds there */
} fixed_ranges[] = {
	{ _stext, _etext, _PAGE_PRESENT },
	{ __start_rodata, __end_rodata, _PAGE_PRESENT | _PAGE_NX },
	{ init_stack_guard, init_stack_guard + PAGE_SIZE, 0 },
	{ irq_stack_guard, irq_stack_guard + PAGE_SIZE, 0 },
	{ double_fault_stack_guard, double_fault_stack_guard + PAGE_SIZE, 0 },
};

static unsigned long range_start(const struct fixed_range *range)
{
	return (unsigned long)range->start;
}

static unsigned long range_size(const struct fixed_range *range)
{
	return PAGE_ALIGN(range->end - range->start);
}

static const struct fixed_range *fixed_range_of(unsigned long address)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fixed_ranges); i++) {
		if (address - range_start(&fixed_ranges[i]) < range_size(&fixed_ranges[i]))
			return &fixed_ranges[i];
	}
	return NULL;
}

static bool is_write_and_exec(pteval_t flags)
{
	return (flags & _PAGE_PRESENT) && (flags & _PAGE_RW) && !(flags & _PAGE_NX) &&
	       (__supported_pte_mask & _PAGE_NX);
}

static bool is_allowed(unsigned long address, pteval_t flags)
{
	const struct fixed_range *range = fixed_range_of(address);
	pteval_t looked_at = _PAGE_PRESENT;

	if (!range)
		return !is_write_and_exec(flags);
	if (range->permissions & _PAGE_PRESENT)
		looked_at |= _PAGE_RW | (_PAGE_NX & __supported_pte_mask);
	return (flags & looked_at) == (range->permissions & looked_at);
}

/* If a 2 MiB page has its middle at @address, makes a table of it that says the same. */
static int split_at(unsigned long address)
{
	pmd_t *pmd = pmd_off_k(address);
	pmd_t large = *pmd;
	unsigned int i;
	pte_t *table;

	if (IS_ALIGNED(address, PMD_SIZE) || !pmd_large(large))
		return 0;
	table = alloc_table(GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < PTRS_PER_PTE; i++)
		table[i].pte = (pmd_val(large) & ~_PAGE_PSE) + i * PAGE_SIZE;
	if (!install_table(pmd, large, table))
		free_table(table);
	flush_tlb_all();
	return 0;
}

/*
 * Both go through [start, start + size) entry by entry. A large one is met at its start:
 * the ends of the range are split.
 */
static int may_change(unsigned long start, unsigned long size, pteval_t set, pteval_t clear)
{
	unsigned long offset;
	unsigned int level;

	for (offset = 0; offset < size; offset += page_level_size(level)) {
		pte_t *entry = lookup_address(start + offset, &level);

		if (!entry || pte_none(*entry))
			return -EFAULT;
		if (!is_allowed(start + offset, (pte_flags(*entry) & ~clear) | set))
			return -EPERM;
	}
	return 0;
}

static void change(unsigned long start, unsigned long size, pteval_t set, pteval_t clear)
{
	unsigned long offset;
	unsigned int level;

	for (offset = 0; offset < size; offset += page_level_size(level)) {
		pte_t *entry = lookup_address(start + offset, &level);
		pteval_t new = (pte_val(*entry) & ~clear) | set;

		if (pte_val(*entry) != new)
			set_pte_atomic(entry, __pte(new));
	}
}

static int change_page_attr(unsigned long start, int numpages, pteval_t set, pteval_t clear)
{
	unsigned long flags, size;
	int error;

	if (numpages < 0 || !PAGE_ALIGNED(start))
		return -EINVAL;
	/* Below there is nothing, and the last page must never be there. */
	if (start < PAGE_OFFSET || (unsigned long)numpages > (FIXADDR_TOP - start) >> PAGE_SHIFT)
		return -EFAULT;

	size = (unsigned long)numpages << PAGE_SHIFT;
	error = split_at(start);
	if (!error)
		error = split_at(start + size);
	if (error)
		return error;

	spin_lock_irqsave(&pgtable_lock, flags);
	error = may_change(start, size, set, clear);
	if (!error)
		change(start, size, set, clear);
	spin_unlock_irqrestore(&pgtable_lock, flags);
	/* What was not present is in no TLB. */
	if (!error && (clear || set != _PAGE_PRESENT))
		flush_tlb_kernel_range(start, start + size);
	return error;
}

int set_memory_ro(unsigned long addr, int numpages)
{
	return change_page_attr(addr, numpages, 0, _PAGE_RW);
}

int set_memory_rw(unsigned long addr, int numpages)
{
	return change_page_attr(addr, numpages, _PAGE_RW, 0);
}

int set_memory_x(unsigned long addr, int numpages)
{
	return change_page_attr(addr, numpages, 0, _PAGE_NX);
}

int set_memory_nx(unsigned long addr, int numpages)
{
	return change_page_attr(addr, numpages, _PAGE_NX & __supported_pte_mask, 0);
}

int set_memory_np(unsigned long addr, int numpages)
{
	return change_page_attr(addr, numpages, 0, _PAGE_PRESENT);
}

int set_memory_p(unsigned long addr, int numpages)
{
	return change_page_attr(addr, numpages, _PAGE_PRESENT, 0);
}

/* --- building ---------------------------------------------------------------- */

/* The direct mapping of [phys, end), whole pages: writable, not executable. */
static void __init map_lowmem(unsigned long phys, unsigned long end)
{
	unsigned long size;

	for (; phys < end; phys += size) {
		unsigned long address = (unsigned long)__va(phys);
		pmd_t *pmd = pmd_off_k(address);
		pte_t *pte;

		size = PMD_SIZE;
		if (IS_ALIGNED(phys, PMD_SIZE) && end - phys >= PMD_SIZE) {
			set_pmd(pmd, pfn_pmd(PHYS_PFN(phys), __pgprot(__PAGE_KERNEL | _PAGE_PSE)));
			continue;
		}
		size = PAGE_SIZE;
		pte = pte_alloc_kernel(pmd, address);
		if (!pte)
			panic("no memory for the page tables of the direct mapping");
		set_pte(pte, pfn_pte(PHYS_PFN(phys), PAGE_KERNEL));
	}
}

static void __init fix_permissions(const struct fixed_range *range)
{
	static const pteval_t all = _PAGE_PRESENT | _PAGE_RW | _PAGE_NX;
	int error = change_page_attr(range_start(range), range_size(range) >> PAGE_SHIFT,
				     range->permissions & __supported_pte_mask,
				     all & ~range->permissions);

	if (error)
		panic("the kernel image's pages cannot be protected: error %d", error);
}

void __init paging_init(void)
{
	phys_addr_t start, end, lowmem_end = PFN_PHYS(max_low_pfn);
	unsigned int i;
	u64 cursor;

	if (boot_cpu_has(X86_FEATURE_NX))
		__supported_pte_mask |= _PAGE_NX;
	if (boot_cpu_has(X86_FEATURE_PGE))
		__supported_pte_mask |= _PAGE_GLOBAL;

	/* Of a top entry's flags only "present" exists: the others are reserved. */
	set_pgd(pgd_offset_k(PAGE_OFFSET),
		__pgd(__pa(memblock_alloc_for(PAGE_SIZE, PAGE_SIZE, "the page directory")) |
		      _PAGE_PRESENT));

	map_lowmem(0, BIOS_AREA_SIZE);
	for_each_mem_range(cursor, &start, &end) {
		start = max(start, (phys_addr_t)BIOS_AREA_SIZE);
		end = min(end, lowmem_end);
		if (start < end)
			map_lowmem(start, end);
	}
	/* So that filling a slot of the fixmap is one store, in any context. */
	set_pmd(pmd_off_k(FIXADDR_START), __pmd(__pa(fixmap_page_table) | _KERNPG_TABLE));

	for (i = 0; i < ARRAY_SIZE(fixed_ranges); i++)
		fix_permissions(&fixed_ranges[i]);
	/* What the BIOS left in page 0 may be read. */
	set_memory_ro(PAGE_OFFSET, 1);

	load_page_tables(__pa(swapper_pg_dir));
	pgtable_print_verdict();
}
