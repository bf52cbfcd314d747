// SPDX-License-Identifier: MIT
/* The slow path and direct reclaim: API.md S1, S2, S5. The flags' part in it: gfp_columns_test.c. */
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>

#include "pressure.h"

/* --- a cache whose writes are looked at --------------------------------------------------- */

static struct {
	struct address_space_operations aops;
	const struct address_space_operations *store; /* what does the work */
	unsigned int calls;
	unsigned int flags; /* the task's, in the first one */
	unsigned int pages, scanned, pfmemalloc;
	struct mutex *lock;
} watched;

static void allocate_inside(void)
{
	unsigned long before = events(PGSCAN_DIRECT);
	struct page *page = alloc_page(MM_TEST_GFP(GFP_KERNEL | GFP_DMA));

	if (!page)
		return;
	watched.pages++;
	watched.pfmemalloc += PagePfmemalloc(page);
	watched.scanned += events(PGSCAN_DIRECT) - before;
	__free_page(page);
}

static int watched_writepage(struct page *page, struct writeback_control *wbc)
{
	if (!watched.calls++)
		watched.flags = current->flags;
	if (watched.lock) {
		mutex_lock(watched.lock);
		mutex_unlock(watched.lock);
	} else {
		allocate_inside();
	}
	return watched.store->writepage(page, wbc);
}

static struct store *make_watched_cache(struct kunit *test, struct mutex *lock)
{
	struct store *cache = make_cache(test, 80);

	memset(&watched, 0, sizeof(watched));
	watched.lock = lock;
	watched.store = cache->mapping.a_ops;
	watched.aops = *watched.store;
	watched.aops.writepage = watched_writepage;
	cache->mapping.a_ops = &watched.aops;
	make_dirty(test, cache);
	return cache;
}

/* --- direct reclaim ------------------------------------------------------------------------- */

static void api_S5_frees_32(struct kunit *test)
{
	struct store *cache = make_cache(test, 200);
	unsigned long stolen;

	squeeze(GFP_KERNEL);
	stolen = events(PGSTEAL_DIRECT);
	KUNIT_EXPECT_NOT_NULL(test, mm_take(GFP_KERNEL, 0));
	KUNIT_EXPECT_EQ(test, events(PGSTEAL_DIRECT) - stolen, SWAP_CLUSTER_MAX);
	KUNIT_EXPECT_EQ(test, cache->mapping.nrpages, 200 - SWAP_CLUSTER_MAX);
	/* The next ones take what it left. */
	KUNIT_EXPECT_NOT_NULL(test, mm_take(GFP_KERNEL, 0));
	KUNIT_EXPECT_EQ(test, events(PGSTEAL_DIRECT) - stolen, SWAP_CLUSTER_MAX);
}

/* What it needs itself it gets below all marks, and never by reclaim within reclaim. */
static void api_S5_never_recurses(struct kunit *test)
{
	make_watched_cache(test, NULL);
	squeeze(GFP_KERNEL | GFP_DMA);
	KUNIT_EXPECT_NOT_NULL(test, mm_take(GFP_KERNEL | GFP_DMA, 0));
	KUNIT_EXPECT_GT(test, watched.calls, 0);
	KUNIT_EXPECT_TRUE(test, watched.flags & PF_MEMALLOC);
	KUNIT_EXPECT_FALSE(test, current->flags & PF_MEMALLOC);
	KUNIT_EXPECT_GT(test, watched.pages, 0);
	KUNIT_EXPECT_GT(test, watched.pfmemalloc, 0);
	KUNIT_EXPECT_EQ(test, watched.scanned, 0);
}

/* Of a task that was freeing memory already, the right ends with its own scope. */
static void api_S5_outer_scope_stays(struct kunit *test)
{
	unsigned int outer = memalloc_noreclaim_save();

	try_to_free_pages(ZONE_NORMAL, 0, GFP_KERNEL);
	KUNIT_EXPECT_TRUE(test, current->flags & PF_MEMALLOC);
	memalloc_noreclaim_restore(outer);
	try_to_free_pages(ZONE_NORMAL, 0, GFP_KERNEL);
	KUNIT_EXPECT_FALSE(test, current->flags & PF_MEMALLOC);
}

/* Pages of zones above do not help, and stay. */
static void api_S5_spares_the_zones_above(struct kunit *test)
{
	struct store *cache = make_store(test, 80);

	mapping_set_gfp_mask(&cache->mapping, GFP_KERNEL);
	store_read(test, cache, 0, 80);
	if (mm_zone(ZONE_NORMAL)->lruvec.nr[LRU_INACTIVE_FILE] < 80)
		kunit_skip(test, "no memory above ZONE_DMA for the cache");
	squeeze(GFP_KERNEL | GFP_DMA);
	KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(GFP_KERNEL | GFP_DMA), 0));
	KUNIT_EXPECT_EQ(test, cache->mapping.nrpages, 80);
}

static int take_kernel(void *page)
{
	WRITE_ONCE(*(struct page **)page, alloc_page(MM_TEST_GFP(GFP_KERNEL)));
	return 0;
}

/* It sleeps until what it has written arrives, at most a tenth of a second each time. */
static void api_S1_waits_for_the_disk(struct kunit *test)
{
	struct store *cache = make_cache(test, 80);
	struct page **page = zeroed(test, struct page *);
	struct task_struct *task = make_thread(test, take_kernel, page);

	store_let_go_first(test, cache);
	make_dirty(test, cache);
	cache->hold = true;
	squeeze(GFP_KERNEL);
	wake_up_process(task);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(cache->nr_held) && is_asleep(task)));
	KUNIT_EXPECT_NULL(test, READ_ONCE(*page));
	KUNIT_EXPECT_TRUE(test, eventually(({
				  store_end(cache, SWAP_CLUSTER_MAX);
				  READ_ONCE(task->__state) == TASK_DEAD;
			  })));
	finish_thread(test, task);
	store_let_go(cache);
	KUNIT_ASSERT_NOT_NULL(test, *page);
	__free_page(*page);
}

/* A scope is that of the reclaim, too. */
static void api_G1_no_io_in_a_noio_scope(struct kunit *test)
{
	struct store *cache = make_watched_cache(test, NULL);
	unsigned int noio;

	squeeze(GFP_KERNEL);
	noio = memalloc_noio_save();
	KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(GFP_KERNEL), 0));
	memalloc_noio_restore(noio);
	KUNIT_EXPECT_EQ(test, cache->writes, 0);
	KUNIT_EXPECT_NOT_NULL(test, mm_take(MM_TEST_GFP(GFP_KERNEL), 0));
	KUNIT_EXPECT_GT(test, cache->writes, 0);
}

/* --- order of actions ---------------------------------------------------------------------- */

/* Reclaim begins where min ends, not before: between low and min the cache is left alone. */
static void api_S1_no_reclaim_above_min(struct kunit *test)
{
	struct store *cache = make_cache(test, 80);
	unsigned long scanned = events(PGSCAN_DIRECT);
	struct zone *dma = mm_zone(ZONE_DMA);

	mm_near_limits(GFP_DMA);
	reset_kswapd();
	while (dma->nr_free_pages > min_wmark_pages(dma) + 16)
		KUNIT_ASSERT_NOT_NULL(test, mm_take(GFP_KERNEL | GFP_DMA, 4));
	KUNIT_EXPECT_LE(test, dma->nr_free_pages, low_wmark_pages(dma) + 16);
	KUNIT_EXPECT_EQ(test, events(PGSCAN_DIRECT), scanned);
	KUNIT_EXPECT_EQ(test, cache->mapping.nrpages, 80);
}

static void end_noreclaim(void *unused)
{
	memalloc_noreclaim_restore(0);
}

/* Who frees memory is refused where not even the reserves have any, however much he could free. */
static void api_S1_memalloc_fails_before_reclaim(struct kunit *test)
{
	struct store *cache = make_cache(test, 80);
	unsigned long scanned = events(PGSCAN_DIRECT);

	drain_all_pages(NULL);
	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, end_noreclaim, NULL), 0);
	memalloc_noreclaim_save();
	KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(GFP_KERNEL | GFP_DMA), 0));
	KUNIT_EXPECT_EQ(test, events(PGSCAN_DIRECT), scanned);
	KUNIT_EXPECT_EQ(test, cache->mapping.nrpages, 80);
}

/* Of large blocks compaction comes first; who wants one only if that is easy stops there. */
static void api_S1_noretry_of_a_large_block_does_not_reclaim(struct kunit *test)
{
	const gfp_t gfp = MM_TEST_GFP(GFP_KERNEL | GFP_DMA);
	struct store *cache = make_cache(test, 80);
	unsigned long scanned;

	squeeze(gfp);
	scanned = events(PGSCAN_DIRECT);
	KUNIT_EXPECT_NULL(test, mm_take(gfp | __GFP_NORETRY, PAGE_ALLOC_COSTLY_ORDER + 2));
	KUNIT_EXPECT_EQ(test, events(PGSCAN_DIRECT), scanned);
	KUNIT_EXPECT_EQ(test, cache->mapping.nrpages, 80);
	mm_take(gfp, PAGE_ALLOC_COSTLY_ORDER + 2);
	KUNIT_EXPECT_GT(test, events(PGSCAN_DIRECT), scanned);
}

/* As long as each round makes progress a request goes on, and gets everything there is. */
static void api_S1_retries_while_there_is_progress(struct kunit *test)
{
	struct store *cache = make_cache(test, 200);
	unsigned long got;

	squeeze(GFP_KERNEL);
	got = mm_fill(MM_TEST_GFP(GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, cache->mapping.nrpages, 0);
	/* Its index comes back too, some day. */
	KUNIT_EXPECT_GE(test, got, 200 - this_cpu_ptr(mm_zone(ZONE_DMA)->per_cpu_pageset)->batch);
}

/* --- how often ------------------------------------------------------------------------------ */

/* Once a round: says that it freed pages, which nobody sees, or that a page was written. */
static struct {
	struct shrinker shrinker;
	unsigned int freed, written; /* in so many rounds more */
	unsigned long rounds;
	struct task_struct *other; /* reclaims for itself in each round of somebody else's, */
	unsigned int asks;	   /* as often as this */
	bool asked;
} pretender;

/* Direct reclaims that there were. */
static unsigned long reclaims(void)
{
	unsigned long all = 0;
	int item;

	for (item = ALLOCSTALL_DMA; item <= ALLOCSTALL_HIGH; item++)
		all += events(item);
	return all;
}

static int reclaim_when_asked(void *unused)
{
	while (!kthread_should_stop()) {
		if (READ_ONCE(pretender.asked))
			try_to_free_pages(ZONE_NORMAL, 0, GFP_KERNEL);
		WRITE_ONCE(pretender.asked, false);
		schedule_timeout_idle(1);
	}
	return 0;
}

static void ask_the_other(void)
{
	WRITE_ONCE(pretender.asked, true);
	while (READ_ONCE(pretender.asked))
		schedule_timeout_uninterruptible(1);
}

static unsigned long pretend(struct shrinker *shrinker, struct shrink_control *sc)
{
	if (current == pretender.other) {
		current->reclaimed_slab += SWAP_CLUSTER_MAX;
		return SHRINK_EMPTY;
	}
	if (pretender.rounds == reclaims())
		return SHRINK_EMPTY;
	pretender.rounds = reclaims();
	if (pretender.asks) {
		pretender.asks--;
		ask_the_other();
		pretender.rounds = reclaims();
	}
	if (pretender.freed) {
		pretender.freed--;
		current->reclaimed_slab += SWAP_CLUSTER_MAX;
	}
	if (pretender.written) {
		pretender.written--;
		acct_reclaim_writeback(NULL);
	}
	return SHRINK_EMPTY;
}

static void make_pretender(struct kunit *test)
{
	memset(&pretender, 0, sizeof(pretender));
	register_listener(test, &pretender.shrinker, pretend);
}

static unsigned long rounds_until_refused(struct kunit *test, gfp_t gfp, unsigned int order)
{
	unsigned long before = reclaims();

	KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(gfp), order));
	return reclaims() - before;
}

/* There is no livelock: pages that come free, and are never to be had, are waited for 16 times. */
static void api_S1_progress_that_does_not_help_ends(struct kunit *test)
{
	make_pretender(test);
	squeeze(GFP_KERNEL);
	pretender.freed = 100;
	KUNIT_EXPECT_EQ(test, rounds_until_refused(test, GFP_KERNEL, 0), 1 + MAX_RECLAIM_RETRIES);
	pretender.freed = 100;
	KUNIT_EXPECT_EQ(test, rounds_until_refused(test, GFP_KERNEL | __GFP_NORETRY, 0), 1);
	pretender.freed = 100;
	KUNIT_EXPECT_EQ(test, rounds_until_refused(test, GFP_KERNEL, PAGE_ALLOC_COSTLY_ORDER + 1),
			1);
	pretender.freed = 100;
	KUNIT_EXPECT_EQ(test,
			rounds_until_refused(test, GFP_KERNEL | __GFP_RETRY_MAYFAIL,
					     PAGE_ALLOC_COSTLY_ORDER + 1),
			1 + MAX_RECLAIM_RETRIES);
}

/* Who may do little himself waits as long as he, or others, have success, and then for 16 rounds. */
static void api_S2_without_fs_it_is_tried_while_others_succeed(struct kunit *test)
{
	make_pretender(test);
	squeeze(GFP_KERNEL);
	pretender.freed = 30;
	KUNIT_EXPECT_EQ(test, rounds_until_refused(test, GFP_NOFS, 0),
			30 + 1 + MAX_RECLAIM_RETRIES);
	pretender.written = 30;
	KUNIT_EXPECT_EQ(test, rounds_until_refused(test, GFP_NOIO, 0),
			30 + 1 + MAX_RECLAIM_RETRIES);
	pretender.written = 30;
	KUNIT_EXPECT_EQ(test, rounds_until_refused(test, GFP_KERNEL, 0), 1);
}

/* What others free for themselves is theirs, were it in each round. */
static void api_S2_without_fs_others_reclaim_is_no_hope(struct kunit *test)
{
	make_pretender(test);
	pretender.other = start_thread(test, reclaim_when_asked, NULL);
	pretender.asks = 2 * (1 + MAX_RECLAIM_RETRIES);
	squeeze(GFP_KERNEL);
	/* Each round is followed by one of the other's. */
	KUNIT_EXPECT_EQ(test, rounds_until_refused(test, GFP_NOIO, 0),
			2 * (1 + MAX_RECLAIM_RETRIES));
}

/* --- the end --------------------------------------------------------------------------------- */

/* S2, row by row: gfp_columns_test.c. Here: large blocks, whoever asks. */
static void api_S2_no_victim_for_large_blocks(struct kunit *test)
{
	unsigned int order, killed;

	squeeze(GFP_KERNEL);
	for (order = 0; order <= 5; order++) {
		killed = nr_oom;
		KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(GFP_KERNEL), order));
		KUNIT_EXPECT_EQ_MSG(test, nr_oom - killed, order <= PAGE_ALLOC_COSTLY_ORDER,
				    "order %u", order);
	}
}

/* Memory that lies with the CPUs, or in HIGHATOMIC blocks, is no end. */
static void api_S2_lists_of_cpus_come_first(struct kunit *test)
{
	unsigned long killed = nr_oom;
	struct page *page;
	int i;

	squeeze(GFP_KERNEL);
	for (i = 0; i < 4; i++) {
		page = mm_unhold(list_first_entry(&mm_held, struct page, lru));
		page->private = 0;
		__free_page(page);
	}
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_NOT_NULL(test, mm_take(GFP_KERNEL | __GFP_MOVABLE, 0));
	KUNIT_EXPECT_EQ(test, nr_oom, killed);
}

/* The failure is told in full. */
static void api_S2_the_end_is_reported(struct kunit *test)
{
	squeeze(GFP_KERNEL);
	kunit_expect_report(test, "page allocation failure: order:0, mode:0xcc0(GFP_KERNEL)");
	KUNIT_EXPECT_NULL(test, mm_take(GFP_KERNEL, 0));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void api_S2_panic_on_oom(struct kunit *test)
{
	panic_on_oom = 1;
	squeeze(GFP_KERNEL);
	mm_take(MM_TEST_GFP(GFP_NOFS), 0);
	mm_take(MM_TEST_GFP(GFP_KERNEL | __GFP_NORETRY), 0);
	mm_take(MM_TEST_GFP(GFP_KERNEL), 0);
}

/* --- the lock checker ------------------------------------------------------------------------- */

#ifdef CONFIG_LOCKDEP

static struct lock_class_key key;
static struct mutex lock;

static void forget_lock(void *unused)
{
	lockdep_unregister_key(&key);
}

static void allocate_locked(gfp_t gfp)
{
	mutex_lock(&lock);
	kfree(kmalloc(64, gfp));
	__free_page(alloc_page(gfp));
	mutex_unlock(&lock);
}

/* Nobody hangs, and memory is plentiful: it is enough that reclaim has taken the lock once. */
static void expect_report_after_reclaim(struct kunit *test, bool by_kswapd)
{
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, forget_lock, NULL), 0);
	mutex_init(&lock);
	lockdep_set_class(&lock, &key);
	make_watched_cache(test, &lock);
	squeeze(GFP_KERNEL);
	if (by_kswapd)
		let_kswapd_go();
	mm_take(MM_TEST_GFP(by_kswapd ? GFP_NOWAIT : GFP_KERNEL), 0);
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(watched.calls) && is_asleep(kswapd.task)));
	reset_kswapd();
	mm_reset();

	allocate_locked(GFP_NOIO);
	allocate_locked(GFP_NOFS);
	allocate_locked(GFP_ATOMIC);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
	kunit_expect_report(test, "possible circular locking dependency detected: fs_reclaim at ");
	allocate_locked(GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void api_S5_allocation_under_a_lock_of_reclaim_is_reported(struct kunit *test)
{
	expect_report_after_reclaim(test, false);
}

static void api_S4_allocation_under_a_lock_of_kswapd_is_reported(struct kunit *test)
{
	expect_report_after_reclaim(test, true);
}

#endif

static struct kunit_case slowpath_cases[] = {
	KUNIT_CASE(api_S5_frees_32),
	KUNIT_CASE(api_S5_never_recurses),
	KUNIT_CASE(api_S5_outer_scope_stays),
	KUNIT_CASE(api_S5_spares_the_zones_above),
	KUNIT_CASE_SLOW(api_S1_waits_for_the_disk),
	KUNIT_CASE(api_G1_no_io_in_a_noio_scope),
	KUNIT_CASE(api_S1_no_reclaim_above_min),
	KUNIT_CASE(api_S1_memalloc_fails_before_reclaim),
	KUNIT_CASE(api_S1_noretry_of_a_large_block_does_not_reclaim),
	KUNIT_CASE_SLOW(api_S1_retries_while_there_is_progress),
	KUNIT_CASE(api_S1_progress_that_does_not_help_ends),
	KUNIT_CASE(api_S2_without_fs_it_is_tried_while_others_succeed),
	KUNIT_CASE_SLOW(api_S2_without_fs_others_reclaim_is_no_hope),
	KUNIT_CASE(api_S2_no_victim_for_large_blocks),
	KUNIT_CASE(api_S2_lists_of_cpus_come_first),
	KUNIT_CASE(api_S2_the_end_is_reported),
	KUNIT_CASE_OOPS(api_S2_panic_on_oom, "Out of memory: panic_on_oom is enabled"),
#ifdef CONFIG_LOCKDEP
	KUNIT_CASE_SLOW(api_S5_allocation_under_a_lock_of_reclaim_is_reported),
	KUNIT_CASE_SLOW(api_S4_allocation_under_a_lock_of_kswapd_is_reported),
#endif
	{},
};

static struct kunit_suite slowpath_suite = {
	.name = "slowpath",
	.init = pressure_init,
	.exit = pressure_exit,
	.test_cases = slowpath_cases,
};
kunit_test_suite(slowpath_suite);
