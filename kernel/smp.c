// SPDX-License-Identifier: MIT
/*
 * The CPUs that there are, and functions called on one of them. So far there is one: what is
 * called on it runs at once, with interrupts off, as an interrupt from another would do it.
 */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/smp.h>

struct cpumask __cpu_possible_mask = { { 1 } };
struct cpumask __cpu_online_mask = { { 1 } };

static const struct cpumask single_cpu[NR_CPUS] = {
	{ { 1 << 0 } }, { { 1 << 1 } }, { { 1 << 2 } }, { { 1 << 3 } },
	{ { 1 << 4 } }, { { 1 << 5 } }, { { 1 << 6 } }, { { 1 << 7 } },
};

const struct cpumask *cpumask_of(unsigned int cpu)
{
	return &single_cpu[cpu];
}

int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait)
{
	unsigned long flags;

	if (!cpu_online(cpu))
		return -ENXIO;
	local_irq_save(flags);
	func(info);
	local_irq_restore(flags);
	return 0;
}

/* There is no other. */
void smp_call_function(smp_call_func_t func, void *info, int wait)
{
}

void on_each_cpu(smp_call_func_t func, void *info, int wait)
{
	smp_call_function_single(smp_processor_id(), func, info, wait);
}
