// SPDX-License-Identifier: MIT
/*
 * memblock in the machine it booted on: what its lists say now that its work is done, and
 * that the page allocator got just what was left. Its algorithms are tested on the host,
 * tests/host/memblock, against a model.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <memkern/boot.h>
#include <memkern/e820.h>
#include <memkern/kunit_extra.h>

#include "../../mm/internal.h"

extern char __kernel_phys_start[], __kernel_phys_end[];

static void I_memblock_all_hold(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, memblock_check(), 0);
	KUNIT_EXPECT_NULL(test, mm_problem_text(0));
	mm_problems_forget();
}

/* All memory is RAM of the map; what of that is missing was left out from the top. */
static void memory_is_the_maps_ram(struct kunit *test)
{
	const struct e820_entry *entry;
	u64 end = memblock_end_of_DRAM(), ram = 0;

	for_each_e820_range(entry) {
		u64 top = min(entry->addr + entry->size, end);

		if (entry->type != E820_TYPE_RAM || entry->addr >= top)
			continue;
		ram += top - entry->addr;
		KUNIT_EXPECT_TRUE(test, memblock_is_region_memory(entry->addr, top - entry->addr));
	}
	KUNIT_EXPECT_EQ(test, memblock_phys_mem_size(), ram);
	KUNIT_EXPECT_LE(test, end, e820_end_of_ram());
	KUNIT_EXPECT_FALSE(test, memblock_is_memory(0));
}

/* Every byte of it, and of the modules: the ends, and nothing free between them. */
static void image_and_modules_are_reserved(struct kunit *test)
{
	const struct boot_module *module;
	u64 start = (unsigned long)__kernel_phys_start, end = (unsigned long)__kernel_phys_end;
	u64 i, free_start, free_end;

	KUNIT_EXPECT_TRUE(test, memblock_is_region_memory(start, end - start));
	for_each_free_mem_range(i, NUMA_NO_NODE, MEMBLOCK_NONE, &free_start, &free_end, NULL) {
		KUNIT_EXPECT_TRUE(test, free_end <= start || free_start >= end);
		for_each_boot_module(module)
			KUNIT_EXPECT_TRUE(test,
					  free_end <= module->start || free_start >= module->end);
	}
}

/* What the boot allocated has an address: all but the modules lies in lowmem. */
static void allocations_are_in_lowmem(struct kunit *test)
{
	u64 i, start, end;

	KUNIT_EXPECT_GT(test, memblock_reserved_size(),
			(u64)(__kernel_phys_end - __kernel_phys_start));
	for_each_reserved_mem_range(i, &start, &end) {
		KUNIT_EXPECT_GE(test, start, (u64)PAGE_SIZE);
		if (!boot_info.nr_modules)
			KUNIT_EXPECT_LE(test, end, PFN_PHYS(max_low_pfn));
	}
}

/* The hand-over: the zones manage the whole free pages, not one more or less. */
static void the_page_allocator_got_the_rest(struct kunit *test)
{
	unsigned long free = 0, managed = 0;
	struct zone *zone;
	u64 i, start, end;
	int nid = NUMA_NO_NODE;

	for_each_free_mem_range(i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, &nid) {
		KUNIT_EXPECT_EQ(test, nid, 0);
		if (PFN_UP(start) < PFN_DOWN(end))
			free += PFN_DOWN(end) - PFN_UP(start);
	}
	for_each_zone(zone)
		managed += zone_managed_pages(zone);
	KUNIT_EXPECT_EQ(test, managed, free);
}

static void taken_pages_are_reserved_pages(struct kunit *test)
{
	u64 i, start, end;

	for_each_reserved_mem_range(i, &start, &end) {
		KUNIT_EXPECT_TRUE(test, PageReserved(phys_to_page(start)));
		KUNIT_EXPECT_TRUE(test, PageReserved(phys_to_page(end - 1)));
	}
}

static void a_private_list_merges_and_splits(struct kunit *test)
{
	struct memblock_region regions[2];
	struct memblock_type type = { .name = "test", .max = 2, .regions = regions };

	KUNIT_EXPECT_EQ(test, memblock_add_range(&type, 0x1000, 0x1000), 0);
	KUNIT_EXPECT_EQ(test, memblock_add_range(&type, 0x100000000ULL, 0x1000), 0);
	KUNIT_EXPECT_EQ(test, memblock_add_range(&type, 0x5000, 0x1000), -ENOMEM);
	KUNIT_EXPECT_EQ(test, memblock_add_range(&type, 0x2000, 0xfffff000ULL), 0);
	KUNIT_EXPECT_EQ(test, type.cnt, 1UL);
	KUNIT_EXPECT_EQ(test, regions[0].base, 0x1000ULL);
	KUNIT_EXPECT_EQ(test, regions[0].size, 0x100000000ULL);

	KUNIT_EXPECT_EQ(test, memblock_remove_range(&type, 0x3000, 0x1000), 0);
	KUNIT_EXPECT_EQ(test, type.cnt, 2UL);
	KUNIT_EXPECT_EQ(test, regions[1].base, 0x4000ULL);
	KUNIT_EXPECT_EQ(test, type.total_size, 0xfffff000ULL);
	KUNIT_EXPECT_EQ(test, memblock_check_type(&type), 0);
}

static void I_memblock_2_total_is_checked(struct kunit *test)
{
	struct memblock_region regions[2];
	struct memblock_type type = { .name = "test", .max = 2, .regions = regions };

	memblock_add_range(&type, 0x1000, 0x1000);
	type.total_size++;
	KUNIT_EXPECT_EQ(test, memblock_check_type(&type), 1);
	KUNIT_ASSERT_NOT_NULL(test, mm_problem_text(0));
	KUNIT_EXPECT_TRUE(test, strstarts(mm_problem_text(0), "I-memblock-2"));
	mm_problems_forget();
}

static void allocation_after_the_end(struct kunit *test)
{
	KUNIT_FAIL(test, "memblock_alloc() gave %px", memblock_alloc(64, 0));
}

static void reservation_after_the_end(struct kunit *test)
{
	KUNIT_FAIL(test, "memblock_reserve() said %d", memblock_reserve(0x1000, 0x1000));
}

static struct kunit_case memblock_cases[] = {
	KUNIT_CASE(I_memblock_all_hold),
	KUNIT_CASE(memory_is_the_maps_ram),
	KUNIT_CASE(image_and_modules_are_reserved),
	KUNIT_CASE(allocations_are_in_lowmem),
	KUNIT_CASE(the_page_allocator_got_the_rest),
	KUNIT_CASE(taken_pages_are_reserved_pages),
	KUNIT_CASE(a_private_list_merges_and_splits),
	KUNIT_CASE(I_memblock_2_total_is_checked),
	KUNIT_CASE_OOPS(allocation_after_the_end, "after the memory went to the page allocator"),
	KUNIT_CASE_OOPS(reservation_after_the_end, "memblock: memblock_reserve"),
	{},
};

static struct kunit_suite memblock_suite = {
	.name = "memblock",
	.test_cases = memblock_cases,
};
kunit_test_suite(memblock_suite);
