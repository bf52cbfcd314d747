// SPDX-License-Identifier: MIT
/*
 * The oops: how a fault that the kernel does not survive is reported.
 *
 * Whatever broke may break the report too. A fault on the way to its end gets
 * one more line and stops the machine; a fault on the way to that line gets none.
 */
#include <linux/atomic.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/sched/debug.h>
#include <linux/smp.h>
#include <asm/processor.h>
#include <memkern/exit.h>
#include <memkern/report.h>
#include "traps.h"

/* Written by the CPU that owns the report: others wait in oops_enter(). */
static unsigned int depth;
static unsigned int die_counter;

static void oops_enter(void)
{
	static atomic_t owner = ATOMIC_INIT(-1);
	int cpu, found;

	local_irq_disable();
	cpu = smp_processor_id();
	while ((found = atomic_cmpxchg(&owner, -1, cpu)) != -1 && found != cpu)
		cpu_relax();
	depth++;
}

void oops_begin(const struct pt_regs *regs, const char *fmt, ...)
{
	char headline[160];
	va_list args;

	oops_enter();
	if (depth > 2)
		memkern_exit(MEMKERN_EXIT_PANIC);
	console_verbose();
	bust_spinlocks(1);

	va_start(args, fmt);
	vscnprintf(headline, sizeof(headline), fmt, args);
	va_end(args);
	pr_alert("%s\n", headline);
	if (depth == 1) {
		report_note("%s", headline);
		return;
	}
	pr_emerg("at %pS: the report above caused this one, and ends here\n", (void *)regs->ip);
	memkern_exit(MEMKERN_EXIT_PANIC);
}

static void __noreturn oops_finish(const struct pt_regs *regs)
{
	show_regs(regs);
	add_taint(TAINT_DIE, LOCKDEP_NOW_UNRELIABLE);
	pr_alert("---[ end trace ]---\n");
	panic(in_interrupt() ? "Fatal exception in interrupt" : "Fatal exception");
}

void oops_end(const char *what, const struct pt_regs *regs, unsigned long error_code)
{
	pr_alert("%s: %04lx [#%u]\n", what, error_code, ++die_counter);
	oops_finish(regs);
}

void die(const char *what, const struct pt_regs *regs, unsigned long error_code)
{
	oops_begin(regs, "%s: %04lx [#%u]", what, error_code, ++die_counter);
	oops_finish(regs);
}
