/* SPDX-License-Identifier: MIT */
/*
 * Block devices: disks, and the queues that lead to them. drivers/block.c has the theory.
 * memkern/blkdev.h finds a disk by its name.
 */
#ifndef _LINUX_BLKDEV_H
#define _LINUX_BLKDEV_H

#include <linux/bio.h>
#include <linux/blk_types.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/sizes.h>
#include <linux/types.h>

struct blk_mq_tag_set;
struct blk_mq_tags;
struct blkdev_stats;
struct request_queue;

#define DISK_NAME_LEN 32

/* What one request may be: set between blk_mq_alloc_disk() and add_disk(). */
struct queue_limits {
	unsigned long seg_boundary_mask; /* no segment crosses a multiple of this + 1 */
	unsigned int max_hw_sectors;
	unsigned int max_segment_size; /* bytes */
	unsigned int dma_alignment;    /* a mask: of the address of each piece and of its length */
	unsigned short max_segments;
};

struct blk_mq_hw_ctx {
	struct request_queue *queue;
};

struct request_queue {
	struct queue_limits limits;
	void *queuedata; /* the driver's */
	struct gendisk *disk;
	struct blk_mq_tag_set *tag_set;

	/* The rest is block.c's, under tags->lock. */
	struct blk_mq_tags *tags;
	struct blk_mq_hw_ctx hctx;
	struct list_head set_list; /* of the queues of the set */
	struct rb_root sorted;	   /* requests that wait, by sector, */
	struct list_head fifo;	   /* and by age; */
	struct list_head dispatch; /* those that go before them */
	struct request *flush;	   /* a flush that waits: others join it */
	sector_t head;		   /* where the last one that was dispatched ended */
	unsigned int passed_over;  /* so many went before the oldest */
	unsigned int nr_live;	   /* requests that have not ended */
	bool write_cache;
	bool dead; /* not added yet, or deleted */
	struct blkdev_stats *stats;
};

struct gendisk {
	char disk_name[DISK_NAME_LEN];
	struct block_device *part0; /* the whole disk: there are no partitions */
	struct request_queue *queue;
	void *private_data; /* the driver's */
};

void blk_queue_max_hw_sectors(struct request_queue *q, unsigned int sectors);
void blk_queue_max_segments(struct request_queue *q, unsigned short segments);
void blk_queue_max_segment_size(struct request_queue *q, unsigned int bytes);
void blk_queue_segment_boundary(struct request_queue *q, unsigned long mask);
void blk_queue_dma_alignment(struct request_queue *q, int mask);
/* Whether there is a cache to flush: if not, a flush ends at once. fua: must be false. */
void blk_queue_write_cache(struct request_queue *q, bool enabled, bool fua);

/*
 * From add_disk() on it can be found and serves transfers. 0, or -EEXIST for the name, -EINVAL.
 * del_gendisk() ends that: what has been submitted is served to its end, or the driver fails it;
 * what comes later fails with -EIO. Process context.
 */
int __must_check add_disk(struct gendisk *disk);
void del_gendisk(struct gendisk *disk);
/* The driver's reference, after del_gendisk() or where add_disk() failed. */
void put_disk(struct gendisk *disk);

/* In sectors of 512 bytes. */
void set_capacity(struct gendisk *disk, sector_t sectors);

static inline sector_t bdev_nr_sectors(const struct block_device *bdev)
{
	return READ_ONCE(bdev->bd_nr_sectors);
}

static inline sector_t get_capacity(const struct gendisk *disk)
{
	return bdev_nr_sectors(disk->part0);
}

static inline struct request_queue *bdev_get_queue(const struct block_device *bdev)
{
	return bdev->bd_disk->queue;
}

/*
 * The page cache over the device (drivers/bdev.c). sync_blockdev() writes what is dirty, waits, and
 * has the device empty its cache, which Linux leaves to fsync(): 0, or the first error that
 * nobody has been told of. invalidate_bdev() drops what is clean and not in use. Sleep.
 */
int sync_blockdev(struct block_device *bdev);
void invalidate_bdev(struct block_device *bdev);
void sync_bdevs(bool wait); /* of all disks */

#define DISK_EVENT_MEDIA_CHANGE BIT(0)

/*
 * Another medium is in the drive: what is cached of the old one is dropped, also what is dirty,
 * which counts as an error of writing. True: it was such an event. Sleeps until the transfers that
 * are under way have ended: the driver fails them.
 */
bool disk_force_media_change(struct gendisk *disk, unsigned int events);

/* All that was written, and acknowledged, is on the medium afterwards. Sleeps; 0 or -errno. */
int blkdev_issue_flush(struct block_device *bdev);

int blk_status_to_errno(blk_status_t status);
blk_status_t errno_to_blk_status(int error);

#endif
