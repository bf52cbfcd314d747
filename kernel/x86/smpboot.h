/* SPDX-License-Identifier: MIT */
/* Between the files that start other CPUs. */
#ifndef _KERNEL_X86_SMPBOOT_H
#define _KERNEL_X86_SMPBOOT_H

#include <linux/threads.h>
#include <linux/types.h>

/* By the number that the kernel gives a CPU; 0 is the boot CPU. */
extern u8 x86_cpu_to_apicid[NR_CPUS];

/* How many CPUs ACPI lists, this one first; at least 1. */
unsigned int smp_find_cpus(u8 apicids[NR_CPUS]);

struct pt_regs;

/* What the new CPU is given: first of the page that it starts in (trampoline.S). */
struct trampoline_header {
	u16 jump_around[2]; /* this header */
	u32 base;	    /* of the page: physical, and its virtual address */
	u32 cr3, cr4, efer_low;
	u32 has_efer;
	u32 stack; /* the end of the idle task's stack */
	u32 entry; /* a function that takes the CPU's number */
	u32 cpu;
} __attribute__((__packed__));

extern const char trampoline_start[], trampoline_end[];

/* gdt.c, idt.c: this CPU's tables. `cpu` is its number; its %fs is right from then on. */
void cpu_load_descriptors(unsigned int cpu);
void load_idt(void);

/* In an NMI: does not return if it was sent to stop this CPU. */
bool stop_for_panic(const struct pt_regs *regs);

/* apic.c: this CPU's own, set up as the boot CPU's is. */
void lapic_init_secondary(void);

#endif
