/* SPDX-License-Identifier: MIT */
/*
 * Tasks: threads of execution, each with a stack. kernel/sched.c says how they share a
 * CPU. A task sleeps by saying so before it looks for what it waits for:
 *
 *	for (;;) {
 *		set_current_state(TASK_UNINTERRUPTIBLE);
 *		if (condition)
 *			break;
 *		schedule();
 *	}
 *	__set_current_state(TASK_RUNNING);
 *
 * so that a wake-up between the look and schedule() is not lost. linux/wait.h has it
 * ready-made.
 */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/lockdep_types.h>
#include <linux/preempt.h>
#include <linux/rbtree.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <asm/barrier.h>
#include <asm/current.h>
#include <asm/kmap_size.h>
#include <asm/pgtable_types.h>

#define TASK_COMM_LEN 16

#define THREAD_SIZE_ORDER 1
#define THREAD_SIZE	  (4096UL << THREAD_SIZE_ORDER)
#define THREAD_ALIGN	  THREAD_SIZE

/* task->__state: why it does not run. */
#define TASK_RUNNING 0x0000
#define TASK_INTERRUPTIBLE \
	0x0001 /* there are no signals: woken by what it waits for, or kthread_stop() */
#define TASK_UNINTERRUPTIBLE 0x0002
#define TASK_PARKED	     0x0040
#define TASK_DEAD	     0x0080
#define TASK_WAKEKILL	     0x0100
#define TASK_NOLOAD	     0x0400
#define TASK_NEW	     0x0800
#define TASK_KILLABLE	     (TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_IDLE	     (TASK_UNINTERRUPTIBLE | TASK_NOLOAD) /* may wait for ever: no watchdog */
#define TASK_NORMAL	     (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)

/* Per-task flags, changed only by the task itself. */
#define PF_IDLE		 0x00000002
#define PF_EXITING	 0x00000004
#define PF_WQ_WORKER	 0x00000020
#define PF_MEMALLOC	 0x00000800 /* may use all reserves, must not reclaim */
#define PF_KSWAPD	 0x00020000
#define PF_MEMALLOC_NOFS 0x00040000 /* memalloc_nofs_save() */
#define PF_MEMALLOC_NOIO 0x00080000 /* memalloc_noio_save() */
#define PF_KTHREAD	 0x00200000

#define MAX_NICE 19
#define MIN_NICE (-20)

#define TASK_ON_RQ_QUEUED    1
#define TASK_ON_RQ_MIGRATING 2 /* runnable, on its way to a queue: who wakes it leaves it alone */

struct task_struct {
	unsigned long sp; /* of a task that does not run: first, for kernel/x86/switch.S */
	void *stack;	  /* lowest address of its THREAD_SIZE bytes */
	char comm[TASK_COMM_LEN];
	int pid;
	unsigned int flags;	/* PF_* */
	atomic_t usage;		/* put_task_struct() frees at 0 */
	struct list_head tasks; /* of all: under tasklist_lock */

	unsigned int __state; /* TASK_*; set by the task itself, to RUNNING by who wakes it */

	/* Under the lock of its CPU's run queue: */
	struct cpumask cpus_mask; /* where it may run */
	unsigned int cpu;
	u8 on_rq;    /* TASK_ON_RQ_*: in the queue, or running */
	bool on_cpu; /* running: its registers are in the CPU */
	int nice;
	unsigned int weight;
	u64 vruntime;	      /* ns of CPU time, scaled by weight: who has least is next */
	u64 exec_start;	      /* sched_clock() when it last was accounted */
	u64 sum_exec_runtime; /* ns */
	u64 slice_start;      /* sum_exec_runtime when it was last given the CPU */
	u64 last_seen;	      /* sched_clock() when it last ran or was woken: for the watchdog */
	struct rb_node run_node;
	unsigned long nvcsw, nivcsw; /* how often it gave the CPU away, and had it taken */

	int pagefault_disabled;	      /* linux/uaccess.h */
	unsigned long reclaimed_slab; /* pages that it took out of slabs: see shrink_zones() */
	unsigned int fail_nth;	      /* so many allocations on, one fails: linux/fault-inject.h, */
	bool fail_nth_on;	      /* counting, or it has */
	struct kmap_ctrl {
		int idx; /* while it does not run: so many local mappings it has (mm/highmem.c) */
		pte_t pteval[KM_MAX_IDX];
	} kmap_ctrl;

	/* Threads: kernel/kthread.c */
	int (*threadfn)(void *data);
	void *thread_data;
	unsigned long kthread_flags;
	int exit_code;
	struct completion exited, parked;

#ifdef CONFIG_LOCKDEP
	unsigned int lockdep_depth; /* its locks, and those of interrupts on top of it */
	struct held_lock held_locks[MAX_LOCK_DEPTH];
#endif
};

extern struct task_struct init_task;

/* Functions in which a task waits: what it waits in, for people, is who called them. */
#define __sched __section(".sched.text")
bool in_sched_functions(unsigned long address);
unsigned long get_wchan(struct task_struct *task);

/* Every task but the idle ones, in the order of their making. Under tasklist_lock. */
extern struct list_head __task_list;
extern spinlock_t tasklist_lock;
#define for_each_process(task) list_for_each_entry(task, &__task_list, tasks)

#define __set_current_state(state) WRITE_ONCE(current->__state, (state))
/* Before whatever the caller looks at next, also on other CPUs. */
#define set_current_state(state)            \
	do {                                \
		__set_current_state(state); \
		smp_mb();                   \
	} while (0)
#define get_current_state()   READ_ONCE(current->__state)
#define task_is_running(task) (READ_ONCE((task)->__state) == TASK_RUNNING)

/* Gives the CPU to the next task. Returns when this one runs again. Process context. */
void schedule(void);

/* The same, as often as somebody more urgent waits; nothing otherwise. Returns whether it did. */
int _cond_resched(void);
#define cond_resched()           \
	({                       \
		might_sleep();   \
		_cond_resched(); \
	})
void yield(void);

/* The task may run on these CPUs only. 0, or -EINVAL: none of them runs. */
int set_cpus_allowed_ptr(struct task_struct *task, const struct cpumask *mask);

/*
 * Makes a sleeping task runnable. 1 if it slept, 0 if it was awake: then it will see at its next
 * look what it was to be woken for. Any context.
 */
int wake_up_process(struct task_struct *task);
int wake_up_state(struct task_struct *task, unsigned int state);

void scheduler_tick(void);
/* At the end of a section without preemption, and of an interrupt: see asm/preempt.h, entry.S. */
void preempt_schedule(void);
void preempt_schedule_irq(void);
void sched_init(void);
void set_user_nice(struct task_struct *task, long nice);
int task_nice(const struct task_struct *task);

#define MAX_SCHEDULE_TIMEOUT LONG_MAX
/* Sleeps at most so many jiffies; returns how many were left. The state is the caller's to set. */
long schedule_timeout(long timeout);
long schedule_timeout_interruptible(long timeout);
long schedule_timeout_uninterruptible(long timeout);
long schedule_timeout_killable(long timeout);
long schedule_timeout_idle(long timeout);

/* Tasks live until the last reference is put. */
void __put_task_struct(struct task_struct *task);

static inline struct task_struct *get_task_struct(struct task_struct *task)
{
	atomic_inc(&task->usage);
	return task;
}

static inline void put_task_struct(struct task_struct *task)
{
	if (atomic_dec_and_test(&task->usage))
		__put_task_struct(task);
}

/* Ends the calling task. */
void __noreturn do_exit(long code);

static inline unsigned int task_cpu(const struct task_struct *task)
{
	return READ_ONCE(task->cpu);
}

static inline int task_pid_nr(const struct task_struct *task)
{
	return task->pid;
}

static inline bool is_idle_task(const struct task_struct *task)
{
	return task->flags & PF_IDLE;
}

struct task_struct *idle_task(int cpu);

#define task_stack_page(task) ((task)->stack)

/* Of a stack of THREAD_SIZE bytes, how many the task has never used. */
unsigned long stack_not_used(const struct task_struct *task);

#endif
