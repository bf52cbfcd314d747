/* SPDX-License-Identifier: MIT */
/*
 * The TLB holds translations that were used; it does not notice that an entry
 * has changed. Whoever takes a permission or a page away flushes; whoever maps
 * what was not present before need not: that is never cached.
 *
 * __flush_*() are for this CPU, any context; flush_*() for all: when these return, no CPU
 * uses what was there before.
 */
#ifndef _ASM_TLBFLUSH_H
#define _ASM_TLBFLUSH_H

#include <asm/page.h>
#include <asm/processor.h>

/* The page, 4 KiB or 2 MiB, that holds the address. */
static inline void __flush_tlb_one(unsigned long address)
{
	invlpg(address);
}

/* Global pages too, which a CR3 load leaves: they go when CR4.PGE changes. */
static inline void __flush_tlb_all(void)
{
	unsigned long cr4 = read_cr4();

	if (cr4 & X86_CR4_PGE) {
		write_cr4(cr4 & ~X86_CR4_PGE);
		write_cr4(cr4);
	} else {
		write_cr3(read_cr3());
	}
}

/* kernel/x86/tlb.c. They interrupt the other CPUs and wait: not with interrupts off. */
void flush_tlb_all(void);

/* [start, end) in the kernel's address space; end is 0 for the end of it. */
void flush_tlb_kernel_range(unsigned long start, unsigned long end);

#endif
