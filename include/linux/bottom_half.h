/* SPDX-License-Identifier: MIT */
/*
 * Keeping this CPU's softirqs (tasklets, timers) out. Nests. Pending ones run when the
 * last local_bh_enable() leaves process context without interrupts masked.
 */
#ifndef _LINUX_BOTTOM_HALF_H
#define _LINUX_BOTTOM_HALF_H

#include <linux/preempt.h>

void __local_bh_enable_ip(unsigned long ip, unsigned int cnt);

#define local_bh_disable()                                 \
	do {                                               \
		preempt_count_add(SOFTIRQ_DISABLE_OFFSET); \
		barrier();                                 \
	} while (0)

static inline void local_bh_enable(void)
{
	__local_bh_enable_ip((unsigned long)__builtin_return_address(0), SOFTIRQ_DISABLE_OFFSET);
}

#endif
