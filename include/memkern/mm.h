/* SPDX-License-Identifier: MIT */
/* What the boot asks of the memory manager. */
#ifndef _MEMKERN_MM_H
#define _MEMKERN_MM_H

#include <linux/types.h>

/* From the sanitised memory map to a working page allocator. Boot, once. */
void mm_init(void);

/* What that took, and the mem_map's part of it: ticks of the TSC; the mem_map's bytes. */
struct mm_init_cost {
	u64 ticks;
	u64 mem_map_ticks;
	unsigned long mem_map_bytes;
};
extern struct mm_init_cost mm_init_cost;

#endif
