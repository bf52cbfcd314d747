// SPDX-License-Identifier: MIT
/*
 * Compaction: large blocks out of memory that is mostly free, but in single pages. API.md S1, B8.
 * Zone DMA is small, and requests for it go nowhere else.
 */
#include <linux/compaction.h>
#include <linux/swap.h>

#include "monitor_run.h"
#include "movable.h"
#include "pressure.h"

#define MOVABLE_DMA (GFP_DMA | __GFP_MOVABLE)
#define BLOCK_DMA   (GFP_KERNEL | GFP_DMA | __GFP_NOWARN)
#define MIN_FREE    1200 /* what an order-9 block needs in the zone, and some more */

static struct zone *dma(void)
{
	return mm_zone(ZONE_DMA);
}

static int compaction_test_init(struct kunit *test)
{
	struct zone *zone;

	for_each_zone(zone)
		zone->compact_considered = zone->compact_defer_shift = zone->compact_order_failed =
			0;
	return slab_test_init(test);
}

/* All of the zone in single movable pages, which the case holds. */
static unsigned long fill_dma(struct kunit *test)
{
	unsigned long nr;

	if (page_group_by_mobility_disabled || !managed_zone(mm_zone(ZONE_NORMAL)))
		kunit_skip(test, "zone DMA is too small");
	drain_all_pages(NULL);
	nr = mm_fill(MM_TEST_GFP(MOVABLE_DMA) | __GFP_NOMEMALLOC, 0);
	if (nr < 2 * MIN_FREE)
		kunit_skip(test, "too little of zone DMA is free");
	return nr;
}

static bool has_block(unsigned int order)
{
	drain_all_pages(NULL);
	while (order < NR_PAGE_ORDERS && !dma()->free_area[order].nr_free)
		order++;
	return order < NR_PAGE_ORDERS;
}

/* Each even page of the zone is free, the odd ones are the driver's. */
static void fragment(struct kunit *test)
{
	unsigned long i = 0;
	struct page *page, *next;

	movable_create(test, zone_managed_pages(dma()));
	fill_dma(test);
	list_for_each_entry_safe(page, next, &mm_held, lru) {
		if (page_to_pfn(page) % 2)
			movable_add(i++, mm_unhold(page));
		else
			mm_give(page);
	}
	drain_all_pages(NULL);
	KUNIT_ASSERT_GT(test, dma()->nr_free_pages, MIN_FREE);
	KUNIT_ASSERT_FALSE(test, has_block(9));
}

/* --- the parts ------------------------------------------------------------------------------ */

static void failures_defer_it_ever_longer(struct kunit *test)
{
	struct zone *zone = kunit_kzalloc(test, sizeof(*zone), GFP_KERNEL);
	unsigned int shift, skipped;

	KUNIT_ASSERT_NOT_NULL(test, zone);
	KUNIT_EXPECT_FALSE(test, compaction_deferred(zone, 9));
	compaction_defer_reset(zone, 9, true);
	for (shift = 1; shift <= 8; shift++) {
		defer_compaction(zone, 5);
		KUNIT_EXPECT_FALSE(test, compaction_deferred(zone, 4));
		for (skipped = 0; compaction_deferred(zone, 7); skipped++)
			;
		KUNIT_EXPECT_EQ(test, skipped, (1U << min(shift, 6U)) - 1);
	}
	compaction_defer_reset(zone, 5, false);
	KUNIT_EXPECT_FALSE(test, compaction_deferred(zone, 5));
	KUNIT_EXPECT_EQ(test, zone->compact_defer_shift, 6);
	compaction_defer_reset(zone, 5, true);
	KUNIT_EXPECT_EQ(test, zone->compact_defer_shift, 0);
}

static void it_is_suitable_where_enough_is_free(struct kunit *test)
{
	struct zone *zone = dma();
	unsigned long enough = low_wmark_pages(zone) + compact_gap(8);

	if (!has_block(9))
		kunit_skip(test, "zone DMA is too small");
	KUNIT_EXPECT_EQ(test, compaction_suitable(zone, 8, ALLOC_WMARK_MIN, ZONE_DMA),
			COMPACT_SUCCESS);
	fill_dma(test);
	if (has_block(8))
		kunit_skip(test, "the reserve is in large blocks");
	KUNIT_EXPECT_EQ(test, compaction_suitable(zone, 8, ALLOC_WMARK_MIN, ZONE_DMA),
			COMPACT_SKIPPED);
	while (zone->nr_free_pages <= enough) {
		struct page *page, *next;

		KUNIT_ASSERT_EQ(test, compaction_suitable(zone, 8, ALLOC_WMARK_MIN, ZONE_DMA),
				COMPACT_SKIPPED);
		list_for_each_entry_safe(page, next, &mm_held, lru) {
			if (page_to_pfn(page) % 2)
				continue;
			mm_give(page);
			break;
		}
		drain_local_pages(zone);
	}
	KUNIT_EXPECT_EQ(test, compaction_suitable(zone, 8, ALLOC_WMARK_MIN, ZONE_DMA),
			COMPACT_CONTINUE);
}

/* --- a request ---------------------------------------------------------------------------------- */

static void api_S1_order_9_out_of_a_drivers_single_pages(struct kunit *test)
{
	unsigned long moved = events(PGMIGRATE_SUCCESS), success = events(COMPACTSUCCESS);
	unsigned long stalls = events(COMPACTSTALL), isolated = events(COMPACTISOLATED);
	struct page *page;

	fragment(test);
	KUNIT_EXPECT_NULL(test, mm_take(GFP_DMA | __GFP_NOWARN, 9));
	KUNIT_EXPECT_EQ(test, events(COMPACTSTALL), stalls);
	KUNIT_EXPECT_EQ(test, movable.isolated, 0);
	page = mm_take(BLOCK_DMA, 9);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, page_zonenum(page), ZONE_DMA);
	KUNIT_EXPECT_GE(test, movable.migrated, 256);
	KUNIT_EXPECT_EQ(test, events(PGMIGRATE_SUCCESS) - moved, movable.migrated);
	/* Those to move, and those to move to. */
	KUNIT_EXPECT_GE(test, events(COMPACTISOLATED) - isolated,
			movable.isolated + movable.migrated);
	KUNIT_EXPECT_EQ(test, events(COMPACTSUCCESS), success + 1);
	KUNIT_EXPECT_TRUE(test, movable_is_whole());
}

/* Each even page of the zone is free, the odd ones are the cache's, half of them dirty. */
static unsigned long fragment_by_cache(struct kunit *test, struct store *store)
{
	unsigned long i = 0;
	struct page *page, *next;

	mapping_set_gfp_mask(&store->mapping, MM_TEST_GFP(MOVABLE_DMA));
	fill_dma(test);
	list_for_each_entry_safe(page, next, &mm_held, lru) {
		if (page_to_pfn(page) % 2 == 0 || i == store->pages)
			continue;
		mm_unhold(page);
		page->private = 0;
		KUNIT_ASSERT_EQ(test, add_to_page_cache_lru(page, &store->mapping, i, GFP_KERNEL),
				0);
		store->mapping.a_ops->readpage(NULL, page);
		put_page(page);
		if (i % 2)
			store_dirty(test, store, i, 9000 + i);
		i++;
	}
	mm_give_all();
	KUNIT_ASSERT_FALSE(test, has_block(9));
	return i;
}

/* Not by giving up the cache: it is all still there, and what was dirty is. */
static void api_S1_order_9_out_of_the_page_cache(struct kunit *test)
{
	struct store *store = make_store(test, zone_managed_pages(dma()) / 2);
	unsigned long nr = fragment_by_cache(test, store), i, stolen = events(PGSTEAL_DIRECT);
	struct page *page;

	page = mm_take(BLOCK_DMA | __GFP_MOVABLE | __GFP_NORETRY, 9);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, events(PGSTEAL_DIRECT), stolen);
	KUNIT_EXPECT_EQ(test, store->mapping.nrpages, nr);
	KUNIT_EXPECT_EQ(test, store->writes, 0);
	KUNIT_EXPECT_EQ(test, filemap_write_and_wait(&store->mapping), 0);
	for (i = 0; i < nr; i++) {
		u32 word = i % 2 ? 9000 + i : 1000 + i;

		KUNIT_EXPECT_EQ(test, page_word(xa_load(&store->mapping.i_pages, i)), word);
		KUNIT_EXPECT_EQ(test, store->data[i], word);
	}
}

static void api_S1_noio_does_not_compact(struct kunit *test)
{
	unsigned long stalls = events(COMPACTSTALL);

	fragment(test);
	KUNIT_EXPECT_NULL(test, mm_take(GFP_NOIO | GFP_DMA | __GFP_NOWARN, 9));
	KUNIT_EXPECT_EQ(test, events(COMPACTSTALL), stalls);
	KUNIT_EXPECT_EQ(test, movable.migrated, 0);
}

/* Who asks may have a page of the cache locked; a driver's he has not. */
static void api_S1_nofs_leaves_the_cache_alone(struct kunit *test)
{
	struct store *store = make_store(test, zone_managed_pages(dma()) / 2);
	unsigned long moved = events(PGMIGRATE_SUCCESS), stalls = events(COMPACTSTALL);
	gfp_t gfp = GFP_NOFS | GFP_DMA | __GFP_MOVABLE | __GFP_NORETRY | __GFP_NOWARN;

	fragment_by_cache(test, store);
	KUNIT_EXPECT_NULL(test, mm_take(gfp, 9));
	KUNIT_EXPECT_GT(test, events(COMPACTSTALL), stalls);
	KUNIT_EXPECT_EQ(test, events(PGMIGRATE_SUCCESS), moved);
	KUNIT_EXPECT_NOT_NULL(test, mm_take(gfp | __GFP_FS, 9));
}

static void api_S1_nofs_moves_drivers_pages(struct kunit *test)
{
	fragment(test);
	KUNIT_EXPECT_NOT_NULL(test, mm_take(GFP_NOFS | GFP_DMA | __GFP_NOWARN, 9));
	KUNIT_EXPECT_TRUE(test, movable_is_whole());
}

/* One page that stays in each pageblock: all is looked at, in vain, and next time it is left out. */
static void what_stays_spoils_its_pageblock(struct kunit *test)
{
	unsigned long scanned;
	unsigned int i;

	fragment(test);
	movable.stays = true;
	KUNIT_EXPECT_NULL(test, mm_take(BLOCK_DMA, 9));
	KUNIT_EXPECT_EQ(test, dma()->compact_defer_shift, 1);
	KUNIT_EXPECT_EQ(test, try_to_compact_pages(BLOCK_DMA, 9, 0, ZONE_DMA, MIN_COMPACT_PRIORITY),
			COMPACT_COMPLETE);
	scanned = events(COMPACTMIGRATE_SCANNED);
	KUNIT_EXPECT_EQ(test, try_to_compact_pages(BLOCK_DMA, 9, 0, ZONE_DMA, DEF_COMPACT_PRIORITY),
			COMPACT_DEFERRED);
	KUNIT_EXPECT_EQ(test, events(COMPACTMIGRATE_SCANNED), scanned);
	movable.stays = false;
	for (i = 0; i < 8 && !mm_take(BLOCK_DMA, 9); i++)
		;
	KUNIT_EXPECT_LT(test, i, 8);
	KUNIT_EXPECT_EQ(test, dma()->compact_defer_shift, 0);
	KUNIT_EXPECT_TRUE(test, movable_is_whole());
}

static bool *skip_of(unsigned long pfn)
{
	struct mem_section *section = __page_to_section(pfn_to_page(pfn));

	return &section->pageblock_skip[pfn / pageblock_nr_pages % __PAGEBLOCKS_PER_SECTION];
}

/* What was in vain lately is looked at again when the scanners have met. */
static void pageblocks_are_skipped_once(struct kunit *test)
{
	unsigned long pfn;

	fragment(test);
	for (pfn = 0; pfn < zone_end_pfn(dma()); pfn += pageblock_nr_pages)
		*skip_of(pfn) = true;
	KUNIT_EXPECT_EQ(test, try_to_compact_pages(BLOCK_DMA, 9, 0, ZONE_DMA, DEF_COMPACT_PRIORITY),
			COMPACT_COMPLETE);
	KUNIT_EXPECT_EQ(test, movable.isolated, 0);
	for (pfn = 0; pfn < zone_end_pfn(dma()); pfn += pageblock_nr_pages)
		KUNIT_EXPECT_FALSE(test, *skip_of(pfn));
	dma()->compact_defer_shift = 0;
	KUNIT_EXPECT_EQ(test, try_to_compact_pages(BLOCK_DMA, 9, 0, ZONE_DMA, DEF_COMPACT_PRIORITY),
			COMPACT_SUCCESS);
	KUNIT_EXPECT_GT(test, movable.isolated, 0);
}

static unsigned long driver_pages_in(enum migratetype type)
{
	unsigned long i, nr = 0;

	for (i = 0; i < movable.nr; i++)
		nr += movable.pages[i] && get_pageblock_migratetype(movable.pages[i]) == type;
	return nr;
}

/*
 * In a hurry it looks at pageblocks of the request's type alone. The last pages to be had in the
 * zone were the driver's too, wherever: some lie where unmovable pages belong.
 */
static void in_a_hurry_only_pageblocks_of_its_own(struct kunit *test)
{
	unsigned long foreign;

	fragment(test);
	foreign = driver_pages_in(MIGRATE_UNMOVABLE);
	KUNIT_ASSERT_GT(test, driver_pages_in(MIGRATE_MOVABLE), 2 * foreign + SWAP_CLUSTER_MAX);
	try_to_compact_pages(BLOCK_DMA, 9, 0, ZONE_DMA, COMPACT_PRIO_ASYNC);
	KUNIT_EXPECT_LE(test, movable.isolated, foreign);
	try_to_compact_pages(BLOCK_DMA | __GFP_MOVABLE, 9, 0, ZONE_DMA, COMPACT_PRIO_ASYNC);
	KUNIT_EXPECT_GT(test, movable.isolated, foreign);
}

/* --- kswapd, the monitor -------------------------------------------------------------------------- */

static void api_W8_kswapd_compacts_for_who_cannot_wait(struct kunit *test)
{
	fragment(test);
	reset_kswapd();
	KUNIT_EXPECT_NULL(test, mm_take(GFP_NOWAIT | GFP_DMA | __GFP_NOWARN, 9));
	KUNIT_EXPECT_EQ(test, kswapd.order, 9);
	kthread_unpark(kswapd.task);
	KUNIT_EXPECT_TRUE(test, eventually(!READ_ONCE(kswapd.asked) && is_asleep(kswapd.task)));
	KUNIT_EXPECT_NOT_NULL(test, mm_take(GFP_NOWAIT | GFP_DMA | __GFP_NOWARN, 9));
	KUNIT_EXPECT_TRUE(test, movable_is_whole());
}

static void the_monitors_compact_goes_as_far_as_it_can(struct kunit *test)
{
	unsigned long freed;

	fragment(test);
	freed = events(PGFREE);
	KUNIT_EXPECT_EQ(test, run(test, "compact"), 0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "DMA: "));
	KUNIT_EXPECT_NOT_NULL(test,
			      strstr(capture.text, "pages moved; the largest free block was of "));
	KUNIT_EXPECT_TRUE(test, has_block(9));
	KUNIT_EXPECT_GE(test, events(PGFREE) - freed, movable.migrated);
	/* Where the scanners have met one pageblock stays as it was. */
	KUNIT_EXPECT_LE(test, dma()->free_area[0].nr_free, pageblock_nr_pages / 2 + 16);
	KUNIT_EXPECT_TRUE(test, movable_is_whole());
}

/* --- pageblocks ------------------------------------------------------------------------------------ */

/*
 * Requests of both kinds, mixed: what cannot move is in few pageblocks. Then no movable page
 * is moved among it.
 */
static void api_B8_unmovable_pages_stay_together(struct kunit *test)
{
	unsigned long movables = 0, unmovable = 0, i, pfn, spoilt = 0;
	struct page *page;

	movable_create(test, 1024);
	mm_hide_small(dma(), pageblock_order);
	if (zone_managed_pages(dma()) < 3 * MIN_FREE / 2 || page_group_by_mobility_disabled ||
	    dma()->nr_free_pages < 3 * pageblock_nr_pages)
		kunit_skip(test, "zone DMA is too small");
	for (i = 0; i < 500; i++) {
		if (i % 4 == 0 && mm_take(GFP_DMA, 0))
			unmovable++;
		else if (i % 4 && (page = alloc_page(MOVABLE_DMA)))
			movable_add(movables++, page);
	}
	KUNIT_EXPECT_EQ(test, unmovable, 125UL);
	compact_whole_zone(dma());
	for (pfn = 0; pfn < zone_end_pfn(dma()); pfn += pageblock_nr_pages) {
		unsigned int stay = 0;

		list_for_each_entry(page, &mm_held, lru)
			stay += page_to_pfn(page) - pfn < pageblock_nr_pages;
		spoilt += !!stay;
		for (i = 0; stay && i < movables; i++)
			KUNIT_ASSERT_GE(test, page_to_pfn(movable.pages[i]) - pfn,
					pageblock_nr_pages);
	}
	KUNIT_EXPECT_LE(test, spoilt, 2UL);
	KUNIT_EXPECT_TRUE(test, movable_is_whole());
}

#define STAY_FIRST 3072UL /* the pageblock at 12 MiB: half of its pages cannot be moved; */
#define FREE_FIRST 2560UL /* and the one below is free */

static bool is_in(const struct page *page, unsigned long first)
{
	return page_to_pfn(page) - first < pageblock_nr_pages;
}

/* Of what is free, none is taken among what stays, nor from what is what others want. */
static void api_B8_movable_pages_go_to_their_own_pageblocks(struct kunit *test)
{
	struct page *page, *next;
	unsigned long i, nr = 0;

	movable_create(test, zone_managed_pages(dma()));
	fill_dma(test);
	mm_fill(MOVABLE_DMA | __GFP_MEMALLOC | __GFP_NOWARN, 0);
	list_for_each_entry(page, &mm_held, lru)
		nr += is_in(page, STAY_FIRST) || is_in(page, FREE_FIRST);
	if (nr != 2 * pageblock_nr_pages)
		kunit_skip(test, "somebody has a page there");
	set_pageblock_migratetype(pfn_to_page(STAY_FIRST), MIGRATE_UNMOVABLE);
	nr = 0;
	list_for_each_entry_safe(page, next, &mm_held, lru) {
		if (is_in(page, FREE_FIRST) || page_to_pfn(page) % 2 == 0)
			mm_give(page);
		else if (!is_in(page, STAY_FIRST))
			movable_add(nr++, mm_unhold(page));
	}
	drain_all_pages(NULL);
	compact_whole_zone(dma());
	KUNIT_EXPECT_GT(test, movable.migrated, 0);
	for (i = 0; i < nr; i++) {
		KUNIT_ASSERT_FALSE(test, is_in(movable.pages[i], STAY_FIRST));
		KUNIT_ASSERT_FALSE(test, is_in(movable.pages[i], FREE_FIRST));
	}
	KUNIT_EXPECT_TRUE(test, movable_is_whole());
}

static void the_checker_looks_at_the_deferral(struct kunit *test)
{
	mm_problems_forget();
	KUNIT_EXPECT_EQ(test, compaction_check(), 0);
	dma()->compact_defer_shift = 7;
	KUNIT_EXPECT_EQ(test, compaction_check(), 1);
	dma()->compact_defer_shift = 0;
	dma()->compact_considered = 65;
	KUNIT_EXPECT_EQ(test, compaction_check(), 1);
	dma()->compact_considered = 0;
	KUNIT_EXPECT_STREQ(test, mm_broken_invariants(), "I-compaction-1");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(failures_defer_it_ever_longer),
	KUNIT_CASE(the_checker_looks_at_the_deferral),
	KUNIT_CASE_SLOW(it_is_suitable_where_enough_is_free),
	KUNIT_CASE_SLOW(api_S1_order_9_out_of_a_drivers_single_pages),
	KUNIT_CASE_SLOW(api_S1_order_9_out_of_the_page_cache),
	KUNIT_CASE_SLOW(api_S1_noio_does_not_compact),
	KUNIT_CASE_SLOW(api_S1_nofs_leaves_the_cache_alone),
	KUNIT_CASE_SLOW(api_S1_nofs_moves_drivers_pages),
	KUNIT_CASE_SLOW(what_stays_spoils_its_pageblock),
	KUNIT_CASE_SLOW(pageblocks_are_skipped_once),
	KUNIT_CASE_SLOW(in_a_hurry_only_pageblocks_of_its_own),
	KUNIT_CASE_SLOW(api_W8_kswapd_compacts_for_who_cannot_wait),
	KUNIT_CASE_SLOW(the_monitors_compact_goes_as_far_as_it_can),
	KUNIT_CASE_SLOW(api_B8_unmovable_pages_stay_together),
	KUNIT_CASE_SLOW(api_B8_movable_pages_go_to_their_own_pageblocks),
	{},
};

static struct kunit_suite suite = {
	.name = "compaction",
	.init = compaction_test_init,
	.exit = pressure_exit,
	.test_cases = cases,
};
kunit_test_suite(suite);
