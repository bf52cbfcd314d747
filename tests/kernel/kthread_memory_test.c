// SPDX-License-Identifier: MIT
/* What threads cost: nothing is left of them, and nothing of one that there is no memory for. */
#include <linux/string.h>
#include "../mm/shortage.h"
#include "threads.h"

#define THREADS 16

static int return_at_once(void *unused)
{
	return 0;
}

/* Every other one runs, or is stopped before it does. False: there was no memory. */
static bool make_and_stop(void)
{
	struct task_struct *tasks[THREADS];
	int i, nr;

	for (nr = 0; nr < THREADS; nr++) {
		tasks[nr] = kthread_create(return_at_once, NULL, "short/%d", nr);
		if (IS_ERR(tasks[nr]))
			break;
		get_task_struct(tasks[nr]);
		if (nr % 2)
			wake_up_process(tasks[nr]);
	}
	for (i = 0; i < nr; i++) {
		kthread_stop(tasks[i]);
		put_task_struct(tasks[i]);
	}
	return nr == THREADS;
}

/*
 * A guard page splits the large page that it is in, once and for all, and the page table for
 * that stays. Those that the cases will need are made before they count.
 */
static int split_large_pages(struct kunit_suite *suite)
{
	return make_and_stop() ? 0 : -ENOMEM;
}

static void stacks_are_given_back(struct kunit *test)
{
	int round;

	for (round = 0; round < 3; round++)
		KUNIT_EXPECT_TRUE(test, make_and_stop());
}

/* Less than a stack and its guard page, then enough. */
static void no_memory_for_a_thread(struct kunit *test)
{
	struct task_struct *task;
	unsigned long pages;

	for (pages = 0; pages < 3; pages++) {
		kunit_expect_report(test, "allocat"); /* of its task_struct, or of pages */
		shortage_begin(pages);
		task = kthread_run(return_at_once, NULL, "scarce");
		shortage_end();
		KUNIT_ASSERT_TRUE(test, IS_ERR(task));
		KUNIT_EXPECT_EQ(test, PTR_ERR(task), (long)-ENOMEM);
	}
	shortage_begin(16);
	task = kthread_create(return_at_once, NULL, "scarce");
	shortage_end();
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_EQ(test, kthread_stop(task), -EINTR);
}

static struct kunit_case kthread_memory_cases[] = { KUNIT_CASE_SLOW(stacks_are_given_back),
						    KUNIT_CASE(no_memory_for_a_thread),
						    {} };

static struct kunit_suite kthread_memory_suite = {
	.name = "kthread_memory",
	.suite_init = split_large_pages,
	.init = shortage_init,
	.exit = shortage_exit,
	.test_cases = kthread_memory_cases,
};
kunit_test_suite(kthread_memory_suite);
