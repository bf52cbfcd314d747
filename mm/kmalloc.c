// SPDX-License-Identifier: MIT
/*
 * kmalloc: memory by the byte.
 *
 * Thirteen sizes have a cache each, and a request takes the smallest that fits:
 *
 *	8 16 32 64 96 128 192 256 512 1024 2048 4096 8192
 *
 * Powers of two waste a quarter on average; 96 and 192 are there since requests a little
 * above 64 and 128 are frequent. What is larger than 8192 bytes comes from the page
 * allocator as it is, as a compound page, so that kfree() knows how much it was.
 *
 * Each size exists three times: plain, for ISA DMA (below 16 MiB), and reclaimable (in
 * pageblocks of that type).
 *
 * Worked example: kmalloc(100, GFP_KERNEL) takes an object of kmalloc-128; the compiler
 * found out, as 100 is a constant: no code runs for it. kmalloc(n, ...) looks up
 * size_index[(n - 1) / 8], up to 192 bytes, or takes the position of the highest bit.
 *
 * kfree() finds the page of the address, its PG_slab flag, and the page's cache. A page
 * without that flag is a large object if it is the head of a compound page or was
 * allocated here; anything else is a caller's mistake, which is reported and harms nobody.
 *
 * Cost: as a slab cache's, plus about ten instructions to find the cache.
 *
 * Invariants: those of slab.c.
 *
 * Locking: none of its own. Contexts as in linux/slab.h.
 *
 * Left out: caches for accounted objects (kmalloc-cg-*): __GFP_ACCOUNT has no effect.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <memkern/report.h>

#include "slab.h"

struct kmem_cache *kmalloc_caches[NR_KMALLOC_TYPES][KMALLOC_SHIFT_HIGH + 1];

#define SIZE_INDEX_MOST 192

/* The index of sizes up to 192, by (size - 1) / 8. */
static const u8 size_index[SIZE_INDEX_MOST / 8] = {
	3, 4, 5, 5, 6, 6, 6, 6, /*   8 ..  64 */
	1, 1, 1, 1, 7, 7, 7, 7, /*  72 .. 128 */
	2, 2, 2, 2, 2, 2, 2, 2, /* 136 .. 192 */
};

static const struct {
	unsigned int size;
	const char *name[NR_KMALLOC_TYPES];
} kmalloc_info[KMALLOC_SHIFT_HIGH + 1] = {
#define INFO(size, text)                                                          \
	{                                                                         \
		size,                                                             \
		{                                                                 \
			"kmalloc-" text, "dma-kmalloc-" text, "kmalloc-rcl-" text \
		}                                                                 \
	}
	[1] = INFO(96, "96"),	 [2] = INFO(192, "192"),  [3] = INFO(8, "8"),
	[4] = INFO(16, "16"),	 [5] = INFO(32, "32"),	  [6] = INFO(64, "64"),
	[7] = INFO(128, "128"),	 [8] = INFO(256, "256"),  [9] = INFO(512, "512"),
	[10] = INFO(1024, "1k"), [11] = INFO(2048, "2k"), [12] = INFO(4096, "4k"),
	[13] = INFO(8192, "8k"),
#undef INFO
};

void __init create_kmalloc_caches(void)
{
	static const slab_flags_t flags[NR_KMALLOC_TYPES] = {
		[KMALLOC_DMA] = SLAB_CACHE_DMA,
		[KMALLOC_RECLAIM] = SLAB_RECLAIM_ACCOUNT,
	};
	unsigned int type, i;

	for (type = 0; type < NR_KMALLOC_TYPES; type++)
		for (i = 1; i <= KMALLOC_SHIFT_HIGH; i++)
			kmalloc_caches[type][i] = create_kmalloc_cache(
				kmalloc_info[i].name[type], kmalloc_info[i].size, flags[type]);
}

/* Sizes from 1 to KMALLOC_MAX_CACHE_SIZE. */
static inline unsigned int size_to_index(size_t size)
{
	return size <= SIZE_INDEX_MOST ? size_index[(size - 1) / 8] : (unsigned int)fls(size - 1);
}

void *__kmalloc(size_t size, gfp_t gfp)
{
	if (unlikely(size - 1 >= KMALLOC_MAX_CACHE_SIZE))
		return size ? kmalloc_large(size, gfp) : ZERO_SIZE_PTR;
	return slab_alloc(kmalloc_caches[kmalloc_type(gfp)][size_to_index(size)], gfp, size);
}

void *kmalloc_large(size_t size, gfp_t gfp)
{
	struct page *page = alloc_pages(fix_gfp_flags(gfp) | __GFP_COMP, get_order(size));

	return page ? page_to_virt(page) : NULL;
}

/* --- freeing, and how much it is --------------------------------------------------------- */

/* An object's page: any address may be asked for, also one that no page is behind. */
static __always_inline bool object_in_slab(const void *object)
{
	return likely(__virt_to_mem_map_base(object)) &&
	       likely(virt_to_page(object)->flags & (1UL << PG_slab));
}

static __always_inline struct kmem_cache *cache_of(const void *object)
{
	return ((struct slab *)virt_to_page(object))->slab_cache;
}

/* Once a boot. Where a case declared the warning, the page is not of interest either. */
static void report_not_kmalloc(const void *object, struct page *page)
{
	static bool __section(".data.once") reported;
	struct report_counts before, after;

	if (reported)
		return;
	reported = true;
	report_get_counts(&before);
	WARN(1, "Not a kmalloc allocation: kfree(%px)", object);
	report_get_counts(&after);
	if (page && after.declared == before.declared)
		dump_page(page, "Not a kmalloc allocation");
}

static noinline void kfree_large(const void *object)
{
	struct page *page = __virt_to_mem_map_base(object) ? virt_to_page(object) : NULL;

	if (likely(page && PageHead(page) && PAGE_ALIGNED(object)))
		__free_pages(page, compound_order(page));
	else if (!ZERO_OR_NULL_PTR(object))
		report_not_kmalloc(object, page);
}

/* NULL and ZERO_SIZE_PTR are in no slab either: they are told apart off the fast path. */
void kfree(const void *object)
{
	if (likely(object_in_slab(object)))
		slab_free(cache_of(object), (void *)object);
	else
		kfree_large(object);
}

size_t ksize(const void *object)
{
	if (ZERO_OR_NULL_PTR(object))
		return 0;
	if (object_in_slab(object))
		return slab_usable_size(cache_of(object), (void *)object);
	if (WARN_ON(!virt_addr_valid(object)))
		return 0;
	return page_size(virt_to_head_page(object));
}

size_t kmalloc_size_roundup(size_t size)
{
	if (size && size <= KMALLOC_MAX_CACHE_SIZE)
		return kmalloc_info[size_to_index(size)].size;
	return size && size <= KMALLOC_MAX_SIZE ? PAGE_SIZE << get_order(size) : size;
}

/* As ksize(), but what was not asked for stays a red zone where there is one. */
static size_t content_size(const void *object)
{
	return object_in_slab(object) ? slab_requested_size(cache_of(object), object)
				      : ksize(object);
}

void kfree_sensitive(const void *object)
{
	size_t size = content_size(object);

	if (size)
		memzero_explicit((void *)object, size);
	kfree(object);
}

void *krealloc(const void *object, size_t size, gfp_t gfp)
{
	struct kmem_cache *cache = object_in_slab(object) ? cache_of(object) : NULL;
	size_t old = content_size(object);
	void *moved;

	if (!size) {
		kfree(object);
		return ZERO_SIZE_PTR;
	}
	if (old && size <= (cache ? cache->object_size : old)) {
		if (cache)
			slab_debug_resize(cache, (void *)object, size, gfp);
		return (void *)object;
	}
	moved = __kmalloc(size, gfp);
	if (moved && old) {
		memcpy(moved, object, old);
		kfree(object);
	}
	return moved;
}
