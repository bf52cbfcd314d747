// SPDX-License-Identifier: MIT
/*
 * Timers as the kernel runs them: in which context, when, how often; what starting and
 * stopping say, from outside and from the timer's own function; and misuse.
 */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/timer.h>
#include <memkern/kunit_extra.h>
#include "../../kernel/timekeeping.h"

#define PATIENCE_MS 2000 /* the host may be busy with other things */
#define ATTEMPTS    50	 /* as in timekeeping_test.c */
#define MANY	    100000

/* What a function saw; it must not judge, for that is the case's. */
struct probe {
	struct timer_list timer;
	unsigned int count;
	unsigned long at; /* jiffies */
	bool in_softirq, in_hardirq, irqs_off, pending;
	void (*then)(struct probe *probe);
	int result;
};

static void probe_fires(struct timer_list *timer)
{
	struct probe *probe = from_timer(probe, timer, timer);

	probe->at = jiffies;
	probe->in_softirq = in_serving_softirq();
	probe->in_hardirq = in_hardirq();
	probe->irqs_off = irqs_disabled();
	probe->pending = timer_pending(timer);
	if (probe->then)
		probe->then(probe);
	WRITE_ONCE(probe->count, probe->count + 1);
}

static void stop_probe(void *probe)
{
	del_timer_sync(&((struct probe *)probe)->timer);
}

/* Stopped when the case ends, however it ends. */
static struct probe *new_probe(struct kunit *test, unsigned int flags)
{
	struct probe *probe = kunit_kzalloc(test, sizeof(*probe), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, probe);
	timer_setup(&probe->timer, probe_fires, flags);
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, stop_probe, probe), 0);
	return probe;
}

/* Has it fired so often, sooner or later? */
static bool fired(struct probe *probe, unsigned int count)
{
	ktime_t end = ktime_add_ms(ktime_get(), PATIENCE_MS);

	while (READ_ONCE(probe->count) < count && ktime_before(ktime_get(), end))
		udelay(20);
	return READ_ONCE(probe->count) >= count;
}

/* --- when, and where ---------------------------------------------------------------------- */

static void fires_in_softirq_with_interrupts_on(struct kunit *test)
{
	struct probe *probe = new_probe(test, 0);

	KUNIT_EXPECT_EQ(test, mod_timer(&probe->timer, jiffies + 1), 0);
	KUNIT_EXPECT_TRUE(test, fired(probe, 1));
	KUNIT_EXPECT_TRUE(test, probe->in_softirq);
	KUNIT_EXPECT_FALSE(test, probe->in_hardirq);
	KUNIT_EXPECT_FALSE(test, probe->irqs_off);
	KUNIT_EXPECT_FALSE(test, probe->pending);
}

static void irqsafe_fires_with_interrupts_off(struct kunit *test)
{
	struct probe *probe = new_probe(test, TIMER_IRQSAFE);

	mod_timer(&probe->timer, jiffies + 1);
	KUNIT_EXPECT_TRUE(test, fired(probe, 1));
	KUNIT_EXPECT_TRUE(test, probe->in_softirq);
	KUNIT_EXPECT_TRUE(test, probe->irqs_off);
}

/* Nor later than the wheel's granularity, if the host lets us. */
static void never_early(struct kunit *test)
{
	static const unsigned int delays[] = { 0, 1, 2, 3, 10, 61, 63, 64, 100 };
	struct probe *probe = new_probe(test, 0);
	unsigned int i, attempt;

	for (i = 0; i < ARRAY_SIZE(delays); i++) {
		unsigned long granularity = delays[i] < 63 ? 1 : 8, late = ULONG_MAX;

		for (attempt = 0; attempt < ATTEMPTS && late > granularity; attempt++) {
			unsigned long expires = jiffies + delays[i];

			probe->count = 0;
			mod_timer(&probe->timer, expires);
			KUNIT_ASSERT_TRUE(test, fired(probe, 1));
			KUNIT_ASSERT_TRUE(test, time_after(probe->at, expires));
			late = probe->at - expires;
		}
		KUNIT_EXPECT_LE_MSG(test, late, granularity, "delay %u", delays[i]);
	}
}

/* At the next tick, not in the middle of now and not in 2^32 jiffies. */
static void past_fires_at_the_next_tick(struct kunit *test)
{
	static const long ago[] = { 1, 1000, LONG_MAX / 2 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ago); i++) {
		struct probe *probe = new_probe(test, 0);
		unsigned long flags, begin;

		local_irq_save(flags);
		begin = jiffies;
		mod_timer(&probe->timer, begin - ago[i]);
		KUNIT_EXPECT_EQ(test, probe->count, 0);
		KUNIT_EXPECT_EQ(test, this_cpu_ptr(&timer_bases)->wheel.next_expiry,
				this_cpu_ptr(&timer_bases)->wheel.clk);
		local_irq_restore(flags);
		KUNIT_EXPECT_TRUE(test, fired(probe, 1));
		KUNIT_EXPECT_TRUE(test, time_after(probe->at, begin - 1));
	}
}

static struct probe *order[3];
static unsigned int nr_order;

static void note_order(struct probe *probe)
{
	order[nr_order++] = probe;
}

static void in_order_of_expiry(struct kunit *test)
{
	struct probe *probes[3];
	unsigned long now;
	unsigned int i;

	nr_order = 0;
	for (i = 0; i < 3; i++) {
		probes[i] = new_probe(test, 0);
		probes[i]->then = note_order;
	}
	local_bh_disable();
	now = jiffies;
	mod_timer(&probes[0]->timer, now + 9);
	mod_timer(&probes[1]->timer, now + 3);
	mod_timer(&probes[2]->timer, now + 6);
	local_bh_enable();
	for (i = 0; i < 3; i++)
		KUNIT_ASSERT_TRUE(test, fired(probes[i], 1));
	KUNIT_EXPECT_PTR_EQ(test, order[0], probes[1]);
	KUNIT_EXPECT_PTR_EQ(test, order[1], probes[2]);
	KUNIT_EXPECT_PTR_EQ(test, order[2], probes[0]);
}

/* Softirqs held back hold timers back, too. */
static void bh_disable_holds_timers_back(struct kunit *test)
{
	struct probe *probe = new_probe(test, 0);

	local_bh_disable();
	mod_timer(&probe->timer, jiffies);
	mdelay(5);
	KUNIT_EXPECT_EQ(test, probe->count, 0);
	local_bh_enable();
	KUNIT_EXPECT_TRUE(test, fired(probe, 1));
}

/* --- starting and stopping ------------------------------------------------------------------ */

static void returns_say_whether_it_was_pending(struct kunit *test)
{
	struct probe *probe = new_probe(test, 0);
	struct timer_list *timer = &probe->timer;

	KUNIT_EXPECT_FALSE(test, timer_pending(timer));
	KUNIT_EXPECT_EQ(test, del_timer(timer), 0);
	KUNIT_EXPECT_EQ(test, mod_timer_pending(timer, jiffies + 1000), 0);
	KUNIT_EXPECT_FALSE(test, timer_pending(timer));
	KUNIT_EXPECT_EQ(test, mod_timer(timer, jiffies + 100000), 0);
	KUNIT_EXPECT_TRUE(test, timer_pending(timer));
	KUNIT_EXPECT_EQ(test, mod_timer(timer, jiffies + 200000), 1);
	KUNIT_EXPECT_EQ(test, mod_timer(timer, timer->expires), 1);
	KUNIT_EXPECT_EQ(test, mod_timer_pending(timer, jiffies + 300000), 1);
	KUNIT_EXPECT_GT(test, timer->expires - jiffies, 299000);
	KUNIT_EXPECT_EQ(test, del_timer(timer), 1);
	KUNIT_EXPECT_EQ(test, del_timer_sync(timer), 0);
	KUNIT_EXPECT_EQ(test, try_to_del_timer_sync(timer), 0);
	KUNIT_EXPECT_EQ(test, probe->count, 0);
}

static void reduce_only_brings_forward(struct kunit *test)
{
	struct probe *probe = new_probe(test, 0);
	unsigned long now = jiffies;

	KUNIT_EXPECT_EQ(test, timer_reduce(&probe->timer, now + 200000), 0);
	KUNIT_EXPECT_EQ(test, timer_reduce(&probe->timer, now + 300000), 1);
	KUNIT_EXPECT_EQ(test, probe->timer.expires, now + 200000);
	KUNIT_EXPECT_EQ(test, timer_reduce(&probe->timer, now + 100000), 1);
	KUNIT_EXPECT_EQ(test, probe->timer.expires, now + 100000);
	KUNIT_EXPECT_EQ(test, timer_reduce(&probe->timer, now), 1);
	KUNIT_EXPECT_TRUE(test, fired(probe, 1));
}

static void stopped_does_not_fire(struct kunit *test)
{
	struct probe *stopped = new_probe(test, 0), *other = new_probe(test, 0);

	mod_timer(&stopped->timer, jiffies + 200);
	mod_timer(&other->timer, jiffies + 220);
	KUNIT_EXPECT_EQ(test, del_timer_sync(&stopped->timer), 1);
	KUNIT_EXPECT_TRUE(test, fired(other, 1));
	KUNIT_EXPECT_EQ(test, stopped->count, 0);
}

static void add_timer_starts(struct kunit *test)
{
	struct probe *probe = new_probe(test, 0);

	probe->timer.expires = jiffies + 2;
	add_timer(&probe->timer);
	KUNIT_EXPECT_TRUE(test, fired(probe, 1));
	probe->timer.expires = jiffies + 2;
	add_timer_on(&probe->timer, 0);
	KUNIT_EXPECT_TRUE(test, fired(probe, 2));
	KUNIT_EXPECT_EQ(test, probe->count, 2);
}

static struct probe defined;

static void defined_fires(struct timer_list *timer)
{
	defined.count++;
}

static DEFINE_TIMER(defined_timer, defined_fires);

static void defined_timer_fires(struct kunit *test)
{
	defined.count = 0;
	mod_timer(&defined_timer, jiffies + 1);
	KUNIT_EXPECT_TRUE(test, fired(&defined, 1));
	KUNIT_EXPECT_EQ(test, del_timer_sync(&defined_timer), 0);
}

/* Absurd delays: pending, not fired, and cut to what the wheel reaches. */
static void far_away(struct kunit *test)
{
	static const unsigned long delays[] = { WHEEL_TIMEOUT_CUTOFF, MAX_JIFFY_OFFSET, LONG_MAX };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(delays); i++) {
		struct probe *probe = new_probe(test, 0);

		mod_timer(&probe->timer, jiffies + delays[i]);
		mdelay(2);
		KUNIT_EXPECT_EQ(test, probe->count, 0);
		KUNIT_EXPECT_EQ(test, timer_bucket(&probe->timer) / LVL_SIZE, LVL_DEPTH - 1);
		KUNIT_EXPECT_EQ(test, del_timer_sync(&probe->timer), 1);
	}
}

/* --- from the timer's own function ----------------------------------------------------------- */

static void start_again(struct probe *probe)
{
	if (probe->count < 4)
		mod_timer(&probe->timer, jiffies + 1);
}

static void starts_itself_again(struct kunit *test)
{
	struct probe *probe = new_probe(test, 0);

	probe->then = start_again;
	mod_timer(&probe->timer, jiffies + 1);
	KUNIT_EXPECT_TRUE(test, fired(probe, 5));
	KUNIT_EXPECT_FALSE(test, timer_pending(&probe->timer));
}

static void start_in_the_past(struct probe *probe)
{
	if (probe->count < 4)
		mod_timer(&probe->timer, jiffies - 10);
}

/* Each time a tick later: a function that starts itself for the past does not stop the machine. */
static void past_again_and_again(struct kunit *test)
{
	struct probe *probe = new_probe(test, 0);
	unsigned long begin = jiffies;

	probe->then = start_in_the_past;
	mod_timer(&probe->timer, begin);
	KUNIT_EXPECT_TRUE(test, fired(probe, 5));
	KUNIT_EXPECT_GE(test, probe->at - begin, 4);
}

static void try_to_stop_myself(struct probe *probe)
{
	probe->result = try_to_del_timer_sync(&probe->timer);
}

static void try_to_del_in_own_function(struct kunit *test)
{
	struct probe *probe = new_probe(test, 0);

	probe->then = try_to_stop_myself;
	mod_timer(&probe->timer, jiffies);
	KUNIT_EXPECT_TRUE(test, fired(probe, 1));
	KUNIT_EXPECT_EQ(test, probe->result, -1);
}

static void start_and_stop_myself(struct probe *probe)
{
	mod_timer(&probe->timer, jiffies + 1);
	probe->result = del_timer_sync(&probe->timer);
}

/* Linux waits for ever; here it is reported, the timer stopped, and the system lives on. */
static void api_del_timer_sync_in_own_function_is_reported(struct kunit *test)
{
	struct probe *probe = new_probe(test, 0);

	kunit_expect_report(test, "del_timer_sync() in the timer's own function probe_fires");
	probe->then = start_and_stop_myself;
	mod_timer(&probe->timer, jiffies);
	KUNIT_EXPECT_TRUE(test, fired(probe, 1));
	KUNIT_EXPECT_EQ(test, probe->result, 1);
	mdelay(5);
	KUNIT_EXPECT_EQ(test, probe->count, 1);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void free_myself(struct timer_list *timer)
{
	struct probe *probe = from_timer(probe, timer, timer);

	kfree(probe);
	defined.count++;
}

static void may_free_itself(struct kunit *test)
{
	struct probe *probe = kzalloc(sizeof(*probe), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, probe);
	defined.count = 0;
	timer_setup(&probe->timer, free_myself, 0);
	mod_timer(&probe->timer, jiffies + 1);
	KUNIT_EXPECT_TRUE(test, fired(&defined, 1));
}

/* --- misuse ----------------------------------------------------------------------------------- */

static void api_timer_without_function_is_reported(struct kunit *test)
{
	struct timer_list timer = { .expires = 0 };

	kunit_expect_report(test, " was never set up");
	KUNIT_EXPECT_EQ(test, mod_timer(&timer, jiffies + 1), 0);
	KUNIT_EXPECT_FALSE(test, timer_pending(&timer));
	kunit_expect_report(test, " was never set up");
	add_timer(&timer);
	kunit_expect_report(test, " was never set up");
	add_timer_on(&timer, 0);
	KUNIT_EXPECT_FALSE(test, timer_pending(&timer));
	KUNIT_EXPECT_EQ(test, del_timer_sync(&timer), 0);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 3);
}

static void api_add_pending_timer_is_reported(struct kunit *test)
{
	struct probe *probe = new_probe(test, 0);

	mod_timer(&probe->timer, jiffies + 100000);
	kunit_expect_report(test, "(probe_fires) is pending: it is not added again");
	add_timer(&probe->timer);
	kunit_expect_report(test, "(probe_fires) is pending: it is not added again");
	add_timer_on(&probe->timer, 0);
	KUNIT_EXPECT_EQ(test, del_timer(&probe->timer), 1);
	kunit_expect_report(test, "kernel/timer.c");
	add_timer_on(&probe->timer, nr_cpu_ids);
	KUNIT_EXPECT_FALSE(test, timer_pending(&probe->timer));
}

static void leak_preempt_count(struct probe *probe)
{
	preempt_disable();
}

static void api_preempt_leak_is_reported_and_mended(struct kunit *test)
{
	struct probe *probe = new_probe(test, 0);

	kunit_expect_report(test, "timer: probe_fires preempt leak: ");
	probe->then = leak_preempt_count;
	mod_timer(&probe->timer, jiffies);
	KUNIT_EXPECT_TRUE(test, fired(probe, 1));
	mdelay(2);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
}

/* --- many --------------------------------------------------------------------------------------- */

static unsigned int nr_fired, nr_early;

static void count_firing(struct timer_list *timer)
{
	nr_fired++;
	nr_early += !time_after(jiffies, timer->expires);
}

/* With a hundred thousand pending, a tick with nothing due looks at one word. */
static void many_pending(struct kunit *test)
{
	const unsigned int per_page = PAGE_SIZE / sizeof(struct timer_list);
	struct timer_wheel *wheel = &this_cpu_ptr(&timer_bases)->wheel;
	struct timer_list **pages;
	unsigned int i, nr, fires;
	unsigned long begin, looked_at;

	pages = kunit_kcalloc(test, DIV_ROUND_UP(MANY, per_page), sizeof(*pages), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pages);
	for (nr = 0; nr < MANY; nr++) {
		struct timer_list *timer;

		if (nr % per_page == 0)
			pages[nr / per_page] =
				kunit_kmalloc(test, PAGE_SIZE, GFP_NOWAIT | __GFP_NOWARN);
		if (!pages[nr / per_page])
			break;
		timer = &pages[nr / per_page][nr % per_page];
		timer_setup(timer, count_firing, 0);
		timer->expires = jiffies + 100000 + nr;
		add_timer(timer);
	}
	looked_at = wheel->looked_at;
	begin = jiffies;
	mdelay(50);
	/* Whatever else the kernel waits for meanwhile: a few, not a hundred thousand. */
	KUNIT_EXPECT_LE(test, wheel->looked_at - looked_at, (jiffies - begin + 1) * LVL_DEPTH);
	nr_fired = nr_early = fires = 0;
	for (i = 0; i < nr; i++) {
		struct timer_list *timer = &pages[i / per_page][i % per_page];

		if (i % 16)
			fires += !del_timer(timer);
		else
			fires += mod_timer(timer, jiffies + i % 50);
	}
	for (i = 0; i < PATIENCE_MS && READ_ONCE(nr_fired) < fires; i++)
		mdelay(1);
	KUNIT_EXPECT_EQ(test, fires, DIV_ROUND_UP(nr, 16));
	KUNIT_EXPECT_EQ(test, nr_fired, fires);
	KUNIT_EXPECT_EQ(test, nr_early, 0);
	for (i = 0; i < nr; i++)
		del_timer_sync(&pages[i / per_page][i % per_page]);
}

static void wheel_is_sound(struct kunit *test)
{
	struct timer_base *base = this_cpu_ptr(&timer_bases);
	const char *wrong;
	unsigned long flags;

	spin_lock_irqsave(&base->lock, flags);
	wrong = timer_wheel_check(&base->wheel);
	spin_unlock_irqrestore(&base->lock, flags);
	KUNIT_EXPECT_NULL_MSG(test, wrong, "%s", wrong);
}

static struct kunit_case timer_cases[] = {
	KUNIT_CASE_SLOW(fires_in_softirq_with_interrupts_on),
	KUNIT_CASE_SLOW(irqsafe_fires_with_interrupts_off),
	KUNIT_CASE_SLOW(never_early),
	KUNIT_CASE_SLOW(past_fires_at_the_next_tick),
	KUNIT_CASE_SLOW(in_order_of_expiry),
	KUNIT_CASE_SLOW(bh_disable_holds_timers_back),
	KUNIT_CASE(returns_say_whether_it_was_pending),
	KUNIT_CASE_SLOW(reduce_only_brings_forward),
	KUNIT_CASE_SLOW(stopped_does_not_fire),
	KUNIT_CASE_SLOW(add_timer_starts),
	KUNIT_CASE_SLOW(defined_timer_fires),
	KUNIT_CASE_SLOW(far_away),
	KUNIT_CASE_SLOW(starts_itself_again),
	KUNIT_CASE_SLOW(past_again_and_again),
	KUNIT_CASE(try_to_del_in_own_function),
	KUNIT_CASE_SLOW(api_del_timer_sync_in_own_function_is_reported),
	KUNIT_CASE_SLOW(may_free_itself),
	KUNIT_CASE(api_timer_without_function_is_reported),
	KUNIT_CASE(api_add_pending_timer_is_reported),
	KUNIT_CASE_SLOW(api_preempt_leak_is_reported_and_mended),
	KUNIT_CASE_SLOW(many_pending),
	KUNIT_CASE(wheel_is_sound),
	{},
};

static struct kunit_suite timer_suite = {
	.name = "timer",
	.test_cases = timer_cases,
};
kunit_test_suite(timer_suite);
