/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_BUILD_BUG_H
#define _LINUX_BUILD_BUG_H

#include <linux/compiler.h>

/* static_assert(constant, "optional text") */
#define static_assert(expr, ...) __static_assert(expr, ##__VA_ARGS__, #expr)
#define __static_assert(expr, msg, ...) _Static_assert(expr, msg)

/*
 * BUILD_BUG_ON takes what the optimiser can prove constant, a parameter of an inline
 * function for instance; static_assert only what the language calls constant. Without
 * optimisation only the latter would be proved, so nothing is checked there.
 */
#ifdef __OPTIMIZE__
#define __build_bug_on(cond, msg, fn)                                               \
	do {                                                                        \
		__attribute__((__noreturn__, __error__(msg))) extern void fn(void); \
		if (cond)                                                           \
			fn();                                                       \
	} while (0)
#else
#define __build_bug_on(cond, msg, fn) ((void)sizeof(cond))
#endif

#define compiletime_assert(cond, msg)  __build_bug_on(!(cond), msg, __UNIQUE_ID(build_bug))
#define BUILD_BUG_ON_MSG(cond, msg)    compiletime_assert(!(cond), msg)
#define BUILD_BUG_ON(cond)	       BUILD_BUG_ON_MSG(cond, "BUILD_BUG_ON: " #cond)
#define BUILD_BUG()		       BUILD_BUG_ON_MSG(1, "BUILD_BUG")
#define BUILD_BUG_ON_NOT_POWER_OF_2(n) BUILD_BUG_ON((n) == 0 || (((n) & ((n)-1)) != 0))
#define BUILD_BUG_ON_INVALID(e)	       ((void)(sizeof((long)(e))))

/* As an expression: 0, or no build. */
#define BUILD_BUG_ON_ZERO(e) ((int)sizeof(struct { int : (-!!(e)); }))

#endif
