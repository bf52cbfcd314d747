// SPDX-License-Identifier: MIT
/* Another size for a block: API.md K7. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "slab_test.h"

/* Byte i of a block has a value that none of its neighbours has. */
static void fill(char *object, size_t from, size_t to)
{
	for (; from < to; from++)
		object[from] = (char)(from * 7 + 1);
}

static bool is_filled(const char *object, size_t to)
{
	size_t i;

	for (i = 0; i < to; i++)
		if (object[i] != (char)(i * 7 + 1))
			return false;
	return true;
}

static const size_t sizes[] = { 1, 8, 9, 64, 65, 96, 100, 192, 193, 1000, 4096, 8192, 8193, 20000 };

static void api_K7_of_nothing_is_kmalloc(struct kunit *test)
{
	void *from_null = krealloc(NULL, 100, GFP_KERNEL);
	void *from_zero = krealloc(ZERO_SIZE_PTR, 100, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, from_null);
	KUNIT_ASSERT_FALSE(test, ZERO_OR_NULL_PTR(from_zero));
	KUNIT_EXPECT_PTR_NE(test, from_null, from_zero);
	KUNIT_EXPECT_STREQ(test, slab_cache_of(from_null)->name, "kmalloc-128");
	KUNIT_EXPECT_STREQ(test, slab_cache_of(from_zero)->name, "kmalloc-128");
	kfree(from_null);
	kfree(from_zero);
}

static void api_K7_to_0_is_kfree(struct kunit *test)
{
	unsigned long before = mm_free_pages(NULL);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		void *object = kmalloc(sizes[i], GFP_KERNEL);

		KUNIT_EXPECT_PTR_EQ(test, krealloc(object, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	}
	KUNIT_EXPECT_PTR_EQ(test, krealloc(NULL, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, krealloc(ZERO_SIZE_PTR, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	slab_shrink_all();
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before);
}

/* To every size from every size, and back. */
static void api_K7_keeps_contents(struct kunit *test)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (j = 0; j < ARRAY_SIZE(sizes); j++) {
			size_t from = sizes[i], to = sizes[j], both = min(from, to);
			char *object = kmalloc(from, GFP_KERNEL);

			KUNIT_ASSERT_NOT_NULL(test, object);
			fill(object, 0, from);
			object = krealloc(object, to, GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, object);
			KUNIT_EXPECT_TRUE_MSG(test, is_filled(object, both), "from %zu to %zu",
					      from, to);
			fill(object, both, to);
			object = krealloc(object, from, GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, object);
			KUNIT_EXPECT_TRUE_MSG(test, is_filled(object, both), "from %zu back to %zu",
					      to, from);
			kfree(object);
		}
	}
}

static void api_K7_fits_in_place(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		char *object = kmalloc(sizes[i], GFP_KERNEL);
		size_t usable = ksize(object), size;

		for (size = 1; size < usable; size = 2 * size + 1)
			KUNIT_EXPECT_PTR_EQ(test, krealloc(object, size, GFP_KERNEL), object);
		/* Also with flags that could not get anything. */
		KUNIT_EXPECT_PTR_EQ(test, krealloc(object, 1, GFP_DMA | __GFP_NOWARN), object);
		if (usable == kmalloc_size_roundup(sizes[i]))
			KUNIT_EXPECT_PTR_EQ(test, krealloc(object, usable, GFP_KERNEL), object);
		kfree(object);
	}
}

/* A size that does not fit moves the block, and the old place is free again. */
static void api_K7_moves(struct kunit *test)
{
	struct kmem_cache *cache = kmalloc_caches[KMALLOC_NORMAL][kmalloc_index(64)];
	char *object = kmalloc(64, GFP_KERNEL), *larger, *again;
	unsigned long before;

	fill(object, 0, 64);
	larger = krealloc(object, 65, GFP_KERNEL);
	KUNIT_EXPECT_PTR_NE(test, larger, object);
	KUNIT_EXPECT_TRUE(test, is_filled(larger, 64));
	KUNIT_EXPECT_STREQ(test, slab_cache_of(larger)->name, "kmalloc-96");
	again = kmalloc(64, GFP_KERNEL);
	if (slab_is_lifo(cache))
		KUNIT_EXPECT_PTR_EQ(test, again, object);
	kfree(again);
	kfree(larger);

	before = mm_free_pages(NULL);
	object = kmalloc(16 << 10, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 4);
	object = krealloc(object, 32 << 10, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 8);
	kfree(object);
	KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
}

/* NULL, and the block is where it was, with what was in it: to free it is still up to the caller. */
static void expect_refusal(struct kunit *test, size_t from, size_t to, gfp_t gfp)
{
	char *object = kmalloc(from, GFP_KERNEL);
	unsigned long pages;

	KUNIT_ASSERT_NOT_NULL(test, object);
	fill(object, 0, from);
	pages = mm_free_pages(NULL);
	KUNIT_EXPECT_NULL(test, krealloc(object, to, gfp));
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), pages);
	KUNIT_EXPECT_TRUE(test, is_filled(object, from));
	KUNIT_EXPECT_GE(test, ksize(object), from);
	/* It would not be given out again if it were free. */
	slab_hold(kmalloc(from, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, is_filled(object, from));
	kfree(object);
	slab_free_held();
}

static void api_K7_refused_by_size(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		expect_refusal(test, max_t(size_t, sizes[i], 8), KMALLOC_MAX_SIZE + 1,
			       GFP_KERNEL | __GFP_NOWARN);
		expect_refusal(test, max_t(size_t, sizes[i], 8), SIZE_MAX,
			       GFP_ATOMIC | __GFP_NOWARN);
	}
}

static void api_K7_refused_by_want(struct kunit *test)
{
	unsigned int i;

	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	/* On a machine that has nothing else there is nothing for the old block either. */
	if (!managed_zone(mm_zone(ZONE_NORMAL)))
		kunit_skip(test, "no ZONE_NORMAL");
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_t size = max_t(size_t, sizes[i], 8);

		expect_refusal(test, size, 2 * kmalloc_size_roundup(size), GFP_DMA | __GFP_NOWARN);
	}
}

static void api_K7_refusal_is_reported(struct kunit *test)
{
	void *object = kmalloc(8, GFP_KERNEL);

	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	kunit_expect_report(test, "SLUB: Unable to allocate memory on node -1, gfp=0x1(GFP_DMA)");
	KUNIT_EXPECT_NULL(test, krealloc(object, 5000, GFP_DMA));
	kunit_expect_report(test,
			    "page allocation failure: order:3, mode:0x40001(GFP_DMA|__GFP_COMP)");
	KUNIT_EXPECT_NULL(test, krealloc(object, 20000, GFP_DMA));
	kfree(object);
}

/* Whoever always asks for zeroes finds them wherever he has not written. */
static void api_K7_growing_with_zeroes(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes) - 1; i++) {
		size_t size = sizes[i], larger = 2 * size + 1;
		char *object = kmalloc(larger, GFP_KERNEL), *small = kzalloc(size, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, object);
		memset(object, 0xff, larger);
		kfree(object);
		fill(small, 0, size);
		object = krealloc(small, larger, GFP_KERNEL | __GFP_ZERO);
		KUNIT_ASSERT_NOT_NULL(test, object);
		KUNIT_EXPECT_TRUE(test, is_filled(object, size));
		KUNIT_EXPECT_NULL_MSG(test, memchr_inv(object + size, 0, larger - size),
				      "from %zu to %zu", size, larger);
		kfree(object);
	}
}

static void api_K7_krealloc_array(struct kunit *test)
{
	char *object = krealloc_array(NULL, 3, 20, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_GE(test, ksize(object), 60);
	fill(object, 0, 60);
	object = krealloc_array(object, 300, 20, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_GE(test, ksize(object), 6000);
	KUNIT_EXPECT_TRUE(test, is_filled(object, 60));
	KUNIT_EXPECT_PTR_EQ(test, krealloc_array(object, 0, 20, GFP_KERNEL), ZERO_SIZE_PTR);
}

static struct kunit_case krealloc_cases[] = {
	KUNIT_CASE(api_K7_of_nothing_is_kmalloc),
	KUNIT_CASE(api_K7_to_0_is_kfree),
	KUNIT_CASE_SLOW(api_K7_keeps_contents),
	KUNIT_CASE(api_K7_fits_in_place),
	KUNIT_CASE(api_K7_moves),
	KUNIT_CASE(api_K7_refused_by_size),
	KUNIT_CASE(api_K7_refused_by_want),
	KUNIT_CASE(api_K7_refusal_is_reported),
	KUNIT_CASE_SLOW(api_K7_growing_with_zeroes),
	KUNIT_CASE(api_K7_krealloc_array),
	{},
};

static struct kunit_suite krealloc_suite = {
	.name = "krealloc",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = krealloc_cases,
};
kunit_test_suite(krealloc_suite);
