// SPDX-License-Identifier: MIT
/*
 * Watermarks and reserves: API.md section 2.
 *
 * The formulas are computed here a second time, from their text. How far each flag may go
 * is measured with blocks of order 4, which no per-CPU list holds: what is free at the
 * refusal is then exact, down to the page.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <memkern/boot.h>

#include "mm_test.h"

/* --- W1 to W5: this machine's numbers ------------------------------------------------- */

static unsigned long naive_root(unsigned long n)
{
	unsigned long root = 0;

	while ((root + 1) * (root + 1) <= n)
		root++;
	return root;
}

static unsigned long lowmem_pages(void)
{
	return mm_zone(ZONE_DMA)->managed_pages + mm_zone(ZONE_NORMAL)->managed_pages;
}

static void api_W1_min_free_kbytes(struct kunit *test)
{
	unsigned long kbytes = naive_root(lowmem_pages() * 4 * 16);

	if (kbytes < 128)
		kbytes = 128;
	if (strstr(boot_info.cmdline, "min_free_kbytes="))
		KUNIT_EXPECT_GE(test, min_free_kbytes, kbytes);
	else
		KUNIT_EXPECT_EQ(test, min_free_kbytes, kbytes);
}

/* The examples of the contract; both ends. */
static void api_W1_examples(struct kunit *test)
{
	static const struct {
		unsigned long normal_mib, kbytes;
	} examples[] = {
		{ 0, 512 },	{ 48, 1024 },	{ 240, 2048 },	     { 880, 3831 },
		{ 1008, 4096 }, { 4080, 8192 }, { 4194304, 262144 },
	};
	unsigned long managed[MAX_NR_ZONES] = { 4096, 0, 0, 1UL << 20 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(examples); i++) {
		/* 32 bits of kilobytes times 16 end at 256 GiB. */
		if (BITS_PER_LONG == 32 && examples[i].normal_mib > 4096)
			continue;
		managed[ZONE_NORMAL] = examples[i].normal_mib << (20 - PAGE_SHIFT);
		KUNIT_EXPECT_EQ(test, zone_min_free_kbytes(managed), examples[i].kbytes);
	}
	managed[ZONE_NORMAL] = 0;
	managed[ZONE_DMA] = 255; /* 1020 kB: the root is 127 */
	KUNIT_EXPECT_EQ(test, zone_min_free_kbytes(managed), 128);
}

static unsigned long share(const struct zone *zone)
{
	return div64_u64((u64)(min_free_kbytes >> 2) * zone->managed_pages, lowmem_pages());
}

static void api_W2_min(struct kunit *test)
{
	struct zone *zone;

	for_each_zone(zone) {
		unsigned long min = share(zone);

		if (zone_idx(zone) == ZONE_HIGHMEM)
			min = clamp(zone->managed_pages / 1024, 32UL, 128UL);
		if (!zone->managed_pages)
			min = 0;
		KUNIT_EXPECT_EQ_MSG(test, zone->_watermark[WMARK_MIN], min, "zone %s", zone->name);
	}
}

static void api_W3_low_and_high(struct kunit *test)
{
	struct zone *zone;

	for_each_zone(zone) {
		unsigned long min = zone->_watermark[WMARK_MIN];
		unsigned long delta = max(share(zone) / 4, zone->managed_pages / 1000);

		KUNIT_EXPECT_EQ_MSG(test, zone->_watermark[WMARK_LOW], min + delta, "zone %s",
				    zone->name);
		KUNIT_EXPECT_EQ_MSG(test, zone->_watermark[WMARK_HIGH], min + 2 * delta, "zone %s",
				    zone->name);
	}
}

static void api_W4_lowmem_reserve(struct kunit *test)
{
	static const unsigned int ratio[MAX_NR_ZONES] = { 256, 256, 32, 0 };
	int i, j, k;

	for_each_zone_index(i) {
		for_each_zone_index(j) {
			unsigned long above = 0;

			for (k = i + 1; k <= j; k++)
				above += mm_zone(k)->managed_pages;
			if (!ratio[i] || !mm_zone(i)->managed_pages)
				above = 0;
			KUNIT_EXPECT_EQ_MSG(test, mm_zone(i)->lowmem_reserve[j],
					    ratio[i] ? above / ratio[i] : 0, "reserve[%d] of %s", j,
					    mm_zone(i)->name);
			if (j)
				KUNIT_EXPECT_GE(test, mm_zone(i)->lowmem_reserve[j],
						mm_zone(i)->lowmem_reserve[j - 1]);
		}
	}
}

static void api_W5_totalreserve(struct kunit *test)
{
	unsigned long total = 0;
	struct zone *zone;

	/* The reserves grow with j (W4): the last is the largest. */
	for_each_zone(zone)
		total += min(zone->managed_pages,
			     zone->lowmem_reserve[MAX_NR_ZONES - 1] + zone->_watermark[WMARK_HIGH]);
	KUNIT_EXPECT_EQ(test, contig_page_data.totalreserve_pages, total);
}

/* --- W6: the check itself, on a zone that is nothing but numbers ---------------------- */

static struct zone fake;
static struct list_head fake_block;

static void fake_zone_init(void)
{
	unsigned int order, type;

	memset(&fake, 0, sizeof(fake));
	for_each_migratetype_order(order, type)
		INIT_LIST_HEAD(&fake.free_area[order].free_list[type]);
}

static void fake_zone_put(unsigned int order, enum migratetype type)
{
	list_add(&fake_block, &fake.free_area[order].free_list[type]);
	fake.free_area[order].nr_free = 1;
}

static bool naive_watermark_ok(unsigned int order, long mark, int class, unsigned int flags,
			       long free)
{
	bool rights = flags & (ALLOC_MIN_RESERVE | ALLOC_NON_BLOCK | ALLOC_HIGHATOMIC | ALLOC_OOM);
	long min = mark;

	free -= (1L << order) - 1;
	if (!rights)
		free -= fake.nr_free_highatomic;
	if (flags & ALLOC_MIN_RESERVE) {
		min -= min / 2;
		if (flags & ALLOC_NON_BLOCK)
			min -= min / 4;
	}
	if (flags & ALLOC_OOM)
		min -= min / 2;
	return free > min + fake.lowmem_reserve[class];
}

/* Near the boundary on both sides, with every combination of rights. */
static void api_W6_formula(struct kunit *test)
{
	struct rnd_state rnd;
	int i, wrong = 0;

	prandom_seed_state(&rnd, 6);
	fake_zone_init();
	fake_zone_put(MAX_PAGE_ORDER, MIGRATE_MOVABLE);
	for (i = 0; i < 2000 && !wrong; i++) {
		unsigned int flags = prandom_u32_state(&rnd) & ALLOC_RESERVES;
		unsigned int order = prandom_u32_state(&rnd) % NR_PAGE_ORDERS;
		long mark = prandom_u32_state(&rnd) % 2000, free;
		int class = prandom_u32_state(&rnd) % MAX_NR_ZONES;

		fake.nr_free_highatomic = prandom_u32_state(&rnd) % 3 * 512;
		fake.lowmem_reserve[class] = prandom_u32_state(&rnd) % 2 * 1000;
		free = prandom_u32_state(&rnd) % 4096;
		wrong = __zone_watermark_ok(&fake, order, mark, class, flags, free) !=
			naive_watermark_ok(order, mark, class, flags, free);
		if (wrong)
			KUNIT_FAIL(test, "order %u, mark %ld, flags %#x, free %ld", order, mark,
				   flags, free);
	}
}

/* The least number of free pages at which a single page may be taken. */
static long first_ok(unsigned int flags, long mark)
{
	long free = 0;

	while (!__zone_watermark_ok(&fake, 0, mark, ZONE_NORMAL, flags, free))
		free++;
	return free;
}

static void api_W7_integer_arithmetic(struct kunit *test)
{
	fake_zone_init();
	KUNIT_EXPECT_EQ(test, first_ok(0, 939), 940);
	KUNIT_EXPECT_EQ(test, first_ok(ALLOC_NON_BLOCK, 939), 940);
	KUNIT_EXPECT_EQ(test, first_ok(ALLOC_MIN_RESERVE, 939), 471);
	KUNIT_EXPECT_EQ(test, first_ok(ALLOC_MIN_RESERVE | ALLOC_NON_BLOCK, 939), 354);
	KUNIT_EXPECT_EQ(test, first_ok(ALLOC_OOM, 939), 471);
}

/* Whatever the marks: a high order needs a block, of a type that the request may use. */
static void api_W6_high_order_needs_a_block(struct kunit *test)
{
	static const struct {
		enum migratetype type;
		unsigned int flags;
		bool ok;
	} rows[] = {
		{ MIGRATE_UNMOVABLE, 0, true },
		{ MIGRATE_MOVABLE, 0, true },
		{ MIGRATE_RECLAIMABLE, 0, true },
		{ MIGRATE_HIGHATOMIC, 0, false },
		{ MIGRATE_HIGHATOMIC, ALLOC_MIN_RESERVE, false },
		{ MIGRATE_HIGHATOMIC, ALLOC_HIGHATOMIC, true },
		{ MIGRATE_HIGHATOMIC, ALLOC_OOM, true },
		{ MIGRATE_CMA, ALLOC_RESERVES, false },
		{ MIGRATE_ISOLATE, ALLOC_RESERVES, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		fake_zone_init();
		fake_zone_put(5, rows[i].type);
		KUNIT_EXPECT_TRUE(test, __zone_watermark_ok(&fake, 0, 0, 0, rows[i].flags, 9999));
		KUNIT_EXPECT_EQ(test, __zone_watermark_ok(&fake, 1, 0, 0, rows[i].flags, 9999),
				rows[i].ok);
		KUNIT_EXPECT_EQ(test, __zone_watermark_ok(&fake, 5, 0, 0, rows[i].flags, 9999),
				rows[i].ok);
		KUNIT_EXPECT_FALSE(test, __zone_watermark_ok(&fake, 6, 0, 0, rows[i].flags, 9999));
	}
}

/* --- W7: how far each flag goes, on the real zones ------------------------------------ */

static void api_W7_kernel_floor(struct kunit *test)
{
	mm_check_floor(test, GFP_KERNEL);
}

static void api_W7_nowait_floor(struct kunit *test)
{
	mm_check_floor(test, GFP_NOWAIT);
}

static void api_W7_high_floor(struct kunit *test)
{
	mm_check_floor(test, GFP_KERNEL | __GFP_HIGH);
}

static void api_W7_atomic_floor(struct kunit *test)
{
	mm_check_floor(test, GFP_ATOMIC);
}

static void api_W7_atomic_highmem_floor(struct kunit *test)
{
	mm_check_floor(test, GFP_ATOMIC | __GFP_HIGHMEM);
}

static void api_W7_atomic_dma_floor(struct kunit *test)
{
	mm_check_floor(test, GFP_ATOMIC | __GFP_DMA);
}

static void api_W7_memalloc_floor(struct kunit *test)
{
	mm_check_floor(test, GFP_NOWAIT | __GFP_MEMALLOC);
}

static void end_memalloc(void *unused)
{
	current->flags &= ~PF_MEMALLOC;
}

static void begin_memalloc(struct kunit *test)
{
	current->flags |= PF_MEMALLOC;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, end_memalloc, NULL), 0);
}

static void api_W7_pf_memalloc_floor(struct kunit *test)
{
	begin_memalloc(test);
	mm_check_floor(test, GFP_KERNEL);
}

/* X3: the interrupted task's rights are not the interrupt's. */
static void api_W7_pf_memalloc_not_in_interrupts(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);
	long left;

	mm_near_limits(GFP_DMA);
	left = mm_left_by_order_4(dma->nr_free_pages, mm_limit(dma, GFP_DMA));
	begin_memalloc(test);
	preempt_count_add(HARDIRQ_OFFSET);
	mm_fill(MM_TEST_GFP(GFP_DMA), 4);
	preempt_count_sub(HARDIRQ_OFFSET);
	KUNIT_EXPECT_EQ(test, dma->nr_free_pages, left);
	mm_fill(MM_TEST_GFP(GFP_DMA), 4);
	KUNIT_EXPECT_EQ(test, dma->nr_free_pages, 0);
}

static void api_W7_nomemalloc_cancels_memalloc(struct kunit *test)
{
	mm_check_floor(test, GFP_NOWAIT | __GFP_MEMALLOC | __GFP_NOMEMALLOC);
}

static void api_W7_nomemalloc_cancels_pf_memalloc(struct kunit *test)
{
	begin_memalloc(test);
	mm_check_floor(test, GFP_NOWAIT | __GFP_NOMEMALLOC);
}

/* 50 %, not 37.5 % */
static void api_W7_nomemalloc_cancels_the_atomic_bonus(struct kunit *test)
{
	mm_check_floor(test, GFP_ATOMIC | __GFP_NOMEMALLOC);
}

/* Single pages come in batches: of what the formula says, at most a batch less one is missing. */
static void single_pages_to_the_floor(struct kunit *test, gfp_t gfp)
{
	int i, highest = mm_highest_zone(gfp);

	mm_near_limits(gfp);
	while (mm_take(MM_TEST_GFP(gfp), 0))
		;
	for (i = 0; i <= highest; i++) {
		struct zone *zone = mm_zone(i);
		long limit = mm_limit(zone, gfp), free = zone->nr_free_pages;
		int batch = this_cpu_ptr(zone->per_cpu_pageset)->batch;

		if (!managed_zone(zone))
			continue;
		KUNIT_EXPECT_LE_MSG(test, free, limit, "zone %s", zone->name);
		KUNIT_EXPECT_GE_MSG(test, free, limit - (batch - 1), "zone %s", zone->name);
	}
}

static void api_W7_order_0_within_a_batch(struct kunit *test)
{
	static const gfp_t flags[] = {
		GFP_KERNEL,
		GFP_NOWAIT,
		GFP_ATOMIC,
		GFP_KERNEL | __GFP_HIGH,
		GFP_ATOMIC | __GFP_NOMEMALLOC,
		GFP_DMA | GFP_KERNEL,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		single_pages_to_the_floor(test, flags[i]);
		mm_reset();
	}
}

/* --- W8, W9 --------------------------------------------------------------------------- */

/* Down to LOW in every zone before below LOW in any; then on to MIN. */
static void api_W8_low_first_then_min(struct kunit *test)
{
	unsigned long low[MAX_NR_ZONES];
	struct zone *zone;
	int i;

	mm_near_limits(GFP_NOWAIT);
	for_each_zone_index(i)
		low[i] = low_wmark_pages(mm_zone(i)) + mm_zone(i)->lowmem_reserve[ZONE_NORMAL];
	do {
		int wanted = mm_predict(GFP_NOWAIT, 4);
		struct page *page = mm_take(MM_TEST_GFP(GFP_NOWAIT), 4);

		/* On the smallest machines the marks are less than a block apart. */
		if (!page) {
			KUNIT_EXPECT_EQ(test, wanted, -1);
			return;
		}
		zone = page_zone(page);
	} while (zone->nr_free_pages >= low[zone_idx(zone)]);

	/* The first block below a low mark: no other zone was above its own any more, */
	for (i = 0; i <= ZONE_NORMAL; i++)
		if (mm_zone(i) != zone)
			KUNIT_EXPECT_LE(test, mm_zone(i)->nr_free_pages, low[i] + 15);
	/* and a better zone would have served, had it anything left above min. */
	for (i = zone_idx(zone) + 1; i <= ZONE_NORMAL; i++)
		if (mm_zone(i)->nr_free_pages >= 16)
			KUNIT_EXPECT_LE(test, (long)mm_zone(i)->nr_free_pages - 15,
					mm_limit(mm_zone(i), GFP_NOWAIT));
}

/* After a success so much is left in its zone as its flags must leave, less what one batch took. */
static void api_W9_random_orders(struct kunit *test)
{
	static const gfp_t flags[] = {
		GFP_NOWAIT,
		GFP_ATOMIC,
		GFP_KERNEL,
		GFP_KERNEL | __GFP_HIGH,
		GFP_NOWAIT | __GFP_HIGHMEM,
		GFP_KERNEL | __GFP_DMA,
		GFP_NOIO | __GFP_MOVABLE,
		GFP_ATOMIC | __GFP_NOMEMALLOC,
	};
	unsigned int i, refused = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 9);
	mm_near_limits(GFP_KERNEL);
	mm_unhide();
	for (i = 0; i < 1000; i++) {
		gfp_t gfp = flags[prandom_u32_state(&rnd) % ARRAY_SIZE(flags)];
		unsigned int order = prandom_u32_state(&rnd) % NR_PAGE_ORDERS;
		struct page *page;
		struct zone *zone;
		long least;

		/* Twice in a hundred, down to near the marks again. */
		if (i % 50 == 0)
			for_each_zone(zone)
				mm_hide_down_to(zone, zone->_watermark[WMARK_HIGH] +
							      zone->lowmem_reserve[ZONE_NORMAL]);
		page = mm_take(MM_TEST_GFP(gfp), order);
		if (!page) {
			refused++;
			mm_give_all();
			continue;
		}
		zone = page_zone(page);
		least = mm_limit(zone, gfp);
		if (order <= PAGE_ALLOC_COSTLY_ORDER)
			least -= this_cpu_ptr(zone->per_cpu_pageset)->batch - 1;
		KUNIT_ASSERT_GE_MSG(test, (long)zone->nr_free_pages, least,
				    "step %u: order %u, flags %#x, zone %s", i, order, gfp,
				    zone->name);
	}
	KUNIT_EXPECT_GT(test, refused, 10);
}

static struct kunit_case watermark_cases[] = {
	KUNIT_CASE(api_W1_min_free_kbytes),
	KUNIT_CASE(api_W1_examples),
	KUNIT_CASE(api_W2_min),
	KUNIT_CASE(api_W3_low_and_high),
	KUNIT_CASE(api_W4_lowmem_reserve),
	KUNIT_CASE(api_W5_totalreserve),
	KUNIT_CASE(api_W6_formula),
	KUNIT_CASE(api_W6_high_order_needs_a_block),
	KUNIT_CASE(api_W7_integer_arithmetic),
	KUNIT_CASE(api_W7_kernel_floor),
	KUNIT_CASE(api_W7_nowait_floor),
	KUNIT_CASE(api_W7_high_floor),
	KUNIT_CASE(api_W7_atomic_floor),
	KUNIT_CASE(api_W7_atomic_highmem_floor),
	KUNIT_CASE(api_W7_atomic_dma_floor),
	KUNIT_CASE(api_W7_memalloc_floor),
	KUNIT_CASE(api_W7_pf_memalloc_floor),
	KUNIT_CASE(api_W7_pf_memalloc_not_in_interrupts),
	KUNIT_CASE(api_W7_nomemalloc_cancels_memalloc),
	KUNIT_CASE(api_W7_nomemalloc_cancels_pf_memalloc),
	KUNIT_CASE(api_W7_nomemalloc_cancels_the_atomic_bonus),
	KUNIT_CASE_SLOW(api_W7_order_0_within_a_batch),
	KUNIT_CASE(api_W8_low_first_then_min),
	KUNIT_CASE_SLOW(api_W9_random_orders),
	{},
};

static struct kunit_suite watermark_suite = {
	.name = "watermark",
	.init = mm_test_init,
	.exit = mm_test_exit,
	.test_cases = watermark_cases,
};
kunit_test_suite(watermark_suite);
