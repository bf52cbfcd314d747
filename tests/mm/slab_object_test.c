// SPDX-License-Identifier: MIT
/* Objects between allocation and free: API.md M4, M6, M8, M11 and M12. */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/swab.h>

#include "slab_test.h"

/* --- M4 ------------------------------------------------------------------------------------ */

#define BUILT 0xb1111111
#define USED  0x05ed05ed

struct built {
	u32 state;
	u32 rest[9];
};

static unsigned int nr_built;

static void build(void *object)
{
	struct built *built = object;

	memset(built, 0, sizeof(*built));
	built->state = BUILT;
	nr_built++;
}

/* Takes until the cache needs another slab, and one more. */
static unsigned int take_a_slab_and_one(struct kmem_cache *cache, struct built **objects)
{
	unsigned int nr;

	for (nr = 0; nr <= cache->shape.objects; nr++)
		objects[nr] = kmem_cache_alloc(cache, GFP_KERNEL);
	return nr;
}

static unsigned int count_state(struct built **objects, unsigned int nr, u32 state)
{
	unsigned int found = 0;

	while (nr--)
		found += objects[nr]->state == state;
	return found;
}

/* Once an object, not once an allocation; and what the owner leaves is what the next one finds. */
static void api_M4_constructor(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, sizeof(struct built), 0, 0, build);
	unsigned int nr = cache->shape.objects + 1, i, round;
	struct built **objects = kunit_kcalloc(test, nr, sizeof(*objects), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, objects);
	nr_built = 0;
	for (round = 0; round < 4; round++) {
		KUNIT_ASSERT_EQ(test, take_a_slab_and_one(cache, objects), nr);
		/* In slabs, all of whose objects were built. */
		KUNIT_EXPECT_EQ(test, nr_built, cache->node.total_objects);
		KUNIT_EXPECT_EQ(test, nr_built, 2 * cache->shape.objects);
		KUNIT_EXPECT_EQ(test, count_state(objects, nr, BUILT), nr);
		objects[7]->rest[8] = round;
		for (i = 0; i < nr; i++)
			kmem_cache_free(cache, objects[i]);
	}
	/* New pages, new objects. */
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
	nr_built = 0;
	objects[0] = kmem_cache_alloc(cache, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, nr_built, cache->shape.objects);
	KUNIT_EXPECT_EQ(test, objects[0]->state, BUILT);
	kmem_cache_free(cache, objects[0]);
}

static void api_M4_contents_persist(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, sizeof(struct built), 0, 0, build);
	unsigned int nr = cache->shape.objects + 1, i;
	struct built **objects = kunit_kcalloc(test, nr, sizeof(*objects), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, objects);
	take_a_slab_and_one(cache, objects);
	for (i = 0; i < nr; i++) {
		memset(objects[i], 0x5a, sizeof(struct built));
		objects[i]->state = USED;
	}
	for (i = 0; i < nr; i++)
		kmem_cache_free(cache, objects[i]);
	/* No byte of a free object is the allocator's. */
	for (i = 0; i < nr; i++)
		KUNIT_ASSERT_NULL(test,
				  memchr_inv(objects[i]->rest, 0x5a, sizeof(objects[i]->rest)));
	take_a_slab_and_one(cache, objects);
	KUNIT_EXPECT_EQ(test, count_state(objects, nr, USED), nr);
	for (i = 0; i < nr; i++)
		kmem_cache_free(cache, objects[i]);
}

/* The link of a free object is outside it: who still looks sees the object as it was left. */
static void api_M4_typesafe_by_rcu(struct kunit *test)
{
	struct kmem_cache *cache =
		slab_test_cache(test, sizeof(struct built), 0, SLAB_TYPESAFE_BY_RCU, NULL);
	struct built *object = kmem_cache_alloc(cache, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	memset(object, 0x77, sizeof(*object));
	kmem_cache_free(cache, object);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0x77, sizeof(*object)));
	KUNIT_EXPECT_PTR_EQ(test, slab_cache_of(object), cache);
}

/* To ask for zeroes is to ask for an object that is not built. */
static void api_F22_zero_and_a_constructor(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, sizeof(struct built), 0, 0, build);
	void *object;

	kunit_expect_report(test, "WARNING: at mm/slab.c");
	object = kmem_cache_zalloc(cache, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, sizeof(struct built)));
	kmem_cache_free(cache, object);
}

/* --- init_on_alloc=, init_on_free= --------------------------------------------------------------- */

static void flags_as_before(void *flags)
{
	mm_debug_flags = (unsigned long)flags;
}

/* A free object is full of zeroes, but for its link. */
static void init_on_free(struct kunit *test, const struct kmem_cache *cache, const char *object)
{
	unsigned int behind = cache->offset + sizeof(void *);

	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, cache->offset));
	KUNIT_EXPECT_NULL(test, memchr_inv(object + behind, 0, cache->object_size - behind));
}

/* Nobody reads what another one left, neither in a free object nor in a new one. */
static void api_M4_contents_are_wiped(struct kunit *test)
{
	unsigned long before = mm_debug_flags;
	struct kmem_cache *cache;
	char *object;

	KUNIT_ASSERT_EQ(test, kunit_add_action(test, flags_as_before, (void *)before), 0);
	mm_debug_flags |= MM_DEBUG_INIT_ON_FREE;
	cache = slab_test_cache(test, 80, 0, SLAB_NO_MERGE | SLAB_NO_USER_FLAGS, NULL);
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, object);
	memset(object, 0x5e, 80);
	kmem_cache_free(cache, object);
	init_on_free(test, cache, object);

	mm_debug_flags = before | MM_DEBUG_INIT_ON_ALLOC;
	memset(object, 0x5e, cache->offset);
	KUNIT_EXPECT_PTR_EQ(test, kmem_cache_alloc(cache, GFP_KERNEL), object);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, 80));
	kmem_cache_free(cache, object);
}

/* --- M6 --------------------------------------------------------------------------------------- */

static void api_M6_kfree_of_a_cache_object(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 80, 0, SLAB_NO_MERGE, NULL);
	void *object = kmem_cache_alloc(cache, GFP_KERNEL), *again;

	kfree(object);
	again = kmem_cache_alloc(cache, GFP_KERNEL);
	if (slab_is_lifo(cache))
		KUNIT_EXPECT_PTR_EQ(test, again, object);
	kfree(again);
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
}

/* Where it is looked at: the object goes where it belongs, and to no other cache. */
static void api_M6_wrong_cache(struct kunit *test)
{
	bool all_are = mm_debug_flags & MM_DEBUG_SLAB_HARDENED;
	slab_flags_t flags = all_are ? SLAB_NO_MERGE : SLAB_CONSISTENCY_CHECKS;
	struct kmem_cache *mine = slab_test_cache(test, 80, 0, flags, NULL);
	struct kmem_cache *other = slab_test_cache(test, 80, 0, flags, NULL);
	void *object = kmem_cache_alloc(mine, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	kunit_expect_report(test, "Wrong slab cache. test but object is from test");
	kmem_cache_free(other, object);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(mine), 0);
	KUNIT_EXPECT_EQ(test, other->node.nr_slabs, 0);
}

static void api_M6_not_an_object(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 80, 0, SLAB_CONSISTENCY_CHECKS, NULL);
	unsigned long page = __get_free_page(GFP_KERNEL);

	kunit_expect_report(test, "is not in a slab page");
	kmem_cache_free(cache, (void *)page);
	kunit_expect_report(test, "is not in a slab page");
	kmem_cache_free(cache, (void *)8);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 2);
	KUNIT_EXPECT_EQ(test, page_count(virt_to_page(page)), 1);
	free_page(page);
}

/* --- M8, M11 ---------------------------------------------------------------------------------- */

static void api_M8_shrink_gives_pages_back(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 256, 0, SLAB_NO_MERGE, NULL);
	unsigned long before = mm_free_pages(NULL);
	unsigned int i, nr = 5 * cache->shape.objects;
	void *last;

	for (i = 0; i < nr; i++)
		slab_hold(kmem_cache_alloc(cache, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, cache->node.nr_slabs, 5);
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 1);
	KUNIT_EXPECT_EQ(test, cache->node.nr_slabs, 5);
	last = slab_unhold();
	slab_free_held();
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 1);
	KUNIT_EXPECT_EQ(test, cache->node.nr_slabs, 1);
	KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 1UL << cache->shape.order);
	kmem_cache_free(cache, last);
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
	KUNIT_EXPECT_EQ(test, cache->node.nr_slabs, 0);
	KUNIT_EXPECT_EQ(test, cache->node.total_objects, 0);
	KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
}

/* The fullest slabs come first: they are filled up while the others may become empty. */
static void api_M8_shrink_sorts(struct kunit *test)
{
	static const unsigned int stay[] = { 3, 9, 1, 14, 6, 11, 2 };
	struct kmem_cache *cache = slab_test_cache(test, 256, 0, SLAB_NO_MERGE, NULL);
	unsigned int objects = cache->shape.objects, i, before = ~0U, nr = 0;
	void **all = kunit_kcalloc(test, 7 * objects, sizeof(*all), GFP_KERNEL);
	struct slab *slab;

	KUNIT_ASSERT_NOT_NULL(test, all);
	for (i = 0; i < 7 * objects; i++)
		all[i] = kmem_cache_alloc(cache, GFP_KERNEL);
	for (i = 0; i < 7 * objects; i++) {
		if (i % objects < stay[i / objects] % objects)
			slab_hold(all[i]);
		else
			kmem_cache_free(cache, all[i]);
	}
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 1);
	list_for_each_entry(slab, &cache->node.partial, slab_list) {
		KUNIT_EXPECT_LE(test, slab->inuse, before);
		before = slab->inuse;
		nr++;
	}
	KUNIT_EXPECT_GE(test, nr, 5);
	KUNIT_EXPECT_EQ(test, nr, cache->node.nr_partial);
}

static const unsigned int kept_sizes[] = { 32, 256, 1024, 4096, 8192, 40000, 200000 };

/* So many empty slabs stay for next time: by the contract from 5 to 10. The others go. */
static void api_M11_empty_slabs_are_kept(struct kunit *test)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(kept_sizes); i++) {
		struct kmem_cache *cache =
			slab_test_cache(test, kept_sizes[i], 0, SLAB_NO_MERGE, NULL);
		unsigned long kept = clamp(ilog2(cache->size) / 2, 5, 10);
		unsigned long before = mm_free_pages(NULL);

		for (j = 0; j < (kept + 3) * cache->shape.objects; j++)
			if (!slab_hold(kmem_cache_alloc(cache, GFP_KERNEL | __GFP_NOWARN)))
				break;
		/* A very small machine: too few, or smaller ones. */
		if (cache->node.nr_slabs != kept + 3)
			break;
		slab_free_held();
		slab_flush_cpus(cache);
		KUNIT_EXPECT_EQ_MSG(test, cache->node.nr_slabs, kept, "size %u", kept_sizes[i]);
		KUNIT_EXPECT_EQ(test, cache->node.nr_partial, kept);
		KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), kept << cache->shape.order);
		slab_test_destroy(test, cache);
		KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
	}
}

/* --- M12 --------------------------------------------------------------------------------------- */

static void expect_offset(struct kunit *test, unsigned int size, slab_flags_t flags,
			  void (*ctor)(void *), unsigned int expected)
{
	struct kmem_cache *cache =
		slab_test_cache(test, size, 0, flags | SLAB_NO_MERGE | SLAB_NO_USER_FLAGS, ctor);

	KUNIT_EXPECT_EQ_MSG(test, cache->offset, expected, "size %u, flags %#x", size, flags);
	slab_test_destroy(test, cache);
}

static void do_nothing(void *object)
{
}

static void api_M12_where_the_link_is(struct kunit *test)
{
	const unsigned int word = sizeof(void *);

	expect_offset(test, 8, 0, NULL, ALIGN_DOWN(4, word));
	expect_offset(test, 64, 0, NULL, 32);
	expect_offset(test, 100, 0, NULL, 48);
	expect_offset(test, 8192, 0, NULL, 4096);
	expect_offset(test, 64, 0, do_nothing, 64);
	expect_offset(test, 63, 0, do_nothing, 64);
	expect_offset(test, 64, SLAB_TYPESAFE_BY_RCU, NULL, 64);
	expect_offset(test, 64, SLAB_POISON, NULL, 64);
}

/* Two free objects, one linked to the other: what is stored is the address, or hides it. */
static void api_M12_what_the_link_is(struct kunit *test)
{
	struct kmem_cache *cache =
		slab_test_cache(test, 64, 0, SLAB_NO_MERGE | SLAB_NO_USER_FLAGS, NULL);
	void *first = kmem_cache_alloc(cache, GFP_KERNEL);
	void *second = kmem_cache_alloc(cache, GFP_KERNEL);
	unsigned long stored, place = (unsigned long)second + cache->offset;

	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_ASSERT_NOT_NULL(test, second);
	kmem_cache_free(cache, first);
	kmem_cache_free(cache, second);
	stored = *(unsigned long *)place;
	if (mm_debug_flags & MM_DEBUG_SLAB_HARDENED) {
		KUNIT_EXPECT_NE(test, stored, (unsigned long)first);
		stored ^= cache->random ^ swab(place);
	}
	KUNIT_EXPECT_EQ(test, stored, (unsigned long)first);
	KUNIT_EXPECT_PTR_EQ(test, slab_next_free(cache, second), first);
}

/* slab_freelist_random=1: not one behind the other, and another order each time. */
static void api_M12_random_order(struct kunit *test)
{
	struct kmem_cache *cache =
		slab_test_cache(test, 64, 0, SLAB_NO_MERGE | SLAB_NO_USER_FLAGS, NULL);
	unsigned int in_order = 0, i, nr = 2 * cache->shape.objects;
	char *before = NULL;

	if (!(mm_debug_flags & MM_DEBUG_SLAB_RANDOM))
		kunit_skip(test, "slab_freelist_random=1 is a boot of its own");
	for (i = 0; i < nr; i++) {
		char *object = slab_hold(kmem_cache_alloc(cache, GFP_KERNEL));

		in_order += object == before + cache->size;
		before = object;
	}
	KUNIT_EXPECT_LT(test, in_order, nr / 4);
}

static struct kunit_case slab_object_cases[] = {
	KUNIT_CASE(api_M4_constructor),
	KUNIT_CASE(api_M4_contents_persist),
	KUNIT_CASE(api_M4_typesafe_by_rcu),
	KUNIT_CASE(api_F22_zero_and_a_constructor),
	KUNIT_CASE(api_M4_contents_are_wiped),
	KUNIT_CASE(api_M6_kfree_of_a_cache_object),
	KUNIT_CASE(api_M6_wrong_cache),
	KUNIT_CASE(api_M6_not_an_object),
	KUNIT_CASE(api_M8_shrink_gives_pages_back),
	KUNIT_CASE(api_M8_shrink_sorts),
	KUNIT_CASE(api_M11_empty_slabs_are_kept),
	KUNIT_CASE(api_M12_where_the_link_is),
	KUNIT_CASE(api_M12_what_the_link_is),
	KUNIT_CASE(api_M12_random_order),
	{},
};

static struct kunit_suite slab_object_suite = {
	.name = "slab_object",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = slab_object_cases,
};
kunit_test_suite(slab_object_suite);
