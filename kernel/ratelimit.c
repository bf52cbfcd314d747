// SPDX-License-Identifier: MIT
/*
 * Rate limits.
 *
 * A limiter's window begins with the first pass after the previous window ended. It
 * lets `burst` passes through in `interval`, counts the rest, and says how many those
 * were at the first pass of the next window.
 *
 * One lock for all limiters, only tried: who finds it taken is refused, so that a
 * limiter in an interrupt, or in a report that interrupted another, never waits.
 */
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/spinlock.h>
#include <asm/tsc.h>
#include <memkern/report.h>

#define NSEC_PER_JIFFY (1000000000U / HZ)

static DEFINE_SPINLOCK(ratelimit_lock);

/* The clock is asked only here: a limiter's first pass needs none. */
static bool window_is_over(const struct ratelimit_state *rs)
{
	if (!rs->begin || rs->generation != report_once_generation)
		return true;
	return cycles_to_ns(get_cycles() - rs->begin) > (u64)rs->interval * NSEC_PER_JIFFY;
}

/* Returns how many passes the window that ends has refused, if that is to be said now. */
static int begin_window(struct ratelimit_state *rs)
{
	bool fresh = rs->generation != report_once_generation;
	int missed = 0;

	if (fresh) {
		rs->missed = 0;
	} else if (!(rs->flags & RATELIMIT_MSG_ON_RELEASE)) {
		missed = rs->missed;
		rs->missed = 0;
	}
	rs->generation = report_once_generation;
	rs->begin = get_cycles() | 1;
	rs->printed = 0;
	return missed;
}

int ___ratelimit(struct ratelimit_state *rs, const char *func)
{
	unsigned long flags;
	int missed = 0, pass;

	if (!rs->interval)
		return 1;
	if (!spin_trylock_irqsave(&ratelimit_lock, flags))
		return 0;
	if (window_is_over(rs))
		missed = begin_window(rs);
	pass = rs->burst > rs->printed;
	if (pass)
		rs->printed++;
	else
		rs->missed++;
	spin_unlock_irqrestore(&ratelimit_lock, flags);

	if (missed)
		pr_warn("%s: %d callbacks suppressed\n", func, missed);
	return pass;
}
