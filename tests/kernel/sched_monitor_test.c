// SPDX-License-Identifier: MIT
/* The monitor's `ps`, `cpus`, `in` and `on`. */
#include <linux/log2.h>
#include <linux/slab.h>
#include <asm/smp.h>
#include "../../mm/slab.h"
#include "../mm/monitor_run.h"
#include "threads.h"

static void ps_lists_the_threads(struct kunit *test)
{
	struct task_struct *task = start_thread(test, sleep_until_stopped, NULL);
	char line[48];

	KUNIT_ASSERT_TRUE(test, eventually(is_asleep(task)));
	set_user_nice(task, 3);
	KUNIT_EXPECT_EQ(test, run(test, "ps"), 0);
	snprintf(line, sizeof(line), "\n%5d  %-15s  sleeps  %3u     3  ", task->pid, task->comm,
		 task_cpu(task));
	KUNIT_EXPECT_TRUE(test, printed(line));
	KUNIT_EXPECT_TRUE(test, printed("  sleep_until_stopped+0x"));
	KUNIT_EXPECT_TRUE(test, printed("    1  init             runs      0     0  "));
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

static void cpus_lists_the_cpus(struct kunit *test)
{
	char line[64];
	unsigned int cpu;

	KUNIT_EXPECT_EQ(test, run(test, "cpus"), 0);
	KUNIT_EXPECT_TRUE(test, printed("\n  0 "));
	KUNIT_EXPECT_TRUE(test, printed("  init                1  "));
	KUNIT_EXPECT_EQ(test, run(test, "cpus --json"), 0);
	for_each_online_cpu(cpu) {
		const char *at;

		snprintf(line, sizeof(line), "{\"cpu\":%u,", cpu);
		at = strstr(capture.text, line);
		KUNIT_ASSERT_NOT_NULL(test, at);
		KUNIT_EXPECT_LE(test, json_field(at, "idle_ns"), json_field(at, "uptime_ns"));
		KUNIT_EXPECT_GT(test, json_field(at, "ticks"), 0);
		if (cpu == smp_processor_id())
			KUNIT_EXPECT_GT(test, json_field(at, "runnable"), 0);
	}
	KUNIT_EXPECT_EQ(test, run(test, "cpus 0"), -EINVAL);
}

static void nothing(void *unused)
{
}

/* What one CPU sends another takes, and `cpus` and `irq` show as many as there were. */
static void cpus_counts_interrupts_between_cpus(struct kunit *test)
{
	unsigned long before = per_cpu(ipi_counts, 1).calls_taken;
	const char *at;
	int i;

	if (num_online_cpus() < 2)
		kunit_skip(test, "one CPU sends itself nothing");
	for (i = 0; i < 10; i++)
		smp_call_function_single(1, nothing, NULL, 1);
	KUNIT_EXPECT_GE(test, per_cpu(ipi_counts, 1).calls_taken, before + 10);
	run(test, "cpus --json");
	at = strstr(capture.text, "{\"cpu\":1,");
	KUNIT_EXPECT_GE(test, json_field(at, "calls_taken"), before + 10);
	KUNIT_EXPECT_GE(test, json_field(capture.text, "calls_sent"), before + 10);
	run(test, "irq");
	at = strstr(capture.text, "\n CAL:");
	KUNIT_ASSERT_NOT_NULL(test, at);
	at += strlen("\n CAL: 0123456789");
	KUNIT_EXPECT_GE(test, simple_strtoul(at + strspn(at, " "), NULL, 10), before + 10);
}

static void on_runs_there(struct kunit *test)
{
	unsigned int cpu;
	char line[64];

	for_each_online_cpu(cpu) {
		KUNIT_EXPECT_EQ(test, runf(test, "on %u help ps", cpu), 0);
		snprintf(line, sizeof(line), "(CPU %u, thread on/%u)\n", cpu, cpu);
		KUNIT_EXPECT_TRUE(test, !strncmp(capture.text, line, strlen(line)));
		KUNIT_EXPECT_TRUE(test, printed("ps [PID] [--json]"));
		KUNIT_EXPECT_EQ(test, runf(test, "on %u in hardirq help ps", cpu), 0);
		snprintf(line, sizeof(line), "interrupts off, thread on/%u)\n", cpu);
		KUNIT_EXPECT_TRUE(test, printed(line));
	}
}

static void on_gives_that_cpu_s_lists(struct kunit *test)
{
	struct kmem_cache *cache = kmalloc_caches[KMALLOC_NORMAL][ilog2(4096)];

	if (num_online_cpus() < 2)
		kunit_skip(test, "there is no other CPU");
	if (!cache->cpu_limit)
		kunit_skip(test, "a cache that is debugged or hardened has no CPU's lists");
	kmem_cache_shrink(cache);
	KUNIT_EXPECT_EQ(test, run(test, "on 1 alloc kmalloc 3000 GFP_KERNEL"), 0);
	KUNIT_EXPECT_EQ(test, run(test, "slab kmalloc-4k --json"), 0);
	KUNIT_EXPECT_GT(test, number_after(capture.text, "\"objects_by_cpu\":[0,"), 0);
	KUNIT_EXPECT_EQ(test, run(test, "on 1 free all"), 0);
}

static void on_says_what_cannot_be(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run(test, "on"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run(test, "on 0"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run(test, "on 8 help"), -EINVAL);
	KUNIT_EXPECT_TRUE(test, printed("no CPU 8 runs; 'cpus' lists them\n"));
	KUNIT_EXPECT_EQ(test, run(test, "on 4294967296 help"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run(test, "on x help"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run(test, "on 0 nonsense"), -ENOENT);
	KUNIT_EXPECT_EQ(test, run(test, "in tasklet on 0 help"), -EPERM);
	KUNIT_EXPECT_EQ(test, run(test, "in thread on 0 help ps"), 0);
}

static void on_a_thread_that_crashes_is_an_error(struct kunit *test)
{
	kunit_expect_report(test, "kernel NULL pointer dereference");
	KUNIT_EXPECT_EQ(test, run(test, "on 0 crash null"), -EFAULT);
	KUNIT_EXPECT_EQ(test, run(test, "on 0 help ps"), 0);
}

static void in_workqueue_crash_ends_that_worker(struct kunit *test)
{
	kunit_expect_report(test, "kernel NULL pointer dereference");
	KUNIT_EXPECT_EQ(test, run(test, "in workqueue crash null"), -EFAULT);
	KUNIT_EXPECT_TRUE(test, printed("thread kworker/events)\n"));
	KUNIT_EXPECT_EQ(test, run(test, "in workqueue help ps"), 0);
}

static struct kunit_case sched_monitor_cases[] = {
	KUNIT_CASE_SLOW(ps_lists_the_threads),
	KUNIT_CASE_SLOW(ps_says_the_same_to_programs),
	KUNIT_CASE(ps_shows_a_thread_s_trace),
	KUNIT_CASE_SLOW(in_hardirq_teaches_the_rule),
	KUNIT_CASE_PARAM_ATTR(in_is_really_there, place_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE(in_says_what_cannot_be),
	KUNIT_CASE(in_thread_crash_ends_that_thread),
	KUNIT_CASE_SLOW(in_workqueue_crash_ends_that_worker),
	KUNIT_CASE(cpus_lists_the_cpus),
	KUNIT_CASE(cpus_counts_interrupts_between_cpus),
	KUNIT_CASE(on_runs_there),
	KUNIT_CASE(on_gives_that_cpu_s_lists),
	KUNIT_CASE(on_says_what_cannot_be),
	KUNIT_CASE(on_a_thread_that_crashes_is_an_error),
	{}
};

static struct kunit_suite sched_monitor_suite = {
	.name = "sched_monitor",
	.test_cases = sched_monitor_cases,
};
kunit_test_suite(sched_monitor_suite);
