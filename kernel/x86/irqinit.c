// SPDX-License-Identifier: MIT
/*
 * Which interrupt controllers a machine has, and which of them are used:
 *
 *	IOAPIC and local APIC	where ACPI lists an IOAPIC that works
 *	8259 and local APIC	else; the 8259 comes in by the pin LINT0
 *	8259 alone		without a local APIC (asm/apic.h: lapic_present is false)
 *
 * The local APIC's timer is there in the first two.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <asm/apic.h>
#include <asm/irq.h>
#include "irq.h"

void __init init_IRQ(void)
{
	const struct acpi_madt_info *madt = acpi_madt();
	bool lapic = lapic_init();
	unsigned int lines = lapic && madt ? ioapic_init(madt) : 0;

	if (!lines)
		i8259_setup_irqs();
	else
		lapic_pass_8259(false);
	if (lapic)
		msi_init();
	if (lines)
		pr_info("interrupts: IOAPIC (%u lines) and local APIC %u\n", lines, read_apic_id());
	else if (lapic)
		pr_info("interrupts: 8259 through local APIC %u\n", read_apic_id());
	else
		pr_info("interrupts: 8259, no local APIC\n");
}
