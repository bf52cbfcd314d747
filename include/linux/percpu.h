/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU variables. Each CPU has its own copy, at the variable's address plus
 * __per_cpu_offset[cpu]. The boot CPU's copy is the variable itself.
 *
 * this_cpu_read() and friends are single instructions: safe in any context, no
 * masking needed. this_cpu_ptr() is right only while the caller cannot move to
 * another CPU (preemption or interrupts off).
 */
#ifndef _LINUX_PERCPU_H
#define _LINUX_PERCPU_H

#include <linux/types.h>
#include <linux/percpu-defs.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/threads.h>
#include <asm/percpu.h>

extern unsigned long __per_cpu_offset[NR_CPUS];

#define per_cpu_offset(cpu) (__per_cpu_offset[cpu])

#define __shift_percpu_ptr(ptr, offset) ((typeof(ptr))((unsigned long)(ptr) + (offset)))

#define per_cpu_ptr(ptr, cpu) __shift_percpu_ptr(ptr, per_cpu_offset(cpu))
#define this_cpu_ptr(ptr)     __shift_percpu_ptr(ptr, arch_this_cpu_offset())
#define raw_cpu_ptr(ptr)      this_cpu_ptr(ptr)
#define per_cpu(var, cpu)     (*per_cpu_ptr(&(var), cpu))

/* Changes *__p, this CPU's, with interrupts off, and returns what it says then. */
#define __this_cpu_change(var, change)      \
	({                                  \
		unsigned long __flags;      \
		typeof(var) *__p, __result; \
		local_irq_save(__flags);    \
		__p = this_cpu_ptr(&(var)); \
		__result = ({ change; });   \
		local_irq_restore(__flags); \
		__result;                   \
	})

/* The variable, for an instruction: none takes 8 bytes. Those are changed with interrupts off. */
#define __is_wide(var) (sizeof(var) == 8)
#define __narrow(var)  (*(typeof(__builtin_choose_expr(__is_wide(var), 0UL, (var))) *)&(var))

#define this_cpu_read(var)                                                      \
	({                                                                      \
		typeof(var) __now;                                              \
		if (__is_wide(var))                                             \
			__now = __this_cpu_change(var, *__p);                   \
		else                                                            \
			__now = (typeof(var))arch_this_cpu_read(__narrow(var)); \
		__now;                                                          \
	})
#define __this_cpu_do(op, var, value, change)                              \
	do {                                                               \
		if (__is_wide(var))                                        \
			(void)__this_cpu_change(var, change);              \
		else                                                       \
			op(__narrow(var), (typeof(__narrow(var)))(value)); \
	} while (0)
#define this_cpu_write(var, value) __this_cpu_do(arch_this_cpu_write, var, value, *__p = (value))
#define this_cpu_add(var, value)   __this_cpu_do(arch_this_cpu_add, var, value, *__p += (value))
#define this_cpu_sub(var, value) \
	__this_cpu_do(arch_this_cpu_add, var, -(typeof(var))(value), *__p -= (value))
#define this_cpu_and(var, value) arch_this_cpu_and(var, value)
#define this_cpu_or(var, value)	 arch_this_cpu_or(var, value)
#define this_cpu_inc(var)	 this_cpu_add(var, 1)
#define this_cpu_dec(var)	 this_cpu_sub(var, 1)

#define this_cpu_add_return(var, value) __this_cpu_change(var, *__p += (value))
#define this_cpu_sub_return(var, value) __this_cpu_change(var, *__p -= (value))
#define this_cpu_inc_return(var)	this_cpu_add_return(var, 1)
#define this_cpu_dec_return(var)	this_cpu_sub_return(var, 1)
/* These two return what was there before. */
#define this_cpu_xchg(var, new) \
	__this_cpu_change(var, typeof(var) __before = *__p; *__p = (new); __before)
#define this_cpu_cmpxchg(var, old, new)                     \
	__this_cpu_change(var, typeof(var) __before = *__p; \
			  *__p = __before == (old) ? (new) : __before; __before)

#define __this_cpu_read(var)	     this_cpu_read(var)
#define __this_cpu_write(var, value) this_cpu_write(var, value)
#define __this_cpu_add(var, value)   this_cpu_add(var, value)
#define __this_cpu_sub(var, value)   this_cpu_sub(var, value)
#define __this_cpu_inc(var)	     this_cpu_inc(var)
#define __this_cpu_dec(var)	     this_cpu_dec(var)

#define __this_cpu_add_return(var, value) this_cpu_add_return(var, value)
#define __this_cpu_inc_return(var)	  this_cpu_inc_return(var)
#define __this_cpu_dec_return(var)	  this_cpu_dec_return(var)
#define __this_cpu_xchg(var, new)	  this_cpu_xchg(var, new)

#define raw_cpu_read(var)	  this_cpu_read(var)
#define raw_cpu_write(var, value) this_cpu_write(var, value)
#define raw_cpu_add(var, value)	  this_cpu_add(var, value)
#define raw_cpu_inc(var)	  this_cpu_inc(var)
#define raw_cpu_dec(var)	  this_cpu_dec(var)

#define PCPU_MIN_UNIT_SIZE (32 << 10)

/*
 * Per-CPU variables made at run time: zeroed, at most PCPU_MIN_UNIT_SIZE bytes, aligned to at
 * most PAGE_SIZE; NULL without memory, or, with flags that may not sleep, when what there is of
 * them is used up. Freeing never sleeps; NULL is fine.
 */
void *__alloc_percpu(size_t size, size_t align);
void *__alloc_percpu_gfp(size_t size, size_t align, gfp_t gfp);
void free_percpu(void *pointer);

#define alloc_percpu(type) ((typeof(type) *)__alloc_percpu(sizeof(type), __alignof__(type)))
#define alloc_percpu_gfp(type, gfp) \
	((typeof(type) *)__alloc_percpu_gfp(sizeof(type), __alignof__(type), gfp))

#define get_cpu_ptr(ptr)           \
	({                         \
		preempt_disable(); \
		this_cpu_ptr(ptr); \
	})
#define put_cpu_ptr(ptr)          \
	do {                      \
		(void)(ptr);      \
		preempt_enable(); \
	} while (0)
#define get_cpu_var(var) (*get_cpu_ptr(&(var)))
#define put_cpu_var(var) put_cpu_ptr(&(var))

#endif
