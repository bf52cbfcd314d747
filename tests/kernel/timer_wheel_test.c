// SPDX-License-Identifier: MIT
/*
 * The wheel by itself, turned by hand, against a model that computes from the documented
 * table when each timer has to fire. The clock begins shortly before its wrap.
 */
#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include "../../kernel/timekeeping.h"

#define MANY	  100000
#define SOME	  1000
#define BEGIN	  (ULONG_MAX - 3000)
#define PER_CHUNK (PAGE_SIZE / sizeof(struct entry))

struct entry {
	struct timer_list timer;
	unsigned long fires; /* the jiffy, as the model has it */
	bool pending;
	u8 fired;
};

static struct timer_wheel wheel;
static struct entry **chunks;
static unsigned int nr_entries, nr_pending, nr_wrong;
static struct rnd_state rnd;

static struct entry *entry_of(unsigned int i)
{
	return &chunks[i / PER_CHUNK][i % PER_CHUNK];
}

static void nobody(struct timer_list *timer)
{
}

/* As many as asked, or fewer where memory is short. */
static void begin(struct kunit *test, unsigned int nr)
{
	unsigned int i, nr_chunks = DIV_ROUND_UP(nr, PER_CHUNK);

	chunks = kunit_kcalloc(test, nr_chunks, sizeof(*chunks), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, chunks);
	for (i = 0; i < nr_chunks; i++) {
		chunks[i] = kunit_kzalloc(test, PAGE_SIZE, GFP_NOWAIT | __GFP_NOWARN);
		if (!chunks[i])
			break;
	}
	nr_entries = min_t(unsigned int, nr, i *PER_CHUNK);
	KUNIT_ASSERT_GE(test, nr_entries, SOME / 4);
	for (i = 0; i < nr_entries; i++)
		entry_of(i)->timer.function = nobody;
	timer_wheel_init(&wheel, BEGIN);
	nr_pending = nr_wrong = 0;
	prandom_seed_state(&rnd, nr);
}

/* --- the model: the table at the top of timer_wheel.c ------------------------------------ */

static const struct {
	unsigned long from, granularity;
} table[] = {
	{ 0, 1 },
	{ 63, 8 },
	{ 504, 64 },
	{ 4032, 512 },
	{ 32256, 4096 },
	{ 258048, 32768 },
	{ 2064384, 262144 },
	{ 16515072, 2097152 },
	{ 132120576, 16777216 },
};

#define LONGEST 1040187392UL /* 12 days: 62 of the last level's buckets */

/* A delay from a clock's moment: the moment at which the wheel must call. */
static unsigned long model_fires(unsigned long clk, unsigned long expires)
{
	unsigned long delay = expires - clk, granularity;
	unsigned int level = ARRAY_SIZE(table) - 1;

	if ((long)delay < 0)
		return clk;
	if (delay >= LONGEST + table[level].granularity) {
		delay = LONGEST;
		expires = clk + LONGEST;
	}
	while (delay < table[level].from)
		level--;
	granularity = table[level].granularity;
	return expires - expires % granularity + granularity;
}

static void add(struct entry *entry, unsigned long expires)
{
	unsigned long said;

	entry->timer.expires = expires;
	entry->fires = model_fires(wheel.clk, expires);
	entry->pending = true;
	nr_pending++;
	said = timer_wheel_add(&wheel, &entry->timer);
	nr_wrong += said != entry->fires;
	nr_wrong += timer_wheel_expiry(&wheel, &entry->timer) != said;
}

static void del(struct entry *entry)
{
	timer_wheel_del(&wheel, &entry->timer);
	entry->pending = false;
	nr_pending--;
}

/* Delays of all magnitudes, some in the past, some beyond the wheel. */
static unsigned long random_expiry(void)
{
	unsigned long delay = prandom_u32_state(&rnd) >> prandom_u32_state(&rnd) % 32;

	return wheel.clk + (delay > LONG_MAX ? -(delay % 100) : delay);
}

/* One bucket time: all that come out are due at exactly this moment. */
static unsigned int turn(void)
{
	unsigned long moment = wheel.next_expiry;
	struct hlist_head lists[LVL_DEPTH];
	unsigned int nr = timer_wheel_collect(&wheel, lists), fired = 0;

	while (nr--) {
		while (!hlist_empty(&lists[nr])) {
			struct entry *entry =
				container_of(lists[nr].first, struct entry, timer.entry);

			nr_wrong += !entry->pending || entry->fires != moment;
			entry->fired++;
			fired++;
			del(entry);
		}
	}
	return fired;
}

/* --- cases -------------------------------------------------------------------------------- */

static void levels_are_as_documented(struct kunit *test)
{
	unsigned int level;

	KUNIT_ASSERT_EQ(test, ARRAY_SIZE(table), LVL_DEPTH);
	for (level = 0; level < LVL_DEPTH; level++) {
		KUNIT_EXPECT_EQ(test, LVL_GRAN(level), table[level].granularity);
		if (level)
			KUNIT_EXPECT_EQ(test, LVL_START(level), table[level].from);
	}
	KUNIT_EXPECT_EQ(test, WHEEL_TIMEOUT_MAX, LONGEST);
}

/* At each level's edges, where the clock is on a granularity and where it is not. */
static void edges_of_levels(struct kunit *test)
{
	static const long around[] = { -2, -1, 0, 1, 2 };
	unsigned int level, i, offset;

	begin(test, SOME);
	for (offset = 0; offset < 3; offset++) {
		timer_wheel_init(&wheel, (4UL << 24) + (offset == 0 ? 0 : offset == 1 ? 1 : -1UL));
		for (level = 0; level < LVL_DEPTH; level++)
			for (i = 0; i < ARRAY_SIZE(around); i++)
				add(entry_of(level * ARRAY_SIZE(around) + i),
				    wheel.clk + LVL_START(level + 1) + around[i]);
		KUNIT_ASSERT_NULL(test, timer_wheel_check(&wheel));
		while (nr_pending)
			KUNIT_ASSERT_GE(test, turn(), 1);
		KUNIT_EXPECT_EQ(test, nr_wrong, 0);
	}
	for (i = 0; i < LVL_DEPTH * ARRAY_SIZE(around); i++)
		KUNIT_EXPECT_EQ(test, entry_of(i)->fired, 3);
}

/* Every jiffy of two seconds, one after the other, as the tick goes: none is early or lost. */
static void tick_by_tick(struct kunit *test)
{
	unsigned long now, fires;
	unsigned int i;

	begin(test, SOME);
	for (i = 0; i < nr_entries; i++)
		add(entry_of(i), BEGIN + i * 5);
	for (now = BEGIN; nr_pending; now++) {
		KUNIT_ASSERT_TRUE(test, time_before(now, BEGIN + 10000));
		while (time_after_eq(now, wheel.next_expiry)) {
			fires = wheel.next_expiry;
			turn();
			KUNIT_ASSERT_EQ(test, fires, now);
		}
		timer_wheel_forward(&wheel, now);
		KUNIT_ASSERT_NULL(test, now % 97 ? NULL : timer_wheel_check(&wheel));
	}
	KUNIT_EXPECT_EQ(test, nr_wrong, 0);
	for (i = 0; i < nr_entries; i++)
		KUNIT_EXPECT_EQ(test, entry_of(i)->fired, 1);
}

/* All at random expiries; each fires once, when the model says. */
static void each_fires_once(struct kunit *test, unsigned int nr)
{
	unsigned int i, turns = 0, twice = 0;

	begin(test, nr);
	for (i = 0; i < nr_entries; i++)
		add(entry_of(i), random_expiry());
	KUNIT_EXPECT_EQ(test, wheel.nr, nr_entries);
	KUNIT_ASSERT_NULL(test, timer_wheel_check(&wheel));
	for (; nr_pending; turns++) {
		turn();
		KUNIT_ASSERT_LE(test, turns, LVL_DEPTH * LVL_SIZE);
	}
	for (i = 0; i < nr_entries; i++)
		twice += entry_of(i)->fired != 1;
	KUNIT_EXPECT_EQ(test, twice, 0);
	KUNIT_EXPECT_EQ(test, nr_wrong, 0);
	KUNIT_EXPECT_EQ(test, wheel.nr, 0);
	KUNIT_EXPECT_NULL(test, timer_wheel_check(&wheel));
	kunit_info(test, "%u timers in %u turns\n", nr_entries, turns);
}

static void some_fire_once(struct kunit *test)
{
	each_fires_once(test, SOME);
}

static void many_fire_once(struct kunit *test)
{
	each_fires_once(test, MANY);
}

/* Adding, moving, stopping and turning in any order. */
static void any_order(struct kunit *test)
{
	unsigned int step, i;

	begin(test, SOME);
	for (step = 0; step < 50000; step++) {
		struct entry *entry = entry_of(prandom_u32_state(&rnd) % nr_entries);

		switch (prandom_u32_state(&rnd) % 8) {
		case 0:
			if (wheel.nr)
				turn();
			break;
		case 1:
			i = prandom_u32_state(&rnd) % 200;
			timer_wheel_forward(&wheel, wheel.clk + i);
			break;
		case 2:
		case 3:
			if (entry->pending)
				del(entry);
			break;
		default:
			if (entry->pending)
				del(entry);
			add(entry, random_expiry());
		}
		if (step % 1000 == 0)
			KUNIT_ASSERT_NULL(test, timer_wheel_check(&wheel));
		KUNIT_ASSERT_EQ(test, nr_wrong, 0);
		KUNIT_ASSERT_EQ(test, wheel.nr, nr_pending);
	}
	while (nr_pending)
		turn();
	KUNIT_EXPECT_EQ(test, nr_wrong, 0);
}

/* A tick with nothing due costs nothing, and one with something at most a bucket a level. */
static void cost_of_ticks(struct kunit *test)
{
	unsigned long now, looked_at, ticks = 0;
	unsigned int i;

	begin(test, MANY);
	for (i = 0; i < nr_entries; i++)
		add(entry_of(i), BEGIN + 504 + prandom_u32_state(&rnd) % 1000000);
	for (now = BEGIN; time_before(now, BEGIN + 2000); now++) {
		looked_at = wheel.looked_at;
		if (time_after_eq(now, wheel.next_expiry)) {
			turn();
			ticks++;
		}
		timer_wheel_forward(&wheel, now);
		KUNIT_ASSERT_LE(test, wheel.looked_at - looked_at, LVL_DEPTH);
		if (time_before(now, BEGIN + 504))
			KUNIT_ASSERT_EQ(test, wheel.looked_at, 0);
	}
	KUNIT_EXPECT_LE(test, ticks, 2000 / 64 + 1);
	KUNIT_EXPECT_EQ(test, nr_wrong, 0);
	kunit_info(test, "%u pending, 2000 ticks looked at %lu buckets\n", nr_entries,
		   wheel.looked_at);
}

/* A stopped timer leaves nothing behind but, perhaps, one look for nothing. */
static void empty_wheel(struct kunit *test)
{
	begin(test, SOME);
	add(entry_of(0), BEGIN + 100);
	del(entry_of(0));
	KUNIT_EXPECT_NULL(test, timer_wheel_check(&wheel));
	KUNIT_EXPECT_EQ(test, turn(), 0);
	KUNIT_EXPECT_EQ(test, wheel.next_expiry, wheel.clk + WHEEL_NEVER);
	KUNIT_EXPECT_EQ(test, turn(), 0);
	add(entry_of(0), wheel.clk + 7);
	KUNIT_EXPECT_EQ(test, turn(), 1);
	KUNIT_EXPECT_EQ(test, nr_wrong, 0);
}

/* The checker sees what it is to see. */
static void checker_finds_damage(struct kunit *test)
{
	begin(test, SOME);
	add(entry_of(0), BEGIN + 100);
	wheel.occupied[2] = 1;
	KUNIT_EXPECT_TRUE(test, strstarts(timer_wheel_check(&wheel) ?: "", "I-timer-1"));
	wheel.occupied[2] = 0;
	entry_of(0)->timer.flags ^= 1U << TIMER_ARRAYSHIFT;
	KUNIT_EXPECT_TRUE(test, strstarts(timer_wheel_check(&wheel) ?: "", "I-timer-2"));
	entry_of(0)->timer.flags ^= 1U << TIMER_ARRAYSHIFT;
	wheel.next_expiry += 8;
	KUNIT_EXPECT_TRUE(test, strstarts(timer_wheel_check(&wheel) ?: "", "I-timer-3"));
	wheel.next_expiry -= 8;
	KUNIT_EXPECT_NULL(test, timer_wheel_check(&wheel));
}

static struct kunit_case wheel_cases[] = {
	KUNIT_CASE(levels_are_as_documented),
	KUNIT_CASE(edges_of_levels),
	KUNIT_CASE(tick_by_tick),
	KUNIT_CASE(some_fire_once),
	KUNIT_CASE_SLOW(many_fire_once),
	KUNIT_CASE_SLOW(any_order),
	KUNIT_CASE_SLOW(cost_of_ticks),
	KUNIT_CASE(empty_wheel),
	KUNIT_CASE(checker_finds_damage),
	{},
};

static struct kunit_suite wheel_suite = {
	.name = "timer_wheel",
	.test_cases = wheel_cases,
};
kunit_test_suite(wheel_suite);
