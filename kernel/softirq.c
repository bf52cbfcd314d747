// SPDX-License-Identifier: MIT
/*
 * Softirqs and tasklets: what a hard interrupt leaves for later.
 *
 *	hard interrupt      raise_softirq() sets a bit in this CPU's pending word
 *	its end             irq_exit(), with no other interrupt below: the handlers of all
 *	                    pending bits run, with interrupts on, on the interrupt stack
 *	bits set meanwhile  are looked at again, MAX_RESTARTS times; then the thread
 *	                    ksoftirqd goes on, so that tasks run in between
 *
 * On one CPU softirqs never nest, so a handler is not entered again while it runs; a
 * tasklet moreover runs on one CPU at a time. Both are softirq context: they must not
 * sleep. local_bh_disable() keeps them off this CPU; what is raised meanwhile runs when
 * the last local_bh_enable() is reached.
 *
 * Tasklets hang in two lists of each CPU, one for each of two softirqs. Being scheduled
 * is a bit, so a tasklet is in a list once, however often it is scheduled before it
 * runs. The bit is cleared before the function is called: it may schedule itself again.
 *
 * Invariants:
 *  I-softirq-1  a tasklet with SCHED is in exactly one list of one CPU, or about to be run
 *  I-softirq-2  the pending word and the lists are changed with interrupts off
 */
#include <linux/bug.h>
#include <linux/hardirq.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <asm/irq_stack.h>

#define MAX_RESTARTS 10

DEFINE_PER_CPU(unsigned int, softirq_pending);
static DEFINE_PER_CPU(struct task_struct *, ksoftirqd);
static DEFINE_PER_CPU(struct pt_regs *, irq_regs);

static void (*softirq_vec[NR_SOFTIRQS])(struct softirq_action *);

const char *const softirq_to_name[NR_SOFTIRQS] = { "HI",      "TIMER",	  "NET_TX",  "NET_RX",
						   "BLOCK",   "IRQ_POLL", "TASKLET", "SCHED",
						   "HRTIMER", "RCU" };

struct pt_regs *get_irq_regs(void)
{
	return this_cpu_read(irq_regs);
}

struct pt_regs *set_irq_regs(struct pt_regs *regs)
{
	struct pt_regs *before = this_cpu_read(irq_regs);

	this_cpu_write(irq_regs, regs);
	return before;
}

/* --- running them ------------------------------------------------------------ */

void open_softirq(int nr, void (*action)(struct softirq_action *))
{
	softirq_vec[nr] = action;
}

static void run_pending(unsigned int pending)
{
	while (pending) {
		unsigned int nr = __ffs(pending);
		int count = preempt_count();

		pending &= pending - 1;
		softirq_vec[nr](NULL);
		if (WARN(count != preempt_count(),
			 "softirq %u %s %ps left preempt count %#x, it found %#x", nr,
			 softirq_to_name[nr], softirq_vec[nr], preempt_count(), count))
			preempt_count_add(count - preempt_count());
	}
}

/*
 * All pending softirqs, and ksoftirqd for what does not end. With interrupts off, on
 * the interrupt stack. Memory that a task may use for reclaim is not theirs (API X3).
 */
static void __do_softirq(void)
{
	unsigned int restarts = MAX_RESTARTS, pending;
	unsigned int memalloc = current->flags & PF_MEMALLOC;

	current->flags &= ~PF_MEMALLOC;
	preempt_count_add(SOFTIRQ_OFFSET);
	while ((pending = this_cpu_read(softirq_pending)) && restarts--) {
		this_cpu_write(softirq_pending, 0);
		local_irq_enable();
		run_pending(pending);
		local_irq_disable();
		if (need_resched())
			break;
	}
	preempt_count_sub(SOFTIRQ_OFFSET);
	current->flags |= memalloc;
	if (this_cpu_read(softirq_pending) && this_cpu_read(ksoftirqd))
		wake_up_process(this_cpu_read(ksoftirqd));
}

void irq_enter(void)
{
	preempt_count_add(HARDIRQ_OFFSET);
}

void irq_exit(void)
{
	preempt_count_sub(HARDIRQ_OFFSET);
	if (!in_interrupt() && this_cpu_read(softirq_pending))
		__do_softirq();
}

/* In process context: at once, if nothing holds them back. */
static void do_softirq(void)
{
	unsigned long flags;

	local_irq_save(flags);
	if (!in_interrupt() && this_cpu_read(softirq_pending))
		call_on_irq_stack(__do_softirq);
	local_irq_restore(flags);
}

/* Preemption stays off until the softirqs have run, or they might on another CPU. */
void __local_bh_enable_ip(unsigned long ip, unsigned int cnt)
{
	WARN_ON_ONCE(in_hardirq());
	barrier();
	preempt_count_sub(cnt - 1);
	if (unlikely(!in_interrupt() && this_cpu_read(softirq_pending) && !irqs_disabled()))
		do_softirq();
	preempt_enable();
}

/* --- raising them ------------------------------------------------------------ */

void __raise_softirq_irqoff(unsigned int nr)
{
	this_cpu_or(softirq_pending, 1U << nr);
}

/* Outside of interrupts nobody would look soon, but ksoftirqd. */
void raise_softirq_irqoff(unsigned int nr)
{
	__raise_softirq_irqoff(nr);
	if (!in_interrupt() && this_cpu_read(ksoftirqd))
		wake_up_process(this_cpu_read(ksoftirqd));
}

void raise_softirq(unsigned int nr)
{
	unsigned long flags;

	local_irq_save(flags);
	raise_softirq_irqoff(nr);
	local_irq_restore(flags);
}

static int run_ksoftirqd(void *unused)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		if (!this_cpu_read(softirq_pending))
			schedule();
		__set_current_state(TASK_RUNNING);
		do_softirq();
		cond_resched();
	}
	return 0;
}

/* --- tasklets ---------------------------------------------------------------- */

struct tasklet_list {
	struct tasklet_struct *head, **tail;
};

static DEFINE_PER_CPU(struct tasklet_list, tasklet_vec);
static DEFINE_PER_CPU(struct tasklet_list, tasklet_hi_vec);

static void append(struct tasklet_struct *tasklet, struct tasklet_list *list)
{
	tasklet->next = NULL;
	*list->tail = tasklet;
	list->tail = &tasklet->next;
}

static void schedule_in(struct tasklet_struct *tasklet, struct tasklet_list *list,
			unsigned int softirq)
{
	unsigned long flags;

	local_irq_save(flags);
	append(tasklet, this_cpu_ptr(list));
	raise_softirq_irqoff(softirq);
	local_irq_restore(flags);
}

void __tasklet_schedule(struct tasklet_struct *tasklet)
{
	schedule_in(tasklet, &tasklet_vec, TASKLET_SOFTIRQ);
}

void __tasklet_hi_schedule(struct tasklet_struct *tasklet)
{
	schedule_in(tasklet, &tasklet_hi_vec, HI_SOFTIRQ);
}

static void call(struct tasklet_struct *tasklet)
{
	if (tasklet->use_callback)
		tasklet->callback(tasklet);
	else
		tasklet->func(tasklet->data);
}

/* False: it runs on another CPU, or is disabled; it keeps its SCHED bit. */
static bool run_tasklet(struct tasklet_struct *tasklet)
{
	if (!tasklet_trylock(tasklet))
		return false;
	if (atomic_read(&tasklet->count)) {
		tasklet_unlock(tasklet);
		return false;
	}
	if (!WARN_ONCE(!test_and_clear_bit(TASKLET_STATE_SCHED, &tasklet->state),
		       "tasklet %pS was not scheduled", tasklet->func))
		call(tasklet);
	tasklet_unlock(tasklet);
	return true;
}

static void tasklet_action(struct tasklet_list *list, unsigned int softirq)
{
	struct tasklet_struct *tasklet, *next;

	local_irq_disable();
	tasklet = list->head;
	list->head = NULL;
	list->tail = &list->head;
	local_irq_enable();

	for (; tasklet; tasklet = next) {
		next = tasklet->next;
		if (run_tasklet(tasklet))
			continue;
		local_irq_disable();
		append(tasklet, list);
		__raise_softirq_irqoff(softirq);
		local_irq_enable();
	}
}

static void tasklet_softirq(struct softirq_action *unused)
{
	tasklet_action(this_cpu_ptr(&tasklet_vec), TASKLET_SOFTIRQ);
}

static void tasklet_hi_softirq(struct softirq_action *unused)
{
	tasklet_action(this_cpu_ptr(&tasklet_hi_vec), HI_SOFTIRQ);
}

void tasklet_setup(struct tasklet_struct *tasklet, void (*callback)(struct tasklet_struct *))
{
	*tasklet = (struct tasklet_struct){ .callback = callback, .use_callback = true };
}

void tasklet_init(struct tasklet_struct *tasklet, void (*func)(unsigned long), unsigned long data)
{
	*tasklet = (struct tasklet_struct){ .func = func, .data = data };
}

/* Waits until it is neither scheduled nor running. A disabled one would never end. */
void tasklet_kill(struct tasklet_struct *tasklet)
{
	if (WARN(in_interrupt(), "Attempt to kill tasklet from interrupt"))
		return;
	might_sleep();
	while (test_and_set_bit(TASKLET_STATE_SCHED, &tasklet->state))
		schedule_timeout_uninterruptible(1);
	tasklet_unlock_wait(tasklet);
	clear_bit(TASKLET_STATE_SCHED, &tasklet->state);
}

/* --- the beginning ----------------------------------------------------------- */

void __init softirq_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct tasklet_list *list = per_cpu_ptr(&tasklet_vec, cpu);
		struct tasklet_list *hi = per_cpu_ptr(&tasklet_hi_vec, cpu);

		list->tail = &list->head;
		hi->tail = &hi->head;
	}
	open_softirq(TASKLET_SOFTIRQ, tasklet_softirq);
	open_softirq(HI_SOFTIRQ, tasklet_hi_softirq);
}

static int __init spawn_ksoftirqd(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		struct task_struct *task = kthread_create(run_ksoftirqd, NULL, "ksoftirqd/%u", cpu);

		if (IS_ERR(task))
			return PTR_ERR(task);
		kthread_bind(task, cpu);
		per_cpu(ksoftirqd, cpu) = task;
		wake_up_process(task);
	}
	return 0;
}
early_initcall(spawn_ksoftirqd);
