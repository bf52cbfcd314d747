/* SPDX-License-Identifier: MIT */
/* Between the scheduler, the making and ending of tasks, and those who show them. */
#ifndef _KERNEL_SCHED_H
#define _KERNEL_SCHED_H

#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

/* A CPU's runnable tasks; kernel/sched.c has the theory and the invariants. */
struct rq {
	spinlock_t lock;
	unsigned int nr_running; /* in the queue, and the running one unless it is idle */
	struct task_struct *curr, *idle;
	struct rb_root_cached queue; /* by vruntime; without curr */
	u64 min_vruntime;
	unsigned long nr_switches;
};

DECLARE_PER_CPU(struct rq, runqueues);

void sched_fork(struct task_struct *task);
int sched_check(void);
/* Of the tasks that end: takes the CPU from it for good. Preemption is off. */
void __noreturn schedule_dead(void);

/* What a new task does first (switch.S). */
void schedule_tail(struct task_struct *prev);
void __noreturn kthread_entry(void);

/* fork.c, sched.c: in the boot */
void fork_init(void);
struct task_struct *new_task(int (*threadfn)(void *data), void *data);

#endif
