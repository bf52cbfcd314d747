// SPDX-License-Identifier: MIT
/*
 * The per-CPU areas.
 *
 *	the image       | __per_cpu_start ... __per_cpu_end |	CPU 0 uses it in place
 *	memblock              | a copy |  | a copy | ...	CPU 1, CPU 2, ...
 *
 * A variable's copy of CPU n is at its address plus __per_cpu_offset[n]; that is also the base
 * of the CPU's %fs. The copies are made of CPU 0's, early, when little of it has been used:
 * what has been is set here.
 */
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/page.h>
#include <asm/smp.h>
#include <memkern/params.h>
#include "irq.h"
#include "smpboot.h"

extern char __per_cpu_start[], __per_cpu_end[];

u8 x86_cpu_to_apicid[NR_CPUS];

static unsigned int maxcpus = NR_CPUS;

static int __init set_maxcpus(char *value)
{
	return value ? kstrtouint(value, 0, &maxcpus) : -EINVAL;
}
early_param("maxcpus", set_maxcpus);

static int __init set_nosmp(char *value)
{
	maxcpus = 1;
	return value ? -EINVAL : 0;
}
early_param("nosmp", set_nosmp);

/* The offsets have to be smaller than the vmalloc window: see mm/percpu.c. */
#define COPIES_BELOW (32 << 20)

/* The copies lie in their page where the image does, or they would be less aligned. */
static void __init setup_area(unsigned int cpu)
{
	size_t before = offset_in_page(__per_cpu_start), size = __per_cpu_end - __per_cpu_start;
	phys_addr_t low = memblock_phys_alloc_range(before + size, PAGE_SIZE, 0, COPIES_BELOW);
	char *area = low ? __va(low) : memblock_alloc(before + size, PAGE_SIZE);

	if (!area)
		panic("no memory for the variables of CPU %u", cpu);
	area += before;
	memcpy(area, __per_cpu_start, size);
	__per_cpu_offset[cpu] = area - __per_cpu_start;
	per_cpu(this_cpu_off, cpu) = __per_cpu_offset[cpu];
	per_cpu(cpu_number, cpu) = cpu;
	per_cpu(__preempt_count, cpu) = PREEMPT_ENABLED;
	cpumask_set_cpu(cpu, &__cpu_possible_mask);
}

void __init setup_per_cpu_areas(void)
{
	unsigned int cpu;

	nr_cpu_ids = clamp(smp_find_cpus(x86_cpu_to_apicid), 1U, max(maxcpus, 1U));
	for (cpu = 1; cpu < nr_cpu_ids; cpu++)
		setup_area(cpu);
}
