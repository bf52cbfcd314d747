/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

/* What nearly every file wants: the small headers together, and formatted output. */

#include <asm/byteorder.h>
#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/kconfig.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/panic.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>
#include <linux/stddef.h>
#include <linux/typecheck.h>
#include <linux/types.h>

/* Of an array, not of a pointer: that does not build. */
#define ARRAY_SIZE(array) \
	(sizeof(array) / sizeof((array)[0]) + BUILD_BUG_ON_ZERO(__same_type((array), &(array)[0])))

/*
 * Says that what follows may sleep: in a context that must not, a report, whether or not it
 * comes to that. Costs a look at the preempt count and at the interrupt flag.
 */
void __might_sleep(const char *file, int line);

#define might_sleep()                                      \
	do {                                               \
		if (unlikely(!preemptible()))              \
			__might_sleep(__FILE__, __LINE__); \
	} while (0)
#define might_sleep_if(condition)      \
	do {                           \
		if (condition)         \
			might_sleep(); \
	} while (0)

/* Halves of a number of any width; the double shift is defined for 32 bits too. */
#define upper_32_bits(n) ((u32)(((n) >> 16) >> 16))
#define lower_32_bits(n) ((u32)((n)&0xffffffff))

/* ptr if the constant condition holds, else NULL */
#define PTR_IF(cond, ptr) ((cond) ? (ptr) : NULL)

/* The byte x in every byte of a long */
#define REPEAT_BYTE(x) ((~0UL / 0xff) * (x))

/* The value of a hexadecimal digit, or -1. */
static inline int hex_to_bin(unsigned char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 'a' - 'A';
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

#endif
