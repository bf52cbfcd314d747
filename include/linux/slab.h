/* SPDX-License-Identifier: MIT */
/*
 * Objects: slab caches, and the kmalloc family on top of them.
 *
 * kmalloc() gives at least `size` bytes, aligned to 8, and to the size itself if that is
 * a power of two; NULL if there are none to be had. Size 0 gives ZERO_SIZE_PTR, which may
 * be freed but not touched. At most KMALLOC_MAX_SIZE, physically contiguous. (Older books
 * give 128 KiB as the portable limit.) Whether a call may sleep is in the flags, as for
 * alloc_pages(). The frees never sleep; NULL is fine.
 *
 * Allocation with GFP_ATOMIC or GFP_NOWAIT and the frees are for any context but NMI;
 * creating and destroying caches is for process context. Behaviour: Linux 6.1.
 */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/gfp.h>
#include <linux/numa.h>
#include <linux/overflow.h>
#include <linux/types.h>

/* --- caches -------------------------------------------------------------------------- */

typedef unsigned int slab_flags_t;

#define SLAB_CONSISTENCY_CHECKS 0x00000100U /* check what is freed: slub_debug=F */
#define SLAB_RED_ZONE		0x00000400U /* bytes around the object that must not change: Z */
#define SLAB_POISON		0x00000800U /* known contents while free: P */
#define SLAB_KMALLOC		0x00001000U /* a kmalloc cache */
#define SLAB_HWCACHE_ALIGN	0x00002000U /* objects begin on cache lines, if they are large enough */
#define SLAB_CACHE_DMA		0x00004000U /* from ZONE_DMA */
#define SLAB_CACHE_DMA32	0x00008000U
#define SLAB_STORE_USER		0x00010000U /* who allocated and freed it last: U */
#define SLAB_RECLAIM_ACCOUNT	0x00020000U /* objects can be reclaimed: their pages are grouped */
#define SLAB_PANIC		0x00040000U /* panic if the cache cannot be created */
#define SLAB_TYPESAFE_BY_RCU	0x00080000U /* memory stays of this type for an RCU grace period */
#define SLAB_MEM_SPREAD		0x00100000U
#define SLAB_TRACE		0x00200000U /* print each allocation and free: T */
#define SLAB_NOLEAKTRACE	0x00800000U
#define SLAB_NO_MERGE		0x01000000U /* never share its slabs with another cache */
#define SLAB_FAILSLAB		0x02000000U
#define SLAB_ACCOUNT		0x04000000U
#define SLAB_NO_USER_FLAGS	0x10000000U /* slub_debug= does not apply */

struct kmem_cache;

/*
 * A cache of objects of one size. The constructor runs once for each object, when its
 * slab is made: an object is freed in the state in which it was constructed. NULL if
 * the arguments make no sense or memory is short; SLAB_PANIC panics instead.
 */
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *object));
/* The same, where user space may read and write [useroffset, useroffset + usersize) of an object. */
struct kmem_cache *kmem_cache_create_usercopy(const char *name, unsigned int size,
					      unsigned int align, slab_flags_t flags,
					      unsigned int useroffset, unsigned int usersize,
					      void (*ctor)(void *object));
/* A cache with live objects is reported and its memory kept. NULL is fine. */
void kmem_cache_destroy(struct kmem_cache *cache);
/* Gives empty slabs back; 0 if the cache has no slab left. */
int kmem_cache_shrink(struct kmem_cache *cache);
unsigned int kmem_cache_size(struct kmem_cache *cache);
bool slab_is_available(void);
/*
 * Looks through all objects of a cache, reports what debugging finds wrong with them and
 * with its lists, and restores it. Returns how many problems there were. Process context.
 */
long validate_slab_cache(struct kmem_cache *cache);

#define KMEM_CACHE(type, flags) \
	kmem_cache_create(#type, sizeof(struct type), __alignof__(struct type), (flags), NULL)

void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp) __malloc;
void kmem_cache_free(struct kmem_cache *cache, void *object);

static inline void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t gfp)
{
	return kmem_cache_alloc(cache, gfp | __GFP_ZERO);
}

#define kmem_cache_alloc_node(cache, gfp, node) ((void)(node), kmem_cache_alloc(cache, gfp))

/* All n objects or none: returns n or 0. With interrupts enabled. */
int kmem_cache_alloc_bulk(struct kmem_cache *cache, gfp_t gfp, size_t n, void **objects);
/* Objects of one cache, or, with NULL, of any. */
void kmem_cache_free_bulk(struct kmem_cache *cache, size_t n, void **objects);
#define kfree_bulk(n, objects) kmem_cache_free_bulk(NULL, n, objects)

/* --- kmalloc ---------------------------------------------------------------------------- */

#define ARCH_KMALLOC_MINALIGN __alignof__(unsigned long long)
#define ARCH_SLAB_MINALIGN    __alignof__(unsigned long long)

#define KMALLOC_SHIFT_LOW      3
#define KMALLOC_SHIFT_HIGH     (PAGE_SHIFT + 1)
#define KMALLOC_MIN_SIZE       (1 << KMALLOC_SHIFT_LOW)
#define KMALLOC_MAX_CACHE_SIZE (1UL << KMALLOC_SHIFT_HIGH)
#define KMALLOC_MAX_ORDER      MAX_PAGE_ORDER
#define KMALLOC_MAX_SIZE       (PAGE_SIZE << KMALLOC_MAX_ORDER)

#define ZERO_SIZE_PTR	    ((void *)16)
#define ZERO_OR_NULL_PTR(p) ((unsigned long)(p) <= (unsigned long)ZERO_SIZE_PTR)

enum kmalloc_cache_type { KMALLOC_NORMAL, KMALLOC_DMA, KMALLOC_RECLAIM, NR_KMALLOC_TYPES };

/* By type and index: 1 is 96 bytes, 2 is 192, n from 3 on is 2^n. */
extern struct kmem_cache *kmalloc_caches[NR_KMALLOC_TYPES][KMALLOC_SHIFT_HIGH + 1];

static __always_inline enum kmalloc_cache_type kmalloc_type(gfp_t gfp)
{
	if (likely(!(gfp & (__GFP_DMA | __GFP_RECLAIMABLE))))
		return KMALLOC_NORMAL;
	return gfp & __GFP_DMA ? KMALLOC_DMA : KMALLOC_RECLAIM;
}

/* The class of a size, from 1 to KMALLOC_MAX_CACHE_SIZE. Free where the size is a constant. */
static __always_inline unsigned int kmalloc_index(size_t size)
{
	if (size <= KMALLOC_MIN_SIZE)
		return KMALLOC_SHIFT_LOW;
	if (size > 64 && size <= 96)
		return 1;
	if (size > 128 && size <= 192)
		return 2;
	return fls(size - 1);
}

void *__kmalloc(size_t size, gfp_t gfp) __malloc;
void *kmalloc_trace(struct kmem_cache *cache, gfp_t gfp, size_t size) __malloc;
void *kmalloc_large(size_t size, gfp_t gfp) __malloc;

static __always_inline void *kmalloc(size_t size, gfp_t gfp)
{
	if (__builtin_constant_p(size) && size) {
		if (size > KMALLOC_MAX_CACHE_SIZE)
			return kmalloc_large(size, gfp);
		return kmalloc_trace(kmalloc_caches[kmalloc_type(gfp)][kmalloc_index(size)], gfp,
				     size);
	}
	return __kmalloc(size, gfp);
}

static __always_inline void *kzalloc(size_t size, gfp_t gfp)
{
	return kmalloc(size, gfp | __GFP_ZERO);
}

/* n * size bytes; NULL, without a word, where that overflows. */
static __always_inline void *kmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	size_t bytes;

	if (unlikely(check_mul_overflow(n, size, &bytes)))
		return NULL;
	return kmalloc(bytes, gfp);
}

static __always_inline void *kcalloc(size_t n, size_t size, gfp_t gfp)
{
	return kmalloc_array(n, size, gfp | __GFP_ZERO);
}

#define kmalloc_node(size, gfp, node)		   kmalloc(size, gfp)
#define kzalloc_node(size, gfp, node)		   kzalloc(size, gfp)
#define kmalloc_array_node(n, size, gfp, node)	   kmalloc_array(n, size, gfp)
#define kcalloc_node(n, size, gfp, node)	   kcalloc(n, size, gfp)
#define kmalloc_track_caller(size, gfp)		   __kmalloc(size, gfp)
#define kmalloc_node_track_caller(size, gfp, node) __kmalloc(size, gfp)

void kfree(const void *object);
/* The same; what was in it is overwritten first. */
void kfree_sensitive(const void *object);
#define kzfree(object)	      kfree_sensitive(object) /* up to 5.9 */
#define kfree_s(object, size) kfree(object)	      /* up to 2.2: the size is known */

/*
 * Another size, the contents kept as far as both go. The old object stays the caller's if
 * NULL is returned. krealloc(NULL, n) is kmalloc(n); krealloc(p, 0) frees and gives
 * ZERO_SIZE_PTR.
 */
void *__must_check krealloc(const void *object, size_t size, gfp_t gfp);

static inline void *__must_check krealloc_array(void *object, size_t n, size_t size, gfp_t gfp)
{
	size_t bytes;

	if (unlikely(check_mul_overflow(n, size, &bytes)))
		return NULL;
	return krealloc(object, bytes, gfp);
}

/* How many bytes of it may be used; 0 for NULL and ZERO_SIZE_PTR. */
size_t ksize(const void *object);
/* What kmalloc(size) would give. */
size_t kmalloc_size_roundup(size_t size);

/* --- kvmalloc: kmalloc(), or vmalloc() where contiguous memory is short ---------------------- */

/*
 * Up to a page it is kmalloc(); flags that may not sleep get no more than that either. With
 * others above a page vmalloc() serves what kmalloc() refuses. More than INT_MAX bytes are a
 * bug of the caller's: a warning, and NULL. The memory is contiguous by its addresses only.
 */
void *kvmalloc_node(size_t size, gfp_t gfp, int node) __malloc;

#define kvmalloc(size, gfp)	       kvmalloc_node(size, gfp, NUMA_NO_NODE)
#define kvzalloc(size, gfp)	       kvmalloc(size, (gfp) | __GFP_ZERO)
#define kvzalloc_node(size, gfp, node) kvmalloc_node(size, (gfp) | __GFP_ZERO, node)

/* n * size bytes; NULL, without a word, where that overflows. */
static inline void *kvmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	size_t bytes;

	return check_mul_overflow(n, size, &bytes) ? NULL : kvmalloc(bytes, gfp);
}

static inline void *kvcalloc(size_t n, size_t size, gfp_t gfp)
{
	return kvmalloc_array(n, size, gfp | __GFP_ZERO);
}

/*
 * More room: moves if `size` is above `old_size`, and otherwise is the same memory. It stays
 * the caller's if NULL is returned.
 */
void *__must_check kvrealloc(const void *memory, size_t old_size, size_t size, gfp_t gfp);

/* Memory of kmalloc(), vmalloc() or kvmalloc(), or NULL. Any context but NMI. */
void kvfree(const void *memory);
/* The same; what was in it is overwritten first. */
void kvfree_sensitive(const void *memory, size_t size);

#endif
