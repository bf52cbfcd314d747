// SPDX-License-Identifier: MIT
/*
 * What pages go through when init_on_alloc, init_on_free or page_poison is on: API.md B10.
 * A case switches them on for itself, for pages that it frees and gets back at once. Page
 * owner can only be looked at where it is on.
 */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/poison.h>
#include <linux/string.h>

#include "mm_test.h"

static unsigned int flags_at_boot;

static int page_debug_init(struct kunit *test)
{
	flags_at_boot = mm_debug_flags;
	return mm_test_init(test);
}

static void page_debug_exit(struct kunit *test)
{
	mm_debug_flags = flags_at_boot;
	/* With page_poison=1 what was freed meanwhile has to be poisoned after all. */
	drain_all_pages(NULL);
	poison_free_memory();
	mm_test_exit(test);
}

static void switch_to(unsigned int flags)
{
	mm_debug_flags &= ~(MM_DEBUG_INIT_ON_ALLOC | MM_DEBUG_INIT_ON_FREE | MM_DEBUG_POISON);
	mm_debug_flags |= flags;
}

static void fill_block(struct page *page, unsigned int order, u8 byte)
{
	unsigned long i;

	for (i = 0; i < 1UL << order; i++) {
		void *address = kmap_local_page(page + i);

		memset(address, byte, PAGE_SIZE);
		kunmap_local(address);
	}
}

static bool block_is_full_of(struct page *page, unsigned int order, u8 byte)
{
	unsigned long i, bad = 0;

	for (i = 0; i < 1UL << order; i++) {
		void *address = kmap_local_page(page + i);

		bad += memchr_inv(address, byte, PAGE_SIZE) != NULL;
		kunmap_local(address);
	}
	return !bad;
}

static const struct debug_case {
	gfp_t gfp;
	unsigned int order;
} debug_cases[] = {
	{ GFP_KERNEL, 0 },	     { GFP_KERNEL, 3 },	  { GFP_KERNEL, 5 },
	{ GFP_HIGHUSER_MOVABLE, 0 }, { GFP_HIGHUSER, 4 },
};

#define for_each_debug_case(c) \
	for ((c) = debug_cases; (c) < debug_cases + ARRAY_SIZE(debug_cases); (c)++)

static struct page *take_and_fill(struct kunit *test, const struct debug_case *c)
{
	struct page *page = alloc_pages(c->gfp, c->order);

	KUNIT_ASSERT_NOT_NULL(test, page);
	fill_block(page, c->order, 0x5a);
	return page;
}

static void api_B10_init_on_alloc(struct kunit *test)
{
	const struct debug_case *c;
	struct page *page;

	switch_to(MM_DEBUG_INIT_ON_ALLOC);
	for_each_debug_case(c) {
		page = take_and_fill(test, c);
		__free_pages(page, c->order);
		/* Not at the free: what the last owner wrote is still there. */
		KUNIT_EXPECT_TRUE(test, block_is_full_of(page, c->order, 0x5a));
		page = mm_take(c->gfp, c->order);
		KUNIT_ASSERT_NOT_NULL(test, page);
		KUNIT_EXPECT_TRUE(test, block_is_full_of(page, c->order, 0));
	}
}

static void api_B10_init_on_free(struct kunit *test)
{
	const struct debug_case *c;

	switch_to(MM_DEBUG_INIT_ON_FREE);
	for_each_debug_case(c) {
		struct page *page = take_and_fill(test, c);

		__free_pages(page, c->order);
		KUNIT_EXPECT_TRUE(test, block_is_full_of(page, c->order, 0));
	}
}

static void api_B10_off_leaves_bytes_alone(struct kunit *test)
{
	const struct debug_case *c;

	switch_to(0);
	for_each_debug_case(c) {
		struct page *page = take_and_fill(test, c);

		__free_pages(page, c->order);
		KUNIT_EXPECT_TRUE(test, block_is_full_of(page, c->order, 0x5a));
	}
}

/* The tails that P5 frees early, and the pages of a split block, are zeroed one by one. */
static void api_B10_init_on_free_of_parts(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, 3);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	switch_to(MM_DEBUG_INIT_ON_FREE);
	fill_block(page, 3, 0x5a);
	get_page(page);
	__free_pages(page, 3);
	KUNIT_EXPECT_TRUE(test, block_is_full_of(page, 0, 0x5a));
	for (i = 1; i < 8; i++)
		KUNIT_EXPECT_TRUE(test, block_is_full_of(page + i, 0, 0));
	put_page(page);
	KUNIT_EXPECT_TRUE(test, block_is_full_of(page, 0, 0));
}

/* --- poison --------------------------------------------------------------------------- */

static void poison_fills_a_free_block(struct kunit *test)
{
	const struct debug_case *c;

	switch_to(0);
	for_each_debug_case(c) {
		struct page *page;

		mm_debug_flags &= ~MM_DEBUG_POISON;
		page = take_and_fill(test, c);
		mm_debug_flags |= MM_DEBUG_POISON;
		__free_pages(page, c->order);
		KUNIT_EXPECT_TRUE(test, block_is_full_of(page, c->order, PAGE_POISON));
	}
}

/* Only what was freed with poison on can be looked at: a page that comes back at once. */
static struct page *poisoned_page(struct kunit *test)
{
	struct page *page;

	switch_to(0);
	page = alloc_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, page);
	mm_debug_flags |= MM_DEBUG_POISON;
	__free_page(page);
	return page;
}

/* It waits in the list of its pageblock's type, which need not be that of its first request. */
static struct page *take_again(const struct page *page, gfp_t gfp)
{
	return mm_take(gfp | (gfp_t)get_pageblock_migratetype(page) << GFP_MOVABLE_SHIFT, 0);
}

static void poison_that_is_untouched_is_silent(struct kunit *test)
{
	struct page *page = poisoned_page(test);

	KUNIT_EXPECT_PTR_EQ(test, take_again(page, GFP_KERNEL), page);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
}

static void poison_finds_a_write_after_free(struct kunit *test)
{
	static const unsigned int offsets[] = { 0, 1, 0x123, 4095 };
	static char text[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		struct page *page = poisoned_page(test);

		((u8 *)page_address(page))[offsets[i]] = 0;
		snprintf(text, sizeof(text), "pagealloc: memory corruption in pfn %05lx",
			 page_to_pfn(page));
		kunit_expect_report(test, text);
		KUNIT_EXPECT_PTR_EQ(test, take_again(page, GFP_KERNEL), page);
		KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), i + 1);
		mm_give_all();
	}
}

static void poison_and_zero(struct kunit *test)
{
	struct page *page = poisoned_page(test);

	KUNIT_EXPECT_PTR_EQ(test, take_again(page, GFP_KERNEL | __GFP_ZERO), page);
	KUNIT_EXPECT_TRUE(test, block_is_full_of(page, 0, 0));
}

/* --- page owner ----------------------------------------------------------------------- */

/* One caller, one trace that begins with him, whichever way his pages come. */
static void owner_is_who_called(struct kunit *test)
{
	static const unsigned int orders[] = { 0, 0, 4 }; /* a refill, at once, past the lists */
	struct page_owner_info info[ARRAY_SIZE(orders)];
	unsigned int i;

	if (!(mm_debug_flags & MM_DEBUG_PAGE_OWNER))
		kunit_skip(test, "needs page_owner=on");
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		struct page *page = alloc_pages(GFP_KERNEL, orders[i]);
		char caller[80];

		KUNIT_ASSERT_NOT_NULL(test, page);
		mm_hold(page, orders[i]);
		KUNIT_ASSERT_TRUE(test, page_owner_get(page, &info[i]));
		KUNIT_EXPECT_PTR_EQ(test, info[i].trace, info[0].trace);
		snprintf(caller, sizeof(caller), "%pB", (void *)info[i].trace->entries[0]);
		KUNIT_EXPECT_TRUE_MSG(test, str_has_prefix(caller, __func__), "%s", caller);
	}
}

static struct kunit_case page_debug_cases[] = {
	KUNIT_CASE(api_B10_init_on_alloc),	     KUNIT_CASE(api_B10_init_on_free),
	KUNIT_CASE(api_B10_off_leaves_bytes_alone),  KUNIT_CASE(api_B10_init_on_free_of_parts),
	KUNIT_CASE(poison_fills_a_free_block),	     KUNIT_CASE(poison_that_is_untouched_is_silent),
	KUNIT_CASE(poison_finds_a_write_after_free), KUNIT_CASE(poison_and_zero),
	KUNIT_CASE_SLOW(owner_is_who_called),	     {},
};

static struct kunit_suite page_debug_suite = {
	.name = "page_debug",
	.init = page_debug_init,
	.exit = page_debug_exit,
	.test_cases = page_debug_cases,
};
kunit_test_suite(page_debug_suite);
