/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

/*
 * What the compiler is told about functions, data and branches, and the accesses
 * that it must not merge, split or repeat.
 */

/* Functions */
#undef __always_inline
#define __always_inline	     inline __attribute__((__always_inline__))
#define noinline	     __attribute__((__noinline__))
#define noinline_for_stack   noinline
#define __pure		     __attribute__((__pure__))
#define __attribute_const__  __attribute__((__const__))
#define __noreturn	     __attribute__((__noreturn__))
#define __cold		     __attribute__((__cold__))
#define __must_check	     __attribute__((__warn_unused_result__))
#define __malloc	     __attribute__((__malloc__))
#define __alloc_size(...)    __attribute__((__alloc_size__(__VA_ARGS__)))
#define __printf(fmt, first) __attribute__((__format__(printf, fmt, first)))
#define __weak		     __attribute__((__weak__))

/* Data and sections */
#define __packed	__attribute__((__packed__))
#define __aligned(n)	__attribute__((__aligned__(n)))
#define __section(name) __attribute__((__section__(name)))
#define __used		__attribute__((__used__))
#define __maybe_unused	__attribute__((__unused__))
#define __always_unused __attribute__((__unused__))
#define __visible	__attribute__((__externally_visible__))
#define __alias(symbol) __attribute__((__alias__(#symbol)))

/* Statements */
#define fallthrough	      __attribute__((__fallthrough__))
#define unreachable()	      __builtin_unreachable()
#define likely(x)	      __builtin_expect(!!(x), 1)
#define unlikely(x)	      __builtin_expect(!!(x), 0)
#define barrier()	      __asm__ __volatile__("" ::: "memory")
#define barrier_data(ptr)     __asm__ __volatile__("" ::"r"(ptr) : "memory")
#define OPTIMIZER_HIDE_VAR(v) __asm__("" : "=r"(v) : "0"(v))

/* Marks for the sparse checker: they say something to the reader, nothing to gcc. */
#define __user
#define __kernel
#define __iomem
#define __percpu
#define __rcu
#define __force
#define __nocast
#define __bitwise
#define __private
#define __must_hold(lock)
#define __acquires(lock)
#define __releases(lock)
#define __acquire(lock) ((void)0)
#define __release(lock) ((void)0)

/* Questions about types, answered while compiling */
#define __same_type(a, b)      __builtin_types_compatible_p(typeof(a), typeof(b))
#define is_signed_type(type)   (((type)(-1)) < (type)1)
#define is_unsigned_type(type) (!is_signed_type(type))

/* A name that no other expansion of the same macro in this file has. */
#define ___paste(a, b)	    a##b
#define __paste(a, b)	    ___paste(a, b)
#define __UNIQUE_ID(prefix) __paste(__unique_##prefix##_, __COUNTER__)

/*
 * READ_ONCE and WRITE_ONCE access memory exactly once, whole where the machine can
 * (up to the size of a long): for words that an interrupt or another CPU changes
 * without a lock. They order nothing else.
 */
#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, val)                           \
	do {                                         \
		*(volatile typeof(x) *)&(x) = (val); \
	} while (0)

/* The value of an expression that races on purpose. */
#define data_race(expr) (expr)

#endif
