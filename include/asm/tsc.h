/* SPDX-License-Identifier: MIT */
/* The time-stamp counter: a clock whose rate has to be measured. Any context. */
#ifndef _ASM_TSC_H
#define _ASM_TSC_H

#include <linux/types.h>

typedef u64 cycles_t;

/* The counter; 0 where the CPU has none. Needs no calibration. */
cycles_t get_cycles(void);

/* A difference of two counters in nanoseconds; the first call calibrates (50 ms). */
u64 cycles_to_ns(cycles_t cycles);

/* Counts in a millisecond; 0 before the calibration. */
extern unsigned int tsc_khz;

#endif
