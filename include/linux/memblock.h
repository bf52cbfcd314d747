/* SPDX-License-Identifier: MIT */
/*
 * The early allocator: what memory there is, what of it is taken, as two
 * sorted lists of ranges. Everything that needs memory before the page
 * allocator exists gets it here; memblock_free_all() hands the rest over and
 * ends its life: after that the lists can be read, and a change or an
 * allocation is a panic. Boot only, one CPU. Behaviour: Linux 6.1.
 */
#ifndef _LINUX_MEMBLOCK_H
#define _LINUX_MEMBLOCK_H

#include <linux/numa.h>
#include <linux/types.h>

/* How many ranges a list has room for at first. It doubles when it is full. */
#ifndef INIT_MEMBLOCK_REGIONS
#define INIT_MEMBLOCK_REGIONS 128
#endif

enum memblock_flags {
	MEMBLOCK_NONE,
};

struct memblock_region {
	phys_addr_t base;
	phys_addr_t size;
};

struct memblock_type {
	const char *name;
	unsigned long cnt; /* regions in use: sorted, disjoint, not touching */
	unsigned long max;
	phys_addr_t total_size;
	struct memblock_region *regions;
};

struct memblock {
	phys_addr_t current_limit; /* allocations end at or below it */
	struct memblock_type memory;
	struct memblock_type reserved;
};

extern struct memblock memblock;

#define MEMBLOCK_ALLOC_ANYWHERE	  (~(phys_addr_t)0)
#define MEMBLOCK_ALLOC_ACCESSIBLE 0 /* up to current_limit */

/*
 * Changing the lists. Ranges may overlap known ones, in any way; one that runs
 * past 2^64 is cut there; an empty one is none. 0, or -ENOMEM (reported) when
 * the list is full and there is no room for a larger one.
 *
 * memblock_phys_free() and memblock_free() take a range out of the reserved ones.
 */
int memblock_add(phys_addr_t base, phys_addr_t size);
int memblock_remove(phys_addr_t base, phys_addr_t size);
int memblock_reserve(phys_addr_t base, phys_addr_t size);
int memblock_phys_free(phys_addr_t base, phys_addr_t size);
void memblock_free(void *ptr, size_t size);

/* From now on full lists may grow: the caller has reserved whatever must not be overwritten. */
void memblock_allow_resize(void);

/*
 * Free memory, highest address first; aligned to `align`, a power of two (0: a
 * cache line); never page 0. NULL or 0 when there is none, or for size 0.
 *
 * The forms that return a pointer stay below current_limit, whatever max_addr
 * says, and zero the memory. min_addr is a wish: without room above it, memory
 * below is taken.
 */
void *memblock_alloc(phys_addr_t size, phys_addr_t align);
void *memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
			     phys_addr_t max_addr, int nid);
phys_addr_t memblock_phys_alloc_range(phys_addr_t size, phys_addr_t align, phys_addr_t start,
				      phys_addr_t end);

/* Memory above has no address yet: the boot page tables reach to 1 GiB, the final ones less far. */
void memblock_set_current_limit(phys_addr_t limit);

/* Sums and ends of the lists, in bytes; 0 for an empty one. */
phys_addr_t memblock_phys_mem_size(void);
phys_addr_t memblock_reserved_size(void);
phys_addr_t memblock_start_of_DRAM(void);
phys_addr_t memblock_end_of_DRAM(void);

/* A region is memory if all of it is, and reserved if any of it is. */
bool memblock_is_memory(phys_addr_t address);
bool memblock_is_reserved(phys_addr_t address);
bool memblock_is_region_memory(phys_addr_t base, phys_addr_t size);
bool memblock_is_region_reserved(phys_addr_t base, phys_addr_t size);

/*
 * Walking, in rising order: `i` is a u64 cursor. The free form gives memory that
 * is not reserved; with one node, and memory of one kind, `nid` and `flags` select
 * nothing. p_nid may be NULL. The lists must not change meanwhile.
 */
void __next_mem_range(u64 *i, const struct memblock_type *type, phys_addr_t *start,
		      phys_addr_t *end);
void __next_free_mem_range(u64 *i, phys_addr_t *start, phys_addr_t *end, int *nid);

#define for_each_mem_range(i, start, end)                                             \
	for (i = 0, __next_mem_range(&i, &memblock.memory, start, end); i != ~(u64)0; \
	     __next_mem_range(&i, &memblock.memory, start, end))
#define for_each_reserved_mem_range(i, start, end)                                      \
	for (i = 0, __next_mem_range(&i, &memblock.reserved, start, end); i != ~(u64)0; \
	     __next_mem_range(&i, &memblock.reserved, start, end))
#define for_each_free_mem_range(i, nid, flags, p_start, p_end, p_nid)               \
	for (i = 0, __next_free_mem_range(&i, p_start, p_end, p_nid); i != ~(u64)0; \
	     __next_free_mem_range(&i, p_start, p_end, p_nid))

#endif
