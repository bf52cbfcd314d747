/* SPDX-License-Identifier: MIT */
/* What the slab allocator's files share: slab.c, slab_debug.c, kmalloc.c. */
#ifndef _MM_SLAB_H
#define _MM_SLAB_H

#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/swab.h>

#include "internal.h"

/*
 * A slab: the pages that objects lie in. Its description lies over the struct page
 * of its first page. Each page of it has PG_slab and the cache, so that an object's
 * cache is found from whichever page it begins in.
 */
struct slab {
	unsigned long __page_flags;
	union {
		struct list_head slab_list; /* in the node's partial list (or, debugging, full) */
		struct rcu_head rcu_head;   /* in no list any more, and read by who has no lock */
	};
	struct kmem_cache *slab_cache;
	void *freelist; /* its free objects that no CPU has */
	u16 inuse;	/* its objects that are not in freelist: with a CPU, or allocated */
	u16 objects;
#if __SIZEOF_LONG__ == 8
	u32 __padding;
#endif
	unsigned int __page_type;
	atomic_t __page_refcount;
};

#define SLAB_MATCHES_PAGE(slab_member, page_member) \
	static_assert(offsetof(struct slab, slab_member) == offsetof(struct page, page_member))
SLAB_MATCHES_PAGE(__page_flags, flags);
SLAB_MATCHES_PAGE(slab_list, lru);
SLAB_MATCHES_PAGE(slab_cache, mapping);
SLAB_MATCHES_PAGE(freelist, index);
SLAB_MATCHES_PAGE(inuse, private);
SLAB_MATCHES_PAGE(__page_type, page_type);
SLAB_MATCHES_PAGE(__page_refcount, _refcount);
static_assert(sizeof(struct slab) <= sizeof(struct page));

/* One CPU's free objects of one cache, of whichever slabs. Only it, with interrupts off. */
struct kmem_cache_cpu {
	void *freelist;	   /* linked through the objects; the last freed first */
	unsigned int room; /* it takes so many more: cpu_limit less its length */
};

struct kmem_cache_node {
	spinlock_t list_lock; /* all below, and the slabs' freelist and inuse */
	unsigned long nr_partial;
	struct list_head partial; /* slabs with a free object */
	struct list_head full;	  /* the others; kept only where debugging wants them */
	unsigned long nr_slabs;
	unsigned long total_objects;
};

/* How many pages a slab has, and how many objects are in it. */
struct slab_shape {
	u16 order;
	u16 objects;
};

/* What a walk over all slabs counts of one cache. */
struct slab_tally {
	unsigned long slabs;
	unsigned long objects;
	unsigned long partial; /* slabs with a free object */
};

struct kmem_cache {
	struct kmem_cache_cpu *cpu_slab; /* a per-CPU variable */
	unsigned int offset;		 /* of the link to the next free object */
	unsigned int cpu_limit;		 /* a CPU keeps at most so many; 0: debugged or hardened */
	slab_flags_t flags;
	unsigned int size;	  /* from object to object */
	unsigned int object_size; /* what was asked for */
	unsigned int inuse;	  /* offset of what follows the object: link, tracks */
	unsigned int align;
	unsigned int red_left_pad; /* bytes before the object */
	unsigned int useroffset, usersize;
	struct slab_shape shape; /* what is tried first */
	struct slab_shape min;	 /* what is made when memory is short */
	gfp_t allocflags;
	unsigned int min_partial; /* so many empty slabs are kept */
	int refcount;		  /* caches that were merged into it, and itself */
	void (*ctor)(void *object);
	unsigned long random; /* freelist hardening */
	const char *name;
	struct list_head list; /* slab_caches */
	struct kmem_cache_node node;
	struct slab_tally tally; /* slab_check()'s own */
};

extern struct mutex slab_mutex;
extern struct list_head slab_caches; /* under slab_mutex; also those that could not be destroyed */
/* Gives the cache's empty slabs back; those whose objects CPUs have are none. */
void slab_free_empty(struct kmem_cache *cache);

/* What makes a cache slow and careful. */
#define SLAB_DEBUG_FLAGS \
	(SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER | SLAB_TRACE)

static inline bool kmem_cache_debug(const struct kmem_cache *cache)
{
	return cache->flags & SLAB_DEBUG_FLAGS;
}

/* What a constructor made, or RCU may read, has to stay in a free object. */
static inline bool slab_keeps_contents(const struct kmem_cache *cache)
{
	return cache->ctor || (cache->flags & SLAB_TYPESAFE_BY_RCU);
}

/* Is the object zeroed, by init_on_alloc= or init_on_free=? */
static inline bool slab_wiped_on(const struct kmem_cache *cache, unsigned int flag)
{
	return (mm_debug_flags & flag) && !slab_keeps_contents(cache);
}

static inline struct page *slab_page(const struct slab *slab)
{
	return (struct page *)slab;
}

static inline void *slab_address(const struct slab *slab)
{
	return page_to_virt(slab_page(slab));
}

static inline unsigned int slab_order(const struct slab *slab)
{
	return compound_order(slab_page(slab));
}

/* Tails of a slab point to its head; the head has references. */
static inline struct slab *page_slab(const struct page *page)
{
	return page_ref_count(page) ? (struct slab *)page : (struct slab *)page->index;
}

static inline struct slab *virt_to_slab(const void *address)
{
	struct page *page = virt_to_page(address);

	return PageSlab(page) ? page_slab(page) : NULL;
}

/* The place of object i of the slab. */
static inline void *slab_object(const struct kmem_cache *cache, const struct slab *slab,
				unsigned int i)
{
	return slab_address(slab) + cache->red_left_pad + i * cache->size;
}

/* Hardened, a link means nothing to who does not know the cache's random number. */
static inline void *slab_encode_link(const struct kmem_cache *cache, void *pointer, void **link)
{
	if (likely(!(mm_debug_flags & MM_DEBUG_SLAB_HARDENED)))
		return pointer;
	return (void *)((unsigned long)pointer ^ cache->random ^ swab((unsigned long)link));
}

/* The link of a free object to the next. */
static inline void *slab_next_free(const struct kmem_cache *cache, void *object)
{
	void **link = object + cache->offset;

	return slab_encode_link(cache, *link, link);
}

static inline void slab_set_next_free(const struct kmem_cache *cache, void *object, void *next)
{
	void **link = object + cache->offset;

	*link = slab_encode_link(cache, next, link);
}

/* What a slab cannot be made with: these are taken out of the flags, with a report. */
#define GFP_SLAB_BUG_MASK (__GFP_DMA32 | __GFP_HIGHMEM | ~__GFP_BITS_MASK)

gfp_t fix_gfp_flags(gfp_t gfp);

/* --- slab_common.c, kmalloc.c ------------------------------------------------------------ */

void kmem_cache_init(void);
struct kmem_cache *create_kmalloc_cache(const char *name, unsigned int size, slab_flags_t flags);
void create_kmalloc_caches(void);
/* The smallest good order of slabs for objects of this size; -ENOSYS: too large. Pure. */
int slab_calculate_order(unsigned int size, unsigned int nr_cpus);

/* --- slab.c ---------------------------------------------------------------------------- */

void slab_flush_cpus(struct kmem_cache *cache);
/* Those of all caches: under slab_mutex. */
void slab_flush_all(void);
void slab_flush_this_cpu(void);
/* Under list_lock: gives an object back to its slab; see there. */
void slab_put_object(struct kmem_cache *cache, struct slab *slab, void *object,
		     struct list_head *empty);
/* The slabs are in no list of the cache any more. */
void slab_free_list(struct kmem_cache *cache, struct list_head *slabs);
void slab_free_slow(struct kmem_cache *cache, void *object);
void *slab_alloc_slow(struct kmem_cache *cache, gfp_t gfp, size_t size);
void *slab_zero(struct kmem_cache *cache, void *object);

/* The first object of this CPU's list, or NULL. */
static __always_inline void *slab_take(struct kmem_cache *cache, gfp_t gfp)
{
	struct kmem_cache_cpu *cpu = cache->cpu_slab;
	unsigned long flags;
	void *object;

	local_irq_save(flags);
	object = alloc_is_out_of_context(gfp, flags) ? NULL : this_cpu_read(cpu->freelist);
	if (likely(object)) {
		this_cpu_write(cpu->freelist, *(void **)(object + cache->offset));
		this_cpu_inc(cpu->room);
	}
	local_irq_restore(flags);
	return object;
}

#define WHOLE_OBJECT SIZE_MAX

/* The fast path of all allocations; `size` is what was asked for, or WHOLE_OBJECT. */
static __always_inline void *slab_alloc(struct kmem_cache *cache, gfp_t gfp, size_t size)
{
	void *object = likely(!mm_debug_flags) ? slab_take(cache, gfp) : NULL;

	fs_reclaim_check(gfp);
	if (unlikely(!object))
		return slab_alloc_slow(cache, gfp, size);
	return unlikely(gfp & __GFP_ZERO) ? slab_zero(cache, object) : object;
}

/* The fast path of all frees. */
static __always_inline void slab_free(struct kmem_cache *cache, void *object)
{
	struct kmem_cache_cpu *cpu = cache->cpu_slab;
	unsigned long flags;
	void *newest;

	local_irq_save(flags);
	newest = this_cpu_read(cpu->freelist);
	if (likely(newest != object)) {
		if (likely(!arch_this_cpu_dec_borrow(cpu->room))) {
			*(void **)(object + cache->offset) = newest;
			this_cpu_write(cpu->freelist, object);
			local_irq_restore(flags);
			return;
		}
		this_cpu_inc(cpu->room); /* it was full: what was borrowed is given back */
	}
	local_irq_restore(flags);
	slab_free_slow(cache, object);
}

/* --- slab_debug.c, slab_options.c, slab_report.c: watched caches; more is in slab_debug.h ---- */

/* The flags that slub_debug= gives to a cache of this name. */
slab_flags_t slab_debug_flags(const char *name, slab_flags_t flags);
/* slub_debug=O: takes flags off again that made the slabs larger. True if it did. */
bool slab_debug_shed(struct kmem_cache *cache);
/* Bytes that debugging adds behind an object: tracks, the size asked for. */
unsigned int slab_debug_size(const struct kmem_cache *cache);
/* A new slab's objects get their poison and red zones. */
void slab_debug_setup(struct kmem_cache *cache, struct slab *slab);
/* A sound object of a slab that is there, or NULL; `size` is what was asked for. */
void *slab_debug_alloc(struct kmem_cache *cache, size_t size);
/* Checks the object and gives it back, or reports what is wrong and leaves it. */
void slab_debug_free(struct kmem_cache *cache, void *object);
/* A slab is about to be given back: all its objects have to be sound. */
void slab_debug_check_empty(struct kmem_cache *cache, struct slab *slab);
/* kmem_cache_destroy() found live objects: who allocated them. */
void slab_report_live(struct kmem_cache *cache, void *caller);

/* What was asked for, where that is kept; else the size of all objects. */
size_t slab_requested_size(const struct kmem_cache *cache, const void *object);
/* ksize(): from now on the owner may use all of the object. */
size_t slab_usable_size(struct kmem_cache *cache, void *object);
/* krealloc() in place. The bytes that are added are zeroed if gfp says so. */
void slab_debug_resize(struct kmem_cache *cache, void *object, size_t size, gfp_t gfp);

int slab_check(void);
int slab_check_locked(void);

#endif
