/* SPDX-License-Identifier: MIT */
/*
 * PCI devices and their drivers: drivers/pci_probe.c finds the ones, drivers/pci_driver.c serves
 * the others. docs/writing-a-driver.md goes through a whole driver.
 */
#ifndef _LINUX_PCI_H
#define _LINUX_PCI_H

#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/mod_devicetable.h>
#include <linux/pci_ids.h>
#include <linux/pci_regs.h>
#include <linux/types.h>

#define PCI_DEVFN(slot, func) ((((slot)&0x1f) << 3) | ((func)&0x07))
#define PCI_SLOT(devfn)	      (((devfn) >> 3) & 0x1f)
#define PCI_FUNC(devfn)	      ((devfn)&0x07)

#define DEVICE_COUNT_RESOURCE PCI_STD_NUM_BARS

struct pci_driver;

struct pci_bus {
	struct pci_bus *parent;	  /* NULL: a root */
	struct pci_dev *self;	  /* the bridge that leads to it */
	struct list_head devices; /* by their bus_list, in the order found */
	struct list_head node;
	unsigned char number;
};

struct pci_dev {
	struct list_head bus_list;
	struct pci_bus *bus;
	struct pci_bus *subordinate; /* a bridge's other side */
	unsigned int devfn;
	unsigned short vendor, device, subsystem_vendor, subsystem_device;
	unsigned int class; /* 24 bits: base, sub, programming interface */
	u8 revision, hdr_type, pin, msi_cap;
	struct pci_driver *driver;
	u64 dma_mask; /* 32 bits until the driver says */
	struct device_dma_parameters dma_parms;
	struct device dev;
	unsigned int irq; /* INTx's, or with MSI that one's; 0: none */
	struct resource resource[DEVICE_COUNT_RESOURCE];

	bool multifunction, is_busmaster, msi_enabled, is_managed;
	atomic_t enable_cnt;
	/* pci_driver.c's and msi.c's own */
	unsigned int intx_irq;
	u8 regions; /* a bit a BAR: requested */
};

#define to_pci_dev(n) container_of(n, struct pci_dev, dev)
#define dev_is_pci(d) ((d)->bus == &pci_bus_type)

struct pci_driver {
	const char *name;
	const struct pci_device_id *id_table;
	int (*probe)(struct pci_dev *dev, const struct pci_device_id *id);
	void (*remove)(struct pci_dev *dev);
	void (*shutdown)(struct pci_dev *dev);
	struct device_driver driver;
};

#define to_pci_driver(drv) container_of((drv), struct pci_driver, driver)

extern struct bus_type pci_bus_type;

/* Entries of an id table. */
#define PCI_DEVICE(vend, dev) \
	.vendor = (vend), .device = (dev), .subvendor = PCI_ANY_ID, .subdevice = PCI_ANY_ID
#define PCI_DEVICE_SUB(vend, dev, subvend, subdev) \
	.vendor = (vend), .device = (dev), .subvendor = (subvend), .subdevice = (subdev)
#define PCI_DEVICE_CLASS(dev_class, dev_class_mask)                                 \
	.class = (dev_class), .class_mask = (dev_class_mask), .vendor = PCI_ANY_ID, \
	.device = PCI_ANY_ID, .subvendor = PCI_ANY_ID, .subdevice = PCI_ANY_ID
#define PCI_VDEVICE(vend, dev)                                                    \
	.vendor = PCI_VENDOR_ID_##vend, .device = (dev), .subvendor = PCI_ANY_ID, \
	.subdevice = PCI_ANY_ID, 0, 0
#define PCI_DEVICE_DATA(vend, dev, data)                                        \
	.vendor = PCI_VENDOR_ID_##vend, .device = PCI_DEVICE_ID_##vend##_##dev, \
	.subvendor = PCI_ANY_ID, .subdevice = PCI_ANY_ID, 0, 0,                 \
	.driver_data = (kernel_ulong_t)(data)
#define DEFINE_PCI_DEVICE_TABLE(table) const struct pci_device_id table[]

int __must_check __pci_register_driver(struct pci_driver *drv, struct module *owner,
				       const char *mod_name);
#define pci_register_driver(drv) __pci_register_driver(drv, THIS_MODULE, KBUILD_MODNAME)
void pci_unregister_driver(struct pci_driver *drv);

#define module_pci_driver(__pci_driver) \
	module_driver(__pci_driver, pci_register_driver, pci_unregister_driver)
#define builtin_pci_driver(__pci_driver) builtin_driver(__pci_driver, pci_register_driver)

/* The entry of a table that a device fits; NULL. */
const struct pci_device_id *pci_match_id(const struct pci_device_id *ids, struct pci_dev *dev);

/* --- configuration space: any context. 0, or an error of PCI's ------------------------------ */

#define PCIBIOS_SUCCESSFUL	    0x00
#define PCIBIOS_DEVICE_NOT_FOUND    0x86
#define PCIBIOS_BAD_REGISTER_NUMBER 0x87

int pci_bus_read_config_byte(struct pci_bus *bus, unsigned int devfn, int where, u8 *val);
int pci_bus_read_config_word(struct pci_bus *bus, unsigned int devfn, int where, u16 *val);
int pci_bus_read_config_dword(struct pci_bus *bus, unsigned int devfn, int where, u32 *val);
int pci_bus_write_config_byte(struct pci_bus *bus, unsigned int devfn, int where, u8 val);
int pci_bus_write_config_word(struct pci_bus *bus, unsigned int devfn, int where, u16 val);
int pci_bus_write_config_dword(struct pci_bus *bus, unsigned int devfn, int where, u32 val);

int pci_read_config_byte(const struct pci_dev *dev, int where, u8 *val);
int pci_read_config_word(const struct pci_dev *dev, int where, u16 *val);
int pci_read_config_dword(const struct pci_dev *dev, int where, u32 *val);
int pci_write_config_byte(const struct pci_dev *dev, int where, u8 val);
int pci_write_config_word(const struct pci_dev *dev, int where, u16 val);
int pci_write_config_dword(const struct pci_dev *dev, int where, u32 val);

/* Where a capability is; 0: the device has none. */
u8 pci_find_capability(struct pci_dev *dev, int cap);
u8 pci_find_next_capability(struct pci_dev *dev, u8 pos, int cap);

/* --- finding devices: with a reference; `from` loses its own ---------------------------------- */

struct pci_dev *pci_get_device(unsigned int vendor, unsigned int device, struct pci_dev *from);
struct pci_dev *pci_get_subsys(unsigned int vendor, unsigned int device, unsigned int ss_vendor,
			       unsigned int ss_device, struct pci_dev *from);
struct pci_dev *pci_get_class(unsigned int class, struct pci_dev *from);
struct pci_dev *pci_get_domain_bus_and_slot(int domain, unsigned int bus, unsigned int devfn);
struct pci_dev *pci_get_slot(struct pci_bus *bus, unsigned int devfn);
struct pci_dev *pci_dev_get(struct pci_dev *dev);
void pci_dev_put(struct pci_dev *dev);
int pci_dev_present(const struct pci_device_id *ids);

#define for_each_pci_dev(d) while ((d = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, d)) != NULL)

static inline const char *pci_name(const struct pci_dev *dev)
{
	return dev_name(&dev->dev);
}

static inline void *pci_get_drvdata(struct pci_dev *dev)
{
	return dev_get_drvdata(&dev->dev);
}

static inline void pci_set_drvdata(struct pci_dev *dev, void *data)
{
	dev_set_drvdata(&dev->dev, data);
}

static inline u16 pci_dev_id(struct pci_dev *dev)
{
	return dev->bus->number << 8 | dev->devfn;
}

static inline int pci_domain_nr(struct pci_bus *bus)
{
	return 0;
}

/* --- what a driver does with its device --------------------------------------------------------
 *
 * pci_enable_device() lets it answer at its BARs; it nests. pcim_enable_device() undoes itself, the
 * regions requested, mappings made by pcim_ functions, and interrupt vectors with the driver.
 */
int __must_check pci_enable_device(struct pci_dev *dev);
int __must_check pci_enable_device_mem(struct pci_dev *dev);
int __must_check pci_enable_device_io(struct pci_dev *dev);
int __must_check pcim_enable_device(struct pci_dev *dev);
void pci_disable_device(struct pci_dev *dev);

static inline int pci_is_enabled(struct pci_dev *dev)
{
	return atomic_read(&dev->enable_cnt) > 0;
}

static inline int pci_is_managed(struct pci_dev *dev)
{
	return dev->is_managed;
}

/* DMA, and MSI. */
void pci_set_master(struct pci_dev *dev);
void pci_clear_master(struct pci_dev *dev);
void pci_intx(struct pci_dev *dev, int enable);

/* BARs as regions: 0 or -EBUSY. `bars` is a mask. */
int __must_check pci_request_regions(struct pci_dev *dev, const char *name);
void pci_release_regions(struct pci_dev *dev);
int __must_check pci_request_region(struct pci_dev *dev, int bar, const char *name);
void pci_release_region(struct pci_dev *dev, int bar);
int pci_request_selected_regions(struct pci_dev *dev, int bars, const char *name);
void pci_release_selected_regions(struct pci_dev *dev, int bars);
int pci_select_bars(struct pci_dev *dev, unsigned long flags);

/* NULL for a BAR that is not there. Ports are for ioread32() and its likes only. maxlen 0: all. */
void __iomem *pci_iomap(struct pci_dev *dev, int bar, unsigned long maxlen);
void pci_iounmap(struct pci_dev *dev, void __iomem *addr);
void __iomem *pci_ioremap_bar(struct pci_dev *dev, int bar);
void __iomem *pcim_iomap(struct pci_dev *dev, int bar, unsigned long maxlen);
void pcim_iounmap(struct pci_dev *dev, void __iomem *addr);
int pcim_iomap_regions(struct pci_dev *dev, int mask, const char *name);
void pcim_iounmap_regions(struct pci_dev *dev, int mask);
/* A pointer a BAR: what the pcim_ functions mapped. */
void __iomem *const *pcim_iomap_table(struct pci_dev *dev);

#define pci_resource_start(dev, bar) ((dev)->resource[(bar)].start)
#define pci_resource_end(dev, bar)   ((dev)->resource[(bar)].end)
#define pci_resource_flags(dev, bar) ((dev)->resource[(bar)].flags)
#define pci_resource_len(dev, bar) \
	(pci_resource_end(dev, bar) ? resource_size(&(dev)->resource[(bar)]) : 0)

/* --- interrupts: kernel/x86/msi.c ----------------------------------------------------------------
 *
 * How many there are, at least min_vecs; MSI before INTx. -ENOSPC: fewer. pci_irq_vector() is the
 * number for request_irq(); INTx is shared.
 */
#define PCI_IRQ_LEGACY	  (1 << 0)
#define PCI_IRQ_INTX	  PCI_IRQ_LEGACY /* since 6.8 */
#define PCI_IRQ_MSI	  (1 << 1)
#define PCI_IRQ_MSIX	  (1 << 2) /* not here: as if the device had none */
#define PCI_IRQ_AFFINITY  (1 << 3)
#define PCI_IRQ_ALL_TYPES (PCI_IRQ_LEGACY | PCI_IRQ_MSI | PCI_IRQ_MSIX)

int pci_alloc_irq_vectors(struct pci_dev *dev, unsigned int min_vecs, unsigned int max_vecs,
			  unsigned int flags);
void pci_free_irq_vectors(struct pci_dev *dev);
int pci_irq_vector(struct pci_dev *dev, unsigned int nr);
int pci_enable_msi(struct pci_dev *dev);
void pci_disable_msi(struct pci_dev *dev);

#define pci_dev_msi_enabled(dev) ((dev)->msi_enabled)

#define pci_printk(level, pdev, fmt, ...) dev_printk(level, &(pdev)->dev, fmt, ##__VA_ARGS__)
#define pci_err(pdev, fmt, ...)		  dev_err(&(pdev)->dev, fmt, ##__VA_ARGS__)
#define pci_warn(pdev, fmt, ...)	  dev_warn(&(pdev)->dev, fmt, ##__VA_ARGS__)
#define pci_info(pdev, fmt, ...)	  dev_info(&(pdev)->dev, fmt, ##__VA_ARGS__)
#define pci_dbg(pdev, fmt, ...)		  dev_dbg(&(pdev)->dev, fmt, ##__VA_ARGS__)

#endif
