/* SPDX-License-Identifier: MIT */
/* What the suites of the block layer share. */
#ifndef _TESTS_DRIVERS_BLOCK_TEST_H
#define _TESTS_DRIVERS_BLOCK_TEST_H

#include <linux/bio.h>
#include <linux/completion.h>
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

#endif
