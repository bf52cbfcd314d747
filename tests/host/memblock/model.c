// SPDX-License-Identifier: MIT
/*
 * memblock against a naive model: two arrays of flags, one for each unit of the address space.
 *
 *     units   0 .. 2047          512 bytes each: the RAM that can be touched
 *             2048               from there to 4 GiB, in one
 *             2049 .. 2112       1 MiB each
 *             2113               from there nearly to the top, in one
 *             2114 .. 2129       3 bytes each, up to the last address but one
 *
 * Every range that is tried begins and ends between two units, so that the model is exact.
 * An operation sets or clears flags; then both lists, the free ranges, the totals and some
 * questions are compared, the contents of what was allocated too. memblock also moves its
 * own arrays: the model is told by looking where they are, and judges the place.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/memblock.h>
#include <linux/string.h>

#include "../../../mm/internal.h"
#include "../e820/host.h"
#include "tests.h"

#define RAM_UNIT  512UL
#define RAM_UNITS (RAM_SIZE / RAM_UNIT)
#define MID_UNITS 64
#define TOP_UNITS 16
#define UNITS	  (RAM_UNITS + 1 + MID_UNITS + 1 + TOP_UNITS)

#define JUNK 0xa5

static u64 edge[UNITS + 1]; /* unit u is [edge[u], edge[u + 1]) */
static u8 memory[UNITS], reserved[UNITS], available[UNITS];

/* Where the lists' arrays are, in units; none while they are in the image. */
static struct array {
	const struct memblock_type *type;
	const struct memblock_region *at, *in_image;
	unsigned int first, end;
} arrays[2] = { { .type = &memblock.memory }, { .type = &memblock.reserved } };

static u64 random_state;

static u64 random64(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1dULL;
}

static unsigned int below(unsigned int limit)
{
	return (random64() >> 32) % limit;
}

static bool complain(const char *what, u64 number)
{
	host_note("%s: 0x%llx", what, number);
	return false;
}

static void draw_edges(void)
{
	unsigned int u = 0, i;

	for (i = 0; i < RAM_UNITS; i++)
		edge[u++] = i * RAM_UNIT;
	edge[u++] = RAM_SIZE;
	for (i = 0; i < MID_UNITS; i++)
		edge[u++] = (4ULL << 30) + ((u64)i << 20);
	edge[u++] = (4ULL << 30) + ((u64)MID_UNITS << 20);
	for (i = TOP_UNITS + 1; i--;)
		edge[u++] = PHYS_ADDR_MAX - 3 * i;
}

static unsigned int unit_of(u64 address)
{
	unsigned int low = 0, high = UNITS;

	while (high - low > 1) {
		unsigned int middle = (low + high) / 2;

		if (edge[middle] <= address)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* --- comparing --------------------------------------------------------------- */

/* The next run of set flags from *u on; false if there is none. */
static bool next_run(const u8 *flags, unsigned int *u, u64 *start, u64 *end)
{
	while (*u < UNITS && !flags[*u])
		++*u;
	if (*u == UNITS)
		return false;
	*start = edge[*u];
	while (*u < UNITS && flags[*u])
		++*u;
	*end = edge[*u];
	return true;
}

/* One more range of memblock's: is it the model's next? */
static bool same_run(const u8 *flags, unsigned int *u, u64 start, u64 end)
{
	u64 run_start, run_end;

	if (!next_run(flags, u, &run_start, &run_end))
		return complain("a range too many", start);
	if (start != run_start)
		return complain("a range begins wrongly", start);
	return end == run_end || complain("a range ends wrongly", end);
}

static bool same_list(const u8 *flags, const struct memblock_type *type)
{
	u64 cursor = 0, start, end, total = 0;
	unsigned int u = 0;

	for (;;) {
		__next_mem_range(&cursor, type, &start, &end);
		if (cursor == U64_MAX)
			break;
		if (!same_run(flags, &u, start, end))
			return complain(type->name, start);
		total += end - start;
	}
	if (next_run(flags, &u, &start, &end))
		return complain("a range is missing", start);
	return total == type->total_size || complain("total_size", type->total_size);
}

static bool same_free_ranges(void)
{
	u64 cursor, start, end;
	unsigned int u;

	for (u = 0; u < UNITS; u++)
		available[u] = memory[u] && !reserved[u];
	u = 0;
	for_each_free_mem_range(cursor, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		if (!same_run(available, &u, start, end))
			return complain("free", start);
	}
	return !next_run(available, &u, &start, &end) || complain("a free range is missing", start);
}

static bool same_answers(void)
{
	unsigned int first = below(UNITS), end = min(first + 1 + below(40), (unsigned int)UNITS);
	u64 base = edge[first], size = edge[end] - base;
	bool all = true, any = false;
	unsigned int u;

	for (u = first; u < end; u++) {
		all = all && memory[u];
		any = any || reserved[u];
	}
	if (memblock_is_memory(base) != memory[first] ||
	    memblock_is_memory(edge[first + 1] - 1) != memory[first])
		return complain("memblock_is_memory", base);
	if (memblock_is_reserved(base) != reserved[first])
		return complain("memblock_is_reserved", base);
	if (memblock_is_region_memory(base, size) != all)
		return complain("memblock_is_region_memory", base);
	return memblock_is_region_reserved(base, size) == any ||
	       complain("memblock_is_region_reserved", base);
}

static bool same(void)
{
	return !memblock_check() && same_list(memory, &memblock.memory) &&
	       same_list(reserved, &memblock.reserved) && same_free_ranges() && same_answers();
}

/* --- memblock's own arrays --------------------------------------------------- */

static void mark(u8 *flags, unsigned int first, unsigned int end, u8 value)
{
	memset(flags + first, value, end - first);
}

static bool overlap(const struct array *array, unsigned int first, unsigned int end)
{
	return array->at != array->in_image && array->first < end && first < array->end;
}

static bool has_moved(const struct array *array)
{
	return array->type->regions != array->at;
}

/* The old place is free, maybe for the other list's array. */
static void leave_place(struct array *array)
{
	if (array->at == array->in_image)
		return;
	mark(reserved, array->first, array->end, 0);
	mark(available, array->first, array->end, 1);
}

/* The new place was free, is within reach, and not what the operation was about? */
static bool take_place(struct array *array, unsigned int first, unsigned int end)
{
	u64 place = __pa(array->type->regions);
	u64 size = PAGE_ALIGN(array->type->max * sizeof(struct memblock_region));
	unsigned int u;

	if (place < PAGE_SIZE || place % PAGE_SIZE || place + size > memblock.current_limit)
		return complain("an array is out of reach", place);
	array->at = array->type->regions;
	array->first = unit_of(place);
	array->end = unit_of(place + size);
	for (u = array->first; u < array->end; u++) {
		if (!available[u])
			return complain("an array is where no memory was free", edge[u]);
		if (u >= first && u < end)
			return complain("an array is where the operation was", edge[u]);
	}
	mark(reserved, array->first, array->end, 1);
	mark(available, array->first, array->end, 0);
	return true;
}

/* After an operation on units [first, end): have the lists moved? */
static bool follow_arrays(unsigned int first, unsigned int end)
{
	bool moved[ARRAY_SIZE(arrays)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(arrays); i++) {
		moved[i] = has_moved(&arrays[i]);
		if (moved[i])
			leave_place(&arrays[i]);
	}
	for (i = 0; i < ARRAY_SIZE(arrays); i++) {
		if (moved[i] && !take_place(&arrays[i], first, end))
			return false;
	}
	return true;
}

/* --- operations -------------------------------------------------------------- */

/* Most ranges are short and in RAM; some are long, some elsewhere, some end at the top. */
static void random_range(unsigned int *first, unsigned int *end)
{
	unsigned int length = below(100) < 99 ? below(4) : below(600);

	*first = below(100) < 90 ? below(RAM_UNITS) : below(UNITS + 1);
	*end = below(2000) ? min(*first + length, (unsigned int)UNITS) : UNITS;
}

/* What is refused must have been impossible: the list is full and may not grow. */
static bool refusal_is_right(const struct memblock_type *type, int error)
{
	if (error != -ENOMEM)
		return complain("an error that is not -ENOMEM", -error);
	return type->cnt == type->max || memblock.reserved.cnt + 2 > memblock.reserved.max ||
	       complain("refused though there was room", type->cnt);
}

static bool random_change(void)
{
	static const struct {
		int (*change)(phys_addr_t base, phys_addr_t size);
		struct memblock_type *type;
		u8 *flags, value;
	} operations[] = {
		{ memblock_add, &memblock.memory, memory, 1 },
		{ memblock_remove, &memblock.memory, memory, 0 },
		{ memblock_reserve, &memblock.reserved, reserved, 1 },
		{ memblock_phys_free, &memblock.reserved, reserved, 0 },
	};
	unsigned int kind = below(ARRAY_SIZE(operations)), first, end;
	u64 size;
	int error;

	random_range(&first, &end);
	size = edge[end] - edge[first];
	/* What would run past the last address is cut there. */
	if (end == UNITS && size && below(2))
		size = U64_MAX - below(2);
	/* Nobody may take memblock's own memory away. */
	if (!operations[kind].value &&
	    (overlap(&arrays[0], first, end) || overlap(&arrays[1], first, end)))
		return true;

	error = operations[kind].change(edge[first], size);
	if (!follow_arrays(first, end))
		return false;
	if (error)
		return refusal_is_right(operations[kind].type, error);
	mark(operations[kind].flags, first, end, operations[kind].value);
	return true;
}

/* The highest unit where @nr units in [first, end) are free, at an aligned address; 0: none. */
static unsigned int model_find(unsigned int first, unsigned int end, unsigned int nr, u64 align)
{
	unsigned int run = 0, u;

	for (u = end; u-- > max(first, (unsigned int)(PAGE_SIZE / RAM_UNIT));) {
		run = available[u] ? run + 1 : 0;
		if (run >= nr && edge[u] % align == 0)
			return u;
	}
	return 0;
}

static bool is_filled_with(const u8 *at, u64 size, u8 value)
{
	while (size && *at == value)
		at++, size--;
	return !size;
}

static bool random_allocation(void)
{
	unsigned int nr = 1 + below(below(20) ? 24 : 1200), shift = below(20), wanted = 0, first;
	unsigned int from = below(3) ? 0 : below(RAM_UNITS), to = below(3) ? 0 : below(RAM_UNITS);
	unsigned int limit = unit_of(memblock.current_limit);
	u8 *got;

	if (to && to < limit)
		limit = to;
	wanted = model_find(from, limit, nr, 1ULL << shift);
	if (!wanted)
		wanted = model_find(0, limit, nr, 1ULL << shift);

	got = memblock_alloc_try_nid(nr * RAM_UNIT, 1ULL << shift, edge[from], edge[to],
				     NUMA_NO_NODE);
	first = got ? unit_of(__pa(got)) : wanted;
	if (!follow_arrays(first, first + nr))
		return false;
	if (!got)
		return !wanted || memblock.reserved.cnt == memblock.reserved.max ||
		       complain("nothing, though this is free", edge[wanted]);
	if (__pa(got) != edge[wanted])
		return complain("an allocation is not where it should be", __pa(got));
	if (!is_filled_with(got, nr * RAM_UNIT, 0))
		return complain("an allocation is not zeroed", __pa(got));
	memset(got, JUNK, nr * RAM_UNIT);
	mark(reserved, first, first + nr, 1);
	return true;
}

/* The array of the largest list that the test can make stays below the limit. */
static void random_limit(void)
{
	memblock_set_current_limit(below(2) ? RAM_SIZE : edge[below(RAM_UNITS)]);
}

static void start_over(u64 seed)
{
	unsigned int i;

	random_state = seed * 0x9e3779b97f4a7c15ULL;
	reset_memblock();
	memset(__va(0), JUNK, RAM_SIZE);
	memset(memory, 0, sizeof(memory));
	memset(reserved, 0, sizeof(reserved));
	for (i = 0; i < ARRAY_SIZE(arrays); i++)
		arrays[i].at = arrays[i].in_image = arrays[i].type->regions;

	memblock_reserve(RAM_SIZE / 2, RAM_UNIT);
	mark(reserved, RAM_UNITS / 2, RAM_UNITS / 2 + 1, 1);
	memblock_allow_resize();
	memblock_add(0, RAM_SIZE);
	mark(memory, 0, RAM_UNITS, 1);
}

bool model_check_operations(unsigned long count, u64 seed)
{
	bool right;

	draw_edges();
	start_over(seed);
	for (right = same(); right && count; count--) {
		unsigned int kind = below(100);

		if (kind < 80)
			right = random_change();
		else if (kind < 99)
			right = random_allocation();
		else
			random_limit();
		right = right && same();
	}
	if (arrays[0].at == arrays[0].in_image || arrays[1].at == arrays[1].in_image)
		right = complain("a list never grew, to this", arrays[0].type->max);
	if (!right)
		host_note("seed %llu, operations left: %lu", seed, count);
	return right;
}
