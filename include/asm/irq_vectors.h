/* SPDX-License-Identifier: MIT */
/*
 * Who has which of the 256 vectors. The local APIC serves the higher ones first, in
 * classes of 16.
 *
 *	0x00 - 0x1f	the CPU's exceptions (asm/traps.h)
 *	0x20 - 0x5f	devices: 32 + irq, on the 8259 and on the IOAPIC
 *	0x60 - 0x7f	and for messages of PCI devices (MSI)
 *	0xef		the local APIC's timer
 *	0xf0 - 0xfd	CPUs to each other: 0xfd to look who should run, 0xfc to call a function
 *	0xfe		the local APIC saw an error
 *	0xff		the local APIC's spurious interrupt
 */
#ifndef _ASM_IRQ_VECTORS_H
#define _ASM_IRQ_VECTORS_H

#define NR_IRQS_LEGACY 16 /* the lines of the two 8259s, and of the ISA bus */
#define FIRST_MSI_IRQ  64 /* these are no controller's pins: kernel/x86/msi.c */
#define NR_IRQS	       96

#define FIRST_EXTERNAL_VECTOR 0x20
#define LOCAL_TIMER_VECTOR    0xef
#define CALL_FUNCTION_VECTOR  0xfc
#define RESCHEDULE_VECTOR     0xfd
#define ERROR_APIC_VECTOR     0xfe
#define SPURIOUS_APIC_VECTOR  0xff

#define ISA_IRQ_VECTOR(irq) (FIRST_EXTERNAL_VECTOR + (irq))

#endif
