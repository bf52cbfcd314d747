// SPDX-License-Identifier: MIT
/*
 * All tests of the zones' formulas. One TAP line a test; the exit status is 0 if the run came
 * to its end, whatever its verdict (the Makefile counts the lines).
 */
#include <linux/kernel.h>

#include "tests.h"

/* The switches of debugging, none of which is on. */
unsigned int mm_debug_flags;

/* mm/check.c is not here: mmzone_check() has nothing to report to. */
int mm_problem(const char *invariant, const char *fmt, ...)
{
	host_note("%s is broken: %s", invariant, fmt);
	return 1;
}

int main(void)
{
	test_golden();
	test_formulas();
	test_zones();
	return 0;
}
