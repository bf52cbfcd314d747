// SPDX-License-Identifier: MIT
/*
 * `whatis`: what is at an address. The kernel's image and stacks are known by name, the
 * direct mapping by what the page is used for; what is above it is in whatis_high.c.
 */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "../internal.h"
#include "../slab_debug.h"
#include "monitor.h"

#define BIGGEST_NULL PAGE_SIZE /* offsets from NULL that a structure may have */

extern char __per_cpu_start[], __per_cpu_end[];

static bool is_symbol(unsigned long address)
{
	unsigned long size, offset;
	const char *name = kallsyms_lookup(address, &size, &offset);

	if (!name)
		return false;
	mprintf("%s %s", kernel_text_address(address) ? "function" : "variable or constant", name);
	mprintf(" + 0x%lx, of 0x%lx bytes\n", offset, size);
	return true;
}

static bool is_stack(unsigned long address)
{
	struct stack_place stack;

	if (!find_stack(address, &stack))
		return false;
	if (stack.is_guard)
		mprintf("guard page of the %s: touching it is an overflow\n", stack.name);
	else
		mprintf("%s, %lu bytes below its top\n", stack.name, stack.end - address);
	return true;
}

/* Which CPU's part it is in, of alloc_percpu()'s or of the variables. CPU 0's are in the image. */
static bool is_percpu(unsigned long address)
{
	unsigned long start = (unsigned long)__per_cpu_start, size, offset;
	const char *name;
	unsigned int cpu;

	if (percpu_contains(address, &cpu)) {
		mprintf("per-CPU memory of CPU %u, of alloc_percpu(); CPU 0's is at 0x%lx\n", cpu,
			address - per_cpu_offset(cpu));
		return true;
	}
	for_each_possible_cpu(cpu) {
		offset = address - per_cpu_offset(cpu);
		if (offset - start >= (unsigned long)(__per_cpu_end - __per_cpu_start))
			continue;
		name = kallsyms_lookup(offset, &size, &offset);
		mprintf("per-CPU variable of CPU %u: %s + 0x%lx\n", cpu, name ?: "unnamed", offset);
		return true;
	}
	return false;
}

static bool is_struct_page(unsigned long address)
{
	u64 pfn;

	if (!mem_map_frame(address, &pfn))
		return false;
	mprintf("struct page of pfn %llu + 0x%lx; 'page pfn:%llu' says more\n", pfn,
		address - (unsigned long)pfn_to_page((unsigned long)pfn), pfn);
	return true;
}

static void print_track(const struct object_place *place, enum track_item item, const char *what)
{
	const struct track *track = slab_track(place->cache, place->object, item);
	unsigned int i;

	if (!track)
		return;
	mprintf("  %s", what);
	for (i = 0; i < track->nr_entries; i++)
		mprintf("%s %pB", i ? " <" : "", (void *)track->entries[i]);
	mprintf("\n");
}

static bool is_object(const void *address)
{
	static const char *const states[] = {
		[OBJECT_USED] = "in use",
		[OBJECT_FREE] = "free in its slab",
		[OBJECT_CPU] = "free, in a CPU's list",
	};
	struct object_place place;
	unsigned int handle;

	if (!find_object(address, &place))
		return false;
	if (place.state == OBJECT_PADDING) {
		mprintf("behind the last object of the slab 0x%px of %s\n", place.slab,
			place.cache->name);
		return true;
	}
	mprintf("%s object 0x%px %c 0x%lx, %s", place.cache->name, place.object,
		place.offset < 0 ? '-' : '+', abs(place.offset), states[place.state]);
	handle = handle_of_object(place.object);
	if (handle)
		mprintf(", handle #%u", handle);
	mprintf("\n");
	mprintf("  number %u in the slab 0x%px; objects of %u bytes, %u with what is around them\n",
		place.number, place.slab, place.cache->object_size, place.cache->size);
	print_track(&place, TRACK_ALLOC, "allocated by");
	print_track(&place, TRACK_FREE, "freed by");
	return true;
}

void say_frame(unsigned long pfn, unsigned long offset)
{
	char text[FRAME_TEXT_SIZE];
	struct page_owner_info info;

	describe_frame(text, pfn);
	mprintf("pfn %lu + 0x%lx, %s\n", pfn, offset, text);
	if (pfn_valid(pfn) && page_owner_get(pfn_to_page(pfn), &info) && info.trace->nr_entries)
		mprintf("  allocated by %pB\n", (void *)info.trace->entries[0]);
}

static int cmd_whatis(int argc, char **argv)
{
	unsigned long address;

	if (argc != 2)
		return monitor_usage(argv[0]);
	if (monitor_parse_ulong(argv[1], &address))
		return -EINVAL;
	mprintf("0x%lx: ", address);
	if (!address)
		mprintf("NULL\n");
	else if (address == (unsigned long)ZERO_SIZE_PTR)
		mprintf("ZERO_SIZE_PTR: what kmalloc(0) gives\n");
	else if (address < BIGGEST_NULL)
		mprintf("in page 0, never mapped: a member of a structure at NULL?\n");
	else if (address < PAGE_OFFSET)
		mprintf("no address of the kernel: they begin at 0x%lx\n", PAGE_OFFSET);
	else if (is_stack(address) || is_percpu(address) || is_symbol(address) ||
		 is_struct_page(address))
		return 0;
	else if (address >= (unsigned long)high_memory)
		say_high(address);
	else if (!virt_addr_valid((void *)address) || !is_object((void *)address))
		say_frame(__pa(address) >> PAGE_SHIFT, offset_in_page(address));
	return 0;
}

MONITOR_COMMAND("whatis", "ADDRESS", "what is at an address", cmd_whatis);
