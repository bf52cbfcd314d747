/* SPDX-License-Identifier: MIT */
/* Which CPU this is, and functions called on others. */
#ifndef _LINUX_SMP_H
#define _LINUX_SMP_H

#include <linux/cpumask.h>
#include <linux/percpu.h>

DECLARE_PER_CPU(unsigned int, cpu_number);

#define raw_smp_processor_id() this_cpu_read(cpu_number)
#define smp_processor_id()     raw_smp_processor_id()

#define get_cpu()                   \
	({                          \
		preempt_disable();  \
		smp_processor_id(); \
	})
#define put_cpu() preempt_enable()

typedef void (*smp_call_func_t)(void *info);

/*
 * func(info) on other CPUs: there in interrupt context, on this one with interrupts off. `wait`:
 * returns when it is done everywhere. Not with interrupts off where there are others, or two
 * CPUs would wait for each other; not from interrupt context.
 *
 * smp_call_function_single	one, this one too. 0, or -ENXIO: there is no such CPU that runs
 * smp_call_function_many	those of the mask, but this one; preemption is off
 * smp_call_function		all others
 * on_each_cpu, _mask		this one too
 */
int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait);
void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info,
			    bool wait);
void smp_call_function(smp_call_func_t func, void *info, int wait);
void on_each_cpu(smp_call_func_t func, void *info, int wait);
void on_each_cpu_mask(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait);

/* In the interrupt that another CPU sent for it. */
void generic_smp_call_function_interrupt(void);

/* Boot: starts the CPUs that were found. */
void smp_init(void);

#endif
