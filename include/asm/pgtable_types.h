/* SPDX-License-Identifier: MIT */
/*
 * Page-table entries of PAE: 64 bits each, three levels.
 *
 *	level	entries	each maps	Linux's name	Intel's name
 *	1G	4	1 GiB		pgd		page-directory-pointer-table entry
 *	2M	512	2 MiB		pmd		page-directory entry
 *	4K	512	4 KiB		pte		page-table entry
 *
 *	63  62       52 51                        12 11   9 8 7 6 5 4   3   2 1 0
 *	NX  (reserved)  address of the frame          free  G S D A PCD PWT U W P
 *
 * An entry with S at the 2M level maps memory itself; else it points to the
 * table of the next level. x86-64 has the same bits, and one level more.
 */
#ifndef _ASM_PGTABLE_TYPES_H
#define _ASM_PGTABLE_TYPES_H

#include <linux/const.h>
#include <linux/types.h>
#include <asm/page.h>

#define _PAGE_PRESENT  _ULL(0x001)
#define _PAGE_RW       _ULL(0x002)
#define _PAGE_USER     _ULL(0x004)
#define _PAGE_PWT      _ULL(0x008) /* write-through */
#define _PAGE_PCD      _ULL(0x010) /* not cached */
#define _PAGE_ACCESSED _ULL(0x020)
#define _PAGE_DIRTY    _ULL(0x040)
#define _PAGE_PSE      _ULL(0x080) /* maps 2 MiB; in a pte this bit is PAT */
#define _PAGE_GLOBAL   _ULL(0x100) /* stays in the TLB when CR3 is loaded */
#define _PAGE_NX       (_ULL(1) << 63)

/* The address in an entry; what a CPU does not have of it must be 0. */
#define PTE_PFN_MASK   _ULL(0x000ffffffffff000)
#define PTE_FLAGS_MASK (~PTE_PFN_MASK)

#define PTRS_PER_PGD 4
#define PTRS_PER_PMD 512
#define PTRS_PER_PTE 512

#define PGDIR_SHIFT 30
#define PGDIR_SIZE  (_UL(1) << PGDIR_SHIFT)

#ifndef __ASSEMBLY__

typedef u64 pteval_t;
typedef u64 pmdval_t;
typedef u64 pgdval_t;
typedef u64 pgprotval_t;

/* A pte is written in halves where that must not be seen in between: see set_pte(). */
typedef union {
	struct {
		u32 pte_low, pte_high;
	};
	pteval_t pte;
} pte_t;

typedef struct {
	pmdval_t pmd;
} pmd_t;

typedef struct {
	pgdval_t pgd;
} pgd_t;

typedef struct pgprot {
	pgprotval_t pgprot;
} pgprot_t;

#define __pte(value)	((pte_t){ .pte = (value) })
#define __pmd(value)	((pmd_t){ (value) })
#define __pgd(value)	((pgd_t){ (value) })
#define __pgprot(value) ((pgprot_t){ (value) })

#define pte_val(entry)	 ((entry).pte)
#define pmd_val(entry)	 ((entry).pmd)
#define pgd_val(entry)	 ((entry).pgd)
#define pgprot_val(prot) ((prot).pgprot)

enum pg_level {
	PG_LEVEL_NONE,
	PG_LEVEL_4K,
	PG_LEVEL_2M,
	PG_LEVEL_1G,
};

/* Address bits, and bytes, that one entry of that level spans. */
#define page_level_shift(level) (PAGE_SHIFT + ((level)-PG_LEVEL_4K) * 9)
#define page_level_size(level)	(_UL(1) << page_level_shift(level))

/*
 * Accessed and dirty are set from the start, so that the CPU never has to write
 * an entry of the kernel's itself.
 */
#define _KERNPG_TABLE	      (_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY)
#define __PAGE_KERNEL_RO      (_PAGE_PRESENT | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_GLOBAL | _PAGE_NX)
#define __PAGE_KERNEL	      (__PAGE_KERNEL_RO | _PAGE_RW)
#define __PAGE_KERNEL_ROX     (__PAGE_KERNEL_RO & ~_PAGE_NX)
#define __PAGE_KERNEL_EXEC    (__PAGE_KERNEL & ~_PAGE_NX)
#define __PAGE_KERNEL_NOCACHE (__PAGE_KERNEL | _PAGE_PCD | _PAGE_PWT)

#define PAGE_KERNEL	    __pgprot(__PAGE_KERNEL)
#define PAGE_KERNEL_RO	    __pgprot(__PAGE_KERNEL_RO)
#define PAGE_KERNEL_ROX	    __pgprot(__PAGE_KERNEL_ROX)
#define PAGE_KERNEL_EXEC    __pgprot(__PAGE_KERNEL_EXEC)
#define PAGE_KERNEL_NOCACHE __pgprot(__PAGE_KERNEL_NOCACHE) /* registers of a device */

/* All bits but those that this CPU lacks: NX, global. Right after paging_init(). */
extern pteval_t __supported_pte_mask;

#endif /* __ASSEMBLY__ */
#endif
