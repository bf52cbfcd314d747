// SPDX-License-Identifier: MIT
/* The monitor's `timers`: what is pending is shown, with its function, when and in what units. */
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/timer.h>
#include <memkern/kunit_extra.h>
#include "../../kernel/timekeeping.h"
#include "../mm/monitor_run.h"

static void shown_timer(struct timer_list *timer)
{
}

static enum hrtimer_restart shown_hrtimer(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

static struct timer_list timers[30];
static struct hrtimer hrtimer;

static void stop_all(void *unused)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(timers); i++)
		del_timer_sync(&timers[i]);
	hrtimer_cancel(&hrtimer);
}

static int timers_init(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(timers); i++)
		timer_setup(&timers[i], shown_timer, 0);
	hrtimer_init(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer.function = shown_hrtimer;
	return kunit_add_action(test, stop_all, NULL);
}

/* The JSON object, from its beginning, in which the text is. */
static const char *object_with(const char *text)
{
	const char *at = strstr(capture.text, text);

	while (at && at > capture.text && at[-1] != '\n')
		at--;
	return at;
}

static void shows_pending_timers(struct kunit *test)
{
	const char *object;

	mod_timer(&timers[0], jiffies + 5000);
	mod_timer(&timers[1], jiffies + 20000000);
	KUNIT_EXPECT_EQ(test, run(test, "timers"), 0);
	/* Perhaps not the only one: what watches for hung tasks sleeps for seconds, too. */
	KUNIT_EXPECT_TRUE(test, printed("\n  level 3, buckets of 512.000 ms: "));
	KUNIT_EXPECT_TRUE(test, printed("\n  level 7, buckets of 2097.152 s: 1 timer\n"));
	KUNIT_EXPECT_TRUE(test, printed(" s  shown_timer\n") || printed(" ms  shown_timer\n"));
	KUNIT_EXPECT_EQ(test, run(test, "timers --json"), 0);
	object = object_with("\"function\":\"shown_timer\"");
	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_TRUE(test, strstarts(object, "{\"kind\":\"timer\",\"cpu\":0,"));
	KUNIT_EXPECT_LE(test, json_field(object, "in_ns"), 5000 * (u64)NSEC_PER_MSEC);
	KUNIT_EXPECT_GE(test, json_field(object, "in_ns"), 2000 * (u64)NSEC_PER_MSEC);
	KUNIT_EXPECT_LE(test, json_field(object, "slack_ns"), 512 * (u64)NSEC_PER_MSEC);
	KUNIT_EXPECT_GE(test, json_field(object, "slack_ns"), (u64)NSEC_PER_MSEC);
	del_timer(&timers[0]);
	del_timer(&timers[1]);
	run(test, "timers");
	KUNIT_EXPECT_FALSE(test, printed("shown_timer"));
}

static void shows_hrtimers(struct kunit *test)
{
	const char *object;

	hrtimer_start_range_ns(&hrtimer, ms_to_ktime(40000), 1250000, HRTIMER_MODE_REL);
	KUNIT_EXPECT_EQ(test, run(test, "timers"), 0);
	KUNIT_EXPECT_TRUE(test, printed("     1.250 ms  shown_hrtimer\n"));
	KUNIT_EXPECT_EQ(test, run(test, "timers --json"), 0);
	object = object_with("\"function\":\"shown_hrtimer\"");
	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_TRUE(test, strstarts(object, "{\"kind\":\"hrtimer\",\"cpu\":0,"));
	KUNIT_EXPECT_LE(test, json_field(object, "in_ns"), 40 * (u64)NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, json_field(object, "slack_ns"), 1250000);
	KUNIT_EXPECT_GE(test, json_field(capture.text, "queued"), 1);
}

/* The soonest first, the others counted. */
static void shows_the_soonest(struct kunit *test)
{
	u64 before, in = 0, last = 0;
	const char *at;
	unsigned int i, nr = 0;

	run(test, "timers --json");
	before = json_field(capture.text, "pending");
	for (i = 0; i < ARRAY_SIZE(timers); i++)
		mod_timer(&timers[i], jiffies + 100000 * (1 + i * 7 % ARRAY_SIZE(timers)));
	KUNIT_EXPECT_EQ(test, run(test, "timers"), 0);
	KUNIT_EXPECT_TRUE(test, printed(" more\nhrtimer"));
	run(test, "timers --json");
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "pending"), before + ARRAY_SIZE(timers));
	for (at = capture.text; (at = strstr(at, "{\"kind\":\"timer\",\"cpu\":0,")); at++, nr++) {
		in = json_field(at, "in_ns");
		KUNIT_EXPECT_LE(test, last, in);
		last = in;
	}
	KUNIT_EXPECT_EQ(test, nr, 20);
}

static int sleep_long(void *unused)
{
	while (!kthread_should_stop())
		schedule_timeout_idle(1000 * HZ);
	return 0;
}

static void names_the_sleeper(struct kunit *test)
{
	struct task_struct *task = kthread_run(sleep_long, NULL, "dormouse");
	char wanted[60];
	unsigned int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	snprintf(wanted, sizeof(wanted), "  process_timeout, wakes dormouse (%d)\n", task->pid);
	for (i = 0; i < 2000; i++) {
		run(test, "timers");
		if (printed(wanted))
			break;
		schedule_timeout_uninterruptible(1);
	}
	kthread_stop(task);
	KUNIT_EXPECT_TRUE(test, printed(wanted));
}

static void shows_the_tick(struct kunit *test)
{
	u64 ticks;

	KUNIT_EXPECT_EQ(test, run(test, "timers --json"), 0);
	KUNIT_EXPECT_TRUE(test, strstarts(capture.text, "{\"kind\":\"tick\",\"cpu\":0,"));
	ticks = json_field(capture.text, "ticks");
	KUNIT_EXPECT_GT(test, ticks, 0);
	KUNIT_EXPECT_GE(test, json_field(capture.text, "interrupts"), ticks);
	KUNIT_EXPECT_GT(test, json_field(capture.text, "device_hz"), 1000000);
	schedule_timeout_uninterruptible(3);
	run(test, "timers --json");
	KUNIT_EXPECT_GT(test, json_field(capture.text, "ticks"), ticks);
}

static void refuses_arguments(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run(test, "timers all"), -EINVAL);
	KUNIT_EXPECT_TRUE(test, printed("usage: timers [--json]"));
}

static struct kunit_case monitor_cases[] = {
	KUNIT_CASE_SLOW(shows_pending_timers),
	KUNIT_CASE_SLOW(shows_hrtimers),
	KUNIT_CASE(shows_the_soonest),
	KUNIT_CASE_SLOW(names_the_sleeper),
	KUNIT_CASE_SLOW(shows_the_tick),
	KUNIT_CASE(refuses_arguments),
	{},
};

static struct kunit_suite monitor_suite = {
	.name = "timer_monitor",
	.init = timers_init,
	.test_cases = monitor_cases,
};
kunit_test_suite(monitor_suite);
