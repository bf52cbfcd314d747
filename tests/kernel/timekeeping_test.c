// SPDX-License-Identifier: MIT
/* Jiffies, ktime and the clock: arithmetic at the edges, and that time goes forwards. */
#include <memkern/kunit_extra.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/timex.h>
#include <asm/cpufeature.h>
#include "../../kernel/timekeeping.h"

/*
 * How long something takes at most can be said only of the best of some attempts, as the host
 * may take the CPU away. tests/qemu/icount.py looks at the figures where it cannot.
 */
#define ATTEMPTS 50

/* Without a counter the clock stands still between ticks, and nothing can be measured by it. */
static void needs_counter(struct kunit *test)
{
	if (!boot_cpu_has(X86_FEATURE_TSC))
		kunit_skip(test, "this CPU has no time-stamp counter");
}

/* --- jiffies ----------------------------------------------------------------------------- */

static void comparisons_hold_across_the_wrap(struct kunit *test)
{
	unsigned long before = ULONG_MAX - 2, behind = before + 10;

	KUNIT_EXPECT_TRUE(test, time_after(behind, before));
	KUNIT_EXPECT_FALSE(test, time_after(before, behind));
	KUNIT_EXPECT_FALSE(test, time_after(before, before));
	KUNIT_EXPECT_TRUE(test, time_after_eq(before, before));
	KUNIT_EXPECT_TRUE(test, time_before(before, behind));
	KUNIT_EXPECT_TRUE(test, time_before_eq(behind, behind));
	KUNIT_EXPECT_TRUE(test, time_after(before + LONG_MAX, before));
	KUNIT_EXPECT_FALSE(test, time_after(before + LONG_MAX + 2UL, before));
	KUNIT_EXPECT_TRUE(test, time_in_range(behind, before, behind));
	KUNIT_EXPECT_FALSE(test, time_in_range_open(behind, before, behind));
	KUNIT_EXPECT_TRUE(test, time_in_range_open(before, before, behind));
	KUNIT_EXPECT_TRUE(test, time_after64(5ULL, ~0ULL));
	KUNIT_EXPECT_TRUE(test, time_before_eq64(~0ULL, ~0ULL));
}

static void jiffies_wrap_five_minutes_after_boot(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, INITIAL_JIFFIES + 300UL * HZ, (unsigned long)(u32)0);
	KUNIT_EXPECT_TRUE(test, time_after_eq(jiffies, INITIAL_JIFFIES));
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, INITIAL_JIFFIES + 24 * 3600UL * HZ));
}

static void conversions(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, msecs_to_jiffies(0), 0);
	KUNIT_EXPECT_EQ(test, msecs_to_jiffies(1), 1);
	KUNIT_EXPECT_EQ(test, msecs_to_jiffies(INT_MAX), INT_MAX);
	KUNIT_EXPECT_EQ(test, msecs_to_jiffies(-1), MAX_JIFFY_OFFSET);
	KUNIT_EXPECT_EQ(test, usecs_to_jiffies(0), 0);
	KUNIT_EXPECT_EQ(test, usecs_to_jiffies(1), 1);
	KUNIT_EXPECT_EQ(test, usecs_to_jiffies(1000), 1);
	KUNIT_EXPECT_EQ(test, usecs_to_jiffies(1001), 2);
	KUNIT_EXPECT_EQ(test, usecs_to_jiffies(UINT_MAX), UINT_MAX / 1000 + 1);
	KUNIT_EXPECT_EQ(test, nsecs_to_jiffies(999999), 0);
	KUNIT_EXPECT_EQ(test, nsecs_to_jiffies(1000000), 1);
	KUNIT_EXPECT_EQ(test, nsecs_to_jiffies64(~0ULL), ~0ULL / 1000000);
	KUNIT_EXPECT_EQ(test, jiffies_to_msecs(7), 7);
	KUNIT_EXPECT_EQ(test, jiffies_to_usecs(7), 7000);
	KUNIT_EXPECT_EQ(test, jiffies_to_nsecs(ULONG_MAX), (u64)ULONG_MAX * 1000000);
}

/* They go on, and are never ahead of the clock. */
static void jiffies_follow_the_clock(struct kunit *test)
{
	unsigned int i, patience;
	u64 before, after;

	for (i = 0; i < 20; i++) {
		before = get_jiffies_64();
		for (patience = 20000; patience && get_jiffies_64() == before; patience--)
			udelay(100);
		after = get_jiffies_64();
		KUNIT_ASSERT_LT(test, before, after);
		KUNIT_ASSERT_LE(test, after, INITIAL_JIFFIES + nsecs_to_jiffies64(ktime_get()));
		KUNIT_ASSERT_LE(test, (unsigned long)after, jiffies);
	}
}

static void suspend_tick(void *unused)
{
	tick_suspend_local();
}

static void resume_tick(void *unused)
{
	tick_resume_local();
}

/* Ticks held back for a while are made up for by the next one; on all CPUs, as any brings time on. */
static void jiffies_catch_up_with_late_ticks(struct kunit *test)
{
	unsigned long before, held, patience = 20000;
	u64 made_up = this_cpu_ptr(&tick_cpu)->made_up;

	needs_counter(test);
	on_each_cpu(suspend_tick, NULL, 1);
	before = jiffies;
	mdelay(20);
	held = jiffies;
	tick_resume_local();
	while (patience-- && jiffies == held)
		udelay(100);
	on_each_cpu(resume_tick, NULL, 1);
	KUNIT_EXPECT_EQ(test, held, before);
	KUNIT_EXPECT_GE(test, jiffies - before, 20);
	KUNIT_EXPECT_GE(test, this_cpu_ptr(&tick_cpu)->made_up - made_up, 18);
}

/* --- ktime ------------------------------------------------------------------------------- */

static void ktime_arithmetic(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ktime_set(3, 7), 3000000007LL);
	KUNIT_EXPECT_EQ(test, ktime_set(KTIME_SEC_MAX, 0), KTIME_MAX);
	KUNIT_EXPECT_EQ(test, ktime_set(KTIME_SEC_MAX - 1, 5),
			(KTIME_SEC_MAX - 1) * NSEC_PER_SEC + 5);
	KUNIT_EXPECT_EQ(test, ktime_add_safe(KTIME_MAX, 1), KTIME_MAX);
	KUNIT_EXPECT_EQ(test, ktime_add_safe(KTIME_MAX - 1, 1), KTIME_MAX);
	KUNIT_EXPECT_EQ(test, ktime_add_safe(5, -6), KTIME_MAX);
	KUNIT_EXPECT_EQ(test, ktime_add_safe(5, 6), 11);
	KUNIT_EXPECT_EQ(test, ktime_add_us(1, 2), 2001);
	KUNIT_EXPECT_EQ(test, ktime_add_ms(1, 2), 2000001);
	KUNIT_EXPECT_EQ(test, ktime_to_us(-1999), -1);
	KUNIT_EXPECT_EQ(test, ktime_to_ms(2999999), 2);
	KUNIT_EXPECT_EQ(test, ktime_us_delta(5000, 2000), 3);
	KUNIT_EXPECT_EQ(test, ktime_ms_delta(2000000, 5000000), -3);
	KUNIT_EXPECT_EQ(test, ktime_compare(1, 2), -1);
	KUNIT_EXPECT_EQ(test, ktime_compare(2, 2), 0);
	KUNIT_EXPECT_EQ(test, ktime_compare(3, 2), 1);
	KUNIT_EXPECT_EQ(test, ktime_divns(10000000000LL, 3), 3333333333LL);
}

static void timespecs(struct kunit *test)
{
	struct timespec64 ts = ns_to_timespec64(-1);

	KUNIT_EXPECT_EQ(test, ts.tv_sec, -1);
	KUNIT_EXPECT_EQ(test, ts.tv_nsec, 999999999);
	KUNIT_EXPECT_EQ(test, timespec64_to_ns(&ts), -1);
	ts = ns_to_timespec64(5000000002LL);
	KUNIT_EXPECT_EQ(test, ts.tv_sec, 5);
	KUNIT_EXPECT_EQ(test, ts.tv_nsec, 2);
}

static void clock_never_goes_back(struct kunit *test)
{
	ktime_t last = ktime_get(), begin = last, now;
	unsigned int i;

	for (i = 0; i < 100000; i++) {
		now = ktime_get();
		KUNIT_ASSERT_LE(test, last, now);
		last = now;
	}
	KUNIT_EXPECT_LT(test, begin, last);
	KUNIT_EXPECT_LE(test, last, (ktime_t)ktime_get_ns());
	KUNIT_EXPECT_LE(test, ktime_get_seconds(), div_s64(ktime_get(), NSEC_PER_SEC));
}

/* The clock and the counter go at the same rate, which was measured. */
static void clock_is_the_counter(struct kunit *test)
{
	cycles_t cycles = get_cycles();
	ktime_t ns = ktime_get();

	needs_counter(test);
	mdelay(2);
	ns = ktime_get() - ns;
	cycles = get_cycles() - cycles;
	KUNIT_EXPECT_GT(test, tsc_khz, 0);
	KUNIT_EXPECT_GE(test, (s64)cycles_to_ns(cycles), ns);
	KUNIT_EXPECT_GE(test, ns, 2 * NSEC_PER_MSEC);
}

/* The middle, or the whole MHz next to it if that is within the bounds. */
static void rates_are_rounded_where_they_may(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, roundest_khz(999983, 1000001), 1000000);
	KUNIT_EXPECT_EQ(test, roundest_khz(1000000, 1000000), 1000000);
	KUNIT_EXPECT_EQ(test, roundest_khz(1000001, 1000999), 1000500);
	KUNIT_EXPECT_EQ(test, roundest_khz(2593883, 2593928), 2593905);
	KUNIT_EXPECT_EQ(test, roundest_khz(990000, 1010400), 1000000);
	KUNIT_EXPECT_EQ(test, roundest_khz(1ULL << 40, (1ULL << 40) + 5), U32_MAX);
}

/* --- delays: never shorter, and at best not much longer ----------------------------------- */

static void spins_as_long_as_asked(struct kunit *test)
{
	static const unsigned long usecs[] = { 0, 1, 10, 100, 1000, 5000 };
	unsigned int i, attempt;

	needs_counter(test);
	for (i = 0; i < ARRAY_SIZE(usecs); i++) {
		s64 over = S64_MAX;

		for (attempt = 0; attempt < ATTEMPTS && over > 20 * NSEC_PER_USEC; attempt++) {
			ktime_t begin = ktime_get();

			udelay(usecs[i]);
			over = ktime_get() - begin - (s64)usecs[i] * NSEC_PER_USEC;
			KUNIT_ASSERT_GE(test, over, 0);
		}
		KUNIT_EXPECT_LE_MSG(test, over, 20 * NSEC_PER_USEC, "udelay(%lu)", usecs[i]);
		kunit_info(test, "udelay(%lu): %lld ns over\n", usecs[i], over);
	}
}

static void spins_in_other_units(struct kunit *test)
{
	ktime_t begin = ktime_get();

	needs_counter(test);
	ndelay(1);
	ndelay(3000);
	KUNIT_EXPECT_GE(test, ktime_get() - begin, 3001);
	begin = ktime_get();
	mdelay(3);
	KUNIT_EXPECT_GE(test, ktime_get() - begin, 3 * NSEC_PER_MSEC);
}

/*
 * Sleeps until it takes at most `most` microseconds more than `asked`, which each sleep takes
 * at least.
 */
static void sleeps(struct kunit *test, void (*sleep)(unsigned int amount), unsigned int amount,
		   s64 asked, s64 most)
{
	unsigned int attempt;
	s64 over = S64_MAX;

	asked *= NSEC_PER_USEC;
	most *= NSEC_PER_USEC;
	for (attempt = 0; attempt < ATTEMPTS && over > most; attempt++) {
		ktime_t begin = ktime_get();

		sleep(amount);
		over = ktime_get() - begin - asked;
		KUNIT_ASSERT_GE_MSG(test, over, 0, "%ps(%u)", sleep, amount);
		KUNIT_EXPECT_TRUE(test, task_is_running(current));
	}
	KUNIT_EXPECT_LE_MSG(test, over, most, "%ps(%u)", sleep, amount);
	kunit_info(test, "%ps(%u): %lld ns over\n", sleep, amount, over);
}

/* A tick that had partly gone, one in which it expires, one of the wheel's, one to wake up. */
static void msleep_sleeps(struct kunit *test)
{
	sleeps(test, msleep, 0, 0, 4000);
	sleeps(test, msleep, 1, 1000, 4000);
	sleeps(test, msleep, 10, 10000, 4000);
	/* Level 1 of the wheel: by eights. */
	sleeps(test, msleep, 80, 80000, 12000);
}

static void sleep_micro(unsigned int usecs)
{
	usleep_range(usecs, usecs + usecs / 10);
}

static void usleep_range_sleeps(struct kunit *test)
{
	sleeps(test, sleep_micro, 0, 0, 500);
	sleeps(test, sleep_micro, 50, 50, 500);
	sleeps(test, sleep_micro, 2500, 2500, 750);
	usleep_range(20, 10);
}

static void sleep_jiffies(unsigned int nr)
{
	if (schedule_timeout_uninterruptible(nr))
		pr_err("schedule_timeout() came back early\n");
}

/* A jiffy begins on a whole millisecond, so that the first one asked for is a part of one. */
static void schedule_timeout_sleeps(struct kunit *test)
{
	sleeps(test, sleep_jiffies, 0, 0, 3000);
	sleeps(test, sleep_jiffies, 1, 0, 4000);
	sleeps(test, sleep_jiffies, 5, 4000, 4000);
	KUNIT_EXPECT_EQ(test, schedule_timeout_interruptible(1), 0);
	KUNIT_EXPECT_EQ(test, schedule_timeout_idle(1), 0);
}

/* Whoever is runnable already does not sleep, and is told what is left. */
static void schedule_timeout_says_what_is_left(struct kunit *test)
{
	unsigned long left;

	set_current_state(TASK_INTERRUPTIBLE);
	wake_up_process(current);
	left = schedule_timeout(1000);
	KUNIT_EXPECT_LE(test, left, 1000);
	KUNIT_EXPECT_GE(test, left, 500);
}

static void api_negative_timeout_is_reported(struct kunit *test)
{
	kunit_expect_report(test, "schedule_timeout: wrong timeout value fffffffe");
	__set_current_state(TASK_UNINTERRUPTIBLE);
	KUNIT_EXPECT_EQ(test, schedule_timeout(-2), 0);
	KUNIT_EXPECT_TRUE(test, task_is_running(current));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

/* Where there is no counter the ticks tell. With one, a host that is away stops the ticks alone. */
static void spins_for_as_many_ticks(struct kunit *test)
{
	unsigned long begin, most = 0;
	int i;

	if (boot_cpu_has(X86_FEATURE_TSC))
		kunit_skip(test, "delays are counted by the TSC");
	/* A host that is away has its ticks lost: of a few tries one will do. */
	for (i = 0; i < 50 && most < 15; i++) {
		begin = jiffies;
		mdelay(20);
		most = max(most, jiffies - begin);
	}
	KUNIT_EXPECT_GE(test, most, 15);
}

static struct kunit_case timekeeping_cases[] = {
	KUNIT_CASE(comparisons_hold_across_the_wrap),
	KUNIT_CASE(jiffies_wrap_five_minutes_after_boot),
	KUNIT_CASE(conversions),
	KUNIT_CASE_SLOW(jiffies_follow_the_clock),
	KUNIT_CASE_SLOW(jiffies_catch_up_with_late_ticks),
	KUNIT_CASE(ktime_arithmetic),
	KUNIT_CASE(timespecs),
	KUNIT_CASE_SLOW(clock_never_goes_back),
	KUNIT_CASE_SLOW(clock_is_the_counter),
	KUNIT_CASE(rates_are_rounded_where_they_may),
	{},
};

static struct kunit_suite timekeeping_suite = {
	.name = "timekeeping",
	.test_cases = timekeeping_cases,
};

static struct kunit_case delay_cases[] = {
	KUNIT_CASE_SLOW(spins_as_long_as_asked),
	KUNIT_CASE_SLOW(spins_in_other_units),
	KUNIT_CASE_SLOW(spins_for_as_many_ticks),
	KUNIT_CASE_SLOW(msleep_sleeps),
	KUNIT_CASE_SLOW(usleep_range_sleeps),
	KUNIT_CASE_SLOW(schedule_timeout_sleeps),
	KUNIT_CASE(schedule_timeout_says_what_is_left),
	KUNIT_CASE(api_negative_timeout_is_reported),
	{},
};

static struct kunit_suite delay_suite = {
	.name = "time_delays",
	.test_cases = delay_cases,
};
kunit_test_suites(&timekeeping_suite, &delay_suite);
