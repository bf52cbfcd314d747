/* SPDX-License-Identifier: MIT */
/* The stacks that this CPU may be running on. Each has an unmapped page below it, its guard. */
#ifndef _ASM_STACKTRACE_H
#define _ASM_STACKTRACE_H

#include <linux/types.h>

struct stack_info {
	const char *name;
	unsigned long begin, end; /* end: of the last byte, plus one */
};

/* Which stack an address lies in. */
bool get_stack_info(unsigned long address, struct stack_info *info);

/* Which stack's guard page an address lies in. */
bool stack_guard_hit(unsigned long address, struct stack_info *info);

#endif
