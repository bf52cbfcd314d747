/* SPDX-License-Identifier: MIT */
/*
 * The interrupt stack: each CPU has one, so that handlers do not need room on every
 * task's. Below it is a guard page.
 */
#ifndef _ASM_IRQ_STACK_H
#define _ASM_IRQ_STACK_H

#include <linux/percpu-defs.h>

#define IRQ_STACK_SIZE 8192

extern char irq_stack[], irq_stack_end[]; /* the boot CPU's (linker.ld) */

/* One past its last byte. */
DECLARE_PER_CPU(unsigned long, irq_stack_top);
DECLARE_PER_CPU(unsigned long, double_fault_stack_top);

/* Calls a function on it (on the same stack if that is where the caller is). Interrupts are off. */
void call_on_irq_stack(void (*function)(void));

#endif
