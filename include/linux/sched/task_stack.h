/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SCHED_TASK_STACK_H
#define _LINUX_SCHED_TASK_STACK_H

#include <linux/sched.h>

/* On the stack of the task that asks. */
static inline int object_is_on_stack(const void *object)
{
	const char *stack = task_stack_page(current);

	return (const char *)object >= stack && (const char *)object < stack + THREAD_SIZE;
}

#endif
