/* SPDX-License-Identifier: MIT */
/*
 * High-resolution timers: a function that is called at a moment of the clock, in hard
 * interrupt context. It returns whether the timer goes on:
 *
 *	static enum hrtimer_restart sample(struct hrtimer *timer)
 *	{
 *		...
 *		hrtimer_forward_now(timer, us_to_ktime(250));
 *		return HRTIMER_RESTART;
 *	}
 *	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
 *	timer.function = sample;
 *	hrtimer_start(&timer, us_to_ktime(250), HRTIMER_MODE_REL);
 *	...
 *	hrtimer_cancel(&timer);
 *
 * Never early; late by the interrupt's latency, or, for a timer with slack, by as much as it
 * allows, so that several share an interrupt. A moment in the past fires at once.
 *
 * Any context but for hrtimer_cancel(), which waits for a running function: not from that
 * function, nor from an interrupt.
 */
#ifndef _LINUX_HRTIMER_H
#define _LINUX_HRTIMER_H

#include <linux/ktime.h>
#include <linux/rbtree.h>
#include <linux/types.h>

enum hrtimer_mode {
	HRTIMER_MODE_ABS = 0x00,    /* a moment of the clock */
	HRTIMER_MODE_REL = 0x01,    /* from now */
	HRTIMER_MODE_PINNED = 0x02, /* on this CPU: all are, for now */
	HRTIMER_MODE_HARD = 0x08,   /* in hard interrupt context: all are */

	HRTIMER_MODE_ABS_PINNED = HRTIMER_MODE_ABS | HRTIMER_MODE_PINNED,
	HRTIMER_MODE_REL_PINNED = HRTIMER_MODE_REL | HRTIMER_MODE_PINNED,
	HRTIMER_MODE_ABS_HARD = HRTIMER_MODE_ABS | HRTIMER_MODE_HARD,
	HRTIMER_MODE_REL_HARD = HRTIMER_MODE_REL | HRTIMER_MODE_HARD,
	HRTIMER_MODE_ABS_PINNED_HARD = HRTIMER_MODE_ABS_PINNED | HRTIMER_MODE_HARD,
	HRTIMER_MODE_REL_PINNED_HARD = HRTIMER_MODE_REL_PINNED | HRTIMER_MODE_HARD,
};

enum hrtimer_restart {
	HRTIMER_NORESTART,
	HRTIMER_RESTART,
};

#define HRTIMER_STATE_INACTIVE 0x00
#define HRTIMER_STATE_ENQUEUED 0x01

struct hrtimer_cpu_base;

struct hrtimer {
	struct rb_node node;  /* by expires, in its CPU's tree */
	ktime_t expires;      /* at the latest: what the device is set to */
	ktime_t _softexpires; /* at the earliest */
	enum hrtimer_restart (*function)(struct hrtimer *timer);
	struct hrtimer_cpu_base *base; /* its CPU's */
	u8 state;		       /* base->lock */
};

extern const unsigned int hrtimer_resolution; /* ns */

/* clock: they all are CLOCK_MONOTONIC here. */
void hrtimer_init(struct hrtimer *timer, clockid_t clock, enum hrtimer_mode mode);
#define hrtimer_init_on_stack(timer, clock, mode) hrtimer_init(timer, clock, mode)

static inline void destroy_hrtimer_on_stack(struct hrtimer *timer)
{
}

/* Starts a timer; one that is queued is moved. It may fire up to delta_ns after time. */
void hrtimer_start_range_ns(struct hrtimer *timer, ktime_t time, u64 delta_ns,
			    enum hrtimer_mode mode);

static inline void hrtimer_start(struct hrtimer *timer, ktime_t time, enum hrtimer_mode mode)
{
	hrtimer_start_range_ns(timer, time, 0, mode);
}

/* At the moments that it has, as a periodic one whose owner has forwarded it. */
static inline void hrtimer_start_expires(struct hrtimer *timer, enum hrtimer_mode mode)
{
	hrtimer_start_range_ns(timer, timer->_softexpires, timer->expires - timer->_softexpires,
			       mode);
}

static inline void hrtimer_restart(struct hrtimer *timer)
{
	hrtimer_start_expires(timer, HRTIMER_MODE_ABS);
}

/* 1: it was queued; 0: it was not; -1: its function runs on another CPU. */
int hrtimer_try_to_cancel(struct hrtimer *timer);
/* The same, and waits until its function has ended. */
int hrtimer_cancel(struct hrtimer *timer);

/* Queued, or its function runs. */
bool hrtimer_active(const struct hrtimer *timer);

static inline bool hrtimer_is_queued(const struct hrtimer *timer)
{
	return READ_ONCE(timer->state) & HRTIMER_STATE_ENQUEUED;
}

bool hrtimer_callback_running(const struct hrtimer *timer);

/*
 * Moves a timer that is not queued by the least multiple of interval that brings it behind
 * now; which multiple: 1, or more where intervals were missed. 0: it still lies ahead.
 */
u64 hrtimer_forward(struct hrtimer *timer, ktime_t now, ktime_t interval);

static inline u64 hrtimer_forward_now(struct hrtimer *timer, ktime_t interval)
{
	return hrtimer_forward(timer, ktime_get(), interval);
}

/* Until it fires; below 0 where it is due. */
ktime_t hrtimer_get_remaining(const struct hrtimer *timer);

static inline ktime_t hrtimer_cb_get_time(const struct hrtimer *timer)
{
	return ktime_get();
}

static inline ktime_t hrtimer_get_expires(const struct hrtimer *timer)
{
	return timer->expires;
}

static inline ktime_t hrtimer_get_softexpires(const struct hrtimer *timer)
{
	return timer->_softexpires;
}

static inline ktime_t hrtimer_expires_remaining(const struct hrtimer *timer)
{
	return ktime_sub(timer->expires, ktime_get());
}

static inline void hrtimer_set_expires(struct hrtimer *timer, ktime_t time)
{
	timer->expires = time;
	timer->_softexpires = time;
}

static inline void hrtimer_add_expires_ns(struct hrtimer *timer, u64 ns)
{
	timer->expires = ktime_add_safe(timer->expires, ns);
	timer->_softexpires = ktime_add_safe(timer->_softexpires, ns);
}

/*
 * schedule() until a moment, or until woken before: then -EINTR. The state is set by the
 * caller, as for schedule_timeout(). expires NULL: until woken.
 */
int schedule_hrtimeout_range(ktime_t *expires, u64 delta, enum hrtimer_mode mode);

static inline int schedule_hrtimeout(ktime_t *expires, enum hrtimer_mode mode)
{
	return schedule_hrtimeout_range(expires, 0, mode);
}

/*
 * From the clock event device, interrupts off: calls what is due, and returns the moment
 * of the next one (KTIME_MAX: there is none).
 */
ktime_t hrtimer_run_queues(void);

#endif
