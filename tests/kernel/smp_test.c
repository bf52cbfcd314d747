// SPDX-License-Identifier: MIT
/*
 * Several CPUs: calls on others, per-CPU variables, where threads run, who gets how much.
 * With one CPU the same cases say that nothing is amiss there.
 */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/timer.h>
#include "threads.h"

static unsigned int last_cpu(void)
{
	return num_online_cpus() - 1;
}

static void check_this_queue(void *problems)
{
	atomic_add(sched_check(), (atomic_t *)problems);
}

static void check_queues(struct kunit *test)
{
	atomic_t problems = ATOMIC_INIT(0);

	on_each_cpu(check_this_queue, &problems, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&problems), 0);
}

/* --- calls -------------------------------------------------------------------------- */

struct calls {
	atomic_t on[NR_CPUS], in_interrupts, with_irqs_on;
	bool slow;
};

static void note_call(void *data)
{
	struct calls *calls = data;

	if (calls->slow)
		udelay(300);
	atomic_add(in_hardirq() ? 1 : 0, &calls->in_interrupts);
	atomic_add(irqs_disabled() ? 0 : 1, &calls->with_irqs_on);
	atomic_inc(&calls->on[raw_smp_processor_id()]);
}

static void expect_calls(struct kunit *test, struct calls *calls, int here, int elsewhere)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&calls->on[cpu]),
				    !cpu_online(cpu) ? 0
				    : cpu	     ? elsewhere
						     : here,
				    "CPU %u", cpu);
	KUNIT_EXPECT_EQ(test, atomic_read(&calls->with_irqs_on), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&calls->in_interrupts), elsewhere * (int)last_cpu());
}

static void api_L4_calls_reach_each_cpu_once(struct kunit *test)
{
	struct calls *calls = zeroed(test, struct calls);

	KUNIT_ASSERT_EQ(test, raw_smp_processor_id(), 0U);
	smp_call_function(note_call, calls, 1);
	expect_calls(test, calls, 0, 1);
	on_each_cpu(note_call, calls, 1);
	expect_calls(test, calls, 1, 2);
	on_each_cpu_mask(cpumask_of(0), note_call, calls, 1);
	expect_calls(test, calls, 2, 2);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
}

static void api_L4_a_call_on_one_cpu(struct kunit *test)
{
	struct calls *calls = zeroed(test, struct calls);
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		KUNIT_EXPECT_EQ(test, smp_call_function_single(cpu, note_call, calls, 1), 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&calls->on[cpu]), 1);
	}
	expect_calls(test, calls, 1, 1);
	KUNIT_EXPECT_EQ(test, smp_call_function_single(last_cpu() + 1, note_call, calls, 1),
			-ENXIO);
	KUNIT_EXPECT_EQ(test, smp_call_function_single(NR_CPUS, note_call, calls, 0), -ENXIO);
	expect_calls(test, calls, 1, 1);
}

/* The caller is back before the call, or not until all of them. */
static void api_L4_wait_waits(struct kunit *test)
{
	struct calls *calls = zeroed(test, struct calls);
	int i;

	calls->slow = true;
	for (i = 1; i <= 20; i++) {
		smp_call_function(note_call, calls, 1);
		expect_calls(test, calls, 0, i);
	}
	for (; i <= 40; i++)
		smp_call_function(note_call, calls, 0);
	KUNIT_EXPECT_TRUE(test, !last_cpu() || eventually(atomic_read(&calls->in_interrupts) ==
							  40 * (int)last_cpu()));
	smp_call_function(note_call, calls, 1); /* behind them */
	expect_calls(test, calls, 0, 41);
}

/* Fewer of each where there are more: the host may have two CPUs for all of them. */
#define CALLS_EACH (int)(300 / num_online_cpus())

static int call_everywhere(void *calls)
{
	int i;

	for (i = 0; i < CALLS_EACH; i++)
		on_each_cpu(note_call, calls, i % 2);
	on_each_cpu(note_call, calls, 1); /* the last ones without waiting are done, too */
	return 0;
}

static void api_L4_all_cpus_call_all_at_once(struct kunit *test)
{
	struct calls *calls = zeroed(test, struct calls);
	struct task_struct *tasks[NR_CPUS];
	unsigned int cpu;
	int sum = 0;

	for_each_online_cpu(cpu)
		tasks[cpu] = start_thread_on(test, cpu, call_everywhere, calls);
	for_each_online_cpu(cpu)
		wait_until_ended(tasks[cpu]);
	for_each_online_cpu(cpu) {
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&calls->on[cpu]),
				    (CALLS_EACH + 1) * (int)num_online_cpus(), "CPU %u", cpu);
		sum += atomic_read(&calls->on[cpu]);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&calls->with_irqs_on), 0);
	KUNIT_EXPECT_EQ(test, sum - atomic_read(&calls->in_interrupts),
			(CALLS_EACH + 1) * (int)num_online_cpus());
}

/* --- per-CPU variables --------------------------------------------------------------- */

static DEFINE_PER_CPU(unsigned int, own);

struct percpu_look {
	unsigned int *allocated;
	atomic_t wrong;
};

static void look_at_own(void *data)
{
	struct percpu_look *look = data;
	unsigned int cpu = smp_processor_id();
	int wrong = 0;

	this_cpu_write(own, 1000 + cpu);
	*this_cpu_ptr(look->allocated) = 2000 + cpu;
	wrong += this_cpu_ptr(&own) != per_cpu_ptr(&own, cpu);
	wrong += this_cpu_ptr(look->allocated) != per_cpu_ptr(look->allocated, cpu);
	wrong += this_cpu_read(cpu_number) != cpu;
	this_cpu_inc(own);
	this_cpu_add(own, 9);
	atomic_add(wrong, &look->wrong);
}

static void api_A4_each_cpu_has_its_own(struct kunit *test)
{
	struct percpu_look *look = zeroed(test, struct percpu_look);
	unsigned int cpu;

	look->allocated = alloc_percpu(unsigned int);
	KUNIT_ASSERT_NOT_NULL(test, look->allocated);
	on_each_cpu(look_at_own, look, 1);
	for_each_online_cpu(cpu) {
		KUNIT_EXPECT_EQ(test, per_cpu(own, cpu), 1010 + cpu);
		KUNIT_EXPECT_EQ(test, *per_cpu_ptr(look->allocated, cpu), 2000 + cpu);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&look->wrong), 0);
	free_percpu(look->allocated);
}

/* --- where threads run ----------------------------------------------------------------- */

struct seen {
	unsigned int rounds;
	unsigned int elsewhere; /* rounds on a CPU where it must not be */
	unsigned int cpu;	/* of the last round */
	struct cpumask allowed, cpus;
	bool busy;
};

/* Yields, sleeps, is preempted; notes where it is each time. */
static int note_where(void *data)
{
	struct seen *seen = data;

	while (!kthread_should_stop()) {
		unsigned int cpu;

		preempt_disable();
		cpu = smp_processor_id();
		if (!cpumask_test_cpu(cpu, &seen->allowed))
			seen->elsewhere++;
		cpumask_set_cpu(cpu, &seen->cpus);
		preempt_enable();
		WRITE_ONCE(seen->cpu, cpu);
		WRITE_ONCE(seen->rounds, seen->rounds + 1);
		if (seen->rounds % 16 == 0)
			yield();
		if (!READ_ONCE(seen->busy))
			schedule_timeout_uninterruptible(1);
	}
	return 0;
}

static void bound_threads_stay(struct kunit *test)
{
	struct seen *seen = *zeroed(test, struct seen[NR_CPUS]);
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		cpumask_set_cpu(cpu, &seen[cpu].allowed);
		seen[cpu].busy = cpu % 2;
		start_thread_on(test, cpu, note_where, &seen[cpu]);
	}
	msleep(50);
	for_each_online_cpu(cpu) {
		KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(seen[cpu].rounds) > 2));
		KUNIT_EXPECT_EQ_MSG(test, seen[cpu].elsewhere, 0U, "CPU %u", cpu);
	}
}

/* All CPUs but the first, if there are others. */
static void only_within_its_mask(struct kunit *test)
{
	struct seen *seen = *zeroed(test, struct seen[4]);
	unsigned int cpu, i;

	for (i = 0; i < 4; i++) {
		struct task_struct *task = make_thread(test, note_where, &seen[i]);

		for_each_online_cpu(cpu)
			if (cpu || !last_cpu())
				cpumask_set_cpu(cpu, &seen[i].allowed);
		seen[i].busy = i % 2;
		KUNIT_EXPECT_EQ(test, set_cpus_allowed_ptr(task, &seen[i].allowed), 0);
		wake_up_process(task);
	}
	msleep(100);
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(seen[i].rounds) > 10));
		KUNIT_EXPECT_EQ(test, seen[i].elsewhere, 0U);
		if (!last_cpu())
			continue;
		KUNIT_EXPECT_FALSE(test, cpumask_test_cpu(0, &seen[i].cpus));
	}
}

/* Running, waiting for a CPU or asleep: when the call is back it is on the new CPU, or not on any. */
static void move_around(struct kunit *test, bool busy)
{
	struct seen *seen = zeroed(test, struct seen);
	struct task_struct *task = make_thread(test, note_where, seen);
	unsigned int i, cpu, before;

	cpumask_copy(&seen->allowed, cpu_online_mask);
	seen->busy = busy;
	wake_up_process(task);
	for (i = 0; i < 40; i++) {
		cpu = i % num_online_cpus();
		KUNIT_ASSERT_EQ(test, set_cpus_allowed_ptr(task, cpumask_of(cpu)), 0);
		KUNIT_EXPECT_TRUE(test, task_cpu(task) == cpu || is_asleep(task));
		before = READ_ONCE(seen->rounds);
		KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(seen->rounds) > before + 1));
		KUNIT_EXPECT_EQ(test, READ_ONCE(seen->cpu), cpu);
	}
	KUNIT_EXPECT_EQ(test, seen->elsewhere, 0U);
}

static void a_running_thread_is_moved(struct kunit *test)
{
	move_around(test, true);
}

static void a_sleeping_thread_is_moved(struct kunit *test)
{
	move_around(test, false);
}

static void i_move_myself(struct kunit *test)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		KUNIT_EXPECT_EQ(test, set_cpus_allowed_ptr(current, cpumask_of(cpu)), 0);
		KUNIT_EXPECT_EQ(test, smp_processor_id(), cpu);
	}
	KUNIT_ASSERT_EQ(test, set_cpus_allowed_ptr(current, cpumask_of(0)), 0);
	KUNIT_EXPECT_EQ(test, smp_processor_id(), 0U);
}

/* Two that wake each other are moved all the time: no wake-up gets lost, nobody runs twice. */
struct pair {
	struct task_struct *tasks[2];
	unsigned int turn, rounds, at_once;
	atomic_t running[2];
};

static int hand_over(struct pair *pair, unsigned int me)
{
	while (!kthread_should_stop()) {
		if (atomic_inc_return(&pair->running[me]) != 1)
			pair->at_once++;
		atomic_dec(&pair->running[me]);
		set_current_state(TASK_INTERRUPTIBLE);
		if (READ_ONCE(pair->turn) != me && !kthread_should_stop()) {
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);
		WRITE_ONCE(pair->rounds, pair->rounds + 1);
		WRITE_ONCE(pair->turn, !me);
		wake_up_process(pair->tasks[!me]);
	}
	return 0;
}

static int hand_over_0(void *pair)
{
	return hand_over(pair, 0);
}

static int hand_over_1(void *pair)
{
	return hand_over(pair, 1);
}

static void moved_while_they_wake_each_other(struct kunit *test)
{
	struct pair *pair = zeroed(test, struct pair);
	unsigned int i, before;

	pair->tasks[0] = make_thread(test, hand_over_0, pair);
	pair->tasks[1] = make_thread(test, hand_over_1, pair);
	wake_up_process(pair->tasks[0]);
	wake_up_process(pair->tasks[1]);
	for (i = 0; i < 300; i++) {
		const struct cpumask *mask = cpumask_of(i / 2 % num_online_cpus());

		set_cpus_allowed_ptr(pair->tasks[i % 2], i % 7 ? mask : cpu_possible_mask);
		if (i % 16)
			continue;
		before = READ_ONCE(pair->rounds);
		KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(pair->rounds) > before + 4));
	}
	KUNIT_EXPECT_EQ(test, pair->at_once, 0U);
}

/* --- who runs where by itself -------------------------------------------------------- */

static int note_cpu(void *cpu)
{
	WRITE_ONCE(*(int *)cpu, (int)raw_smp_processor_id() + 1);
	return 0;
}

static bool spin_until_set(const int *flag, unsigned int ms)
{
	ktime_t end = ktime_get() + (ktime_t)ms * NSEC_PER_MSEC;

	while (!READ_ONCE(*flag) && ktime_get() < end)
		cpu_relax();
	return READ_ONCE(*flag);
}

static void needs_others(struct kunit *test)
{
	if (num_online_cpus() == 1)
		kunit_skip(test, "there is one CPU");
}

/* The caller does not give its CPU away: another one runs what it wakes. */
static void a_wake_up_goes_to_an_idle_cpu(struct kunit *test)
{
	int *cpu = zeroed(test, int);
	struct task_struct *task = make_thread(test, note_cpu, cpu);

	needs_others(test);
	settle();
	preempt_disable();
	wake_up_process(task);
	spin_until_set(cpu, 1000);
	preempt_enable();
	KUNIT_EXPECT_GT(test, *cpu, 1);
}

static int spin_until_stopped(void *stop)
{
	while (!READ_ONCE(*(bool *)stop))
		cpu_relax();
	return 0;
}

/* All CPUs are busy when it is woken; then the others have nothing to do. */
static void an_idle_cpu_takes_who_waits(struct kunit *test)
{
	int *cpu = zeroed(test, int);
	bool *stop = zeroed(test, bool);
	struct task_struct *task;
	unsigned int other;

	needs_others(test);
	for_each_online_cpu(other)
		if (other)
			start_thread_on(test, other, spin_until_stopped, stop);
	task = make_thread(test, note_cpu, cpu);
	preempt_disable();
	wake_up_process(task);
	WRITE_ONCE(*stop, true);
	spin_until_set(cpu, 1000);
	preempt_enable();
	KUNIT_EXPECT_GT(test, *cpu, 1);
}

/* Returns the least and the most that one of them had, in percent of an equal share. */
static void run_twice_as_many(struct kunit *test, u64 *least, u64 *most)
{
	struct task_struct *tasks[2 * NR_CPUS];
	unsigned int i, nr = 2 * num_online_cpus();
	bool *stop = zeroed(test, bool);
	u64 sum = 0;

	for (i = 0; i < nr; i++)
		tasks[i] = start_thread(test, spin_until_stopped, stop);
	msleep(400);
	WRITE_ONCE(*stop, true);
	for (i = 0; i < nr; i++)
		kthread_stop(tasks[i]);
	*least = U64_MAX;
	*most = 0;
	for (i = 0; i < nr; i++)
		sum += tasks[i]->sum_exec_runtime;
	for (i = 0; i < nr; i++) {
		u64 percent = div64_u64(tasks[i]->sum_exec_runtime * 100 * nr, sum);

		*least = min(*least, percent);
		*most = max(*most, percent);
		kunit_release_action(test, end_thread, tasks[i]);
	}
}

/* Also where all were started on one CPU. A busy host may stop one of ours: several tries. */
static void twice_as_many_threads_as_cpus_share_alike(struct kunit *test)
{
	u64 least = 0, most = U64_MAX;
	int i;

	for (i = 0; i < 8 && (least < 60 || most > 160); i++)
		run_twice_as_many(test, &least, &most);
	KUNIT_EXPECT_GE(test, least, 60ULL);
	KUNIT_EXPECT_LE(test, most, 160ULL);
}

/* --- timers ------------------------------------------------------------------------------ */

struct alarms {
	struct timer_list timer;
	struct hrtimer hrtimer;
	unsigned int armed_on;
	int timer_cpu, hrtimer_cpu; /* one more than the number */
};

static void timer_rings(struct timer_list *timer)
{
	struct alarms *alarms = from_timer(alarms, timer, timer);

	WRITE_ONCE(alarms->timer_cpu, (int)smp_processor_id() + 1);
}

static enum hrtimer_restart hrtimer_rings(struct hrtimer *timer)
{
	struct alarms *alarms = container_of(timer, struct alarms, hrtimer);

	WRITE_ONCE(alarms->hrtimer_cpu, (int)smp_processor_id() + 1);
	return HRTIMER_NORESTART;
}

static int arm_timers(void *data)
{
	struct alarms *alarms = data;

	mod_timer(&alarms->timer, jiffies + 2);
	hrtimer_start(&alarms->hrtimer, 700 * NSEC_PER_USEC, HRTIMER_MODE_REL);
	return 0;
}

static void timers_run_where_they_were_armed(struct kunit *test)
{
	struct alarms *alarms = *zeroed(test, struct alarms[NR_CPUS]);
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		timer_setup(&alarms[cpu].timer, timer_rings, 0);
		hrtimer_init(&alarms[cpu].hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
		alarms[cpu].hrtimer.function = hrtimer_rings;
		start_thread_on(test, cpu, arm_timers, &alarms[cpu]);
	}
	for_each_online_cpu(cpu) {
		KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(alarms[cpu].timer_cpu) &&
						   READ_ONCE(alarms[cpu].hrtimer_cpu)));
		KUNIT_EXPECT_EQ(test, alarms[cpu].timer_cpu, (int)cpu + 1);
		KUNIT_EXPECT_EQ(test, alarms[cpu].hrtimer_cpu, (int)cpu + 1);
		del_timer_sync(&alarms[cpu].timer);
		hrtimer_cancel(&alarms[cpu].hrtimer);
	}
}

static struct kunit_case smp_cases[] = {
	KUNIT_CASE_SLOW(api_L4_calls_reach_each_cpu_once),
	KUNIT_CASE(api_L4_a_call_on_one_cpu),
	KUNIT_CASE(api_L4_wait_waits),
	KUNIT_CASE_SLOW(api_L4_all_cpus_call_all_at_once),
	KUNIT_CASE(api_A4_each_cpu_has_its_own),
	KUNIT_CASE_SLOW(bound_threads_stay),
	KUNIT_CASE_SLOW(only_within_its_mask),
	KUNIT_CASE(a_running_thread_is_moved),
	KUNIT_CASE_SLOW(a_sleeping_thread_is_moved),
	KUNIT_CASE(i_move_myself),
	KUNIT_CASE_SLOW(moved_while_they_wake_each_other),
	KUNIT_CASE(a_wake_up_goes_to_an_idle_cpu),
	KUNIT_CASE(an_idle_cpu_takes_who_waits),
	KUNIT_CASE_SLOW(twice_as_many_threads_as_cpus_share_alike),
	KUNIT_CASE_SLOW(timers_run_where_they_were_armed),
	{},
};

static struct kunit_suite smp_suite = {
	.name = "smp",
	.exit = check_queues,
	.test_cases = smp_cases,
};
kunit_test_suite(smp_suite);
