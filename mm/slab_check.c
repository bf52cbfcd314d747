// SPDX-License-Identifier: MIT
/*
 * Looking through all slabs: the invariants of slab.c, and what debugging put into objects.
 *
 * Full slabs of an ordinary cache are in no list, so the way to all of them is along the
 * frames: a page with PG_slab and references is a slab's first.
 *
 * Is every free object in one list once? A list that follows its links from the beginning
 * to a NULL is no cycle. Two lists that have an object in common have all that follows
 * in common too, as the link is in the object: their last objects are the same. So a
 * walk of each list and a comparison of ends will do; no bit for each object is needed.
 *
 *	slab's freelist:  a -> b --.
 *	                            > d -> e     both end in e: they share d, or more
 *	CPU's freelist:        c --'
 *
 * Worked example: an object is freed a second time while it waits in its slab, so that its
 * link now leads into the CPU's list. The slab's walk leaves the slab, or finds more objects
 * than there can be (I-slab-3), and the count of free objects is wrong (I-slab-2).
 *
 * slab_check() only looks, and is a part of mm_check(); validate_slab_cache() looks into
 * the objects of one cache, reports what it finds, and mends it.
 *
 * Cost: a few instructions a frame of lowmem that is not free, ten a free object that no CPU
 * has. What is wrong inside a free block is page_alloc_check()'s to see.
 *
 * Locking: slab_mutex, and each cache's list_lock with interrupts off. Process context. While
 * other CPUs or threads make slabs, counts may be found wrong that are not.
 */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/poison.h>

#include "slab_debug.h"

/* --- walks ---------------------------------------------------------------------------------------- */

static bool is_slab_head(const struct page *page)
{
	return PageSlab(page) && page_ref_count(page);
}

/* The free block that begins there, if one does: a word that is read while it is taken is limited. */
static unsigned long frames_without_slab(const struct page *page)
{
	return PageBuddy(page) ? 1UL << min(buddy_order(page), MAX_PAGE_ORDER) : 1;
}

struct slab *slab_next(const struct kmem_cache *cache, unsigned long *pfn)
{
	while (*pfn < max_low_pfn) {
		struct page *page = pfn_valid(*pfn) ? pfn_to_page(*pfn) : NULL;
		struct slab *slab = (struct slab *)page;

		if (!page) {
			*pfn = ALIGN(*pfn + 1, PAGES_PER_SECTION);
			continue;
		}
		if (!is_slab_head(page)) {
			*pfn += frames_without_slab(page);
			continue;
		}
		*pfn += 1UL << slab_order(slab);
		if (!cache || slab->slab_cache == cache)
			return slab;
	}
	return NULL;
}

bool slab_valid_object(const struct kmem_cache *cache, const struct slab *slab, const void *object)
{
	unsigned long offset = object - slab_address(slab) - cache->red_left_pad;

	return offset < slab->objects * cache->size && offset % cache->size == 0;
}

struct freelist_walk slab_walk_freelist(const struct kmem_cache *cache, const struct slab *slab,
					const void *object)
{
	struct freelist_walk walk = { .end = FREELIST_SOUND };
	void *at;

	for (at = slab->freelist; at; at = slab_next_free(cache, at)) {
		if (!slab_valid_object(cache, slab, at)) {
			walk.end = FREELIST_BAD_LINK;
			break;
		}
		if (walk.nr == slab->objects) {
			walk.end = FREELIST_CYCLE;
			break;
		}
		walk.met |= at == object;
		walk.last = at;
		walk.nr++;
	}
	return walk;
}

static void map_list(const struct kmem_cache *cache, const struct slab *slab, void *object,
		     unsigned int most, unsigned int first, unsigned long *map)
{
	const void *start = slab_object(cache, slab, 0);

	for (; object && most--; object = slab_next_free(cache, object)) {
		unsigned int nr = (object - start) / cache->size;

		if (slab_valid_object(cache, slab, object) && nr >= first &&
		    nr - first < SLAB_MAP_BITS)
			__set_bit(nr - first, map);
		else if (!virt_addr_valid(object))
			return;
	}
}

void slab_free_map(struct kmem_cache *cache, const struct slab *slab, unsigned int first,
		   unsigned long *map)
{
	unsigned long flags;
	unsigned int cpu;

	bitmap_zero(map, SLAB_MAP_BITS);
	spin_lock_irqsave(&cache->node.list_lock, flags);
	map_list(cache, slab, slab->freelist, slab->objects, first, map);
	for_each_possible_cpu(cpu)
		map_list(cache, slab, per_cpu_ptr(cache->cpu_slab, cpu)->freelist, cache->cpu_limit,
			 first, map);
	spin_unlock_irqrestore(&cache->node.list_lock, flags);
}

/* --- along the frames ------------------------------------------------------------------------------- */

static bool is_cache(const struct kmem_cache *cache)
{
	const struct kmem_cache *each;

	list_for_each_entry(each, &slab_caches, list)
		if (each == cache)
			return true;
	return false;
}

static int check_slab_pages(const struct slab *slab, unsigned long pfn)
{
	const struct page *head = slab_page(slab);
	unsigned long i;

	for (i = 1; i < 1UL << slab_order(slab); i++)
		if (!PageSlab(head + i) || head[i].mapping != head->mapping ||
		    head[i].index != (unsigned long)head)
			return mm_problem("I-slab-1",
					  "pfn %#lx does not belong to its slab at %#lx", pfn + i,
					  pfn);
	return 0;
}

static int check_freelist(const struct kmem_cache *cache, const struct slab *slab,
			  unsigned long pfn)
{
	struct freelist_walk walk = slab_walk_freelist(cache, slab, NULL);

	if (walk.end != FREELIST_SOUND)
		return mm_problem("I-slab-3", "%s: the freelist of slab %#lx %s after %u objects",
				  cache->name, pfn,
				  walk.end == FREELIST_CYCLE ? "goes on" : "leads astray", walk.nr);
	if (slab->inuse != slab->objects - walk.nr)
		return mm_problem("I-slab-2", "%s: slab %#lx: inuse %u, but %u of %u are free",
				  cache->name, pfn, slab->inuse, walk.nr, slab->objects);
	return 0;
}

/* A slab, by its first page. Adds it to its cache's tally. */
static int check_slab(struct slab *slab, unsigned long pfn)
{
	struct kmem_cache *cache = slab->slab_cache;
	int found;

	if (!is_cache(cache) || slab_order(slab) > MAX_PAGE_ORDER)
		return mm_problem("I-slab-1",
				  "slab %#lx: no cache is at %px, or order %u is absurd", pfn,
				  cache, slab_order(slab));
	cache->tally.slabs++;
	cache->tally.objects += slab->objects;
	cache->tally.partial += !!slab->freelist;
	found = check_slab_pages(slab, pfn);
	if (!slab->objects || slab->objects * cache->size > PAGE_SIZE << slab_order(slab))
		return found + mm_problem("I-slab-2", "%s: slab %#lx of order %u has %u objects",
					  cache->name, pfn, slab_order(slab), slab->objects);
	return found + check_freelist(cache, slab, pfn);
}

static int check_section(unsigned long pfn, unsigned long end)
{
	const struct page *page = pfn_to_page(pfn);
	unsigned long nr;
	int found = 0;

	for (; pfn < end; pfn += nr, page += nr) {
		nr = 1;
		if (likely(!PageSlab(page))) {
			nr = frames_without_slab(page);
			continue;
		}
		if (!is_slab_head(page)) {
			found += mm_problem("I-slab-1", "pfn %#lx is of no slab", pfn);
			continue;
		}
		found += check_slab((struct slab *)page, pfn);
		if (compound_order(page) <= MAX_PAGE_ORDER)
			nr = compound_nr(page);
	}
	return found;
}

static int check_frames(void)
{
	unsigned long pfn, end;
	int found = 0;

	for (pfn = 0; pfn < max_low_pfn; pfn = end) {
		end = min(ALIGN(pfn + 1, PAGES_PER_SECTION), max_low_pfn);
		if (pfn_valid(pfn))
			found += check_section(pfn, end);
	}
	return found;
}

/* --- along the lists --------------------------------------------------------------------------------- */

/* The slabs in a list of a cache; all of them have free objects, or none has. */
static int check_list(struct kmem_cache *cache, struct list_head *head, const char *invariant,
		      const char *which, bool partial, unsigned long *slabs)
{
	struct list_head *link, *before = head;
	int found = 0;

	*slabs = 0;
	for (link = head->next; link != head; before = link, link = link->next) {
		struct slab *slab = list_entry(link, struct slab, slab_list);

		if (!is_page_pointer(slab_page(slab)) || link->prev != before)
			return found + mm_problem(invariant,
						  "%s: broken link at %px in its %s list",
						  cache->name, link, which);
		if (!is_slab_head(slab_page(slab)) || slab->slab_cache != cache ||
		    !slab->freelist == partial)
			found += mm_problem(invariant, "%s: pfn %#lx should not be in its %s list",
					    cache->name, page_to_pfn(slab_page(slab)), which);
		++*slabs;
	}
	return found;
}

static int check_lists(struct kmem_cache *cache)
{
	struct kmem_cache_node *node = &cache->node;
	const struct slab_tally *tally = &cache->tally;
	unsigned long partial, full;
	int found = check_list(cache, &node->partial, "I-slab-2", "partial", true, &partial);

	if (node->nr_partial != partial || tally->partial != partial)
		found += mm_problem(
			"I-slab-4",
			"%s: nr_partial %lu, %lu in the list, %lu slabs with free objects",
			cache->name, node->nr_partial, partial, tally->partial);
	if (node->nr_slabs != tally->slabs || node->total_objects != tally->objects)
		found += mm_problem("I-slab-4",
				    "%s: nr_slabs %lu, total_objects %lu, counted %lu and %lu",
				    cache->name, node->nr_slabs, node->total_objects, tally->slabs,
				    tally->objects);
	if (!kmem_cache_debug(cache))
		return found;
	found += check_list(cache, &node->full, "I-slab_debug-2", "full", false, &full);
	if (full + tally->partial != tally->slabs)
		found += mm_problem("I-slab_debug-2",
				    "%s: %lu in the full list, %lu slabs are full", cache->name,
				    full, tally->slabs - tally->partial);
	return found;
}

/* --- the CPUs' lists --------------------------------------------------------------------------------- */

static int check_cpu_object(const struct kmem_cache *cache, unsigned int cpu, const void *object)
{
	struct slab *slab = virt_addr_valid(object) ? virt_to_slab(object) : NULL;

	if (slab && slab->slab_cache == cache && slab_valid_object(cache, slab, object))
		return 0;
	return mm_problem("I-slab-3", "%s: %px in the list of CPU %u is no object of it",
			  cache->name, object, cpu);
}

/* The list of one CPU; *last is its last object, if the list is sound. */
static int check_cpu_list(const struct kmem_cache *cache, unsigned int cpu, void **last)
{
	const struct kmem_cache_cpu *list = per_cpu_ptr(cache->cpu_slab, cpu);
	unsigned int length = cache->cpu_limit - list->room, nr = 0;
	struct slab *slab;
	void *object;

	*last = NULL;
	for (object = list->freelist; object; object = slab_next_free(cache, object)) {
		if (check_cpu_object(cache, cpu, object))
			return 1;
		if (nr++ == cache->cpu_limit)
			return mm_problem("I-slab-3", "%s: the list of CPU %u does not end",
					  cache->name, cpu);
		*last = object;
	}
	if (nr != length)
		return mm_problem("I-slab-5", "%s: the list of CPU %u has %u objects, not %u",
				  cache->name, cpu, nr, length);
	slab = *last ? virt_to_slab(*last) : NULL;
	if (slab && slab_walk_freelist(cache, slab, NULL).last == *last)
		return mm_problem("I-slab-5", "%s: %px is in the list of CPU %u and in its slab's",
				  cache->name, *last, cpu);
	return 0;
}

static int check_cpu_lists(const struct kmem_cache *cache)
{
	void *last[NR_CPUS];
	unsigned int cpu, other;
	int found = 0;

	for_each_possible_cpu(cpu) {
		found += check_cpu_list(cache, cpu, &last[cpu]);
		for (other = 0; other < cpu; other++)
			if (last[cpu] && last[other] == last[cpu])
				found += mm_problem("I-slab-3", "%s: %px is in two CPUs' lists",
						    cache->name, last[cpu]);
	}
	return found;
}

/* Under slab_mutex. */
int slab_check_locked(void)
{
	struct kmem_cache *cache;
	unsigned long flags;
	int found;

	local_irq_save(flags);
	list_for_each_entry(cache, &slab_caches, list)
		cache->tally = (struct slab_tally){ 0 };
	found = check_frames();
	list_for_each_entry(cache, &slab_caches, list) {
		spin_lock(&cache->node.list_lock);
		found += check_lists(cache) + check_cpu_lists(cache);
		spin_unlock(&cache->node.list_lock);
	}
	local_irq_restore(flags);
	return found;
}

int slab_check(void)
{
	int found;

	mutex_lock(&slab_mutex);
	found = slab_check_locked();
	mutex_unlock(&slab_mutex);
	return found;
}

/* --- into the objects ---------------------------------------------------------------------------------- */

/*
 * What is in no freelist is allocated, or was lost when its list was cut: then it is a sound
 * free object.
 */
static bool object_fault(struct kmem_cache *cache, struct slab *slab, void *object,
			 struct slab_fault *fault)
{
	struct slab_fault as_free;

	if (slab_walk_freelist(cache, slab, object).met)
		return slab_object_fault(cache, slab, object, SLUB_RED_INACTIVE, fault);
	return slab_object_fault(cache, slab, object, SLUB_RED_ACTIVE, fault) &&
	       slab_object_fault(cache, slab, object, SLUB_RED_INACTIVE, &as_free);
}

/* The first fault from object number *i on, which moves on; false: there is none. */
static bool next_fault(struct kmem_cache *cache, struct slab *slab, unsigned int *i,
		       struct slab_fault *fault)
{
	unsigned long flags;
	bool found = false;

	spin_lock_irqsave(&cache->node.list_lock, flags);
	for (; !found && *i < slab->objects && slab->slab_cache == cache; ++*i)
		found = object_fault(cache, slab, slab_object(cache, slab, *i), fault);
	spin_unlock_irqrestore(&cache->node.list_lock, flags);
	return found;
}

static long validate_slab(struct kmem_cache *cache, struct slab *slab)
{
	long problems = 0;
	unsigned int i = 0;
	struct slab_fault fault;

	if (slab_padding_fault(cache, slab, &fault)) {
		slab_bug_fault(cache, &fault);
		problems++;
	}
	problems += slab_mend_freelist(cache, slab);
	while (next_fault(cache, slab, &i, &fault)) {
		slab_bug_fault(cache, &fault);
		problems++;
		if (fault.harmless)
			i--; /* there may be another one */
	}
	return problems;
}

long validate_slab_cache(struct kmem_cache *cache)
{
	unsigned long pfn = 0;
	long problems = 0;
	struct slab *slab;

	slab_flush_cpus(cache);
	while ((slab = slab_next(cache, &pfn)))
		problems += validate_slab(cache, slab);
	return problems;
}
