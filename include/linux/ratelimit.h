/* SPDX-License-Identifier: MIT */
/*
 * Rate limits: at most `burst` passes in each `interval` (in jiffies).
 *
 *	static DEFINE_RATELIMIT_STATE(rs, 10 * HZ, 1);
 *	if (__ratelimit(&rs))
 *		...
 *
 * Any context: where another CPU holds the limiter, the answer is no. The first
 * pass needs no clock; the first question that does calibrates it (50 ms, once).
 * kunit_expect_report() opens every limiter's window afresh.
 */
#ifndef _LINUX_RATELIMIT_H
#define _LINUX_RATELIMIT_H

#include <linux/ratelimit_types.h>
#include <linux/printk.h>

static inline void ratelimit_state_init(struct ratelimit_state *rs, int interval, int burst)
{
	*rs = (struct ratelimit_state)RATELIMIT_STATE_INIT(rs, interval, burst);
}

static inline void ratelimit_default_init(struct ratelimit_state *rs)
{
	ratelimit_state_init(rs, DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST);
}

static inline void ratelimit_set_flags(struct ratelimit_state *rs, unsigned long flags)
{
	rs->flags = flags;
}

/* The last word of a limiter with RATELIMIT_MSG_ON_RELEASE. */
static inline void ratelimit_state_exit(struct ratelimit_state *rs)
{
	if (!(rs->flags & RATELIMIT_MSG_ON_RELEASE) || !rs->missed)
		return;
	pr_warn("%d output lines suppressed due to ratelimiting\n", rs->missed);
	rs->missed = 0;
}

#endif
