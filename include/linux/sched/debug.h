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

#endif
