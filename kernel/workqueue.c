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
 * allows one: a worker about to be the last that is idle makes another one first. That
 * needs process context, where workers are and queue_work() may not be.
 *
 * A function may free its work, so nothing may be remembered in the work once it runs.
 * Every queueing draws a ticket, and a worker remembers the ticket of what it runs.
 * "Finished" means: neither in the list nor at a worker with that ticket. Flushing a
 * queue means the same for all tickets drawn so far.
 *
 * Who sets the pending bit may queue the work: a queue_work() that finds it set has
 * nothing to do. A cancel takes the bit and keeps it until the work does not run any more.
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

#define WQ_NAME_LEN 24

struct worker {
	struct list_head list; /* of its queue's */
	struct workqueue_struct *wq;
	struct task_struct *task;
	struct work_struct *current_work; /* only to compare: it may be gone */
	u64 current_ticket;		  /* 0: idle */
};

struct workqueue_struct {
	spinlock_t lock;
	struct list_head works;
	struct list_head workers;
	unsigned int nr_workers, nr_idle, max_active;
	u64 next_ticket; /* from 1 */
	bool dying;
	wait_queue_head_t more; /* idle workers */
	wait_queue_head_t done; /* who waits for something to finish */
	char name[WQ_NAME_LEN];
};

struct workqueue_struct *system_wq;

/* --- what the lists say, under wq->lock -------------------------------------------- */

static struct worker *worker_running(struct workqueue_struct *wq, const struct work_struct *work)
{
	struct worker *worker;

	list_for_each_entry(worker, &wq->workers, list)
		if (worker->current_ticket && worker->current_work == work)
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
	spin_lock_irq(&wq->lock);
	list_add_tail(&worker->list, &wq->workers);
	wq->nr_workers++;
	wq->nr_idle++;
	spin_unlock_irq(&wq->lock);
	wake_up_process(worker->task);
	return worker;
}

/* Called by a worker before it works. Without memory those that there are have to do. */
static void keep_one_idle(struct workqueue_struct *wq)
{
	if (READ_ONCE(wq->nr_idle) <= 1 && READ_ONCE(wq->nr_workers) < wq->max_active)
		make_worker(wq);
}

static void report_leak(const struct worker *worker, work_func_t func, int count)
{
	if (report_note("BUG: workqueue leaked lock or atomic: %s/0x%08x", current->comm, count))
		return;
	pr_err("BUG: workqueue leaked lock or atomic: %s/0x%08x\n", current->comm, count);
	pr_err("     last function: %ps\n", func);
	dump_stack();
}

/* Takes the work off the list and runs it. Called and returns with the lock held. */
static void run_one(struct worker *worker, struct work_struct *work)
{
	struct workqueue_struct *wq = worker->wq;
	work_func_t func = work->func;
	int count;

	list_del_init(&work->entry);
	worker->current_work = work;
	worker->current_ticket = work->ticket;
	wq->nr_idle--;
	clear_bit(WORK_STRUCT_PENDING_BIT, &work->data);
	spin_unlock_irq(&wq->lock);

	func(work);
	count = preempt_count();
	if (unlikely(count)) {
		report_leak(worker, func, count);
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
		keep_one_idle(wq);
		spin_lock_irq(&wq->lock);
		while ((work = first_to_run(wq)))
			run_one(worker, work);
		spin_unlock_irq(&wq->lock);
	}
	return 0;
}

struct work_struct *current_work(void)
{
	struct worker *worker = current->flags & PF_WQ_WORKER ? kthread_data(current) : NULL;

	return worker && worker->current_ticket ? worker->current_work : NULL;
}

/* --- queueing -------------------------------------------------------------------------- */

/* The caller has set the pending bit. */
static void insert_work(struct workqueue_struct *wq, struct work_struct *work)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	WARN(wq->dying, "workqueue %s: %ps queued while it is destroyed", wq->name, work->func);
	work->wq = wq;
	work->ticket = wq->next_ticket++;
	list_add_tail(&work->entry, &wq->works);
	spin_unlock_irqrestore(&wq->lock, flags);
	wake_up(&wq->more);
}

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	if (test_and_set_bit(WORK_STRUCT_PENDING_BIT, &work->data))
		return false;
	insert_work(wq, work);
	return true;
}

void delayed_work_timer_fn(struct timer_list *timer)
{
	struct delayed_work *dwork = from_timer(dwork, timer, timer);

	insert_work(dwork->work.wq, &dwork->work);
}

/* The caller has set the pending bit. */
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
	if (test_and_set_bit(WORK_STRUCT_PENDING_BIT, &dwork->work.data))
		return false;
	insert_delayed(wq, dwork, delay);
	return true;
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

/*
 * Takes the pending bit. True: the work was to run, and will not. Between the bit and the
 * list, or the timer, there are a few instructions, of another CPU or of who was
 * interrupted; and a cancel that waits may have the bit for long: then -EAGAIN.
 */
static int grab_pending(struct work_struct *work, struct timer_list *timer)
{
	if (timer && del_timer(timer))
		return true;
	if (!test_and_set_bit(WORK_STRUCT_PENDING_BIT, &work->data))
		return false;
	return take_out(work) ? true : -EAGAIN;
}

static int grab_pending_patiently(struct work_struct *work, struct timer_list *timer)
{
	int pending;

	while ((pending = grab_pending(work, timer)) == -EAGAIN)
		schedule_timeout_uninterruptible(1);
	return pending;
}

static void give_up_pending(struct work_struct *work)
{
	clear_bit(WORK_STRUCT_PENDING_BIT, &work->data);
}

static bool cancel(struct work_struct *work, struct timer_list *timer)
{
	int pending = grab_pending(work, timer);

	if (pending == -EAGAIN)
		return false;
	give_up_pending(work);
	return pending;
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

static bool cancel_sync(struct work_struct *work, struct timer_list *timer)
{
	bool pending;
	u64 ticket;

	might_sleep();
	pending = grab_pending_patiently(work, timer);
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
	int pending;

	while ((pending = grab_pending(&dwork->work, &dwork->timer)) == -EAGAIN)
		cpu_relax();
	insert_delayed(wq, dwork, delay);
	return pending;
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
	if (del_timer_sync(&dwork->timer))
		insert_work(dwork->work.wq, &dwork->work);
	return flush_work(&dwork->work);
}

void flush_workqueue(struct workqueue_struct *wq)
{
	u64 last = READ_ONCE(wq->next_ticket) - 1;

	might_sleep();
	WARN(current_work() && ((struct worker *)kthread_data(current))->wq == wq,
	     "workqueue %s is flushed by one of its works", wq->name);
	wait_event(wq->done, finished(wq, 1, last));
}

void drain_workqueue(struct workqueue_struct *wq)
{
	while (!finished(wq, 1, U64_MAX))
		flush_workqueue(wq);
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
	wq->next_ticket = 1;
	wq->max_active = max_active ? clamp(max_active, 1, WQ_MAX_ACTIVE) : WQ_MAX_ACTIVE;
	va_start(args, max_active);
	vsnprintf(wq->name, sizeof(wq->name), fmt, args);
	va_end(args);
	if (make_worker(wq))
		return wq;
	kfree(wq);
	return NULL;
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	struct worker *worker, *next;

	drain_workqueue(wq);
	list_for_each_entry(worker, &wq->workers, list)
		get_task_struct(worker->task);
	WRITE_ONCE(wq->dying, true);
	wake_up_all(&wq->more);
	list_for_each_entry_safe(worker, next, &wq->workers, list) {
		kthread_stop(worker->task);
		put_task_struct(worker->task);
		kfree(worker);
	}
	kfree(wq);
}

static int __init init_system_workqueue(void)
{
	system_wq = alloc_workqueue("events", 0, 0);
	return system_wq ? 0 : -ENOMEM;
}
early_initcall(init_system_workqueue);
