/* SPDX-License-Identifier: MIT */
/* Segment selectors: offsets into the GDT (boot/head.S has the first, kernel/x86/gdt.c the final one). */
#ifndef _ASM_SEGMENT_H
#define _ASM_SEGMENT_H

#define __KERNEL_CS	   0x08
#define __KERNEL_DS	   0x10
#define __KERNEL_PERCPU	   0x18 /* base: this CPU's per-CPU offset; always in %fs */
#define __KERNEL_TSS	   0x20
#define __DOUBLE_FAULT_TSS 0x28
#define GDT_ENTRIES	   6

#endif
