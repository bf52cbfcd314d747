/* SPDX-License-Identifier: MIT */
/* Between the files that take exceptions and those that report them. */
#ifndef _KERNEL_X86_TRAPS_H
#define _KERNEL_X86_TRAPS_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/ptrace.h>
#include <asm/traps.h>

struct x86_tss;

/* entry.S, and what it calls */
extern const u32 exception_entries[NR_EXCEPTIONS];
extern const char interrupt_entries[];
void do_exception(struct pt_regs *regs, unsigned int vector);
void do_interrupt(struct pt_regs *regs, unsigned int vector);

/* fault.c */
void do_page_fault(struct pt_regs *regs, unsigned long address);

/* doublefault.c: where the task gate leads, on a stack of its own (linker.ld) */
extern char double_fault_stack[], double_fault_stack_end[]; /* the boot CPU's */
#define DOUBLE_FAULT_STACK_SIZE 4096
void __noreturn double_fault_entry(void);

/* gdt.c: the registers of what a task gate left */
const struct x86_tss *this_cpu_tss(void);
void reload_tss(void);

/* extable.c: sends a fault that somebody reckoned with to its fixup. False: nobody did. */
bool fixup_exception(struct pt_regs *regs);

/*
 * oops.c. A report of a fault that the kernel does not survive:
 *
 *	if (oops_begin(regs, "BUG: what is wrong"))	one line; takes the console
 *		...					lines of its own
 *	oops_end("Oops", regs, error_code);		"Oops: 0002 [#1]", the state, the end
 *
 * False of oops_begin(): the running test has declared the report, nothing is printed.
 * die() is both, for exceptions that have a name and nothing more to say.
 */
bool oops_begin(const struct pt_regs *regs, const char *fmt, ...) __printf(2, 3) __cold;
void __noreturn __cold oops_end(const char *what, const struct pt_regs *regs,
				unsigned long error_code);
void __noreturn __cold die(const char *what, const struct pt_regs *regs, unsigned long error_code);

#endif
