/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_DMA_DIRECTION_H
#define _LINUX_DMA_DIRECTION_H

/* Which way a streaming mapping's bytes go: who writes them, who reads them. */
enum dma_data_direction {
	DMA_BIDIRECTIONAL = 0,
	DMA_TO_DEVICE = 1,   /* the CPU wrote, the device reads */
	DMA_FROM_DEVICE = 2, /* the device writes, the CPU reads */
	DMA_NONE = 3,	     /* for debugging: no mapping has it */
};

static inline int valid_dma_direction(enum dma_data_direction direction)
{
	return direction == DMA_BIDIRECTIONAL || direction == DMA_TO_DEVICE ||
	       direction == DMA_FROM_DEVICE;
}

#endif
