// SPDX-License-Identifier: MIT
/*
 * Fragmentation: 256 MiB of free memory are filled to 70 % with blocks of mixed
 * orders, then churned by 200,000 operations; what is left in large blocks at
 * the end is the measure, beside the cost.
 */
#include <linux/bitops.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>

#include "bench.h"

#define PAGES_FREE  65536UL
#define PAGES_USED  45875UL /* 70 % */
#define BLOCKS_MOST 30000
#define CHURN_OPS   200000
#define BENCH_GFP   (GFP_KERNEL | __GFP_NOWARN)

struct block {
	struct page *page;
	unsigned int order;
};

static LIST_HEAD(set_aside);
static struct block *blocks;
static unsigned int nr_blocks;
static unsigned long used_pages;
static u32 seed;

/* Half of all draws are order 0, a quarter order 1, and so on to order 5. */
static unsigned int draw_order(void)
{
	return __ffs(bench_xorshift32(&seed) | 0x20);
}

static void add_block(struct page *page, unsigned int order)
{
	blocks[nr_blocks++] = (struct block){ page, order };
	used_pages += 1UL << order;
}

static unsigned long set_aside_down_to(unsigned long left, gfp_t gfp, unsigned int order)
{
	drain_all_pages(NULL);
	while (nr_free_pages() >= left + (1UL << order)) {
		struct page *page = alloc_pages(gfp, order);

		if (!page)
			break;
		page->private = order;
		list_add(&page->lru, &set_aside);
		drain_all_pages(NULL);
	}
	return nr_free_pages();
}

/*
 * Takes memory until exactly PAGES_FREE are free: the largest blocks, then what is too
 * much in single pages as a user's memory would be. These come from where the boot left
 * odd pages; so the workload finds the same whole blocks however large the image is.
 */
static bool leave_free_memory(void)
{
	set_aside_down_to(PAGES_FREE, BENCH_GFP, MAX_PAGE_ORDER);
	return set_aside_down_to(PAGES_FREE, BENCH_GFP | __GFP_MOVABLE, 0) == PAGES_FREE;
}

static void give_back(struct list_head *list)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, list, lru) {
		list_del(&page->lru);
		__free_pages(page, page->private);
	}
}

static void give_back_all(void)
{
	while (nr_blocks--)
		__free_pages(blocks[nr_blocks].page, blocks[nr_blocks].order);
	give_back(&set_aside);
	drain_all_pages(NULL);
}

/* How many blocks of 2 MiB can be had. */
static void frag_order9(const char *name)
{
	LIST_HEAD(got);
	unsigned int nr = 0;
	struct page *page;

	drain_all_pages(NULL);
	while ((page = alloc_pages(BENCH_GFP, 9))) {
		page->private = 9;
		list_add(&page->lru, &got);
		nr++;
	}
	bench_report(name, nr, nr * 100, "blocks");
	give_back(&got);
}

static void frag_fill(void)
{
	u64 start = bench_clock();
	unsigned int operations = 0, order;

	for (order = draw_order(); used_pages + (1UL << order) <= PAGES_USED;
	     order = draw_order()) {
		struct page *page = alloc_pages(BENCH_GFP, order);

		if (page)
			add_block(page, order);
		operations++;
	}
	start = bench_clock() - start - BENCH_CLOCK_COST;
	bench_report("frag fill", div_u64(start, operations), div_u64(start * 100, operations),
		     "instructions");
}

static void frag_churn(void)
{
	u64 start = bench_clock(), worst_free = 0;
	unsigned int i, order = draw_order();

	for (i = 0; i < CHURN_OPS; i++) {
		if (used_pages + (1UL << order) <= PAGES_USED) {
			struct page *page = alloc_pages(BENCH_GFP, order);

			if (page)
				add_block(page, order);
			order = draw_order();
		} else {
			struct block *victim = &blocks[bench_xorshift32(&seed) % nr_blocks];
			u64 free_start = bench_clock();

			__free_pages(victim->page, victim->order);
			worst_free = max(worst_free, bench_clock() - free_start - BENCH_CLOCK_COST);
			used_pages -= 1UL << victim->order;
			*victim = blocks[--nr_blocks];
		}
	}
	start = bench_clock() - start - BENCH_CLOCK_COST;
	bench_report("frag churn", div_u64(start, CHURN_OPS), div_u64(start * 100, CHURN_OPS),
		     "instructions");
	bench_report("frag worst free", worst_free, worst_free * 100, "instructions");
}

static bool frag_wanted(const char *pattern)
{
	static const char *const names[] = {
		"frag order-9 before", "frag fill",	      "frag churn",
		"frag worst free",     "frag order-9 blocks",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (bench_wanted(pattern, names[i]))
			return true;
	return false;
}

static void bench_fragmentation(const char *pattern)
{
	unsigned int order = get_order(BLOCKS_MOST * sizeof(struct block));

	if (!frag_wanted(pattern))
		return;
	blocks = (struct block *)__get_free_pages(BENCH_GFP, order);
	if (!blocks || !leave_free_memory()) {
		pr_info("bench: frag needs 256 MiB of free memory: use -m 512\n");
	} else {
		seed = 0x2545f491;
		nr_blocks = 0;
		used_pages = 0;
		frag_order9("frag order-9 before");
		frag_fill();
		frag_churn();
		frag_order9("frag order-9 blocks");
		give_back_all();
	}
	free_pages((unsigned long)blocks, order);
}
BENCHMARK(bench_fragmentation);
