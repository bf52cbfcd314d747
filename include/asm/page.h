/* SPDX-License-Identifier: MIT */
/*
 * Pages and the direct mapping: physical memory below max_low_pfn is mapped
 * at PAGE_OFFSET, so __va() and __pa() are an addition. They are right for
 * lowmem only.
 */
#ifndef _ASM_PAGE_H
#define _ASM_PAGE_H

#include <linux/const.h>
#include <linux/types.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE  (_AC(1, UL) << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

/* The host tests give the address of the memory that plays RAM. */
#ifndef PAGE_OFFSET
#define PAGE_OFFSET _AC(0xC0000000, UL)
#endif

#define PMD_SHIFT 21
#define PMD_SIZE  (_AC(1, UL) << PMD_SHIFT)
#define PMD_MASK  (~(PMD_SIZE - 1))

#define __pa(address) (((unsigned long)(address)) - PAGE_OFFSET)
#define __va(phys)    ((void *)((unsigned long)(phys) + PAGE_OFFSET))

#endif
