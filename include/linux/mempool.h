/* SPDX-License-Identifier: MIT */
/*
 * Memory pools: min_nr elements are set aside, so that work which frees memory can go on when
 * there is none. mm/mempool.c says what the promise is worth.
 *
 * mempool_alloc() with flags that may sleep never returns NULL; with others only if the reserve
 * is empty. It, mempool_alloc_preallocated() and mempool_free() are for any context but NMI, by
 * the flags; the rest is for process context. Elements are freed before their pool is.
 */
#ifndef _LINUX_MEMPOOL_H
#define _LINUX_MEMPOOL_H

#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/numa.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

struct kmem_cache;

typedef void *(mempool_alloc_t)(gfp_t gfp, void *pool_data);
typedef void(mempool_free_t)(void *element, void *pool_data);

typedef struct mempool_s {
	spinlock_t lock; /* curr_nr, min_nr, elements */
	int min_nr;	 /* so many are to be in the reserve */
	int curr_nr;	 /* so many are */
	void **elements;
	void *pool_data; /* for alloc and free */
	mempool_alloc_t *alloc;
	mempool_free_t *free;
	wait_queue_head_t wait; /* for an element */
	struct list_head list;	/* of all pools */
} mempool_t;

static inline bool mempool_initialized(const mempool_t *pool)
{
	return pool->elements != NULL;
}

static inline bool mempool_is_saturated(const mempool_t *pool)
{
	return READ_ONCE(pool->curr_nr) >= pool->min_nr;
}

/* In the caller's memory: 0, or -ENOMEM. mempool_exit() of one that is all zero does nothing. */
int mempool_init(mempool_t *pool, int min_nr, mempool_alloc_t *alloc, mempool_free_t *free,
		 void *pool_data);
int mempool_init_node(mempool_t *pool, int min_nr, mempool_alloc_t *alloc, mempool_free_t *free,
		      void *pool_data, gfp_t gfp, int node);
void mempool_exit(mempool_t *pool);

/* In memory of its own: NULL without memory. NULL may be destroyed. */
mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free,
			  void *pool_data);
mempool_t *mempool_create_node(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free,
			       void *pool_data, gfp_t gfp, int node);
void mempool_destroy(mempool_t *pool);

/*
 * Another min_nr, above 0: 0, or -ENOMEM and nothing has changed. A reserve that grows may be
 * full only when more has been freed. Not while another resizes the pool.
 */
int mempool_resize(mempool_t *pool, int min_nr);

void *mempool_alloc(mempool_t *pool, gfp_t gfp) __malloc;
/* From the reserve or not at all; never sleeps. (Linux has it since 6.7.) */
void *mempool_alloc_preallocated(mempool_t *pool) __malloc;
void mempool_free(void *element, mempool_t *pool);

/* --- pools over slab caches, kmalloc() and pages ----------------------------------------- */

void *mempool_alloc_slab(gfp_t gfp, void *cache);
void mempool_free_slab(void *element, void *cache);
void *mempool_kmalloc(gfp_t gfp, void *size);
void mempool_kfree(void *element, void *size);
void *mempool_alloc_pages(gfp_t gfp, void *order);
void mempool_free_pages(void *page, void *order);

#define mempool_init_slab_pool(pool, min_nr, cache) \
	mempool_init(pool, min_nr, mempool_alloc_slab, mempool_free_slab, (void *)(cache))
#define mempool_create_slab_pool(min_nr, cache) \
	mempool_create(min_nr, mempool_alloc_slab, mempool_free_slab, (void *)(cache))
#define mempool_init_kmalloc_pool(pool, min_nr, size) \
	mempool_init(pool, min_nr, mempool_kmalloc, mempool_kfree, (void *)(size_t)(size))
#define mempool_create_kmalloc_pool(min_nr, size) \
	mempool_create(min_nr, mempool_kmalloc, mempool_kfree, (void *)(size_t)(size))
#define mempool_init_page_pool(pool, min_nr, order) \
	mempool_init(pool, min_nr, mempool_alloc_pages, mempool_free_pages, (void *)(long)(order))
#define mempool_create_page_pool(min_nr, order) \
	mempool_create(min_nr, mempool_alloc_pages, mempool_free_pages, (void *)(long)(order))

#endif
