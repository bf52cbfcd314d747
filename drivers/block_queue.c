// SPDX-License-Identifier: MIT
/*
 * The order in which a disk's requests are served, and what becomes one request.
 *
 * A disk's head goes up once through all that waits, and starts again at the lowest sector. What
 * waits is in a tree by sector, so that the neighbours of a new bio are found at once: where
 * it continues a request, or is continued by one, it joins it, if the limits allow. And if it
 * closes the gap between two, they become one. Say 8-sector writes; the disk is busy:
 *
 *	waits			comes	becomes
 *	[0 8)       [16 24)	8	[0 24)			one request of 3 bios
 *	[0 24) [100 108)	92	[0 24) [92 108)		joined at the front
 *	head is at 50:			[92 108), then [0 24)
 *
 * Requests that always come just ahead of the head could keep one that is behind it waiting for
 * ever. So the oldest is served after PASSED_OVER_MOST others, wherever it is.
 *
 * Reads and writes of the same sectors that wait at the same time are in no order: who needs one
 * waits for the first to end. So does Linux.
 *
 * Before all these goes the dispatch list: requests that the driver gave back, and flushes.
 * Flushes only promise something for writes that have ended, and need not wait for others;
 * those that wait at the same time are one.
 *
 * Cost: O(log n) steps a bio.
 *
 * Locking: the caller holds tags->lock.
 */
#include <linux/bug.h>
#include <linux/jiffies.h>
#include <linux/scatterlist.h>

#include "block.h"

#define PASSED_OVER_MOST 64

/* --- limits ------------------------------------------------------------------------------ */

/* What of a piece one segment may hold. Boundaries are below 4 GiB, as is what tells them apart. */
static unsigned int segment_bytes(const struct queue_limits *limits, const struct bio_vec *bvec)
{
	unsigned long mask = limits->seg_boundary_mask;
	unsigned long start = bvec_phys(bvec);
	unsigned long room = mask - (start & mask);
	unsigned int len = min(bvec->bv_len, limits->max_segment_size);

	return len && len - 1 > room ? room + 1 : len;
}

unsigned int bio_fits(struct request_queue *q, struct bio *bio, unsigned int *segments)
{
	const struct queue_limits *limits = &q->limits;
	unsigned int bytes = 0, most;
	struct bvec_iter iter = bio->bi_iter;

	most = min(iter.bi_size >> SECTOR_SHIFT, limits->max_hw_sectors) << SECTOR_SHIFT;
	for (*segments = 0; bytes < most && *segments < limits->max_segments; ++*segments) {
		struct bio_vec bvec = mp_bvec_iter_bvec(bio->bi_io_vec, iter);
		unsigned int len = min(segment_bytes(limits, &bvec), most - bytes);

		if ((bvec.bv_offset | bvec.bv_len) & limits->dma_alignment)
			break;
		bvec_iter_advance(bio->bi_io_vec, &iter, len);
		bytes += len;
	}
	return bytes & ~(SECTOR_SIZE - 1U);
}

/* Does `next` continue the segment, so that a device would not see where they met? */
static bool continues(const struct queue_limits *limits, const struct scatterlist *sg,
		      const struct bio_vec *next)
{
	phys_addr_t start = sg_phys(sg), end = start + sg->length;

	return end == bvec_phys(next) && sg->length + next->bv_len <= limits->max_segment_size &&
	       ((start ^ (end + next->bv_len - 1)) & ~(phys_addr_t)limits->seg_boundary_mask) == 0;
}

/* The list may have been used before, for fewer. */
static struct scatterlist *sg_after(struct scatterlist *sg)
{
	sg_unmark_end(sg);
	return sg_next(sg);
}

int blk_rq_map_sg(struct request_queue *q, struct request *rq, struct scatterlist *sglist)
{
	const struct queue_limits *limits = &q->limits;
	struct scatterlist *sg = NULL;
	struct bvec_iter iter;
	struct bio *bio;
	int nr = 0;

	for (bio = rq->bio; bio; bio = bio->bi_next) {
		for (iter = bio->bi_iter; iter.bi_size;) {
			struct bio_vec bvec = mp_bvec_iter_bvec(bio->bi_io_vec, iter);

			bvec.bv_len = segment_bytes(limits, &bvec);
			bvec_iter_advance(bio->bi_io_vec, &iter, bvec.bv_len);
			if (sg && continues(limits, sg, &bvec)) {
				sg->length += bvec.bv_len;
				continue;
			}
			sg = sg ? sg_after(sg) : sglist;
			sg_set_page(sg, bvec.bv_page + bvec.bv_offset / PAGE_SIZE, bvec.bv_len,
				    bvec.bv_offset % PAGE_SIZE);
			nr++;
		}
	}
	if (sg)
		sg_mark_end(sg);
	return nr;
}

/* --- the tree ---------------------------------------------------------------------------- */

static struct request *rq_of(struct rb_node *node)
{
	return rb_entry_safe(node, struct request, rb_node);
}

static sector_t rq_end(const struct request *rq)
{
	return blk_rq_pos(rq) + blk_rq_sectors(rq);
}

/* The last one that begins at or below a sector. */
static struct request *last_up_to(struct request_queue *q, sector_t sector)
{
	struct rb_node *node = q->sorted.rb_node;
	struct request *found = NULL;

	while (node) {
		struct request *rq = rq_of(node);

		if (blk_rq_pos(rq) <= sector) {
			found = rq;
			node = node->rb_right;
		} else {
			node = node->rb_left;
		}
	}
	return found;
}

static void take_out(struct request_queue *q, struct request *rq)
{
	rb_erase(&rq->rb_node, &q->sorted);
	list_del_init(&rq->queuelist);
}

/* Those of the same sector in the order in which they came. */
void elv_insert(struct request_queue *q, struct request *rq)
{
	struct rb_node **link = &q->sorted.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = blk_rq_pos(rq) < blk_rq_pos(rq_of(parent)) ? &parent->rb_left
								  : &parent->rb_right;
	}
	rb_link_node(&rq->rb_node, parent, link);
	rb_insert_color(&rq->rb_node, &q->sorted);
	rq->deadline = jiffies;
	list_add_tail(&rq->queuelist, &q->fifo);
}

/* --- joining ------------------------------------------------------------------------------- */

static bool within_limits(struct request_queue *q, const struct request *rq, blk_opf_t opf,
			  unsigned int sectors, unsigned int segments)
{
	return rq->cmd_flags == opf && blk_rq_sectors(rq) + sectors <= q->limits.max_hw_sectors &&
	       rq->nr_phys_segments + segments <= q->limits.max_segments;
}

/* The gap between them is closed. The place of the older one in the fifo is theirs. */
static void join_requests(struct request_queue *q, struct request *rq, struct request *next)
{
	if (!next || rq_end(rq) != blk_rq_pos(next) ||
	    !within_limits(q, rq, next->cmd_flags, blk_rq_sectors(next), next->nr_phys_segments))
		return;
	rq->biotail->bi_next = next->bio;
	rq->biotail = next->biotail;
	rq->__data_len += next->__data_len;
	rq->nr_phys_segments += next->nr_phys_segments;
	if (time_before(next->deadline, rq->deadline)) {
		rq->deadline = next->deadline;
		list_move(&rq->queuelist, &next->queuelist);
	}
	take_out(q, next);
	blk_give_back(q->tags, next);
}

static void grow(struct request *rq, struct bio *bio, unsigned int segments)
{
	rq->__data_len += bio->bi_iter.bi_size;
	rq->nr_phys_segments += segments;
}

static bool merge_data(struct request_queue *q, struct bio *bio, unsigned int segments)
{
	struct request *before = last_up_to(q, bio->bi_iter.bi_sector);
	struct request *after = rq_of(before ? rb_next(&before->rb_node) : rb_first(&q->sorted));

	if (before && rq_end(before) == bio->bi_iter.bi_sector &&
	    within_limits(q, before, bio->bi_opf, bio_sectors(bio), segments)) {
		before->biotail->bi_next = bio;
		before->biotail = bio;
		grow(before, bio, segments);
		join_requests(q, before, after);
		return true;
	}
	if (after && bio_end_sector(bio) == blk_rq_pos(after) &&
	    within_limits(q, after, bio->bi_opf, bio_sectors(bio), segments)) {
		bio->bi_next = after->bio;
		after->bio = bio;
		after->__sector =
			bio->bi_iter.bi_sector; /* before <= it < after: the order stays */
		grow(after, bio, segments);
		return true;
	}
	return false;
}

bool elv_merge(struct request_queue *q, struct bio *bio, unsigned int segments)
{
	if (!(bio->bi_opf & REQ_PREFLUSH)) {
		if (RB_EMPTY_ROOT(&q->sorted) || !merge_data(q, bio, segments))
			return false;
	} else if (q->flush) {
		q->flush->biotail->bi_next = bio;
		q->flush->biotail = bio;
	} else {
		return false;
	}
	q->stats->merges++;
	return true;
}

/* --- whose turn it is ------------------------------------------------------------------------ */

struct request *elv_next(struct request_queue *q)
{
	struct request *rq = list_first_entry_or_null(&q->dispatch, struct request, queuelist);
	struct request *oldest = list_first_entry_or_null(&q->fifo, struct request, queuelist);

	if (rq) {
		list_del_init(&rq->queuelist);
		if (rq == q->flush)
			q->flush = NULL;
		return rq;
	}
	if (!oldest)
		return NULL;
	rq = oldest;
	if (q->passed_over < PASSED_OVER_MOST) {
		struct request *below = q->head ? last_up_to(q, q->head - 1) : NULL;

		rq = rq_of(below ? rb_next(&below->rb_node) : NULL) ?: rq_of(rb_first(&q->sorted));
	}
	q->passed_over = rq == oldest ? 0 : q->passed_over + 1;
	q->head = rq_end(rq);
	take_out(q, rq);
	return rq;
}
