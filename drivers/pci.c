// SPDX-License-Identifier: MIT
/*
 * PCI devices' configuration space, and finding devices by what it says.
 *
 * A function, as PCI calls a device, has an address of three numbers, bus:slot.function, and 256
 * bytes of configuration space, which say what it is and where it answers. On a PC the CPU reaches
 * them through two ports (configuration mechanism 1):
 *
 *	0xcf8	1 0000000 bbbbbbbb sssss fff rrrrrr00	which function, which register
 *	0xcfc	the register's 32 bits, or 8 or 16 of them at 0xcfc + (register & 3)
 *
 * Where no function is, all ones are read, and what is written is lost. From 0x40 on a device has
 * what it likes; a list of capabilities leads through that, each with a number that says what it is:
 *
 *	0x34: 0x40	0x40: 05 (MSI), next 0x50	0x50: 01 (power), next 0
 *
 * Cost: two port accesses a register.
 *
 * Locking: config_lock, a leaf, with interrupts off, for the two steps of an access. Any context;
 * finding devices is for process context (drivers/base.c).
 *
 * Left out: configuration space in memory (PCI Express has 4 KiB a function).
 */
#include <linux/pci.h>
#include <linux/spinlock.h>
#include "pci.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define CONFIG_ENABLE  BIT(31)

#define MAX_CAPABILITIES 48 /* as many as have room behind the header */

static DEFINE_SPINLOCK(config_lock);

/* --- configuration space ---------------------------------------------------------------- */

static bool bad_register(int where, unsigned int size)
{
	return where < 0 || where >= PCI_CFG_SPACE_SIZE || where % size;
}

static void select(unsigned int bus, unsigned int devfn, int where)
{
	outl(CONFIG_ENABLE | bus << 16 | devfn << 8 | (where & 0xfc), CONFIG_ADDRESS);
}

#define CONFIG_ACCESS(size, type, suffix)                                                   \
	int pci_bus_read_config_##size(struct pci_bus *bus, unsigned int devfn, int where,  \
				       type *val)                                           \
	{                                                                                   \
		unsigned long flags;                                                        \
                                                                                            \
		*val = (type)~0;                                                            \
		if (bad_register(where, sizeof(type)))                                      \
			return PCIBIOS_BAD_REGISTER_NUMBER;                                 \
		spin_lock_irqsave(&config_lock, flags);                                     \
		select(bus->number, devfn, where);                                          \
		*val = in##suffix(CONFIG_DATA + (where & 3));                               \
		spin_unlock_irqrestore(&config_lock, flags);                                \
		return PCIBIOS_SUCCESSFUL;                                                  \
	}                                                                                   \
	int pci_bus_write_config_##size(struct pci_bus *bus, unsigned int devfn, int where, \
					type val)                                           \
	{                                                                                   \
		unsigned long flags;                                                        \
                                                                                            \
		if (bad_register(where, sizeof(type)))                                      \
			return PCIBIOS_BAD_REGISTER_NUMBER;                                 \
		spin_lock_irqsave(&config_lock, flags);                                     \
		select(bus->number, devfn, where);                                          \
		out##suffix(val, CONFIG_DATA + (where & 3));                                \
		spin_unlock_irqrestore(&config_lock, flags);                                \
		return PCIBIOS_SUCCESSFUL;                                                  \
	}                                                                                   \
	int pci_read_config_##size(const struct pci_dev *dev, int where, type *val)         \
	{                                                                                   \
		return pci_bus_read_config_##size(dev->bus, dev->devfn, where, val);        \
	}                                                                                   \
	int pci_write_config_##size(const struct pci_dev *dev, int where, type val)         \
	{                                                                                   \
		return pci_bus_write_config_##size(dev->bus, dev->devfn, where, val);       \
	}

CONFIG_ACCESS(byte, u8, b)
CONFIG_ACCESS(word, u16, w)
CONFIG_ACCESS(dword, u32, l)

/* A list that a broken device has tied into a ring ends, too. */
static u8 find_capability(struct pci_dev *dev, u8 pointer, int cap)
{
	unsigned int tries;
	u8 pos, id;

	for (tries = 0; tries < MAX_CAPABILITIES; tries++) {
		pci_read_config_byte(dev, pointer, &pos);
		pos &= ~3;
		if (pos < PCI_STD_HEADER_SIZEOF)
			break;
		pci_read_config_byte(dev, pos + PCI_CAP_LIST_ID, &id);
		if (id == 0xff)
			break;
		if (id == cap)
			return pos;
		pointer = pos + PCI_CAP_LIST_NEXT;
	}
	return 0;
}

u8 pci_find_capability(struct pci_dev *dev, int cap)
{
	u16 status;

	pci_read_config_word(dev, PCI_STATUS, &status);
	if (!(status & PCI_STATUS_CAP_LIST) || dev->hdr_type > PCI_HEADER_TYPE_BRIDGE)
		return 0;
	return find_capability(dev, PCI_CAPABILITY_LIST, cap);
}

u8 pci_find_next_capability(struct pci_dev *dev, u8 pos, int cap)
{
	return find_capability(dev, pos + PCI_CAP_LIST_NEXT, cap);
}

/* The address register keeps what is written, and somebody on bus 0 leads to the CPU. */
bool pci_mechanism_1_works(struct pci_bus *bus)
{
	u32 before = inl(CONFIG_ADDRESS), after, class;
	unsigned int slot;

	outl(CONFIG_ENABLE, CONFIG_ADDRESS);
	after = inl(CONFIG_ADDRESS);
	outl(before, CONFIG_ADDRESS);
	if (after != CONFIG_ENABLE)
		return false;
	for (slot = 0; slot < PCI_SLOTS; slot++) {
		pci_bus_read_config_dword(bus, PCI_DEVFN(slot, 0), PCI_CLASS_REVISION, &class);
		if (class >> 16 == PCI_CLASS_BRIDGE_HOST)
			return true;
	}
	return false;
}

/* --- finding devices -------------------------------------------------------------------- */

struct pci_dev *pci_dev_get(struct pci_dev *dev)
{
	if (dev)
		get_device(&dev->dev);
	return dev;
}

void pci_dev_put(struct pci_dev *dev)
{
	if (dev)
		put_device(&dev->dev);
}

static int match_entry(struct device *dev, const void *id)
{
	return pci_match_id(id, to_pci_dev(dev)) != NULL;
}

/* `id` is a table of one entry. */
static struct pci_dev *find_next(const struct pci_device_id *id, struct pci_dev *from)
{
	struct device *dev =
		bus_find_device(&pci_bus_type, from ? &from->dev : NULL, id, match_entry);

	pci_dev_put(from);
	return dev ? to_pci_dev(dev) : NULL;
}

struct pci_dev *pci_get_subsys(unsigned int vendor, unsigned int device, unsigned int ss_vendor,
			       unsigned int ss_device, struct pci_dev *from)
{
	const struct pci_device_id id[2] = {
		{ PCI_DEVICE_SUB(vendor, device, ss_vendor, ss_device) },
	};

	return find_next(id, from);
}

struct pci_dev *pci_get_device(unsigned int vendor, unsigned int device, struct pci_dev *from)
{
	return pci_get_subsys(vendor, device, PCI_ANY_ID, PCI_ANY_ID, from);
}

struct pci_dev *pci_get_class(unsigned int class, struct pci_dev *from)
{
	const struct pci_device_id id[2] = { { PCI_DEVICE_CLASS(class, ~0U) } };

	return find_next(id, from);
}

struct pci_dev *pci_get_domain_bus_and_slot(int domain, unsigned int bus, unsigned int devfn)
{
	struct pci_dev *dev = NULL;

	if (domain)
		return NULL;
	for_each_pci_dev(dev)
		if (dev->bus->number == bus && dev->devfn == devfn)
			break;
	return dev;
}

struct pci_dev *pci_get_slot(struct pci_bus *bus, unsigned int devfn)
{
	return pci_get_domain_bus_and_slot(0, bus->number, devfn);
}

int pci_dev_present(const struct pci_device_id *ids)
{
	struct device *dev = bus_find_device(&pci_bus_type, NULL, ids, match_entry);

	put_device(dev);
	return dev != NULL;
}
