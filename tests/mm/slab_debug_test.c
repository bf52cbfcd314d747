// SPDX-License-Identifier: MIT
/*
 * Misuse of objects of watched caches: API.md M13, K11, K12, M6. Each kind of harm is done
 * to an object between two others: it is reported as often as it should be, restored, and
 * the object is neither freed nor handed out when it must not be; the neighbours keep their
 * contents. What the reports look like is tested in slab_report_test.c.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "slab_debug_test.h"

#define SIZE	64
#define ASKED	40 /* of the 64 bytes */
#define OBJECTS 64 /* no slab here has more */

/* A slab of which all objects are allocated. The harm is done to object 1. */
static struct scene {
	struct kmem_cache *cache;
	struct slab *slab;
	u8 *p;
	bool freed[OBJECTS]; /* by the case */
} scene;

/* Who used an object costs most of the time, and matters little here: every third row has it. */
static slab_flags_t watched(struct kunit *test)
{
	return test->param_index % 3 ? FZPU & ~SLAB_STORE_USER : FZPU;
}

static u8 *neighbour(unsigned int i)
{
	return slab_object(scene.cache, scene.slab, i);
}

static void set_scene(struct kunit *test, slab_flags_t flags)
{
	unsigned int i;

	scene.cache = watched_cache(test, SIZE, SLAB_KMALLOC | flags, NULL);
	KUNIT_ASSERT_LE(test, scene.cache->shape.objects, OBJECTS);
	for (i = 0; i < scene.cache->shape.objects; i++) {
		void *object = kmalloc_trace(scene.cache, GFP_KERNEL, ASKED);

		KUNIT_ASSERT_NOT_NULL(test, object);
		scene.slab = virt_to_slab(object);
	}
	KUNIT_ASSERT_EQ(test, scene.cache->node.nr_slabs, 1);
	KUNIT_ASSERT_NULL(test, scene.slab->freelist);
	for (i = 0; i < scene.slab->objects; i++)
		memset(neighbour(i), i, ASKED);
	scene.p = neighbour(1);
	memset(scene.freed, 0, sizeof(scene.freed));
	count_slab_errors(test);
}

static void free_neighbour(unsigned int i)
{
	scene.freed[i] = true;
	kfree(neighbour(i));
}

static bool is_free(const void *object)
{
	return slab_walk_freelist(scene.cache, scene.slab, object).met;
}

/* Their contents are what they were, and they can be freed. */
static void expect_neighbours_unharmed(struct kunit *test)
{
	int errors = slab_errors;
	unsigned int i;

	for (i = 0; i < scene.slab->objects; i++) {
		if (i == 1 || scene.freed[i])
			continue;
		KUNIT_EXPECT_NULL_MSG(test, memchr_inv(neighbour(i), i, ASKED), "object %u", i);
		kmem_cache_free(scene.cache, neighbour(i));
		KUNIT_EXPECT_TRUE_MSG(test, is_free(neighbour(i)), "object %u", i);
	}
	KUNIT_EXPECT_EQ(test, slab_errors, errors);
}

/* Nobody gets it, and what others get does not overlap it. */
static void expect_never_handed_out(struct kunit *test, const u8 *object)
{
	unsigned int i;

	for (i = 0; i < 2 * scene.cache->shape.objects; i++) {
		u8 *other = kmem_cache_alloc(scene.cache, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, other);
		KUNIT_EXPECT_TRUE(test, other + SIZE <= object || object + SIZE <= other);
	}
}

/* --- bytes that are changed ---------------------------------------------------------------- */

static u8 *at_right(void)
{
	return scene.p + SIZE;
}

static u8 *at_right_end(void)
{
	return scene.p + scene.cache->inuse - 1;
}

static u8 *at_left(void)
{
	return scene.p - 1;
}

static u8 *at_left_end(void)
{
	return scene.p - scene.cache->red_left_pad;
}

static u8 *at_asked(void)
{
	return scene.p + ASKED;
}

static u8 *at_last_byte(void)
{
	return scene.p + SIZE - 1;
}

static u8 *at_first_byte(void)
{
	return scene.p;
}

static u8 *at_50th_byte(void)
{
	return scene.p + 50;
}

static u8 *at_link(void)
{
	return scene.p + scene.cache->offset;
}

static u8 *at_padding(void)
{
	return scene.p + slab_padding_start(scene.cache);
}

static u8 *at_padding_end(void)
{
	return scene.p + scene.cache->size - scene.cache->red_left_pad - 1;
}

struct harm {
	const char *name;
	u8 *(*where)(void);
	const char *text;
	int errors;
	bool harmless;
};

static const struct harm overruns[] = {
	{ "right red zone", at_right, "Right Redzone overwritten", 3, false },
	{ "end of the right red zone", at_right_end, "Right Redzone overwritten", 3, false },
	{ "left red zone", at_left, "Left Redzone overwritten", 3, false },
	{ "end of the left red zone", at_left_end, "Left Redzone overwritten", 3, false },
	{ "behind what was asked for", at_asked, "kmalloc Redzone overwritten", 3, false },
	{ "last byte of the object", at_last_byte, "kmalloc Redzone overwritten", 3, false },
	{ "link", at_link, "Freepointer corrupt", 2, false },
	{ "padding", at_padding, "Object padding overwritten", 2, true },
	{ "end of the padding", at_padding_end, "Object padding overwritten", 2, true },
};
KUNIT_ARRAY_PARAM_DESC_FEW(overrun, overruns, name, 2);

static const struct harm uses_after_free[] = {
	{ "first byte", at_first_byte, "Poison overwritten", 3, false },
	{ "byte 50", at_50th_byte, "Poison overwritten", 3, false },
	{ "last byte", at_last_byte, "End Poison overwritten", 3, false },
	{ "right red zone", at_right, "Right Redzone overwritten", 3, false },
	{ "left red zone", at_left, "Left Redzone overwritten", 3, false },
	{ "link", at_link, "Freepointer corrupt", 2, false },
	{ "padding", at_padding, "Object padding overwritten", 2, true },
};
KUNIT_ARRAY_PARAM_DESC_FEW(use_after_free, uses_after_free, name, 2);

/* Flips a byte; returns what it was. */
static u8 harm(const struct harm *row)
{
	u8 before = *row->where();

	*row->where() = ~before;
	return before;
}

/* While it is allocated: the free finds it, and refuses. */
static void api_M13_overrun(struct kunit *test)
{
	const struct harm *row = test->param_value;
	u8 before;

	set_scene(test, watched(test));
	before = harm(row);
	kfree(scene.p);
	KUNIT_EXPECT_EQ(test, slab_errors, row->errors);
	KUNIT_EXPECT_EQ(test, is_free(scene.p), row->harmless);
	if (row->where != at_link && row->where != at_left && row->where != at_left_end)
		KUNIT_EXPECT_TRUE(test, *row->where() == before || row->harmless);
	expect_neighbours_unharmed(test);
	if (row->harmless)
		return;
	/* It was restored: the second try succeeds. */
	slab_errors = 0;
	kfree(scene.p);
	KUNIT_EXPECT_EQ(test, slab_errors, 0);
	KUNIT_EXPECT_TRUE(test, is_free(scene.p));
}

/* After it was freed: the next allocation finds it, and gets another object. */
static void api_M13_use_after_free(struct kunit *test)
{
	const struct harm *row = test->param_value;
	void *object;
	u8 before;

	set_scene(test, watched(test));
	kfree(scene.p);
	before = harm(row);
	object = kmalloc_trace(scene.cache, GFP_KERNEL, ASKED);
	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_EQ(test, slab_errors, row->errors);
	if (row->harmless) {
		KUNIT_EXPECT_PTR_EQ(test, object, scene.p);
		KUNIT_EXPECT_EQ(test, *row->where(), before);
		return;
	}
	KUNIT_EXPECT_PTR_NE(test, object, scene.p);
	KUNIT_EXPECT_PTR_NE(test, virt_to_slab(object), scene.slab);
	KUNIT_EXPECT_FALSE(test, is_free(scene.p));
	if (row->where != at_link)
		KUNIT_EXPECT_EQ(test, *row->where(), before);
	expect_neighbours_unharmed(test);
	expect_never_handed_out(test, scene.p);
}

/* All of that is found at any time by looking. */
static void api_L9_validate_finds_overruns(struct kunit *test)
{
	const struct harm *row = test->param_value;

	set_scene(test, watched(test));
	harm(row);
	KUNIT_EXPECT_EQ(test, validate_slab_cache(scene.cache), 1);
	KUNIT_EXPECT_EQ(test, slab_errors, row->where == at_link ? 1 : 2);
	KUNIT_EXPECT_EQ(test, validate_slab_cache(scene.cache), 0);
	expect_neighbours_unharmed(test);
	kfree(scene.p);
	KUNIT_EXPECT_TRUE(test, is_free(scene.p));
}

static void api_L9_validate_finds_several_in_one_object(struct kunit *test)
{
	set_scene(test, FZPU);
	*at_padding() = 0;
	*at_link() = ~*at_link();
	KUNIT_EXPECT_EQ(test, validate_slab_cache(scene.cache), 2);
	KUNIT_EXPECT_EQ(test, slab_errors, 3);
	KUNIT_EXPECT_EQ(test, validate_slab_cache(scene.cache), 0);
}

/* Declared instead of counted: one report, its FIX goes with it. */
static void api_L9_declared(struct kunit *test)
{
	const struct harm *row = test->param_value;

	set_scene(test, FZPU);
	KUNIT_ASSERT_EQ(test, kunit_destroy_named_resource(test, "slab_errors"), 0);
	harm(row);
	kunit_expect_report(test, row->text);
	kfree(scene.p);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, slab_errors, 0);
}

/* --- frees that make no sense ---------------------------------------------------------------- */

static void api_K12_twice_in_a_row(struct kunit *test)
{
	set_scene(test, FZPU);
	kfree(scene.p);
	kfree(scene.p);
	KUNIT_EXPECT_EQ(test, slab_errors, 2);
	KUNIT_EXPECT_PTR_EQ(test, kmem_cache_alloc(scene.cache, GFP_KERNEL), scene.p);
	KUNIT_EXPECT_PTR_NE(test, kmem_cache_alloc(scene.cache, GFP_KERNEL), scene.p);
	expect_neighbours_unharmed(test);
}

static void api_K12_twice_with_others_between(struct kunit *test)
{
	unsigned int i;

	set_scene(test, FZPU);
	kfree(scene.p);
	for (i = 2; i < 5; i++)
		free_neighbour(i);
	kfree(scene.p);
	KUNIT_EXPECT_EQ(test, slab_errors, 2);
	kmem_cache_free(scene.cache, scene.p);
	KUNIT_EXPECT_EQ(test, slab_errors, 4);
	KUNIT_EXPECT_EQ(test, slab_walk_freelist(scene.cache, scene.slab, NULL).nr, 4);
	expect_neighbours_unharmed(test);
}

static void api_K12_twice_in_bulk(struct kunit *test)
{
	void *objects[3];

	set_scene(test, FZPU);
	objects[0] = scene.p;
	objects[1] = neighbour(2);
	objects[2] = scene.p;
	kfree_bulk(3, objects);
	scene.freed[2] = true;
	KUNIT_EXPECT_EQ(test, slab_errors, 2);
	KUNIT_EXPECT_TRUE(test, is_free(scene.p) && is_free(neighbour(2)));
	expect_neighbours_unharmed(test);
}

static void api_K11_no_object_begins_there(struct kunit *test)
{
	static const int offsets[] = { 1, 4, 8, ASKED, SIZE - 1, SIZE, SIZE + 4, -1, -8 };
	u8 *end;
	unsigned int i;

	set_scene(test, FZPU);
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		slab_errors = 0;
		kfree(scene.p + offsets[i]);
		KUNIT_EXPECT_EQ_MSG(test, slab_errors, 2, "at %d", offsets[i]);
	}
	slab_errors = 0;
	end = (u8 *)slab_address(scene.slab) + (PAGE_SIZE << slab_order(scene.slab));
	kfree(slab_address(scene.slab));
	kfree(end - 1);
	kfree((u8 *)neighbour(0) + scene.slab->objects * scene.cache->size);
	KUNIT_EXPECT_EQ(test, slab_errors, 6);
	KUNIT_EXPECT_NULL(test, scene.slab->freelist);
	KUNIT_EXPECT_NULL(test, memchr_inv(scene.p, 1, ASKED));
	expect_neighbours_unharmed(test);
	kfree(scene.p);
	KUNIT_EXPECT_EQ(test, slab_errors, 6);
}

/* Also in the later pages of a slab. */
static void api_K11_interior_of_a_large_slab(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 3000, FZPU, NULL);
	unsigned int i;
	u8 *object;

	count_slab_errors(test);
	KUNIT_ASSERT_GT(test, cache->shape.order, 0);
	for (i = 0; i < cache->shape.objects; i++) {
		object = kmem_cache_alloc(cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, object);
		slab_errors = 0;
		kfree(object + 1500);
		kfree(object + 2999);
		KUNIT_EXPECT_EQ(test, slab_errors, 4);
		kmem_cache_free(cache, object);
		KUNIT_EXPECT_EQ(test, slab_errors, 4);
		object = kmem_cache_alloc(cache, GFP_KERNEL);
	}
}

static void api_M6_wrong_cache(struct kunit *test)
{
	struct kmem_cache *other;

	set_scene(test, FZPU);
	other = watched_cache(test, SIZE, SLAB_CONSISTENCY_CHECKS, NULL);
	kunit_expect_report(test, "Wrong slab cache. test but object is from test");
	kmem_cache_free(other, scene.p);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_TRUE(test, is_free(scene.p));
	KUNIT_EXPECT_EQ(test, slab_errors, 0);
	expect_neighbours_unharmed(test);
}

static void api_M6_not_in_a_slab(struct kunit *test)
{
	struct page *page = mm_take(GFP_KERNEL, 0);
	void *pointers[] = { NULL, (void *)0x1000, &scene, page_address(page),
			     page_address(page) + 8 };
	unsigned int i;

	set_scene(test, FZPU);
	for (i = 0; i < ARRAY_SIZE(pointers); i++) {
		kunit_expect_report(test, "is not in a slab page");
		kmem_cache_free(scene.cache, pointers[i]);
		KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), i + 1);
	}
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	expect_neighbours_unharmed(test);
}

/* What is free for nothing is refused even if nothing else is watched. */
static void api_K12_without_consistency_checks(struct kunit *test)
{
	set_scene(test, SLAB_RED_ZONE);
	kfree(scene.p + 8);
	KUNIT_EXPECT_EQ(test, slab_errors, 2);
	kfree(scene.p);
	kfree(scene.p);
	KUNIT_EXPECT_EQ(test, slab_errors, 4);
	KUNIT_EXPECT_EQ(test, slab_walk_freelist(scene.cache, scene.slab, NULL).nr, 1);
	expect_neighbours_unharmed(test);
}

/* As in Linux: Z has red zones, F looks at them. */
static void api_M13_red_zones_alone_are_not_looked_at(struct kunit *test)
{
	set_scene(test, SLAB_RED_ZONE);
	scene.p[SIZE] = 0x12;
	kfree(scene.p);
	KUNIT_EXPECT_EQ(test, slab_errors, 0);
	KUNIT_EXPECT_TRUE(test, is_free(scene.p));
	KUNIT_EXPECT_EQ(test, scene.p[SIZE], SLUB_RED_INACTIVE);
}

/* --- freelists ----------------------------------------------------------------------------------- */

/* Objects 1, 3 and 5 are free, in this order. */
static void set_freelist(struct kunit *test)
{
	set_scene(test, watched(test));
	free_neighbour(5);
	free_neighbour(3);
	kfree(scene.p);
	KUNIT_ASSERT_PTR_EQ(test, scene.slab->freelist, scene.p);
}

static void link_goes_outside(void)
{
	slab_set_next_free(scene.cache, neighbour(3), slab_address(scene.slab) - SIZE);
}

static void link_goes_between_objects(void)
{
	slab_set_next_free(scene.cache, neighbour(3), neighbour(5) + 4);
}

static void link_goes_nowhere(void)
{
	slab_set_next_free(scene.cache, neighbour(3), (void *)0x6b6b6b6b);
}

static void link_goes_back(void)
{
	slab_set_next_free(scene.cache, neighbour(5), scene.p);
}

static void link_goes_to_itself(void)
{
	slab_set_next_free(scene.cache, neighbour(5), neighbour(5));
}

static void list_begins_nowhere(void)
{
	scene.slab->freelist = scene.p + 1;
}

static void count_is_too_large(void)
{
	scene.slab->inuse++;
}

static void count_is_too_small(void)
{
	scene.slab->inuse--;
}

static const struct freelist_harm {
	const char *name;
	void (*harm)(void);
	const char *text;
	int errors;
	unsigned int left; /* objects in the list afterwards */
} freelist_harms[] = {
	{ "outside", link_goes_outside, "Freechain corrupt", 3, 2 },
	{ "between objects", link_goes_between_objects, "Freechain corrupt", 3, 2 },
	{ "nowhere", link_goes_nowhere, "Freechain corrupt", 3, 2 },
	{ "back", link_goes_back, "Freelist cycle detected", 2, 0 },
	{ "to itself", link_goes_to_itself, "Freelist cycle detected", 2, 0 },
	{ "begins nowhere", list_begins_nowhere, "Freepointer corrupt", 2, 0 },
	{ "count too large", count_is_too_large, "Wrong object count", 2, 3 },
	{ "count too small", count_is_too_small, "Wrong object count", 2, 3 },
};
KUNIT_ARRAY_PARAM_DESC_FEW(freelist_harm, freelist_harms, name, 3);

static void expect_mended(struct kunit *test, unsigned int left)
{
	struct freelist_walk walk = slab_walk_freelist(scene.cache, scene.slab, NULL);

	KUNIT_EXPECT_EQ(test, walk.end, FREELIST_SOUND);
	KUNIT_EXPECT_EQ(test, walk.nr, left);
	KUNIT_EXPECT_EQ(test, scene.slab->inuse, scene.slab->objects - left);
	KUNIT_EXPECT_EQ(test, scene.cache->node.nr_partial, left ? 1 : 0);
}

static void api_M13_freelist_is_mended(struct kunit *test)
{
	const struct freelist_harm *row = test->param_value;

	set_freelist(test);
	row->harm();
	KUNIT_EXPECT_GT(test, validate_slab_cache(scene.cache), 0);
	KUNIT_EXPECT_EQ(test, slab_errors, row->errors);
	expect_mended(test, row->left);
	KUNIT_EXPECT_EQ(test, validate_slab_cache(scene.cache), 0);
	expect_neighbours_unharmed(test);
}

/* A free walks the list first, and mends it; what it frees is then freed. */
static void api_M13_freelist_is_mended_by_a_free(struct kunit *test)
{
	const struct freelist_harm *row = test->param_value;
	bool only_count = row->harm == count_is_too_large || row->harm == count_is_too_small;

	set_freelist(test);
	row->harm();
	free_neighbour(2);
	KUNIT_EXPECT_EQ(test, slab_errors, only_count ? 0 : row->errors);
	KUNIT_EXPECT_TRUE(test, is_free(neighbour(2)));
	if (!only_count)
		expect_mended(test, row->left + 1);
	else
		validate_slab_cache(scene.cache);
	expect_neighbours_unharmed(test);
}

/* Whatever is wrong with the list, nobody gets what somebody has. */
static void api_M13_corrupt_freelist_hands_out_nothing_twice(struct kunit *test)
{
	const struct freelist_harm *row = test->param_value;
	unsigned int i;

	set_freelist(test);
	row->harm();
	for (i = 0; i < 6; i++) {
		u8 *object = kmem_cache_alloc(scene.cache, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, object);
		if (virt_to_slab(object) != scene.slab)
			continue;
		KUNIT_EXPECT_TRUE(test, slab_valid_object(scene.cache, scene.slab, object));
		KUNIT_EXPECT_NE(test, *object, 0xee);
		memset(object, 0xee, SIZE);
	}
	for (i = 0; i < scene.slab->objects; i++)
		if (i != 1 && i != 3 && i != 5)
			KUNIT_EXPECT_NULL_MSG(test, memchr_inv(neighbour(i), i, ASKED), "object %u",
					      i);
}

/* Without F: as many as were free, and then it is noticed that this cannot be all. */
static void api_M13_circle_without_consistency_checks(struct kunit *test)
{
	unsigned int i, from_here = 0;

	if (mm_debug_flags & MM_DEBUG_INIT_ON_ALLOC)
		kunit_skip(test, "zeroing what is handed out also ends the circle");
	set_scene(test, SLAB_STORE_USER);
	free_neighbour(5);
	free_neighbour(3);
	kfree(scene.p);
	slab_set_next_free(scene.cache, scene.p, scene.p);
	for (i = 0; i < 10; i++)
		from_here += virt_to_slab(kmem_cache_alloc(scene.cache, GFP_KERNEL)) == scene.slab;
	KUNIT_EXPECT_EQ(test, from_here, 3);
	KUNIT_EXPECT_EQ(test, slab_errors, 2);
	expect_neighbours_unharmed(test);
}

/* What a report is about may have changed until it is restored: then it is left alone. */
static void api_M13_only_what_is_still_wrong_is_restored(struct kunit *test)
{
	struct slab_fault fault;

	set_scene(test, FZPU);
	scene.p[SIZE + 1] = 0x12;
	KUNIT_ASSERT_TRUE(test, slab_object_fault(scene.cache, scene.slab, scene.p, SLUB_RED_ACTIVE,
						  &fault));
	scene.p[SIZE + 1] = SLUB_RED_ACTIVE;
	slab_restore(scene.cache, &fault);
	KUNIT_EXPECT_EQ(test, scene.p[SIZE + 1], SLUB_RED_ACTIVE);

	scene.p[SIZE + 2] = 0x34;
	slab_restore(scene.cache, &fault);
	KUNIT_EXPECT_EQ(test, scene.p[SIZE + 2], 0x34);
	scene.p[SIZE + 1] = 0x12;
	slab_restore(scene.cache, &fault);
	KUNIT_EXPECT_NULL(test,
			  memchr_inv(scene.p + SIZE, SLUB_RED_ACTIVE, scene.cache->inuse - SIZE));
}

/* --- slabs that are given back ------------------------------------------------------------------- */

static void api_M13_empty_slab_is_looked_through(struct kunit *test)
{
	unsigned int i;

	set_scene(test, FZPU);
	for (i = 0; i < scene.slab->objects; i++)
		kfree(neighbour(i));
	scene.p[0] = 0;
	scene.p[SIZE] = 0;
	neighbour(2)[SIZE - 1] = 0;
	KUNIT_EXPECT_EQ(test, slab_errors, 0);
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(scene.cache), 0);
	KUNIT_EXPECT_EQ(test, slab_errors, 6);
}

static void api_M13_padding_of_a_slab(struct kunit *test)
{
	u8 *end;

	set_scene(test, FZPU);
	end = (u8 *)slab_address(scene.slab) + (PAGE_SIZE << slab_order(scene.slab));
	KUNIT_ASSERT_TRUE(test, (PAGE_SIZE << slab_order(scene.slab)) % scene.cache->size);
	end[-1] = 0;
	end[-2] = 1;
	KUNIT_EXPECT_EQ(test, validate_slab_cache(scene.cache), 1);
	KUNIT_EXPECT_EQ(test, slab_errors, 2);
	KUNIT_EXPECT_EQ(test, end[-1], POISON_INUSE);
	KUNIT_EXPECT_EQ(test, end[-2], POISON_INUSE);
	expect_neighbours_unharmed(test);
}

#define SLOW_PARAM(fn, gen) KUNIT_CASE_PARAM_ATTR(fn, gen, { .speed = KUNIT_SPEED_SLOW })

static struct kunit_case slab_debug_cases[] = {
	KUNIT_CASE_PARAM_ATTR(api_M13_overrun, overrun_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(api_M13_use_after_free, use_after_free_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	SLOW_PARAM(api_L9_validate_finds_overruns, overrun_gen_params),
	KUNIT_CASE_SLOW(api_L9_validate_finds_several_in_one_object),
	SLOW_PARAM(api_L9_declared, overrun_gen_params),
	KUNIT_CASE(api_K12_twice_in_a_row),
	KUNIT_CASE(api_K12_twice_with_others_between),
	KUNIT_CASE(api_K12_twice_in_bulk),
	KUNIT_CASE_SLOW(api_K11_no_object_begins_there),
	KUNIT_CASE_SLOW(api_K11_interior_of_a_large_slab),
	KUNIT_CASE(api_M6_wrong_cache),
	KUNIT_CASE(api_M6_not_in_a_slab),
	KUNIT_CASE(api_K12_without_consistency_checks),
	KUNIT_CASE(api_M13_red_zones_alone_are_not_looked_at),
	KUNIT_CASE_PARAM_ATTR(api_M13_freelist_is_mended, freelist_harm_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	SLOW_PARAM(api_M13_freelist_is_mended_by_a_free, freelist_harm_gen_params),
	SLOW_PARAM(api_M13_corrupt_freelist_hands_out_nothing_twice, freelist_harm_gen_params),
	KUNIT_CASE_SLOW(api_M13_circle_without_consistency_checks),
	KUNIT_CASE(api_M13_only_what_is_still_wrong_is_restored),
	KUNIT_CASE(api_M13_empty_slab_is_looked_through),
	KUNIT_CASE(api_M13_padding_of_a_slab),
	{},
};

static struct kunit_suite slab_debug_suite = {
	.name = "slab_debug",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = slab_debug_cases,
};
kunit_test_suite(slab_debug_suite);
