// SPDX-License-Identifier: MIT
/*
 * Objects to the last page and back: every refusal is NULL with one report, no object is
 * given out twice on the way, and everything comes back (API.md B3, K13, M5).
 */
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "slab_test.h"

#define TO_THE_LAST (GFP_NOWAIT | __GFP_NOWARN | __GFP_MEMALLOC)

static struct rnd_state rnd;

static unsigned long lowmem_free(void)
{
	return mm_free_pages(mm_zone(ZONE_NORMAL)) + mm_free_pages(mm_zone(ZONE_DMA));
}

/* --- objects that know themselves: the first word links them, the last one is their own ------- */

static unsigned long *last_word(void *object, size_t size)
{
	return (unsigned long *)(object + size) - 1;
}

static bool take(struct kmem_cache *cache, gfp_t gfp)
{
	void *object = slab_hold(kmem_cache_alloc(cache, gfp));

	if (object)
		*last_word(object, cache->object_size) = ~(unsigned long)object;
	return object;
}

/* Also the free pages that the CPU kept for requests of another type. */
static unsigned long take_all(struct kmem_cache *cache)
{
	unsigned long nr = 0, before;

	do {
		before = nr;
		while (take(cache, TO_THE_LAST))
			nr++;
		drain_all_pages(NULL);
	} while (nr != before);
	return nr;
}

/* Every other one first, so that slabs are emptied in another order than they were filled. */
static unsigned long give_back_all(struct kmem_cache *cache)
{
	unsigned long bad = 0, nr = 0;
	void *object, *later = NULL;

	while ((object = slab_unhold())) {
		bad += *last_word(object, cache->object_size) != ~(unsigned long)object;
		if (nr++ % 2) {
			kmem_cache_free(cache, object);
		} else {
			*(void **)object = later;
			later = object;
		}
	}
	while ((object = later)) {
		later = *(void **)object;
		kmem_cache_free(cache, object);
	}
	return bad;
}

/* --- caches --------------------------------------------------------------------------------------- */

static const struct exhaust_row {
	const char *name;
	unsigned int size;
	slab_flags_t flags;
} exhaust_rows[] = {
	{ "64", 64, 0 },
	{ "700", 700, 0 },
	{ "1024_in_lines", 1024, SLAB_HWCACHE_ALIGN },
	{ "4096", 4096, 0 },
	{ "reclaimable", 192, SLAB_RECLAIM_ACCOUNT },
	{ "checked", 4000, SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON },
};
KUNIT_ARRAY_PARAM_DESC_FEW(exhaust, exhaust_rows, name, 2);

static void hide_most(void)
{
	struct zone *zone;

	for_each_zone(zone)
		mm_hide_down_to(zone, min_wmark_pages(zone) / 2 + 16);
}

/* A call trace for each of some 100,000 objects takes its time: then an eighth must do, once. */
static unsigned int all_or_enough(const struct kmem_cache *cache)
{
	struct zone *zone;

	if (!(cache->flags & SLAB_STORE_USER))
		return 2;
	for_each_zone(zone)
		mm_hide_down_to(zone, zone_managed_pages(zone) / 8);
	return 1;
}

static void to_the_last_page(struct kunit *test, bool all_memory)
{
	const struct exhaust_row *row = test->param_value;
	struct kmem_cache *cache =
		slab_test_cache(test, row->size, 0, row->flags | SLAB_NO_MERGE, NULL);
	unsigned long before, nr;
	unsigned int cycles = 1;

	if (all_memory)
		cycles = all_or_enough(cache);
	else
		hide_most();
	before = lowmem_free();
	while (cycles--) {
		nr = take_all(cache);
		/* Where a page is enough for a slab, none is left. */
		if (!cache->min.order)
			KUNIT_EXPECT_EQ(test, lowmem_free(), 0);
		KUNIT_EXPECT_EQ(test, cache->node.total_objects, nr);
		/* What is left in small blocks is no slab of a larger order. */
		if (!cache->min.order || all_memory)
			KUNIT_EXPECT_GE(test, nr, (before << PAGE_SHIFT) / cache->size * 4 / 5);
		KUNIT_EXPECT_EQ(test, give_back_all(cache), 0);
		KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
		KUNIT_EXPECT_EQ(test, lowmem_free(), before);
		drain_all_pages(NULL);
	}
}

static void caches_to_the_last_page(struct kunit *test)
{
	to_the_last_page(test, false);
}

static void caches_to_the_last_page_of_all(struct kunit *test)
{
	to_the_last_page(test, true);
}

/* Where GFP_KERNEL ends, interrupt handlers go on, and then whoever frees memory. */
static void reserves_are_for_those_who_may(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 4096, 0, SLAB_NO_MERGE, NULL);
	unsigned long kernel, atomic, memalloc;

	mm_hide_down_to(mm_zone(ZONE_NORMAL), min_wmark_pages(mm_zone(ZONE_NORMAL)) + 32);
	mm_hide_down_to(mm_zone(ZONE_DMA), min_wmark_pages(mm_zone(ZONE_DMA)) + 32);
	kernel = slab_fill(cache, GFP_KERNEL | __GFP_NOWARN);
	KUNIT_EXPECT_NULL(test, kmem_cache_alloc(cache, GFP_NOWAIT | __GFP_NOWARN));
	atomic = slab_fill(cache, GFP_ATOMIC | __GFP_NOWARN);
	/* What atomic requests reserved for their like is for them alone until it is given back. */
	mm_settle();
	memalloc = take_all(cache);
	KUNIT_EXPECT_GT(test, kernel, 0);
	KUNIT_EXPECT_GT(test, atomic, 0);
	KUNIT_EXPECT_GT(test, memalloc, 0);
	if (!cache->min.order)
		KUNIT_EXPECT_EQ(test, lowmem_free(), 0);
}

/* --- each way to ask ------------------------------------------------------------------------------ */

static void *old_block;
static struct kmem_cache *some_cache;

static void *ask_bulk(gfp_t gfp)
{
	void *objects[4];

	return kmem_cache_alloc_bulk(some_cache, gfp, 4, objects) ? objects[0] : NULL;
}

static void *ask(unsigned int how, gfp_t gfp)
{
	switch (how) {
	case 0:
		return kmalloc(100, gfp);
	case 1:
		return kzalloc(3000, gfp);
	case 2:
		return kmalloc(60000, gfp);
	case 3:
		return kcalloc(10, 10, gfp);
	case 4:
		return krealloc(old_block, 5000, gfp);
	case 5:
		return kmemdup("text", 5, gfp);
	case 6:
		return kasprintf(gfp, "%d", 12345);
	case 7:
		return kmem_cache_alloc(some_cache, gfp);
	case 8:
		return kmem_cache_zalloc(some_cache, gfp);
	case 9:
		return ask_bulk(gfp);
	default:
		return kmalloc(100, gfp | GFP_DMA);
	}
}

#define WAYS 11

/* NULL, and one report: not none, and no second one from deeper down. */
static void every_failure_is_null_with_one_report(struct kunit *test)
{
	static const gfp_t flags[] = { GFP_KERNEL, GFP_ATOMIC, GFP_NOWAIT, GFP_NOIO };
	struct zone *zone;
	unsigned int how;

	some_cache = slab_test_cache(test, 300, 0, SLAB_NO_MERGE, NULL);
	old_block = kunit_kmalloc(test, 100, GFP_KERNEL);
	slab_use_up_all();
	for_each_zone(zone)
		mm_hide_down_to(zone, 0);
	for (how = 0; how < WAYS; how++) {
		kunit_expect_report(test, how == 2 ? "page allocation failure: order:4"
						   : "SLUB: Unable to allocate memory on node -1");
		KUNIT_EXPECT_NULL_MSG(test, ask(how, flags[how % ARRAY_SIZE(flags)]), "way %u",
				      how);
		KUNIT_EXPECT_EQ_MSG(test, kunit_reports_seen(test), how + 1, "way %u", how);
	}
	for (how = 0; how < WAYS; how++)
		KUNIT_EXPECT_NULL(test, ask(how, GFP_KERNEL | __GFP_NOWARN));
	mm_unhide();
}

/* --- kmalloc of all sizes ---------------------------------------------------------------------------- */

static size_t random_size(void)
{
	static const size_t limits[] = { 64, 200, 1000, 4000, 8000, 30000 };

	return 8 + prandom_u32_state(&rnd) % limits[prandom_u32_state(&rnd) % ARRAY_SIZE(limits)];
}

static void kmalloc_cycles(struct kunit *test, unsigned int cycles)
{
	unsigned long before = mm_free_pages(NULL);

	prandom_seed_state(&rnd, 8);
	while (cycles--) {
		unsigned int refused = 0;

		while (refused < 20)
			refused += !slab_hold(kmalloc(random_size(), TO_THE_LAST));
		KUNIT_EXPECT_LT(test, lowmem_free(), 128);
		slab_free_held();
		slab_shrink_all();
		KUNIT_ASSERT_EQ(test, mm_free_pages(NULL), before);
		drain_all_pages(NULL);
	}
}

static void kmalloc_of_all_sizes(struct kunit *test)
{
	hide_most();
	kmalloc_cycles(test, 2);
}

static void kmalloc_of_all_sizes_and_all_memory(struct kunit *test)
{
	kmalloc_cycles(test, 3);
}

static struct kunit_case slab_exhaust_cases[] = {
	KUNIT_CASE_PARAM_ATTR(caches_to_the_last_page, exhaust_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE(reserves_are_for_those_who_may),
	KUNIT_CASE_SLOW(every_failure_is_null_with_one_report),
	KUNIT_CASE(kmalloc_of_all_sizes),
	KUNIT_CASE_PARAM_ATTR(caches_to_the_last_page_of_all, exhaust_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_SLOW(kmalloc_of_all_sizes_and_all_memory),
	{},
};

static struct kunit_suite slab_exhaust_suite = {
	.name = "slab_exhaust",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = slab_exhaust_cases,
};
kunit_test_suite(slab_exhaust_suite);
