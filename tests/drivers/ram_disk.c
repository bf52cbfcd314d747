// SPDX-License-Identifier: MIT
/* A disk of RAM for tests: see ram_disk.h. */
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/rcupdate.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "ram_disk.h"

#define SMALL_MACHINE	2048 /* pages */
#define INTERRUPT_AFTER (20 * NSEC_PER_USEC)

static struct ram_disk *ram_of(struct request *rq)
{
	return rq->q->queuedata;
}

static u8 *sector_data(struct request *rq)
{
	struct ram_disk *ram = ram_of(rq);
	u8 *data = ram->data + (blk_rq_pos(rq) << SECTOR_SHIFT);

	return rq->q->disk == ram->second ? data + (ram->sectors << SECTOR_SHIFT) : data;
}

static blk_status_t transfer(struct request *rq)
{
	struct ram_disk *ram = ram_of(rq);
	struct req_iterator iter;
	struct bio_vec bvec;
	u8 *data = sector_data(rq);

	if (ram->bad >= blk_rq_pos(rq) && ram->bad < blk_rq_pos(rq) + blk_rq_sectors(rq))
		return BLK_STS_IOERR;
	rq_for_each_segment(bvec, rq, iter)
	{
		char *memory = kmap_local_page(bvec.bv_page);

		if (rq_data_dir(rq) == WRITE)
			memcpy(data, memory + bvec.bv_offset, bvec.bv_len);
		else
			memcpy(memory + bvec.bv_offset, data, bvec.bv_len);
		kunmap_local(memory);
		data += bvec.bv_len;
	}
	return BLK_STS_OK;
}

static struct request *first_held(struct ram_disk *ram)
{
	struct request *rq = NULL;
	unsigned long flags;

	spin_lock_irqsave(&ram->lock, flags);
	if (ram->nr_held) {
		rq = ram->held[0];
		ram->nr_held--;
		memmove(ram->held, ram->held + 1, ram->nr_held * sizeof(ram->held[0]));
	}
	spin_unlock_irqrestore(&ram->lock, flags);
	return rq;
}

unsigned int ram_disk_end(struct ram_disk *ram, unsigned int nr)
{
	struct request *rq;
	unsigned int ended;

	for (ended = 0; ended < nr && (rq = first_held(ram)); ended++)
		blk_mq_end_request(rq, transfer(rq));
	return ended;
}

unsigned int ram_disk_held(struct ram_disk *ram)
{
	return READ_ONCE(ram->nr_held);
}

static enum hrtimer_restart interrupt(struct hrtimer *timer)
{
	struct ram_disk *ram = container_of(timer, struct ram_disk, interrupt);

	ram_disk_end(ram, ram->nr_held);
	return HRTIMER_NORESTART;
}

static void note(struct ram_disk *ram, struct request *rq)
{
	if (ram->nr_log < RAM_LOG)
		ram->log[ram->nr_log] = (struct ram_log){
			.op = req_op(rq),
			.sector = blk_rq_pos(rq),
			.sectors = blk_rq_sectors(rq),
			.segments = rq->nr_phys_segments,
			.disk = rq->q->disk,
			.prepared = rq->rq_flags & RQF_DONTPREP,
		};
	ram->nr_log++;
	rq->rq_flags |= RQF_DONTPREP;
	if (ram->sg)
		ram->nr_sg = blk_rq_map_sg(rq->q, rq, ram->sg);
}

static blk_status_t ram_queue_rq(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *bd)
{
	struct ram_disk *ram = hctx->queue->queuedata;
	unsigned long flags;

	if (ram->refusals) {
		ram->refusals--;
		return ram->refusal;
	}
	note(ram, bd->rq);
	blk_mq_start_request(bd->rq);
	if (ram->mode == RAM_AT_ONCE) {
		blk_mq_end_request(bd->rq, transfer(bd->rq));
		return BLK_STS_OK;
	}
	spin_lock_irqsave(&ram->lock, flags);
	ram->held[ram->nr_held++] = bd->rq;
	spin_unlock_irqrestore(&ram->lock, flags);
	if (ram->mode == RAM_INTERRUPT)
		hrtimer_start(&ram->interrupt, ram->delay ?: INTERRUPT_AFTER, HRTIMER_MODE_REL);
	return BLK_STS_OK;
}

static enum blk_eh_timer_return ram_timeout(struct request *rq)
{
	struct ram_disk *ram = ram_of(rq);

	WRITE_ONCE(ram->timeouts, ram->timeouts + 1);
	if (ram->end_in_timeout)
		blk_mq_end_request(first_held(ram), BLK_STS_TIMEOUT);
	if (ram->serve_in_timeout)
		ram_disk_end(ram, 1);
	return ram->verdict;
}

static const struct blk_mq_ops ram_ops = {
	.queue_rq = ram_queue_rq,
	.timeout = ram_timeout,
};

static int make_disk(struct ram_disk *ram, const char *name, struct gendisk **made)
{
	struct gendisk *disk = blk_mq_alloc_disk(&ram->set, ram);
	int error;

	if (IS_ERR(disk))
		return PTR_ERR(disk);
	strscpy(disk->disk_name, name, sizeof(disk->disk_name));
	set_capacity(disk, ram->sectors);
	blk_queue_write_cache(disk->queue, true, false);
	error = add_disk(disk);
	if (error)
		put_disk(disk);
	else
		*made = disk;
	return error;
}

int ram_disk_create(struct ram_disk *ram, sector_t sectors, unsigned int depth, enum ram_mode mode,
		    bool second)
{
	int error;

	ram->sectors = sectors;
	ram->mode = mode;
	ram->bad = ~(sector_t)0;
	ram->verdict = BLK_EH_RESET_TIMER;
	spin_lock_init(&ram->lock);
	hrtimer_init(&ram->interrupt, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	ram->interrupt.function = interrupt;
	ram->set.ops = &ram_ops;
	ram->set.nr_hw_queues = 1;
	ram->set.queue_depth = depth;
	error = blk_mq_alloc_tag_set(&ram->set);
	if (error)
		return error;
	/* Last, and quietly: it may be all that a small machine has left. */
	ram->data = kvzalloc(sectors << SECTOR_SHIFT << second, GFP_KERNEL | __GFP_NOWARN);
	error = ram->data ? make_disk(ram, "ram0", &ram->disk) : -ENOMEM;
	if (!error && second)
		error = make_disk(ram, "ram1", &ram->second);
	if (error)
		ram_disk_destroy(ram);
	return error;
}

static void remove_disk(struct gendisk **disk)
{
	if (*disk) {
		del_gendisk(*disk);
		put_disk(*disk);
	}
	*disk = NULL;
}

void ram_disk_destroy(struct ram_disk *ram)
{
	if (ram->mode == RAM_HOLD) {
		ram->mode = RAM_AT_ONCE;
		ram_disk_end(ram, RAM_HELD);
	}
	remove_disk(&ram->second);
	remove_disk(&ram->disk);
	blk_mq_free_tag_set(&ram->set);
	hrtimer_cancel(&ram->interrupt);
	kvfree(ram->data);
	ram->data = NULL;
	if (totalram_pages() < SMALL_MACHINE)
		rcu_barrier(); /* a set outlives its end for a moment: not so many at a time */
}
