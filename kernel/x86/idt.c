// SPDX-License-Identifier: MIT
/*
 * The interrupt descriptor table: a gate for each of the 256 vectors. All but one
 * lead to the stubs of entry.S; the double fault's leads to another TSS (gdt.c).
 *
 * Before that, the two 8259 interrupt controllers are taken from where the
 * firmware left them (i8259.c): their IRQ 0 on vector 8 could not be told from a double fault.
 */
#include <linux/build_bug.h>
#include <asm/desc.h>
#include <asm/segment.h>
#include <asm/traps.h>
#include "irq.h"
#include "smpboot.h"
#include "traps.h"

#define INTERRUPT_ENTRY_SIZE 8 /* of a stub in entry.S */

static u64 idt[NR_VECTORS];

/* All CPUs have the same one. */
void load_idt(void)
{
	struct desc_ptr pointer = {
		.size = sizeof(idt) - 1,
		.address = (u32)(unsigned long)idt,
	};

	asm volatile("lidt %0" : : "m"(pointer));
}

void trap_init(void)
{
	unsigned int vector;

	init_8259A();
	for (vector = 0; vector < NR_EXCEPTIONS; vector++)
		idt[vector] =
			gate_desc(__KERNEL_CS, exception_entries[vector], DESC_INTERRUPT_GATE);
	for (; vector < NR_VECTORS; vector++)
		idt[vector] = gate_desc(__KERNEL_CS,
					(u32)(unsigned long)interrupt_entries +
						(vector - NR_EXCEPTIONS) * INTERRUPT_ENTRY_SIZE,
					DESC_INTERRUPT_GATE);
	idt[X86_TRAP_DF] = gate_desc(__DOUBLE_FAULT_TSS, 0, DESC_TASK_GATE);

	load_idt();
}
