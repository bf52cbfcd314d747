// SPDX-License-Identifier: MIT
/* Block devices through the page cache: bytes, ends, errors, interrupts, and disks that go. */
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/prandom.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#include <linux/writeback.h>

#include "block_test.h"

#define BYTES (SECTORS << SECTOR_SHIFT)

static u8 pattern(loff_t pos)
{
	return pos * 7 + (pos >> 9);
}

static void free_buffer(void *buf)
{
	kvfree(buf);
}

static u8 *buffer(struct kunit *test, size_t bytes)
{
	u8 *buf = kvzalloc(bytes, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_buffer, buf), 0);
	return buf;
}

/* The disk, two copies of it, and a cache for all of it, with room to spare. */
static struct ram_disk *make_cached(struct kunit *test, unsigned int depth, enum ram_mode mode)
{
	if (nr_free_pages() < 16 * BYTES / PAGE_SIZE)
		kunit_skip(test, "too little memory");
	return make_ram(test, depth, mode, false);
}

static u8 *patterned(struct kunit *test, loff_t pos, size_t bytes)
{
	u8 *buf = buffer(test, bytes);
	size_t i;

	for (i = 0; i < bytes; i++)
		buf[i] = pattern(pos + i);
	return buf;
}

static unsigned long ios(struct ram_disk *ram, int direction)
{
	struct blkdev_stats stats;

	blkdev_get_stats(ram->disk->part0, &stats);
	return stats.ios[direction];
}

static unsigned long flushes(struct ram_disk *ram)
{
	struct blkdev_stats stats;

	blkdev_get_stats(ram->disk->part0, &stats);
	return stats.flushes;
}

static unsigned long sectors(struct ram_disk *ram, int direction)
{
	struct blkdev_stats stats;

	blkdev_get_stats(ram->disk->part0, &stats);
	return stats.sectors[direction];
}

/* --- bytes ------------------------------------------------------------------------------------ */

static void any_bytes_are_read_and_written(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 1, RAM_INTERRUPT);
	struct block_device *bdev = ram->disk->part0;
	u8 *data = patterned(test, 5000, 10000), *back = buffer(test, 10000);

	memset(ram->data, 0xee, BYTES);
	KUNIT_EXPECT_EQ(test, bdev_write(bdev, 5000, data, 10000), 10000);
	KUNIT_EXPECT_EQ(test, sectors(ram, WRITE), 0UL);
	KUNIT_EXPECT_EQ(test, sectors(ram, READ), 16UL); /* the first page and the last: in part */
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, 5000, back, 10000), 10000);
	KUNIT_EXPECT_TRUE(test, !memcmp(back, data, 10000));
	KUNIT_EXPECT_EQ(test, ram->data[5000], 0xee);
	KUNIT_EXPECT_EQ(test, flushes(ram), 0UL);
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
	KUNIT_EXPECT_EQ(test, flushes(ram), 1UL);
	KUNIT_EXPECT_TRUE(test, !memcmp(ram->data + 5000, data, 10000));
	KUNIT_EXPECT_EQ(test, ram->data[4999], 0xee);
	KUNIT_EXPECT_EQ(test, ram->data[15000], 0xee);
	KUNIT_EXPECT_EQ(test, sectors(ram, WRITE), 24UL);
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
	KUNIT_EXPECT_EQ(test, sectors(ram, WRITE), 24UL);
	/* What is dropped comes again from the disk. */
	invalidate_bdev(bdev);
	KUNIT_EXPECT_EQ(test, bdev->bd_mapping->nrpages, 0UL);
	memset(back, 0, 10000);
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, 5000, back, 10000), 10000);
	KUNIT_EXPECT_TRUE(test, !memcmp(back, data, 10000));
}

static void whole_pages_are_not_read_before(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 1, RAM_AT_ONCE);
	u8 *data = patterned(test, 0, 2 * PAGE_SIZE);

	KUNIT_EXPECT_EQ(test, bdev_write(ram->disk->part0, PAGE_SIZE, data, 2 * PAGE_SIZE),
			(ssize_t)(2 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, ios(ram, READ), 0UL);
}

static int read_all(void *data)
{
	struct ram_disk *ram = data;
	u8 *buf = kvmalloc(BYTES, GFP_KERNEL);
	ssize_t bytes = buf ? bdev_read(ram->disk->part0, 100, buf, BYTES) : -ENOMEM;
	bool right = bytes == BYTES - 100 && !memcmp(buf, ram->data + 100, BYTES - 100);

	kvfree(buf);
	return right ? 0 : -EINVAL;
}

/* Nothing has come yet, and all of it is asked for: while the first page is read, the rest waits. */
static void a_long_read_is_begun_at_once(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 1, RAM_HOLD);
	struct task_struct *task;
	struct blkdev_stats stats;

	memcpy(ram->data, patterned(test, 0, BYTES), BYTES);
	task = start_thread(test, read_all, ram);
	settle();
	blkdev_get_stats(ram->disk->part0, &stats);
	KUNIT_EXPECT_EQ(test, stats.in_flight, 1U);
	KUNIT_EXPECT_EQ(test, stats.queued, 1U);
	KUNIT_EXPECT_EQ(test, ram_disk_end(ram, 1), 1U);
	KUNIT_EXPECT_EQ(test, ram_disk_end(ram, 1), 1U);
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	KUNIT_EXPECT_EQ(test, sectors(ram, READ), (unsigned long)SECTORS);
	KUNIT_EXPECT_EQ(test, ios(ram, READ), 2UL);
}

/* Who reads one page after the other finds those that follow already there. */
static void a_second_page_brings_those_behind(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 1, RAM_INTERRUPT);
	struct block_device *bdev = ram->disk->part0;
	u8 *back = buffer(test, PAGE_SIZE);

	KUNIT_EXPECT_EQ(test, bdev_read(bdev, 0, back, 100), 100);
	KUNIT_EXPECT_EQ(test, bdev->bd_mapping->nrpages, 1UL);
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, 5 * PAGE_SIZE, back, 100), 100);
	KUNIT_EXPECT_EQ(test, bdev->bd_mapping->nrpages, 2UL);
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, PAGE_SIZE, back, 100), 100);
	KUNIT_EXPECT_EQ(test, bdev->bd_mapping->nrpages, (unsigned long)BYTES / PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, BYTES - 100, back, 100), 100);
	KUNIT_EXPECT_EQ(test, sectors(ram, READ), (unsigned long)SECTORS);
}

/* The next pages are full of what somebody left in them. */
static void leave_something_behind(void)
{
	struct page *pages[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		pages[i] = alloc_page(GFP_HIGHUSER_MOVABLE);
		if (pages[i])
			memset_page(pages[i], 0, 0x77, PAGE_SIZE);
	}
	while (i--)
		if (pages[i])
			__free_page(pages[i]);
}

static bool is_zero_behind(struct block_device *bdev, loff_t end)
{
	struct page *page = find_get_page(bdev->bd_mapping, end >> PAGE_SHIFT);
	u8 *bytes = kmap_local_page(page);
	bool zero = !memchr_inv(bytes + offset_in_page(end), 0, PAGE_SIZE - offset_in_page(end));

	kunmap_local(bytes);
	put_page(page);
	return zero;
}

static void the_end_of_the_device_is_the_end(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 1, RAM_AT_ONCE);
	struct block_device *bdev = ram->disk->part0;
	loff_t end = BYTES - 3 * SECTOR_SIZE; /* within a page */
	u8 *data = patterned(test, 0, 2000), *back = buffer(test, 2000);

	set_capacity(ram->disk, SECTORS - 3);
	memset(ram->data + end, 0xee, 3 * SECTOR_SIZE);
	leave_something_behind();
	KUNIT_EXPECT_EQ(test, bdev_write(bdev, end - 1000, data, 2000), 1000);
	KUNIT_EXPECT_TRUE(test, is_zero_behind(bdev, end));
	KUNIT_EXPECT_EQ(test, bdev_write(bdev, end, data, 1), -ENOSPC);
	KUNIT_EXPECT_EQ(test, bdev_write(bdev, -1, data, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, bdev_write(bdev, end + 1, data, 0), 0);
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, end - 1000, back, 2000), 1000);
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, end, back, 1), 0);
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, end + (1LL << 40), back, 1), 0);
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, -1, back, 1), -EINVAL);
	KUNIT_EXPECT_TRUE(test, !memcmp(back, data, 1000));
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
	KUNIT_EXPECT_TRUE(test, !memcmp(ram->data + end - 1000, data, 1000));
	KUNIT_EXPECT_EQ(test, ram->data[end], 0xee);
	/* All that there is of the last page is as good as all of it. */
	invalidate_bdev(bdev);
	leave_something_behind();
	KUNIT_EXPECT_EQ(test, bdev_write(bdev, round_down(end, PAGE_SIZE), back, PAGE_SIZE),
			(ssize_t)(end % PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, is_zero_behind(bdev, end));
	KUNIT_EXPECT_EQ(test, ios(ram, READ), 1UL);
}

/* Another medium may be smaller: what it has no place for is an error. */
static void what_is_behind_a_new_end_is_refused(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 1, RAM_AT_ONCE);
	struct block_device *bdev = ram->disk->part0;
	u8 *data = patterned(test, 0, 2 * PAGE_SIZE);

	KUNIT_EXPECT_EQ(test, bdev_write(bdev, PAGE_SIZE, data, 2 * PAGE_SIZE),
			(ssize_t)(2 * PAGE_SIZE));
	set_capacity(ram->disk, 2 * PAGE_SECTORS);
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), -EIO);
	KUNIT_EXPECT_TRUE(test, !memcmp(ram->data + PAGE_SIZE, data, PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, sectors(ram, WRITE), (unsigned long)PAGE_SECTORS);
	KUNIT_EXPECT_EQ(test, PTR_ERR(read_mapping_page(bdev->bd_mapping, 3, NULL)), -EIO);
}

static void what_has_no_index_is_not_there(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 1, RAM_AT_ONCE);
	struct block_device *bdev = ram->disk->part0;
	loff_t end = (u64)ULONG_MAX << PAGE_SHIFT;
	u8 byte = 1;

	set_capacity(ram->disk, 1ULL << 40);
	KUNIT_EXPECT_EQ(test, bdev_write(bdev, end, &byte, 1), -ENOSPC);
	KUNIT_EXPECT_EQ(test, bdev_write(bdev, 2 * end, &byte, 1), -ENOSPC);
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, end, &byte, 1), 0);
	KUNIT_EXPECT_EQ(test, bdev->bd_mapping->nrpages, 0UL);
	set_capacity(ram->disk, SECTORS);
}

static void random_places_against_a_copy(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 4, RAM_INTERRUPT);
	struct block_device *bdev = ram->disk->part0;
	u8 *copy = vzalloc(BYTES), *back = buffer(test, 9000);
	struct rnd_state rnd;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	prandom_seed_state(&rnd, 7);
	for (i = 0; i < 300; i++) {
		loff_t pos = prandom_u32_state(&rnd) % BYTES;
		size_t bytes = min_t(loff_t, prandom_u32_state(&rnd) % 9000, BYTES - pos);

		if (i % 3) {
			memset(copy + pos, i, bytes);
			KUNIT_EXPECT_EQ(test, bdev_write(bdev, pos, copy + pos, bytes),
					(ssize_t)bytes);
		} else {
			KUNIT_EXPECT_EQ(test, bdev_read(bdev, pos, back, bytes), (ssize_t)bytes);
			KUNIT_EXPECT_TRUE(test, !memcmp(back, copy + pos, bytes));
		}
		if (i % 10 == 0)
			invalidate_bdev(bdev);
		if (i % 50 == 0)
			KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
	}
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
	KUNIT_EXPECT_TRUE(test, !memcmp(ram->data, copy, BYTES));
	vfree(copy);
}

/* What goes past the cache sees what is in it, and it sees that. */
static void transfers_past_the_cache_agree_with_it(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 1, RAM_INTERRUPT);
	struct block_device *bdev = ram->disk->part0;
	u8 *data = patterned(test, 0, 3 * PAGE_SIZE), *back = buffer(test, 3 * PAGE_SIZE);

	KUNIT_EXPECT_EQ(test, bdev_write(bdev, 1000, data, 5000), 5000);
	KUNIT_EXPECT_EQ(test, blkdev_rw(bdev, REQ_OP_READ, 0, back, 3 * PAGE_SIZE), 0);
	KUNIT_EXPECT_TRUE(test, !memcmp(back + 1000, data, 5000));
	KUNIT_EXPECT_EQ(test, blkdev_rw(bdev, REQ_OP_WRITE, 8, data, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, 0, back, 3 * PAGE_SIZE), (ssize_t)(3 * PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, !memcmp(back + PAGE_SIZE, data, PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, !memcmp(back + 1000, data, PAGE_SIZE - 1000));
}

static int write_100(void *data)
{
	struct ram_disk *ram = data;
	u8 bytes[100];

	memset(bytes, 0x11, sizeof(bytes));
	return bdev_write(ram->disk->part0, 5000, bytes, sizeof(bytes));
}

/* Who waited for a page that was dropped writes to the one that is there now. */
static void what_is_written_while_pages_go_is_not_lost(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 1, RAM_INTERRUPT);
	struct block_device *bdev = ram->disk->part0;
	struct page *page = read_mapping_page(bdev->bd_mapping, 1, NULL);
	struct task_struct *task;

	KUNIT_ASSERT_FALSE(test, IS_ERR(page));
	lock_page(page);
	task = start_thread(test, write_100, ram);
	KUNIT_EXPECT_TRUE(test, eventually(is_asleep(task)));
	delete_from_page_cache(page);
	unlock_page(page);
	put_page(page);
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 100);
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
	KUNIT_EXPECT_EQ(test, ram->data[5000], 0x11);
	KUNIT_EXPECT_EQ(test, ram->data[5099], 0x11);
}

/* A reader came between: his page, or one that is just being read, is not what is there now. */
static void what_is_in_use_is_not_what_was_written_past_it(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 1, RAM_INTERRUPT);
	struct block_device *bdev = ram->disk->part0;
	u8 *data = patterned(test, 0, PAGE_SIZE), *back = buffer(test, PAGE_SIZE);
	struct page *old = read_mapping_page(bdev->bd_mapping, 1, NULL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(old));
	KUNIT_EXPECT_EQ(test, blkdev_rw(bdev, REQ_OP_WRITE, 8, data, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, PAGE_SIZE, back, PAGE_SIZE), (ssize_t)PAGE_SIZE);
	KUNIT_EXPECT_TRUE(test, !memcmp(back, data, PAGE_SIZE));
	put_page(old);
}

/* --- errors ------------------------------------------------------------------------------------- */

static void an_error_of_reading_is_told_where_it_is(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 1, RAM_INTERRUPT);
	struct block_device *bdev = ram->disk->part0;
	u8 *back = buffer(test, BYTES);

	ram->bad = 100; /* page 12 */
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, 50000, back, 1), -EIO);
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, 0, back, BYTES), (ssize_t)(12 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, bdev_write(bdev, 50000, back, 1), -EIO);
	ram->bad = ~(sector_t)0;
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, 0, back, BYTES), BYTES);
}

static void an_error_of_writing_is_told_to_who_syncs(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 1, RAM_INTERRUPT);
	struct block_device *bdev = ram->disk->part0;
	u8 *data = patterned(test, 0, BYTES), *back = buffer(test, BYTES);

	ram->bad = 100;
	KUNIT_EXPECT_EQ(test, bdev_write(bdev, 0, data, BYTES), BYTES);
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), -EIO);
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
	KUNIT_EXPECT_TRUE(test, !memcmp(ram->data, data, 96 << SECTOR_SHIFT));
	KUNIT_EXPECT_TRUE(test,
			  !memcmp(ram->data + (104 << SECTOR_SHIFT), data + (104 << SECTOR_SHIFT),
				  BYTES - (104 << SECTOR_SHIFT)));
	/* The cache has it still, and who writes it again may have more luck. */
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, 0, back, BYTES), BYTES);
	KUNIT_EXPECT_TRUE(test, !memcmp(back, data, BYTES));
	ram->bad = ~(sector_t)0;
	KUNIT_EXPECT_EQ(test, bdev_write(bdev, 12 * PAGE_SIZE, data + 12 * PAGE_SIZE, 1), 1);
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
	KUNIT_EXPECT_TRUE(test, !memcmp(ram->data, data, BYTES));
}

/* --- without memory ---------------------------------------------------------------------------------- */

/* Each allocation fails in its turn: what was dirty is on the disk all the same. */
static void a_sync_gets_by_without_memory(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 2, RAM_INTERRUPT);
	struct block_device *bdev = ram->disk->part0;
	u8 *data = patterned(test, 0, BYTES);
	unsigned int n;

	for (n = 1;; n++) {
		bool failed;

		memset(ram->data, 0, BYTES);
		KUNIT_ASSERT_EQ(test, bdev_write(bdev, 0, data, BYTES), BYTES);
		kunit_fail_nth(test, n);
		KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
		failed = kunit_fail_nth_end(test);
		KUNIT_EXPECT_TRUE(test, !memcmp(ram->data, data, BYTES));
		if (!failed)
			break;
	}
	KUNIT_EXPECT_GT(test, n, 32U); /* a bio a page */
}

/* Readahead is only a guess: if it has no memory, the page is read when it is wanted. */
static void reading_gets_by_without_readahead(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 2, RAM_INTERRUPT);
	struct block_device *bdev = ram->disk->part0;
	u8 *back = buffer(test, 2 * PAGE_SIZE);
	unsigned int n;

	memcpy(ram->data, patterned(test, 0, BYTES), BYTES);
	for (n = 1;; n++) {
		ssize_t bytes;

		invalidate_bdev(bdev);
		kunit_fail_nth(test, n);
		bytes = bdev_read(bdev, 100, back, 5000);
		if (!kunit_fail_nth_end(test))
			break;
		KUNIT_EXPECT_EQ(test, bytes, 5000);
		KUNIT_EXPECT_TRUE(test, !memcmp(back, ram->data + 100, 5000));
	}
	KUNIT_EXPECT_GE(test, n, 4U);
}

/* --- media and disks that go --------------------------------------------------------------------------------------- */

static void what_is_dirty_is_written_before_the_disk_goes(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 1, RAM_INTERRUPT);
	struct block_device *bdev = blkdev_get_by_name("ram0");
	u8 *data = patterned(test, 0, 10000), *back = buffer(test, 10000);

	KUNIT_ASSERT_PTR_EQ(test, bdev, ram->disk->part0);
	KUNIT_EXPECT_EQ(test, bdev_write(bdev, 3000, data, 10000), 10000);
	del_gendisk(ram->disk);
	KUNIT_EXPECT_TRUE(test, !memcmp(ram->data + 3000, data, 10000));
	KUNIT_EXPECT_EQ(test, bdev->bd_mapping->nrpages, 0UL);
	/* Who has it still is told, and what he leaves behind is no one's. */
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, 3000, back, 10000), -EIO);
	KUNIT_EXPECT_EQ(test, bdev_write(bdev, 0, data, 2 * PAGE_SIZE), (ssize_t)(2 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), -EIO);
	KUNIT_EXPECT_EQ(test, bdev_write(bdev, 0, data, PAGE_SIZE), (ssize_t)PAGE_SIZE);
	blkdev_release(bdev);
	put_disk(ram->disk);
	ram->disk = NULL;
	KUNIT_EXPECT_EQ(test, global_node_page_state(NR_FILE_DIRTY), 0UL);
}

/* Nothing of the old medium is read or written again; who syncs hears of what was lost. */
static void another_medium_has_nothing_of_the_old_one(struct kunit *test)
{
	struct ram_disk *ram = make_cached(test, 1, RAM_INTERRUPT);
	struct block_device *bdev = ram->disk->part0;
	u8 *data = patterned(test, 0, 3 * PAGE_SIZE), *back = buffer(test, 3 * PAGE_SIZE);
	struct page *old = read_mapping_page(bdev->bd_mapping, 5, NULL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(old));
	KUNIT_EXPECT_EQ(test, bdev_write(bdev, 0, data, 3 * PAGE_SIZE), (ssize_t)(3 * PAGE_SIZE));
	memset(ram->data, 0xee, BYTES);
	KUNIT_EXPECT_FALSE(test, disk_force_media_change(ram->disk, 0));
	KUNIT_EXPECT_EQ(test, bdev->bd_mapping->nrpages, 4UL);
	KUNIT_EXPECT_TRUE(test, disk_force_media_change(ram->disk, DISK_EVENT_MEDIA_CHANGE));
	KUNIT_EXPECT_EQ(test, bdev->bd_mapping->nrpages, 0UL);
	put_page(old);
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), -EIO);
	KUNIT_EXPECT_EQ(test, sync_blockdev(bdev), 0);
	KUNIT_EXPECT_EQ(test, sectors(ram, WRITE), 0UL);
	KUNIT_EXPECT_EQ(test, bdev_read(bdev, 0, back, 3 * PAGE_SIZE), (ssize_t)(3 * PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, !memcmp(back, ram->data, 3 * PAGE_SIZE));
}

static void all_disks_are_synced(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 2, RAM_INTERRUPT, true);
	u8 *data = patterned(test, 0, 100);

	KUNIT_EXPECT_EQ(test, bdev_write(ram->disk->part0, 7, data, 100), 100);
	KUNIT_EXPECT_EQ(test, bdev_write(ram->second->part0, 70, data, 100), 100);
	sync_bdevs(true);
	KUNIT_EXPECT_TRUE(test, !memcmp(ram->data + 7, data, 100));
	KUNIT_EXPECT_TRUE(test, !memcmp(ram->data + BYTES + 70, data, 100));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(any_bytes_are_read_and_written),
	KUNIT_CASE(whole_pages_are_not_read_before),
	KUNIT_CASE(a_long_read_is_begun_at_once),
	KUNIT_CASE(a_second_page_brings_those_behind),
	KUNIT_CASE(the_end_of_the_device_is_the_end),
	KUNIT_CASE(what_is_behind_a_new_end_is_refused),
	KUNIT_CASE(what_has_no_index_is_not_there),
	KUNIT_CASE_SLOW(random_places_against_a_copy),
	KUNIT_CASE(transfers_past_the_cache_agree_with_it),
	KUNIT_CASE(what_is_written_while_pages_go_is_not_lost),
	KUNIT_CASE(what_is_in_use_is_not_what_was_written_past_it),
	KUNIT_CASE(an_error_of_reading_is_told_where_it_is),
	KUNIT_CASE(an_error_of_writing_is_told_to_who_syncs),
	KUNIT_CASE_SLOW(a_sync_gets_by_without_memory),
	KUNIT_CASE(reading_gets_by_without_readahead),
	KUNIT_CASE(what_is_dirty_is_written_before_the_disk_goes),
	KUNIT_CASE(another_medium_has_nothing_of_the_old_one),
	KUNIT_CASE(all_disks_are_synced),
	{},
};

static struct kunit_suite suite = {
	.name = "bdev",
	.test_cases = cases,
};
kunit_test_suite(suite);
