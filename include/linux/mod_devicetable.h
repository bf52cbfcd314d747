/* SPDX-License-Identifier: MIT */
/* What a driver's table says of the devices that it is for. A table ends with an empty entry. */
#ifndef _LINUX_MOD_DEVICETABLE_H
#define _LINUX_MOD_DEVICETABLE_H

#include <linux/types.h>

typedef unsigned long kernel_ulong_t;

#define PCI_ANY_ID (~0U)

struct pci_device_id {
	u32 vendor, device; /* or PCI_ANY_ID, as the next two */
	u32 subvendor, subdevice;
	u32 class, class_mask;	    /* the bits of the mask must agree */
	kernel_ulong_t driver_data; /* the driver's own */
	u32 override_only;
};

#define PLATFORM_NAME_SIZE 20

struct platform_device_id {
	char name[PLATFORM_NAME_SIZE];
	kernel_ulong_t driver_data;
};

#endif
