// SPDX-License-Identifier: MIT
/*
 * Highmem: RAM that the direct mapping has no room for.
 *
 * The kernel's last GiB of addresses maps 896 MiB of RAM for good. A page above
 * has a struct page but no address; to touch it, it is mapped for a moment into
 * one of this CPU's slots of the fixmap, used as a stack:
 *
 *	FIX_KMAP_BEGIN + cpu * KM_MAX_IDX   [page A][page B][    ][    ] ...
 *	                                            depth ^
 *
 * Worked example: copy_highpage() maps the target in slot 0 and the source in
 * slot 1, copies, and unmaps in reverse order.
 *
 * Cost: a pte written and, at the end, cleared and flushed from this CPU's TLB.
 * No other CPU ever uses these addresses, so none has to be told.
 *
 * Invariants, checked at each call (VM_BUG_ON):
 *	I-highmem-1  depth is between 0 and KM_MAX_IDX
 *	I-highmem-2  the slot at depth is empty, the one below is mapped
 *
 * Locking: preemption is off between map and unmap. An interrupt that maps too
 * uses the slots above and leaves them empty. Any context.
 *
 * Left out: kmap(), whose mappings all CPUs see.
 */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/pgtable.h>
#include <linux/preempt.h>
#include <asm/fixmap.h>
#include <asm/tlbflush.h>

#include "internal.h"

static DEFINE_PER_CPU(int, kmap_local_depth);

static unsigned long kmap_slot_address(int depth)
{
	return fix_to_virt(FIX_KMAP_BEGIN + smp_processor_id() * KM_MAX_IDX + depth);
}

void *__kmap_local_highmem(struct page *page)
{
	unsigned long address, flags;
	int depth;

	preempt_disable();
	/* The slot is taken before it is filled: an interrupt in between uses the next. */
	local_irq_save(flags);
	depth = this_cpu_read(kmap_local_depth);
	this_cpu_write(kmap_local_depth, depth + 1);
	local_irq_restore(flags);
	BUG_ON(depth >= KM_MAX_IDX);

	address = kmap_slot_address(depth);
	VM_BUG_ON(pte_present(*virt_to_kpte(address)));
	set_pte(virt_to_kpte(address), mk_pte(page, PAGE_KERNEL));
	return (void *)address;
}

void __kunmap_local_highmem(const void *pointer)
{
	unsigned long address = (unsigned long)pointer & PAGE_MASK;
	int depth = this_cpu_read(kmap_local_depth) - 1;

	/* Out of order, or never mapped. */
	BUG_ON(depth < 0 || address != kmap_slot_address(depth));
	pte_clear(virt_to_kpte(address));
	__flush_tlb_one(address);
	this_cpu_write(kmap_local_depth, depth);
	preempt_enable();
}
