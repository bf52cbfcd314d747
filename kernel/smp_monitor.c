// SPDX-License-Identifier: MIT
/* `cpus`: which CPUs there are, what each is doing, and how they interrupt each other. */
#include <linux/irqdesc.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/sched/clock.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/smp.h>
#include <memkern/cpu_totals.h>
#include <memkern/monitor.h>
#include <memkern/monitor_output.h>
#include "sched.h"
#include "timekeeping.h"
#include "x86/smpboot.h"

/* A CPU at one moment; of one that does not run only `apicid` means something. */
struct cpu_state {
	unsigned int apicid;
	bool online;
	int pid;
	char comm[TASK_COMM_LEN]; /* of the task that it runs */
	unsigned int nr_running;
	unsigned long nr_switches, interrupts;
	u64 ticks, idle_ns, up_ns;
	struct ipi_counts ipis;
};

/*
 * Of the boot CPU the boot counts as idle, whose task it became. An idle CPU charges its idle task only when that is
 * interrupted or ends: the rest is added.
 */
static u64 idle_time(const struct rq *rq, u64 now)
{
	u64 since = now - rq->idle->exec_start;

	return rq->idle->sum_exec_runtime + (rq->curr == rq->idle && (s64)since > 0 ? since : 0);
}

static void take_queue(unsigned int cpu, struct cpu_state *state)
{
	struct rq *rq = per_cpu_ptr(&runqueues, cpu);
	unsigned long flags;
	u64 now;

	spin_lock_irqsave(&rq->lock, flags);
	state->pid = rq->curr->pid;
	strscpy(state->comm, rq->curr->comm, sizeof(state->comm));
	state->nr_running = rq->nr_running;
	state->nr_switches = rq->nr_switches;
	now = sched_clock();
	state->up_ns = now - rq->since;
	state->idle_ns = idle_time(rq, now);
	spin_unlock_irqrestore(&rq->lock, flags);
}

static unsigned long line_interrupts(unsigned int cpu)
{
	unsigned long sum = 0;
	unsigned int irq;

	for (irq = 0; irq < NR_IRQS; irq++) {
		const struct irq_desc *desc = irq_to_desc(irq);

		sum += desc ? desc->kstat_irqs[cpu] : 0;
	}
	return sum;
}

static void take_state(unsigned int cpu, struct cpu_state *state)
{
	memset(state, 0, sizeof(*state));
	state->apicid = x86_cpu_to_apicid[cpu];
	state->online = cpu_online(cpu);
	if (!state->online)
		return;
	take_queue(cpu, state);
	state->interrupts = line_interrupts(cpu);
	state->ticks = per_cpu(tick_cpu, cpu).ticks;
	state->ipis = per_cpu(ipi_counts, cpu);
}

static unsigned int blocked_tasks(void)
{
	struct task_struct *task;
	unsigned int nr = 0;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_process(task)
		nr += (READ_ONCE(task->__state) & (TASK_UNINTERRUPTIBLE | TASK_NOLOAD)) ==
		      TASK_UNINTERRUPTIBLE;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return nr;
}

void get_cpu_totals(struct cpu_totals *totals)
{
	struct cpu_state state;
	unsigned int cpu;

	memset(totals, 0, sizeof(*totals));
	totals->blocked = blocked_tasks();
	for_each_online_cpu(cpu) {
		take_state(cpu, &state);
		totals->runnable += state.nr_running;
		totals->interrupts += state.interrupts + state.ticks;
		totals->switches += state.nr_switches;
		totals->idle_ns += state.idle_ns;
		totals->up_ns += state.up_ns;
	}
}

static unsigned int idle_percent(const struct cpu_state *state)
{
	return div64_u64(state->idle_ns * 100, state->up_ns ?: 1);
}

static void print_cpu(unsigned int cpu, const struct cpu_state *state)
{
	const struct ipi_counts *ipis = &state->ipis;

	mprintf("%3u  %4u  ", cpu, state->apicid);
	if (!state->online) {
		mprintf("left out: it did not answer\n");
		return;
	}
	mprintf("%-15.15s %5d  %8u  %8lu  %7llu  %5lu  %10lu  %6lu  %5lu  %3u %%\n", state->comm,
		state->pid, state->nr_running, state->nr_switches, state->ticks, state->interrupts,
		ipis->reschedules_sent + ipis->calls_sent, ipis->reschedules_taken,
		ipis->calls_taken, idle_percent(state));
}

static void json_cpu(unsigned int cpu, const struct cpu_state *state)
{
	json_begin();
	json_number("cpu", cpu);
	json_number("apic_id", state->apicid);
	json_bool("online", state->online);
	if (state->online) {
		json_text("runs", state->comm);
		json_signed("pid", state->pid);
		json_number("runnable", state->nr_running);
		json_number("switches", state->nr_switches);
		json_number("ticks", state->ticks);
		json_number("line_interrupts", state->interrupts);
		json_number("reschedules_sent", state->ipis.reschedules_sent);
		json_number("calls_sent", state->ipis.calls_sent);
		json_number("reschedules_taken", state->ipis.reschedules_taken);
		json_number("calls_taken", state->ipis.calls_taken);
		json_number("idle_ns", state->idle_ns);
		json_number("uptime_ns", state->up_ns);
	}
	json_end();
}

static int cmd_cpus(int argc, char **argv)
{
	struct cpu_state state;
	unsigned int cpu;
	bool json;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	if (!json)
		mprintf("CPU  APIC  runs              pid  runnable  switches    ticks  lines  "
			"IPIs: sent  resched  calls  idle\n");
	for_each_possible_cpu(cpu) {
		take_state(cpu, &state);
		(json ? json_cpu : print_cpu)(cpu, &state);
	}
	return 0;
}

MONITOR_COMMAND("cpus", "[--json]", "the CPUs: what each runs, and how they interrupt each other",
		cmd_cpus);
