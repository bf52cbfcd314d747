/* SPDX-License-Identifier: MIT */
/* Two words that change together. */
#ifndef _ASM_CMPXCHG_H
#define _ASM_CMPXCHG_H

#include <linux/atomic.h>

/*
 * If the two neighbouring words at p, the first aligned to 8 bytes, are old1 and old2, they become
 * new1 and new2, and the result is true. Any context, any CPU.
 */
static __always_inline bool __cmpxchg_double(void *p, unsigned long old1, unsigned long old2,
					     unsigned long new1, unsigned long new2)
{
	bool same;

	asm volatile("lock cmpxchg8b %[pair]"
		     : "=@ccz"(same), [pair] "+m"(*(u64 *)p), "+a"(old1), "+d"(old2)
		     : "b"(new1), "c"(new2)
		     : "memory");
	return same;
}

#define cmpxchg_double(p1, p2, o1, o2, n1, n2)                                                \
	__cmpxchg_double((p1), (unsigned long)(o1), (unsigned long)(o2), (unsigned long)(n1), \
			 (unsigned long)(n2))

#endif
