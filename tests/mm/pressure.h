/* SPDX-License-Identifier: MIT */
/*
 * Memory that is used up to where the next request has to do something about it, with something
 * to reclaim or nothing. kswapd is parked in these tests (mm_test_init()), unless they let it go.
 */
#ifndef _TESTS_MM_PRESSURE_H
#define _TESTS_MM_PRESSURE_H

#include <linux/kthread.h>
#include <linux/shrinker.h>
#include <linux/vmstat.h>

#include "../../mm/vmscan.h"
#include "../kernel/threads.h"
#include "slab_test.h"
#include "store.h"

/* Of the events that are counted, how many there were since boot. */
static inline unsigned long events(enum vm_event_item item)
{
	unsigned long all[NR_VM_EVENT_ITEMS];

	all_vm_events(all);
	return all[item];
}

static inline unsigned long nothing_to_scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	return SHRINK_STOP;
}

static inline void end_listener(void *shrinker)
{
	unregister_shrinker(shrinker);
}

/* Until the case ends: a shrinker that is asked in each round, and has nothing to give. */
static inline void register_listener(struct kunit *test, struct shrinker *shrinker,
				     unsigned long (*count)(struct shrinker *,
							    struct shrink_control *))
{
	shrinker->count_objects = count;
	shrinker->scan_objects = nothing_to_scan;
	KUNIT_ASSERT_EQ(test, register_shrinker(shrinker, "listener"), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, end_listener, shrinker), 0);
}

/*
 * Takes all that requests with these flags get without reclaim: the next one is refused, or
 * reclaims. Nothing is left in the CPUs' lists.
 */
static inline void squeeze(gfp_t gfp)
{
	gfp_t without = MM_TEST_GFP(gfp) & ~(__GFP_DIRECT_RECLAIM | __GFP_NOFAIL);

	if (gfp & __GFP_DIRECT_RECLAIM)
		without |= __GFP_NOMEMALLOC;
	drain_all_pages(NULL);
	mm_near_limits(gfp);
	while (mm_fill(without, 0))
		drain_all_pages(NULL);
}

/*
 * Clean pages of a zone in the cache, used once. With memory enough for more: nobody reclaims them
 * before the case does.
 */
static inline struct store *make_cache_in(struct kunit *test, struct zone *zone,
					  unsigned long pages)
{
	unsigned long needed = pages + 2 * high_wmark_pages(zone) + 32;
	struct store *store;

	if (zone->nr_free_pages < needed)
		kunit_skip(test, "needs %lu free pages of zone %s", needed, zone->name);
	store = make_store(test, pages);
	mapping_set_gfp_mask(&store->mapping,
			     zone_idx(zone) == ZONE_DMA ? GFP_KERNEL | GFP_DMA : GFP_KERNEL);
	store_read(test, store, 0, pages);
	return store;
}

/* Of DMA memory, which each request can use that does not leave it all to others. */
static inline struct store *make_cache(struct kunit *test, unsigned long pages)
{
	return make_cache_in(test, mm_zone(ZONE_DMA), pages);
}

/* Which this request can use: where there is much highmem, all of zone DMA is kept from it. */
static inline struct store *make_cache_for(struct kunit *test, gfp_t gfp, unsigned long pages)
{
	struct zone *normal = mm_zone(ZONE_NORMAL);

	if ((gfp & __GFP_DMA) || !managed_zone(normal))
		return make_cache(test, pages);
	return make_cache_in(test, normal, pages);
}

static inline void make_dirty(struct kunit *test, struct store *store)
{
	pgoff_t i;

	for (i = 0; i < store->pages; i++)
		store_dirty(test, store, i, 7000 + i);
}

static inline void unpin_pages(void *pages)
{
	struct page **page = pages;

	for (; *page; *page++ = NULL)
		put_page(*page);
}

/* Takes a reference to each page: nobody can reclaim them until unpin_pages(), or the case's end. */
static inline struct page **pin_pages(struct kunit *test, struct store *store)
{
	struct page **pages = kunit_kcalloc(test, store->pages + 1, sizeof(*pages), GFP_KERNEL);
	pgoff_t i;

	KUNIT_ASSERT_NOT_NULL(test, pages);
	for (i = 0; i < store->pages; i++)
		pages[i] = find_get_page(&store->mapping, i);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unpin_pages, pages), 0);
	return pages;
}

/* Around each case: what the cache's index was made of is freed by RCU. */
static inline int pressure_init(struct kunit *test)
{
	rcu_barrier();
	return slab_test_init(test);
}

static inline void pressure_exit(struct kunit *test)
{
	kunit_cleanup(test);
	rcu_barrier();
	slab_test_exit(test);
}

/* As if kswapd had never failed, and had not been asked for anything. */
static inline void reset_kswapd(void)
{
	kswapd.failures = 0;
	kswapd.asked = false;
	kswapd.order = 0;
	kswapd.highest = ZONE_DMA;
}

/* From here on it runs as it is asked. */
static inline void let_kswapd_go(void)
{
	reset_kswapd();
	kthread_unpark(kswapd.task);
}

#endif
