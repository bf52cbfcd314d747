/* SPDX-License-Identifier: MIT */
#ifndef _ASM_STRING_H
#define _ASM_STRING_H

#include <linux/types.h>

/*
 * The processor's own copy and fill loops, upwards in memory: four bytes at a time,
 * then the rest. The direction flag is clear wherever C code runs.
 */
static __always_inline void rep_movs(void *dest, const void *src, size_t n)
{
	size_t words = n / 4, rest = n % 4;

	__asm__ __volatile__("rep movsl" : "+D"(dest), "+S"(src), "+c"(words) : : "memory");
	__asm__ __volatile__("rep movsb" : "+D"(dest), "+S"(src), "+c"(rest) : : "memory");
}

/* pattern is the fill byte, four times. */
static __always_inline void rep_stos(void *dest, u32 pattern, size_t n)
{
	size_t words = n / 4, rest = n % 4;

	__asm__ __volatile__("rep stosl" : "+D"(dest), "+c"(words) : "a"(pattern) : "memory");
	__asm__ __volatile__("rep stosb" : "+D"(dest), "+c"(rest) : "a"(pattern) : "memory");
}

#endif
