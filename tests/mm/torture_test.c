// SPDX-License-Identifier: MIT
/*
 * Allocations from all contexts at once (torture.h): with memory in plenty, and with so little
 * that many are refused. torture_seed=N makes another run; docs/contexts.md has more.
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/vmstat.h>
#include <memkern/mm_check.h>
#include <memkern/params.h>

#include "../../mm/slab.h"
#include "../kernel/threads.h"
#include "slab_test.h"
#include "torture.h"

static u32 seed = 1;

static int __init set_seed(char *value)
{
	return value ? kstrtouint(value, 0, &seed) : -EINVAL;
}
early_param("torture_seed", set_seed);

/* Every context did its share, what was allocated in one was freed in another, nothing was lost. */
static void expect_well(struct kunit *test, const struct torture_result *result,
			unsigned long operations)
{
	unsigned int i;

	KUNIT_EXPECT_EQ_MSG(test, result->faults, 0UL, "seed %u: %s", seed, result->fault);
	KUNIT_EXPECT_GE(test, result->total, operations);
	if (num_online_cpus() == 1)
		KUNIT_EXPECT_GT(test, result->foreign, result->total / 20);
	else if (operations > 1000) /* a short one may be over before all CPUs have begun */
		KUNIT_EXPECT_GT(test, result->crossed, result->total / 100);
	KUNIT_EXPECT_GT(test, result->upkeep, 0UL);
	for (i = 0; i < NR_TORTURE_CONTEXTS; i++) {
		KUNIT_EXPECT_GT_MSG(test, result->operations[i], operations / 10000, "%s",
				    torture_context_names[i]);
		kunit_info(test, "seed %u: %lu operations in %s\n", seed, result->operations[i],
			   torture_context_names[i]);
	}
	kunit_info(test, "seed %u: %lu operations, %lu refused, hash %#x\n", seed, result->total,
		   result->refused, result->hash);
	kunit_info(test,
		   "seed %u: %lu freed in another context, %lu on another CPU; %lu drains and "
		   "the like\n",
		   seed, result->foreign, result->crossed, result->upkeep);
}

/* Empty slabs and free pages of the CPU's back to the free areas. */
static void shrink_everything(void)
{
	struct kmem_cache *cache;

	rcu_barrier();
	list_for_each_entry(cache, &slab_caches, list)
		kmem_cache_shrink(cache);
	drain_all_pages(NULL);
}

/*
 * kswapd may drop pages of the page cache that suites before have left. How many objects there are
 * may not change, but for what RCU or a worker gives back late: that is no loss.
 */
static unsigned long free_and_cached_pages(void)
{
	return slab_or_free_pages() + global_node_page_state(NR_FILE_PAGES);
}

static void run(struct kunit *test, unsigned long operations, void (*squeeze)(void),
		struct torture_result *result)
{
	unsigned long free, objects;

	/* Each CPU's vfree()s of interrupts, and the torture's own. */
	slab_make_workers(num_online_cpus() + 1);
	KUNIT_ASSERT_EQ(test, torture(seed + 1000, 500, NULL, result), 0);
	shrink_everything();
	free = free_and_cached_pages();
	objects = slab_objects_in_use();
	KUNIT_ASSERT_EQ(test, torture(seed, operations, squeeze, result), 0);
	mm_reset();
	shrink_everything();
	expect_well(test, result, operations);
	KUNIT_EXPECT_TRUE(test, eventually(free_and_cached_pages() >= free &&
					   slab_objects_in_use() <= objects));
	KUNIT_EXPECT_GE(test, free_and_cached_pages(), free);
	KUNIT_EXPECT_LE(test, slab_objects_in_use(), objects);
	KUNIT_EXPECT_EQ(test, mm_check(), 0);
}

static void api_X4_all_contexts_at_once(struct kunit *test)
{
	struct torture_result result;

	run(test, 800, NULL, &result);
}

static void api_X4_a_million(struct kunit *test)
{
	struct torture_result result;

	run(test, mm_is_64_mib() && num_online_cpus() <= 2 ? 1000000 : 100000, NULL, &result);
}

/* Down to what only GFP_ATOMIC gets. */
static void take_nearly_all(void)
{
	struct zone *zone;

	for_each_zone(zone)
		mm_hide_down_to(zone, min_wmark_pages(zone) + zone->lowmem_reserve[ZONE_NORMAL]);
	mm_fill(GFP_KERNEL | __GFP_NOWARN, 0);
}

static void api_X4_hardly_any_memory(struct kunit *test)
{
	struct torture_result result;

	run(test, 100000, take_nearly_all, &result);
	KUNIT_EXPECT_GT(test, result.refused, result.total / 100);
}

static struct kunit_case torture_cases[] = {
	KUNIT_CASE(api_X4_all_contexts_at_once),
	KUNIT_CASE_SLOW(api_X4_a_million),
	KUNIT_CASE_SLOW(api_X4_hardly_any_memory),
	{},
};

static struct kunit_suite torture_suite = {
	.name = "torture",
	.test_cases = torture_cases,
};
kunit_test_suite(torture_suite);
