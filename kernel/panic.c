// SPDX-License-Identifier: MIT
/*
 * panic, warnings, and the taint.
 *
 * A WARN or BUG is an invalid instruction, an entry in the table bug_table says
 * where it stands in the source; the exception handler looks it up here. All of
 * this works in any context and takes no lock of its own: it may be called while
 * any lock is held.
 */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/smp.h>
#include <asm/ptrace.h>
#include <asm/smp.h>
#include <memkern/exit.h>
#include <memkern/report.h>

extern const struct bug_entry __start_bug_table[], __stop_bug_table[];

static unsigned long tainted;

static const struct {
	u8 flag;
	char letter;
} taint_letters[] = {
	{ TAINT_BAD_PAGE, 'B' },
	{ TAINT_DIE, 'D' },
	{ TAINT_WARN, 'W' },
};

void add_taint(unsigned int flag, enum lockdep_ok lockdep_ok)
{
	__atomic_or_fetch(&tainted, 1UL << flag, __ATOMIC_RELAXED);
}

int test_taint(unsigned int flag)
{
	return tainted >> flag & 1;
}

unsigned long get_taint(void)
{
	return tainted;
}

const char *print_tainted(void)
{
	static char text[sizeof("Tainted: ") + ARRAY_SIZE(taint_letters)] = "Tainted: ";
	char *end = text + sizeof("Tainted: ") - 1;
	unsigned int i;

	if (!tainted)
		return "Not tainted";
	for (i = 0; i < ARRAY_SIZE(taint_letters); i++)
		*end++ = test_taint(taint_letters[i].flag) ? taint_letters[i].letter : ' ';
	return text;
}

const struct bug_entry *find_bug(unsigned long address)
{
	const struct bug_entry *bug;

	for (bug = __start_bug_table; bug < __stop_bug_table; bug++)
		if (bug->address == address)
			return bug;
	return NULL;
}

void __warn(const char *file, int line, const struct pt_regs *regs, const char *message)
{
	void *where = (void *)instruction_pointer(regs);

	if (report_note("WARNING: at %s:%d %pS%s%s", file, line, where, message ? ": " : "",
			message ? message : ""))
		return;
	pr_warn("------------[ cut here ]------------\n");
	if (message)
		pr_warn("%s\n", message);
	pr_warn("WARNING: CPU: %u PID: %d at %s:%d %pS\n", smp_processor_id(), current->pid, file,
		line, where);
	show_regs(regs);
	pr_warn("---[ end trace ]---\n");
	add_taint(TAINT_WARN, LOCKDEP_STILL_OK);
}

/*
 * The CPU that panics first does it; others stop. A panic within the panic, of
 * which the console may well be the cause, only gives up.
 */
static void enter_panic(void)
{
	static atomic_t panic_cpu = ATOMIC_INIT(-1);
	int cpu = smp_processor_id();
	int first = atomic_cmpxchg(&panic_cpu, -1, cpu);

	if (first == cpu)
		memkern_exit(MEMKERN_EXIT_PANIC);
	if (first != -1)
		machine_halt();
}

void panic(const char *fmt, ...)
{
	static char reason[256];
	va_list args;

	local_irq_disable();
	enter_panic();
	debug_locks_off();
	console_verbose();
	bust_spinlocks(1);

	va_start(args, fmt);
	vscnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);

	pr_emerg("Kernel panic - not syncing: %s\n", reason);
	if (!test_taint(TAINT_DIE)) { /* else the oops has been noted, and has shown the trace */
		report_note("Kernel panic - not syncing: %s", reason);
		dump_stack();
	}
	smp_send_stop();
	pr_emerg("---[ end Kernel panic - not syncing: %s ]---\n", reason);
	memkern_exit(MEMKERN_EXIT_PANIC);
}
