// SPDX-License-Identifier: MIT
/*
 * `leaks`: live objects, grouped by the calls that allocated them. What grows from one
 * time to the next, and by whom, is leaked. Caches that keep who it was: slub_debug=U.
 */
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "../slab_debug.h"
#include "monitor.h"

#define SHOWN  10UL
#define GROUPS 256 /* one more is for all that the table has no room for */

/* Objects of one cache that the same calls allocated. */
struct group {
	const struct kmem_cache *cache;
	unsigned long objects;
	unsigned int nr_entries;
	unsigned long entries[TRACK_DEPTH];
};

static struct group groups[GROUPS + 1];
static unsigned int nr_groups;

static struct group *group_of(const struct kmem_cache *cache, const struct track *track)
{
	unsigned int nr = track ? track->nr_entries : 0;
	struct group *group;

	for (group = groups; group < groups + nr_groups; group++)
		if (group->cache == cache && group->nr_entries == nr &&
		    (!nr || !memcmp(group->entries, track->entries, nr * sizeof(long))))
			return group;
	if (nr_groups == GROUPS)
		return &groups[GROUPS];
	nr_groups++;
	group->cache = cache;
	group->nr_entries = nr;
	if (nr)
		memcpy(group->entries, track->entries, nr * sizeof(long));
	return group;
}

static void count_slab(struct kmem_cache *cache, const struct slab *slab)
{
	DECLARE_BITMAP(free, SLAB_MAP_BITS);
	unsigned int i;

	for (i = 0; i < slab->objects; i++) {
		void *object = slab_object(cache, slab, i);

		if (i % SLAB_MAP_BITS == 0)
			slab_free_map(cache, slab, i, free);
		if (!test_bit(i % SLAB_MAP_BITS, free))
			group_of(cache, slab_track(cache, object, TRACK_ALLOC))->objects++;
	}
}

/* False: no cache keeps who allocated. */
static bool count_live(void)
{
	struct kmem_cache *cache;
	bool any = false;

	memset(groups, 0, sizeof(groups));
	nr_groups = 0;
	mutex_lock(&slab_mutex);
	list_for_each_entry(cache, &slab_caches, list) {
		unsigned long pfn = 0;
		struct slab *slab;

		if (!(cache->flags & SLAB_STORE_USER))
			continue;
		any = true;
		while (cache->node.nr_slabs && (slab = slab_next(cache, &pfn)))
			count_slab(cache, slab);
	}
	mutex_unlock(&slab_mutex);
	return any;
}

static u64 group_bytes(const struct group *group)
{
	return (u64)group->objects * group->cache->size;
}

/* The largest group that was not shown yet; what is shown loses its objects. */
static struct group *largest_group(void)
{
	struct group *group, *best = NULL;

	for (group = groups; group < groups + nr_groups; group++)
		if (group->objects && (!best || group_bytes(group) > group_bytes(best)))
			best = group;
	return best;
}

static void print_group(const struct group *group)
{
	mprintf("%8lu object%s of %s, %llu bytes:", COUNTED(group->objects), group->cache->name,
		group_bytes(group));
	print_callers(group->entries, group->nr_entries, " nobody knows who");
}

static void json_group(const struct group *group)
{
	json_begin();
	json_text("cache", group->cache->name);
	json_number("objects", group->objects);
	json_number("slab_bytes", group_bytes(group));
	json_callers(group->entries, group->nr_entries);
	json_end();
}

static int cmd_leaks(int argc, char **argv)
{
	bool json = take_json(&argc, argv);
	unsigned long left = SHOWN;
	struct group *group;

	if (argc > 2)
		return monitor_usage(argv[0]);
	if (argc == 2 && monitor_parse_ulong(argv[1], &left))
		return -EINVAL;
	if (!count_live()) {
		mprintf("no cache keeps who allocated its objects: boot with slub_debug=U\n");
		return -ENODATA;
	}
	group = largest_group();
	if (!group && !json)
		mprintf("no object is alive\n");
	for (; group && left--; group = largest_group()) {
		(json ? json_group : print_group)(group);
		group->objects = 0;
	}
	if (groups[GROUPS].objects && !json)
		mprintf("and %lu objects for which the table had no room\n",
			groups[GROUPS].objects);
	return 0;
}

MONITOR_COMMAND("leaks", "[HOW-MANY] [--json]", "live objects by who allocated them", cmd_leaks);
