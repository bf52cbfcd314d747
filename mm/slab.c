// SPDX-License-Identifier: MIT
/*
 * Slab caches: objects of one size, cheaply.
 *
 * A slab is a block of pages cut into objects. Free objects are linked through
 * themselves, so a free one costs nothing but its own memory. Each is in one of three
 * places:
 *
 *	kmem_cache_alloc()/free()
 *	        |  one at a time, interrupts off: no lock, nothing shared
 *	        v
 *	this CPU's freelist      obj -> obj -> obj       (of whichever slabs)
 *	        |  many at once, under the node's list_lock
 *	        v
 *	partial slabs            [x . x x .] [. . x . .]  x: allocated, or with a CPU
 *	        |  a slab at a time
 *	        v
 *	the page allocator
 *
 * An empty CPU list takes up to cpu_limit/2 free objects of a partial slab. One that is full,
 * with cpu_limit objects, keeps its newer half and hands the older ones back to their slabs.
 * The slab that was full until last is the first to be taken from: it has least to give, and
 * the others have time to become empty. One whose objects are all back is kept for next
 * time, or, when there are min_partial slabs with free objects anyway, given back to the page
 * allocator.
 *
 * How is that different from Linux's SLUB? There a CPU owns one slab, and frees to any
 * other slab take the slow path, which is made bearable by further lists of partial slabs
 * a CPU. Here the list is of objects, whichever slab they are from, so the slow path is
 * taken once in cpu_limit/2 frees, and those lists have nothing left to do.
 *
 * Worked example: a cache of 256-byte objects has slabs of one page with 16 objects, and a
 * cpu_limit of 64. The first allocation makes a slab; its 16 objects go to the CPU's list,
 * and the next 15 allocations pop them. 64 objects that are freed one after the other all
 * wait in the list; with the 65th the 32 oldest go back, and perhaps two slabs with them.
 *
 * Where in the object? The link of a free object lies in its middle, far from a
 * neighbour's overrun; behind the object, if it must keep its contents while free.
 *
 * Cost: some 25 instructions each way; of a refill up to 5 an object, of a flush about 30.
 * Making a slab: a page allocation, and 10 an object.
 *
 * Invariants, checked by slab_check():
 *	I-slab-1  a slab's pages all have PG_slab and its cache
 *	I-slab-2  inuse is objects less the length of the freelist; partial slabs have some free
 *	I-slab-3  a free object lies in its slab, at an object's place, and in one list once
 *	I-slab-4  nr_slabs, total_objects and nr_partial equal a recount
 *	I-slab-5  a CPU's list has cpu_limit - room objects, which their slabs count as inuse
 *
 * Locking: slab_mutex guards the list of caches; list_lock, with interrupts off, a cache's
 * slabs; a CPU's list is its own, with interrupts off. Pages are taken and given back
 * outside of list_lock. Any context but NMI, except where slab.h says so.
 *
 * Left out: NUMA nodes; memory cgroups' accounting.
 */
#include <linux/fault-inject.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/ratelimit.h>
#include <linux/sched/mm.h>
#include <memkern/report.h>

#include "slab.h"

/* --- making slabs, and giving them back ----------------------------------------------- */

/* Each page says which cache it belongs to; a tail also where the slab begins. */
static struct slab *alloc_slab_pages(struct kmem_cache *cache, gfp_t gfp, struct slab_shape shape)
{
	struct page *page = alloc_pages(gfp | cache->allocflags, shape.order);
	struct slab *slab = (struct slab *)page;
	unsigned long i;

	if (!page)
		return NULL;
	slab->slab_cache = cache;
	slab->freelist = NULL;
	slab->inuse = 0;
	slab->objects = shape.objects;
	__SetPageSlab(page);
	for (i = 1; i < 1UL << shape.order; i++) {
		__SetPageSlab(page + i);
		page[i].mapping = (struct address_space *)cache;
		page[i].index = (unsigned long)page;
	}
	return slab;
}

static void give_back_pages(struct rcu_head *head)
{
	struct page *page = slab_page(container_of(head, struct slab, rcu_head));

	__free_pages(page, compound_order(page));
}

/* It is no slab any more; but readers may still look at what its objects were. */
static void free_slab_pages(struct kmem_cache *cache, struct slab *slab)
{
	unsigned long i, nr = 1UL << slab_order(slab);
	struct page *page = slab_page(slab);

	for (i = 0; i < nr; i++) {
		__ClearPageSlab(page + i);
		page[i].mapping = NULL;
		page[i].index = 0;
	}
	page->private = 0;
	current->reclaimed_slab += nr;
	if (cache->flags & SLAB_TYPESAFE_BY_RCU)
		call_rcu(&slab->rcu_head, give_back_pages);
	else
		give_back_pages(&slab->rcu_head);
}

/* Links all objects of a new slab, so that the first is taken first. */
static void link_objects(struct kmem_cache *cache, struct slab *slab)
{
	void *begin = slab_object(cache, slab, 0);
	void *object = begin + slab->objects * cache->size, *next = NULL;

	while (object != begin) {
		object -= cache->size;
		slab_set_next_free(cache, object, next);
		next = object;
	}
	slab->freelist = next;
}

/*
 * In random order: one after the other is put into a ring, behind any of those that are in
 * it. The ring is then opened anywhere.
 */
static void link_objects_randomly(struct kmem_cache *cache, struct slab *slab)
{
	void *first = slab_object(cache, slab, get_random_u32_below(slab->objects));
	void *object = slab_object(cache, slab, 0);
	unsigned int i;

	slab_set_next_free(cache, object, object);
	for (i = 1; i < slab->objects; i++) {
		void *before = slab_object(cache, slab, get_random_u32_below(i));

		object = slab_object(cache, slab, i);
		slab_set_next_free(cache, object, slab_next_free(cache, before));
		slab_set_next_free(cache, before, object);
	}
	slab->freelist = slab_next_free(cache, first);
	slab_set_next_free(cache, first, NULL);
}

gfp_t fix_gfp_flags(gfp_t gfp)
{
	gfp_t bad = gfp & GFP_SLAB_BUG_MASK;

	if (likely(!bad))
		return gfp;
	gfp &= ~GFP_SLAB_BUG_MASK;
	if (report_note("Unexpected gfp: %#x (%pGg). Fixing up to gfp: %#x (%pGg). Fix your code!",
			bad, &bad, gfp, &gfp))
		return gfp;
	pr_warn("Unexpected gfp: %#x (%pGg). Fixing up to gfp: %#x (%pGg). Fix your code!\n", bad,
		&bad, gfp, &gfp);
	dump_stack();
	return gfp;
}

/*
 * The size that the cache likes best is asked for without insisting; what the caller's
 * flags are worth is spent on the smallest that will do. One that cannot be had is reported
 * once, by slab_out_of_memory(). The slab is in no list yet.
 */
static struct slab *new_slab(struct kmem_cache *cache, gfp_t gfp)
{
	struct slab *slab;
	unsigned int i;
	gfp_t try;

	gfp = (fix_gfp_flags(gfp) | __GFP_NOWARN) & ~__GFP_ZERO;
	try = (gfp | __GFP_NORETRY) & ~__GFP_NOFAIL;
	if (cache->shape.order > cache->min.order)
		try &= ~__GFP_DIRECT_RECLAIM;
	slab = alloc_slab_pages(cache, try, cache->shape);
	if (unlikely(!slab))
		slab = alloc_slab_pages(cache, gfp, cache->min);
	if (!slab)
		return NULL;

	if (kmem_cache_debug(cache))
		slab_debug_setup(cache, slab);
	for (i = 0; cache->ctor && i < slab->objects; i++)
		cache->ctor(slab_object(cache, slab, i));
	if (unlikely(mm_debug_flags & MM_DEBUG_SLAB_RANDOM))
		link_objects_randomly(cache, slab);
	else
		link_objects(cache, slab);
	return slab;
}

static void add_partial(struct kmem_cache_node *node, struct slab *slab)
{
	list_add(&slab->slab_list, &node->partial);
	node->nr_partial++;
}

static void remove_partial(struct kmem_cache_node *node, struct slab *slab)
{
	list_del(&slab->slab_list);
	node->nr_partial--;
}

/* Under list_lock: the slab leaves the cache. */
static void forget_slab(struct kmem_cache_node *node, struct slab *slab)
{
	node->nr_slabs--;
	node->total_objects -= slab->objects;
}

void slab_free_list(struct kmem_cache *cache, struct list_head *slabs)
{
	struct slab *slab, *next;

	list_for_each_entry_safe(slab, next, slabs, slab_list) {
		list_del(&slab->slab_list);
		if (kmem_cache_debug(cache))
			slab_debug_check_empty(cache, slab);
		free_slab_pages(cache, slab);
	}
}

/* --- between a CPU's list and the slabs -------------------------------------------------- */

/* Cuts a list behind its n-th object; returns the rest. */
static void *cut_list(const struct kmem_cache *cache, void *object, unsigned int n)
{
	void *rest;

	while (--n)
		object = slab_next_free(cache, object);
	rest = slab_next_free(cache, object);
	slab_set_next_free(cache, object, NULL);
	return rest;
}

/* Under list_lock; the CPU's list is empty. Takes from the first partial slab, if there is one. */
static void refill_cpu_list(struct kmem_cache *cache, struct kmem_cache_cpu *cpu)
{
	unsigned int most = max(cache->cpu_limit / 2, 1U), nr;
	struct kmem_cache_node *node = &cache->node;
	struct slab *slab;

	if (list_empty(&node->partial))
		return;
	slab = list_first_entry(&node->partial, struct slab, slab_list);
	nr = slab->objects - slab->inuse;
	cpu->freelist = slab->freelist;
	if (nr <= most) {
		slab->freelist = NULL;
		remove_partial(node, slab);
	} else {
		nr = most;
		slab->freelist = cut_list(cache, cpu->freelist, nr);
	}
	slab->inuse += nr;
	cpu->room -= nr;
}

/* Makes a slab: its objects go to this CPU's list, if that is still empty, and to all. */
static bool grow_cache(struct kmem_cache *cache, gfp_t gfp)
{
	struct kmem_cache_node *node = &cache->node;
	struct slab *slab = new_slab(cache, gfp);
	struct kmem_cache_cpu *cpu;
	unsigned long flags;

	if (!slab)
		return false;
	spin_lock_irqsave(&node->list_lock, flags);
	node->nr_slabs++;
	node->total_objects += slab->objects;
	add_partial(node, slab);
	cpu = this_cpu_ptr(cache->cpu_slab);
	if (!cpu->freelist && cache->cpu_limit)
		refill_cpu_list(cache, cpu);
	spin_unlock_irqrestore(&node->list_lock, flags);
	return true;
}

/* Under list_lock. A slab that is all free, and one too many, goes to `empty`. */
static __always_inline void put_object(struct kmem_cache *cache, struct slab *slab, void *object,
				       struct list_head *empty)
{
	struct kmem_cache_node *node = &cache->node;
	void *first = slab->freelist;

	slab_set_next_free(cache, object, first);
	slab->freelist = object;
	slab->inuse--;
	if (!first) {
		if (kmem_cache_debug(cache))
			list_del(&slab->slab_list);
		add_partial(node, slab);
	}
	if (unlikely(!slab->inuse) && node->nr_partial > cache->min_partial) {
		remove_partial(node, slab);
		forget_slab(node, slab);
		list_add(&slab->slab_list, empty);
	}
}

void slab_put_object(struct kmem_cache *cache, struct slab *slab, void *object,
		     struct list_head *empty)
{
	put_object(cache, slab, object, empty);
}

/* Hands all but the `keep` newest objects back to their slabs. Interrupts off. */
static void flush_cpu_list(struct kmem_cache *cache, struct kmem_cache_cpu *cpu, unsigned int keep)
{
	void *object = cpu->freelist;
	LIST_HEAD(empty);

	if (cache->cpu_limit - cpu->room <= keep)
		return;
	if (keep)
		object = cut_list(cache, object, keep);
	else
		cpu->freelist = NULL;
	cpu->room = cache->cpu_limit - keep;

	spin_lock(&cache->node.list_lock);
	while (object) {
		void *next = slab_next_free(cache, object);

		put_object(cache, page_slab(virt_to_page(object)), object, &empty);
		object = next;
	}
	spin_unlock(&cache->node.list_lock);
	slab_free_list(cache, &empty);
}

static void flush_this_cpu(void *data)
{
	struct kmem_cache *cache = data;
	unsigned long flags;

	local_irq_save(flags);
	flush_cpu_list(cache, this_cpu_ptr(cache->cpu_slab), 0);
	local_irq_restore(flags);
}

void slab_flush_cpus(struct kmem_cache *cache)
{
	on_each_cpu(flush_this_cpu, cache, 1);
}

static void flush_all_of_this_cpu(void *unused)
{
	struct kmem_cache *cache;

	list_for_each_entry(cache, &slab_caches, list)
		flush_this_cpu(cache);
}

static bool keeps_objects(unsigned int cpu)
{
	struct kmem_cache *cache;

	list_for_each_entry(cache, &slab_caches, list)
		if (READ_ONCE(per_cpu_ptr(cache->cpu_slab, cpu)->room) != cache->cpu_limit)
			return true;
	return false;
}

void slab_flush_this_cpu(void)
{
	flush_all_of_this_cpu(NULL);
}

/* As in drain_all_pages(), who keeps none is not disturbed. */
void slab_flush_all(void)
{
	struct cpumask with_objects;
	unsigned int cpu;

	cpumask_clear(&with_objects);
	for_each_online_cpu(cpu)
		if (keeps_objects(cpu))
			cpumask_set_cpu(cpu, &with_objects);
	on_each_cpu_mask(&with_objects, flush_all_of_this_cpu, NULL, 1);
}

/* --- allocation ----------------------------------------------------------------------------- */

static noinline void slab_out_of_memory(struct kmem_cache *cache, gfp_t gfp)
{
	static DEFINE_RATELIMIT_STATE(limit, 10 * HZ, 1);

	if ((gfp & __GFP_NOWARN) || failed_on_purpose() || !__ratelimit(&limit))
		return;
	if (report_note("SLUB: Unable to allocate memory on node -1, gfp=%#x(%pGg), cache: %s", gfp,
			&gfp, cache->name))
		return;
	pr_warn("SLUB: Unable to allocate memory on node -1, gfp=%#x(%pGg)\n", gfp, &gfp);
	pr_warn("  cache: %s, object size: %u, buffer size: %u, default order: %u, min order: %u\n",
		cache->name, cache->object_size, cache->size, cache->shape.order, cache->min.order);
	pr_warn("  node 0: slabs: %lu, objs: %lu, partial: %lu\n", cache->node.nr_slabs,
		cache->node.total_objects, cache->node.nr_partial);
	dump_stack();
	show_mem(0, NULL);
}

/* From the CPU's list, the slabs, or a new slab. May sleep if the flags allow. */
static void *take_object(struct kmem_cache *cache, gfp_t gfp, size_t size)
{
	do {
		struct kmem_cache_cpu *cpu;
		unsigned long flags;
		void *object;

		if (kmem_cache_debug(cache)) {
			object = slab_debug_alloc(cache, size);
			if (object)
				return object;
			continue;
		}
		local_irq_save(flags);
		cpu = this_cpu_ptr(cache->cpu_slab);
		if (!cpu->freelist) {
			spin_lock(&cache->node.list_lock);
			refill_cpu_list(cache, cpu);
			spin_unlock(&cache->node.list_lock);
		}
		object = cpu->freelist;
		if (object) {
			cpu->freelist = slab_next_free(cache, object);
			cpu->room++;
		}
		local_irq_restore(flags);
		if (object)
			return object;
	} while (grow_cache(cache, gfp));
	slab_out_of_memory(cache, gfp);
	return NULL;
}

/* Beyond what was asked for may be a red zone. */
static size_t slab_zeroed_size(const struct kmem_cache *cache, const void *object)
{
	return unlikely(kmem_cache_debug(cache)) ? slab_requested_size(cache, object)
						 : cache->object_size;
}

/* An object that __GFP_ZERO was given for. */
noinline void *slab_zero(struct kmem_cache *cache, void *object)
{
	WARN_ON_ONCE(cache->ctor);
	return memset(object, 0, slab_zeroed_size(cache, object));
}

/* The CPU's list is empty, the cache has none, or something is on that wants to see all. */
noinline void *slab_alloc_slow(struct kmem_cache *cache, gfp_t gfp, size_t size)
{
	void *object;

	might_alloc(gfp);
	if (unlikely(mm_debug_flags & MM_DEBUG_FAULTS) && should_failslab(cache, gfp))
		return NULL;
	object = take_object(cache, gfp, size);
	if (!object)
		return NULL;
	if (gfp & __GFP_ZERO)
		return slab_zero(cache, object);
	if (unlikely(slab_wiped_on(cache, MM_DEBUG_INIT_ON_ALLOC)))
		memset(object, 0, slab_zeroed_size(cache, object));
	return object;
}

void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	return slab_alloc(cache, gfp, WHOLE_OBJECT);
}

void *kmalloc_trace(struct kmem_cache *cache, gfp_t gfp, size_t size)
{
	return slab_alloc(cache, gfp, size);
}

/* --- freeing ----------------------------------------------------------------------------------- */

/* The cache that the object is really from; NULL: from none. Both are reported. */
static struct kmem_cache *cache_from_object(struct kmem_cache *cache, void *object)
{
	struct slab *slab = virt_addr_valid(object) ? virt_to_slab(object) : NULL;

	if (WARN(!slab, "%s: object %px is not in a slab page", cache->name, object))
		return NULL;
	WARN(slab->slab_cache != cache, "%s: Wrong slab cache. %s but object is from %s", __func__,
	     cache->name, slab->slab_cache->name);
	return slab->slab_cache;
}

/* Straight to its slab: no CPU keeps objects of this cache. False: it was freed last as well. */
static bool free_to_slab(struct kmem_cache *cache, void *object)
{
	struct slab *slab = page_slab(virt_to_page(object));
	unsigned long flags;
	LIST_HEAD(empty);
	bool twice;

	spin_lock_irqsave(&cache->node.list_lock, flags);
	twice = slab->freelist == object;
	if (!twice) {
		if (slab_wiped_on(cache, MM_DEBUG_INIT_ON_FREE))
			memset(object, 0, cache->object_size);
		put_object(cache, slab, object, &empty);
	}
	spin_unlock_irqrestore(&cache->node.list_lock, flags);
	slab_free_list(cache, &empty);
	return !twice;
}

/* To this CPU's list, of which the older half makes room. False: it is in front of it already. */
static bool free_to_cpu(struct kmem_cache *cache, void *object)
{
	struct kmem_cache_cpu *cpu;
	unsigned long flags;
	bool twice;

	local_irq_save(flags);
	cpu = this_cpu_ptr(cache->cpu_slab);
	twice = cpu->freelist == object;
	if (!twice) {
		if (!cpu->room)
			flush_cpu_list(cache, cpu, cache->cpu_limit / 2);
		slab_set_next_free(cache, object, cpu->freelist);
		cpu->freelist = object;
		cpu->room--;
	}
	local_irq_restore(flags);
	return !twice;
}

/* The list is full, the object is its newest, or debugging or hardening is on. */
void slab_free_slow(struct kmem_cache *cache, void *object)
{
	bool done;

	if ((mm_debug_flags & MM_DEBUG_SLAB_HARDENED) || kmem_cache_debug(cache))
		cache = cache_from_object(cache, object);
	if (!cache)
		return;
	if (kmem_cache_debug(cache)) {
		slab_debug_free(cache, object);
		return;
	}
	done = cache->cpu_limit ? free_to_cpu(cache, object) : free_to_slab(cache, object);
	WARN(!done, "%s: object %px is freed twice in a row", cache->name, object);
}

void kmem_cache_free(struct kmem_cache *cache, void *object)
{
	slab_free(cache, object);
}

/* --- many at once ------------------------------------------------------------------------------ */

/* From this CPU's list as long as that has some. */
static size_t alloc_from_cpu(struct kmem_cache *cache, size_t n, void **objects)
{
	struct kmem_cache_cpu *cpu;
	unsigned long flags;
	void *object;
	size_t i;

	local_irq_save(flags);
	cpu = this_cpu_ptr(cache->cpu_slab);
	object = cpu->freelist;
	for (i = 0; i < n && object; i++) {
		objects[i] = object;
		object = *(void **)(object + cache->offset);
	}
	cpu->freelist = object;
	cpu->room += i;
	local_irq_restore(flags);
	return i;
}

int kmem_cache_alloc_bulk(struct kmem_cache *cache, gfp_t gfp, size_t n, void **objects)
{
	bool each_by_itself = (gfp & __GFP_ZERO) | mm_debug_flags;
	size_t done = 0;

	might_alloc(gfp);
	while (done < n) {
		if (!each_by_itself)
			done += alloc_from_cpu(cache, n - done, objects + done);
		if (done == n)
			break;
		objects[done] = slab_alloc_slow(cache, gfp, WHOLE_OBJECT);
		if (!objects[done])
			break;
		done++;
	}
	if (done == n)
		return n;
	kmem_cache_free_bulk(cache, done, objects);
	return 0;
}

void kmem_cache_free_bulk(struct kmem_cache *cache, size_t n, void **objects)
{
	struct kmem_cache_cpu *cpu;
	unsigned long flags;
	size_t i;

	if (!cache || !cache->cpu_limit) {
		for (i = 0; i < n; i++)
			cache ? kmem_cache_free(cache, objects[i]) : kfree(objects[i]);
		return;
	}
	local_irq_save(flags);
	cpu = this_cpu_ptr(cache->cpu_slab);
	for (i = 0; i < n; i++) {
		if (unlikely(!cpu->room || cpu->freelist == objects[i])) {
			slab_free_slow(cache, objects[i]);
			continue;
		}
		*(void **)(objects[i] + cache->offset) = cpu->freelist;
		cpu->freelist = objects[i];
		cpu->room--;
	}
	local_irq_restore(flags);
}
