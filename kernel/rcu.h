/* SPDX-License-Identifier: MIT */
/* Between RCU's files, the scheduler and who checks them. */
#ifndef _KERNEL_RCU_H
#define _KERNEL_RCU_H

#include <linux/percpu.h>
#include <linux/rcupdate.h>

/* This CPU has switched tasks since it last noted a grace period: no reader is older. */
DECLARE_PER_CPU(bool, rcu_switched);

#define rcu_note_context_switch(preempt) this_cpu_write(rcu_switched, true)

/* In an interrupt that another CPU sent, maybe to know: says so if this CPU has no reader. */
void rcu_reschedule_irq(void);

/* A grace period that takes longer than this is reported; jiffies. Returns what it was. */
unsigned long set_rcu_stall_timeout(unsigned long timeout);

/* How many callbacks wait on a CPU, and how many grace periods have ended. */
unsigned int rcu_callbacks_waiting(unsigned int cpu);
unsigned long rcu_grace_periods(void);

/* Broken invariants. Any context. */
int rcu_check(void);

/* kfree_rcu.c: pointers that wait to be given to call_rcu(), by the tick or rcu_barrier(). */
struct kfree_block;
DECLARE_PER_CPU(struct kfree_block *, kfree_rcu_block);
/* Interrupts are off. */
void kfree_rcu_flush(bool all);

#endif
