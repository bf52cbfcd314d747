/* SPDX-License-Identifier: MIT */
/* What all CPUs together do and have done: for `vmstat`. */
#ifndef _MEMKERN_CPU_TOTALS_H
#define _MEMKERN_CPU_TOTALS_H

#include <linux/types.h>

struct cpu_totals {
	unsigned int runnable; /* tasks, those that run included */
	unsigned int blocked;  /* those that wait for what must come: a disk, memory */
	/* Since boot: */
	u64 interrupts, switches;
	u64 idle_ns, up_ns;
};

void get_cpu_totals(struct cpu_totals *totals);

#endif
