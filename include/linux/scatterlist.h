/* SPDX-License-Identifier: MIT */
/*
 * Lists of pieces of memory, for one transfer. An entry is a piece: a page, an offset from its
 * start, a length, which may reach into the pages behind. The entries are an array; the last
 * one of an array may lead to the next array (a chain) instead. lib/scatterlist.c.
 * Behaviour: Linux 6.1.
 */
#ifndef _LINUX_SCATTERLIST_H
#define _LINUX_SCATTERLIST_H

#include <linux/bug.h>
#include <linux/gfp_types.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/types.h>

/* page_link: the page, or the next array, and in the two lowest bits what the entry is. */
#define SG_CHAIN	  0x01UL /* leads to the next array */
#define SG_END		  0x02UL /* the last */
#define SG_PAGE_LINK_MASK (SG_CHAIN | SG_END)

struct scatterlist {
	unsigned long page_link;
	unsigned int offset;
	unsigned int length;
	dma_addr_t dma_address; /* these two by dma_map_sg() */
	unsigned int dma_length;
};

#define sg_dma_address(sg) ((sg)->dma_address)
#define sg_dma_len(sg)	   ((sg)->dma_length)

struct sg_table {
	struct scatterlist *sgl;
	unsigned int nents;	 /* entries that dma_map_sgtable() made for the device */
	unsigned int orig_nents; /* entries of the list */
};

static inline bool sg_is_chain(const struct scatterlist *sg)
{
	return sg->page_link & SG_CHAIN;
}

static inline bool sg_is_last(const struct scatterlist *sg)
{
	return sg->page_link & SG_END;
}

static inline struct scatterlist *sg_chain_ptr(const struct scatterlist *sg)
{
	return (struct scatterlist *)(sg->page_link & ~SG_PAGE_LINK_MASK);
}

static inline struct page *sg_page(const struct scatterlist *sg)
{
	return (struct page *)(sg->page_link & ~SG_PAGE_LINK_MASK);
}

static inline void sg_assign_page(struct scatterlist *sg, struct page *page)
{
	sg->page_link = (sg->page_link & SG_PAGE_LINK_MASK) | (unsigned long)page;
}

static inline void sg_set_page(struct scatterlist *sg, struct page *page, unsigned int len,
			       unsigned int offset)
{
	sg_assign_page(sg, page);
	sg->offset = offset;
	sg->length = len;
}

/* Lowmem only. */
static inline void sg_set_buf(struct scatterlist *sg, const void *buf, unsigned int buflen)
{
	sg_set_page(sg, virt_to_page(buf), buflen, offset_in_page(buf));
}

static inline phys_addr_t sg_phys(const struct scatterlist *sg)
{
	return page_to_phys(sg_page(sg)) + sg->offset;
}

static inline void *sg_virt(const struct scatterlist *sg)
{
	return page_address(sg_page(sg)) + sg->offset;
}

static inline void sg_mark_end(struct scatterlist *sg)
{
	sg->page_link = (sg->page_link & ~SG_CHAIN) | SG_END;
}

static inline void sg_unmark_end(struct scatterlist *sg)
{
	sg->page_link &= ~SG_END;
}

/* The last of the prv_nents entries of prv becomes the way to sgl. */
static inline void sg_chain(struct scatterlist *prv, unsigned int prv_nents,
			    struct scatterlist *sgl)
{
	prv += prv_nents - 1;
	prv->offset = 0;
	prv->length = 0;
	prv->page_link = (unsigned long)sgl | SG_CHAIN;
}

/* NULL behind the last. */
struct scatterlist *sg_next(struct scatterlist *sg);
struct scatterlist *sg_last(struct scatterlist *sg, unsigned int nents);
int sg_nents(struct scatterlist *sg);
/* How many entries hold `len` bytes; -EINVAL if all hold less. */
int sg_nents_for_len(struct scatterlist *sg, u64 len);

void sg_init_table(struct scatterlist *sg, unsigned int nents);
void sg_init_one(struct scatterlist *sg, const void *buf, unsigned int buflen);

#define for_each_sg(sglist, sg, nr, __i) \
	for (__i = 0, sg = (sglist); __i < (nr); __i++, sg = sg_next(sg))
#define for_each_sgtable_sg(sgt, sg, i)	    for_each_sg((sgt)->sgl, sg, (sgt)->orig_nents, i)
#define for_each_sgtable_dma_sg(sgt, sg, i) for_each_sg((sgt)->sgl, sg, (sgt)->nents, i)

/* --- a list of its own, in chained pages: 0 or -errno ------------------------------------ */

#define SG_MAX_SINGLE_ALLOC (PAGE_SIZE / sizeof(struct scatterlist))

int sg_alloc_table(struct sg_table *table, unsigned int nents, gfp_t gfp_mask);
/* `size` bytes from `offset` on in these pages; neighbours in memory share an entry. */
int sg_alloc_table_from_pages(struct sg_table *sgt, struct page **pages, unsigned int n_pages,
			      unsigned int offset, unsigned long size, gfp_t gfp_mask);
void sg_free_table(struct sg_table *table);

/* --- copies between a list and a buffer, from `skip` on; highmem too: bytes that were copied - */

size_t sg_pcopy_from_buffer(struct scatterlist *sgl, unsigned int nents, const void *buf,
			    size_t buflen, off_t skip);
size_t sg_pcopy_to_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen,
			  off_t skip);
size_t sg_copy_from_buffer(struct scatterlist *sgl, unsigned int nents, const void *buf,
			   size_t buflen);
size_t sg_copy_to_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen);
size_t sg_zero_buffer(struct scatterlist *sgl, unsigned int nents, size_t buflen, off_t skip);

#endif
