/* SPDX-License-Identifier: MIT */
/* What the files of these tests offer each other. */
#ifndef _TESTS_HOST_SLAB_TESTS_H
#define _TESTS_HOST_SLAB_TESTS_H

#include <linux/types.h>

/* Each prints its verdicts. */
void test_model(void);	/* random operations against the model, with and without interrupts */
void test_states(void); /* every sequence of operations on a small cache */
void test_traces(const char *directory);

/* Replays a trace, and says how it went in one line: a verdict. */
void replay_trace(const char *name, const unsigned char *text, unsigned long size);

/* The bytes as a sequence of operations; anything wrong is a trap. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif
