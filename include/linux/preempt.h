/* SPDX-License-Identifier: MIT */
/*
 * The preempt count: why this CPU must not be taken away, one word.
 *
 *	bits  0-7   preempt_disable() nesting, spinlocks included
 *	bits  8-15  softirqs: 1 while one is served, 2 for each local_bh_disable()
 *	bits 16-19  hard interrupt nesting
 *	bit     20  NMI
 *	bit     31  set while nobody waits for the CPU (kernel/sched.c)
 *
 * preempt_count() leaves bit 31 out: it is zero in process context that may sleep,
 * if interrupts are on. The word itself is zero if, besides, somebody more urgent
 * waits; so the end of a section need only see whether it reaches zero.
 */
#ifndef _LINUX_PREEMPT_H
#define _LINUX_PREEMPT_H

#include <linux/percpu-defs.h>
#include <linux/irqflags.h>
#include <asm/percpu.h>
#include <asm/preempt.h>

#define PREEMPT_SHIFT 0
#define SOFTIRQ_SHIFT 8
#define HARDIRQ_SHIFT 16
#define NMI_SHIFT     20

#define PREEMPT_MASK 0x000000ff
#define SOFTIRQ_MASK 0x0000ff00
#define HARDIRQ_MASK 0x000f0000
#define NMI_MASK     0x00100000

#define PREEMPT_OFFSET (1 << PREEMPT_SHIFT)
#define SOFTIRQ_OFFSET (1 << SOFTIRQ_SHIFT)
#define HARDIRQ_OFFSET (1 << HARDIRQ_SHIFT)
#define NMI_OFFSET     (1 << NMI_SHIFT)

#define SOFTIRQ_DISABLE_OFFSET (2 * SOFTIRQ_OFFSET)

#define PREEMPT_NEED_RESCHED 0x80000000 /* set: there is no need */
#define PREEMPT_ENABLED	     ((int)PREEMPT_NEED_RESCHED)

DECLARE_PER_CPU(int, __preempt_count);

#define preempt_count()		 (arch_this_cpu_read(__preempt_count) & ~PREEMPT_ENABLED)
#define preempt_count_add(value) arch_this_cpu_add(__preempt_count, (value))
#define preempt_count_sub(value) arch_this_cpu_add(__preempt_count, -(value))

#define set_preempt_need_resched()   arch_this_cpu_and(__preempt_count, ~PREEMPT_ENABLED)
#define clear_preempt_need_resched() arch_this_cpu_or(__preempt_count, PREEMPT_ENABLED)
#define need_resched()		     (arch_this_cpu_read(__preempt_count) >= 0)

#define preempt_disable()             \
	do {                          \
		preempt_count_add(1); \
		barrier();            \
	} while (0)
#define preempt_enable_no_resched()   \
	do {                          \
		barrier();            \
		preempt_count_sub(1); \
	} while (0)
#define preempt_enable()                                                   \
	do {                                                               \
		barrier();                                                 \
		if (unlikely(arch_this_cpu_dec_and_test(__preempt_count))) \
			__preempt_schedule();                              \
	} while (0)

#define softirq_count() (preempt_count() & SOFTIRQ_MASK)
#define hardirq_count() (preempt_count() & HARDIRQ_MASK)
#define irq_count()	(preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_MASK))

#define in_nmi()	     (preempt_count() & NMI_MASK)
#define in_hardirq()	     hardirq_count()
#define in_irq()	     hardirq_count()
#define in_serving_softirq() (softirq_count() & SOFTIRQ_OFFSET)
#define in_softirq()	     softirq_count()
#define in_interrupt()	     irq_count()
#define in_task()	     (!(preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET)))
#define in_atomic()	     (preempt_count() != 0)
#define preemptible()	     (preempt_count() == 0 && !irqs_disabled())

#endif
