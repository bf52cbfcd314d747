// SPDX-License-Identifier: MIT
/*
 * The early allocator.
 *
 * Theory
 * ------
 * Before there is a page allocator somebody must find room for its struct pages, and for the
 * page tables that map them. All that is needed for this is to know which physical addresses
 * are memory, and which of them are taken: two lists of ranges.
 *
 *     memory      [1000 ............ 9f000)       [100000 ................... 3fe0000)
 *     reserved                                    [100000 .. 18c000)  [3f00000 . 3f80000)
 *     free        [1000 ............ 9f000)                 [18c000 .. 3f00000)  [3f80000 .)
 *
 * Free is what is in the first list and not in the second. To allocate is to find a free
 * range and to add it to the second list; to free is to take it out again. Adding looks for
 * the ranges that the new one overlaps or touches, [first, next), and puts one range in
 * their place. Removing looks for those that it overlaps, and leaves what sticks out:
 *
 *                  10    20        40  50          70    80
 *     list         [ a  )          [ b )           [ c  )
 *     add                [------------)                       20-45 touches a, overlaps b
 *                  [ a, b and the new  )           [ c  )     [0, 2) became one: 10-50
 *     remove            [-----------------------------)       17-75 overlaps both
 *                  [   )                              [ )     [0, 2) became two: 10-17, 75-80
 *
 * So a change replaces some ranges by at most two, and makes the list longer by at most one.
 *
 * Memory is given from the top down: what the kernel keeps for ever lies together at the end
 * of lowmem, and the first 16 MiB, which old devices need, are used last.
 *
 * The lists are arrays, in the image at first. A list that is full moves to an array twice
 * as large, which memblock allocates from itself: the one place where it is its own client.
 * Three things can go wrong there, and the code says how they do not: the new array must not
 * lie where the range being added or removed lies; it must itself be reserved, for which the
 * other list may have to grow first; and before the caller has reserved the kernel image and
 * what the loader left, nothing may be written anywhere (memblock_allow_resize()).
 *
 * Cost: to find a place is O(log n), to change a list O(n), to allocate O(n) for n ranges; a
 * PC has about ten. The arrays take 16 bytes a range, 4 KiB in all at first.
 *
 * Invariants (memblock_check()), for each list:
 *   I-memblock-1  ranges are sorted, not empty, do not wrap, and do not touch each other;
 *   I-memblock-2  cnt is at most max, and total_size the sum of the sizes;
 *   I-memblock-3  an array that was allocated lies in memory, and is reserved.
 * And of every allocation: it is in memory, was not reserved, is now, and is not page 0,
 * because physical address 0 means "none" here, and the BIOS has its data there.
 *
 * Locking: none. Boot, one CPU, before interrupts; after memblock_end() the lists are
 * constant, and any context may read them.
 *
 * Left out, of what Linux has: nodes, flags (hot-pluggable, mirrored, not mapped), bottom-up
 * allocation, and a list of what is physically there.
 */
#define pr_fmt(fmt) "memblock: " fmt

#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/panic.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <asm/pgtable.h>

#include "internal.h"

static struct memblock_region memory_init_regions[INIT_MEMBLOCK_REGIONS];
static struct memblock_region reserved_init_regions[INIT_MEMBLOCK_REGIONS];

struct memblock memblock = {
	.current_limit = MAXMEM,
	.memory = {
		.name = "memory",
		.max = INIT_MEMBLOCK_REGIONS,
		.regions = memory_init_regions,
	},
	.reserved = {
		.name = "reserved",
		.max = INIT_MEMBLOCK_REGIONS,
		.regions = reserved_init_regions,
	},
};

static bool can_resize;
static bool ended;

static phys_addr_t region_end(const struct memblock_region *region)
{
	return region->base + region->size;
}

/* The end of a range, cut where it would run past the last address. */
static phys_addr_t range_end(phys_addr_t base, phys_addr_t size)
{
	return base + min(size, PHYS_ADDR_MAX - base);
}

/* The first region that ends after @address: it holds the address or is the next one above. */
static unsigned long first_ending_after(const struct memblock_type *type, phys_addr_t address)
{
	unsigned long low = 0, high = type->cnt;

	while (low < high) {
		unsigned long middle = low + (high - low) / 2;

		if (region_end(&type->regions[middle]) > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Puts @nr regions in the place of [first, next). There is room for them. */
static void replace(struct memblock_type *type, unsigned long first, unsigned long next,
		    const struct memblock_region *new, unsigned long nr)
{
	struct memblock_region *regions = type->regions;
	unsigned long i;

	for (i = first; i < next; i++)
		type->total_size -= regions[i].size;
	memmove(&regions[first + nr], &regions[next], (type->cnt - next) * sizeof(*regions));
	for (i = 0; i < nr; i++) {
		regions[first + i] = new[i];
		type->total_size += new[i].size;
	}
	type->cnt += nr - (next - first);
}

/* The highest free range of that size within [start, end), or 0. */
static phys_addr_t find_in_range(phys_addr_t start, phys_addr_t end, phys_addr_t size,
				 phys_addr_t align)
{
	phys_addr_t free_start, free_end, candidate, found = 0;
	u64 i;

	start = max(start, (phys_addr_t)PAGE_SIZE);
	for_each_free_mem_range(i, NUMA_NO_NODE, MEMBLOCK_NONE, &free_start, &free_end, NULL) {
		free_start = max(free_start, start);
		free_end = min(free_end, end);
		if (free_start >= free_end || free_end - free_start < size)
			continue;
		candidate = round_down(free_end - size, align);
		if (candidate >= free_start)
			found = candidate;
	}
	return found;
}

/*
 * Moves a full list to an array twice as large, outside [avoid_start, avoid_end): there lies
 * what the caller is about to add or remove.
 */
static int double_array(struct memblock_type *type, phys_addr_t avoid_start, phys_addr_t avoid_end)
{
	struct memblock_type *reserved = &memblock.reserved;
	struct memblock_region *old = type->regions;
	phys_addr_t old_size = PAGE_ALIGN(type->max * sizeof(*old));
	phys_addr_t new_size = PAGE_ALIGN(2 * type->max * sizeof(*old));
	phys_addr_t place;

	if (!can_resize)
		return -ENOMEM;

	/*
	 * The new array will be reserved, and the old one freed, which may split a range. When
	 * that needs a larger list, now is the last time to avoid the caller's range, too.
	 */
	if (type != reserved && reserved->cnt + 2 > reserved->max &&
	    double_array(reserved, avoid_start, avoid_end))
		return -ENOMEM;

	place = find_in_range(avoid_end, memblock.current_limit, new_size, PAGE_SIZE);
	if (!place)
		place = find_in_range(0, min(avoid_start, memblock.current_limit), new_size,
				      PAGE_SIZE);
	if (!place) {
		pr_err("no room for a list of more than %lu %s ranges\n", type->max, type->name);
		return -ENOMEM;
	}

	type->regions = memcpy(__va(place), old, type->cnt * sizeof(*old));
	type->max *= 2;
	memblock_add_range(reserved, place, new_size);
	if (old != memory_init_regions && old != reserved_init_regions)
		memblock_remove_range(reserved, __pa(old), old_size);
	return 0;
}

int memblock_add_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end = range_end(base, size);
	struct memblock_region new;
	unsigned long first, next;

	if (base == end)
		return 0;
	for (;;) {
		first = base ? first_ending_after(type, base - 1) : 0;
		for (next = first; next < type->cnt && type->regions[next].base <= end;)
			next++;
		if (first < next || type->cnt < type->max)
			break;
		if (double_array(type, base, end))
			return -ENOMEM;
	}

	if (first < next) {
		base = min(base, type->regions[first].base);
		end = max(end, region_end(&type->regions[next - 1]));
	}
	new.base = base;
	new.size = end - base;
	replace(type, first, next, &new, 1);
	return 0;
}

int memblock_remove_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end = range_end(base, size);
	struct memblock_region left[2];
	unsigned long first, next, nr;

	if (base == end)
		return 0;
	for (;;) {
		first = first_ending_after(type, base);
		for (next = first; next < type->cnt && type->regions[next].base < end;)
			next++;
		if (first == next)
			return 0;

		nr = 0;
		if (type->regions[first].base < base) {
			left[nr].base = type->regions[first].base;
			left[nr++].size = base - type->regions[first].base;
		}
		if (region_end(&type->regions[next - 1]) > end) {
			left[nr].base = end;
			left[nr++].size = region_end(&type->regions[next - 1]) - end;
		}
		if (nr <= next - first || type->cnt < type->max)
			break;
		if (double_array(type, base, end))
			return -ENOMEM;
	}
	replace(type, first, next, left, nr);
	return 0;
}

/* The page allocator has its own books: what is written into these now would be lost. */
static void must_not_have_ended(const char *what, phys_addr_t base, phys_addr_t size)
{
	if (ended)
		panic("memblock: %s (address 0x%llx, %llu bytes) after the memory went to the page "
		      "allocator: use alloc_pages()",
		      what, base, size);
}

int memblock_add(phys_addr_t base, phys_addr_t size)
{
	must_not_have_ended("memblock_add", base, size);
	return memblock_add_range(&memblock.memory, base, size);
}

int memblock_remove(phys_addr_t base, phys_addr_t size)
{
	must_not_have_ended("memblock_remove", base, size);
	return memblock_remove_range(&memblock.memory, base, size);
}

int memblock_reserve(phys_addr_t base, phys_addr_t size)
{
	must_not_have_ended("memblock_reserve", base, size);
	return memblock_add_range(&memblock.reserved, base, size);
}

int memblock_phys_free(phys_addr_t base, phys_addr_t size)
{
	must_not_have_ended("memblock_phys_free", base, size);
	return memblock_remove_range(&memblock.reserved, base, size);
}

void memblock_free(void *ptr, size_t size)
{
	if (ptr)
		memblock_phys_free(__pa(ptr), size);
}

void memblock_allow_resize(void)
{
	can_resize = true;
}

void memblock_end(void)
{
	can_resize = false;
	ended = true;
}

bool memblock_has_ended(void)
{
	return ended;
}

phys_addr_t memblock_phys_alloc_range(phys_addr_t size, phys_addr_t align, phys_addr_t start,
				      phys_addr_t end)
{
	phys_addr_t found;

	must_not_have_ended("an allocation", 0, size);
	if (!size)
		return 0;
	if (end == MEMBLOCK_ALLOC_ACCESSIBLE)
		end = memblock.current_limit;
	found = find_in_range(start, end, size, align ? align : SMP_CACHE_BYTES);
	if (!found || memblock_reserve(found, size))
		return 0;
	return found;
}

void *memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
			     phys_addr_t max_addr, int nid)
{
	phys_addr_t end = memblock.current_limit;
	phys_addr_t found;

	if (max_addr != MEMBLOCK_ALLOC_ACCESSIBLE)
		end = min(end, max_addr);
	found = memblock_phys_alloc_range(size, align, min_addr, end);
	if (!found && min_addr)
		found = memblock_phys_alloc_range(size, align, 0, end);
	return found ? memset(__va(found), 0, size) : NULL;
}

void *memblock_alloc(phys_addr_t size, phys_addr_t align)
{
	return memblock_alloc_try_nid(size, align, 0, MEMBLOCK_ALLOC_ACCESSIBLE, NUMA_NO_NODE);
}

void *memblock_alloc_for(phys_addr_t size, phys_addr_t align, const char *what)
{
	void *memory = memblock_alloc(size, align);

	if (!memory)
		panic("memblock: no %llu bytes for %s: %llu bytes of RAM, of which %llu are taken; "
		      "allocations end at 0x%llx",
		      size, what, memblock_phys_mem_size(), memblock_reserved_size(),
		      memblock.current_limit);
	return memory;
}

void memblock_set_current_limit(phys_addr_t limit)
{
	memblock.current_limit = limit;
}

phys_addr_t memblock_phys_mem_size(void)
{
	return memblock.memory.total_size;
}

phys_addr_t memblock_reserved_size(void)
{
	return memblock.reserved.total_size;
}

phys_addr_t memblock_start_of_DRAM(void)
{
	return memblock.memory.cnt ? memblock.memory.regions[0].base : 0;
}

phys_addr_t memblock_end_of_DRAM(void)
{
	return memblock.memory.cnt ? region_end(&memblock.memory.regions[memblock.memory.cnt - 1])
				   : 0;
}

/* The region that holds the address, or NULL. */
static const struct memblock_region *region_of(const struct memblock_type *type,
					       phys_addr_t address)
{
	unsigned long i = first_ending_after(type, address);

	return i < type->cnt && type->regions[i].base <= address ? &type->regions[i] : NULL;
}

bool memblock_is_memory(phys_addr_t address)
{
	return region_of(&memblock.memory, address) != NULL;
}

bool memblock_is_reserved(phys_addr_t address)
{
	return region_of(&memblock.reserved, address) != NULL;
}

bool memblock_is_region_memory(phys_addr_t base, phys_addr_t size)
{
	const struct memblock_region *region = region_of(&memblock.memory, base);

	return region && range_end(base, size) <= region_end(region);
}

bool memblock_is_region_reserved(phys_addr_t base, phys_addr_t size)
{
	const struct memblock_type *type = &memblock.reserved;
	unsigned long i = first_ending_after(type, base);

	return i < type->cnt && type->regions[i].base < range_end(base, size);
}

void __next_mem_range(u64 *i, const struct memblock_type *type, phys_addr_t *start,
		      phys_addr_t *end)
{
	if (*i >= type->cnt) {
		*i = ~(u64)0;
		return;
	}
	*start = type->regions[*i].base;
	*end = region_end(&type->regions[*i]);
	++*i;
}

/*
 * Gap g lies between the reserved regions g - 1 and g; the first begins at 0, the last ends
 * at the last address. A free range is where a memory region and a gap meet. The cursor holds
 * the numbers of both; of the two, the one that ends first is done with.
 */
void __next_free_mem_range(u64 *i, phys_addr_t *start, phys_addr_t *end, int *nid)
{
	const struct memblock_type *memory = &memblock.memory, *reserved = &memblock.reserved;
	unsigned long m = lower_32_bits(*i), gap = upper_32_bits(*i);

	if (nid)
		*nid = 0;

	while (m < memory->cnt) {
		const struct memblock_region *region = &memory->regions[m];
		phys_addr_t gap_start = gap ? region_end(&reserved->regions[gap - 1]) : 0;
		phys_addr_t gap_end = gap < reserved->cnt ? reserved->regions[gap].base
							  : PHYS_ADDR_MAX;

		*start = max(region->base, gap_start);
		*end = min(region_end(region), gap_end);
		if (region_end(region) <= gap_end)
			m++;
		else
			gap++;
		if (*start < *end) {
			*i = m | (u64)gap << 32;
			return;
		}
	}
	*i = ~(u64)0;
}

/* I-memblock-1 and -2 of any list. */
int memblock_check_type(const struct memblock_type *type)
{
	const struct memblock_region *region;
	phys_addr_t total = 0, last_end = 0;
	int problems = 0;

	if (type->cnt > type->max)
		return mm_problem("I-memblock-2", "%s: %lu ranges in an array of %lu", type->name,
				  type->cnt, type->max);

	for (region = type->regions; region < type->regions + type->cnt; region++) {
		if (!region->size || region_end(region) < region->base)
			problems += mm_problem("I-memblock-1",
					       "%s: 0x%llx + 0x%llx wraps or is empty", type->name,
					       region->base, region->size);
		if (region > type->regions && region->base <= last_end)
			problems += mm_problem(
				"I-memblock-1",
				"%s: 0x%llx begins at or before 0x%llx, the end of the last",
				type->name, region->base, last_end);
		last_end = region_end(region);
		total += region->size;
	}
	if (total != type->total_size)
		problems += mm_problem("I-memblock-2", "%s: total_size is 0x%llx, the sum 0x%llx",
				       type->name, type->total_size, total);
	return problems;
}

static int check_array(const struct memblock_type *type)
{
	phys_addr_t base = __pa(type->regions), size = type->max * sizeof(*type->regions);
	const struct memblock_region *reserved;

	if (type->regions == memory_init_regions || type->regions == reserved_init_regions)
		return 0;
	reserved = region_of(&memblock.reserved, base);
	if (memblock_is_region_memory(base, size) && reserved &&
	    base + size <= region_end(reserved))
		return 0;
	return mm_problem("I-memblock-3", "%s: the array at 0x%llx is not memory, or not reserved",
			  type->name, base);
}

int memblock_check(void)
{
	return memblock_check_type(&memblock.memory) + memblock_check_type(&memblock.reserved) +
	       check_array(&memblock.memory) + check_array(&memblock.reserved);
}
