/* SPDX-License-Identifier: MIT */
/*
 * The registers of what an exception or interrupt stopped, as kernel/x86/entry.S
 * leaves them on the stack: lowest address first.
 */
#ifndef _ASM_PTRACE_H
#define _ASM_PTRACE_H

#include <linux/types.h>

struct pt_regs {
	unsigned long bx, cx, dx, si, di, bp;
	unsigned long sp, ss; /* the stopped code's stack: to read; a change has no effect */
	unsigned long ax;
	unsigned long orig_ax;	     /* an exception's error code, an interrupt's vector */
	unsigned long ip, cs, flags; /* pushed by the CPU, restored by iret */
};

static inline unsigned long instruction_pointer(const struct pt_regs *regs)
{
	return regs->ip;
}

static inline unsigned long kernel_stack_pointer(const struct pt_regs *regs)
{
	return regs->sp;
}

#endif
