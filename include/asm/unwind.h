/* SPDX-License-Identifier: MIT */
/*
 * Walking a stack, frame by frame, innermost first:
 *
 *	struct unwind_state state;
 *
 *	for (unwind_start(&state, regs); !state.done; unwind_next(&state))
 *		... state.ip, state.exact, state.reliable ...
 *
 * unwind_start() begins with the stopped code itself, unwind_start_here() with the
 * function that it is used in, unwind_start_task() with a task that does not run and
 * will not meanwhile. Any context, no locks; reads no memory but stacks
 * that are known (asm/stacktrace.h) and the unwind tables.
 */
#ifndef _ASM_UNWIND_H
#define _ASM_UNWIND_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/stacktrace.h>

struct pt_regs;
struct task_struct;

struct unwind_state {
	unsigned long ip; /* where the frame's code is */
	bool exact;	  /* about to execute ip: stopped there. Else ip is a return address */
	bool reliable;	  /* false: a guess */
	bool done;	  /* no frame any more */

	/* The rest is kernel/x86/unwind.c's. */
	unsigned int nr_frames;
	unsigned long reg[8]; /* the frame's registers, in DWARF's order */
	unsigned long scan;   /* when guessing: where to look next, else 0 */
	struct stack_info stack;
};

void unwind_start(struct unwind_state *state, const struct pt_regs *regs);
void unwind_start_task(struct unwind_state *state, const struct task_struct *task);
void unwind_next(struct unwind_state *state);

/* The frame of the function that this expands in: the registers that it must preserve, and ip. */
static __always_inline void unwind_start_here(struct unwind_state *state)
{
	*state = (struct unwind_state){ .exact = true, .reliable = true };
	asm volatile("movl %%ebx, 12(%1)\n"
		     "	movl %%esp, 16(%1)\n"
		     "	movl %%ebp, 20(%1)\n"
		     "	movl %%esi, 24(%1)\n"
		     "	movl %%edi, 28(%1)\n"
		     "	movl $1f, %0\n"
		     "1:"
		     : "=m"(state->ip)
		     : "r"(state->reg)
		     : "memory");
}

#endif
