// SPDX-License-Identifier: MIT
/* Pages that are moved: what goes with them, who is left alone, and that nobody notices. */
#include <linux/math64.h>
#include <linux/prandom.h>
#include <linux/sched/mm.h>
#include <linux/swap.h>

#include "movable.h"
#include "pressure.h"

/* --- where to ----------------------------------------------------------------------------- */

static unsigned int given, given_back, most;

static struct page *give(struct page *page, unsigned long gfp)
{
	struct page *new = given < most ? alloc_page((gfp_t)gfp) : NULL;

	given += !!new;
	return new;
}

static void take_back(struct page *page, unsigned long gfp)
{
	given_back++;
	put_page(page);
}

static int move(struct list_head *pages, enum migrate_mode mode)
{
	given = given_back = 0;
	return migrate_pages(pages, give, take_back, (unsigned long)GFP_HIGHUSER_MOVABLE, mode,
			     MR_SYSCALL, NULL);
}

/* One page: what is left goes back. */
static int move_one(struct page *page, enum migrate_mode mode)
{
	LIST_HEAD(pages);
	int left;

	most = UINT_MAX;
	list_add(&page->lru, &pages);
	left = move(&pages, mode);
	putback_movable_pages(&pages);
	return left;
}

/* A page of the store off its list, with the reference of that alone. */
static struct page *isolated(struct kunit *test, struct store *store, pgoff_t index)
{
	struct page *page = store_page(test, store, index);

	KUNIT_ASSERT_EQ(test, isolate_lru_page(page), 0);
	put_page(page);
	return page;
}

static struct page *cached(struct store *store, pgoff_t index)
{
	return xa_load(&store->mapping.i_pages, index);
}

/* --- the cache's -------------------------------------------------------------------------------- */

static void a_page_moves_with_all_that_it_has(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *old, *new;

	store_dirty(test, store, 3, 77);
	old = isolated(test, store, 3);
	SetPageReferenced(old);
	SetPageActive(old);
	KUNIT_EXPECT_EQ(test, move_one(old, MIGRATE_ASYNC), 0);
	new = cached(store, 3);
	KUNIT_ASSERT_PTR_NE(test, new, old);
	KUNIT_EXPECT_EQ(test, page_ref_count(old), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(new), 1);
	KUNIT_EXPECT_TRUE(test, PageUptodate(new) && PageDirty(new) && PageReferenced(new));
	KUNIT_EXPECT_TRUE(test, PageActive(new) && PageLRU(new) && !PageLocked(new));
	KUNIT_EXPECT_EQ(test, page_word(new), 77);
	KUNIT_EXPECT_EQ(test, store->mapping.nrpages, 1UL);
	KUNIT_EXPECT_TRUE(test, xa_get_mark(&store->mapping.i_pages, 3, PAGECACHE_TAG_DIRTY));
	KUNIT_EXPECT_EQ(test, filemap_write_and_wait(&store->mapping), 0);
	KUNIT_EXPECT_EQ(test, store->data[3], 77);
	KUNIT_EXPECT_EQ(test, store->reads, 1);
}

static void a_clean_page_stays_clean(struct kunit *test)
{
	struct store *store = make_store(test, 10);

	KUNIT_EXPECT_EQ(test, move_one(isolated(test, store, 3), MIGRATE_SYNC), 0);
	KUNIT_EXPECT_FALSE(test, PageDirty(cached(store, 3)) || PageActive(cached(store, 3)));
	KUNIT_EXPECT_EQ(test, page_word(cached(store, 3)), 1003);
	KUNIT_EXPECT_EQ(test, store->writes, 0);
}

/* Back on its list, and movable when whoever used it is done. */
static void expect_left_alone(struct kunit *test, struct store *store, struct page *page,
			      enum migrate_mode mode)
{
	KUNIT_EXPECT_EQ(test, move_one(page, mode), 1);
	KUNIT_EXPECT_EQ(test, given_back, given);
	KUNIT_EXPECT_PTR_EQ(test, cached(store, page->index), page);
	KUNIT_EXPECT_TRUE(test, PageLRU(page));
}

static void a_pinned_page_is_left_alone(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *page = isolated(test, store, 3);

	get_page(page);
	expect_left_alone(test, store, page, MIGRATE_SYNC);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);
	put_page(page);
	KUNIT_EXPECT_EQ(test, move_one(isolated(test, store, 3), MIGRATE_ASYNC), 0);
	KUNIT_EXPECT_PTR_NE(test, cached(store, 3), page);
}

static void a_page_under_write_back_is_left_alone(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *page;

	store_dirty(test, store, 3, 77);
	store->hold = true;
	filemap_fdatawrite(&store->mapping);
	page = isolated(test, store, 3);
	KUNIT_ASSERT_TRUE(test, PageWriteback(page));
	expect_left_alone(test, store, page, MIGRATE_SYNC_LIGHT);
	store_end(store, 1);
	KUNIT_EXPECT_EQ(test, store->data[3], 77);
	KUNIT_EXPECT_EQ(test, move_one(isolated(test, store, 3), MIGRATE_ASYNC), 0);
	KUNIT_EXPECT_PTR_NE(test, cached(store, 3), page);
}

static void a_locked_page_is_left_alone_by_who_allocates(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *page = isolated(test, store, 3);
	unsigned int noreclaim = memalloc_noreclaim_save();

	lock_page(page);
	expect_left_alone(test, store, page, MIGRATE_SYNC);
	memalloc_noreclaim_restore(noreclaim);
	unlock_page(page);
	KUNIT_ASSERT_EQ(test, isolate_lru_page(page), 0);
	lock_page(page);
	expect_left_alone(test, store, page, MIGRATE_ASYNC);
	unlock_page(page);
}

struct mover {
	struct page *page;
	bool returned; /* from the first time */
};

/* Who ended the write-back may still have a reference, and the host have stopped his CPU: again. */
static int move_in_thread(void *data)
{
	struct mover *mover = data;
	unsigned int left, tries;
	LIST_HEAD(pages);

	most = UINT_MAX;
	list_add(&mover->page->lru, &pages);
	left = move(&pages, MIGRATE_SYNC);
	WRITE_ONCE(mover->returned, true);
	for (tries = 0; left && tries < 10 * HZ; tries++) {
		schedule_timeout_uninterruptible(1);
		left = move(&pages, MIGRATE_SYNC);
	}
	putback_movable_pages(&pages);
	return left;
}

static void who_may_waits_for_the_lock_and_for_the_disk(struct kunit *test)
{
	struct mover *mover = zeroed(test, struct mover);
	struct store *store = make_store(test, 10);
	struct page *page;
	struct task_struct *task;

	store_dirty(test, store, 3, 77);
	store->hold = true;
	filemap_fdatawrite(&store->mapping);
	page = isolated(test, store, 3);
	mover->page = page;
	lock_page(page);
	task = start_thread(test, move_in_thread, mover);
	KUNIT_EXPECT_TRUE(test, eventually(is_asleep(task)));
	KUNIT_EXPECT_FALSE(test, READ_ONCE(mover->returned));
	unlock_page(page);
	settle();
	KUNIT_EXPECT_FALSE(test, READ_ONCE(mover->returned));
	KUNIT_EXPECT_PTR_EQ(test, cached(store, 3), page);
	store_end(store, 1);
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	KUNIT_EXPECT_PTR_NE(test, cached(store, 3), page);
	KUNIT_EXPECT_EQ(test, page_word(cached(store, 3)), 77);
}

static void what_was_truncated_is_freed(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *page = isolated(test, store, 3);

	SetPageActive(page);
	truncate_inode_pages(&store->mapping, 0);
	KUNIT_EXPECT_EQ(test, move_one(page, MIGRATE_ASYNC), 0);
	KUNIT_EXPECT_EQ(test, given, 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	KUNIT_EXPECT_EQ(test, store->mapping.nrpages, 0UL);
}

static void without_pages_to_move_to_all_are_put_back(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	LIST_HEAD(pages);
	pgoff_t i;

	for (i = 0; i < 10; i++)
		list_add_tail(&isolated(test, store, i)->lru, &pages);
	most = 4;
	KUNIT_EXPECT_EQ(test, move(&pages, MIGRATE_SYNC), -ENOMEM);
	KUNIT_EXPECT_EQ(test, given, 4);
	putback_movable_pages(&pages);
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_TRUE(test, PageLRU(cached(store, i)));
}

/* --- a driver's ------------------------------------------------------------------------------------ */

static struct page *make_drivers_page(struct kunit *test)
{
	struct page *page;

	movable_create(test, 1);
	page = alloc_page(GFP_HIGHUSER_MOVABLE);
	KUNIT_ASSERT_NOT_NULL(test, page);
	movable_add(0, page);
	return page;
}

static void a_drivers_page_moves_as_the_driver_says(struct kunit *test)
{
	struct page *page = make_drivers_page(test);

	KUNIT_EXPECT_EQ(test, isolate_movable_page(page, 0), 0);
	KUNIT_EXPECT_TRUE(test, PageIsolated(page));
	KUNIT_EXPECT_EQ(test, isolate_movable_page(page, 0), -EBUSY);
	KUNIT_EXPECT_EQ(test, move_one(page, MIGRATE_ASYNC), 0);
	KUNIT_EXPECT_EQ(test, movable.migrated, 1);
	KUNIT_EXPECT_EQ(test, movable.put_back, 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	KUNIT_EXPECT_PTR_NE(test, movable.pages[0], page);
	KUNIT_EXPECT_EQ(test, page_ref_count(movable.pages[0]), 1);
	KUNIT_EXPECT_FALSE(test, PageIsolated(movable.pages[0]) || PageLRU(movable.pages[0]));
	KUNIT_EXPECT_TRUE(test, movable_is_whole());
}

static void who_allocated_it_goes_with_it(struct kunit *test)
{
	struct page_owner_info before, after;
	struct page *page = make_drivers_page(test);

	if (!page_owner_get(page, &before))
		kunit_skip(test, "needs page_owner=on");
	KUNIT_EXPECT_EQ(test, isolate_movable_page(page, 0), 0);
	KUNIT_EXPECT_EQ(test, move_one(page, MIGRATE_ASYNC), 0);
	KUNIT_ASSERT_TRUE(test, page_owner_get(movable.pages[0], &after));
	KUNIT_EXPECT_PTR_EQ(test, after.trace, before.trace);
	KUNIT_EXPECT_EQ(test, page_owner_check(), 0);
}

static void a_driver_may_refuse(struct kunit *test)
{
	struct page *page = make_drivers_page(test);

	movable.stays = true;
	KUNIT_EXPECT_EQ(test, isolate_movable_page(page, 0), -EBUSY);
	KUNIT_EXPECT_FALSE(test, PageIsolated(page));
	movable.stays = false;
	movable.errors = 1;
	movable.error = -EBUSY;
	KUNIT_EXPECT_EQ(test, isolate_movable_page(page, 0), 0);
	KUNIT_EXPECT_EQ(test, move_one(page, MIGRATE_ASYNC), 1);
	KUNIT_EXPECT_EQ(test, movable.put_back, 1);
	KUNIT_EXPECT_FALSE(test, PageIsolated(page));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
}

static void again_means_again_ten_times(struct kunit *test)
{
	struct page *page = make_drivers_page(test);

	movable.error = -EAGAIN;
	movable.errors = 10;
	KUNIT_EXPECT_EQ(test, isolate_movable_page(page, 0), 0);
	KUNIT_EXPECT_EQ(test, move_one(page, MIGRATE_ASYNC), 1);
	KUNIT_EXPECT_EQ(test, movable.errors, 0);
	movable.errors = 9;
	KUNIT_EXPECT_EQ(test, isolate_movable_page(page, 0), 0);
	KUNIT_EXPECT_EQ(test, move_one(page, MIGRATE_ASYNC), 0);
	KUNIT_EXPECT_TRUE(test, movable_is_whole());
}

/* The driver's reference goes; the page, when it is put back. */
static void a_driver_may_free_what_is_isolated(struct kunit *test)
{
	struct page *page = make_drivers_page(test);
	LIST_HEAD(pages);

	KUNIT_EXPECT_EQ(test, isolate_movable_page(page, 0), 0);
	list_add(&page->lru, &pages);
	movable_remove(0);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	putback_movable_pages(&pages);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	KUNIT_EXPECT_EQ(test, movable.put_back, 0);
}

static void other_pages_are_not_a_drivers(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);
	void *object = kmalloc(100, GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, page && object);
	KUNIT_EXPECT_EQ(test, isolate_movable_page(page, 0), -EBUSY);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_EQ(test, isolate_movable_page(virt_to_page(object), 0), -EBUSY);
	kfree(object);
	__free_page(page);
	KUNIT_EXPECT_EQ(test, isolate_movable_page(page, 0), -EBUSY);
}

static void the_checker_finds_a_movable_page_on_a_list(struct kunit *test)
{
	struct page *page = make_drivers_page(test);

	mm_problems_forget();
	KUNIT_EXPECT_EQ(test, migrate_check(), 0);
	SetPageLRU(page);
	KUNIT_EXPECT_EQ(test, migrate_check(), 1);
	ClearPageLRU(page);
	KUNIT_EXPECT_STREQ(test, mm_broken_invariants(), "I-migrate-1");
}

/* --- with others that use the pages --------------------------------------------------------------- */

#define SHARED_PAGES 64

struct user {
	struct store *store;
	u32 words[SHARED_PAGES]; /* of the pages that are its own: i % users */
	unsigned int number, users, rounds, stale, unwritten;
	bool stop;
};

/* Sync finds the page, also while it is replaced. */
static void sync_own(struct user *user, pgoff_t i)
{
	loff_t pos = (loff_t)i << PAGE_SHIFT;

	filemap_write_and_wait_range(&user->store->mapping, pos, pos + PAGE_SIZE - 1);
	user->unwritten += user->store->data[i] != user->words[i];
}

static int use_pages(void *data)
{
	struct user *user = data;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, user->number);
	for (; !READ_ONCE(user->stop); user->rounds++) {
		pgoff_t i = prandom_u32_state(&rnd) % (SHARED_PAGES / user->users) * user->users +
			    user->number;
		struct page *page = read_mapping_page(&user->store->mapping, i, NULL);

		if (IS_ERR(page))
			continue;
		user->stale += page_word(page) != user->words[i];
		lock_page(page);
		if (page->mapping && prandom_u32_state(&rnd) % 2) {
			user->words[i] = prandom_u32_state(&rnd);
			set_page_word(page, user->words[i]);
			set_page_dirty(page);
		}
		unlock_page(page);
		put_page(page);
		if (!user->number && user->rounds % 64 == 0)
			sync_own(user, i);
		cond_resched();
	}
	return 0;
}

/* Those from a frame on. */
static void isolate_shared(struct store *store, struct list_head *pages, unsigned long pfn)
{
	pgoff_t i;

	for (i = 0; i < SHARED_PAGES; i++) {
		struct page *page = find_get_page(&store->mapping, i);

		if (!page)
			continue;
		if (page_to_pfn(page) >= pfn && !isolate_lru_page(page))
			list_add_tail(&page->lru, pages);
		put_page(page);
	}
}

/* And out of the cache, now and then. */
static unsigned int move_all(struct store *store)
{
	static unsigned int round;
	unsigned int moved;
	LIST_HEAD(pages);

	if (++round % 16 == 0)
		invalidate_mapping_pages(&store->mapping, 0, ULONG_MAX);
	isolate_shared(store, &pages, 0);
	most = UINT_MAX;
	given = given_back = 0;
	migrate_pages(&pages, give, take_back, (unsigned long)GFP_HIGHUSER_MOVABLE, MIGRATE_SYNC,
		      MR_SYSCALL, &moved);
	putback_movable_pages(&pages);
	return moved;
}

/* --- all of zone DMA is the test's: pages are brought to its lower half, and compacted upwards */

static unsigned long middle;

/* And a few above: compaction moves nothing to a pageblock that is free as a whole. */
static void hold_lower_half(void)
{
	unsigned long nr = 0;
	struct page *page, *next;
	u64 sum = 0;

	mm_fill(MM_TEST_GFP(GFP_DMA | __GFP_MOVABLE) | __GFP_NOMEMALLOC, 0);
	list_for_each_entry(page, &mm_held, lru) {
		sum += page_to_pfn(page);
		nr++;
	}
	middle = div64_u64(sum, nr + !nr);
	list_for_each_entry_safe(page, next, &mm_held, lru)
		if (page_to_pfn(page) >= middle && page_to_pfn(page) % 64)
			mm_give(page);
}

static struct page *give_low(struct page *unused, unsigned long unused_too)
{
	struct page *page;

	list_for_each_entry(page, &mm_held, lru) {
		if (page_to_pfn(page) >= middle)
			continue;
		mm_unhold(page);
		page->private = 0;
		return page;
	}
	return NULL;
}

static unsigned int compact_dma(struct store *store)
{
	LIST_HEAD(pages);

	hold_lower_half();
	isolate_shared(store, &pages, middle);
	migrate_pages(&pages, give_low, take_back, 0, MIGRATE_SYNC, MR_SYSCALL, NULL);
	putback_movable_pages(&pages);
	return compact_whole_zone(mm_zone(ZONE_DMA));
}

/* Threads on each CPU read and write their pages; these are moved, and written, meanwhile. */
static void use_while_moved(struct kunit *test, unsigned int (*move)(struct store *),
			    unsigned int rounds)
{
	unsigned int cpu, i, nr = num_online_cpus(), moved = 0, round = 0;
	struct user *users = kunit_kcalloc(test, nr, sizeof(*users), GFP_KERNEL);
	struct task_struct **tasks = kunit_kcalloc(test, nr, sizeof(*tasks), GFP_KERNEL);
	struct store *store = make_store(test, SHARED_PAGES);

	KUNIT_ASSERT_TRUE(test, users && tasks);
	store_read(test, store, 0, SHARED_PAGES);
	for (cpu = 0; cpu < nr; cpu++) {
		users[cpu] = (struct user){ .store = store, .number = cpu, .users = nr };
		for (i = 0; i < SHARED_PAGES; i++)
			users[cpu].words[i] = store->data[i];
		tasks[cpu] = start_thread_on(test, cpu, use_pages, &users[cpu]);
	}
	for (round = 0; round < rounds; round++) {
		moved += move(store);
		if (round % 4 == 0)
			filemap_write_and_wait(&store->mapping);
		schedule_timeout_uninterruptible(1);
	}
	for (cpu = 0; cpu < nr; cpu++) {
		WRITE_ONCE(users[cpu].stop, true);
		KUNIT_EXPECT_EQ(test, finish_thread(test, tasks[cpu]), 0);
		KUNIT_EXPECT_EQ(test, users[cpu].stale, 0);
		KUNIT_EXPECT_EQ(test, users[cpu].unwritten, 0);
		KUNIT_EXPECT_GT(test, users[cpu].rounds, 0);
	}
	KUNIT_EXPECT_EQ(test, filemap_write_and_wait(&store->mapping), 0);
	for (i = 0; i < SHARED_PAGES / nr * nr; i++)
		KUNIT_EXPECT_EQ(test, store->data[i], users[i % nr].words[i]);
	KUNIT_EXPECT_GT(test, moved, SHARED_PAGES);
	kunit_info(test, "%u pages moved, %u written\n", moved, store->writes);
}

static void nothing_is_lost_or_stale_while_pages_move(struct kunit *test)
{
	use_while_moved(test, move_all, 100);
}

static void nothing_is_lost_or_stale_while_memory_is_compacted(struct kunit *test)
{
	if (!managed_zone(mm_zone(ZONE_NORMAL)) || page_group_by_mobility_disabled)
		kunit_skip(test, "zone DMA is all there is");
	use_while_moved(test, compact_dma, 10);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_page_moves_with_all_that_it_has),
	KUNIT_CASE(a_clean_page_stays_clean),
	KUNIT_CASE(a_pinned_page_is_left_alone),
	KUNIT_CASE(a_page_under_write_back_is_left_alone),
	KUNIT_CASE(a_locked_page_is_left_alone_by_who_allocates),
	KUNIT_CASE(who_may_waits_for_the_lock_and_for_the_disk),
	KUNIT_CASE(what_was_truncated_is_freed),
	KUNIT_CASE(without_pages_to_move_to_all_are_put_back),
	KUNIT_CASE(a_drivers_page_moves_as_the_driver_says),
	KUNIT_CASE(who_allocated_it_goes_with_it),
	KUNIT_CASE(a_driver_may_refuse),
	KUNIT_CASE(again_means_again_ten_times),
	KUNIT_CASE(a_driver_may_free_what_is_isolated),
	KUNIT_CASE(other_pages_are_not_a_drivers),
	KUNIT_CASE(the_checker_finds_a_movable_page_on_a_list),
	KUNIT_CASE_SLOW(nothing_is_lost_or_stale_while_pages_move),
	KUNIT_CASE_SLOW(nothing_is_lost_or_stale_while_memory_is_compacted),
	{},
};

static struct kunit_suite suite = {
	.name = "migrate",
	.init = slab_test_init,
	.exit = pressure_exit,
	.test_cases = cases,
};
kunit_test_suite(suite);
