/* SPDX-License-Identifier: MIT */
/* What the files of the block layer know of each other. */
#ifndef _DRIVERS_BLOCK_H
#define _DRIVERS_BLOCK_H

#include <linux/blk-mq.h>
#include <linux/kref.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <memkern/blkdev.h>

/*
 * What the disks of a set share. It outlives the set as long as somebody has a reference to a
 * disk, so that a transfer which comes too late finds a lock and the word `dead`.
 */
struct blk_mq_tags {
	spinlock_t lock; /* all of this, the queues and their requests; taken with interrupts off */
	struct kref ref;
	struct rcu_head rcu;
	struct blk_mq_tag_set *set; /* only with a request in hand: it is the driver's */

	unsigned int in_flight; /* requests with the driver */
	bool dispatching; /* somebody is handing requests to the driver, one after the other */
	bool stalled;	  /* the driver had no room: until one ends, or `retry` */
	struct list_head queues;  /* whose turn it is first, first */
	struct list_head free;	  /* requests */
	struct list_head started; /* with the driver, their time running */
	unsigned long expires;	  /* when timeout_work looks */

	wait_queue_head_t wait; /* for a free request, exclusively; for the last one of a disk */
	struct timer_list retry;
	struct delayed_work timeout_work;
	struct workqueue_struct *wq; /* its worker is there from the start: no memory is needed */
	char requests[] __aligned(8);
};

/* bio.c: a bio for the first sectors of another, which begins behind them. May sleep. */
struct bio *bio_split(struct bio *bio, unsigned int sectors);

/* block_queue.c: under tags->lock. */
bool elv_merge(struct request_queue *q, struct bio *bio, unsigned int segments);
void elv_insert(struct request_queue *q, struct request *rq);
struct request *elv_next(struct request_queue *q);

/* What one request may take from the bio's start, and in how many segments. 0: its memory is bad. */
unsigned int bio_fits(struct request_queue *q, struct bio *bio, unsigned int *segments);

/* block_mq.c */
struct request *blk_take_request(struct blk_mq_tags *tags);	  /* under tags->lock; NULL */
void blk_give_back(struct blk_mq_tags *tags, struct request *rq); /* the same */
void blk_dispatch(struct blk_mq_tags *tags);
void blk_put_tags(struct blk_mq_tags *tags);

#endif
