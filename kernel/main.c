// SPDX-License-Identifier: MIT
/*
 * start_kernel(): the boot, in order. boot/head.S calls it once, on the boot
 * stack, with interrupts off and the first GiB mapped.
 *
 * The boot's task ends as the boot CPU's idle task; what can sleep is done by the thread
 * "init", pid 1: initcalls, self-tests, modules, and then the monitor.
 *
 * It also holds what the first task and the first CPU are: the boot CPU's per-CPU
 * variables are used in place, at offset 0.
 */
#include <linux/bug.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <asm/cpufeature.h>
#include <asm/desc.h>
#include <asm/irq.h>
#include <asm/irq_stack.h>
#include <asm/processor.h>
#include <asm/traps.h>
#include <asm/tsc.h>
#include <memkern/boot.h>
#include <memkern/e820.h>
#include <memkern/kunit_extra.h>
#include <memkern/mm.h>
#include <memkern/module.h>
#include <memkern/monitor.h>
#include <memkern/params.h>
#include "sched.h"

extern char init_stack[THREAD_SIZE];
extern const initcall_entry_t __start_console_initcalls[], __start_initcalls[];
extern const initcall_entry_t __stop_initcalls[], __stop_late_initcalls[];

#ifdef __clang__
#define COMPILER_NAME ""
#else
#define COMPILER_NAME "gcc "
#endif
#ifdef CONFIG_DEBUG
#define BUILD_NAME "debug build, " COMPILER_NAME
#else
#define BUILD_NAME "default build, " COMPILER_NAME
#endif

struct task_struct init_task = {
	.comm = "swapper/0",
	.flags = PF_IDLE,
	.stack = init_stack,
	.usage = ATOMIC_INIT(1),
	.tasks = LIST_HEAD_INIT(init_task.tasks),
};

unsigned int nr_cpu_ids = 1;
unsigned long __per_cpu_offset[NR_CPUS];

DEFINE_PER_CPU(unsigned long, this_cpu_off);
DEFINE_PER_CPU(unsigned int, cpu_number);
DEFINE_PER_CPU(int, __preempt_count) = PREEMPT_ENABLED;
DEFINE_PER_CPU(unsigned long, irq_stack_top) = (unsigned long)irq_stack_end;
DEFINE_PER_CPU(struct task_struct *, current_task) = &init_task;

static void restore_context(const void *fn, unsigned long flags, int preempt)
{
	bool masked = irqs_disabled() && !irqs_disabled_flags(flags);
	int held = preempt_count() - preempt;

	debug_check_no_locks_held();
	preempt_count_sub(held);
	local_irq_restore(flags);
	WARN(held, "initcall %pS returned with preemption imbalance\n", fn);
	WARN(masked, "initcall %pS returned with disabled interrupts\n", fn);
}

int do_one_initcall(initcall_t fn)
{
	int preempt = preempt_count(), result;
	unsigned long flags;

	local_save_flags(flags);
	result = fn();
	restore_context(fn, flags, preempt);
	return result;
}

void do_one_exitcall(exitcall_t fn)
{
	int preempt = preempt_count();
	unsigned long flags;

	local_save_flags(flags);
	fn();
	restore_context(fn, flags, preempt);
}

static void __init do_initcalls(const initcall_entry_t *call, const initcall_entry_t *end)
{
	for (; call < end; call++) {
		int error = do_one_initcall(call->function);

		if (error)
			pr_warn("initcall %s failed with error %d\n", call->name, error);
	}
}

static int init(void *unused)
{
	smp_init();
	do_initcalls(__start_initcalls, __stop_initcalls);
	kunit_run_all();
	do_initcalls(__stop_initcalls, __stop_late_initcalls);
	modules_init();
	monitor_start();
}

/* Waits for interrupts, and gives the CPU to whoever they make runnable. */
void __noreturn do_idle(void)
{
	for (;;) {
		local_irq_disable();
		if (need_resched()) {
			local_irq_enable();
			schedule();
		} else {
			safe_halt();
		}
	}
}

static void __noreturn rest_init(void)
{
	struct task_struct *task = kthread_run(init, NULL, "init");

	if (IS_ERR(task))
		panic("no memory for the first thread");
	do_idle();
}

void __noreturn start_kernel(u32 magic, u32 mbi_phys);

void __noreturn start_kernel(u32 magic, u32 mbi_phys)
{
	gdt_init();
	trap_init();
	do_initcalls(__start_console_initcalls, __start_initcalls);
	pr_notice("memkern: a kernel about memory (" BUILD_NAME __VERSION__ ")\n");
	cpu_identify();
	tsc_init();
	add_device_randomness(&(cycles_t){ get_cycles() }, sizeof(cycles_t));

	boot_info_init(magic, mbi_phys);
	boot_info_print();
	parse_early_params(boot_info.cmdline);

	e820_init();
	acpi_boot_init();
	mm_init();
	sched_init();
	fork_init();
	softirq_init();
	rcu_init();
	init_IRQ();
	time_init();
	local_irq_enable();
	rest_init();
}
