// SPDX-License-Identifier: MIT
/*
 * IDE disks, whichever there are: without one all cases skip. What is written goes to disks that
 * begin with SCRATCH, and to no other: tests/qemu/disk.py makes such, injects errors, and compares
 * whole disks with the host's images.
 */
#include <linux/highmem.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/prandom.h>
#include <linux/rcupdate.h>

#include "../../drivers/ide.h"
#include "block_test.h"
#include "raise_irq.h"

#define SCRATCH "memkern scratch\n"
#define SHORT	(HZ / 5)

static void release_of(void *bdev)
{
	blkdev_release(bdev);
}

static bool is_ide(const struct block_device *bdev)
{
	return !strncmp(bdev->bd_disk->disk_name, "hd", 2);
}

static bool is_scratch(struct kunit *test, struct block_device *bdev)
{
	char *buf = kunit_kzalloc(test, SECTOR_SIZE, GFP_KERNEL);
	bool found;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_ASSERT_EQ(test, blkdev_rw(bdev, REQ_OP_READ, 0, buf, SECTOR_SIZE), 0);
	found = !memcmp(buf, SCRATCH, strlen(SCRATCH));
	kunit_kfree(test, buf);
	return found;
}

/* The nr-th disk, from 0, perhaps of those that may be written on; NULL. */
static struct block_device *find_disk(struct kunit *test, unsigned int nr, bool scratch)
{
	struct block_device *bdev = NULL;

	while ((bdev = blkdev_next(bdev)))
		if (is_ide(bdev) && (!scratch || is_scratch(test, bdev)) && !nr--)
			break;
	if (bdev)
		KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, release_of, bdev), 0);
	return bdev;
}

static int need_a_disk(struct kunit *test)
{
	test->priv = find_disk(test, 0, false);
	if (!test->priv)
		kunit_skip(test, "no IDE disk");
	return 0;
}

static struct block_device *scratch_disk(struct kunit *test)
{
	struct block_device *bdev = find_disk(test, 0, true);

	if (!bdev)
		kunit_skip(test, "what is on the disk may be somebody's");
	return bdev;
}

static struct ide_drive *drive_of(struct block_device *bdev)
{
	return bdev_get_queue(bdev)->queuedata;
}

static u8 *buffer_of(struct kunit *test, size_t bytes)
{
	u8 *buf = kunit_kmalloc(test, bytes, GFP_KERNEL | __GFP_NOWARN);

	if (!buf)
		kunit_skip(test, "no %zu bytes", bytes);
	return buf;
}

/* --- transfers -------------------------------------------------------------------------------- */

static void one_request_reads_what_many_do(struct kunit *test)
{
	struct block_device *bdev = test->priv;
	u8 *at_once = buffer_of(test, 8192), *singly = buffer_of(test, 8192);
	unsigned int i;

	memset(at_once, 0x11, 8192);
	memset(singly, 0x22, 8192);
	KUNIT_ASSERT_EQ(test, blkdev_rw(bdev, REQ_OP_READ, 1, at_once, 8192), 0);
	for (i = 0; i < 16; i++)
		KUNIT_ASSERT_EQ(test,
				blkdev_rw(bdev, REQ_OP_READ, 1 + i, singly + i * SECTOR_SIZE,
					  SECTOR_SIZE),
				0);
	KUNIT_EXPECT_TRUE(test, !memcmp(at_once, singly, 8192));
}

static void completed_in_a_hard_interrupt(struct kunit *test)
{
	struct block_device *bdev = test->priv;
	struct transfers *all = make_transfers(test);
	struct transfer *transfer = submit(test, all, bdev->bd_disk, REQ_OP_READ, 0, 8, 0);

	KUNIT_EXPECT_TRUE(test, eventually(smp_load_acquire(&transfer->ended)));
	KUNIT_EXPECT_TRUE(test, transfer->in_hardirq);
	KUNIT_EXPECT_EQ(test, transfer->status, BLK_STS_OK);
}

static void fill(u8 *buf, size_t bytes, u32 seed)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, seed);
	prandom_bytes_state(&rnd, buf, bytes);
}

/* Writes there, reads it back elsewhere in memory, and compares. */
static void there_and_back(struct kunit *test, struct block_device *bdev, sector_t sector, u8 *buf,
			   u8 *back, size_t bytes)
{
	fill(buf, bytes, sector + bytes);
	memset(back, 0, bytes);
	KUNIT_EXPECT_EQ(test, blkdev_rw(bdev, REQ_OP_WRITE, sector, buf, bytes), 0);
	KUNIT_EXPECT_EQ(test, blkdev_rw(bdev, REQ_OP_READ, sector, back, bytes), 0);
	KUNIT_EXPECT_TRUE_MSG(test, !memcmp(buf, back, bytes), "%zu bytes at sector %llu", bytes,
			      sector);
}

static void every_size_there_and_back(struct kunit *test)
{
	struct block_device *bdev = scratch_disk(test);
	u8 *buf = buffer_of(test, 40000), *back = buffer_of(test, 40000);
	size_t bytes;

	for (bytes = 512; bytes <= 36864; bytes += bytes < 8192 ? 512 : 4096)
		there_and_back(test, bdev, 8 + bytes / 512, buf + 2 * (bytes % 3), back, bytes);
	KUNIT_EXPECT_EQ(test, blkdev_issue_flush(bdev), 0);
}

/* The last sectors, and either side of what 24, 28 and 32 bits of address reach. */
static void every_address_there_and_back(struct kunit *test)
{
	struct block_device *bdev = scratch_disk(test);
	sector_t sectors = bdev_nr_sectors(bdev),
		 at[] = { sectors - 16, BIT_ULL(28) - 16, BIT_ULL(28) - 8,
			  BIT_ULL(28),	BIT_ULL(32) + 5,  BIT_ULL(24) + 3 };
	u8 *buf = buffer_of(test, 8192), *back = buffer_of(test, 8192);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(at); i++)
		if (at[i] + 16 <= sectors)
			there_and_back(test, bdev, at[i], buf, back, 8192);
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		if (at[i] + 16 > sectors || at[i] == BIT_ULL(28) - 16)
			continue;
		fill(buf, 8192, at[i] + 8192);
		KUNIT_EXPECT_EQ(test, blkdev_rw(bdev, REQ_OP_READ, at[i], back, SECTOR_SIZE * 8),
				0);
		KUNIT_EXPECT_TRUE_MSG(test, at[i] == BIT_ULL(28) - 8 || !memcmp(buf, back, 4096),
				      "sector %llu is another one as well", at[i]);
	}
}

/* Scattered pages from the top of memory: bounced where that is above 4 GiB. */
static void pages_of_any_zone(struct kunit *test)
{
	struct block_device *bdev = scratch_disk(test);
	struct bio *bio = bio_alloc(bdev, 64, REQ_OP_WRITE, GFP_KERNEL);
	struct bio_vec *bvec;
	struct bvec_iter_all iter;
	unsigned int i;

	bio->bi_iter.bi_sector = 100;
	for (i = 0; i < 64; i++) {
		struct page *page = alloc_page(GFP_HIGHUSER), *apart = alloc_page(GFP_HIGHUSER);
		void *memory;

		KUNIT_ASSERT_NOT_NULL(test, page);
		memory = kmap_local_page(page);
		memset(memory, i + 1, PAGE_SIZE);
		kunmap_local(memory);
		KUNIT_EXPECT_EQ(test, bio_add_page(bio, page, PAGE_SIZE, 0), (int)PAGE_SIZE);
		if (apart)
			__free_page(apart);
	}
	KUNIT_EXPECT_EQ(test, submit_bio_wait(bio), 0);
	for (i = 0; i < 64; i++) {
		u8 *back = buffer_of(test, PAGE_SIZE);

		KUNIT_EXPECT_EQ(test, blkdev_rw(bdev, REQ_OP_READ, 100 + 8 * i, back, PAGE_SIZE),
				0);
		KUNIT_EXPECT_EQ(test, back[0], i + 1);
		KUNIT_EXPECT_EQ(test, back[PAGE_SIZE - 1], i + 1);
		kunit_kfree(test, back);
	}
	bio_for_each_segment_all(bvec, bio, iter) __free_page(bvec->bv_page);
	bio_put(bio);
}

/* With swiotlb=force the second one lies over a boundary, and needs two. No emulator minds. */
static void descriptors_cross_no_boundary(struct kunit *test)
{
	const size_t bytes = 40 << 10;
	struct block_device *bdev = test->priv;
	const struct ide_prd *prd = drive_of(bdev)->channel->prd, *end = prd + IDE_MAX_PRD;
	u8 *first = buffer_of(test, bytes), *second = buffer_of(test, bytes);
	struct bio *bio = bio_alloc(bdev, 2, REQ_OP_READ, GFP_KERNEL);
	size_t sum = 0;

	bio_add_page(bio, virt_to_page(first), bytes, 0);
	bio_add_page(bio, virt_to_page(second), bytes, 0);
	KUNIT_EXPECT_EQ(test, submit_bio_wait(bio), 0);
	bio_put(bio);
	for (; prd < end; prd++) {
		u32 length = le16_to_cpu(prd->bytes) ?: IDE_PRD_BOUNDARY;
		u32 offset = le32_to_cpu(prd->address) % IDE_PRD_BOUNDARY;

		KUNIT_EXPECT_LE(test, offset + length, (u32)IDE_PRD_BOUNDARY);
		sum += length;
		if (prd->flags)
			break;
	}
	KUNIT_EXPECT_EQ(test, sum, 2 * bytes);
}

/* Nor does the driver want any. */
static void no_allocation_of_a_transfer_need_succeed(struct kunit *test)
{
	struct block_device *bdev = test->priv;
	u8 *buf = buffer_of(test, 4096);
	unsigned int n;

	for (n = 1; n < 10; n++) {
		kunit_fail_nth(test, n);
		KUNIT_EXPECT_EQ_MSG(test, blkdev_rw(bdev, REQ_OP_READ, 0, buf, 4096), 0,
				    "without allocation %u", n);
		if (!kunit_fail_nth_end(test))
			break;
	}
	KUNIT_EXPECT_EQ_MSG(test, n, 3U, "the bio and its pieces are all");
}

/* --- interrupts ------------------------------------------------------------------------------- */

/* With a timeout that a test can wait for. */
static void restore_timeout(void *set)
{
	((struct blk_mq_tag_set *)set)->timeout = 0;
}

static struct ide_channel *impatient(struct kunit *test)
{
	struct ide_channel *channel = drive_of(test->priv)->channel;

	channel->set.timeout = SHORT;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, restore_timeout, &channel->set), 0);
	return channel;
}

/* The controller has raised it, and the CPU does not get it. */
static void a_lost_interrupt_is_found(struct kunit *test)
{
	struct block_device *bdev = test->priv;
	struct ide_channel *channel = impatient(test);
	u8 *buf = buffer_of(test, 4096);
	unsigned long timeouts = stats_of(bdev->bd_disk).timeouts;
	int error;

	disable_irq(channel->irq);
	capture_begin(test, &capture);
	error = blkdev_rw(bdev, REQ_OP_READ, 0, buf, 4096);
	capture_end(test, &capture);
	enable_irq(channel->irq);
	KUNIT_EXPECT_EQ(test, error, 0);
	KUNIT_EXPECT_GT(test, stats_of(bdev->bd_disk).timeouts, timeouts);
	KUNIT_EXPECT_EQ_MSG(test, blkdev_rw(bdev, REQ_OP_READ, 0, buf, 4096), 0,
			    "and then all is well");
}

/* The drive is told to raise none. (Bochs' bus master still sees one.) */
static void a_drive_without_interrupts(struct kunit *test)
{
	struct block_device *bdev = test->priv;
	struct ide_channel *channel = impatient(test);
	u8 *buf = buffer_of(test, 4096);
	unsigned long timeouts = stats_of(bdev->bd_disk).timeouts;
	int error;

	capture_begin(test, &capture);
	outb(CONTROL_NIEN, channel->control);
	error = blkdev_rw(bdev, REQ_OP_READ, 0, buf, 4096);
	capture_end(test, &capture);
	outb(0, channel->control);
	KUNIT_EXPECT_EQ(test, error, 0);
	KUNIT_EXPECT_GT(test, stats_of(bdev->bd_disk).timeouts, timeouts);
}

/* So that nobody can see that the drive has raised one. */
static int takes_interrupts_away(void *data)
{
	struct ide_channel *channel = data;

	while (!kthread_should_stop()) {
		outb(BM_CAPABILITIES | BM_INTERRUPT, channel->bm + BM_STATUS);
		schedule_timeout_uninterruptible(1);
	}
	return 0;
}

/* Three times, each with a reset; then the owner gets an error. */
static void an_interrupt_that_never_comes(struct kunit *test)
{
	struct block_device *bdev = test->priv;
	struct ide_channel *channel = impatient(test);
	unsigned long timeouts = stats_of(bdev->bd_disk).timeouts;
	struct task_struct *task = make_thread(test, takes_interrupts_away, channel);
	u8 *buf = buffer_of(test, 4096);
	int error;

	channel->set.timeout = HZ / 10;
	capture_begin(test, &capture);
	disable_irq(channel->irq);
	wake_up_process(task);
	error = blkdev_rw(bdev, REQ_OP_READ, 0, buf, 4096);
	kthread_stop(task);
	enable_irq(channel->irq);
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, error, -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, stats_of(bdev->bd_disk).timeouts - timeouts, 3UL);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "timed out: reset"));
	channel->set.timeout = SHORT;
	KUNIT_EXPECT_EQ_MSG(test, blkdev_rw(bdev, REQ_OP_READ, 0, buf, 4096), 0,
			    "and then all is well");
}

/* A command that the driver does not know ends with an interrupt: it is acknowledged, no more. */
static void a_spurious_interrupt(struct kunit *test)
{
	struct block_device *bdev = test->priv;
	struct ide_channel *channel = drive_of(bdev)->channel;
	u8 *buf = buffer_of(test, 4096);
	int i;

	for (i = 0; i < 300; i++) {
		outb(0xe5, channel->command + ATA_COMMAND); /* check power mode */
		if (i % 100 == 0)
			KUNIT_EXPECT_EQ(test, blkdev_rw(bdev, REQ_OP_READ, 0, buf, 4096), 0);
		else
			KUNIT_EXPECT_TRUE(
				test, eventually(!(inb(channel->bm + BM_STATUS) & BM_INTERRUPT)));
	}
	KUNIT_EXPECT_EQ(test, stats_of(bdev->bd_disk).in_flight, 0U);
}

/* One that the channel has not raised ends nothing, whatever is under way. */
static void an_interrupt_of_nobody(struct kunit *test)
{
	struct block_device *bdev = test->priv;
	unsigned int irq = drive_of(bdev)->channel->irq, i;
	unsigned int unhandled = READ_ONCE(irq_to_desc(irq)->unhandled_total);
	unsigned long requeues = stats_of(bdev->bd_disk).requeues;
	u8 *buf = buffer_of(test, 8192);

	if (!raise_irq(irq))
		kunit_skip(test, "the lines do not go through the local APIC");
	KUNIT_EXPECT_TRUE(test,
			  eventually(READ_ONCE(irq_to_desc(irq)->unhandled_total) > unhandled));
	KUNIT_ASSERT_EQ(test, blkdev_rw(bdev, REQ_OP_READ, 0, buf, 8192), 0);
	for (i = 0; i < 50; i++) {
		struct transfers *all = make_transfers(test);
		struct transfer *transfer =
			submit(test, all, bdev->bd_disk, REQ_OP_READ, i % 8, 8, 0x5a);

		raise_irq(irq);
		KUNIT_EXPECT_TRUE(test, eventually(smp_load_acquire(&transfer->ended)));
		KUNIT_EXPECT_EQ(test, transfer->status, BLK_STS_OK);
		KUNIT_EXPECT_TRUE(test, !memcmp(page_address(transfer->page),
						buf + i % 8 * SECTOR_SIZE, PAGE_SIZE));
		kunit_release_action(test, free_transfers, all);
	}
	KUNIT_EXPECT_EQ(test, stats_of(bdev->bd_disk).requeues, requeues);
}

/* It has data that nobody fetched: it is not given a command, and is reset when the time is up. */
static void a_busy_drive_is_left_alone(struct kunit *test)
{
	struct block_device *bdev = test->priv;
	struct ide_drive *drive = drive_of(bdev);
	struct ide_channel *channel = drive->channel;
	struct transfers *all = make_transfers(test);
	struct transfer *transfer;

	ide_select(channel, drive->unit);
	outb(0xec, channel->command + ATA_COMMAND); /* identify */
	KUNIT_ASSERT_TRUE(test, eventually(ide_status(channel) & STATUS_DATA));
	transfer = submit(test, all, bdev->bd_disk, REQ_OP_READ, 0, 8, 0);
	KUNIT_EXPECT_TRUE(test, channel->refused);
	KUNIT_EXPECT_FALSE(test, inb(channel->bm + BM_STATUS) & BM_ACTIVE);
	KUNIT_EXPECT_FALSE(test, transfer->ended);
	capture_begin(test, &capture);
	KUNIT_EXPECT_EQ(test, ide_ops.timeout(channel->rq), BLK_EH_DONE);
	KUNIT_EXPECT_TRUE(test, eventually(smp_load_acquire(&transfer->ended)));
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, transfer->status, BLK_STS_OK);
}

/* --- probe and remove ------------------------------------------------------------------------- */

static struct device *device_of(struct block_device *bdev)
{
	return &drive_of(bdev)->channel->host->pdev->dev;
}

static void put_device_of(void *dev)
{
	if (!((struct device *)dev)->driver)
		WARN_ON(device_attach(dev) < 0);
	put_device(dev);
}

/* The controller of the case's disk, which has a driver again when the case ends. */
static struct device *controller(struct kunit *test)
{
	struct device *dev = get_device(device_of(test->priv));

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_device_of, dev), 0);
	return dev;
}

static bool disk_is_there(struct block_device *gone)
{
	struct block_device *bdev = blkdev_get_by_name(gone->bd_disk->disk_name);

	if (bdev)
		blkdev_release(bdev);
	return bdev;
}

static void every_allocation_of_probe_fails_in_turn(struct kunit *test)
{
	struct block_device *bdev = test->priv;
	struct device *dev = controller(test);
	unsigned int n;
	int bound;

	for (n = 1;; n++) {
		capture_begin(test, &capture);
		device_release_driver(dev);
		kunit_fail_nth(test, n);
		bound = device_attach(dev);
		if (!kunit_fail_nth_end(test))
			break;
		capture_end(test, &capture);
		KUNIT_ASSERT_LT(test, n, 200U);
		KUNIT_EXPECT_EQ_MSG(test, disk_is_there(bdev), bound == 1, "allocation %u", n);
	}
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, bound, 1);
	KUNIT_EXPECT_GT(test, n, 10U);
	KUNIT_EXPECT_TRUE(test, disk_is_there(bdev));
}

struct reader {
	struct block_device *bdev;
	u8 *buf;
	unsigned int done;
	int error;
};

static int reads_on(void *data)
{
	struct reader *reader = data;
	unsigned int i;

	for (i = 0; !reader->error; i++) {
		reader->error = blkdev_rw(reader->bdev, REQ_OP_READ, i % 8, reader->buf, 4096);
		WRITE_ONCE(reader->done, i);
	}
	return 0;
}

/* What was submitted is served, what comes later fails, and the next probe finds the disk again. */
static void unbound_while_it_reads(struct kunit *test)
{
	struct block_device *bdev = test->priv;
	struct device *dev = controller(test);
	struct reader *readers[3];
	struct task_struct *tasks[3];
	u8 *buf = buffer_of(test, 4096);
	int i;

	for (i = 0; i < 3; i++) {
		readers[i] = zeroed(test, struct reader);
		readers[i]->bdev = bdev;
		readers[i]->buf = buffer_of(test, 4096);
		tasks[i] = start_thread(test, reads_on, readers[i]);
	}
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(readers[2]->done) > 10));
	capture_begin(test, &capture);
	device_release_driver(dev);
	for (i = 0; i < 3; i++) {
		wait_until_ended(tasks[i]);
		KUNIT_EXPECT_EQ(test, readers[i]->error, -EIO);
	}
	KUNIT_EXPECT_FALSE(test, disk_is_there(bdev));
	KUNIT_EXPECT_EQ(test, blkdev_rw(bdev, REQ_OP_READ, 0, buf, 4096), -EIO);
	KUNIT_EXPECT_EQ(test, device_attach(dev), 1);
	capture_end(test, &capture);
	bdev = find_disk(test, 0, false);
	KUNIT_ASSERT_NOT_NULL(test, bdev);
	KUNIT_EXPECT_EQ(test, blkdev_rw(bdev, REQ_OP_READ, 0, buf, 4096), 0);
}

static void bound_time_and_again(struct kunit *test)
{
	struct device *dev = controller(test);
	int every = totalram_pages() < 2048 ? 8 : 100, i, bound = 1;
	int cycles = num_online_cpus() == 1 ? 1000 : 100; /* CPUs wait for each other a lot */

	capture_begin(test, &capture);
	for (i = 0; i < cycles && bound == 1; i++) {
		device_release_driver(dev);
		bound = device_attach(dev);
		if (i % every == 0)
			rcu_barrier(); /* what outlives a set for a moment is not to use up 4 MiB */
	}
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, i, cycles);
	KUNIT_EXPECT_TRUE(test, disk_is_there(test->priv));
}

/* --- all at once ------------------------------------------------------------------------------ */

#define TORTURERS 4
#define REGION	  32

static int tortures(void *data)
{
	struct torturer *mine = data;

	memset(mine->buf, 0, REGION * SECTOR_SIZE);
	mine->error =
		blkdev_rw(mine->bdev, REQ_OP_WRITE, mine->first, mine->buf, REGION * SECTOR_SIZE);
	for (; mine->rounds && !mine->error; mine->rounds--)
		torture_once(mine, 16);
	return 0;
}

/* On two disks, where there are two: of one channel, of two. */
static void torture(struct kunit *test)
{
	struct block_device *one = scratch_disk(test), *other = find_disk(test, 1, true) ?: one;
	struct torturer *torturers[TORTURERS];
	struct task_struct *tasks[TORTURERS];
	unsigned int i;

	for (i = 0; i < TORTURERS; i++) {
		torturers[i] = make_torturer(test, i, i % 2 ? other : one, 8 + i * REGION, REGION,
					     buffer_of(test, REGION * SECTOR_SIZE));
		torturers[i]->rounds = 200;
		tasks[i] = start_thread(test, tortures, torturers[i]);
	}
	for (i = 0; i < TORTURERS; i++) {
		wait_until_ended(tasks[i]);
		KUNIT_EXPECT_EQ(test, torturers[i]->error, 0);
		KUNIT_EXPECT_EQ(test, torturers[i]->wrong, 0U);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(one_request_reads_what_many_do),
	KUNIT_CASE(completed_in_a_hard_interrupt),
	KUNIT_CASE_SLOW(every_size_there_and_back),
	KUNIT_CASE_SLOW(every_address_there_and_back),
	KUNIT_CASE_SLOW(pages_of_any_zone),
	KUNIT_CASE_SLOW(descriptors_cross_no_boundary),
	KUNIT_CASE_SLOW(no_allocation_of_a_transfer_need_succeed),
	KUNIT_CASE_SLOW(a_lost_interrupt_is_found),
	KUNIT_CASE_SLOW(a_drive_without_interrupts),
	KUNIT_CASE_SLOW(an_interrupt_that_never_comes),
	KUNIT_CASE_SLOW(a_spurious_interrupt),
	KUNIT_CASE_SLOW(an_interrupt_of_nobody),
	KUNIT_CASE_SLOW(a_busy_drive_is_left_alone),
	KUNIT_CASE_SLOW(every_allocation_of_probe_fails_in_turn),
	KUNIT_CASE_SLOW(unbound_while_it_reads),
	KUNIT_CASE_SLOW(bound_time_and_again),
	KUNIT_CASE_SLOW(torture),
	{},
};

static struct kunit_suite suite = {
	.name = "ide",
	.init = need_a_disk,
	.test_cases = cases,
};
kunit_test_suite(suite);
