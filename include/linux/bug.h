/* SPDX-License-Identifier: MIT */
/*
 * Checks at run time.
 *
 *	BUG_ON(condition)	an oops of the current context: nothing sane can follow
 *	WARN_ON(condition)	a report with file, line, registers and trace; then goes on
 *	WARN(condition, fmt...)	the same, with a message
 *	WARN_ON_ONCE, WARN_ONCE	only the first time that the condition holds there
 *
 * The WARN family has the condition as its value, so that it fits into an if.
 * Where it does not hold, a check costs its test and a branch not taken.
 * Any context. A report that the running KUnit case declared is not printed.
 */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/bug.h>

#define BUG() __ARCH_BUG()
#define BUG_ON(condition)                \
	do {                             \
		if (unlikely(condition)) \
			BUG();           \
	} while (0)

#define __WARN_IF(condition, warn)                     \
	({                                             \
		bool __warn_condition = !!(condition); \
                                                       \
		if (unlikely(__warn_condition))        \
			warn;                          \
		unlikely(__warn_condition);            \
	})

/* The flags lie together so that a KUnit case can make them fresh (kernel/report.c). */
#define __WARN_IF_FIRST(condition, warn)                       \
	({                                                     \
		static bool __section(".data.once") __warned;  \
		bool __warn_condition = !!(condition);         \
                                                               \
		if (unlikely(__warn_condition) && !__warned) { \
			__warned = true;                       \
			warn;                                  \
		}                                              \
		unlikely(__warn_condition);                    \
	})

#define WARN_ON(condition)	  __WARN_IF(condition, __ARCH_WARN())
#define WARN(condition, ...)	  __WARN_IF(condition, __ARCH_WARN_printf(__VA_ARGS__))
#define WARN_ON_ONCE(condition)	  __WARN_IF_FIRST(condition, __ARCH_WARN())
#define WARN_ONCE(condition, ...) __WARN_IF_FIRST(condition, __ARCH_WARN_printf(__VA_ARGS__))

/* The entry of the ud2 at this address, or NULL. */
const struct bug_entry *find_bug(unsigned long address);

#endif
