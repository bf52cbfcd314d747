/* SPDX-License-Identifier: MIT */
/* The time-stamp counter: a clock whose rate has to be measured. Any context. */
#ifndef _ASM_TSC_H
#define _ASM_TSC_H

#include <linux/types.h>

typedef u64 cycles_t;

/* The counter; 0 where the CPU has none. Needs no calibration. */
cycles_t get_cycles(void);

/* Boot: the counter is measured from here on. After cpu_identify(). */
void tsc_init(void);

/* A difference of two counters in nanoseconds; the first call calibrates (50 ms). */
u64 cycles_to_ns(cycles_t cycles);

/* Spins for so long at least. */
void spin_ns(u64 ns);

/* Counts in a millisecond, and where that comes from, for people; 0 and NULL before. */
extern unsigned int tsc_khz;
extern const char *tsc_khz_source;

/* The source is a guess: seconds may be longer than they should be, never shorter. */
extern bool tsc_khz_assumed;

/*
 * A rate that is known to lie between two: in the middle, but if the next whole number of MHz
 * lies there too, it is that, as clocks mostly have one.
 */
u32 roundest_khz(u64 low, u64 high);

#endif
