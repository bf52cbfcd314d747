// SPDX-License-Identifier: MIT
/*
 * PCI drivers: which devices each is for, and what it does to use one.
 *
 * A driver's table says by numbers which devices it is for; the first entry that fits is handed to
 * probe. Nothing is switched on before a driver asks:
 *
 *	pci_enable_device	the device answers at its BARs
 *	pci_request_regions	they are this driver's: kernel/resource.c
 *	pci_iomap		and have addresses
 *	pci_set_master		it may do DMA, and send message-signalled interrupts
 *
 * After pcim_enable_device() regions, interrupt vectors and being enabled end with the driver, by
 * a managed resource (drivers/devres.c). What pcim_iomap() maps does so in any case: another one
 * has the table of those addresses.
 *
 * A port has no address in memory: pci_iomap() makes a cookie of it, below all addresses, that
 * ioread32() and its likes tell apart (asm/io.h).
 *
 * Locking: the driver core's: these are called by a device's one driver. Enabling is counted, and
 * changes bits in the command register that only the driver changes. Process context.
 *
 * Left out: power states, MSI-X, saving and restoring configuration space, ids at run time.
 */
#include <linux/pci.h>

/* --- the bus ------------------------------------------------------------------------------ */

static bool fits(const struct pci_device_id *id, const struct pci_dev *dev)
{
	return (id->vendor == PCI_ANY_ID || id->vendor == dev->vendor) &&
	       (id->device == PCI_ANY_ID || id->device == dev->device) &&
	       (id->subvendor == PCI_ANY_ID || id->subvendor == dev->subsystem_vendor) &&
	       (id->subdevice == PCI_ANY_ID || id->subdevice == dev->subsystem_device) &&
	       !((id->class ^ dev->class) & id->class_mask);
}

const struct pci_device_id *pci_match_id(const struct pci_device_id *ids, struct pci_dev *dev)
{
	for (; ids && (ids->vendor || ids->subvendor || ids->class_mask); ids++)
		if (fits(ids, dev))
			return ids;
	return NULL;
}

static int pci_match(struct device *dev, struct device_driver *drv)
{
	return pci_match_id(to_pci_driver(drv)->id_table, to_pci_dev(dev)) != NULL;
}

static int pci_probe(struct device *device)
{
	struct pci_driver *drv = to_pci_driver(device->driver);
	struct pci_dev *dev = to_pci_dev(device);
	int result;

	dev->driver = drv;
	result = drv->probe ? drv->probe(dev, pci_match_id(drv->id_table, dev)) : 0;
	if (result > 0)
		pci_warn(dev, "Driver probe function unexpectedly returned %d\n", result);
	if (result >= 0)
		return 0;
	dev->driver = NULL;
	return result;
}

static void pci_remove(struct device *device)
{
	struct pci_dev *dev = to_pci_dev(device);

	if (dev->driver->remove)
		dev->driver->remove(dev);
	dev->driver = NULL;
}

struct bus_type pci_bus_type = {
	.name = "pci",
	.match = pci_match,
	.probe = pci_probe,
	.remove = pci_remove,
};

int __pci_register_driver(struct pci_driver *drv, struct module *owner, const char *mod_name)
{
	drv->driver.name = drv->name;
	drv->driver.bus = &pci_bus_type;
	drv->driver.owner = owner;
	drv->driver.mod_name = mod_name;
	return driver_register(&drv->driver);
}

void pci_unregister_driver(struct pci_driver *drv)
{
	driver_unregister(&drv->driver);
}

/* --- switching on ------------------------------------------------------------------------- */

static void change_command(struct pci_dev *dev, u16 clear, u16 set)
{
	u16 old, new;

	pci_read_config_word(dev, PCI_COMMAND, &old);
	new = (old & ~clear) | set;
	if (new != old)
		pci_write_config_word(dev, PCI_COMMAND, new);
}

/* What the device has of these kinds must be where it can answer. */
static int enable(struct pci_dev *dev, unsigned long kinds)
{
	u16 set = 0;
	unsigned int nr;

	if (atomic_inc_return(&dev->enable_cnt) > 1)
		return 0;
	for (nr = 0; nr < DEVICE_COUNT_RESOURCE; nr++) {
		const struct resource *res = &dev->resource[nr];

		if (!(res->flags & kinds))
			continue;
		if (res->flags & IORESOURCE_UNSET) {
			pci_err(dev, "can't enable device: BAR %u %pR not assigned\n", nr, res);
			atomic_dec(&dev->enable_cnt);
			return -EINVAL;
		}
		set |= res->flags & IORESOURCE_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
	}
	change_command(dev, 0, set);
	return 0;
}

int pci_enable_device(struct pci_dev *dev)
{
	return enable(dev, IORESOURCE_MEM | IORESOURCE_IO);
}

int pci_enable_device_mem(struct pci_dev *dev)
{
	return enable(dev, IORESOURCE_MEM);
}

int pci_enable_device_io(struct pci_dev *dev)
{
	return enable(dev, IORESOURCE_IO);
}

/* It goes on answering: others may rely on that, and it does no harm. */
void pci_disable_device(struct pci_dev *dev)
{
	if (dev_WARN_ONCE(&dev->dev, !pci_is_enabled(dev), "disabling already-disabled device"))
		return;
	if (!atomic_dec_return(&dev->enable_cnt))
		pci_clear_master(dev);
}

void pci_set_master(struct pci_dev *dev)
{
	change_command(dev, 0, PCI_COMMAND_MASTER);
	dev->is_busmaster = true;
}

void pci_clear_master(struct pci_dev *dev)
{
	change_command(dev, PCI_COMMAND_MASTER, 0);
	dev->is_busmaster = false;
}

void pci_intx(struct pci_dev *dev, int enable)
{
	change_command(dev, enable ? PCI_COMMAND_INTX_DISABLE : 0,
		       enable ? 0 : PCI_COMMAND_INTX_DISABLE);
}

/* --- regions ------------------------------------------------------------------------------ */

static struct resource *root_of(const struct pci_dev *dev, int bar)
{
	return pci_resource_flags(dev, bar) & IORESOURCE_IO ? &ioport_resource : &iomem_resource;
}

static bool has_bar(const struct pci_dev *dev, int bar)
{
	return bar >= 0 && bar < PCI_STD_NUM_BARS && pci_resource_len(dev, bar);
}

int pci_request_region(struct pci_dev *dev, int bar, const char *name)
{
	if (!has_bar(dev, bar))
		return 0;
	if ((pci_resource_flags(dev, bar) & IORESOURCE_UNSET) ||
	    !__request_region(root_of(dev, bar), pci_resource_start(dev, bar),
			      pci_resource_len(dev, bar), name, 0)) {
		pci_warn(dev, "BAR %d: can't reserve %pR\n", bar, &dev->resource[bar]);
		return -EBUSY;
	}
	dev->regions |= BIT(bar);
	return 0;
}

void pci_release_region(struct pci_dev *dev, int bar)
{
	if (!has_bar(dev, bar))
		return;
	dev->regions &= ~BIT(bar);
	__release_region(root_of(dev, bar), pci_resource_start(dev, bar),
			 pci_resource_len(dev, bar));
}

void pci_release_selected_regions(struct pci_dev *dev, int bars)
{
	int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if (bars & BIT(bar))
			pci_release_region(dev, bar);
}

int pci_request_selected_regions(struct pci_dev *dev, int bars, const char *name)
{
	int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		if (!(bars & BIT(bar)) || !pci_request_region(dev, bar, name))
			continue;
		pci_release_selected_regions(dev, bars & (BIT(bar) - 1));
		return -EBUSY;
	}
	return 0;
}

#define ALL_BARS (BIT(PCI_STD_NUM_BARS) - 1)

int pci_request_regions(struct pci_dev *dev, const char *name)
{
	return pci_request_selected_regions(dev, ALL_BARS, name);
}

void pci_release_regions(struct pci_dev *dev)
{
	pci_release_selected_regions(dev, ALL_BARS);
}

int pci_select_bars(struct pci_dev *dev, unsigned long flags)
{
	int bar, bars = 0;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if (pci_resource_flags(dev, bar) & flags)
			bars |= BIT(bar);
	return bars;
}

/* --- addresses ---------------------------------------------------------------------------- */

void __iomem *pci_iomap(struct pci_dev *dev, int bar, unsigned long maxlen)
{
	resource_size_t length;

	if (!has_bar(dev, bar) || (pci_resource_flags(dev, bar) & IORESOURCE_UNSET))
		return NULL;
	length = pci_resource_len(dev, bar);
	if (maxlen && maxlen < length)
		length = maxlen;
	if (pci_resource_flags(dev, bar) & IORESOURCE_IO)
		return ioport_map(pci_resource_start(dev, bar), length);
	return length > ULONG_MAX ? NULL : ioremap(pci_resource_start(dev, bar), length);
}

void pci_iounmap(struct pci_dev *dev, void __iomem *addr)
{
	if (!is_ioport(addr))
		iounmap(addr);
}

void __iomem *pci_ioremap_bar(struct pci_dev *dev, int bar)
{
	if (has_bar(dev, bar) && (pci_resource_flags(dev, bar) & IORESOURCE_MEM))
		return pci_iomap(dev, bar, 0);
	pci_err(dev, "can't ioremap BAR %d\n", bar);
	return NULL;
}

/* --- until the driver goes ---------------------------------------------------------------- */

/* The vectors first: with them the last reason to run a handler goes. */
static void end_managed(struct device *device, void *res)
{
	struct pci_dev *dev = to_pci_dev(device);

	pci_free_irq_vectors(dev);
	pci_release_selected_regions(dev, dev->regions);
	dev->is_managed = false;
	if (pci_is_enabled(dev))
		pci_disable_device(dev);
}

int pcim_enable_device(struct pci_dev *dev)
{
	void *note;
	int error;

	if (dev->is_managed)
		return 0;
	note = devres_alloc(end_managed, 0, GFP_KERNEL);
	if (!note)
		return -ENOMEM;
	error = pci_enable_device(dev);
	if (error) {
		devres_free(note);
		return error;
	}
	dev->is_managed = true;
	devres_add(&dev->dev, note);
	return 0;
}

static void unmap_table(struct device *device, void *res)
{
	void __iomem **table = res;
	int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if (table[bar])
			pci_iounmap(to_pci_dev(device), table[bar]);
}

/* Made when it is first asked for. */
static void __iomem **get_table(struct pci_dev *dev)
{
	void *table = devres_find(&dev->dev, unmap_table, NULL, NULL);

	if (table)
		return table;
	table = devres_alloc(unmap_table, PCI_STD_NUM_BARS * sizeof(void *), GFP_KERNEL);
	if (table)
		devres_add(&dev->dev, table);
	return table;
}

void __iomem *const *pcim_iomap_table(struct pci_dev *dev)
{
	return get_table(dev);
}

void __iomem *pcim_iomap(struct pci_dev *dev, int bar, unsigned long maxlen)
{
	void __iomem **table = get_table(dev);

	if (!table || bar < 0 || bar >= PCI_STD_NUM_BARS || table[bar])
		return NULL;
	table[bar] = pci_iomap(dev, bar, maxlen);
	return table[bar];
}

void pcim_iounmap(struct pci_dev *dev, void __iomem *addr)
{
	void __iomem **table = get_table(dev);
	int bar;

	for (bar = 0; table && bar < PCI_STD_NUM_BARS; bar++) {
		if (table[bar] != addr)
			continue;
		pci_iounmap(dev, addr);
		table[bar] = NULL;
		return;
	}
	WARN_ON(1);
}

void pcim_iounmap_regions(struct pci_dev *dev, int mask)
{
	void __iomem **table = get_table(dev);
	int bar;

	for (bar = 0; table && bar < PCI_STD_NUM_BARS; bar++) {
		if (!(mask & BIT(bar)) || !table[bar])
			continue;
		pcim_iounmap(dev, table[bar]);
		pci_release_region(dev, bar);
	}
}

static int iomap_region(struct pci_dev *dev, int bar, const char *name)
{
	int error = has_bar(dev, bar) ? pci_request_region(dev, bar, name) : -EINVAL;

	if (error || pcim_iomap(dev, bar, 0))
		return error;
	pci_release_region(dev, bar);
	return -ENOMEM;
}

int pcim_iomap_regions(struct pci_dev *dev, int mask, const char *name)
{
	int bar, error;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		error = mask & BIT(bar) ? iomap_region(dev, bar, name) : 0;
		if (!error)
			continue;
		pcim_iounmap_regions(dev, mask & (BIT(bar) - 1));
		return error;
	}
	return 0;
}
