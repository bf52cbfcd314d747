/* SPDX-License-Identifier: MIT */
/* On the host nobody else waits for the CPU. */
#ifndef _TESTS_HOST_ASM_PREEMPT_H
#define _TESTS_HOST_ASM_PREEMPT_H

#define __preempt_schedule() __builtin_trap()

#endif
