// SPDX-License-Identifier: MIT
/*
 * The IOAPIC: devices' lines in, messages to local APICs out.
 *
 * It has 24 pins or so, and for each a redirection entry of 64 bits:
 *
 *	63     56        16    15    14   13      11 10  8 7      0
 *	[  CPU  ]  ...  mask  level  IRR  low  ... [ mode ][ vector ]
 *
 * All pins of the machine's IOAPICs have one numbering, the global system interrupts (GSI);
 * each IOAPIC's begin at its GSI base. Numbers here: irq 0 to 15 are the lines of the ISA
 * bus, wherever ACPI says that they are; from 16 on, irq n is GSI n.
 *
 *	irq 0 (timer) --> GSI 2 --> IOAPIC 0, pin 2 --> vector 0x20 to CPU 0
 *
 * A masked pin forgets edges. A level that is not masked is sent again when its local APIC
 * has seen the EOI (IRR: sent, not ended yet).
 *
 * What ACPI says is tried before it is believed: registers that would lie in RAM, or that do
 * not answer like an IOAPIC's, are left alone. `noapic` on the command line: none is used.
 *
 * Locking: ioapic_lock, a leaf, makes one of a register's selection and its access. An
 * entry's contents belong to its line, under irq_desc.lock.
 */
#define pr_fmt(fmt) "IOAPIC: " fmt

#include <linux/errno.h>
#include <linux/irq.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <asm/apic.h>
#include <asm/ptrace.h>
#include <asm/traps.h>
#include <memkern/e820.h>
#include <memkern/params.h>
#include "acpi.h"
#include "irq.h"
#include "smpboot.h"

#define IOREGSEL 0x00 /* which register */
#define IOWIN	 0x10 /* its contents */

#define REG_VERSION    0x01		  /* bits 16-23: the last pin */
#define REG_ENTRY(pin) (0x10 + 2 * (pin)) /* its lower half; the upper one follows */

#define ENTRY_MODE_MASK 0x700
#define ENTRY_MODE_SMI	0x200 /* the firmware's own */
#define ENTRY_LOW	BIT(13)
#define ENTRY_LEVEL	BIT(15)
#define ENTRY_MASKED	BIT(16)

#define CASCADE_IRQ 2
#define MAX_PINS    240

struct ioapic {
	unsigned long registers;
	u32 address; /* of them, physical */
	u32 gsi_base;
	unsigned int nr_pins;
};

static DEFINE_SPINLOCK(ioapic_lock);
static struct ioapic ioapics[MAX_IO_APICS];
static unsigned int nr_ioapics;
static u32 entries[FIRST_MSI_IRQ]; /* each irq's entry, the lower half */
static bool noapic;

static int __init set_noapic(char *value)
{
	noapic = true;
	return value ? -EINVAL : 0;
}
early_param("noapic", set_noapic);

static u32 ioapic_read(const struct ioapic *ioapic, unsigned int reg)
{
	unsigned long flags;
	u32 value;

	spin_lock_irqsave(&ioapic_lock, flags);
	*(volatile u32 *)(ioapic->registers + IOREGSEL) = reg;
	value = *(volatile u32 *)(ioapic->registers + IOWIN);
	spin_unlock_irqrestore(&ioapic_lock, flags);
	return value;
}

static void ioapic_write(const struct ioapic *ioapic, unsigned int reg, u32 value)
{
	unsigned long flags;

	spin_lock_irqsave(&ioapic_lock, flags);
	*(volatile u32 *)(ioapic->registers + IOREGSEL) = reg;
	*(volatile u32 *)(ioapic->registers + IOWIN) = value;
	spin_unlock_irqrestore(&ioapic_lock, flags);
}

/* --- the chip ----------------------------------------------------------------- */

static void write_entry(const struct irq_data *data)
{
	ioapic_write(data->chip_data, REG_ENTRY(data->hwirq), entries[data->irq]);
}

static void mask_ioapic_irq(struct irq_data *data)
{
	entries[data->irq] |= ENTRY_MASKED;
	write_entry(data);
}

static void unmask_ioapic_irq(struct irq_data *data)
{
	entries[data->irq] &= ~ENTRY_MASKED;
	write_entry(data);
}

static u32 trigger_bits(unsigned int type)
{
	return (type & IRQ_TYPE_LEVEL_MASK ? ENTRY_LEVEL : 0) |
	       (type & (IRQ_TYPE_LEVEL_LOW | IRQ_TYPE_EDGE_FALLING) ? ENTRY_LOW : 0);
}

static int ioapic_set_type(struct irq_data *data, unsigned int type)
{
	if (type == IRQ_TYPE_EDGE_BOTH || hweight32(type) != 1)
		return -EINVAL;
	data->trigger = type;
	entries[data->irq] &= ~(ENTRY_LEVEL | ENTRY_LOW);
	entries[data->irq] |= trigger_bits(type);
	write_entry(data);
	irq_set_handler_locked(data,
			       type & IRQ_TYPE_LEVEL_MASK ? handle_fasteoi_irq : handle_edge_irq);
	return 0;
}

static int ioapic_set_affinity(struct irq_data *data, const struct cpumask *cpus)
{
	ioapic_write(data->chip_data, REG_ENTRY(data->hwirq) + 1,
		     x86_cpu_to_apicid[cpumask_first(cpus)] << 24);
	return 0;
}

static const struct irq_chip ioapic_chip = {
	.name = "IO-APIC",
	.irq_mask = mask_ioapic_irq,
	.irq_unmask = unmask_ioapic_irq,
	.irq_ack = apic_ack_irq,
	.irq_eoi = apic_ack_irq,
	.irq_set_type = ioapic_set_type,
	.irq_retrigger = apic_retrigger_irq,
	.irq_set_affinity = ioapic_set_affinity,
};

static void ioapic_interrupt(struct pt_regs *regs)
{
	generic_handle_irq(regs->orig_ax - FIRST_EXTERNAL_VECTOR);
}

/* --- setting up --------------------------------------------------------------- */

static bool is_ram(u64 address, u64 size)
{
	const struct e820_entry *entry;

	for_each_e820_range(entry)
		if (entry->type == E820_TYPE_RAM && address < entry->addr + entry->size &&
		    entry->addr < address + size)
			return true;
	return false;
}

/* Its interrupt is one to the firmware. */
static bool pin_is_the_firmwares(const struct ioapic *ioapic, unsigned int pin)
{
	return (ioapic_read(ioapic, REG_ENTRY(pin)) & ENTRY_MODE_MASK) == ENTRY_MODE_SMI;
}

static void mask_all_pins(const struct ioapic *ioapic)
{
	unsigned int pin;

	for (pin = 0; pin < ioapic->nr_pins; pin++)
		if (!pin_is_the_firmwares(ioapic, pin))
			ioapic_write(ioapic, REG_ENTRY(pin), ENTRY_MASKED);
}

/* Why there can be no IOAPIC at an address, or NULL. */
static const char *why_not_at(u32 address)
{
	unsigned int i;

	if (!address || (address & 0xf))
		return "no such address can be";
	if (is_ram(address & PAGE_MASK, PAGE_SIZE))
		return "RAM is there";
	for (i = 0; i < nr_ioapics; i++)
		if (ioapics[i].address == address)
			return "it is listed twice";
	return NULL;
}

/* Why what answers there is none that can be used, or NULL. */
static const char *why_unusable(const struct ioapic *new, u32 version)
{
	const struct ioapic *old;

	if (!version || version == U32_MAX || new->nr_pins > MAX_PINS)
		return "nothing answers like one";
	for (old = ioapics; old < ioapics + nr_ioapics; old++)
		if (new->gsi_base < old->gsi_base + old->nr_pins &&
		    old->gsi_base < new->gsi_base + new->nr_pins)
			return "its pins have the numbers of another one's";
	return NULL;
}

static const char *add_ioapic(const struct acpi_ioapic *from)
{
	struct ioapic *ioapic = &ioapics[nr_ioapics];
	enum fixed_addresses slot = FIX_IO_APIC_BASE_0 + nr_ioapics;
	const char *why = why_not_at(from->address);
	u32 version;

	if (why)
		return why;
	set_fixmap_nocache(slot, from->address & PAGE_MASK);
	ioapic->registers = fix_to_virt(slot) + (from->address & ~PAGE_MASK);
	ioapic->address = from->address;
	ioapic->gsi_base = from->gsi_base;
	version = ioapic_read(ioapic, REG_VERSION);
	ioapic->nr_pins = (version >> 16 & 0xff) + 1;
	why = why_unusable(ioapic, version);
	if (why) {
		clear_fixmap(slot);
		return why;
	}
	mask_all_pins(ioapic);
	nr_ioapics++;
	return NULL;
}

static struct ioapic *find_pin(u32 gsi, unsigned int *pin)
{
	struct ioapic *ioapic;

	for (ioapic = ioapics; ioapic < ioapics + nr_ioapics; ioapic++) {
		*pin = gsi - ioapic->gsi_base;
		if (gsi >= ioapic->gsi_base && *pin < ioapic->nr_pins)
			return ioapic;
	}
	return NULL;
}

/* The firmware's, or that of a line that has its irq already. */
static bool pin_is_taken(const struct ioapic *ioapic, unsigned int pin)
{
	unsigned int irq;

	if (pin_is_the_firmwares(ioapic, pin))
		return true;
	for (irq = 0; irq < NR_IRQS; irq++) {
		const struct irq_data *data = irq_get_irq_data(irq);

		if (data->chip_data == ioapic && data->hwirq == pin)
			return true;
	}
	return false;
}

static unsigned int add_line(unsigned int irq, u32 gsi, unsigned int trigger)
{
	struct irq_data *data = irq_get_irq_data(irq);
	unsigned int pin;
	struct ioapic *ioapic = find_pin(gsi, &pin);

	if (!ioapic || pin_is_taken(ioapic, pin))
		return 0;
	data->hwirq = pin;
	data->chip_data = ioapic;
	data->trigger = trigger;
	entries[irq] = ISA_IRQ_VECTOR(irq) | trigger_bits(trigger) | ENTRY_MASKED;
	ioapic_write(ioapic, REG_ENTRY(pin) + 1, read_apic_id() << 24);
	irq_set_chip_and_handler(irq, &ioapic_chip,
				 trigger & IRQ_TYPE_LEVEL_MASK ? handle_fasteoi_irq
							       : handle_edge_irq);
	write_entry(data);
	set_interrupt_handler(ISA_IRQ_VECTOR(irq), ioapic_interrupt);
	return 1;
}

/* Lines that ACPI moved come first: what they took is not the pin of its number's line. */
static unsigned int add_lines(const struct acpi_madt_info *madt)
{
	unsigned int irq, nr = 0, moved;

	for (moved = 2; moved--;)
		for (irq = 0; irq < NR_IRQS_LEGACY; irq++)
			if (irq != CASCADE_IRQ && (madt->isa[irq].gsi != irq) == moved)
				nr += add_line(irq, madt->isa[irq].gsi, madt->isa[irq].trigger);
	/* PCI's, as a rule. */
	for (irq = NR_IRQS_LEGACY; irq < FIRST_MSI_IRQ; irq++)
		nr += add_line(irq, irq, IRQ_TYPE_LEVEL_LOW);
	return nr;
}

unsigned int ioapic_init(const struct acpi_madt_info *madt)
{
	unsigned int i;

	if (noapic)
		return 0;
	for (i = 0; i < madt->nr_ioapics; i++) {
		const char *why = add_ioapic(&madt->ioapics[i]);

		if (why)
			pr_warn("ACPI's at 0x%x is not used: %s\n", madt->ioapics[i].address, why);
	}
	return nr_ioapics ? add_lines(madt) : 0;
}
