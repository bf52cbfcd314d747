// SPDX-License-Identifier: MIT
/*
 * The flags one by one, where memory is short: API.md section 3, the columns that need reclaim.
 * Zone and floor are gfp_flags_test.c's. Each row meets the same three situations: memory that
 * is full, with nothing in the page cache, with clean pages in it, with dirty ones.
 */
#include <linux/kernel.h>

#include "pressure.h"

#define SLEEPS 0x01 /* reclaims in its own context */
#define WAKES  0x02 /* wakes kswapd */
#define WRITES 0x04 /* reclaim writes dirty pages */
#define KILLS  0x08 /* at the end Linux would kill for it */

static const struct column_row {
	const char *name;
	gfp_t gfp;
	unsigned int columns;
} rows[] = {
	{ "F1_GFP_KERNEL", GFP_KERNEL, SLEEPS | WAKES | WRITES | KILLS },
	{ "F2_GFP_ATOMIC", GFP_ATOMIC, WAKES },
	{ "F3_GFP_NOWAIT", GFP_NOWAIT, WAKES },
	{ "F4_GFP_NOIO", GFP_NOIO, SLEEPS | WAKES },
	{ "F5_GFP_NOFS", GFP_NOFS, SLEEPS | WAKES },
	{ "F6_GFP_USER", GFP_USER, SLEEPS | WAKES | WRITES | KILLS },
	{ "F7_GFP_HIGHUSER", GFP_HIGHUSER, SLEEPS | WAKES | WRITES | KILLS },
	{ "F8_GFP_HIGHUSER_MOVABLE", GFP_HIGHUSER_MOVABLE, SLEEPS | WAKES | WRITES | KILLS },
	{ "F9_GFP_KERNEL_ACCOUNT", GFP_KERNEL_ACCOUNT, SLEEPS | WAKES | WRITES | KILLS },
	{ "F10_GFP_DMA_alone", GFP_DMA, 0 },
	{ "F10_GFP_KERNEL_DMA", GFP_KERNEL | GFP_DMA, SLEEPS | WAKES | WRITES },
	{ "F11_GFP_DMA32_alone", GFP_DMA32, 0 },
	/* The zone is NORMAL on 32 bits, and with it the rest of the row. */
	{ "F11_GFP_KERNEL_DMA32", GFP_KERNEL | GFP_DMA32, SLEEPS | WAKES | WRITES | KILLS },
	{ "F12_HIGHMEM_alone", __GFP_HIGHMEM, 0 },
	{ "F13_MOVABLE", GFP_KERNEL | __GFP_MOVABLE, SLEEPS | WAKES | WRITES | KILLS },
	{ "F13_RECLAIMABLE", GFP_KERNEL | __GFP_RECLAIMABLE, SLEEPS | WAKES | WRITES | KILLS },
	{ "F14_HIGH", GFP_KERNEL | __GFP_HIGH, SLEEPS | WAKES | WRITES | KILLS },
	{ "F14_HIGH_alone", __GFP_HIGH, 0 },
	{ "F15_NOMEMALLOC", GFP_KERNEL | __GFP_NOMEMALLOC, SLEEPS | WAKES | WRITES | KILLS },
	{ "F16_without_DIRECT_RECLAIM", GFP_KERNEL & ~__GFP_DIRECT_RECLAIM, WAKES },
	{ "F16_without_KSWAPD_RECLAIM", GFP_KERNEL & ~__GFP_KSWAPD_RECLAIM,
	  SLEEPS | WRITES | KILLS },
	{ "F16_without_both", GFP_KERNEL & ~__GFP_RECLAIM, 0 },
	{ "F17_without_IO", GFP_KERNEL & ~__GFP_IO, SLEEPS | WAKES | KILLS },
	{ "F17_without_FS", GFP_KERNEL & ~__GFP_FS, SLEEPS | WAKES },
	{ "F17_ignored_by_who_cannot_sleep", GFP_NOWAIT | __GFP_IO | __GFP_FS, WAKES },
	{ "F18_NORETRY", GFP_KERNEL | __GFP_NORETRY, SLEEPS | WAKES | WRITES },
	{ "F19_RETRY_MAYFAIL", GFP_KERNEL | __GFP_RETRY_MAYFAIL, SLEEPS | WAKES | WRITES },
	{ "F19_REPEAT", GFP_KERNEL | __GFP_REPEAT, SLEEPS | WAKES | WRITES },
	{ "F24_COLD", GFP_KERNEL | __GFP_COLD, SLEEPS | WAKES | WRITES | KILLS },
	{ "F25_WRITE_HARDWALL", GFP_KERNEL | __GFP_WRITE | __GFP_HARDWALL | __GFP_NOLOCKDEP,
	  SLEEPS | WAKES | WRITES | KILLS },
	{ "F25_THISNODE", GFP_KERNEL | __GFP_THISNODE, SLEEPS | WAKES | WRITES },
	{ "F26_WAIT", __GFP_WAIT | __GFP_IO | __GFP_FS, SLEEPS | WAKES | WRITES | KILLS },
};
KUNIT_ARRAY_PARAM_DESC(row, rows, name);

#define EXPECT_COLUMN(test, column, is) \
	KUNIT_EXPECT_EQ_MSG(test, (bool)(is), (bool)(row->columns & (column)), "%s", row->name)

/* Nothing to reclaim: who wakes kswapd, and who gets to where a process would be killed? */
static void api_F_kswapd_and_the_end(struct kunit *test)
{
	const struct column_row *row = test->param_value;
	unsigned long killed = nr_oom;

	squeeze(row->gfp);
	reset_kswapd();
	KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(row->gfp), 0));
	EXPECT_COLUMN(test, WAKES, kswapd.asked);
	if (kswapd.asked)
		KUNIT_EXPECT_EQ(test, kswapd.highest, mm_highest_zone(row->gfp));
	EXPECT_COLUMN(test, KILLS, nr_oom != killed);
}

/* Clean pages: who may sleep makes some of them free, and succeeds. */
static void api_F_sleep(struct kunit *test)
{
	const struct column_row *row = test->param_value;
	struct store *cache = make_cache_for(test, row->gfp, 80);
	unsigned long scanned, killed = nr_oom;
	struct page *page;

	squeeze(row->gfp);
	scanned = events(PGSCAN_DIRECT);
	page = mm_take(MM_TEST_GFP(row->gfp), 0);
	EXPECT_COLUMN(test, SLEEPS, page);
	EXPECT_COLUMN(test, SLEEPS, events(PGSCAN_DIRECT) != scanned);
	EXPECT_COLUMN(test, SLEEPS, cache->mapping.nrpages < 80);
	KUNIT_EXPECT_EQ(test, cache->writes, 0);
	KUNIT_EXPECT_EQ(test, nr_oom, killed);
}

/* Dirty pages: who may do I/O writes some of them, and succeeds. */
static void api_F_io(struct kunit *test)
{
	const struct column_row *row = test->param_value;
	struct store *cache = make_cache_for(test, row->gfp, 80);
	pgoff_t i;

	make_dirty(test, cache);
	squeeze(row->gfp);
	EXPECT_COLUMN(test, WRITES, mm_take(MM_TEST_GFP(row->gfp), 0));
	EXPECT_COLUMN(test, WRITES, cache->for_reclaim);
	KUNIT_EXPECT_EQ(test, cache->writes, cache->for_reclaim);
	/* What has left the cache is in the store. */
	for (i = 0; i < cache->pages; i++)
		if (!xa_load(&cache->mapping.i_pages, i))
			KUNIT_EXPECT_EQ(test, cache->data[i], 7000 + i);
}

/* What shrinkers are told: they do themselves what the flags allow. */
static struct {
	struct shrinker shrinker;
	gfp_t always, ever;
	unsigned int calls;
} told;

static unsigned long note_mask(struct shrinker *shrinker, struct shrink_control *sc)
{
	told.always &= sc->gfp_mask;
	told.ever |= sc->gfp_mask;
	told.calls++;
	return SHRINK_EMPTY;
}

static void api_F4_F5_F17_shrinkers_see_the_mask(struct kunit *test)
{
	const struct column_row *row = test->param_value;

	memset(&told, 0, sizeof(told));
	told.always = ~0U;
	register_listener(test, &told.shrinker, note_mask);
	squeeze(row->gfp);
	KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(row->gfp), 0));
	EXPECT_COLUMN(test, SLEEPS, told.calls);
	if (!told.calls)
		return;
	KUNIT_EXPECT_EQ(test, told.always, told.ever);
	KUNIT_EXPECT_EQ(test, told.ever, MM_TEST_GFP(row->gfp));
}

/* --- how often it is tried --------------------------------------------------------------- */

#define PINNED 32 /* all of them are looked at in each of a round's 13 steps */

/* Rounds of direct reclaim that a request of this order makes before it is refused. */
static unsigned long rounds_of(struct kunit *test, gfp_t gfp, unsigned int order)
{
	unsigned long before = events(PGSCAN_DIRECT);

	KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(gfp), order));
	return DIV_ROUND_UP(events(PGSCAN_DIRECT) - before, PINNED * (DEF_PRIORITY + 1));
}

static void api_F18_F19_rounds(struct kunit *test)
{
	const unsigned int most = 1 + MAX_RECLAIM_RETRIES;

	/* As many pages in the cache as would help, if they could be reclaimed. */
	pin_pages(test, make_cache(test, PINNED));
	squeeze(GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, rounds_of(test, GFP_NOWAIT, 0), 0);
	KUNIT_EXPECT_EQ(test, rounds_of(test, GFP_KERNEL | __GFP_NORETRY, 0), 1);
	KUNIT_EXPECT_EQ(test, rounds_of(test, GFP_KERNEL | __GFP_RETRY_MAYFAIL, 0), most);
	KUNIT_EXPECT_EQ(test, rounds_of(test, GFP_KERNEL, 0), most);
	KUNIT_EXPECT_EQ(test, rounds_of(test, GFP_NOFS, 0), most);
	KUNIT_EXPECT_EQ(test, rounds_of(test, GFP_NOIO, 0), most);
	/* Large blocks are not insisted on. */
	KUNIT_EXPECT_EQ(test, rounds_of(test, GFP_KERNEL, PAGE_ALLOC_COSTLY_ORDER + 1), 1);
}

/* --- __GFP_NOFAIL ---------------------------------------------------------------------------- */

static int ask_stubbornly(void *data)
{
	WRITE_ONCE(*(struct page **)data, alloc_page(GFP_KERNEL | __GFP_NOFAIL));
	return 0;
}

static int ask_quietly(void *data)
{
	WRITE_ONCE(*(struct page **)data, alloc_page(GFP_KERNEL | __GFP_NOFAIL | __GFP_NOWARN));
	return 0;
}

/* It would have been killed for, again and again, until somebody gives memory back. */
static void api_F20_nofail_kills_and_waits(struct kunit *test)
{
	struct page **page = zeroed(test, struct page *);
	struct task_struct *task = make_thread(test, ask_stubbornly, page);
	unsigned long killed = nr_oom;

	drain_all_pages(NULL);
	mm_hide_down_to(mm_zone(ZONE_NORMAL), 0);
	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	reset_kswapd();
	wake_up_process(task);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(nr_oom) > killed + 2));
	KUNIT_EXPECT_TRUE(test, kswapd.asked);
	KUNIT_EXPECT_NULL(test, READ_ONCE(*page));
	mm_unhide();
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	KUNIT_ASSERT_NOT_NULL(test, *page);
	__free_page(*page);
}

static void be_patient(void *jiffies)
{
	nofail_patience = (unsigned long)jiffies;
}

/* Who waits is told, with the state of memory, also if failures are not to be. */
static void api_F20_nofail_says_that_it_waits(struct kunit *test)
{
	struct page **page = zeroed(test, struct page *);
	struct task_struct *task = make_thread(test, ask_quietly, page);

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, be_patient, (void *)nofail_patience),
			0);
	nofail_patience = 1;
	kunit_expect_report(test, "waits for memory that must not fail: order:0, mode:0x8cc0(");
	drain_all_pages(NULL);
	mm_hide_down_to(mm_zone(ZONE_NORMAL), 0);
	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	wake_up_process(task);
	KUNIT_EXPECT_TRUE(test, eventually(kunit_reports_seen(test)));
	mm_unhide();
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	KUNIT_ASSERT_NOT_NULL(test, *page);
	__free_page(*page);
}

static struct kunit_case gfp_columns_cases[] = {
	KUNIT_CASE_PARAM_ATTR(api_F_kswapd_and_the_end, row_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(api_F_sleep, row_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(api_F_io, row_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(api_F4_F5_F17_shrinkers_see_the_mask, row_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE(api_F18_F19_rounds),
	KUNIT_CASE_SLOW(api_F20_nofail_kills_and_waits),
	KUNIT_CASE_SLOW(api_F20_nofail_says_that_it_waits),
	{},
};

static struct kunit_suite gfp_columns_suite = {
	.name = "gfp_columns",
	.init = pressure_init,
	.exit = pressure_exit,
	.test_cases = gfp_columns_cases,
};
kunit_test_suite(gfp_columns_suite);
