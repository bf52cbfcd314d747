/* SPDX-License-Identifier: MIT */
/* What the files of these tests offer each other. */
#ifndef _TESTS_HOST_PAGE_ALLOC_TESTS_H
#define _TESTS_HOST_PAGE_ALLOC_TESTS_H

#include <linux/types.h>

#define SEED 0x6d656d6b65726e21ULL

/* Each prints its verdicts. */
void test_model(void);	    /* random operations against the model */
void test_cycles(void);	    /* exhaustion and recovery */
void test_all_states(void); /* 16 pages, exhaustively */
void test_reports(void);    /* misuse */

/* The bytes as a machine and operations on it; anything wrong is a trap. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif
