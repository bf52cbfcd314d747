/* SPDX-License-Identifier: MIT */
/*
 * Address spaces: what a page cache caches, by page index. There are no files yet: the only
 * kind is a block device (drivers/bdev.c).
 */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H

#include <linux/errseq.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct address_space;
struct block_device;
struct file;
struct page;
struct writeback_control;

/*
 * In Linux 6.1 these take folios where they read; a folio here would always be one page, so they
 * keep their form of up to 5.18.
 */
struct address_space_operations {
	/*
	 * Both get a locked page and unlock it, at once or when the transfer has ended, perhaps in
	 * an interrupt. readpage sets PG_uptodate if it succeeds. writepage gets a page whose dirty
	 * flag the caller has cleared; between set_page_writeback() and end_page_writeback() it is
	 * not locked. 0 or -errno; AOP_WRITEPAGE_ACTIVATE: not now, and the page is still locked.
	 */
	int (*readpage)(struct file *file, struct page *page); /* file: NULL */
	int (*writepage)(struct page *page, struct writeback_control *wbc);
};

#define AOP_WRITEPAGE_ACTIVATE 0x80000

struct address_space {
	struct block_device *host;
	struct xarray i_pages; /* by index; its lock is taken with interrupts off */
	gfp_t gfp_mask;	       /* for its pages */
	unsigned long nrpages; /* under i_pages' lock */
	const struct address_space_operations *a_ops;
	unsigned long flags;   /* AS_* */
	errseq_t wb_err;       /* of write-back; each who asks is told once */
	struct list_head list; /* of all */

	/* mm/page_writeback.c's, under its lock: */
	struct list_head io_list;   /* of those with dirty pages */
	unsigned long dirtied_when; /* jiffies: the oldest of them */
	bool syncing;		    /* the flusher is at it */
};

#define PAGECACHE_TAG_DIRTY	XA_MARK_0
#define PAGECACHE_TAG_WRITEBACK XA_MARK_1
#define PAGECACHE_TAG_TOWRITE	XA_MARK_2 /* dirty when a sync began */

static inline bool mapping_tagged(const struct address_space *mapping, xa_mark_t tag)
{
	return xa_marked(&mapping->i_pages, tag);
}

/* Writes what is dirty and waits: 0, or the first error since the last one was told. Sleep. */
int filemap_fdatawrite(struct address_space *mapping);
int filemap_fdatawait(struct address_space *mapping);
int filemap_write_and_wait(struct address_space *mapping);
int filemap_write_and_wait_range(struct address_space *mapping, loff_t start, loff_t end);

/* For who wants to know of each error once, whoever else was told: see linux/errseq.h. */
static inline errseq_t filemap_sample_wb_err(struct address_space *mapping)
{
	return errseq_sample(&mapping->wb_err);
}

static inline int filemap_check_wb_err(struct address_space *mapping, errseq_t since)
{
	return errseq_check(&mapping->wb_err, since);
}

/*
 * Drops pages that are clean, not locked, not under write-back and used by nobody else; returns
 * how many. ...2_range: all that are clean, after waiting for them; what is in use leaves the cache
 * too and is freed by the last user; -EBUSY: some are dirty. truncate_...: these too, and their
 * data is lost. Sleep.
 */
unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t end);
int invalidate_inode_pages2_range(struct address_space *mapping, pgoff_t start, pgoff_t end);
void truncate_inode_pages(struct address_space *mapping, loff_t start);

#endif
