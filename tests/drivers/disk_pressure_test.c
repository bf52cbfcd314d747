// SPDX-License-Identifier: MIT
/*
 * Memory full of what a disk has not got yet. To free a page of it costs a transfer: which flags
 * pay that, who hears of errors, and is all that was written on the disk in the end?
 *
 * This needs an IDE disk at least as large as RAM that begins with SCRATCH: all that is behind
 * its first page is overwritten. tests/qemu/pressure.py makes such disks, and compares them
 * with word_of() afterwards. Others are left alone, and the cases skip.
 */
#include <linux/highmem.h>
#include <linux/irqdesc.h>
#include <linux/prandom.h>
#include <memkern/blkdev.h>
#include <memkern/mm_check.h>

#include "../../drivers/ide.h"
#include "../mm/pressure.h"

#define SCRATCH	     "memkern scratch\n"
#define BAD	     "one sector is bad\n" /* behind it */
#define FINAL	     255		   /* the version that the host expects */
#define SECTOR_WORDS (SECTOR_SIZE / sizeof(u32))
#define PAGE_WORDS   (PAGE_SIZE / sizeof(u32))

/* --- the disk --------------------------------------------------------------------------------- */

static char first_sector[SECTOR_SIZE];
static unsigned int writeback_interval; /* of everybody else */

static void release_of(void *bdev)
{
	blkdev_release(bdev);
}

static void forget_cache(void *bdev)
{
	truncate_inode_pages(((struct block_device *)bdev)->bd_mapping, 0);
}

static bool is_fit(struct block_device *bdev)
{
	return !strncmp(bdev->bd_disk->disk_name, "hd", 2) &&
	       bdev_nr_sectors(bdev) / PAGE_SECTORS >= totalram_pages() &&
	       !blkdev_rw(bdev, REQ_OP_READ, 0, first_sector, SECTOR_SIZE) &&
	       !memcmp(first_sector, SCRATCH, strlen(SCRATCH));
}

static struct block_device *need_a_disk(struct kunit *test)
{
	struct block_device *bdev = NULL;

	while ((bdev = blkdev_next(bdev)))
		if (is_fit(bdev))
			break;
	if (!bdev)
		kunit_skip(test, "no disk to write on that is as large as memory");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, release_of, bdev), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, forget_cache, bdev), 0);
	return bdev;
}

static pgoff_t pages_of(struct block_device *bdev)
{
	return bdev_nr_sectors(bdev) / PAGE_SECTORS;
}

/* All of a sector is one word, which no other sector and no other version of it has. */
static u32 word_of(sector_t sector, unsigned int version)
{
	return (u32)sector * 2654435761u + version;
}

static void fill_words(u32 *words, pgoff_t index, unsigned int version)
{
	unsigned int i;

	for (i = 0; i < PAGE_WORDS; i++)
		words[i] = word_of(index * PAGE_SECTORS + i / SECTOR_WORDS, version);
}

static unsigned int wrong_words(const u32 *words, pgoff_t index, unsigned int version)
{
	unsigned int wrong = 0, i;

	for (i = 0; i < PAGE_WORDS; i++)
		wrong += words[i] != word_of(index * PAGE_SECTORS + i / SECTOR_WORDS, version);
	return wrong;
}

/* --- memory that is full ---------------------------------------------------------------------- */

static struct page *new_page(struct address_space *mapping, pgoff_t index, gfp_t gfp)
{
	struct page *page = find_or_create_page(mapping, index, gfp);

	if (!page) {
		drain_all_pages(NULL);
		page = find_or_create_page(mapping, index, gfp);
	}
	return page;
}

/* Until there is nothing that can be had without reclaim. The flusher is not asked. */
static pgoff_t fill_from(struct kunit *test, struct block_device *bdev, pgoff_t index, gfp_t gfp)
{
	struct page *page;

	while ((page = new_page(bdev->bd_mapping, index, MM_TEST_GFP(gfp | __GFP_NOMEMALLOC)))) {
		u32 *words = kmap_local_page(page);

		fill_words(words, index++, 1);
		kunmap_local(words);
		SetPageUptodate(page);
		set_page_dirty(page);
		unlock_page(page);
		put_page(page);
	}
	KUNIT_ASSERT_LT(test, index, pages_of(bdev));
	return index;
}

/* Pages 1 to the result, which is not among them, are dirty. */
static pgoff_t fill_memory(struct kunit *test, struct block_device *bdev)
{
	pgoff_t index = fill_from(test, bdev, 1, GFP_NOWAIT | __GFP_HIGHMEM);

	index = fill_from(test, bdev, index, GFP_NOWAIT);
	KUNIT_ASSERT_GT(test, global_node_page_state(NR_FILE_DIRTY), totalram_pages() / 2);
	return index;
}

/* What left memory is read from the disk. */
static void expect_pages(struct kunit *test, struct block_device *bdev, pgoff_t from, pgoff_t to)
{
	u32 *words = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);
	pgoff_t wrong = 0;

	KUNIT_ASSERT_NOT_NULL(test, words);
	for (; from < to; from++) {
		KUNIT_ASSERT_EQ(test, bdev_read(bdev, (loff_t)from << PAGE_SHIFT, words, PAGE_SIZE),
				(ssize_t)PAGE_SIZE);
		wrong += wrong_words(words, from, 1) != 0;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0UL);
}

/* --- flag by flag ----------------------------------------------------------------------------- */

static const struct promise {
	const char *name;
	gfp_t gfp;
	bool served, writes;
} promises[] = {
	{ "F1_GFP_KERNEL", GFP_KERNEL, true, true },
	{ "F2_GFP_ATOMIC", GFP_ATOMIC, true, false },
	{ "F3_GFP_NOWAIT", GFP_NOWAIT, false, false },
	{ "F4_GFP_NOIO", GFP_NOIO, false, false },
	{ "F5_GFP_NOFS", GFP_NOFS, false, false },
	{ "F7_GFP_HIGHUSER", GFP_HIGHUSER, true, true },
	{ "F20_GFP_KERNEL_NOFAIL", GFP_KERNEL | __GFP_NOFAIL, true, true },
};
KUNIT_ARRAY_PARAM_DESC(promise, promises, name);

/* What a request costs a disk, and who asked. */
struct cost {
	unsigned long sectors, reads, interrupts, sleeps, stalls;
};

static struct cost cost_of(struct block_device *bdev)
{
	struct ide_drive *drive = bdev_get_queue(bdev)->queuedata;
	struct blkdev_stats stats;

	blkdev_get_stats(bdev, &stats);
	return (struct cost){
		.sectors = stats.sectors[WRITE],
		.reads = stats.sectors[READ],
		.interrupts = kstat_irqs(irq_to_desc(drive->channel->irq)),
		.sleeps = current->nvcsw,
		.stalls = events(ALLOCSTALL_NORMAL) + events(ALLOCSTALL_HIGH),
	};
}

/* kswapd and the flusher are out of it: what is written, the request has had written. */
static void api_F_what_a_page_costs(struct kunit *test)
{
	const struct promise *promise = test->param_value;
	struct block_device *bdev = need_a_disk(test);
	pgoff_t end = fill_memory(test, bdev);
	struct cost before = cost_of(bdev), after;
	struct page *page = alloc_page(MM_TEST_GFP(promise->gfp));
	unsigned int tries;

	after = cost_of(bdev);
	if (page)
		mm_hold(page, 0);
	KUNIT_EXPECT_EQ(test, page != NULL, promise->served);
	KUNIT_EXPECT_EQ(test, after.reads, before.reads);
	KUNIT_EXPECT_EQ(test, after.stalls != before.stalls,
			(bool)(promise->gfp & __GFP_DIRECT_RECLAIM));
	if (!promise->writes) {
		KUNIT_EXPECT_EQ(test, after.sectors, before.sectors);
		KUNIT_EXPECT_EQ(test, global_node_page_state(NR_WRITEBACK), 0UL);
		if (!(promise->gfp & __GFP_DIRECT_RECLAIM))
			KUNIT_EXPECT_EQ(test, after.sleeps, before.sleeps);
		return;
	}
	KUNIT_EXPECT_GE(test, after.sectors - before.sectors, (unsigned long)PAGE_SECTORS);
	KUNIT_EXPECT_GT(test, after.interrupts, before.interrupts);
	/* A disk may be faster than whoever waits for it, but not each time. */
	for (tries = 0; tries < 1000 && cost_of(bdev).sleeps == before.sleeps; tries++)
		mm_take(MM_TEST_GFP(promise->gfp), 0);
	if (promise->gfp == GFP_KERNEL)
		KUNIT_EXPECT_GT(test, cost_of(bdev).sleeps, before.sleeps);
	KUNIT_EXPECT_LT(test, bdev->bd_mapping->nrpages, end - 1);
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
	KUNIT_EXPECT_EQ(test, global_node_page_state(NR_FILE_DIRTY), 0UL);
	expect_pages(test, bdev, 1, end);
}

/* The same request within a scope is another one. */
static void api_G1_a_scope_without_io(struct kunit *test)
{
	struct block_device *bdev = need_a_disk(test);
	unsigned int old;
	struct cost before;

	fill_memory(test, bdev);
	before = cost_of(bdev);
	old = memalloc_noio_save();
	KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(GFP_KERNEL), 0));
	memalloc_noio_restore(old);
	KUNIT_EXPECT_EQ(test, cost_of(bdev).sectors, before.sectors);
	KUNIT_EXPECT_NOT_NULL(test, mm_take(MM_TEST_GFP(GFP_KERNEL), 0));
	KUNIT_EXPECT_GT(test, cost_of(bdev).sectors, before.sectors);
}

/* What it had written makes room for GFP_NOIO too, who must only not ask for it. */
static void api_F4_noio_takes_what_others_had_written(struct kunit *test)
{
	struct block_device *bdev = need_a_disk(test);
	struct cost before;

	fill_memory(test, bdev);
	KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(GFP_NOIO), 0));
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
	before = cost_of(bdev);
	KUNIT_EXPECT_NOT_NULL(test, mm_take(MM_TEST_GFP(GFP_NOIO), 0));
	KUNIT_EXPECT_EQ(test, cost_of(bdev).sectors, before.sectors);
}

/* --- allocations that fail -------------------------------------------------------------------- */

/* Each allocation of a round of reclaim, with its writing, in turn: it gets pages all the same. */
static void reclaim_needs_no_allocation(struct kunit *test)
{
	struct block_device *bdev = need_a_disk(test);
	pgoff_t end = fill_memory(test, bdev);
	unsigned int n;

	for (n = 1; n <= SWAP_CLUSTER_MAX; n++) {
		/* What it frees has to be written first, by a bio each. */
		KUNIT_EXPECT_EQ(test, filemap_fdatawait(bdev->bd_mapping), 0);
		invalidate_bdev(bdev);
		kunit_fail_nth(test, n);
		KUNIT_EXPECT_GE(test, try_to_free_pages(ZONE_HIGHMEM, 0, GFP_KERNEL),
				SWAP_CLUSTER_MAX);
		KUNIT_EXPECT_TRUE(test, kunit_fail_nth_end(test));
	}
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
	expect_pages(test, bdev, 1, end);
}

#define AREA 1100 /* pages apart: each write needs nodes of its own */

/* Writing to the cache may fail, by an error. What it took is on the disk after a sync. */
static void each_allocation_of_a_write_and_its_sync_fails(struct kunit *test)
{
	struct block_device *bdev = need_a_disk(test);
	u32 *words = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);
	u32 *back = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);
	unsigned int n, refused = 0;
	bool failed = true;
	ssize_t written;

	KUNIT_ASSERT_TRUE(test, words && back);
	for (n = 1; failed && n < 100; n++) {
		pgoff_t index = 1 + n * AREA % (pages_of(bdev) - 1);

		fill_words(words, index, n);
		kunit_fail_nth(test, n);
		written = bdev_write(bdev, (loff_t)index << PAGE_SHIFT, words, PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
		failed = kunit_fail_nth_end(test);
		if (written < 0) {
			KUNIT_EXPECT_EQ(test, written, (ssize_t)-ENOMEM);
			refused++;
			continue;
		}
		KUNIT_ASSERT_EQ(test, written, (ssize_t)PAGE_SIZE);
		forget_cache(bdev);
		KUNIT_ASSERT_EQ(test,
				blkdev_rw(bdev, REQ_OP_READ, (sector_t)index * PAGE_SECTORS, back,
					  PAGE_SIZE),
				0);
		KUNIT_EXPECT_EQ_MSG(test, wrong_words(back, index, n), 0U, "allocation %u", n);
	}
	KUNIT_EXPECT_FALSE(test, failed);
	KUNIT_EXPECT_GT(test, refused, 0U);
	KUNIT_EXPECT_GT(test, n - 1, refused + 1); /* some are done without */
}

/* --- all of the disk ---------------------------------------------------------------------------- */

struct user {
	struct block_device *bdev;
	u8 *versions; /* by page; 0: never written */
	u32 *words;
	unsigned int nr, users, wrong;
	int error;
};

static void write_version(struct user *user, pgoff_t index, u8 version)
{
	ssize_t done;

	user->versions[index] = version;
	fill_words(user->words, index, version);
	done = bdev_write(user->bdev, (loff_t)index << PAGE_SHIFT, user->words, PAGE_SIZE);
	if (done != PAGE_SIZE)
		user->error = done < 0 ? (int)done : -EIO;
}

static void check_version(struct user *user, pgoff_t index)
{
	ssize_t done = bdev_read(user->bdev, (loff_t)index << PAGE_SHIFT, user->words, PAGE_SIZE);

	if (done != PAGE_SIZE)
		user->error = done < 0 ? (int)done : -EIO;
	else if (wrong_words(user->words, index, user->versions[index]))
		user->wrong++;
}

/* Every users-th page is his: reads and writes at random, then each is written for the last time. */
static int use_disk(void *data)
{
	struct user *user = data;
	pgoff_t pages = pages_of(user->bdev), round, index;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, user->nr + 1);
	for (round = 0; round < pages / user->users && !user->error; round++) {
		index = prandom_u32_state(&rnd) % (pages / user->users) * user->users + user->nr;
		if (!index)
			continue;
		if (user->versions[index] && prandom_u32_state(&rnd) % 2)
			check_version(user, index);
		else
			write_version(user, index, user->versions[index] % (FINAL - 1) + 1);
	}
	for (index = user->nr ?: user->users; index < pages && !user->error; index += user->users)
		write_version(user, index, FINAL);
	return user->error;
}

/* Wants memory for itself, and gives it back. */
static int want_memory(void *data)
{
	struct page *pages[64] = { NULL };
	unsigned int i;

	while (!kthread_should_stop()) {
		for (i = 0; i < ARRAY_SIZE(pages); i++)
			pages[i] = alloc_page(MM_TEST_GFP(i % 4 ? GFP_KERNEL : GFP_NOIO));
		for (i = 0; i < ARRAY_SIZE(pages); i++)
			if (pages[i])
				__free_page(pages[i]);
		schedule_timeout_uninterruptible(1);
	}
	return 0;
}

static void free_versions(void *versions)
{
	kvfree(versions);
}

static void use_all_of_it(struct kunit *test, struct block_device *bdev)
{
	unsigned int nr = 2 * num_online_cpus(), i;
	u8 *versions = kvzalloc(pages_of(bdev), GFP_KERNEL);
	struct task_struct **tasks = kunit_kcalloc(test, nr, sizeof(*tasks), GFP_KERNEL);
	struct user *users = kunit_kcalloc(test, nr, sizeof(*users), GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, versions && tasks && users);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_versions, versions), 0);
	let_kswapd_go();
	dirty_writeback_interval = writeback_interval;
	start_thread(test, want_memory, NULL);
	for (i = 0; i < nr; i++) {
		users[i] =
			(struct user){ .bdev = bdev, .versions = versions, .nr = i, .users = nr };
		users[i].words = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, users[i].words);
		tasks[i] = start_thread(test, use_disk, &users[i]);
	}
	for (i = 0; i < nr; i++) {
		wait_until_ended(tasks[i]);
		KUNIT_EXPECT_EQ(test, users[i].error, 0);
		KUNIT_EXPECT_EQ(test, users[i].wrong, 0U);
	}
}

/* Twice what there is of memory, and more: nothing lost, nothing stale; the host compares. */
static void nothing_is_lost_or_stale(struct kunit *test)
{
	struct block_device *bdev = need_a_disk(test);
	unsigned long stolen = events(PGSTEAL_KSWAPD) + events(PGSTEAL_DIRECT);

	use_all_of_it(test, bdev);
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
	KUNIT_EXPECT_GT(test, events(PGSTEAL_KSWAPD) + events(PGSTEAL_DIRECT), stolen);
}

/* The host says so where a sector cannot be written. */
static void an_error_is_told_at_sync(struct kunit *test)
{
	struct block_device *bdev = need_a_disk(test);
	errseq_t since = filemap_sample_wb_err(bdev->bd_mapping);

	if (strncmp(first_sector + strlen(SCRATCH), BAD, strlen(BAD)))
		kunit_skip(test, "all sectors are good");
	use_all_of_it(test, bdev);
	/* Once to who syncs, whoever had it written; and to each who has asked before. */
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), -EIO);
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
	KUNIT_EXPECT_EQ(test, filemap_check_wb_err(bdev->bd_mapping, since), -EIO);
	KUNIT_EXPECT_EQ(test, global_node_page_state(NR_FILE_DIRTY), 0UL);
}

/* --- before and after --------------------------------------------------------------------------- */

#define FEW 32 /* pages: workers of the queues come and go, with their stacks */

static unsigned long free_before;
static int boost_factor;

static unsigned long free_now(void)
{
	rcu_barrier();
	slab_shrink_all();
	mm_reset();
	return mm_free_pages_and_tables();
}

static int disk_init(struct kunit *test)
{
	kthread_park(kswapd.task);
	boost_factor = watermark_boost_factor;
	watermark_boost_factor = 0;
	reset_kswapd();
	/* Nor does the flusher do anything from here on. */
	writeback_interval = dirty_writeback_interval;
	dirty_writeback_interval = 0;
	wakeup_flusher_threads(WB_REASON_SYNC);
	settle();
	free_before = free_now();
	return 0;
}

static void disk_exit(struct kunit *test)
{
	kunit_cleanup(test);
	KUNIT_EXPECT_GE(test, free_now() + FEW, free_before);
	KUNIT_EXPECT_EQ(test, mm_check(), 0);
	watermark_boost_factor = boost_factor;
	dirty_writeback_interval = writeback_interval;
	kthread_unpark(kswapd.task);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM_ATTR(api_F_what_a_page_costs, promise_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_SLOW(api_G1_a_scope_without_io),
	KUNIT_CASE_SLOW(api_F4_noio_takes_what_others_had_written),
	KUNIT_CASE_SLOW(reclaim_needs_no_allocation),
	KUNIT_CASE_SLOW(each_allocation_of_a_write_and_its_sync_fails),
	KUNIT_CASE_SLOW(nothing_is_lost_or_stale),
	KUNIT_CASE_SLOW(an_error_is_told_at_sync),
	{},
};

static struct kunit_suite suite = {
	.name = "disk_pressure",
	.init = disk_init,
	.exit = disk_exit,
	.test_cases = cases,
};
kunit_test_suite(suite);
