// SPDX-License-Identifier: MIT
/*
 * The oops: how a fault that the code which made it does not survive is reported.
 *
 * A thread that faults ends there, with whatever it held, and the kernel goes on without
 * it. In an interrupt there is nothing to end, and without the idle task or init no
 * kernel: then it is a panic. The end of a thread that a test has declared is silent.
 *
 * Whatever broke may break the report too. A fault on the way to its end gets
 * one more line and stops the machine; a fault on the way to that line gets none.
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/panic.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/smp.h>
#include <asm/processor.h>
#include <memkern/exit.h>
#include <memkern/report.h>
#include "traps.h"

/* Written by the CPU that owns the report: others wait in oops_enter(). */
static atomic_t owner = ATOMIC_INIT(-1);
static unsigned int depth;
static unsigned int die_counter;
static bool declared; /* the report that is being made: nothing is printed of it */

/* Is a thread all that is lost? */
static bool is_survivable(void)
{
	return !in_interrupt() && !is_idle_task(current) && current->pid != 1;
}

static void oops_enter(void)
{
	int cpu, found;

	local_irq_disable();
	cpu = smp_processor_id();
	while ((found = atomic_cmpxchg(&owner, -1, cpu)) != -1 && found != cpu)
		cpu_relax();
	depth++;
}

/* The first report of a fault that is not on the way to the end of another one. */
static bool print_first(const char *headline)
{
	bool survivable = is_survivable();

	declared = survivable && report_note("%s", headline);
	if (declared)
		return false;
	debug_locks_off();
	console_verbose();
	bust_spinlocks(1);
	pr_alert("%s\n", headline);
	if (!survivable)
		report_note("%s", headline);
	return true;
}

bool oops_begin(const struct pt_regs *regs, const char *fmt, ...)
{
	char headline[160];
	va_list args;

	oops_enter();
	if (depth > 2)
		memkern_exit(MEMKERN_EXIT_PANIC);
	va_start(args, fmt);
	vscnprintf(headline, sizeof(headline), fmt, args);
	va_end(args);
	if (depth == 1)
		return print_first(headline);
	console_verbose();
	bust_spinlocks(1);
	pr_alert("%s\n", headline);
	pr_emerg("at %pS: the report above caused this one, and ends here\n", (void *)regs->ip);
	memkern_exit(MEMKERN_EXIT_PANIC);
}

/* The next oops is a new one. */
static void oops_exit(void)
{
	depth--;
	if (!declared)
		bust_spinlocks(0);
	atomic_set(&owner, -1);
}

/*
 * What the thread held stays held; only the CPU is given back as the scheduler wants it.
 * Interrupts stay off: this may be the double fault's stack, and that is needed again.
 */
static void __noreturn end_thread(void)
{
	int held = preempt_count();

	if (held && !declared)
		pr_info("note: %s[%d] exited with preempt_count %d\n", current->comm, current->pid,
			held);
	oops_exit();
	preempt_count_sub(held);
	do_exit(-EFAULT);
}

static void print_end(const struct pt_regs *regs)
{
	show_regs(regs);
	add_taint(TAINT_DIE, LOCKDEP_NOW_UNRELIABLE);
	pr_alert("---[ end trace ]---\n");
}

static void __noreturn oops_finish(const struct pt_regs *regs)
{
	if (!declared)
		print_end(regs);
	if (in_interrupt())
		panic("Fatal exception in interrupt");
	if (!is_survivable())
		panic("Fatal exception");
	end_thread();
}

void oops_end(const char *what, const struct pt_regs *regs, unsigned long error_code)
{
	die_counter++;
	if (!declared)
		pr_alert("%s: %04lx [#%u]\n", what, error_code, die_counter);
	oops_finish(regs);
}

void die(const char *what, const struct pt_regs *regs, unsigned long error_code)
{
	oops_begin(regs, "%s: %04lx [#%u]", what, error_code, ++die_counter);
	oops_finish(regs);
}
