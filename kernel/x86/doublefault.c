// SPDX-License-Identifier: MIT
/*
 * The double fault: the CPU could not deliver an exception, nearly always
 * because there was no stack to push its frame to. It comes through a task gate
 * (gdt.c), so this runs on a stack of its own, and the registers of what broke
 * are in the TSS that was left.
 *
 * There is no way back into what broke: nothing says at which of several steps the
 * delivery failed. A thread ends here, and the next one gets the CPU; so the CPU goes back
 * to its own TSS first, and interrupts stay off for as long as this stack is used.
 */
#include <asm/desc.h>
#include <asm/processor.h>
#include <asm/stacktrace.h>
#include "traps.h"

static void regs_from_tss(struct pt_regs *regs, const struct x86_tss *tss)
{
	*regs = (struct pt_regs){
		.bx = tss->bx,
		.cx = tss->cx,
		.dx = tss->dx,
		.si = tss->si,
		.di = tss->di,
		.bp = tss->bp,
		.sp = tss->sp,
		.ss = tss->ss,
		.ax = tss->ax,
		.ip = tss->ip,
		.cs = tss->cs,
		.flags = tss->flags,
	};
}

/*
 * Entered by the CPU, not called: the error code, always 0, lies where the return
 * address of a call would, and ends every trace.
 */
void double_fault_entry(void)
{
	unsigned long address = read_cr2();
	struct stack_info stack;
	struct pt_regs regs;

	/* Or the iret of an exception in here would go back through the gate. */
	asm volatile("pushfl; andl %0, (%%esp); popfl" : : "i"(~X86_EFLAGS_NT) : "cc", "memory");

	regs_from_tss(&regs, this_cpu_tss());
	reload_tss();
	if (!stack_guard_hit(address, &stack))
		die("double fault", &regs, 0);

	oops_begin(&regs, "BUG: %s stack guard page was hit at %08lx (stack is %08lx..%08lx)",
		   stack.name, address, stack.begin, stack.end - 1);
	oops_end("stack guard page", &regs, 0);
}
