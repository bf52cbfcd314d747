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

/* One cycle in five goes without the last request, which would leave no HIGHATOMIC pageblock. */
void test_cycles(void)
{
	unsigned int cycle, complete = 0, reserving = 0, i;

	machine_boot(&machine_16m, "");
	operations_from_seed(SEED);
	for (cycle = 0; complete < CYCLES && !model_failed; cycle++) {
		bool completely = cycle % 5;

		for (i = 0; i < ARRAY_SIZE(requests) - !completely; i++)
			exhaust(requests[i]);
		model_check_counts();
		if (completely)
			model_expect(model_percent_used() == 100 && !nr_free_pages(),
				     "%u %% used, %lu pages free", model_percent_used(),
				     nr_free_pages());
		complete += completely;
		reserving += contig_page_data.node_zones[ZONE_NORMAL].nr_reserved_highatomic > 0;
		recover();
		operations_end();
	}
	model_expect(reserving > CYCLES / 10, "only %u cycles had a HIGHATOMIC pageblock",
		     reserving);
	host_result(!model_failed, "cycles: %u times all of %s taken, and given back", complete,
		    machine_16m.name);
}
