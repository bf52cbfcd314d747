// SPDX-License-Identifier: MIT
/* The counters of mm/vmstat.c: what they count, on which CPU they are counted does not matter. */
#include <linux/kernel.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "pressure.h"

static void each_event_has_a_name_of_its_own(struct kunit *test)
{
	unsigned int i, other;

	for (i = 0; i < NR_VM_EVENT_ITEMS; i++) {
		KUNIT_ASSERT_NOT_NULL_MSG(test, vm_event_name[i], "event %u", i);
		for (other = 0; other < i; other++)
			KUNIT_EXPECT_STRNEQ(test, vm_event_name[i], vm_event_name[other]);
	}
	KUNIT_EXPECT_STREQ(test, vm_event_name[PGALLOC_NORMAL], "pgalloc_normal");
	KUNIT_EXPECT_STREQ(test, vm_event_name[COMPACTSUCCESS], "compactsuccess");
}

/* Blocks that go past the CPUs' lists: to the page, in the zone that they are from. */
static void large_blocks_are_counted_by_zone(struct kunit *test)
{
	unsigned long dma = events(PGALLOC_DMA), normal = events(PGALLOC_NORMAL);
	unsigned long freed = events(PGFREE);
	struct page *page = mm_take(MM_TEST_GFP(GFP_KERNEL | GFP_DMA), 5);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, events(PGALLOC_DMA) - dma, 32);
	KUNIT_EXPECT_EQ(test, events(PGALLOC_NORMAL), normal);
	KUNIT_EXPECT_EQ(test, events(PGFREE), freed);
	mm_give(page);
	KUNIT_EXPECT_EQ(test, events(PGALLOC_DMA) - dma, 32);
	KUNIT_EXPECT_EQ(test, events(PGFREE) - freed, 32);
}

/* Single pages: a batch when the CPU's list is filled, and none while it has some. */
static void single_pages_are_counted_by_the_batch(struct kunit *test)
{
	unsigned long before, filled;

	drain_all_pages(NULL);
	before = events(PGALLOC_DMA);
	mm_take(MM_TEST_GFP(GFP_KERNEL | GFP_DMA), 0);
	filled = events(PGALLOC_DMA) - before;
	KUNIT_EXPECT_EQ(test, filled, (unsigned long)zone_pcp[ZONE_DMA].count + 1);
	mm_give_all();
	mm_take(MM_TEST_GFP(GFP_KERNEL | GFP_DMA), 0);
	KUNIT_EXPECT_EQ(test, events(PGALLOC_DMA) - before, filled);
	mm_give_all();
	before = events(PGFREE);
	drain_all_pages(NULL);
	KUNIT_EXPECT_EQ(test, events(PGFREE) - before, filled);
}

static void count_here(void *unused)
{
	count_vm_events(PGACTIVATE, 3);
}

static void the_sum_is_of_all_cpus(struct kunit *test)
{
	unsigned long before = events(PGACTIVATE);

	on_each_cpu(count_here, NULL, 1);
	KUNIT_EXPECT_EQ(test, events(PGACTIVATE) - before, 3 * num_online_cpus());
}

/* The highest zone that the request may use, not the one it gets a page from. */
static void stalls_are_counted_by_the_request(struct kunit *test)
{
	unsigned long dma, normal;

	make_cache(test, 100);
	squeeze(GFP_KERNEL);
	dma = events(ALLOCSTALL_DMA);
	normal = events(ALLOCSTALL_NORMAL);
	KUNIT_EXPECT_NOT_NULL(test, mm_take(MM_TEST_GFP(GFP_KERNEL), 0));
	KUNIT_EXPECT_EQ(test, events(ALLOCSTALL_NORMAL) - normal, 1);
	KUNIT_EXPECT_EQ(test, events(ALLOCSTALL_DMA), dma);
	mm_take(MM_TEST_GFP(GFP_NOWAIT), 0);
	KUNIT_EXPECT_EQ(test, events(ALLOCSTALL_NORMAL) - normal, 1);
}

static struct kunit_case vmstat_cases[] = {
	KUNIT_CASE(each_event_has_a_name_of_its_own),
	KUNIT_CASE(large_blocks_are_counted_by_zone),
	KUNIT_CASE(single_pages_are_counted_by_the_batch),
	KUNIT_CASE(the_sum_is_of_all_cpus),
	KUNIT_CASE_SLOW(stalls_are_counted_by_the_request),
	{},
};

static struct kunit_suite vmstat_suite = {
	.name = "vmstat",
	.init = slab_test_init,
	.exit = pressure_exit,
	.test_cases = vmstat_cases,
};
kunit_test_suite(vmstat_suite);
