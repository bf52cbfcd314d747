/* SPDX-License-Identifier: MIT */
/* Which node a CPU is on: there is one. */
#ifndef _LINUX_TOPOLOGY_H
#define _LINUX_TOPOLOGY_H

#include <linux/numa.h>

#define numa_node_id()	 0
#define numa_mem_id()	 0
#define cpu_to_node(cpu) ((void)(cpu), 0)
#define cpu_to_mem(cpu)	 ((void)(cpu), 0)

#endif
