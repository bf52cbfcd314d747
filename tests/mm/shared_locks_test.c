// SPDX-License-Identifier: MIT
/*
 * How often work that stays on its CPU takes a lock that it shares with others: at most once a
 * batch. Counted, not timed: the ticket that a lock gives to the next comer says how often it
 * has been taken.
 */
#include <linux/kernel.h>
#include <linux/smp.h>

#include "slab_test.h"

#define PAGES	512
#define OBJECTS 512
#define ROUNDS	3

/* The lists of a zone that every machine has; its own batch is a single page. */
#define GFP_LIST (GFP_DMA | __GFP_NOWARN)
#define BATCH	 16

static void *taken[PAGES];

static struct zone *zone;

static int batch_before, high_before;

static void restore_batch(void *unused)
{
	struct per_cpu_pages *pcp = this_cpu_ptr(zone->per_cpu_pageset);

	pcp->batch = batch_before;
	pcp->high = high_before;
}

static void use_batch(struct kunit *test)
{
	struct per_cpu_pages *pcp;

	zone = mm_zone(ZONE_DMA);
	pcp = this_cpu_ptr(zone->per_cpu_pageset);
	batch_before = pcp->batch;
	high_before = pcp->high;
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, restore_batch, NULL), 0);
	pcp->batch = BATCH;
	pcp->high = zone_highsize(zone, BATCH);
	drain_all_pages(zone);
	if (zone->nr_free_pages < high_wmark_pages(zone) + 4 * PAGES)
		kunit_skip(test, "ZONE_DMA is almost empty");
}

static void pages_one_at_a_time(struct kunit *test)
{
	u16 before;
	int i;

	use_batch(test);
	before = zone->lock.next;
	for (i = 0; i < 1000; i++)
		__free_page(alloc_page(GFP_LIST));
	KUNIT_EXPECT_LE(test, (u16)(zone->lock.next - before), 1);
}

static void pages_many_at_a_time(struct kunit *test)
{
	unsigned int i, round, allowed = PAGES / BATCH;
	u16 before, allocated, freed;

	use_batch(test);
	for (round = 0; round < ROUNDS; round++) {
		before = zone->lock.next;
		for (i = 0; i < PAGES; i++)
			taken[i] = alloc_page(GFP_LIST);
		allocated = zone->lock.next - before;
		before = zone->lock.next;
		for (i = 0; i < PAGES; i++)
			__free_page(taken[i]);
		freed = zone->lock.next - before;
		KUNIT_EXPECT_LE(test, allocated, allowed);
		KUNIT_EXPECT_LE(test, freed, allowed);
		if (this_cpu_ptr(zone->per_cpu_pageset)->high < PAGES)
			KUNIT_EXPECT_GT(test, allocated + freed, 0);
	}
}

static struct kmem_cache *make_cache(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 128, 0, SLAB_NO_MERGE, NULL);

	if (!cache->cpu_limit)
		kunit_skip(test, "a cache that is debugged or hardened has no CPU's lists");
	return cache;
}

static void objects_one_at_a_time(struct kunit *test)
{
	struct kmem_cache *cache = make_cache(test);
	u16 before;
	int i;

	kmem_cache_free(cache, kmem_cache_alloc(cache, GFP_KERNEL));
	before = cache->node.list_lock.next;
	for (i = 0; i < 1000; i++)
		kmem_cache_free(cache, kmem_cache_alloc(cache, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, (u16)(cache->node.list_lock.next - before), 0);
}

/* A batch is half a CPU's list, or a slab. A slab that is made costs one more. */
static void objects_many_at_a_time(struct kunit *test)
{
	struct kmem_cache *cache = make_cache(test);
	unsigned int batch = min_t(unsigned int, cache->cpu_limit / 2, cache->shape.objects);
	unsigned int i, round, allowed = DIV_ROUND_UP(OBJECTS, batch);
	u16 before, allocated, freed;
	unsigned long slabs = 0;

	for (round = 0; round < ROUNDS; round++) {
		before = cache->node.list_lock.next;
		for (i = 0; i < OBJECTS; i++)
			taken[i] = kmem_cache_alloc(cache, GFP_KERNEL);
		allocated = cache->node.list_lock.next - before;
		before = cache->node.list_lock.next;
		slabs = cache->node.nr_slabs - slabs;
		for (i = 0; i < OBJECTS; i++)
			kmem_cache_free(cache, taken[i]);
		freed = cache->node.list_lock.next - before;
		KUNIT_EXPECT_LE(test, allocated, allowed + slabs);
		KUNIT_EXPECT_LE(test, freed, allowed);
		KUNIT_EXPECT_GT(test, freed, 0);
		slabs = cache->node.nr_slabs;
	}
}

/*
 * What one CPU allocates another one frees: into its own list, and from there a batch at a
 * time to the slabs.
 */
struct handover {
	struct kmem_cache *cache;
	unsigned int freed;
};

static void free_there(void *data)
{
	struct handover *handover = data;
	u16 before = handover->cache->node.list_lock.next;
	int i;

	for (i = 0; i < OBJECTS; i++)
		kmem_cache_free(handover->cache, taken[i]);
	handover->freed = (u16)(handover->cache->node.list_lock.next - before);
}

static void objects_freed_on_another_cpu(struct kunit *test)
{
	struct handover handover = { .cache = make_cache(test) };
	unsigned int i, batch = handover.cache->cpu_limit / 2;

	if (num_online_cpus() < 2)
		kunit_skip(test, "there is no other CPU");
	for (i = 0; i < OBJECTS; i++)
		taken[i] = kmem_cache_alloc(handover.cache, GFP_KERNEL);
	smp_call_function_single(1, free_there, &handover, 1);
	KUNIT_EXPECT_LE(test, handover.freed, DIV_ROUND_UP(OBJECTS, batch));
	KUNIT_EXPECT_GT(test, handover.freed, 0);
}

static struct kunit_case shared_locks_cases[] = {
	KUNIT_CASE(pages_one_at_a_time),	  KUNIT_CASE(pages_many_at_a_time),
	KUNIT_CASE(objects_one_at_a_time),	  KUNIT_CASE(objects_many_at_a_time),
	KUNIT_CASE(objects_freed_on_another_cpu), {},
};

static struct kunit_suite shared_locks_suite = {
	.name = "shared_locks",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = shared_locks_cases,
};
kunit_test_suite(shared_locks_suite);
