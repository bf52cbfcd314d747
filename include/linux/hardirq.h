/* SPDX-License-Identifier: MIT */
/* The edges of a hard interrupt: kernel/x86/traps.c calls these around each handler. */
#ifndef _LINUX_HARDIRQ_H
#define _LINUX_HARDIRQ_H

#include <linux/bottom_half.h>
#include <linux/preempt.h>

struct pt_regs;

/* From here on in_hardirq() is true. Interrupts are off, and stay off. */
void irq_enter(void);

/* Runs what softirqs the handlers raised, if this was the outermost interrupt. */
void irq_exit(void);

/* What the innermost interrupt on this CPU stopped; NULL: nothing. */
struct pt_regs *get_irq_regs(void);
struct pt_regs *set_irq_regs(struct pt_regs *regs);

#endif
