// SPDX-License-Identifier: MIT
/* `devices`, `bind` and `unbind`: all devices, who serves them, and doing something about that. */
#include <linux/bitops.h>
#include <linux/device.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/string.h>
#include <memkern/device.h>
#include <memkern/monitor.h>
#include <memkern/monitor_output.h>

/* 0: none. */
static unsigned int irq_of(struct device *dev)
{
	int irq = 0;

	if (dev_is_pci(dev))
		irq = to_pci_dev(dev)->irq;
	else if (dev->bus == &platform_bus_type)
		irq = platform_get_irq_optional(to_platform_device(dev), 0);
	return max(irq, 0);
}

static const char *number(char *text, size_t size, unsigned int value)
{
	if (!value)
		return "-";
	snprintf(text, size, "%u", value);
	return text;
}

static void print_device(struct device *dev)
{
	char irq[12], streaming[12], coherent[12];

	mprintf("%-22s %-9s %-12s %4s %9s %9s\n", dev_name(dev), dev->bus ? dev->bus->name : "-",
		dev->driver ? dev->driver->name : "-", number(irq, sizeof(irq), irq_of(dev)),
		number(streaming, sizeof(streaming), fls64(dev->dma_mask ? *dev->dma_mask : 0)),
		number(coherent, sizeof(coherent), fls64(dev->coherent_dma_mask)));
}

static void json_device(struct device *dev)
{
	json_begin();
	json_text("device", dev_name(dev));
	json_text("bus", dev->bus ? dev->bus->name : "");
	json_text("driver", dev->driver ? dev->driver->name : "");
	json_number("irq", irq_of(dev));
	json_number("dma_bits", fls64(dev->dma_mask ? *dev->dma_mask : 0));
	json_number("coherent_bits", fls64(dev->coherent_dma_mask));
	json_end();
}

static int cmd_devices(int argc, char **argv)
{
	struct device *dev = NULL;
	bool json;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	if (!json)
		mprintf("device                 bus       driver        irq  DMA bits  coherent\n");
	while ((dev = device_next(dev))) {
		device_lock(dev);
		if (json)
			json_device(dev);
		else
			print_device(dev);
		device_unlock(dev);
	}
	return 0;
}

MONITOR_COMMAND("devices", "[--json]", "all devices: their driver, interrupt, and what they reach",
		cmd_devices);

/* With a reference; NULL, after a sentence. */
static struct device *find(const char *name)
{
	struct device *dev = NULL;

	while ((dev = device_next(dev)))
		if (!strcmp(dev_name(dev), name))
			return dev;
	mprintf("there is no device '%s': see `devices`\n", name);
	return NULL;
}

static int bind_to_any(struct device *dev)
{
	int result = device_attach(dev);

	if (result > 0)
		return 0;
	mprintf("no driver takes %s\n", dev_name(dev));
	return result ?: -ENODEV;
}

static int bind_to(struct device *dev, const char *name)
{
	struct device_driver *drv = dev->bus ? driver_find(name, dev->bus) : NULL;
	int error;

	if (!drv) {
		mprintf("there is no driver '%s' of the bus of %s\n", name, dev_name(dev));
		return -ENOENT;
	}
	if (dev->bus->match && !dev->bus->match(dev, drv)) {
		mprintf("%s is not for %s\n", name, dev_name(dev));
		return -ENODEV;
	}
	error = device_driver_attach(drv, dev);
	if (error)
		mprintf("%s does not take %s: %pe\n", name, dev_name(dev), ERR_PTR(error));
	return error;
}

static int bind(struct device *dev, const char *driver)
{
	int error;

	if (dev->driver) {
		mprintf("%s has the driver %s: `unbind %s` first\n", dev_name(dev),
			dev->driver->name, dev_name(dev));
		return -EBUSY;
	}
	error = driver ? bind_to(dev, driver) : bind_to_any(dev);
	if (!error)
		mprintf("%s: %s\n", dev_name(dev), dev_driver_string(dev));
	return error;
}

static int cmd_bind(int argc, char **argv)
{
	struct device *dev;
	int error;

	if (argc != 2 && argc != 3)
		return monitor_usage(argv[0]);
	dev = find(argv[1]);
	if (!dev)
		return -ENODEV;
	error = bind(dev, argc == 3 ? argv[2] : NULL);
	put_device(dev);
	return error;
}

static int unbind(struct device *dev)
{
	const struct device_driver *drv = dev->driver;

	if (!drv) {
		mprintf("%s has no driver\n", dev_name(dev));
		return -ENODEV;
	}
	if (drv->suppress_bind_attrs) {
		mprintf("%s does not let go of %s\n", drv->name, dev_name(dev));
		return -EPERM;
	}
	device_release_driver(dev);
	return 0;
}

static int cmd_unbind(int argc, char **argv)
{
	struct device *dev;
	int error;

	if (argc != 2)
		return monitor_usage(argv[0]);
	dev = find(argv[1]);
	if (!dev)
		return -ENODEV;
	error = unbind(dev);
	put_device(dev);
	return error;
}

static void complete_device(struct monitor_completion *completion, int argc, char **argv)
{
	struct device *dev = NULL;

	if (argc != 1)
		return;
	while ((dev = device_next(dev)))
		monitor_offer(completion, dev_name(dev));
}

MONITOR_COMMAND_COMPLETE("bind", "DEVICE [DRIVER]",
			 "give a device a driver: the first that takes it", cmd_bind,
			 complete_device);
MONITOR_COMMAND_COMPLETE("unbind", "DEVICE", "take a device's driver away", cmd_unbind,
			 complete_device);
