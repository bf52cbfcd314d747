/* SPDX-License-Identifier: MIT */
/* Which CPU this is, and how many there are. */
#ifndef _LINUX_SMP_H
#define _LINUX_SMP_H

#include <linux/percpu.h>

DECLARE_PER_CPU(unsigned int, cpu_number);

extern unsigned int nr_cpu_ids; /* CPUs that were found: ids are 0 .. nr_cpu_ids - 1 */

#define raw_smp_processor_id() this_cpu_read(cpu_number)
#define smp_processor_id()     raw_smp_processor_id()
#define num_online_cpus()      nr_cpu_ids
#define num_possible_cpus()    nr_cpu_ids

#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < nr_cpu_ids; (cpu)++)
#define for_each_online_cpu(cpu)   for_each_possible_cpu(cpu)
#define for_each_present_cpu(cpu)  for_each_possible_cpu(cpu)

#define get_cpu()                   \
	({                          \
		preempt_disable();  \
		smp_processor_id(); \
	})
#define put_cpu() preempt_enable()

typedef void (*smp_call_func_t)(void *info);

/*
 * func(info) on that CPU, with interrupts off; `wait`: returns when it is done. 0, or -ENXIO:
 * there is no such CPU, or it does not run.
 */
int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait);
/* On all of them, this one included. */
void on_each_cpu(smp_call_func_t func, void *info, int wait);
/* On all others. */
void smp_call_function(smp_call_func_t func, void *info, int wait);

#endif
