/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU variables on x86: %fs has this CPU's offset as its base, so an
 * access is one instruction that no interrupt or preemption can split.
 */
#ifndef _ASM_PERCPU_H
#define _ASM_PERCPU_H

#include <linux/types.h>
#include <linux/build_bug.h>

extern unsigned long this_cpu_off;

#define __percpu_seg "%%fs:"

#define arch_this_cpu_read(var)                                                                 \
	({                                                                                      \
		typeof(var) __value;                                                            \
		BUILD_BUG_ON(sizeof(var) != 1 && sizeof(var) != 2 && sizeof(var) != 4);         \
		switch (sizeof(var)) {                                                          \
		case 1:                                                                         \
			asm volatile("movb " __percpu_seg "%1, %0" : "=q"(__value) : "m"(var)); \
			break;                                                                  \
		case 2:                                                                         \
			asm volatile("movw " __percpu_seg "%1, %0" : "=r"(__value) : "m"(var)); \
			break;                                                                  \
		default:                                                                        \
			asm volatile("movl " __percpu_seg "%1, %0" : "=r"(__value) : "m"(var)); \
		}                                                                               \
		__value;                                                                        \
	})

/* op is an instruction without its size suffix that takes a register or constant. */
#define arch_this_cpu_op(op, var, value)                                                \
	do {                                                                            \
		typeof(var) __operand = (value);                                        \
		BUILD_BUG_ON(sizeof(var) != 1 && sizeof(var) != 2 && sizeof(var) != 4); \
		switch (sizeof(var)) {                                                  \
		case 1:                                                                 \
			asm volatile(op "b %1, " __percpu_seg "%0"                      \
				     : "+m"(var)                                        \
				     : "qi"(__operand)                                  \
				     : "cc");                                           \
			break;                                                          \
		case 2:                                                                 \
			asm volatile(op "w %1, " __percpu_seg "%0"                      \
				     : "+m"(var)                                        \
				     : "ri"(__operand)                                  \
				     : "cc");                                           \
			break;                                                          \
		default:                                                                \
			asm volatile(op "l %1, " __percpu_seg "%0"                      \
				     : "+m"(var)                                        \
				     : "ri"(__operand)                                  \
				     : "cc");                                           \
		}                                                                       \
	} while (0)

#define arch_this_cpu_write(var, value) arch_this_cpu_op("mov", var, value)
#define arch_this_cpu_add(var, value)	arch_this_cpu_op("add", var, value)
#define arch_this_cpu_and(var, value)	arch_this_cpu_op("and", var, value)
#define arch_this_cpu_or(var, value)	arch_this_cpu_op("or", var, value)

/* Of 4 bytes: adds, and returns what was there before. */
#define arch_this_cpu_xadd(var, value)                      \
	({                                                  \
		typeof(var) __was = (value);                \
		BUILD_BUG_ON(sizeof(var) != 4);             \
		asm volatile("xaddl %0, " __percpu_seg "%1" \
			     : "+r"(__was), "+m"(var)       \
			     :                              \
			     : "cc", "memory");             \
		__was;                                      \
	})

/* Of an int: true when it has become zero. */
#define arch_this_cpu_dec_and_test(var)                                                   \
	({                                                                                \
		bool __zero;                                                              \
		BUILD_BUG_ON(sizeof(var) != 4);                                           \
		asm volatile("decl " __percpu_seg "%0" : "+m"(var), "=@ccz"(__zero) : :); \
		__zero;                                                                   \
	})

/* One less; true if it was 0, and has borrowed. */
#define arch_this_cpu_dec_borrow(var)                                                       \
	({                                                                                  \
		bool __borrow;                                                              \
		BUILD_BUG_ON(sizeof(var) != 4);                                             \
		asm volatile("subl $1, " __percpu_seg "%0" : "+m"(var), "=@ccc"(__borrow)); \
		__borrow;                                                                   \
	})

/* Of an int: compares where it is, without loading it. */
#define arch_this_cpu_equals(var, value)                   \
	({                                                 \
		bool __equal;                              \
		BUILD_BUG_ON(sizeof(var) != 4);            \
		asm volatile("cmpl %2, " __percpu_seg "%1" \
			     : "=@ccz"(__equal)            \
			     : "m"(var), "ri"(value));     \
		__equal;                                   \
	})

#define arch_this_cpu_offset() arch_this_cpu_read(this_cpu_off)

#endif
