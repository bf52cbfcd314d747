// SPDX-License-Identifier: MIT
/*
 * All at once, where memory is used up: requests of all kinds on every CPU, a page cache that is
 * read and written meanwhile, kswapd, direct reclaim and write-back. Nobody gets a page that
 * is somebody else's, no word written to the cache is lost, and all of them come to an end.
 */
#include <linux/kernel.h>
#include <linux/prandom.h>

#include "pressure.h"

#define HELD 300 /* more than the cache could give */

struct hog {
	struct page *pages[HELD];
	unsigned int orders[HELD];
	struct rnd_state rnd;
	unsigned int rounds;
	unsigned int served, refused,
		foreign; /* foreign: pages that somebody else has written to */
};

static u32 *words_of(struct page *page)
{
	return page_address(page);
}

static void release(struct hog *hog, unsigned int i)
{
	struct page *page = hog->pages[i];

	if (!page)
		return;
	hog->foreign += *words_of(page) != (u32)(unsigned long)hog + i;
	__free_pages(page, hog->orders[i]);
	hog->pages[i] = NULL;
}

static void ask(struct hog *hog, unsigned int i)
{
	static const gfp_t flags[] = {
		GFP_KERNEL,
		GFP_KERNEL,
		GFP_KERNEL | GFP_DMA,
		GFP_NOFS,
		GFP_NOIO,
		GFP_ATOMIC,
		GFP_NOWAIT,
		GFP_USER,
		GFP_KERNEL,
		__GFP_HIGH | GFP_NOIO,
		GFP_KERNEL | __GFP_NORETRY,
		GFP_DMA,
		GFP_KERNEL,
		GFP_KERNEL | __GFP_RECLAIMABLE,
		GFP_KERNEL | __GFP_RETRY_MAYFAIL,
	};
	gfp_t gfp = flags[prandom_u32_state(&hog->rnd) % ARRAY_SIZE(flags)];
	struct page *page;

	hog->orders[i] = prandom_u32_state(&hog->rnd) % 8 ? 0 : prandom_u32_state(&hog->rnd) % 4;
	page = alloc_pages(MM_TEST_GFP(gfp), hog->orders[i]);
	hog->pages[i] = page;
	if (page) {
		*words_of(page) = (u32)(unsigned long)hog + i;
		hog->served++;
	} else {
		hog->refused++;
	}
}

/* Keeps nearly all of its share: each request meets memory that is full. */
static int hog_memory(void *data)
{
	struct hog *hog = data;
	unsigned int round, i;

	for (round = 0; round < hog->rounds && !kthread_should_stop(); round++) {
		i = prandom_u32_state(&hog->rnd) % HELD;
		release(hog, i);
		ask(hog, i);
		cond_resched();
	}
	for (i = 0; i < HELD; i++)
		release(hog, i);
	return 0;
}

/* What was last written to a page of the cache. */
static u32 written[256];

/* -ENOMEM is an answer; a word that was lost is none. Returns how many were. */
static unsigned int use_cache(struct store *cache, struct rnd_state *rnd)
{
	pgoff_t index = prandom_u32_state(rnd) % cache->pages;
	struct page *page = read_mapping_page(&cache->mapping, index, NULL);
	bool lost;

	if (IS_ERR(page))
		return 0;
	lock_page(page);
	lost = page_word(page) != written[index];
	if (prandom_u32_state(rnd) % 2) {
		written[index] = prandom_u32_state(rnd);
		*words_of(page) = written[index];
		set_page_dirty(page);
	}
	unlock_page(page);
	put_page(page);
	return lost;
}

static void leave_little(unsigned long pages)
{
	int i;

	drain_all_pages(NULL);
	for (i = 0; i <= ZONE_NORMAL; i++)
		mm_hide_down_to(mm_zone(i), min_wmark_pages(mm_zone(i)) +
						    mm_zone(i)->lowmem_reserve[ZONE_NORMAL] +
						    pages);
}

static void all_at_once(struct kunit *test, unsigned int rounds)
{
	unsigned int cpu, i, lost = 0, served = 0, refused = 0, nr = 2 * num_online_cpus();
	struct hog *hogs = kunit_kcalloc(test, nr, sizeof(*hogs), GFP_KERNEL);
	struct task_struct **tasks = kunit_kcalloc(test, nr, sizeof(*tasks), GFP_KERNEL);
	struct store *cache = make_cache(test, ARRAY_SIZE(written));
	struct rnd_state rnd;

	KUNIT_ASSERT_NOT_NULL(test, hogs);
	KUNIT_ASSERT_NOT_NULL(test, tasks);
	mapping_set_gfp_mask(&cache->mapping, MM_TEST_GFP(GFP_KERNEL));
	prandom_seed_state(&rnd, rounds);
	for (i = 0; i < cache->pages; i++)
		written[i] = cache->data[i];
	for (i = 0; i < nr; i++) {
		cpu = i % num_online_cpus();
		hogs[i].rounds = rounds;
		prandom_seed_state(&hogs[i].rnd, i);
		tasks[i] = make_thread_on(test, cpu, hog_memory, &hogs[i]);
	}
	leave_little(16);
	let_kswapd_go();
	for (i = 0; i < nr; i++)
		wake_up_process(tasks[i]);
	for (i = 0; i < nr; i++) {
		while (READ_ONCE(tasks[i]->__state) != TASK_DEAD) {
			lost += use_cache(cache, &rnd);
			cond_resched();
		}
	}
	mm_reset();
	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_EQ(test, hogs[i].foreign, 0);
		served += hogs[i].served;
		refused += hogs[i].refused;
	}
	kunit_info(test, "%u requests served, %u refused; %u pages written, %u by reclaim\n",
		   served, refused, cache->writes, cache->for_reclaim);
	KUNIT_EXPECT_GT(test, refused, 0);
	KUNIT_EXPECT_GT(test, served, rounds / 10);
	KUNIT_EXPECT_EQ(test, lost, 0);
	KUNIT_EXPECT_EQ(test, filemap_write_and_wait(&cache->mapping), 0);
	for (i = 0; i < cache->pages; i++)
		KUNIT_EXPECT_EQ(test, cache->data[i], written[i]);
}

/* Where there are more CPUs than the host has, each interrupt from one to another takes long. */
static void api_S1_all_at_once(struct kunit *test)
{
	all_at_once(test, 1000 / num_online_cpus());
}

static void api_S1_all_at_once_for_long(struct kunit *test)
{
	all_at_once(test, 10000 / (num_online_cpus() * num_online_cpus()));
}

/* Neither a livelock nor a deadlock: but for the last few pages all memory is held all the time. */
static void api_S1_a_million_requests(struct kunit *test)
{
	if (max_pfn <= 8192 || max_pfn > 10240 || num_online_cpus() > 1)
		kunit_skip(test, "takes long: with 40 MiB and one CPU alone");
	all_at_once(test, 1000000 / (2 * num_online_cpus()));
}

static struct kunit_case pressure_cases[] = {
	KUNIT_CASE_SLOW(api_S1_all_at_once),
	KUNIT_CASE_SLOW(api_S1_all_at_once_for_long),
	KUNIT_CASE_SLOW(api_S1_a_million_requests),
	{},
};

static struct kunit_suite pressure_suite = {
	.name = "pressure",
	.init = pressure_init,
	.exit = pressure_exit,
	.test_cases = pressure_cases,
};
kunit_test_suite(pressure_suite);
