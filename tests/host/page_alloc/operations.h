/* SPDX-License-Identifier: MIT */
/*
 * Operations on the page allocator, each followed by the model. What is done is a sequence
 * of choices: drawn at random from a seed, or read from a fuzzer's bytes.
 */
#ifndef _TESTS_HOST_PAGE_ALLOC_OPERATIONS_H
#define _TESTS_HOST_PAGE_ALLOC_OPERATIONS_H

#include "model.h"

/* From now on choices come from the seed, or from the bytes; a machine was booted before. */
void operations_from_seed(u64 seed);
void operations_from_bytes(const u8 *bytes, unsigned long size);

/* A number below the limit (at most 65536); 0 when the bytes are used up. */
unsigned int choose(unsigned int limit);
bool choices_left(void);

/* Yes, once in so many times. */
static inline bool once_in(unsigned int times)
{
	return choose(times) == times - 1;
}

/* One of all there are, so that about so many percent of the pages are in use. */
void operation(unsigned int target);
/* Some of them by name; operation_alloc() returns whether there was such a block. */
bool operation_alloc(gfp_t gfp, unsigned int order);
void operation_alloc_any(void);
void operation_free(struct block *block);

/* An interrupt comes now and then, and allocates or frees by itself. */
void operations_interrupted(bool yes);

/* Frees everything, and expects the free blocks that there were after the boot (B3). */
void operations_end(void);

#endif
