/* SPDX-License-Identifier: MIT */
/* Finding and making the kernel's page-table entries. */
#ifndef _LINUX_PGTABLE_H
#define _LINUX_PGTABLE_H

#include <asm/pgtable.h>

/* The middle entry for an address from PAGE_OFFSET on: its table exists from the boot on. */
static inline pmd_t *pmd_off_k(unsigned long address)
{
	unsigned long table = (unsigned long)__va(pgd_val(*pgd_offset_k(address)) & PTE_PFN_MASK);

	return (pmd_t *)table + pmd_index(address);
}

/* The pte for a kernel address; NULL where no page table is. Not for 2 MiB pages. */
static inline pte_t *virt_to_kpte(unsigned long address)
{
	pmd_t *pmd = pmd_off_k(address);

	return pmd_none(*pmd) ? NULL : pte_offset_kernel(pmd, address);
}

/*
 * The same, making the page table where there is none: may sleep, NULL without
 * memory. In the boot, from memblock.
 */
pte_t *pte_alloc_kernel(pmd_t *pmd, unsigned long address);

#endif
