/* SPDX-License-Identifier: MIT */
/* What a rate limit is: its rule and its current window. See linux/ratelimit.h. */
#ifndef _LINUX_RATELIMIT_TYPES_H
#define _LINUX_RATELIMIT_TYPES_H

#include <linux/types.h>
#include <asm/param.h>

#define DEFAULT_RATELIMIT_INTERVAL (5 * HZ)
#define DEFAULT_RATELIMIT_BURST	   10

/* Say how many were suppressed when the state is released, not in the next window. */
#define RATELIMIT_MSG_ON_RELEASE 0x1

struct ratelimit_state {
	int interval; /* length of a window in jiffies; 0: no limit */
	int burst;    /* how many a window lets through */
	int printed;  /* of these, so many are used up */
	int missed;   /* suppressed in this window */
	unsigned int flags;
	unsigned int generation; /* of the once-only states when the window began */
	u64 begin;		 /* TSC when the window began; 0: none has begun */
};

#define RATELIMIT_STATE_INIT_FLAGS(name, interval_init, burst_init, flags_init)            \
	{                                                                                  \
		.interval = (interval_init), .burst = (burst_init), .flags = (flags_init), \
	}
#define RATELIMIT_STATE_INIT(name, interval_init, burst_init) \
	RATELIMIT_STATE_INIT_FLAGS(name, interval_init, burst_init, 0)
#define DEFINE_RATELIMIT_STATE(name, interval_init, burst_init) \
	struct ratelimit_state name = RATELIMIT_STATE_INIT(name, interval_init, burst_init)

/* May the caller go on? `func` names it in "N callbacks suppressed". Any context. */
int ___ratelimit(struct ratelimit_state *rs, const char *func);
#define __ratelimit(state) ___ratelimit(state, __func__)

#endif
