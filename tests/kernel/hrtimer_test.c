// SPDX-License-Identifier: MIT
/*
 * High-resolution timers: in which context and when they fire, periods and what was missed
 * of them, order, slack, starting and stopping, and misuse.
 */
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <asm/cpufeature.h>
#include <memkern/kunit_extra.h>
#include "../../kernel/timekeeping.h"

#define PATIENCE_MS 2000 /* the host may be busy with other things */
#define ATTEMPTS    50	 /* as in timekeeping_test.c */

/* What a function saw; it must not judge, for that is the case's. */
struct probe {
	struct hrtimer timer;
	unsigned int count, wanted; /* as long as count is below it goes on */
	ktime_t at, period;
	u64 overruns;
	bool in_hardirq, irqs_off, queued, active, running;
	enum hrtimer_restart (*then)(struct probe *probe);
	int result;
};

static enum hrtimer_restart probe_fires(struct hrtimer *timer)
{
	struct probe *probe = container_of(timer, struct probe, timer);

	probe->at = ktime_get();
	probe->in_hardirq = in_hardirq();
	probe->irqs_off = irqs_disabled();
	probe->queued = hrtimer_is_queued(timer);
	probe->active = hrtimer_active(timer);
	probe->running = hrtimer_callback_running(timer);
	WRITE_ONCE(probe->count, probe->count + 1);
	if (probe->then)
		return probe->then(probe);
	if (probe->count >= probe->wanted)
		return HRTIMER_NORESTART;
	probe->overruns += hrtimer_forward_now(timer, probe->period);
	return HRTIMER_RESTART;
}

static void stop_probe(void *probe)
{
	hrtimer_cancel(&((struct probe *)probe)->timer);
}

static struct probe *new_probe(struct kunit *test)
{
	struct probe *probe = kunit_kzalloc(test, sizeof(*probe), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, probe);
	hrtimer_init(&probe->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	probe->timer.function = probe_fires;
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, stop_probe, probe), 0);
	return probe;
}

static bool fired(struct probe *probe, unsigned int count)
{
	ktime_t end = ktime_add_ms(ktime_get(), PATIENCE_MS);

	while (READ_ONCE(probe->count) < count && ktime_before(ktime_get(), end))
		ndelay(500);
	return READ_ONCE(probe->count) >= count;
}

/* --- when, and where ---------------------------------------------------------------------- */

static void fires_in_hard_interrupt(struct kunit *test)
{
	struct probe *probe = new_probe(test);

	hrtimer_start(&probe->timer, us_to_ktime(100), HRTIMER_MODE_REL);
	KUNIT_EXPECT_TRUE(test, fired(probe, 1));
	KUNIT_EXPECT_TRUE(test, probe->in_hardirq);
	KUNIT_EXPECT_TRUE(test, probe->irqs_off);
	KUNIT_EXPECT_FALSE(test, probe->queued);
	KUNIT_EXPECT_TRUE(test, probe->active);
	KUNIT_EXPECT_TRUE(test, probe->running);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&probe->timer));
	KUNIT_EXPECT_FALSE(test, hrtimer_callback_running(&probe->timer));
}

/* Between ticks, and beyond several of them: never early, and at best hardly late. */
static void fires_when_asked(struct kunit *test)
{
	static const unsigned int usecs[] = { 1, 30, 250, 999, 1001, 3333 };
	struct probe *probe = new_probe(test);
	unsigned int i, attempt;

	for (i = 0; i < ARRAY_SIZE(usecs); i++) {
		s64 late = S64_MAX;

		for (attempt = 0; attempt < ATTEMPTS && late > 300 * NSEC_PER_USEC; attempt++) {
			ktime_t due = ktime_add_us(ktime_get(), usecs[i]);

			probe->count = 0;
			hrtimer_start(&probe->timer, due, HRTIMER_MODE_ABS);
			KUNIT_ASSERT_TRUE(test, fired(probe, 1));
			late = probe->at - due;
			KUNIT_ASSERT_GE(test, late, 0);
		}
		KUNIT_EXPECT_LE_MSG(test, late, 300 * NSEC_PER_USEC, "%u us", usecs[i]);
		kunit_info(test, "hrtimer of %u us: %lld ns over\n", usecs[i], late);
	}
}

/* Long before the next tick, which would serve it too. */
static void past_fires_at_once(struct kunit *test)
{
	static const ktime_t moments[] = { 0, -1, KTIME_MIN, 1 };
	struct probe *probe = new_probe(test);
	unsigned int i, attempt;

	for (i = 0; i < ARRAY_SIZE(moments); i++) {
		s64 late = S64_MAX;

		for (attempt = 0; attempt < ATTEMPTS && late > 300 * NSEC_PER_USEC; attempt++) {
			unsigned long flags;
			ktime_t begin;

			probe->count = 0;
			local_irq_save(flags);
			begin = ktime_get();
			hrtimer_start(&probe->timer, moments[i], HRTIMER_MODE_ABS);
			KUNIT_EXPECT_EQ(test, probe->count, 0);
			local_irq_restore(flags);
			KUNIT_ASSERT_TRUE(test, fired(probe, 1));
			late = probe->at - begin;
		}
		KUNIT_EXPECT_LE_MSG(test, late, 300 * NSEC_PER_USEC, "%lld", moments[i]);
		KUNIT_EXPECT_EQ(test, probe->count, 1);
	}
}

static void never_does_not_fire(struct kunit *test)
{
	struct probe *probe = new_probe(test);

	hrtimer_start(&probe->timer, KTIME_MAX, HRTIMER_MODE_REL);
	KUNIT_EXPECT_EQ(test, hrtimer_get_expires(&probe->timer), KTIME_MAX);
	mdelay(3);
	KUNIT_EXPECT_EQ(test, probe->count, 0);
	KUNIT_EXPECT_EQ(test, hrtimer_cancel(&probe->timer), 1);
}

static struct probe *order[3];
static unsigned int nr_order;

static enum hrtimer_restart note_order(struct probe *probe)
{
	order[nr_order++] = probe;
	return HRTIMER_NORESTART;
}

/* Also where one interrupt finds them all due; equals as they were started. */
static void in_order_of_expiry(struct kunit *test)
{
	static const unsigned int usecs[][3] = { { 300, 100, 200 }, { 5, 5, 1 } };
	static const u8 wanted[][3] = { { 1, 2, 0 }, { 2, 0, 1 } };
	unsigned int i, round;

	for (round = 0; round < 2; round++) {
		struct probe *probes[3];
		unsigned long flags;
		ktime_t now;

		nr_order = 0;
		for (i = 0; i < 3; i++)
			probes[i] = new_probe(test);
		local_irq_save(flags);
		now = ktime_get();
		for (i = 0; i < 3; i++) {
			probes[i]->then = note_order;
			hrtimer_start(&probes[i]->timer, ktime_add_us(now, usecs[round][i]),
				      HRTIMER_MODE_ABS);
		}
		udelay(20);
		local_irq_restore(flags);
		for (i = 0; i < 3; i++)
			KUNIT_ASSERT_TRUE(test, fired(probes[i], 1));
		for (i = 0; i < 3; i++)
			KUNIT_EXPECT_PTR_EQ(test, order[i], probes[wanted[round][i]]);
	}
}

/* Due, but not yet urgent: it comes along with one that is. */
static void slack_shares_an_interrupt(struct kunit *test)
{
	struct probe *lazy = new_probe(test), *urgent = new_probe(test);
	ktime_t now = ktime_get();

	/* The lazy one's latest moment is before the urgent one's: it stands first in the tree. */
	hrtimer_start_range_ns(&lazy->timer, ktime_add_us(now, 200), 800 * NSEC_PER_USEC,
			       HRTIMER_MODE_ABS);
	KUNIT_EXPECT_EQ(test, hrtimer_get_softexpires(&lazy->timer), ktime_add_us(now, 200));
	KUNIT_EXPECT_EQ(test, hrtimer_get_expires(&lazy->timer), ktime_add_us(now, 1000));
	hrtimer_start(&urgent->timer, ktime_add_us(now, 1000), HRTIMER_MODE_ABS);
	KUNIT_EXPECT_TRUE(test, fired(urgent, 1));
	KUNIT_EXPECT_TRUE(test, fired(lazy, 1));
	KUNIT_EXPECT_GE(test, lazy->at, ktime_add_us(now, 200));
	KUNIT_EXPECT_LE(test, lazy->at, urgent->at);
}

/* --- periods ----------------------------------------------------------------------------- */

static void periodic(struct kunit *test)
{
	struct probe *probe = new_probe(test);
	ktime_t begin = ktime_get();

	probe->wanted = 20;
	probe->period = us_to_ktime(150);
	hrtimer_start(&probe->timer, probe->period, HRTIMER_MODE_REL);
	KUNIT_ASSERT_TRUE(test, fired(probe, 20));
	KUNIT_EXPECT_EQ(test, probe->count, 20);
	KUNIT_EXPECT_FALSE(test, hrtimer_is_queued(&probe->timer));
	/* It never loses its phase: 19 forwards by whole periods, and the missed ones counted. */
	KUNIT_EXPECT_GE(test, probe->overruns, 19);
	KUNIT_EXPECT_GE(test, probe->at - begin, (s64)(probe->overruns + 1) * probe->period);
}

static void overruns_are_counted(struct kunit *test)
{
	struct probe *probe = new_probe(test);
	unsigned long flags;

	if (!boot_cpu_has(X86_FEATURE_TSC))
		kunit_skip(test, "the clock stands still between interrupts");
	probe->wanted = 2;
	probe->period = us_to_ktime(100);
	local_irq_save(flags);
	hrtimer_start(&probe->timer, probe->period, HRTIMER_MODE_REL);
	udelay(1050);
	local_irq_restore(flags);
	KUNIT_ASSERT_TRUE(test, fired(probe, 2));
	KUNIT_EXPECT_GE(test, probe->overruns, 10);
}

/* Computed: the least number of periods that brings it behind now. */
static void forward_computes(struct kunit *test)
{
	static const struct {
		ktime_t expires, now, interval;
		u64 overruns;
		ktime_t then;
	} vectors[] = {
		{ 1000, 999, 100, 0, 1000 },
		{ 1000, 1000, 100, 1, 1100 },
		{ 1000, 1099, 100, 1, 1100 },
		{ 1000, 1100, 100, 2, 1200 },
		{ 1000, 123456, 100, 1225, 123500 },
		{ 1000, 1005, 0, 6, 1006 },
		{ 0, 1LL << 62, 1LL << 61, 3, 3LL << 61 },
	};
	struct probe *probe = new_probe(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		hrtimer_set_expires(&probe->timer, vectors[i].expires);
		KUNIT_EXPECT_EQ(test,
				hrtimer_forward(&probe->timer, vectors[i].now, vectors[i].interval),
				vectors[i].overruns);
		KUNIT_EXPECT_EQ(test, hrtimer_get_expires(&probe->timer), vectors[i].then);
		KUNIT_EXPECT_EQ(test, hrtimer_get_softexpires(&probe->timer), vectors[i].then);
	}
}

/* A period shorter than its own function takes: others still get the CPU. */
static enum hrtimer_restart too_slow(struct probe *probe)
{
	hrtimer_forward_now(&probe->timer, us_to_ktime(1));
	udelay(30);
	return READ_ONCE(probe->wanted) ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

static void period_too_short_to_serve(struct kunit *test)
{
	struct probe *probe = new_probe(test);
	u64 hangs = this_cpu_ptr(&hrtimer_bases)->hangs;
	ktime_t end;

	if (!boot_cpu_has(X86_FEATURE_TSC))
		kunit_skip(test, "the clock stands still between interrupts");
	probe->wanted = 1;
	probe->then = too_slow;
	end = ktime_add_ms(ktime_get(), PATIENCE_MS);
	hrtimer_start(&probe->timer, us_to_ktime(1), HRTIMER_MODE_REL);
	while ((READ_ONCE(probe->count) < 5 || this_cpu_ptr(&hrtimer_bases)->hangs == hangs) &&
	       ktime_before(ktime_get(), end))
		barrier();
	KUNIT_EXPECT_GE(test, probe->count, 5);
	KUNIT_EXPECT_EQ(test, hrtimer_cancel(&probe->timer), 1);
	KUNIT_EXPECT_GT(test, this_cpu_ptr(&hrtimer_bases)->hangs, hangs);
}

/* --- starting and stopping ------------------------------------------------------------------ */

static void cancel_says_what_it_was(struct kunit *test)
{
	struct probe *probe = new_probe(test);
	struct hrtimer *timer = &probe->timer;

	KUNIT_EXPECT_EQ(test, hrtimer_cancel(timer), 0);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(timer));
	hrtimer_start(timer, ms_to_ktime(100000), HRTIMER_MODE_REL);
	KUNIT_EXPECT_TRUE(test, hrtimer_active(timer));
	KUNIT_EXPECT_TRUE(test, hrtimer_is_queued(timer));
	KUNIT_EXPECT_LE(test, hrtimer_get_remaining(timer), ms_to_ktime(100000));
	KUNIT_EXPECT_GT(test, hrtimer_get_remaining(timer), ms_to_ktime(90000));
	KUNIT_EXPECT_EQ(test, hrtimer_try_to_cancel(timer), 1);
	KUNIT_EXPECT_EQ(test, hrtimer_try_to_cancel(timer), 0);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(timer));
	KUNIT_EXPECT_EQ(test, probe->count, 0);
}

static void cancelled_does_not_fire(struct kunit *test)
{
	struct probe *cancelled = new_probe(test), *other = new_probe(test);

	hrtimer_start(&cancelled->timer, ms_to_ktime(200), HRTIMER_MODE_REL);
	hrtimer_start(&other->timer, ms_to_ktime(201), HRTIMER_MODE_REL);
	hrtimer_cancel(&cancelled->timer);
	KUNIT_EXPECT_TRUE(test, fired(other, 1));
	KUNIT_EXPECT_EQ(test, cancelled->count, 0);
}

static void start_moves(struct kunit *test)
{
	struct probe *probe = new_probe(test);
	unsigned int nr = this_cpu_ptr(&hrtimer_bases)->nr;

	hrtimer_start(&probe->timer, ms_to_ktime(50000), HRTIMER_MODE_REL);
	hrtimer_start(&probe->timer, ms_to_ktime(60000), HRTIMER_MODE_REL);
	KUNIT_EXPECT_EQ(test, this_cpu_ptr(&hrtimer_bases)->nr, nr + 1);
	hrtimer_start(&probe->timer, us_to_ktime(50), HRTIMER_MODE_REL);
	KUNIT_EXPECT_TRUE(test, fired(probe, 1));
	KUNIT_EXPECT_EQ(test, this_cpu_ptr(&hrtimer_bases)->nr, nr);
	hrtimer_set_expires(&probe->timer, ktime_add_us(ktime_get(), 50));
	hrtimer_restart(&probe->timer);
	KUNIT_EXPECT_TRUE(test, fired(probe, 2));
}

static enum hrtimer_restart start_myself(struct probe *probe)
{
	if (probe->count < 3)
		hrtimer_start(&probe->timer, us_to_ktime(20), HRTIMER_MODE_REL);
	return HRTIMER_NORESTART;
}

static void starts_itself_again(struct kunit *test)
{
	struct probe *probe = new_probe(test);

	probe->then = start_myself;
	hrtimer_start(&probe->timer, us_to_ktime(20), HRTIMER_MODE_REL);
	KUNIT_EXPECT_TRUE(test, fired(probe, 3));
	KUNIT_EXPECT_EQ(test, hrtimer_cancel(&probe->timer), 0);
	KUNIT_EXPECT_EQ(test, probe->count, 3);
}

static enum hrtimer_restart try_to_cancel_myself(struct probe *probe)
{
	probe->result = hrtimer_try_to_cancel(&probe->timer);
	return HRTIMER_NORESTART;
}

static void try_to_cancel_in_own_function(struct kunit *test)
{
	struct probe *probe = new_probe(test);

	probe->then = try_to_cancel_myself;
	hrtimer_start(&probe->timer, 0, HRTIMER_MODE_REL);
	KUNIT_EXPECT_TRUE(test, fired(probe, 1));
	KUNIT_EXPECT_EQ(test, probe->result, -1);
}

/* --- sleeping ---------------------------------------------------------------------------- */

static void schedule_hrtimeout_sleeps(struct kunit *test)
{
	ktime_t end = ktime_add_us(ktime_get(), 700);

	set_current_state(TASK_INTERRUPTIBLE);
	KUNIT_EXPECT_EQ(test, schedule_hrtimeout(&end, HRTIMER_MODE_ABS), 0);
	KUNIT_EXPECT_GE(test, ktime_get(), end);
	KUNIT_EXPECT_TRUE(test, task_is_running(current));
	end = us_to_ktime(300);
	set_current_state(TASK_INTERRUPTIBLE);
	KUNIT_EXPECT_EQ(test, schedule_hrtimeout(&end, HRTIMER_MODE_REL), 0);
}

static void woken_before_its_time(struct kunit *test)
{
	ktime_t end = ms_to_ktime(100000);

	set_current_state(TASK_INTERRUPTIBLE);
	wake_up_process(current);
	KUNIT_EXPECT_EQ(test, schedule_hrtimeout(&end, HRTIMER_MODE_REL), -EINTR);
}

/* --- misuse -------------------------------------------------------------------------------- */

static enum hrtimer_restart cancel_myself(struct probe *probe)
{
	probe->result = hrtimer_cancel(&probe->timer);
	return HRTIMER_NORESTART;
}

/* Linux waits for ever; here it is reported, and the system lives on. */
static void api_cancel_in_own_function_is_reported(struct kunit *test)
{
	struct probe *probe = new_probe(test);

	kunit_expect_report(test, "hrtimer_cancel() in the timer's own function probe_fires");
	probe->then = cancel_myself;
	hrtimer_start(&probe->timer, 0, HRTIMER_MODE_REL);
	KUNIT_EXPECT_TRUE(test, fired(probe, 1));
	KUNIT_EXPECT_EQ(test, probe->result, -1);
}

static void api_uninitialised_is_reported(struct kunit *test)
{
	struct hrtimer timer = { .state = 0 };

	kunit_expect_report(test, "has no function, or was never initialised");
	hrtimer_start(&timer, 0, HRTIMER_MODE_REL);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&timer));
	KUNIT_EXPECT_EQ(test, hrtimer_cancel(&timer), 0);
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	kunit_expect_report(test, "has no function, or was never initialised");
	hrtimer_start(&timer, 0, HRTIMER_MODE_REL);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&timer));
	kunit_expect_report(test, "Invalid clockid 99. Using MONOTONIC");
	hrtimer_init(&timer, 99, HRTIMER_MODE_REL);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 3);
}

static void api_forward_of_a_queued_timer_is_reported(struct kunit *test)
{
	struct probe *probe = new_probe(test);
	ktime_t expires;

	hrtimer_start(&probe->timer, ms_to_ktime(100000), HRTIMER_MODE_REL);
	expires = hrtimer_get_expires(&probe->timer);
	kunit_expect_report(test, "hrtimer_forward");
	KUNIT_EXPECT_EQ(test, hrtimer_forward(&probe->timer, expires + 1, 1000), 0);
	KUNIT_EXPECT_EQ(test, hrtimer_get_expires(&probe->timer), expires);
}

static struct kunit_case hrtimer_cases[] = {
	KUNIT_CASE(fires_in_hard_interrupt),
	KUNIT_CASE_SLOW(fires_when_asked),
	KUNIT_CASE(past_fires_at_once),
	KUNIT_CASE_SLOW(never_does_not_fire),
	KUNIT_CASE(in_order_of_expiry),
	KUNIT_CASE_SLOW(slack_shares_an_interrupt),
	KUNIT_CASE_SLOW(periodic),
	KUNIT_CASE_SLOW(overruns_are_counted),
	KUNIT_CASE(forward_computes),
	KUNIT_CASE_SLOW(period_too_short_to_serve),
	KUNIT_CASE(cancel_says_what_it_was),
	KUNIT_CASE_SLOW(cancelled_does_not_fire),
	KUNIT_CASE(start_moves),
	KUNIT_CASE(starts_itself_again),
	KUNIT_CASE(try_to_cancel_in_own_function),
	KUNIT_CASE_SLOW(schedule_hrtimeout_sleeps),
	KUNIT_CASE(woken_before_its_time),
	KUNIT_CASE(api_cancel_in_own_function_is_reported),
	KUNIT_CASE(api_uninitialised_is_reported),
	KUNIT_CASE(api_forward_of_a_queued_timer_is_reported),
	{},
};

static struct kunit_suite hrtimer_suite = {
	.name = "hrtimer",
	.test_cases = hrtimer_cases,
};
kunit_test_suite(hrtimer_suite);
