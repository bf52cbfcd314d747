/* SPDX-License-Identifier: MIT */
/*
 * Interrupts, as their controllers see them. A controller is a struct irq_chip; each of
 * its lines gets a number and a flow, the order in which to acknowledge, handle and unmask:
 *
 *	irq_set_chip_and_handler(4, &i8259A_chip, handle_level_irq);
 *
 * All functions of a chip are called with the line's lock held and interrupts off.
 */
#ifndef _LINUX_IRQ_H
#define _LINUX_IRQ_H

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <asm/irq.h>

struct irq_desc;

/* A trigger type, as IRQF_TRIGGER_* has it. */
#define IRQ_TYPE_NONE	      0x0
#define IRQ_TYPE_EDGE_RISING  0x1
#define IRQ_TYPE_EDGE_FALLING 0x2
#define IRQ_TYPE_EDGE_BOTH    (IRQ_TYPE_EDGE_FALLING | IRQ_TYPE_EDGE_RISING)
#define IRQ_TYPE_LEVEL_HIGH   0x4
#define IRQ_TYPE_LEVEL_LOW    0x8
#define IRQ_TYPE_LEVEL_MASK   (IRQ_TYPE_LEVEL_LOW | IRQ_TYPE_LEVEL_HIGH)
#define IRQ_TYPE_SENSE_MASK   0xf

/* A line as its controller sees it. */
struct irq_data {
	unsigned int irq;
	unsigned int hwirq;   /* the controller's own number of the line: its pin */
	unsigned int trigger; /* IRQ_TYPE_* */
	const struct irq_chip *chip;
	void *chip_data;
};

struct irq_chip {
	const char *name;
	void (*irq_mask)(struct irq_data *data);
	void (*irq_unmask)(struct irq_data *data);

	/* May be NULL. irq_mask_ack is both; irq_disable is for a chip that keeps edges while masked. */
	void (*irq_ack)(struct irq_data *data);
	void (*irq_mask_ack)(struct irq_data *data);
	void (*irq_eoi)(struct irq_data *data);
	void (*irq_disable)(struct irq_data *data);

	/* 0, or -EINVAL for a type that the chip does not have. NULL: it has but one, set elsewhere. */
	int (*irq_set_type)(struct irq_data *data, unsigned int type);

	/* Where to: the first of these, all online. NULL: the chip has no choice. */
	int (*irq_set_affinity)(struct irq_data *data, const struct cpumask *cpus);

	/* Raises the interrupt again; false: the chip cannot. May be NULL. */
	bool (*irq_retrigger)(struct irq_data *data);
};

typedef void (*irq_flow_handler_t)(struct irq_desc *desc);

/* Flows. See kernel/irq.c. */
void handle_level_irq(struct irq_desc *desc);
void handle_fasteoi_irq(struct irq_desc *desc);
void handle_edge_irq(struct irq_desc *desc);

/* In the boot: which chip and flow a line has. 0, or -EINVAL. */
int irq_set_chip_and_handler(unsigned int irq, const struct irq_chip *chip,
			     irq_flow_handler_t flow);
struct irq_data *irq_get_irq_data(unsigned int irq);

/* From irq_set_type: another flow for the new trigger. */
void irq_set_handler_locked(struct irq_data *data, irq_flow_handler_t flow);

/* Asks for a trigger, as request_irq() does by its flags. 0 or -EINVAL. Any context. */
int irq_set_irq_type(unsigned int irq, unsigned int type);

/* An interrupt of the line has come. Interrupts off, between irq_enter() and irq_exit(). */
int generic_handle_irq(unsigned int irq);

/* Since the boot: interrupts that were none (spurious), and errors the controllers reported. */
extern atomic_t irq_spurious_count, irq_err_count;

#endif
