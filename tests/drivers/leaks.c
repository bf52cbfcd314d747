// SPDX-License-Identifier: MIT
/* The count of leaks.h. */
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "../mm/slab_test.h"
#include "leaks.h"

static unsigned long objects_before;

/*
 * A vmap_area is a hole between two others, too: how many there are depends on where the registers
 * are mapped each time.
 */
unsigned long leaks_objects_in_use(void)
{
	unsigned long nr = slab_objects_in_use();
	struct kmem_cache *cache;
	const struct slab *slab;

	list_for_each_entry(cache, &slab_caches, list) {
		if (strcmp(cache->name, "vmap_area"))
			continue;
		nr -= cache->node.total_objects;
		list_for_each_entry(slab, &cache->node.partial, slab_list)
			nr += slab->objects - slab->inuse;
	}
	return nr;
}

/* vfree() of those who may not sleep, and tasks that have ended, are still on their way. */
static unsigned long count(void)
{
	flush_scheduled_work();
	rcu_barrier();
	slab_shrink_all();
	return leaks_objects_in_use();
}

int leaks_begin(struct kunit *test)
{
	slab_make_workers(1);
	objects_before = count();
	return 0;
}

void leaks_end(struct kunit *test)
{
	kunit_cleanup(test);
	KUNIT_EXPECT_EQ(test, count(), objects_before);
}
