// SPDX-License-Identifier: MIT
/*
 * The interrupt descriptor table: a gate for each of the 256 vectors. All but one
 * lead to the stubs of entry.S; the double fault's leads to another TSS (gdt.c).
 *
 * Before that, the two 8259 interrupt controllers are taken from where the
 * firmware left them: their IRQ 0 on vector 8 could not be told from a double
 * fault. They get vectors of their own, and all lines masked until a driver asks.
 */
#include <linux/build_bug.h>
#include <asm/desc.h>
#include <asm/io.h>
#include <asm/segment.h>
#include <asm/traps.h>
#include "traps.h"

#define INTERRUPT_ENTRY_SIZE 8 /* of a stub in entry.S */

#define PIC1_COMMAND 0x20
#define PIC1_DATA    0x21
#define PIC2_COMMAND 0xa0
#define PIC2_DATA    0xa1

/* Initialisation command words: what a write to the command port with bit 4 begins. */
#define ICW1_INIT   0x11 /* edge-triggered, cascaded, ICW4 follows */
#define ICW3_MASTER 0x04 /* the second one sits on line 2 */
#define ICW3_SLAVE  0x02
#define ICW4_8086   0x01

static u64 idt[NR_VECTORS];

static void init_pic(u16 command, u16 data, u8 first_vector, u8 cascade)
{
	outb(ICW1_INIT, command);
	io_delay();
	outb(first_vector, data);
	io_delay();
	outb(cascade, data);
	io_delay();
	outb(ICW4_8086, data);
	io_delay();
	outb(0xff, data);
}

void trap_init(void)
{
	struct desc_ptr pointer = {
		.size = sizeof(idt) - 1,
		.address = (u32)(unsigned long)idt,
	};
	unsigned int vector;

	init_pic(PIC1_COMMAND, PIC1_DATA, FIRST_PIC_VECTOR, ICW3_MASTER);
	init_pic(PIC2_COMMAND, PIC2_DATA, FIRST_PIC_VECTOR + 8, ICW3_SLAVE);

	for (vector = 0; vector < NR_EXCEPTIONS; vector++)
		idt[vector] =
			gate_desc(__KERNEL_CS, exception_entries[vector], DESC_INTERRUPT_GATE);
	for (; vector < NR_VECTORS; vector++)
		idt[vector] = gate_desc(__KERNEL_CS,
					(u32)(unsigned long)interrupt_entries +
						(vector - NR_EXCEPTIONS) * INTERRUPT_ENTRY_SIZE,
					DESC_INTERRUPT_GATE);
	idt[X86_TRAP_DF] = gate_desc(__DOUBLE_FAULT_TSS, 0, DESC_TASK_GATE);

	asm volatile("lidt %0" : : "m"(pointer));
}
