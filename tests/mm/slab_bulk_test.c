// SPDX-License-Identifier: MIT
/* One object and many at once: API.md M5. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "slab_test.h"

#define MOST 300

static void *objects[MOST];

/* Each is the caller's alone. */
static bool all_apart(unsigned int nr, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		memset(objects[i], i, size);
	for (i = 0; i < nr; i++)
		if (memchr_inv(objects[i], i, size))
			return false;
	return true;
}

static unsigned int nr_objects(unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr && objects[i]; i++)
		;
	return i;
}

static int alloc_bulk(struct kmem_cache *cache, gfp_t gfp, unsigned int nr)
{
	return kmem_cache_alloc_bulk(cache, gfp, nr, objects);
}

/* To where its pages came from; none may stay. */
static void give_back(struct kunit *test, struct kmem_cache *cache)
{
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
	rcu_barrier(); /* also if its slabs wait for readers */
	drain_all_pages(NULL);
}

static const slab_flags_t kinds[] = {
	0,
	SLAB_HWCACHE_ALIGN,
	SLAB_TYPESAFE_BY_RCU,
	SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON,
};

/* Numbers around those at which lists are refilled, slabs made and lists flushed. */
static void take_and_give(struct kunit *test, struct kmem_cache *cache)
{
	static const unsigned int numbers[] = { 1, 2, 7, 8, 16, 17, 64, 65, 120, 121, MOST };
	unsigned int i, nr;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		nr = numbers[i];
		memset(objects, 0, sizeof(objects));
		KUNIT_ASSERT_EQ(test, kmem_cache_alloc_bulk(cache, GFP_KERNEL, nr, objects), nr);
		KUNIT_ASSERT_EQ(test, nr_objects(nr), nr);
		KUNIT_EXPECT_TRUE(test, nr == MOST || !objects[nr]);
		KUNIT_EXPECT_TRUE(test, all_apart(nr, 120));
		kmem_cache_free_bulk(cache, nr, objects);
	}
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
}

static void api_M5_bulk(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		take_and_give(test, slab_test_cache(test, 120, 0, kinds[i] | SLAB_NO_MERGE, NULL));
}

static void api_M5_bulk_of_none(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 120, 0, SLAB_NO_MERGE, NULL);
	void *untouched = test;

	KUNIT_EXPECT_EQ(test, kmem_cache_alloc_bulk(cache, GFP_KERNEL, 0, &untouched), 0);
	kmem_cache_free_bulk(cache, 0, &untouched);
	KUNIT_EXPECT_PTR_EQ(test, untouched, (void *)test);
	KUNIT_EXPECT_EQ(test, cache->node.nr_slabs, 0);
}

/* As many as memory has, and some more: not a single one. */
static void take_too_many(struct kunit *test, struct kmem_cache *cache)
{
	unsigned int fits = slab_fill(cache, GFP_KERNEL | __GFP_NOWARN), reports;

	slab_free_held();
	give_back(test, cache);
	KUNIT_ASSERT_LT(test, fits, MOST - 32);
	memset(objects, 0, sizeof(objects));
	KUNIT_EXPECT_EQ(test, alloc_bulk(cache, GFP_KERNEL | __GFP_NOWARN, fits + 32), 0);
	give_back(test, cache);
	reports = kunit_reports_seen(test);
	kunit_expect_report(test, "SLUB: Unable to allocate memory on node -1");
	KUNIT_EXPECT_EQ(test, alloc_bulk(cache, GFP_NOWAIT, fits + 32), 0);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), reports + 1);
	give_back(test, cache);
	/* What it had got is free again. */
	KUNIT_ASSERT_EQ(test, alloc_bulk(cache, GFP_KERNEL, fits), fits);
	KUNIT_EXPECT_TRUE(test, all_apart(fits, 1024));
	kmem_cache_free_bulk(cache, fits, objects);
	give_back(test, cache);
}

static void api_M5_bulk_is_all_or_nothing(struct kunit *test)
{
	unsigned long before;
	unsigned int i;

	mm_leave(GFP_KERNEL | GFP_DMA, 48);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct kmem_cache *cache = slab_test_cache(
			test, 1024, 0, SLAB_CACHE_DMA | SLAB_NO_MERGE | kinds[i], NULL);

		before = mm_free_pages(NULL);
		take_too_many(test, cache);
		KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before);
	}
}

static void api_M5_failure_is_null(struct kunit *test)
{
	struct kmem_cache *cache =
		slab_test_cache(test, 64, 0, SLAB_CACHE_DMA | SLAB_NO_MERGE, NULL);

	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	KUNIT_EXPECT_NULL(test, kmem_cache_alloc(cache, GFP_KERNEL | __GFP_NOWARN));
	KUNIT_EXPECT_NULL(test, kmem_cache_zalloc(cache, GFP_ATOMIC | __GFP_NOWARN));
	kunit_expect_report(test, "cache: test");
	KUNIT_EXPECT_NULL(test, kmem_cache_alloc(cache, GFP_NOWAIT));
	KUNIT_EXPECT_NULL(test, kmem_cache_alloc(cache, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void expect_zeroed(struct kunit *test, struct kmem_cache *cache, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		KUNIT_ASSERT_NOT_NULL(test, objects[i]);
		KUNIT_EXPECT_NULL(test, memchr_inv(objects[i], 0, 120));
	}
	memset(objects[0], 0xff, 120);
	kmem_cache_free_bulk(cache, nr, objects);
}

/* What was in them is gone, whichever way it is asked for. */
static void api_M5_zeroed(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct kmem_cache *cache =
			slab_test_cache(test, 120, 0, kinds[i] | SLAB_NO_MERGE, NULL);

		KUNIT_ASSERT_EQ(test, alloc_bulk(cache, GFP_KERNEL, 50), 50);
		KUNIT_EXPECT_TRUE(test, all_apart(50, 120));
		kmem_cache_free_bulk(cache, 50, objects);
		objects[0] = kmem_cache_zalloc(cache, GFP_KERNEL);
		expect_zeroed(test, cache, 1);
		objects[0] = kmem_cache_alloc_node(cache, GFP_KERNEL | __GFP_ZERO, 0);
		expect_zeroed(test, cache, 1);
		KUNIT_ASSERT_EQ(test, alloc_bulk(cache, GFP_KERNEL | __GFP_ZERO, 50), 50);
		expect_zeroed(test, cache, 50);
	}
}

/* Objects of any caches, large blocks and nothing at all together. */
static void api_M5_free_bulk_of_many_caches(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 120, 0, SLAB_NO_MERGE, NULL);
	unsigned long before = mm_free_pages(NULL);
	unsigned int i;

	if (before < 256)
		kunit_skip(test, "too little memory");
	for (i = 0; i < 96; i += 6) {
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
		objects[i + 1] = kmalloc(i + 1, GFP_KERNEL);
		objects[i + 2] = kmalloc(100 * i, GFP_KERNEL | GFP_DMA);
		objects[i + 3] = NULL;
		objects[i + 4] = kmalloc(20000, GFP_KERNEL);
		objects[i + 5] = ZERO_SIZE_PTR;
	}
	kmem_cache_free_bulk(NULL, 48, objects);
	kfree_bulk(48, objects + 48);
	slab_shrink_all();
	KUNIT_EXPECT_EQ(test, cache->node.nr_slabs, 0);
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before);
}

static void build(void *object)
{
	memset(object, 0xb1, 120);
}

/* Also with init_on_alloc: what is constructed is left as it is. */
static void api_M5_bulk_and_a_constructor(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 120, 0, 0, build);
	unsigned int round, i;

	for (round = 0; round < 2; round++) {
		KUNIT_ASSERT_EQ(test, kmem_cache_alloc_bulk(cache, GFP_KERNEL, 50, objects), 50);
		for (i = 0; i < 50; i++)
			KUNIT_EXPECT_NULL(test, memchr_inv(objects[i], 0xb1, 120));
		kmem_cache_free_bulk(cache, 50, objects);
	}
}

static struct kunit_case slab_bulk_cases[] = {
	KUNIT_CASE_SLOW(api_M5_bulk),
	KUNIT_CASE(api_M5_bulk_of_none),
	KUNIT_CASE_SLOW(api_M5_bulk_is_all_or_nothing),
	KUNIT_CASE(api_M5_failure_is_null),
	KUNIT_CASE_SLOW(api_M5_zeroed),
	KUNIT_CASE(api_M5_free_bulk_of_many_caches),
	KUNIT_CASE(api_M5_bulk_and_a_constructor),
	{},
};

static struct kunit_suite slab_bulk_suite = {
	.name = "slab_bulk",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = slab_bulk_cases,
};
kunit_test_suite(slab_bulk_suite);
