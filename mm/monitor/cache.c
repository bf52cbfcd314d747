// SPDX-License-Identifier: MIT
/* `cache`, `cache read`, `cache write`, `shrinkers`, `sync`, `drop`: what can be given back, and is. */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/pagemap.h>
#include <linux/rwsem.h>
#include <linux/sched/clock.h>
#include <linux/shrinker.h>
#include <linux/string.h>
#include <linux/vmstat.h>
#include <linux/writeback.h>
#include <memkern/blkdev.h>

#include "../internal.h"
#include "../vmscan.h"
#include "monitor.h"

/* --- cache ---------------------------------------------------------------------------------------- */

/* A device's share of the page cache. It may change while it is counted. */
struct share {
	unsigned long pages, dirty, writeback, active;
};

static void count_share(struct address_space *mapping, struct share *share)
{
	unsigned long index;
	struct page *page;

	memset(share, 0, sizeof(*share));
	rcu_read_lock();
	xa_for_each(&mapping->i_pages, index, page) {
		share->pages++;
		share->dirty += PageDirty(page);
		share->writeback += PageWriteback(page);
		share->active += PageActive(page);
	}
	rcu_read_unlock();
}

static void print_share(const char *name, const struct share *share)
{
	mprintf("%-10s %8lu %8lu %9lu %8lu  %s\n", name, share->pages, share->dirty,
		share->writeback, share->active, PAGES_TEXT(share->pages));
}

static void json_share(const char *name, const struct share *share)
{
	json_begin();
	json_text("device", name);
	json_number("pages", share->pages);
	json_number("dirty_pages", share->dirty);
	json_number("writeback_pages", share->writeback);
	json_number("active_pages", share->active);
	json_end();
}

static void show_devices(bool json)
{
	struct block_device *bdev = NULL;
	unsigned int nr = 0;
	struct share share;

	for (; (bdev = blkdev_next(bdev)); nr++) {
		if (!nr && !json)
			mprintf("device        pages    dirty writeback   active\n");
		count_share(bdev->bd_mapping, &share);
		(json ? json_share : print_share)(bdev->bd_disk->disk_name, &share);
	}
	if (!nr && !json)
		mprintf("there is no block device\n");
}

static void show_lists(bool json)
{
	struct zone *zone;

	if (!json)
		mprintf("zone       inactive   active  (the lists' pages, in the order of "
			"reclaim)\n");
	for_each_populated_zone(zone) {
		const unsigned long *nr = zone->lruvec.nr;

		if (json) {
			json_begin();
			json_text("zone", zone->name);
			json_number("inactive_pages", nr[LRU_INACTIVE_FILE]);
			json_number("active_pages", nr[LRU_ACTIVE_FILE]);
			json_end();
		} else {
			mprintf("%-10s %8lu %8lu\n", zone->name, nr[LRU_INACTIVE_FILE],
				nr[LRU_ACTIVE_FILE]);
		}
	}
}

static void print_limits(void)
{
	unsigned long background, dirty;

	global_dirty_limits(&background, &dirty);
	mprintf("dirty: %lu page%s; from %lu on they are written in the background, at %lu writers "
		"wait\n",
		COUNTED(global_node_page_state(NR_FILE_DIRTY)), background,
		(background + dirty) / 2);
}

static int cmd_cache(int argc, char **argv)
{
	bool json;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	show_devices(json);
	show_lists(json);
	if (!json)
		print_limits();
	return 0;
}

MONITOR_COMMAND("cache", "[--json]", "the page cache: by device, dirty pages, the LRU lists",
		cmd_cache);

/* --- cache read, cache write ---------------------------------------------------------------------- */

static u8 buffer[PAGE_SIZE];

/* What is written: each page says which it is. */
static void fill_buffer(loff_t pos)
{
	memset(buffer, 0, sizeof(buffer));
	snprintf((char *)buffer, sizeof(buffer), "page %llu\n", (u64)pos >> PAGE_SHIFT);
}

/* Until all is moved: 0; or less, as the device has no more, or -errno. */
static int move(struct block_device *bdev, bool write, loff_t pos, u64 size, u64 *done)
{
	ssize_t moved = 1;

	for (*done = 0; *done < size && moved > 0; *done += moved, pos += moved) {
		size_t bytes = min_t(u64, size - *done, PAGE_SIZE - offset_in_page(pos));

		if (write)
			fill_buffer(pos);
		moved = write ? bdev_write(bdev, pos, buffer, bytes)
			      : bdev_read(bdev, pos, buffer, bytes);
		if (moved < 0)
			return moved;
	}
	return 0;
}

static void say_moved(bool write, u64 done, u64 size, u64 ns, int error)
{
	mprintf("%s %s in %llu ms", write ? "wrote" : "read", size_text(done).text,
		div_u64(ns, NSEC_PER_MSEC));
	if (error)
		mprintf(", then error %d\n", error);
	else
		mprintf("%s\n", done < size ? ": there the device ends" : "");
}

static int cmd_move(int argc, char **argv)
{
	bool write = !strcmp(argv[0], "cache write");
	struct block_device *bdev;
	u64 pos, size, begin, done;
	int error;

	if (argc != 4)
		return monitor_usage(argv[0]);
	if (monitor_parse_ull(argv[2], &pos) || monitor_parse_ull(argv[3], &size))
		return -EINVAL;
	bdev = blkdev_get_by_name(argv[1]);
	if (!bdev || pos > LLONG_MAX) {
		mprintf(bdev ? "no device is that large\n" : "there is no device of that name\n");
		if (bdev)
			blkdev_release(bdev);
		return -EINVAL;
	}
	begin = sched_clock();
	error = move(bdev, write, pos, size, &done);
	say_moved(write, done, size, sched_clock() - begin, error);
	blkdev_release(bdev);
	return error;
}

static void complete_move(struct monitor_completion *completion, int argc, char **argv)
{
	struct block_device *bdev = NULL;

	while (argc == 1 && (bdev = blkdev_next(bdev)))
		monitor_offer(completion, bdev->bd_disk->disk_name);
}

MONITOR_COMMAND_COMPLETE("cache read", "DEV POSITION BYTES", "read a disk through the page cache",
			 cmd_move, complete_move);
MONITOR_COMMAND_COMPLETE("cache write", "DEV POSITION BYTES",
			 "write page numbers to a disk, through the page cache", cmd_move,
			 complete_move);

/* --- shrinkers ------------------------------------------------------------------------------------ */

static int cmd_shrinkers(int argc, char **argv)
{
	struct shrink_control sc = { .gfp_mask = GFP_KERNEL };
	struct shrinker *shrinker;
	bool json;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	down_read(&shrinker_rwsem);
	if (list_empty(&shrinker_list) && !json)
		mprintf("no shrinker is registered\n");
	list_for_each_entry(shrinker, &shrinker_list, list) {
		long counted = shrinker->count_objects(shrinker, &sc);
		unsigned long objects = max(counted, 0L); /* SHRINK_EMPTY is below 0 */
		unsigned long deferred = atomic_long_read(&shrinker->nr_deferred);

		if (json) {
			json_begin();
			json_text("shrinker", shrinker->name);
			json_number("objects", objects);
			json_number("deferred_objects", deferred);
			json_signed("seeks", shrinker->seeks);
			json_end();
		} else {
			mprintf("%-20s %lu object%s could go, %lu put off, seeks %d\n",
				shrinker->name, COUNTED(objects), deferred, shrinker->seeks);
		}
	}
	up_read(&shrinker_rwsem);
	return 0;
}

MONITOR_COMMAND("shrinkers", "[--json]", "who keeps objects that can be dropped, and how many",
		cmd_shrinkers);

/* --- sync, drop ----------------------------------------------------------------------------------- */

static int cmd_sync(int argc, char **argv)
{
	struct block_device *bdev = NULL;
	int error, first = 0;

	if (argc != 1)
		return monitor_usage(argv[0]);
	while ((bdev = blkdev_next(bdev))) {
		error = sync_blockdev(bdev);
		if (!error)
			continue;
		mprintf("%s: error %d, something written was lost\n", bdev->bd_disk->disk_name,
			error);
		first = first ?: error;
	}
	return first;
}

MONITOR_COMMAND("sync", "", "write what is dirty to the block devices, and wait", cmd_sync);

static unsigned long drop_pagecache(void)
{
	unsigned long before = global_node_page_state(NR_FILE_PAGES), after;
	struct block_device *bdev = NULL;

	while ((bdev = blkdev_next(bdev)))
		invalidate_bdev(bdev);
	count_vm_event(DROP_PAGECACHE);
	after = global_node_page_state(NR_FILE_PAGES);
	return before - min(before, after);
}

/* As /proc/sys/vm/drop_caches: nothing is written for it. */
static int cmd_drop(int argc, char **argv)
{
	bool both = argc == 1;
	bool pages = both || (argc == 2 && !strcmp(argv[1], "pages"));
	bool slabs = both || (argc == 2 && !strcmp(argv[1], "slabs"));
	unsigned long free, dropped;

	if (!pages && !slabs)
		return monitor_usage(argv[0]);
	if (pages) {
		dropped = drop_pagecache();
		mprintf("dropped %lu page%s of the cache; %lu dirty ones stay ('sync' first)\n",
			COUNTED(dropped), global_node_page_state(NR_FILE_DIRTY));
	}
	if (slabs) {
		free = nr_free_pages();
		drop_slab();
		mprintf("shrinkers and empty slabs: %ld pages more are free\n",
			(long)(nr_free_pages() - free));
	}
	return 0;
}

static void complete_drop(struct monitor_completion *completion, int argc, char **argv)
{
	if (argc == 1) {
		monitor_offer(completion, "pages");
		monitor_offer(completion, "slabs");
	}
}

MONITOR_COMMAND_COMPLETE("drop", "[pages|slabs]", "drop clean cache pages, and what shrinkers can",
			 cmd_drop, complete_drop);
