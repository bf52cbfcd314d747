/* SPDX-License-Identifier: MIT */
/*
 * WARN and BUG as an instruction that no CPU has: ud2. The code that may warn
 * holds two bytes out of its way; file, line and kind are in the section
 * bug_table, found by the instruction's address (kernel/panic.c).
 */
#ifndef _ASM_BUG_H
#define _ASM_BUG_H

#include <linux/types.h>
#include <asm/linkage.h>

#define BUGFLAG_WARNING 1

struct bug_entry {
	unsigned long address;
	const char *file;
	u16 line;
	u16 flags;
};

#define UD2_LENGTH 2

#define __BUG_TRAP(flags)                               \
	asm volatile("1:	ud2\n"                         \
		     "	.pushsection bug_table, \"a\"\n" \
		     "	.balign 4\n"                     \
		     "	.long 1b, %c0\n"                 \
		     "	.word %c1, %c2\n"                \
		     "	.popsection"                     \
		     :                                  \
		     : "i"(__FILE__), "i"(__LINE__), "i"(flags))

#define __ARCH_BUG()           \
	do {                   \
		__BUG_TRAP(0); \
		unreachable(); \
	} while (0)

#define __ARCH_WARN() __BUG_TRAP(BUGFLAG_WARNING)

/*
 * A warning with a message: a function whose only instruction is a ud2. The
 * handler takes the arguments from the stack, where all arguments of a function
 * with a variable number of them are, and reports the caller, whose registers
 * nothing has touched yet. The barrier keeps the call from becoming a jump.
 */
asmlinkage __printf(3, 4) void __warn_trap(const char *file, int line, const char *fmt, ...);

#define __ARCH_WARN_printf(...)                               \
	do {                                                  \
		__warn_trap(__FILE__, __LINE__, __VA_ARGS__); \
		barrier();                                    \
	} while (0)

#endif
