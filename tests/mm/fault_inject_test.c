// SPDX-License-Identifier: MIT
/* Allocations that fail on purpose: linux/fault-inject.h, and kunit_fail_nth(). */
#include <linux/fault-inject.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <memkern/contexts.h>

#include "slab_test.h"

/* --- the n-th of a task ------------------------------------------------------------------ */

static bool can_have_page(gfp_t gfp)
{
	struct page *page = alloc_page(gfp);

	if (page)
		__free_page(page);
	return page;
}

static bool can_have_object(struct kmem_cache *cache, gfp_t gfp)
{
	void *object = kmem_cache_alloc(cache, gfp);

	if (object)
		kmem_cache_free(cache, object);
	return object;
}

static bool can_have_bytes(size_t size, gfp_t gfp)
{
	void *bytes = kmalloc(size, gfp);

	kfree(bytes);
	return bytes;
}

/* Objects that this CPU has, so that none is two allocations: itself and its slab's page. */
static struct kmem_cache *filled_cache(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 100, 0, SLAB_NO_MERGE, NULL);

	KUNIT_ASSERT_TRUE(test, can_have_object(cache, GFP_KERNEL));
	return cache;
}

/* Pages, objects, either way there, with any flags: each counts, the n-th fails, no other does. */
static void only_the_nth_fails(struct kunit *test)
{
	struct kmem_cache *cache = filled_cache(test);
	unsigned int n, i;

	for (n = 1; n <= 8; n++) {
		bool had[8];

		kunit_fail_nth(test, n);
		had[0] = can_have_page(GFP_KERNEL);
		had[1] = can_have_object(cache, GFP_ATOMIC);
		had[2] = can_have_page(GFP_HIGHUSER);
		had[3] = can_have_object(cache, GFP_KERNEL);
		had[4] = can_have_bytes(5 * PAGE_SIZE, GFP_KERNEL);
		had[5] = can_have_object(cache, GFP_NOWAIT | __GFP_ZERO);
		had[6] = can_have_page(GFP_ATOMIC);
		had[7] = can_have_page(GFP_DMA);
		KUNIT_EXPECT_TRUE(test, kunit_fail_nth_end(test));
		for (i = 0; i < ARRAY_SIZE(had); i++)
			KUNIT_EXPECT_EQ_MSG(test, had[i], i + 1 != n, "%u. of %u", i + 1, n);
	}
	kunit_fail_nth(test, 2);
	KUNIT_EXPECT_TRUE(test, can_have_page(GFP_KERNEL));
	KUNIT_EXPECT_FALSE_MSG(test, kunit_fail_nth_end(test), "one allocation is not two");
	KUNIT_EXPECT_TRUE(test, can_have_page(GFP_KERNEL));
}

/* A refusal says nothing: nobody is surprised. (A report would fail this case.) */
static void failures_are_not_reported(struct kunit *test)
{
	kunit_fail_nth(test, 1);
	KUNIT_EXPECT_FALSE(test, can_have_page(GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, kunit_fail_nth_end(test));
	kunit_fail_nth(test, 1);
	KUNIT_EXPECT_NULL(test, vmalloc(PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, kunit_fail_nth_end(test));
	kunit_fail_nth(test, 1);
	KUNIT_EXPECT_NULL(test, kmem_cache_create("refused", 100, 0, SLAB_NO_MERGE, NULL));
	KUNIT_EXPECT_TRUE(test, kunit_fail_nth_end(test));

	kunit_expect_report(test, "page allocation failure: order:10");
	mm_fill(GFP_KERNEL | __GFP_NOWARN, MAX_PAGE_ORDER);
	KUNIT_EXPECT_NULL(test, alloc_pages(GFP_KERNEL, MAX_PAGE_ORDER));
}

static void nofail_does_not_fail(struct kunit *test)
{
	struct kmem_cache *cache = filled_cache(test);

	kunit_fail_nth(test, 1);
	KUNIT_EXPECT_TRUE(test, can_have_page(GFP_KERNEL | __GFP_NOFAIL));
	KUNIT_EXPECT_TRUE(test, can_have_object(cache, GFP_KERNEL | __GFP_NOFAIL));
	KUNIT_EXPECT_FALSE(test, can_have_object(cache, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, kunit_fail_nth_end(test));
}

/* Of many at once each counts; those before are given back, or kept, as ever. */
static void in_the_middle_of_many(struct kunit *test)
{
	struct kmem_cache *cache = filled_cache(test);
	struct page *pages[8] = { NULL };
	void *objects[8];
	unsigned int i;

	kunit_fail_nth(test, 5);
	KUNIT_EXPECT_EQ(test, kmem_cache_alloc_bulk(cache, GFP_KERNEL, 8, objects), 0);
	KUNIT_EXPECT_TRUE(test, kunit_fail_nth_end(test));
	kunit_fail_nth(test, 5);
	KUNIT_EXPECT_EQ(test, alloc_pages_bulk_array(GFP_KERNEL, 8, pages), 4);
	KUNIT_EXPECT_TRUE(test, kunit_fail_nth_end(test));
	for (i = 0; i < 4; i++)
		__free_page(pages[i]);
	KUNIT_EXPECT_NULL(test, pages[4]);
}

static void take_one_of_each(void *data)
{
	bool *had = data;

	*had = can_have_page(GFP_ATOMIC | __GFP_NOWARN) && can_have_bytes(64, GFP_ATOMIC);
}

/* Another task's allocations, and those of interrupts on top of this one, are not its own. */
static void only_this_task_counts(struct kunit *test)
{
	static const enum context others[] = { CONTEXT_TASKLET, CONTEXT_TIMER, CONTEXT_HRTIMER,
					       CONTEXT_HARDIRQ, CONTEXT_WORKQUEUE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		bool had = false;

		kunit_fail_nth(test, 1);
		run_in_context(others[i], take_one_of_each, &had);
		KUNIT_EXPECT_TRUE_MSG(test, had, "%s", context_names[others[i]]);
		KUNIT_EXPECT_FALSE(test, can_have_page(GFP_KERNEL));
		KUNIT_EXPECT_TRUE(test, kunit_fail_nth_end(test));
	}
}

/* When it is over, the fast paths are as they were. */
static void nothing_stays_behind(struct kunit *test)
{
	unsigned long floors[MAX_NR_ZONES];
	unsigned int before = mm_debug_flags, i;

	for_each_zone_index(i)
		floors[i] = mm_zone(i)->fast_path_floor;
	kunit_fail_nth(test, 1000000);
	kunit_fail_nth(test, 1000000); /* one is not counted twice */
	KUNIT_EXPECT_EQ(test, mm_debug_flags, before | MM_DEBUG_FAULTS);
	KUNIT_EXPECT_TRUE(test, can_have_page(GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, mmzone_check(), 0);
	KUNIT_EXPECT_FALSE(test, kunit_fail_nth_end(test));
	KUNIT_EXPECT_EQ(test, mm_debug_flags, before);
	for_each_zone_index(i)
		KUNIT_EXPECT_EQ(test, mm_zone(i)->fast_path_floor, floors[i]);
}

/* --- by chance ----------------------------------------------------------------------------- */

/* How many of the first `asked` fail, and which is the first, from 0. */
static unsigned int failures(struct fault_attr *attr, ssize_t size, unsigned int asked,
			     unsigned int *first)
{
	unsigned int i, failed = 0;

	for (i = 0; i < asked; i++)
		if (should_fail_ex(attr, size, FAULT_NOWARN) && !failed++)
			*first = i;
	return failed;
}

static void four_numbers(struct kunit *test)
{
	static const struct {
		const char *text;
		unsigned int failed, first; /* of 100, of size 10 */
	} rows[] = {
		{ "1,100,0,-1", 100, 0 },   { "1,0,0,-1", 0, 0 },	{ "1,100,0,0", 0, 0 },
		{ "1,100,0,7", 7, 0 },	    { "10,100,0,-1", 10, 9 },	{ "10,100,0,3", 3, 9 },
		{ "1,100,200,-1", 81, 19 }, { "10,100,200,-1", 8, 28 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		DECLARE_FAULT_ATTR(attr);
		unsigned int first = 0;
		char text[32];

		strscpy(text, rows[i].text, sizeof(text));
		KUNIT_ASSERT_EQ(test, setup_fault_attr(&attr, text), 1);
		KUNIT_EXPECT_EQ_MSG(test, failures(&attr, 10, 100, &first), rows[i].failed, "%s",
				    rows[i].text);
		KUNIT_EXPECT_EQ_MSG(test, first, rows[i].first, "%s", rows[i].text);
	}
}

/* One in four: of 4000, surely between 800 and 1200 (7 standard deviations). */
static void percent(struct kunit *test)
{
	DECLARE_FAULT_ATTR(attr);
	char text[] = "1,25,0,-1";
	unsigned int first, failed;

	KUNIT_ASSERT_EQ(test, setup_fault_attr(&attr, text), 1);
	failed = failures(&attr, 1, 4000, &first);
	KUNIT_EXPECT_GT(test, failed, 800);
	KUNIT_EXPECT_LT(test, failed, 1200);
}

static void not_four_numbers(struct kunit *test)
{
	static const char *const texts[] = { "",	"1",	     "1,100,0",	  "1,100,0,-1,5",
					     "1,,0,-1", "a,100,0,1", "1,-5,0,-1", "1 100 0 -1" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		DECLARE_FAULT_ATTR(attr);
		char text[32];

		strscpy(text, texts[i], sizeof(text));
		KUNIT_EXPECT_EQ_MSG(test, setup_fault_attr(&attr, text), 0, "\"%s\"", texts[i]);
		KUNIT_EXPECT_EQ(test, attr.probability, 0);
	}
}

/* Whatever the case changes: what the boot asked for comes back. */
static struct failslab slab_at_boot;
static struct fail_page_alloc page_at_boot;

static void as_at_boot(void *unused)
{
	failslab = slab_at_boot;
	fail_page_alloc = page_at_boot;
	fault_inject_update();
}

static void set_attr(struct fault_attr *attr, const char *text)
{
	char copy[32];

	strscpy(copy, text, sizeof(copy));
	setup_fault_attr(attr, copy);
	attr->verbose = 0;
	fault_inject_update();
}

static void keep_boot(struct kunit *test)
{
	slab_at_boot = failslab;
	page_at_boot = fail_page_alloc;
	kunit_add_action(test, as_at_boot, NULL);
}

/* Of one cache only, so that nobody else is hit; and who may sleep is spared unless told. */
static void failslab_of_a_cache(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 100, 0, SLAB_FAILSLAB, NULL);
	struct kmem_cache *other = filled_cache(test);

	KUNIT_ASSERT_TRUE(test, can_have_object(cache, GFP_KERNEL));
	keep_boot(test);
	KUNIT_EXPECT_TRUE(test, failslab.ignore_gfp_wait);
	KUNIT_EXPECT_FALSE(test, failslab.cache_filter);
	failslab.cache_filter = true;
	set_attr(&failslab.attr, "1,100,0,-1");
	KUNIT_EXPECT_FALSE(test, can_have_object(cache, GFP_ATOMIC));
	KUNIT_EXPECT_FALSE(test, can_have_object(cache, GFP_NOWAIT));
	KUNIT_EXPECT_TRUE(test, can_have_object(other, GFP_ATOMIC));
	KUNIT_EXPECT_TRUE(test, can_have_object(cache, GFP_KERNEL));
	failslab.ignore_gfp_wait = false;
	KUNIT_EXPECT_FALSE(test, can_have_object(cache, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, can_have_object(cache, GFP_KERNEL | __GFP_NOFAIL));
	set_attr(&failslab.attr, "1,100,0,2");
	KUNIT_EXPECT_FALSE(test, can_have_object(cache, GFP_KERNEL));
	KUNIT_EXPECT_FALSE(test, can_have_object(cache, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, can_have_object(cache, GFP_KERNEL));
}

static bool can_have_block(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	if (page)
		__free_pages(page, order);
	return page;
}

/* Blocks that nobody else asks for: of order 5, by this case. */
static void fail_page_alloc_spares(struct kunit *test)
{
	if (!can_have_block(GFP_KERNEL | __GFP_NOWARN, 5))
		kunit_skip(test, "no block of order 5");
	keep_boot(test);
	KUNIT_EXPECT_TRUE(test, fail_page_alloc.ignore_gfp_wait);
	KUNIT_EXPECT_TRUE(test, fail_page_alloc.ignore_gfp_highmem);
	KUNIT_EXPECT_EQ(test, fail_page_alloc.min_order, 1);
	fail_page_alloc.min_order = 5;
	set_attr(&fail_page_alloc.attr, "1,100,0,-1");
	KUNIT_EXPECT_FALSE(test, can_have_block(GFP_NOWAIT, 5));
	KUNIT_EXPECT_TRUE(test, can_have_block(GFP_NOWAIT, 4));
	KUNIT_EXPECT_TRUE(test, can_have_block(GFP_NOWAIT | __GFP_HIGHMEM, 5));
	KUNIT_EXPECT_TRUE(test, can_have_block(GFP_KERNEL, 5));
	fail_page_alloc.ignore_gfp_wait = false;
	KUNIT_EXPECT_FALSE(test, can_have_block(GFP_KERNEL, 5));
	KUNIT_EXPECT_TRUE(test, can_have_block(GFP_HIGHUSER, 5));
	fail_page_alloc.ignore_gfp_highmem = false;
	KUNIT_EXPECT_FALSE(test, can_have_block(GFP_HIGHUSER, 5));
	/* 32 pages each: 32 and 32 are had, then one fails. */
	set_attr(&fail_page_alloc.attr, "1,100,96,1");
	KUNIT_EXPECT_TRUE(test, can_have_block(GFP_KERNEL, 5));
	KUNIT_EXPECT_TRUE(test, can_have_block(GFP_KERNEL, 5));
	KUNIT_EXPECT_FALSE(test, can_have_block(GFP_KERNEL, 5));
	KUNIT_EXPECT_TRUE(test, can_have_block(GFP_KERNEL, 5));
}

static struct kunit_case fault_inject_cases[] = {
	KUNIT_CASE(only_the_nth_fails),
	KUNIT_CASE(failures_are_not_reported),
	KUNIT_CASE(nofail_does_not_fail),
	KUNIT_CASE(in_the_middle_of_many),
	KUNIT_CASE_SLOW(only_this_task_counts),
	KUNIT_CASE(nothing_stays_behind),
	KUNIT_CASE(four_numbers),
	KUNIT_CASE(percent),
	KUNIT_CASE_SLOW(not_four_numbers),
	KUNIT_CASE(failslab_of_a_cache),
	KUNIT_CASE(fail_page_alloc_spares),
	{},
};

static int init_with_worker(struct kunit *test)
{
	slab_make_workers(1);
	return slab_test_init(test);
}

static struct kunit_suite fault_inject_suite = {
	.name = "fault_inject",
	.init = init_with_worker,
	.exit = slab_test_exit,
	.test_cases = fault_inject_cases,
};
kunit_test_suite(fault_inject_suite);
