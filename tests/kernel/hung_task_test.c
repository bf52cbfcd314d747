// SPDX-License-Identifier: MIT
/* The watchdog: what it reports, once, and what it leaves alone. Sleepers of the tests are idle. */
#include <linux/delay.h>
#include <linux/sched/clock.h>
#include <linux/sched/debug.h>
#include "capture.h"
#include "threads.h"
#include "../../kernel/sched.h"

#define TIMEOUT_MS 50
#define TICKS(ms)  msecs_to_jiffies(ms)

static void normal_again(struct kunit *test)
{
	set_hung_task_timeout(HUNG_TASK_TIMEOUT_MS);
	set_user_nice(current, 0);
}

struct waiter {
	unsigned int state;
	bool leave;
};

static int wait_for_ever(void *data)
{
	struct waiter *waiter = data;

	while (!READ_ONCE(waiter->leave)) {
		set_current_state(waiter->state);
		if (!READ_ONCE(waiter->leave))
			schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static struct waiter *start_waiter(struct kunit *test, unsigned int state,
				   struct task_struct **task)
{
	struct waiter *waiter = zeroed(test, struct waiter);

	waiter->state = state;
	*task = start_thread_on(test, 0, wait_for_ever, waiter);
	return waiter;
}

static void release_waiter(struct waiter *waiter, struct task_struct *task)
{
	WRITE_ONCE(waiter->leave, true);
	wake_up_process(task);
}

static void a_blocked_thread_is_reported_once(struct kunit *test)
{
	struct task_struct *task;
	struct waiter *waiter = start_waiter(test, TASK_UNINTERRUPTIBLE, &task);

	kunit_expect_report(test, "INFO: task a_blocked_threa:");
	set_hung_task_timeout(TIMEOUT_MS);
	schedule_timeout_idle(TICKS(4 * TIMEOUT_MS));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1U); /* a second one would fail the case */
	release_waiter(waiter, task);
}

static void who_may_wait_is_left_alone(struct kunit *test)
{
	static const unsigned int states[] = { TASK_IDLE, TASK_INTERRUPTIBLE, TASK_KILLABLE };
	struct task_struct *tasks[ARRAY_SIZE(states)];
	struct waiter *waiters[ARRAY_SIZE(states)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(states); i++)
		waiters[i] = start_waiter(test, states[i], &tasks[i]);
	set_hung_task_timeout(TIMEOUT_MS);
	schedule_timeout_idle(TICKS(3 * TIMEOUT_MS));
	for (i = 0; i < ARRAY_SIZE(states); i++)
		release_waiter(waiters[i], tasks[i]);
}

static void who_is_woken_in_time_is_left_alone(struct kunit *test)
{
	struct task_struct *task;
	struct waiter *waiter = start_waiter(test, TASK_UNINTERRUPTIBLE, &task);
	int i;

	set_hung_task_timeout(10 * TIMEOUT_MS);
	for (i = 0; i < 6; i++) {
		schedule_timeout_idle(TICKS(2 * TIMEOUT_MS));
		wake_up_process(task);
	}
	release_waiter(waiter, task);
}

static int spin(void *rounds)
{
	while (!kthread_should_stop())
		++*(volatile unsigned long *)rounds;
	return 0;
}

/*
 * A millisecond of the nicest thread is worth more than half a second of the greedy one. That one
 * is stopped first, or the other would have to wait so long to see that it is to end. The test is
 * as greedy: what a host takes from it while it runs would cost it ten times that.
 */
static void a_starving_thread_is_reported_once(struct kunit *test)
{
	struct task_struct *nice = make_thread_on(test, 0, spin, zeroed(test, unsigned long));
	struct task_struct *greedy = make_thread_on(test, 0, spin, zeroed(test, unsigned long));
	static char report[64];
	int naps;

	set_user_nice(nice, MAX_NICE);
	wake_up_process(nice);
	KUNIT_ASSERT_TRUE(test, eventually(nice->sum_exec_runtime > 5 * NSEC_PER_MSEC));
	set_user_nice(current, -10);
	set_user_nice(greedy, -10);
	wake_up_process(greedy);
	snprintf(report, sizeof(report), "%s:%d runnable but not run for", nice->comm, nice->pid);
	kunit_expect_report(test, report);
	/* So long that a host which is away for a moment is no lockup. */
	set_hung_task_timeout(10 * TIMEOUT_MS);
	/* In short naps: a CPU that does not switch at all would be stuck. And as long once more. */
	for (naps = 0; naps < 60 && !kunit_reports_seen(test); naps++)
		schedule_timeout_idle(TICKS(TIMEOUT_MS / 2));
	for (naps = 0; naps < 20; naps++)
		schedule_timeout_idle(TICKS(TIMEOUT_MS / 2));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1U);
}

/*
 * A CPU that is not stuck would tell of those who wait for this one as well: it is kept from that.
 * The limit is so long that a host which is away for a moment is nobody's wait.
 */
static void a_soft_lockup_is_reported_once(struct kunit *test)
{
	struct task_struct *task;
	struct waiter *waiter = start_waiter(test, TASK_IDLE, &task);
	int tries;

	KUNIT_ASSERT_TRUE(test, eventually(is_asleep(task)));
	kunit_expect_report(test, "BUG: soft lockup - CPU#0 stuck for ");
	set_hung_task_timeout(10 * TIMEOUT_MS);
	preempt_disable();
	wake_up_process(task);
	/* Not much longer than it takes: others become runnable, too, and would not run for as long. */
	for (tries = 0; tries < 10000 && READ_ONCE(test->expected[0]); tries++) {
		WRITE_ONCE(task->last_seen, sched_clock());
		mdelay(1);
	}
	KUNIT_EXPECT_NULL(test, test->expected[0]);
	mdelay(5); /* some more ticks: it is not reported again */
	set_hung_task_timeout(HUNG_TASK_TIMEOUT_MS);
	preempt_enable();
	release_waiter(waiter, task);
}

static void a_busy_cpu_is_not_stuck(struct kunit *test)
{
	set_hung_task_timeout(TIMEOUT_MS);
	mdelay(2 * TIMEOUT_MS); /* preemptible, and nobody wants it for long */
}

static void the_report_shows_the_stack(struct kunit *test)
{
	struct task_struct *task;
	struct waiter *waiter = start_waiter(test, TASK_UNINTERRUPTIBLE, &task);

	KUNIT_ASSERT_TRUE(test, eventually(is_asleep(task)));
	capture_begin(test, &capture);
	sched_show_task(task);
	capture_end(test, &capture);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "task:the_report_show state:D stack:"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "\n wait_for_ever+0x"));
	release_waiter(waiter, task);
}

static struct kunit_case hung_task_cases[] = { KUNIT_CASE_SLOW(a_blocked_thread_is_reported_once),
					       KUNIT_CASE_SLOW(who_may_wait_is_left_alone),
					       KUNIT_CASE_SLOW(who_is_woken_in_time_is_left_alone),
					       KUNIT_CASE_SLOW(a_starving_thread_is_reported_once),
					       KUNIT_CASE_SLOW(a_soft_lockup_is_reported_once),
					       KUNIT_CASE_SLOW(a_busy_cpu_is_not_stuck),
					       KUNIT_CASE_SLOW(the_report_shows_the_stack),
					       {} };

static struct kunit_suite hung_task_suite = {
	.name = "hung_task",
	.exit = normal_again,
	.test_cases = hung_task_cases,
};
kunit_test_suite(hung_task_suite);
