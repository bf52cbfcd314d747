/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SCHED_DEBUG_H
#define _LINUX_SCHED_DEBUG_H

struct pt_regs;
struct task_struct;

/* Prints registers, code and call trace of what an exception or interrupt stopped. */
void show_regs(const struct pt_regs *regs);

/* Prints the call trace of a task; of the caller's, from here, for NULL. */
void show_stack(struct task_struct *task);

/* The same with a line before it that says who the task is and what it does. */
void sched_show_task(struct task_struct *task);

/*
 * The watchdog (kernel/hung_task.c): a thread that has slept uninterruptibly, or waited for a
 * CPU, or had one to itself while others waited, for longer than this is reported. 0: never.
 */
#define HUNG_TASK_TIMEOUT_MS 10000
void set_hung_task_timeout(unsigned int ms);

#endif
