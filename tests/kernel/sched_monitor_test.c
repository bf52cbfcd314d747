// SPDX-License-Identifier: MIT
/* The monitor's `ps` and `in`. */
#include "../mm/monitor_run.h"
#include "threads.h"

static void ps_lists_the_threads(struct kunit *test)
{
	struct task_struct *task = start_thread(test, sleep_until_stopped, NULL);
	char line[48];

	KUNIT_ASSERT_TRUE(test, eventually(is_asleep(task)));
	set_user_nice(task, 3);
	KUNIT_EXPECT_EQ(test, run(test, "ps"), 0);
	snprintf(line, sizeof(line), "\n%5d  %-15s  sleeps     3  ", task->pid, task->comm);
	KUNIT_EXPECT_TRUE(test, printed(line));
	KUNIT_EXPECT_TRUE(test, printed("  sleep_until_stopped+0x"));
	KUNIT_EXPECT_TRUE(test, printed("    1  init             runs  "));
	KUNIT_EXPECT_TRUE(test, printed("  ksoftirqd/0      "));
}

static void ps_says_the_same_to_programs(struct kunit *test)
{
	struct task_struct *task = start_thread(test, sleep_until_stopped, NULL);
	char text[64];

	KUNIT_ASSERT_TRUE(test, eventually(is_asleep(task)));
	KUNIT_EXPECT_EQ(test, run(test, "ps --json"), 0);
	snprintf(text, sizeof(text), "{\"pid\":%d,\"name\":\"%s\",\"state\":\"sleeps\",", task->pid,
		 task->comm);
	KUNIT_EXPECT_TRUE(test, printed(text));
	KUNIT_EXPECT_EQ(test, number_after(strstr(capture.text, text), "\"stack_used\":"),
			(u64)(THREAD_SIZE - stack_not_used(task)));
	KUNIT_EXPECT_TRUE(test, printed("\"stack_size\":8192,"));
}

static void ps_shows_a_thread_s_trace(struct kunit *test)
{
	struct task_struct *task = start_thread(test, sleep_until_stopped, NULL);

	KUNIT_ASSERT_TRUE(test, eventually(is_asleep(task)));
	KUNIT_EXPECT_EQ(test, runf(test, "ps %d", task->pid), 0);
	KUNIT_EXPECT_TRUE(test, printed("Call trace, innermost first:\n"));
	KUNIT_EXPECT_TRUE(test, printed("\n  sleep_until_stopped+0x"));
	KUNIT_EXPECT_TRUE(test, printed("\n  kthread_entry+0x"));
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, runf(test, "ps %d", task->pid), -ESRCH);
	KUNIT_EXPECT_EQ(test, run(test, "ps x"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run(test, "ps 0"), -ESRCH);
	KUNIT_EXPECT_EQ(test, run(test, "ps 4294967295"), -ESRCH);
}

static void in_hardirq_teaches_the_rule(struct kunit *test)
{
	kunit_expect_report(test, "BUG: sleeping function called from invalid context");
	KUNIT_EXPECT_EQ(test, run(test, "in hardirq alloc kmalloc 64 GFP_KERNEL"), 0);
	KUNIT_EXPECT_TRUE(test, printed("(preempt count 0x10000, interrupts off, thread init)\n"));
	KUNIT_EXPECT_EQ(test, run(test, "free all"), 0);
	KUNIT_EXPECT_EQ(test, run(test, "in hardirq alloc kmalloc 64 GFP_ATOMIC"), 0);
	KUNIT_EXPECT_EQ(test, run(test, "in hardirq free all"), 0);
}

/* What the place itself adds to the count: what it interrupted may have a count as well. */
static const struct place {
	const char *name;
	unsigned int mask, count;
	const char *rest;
} places[] = {
	{ "process", ~0U, 0, ", interrupts on, thread init)\n" },
	{ "thread", ~0U, 0, ", interrupts on, thread context)\n" },
	{ "workqueue", ~0U, 0, ", interrupts on, thread kworker/events)\n" },
	{ "atomic", ~0U, 1, ", interrupts on, thread init)\n" },
	{ "spinlock", ~0U, 1, ", interrupts on, thread init)\n" },
	{ "irqsoff", ~0U, 0, ", interrupts off, thread init)\n" },
	{ "bhoff", ~0U, 2 * SOFTIRQ_OFFSET, ", interrupts on, thread init)\n" },
	{ "tasklet", HARDIRQ_MASK | SOFTIRQ_OFFSET, SOFTIRQ_OFFSET, ", interrupts on, thread " },
	{ "timer", HARDIRQ_MASK | SOFTIRQ_OFFSET, SOFTIRQ_OFFSET, ", interrupts on, thread " },
	{ "hrtimer", HARDIRQ_MASK, HARDIRQ_OFFSET, ", interrupts off, thread " },
	{ "hardirq", ~0U, HARDIRQ_OFFSET, ", interrupts off, thread init)\n" },
};

KUNIT_ARRAY_PARAM_DESC(place, places, name);

static void in_is_really_there(struct kunit *test)
{
	const struct place *place = test->param_value;

	KUNIT_EXPECT_EQ(test, runf(test, "in %s help ps", place->name), 0);
	KUNIT_EXPECT_EQ(test, number_after(capture.text, "(preempt count ") & place->mask,
			(u64)place->count);
	KUNIT_EXPECT_TRUE(test, printed(place->rest));
	KUNIT_EXPECT_TRUE(test, printed("ps [PID] [--json]"));
}

static void in_says_what_cannot_be(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run(test, "in hardirq nonsense"), -ENOENT);
	KUNIT_EXPECT_EQ(test, run(test, "in hardirq help \"p s\""), -ENOENT);
	KUNIT_EXPECT_TRUE(test, printed("'p s'"));
	KUNIT_EXPECT_EQ(test, run(test, "in"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run(test, "in hardirq"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run(test, "in nowhere help"), -EINVAL);
	KUNIT_EXPECT_TRUE(test, printed("there is no context 'nowhere'; there are: process "));
	KUNIT_EXPECT_EQ(test, run(test, "in hardirq in tasklet help"), -EPERM);
	KUNIT_EXPECT_EQ(test, run(test, "in tasklet test"), -EPERM);
	KUNIT_EXPECT_EQ(test, run(test, "in timer crash null"), -EPERM);
	KUNIT_EXPECT_EQ(test, run(test, "in nowhere"), -EINVAL);
	KUNIT_EXPECT_TRUE(test, printed("there is no context 'nowhere'; there are: process "));
}

static void in_thread_crash_ends_that_thread(struct kunit *test)
{
	kunit_expect_report(test, "kernel NULL pointer dereference");
	KUNIT_EXPECT_EQ(test, run(test, "in thread crash null"), -EFAULT);
	KUNIT_EXPECT_TRUE(test, printed("thread context)\n"));
	KUNIT_EXPECT_EQ(test, run(test, "in thread help ps"), 0);
}

static void in_workqueue_crash_ends_that_worker(struct kunit *test)
{
	kunit_expect_report(test, "kernel NULL pointer dereference");
	KUNIT_EXPECT_EQ(test, run(test, "in workqueue crash null"), -EFAULT);
	KUNIT_EXPECT_TRUE(test, printed("thread kworker/events)\n"));
	KUNIT_EXPECT_EQ(test, run(test, "in workqueue help ps"), 0);
}

static struct kunit_case sched_monitor_cases[] = { KUNIT_CASE(ps_lists_the_threads),
						   KUNIT_CASE(ps_says_the_same_to_programs),
						   KUNIT_CASE(ps_shows_a_thread_s_trace),
						   KUNIT_CASE(in_hardirq_teaches_the_rule),
						   KUNIT_CASE_PARAM(in_is_really_there,
								    place_gen_params),
						   KUNIT_CASE(in_says_what_cannot_be),
						   KUNIT_CASE(in_thread_crash_ends_that_thread),
						   KUNIT_CASE(in_workqueue_crash_ends_that_worker),
						   {} };

static struct kunit_suite sched_monitor_suite = {
	.name = "sched_monitor",
	.test_cases = sched_monitor_cases,
};
kunit_test_suite(sched_monitor_suite);
