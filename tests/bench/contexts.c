// SPDX-License-Identifier: MIT
/* Execution contexts: interrupts, threads, locks, timers. There are no figures of Linux's. */
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <asm/traps.h>

#include "../../kernel/rcu.h"
#include "bench.h"

#define SAMPLES 1000

/* --- a series of samples, taken wherever the end of what is measured is ------------------ */

static struct {
	u64 start, least, sum;
	unsigned int nr;
} series;

static void series_begin(void)
{
	memset(&series, 0, sizeof(series));
	series.least = U64_MAX;
}

static __always_inline void series_sample(void)
{
	u64 ticks = bench_clock() - series.start - BENCH_CLOCK_COST;

	series.least = min(series.least, ticks);
	series.sum += ticks;
	series.nr++;
}

static void series_report(const char *name)
{
	bench_report(name, series.least, div_u64(series.sum * 100, series.nr), "instructions");
}

/* --- interrupts ---------------------------------------------------------------------------- */

#define TEST_VECTOR 0xe1 /* nobody's */
#define TEST_IRQ    5	 /* of a sound card, long ago */

static void entered(struct pt_regs *regs)
{
	series_sample();
	series.start = bench_clock();
}

static void nothing(struct pt_regs *regs)
{
}

/* The CPU's own part is counted as the one instruction that it is. */
static void bench_interrupts(const char *pattern)
{
	unsigned int i;

	if (bench_wanted(pattern, "interrupt to handler")) {
		set_interrupt_handler(TEST_VECTOR, entered);
		series_begin();
		for (i = 0; i < SAMPLES; i++) {
			series.start = bench_clock();
			asm volatile("int %0" : : "i"(TEST_VECTOR) : "memory");
		}
		series_report("interrupt to handler");
		set_interrupt_handler(TEST_VECTOR, NULL);
	}
	set_interrupt_handler(TEST_VECTOR, nothing);
	BENCH_PAIR(pattern, "interrupt and back",
		   asm volatile("int %0"
				:
				: "i"(TEST_VECTOR)
				: "memory"),
		   barrier());
	set_interrupt_handler(TEST_VECTOR, NULL);
}
BENCHMARK(bench_interrupts);

static irqreturn_t handled(int irq, void *dev_id)
{
	return IRQ_HANDLED;
}

/* Through the controller's chip and the line's list of handlers. */
static void bench_irq_line(const char *pattern)
{
	static int device;

	if (request_irq(TEST_IRQ, handled, 0, "bench", &device))
		return;
	BENCH_PAIR(pattern, "irq line and back",
		   asm volatile("int %0"
				:
				: "i"(ISA_IRQ_VECTOR(TEST_IRQ))
				: "memory"),
		   barrier());
	free_irq(TEST_IRQ, &device);
}
BENCHMARK(bench_irq_line);

/* --- threads --------------------------------------------------------------------------------- */

/* Each of two threads ends the other's sample and begins its own, just before it gives way. */
static int yielder(void *unused)
{
	while (series.nr < SAMPLES) {
		series.start = bench_clock();
		yield();
		series_sample();
	}
	return 0;
}

static struct task_struct *sleepers[2];

static int wake_the_other(void *data)
{
	struct task_struct *const *other = data;

	while (series.nr < SAMPLES) {
		set_current_state(TASK_INTERRUPTIBLE);
		series.start = bench_clock();
		wake_up_process(*other);
		schedule();
		series_sample();
	}
	wake_up_process(*other);
	return 0;
}

/* The threads are done when both have been stopped: their functions do not wait for it. */
static void run_two(const char *pattern, const char *name, int (*function)(void *data))
{
	unsigned int i;

	if (!bench_wanted(pattern, name))
		return;
	series_begin();
	for (i = 0; i < 2; i++) {
		sleepers[i] = kthread_create(function, &sleepers[!i], "bench/%u", i);
		if (IS_ERR(sleepers[i]))
			return;
		get_task_struct(sleepers[i]);
	}
	for (i = 0; i < 2; i++)
		wake_up_process(sleepers[i]);
	for (i = 0; i < 2; i++) {
		wait_for_completion(&sleepers[i]->exited);
		put_task_struct(sleepers[i]);
	}
	series_report(name);
}

static void bench_threads(const char *pattern)
{
	run_two(pattern, "yield to another thread", yielder);
	run_two(pattern, "wake-up to running", wake_the_other);
}
BENCHMARK(bench_threads);

/* --- locks and timers -------------------------------------------------------------------------- */

static void expired(struct timer_list *timer)
{
}

static enum hrtimer_restart hr_expired(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

static void bench_locks_and_timers(const char *pattern)
{
	static DEFINE_SPINLOCK(lock);
	static DEFINE_MUTEX(mutex);
	static struct timer_list timer;
	static struct hrtimer hrtimer;
	unsigned long flags;

	/* X1's check as others have it; on the allocators' fast paths it is 4 instructions. */
	BENCH_PAIR(pattern, "might_alloc", might_alloc(GFP_KERNEL), barrier());
	BENCH_PAIR(pattern, "spin_lock pair", spin_lock(&lock), spin_unlock(&lock));
	BENCH_PAIR(pattern, "spin_lock_irqsave pair", spin_lock_irqsave(&lock, flags),
		   spin_unlock_irqrestore(&lock, flags));
	BENCH_PAIR(pattern, "mutex pair", mutex_lock(&mutex), mutex_unlock(&mutex));
	timer_setup(&timer, expired, 0);
	BENCH_PAIR(pattern, "timer add and cancel", mod_timer(&timer, jiffies + HZ),
		   del_timer(&timer));
	hrtimer_init(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer.function = hr_expired;
	BENCH_PAIR(pattern, "hrtimer start and cancel",
		   hrtimer_start(&hrtimer, NSEC_PER_SEC, HRTIMER_MODE_REL),
		   hrtimer_cancel(&hrtimer));
}
BENCHMARK(bench_locks_and_timers);

/* --- RCU ------------------------------------------------------------------------------------------ */

#define CALLBACKS 100

static void do_tick(struct pt_regs *regs)
{
	rcu_sched_clock_irq(0);
}

static void called(struct rcu_head *head)
{
}

/* Ticks, until all callbacks have been called. */
static void tick_until_called(void)
{
	while (rcu_callbacks_waiting(smp_processor_id()))
		asm volatile("int %0" : : "i"(TEST_VECTOR) : "memory");
}

static u64 call_and_be_called(void)
{
	static struct rcu_head heads[CALLBACKS];
	u64 start = bench_clock();
	unsigned int i;

	for (i = 0; i < CALLBACKS; i++)
		call_rcu(&heads[i], called);
	tick_until_called();
	return bench_clock() - start - BENCH_CLOCK_COST;
}

/* Without the allocations. */
static u64 free_and_be_freed(void)
{
	struct object {
		struct rcu_head rcu;
		u8 rest[56];
	} * object;
	u64 start, ticks = 0;
	unsigned int i;

	for (i = 0; i < CALLBACKS; i++) {
		object = kmalloc(sizeof(*object), GFP_KERNEL);
		start = bench_clock();
		kfree_rcu(object, rcu);
		ticks += bench_clock() - start - BENCH_CLOCK_COST;
	}
	start = bench_clock();
	local_irq_disable();
	kfree_rcu_flush(true);
	local_irq_enable();
	tick_until_called();
	return ticks + bench_clock() - start - BENCH_CLOCK_COST;
}

static void bench_hundred(const char *pattern, const char *name, u64 (*round)(void))
{
	u64 least = U64_MAX, sum = 0, ticks;
	unsigned int i;

	if (!bench_wanted(pattern, name) || num_online_cpus() > 1)
		return;
	for (i = 0; i < SAMPLES; i++) {
		ticks = round();
		least = min(least, ticks);
		sum += ticks;
	}
	bench_report(name, div_u64(least, CALLBACKS), div_u64(sum * 100, SAMPLES * CALLBACKS),
		     "instructions");
}

/*
 * The clock is quiet, so an interrupt does the tick's work here; with one CPU a grace period
 * begins and ends in it. Each is what one of 100 costs, its part of the tick included.
 */
static void bench_rcu(const char *pattern)
{
	BENCH_PAIR(pattern, "rcu_read_lock pair", rcu_read_lock(), rcu_read_unlock());
	set_interrupt_handler(TEST_VECTOR, do_tick);
	BENCH_PAIR(pattern, "rcu tick without work",
		   asm volatile("int %0"
				:
				: "i"(TEST_VECTOR)
				: "memory"),
		   barrier());
	bench_hundred(pattern, "call_rcu and callback", call_and_be_called);
	bench_hundred(pattern, "kfree_rcu and free", free_and_be_freed);
	set_interrupt_handler(TEST_VECTOR, NULL);
}
BENCHMARK(bench_rcu);
