// SPDX-License-Identifier: MIT
/*
 * Requests between the queues and the driver: their life, from the free list and back.
 *
 *		   submit_bio()		       queue_rq()
 *	free ---------------> waits ----------------------> with the driver
 *	 ^			^   the driver has no room,	|  in an interrupt:
 *	 |			+--- or gives it back ----------+  blk_mq_end_request()
 *	 +----------- its bios have ended <---------------------+
 *
 * All of them are made with the set: beyond that the way of a transfer needs no memory, and so
 * every transfer ends, whatever else there is to wait for. When none is free, submit_bio()
 * sleeps until one is.
 *
 * Who hands requests to the driver. Whoever may have changed something - who submits, and who ends
 * one, mostly in an interrupt - calls blk_dispatch(). It gives requests to queue_rq() until the
 * driver has as many as it takes, one after the other: while somebody does, others leave it to
 * him, as he looks again before he goes. So a driver that ends a request within queue_rq() does
 * not nest. The disks of a set take turns.
 *
 * A request that fails may hold several bios, of which one hits the bad sector. So each of
 * them is tried again alone, and only its own failure is told to its owner:
 *
 *	[a b c] fails  ->  [a] well  ->  [b] fails  ->  [c] well
 *
 * Time. From blk_mq_start_request() on a request has set->timeout. Then the driver's timeout() is
 * called in process context, where it may reset the device. It may have lost the race against its
 * own interrupt: until it returns the request that it was given is not used again.
 *
 * Cost: 1000 instructions from submit_bio() to bi_end_io(), and 95 for each segment behind the
 * first; 370 for a bio that joins a request. The driver's are not counted.
 *
 * Locking: tags->lock; neither the driver nor a bi_end_io() is called under it. rcu_read_lock()
 * keeps the tags while they are dispatched, when the last request of the last disk has ended.
 */
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "block.h"

#define NR_REQUESTS	64
#define DEFAULT_TIMEOUT (30 * HZ)
#define RETRY_DELAY	max(HZ * 3 / 1000, 1)

/* --- the free list, under tags->lock --------------------------------------------------------- */

struct request *blk_take_request(struct blk_mq_tags *tags)
{
	struct request *rq = list_first_entry_or_null(&tags->free, struct request, queuelist);

	if (rq)
		list_del_init(&rq->queuelist);
	return rq;
}

void blk_give_back(struct blk_mq_tags *tags, struct request *rq)
{
	rq->q->nr_live--;
	list_add(&rq->queuelist, &tags->free);
	if (waitqueue_active(&tags->wait))
		wake_up(&tags->wait);
}

/* --- to the driver ---------------------------------------------------------------------------- */

static struct request *next_request(struct blk_mq_tags *tags)
{
	struct request_queue *q;
	struct request *rq;

	if (tags->stalled)
		return NULL;
	list_for_each_entry(q, &tags->queues, set_list) {
		if (tags->in_flight >= tags->set->queue_depth)
			return NULL;
		rq = elv_next(q);
		if (rq) {
			list_move_tail(&q->set_list, &tags->queues);
			return rq;
		}
	}
	return NULL;
}

static void leave_driver(struct blk_mq_tags *tags, struct request *rq)
{
	tags->in_flight--;
	tags->stalled = false;
	rq->q->stats->in_flight--;
	list_del_init(&rq->queuelist);
}

/* The driver has no room. If nothing of it is under way, no completion will tell when it has. */
static void stall(struct blk_mq_tags *tags, struct request *rq, blk_status_t status)
{
	leave_driver(tags, rq);
	list_add(&rq->queuelist, &rq->q->dispatch);
	tags->stalled = true;
	if (status == BLK_STS_RESOURCE || !tags->in_flight)
		mod_timer(&tags->retry, jiffies + RETRY_DELAY);
}

void blk_dispatch(struct blk_mq_tags *tags)
{
	struct blk_mq_queue_data bd = { .last = true };
	unsigned long flags;
	blk_status_t status;
	bool no_room;

	spin_lock_irqsave(&tags->lock, flags);
	if (tags->dispatching)
		goto out;
	tags->dispatching = true;
	preempt_disable();
	while ((bd.rq = next_request(tags))) {
		tags->in_flight++;
		bd.rq->q->stats->in_flight++;
		spin_unlock_irqrestore(&tags->lock, flags);
		status = tags->set->ops->queue_rq(&bd.rq->q->hctx, &bd);
		no_room = status == BLK_STS_RESOURCE || status == BLK_STS_DEV_RESOURCE;
		if (status && !no_room)
			blk_mq_end_request(bd.rq, status);
		spin_lock_irqsave(&tags->lock, flags);
		if (no_room)
			stall(tags, bd.rq, status);
	}
	tags->dispatching = false;
	preempt_enable_no_resched();
out:
	spin_unlock_irqrestore(&tags->lock, flags);
}

static void retry(struct timer_list *timer)
{
	struct blk_mq_tags *tags = from_timer(tags, timer, retry);
	unsigned long flags;

	spin_lock_irqsave(&tags->lock, flags);
	tags->stalled = false;
	spin_unlock_irqrestore(&tags->lock, flags);
	blk_dispatch(tags);
}

void blk_mq_start_request(struct request *rq)
{
	struct blk_mq_tags *tags = rq->q->tags;
	unsigned long flags;

	spin_lock_irqsave(&tags->lock, flags);
	rq->deadline = jiffies + (tags->set->timeout ?: DEFAULT_TIMEOUT);
	list_move_tail(&rq->queuelist, &tags->started);
	if (!delayed_work_pending(&tags->timeout_work) ||
	    time_before(rq->deadline, tags->expires)) {
		tags->expires = rq->deadline;
		mod_delayed_work(tags->wq, &tags->timeout_work, rq->deadline - jiffies);
	}
	spin_unlock_irqrestore(&tags->lock, flags);
}

/* --- and back --------------------------------------------------------------------------------- */

static void report(const struct request *rq, blk_status_t error)
{
	static const char *const ops[] = { "READ", "WRITE", "FLUSH" };

	pr_err_ratelimited("I/O error, dev %s, sector %llu op 0x%x:(%s), %u sectors: %pe\n",
			   rq->q->disk->disk_name, blk_rq_pos(rq), req_op(rq), ops[req_op(rq)],
			   blk_rq_sectors(rq), ERR_PTR(blk_status_to_errno(error)));
}

bool blk_update_request(struct request *rq, blk_status_t error, unsigned int nr_bytes)
{
	struct bio *bio;

	if (error)
		report(rq, error);
	else
		rq->sectors_done += nr_bytes >> SECTOR_SHIFT;
	while ((bio = rq->bio)) {
		unsigned int len = min(bio->bi_iter.bi_size, nr_bytes);

		if (!len && bio->bi_iter.bi_size)
			break;
		if (error) {
			bio->bi_status = error;
			rq->bios_failed++;
		}
		bio_advance(bio, len);
		rq->__sector += len >> SECTOR_SHIFT;
		rq->__data_len -= len;
		nr_bytes -= len;
		if (bio->bi_iter.bi_size)
			break;
		rq->bio = bio->bi_next;
		bio->bi_next = NULL;
		bio_endio(bio);
	}
	return rq->bio;
}

/* The request is to be begun again with the first of these bios; the others follow, each alone. */
static void make_single(struct request *rq, struct bio *bio)
{
	rq->rest = bio->bi_next;
	bio->bi_next = NULL;
	rq->bio = rq->biotail = bio;
	rq->__sector = bio->bi_iter.bi_sector;
	rq->__data_len = bio->bi_iter.bi_size;
	rq->rq_flags &= ~RQF_DONTPREP;
}

/* Under tags->lock: nobody else has it in hand any more. */
static void settle(struct blk_mq_tags *tags, struct request *rq)
{
	if (!rq->bio && rq->rest)
		make_single(rq, rq->rest);
	if (rq->bio)
		list_add(&rq->queuelist, &rq->q->dispatch);
	else
		blk_give_back(tags, rq);
}

static void count(struct blkdev_stats *stats, struct request *rq)
{
	bool flush = req_op(rq) == REQ_OP_FLUSH;

	if (rq->bio)
		stats->requeues++;
	else if (flush)
		stats->flushes += !rq->bios_failed;
	else if (!rq->bios_failed)
		stats->ios[rq_data_dir(rq)]++;
	if (!flush)
		stats->sectors[rq_data_dir(rq)] += rq->sectors_done;
	stats->errors += rq->bios_failed;
	rq->sectors_done = rq->bios_failed = 0;
}

/* The driver is done with it. What is left of it, if anything, is begun again. */
static void come_back(struct request *rq)
{
	struct blk_mq_tags *tags = rq->q->tags;
	unsigned long flags;

	rcu_read_lock();
	spin_lock_irqsave(&tags->lock, flags);
	leave_driver(tags, rq);
	count(rq->q->stats, rq);
	if (rq->timing_out)
		rq->ended = true;
	else
		settle(tags, rq);
	spin_unlock_irqrestore(&tags->lock, flags);
	blk_dispatch(tags);
	rcu_read_unlock();
}

void blk_mq_end_request(struct request *rq, blk_status_t error)
{
	bool one_may_be_bad = error == BLK_STS_IOERR || error == BLK_STS_MEDIUM;

	if (one_may_be_bad && req_op(rq) != REQ_OP_FLUSH && rq->bio != rq->biotail)
		make_single(rq, rq->bio);
	else
		blk_update_request(rq, error, blk_rq_bytes(rq));
	come_back(rq);
}

void blk_mq_requeue_request(struct request *rq, bool kick)
{
	come_back(rq);
}

/* --- time ------------------------------------------------------------------------------------- */

static struct request *first_to_expire(struct blk_mq_tags *tags)
{
	struct request *rq, *first = NULL;

	list_for_each_entry(rq, &tags->started, queuelist)
		if (!first || time_before(rq->deadline, first->deadline))
			first = rq;
	return first;
}

/* Called under tags->lock, which it leaves meanwhile. */
static void time_out(struct blk_mq_tags *tags, struct request *rq)
{
	enum blk_eh_timer_return verdict = BLK_EH_RESET_TIMER;

	rq->timing_out = true;
	rq->q->stats->timeouts++;
	spin_unlock_irq(&tags->lock);
	if (tags->set->ops->timeout)
		verdict = tags->set->ops->timeout(rq);
	spin_lock_irq(&tags->lock);
	rq->timing_out = false;
	if (rq->ended) {
		rq->ended = false;
		settle(tags, rq);
	} else if (verdict == BLK_EH_RESET_TIMER) {
		rq->deadline = jiffies + (tags->set->timeout ?: DEFAULT_TIMEOUT);
	} else {
		list_del_init(&rq->queuelist);
	}
}

static void look_at_the_time(struct work_struct *work)
{
	struct blk_mq_tags *tags = container_of(work, struct blk_mq_tags, timeout_work.work);
	struct request *rq;

	spin_lock_irq(&tags->lock);
	while ((rq = first_to_expire(tags)) && time_after_eq(jiffies, rq->deadline))
		time_out(tags, rq);
	if (rq) {
		tags->expires = rq->deadline;
		mod_delayed_work(tags->wq, &tags->timeout_work, rq->deadline - jiffies);
	}
	spin_unlock_irq(&tags->lock);
	blk_dispatch(tags);
}

/* --- sets ------------------------------------------------------------------------------------- */

static void free_tags(struct kref *ref)
{
	struct blk_mq_tags *tags = container_of(ref, struct blk_mq_tags, ref);

	kvfree_rcu(tags, rcu);
}

void blk_put_tags(struct blk_mq_tags *tags)
{
	kref_put(&tags->ref, free_tags);
}

int blk_mq_alloc_tag_set(struct blk_mq_tag_set *set)
{
	size_t size = ALIGN(sizeof(struct request) + set->cmd_size, 8);
	struct blk_mq_tags *tags;
	unsigned int i;

	if (set->nr_hw_queues != 1 || !set->queue_depth || !set->ops || !set->ops->queue_rq)
		return -EINVAL;
	tags = kvzalloc(struct_size(tags, requests, NR_REQUESTS * size), GFP_KERNEL);
	if (!tags)
		return -ENOMEM;
	tags->wq = alloc_ordered_workqueue("kblockd", WQ_MEM_RECLAIM);
	if (!tags->wq) {
		kvfree(tags);
		return -ENOMEM;
	}
	spin_lock_init(&tags->lock);
	kref_init(&tags->ref);
	tags->set = set;
	INIT_LIST_HEAD(&tags->queues);
	INIT_LIST_HEAD(&tags->free);
	INIT_LIST_HEAD(&tags->started);
	init_waitqueue_head(&tags->wait);
	timer_setup(&tags->retry, retry, 0);
	INIT_DELAYED_WORK(&tags->timeout_work, look_at_the_time);
	for (i = 0; i < NR_REQUESTS; i++) {
		struct request *rq = (struct request *)(tags->requests + i * size);

		list_add_tail(&rq->queuelist, &tags->free);
	}
	set->tags = tags;
	return 0;
}

void blk_mq_free_tag_set(struct blk_mq_tag_set *set)
{
	struct blk_mq_tags *tags = set->tags;

	if (!tags)
		return;
	WARN_ON(!list_empty(&tags->queues));
	timer_delete_sync(&tags->retry);
	cancel_delayed_work_sync(&tags->timeout_work);
	destroy_workqueue(tags->wq);
	set->tags = NULL;
	blk_put_tags(tags);
}
