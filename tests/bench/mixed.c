// SPDX-License-Identifier: MIT
/*
 * Mixed: 100,000 operations on 4096 slots, in no order. An operation on an empty slot
 * allocates 8 bytes to 4 KiB, the smaller sizes oftener; on a full one it frees. The
 * operations are drawn beforehand; they are carried out twice, for the cost of one and
 * for the pages that the slabs take: at the peak, and on average once as many slots are
 * full as will be.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../../mm/slab.h"
#include "bench.h"

#define OPERATIONS   100000
#define SLOTS	     4096
#define STEADY_AFTER 20000 /* operations */

static struct operation {
	u16 slot;
	u16 size;
} *operations;

static void *slots[SLOTS];

static void draw_operations(void)
{
	u32 seed = 0x12345678;
	unsigned int i;

	for (i = 0; i < OPERATIONS; i++) {
		u32 shortest;

		operations[i].slot = bench_xorshift32(&seed) & (SLOTS - 1);
		shortest = 8 << bench_xorshift32(&seed) % 9;
		operations[i].size = shortest + bench_xorshift32(&seed) % (shortest + 1);
	}
}

static __always_inline void operate(const struct operation *operation)
{
	void **slot = &slots[operation->slot];

	if (*slot) {
		kfree(*slot);
		*slot = NULL;
	} else {
		*slot = kmalloc(operation->size, GFP_KERNEL);
	}
}

static unsigned long slab_pages(void)
{
	unsigned long pages = 0;
	unsigned int i;

	for (i = 1; i <= KMALLOC_SHIFT_HIGH; i++) {
		const struct kmem_cache *cache = kmalloc_caches[KMALLOC_NORMAL][i];

		pages += cache->node.nr_slabs << cache->shape.order;
	}
	return pages;
}

static void empty_slots(void)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++) {
		kfree(slots[i]);
		slots[i] = NULL;
	}
	for (i = 1; i <= KMALLOC_SHIFT_HIGH; i++)
		kmem_cache_shrink(kmalloc_caches[KMALLOC_NORMAL][i]);
}

static void mixed_cost(void)
{
	const struct operation *operation = operations, *end = operations + OPERATIONS;
	u64 start = bench_clock();

	for (; operation < end; operation++)
		operate(operation);
	start = bench_clock() - start - BENCH_CLOCK_COST;
	bench_report("mixed", div_u64(start, OPERATIONS), div_u64(start * 100, OPERATIONS),
		     "instructions");
}

static void mixed_pages(void)
{
	unsigned long before = slab_pages(), peak = 0, sum = 0;
	unsigned int i;

	for (i = 0; i < OPERATIONS; i++) {
		unsigned long pages;

		operate(&operations[i]);
		pages = slab_pages() - before;
		peak = max(peak, pages);
		if (i >= STEADY_AFTER)
			sum += pages;
	}
	bench_report("mixed peak pages", peak, peak * 100, "pages");
	bench_report("mixed steady pages", sum / (OPERATIONS - STEADY_AFTER),
		     div_u64((u64)sum * 100, OPERATIONS - STEADY_AFTER), "pages");
}

static void bench_mixed(const char *pattern)
{
	unsigned int order = get_order(OPERATIONS * sizeof(*operations));

	if (!bench_wanted(pattern, "mixed") && !bench_wanted(pattern, "mixed peak pages") &&
	    !bench_wanted(pattern, "mixed steady pages"))
		return;
	operations = (struct operation *)__get_free_pages(GFP_KERNEL | __GFP_NOWARN, order);
	if (!operations) {
		pr_info("bench: mixed needs a block of 512 KiB\n");
		return;
	}
	draw_operations();
	mixed_pages();
	empty_slots();
	mixed_cost();
	empty_slots();
	free_pages((unsigned long)operations, order);
}
BENCHMARK(bench_mixed);
