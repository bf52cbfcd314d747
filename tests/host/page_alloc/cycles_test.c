// SPDX-License-Identifier: MIT
/*
 * Exhaustion and recovery: every page is taken, by requests that get less and less modest,
 * and given back in some order. Then the free blocks are those that there were at boot (B3).
 */
#include <linux/kernel.h>

#include "../e820/host.h"
#include "operations.h"
#include "tests.h"

#define CYCLES 1000

/* The last one leaves nothing to anybody. */
static const gfp_t requests[] = {
	GFP_HIGHUSER_MOVABLE,
	GFP_KERNEL | __GFP_RECLAIMABLE,
	GFP_KERNEL | __GFP_COMP,
	GFP_DMA | GFP_KERNEL,
	GFP_NOWAIT,
	GFP_ATOMIC,
	GFP_HIGHUSER | __GFP_MEMALLOC,
};

/* Until a single page is refused. In one cycle of 16 they are all single pages. */
static void exhaust(gfp_t gfp)
{
	unsigned int most = choose(16) ? 1 + choose(NR_PAGE_ORDERS) : 1;

	while (most && !model_failed)
		if (!operation_alloc(gfp | __GFP_NOWARN, choose(most)))
			most--;
}

/* The newest first, or in no order. */
static void recover(void)
{
	unsigned int i, random = choose(2);

	while ((i = model_nr_blocks()) && !model_failed)
		operation_free(model_block(random ? choose(i) : i - 1));
}

void test_cycles(void)
{
	unsigned int cycle, i;

	machine_boot(&machine_16m, "");
	operations_from_seed(SEED);
	for (cycle = 0; cycle < CYCLES && !model_failed; cycle++) {
		for (i = 0; i < ARRAY_SIZE(requests); i++)
			exhaust(requests[i]);
		model_check_counts();
		model_expect(model_percent_used() == 100 && !nr_free_pages(),
			     "%u %% used, %lu pages free", model_percent_used(), nr_free_pages());
		recover();
		operations_end();
	}
	host_result(!model_failed, "cycles: %u times all of %s taken, and given back", cycle,
		    machine_16m.name);
}
