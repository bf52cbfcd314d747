// SPDX-License-Identifier: MIT
/* kmalloc, or else vmalloc: API.md Y1 to Y3, and what X2 says of kvfree(). */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <memkern/contexts.h>

#include "../kernel/threads.h"
#include "slab_test.h"

#define QUIETLY(gfp) ((gfp) | __GFP_NOWARN)

/*
 * From here on the free pages are single, in the zone that these flags have them from: no block
 * of two is left, so that kmalloc() has nothing above a page to give.
 */
static void scatter_free_memory(struct kunit *test, gfp_t gfp)
{
	struct page *page = mm_take(gfp, 0), *next;
	struct zone *zone = page_zone(page);
	/* vmalloc() asks for highmem, so it leaves in lowmem what is reserved from such requests. */
	unsigned long nr = 2 * (high_wmark_pages(zone) + zone->lowmem_reserve[ZONE_HIGHMEM] + 100);

	slab_shrink_all();
	while (nr--)
		if (!mm_take(QUIETLY(gfp), 0)) {
			mm_give_all();
			kunit_skip(test, "too little memory");
		}
	drain_all_pages(NULL);
	for_each_populated_zone(zone)
		mm_hide_down_to(zone, 0);
	slab_use_up(kmalloc_caches[KMALLOC_NORMAL][kmalloc_index(8192)]);
	list_for_each_entry_safe(page, next, &mm_held, lru)
		if (page_to_pfn(page) & 1)
			mm_give(page);
	drain_all_pages(NULL);
}

static void gather_free_memory(void)
{
	mm_give_all();
	mm_unhide();
}

static bool is_full_of(const void *memory, int byte, size_t size)
{
	return !memchr_inv(memory, byte, size);
}

/* --- Y1 -------------------------------------------------------------------------------------- */

static void api_Y1_each_gives_memory(struct kunit *test)
{
	const size_t size = 3 * PAGE_SIZE + 100;
	void *memory[7];
	unsigned int i;

	memory[0] = kvmalloc(size, GFP_KERNEL);
	memory[1] = kvmalloc_node(size, GFP_KERNEL, NUMA_NO_NODE);
	memory[2] = kvmalloc_array(size / 4, 4, GFP_KERNEL);
	memory[3] = kvzalloc(size, GFP_KERNEL);
	memory[4] = kvzalloc_node(size, GFP_KERNEL, 0);
	memory[5] = kvcalloc(size / 4, 4, GFP_KERNEL);
	memory[6] = kvmalloc(size, GFP_KERNEL | __GFP_ZERO);
	for (i = 0; i < ARRAY_SIZE(memory); i++) {
		KUNIT_EXPECT_NOT_NULL(test, memory[i]);
		if (memory[i] && i >= 3)
			KUNIT_EXPECT_TRUE(test, is_full_of(memory[i], 0, size));
		if (memory[i])
			memset(memory[i], i + 1, size);
	}
	for (i = 0; i < ARRAY_SIZE(memory); i++) {
		KUNIT_EXPECT_TRUE(test, !memory[i] || is_full_of(memory[i], i + 1, size));
		kvfree(memory[i]);
	}
}

static void api_Y1_overflow_is_refused_silently(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, kvmalloc_array(SIZE_MAX / 2, 3, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kvcalloc(1 << 16, 1 << 16, GFP_KERNEL));
}

static void api_Y1_kvfree_takes_any(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 100, 0, SLAB_NO_MERGE, NULL);

	kvfree(NULL);
	kvfree(ZERO_SIZE_PTR);
	kvfree(kmalloc(10, GFP_KERNEL));
	kvfree(kmalloc(3 * PAGE_SIZE, GFP_KERNEL));
	kvfree(kmem_cache_alloc(cache, GFP_KERNEL));
	kvfree(vmalloc(10));
	kvfree(vzalloc(3 * PAGE_SIZE));
	KUNIT_EXPECT_PTR_EQ(test, kvmalloc(0, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
}

/* Its pages are kept from being freed, to look at what is in them. */
static void expect_wiped(struct kunit *test, void *memory, struct page *page, size_t size)
{
	u8 *bytes;

	KUNIT_ASSERT_NOT_NULL(test, memory);
	memset(memory, 0x5e, size);
	get_page(page);
	kvfree_sensitive(memory, size);
	bytes = kmap_local_page(page);
	KUNIT_EXPECT_TRUE(test, is_full_of(bytes, 0, size));
	kunmap_local(bytes);
	put_page(page);
}

static void api_Y1_kvfree_sensitive(struct kunit *test)
{
	void *memory = kvmalloc(3 * PAGE_SIZE, GFP_KERNEL);

	expect_wiped(test, memory, virt_to_page(memory), PAGE_SIZE);
	memory = vmalloc(PAGE_SIZE);
	expect_wiped(test, memory, vmalloc_to_page(memory), PAGE_SIZE);
	kvfree_sensitive(NULL, 100);
	kvfree_sensitive(ZERO_SIZE_PTR, 0);
}

static void api_Y1_kvrealloc(struct kunit *test)
{
	static const size_t sizes[] = { 10, 100, 5000, 20000, 300000 };
	u8 *memory = kvmalloc(1, GFP_KERNEL), *moved;
	size_t old = 1;
	unsigned int i;

	*memory = 0x33;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		KUNIT_EXPECT_PTR_EQ(test, kvrealloc(memory, old, old, GFP_KERNEL), memory);
		KUNIT_EXPECT_PTR_EQ(test, kvrealloc(memory, old, old / 2, GFP_KERNEL), memory);
		moved = kvrealloc(memory, old, sizes[i], QUIETLY(GFP_KERNEL) | __GFP_ZERO);
		if (!moved)
			break; /* a very small machine */
		memory = moved;
		KUNIT_EXPECT_TRUE(test, is_full_of(memory, 0x33, old));
		KUNIT_EXPECT_TRUE(test, is_full_of(memory + old, 0, sizes[i] - old));
		memset(memory, 0x33, sizes[i]);
		old = sizes[i];
	}
	KUNIT_EXPECT_GE(test, i, 3);
	KUNIT_EXPECT_NULL(test, kvrealloc(memory, old, SIZE_MAX / 4, QUIETLY(GFP_KERNEL)));
	KUNIT_EXPECT_TRUE(test, is_full_of(memory, 0x33, old));
	kvfree(memory);
	memory = kvrealloc(NULL, 0, 10, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, memory);
	kvfree(memory);
}

/* From kmalloc's memory into vmalloc's. */
static void api_Y1_kvrealloc_without_blocks(struct kunit *test)
{
	u8 *memory, *moved;

	scatter_free_memory(test, GFP_KERNEL);
	memory = kvmalloc(500, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, memory);
	memset(memory, 0x44, 500);
	moved = kvrealloc(memory, 500, 4 * PAGE_SIZE, GFP_KERNEL);
	gather_free_memory();
	KUNIT_ASSERT_NOT_NULL(test, moved);
	KUNIT_EXPECT_FALSE(test, is_vmalloc_addr(memory));
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(moved));
	KUNIT_EXPECT_TRUE(test, is_full_of(moved, 0x44, 500));
	kvfree(moved);
}

/* --- Y2 --------------------------------------------------------------------------------------- */

/* Up to a page never from vmalloc; above, where there are blocks, neither. */
static void api_Y2_prefers_kmalloc(struct kunit *test)
{
	static const size_t sizes[] = { 1, 8, 100, 4095, 4096, 4097, 8192, 20000 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		void *memory = kvmalloc(sizes[i], GFP_KERNEL);

		KUNIT_EXPECT_NOT_NULL(test, memory);
		KUNIT_EXPECT_FALSE(test, is_vmalloc_addr(memory));
		KUNIT_EXPECT_GE(test, ksize(memory), sizes[i]);
		kvfree(memory);
	}
}

/*
 * No two free pages lie together: what is above a page is vmalloc's, and nobody complains. A page is
 * kmalloc's, or nobody's where slub_debug= needs more than a page for it.
 */
static void api_Y2_falls_back_above_a_page(struct kunit *test)
{
	static const size_t sizes[] = { 500, PAGE_SIZE, 4097, 12288, 40000 };
	void *memory[ARRAY_SIZE(sizes)];
	unsigned int i;

	scatter_free_memory(test, GFP_KERNEL);
	KUNIT_EXPECT_NULL(test, kmalloc(3 * PAGE_SIZE, QUIETLY(GFP_KERNEL)));
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		memory[i] = kvmalloc(sizes[i], sizes[i] <= PAGE_SIZE ? QUIETLY(GFP_KERNEL)
					       : i & 1 ? GFP_KERNEL | __GFP_RETRY_MAYFAIL
						       : GFP_KERNEL);
		if (memory[i])
			memset(memory[i], i, sizes[i]);
	}
	gather_free_memory();
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		KUNIT_EXPECT_TRUE(test, memory[i] || sizes[i] == PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, is_vmalloc_addr(memory[i]), sizes[i] > PAGE_SIZE);
		KUNIT_EXPECT_TRUE(test, !memory[i] || is_full_of(memory[i], i, sizes[i]));
		kvfree(memory[i]);
	}
}

/* For kmalloc() __GFP_NOFAIL of several pages would be a promise that it cannot keep. */
static void api_Y2_nofail_is_left_to_vmalloc(struct kunit *test)
{
	void *memory;

	scatter_free_memory(test, GFP_KERNEL);
	memory = kvmalloc(5 * PAGE_SIZE, GFP_KERNEL | __GFP_NOFAIL);
	gather_free_memory();
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(memory));
	kvfree(memory);
}

static void api_Y2_crazy_sizes(struct kunit *test)
{
	kunit_expect_report(test, "WARNING: at mm/util.c");
	KUNIT_EXPECT_NULL(test, kvmalloc((size_t)INT_MAX + 1, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_NULL(test, kvmalloc(SIZE_MAX, QUIETLY(GFP_KERNEL)));
	KUNIT_EXPECT_NULL(test, kvmalloc(SIZE_MAX, GFP_ATOMIC));
}

/* --- Y3 --------------------------------------------------------------------------------------- */

static void api_Y3_who_may_block_falls_back(struct kunit *test)
{
	static const gfp_t gfps[] = { GFP_KERNEL, GFP_NOFS, GFP_NOIO, GFP_USER };
	void *memory[ARRAY_SIZE(gfps)];
	unsigned int i;

	scatter_free_memory(test, GFP_KERNEL);
	for (i = 0; i < ARRAY_SIZE(gfps); i++)
		memory[i] = kvmalloc(4 * PAGE_SIZE, gfps[i]);
	gather_free_memory();
	for (i = 0; i < ARRAY_SIZE(gfps); i++) {
		KUNIT_EXPECT_NOT_NULL(test, memory[i]);
		KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(memory[i]));
		kvfree(memory[i]);
	}
}

static void api_Y3_who_may_not_gets_kmalloc_only(struct kunit *test)
{
	static const gfp_t gfps[] = { GFP_ATOMIC, GFP_NOWAIT };
	void *memory[ARRAY_SIZE(gfps)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gfps); i++) {
		void *kmalloced = kvmalloc(2 * PAGE_SIZE, gfps[i]);

		KUNIT_EXPECT_NOT_NULL(test, kmalloced);
		KUNIT_EXPECT_FALSE(test, is_vmalloc_addr(kmalloced));
		kvfree(kmalloced);
	}
	scatter_free_memory(test, GFP_KERNEL);
	for (i = 0; i < ARRAY_SIZE(gfps); i++)
		memory[i] = kvmalloc(4 * PAGE_SIZE, gfps[i]);
	gather_free_memory();
	for (i = 0; i < ARRAY_SIZE(gfps); i++)
		KUNIT_EXPECT_NULL(test, memory[i]);
}

/* Each page for itself is where ISA DMA reaches; together they need not lie. */
static void api_Y3_dma_zone(struct kunit *test)
{
	unsigned long offset;
	void *memory;

	scatter_free_memory(test, GFP_KERNEL | GFP_DMA);
	memory = kvmalloc(6 * PAGE_SIZE, QUIETLY(GFP_KERNEL | GFP_DMA));
	gather_free_memory();
	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(memory));
	for (offset = 0; offset < 6 * PAGE_SIZE; offset += PAGE_SIZE)
		KUNIT_EXPECT_LT(test, vmalloc_to_pfn(memory + offset), 4096);
	kvfree(memory);
}

/* Neither has anything: NULL, and what was begun is given back (the leak check). */
static void api_Y1_without_memory(struct kunit *test)
{
	void *memory;

	mm_fill(QUIETLY(GFP_ATOMIC | __GFP_HIGHMEM), 0);
	mm_fill(QUIETLY(GFP_ATOMIC), 0);
	memory = kvmalloc(1 << 20, QUIETLY(GFP_KERNEL));
	mm_give_all();
	KUNIT_EXPECT_NULL(test, memory);
	kvfree(memory);
}

/* --- X2 --------------------------------------------------------------------------------------- */

static void free_both(void *data)
{
	void **memory = data;

	kvfree(memory[0]);
	kvfree(memory[1]);
}

static void api_X2_kvfree_in_interrupts(struct kunit *test)
{
	enum context context;

	for (context = CONTEXT_BH_OFF; context < NR_CONTEXTS; context++) {
		void *memory[] = { kvmalloc(100, GFP_KERNEL), vmalloc(3 * PAGE_SIZE) };

		KUNIT_EXPECT_TRUE(test, memory[0] && memory[1]);
		KUNIT_EXPECT_EQ(test, run_in_context(context, free_both, memory), 0);
		rcu_barrier();
		flush_scheduled_work();
		KUNIT_EXPECT_NULL(test, find_vm_area(memory[1]));
	}
}

static struct kunit_case kvmalloc_cases[] = {
	KUNIT_CASE(api_Y1_each_gives_memory),
	KUNIT_CASE(api_Y1_overflow_is_refused_silently),
	KUNIT_CASE(api_Y1_kvfree_takes_any),
	KUNIT_CASE(api_Y1_kvfree_sensitive),
	KUNIT_CASE(api_Y1_kvrealloc),
	KUNIT_CASE_SLOW(api_Y1_kvrealloc_without_blocks),
	KUNIT_CASE_SLOW(api_Y1_without_memory),
	KUNIT_CASE(api_Y2_prefers_kmalloc),
	KUNIT_CASE_SLOW(api_Y2_falls_back_above_a_page),
	KUNIT_CASE_SLOW(api_Y2_nofail_is_left_to_vmalloc),
	KUNIT_CASE(api_Y2_crazy_sizes),
	KUNIT_CASE(api_Y3_who_may_block_falls_back),
	KUNIT_CASE_SLOW(api_Y3_who_may_not_gets_kmalloc_only),
	KUNIT_CASE(api_Y3_dma_zone),
	KUNIT_CASE_SLOW(api_X2_kvfree_in_interrupts),
	{},
};

static void do_nothing(void *unused)
{
}

/* The first work makes a second worker, whose memory is nobody's leak. */
static int kvmalloc_test_init(struct kunit *test)
{
	return run_in_context(CONTEXT_WORKQUEUE, do_nothing, NULL) ?: slab_test_init(test);
}

static struct kunit_suite kvmalloc_suite = {
	.name = "kvmalloc",
	.init = kvmalloc_test_init,
	.exit = slab_test_exit,
	.test_cases = kvmalloc_cases,
};
kunit_test_suite(kvmalloc_suite);
