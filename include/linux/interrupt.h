/* SPDX-License-Identifier: MIT */
/*
 * Interrupts, as drivers see them.
 *
 *	static irqreturn_t uart_interrupt(int irq, void *dev_id)
 *	{
 *		if (my device did not raise it)
 *			return IRQ_NONE;
 *		...
 *		return IRQ_HANDLED;
 *	}
 *	error = request_irq(4, uart_interrupt, IRQF_SHARED, "ttyS0", port);
 *	...
 *	free_irq(4, port);
 *
 * A handler runs in hard interrupt context: with interrupts off, on the CPU's interrupt
 * stack. It must not sleep. A line that stays unclaimed is shut off (kernel/irq_spurious.c).
 */
#ifndef _LINUX_INTERRUPT_H
#define _LINUX_INTERRUPT_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/hardirq.h>
#include <linux/irqflags.h>
#include <linux/irqreturn.h>
#include <linux/preempt.h>
#include <linux/types.h>
#include <asm/irq_vectors.h>
#include <asm/processor.h>

/*
 * How the line says that it wants something; without any, it stays as the firmware or the
 * last user left it. All users of a shared line must ask for the same.
 */
#define IRQF_TRIGGER_NONE    0x00000000
#define IRQF_TRIGGER_RISING  0x00000001
#define IRQF_TRIGGER_FALLING 0x00000002
#define IRQF_TRIGGER_HIGH    0x00000004
#define IRQF_TRIGGER_LOW     0x00000008
#define IRQF_TRIGGER_MASK    0x0000000f

#define IRQF_SHARED	  0x00000080 /* others may use the line too, if they all say so */
#define IRQF_PROBE_SHARED 0x00000100 /* only trying: do not complain if the line is taken */
#define IRQF_TIMER	  0x00000200 /* a clock's */
/* Accepted, and without effect: interrupt threads, and where and when lines are served. */
#define IRQF_PERCPU	 0x00000400
#define IRQF_NOBALANCING 0x00000800
#define IRQF_ONESHOT	 0x00002000
#define IRQF_NO_SUSPEND	 0x00004000
#define IRQF_NO_THREAD	 0x00010000
#define IRQF_NO_AUTOEN	 0x00080000 /* stays disabled until enable_irq() */

typedef irqreturn_t (*irq_handler_t)(int irq, void *dev_id);

/*
 * Process context; may sleep. `name` must stay. 0, or with nothing changed:
 *	-EINVAL	no such line, no handler, IRQF_SHARED without a dev_id or with IRQF_NO_AUTOEN,
 *		or a trigger that the controller does not have
 *	-EBUSY	the line has a user that does not share it, or not in the same way
 *	-ENOMEM
 */
int __must_check request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
			     const char *name, void *dev_id);

/*
 * Takes the user with this dev_id off the line, waits until its handler has ended, and returns
 * its name; NULL and a warning if there is none. Process context, not from the handler.
 */
const void *free_irq(unsigned int irq, void *dev_id);

/*
 * Disabling nests: each disable_irq() wants its enable_irq(). An edge that comes meanwhile is
 * not lost: it is replayed. disable_irq() waits until a running handler has ended, so it must
 * not be called from a handler; the other two are for any context.
 */
void disable_irq(unsigned int irq);
void disable_irq_nosync(unsigned int irq);
void enable_irq(unsigned int irq);

/* Waits until no handler of the line runs on any CPU. Not from a handler. */
void synchronize_irq(unsigned int irq);

/*
 * Lets the line interrupt one of these CPUs. 0, or -EINVAL: none of them is online, there is no such
 * line, or its controller knows one CPU only. Any context.
 */
int irq_set_affinity(unsigned int irq, const struct cpumask *cpumask);
int irq_can_set_affinity(unsigned int irq);

/* --- softirqs: kernel/softirq.c has the theory --------------------------------- */

enum {
	HI_SOFTIRQ,
	TIMER_SOFTIRQ,
	NET_TX_SOFTIRQ,
	NET_RX_SOFTIRQ,
	BLOCK_SOFTIRQ,
	IRQ_POLL_SOFTIRQ,
	TASKLET_SOFTIRQ,
	SCHED_SOFTIRQ,
	HRTIMER_SOFTIRQ,
	RCU_SOFTIRQ,
	NR_SOFTIRQS
};

DECLARE_PER_CPU(unsigned int, softirq_pending);
/* A bit for each that was raised on this CPU and has not run. */
#define local_softirq_pending() this_cpu_read(softirq_pending)

extern const char *const softirq_to_name[NR_SOFTIRQS];

struct softirq_action;

void softirq_init(void);
void open_softirq(int nr, void (*action)(struct softirq_action *));

/* Any context; the _irqoff forms where interrupts are off. */
void raise_softirq(unsigned int nr);
void raise_softirq_irqoff(unsigned int nr);
/* The same, where somebody will look for certain: in an interrupt. */
void __raise_softirq_irqoff(unsigned int nr);

/* --- tasklets -------------------------------------------------------------------- */

/*
 * A function that runs soon, once, in softirq context, with interrupts on, and never on
 * two CPUs at once. Scheduling it again before it has run changes nothing; while it
 * runs, it runs once more. Any context.
 */
struct tasklet_struct {
	struct tasklet_struct *next;
	unsigned long state; /* bits TASKLET_STATE_* */
	atomic_t count;	     /* not zero: disabled */
	bool use_callback;
	union {
		void (*func)(unsigned long data);
		void (*callback)(struct tasklet_struct *tasklet);
	};
	unsigned long data;
};

enum {
	TASKLET_STATE_SCHED, /* in a list */
	TASKLET_STATE_RUN    /* its function runs */
};

#define DECLARE_TASKLET(name, _callback) \
	struct tasklet_struct name = { .callback = _callback, .use_callback = true }
#define DECLARE_TASKLET_DISABLED(name, _callback) \
	struct tasklet_struct name = {            \
		.count = ATOMIC_INIT(1),          \
		.callback = _callback,            \
		.use_callback = true,             \
	}
#define DECLARE_TASKLET_DISABLED_OLD(name, _func) \
	struct tasklet_struct name = { .count = ATOMIC_INIT(1), .func = _func }
#define DECLARE_TASKLET_OLD(name, _func) struct tasklet_struct name = { .func = _func }

#define from_tasklet(var, callback_tasklet, field) \
	container_of(callback_tasklet, typeof(*var), field)

void tasklet_setup(struct tasklet_struct *tasklet, void (*callback)(struct tasklet_struct *));
void tasklet_init(struct tasklet_struct *tasklet, void (*func)(unsigned long), unsigned long data);

void __tasklet_schedule(struct tasklet_struct *tasklet);
void __tasklet_hi_schedule(struct tasklet_struct *tasklet);

static inline void tasklet_schedule(struct tasklet_struct *tasklet)
{
	if (!test_and_set_bit(TASKLET_STATE_SCHED, &tasklet->state))
		__tasklet_schedule(tasklet);
}

/* Before all other softirqs. */
static inline void tasklet_hi_schedule(struct tasklet_struct *tasklet)
{
	if (!test_and_set_bit(TASKLET_STATE_SCHED, &tasklet->state))
		__tasklet_hi_schedule(tasklet);
}

static inline int tasklet_trylock(struct tasklet_struct *tasklet)
{
	return !test_and_set_bit(TASKLET_STATE_RUN, &tasklet->state);
}

static inline void tasklet_unlock(struct tasklet_struct *tasklet)
{
	clear_bit(TASKLET_STATE_RUN, &tasklet->state);
}

static inline void tasklet_unlock_wait(struct tasklet_struct *tasklet)
{
	while (test_bit(TASKLET_STATE_RUN, &tasklet->state))
		cpu_relax();
}

/* A disabled tasklet stays scheduled, and runs when it is enabled. Nests. */
static inline void tasklet_disable_nosync(struct tasklet_struct *tasklet)
{
	atomic_inc(&tasklet->count);
}

static inline void tasklet_disable(struct tasklet_struct *tasklet)
{
	tasklet_disable_nosync(tasklet);
	tasklet_unlock_wait(tasklet);
}

/* The same, by spinning, as tasklet_disable() does anyway. */
static inline void tasklet_disable_in_atomic(struct tasklet_struct *tasklet)
{
	tasklet_disable(tasklet);
}

static inline void tasklet_enable(struct tasklet_struct *tasklet)
{
	atomic_dec(&tasklet->count);
}

/* Waits until it has run, if it is scheduled. Process context; not while it is disabled. */
void tasklet_kill(struct tasklet_struct *tasklet);

#endif
