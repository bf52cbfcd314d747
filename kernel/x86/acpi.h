/* SPDX-License-Identifier: MIT */
/*
 * What the kernel wants to know of ACPI: the multiple APIC description table (MADT), which
 * lists the CPUs and the interrupt controllers, and how ISA's lines are wired to them.
 *
 * The parser touches memory only through a source, so that it can be given any bytes.
 */
#ifndef _KERNEL_X86_ACPI_H
#define _KERNEL_X86_ACPI_H

#include <linux/threads.h>
#include <linux/types.h>
#include <asm/fixmap.h>
#include <asm/irq_vectors.h>

/* Physical memory. read() copies out of it; false: there is none at that address. */
struct acpi_source {
	bool (*read)(const struct acpi_source *source, u64 address, void *to, size_t size);
};

struct acpi_ioapic {
	u32 address;  /* physical, of its registers */
	u32 gsi_base; /* the number of its pin 0 among all pins of the machine */
	u8 id;
};

/* Where a line of the ISA bus goes. */
struct acpi_isa_line {
	u32 gsi;
	unsigned int trigger; /* IRQ_TYPE_* */
};

struct acpi_madt_info {
	u64 address;	   /* where the table is */
	u64 lapic_address; /* of all CPUs' local APICs */
	bool has_8259;
	unsigned int nr_cpus; /* that can be used; of these, NR_CPUS at most are in apic_ids */
	u8 apic_ids[NR_CPUS];
	unsigned int nr_ioapics, ioapics_left_out;
	struct acpi_ioapic ioapics[MAX_IO_APICS];
	struct acpi_isa_line isa[NR_IRQS_LEGACY];
};

/* Why the tables cannot be used. */
struct acpi_fault {
	const char *table;
	u64 address; /* the table's */
	const char *what;
};

/*
 * Fills in *info from the tables. 0; -ENODEV: there are none; or -EINVAL, and *fault says
 * what is wrong. What was found up to there is in *info, and not to be used.
 */
int acpi_find_madt(const struct acpi_source *source, struct acpi_madt_info *info,
		   struct acpi_fault *fault);

#endif
