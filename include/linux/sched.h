/* SPDX-License-Identifier: MIT */
/* Tasks. There is one so far: the boot's, which becomes the monitor. */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/types.h>
#include <linux/preempt.h>
#include <asm/current.h>

#define TASK_COMM_LEN 16

#define THREAD_SIZE_ORDER 1
#define THREAD_SIZE	  (4096UL << THREAD_SIZE_ORDER)

/* Per-task flags that the allocators look at. */
#define PF_MEMALLOC	 0x00000800 /* may use all reserves, must not reclaim */
#define PF_MEMALLOC_NOFS 0x00040000 /* memalloc_nofs_save() */
#define PF_MEMALLOC_NOIO 0x00080000 /* memalloc_noio_save() */
#define PF_KTHREAD	 0x00200000

struct task_struct {
	char comm[TASK_COMM_LEN];
	int pid;
	unsigned int flags; /* PF_*, changed only by the task itself */
	void *stack;	    /* lowest address of its THREAD_SIZE bytes */
};

extern struct task_struct init_task;

#endif
