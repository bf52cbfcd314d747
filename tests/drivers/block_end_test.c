// SPDX-License-Identifier: MIT
/*
 * How transfers end: well, badly, late, without memory, when the disk goes; over a disk of RAM.
 */
#include <linux/err.h>
#include <linux/mempool.h>

#include "../mm/shortage.h"
#include "block_test.h"

static void completed_in_a_hard_interrupt(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct ram_disk *ram = make_ram(test, 1, RAM_INTERRUPT, false);
	struct transfer *first = submit(test, all, ram->disk, REQ_OP_READ, 8, 8, 0);
	struct transfer *second = submit(test, all, ram->disk, REQ_OP_READ, 80, 8, 0);

	KUNIT_EXPECT_TRUE(test, eventually(second->ended && first->ended));
	KUNIT_EXPECT_TRUE(test, first->in_hardirq);
	KUNIT_EXPECT_TRUE_MSG(test, second->in_hardirq, "begun from there, too");
}

/* --- errors ----------------------------------------------------------------------------------- */

/* Of seven that were joined to one request the middle one is bad. */
static void only_the_bad_one_fails(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct ram_disk *ram = make_ram(test, 1, RAM_HOLD, false);
	struct transfer *of[7];
	unsigned int i;

	ram->bad = 8 * 4 + 3;
	submit(test, all, ram->disk, REQ_OP_WRITE, 0, 1, 0);
	for (i = 0; i < 7; i++)
		of[i] = submit(test, all, ram->disk, REQ_OP_WRITE, 8 * (i + 1), 8, i + 1);
	while (quietly(test, ram_disk_end(ram, 1)))
		;
	KUNIT_EXPECT_EQ_MSG(test, ram->log[1].sectors, 56U, "they were joined");
	for (i = 0; i < 7; i++) {
		KUNIT_EXPECT_FALSE_MSG(test, ram->log[2 + i].prepared, "each is a new start");
		KUNIT_EXPECT_TRUE(test, of[i]->ended);
		KUNIT_EXPECT_EQ(test, of[i]->status, i == 3 ? BLK_STS_IOERR : BLK_STS_OK);
		KUNIT_EXPECT_EQ(test, ram->data[8 * (i + 1) << SECTOR_SHIFT], i == 3 ? 0 : i + 1);
	}
	KUNIT_EXPECT_EQ(test, stats_of(ram->disk).errors, 1UL);
	KUNIT_EXPECT_EQ(test, stats_of(ram->disk).in_flight, 0U);
	KUNIT_EXPECT_EQ(test, stats_of(ram->disk).sectors[WRITE], 1UL + 48);
}

static void one_bad_part_fails_the_whole(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 1, RAM_INTERRUPT, false);
	u8 *buf = kunit_kzalloc(test, 8192, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	blk_queue_max_hw_sectors(ram->disk->queue, 8);
	for (ram->bad = 10; ram->bad < 30; ram->bad += 8)
		KUNIT_EXPECT_EQ(test,
				quietly(test,
					blkdev_rw(ram->disk->part0, REQ_OP_READ, 10, buf, 8192)),
				ram->bad < 26 ? -EIO : 0);
}

/* A bio of one sector that is a child of `parent`. */
static void submit_child(struct block_device *bdev, struct bio *parent, sector_t sector, char *buf)
{
	struct bio *child = bio_alloc(bdev, 1, REQ_OP_READ, GFP_KERNEL);

	child->bi_iter.bi_sector = sector;
	bio_add_page(child, virt_to_page(buf), SECTOR_SIZE, 0);
	bio_chain(child, parent);
	submit_bio(child);
}

/* Also where all of them have ended before the parent is submitted, and that goes well. */
static void a_child_that_fails_fails_its_parent(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 1, RAM_AT_ONCE, false);
	struct block_device *bdev = ram->disk->part0;
	char *buf = kunit_kzalloc(test, 4096, GFP_KERNEL);
	struct bio_vec vec;
	struct bio parent;
	sector_t sector;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (ram->bad = 10; ram->bad < 14; ram->bad++) {
		bio_init(&parent, bdev, &vec, 1, REQ_OP_READ);
		parent.bi_iter.bi_sector = 10;
		bio_add_page(&parent, virt_to_page(buf), SECTOR_SIZE, 0);
		capture_begin(test, &capture);
		for (sector = 11; sector < 13; sector++)
			submit_child(bdev, &parent, sector, buf);
		KUNIT_EXPECT_EQ(test, submit_bio_wait(&parent), ram->bad < 13 ? -EIO : 0);
		capture_end(test, &capture);
	}
}

static void nonsense_is_refused(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 1, RAM_AT_ONCE, false);
	struct block_device *bdev = ram->disk->part0;
	char *buf = kunit_kzalloc(test, 4096, GFP_KERNEL);
	struct bio_vec vec;
	struct bio bio;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_EXPECT_EQ(test, blkdev_rw(bdev, REQ_OP_READ, SECTORS - 8, buf, 4096), 0);
	KUNIT_EXPECT_EQ(test, quietly(test, blkdev_rw(bdev, REQ_OP_READ, SECTORS - 7, buf, 4096)),
			-EIO);
	KUNIT_EXPECT_EQ(test, quietly(test, blkdev_rw(bdev, REQ_OP_READ, ~0ULL - 3, buf, 4096)),
			-EIO);
	KUNIT_EXPECT_EQ_MSG(test, blkdev_rw(bdev, REQ_OP_READ, 0, buf + 4, 512), -EIO, "alignment");
	KUNIT_EXPECT_EQ(test, blkdev_rw(bdev, REQ_OP_FLUSH, 0, buf, 512), -EOPNOTSUPP);
	bio_init(&bio, bdev, &vec, 1, REQ_OP_WRITE | REQ_PREFLUSH);
	bio_add_page(&bio, virt_to_page(buf), 512, 0);
	KUNIT_EXPECT_EQ(test, submit_bio_wait(&bio), -EOPNOTSUPP);
	bio_init(&bio, bdev, &vec, 1, REQ_OP_READ);
	bio_add_page(&bio, virt_to_page(buf), 100, 0);
	KUNIT_EXPECT_EQ(test, submit_bio_wait(&bio), -EIO);
	bio_init(&bio, bdev, &vec, 1, REQ_OP_READ);
	KUNIT_EXPECT_EQ_MSG(test, submit_bio_wait(&bio), 0, "nothing is soon done");
	KUNIT_EXPECT_EQ_MSG(test, ram->nr_log, 1U, "the driver saw the good one only");
}

static void results_and_errnos(struct kunit *test)
{
	static const int errors[] = { 0, -EOPNOTSUPP, -ETIMEDOUT, -ENODATA, -ENOMEM, -EBUSY, -EIO };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(errors); i++)
		KUNIT_EXPECT_EQ(test, blk_status_to_errno(errno_to_blk_status(errors[i])),
				errors[i]);
	KUNIT_EXPECT_EQ(test, blk_status_to_errno(BLK_STS_IOERR), -EIO);
	KUNIT_EXPECT_EQ(test, errno_to_blk_status(-EINVAL), BLK_STS_IOERR);
}

/* --- flush ------------------------------------------------------------------------------------ */

static void flushes_go_first_and_together(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct ram_disk *ram = make_ram(test, 1, RAM_HOLD, false);

	submit(test, all, ram->disk, REQ_OP_WRITE, 0, 1, 0);
	submit(test, all, ram->disk, REQ_OP_WRITE, 50, 1, 0);
	submit(test, all, ram->disk, REQ_OP_WRITE | REQ_PREFLUSH, 0, 0, 0);
	submit(test, all, ram->disk, REQ_OP_WRITE | REQ_PREFLUSH, 0, 0, 0);
	ram_disk_end(ram, 1);
	KUNIT_EXPECT_EQ(test, ram->log[1].op, REQ_OP_FLUSH);
	submit(test, all, ram->disk, REQ_OP_WRITE | REQ_PREFLUSH, 0, 0, 0);
	ram_disk_end(ram, 1);
	KUNIT_EXPECT_TRUE(test, all->of[2].ended && all->of[3].ended);
	KUNIT_EXPECT_FALSE_MSG(test, all->of[4].ended, "it came when that one had begun");
	ram_disk_end(ram, 2);
	KUNIT_EXPECT_TRUE(test, all->of[4].ended && all->of[1].ended);
	KUNIT_EXPECT_EQ(test, stats_of(ram->disk).flushes, 2UL);

	blk_queue_write_cache(ram->disk->queue, false, false);
	KUNIT_EXPECT_EQ(test, blkdev_issue_flush(ram->disk->part0), 0);
	KUNIT_EXPECT_EQ_MSG(test, ram->nr_log, 4U, "without a cache there is nothing to flush");
}

/* --- a driver without room, and one that takes its time --------------------------------------- */

static void refused_requests_come_again(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 2, RAM_INTERRUPT, false);
	u8 *buf = kunit_kzalloc(test, 4096, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	ram->refusal = BLK_STS_RESOURCE;
	ram->refusals = 3;
	KUNIT_EXPECT_EQ(test, blkdev_rw(ram->disk->part0, REQ_OP_READ, 0, buf, 4096), 0);
	KUNIT_EXPECT_EQ(test, ram->refusals, 0U);
	ram->refusal = BLK_STS_DEV_RESOURCE;
	ram->refusals = 2;
	KUNIT_EXPECT_EQ(test, blkdev_rw(ram->disk->part0, REQ_OP_READ, 0, buf, 4096), 0);
	ram->refusal = BLK_STS_NOTSUPP;
	ram->refusals = 1;
	KUNIT_EXPECT_EQ(test, quietly(test, blkdev_rw(ram->disk->part0, REQ_OP_READ, 0, buf, 4096)),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, blkdev_rw(ram->disk->part0, REQ_OP_READ, 0, buf, 4096), 0);
}

/* Who waits for room with the driver gets it when a request ends, without a timer. */
static void room_is_used_at_once(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct ram_disk *ram = make_ram(test, 2, RAM_HOLD, false);

	submit(test, all, ram->disk, REQ_OP_READ, 0, 1, 0);
	ram->refusal = BLK_STS_DEV_RESOURCE;
	ram->refusals = 1;
	submit(test, all, ram->disk, REQ_OP_READ, 10, 1, 0);
	submit(test, all, ram->disk, REQ_OP_READ, 20, 1, 0);
	KUNIT_EXPECT_EQ(test, ram_disk_held(ram), 1U);
	ram_disk_end(ram, 1);
	KUNIT_EXPECT_EQ(test, ram_disk_held(ram), 2U);
	ram_disk_end(ram, 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&all->ended), 3);
}

static void a_given_back_request_is_the_next(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct ram_disk *ram = make_ram(test, 1, RAM_HOLD, false);

	submit(test, all, ram->disk, REQ_OP_WRITE, 100, 1, 7);
	submit(test, all, ram->disk, REQ_OP_WRITE, 110, 1, 8);
	ram->nr_held = 0;
	blk_mq_requeue_request(ram->held[0], true);
	KUNIT_EXPECT_EQ(test, ram->log[1].sector, 100ULL);
	KUNIT_EXPECT_TRUE(test, ram->log[1].prepared && !ram->log[0].prepared);
	KUNIT_EXPECT_EQ(test, stats_of(ram->disk).requeues, 1UL);
	KUNIT_EXPECT_FALSE(test, all->of[0].ended);
	ram_disk_end(ram, 2);
	KUNIT_EXPECT_TRUE(test, all->of[0].ended);
	KUNIT_EXPECT_EQ(test, ram->data[100 << SECTOR_SHIFT], 7);
}

/* As a floppy does it, a track at a time: bios end one by one, the rest stays. */
static void requests_end_in_parts(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct ram_disk *ram = make_ram(test, 1, RAM_HOLD, false);
	struct request *rq;

	submit(test, all, ram->disk, REQ_OP_READ, 0, 1, 0);
	submit(test, all, ram->disk, REQ_OP_READ, 8, 8, 0);
	submit(test, all, ram->disk, REQ_OP_READ, 16, 8, 0);
	ram_disk_end(ram, 1);
	rq = ram->held[0];
	KUNIT_EXPECT_TRUE(test, blk_update_request(rq, BLK_STS_OK, 10 << SECTOR_SHIFT));
	KUNIT_EXPECT_TRUE(test, all->of[1].ended);
	KUNIT_EXPECT_FALSE(test, all->of[2].ended);
	KUNIT_EXPECT_EQ(test, blk_rq_pos(rq), 18ULL);
	KUNIT_EXPECT_EQ(test, blk_rq_sectors(rq), 6U);
	memset(ram->data + (18 << SECTOR_SHIFT), 9, SECTOR_SIZE);
	ram_disk_end(ram, 1);
	KUNIT_EXPECT_TRUE(test, all->of[2].ended);
	KUNIT_EXPECT_EQ(test, ((u8 *)page_address(all->of[2].page))[2 << SECTOR_SHIFT], 9);
	KUNIT_EXPECT_EQ(test, stats_of(ram->disk).sectors[READ], 17UL);
}

/* --- time ------------------------------------------------------------------------------------- */

static void late_requests_are_told(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct ram_disk *ram = make_ram(test, 1, RAM_HOLD, false);
	struct transfer *transfer;

	ram->set.timeout = 2;
	transfer = submit(test, all, ram->disk, REQ_OP_READ, 0, 1, 0);
	KUNIT_EXPECT_TRUE_MSG(test, eventually(READ_ONCE(ram->timeouts) >= 3), "time and again");
	KUNIT_EXPECT_FALSE(test, transfer->ended);
	ram_disk_end(ram, 1);
	KUNIT_EXPECT_TRUE(test, transfer->ended);
	KUNIT_EXPECT_EQ(test, transfer->status, BLK_STS_OK);

	ram->timeouts = 0;
	ram->verdict = BLK_EH_DONE;
	transfer = submit(test, all, ram->disk, REQ_OP_READ, 0, 1, 0);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(ram->timeouts)));
	settle();
	ram_disk_end(ram, 1);
	KUNIT_EXPECT_TRUE(test, transfer->ended);
	KUNIT_EXPECT_EQ_MSG(test, ram->timeouts, 1U, "it will end it");

	ram->end_in_timeout = true;
	transfer = submit(test, all, ram->disk, REQ_OP_READ, 0, 1, 0);
	KUNIT_EXPECT_TRUE(test, quietly(test, eventually(smp_load_acquire(&transfer->ended))));
	KUNIT_EXPECT_EQ(test, transfer->status, BLK_STS_TIMEOUT);
	ram->mode = RAM_AT_ONCE;
	ram->set.timeout = 0;
	transfer = submit(test, all, ram->disk, REQ_OP_READ, 0, 1, 0);
	KUNIT_EXPECT_TRUE_MSG(test, transfer->ended, "the request can be had again");
	KUNIT_EXPECT_GE(test, stats_of(ram->disk).timeouts, 4UL);
}

/* --- without a request, without memory -------------------------------------------------------- */

struct submitter {
	struct kunit *test;
	struct transfers *all;
	struct ram_disk *ram;
	unsigned int from, to;
	unsigned int done;
};

static int submits(void *data)
{
	struct submitter *mine = data;
	unsigned int i;

	for (i = mine->from; i < mine->to; i++) {
		submit_bio(mine->all->of[i].bio);
		WRITE_ONCE(mine->done, mine->done + 1);
	}
	return 0;
}

/* All of one page. */
static void prepare(struct kunit *test, struct transfers *all, struct gendisk *disk,
		    unsigned int nr)
{
	unsigned int i;

	all->nr = nr;
	all->of[0].page = alloc_page(GFP_KERNEL | __GFP_NOWARN);
	for (i = 0; i < nr; i++) {
		struct transfer *transfer = &all->of[i];

		transfer->bio = bio_alloc(disk->part0, 1, REQ_OP_WRITE, GFP_NOWAIT);
		if (!transfer->bio || !all->of[0].page)
			kunit_skip(test, "too little memory");
		transfer->bio->bi_iter.bi_sector = 2 * i;
		bio_add_page(transfer->bio, all->of[0].page, SECTOR_SIZE, 0);
		transfer->bio->bi_end_io = transfer_ended;
		transfer->bio->bi_private = all;
	}
}

static void submitters_wait_for_a_request(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct submitter *mine = zeroed(test, struct submitter);
	struct ram_disk *ram = make_ram(test, 1, RAM_HOLD, false);
	struct task_struct *task;

	prepare(test, all, ram->disk, 100);
	*mine = (struct submitter){ .all = all, .to = 100 };
	task = start_thread(test, submits, mine);
	KUNIT_EXPECT_TRUE(test, eventually(is_asleep(task) && READ_ONCE(mine->done) == 64));
	while (atomic_read(&all->ended) < 100) {
		ram_disk_end(ram, 1);
		yield();
	}
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	KUNIT_EXPECT_EQ(test, stats_of(ram->disk).ios[WRITE], 100UL);
}

/* One is free, and the first of two who wait has no use for it any more: the second gets it. */
static void a_request_is_not_left_lying(struct kunit *test)
{
	static const sector_t later[] = { 102, 202, 101 };
	struct transfers *all = make_transfers(test);
	struct submitter *waiters[2];
	struct ram_disk *ram = make_ram(test, 1, RAM_HOLD, false);
	struct task_struct *tasks[2];
	unsigned int i;

	prepare(test, all, ram->disk, 67);
	for (i = 0; i < 67; i++) {
		all->of[i].bio->bi_iter.bi_sector = i < 64 ? 4 * i : later[i - 64];
		if (i < 64)
			submit_bio(all->of[i].bio);
	}
	for (i = 0; i < 2; i++) {
		waiters[i] = zeroed(test, struct submitter);
		*waiters[i] = (struct submitter){ .all = all, .from = 64 + i, .to = 65 + i };
		tasks[i] = start_thread(test, submits, waiters[i]);
		KUNIT_EXPECT_TRUE(test, eventually(is_asleep(tasks[i])));
	}
	submit_bio(all->of[66].bio); /* joins [100 101), which 102 can join now */
	ram_disk_end(ram, 1);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(waiters[0]->done)));
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(waiters[1]->done)));
	ram_disk_end(ram, UINT_MAX);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, finish_thread(test, tasks[i]), 0);
	KUNIT_EXPECT_EQ(test, stats_of(ram->disk).merges, 2UL);
}

/* No page is left: what is written out to free some still gets there, large pieces too. */
static void goes_on_without_memory(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 1, RAM_INTERRUPT, false);
	u8 *buf = kunit_kmalloc(test, 32768, GFP_KERNEL);
	int error = 0, i;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	memset(buf, 0x5a, 32768);
	blk_queue_max_hw_sectors(ram->disk->queue, 8);
	shortage_begin(0);
	for (i = 0; i < 20 && !error; i++)
		error = blkdev_rw(ram->disk->part0, REQ_OP_WRITE, i, buf, 32768);
	if (!error)
		error = blkdev_issue_flush(ram->disk->part0);
	shortage_end();
	KUNIT_EXPECT_EQ(test, error, 0);
	KUNIT_EXPECT_EQ(test, ram->data[(19 + 63) << SECTOR_SHIFT], 0x5a);
}

/* However many allocations a transfer makes, each of them may fail. */
static void no_allocation_of_a_transfer_need_succeed(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 1, RAM_INTERRUPT, false);
	u8 *buf = kunit_kzalloc(test, 16384, GFP_KERNEL);
	unsigned int n;
	int error;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	blk_queue_max_hw_sectors(ram->disk->queue, 8);
	for (n = 1;; n++) {
		kunit_fail_nth(test, n);
		error = blkdev_rw(ram->disk->part0, REQ_OP_WRITE, 0, buf, 16384);
		KUNIT_EXPECT_EQ_MSG(test, error, 0, "without allocation %u", n);
		if (!kunit_fail_nth_end(test))
			break;
		KUNIT_ASSERT_LT(test, n, 20U);
	}
	KUNIT_EXPECT_GT_MSG(test, n, 4U, "a bio, its pieces, and three that it is split into");
}

/* --- the end of a disk ------------------------------------------------------------------------ */

static int deletes(void *data)
{
	del_gendisk(data);
	return 0;
}

static void a_disk_goes_when_all_has_ended(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct ram_disk *ram = make_ram(test, 1, RAM_HOLD, true);
	struct block_device *bdev = blkdev_get_by_name("ram1");
	struct task_struct *task;
	unsigned int i;

	KUNIT_ASSERT_PTR_EQ(test, bdev, ram->second->part0);
	for (i = 0; i < 3; i++)
		submit(test, all, ram->second, REQ_OP_WRITE, 10 * i, 1, 1);
	task = start_thread(test, deletes, ram->second);
	KUNIT_EXPECT_TRUE(test, eventually(is_asleep(task) && !blkdev_get_by_name("ram1")));
	KUNIT_EXPECT_FALSE(test, all->of[0].ended);
	submit(test, all, ram->second, REQ_OP_WRITE, 100, 1, 1);
	KUNIT_EXPECT_TRUE(test, all->of[3].ended);
	KUNIT_EXPECT_EQ(test, all->of[3].status, BLK_STS_IOERR);
	ram_disk_end(ram, 2);
	settle();
	KUNIT_EXPECT_NE_MSG(test, READ_ONCE(task->__state), (unsigned int)TASK_DEAD, "one is left");
	ram_disk_end(ram, 1);
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, all->of[i].ended && !all->of[i].status);
	put_disk(ram->second);
	ram->second = NULL;
	submit(test, all, ram->disk, REQ_OP_WRITE, 0, 1, 1);
	KUNIT_EXPECT_EQ_MSG(test, ram_disk_end(ram, 1), 1U, "the other one stays");

	/* The driver and its set go; who still has the disk finds it dead. */
	ram_disk_destroy(ram);
	KUNIT_EXPECT_EQ(test, blkdev_issue_flush(bdev), -EIO);
	blkdev_release(bdev);
}

static void disks_are_found_by_name(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 1, RAM_AT_ONCE, true);
	struct ram_disk *other = zeroed(test, struct ram_disk);
	struct block_device *bdev = blkdev_get_by_name("ram0"), *found = NULL;
	unsigned int seen = 0;

	KUNIT_EXPECT_PTR_EQ(test, bdev, ram->disk->part0);
	blkdev_release(bdev);
	KUNIT_EXPECT_NULL(test, blkdev_get_by_name("ram"));
	KUNIT_EXPECT_EQ(test, bdev_nr_sectors(bdev), (sector_t)SECTORS);
	while ((found = blkdev_next(found)))
		if (found == ram->disk->part0 || found == ram->second->part0)
			seen++;
	KUNIT_EXPECT_EQ(test, seen, 2U);
	KUNIT_EXPECT_EQ_MSG(test, ram_disk_create(other, 8, 1, RAM_AT_ONCE, false), -EEXIST,
			    "the name is taken");
}

static void every_allocation_of_a_disk_fails_in_turn(struct kunit *test)
{
	struct ram_disk *ram = zeroed(test, struct ram_disk);
	unsigned int n;
	int error;

	for (n = 1;; n++) {
		kunit_fail_nth(test, n);
		error = ram_disk_create(ram, 8, 1, RAM_AT_ONCE, true);
		if (!kunit_fail_nth_end(test))
			break;
		KUNIT_ASSERT_LT(test, n, 50U);
		if (!error)
			ram_disk_destroy(ram);
		else
			KUNIT_EXPECT_EQ(test, error, -ENOMEM);
		KUNIT_EXPECT_NULL(test, blkdev_get_by_name("ram0"));
		memset(ram, 0, sizeof(*ram));
	}
	KUNIT_EXPECT_EQ(test, error, 0);
	KUNIT_EXPECT_GT(test, n, 4U);
	ram_disk_destroy(ram);
}

/* --- all at once ------------------------------------------------------------------------------ */

#define TORTURERS 4
#define REGION	  (SECTORS / TORTURERS)

/* Joined with what the others do. */
static int tortures(void *data)
{
	struct torturer *mine = data;

	while (mine->rounds-- && !mine->error) {
		torture_once(mine, 8);
		if (prandom_u32_state(&mine->rnd) % 16 == 0)
			blkdev_issue_flush(mine->bdev);
	}
	return 0;
}

static void run_torturers(struct kunit *test, struct ram_disk *ram, unsigned int rounds)
{
	struct torturer *torturers[TORTURERS];
	struct task_struct *tasks[TORTURERS];
	unsigned int i;

	if (nr_free_pages() < 200)
		kunit_skip(test, "too little memory for %u threads", TORTURERS);
	for (i = 0; i < TORTURERS; i++) {
		u8 *buf = kunit_kmalloc(test, 8 * SECTOR_SIZE, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, buf);
		torturers[i] = make_torturer(test, i, ram->disk->part0, i * REGION, REGION, buf);
		torturers[i]->rounds = rounds;
	}
	for (i = 0; i < TORTURERS; i++)
		tasks[i] = start_thread(test, tortures, torturers[i]);
	for (i = 0; i < TORTURERS; i++) {
		wait_until_ended(tasks[i]);
		KUNIT_EXPECT_EQ(test, torturers[i]->error, 0);
		KUNIT_EXPECT_EQ(test, torturers[i]->wrong, 0U);
	}
	KUNIT_EXPECT_EQ(test, stats_of(ram->disk).in_flight, 0U);
	KUNIT_EXPECT_EQ(test, stats_of(ram->disk).queued, 0U);
}

static void torture(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 2, RAM_INTERRUPT, false);

	blk_queue_max_hw_sectors(ram->disk->queue, 8);
	run_torturers(test, ram, 500);
}

/* The time is up about when the interrupt comes: whoever is first serves a request, and once. */
static void torture_of_late_requests(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 3, RAM_INTERRUPT, false);

	ram->delay = TICK_NSEC;
	ram->set.timeout = 1;
	ram->serve_in_timeout = true;
	ram->verdict = BLK_EH_DONE;
	run_torturers(test, ram, 100);
	KUNIT_EXPECT_GT(test, READ_ONCE(ram->timeouts), 0U);
}

static void a_thousand_disks(struct kunit *test)
{
	struct ram_disk *ram = zeroed(test, struct ram_disk);
	int i;

	for (i = 0; i < 1000; i++) {
		KUNIT_ASSERT_EQ(test, ram_disk_create(ram, 8, 1, RAM_INTERRUPT, true), 0);
		KUNIT_ASSERT_EQ(test, blkdev_issue_flush(ram->disk->part0), 0);
		ram_disk_destroy(ram);
		memset(ram, 0, sizeof(*ram));
	}
}

static struct kunit_case ends_cases[] = {
	KUNIT_CASE(completed_in_a_hard_interrupt),
	KUNIT_CASE(only_the_bad_one_fails),
	KUNIT_CASE_SLOW(one_bad_part_fails_the_whole),
	KUNIT_CASE_SLOW(a_child_that_fails_fails_its_parent),
	KUNIT_CASE(nonsense_is_refused),
	KUNIT_CASE_SLOW(results_and_errnos),
	KUNIT_CASE_SLOW(flushes_go_first_and_together),
	KUNIT_CASE_SLOW(refused_requests_come_again),
	KUNIT_CASE_SLOW(room_is_used_at_once),
	KUNIT_CASE(a_given_back_request_is_the_next),
	KUNIT_CASE_SLOW(requests_end_in_parts),
	KUNIT_CASE_SLOW(late_requests_are_told),
	KUNIT_CASE_SLOW(submitters_wait_for_a_request),
	KUNIT_CASE_SLOW(a_request_is_not_left_lying),
	KUNIT_CASE_SLOW(goes_on_without_memory),
	KUNIT_CASE_SLOW(no_allocation_of_a_transfer_need_succeed),
	KUNIT_CASE_SLOW(a_disk_goes_when_all_has_ended),
	KUNIT_CASE_SLOW(disks_are_found_by_name),
	KUNIT_CASE_SLOW(every_allocation_of_a_disk_fails_in_turn),
	KUNIT_CASE_SLOW(torture),
	KUNIT_CASE_SLOW(torture_of_late_requests),
	KUNIT_CASE_SLOW(a_thousand_disks),
	{},
};

static struct kunit_suite ends_suite = {
	.name = "block_end",
	.test_cases = ends_cases,
};

kunit_test_suite(ends_suite);
