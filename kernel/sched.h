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
	unsigned int cpu;	  /* whose it is */
	unsigned long cpu_bit;	  /* in a cpumask's first word, which holds NR_CPUS */
	struct task_struct *push; /* must go on elsewhere: see set_cpus_allowed_ptr() */
	unsigned long nr_switches;
	u64 since; /* sched_clock() when its idle task was made */
};

DECLARE_PER_CPU(struct rq, runqueues);

/*
 * hung_task.c: a thread that has slept uninterruptibly, or waited for a CPU, or had one to
 * itself while others waited, for longer than this is reported. 0: never.
 */
#define HUNG_TASK_TIMEOUT_MS 10000
void set_hung_task_timeout(unsigned int ms);

/* hung_task.c, in the tick: is this CPU stuck with who has it? */
void watchdog_tick(const struct rq *rq);

/* fork.c: the task with the lowest number above `pid`, with a reference; NULL: none. */
struct task_struct *next_task_after(int pid);

/* sched_debug.c: what the task does, in a word; its letter is Linux's. */
const char *task_state_name(const struct task_struct *task);
char task_state_to_char(const struct task_struct *task);

void sched_fork(struct task_struct *task);
int sched_check(void);
/* Of the tasks that end: takes the CPU from it for good. Preemption is off. */
void __noreturn schedule_dead(void);

/* workqueue.c: the current task is a worker, and ends; by a fault, in the middle of a work. */
void worker_exits(void);

/* What a new task does first (switch.S). */
void schedule_tail(struct task_struct *prev);
void __noreturn kthread_entry(void);

/* A CPU's idle task: fork_idle() makes it, NULL without memory; do_idle() is what it does. */
struct task_struct *fork_idle(unsigned int cpu);
void init_idle(struct task_struct *task, unsigned int cpu);
void __noreturn do_idle(void);

/* fork.c, sched.c: in the boot */
void fork_init(void);
struct task_struct *new_task(int (*threadfn)(void *data), void *data);

#endif
