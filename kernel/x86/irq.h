/* SPDX-License-Identifier: MIT */
/* Between the files that know the interrupt controllers. All of it in the boot, but for the chips. */
#ifndef _KERNEL_X86_IRQ_H
#define _KERNEL_X86_IRQ_H

#include <linux/compiler.h>
#include <linux/types.h>

struct acpi_madt_info;
struct irq_data;

/* i8259.c: new vectors, and all lines masked. Then, if it is the one in use: its lines. */
void init_8259A(void);
void i8259_setup_irqs(void);

/*
 * apic.c. lapic_init() finds, maps and switches on the local APIC; false: there is none, or
 * none that may be used. lapic_pass_8259() lets the 8259's interrupts through, or not.
 */
bool lapic_init(void);
void lapic_pass_8259(bool pass);

/* What the chips of all irqs have in common that come through it. */
void apic_ack_irq(struct irq_data *data);
bool apic_retrigger_irq(struct irq_data *data);

/*
 * ioapic.c: takes over the IOAPICs that ACPI lists, all lines masked, and gives the lines
 * their irq numbers. How many lines there are; 0: none to use.
 */
unsigned int ioapic_init(const struct acpi_madt_info *madt);

/* msi.c: the irqs that messages of PCI devices get. With a local APIC only. */
void msi_init(void);

/* acpi_boot.c: what the tables say, or NULL: there are none, or none to be believed. */
const struct acpi_madt_info *acpi_madt(void);

#endif
