// SPDX-License-Identifier: MIT
/*
 * Softirqs and tasklets: when they run, in which context, how often, and what holds them
 * back. BLOCK_SOFTIRQ is nobody's so far: the cases open it for themselves.
 */
#include <linux/hardirq.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <asm/traps.h>
#include <memkern/contexts.h>
#include "threads.h"

#define TEST_SOFTIRQ BLOCK_SOFTIRQ

static struct {
	unsigned int runs, again; /* how often it raises itself */
	int count;		  /* preempt_count() in it */
	bool irqs_on, in_softirq, serving, task;
	void (*extra)(void);
} seen;

static void look_around(void)
{
	seen.runs++;
	seen.count = preempt_count();
	seen.irqs_on = !irqs_disabled();
	seen.in_softirq = in_softirq();
	seen.serving = in_serving_softirq();
	seen.task = in_task();
	if (seen.extra)
		seen.extra();
}

static void test_softirq(struct softirq_action *action)
{
	look_around();
	if (seen.again) {
		seen.again--;
		raise_softirq(TEST_SOFTIRQ);
	}
}

static int softirq_test_init(struct kunit *test)
{
	memset(&seen, 0, sizeof(seen));
	open_softirq(TEST_SOFTIRQ, test_softirq);
	return 0;
}

static unsigned int runs(void)
{
	return READ_ONCE(seen.runs);
}

/* Raises it where somebody looks at the end: under local_bh_disable(). */
static void raise_now(void)
{
	local_bh_disable();
	raise_softirq(TEST_SOFTIRQ);
	local_bh_enable();
}

/* --- softirqs ------------------------------------------------------------------------------- */

static void api_L5_softirq_context(struct kunit *test)
{
	raise_now();
	KUNIT_EXPECT_EQ(test, runs(), 1U);
	KUNIT_EXPECT_EQ(test, seen.count & ~PREEMPT_MASK, (unsigned int)SOFTIRQ_OFFSET);
	KUNIT_EXPECT_TRUE(test, seen.irqs_on);
	KUNIT_EXPECT_TRUE(test, seen.in_softirq);
	KUNIT_EXPECT_TRUE(test, seen.serving);
	KUNIT_EXPECT_FALSE(test, seen.task);
}

static unsigned int runs_in_handler;

static void raise_in_handler(void *unused)
{
	raise_softirq(TEST_SOFTIRQ);
	runs_in_handler = runs();
}

/* After the handler, at the end of the interrupt: the interrupted code has not gone on. */
static void api_L5_softirq_runs_after_its_interrupt(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run_in_context(CONTEXT_HARDIRQ, raise_in_handler, NULL), 0);
	KUNIT_EXPECT_EQ(test, runs_in_handler, 0U);
	KUNIT_EXPECT_EQ(test, runs(), 1U);
}

static void raised_by_a_task_it_is_ksoftirqd_s(struct kunit *test)
{
	raise_softirq(TEST_SOFTIRQ);
	KUNIT_EXPECT_TRUE(test, eventually(runs() == 1));
}

static void api_L3_local_bh_disable_holds_back(struct kunit *test)
{
	local_bh_disable();
	local_bh_disable();
	KUNIT_EXPECT_TRUE(test, in_softirq());
	KUNIT_EXPECT_FALSE(test, in_serving_softirq());
	KUNIT_EXPECT_TRUE(test, in_task());
	raise_softirq(TEST_SOFTIRQ);
	mdelay(2); /* interrupts come, and look */
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, runs(), 0U);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, runs(), 1U);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
}

static void a_softirq_that_raises_itself(struct kunit *test)
{
	seen.again = 5;
	raise_now();
	KUNIT_EXPECT_EQ(test, runs(), 6U);
}

static int count_rounds(void *rounds)
{
	while (!kthread_should_stop())
		++*(volatile unsigned long *)rounds;
	return 0;
}

/* One that does not end: after some rounds ksoftirqd goes on with it, a thread among others. */
static void endless_softirqs_leave_room(struct kunit *test)
{
	unsigned long *rounds = zeroed(test, unsigned long);

	start_thread(test, count_rounds, rounds);
	seen.again = UINT_MAX;
	raise_now();
	KUNIT_EXPECT_GT(test, runs(), 1U);
	WRITE_ONCE(*rounds, 0);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(*rounds) > 0));
	KUNIT_EXPECT_GT(test, READ_ONCE(seen.again), 0U);
	WRITE_ONCE(seen.again, 0);
	schedule_timeout_uninterruptible(2);
	seen.runs = 0;
	raise_now();
	KUNIT_EXPECT_EQ(test, runs(), 1U);
}

static void leak_a_count(void)
{
	preempt_disable();
}

static void a_leaked_preempt_count_is_reported(struct kunit *test)
{
	seen.extra = leak_a_count;
	kunit_expect_report(test, "left preempt count 0x102, it found 0x101");
	raise_now();
	KUNIT_EXPECT_EQ(test, runs(), 1U);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
}

/* --- tasklets -------------------------------------------------------------------------------- */

struct note {
	struct tasklet_struct tasklet;
	unsigned int runs, depth, deepest, again;
	unsigned long data;
	unsigned int order;	      /* when it ran, counted over all */
	struct tasklet_struct *inner; /* scheduled by it */
};

static unsigned int next_order;

static void note_run(struct tasklet_struct *tasklet)
{
	struct note *note = from_tasklet(note, tasklet, tasklet);

	note->deepest = max(note->deepest, ++note->depth);
	look_around();
	note->order = ++next_order;
	WRITE_ONCE(note->runs, note->runs + 1);
	if (note->again) {
		note->again--;
		tasklet_schedule(tasklet);
	}
	/* An interrupt in here that schedules it, too, must not run it inside itself. */
	if (note->inner)
		asm volatile("int %0" : : "i"(0xe1) : "memory");
	note->depth--;
}

static void kill_it(void *tasklet)
{
	tasklet_kill(tasklet);
}

static struct note *make_tasklet(struct kunit *test)
{
	struct note *note = zeroed(test, struct note);

	tasklet_setup(&note->tasklet, note_run);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, kill_it, &note->tasklet), 0);
	return note;
}

static unsigned int runs_in_scheduler;

static void schedule_it(void *data)
{
	struct note *note = data;
	int i;

	for (i = 0; i < 3; i++)
		tasklet_schedule(&note->tasklet);
	runs_in_scheduler = note->runs;
}

static void api_L5_tasklet_runs_after_its_handler_once(struct kunit *test)
{
	struct note *note = make_tasklet(test);

	KUNIT_EXPECT_EQ(test, run_in_context(CONTEXT_HARDIRQ, schedule_it, note), 0);
	KUNIT_EXPECT_EQ(test, runs_in_scheduler, 0U);
	KUNIT_EXPECT_EQ(test, note->runs, 1U);
	KUNIT_EXPECT_TRUE(test, seen.irqs_on);
	KUNIT_EXPECT_TRUE(test, seen.serving);
	KUNIT_EXPECT_EQ(test, run_in_context(CONTEXT_HARDIRQ, schedule_it, note), 0);
	KUNIT_EXPECT_EQ(test, note->runs, 2U);
}

static void run_with_data(unsigned long data)
{
	*(unsigned long *)data = data;
}

static void the_older_form_gets_its_data(struct kunit *test)
{
	struct tasklet_struct tasklet;
	unsigned long result = 0;

	tasklet_init(&tasklet, run_with_data, (unsigned long)&result);
	local_bh_disable();
	tasklet_schedule(&tasklet);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, result, (unsigned long)&result);
	tasklet_kill(&tasklet);
}

static struct tasklet_struct *of_interrupt;

static void schedule_by_interrupt(struct pt_regs *regs)
{
	tasklet_schedule(of_interrupt);
}

static void a_tasklet_is_not_entered_twice(struct kunit *test)
{
	struct note *note = make_tasklet(test);

	of_interrupt = note->inner = &note->tasklet;
	set_interrupt_handler(0xe1, schedule_by_interrupt);
	local_bh_disable();
	tasklet_schedule(&note->tasklet);
	local_bh_enable(); /* each run schedules the next one */
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(note->runs) > 3));
	WRITE_ONCE(note->inner, NULL);
	tasklet_kill(&note->tasklet);
	set_interrupt_handler(0xe1, NULL);
	KUNIT_EXPECT_EQ(test, note->deepest, 1U);
}

static void a_tasklet_that_schedules_itself(struct kunit *test)
{
	struct note *note = make_tasklet(test);

	note->again = 4;
	local_bh_disable();
	tasklet_schedule(&note->tasklet);
	local_bh_enable();
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(note->runs) == 5));
	KUNIT_EXPECT_EQ(test, note->deepest, 1U);
}

static void api_L5_tasklet_disable(struct kunit *test)
{
	struct note *note = make_tasklet(test);

	tasklet_disable(&note->tasklet);
	tasklet_disable(&note->tasklet);
	tasklet_schedule(&note->tasklet);
	tasklet_enable(&note->tasklet);
	schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_EQ(test, READ_ONCE(note->runs), 0U);
	tasklet_enable(&note->tasklet);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(note->runs) == 1));
}

static void api_L5_tasklet_hi_schedule(struct kunit *test)
{
	struct note *normal = make_tasklet(test), *hi = make_tasklet(test);

	next_order = 0;
	local_bh_disable();
	tasklet_schedule(&normal->tasklet);
	tasklet_hi_schedule(&hi->tasklet);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, hi->order, 1U);
	KUNIT_EXPECT_EQ(test, normal->order, 2U);
}

static void api_L5_tasklet_kill_waits(struct kunit *test)
{
	struct note *note = make_tasklet(test);

	tasklet_schedule(&note->tasklet); /* for ksoftirqd */
	tasklet_kill(&note->tasklet);
	KUNIT_EXPECT_EQ(test, note->runs, 1U);
	local_bh_disable();
	tasklet_schedule(&note->tasklet); /* may be used again */
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, note->runs, 2U);
}

static void kill_in_interrupt(void *note)
{
	tasklet_kill(&((struct note *)note)->tasklet);
}

static void killing_in_an_interrupt_is_reported(struct kunit *test)
{
	struct note *note = make_tasklet(test);

	kunit_expect_report(test, "Attempt to kill tasklet from interrupt");
	KUNIT_EXPECT_EQ(test, run_in_context(CONTEXT_HARDIRQ, kill_in_interrupt, note), 0);
}

static struct kunit_case softirq_cases[] = { KUNIT_CASE(api_L5_softirq_context),
					     KUNIT_CASE(api_L5_softirq_runs_after_its_interrupt),
					     KUNIT_CASE(raised_by_a_task_it_is_ksoftirqd_s),
					     KUNIT_CASE_SLOW(api_L3_local_bh_disable_holds_back),
					     KUNIT_CASE(a_softirq_that_raises_itself),
					     KUNIT_CASE_SLOW(endless_softirqs_leave_room),
					     KUNIT_CASE(a_leaked_preempt_count_is_reported),
					     KUNIT_CASE(api_L5_tasklet_runs_after_its_handler_once),
					     KUNIT_CASE(the_older_form_gets_its_data),
					     KUNIT_CASE_SLOW(a_tasklet_is_not_entered_twice),
					     KUNIT_CASE(a_tasklet_that_schedules_itself),
					     KUNIT_CASE_SLOW(api_L5_tasklet_disable),
					     KUNIT_CASE(api_L5_tasklet_hi_schedule),
					     KUNIT_CASE_SLOW(api_L5_tasklet_kill_waits),
					     KUNIT_CASE(killing_in_an_interrupt_is_reported),
					     {} };

static struct kunit_suite softirq_suite = {
	.name = "softirq",
	.init = softirq_test_init,
	.test_cases = softirq_cases,
};
kunit_test_suite(softirq_suite);
