// SPDX-License-Identifier: MIT
/*
 * `slab`: the caches, what they hold, and their slabs with each object drawn.
 *
 * What is in the lists is counted under list_lock and compared with the counters, and
 * each slab's picture is taken under it; the whole is no snapshot, as others go on.
 */
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "../slab_debug.h"
#include "monitor.h"

#define SLABS_SHOWN 32
#define ROW_OBJECTS 64

struct kmem_cache *parse_cache(const char *name)
{
	struct kmem_cache *cache, *found = NULL;

	mutex_lock(&slab_mutex);
	list_for_each_entry_reverse(cache, &slab_caches, list)
		if (!found && !strcmp(cache->name, name))
			found = cache;
	mutex_unlock(&slab_mutex);
	if (!found)
		mprintf("there is no cache '%.40s'; 'slab -a' lists them all, and a cache may have "
			"been merged with another\n",
			name);
	return found;
}

void offer_caches(struct monitor_completion *completion)
{
	const struct kmem_cache *cache;

	mutex_lock(&slab_mutex);
	list_for_each_entry(cache, &slab_caches, list)
		monitor_offer(completion, cache->name);
	mutex_unlock(&slab_mutex);
}

/* --- counting ------------------------------------------------------------------------ */

struct usage {
	unsigned long slabs, objects;
	unsigned long partial; /* slabs */
	unsigned long free;    /* objects, in those */
	unsigned long in_cpus; /* free objects */
	long in_cpu[NR_CPUS];  /* of these */
	unsigned long pages;
};

static void count_in_cpus(const struct kmem_cache *cache, struct usage *usage)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		usage->in_cpu[cpu] = cache->cpu_limit - per_cpu_ptr(cache->cpu_slab, cpu)->room;
		usage->in_cpus += usage->in_cpu[cpu];
	}
}

static void count_usage(struct kmem_cache *cache, struct usage *usage)
{
	struct kmem_cache_node *node = &cache->node;
	const struct slab *slab;
	unsigned long flags, pfn = 0;

	memset(usage, 0, sizeof(*usage));
	spin_lock_irqsave(&node->list_lock, flags);
	usage->slabs = node->nr_slabs;
	usage->objects = node->total_objects;
	count_in_cpus(cache, usage);
	list_for_each_entry(slab, &node->partial, slab_list) {
		if (usage->partial++ == node->nr_partial)
			break;
		usage->free += slab->objects - slab->inuse;
	}
	spin_unlock_irqrestore(&node->list_lock, flags);
	if (!usage->slabs)
		return;
	while ((slab = slab_next(cache, &pfn)))
		usage->pages += 1UL << slab_order(slab);
}

static unsigned long used_objects(const struct usage *usage)
{
	return usage->objects - usage->free - usage->in_cpus;
}

/* --- the table ----------------------------------------------------------------------- */

static void print_columns(void)
{
	unsigned int cpu;

	mprintf("%-20s %7s %7s %7s %8s %6s %6s %8s %8s", "cache", "used", "objects", "size",
		"per slab", "pages", "slabs", "partial", "in CPUs");
	for (cpu = 0; nr_cpu_ids > 1 && cpu < nr_cpu_ids; cpu++)
		mprintf("   CPU%u", cpu);
	mprintf("  memory\n");
}

static void print_cache(const struct kmem_cache *cache, const struct usage *usage)
{
	unsigned int cpu;

	mprintf("%-20s %7lu %7lu %7u %8u %6u %6lu %8lu %8lu", cache->name, used_objects(usage),
		usage->objects, cache->size, cache->shape.objects, 1U << cache->shape.order,
		usage->slabs, usage->partial, usage->in_cpus);
	for (cpu = 0; nr_cpu_ids > 1 && cpu < nr_cpu_ids; cpu++)
		mprintf(" %6ld", usage->in_cpu[cpu]);
	mprintf("  %s\n", PAGES_TEXT(usage->pages));
}

static void json_cache(const struct kmem_cache *cache, const struct usage *usage)
{
	json_begin();
	json_text("cache", cache->name);
	json_number("used_objects", used_objects(usage));
	json_number("total_objects", usage->objects);
	json_number("object_bytes", cache->object_size);
	json_number("size_bytes", cache->size);
	json_number("objects_per_slab", cache->shape.objects);
	json_number("order", cache->shape.order);
	json_number("slabs", usage->slabs);
	json_number("partial_slabs", usage->partial);
	json_number("cpu_objects", usage->in_cpus);
	json_array("objects_by_cpu", usage->in_cpu, nr_cpu_ids);
	json_number("cpu_limit_objects", cache->cpu_limit);
	json_number("slab_pages", usage->pages);
	json_end();
}

static int list_caches(bool all, bool json)
{
	unsigned long nr = 0, hidden = 0, pages = 0;
	u64 used = 0;
	struct kmem_cache *cache;
	struct usage usage;

	if (!json)
		print_columns();
	mutex_lock(&slab_mutex);
	list_for_each_entry_reverse(cache, &slab_caches, list) {
		count_usage(cache, &usage);
		nr++;
		pages += usage.pages;
		used += (u64)used_objects(&usage) * cache->object_size;
		if (json)
			json_cache(cache, &usage);
		else if (all || usage.slabs)
			print_cache(cache, &usage);
		else
			hidden++;
	}
	mutex_unlock(&slab_mutex);
	if (json)
		return 0;
	mprintf("%lu caches have %s, their objects in use %s (%s %%)", nr, PAGES_TEXT(pages),
		size_text(used).text, percent_text(used, (u64)pages << PAGE_SHIFT).text);
	if (hidden)
		mprintf("; %lu without slabs: slab -a", hidden);
	mprintf("\n");
	return 0;
}

/* --- objects ------------------------------------------------------------------------- */

/* Is it in a CPU's list? Walks no further than the list is said to be long. */
static bool in_cpu_list(struct kmem_cache *cache, const void *object)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		const struct kmem_cache_cpu *list = per_cpu_ptr(cache->cpu_slab, cpu);
		unsigned int left = cache->cpu_limit - list->room;
		void *free = list->freelist;

		for (; left && free && virt_addr_valid(free); left--) {
			if (free == object)
				return true;
			free = slab_next_free(cache, free);
		}
	}
	return false;
}

/* Objects `first` to `first` + ROW_OBJECTS - 1 of a slab, as far as it has so many. */
struct row {
	unsigned int first, nr;
	enum object_state state[ROW_OBJECTS];
};

static void take_row(struct kmem_cache *cache, const struct slab *slab, unsigned int first,
		     struct row *row)
{
	DECLARE_BITMAP(free, SLAB_MAP_BITS);
	unsigned long flags;
	unsigned int i;

	row->first = first;
	row->nr = min_t(unsigned int, slab->objects - first, ROW_OBJECTS);
	local_irq_save(flags);
	slab_free_map(cache, slab, first, free);
	for (i = 0; i < row->nr; i++) {
		row->state[i] = OBJECT_USED;
		if (test_bit(i, free))
			row->state[i] = in_cpu_list(cache, slab_object(cache, slab, first + i))
						? OBJECT_CPU
						: OBJECT_FREE;
	}
	local_irq_restore(flags);
}

bool find_object(const void *address, struct object_place *place)
{
	struct slab *slab = virt_to_slab(address);
	struct kmem_cache *cache;
	struct row row;

	if (!slab)
		return false;
	cache = slab->slab_cache;
	place->cache = cache;
	place->slab = slab_address(slab);
	place->number = (address - place->slab) / cache->size;
	place->state = OBJECT_PADDING;
	if (place->number >= slab->objects)
		return true;
	place->object = slab_object(cache, slab, place->number);
	place->offset = address - place->object;
	take_row(cache, slab, place->number, &row);
	place->state = row.state[0];
	return true;
}

/* --- one cache ----------------------------------------------------------------------- */

static void print_flags(const struct kmem_cache *cache)
{
	static const struct {
		slab_flags_t flag;
		const char *text;
	} names[] = {
		{ SLAB_HWCACHE_ALIGN, "HWCACHE_ALIGN" },
		{ SLAB_CACHE_DMA, "CACHE_DMA" },
		{ SLAB_RECLAIM_ACCOUNT, "RECLAIM_ACCOUNT" },
		{ SLAB_TYPESAFE_BY_RCU, "TYPESAFE_BY_RCU" },
		{ SLAB_PANIC, "PANIC" },
		{ SLAB_NO_MERGE, "NO_MERGE" },
		{ SLAB_CONSISTENCY_CHECKS, "CONSISTENCY_CHECKS" },
		{ SLAB_RED_ZONE, "RED_ZONE" },
		{ SLAB_POISON, "POISON" },
		{ SLAB_STORE_USER, "STORE_USER" },
		{ SLAB_TRACE, "TRACE" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (cache->flags & names[i].flag)
			mprintf(", %s", names[i].text);
	if (cache->ctor)
		mprintf(", constructor %ps", cache->ctor);
	if (cache->refcount > 1)
		mprintf(", %d caches merged", cache->refcount);
	mprintf("\n");
}

static void print_each_cpu(const struct usage *usage)
{
	unsigned int cpu;

	if (nr_cpu_ids == 1)
		return;
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		mprintf("%s%ld", cpu ? " + " : " (", usage->in_cpu[cpu]);
	mprintf(")");
}

static void print_heading(const struct kmem_cache *cache, const struct usage *usage)
{
	mprintf("%s: objects of %u bytes, %u with what is around them, aligned to %u", cache->name,
		cache->object_size, cache->size, cache->align);
	print_flags(cache);
	mprintf("  a slab has %u objects in %u page%s; a CPU keeps up to %u; %u empty slabs may "
		"stay\n",
		cache->shape.objects, COUNTED(1U << cache->shape.order), cache->cpu_limit,
		cache->min_partial);
	mprintf("  %lu of %lu objects used, %lu free in slabs, %lu in CPUs' lists",
		used_objects(usage), usage->objects, usage->free, usage->in_cpus);
	print_each_cpu(usage);
	mprintf("; %lu slab%s, %lu partial, %s\n", COUNTED(usage->slabs), usage->partial,
		PAGES_TEXT(usage->pages));
}

static const char state_mark[] = { [OBJECT_USED] = '#', [OBJECT_FREE] = '.', [OBJECT_CPU] = 'c' };

static void print_row(const struct kmem_cache *cache, const struct slab *slab,
		      const struct row *row)
{
	unsigned int i;

	mprintf("  0x%px  ", slab_object(cache, slab, row->first));
	for (i = 0; i < row->nr; i++)
		mprintf("%c", state_mark[row->state[i]]);
	mprintf("\n");
}

static void print_objects(struct kmem_cache *cache, const struct slab *slab, const struct row *row)
{
	static const char *const words[] = {
		[OBJECT_USED] = "used",
		[OBJECT_FREE] = "free",
		[OBJECT_CPU] = "free, in a CPU's list",
	};
	unsigned int i;

	for (i = 0; i < row->nr; i++) {
		void *object = slab_object(cache, slab, row->first + i);
		const struct track *track = slab_track(cache, object, TRACK_ALLOC);
		unsigned int handle = handle_of_object(object);

		mprintf("  0x%px  %c %s", object, state_mark[row->state[i]], words[row->state[i]]);
		if (row->state[i] != OBJECT_USED)
			mprintf(", next 0x%px", slab_next_free(cache, object));
		else if (handle)
			mprintf(", handle #%u", handle);
		if (row->state[i] == OBJECT_USED && track && track->nr_entries)
			mprintf(", by %pB", (void *)track->entries[0]);
		mprintf("\n");
	}
}

static void show_slab(struct kmem_cache *cache, const struct slab *slab, bool addresses)
{
	unsigned int first;
	struct row row;

	for (first = 0; first < slab->objects; first += ROW_OBJECTS) {
		take_row(cache, slab, first, &row);
		if (addresses)
			print_objects(cache, slab, &row);
		else
			print_row(cache, slab, &row);
	}
}

static void json_one(struct kmem_cache *cache)
{
	struct usage usage;

	count_usage(cache, &usage);
	json_cache(cache, &usage);
}

static void show_cache(struct kmem_cache *cache, bool addresses)
{
	unsigned long pfn = 0, shown = 0, objects = 0;
	struct usage usage;
	struct slab *slab;

	count_usage(cache, &usage);
	print_heading(cache, &usage);
	for (; (slab = slab_next(cache, &pfn)); shown++) {
		objects += slab->objects;
		if (shown < SLABS_SHOWN)
			show_slab(cache, slab, addresses);
	}
	if (shown > SLABS_SHOWN)
		mprintf("  ... and %lu slabs more\n", shown - SLABS_SHOWN);
	if (shown == usage.slabs && objects == usage.objects)
		mprintf("  # used, . free, c free in a CPU's list (verified)\n");
	else
		mprintf("  found %lu slabs with %lu objects: %sMISMATCH%s, 'check' says more\n",
			shown, objects, colour(COLOUR_RED), colour(COLOUR_OFF));
}

/* --- the command ---------------------------------------------------------------------- */

static int cmd_slab(int argc, char **argv)
{
	bool json = take_json(&argc, argv), all = take_word(&argc, argv, "-a");
	bool addresses = take_word(&argc, argv, "-v");
	struct kmem_cache *cache;

	if (argc == 1 && !addresses)
		return list_caches(all, json);
	if (argc != 2 || all || (json && addresses))
		return monitor_usage(argv[0]);
	cache = parse_cache(argv[1]);
	if (!cache)
		return -ENOENT;
	if (json)
		json_one(cache);
	else
		show_cache(cache, addresses);
	return 0;
}

static void complete_slab(struct monitor_completion *completion, int argc, char **argv)
{
	offer_caches(completion);
}

MONITOR_COMMAND_COMPLETE("slab", "[-a|--json] | CACHE [-v|--json]",
			 "the slab caches, or one with its slabs", cmd_slab, complete_slab);
