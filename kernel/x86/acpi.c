// SPDX-License-Identifier: MIT
/*
 * Reading ACPI's tables, as far as it takes to find the interrupt controllers.
 *
 * Theory
 * ------
 * The firmware leaves a chain of tables in physical memory. It begins with the root pointer
 * (RSDP), which lies on a multiple of 16 somewhere in the BIOS's areas:
 *
 *	RSDP "RSD PTR "  --> RSDT "RSDT"  32-bit addresses --> FADT "FACP"
 *	                 \-> XSDT "XSDT"  64-bit addresses --> MADT "APIC" --> entries
 *	(from revision 2 on)                               --> ...
 *
 * Each table but the first begins with the same 36 bytes: signature, length, checksum. The
 * sum of all of a table's bytes is 0. The MADT's entries follow one another, each with its
 * type and its length:
 *
 *	0  8 bytes   a CPU             id of its local APIC, usable or not
 *	1  12        an IOAPIC         address, number of its first pin (GSI base)
 *	2  10        an ISA line       is not on the pin of its number, or not edge and high
 *	5  12        the local APICs   are at this 64-bit address
 *
 * Worked example, QEMU's: the timer's line 0 is on pin 2, lines 5, 9, 10 and 11 are level-
 * triggered:  02 0a 00 00 02000000 0000   02 0a 00 05 05000000 0d00 ...
 *
 * The bytes may be anything. Nothing is read beyond a table's length, which has a limit; an
 * entry that is shorter than itself, or longer than what is left, makes the whole table
 * unusable, as does a wrong sum. Tables may overlap: they are only read.
 *
 * Cost: each table read twice, some 10,000 short reads for the search. Once, in the boot.
 * No locks, no memory but the stack.
 */
#include <linux/errno.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "acpi.h"

#define BIOS_DATA_EBDA 0x40e /* where the extended BIOS data area begins, in 16 bytes */
#define EBDA_SEARCHED  1024
#define BIOS_START     0xe0000
#define BIOS_END       0x100000
#define LOWMEM_END     0xa0000

#define RSDP_SIZE_1 20 /* of revision 0 (ACPI 1) */
#define RSDP_SIZE_2 36

/* Far more than any firmware has; an invented length must not keep the boot. */
#define MAX_TABLE_SIZE 65536

struct rsdp {
	char signature[8];
	u8 checksum;
	char oem_id[6];
	u8 revision;
	u32 rsdt;
	u32 length;
	u64 xsdt;
	u8 extended_checksum;
	u8 reserved[3];
} __packed;

struct table_header {
	char signature[4];
	u32 length;
	u8 revision;
	u8 checksum;
	char oem[26]; /* who made it, which version */
} __packed;

struct madt {
	struct table_header header;
	u32 lapic_address;
	u32 flags;
} __packed;

#define MADT_HAS_8259 0x1

enum madt_type {
	MADT_LAPIC = 0,
	MADT_IOAPIC = 1,
	MADT_ISA_OVERRIDE = 2,
	MADT_LAPIC_ADDRESS = 5,
};

struct madt_lapic {
	u8 type, length;
	u8 processor_id;
	u8 apic_id;
	u32 flags;
} __packed;

#define LAPIC_USABLE 0x1

struct madt_ioapic {
	u8 type, length;
	u8 id;
	u8 reserved;
	u32 address;
	u32 gsi_base;
} __packed;

struct madt_isa_override {
	u8 type, length;
	u8 bus; /* 0: ISA, the only one there is */
	u8 line;
	u32 gsi;
	u16 flags; /* bits 0-1 polarity, 2-3 trigger; 0: as usual on the bus */
} __packed;

#define POLARITY_MASK 0x3
#define POLARITY_LOW  0x3
#define TRIGGER_MASK  0xc
#define TRIGGER_LEVEL 0xc

struct madt_lapic_address {
	u8 type, length;
	u16 reserved;
	u64 address;
} __packed;

union madt_entry {
	struct {
		u8 type, length;
	} __packed;
	struct madt_lapic lapic;
	struct madt_ioapic ioapic;
	struct madt_isa_override isa;
	struct madt_lapic_address lapic_address;
};

static int fault_is(struct acpi_fault *fault, const char *what)
{
	fault->what = what;
	return -EINVAL;
}

/* Is the sum of these bytes 0? Bytes that are not there have no sum. */
static bool sum_is_zero(const struct acpi_source *source, u64 address, size_t size)
{
	u8 bytes[64], sum = 0;
	size_t n, i;

	for (; size; size -= n, address += n) {
		n = min(size, sizeof(bytes));
		if (!source->read(source, address, bytes, n))
			return false;
		for (i = 0; i < n; i++)
			sum += bytes[i];
	}
	return !sum;
}

/* --- the root ----------------------------------------------------------------- */

static bool is_rsdp(const struct acpi_source *source, u64 address, struct rsdp *rsdp)
{
	memset(rsdp, 0, sizeof(*rsdp));
	if (!source->read(source, address, rsdp, RSDP_SIZE_1) ||
	    memcmp(rsdp->signature, "RSD PTR ", sizeof(rsdp->signature)) ||
	    !sum_is_zero(source, address, RSDP_SIZE_1))
		return false;
	if (rsdp->revision < 2)
		return true;
	return source->read(source, address, rsdp, RSDP_SIZE_2) &&
	       sum_is_zero(source, address, RSDP_SIZE_2);
}

static bool search_rsdp(const struct acpi_source *source, u64 start, u64 end, struct rsdp *rsdp)
{
	for (; start + RSDP_SIZE_1 <= end; start += 16)
		if (is_rsdp(source, start, rsdp))
			return true;
	return false;
}

static bool find_rsdp(const struct acpi_source *source, struct rsdp *rsdp)
{
	u16 segment = 0;
	u64 ebda;

	source->read(source, BIOS_DATA_EBDA, &segment, sizeof(segment));
	ebda = (u64)segment << 4;
	if (ebda >= 0x400 && ebda < LOWMEM_END &&
	    search_rsdp(source, ebda, min_t(u64, ebda + EBDA_SEARCHED, LOWMEM_END), rsdp))
		return true;
	return search_rsdp(source, BIOS_START, BIOS_END, rsdp);
}

/* --- tables ------------------------------------------------------------------- */

/* Reads the header, and believes it: signature, length and sum are right. */
static int check_table(const struct acpi_source *source, u64 address, const char *signature,
		       size_t min_size, struct table_header *header, struct acpi_fault *fault)
{
	fault->table = signature;
	fault->address = address;
	if (!source->read(source, address, header, sizeof(*header)))
		return fault_is(fault, "there is no memory");
	if (memcmp(header->signature, signature, sizeof(header->signature)))
		return fault_is(fault, "its signature is another one");
	if (header->length < min_size || header->length > MAX_TABLE_SIZE)
		return fault_is(fault, "its length cannot be true");
	if (!sum_is_zero(source, address, header->length))
		return fault_is(fault, "its checksum is wrong");
	return 0;
}

/* The first table of that signature that the root table lists. */
static int find_table(const struct acpi_source *source, const struct rsdp *rsdp,
		      const char *signature, u64 *found, struct acpi_fault *fault)
{
	bool wide = rsdp->revision >= 2 && rsdp->xsdt;
	u64 root = wide ? rsdp->xsdt : rsdp->rsdt, at;
	size_t width = wide ? sizeof(u64) : sizeof(u32);
	struct table_header header;
	int error =
		check_table(source, root, wide ? "XSDT" : "RSDT", sizeof(header), &header, fault);

	if (error)
		return error;
	for (at = root + sizeof(header); at + width <= root + header.length; at += width) {
		char name[4];

		*found = 0; /* of a narrow address the upper half */
		if (source->read(source, at, found, width) &&
		    source->read(source, *found, name, sizeof(name)) &&
		    !memcmp(name, signature, sizeof(name)))
			return 0;
	}
	return fault_is(fault, "it lists no table of the interrupt controllers (MADT)");
}

/* --- the MADT's entries ------------------------------------------------------- */

static void add_cpu(struct acpi_madt_info *info, const struct madt_lapic *lapic)
{
	if (!(lapic->flags & LAPIC_USABLE))
		return;
	if (info->nr_cpus < ARRAY_SIZE(info->apic_ids))
		info->apic_ids[info->nr_cpus] = lapic->apic_id;
	info->nr_cpus++;
}

static void add_ioapic(struct acpi_madt_info *info, const struct madt_ioapic *ioapic)
{
	if (info->nr_ioapics == ARRAY_SIZE(info->ioapics)) {
		info->ioapics_left_out++;
		return;
	}
	info->ioapics[info->nr_ioapics++] = (struct acpi_ioapic){
		.id = ioapic->id,
		.address = ioapic->address,
		.gsi_base = ioapic->gsi_base,
	};
}

static void override_isa(struct acpi_madt_info *info, const struct madt_isa_override *isa)
{
	bool level = (isa->flags & TRIGGER_MASK) == TRIGGER_LEVEL;
	bool low = (isa->flags & POLARITY_MASK) == POLARITY_LOW;

	if (isa->bus != 0 || isa->line >= ARRAY_SIZE(info->isa))
		return;
	info->isa[isa->line].gsi = isa->gsi;
	if (level)
		info->isa[isa->line].trigger = low ? IRQ_TYPE_LEVEL_LOW : IRQ_TYPE_LEVEL_HIGH;
	else
		info->isa[isa->line].trigger = low ? IRQ_TYPE_EDGE_FALLING : IRQ_TYPE_EDGE_RISING;
}

static size_t entry_size(u8 type)
{
	switch (type) {
	case MADT_LAPIC:
		return sizeof(struct madt_lapic);
	case MADT_IOAPIC:
		return sizeof(struct madt_ioapic);
	case MADT_ISA_OVERRIDE:
		return sizeof(struct madt_isa_override);
	case MADT_LAPIC_ADDRESS:
		return sizeof(struct madt_lapic_address);
	}
	return 2;
}

static void take_entry(struct acpi_madt_info *info, const union madt_entry *entry)
{
	switch (entry->type) {
	case MADT_LAPIC:
		add_cpu(info, &entry->lapic);
		break;
	case MADT_IOAPIC:
		add_ioapic(info, &entry->ioapic);
		break;
	case MADT_ISA_OVERRIDE:
		override_isa(info, &entry->isa);
		break;
	case MADT_LAPIC_ADDRESS:
		info->lapic_address = entry->lapic_address.address;
		break;
	}
}

static int read_entries(const struct acpi_source *source, u64 at, u64 end,
			struct acpi_madt_info *info, struct acpi_fault *fault)
{
	union madt_entry entry;

	for (; at < end; at += entry.length) {
		if (end - at < 2 || !source->read(source, at, &entry, 2))
			return fault_is(fault, "it ends inside an entry");
		if (entry.length < entry_size(entry.type))
			return fault_is(fault, "an entry is too short");
		if (entry.length > end - at)
			return fault_is(fault, "it ends inside an entry");
		if (!source->read(source, at, &entry, entry_size(entry.type)))
			return fault_is(fault, "there is no memory");
		take_entry(info, &entry);
	}
	return 0;
}

static void set_defaults(struct acpi_madt_info *info)
{
	unsigned int line;

	memset(info, 0, sizeof(*info));
	for (line = 0; line < ARRAY_SIZE(info->isa); line++)
		info->isa[line] = (struct acpi_isa_line){ line, IRQ_TYPE_EDGE_RISING };
}

int acpi_find_madt(const struct acpi_source *source, struct acpi_madt_info *info,
		   struct acpi_fault *fault)
{
	struct rsdp rsdp;
	struct madt madt;
	int error;

	set_defaults(info);
	if (!find_rsdp(source, &rsdp))
		return -ENODEV;
	error = find_table(source, &rsdp, "APIC", &info->address, fault);
	if (error)
		return error;
	error = check_table(source, info->address, "APIC", sizeof(madt), &madt.header, fault);
	if (error)
		return error;
	if (!source->read(source, info->address, &madt, sizeof(madt)))
		return fault_is(fault, "there is no memory");
	info->lapic_address = madt.lapic_address;
	info->has_8259 = madt.flags & MADT_HAS_8259;
	return read_entries(source, info->address + sizeof(madt),
			    info->address + madt.header.length, info, fault);
}
