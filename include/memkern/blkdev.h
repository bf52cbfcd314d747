/* SPDX-License-Identifier: MIT */
/* Block devices by name, and what they have done: for the monitor, and for who uses a disk. */
#ifndef _MEMKERN_BLKDEV_H
#define _MEMKERN_BLKDEV_H

#include <linux/blkdev.h>

struct blkdev_stats {
	unsigned long ios[2];	  /* READ, WRITE: requests that ended well, */
	unsigned long sectors[2]; /* and what they moved */
	unsigned long flushes;
	unsigned long merges;	/* bios that joined a request */
	unsigned long errors;	/* bios that failed */
	unsigned long requeues; /* requests that the driver gave back */
	unsigned long timeouts;
	unsigned int in_flight; /* requests with the driver, */
	unsigned int queued;	/* and those that wait */
};

/* "hda". A reference, or NULL; the disk's driver may go meanwhile: then transfers fail. */
struct block_device *blkdev_get_by_name(const char *name);
void blkdev_release(struct block_device *bdev);
/* The one after prev, in the order of add_disk(), whose reference it takes; NULL: the first. */
struct block_device *blkdev_next(struct block_device *prev);

void blkdev_get_stats(struct block_device *bdev, struct blkdev_stats *stats);

/*
 * Through the page cache: any bytes, also of vmalloc'ed memory. How many were moved: fewer at the
 * end of the device, or before an error; -errno if none was. What has been written is on the
 * device after sync_blockdev(). Sleep.
 */
ssize_t bdev_read(struct block_device *bdev, loff_t pos, void *buf, size_t len);
ssize_t bdev_write(struct block_device *bdev, loff_t pos, const void *buf, size_t len);

/* For drivers/block.c: a disk has a cache from the start, and is written before it goes. */
void bdev_init(struct block_device *bdev, struct address_space *mapping);
void bdev_end(struct block_device *bdev);

/*
 * Past the page cache, but in agreement with it: whole sectors to or from lowmem or vmalloc'ed
 * memory, any number. Sleeps; 0 or -errno.
 */
int blkdev_rw(struct block_device *bdev, enum req_op op, sector_t sector, void *buf, size_t bytes);

#endif
