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
 *	                                                          `used` a unit of 8 bytes
 *
 * When the reserve is full, another chunk of its size is made of vmalloc()'s pages. Each CPU's
 * part has to lie as far from CPU 0's as its copy of the section does; in the vmalloc window
 * any address can be had that is free, so they are asked for at exactly these:
 *
 *	window:  ... [chunk of CPU 0]  ...  [of CPU 1] [of CPU 2] ...
 *	             base                   base + offset 1, base + offset 2
 *
 * It begins at the window's end, which is used last. So that the offsets are smaller than the
 * window, the copies of the section lie below 32 MiB (kernel/x86/setup_percpu.c). A chunk that
 * becomes empty is given back.
 *
 * Worked example: a slab cache's 8-byte struct for each CPU takes one unit: the first
 * whose bit is clear. Freeing clears the bits again; their number is kept in a second map,
 * where the last unit of each piece has its bit set. A piece of 32 KiB never fits into a reserve
 * that caches use; with 4 CPUs it gets a chunk of its own, of 32 pages.
 *
 * Cost: a search of the maps; not for fast paths. The copies are found by one addition.
 *
 * Invariants (percpu_check()):
 *	I-percpu-1  a unit that ends a piece is in use, and where use ends, a piece does
 *	I-percpu-2  nr_used is the number of units in use; a chunk beside the reserve is not empty
 *	I-percpu-3  each CPU's part of a chunk is mapped, and no two chunks overlap
 *
 * Locking: percpu_lock, with interrupts off. Allocation from process context, for a chunk is
 * made by vmalloc(); other flags get what is there. Freeing from any but NMI.
 *
 * Left out: pieces above 32 KiB; more than 64 chunks, which are 2 MiB a CPU.
 */
#include <linux/align.h>
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/pgtable.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "internal.h"

#define UNIT	    8
#define CHUNK_SIZE  PCPU_MIN_UNIT_SIZE
#define CHUNK_UNITS (CHUNK_SIZE / UNIT)
#define PLACES_MOST 64 /* that are tried for a new chunk */

struct chunk {
	struct chunk *next;
	u8 *base; /* CPU 0's part */
	unsigned int nr_used;
	DECLARE_BITMAP(used, CHUNK_UNITS);
	DECLARE_BITMAP(ends, CHUNK_UNITS); /* last unit of a piece */
};

static DEFINE_PER_CPU(u8, reserve[CHUNK_SIZE]) __aligned(64);
static struct chunk first_chunk = { .base = reserve };
static DEFINE_SPINLOCK(percpu_lock); /* the chunks, and what is in them */

/* --- chunks ------------------------------------------------------------------------------- */

static void unmap_parts(u8 *base, unsigned int nr_cpus)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpus; cpu++)
		vfree_atomic(per_cpu_ptr(base, cpu));
}

static bool map_parts(u8 *base, gfp_t gfp)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		unsigned long start = (unsigned long)per_cpu_ptr(base, cpu);

		if (__vmalloc_node_range(CHUNK_SIZE, PAGE_SIZE, start,
					 start + CHUNK_SIZE + PAGE_SIZE, gfp | __GFP_NOWARN,
					 PAGE_KERNEL, 0, NUMA_NO_NODE, __alloc_percpu_gfp))
			continue;
		unmap_parts(base, cpu);
		return false;
	}
	return true;
}

/*
 * The copies beside CPU 0's lie together: in steps as long as from the first to the last of
 * them the parts of one chunk do not meet those of the next.
 */
static u8 *map_somewhere(gfp_t gfp)
{
	unsigned long least = ULONG_MAX, most = 0, base, step, place;
	unsigned int cpu;

	for (cpu = 1; cpu < nr_cpu_ids; cpu++) {
		least = min(least, per_cpu_offset(cpu));
		most = max(most, per_cpu_offset(cpu));
	}
	step = CHUNK_SIZE + PAGE_SIZE + (most ? most - least : 0);
	if (most > VMALLOC_TOTAL)
		return NULL;
	base = (VMALLOC_END & PAGE_MASK) - most - CHUNK_SIZE - PAGE_SIZE;
	for (place = 0; place < PLACES_MOST && base >= VMALLOC_START; place++, base -= step)
		if (map_parts((u8 *)base, gfp))
			return (u8 *)base;
	return NULL;
}

/* Under percpu_lock: takes it out of the list if nothing of it is used. */
static bool remove_if_empty(struct chunk *chunk)
{
	struct chunk *before = &first_chunk;

	if (chunk->nr_used || chunk == &first_chunk)
		return false;
	while (before->next != chunk)
		before = before->next;
	before->next = chunk->next;
	return true;
}

/* --- pieces -------------------------------------------------------------------------------- */

static u8 *take_units(struct chunk *chunk, unsigned int units, size_t align)
{
	unsigned long start = bitmap_find_next_zero_area_off(chunk->used, CHUNK_UNITS, 0, units,
							     max_t(size_t, align / UNIT, 1) - 1,
							     (unsigned long)chunk->base / UNIT);

	if (start + units > CHUNK_UNITS)
		return NULL;
	bitmap_set(chunk->used, start, units);
	__set_bit(start + units - 1, chunk->ends);
	chunk->nr_used += units;
	return chunk->base + start * UNIT;
}

static u8 *take_piece(unsigned int units, size_t align)
{
	struct chunk *chunk;
	unsigned long flags;
	u8 *piece = NULL;

	spin_lock_irqsave(&percpu_lock, flags);
	for (chunk = &first_chunk; chunk && !piece; chunk = chunk->next)
		if (CHUNK_UNITS - chunk->nr_used >= units)
			piece = take_units(chunk, units, align);
	spin_unlock_irqrestore(&percpu_lock, flags);
	return piece;
}

/* Out of a new chunk, which so is never seen empty. */
static u8 *take_from_new_chunk(unsigned int units, size_t align, gfp_t gfp)
{
	struct chunk *chunk;
	unsigned long flags;
	u8 *piece;

	/* A place that is taken stays so: not with __GFP_NOFAIL. And no zone is asked for. */
	gfp &= GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN;
	chunk = kzalloc(sizeof(*chunk), gfp | __GFP_NOWARN);
	if (chunk)
		chunk->base = map_somewhere(gfp);
	if (!chunk || !chunk->base) {
		kfree(chunk);
		return NULL;
	}
	spin_lock_irqsave(&percpu_lock, flags);
	piece = take_units(chunk, units, align);
	chunk->next = first_chunk.next;
	first_chunk.next = chunk;
	spin_unlock_irqrestore(&percpu_lock, flags);
	return piece;
}

void *__alloc_percpu_gfp(size_t size, size_t align, gfp_t gfp)
{
	unsigned int cpu, units = DIV_ROUND_UP(size, UNIT);
	u8 *piece;

	might_alloc(gfp);
	align = max_t(size_t, align, 4);
	if (unlikely(!size || size > CHUNK_SIZE || align > PAGE_SIZE || !is_power_of_2(align))) {
		WARN_ON(!(gfp & __GFP_NOWARN));
		return NULL;
	}
	piece = take_piece(units, align);
	if (!piece && gfpflags_allow_blocking(gfp) && preemptible())
		piece = take_from_new_chunk(units, align, gfp);
	if (!piece)
		return NULL;
	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(piece, cpu), 0, units * UNIT);
	return piece;
}

void *__alloc_percpu(size_t size, size_t align)
{
	return __alloc_percpu_gfp(size, align, GFP_KERNEL);
}

static struct chunk *chunk_of(const u8 *piece)
{
	struct chunk *chunk = &first_chunk;

	while (chunk && (unsigned long)(piece - chunk->base) >= CHUNK_SIZE)
		chunk = chunk->next;
	return chunk;
}

/* The unit begins a piece. */
static bool is_piece(const struct chunk *chunk, unsigned long start)
{
	return test_bit(start, chunk->used) &&
	       (!start || !test_bit(start - 1, chunk->used) || test_bit(start - 1, chunk->ends));
}

void free_percpu(void *pointer)
{
	unsigned long start, end, flags;
	struct chunk *chunk;
	bool empty = false;

	if (!pointer)
		return;
	spin_lock_irqsave(&percpu_lock, flags);
	chunk = chunk_of(pointer);
	start = chunk ? ((u8 *)pointer - chunk->base) / UNIT : 0;
	if (chunk && is_piece(chunk, start)) {
		end = find_next_bit(chunk->ends, CHUNK_UNITS, start);
		bitmap_clear(chunk->used, start, end + 1 - start);
		__clear_bit(end, chunk->ends);
		chunk->nr_used -= end + 1 - start;
		empty = remove_if_empty(chunk);
		pointer = NULL;
	}
	spin_unlock_irqrestore(&percpu_lock, flags);
	WARN_ON(pointer);
	if (!empty)
		return;
	unmap_parts(chunk->base, nr_cpu_ids);
	kfree(chunk);
}

/* --- looking and checking --------------------------------------------------------------------- */

void percpu_get_info(struct percpu_info *info)
{
	const struct chunk *chunk;
	unsigned long flags;

	*info = (struct percpu_info){};
	spin_lock_irqsave(&percpu_lock, flags);
	for (chunk = &first_chunk; chunk; chunk = chunk->next) {
		info->chunks++;
		info->size += CHUNK_SIZE;
		info->used += chunk->nr_used * UNIT;
		info->pieces += bitmap_weight(chunk->ends, CHUNK_UNITS);
	}
	spin_unlock_irqrestore(&percpu_lock, flags);
}

bool percpu_contains(unsigned long address, unsigned int *cpu)
{
	unsigned long flags;
	bool found = false;

	spin_lock_irqsave(&percpu_lock, flags);
	for (*cpu = 0; *cpu < nr_cpu_ids; ++*cpu) {
		found = chunk_of((u8 *)address - per_cpu_offset(*cpu));
		if (found)
			break;
	}
	spin_unlock_irqrestore(&percpu_lock, flags);
	return found;
}

static int check_units(const struct chunk *chunk)
{
	unsigned long unit, end;
	int found = 0;

	for_each_set_bit(unit, chunk->ends, CHUNK_UNITS)
		if (!test_bit(unit, chunk->used))
			found += mm_problem("I-percpu-1", "unit %lu ends a piece, but is free",
					    unit);
	for (end = 0; (unit = find_next_bit(chunk->used, CHUNK_UNITS, end)) < CHUNK_UNITS;) {
		end = find_next_zero_bit(chunk->used, CHUNK_UNITS, unit);
		if (!test_bit(end - 1, chunk->ends))
			found += mm_problem("I-percpu-1",
					    "unit %lu is the last in use, but ends no piece",
					    end - 1);
	}
	unit = bitmap_weight(chunk->used, CHUNK_UNITS);
	if (chunk->nr_used != unit || (!unit && chunk != &first_chunk))
		found += mm_problem("I-percpu-2", "%px: %u units in use, the map says %lu",
				    chunk->base, chunk->nr_used, unit);
	return found;
}

static int check_place(const struct chunk *chunk)
{
	const struct chunk *other;
	unsigned int cpu;
	int found = 0;

	for_each_possible_cpu(cpu) {
		unsigned long part = (unsigned long)per_cpu_ptr(chunk->base, cpu), offset;
		unsigned int level;

		for (offset = 0; offset < CHUNK_SIZE; offset += PAGE_SIZE) {
			pte_t *pte = lookup_address(part + offset, &level);

			if (!pte || !pte_present(*pte))
				found += mm_problem("I-percpu-3", "%08lx of CPU %u is not mapped",
						    part + offset, cpu);
		}
	}
	for (other = chunk->next; other; other = other->next)
		if ((unsigned long)(other->base - chunk->base + CHUNK_SIZE - 1) <
		    2 * CHUNK_SIZE - 1)
			found += mm_problem("I-percpu-3", "chunks %px and %px overlap", chunk->base,
					    other->base);
	return found;
}

int percpu_check(void)
{
	const struct chunk *chunk;
	unsigned long flags;
	int found = 0;

	spin_lock_irqsave(&percpu_lock, flags);
	for (chunk = &first_chunk; chunk; chunk = chunk->next)
		found += check_units(chunk) + check_place(chunk);
	spin_unlock_irqrestore(&percpu_lock, flags);
	return found;
}
