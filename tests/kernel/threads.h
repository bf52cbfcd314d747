/* SPDX-License-Identifier: MIT */
/*
 * Threads of a test case. They are stopped when it has ended, however it did, and it holds a
 * reference to each until then. So what they write to must outlive the case's function:
 * zeroed() is memory that does. A thread must not use KUNIT_EXPECT or KUNIT_ASSERT: it leaves
 * its findings where the case looks.
 */
#ifndef _TESTS_KERNEL_THREADS_H
#define _TESTS_KERNEL_THREADS_H

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <memkern/kunit_extra.h>
#include "../../kernel/sched.h"

static inline void end_thread(void *task)
{
	kthread_stop(task);
	put_task_struct(task);
}

/* Not yet woken. */
static inline struct task_struct *make_thread(struct kunit *test, int (*function)(void *),
					      void *data)
{
	struct task_struct *task = kthread_create(function, data, "%.15s", test->name);

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, end_thread, task), 0);
	return task;
}

static inline struct task_struct *start_thread(struct kunit *test, int (*function)(void *),
					       void *data)
{
	struct task_struct *task = make_thread(test, function, data);

	wake_up_process(task);
	return task;
}

/*
 * The same on one CPU alone. On the test's own one, which is 0, it runs when the test sleeps,
 * is preempted or yields; others run at the same time as the test.
 */
static inline struct task_struct *make_thread_on(struct kunit *test, unsigned int cpu,
						 int (*function)(void *), void *data)
{
	struct task_struct *task = make_thread(test, function, data);

	kthread_bind(task, cpu);
	return task;
}

static inline struct task_struct *start_thread_on(struct kunit *test, unsigned int cpu,
						  int (*function)(void *), void *data)
{
	struct task_struct *task = make_thread_on(test, cpu, function, data);

	wake_up_process(task);
	return task;
}

/* Does nothing until it is stopped. */
static inline int sleep_until_stopped(void *unused)
{
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* A zeroed object that lives until the threads have been stopped. */
#define zeroed(test, type)                                                                   \
	({                                                                                   \
		typeof(type) *__object = kunit_kzalloc(test, sizeof(*__object), GFP_KERNEL); \
		KUNIT_ASSERT_NOT_NULL(test, __object);                                       \
		__object;                                                                    \
	})

static inline bool is_asleep(const struct task_struct *task)
{
	return !READ_ONCE(task->on_rq) && !READ_ONCE(task->on_cpu);
}

static inline bool others_run(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (cpu != raw_smp_processor_id() &&
		    READ_ONCE(per_cpu_ptr(&runqueues, cpu)->nr_running))
			return true;
	return false;
}

/*
 * Lets the other threads run until all of them sleep, if they do so soon. With one CPU a few
 * turns are enough; others may need time, the more so where the host has fewer than we.
 */
static inline void settle(void)
{
	unsigned long end = jiffies + 2 * HZ;
	int turns, quiet = 0;

	for (turns = 0; turns < 20; turns++)
		yield();
	while (num_online_cpus() > 1 && quiet < 3 && time_before(jiffies, end)) {
		quiet = others_run() ? 0 : quiet + 1;
		schedule_timeout_uninterruptible(1);
	}
}

/* Waits until the condition holds: some turns of the others, then a minute at most. */
#define eventually(condition)                                                               \
	({                                                                                  \
		unsigned long __end = jiffies + 60 * HZ;                                    \
		int __turns;                                                                \
		for (__turns = 0; !(condition) && time_before(jiffies, __end); __turns++) { \
			if (__turns < 20)                                                   \
				yield();                                                    \
			else                                                                \
				schedule_timeout_uninterruptible(1);                        \
		}                                                                           \
		(condition);                                                                \
	})

/* However long the thread takes to end by itself. To stop it might be before it has begun. */
static inline void wait_until_ended(const struct task_struct *task)
{
	while (READ_ONCE(task->__state) != TASK_DEAD)
		schedule_timeout_uninterruptible(1);
}

/* Lets a thread run to its end by itself, and says what it returned. */
static inline int finish_thread(struct kunit *test, struct task_struct *task)
{
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(task->__state) == TASK_DEAD));
	return kthread_stop(task);
}

#endif
