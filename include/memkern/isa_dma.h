/* SPDX-License-Identifier: MIT */
/* What the monitor shows of a channel of ISA DMA. */
#ifndef _MEMKERN_ISA_DMA_H
#define _MEMKERN_ISA_DMA_H

#include <linux/types.h>

struct isa_dma_info {
	const char *owner;	/* NULL: nobody's */
	u32 address;		/* of the last transfer; bytes, in every channel */
	u32 count;		/* its length, */
	u32 residue;		/* and what is left of it */
	u8 mode;		/* DMA_MODE_*, perhaps with DMA_AUTOINIT; 0: never used */
	bool enabled;		/* the device may transfer; stays so when it has */
	unsigned int transfers; /* enable_dma()s since the boot; without */
	unsigned int refused;	/* those that broke a limit */
};

/* 0, -EINVAL: no such channel, or -ENODEV: the machine has no ISA DMA. Any context. */
int isa_dma_get_info(unsigned int channel, struct isa_dma_info *info);

#endif
