// SPDX-License-Identifier: MIT
/* Counters of the memory manager (linux/vmstat.h). Locking: none; any context. */
#include <linux/cpumask.h>
#include <linux/vmstat.h>

DEFINE_PER_CPU(struct vm_event_state, vm_event_states);
atomic_t vm_node_stat[NR_VM_NODE_STAT_ITEMS];

void all_vm_events(unsigned long *ret)
{
	unsigned int cpu, item;

	for (item = 0; item < NR_VM_EVENT_ITEMS; item++) {
		ret[item] = 0;
		for_each_possible_cpu(cpu)
			ret[item] += per_cpu_ptr(&vm_event_states, cpu)->event[item];
	}
}
