/* SPDX-License-Identifier: MIT */
/* PCI devices of the machine that a test has for itself: without a driver, or with its own. */
#ifndef _TESTS_DRIVERS_PCI_DEVICE_H
#define _TESTS_DRIVERS_PCI_DEVICE_H

#include <linux/pci.h>
#include <memkern/kunit_extra.h>

/* QEMU's teaching device, `-device edu`. */
#define EDU_VENDOR 0x1234
#define EDU_DEVICE 0x11e8
#define EDU_ID	   0x00
#define EDU_STATUS 0x24 /* why it interrupts */
#define EDU_RAISE  0x60
#define EDU_ACK	   0x64

static inline void give_back_device(void *dev)
{
	WARN_ON(device_attach(dev) < 0);
	put_device(dev);
}

/* Takes the device, with the reference that the caller has, from its driver until the case ends. */
static inline struct pci_dev *take_device(struct kunit *test, struct pci_dev *dev)
{
	if (!dev)
		kunit_skip(test, "the machine has no such PCI device");
	device_release_driver(&dev->dev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, give_back_device, &dev->dev), 0);
	return dev;
}

static inline u16 command_of(struct pci_dev *dev)
{
	u16 command;

	pci_read_config_word(dev, PCI_COMMAND, &command);
	return command;
}

/* Nobody minds what happens to it. */
static inline struct pci_dev *take_host_bridge(struct kunit *test)
{
	return take_device(test, pci_get_class(PCI_CLASS_BRIDGE_HOST << 8, NULL));
}

/* For an ioremap() of a mebibyte, or some thirty devices. */
static inline void need_memory(struct kunit *test)
{
	if (nr_free_pages() < 100)
		kunit_skip(test, "too little memory");
}

static inline struct pci_dev *take_edu(struct kunit *test)
{
	need_memory(test);
	return take_device(test, pci_get_device(EDU_VENDOR, EDU_DEVICE, NULL));
}

static inline void end_driver(void *drv)
{
	pci_unregister_driver(drv);
}

/* A driver of the case for this one device. */
static inline void bind_device(struct kunit *test, struct pci_dev *dev, struct pci_driver *drv)
{
	struct pci_device_id *ids = kunit_kzalloc(test, 2 * sizeof(*ids), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ids);
	ids[0] = (struct pci_device_id){ PCI_DEVICE(dev->vendor, dev->device), .driver_data = 42 };
	drv->name = "toy";
	drv->id_table = ids;
	KUNIT_ASSERT_EQ(test, pci_register_driver(drv), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, end_driver, drv), 0);
	KUNIT_ASSERT_PTR_EQ(test, dev->driver, drv);
}

#endif
