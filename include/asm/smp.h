/* SPDX-License-Identifier: MIT */
/* CPUs: found, brought up, and interrupted by each other. */
#ifndef _ASM_SMP_H
#define _ASM_SMP_H

#include <linux/percpu-defs.h>
#include <linux/types.h>

struct cpumask;
struct task_struct;

/*
 * In the boot. setup_per_cpu_areas() finds out by ACPI how many CPUs there may be and gives
 * each its copy of the per-CPU variables: while memblock allocates, before anything has a
 * per-CPU part. smp_setup_vectors() takes the vectors of the interrupts below.
 */
void setup_per_cpu_areas(void);
void smp_setup_vectors(void);

/*
 * Starts a CPU, whose idle task is `idle`. 0 when it runs; -EIO if it does not answer. Process
 * context, sleeps.
 */
int native_cpu_up(unsigned int cpu, struct task_struct *idle);

/* Interrupts of other CPUs: any context. Nothing happens where there is no local APIC. */
void smp_send_reschedule(int cpu);
void arch_send_call_function_single_ipi(int cpu);

/* How many this CPU has sent and taken: of those above, by kind. */
struct ipi_counts {
	unsigned long reschedules_sent, calls_sent;
	unsigned long reschedules_taken, calls_taken;
};

DECLARE_PER_CPU(struct ipi_counts, ipi_counts);

/* Every other CPU reports what it does, once, and stops. For panics. */
void smp_send_stop(void);

/* On the new CPU: the rest of its start, in kernel/smp.c. */
void __attribute__((__noreturn__)) cpu_startup_entry(void);

#endif
