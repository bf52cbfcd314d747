// SPDX-License-Identifier: MIT
/*
 * All tests of mm/memblock.c on the host: one TAP line a test. The exit status is 0 if the
 * run came to its end, whatever its verdict (the Makefile counts the lines, and a run that
 * was killed as a failure).
 */
#include <linux/compiler.h>
#include <linux/memblock.h>
#include <linux/string.h>
#include <asm/page.h>

#include "../../../mm/internal.h"
#include "../e820/host.h"
#include "tests.h"

#define OPERATIONS 20000
#define SEEDS	   (sizeof(long) == 8 ? 2 : 5) /* sanitizers take their time */

unsigned int problems_named;
const char *last_invariant;

int mm_problem(const char *invariant, const char *fmt, ...)
{
	problems_named++;
	last_invariant = invariant;
	return 1;
}

void reset_memblock(void)
{
	static struct memblock pristine;

	if (!pristine.memory.name)
		pristine = memblock;
	memblock = pristine;
	memblock_set_current_limit(RAM_SIZE);
}

int main(void)
{
	u64 seed;

	host_map(PAGE_OFFSET, RAM_SIZE);
	test_lists();
	test_checker();
	/* Tiny lists cannot hold these tests' ranges before they may grow. */
	if (INIT_MEMBLOCK_REGIONS >= 16)
		test_allocation();
	test_growth();
	for (seed = 1; seed <= SEEDS; seed++)
		host_result(model_check_operations(OPERATIONS, seed),
			    "model: %d random operations, lists of %d at first, seed %llu",
			    OPERATIONS, INIT_MEMBLOCK_REGIONS, seed);
	test_end();
	return 0;
}
