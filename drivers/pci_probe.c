// SPDX-License-Identifier: MIT
/*
 * Which PCI devices there are, and where they answer.
 *
 * Theory
 * ------
 * Buses are found from bus 0 on: each of its 32 slots is asked for its vendor; a bridge says the
 * number that the firmware gave to the bus behind it, which is looked at in turn, if it is higher
 * than the bridge's own (so there is an end). Where bus 0 has more than one host bridge, there are
 * further roots, and all numbers are tried.
 *
 * Worked example, the BAR (base address register) of QEMU's `edu` device. The firmware has put
 * it at 0xfea00000; how long it is, the device says when all ones are written, for it keeps the
 * bits below its size at zero:
 *
 *	read 0xfea00000    write 0xffffffff    read 0xfff00000    write 0xfea00000
 *	                                       lowest bit: 1 MiB
 *
 * Meanwhile it must not answer, or it would do so at the end of memory. Then it is as it was: a
 * device without a driver is left as the firmware had it.
 *
 * A BAR that has no address, or overlaps RAM or another one, is marked IORESOURCE_UNSET, and its
 * device cannot be enabled.
 *
 * Cost: in the boot, 32 registers for each bus, and some 40 for each device.
 *
 * Locking: none. The buses and their devices are found in the boot, by one task, and stay.
 *
 * Left out: giving addresses and bus numbers, hot plugging, expansion ROMs.
 */
#define pr_fmt(fmt) "pci: " fmt

#include <linux/pci.h>
#include <linux/slab.h>
#include "pci.h"

#define MAX_BUS		     255
#define IDE_PRIMARY_NATIVE   0x01
#define IDE_SECONDARY_NATIVE 0x04

static LIST_HEAD(pci_buses); /* in the order found */

/* --- base address registers ---------------------------------------------------------------- */

/* What is there, and what is there after all ones were written. */
static u32 probe_register(struct pci_dev *dev, int where, u32 *writable)
{
	u32 value;

	pci_read_config_dword(dev, where, &value);
	pci_write_config_dword(dev, where, ~0U);
	pci_read_config_dword(dev, where, writable);
	pci_write_config_dword(dev, where, value);
	return value;
}

/* From the lowest writable bit: its size. */
static void set_range(struct resource *res, u64 start, u64 writable)
{
	res->start = start;
	res->end = start + (writable & -writable) - 1;
	if (!start)
		res->flags |= IORESOURCE_UNSET;
}

/* How many registers the BAR takes. */
static unsigned int read_bar(struct pci_dev *dev, unsigned int nr)
{
	int where = PCI_BASE_ADDRESS_0 + 4 * nr;
	struct resource *res = &dev->resource[nr];
	u32 low_writable, high_writable = ~0U, high = 0;
	u32 low = probe_register(dev, where, &low_writable);
	bool wide;

	if (!low_writable || low_writable == ~0U)
		return 1;
	if (low & PCI_BASE_ADDRESS_SPACE_IO) {
		res->flags = IORESOURCE_IO | (low & 3);
		/* Of the upper half a device may have nothing: ports have 16 bits. */
		set_range(res, low & 0xfffc, low_writable & 0xfffc);
		return 1;
	}
	wide = (low & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64 &&
	       nr + 1 < PCI_STD_NUM_BARS;
	if (wide)
		high = probe_register(dev, where + 4, &high_writable);
	res->flags = IORESOURCE_MEM | (low & 0xf) | (wide ? IORESOURCE_MEM_64 : 0) |
		     (low & PCI_BASE_ADDRESS_MEM_PREFETCH ? IORESOURCE_PREFETCH : 0);
	set_range(res, (u64)high << 32 | (low & ~0xfU),
		  (u64)high_writable << 32 | (low_writable & ~0xfU));
	return 1 + wide;
}

/* In the mode of 1986 the controller's BARs do not count. */
static void set_ide_ports(struct pci_dev *dev)
{
	static const struct {
		u16 start, end;
		u8 native;
	} ports[] = {
		{ 0x1f0, 0x1f7, IDE_PRIMARY_NATIVE },
		{ 0x3f6, 0x3f6, IDE_PRIMARY_NATIVE },
		{ 0x170, 0x177, IDE_SECONDARY_NATIVE },
		{ 0x376, 0x376, IDE_SECONDARY_NATIVE },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		if (dev->class & ports[i].native)
			continue;
		dev->resource[i].start = ports[i].start;
		dev->resource[i].end = ports[i].end;
		dev->resource[i].flags = IORESOURCE_IO;
	}
}

static void claim_bar(struct pci_dev *dev, unsigned int nr)
{
	struct resource *res = &dev->resource[nr], *conflict;
	struct resource *root = res->flags & IORESOURCE_IO ? &ioport_resource : &iomem_resource;

	res->name = pci_name(dev);
	conflict = res->flags & IORESOURCE_UNSET ? NULL : request_resource_conflict(root, res);
	if (conflict) {
		pci_warn(dev, "can't claim BAR %u %pR: address conflict with %s %pR\n", nr, res,
			 conflict->name, conflict);
		res->flags |= IORESOURCE_UNSET;
	}
	if (res->flags & IORESOURCE_UNSET) {
		res->end -= res->start;
		res->start = 0;
	}
}

/* A host bridge goes on answering: the way to all others may lead through it. */
static void read_bars(struct pci_dev *dev)
{
	unsigned int nr, nr_bars = dev->hdr_type == PCI_HEADER_TYPE_NORMAL   ? PCI_STD_NUM_BARS
				   : dev->hdr_type == PCI_HEADER_TYPE_BRIDGE ? 2
									     : 0;
	bool host_bridge = dev->class >> 8 == PCI_CLASS_BRIDGE_HOST;
	u16 command;

	pci_read_config_word(dev, PCI_COMMAND, &command);
	if (!host_bridge)
		pci_write_config_word(dev, PCI_COMMAND,
				      command & ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
	for (nr = 0; nr < nr_bars;)
		nr += read_bar(dev, nr);
	if (!host_bridge)
		pci_write_config_word(dev, PCI_COMMAND, command);
	if (dev->class >> 8 == PCI_CLASS_STORAGE_IDE)
		set_ide_ports(dev);
	for (nr = 0; nr < nr_bars; nr++)
		if (dev->resource[nr].flags)
			claim_bar(dev, nr);
}

/* --- buses ---------------------------------------------------------------------------------- */

static bool bus_exists(unsigned int number)
{
	struct pci_bus *bus;

	list_for_each_entry(bus, &pci_buses, node)
		if (bus->number == number)
			return true;
	return false;
}

static struct pci_bus *add_bus(struct pci_bus *parent, struct pci_dev *bridge, u8 number)
{
	struct pci_bus *bus = kzalloc(sizeof(*bus), GFP_KERNEL);

	if (!bus)
		return NULL;
	bus->parent = parent;
	bus->self = bridge;
	bus->number = number;
	INIT_LIST_HEAD(&bus->devices);
	list_add_tail(&bus->node, &pci_buses);
	return bus;
}

static void add_bus_behind(struct pci_dev *bridge)
{
	u8 number;

	pci_read_config_byte(bridge, PCI_SECONDARY_BUS, &number);
	if (!number)
		return;
	if (number <= bridge->bus->number || bus_exists(number))
		pci_warn(bridge, "the bus behind it is not looked at: it cannot be number %u\n",
			 number);
	else
		bridge->subordinate = add_bus(bridge->bus, bridge, number);
}

static void release_pci_dev(struct device *dev)
{
	kfree(to_pci_dev(dev));
}

static void read_interrupt(struct pci_dev *dev)
{
	u8 line;

	pci_read_config_byte(dev, PCI_INTERRUPT_PIN, &dev->pin);
	pci_read_config_byte(dev, PCI_INTERRUPT_LINE, &line);
	if (dev->pin && line != 0xff)
		dev->irq = line;
}

static void read_header(struct pci_dev *dev, u32 ids)
{
	u32 class;
	u8 type;

	dev->vendor = ids & 0xffff;
	dev->device = ids >> 16;
	pci_read_config_dword(dev, PCI_CLASS_REVISION, &class);
	dev->revision = class & 0xff;
	dev->class = class >> 8;
	pci_read_config_byte(dev, PCI_HEADER_TYPE, &type);
	dev->hdr_type = type & PCI_HEADER_TYPE_MASK;
	dev->multifunction = type & PCI_HEADER_TYPE_MFD;
	if (dev->hdr_type == PCI_HEADER_TYPE_NORMAL) {
		pci_read_config_word(dev, PCI_SUBSYSTEM_VENDOR_ID, &dev->subsystem_vendor);
		pci_read_config_word(dev, PCI_SUBSYSTEM_ID, &dev->subsystem_device);
	}
	read_interrupt(dev);
	dev->msi_cap = pci_find_capability(dev, PCI_CAP_ID_MSI);
}

static int add_function(struct pci_bus *bus, unsigned int devfn, u32 ids)
{
	struct pci_dev *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev)
		return -ENOMEM;
	dev->bus = bus;
	dev->devfn = devfn;
	device_initialize(&dev->dev);
	dev->dev.release = release_pci_dev;
	if (dev_set_name(&dev->dev, "0000:%02x:%02x.%u", bus->number, PCI_SLOT(devfn),
			 PCI_FUNC(devfn))) {
		put_device(&dev->dev);
		return -ENOMEM;
	}
	dev->dma_mask = DMA_BIT_MASK(32);
	dev->dev.dma_mask = &dev->dma_mask;
	dev->dev.coherent_dma_mask = DMA_BIT_MASK(32);
	dev->dev.dma_parms = &dev->dma_parms;
	dev->dev.parent = bus->self ? &bus->self->dev : NULL;
	dev->dev.bus = &pci_bus_type;
	read_header(dev, ids);
	read_bars(dev);
	list_add_tail(&dev->bus_list, &bus->devices);
	if (dev->hdr_type == PCI_HEADER_TYPE_BRIDGE)
		add_bus_behind(dev);
	return device_add(&dev->dev);
}

/* Some devices that are not ready answer with zeros, or with ones in one half. */
static bool is_function(u32 ids)
{
	return ids != 0xffffffff && ids != 0 && ids != 0x0000ffff && ids != 0xffff0000;
}

static int scan_slot(struct pci_bus *bus, unsigned int slot)
{
	unsigned int function, nr_functions = 1;
	int error = 0;
	u32 ids;
	u8 type;

	for (function = 0; function < nr_functions && !error; function++) {
		unsigned int devfn = PCI_DEVFN(slot, function);

		pci_bus_read_config_dword(bus, devfn, PCI_VENDOR_ID, &ids);
		if (!is_function(ids))
			continue;
		pci_bus_read_config_byte(bus, devfn, PCI_HEADER_TYPE, &type);
		if (!function && (type & PCI_HEADER_TYPE_MFD))
			nr_functions = 8;
		error = add_function(bus, devfn, ids);
	}
	return error;
}

/* A bus that no bridge leads to, and all that are behind it: those come to the end of the list. */
static int scan_root(unsigned int number)
{
	struct pci_bus *bus = add_bus(NULL, NULL, number);
	unsigned int slot;
	int error = 0;

	if (!bus)
		return -ENOMEM;
	list_for_each_entry_from(bus, &pci_buses, node)
		for (slot = 0; slot < PCI_SLOTS && !error; slot++)
			error = scan_slot(bus, slot);
	return error;
}

/* Each root has its host bridge, and those of all roots are on bus 0. */
static bool has_more_roots(void)
{
	struct pci_dev *first = pci_get_class(PCI_CLASS_BRIDGE_HOST << 8, NULL);
	struct pci_dev *second = first ? pci_get_class(PCI_CLASS_BRIDGE_HOST << 8, first) : NULL;

	pci_dev_put(second);
	return second;
}

static bool somebody_answers(unsigned int number)
{
	struct pci_bus bus = { .number = number };
	unsigned int slot;
	u32 ids = ~0U;

	for (slot = 0; slot < PCI_SLOTS && !is_function(ids); slot++)
		pci_bus_read_config_dword(&bus, PCI_DEVFN(slot, 0), PCI_VENDOR_ID, &ids);
	return is_function(ids);
}

static int __init pci_init(void)
{
	int error = bus_register(&pci_bus_type);
	unsigned int number, last;

	if (error || !pci_mechanism_1_works(&(struct pci_bus){ .number = 0 }))
		return error;
	error = scan_root(0);
	last = has_more_roots() ? MAX_BUS : 0;
	for (number = 1; number <= last && !error; number++)
		if (!bus_exists(number) && somebody_answers(number))
			error = scan_root(number);
	return error;
}
subsys_initcall(pci_init);
