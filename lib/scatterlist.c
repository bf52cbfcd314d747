// SPDX-License-Identifier: MIT
/*
 * Lists of pieces of memory: walking, allocating and copying.
 *
 *	sgl -> [page, offset, length] [...] [chain] --> [...] [...] [...; end]
 *
 * A table that does not fit into a page is a chain of pages full of entries, the last of each
 * being the way to the next one.
 *
 * Left out: sg_miter, page iterators, bidirectional bsg lists.
 */
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

/* --- walking -------------------------------------------------------------------------------- */

struct scatterlist *sg_next(struct scatterlist *sg)
{
	if (sg_is_last(sg))
		return NULL;
	sg++;
	return unlikely(sg_is_chain(sg)) ? sg_chain_ptr(sg) : sg;
}

struct scatterlist *sg_last(struct scatterlist *sgl, unsigned int nents)
{
	struct scatterlist *sg, *last = NULL;
	unsigned int i;

	for_each_sg(sgl, sg, nents, i) last = sg;
	return last;
}

int sg_nents(struct scatterlist *sg)
{
	int nents = 0;

	for (; sg; sg = sg_next(sg))
		nents++;
	return nents;
}

int sg_nents_for_len(struct scatterlist *sg, u64 len)
{
	int nents = 0;
	u64 total = 0;

	for (; sg && total < len; sg = sg_next(sg), nents++)
		total += sg->length;
	return total < len ? -EINVAL : nents;
}

void sg_init_table(struct scatterlist *sgl, unsigned int nents)
{
	memset(sgl, 0, nents * sizeof(*sgl));
	sg_mark_end(&sgl[nents - 1]);
}

void sg_init_one(struct scatterlist *sg, const void *buf, unsigned int buflen)
{
	sg_init_table(sg, 1);
	sg_set_buf(sg, buf, buflen);
}

/* --- allocating -------------------------------------------------------------------------------- */

void sg_free_table(struct sg_table *table)
{
	struct scatterlist *part = table->sgl;
	unsigned int left = table->orig_nents;

	while (part) {
		struct scatterlist *next = NULL;

		if (left > SG_MAX_SINGLE_ALLOC) {
			next = sg_chain_ptr(&part[SG_MAX_SINGLE_ALLOC - 1]);
			left -= SG_MAX_SINGLE_ALLOC - 1;
		}
		kfree(part);
		part = next;
	}
	memset(table, 0, sizeof(*table));
}

/* orig_nents is kept such that sg_free_table() finds what is there already. */
int sg_alloc_table(struct sg_table *table, unsigned int nents, gfp_t gfp_mask)
{
	struct scatterlist *before = NULL;
	unsigned int left = nents;

	memset(table, 0, sizeof(*table));
	if (nents == 0)
		return -EINVAL;
	while (left) {
		unsigned int nr = min_t(unsigned int, left, SG_MAX_SINGLE_ALLOC);
		struct scatterlist *part = kmalloc_array(nr, sizeof(*part), gfp_mask);

		if (!part) {
			sg_free_table(table);
			return -ENOMEM;
		}
		sg_init_table(part, nr);
		if (before)
			sg_chain(before, SG_MAX_SINGLE_ALLOC, part);
		else
			table->sgl = part;
		before = part;
		left -= left > nr ? nr - 1 : nr;
		table->orig_nents = nents - left;
	}
	table->nents = nents;
	return 0;
}

/* How many bytes lie in a row from pages[i] on. */
static unsigned long run_length(struct page **pages, unsigned int n_pages, unsigned int i)
{
	unsigned int first = i;

	while (++i < n_pages && page_to_pfn(pages[i]) == page_to_pfn(pages[i - 1]) + 1)
		;
	return (unsigned long)(i - first) << PAGE_SHIFT;
}

int sg_alloc_table_from_pages(struct sg_table *sgt, struct page **pages, unsigned int n_pages,
			      unsigned int offset, unsigned long size, gfp_t gfp_mask)
{
	unsigned int i, nents = 0, entry;
	struct scatterlist *sg;
	int error;

	for (i = 0; i < n_pages; i += run_length(pages, n_pages, i) >> PAGE_SHIFT)
		nents++;
	error = sg_alloc_table(sgt, nents, gfp_mask);
	if (error)
		return error;
	i = 0;
	for_each_sgtable_sg(sgt, sg, entry)
	{
		unsigned long run = run_length(pages, n_pages, i);
		unsigned int length = min_t(unsigned long, run - offset, size);

		sg_set_page(sg, pages[i], length, offset);
		i += run >> PAGE_SHIFT;
		size -= length;
		offset = 0;
	}
	return 0;
}

/* --- copying -------------------------------------------------------------------------------------- */

enum copy_kind { COPY_TO_LIST, COPY_FROM_LIST, ZERO_LIST };

/* Some bytes of one entry, which may lie in several pages. */
static void copy_entry(struct scatterlist *sg, size_t skip, char *buf, size_t size,
		       enum copy_kind kind)
{
	size_t at = sg->offset + skip;

	while (size) {
		struct page *page = sg_page(sg) + (at >> PAGE_SHIFT);
		size_t part = min_t(size_t, size, PAGE_SIZE - offset_in_page(at));

		if (kind == COPY_TO_LIST)
			memcpy_to_page(page, offset_in_page(at), buf, part);
		else if (kind == COPY_FROM_LIST)
			memcpy_from_page(buf, page, offset_in_page(at), part);
		else
			memzero_page(page, offset_in_page(at), part);
		at += part;
		buf += part;
		size -= part;
	}
}

static size_t copy_list(struct scatterlist *sgl, unsigned int nents, char *buf, size_t buflen,
			off_t skip, enum copy_kind kind)
{
	size_t done = 0, left = skip;
	struct scatterlist *sg;
	unsigned int i;

	for_each_sg(sgl, sg, nents, i)
	{
		size_t part;

		if (left >= sg->length) {
			left -= sg->length;
			continue;
		}
		part = min_t(size_t, buflen - done, sg->length - left);
		copy_entry(sg, left, buf + done, part, kind);
		done += part;
		left = 0;
	}
	return done;
}

size_t sg_pcopy_from_buffer(struct scatterlist *sgl, unsigned int nents, const void *buf,
			    size_t buflen, off_t skip)
{
	return copy_list(sgl, nents, (char *)buf, buflen, skip, COPY_TO_LIST);
}

size_t sg_pcopy_to_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen,
			  off_t skip)
{
	return copy_list(sgl, nents, buf, buflen, skip, COPY_FROM_LIST);
}

size_t sg_copy_from_buffer(struct scatterlist *sgl, unsigned int nents, const void *buf,
			   size_t buflen)
{
	return sg_pcopy_from_buffer(sgl, nents, buf, buflen, 0);
}

size_t sg_copy_to_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen)
{
	return sg_pcopy_to_buffer(sgl, nents, buf, buflen, 0);
}

size_t sg_zero_buffer(struct scatterlist *sgl, unsigned int nents, size_t buflen, off_t skip)
{
	return copy_list(sgl, nents, NULL, buflen, skip, ZERO_LIST);
}
