// SPDX-License-Identifier: MIT
/*
 * The clock and jiffies.
 *
 * There is one source of time: the time-stamp counter since timekeeping_init(), as
 * nanoseconds. Everything else is computed from it:
 *
 *	ktime_get()	that number
 *	jiffies		that number / 10^6, brought up to date by the tick
 *
 * So jiffies cannot drift from the clock, whatever happens to interrupts: a tick that comes
 * late brings several at once. The tick itself is set to absolute moments, whole
 * milliseconds of this clock (clockevents.c).
 *
 * A CPU without a counter knows the time only when its clock event device interrupts: the
 * clock then jumps to the moment the device was set to, and stands still in between.
 *
 * Locking: none. jiffies_64 changes by compare-and-exchange of all its 64 bits, and only
 * forwards, from whichever CPU's tick; `jiffies` is another name for its low word.
 */
#include <linux/cache.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/timekeeping.h>
#include <asm/cpufeature.h>
#include <asm/tsc.h>
#include "timekeeping.h"

u64 jiffies_64 = INITIAL_JIFFIES;
extern volatile unsigned long jiffies __attribute__((__alias__("jiffies_64")));

static bool started;
static cycles_t start_cycles;
static u64 event_clock; /* ns; where there is no counter */

/* On 32 bits two loads could meet a change between them. */
static u64 read_64(u64 *value)
{
	return __sync_val_compare_and_swap(value, 0, 0);
}

/* Raises *value to at least `to`; by how much. */
static u64 raise_64(u64 *value, u64 to)
{
	u64 seen, old = read_64(value);

	for (; old < to; old = seen) {
		seen = __sync_val_compare_and_swap(value, old, to);
		if (seen == old)
			return to - old;
	}
	return 0;
}

u64 get_jiffies_64(void)
{
	return read_64(&jiffies_64);
}

unsigned long jiffies_catch_up(ktime_t now)
{
	return raise_64(&jiffies_64, INITIAL_JIFFIES + nsecs_to_jiffies64(now));
}

void timekeeping_event(ktime_t due)
{
	if (!boot_cpu_has(X86_FEATURE_TSC) && due != KTIME_MAX)
		raise_64(&event_clock, due);
}

ktime_t ktime_get(void)
{
	if (unlikely(!started))
		return 0;
	if (likely(boot_cpu_has(X86_FEATURE_TSC)))
		return cycles_to_ns(get_cycles() - start_cycles);
	return read_64(&event_clock);
}

static void say_clock(void)
{
	if (!boot_cpu_has(X86_FEATURE_TSC))
		pr_warn("clock: no time-stamp counter: time advances with timer interrupts only\n");
	else if (tsc_khz_assumed)
		pr_warn("clock: TSC at %u.%03u MHz, %s: time may run slow\n", tsc_khz / 1000,
			tsc_khz % 1000, tsc_khz_source);
	else
		pr_info("clock: TSC at %u.%03u MHz, %s\n", tsc_khz / 1000, tsc_khz % 1000,
			tsc_khz_source);
}

void timekeeping_init(void)
{
	cycles_to_ns(0);
	say_clock();
	start_cycles = get_cycles();
	started = true;
}
