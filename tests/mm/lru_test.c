// SPDX-License-Identifier: MIT
/* The LRU lists: who is where, who goes first, and who is left alone. API.md S7 and S8. */
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "../../mm/internal.h"
#include "../../mm/vmscan.h"
#include "../kernel/threads.h"
#include "store.h"

/* All zones' lists at once. */
static unsigned long list_size(enum lru_list lru)
{
	unsigned long size = 0;
	struct zone *zone;

	for_each_populated_zone(zone)
		size += zone->lruvec.nr[lru];
	return size;
}

static unsigned long inactive(void)
{
	return list_size(LRU_INACTIVE_FILE);
}

static unsigned long active(void)
{
	return list_size(LRU_ACTIVE_FILE);
}

static struct list_head *inactive_of(struct zone *zone)
{
	return &zone->lruvec.lists[LRU_INACTIVE_FILE];
}

static struct scan_control everything(bool may_write)
{
	return (struct scan_control){
		.gfp_mask = may_write ? GFP_KERNEL : GFP_NOIO,
		.reclaim_idx = ZONE_HIGHMEM,
		.nr_to_reclaim = ULONG_MAX,
		.may_writepage = may_write,
	};
}

/* One look at each page of the inactive lists, at least. */
static unsigned long reclaim(bool may_write)
{
	struct scan_control sc = everything(may_write);
	unsigned long freed = 0;
	struct zone *zone;

	for_each_populated_zone(zone)
		freed += shrink_lruvec(zone, &sc);
	return freed;
}

static bool is_cached(struct store *store, pgoff_t index)
{
	return xa_load(&store->mapping.i_pages, index);
}

/* --- where pages are ------------------------------------------------------------------------ */

static void api_S7_second_access_promotes(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	unsigned long before = inactive(), before_active = active();
	struct page *page = store_page(test, store, 3);

	KUNIT_EXPECT_EQ(test, inactive(), before + 1);
	KUNIT_EXPECT_EQ(test, active(), before_active);
	mark_page_accessed(page);
	KUNIT_EXPECT_TRUE(test, PageReferenced(page) && !PageActive(page));
	KUNIT_EXPECT_EQ(test, inactive(), before + 1);
	mark_page_accessed(page);
	KUNIT_EXPECT_TRUE(test, PageActive(page) && !PageReferenced(page));
	KUNIT_EXPECT_EQ(test, inactive(), before);
	KUNIT_EXPECT_EQ(test, active(), before_active + 1);
	put_page(page);
	KUNIT_EXPECT_EQ(test, invalidate_mapping_pages(&store->mapping, 0, ULONG_MAX), 1UL);
	KUNIT_EXPECT_EQ(test, active(), before_active);
}

/* The last reference may be put by anybody: the list knows at once. */
static void a_page_that_is_freed_leaves_its_list(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	unsigned long before = inactive();
	struct page *page = store_page(test, store, 3);

	truncate_inode_pages(&store->mapping, 0);
	KUNIT_EXPECT_TRUE(test, PageLRU(page));
	KUNIT_EXPECT_EQ(test, inactive(), before + 1);
	put_page(page);
	KUNIT_EXPECT_EQ(test, inactive(), before);
}

static void isolation_takes_a_page_off_and_puts_it_back(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	unsigned long before = inactive();
	struct page *page = store_page(test, store, 3);

	KUNIT_EXPECT_EQ(test, isolate_lru_page(page), 0);
	KUNIT_EXPECT_EQ(test, isolate_lru_page(page), -EBUSY);
	KUNIT_EXPECT_EQ(test, inactive(), before);
	KUNIT_EXPECT_EQ(test, page_count(page), 3);
	KUNIT_EXPECT_EQ(test, reclaim(true), 0UL);
	putback_lru_page(page);
	KUNIT_EXPECT_EQ(test, inactive(), before + 1);
	KUNIT_EXPECT_EQ(test, page_count(page), 2);
	put_page(page);
}

/* --- who goes ------------------------------------------------------------------------------------ */

static void api_S7_clean_pages_go_oldest_first(struct kunit *test)
{
	struct store *store = make_roomy_store(test, 100);
	struct scan_control sc = everything(false);
	struct page *page;
	pgoff_t index;

	store_read(test, store, 0, 100);
	page = store_page(test, store, 99);
	sc.priority = DEF_PRIORITY;
	sc.nr_to_reclaim = 1;
	KUNIT_EXPECT_EQ(test, shrink_lruvec(page_zone(page), &sc), SWAP_CLUSTER_MAX);
	KUNIT_EXPECT_EQ(test, sc.nr_scanned, SWAP_CLUSTER_MAX);
	put_page(page);
	/* All in one zone, as a rule; in any case what is left are the youngest of the zone. */
	for (index = 0; index < 100 && !is_cached(store, index); index++)
		;
	if (page_zone(page) == page_zone(xa_load(&store->mapping.i_pages, index)))
		KUNIT_EXPECT_EQ(test, index, 32UL);
	KUNIT_EXPECT_EQ(test, reclaim(false), 68UL);
	KUNIT_EXPECT_EQ(test, store->mapping.nrpages, 0UL);
	KUNIT_EXPECT_EQ(test, store->writes, 0U);
}

/* Pages used twice survive a stream of pages used once, however long. */
static void api_S7_active_pages_stay(struct kunit *test)
{
	struct store *store = make_roomy_store(test, 200);
	struct page *page;
	pgoff_t index;

	for (index = 0; index < 10; index++) {
		page = store_page(test, store, index);
		mark_page_accessed(page);
		mark_page_accessed(page);
		put_page(page);
	}
	for (index = 10; index < 200; index += 38) {
		store_read(test, store, index, index + 38);
		reclaim(false);
	}
	for (index = 0; index < 10; index++)
		KUNIT_EXPECT_TRUE(test, is_cached(store, index));
}

/* With nothing else left, they have to prove themselves, and go. */
static void api_S7_active_pages_become_inactive_where_too_many(struct kunit *test)
{
	struct store *store = make_roomy_store(test, 64);
	unsigned long before = active();
	struct page *page;
	pgoff_t index;

	for (index = 0; index < 64; index++) {
		page = store_page(test, store, index);
		activate_page(page);
		put_page(page);
	}
	KUNIT_EXPECT_EQ(test, active(), before + 64);
	for (index = 0; store->mapping.nrpages && index < 10; index++)
		reclaim(false);
	KUNIT_EXPECT_EQ(test, store->mapping.nrpages, 0UL);
	KUNIT_EXPECT_EQ(test, active(), before);
}

static void api_S7_dirty_pages_need_the_right_to_io(struct kunit *test)
{
	struct store *store = make_store(test, 20);
	pgoff_t index;

	for (index = 0; index < 10; index++)
		store_dirty(test, store, index, 50 + index);
	store_read(test, store, 10, 20);
	KUNIT_EXPECT_EQ(test, reclaim(false), 10UL);
	KUNIT_EXPECT_EQ(test, store->writes, 0U);
	KUNIT_EXPECT_EQ(test, store->mapping.nrpages, 10UL);
	KUNIT_EXPECT_EQ(test, global_node_page_state(NR_FILE_DIRTY), 10UL);
	KUNIT_EXPECT_EQ(test, reclaim(true), 10UL);
	KUNIT_EXPECT_EQ(test, store->writes, 10U);
	KUNIT_EXPECT_EQ(test, store->for_reclaim, 10U);
	KUNIT_EXPECT_EQ(test, store->mapping.nrpages, 0UL);
	for (index = 0; index < 10; index++)
		KUNIT_EXPECT_EQ(test, store->data[index], 50 + index);
}

/* --- who is left alone ------------------------------------------------------------------------------ */

static void api_S8_pages_in_use_stay(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *pinned = store_page(test, store, 1), *dirty = store_page(test, store, 2);
	struct page *locked = store_page(test, store, 3);

	store_dirty(test, store, 2, 22);
	lock_page(locked);
	page_ref_add(locked, -1);
	store_read(test, store, 4, 5);
	KUNIT_EXPECT_EQ(test, reclaim(true), 1UL);
	KUNIT_EXPECT_EQ(test, reclaim(true), 0UL);
	KUNIT_EXPECT_EQ(test, store->writes, 0U); /* it could not be dropped afterwards */
	KUNIT_EXPECT_EQ(test, store->mapping.nrpages, 3UL);
	KUNIT_EXPECT_TRUE(test, PageLRU(pinned) && PageLRU(dirty) && PageLRU(locked));
	unlock_page(locked);
	put_page(dirty);
	put_page(pinned);
	KUNIT_EXPECT_EQ(test, reclaim(true), 3UL);
}

static void api_S8_pages_under_write_back_stay_and_are_next(struct kunit *test)
{
	struct store *store = make_store(test, 40);
	struct scan_control sc = everything(false);
	struct page *page = store_page(test, store, 0);
	struct zone *zone = page_zone(page);

	put_page(page);
	store->hold = true;
	store_dirty(test, store, 0, 7);
	store->hold = true;
	KUNIT_EXPECT_EQ(test, reclaim(true), 0UL);
	KUNIT_EXPECT_EQ(test, store->nr_held, 1U);
	KUNIT_EXPECT_TRUE(test, PageWriteback(page) && PageReclaim(page));
	KUNIT_EXPECT_EQ(test, reclaim(true), 0UL);
	store->hold = false;
	store_read(test, store, 1, 40);
	KUNIT_ASSERT_EQ(test, isolate_lru_page(page), 0);
	putback_lru_page(page); /* the youngest of all, until it is rotated */
	KUNIT_EXPECT_PTR_EQ(test, list_first_entry(inactive_of(zone), struct page, lru), page);
	store_end(store, 1);
	KUNIT_EXPECT_FALSE(test, PageReclaim(page));
	KUNIT_EXPECT_PTR_EQ(test, list_last_entry(inactive_of(zone), struct page, lru), page);
	sc.priority = DEF_PRIORITY;
	sc.nr_to_reclaim = 1;
	KUNIT_EXPECT_GE(test, shrink_lruvec(zone, &sc), 1UL);
	KUNIT_EXPECT_FALSE(test, is_cached(store, 0));
	KUNIT_EXPECT_EQ(test, store->data[0], 7U);
}

/* Whoever had it written. */
static void api_S8_a_page_met_under_write_back_is_marked(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *page = store_page(test, store, 0);

	put_page(page);
	store_dirty(test, store, 0, 7);
	store->hold = true;
	KUNIT_EXPECT_EQ(test, filemap_fdatawrite(&store->mapping), 0);
	KUNIT_EXPECT_FALSE(test, PageReclaim(page));
	KUNIT_EXPECT_EQ(test, reclaim(true), 0UL);
	KUNIT_EXPECT_TRUE(test, PageReclaim(page));
	store_let_go(store);
	KUNIT_EXPECT_FALSE(test, PageReclaim(page));
	KUNIT_EXPECT_EQ(test, reclaim(false), 1UL);
}

static void a_page_used_since_it_became_dirty_is_not_written(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *page = store_page(test, store, 0);

	mark_page_accessed(page);
	put_page(page);
	store_dirty(test, store, 0, 9);
	KUNIT_EXPECT_EQ(test, reclaim(true), 0UL);
	KUNIT_EXPECT_EQ(test, store->writes, 0U);
	KUNIT_EXPECT_EQ(test, reclaim(true), 1UL);
	KUNIT_EXPECT_EQ(test, store->data[0], 9U);
}

static void a_write_that_is_put_off_makes_the_page_active(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	unsigned long before = active();

	store_dirty(test, store, 0, 9);
	store->refusals = 1;
	KUNIT_EXPECT_EQ(test, reclaim(true), 0UL);
	KUNIT_EXPECT_EQ(test, store->refusals, 0U);
	KUNIT_EXPECT_EQ(test, active(), before + 1);
	KUNIT_EXPECT_EQ(test, global_node_page_state(NR_FILE_DIRTY), 1UL);
	KUNIT_EXPECT_TRUE(test, mapping_tagged(&store->mapping, PAGECACHE_TAG_DIRTY));
}

static void an_error_of_reclaims_write_is_told_to_who_syncs(struct kunit *test)
{
	struct store *store = make_store(test, 10);

	store_dirty(test, store, 4, 9);
	store->bad = 4;
	KUNIT_EXPECT_EQ(test, reclaim(true), 1UL);
	KUNIT_EXPECT_EQ(test, store->data[4], 1004U);
	KUNIT_EXPECT_EQ(test, filemap_write_and_wait(&store->mapping), -EIO);
	KUNIT_EXPECT_EQ(test, filemap_write_and_wait(&store->mapping), 0);
}

/* --- the checker --------------------------------------------------------------------------------------- */

static int checked(void)
{
	int found = lru_check();

	mm_problems_forget();
	return found;
}

static void the_checker_sees_each_invariant(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *page = store_page(test, store, 3);
	struct lruvec *lruvec = &page_zone(page)->lruvec;

	KUNIT_EXPECT_EQ(test, checked(), 0);
	ClearPageLRU(page);
	KUNIT_EXPECT_EQ(test, checked(), 1);
	SetPageLRU(page);
	SetPageActive(page);
	KUNIT_EXPECT_EQ(test, checked(), 1);
	ClearPageActive(page);
	lruvec->nr[LRU_INACTIVE_FILE]++;
	KUNIT_EXPECT_EQ(test, checked(), 1);
	lruvec->nr[LRU_INACTIVE_FILE]--;
	KUNIT_EXPECT_EQ(test, checked(), 0);
	put_page(page);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(api_S7_second_access_promotes),
	KUNIT_CASE(a_page_that_is_freed_leaves_its_list),
	KUNIT_CASE(isolation_takes_a_page_off_and_puts_it_back),
	KUNIT_CASE(api_S7_clean_pages_go_oldest_first),
	KUNIT_CASE(api_S7_active_pages_stay),
	KUNIT_CASE(api_S7_active_pages_become_inactive_where_too_many),
	KUNIT_CASE(api_S7_dirty_pages_need_the_right_to_io),
	KUNIT_CASE(api_S8_pages_in_use_stay),
	KUNIT_CASE(api_S8_pages_under_write_back_stay_and_are_next),
	KUNIT_CASE(api_S8_a_page_met_under_write_back_is_marked),
	KUNIT_CASE(a_page_used_since_it_became_dirty_is_not_written),
	KUNIT_CASE(a_write_that_is_put_off_makes_the_page_active),
	KUNIT_CASE(an_error_of_reclaims_write_is_told_to_who_syncs),
	KUNIT_CASE(the_checker_sees_each_invariant),
	{},
};

static struct kunit_suite suite = {
	.name = "lru",
	.test_cases = cases,
};
kunit_test_suite(suite);
