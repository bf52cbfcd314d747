/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SCHED_DEBUG_H
#define _LINUX_SCHED_DEBUG_H

struct pt_regs;

/* Prints registers, code and call trace of what an exception or interrupt stopped. */
void show_regs(const struct pt_regs *regs);

#endif
