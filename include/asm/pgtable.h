/* SPDX-License-Identifier: MIT */
/*
 * The kernel's part of the address space, the last GiB, and access to
 * page-table entries. docs/paging.md draws it.
 *
 *	PAGE_OFFSET	c0000000  direct mapping of lowmem, to high_memory
 *			          a gap of VMALLOC_OFFSET: overruns of lowmem fault
 *	VMALLOC_START	          vmalloc window
 *	VMALLOC_END	ffbfe000  two pages that nobody has
 *	PKMAP_BASE	ffc00000  kmap: one page table
 *	FIXADDR_START	ffe00000  fixmap: one page table
 *	FIXADDR_TOP	fffff000  the last page is never mapped: it holds ERR_PTR()s
 */
#ifndef _ASM_PGTABLE_H
#define _ASM_PGTABLE_H

#include <linux/compiler.h>
#include <asm/pgtable_types.h>

/* The direct mapping is at most that long; vmalloc= makes it shorter: lowmem_limit_pfn(). */
#define MAXMEM (_UL(896) << 20)

#define FIXADDR_TOP   _UL(0xfffff000)
#define FIXADDR_START _UL(0xffe00000)
#define LAST_PKMAP    PTRS_PER_PTE
#define PKMAP_BASE    (FIXADDR_START - LAST_PKMAP * PAGE_SIZE)

/* high_memory is declared in linux/mm.h. */
#define VMALLOC_OFFSET (_UL(8) << 20)
#define VMALLOC_START  ((unsigned long)high_memory + VMALLOC_OFFSET)
#define VMALLOC_END    (PKMAP_BASE - 2 * PAGE_SIZE)

/* The kernel's top-level table: the only one so far. */
extern pgd_t swapper_pg_dir[PTRS_PER_PGD];

#define pgd_index(address) (((address) >> PGDIR_SHIFT) & (PTRS_PER_PGD - 1))
#define pmd_index(address) (((address) >> PMD_SHIFT) & (PTRS_PER_PMD - 1))
#define pte_index(address) (((address) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))

#define pgd_offset_k(address) (swapper_pg_dir + pgd_index(address))

/* Making entries; what the CPU lacks of the permissions is left out. */
static inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return __pte(((pteval_t)pfn << PAGE_SHIFT) | (pgprot_val(prot) & __supported_pte_mask));
}

static inline pmd_t pfn_pmd(unsigned long pfn, pgprot_t prot)
{
	return __pmd(((pmdval_t)pfn << PAGE_SHIFT) | (pgprot_val(prot) & __supported_pte_mask));
}

#define mk_pte(page, prot) pfn_pte(page_to_pfn(page), (prot))

/* Reading them. An entry that is not present but not none keeps its frame for set_memory_p(). */
static inline int pte_none(pte_t pte)
{
	return !pte_val(pte);
}

static inline int pte_present(pte_t pte)
{
	return !!(pte_val(pte) & _PAGE_PRESENT);
}

static inline int pte_write(pte_t pte)
{
	return !!(pte_val(pte) & _PAGE_RW);
}

static inline int pte_exec(pte_t pte)
{
	return !(pte_val(pte) & _PAGE_NX);
}

static inline pteval_t pte_flags(pte_t pte)
{
	return pte_val(pte) & PTE_FLAGS_MASK;
}

static inline unsigned long pte_pfn(pte_t pte)
{
	return (pte_val(pte) & PTE_PFN_MASK) >> PAGE_SHIFT;
}

#define pte_page(pte) pfn_to_page(pte_pfn(pte))

static inline int pmd_none(pmd_t pmd)
{
	return !pmd_val(pmd);
}

static inline int pmd_present(pmd_t pmd)
{
	return !!(pmd_val(pmd) & _PAGE_PRESENT);
}

static inline int pmd_large(pmd_t pmd)
{
	return !!(pmd_val(pmd) & _PAGE_PSE);
}

static inline unsigned long pmd_page_vaddr(pmd_t pmd)
{
	return (unsigned long)__va(pmd_val(pmd) & PTE_PFN_MASK);
}

static inline pte_t *pte_offset_kernel(pmd_t *pmd, unsigned long address)
{
	return (pte_t *)pmd_page_vaddr(*pmd) + pte_index(address);
}

/*
 * Writing them. set_pte() and pte_clear() are for an entry that is not present
 * before, or not after: the half with the present bit comes last when it is
 * set, first when it is cleared, so no CPU ever follows a half-written entry.
 * An entry that stays present is changed by set_pte_atomic(). None of them
 * flushes the TLB.
 */
static inline void set_pte(pte_t *ptep, pte_t pte)
{
	WRITE_ONCE(ptep->pte_high, pte.pte_high);
	barrier();
	WRITE_ONCE(ptep->pte_low, pte.pte_low);
}

static inline void pte_clear(pte_t *ptep)
{
	WRITE_ONCE(ptep->pte_low, 0);
	barrier();
	WRITE_ONCE(ptep->pte_high, 0);
}

static inline void set_pte_atomic(pte_t *ptep, pte_t pte)
{
#ifdef __i386__
	pteval_t old = ptep->pte;

	asm volatile("1: lock cmpxchg8b %0; jnz 1b"
		     : "+m"(*ptep), "+A"(old)
		     : "b"(pte.pte_low), "c"(pte.pte_high)
		     : "cc", "memory");
#else
	WRITE_ONCE(ptep->pte, pte.pte);
#endif
}

/* Like set_pte(): for an entry that was not present. */
static inline void set_pmd(pmd_t *pmdp, pmd_t pmd)
{
	set_pte((pte_t *)pmdp, __pte(pmd_val(pmd)));
}

/*
 * A CPU keeps copies of the four top entries, and reads them only when CR3 is
 * loaded: they are written before that, and never again.
 */
static inline void set_pgd(pgd_t *pgdp, pgd_t pgd)
{
	*pgdp = pgd;
}

/*
 * The entry that maps a kernel address, or would: of a 2 MiB page its pmd, as a
 * pte_t, with *level PG_LEVEL_2M. It may be none or not present. NULL where
 * there is no page table.
 */
pte_t *lookup_address(unsigned long address, unsigned int *level);

#endif
