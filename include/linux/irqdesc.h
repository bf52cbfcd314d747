/* SPDX-License-Identifier: MIT */
/* What the kernel knows of an interrupt line. Private to kernel/irq*.c and the controllers. */
#ifndef _LINUX_IRQDESC_H
#define _LINUX_IRQDESC_H

#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/threads.h>

/* A user of a line. */
struct irqaction {
	irq_handler_t handler;
	void *dev_id;
	struct irqaction *next;
	unsigned int irq;
	unsigned int flags; /* IRQF_* */
	const char *name;
};

/* What is going on with a line: irq_desc.istate */
#define IRQS_INPROGRESS	       0x01 /* a CPU runs its handlers */
#define IRQS_DISABLED	       0x02 /* somebody disabled it, or nobody has it */
#define IRQS_MASKED	       0x04 /* the controller lets nothing through */
#define IRQS_PENDING	       0x08 /* it came while disabled or in progress: still to be served */
#define IRQS_REPLAY	       0x10 /* it was raised again for that, and has not come yet */
#define IRQS_SPURIOUS_DISABLED 0x20 /* shut off: nobody cared */

/*
 * lock: everything here. Handlers walk the list of users without it: who was taken off is not
 * freed before synchronize_irq(). request_mutex: who adds and removes users.
 */
struct irq_desc {
	struct irq_data irq_data;
	irq_flow_handler_t handle_irq; /* NULL: no controller has this line */
	struct irqaction *action;
	unsigned int istate; /* IRQS_* */
	unsigned int depth;  /* of disable_irq() */
	spinlock_t lock;
	struct mutex request_mutex;

	/* For the judgement of irq_spurious.c */
	unsigned int irq_count;	      /* since the last judgement */
	unsigned int irqs_unhandled;  /* of these */
	unsigned long last_unhandled; /* jiffies */

	unsigned int kstat_irqs[NR_CPUS]; /* how often it came */
	unsigned int unhandled_total;	  /* and nobody claimed it */
};

/* NULL if there is no such line, on this machine. */
struct irq_desc *irq_to_desc(unsigned int irq);

/* irq.c: runs the users' handlers. IRQ_HANDLED if one of them claims it. */
irqreturn_t handle_irq_event(struct irq_desc *desc);

/* irq.c: what request_irq() and its like do with the controller. Under desc->lock. */
void irq_startup(struct irq_desc *desc, bool enable);
void irq_shutdown(struct irq_desc *desc);
void irq_disable(struct irq_desc *desc);
void irq_enable(struct irq_desc *desc);
void check_irq_resend(struct irq_desc *desc);

/* irq_spurious.c: judges what the handlers said, and shuts off a line that storms. */
void note_interrupt(struct irq_desc *desc, irqreturn_t result);

/* irq_manage.c: enables after a shut-off or a disable_irq(). Under desc->lock. */
void __enable_irq(struct irq_desc *desc);
void __disable_irq(struct irq_desc *desc);

static inline unsigned int kstat_irqs(const struct irq_desc *desc)
{
	unsigned int cpu, sum = 0;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		sum += READ_ONCE(desc->kstat_irqs[cpu]);
	return sum;
}

#endif
