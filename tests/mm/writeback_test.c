// SPDX-License-Identifier: MIT
/* Write-back: what is counted, what a sync promises, who waits, and what the flusher does unasked. */
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <memkern/kunit_extra.h>

#include "../kernel/threads.h"
#include "store.h"

static unsigned long nr_dirty(void)
{
	return global_node_page_state(NR_FILE_DIRTY);
}

static int sync_it(void *data)
{
	struct store *store = data;

	return filemap_write_and_wait(&store->mapping);
}

static void dirty_pages(struct kunit *test, struct store *store, pgoff_t from, pgoff_t to)
{
	for (; from < to; from++)
		store_dirty(test, store, from, 5000 + from);
}

static void expect_written(struct kunit *test, const struct store *store, pgoff_t from, pgoff_t to)
{
	for (; from < to; from++)
		KUNIT_EXPECT_EQ(test, store->data[from], 5000U + (u32)from);
}

/* --- accounting ----------------------------------------------------------------------------- */

static void a_page_is_counted_once_in_each_state(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *page = store_page(test, store, 3);

	lock_page(page);
	KUNIT_EXPECT_TRUE(test, set_page_dirty(page));
	KUNIT_EXPECT_FALSE(test, set_page_dirty(page));
	KUNIT_EXPECT_EQ(test, nr_dirty(), 1UL);
	KUNIT_EXPECT_TRUE(test, clear_page_dirty_for_io(page));
	KUNIT_EXPECT_FALSE(test, clear_page_dirty_for_io(page));
	KUNIT_EXPECT_EQ(test, nr_dirty(), 0UL);
	/* A sync that comes now has to see it. */
	KUNIT_EXPECT_TRUE(test, mapping_tagged(&store->mapping, PAGECACHE_TAG_DIRTY));
	set_page_writeback(page);
	KUNIT_EXPECT_FALSE(test, mapping_tagged(&store->mapping, PAGECACHE_TAG_DIRTY));
	KUNIT_EXPECT_TRUE(test, mapping_tagged(&store->mapping, PAGECACHE_TAG_WRITEBACK));
	KUNIT_EXPECT_EQ(test, global_node_page_state(NR_WRITEBACK), 1UL);
	unlock_page(page);
	end_page_writeback(page);
	KUNIT_EXPECT_EQ(test, global_node_page_state(NR_WRITEBACK), 0UL);
	KUNIT_EXPECT_FALSE(test, mapping_tagged(&store->mapping, PAGECACHE_TAG_WRITEBACK));
	put_page(page);
}

static void what_is_truncated_is_not_dirty(struct kunit *test)
{
	struct store *store = make_store(test, 10);

	dirty_pages(test, store, 0, 10);
	KUNIT_EXPECT_EQ(test, nr_dirty(), 10UL);
	truncate_inode_pages(&store->mapping, 0);
	KUNIT_EXPECT_EQ(test, nr_dirty(), 0UL);
	KUNIT_EXPECT_EQ(test, store->writes, 0U);
}

/* --- sync -------------------------------------------------------------------------------------- */

static void a_sync_writes_all_and_waits(struct kunit *test)
{
	struct store *store = make_roomy_store(test, 70);
	struct task_struct *task;

	dirty_pages(test, store, 0, 70);
	store->hold = true;
	task = start_thread(test, sync_it, store);
	store_let_go_first(test, store);
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(store->nr_held) == 70));
	store_end(store, 69);
	settle();
	KUNIT_EXPECT_TRUE(test, is_asleep(task));
	store_end(store, 1);
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	expect_written(test, store, 0, 70);
	KUNIT_EXPECT_EQ(test, nr_dirty(), 0UL);
	KUNIT_EXPECT_FALSE(test, mapping_tagged(&store->mapping, PAGECACHE_TAG_TOWRITE));
	KUNIT_EXPECT_EQ(test, sync_it(store), 0);
	KUNIT_EXPECT_EQ(test, store->writes, 70U);
}

static void a_range_is_written_alone(struct kunit *test)
{
	struct store *store = make_store(test, 10);

	dirty_pages(test, store, 0, 10);
	KUNIT_EXPECT_EQ(
		test,
		filemap_write_and_wait_range(&store->mapping, 2 * PAGE_SIZE + 5, 4 * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, store->writes, 3U);
	expect_written(test, store, 2, 5);
	KUNIT_EXPECT_EQ(test, store->data[1], 1001U);
	KUNIT_EXPECT_EQ(test, store->data[5], 1005U);
}

/* What a page holds when a sync begins is written, though it was on its way with older data. */
static void a_sync_writes_again_what_changed_on_its_way(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct task_struct *task;

	store_dirty(test, store, 3, 1);
	store->hold = true;
	KUNIT_EXPECT_EQ(test, filemap_fdatawrite(&store->mapping), 0);
	store_dirty(test, store, 3, 2);
	task = start_thread(test, sync_it, store);
	store_let_go_first(test, store);
	settle();
	KUNIT_EXPECT_EQ(test, store->writes, 1U);
	store_end(store, 1);
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(store->nr_held) == 1));
	store_end(store, 1);
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	KUNIT_EXPECT_EQ(test, store->writes, 2U);
	KUNIT_EXPECT_EQ(test, store->data[3], 2U);
}

/* A sync ends, though others go on writing. */
static void what_becomes_dirty_later_is_not_this_syncs(struct kunit *test)
{
	struct store *store = make_store(test, 40);
	struct page *page = store_page(test, store, 20);
	struct task_struct *task;

	dirty_pages(test, store, 0, 25);
	lock_page(page);
	task = start_thread(test, sync_it, store);
	store_let_go_first(test, store);
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(store->writes) == 20));
	settle();
	dirty_pages(test, store, 30, 40);
	dirty_pages(test, store, 0, 5);
	unlock_page(page);
	put_page(page);
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	KUNIT_EXPECT_EQ(test, store->writes, 25U);
	KUNIT_EXPECT_EQ(test, nr_dirty(), 15UL);
}

/* --- errors --------------------------------------------------------------------------------------- */

static void an_error_is_told_to_each_once(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	errseq_t first = filemap_sample_wb_err(&store->mapping), second = first;

	dirty_pages(test, store, 0, 10);
	store->bad = 4;
	KUNIT_EXPECT_EQ(test, sync_it(store), -EIO);
	KUNIT_EXPECT_EQ(test, sync_it(store), 0);
	KUNIT_EXPECT_EQ(test, errseq_check_and_advance(&store->mapping.wb_err, &first), -EIO);
	KUNIT_EXPECT_EQ(test, errseq_check_and_advance(&store->mapping.wb_err, &first), 0);
	KUNIT_EXPECT_EQ(test, filemap_check_wb_err(&store->mapping, second), -EIO);
	KUNIT_EXPECT_EQ(test, errseq_check_and_advance(&store->mapping.wb_err, &second), -EIO);
	/* Who comes later has missed nothing. */
	KUNIT_EXPECT_EQ(
		test, filemap_check_wb_err(&store->mapping, filemap_sample_wb_err(&store->mapping)),
		0);
	expect_written(test, store, 0, 4);
	expect_written(test, store, 5, 10);
	KUNIT_EXPECT_EQ(test, nr_dirty(), 0UL);
	store_dirty(test, store, 4, 1);
	KUNIT_EXPECT_EQ(test, sync_it(store), -EIO);
	KUNIT_EXPECT_EQ(test, filemap_check_wb_err(&store->mapping, first), -EIO);
	store->bad = NO_PAGE;
	store_dirty(test, store, 4, 5004);
	KUNIT_EXPECT_EQ(test, sync_it(store), 0);
	expect_written(test, store, 4, 5);
}

static void a_write_that_is_put_off_comes_later(struct kunit *test)
{
	struct store *store = make_store(test, 10);

	store_dirty(test, store, 4, 5004);
	store->refusals = 1;
	KUNIT_EXPECT_EQ(test, filemap_fdatawrite(&store->mapping), 0);
	KUNIT_EXPECT_EQ(test, store->writes, 0U);
	KUNIT_EXPECT_EQ(test, nr_dirty(), 1UL);
	KUNIT_EXPECT_EQ(test, sync_it(store), 0);
	expect_written(test, store, 4, 5);
}

static int refuse(struct page *page, struct writeback_control *wbc)
{
	set_page_writeback(page);
	unlock_page(page);
	end_page_writeback(page);
	return page->index == 4 ? -ENOSPC : 0;
}

static void what_writepage_returns_is_told(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	const struct address_space_operations *ops = store->mapping.a_ops;
	const struct address_space_operations refusing = { ops->readpage, refuse };

	dirty_pages(test, store, 0, 10);
	store->mapping.a_ops = &refusing;
	KUNIT_EXPECT_EQ(test, sync_it(store), -ENOSPC);
	store->mapping.a_ops = ops;
	KUNIT_EXPECT_EQ(test, nr_dirty(), 0UL);
	KUNIT_EXPECT_EQ(test, sync_it(store), 0);
}

/* --- without memory ---------------------------------------------------------------------------------- */

/* Not one: so it goes on when there is none. */
static void making_dirty_and_writing_allocates_nothing(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *page = store_page(test, store, 3);

	kunit_fail_nth(test, 1);
	lock_page(page);
	set_page_dirty(page);
	unlock_page(page);
	KUNIT_EXPECT_EQ(test, sync_it(store), 0);
	KUNIT_EXPECT_EQ(test, invalidate_mapping_pages(&store->mapping, 0, ULONG_MAX), 0UL);
	KUNIT_EXPECT_FALSE(test, kunit_fail_nth_end(test));
	KUNIT_EXPECT_EQ(test, store->writes, 1U);
	put_page(page);
}

/* --- the flusher --------------------------------------------------------------------------------------- */

struct knobs {
	int dirty, background;
	unsigned int interval, expire;
};

static void restore_knobs(void *context)
{
	struct knobs *knobs = context;

	vm_dirty_ratio = knobs->dirty;
	dirty_background_ratio = knobs->background;
	dirty_writeback_interval = knobs->interval;
	dirty_expire_interval = knobs->expire;
}

static void keep_knobs(struct kunit *test)
{
	struct knobs *knobs = zeroed(test, struct knobs);

	*knobs = (struct knobs){ vm_dirty_ratio, dirty_background_ratio, dirty_writeback_interval,
				 dirty_expire_interval };
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, restore_knobs, knobs), 0);
}

static void limits_are_parts_of_what_could_be_dirty(struct kunit *test)
{
	unsigned long background, dirty, all;

	keep_knobs(test);
	vm_dirty_ratio = 100;
	dirty_background_ratio = 50;
	global_dirty_limits(&background, &all);
	KUNIT_EXPECT_LE(test, all, nr_free_pages() + global_node_page_state(NR_FILE_PAGES));
	KUNIT_EXPECT_EQ(test, background, all / 2);
	vm_dirty_ratio = 20;
	global_dirty_limits(&background, &dirty);
	KUNIT_EXPECT_LE(test, dirty, all / 5 + 1);
	KUNIT_EXPECT_EQ(test, background, dirty / 2); /* the larger one makes no sense */
}

static void the_flusher_writes_when_told(struct kunit *test)
{
	struct store *store = make_store(test, 20);

	dirty_pages(test, store, 0, 20);
	wakeup_flusher_threads(WB_REASON_VMSCAN);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(store->writes) == 20));
	expect_written(test, store, 0, 20);
}

/* Dirty again, but under write-back: nobody waits for it, nor is it written twice at a time. */
static void the_flusher_leaves_out_what_is_on_its_way(struct kunit *test)
{
	struct store *store = make_store(test, 10);

	store_dirty(test, store, 3, 1);
	store_read(test, store, 5, 6);
	store->hold = true;
	KUNIT_EXPECT_EQ(test, filemap_fdatawrite(&store->mapping), 0);
	store_dirty(test, store, 3, 2);
	store_dirty(test, store, 5, 5);
	wakeup_flusher_threads(WB_REASON_VMSCAN);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(store->nr_held) == 2));
	KUNIT_EXPECT_EQ(test, store->last_written, 5UL);
	store_let_go(store);
	KUNIT_EXPECT_EQ(test, store->writes, 2U);
	KUNIT_EXPECT_EQ(test, nr_dirty(), 1UL);
	wakeup_flusher_threads(WB_REASON_VMSCAN);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(store->writes) == 3));
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(store->data[3]) == 2));
}

static void the_flusher_begins_when_much_is_dirty(struct kunit *test)
{
	struct store *store = make_store(test, 40);
	pgoff_t index;

	keep_knobs(test);
	dirty_background_ratio = 0;
	for (index = 0; index < 40; index++) {
		store_dirty(test, store, index, 5000 + index);
		balance_dirty_pages_ratelimited(&store->mapping);
	}
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(store->writes) >= 32));
}

static void the_flusher_writes_what_is_old(struct kunit *test)
{
	struct store *store = make_store(test, 10);

	keep_knobs(test);
	dirty_writeback_interval = 1;
	dirty_expire_interval = 60 * 60 * 100;
	dirty_pages(test, store, 0, 10);
	msleep(50);
	KUNIT_EXPECT_EQ(test, store->writes, 0U);
	dirty_expire_interval = 5;
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(store->writes) == 10));
	/* It has not forgotten the mapping, and looks again when there is something. */
	store_dirty(test, store, 3, 1);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(store->writes) == 11));
}

static int forget(void *data)
{
	struct address_space *mapping = data;
	bool forgotten;

	mapping_exit(mapping);
	forgotten = list_empty(&mapping->io_list);
	mapping_init(mapping, mapping->host, mapping->a_ops, mapping->gfp_mask);
	return forgotten;
}

/* Nobody has it in a list, or is at work on it: its memory may go. */
static void the_flusher_forgets_what_goes(struct kunit *test)
{
	struct store *store = make_store(test, 10);
	struct page *page = store_page(test, store, 3);
	struct task_struct *task;

	store_dirty(test, store, 3, 1);
	KUNIT_EXPECT_FALSE(test, list_empty(&store->mapping.io_list));
	lock_page(page);
	wakeup_flusher_threads(WB_REASON_SYNC);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(store->mapping.syncing)));
	settle();
	cancel_dirty_page(page);
	delete_from_page_cache(page);
	task = start_thread(test, forget, &store->mapping);
	settle();
	KUNIT_EXPECT_NE(test, READ_ONCE(task->__state), TASK_DEAD);
	unlock_page(page);
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 1);
	put_page(page);
}

struct writer {
	struct store *store;
	pgoff_t done;
};

static int write_on(void *data)
{
	struct writer *writer = data;

	for (; writer->done < writer->store->pages && !kthread_should_stop(); writer->done++) {
		struct page *page = grab_cache_page(&writer->store->mapping, writer->done);

		if (!page)
			return -ENOMEM;
		SetPageUptodate(page);
		set_page_dirty(page);
		unlock_page(page);
		put_page(page);
		balance_dirty_pages_ratelimited(&writer->store->mapping);
	}
	return 0;
}

/* The disk is slow: who is faster waits, and goes on as pages are written. */
static void a_writer_waits_for_the_disk(struct kunit *test)
{
	unsigned long background, limit;
	struct writer *writer = zeroed(test, struct writer);
	struct task_struct *task;
	pgoff_t before;

	keep_knobs(test);
	vm_dirty_ratio = 2;
	dirty_background_ratio = 1;
	global_dirty_limits(&background, &limit);
	limit = (background + limit) / 2;
	writer->store = make_store(test, 2 * limit + 100);
	writer->store->hold = true;
	task = start_thread(test, write_on, writer);
	store_let_go_first(test, writer->store);
	KUNIT_ASSERT_TRUE(test, eventually(is_asleep(task) && writer->store->nr_held));
	before = READ_ONCE(writer->done);
	KUNIT_EXPECT_GE(test, before + limit / 4 + 1, limit); /* the limit moves with free memory */
	KUNIT_EXPECT_LE(test, before, limit + limit / 4 + 32 * num_online_cpus());
	settle();
	KUNIT_EXPECT_EQ(test, READ_ONCE(writer->done), before);
	while (READ_ONCE(task->__state) != TASK_DEAD) {
		store_end(writer->store, 16);
		schedule_timeout_uninterruptible(1);
	}
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	KUNIT_EXPECT_EQ(test, writer->done, writer->store->pages);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_page_is_counted_once_in_each_state),
	KUNIT_CASE(what_is_truncated_is_not_dirty),
	KUNIT_CASE(a_sync_writes_all_and_waits),
	KUNIT_CASE(a_range_is_written_alone),
	KUNIT_CASE(a_sync_writes_again_what_changed_on_its_way),
	KUNIT_CASE(what_becomes_dirty_later_is_not_this_syncs),
	KUNIT_CASE(an_error_is_told_to_each_once),
	KUNIT_CASE(a_write_that_is_put_off_comes_later),
	KUNIT_CASE(what_writepage_returns_is_told),
	KUNIT_CASE(making_dirty_and_writing_allocates_nothing),
	KUNIT_CASE(limits_are_parts_of_what_could_be_dirty),
	KUNIT_CASE(the_flusher_writes_when_told),
	KUNIT_CASE(the_flusher_leaves_out_what_is_on_its_way),
	KUNIT_CASE(the_flusher_begins_when_much_is_dirty),
	KUNIT_CASE(the_flusher_forgets_what_goes),
	KUNIT_CASE_SLOW(the_flusher_writes_what_is_old),
	KUNIT_CASE_SLOW(a_writer_waits_for_the_disk),
	{},
};

static struct kunit_suite suite = {
	.name = "writeback",
	.test_cases = cases,
};
kunit_test_suite(suite);
