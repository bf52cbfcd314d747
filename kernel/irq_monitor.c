// SPDX-License-Identifier: MIT
/*
 * `irq`: the interrupt lines that somebody uses, or that came though nobody did, as
 * /proc/interrupts shows them, and the interrupts that were none.
 */
#include <linux/irqdesc.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/smp.h>
#include <memkern/monitor.h>
#include <memkern/monitor_output.h>
#include "timekeeping.h"

/* A line at one moment, its users' names after one another. */
struct snapshot {
	unsigned int count[NR_CPUS], total, unhandled;
	unsigned int hwirq, trigger, istate;
	const char *chip;
	char users[80];
};

static const char *trigger_name(unsigned int trigger)
{
	switch (trigger) {
	case IRQ_TYPE_EDGE_RISING:
		return "edge";
	case IRQ_TYPE_EDGE_FALLING:
		return "edge, low";
	case IRQ_TYPE_LEVEL_HIGH:
		return "level";
	case IRQ_TYPE_LEVEL_LOW:
		return "level, low";
	}
	return "";
}

static void copy_names(const struct irq_desc *desc, char *text, size_t size)
{
	const struct irqaction *action;

	text[0] = '\0';
	for (action = desc->action; action; action = action->next) {
		strlcat(text, text[0] ? ", " : "", size);
		strlcat(text, action->name ?: "?", size);
	}
}

/* False: there is no such line, or nothing to say about it. */
static bool take_snapshot(unsigned int irq, struct snapshot *line)
{
	struct irq_desc *desc = irq_to_desc(irq);
	unsigned long flags;

	if (!desc)
		return false;
	spin_lock_irqsave(&desc->lock, flags);
	memcpy(line->count, desc->kstat_irqs, sizeof(line->count));
	line->total = kstat_irqs(desc);
	line->unhandled = desc->unhandled_total;
	line->hwirq = desc->irq_data.hwirq;
	line->trigger = desc->irq_data.trigger;
	line->chip = desc->irq_data.chip->name;
	line->istate = desc->istate;
	copy_names(desc, line->users, sizeof(line->users));
	spin_unlock_irqrestore(&desc->lock, flags);
	return line->users[0] || line->total;
}

/* A line without users is disabled as a matter of course. */
static const char *state_name(const struct snapshot *line)
{
	if (line->istate & IRQS_SPURIOUS_DISABLED)
		return "shut off: nobody cared";
	if (line->users[0] && (line->istate & IRQS_DISABLED))
		return "disabled";
	return "";
}

static void print_line(unsigned int irq, const struct snapshot *line)
{
	const char *state = state_name(line);
	unsigned int cpu;
	char pin[24];

	snprintf(pin, sizeof(pin), "%u, %s", line->hwirq, trigger_name(line->trigger));
	mprintf("%4u:", irq);
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		mprintf(" %10u", line->count[cpu]);
	mprintf("  %9u  %-8s %-15s %s", line->unhandled, line->chip, pin, line->users);
	mprintf(state[0] ? "  [%s]\n" : "\n", state);
}

static void json_line(unsigned int irq, const struct snapshot *line)
{
	long counts[NR_CPUS];
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		counts[cpu] = line->count[cpu];
	json_begin();
	json_number("irq", irq);
	json_number("count", line->total);
	json_array("count_by_cpu", counts, nr_cpu_ids);
	json_number("unhandled", line->unhandled);
	json_text("chip", line->chip);
	json_number("pin", line->hwirq);
	json_text("trigger", trigger_name(line->trigger));
	json_text("users", line->users);
	json_text("state", state_name(line));
	json_end();
}

static void print_heading(void)
{
	unsigned int cpu;

	mprintf(" irq ");
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		mprintf("       CPU%u", cpu);
	mprintf("  unhandled  chip     pin, trigger    users\n");
}

/* What has vectors of its own, and no line: the local timers, and what CPUs send each other. */
static u64 timer_interrupts(unsigned int cpu)
{
	return per_cpu(tick_cpu, cpu).events;
}

static u64 reschedules(unsigned int cpu)
{
	return per_cpu(ipi_counts, cpu).reschedules_taken;
}

static u64 calls(unsigned int cpu)
{
	return per_cpu(ipi_counts, cpu).calls_taken;
}

static void print_vector(const char *label, u64 (*count)(unsigned int cpu), const char *words)
{
	unsigned int cpu;

	mprintf(" %s:", label);
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		mprintf(" %10llu", count(cpu));
	mprintf("  %s\n", words);
}

static void json_vector(const char *name, u64 (*count)(unsigned int cpu))
{
	long counts[NR_CPUS];
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		counts[cpu] = count(cpu);
	json_array(name, counts, nr_cpu_ids);
}

static u64 all_cpus(u64 (*count)(unsigned int cpu))
{
	unsigned int cpu;
	u64 sum = 0;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		sum += count(cpu);
	return sum;
}

static void print_rest(void)
{
	print_vector("TIM", timer_interrupts, "timer interrupts, by a line or not: see `timers`");
	if (nr_cpu_ids > 1) {
		print_vector("RES", reschedules, "from other CPUs: there is a task to run");
		print_vector("CAL", calls, "from other CPUs: there is a function to call");
	}
	mprintf(" SPU: %10d  spurious: gone again before a CPU took them\n",
		atomic_read(&irq_spurious_count));
	mprintf(" ERR: %10d  errors that the local APICs reported\n", atomic_read(&irq_err_count));
}

static void json_rest(void)
{
	json_begin();
	json_number("timer", all_cpus(timer_interrupts));
	json_vector("timer_by_cpu", timer_interrupts);
	json_vector("reschedules_by_cpu", reschedules);
	json_vector("calls_by_cpu", calls);
	json_number("spurious", atomic_read(&irq_spurious_count));
	json_number("errors", atomic_read(&irq_err_count));
	json_end();
}

static int cmd_irq(int argc, char **argv)
{
	struct snapshot line;
	unsigned int irq;
	bool json;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	if (!json)
		print_heading();
	for (irq = 0; irq < NR_IRQS; irq++) {
		if (!take_snapshot(irq, &line))
			continue;
		if (json)
			json_line(irq, &line);
		else
			print_line(irq, &line);
	}
	if (json)
		json_rest();
	else
		print_rest();
	return 0;
}

MONITOR_COMMAND("irq", "[--json]", "interrupt lines: how often, by which chip, for whom", cmd_irq);
