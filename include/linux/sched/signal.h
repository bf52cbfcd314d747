/* SPDX-License-Identifier: MIT */
/* There is no user who could send a signal: none is ever pending. */
#ifndef _LINUX_SCHED_SIGNAL_H
#define _LINUX_SCHED_SIGNAL_H

#include <linux/sched.h>

static inline int signal_pending(struct task_struct *task)
{
	return 0;
}

static inline int fatal_signal_pending(struct task_struct *task)
{
	return 0;
}

#endif
