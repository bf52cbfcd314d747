// SPDX-License-Identifier: MIT
/* The page cache: what is found, who waits, what is dropped, and what the checker sees. */
#include <linux/err.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "../../mm/internal.h"
#include "../kernel/threads.h"
#include "store.h"

#define ALL 0, ULONG_MAX

static unsigned long cached(const struct store *store)
{
	return store->mapping.nrpages;
}

/* --- finding --------------------------------------------------------------------------------- */

static void a_page_is_read_once(struct kunit *test)
{
	struct store *store = make_store(test, 100);
	unsigned long before = global_node_page_state(NR_FILE_PAGES);
	struct page *page, *again;

	KUNIT_EXPECT_NULL(test, find_get_page(&store->mapping, 70));
	page = store_page(test, store, 70);
	KUNIT_EXPECT_EQ(test, page_word(page), 1070U);
	KUNIT_EXPECT_TRUE(test, PageUptodate(page) && PageLRU(page) && !PageLocked(page));
	KUNIT_EXPECT_PTR_EQ(test, page->mapping, &store->mapping);
	KUNIT_EXPECT_EQ(test, page->index, 70UL);
	KUNIT_EXPECT_EQ(test, page_count(page), 2);
	again = store_page(test, store, 70);
	KUNIT_EXPECT_PTR_EQ(test, again, page);
	KUNIT_EXPECT_EQ(test, page_count(page), 3);
	KUNIT_EXPECT_EQ(test, store->reads, 1U);
	KUNIT_EXPECT_EQ(test, cached(store), 1UL);
	KUNIT_EXPECT_EQ(test, global_node_page_state(NR_FILE_PAGES), before + 1);
	put_page(again);
	put_page(page);
}

static void a_place_is_taken_once(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *first = store_page(test, store, 3), *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, add_to_page_cache_lru(page, &store->mapping, 3, GFP_KERNEL), -EEXIST);
	KUNIT_EXPECT_FALSE(test, PageLocked(page));
	KUNIT_EXPECT_NULL(test, page->mapping);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	__free_page(page);
	put_page(first);
}

static void flags_of_pagecache_get_page(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *page;

	KUNIT_EXPECT_NULL(test, find_lock_page(&store->mapping, 3));
	KUNIT_EXPECT_EQ(test, cached(store), 0UL);
	page = grab_cache_page(&store->mapping, 3);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_TRUE(test, PageLocked(page) && !PageUptodate(page));
	KUNIT_EXPECT_EQ(test, store->reads, 0U);
	KUNIT_EXPECT_NULL(test, pagecache_get_page(&store->mapping, 3, FGP_LOCK | FGP_NOWAIT,
						   GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, page_count(page), 2);
	unlock_page(page);
	KUNIT_EXPECT_PTR_EQ(test, find_lock_page(&store->mapping, 3), page);
	unlock_page(page);
	put_page(page);
	put_page(page);
}

static void pages_in_order_with_and_without_tag(struct kunit *test)
{
	static const pgoff_t indices[] = { 0, 5, 63, 64, 700, 4096 };
	struct store *store = make_store(test, 5000);
	struct page *pages[4];
	pgoff_t index = 1;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(indices); i++)
		store_read(test, store, indices[i], indices[i] + 1);
	store_dirty(test, store, 64, 1);
	store_dirty(test, store, 4096, 1);
	KUNIT_ASSERT_EQ(test, find_get_pages_range(&store->mapping, &index, 700, 3, pages), 3U);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, pages[i]->index, indices[i + 1]);
		put_page(pages[i]);
	}
	KUNIT_ASSERT_EQ(test, find_get_pages_range(&store->mapping, &index, 700, 4, pages), 1U);
	KUNIT_EXPECT_EQ(test, pages[0]->index, 700UL);
	put_page(pages[0]);
	KUNIT_EXPECT_EQ(test, find_get_pages_range(&store->mapping, &index, 700, 4, pages), 0U);
	index = 0;
	KUNIT_ASSERT_EQ(test,
			find_get_pages_range_tag(&store->mapping, &index, ULONG_MAX,
						 PAGECACHE_TAG_DIRTY, 4, pages),
			2U);
	KUNIT_EXPECT_EQ(test, pages[0]->index, 64UL);
	KUNIT_EXPECT_EQ(test, pages[1]->index, 4096UL);
	put_page(pages[0]);
	put_page(pages[1]);
}

/* --- reading ------------------------------------------------------------------------------------ */

static int read_page_7(void *data)
{
	struct store *store = data;
	struct page *page = read_mapping_page(&store->mapping, 7, NULL);
	int word;

	if (IS_ERR(page))
		return PTR_ERR(page);
	word = page_word(page);
	put_page(page);
	return word;
}

static void readers_wait_for_the_one_transfer(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct task_struct *first, *second;

	store->hold = true;
	first = start_thread(test, read_page_7, store);
	second = make_thread(test, read_page_7, store);
	store_let_go_first(test, store);
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(store->nr_held) == 1));
	wake_up_process(second);
	settle();
	KUNIT_EXPECT_TRUE(test, is_asleep(first) && is_asleep(second));
	store_end(store, 1);
	KUNIT_EXPECT_EQ(test, finish_thread(test, first), 1007);
	KUNIT_EXPECT_EQ(test, finish_thread(test, second), 1007);
	KUNIT_EXPECT_EQ(test, store->reads, 1U);
}

static int take_page_7(void *data)
{
	struct store *store = data;
	struct page *page = grab_cache_page(&store->mapping, 7);
	int right = page && page->mapping == &store->mapping && !PageUptodate(page);

	unlock_page(page);
	put_page(page);
	return right;
}

/* What he waited for has left the cache: he begins anew. */
static void who_waits_for_a_page_that_goes_gets_another(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	int (*const ways[])(void *) = { take_page_7, read_page_7 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		struct page *page = grab_cache_page(&store->mapping, 7);
		struct task_struct *task = start_thread(test, ways[i], store);

		KUNIT_EXPECT_TRUE(test, eventually(is_asleep(task)));
		delete_from_page_cache(page);
		unlock_page(page);
		KUNIT_EXPECT_EQ(test, finish_thread(test, task), i ? 1007 : 1);
		put_page(page);
	}
	KUNIT_EXPECT_EQ(test, store->reads, 1U);
}

static void an_error_is_told_and_tried_again(struct kunit *test)
{
	struct store *store = make_store(test, 10);

	store->bad = 7;
	KUNIT_EXPECT_EQ(test, read_page_7(store), -EIO);
	KUNIT_EXPECT_EQ(test, read_page_7(store), -EIO);
	KUNIT_EXPECT_EQ(test, store->reads, 2U);
	KUNIT_EXPECT_EQ(test, cached(store), 1UL);
	store->bad = NO_PAGE;
	KUNIT_EXPECT_EQ(test, read_page_7(store), 1007);
}

static void readahead_begins_what_is_not_there(struct kunit *test)
{
	struct store *store = make_store(test, 20);

	store_read(test, store, 5, 6);
	store->hold = true;
	page_cache_readahead(&store->mapping, 3, 8);
	KUNIT_EXPECT_EQ(test, store->nr_held, 7U);
	KUNIT_EXPECT_EQ(test, cached(store), 8UL);
	store->hold = false;
	store_end(store, UINT_MAX);
	store_read(test, store, 3, 11);
	KUNIT_EXPECT_EQ(test, store->reads, 8U);
}

/* --- emptying ------------------------------------------------------------------------------------- */

static void clean_pages_can_be_dropped(struct kunit *test)
{
	struct store *store = make_store(test, 40);
	unsigned long free;

	drain_all_pages(NULL);
	free = nr_free_pages();
	store_read(test, store, 0, 40);
	drain_all_pages(NULL);
	KUNIT_EXPECT_LE(test, nr_free_pages(), free - 40);
	KUNIT_EXPECT_EQ(test, invalidate_mapping_pages(&store->mapping, 10, 19), 10UL);
	KUNIT_EXPECT_NULL(test, find_get_page(&store->mapping, 19));
	KUNIT_EXPECT_EQ(test, invalidate_mapping_pages(&store->mapping, ALL), 30UL);
	KUNIT_EXPECT_EQ(test, cached(store), 0UL);
	KUNIT_EXPECT_TRUE(test, xa_empty(&store->mapping.i_pages));
	drain_all_pages(NULL);
	KUNIT_EXPECT_GE(test, nr_free_pages() + 4, free); /* nodes: by RCU, by the slab */
	store_read(test, store, 0, 1);
	KUNIT_EXPECT_EQ(test, store->reads, 41U);
}

static void what_is_in_use_stays(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *pinned = store_page(test, store, 1), *locked = store_page(test, store, 2);

	lock_page(locked);
	page_ref_add(locked, -1);
	store_dirty(test, store, 3, 3);
	store_read(test, store, 4, 5);
	KUNIT_EXPECT_EQ(test, invalidate_mapping_pages(&store->mapping, ALL), 1UL);
	KUNIT_EXPECT_NULL(test, find_get_page(&store->mapping, 4));
	KUNIT_EXPECT_EQ(test, cached(store), 3UL);
	unlock_page(locked);
	put_page(pinned);
	KUNIT_EXPECT_EQ(test, invalidate_mapping_pages(&store->mapping, ALL), 2UL);
	store->hold = true;
	KUNIT_EXPECT_EQ(test, filemap_fdatawrite(&store->mapping), 0);
	KUNIT_EXPECT_EQ(test, invalidate_mapping_pages(&store->mapping, ALL), 0UL);
	store_end(store, 1);
	KUNIT_EXPECT_EQ(test, invalidate_mapping_pages(&store->mapping, ALL), 1UL);
	KUNIT_EXPECT_EQ(test, store->data[3], 3U);
}

static int invalidate_all(void *data)
{
	struct store *store = data;

	return invalidate_inode_pages2_range(&store->mapping, ALL);
}

/* Readers, too, may have it no longer; who waits for the disk is waited for; dirty data stays. */
static void all_but_dirty_pages_are_dropped(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *pinned = store_page(test, store, 1);
	struct task_struct *task;

	store_dirty(test, store, 2, 2);
	store_read(test, store, 3, 6);
	KUNIT_EXPECT_EQ(test, invalidate_all(store), -EBUSY);
	KUNIT_EXPECT_EQ(test, cached(store), 1UL);
	KUNIT_EXPECT_NULL(test, pinned->mapping);
	put_page(pinned);
	store->hold = true;
	KUNIT_EXPECT_EQ(test, filemap_fdatawrite(&store->mapping), 0);
	page_cache_readahead(&store->mapping, 7, 1);
	task = start_thread(test, invalidate_all, store);
	store_let_go_first(test, store);
	settle();
	KUNIT_EXPECT_EQ(test, cached(store), 2UL);
	KUNIT_EXPECT_EQ(test, store_end(store, 2), 2U);
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	KUNIT_EXPECT_EQ(test, cached(store), 0UL);
	KUNIT_EXPECT_EQ(test, store->data[2], 2U);
}

/* Who holds a page keeps its data, but it is nobody's any more. */
static void truncation_takes_all(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *pinned = store_page(test, store, 1);

	store_dirty(test, store, 2, 2);
	store_dirty(test, store, 0, 5);
	truncate_inode_pages(&store->mapping, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, cached(store), 1UL);
	KUNIT_EXPECT_NULL(test, pinned->mapping);
	KUNIT_EXPECT_EQ(test, page_word(pinned), 1001U);
	KUNIT_EXPECT_EQ(test, page_count(pinned), 1);
	KUNIT_EXPECT_EQ(test, filemap_write_and_wait(&store->mapping), 0);
	KUNIT_EXPECT_EQ(test, store->writes, 1U);
	KUNIT_EXPECT_EQ(test, store->data[2], 1002U);
	put_page(pinned);
	KUNIT_EXPECT_EQ(test, page_count(pinned), 0);
}

/* --- without memory --------------------------------------------------------------------------------- */

static void every_allocation_may_fail(struct kunit *test)
{
	unsigned int n;

	for (n = 1;; n++) {
		struct store *store = make_store(test, 100);
		struct page *page;

		kunit_fail_nth(test, n);
		page = read_mapping_page(&store->mapping, 99, NULL);
		if (!kunit_fail_nth_end(test)) {
			KUNIT_ASSERT_FALSE(test, IS_ERR(page));
			put_page(page);
			break;
		}
		KUNIT_EXPECT_PTR_EQ(test, page, ERR_PTR(-ENOMEM));
		KUNIT_EXPECT_EQ(test, cached(store), 0UL);
		KUNIT_EXPECT_TRUE(test, xa_empty(&store->mapping.i_pages));
	}
	KUNIT_EXPECT_GE(test, n, 4U); /* the page, two nodes */
}

/* --- the checker --------------------------------------------------------------------------------------- */

static int checked(void)
{
	int found = filemap_check();

	mm_problems_forget();
	return found;
}

static void the_checker_sees_each_invariant(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *page = store_page(test, store, 3);

	KUNIT_EXPECT_EQ(test, checked(), 0);
	page->index = 4;
	KUNIT_EXPECT_GE(test, checked(), 1);
	page->index = 3;
	store->mapping.nrpages++;
	KUNIT_EXPECT_GE(test, checked(), 1);
	store->mapping.nrpages--;
	SetPageDirty(page);
	KUNIT_EXPECT_GE(test, checked(), 1);
	ClearPageDirty(page);
	xa_set_mark(&store->mapping.i_pages, 3, PAGECACHE_TAG_WRITEBACK);
	KUNIT_EXPECT_GE(test, checked(), 1);
	xa_clear_mark(&store->mapping.i_pages, 3, PAGECACHE_TAG_WRITEBACK);
	inc_node_page_state(page, NR_FILE_DIRTY);
	KUNIT_EXPECT_GE(test, checked(), 1);
	dec_node_page_state(page, NR_FILE_DIRTY);
	KUNIT_EXPECT_EQ(test, checked(), 0);
	put_page(page);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_page_is_read_once),
	KUNIT_CASE(a_place_is_taken_once),
	KUNIT_CASE(flags_of_pagecache_get_page),
	KUNIT_CASE(pages_in_order_with_and_without_tag),
	KUNIT_CASE(readers_wait_for_the_one_transfer),
	KUNIT_CASE(who_waits_for_a_page_that_goes_gets_another),
	KUNIT_CASE(an_error_is_told_and_tried_again),
	KUNIT_CASE(readahead_begins_what_is_not_there),
	KUNIT_CASE(clean_pages_can_be_dropped),
	KUNIT_CASE(what_is_in_use_stays),
	KUNIT_CASE(all_but_dirty_pages_are_dropped),
	KUNIT_CASE(truncation_takes_all),
	KUNIT_CASE(every_allocation_may_fail),
	KUNIT_CASE(the_checker_sees_each_invariant),
	{},
};

static struct kunit_suite suite = {
	.name = "filemap",
	.test_cases = cases,
};
kunit_test_suite(suite);
