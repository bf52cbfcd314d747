/* SPDX-License-Identifier: MIT */
/* What the suites of the block layer share. */
#ifndef _TESTS_DRIVERS_BLOCK_TEST_H
#define _TESTS_DRIVERS_BLOCK_TEST_H

#include <linux/bio.h>
#include <linux/completion.h>
#include <linux/prandom.h>
#include <memkern/kunit_extra.h>

#include "../kernel/capture.h"
#include "../kernel/threads.h"
#include "ram_disk.h"

#define SECTORS 256 /* of the disks: 128 KiB, so that 4 MiB of RAM are enough */

/* What fails on purpose says so in the log: not on the console. */
#define quietly(test, expression)              \
	({                                     \
		typeof(expression) __result;   \
		capture_begin(test, &capture); \
		__result = (expression);       \
		capture_end(test, &capture);   \
		__result;                      \
	})

static inline struct blkdev_stats stats_of(struct gendisk *disk)
{
	struct blkdev_stats stats;

	blkdev_get_stats(disk->part0, &stats);
	return stats;
}

static inline void destroy_ram(void *ram)
{
	ram_disk_destroy(ram);
}

/* Goes with the case. */
static inline struct ram_disk *make_ram(struct kunit *test, unsigned int depth, enum ram_mode mode,
					bool second)
{
	struct ram_disk *ram = zeroed(test, struct ram_disk);
	int error = ram_disk_create(ram, SECTORS, depth, mode, second);

	if (error == -ENOMEM)
		kunit_skip(test, "too little memory");
	KUNIT_ASSERT_EQ(test, error, 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, destroy_ram, ram), 0);
	return ram;
}

/* A transfer that the case has submitted, with a page of its own, and what came of it. */
struct transfer {
	struct bio *bio;
	struct page *page;
	bool ended, in_hardirq;
	blk_status_t status;
	unsigned int turn; /* the how many-eth it was to end, from 1 */
};

struct transfers {
	struct transfer of[RAM_LOG];
	unsigned int nr;
	atomic_t ended;
};

static inline void transfer_ended(struct bio *bio)
{
	struct transfers *all = bio->bi_private;
	struct transfer *transfer = all->of;

	while (transfer->bio != bio)
		transfer++;
	transfer->in_hardirq = in_hardirq();
	transfer->status = bio->bi_status;
	transfer->turn = atomic_inc_return(&all->ended);
	smp_store_release(&transfer->ended, true);
}

static inline void free_transfers(void *data)
{
	struct transfers *all = data;
	unsigned int i;

	for (i = 0; i < all->nr; i++) {
		if (all->of[i].bio)
			bio_put(all->of[i].bio);
		if (all->of[i].page)
			__free_page(all->of[i].page);
	}
}

/* Make it before the disk: the disk ends what it holds when it goes. */
static inline struct transfers *make_transfers(struct kunit *test)
{
	struct transfers *all = zeroed(test, struct transfers);

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_transfers, all), 0);
	return all;
}

/* Up to 8 sectors, from or to the start of a page that is all `byte`. */
static inline struct transfer *submit(struct kunit *test, struct transfers *all,
				      struct gendisk *disk, blk_opf_t op, sector_t sector,
				      unsigned int sectors, u8 byte)
{
	struct transfer *transfer = &all->of[all->nr++];

	KUNIT_ASSERT_LE(test, all->nr, (unsigned int)ARRAY_SIZE(all->of));
	transfer->page = alloc_page(GFP_KERNEL | __GFP_NOWARN);
	transfer->bio =
		bio_alloc(disk->part0, 1, op, GFP_NOWAIT); /* the case keeps them: no promise */
	if (!transfer->page || !transfer->bio)
		kunit_skip(test, "too little memory");
	memset(page_address(transfer->page), byte, PAGE_SIZE);
	transfer->bio->bi_iter.bi_sector = sector;
	if (sectors)
		bio_add_page(transfer->bio, transfer->page, sectors << SECTOR_SHIFT, 0);
	transfer->bio->bi_end_io = transfer_ended;
	transfer->bio->bi_private = all;
	submit_bio(transfer->bio);
	return transfer;
}

/* One of several threads, each with sectors of its own, who knows what is in them: zeroes at first. */
struct torturer {
	struct block_device *bdev;
	sector_t first;
	unsigned int sectors, rounds, wrong;
	struct rnd_state rnd;
	int error;
	u8 model[64], *buf;
};

/* Writes or reads up to `most` of them, at random. */
static inline void torture_once(struct torturer *mine, unsigned int most)
{
	unsigned int nr = 1 + prandom_u32_state(&mine->rnd) % most, i;
	unsigned int at = prandom_u32_state(&mine->rnd) % (mine->sectors - nr);
	bool write = prandom_u32_state(&mine->rnd) % 2;
	u8 byte = prandom_u32_state(&mine->rnd);

	memset(mine->buf, byte, nr << SECTOR_SHIFT);
	mine->error = blkdev_rw(mine->bdev, write, mine->first + at, mine->buf, nr << SECTOR_SHIFT);
	for (i = 0; i < nr; i++) {
		if (write)
			mine->model[at + i] = byte;
		else if (mine->buf[i << SECTOR_SHIFT] != mine->model[at + i])
			mine->wrong++;
	}
}

static inline struct torturer *make_torturer(struct kunit *test, unsigned int number,
					     struct block_device *bdev, sector_t first,
					     unsigned int sectors, u8 *buf)
{
	struct torturer *mine = zeroed(test, struct torturer);

	KUNIT_ASSERT_LE(test, sectors, (unsigned int)ARRAY_SIZE(mine->model));
	prandom_seed_state(&mine->rnd, number + 1);
	mine->bdev = bdev;
	mine->first = first;
	mine->sectors = sectors;
	mine->buf = buf;
	return mine;
}

#endif
