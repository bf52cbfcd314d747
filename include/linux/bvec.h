/* SPDX-License-Identifier: MIT */
/*
 * Memory of a transfer: an array of pieces, each within pages that follow one another in
 * physical memory, and an iterator that says how much of it is done.
 */
#ifndef _LINUX_BVEC_H
#define _LINUX_BVEC_H

#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/types.h>

struct bio_vec {
	struct page *bv_page;
	unsigned int bv_len;	/* bytes; may go on into the pages that follow */
	unsigned int bv_offset; /* from the page's start; may be behind its end */
};

struct bvec_iter {
	sector_t bi_sector;	   /* on the device, in units of 512 bytes, whatever its own is */
	unsigned int bi_size;	   /* bytes left */
	unsigned int bi_idx;	   /* the piece that is next, */
	unsigned int bi_bvec_done; /* and how many bytes of it are done */
};

/* What is left of the next piece; */
static inline struct bio_vec mp_bvec_iter_bvec(const struct bio_vec *vecs, struct bvec_iter iter)
{
	const struct bio_vec *bvec = &vecs[iter.bi_idx];

	return (struct bio_vec){
		.bv_page = bvec->bv_page,
		.bv_len = min(iter.bi_size, bvec->bv_len - iter.bi_bvec_done),
		.bv_offset = bvec->bv_offset + iter.bi_bvec_done,
	};
}

/* of that, what lies in one page: for kmap_local_page(). */
static inline struct bio_vec bvec_iter_bvec(const struct bio_vec *vecs, struct bvec_iter iter)
{
	struct bio_vec bvec = mp_bvec_iter_bvec(vecs, iter);

	bvec.bv_page += bvec.bv_offset / PAGE_SIZE;
	bvec.bv_offset %= PAGE_SIZE;
	bvec.bv_len = min_t(unsigned int, bvec.bv_len, PAGE_SIZE - bvec.bv_offset);
	return bvec;
}

/* For walks over all pages of whole pieces, done or not: the page's part, and where it is. */
struct bvec_iter_all {
	struct bio_vec bv;
	int idx;
	unsigned int done;
};

/* At most bi_size bytes. */
static inline void bvec_iter_advance(const struct bio_vec *vecs, struct bvec_iter *iter,
				     unsigned int bytes)
{
	iter->bi_size -= bytes;
	bytes += iter->bi_bvec_done;
	while (bytes && bytes >= vecs[iter->bi_idx].bv_len)
		bytes -= vecs[iter->bi_idx++].bv_len;
	iter->bi_bvec_done = bytes;
}

static inline phys_addr_t bvec_phys(const struct bio_vec *bvec)
{
	return page_to_phys(bvec->bv_page) + bvec->bv_offset;
}

#endif
