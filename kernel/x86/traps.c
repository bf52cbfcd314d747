// SPDX-License-Identifier: MIT
/*
 * Exceptions and interrupts, in C. entry.S has saved the registers, and goes to the
 * interrupt stack for an interrupt.
 *
 * An exception is one of four things: a WARN or BUG (invalid opcode), a fault
 * that the code reckons with (extable.c), a trap that nobody set and that harms
 * nobody (int3, debug, NMI: reported, and on we go), or the end: die().
 */
#include <linux/bug.h>
#include <linux/hardirq.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/sched/debug.h>
#include <asm/apic.h>
#include <asm/processor.h>
#include <memkern/report.h>
#include "smpboot.h"
#include "traps.h"

static const char *const exception_names[NR_EXCEPTIONS] = {
	"divide error",
	"debug",
	"NMI",
	"int3",
	"overflow",
	"bounds",
	"invalid opcode",
	"device not available",
	"double fault",
	"coprocessor segment overrun",
	"invalid TSS",
	"segment not present",
	"stack segment",
	"general protection fault",
	"page fault",
	"reserved exception 15",
	"coprocessor error",
	"alignment check",
	"machine check",
	"SIMD coprocessor error",
	"virtualization exception",
	"control protection",
	"reserved exception 22",
	"reserved exception 23",
	"reserved exception 24",
	"reserved exception 25",
	"reserved exception 26",
	"reserved exception 27",
	"hypervisor injection",
	"VMM communication",
	"security exception",
	"reserved exception 31",
};

static interrupt_handler_t interrupt_handlers[NR_VECTORS - NR_EXCEPTIONS];

/* The caller of __warn_trap() is the one to report: its frame begins above the return address. */
static void warn_with_message(const struct pt_regs *regs)
{
	const unsigned long *stack = (const unsigned long *)regs->sp;
	struct pt_regs caller = *regs;
	char message[160];
	int length;

	caller.ip = stack[0];
	caller.sp = (unsigned long)&stack[1];
	length = vscnprintf(message, sizeof(message), (const char *)stack[3], (va_list)&stack[4]);
	if (length && message[length - 1] == '\n') /* some callers end the line, some do not */
		message[length - 1] = '\0';
	__warn((const char *)stack[1], (int)stack[2], &caller, message);
}

/* False: neither a WARN nor a BUG. A BUG does not return. */
static bool handle_bug(struct pt_regs *regs)
{
	const struct bug_entry *bug;

	if (regs->ip == (unsigned long)__warn_trap) {
		warn_with_message(regs);
		regs->ip += UD2_LENGTH;
		return true;
	}
	bug = find_bug(regs->ip);
	if (!bug)
		return false;
	if (bug->flags & BUGFLAG_WARNING) {
		__warn(bug->file, bug->line, regs, NULL);
		regs->ip += UD2_LENGTH;
		return true;
	}
	oops_begin(regs, "kernel BUG at %s:%u!", bug->file, bug->line);
	oops_end("invalid opcode", regs, 0);
}

/* A trap that nobody set. Single-stepping stops here: nobody is there to step. */
static void report_stray_trap(struct pt_regs *regs, const char *name)
{
	regs->flags &= ~(unsigned long)X86_EFLAGS_TF;
	if (report_note("stray %s exception at %pS", name, (void *)regs->ip))
		return;
	pr_warn("stray %s exception at %pS\n", name, (void *)regs->ip);
	show_regs(regs);
}

void do_exception(struct pt_regs *regs, unsigned int vector)
{
	switch (vector) {
	case X86_TRAP_PF:
		do_page_fault(regs, read_cr2());
		return;
	case X86_TRAP_UD:
		if (handle_bug(regs))
			return;
		break;
	case X86_TRAP_NMI:
		stop_for_panic(regs);
		fallthrough;
	case X86_TRAP_DB:
	case X86_TRAP_BP:
		report_stray_trap(regs, exception_names[vector]);
		return;
	}
	if (!fixup_exception(regs))
		die(exception_names[vector], regs, regs->orig_ax);
}

void set_interrupt_handler(unsigned int vector, interrupt_handler_t handler)
{
	interrupt_handler_t *at = &interrupt_handlers[vector - NR_EXCEPTIONS];

	WARN(handler && *at && *at != handler, "vector %#x belongs to %ps\n", vector, *at);
	WRITE_ONCE(*at, handler);
}

static void unexpected_interrupt(const struct pt_regs *regs, unsigned int vector)
{
	apic_ack_unexpected(vector);
	if (!report_note("unexpected interrupt, vector %#x", vector))
		pr_err("unexpected interrupt, vector %#x, at %pS\n", vector, (void *)regs->ip);
}

/* On the interrupt stack, but for what interrupts the earliest boot. */
void do_interrupt(struct pt_regs *regs, unsigned int vector)
{
	interrupt_handler_t handler = READ_ONCE(interrupt_handlers[vector - NR_EXCEPTIONS]);
	struct pt_regs *outer = set_irq_regs(regs);

	irq_enter();
	if (handler)
		handler(regs);
	else
		unexpected_interrupt(regs, vector);
	irq_exit();
	set_irq_regs(outer);
}
