/* SPDX-License-Identifier: MIT */
#ifndef _ASM_BITOPS_H
#define _ASM_BITOPS_H

#include <linux/compiler.h>
#include <linux/types.h>

/*
 * Atomic operations on bit nr of an array of longs; nr may be beyond the first long.
 * They are full barriers on x86. Any context, any CPU.
 *
 * The "memory" clobber also says that the long at *addr need not be the one written.
 */

#if __SIZEOF_LONG__ == 4
#define __BITOP(name) name "l"
#else
#define __BITOP(name) name "q"
#endif

static __always_inline void set_bit(long nr, volatile unsigned long *addr)
{
	__asm__ __volatile__("lock; " __BITOP("bts") " %1, %0"
			     : "+m"(*addr)
			     : "Ir"(nr)
			     : "memory", "cc");
}

static __always_inline void clear_bit(long nr, volatile unsigned long *addr)
{
	__asm__ __volatile__("lock; " __BITOP("btr") " %1, %0"
			     : "+m"(*addr)
			     : "Ir"(nr)
			     : "memory", "cc");
}

static __always_inline void change_bit(long nr, volatile unsigned long *addr)
{
	__asm__ __volatile__("lock; " __BITOP("btc") " %1, %0"
			     : "+m"(*addr)
			     : "Ir"(nr)
			     : "memory", "cc");
}

/* These return what the bit was. */
static __always_inline bool test_and_set_bit(long nr, volatile unsigned long *addr)
{
	bool old;

	__asm__ __volatile__("lock; " __BITOP("bts") " %2, %0"
			     : "+m"(*addr), "=@ccc"(old)
			     : "Ir"(nr)
			     : "memory");
	return old;
}

static __always_inline bool test_and_clear_bit(long nr, volatile unsigned long *addr)
{
	bool old;

	__asm__ __volatile__("lock; " __BITOP("btr") " %2, %0"
			     : "+m"(*addr), "=@ccc"(old)
			     : "Ir"(nr)
			     : "memory");
	return old;
}

static __always_inline bool test_and_change_bit(long nr, volatile unsigned long *addr)
{
	bool old;

	__asm__ __volatile__("lock; " __BITOP("btc") " %2, %0"
			     : "+m"(*addr), "=@ccc"(old)
			     : "Ir"(nr)
			     : "memory");
	return old;
}

/* A bit as a lock: acquire and release. */
#define test_and_set_bit_lock(nr, addr) test_and_set_bit(nr, addr)
#define clear_bit_unlock(nr, addr)	clear_bit(nr, addr)

#endif
