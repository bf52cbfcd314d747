/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_STACKTRACE_H
#define _LINUX_STACKTRACE_H

#include <linux/types.h>

struct pt_regs;

/*
 * Stores the return addresses of the calls that led here, innermost first, and
 * returns how many. With skipnr 0 the first lies in the caller of this
 * function. Only frames that the unwind tables vouch for: a trace ends early
 * rather than guess. Any context, no locks, no allocation.
 */
unsigned int stack_trace_save(unsigned long *store, unsigned int size, unsigned int skipnr);

/* The same of the code that an exception or interrupt stopped: starts with regs->ip. */
unsigned int stack_trace_save_regs(struct pt_regs *regs, unsigned long *store, unsigned int size,
				   unsigned int skipnr);

#endif
