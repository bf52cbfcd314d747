/* SPDX-License-Identifier: MIT */
#ifndef _ASM_PREEMPT_H
#define _ASM_PREEMPT_H

#include <linux/compiler.h>

/*
 * Gives the CPU to somebody more urgent, if interrupts are on. Keeps all registers, so
 * that the sections that end with it pay for a call only when they make it (entry.S).
 */
#define __preempt_schedule() asm volatile("call preempt_schedule_thunk" : : : "memory", "cc")

#endif
