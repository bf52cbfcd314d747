// SPDX-License-Identifier: MIT
/*
 * The life of a cache: how large its slabs are, which caches share one, creation,
 * shrinking, destruction.
 *
 * How many pages has a slab? Few objects a slab mean many trips to the page allocator,
 * many pages are hard to get, and what is left over behind the last object is lost. The
 * order is the smallest that holds min_objects and wastes at most a sixteenth; if none up
 * to order 3 does, an eighth may be wasted, then a quarter; then fewer objects must do.
 *
 * Worked example: objects of 700 bytes, one CPU, so min_objects is 8: 5600 bytes want order
 * 1, 8192 bytes, where 11 objects leave 492 bytes: less than 512, a sixteenth. Order 1 it is.
 *
 * Merging. Two caches without constructors and debugging, whose objects have nearly the
 * same size, would each keep half-empty slabs: the second is made another name of the
 * first. slab_nomerge on the command line prevents it.
 *
 * Cost: not for fast paths; creation sleeps.
 *
 * Invariants: those of slab.c.
 *
 * Locking: slab_mutex over everything that adds or removes caches. Process context.
 *
 * Left out: sysfs; the usercopy region is kept, but there is no user space to check it for.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/string.h>
#include <memkern/params.h>
#include <memkern/report.h>

#include "slab.h"

LIST_HEAD(slab_caches);
DEFINE_MUTEX(slab_mutex);
static bool slab_nomerge;
static bool slab_is_up;

/* The cache of caches cannot come from itself. */
static struct kmem_cache boot_kmem_cache;
static struct kmem_cache *kmem_cache = &boot_kmem_cache;

#define SLUB_MAX_ORDER 3
#define OBJECTS_MOST   32767UL /* in a slab */

/* Flags that a caller may give; what differs in a SAME flag cannot be merged; with a NEVER flag nothing. */
#define SLAB_FLAGS_PERMITTED                                                                 \
	(SLAB_DEBUG_FLAGS | SLAB_KMALLOC | SLAB_HWCACHE_ALIGN | SLAB_CACHE_DMA |             \
	 SLAB_CACHE_DMA32 | SLAB_RECLAIM_ACCOUNT | SLAB_PANIC | SLAB_TYPESAFE_BY_RCU |       \
	 SLAB_MEM_SPREAD | SLAB_NOLEAKTRACE | SLAB_NO_MERGE | SLAB_FAILSLAB | SLAB_ACCOUNT | \
	 SLAB_NO_USER_FLAGS)
#define SLAB_NEVER_MERGE \
	(SLAB_DEBUG_FLAGS | SLAB_TYPESAFE_BY_RCU | SLAB_NOLEAKTRACE | SLAB_FAILSLAB | SLAB_NO_MERGE)
#define SLAB_MERGE_SAME (SLAB_RECLAIM_ACCOUNT | SLAB_CACHE_DMA | SLAB_CACHE_DMA32 | SLAB_ACCOUNT)

static int __init set_slab_nomerge(char *value)
{
	slab_nomerge = true;
	return 0;
}
early_param("slab_nomerge", set_slab_nomerge);

mm_debug_param(slab_freelist_hardened, MM_DEBUG_SLAB_HARDENED);
mm_debug_param(slab_freelist_random, MM_DEBUG_SLAB_RANDOM);

/* --- sizes --------------------------------------------------------------------------------- */

static struct slab_shape shape_of(unsigned int order, unsigned int size)
{
	return (struct slab_shape){ order, min((PAGE_SIZE << order) / size, OBJECTS_MOST) };
}

/* The smallest order from that of min_objects on that wastes at most 1/fraction. */
static unsigned int slab_order_for(unsigned int size, unsigned int min_objects,
				   unsigned int max_order, unsigned int fraction)
{
	unsigned int order = get_order(min_objects * size);

	for (; order <= max_order; order++) {
		unsigned long bytes = PAGE_SIZE << order;

		if (bytes % size <= bytes / fraction)
			break;
	}
	return order;
}

int slab_calculate_order(unsigned int size, unsigned int nr_cpus)
{
	unsigned int most = shape_of(SLUB_MAX_ORDER, size).objects;
	unsigned int min_objects = min(4U * (fls(nr_cpus) + 1), most);
	unsigned int order, fraction;

	for (; min_objects > 1; min_objects--) {
		for (fraction = 16; fraction >= 4; fraction /= 2) {
			order = slab_order_for(size, min_objects, SLUB_MAX_ORDER, fraction);
			if (order <= SLUB_MAX_ORDER)
				return order;
		}
	}
	order = slab_order_for(size, 1, MAX_PAGE_ORDER, 1);
	return order <= MAX_PAGE_ORDER ? (int)order : -ENOSYS;
}

/* Where a cache line is asked for, small objects share it: two, four, ... to a line. */
static unsigned int calculate_alignment(slab_flags_t flags, unsigned int align, unsigned int size)
{
	if (flags & SLAB_HWCACHE_ALIGN) {
		unsigned int line = L1_CACHE_BYTES;

		while (size <= line / 2)
			line /= 2;
		align = max(align, line);
	}
	align = max_t(unsigned int, align, ARCH_SLAB_MINALIGN);
	return ALIGN(align, sizeof(void *));
}

/*
 *	|red_left_pad|object ... |red zone|link|tracks|sizes|  rounded up to align
 *	             0      object_size  inuse
 */
static void calculate_layout(struct kmem_cache *cache)
{
	slab_flags_t flags = cache->flags;
	unsigned int size = ALIGN(cache->object_size, sizeof(void *));

	if ((flags & SLAB_RED_ZONE) && size == cache->object_size)
		size += sizeof(void *);
	cache->inuse = size;
	if ((flags & (SLAB_TYPESAFE_BY_RCU | SLAB_POISON)) || cache->ctor ||
	    ((flags & SLAB_RED_ZONE) && cache->object_size < sizeof(void *))) {
		cache->offset = size;
		size += sizeof(void *);
	} else {
		cache->offset = ALIGN_DOWN(cache->object_size / 2, sizeof(void *));
	}
	size += slab_debug_size(cache);
	cache->red_left_pad = 0;
	if (flags & SLAB_RED_ZONE) {
		size += sizeof(void *);
		cache->red_left_pad = ALIGN(sizeof(void *), cache->align);
		size += cache->red_left_pad;
	}
	cache->size = ALIGN(size, cache->align);
}

/*
 * How many objects a CPU keeps: 16 KiB of them, 4 to 120. None where each free has to be
 * looked at: then it is always the slow path that is taken.
 */
static unsigned int calculate_cpu_limit(const struct kmem_cache *cache)
{
	if (kmem_cache_debug(cache) ||
	    (mm_debug_flags & (MM_DEBUG_INIT_ON_FREE | MM_DEBUG_SLAB_HARDENED)))
		return 0;
	return clamp(4 * (unsigned int)PAGE_SIZE / cache->size, 4U, 120U);
}

static int calculate_sizes(struct kmem_cache *cache)
{
	int order;

	calculate_layout(cache);
	if (slab_debug_shed(cache))
		calculate_layout(cache);
	order = slab_calculate_order(cache->size, nr_cpu_ids);
	if (order < 0)
		return order;
	cache->shape = shape_of(order, cache->size);
	cache->min = shape_of(get_order(cache->size), cache->size);
	cache->allocflags = __GFP_COMP;
	if (cache->flags & SLAB_CACHE_DMA)
		cache->allocflags |= GFP_DMA;
	if (cache->flags & SLAB_RECLAIM_ACCOUNT)
		cache->allocflags |= __GFP_RECLAIMABLE;
	cache->min_partial = clamp(ilog2(cache->size) / 2, 5, 10);
	cache->cpu_limit = calculate_cpu_limit(cache);
	return 0;
}

/* --- creation ------------------------------------------------------------------------------ */

static int open_cache(struct kmem_cache *cache, const char *name, unsigned int size,
		      unsigned int align, slab_flags_t flags, void (*ctor)(void *))
{
	unsigned int cpu;
	int error;

	cache->name = name;
	cache->object_size = size;
	cache->flags = slab_debug_flags(name, flags);
	cache->align = calculate_alignment(flags, align, size);
	cache->ctor = ctor;
	cache->refcount = 1;
	if (mm_debug_flags & MM_DEBUG_SLAB_HARDENED)
		cache->random = get_random_u32();
	spin_lock_init(&cache->node.list_lock);
	INIT_LIST_HEAD(&cache->node.partial);
	INIT_LIST_HEAD(&cache->node.full);

	error = calculate_sizes(cache);
	if (error)
		return error;
	cache->cpu_slab = alloc_percpu(struct kmem_cache_cpu);
	if (!cache->cpu_slab)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		per_cpu_ptr(cache->cpu_slab, cpu)->room = cache->cpu_limit;
	return 0;
}

static bool mergeable(const struct kmem_cache *cache)
{
	return !(cache->flags & SLAB_NEVER_MERGE) && !cache->ctor && !cache->usersize &&
	       cache->refcount > 0;
}

/* A cache that can serve under another name too, or NULL. */
static struct kmem_cache *find_mergeable(const char *name, unsigned int size, unsigned int align,
					 slab_flags_t flags, void (*ctor)(void *))
{
	struct kmem_cache *cache;

	flags = slab_debug_flags(name, flags);
	if (slab_nomerge || ctor || (flags & SLAB_NEVER_MERGE))
		return NULL;
	size = ALIGN(size, sizeof(void *));
	align = calculate_alignment(flags, align, size);
	size = ALIGN(size, align);

	list_for_each_entry_reverse(cache, &slab_caches, list) {
		/* All sizes are multiples of 8, this one also of the alignment: same is same. */
		if (mergeable(cache) && cache->size == size &&
		    !((cache->flags ^ flags) & SLAB_MERGE_SAME))
			return cache;
	}
	return NULL;
}

static int sanity_check(const char *name, unsigned int size, slab_flags_t flags)
{
	if (!name || in_interrupt() || size > KMALLOC_MAX_SIZE || !size) {
		WARN(1, "kmem_cache_create(%s) integrity check failed", name ? name : "(null)");
		return -EINVAL;
	}
	return flags & ~SLAB_FLAGS_PERMITTED ? -EINVAL : 0;
}

static struct kmem_cache *create_cache(const char *name, unsigned int size, unsigned int align,
				       slab_flags_t flags, unsigned int useroffset,
				       unsigned int usersize, void (*ctor)(void *), int *error)
{
	struct kmem_cache *cache = kmem_cache_zalloc(kmem_cache, GFP_KERNEL);
	const char *copy = kstrdup(name, GFP_KERNEL);

	*error = cache && copy ? open_cache(cache, copy, size, align, flags, ctor) : -ENOMEM;
	if (*error) {
		kfree(copy);
		if (cache)
			kmem_cache_free(kmem_cache, cache);
		return NULL;
	}
	cache->useroffset = useroffset;
	cache->usersize = usersize;
	list_add(&cache->list, &slab_caches);
	return cache;
}

struct kmem_cache *kmem_cache_create_usercopy(const char *name, unsigned int size,
					      unsigned int align, slab_flags_t flags,
					      unsigned int useroffset, unsigned int usersize,
					      void (*ctor)(void *object))
{
	struct kmem_cache *cache = NULL;
	int error = sanity_check(name, size, flags);

	/* Fail closed: a region that makes no sense is none. */
	if (WARN_ON(!usersize && useroffset) ||
	    WARN_ON(size < usersize || size - usersize < useroffset))
		usersize = useroffset = 0;
	if (!error) {
		mutex_lock(&slab_mutex);
		if (!usersize)
			cache = find_mergeable(name, size, align, flags, ctor);
		if (cache) {
			cache->refcount++;
			cache->object_size = max(cache->object_size, size);
			cache->inuse =
				max_t(unsigned int, cache->inuse, ALIGN(size, sizeof(void *)));
		} else {
			cache = create_cache(name, size, align, flags, useroffset, usersize, ctor,
					     &error);
		}
		mutex_unlock(&slab_mutex);
	}
	if (!error)
		return cache;
	if (flags & SLAB_PANIC)
		panic("kmem_cache_create: Failed to create slab '%s'. Error %d", name, error);
	if (!failed_on_purpose() &&
	    !report_note("kmem_cache_create(%s) failed with error %d", name, error)) {
		pr_warn("kmem_cache_create(%s) failed with error %d\n", name, error);
		dump_stack();
	}
	return NULL;
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *object))
{
	return kmem_cache_create_usercopy(name, size, align, flags, 0, 0, ctor);
}

unsigned int kmem_cache_size(struct kmem_cache *cache)
{
	return cache->object_size;
}

/* --- shrinking and the end ----------------------------------------------------------------- */

#define SHRINK_SORTS 32 /* slabs with more free objects stay as they are, behind */

/* The fullest slabs in front: they are filled up, and the others have time to become empty. */
static void sort_partial(struct kmem_cache_node *node)
{
	struct list_head by_free[SHRINK_SORTS];
	struct slab *slab, *next;
	unsigned int i;

	for (i = 0; i < SHRINK_SORTS; i++)
		INIT_LIST_HEAD(&by_free[i]);
	list_for_each_entry_safe(slab, next, &node->partial, slab_list)
		if (slab->objects - slab->inuse < SHRINK_SORTS)
			list_move(&slab->slab_list, &by_free[slab->objects - slab->inuse]);
	while (i--)
		list_splice(&by_free[i], &node->partial);
}

void slab_free_empty(struct kmem_cache *cache)
{
	struct kmem_cache_node *node = &cache->node;
	struct slab *slab, *next;
	unsigned long flags;
	LIST_HEAD(empty);

	if (!READ_ONCE(node->nr_partial))
		return;
	spin_lock_irqsave(&node->list_lock, flags);
	list_for_each_entry_safe(slab, next, &node->partial, slab_list) {
		if (slab->inuse)
			continue;
		list_move(&slab->slab_list, &empty);
		node->nr_partial--;
		node->nr_slabs--;
		node->total_objects -= slab->objects;
	}
	spin_unlock_irqrestore(&node->list_lock, flags);
	slab_free_list(cache, &empty);
}

int kmem_cache_shrink(struct kmem_cache *cache)
{
	struct kmem_cache_node *node = &cache->node;
	unsigned long flags;

	slab_flush_cpus(cache);
	slab_free_empty(cache);
	spin_lock_irqsave(&node->list_lock, flags);
	sort_partial(node);
	spin_unlock_irqrestore(&node->list_lock, flags);
	return READ_ONCE(node->nr_slabs) != 0;
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
	bool live;

	if (!cache)
		return;
	WARN_ON(in_interrupt());
	mutex_lock(&slab_mutex);
	if (--cache->refcount) {
		mutex_unlock(&slab_mutex);
		return;
	}
	live = kmem_cache_shrink(cache);
	if (!live)
		list_del(&cache->list);
	mutex_unlock(&slab_mutex);
	if (live) {
		/* Somebody may still use an object: neither it nor what describes it may go. */
		slab_report_live(cache, __builtin_return_address(0));
		return;
	}
	if (cache->flags & SLAB_TYPESAFE_BY_RCU)
		rcu_barrier();
	free_percpu(cache->cpu_slab);
	kfree(cache->name);
	kmem_cache_free(kmem_cache, cache);
}

/* --- the boot ------------------------------------------------------------------------------ */

void __init kmem_cache_init(void)
{
	if (open_cache(&boot_kmem_cache, "kmem_cache", sizeof(struct kmem_cache), 0,
		       SLAB_HWCACHE_ALIGN, NULL))
		panic("the cache of caches cannot be made");
	boot_kmem_cache.refcount = -1; /* never merged, never destroyed */
	list_add(&boot_kmem_cache.list, &slab_caches);
	create_kmalloc_caches();
	slab_is_up = true;
}

bool slab_is_available(void)
{
	return slab_is_up;
}

struct kmem_cache *__init create_kmalloc_cache(const char *name, unsigned int size,
					       slab_flags_t flags)
{
	struct kmem_cache *cache = kmem_cache_zalloc(kmem_cache, GFP_NOWAIT);
	/* A power of two is aligned to itself, any other size to the power of two in it. */
	unsigned int align = size & -size;

	if (!cache || open_cache(cache, name, size, align, flags | SLAB_KMALLOC, NULL))
		panic("kmalloc cache %s cannot be made", name);
	cache->usersize = size;
	cache->refcount = -1;
	list_add(&cache->list, &slab_caches);
	return cache;
}
