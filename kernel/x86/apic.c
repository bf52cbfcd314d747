// SPDX-License-Identifier: MIT
/*
 * The local APIC of each CPU: its inbox for interrupts.
 *
 *	IOAPIC ---message--->+------------+
 *	other CPUs --------->| local APIC |---> the CPU
 *	own timer ---------->|            |
 *	8259 --INTR--------->| LINT0      |
 *	NMI ---------------->| LINT1      |
 *	                     +------------+
 *
 * What comes by a message waits in IRR, a bit a vector, until no vector of its class (the
 * upper four bits) or above is being served; then the bit moves to ISR, and the CPU is
 * interrupted. EOI clears the highest bit in ISR. So one and the same vector can wait once
 * while it is being served: an edge during its own handler is not lost. LINT0 as ExtINT
 * passes the 8259's interrupts by all of that; those want no EOI here.
 *
 * A vector whose reason is gone before the CPU takes it comes as the spurious one, which
 * has no bit in ISR: an EOI would end some other interrupt too early.
 *
 * It is used where CPUID and its MSR say that it is there and on. A firmware that has
 * switched it off is believed. `nolapic` on the command line: all it does is to pass the 8259's
 * interrupts on, which some firmware has it do already, as if the wire went to the CPU.
 */
#define pr_fmt(fmt) "apic: " fmt

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/smp.h>
#include <asm/apic.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/pit.h>
#include <asm/processor.h>
#include <asm/ptrace.h>
#include <asm/traps.h>
#include <memkern/params.h>
#include <memkern/report.h>
#include "irq.h"
#include "smpboot.h"

#define MSR_APIC_BASE	     0x1b
#define MSR_APIC_BASE_X2APIC BIT(10) /* no registers in memory */
#define MSR_APIC_BASE_ENABLE BIT(11)
#define APIC_BASE_DEFAULT    0xfee00000

/* Polls before an interrupt that is being sent is given up: far more than it ever takes. */
#define ICR_PATIENCE 100000

bool lapic_present;
static bool nolapic;

static int __init set_nolapic(char *value)
{
	nolapic = true;
	return value ? -EINVAL : 0;
}
early_param("nolapic", set_nolapic);

static bool vector_in(unsigned int reg, unsigned int vector)
{
	return apic_read(reg + vector / 32 * 0x10) & BIT(vector % 32);
}

void apic_ack_unexpected(unsigned int vector)
{
	if (lapic_present && vector_in(APIC_ISR, vector))
		apic_eoi();
}

static void spurious_interrupt(struct pt_regs *regs)
{
	apic_ack_unexpected(SPURIOUS_APIC_VECTOR);
	atomic_inc(&irq_spurious_count);
}

static u32 read_error(void)
{
	apic_write(APIC_ESR, 0);
	return apic_read(APIC_ESR);
}

static void error_interrupt(struct pt_regs *regs)
{
	u32 error = read_error();

	apic_eoi();
	atomic_inc(&irq_err_count);
	if (!report_note("APIC error on CPU%u: %02x", smp_processor_id(), error))
		pr_err_ratelimited("APIC error on CPU%u: %02x\n", smp_processor_id(), error);
}

static void wait_icr(void)
{
	unsigned int tries = ICR_PATIENCE;

	while ((apic_read(APIC_ICR) & APIC_ICR_BUSY) && --tries)
		cpu_relax();
}

void apic_send_ipi(u8 apicid, u32 what)
{
	unsigned long flags;

	local_irq_save(flags);
	wait_icr();
	apic_write(APIC_ICR2, (u32)apicid << 24);
	apic_write(APIC_ICR, what);
	wait_icr();
	local_irq_restore(flags);
}

void apic_send_self(unsigned int vector)
{
	apic_send_ipi(0, APIC_DEST_SELF | vector);
}

void apic_ack_irq(struct irq_data *data)
{
	apic_eoi();
}

bool apic_retrigger_irq(struct irq_data *data)
{
	apic_send_self(ISA_IRQ_VECTOR(data->irq));
	return true;
}

/* Where the registers are; 0, and a line that says why, where they cannot be used. */
static phys_addr_t find_registers(void)
{
	u64 base = APIC_BASE_DEFAULT | MSR_APIC_BASE_ENABLE;

	if (!boot_cpu_has(X86_FEATURE_APIC))
		return 0;
	if (boot_cpu_has(X86_FEATURE_MSR))
		rdmsrl(MSR_APIC_BASE, base);
	if (!(base & MSR_APIC_BASE_ENABLE)) {
		pr_info("the firmware has switched the local APIC off\n");
		return 0;
	}
	if (base & MSR_APIC_BASE_X2APIC) {
		pr_info("the firmware has switched to x2APIC, which this kernel does not speak\n");
		return 0;
	}
	return base & GENMASK_ULL(boot_cpu.phys_bits - 1, 12);
}

/* Its version cannot be written, and has a value: else it is something else, or nothing. */
static bool registers_answer(void)
{
	u32 version = apic_read(APIC_LVR);

	apic_write(APIC_LVR, ~version);
	return apic_read(APIC_LVR) == version && GET_APIC_VERSION(version) != 0 &&
	       GET_APIC_VERSION(version) != 0xff;
}

/* What the firmware was serving when it left: nobody else will end it. */
static void end_leftovers(void)
{
	unsigned int vector;

	for (vector = 0; vector < NR_VECTORS; vector++)
		if (vector_in(APIC_ISR, vector))
			apic_eoi();
}

/* The sources of its own, all but the pins, are off. Before SPIV says "on", they cannot be. */
static void setup_local_sources(void)
{
	unsigned int last = GET_APIC_MAXLVT(apic_read(APIC_LVR));

	apic_write(APIC_TASKPRI, 0);
	apic_write(APIC_SPIV, APIC_SPIV_ENABLED | SPURIOUS_APIC_VECTOR);
	apic_write(APIC_LVTT, APIC_LVT_MASKED | LOCAL_TIMER_VECTOR);
	apic_write(APIC_TMICT, 0);
	if (last >= 4)
		apic_write(APIC_LVTPC, APIC_LVT_MASKED);
	if (last >= 5)
		apic_write(APIC_LVTTHMR, APIC_LVT_MASKED);
	apic_write(APIC_LVT0, APIC_LVT_MASKED);
	apic_write(APIC_LVT1, APIC_MODE_NMI);
	read_error();
	if (last >= 3)
		apic_write(APIC_LVTERR, ERROR_APIC_VECTOR);
}

void lapic_pass_8259(bool pass)
{
	apic_write(APIC_LVT0, pass ? APIC_MODE_EXTINT : APIC_LVT_MASKED);
}

/* The registers are mapped already: each CPU sees its own at the same address. */
void lapic_init_secondary(void)
{
	end_leftovers();
	setup_local_sources();
	lapic_timer_init();
}

bool lapic_init(void)
{
	phys_addr_t registers = find_registers();

	if (!registers)
		return false;
	set_fixmap_nocache(FIX_APIC_BASE, registers);
	if (!registers_answer()) {
		pr_warn("nothing that works like a local APIC at %pa\n", &registers);
		clear_fixmap(FIX_APIC_BASE);
		return false;
	}
	set_interrupt_handler(SPURIOUS_APIC_VECTOR, spurious_interrupt);
	set_interrupt_handler(ERROR_APIC_VECTOR, error_interrupt);
	end_leftovers();
	setup_local_sources();
	lapic_pass_8259(true);
	lapic_present = !nolapic;
	return lapic_present;
}
