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

static void stacks_are_given_back(struct kunit *test)
{
	struct task_struct *tasks[THREADS];
	int i, round;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < THREADS; i++) {
			tasks[i] = kthread_create(return_at_once, NULL, "short/%d", i);
			KUNIT_ASSERT_FALSE(test, IS_ERR(tasks[i]));
			get_task_struct(tasks[i]);
			if (i % 2)
				wake_up_process(tasks[i]);
		}
		for (i = 0; i < THREADS; i++) {
			int result = kthread_stop(tasks[i]);

			/* The odd ones may have been stopped before they ever ran, too. */
			if (i % 2 == 0)
				KUNIT_EXPECT_EQ(test, result, -EINTR);
			put_task_struct(tasks[i]);
		}
	}
}

/* Less than a stack and its guard page, then enough. */
static void no_memory_for_a_thread(struct kunit *test)
{
	struct task_struct *task;
	unsigned long pages;

	for (pages = 0; pages < 3; pages++) {
		kunit_expect_report(test, "page allocation failure");
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

static struct kunit_case kthread_memory_cases[] = { KUNIT_CASE(stacks_are_given_back),
						    KUNIT_CASE(no_memory_for_a_thread),
						    {} };

static struct kunit_suite kthread_memory_suite = {
	.name = "kthread_memory",
	.init = shortage_init,
	.exit = shortage_exit,
	.test_cases = kthread_memory_cases,
};
kunit_test_suite(kthread_memory_suite);
