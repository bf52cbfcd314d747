// SPDX-License-Identifier: MIT
/*
 * Who uses an interrupt line: request_irq(), free_irq(), and disabling for a while.
 *
 * The users of a line are a list. They share it only if all of them said so, and agree on
 * its trigger. The first user switches the line on, the last one off.
 *
 * Taking a user off has three steps, so that its handler never runs after free_irq():
 *
 *	1. the last one: the line is shut down; what the CPU had latched comes now, and
 *	   finds it disabled
 *	2. off the list
 *	3. wait until no CPU walks the list (synchronize_irq()); then it can be freed
 *
 * Locking: request_mutex around request and free of one line; irq_desc.lock for each change.
 */
#define pr_fmt(fmt) "genirq: " fmt

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/irqdesc.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <asm/processor.h>
#include <memkern/report.h>

/* --- disabling for a while ---------------------------------------------------- */

void __disable_irq(struct irq_desc *desc)
{
	if (!desc->depth++)
		irq_disable(desc);
}

void __enable_irq(struct irq_desc *desc)
{
	if (--desc->depth)
		return;
	irq_enable(desc);
	check_irq_resend(desc);
}

void disable_irq_nosync(unsigned int irq)
{
	struct irq_desc *desc = irq_to_desc(irq);
	unsigned long flags;

	if (!desc)
		return;
	spin_lock_irqsave(&desc->lock, flags);
	__disable_irq(desc);
	spin_unlock_irqrestore(&desc->lock, flags);
}

void disable_irq(unsigned int irq)
{
	disable_irq_nosync(irq);
	synchronize_irq(irq);
}

/* A line without users has a depth of 1: that one is not for callers to take back. */
void enable_irq(unsigned int irq)
{
	struct irq_desc *desc = irq_to_desc(irq);
	unsigned long flags;
	bool unbalanced;

	if (!desc)
		return;
	spin_lock_irqsave(&desc->lock, flags);
	unbalanced = desc->depth <= !desc->action;
	if (!unbalanced)
		__enable_irq(desc);
	spin_unlock_irqrestore(&desc->lock, flags);
	WARN(unbalanced, "Unbalanced enable for IRQ %u\n", irq);
}

static bool in_progress(struct irq_desc *desc)
{
	unsigned long flags;
	bool result;

	spin_lock_irqsave(&desc->lock, flags);
	result = desc->istate & IRQS_INPROGRESS;
	spin_unlock_irqrestore(&desc->lock, flags);
	return result;
}

void synchronize_irq(unsigned int irq)
{
	struct irq_desc *desc = irq_to_desc(irq);

	/* From the line's own handler this would wait for ever. */
	if (WARN_ON_ONCE(in_hardirq()))
		return;
	while (desc && in_progress(desc))
		cpu_relax();
}

static int __irq_set_type(struct irq_desc *desc, unsigned int type)
{
	const struct irq_chip *chip = desc->irq_data.chip;

	if (!type || !chip->irq_set_type)
		return 0;
	return chip->irq_set_type(&desc->irq_data, type);
}

int irq_set_irq_type(unsigned int irq, unsigned int type)
{
	struct irq_desc *desc = irq_to_desc(irq);
	unsigned long flags;
	int error;

	if (!desc)
		return -EINVAL;
	spin_lock_irqsave(&desc->lock, flags);
	error = __irq_set_type(desc, type & IRQ_TYPE_SENSE_MASK);
	spin_unlock_irqrestore(&desc->lock, flags);
	return error;
}

int irq_can_set_affinity(unsigned int irq)
{
	struct irq_desc *desc = irq_to_desc(irq);

	return desc && desc->irq_data.chip->irq_set_affinity;
}

int irq_set_affinity(unsigned int irq, const struct cpumask *cpumask)
{
	struct irq_desc *desc = irq_to_desc(irq);
	struct cpumask online;
	unsigned long flags;
	int error;

	if (!irq_can_set_affinity(irq) || !cpumask_and(&online, cpumask, cpu_online_mask))
		return -EINVAL;
	spin_lock_irqsave(&desc->lock, flags);
	error = desc->irq_data.chip->irq_set_affinity(&desc->irq_data, &online);
	spin_unlock_irqrestore(&desc->lock, flags);
	return error;
}

/* --- users -------------------------------------------------------------------- */

static bool can_share(const struct irqaction *old, const struct irqaction *new)
{
	return (old->flags & new->flags &IRQF_SHARED) &&
	       !((old->flags ^ new->flags) & IRQF_TRIGGER_MASK);
}

/* Who does not say how the line triggers takes it as it is. */
static void inherit_trigger(const struct irq_desc *desc, struct irqaction *action)
{
	if (action->flags & IRQF_TRIGGER_MASK)
		return;
	action->flags |= desc->action ? desc->action->flags & IRQF_TRIGGER_MASK
				      : desc->irq_data.trigger;
}

/* The second user enables a line that was shut off: it may be the one that cares. */
static int add_sharer(struct irq_desc *desc, struct irqaction *action)
{
	struct irqaction **link = &desc->action;

	if (!can_share(desc->action, action))
		return -EBUSY;
	while (*link)
		link = &(*link)->next;
	WRITE_ONCE(*link, action);
	if (desc->istate & IRQS_SPURIOUS_DISABLED) {
		desc->istate &= ~IRQS_SPURIOUS_DISABLED;
		__enable_irq(desc);
	}
	return 0;
}

static int add_first(struct irq_desc *desc, struct irqaction *action, unsigned int trigger)
{
	int error = __irq_set_type(desc, trigger);

	if (error)
		return error;
	WRITE_ONCE(desc->action, action);
	irq_startup(desc, !(action->flags & IRQF_NO_AUTOEN));
	return 0;
}

/* The line's first user stays while request_mutex is held. */
static void report_mismatch(const struct irq_desc *desc, const struct irqaction *new)
{
	const struct irqaction *old = desc->action;

	if (new->flags & IRQF_PROBE_SHARED)
		return;
	if (!report_note("Flags mismatch irq %u. %08x (%s) vs. %08x (%s)", new->irq, new->flags,
			 new->name, old->flags, old->name))
		pr_err("Flags mismatch irq %u. %08x (%s) vs. %08x (%s)\n", new->irq, new->flags,
		       new->name, old->flags, old->name);
}

static int setup_irq(struct irq_desc *desc, struct irqaction *action)
{
	unsigned int trigger = action->flags & IRQF_TRIGGER_MASK;
	unsigned long flags;
	int error;

	mutex_lock(&desc->request_mutex);
	spin_lock_irqsave(&desc->lock, flags);
	inherit_trigger(desc, action);
	error = desc->action ? add_sharer(desc, action) : add_first(desc, action, trigger);
	spin_unlock_irqrestore(&desc->lock, flags);

	if (error == -EBUSY)
		report_mismatch(desc, action);
	else if (error)
		pr_err("Setting trigger mode %u for irq %u failed (%pS)\n", trigger, action->irq,
		       desc->irq_data.chip->irq_set_type);
	mutex_unlock(&desc->request_mutex);
	return error;
}

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name,
		void *dev_id)
{
	struct irq_desc *desc = irq_to_desc(irq);
	struct irqaction *action;
	int error;

	/* Without a dev_id free_irq() could not tell the users apart. */
	if ((flags & IRQF_SHARED) && (!dev_id || (flags & IRQF_NO_AUTOEN)))
		return -EINVAL;
	if (!desc || !handler)
		return -EINVAL;

	action = kzalloc(sizeof(*action), GFP_KERNEL);
	if (!action)
		return -ENOMEM;
	action->handler = handler;
	action->flags = flags;
	action->name = name;
	action->dev_id = dev_id;
	action->irq = irq;
	error = setup_irq(desc, action);
	if (error)
		kfree(action);
	return error;
}

/* The pointer to the user with this dev_id, or to the NULL at the list's end. */
static struct irqaction **find_action(struct irq_desc *desc, const void *dev_id)
{
	struct irqaction **link = &desc->action;

	while (*link && (*link)->dev_id != dev_id)
		link = &(*link)->next;
	return link;
}

/* Steps 1 to 3 above. */
static struct irqaction *remove_action(struct irq_desc *desc, const void *dev_id)
{
	struct irqaction *action, **link;
	unsigned long flags;

	spin_lock_irqsave(&desc->lock, flags);
	link = find_action(desc, dev_id);
	action = *link;
	if (action && action == desc->action && !action->next)
		irq_shutdown(desc);
	spin_unlock_irqrestore(&desc->lock, flags);
	if (!action)
		return NULL;

	spin_lock_irqsave(&desc->lock, flags);
	WRITE_ONCE(*link, action->next);
	spin_unlock_irqrestore(&desc->lock, flags);

	synchronize_irq(desc->irq_data.irq);
	return action;
}

const void *free_irq(unsigned int irq, void *dev_id)
{
	struct irq_desc *desc = irq_to_desc(irq);
	struct irqaction *action;
	const char *name;

	if (WARN(in_interrupt(), "Trying to free IRQ %u from IRQ context!\n", irq) || !desc)
		return NULL;
	mutex_lock(&desc->request_mutex);
	action = remove_action(desc, dev_id);
	mutex_unlock(&desc->request_mutex);
	if (WARN(!action, "Trying to free already-free IRQ %u\n", irq))
		return NULL;
	name = action->name;
	kfree(action);
	return name;
}
