/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SWAB_H
#define _LINUX_SWAB_H

#include <linux/types.h>

/* The bytes in the opposite order */
#define swab16(x) __builtin_bswap16(x)
#define swab32(x) __builtin_bswap32(x)
#define swab64(x) __builtin_bswap64(x)

/* A long, whatever its size. */
static inline unsigned long swab(unsigned long x)
{
	return sizeof(x) == 8 ? __builtin_bswap64(x) : __builtin_bswap32(x);
}

#endif
