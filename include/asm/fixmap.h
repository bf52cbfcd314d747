/* SPDX-License-Identifier: MIT */
/*
 * Fixed mappings: virtual pages whose address is known at compile time, from
 * FIXADDR_TOP downwards. Their page table exists from the boot on, so that
 * filling a slot is one store.
 */
#ifndef _ASM_FIXMAP_H
#define _ASM_FIXMAP_H

#include <linux/threads.h>
#include <asm/pgtable.h>

#define KM_MAX_IDX 16 /* nested kmap_local_page() on one CPU */

enum fixed_addresses {
	FIX_HOLE, /* a page that is never mapped, above all others */
	FIX_KMAP_BEGIN,
	FIX_KMAP_END = FIX_KMAP_BEGIN + KM_MAX_IDX * NR_CPUS - 1,
	__end_of_fixed_addresses
};

static_assert(__end_of_fixed_addresses * PAGE_SIZE <= FIXADDR_TOP - FIXADDR_START);

#define __fix_to_virt(idx)     (FIXADDR_TOP - ((unsigned long)(idx) << PAGE_SHIFT))
#define __virt_to_fix(address) ((FIXADDR_TOP - (PAGE_MASK & (address))) >> PAGE_SHIFT)
#define fix_to_virt(idx)       __fix_to_virt(idx)

#endif
