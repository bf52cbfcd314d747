// SPDX-License-Identifier: MIT
/*
 * Mixed: 100,000 operations on 4096 slots, in no order. An operation on an empty slot
 * allocates 8 bytes to 4 KiB, the smaller sizes oftener; on a full one it frees. The
 * operations are drawn beforehand, and carried out twice: for the cost of one, and for
 * the pages that slabs take more than before, at the peak and on average as soon as the
 * slots are as full as they will be.
 *
 * Before means: each size has been in use, by one object. Linux's figures are from a
 * kernel that runs, where all sizes are.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "../../mm/slab.h"
#include "bench.h"

#define OPERATIONS   100000
#define SLOTS	     4096
#define STEADY_AFTER 20000 /* operations */
#define SIZES	     (KMALLOC_SHIFT_HIGH + 1)

static struct operation {
	u16 slot;
	u16 size;
} * operations;

static void *slots[SLOTS];
static void *before[SIZES]; /* an object of each size */

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

static void prepare(void)
{
	unsigned int i;

	for (i = 1; i < SIZES; i++) {
		struct kmem_cache *cache = kmalloc_caches[KMALLOC_NORMAL][i];

		kmem_cache_shrink(cache);
		before[i] = kmem_cache_alloc(cache, GFP_KERNEL);
	}
}

static void give_back(void)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++) {
		kfree(slots[i]);
		slots[i] = NULL;
	}
	for (i = 1; i < SIZES; i++)
		kfree(before[i]);
}

static unsigned long slab_pages(void)
{
	unsigned long pages = 0;
	unsigned int i;

	for (i = 1; i < SIZES; i++) {
		const struct kmem_cache *cache = kmalloc_caches[KMALLOC_NORMAL][i];

		pages += cache->node.nr_slabs << cache->shape.order;
	}
	return pages;
}

static void mixed_cost(void)
{
	const struct operation *operation = operations, *end = operations + OPERATIONS;
	u64 ticks;

	prepare();
	ticks = bench_clock();
	for (; operation < end; operation++)
		operate(operation);
	ticks = bench_clock() - ticks - BENCH_CLOCK_COST;
	give_back();
	bench_report("mixed", div_u64(ticks, OPERATIONS), div_u64(ticks * 100, OPERATIONS),
		     "instructions");
}

static void mixed_pages(void)
{
	unsigned long base, peak = 0, sum = 0;
	unsigned int i;

	prepare();
	base = slab_pages();
	for (i = 0; i < OPERATIONS; i++) {
		unsigned long pages;

		operate(&operations[i]);
		pages = slab_pages() - base;
		peak = max(peak, pages);
		if (i >= STEADY_AFTER)
			sum += pages;
	}
	give_back();
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
	mixed_cost();
	mixed_pages();
	free_pages((unsigned long)operations, order);
}
BENCHMARK(bench_mixed);
