// SPDX-License-Identifier: MIT
/*
 * Starting other CPUs.
 *
 * A CPU that the boot has not used sleeps until another one sends it INIT, which resets it, and
 * then SIPI, whose vector is the number of the page below 1 MiB where it begins, in real
 * mode. So one such page is kept, with a copy of trampoline.S and what that needs:
 *
 *	boot CPU			page			new CPU
 *	fills in the header
 *	INIT, 10 ms, SIPI, SIPI ----->
 *					real mode, protected mode, paging
 *					on page tables that also map the page itself
 *								start_secondary()
 *	waits until it is online   <------------------------	its tables, local APIC, timer
 *
 * One at a time, so one page will do. Who does not answer within a second is left out.
 *
 * The page tables of the start are the kernel's but for the first GiB, whose first 2 MiB they
 * map where they are, to be executed; the kernel's own never map anything there.
 */
#define pr_fmt(fmt) "smp: " fmt

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/apic.h>
#include <asm/cpufeature.h>
#include <asm/desc.h>
#include <asm/irq_stack.h>
#include <asm/msr.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/smp.h>
#include <asm/traps.h>
#include "../rcu.h"
#include "../sched.h"
#include "acpi.h"
#include "irq.h"
#include "smpboot.h"
#include "traps.h"

#define LOW_MEMORY_START 0x1000
#define LOW_MEMORY_END	 0x9f000

#define APIC_DM_INIT	0x500
#define APIC_DM_STARTUP 0x600
#define APIC_INT_ASSERT 0x4000

#define ANSWER_WITHIN (1 * HZ)

static struct trampoline_header *trampoline; /* NULL: no other CPU can be started */
static pgd_t *trampoline_pgd;

/* --- before the page allocator ------------------------------------------------- */

/* Two pages: where the CPU starts, and the tables that map it there. */
static void __init keep_pages(void)
{
	phys_addr_t page =
		memblock_phys_alloc_range(PAGE_SIZE, PAGE_SIZE, LOW_MEMORY_START, LOW_MEMORY_END);
	pmd_t *identity;

	trampoline_pgd = memblock_alloc(2 * PAGE_SIZE, PAGE_SIZE);
	if (!page || !trampoline_pgd) {
		pr_warn("no page below 640 KiB to start other CPUs in\n");
		return;
	}
	trampoline = __va(page);
	identity = (void *)trampoline_pgd + PAGE_SIZE;
	memcpy(trampoline_pgd, swapper_pg_dir, PTRS_PER_PGD * sizeof(pgd_t));
	identity[0].pmd = _PAGE_PRESENT | _PAGE_RW | _PAGE_PSE;
	trampoline_pgd[0].pgd = __pa(identity) | _PAGE_PRESENT;
}

static u8 __init initial_apicid(void)
{
	u32 eax, ebx, ecx, edx;

	cpuid(1, &eax, &ebx, &ecx, &edx);
	return ebx >> 24;
}

unsigned int __init smp_find_cpus(u8 apicids[NR_CPUS])
{
	const struct acpi_madt_info *madt = acpi_madt();
	unsigned int i, nr = 1;
	u8 mine;

	if (!madt || madt->nr_cpus < 2 || !boot_cpu_has(X86_FEATURE_APIC))
		return 1;
	mine = initial_apicid();
	apicids[0] = mine;
	for (i = 0; i < min_t(unsigned int, madt->nr_cpus, NR_CPUS); i++)
		if (madt->apic_ids[i] != mine && nr < NR_CPUS)
			apicids[nr++] = madt->apic_ids[i];
	keep_pages();
	return trampoline ? nr : 1;
}

/* --- on the new CPU -------------------------------------------------------------- */

static void __noreturn start_secondary(unsigned int cpu)
{
	cpu_load_descriptors(cpu);
	load_idt();
	cpu_enable_features();
	load_page_tables(__pa(swapper_pg_dir));
	lapic_init_secondary();
	cpu_startup_entry();
}

/* --- on the CPU that starts it --------------------------------------------------- */

static void fill_in_trampoline(unsigned int cpu, struct task_struct *idle)
{
	u64 efer = 0;

	if (boot_cpu_has(X86_FEATURE_NX))
		rdmsrl(MSR_EFER, efer);
	memcpy(trampoline, trampoline_start, trampoline_end - trampoline_start);
	trampoline->base = __pa(trampoline);
	trampoline->cr3 = __pa(trampoline_pgd);
	trampoline->cr4 = read_cr4() & ~X86_CR4_SMEP;
	trampoline->efer_low = (u32)efer & EFER_NX;
	trampoline->has_efer = boot_cpu_has(X86_FEATURE_NX);
	trampoline->stack = (unsigned long)idle->stack + THREAD_SIZE;
	trampoline->entry = (unsigned long)start_secondary;
	trampoline->cpu = cpu;
}

int native_cpu_up(unsigned int cpu, struct task_struct *idle)
{
	u8 apicid = x86_cpu_to_apicid[cpu];
	unsigned long end;
	unsigned int i;

	if (!trampoline || !lapic_present)
		return -ENODEV;
	fill_in_trampoline(cpu, idle);
	apic_send_ipi(apicid, APIC_DM_INIT | APIC_INT_ASSERT);
	msleep(10);
	for (i = 0; i < 2 && !cpu_online(cpu); i++) {
		apic_send_ipi(apicid, APIC_DM_STARTUP | __pa(trampoline) >> PAGE_SHIFT);
		udelay(200);
	}
	for (end = jiffies + ANSWER_WITHIN; !cpu_online(cpu) && time_before(jiffies, end);)
		msleep(1);
	if (cpu_online(cpu))
		return 0;
	/* It must not come to life later, on a stack that is somebody else's by then. */
	apic_send_ipi(apicid, APIC_DM_INIT | APIC_INT_ASSERT);
	return -EIO;
}

DEFINE_PER_CPU(struct ipi_counts, ipi_counts);

void smp_send_reschedule(int cpu)
{
	this_cpu_inc(ipi_counts.reschedules_sent);
	apic_send_ipi(x86_cpu_to_apicid[cpu], RESCHEDULE_VECTOR);
}

void arch_send_call_function_single_ipi(int cpu)
{
	this_cpu_inc(ipi_counts.calls_sent);
	apic_send_ipi(x86_cpu_to_apicid[cpu], CALL_FUNCTION_VECTOR);
}

/* --- stopping all ------------------------------------------------------------- */

#define APIC_DM_NMI 0x400

static struct cpumask to_stop;

/* In an NMI: which no CPU can keep off, whatever it is doing. */
bool stop_for_panic(const struct pt_regs *regs)
{
	unsigned int cpu = smp_processor_id();

	if (!cpumask_test_cpu(cpu, &to_stop))
		return false;
	pr_emerg("CPU %u was stopped here:\n", cpu);
	show_regs(regs);
	cpumask_test_and_clear_cpu(cpu, &to_stop);
	for (;;)
		asm volatile("cli; hlt");
}

/* One at a time, so that what they say does not mix. */
void smp_send_stop(void)
{
	unsigned int cpu, ms;

	if (num_online_cpus() == 1)
		return;
	for_each_online_cpu(cpu) {
		if (cpu == smp_processor_id())
			continue;
		cpumask_set_cpu(cpu, &to_stop);
		apic_send_ipi(x86_cpu_to_apicid[cpu], APIC_DM_NMI);
		for (ms = 0; ms < 1000 && cpumask_test_cpu(cpu, &to_stop); ms++)
			mdelay(1);
		if (ms == 1000)
			pr_emerg("CPU %u does not stop\n", cpu);
	}
}

static void reschedule_interrupt(struct pt_regs *regs)
{
	this_cpu_inc(ipi_counts.reschedules_taken);
	ack_APIC_irq();
	set_preempt_need_resched();
	rcu_reschedule_irq();
}

static void call_function_interrupt(struct pt_regs *regs)
{
	this_cpu_inc(ipi_counts.calls_taken);
	ack_APIC_irq();
	generic_smp_call_function_interrupt();
}

void __init smp_setup_vectors(void)
{
	set_interrupt_handler(RESCHEDULE_VECTOR, reschedule_interrupt);
	set_interrupt_handler(CALL_FUNCTION_VECTOR, call_function_interrupt);
}
