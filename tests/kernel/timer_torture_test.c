// SPDX-License-Identifier: MIT
/*
 * Timers and hrtimers started, moved and stopped at random from everywhere at once: a thread,
 * the timers' own functions (softirq), an hrtimer (hard interrupt). None fires early, none
 * without having been started, none is lost, and the wheel is sound at the end.
 */
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <memkern/kunit_extra.h>
#include "../../kernel/timekeeping.h"

#define NR	    64
#define PATIENCE_MS 2000

/* --- timers ---------------------------------------------------------------------------- */

struct victim {
	struct timer_list timer;
	unsigned int starts; /* that found it not pending */
	unsigned int stops;  /* that found it pending */
	unsigned int fired;
};

static struct victim victims[NR];
static bool stopping;	     /* a timer that fires starts no other one any more */
static struct rnd_state rnd; /* under irqs off: all contexts draw from it */

static u32 draw(u32 below)
{
	unsigned long flags;
	u32 number;

	local_irq_save(flags);
	number = prandom_u32_state(&rnd);
	local_irq_restore(flags);
	return reciprocal_scale(number, below);
}

/* In one piece, so that the counts go with what they count. */
static void torment(void)
{
	struct victim *victim = &victims[draw(NR)];
	unsigned long expires = jiffies - 2 + draw(20), flags;

	if (draw(8) == 0)
		expires = jiffies + (1UL << draw(30));
	local_irq_save(flags);
	switch (draw(8)) {
	case 0:
	case 1:
		victim->stops += del_timer(&victim->timer);
		break;
	case 2:
		mod_timer_pending(&victim->timer, expires);
		break;
	case 3:
		victim->starts += !timer_reduce(&victim->timer, expires);
		break;
	default:
		victim->starts += !mod_timer(&victim->timer, expires);
	}
	local_irq_restore(flags);
}

static void victim_fires(struct timer_list *timer)
{
	struct victim *victim = from_timer(victim, timer, timer);

	victim->fired++;
	if (!stopping)
		torment();
}

static enum hrtimer_restart torment_from_interrupt(struct hrtimer *timer)
{
	torment();
	hrtimer_forward_now(timer, us_to_ktime(20 + draw(100)));
	return HRTIMER_RESTART;
}

static void stop_victims(void *unused)
{
	unsigned int i;

	stopping = true;
	for (i = 0; i < NR; i++)
		victims[i].stops += del_timer_sync(&victims[i].timer);
}

static const char *check_wheel(void)
{
	struct timer_base *base = this_cpu_ptr(&timer_bases);
	const char *wrong;
	unsigned long flags;

	spin_lock_irqsave(&base->lock, flags);
	wrong = timer_wheel_check(&base->wheel);
	spin_unlock_irqrestore(&base->lock, flags);
	return wrong;
}

/* Starts and ends of waiting are equally many: whatever was started has fired or was stopped. */
static void timers_from_everywhere(struct kunit *test)
{
	unsigned int i, fired = 0, lost = 0;
	struct hrtimer interrupter;
	const char *wrong = NULL;
	ktime_t end;

	prandom_seed_state(&rnd, 5);
	memset(victims, 0, sizeof(victims));
	for (i = 0; i < NR; i++)
		timer_setup(&victims[i].timer, victim_fires, i % 4 ? 0 : TIMER_IRQSAFE);
	stopping = false;
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, stop_victims, NULL), 0);
	hrtimer_init(&interrupter, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	interrupter.function = torment_from_interrupt;
	end = ktime_add_ms(ktime_get(), 200);
	hrtimer_start(&interrupter, 0, HRTIMER_MODE_REL);
	for (i = 0; !wrong && ktime_before(ktime_get(), end); i++) {
		torment();
		if (i % 64 == 0)
			wrong = check_wheel();
		if (i % 1024 == 0)
			msleep(1);
	}
	hrtimer_cancel(&interrupter);
	kunit_release_action(test, stop_victims, NULL);
	KUNIT_EXPECT_NULL_MSG(test, wrong, "%s", wrong);
	KUNIT_EXPECT_NULL(test, check_wheel());
	for (i = 0; i < NR; i++) {
		fired += victims[i].fired;
		lost += victims[i].starts != victims[i].stops + victims[i].fired;
	}
	KUNIT_EXPECT_EQ(test, lost, 0);
	KUNIT_EXPECT_GT(test, fired, 0);
}

/* --- hrtimers -------------------------------------------------------------------------- */

struct runner {
	struct hrtimer timer;
	ktime_t due;
	unsigned int fired;
	bool cancelled;
};

static struct runner runners[NR];
static struct runner *arrived[NR];
static unsigned int nr_arrived, nr_early;

static enum hrtimer_restart runner_fires(struct hrtimer *timer)
{
	struct runner *runner = container_of(timer, struct runner, timer);

	nr_early += ktime_get() < runner->due;
	runner->fired++;
	if (nr_arrived < NR)
		arrived[nr_arrived] = runner;
	WRITE_ONCE(nr_arrived, nr_arrived + 1);
	return HRTIMER_NORESTART;
}

static void stop_runners(void *unused)
{
	unsigned int i;

	for (i = 0; i < NR; i++)
		hrtimer_cancel(&runners[i].timer);
}

/* All at random moments that lie close together, a few of them cancelled before. */
static unsigned int start_runners(void)
{
	ktime_t now = ktime_get();
	unsigned int i, wanted = NR;
	unsigned long flags;

	nr_arrived = nr_early = 0;
	/* None arrives before all have been started, however long the host is away meanwhile. */
	local_irq_save(flags);
	for (i = 0; i < NR; i++) {
		runners[i] = (struct runner){ .due = ktime_add_ns(now, 5000000 + draw(2000000)) };
		hrtimer_init(&runners[i].timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
		runners[i].timer.function = runner_fires;
		hrtimer_start(&runners[i].timer, runners[i].due, HRTIMER_MODE_ABS);
	}
	for (i = 0; i < NR; i += 5) {
		runners[i].cancelled = hrtimer_try_to_cancel(&runners[i].timer) == 1;
		wanted -= runners[i].cancelled;
	}
	local_irq_restore(flags);
	return wanted;
}

static void hrtimers_arrive_in_order(struct kunit *test)
{
	unsigned int round, i, wanted, wrong = 0;
	ktime_t end;

	prandom_seed_state(&rnd, 6);
	memset(runners, 0, sizeof(runners));
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, stop_runners, NULL), 0);
	for (round = 0; round < 20; round++) {
		wanted = start_runners();
		end = ktime_add_ms(ktime_get(), PATIENCE_MS);
		while (READ_ONCE(nr_arrived) < wanted && ktime_before(ktime_get(), end))
			udelay(50);
		KUNIT_ASSERT_EQ(test, nr_arrived, wanted);
		KUNIT_ASSERT_EQ(test, nr_early, 0);
		for (i = 1; i < wanted; i++)
			wrong += arrived[i - 1]->due > arrived[i]->due;
		for (i = 0; i < NR; i++)
			wrong += runners[i].fired != !runners[i].cancelled;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static struct kunit_case torture_cases[] = {
	KUNIT_CASE_SLOW(timers_from_everywhere),
	KUNIT_CASE_SLOW(hrtimers_arrive_in_order),
	{},
};

static struct kunit_suite torture_suite = {
	.name = "timer_torture",
	.test_cases = torture_cases,
};
kunit_test_suite(torture_suite);
