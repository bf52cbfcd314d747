// SPDX-License-Identifier: MIT
/*
 * The CPUs that there are, and functions called on others.
 *
 * Each CPU has an inbox, a list of calls. Who puts the first one in sends an interrupt, whose
 * handler takes all of them and calls each. A call that is waited for is a variable on the
 * caller's stack; it is done when its `done` says so, after which it is the caller's again.
 * Calls that nobody waits for are few: they wait for a free one of the caller's CPU.
 *
 * Locking: an inbox's lock, with interrupts off, a leaf. No call is made under it.
 */
#define pr_fmt(fmt) "smp: " fmt

#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/stop_machine.h>
#include <linux/timekeeping.h>
#include <asm/smp.h>
#include "sched.h"

struct cpumask __cpu_possible_mask = { { 1 } };
struct cpumask __cpu_online_mask = { { 1 } };
unsigned int __num_online_cpus = 1;

static const struct cpumask single_cpu[NR_CPUS] = {
	{ { 1 << 0 } }, { { 1 << 1 } }, { { 1 << 2 } }, { { 1 << 3 } },
	{ { 1 << 4 } }, { { 1 << 5 } }, { { 1 << 6 } }, { { 1 << 7 } },
};

const struct cpumask *cpumask_of(unsigned int cpu)
{
	return &single_cpu[cpu];
}

/*
 * CPUs come one at a time, and stay. Who sees the CPU in the mask, as the one does that waits for
 * it, has it counted as well.
 */
void set_cpu_online(unsigned int cpu, bool online)
{
	if (online == cpumask_test_cpu(cpu, cpu_online_mask))
		return;
	if (online) {
		WRITE_ONCE(__num_online_cpus, __num_online_cpus + 1);
		set_bit(cpu, __cpu_online_mask.bits);
	} else {
		clear_bit(cpu, __cpu_online_mask.bits);
		WRITE_ONCE(__num_online_cpus, __num_online_cpus - 1);
	}
}

/* --- calls ---------------------------------------------------------------------- */

struct call {
	struct list_head list;
	smp_call_func_t func;
	void *info;
	bool done; /* and not in use */
};

struct inbox {
	spinlock_t lock;
	struct list_head calls;
};

static DEFINE_PER_CPU(struct inbox, inboxes);
static DEFINE_PER_CPU(struct call, unwaited_calls[NR_CPUS]); /* by the CPU that calls */

static void wait_for(const struct call *call)
{
	while (!smp_load_acquire(&call->done))
		cpu_relax();
}

/* Once it is done it may be gone: the last look at it is the store. */
static void make_call(struct call *call)
{
	call->func(call->info);
	smp_store_release(&call->done, true);
}

static void post(unsigned int cpu, struct call *call)
{
	struct inbox *inbox = per_cpu_ptr(&inboxes, cpu);
	unsigned long flags;
	bool first;

	spin_lock_irqsave(&inbox->lock, flags);
	first = list_empty(&inbox->calls);
	list_add_tail(&call->list, &inbox->calls);
	spin_unlock_irqrestore(&inbox->lock, flags);
	if (first)
		arch_send_call_function_single_ipi(cpu);
}

void generic_smp_call_function_interrupt(void)
{
	struct inbox *inbox = this_cpu_ptr(&inboxes);
	struct call *call, *next;
	LIST_HEAD(calls);

	spin_lock(&inbox->lock);
	list_splice_init(&inbox->calls, &calls);
	spin_unlock(&inbox->lock);
	list_for_each_entry_safe(call, next, &calls, list)
		make_call(call);
}

static void call_here(smp_call_func_t func, void *info)
{
	unsigned long flags;

	local_irq_save(flags);
	func(info);
	local_irq_restore(flags);
}

void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)
{
	unsigned int cpu, self = smp_processor_id();
	struct call calls[NR_CPUS];
	struct cpumask called;

	if (num_online_cpus() == 1)
		return;
	WARN_ON_ONCE(irqs_disabled());
	cpumask_clear(&called);
	for_each_cpu(cpu, mask) {
		struct call *call = wait ? &calls[cpu] : per_cpu_ptr(&unwaited_calls[self], cpu);

		if (cpu == self || !cpu_online(cpu))
			continue;
		if (!wait)
			wait_for(call);
		*call = (struct call){ .func = func, .info = info };
		post(cpu, call);
		cpumask_set_cpu(cpu, &called);
	}
	if (!wait)
		return;
	for_each_cpu(cpu, &called)
		wait_for(&calls[cpu]);
}

void smp_call_function(smp_call_func_t func, void *info, int wait)
{
	preempt_disable();
	smp_call_function_many(cpu_online_mask, func, info, wait);
	preempt_enable();
}

void on_each_cpu_mask(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)
{
	preempt_disable();
	smp_call_function_many(mask, func, info, wait);
	if (cpumask_test_cpu(smp_processor_id(), mask))
		call_here(func, info);
	preempt_enable();
}

void on_each_cpu(smp_call_func_t func, void *info, int wait)
{
	on_each_cpu_mask(cpu_online_mask, func, info, wait);
}

int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait)
{
	if (!cpu_online(cpu))
		return -ENXIO;
	on_each_cpu_mask(cpumask_of(cpu), func, info, wait);
	return 0;
}

/* --- standing still ------------------------------------------------------------------- */

static DEFINE_MUTEX(stop_mutex);
static atomic_t stopped;
static bool go_on;

static void stand_still(void *unused)
{
	atomic_inc(&stopped);
	while (!smp_load_acquire(&go_on))
		cpu_relax();
	atomic_dec(&stopped);
}

static int run_alone(cpu_stop_fn_t fn, void *data)
{
	unsigned long flags;
	int result;

	local_irq_save(flags);
	result = fn(data);
	local_irq_restore(flags);
	return result;
}

int stop_machine(cpu_stop_fn_t fn, void *data, const struct cpumask *cpus)
{
	int others, result;

	mutex_lock(&stop_mutex);
	preempt_disable();
	others = num_online_cpus() - 1;
	go_on = false;
	smp_call_function_many(cpu_online_mask, stand_still, NULL, false);
	while (atomic_read(&stopped) < others)
		cpu_relax();
	result = run_alone(fn, data);
	smp_store_release(&go_on, true);
	while (atomic_read(&stopped))
		cpu_relax();
	preempt_enable();
	mutex_unlock(&stop_mutex);
	return result;
}

/* --- bringing CPUs up -------------------------------------------------------------- */

/* On the new CPU, on its idle task's stack, interrupts off. */
void __noreturn cpu_startup_entry(void)
{
	set_cpu_online(smp_processor_id(), true);
	local_irq_enable();
	do_idle();
}

static int __init cpu_up(unsigned int cpu)
{
	struct task_struct *idle = fork_idle(cpu);

	if (!idle)
		return -ENOMEM;
	return native_cpu_up(cpu, idle);
}

static void __init init_inboxes(void)
{
	unsigned int cpu, caller;

	for_each_possible_cpu(cpu) {
		struct inbox *inbox = per_cpu_ptr(&inboxes, cpu);

		spin_lock_init(&inbox->lock);
		INIT_LIST_HEAD(&inbox->calls);
		for (caller = 0; caller < NR_CPUS; caller++)
			per_cpu(unwaited_calls[caller], cpu).done = true;
	}
}

void __init smp_init(void)
{
	unsigned int cpu;

	init_inboxes();
	smp_setup_vectors();
	for_each_possible_cpu(cpu) {
		int error = cpu_online(cpu) ? 0 : cpu_up(cpu);

		if (error)
			pr_err("CPU %u does not answer (error %d): it is left out\n", cpu, error);
	}
	if (nr_cpu_ids > 1)
		pr_info("%u of %u CPUs run\n", num_online_cpus(), nr_cpu_ids);
}
