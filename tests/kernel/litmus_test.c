// SPDX-License-Identifier: MIT
/*
 * Litmus tests: small programs of two or four CPUs that run against each other, over and over,
 * and what must never come out of them. Memory that begins as 0; x, y are in cache lines of
 * their own; r0, r1 ... are what the CPUs read.
 *
 *	SB	x = 1; r0 = y  |  y = 1; r1 = x		both 0: only without smp_mb()
 *	MP	x = 1; y = 1   |  r0 = y; r1 = x	1, 0: never
 *	LB	r0 = y; x = 1  |  r1 = x; y = 1		both 1: never
 *	CoRR	x = 1	       |  r0 = x; r1 = x	1, 0: never
 *	2+2W	x = 1; y = 2   |  y = 1; x = 2		x = y = 1 at the end: never
 *	IRIW	x = 1 | y = 1 | r0 = x; r1 = y | r2 = y; r3 = x	1, 0, 1, 0: never
 *
 * The CPUs meet at a barrier and run through BATCH instances each, in the same order. That the
 * race is hot shows where the unfenced SB comes out both 0, which x86 allows: it is printed.
 */
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <asm/barrier.h>
#include "threads.h"

#define BATCH	    32
#define QUICK	    1000
#define MANY	    100000
#define MOST_MS	    4000 /* less of it on a host whose CPUs are fewer than ours */
#define MOST_RACERS 4

struct instance {
	int x __aligned(64);
	int y __aligned(64);
	int r[4] __aligned(64); /* r0 .. r3 */
};

struct litmus {
	const char *name;
	unsigned int racers;
	void (*racer[MOST_RACERS])(struct instance *);
	bool (*seen)(const struct instance *);
	bool allowed;
};

/* --- a barrier between CPUs ------------------------------------------------------------ */

struct meeting {
	atomic_t arrived;
	unsigned int round, nr;
};

/* All spin, so that they go on at the same time. */
static void meet(struct meeting *meeting)
{
	unsigned int round = READ_ONCE(meeting->round);

	if (atomic_inc_return(&meeting->arrived) == (int)meeting->nr) {
		atomic_set(&meeting->arrived, 0);
		smp_store_release(&meeting->round, round + 1);
		return;
	}
	while (smp_load_acquire(&meeting->round) == round)
		cpu_relax();
}

/* --- the race ----------------------------------------------------------------------------- */

struct race {
	const struct litmus *litmus;
	struct meeting meeting;
	struct instance instances[BATCH];
	unsigned long wanted, done, seen;
	unsigned long end; /* jiffies */
	bool over;
};

struct racer {
	struct race *race;
	unsigned int number;
};

/* The first of them does it, while the others wait. */
static void judge(struct race *race)
{
	unsigned int i;

	for (i = 0; i < BATCH; i++)
		race->seen += race->litmus->seen(&race->instances[i]);
	memset(race->instances, 0, sizeof(race->instances));
	race->done += BATCH;
	race->over = race->done >= race->wanted || time_after(jiffies, race->end);
}

static int run_racer(void *data)
{
	struct racer *racer = data;
	struct race *race = racer->race;
	void (*program)(struct instance *) = race->litmus->racer[racer->number];
	unsigned int i;

	while (!race->over) {
		meet(&race->meeting);
		for (i = 0; i < BATCH; i++)
			program(&race->instances[i]);
		meet(&race->meeting);
		if (!racer->number)
			judge(race);
		meet(&race->meeting);
	}
	return 0;
}

static void run_race(struct kunit *test, struct race *race)
{
	struct racer *racers = *zeroed(test, struct racer[MOST_RACERS]);
	struct task_struct *tasks[MOST_RACERS];
	unsigned int i;

	race->meeting.nr = race->litmus->racers;
	race->end = jiffies + msecs_to_jiffies(MOST_MS);
	for (i = 0; i < race->litmus->racers; i++) {
		racers[i] = (struct racer){ .race = race, .number = i };
		tasks[i] = start_thread_on(test, i, run_racer, &racers[i]);
	}
	for (i = 0; i < race->litmus->racers; i++)
		wait_until_ended(tasks[i]);
}

static void run_litmus(struct kunit *test, unsigned long wanted)
{
	const struct litmus *litmus = test->param_value;
	struct race *race;

	if (num_online_cpus() < litmus->racers)
		kunit_skip(test, "needs %u CPUs", litmus->racers);
	race = zeroed(test, struct race);
	race->litmus = litmus;
	race->wanted = wanted;
	run_race(test, race);
	KUNIT_EXPECT_GE(test, race->done, 10UL * BATCH);
	if (litmus->allowed)
		kunit_info(test, "%s: %lu of %lu, which is allowed\n", litmus->name, race->seen,
			   race->done);
	else
		KUNIT_EXPECT_EQ_MSG(test, race->seen, 0UL, "of %lu", race->done);
}

/* --- the programs ------------------------------------------------------------------------- */

#define PROGRAM(name, ...)                   \
	static void name(struct instance *i) \
	{                                    \
		__VA_ARGS__                  \
	}
#define OUTCOME(name, condition)                   \
	static bool name(const struct instance *i) \
	{                                          \
		return condition;                  \
	}

PROGRAM(sb_0, WRITE_ONCE(i->x, 1); i->r[0] = READ_ONCE(i->y);)
PROGRAM(sb_1, WRITE_ONCE(i->y, 1); i->r[1] = READ_ONCE(i->x);)
PROGRAM(sb_mb_0, WRITE_ONCE(i->x, 1); smp_mb(); i->r[0] = READ_ONCE(i->y);)
PROGRAM(sb_mb_1, WRITE_ONCE(i->y, 1); smp_mb(); i->r[1] = READ_ONCE(i->x);)
PROGRAM(sb_xchg_0, (void)xchg(&i->x, 1); i->r[0] = READ_ONCE(i->y);)
PROGRAM(sb_xchg_1, (void)xchg(&i->y, 1); i->r[1] = READ_ONCE(i->x);)
OUTCOME(sb_seen, !i->r[0] && !i->r[1])

PROGRAM(mp_0, WRITE_ONCE(i->x, 1); smp_store_release(&i->y, 1);)
PROGRAM(mp_1, i->r[0] = smp_load_acquire(&i->y); i->r[1] = READ_ONCE(i->x);)
PROGRAM(mp_wmb_0, WRITE_ONCE(i->x, 1); smp_wmb(); WRITE_ONCE(i->y, 1);)
PROGRAM(mp_rmb_1, i->r[0] = READ_ONCE(i->y); smp_rmb(); i->r[1] = READ_ONCE(i->x);)
OUTCOME(mp_seen, i->r[0] && !i->r[1])

PROGRAM(lb_0, i->r[0] = smp_load_acquire(&i->y); smp_store_release(&i->x, 1);)
PROGRAM(lb_1, i->r[1] = smp_load_acquire(&i->x); smp_store_release(&i->y, 1);)
OUTCOME(lb_seen, i->r[0] && i->r[1])

PROGRAM(corr_0, WRITE_ONCE(i->x, 1);)
PROGRAM(corr_1, i->r[0] = READ_ONCE(i->x); i->r[1] = READ_ONCE(i->x);)
OUTCOME(corr_seen, i->r[0] && !i->r[1])

PROGRAM(w_0, WRITE_ONCE(i->x, 1); smp_wmb(); WRITE_ONCE(i->y, 2);)
PROGRAM(w_1, WRITE_ONCE(i->y, 1); smp_wmb(); WRITE_ONCE(i->x, 2);)
OUTCOME(w_seen, i->x == 1 && i->y == 1)

PROGRAM(iriw_0, WRITE_ONCE(i->x, 1);)
PROGRAM(iriw_1, WRITE_ONCE(i->y, 1);)
PROGRAM(iriw_2, i->r[0] = smp_load_acquire(&i->x); i->r[1] = READ_ONCE(i->y);)
PROGRAM(iriw_3, i->r[2] = smp_load_acquire(&i->y); i->r[3] = READ_ONCE(i->x);)
OUTCOME(iriw_seen, i->r[0] && !i->r[1] && i->r[2] && !i->r[3])

/* Both add to x: none is lost. */
PROGRAM(add_it, atomic_add(3, (atomic_t *)&i->x);)
PROGRAM(inc_it, atomic_inc((atomic_t *)&i->x); atomic_inc((atomic_t *)&i->x);)
OUTCOME(add_lost, i->x != 5)

/* Both try to be the first: one is. */
PROGRAM(claim_0, i->r[0] = !cmpxchg(&i->x, 0, 1);)
PROGRAM(claim_1, i->r[1] = !cmpxchg(&i->x, 0, 2);)
OUTCOME(claim_wrong, i->r[0] + i->r[1] != 1 || i->x != (i->r[0] ? 1 : 2))

PROGRAM(bit_0, i->r[0] = !test_and_set_bit(0, (unsigned long *)&i->x);)
PROGRAM(bit_1, i->r[1] = !test_and_set_bit(0, (unsigned long *)&i->x);)
OUTCOME(bit_wrong, i->r[0] + i->r[1] != 1)

static const struct litmus litmus_tests[] = {
	{ "SB", 2, { sb_0, sb_1 }, sb_seen, true },
	{ "SB+smp_mb", 2, { sb_mb_0, sb_mb_1 }, sb_seen, false },
	{ "SB+xchg", 2, { sb_xchg_0, sb_xchg_1 }, sb_seen, false },
	{ "MP+release+acquire", 2, { mp_0, mp_1 }, mp_seen, false },
	{ "MP+smp_wmb+smp_rmb", 2, { mp_wmb_0, mp_rmb_1 }, mp_seen, false },
	{ "LB", 2, { lb_0, lb_1 }, lb_seen, false },
	{ "CoRR", 2, { corr_0, corr_1 }, corr_seen, false },
	{ "2+2W", 2, { w_0, w_1 }, w_seen, false },
	{ "IRIW", 4, { iriw_0, iriw_1, iriw_2, iriw_3 }, iriw_seen, false },
	{ "atomic_add", 2, { add_it, inc_it }, add_lost, false },
	{ "cmpxchg", 2, { claim_0, claim_1 }, claim_wrong, false },
	{ "test_and_set_bit", 2, { bit_0, bit_1 }, bit_wrong, false },
};
KUNIT_ARRAY_PARAM_DESC(litmus, litmus_tests, name);

static void api_L4_outcomes(struct kunit *test)
{
	run_litmus(test, QUICK);
}

static void api_L4_outcomes_of_many(struct kunit *test)
{
	run_litmus(test, MANY);
}

/* --- spinlocks ------------------------------------------------------------------------------- */

struct counted {
	spinlock_t lock;
	unsigned long count, rounds; /* count: plain, under the lock */
	bool inside;
	atomic_t overlaps;
};

static int count_under_lock(void *data)
{
	struct counted *counted = data;
	unsigned long i;

	for (i = 0; i < counted->rounds; i++) {
		spin_lock(&counted->lock);
		if (counted->inside)
			atomic_inc(&counted->overlaps);
		counted->inside = true;
		WRITE_ONCE(counted->count, READ_ONCE(counted->count) + 1);
		counted->inside = false;
		spin_unlock(&counted->lock);
	}
	return 0;
}

static void lock_on_all_cpus(struct kunit *test, unsigned long rounds)
{
	struct counted *counted = zeroed(test, struct counted);
	struct task_struct *tasks[NR_CPUS];
	unsigned int cpu;

	spin_lock_init(&counted->lock);
	counted->rounds = rounds / num_online_cpus();
	for_each_online_cpu(cpu)
		tasks[cpu] = start_thread_on(test, cpu, count_under_lock, counted);
	for_each_online_cpu(cpu)
		wait_until_ended(tasks[cpu]);
	KUNIT_EXPECT_EQ(test, counted->count, counted->rounds * num_online_cpus());
	KUNIT_EXPECT_EQ(test, atomic_read(&counted->overlaps), 0);
}

static void api_L4_spin_lock_excludes(struct kunit *test)
{
	lock_on_all_cpus(test, 4 * QUICK);
}

static void api_L4_spin_lock_excludes_often(struct kunit *test)
{
	lock_on_all_cpus(test, MANY);
}

struct turns {
	spinlock_t lock;
	unsigned long mine, others;
	bool stop;
};

static int take_turns(void *data)
{
	struct turns *turns = data;

	while (!READ_ONCE(turns->stop)) {
		spin_lock(&turns->lock);
		turns->others++;
		spin_unlock(&turns->lock);
	}
	return 0;
}

/* Who has drawn a ticket is served before who comes back for the lock at once. */
static void api_L4_spin_lock_is_fair(struct kunit *test)
{
	struct turns *turns = zeroed(test, struct turns);
	unsigned long overtaken = 0, before;
	int i;

	if (num_online_cpus() == 1)
		kunit_skip(test, "there is one CPU");
	spin_lock_init(&turns->lock);
	start_thread_on(test, 1, take_turns, turns);
	spin_lock(&turns->lock);
	for (i = 0; i < 500; i++) {
		while ((u16)(READ_ONCE(turns->lock.next) - READ_ONCE(turns->lock.owner)) < 2)
			cpu_relax(); /* until the other one waits */
		before = turns->others;
		spin_unlock(&turns->lock);
		spin_lock(&turns->lock);
		overtaken += turns->others == before;
	}
	WRITE_ONCE(turns->stop, true);
	spin_unlock(&turns->lock);
	KUNIT_EXPECT_EQ(test, overtaken, 0UL);
}

static struct kunit_case litmus_cases[] = {
	KUNIT_CASE_PARAM_ATTR(api_L4_outcomes, litmus_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(api_L4_outcomes_of_many, litmus_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_SLOW(api_L4_spin_lock_excludes),
	KUNIT_CASE_SLOW(api_L4_spin_lock_excludes_often),
	KUNIT_CASE(api_L4_spin_lock_is_fair),
	{},
};

static struct kunit_suite litmus_suite = {
	.name = "litmus",
	.test_cases = litmus_cases,
};
kunit_test_suite(litmus_suite);
