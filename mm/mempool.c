// SPDX-License-Identifier: MIT
/*
 * Memory pools: a promise that an allocation succeeds.
 *
 * Who writes dirty pages out to free memory needs a little memory to do so. If it could be
 * refused, or had to wait for memory, nothing would ever be freed. A pool sets min_nr elements
 * aside when it is made, and touches them only when the allocator behind it has none:
 *
 *	mempool_alloc:  1. alloc(), which neither sleeps nor uses the system's reserves
 *			2. the pool's reserve          elements: [a][b][c][ ][ ]  min_nr 5
 *			3. alloc(), which may reclaim                    ^curr_nr 3
 *			4. sleep until an element is freed, 5 s at most; from 2 on again
 *	mempool_free:	the reserve is filled first; what is too much goes to free()
 *
 * Steps 3 and 4 are for flags that may sleep. Worked example: a pool of 2, memory is used up. Two
 * requests take b and a; the third sleeps. The first frees b: it goes into the reserve, the
 * third is woken and takes it. So with n elements each request is served in the end, if those
 * before it end without needing another element: who needs two of one pool may wait for ever.
 *
 * The promise is this, and tests count it, as a pool does not know what is outstanding:
 *
 *	curr_nr + elements that were allocated and not yet freed  >=  min_nr
 *
 * Cost: about 45 instructions a pair above the allocator behind it, while that has memory.
 *
 * Invariants (mempool_check()):
 *	I-mempool-1  0 <= curr_nr <= min_nr
 *	I-mempool-2  each of the first curr_nr elements is one
 *
 * Locking: pool->lock, with interrupts off, a leaf: alloc(), free() and wake-ups are outside of
 * it. Contexts as in linux/mempool.h.
 *
 * Left out: poisoning the reserve.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"

#define WAIT_AT_MOST (5 * HZ)

static LIST_HEAD(pools);
static DEFINE_SPINLOCK(pools_lock);

/* False: it was full. */
static bool put_in_reserve(mempool_t *pool, void *element)
{
	unsigned long flags;
	bool room;

	spin_lock_irqsave(&pool->lock, flags);
	room = pool->curr_nr < pool->min_nr;
	if (room)
		pool->elements[pool->curr_nr++] = element;
	spin_unlock_irqrestore(&pool->lock, flags);
	return room;
}

/* NULL: no more than `keep` were left. */
static void *take_from_reserve(mempool_t *pool, int keep)
{
	void *element = NULL;
	unsigned long flags;

	spin_lock_irqsave(&pool->lock, flags);
	if (pool->curr_nr > keep)
		element = pool->elements[--pool->curr_nr];
	spin_unlock_irqrestore(&pool->lock, flags);
	return element;
}

/* --- making and ending ---------------------------------------------------------------- */

static int fill(mempool_t *pool, gfp_t gfp)
{
	while (!mempool_is_saturated(pool)) {
		void *element = pool->alloc(gfp, pool->pool_data);

		if (!element)
			return -ENOMEM;
		mempool_free(element, pool);
	}
	return 0;
}

int mempool_init_node(mempool_t *pool, int min_nr, mempool_alloc_t *alloc, mempool_free_t *free,
		      void *pool_data, gfp_t gfp, int node)
{
	unsigned long flags;

	spin_lock_init(&pool->lock);
	init_waitqueue_head(&pool->wait);
	pool->min_nr = min_nr;
	pool->curr_nr = 0;
	pool->pool_data = pool_data;
	pool->alloc = alloc;
	pool->free = free;
	pool->elements = kmalloc_array_node(min_nr, sizeof(void *), gfp, node);
	if (!pool->elements)
		return -ENOMEM;
	spin_lock_irqsave(&pools_lock, flags);
	list_add(&pool->list, &pools);
	spin_unlock_irqrestore(&pools_lock, flags);
	if (!fill(pool, gfp))
		return 0;
	mempool_exit(pool);
	return -ENOMEM;
}

int mempool_init(mempool_t *pool, int min_nr, mempool_alloc_t *alloc, mempool_free_t *free,
		 void *pool_data)
{
	return mempool_init_node(pool, min_nr, alloc, free, pool_data, GFP_KERNEL, NUMA_NO_NODE);
}

void mempool_exit(mempool_t *pool)
{
	unsigned long flags;
	void *element;

	if (!mempool_initialized(pool))
		return;
	spin_lock_irqsave(&pools_lock, flags);
	list_del(&pool->list);
	spin_unlock_irqrestore(&pools_lock, flags);
	while ((element = take_from_reserve(pool, 0)))
		pool->free(element, pool->pool_data);
	kfree(pool->elements);
	pool->elements = NULL;
}

mempool_t *mempool_create_node(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free,
			       void *pool_data, gfp_t gfp, int node)
{
	mempool_t *pool = kmalloc_node(sizeof(*pool), gfp, node);

	if (pool && mempool_init_node(pool, min_nr, alloc, free, pool_data, gfp, node)) {
		kfree(pool);
		pool = NULL;
	}
	return pool;
}

mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free, void *pool_data)
{
	return mempool_create_node(min_nr, alloc, free, pool_data, GFP_KERNEL, NUMA_NO_NODE);
}

void mempool_destroy(mempool_t *pool)
{
	if (!pool)
		return;
	mempool_exit(pool);
	kfree(pool);
}

int mempool_resize(mempool_t *pool, int min_nr)
{
	void *element, **elements = NULL;

	BUG_ON(min_nr <= 0);
	might_sleep();
	if (min_nr > pool->min_nr) {
		elements = kmalloc_array(min_nr, sizeof(*elements), GFP_KERNEL);
		if (!elements)
			return -ENOMEM;
	}
	for (;;) {
		spin_lock_irq(&pool->lock);
		if (pool->curr_nr <= min_nr)
			break;
		spin_unlock_irq(&pool->lock);
		element = take_from_reserve(pool, min_nr);
		if (element)
			pool->free(element, pool->pool_data);
	}
	if (elements) {
		memcpy(elements, pool->elements, pool->curr_nr * sizeof(*elements));
		swap(elements, pool->elements);
	}
	pool->min_nr = min_nr;
	spin_unlock_irq(&pool->lock);
	if (elements)
		fill(pool, GFP_KERNEL);
	kfree(elements);
	return 0;
}

/* --- allocating and freeing ------------------------------------------------------------ */

void *mempool_alloc_preallocated(mempool_t *pool)
{
	return take_from_reserve(pool, 0);
}

/* Looks once more after it has joined the queue: who frees then wakes it. */
static void *wait_for_element(mempool_t *pool)
{
	DEFINE_WAIT(wait);
	void *element;

	prepare_to_wait(&pool->wait, &wait, TASK_UNINTERRUPTIBLE);
	element = take_from_reserve(pool, 0);
	if (!element)
		schedule_timeout(WAIT_AT_MOST);
	finish_wait(&pool->wait, &wait);
	return element;
}

static noinline void *alloc_without_memory(mempool_t *pool, gfp_t gfp)
{
	void *element = take_from_reserve(pool, 0);

	while (!element && gfpflags_allow_blocking(gfp)) {
		element = pool->alloc(gfp, pool->pool_data);
		if (!element)
			element = wait_for_element(pool);
		if (!element)
			element = take_from_reserve(pool, 0);
	}
	return element;
}

void *mempool_alloc(mempool_t *pool, gfp_t gfp)
{
	void *element;

	VM_WARN_ON_ONCE(gfp & __GFP_ZERO);
	might_alloc(gfp);
	gfp |= __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN;
	element = pool->alloc(gfp & ~(__GFP_DIRECT_RECLAIM | __GFP_IO), pool->pool_data);
	return likely(element) ? element : alloc_without_memory(pool, gfp);
}

static noinline void refill(void *element, mempool_t *pool)
{
	if (put_in_reserve(pool, element))
		wake_up(&pool->wait);
	else
		pool->free(element, pool->pool_data);
}

/*
 * The look without the lock may be stale, but not as to this element: if it came from the
 * reserve, that has been one less since, for everybody who got the element handed on.
 */
void mempool_free(void *element, mempool_t *pool)
{
	if (unlikely(!element))
		return;
	smp_rmb();
	if (likely(mempool_is_saturated(pool)))
		pool->free(element, pool->pool_data);
	else
		refill(element, pool);
}

/* --- what is behind a pool -------------------------------------------------------------- */

void *mempool_alloc_slab(gfp_t gfp, void *cache)
{
	return kmem_cache_alloc(cache, gfp);
}

void mempool_free_slab(void *element, void *cache)
{
	kmem_cache_free(cache, element);
}

void *mempool_kmalloc(gfp_t gfp, void *size)
{
	return kmalloc((size_t)size, gfp);
}

void mempool_kfree(void *element, void *size)
{
	kfree(element);
}

void *mempool_alloc_pages(gfp_t gfp, void *order)
{
	return alloc_pages(gfp, (unsigned long)order);
}

void mempool_free_pages(void *page, void *order)
{
	__free_pages(page, (unsigned long)order);
}

/* --- checking ----------------------------------------------------------------------------- */

int mempool_check(void)
{
	const mempool_t *pool;
	unsigned long flags;
	int found = 0, i;

	spin_lock_irqsave(&pools_lock, flags);
	list_for_each_entry(pool, &pools, list) {
		if (pool->curr_nr < 0 || pool->curr_nr > pool->min_nr) {
			found += mm_problem("I-mempool-1", "pool %px: %d of %d elements", pool,
					    pool->curr_nr, pool->min_nr);
			continue;
		}
		for (i = 0; i < pool->curr_nr; i++)
			if (!pool->elements[i])
				found += mm_problem("I-mempool-2", "pool %px: element %d is none",
						    pool, i);
	}
	spin_unlock_irqrestore(&pools_lock, flags);
	return found;
}
