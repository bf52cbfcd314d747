// SPDX-License-Identifier: MIT
/*
 * slab_check(), checked: each kind of corruption of a cache's slabs and lists is seeded, found
 * by the invariant that it breaks, and undone. A row names all invariants that are reported,
 * in the order of the first report of each.
 */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/mm_check.h>

#include "slab_debug_test.h"

/* --- corruption that can be undone --------------------------------------------------------- */

#define POKES 8

static struct poke {
	void *where;
	unsigned long before;
	size_t size;
} pokes[POKES];
static unsigned int nr_pokes;

static void poke(void *where, unsigned long value, size_t size)
{
	struct poke *poke = &pokes[nr_pokes++];

	*poke = (struct poke){ .where = where, .size = size };
	memcpy(&poke->before, where, size);
	memcpy(where, &value, size);
}

#define POKE(lvalue, value) poke(&(lvalue), (unsigned long)(value), sizeof(lvalue))

static void unpoke(void)
{
	while (nr_pokes) {
		struct poke *poke = &pokes[--nr_pokes];

		memcpy(poke->where, &poke->before, poke->size);
	}
}

/* --- a cache with something of everything ---------------------------------------------------- */

/*
 * Two slabs, one full and one with two free objects, and, if the cache has CPU lists, three
 * objects in this CPU's. Another cache has a slab too.
 */
static struct {
	struct kmem_cache *cache, *other;
	struct kmem_cache_cpu *cpu;
	struct slab *full, *partial;
	void *listed;	    /* in the CPU's list, the first of three */
	void *foreign;	    /* an object of the other cache */
	struct page *pages; /* of nobody's: a block of two */
} scene;

static void set_scene(struct kunit *test, slab_flags_t flags)
{
	unsigned int i, objects;
	void *last[5] = { NULL };

	scene.cache = watched_cache(test, 700, flags, NULL);
	scene.other = watched_cache(test, 700, 0, NULL);
	scene.cpu = this_cpu_ptr(scene.cache->cpu_slab);
	objects = scene.cache->shape.objects;
	KUNIT_ASSERT_GT(test, scene.cache->shape.order, 0);
	KUNIT_ASSERT_GT(test, objects, 6);

	scene.full = scene.partial = NULL;
	for (i = 0; i < 2 * objects; i++) {
		void *object = kmem_cache_alloc(scene.cache, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, object);
		if (!scene.full)
			scene.full = virt_to_slab(object);
		if (virt_to_slab(object) == scene.full)
			continue;
		scene.partial = virt_to_slab(object);
		memmove(&last[1], &last[0], sizeof(last) - sizeof(last[0]));
		last[0] = object;
	}
	KUNIT_ASSERT_NOT_NULL(test, last[4]);
	kmem_cache_free(scene.cache, last[0]);
	kmem_cache_free(scene.cache, last[1]);
	slab_flush_cpus(scene.cache);
	for (i = 2; scene.cache->cpu_limit && i < 5; i++)
		kmem_cache_free(scene.cache, last[i]);
	scene.listed = scene.cpu->freelist;
	scene.foreign = kmem_cache_alloc(scene.other, GFP_KERNEL);
	scene.pages = mm_take(GFP_KERNEL, 1);
	KUNIT_ASSERT_NOT_NULL(test, scene.pages);
	KUNIT_ASSERT_EQ(test, scene.cache->node.nr_slabs, 2);
	KUNIT_ASSERT_EQ(test, scene.cache->node.nr_partial, 1);
}

/* The second object of a list, through its link. */
static void poke_link(void *object, void *next)
{
	void **link = object + scene.cache->offset, *before = *link;

	slab_set_next_free(scene.cache, object, next);
	next = *link;
	*link = before;
	POKE(*link, next);
}

/* --- I-slab-1 ----------------------------------------------------------------------------------- */

static void tail_is_no_slab(void)
{
	POKE(slab_page(scene.full)[1].flags, slab_page(scene.full)[1].flags & ~(1UL << PG_slab));
}

static void tail_of_another_cache(void)
{
	POKE(slab_page(scene.full)[1].mapping, scene.other);
}

static void tail_without_its_head(void)
{
	POKE(slab_page(scene.full)[1].index, slab_page(scene.full) + 1);
}

static void cache_is_none(void)
{
	POKE(scene.full->slab_cache, &scene);
}

static void cache_is_another(void)
{
	unsigned long i;

	for (i = 0; i < 1UL << slab_order(scene.full); i++)
		POKE(slab_page(scene.full)[i].mapping, scene.other);
}

static void order_is_absurd(void)
{
	POKE(slab_page(scene.full)[1].compound_order, 77);
}

static void page_of_no_slab(void)
{
	POKE(scene.pages->flags, scene.pages->flags | 1UL << PG_slab);
}

static void tail_of_no_slab(void)
{
	POKE(scene.pages[1].flags, scene.pages[1].flags | 1UL << PG_slab);
}

/* --- I-slab-2 ----------------------------------------------------------------------------------- */

static void one_more_in_use(void)
{
	POKE(scene.partial->inuse, scene.partial->inuse + 1);
}

static void one_less_in_use(void)
{
	POKE(scene.full->inuse, scene.full->inuse - 1);
}

static void too_many_objects(void)
{
	POKE(scene.full->objects, scene.full->objects + 100);
	POKE(scene.full->inuse, scene.full->objects);
	POKE(scene.cache->node.total_objects, scene.cache->node.total_objects + 100);
}

static void partial_is_full(void)
{
	POKE(scene.partial->freelist, NULL);
	POKE(scene.partial->inuse, scene.partial->objects);
}

static void list_is_cut(void)
{
	POKE(scene.partial->slab_list.prev, NULL);
}

static void list_leads_nowhere(void)
{
	POKE(scene.cache->node.partial.next, 0x100);
}

/* --- I-slab-3 ----------------------------------------------------------------------------------- */

static void begins_outside(void)
{
	POKE(scene.partial->freelist, slab_address(scene.full) + scene.cache->red_left_pad);
}

static void begins_between(void)
{
	POKE(scene.partial->freelist, scene.partial->freelist + 4);
}

static void link_to_nowhere(void)
{
	poke_link(scene.partial->freelist, (void *)0x10);
}

static void link_to_itself(void)
{
	poke_link(scene.partial->freelist, scene.partial->freelist);
}

static void cpu_list_begins_nowhere(void)
{
	POKE(scene.cpu->freelist, 0x10);
}

static void cpu_list_begins_between(void)
{
	POKE(scene.cpu->freelist, scene.listed + 8);
}

static void cpu_list_has_anothers(void)
{
	POKE(scene.cpu->freelist, scene.foreign);
}

static void cpu_list_is_a_circle(void)
{
	poke_link(slab_next_free(scene.cache, scene.listed), scene.listed);
}

/* --- I-slab-4 ----------------------------------------------------------------------------------- */

static void slab_uncounted(void)
{
	POKE(scene.cache->node.nr_slabs, scene.cache->node.nr_slabs - 1);
}

static void objects_uncounted(void)
{
	POKE(scene.cache->node.total_objects, scene.cache->node.total_objects + 1);
}

static void partial_uncounted(void)
{
	POKE(scene.cache->node.nr_partial, scene.cache->node.nr_partial + 1);
}

static void partial_in_no_list(void)
{
	struct list_head *head = &scene.cache->node.partial;

	POKE(head->next, head);
	POKE(head->prev, head);
	POKE(scene.cache->node.nr_partial, 0);
}

/* --- I-slab-5 ----------------------------------------------------------------------------------- */

static void more_room(void)
{
	POKE(scene.cpu->room, scene.cpu->room + 1);
}

static void less_room(void)
{
	POKE(scene.cpu->room, scene.cpu->room - 1);
}

/* What a second free of an object does that is in its slab's list: the lists join. */
static void lists_join(void)
{
	poke_link(slab_next_free(scene.cache, scene.listed), scene.partial->freelist);
	POKE(scene.cpu->room, scene.cpu->room - 1);
}

/* --- I-slab_debug-2 ------------------------------------------------------------------------------- */

static void full_in_no_list(void)
{
	struct list_head *head = &scene.cache->node.full;

	POKE(head->next, head);
	POKE(head->prev, head);
}

static void full_list_cut(void)
{
	POKE(scene.full->slab_list.prev, NULL);
}

static void full_has_free_objects(void)
{
	void *object = slab_object(scene.cache, scene.full, 1);

	poke_link(object, NULL);
	POKE(scene.full->freelist, object);
	POKE(scene.full->inuse, scene.full->objects - 1);
}

/* ---------------------------------------------------------------------------------------------------- */

static const struct check_row {
	const char *name;
	void (*corrupt)(void);
	const char *broken;
	slab_flags_t flags;
	bool cpu_list; /* there has to be one */
} check_rows[] = {
	{ "tail is no slab", tail_is_no_slab, "I-slab-1", 0, false },
	{ "tail of another cache", tail_of_another_cache, "I-slab-1", 0, false },
	{ "tail without its head", tail_without_its_head, "I-slab-1", 0, false },
	{ "cache does not exist", cache_is_none, "I-slab-1 I-slab-4", 0, false },
	{ "cache is another", cache_is_another, "I-slab-4", 0, false },
	{ "order is absurd", order_is_absurd, "I-slab-1 I-slab-4", 0, false },
	{ "page of no slab", page_of_no_slab, "I-slab-1", 0, false },
	{ "tail of no slab", tail_of_no_slab, "I-slab-1", 0, false },
	{ "one more in use", one_more_in_use, "I-slab-2", 0, false },
	{ "one less in use", one_less_in_use, "I-slab-2", 0, false },
	{ "more objects than fit", too_many_objects, "I-slab-2", 0, false },
	{ "full, in the partial list", partial_is_full, "I-slab-2 I-slab-4", 0, false },
	{ "list is cut", list_is_cut, "I-slab-2 I-slab-4", 0, false },
	{ "list leads nowhere", list_leads_nowhere, "I-slab-2 I-slab-4", 0, false },
	{ "freelist begins outside", begins_outside, "I-slab-3", 0, false },
	{ "freelist begins between objects", begins_between, "I-slab-3", 0, false },
	{ "link to nowhere", link_to_nowhere, "I-slab-3", 0, false },
	{ "link to itself", link_to_itself, "I-slab-3", 0, false },
	{ "CPU list begins nowhere", cpu_list_begins_nowhere, "I-slab-3", 0, true },
	{ "CPU list begins between", cpu_list_begins_between, "I-slab-3", 0, true },
	{ "CPU list has another's object", cpu_list_has_anothers, "I-slab-3", 0, true },
	{ "CPU list is a circle", cpu_list_is_a_circle, "I-slab-3", 0, true },
	{ "slab not counted", slab_uncounted, "I-slab-4", 0, false },
	{ "objects not counted", objects_uncounted, "I-slab-4", 0, false },
	{ "partial slab not counted", partial_uncounted, "I-slab-4", 0, false },
	{ "partial slab in no list", partial_in_no_list, "I-slab-4", 0, false },
	{ "CPU has more room", more_room, "I-slab-5", 0, true },
	{ "CPU has less room", less_room, "I-slab-5", 0, true },
	{ "CPU list joins the slab's", lists_join, "I-slab-5", 0, true },
	{ "debugged: one more in use", one_more_in_use, "I-slab-2", FZPU, false },
	{ "debugged: link to itself", link_to_itself, "I-slab-3", FZPU, false },
	{ "full slab in no list", full_in_no_list, "I-slab_debug-2", FZPU, false },
	{ "full list is cut", full_list_cut, "I-slab_debug-2", FZPU, false },
	{ "not full, in the full list", full_has_free_objects, "I-slab-4 I-slab_debug-2", FZPU,
	  false },
};
KUNIT_ARRAY_PARAM_DESC_FEW(check, check_rows, name, 5);

static const char *broken_invariants(void)
{
	mm_problems_forget();
	slab_check();
	return mm_broken_invariants();
}

static void checker_of_slabs(struct kunit *test)
{
	const struct check_row *row = test->param_value;
	char found[128];

	set_scene(test, row->flags);
	if (row->cpu_list && !scene.cache->cpu_limit)
		kunit_skip(test, "there are no CPU lists");
	row->corrupt();
	strscpy(found, broken_invariants(), sizeof(found));
	unpoke();
	KUNIT_EXPECT_STREQ(test, found, row->broken);
}

/* A cache that could not be destroyed is looked through like any other. */
static void caches_with_live_objects_stay(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 700, 0, NULL);
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);

	count_slab_errors(test);
	kmem_cache_destroy(cache);
	KUNIT_EXPECT_STREQ(test, broken_invariants(), "");
	cache->node.nr_slabs++;
	KUNIT_EXPECT_STREQ(test, broken_invariants(), "I-slab-4");
	cache->node.nr_slabs--;
	kmem_cache_free(cache, object);
}

/* --- walks that others rely on ------------------------------------------------------------------------ */

static void slabs_are_found(struct kunit *test)
{
	unsigned long pfn = 0;
	unsigned int slabs = 0, all = 0;
	struct slab *slab;

	set_scene(test, 0);
	while ((slab = slab_next(scene.cache, &pfn))) {
		KUNIT_EXPECT_TRUE(test, slab == scene.full || slab == scene.partial);
		slabs++;
	}
	KUNIT_EXPECT_EQ(test, slabs, 2);
	for (pfn = 0; (slab = slab_next(NULL, &pfn));)
		all += slab == scene.full || slab == scene.partial ||
		       slab == virt_to_slab(scene.foreign);
	KUNIT_EXPECT_EQ(test, all, 3);
}

/* A bit for each free object, wherever it waits. */
static void free_objects_are_mapped(struct kunit *test)
{
	DECLARE_BITMAP(map, SLAB_MAP_BITS);
	unsigned int expected;

	set_scene(test, 0);
	expected = scene.cache->cpu_limit ? 5 : 2;
	slab_free_map(scene.cache, scene.full, 0, map);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(map, SLAB_MAP_BITS));
	slab_free_map(scene.cache, scene.partial, 0, map);
	KUNIT_EXPECT_EQ(test, bitmap_weight(map, SLAB_MAP_BITS), expected);
	slab_free_map(scene.cache, scene.partial, SLAB_MAP_BITS, map);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(map, SLAB_MAP_BITS));
}

static struct kunit_case slab_check_cases[] = {
	KUNIT_CASE_PARAM_ATTR(checker_of_slabs, check_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE(caches_with_live_objects_stay),
	KUNIT_CASE(slabs_are_found),
	KUNIT_CASE(free_objects_are_mapped),
	{},
};

static struct kunit_suite slab_check_suite = {
	.name = "slab_check",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = slab_check_cases,
};
kunit_test_suite(slab_check_suite);
