// SPDX-License-Identifier: MIT
/*
 * The life of a task: its stack, its beginning and its end.
 *
 *	lowest address
 *	| guard page | stack, THREAD_SIZE bytes        <- grows down |
 *
 * The guard is the first of three pages, taken out of the direct mapping: a stack that
 * runs over its end faults there, at once, instead of writing into what lies below. The
 * stack is zeroed first, so that what has never been used can be told later.
 *
 * A task lives until its last reference is put. One is the CPU's: it is dropped when the
 * task has left the CPU for the last time (finish_task_switch), for nobody can free the
 * stack that it runs on. References may be put in any context.
 */
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/set_memory.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/irq_stack.h>
#include <asm/switch_to.h>
#include "sched.h"

#define STACK_BLOCK_SIZE (PAGE_SIZE + THREAD_SIZE)

LIST_HEAD(__task_list);
DEFINE_SPINLOCK(tasklist_lock);

static struct kmem_cache *task_struct_cache;

static void *alloc_thread_stack(void)
{
	char *block = alloc_pages_exact(STACK_BLOCK_SIZE, GFP_KERNEL | __GFP_ZERO);

	if (!block)
		return NULL;
	if (set_memory_np((unsigned long)block, 1)) {
		free_pages_exact(block, STACK_BLOCK_SIZE);
		return NULL;
	}
	return block + PAGE_SIZE;
}

/* Stacks of a CPU's own are of the same size, and stay. */
static unsigned long alloc_stack_top(void)
{
	void *stack = alloc_thread_stack();

	return stack ? (unsigned long)stack + THREAD_SIZE : 0;
}

/* Making a page present again needs no memory and no flush: any context. */
static void free_thread_stack(void *stack)
{
	char *block = (char *)stack - PAGE_SIZE;

	BUG_ON(set_memory_p((unsigned long)block, 1));
	free_pages_exact(block, STACK_BLOCK_SIZE);
}

unsigned long stack_not_used(const struct task_struct *task)
{
	const char *used = memchr_inv(task->stack, 0, THREAD_SIZE);

	return used ? (unsigned long)(used - (const char *)task->stack) : THREAD_SIZE;
}

void __put_task_struct(struct task_struct *task)
{
	free_thread_stack(task->stack);
	kmem_cache_free(task_struct_cache, task);
}

/* The stack of a task that has never run: it comes out of switch_to() into ret_from_fork. */
static void lay_first_frame(struct task_struct *task)
{
	struct inactive_task_frame *frame = task->stack + THREAD_SIZE;

	frame--;
	frame->ret_addr = (unsigned long)ret_from_fork;
	task->sp = (unsigned long)frame;
}

struct task_struct *new_task(int (*threadfn)(void *data), void *data)
{
	static int last_pid;
	struct task_struct *task = kmem_cache_zalloc(task_struct_cache, GFP_KERNEL);
	unsigned long flags;

	if (!task)
		return NULL;
	task->stack = alloc_thread_stack();
	if (!task->stack) {
		kmem_cache_free(task_struct_cache, task);
		return NULL;
	}
	task->flags = PF_KTHREAD;
	task->threadfn = threadfn;
	task->thread_data = data;
	atomic_set(&task->usage, 1);
	init_completion(&task->exited);
	init_completion(&task->parked);
	lay_first_frame(task);
	sched_fork(task);

	spin_lock_irqsave(&tasklist_lock, flags);
	task->pid = ++last_pid;
	list_add_tail(&task->tasks, &__task_list);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return task;
}

/* The idle task of a CPU that is about to start: on its CPU from the beginning, in no list. */
struct task_struct *fork_idle(unsigned int cpu)
{
	struct task_struct *task = kmem_cache_zalloc(task_struct_cache, GFP_KERNEL);

	if (!task)
		return NULL;
	task->stack = alloc_thread_stack();
	per_cpu(irq_stack_top, cpu) = alloc_stack_top();
	per_cpu(double_fault_stack_top, cpu) = alloc_stack_top();
	if (!task->stack || !per_cpu(irq_stack_top, cpu) || !per_cpu(double_fault_stack_top, cpu))
		return NULL; /* the machine has no memory left to start with */
	snprintf(task->comm, sizeof(task->comm), "swapper/%u", cpu);
	task->flags = PF_IDLE | PF_KTHREAD;
	atomic_set(&task->usage, 1);
	INIT_LIST_HEAD(&task->tasks);
	init_idle(task, cpu);
	return task;
}

static void leave_task_list(struct task_struct *task)
{
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	list_del_init(&task->tasks);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

struct task_struct *next_task_after(int pid)
{
	struct task_struct *task, *next = NULL;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_process(task) {
		if (task->pid > pid) {
			next = get_task_struct(task);
			break;
		}
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return next;
}

void __noreturn do_exit(long code)
{
	struct task_struct *task = current;

	if (in_interrupt())
		panic("Aiee, killing interrupt handler!");
	if (is_idle_task(task))
		panic("Attempted to kill the idle task!");
	if (task->pid == 1)
		panic("Attempted to kill init! exitcode=0x%08lx", code);
	debug_check_no_locks_held();
	if (task->flags & PF_WQ_WORKER)
		worker_exits();
	task->flags |= PF_EXITING;
	task->exit_code = code;
	/*
	 * To the end without a break: no list has it, so it must not wait in a queue (I-sched-1),
	 * and whoever waits for the end runs when it has come, stack and all.
	 */
	preempt_disable();
	leave_task_list(task);
	complete_all(&task->parked);
	complete_all(&task->exited);
	schedule_dead();
}

void __init fork_init(void)
{
	task_struct_cache = KMEM_CACHE(task_struct, SLAB_HWCACHE_ALIGN | SLAB_PANIC);
}
