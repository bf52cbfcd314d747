// SPDX-License-Identifier: MIT
/* Memory that KUnit frees when its case ends: API.md L8. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "../mm/slab_test.h"
#include "capture.h"

static void *taken[100];

/* Runs a case from within, captured; returns how many failed. */
static unsigned int run_inner(struct kunit *test, void (*inner)(struct kunit *test))
{
	unsigned int failed = capture_inner(test, &capture, inner);

	slab_shrink_all();
	return failed;
}

static void inner_takes_and_aborts(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(taken); i++) {
		taken[i] = kunit_kmalloc(test, 3000, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, taken[i]);
		memset(taken[i], i, 3000);
	}
	KUNIT_ASSERT_TRUE(test, false);
}

/* More blocks than there are slots, and the case does not come to its end. */
static void api_L8_memory_is_released(struct kunit *test)
{
	unsigned long before = mm_free_pages(NULL);

	KUNIT_EXPECT_EQ(test, run_inner(test, inner_takes_and_aborts), 1);
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before);
}

static void api_L8_kinds_of_memory(struct kunit *test)
{
	char *object = kunit_kmalloc(test, 100, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_STREQ(test, slab_cache_of(object)->name, "kmalloc-128");
	memset(object, 0xff, 100);
	kunit_kfree(test, object);
	object = kunit_kzalloc(test, 100, GFP_KERNEL);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, 100));
	object = kunit_kcalloc(test, 50, 100, GFP_KERNEL);
	KUNIT_EXPECT_GE(test, ksize(object), 5000);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, 5000));
	object = kunit_kmalloc_array(test, 3, 7, GFP_KERNEL | GFP_DMA);
	KUNIT_EXPECT_STREQ(test, slab_cache_of(object)->name, "dma-kmalloc-32");
	KUNIT_EXPECT_NULL(test, kunit_kmalloc_array(test, SIZE_MAX, 2, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kunit_kmalloc(test, SIZE_MAX, GFP_KERNEL | __GFP_NOWARN));
}

static void inner_frees_twice(struct kunit *test)
{
	void *object = kunit_kmalloc(test, 100, GFP_KERNEL);

	kunit_kfree(test, NULL);
	kunit_kfree(test, object);
	kunit_kfree(test, object);
}

static void api_L8_freed_twice(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run_inner(test, inner_frees_twice), 1);
	KUNIT_EXPECT_NOT_NULL(test,
			      strstr(capture.text, "already freed or not allocated by kunit"));
}

/* Refused in the middle: neither block nor record is left behind. */
static void api_L8_no_memory(struct kunit *test)
{
	struct zone *zone;

	for_each_zone(zone)
		mm_hide_down_to(zone, 0);
	while (kunit_kmalloc(test, 8192, GFP_KERNEL | __GFP_NOWARN))
		;
	KUNIT_EXPECT_NULL(test, kunit_kzalloc(test, 8192, GFP_KERNEL | __GFP_NOWARN));
	mm_unhide();
}

static struct kunit_case kunit_kmalloc_cases[] = {
	KUNIT_CASE_SLOW(api_L8_memory_is_released),
	KUNIT_CASE(api_L8_kinds_of_memory),
	KUNIT_CASE(api_L8_freed_twice),
	KUNIT_CASE(api_L8_no_memory),
	{},
};

static struct kunit_suite kunit_kmalloc_suite = {
	.name = "kunit_kmalloc",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = kunit_kmalloc_cases,
};
kunit_test_suite(kunit_kmalloc_suite);
