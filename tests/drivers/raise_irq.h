/* SPDX-License-Identifier: MIT */
/* An interrupt that no device has raised. */
#ifndef _TESTS_DRIVERS_RAISE_IRQ_H
#define _TESTS_DRIVERS_RAISE_IRQ_H

#include <linux/irq.h>
#include <linux/irqdesc.h>

/* False: this machine's lines do not go through the local APIC. */
static inline bool raise_irq(unsigned int irq)
{
	struct irq_desc *desc = irq_to_desc(irq);
	unsigned long flags;
	bool raised;

	spin_lock_irqsave(&desc->lock, flags);
	raised = desc->irq_data.chip->irq_retrigger &&
		 desc->irq_data.chip->irq_retrigger(&desc->irq_data);
	spin_unlock_irqrestore(&desc->lock, flags);
	return raised;
}

#endif
