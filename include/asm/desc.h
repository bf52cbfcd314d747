/* SPDX-License-Identifier: MIT */
/* Descriptors: the entries of the GDT and the IDT, and the task state segment. */
#ifndef _ASM_DESC_H
#define _ASM_DESC_H

#include <linux/compiler.h>
#include <linux/types.h>

/* The type byte: present, privilege level 0, system or not, type */
#define DESC_TSS	    0x89 /* 32-bit task state segment, available */
#define DESC_TASK_GATE	    0x85
#define DESC_INTERRUPT_GATE 0x8e /* 32-bit; the CPU masks interrupts on the way in */
#define DESC_CODE	    0x9b /* execute and read; accessed, so that the CPU need not write it */
#define DESC_DATA	    0x93 /* read and write; accessed */

/* Flags above the limit */
#define DESC_FLAT_32BIT 0xc /* limit in pages, 32-bit */
#define DESC_BYTES	0x0 /* limit in bytes */

/* What lgdt and lidt take */
struct desc_ptr {
	u16 size; /* less one */
	u32 address;
} __packed;

static inline u64 segment_desc(u32 base, u32 limit, u8 type, u8 flags)
{
	return (limit & 0xffff) | (u64)(base & 0xffffff) << 16 | (u64)type << 40 |
	       (u64)(limit >> 16 & 0xf) << 48 | (u64)flags << 52 | (u64)(base >> 24) << 56;
}

static inline u64 gate_desc(u16 selector, u32 offset, u8 type)
{
	return (offset & 0xffff) | (u64)selector << 16 | (u64)type << 40 |
	       (u64)(offset >> 16) << 48;
}

/*
 * The CPU saves its registers here when it leaves by a task gate, and loads them
 * from the other task's. It neither saves cr3 nor touches cr2.
 */
struct x86_tss {
	u32 back_link;
	u32 sp0, ss0, sp1, ss1, sp2, ss2;
	u32 cr3;
	u32 ip, flags;
	u32 ax, cx, dx, bx, sp, bp, si, di;
	u32 es, cs, ss, ds, fs, gs;
	u32 ldt;
	u16 trace, io_bitmap_base;
};

/* Loads the boot CPU's final GDT, and the TSS of the double fault. Once, before trap_init(). */
void gdt_init(void);

/*
 * Changes this CPU's page tables, and what the double fault handler will run
 * on: a bare write_cr3() would leave it with the old ones.
 */
void load_page_tables(unsigned long cr3);

#endif
