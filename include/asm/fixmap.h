/* SPDX-License-Identifier: MIT */
/*
 * Fixed mappings: virtual pages whose address is known at compile time, from
 * FIXADDR_TOP downwards. Their page table exists from the boot on, so that
 * filling a slot is one store.
 */
#ifndef _ASM_FIXMAP_H
#define _ASM_FIXMAP_H

#include <linux/threads.h>
#include <linux/pgtable.h>
#include <asm/kmap_size.h>
#include <asm/tlbflush.h>

#define MAX_IO_APICS 4

enum fixed_addresses {
	FIX_HOLE, /* a page that is never mapped, above all others */
	FIX_APIC_BASE,
	FIX_IO_APIC_BASE_0,
	FIX_IO_APIC_BASE_END = FIX_IO_APIC_BASE_0 + MAX_IO_APICS - 1,
	FIX_KMAP_BEGIN,
	FIX_KMAP_END = FIX_KMAP_BEGIN + KM_MAX_IDX * NR_CPUS - 1,
	__end_of_fixed_addresses
};

/* Of FIXADDR_START and what follows. In the image, so that its entries have addresses known here. */
extern pte_t fixmap_page_table[PTRS_PER_PTE];

static_assert(__end_of_fixed_addresses * PAGE_SIZE <= FIXADDR_TOP - FIXADDR_START);

#define __fix_to_virt(idx)     (FIXADDR_TOP - ((unsigned long)(idx) << PAGE_SHIFT))
#define __virt_to_fix(address) ((FIXADDR_TOP - (PAGE_MASK & (address))) >> PAGE_SHIFT)
#define fix_to_virt(idx)       __fix_to_virt(idx)

/* Lets a slot show a device's registers: not cached. `phys` is where their page begins. */
static inline void set_fixmap_nocache(enum fixed_addresses idx, phys_addr_t phys)
{
	set_pte(virt_to_kpte(fix_to_virt(idx)), pfn_pte(phys >> PAGE_SHIFT, PAGE_KERNEL_NOCACHE));
}

static inline void clear_fixmap(enum fixed_addresses idx)
{
	pte_clear(virt_to_kpte(fix_to_virt(idx)));
	__flush_tlb_one(fix_to_virt(idx));
}

#endif
