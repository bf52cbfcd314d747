/* SPDX-License-Identifier: MIT */
/* What is asked of a block device, and what came of it. */
#ifndef _LINUX_BLK_TYPES_H
#define _LINUX_BLK_TYPES_H

#include <linux/atomic.h>
#include <linux/bvec.h>
#include <linux/types.h>

struct address_space;
struct bio;
struct gendisk;
struct mempool_s;

#define SECTOR_SHIFT 9
#define SECTOR_SIZE  (1 << SECTOR_SHIFT)
#define PAGE_SECTORS (PAGE_SIZE >> SECTOR_SHIFT)

typedef u8 blk_status_t;
#define BLK_STS_OK	     ((blk_status_t)0)
#define BLK_STS_NOTSUPP	     ((blk_status_t)1)
#define BLK_STS_TIMEOUT	     ((blk_status_t)2)
#define BLK_STS_MEDIUM	     ((blk_status_t)7)
#define BLK_STS_RESOURCE     ((blk_status_t)9) /* from queue_rq(): try again in a moment; */
#define BLK_STS_IOERR	     ((blk_status_t)10)
#define BLK_STS_DEV_RESOURCE ((blk_status_t)13) /* or when a request in flight has ended */

typedef u32 blk_opf_t; /* an operation and flags */

enum req_op {
	REQ_OP_READ = 0,
	REQ_OP_WRITE = 1,
	REQ_OP_FLUSH = 2, /* requests only: a bio asks for it by REQ_PREFLUSH without data */
};
#define REQ_OP_MASK 0xff
#define READ	    0
#define WRITE	    1
/* What the device has acknowledged is to be on the medium; what is in flight may be or not. */
#define REQ_PREFLUSH ((blk_opf_t)1 << 18)

typedef void(bio_end_io_t)(struct bio *bio);

struct block_device {
	sector_t bd_nr_sectors;
	struct gendisk *bd_disk;
	struct address_space *bd_mapping; /* its page cache: drivers/bdev.c */
};

/*
 * A transfer between the device and memory, or a flush. drivers/bio.c has its life; who may
 * look at what and when is said there.
 */
struct bio {
	struct bio *bi_next; /* of the same request */
	struct block_device *bi_bdev;
	blk_opf_t bi_opf;
	blk_status_t bi_status; /* for bi_end_io() */
	atomic_t __bi_remaining;
	struct bvec_iter bi_iter; /* moves on as parts are done */

	bio_end_io_t *bi_end_io; /* any context, hard interrupts too */
	void *bi_private;	 /* bi_end_io()'s */

	unsigned short bi_vcnt;	    /* pieces that there are */
	unsigned short bi_max_vecs; /* or could be */
	struct bio_vec *bi_io_vec;
	struct mempool_s *bi_pool; /* where it goes back to; NULL: it is the caller's */
	struct bio_vec bi_inline_vecs[];
};

static inline enum req_op bio_op(const struct bio *bio)
{
	return bio->bi_opf & REQ_OP_MASK;
}

static inline bool op_is_write(blk_opf_t op)
{
	return op & 1;
}

#endif
