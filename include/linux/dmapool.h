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

#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <asm/cmpxchg.h>

struct device;

/* A free block holds the way to the next one. */
struct dma_block {
	struct dma_block *next;
};

struct dma_pool {
	/* The free blocks. Both words change as one: what was free once more is seen to have changed. */
	struct dma_block *free;
	unsigned long changes;
	bool careful; /* blocks are filled or checked on their way */

	spinlock_t lock; /* the rest; in a careful pool also the free blocks */
	unsigned int size, blocks;
	unsigned int allocation, boundary; /* the first is a multiple of the second */
	unsigned long bytes;
	bool watched;
	struct list_head pages;
	struct device *dev;
	struct list_head list; /* of all pools */
	char name[32];
} __aligned(8);

/*
 * Blocks of `size` bytes at multiples of `align`, a power of two (0: 1), none of which crosses
 * a multiple of `boundary`, a power of two that is not below size (0: no boundary). NULL for
 * anything else, without a device or without memory.
 */
struct dma_pool *dma_pool_create(const char *name, struct device *dev, size_t size, size_t align,
				 size_t boundary);
/* All blocks are free, or it is reported, and their pages are lost. NULL is no pool. */
void dma_pool_destroy(struct dma_pool *pool);

/* --- taking blocks and giving them back: any CPU, any context, without a lock --------------- */

void *__dma_pool_alloc(struct dma_pool *pool, gfp_t gfp);
void __dma_pool_free(struct dma_pool *pool, void *vaddr, dma_addr_t dma);

/* From `first` as it was, with `changes`, to `next`. False: somebody was faster. */
static __always_inline bool __dma_pool_change(struct dma_pool *pool, struct dma_block *first,
					      unsigned long changes, struct dma_block *next)
{
	return cmpxchg_double(&pool->free, &pool->changes, first, changes, next, changes + 1);
}

/* `changes` is read first: if it is still the same at the end, so is all that was read since. */
static __always_inline struct dma_block *__dma_pool_pop(struct dma_pool *pool)
{
	struct dma_block *block;
	unsigned long changes;

	do {
		changes = READ_ONCE(pool->changes);
		block = READ_ONCE(pool->free);
		if (unlikely(!block))
			return NULL;
	} while (unlikely(!__dma_pool_change(pool, block, changes, READ_ONCE(block->next))));
	return block;
}

/* A chain of blocks, from the first to the last. */
static __always_inline void __dma_pool_push(struct dma_pool *pool, struct dma_block *first,
					    struct dma_block *last)
{
	unsigned long changes;

	do {
		changes = READ_ONCE(pool->changes);
		last->next = READ_ONCE(pool->free);
	} while (unlikely(!__dma_pool_change(pool, last->next, changes, first)));
}

/* Each page of a pool says so. Of any address: where there is no struct page, none is found. */
static __always_inline bool __dma_pool_has(const struct dma_pool *pool, const void *vaddr)
{
	const struct page *page = virt_to_page(vaddr);

	return (unsigned long)page >= PAGE_OFFSET && page_private(page) == (unsigned long)pool;
}

/* NULL without memory. */
static __always_inline void *dma_pool_alloc(struct dma_pool *pool, gfp_t mem_flags,
					    dma_addr_t *handle)
{
	void *block = NULL;

	if (likely(!((mem_flags & __GFP_ZERO) | pool->careful) &&
		   (!gfpflags_allow_blocking(mem_flags) || preemptible())))
		block = __dma_pool_pop(pool);
	if (unlikely(!block)) {
		block = __dma_pool_alloc(pool, mem_flags);
		if (!block) {
			*handle = 0;
			return NULL;
		}
	}
	*handle = virt_to_phys(block);
	return block;
}

static __always_inline void dma_pool_free(struct dma_pool *pool, void *vaddr, dma_addr_t dma)
{
	if (likely(dma == virt_to_phys(vaddr) && __dma_pool_has(pool, vaddr) && !pool->careful))
		__dma_pool_push(pool, vaddr, vaddr);
	else
		__dma_pool_free(pool, vaddr, dma);
}

static inline void *dma_pool_zalloc(struct dma_pool *pool, gfp_t mem_flags, dma_addr_t *handle)
{
	return dma_pool_alloc(pool, mem_flags | __GFP_ZERO, handle);
}

/* Destroyed with the device's driver. */
struct dma_pool *dmam_pool_create(const char *name, struct device *dev, size_t size, size_t align,
				  size_t allocation);
void dmam_pool_destroy(struct dma_pool *pool);

#endif
