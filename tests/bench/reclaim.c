// SPDX-License-Identifier: MIT
/*
 * What it costs to have a page of the page cache freed: direct reclaim of 32 pages, divided by what
 * was freed. Clean ones; dirty ones, over a disk that is done at once, so that what is counted
 * is the way to the driver and back, and not the driver.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/pagemap.h>
#include <linux/swap.h>
#include <linux/writeback.h>

#include "../../mm/vmscan.h"
#include "bench.h"

#define PAGES  2048
#define ROUNDS 40

static int read_nothing(struct file *file, struct page *page)
{
	SetPageUptodate(page);
	unlock_page(page);
	return 0;
}

static int write_at_once(struct page *page, struct writeback_control *wbc)
{
	set_page_writeback(page);
	unlock_page(page);
	end_page_writeback(page);
	return 0;
}

static const struct address_space_operations bench_aops = {
	.readpage = read_nothing,
	.writepage = write_at_once,
};

static void fill_cache(struct address_space *mapping, bool dirty)
{
	pgoff_t index;

	for (index = 0; index < PAGES; index++) {
		struct page *page = read_mapping_page(mapping, index, NULL);

		if (IS_ERR(page))
			return;
		if (dirty)
			set_page_dirty(page);
		put_page(page);
	}
}

/* The least and the mean of rounds of 32 pages, a page. */
static void reclaim_rounds(const char *name)
{
	u64 least = ~0ULL, all = 0, freed = 0;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		u64 start = bench_clock(), ticks;
		unsigned long pages = try_to_free_pages(ZONE_NORMAL, 0, GFP_KERNEL);

		ticks = bench_clock() - start - BENCH_CLOCK_COST;
		if (!pages)
			return;
		least = min(least, div_u64(ticks, pages));
		all += ticks;
		freed += pages;
	}
	bench_report(name, least, div64_u64(100 * all, freed), "instructions");
}

static void bench_reclaim(const char *pattern)
{
	static const char *const names[] = { "reclaim clean page", "reclaim dirty page" };
	static struct address_space mapping;
	int dirty;

	for (dirty = 0; dirty < 2; dirty++) {
		if (!bench_wanted(pattern, names[dirty]))
			continue;
		mapping_init(&mapping, NULL, &bench_aops, GFP_KERNEL);
		fill_cache(&mapping, dirty);
		reclaim_rounds(names[dirty]);
		mapping_exit(&mapping);
	}
}
BENCHMARK(bench_reclaim);
