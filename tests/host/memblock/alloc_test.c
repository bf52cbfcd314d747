// SPDX-License-Identifier: MIT
/* Allocation, by hand: which address comes, and when none does. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/string.h>

#include "../../../mm/internal.h"
#include "../e820/host.h"
#include "tests.h"

#define END RAM_SIZE

static void expect_at(const char *name, const void *got, u64 wanted)
{
	u64 at = got ? __pa(got) : 0;

	if (at != wanted)
		host_note("0x%llx, not 0x%llx", at, wanted);
	host_result(at == wanted, "alloc: %s", name);
}

/* All of RAM, but for a hole at half of it and what is reserved around 3/4. */
static void set_up(void)
{
	reset_memblock();
	memblock_add(0, END / 2 - 0x10000);
	memblock_add(END / 2, END / 2);
	memblock_reserve(END / 4 * 3, 0x1000);
}

static void test_place(void)
{
	set_up();
	expect_at("from the top down", memblock_alloc(0x1000, 1), END - 0x1000);
	expect_at("the next below", memblock_alloc(0x1000, 1), END - 0x2000);
	expect_at("alignment", memblock_alloc(8, 0x10000), END - 0x10000);
	expect_at("the gap that alignment left", memblock_alloc(0x100, 1), END - 0x2100);
	expect_at("alignment 0 is a cache line", memblock_alloc(1, 0), END - 0x2140);
	expect_at("what does not fit above a reservation", memblock_alloc(END / 4, 1), END / 2);
	expect_at("what fits only below the hole", memblock_alloc(END / 4 + 1, 1),
		  END / 2 - 0x10000 - END / 4 - 1);
	expect_at("what fits nowhere", memblock_alloc(END / 2, 1), 0);
	expect_at("size 0", memblock_alloc(0, 1), 0);
}

static void test_bounds(void)
{
	u64 phys;

	set_up();
	memblock_set_current_limit(END / 2 + 0x800);
	expect_at("below the limit", memblock_alloc(0x100, 1), END / 2 + 0x700);
	expect_at("below the limit, whatever max_addr says",
		  memblock_alloc_try_nid(0x100, 1, 0, END, NUMA_NO_NODE), END / 2 + 0x600);
	expect_at("below max_addr", memblock_alloc_try_nid(0x100, 1, 0, 0x8000, NUMA_NO_NODE),
		  0x7f00);
	expect_at("min_addr is kept where that can be",
		  memblock_alloc_try_nid(0x100, 1, END / 2, MEMBLOCK_ALLOC_ACCESSIBLE,
					 NUMA_NO_NODE),
		  END / 2 + 0x500);
	expect_at("and given up where not",
		  memblock_alloc_try_nid(0x1000, 1, END / 2, MEMBLOCK_ALLOC_ACCESSIBLE,
					 NUMA_NO_NODE),
		  END / 2 - 0x11000);

	memblock_add(8ULL << 30, 1 << 20);
	phys = memblock_phys_alloc_range(0x1000, 0x1000, 4ULL << 30, MEMBLOCK_ALLOC_ANYWHERE);
	host_result(phys == (8ULL << 30) + (1 << 20) - 0x1000,
		    "alloc: an address alone may be above the limit");
	phys = memblock_phys_alloc_range(0x1000, 0x1000, END / 2, MEMBLOCK_ALLOC_ACCESSIBLE);
	host_result(phys == 0, "alloc: an address alone keeps to its range");
}

static void test_page_zero(void)
{
	reset_memblock();
	memblock_add(0, 2 * PAGE_SIZE);
	expect_at("the page after page 0", memblock_alloc(PAGE_SIZE, 1), PAGE_SIZE);
	expect_at("never page 0", memblock_alloc(16, 1), 0);
}

static void test_contents_and_free(void)
{
	static const u8 zeroes[0x1000];
	u8 *first, *second;

	set_up();
	memset(__va(0), 0xff, END);
	first = memblock_alloc(0x1000, 1);
	host_result(!memcmp(first, zeroes, sizeof(zeroes)) && first[-1] == 0xff, "alloc: zeroed");
	host_result(memblock_reserved_size() == 0x2000, "alloc: counted as reserved");
	memblock_free(first, 0x1000);
	memblock_free(NULL, 0x1000);
	host_result(memblock_reserved_size() == 0x1000, "free: given back");
	second = memblock_alloc(0x1000, 1);
	host_result(second == first, "free: and given out again");
}

static void test_ends(void)
{
	reset_memblock();
	host_result(!memblock_start_of_DRAM() && !memblock_end_of_DRAM(), "ends: of nothing");
	set_up();
	memblock_add(8ULL << 30, 1 << 20);
	host_result(!memblock_start_of_DRAM() &&
			    memblock_end_of_DRAM() == (8ULL << 30) + (1 << 20) &&
			    memblock_phys_mem_size() == END - 0x10000 + (1 << 20),
		    "ends: of memory with holes");
}

static void alloc_too_much(void)
{
	memblock_alloc_for(END, 1, "the tests");
}

static void test_panic(void)
{
	set_up();
	host_clear_log();
	host_result(host_panics(alloc_too_much) && strstr(host_log(), "for the tests:"),
		    "alloc_or_panic: says what the memory was for");
}

void test_allocation(void)
{
	test_place();
	test_bounds();
	test_page_zero();
	test_contents_and_free();
	test_ends();
	test_panic();
}
