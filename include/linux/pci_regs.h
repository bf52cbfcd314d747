/* SPDX-License-Identifier: MIT */
/* A PCI function's 256 bytes of configuration space. */
#ifndef _LINUX_PCI_REGS_H
#define _LINUX_PCI_REGS_H

#define PCI_CFG_SPACE_SIZE    256
#define PCI_STD_HEADER_SIZEOF 64
#define PCI_STD_NUM_BARS      6

#define PCI_VENDOR_ID 0x00 /* 16 bits; all ones: there is no function */
#define PCI_DEVICE_ID 0x02

#define PCI_COMMAND		 0x04 /* 16 bits */
#define PCI_COMMAND_IO		 0x1  /* answers at its ports, */
#define PCI_COMMAND_MEMORY	 0x2  /* at its memory */
#define PCI_COMMAND_MASTER	 0x4  /* may do DMA, and send MSIs */
#define PCI_COMMAND_SPECIAL	 0x8
#define PCI_COMMAND_INVALIDATE	 0x10
#define PCI_COMMAND_VGA_PALETTE	 0x20
#define PCI_COMMAND_PARITY	 0x40
#define PCI_COMMAND_SERR	 0x100
#define PCI_COMMAND_INTX_DISABLE 0x400

#define PCI_STATUS	     0x06 /* 16 bits */
#define PCI_STATUS_INTERRUPT 0x08 /* its INTx line is asserted */
#define PCI_STATUS_CAP_LIST  0x10

#define PCI_CLASS_REVISION 0x08 /* 32 bits: class, and revision in the lowest 8 */
#define PCI_REVISION_ID	   0x08
#define PCI_CLASS_PROG	   0x09
#define PCI_CLASS_DEVICE   0x0a

#define PCI_CACHE_LINE_SIZE 0x0c
#define PCI_LATENCY_TIMER   0x0d

#define PCI_HEADER_TYPE		0x0e /* 8 bits */
#define PCI_HEADER_TYPE_MASK	0x7f
#define PCI_HEADER_TYPE_MFD	0x80 /* there are functions 1 to 7 */
#define PCI_HEADER_TYPE_NORMAL	0
#define PCI_HEADER_TYPE_BRIDGE	1
#define PCI_HEADER_TYPE_CARDBUS 2

/* Six of them, 32 bits each, one after the other. */
#define PCI_BASE_ADDRESS_0	       0x10
#define PCI_BASE_ADDRESS_1	       0x14
#define PCI_BASE_ADDRESS_2	       0x18
#define PCI_BASE_ADDRESS_3	       0x1c
#define PCI_BASE_ADDRESS_4	       0x20
#define PCI_BASE_ADDRESS_5	       0x24
#define PCI_BASE_ADDRESS_SPACE_IO      0x01
#define PCI_BASE_ADDRESS_MEM_TYPE_MASK 0x06
#define PCI_BASE_ADDRESS_MEM_TYPE_64   0x04 /* the next one is its upper half */
#define PCI_BASE_ADDRESS_MEM_PREFETCH  0x08
#define PCI_BASE_ADDRESS_MEM_MASK      (~0x0fUL)
#define PCI_BASE_ADDRESS_IO_MASK       (~0x03UL)

#define PCI_SUBSYSTEM_VENDOR_ID 0x2c
#define PCI_SUBSYSTEM_ID	0x2e
#define PCI_ROM_ADDRESS		0x30
#define PCI_CAPABILITY_LIST	0x34 /* 8 bits: where the first one is */
#define PCI_INTERRUPT_LINE	0x3c /* 8 bits: what the firmware connected it to */
#define PCI_INTERRUPT_PIN	0x3d /* 0: none; 1: INTA */

/* Bridges */
#define PCI_PRIMARY_BUS	    0x18
#define PCI_SECONDARY_BUS   0x19
#define PCI_SUBORDINATE_BUS 0x1a

/* A capability: what it is, where the next one is (0: none), its registers */
#define PCI_CAP_LIST_ID	  0
#define PCI_CAP_LIST_NEXT 1
#define PCI_CAP_FLAGS	  2
#define PCI_CAP_ID_PM	  0x01
#define PCI_CAP_ID_MSI	  0x05
#define PCI_CAP_ID_VNDR	  0x09
#define PCI_CAP_ID_EXP	  0x10
#define PCI_CAP_ID_MSIX	  0x11
#define PCI_CAP_ID_SATA	  0x12

#define PCI_MSI_FLAGS	      2 /* 16 bits */
#define PCI_MSI_FLAGS_ENABLE  0x0001
#define PCI_MSI_FLAGS_QMASK   0x000e /* how many it could use, as a power of two */
#define PCI_MSI_FLAGS_QSIZE   0x0070 /* and how many it may */
#define PCI_MSI_FLAGS_64BIT   0x0080
#define PCI_MSI_FLAGS_MASKBIT 0x0100
#define PCI_MSI_ADDRESS_LO    4
#define PCI_MSI_ADDRESS_HI    8
#define PCI_MSI_DATA_32	      8 /* 16 bits */
#define PCI_MSI_DATA_64	      12
#define PCI_MSI_MASK_32	      12
#define PCI_MSI_MASK_64	      16

#endif
