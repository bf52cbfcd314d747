// SPDX-License-Identifier: MIT
/*
 * What kmalloc says: bad flags (API.md K9), bad frees (K11, K12), no memory (K13, K14). What
 * slub_debug= finds beyond that is tested in slab_debug_test.c.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/report.h>

#include "../kernel/capture.h"
#include "slab_test.h"

/*
 * What is printed when nobody declared the report: a case from within, which fails for it,
 * with the output captured.
 */
static void print_undeclared(struct kunit *test, void (*inner)(struct kunit *test))
{
	KUNIT_EXPECT_EQ(test, capture_inner(test, &capture, inner), 1);
}

#define EXPECT_PRINTED(test, wanted)                                                      \
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(capture.text, wanted), "printed was:\n%s", \
				  capture.text)

static unsigned int times_printed(const char *text)
{
	const char *at = capture.text;
	unsigned int nr = 0;

	while ((at = strstr(at, text))) {
		at += strlen(text);
		nr++;
	}
	return nr;
}

/* --- K9 ------------------------------------------------------------------------------------- */

static const struct bad_gfp {
	const char *name;
	gfp_t gfp;
	const char *text;
} bad_gfps[] = {
	{ "HIGHMEM", GFP_KERNEL | __GFP_HIGHMEM,
	  "Unexpected gfp: 0x2 (__GFP_HIGHMEM). Fixing up to gfp: 0xcc0 (GFP_KERNEL). "
	  "Fix your code!" },
	{ "DMA32", GFP_ATOMIC | __GFP_DMA32,
	  "Unexpected gfp: 0x4 (GFP_DMA32). Fixing up to gfp: 0x820 (GFP_ATOMIC). "
	  "Fix your code!" },
	{ "both", GFP_KERNEL | __GFP_HIGHMEM | __GFP_DMA32,
	  "Unexpected gfp: 0x6 (__GFP_HIGHMEM|GFP_DMA32). Fixing up to gfp: 0xcc0 (GFP_KERNEL). "
	  "Fix your code!" },
	{ "unknown bits", GFP_NOWAIT | (gfp_t)0xa0000000,
	  "Unexpected gfp: 0xa0000000 (0xa0000000). Fixing up to gfp: 0x800 (GFP_NOWAIT). "
	  "Fix your code!" },
};

/* When a slab has to be made, and only then; what is given is good. */
static void api_K9_bad_flags_for_a_slab(struct kunit *test)
{
	unsigned int i, round;

	for (i = 0; i < ARRAY_SIZE(bad_gfps); i++) {
		slab_use_up(kmalloc_caches[KMALLOC_NORMAL][kmalloc_index(64)]);
		kunit_expect_report(test, bad_gfps[i].text);
		for (round = 0; round < 3; round++) {
			void *object = slab_hold(kmalloc(64, bad_gfps[i].gfp));

			KUNIT_ASSERT_NOT_NULL(test, object);
			KUNIT_EXPECT_STREQ(test, slab_cache_of(object)->name, "kmalloc-64");
			KUNIT_EXPECT_EQ_MSG(test, kunit_reports_seen(test), i + 1, "%s",
					    bad_gfps[i].name);
		}
		slab_free_held();
		slab_shrink_all();
	}
}

static void api_K9_bad_flags_for_pages(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 2 * ARRAY_SIZE(bad_gfps); i++) {
		const struct bad_gfp *bad = &bad_gfps[i / 2];
		void *object;

		kunit_expect_report(test, bad->text);
		object = kmalloc(20000, bad->gfp);
		KUNIT_EXPECT_TRUE(test, virt_addr_valid(object));
		kfree(object);
		KUNIT_EXPECT_EQ_MSG(test, kunit_reports_seen(test), i + 1, "%s", bad->name);
	}
}

static void inner_asks_for_highmem(struct kunit *test)
{
	kfree(kmalloc(20000, GFP_KERNEL | __GFP_HIGHMEM));
}

static void api_K9_text_and_stack(struct kunit *test)
{
	print_undeclared(test, inner_asks_for_highmem);
	EXPECT_PRINTED(test, bad_gfps[0].text);
	EXPECT_PRINTED(test, "Call Trace:\n");
	EXPECT_PRINTED(test, "inner_asks_for_highmem+");
}

/* --- K11, K12 --------------------------------------------------------------------------------- */

static void api_K11_kfree_of_null(struct kunit *test)
{
	unsigned long before = mm_free_pages(NULL);

	kfree(NULL);
	kfree_sensitive(NULL);
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before);
}

#define NOT_KMALLOC "Not a kmalloc allocation"

static void api_K11_pages_that_are_not_kmallocs(struct kunit *test)
{
	unsigned int order;

	for (order = 0; order < 4; order++) {
		struct page *page = mm_take(GFP_KERNEL, order);
		unsigned long before = mm_free_pages(NULL);

		KUNIT_ASSERT_NOT_NULL(test, page);
		memset(page_address(page), 0x11, PAGE_SIZE << order);
		kunit_expect_report(test, NOT_KMALLOC);
		kfree(page_address(page));
		kfree(page_address(page)); /* once a boot */
		KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), order + 1);
		/* They are not freed: not reused, and to free them is still up to their owner. */
		KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before);
		KUNIT_EXPECT_EQ(test, page_count(page), 1);
		KUNIT_EXPECT_NULL(test, memchr_inv(page_address(page), 0x11, PAGE_SIZE << order));
	}
}

static char in_the_image[PAGE_SIZE] __aligned(PAGE_SIZE);

/* Addresses of all kinds that were never kmalloc's, also of no memory at all. */
static void api_K11_other_addresses(struct kunit *test)
{
	char *large = kmalloc(20000, GFP_KERNEL);
	const void *addresses[] = {
		in_the_image,
		in_the_image + 100,
		api_K11_other_addresses,
		large + 8,
		large + PAGE_SIZE,
		(void *)17,
		(void *)PAGE_SIZE,
		(void *)(PAGE_OFFSET - PAGE_SIZE),
		(void *)PAGE_OFFSET,
		pfn_to_virt(max_low_pfn),	      /* where vmalloc's window is to be */
		pfn_to_virt(max_low_pfn) + (8 << 20), /* and in it */
		(void *)~0UL,
	};
	unsigned long before = mm_free_pages(NULL);
	unsigned int i;

	memset(large, 0x22, 20000);
	for (i = 0; i < ARRAY_SIZE(addresses); i++) {
		kunit_expect_report(test, NOT_KMALLOC);
		kfree(addresses[i]);
		KUNIT_EXPECT_EQ_MSG(test, kunit_reports_seen(test), i + 1, "address %px",
				    addresses[i]);
		KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before);
	}
	KUNIT_EXPECT_NULL(test, memchr_inv(large, 0x22, 20000));
	kfree(large);
}

static void inner_frees_a_page(struct kunit *test)
{
	unsigned long page = __get_free_page(GFP_KERNEL);

	kfree((void *)page);
	kfree((void *)page);
	free_page(page);
}

static void api_K11_the_page_is_dumped_once(struct kunit *test)
{
	report_reset_once();
	print_undeclared(test, inner_frees_a_page);
	KUNIT_EXPECT_EQ(test, times_printed("WARNING: "), 1);
	KUNIT_EXPECT_EQ(test, times_printed("page dumped because: " NOT_KMALLOC "\n"), 1);
}

/* Large blocks: the second kfree() finds pages that nobody owns. */
static void api_K11_large_block_twice(struct kunit *test)
{
	char *object = kmalloc(20000, GFP_KERNEL);

	kfree(object);
	kunit_expect_report(test, NOT_KMALLOC);
	kfree(object);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

/* In a row: whatever the class. The second one is refused: nobody gets the object twice. */
static void api_K12_twice_in_a_row(struct kunit *test)
{
	unsigned int index;

	for (index = 1; index <= KMALLOC_SHIFT_HIGH; index++) {
		struct kmem_cache *cache = kmalloc_caches[KMALLOC_NORMAL][index];
		void *object, *first, *second;

		if (kmem_cache_debug(cache))
			kunit_skip(test, "slub_debug= says more");
		/* One stays, so that its slab does. */
		slab_hold(kmalloc(cache->object_size, GFP_KERNEL));
		object = kmalloc(cache->object_size, GFP_KERNEL);
		kfree(object);
		kunit_expect_report(test, "is freed twice in a row");
		kfree(object);
		KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), index);
		first = slab_hold(kmalloc(cache->object_size, GFP_KERNEL));
		second = slab_hold(kmalloc(cache->object_size, GFP_KERNEL));
		KUNIT_EXPECT_PTR_NE(test, first, second);
	}
}

static void api_K12_twice_in_a_row_by_kmem_cache_free(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 80, 0, SLAB_NO_MERGE, NULL);
	void *objects[3];

	if (kmem_cache_debug(cache))
		kunit_skip(test, "slub_debug= says more");
	objects[0] = slab_hold(kmem_cache_alloc(cache, GFP_KERNEL));
	objects[1] = kmem_cache_alloc(cache, GFP_KERNEL);
	kmem_cache_free(cache, objects[1]);
	kunit_expect_report(test, "test: object");
	kmem_cache_free(cache, objects[1]);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	objects[1] = slab_hold(kmem_cache_alloc(cache, GFP_KERNEL));
	objects[2] = slab_hold(kmem_cache_alloc(cache, GFP_KERNEL));
	KUNIT_EXPECT_PTR_NE(test, objects[1], objects[2]);
}

static void api_K12_twice_in_a_row_in_bulk(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 80, 0, SLAB_NO_MERGE, NULL);
	void *objects[4], *again[3];
	unsigned int i;

	if (kmem_cache_debug(cache))
		kunit_skip(test, "slub_debug= says more");
	slab_hold(kmem_cache_alloc(cache, GFP_KERNEL));
	KUNIT_ASSERT_EQ(test, kmem_cache_alloc_bulk(cache, GFP_KERNEL, 3, objects), 3);
	objects[3] = objects[2];
	kunit_expect_report(test, "is freed twice in a row");
	kmem_cache_free_bulk(cache, 4, objects);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	for (i = 0; i < 3; i++)
		again[i] = slab_hold(kmem_cache_alloc(cache, GFP_KERNEL));
	KUNIT_EXPECT_PTR_NE(test, again[0], again[1]);
	KUNIT_EXPECT_PTR_NE(test, again[0], again[2]);
	KUNIT_EXPECT_PTR_NE(test, again[1], again[2]);
}

/* --- K13, K14 --------------------------------------------------------------------------------- */

static const gfp_t refused[] = { GFP_DMA, GFP_KERNEL | GFP_DMA, GFP_ATOMIC | GFP_DMA,
				 GFP_NOWAIT | GFP_DMA };

static void api_K13_one_report_in_ten_seconds(struct kunit *test)
{
	unsigned int i;

	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	kunit_expect_report(test, "SLUB: Unable to allocate memory on node -1, gfp=0x1(GFP_DMA)");
	for (i = 0; i < 20; i++)
		KUNIT_EXPECT_NULL(test, kmalloc(8 << i % 11, refused[i % ARRAY_SIZE(refused)]));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void api_K13_nowarn_is_silent(struct kunit *test)
{
	unsigned int i;

	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	for (i = 0; i < ARRAY_SIZE(refused); i++)
		KUNIT_EXPECT_NULL(test, kmalloc(100, refused[i] | __GFP_NOWARN));
}

static void inner_is_refused(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_NULL(test, kmalloc(1000, GFP_KERNEL | GFP_DMA));
}

static void api_K13_text(struct kunit *test)
{
	struct kmem_cache *cache = kmalloc_caches[KMALLOC_DMA][kmalloc_index(1000)];
	char line[128];

	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	report_reset_once();
	print_undeclared(test, inner_is_refused);
	EXPECT_PRINTED(test, "SLUB: Unable to allocate memory on node -1, "
			     "gfp=0xcc1(GFP_KERNEL|GFP_DMA)\n");
	snprintf(line, sizeof(line),
		 "  cache: dma-kmalloc-1k, object size: 1024, buffer size: %u, "
		 "default order: %u, min order: %u\n",
		 cache->size, cache->shape.order, cache->min.order);
	EXPECT_PRINTED(test, line);
	EXPECT_PRINTED(test, "  node 0: slabs: 0, objs: 0, ");
	EXPECT_PRINTED(test, "Mem-Info:");
	EXPECT_PRINTED(test, "inner_is_refused+");
	KUNIT_EXPECT_EQ(test, times_printed("SLUB: "), 1);
	KUNIT_EXPECT_EQ(test, times_printed("Call Trace:"), 1);
}

/* Half of a zone is free, but no two pages of it are neighbours. */
static void leave_only_single_pages(gfp_t gfp)
{
	struct page *page, *next;

	mm_fill(gfp | __GFP_MEMALLOC | __GFP_NOWARN, 0);
	list_for_each_entry_safe(page, next, &mm_held, lru)
		if (page_to_pfn(page) % 2)
			mm_give(page);
	drain_all_pages(NULL);
}

static void api_K14_smaller_slabs_when_memory_is_in_pieces(struct kunit *test)
{
	struct kmem_cache *cache = kmalloc_caches[KMALLOC_DMA][kmalloc_index(1024)];
	struct slab *slab;
	void *object;

	KUNIT_ASSERT_GT(test, cache->shape.order, cache->min.order);
	leave_only_single_pages(GFP_DMA);
	object = slab_hold(kmalloc(1024, GFP_DMA));
	KUNIT_ASSERT_NOT_NULL(test, object);
	slab = virt_to_slab(object);
	KUNIT_EXPECT_EQ(test, slab_order(slab), cache->min.order);
	KUNIT_EXPECT_EQ(test, slab->objects, cache->min.objects);
	KUNIT_EXPECT_EQ(test, cache->node.total_objects, cache->min.objects);
	/* And the usual ones when it no longer is. */
	mm_give_all();
	drain_all_pages(NULL);
	while (slab_order(slab) == cache->min.order) {
		object = slab_hold(kmalloc(1024, GFP_DMA));
		KUNIT_ASSERT_NOT_NULL(test, object);
		slab = virt_to_slab(object);
	}
	KUNIT_EXPECT_EQ(test, slab_order(slab), cache->shape.order);
	KUNIT_EXPECT_EQ(test, slab->objects, cache->shape.objects);
}

/* What must not fail may wait for the smallest slab, but not insist on a large one: no report. */
static void api_K14_nofail_does_not_insist_on_large_slabs(struct kunit *test)
{
	struct kmem_cache *cache = kmalloc_caches[KMALLOC_NORMAL][kmalloc_index(2048)];

	if (cache->min.order > 1)
		kunit_skip(test, "the smallest slab is large");
	KUNIT_EXPECT_GT(test, cache->shape.order, 1);
	KUNIT_EXPECT_NOT_NULL(test, slab_hold(kmalloc(2048, GFP_KERNEL | __GFP_NOFAIL)));
}

static struct kunit_case report_cases[] = {
	KUNIT_CASE(api_K9_bad_flags_for_a_slab),
	KUNIT_CASE(api_K9_bad_flags_for_pages),
	KUNIT_CASE(api_K9_text_and_stack),
	KUNIT_CASE(api_K11_kfree_of_null),
	KUNIT_CASE(api_K11_pages_that_are_not_kmallocs),
	KUNIT_CASE(api_K11_other_addresses),
	KUNIT_CASE(api_K11_the_page_is_dumped_once),
	KUNIT_CASE(api_K11_large_block_twice),
	KUNIT_CASE(api_K12_twice_in_a_row),
	KUNIT_CASE(api_K12_twice_in_a_row_by_kmem_cache_free),
	KUNIT_CASE(api_K12_twice_in_a_row_in_bulk),
	KUNIT_CASE(api_K13_one_report_in_ten_seconds),
	KUNIT_CASE(api_K13_nowarn_is_silent),
	KUNIT_CASE(api_K13_text),
	KUNIT_CASE_SLOW(api_K14_smaller_slabs_when_memory_is_in_pieces),
	KUNIT_CASE(api_K14_nofail_does_not_insist_on_large_slabs),
	{},
};

static struct kunit_suite report_suite = {
	.name = "kmalloc_report",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = report_cases,
};
kunit_test_suite(report_suite);
