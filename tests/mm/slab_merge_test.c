// SPDX-License-Identifier: MIT
/*
 * One cache under two names: API.md M9. With slab_nomerge on the command line, and where
 * slub_debug= watches every cache, none of them is merged: so says the same table then.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/boot.h>

#include "slab_test.h"

static void do_nothing(void *object)
{
}

struct kind {
	unsigned int size, align;
	slab_flags_t flags;
	void (*ctor)(void *object);
	unsigned int usersize;
};

static const struct pair {
	const char *name;
	struct kind first, second;
	bool merged;
} pairs[] = {
	{ "the_same", { .size = 712 }, { .size = 712 }, true },
	{ "a_byte_less", { .size = 712 }, { .size = 711 }, true },
	{ "less_than_the_alignment", { .size = 712 }, { .size = 705 }, true },
	{ "a_word_less", { .size = 712 }, { .size = 704 }, false },
	{ "a_byte_more", { .size = 712 }, { .size = 713 }, false },
	{ "alignment_that_fits", { .size = 768 }, { .size = 700, .align = 256 }, true },
	{ "alignment_by_lines",
	  { .size = 768 },
	  { .size = 730, .flags = SLAB_HWCACHE_ALIGN },
	  true },
	{ "alignment_that_does_not_fit", { .size = 712 }, { .size = 700, .align = 64 }, false },
	{ "reclaimable_or_not",
	  { .size = 712 },
	  { .size = 712, .flags = SLAB_RECLAIM_ACCOUNT },
	  false },
	{ "not_reclaimable_or_so",
	  { .size = 712, .flags = SLAB_RECLAIM_ACCOUNT },
	  { .size = 712 },
	  false },
	{ "dma_or_not", { .size = 712 }, { .size = 712, .flags = SLAB_CACHE_DMA }, false },
	{ "dma32_or_not", { .size = 712 }, { .size = 712, .flags = SLAB_CACHE_DMA32 }, false },
	{ "accounted_or_not", { .size = 712 }, { .size = 712, .flags = SLAB_ACCOUNT }, false },
	{ "both_reclaimable",
	  { .size = 712, .flags = SLAB_RECLAIM_ACCOUNT },
	  { .size = 712, .flags = SLAB_RECLAIM_ACCOUNT },
	  true },
	{ "both_dma",
	  { .size = 712, .flags = SLAB_CACHE_DMA },
	  { .size = 712, .flags = SLAB_CACHE_DMA },
	  true },
	{ "both_accounted",
	  { .size = 712, .flags = SLAB_ACCOUNT },
	  { .size = 712, .flags = SLAB_ACCOUNT },
	  true },
	{ "ctor_of_the_first", { .size = 712, .ctor = do_nothing }, { .size = 712 }, false },
	{ "ctor_of_a_larger_first", { .size = 712, .ctor = do_nothing }, { .size = 720 }, false },
	{ "ctor_of_the_second", { .size = 712 }, { .size = 712, .ctor = do_nothing }, false },
	{ "ctor_of_both",
	  { .size = 712, .ctor = do_nothing },
	  { .size = 712, .ctor = do_nothing },
	  false },
	{ "usersize_of_the_first", { .size = 712, .usersize = 8 }, { .size = 712 }, false },
	{ "usersize_of_the_second", { .size = 712 }, { .size = 712, .usersize = 8 }, false },
	{ "not_the_first", { .size = 712, .flags = SLAB_NO_MERGE }, { .size = 712 }, false },
	{ "not_the_second", { .size = 712 }, { .size = 712, .flags = SLAB_NO_MERGE }, false },
	{ "by_rcu", { .size = 712 }, { .size = 712, .flags = SLAB_TYPESAFE_BY_RCU }, false },
	{ "both_by_rcu",
	  { .size = 712, .flags = SLAB_TYPESAFE_BY_RCU },
	  { .size = 712, .flags = SLAB_TYPESAFE_BY_RCU },
	  false },
	{ "noleaktrace", { .size = 712 }, { .size = 712, .flags = SLAB_NOLEAKTRACE }, false },
	{ "failslab", { .size = 712 }, { .size = 712, .flags = SLAB_FAILSLAB }, false },
	{ "checked", { .size = 712 }, { .size = 712, .flags = SLAB_CONSISTENCY_CHECKS }, false },
	{ "poisoned",
	  { .size = 712, .flags = SLAB_POISON },
	  { .size = 712, .flags = SLAB_POISON },
	  false },
	{ "red_zones", { .size = 712 }, { .size = 712, .flags = SLAB_RED_ZONE }, false },
	{ "users", { .size = 712 }, { .size = 712, .flags = SLAB_STORE_USER }, false },
	{ "traced", { .size = 712 }, { .size = 712, .flags = SLAB_TRACE }, false },
};

static struct kmem_cache *create(const char *name, const struct kind *kind)
{
	return kmem_cache_create_usercopy(name, kind->size, kind->align, kind->flags, 0,
					  kind->usersize, kind->ctor);
}

static bool is_switched_off(void)
{
	return strstr(boot_info.cmdline, "slab_nomerge") ||
	       kmem_cache_debug(kmalloc_caches[KMALLOC_NORMAL][KMALLOC_SHIFT_LOW]);
}

static void expect_merged_or_not(struct kunit *test, const struct pair *pair)
{
	struct kmem_cache *first = create("first", &pair->first);
	struct kmem_cache *second = create("second", &pair->second);

	KUNIT_EXPECT_NOT_NULL(test, first);
	KUNIT_EXPECT_NOT_NULL(test, second);
	KUNIT_EXPECT_EQ_MSG(test, first == second, pair->merged && !is_switched_off(), "%s",
			    pair->name);
	KUNIT_EXPECT_GE(test, kmem_cache_size(first), pair->first.size);
	KUNIT_EXPECT_GE(test, kmem_cache_size(second), pair->second.size);
	if (first != second)
		KUNIT_EXPECT_STREQ(test, second->name, "second");
	kmem_cache_destroy(second);
	kmem_cache_destroy(first);
}

static void api_M9_merged_or_not(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		expect_merged_or_not(test, &pairs[i]);
}

/* Both names give whole objects of either size, from the same slabs, and take them back. */
static void api_M9_merged_caches_share_slabs(struct kunit *test)
{
	struct kmem_cache *small = kmem_cache_create("small", 709, 0, 0, NULL);
	struct kmem_cache *large = kmem_cache_create("large", 712, 0, 0, NULL);
	char *one, *other;

	if (small != large) {
		kmem_cache_destroy(small);
		kmem_cache_destroy(large);
		KUNIT_ASSERT_TRUE(test, is_switched_off());
		kunit_skip(test, "merging is switched off");
	}
	KUNIT_EXPECT_EQ(test, kmem_cache_size(large), 712);
	one = kmem_cache_alloc(small, GFP_KERNEL);
	other = kmem_cache_alloc(large, GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, virt_to_slab(one), virt_to_slab(other));
	memset(one, 1, 712);
	memset(other, 2, 712);
	KUNIT_EXPECT_NULL(test, memchr_inv(one, 1, 712));
	/* One name goes: the other one knows nothing of it. */
	kmem_cache_destroy(small);
	kmem_cache_free(large, one);
	KUNIT_EXPECT_NULL(test, memchr_inv(other, 2, 712));
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(large), 1);
	kmem_cache_free(large, other);
	kmem_cache_destroy(large);
}

/* Another cache's objects must not get between kmalloc's, which any code may free. */
static void api_M9_not_with_kmalloc(struct kunit *test)
{
	unsigned int index;

	for (index = 1; index <= KMALLOC_SHIFT_HIGH; index++) {
		struct kmem_cache *kmalloc_cache = kmalloc_caches[KMALLOC_NORMAL][index];
		struct kmem_cache *cache =
			kmem_cache_create("test", kmalloc_cache->object_size, 0, 0, NULL);

		KUNIT_EXPECT_PTR_NE(test, cache, kmalloc_cache);
		kmem_cache_destroy(cache);
	}
}

static struct kunit_case slab_merge_cases[] = {
	KUNIT_CASE(api_M9_merged_or_not),
	KUNIT_CASE(api_M9_merged_caches_share_slabs),
	KUNIT_CASE(api_M9_not_with_kmalloc),
	{},
};

static struct kunit_suite slab_merge_suite = {
	.name = "slab_merge",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = slab_merge_cases,
};
kunit_test_suite(slab_merge_suite);
