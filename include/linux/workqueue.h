/* SPDX-License-Identifier: MIT */
/*
 * Workqueues: functions that run soon in process context, where they may sleep, on
 * threads that are there for it.
 *
 *	INIT_WORK(&device->reset_work, reset);
 *	...
 *	schedule_work(&device->reset_work);		from an interrupt, say
 *	...
 *	cancel_work_sync(&device->reset_work);		before the device goes
 *
 * A work is queued once, however often it is asked for before it begins; from then on it
 * may be queued again, or freed, also by its own function. It never runs twice at once.
 *
 * Queueing and cancel_delayed_work() in any context; everything that waits, and making and
 * destroying a queue, in process context.
 */
#ifndef _LINUX_WORKQUEUE_H
#define _LINUX_WORKQUEUE_H

#include <linux/bitops.h>
#include <linux/list.h>
#include <linux/timer.h>
#include <linux/types.h>

struct work_struct;
struct workqueue_struct;
typedef void (*work_func_t)(struct work_struct *work);

#define WORK_STRUCT_PENDING_BIT	  0 /* queued, or a timer will queue it, or somebody's: */
#define WORK_STRUCT_CANCELING_BIT 1 /* who cancels it waits until it does not run any more */

struct work_struct {
	unsigned long data;	/* the bits */
	struct list_head entry; /* in its queue */
	work_func_t func;
	struct workqueue_struct *wq; /* the last queue it was in */
	u64 ticket;		     /* which queueing of this queue it was; see workqueue.c */
};

struct delayed_work {
	struct work_struct work;
	struct timer_list timer;
};

void delayed_work_timer_fn(struct timer_list *timer);

#define __WORK_INITIALIZER(name, function)                                     \
	{                                                                      \
		.entry = { &(name).entry, &(name).entry }, .func = (function), \
	}
#define DECLARE_WORK(name, function) struct work_struct name = __WORK_INITIALIZER(name, function)
#define DECLARE_DELAYED_WORK(name, function)                                        \
	struct delayed_work name = {                                                \
		.work = __WORK_INITIALIZER((name).work, function),                  \
		.timer = __TIMER_INITIALIZER(delayed_work_timer_fn, TIMER_IRQSAFE), \
	}

#define INIT_WORK(work, function)               \
	do {                                    \
		(work)->data = 0;               \
		INIT_LIST_HEAD(&(work)->entry); \
		(work)->func = (function);      \
		(work)->wq = NULL;              \
	} while (0)
#define INIT_DELAYED_WORK(dwork, function)                                          \
	do {                                                                        \
		INIT_WORK(&(dwork)->work, function);                                \
		timer_setup(&(dwork)->timer, delayed_work_timer_fn, TIMER_IRQSAFE); \
	} while (0)
/* Timers cost no sleeping CPU anything here: none is put off. */
#define INIT_DEFERRABLE_WORK(dwork, function)	   INIT_DELAYED_WORK(dwork, function)
#define INIT_WORK_ONSTACK(work, function)	   INIT_WORK(work, function)
#define INIT_DELAYED_WORK_ONSTACK(dwork, function) INIT_DELAYED_WORK(dwork, function)
#define destroy_work_on_stack(work)		   ((void)(work))
#define destroy_delayed_work_on_stack(dwork)	   ((void)(dwork))

static inline struct delayed_work *to_delayed_work(struct work_struct *work)
{
	return container_of(work, struct delayed_work, work);
}

#define work_pending(work)	    test_bit(WORK_STRUCT_PENDING_BIT, &(work)->data)
#define delayed_work_pending(dwork) work_pending(&(dwork)->work)

/* Flags that say on what kind of CPU or thread to run are accepted; there is one kind. */
#define WQ_UNBOUND	   0x02
#define WQ_FREEZABLE	   0x04
#define WQ_MEM_RECLAIM	   0x08
#define WQ_HIGHPRI	   0x10
#define WQ_CPU_INTENSIVE   0x20
#define WQ_SYSFS	   0x40
#define WQ_POWER_EFFICIENT 0x80
#define WQ_MAX_ACTIVE	   512 /* works that may run at once */
#define WQ_DFL_ACTIVE	   256 /* the same, for 0 */

/* NULL without memory. */
struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)
	__printf(1, 4);
#define alloc_ordered_workqueue(fmt, flags, ...) alloc_workqueue(fmt, flags, 1, ##__VA_ARGS__)
#define create_workqueue(name)			 alloc_workqueue("%s", WQ_MEM_RECLAIM, 1, (name))
#define create_freezable_workqueue(name)	 create_singlethread_workqueue(name)
#define create_singlethread_workqueue(name)	 alloc_ordered_workqueue("%s", WQ_MEM_RECLAIM, name)

/*
 * Runs what is queued, and what that queues, to the end, and frees the queue. What others
 * queue meanwhile is refused, with a warning.
 */
void destroy_workqueue(struct workqueue_struct *wq);

/* For works that take long, see to a queue of their own. */
extern struct workqueue_struct *system_wq;
#define system_long_wq		  system_wq
#define system_unbound_wq	  system_wq
#define system_highpri_wq	  system_wq
#define system_freezable_wq	  system_wq
#define system_power_efficient_wq system_wq

/* False: it was pending already, and is not queued again. Delays are in jiffies. */
bool queue_work(struct workqueue_struct *wq, struct work_struct *work);
bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork,
			unsigned long delay);
/* A pending one gets the new delay, and true is returned; one that is being cancelled stays so. */
bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay);

#define schedule_work(work)		    queue_work(system_wq, work)
#define schedule_delayed_work(dwork, delay) queue_delayed_work(system_wq, dwork, delay)

/* Workers run on any CPU, whichever is asked for. */
#define queue_work_on(cpu, wq, work)		     queue_work(wq, work)
#define queue_delayed_work_on(cpu, wq, dwork, delay) queue_delayed_work(wq, dwork, delay)
#define mod_delayed_work_on(cpu, wq, dwork, delay)   mod_delayed_work(wq, dwork, delay)
#define schedule_work_on(cpu, work)		     schedule_work(work)
#define schedule_delayed_work_on(cpu, dwork, delay)  schedule_delayed_work(dwork, delay)

/* Waits until what is queued now has run. True: there was something to wait for. */
bool flush_work(struct work_struct *work);
bool flush_delayed_work(struct delayed_work *dwork); /* without waiting for its delay */
void flush_workqueue(struct workqueue_struct *wq);
/* Until nothing is left; only the queue's own works may queue more meanwhile. */
void drain_workqueue(struct workqueue_struct *wq);
#define flush_scheduled_work() flush_workqueue(system_wq)

/*
 * Takes it out of the queue, and, with _sync, waits until it does not run; if it queues
 * itself, that fails meanwhile. True: it was pending, and has not run for it.
 */
bool cancel_work(struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);
bool cancel_delayed_work(struct delayed_work *dwork);
bool cancel_delayed_work_sync(struct delayed_work *dwork);

struct work_struct *current_work(void);

#define WORK_BUSY_PENDING 1
#define WORK_BUSY_RUNNING 2
/* These bits, as it was a moment ago. */
unsigned int work_busy(struct work_struct *work);

#endif
