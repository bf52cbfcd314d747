// SPDX-License-Identifier: MIT
/*
 * Workqueues (linux/workqueue.h).
 *
 * A queue has a list of works and some threads, its workers. A worker takes the first
 * work that no other worker runs at the moment, runs it, and looks again:
 *
 *	works	C -> D -> A		A was queued again while it runs
 *	worker 1  runs A  ------------> then A again, D being taken
 *	worker 2  runs B, then C, then D
 *
 * Works may wait for each other, so there has to be an idle worker as long as max_active
 * allows one: a worker that is the last idle one makes another before it works. That
 * needs process context, where workers are and queue_work() may not be. They stay until the
 * queue is destroyed: as many as ever worked at once, and one more.
 *
 * A function may free its work, so nothing may be remembered in the work once it runs.
 * Every queueing draws a ticket, and a worker remembers the ticket of what it runs.
 * "Finished" means: neither in the list nor at a worker with that ticket. Flushing a
 * queue means the same for all tickets drawn so far.
 *
 * A fault in a work ends its worker. The work is finished by that, and if nobody is left to
 * take the next one, system_wq makes a new worker (it has hundreds itself).
 *
 * Who sets the pending bit may queue the work: a queue_work() that finds it set has
 * nothing to do. Between the bit and the list interrupts are off: then nobody on this CPU
 * sees the one without the other. A cancel that waits takes both bits and keeps them until
 * the work does not run any more.
 *
 * Invariants, under wq->lock:
 *  I-workqueue-1  a work in the list has the pending bit, and works are in the order of tickets
 *  I-workqueue-2  no two workers run the same work
 *
 * Locking: wq->lock, taken with interrupts off; it does not nest with another queue's.
 */
#include <linux/bug.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <memkern/report.h>
#include "sched.h"

#define WQ_NAME_LEN 24

struct worker {
	struct list_head list; /* of its queue's */
	struct workqueue_struct *wq;
	struct task_struct *task;
	struct work_struct *current_work; /* only to compare: it may be gone */
	work_func_t current_func;	  /* another one's function: another work in its memory */
	u64 current_ticket;		  /* 0: idle */
};

struct workqueue_struct {
	spinlock_t lock;
	struct list_head works;
	struct list_head workers;
	unsigned int nr_workers, nr_idle, max_active;
	u64 next_ticket;       /* from 1 */
	unsigned int drainers; /* then only its own works may queue more */
	bool dying;
	wait_queue_head_t more;	     /* idle workers */
	wait_queue_head_t done;	     /* who waits for something to finish */
	struct delayed_work replace; /* makes a worker for one that a fault has ended */
	char name[WQ_NAME_LEN];
};

struct workqueue_struct *system_wq;

/* --- what the lists say, under wq->lock -------------------------------------------- */

static struct worker *worker_running(struct workqueue_struct *wq, const struct work_struct *work)
{
	struct worker *worker;

	list_for_each_entry(worker, &wq->workers, list)
		if (worker->current_ticket && worker->current_work == work &&
		    worker->current_func == work->func)
			return worker;
	return NULL;
}

static struct work_struct *first_to_run(struct workqueue_struct *wq)
{
	struct work_struct *work;

	list_for_each_entry(work, &wq->works, entry)
		if (!worker_running(wq, work))
			return work;
	return NULL;
}

/* Is anything with a ticket in [from, to] still queued or running? */
static bool unfinished(struct workqueue_struct *wq, u64 from, u64 to)
{
	struct work_struct *work;
	struct worker *worker;

	list_for_each_entry(work, &wq->works, entry)
		if (work->ticket >= from && work->ticket <= to)
			return true;
	list_for_each_entry(worker, &wq->workers, list)
		if (worker->current_ticket >= from && worker->current_ticket <= to)
			return true;
	return false;
}

static bool finished(struct workqueue_struct *wq, u64 from, u64 to)
{
	unsigned long flags;
	bool result;

	spin_lock_irqsave(&wq->lock, flags);
	result = !unfinished(wq, from, to);
	spin_unlock_irqrestore(&wq->lock, flags);
	return result;
}

/* --- workers ------------------------------------------------------------------------- */

static int run_worker(void *data);

static struct worker *make_worker(struct workqueue_struct *wq)
{
	struct worker *worker = kzalloc(sizeof(*worker), GFP_KERNEL);

	if (!worker)
		return NULL;
	worker->wq = wq;
	worker->task = kthread_create(run_worker, worker, "kworker/%s", wq->name);
	if (IS_ERR(worker->task)) {
		kfree(worker);
		return NULL;
	}
	worker->task->flags |= PF_WQ_WORKER;
	get_task_struct(worker->task); /* destroy_workqueue() puts it */
	spin_lock_irq(&wq->lock);
	list_add_tail(&worker->list, &wq->workers);
	wq->nr_workers++;
	wq->nr_idle++;
	spin_unlock_irq(&wq->lock);
	wake_up_process(worker->task);
	return worker;
}

/*
 * What the worker that asks is to run, with another one left idle. Called and returns with
 * the lock held, released meanwhile. Without memory those workers that there are have to do.
 */
static struct work_struct *next_work(struct workqueue_struct *wq)
{
	struct work_struct *work;
	bool memory = true;

	for (;;) {
		work = first_to_run(wq);
		if (!work || wq->nr_idle > 1 || wq->nr_workers >= wq->max_active || !memory)
			return work;
		spin_unlock_irq(&wq->lock);
		memory = make_worker(wq);
		spin_lock_irq(&wq->lock);
	}
}

static void report_leak(work_func_t func, int count)
{
	if (report_note("BUG: workqueue leaked lock or atomic: %s/0x%08x/%d", current->comm, count,
			current->pid))
		return;
	pr_err("BUG: workqueue leaked lock or atomic: %s/0x%08x/%d\n", current->comm, count,
	       current->pid);
	pr_err("     last function: %ps\n", func);
	dump_stack();
	add_taint(TAINT_WARN, LOCKDEP_STILL_OK);
}

/* Takes the work off the list and runs it. Called and returns with the lock held. */
static void run_one(struct worker *worker, struct work_struct *work)
{
	struct workqueue_struct *wq = worker->wq;
	work_func_t func = work->func;
	int count;

	list_del_init(&work->entry);
	worker->current_work = work;
	worker->current_func = func;
	worker->current_ticket = work->ticket;
	wq->nr_idle--;
	clear_bit(WORK_STRUCT_PENDING_BIT, &work->data);
	spin_unlock_irq(&wq->lock);

	func(work);
	count = preempt_count();
	if (unlikely(count)) {
		report_leak(func, count);
		preempt_count_sub(count);
	}

	spin_lock_irq(&wq->lock);
	worker->current_ticket = 0;
	wq->nr_idle++;
	wake_up_all(&wq->done);
}

static bool something_to_do(struct workqueue_struct *wq)
{
	bool result;

	spin_lock_irq(&wq->lock);
	result = first_to_run(wq) || wq->dying;
	spin_unlock_irq(&wq->lock);
	return result;
}

static int run_worker(void *data)
{
	struct worker *worker = data;
	struct workqueue_struct *wq = worker->wq;
	struct work_struct *work;

	for (;;) {
		___wait_event(wq->more, something_to_do(wq), TASK_IDLE, 1, 0, schedule());
		if (wq->dying)
			break;
		spin_lock_irq(&wq->lock);
		while ((work = next_work(wq)))
			run_one(worker, work);
		spin_unlock_irq(&wq->lock);
	}
	return 0;
}

static struct worker *current_worker(void)
{
	return in_task() && (current->flags & PF_WQ_WORKER) ? kthread_data(current) : NULL;
}

struct work_struct *current_work(void)
{
	struct worker *worker = current_worker();

	return worker && worker->current_ticket ? worker->current_work : NULL;
}

static void replace_worker(struct work_struct *work)
{
	struct workqueue_struct *wq = container_of(work, struct workqueue_struct, replace.work);

	if (!make_worker(wq))
		queue_delayed_work(system_wq, &wq->replace, HZ);
}

/*
 * One that destroy_workqueue() dismisses has no work, and is freed there. Else the queue lasts as
 * long as the work has not finished: taking the worker off the list comes last.
 */
void worker_exits(void)
{
	struct worker *worker = kthread_data(current);
	struct workqueue_struct *wq = worker->wq;
	unsigned long flags;

	if (!worker->current_ticket)
		return;
	if (!READ_ONCE(wq->nr_idle))
		queue_delayed_work(system_wq, &wq->replace, 0);
	spin_lock_irqsave(&wq->lock, flags);
	list_del(&worker->list);
	wq->nr_workers--;
	wake_up_all(&wq->done);
	wake_up(&wq->more); /* if the work has queued itself, nobody could take it until now */
	spin_unlock_irqrestore(&wq->lock, flags);
	put_task_struct(current);
	kfree(worker);
}

/* --- queueing -------------------------------------------------------------------------- */

/* Under the lock. A queue that is being drained takes only what its own works queue. */
static bool is_open(const struct workqueue_struct *wq)
{
	const struct worker *worker = current_worker();

	return !wq->drainers || (worker && worker->wq == wq);
}

/* The caller has set the pending bit, and interrupts are off since. */
static void insert_work(struct workqueue_struct *wq, struct work_struct *work)
{
	bool open;

	spin_lock(&wq->lock);
	open = is_open(wq);
	if (open) {
		work->wq = wq;
		work->ticket = wq->next_ticket++;
		list_add_tail(&work->entry, &wq->works);
	}
	spin_unlock(&wq->lock);
	if (open) {
		wake_up(&wq->more);
		return;
	}
	clear_bit(WORK_STRUCT_PENDING_BIT, &work->data);
	WARN(1, "workqueue %s: %ps queued while it is drained", wq->name, work->func);
}

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	unsigned long flags;
	bool queued;

	local_irq_save(flags);
	queued = !test_and_set_bit(WORK_STRUCT_PENDING_BIT, &work->data);
	if (queued)
		insert_work(wq, work);
	local_irq_restore(flags);
	return queued;
}

/* TIMER_IRQSAFE: interrupts are off. */
void delayed_work_timer_fn(struct timer_list *timer)
{
	struct delayed_work *dwork = from_timer(dwork, timer, timer);

	insert_work(dwork->work.wq, &dwork->work);
}

/* The caller has set the pending bit, and interrupts are off since. */
static void insert_delayed(struct workqueue_struct *wq, struct delayed_work *dwork,
			   unsigned long delay)
{
	if (!delay) {
		insert_work(wq, &dwork->work);
		return;
	}
	dwork->work.wq = wq;
	dwork->timer.expires = jiffies + delay;
	add_timer(&dwork->timer);
}

bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork,
			unsigned long delay)
{
	unsigned long flags;
	bool queued;

	local_irq_save(flags);
	queued = !test_and_set_bit(WORK_STRUCT_PENDING_BIT, &dwork->work.data);
	if (queued)
		insert_delayed(wq, dwork, delay);
	local_irq_restore(flags);
	return queued;
}

/* --- taking back, and waiting ---------------------------------------------------------- */

/* Out of its queue's list, if it is in it. The pending bit stays, and is the caller's. */
static bool take_out(struct work_struct *work)
{
	struct workqueue_struct *wq = READ_ONCE(work->wq);
	unsigned long flags;
	bool listed;

	if (!wq)
		return false;
	spin_lock_irqsave(&wq->lock, flags);
	listed = !list_empty(&work->entry);
	list_del_init(&work->entry);
	spin_unlock_irqrestore(&wq->lock, flags);
	if (listed)
		wake_up_all(&wq->done);
	return listed;
}

static bool has_bit(const struct work_struct *work, int bit)
{
	return test_bit(bit, &work->data);
}

/*
 * Takes the pending bit, with interrupts off. 1: the work was to run, and will not. 0: it
 * was idle. -EAGAIN: another CPU is about to queue it, or to take it. -ENOENT: a cancel that
 * waits has the bit, maybe for long.
 */
static int try_to_grab_pending(struct work_struct *work, struct timer_list *timer)
{
	if (timer && del_timer(timer))
		return 1;
	if (!test_and_set_bit(WORK_STRUCT_PENDING_BIT, &work->data))
		return 0;
	if (take_out(work))
		return 1;
	return has_bit(work, WORK_STRUCT_CANCELING_BIT) ? -ENOENT : -EAGAIN;
}

/* The same until it succeeds, or another cancel has it. Returns with interrupts off. */
static int grab_pending(struct work_struct *work, struct timer_list *timer, unsigned long *flags)
{
	int pending;

	for (;;) {
		local_irq_save(*flags);
		pending = try_to_grab_pending(work, timer);
		if (pending != -EAGAIN)
			return pending;
		local_irq_restore(*flags);
		cpu_relax();
	}
}

static void give_up_pending(struct work_struct *work)
{
	clear_bit(WORK_STRUCT_CANCELING_BIT, &work->data);
	clear_bit(WORK_STRUCT_PENDING_BIT, &work->data);
}

static bool cancel(struct work_struct *work, struct timer_list *timer)
{
	unsigned long flags;
	int pending = grab_pending(work, timer, &flags);

	if (pending >= 0)
		give_up_pending(work);
	local_irq_restore(flags);
	return pending > 0;
}

bool cancel_work(struct work_struct *work)
{
	return cancel(work, NULL);
}

bool cancel_delayed_work(struct delayed_work *dwork)
{
	return cancel(&dwork->work, &dwork->timer);
}

/* Waits for one ticket. */
static void wait_for_ticket(struct workqueue_struct *wq, u64 ticket)
{
	wait_event(wq->done, finished(wq, ticket, ticket));
}

/* The ticket to wait for: of the queued work, or else of the running one; 0: neither. */
static u64 ticket_of(struct work_struct *work, bool queued_too)
{
	struct workqueue_struct *wq = READ_ONCE(work->wq);
	u64 ticket = 0;
	struct worker *worker;

	if (!wq)
		return 0;
	spin_lock_irq(&wq->lock);
	worker = worker_running(wq, work);
	if (queued_too && !list_empty(&work->entry))
		ticket = work->ticket;
	else if (worker && !WARN(worker->task == current, "%ps waits for itself", work->func))
		ticket = worker->current_ticket;
	spin_unlock_irq(&wq->lock);
	return ticket;
}

/* Both bits. Waits for another cancel that has them. */
static bool become_canceler(struct work_struct *work, struct timer_list *timer)
{
	unsigned long flags;
	int pending;

	while ((pending = grab_pending(work, timer, &flags)) == -ENOENT) {
		local_irq_restore(flags);
		schedule_timeout_uninterruptible(1);
	}
	set_bit(WORK_STRUCT_CANCELING_BIT, &work->data);
	local_irq_restore(flags);
	return pending;
}

static bool cancel_sync(struct work_struct *work, struct timer_list *timer)
{
	bool pending;
	u64 ticket;

	might_sleep();
	pending = become_canceler(work, timer);
	ticket = ticket_of(work, false);
	if (ticket)
		wait_for_ticket(work->wq, ticket);
	give_up_pending(work);
	return pending;
}

bool cancel_work_sync(struct work_struct *work)
{
	return cancel_sync(work, NULL);
}

bool cancel_delayed_work_sync(struct delayed_work *dwork)
{
	return cancel_sync(&dwork->work, &dwork->timer);
}

bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay)
{
	unsigned long flags;
	int pending = grab_pending(&dwork->work, &dwork->timer, &flags);

	if (pending >= 0)
		insert_delayed(wq, dwork, delay);
	local_irq_restore(flags);
	return pending;
}

unsigned int work_busy(struct work_struct *work)
{
	struct workqueue_struct *wq = READ_ONCE(work->wq);
	unsigned int busy = work_pending(work) ? WORK_BUSY_PENDING : 0;
	unsigned long flags;

	if (!wq)
		return busy;
	spin_lock_irqsave(&wq->lock, flags);
	if (worker_running(wq, work))
		busy |= WORK_BUSY_RUNNING;
	spin_unlock_irqrestore(&wq->lock, flags);
	return busy;
}

bool flush_work(struct work_struct *work)
{
	u64 ticket;

	might_sleep();
	ticket = ticket_of(work, true);
	if (ticket)
		wait_for_ticket(work->wq, ticket);
	return ticket;
}

bool flush_delayed_work(struct delayed_work *dwork)
{
	local_irq_disable();
	if (del_timer_sync(&dwork->timer))
		insert_work(dwork->work.wq, &dwork->work);
	local_irq_enable();
	return flush_work(&dwork->work);
}

void flush_workqueue(struct workqueue_struct *wq)
{
	const struct worker *worker = current_worker();
	u64 last;

	might_sleep();
	WARN(worker && worker->wq == wq, "workqueue %s is flushed by one of its works", wq->name);
	spin_lock_irq(&wq->lock);
	last = wq->next_ticket - 1;
	spin_unlock_irq(&wq->lock);
	wait_event(wq->done, finished(wq, 1, last));
}

static void add_drainers(struct workqueue_struct *wq, int nr)
{
	spin_lock_irq(&wq->lock);
	wq->drainers += nr;
	spin_unlock_irq(&wq->lock);
}

void drain_workqueue(struct workqueue_struct *wq)
{
	add_drainers(wq, 1);
	while (!finished(wq, 1, U64_MAX))
		flush_workqueue(wq);
	add_drainers(wq, -1);
}

/* --- making and destroying --------------------------------------------------------------- */

struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)
{
	struct workqueue_struct *wq = kzalloc(sizeof(*wq), GFP_KERNEL);
	va_list args;

	if (!wq)
		return NULL;
	spin_lock_init(&wq->lock);
	INIT_LIST_HEAD(&wq->works);
	INIT_LIST_HEAD(&wq->workers);
	init_waitqueue_head(&wq->more);
	init_waitqueue_head(&wq->done);
	INIT_DELAYED_WORK(&wq->replace, replace_worker);
	wq->next_ticket = 1;
	wq->max_active = max_active ? clamp(max_active, 1, WQ_MAX_ACTIVE) : WQ_DFL_ACTIVE;
	va_start(args, max_active);
	vsnprintf(wq->name, sizeof(wq->name), fmt, args);
	va_end(args);
	if (make_worker(wq))
		return wq;
	kfree(wq);
	return NULL;
}

/* A worker that is still here may make another one: until it has been stopped, none is the last. */
static void stop_workers(struct workqueue_struct *wq)
{
	struct worker *worker;

	WRITE_ONCE(wq->dying, true);
	wake_up_all(&wq->more);
	while ((worker = list_first_entry_or_null(&wq->workers, struct worker, list))) {
		kthread_stop(worker->task);
		put_task_struct(worker->task);
		list_del(&worker->list);
		kfree(worker);
	}
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	add_drainers(wq, 1);
	drain_workqueue(wq);
	cancel_delayed_work_sync(&wq->replace);
	stop_workers(wq);
	kfree(wq);
}

static int __init init_system_workqueue(void)
{
	system_wq = alloc_workqueue("events", 0, 0);
	return system_wq ? 0 : -ENOMEM;
}
early_initcall(init_system_workqueue);
