/* SPDX-License-Identifier: MIT */
#ifndef _MEMKERN_FLAG_NAMES_H
#define _MEMKERN_FLAG_NAMES_H

#include <linux/types.h>

/*
 * The names that %pGg and %pGp print: a flag word is taken apart from the first entry
 * to the last, so that combinations (GFP_KERNEL) come before their parts. The array
 * ends with a NULL name. mm/ defines the two; lib/ only reads them.
 */
struct trace_print_flags {
	unsigned long mask;
	const char *name;
};

extern const struct trace_print_flags gfpflag_names[];
extern const struct trace_print_flags pageflag_names[];

#endif
