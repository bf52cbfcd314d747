// SPDX-License-Identifier: MIT
/*
 * The per-CPU allocator: variables of which each CPU has one, made at run time.
 *
 * The static per-CPU variables lie together in one section, of which each CPU has a copy;
 * a variable's address plus the CPU's offset is that CPU's copy. This allocator hands out
 * pieces of a reserve at the end of that section, so what it gives is found in the same way:
 *
 *	.data..percpu of CPU 0:  [ static variables | reserve: [a][b][    ][c][        ] ]
 *	                                                        ^ __alloc_percpu(): one bit of
 *	                                                          reserve_map a unit of 8 bytes
 *
 * Worked example: a slab cache's 8-byte struct for each CPU takes one unit: the first
 * whose bit is clear. Freeing clears the bits again; their number is kept in a second map,
 * where the last unit of each piece has its bit set.
 *
 * Cost: a search of the map; not for fast paths. The copies are found by one addition.
 *
 * Invariants:
 *	I-percpu-1  a unit that ends a piece is in use (percpu_check())
 *
 * Locking: percpu_lock, with interrupts off. Allocation from process context, for it will sleep
 * when the reserve can grow; freeing from any but NMI.
 *
 * Left out: growing. The reserve is what there is; a full one gives NULL.
 */
#include <linux/align.h>
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "internal.h"

#define UNIT	      8
#define RESERVE_SIZE  (32 * 1024)
#define RESERVE_UNITS (RESERVE_SIZE / UNIT)

static DEFINE_PER_CPU(u8, reserve[RESERVE_SIZE]) __aligned(64);
static DECLARE_BITMAP(reserve_map, RESERVE_UNITS); /* in use */
static DECLARE_BITMAP(piece_ends, RESERVE_UNITS);  /* last unit of a piece */
static DEFINE_SPINLOCK(percpu_lock);

void *__alloc_percpu(size_t size, size_t align)
{
	unsigned long units = DIV_ROUND_UP(size, UNIT), start, flags;
	unsigned long align_units = max_t(size_t, align / UNIT, 1);
	unsigned int cpu;

	might_sleep();
	if (WARN_ON(!size || size > RESERVE_SIZE || align > PAGE_SIZE || !is_power_of_2(align)))
		return NULL;
	spin_lock_irqsave(&percpu_lock, flags);
	start = bitmap_find_next_zero_area_off(reserve_map, RESERVE_UNITS, 0, units,
					       align_units - 1, (unsigned long)reserve / UNIT);
	if (start + units <= RESERVE_UNITS) {
		bitmap_set(reserve_map, start, units);
		__set_bit(start + units - 1, piece_ends);
	}
	spin_unlock_irqrestore(&percpu_lock, flags);
	if (start + units > RESERVE_UNITS)
		return NULL;
	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(&reserve[start * UNIT], cpu), 0, units * UNIT);
	return &reserve[start * UNIT];
}

void free_percpu(void *pointer)
{
	unsigned long start = ((u8 *)pointer - reserve) / UNIT, end, flags;

	if (!pointer)
		return;
	if (WARN_ON((u8 *)pointer < reserve || start >= RESERVE_UNITS ||
		    !test_bit(start, reserve_map)))
		return;
	spin_lock_irqsave(&percpu_lock, flags);
	end = find_next_bit(piece_ends, RESERVE_UNITS, start);
	bitmap_clear(reserve_map, start, end + 1 - start);
	__clear_bit(end, piece_ends);
	spin_unlock_irqrestore(&percpu_lock, flags);
}

int percpu_check(void)
{
	unsigned long unit;
	int found = 0;

	for_each_set_bit(unit, piece_ends, RESERVE_UNITS)
		if (!test_bit(unit, reserve_map))
			found += mm_problem("I-percpu-1", "unit %lu ends a piece, but is free",
					    unit);
	return found;
}
