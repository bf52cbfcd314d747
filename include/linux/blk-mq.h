/* SPDX-License-Identifier: MIT */
/*
 * The driver's side of a block device.
 *
 *	static blk_status_t queue_rq(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *bd)
 *	{
 *		blk_mq_start_request(bd->rq);
 *		... the device begins: BLK_STS_OK. In its interrupt: blk_mq_end_request(rq, status)
 *	}
 *
 *	set->ops = &ops; set->nr_hw_queues = 1; set->queue_depth = 1;
 *	error = blk_mq_alloc_tag_set(set);
 *	disk = blk_mq_alloc_disk(set, queuedata);	ERR_PTR(error)
 *	blk_queue_max_hw_sectors(disk->queue, 256); ... set_capacity(disk, sectors);
 *	error = add_disk(disk);
 *	...
 *	del_gendisk(disk); put_disk(disk); blk_mq_free_tag_set(set);
 *
 * Disks that share a set share its depth: at most so many requests of them are with the driver.
 */
#ifndef _LINUX_BLK_MQ_H
#define _LINUX_BLK_MQ_H

#include <linux/blkdev.h>
#include <linux/kernel.h>

struct scatterlist;

#define RQF_DONTPREP (1U << 7) /* the driver's: its own part is prepared. Cleared for a new start */

struct request {
	struct request_queue *q;
	blk_opf_t cmd_flags;
	unsigned int rq_flags;
	sector_t __sector;		 /* where it goes on, */
	unsigned int __data_len;	 /* and how many bytes */
	unsigned short nr_phys_segments; /* at most so many entries of blk_rq_map_sg() */
	struct bio *bio, *biotail;	 /* what is still to be done */
	struct list_head queuelist;	 /* free, fifo, dispatch, or with the driver */
	struct rb_node rb_node;
	unsigned long deadline; /* jiffies: when it was queued, later when its time is up */

	/* block_mq.c's: */
	struct bio *rest;	   /* bios to be served one by one after this: one of them is bad */
	unsigned int sectors_done; /* well, since it was last with the driver */
	unsigned int bios_failed;
	bool timing_out, ended;
};

struct blk_mq_queue_data {
	struct request *rq;
	bool last; /* no other one follows at once */
};

enum blk_eh_timer_return {
	BLK_EH_DONE,	    /* the driver has ended it, or will */
	BLK_EH_RESET_TIMER, /* it gets the time once more */
};

struct blk_mq_ops {
	/*
	 * Begins a request. Any context, never sleeps, not called twice at once for a set.
	 * BLK_STS_OK: it is the driver's; _RESOURCE, _DEV_RESOURCE: later again; another: it failed.
	 */
	blk_status_t (*queue_rq)(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *bd);
	/* Process context. The request may just have ended; it is not used again meanwhile. */
	enum blk_eh_timer_return (*timeout)(struct request *rq);
};

struct blk_mq_tag_set {
	const struct blk_mq_ops *ops;
	unsigned int nr_hw_queues; /* 1 */
	unsigned int queue_depth;
	unsigned int cmd_size; /* bytes of the driver's own behind each request */
	unsigned int timeout;  /* jiffies from blk_mq_start_request(); 0: 30 s */
	void *driver_data;
	struct blk_mq_tags *tags; /* block.c's */
};

int blk_mq_alloc_tag_set(struct blk_mq_tag_set *set);
void blk_mq_free_tag_set(struct blk_mq_tag_set *set);
struct gendisk *blk_mq_alloc_disk(struct blk_mq_tag_set *set, void *queuedata);

/* The request's time begins. */
void blk_mq_start_request(struct request *rq);
/* The rest of it has succeeded or failed. Any context. */
void blk_mq_end_request(struct request *rq, blk_status_t error);
/* Its first bytes have: true while there is a rest, which the driver goes on with. Any context. */
bool blk_update_request(struct request *rq, blk_status_t error, unsigned int nr_bytes);
/* Back to the queue, before all others, with what is left of it; it is begun again soon. */
void blk_mq_requeue_request(struct request *rq, bool kick);
/* The memory of what is left, in segments within the limits; the list has max_segments entries. */
int blk_rq_map_sg(struct request_queue *q, struct request *rq, struct scatterlist *sglist);

static inline void *blk_mq_rq_to_pdu(struct request *rq)
{
	return rq + 1;
}

/* What is left, by what lies in one page (struct bio_vec bvec, struct req_iterator iter). */
struct req_iterator {
	struct bvec_iter iter;
	struct bio *bio;
};

#define rq_for_each_segment(bvl, rq, _iter)                                    \
	for (_iter.bio = (rq)->bio; _iter.bio; _iter.bio = _iter.bio->bi_next) \
	bio_for_each_segment(bvl, _iter.bio, _iter.iter)

static inline enum req_op req_op(const struct request *rq)
{
	return rq->cmd_flags & REQ_OP_MASK;
}

#define rq_data_dir(rq) (op_is_write(req_op(rq)) ? WRITE : READ)

static inline sector_t blk_rq_pos(const struct request *rq)
{
	return rq->__sector;
}

static inline unsigned int blk_rq_bytes(const struct request *rq)
{
	return rq->__data_len;
}

static inline unsigned int blk_rq_sectors(const struct request *rq)
{
	return rq->__data_len >> SECTOR_SHIFT;
}

#endif
