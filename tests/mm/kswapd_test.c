// SPDX-License-Identifier: MIT
/* kswapd: when it is woken, how far it goes, when it gives up; and the boost: API.md S4, W8, W11. */
#include <linux/kernel.h>

#include "pressure.h"

/* It waits, and has nothing to do. */
static bool kswapd_sleeps(void)
{
	return !READ_ONCE(kswapd.asked) && is_asleep(kswapd.task);
}

static unsigned long low_mark(const struct zone *zone)
{
	return low_wmark_pages(zone) + zone->lowmem_reserve[ZONE_NORMAL];
}

/* --- waking --------------------------------------------------------------------------- */

static bool a_zone_is_above_low(void)
{
	int i;

	for (i = 0; i <= ZONE_NORMAL; i++)
		if ((long)mm_zone(i)->nr_free_pages - 15 > (long)low_mark(mm_zone(i)))
			return true;
	return false;
}

/* As long as a zone serves the request above its low mark nobody is woken; then at once. */
static void api_W8_below_low_kswapd_is_woken(struct kunit *test)
{
	bool above;

	mm_near_limits(GFP_NOWAIT);
	reset_kswapd();
	do {
		above = a_zone_is_above_low();
		mm_take(MM_TEST_GFP(GFP_NOWAIT), 4);
		KUNIT_ASSERT_EQ(test, kswapd.asked, !above);
	} while (above);
	KUNIT_EXPECT_EQ(test, kswapd.order, 4);
	KUNIT_EXPECT_EQ(test, kswapd.highest, ZONE_NORMAL);
}

/* The largest order and the highest zone that anybody asked for. */
static void api_S4_orders_add_up(struct kunit *test)
{
	squeeze(GFP_NOWAIT);
	squeeze(GFP_NOWAIT | GFP_DMA);
	reset_kswapd();
	mm_take(MM_TEST_GFP(GFP_NOWAIT | GFP_DMA), 2);
	KUNIT_EXPECT_EQ(test, kswapd.highest, ZONE_DMA);
	KUNIT_EXPECT_EQ(test, kswapd.order, 2);
	mm_take(MM_TEST_GFP(GFP_NOWAIT), 1);
	KUNIT_EXPECT_EQ(test, kswapd.highest, ZONE_NORMAL);
	KUNIT_EXPECT_EQ(test, kswapd.order, 2);
	mm_take(MM_TEST_GFP(GFP_NOWAIT | GFP_DMA), 5);
	KUNIT_EXPECT_EQ(test, kswapd.highest, ZONE_NORMAL);
	KUNIT_EXPECT_EQ(test, kswapd.order, 5);
}

/* --- what it does ----------------------------------------------------------------------- */

static bool is_balanced(void)
{
	struct zone *zone;

	for_each_populated_zone(zone)
		if (zone_idx(zone) <= ZONE_NORMAL &&
		    zone->nr_free_pages >
			    high_wmark_pages(zone) + zone->lowmem_reserve[ZONE_NORMAL])
			return true;
	return false;
}

#define HIGHER (2 * SWAP_CLUSTER_MAX) /* more than what it frees at a time */

static void raise_high(long pages)
{
	int i;

	for (i = 0; i <= ZONE_NORMAL; i++)
		mm_zone(i)->_watermark[WMARK_HIGH] += pages;
}

static void lower_high(void *unused)
{
	raise_high(-(long)HIGHER);
}

/* More in the cache than lies between min and high, in DMA memory; and low is far below high. */
static struct store *make_large_cache(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, lower_high, NULL), 0);
	raise_high(HIGHER);
	return make_cache(test, high_wmark_pages(dma) + 160);
}

static void expect_kswapd_to_balance(struct kunit *test, struct store *cache)
{
	unsigned long direct, stolen;

	squeeze(GFP_NOWAIT);
	direct = events(PGSCAN_DIRECT);
	stolen = events(PGSTEAL_KSWAPD);
	let_kswapd_go();
	KUNIT_EXPECT_FALSE(test, is_balanced());
	mm_take(MM_TEST_GFP(GFP_NOWAIT), 0);
	KUNIT_EXPECT_TRUE(test, eventually(kswapd_sleeps()));
	KUNIT_EXPECT_TRUE(test, is_balanced());
	KUNIT_EXPECT_EQ(test, events(PGSCAN_DIRECT), direct);
	KUNIT_EXPECT_GT(test, events(PGSTEAL_KSWAPD), stolen);
	KUNIT_EXPECT_EQ(test, kswapd.failures, 0);
	/* And no further: what is left of the cache is not its business. */
	KUNIT_EXPECT_GT(test, cache->mapping.nrpages, 0);
}

static void api_S4_reclaims_until_high(struct kunit *test)
{
	struct store *cache = make_large_cache(test);

	expect_kswapd_to_balance(test, cache);
	KUNIT_EXPECT_EQ(test, cache->writes, 0);
	/* It sleeps: what is asked of it below low only makes it look. */
	KUNIT_EXPECT_NOT_NULL(test, mm_take(MM_TEST_GFP(GFP_NOWAIT), 0));
}

/* It may write, whoever woke it: after a GFP_NOWAIT request too. */
static void api_S4_writes_dirty_pages(struct kunit *test)
{
	struct store *cache = make_large_cache(test);

	make_dirty(test, cache);
	expect_kswapd_to_balance(test, cache);
	KUNIT_EXPECT_GT(test, cache->for_reclaim, 0);
}

/* --- how long it goes on ------------------------------------------------------------------- */

/* A shrinker that says of its first calls that a page came free, which nobody sees. */
static struct {
	struct shrinker shrinker;
	unsigned int calls, freed;
} pretender;

static unsigned long pretend(struct shrinker *shrinker, struct shrink_control *sc)
{
	if (!current_is_kswapd())
		return SHRINK_EMPTY;
	current->reclaimed_slab += pretender.calls++ < pretender.freed;
	return SHRINK_EMPTY;
}

/* It begins again as long as a walk freed something; then it waits to be asked. */
static void api_S4_goes_on_while_it_frees(struct kunit *test)
{
	memset(&pretender, 0, sizeof(pretender));
	pretender.freed = 2 * DEF_PRIORITY + 1; /* two walks and the beginning of a third */
	register_listener(test, &pretender.shrinker, pretend);
	squeeze(GFP_NOWAIT);
	let_kswapd_go();
	mm_take(MM_TEST_GFP(GFP_NOWAIT), 0);
	KUNIT_EXPECT_TRUE(test, eventually(kswapd_sleeps()));
	/* More, if somebody else has asked it, too. */
	KUNIT_EXPECT_GE(test, pretender.calls, 4 * DEF_PRIORITY);
	KUNIT_EXPECT_GE(test, kswapd.failures, 1);
}

/* For a block it frees twice as many pages. That they lie together is not for reclaim to see to. */
static void api_S4_does_not_free_all_for_a_block(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);
	/* What is in its CPU's lists is not counted as free. */
	unsigned long enough = high_wmark_pages(dma) + this_cpu_ptr(dma->per_cpu_pageset)->high;
	/* And in a walk's last steps it looks at much at a time. */
	struct store *cache = make_cache(test, 4 * enough + 64);
	struct page **pinned = pin_pages(test, cache), **page;
	unsigned int pins = 0;

	/* No two neighbours come free. */
	for (page = pinned; *page; page++) {
		if (page_to_pfn(*page) % 2)
			pinned[pins++] = *page;
		else
			put_page(*page);
	}
	pinned[pins] = NULL;
	drain_all_pages(NULL);
	mm_hide_down_to(dma, 0);
	let_kswapd_go();
	mm_take(MM_TEST_GFP(GFP_NOWAIT | GFP_DMA), 1);
	KUNIT_EXPECT_TRUE(test, eventually(kswapd_sleeps()));
	KUNIT_EXPECT_GT(test, dma->nr_free_pages, high_wmark_pages(dma));
	KUNIT_EXPECT_GT(test, cache->mapping.nrpages, pins);
}

/* A disk that takes its time: kswapd waits for it, and so does a request that may not write. */
static int take_noio(void *page)
{
	WRITE_ONCE(*(struct page **)page, alloc_page(MM_TEST_GFP(GFP_NOIO)));
	return 0;
}

static void api_F4_noio_succeeds_by_what_kswapd_writes(struct kunit *test)
{
	struct store *cache = make_cache(test, 80);
	struct page **page = zeroed(test, struct page *);
	struct task_struct *task = make_thread(test, take_noio, page);

	make_dirty(test, cache);
	cache->hold = true;
	squeeze(GFP_NOIO);
	let_kswapd_go();
	wake_up_process(task);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(cache->nr_held)));
	KUNIT_EXPECT_NULL(test, READ_ONCE(*page));
	/* The first that end make pages free, and that is enough. */
	KUNIT_EXPECT_TRUE(test, eventually(({
				  store_end(cache, 1);
				  READ_ONCE(task->__state) == TASK_DEAD;
			  })));
	finish_thread(test, task);
	store_let_go(cache);
	KUNIT_ASSERT_NOT_NULL(test, *page);
	__free_page(*page);
}

/* --- a hopeless case -------------------------------------------------------------------- */

static void ask_in_vain(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(GFP_NOWAIT), 0));
	KUNIT_EXPECT_TRUE(test, eventually(kswapd_sleeps()));
}

static void api_S4_gives_up_after_16_failures(struct kunit *test)
{
	struct store *cache = make_cache(test, 80);
	struct page **pinned = pin_pages(test, cache);
	unsigned long switches;
	unsigned int i;

	squeeze(GFP_KERNEL);
	let_kswapd_go();
	for (i = 1; i <= MAX_RECLAIM_RETRIES; i++) {
		ask_in_vain(test);
		KUNIT_ASSERT_EQ(test, kswapd.failures, i);
	}
	switches = kswapd.task->nvcsw;
	ask_in_vain(test);
	KUNIT_EXPECT_EQ(test, kswapd.task->nvcsw, switches);
	/* Whoever has success gives it new hope. */
	unpin_pages(pinned);
	KUNIT_EXPECT_NOT_NULL(test, mm_take(MM_TEST_GFP(GFP_KERNEL), 0));
	KUNIT_EXPECT_EQ(test, kswapd.failures, 0);
	mm_fill(MM_TEST_GFP(GFP_NOWAIT), 0);
	KUNIT_EXPECT_TRUE(test, eventually(kswapd.task->nvcsw != switches));
}

/* --- the boost --------------------------------------------------------------------------- */

/* A zone as large as the boost needs, with one free block. */
static void make_boostable(struct kunit *test, unsigned int block_order)
{
	watermark_boost_factor = 15000;
	toy_create(test, MAX_PAGE_ORDER);
	toy.zone.managed_pages = 4 * pageblock_nr_pages;
	toy.zone._watermark[WMARK_HIGH] = 1000;
	toy_set_type(0, MIGRATE_MOVABLE);
	toy_free(0, block_order);
}

static struct page *fall_back(void)
{
	unsigned long flags;
	struct page *page;

	spin_lock_irqsave(&toy.zone.lock, flags);
	page = rmqueue_fallback(&toy.zone, 0, MIGRATE_UNMOVABLE);
	spin_unlock_irqrestore(&toy.zone.lock, flags);
	return page;
}

static void api_W11_a_fallback_boosts(struct kunit *test)
{
	make_boostable(test, 4);
	KUNIT_EXPECT_NOT_NULL(test, fall_back());
	KUNIT_EXPECT_EQ(test, toy.zone.watermark_boost, pageblock_nr_pages);
	KUNIT_EXPECT_EQ(test, high_wmark_pages(&toy.zone), 1000 + pageblock_nr_pages);
	KUNIT_EXPECT_EQ(test, low_wmark_pages(&toy.zone), pageblock_nr_pages);
}

/* 150 % of high */
static void api_W11_at_most(struct kunit *test)
{
	unsigned int i;

	make_boostable(test, 4);
	for (i = 0; i < 5; i++) {
		toy_set_type(0, MIGRATE_MOVABLE);
		toy_free(32 + 32 * i, 0);
		toy.zone.watermark_boost = i * pageblock_nr_pages;
		KUNIT_ASSERT_NOT_NULL(test, fall_back());
		KUNIT_EXPECT_EQ(test, toy.zone.watermark_boost,
				min((i + 1) * pageblock_nr_pages, 1500UL));
	}
}

static void api_W11_not_where_it_would_be_too_much(struct kunit *test)
{
	make_boostable(test, 4);
	toy.zone.managed_pages--;
	KUNIT_EXPECT_NOT_NULL(test, fall_back());
	KUNIT_EXPECT_EQ(test, toy.zone.watermark_boost, 0);
}

/* It takes the whole of it: nothing is broken into. */
static void api_W11_not_for_a_whole_pageblock(struct kunit *test)
{
	make_boostable(test, pageblock_order);
	KUNIT_EXPECT_NOT_NULL(test, fall_back());
	KUNIT_EXPECT_EQ(test, toy.zone.watermark_boost, 0);
}

static void boost(struct zone *zone, unsigned long pages)
{
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	zone->watermark_boost = pages;
	set_fast_path_floor(zone);
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* All marks are higher, but for a page that cannot wait and has a right to the reserve. */
static void api_W11_marks_are_higher(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);

	squeeze(GFP_NOWAIT | GFP_DMA);
	mm_give(list_first_entry(&mm_held, struct page, lru));
	drain_all_pages(NULL);
	boost(dma, 4 * min_wmark_pages(dma));
	KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(GFP_NOWAIT | GFP_DMA), 0));
	KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(GFP_ATOMIC | GFP_DMA), 1));
	KUNIT_EXPECT_NOT_NULL(test, mm_take(MM_TEST_GFP(GFP_ATOMIC | GFP_DMA), 0));
	boost(dma, 0);
	KUNIT_EXPECT_NOT_NULL(test, mm_take(MM_TEST_GFP(GFP_ATOMIC | GFP_DMA), 1));
}

/* Who gets a page of such a zone wakes it, however much is free. */
static void api_W11_wakes_kswapd(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);

	boost(dma, 1);
	reset_kswapd();
	KUNIT_EXPECT_NOT_NULL(test, mm_take(GFP_DMA, 2));
	KUNIT_EXPECT_FALSE(test, kswapd.asked);
	KUNIT_EXPECT_NOT_NULL(test, mm_take(GFP_NOWAIT | GFP_DMA, 4));
	KUNIT_EXPECT_TRUE(test, kswapd.asked);
	KUNIT_EXPECT_EQ(test, kswapd.highest, ZONE_DMA);
	boost(dma, 0);
}

/* Woken although the marks are kept, it frees as much as is to be had easily, and ends the boost. */
static void api_W11_kswapd_ends_it(struct kunit *test)
{
	struct store *cache = make_cache(test, 80);
	struct zone *dma = mm_zone(ZONE_DMA);

	make_dirty(test, cache);
	store_read(test, cache, 0, 40);
	let_kswapd_go();
	mm_hide_down_to(dma, high_wmark_pages(dma) + 64);
	boost(dma, 4 * pageblock_nr_pages);
	mm_take(MM_TEST_GFP(GFP_NOWAIT | GFP_DMA), 0);
	KUNIT_EXPECT_TRUE(test, eventually(kswapd_sleeps() && !dma->watermark_boost));
	KUNIT_EXPECT_EQ(test, cache->writes, 0);
}

/* A hopeless kswapd does not leave it standing: who is about to be refused ends it. */
static void api_W11_nobody_fails_by_it_who_may_reclaim(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);

	squeeze(GFP_KERNEL | GFP_DMA);
	mm_give(list_first_entry(&mm_held, struct page, lru));
	mm_give(list_first_entry(&mm_held, struct page, lru));
	drain_all_pages(NULL);
	boost(dma, 100);
	KUNIT_EXPECT_NOT_NULL(test, mm_take(MM_TEST_GFP(GFP_KERNEL | GFP_DMA), 0));
	KUNIT_EXPECT_EQ(test, dma->watermark_boost, 0);
}

static void kswapd_exit(struct kunit *test)
{
	reset_kswapd();
	pressure_exit(test);
}

static struct kunit_case kswapd_cases[] = {
	KUNIT_CASE(api_W8_below_low_kswapd_is_woken),
	KUNIT_CASE(api_S4_orders_add_up),
	KUNIT_CASE_SLOW(api_S4_reclaims_until_high),
	KUNIT_CASE_SLOW(api_S4_writes_dirty_pages),
	KUNIT_CASE_SLOW(api_S4_goes_on_while_it_frees),
	KUNIT_CASE_SLOW(api_S4_does_not_free_all_for_a_block),
	KUNIT_CASE_SLOW(api_F4_noio_succeeds_by_what_kswapd_writes),
	KUNIT_CASE_SLOW(api_S4_gives_up_after_16_failures),
	KUNIT_CASE(api_W11_a_fallback_boosts),
	KUNIT_CASE(api_W11_at_most),
	KUNIT_CASE(api_W11_not_where_it_would_be_too_much),
	KUNIT_CASE(api_W11_not_for_a_whole_pageblock),
	KUNIT_CASE(api_W11_marks_are_higher),
	KUNIT_CASE(api_W11_wakes_kswapd),
	KUNIT_CASE_SLOW(api_W11_kswapd_ends_it),
	KUNIT_CASE(api_W11_nobody_fails_by_it_who_may_reclaim),
	{},
};

static struct kunit_suite kswapd_suite = {
	.name = "kswapd",
	.init = pressure_init,
	.exit = kswapd_exit,
	.test_cases = kswapd_cases,
};
kunit_test_suite(kswapd_suite);
