// SPDX-License-Identifier: MIT
/*
 * RCU: when can no reader see any more what a writer has taken away?
 *
 * 1. Quiescent states. A reader is a section with preemption off. So a CPU that switches tasks has
 * no reader, nor has one whose tick finds that it stopped code with a preempt count of zero:
 * a thread in ordinary code, or the idle loop. Nothing else has to be known of readers; they
 * write nothing but the preempt count, which is their CPU's own.
 *
 * 2. Grace periods. Something was taken away; each CPU has been in a quiescent state since: now
 * whoever could have seen it is done. A grace period is the time in which all CPUs are waited
 * for, and serves everybody who asked before it began. They have one number together,
 * gp_seq, one more at each beginning and each end: odd while one runs.
 *
 *	gp_seq	     6 | 7                                 | 8
 *	CPU 0	.......|.....t: none of mine, I say so.....|......
 *	CPU 1	....[ reader ].t: I say so.................|......	t: the tick
 *	CPU 2	.......|.....[ reader, t: no ]....switch..t: I say so, and am the last
 *	waiting_for    | {0,1,2}  {2}                      | {}
 *
 * Who asks while 6 is idle may go on at 8. Who asks while 7 runs may not: CPU 0 has said its
 * word, and may have a reader that began after it. He waits for 10.
 *
 * 3. Callbacks. What call_rcu() is given goes to its CPU's list `next`. The tick moves it on:
 *
 *	next	has come since: as soon as `wait` is empty, it all goes there with a number
 *	wait	for the end of the grace period wait_seq
 *	done	to be called, by RCU_SOFTIRQ on the same CPU, a batch at a time
 *
 * Worked example, on an idle machine: call_rcu() at 0.3 ms. At 1.0 CPU 0's tick sets wait_seq to 8,
 * begins 7, and says its word. By 2.0 the ticks of the other CPUs have said theirs. The last of
 * them ends 7; at 2.0 CPU 0's tick moves the callback to done, and the softirq behind it calls
 * it. With one CPU all of this is done in the tick at 1.0.
 *
 * 4. Who is late? After KICK_AFTER those that are waited for are interrupted, and asked to switch as
 * soon as they can. After 21 s they are reported, with their stacks.
 *
 * Why is it enough? The writer's stores come before the beginning (the lock), that before each
 * CPU's word (it read gp_seq, then looked), that before the end (the lock), that before the
 * callback. A reader that began before its CPU's word has ended by then, and all it did comes
 * before the end; one that began later sees what the writer stored.
 *
 * Invariants, checked by rcu_check():
 *	I-rcu-1  waiting_for has a CPU while a grace period runs, only then, and only online ones
 *	I-rcu-2  gp_wanted is ahead of gp_seq only while a grace period runs: its end begins the next
 *	I-rcu-3  no CPU has noted a grace period that has not begun
 *	I-rcu-4  nr is the number of callbacks in the lists, and of those being called
 *	I-rcu-5  what `wait` waits for is wanted: gp_wanted is not behind wait_seq
 *
 * Costs: readers 2 instructions, a context switch 1, a tick without work some 45; the lock is
 * taken once a CPU and grace period, and once to ask for one. A callback 50 in all (make bench).
 *
 * Locking: rcu_state.lock, with interrupts off, a leaf: gp_seq, gp_wanted, waiting_for and the
 * times. A CPU's rcu_data is its own, with interrupts off.
 *
 * Left out: a tree of locks for hundreds of CPUs; CPUs whose tick stops; readers that may be
 * preempted.
 */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <asm/smp.h>
#include "rcu.h"
#include "rcu_stall.h"

#define BATCH	   32		   /* callbacks that one softirq calls, if not ... */
#define BATCH_PART 8		   /* ... this part of those that are due is more */
#define FIRST_SEQ  (0UL - 2 * 300) /* wraps early, for the tests' sake */
#define LOW_OFFSET 4096		   /* a func below it is an offset: see kvfree_call_rcu() */

struct callbacks {
	struct rcu_head *first, *last;
};

struct rcu_data {
	unsigned long gp_seq; /* the last that it has noted */
	bool needed;	      /* its word is waited for */
	struct callbacks done, wait, next;
	unsigned long wait_seq;
	unsigned int nr; /* callbacks: in the lists, or being called */
	unsigned int calling;
	struct rcu_head barrier;
};

static DEFINE_PER_CPU(struct rcu_data, rcu_data);
DEFINE_PER_CPU(bool, rcu_switched);

struct rcu_state rcu_state = {
	.lock = __SPIN_LOCK_UNLOCKED(rcu_state.lock),
	.gp_seq = FIRST_SEQ,
	.gp_wanted = FIRST_SEQ,
	.ended = __WAIT_QUEUE_HEAD_INITIALIZER(rcu_state.ended),
};

/* --- grace periods: under rcu_state.lock ---------------------------------------------------- */

static bool gp_runs(unsigned long seq)
{
	return seq & 1;
}

static bool is_before(unsigned long a, unsigned long b)
{
	return (long)(a - b) < 0;
}

/* The end of the first grace period that has not begun. */
static unsigned long next_end(unsigned long seq)
{
	return (seq + 3) & ~1UL;
}

static void begin(void)
{
	cpumask_copy(&rcu_state.waiting_for, cpu_online_mask);
	rcu_state.began = jiffies;
	rcu_state.kick_at = jiffies + KICK_AFTER;
	rcu_state.stall_at = jiffies + rcu_stall_timeout;
	smp_store_release(&rcu_state.gp_seq, rcu_state.gp_seq + 1);
}

static void end(void)
{
	smp_store_release(&rcu_state.gp_seq, rcu_state.gp_seq + 1);
	if (is_before(rcu_state.gp_seq, rcu_state.gp_wanted))
		begin();
}

/* Interrupts are off. Returns the gp_seq to wait for. */
static unsigned long ask_for_grace_period(void)
{
	unsigned long seq;

	spin_lock(&rcu_state.lock);
	seq = next_end(rcu_state.gp_seq);
	if (is_before(rcu_state.gp_wanted, seq))
		rcu_state.gp_wanted = seq;
	if (!gp_runs(rcu_state.gp_seq))
		begin();
	spin_unlock(&rcu_state.lock);
	return seq;
}

/* --- a CPU's word ------------------------------------------------------------------------------ */

static void say_quiescent(struct rcu_data *data)
{
	bool last = false;

	data->needed = false;
	spin_lock(&rcu_state.lock);
	if (rcu_state.gp_seq == data->gp_seq) {
		cpumask_clear_cpu(smp_processor_id(), &rcu_state.waiting_for);
		last = cpumask_empty(&rcu_state.waiting_for);
	}
	if (last)
		end();
	spin_unlock(&rcu_state.lock);
	if (last)
		wake_up_all(&rcu_state.ended);
}

/*
 * Interrupts are off. A grace period that is new to this CPU may have begun after its last switch:
 * that one does not count.
 */
static void look_for_quiescent_state(struct rcu_data *data, bool quiescent)
{
	unsigned long seq = smp_load_acquire(&rcu_state.gp_seq);

	if (seq != data->gp_seq) {
		data->gp_seq = seq;
		data->needed = gp_runs(seq);
		this_cpu_write(rcu_switched, false);
	}
	if (data->needed && (quiescent || this_cpu_read(rcu_switched)))
		say_quiescent(data);
}

/* In a hard interrupt: could what it has stopped be a reader? */
static bool stopped_no_reader(void)
{
	return preempt_count() == HARDIRQ_OFFSET;
}

void rcu_reschedule_irq(void)
{
	look_for_quiescent_state(this_cpu_ptr(&rcu_data), stopped_no_reader());
	rcu_show_if_asked();
}

/* --- callbacks ----------------------------------------------------------------------------------- */

static void append(struct callbacks *list, struct rcu_head *first, struct rcu_head *last)
{
	if (list->first)
		list->last->next = first;
	else
		list->first = first;
	list->last = last;
}

static void move_all(struct callbacks *from, struct callbacks *to)
{
	append(to, from->first, from->last);
	from->first = NULL;
}

/* Interrupts are off. */
static void queue(struct rcu_data *data, struct rcu_head *head, rcu_callback_t func)
{
	head->next = NULL;
	head->func = func;
	append(&data->next, head, head);
	data->nr++;
}

void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	unsigned long flags;

	WARN_ON_ONCE((unsigned long)head & (sizeof(void *) - 1));
	local_irq_save(flags);
	queue(this_cpu_ptr(&rcu_data), head, func);
	local_irq_restore(flags);
}

/* Takes the callbacks of a batch off `done`. Interrupts are off. */
static struct rcu_head *take_batch(struct rcu_data *data)
{
	struct rcu_head *first = data->done.first, *last = first;
	unsigned int most = max(data->nr / BATCH_PART, (unsigned int)BATCH);

	if (!first)
		return NULL;
	for (data->calling = 1; data->calling < most && last->next; data->calling++)
		last = last->next;
	data->done.first = last->next;
	last->next = NULL;
	return first;
}

static void call(struct rcu_head *head)
{
	unsigned long offset = (unsigned long)head->func;

	if (offset < LOW_OFFSET)
		kvfree((void *)head - offset);
	else
		head->func(head);
}

/* One that has been called may be gone. */
static void rcu_softirq(struct softirq_action *unused)
{
	struct rcu_data *data = this_cpu_ptr(&rcu_data);
	struct rcu_head *head, *next;

	local_irq_disable();
	head = take_batch(data);
	local_irq_enable();
	for (; head; head = next) {
		next = head->next;
		call(head);
	}
	local_irq_disable();
	data->nr -= data->calling;
	data->calling = 0;
	if (data->done.first)
		__raise_softirq_irqoff(RCU_SOFTIRQ);
	local_irq_enable();
}

/* --- the tick --------------------------------------------------------------------------------------- */

void rcu_sched_clock_irq(int user)
{
	struct rcu_data *data = this_cpu_ptr(&rcu_data);

	if (unlikely(this_cpu_read(kfree_rcu_block)))
		kfree_rcu_flush(false);
	if (data->next.first && !data->wait.first) {
		move_all(&data->next, &data->wait);
		data->wait_seq = ask_for_grace_period();
	}
	look_for_quiescent_state(data, user || stopped_no_reader());
	if (data->wait.first && poll_state_synchronize_rcu(data->wait_seq))
		move_all(&data->wait, &data->done);
	if (data->done.first)
		raise_softirq_irqoff(RCU_SOFTIRQ);
	if (gp_runs(data->gp_seq))
		rcu_look_for_stall();
	rcu_show_if_asked();
}

/* --- waiting for readers ----------------------------------------------------------------------------- */

bool poll_state_synchronize_rcu(unsigned long number)
{
	return !is_before(smp_load_acquire(&rcu_state.gp_seq), number);
}

/* The caller's stores come before whatever it compares the number with. */
unsigned long get_state_synchronize_rcu(void)
{
	smp_mb();
	return next_end(smp_load_acquire(&rcu_state.gp_seq));
}

unsigned long start_poll_synchronize_rcu(void)
{
	unsigned long seq, flags;

	local_irq_save(flags);
	seq = ask_for_grace_period();
	local_irq_restore(flags);
	return seq;
}

/* The caller is no reader, if it is allowed to wait at all. */
static void say_own_word(void)
{
	unsigned long flags;

	local_irq_save(flags);
	look_for_quiescent_state(this_cpu_ptr(&rcu_data), preempt_count() == 0);
	local_irq_restore(flags);
}

/* With one CPU, that the caller is no reader is all there is to know. */
void synchronize_rcu(void)
{
	might_sleep();
	if (num_online_cpus() == 1) {
		barrier();
		return;
	}
	cond_synchronize_rcu(start_poll_synchronize_rcu());
}

void cond_synchronize_rcu(unsigned long number)
{
	might_sleep();
	if (poll_state_synchronize_rcu(number) || num_online_cpus() == 1)
		return;
	if (is_before(READ_ONCE(rcu_state.gp_wanted), number))
		start_poll_synchronize_rcu();
	say_own_word();
	wait_event_idle(rcu_state.ended, poll_state_synchronize_rcu(number));
}

/* Interrupts whom is waited for; the answer is in rcu_reschedule_irq(). */
static void interrupt_late_cpus(void)
{
	unsigned int cpu, self = get_cpu();

	for_each_online_cpu(cpu)
		if (cpu != self && cpumask_test_cpu(cpu, &rcu_state.waiting_for))
			smp_send_reschedule(cpu);
	put_cpu();
}

void synchronize_rcu_expedited(void)
{
	unsigned long number;

	might_sleep();
	if (num_online_cpus() == 1) {
		barrier();
		return;
	}
	number = start_poll_synchronize_rcu();
	do {
		say_own_word();
		interrupt_late_cpus();
	} while (!wait_event_idle_timeout(rcu_state.ended, poll_state_synchronize_rcu(number), 1));
}

/* --- the barrier: a callback behind all others on each CPU ----------------------------------------------- */

static struct {
	struct mutex mutex;
	atomic_t left;
	struct completion done;
} barrier_state = {
	.mutex = __MUTEX_INITIALIZER(barrier_state.mutex),
	.done = COMPLETION_INITIALIZER(barrier_state.done),
};

static void one_less(struct rcu_head *unused)
{
	if (atomic_dec_and_test(&barrier_state.left))
		complete(&barrier_state.done);
}

static void queue_barrier(void *unused)
{
	struct rcu_data *data = this_cpu_ptr(&rcu_data);

	kfree_rcu_flush(true);
	if (!data->nr)
		return;
	atomic_inc(&barrier_state.left);
	queue(data, &data->barrier, one_less);
}

void rcu_barrier(void)
{
	might_sleep();
	mutex_lock(&barrier_state.mutex);
	reinit_completion(&barrier_state.done);
	atomic_set(&barrier_state.left, 1);
	on_each_cpu(queue_barrier, NULL, 1);
	one_less(NULL);
	wait_for_completion(&barrier_state.done);
	mutex_unlock(&barrier_state.mutex);
}

/* --- the boot, and looking ----------------------------------------------------------------------------------- */

void __init rcu_init(void)
{
	open_softirq(RCU_SOFTIRQ, rcu_softirq);
}

unsigned int rcu_callbacks_waiting(unsigned int cpu)
{
	return READ_ONCE(per_cpu_ptr(&rcu_data, cpu)->nr);
}

unsigned long rcu_grace_periods(void)
{
	return (READ_ONCE(rcu_state.gp_seq) - FIRST_SEQ) / 2;
}

static unsigned int length(const struct callbacks *list)
{
	const struct rcu_head *head;
	unsigned int nr = 0;

	for (head = list->first; head; head = head->next)
		nr++;
	return nr;
}

/* Under the lock. */
static int check_state(void)
{
	bool runs = gp_runs(rcu_state.gp_seq);
	unsigned int cpu;
	int problems = 0;

	problems += runs == cpumask_empty(&rcu_state.waiting_for);
	for_each_cpu(cpu, &rcu_state.waiting_for)
		problems += !cpu_online(cpu);
	problems += !runs && is_before(rcu_state.gp_seq, rcu_state.gp_wanted);
	return problems;
}

static int check_cpu(const struct rcu_data *data)
{
	int problems = 0;

	problems += data->gp_seq && is_before(rcu_state.gp_seq, data->gp_seq);
	problems += data->nr !=
		    length(&data->done) + length(&data->wait) + length(&data->next) + data->calling;
	problems += data->wait.first && is_before(rcu_state.gp_wanted, data->wait_seq);
	return problems;
}

/* What all share, and this CPU's part. */
int rcu_check(void)
{
	unsigned long flags;
	int problems;

	spin_lock_irqsave(&rcu_state.lock, flags);
	problems = check_state() + check_cpu(this_cpu_ptr(&rcu_data));
	spin_unlock_irqrestore(&rcu_state.lock, flags);
	return problems;
}
