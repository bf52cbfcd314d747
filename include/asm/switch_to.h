/* SPDX-License-Identifier: MIT */
/*
 * Giving the CPU from one task to another, and the stack of one that does not run: its
 * sp points to the registers that C expects to be kept, and to where it goes on.
 */
#ifndef _ASM_SWITCH_TO_H
#define _ASM_SWITCH_TO_H

struct task_struct;

struct inactive_task_frame {
	unsigned long di, si, bx, bp;
	unsigned long ret_addr;
};

/* Where a new task begins: its first frame returns there. */
extern const char ret_from_fork[];

/* Returns in `next`, as from its own call: the task that ran before it. Interrupts are off. */
struct task_struct *switch_to(struct task_struct *prev, struct task_struct *next);

#endif
