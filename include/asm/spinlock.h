/* SPDX-License-Identifier: MIT */
/* Where a CPU has to wait for a lock. */
#ifndef _ASM_SPINLOCK_H
#define _ASM_SPINLOCK_H

/*
 * __spin_wait(lock, ticket) of linux/spinlock.h, by a call that changes no register: a function
 * that takes a lock is compiled as if it called nothing.
 */
#define __spin_wait(lock, ticket)                             \
	asm volatile("call spin_wait_thunk"                   \
		     :                                        \
		     : "a"(lock), "d"((unsigned int)(ticket)) \
		     : "memory", "cc")

#endif
