// SPDX-License-Identifier: MIT
/*
 * The global descriptor table and the task state segments.
 *
 * Segments are flat: base 0, 4 GiB. What the table is really for are two things
 * that page tables cannot do: %fs, whose base is the CPU's per-CPU offset, and
 * the task state segments (TSS), which give the double fault a stack of its own.
 *
 * When the stack has run into its guard page, the CPU cannot push the frame of
 * the page fault, and raises a double fault; through an ordinary gate that would
 * fail in the same way, and a third fault resets the machine. A task gate makes
 * the CPU save all registers in the current TSS and load all of them, stack
 * included, from another one (doublefault.c).
 *
 * Each CPU needs its own of everything here, hence the struct.
 */
#include <linux/percpu.h>
#include <linux/sched.h>
#include <asm/desc.h>
#include <asm/irq_stack.h>
#include <asm/processor.h>
#include <asm/segment.h>
#include "smpboot.h"
#include "traps.h"

/* 128: a TSS must not cross a page, lest the CPU save half of it elsewhere. */
struct cpu_descriptors {
	struct x86_tss tss __aligned(128);
	struct x86_tss double_fault_tss __aligned(128);
	u64 gdt[GDT_ENTRIES];
};

static DEFINE_PER_CPU_ALIGNED(struct cpu_descriptors, descriptors);
DEFINE_PER_CPU(unsigned long, double_fault_stack_top) = (unsigned long)double_fault_stack_end;

static u64 tss_desc(const struct x86_tss *tss)
{
	return segment_desc((u32)(unsigned long)tss, sizeof(*tss) - 1, DESC_TSS, DESC_BYTES);
}

static void tss_init_double_fault(struct x86_tss *tss, unsigned long stack_end)
{
	tss->cr3 = read_cr3();
	tss->ip = (u32)(unsigned long)double_fault_entry;
	tss->flags = X86_EFLAGS_FIXED;
	tss->sp = stack_end;
	tss->cs = __KERNEL_CS;
	tss->ds = tss->es = tss->ss = tss->gs = __KERNEL_DS;
	tss->fs = __KERNEL_PERCPU;
	tss->io_bitmap_base = sizeof(*tss); /* beyond the limit: none */
}

/* Loading a segment register reads the table: the old selectors mean the new entries now. */
static void load_gdt(const u64 *gdt)
{
	struct desc_ptr pointer = {
		.size = GDT_ENTRIES * sizeof(*gdt) - 1,
		.address = (u32)(unsigned long)gdt,
	};

	asm volatile("lgdt %0\n"
		     "	ljmp %1, $1f\n"
		     "1:	movl %2, %%ds\n"
		     "	movl %2, %%es\n"
		     "	movl %2, %%ss\n"
		     "	movl %2, %%gs\n"
		     "	movl %3, %%fs"
		     :
		     : "m"(pointer), "i"(__KERNEL_CS), "r"(__KERNEL_DS), "r"(__KERNEL_PERCPU)
		     : "memory");
}

static void load_tr(u16 selector)
{
	asm volatile("ltr %0" : : "r"(selector));
}

/* Fills in and loads the descriptors of the CPU that runs this. */
static void cpu_init_descriptors(struct cpu_descriptors *cpu, unsigned long percpu_offset,
				 unsigned long double_fault_stack_end)
{
	cpu->gdt[__KERNEL_CS / 8] = segment_desc(0, 0xfffff, DESC_CODE, DESC_FLAT_32BIT);
	cpu->gdt[__KERNEL_DS / 8] = segment_desc(0, 0xfffff, DESC_DATA, DESC_FLAT_32BIT);
	cpu->gdt[__KERNEL_PERCPU / 8] =
		segment_desc(percpu_offset, 0xfffff, DESC_DATA, DESC_FLAT_32BIT);
	cpu->gdt[__KERNEL_TSS / 8] = tss_desc(&cpu->tss);
	cpu->gdt[__DOUBLE_FAULT_TSS / 8] = tss_desc(&cpu->double_fault_tss);

	cpu->tss.io_bitmap_base = sizeof(cpu->tss);
	tss_init_double_fault(&cpu->double_fault_tss, double_fault_stack_end);

	load_gdt(cpu->gdt);
	load_tr(__KERNEL_TSS);
}

void gdt_init(void)
{
	cpu_init_descriptors(&descriptors, 0, (unsigned long)double_fault_stack_end);
}

/* Of a new CPU, by its number: its %fs does not know it yet. */
void cpu_load_descriptors(unsigned int cpu)
{
	cpu_init_descriptors(per_cpu_ptr(&descriptors, cpu), per_cpu_offset(cpu),
			     per_cpu(double_fault_stack_top, cpu));
}

/*
 * Out of the double fault's TSS without a task switch: then the next double fault finds it
 * as it was, and not marked as in use.
 */
void reload_tss(void)
{
	struct cpu_descriptors *cpu = this_cpu_ptr(&descriptors);

	cpu->gdt[__KERNEL_TSS / 8] = tss_desc(&cpu->tss);
	cpu->gdt[__DOUBLE_FAULT_TSS / 8] = tss_desc(&cpu->double_fault_tss);
	load_tr(__KERNEL_TSS);
}

const struct x86_tss *this_cpu_tss(void)
{
	return &this_cpu_ptr(&descriptors)->tss;
}

void load_page_tables(unsigned long cr3)
{
	this_cpu_ptr(&descriptors)->double_fault_tss.cr3 = cr3;
	write_cr3(cr3);
}
