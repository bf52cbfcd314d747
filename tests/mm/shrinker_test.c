// SPDX-License-Identifier: MIT
/* Shrinkers and empty slabs: API.md S6. */
#include <linux/completion.h>
#include <linux/fault-inject.h>
#include <linux/kernel.h>
#include <linux/sched/mm.h>
#include <linux/shrinker.h>
#include <linux/swap.h>

#include "pressure.h"

/* --- a shrinker that says what it is asked --------------------------------------------------- */

static struct hoard {
	struct shrinker shrinker;
	unsigned long freeable; /* what it says; */
	struct list_head pages; /* what it has, if anything */
	unsigned long frees;	/* of each batch; ~0: SHRINK_STOP */
	unsigned long looks_at; /* instead of nr_to_scan, if not 0 */
	unsigned int counts, scans;
	unsigned long scanned, smallest, largest; /* batches */
	gfp_t gfp;
	struct completion *entered, *leave; /* scan waits */
} hoard;

static unsigned long hoard_count(struct shrinker *shrinker, struct shrink_control *sc)
{
	hoard.counts++;
	hoard.gfp = sc->gfp_mask;
	return hoard.freeable;
}

static void free_hoard_pages(unsigned long nr)
{
	while (nr-- && !list_empty(&hoard.pages)) {
		struct page *page = list_first_entry(&hoard.pages, struct page, lru);

		list_del(&page->lru);
		__free_page(page);
		hoard.freeable--;
		mm_account_reclaimed_pages(1);
	}
}

static unsigned long hoard_scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	hoard.scans++;
	hoard.scanned += sc->nr_to_scan;
	hoard.smallest = min(hoard.smallest, sc->nr_to_scan);
	hoard.largest = max(hoard.largest, sc->nr_to_scan);
	if (sc->nr_scanned != sc->nr_to_scan || sc->nid)
		return SHRINK_STOP;
	if (hoard.entered) {
		complete(hoard.entered);
		wait_for_completion(hoard.leave);
	}
	if (hoard.looks_at)
		sc->nr_scanned = hoard.looks_at;
	free_hoard_pages(sc->nr_to_scan);
	return hoard.frees;
}

static void forget_hoard(void *unused)
{
	unregister_shrinker(&hoard.shrinker);
	free_hoard_pages(ULONG_MAX);
}

/* As if nothing had been asked or put off. */
static void reset_counts(void)
{
	atomic_long_set(&hoard.shrinker.nr_deferred, 0);
	hoard.counts = hoard.scans = 0;
	hoard.scanned = hoard.largest = 0;
	hoard.smallest = ULONG_MAX;
}

static void make_hoard(struct kunit *test, unsigned long freeable, int seeks)
{
	memset(&hoard, 0, sizeof(hoard));
	INIT_LIST_HEAD(&hoard.pages);
	hoard.freeable = freeable;
	hoard.shrinker.count_objects = hoard_count;
	hoard.shrinker.scan_objects = hoard_scan;
	hoard.shrinker.seeks = seeks;
	KUNIT_ASSERT_EQ(test, register_shrinker(&hoard.shrinker, "hoard-%d", seeks), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, forget_hoard, NULL), 0);
	reset_counts();
}

/* One that has pages, of DMA memory, which each request can use. */
static void make_hoard_with_pages(struct kunit *test, unsigned long nr)
{
	make_hoard(test, 0, DEFAULT_SEEKS);
	while (hoard.freeable < nr) {
		struct page *page = alloc_page(MM_TEST_GFP(GFP_NOWAIT | GFP_DMA));

		if (!page)
			kunit_skip(test, "too little memory");
		list_add(&page->lru, &hoard.pages);
		hoard.freeable++;
	}
}

static unsigned long deferred(void)
{
	return atomic_long_read(&hoard.shrinker.nr_deferred);
}

/* --- how many ---------------------------------------------------------------------------------- */

/* delta = (freeable >> priority) * 4 / seeks, in whole batches; the rest is put off. */
static void api_S6_a_round_has_its_share(struct kunit *test)
{
	int priority, seeks;

	for (seeks = 1; seeks <= 8; seeks *= 2) {
		make_hoard(test, 1000000, seeks);
		for (priority = DEF_PRIORITY; priority > 2; priority--) {
			unsigned long delta = (1000000 >> priority) * 4 / seeks;

			reset_counts();
			shrink_slab(GFP_KERNEL, 0, priority);
			KUNIT_EXPECT_EQ(test, hoard.counts, 1);
			KUNIT_EXPECT_EQ(test, hoard.scanned, delta / 128 * 128);
			KUNIT_EXPECT_EQ(test, hoard.scans, delta / 128);
			KUNIT_EXPECT_EQ(test, deferred(), delta % 128);
		}
		kunit_release_action(test, forget_hoard, NULL);
	}
}

static void api_S6_at_most_twice_what_there_is(struct kunit *test)
{
	make_hoard(test, 1000, 1);
	shrink_slab(GFP_KERNEL, 0, 0);
	KUNIT_EXPECT_EQ(test, hoard.scanned, 15 * 128);
	KUNIT_EXPECT_EQ(test, deferred(), 2000); /* of 4000 asked for, and 1920 looked at */
}

/* mm/shrinker.c's worked example. */
static void api_S6_less_than_a_batch_is_put_off(struct kunit *test)
{
	static const unsigned int put_off[] = { 4, 12, 30, 68, 146 };
	unsigned int i;

	make_hoard(test, 10000, DEFAULT_SEEKS);
	for (i = 0; i < ARRAY_SIZE(put_off); i++) {
		shrink_slab(GFP_KERNEL, 0, DEF_PRIORITY - i);
		KUNIT_EXPECT_EQ(test, deferred(), put_off[i]);
	}
	KUNIT_EXPECT_EQ(test, hoard.scans, 0);
	shrink_slab(GFP_KERNEL, 0, 7);
	KUNIT_EXPECT_EQ(test, hoard.scanned, 128);
	KUNIT_EXPECT_EQ(test, deferred(), 174);
}

/* What was put off comes back by the share of the round: all of it at priority 0. */
static void api_S6_what_was_put_off_is_asked_for_later(struct kunit *test)
{
	make_hoard(test, 10000, 0);
	atomic_long_set(&hoard.shrinker.nr_deferred, 8000);
	shrink_slab(GFP_KERNEL, 0, 3); /* 8000 / 8 + 10000 / 2 = 46 batches and 112 */
	KUNIT_EXPECT_EQ(test, hoard.scans, 46);
	KUNIT_EXPECT_EQ(test, deferred(), 8000 + 5000 - 46 * 128);
	shrink_slab(GFP_KERNEL, 0, 0); /* 7112 + 5000 */
	KUNIT_EXPECT_EQ(test, hoard.scans, 46 + 94);
	KUNIT_EXPECT_EQ(test, deferred(), 12112 - 94 * 128);
}

/* A batch that is not full, if that is all there is. */
static void api_S6_all_of_few(struct kunit *test)
{
	make_hoard(test, 50, DEFAULT_SEEKS);
	shrink_slab(GFP_KERNEL, 0, 2);
	KUNIT_EXPECT_EQ(test, hoard.scans, 0); /* 12 * 2 < 50 */
	KUNIT_EXPECT_EQ(test, deferred(), 24);
	shrink_slab(GFP_KERNEL, 0, 0); /* 24 + 100, at most 100 */
	KUNIT_EXPECT_EQ(test, hoard.scans, 1);
	KUNIT_EXPECT_EQ(test, hoard.scanned, 100);
	KUNIT_EXPECT_EQ(test, deferred(), 24);
}

static void api_S6_no_seeks_half(struct kunit *test)
{
	make_hoard(test, 2560, 0);
	shrink_slab(GFP_KERNEL, 0, DEF_PRIORITY);
	KUNIT_EXPECT_EQ(test, hoard.scanned, 1280);
}

static void api_S6_batches_of_its_own_size(struct kunit *test)
{
	make_hoard(test, 10000, 0);
	hoard.shrinker.batch = 1000;
	shrink_slab(GFP_KERNEL, 0, DEF_PRIORITY);
	KUNIT_EXPECT_EQ(test, hoard.scans, 5);
	KUNIT_EXPECT_EQ(test, hoard.smallest, 1000);
	KUNIT_EXPECT_EQ(test, hoard.largest, 1000);
}

/* Who is asked in vain is asked no more in this round, and keeps at most twice what he has. */
static void api_S6_stop_puts_off(struct kunit *test)
{
	unsigned int i;

	make_hoard(test, 1000, DEFAULT_SEEKS);
	hoard.frees = SHRINK_STOP;
	for (i = 1; i <= 3; i++) {
		KUNIT_EXPECT_EQ(test, shrink_slab(GFP_KERNEL, 0, 1), 0);
		KUNIT_EXPECT_EQ(test, hoard.scans, i);
		KUNIT_EXPECT_EQ(test, deferred(), min(1000 * i, 2000));
	}
}

static void api_S6_nothing_to_free_is_not_scanned(struct kunit *test)
{
	static const unsigned long nothing[] = { 0, SHRINK_EMPTY, SHRINK_STOP, -ENOMEM };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(nothing); i++) {
		make_hoard(test, nothing[i], DEFAULT_SEEKS);
		atomic_long_set(&hoard.shrinker.nr_deferred, 500);
		KUNIT_EXPECT_EQ(test, shrink_slab(GFP_KERNEL, 0, 0), 0);
		KUNIT_EXPECT_EQ(test, hoard.counts, 1);
		KUNIT_EXPECT_EQ(test, hoard.scans, 0);
		KUNIT_EXPECT_EQ(test, deferred(), 500);
		kunit_release_action(test, forget_hoard, NULL);
	}
}

/* Who says that he looked at more is asked less often; the sum of what was freed is returned. */
static void api_S6_what_was_looked_at_counts(struct kunit *test)
{
	unsigned long before = events(SLABS_SCANNED);

	make_hoard(test, 10240, 0);
	hoard.looks_at = 256;
	hoard.frees = 3;
	KUNIT_EXPECT_EQ(test, shrink_slab(GFP_KERNEL, 0, DEF_PRIORITY), 20 * 3);
	KUNIT_EXPECT_EQ(test, hoard.scans, 20);
	KUNIT_EXPECT_EQ(test, events(SLABS_SCANNED) - before, 5120);
	KUNIT_EXPECT_EQ(test, deferred(), 0);
}

/* --- under pressure ------------------------------------------------------------------------------ */

static void api_S6_makes_room(struct kunit *test)
{
	unsigned long stalls;

	make_hoard_with_pages(test, 300);
	squeeze(GFP_KERNEL);
	KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(GFP_NOWAIT), 0));
	KUNIT_EXPECT_EQ(test, hoard.counts, 0);
	stalls = events(ALLOCSTALL_NORMAL);
	KUNIT_EXPECT_NOT_NULL(test, mm_take(MM_TEST_GFP(GFP_KERNEL), 0));
	KUNIT_EXPECT_EQ(test, events(ALLOCSTALL_NORMAL) - stalls, 1);
	KUNIT_EXPECT_LE(test, hoard.freeable, 300 - SWAP_CLUSTER_MAX);
	/* It was asked as little as sufficed. */
	KUNIT_EXPECT_GT(test, hoard.freeable, 0);
}

/* The mask is the request's, and its scope's. */
static void api_S6_sees_the_flags(struct kunit *test)
{
	static const gfp_t flags[] = { GFP_KERNEL, GFP_NOFS, GFP_NOIO, GFP_KERNEL | __GFP_NORETRY };
	unsigned int scope;
	unsigned int i;

	make_hoard(test, 100, DEFAULT_SEEKS);
	hoard.frees = SHRINK_STOP;
	squeeze(GFP_KERNEL);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		mm_take(MM_TEST_GFP(flags[i]), 0);
		KUNIT_EXPECT_EQ(test, hoard.gfp, MM_TEST_GFP(flags[i]));
	}
	scope = memalloc_noio_save();
	mm_take(MM_TEST_GFP(GFP_KERNEL), 0);
	memalloc_noio_restore(scope);
	KUNIT_EXPECT_EQ(test, hoard.gfp & (__GFP_IO | __GFP_FS | __GFP_DIRECT_RECLAIM),
			__GFP_DIRECT_RECLAIM);
}

static void api_S6_kswapd_calls_them(struct kunit *test)
{
	unsigned long runs = events(PAGEOUTRUN);

	make_hoard_with_pages(test, 300);
	squeeze(GFP_NOWAIT);
	let_kswapd_go();
	mm_take(MM_TEST_GFP(GFP_NOWAIT), 0);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(hoard.freeable) < 300));
	KUNIT_EXPECT_TRUE(test, eventually(is_asleep(kswapd.task)));
	KUNIT_EXPECT_GT(test, events(PAGEOUTRUN), runs);
	KUNIT_EXPECT_EQ(test, hoard.gfp, GFP_KERNEL);
}

/* --- coming and going ---------------------------------------------------------------------------- */

static int shrink_once(void *unused)
{
	shrink_slab(GFP_KERNEL, 0, 0);
	return 0;
}

static int unregister_hoard(void *unused)
{
	unregister_shrinker(&hoard.shrinker);
	return 0;
}

/* It returns when a scan that runs has ended, and not before; reclaim does not wait for it. */
static void api_S6_unregister_waits_for_the_scan(struct kunit *test)
{
	struct completion *done = kunit_kzalloc(test, 2 * sizeof(*done), GFP_KERNEL);
	struct task_struct *scans, *unregisters;

	KUNIT_ASSERT_NOT_NULL(test, done);
	init_completion(&done[0]);
	init_completion(&done[1]);
	make_hoard(test, 128, DEFAULT_SEEKS);
	hoard.entered = &done[0];
	hoard.leave = &done[1];
	scans = start_thread(test, shrink_once, NULL);
	wait_for_completion(&done[0]);
	unregisters = start_thread(test, unregister_hoard, NULL);
	KUNIT_EXPECT_TRUE(test, eventually(is_asleep(unregisters)));
	KUNIT_EXPECT_TRUE(test, hoard.shrinker.flags & SHRINKER_REGISTERED);
	KUNIT_EXPECT_EQ(test, shrink_slab(GFP_KERNEL, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, hoard.scans, 1);
	complete_all(&done[1]);
	finish_thread(test, scans);
	finish_thread(test, unregisters);
	KUNIT_EXPECT_FALSE(test, hoard.shrinker.flags & SHRINKER_REGISTERED);
	reset_counts();
	shrink_slab(GFP_KERNEL, 0, 0);
	KUNIT_EXPECT_EQ(test, hoard.counts, 0);
}

static void api_S6_unregister_twice(struct kunit *test)
{
	make_hoard(test, 128, DEFAULT_SEEKS);
	unregister_shrinker(&hoard.shrinker);
	unregister_shrinker(&hoard.shrinker);
	KUNIT_ASSERT_EQ(test, register_shrinker(&hoard.shrinker, "again"), 0);
	KUNIT_EXPECT_STREQ(test, hoard.shrinker.name, "again");
	shrink_slab(GFP_KERNEL, 0, 0);
	KUNIT_EXPECT_EQ(test, hoard.counts, 1);
}

/* The names of Linux 6.7. */
static void api_S6_alloc_register_free(struct kunit *test)
{
	struct shrinker *shrinker = shrinker_alloc(SHRINKER_NUMA_AWARE, "new-%s", "one");

	KUNIT_ASSERT_NOT_NULL(test, shrinker);
	memset(&hoard, 0, sizeof(hoard));
	INIT_LIST_HEAD(&hoard.pages);
	hoard.freeable = 128;
	KUNIT_EXPECT_EQ(test, shrinker->seeks, DEFAULT_SEEKS);
	KUNIT_EXPECT_STREQ(test, shrinker->name, "new-one");
	shrinker->count_objects = hoard_count;
	shrinker->scan_objects = hoard_scan;
	shrink_slab(GFP_KERNEL, 0, 0);
	KUNIT_EXPECT_EQ(test, hoard.counts, 0);
	shrinker_register(shrinker);
	shrink_slab(GFP_KERNEL, 0, 0);
	KUNIT_EXPECT_EQ(test, hoard.counts, 1);
	KUNIT_EXPECT_EQ(test, hoard.scanned, 256);
	shrinker_free(shrinker);
	shrink_slab(GFP_KERNEL, 0, 0);
	KUNIT_EXPECT_EQ(test, hoard.counts, 1);
	shrinker_free(shrinker_alloc(0, "never registered"));
	shrinker_free(NULL);
}

/* --- empty slabs --------------------------------------------------------------------------------- */

#define OBJECTS 64

/* A cache keeps empty slabs for next time, and a CPU objects, until somebody needs the memory. */
static void api_S6_empty_slabs_are_reclaimed(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 1024, 0, SLAB_CACHE_DMA, NULL);
	void *objects[OBJECTS];
	unsigned int i;

	for (i = 0; i < OBJECTS; i++) {
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, objects[i]);
	}
	for (i = 0; i < OBJECTS; i++)
		kmem_cache_free(cache, objects[i]);
	KUNIT_ASSERT_GT(test, cache->node.nr_slabs, 0);
	squeeze(GFP_KERNEL);
	KUNIT_ASSERT_GT(test, cache->node.nr_slabs, 0);
	KUNIT_EXPECT_NOT_NULL(test, mm_take(MM_TEST_GFP(GFP_KERNEL), 0));
	KUNIT_EXPECT_EQ(test, cache->node.nr_slabs, 0);
}

/* Who makes a cache may be who reclaims: the list of caches is not waited for. */
static void api_S6_slabs_are_left_alone_while_caches_change(struct kunit *test)
{
	mutex_lock(&slab_mutex);
	KUNIT_EXPECT_EQ(test, slab_reclaim_empty(), 0);
	mutex_unlock(&slab_mutex);
}

static struct kunit_case shrinker_cases[] = {
	KUNIT_CASE(api_S6_a_round_has_its_share),
	KUNIT_CASE(api_S6_at_most_twice_what_there_is),
	KUNIT_CASE(api_S6_less_than_a_batch_is_put_off),
	KUNIT_CASE(api_S6_what_was_put_off_is_asked_for_later),
	KUNIT_CASE(api_S6_all_of_few),
	KUNIT_CASE(api_S6_no_seeks_half),
	KUNIT_CASE(api_S6_batches_of_its_own_size),
	KUNIT_CASE(api_S6_stop_puts_off),
	KUNIT_CASE(api_S6_nothing_to_free_is_not_scanned),
	KUNIT_CASE(api_S6_what_was_looked_at_counts),
	KUNIT_CASE_SLOW(api_S6_makes_room),
	KUNIT_CASE_SLOW(api_S6_sees_the_flags),
	KUNIT_CASE_SLOW(api_S6_kswapd_calls_them),
	KUNIT_CASE_SLOW(api_S6_unregister_waits_for_the_scan),
	KUNIT_CASE(api_S6_unregister_twice),
	KUNIT_CASE(api_S6_alloc_register_free),
	KUNIT_CASE_SLOW(api_S6_empty_slabs_are_reclaimed),
	KUNIT_CASE(api_S6_slabs_are_left_alone_while_caches_change),
	{},
};

static struct kunit_suite shrinker_suite = {
	.name = "shrinker",
	.init = slab_test_init,
	.exit = pressure_exit,
	.test_cases = shrinker_cases,
};
kunit_test_suite(shrinker_suite);
