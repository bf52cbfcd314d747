/* SPDX-License-Identifier: MIT */
/* Between pci.c and pci_probe.c. */
#ifndef _DRIVERS_PCI_H
#define _DRIVERS_PCI_H

#include <linux/types.h>

#define PCI_SLOTS 32

struct pci_bus;

/* The machine has it, and on this bus is somebody who leads to the CPU. */
bool pci_mechanism_1_works(struct pci_bus *bus);

#endif
