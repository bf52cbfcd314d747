/* SPDX-License-Identifier: MIT */
/*
 * Numbers spread over 2^bits places, by multiplication with the golden ratio: the upper bits of
 * the product depend on all bits of the number. For tables, not against attackers.
 */
#ifndef _LINUX_HASH_H
#define _LINUX_HASH_H

#include <linux/types.h>

#define GOLDEN_RATIO_32 0x61c88647
#define GOLDEN_RATIO_64 0x61c8864680b583ebull

static inline u32 __hash_32(u32 value)
{
	return value * GOLDEN_RATIO_32;
}

/* bits: from 1 to 32 */
static inline u32 hash_32(u32 value, unsigned int bits)
{
	return __hash_32(value) >> (32 - bits);
}

static inline u32 hash_64(u64 value, unsigned int bits)
{
	if (sizeof(long) == 8)
		return value * GOLDEN_RATIO_64 >> (64 - bits);
	return hash_32((u32)value ^ __hash_32(value >> 32), bits);
}

static inline u32 hash_long(unsigned long value, unsigned int bits)
{
	return sizeof(long) == 8 ? hash_64(value, bits) : hash_32(value, bits);
}

static inline u32 hash_ptr(const void *ptr, unsigned int bits)
{
	return hash_long((unsigned long)ptr, bits);
}

#endif
