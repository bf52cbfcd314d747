// SPDX-License-Identifier: MIT
/*
 * A module that uses the names of API.md 17 L6 and L9 that there are, as code from outside the
 * tree does. How they behave is the kernel's own suites'.
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/page_ref.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <asm/io.h>
#include <kunit/test.h>

static void api_L6_pages(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2), *single;
	unsigned long address;
	void *exact;

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_TRUE(test, PageHead(page) && PageCompound(page + 1) && PageTail(page + 1));
	KUNIT_EXPECT_FALSE(test, PageReserved(page) || PageSlab(page) || PageHighMem(page));
	KUNIT_EXPECT_EQ(test, compound_order(page), 2);
	KUNIT_EXPECT_PTR_EQ(test, compound_head(page + 3), page);
	get_page(page + 1);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);
	KUNIT_EXPECT_EQ(test, page_count(page + 1), 2);
	put_page(page);
	KUNIT_EXPECT_PTR_EQ(test, virt_to_page(page_address(page)), page);
	KUNIT_EXPECT_PTR_EQ(test, pfn_to_page(page_to_pfn(page)), page);
	KUNIT_EXPECT_EQ(test, page_to_phys(page), virt_to_phys(page_address(page)));
	KUNIT_EXPECT_TRUE(test, virt_addr_valid(page_address(page)));
	KUNIT_EXPECT_EQ(test, page_to_nid(page), 0);
	KUNIT_EXPECT_LE(test, page_zonenum(page), ZONE_NORMAL);
	KUNIT_EXPECT_PTR_EQ(test, page_zone(page), &NODE_DATA(0)->node_zones[page_zonenum(page)]);
	__free_pages(page, 2);

	single = alloc_pages_node(numa_node_id(), GFP_KERNEL, 0);
	KUNIT_ASSERT_NOT_NULL(test, single);
	clear_highpage(single);
	__free_page(single);
	address = __get_free_pages(GFP_KERNEL | __GFP_ZERO, get_order(8192));
	KUNIT_EXPECT_NE(test, address, 0);
	free_pages(address, 1);
	address = get_zeroed_page(GFP_DMA);
	KUNIT_EXPECT_LT(test, virt_to_phys((void *)address), 16 << 20);
	free_page(address);
	exact = alloc_pages_exact(3 * PAGE_SIZE, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, exact);
	free_pages_exact(exact, 3 * PAGE_SIZE);
}

static void api_L6_figures(struct kunit *test)
{
	struct sysinfo info;

	si_meminfo(&info);
	KUNIT_EXPECT_GT(test, info.totalram, 0);
	KUNIT_EXPECT_LT(test, info.freeram, info.totalram);
	KUNIT_EXPECT_LE(test, info.freehigh, info.totalhigh);
	KUNIT_EXPECT_GT(test, nr_free_pages(), 0);
	KUNIT_EXPECT_EQ(test, totalram_pages(), info.totalram);
	KUNIT_EXPECT_EQ(test, PAGE_ALIGN(5), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, offset_in_page(4097), 1);
	KUNIT_EXPECT_EQ(test, current_gfp_context(GFP_KERNEL), GFP_KERNEL);
	KUNIT_EXPECT_TRUE(test, gfpflags_allow_blocking(GFP_NOIO));
}

static void api_L6_objects(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create("outside", 40, 8, SLAB_NO_MERGE, NULL);
	void *objects[4], *object;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, object);
	kmem_cache_free(cache, object);
	KUNIT_EXPECT_EQ(test, kmem_cache_alloc_bulk(cache, GFP_KERNEL, 4, objects), 4);
	kmem_cache_free_bulk(cache, 4, objects);
	KUNIT_EXPECT_EQ(test, kmem_cache_size(cache), 40);
	kmem_cache_destroy(cache);

	object = kmalloc(100, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, ksize(object), 128);
	object = krealloc(object, 300, GFP_KERNEL);
	kfree(object);
	kfree(kzalloc_node(10, GFP_KERNEL, 0));
	kfree(kcalloc(3, 5, GFP_KERNEL));
	kfree(kmalloc_array(3, 5, GFP_ATOMIC));
	kfree_sensitive(kstrdup("secret", GFP_KERNEL));
	kfree(NULL);
}

static void api_L6_virtual(struct kunit *test)
{
	struct page *pages[2] = { alloc_page(GFP_HIGHUSER), alloc_page(GFP_HIGHUSER) };
	char *area = vmalloc(3 * PAGE_SIZE), *window, *first, *second;

	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_ASSERT_NOT_NULL(test, pages[0]);
	KUNIT_ASSERT_NOT_NULL(test, pages[1]);
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(area));
	KUNIT_EXPECT_EQ(test, vmalloc_to_pfn(area), page_to_pfn(vmalloc_to_page(area)));
	vfree(area);
	vfree(vzalloc(10));
	kvfree(kvmalloc(100, GFP_KERNEL));
	kvfree(kvzalloc(64 * PAGE_SIZE, GFP_KERNEL));
	kvfree(kvmalloc_array(3, 5, GFP_KERNEL));

	window = vmap(pages, 2, VM_MAP, PAGE_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, window);
	window[PAGE_SIZE] = 7;
	first = kmap_local_page(pages[0]);
	second = kmap_local_page(pages[1]);
	KUNIT_EXPECT_EQ(test, second[0], 7);
	memset(first, 9, PAGE_SIZE);
	kunmap_local(second);
	kunmap_local(first);
	vunmap(window);
	copy_highpage(pages[1], pages[0]);
	second = kmap(pages[1]);
	KUNIT_EXPECT_EQ(test, second[5], 9);
	kunmap(pages[1]);
	second = kmap_atomic(pages[1]);
	kunmap_atomic(second);
	__free_page(pages[0]);
	__free_page(pages[1]);
}

static void api_L6_pools(struct kunit *test)
{
	mempool_t *pool = mempool_create_kmalloc_pool(3, 64);
	void *object;

	KUNIT_ASSERT_NOT_NULL(test, pool);
	KUNIT_EXPECT_EQ(test, pool->min_nr, 3);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 3);
	object = mempool_alloc(pool, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, object);
	mempool_free(object, pool);
	KUNIT_EXPECT_EQ(test, mempool_resize(pool, 5), 0);
	mempool_destroy(pool);
	pool = mempool_create_page_pool(2, 0);
	KUNIT_EXPECT_NOT_NULL(test, pool);
	mempool_destroy(pool);
}

static void api_L9_slab_errors(struct kunit *test)
{
	static struct kunit_resource resource;
	static int slab_errors;
	struct kmem_cache *cache = kmem_cache_create(
		"outside_debug", 64, 0,
		SLAB_RED_ZONE | SLAB_POISON | SLAB_CONSISTENCY_CHECKS | SLAB_NO_USER_FLAGS, NULL);
	u8 *object;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	slab_errors = 0;
	kunit_add_named_resource(test, NULL, NULL, &resource, "slab_errors", &slab_errors);
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, object);
	validate_slab_cache(cache);
	KUNIT_EXPECT_EQ(test, slab_errors, 0);
	object[64] = 0x12; /* the red zone */
	validate_slab_cache(cache);
	KUNIT_EXPECT_EQ(test, slab_errors, 2);
	kmem_cache_free(cache, object);
	kmem_cache_destroy(cache);
}

static const slab_flags_t all_flags =
	SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER | SLAB_CONSISTENCY_CHECKS |
	SLAB_NO_USER_FLAGS | SLAB_HWCACHE_ALIGN | SLAB_TYPESAFE_BY_RCU | SLAB_RECLAIM_ACCOUNT |
	SLAB_ACCOUNT | SLAB_CACHE_DMA | SLAB_PANIC | SLAB_NO_MERGE;

static void api_L9_flags_are_different(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, hweight32(all_flags), 12);
}

static struct kunit_case memory_cases[] = {
	KUNIT_CASE(api_L6_pages),
	KUNIT_CASE(api_L6_figures),
	KUNIT_CASE(api_L6_objects),
	KUNIT_CASE(api_L6_virtual),
	KUNIT_CASE(api_L6_pools),
	KUNIT_CASE(api_L9_slab_errors),
	KUNIT_CASE(api_L9_flags_are_different),
	{},
};

static struct kunit_suite memory_suite = {
	.name = "module_memory",
	.test_cases = memory_cases,
};
kunit_test_suite(memory_suite);

MODULE_LICENSE("GPL");
