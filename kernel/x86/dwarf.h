/* SPDX-License-Identifier: MIT */
/* What the unwind tables say about one instruction: how to get from its frame to the caller's. */
#ifndef _KERNEL_X86_DWARF_H
#define _KERNEL_X86_DWARF_H

#include <linux/types.h>

/* The i386 ABI's numbers. IP is that of the return address. */
enum dwarf_register {
	DWARF_AX,
	DWARF_CX,
	DWARF_DX,
	DWARF_BX,
	DWARF_SP,
	DWARF_BP,
	DWARF_SI,
	DWARF_DI,
	DWARF_IP,
	NR_DWARF_REGISTERS
};

enum dwarf_rule_kind {
	DWARF_SAME,	  /* unchanged since the caller */
	DWARF_UNDEFINED,  /* lost; of ip: nobody called this frame */
	DWARF_AT_CFA,	  /* saved in memory at CFA + value */
	DWARF_AT_EXPR,	  /* saved in memory where the expression says */
	DWARF_REG_OFFSET, /* CFA only: a register + value */
	DWARF_EXPR,	  /* CFA only: what the expression says */
};

struct dwarf_rule {
	u8 kind;
	u8 reg;
	long value; /* or the address of an expression: its length (ULEB128) and its bytes */
};

struct dwarf_row {
	struct dwarf_rule cfa;
	struct dwarf_rule reg[NR_DWARF_REGISTERS];
	bool signal_frame; /* the caller was interrupted: its ip is exact */
};

/* Bytes being read; running over the end sets a flag and yields zeros. */
struct dwarf_cursor {
	const u8 *at, *end;
	bool overrun;
};

u8 dwarf_u8(struct dwarf_cursor *cursor);
unsigned long dwarf_uleb(struct dwarf_cursor *cursor);
long dwarf_sleb(struct dwarf_cursor *cursor);

/* False: the tables say nothing of this address, or something that this cannot read. */
bool dwarf_find_row(unsigned long pc, struct dwarf_row *row);

/* The bytes of a rule's expression. */
struct dwarf_cursor dwarf_expression(const struct dwarf_rule *rule);

#endif
