/* SPDX-License-Identifier: MIT */
/* What a test does next: drawn at random from a seed, or read from a fuzzer's bytes. */
#ifndef _TESTS_HOST_PAGE_ALLOC_CHOICES_H
#define _TESTS_HOST_PAGE_ALLOC_CHOICES_H

#include <linux/types.h>

void choices_from_seed(u64 seed);
void choices_from_bytes(const u8 *bytes, unsigned long size);

/* A number below the limit (at most 65536); 0 when the bytes are used up. */
unsigned int choose(unsigned int limit);
bool choices_left(void);

/* Yes, once in so many times. */
static inline bool once_in(unsigned int times)
{
	return choose(times) == times - 1;
}

#endif
