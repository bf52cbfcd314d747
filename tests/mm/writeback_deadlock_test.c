// SPDX-License-Identifier: MIT
/*
 * Why the driver of a disk must not ask with GFP_KERNEL while a write-back may wait for it. This
 * one's disk takes one transfer at a time, and its driver wants a page while it has the disk:
 *
 *	down(disk); alloc_page(GFP_KERNEL);	memory is full of dirty pages: reclaim writes one,
 *	    writepage: down(disk);		for which the disk has to be free. It never is.
 *
 * GFP_NOIO does not write, and fails at worst. A mempool does not even fail. What the lock checker
 * says of the same, before anything hangs, is tested in slowpath_test.c.
 */
#include <linux/mempool.h>
#include <linux/sched/debug.h>
#include <linux/semaphore.h>

#include "pressure.h"

#define TIMEOUT_MS 50

struct toy_driver {
	struct store *store;
	struct address_space_operations ops;
	struct semaphore disk;
	mempool_t *pool; /* NULL: it asks the page allocator */
	gfp_t gfp;
	struct page *page;
};

static struct toy_driver *driver;
static const struct address_space_operations *store_ops;
static unsigned int writeback_interval;

static int write_when_free(struct page *page, struct writeback_control *wbc)
{
	int error;

	down(&driver->disk);
	error = store_ops->writepage(page, wbc);
	up(&driver->disk);
	return error;
}

static int allocate_with_the_disk(void *unused)
{
	down(&driver->disk);
	driver->page = driver->pool ? mempool_alloc(driver->pool, driver->gfp)
				    : alloc_page(driver->gfp);
	up(&driver->disk);
	return 0;
}

static void destroy_pool(void *unused)
{
	if (driver->page && driver->pool)
		mempool_free(driver->page, driver->pool);
	else if (driver->page)
		__free_page(driver->page);
	mempool_destroy(driver->pool);
}

/* Nothing is free, and all that could be freed is dirty. Returns who will ask, not yet woken. */
static struct task_struct *make_driver(struct kunit *test, gfp_t gfp, bool pool)
{
	struct task_struct *task;

	driver = zeroed(test, struct toy_driver);
	sema_init(&driver->disk, 1);
	driver->gfp = MM_TEST_GFP(gfp);
	if (pool) {
		driver->pool = mempool_create_page_pool(1, 0);
		KUNIT_ASSERT_NOT_NULL(test, driver->pool);
	}
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, destroy_pool, NULL), 0);
	driver->store = make_cache(test, 80);
	store_ops = driver->store->mapping.a_ops;
	driver->ops = *store_ops;
	driver->ops.writepage = write_when_free;
	driver->store->mapping.a_ops = &driver->ops;
	task = make_thread(test, allocate_with_the_disk, NULL);
	make_dirty(test, driver->store);
	squeeze(gfp);
	return task;
}

static void api_S7_gfp_kernel_in_write_back_is_a_deadlock(struct kunit *test)
{
	struct task_struct *task = make_driver(test, GFP_KERNEL, false);

	kunit_expect_report(test, "INFO: task api_S7_gfp_kern:");
	set_hung_task_timeout(TIMEOUT_MS);
	wake_up_process(task);
	KUNIT_EXPECT_TRUE(test, eventually(kunit_reports_seen(test)));
	set_hung_task_timeout(HUNG_TASK_TIMEOUT_MS);
	KUNIT_EXPECT_TRUE(test, is_asleep(task));
	KUNIT_EXPECT_EQ(test, driver->store->writes, 0U);
	/* Nobody but a test can help it. */
	up(&driver->disk);
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	KUNIT_EXPECT_NOT_NULL(test, driver->page);
	KUNIT_EXPECT_GT(test, driver->store->for_reclaim, 0U);
}

static void api_S7_gfp_noio_in_write_back_fails(struct kunit *test)
{
	struct task_struct *task = make_driver(test, GFP_NOIO, false);

	wake_up_process(task);
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	KUNIT_EXPECT_NULL(test, driver->page);
	KUNIT_EXPECT_EQ(test, driver->store->writes, 0U);
}

static void api_S7_a_mempool_in_write_back_serves(struct kunit *test)
{
	struct task_struct *task = make_driver(test, GFP_NOIO, true);

	wake_up_process(task);
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	KUNIT_EXPECT_NOT_NULL(test, driver->page);
	KUNIT_EXPECT_EQ(test, driver->store->writes, 0U);
}

/* The flusher waits for the disk as well, and would be reported too: it does nothing meanwhile. */
static int deadlock_init(struct kunit *test)
{
	writeback_interval = dirty_writeback_interval;
	dirty_writeback_interval = 0;
	wakeup_flusher_threads(WB_REASON_SYNC);
	settle();
	return pressure_init(test);
}

static void deadlock_exit(struct kunit *test)
{
	dirty_writeback_interval = writeback_interval;
	pressure_exit(test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_SLOW(api_S7_gfp_kernel_in_write_back_is_a_deadlock),
	KUNIT_CASE_SLOW(api_S7_gfp_noio_in_write_back_fails),
	KUNIT_CASE_SLOW(api_S7_a_mempool_in_write_back_serves),
	{},
};

static struct kunit_suite suite = {
	.name = "writeback_deadlock",
	.init = deadlock_init,
	.exit = deadlock_exit,
	.test_cases = cases,
};
kunit_test_suite(suite);
