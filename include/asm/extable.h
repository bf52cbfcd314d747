/* SPDX-License-Identifier: MIT */
/*
 * Instructions that are allowed to fault. _ASM_EXTABLE(1b, 2b) in an asm
 * statement: a fault of the instruction at 1 is no oops, execution goes on at 2.
 */
#ifndef _ASM_EXTABLE_H
#define _ASM_EXTABLE_H

#include <linux/types.h>

struct exception_table_entry {
	unsigned long instruction, fixup;
};

#define _ASM_EXTABLE(from, to)              \
	"	.pushsection __ex_table, \"a\"\n" \
	"	.balign 4\n"                      \
	"	.long " #from ", " #to "\n" \
	"	.popsection\n"

#endif
