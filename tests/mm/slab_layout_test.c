// SPDX-License-Identifier: MIT
/*
 * Around and in the objects of watched caches: the layout of M13, sizes (K8, K7), who it was;
 * and Linux's own tests of it (L9), with the counts that they expect.
 */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "slab_debug_test.h"

/* --- what lies where ----------------------------------------------------------------------- */

static void expect_bytes(struct kunit *test, const u8 *start, u8 value, size_t size)
{
	const u8 *bad = memchr_inv(start, value, size);

	KUNIT_EXPECT_TRUE_MSG(test, !bad, "byte %d of %zu is %#x, not %#x",
			      (int)((bad ? bad : start) - start), size, bad ? *bad : 0, value);
}

static void api_M13_layout(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 64, FZPU | SLAB_KMALLOC, NULL);
	u8 *p = kmalloc_trace(cache, GFP_KERNEL, 40), *next;
	unsigned int left, tracks = 2 * sizeof(struct track), padding;

	KUNIT_ASSERT_NOT_NULL(test, p);
	left = cache->red_left_pad;
	padding = slab_padding_start(cache);
	KUNIT_EXPECT_GE(test, left, sizeof(void *));
	KUNIT_EXPECT_EQ(test, cache->inuse, 64 + sizeof(void *));
	KUNIT_EXPECT_EQ(test, cache->offset, cache->inuse);
	KUNIT_EXPECT_EQ(test, padding, cache->inuse + 2 * sizeof(void *) + tracks);
	KUNIT_EXPECT_GE(test, cache->size, left + padding + sizeof(void *));

	/* allocated */
	expect_bytes(test, p - left, SLUB_RED_ACTIVE, left);
	expect_bytes(test, p, mm_debug_flags & MM_DEBUG_INIT_ON_ALLOC ? 0 : POISON_INUSE, 40);
	expect_bytes(test, p + 40, SLUB_RED_ACTIVE, cache->inuse - 40);
	expect_bytes(test, p + padding, POISON_INUSE, cache->size - left - padding);

	/* free, and never used */
	next = slab_object(cache, virt_to_slab(p), 2);
	kmem_cache_free(cache, p);
	for (;; p = next) {
		expect_bytes(test, p - left, SLUB_RED_INACTIVE, left);
		expect_bytes(test, p, POISON_FREE, 63);
		KUNIT_EXPECT_EQ(test, p[63], POISON_END);
		expect_bytes(test, p + 64, SLUB_RED_INACTIVE, cache->inuse - 64);
		expect_bytes(test, p + padding, POISON_INUSE, cache->size - left - padding);
		if (p == next)
			break;
	}
}

static void api_M13_zeroed(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 64, FZPU | SLAB_KMALLOC, NULL);
	u8 *p = kmalloc_trace(cache, GFP_KERNEL | __GFP_ZERO, 40);

	KUNIT_ASSERT_NOT_NULL(test, p);
	expect_bytes(test, p, 0, 40);
	expect_bytes(test, p + 40, SLUB_RED_ACTIVE, cache->inuse - 40);
	kmem_cache_free(cache, p);
}

static void construct(void *object)
{
	memset(object, 0x77, 64);
}

/* What a constructor made is not poisoned, but it has red zones. */
static void api_M13_constructed(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 64, FZPU, construct);
	u8 *p = kmem_cache_alloc(cache, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	expect_bytes(test, p, 0x77, 64);
	kmem_cache_free(cache, p);
	expect_bytes(test, p, 0x77, 64);
	KUNIT_EXPECT_PTR_EQ(test, kmem_cache_alloc(cache, GFP_KERNEL), p);
	expect_bytes(test, p, 0x77, 64);

	count_slab_errors(test);
	p[64] = 0;
	kmem_cache_free(cache, p);
	KUNIT_EXPECT_EQ(test, slab_errors, 3);
}

/* Every combination of flags keeps objects apart, aligned and usable. */
static void any_flags_and_sizes(struct kunit *test)
{
	static const slab_flags_t letters[] = { SLAB_CONSISTENCY_CHECKS, SLAB_RED_ZONE, SLAB_POISON,
						SLAB_STORE_USER, SLAB_KMALLOC };
	static const unsigned int sizes[] = { 1, 3, 8, 13, 64, 100, 1000, 4096 };
	unsigned int set, bit, i, k;

	count_slab_errors(test);
	for (set = 1; set < 1U << ARRAY_SIZE(letters); set++) {
		slab_flags_t flags = 0;

		for (bit = 0; bit < ARRAY_SIZE(letters); bit++)
			flags |= set >> bit & 1 ? letters[bit] : 0;
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			unsigned int size = sizes[i];
			struct kmem_cache *cache = watched_cache(test, size, flags, NULL);
			u8 *objects[3];

			for (k = 0; k < 3; k++) {
				objects[k] = kmem_cache_alloc(cache, GFP_KERNEL);
				KUNIT_ASSERT_NOT_NULL(test, objects[k]);
				KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)objects[k], 8));
				memset(objects[k], k, size);
			}
			for (k = 0; k < 3; k++) {
				expect_bytes(test, objects[k], k, size);
				kmem_cache_free(cache, objects[k]);
			}
			KUNIT_EXPECT_EQ(test, validate_slab_cache(cache), 0);
			kunit_cleanup(test);
			count_slab_errors(test);
		}
	}
	KUNIT_EXPECT_EQ(test, slab_errors, 0);
}

/* --- sizes ------------------------------------------------------------------------------------ */

/* Who asks how much may be used may use it. */
static void api_K8_ksize(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 64, FZPU | SLAB_KMALLOC, NULL);
	u8 *p = kmalloc_trace(cache, GFP_KERNEL, 40);

	count_slab_errors(test);
	KUNIT_ASSERT_EQ(test, ksize(p), 64);
	memset(p, 0, 64);
	kfree(p);
	KUNIT_EXPECT_EQ(test, slab_errors, 0);

	p = kmalloc_trace(cache, GFP_KERNEL, 40);
	KUNIT_ASSERT_EQ(test, ksize(p), 64);
	p[64] = 0;
	kfree(p);
	KUNIT_EXPECT_EQ(test, slab_errors, 3);
}

static void api_K1_kfree_sensitive(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 64, FZPU | SLAB_KMALLOC, NULL);
	u8 *p = kmalloc_trace(cache, GFP_KERNEL, 40);

	count_slab_errors(test);
	kfree_sensitive(p);
	KUNIT_EXPECT_EQ(test, slab_errors, 0);
	p = kmalloc_trace(cache, GFP_KERNEL, 40);
	p[40] = 0;
	kfree_sensitive(p);
	KUNIT_EXPECT_EQ(test, slab_errors, 3);
}

/* In place, so that what was an overrun is reported before it is forgotten. */
static void api_K7_overrun_before_krealloc(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 64, FZPU | SLAB_KMALLOC, NULL);
	u8 *p = kmalloc_trace(cache, GFP_KERNEL, 40);

	count_slab_errors(test);
	p[41] = 0;
	KUNIT_EXPECT_PTR_EQ(test, krealloc(p, 50, GFP_KERNEL), p);
	KUNIT_EXPECT_EQ(test, slab_errors, 2);
	p[49] = 0;
	kfree(p);
	KUNIT_EXPECT_EQ(test, slab_errors, 2);
}

static void api_K7_what_is_added_is_poisoned(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 64, FZPU | SLAB_KMALLOC, NULL);
	u8 *p = kmalloc_trace(cache, GFP_KERNEL, 40);

	memset(p, 0x33, 40);
	KUNIT_EXPECT_PTR_EQ(test, krealloc(p, 60, GFP_KERNEL), p);
	expect_bytes(test, p, 0x33, 40);
	expect_bytes(test, p + 40, mm_debug_flags & MM_DEBUG_INIT_ON_ALLOC ? 0 : POISON_INUSE, 20);
	expect_bytes(test, p + 60, SLUB_RED_ACTIVE, 4);
	kfree(p);
}

/* The last look at a slab, before its pages go, also takes in what is behind its objects. */
static void api_M13_padding_of_an_empty_slab(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 64, FZPU, NULL);
	u8 *p = kmem_cache_alloc(cache, GFP_KERNEL), *end;
	struct slab *slab = virt_to_slab(p);

	end = (u8 *)slab_address(slab) + (PAGE_SIZE << slab_order(slab));
	KUNIT_ASSERT_TRUE(test, (PAGE_SIZE << slab_order(slab)) % cache->size);
	end[-1] = 0;
	kmem_cache_free(cache, p);
	count_slab_errors(test);
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
	KUNIT_EXPECT_EQ(test, slab_errors, 2);
}

static void leave_as_it_is(void *object)
{
}

/* A CPU's list goes through many slabs: their objects' links lead from one to the other. */
static void api_L9_validate_of_an_ordinary_cache(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 64, 0, leave_as_it_is);
	unsigned int half = cache->shape.objects, i, round;
	void *objects[160];

	KUNIT_ASSERT_LE(test, 2 * half, ARRAY_SIZE(objects));
	count_slab_errors(test);
	for (i = 0; i < 2 * half; i++)
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
	for (round = 0; round < 2; round++) {
		for (i = 0; i < 8; i++) {
			kmem_cache_free(cache, objects[i]);
			kmem_cache_free(cache, objects[half + i]);
		}
		if (round)
			break;
		for (i = 0; i < 8; i++) {
			objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
			objects[half + i] = kmem_cache_alloc(cache, GFP_KERNEL);
		}
		KUNIT_EXPECT_EQ(test, validate_slab_cache(cache), 0);
	}
	KUNIT_EXPECT_EQ(test, validate_slab_cache(cache), 0);
	KUNIT_EXPECT_EQ(test, slab_errors, 0);
	for (i = 8; i < half; i++) {
		kmem_cache_free(cache, objects[i]);
		kmem_cache_free(cache, objects[half + i]);
	}
}

static void api_K7_copies_what_was_asked_for(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 64, FZPU | SLAB_KMALLOC, NULL);
	u8 *p = kmalloc_trace(cache, GFP_KERNEL | __GFP_ZERO, 40);

	memset(p, 0x33, 40);
	p = krealloc(p, 100, GFP_KERNEL | __GFP_ZERO);
	KUNIT_ASSERT_NOT_NULL(test, p);
	expect_bytes(test, p, 0x33, 40);
	expect_bytes(test, p + 40, 0, 60);
	kfree(p);
}

/* --- who it was ----------------------------------------------------------------------------------- */

static noinline void *allocate_here(struct kmem_cache *cache)
{
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);

	barrier();
	return object;
}

static noinline void *allocate_zeroed_here(struct kmem_cache *cache)
{
	void *object = kmem_cache_zalloc(cache, GFP_KERNEL);

	barrier();
	return object;
}

static noinline void *allocate_by_kmalloc_here(struct kmem_cache *cache)
{
	void *object = kmalloc_trace(cache, GFP_KERNEL, 10);

	barrier();
	return object;
}

static noinline void *allocate_in_bulk_here(struct kmem_cache *cache)
{
	void *object;

	return kmem_cache_alloc_bulk(cache, GFP_KERNEL, 1, &object) ? object : NULL;
}

static noinline void free_here(void *object)
{
	kfree(object);
	barrier();
}

static void expect_track(struct kunit *test, const struct track *track, const void *function)
{
	char expected[KSYM_SYMBOL_LEN], found[KSYM_SYMBOL_LEN];

	KUNIT_ASSERT_NOT_NULL(test, track);
	KUNIT_EXPECT_GE(test, track->nr_entries, 2);
	KUNIT_EXPECT_LE(test, track->nr_entries, TRACK_DEPTH);
	sprint_symbol_no_offset(expected, (unsigned long)function);
	sprint_symbol_no_offset(found, track->entries[0] - 1);
	KUNIT_EXPECT_STREQ(test, found, expected);
	KUNIT_EXPECT_EQ(test, track->pid, current->pid);
	KUNIT_EXPECT_STREQ(test, track->comm, current->comm);
}

static void api_M13_tracks(struct kunit *test)
{
	static void *(*const ways[])(struct kmem_cache * cache) = {
		allocate_here,
		allocate_zeroed_here,
		allocate_by_kmalloc_here,
		allocate_in_bulk_here,
	};
	struct kmem_cache *cache = watched_cache(test, 64, SLAB_STORE_USER | SLAB_KMALLOC, NULL);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		void *object = ways[i](cache);

		KUNIT_ASSERT_NOT_NULL(test, object);
		expect_track(test, slab_track(cache, object, TRACK_ALLOC), ways[i]);
		if (!i)
			KUNIT_EXPECT_NULL(test, slab_track(cache, object, TRACK_FREE));
		free_here(object);
		expect_track(test, slab_track(cache, object, TRACK_FREE), free_here);
		expect_track(test, slab_track(cache, object, TRACK_ALLOC), ways[i]);
	}
}

/* The caller of a function that calls kmalloc() for him, where all caches are watched. */
static void api_K1_tracks_the_caller(struct kunit *test)
{
	char *copy = kstrdup("who was it", GFP_KERNEL);
	struct kmem_cache *cache = slab_cache_of(copy);
	const struct track *track = slab_track(cache, copy, TRACK_ALLOC);

	if (track)
		expect_track(test, track, api_K1_tracks_the_caller);
	kfree(copy);
	if (!track)
		kunit_skip(test, "%s is not tracked", cache->name);
}

/* --- Linux's tests ----------------------------------------------------------------------------------- */

static void api_L9_clobber_zone(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 64, SLAB_RED_ZONE, NULL);
	u8 *p = kmem_cache_alloc(cache, GFP_KERNEL);

	count_slab_errors(test);
	p[64] = 0x12;
	validate_slab_cache(cache);
	KUNIT_EXPECT_EQ(test, slab_errors, 2);
	kmem_cache_free(cache, p);
}

static void api_L9_next_pointer(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 64, SLAB_POISON, NULL);
	u8 *p = kmem_cache_alloc(cache, GFP_KERNEL);
	unsigned long *link = (unsigned long *)(p + cache->offset), before;

	count_slab_errors(test);
	kmem_cache_free(cache, p);
	before = *link;
	p[cache->offset] = ~p[cache->offset];

	/* the link, the count that is now wrong, its correction */
	validate_slab_cache(cache);
	KUNIT_EXPECT_EQ(test, slab_errors, 3);

	/* With the link as it was, the count is wrong again. */
	*link = before;
	slab_errors = 0;
	validate_slab_cache(cache);
	KUNIT_EXPECT_EQ(test, slab_errors, 2);

	slab_errors = 0;
	validate_slab_cache(cache);
	KUNIT_EXPECT_EQ(test, slab_errors, 0);
}

/* A byte of a free object, or behind it. */
static void clobber_free(struct kunit *test, slab_flags_t flags, unsigned int offset)
{
	struct kmem_cache *cache = watched_cache(test, 64, flags, NULL);
	u8 *p = kmem_cache_alloc(cache, GFP_KERNEL);

	count_slab_errors(test);
	kmem_cache_free(cache, p);
	p[offset] = 0x78;
	validate_slab_cache(cache);
	KUNIT_EXPECT_EQ(test, slab_errors, 2);
}

static void api_L9_first_word(struct kunit *test)
{
	clobber_free(test, SLAB_POISON, 0);
}

static void api_L9_clobber_50th_byte(struct kunit *test)
{
	clobber_free(test, SLAB_POISON, 50);
}

static void api_L9_clobber_redzone_free(struct kunit *test)
{
	clobber_free(test, SLAB_RED_ZONE, 64);
}

static void api_L9_kmalloc_redzone_access(struct kunit *test)
{
	struct kmem_cache *cache =
		watched_cache(test, 32, SLAB_KMALLOC | SLAB_STORE_USER | SLAB_RED_ZONE, NULL);
	u8 *p = kmalloc_trace(cache, GFP_KERNEL, 18);

	count_slab_errors(test);
	p[18] = 0xab;
	p[19] = 0xab;
	validate_slab_cache(cache);
	KUNIT_EXPECT_EQ(test, slab_errors, 2);
	kmem_cache_free(cache, p);
}

static void api_L9_krealloc_redzone_zeroing(struct kunit *test)
{
	struct kmem_cache *cache =
		watched_cache(test, 64, SLAB_KMALLOC | SLAB_STORE_USER | SLAB_RED_ZONE, NULL);
	u8 *p = kmalloc_trace(cache, GFP_KERNEL | __GFP_ZERO, 48);

	count_slab_errors(test);
	memset(p, 0xff, 48);
	p = krealloc(p, 40, GFP_KERNEL | __GFP_ZERO);
	expect_bytes(test, p + 40, SLUB_RED_ACTIVE, 24);
	p = krealloc(p, 56, GFP_KERNEL | __GFP_ZERO);
	expect_bytes(test, p + 40, 0, 16);
	expect_bytes(test, p + 56, SLUB_RED_ACTIVE, 8);
	validate_slab_cache(cache);
	KUNIT_EXPECT_EQ(test, slab_errors, 0);

	memset(p, 0xff, 56);
	p = krealloc(p, 112, GFP_KERNEL | __GFP_ZERO);
	expect_bytes(test, p, 0xff, 56);
	expect_bytes(test, p + 56, 0, 56);
	kfree(p);
}

static void api_L9_leak_destroy(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 64, 0, NULL);

	count_slab_errors(test);
	KUNIT_ASSERT_NOT_NULL(test, kmem_cache_alloc(cache, GFP_KERNEL));
	kmem_cache_destroy(cache);
	KUNIT_EXPECT_EQ(test, slab_errors, 1);
}

static struct kunit_case slab_layout_cases[] = {
	KUNIT_CASE(api_M13_layout),
	KUNIT_CASE(api_M13_zeroed),
	KUNIT_CASE(api_M13_constructed),
	KUNIT_CASE_SLOW(any_flags_and_sizes),
	KUNIT_CASE(api_K8_ksize),
	KUNIT_CASE(api_K1_kfree_sensitive),
	KUNIT_CASE(api_K7_overrun_before_krealloc),
	KUNIT_CASE(api_K7_what_is_added_is_poisoned),
	KUNIT_CASE(api_M13_padding_of_an_empty_slab),
	KUNIT_CASE(api_L9_validate_of_an_ordinary_cache),
	KUNIT_CASE(api_K7_copies_what_was_asked_for),
	KUNIT_CASE(api_M13_tracks),
	KUNIT_CASE(api_K1_tracks_the_caller),
	KUNIT_CASE(api_L9_clobber_zone),
	KUNIT_CASE(api_L9_next_pointer),
	KUNIT_CASE(api_L9_first_word),
	KUNIT_CASE(api_L9_clobber_50th_byte),
	KUNIT_CASE(api_L9_clobber_redzone_free),
	KUNIT_CASE(api_L9_kmalloc_redzone_access),
	KUNIT_CASE(api_L9_krealloc_redzone_zeroing),
	KUNIT_CASE(api_L9_leak_destroy),
	{},
};

static struct kunit_suite slab_layout_suite = {
	.name = "slab_layout",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = slab_layout_cases,
};
kunit_test_suite(slab_layout_suite);
