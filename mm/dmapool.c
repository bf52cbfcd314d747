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
 * The free blocks of all pages are one list, each holding the way to the next. It changes by
 * one instruction of the CPU, which compares and swaps the way to the first block and the
 * number of changes together, so that no lock is needed, and no interrupts off:
 *
 *	take a:  (free, changes) = (a, 7)  read a's next: b   (a, 7) still? then (b, 8)
 *
 * Without that number, a might be taken, b taken, and a given back in between: `free` is a
 * again, but its next is no longer b. Pages stay until the pool is destroyed, so whatever is
 * read of a block that somebody else has taken meanwhile is memory.
 *
 * A block's bus address is its physical one, and its page's struct page says which pool it is
 * of: a block that is freed to the wrong pool is found out in a few instructions.
 *
 * In DEBUG builds, or with P in slub_debug= for all caches or one of the pool's name, a pool is
 * watched: behind the way to the next one a free block is filled with 0xa7, and looked at when
 * it is taken; a block that is handed out is filled with 0xa9; and one that is freed is looked
 * for among the free. Watched pools, and those whose blocks are zeroed by init_on_alloc= or
 * init_on_free=, are careful: all is done by the functions here, under the pool's lock.
 *
 * Cost: some 24 instructions to take a block, and as many to give it back; in line, in the caller.
 *
 * Invariants (dma_pool_check()):
 *	I-dmapool-1  the free list ends, after no more blocks than there are
 *	I-dmapool-2  each lies in a page of the pool and crosses no boundary
 *
 * Locking: pools_lock for the list of all pools; pool->lock for its pages and counts, and in a
 * careful pool for the blocks. Both are leaves, with interrupts off.
 *
 * Left out: giving pages back while blocks are in use. How many are in use is not counted, but
 * found out by looking through the free ones.
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

/* The memory of a dma_alloc_coherent(): one page, or as many as one block needs. */
struct pool_page {
	struct list_head list;
	void *address;
	dma_addr_t dma;
};

static LIST_HEAD(pools);
static DEFINE_SPINLOCK(pools_lock);

/* --- reports --------------------------------------------------------------------------------------- */

/* "edu 0000:00:04.0: dma_pool_free rings, ... (bad dma)" */
#define pool_report(pool, what, fmt, ...)                                                          \
	(!report_note("%s %s: %s %s, " fmt, dev_driver_string((pool)->dev), dev_name((pool)->dev), \
		      what, (pool)->name, ##__VA_ARGS__) &&                                        \
	 (dev_err((pool)->dev, "%s %s, " fmt "\n", what, (pool)->name, ##__VA_ARGS__), true))

static void check_poison(const struct dma_pool *pool, const struct dma_block *block)
{
	if (memchr_inv(block + 1, POOL_POISON_FREED, pool->size - sizeof(*block)) &&
	    pool_report(pool, "dma_pool_alloc", "%px (corrupted)", block))
		print_hex_dump(KERN_ERR, "", DUMP_PREFIX_OFFSET, 16, 1, block, pool->size, true);
}

/* --- blocks --------------------------------------------------------------------------------------- */

/* May there be a block of the pool? Of any address. */
static bool is_block(const struct dma_pool *pool, const void *address)
{
	unsigned int in_window = offset_in_page(address) % pool->boundary;

	return virt_addr_valid(address) && __dma_pool_has(pool, address) &&
	       in_window % pool->size == 0 && in_window + pool->size <= pool->boundary;
}

/*
 * How many are free; of a pool that is used meanwhile, about. Stops where the list is not sound,
 * at *bad, or has more than there are, and at `sought`, which is *bad then.
 */
static unsigned int walk_free(const struct dma_pool *pool, const void *sought, const void **bad)
{
	const struct dma_block *block = READ_ONCE(pool->free);
	unsigned int nr = 0;

	for (; block && nr <= pool->blocks; block = READ_ONCE(block->next), nr++)
		if (block == sought || !is_block(pool, block))
			break;
	*bad = block;
	return nr;
}

static bool is_free(const struct dma_pool *pool, const void *address)
{
	const void *met;

	walk_free(pool, address, &met);
	return met == address;
}

static unsigned int nr_active(const struct dma_pool *pool)
{
	const void *bad;

	return pool->blocks - min(walk_free(pool, NULL, &bad), pool->blocks);
}

/* Links the page's blocks, from the last to the first, which is taken first. */
static void cut(struct dma_pool *pool, void *page)
{
	unsigned int window = pool->allocation, nr;
	struct dma_block *first = NULL, *last = NULL;

	while (window) {
		window -= pool->boundary;
		nr = pool->boundary / pool->size;
		pool->blocks += nr;
		while (nr--) {
			struct dma_block *block = page + window + nr * pool->size;

			block->next = first;
			first = block;
			last = last ?: block;
		}
	}
	__dma_pool_push(pool, first, last);
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
	cut(pool, page->address);
	spin_unlock_irqrestore(&pool->lock, flags);
	return true;
}

static struct dma_block *take_careful(struct dma_pool *pool)
{
	struct dma_block *block;
	unsigned long flags;

	spin_lock_irqsave(&pool->lock, flags);
	block = __dma_pool_pop(pool);
	spin_unlock_irqrestore(&pool->lock, flags);
	return block;
}

/* Others may have taken the blocks of a new page meanwhile. */
void *__dma_pool_alloc(struct dma_pool *pool, gfp_t gfp)
{
	struct dma_block *block;

	might_alloc(gfp);
	do {
		block = take_careful(pool);
	} while (!block && add_page(pool, gfp));
	if (!block)
		return NULL;
	if (pool->watched)
		check_poison(pool, block);
	if ((gfp & __GFP_ZERO) || (mm_debug_flags & MM_DEBUG_INIT_ON_ALLOC))
		memset(block, 0, pool->size);
	else if (pool->watched)
		memset(block, POOL_POISON_ALLOCATED, pool->size);
	return block;
}

void __dma_pool_free(struct dma_pool *pool, void *vaddr, dma_addr_t dma)
{
	bool wrong = dma != virt_to_phys(vaddr) || !is_block(pool, vaddr), twice;
	unsigned long flags;

	if (wrong) {
		pool_report(pool, "dma_pool_free", "%px/%pad (bad dma)", vaddr, &dma);
		return;
	}
	spin_lock_irqsave(&pool->lock, flags);
	twice = pool->watched && is_free(pool, vaddr);
	if (!twice) {
		memset(vaddr, pool->watched ? POOL_POISON_FREED : 0, pool->size);
		__dma_pool_push(pool, vaddr, vaddr);
	}
	spin_unlock_irqrestore(&pool->lock, flags);
	if (twice)
		pool_report(pool, "dma_pool_free", "dma %pad already free", &dma);
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
	pool->careful = pool->watched ||
			(mm_debug_flags & (MM_DEBUG_INIT_ON_ALLOC | MM_DEBUG_INIT_ON_FREE));
	spin_lock_irqsave(&pools_lock, flags);
	list_add_tail(&pool->list, &pools);
	spin_unlock_irqrestore(&pools_lock, flags);
	return pool;
}

/* What a device may still write to is nobody's memory any more. */
void dma_pool_destroy(struct dma_pool *pool)
{
	struct pool_page *page, *next;
	unsigned int active;
	unsigned long flags;

	if (unlikely(!pool))
		return;
	might_sleep();
	active = nr_active(pool);
	spin_lock_irqsave(&pools_lock, flags);
	list_del(&pool->list);
	spin_unlock_irqrestore(&pools_lock, flags);
	if (active)
		pool_report(pool, "dma_pool_destroy", "%u blocks busy", active);
	list_for_each_entry_safe(page, next, &pool->pages, list) {
		set_page_private(virt_to_page(page->address), 0);
		if (!active)
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
		info->active = nr_active(pool);
		info->blocks = READ_ONCE(pool->blocks);
		info->bytes = READ_ONCE(pool->bytes);
		found = true;
		break;
	}
	spin_unlock_irqrestore(&pools_lock, flags);
	return found;
}

/* A block that was taken during the walk holds its user's bytes, and nothing is found out. */
static int check_pool(struct dma_pool *pool)
{
	unsigned long changes = READ_ONCE(pool->changes);
	const void *bad;
	unsigned int nr = walk_free(pool, NULL, &bad);

	if (!bad || READ_ONCE(pool->changes) != changes)
		return 0;
	if (nr > pool->blocks)
		return mm_problem("I-dmapool-1", "%s: the list of the free has more than %u blocks",
				  pool->name, pool->blocks);
	return mm_problem("I-dmapool-2", "%s: %px is in the list of the free, but no block",
			  pool->name, bad);
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
