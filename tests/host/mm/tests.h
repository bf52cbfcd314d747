/* SPDX-License-Identifier: MIT */
/* What the files of these tests offer each other. */
#ifndef _TESTS_HOST_MM_TESTS_H
#define _TESTS_HOST_MM_TESTS_H

#include "../../../mm/internal.h"
#include "../e820/host.h"

void test_golden(void);
void test_formulas(void);
void test_zones(void);

/* The zones' marks and reserves as structures to compare. */
struct marks {
	unsigned long of[MAX_NR_ZONES][NR_WMARK];
};

struct reserves {
	long of[MAX_NR_ZONES][MAX_NR_ZONES];
};

/* The contract's formulas a second time, in 64 bits whatever the build: see formula_test.c. */
u64 naive_min_free_kbytes(const unsigned long *managed);
void naive_marks(const unsigned long *managed, u64 min_free_kbytes, struct marks *marks);
void naive_reserves(const unsigned long *managed, struct reserves *reserves);

#endif
