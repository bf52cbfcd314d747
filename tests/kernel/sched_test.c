// SPDX-License-Identifier: MIT
/* The scheduler: who runs when, and who may not be taken off. */
#include <linux/interrupt.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/preempt.h>
#include <linux/timer.h>
#include <memkern/contexts.h>
#include "../../kernel/sched.h"
#include "threads.h"

static void check_queue(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sched_check(), 0);
}

static int set_flag(void *flag)
{
	WRITE_ONCE(*(bool *)flag, true);
	return 0;
}

/* --- who is busy ------------------------------------------------------------------ */

struct busy {
	u64 longest_gap, last;
	unsigned long most_switches, last_switches; /* of the CPU, between two rounds */
	unsigned long rounds;
};

static bool enough; /* for all: each would only see its own kthread_stop() when it runs */

static int be_busy(void *data)
{
	struct busy *busy = data;

	while (!kthread_should_stop() && !READ_ONCE(enough)) {
		unsigned long switches = READ_ONCE(this_cpu_ptr(&runqueues)->nr_switches);
		u64 now = ktime_get_ns();

		if (busy->rounds) {
			busy->longest_gap = max(busy->longest_gap, now - busy->last);
			busy->most_switches =
				max(busy->most_switches, switches - busy->last_switches);
		}
		busy->last = now;
		busy->last_switches = switches;
		WRITE_ONCE(busy->rounds, busy->rounds + 1);
	}
	return 0;
}

static void a_busy_thread_does_not_keep_others_out(struct kunit *test)
{
	struct busy *busy = zeroed(test, struct busy);
	bool *ran = zeroed(test, bool);

	enough = false;
	start_thread_on(test, 0, be_busy, busy);
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(busy->rounds) > 0));
	start_thread_on(test, 0, set_flag, ran);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(*ran)));
}

#define EQUALS 8
#define TRIES  10

/* A host that stalls takes it from the clock: then a turn more. */
static bool all_were_preempted(struct task_struct *const *tasks, unsigned int nr)
{
	while (nr-- > 0)
		if (READ_ONCE(tasks[nr]->nivcsw) < 2)
			return false;
	return true;
}

/* Returns the longest time that one of them did not run. */
static u64 run_equals(struct kunit *test)
{
	struct busy *busy = *zeroed(test, struct busy[EQUALS + 1]);
	struct task_struct *tasks[EQUALS + 1];
	u64 longest = 0;
	int i;

	enough = false;
	for (i = 0; i <= EQUALS; i++)
		tasks[i] = start_thread_on(test, 0, be_busy, &busy[i]);
	for (i = 0; i < TRIES && !(i && all_were_preempted(tasks, EQUALS + 1)); i++)
		msleep(150);
	WRITE_ONCE(enough, true);
	for (i = 0; i <= EQUALS; i++)
		kthread_stop(tasks[i]);
	for (i = 0; i <= EQUALS; i++) {
		KUNIT_EXPECT_GT(test, tasks[i]->nivcsw, 1UL);
		longest = max(longest, busy[i].longest_gap);
		/* Nobody keeps the CPU for longer than 4 ms. */
		longest = max(longest, (u64)busy[i].most_switches * 4 * NSEC_PER_MSEC);
		kunit_release_action(test, end_thread, tasks[i]);
	}
	return longest;
}

/* The clock also counts what a busy host takes from the whole guest: more than one try. */
static void each_of_8_busy_equals_runs_within_100_ms(struct kunit *test)
{
	u64 best = U64_MAX;
	int i;

	for (i = 0; i < TRIES && best >= 100 * NSEC_PER_MSEC; i++)
		best = min(best, run_equals(test));
	KUNIT_EXPECT_LT(test, best, 100ULL * NSEC_PER_MSEC);
}

/* Two busy threads, five steps of nice apart: 100 times the one's share by the other's. */
static u64 run_nice(struct kunit *test)
{
	struct busy *busy = *zeroed(test, struct busy[2]);
	struct task_struct *tasks[2];
	int i;

	enough = false;
	for (i = 0; i < 2; i++) {
		tasks[i] = make_thread_on(test, 0, be_busy, &busy[i]);
		set_user_nice(tasks[i], 5 * i);
		KUNIT_EXPECT_EQ(test, task_nice(tasks[i]), 5 * i);
	}
	for (i = 0; i < 2; i++)
		wake_up_process(tasks[i]);
	msleep(300);
	WRITE_ONCE(enough, true);
	for (i = 0; i < 2; i++)
		kthread_stop(tasks[i]);
	return div64_u64(tasks[0]->sum_exec_runtime * 100, tasks[1]->sum_exec_runtime);
}

/* A step is worth 1.25: five are three. What a host takes is counted as one of the two's. */
static void nice_shares(struct kunit *test)
{
	u64 share = 0;
	int i;

	for (i = 0; i < TRIES && (share <= 230 || share >= 400); i++)
		share = run_nice(test);
	KUNIT_EXPECT_GT(test, share, 230ULL);
	KUNIT_EXPECT_LT(test, share, 400ULL);
}

static void nice_is_bounded(struct kunit *test)
{
	struct task_struct *task = make_thread_on(test, 0, sleep_until_stopped, NULL);

	set_user_nice(task, 100);
	KUNIT_EXPECT_EQ(test, task_nice(task), 19);
	set_user_nice(task, -100);
	KUNIT_EXPECT_EQ(test, task_nice(task), -20);
}

/* --- preemption ------------------------------------------------------------------- */

/* Sleeps, and says so whenever it has run. */
static int note_each_wake_up(void *runs)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
		++*(volatile int *)runs;
	}
	return 0;
}

/* It has slept while the case ran, for so long that it is the more urgent one. */
static struct task_struct *start_sleeper(struct kunit *test, int *runs)
{
	struct task_struct *task = start_thread_on(test, 0, note_each_wake_up, runs);
	int i;

	yield(); /* behind it */
	KUNIT_ASSERT_TRUE(test, eventually(is_asleep(task)));
	for (i = 0; i < 20 && (s64)(current->vruntime - task->vruntime) < 2 * NSEC_PER_MSEC; i++)
		mdelay(1);
	return task;
}

/*
 * It was given the CPU. Not that it has come to do anything there: if the host stalls the
 * guest just then, the next tick finds that it has had its turn.
 */
static bool has_had_cpu(const struct task_struct *task, u64 before)
{
	return READ_ONCE(task->sum_exec_runtime) > before;
}

static void a_woken_sleeper_preempts(struct kunit *test)
{
	struct task_struct *task = start_sleeper(test, zeroed(test, int));
	u64 before = task->sum_exec_runtime;

	KUNIT_EXPECT_EQ(test, wake_up_process(task), 1);
	KUNIT_EXPECT_TRUE(test, has_had_cpu(task, before));
}

static void preempt_disable_keeps_others_out(struct kunit *test)
{
	int *runs = zeroed(test, int);
	struct task_struct *task = start_sleeper(test, runs);
	u64 before = task->sum_exec_runtime;

	preempt_disable();
	wake_up_process(task);
	mdelay(2); /* a tick, at least */
	KUNIT_EXPECT_EQ(test, READ_ONCE(*runs), 0);
	KUNIT_EXPECT_TRUE(test, need_resched());
	preempt_enable();
	KUNIT_EXPECT_TRUE(test, has_had_cpu(task, before));
	KUNIT_EXPECT_FALSE(test, need_resched());
}

static void cond_resched_gives_way(struct kunit *test)
{
	int *runs = zeroed(test, int);
	struct task_struct *task = start_sleeper(test, runs);
	u64 before = task->sum_exec_runtime;

	KUNIT_EXPECT_EQ(test, cond_resched(), 0);
	local_irq_disable();
	wake_up_process(task);
	KUNIT_EXPECT_EQ(test, READ_ONCE(*runs), 0);
	local_irq_enable(); /* nobody looks */
	cond_resched();
	KUNIT_EXPECT_TRUE(test, has_had_cpu(task, before));
}

static void yield_lets_everybody_run(struct kunit *test)
{
	bool *ran = *zeroed(test, bool[3]);
	struct task_struct *tasks[3];
	int i;

	for (i = 0; i < 3; i++)
		tasks[i] = make_thread_on(test, 0, set_flag, &ran[i]);
	preempt_disable();
	for (i = 0; i < 3; i++)
		wake_up_process(tasks[i]);
	KUNIT_EXPECT_FALSE(test, ran[0] || ran[1] || ran[2]);
	preempt_enable_no_resched();
	yield();
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, has_had_cpu(tasks[i], 0));
}

/* --- sleeping and waking ------------------------------------------------------------ */

static void waking_the_waking(struct kunit *test)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	KUNIT_EXPECT_EQ(test, wake_up_process(current), 1);
	KUNIT_EXPECT_EQ(test, get_current_state(), (unsigned int)TASK_RUNNING);
	KUNIT_EXPECT_EQ(test, wake_up_process(current), 0);
	set_current_state(TASK_INTERRUPTIBLE);
	KUNIT_EXPECT_EQ(test, wake_up_state(current, TASK_UNINTERRUPTIBLE), 0);
	KUNIT_EXPECT_EQ(test, wake_up_state(current, TASK_INTERRUPTIBLE), 1);
	schedule(); /* woken: returns */
}

struct ball {
	int turn; /* whose: 0 or 1 */
	unsigned int passed, limit;
	struct task_struct *players[2];
};

/* Preempted anywhere in here, also between the state and the look. */
static void play(struct ball *ball, int me)
{
	while (ball->passed < ball->limit) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (READ_ONCE(ball->turn) != me && ball->passed < ball->limit) {
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);
		ball->passed++;
		WRITE_ONCE(ball->turn, !me);
		wake_up_process(ball->players[!me]);
	}
	__set_current_state(TASK_RUNNING);
}

static int play_as_1(void *data)
{
	play(data, 1);
	return 0;
}

static void hand_over(struct kunit *test, unsigned int cpu, unsigned int times)
{
	struct ball *ball = zeroed(test, struct ball);
	struct task_struct *task = make_thread_on(test, cpu, play_as_1, ball);

	ball->limit = times;
	ball->players[0] = current;
	ball->players[1] = task;
	wake_up_process(task);
	play(ball, 0);
	KUNIT_EXPECT_GE(test, ball->passed, times);
	kthread_stop(task);
}

static void no_wake_up_is_lost(struct kunit *test)
{
	hand_over(test, 0, 300);
}

static void no_wake_up_is_lost_between_cpus(struct kunit *test)
{
	hand_over(test, num_online_cpus() - 1, 300);
}

static void no_wake_up_is_lost_10000_times(struct kunit *test)
{
	hand_over(test, 0, 10000);
	hand_over(test, num_online_cpus() - 1, 10000);
}

/* --- X5 ------------------------------------------------------------------------------ */

static void api_X5_scheduling_while_atomic(struct kunit *test)
{
	unsigned long before = jiffies;
	bool *ran = zeroed(test, bool);
	struct task_struct *task = make_thread_on(test, 0, set_flag, ran);

	kunit_expect_report(test, "BUG: scheduling while atomic: init/1/0x00000002");
	preempt_disable();
	preempt_disable();
	wake_up_process(task);
	schedule_timeout_uninterruptible(2);
	KUNIT_EXPECT_EQ(test, preempt_count(), 2);
	preempt_enable();
	preempt_enable();
	KUNIT_EXPECT_TRUE(test, READ_ONCE(*ran));
	KUNIT_EXPECT_TRUE(test, time_after_eq(jiffies, before + 2));
}

static void api_X5_schedule_with_softirqs_off(struct kunit *test)
{
	kunit_expect_report(test, "BUG: scheduling while atomic: init/1/0x00000200");
	local_bh_disable();
	schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0x200);
	local_bh_enable();
}

static void call_schedule(void *count)
{
	*(int *)count = preempt_count();
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
	if (preempt_count() != *(int *)count)
		*(int *)count = -1;
}

static void api_X5_schedule_in_an_interrupt(struct kunit *test)
{
	int count = 0;

	kunit_expect_report(test, "BUG: scheduling while atomic: ");
	KUNIT_EXPECT_EQ(test, run_in_context(CONTEXT_HARDIRQ, call_schedule, &count), 0);
	KUNIT_EXPECT_EQ(test, count, HARDIRQ_OFFSET);
	kunit_expect_report(test, "BUG: scheduling while atomic: ");
	KUNIT_EXPECT_EQ(test, run_in_context(CONTEXT_TASKLET, call_schedule, &count), 0);
	KUNIT_EXPECT_EQ(test, count, SOFTIRQ_OFFSET);
}

/* X1 also where the interrupt comes while nobody runs. */
struct idle_probe {
	struct timer_list timer;
	bool in_idle;
};

static void sleep_there(struct timer_list *timer)
{
	struct idle_probe *probe = from_timer(probe, timer, timer);

	probe->in_idle = is_idle_task(current);
	might_sleep();
}

static void api_X1_in_an_interrupt_of_the_idle_task(struct kunit *test)
{
	struct idle_probe probe = {};
	int i;

	timer_setup_on_stack(&probe.timer, sleep_there, 0);
	for (i = 0; i < TRIES && !probe.in_idle; i++) { /* it is due before we sleep: once more */
		kunit_expect_report(test, "BUG: sleeping function called from invalid context at "
					  "tests/kernel/sched_test.c");
		mod_timer(&probe.timer, jiffies + 2);
		schedule_timeout_uninterruptible(5);
	}
	KUNIT_EXPECT_TRUE(test, probe.in_idle);
	del_timer_sync(&probe.timer);
}

static struct kunit_case sched_cases[] = { KUNIT_CASE_SLOW(a_busy_thread_does_not_keep_others_out),
					   KUNIT_CASE_SLOW(
						   each_of_8_busy_equals_runs_within_100_ms),
					   KUNIT_CASE_SLOW(nice_shares),
					   KUNIT_CASE(nice_is_bounded),
					   KUNIT_CASE_SLOW(a_woken_sleeper_preempts),
					   KUNIT_CASE_SLOW(preempt_disable_keeps_others_out),
					   KUNIT_CASE_SLOW(cond_resched_gives_way),
					   KUNIT_CASE(yield_lets_everybody_run),
					   KUNIT_CASE(waking_the_waking),
					   KUNIT_CASE(no_wake_up_is_lost),
					   KUNIT_CASE(no_wake_up_is_lost_between_cpus),
					   KUNIT_CASE_SLOW(no_wake_up_is_lost_10000_times),
					   KUNIT_CASE_SLOW(api_X5_scheduling_while_atomic),
					   KUNIT_CASE_SLOW(api_X5_schedule_with_softirqs_off),
					   KUNIT_CASE(api_X5_schedule_in_an_interrupt),
					   KUNIT_CASE_SLOW(api_X1_in_an_interrupt_of_the_idle_task),
					   {} };

static struct kunit_suite sched_suite = {
	.name = "sched",
	.exit = check_queue,
	.test_cases = sched_cases,
};
kunit_test_suite(sched_suite);
