/* SPDX-License-Identifier: MIT */
/*
 * Bounce buffers: memory that every device reaches, which stands in for memory that one does
 * not. mm/swiotlb.c; drivers see of it only dma_max_mapping_size().
 */
#ifndef _LINUX_SWIOTLB_H
#define _LINUX_SWIOTLB_H

#include <linux/dma-direction.h>
#include <linux/types.h>

struct device;

#define IO_TLB_SHIFT	     11
#define IO_TLB_SIZE	     (1UL << IO_TLB_SHIFT) /* bytes of a slot */
#define IO_TLB_SEGSIZE	     128		   /* slots: the longest mapping, 256 KiB */
#define IO_TLB_DEFAULT_SLOTS 512		   /* 1 MiB */

bool is_swiotlb_active(struct device *dev);
size_t swiotlb_max_mapping_size(struct device *dev);

#endif
