/* SPDX-License-Identifier: MIT */
/*
 * Memory barriers. x86 keeps loads with loads and stores with stores in order
 * by itself; only a store before a load needs an instruction.
 */
#ifndef _ASM_BARRIER_H
#define _ASM_BARRIER_H

#include <linux/compiler.h>

/* A locked no-op orders everything and needs no SSE2. */
#define mb()  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define rmb() barrier()
#define wmb() barrier()

#define smp_mb()  mb()
#define smp_rmb() rmb()
#define smp_wmb() wmb()

#define smp_store_release(ptr, value) __atomic_store_n((ptr), (value), __ATOMIC_RELEASE)
#define smp_load_acquire(ptr)	      __atomic_load_n((ptr), __ATOMIC_ACQUIRE)

#define smp_store_mb(variable, value)        \
	do {                                 \
		WRITE_ONCE(variable, value); \
		smp_mb();                    \
	} while (0)

#define smp_mb__before_atomic() barrier()
#define smp_mb__after_atomic()	barrier()

#endif
