/* SPDX-License-Identifier: MIT */
/* Nodes, of which there is one: for interfaces that ask on which one memory shall lie. */
#ifndef _LINUX_NUMA_H
#define _LINUX_NUMA_H

#define NODES_SHIFT  0
#define MAX_NUMNODES (1 << NODES_SHIFT)
#define NUMA_NO_NODE (-1) /* any */

#endif
