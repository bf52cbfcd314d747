// SPDX-License-Identifier: MIT
/*
 * Pools of small blocks of coherent memory.
 *
 * A device's descriptors are some dozen bytes long and must lie where it can read them, but
 * dma_alloc_coherent() gives whole pages. A pool cuts those into blocks that keep the device's
 * rules: an alignment, and a boundary that no block may cross.
 *
 *	size 96, align 32, boundary 256:	0    96   192  256   352  448  512
 *						| a  | b  |xxxx| c  | d  |xxxx| ...
 *
 * The free blocks of all pages are one list; a free block holds the way to the next one and its
 * own bus address, so that both are there at once when it is handed out:
 *
 *	pool->free --> [next|dma ....] --> [next|dma ....] --> NULL
 *
 * Pages stay until the pool is destroyed. Each has in its struct page the pool that it is of:
 * that is how a block that is freed to the wrong pool is found out in a few instructions.
 *
 * In DEBUG builds, or with P in slub_debug= for all caches, a pool is watched: behind its first
 * words a free block is filled with 0xa7, and looked at when it is taken; a block that is handed
 * out is filled with 0xa9; and one that is freed is looked for in the list of the free.
 *
 * Cost: 22 instructions to take a block, 27 to give it back.
 *
 * Invariants (dma_pool_check()):
 *	I-dmapool-1  the free list has as many blocks as were cut and are not in use
 *	I-dmapool-2  each lies in a page of the pool, knows its own address, and crosses no
 *		     boundary
 *
 * Locking: pools_lock for the list of all pools; pool->lock, below it, for the blocks, with
 * interrupts off. Pages are allocated outside of both.
 *
 * Left out: giving pages back while blocks are in use.
 */
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/poison.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <memkern/report.h>

#include "dma.h"
#include "internal.h"
#include "slab_debug.h"

struct dma_block {
	struct dma_block *next;
	dma_addr_t dma;
};

/* The memory of a dma_alloc_coherent(): one page, or as many as one block needs. */
struct pool_page {
	struct list_head list;
	void *address;
	dma_addr_t dma;
};

struct dma_pool {
	spinlock_t lock; /* the blocks and their counts, pages */
	struct dma_block *free;
	unsigned int active; /* blocks in use */
	bool watched;
	/* What follows is not needed to take a block and to give it back. */
	unsigned int size, blocks;
	unsigned int allocation, boundary; /* the first is a multiple of the second */
	unsigned long bytes;
	struct list_head pages;
	struct device *dev;
	struct list_head list; /* of all pools */
	char name[32];
};

static LIST_HEAD(pools);
static DEFINE_SPINLOCK(pools_lock);

/* --- reports --------------------------------------------------------------------------------------- */

/* "edu 0000:00:04.0: dma_pool_free rings, ... (bad dma)" */
#define pool_report(pool, what, fmt, ...)                                                          \
	(!report_note("%s %s: %s %s, " fmt, dev_driver_string((pool)->dev), dev_name((pool)->dev), \
		      what, (pool)->name, ##__VA_ARGS__) &&                                        \
	 (dev_err((pool)->dev, "%s %s, " fmt "\n", what, (pool)->name, ##__VA_ARGS__), true))

static void report_bad_dma(const struct dma_pool *pool, const void *address, dma_addr_t dma)
{
	pool_report(pool, "dma_pool_free", "%px/%pad (bad dma)", address, &dma);
}

static noinline void check_poison(const struct dma_pool *pool, const struct dma_block *block)
{
	if (memchr_inv(block + 1, POOL_POISON_FREED, pool->size - sizeof(*block)) &&
	    pool_report(pool, "dma_pool_alloc", "%px (corrupted)", block))
		print_hex_dump(KERN_ERR, "", DUMP_PREFIX_OFFSET, 16, 1, block, pool->size, true);
}

/* Under the lock. */
static bool is_free(const struct dma_pool *pool, const void *address)
{
	const struct dma_block *block = pool->free;

	while (block && block != address)
		block = block->next;
	return block != NULL;
}

/* --- blocks --------------------------------------------------------------------------------------- */

/* May there be a block at that offset of a page? */
static bool is_block(const struct dma_pool *pool, unsigned int offset)
{
	unsigned int in_window = offset % pool->boundary;

	return in_window % pool->size == 0 && in_window + pool->size <= pool->boundary;
}

/* Under the lock. */
static void put_block(struct dma_pool *pool, struct dma_block *block, dma_addr_t dma)
{
	block->next = pool->free;
	block->dma = dma;
	pool->free = block;
}

/* Between one boundary and the next, from the last on: the lowest block is on top at the end. */
static void cut(struct dma_pool *pool, const struct pool_page *page)
{
	unsigned int window = pool->allocation, nr;

	while (window) {
		window -= pool->boundary;
		nr = pool->boundary / pool->size;
		pool->blocks += nr;
		while (nr--)
			put_block(pool, page->address + window + nr * pool->size,
				  page->dma + window + nr * pool->size);
	}
}

static bool add_page(struct dma_pool *pool, gfp_t gfp)
{
	struct pool_page *page = kmalloc(sizeof(*page), gfp & ~__GFP_ZERO);
	unsigned long flags;

	if (!page)
		return false;
	page->address = dma_alloc_coherent(pool->dev, pool->allocation, &page->dma, gfp);
	if (!page->address) {
		kfree(page);
		return false;
	}
	if (pool->watched)
		memset(page->address, POOL_POISON_FREED, pool->allocation);
	set_page_private(virt_to_page(page->address), (unsigned long)pool);
	spin_lock_irqsave(&pool->lock, flags);
	list_add(&page->list, &pool->pages);
	pool->bytes += PAGE_ALIGN(pool->allocation);
	cut(pool, page);
	spin_unlock_irqrestore(&pool->lock, flags);
	return true;
}

static __always_inline struct dma_block *take_block_locked(struct dma_pool *pool)
{
	struct dma_block *block;

	spin_lock(&pool->lock);
	block = pool->free;
	if (likely(block)) {
		pool->free = block->next;
		pool->active++;
	}
	spin_unlock(&pool->lock);
	return block;
}

/* Others may have taken the blocks of a new page meanwhile. */
static noinline struct dma_block *take_with_new_page(struct dma_pool *pool, gfp_t gfp)
{
	struct dma_block *block;
	unsigned long flags;

	might_alloc(gfp);
	do {
		local_irq_save(flags);
		block = take_block_locked(pool);
		local_irq_restore(flags);
	} while (!block && add_page(pool, gfp));
	return block;
}

static noinline void fill_block(const struct dma_pool *pool, struct dma_block *block, gfp_t gfp)
{
	if (pool->watched)
		check_poison(pool, block);
	if ((gfp & __GFP_ZERO) || (mm_debug_flags & MM_DEBUG_INIT_ON_ALLOC))
		memset(block, 0, pool->size);
	else if (pool->watched)
		memset(block, POOL_POISON_ALLOCATED, pool->size);
}

void *dma_pool_alloc(struct dma_pool *pool, gfp_t mem_flags, dma_addr_t *handle)
{
	struct dma_block *block = NULL;
	unsigned long flags;

	local_irq_save(flags);
	if (!alloc_is_out_of_context(mem_flags, flags))
		block = take_block_locked(pool);
	local_irq_restore(flags);
	if (unlikely(!block)) {
		block = take_with_new_page(pool, mem_flags);
		if (!block)
			return NULL;
	}
	*handle = block->dma;
	if (unlikely((mem_flags & __GFP_ZERO) | mm_debug_flags | pool->watched))
		fill_block(pool, block, mem_flags);
	return block;
}

/* Before it is in the list. False: it is there already, or is no block, which has been said. */
static noinline bool prepare_free(struct dma_pool *pool, void *address, dma_addr_t dma)
{
	unsigned long flags;
	bool twice;

	if (pool->watched && !is_block(pool, offset_in_page(address))) {
		report_bad_dma(pool, address, dma);
		return false;
	}
	if (pool->watched) {
		spin_lock_irqsave(&pool->lock, flags);
		twice = is_free(pool, address);
		spin_unlock_irqrestore(&pool->lock, flags);
		if (twice) {
			pool_report(pool, "dma_pool_free", "dma %pad already free", &dma);
			return false;
		}
		memset(address, POOL_POISON_FREED, pool->size);
	} else if (mm_debug_flags & MM_DEBUG_INIT_ON_FREE) {
		memset(address, 0, pool->size);
	}
	return true;
}

void dma_pool_free(struct dma_pool *pool, void *vaddr, dma_addr_t dma)
{
	unsigned long flags;

	if (unlikely(dma != __pa(vaddr) ||
		     page_private(virt_to_page(vaddr)) != (unsigned long)pool)) {
		report_bad_dma(pool, vaddr, dma);
		return;
	}
	if (unlikely(mm_debug_flags | pool->watched) && !prepare_free(pool, vaddr, dma))
		return;
	spin_lock_irqsave(&pool->lock, flags);
	put_block(pool, vaddr, dma);
	pool->active--;
	spin_unlock_irqrestore(&pool->lock, flags);
}

/* --- pools -------------------------------------------------------------------------------------------- */

static bool is_watched(const char *name)
{
	return IS_ENABLED(CONFIG_DEBUG) || (slab_debug_flags(name, 0) & SLAB_POISON);
}

struct dma_pool *dma_pool_create(const char *name, struct device *dev, size_t size, size_t align,
				 size_t boundary)
{
	struct dma_pool *pool;
	unsigned long flags;

	if (!dev || (align && !is_power_of_2(align)) || size == 0 || size > INT_MAX)
		return NULL;
	size = ALIGN(max(size, sizeof(struct dma_block)), align ?: 1);
	if (boundary && (boundary < size || !is_power_of_2(boundary)))
		return NULL;
	pool = kzalloc(sizeof(*pool), GFP_KERNEL);
	if (!pool)
		return NULL;
	spin_lock_init(&pool->lock);
	INIT_LIST_HEAD(&pool->pages);
	strscpy(pool->name, name, sizeof(pool->name));
	pool->dev = dev;
	pool->size = size;
	pool->allocation = max_t(size_t, size, PAGE_SIZE);
	pool->boundary = boundary && boundary < pool->allocation ? boundary : pool->allocation;
	pool->watched = is_watched(name);
	spin_lock_irqsave(&pools_lock, flags);
	list_add_tail(&pool->list, &pools);
	spin_unlock_irqrestore(&pools_lock, flags);
	return pool;
}

/* What a device may still write to is nobody's memory any more. */
void dma_pool_destroy(struct dma_pool *pool)
{
	struct pool_page *page, *next;
	unsigned long flags;

	if (unlikely(!pool))
		return;
	might_sleep();
	spin_lock_irqsave(&pools_lock, flags);
	list_del(&pool->list);
	spin_unlock_irqrestore(&pools_lock, flags);
	if (pool->active)
		pool_report(pool, "dma_pool_destroy", "%u blocks busy", pool->active);
	list_for_each_entry_safe(page, next, &pool->pages, list) {
		set_page_private(virt_to_page(page->address), 0);
		if (!pool->active)
			dma_free_coherent(pool->dev, pool->allocation, page->address, page->dma);
		kfree(page);
	}
	kfree(pool);
}

static void destroy_managed(struct device *dev, void *res)
{
	dma_pool_destroy(*(struct dma_pool **)res);
}

static int is_managed(struct device *dev, void *res, void *pool)
{
	return *(struct dma_pool **)res == pool;
}

struct dma_pool *dmam_pool_create(const char *name, struct device *dev, size_t size, size_t align,
				  size_t allocation)
{
	struct dma_pool **managed = devres_alloc(destroy_managed, sizeof(*managed), GFP_KERNEL);

	if (!managed)
		return NULL;
	*managed = dma_pool_create(name, dev, size, align, allocation);
	if (!*managed) {
		devres_free(managed);
		return NULL;
	}
	devres_add(dev, managed);
	return *managed;
}

void dmam_pool_destroy(struct dma_pool *pool)
{
	WARN_ON(devres_release(pool->dev, destroy_managed, is_managed, pool));
}

/* --- who looks ------------------------------------------------------------------------------------------- */

bool dma_pool_get_info(unsigned int nr, struct dma_pool_info *info)
{
	struct dma_pool *pool;
	unsigned long flags;
	bool found = false;

	spin_lock_irqsave(&pools_lock, flags);
	list_for_each_entry(pool, &pools, list) {
		if (nr--)
			continue;
		strscpy(info->name, pool->name, sizeof(info->name));
		strscpy(info->device, dev_name(pool->dev), sizeof(info->device));
		info->size = pool->size;
		info->active = READ_ONCE(pool->active);
		info->blocks = READ_ONCE(pool->blocks);
		info->bytes = READ_ONCE(pool->bytes);
		found = true;
		break;
	}
	spin_unlock_irqrestore(&pools_lock, flags);
	return found;
}

static int check_block(const struct dma_pool *pool, const struct dma_block *block)
{
	if (block->dma == __pa(block) && page_private(virt_to_page(block)) == (unsigned long)pool &&
	    is_block(pool, offset_in_page(block)))
		return 0;
	return mm_problem("I-dmapool-2", "%s: free block %px has dma 0x%llx", pool->name, block,
			  (u64)block->dma);
}

static int check_pool(struct dma_pool *pool)
{
	const struct dma_block *block;
	unsigned int nr = 0;
	int found = 0;

	spin_lock(&pool->lock);
	for (block = pool->free; block && nr <= pool->blocks; block = block->next, nr++) {
		if (!virt_addr_valid(block)) {
			found += mm_problem("I-dmapool-2", "%s: broken link to %px", pool->name,
					    block);
			break;
		}
		found += check_block(pool, block);
	}
	if (nr + pool->active != pool->blocks)
		found += mm_problem("I-dmapool-1", "%s: of %u blocks %u are in use, %u are free",
				    pool->name, pool->blocks, pool->active, nr);
	spin_unlock(&pool->lock);
	return found;
}

int dma_pool_check(void)
{
	struct dma_pool *pool;
	unsigned long flags;
	int found = 0;

	spin_lock_irqsave(&pools_lock, flags);
	list_for_each_entry(pool, &pools, list)
		found += check_pool(pool);
	spin_unlock_irqrestore(&pools_lock, flags);
	return found;
}
