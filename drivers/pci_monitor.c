// SPDX-License-Identifier: MIT
/* `lspci`: the PCI devices, where they answer, and who serves them. */
#include <linux/kernel.h>
#include <linux/pci.h>
#include <memkern/monitor.h>
#include <memkern/monitor_output.h>

static const struct {
	u16 class;
	const char *name;
} classes[] = {
	{ PCI_CLASS_STORAGE_SCSI, "SCSI controller" },
	{ PCI_CLASS_STORAGE_IDE, "IDE controller" },
	{ PCI_CLASS_STORAGE_SATA, "SATA controller" },
	{ PCI_CLASS_NETWORK_ETHERNET, "Ethernet controller" },
	{ PCI_CLASS_DISPLAY_VGA, "VGA controller" },
	{ PCI_CLASS_BRIDGE_HOST, "host bridge" },
	{ PCI_CLASS_BRIDGE_ISA, "ISA bridge" },
	{ PCI_CLASS_BRIDGE_PCI, "PCI bridge" },
	{ PCI_CLASS_BRIDGE_OTHER, "bridge" },
	{ PCI_CLASS_SERIAL_USB, "USB controller" },
	{ PCI_CLASS_SERIAL_SMBUS, "SMBus" },
};

static const char *class_name(const struct pci_dev *dev)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (classes[i].class == dev->class >> 8)
			return classes[i].name;
	return "device";
}

static void print_pci(struct pci_dev *dev)
{
	const char *driver = dev->dev.driver ? dev->dev.driver->name : NULL;
	unsigned int bar;

	mprintf("%s %04x:%04x class %06x rev %02x  %s", pci_name(dev), dev->vendor, dev->device,
		dev->class, dev->revision, class_name(dev));
	if (dev->irq)
		mprintf(", irq %u (%s)", dev->irq, dev->msi_enabled ? "MSI" : "INTx");
	mprintf(driver ? ", driver %s\n" : "\n", driver);
	if (dev->subordinate)
		mprintf("    bus %02x behind it\n", dev->subordinate->number);
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if (pci_resource_len(dev, bar))
			mprintf("    BAR %u %pR%s\n", bar, &dev->resource[bar],
				dev->regions & BIT(bar) ? ", in use" : "");
}

static void json_pci(struct pci_dev *dev)
{
	char name[8], range[64];
	unsigned int bar;

	json_begin();
	json_text("device", pci_name(dev));
	json_number("vendor_id", dev->vendor);
	json_number("device_id", dev->device);
	json_number("class", dev->class);
	json_number("irq", dev->irq);
	json_bool("msi", dev->msi_enabled);
	json_text("driver", dev->dev.driver ? dev->dev.driver->name : "");
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		if (!pci_resource_len(dev, bar))
			continue;
		snprintf(name, sizeof(name), "bar%u", bar);
		snprintf(range, sizeof(range), "%pR", &dev->resource[bar]);
		json_text(name, range);
	}
	json_end();
}

static int cmd_lspci(int argc, char **argv)
{
	struct pci_dev *dev = NULL;
	unsigned int nr = 0;
	bool json;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	for_each_pci_dev(dev) {
		device_lock(&dev->dev);
		if (json)
			json_pci(dev);
		else
			print_pci(dev);
		device_unlock(&dev->dev);
		nr++;
	}
	if (!nr && !json)
		mprintf("there is no PCI bus, or nothing on it\n");
	return 0;
}

MONITOR_COMMAND("lspci", "[--json]", "PCI devices: what they are, where, and who serves them",
		cmd_lspci);
