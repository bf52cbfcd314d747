// SPDX-License-Identifier: MIT
/*
 * Pageblocks and their types: API.md Z6, B2, B6 to B8, on a toy zone of two pageblocks
 * (frames 0 and 512) and on the real ones. tests/mm/highatomic_test.c has W10.
 */
#include <linux/kernel.h>

#include "mm_test.h"

#define U MIGRATE_UNMOVABLE
#define M MIGRATE_MOVABLE
#define R MIGRATE_RECLAIMABLE
#define H MIGRATE_HIGHATOMIC

static void toy_of_types(struct kunit *test, enum migratetype first, enum migratetype second)
{
	toy_create(test, MAX_PAGE_ORDER);
	toy_set_type(0, first);
	toy_set_type(512, second);
}

/* Asks the toy as the allocator asks a zone: own type first, then the fallbacks. */
static long toy_ask(unsigned int order, enum migratetype type)
{
	unsigned long flags;
	struct page *page;

	spin_lock_irqsave(&toy.zone.lock, flags);
	page = rmqueue_block(&toy.zone, order, type);
	spin_unlock_irqrestore(&toy.zone.lock, flags);
	return toy_frame(page);
}

/* --- Z6 ------------------------------------------------------------------------------- */

static void api_Z6_type_of_the_flags(struct kunit *test)
{
	bool grouped = !page_group_by_mobility_disabled;

	KUNIT_EXPECT_EQ(test, gfp_migratetype(GFP_KERNEL), U);
	KUNIT_EXPECT_EQ(test, gfp_migratetype(GFP_HIGHUSER_MOVABLE), grouped ? M : U);
	KUNIT_EXPECT_EQ(test, gfp_migratetype(__GFP_MOVABLE), grouped ? M : U);
	KUNIT_EXPECT_EQ(test, gfp_migratetype(GFP_KERNEL | __GFP_RECLAIMABLE), grouped ? R : U);
	KUNIT_EXPECT_EQ(test, gfp_migratetype(__GFP_BITS_MASK & ~GFP_MOVABLE_MASK), U);
}

static void api_Z6_both_bits_warn(struct kunit *test)
{
#ifdef CONFIG_DEBUG_VM
	kunit_expect_report(test, "WARNING: at include/linux/gfp.h");
#endif
	gfp_migratetype(__GFP_MOVABLE | __GFP_RECLAIMABLE);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), IS_ENABLED(CONFIG_DEBUG_VM));
}

/* From a zone that has only blocks of whole pageblocks, each type gets a pageblock of its own. */
static void api_Z6_pages_come_from_pageblocks_of_their_type(struct kunit *test)
{
	static const gfp_t flags[] = { 0, __GFP_MOVABLE, __GFP_RECLAIMABLE };
	unsigned int i;

	if (page_group_by_mobility_disabled)
		kunit_skip(test, "pages are not grouped by mobility");
	mm_hide_small(mm_zone(ZONE_DMA), pageblock_order);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		struct page *page = mm_take(GFP_DMA | flags[i], 4);

		KUNIT_ASSERT_NOT_NULL(test, page);
		KUNIT_EXPECT_EQ(test, get_pageblock_migratetype(page), i);
	}
}

/* --- B2 ------------------------------------------------------------------------------- */

static void api_B2_merge_across_pageblocks(struct kunit *test)
{
	static const struct {
		enum migratetype first, second;
		const char *text;
	} rows[] = {
		{ U, U, "10U0" },
		{ M, M, "10M0" },
		{ R, R, "10R0" },
		{ H, H, "10H0" },
		{ U, M, "10M0" },
		{ M, R, "10R0" },
		{ R, U, "10U0" },
		{ H, M, "9M512 9H0" },
		{ U, H, "9U0 9H512" },
		{ MIGRATE_CMA, M, "9M512 9C0" },
		{ M, MIGRATE_CMA, "9M0 9C512" },
		{ MIGRATE_ISOLATE, R, "9R512 9I0" },
		{ MIGRATE_ISOLATE, H, "9H512 9I0" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		toy_of_types(test, rows[i].first, rows[i].second);
		toy_free(0, 9);
		toy_free(512, 9);
		KUNIT_EXPECT_STREQ_MSG(test, toy_text(), rows[i].text, "row %u", i);
		kunit_cleanup(test);
	}
}

/* A block of one list has one type: its second half went to the first's. */
static void api_B2_a_merged_block_has_one_type(struct kunit *test)
{
	toy_of_types(test, U, M);
	toy_free(0, 9);
	toy_free(512, 9);
	KUNIT_EXPECT_EQ(test, toy_type(0), toy_type(512));
	KUNIT_EXPECT_EQ(test, toy_ask(9, M), 0);
	KUNIT_EXPECT_STREQ(test, toy_text(), "9M512");
}

/* Below a pageblock types do not matter: within one there is only one. */
static void api_B2_merge_within_a_highatomic_pageblock(struct kunit *test)
{
	toy_of_types(test, H, M);
	toy_free(0, 8);
	toy_free(256, 8);
	KUNIT_EXPECT_STREQ(test, toy_text(), "9H0");
	KUNIT_EXPECT_EQ(test, toy.zone.nr_free_highatomic, 512);
}

/* --- B6 ------------------------------------------------------------------------------- */

static unsigned long not_movable_at_boot, not_unmovable_at_boot;

/* Before the tests only kmalloc's caches have taken pages: what they claimed is no longer movable. */
static bool section_has_slabs(unsigned long section)
{
	struct page *page = pfn_to_page(section * PAGES_PER_SECTION);
	unsigned long i;

	for (i = 0; i < PAGES_PER_SECTION; i++)
		if (PageSlab(page + i))
			return true;
	return false;
}

static int __init count_types_at_boot(void)
{
	unsigned long section, i;

	for (section = 0; section < __nr_mem_sections; section++) {
		for (i = 0; i < __PAGEBLOCKS_PER_SECTION; i++) {
			if (!mem_section[section].mem_map_base)
				continue;
			if (!section_has_slabs(section))
				not_movable_at_boot += mem_section[section].pageblock_type[i] != M;
			not_unmovable_at_boot += mem_section[section].pageblock_type[i] != U;
		}
	}
	return 0;
}
early_initcall(count_types_at_boot);

static void api_B6_all_movable_at_boot(struct kunit *test)
{
	if (page_group_by_mobility_disabled)
		KUNIT_EXPECT_EQ(test, not_unmovable_at_boot, 0);
	else
		KUNIT_EXPECT_EQ(test, not_movable_at_boot, 0);
}

static void api_B6_too_small_for_grouping(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, page_group_by_mobility_disabled,
			totalram_pages() < 512 * MIGRATE_TYPES);
}

static void api_B6_without_grouping_all_is_unmovable(struct kunit *test)
{
	struct page *page;

	if (!page_group_by_mobility_disabled)
		kunit_skip(test, "pages are grouped by mobility");
	page = mm_take(GFP_HIGHUSER_MOVABLE, 0);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, get_pageblock_migratetype(page), U);
	page = mm_take(GFP_KERNEL | __GFP_RECLAIMABLE, 4);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, get_pageblock_migratetype(page), U);
}

/* --- B7 ------------------------------------------------------------------------------- */

/* Equal blocks of the two other types: whose is taken? */
static void api_B7_fallback_order(struct kunit *test)
{
	static const struct {
		enum migratetype asked, first, second;
	} rows[] = { { U, R, M }, { M, R, U }, { R, U, M } };
	unsigned int i, order;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (order = 0; order <= 8; order += 4) {
			/* Both ways round: the place does not decide. */
			toy_of_types(test, rows[i].first, rows[i].second);
			toy_free(0, order);
			toy_free(512, order);
			KUNIT_EXPECT_EQ(test, toy_ask(0, rows[i].asked), 0);
			kunit_cleanup(test);

			toy_of_types(test, rows[i].second, rows[i].first);
			toy_free(0, order);
			toy_free(512, order);
			KUNIT_EXPECT_EQ(test, toy_ask(0, rows[i].asked), 512);
			kunit_cleanup(test);
		}
	}
}

static void api_B7_own_type_first(struct kunit *test)
{
	toy_of_types(test, R, U);
	toy_free(0, 8);
	toy_free(512, 0);
	KUNIT_EXPECT_EQ(test, toy_ask(0, U), 512);
	KUNIT_EXPECT_STREQ(test, toy_text(), "8R0");
}

static void api_B7_highatomic_is_nobodys_fallback(struct kunit *test)
{
	enum migratetype type;

	toy_of_types(test, H, H);
	toy_free(0, 9);
	for (type = U; type <= R; type++)
		KUNIT_EXPECT_EQ(test, toy_ask(0, type), -1);
	KUNIT_EXPECT_STREQ(test, toy_text(), "9H0");
}

/* --- B8 ------------------------------------------------------------------------------- */

/* Not the first block that is large enough, but the largest. */
static void api_B8_largest_first(struct kunit *test)
{
	toy_of_types(test, M, M);
	toy_free(0, 2);
	toy_free(512, 8);
	KUNIT_EXPECT_EQ(test, toy_ask(0, U), 512);
}

static void api_B8_a_whole_pageblock_is_claimed(struct kunit *test)
{
	static const enum migratetype asked[] = { U, M, R }, from[] = { M, U, U };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(asked); i++) {
		toy_of_types(test, from[i], from[i]);
		toy_free(512, 9);
		KUNIT_EXPECT_EQ(test, toy_ask(8, asked[i]), 512);
		KUNIT_EXPECT_EQ(test, toy_type(512), asked[i]);
		KUNIT_EXPECT_EQ(test, toy_type(0), from[i]);
		kunit_cleanup(test);
	}
}

static void api_B8_a_block_of_two_pageblocks_is_claimed_with_both(struct kunit *test)
{
	toy_of_types(test, M, M);
	toy_free(0, 10);
	KUNIT_EXPECT_EQ(test, toy_ask(0, U), 0);
	KUNIT_EXPECT_EQ(test, toy_type(0), U);
	KUNIT_EXPECT_EQ(test, toy_type(512), U);
	KUNIT_EXPECT_STREQ(test, toy_text(), "9U512 8U256 7U128 6U64 5U32 4U16 3U8 2U4 1U2 0U1");
}

/* Half of it free: the pageblock changes its type, and its other free blocks go along. */
static void api_B8_half_a_pageblock(struct kunit *test)
{
	toy_of_types(test, U, M);
	toy_free(512, 7);
	toy_free(768, 7);
	KUNIT_EXPECT_EQ(test, toy.zone.nr_free_pages, 256);
	KUNIT_EXPECT_NE(test, toy_ask(0, R), -1);
	KUNIT_EXPECT_EQ(test, toy_type(512), R);
	KUNIT_EXPECT_EQ(test, toy_type(0), U);
	KUNIT_EXPECT_EQ(test, strchr(toy_text(), 'M') != NULL, false);
}

/*
 * Less than half free, of a MOVABLE pageblock. What is in use there and cannot move suits an
 * UNMOVABLE or RECLAIMABLE request; what is movable (on an LRU list) does not.
 */
static void api_B8_what_is_alike_counts(struct kunit *test)
{
	unsigned int i;

	toy_of_types(test, U, M);
	toy_free(512, 5);
	KUNIT_EXPECT_EQ(test, toy_ask(0, U), 512);
	KUNIT_EXPECT_EQ(test, toy_type(512), U);
	kunit_cleanup(test);

	toy_of_types(test, U, M);
	for (i = 512 + 32; i < 512 + 32 + 257; i++)
		SetPageLRU(toy.frames + i);
	toy_free(512, 5);
	KUNIT_EXPECT_EQ(test, toy_ask(0, U), 512);
	KUNIT_EXPECT_EQ(test, toy_type(512), M);
	for (i = 512 + 32; i < 512 + 32 + 257; i++)
		ClearPageLRU(toy.frames + i);
	kunit_cleanup(test);

	/* And the other way round: movable pages suit a MOVABLE request. */
	toy_of_types(test, M, U);
	for (i = 512 + 32; i < 512 + 32 + 224; i++)
		SetPageLRU(toy.frames + i);
	toy_free(512, 5);
	KUNIT_EXPECT_EQ(test, toy_ask(5, M), 512);
	KUNIT_EXPECT_EQ(test, toy_type(512), M);
	toy_set_type(512, U);
	ClearPageLRU(toy.frames + 512 + 32);
	toy_free(512, 5);
	KUNIT_EXPECT_EQ(test, toy_ask(5, M), 512);
	KUNIT_EXPECT_EQ(test, toy_type(512), U);
	for (i = 512 + 32; i < 512 + 32 + 224; i++)
		ClearPageLRU(toy.frames + i);
}

/* Too little of it: just what is asked for is taken, and the rest stays of the other type. */
static void api_B8_otherwise_one_block_is_stolen(struct kunit *test)
{
	toy_of_types(test, M, U);
	toy_free(512, 6);
	KUNIT_EXPECT_EQ(test, toy_ask(1, R), 512);
	KUNIT_EXPECT_EQ(test, toy_type(512), U);
	KUNIT_EXPECT_STREQ(test, toy_text(), "5U544 4U528 3U520 2U516 1U514");
	KUNIT_EXPECT_EQ(test, toy.zone.nr_free_pages, 62);
}

/* A MOVABLE request claims from order pageblock_order / 2 on, here 4; others always may. */
static void api_B8_movable_claims_large_blocks_only(struct kunit *test)
{
	unsigned int order, i;

	for (order = 3; order <= 4; order++) {
		toy_of_types(test, M, U);
		/* Half of the pageblock, in pieces that cannot merge. */
		for (i = 0; i < 256U >> order; i++)
			toy_free(512 + ((unsigned long)i << (order + 1)), order);
		KUNIT_EXPECT_NE(test, toy_ask(0, M), -1);
		KUNIT_EXPECT_EQ(test, toy_type(512), order >= 4 ? M : U);
		kunit_cleanup(test);
	}
	toy_of_types(test, M, U);
	for (i = 0; i < 256; i++)
		toy_free(512 + 2 * i, 0);
	KUNIT_EXPECT_NE(test, toy_ask(0, R), -1);
	KUNIT_EXPECT_EQ(test, toy_type(512), R);
}

/*
 * A MOVABLE request that may not claim takes the smallest block that will do, from
 * whatever order, and the rest of it stays. (It once took the whole of it.)
 */
static void api_B8_movable_steals_the_smallest(struct kunit *test)
{
	toy_of_types(test, M, U);
	toy_free(512, 3);
	toy_free(768, 2);
	KUNIT_EXPECT_EQ(test, toy_ask(0, M), 768);
	KUNIT_EXPECT_STREQ(test, toy_text(), "3U512 1U770 0U769");
	KUNIT_EXPECT_EQ(test, toy.zone.nr_free_pages, 11);
	KUNIT_EXPECT_EQ(test, toy_ask(2, M), 512);
	KUNIT_EXPECT_STREQ(test, toy_text(), "2U516 1U770 0U769");
	KUNIT_EXPECT_EQ(test, toy_ask(3, M), -1);
	KUNIT_EXPECT_EQ(test, toy_type(512), U);
}

/* Every request is served as long as any block of the three types is large enough. */
static void api_B8_every_block_is_reachable(struct kunit *test)
{
	enum migratetype asked, from;
	unsigned int have, order;

	for (asked = U; asked <= R; asked++) {
		for (from = U; from <= R; from++) {
			toy_of_types(test, from, from);
			for (have = 0; have <= 9; have++) {
				for (order = 0; order <= 9; order++) {
					long frame;

					toy_set_type(512, from);
					toy_free(512, have);
					frame = toy_ask(order, asked);
					KUNIT_EXPECT_EQ(test, frame, order <= have ? 512 : -1);
					KUNIT_EXPECT_EQ(test, toy.zone.nr_free_pages,
							(1UL << have) -
								(frame < 0 ? 0 : 1UL << order));
					if (frame >= 0)
						toy_free(512, order);
					KUNIT_EXPECT_EQ(test, toy_ask(have, toy_type(512)), 512);
				}
			}
			kunit_cleanup(test);
		}
	}
}

static struct kunit_case migratetype_cases[] = {
	KUNIT_CASE(api_Z6_type_of_the_flags),
	KUNIT_CASE(api_Z6_both_bits_warn),
	KUNIT_CASE(api_Z6_pages_come_from_pageblocks_of_their_type),
	KUNIT_CASE(api_B2_merge_across_pageblocks),
	KUNIT_CASE(api_B2_a_merged_block_has_one_type),
	KUNIT_CASE(api_B2_merge_within_a_highatomic_pageblock),
	KUNIT_CASE(api_B6_all_movable_at_boot),
	KUNIT_CASE(api_B6_too_small_for_grouping),
	KUNIT_CASE(api_B6_without_grouping_all_is_unmovable),
	KUNIT_CASE(api_B7_fallback_order),
	KUNIT_CASE(api_B7_own_type_first),
	KUNIT_CASE(api_B7_highatomic_is_nobodys_fallback),
	KUNIT_CASE(api_B8_largest_first),
	KUNIT_CASE(api_B8_a_whole_pageblock_is_claimed),
	KUNIT_CASE(api_B8_a_block_of_two_pageblocks_is_claimed_with_both),
	KUNIT_CASE(api_B8_half_a_pageblock),
	KUNIT_CASE(api_B8_what_is_alike_counts),
	KUNIT_CASE(api_B8_otherwise_one_block_is_stolen),
	KUNIT_CASE(api_B8_movable_claims_large_blocks_only),
	KUNIT_CASE(api_B8_movable_steals_the_smallest),
	KUNIT_CASE_SLOW(api_B8_every_block_is_reachable),
	{},
};

static struct kunit_suite migratetype_suite = {
	.name = "migratetype",
	.init = mm_test_init,
	.exit = mm_test_exit,
	.test_cases = migratetype_cases,
};
kunit_test_suite(migratetype_suite);
