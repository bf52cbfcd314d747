// SPDX-License-Identifier: MIT
/*
 * What a transfer costs: the block layer alone, over a driver that moves nothing, and with IDE.
 *
 * An idle CPU does not count instructions, so nothing here waits: the disk's interrupt is masked,
 * and its handler called when it is due.
 */
#include <linux/blk-mq.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/string.h>
#include <memkern/blkdev.h>

#include "../../drivers/ide.h"
#include "bench.h"

#define LARGE_PAGES 64 /* 256 KiB */

static void ends(struct bio *bio)
{
}

/* A read of the pages, which do not lie together: each is a segment. */
static void prepare(struct bio *bio, struct block_device *bdev, struct bio_vec *vecs,
		    struct page **pages, unsigned int nr, sector_t sector)
{
	unsigned int i;

	bio_init(bio, bdev, vecs, nr, REQ_OP_READ);
	bio->bi_iter.bi_sector = sector;
	bio->bi_end_io = ends;
	for (i = 0; i < nr; i++)
		bio_add_page(bio, pages[i], PAGE_SIZE, 0);
}

/* Every second page of what was free: no two are neighbours. */
static bool take_pages(struct page **pages, unsigned int nr)
{
	struct page *block = alloc_pages(GFP_KERNEL, get_order(2 * nr * PAGE_SIZE));
	unsigned int i;

	for (i = 0; block && i < nr; i++)
		pages[i] = block + 2 * i;
	return block;
}

static void give_pages(struct page **pages, unsigned int nr)
{
	__free_pages(pages[0], get_order(2 * nr * PAGE_SIZE));
}

/* --- the block layer -------------------------------------------------------------------------- */

static struct request *held; /* the first, so that others wait; then they end at once */
static bool hold;

static blk_status_t null_queue_rq(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *bd)
{
	blk_mq_start_request(bd->rq);
	if (hold)
		held = bd->rq;
	else
		blk_mq_end_request(bd->rq, BLK_STS_OK);
	return BLK_STS_OK;
}

static const struct blk_mq_ops null_ops = { .queue_rq = null_queue_rq };

static struct gendisk *make_null_disk(struct blk_mq_tag_set *set)
{
	struct gendisk *disk;

	if (blk_mq_alloc_tag_set(set))
		return NULL;
	disk = blk_mq_alloc_disk(set, NULL);
	if (IS_ERR(disk))
		return NULL;
	strscpy(disk->disk_name, "null0", DISK_NAME_LEN);
	set_capacity(disk, 1 << 20);
	return add_disk(disk) ? NULL : disk;
}

/* While the disk is busy 32 bios come, one behind the other, and become one request. */
static u64 joined(struct block_device *bdev, struct page **pages)
{
	static struct bio bios[33];
	static struct bio_vec vecs[33];
	unsigned int i;
	u64 start, ticks;

	for (i = 0; i < 33; i++)
		prepare(&bios[i], bdev, &vecs[i], pages, 1, 8 * i + (i ? 800 : 0));
	hold = true;
	submit_bio(&bios[0]);
	submit_bio(&bios[1]);
	start = bench_clock();
	for (i = 2; i < 33; i++)
		submit_bio(&bios[i]);
	ticks = bench_clock() - start;
	hold = false;
	blk_mq_end_request(held, BLK_STS_OK);
	return (ticks - BENCH_CLOCK_COST) / 31;
}

/* From submit_bio() to the bio's end. */
static void bench_request(const char *pattern, const char *name, struct block_device *bdev,
			  struct page **pages, unsigned int nr)
{
	struct bio_vec vecs[LARGE_PAGES];
	struct bio bio;
	u64 start;
	int i;

	if (!bench_pair_begin(pattern, name))
		return;
	for (i = -BENCH_WARM_UP; i < BENCH_SAMPLES; i++) {
		prepare(&bio, bdev, vecs, pages, nr, 0);
		start = bench_clock();
		submit_bio(&bio);
		if (i >= 0)
			bench_pair_sample(bench_clock() - start, BENCH_CLOCK_COST);
	}
	bench_pair_end(name);
}

static void bench_block(const char *pattern)
{
	struct blk_mq_tag_set set = { .ops = &null_ops, .nr_hw_queues = 1, .queue_depth = 1 };
	struct page *pages[LARGE_PAGES];
	struct gendisk *disk;
	struct bio *taken;
	u64 ticks;

	if (!bench_wanted(pattern, "bio 4K") && !bench_wanted(pattern, "block request 4K") &&
	    !bench_wanted(pattern, "block request 256K") &&
	    !bench_wanted(pattern, "block bio joined"))
		return;
	disk = make_null_disk(&set);
	if (!disk || !take_pages(pages, LARGE_PAGES))
		return;
	blk_queue_max_hw_sectors(disk->queue, 512);
	BENCH_PAIR(pattern, "bio 4K", taken = bio_alloc(disk->part0, 1, REQ_OP_READ, GFP_NOIO),
		   bio_put(taken));
	bench_request(pattern, "block request 4K", disk->part0, pages, 1);
	bench_request(pattern, "block request 256K", disk->part0, pages, LARGE_PAGES);
	ticks = joined(disk->part0, pages);
	if (bench_wanted(pattern, "block bio joined"))
		bench_report("block bio joined", ticks, ticks * 100, "instructions");
	give_pages(pages, LARGE_PAGES);
	del_gendisk(disk);
	put_disk(disk);
	blk_mq_free_tag_set(&set);
}
BENCHMARK(bench_block);

/* --- IDE -------------------------------------------------------------------------------------- */

static struct block_device *find_ide(void)
{
	struct block_device *bdev = NULL;

	while ((bdev = blkdev_next(bdev)))
		if (!strncmp(bdev->bd_disk->disk_name, "hd", 2))
			return bdev;
	return NULL;
}

static void finish(struct ide_channel *channel)
{
	unsigned long flags;

	local_irq_save(flags);
	ide_interrupt(channel->irq, channel);
	local_irq_restore(flags);
}

/* From submit_bio() until the drive is at work, and from its interrupt to the bio's end. */
static void bench_transfer(const char *pattern, const char *name, struct block_device *bdev,
			   struct page **pages, unsigned int nr)
{
	struct ide_drive *drive = bdev_get_queue(bdev)->queuedata;
	struct ide_channel *channel = drive->channel;
	struct bio_vec vecs[LARGE_PAGES];
	struct bio bio;
	int i;

	if (!bench_pair_begin(pattern, name))
		return;
	for (i = -BENCH_WARM_UP; i < BENCH_SAMPLES; i++) {
		u64 start, submitted, interrupted, ended;

		prepare(&bio, bdev, vecs, pages, nr, 0);
		start = bench_clock();
		submit_bio(&bio);
		submitted = bench_clock();
		while (!(inb(channel->bm + BM_STATUS) & BM_INTERRUPT))
			cpu_relax();
		interrupted = bench_clock();
		finish(channel);
		ended = bench_clock();
		if (i >= 0)
			bench_pair_sample(submitted - start, ended - interrupted);
	}
	bench_pair_end(name);
}

static void bench_ide(const char *pattern)
{
	struct page *pages[LARGE_PAGES];
	struct block_device *bdev;
	struct ide_drive *drive;

	if (!bench_wanted(pattern, "ide request 4K") && !bench_wanted(pattern, "ide request 256K"))
		return;
	bdev = find_ide();
	if (!bdev)
		return;
	if (take_pages(pages, LARGE_PAGES)) {
		drive = bdev_get_queue(bdev)->queuedata;
		disable_irq(drive->channel->irq);
		bench_transfer(pattern, "ide request 4K", bdev, pages, 1);
		bench_transfer(pattern, "ide request 256K", bdev, pages, LARGE_PAGES);
		enable_irq(drive->channel->irq);
		give_pages(pages, LARGE_PAGES);
	}
	blkdev_release(bdev);
}
BENCHMARK(bench_ide);
