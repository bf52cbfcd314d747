/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_STACKTRACE_H
#define _LINUX_STACKTRACE_H

#include <linux/types.h>

struct pt_regs;
struct task_struct;

/*
 * Stores the return addresses of the calls that led here, innermost first, and
 * returns how many. With skipnr 0 the first lies in the caller of this
 * function. Only frames that the unwind tables vouch for: a trace ends early
 * rather than guess. Any context, no locks, no allocation.
 */
unsigned int stack_trace_save(unsigned long *store, unsigned int size, unsigned int skipnr);

/* The same of a task: of one that runs, only if it is the caller. It stays where it is meanwhile. */
unsigned int stack_trace_save_tsk(struct task_struct *task, unsigned long *store, unsigned int size,
				  unsigned int skipnr);

/* The same of the code that an exception or interrupt stopped: starts with regs->ip. */
unsigned int stack_trace_save_regs(struct pt_regs *regs, unsigned long *store, unsigned int size,
				   unsigned int skipnr);

#endif
