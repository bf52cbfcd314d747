/* SPDX-License-Identifier: MIT */
/* What the files of the DMA interface share with each other, the `dma` command and the tests. */
#ifndef _MM_DMA_H
#define _MM_DMA_H

#include <linux/dma-mapping.h>
#include <linux/percpu.h>
#include <linux/swiotlb.h>

/* --- dma.c ----------------------------------------------------------------------------- */

/* Counted since boot, on the CPU where it happened. */
struct dma_counts {
	unsigned long allocated, freed; /* pages of coherent memory */
	unsigned long mapped, unmapped; /* mappings; each entry of a list is one */
};

DECLARE_PER_CPU(struct dma_counts, dma_counts);

/* The last address that the device reaches. */
static inline u64 dma_limit(const struct device *dev, u64 mask)
{
	return unlikely(dev->bus_dma_limit) ? min(mask, dev->bus_dma_limit) : mask;
}

/* --- swiotlb.c -------------------------------------------------------------------------- */

struct swiotlb_info {
	phys_addr_t start;
	unsigned int slots, used, most; /* most: that were ever used at a time */
	unsigned long mapped, refused;
	u64 bytes_out, bytes_in; /* copied for devices, and from them */
};

/* What stands in for what: of a mapping's first byte, or of the first in a further slot. */
struct bounce_slot {
	phys_addr_t orig;
	unsigned int bytes; /* of the mapping, from here to its end; 0: the slot is free */
};

extern struct bounce_slot *swiotlb_slots;
extern phys_addr_t swiotlb_start;
extern unsigned long swiotlb_bytes; /* 0: there are no bounce buffers */
extern bool swiotlb_force;	    /* everything goes through them */

static inline bool is_swiotlb_buffer(dma_addr_t addr)
{
	return addr - swiotlb_start < swiotlb_bytes;
}

void swiotlb_init(void); /* boot, while memblock lives */
void swiotlb_get_info(struct swiotlb_info *info);
int swiotlb_check(void);

/* Of memory that the device does not reach; DMA_MAPPING_ERROR. */
dma_addr_t swiotlb_map(struct device *dev, phys_addr_t phys, size_t size,
		       enum dma_data_direction dir, unsigned long attrs);
/* False, after a report: no mapping begins there. */
bool swiotlb_unmap(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir,
		   unsigned long attrs);
void swiotlb_sync_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
			  enum dma_data_direction dir);
void swiotlb_sync_for_device(struct device *dev, dma_addr_t addr, size_t size,
			     enum dma_data_direction dir);

/* --- dmapool.c --------------------------------------------------------------------------- */

struct dma_pool_info {
	char name[32], device[32];
	size_t size;
	unsigned int active, blocks;
	unsigned long bytes; /* of its pages */
};

/* Of pool `nr`, from 0. False: there are no more. */
bool dma_pool_get_info(unsigned int nr, struct dma_pool_info *info);
int dma_pool_check(void);

/* --- dma_debug.c: DEBUG builds. `addr` tells entries of one device apart ----------------- */

enum dma_debug_kind {
	DMA_DEBUG_SINGLE,
	DMA_DEBUG_SG,
	DMA_DEBUG_COHERENT,
	DMA_DEBUG_RESOURCE,
};

#ifdef CONFIG_DMA_API_DEBUG
void dma_debug_map(struct device *dev, enum dma_debug_kind kind, dma_addr_t addr, phys_addr_t phys,
		   size_t size, enum dma_data_direction dir);
/* False: nothing is mapped there, and nothing is to be done. */
bool dma_debug_unmap(struct device *dev, enum dma_debug_kind kind, dma_addr_t addr, size_t size,
		     enum dma_data_direction dir);
void dma_debug_sync(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir);
#else
static inline void dma_debug_map(struct device *dev, enum dma_debug_kind kind, dma_addr_t addr,
				 phys_addr_t phys, size_t size, enum dma_data_direction dir)
{
}
static inline bool dma_debug_unmap(struct device *dev, enum dma_debug_kind kind, dma_addr_t addr,
				   size_t size, enum dma_data_direction dir)
{
	return true;
}
static inline void dma_debug_sync(struct device *dev, dma_addr_t addr, size_t size,
				  enum dma_data_direction dir)
{
}
#endif

#endif
