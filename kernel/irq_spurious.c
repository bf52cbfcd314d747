// SPDX-License-Identifier: MIT
/*
 * Interrupts that nobody claims.
 *
 * On a shared line one handler may well say IRQ_NONE: it was another one's device. When all
 * say so, now and then, it was noise. But a level-triggered line whose device nobody serves
 * interrupts again the moment it is unmasked, for ever: the machine does nothing else. So
 * each line is judged every 100,000 interrupts; if all but 100 of those were unclaimed, it
 * is shut off, with the names of those who did not care. Interrupts more than 100 ms apart
 * are no storm: each begins a new count.
 *
 *	irq_count	0 ................ 99,999 -> judged
 *	irqs_unhandled	0 ........ > 99,900 of these: off, until somebody else asks for the line
 *
 * Locking: the counters belong to the CPU that runs the handlers (IRQS_INPROGRESS); the
 * list of users is walked as the handlers walk it.
 */
#include <linux/irqdesc.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched/debug.h>
#include <memkern/report.h>

#define JUDGED_EVERY  100000
#define TOO_MANY      99900
#define BOGUS_REPORTS 100 /* at most so many, of all lines: a handler runs often */

static void print_handlers(const struct irq_desc *desc)
{
	const struct irqaction *action;

	dump_stack();
	pr_err("handlers:\n");
	for (action = READ_ONCE(desc->action); action; action = READ_ONCE(action->next))
		pr_err("[<%p>] %ps\n", action->handler, action->handler);
}

static void report_bogus_result(const struct irq_desc *desc, irqreturn_t result)
{
	static unsigned int reports __section(".data.once");

	if (reports++ >= BOGUS_REPORTS)
		return;
	if (report_note("irq event %u: bogus return value %x", desc->irq_data.irq, result))
		return;
	pr_err("irq event %u: bogus return value %x\n", desc->irq_data.irq, result);
	print_handlers(desc);
}

static void report_storm(const struct irq_desc *desc)
{
	unsigned int irq = desc->irq_data.irq;

	if (report_note("irq %u: nobody cared (try booting with the \"irqpoll\" option)", irq))
		return;
	pr_err("irq %u: nobody cared (try booting with the \"irqpoll\" option)\n", irq);
	print_handlers(desc);
	pr_emerg("Disabling IRQ #%u\n", irq);
}

static void shut_off(struct irq_desc *desc)
{
	spin_lock(&desc->lock);
	desc->istate |= IRQS_SPURIOUS_DISABLED;
	__disable_irq(desc);
	spin_unlock(&desc->lock);
}

static void count_unhandled(struct irq_desc *desc)
{
	unsigned long now = jiffies;

	if (time_after(now, desc->last_unhandled + HZ / 10))
		desc->irqs_unhandled = 0;
	desc->last_unhandled = now;
	desc->irqs_unhandled++;
	desc->unhandled_total++;
}

void note_interrupt(struct irq_desc *desc, irqreturn_t result)
{
	if (result > IRQ_HANDLED) {
		report_bogus_result(desc, result);
		return;
	}
	if (result == IRQ_NONE)
		count_unhandled(desc);
	if (++desc->irq_count < JUDGED_EVERY)
		return;
	if (desc->irqs_unhandled > TOO_MANY) {
		report_storm(desc);
		shut_off(desc);
	}
	desc->irq_count = desc->irqs_unhandled = 0;
}
