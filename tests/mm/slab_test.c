// SPDX-License-Identifier: MIT
/* What the tests of slab caches and kmalloc share: see slab_test.h. */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "slab_test.h"

static void *held;
static unsigned long flags_before;

void slab_shrink_all(void)
{
	struct kmem_cache *cache;

	vm_unmap_aliases(); /* lazy areas are objects too */
	list_for_each_entry(cache, &slab_caches, list)
		kmem_cache_shrink(cache);
	rcu_barrier();
}

int slab_test_init(struct kunit *test)
{
	local_save_flags(flags_before);
	local_irq_enable();
	slab_shrink_all();
	return mm_test_init(test);
}

void slab_test_exit(struct kunit *test)
{
	slab_free_held();
	kunit_cleanup(test);
	slab_shrink_all();
	mm_test_exit(test);
	local_irq_restore(flags_before);
}

static DECLARE_COMPLETION(all_run);
static unsigned int nr_wanted;
static atomic_t nr_running;

static void wait_for_all(struct work_struct *work)
{
	if (atomic_inc_return(&nr_running) == (int)nr_wanted)
		complete_all(&all_run);
	wait_for_completion(&all_run);
}

void slab_make_workers(unsigned int nr)
{
	static struct work_struct works[NR_CPUS + 2];
	unsigned int i;

	reinit_completion(&all_run);
	nr_wanted = nr;
	atomic_set(&nr_running, 0);
	for (i = 0; i < nr; i++) {
		INIT_WORK(&works[i], wait_for_all);
		schedule_work(&works[i]);
	}
	flush_scheduled_work();
}

unsigned long slab_objects_in_use(void)
{
	struct kmem_cache *cache;
	const struct slab *slab;
	unsigned long nr = 0;

	list_for_each_entry(cache, &slab_caches, list) {
		nr += cache->node.total_objects;
		list_for_each_entry(slab, &cache->node.partial, slab_list)
			nr -= slab->objects - slab->inuse;
	}
	return nr;
}

unsigned long slab_pages(void)
{
	struct kmem_cache *cache;
	unsigned long nr = 0;

	list_for_each_entry(cache, &slab_caches, list)
		if (cache->shape.order == cache->min.order)
			nr += cache->node.nr_slabs << cache->min.order;
	return nr;
}

unsigned long slab_or_free_pages(void)
{
	unsigned long nr = mm_free_pages_and_tables(), pfn;

	for (pfn = 0; pfn < max_pfn; pfn++) {
		struct page *page = pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;

		if (page && PageBuddy(page))
			pfn += (1UL << buddy_order(page)) - 1;
		else if (page && PageSlab(page))
			nr++;
	}
	return nr;
}

static unsigned long pages_before, objects_before;

static void settle(void)
{
	flush_scheduled_work(); /* vfree() of those who may not sleep */
	rcu_barrier();		/* tasks that have ended */
	slab_shrink_all();
	mm_settle();
}

int slab_count_init(struct kunit *test)
{
	slab_make_workers(1);
	settle();
	pages_before = mm_free_pages_and_tables() + slab_pages();
	objects_before = slab_objects_in_use();
	if (pages_before < totalram_pages() / 2)
		kunit_skip(test, "most memory is held: 'free all' gives it back");
	return 0;
}

void slab_count_exit(struct kunit *test)
{
	slab_free_held();
	kunit_cleanup(test);
	mm_reset();
	settle();
	KUNIT_EXPECT_EQ(test, mm_free_pages_and_tables() + slab_pages(), pages_before);
	KUNIT_EXPECT_EQ(test, slab_objects_in_use(), objects_before);
}

/* --- caches -------------------------------------------------------------------------- */

static void destroy_cache(void *cache)
{
	kmem_cache_destroy(cache);
}

struct kmem_cache *slab_test_cache(struct kunit *test, unsigned int size, unsigned int align,
				   slab_flags_t flags, void (*ctor)(void *object))
{
	struct kmem_cache *cache = kmem_cache_create("test", size, align, flags, ctor);

	KUNIT_ASSERT_NOT_NULL(test, cache);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, destroy_cache, cache), 0);
	return cache;
}

void slab_test_destroy(struct kunit *test, struct kmem_cache *cache)
{
	kunit_release_action(test, destroy_cache, cache);
}

/* --- held objects -------------------------------------------------------------------- */

void *slab_hold(void *object)
{
	if (object) {
		*(void **)object = held;
		held = object;
	}
	return object;
}

void *slab_unhold(void)
{
	void *object = held;

	if (object)
		held = *(void **)object;
	return object;
}

void slab_free_held(void)
{
	while (held)
		kfree(slab_unhold());
}

void slab_use_up(struct kmem_cache *cache)
{
	const struct slab *slab;
	unsigned long nr = 0;

	kmem_cache_shrink(cache);
	list_for_each_entry(slab, &cache->node.partial, slab_list)
		nr += slab->objects - slab->inuse;
	while (nr--)
		slab_hold(kmem_cache_alloc(cache, GFP_NOWAIT | __GFP_NOWARN));
}

/* Held ones are linked by their first word, which is a constructor's. */
void slab_use_up_all(void)
{
	struct kmem_cache *cache;

	slab_shrink_all();
	list_for_each_entry(cache, &slab_caches, list)
		if (!cache->ctor)
			slab_use_up(cache);
}

unsigned long slab_fill(struct kmem_cache *cache, gfp_t gfp)
{
	unsigned long nr = 0;

	while (slab_hold(kmem_cache_alloc(cache, gfp)))
		nr++;
	return nr;
}
