/* SPDX-License-Identifier: MIT */
/*
 * Kernel threads.
 *
 *	task = kthread_run(function, data, "name/%d", n);
 *	if (IS_ERR(task))
 *		return PTR_ERR(task);
 *	...
 *	result = kthread_stop(task);	waits until function has returned
 *
 *	static int function(void *data)
 *	{
 *		while (!kthread_should_stop())
 *			...
 *		return result;
 *	}
 *
 * A thread whose function returns by itself is gone: who wants to kthread_stop() it all
 * the same holds a reference (get_task_struct()). Process context, may sleep.
 */
#ifndef _LINUX_KTHREAD_H
#define _LINUX_KTHREAD_H

#include <linux/err.h>
#include <linux/sched.h>

/* Does not run before it is woken by wake_up_process(). ERR_PTR(-ENOMEM) without memory. */
struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int node,
					   const char *namefmt, ...) __printf(4, 5);

#define kthread_create(threadfn, data, namefmt, ...) \
	kthread_create_on_node(threadfn, data, -1, namefmt, ##__VA_ARGS__)

#define kthread_run(threadfn, data, namefmt, ...)                               \
	({                                                                      \
		struct task_struct *__task =                                    \
			kthread_create(threadfn, data, namefmt, ##__VA_ARGS__); \
		if (!IS_ERR(__task))                                            \
			wake_up_process(__task);                                \
		__task;                                                         \
	})

/* On this CPU alone; before the thread is first woken. */
void kthread_bind(struct task_struct *task, unsigned int cpu);

/* What the function returned; -EINTR if the thread was never woken: then it never runs. */
int kthread_stop(struct task_struct *task);
bool kthread_should_stop(void);

/* Wait in kthread_parkme() until kthread_unpark(). */
int kthread_park(struct task_struct *task);
void kthread_unpark(struct task_struct *task);
bool kthread_should_park(void);
void kthread_parkme(void);

void *kthread_data(struct task_struct *task);
void __noreturn kthread_exit(long result);
void __noreturn kthread_complete_and_exit(struct completion *work, long code);

#endif
