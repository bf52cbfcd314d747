/* SPDX-License-Identifier: MIT */
/*
 * Pools of small blocks of coherent memory: descriptors, of which a page holds many.
 * mm/dmapool.c. Behaviour: Linux 6.1.
 *
 * Create and destroy may sleep, and must not be called in an interrupt. Blocks are given and
 * taken back in any context; dma_pool_alloc() sleeps if its flags allow it.
 */
#ifndef _LINUX_DMAPOOL_H
#define _LINUX_DMAPOOL_H

#include <linux/gfp_types.h>
#include <linux/types.h>

struct device;
struct dma_pool;

/*
 * Blocks of `size` bytes at multiples of `align`, a power of two (0: 1), none of which crosses
 * a multiple of `boundary`, a power of two that is not below size (0: no boundary). NULL for
 * anything else, without a device or without memory.
 */
struct dma_pool *dma_pool_create(const char *name, struct device *dev, size_t size, size_t align,
				 size_t boundary);
/* All blocks are free, or it is reported, and their pages are lost. NULL is no pool. */
void dma_pool_destroy(struct dma_pool *pool);

/* NULL without memory. */
void *dma_pool_alloc(struct dma_pool *pool, gfp_t mem_flags, dma_addr_t *handle);
void dma_pool_free(struct dma_pool *pool, void *vaddr, dma_addr_t dma);

static inline void *dma_pool_zalloc(struct dma_pool *pool, gfp_t mem_flags, dma_addr_t *handle)
{
	return dma_pool_alloc(pool, mem_flags | __GFP_ZERO, handle);
}

/* Destroyed with the device's driver. */
struct dma_pool *dmam_pool_create(const char *name, struct device *dev, size_t size, size_t align,
				  size_t allocation);
void dmam_pool_destroy(struct dma_pool *pool);

#endif
