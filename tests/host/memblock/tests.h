/* SPDX-License-Identifier: MIT */
/* What the files of these tests offer each other. */
#ifndef _TESTS_HOST_MEMBLOCK_TESTS_H
#define _TESTS_HOST_MEMBLOCK_TESTS_H

#include <linux/types.h>

/* Physical memory that can be touched: [0, RAM_SIZE), mapped at PAGE_OFFSET. */
#define RAM_SIZE 0x100000UL

/* Makes memblock what it is at boot: empty lists in the image's arrays. */
void reset_memblock(void);

/* How many problems the checkers have named since boot; the last one's invariant. */
extern unsigned int problems_named;
extern const char *last_invariant;

/* Each test prints its verdict. test_end() ends memblock's life: it comes last. */
void test_lists(void);
void test_allocation(void);
void test_checker(void);
void test_growth(void);
void test_end(void);

/* @count random operations, made from @seed, each compared with a naive model. */
bool model_check_operations(unsigned long count, u64 seed);

#endif
