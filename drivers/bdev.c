// SPDX-License-Identifier: MIT
/*
 * Block devices through the page cache: any bytes, at any place.
 *
 *	bdev_write(hda, 5000, "x", 1)		bdev_read(hda, 5000, buf, 1)
 *		 |				       ^
 *	page 1 of the cache: [..........x.....................] index 1, bytes 4096 to 8191
 *		 | writepage: later		       ^ readpage: if it is not there
 *	sectors 8 to 15
 *
 * mm/filemap.c has the cache, mm/page_writeback.c says when pages are written; this file moves one
 * page: a bio each, from the pool, of up to eight sectors, as the device may end within a page.
 * What lies behind its end is zero in memory, and goes nowhere. Neighbours become one request in
 * the queue (block_queue.c), while the disk is busy.
 *
 * A disk that goes is written first (bdev_end()), while it still works. Its cache goes with the
 * last reference to it: what somebody made dirty meanwhile cannot be written any more, and is lost.
 *
 * Cost: reading what is cached takes 150 instructions a page, and copying.
 *
 * Locking: as in mm/filemap.c. Two who write the same bytes at once leave each page as one of them
 * wrote it.
 *
 * Left out: opening, exclusive use, block sizes, direct I/O; where a reader is in a file: who
 * reads a page in pieces has used it as many times.
 */
#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <linux/writeback.h>
#include <memkern/blkdev.h>

#define READ_AT_ONCE 32 /* pages */

/* --- a page, and a disk --------------------------------------------------------------------- */

/* What is behind 16 TiB has no index, and is not there: no page has the index ULONG_MAX. */
static loff_t bdev_bytes(const struct block_device *bdev)
{
	return min_t(sector_t, bdev_nr_sectors(bdev), (sector_t)ULONG_MAX * PAGE_SECTORS)
	       << SECTOR_SHIFT;
}

/* How many of the page's bytes the device has. */
static unsigned int bytes_of(const struct block_device *bdev, pgoff_t index)
{
	return clamp_t(loff_t, bdev_bytes(bdev) - ((loff_t)index << PAGE_SHIFT), 0, PAGE_SIZE);
}

static void end_read(struct bio *bio)
{
	struct page *page = bio->bi_private;

	if (!bio->bi_status)
		SetPageUptodate(page);
	unlock_page(page);
	bio_put(bio);
}

static void end_write(struct bio *bio)
{
	struct page *page = bio->bi_private;

	if (bio->bi_status) {
		pr_err_ratelimited("Buffer I/O error on dev %s, page %lu, lost async page write\n",
				   bio->bi_bdev->bd_disk->disk_name, page->index);
		mapping_set_error(page_mapping(page), blk_status_to_errno(bio->bi_status));
	}
	end_page_writeback(page);
	bio_put(bio);
}

/* Of a page that the device had, but has no more, all is asked for: it is refused. */
static struct bio *page_bio(struct page *page, enum req_op op, bio_end_io_t *end_io, gfp_t gfp)
{
	struct block_device *bdev = page_mapping(page)->host;
	struct bio *bio = bio_alloc(bdev, 1, op, gfp);

	bio->bi_iter.bi_sector = (sector_t)page->index * PAGE_SECTORS;
	bio->bi_end_io = end_io;
	bio->bi_private = page;
	bio_add_page(bio, page, bytes_of(bdev, page->index) ?: PAGE_SIZE, 0);
	count_vm_events(op == REQ_OP_READ ? PGPGIN : PGPGOUT, bio_sectors(bio));
	return bio;
}

static int bdev_readpage(struct file *file, struct page *page)
{
	unsigned int bytes = bytes_of(page_mapping(page)->host, page->index);

	if (bytes < PAGE_SIZE)
		zero_user_segment(page, bytes, PAGE_SIZE);
	submit_bio(page_bio(page, REQ_OP_READ, end_read, GFP_KERNEL));
	return 0;
}

/*
 * It is no longer locked when the transfer begins: who only looks does not wait. The bio comes first:
 * reclaim for it would wait for a page under write-back that is not on its way yet.
 */
static int bdev_writepage(struct page *page, struct writeback_control *wbc)
{
	struct bio *bio = page_bio(page, REQ_OP_WRITE, end_write, GFP_NOIO);

	set_page_writeback(page);
	unlock_page(page);
	submit_bio(bio);
	return 0;
}

static const struct address_space_operations bdev_aops = {
	.readpage = bdev_readpage,
	.writepage = bdev_writepage,
};

void bdev_init(struct block_device *bdev, struct address_space *mapping)
{
	bdev->bd_mapping = mapping;
	mapping_init(mapping, bdev, &bdev_aops, GFP_HIGHUSER_MOVABLE);
}

void bdev_end(struct block_device *bdev)
{
	filemap_write_and_wait(bdev->bd_mapping);
	invalidate_bdev(bdev);
}

bool disk_force_media_change(struct gendisk *disk, unsigned int events)
{
	struct address_space *mapping = disk->part0->bd_mapping;

	if (!(events & DISK_EVENT_MEDIA_CHANGE))
		return false;
	if (mapping_tagged(mapping, PAGECACHE_TAG_DIRTY)) {
		pr_err("%s: what was not written yet is lost with its medium\n", disk->disk_name);
		mapping_set_error(mapping, -EIO);
	}
	truncate_inode_pages(mapping, 0);
	return true;
}

/* --- bytes ------------------------------------------------------------------------------------ */

/* The page's share of what is wanted from `pos` on. */
static unsigned int share(loff_t pos, size_t wanted)
{
	return min_t(size_t, wanted, PAGE_SIZE - offset_in_page(pos));
}

/* What is missing is read together: all that is wanted; more, if the page before was wanted too. */
static void read_ahead(struct block_device *bdev, loff_t pos, size_t wanted)
{
	struct address_space *mapping = bdev->bd_mapping;
	pgoff_t index = pos >> PAGE_SHIFT, last = (pos + wanted - 1) >> PAGE_SHIFT;
	pgoff_t most = (bdev_bytes(bdev) - 1) >> PAGE_SHIFT;
	/* Pages that are being read cannot be reclaimed: they shall not be all that there are. */
	pgoff_t at_once = min_t(pgoff_t, READ_AT_ONCE, totalram_pages() / 16 + 1);

	if (index && xa_load(&mapping->i_pages, index - 1))
		last = most;
	last = min3(last, most, index + at_once - 1);
	page_cache_readahead(mapping, index, last - index + 1);
}

static struct page *page_to_read(struct block_device *bdev, loff_t pos, size_t wanted)
{
	struct page *page = find_get_page(bdev->bd_mapping, pos >> PAGE_SHIFT);

	if (page && PageUptodate(page))
		return page;
	if (page)
		put_page(page);
	else
		read_ahead(bdev, pos, wanted);
	return read_mapping_page(bdev->bd_mapping, pos >> PAGE_SHIFT, NULL);
}

ssize_t bdev_read(struct block_device *bdev, loff_t pos, void *buf, size_t len)
{
	size_t done, bytes;

	might_sleep();
	if (pos < 0)
		return -EINVAL;
	len = clamp_t(loff_t, bdev_bytes(bdev) - pos, 0, len);
	for (done = 0; done < len; done += bytes, pos += bytes) {
		struct page *page = page_to_read(bdev, pos, len - done);

		if (IS_ERR(page))
			return done ? (ssize_t)done : PTR_ERR(page);
		bytes = share(pos, len - done);
		memcpy_from_page(buf + done, page, offset_in_page(pos), bytes);
		mark_page_accessed(page);
		put_page(page);
		cond_resched();
	}
	return done;
}

/* Locked. If not all of it will be written, it is read before. */
static struct page *page_to_write(struct address_space *mapping, pgoff_t index, bool whole)
{
	struct page *page;

	if (whole)
		return grab_cache_page(mapping, index) ?: ERR_PTR(-ENOMEM);
	for (;;) {
		page = read_mapping_page(mapping, index, NULL);
		if (IS_ERR(page))
			return page;
		lock_page(page);
		if (page->mapping == mapping)
			break;
		unlock_page(page);
		put_page(page);
	}
	mark_page_accessed(page);
	return page;
}

ssize_t bdev_write(struct block_device *bdev, loff_t pos, const void *buf, size_t len)
{
	struct address_space *mapping = bdev->bd_mapping;
	size_t done, bytes;

	might_sleep();
	if (pos < 0)
		return -EINVAL;
	if (len && pos >= bdev_bytes(bdev))
		return -ENOSPC;
	len = clamp_t(loff_t, bdev_bytes(bdev) - pos, 0, len);
	for (done = 0; done < len; done += bytes, pos += bytes) {
		pgoff_t index = pos >> PAGE_SHIFT;
		bool whole;
		struct page *page;

		bytes = share(pos, len - done);
		whole = bytes == bytes_of(bdev, index);
		page = page_to_write(mapping, index, whole);
		if (IS_ERR(page))
			return done ? (ssize_t)done : PTR_ERR(page);
		if (whole && bytes < PAGE_SIZE)
			zero_user_segment(page, bytes, PAGE_SIZE);
		memcpy_to_page(page, offset_in_page(pos), buf + done, bytes);
		SetPageUptodate(page);
		set_page_dirty(page);
		unlock_page(page);
		put_page(page);
		balance_dirty_pages_ratelimited(mapping);
		cond_resched();
	}
	return done;
}

/* --- all of it -------------------------------------------------------------------------------- */

int sync_blockdev(struct block_device *bdev)
{
	int error = filemap_write_and_wait(bdev->bd_mapping);

	return blkdev_issue_flush(bdev) ?: error;
}

void invalidate_bdev(struct block_device *bdev)
{
	invalidate_mapping_pages(bdev->bd_mapping, 0, ULONG_MAX);
}

void sync_bdevs(bool wait)
{
	struct block_device *bdev = NULL;

	while ((bdev = blkdev_next(bdev))) {
		if (wait)
			sync_blockdev(bdev);
		else
			filemap_fdatawrite(bdev->bd_mapping);
	}
}
