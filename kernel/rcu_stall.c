// SPDX-License-Identifier: MIT
/*
 * Grace periods that do not end: CPUs that do not answer, asked again, and reported.
 *
 * Whose tick sees first that it has taken KICK_AFTER, or as long again, interrupts those who are
 * waited for: theirs may have been suspended, and a task that has stayed in the kernel for so long
 * gives the CPU away when it next can. After the timeout it says who they are. A CPU's stack is
 * only known to itself, so each of them is asked to show its own, in its next interrupt; one
 * that has interrupts off cannot.
 *
 * Locking: rcu_state.lock; nothing is printed or sent under it.
 */
#define pr_fmt(fmt) "rcu: " fmt

#include <linux/hardirq.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/smp.h>
#include <asm/smp.h>
#include <memkern/report.h>
#include "rcu.h"
#include "rcu_stall.h"

#define STALL_TIMEOUT (21 * HZ)

unsigned long rcu_stall_timeout = STALL_TIMEOUT;
static DEFINE_PER_CPU(bool, show_yourself);

unsigned long set_rcu_stall_timeout(unsigned long timeout)
{
	unsigned long before = rcu_stall_timeout;

	WRITE_ONCE(rcu_stall_timeout, timeout);
	return before;
}

/* "0,2,3" */
static void list_cpus(const struct cpumask *cpus, char *text, size_t size)
{
	unsigned int cpu;
	int length = 0;

	text[0] = '\0';
	for_each_cpu(cpu, cpus)
		length += scnprintf(text + length, size - length, "%s%u", length ? "," : "", cpu);
}

static void report(const struct cpumask *late, unsigned long took)
{
	char cpus[NR_CPUS * 4];
	unsigned int cpu;

	list_cpus(late, cpus, sizeof(cpus));
	if (report_note("rcu: INFO: rcu_sched detected stalls on CPUs/tasks: { %s }", cpus))
		return;
	pr_err("INFO: rcu_sched detected stalls on CPUs/tasks: { %s } (detected by %u, t=%lu "
	       "jiffies, %lu grace periods)\n",
	       cpus, smp_processor_id(), took, rcu_grace_periods());
	add_taint(TAINT_WARN, LOCKDEP_STILL_OK);
	for_each_cpu(cpu, late)
		per_cpu(show_yourself, cpu) = true;
}

void rcu_show_if_asked(void)
{
	if (likely(!this_cpu_read(show_yourself)))
		return;
	this_cpu_write(show_yourself, false);
	pr_err("CPU %u:\n", smp_processor_id());
	if (get_irq_regs())
		show_regs(get_irq_regs());
}

static void hurry(const struct cpumask *late)
{
	unsigned int cpu;

	for_each_cpu(cpu, late) {
		if (cpu == smp_processor_id())
			set_preempt_need_resched();
		else
			smp_send_reschedule(cpu);
	}
}

void rcu_look_for_stall(void)
{
	bool kick, stall = false;
	struct cpumask late;
	unsigned long took;

	if (time_before(jiffies, READ_ONCE(rcu_state.kick_at)))
		return;
	spin_lock(&rcu_state.lock);
	kick = (rcu_state.gp_seq & 1) && !time_before(jiffies, rcu_state.kick_at);
	if (kick) {
		rcu_state.kick_at = jiffies + KICK_AFTER;
		stall = !time_before(jiffies, rcu_state.stall_at);
	}
	if (stall)
		rcu_state.stall_at = jiffies + 3 * rcu_stall_timeout;
	cpumask_copy(&late, &rcu_state.waiting_for);
	took = jiffies - rcu_state.began;
	spin_unlock(&rcu_state.lock);
	if (stall)
		report(&late, took);
	if (kick)
		hurry(&late);
}
