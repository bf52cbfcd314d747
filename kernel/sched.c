// SPDX-License-Identifier: MIT
/*
 * The scheduler: which task has the CPU.
 *
 * Each CPU has a run queue. A task's vruntime is the CPU time that it has had, in
 * nanoseconds, and slower the higher its priority: a task of nice 0 counts 1 for 1, each
 * step of nice is worth a factor of 1.25. The runnable tasks are a tree ordered by it;
 * who has had least is next. So everybody gets a share, and nobody starves:
 *
 *	vruntime   10     12        12.5            17
 *	           A      B         C               D          A runs: 10, 11, 12, 13 ms
 *	           |  after 3 ms somebody is behind A: B is next, A goes back between C and D
 *
 * The tick takes the CPU from a task that has run SLICE without a break and is no longer
 * the one that has had least. With n tasks of one priority each runs at least once in
 * about n * SLICE: 8 of them in 24 ms.
 *
 * A task that slept would come back far behind the others and keep the CPU for long. It
 * is set to at most SLEEPER_BONUS behind the least of the queue: enough to run soon.
 *
 * Preemption: whoever finds that another task should run clears bit 31 of the preempt
 * count (linux/preempt.h). The end of the next interrupt or preempt_disable() section
 * that leaves the task preemptible then calls __schedule(). A preempted task stays in the
 * queue whatever its state says: it may have said TASK_UNINTERRUPTIBLE and not yet have
 * looked at what it waits for.
 *
 * Invariants, under rq->lock (checked by sched_check()):
 *
 *  I-sched-1  the tree holds every task with on_rq that is not on_cpu, ordered by vruntime,
 *	       and no other
 *  I-sched-2  nr_running is the number of tasks in the tree, and curr unless it is idle
 *  I-sched-3  min_vruntime never decreases
 *  I-sched-4  curr is on_cpu, and is the task that `current` names
 *
 * CPUs: a task that is woken goes to an idle CPU, the one it was on first; else to where it
 * was. A CPU that would be idle takes a task from a queue where one waits, and every few
 * ticks a busy one does from a queue that has two more: so 2n busy tasks are two on each of
 * n CPUs. vruntime means something in its own queue only: a task that moves takes along by
 * how much it is before or behind min_vruntime.
 *
 * Costs: a switch is two tree operations and 10 instructions of assembly (make bench).
 * Locking: rq->lock, innermost of all locks, with interrupts off. It is taken by one task
 * and given back by the next, so the lock checker leaves it out.
 *
 * Left out: real-time classes, and groups.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/sched/debug.h>
#include <linux/spinlock.h>
#include <asm/smp.h>
#include <asm/switch_to.h>
#include <memkern/report.h>
#include "rcu.h"
#include "sched.h"

#define SLICE	      (3ULL * NSEC_PER_MSEC)
#define SLEEPER_BONUS (6ULL * NSEC_PER_MSEC)
#define WAKEUP_LEAD   (1ULL * NSEC_PER_MSEC) /* so far behind must a woken task be to take the CPU */

#define NICE_0_WEIGHT 1024

#define BALANCE_TICKS 4

DEFINE_PER_CPU(struct rq, runqueues);

static struct rq *this_rq(void)
{
	return this_cpu_ptr(&runqueues);
}

/* Interrupts are off. */
static void rq_lock(struct rq *rq)
{
	preempt_disable();
	__spin_acquire(&rq->lock);
}

static void rq_unlock(struct rq *rq)
{
	__spin_release(&rq->lock);
	preempt_enable_no_resched();
}

/* The queue that a task belongs to, locked. The task may be moved until that is so. */
static struct rq *task_rq_lock(struct task_struct *task, unsigned long *flags)
{
	struct rq *rq;

	local_irq_save(*flags);
	for (;;) {
		rq = per_cpu_ptr(&runqueues, task_cpu(task));
		rq_lock(rq);
		if (rq == per_cpu_ptr(&runqueues, task_cpu(task)))
			return rq;
		rq_unlock(rq);
	}
}

static void task_rq_unlock(struct rq *rq, unsigned long flags)
{
	__spin_release(&rq->lock);
	local_irq_restore(flags);
	preempt_enable();
}

/* --- the queue --------------------------------------------------------------- */

static bool runs_before(struct rb_node *a, const struct rb_node *b)
{
	return (s64)(rb_entry(a, struct task_struct, run_node)->vruntime -
		     rb_entry(b, struct task_struct, run_node)->vruntime) < 0;
}

static struct task_struct *leftmost(struct rq *rq)
{
	struct rb_node *first = rb_first_cached(&rq->queue);

	return first ? rb_entry(first, struct task_struct, run_node) : NULL;
}

static bool is_idle_cpu(unsigned int cpu)
{
	return READ_ONCE(per_cpu_ptr(&runqueues, cpu)->nr_running) == 0;
}

static void put_in_queue(struct rq *rq, struct task_struct *task)
{
	rb_add_cached(&task->run_node, &rq->queue, runs_before);
}

static u64 later(u64 a, u64 b)
{
	return (s64)(a - b) > 0 ? a : b;
}

static void update_min_vruntime(struct rq *rq)
{
	struct task_struct *first = leftmost(rq);
	u64 least = rq->min_vruntime;

	if (rq->curr != rq->idle && rq->curr->on_rq) {
		least = rq->curr->vruntime;
		if (first && (s64)(first->vruntime - least) < 0)
			least = first->vruntime;
	} else if (first) {
		least = first->vruntime;
	}
	rq->min_vruntime = later(rq->min_vruntime, least);
}

/* Charges the running task for the time since this was last done. */
static void update_curr(struct rq *rq)
{
	struct task_struct *curr = rq->curr;
	u64 now = sched_clock();
	u64 ran = later(now, curr->exec_start) - curr->exec_start;

	curr->exec_start = now;
	curr->last_seen = now;
	curr->sum_exec_runtime += ran;
	if (curr == rq->idle)
		return;
	if (curr->weight != NICE_0_WEIGHT)
		ran = div_u64(ran * NICE_0_WEIGHT, curr->weight);
	curr->vruntime += ran;
	update_min_vruntime(rq);
}

static void resched_curr(struct rq *rq)
{
	if (rq == this_rq())
		set_preempt_need_resched();
	else
		smp_send_reschedule(rq->cpu);
}

/* Makes a task runnable that was not; the CPU is its if it is far enough behind who has it. */
static void activate(struct rq *rq, struct task_struct *task)
{
	update_curr(rq);
	task->vruntime = later(task->vruntime, rq->min_vruntime - SLEEPER_BONUS);
	task->last_seen = rq->curr->exec_start;
	task->on_rq = TASK_ON_RQ_QUEUED;
	rq->nr_running++;
	put_in_queue(rq, task);
	if (rq->curr == rq->idle || (s64)(rq->curr->vruntime - task->vruntime) > (s64)WAKEUP_LEAD)
		resched_curr(rq);
}

/* With local mappings of highmem it goes on where it was. */
static bool may_run_on(const struct task_struct *task, unsigned int cpu)
{
	if (unlikely(task->kmap_ctrl.idx))
		return cpu == task->cpu;
	return cpumask_test_cpu(cpu, &task->cpus_mask);
}

/* An idle CPU where the task may run, its last one first; else its last one, or any. */
static unsigned int select_cpu(const struct task_struct *task)
{
	unsigned int cpu, last = task_cpu(task);

	if (may_run_on(task, last) && is_idle_cpu(last))
		return last;
	for_each_online_cpu(cpu)
		if (may_run_on(task, cpu) && is_idle_cpu(cpu))
			return cpu;
	if (may_run_on(task, last))
		return last;
	for_each_online_cpu(cpu)
		if (may_run_on(task, cpu))
			return cpu;
	return last;
}

/*
 * From the queue of its last CPU, locked, to that of the best one, which is returned locked. In
 * between nobody else takes it, as it is MIGRATING; but where it may run can be changed.
 */
static noinline struct rq *move_to_best(struct rq *rq, struct task_struct *task)
{
	unsigned int cpu;

	task->on_rq = TASK_ON_RQ_MIGRATING;
	while ((cpu = select_cpu(task)) != rq->cpu) {
		task->vruntime -= rq->min_vruntime;
		WRITE_ONCE(task->cpu, cpu);
		rq_unlock(rq);
		rq = per_cpu_ptr(&runqueues, cpu);
		rq_lock(rq);
		task->vruntime += rq->min_vruntime;
		if (likely(cpumask_test_cpu(cpu, &task->cpus_mask)))
			break;
	}
	return rq;
}

/* Puts a task that is in no queue into that of the best CPU; `rq` as for move_to_best(). */
static struct rq *activate_best(struct rq *rq, struct task_struct *task)
{
	if (num_online_cpus() > 1)
		rq = move_to_best(rq, task);
	activate(rq, task);
	return rq;
}

/* Interrupts are off. */
static void activate_somewhere(struct task_struct *task)
{
	struct rq *rq = per_cpu_ptr(&runqueues, task_cpu(task));

	rq_lock(rq);
	rq_unlock(activate_best(rq, task));
}

/* --- switching --------------------------------------------------------------- */

/* What is left to do for the task before, on the stack of the one after. */
static void finish_task_switch(struct task_struct *prev)
{
	bool dead = prev->__state == TASK_DEAD;
	struct rq *rq = this_rq();
	struct task_struct *push = rq->push;

	prev->on_cpu = false;
	if (unlikely(push))
		rq->push = NULL;
	__spin_release(&rq->lock);
	if (unlikely(push))
		activate_somewhere(push);
	local_irq_enable();
	preempt_enable_no_resched();
	if (dead)
		put_task_struct(prev);
}

/* The first thing that a new task does (switch.S). */
void schedule_tail(struct task_struct *prev)
{
	finish_task_switch(prev);
	preempt_enable();
}

/* Takes the running task off the CPU: to sleep, back into the queue, or to go on elsewhere. */
static void put_prev(struct rq *rq, struct task_struct *prev, bool preempt)
{
	if (!preempt && prev->__state != TASK_RUNNING) {
		prev->on_rq = 0;
		rq->nr_running--;
		prev->nvcsw++;
		return;
	}
	if (prev == rq->idle)
		return;
	if (likely(cpumask_bits(&prev->cpus_mask)[0] & rq->cpu_bit) || prev->kmap_ctrl.idx) {
		put_in_queue(rq, prev);
		return;
	}
	prev->on_rq = TASK_ON_RQ_MIGRATING;
	rq->nr_running--;
	rq->push = prev;
}

/* Takes a waiting task that may run here out of another CPU's queue. NULL: none, or not now. */
static struct task_struct *steal_from(struct rq *rq, struct rq *victim)
{
	struct task_struct *task = NULL;
	struct rb_node *node;

	if (READ_ONCE(victim->nr_running) < 2 || !__spin_try(&victim->lock))
		return NULL;
	for (node = rb_first_cached(&victim->queue); node; node = rb_next(node)) {
		task = rb_entry(node, struct task_struct, run_node);
		if (may_run_on(task, rq->cpu))
			break;
	}
	if (node) {
		rb_erase_cached(node, &victim->queue);
		victim->nr_running--;
		task->vruntime += rq->min_vruntime - victim->min_vruntime;
		task->cpu = rq->cpu;
		rq->nr_running++;
	}
	__spin_release(&victim->lock);
	return node ? task : NULL;
}

static struct task_struct *steal(struct rq *rq)
{
	struct task_struct *task = NULL;
	unsigned int cpu;

	for (cpu = rq->cpu + 1; !task && cpu < rq->cpu + nr_cpu_ids; cpu++)
		task = steal_from(rq, per_cpu_ptr(&runqueues, cpu % nr_cpu_ids));
	return task;
}

/* A task of the CPU that has most, if it has two more than this one. */
static void balance(struct rq *rq)
{
	struct rq *other, *busiest = rq;
	struct task_struct *task;
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		other = per_cpu_ptr(&runqueues, cpu);
		if (READ_ONCE(other->nr_running) > READ_ONCE(busiest->nr_running))
			busiest = other;
	}
	if (READ_ONCE(busiest->nr_running) < rq->nr_running + 2)
		return;
	task = steal_from(rq, busiest);
	if (task)
		put_in_queue(rq, task);
}

static bool somebody_waits_elsewhere(const struct rq *rq)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (cpu != rq->cpu && READ_ONCE(per_cpu_ptr(&runqueues, cpu)->nr_running) > 1)
			return true;
	return false;
}

static struct task_struct *pick_next(struct rq *rq)
{
	struct task_struct *next = leftmost(rq);

	if (!next) {
		next = num_online_cpus() > 1 ? steal(rq) : NULL;
		return next ? next : rq->idle;
	}
	rb_erase_cached(&next->run_node, &rq->queue);
	return next;
}

/* Preemption is off. Returns when the caller's task is next again. */
static void __sched __schedule(bool preempt)
{
	struct task_struct *prev, *next;
	struct rq *rq;

	local_irq_disable();
	rcu_note_context_switch(preempt);
	rq = this_rq();
	rq_lock(rq);
	prev = rq->curr;
	update_curr(rq);
	if (unlikely(kmap_local_in_use()))
		__kmap_local_sched_out(prev);
	put_prev(rq, prev, preempt);
	next = pick_next(rq);
	if (unlikely(next->kmap_ctrl.idx))
		__kmap_local_sched_in(next);
	clear_preempt_need_resched();
	next->slice_start = next->sum_exec_runtime;
	if (next == prev) {
		rq_unlock(rq);
		local_irq_enable();
		return;
	}
	prev->nivcsw += prev->on_rq != 0;
	rq->curr = next;
	rq->nr_switches++;
	next->on_cpu = true;
	next->exec_start = prev->exec_start;
	this_cpu_write(current_task, next);
	finish_task_switch(switch_to(prev, next));
}

/* X5: the CPU is given away where that is not allowed. */
static noinline void report_atomic_schedule(int count)
{
	if (report_note("BUG: scheduling while atomic: %s/%d/0x%08x", current->comm, current->pid,
			count))
		return;
	pr_err("BUG: scheduling while atomic: %s/%d/0x%08x\n", current->comm, current->pid, count);
	debug_show_held_locks(current);
	dump_stack();
	add_taint(TAINT_WARN, LOCKDEP_STILL_OK);
}

/*
 * With a preempt count: report, and go on as if there were none, with the count back
 * afterwards. In an interrupt there is no task to put to sleep: on without.
 */
static noinline void __sched schedule_while_atomic(int count)
{
	report_atomic_schedule(count);
	if (!in_task()) {
		__set_current_state(TASK_RUNNING);
		return;
	}
	preempt_count_sub(count - 1);
	__schedule(false);
	preempt_count_add(count - 1);
}

void __sched schedule(void)
{
	int count = preempt_count();

	if (unlikely(count)) {
		schedule_while_atomic(count);
		return;
	}
	do {
		preempt_disable();
		__schedule(false);
		preempt_enable_no_resched();
	} while (need_resched());
}

/*
 * The last step of a task that ends: who comes after it drops the reference of the CPU. A count
 * that it should have taken back would stay with the CPU, and be everybody's.
 */
void __noreturn schedule_dead(void)
{
	int leaked = preempt_count() - 1; /* the caller's own */

	if (unlikely(leaked)) {
		report_atomic_schedule(leaked);
		preempt_count_sub(leaked);
	}
	__set_current_state(TASK_DEAD);
	__schedule(false);
	BUG();
}

/* At the end of a section that kept preemption off: through preempt_schedule_thunk. */
void __sched preempt_schedule(void)
{
	if (!preemptible())
		return;
	do {
		preempt_disable();
		__schedule(true);
		preempt_enable_no_resched();
	} while (need_resched());
}

/* At the end of an interrupt, on the stack of the task that it stopped. */
void __sched preempt_schedule_irq(void)
{
	do {
		preempt_disable();
		__schedule(true);
		local_irq_disable();
		preempt_enable_no_resched();
	} while (need_resched());
}

int __sched _cond_resched(void)
{
	if (!need_resched() || !preemptible())
		return 0;
	preempt_schedule();
	return 1;
}

/* Behind everybody who is runnable now. */
void __sched yield(void)
{
	struct task_struct *self = current;
	struct rb_node *last;
	unsigned long flags;
	struct rq *rq;

	__set_current_state(TASK_RUNNING);
	local_irq_save(flags);
	rq = this_rq();
	rq_lock(rq);
	last = rb_last(&rq->queue.rb_root);
	if (last)
		self->vruntime = later(self->vruntime,
				       rb_entry(last, struct task_struct, run_node)->vruntime + 1);
	task_rq_unlock(rq, flags);
	schedule();
}

/* --- waking ------------------------------------------------------------------ */

int wake_up_state(struct task_struct *task, unsigned int state)
{
	unsigned long flags;
	struct rq *rq = task_rq_lock(task, &flags);
	bool slept = task->__state & state;

	if (slept) {
		task->__state = TASK_RUNNING;
		if (!task->on_rq)
			rq = activate_best(rq, task);
	}
	task_rq_unlock(rq, flags);
	return slept;
}

int wake_up_process(struct task_struct *task)
{
	return wake_up_state(task, TASK_NORMAL | TASK_NEW);
}

/* --- the tick, priorities ------------------------------------------------------ */

/* In the timer's interrupt. */
void scheduler_tick(void)
{
	struct rq *rq = this_rq();
	struct task_struct *first, *curr;

	rq_lock(rq);
	update_curr(rq);
	curr = rq->curr;
	if (curr != rq->idle && num_online_cpus() > 1 && (jiffies + rq->cpu) % BALANCE_TICKS == 0)
		balance(rq);
	first = leftmost(rq);
	if (curr == rq->idle && num_online_cpus() > 1 && somebody_waits_elsewhere(rq))
		resched_curr(rq);
	if (unlikely(!may_run_on(curr, rq->cpu)))
		resched_curr(rq);
	if (first && curr->sum_exec_runtime - curr->slice_start >= SLICE &&
	    (s64)(curr->vruntime - first->vruntime) > 0)
		resched_curr(rq);
	rq_unlock(rq);
	watchdog_tick(rq);
}

static unsigned int weight_of(long nice)
{
	unsigned int weight = NICE_0_WEIGHT;

	for (; nice < 0; nice++)
		weight = weight * 5 / 4;
	for (; nice > 0; nice--)
		weight = weight * 4 / 5;
	return weight;
}

void set_user_nice(struct task_struct *task, long nice)
{
	unsigned long flags;
	struct rq *rq = task_rq_lock(task, &flags);

	if (task->on_cpu)
		update_curr(rq);
	task->nice = clamp(nice, (long)MIN_NICE, (long)MAX_NICE);
	task->weight = weight_of(task->nice);
	task_rq_unlock(rq, flags);
}

static struct rq *leave_cpu(struct rq *rq, struct task_struct *task)
{
	if (task->on_cpu) {
		resched_curr(rq);
		return rq;
	}
	rb_erase_cached(&task->run_node, &rq->queue);
	rq->nr_running--;
	return activate_best(rq, task);
}

/*
 * Where the task runs now it may have to leave: the next __schedule() there sees to it. One that
 * waits in a queue is taken over by the CPU that it is moved to. One that has local mappings
 * leaves when it has none any more, the caller itself too, to which Linux says -EBUSY.
 */
int set_cpus_allowed_ptr(struct task_struct *task, const struct cpumask *mask)
{
	unsigned long flags;
	struct cpumask left;
	struct rq *rq;

	if (!cpumask_and(&left, mask, cpu_online_mask))
		return -EINVAL;
	rq = task_rq_lock(task, &flags);
	cpumask_copy(&task->cpus_mask, mask);
	if (task->on_rq == TASK_ON_RQ_QUEUED && !may_run_on(task, rq->cpu))
		rq = leave_cpu(rq, task);
	task_rq_unlock(rq, flags);
	while (task != current && task->on_rq && !cpumask_test_cpu(task_cpu(task), mask))
		schedule_timeout_uninterruptible(1);
	return 0;
}

int task_nice(const struct task_struct *task)
{
	return task->nice;
}

/* What a task needs before it is woken for the first time. */
void sched_fork(struct task_struct *task)
{
	task->__state = TASK_NEW;
	task->cpu = smp_processor_id();
	cpumask_copy(&task->cpus_mask, cpu_possible_mask);
	task->weight = NICE_0_WEIGHT;
	task->vruntime = READ_ONCE(this_rq()->min_vruntime);
	task->last_seen = sched_clock();
}

void __init init_idle(struct task_struct *task, unsigned int cpu)
{
	struct rq *rq = per_cpu_ptr(&runqueues, cpu);

	spin_lock_init(&rq->lock);
	rq->queue = RB_ROOT_CACHED;
	rq->cpu = cpu;
	rq->cpu_bit = 1UL << cpu;
	rq->curr = rq->idle = task;
	task->cpu = cpu;
	task->on_cpu = true;
	rq->since = task->exec_start = sched_clock();
	cpumask_copy(&task->cpus_mask, cpumask_of(cpu));
	per_cpu(current_task, cpu) = task;
}

/* The boot task is the boot CPU's idle task from the beginning. */
void __init sched_init(void)
{
	init_idle(&init_task, smp_processor_id());
}

/* --- looking and checking ------------------------------------------------------ */

extern const char __sched_text_start[], __sched_text_end[];

bool in_sched_functions(unsigned long address)
{
	return address >= (unsigned long)__sched_text_start &&
	       address < (unsigned long)__sched_text_end;
}

/* The tasks that should be in the tree, by the list of all tasks. */
static unsigned int count_waiting(const struct rq *rq)
{
	const struct task_struct *task;
	unsigned int nr = 0;

	for_each_process(task)
		nr += per_cpu_ptr(&runqueues, task_cpu(task)) == rq &&
		      task->on_rq == TASK_ON_RQ_QUEUED && !task->on_cpu;
	return nr;
}

static int check_queue(struct rq *rq)
{
	static DEFINE_PER_CPU(u64, last_min_vruntime);
	struct rb_node *node;
	unsigned int nr = 0;
	u64 before = 0;
	int problems = 0;

	for (node = rb_first_cached(&rq->queue); node; node = rb_next(node)) {
		struct task_struct *task = rb_entry(node, struct task_struct, run_node);

		problems += !task->on_rq || task->on_cpu;
		problems += nr++ && (s64)(task->vruntime - before) < 0;
		before = task->vruntime;
	}
	problems += nr != count_waiting(rq);
	problems += rq->nr_running != nr + (rq->curr != rq->idle);
	problems += (s64)(rq->min_vruntime - *this_cpu_ptr(&last_min_vruntime)) < 0;
	*this_cpu_ptr(&last_min_vruntime) = rq->min_vruntime;
	problems += !rq->curr->on_cpu || rq->curr != current;
	return problems;
}

/* This CPU's queue, recounted. Returns how many invariants are broken. Process context. */
int sched_check(void)
{
	unsigned long flags;
	int problems;

	spin_lock_irqsave(&tasklist_lock, flags);
	rq_lock(this_rq());
	problems = check_queue(this_rq());
	rq_unlock(this_rq());
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return problems;
}

/* --- sleeping where that is not allowed ----------------------------------------- */

/* X1: at most one report a second; a test that declares one has it fresh. */
static bool reported_lately(void)
{
	static unsigned long last;
	static unsigned int generation;
	static bool ever;

	if (ever && generation == report_once_generation && time_before(jiffies, last + HZ))
		return true;
	ever = true;
	generation = report_once_generation;
	last = jiffies;
	return false;
}

struct task_struct *idle_task(int cpu)
{
	return per_cpu(runqueues, cpu).idle;
}

/* The boot may, as long as there is only its task: then nobody's turn is missed. */
static bool in_boot(void)
{
	return is_idle_task(current) && !this_rq()->nr_switches;
}

void __might_sleep(const char *file, int line)
{
	if (preemptible() || in_boot() || reported_lately())
		return;
	if (report_note("BUG: sleeping function called from invalid context at %s:%d", file, line))
		return;
	pr_err("BUG: sleeping function called from invalid context at %s:%d\n", file, line);
	pr_err("in_atomic(): %d, irqs_disabled(): %d, non_block: %d, pid: %d, name: %s\n",
	       in_atomic(), irqs_disabled(), 0, current->pid, current->comm);
	debug_show_held_locks(current);
	dump_stack();
	add_taint(TAINT_WARN, LOCKDEP_STILL_OK);
}
