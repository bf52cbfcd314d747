// SPDX-License-Identifier: MIT
/*
 * Interrupt lines: from a vector to the handlers of whoever asked.
 *
 * Theory
 * ------
 * A line has a number, a controller (struct irq_chip), a list of users, and a flow: in which
 * order the controller is told what.
 *
 *	CPU --vector--> generic_handle_irq(irq) --> the line's flow --> handle_irq_event()
 *	                                             ^ tells the chip    each user's handler
 *
 * A level-triggered line asks as long as its device is not served; it can be masked and
 * acknowledged at once, and what still wants something then asks again by itself:
 *
 *	handle_level_irq	mask+ack   handlers   unmask		8259
 *	handle_fasteoi_irq	           handlers          eoi	IOAPIC, local APIC
 *
 * An edge is an event: one that nobody notes is lost. So the controller is told first, and
 * can then note a second edge while the handlers run for the first:
 *
 *	handle_edge_irq		ack        handlers   again, if another CPU noted one meanwhile
 *
 * Worked example: disable_irq(4) of an IOAPIC's edge line, an edge, enable_irq(4). A masked
 * IOAPIC pin forgets edges, so disabling only makes a note (lazily), the edge still comes,
 * and only now the pin is masked:
 *
 *	             depth  istate
 *	disable_irq    1    DISABLED
 *	edge           1    DISABLED MASKED PENDING
 *	enable_irq     0    REPLAY             the chip is asked to raise it again
 *	it comes       0    (none)             handlers run
 *
 * The 8259 keeps edges while masked, so there a disabled line is masked at once.
 *
 * Invariants:
 *   I-irq-1  a line without users is DISABLED and MASKED, its depth is 1;
 *   I-irq-2  depth > 0 exactly if DISABLED;
 *   I-irq-3  a line's handlers run on one CPU at a time (INPROGRESS).
 *
 * Locking: irq_desc.lock, with interrupts off, for one line; a leaf but for the chips' own
 * locks. It is not held while handlers run, nor while anything is printed. Handlers walk the
 * list of users without it: a user is taken off, then waited for, then freed (free_irq()).
 *
 * Left out: interrupt threads, nested controllers, choosing the CPU.
 */
#define pr_fmt(fmt) "irq: " fmt

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/irqdesc.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/smp.h>
#include <memkern/report.h>

static struct irq_desc irq_descs[NR_IRQS];

atomic_t irq_spurious_count, irq_err_count;

struct irq_desc *irq_to_desc(unsigned int irq)
{
	return irq < NR_IRQS && irq_descs[irq].handle_irq ? &irq_descs[irq] : NULL;
}

/* --- controllers set their lines up ------------------------------------------- */

struct irq_data *irq_get_irq_data(unsigned int irq)
{
	return irq < NR_IRQS ? &irq_descs[irq].irq_data : NULL;
}

int irq_set_chip_and_handler(unsigned int irq, const struct irq_chip *chip, irq_flow_handler_t flow)
{
	struct irq_desc *desc;

	if (irq >= NR_IRQS)
		return -EINVAL;
	desc = &irq_descs[irq];
	spin_lock_init(&desc->lock);
	mutex_init(&desc->request_mutex);
	desc->irq_data.irq = irq;
	desc->irq_data.chip = chip;
	desc->istate = IRQS_DISABLED | IRQS_MASKED;
	desc->depth = 1;
	desc->handle_irq = flow;
	return 0;
}

void irq_set_handler_locked(struct irq_data *data, irq_flow_handler_t flow)
{
	container_of(data, struct irq_desc, irq_data)->handle_irq = flow;
}

/* --- what the chip is told ---------------------------------------------------- */

static void mask_irq(struct irq_desc *desc)
{
	if (desc->istate & IRQS_MASKED)
		return;
	desc->irq_data.chip->irq_mask(&desc->irq_data);
	desc->istate |= IRQS_MASKED;
}

static void unmask_irq(struct irq_desc *desc)
{
	if (!(desc->istate & IRQS_MASKED))
		return;
	desc->irq_data.chip->irq_unmask(&desc->irq_data);
	desc->istate &= ~IRQS_MASKED;
}

static void ack_irq(struct irq_desc *desc)
{
	if (desc->irq_data.chip->irq_ack)
		desc->irq_data.chip->irq_ack(&desc->irq_data);
}

static void mask_ack_irq(struct irq_desc *desc)
{
	if (desc->irq_data.chip->irq_mask_ack) {
		desc->irq_data.chip->irq_mask_ack(&desc->irq_data);
		desc->istate |= IRQS_MASKED;
		return;
	}
	mask_irq(desc);
	ack_irq(desc);
}

void irq_enable(struct irq_desc *desc)
{
	desc->istate &= ~IRQS_DISABLED;
	unmask_irq(desc);
}

void irq_disable(struct irq_desc *desc)
{
	desc->istate |= IRQS_DISABLED;
	if (!desc->irq_data.chip->irq_disable)
		return;
	desc->irq_data.chip->irq_disable(&desc->irq_data);
	desc->istate |= IRQS_MASKED;
}

void irq_startup(struct irq_desc *desc, bool enable)
{
	desc->istate &= ~(IRQS_SPURIOUS_DISABLED | IRQS_PENDING | IRQS_REPLAY);
	desc->irq_count = desc->irqs_unhandled = 0;
	if (!enable)
		return;
	desc->depth = 0;
	irq_enable(desc);
}

void irq_shutdown(struct irq_desc *desc)
{
	desc->istate |= IRQS_DISABLED;
	desc->depth = 1;
	mask_irq(desc);
}

/* A level that still asks comes by itself. An edge does not: the chip raises it again. */
void check_irq_resend(struct irq_desc *desc)
{
	const struct irq_chip *chip = desc->irq_data.chip;

	if (!(desc->istate & IRQS_PENDING))
		return;
	desc->istate &= ~IRQS_PENDING;
	if ((desc->irq_data.trigger & IRQ_TYPE_LEVEL_MASK) || (desc->istate & IRQS_REPLAY))
		return;
	if (chip->irq_retrigger && chip->irq_retrigger(&desc->irq_data))
		desc->istate |= IRQS_REPLAY;
}

/* --- flows -------------------------------------------------------------------- */

/* The line's users, one after the other; each may have been the one. Without the lock. */
static irqreturn_t run_handlers(struct irq_desc *desc)
{
	unsigned int irq = desc->irq_data.irq;
	irqreturn_t result = IRQ_NONE;
	struct irqaction *action;

	for (action = READ_ONCE(desc->action); action; action = READ_ONCE(action->next)) {
		result |= action->handler(irq, action->dev_id);
		if (WARN_ONCE(!irqs_disabled(), "irq %u handler %pS enabled interrupts\n", irq,
			      action->handler))
			local_irq_disable();
	}
	return result;
}

irqreturn_t handle_irq_event(struct irq_desc *desc)
{
	irqreturn_t result;

	desc->istate &= ~IRQS_PENDING;
	desc->istate |= IRQS_INPROGRESS;
	spin_unlock(&desc->lock);

	result = run_handlers(desc);
	note_interrupt(desc, result);

	spin_lock(&desc->lock);
	desc->istate &= ~IRQS_INPROGRESS;
	return result;
}

/*
 * The line may be served now. If not, it is noted: because it is disabled, or another CPU
 * is at it. Without a user it should not have come at all.
 */
static bool may_be_served(struct irq_desc *desc)
{
	desc->istate &= ~IRQS_REPLAY;
	if (desc->action && !(desc->istate & (IRQS_DISABLED | IRQS_INPROGRESS)))
		return true;
	desc->istate |= IRQS_PENDING;
	return false;
}

/* At the end of a flow, the lock released. */
static void report_if_unexpected(struct irq_desc *desc, bool unexpected)
{
	unsigned int irq = desc->irq_data.irq;

	if (!unexpected)
		return;
	if (!report_note("irq %u: unexpected IRQ trap at vector %02x", irq, ISA_IRQ_VECTOR(irq)))
		pr_err("irq %u: unexpected IRQ trap at vector %02x\n", irq, ISA_IRQ_VECTOR(irq));
}

static void count_irq(struct irq_desc *desc)
{
	desc->kstat_irqs[smp_processor_id()]++;
	if (!desc->action)
		desc->unhandled_total++;
}

void handle_level_irq(struct irq_desc *desc)
{
	bool unexpected;

	spin_lock(&desc->lock);
	mask_ack_irq(desc);
	count_irq(desc);
	unexpected = !desc->action;
	if (may_be_served(desc)) {
		handle_irq_event(desc);
		if (!(desc->istate & IRQS_DISABLED))
			unmask_irq(desc);
	}
	spin_unlock(&desc->lock);
	report_if_unexpected(desc, unexpected);
}

void handle_fasteoi_irq(struct irq_desc *desc)
{
	bool unexpected;

	spin_lock(&desc->lock);
	count_irq(desc);
	unexpected = !desc->action;
	if (may_be_served(desc))
		handle_irq_event(desc);
	else
		mask_irq(desc);
	desc->irq_data.chip->irq_eoi(&desc->irq_data);
	spin_unlock(&desc->lock);
	report_if_unexpected(desc, unexpected);
}

void handle_edge_irq(struct irq_desc *desc)
{
	bool unexpected;

	spin_lock(&desc->lock);
	count_irq(desc);
	unexpected = !desc->action;
	if (!may_be_served(desc)) {
		mask_ack_irq(desc);
		goto out;
	}
	ack_irq(desc);
	do {
		/* The CPU that noted it has masked the line as well. */
		unmask_irq(desc);
		handle_irq_event(desc);
	} while ((desc->istate & (IRQS_PENDING | IRQS_DISABLED)) == IRQS_PENDING && desc->action);
out:
	spin_unlock(&desc->lock);
	report_if_unexpected(desc, unexpected);
}

int generic_handle_irq(unsigned int irq)
{
	struct irq_desc *desc = irq_to_desc(irq);

	if (!desc)
		return -EINVAL;
	desc->handle_irq(desc);
	return 0;
}
