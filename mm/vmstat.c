// SPDX-License-Identifier: MIT
/*
 * Counters of the memory manager (linux/vmstat.h): what has happened since boot, and how many pages
 * are what now.
 *
 *	CPU 0: [pgscan_direct 320] [pgsteal_direct 250] ...	count_vm_event(): one instruction,
 *	CPU 1: [pgscan_direct  64] [pgsteal_direct  64] ...	that no interrupt can divide
 *	sum:                  384                  314		all_vm_events(), `vmstat`
 *
 * A CPU counts in words of its own, so that events which happen on all of them at once cost as much
 * as on one. The sum is no snapshot: CPUs go on counting while it is made. Words wrap at 2^32, so
 * what is of interest is the difference of two sums.
 *
 * Pages are counted where they leave the free areas (pgalloc_*), a batch at a time: what goes round
 * in a CPU's lists is not seen. Linux counts each request; that would cost the fast path an
 * instruction or two of its 55. Those that came back, pgfree, need not be counted: at the boot all
 * come, and since then each that left is out, or is free again.
 *
 * How many pages are what now (vm_node_stat) is one word for all CPUs, as decisions depend on it: how
 * many are dirty, or under write-back. Linux lets each CPU keep a difference of up to 125 to itself.
 *
 * Worked example: a request reclaims: allocstall_normal + 1; it looks at 32 pages, pgscan_direct
 * + 32, and frees 20, pgsteal_direct + 20.
 *
 * Locking: none; any context.
 */
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/vmstat.h>

#define ZONES_OF(item, name)                                        \
	[item##_DMA] = name "_dma", [item##_DMA32] = name "_dma32", \
	[item##_NORMAL] = name "_normal", [item##_HIGH] = name "_high"

DEFINE_PER_CPU(struct vm_event_state, vm_event_states);
atomic_t vm_node_stat[NR_VM_NODE_STAT_ITEMS];

const char *const vm_event_name[NR_VM_EVENT_ITEMS] = {
	[PGPGIN] = "pgpgin",
	[PGPGOUT] = "pgpgout",
	ZONES_OF(PGALLOC, "pgalloc"),
	ZONES_OF(ALLOCSTALL, "allocstall"),
	[PGFREE] = "pgfree",
	[PGACTIVATE] = "pgactivate",
	[PGDEACTIVATE] = "pgdeactivate",
	[PGROTATED] = "pgrotated",
	[PGSCAN_KSWAPD] = "pgscan_kswapd",
	[PGSCAN_DIRECT] = "pgscan_direct",
	[PGSTEAL_KSWAPD] = "pgsteal_kswapd",
	[PGSTEAL_DIRECT] = "pgsteal_direct",
	[SLABS_SCANNED] = "slabs_scanned",
	[PAGEOUTRUN] = "pageoutrun",
	[DROP_PAGECACHE] = "drop_pagecache",
	[DROP_SLAB] = "drop_slab",
	[OOM_KILL] = "oom_kill",
	[PGMIGRATE_SUCCESS] = "pgmigrate_success",
	[PGMIGRATE_FAIL] = "pgmigrate_fail",
	[COMPACTMIGRATE_SCANNED] = "compactmigrate_scanned",
	[COMPACTFREE_SCANNED] = "compactfree_scanned",
	[COMPACTISOLATED] = "compactisolated",
	[COMPACTSTALL] = "compactstall",
	[COMPACTFAIL] = "compactfail",
	[COMPACTSUCCESS] = "compactsuccess",
};

void all_vm_events(unsigned long *ret)
{
	unsigned int cpu, item;

	for (item = 0; item < NR_VM_EVENT_ITEMS; item++) {
		ret[item] = 0;
		for_each_possible_cpu(cpu)
			ret[item] += per_cpu_ptr(&vm_event_states, cpu)->event[item];
	}
	ret[PGFREE] = nr_free_pages();
	for (item = PGALLOC_DMA; item <= PGALLOC_HIGH; item++)
		ret[PGFREE] += ret[item];
}
