/* SPDX-License-Identifier: MIT */
/*
 * Operations on the page allocator, each followed by the model. What is done is a sequence
 * of choices.
 */
#ifndef _TESTS_HOST_PAGE_ALLOC_OPERATIONS_H
#define _TESTS_HOST_PAGE_ALLOC_OPERATIONS_H

#include "choices.h"
#include "model.h"

/* Choices come from the seed, or from the bytes; a machine was booted before. */
void operations_from_seed(u64 seed);
void operations_from_bytes(const u8 *bytes, unsigned long size);

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
