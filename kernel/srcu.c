// SPDX-License-Identifier: MIT
/*
 * SRCU: grace periods for readers that may sleep.
 *
 * A reader that sleeps leaves no trace on its CPU, so readers are counted: as begun on the CPU
 * where they begin, as ended where they end. Summed up over all CPUs, as many have ended as
 * have begun when there are none. For new readers not to hold a writer up for ever there
 * are two pairs of counters, and an index that says which one new readers take:
 *
 *	index 0:  begun 5+2, ended 4+2	 one reader still counts here
 *	index 1:  begun 1+0, ended 0+0	 new readers
 *
 * A grace period waits until nobody is left in the other index, flips the index, and waits until
 * nobody is left in the one that was. Why the first wait? A reader may have read the index, and
 * been stopped before it counted itself: it then counts in an index that was left long ago.
 * It is younger than the writer's change, so nobody has to wait for it, but the sum of its index
 * may never be even as long as new ones of its kind come; they are few, one flip old.
 *
 * The ended are summed up before the begun: a reader that comes in between is seen beginning
 * only, which errs on the safe side.
 *
 * Callbacks wait in a list of the domain; a work takes all of it, waits for a grace period, and
 * calls them. Worked example: three call_srcu() in a row; the first queues the work, which takes
 * however many there are when it begins, so three callbacks cost one or two grace periods.
 *
 * Cost: a reader about 10 instructions and two full barriers; a grace period as long as its
 * longest reader, looked for each millisecond.
 *
 * Locking: srcu_gp_mutex over a grace period; the domain's lock, with interrupts off, over the
 * list.
 */
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/srcu.h>

#define QUICK_TRIES 4 /* most readers are short: look again soon, before sleeping */
#define QUICK_US    5

static bool has_readers(struct srcu_struct *domain, unsigned int index)
{
	unsigned long begun = 0, ended = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		ended += READ_ONCE(per_cpu_ptr(domain->sda, cpu)->srcu_unlock_count[index]);
	smp_mb();
	for_each_possible_cpu(cpu)
		begun += READ_ONCE(per_cpu_ptr(domain->sda, cpu)->srcu_lock_count[index]);
	return begun != ended;
}

static void wait_for_readers(struct srcu_struct *domain, unsigned int index)
{
	unsigned int tries;

	for (tries = 0; has_readers(domain, index); tries++) {
		if (tries < QUICK_TRIES)
			udelay(QUICK_US);
		else
			schedule_timeout_idle(1);
	}
}

void synchronize_srcu(struct srcu_struct *domain)
{
	unsigned int index;

	might_sleep();
	mutex_lock(&domain->srcu_gp_mutex);
	smp_mb();
	index = domain->srcu_idx & 1;
	wait_for_readers(domain, !index);
	smp_mb();
	WRITE_ONCE(domain->srcu_idx, domain->srcu_idx + 1);
	smp_mb();
	wait_for_readers(domain, index);
	smp_mb();
	mutex_unlock(&domain->srcu_gp_mutex);
}

/* --- callbacks ------------------------------------------------------------------------ */

static struct rcu_head *take_all(struct srcu_struct *domain)
{
	struct rcu_head *first;
	unsigned long flags;

	spin_lock_irqsave(&domain->lock, flags);
	first = domain->first;
	domain->first = NULL;
	spin_unlock_irqrestore(&domain->lock, flags);
	return first;
}

void __srcu_work(struct work_struct *work)
{
	struct srcu_struct *domain = container_of(work, struct srcu_struct, work);
	struct rcu_head *head = take_all(domain), *next;

	if (head)
		synchronize_srcu(domain);
	for (; head; head = next) {
		next = head->next;
		local_bh_disable();
		head->func(head);
		local_bh_enable();
	}
}

void call_srcu(struct srcu_struct *domain, struct rcu_head *head, rcu_callback_t func)
{
	unsigned long flags;
	bool was_empty;

	head->next = NULL;
	head->func = func;
	spin_lock_irqsave(&domain->lock, flags);
	was_empty = !domain->first;
	if (was_empty)
		domain->first = head;
	else
		domain->last->next = head;
	domain->last = head;
	spin_unlock_irqrestore(&domain->lock, flags);
	if (was_empty)
		schedule_work(&domain->work);
}

struct srcu_waiter {
	struct rcu_head head;
	struct completion done;
};

static void wake_waiter(struct rcu_head *head)
{
	complete(&container_of(head, struct srcu_waiter, head)->done);
}

void srcu_barrier(struct srcu_struct *domain)
{
	struct srcu_waiter waiter;

	init_completion(&waiter.done);
	call_srcu(domain, &waiter.head, wake_waiter);
	wait_for_completion(&waiter.done);
}

/* --- the life of a domain ---------------------------------------------------------------- */

int init_srcu_struct(struct srcu_struct *domain)
{
	domain->sda = alloc_percpu(struct srcu_data);
	if (!domain->sda)
		return -ENOMEM;
	domain->srcu_idx = 0;
	domain->first = NULL;
	mutex_init(&domain->srcu_gp_mutex);
	spin_lock_init(&domain->lock);
	INIT_WORK(&domain->work, __srcu_work);
	return 0;
}

void cleanup_srcu_struct(struct srcu_struct *domain)
{
	flush_work(&domain->work);
	if (WARN_ON(has_readers(domain, 0) || has_readers(domain, 1)) || WARN_ON(domain->first))
		return;
	free_percpu(domain->sda);
	domain->sda = NULL;
}
