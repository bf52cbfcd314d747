// SPDX-License-Identifier: MIT
/*
 * The block layer: disks, and transfers to and from them. Just large enough for a page cache.
 *
 *	readsec, page cache			bio.c		what is to be moved
 *	      | submit_bio()
 *	      v
 *	checked, split to the limits		block.c		disks, by name
 *	      |
 *	      v
 *	sorted, joined to requests		block_queue.c	a queue a disk
 *	      |
 *	      v
 *	given to the driver, timed		block_mq.c	a set of disks that share a channel
 *	      | queue_rq()	^ blk_mq_end_request()
 *	      v			|
 *	ide.c, floppy.c	------- interrupt
 *
 * Worked example: 64 KiB at sector 1000 of hda, in pages that are scattered, while hda is busy. One
 * bio with 16 pieces; it fits a request (256 sectors, 128 segments). The request takes its place in
 * hda's tree. The interrupt that ends the one before calls blk_mq_end_request(), and that hands the
 * next to ide_queue_rq(): a list of 16 entries is mapped, the drive begins. Its interrupt ends this
 * request, and calls the bio's bi_end_io().
 *
 * Progress without memory: a bio comes from a pool, requests are made with the disk, what the
 * driver needs it has since its probe. So who waits for a transfer may do so where memory is freed.
 *
 * A disk's memory lives until the last reference: blkdev_get_by_name() takes one. Its driver may go
 * before that: del_gendisk() waits until all that was submitted has ended, then transfers fail.
 *
 * Locking: disks_lock, for the list; the rest as in block_mq.c, within it. submit_bio() sleeps.
 *
 * Left out: partitions, plugging, priorities, several hardware queues, data with REQ_PREFLUSH.
 */
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/pagemap.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "block.h"

struct disk {
	struct gendisk gd;
	struct block_device bdev;
	struct request_queue queue;
	struct address_space mapping;
	struct blkdev_stats stats;
	struct kref ref;
	struct list_head list; /* of `disks`, while it is there */
};

static LIST_HEAD(disks);
static DEFINE_SPINLOCK(disks_lock);

/* Linux's limits for a queue whose driver says nothing. */
#define DEFAULT_SECTORS	 255
#define DEFAULT_SEGMENTS 128

/* --- transfers -------------------------------------------------------------------------------- */

/* Sleeps until a request is free. Under tags->lock, which it leaves meanwhile. */
static void wait_for_request(struct blk_mq_tags *tags)
{
	DEFINE_WAIT(wait);

	prepare_to_wait_exclusive(&tags->wait, &wait, TASK_UNINTERRUPTIBLE);
	spin_unlock_irq(&tags->lock);
	schedule();
	spin_lock_irq(&tags->lock);
	finish_wait(&tags->wait, &wait);
}

static void enqueue(struct request_queue *q, struct request *rq, struct bio *bio,
		    unsigned int segments)
{
	rq->q = q;
	rq->rq_flags = 0;
	rq->__sector = bio->bi_iter.bi_sector;
	rq->__data_len = bio->bi_iter.bi_size;
	rq->nr_phys_segments = segments;
	rq->bio = rq->biotail = bio;
	q->nr_live++;
	if (bio->bi_opf & REQ_PREFLUSH) {
		rq->cmd_flags = REQ_OP_FLUSH;
		q->flush = rq;
		list_add_tail(&rq->queuelist, &q->dispatch);
	} else {
		rq->cmd_flags = bio->bi_opf;
		elv_insert(q, rq);
	}
}

/*
 * A bio that joined a request changes nothing as to what can be begun. Who was woken for a request
 * and does not take it wakes the next: it was for one only.
 */
static void queue_bio(struct request_queue *q, struct bio *bio, unsigned int segments)
{
	struct blk_mq_tags *tags = q->tags;
	struct request *rq = NULL;
	bool dead;

	bio->bi_next = NULL;
	spin_lock_irq(&tags->lock);
	while (!(dead = q->dead) && !elv_merge(q, bio, segments) && !(rq = blk_take_request(tags)))
		wait_for_request(tags);
	if (rq)
		enqueue(q, rq, bio, segments);
	else if (waitqueue_active(&tags->wait) && !list_empty(&tags->free))
		wake_up(&tags->wait);
	rcu_read_lock();
	spin_unlock_irq(&tags->lock);
	if (rq)
		blk_dispatch(tags); /* the bio may end, and with it what kept the disk */
	rcu_read_unlock();
	if (dead)
		bio_io_error(bio);
}

static blk_status_t check(const struct bio *bio)
{
	sector_t size = bdev_nr_sectors(bio->bi_bdev);
	unsigned int sectors = bio_sectors(bio);

	if ((bio->bi_opf & ~REQ_PREFLUSH) > REQ_OP_WRITE ||
	    ((bio->bi_opf & REQ_PREFLUSH) && bio->bi_iter.bi_size))
		return BLK_STS_NOTSUPP;
	if (bio->bi_iter.bi_size % SECTOR_SIZE)
		return BLK_STS_IOERR;
	if (sectors <= size && bio->bi_iter.bi_sector <= size - sectors)
		return BLK_STS_OK;
	pr_info_ratelimited(
		"%s: attempt to access beyond end of device: sector %llu, nr_sectors = %u "
		"limit=%llu\n",
		bio->bi_bdev->bd_disk->disk_name, bio->bi_iter.bi_sector, sectors, size);
	return BLK_STS_IOERR;
}

void submit_bio(struct bio *bio)
{
	struct request_queue *q = bdev_get_queue(bio->bi_bdev);
	blk_status_t status = check(bio);
	unsigned int bytes, segments;

	might_sleep();
	if (status)
		bio->bi_status = status;
	if (status ||
	    (!bio->bi_iter.bi_size && !(q->write_cache && (bio->bi_opf & REQ_PREFLUSH)))) {
		bio_endio(bio);
		return;
	}
	while ((bytes = bio_fits(q, bio, &segments)) < bio->bi_iter.bi_size) {
		struct bio *part;

		if (!bytes) { /* a piece that no segment can be, for its address or length */
			bio_io_error(bio);
			return;
		}
		part = bio_split(bio, bytes >> SECTOR_SHIFT);
		bio_chain(part, bio);
		queue_bio(q, part, segments);
	}
	queue_bio(q, bio, segments);
}

/* --- limits ----------------------------------------------------------------------------------- */

void blk_queue_max_hw_sectors(struct request_queue *q, unsigned int sectors)
{
	q->limits.max_hw_sectors = max(sectors, (unsigned int)PAGE_SECTORS);
}

void blk_queue_max_segments(struct request_queue *q, unsigned short segments)
{
	q->limits.max_segments = max_t(unsigned short, segments, 1);
}

void blk_queue_max_segment_size(struct request_queue *q, unsigned int bytes)
{
	q->limits.max_segment_size = max(bytes, (unsigned int)PAGE_SIZE);
}

void blk_queue_segment_boundary(struct request_queue *q, unsigned long mask)
{
	q->limits.seg_boundary_mask = max(mask, PAGE_SIZE - 1);
}

void blk_queue_dma_alignment(struct request_queue *q, int mask)
{
	q->limits.dma_alignment = mask;
}

void blk_queue_write_cache(struct request_queue *q, bool enabled, bool fua)
{
	WARN_ON_ONCE(fua);
	q->write_cache = enabled;
}

/* --- disks ------------------------------------------------------------------------------------ */

static struct disk *disk_of(struct gendisk *gd)
{
	return container_of(gd, struct disk, gd);
}

struct gendisk *blk_mq_alloc_disk(struct blk_mq_tag_set *set, void *queuedata)
{
	struct disk *disk = kzalloc(sizeof(*disk), GFP_KERNEL);
	struct request_queue *q = &disk->queue;

	if (!disk)
		return ERR_PTR(-ENOMEM);
	disk->gd.part0 = &disk->bdev;
	disk->gd.queue = q;
	disk->bdev.bd_disk = &disk->gd;
	bdev_init(&disk->bdev, &disk->mapping);
	kref_init(&disk->ref);
	q->limits = (struct queue_limits){
		.seg_boundary_mask = ULONG_MAX,
		.max_hw_sectors = DEFAULT_SECTORS,
		.max_segment_size = SZ_64K,
		.dma_alignment = SECTOR_SIZE - 1,
		.max_segments = DEFAULT_SEGMENTS,
	};
	q->queuedata = queuedata;
	q->disk = &disk->gd;
	q->tag_set = set;
	q->tags = set->tags;
	kref_get(&q->tags->ref);
	q->hctx.queue = q;
	q->stats = &disk->stats;
	q->sorted = RB_ROOT;
	INIT_LIST_HEAD(&q->fifo);
	INIT_LIST_HEAD(&q->dispatch);
	q->dead = true;
	return &disk->gd;
}

static void free_disk(struct kref *ref)
{
	struct disk *disk = container_of(ref, struct disk, ref);

	mapping_exit(&disk->mapping);
	blk_put_tags(disk->queue.tags);
	kfree(disk);
}

void put_disk(struct gendisk *gd)
{
	if (gd)
		kref_put(&disk_of(gd)->ref, free_disk);
}

void set_capacity(struct gendisk *gd, sector_t sectors)
{
	gd->part0->bd_nr_sectors = sectors;
}

/* Under disks_lock. */
static struct disk *find_disk(const char *name)
{
	struct disk *disk;

	list_for_each_entry(disk, &disks, list)
		if (!strcmp(disk->gd.disk_name, name))
			return disk;
	return NULL;
}

int add_disk(struct gendisk *gd)
{
	struct disk *disk = disk_of(gd);
	struct request_queue *q = gd->queue;
	bool taken;

	if (!gd->disk_name[0])
		return -EINVAL;
	spin_lock(&disks_lock);
	taken = find_disk(gd->disk_name);
	if (!taken) { /* who finds it can use it */
		spin_lock_irq(&q->tags->lock);
		list_add_tail(&q->set_list, &q->tags->queues);
		q->dead = false;
		spin_unlock_irq(&q->tags->lock);
		list_add_tail(&disk->list, &disks);
	}
	spin_unlock(&disks_lock);
	return taken ? -EEXIST : 0;
}

static bool has_ended(struct request_queue *q)
{
	bool ended;

	spin_lock_irq(&q->tags->lock);
	ended = !q->nr_live;
	if (ended)
		list_del_init(&q->set_list);
	spin_unlock_irq(&q->tags->lock);
	return ended;
}

void del_gendisk(struct gendisk *gd)
{
	struct request_queue *q = gd->queue;

	bdev_end(gd->part0);
	spin_lock(&disks_lock);
	list_del(&disk_of(gd)->list);
	spin_unlock(&disks_lock);
	spin_lock_irq(&q->tags->lock);
	q->dead = true;
	spin_unlock_irq(&q->tags->lock);
	wait_event(q->tags->wait, has_ended(q));
}

/* --- who looks for one ------------------------------------------------------------------------ */

struct block_device *blkdev_get_by_name(const char *name)
{
	struct disk *disk;

	spin_lock(&disks_lock);
	disk = find_disk(name);
	if (disk)
		kref_get(&disk->ref);
	spin_unlock(&disks_lock);
	return disk ? &disk->bdev : NULL;
}

void blkdev_release(struct block_device *bdev)
{
	put_disk(bdev->bd_disk);
}

struct block_device *blkdev_next(struct block_device *prev)
{
	struct disk *disk, *found = NULL;
	bool behind = !prev;

	spin_lock(&disks_lock);
	list_for_each_entry(disk, &disks, list) {
		if (behind) {
			found = disk;
			kref_get(&disk->ref);
			break;
		}
		behind = &disk->bdev == prev;
	}
	spin_unlock(&disks_lock);
	if (prev)
		blkdev_release(prev);
	return found ? &found->bdev : NULL;
}

void blkdev_get_stats(struct block_device *bdev, struct blkdev_stats *stats)
{
	struct request_queue *q = bdev_get_queue(bdev);

	spin_lock_irq(&q->tags->lock);
	*stats = *q->stats;
	stats->queued = q->nr_live - stats->in_flight;
	spin_unlock_irq(&q->tags->lock);
}

/* --- results ---------------------------------------------------------------------------------- */

static const struct {
	blk_status_t status;
	int error;
} results[] = {
	{ BLK_STS_OK, 0 },
	{ BLK_STS_NOTSUPP, -EOPNOTSUPP },
	{ BLK_STS_TIMEOUT, -ETIMEDOUT },
	{ BLK_STS_MEDIUM, -ENODATA },
	{ BLK_STS_RESOURCE, -ENOMEM },
	{ BLK_STS_DEV_RESOURCE, -EBUSY },
	{ BLK_STS_IOERR, -EIO },
};

int blk_status_to_errno(blk_status_t status)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(results); i++)
		if (results[i].status == status)
			return results[i].error;
	return -EIO;
}

blk_status_t errno_to_blk_status(int error)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(results); i++)
		if (results[i].error == error)
			return results[i].status;
	return BLK_STS_IOERR;
}
