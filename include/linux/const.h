/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_CONST_H
#define _LINUX_CONST_H

/* Constants that C and the assembler both read: the suffix is for C only. */
#ifdef __ASSEMBLY__
#define _AC(x, suffix) x
#define _AT(type, x)   x
#else
#define __AC(x, suffix) (x##suffix)
#define _AC(x, suffix)	__AC(x, suffix)
#define _AT(type, x)	((type)(x))
#endif

#define _UL(x)	   (_AC(x, UL))
#define _ULL(x)	   (_AC(x, ULL))
#define UL(x)	   (_UL(x))
#define ULL(x)	   (_ULL(x))
#define _BITUL(x)  (_UL(1) << (x))
#define _BITULL(x) (_ULL(1) << (x))

/*
 * 1 if x is an integer constant expression. "(void *)(x * 0)" is then a null pointer
 * constant, and the conditional has the other operand's type; else it is a void *.
 */
#define __is_constexpr(x) \
	__builtin_types_compatible_p(typeof(1 ? (void *)((long)(x)*0L) : (int *)1), int *)

#endif
