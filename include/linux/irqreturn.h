/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_IRQRETURN_H
#define _LINUX_IRQRETURN_H

/* What an interrupt's handler says. */
enum irqreturn {
	IRQ_NONE = 0,	 /* my device did not ask */
	IRQ_HANDLED = 1, /* it did, and was served */
};

typedef enum irqreturn irqreturn_t;

#define IRQ_RETVAL(x) ((x) ? IRQ_HANDLED : IRQ_NONE)

#endif
