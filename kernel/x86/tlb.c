// SPDX-License-Identifier: MIT
/*
 * Flushing the TLBs of all CPUs ("shootdown").
 *
 * A CPU cannot look into another one's TLB: it interrupts it and waits until that one has
 * flushed its own. All of a range costs one interrupt a CPU, so whoever changes many pages
 * changes them all and then flushes once.
 */
#include <linux/smp.h>
#include <asm/tlbflush.h>

/* Above so many pages it is cheaper to forget everything. */
#define TLB_SINGLE_PAGE_FLUSH_CEILING 33

struct range {
	unsigned long start, end;
};

static void flush_all_here(void *unused)
{
	__flush_tlb_all();
}

static void flush_range_here(void *data)
{
	const struct range *range = data;
	unsigned long address;

	for (address = range->start; address != range->end; address += PAGE_SIZE)
		__flush_tlb_one(address);
}

void flush_tlb_all(void)
{
	on_each_cpu(flush_all_here, NULL, 1);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	struct range range = { start, end };

	if ((end - start) >> PAGE_SHIFT > TLB_SINGLE_PAGE_FLUSH_CEILING)
		flush_tlb_all();
	else
		on_each_cpu(flush_range_here, &range, 1);
}
