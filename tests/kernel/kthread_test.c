// SPDX-License-Identifier: MIT
/* Threads: their beginning, stopping, parking and end, and their stacks. */
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/list.h>
#include <linux/uaccess.h>
#include "capture.h"
#include "threads.h"

static int count_calls(void *calls)
{
	++*(int *)calls;
	return 7;
}

static int spin_until_stopped(void *rounds)
{
	while (!kthread_should_stop())
		++*(volatile unsigned long *)rounds;
	return 42;
}

static void api_L4_run_and_stop(struct kunit *test)
{
	unsigned long *rounds = zeroed(test, unsigned long);
	struct task_struct *task = start_thread(test, spin_until_stopped, rounds);

	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(*rounds) > 0));
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 42);
	KUNIT_EXPECT_GT(test, *rounds, 0UL);
}

static void api_L4_create_does_not_run(struct kunit *test)
{
	int *calls = zeroed(test, int);
	struct task_struct *task = make_thread(test, count_calls, calls);

	settle();
	KUNIT_EXPECT_EQ(test, *calls, 0);
	KUNIT_EXPECT_EQ(test, wake_up_process(task), 1);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(*calls) == 1));
	KUNIT_EXPECT_EQ(test, wake_up_process(task), 0);
}

static void api_L4_stop_before_the_first_run(struct kunit *test)
{
	int *calls = zeroed(test, int);
	struct task_struct *task = make_thread(test, count_calls, calls);

	KUNIT_EXPECT_EQ(test, kthread_stop(task), -EINTR);
	KUNIT_EXPECT_EQ(test, *calls, 0);
}

static void api_L4_stop_wakes_a_sleeper(struct kunit *test)
{
	struct task_struct *task = start_thread(test, sleep_until_stopped, NULL);

	KUNIT_ASSERT_TRUE(test, eventually(is_asleep(task)));
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 0);
}

static void a_thread_that_returns_is_gone(struct kunit *test)
{
	int *calls = zeroed(test, int);
	struct task_struct *task = start_thread(test, count_calls, calls), *p;
	unsigned long flags;

	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(task->__state) == TASK_DEAD));
	KUNIT_EXPECT_EQ(test, atomic_read(&task->usage), 1); /* ours */
	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_process(p)
		*calls += p == task;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	KUNIT_EXPECT_EQ(test, *calls, 1);
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 7);
}

static int exit_with_11(void *unused)
{
	kthread_exit(11);
}

static int complete_and_exit(void *done)
{
	kthread_complete_and_exit(done, 12);
}

static void kthread_exit_gives_the_result(struct kunit *test)
{
	struct completion *done = zeroed(test, struct completion);

	init_completion(done);
	KUNIT_EXPECT_EQ(test, finish_thread(test, start_thread(test, exit_with_11, NULL)), 11);
	KUNIT_EXPECT_EQ(test, finish_thread(test, start_thread(test, complete_and_exit, done)), 12);
	KUNIT_EXPECT_TRUE(test, try_wait_for_completion(done));
}

static void names_and_numbers(struct kunit *test)
{
	struct task_struct *a = kthread_create(count_calls, &a, "of/%d and more than fits", 12);
	struct task_struct *b = make_thread(test, count_calls, &b);

	KUNIT_ASSERT_FALSE(test, IS_ERR(a));
	KUNIT_EXPECT_STREQ(test, a->comm, "of/12 and more ");
	KUNIT_EXPECT_GT(test, b->pid, a->pid);
	KUNIT_EXPECT_PTR_EQ(test, kthread_data(a), (void *)&a);
	KUNIT_EXPECT_EQ(test, kthread_stop(a), -EINTR);
}

static int leave_a_count(void *unused)
{
	preempt_disable();
	return 5;
}

/* The count is the CPU's: who comes next must not inherit it. */
static void a_thread_that_returns_atomic(struct kunit *test)
{
	kunit_expect_report(test, "BUG: scheduling while atomic: a_thread_that_r/");
	KUNIT_EXPECT_EQ(test, finish_thread(test, start_thread(test, leave_a_count, NULL)), 5);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
}

/* --- parking ------------------------------------------------------------------- */

static int count_unless_parked(void *rounds)
{
	while (!kthread_should_stop()) {
		if (kthread_should_park())
			kthread_parkme();
		++*(volatile unsigned long *)rounds;
	}
	return 3;
}

static void park_and_unpark(struct kunit *test)
{
	unsigned long *rounds = zeroed(test, unsigned long), before;
	struct task_struct *task = start_thread(test, count_unless_parked, rounds);
	int i;

	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_EQ(test, kthread_park(task), 0);
		KUNIT_EXPECT_TRUE(test, is_asleep(task));
		before = READ_ONCE(*rounds);
		KUNIT_EXPECT_EQ(test, wake_up_process(task), 0);
		settle();
		KUNIT_EXPECT_EQ(test, READ_ONCE(*rounds), before);
		kthread_unpark(task);
		if (i)
			KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(*rounds) > before));
	}
	KUNIT_ASSERT_EQ(test, kthread_park(task), 0);
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 3);
}

static void parking_twice_or_too_late(struct kunit *test)
{
	unsigned long *rounds = zeroed(test, unsigned long);
	struct task_struct *task = start_thread(test, count_unless_parked, rounds);

	KUNIT_ASSERT_EQ(test, kthread_park(task), 0);
	kunit_expect_report(test, "kthread.c");
	KUNIT_EXPECT_EQ(test, kthread_park(task), -EBUSY);
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, kthread_park(task), -ENOSYS);
}

/* It does not look whether it should park, and ends: who parks it does not wait for ever. */
static void parking_one_that_returns(struct kunit *test)
{
	int *calls = zeroed(test, int);
	struct task_struct *task = make_thread(test, count_calls, calls);

	KUNIT_EXPECT_EQ(test, kthread_park(task), -ENOSYS);
	KUNIT_EXPECT_EQ(test, *calls, 1);
}

/* --- stacks ---------------------------------------------------------------------- */

static void a_guard_page_below_each_stack(struct kunit *test)
{
	unsigned long flags;
	struct task_struct *p;
	unsigned int unguarded = 0, unreadable = 0, nr = 0;
	char byte;

	make_thread(test, sleep_until_stopped, NULL);
	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_process(p) {
		char *stack = p->stack;

		nr++;
		unguarded += !get_kernel_nofault(byte, stack - 1);
		unguarded += !get_kernel_nofault(byte, stack - PAGE_SIZE);
		unreadable += get_kernel_nofault(byte, stack) != 0;
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	KUNIT_EXPECT_GE(test, nr, 2U);
	KUNIT_EXPECT_EQ(test, unguarded, 0U);
	KUNIT_EXPECT_EQ(test, unreadable, 0U);
}

static int use_stack(void *bytes)
{
	volatile char room[3000];
	unsigned int i;

	for (i = 0; i < sizeof(room); i++)
		room[i] = 1;
	*(unsigned long *)bytes = room[0];
	return 0;
}

static void the_high_water_mark(struct kunit *test)
{
	unsigned long *done = zeroed(test, unsigned long), used;
	struct task_struct *task = make_thread(test, use_stack, done);

	KUNIT_EXPECT_GE(test, stack_not_used(task), THREAD_SIZE - 64);
	wake_up_process(task);
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(task->__state) == TASK_DEAD));
	used = THREAD_SIZE - stack_not_used(task);
	KUNIT_EXPECT_GT(test, used, 3000UL);
	KUNIT_EXPECT_LT(test, used, 4500UL);
}

/* --- threads that fault ---------------------------------------------------------- */

static int write_near_null(void *unused)
{
	unsigned long address = 8;

	OPTIMIZER_HIDE_VAR(address);
	*(volatile int *)address = 1;
	return 0;
}

static int bug_while_atomic(void *unused)
{
	preempt_disable();
	BUG();
}

static int divide_by_zero(void *unused)
{
	unsigned int zero = 0;

	asm volatile("divl %0" : : "r"(zero) : "eax", "edx", "cc");
	return 0;
}

static noinline unsigned int recurse(volatile unsigned int *above)
{
	volatile unsigned int here[64];

	here[0] = *above + 1;
	return here[0] ? recurse(here) + here[0] : 0;
}

static int overflow(void *unused)
{
	volatile unsigned int zero = 0;

	return recurse(&zero);
}

/* The thread ends by the declared report, without a word, and others go on. */
static void expect_death(struct kunit *test, int (*function)(void *), const char *report)
{
	struct task_struct *task = make_thread(test, function, NULL);
	unsigned int seen = kunit_reports_seen(test);
	int *calls = zeroed(test, int), result;

	kunit_expect_report(test, report);
	capture_begin(test, &capture);
	wake_up_process(task);
	result = finish_thread(test, task);
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, result, -EFAULT);
	KUNIT_EXPECT_STREQ(test, capture.text, "");
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), seen + 1);
	KUNIT_EXPECT_EQ(test, finish_thread(test, start_thread(test, count_calls, calls)), 7);
	KUNIT_EXPECT_EQ(test, *calls, 1);
}

static void a_fault_ends_its_thread_only(struct kunit *test)
{
	expect_death(test, write_near_null, "kernel NULL pointer dereference, address: 00000008");
}

static void a_bug_ends_its_thread_only(struct kunit *test)
{
	expect_death(test, bug_while_atomic, "kernel BUG at tests/kernel/kthread_test.c");
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
}

static void an_exception_ends_its_thread_only(struct kunit *test)
{
	expect_death(test, divide_by_zero, "divide error");
}

/* Twice: the second double fault finds its stack and its TSS free. */
static void a_stack_overflow_ends_its_thread_only(struct kunit *test)
{
	expect_death(test, overflow, "BUG: TASK stack guard page was hit at");
	expect_death(test, overflow, "BUG: TASK stack guard page was hit at");
}

static struct kunit_case kthread_cases[] = { KUNIT_CASE(api_L4_run_and_stop),
					     KUNIT_CASE(api_L4_create_does_not_run),
					     KUNIT_CASE(api_L4_stop_before_the_first_run),
					     KUNIT_CASE(api_L4_stop_wakes_a_sleeper),
					     KUNIT_CASE(a_thread_that_returns_is_gone),
					     KUNIT_CASE(a_thread_that_returns_atomic),
					     KUNIT_CASE(kthread_exit_gives_the_result),
					     KUNIT_CASE(names_and_numbers),
					     KUNIT_CASE_SLOW(park_and_unpark),
					     KUNIT_CASE(parking_twice_or_too_late),
					     KUNIT_CASE(parking_one_that_returns),
					     KUNIT_CASE(a_guard_page_below_each_stack),
					     KUNIT_CASE(the_high_water_mark),
					     KUNIT_CASE(a_fault_ends_its_thread_only),
					     KUNIT_CASE(a_bug_ends_its_thread_only),
					     KUNIT_CASE(an_exception_ends_its_thread_only),
					     KUNIT_CASE_SLOW(a_stack_overflow_ends_its_thread_only),
					     {} };

static struct kunit_suite kthread_suite = { .name = "kthread", .test_cases = kthread_cases };
kunit_test_suite(kthread_suite);
