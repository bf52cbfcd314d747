/* SPDX-License-Identifier: MIT */
/*
 * bios: transfers between a block device and memory.
 *
 *	bio = bio_alloc(bdev, 2, REQ_OP_READ, GFP_NOIO);	never NULL: it may sleep
 *	bio->bi_iter.bi_sector = 2048;
 *	bio_add_page(bio, page, PAGE_SIZE, 0);
 *	bio->bi_end_io = done;			void done(struct bio *bio): looks at bi_status,
 *	submit_bio(bio);			and ends with bio_put(bio)
 *
 * submit_bio() and submit_bio_wait() sleep: process context, and not while holding what the
 * completion of other transfers needs. bio_alloc(): as its flags say; the rest in any context.
 */
#ifndef _LINUX_BIO_H
#define _LINUX_BIO_H

#include <linux/blk_types.h>
#include <linux/gfp.h>

#define BIO_MAX_VECS	256
#define BIO_INLINE_VECS 4

#define bio_sectors(bio)    ((bio)->bi_iter.bi_size >> SECTOR_SHIFT)
#define bio_end_sector(bio) ((bio)->bi_iter.bi_sector + bio_sectors(bio))

/*
 * Room for nr_vecs pieces, BIO_MAX_VECS at most. With flags that may sleep it succeeds always,
 * from a reserve if need be: so nobody may hold two that are not submitted. Otherwise NULL.
 */
struct bio *bio_alloc(struct block_device *bdev, unsigned short nr_vecs, blk_opf_t opf, gfp_t gfp);
/* In the caller's memory, with the caller's array. Needs no bio_put(). */
void bio_init(struct bio *bio, struct block_device *bdev, struct bio_vec *table,
	      unsigned short max_vecs, blk_opf_t opf);
void bio_put(struct bio *bio);

/* How many bytes were added: len, or 0 where there is no room left. */
int bio_add_page(struct bio *bio, struct page *page, unsigned int len, unsigned int offset);

/*
 * The device takes it; bi_end_io() is called once, perhaps before this returns. bi_status keeps an
 * error that it had, of a child say: who submits a bio that failed again clears it.
 */
void submit_bio(struct bio *bio);
/* The same, and waits: 0 or -errno. bi_end_io and bi_private are not the caller's then. */
int submit_bio_wait(struct bio *bio);

/* For who serves it. */
void bio_endio(struct bio *bio);

static inline void bio_io_error(struct bio *bio)
{
	bio->bi_status = BLK_STS_IOERR;
	bio_endio(bio);
}

static inline void bio_advance(struct bio *bio, unsigned int bytes)
{
	bio->bi_iter.bi_sector += bytes >> SECTOR_SHIFT;
	bvec_iter_advance(bio->bi_io_vec, &bio->bi_iter, bytes);
}

/* parent, which is not submitted before, ends when bio has ended as well, with the first error. */
void bio_chain(struct bio *bio, struct bio *parent);

/* By pieces, or by what of them is in one page (struct bio_vec bvec, struct bvec_iter iter). */
#define __bio_for_each(bvec, bio, iter, start, get)                                     \
	for (iter = (start); iter.bi_size && ((bvec = get((bio)->bi_io_vec, iter)), 1); \
	     bvec_iter_advance((bio)->bi_io_vec, &iter, bvec.bv_len))
#define bio_for_each_bvec(bvec, bio, iter) \
	__bio_for_each(bvec, bio, iter, (bio)->bi_iter, mp_bvec_iter_bvec)
#define bio_for_each_segment(bvec, bio, iter) \
	__bio_for_each(bvec, bio, iter, (bio)->bi_iter, bvec_iter_bvec)

static inline bool bio_next_segment(const struct bio *bio, struct bvec_iter_all *iter)
{
	const struct bio_vec *vec = &bio->bi_io_vec[iter->idx];
	struct bvec_iter at = { .bi_bvec_done = iter->done };

	if (iter->idx >= bio->bi_vcnt)
		return false;
	at.bi_size = vec->bv_len - iter->done;
	iter->bv = bvec_iter_bvec(vec, at);
	iter->done += iter->bv.bv_len;
	if (iter->done == vec->bv_len) {
		iter->idx++;
		iter->done = 0;
	}
	return true;
}

/* Every page, done or not, for who owns the bio (struct bio_vec *, struct bvec_iter_all). */
#define bio_for_each_segment_all(bvl, bio, iter)                          \
	for (iter = (struct bvec_iter_all){ .idx = 0 }, bvl = &(iter).bv; \
	     bio_next_segment(bio, &(iter));)

#endif
