/* SPDX-License-Identifier: MIT */
/*
 * Calling a function in each of the contexts that code can be in, for real: "hardirq" is
 * the handler of an interrupt that the CPU took. For the monitor's `in` and for tests.
 */
#ifndef _MEMKERN_CONTEXTS_H
#define _MEMKERN_CONTEXTS_H

#include <linux/types.h>

enum context {
	CONTEXT_PROCESS,
	CONTEXT_THREAD, /* another one than the caller */
	CONTEXT_WORKQUEUE,
	CONTEXT_PREEMPT_OFF,
	CONTEXT_SPINLOCK,
	CONTEXT_IRQS_OFF,
	CONTEXT_BH_OFF, /* from here on in_interrupt() is true */
	CONTEXT_TASKLET,
	CONTEXT_TIMER,
	CONTEXT_HRTIMER,
	CONTEXT_HARDIRQ,
	NR_CONTEXTS
};

extern const char *const context_names[NR_CONTEXTS];

static inline bool context_may_sleep(enum context context)
{
	return context <= CONTEXT_WORKQUEUE;
}

/*
 * Returns when function(data) has run there. Process context, may sleep; one at a time.
 * 0, or -ENOMEM: no memory for a thread.
 */
int run_in_context(enum context context, void (*function)(void *data), void *data);

/*
 * The same in a thread of its own that runs on that CPU alone; any number at a time. -EINVAL:
 * no such CPU runs.
 */
int run_on_cpu(unsigned int cpu, void (*function)(void *data), void *data);

#endif
