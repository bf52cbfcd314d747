// SPDX-License-Identifier: MIT
/*
 * start_kernel(): the boot, in order. boot/head.S calls it once, on the boot
 * stack, with interrupts off and the first GiB mapped.
 *
 * It also holds what the one task and the one CPU of the early boot are: the
 * boot CPU's per-CPU variables are used in place, at offset 0.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <asm/cpufeature.h>
#include <asm/desc.h>
#include <asm/traps.h>
#include <asm/tsc.h>
#include <memkern/boot.h>
#include <memkern/e820.h>
#include <memkern/kunit_extra.h>
#include <memkern/mm.h>
#include <memkern/monitor.h>
#include <memkern/params.h>

extern char init_stack[THREAD_SIZE];
extern const struct initcall __start_console_initcalls[], __start_initcalls[];
extern const struct initcall __stop_initcalls[], __stop_late_initcalls[];

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
	.comm = "swapper",
	.stack = init_stack,
};

unsigned int nr_cpu_ids = 1;
unsigned long __per_cpu_offset[NR_CPUS];

DEFINE_PER_CPU(unsigned long, this_cpu_off);
DEFINE_PER_CPU(unsigned int, cpu_number);
DEFINE_PER_CPU(int, __preempt_count);
DEFINE_PER_CPU(struct task_struct *, current_task) = &init_task;

static void __init do_initcalls(const struct initcall *call, const struct initcall *end)
{
	for (; call < end; call++) {
		int error = call->function();

		if (error)
			pr_warn("initcall %s failed with error %d\n", call->name, error);
	}
}

void __noreturn start_kernel(u32 magic, u32 mbi_phys);

void __noreturn start_kernel(u32 magic, u32 mbi_phys)
{
	gdt_init();
	trap_init();
	do_initcalls(__start_console_initcalls, __start_initcalls);
	pr_notice("memkern: a kernel about memory (" BUILD_NAME __VERSION__ ")\n");
	cpu_identify();
	add_device_randomness(&(cycles_t){ get_cycles() }, sizeof(cycles_t));

	boot_info_init(magic, mbi_phys);
	boot_info_print();
	parse_early_params(boot_info.cmdline);

	e820_init();
	mm_init();
	do_initcalls(__start_initcalls, __stop_initcalls);

	kunit_run_all();
	do_initcalls(__stop_initcalls, __stop_late_initcalls);
	monitor_start();
}
