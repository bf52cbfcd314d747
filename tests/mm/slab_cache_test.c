// SPDX-License-Identifier: MIT
/*
 * Caches from their creation to their end: API.md M1 to M3 and M7. What happens to objects
 * in between has slab_object_test.c (M4, M6, M8, M11, M12) and slab_bulk_test.c (M5); merging
 * slab_merge_test.c (M9), the order of slabs slab_order_test.c (M10).
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "../kernel/capture.h"
#include "slab_test.h"

static unsigned int nr_caches(void)
{
	struct list_head *link;
	unsigned int nr = 0;

	list_for_each(link, &slab_caches)
		nr++;
	return nr;
}

/* --- M1 ------------------------------------------------------------------------------------ */

static void api_M1_create_and_destroy(struct kunit *test)
{
	unsigned int caches = nr_caches(), size;

	for (size = 1; size <= 20000; size += size / 2 + 1) {
		struct kmem_cache *cache = kmem_cache_create("test", size, 0, SLAB_NO_MERGE, NULL);
		char *object;

		KUNIT_ASSERT_NOT_NULL(test, cache);
		KUNIT_EXPECT_EQ(test, nr_caches(), caches + 1);
		KUNIT_EXPECT_EQ(test, kmem_cache_size(cache), size);
		KUNIT_EXPECT_STREQ(test, cache->name, "test");
		object = kmem_cache_alloc(cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, object);
		KUNIT_EXPECT_PTR_EQ(test, slab_cache_of(object), cache);
		KUNIT_EXPECT_PTR_EQ(test, slab_cache_of(object + size - 1), cache);
		memset(object, 0x11, size);
		kmem_cache_free(cache, object);
		kmem_cache_destroy(cache);
		KUNIT_EXPECT_EQ(test, nr_caches(), caches);
	}
}

struct point {
	u64 x, y;
	char name[20];
};

static void api_M1_by_type(struct kunit *test)
{
	struct kmem_cache *cache = KMEM_CACHE(point, SLAB_NO_MERGE | SLAB_PANIC);

	KUNIT_EXPECT_STREQ(test, cache->name, "point");
	KUNIT_EXPECT_EQ(test, kmem_cache_size(cache), sizeof(struct point));
	kmem_cache_destroy(cache);
}

/* The cache has a copy of its name. */
static void api_M1_name_is_copied(struct kunit *test)
{
	char name[] = "before";
	struct kmem_cache *cache = kmem_cache_create(name, 16, 0, SLAB_NO_MERGE, NULL);

	strscpy(name, "after", sizeof(name));
	KUNIT_EXPECT_STREQ(test, cache->name, "before");
	kmem_cache_destroy(cache);
}

static void api_M1_the_same_name_twice(struct kunit *test)
{
	unsigned int caches = nr_caches();
	struct kmem_cache *first = kmem_cache_create("twice", 16, 0, SLAB_NO_MERGE, NULL);
	struct kmem_cache *second = kmem_cache_create("twice", 99, 0, SLAB_NO_MERGE, NULL);

	KUNIT_EXPECT_NOT_NULL(test, first);
	KUNIT_EXPECT_NOT_NULL(test, second);
	KUNIT_EXPECT_PTR_NE(test, first, second);
	KUNIT_EXPECT_EQ(test, nr_caches(), caches + 2);
	kmem_cache_destroy(first);
	kmem_cache_destroy(second);
}

static const struct bad_cache {
	const char *name, *cache;
	unsigned int size;
	slab_flags_t flags;
	int preempt;
	bool checked; /* says also which check it was */
} bad_caches[] = {
	{ "no_name", NULL, 64, 0, 0, true },
	{ "no_size", "test", 0, 0, 0, true },
	{ "too_large", "test", KMALLOC_MAX_SIZE + 1, 0, 0, true },
	{ "far_too_large", "test", UINT_MAX, 0, 0, true },
	{ "in_hardirq", "test", 64, 0, HARDIRQ_OFFSET, true },
	{ "in_softirq", "test", 64, 0, SOFTIRQ_OFFSET, true },
	{ "unknown_flag", "test", 64, 0x80000000, 0, false },
	{ "another_unknown_flag", "test", 64, SLAB_HWCACHE_ALIGN | 1, 0, false },
};

static void expect_refused(struct kunit *test, const struct bad_cache *bad)
{
	unsigned int caches = nr_caches(), reports = kunit_reports_seen(test);
	struct kmem_cache *cache;

	if (bad->checked)
		kunit_expect_report(test, "integrity check failed");
	kunit_expect_report(test, bad->cache ? "kmem_cache_create(test) failed with error -22"
					     : "kmem_cache_create((null)) failed with error -22");
	preempt_count_add(bad->preempt);
	cache = kmem_cache_create(bad->cache, bad->size, 0, bad->flags, NULL);
	preempt_count_sub(bad->preempt);
	KUNIT_EXPECT_NULL_MSG(test, cache, "%s", bad->name);
	KUNIT_EXPECT_EQ_MSG(test, kunit_reports_seen(test), reports + 1 + bad->checked, "%s",
			    bad->name);
	KUNIT_EXPECT_EQ(test, nr_caches(), caches);
}

static void api_M1_refused(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad_caches); i++)
		expect_refused(test, &bad_caches[i]);
}

static void inner_gives_an_unknown_flag(struct kunit *test)
{
	kmem_cache_create("test", 64, 0, 0x80000000, NULL);
}

static void api_M1_refusal_is_printed(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, capture_inner(test, &capture, inner_gives_an_unknown_flag), 1);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "(test) failed with error -22\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "\nCall Trace:\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "inner_gives_an_unknown_flag+"));
}

/* Also of what each CPU has: the first free place is the same as before. */
static void api_M1_destroy_leaves_nothing(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create("test", 64, 0, SLAB_NO_MERGE, NULL);
	struct kmem_cache_cpu *of_each_cpu = cache->cpu_slab;

	kmem_cache_destroy(cache);
	cache = slab_test_cache(test, 64, 0, SLAB_NO_MERGE, NULL);
	KUNIT_EXPECT_PTR_EQ(test, cache->cpu_slab, of_each_cpu);
}

/* Pages of a cache whose objects can be reclaimed lie among their like; not so the others. */
static void api_Z6_reclaim_account(struct kunit *test)
{
	slab_flags_t flags[] = { 0, SLAB_RECLAIM_ACCOUNT };
	int types[] = { MIGRATE_UNMOVABLE, MIGRATE_RECLAIMABLE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		struct kmem_cache *cache =
			slab_test_cache(test, 64, 0, SLAB_NO_MERGE | flags[i], NULL);
		struct page *page = virt_to_page(slab_hold(kmem_cache_alloc(cache, GFP_KERNEL)));

		/* A zone of few pageblocks cannot have them all apart. */
		if (page_zone(page)->managed_pages > 8 * pageblock_nr_pages)
			KUNIT_EXPECT_EQ(test, get_pageblock_migratetype(page), types[i]);
		slab_free_held();
	}
}

static void api_M1_the_largest_object(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, KMALLOC_MAX_SIZE, 0,
						   SLAB_NO_MERGE | SLAB_NO_USER_FLAGS, NULL);
	char *object = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_NOWARN);

	KUNIT_EXPECT_EQ(test, kmem_cache_size(cache), KMALLOC_MAX_SIZE);
	if (!object)
		kunit_skip(test, "no block of 4 MiB is free");
	memset(object, 0x22, KMALLOC_MAX_SIZE);
	kmem_cache_free(cache, object);
}

/* Each attempt takes a little: the one that does not get it gives back what it has. */
static void api_M1_no_memory(struct kunit *test)
{
	struct kmem_cache *caches[64] = { NULL };
	unsigned int nr = 0, before = nr_caches();
	struct zone *zone;

	for_each_zone(zone)
		mm_hide_down_to(zone, 0);
	kunit_expect_report(test, "SLUB: Unable to allocate memory on node -1");
	kunit_expect_report(test, "kmem_cache_create(test) failed with error -12");
	do
		caches[nr] = kmem_cache_create("test", 32, 0, SLAB_NO_MERGE, NULL);
	while (caches[nr] && ++nr < ARRAY_SIZE(caches));
	KUNIT_EXPECT_LT(test, nr, ARRAY_SIZE(caches));
	KUNIT_EXPECT_EQ(test, nr_caches(), before + nr);
	while (nr--)
		kmem_cache_destroy(caches[nr]);
	mm_unhide();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 2);
}

static void api_M1_or_panic(struct kunit *test)
{
	kmem_cache_create("test", 64, 0, SLAB_PANIC | 1, NULL);
}

/* --- M2 ------------------------------------------------------------------------------------ */

static const struct region {
	const char *name;
	unsigned int offset, size;
	bool sound;
} regions[] = {
	{ "all", 0, 100, true },
	{ "none", 0, 0, true },
	{ "first_byte", 0, 1, true },
	{ "last_byte", 99, 1, true },
	{ "offset_alone", 8, 0, false },
	{ "one_too_many", 0, 101, false },
	{ "beyond_the_end", 100, 1, false },
	{ "across_the_end", 60, 41, false },
	{ "around", 0xfffffff0, 32, false },
	{ "size_around", 1, 0xffffffff, false },
};

static void api_M2_usercopy_region(struct kunit *test)
{
	const struct region *region;

	for (region = regions; region < regions + ARRAY_SIZE(regions); region++) {
		unsigned int reports = kunit_reports_seen(test);
		struct kmem_cache *cache;

		if (!region->sound)
			kunit_expect_report(test, "WARNING: at mm/slab_common.c");
		cache = kmem_cache_create_usercopy("test", 100, 0, SLAB_NO_MERGE, region->offset,
						   region->size, NULL);
		KUNIT_ASSERT_NOT_NULL(test, cache);
		KUNIT_EXPECT_EQ_MSG(test, kunit_reports_seen(test), reports + !region->sound, "%s",
				    region->name);
		KUNIT_EXPECT_EQ(test, cache->useroffset, region->sound ? region->offset : 0);
		KUNIT_EXPECT_EQ(test, cache->usersize, region->sound ? region->size : 0);
		kmem_cache_destroy(cache);
	}
}

/* --- M3 ------------------------------------------------------------------------------------ */

static const struct shape_row {
	const char *name;
	unsigned int size, align;
	slab_flags_t flags;
	unsigned int expected; /* alignment */
} shape_rows[] = {
	{ "1", 1, 0, 0, 8 },
	{ "4_at_least_8", 4, 4, 0, 8 },
	{ "24_align_16", 24, 16, 0, 16 },
	{ "100_align_64", 100, 64, 0, 64 },
	{ "200_align_4096", 200, 4096, 0, 4096 },
	{ "3000", 3000, 8, 0, 8 },
	{ "8_to_a_line", 8, 0, SLAB_HWCACHE_ALIGN, 8 },
	{ "4_to_a_line", 16, 0, SLAB_HWCACHE_ALIGN, 16 },
	{ "2_to_a_line", 17, 0, SLAB_HWCACHE_ALIGN, 32 },
	{ "half_a_line", 32, 0, SLAB_HWCACHE_ALIGN, 32 },
	{ "more_than_half", 33, 0, SLAB_HWCACHE_ALIGN, 64 },
	{ "a_line", 64, 0, SLAB_HWCACHE_ALIGN, 64 },
	{ "lines", 200, 0, SLAB_HWCACHE_ALIGN, 64 },
	{ "more_than_a_line", 200, 128, SLAB_HWCACHE_ALIGN, 128 },
	{ "poisoned", 40, 0, SLAB_POISON, 8 },
	{ "with_red_zones", 40, 32, SLAB_RED_ZONE, 32 },
	{ "all_checks", 100, 0,
	  SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER | SLAB_CONSISTENCY_CHECKS, 8 },
	{ "one_a_slab", 20000, 0, 0, 8 },
};

/* Where an object may lie: in its slab, aligned. */
static void expect_in_its_slab(struct kunit *test, const struct shape_row *row, u8 *object)
{
	struct slab *slab = virt_to_slab(object);
	u8 *start;

	KUNIT_ASSERT_NOT_NULL_MSG(test, slab, "%s", row->name);
	start = slab_address(slab);
	KUNIT_ASSERT_EQ_MSG(test, (unsigned long)object % row->expected, 0, "%s", row->name);
	KUNIT_ASSERT_TRUE(test, object >= start);
	KUNIT_ASSERT_TRUE(test, object + row->size <= start + (PAGE_SIZE << slab_order(slab)));
	KUNIT_ASSERT_PTR_EQ(test, virt_to_slab(object + row->size - 1), slab);
}

/* All bytes say whose they are; so an overlap shows. */
static void expect_apart(struct kunit *test, const struct shape_row *row)
{
	struct kmem_cache *cache =
		slab_test_cache(test, row->size, row->align, row->flags | SLAB_NO_MERGE, NULL);
	unsigned int nr = min(2U * cache->shape.objects + 1, 200U), i;
	u8 **objects = kunit_kcalloc(test, nr, sizeof(*objects), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, objects);
	KUNIT_EXPECT_EQ_MSG(test, cache->align, row->expected, "%s", row->name);
	KUNIT_EXPECT_EQ(test, kmem_cache_size(cache), row->size);
	for (i = 0; i < nr; i++) {
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, objects[i]);
		expect_in_its_slab(test, row, objects[i]);
		memset(objects[i], i, row->size);
	}
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_NULL_MSG(test, memchr_inv(objects[i], i, row->size), "%s", row->name);
	for (i = 0; i < nr; i++)
		kmem_cache_free(cache, objects[i]);
	slab_test_destroy(test, cache);
}

static void api_M3_objects_are_apart(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(shape_rows); i++)
		expect_apart(test, &shape_rows[i]);
}

/* Each page of a slab knows its cache, and none of any other page does. */
static void api_M3_pages_of_a_slab(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 1500, 0, SLAB_NO_MERGE, NULL);
	char *object = kmem_cache_alloc(cache, GFP_KERNEL);
	struct page *page;
	unsigned int i, nr;

	KUNIT_ASSERT_NOT_NULL(test, object);
	page = slab_page(virt_to_slab(object));
	nr = 1 << slab_order(virt_to_slab(object));
	KUNIT_EXPECT_EQ(test, nr, 1 << cache->shape.order);
	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_TRUE(test, PageSlab(page + i));
		KUNIT_EXPECT_PTR_EQ(test, slab_cache_of(page_to_virt(page + i)), cache);
	}
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	kmem_cache_free(cache, object);
	kmem_cache_shrink(cache);
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_FALSE(test, PageSlab(page + i));
}

/* --- M7 ----------------------------------------------------------------------------------- */

static void api_M7_destroy_of_null(struct kunit *test)
{
	unsigned int caches = nr_caches();

	kmem_cache_destroy(NULL);
	KUNIT_EXPECT_EQ(test, nr_caches(), caches);
}

/* The owner of a live object loses nothing: neither the object nor what describes it. */
static void api_M7_live_objects(struct kunit *test)
{
	struct kmem_cache *cache =
		kmem_cache_create("test", 80, 0, SLAB_NO_MERGE | SLAB_NO_USER_FLAGS, NULL);
	unsigned long pages;
	char *object;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	memset(object, 0x66, 80);
	pages = mm_free_pages(NULL);
	kunit_expect_report(test, "kmem_cache_destroy test: Slab cache still has objects");
	kmem_cache_destroy(cache);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), pages);
	KUNIT_EXPECT_PTR_EQ(test, slab_cache_of(object), cache);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0x66, 80));
	KUNIT_EXPECT_STREQ(test, cache->name, "test");

	/* What was leaked on purpose is given back, so that the next case finds all as it was. */
	kfree(object);
	cache->refcount = 1;
	kmem_cache_destroy(cache);
	KUNIT_EXPECT_GT(test, mm_free_pages(NULL), pages);
}

static struct kunit_case slab_cache_cases[] = {
	KUNIT_CASE(api_M1_create_and_destroy),
	KUNIT_CASE(api_M1_by_type),
	KUNIT_CASE(api_M1_name_is_copied),
	KUNIT_CASE(api_M1_the_same_name_twice),
	KUNIT_CASE(api_M1_refused),
	KUNIT_CASE(api_M1_refusal_is_printed),
	KUNIT_CASE(api_M1_destroy_leaves_nothing),
	KUNIT_CASE_SLOW(api_Z6_reclaim_account),
	KUNIT_CASE_SLOW(api_M1_the_largest_object),
	KUNIT_CASE(api_M1_no_memory),
	KUNIT_CASE_OOPS(api_M1_or_panic, "Failed to create slab 'test'. Error -22"),
	KUNIT_CASE(api_M2_usercopy_region),
	KUNIT_CASE_SLOW(api_M3_objects_are_apart),
	KUNIT_CASE(api_M3_pages_of_a_slab),
	KUNIT_CASE(api_M7_destroy_of_null),
	KUNIT_CASE(api_M7_live_objects),
	{},
};

static struct kunit_suite slab_cache_suite = {
	.name = "slab_cache",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = slab_cache_cases,
};
kunit_test_suite(slab_cache_suite);
