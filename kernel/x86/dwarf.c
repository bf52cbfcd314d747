// SPDX-License-Identifier: MIT
/*
 * Reading the unwind tables.
 *
 * The compiler leaves for each function a description (FDE) in .eh_frame: a tiny
 * program that builds, address by address, rows like
 *
 *	address	    CFA	    ebx	     ip
 *	function    esp+4	     [CFA-4]
 *	after push  esp+8   [CFA-8]  [CFA-4]
 *
 * CFA is what esp was before the caller's call pushed the return address; all
 * that is saved is found from there. What functions have in common, the first row
 * above all, is in a CIE that their FDEs point to. The linker adds .eh_frame_hdr:
 * the FDEs sorted by address. With these tables the kernel needs no frame
 * pointers, and the row is right at every instruction, prologues included.
 *
 * Understood is what gcc, clang and the assemblers emit for this kernel: 32-bit
 * entries, pc-relative addresses, the opcodes below. Anything else makes
 * dwarf_find_row() fail, and the unwinder guess. Reads only the image's read-only
 * data, always in bounds; any context. Opcodes and encodings: DWARF 4, section 6.4,
 * and the Linux Standard Base on .eh_frame.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include "dwarf.h"

extern const u8 __start_eh_frame_hdr[], __stop_eh_frame_hdr[];
extern const u8 __start_eh_frame[], __stop_eh_frame[];

#define ENC_UDATA4	  0x03
#define ENC_PCREL_SDATA4  0x1b /* relative to the field itself */
#define ENC_TABREL_SDATA4 0x3b /* relative to the beginning of .eh_frame_hdr */

struct search_table {
	u8 version;
	u8 frame_encoding, count_encoding, table_encoding;
	u32 frame;
	u32 count;
	struct {
		s32 pc, fde;
	} entry[];
};

// clang-format off
enum {
	CFA_NOP			= 0x00,
	CFA_ADVANCE_LOC1	= 0x02,
	CFA_ADVANCE_LOC2	= 0x03,
	CFA_ADVANCE_LOC4	= 0x04,
	CFA_OFFSET_EXTENDED	= 0x05,
	CFA_RESTORE_EXTENDED	= 0x06,
	CFA_UNDEFINED		= 0x07,
	CFA_SAME_VALUE		= 0x08,
	CFA_REMEMBER_STATE	= 0x0a,
	CFA_RESTORE_STATE	= 0x0b,
	CFA_DEF_CFA		= 0x0c,
	CFA_DEF_CFA_REGISTER	= 0x0d,
	CFA_DEF_CFA_OFFSET	= 0x0e,
	CFA_DEF_CFA_EXPRESSION	= 0x0f,
	CFA_EXPRESSION		= 0x10,
	CFA_GNU_ARGS_SIZE	= 0x2e,
	/* In the two top bits, with an operand in the others: */
	CFA_ADVANCE_LOC		= 0x40,
	CFA_OFFSET		= 0x80,
	CFA_RESTORE		= 0xc0,
};
// clang-format on

#define REMEMBERED_MAX 2 /* compilers nest no deeper than 1 */

/* The state of a program that builds rows until it passes the address asked for. */
struct row_builder {
	unsigned long target, pc;
	unsigned long code_align;
	long data_align;
	struct dwarf_row *row;
	struct dwarf_row initial; /* the CIE's */
	struct dwarf_row remembered[REMEMBERED_MAX];
	unsigned int nr_remembered;
};

/* The next `size` bytes, or NULL. */
static const u8 *take(struct dwarf_cursor *cursor, unsigned long size)
{
	const u8 *bytes = cursor->at;

	if (unlikely(cursor->overrun || (unsigned long)(cursor->end - bytes) < size)) {
		cursor->overrun = true;
		return NULL;
	}
	cursor->at += size;
	return bytes;
}

u8 dwarf_u8(struct dwarf_cursor *cursor)
{
	const u8 *byte = take(cursor, 1);

	return byte ? *byte : 0;
}

static u16 read_u16(struct dwarf_cursor *cursor)
{
	const u8 *bytes = take(cursor, 2);
	u16 value = 0;

	if (bytes)
		memcpy(&value, bytes, sizeof(value));
	return value;
}

static u32 read_u32(struct dwarf_cursor *cursor)
{
	const u8 *bytes = take(cursor, 4);
	u32 value = 0;

	if (bytes)
		memcpy(&value, bytes, sizeof(value));
	return value;
}

/* LEB128: seven bits a byte, least significant first, the top bit set in all but the last. */
static unsigned long read_leb(struct dwarf_cursor *cursor, u8 byte, bool is_signed)
{
	unsigned long value = byte & 0x7f;
	unsigned int shift = 7;

	while (byte & 0x80) {
		byte = dwarf_u8(cursor);
		if (shift < BITS_PER_TYPE(value))
			value |= (unsigned long)(byte & 0x7f) << shift;
		shift += 7;
	}
	if (is_signed && (byte & 0x40) && shift < BITS_PER_TYPE(value))
		value |= ~0UL << shift;
	return value;
}

/* Nearly all are small, and page owner takes a trace for every page: one byte is done here. */
unsigned long dwarf_uleb(struct dwarf_cursor *cursor)
{
	u8 byte = dwarf_u8(cursor);

	return likely(byte < 0x80) ? byte : read_leb(cursor, byte, false);
}

long dwarf_sleb(struct dwarf_cursor *cursor)
{
	return read_leb(cursor, dwarf_u8(cursor), true);
}

static unsigned long read_pcrel(struct dwarf_cursor *cursor)
{
	unsigned long field = (unsigned long)cursor->at;

	return field + read_u32(cursor);
}

/* The next `size` bytes as a cursor of their own. */
static struct dwarf_cursor take_block(struct dwarf_cursor *cursor, unsigned long size)
{
	const u8 *bytes = take(cursor, size);

	if (!bytes)
		return (struct dwarf_cursor){ .overrun = true };
	return (struct dwarf_cursor){ .at = bytes, .end = bytes + size };
}

struct dwarf_cursor dwarf_expression(const struct dwarf_rule *rule)
{
	struct dwarf_cursor cursor = { .at = (const u8 *)rule->value, .end = __stop_eh_frame };
	unsigned long size = dwarf_uleb(&cursor);

	return take_block(&cursor, size);
}

/* Remembers where the expression is, and steps over it. */
static long note_expression(struct dwarf_cursor *cursor)
{
	long where = (long)cursor->at;
	unsigned long size = dwarf_uleb(cursor);

	take_block(cursor, size);
	return where;
}

/* Tables may speak of registers that a kernel does not use: x87, SSE. */
static void set_rule(struct row_builder *builder, unsigned long reg, enum dwarf_rule_kind kind,
		     long value)
{
	if (reg < NR_DWARF_REGISTERS)
		builder->row->reg[reg] = (struct dwarf_rule){ .kind = kind, .value = value };
}

static void restore_rule(struct row_builder *builder, unsigned long reg)
{
	if (reg < NR_DWARF_REGISTERS)
		builder->row->reg[reg] = builder->initial.reg[reg];
}

static bool remember_state(struct row_builder *builder)
{
	if (builder->nr_remembered == REMEMBERED_MAX)
		return false;
	builder->remembered[builder->nr_remembered++] = *builder->row;
	return true;
}

static bool restore_state(struct row_builder *builder)
{
	if (!builder->nr_remembered)
		return false;
	*builder->row = builder->remembered[--builder->nr_remembered];
	return true;
}

static void advance(struct row_builder *builder, u32 delta)
{
	builder->pc += delta * builder->code_align;
}

/* Executes an instruction whose opcode takes the whole byte. False: not one that this knows. */
static bool execute(struct row_builder *builder, u8 opcode, struct dwarf_cursor *code)
{
	struct dwarf_rule *cfa = &builder->row->cfa;
	unsigned long reg;

	switch (opcode) {
	case CFA_NOP:
		break;
	case CFA_ADVANCE_LOC1:
		advance(builder, dwarf_u8(code));
		break;
	case CFA_ADVANCE_LOC2:
		advance(builder, read_u16(code));
		break;
	case CFA_ADVANCE_LOC4:
		advance(builder, read_u32(code));
		break;
	case CFA_OFFSET_EXTENDED:
		reg = dwarf_uleb(code);
		set_rule(builder, reg, DWARF_AT_CFA, dwarf_uleb(code) * builder->data_align);
		break;
	case CFA_RESTORE_EXTENDED:
		restore_rule(builder, dwarf_uleb(code));
		break;
	case CFA_UNDEFINED:
		set_rule(builder, dwarf_uleb(code), DWARF_UNDEFINED, 0);
		break;
	case CFA_SAME_VALUE:
		set_rule(builder, dwarf_uleb(code), DWARF_SAME, 0);
		break;
	case CFA_EXPRESSION:
		reg = dwarf_uleb(code);
		set_rule(builder, reg, DWARF_AT_EXPR, note_expression(code));
		break;
	case CFA_REMEMBER_STATE:
		return remember_state(builder);
	case CFA_RESTORE_STATE:
		return restore_state(builder);
	case CFA_DEF_CFA:
		*cfa = (struct dwarf_rule){ .kind = DWARF_REG_OFFSET, .reg = dwarf_uleb(code) };
		cfa->value = dwarf_uleb(code);
		break;
	case CFA_DEF_CFA_REGISTER:
		cfa->reg = dwarf_uleb(code);
		return cfa->kind == DWARF_REG_OFFSET;
	case CFA_DEF_CFA_OFFSET:
		cfa->value = dwarf_uleb(code);
		return cfa->kind == DWARF_REG_OFFSET;
	case CFA_DEF_CFA_EXPRESSION:
		*cfa = (struct dwarf_rule){ .kind = DWARF_EXPR, .value = note_expression(code) };
		break;
	case CFA_GNU_ARGS_SIZE:
		dwarf_uleb(code);
		break;
	default:
		return false;
	}
	return true;
}

/* Runs a program to its end, or until its rows are about addresses beyond the target. */
static bool build_row(struct row_builder *builder, struct dwarf_cursor code)
{
	while (code.at < code.end && builder->pc <= builder->target) {
		u8 opcode = dwarf_u8(&code);
		u8 operand = opcode & 0x3f;

		switch (opcode & 0xc0) {
		case CFA_ADVANCE_LOC:
			advance(builder, operand);
			break;
		case CFA_OFFSET:
			set_rule(builder, operand, DWARF_AT_CFA,
				 dwarf_uleb(&code) * builder->data_align);
			break;
		case CFA_RESTORE:
			restore_rule(builder, operand);
			break;
		default:
			if (!execute(builder, opcode, &code))
				return false;
		}
		if (code.overrun)
			return false;
	}
	return true;
}

/* Opens the CIE or FDE at an address: what follows its length. */
static struct dwarf_cursor open_entry(const u8 *address)
{
	struct dwarf_cursor cursor = { .at = address, .end = __stop_eh_frame };
	u32 length;

	if (address < __start_eh_frame || address >= __stop_eh_frame)
		cursor.overrun = true;
	length = read_u32(&cursor);
	return take_block(&cursor, length);
}

/* Reads a CIE, runs its program. */
static bool read_cie(const u8 *address, struct row_builder *builder)
{
	struct dwarf_cursor cie = open_entry(address);
	u32 id = read_u32(&cie);
	u8 version = dwarf_u8(&cie);
	const char *augmentation = (const char *)cie.at;
	struct dwarf_cursor data;
	bool pcrel = false;

	while (dwarf_u8(&cie))
		;
	builder->code_align = dwarf_uleb(&cie);
	builder->data_align = dwarf_sleb(&cie);
	if (cie.overrun || id || version != 1 || dwarf_u8(&cie) != DWARF_IP ||
	    augmentation[0] != 'z')
		return false;
	data = take_block(&cie, dwarf_uleb(&cie));
	while (*++augmentation) {
		if (*augmentation == 'R')
			pcrel = dwarf_u8(&data) == ENC_PCREL_SDATA4;
		else if (*augmentation == 'S')
			builder->row->signal_frame = true;
		else
			return false;
	}
	if (!pcrel || !build_row(builder, cie))
		return false;
	builder->initial = *builder->row;
	return true;
}

/* The FDE of the last function that begins at or below pc, or NULL. */
static const u8 *find_fde(unsigned long pc)
{
	const struct search_table *table = (const void *)__start_eh_frame_hdr;
	unsigned long base = (unsigned long)table;
	u32 low = 0, high;

	if (__stop_eh_frame_hdr - __start_eh_frame_hdr < (long)sizeof(*table) ||
	    table->version != 1 || table->frame_encoding != ENC_PCREL_SDATA4 ||
	    table->count_encoding != ENC_UDATA4 || table->table_encoding != ENC_TABREL_SDATA4)
		return NULL;
	high = table->count;
	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (base + table->entry[middle].pc <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? (const u8 *)(base + table->entry[low - 1].fde) : NULL;
}

bool dwarf_find_row(unsigned long pc, struct dwarf_row *row)
{
	const u8 *address = find_fde(pc);
	struct row_builder builder; /* most of it is rarely used: not worth zeroing */
	struct dwarf_cursor fde;
	const u8 *cie_field;
	unsigned long size;

	if (!address)
		return false;
	builder.target = pc;
	builder.pc = 0;
	builder.row = row;
	builder.nr_remembered = 0;
	*row = (struct dwarf_row){};

	fde = open_entry(address);
	cie_field = fde.at;
	if (!read_cie(cie_field - read_u32(&fde), &builder))
		return false;
	builder.pc = read_pcrel(&fde);
	size = read_u32(&fde);
	take_block(&fde, dwarf_uleb(&fde));
	return pc - builder.pc < size && build_row(&builder, fde);
}
