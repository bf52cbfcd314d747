/* SPDX-License-Identifier: MIT */
/*
 * Leaving a function from below, for KUnit's assertions only: whatever lies
 * between the two is abandoned, its locks and its memory too.
 */
#ifndef _ASM_SETJMP_H
#define _ASM_SETJMP_H

#include <linux/compiler.h>

/* The registers that a called function preserves, and where to go on. */
typedef struct {
	unsigned long ebx, esi, edi, ebp, esp, eip;
} jmp_buf[1];

/* Returns 0; and again, with longjmp's value, when longjmp(buf) is called. */
int setjmp(jmp_buf buf) __attribute__((__returns_twice__));
void __noreturn longjmp(jmp_buf buf, int value);

#endif
