/* SPDX-License-Identifier: MIT */
/*
 * Allocations that fail on purpose, so that what a driver does then is tried, not hoped.
 *
 *	failslab=INTERVAL,PROBABILITY,SPACE,TIMES		objects: kmalloc(), kmem_cache_alloc()
 *	fail_page_alloc=INTERVAL,PROBABILITY,SPACE,TIMES	pages
 *
 * on the command line: of the allocations, once SPACE bytes (for pages: so many pages) have
 * been had, every INTERVAL-th fails with PROBABILITY percent, TIMES times at most (-1: always).
 *
 * The n-th allocation of one task alone is made to fail by kunit_fail_nth(), in
 * memkern/kunit_extra.h.
 */
#ifndef _LINUX_FAULT_INJECT_H
#define _LINUX_FAULT_INJECT_H

#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/ratelimit.h>
#include <linux/types.h>

/* Some kind of failure: when it comes. */
struct fault_attr {
	unsigned long probability; /* in percent; 0: never */
	unsigned long interval;
	atomic_t times;	       /* how many more; -1: no limit */
	atomic_t space;	       /* so much is had before the first */
	unsigned long verbose; /* 0: silent, 1: a line for each failure, 2: its call trace, too */
	unsigned long count;   /* how often it was asked since then */
	struct ratelimit_state ratelimit_state;
	const char *name;
};

#define FAULT_ATTR_INITIALIZER                                                               \
	{                                                                                    \
		.interval = 1, .times = ATOMIC_INIT(1), .verbose = 2,                        \
		.ratelimit_state = RATELIMIT_STATE_INIT("fault", DEFAULT_RATELIMIT_INTERVAL, \
							DEFAULT_RATELIMIT_BURST),            \
	}
#define DECLARE_FAULT_ATTR(variable) struct fault_attr variable = FAULT_ATTR_INITIALIZER

enum fault_flags {
	FAULT_NOWARN = 1, /* says nothing, whatever attr->verbose is */
};

/* Reads "interval,probability,space,times". Returns 1, or 0 if it is something else. */
int setup_fault_attr(struct fault_attr *attr, char *str);

/* Is this one to fail? `size` counts against attr->space. Any context. */
bool should_fail_ex(struct fault_attr *attr, ssize_t size, int flags);
bool should_fail(struct fault_attr *attr, ssize_t size);

/*
 * As writing to /proc/self/fail-nth: the n-th allocation of this task from now on fails; 0: none
 * any more. Returns what was left of the one before: 0, it has failed. To be ended by the task
 * that began it. Not in interrupts.
 */
unsigned int set_fail_nth(unsigned int n);

/* For the allocators, and for who writes one. */
struct kmem_cache;
int should_failslab(struct kmem_cache *cache, gfp_t gfp);
bool should_fail_alloc_page(gfp_t gfp, unsigned int order);

#endif
