// SPDX-License-Identifier: MIT
/*
 * Random operations against a naive model.
 *
 * The model knows nothing of free lists, orders or types. It has a bit for each page frame,
 * set while somebody owns it, and a list of what is owned. So it sees at once if a frame
 * is handed out twice, in the wrong zone, or at the wrong address; if somebody wrote to
 * an owned page; and if pages are lost: owned and free pages together stay as many as
 * they were. A refusal must be one that the contract calls for (mm_predict()).
 */
#include <linux/bitmap.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/prandom.h>

#include "mm_test.h"

#define NR_OWNED 1024

static struct owned {
	unsigned long pfn;
	u32 pattern;
	u8 order;
	bool compound;
} owned[NR_OWNED];

static unsigned int nr_owned;
static unsigned long owned_pages, all_pages;
static unsigned long *is_owned; /* by frame */
static struct rnd_state rnd;
static const char *fault; /* what the model saw, NULL: nothing yet */
static unsigned long fault_pfn;

static u32 random_below(u32 limit)
{
	return prandom_u32_state(&rnd) % limit;
}

static void see(const char *what, unsigned long pfn)
{
	if (fault)
		return;
	fault = what;
	fault_pfn = pfn;
}

/* --- what is in an owned block -------------------------------------------------------- */

/* Of large blocks only sixteen pages, to save time. */
static unsigned long pattern_step(unsigned int order)
{
	return order > 4 ? 1UL << (order - 4) : 1;
}

static void write_pattern(const struct owned *block)
{
	unsigned long i;

	for (i = 0; i < 1UL << block->order; i += pattern_step(block->order)) {
		u32 *word = kmap_local_page(pfn_to_page(block->pfn + i));

		word[0] = word[PAGE_SIZE / 4 - 1] = block->pattern + block->pfn + i;
		kunmap_local(word);
	}
}

static void check_pattern(const struct owned *block)
{
	unsigned long i;

	for (i = 0; i < 1UL << block->order; i += pattern_step(block->order)) {
		u32 *word = kmap_local_page(pfn_to_page(block->pfn + i));
		u32 expected = block->pattern + block->pfn + i;

		if (word[0] != expected || word[PAGE_SIZE / 4 - 1] != expected)
			see("an owned page was written to", block->pfn + i);
		kunmap_local(word);
	}
}

static void check_zeroed(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < 1UL << order; i += pattern_step(order)) {
		void *address = kmap_local_page(page + i);

		if (memchr_inv(address, 0, PAGE_SIZE))
			see("a page is not zeroed", page_to_pfn(page) + i);
		kunmap_local(address);
	}
}

/* --- who owns what -------------------------------------------------------------------- */

static void own(struct page *page, unsigned int order, bool compound)
{
	struct owned *block = &owned[nr_owned++];
	unsigned long i;

	*block = (struct owned){ page_to_pfn(page), prandom_u32_state(&rnd), order, compound };
	for (i = 0; i < 1UL << order; i++) {
		if (!pfn_valid(block->pfn + i))
			see("a frame that does not exist", block->pfn + i);
		else if (test_bit(block->pfn + i, is_owned))
			see("a frame was handed out twice", block->pfn + i);
		__set_bit(block->pfn + i, is_owned);
	}
	owned_pages += 1UL << order;
	write_pattern(block);
}

/* A new block: all that can be said of it, then it is owned. */
static void own_new(struct page *page, gfp_t gfp, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);

	if (pfn & ((1UL << order) - 1))
		see("a block is not aligned", pfn);
	if (mm_zone_of_pfn(pfn) > mm_highest_zone(gfp))
		see("a block is of too high a zone", pfn);
	if (page_ref_count(page) != 1 || page->page_type != -1U || page->mapping || page->private)
		see("a new page is not as new", pfn);
	if (PageHead(page) != ((gfp & __GFP_COMP) && order))
		see("compound or not", pfn);
	if (gfp & __GFP_ZERO)
		check_zeroed(page, order);
	own(page, order, PageHead(page));
}

static struct page *disown(unsigned int nr, struct owned *block)
{
	unsigned long i;

	*block = owned[nr];
	owned[nr] = owned[--nr_owned];
	check_pattern(block);
	for (i = 0; i < 1UL << block->order; i++)
		__clear_bit(block->pfn + i, is_owned);
	owned_pages -= 1UL << block->order;
	return pfn_to_page(block->pfn);
}

/* --- operations ----------------------------------------------------------------------- */

static gfp_t random_gfp(void)
{
	static const gfp_t flags[] = {
		GFP_KERNEL,
		GFP_KERNEL,
		GFP_ATOMIC,
		GFP_NOWAIT,
		GFP_HIGHUSER,
		GFP_HIGHUSER_MOVABLE,
		GFP_DMA,
		GFP_NOIO,
		GFP_KERNEL | GFP_DMA,
		GFP_KERNEL | __GFP_RECLAIMABLE,
		GFP_NOWAIT | __GFP_MOVABLE,
		GFP_ATOMIC | __GFP_HIGHMEM,
		GFP_ATOMIC | __GFP_NOMEMALLOC,
		GFP_NOFS | __GFP_HIGH,
		GFP_KERNEL | GFP_DMA32,
	};
	gfp_t gfp = flags[random_below(ARRAY_SIZE(flags))];

	if (random_below(16) == 0)
		gfp |= __GFP_ZERO;
	if (random_below(4) == 0)
		gfp |= __GFP_COMP;
	return gfp | __GFP_NOWARN;
}

/* Half of them single pages, each order half as often as the one below. */
static unsigned int random_order(void)
{
	unsigned int order = __ffs(prandom_u32_state(&rnd) | 1U << 16);

	return order <= MAX_PAGE_ORDER ? order : 0;
}

static void free_one(void)
{
	struct owned block;
	struct page *page;

	if (!nr_owned)
		return;
	page = disown(random_below(nr_owned), &block);
	if (block.compound && random_below(2))
		put_page(page + random_below(1U << block.order));
	else
		__free_pages(page, block.order);
}

static void free_many(void)
{
	unsigned int nr = nr_owned / 2;

	while (nr--)
		free_one();
}

static void alloc_one(void)
{
	gfp_t gfp = random_gfp();
	unsigned int order = random_order();
	struct page *page = alloc_pages(gfp, order);

	if (page) {
		own_new(page, gfp, order);
		return;
	}
	if (mm_predict(gfp, order) >= 0)
		see("refused, though the contract says there is enough; the order, not the pfn, is",
		    order);
	if (random_below(8) == 0)
		free_many();
	else
		free_one();
}

static void alloc_bulk(void)
{
	struct page *pages[8] = { NULL };
	gfp_t gfp = random_gfp() & ~__GFP_COMP;
	unsigned long got = alloc_pages_bulk_array(gfp, 1 + random_below(8), pages), i;

	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		if (!pages[i] != (i >= got))
			see("bulk: a slot is not as the number says", i);
		if (pages[i])
			own_new(pages[i], gfp, 0);
	}
}

static void alloc_exact(void)
{
	gfp_t gfp = random_gfp() & ~(__GFP_COMP | __GFP_HIGHMEM);
	unsigned int pages = 1 + random_below(9), i;
	void *address = alloc_pages_exact(pages * PAGE_SIZE, gfp);

	for (i = 0; address && i < pages; i++)
		own_new(virt_to_page(address) + i, gfp & ~__GFP_COMP, 0);
}

/* A plain block, or -1. */
static int find_plain(unsigned int least_order)
{
	unsigned int tries;

	for (tries = 0; tries < 8 && nr_owned; tries++) {
		unsigned int nr = random_below(nr_owned);

		if (!owned[nr].compound && owned[nr].order >= least_order && owned[nr].order <= 4)
			return nr;
	}
	return -1;
}

static void split_one(void)
{
	int nr = find_plain(0);
	struct owned block;
	struct page *page;
	unsigned int i;

	if (nr < 0)
		return;
	page = disown(nr, &block);
	split_page(page, block.order);
	for (i = 0; i < 1U << block.order; i++)
		own(page + i, 0, false);
}

/* P5: somebody else holds the first page of a block that is freed. */
static void free_all_but_the_first(void)
{
	int nr = find_plain(1);
	struct owned block;
	struct page *page;

	if (nr < 0)
		return;
	page = disown(nr, &block);
	get_page(page);
	__free_pages(page, block.order);
	own(page, 0, false);
}

static void operate(void)
{
	unsigned int what = random_below(100);

	/* Room for the pages of the largest block that split_one() takes apart. */
	if (nr_owned > NR_OWNED - 17)
		free_many();
	if (what < 50)
		alloc_one();
	else if (what < 90)
		free_one();
	else if (what < 93)
		alloc_bulk();
	else if (what < 95)
		alloc_exact();
	else if (what < 97)
		split_one();
	else if (what < 99)
		free_all_but_the_first();
	else if (random_below(2))
		drain_all_pages(NULL);
	else
		unreserve_highatomic_pageblock(MIGRATE_MOVABLE, random_below(2));
}

/* --- runs ----------------------------------------------------------------------------- */

static void end_model(void *map)
{
	while (nr_owned)
		free_one();
	free_pages((unsigned long)map, get_order(BITS_TO_LONGS(max_pfn) * sizeof(long)));
}

static void run_model(struct kunit *test, unsigned long steps, u64 seed)
{
	unsigned long step, rest = max(steps / 8, 1UL);

	prandom_seed_state(&rnd, seed);
	is_owned = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO,
					    get_order(BITS_TO_LONGS(max_pfn) * sizeof(long)));
	KUNIT_ASSERT_NOT_NULL(test, is_owned);
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, end_model, is_owned), 0);
	fault = NULL;
	all_pages = mm_free_pages(NULL);
	for (step = 1; step <= steps && !fault; step++) {
		operate();
		if (step % 64 == 0 && mm_free_pages(NULL) + owned_pages != all_pages)
			see("pages were lost, or are too many; last owned", owned[0].pfn);
		if (step % rest == 0 && totalram_pages() < 1UL << 18)
			KUNIT_ASSERT_EQ(test, page_alloc_check(), 0);
	}
	KUNIT_EXPECT_NULL_MSG(test, fault, "step %lu, seed %llu: %s: %#lx", step, seed, fault,
			      fault_pfn);
}

static void model_quick(struct kunit *test)
{
	run_model(test, 500, 1);
}

static void model_million(struct kunit *test)
{
	run_model(test, mm_is_64_mib() && !mm_touches_bytes() ? 1000000 : 100000, 2);
}

/* Little memory, so that requests are refused, fall back and dig into the reserves. */
static void model_under_pressure(struct kunit *test)
{
	struct zone *zone;

	for_each_zone(zone)
		mm_hide_down_to(zone, zone->_watermark[WMARK_HIGH] +
					      zone->lowmem_reserve[ZONE_NORMAL] + 256);
	run_model(test, 500, 3);
}

static void model_under_pressure_for_long(struct kunit *test)
{
	struct zone *zone;

	for_each_zone(zone)
		mm_hide_down_to(zone, zone->_watermark[WMARK_HIGH] +
					      zone->lowmem_reserve[ZONE_NORMAL] + 512);
	run_model(test, 100000, 4);
}

static struct kunit_case model_cases[] = {
	KUNIT_CASE(model_quick),
	KUNIT_CASE_SLOW(model_under_pressure),
	KUNIT_CASE_SLOW(model_million),
	KUNIT_CASE_SLOW(model_under_pressure_for_long),
	{},
};

static struct kunit_suite model_suite = {
	.name = "page_alloc_model",
	.init = mm_test_init,
	.exit = mm_test_exit,
	.test_cases = model_cases,
};
kunit_test_suite(model_suite);
