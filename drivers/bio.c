// SPDX-License-Identifier: MIT
/*
 * bios: what is to be moved between a block device and memory.
 *
 *	bi_iter: sector 800, 9216 bytes left, piece 0, of which 1024 are done
 *	bi_io_vec:	[page 7, offset 0, 8192 bytes] [page 30, offset 512, 2048 bytes]
 *			      ^ goes on in page 8		   ^ at sector 814
 *
 * The pieces never change once the bio is submitted; the iterator moves on. So two bios may share
 * an array: a bio that is too large for one request is split, into a new one with an iterator
 * of its own over the first sectors, and the rest. The rest is the new one's parent: it ends when
 * all its children have ended (__bi_remaining counts them and itself).
 *
 * The promise. Who frees memory by writing it out must get a bio without any. So bios come from
 * a pool (mm/mempool.c), arrays of more than BIO_INLINE_VECS pieces from a second, split ones
 * from a third: then a large bio that holds the last of the first pool can still be split. Each
 * element comes back when a transfer has ended, which needs no memory (drivers/block.c).
 *
 * Cost: bio_alloc() and bio_put() of up to four pieces are about those of an object.
 *
 * Locking: none; a bio is its owner's, from submit_bio() to bi_end_io() the device's.
 *
 * Left out: cloning, integrity data, cgroups, bio_get(): a bio has one owner.
 */
#include <linux/bio.h>
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/mempool.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "block.h"

#define BIO_POOL_SIZE 2

static mempool_t bio_pool, split_pool, bvec_pool;

static struct bio_vec *alloc_vecs(unsigned short *nr_vecs, gfp_t gfp)
{
	gfp_t try = (gfp & ~(__GFP_DIRECT_RECLAIM | __GFP_IO)) | __GFP_NOMEMALLOC | __GFP_NORETRY |
		    __GFP_NOWARN;
	struct bio_vec *vecs = NULL;

	if (*nr_vecs < BIO_MAX_VECS)
		vecs = kmalloc_array(*nr_vecs, sizeof(*vecs), try);
	if (!vecs) {
		*nr_vecs = BIO_MAX_VECS;
		vecs = mempool_alloc(&bvec_pool, gfp);
	}
	return vecs;
}

void bio_init(struct bio *bio, struct block_device *bdev, struct bio_vec *table,
	      unsigned short max_vecs, blk_opf_t opf)
{
	memset(bio, 0, sizeof(*bio));
	bio->bi_bdev = bdev;
	bio->bi_opf = opf;
	bio->bi_io_vec = table;
	bio->bi_max_vecs = max_vecs;
	atomic_set(&bio->__bi_remaining, 1);
}

struct bio *bio_alloc(struct block_device *bdev, unsigned short nr_vecs, blk_opf_t opf, gfp_t gfp)
{
	struct bio_vec *vecs;
	struct bio *bio;

	if (WARN_ON_ONCE(nr_vecs > BIO_MAX_VECS))
		return NULL;
	bio = mempool_alloc(&bio_pool, gfp);
	if (!bio)
		return NULL;
	vecs = bio->bi_inline_vecs;
	if (nr_vecs > BIO_INLINE_VECS)
		vecs = alloc_vecs(&nr_vecs, gfp);
	if (!vecs) {
		mempool_free(bio, &bio_pool);
		return NULL;
	}
	bio_init(bio, bdev, vecs, nr_vecs, opf);
	bio->bi_pool = &bio_pool;
	return bio;
}

void bio_put(struct bio *bio)
{
	if (bio->bi_pool == &bio_pool && bio->bi_max_vecs == BIO_MAX_VECS)
		mempool_free(bio->bi_io_vec, &bvec_pool);
	else if (bio->bi_pool == &bio_pool && bio->bi_max_vecs > BIO_INLINE_VECS)
		kfree(bio->bi_io_vec);
	if (bio->bi_pool)
		mempool_free(bio, bio->bi_pool);
}

/* A piece that follows the last one in physical memory makes that longer. */
int bio_add_page(struct bio *bio, struct page *page, unsigned int len, unsigned int offset)
{
	struct bio_vec *last = &bio->bi_io_vec[bio->bi_vcnt - 1];
	struct bio_vec new = { page, len, offset };

	if (!len || len > UINT_MAX - bio->bi_iter.bi_size)
		return 0;
	if (bio->bi_vcnt && bvec_phys(last) + last->bv_len == bvec_phys(&new)) {
		last->bv_len += len;
	} else {
		if (bio->bi_vcnt == bio->bi_max_vecs)
			return 0;
		bio->bi_io_vec[bio->bi_vcnt++] = new;
	}
	bio->bi_iter.bi_size += len;
	return len;
}

/* --- parts of a whole ------------------------------------------------------------------- */

static void end_part(struct bio *bio)
{
	struct bio *parent = bio->bi_private;

	if (bio->bi_status && !parent->bi_status)
		parent->bi_status = bio->bi_status;
	bio_put(bio);
	bio_endio(parent);
}

void bio_chain(struct bio *bio, struct bio *parent)
{
	bio->bi_private = parent;
	bio->bi_end_io = end_part;
	atomic_inc(&parent->__bi_remaining);
}

struct bio *bio_split(struct bio *bio, unsigned int sectors)
{
	struct bio *split = mempool_alloc(&split_pool, GFP_NOIO);

	bio_init(split, bio->bi_bdev, bio->bi_io_vec, 0, bio->bi_opf);
	split->bi_pool = &split_pool;
	split->bi_vcnt = bio->bi_vcnt;
	split->bi_iter = bio->bi_iter;
	split->bi_iter.bi_size = sectors << SECTOR_SHIFT;
	bio_advance(bio, sectors << SECTOR_SHIFT);
	return split;
}

/* The last of a bio and its children ends it. */
void bio_endio(struct bio *bio)
{
	if (!atomic_dec_and_test(&bio->__bi_remaining))
		return;
	atomic_set(&bio->__bi_remaining, 1);
	if (bio->bi_end_io)
		bio->bi_end_io(bio);
}

/* --- waiting ----------------------------------------------------------------------------- */

static void wake_waiter(struct bio *bio)
{
	complete(bio->bi_private);
}

int submit_bio_wait(struct bio *bio)
{
	DECLARE_COMPLETION_ONSTACK(done);

	bio->bi_private = &done;
	bio->bi_end_io = wake_waiter;
	submit_bio(bio);
	wait_for_completion_io(&done);
	return blk_status_to_errno(bio->bi_status);
}

int blkdev_issue_flush(struct block_device *bdev)
{
	struct bio bio;

	bio_init(&bio, bdev, NULL, 0, REQ_OP_WRITE | REQ_PREFLUSH);
	return submit_bio_wait(&bio);
}

/* Adds what the bio has room for; returns how many bytes. */
static size_t add_buffer(struct bio *bio, void *buf, size_t bytes)
{
	size_t added = 0;

	while (added < bytes) {
		void *at = buf + added;
		size_t len = min_t(size_t, bytes - added, PAGE_SIZE - offset_in_page(at));
		struct page *page = is_vmalloc_addr(at) ? vmalloc_to_page(at) : virt_to_page(at);

		if (!bio_add_page(bio, page, len, offset_in_page(at)))
			break;
		added += len;
	}
	return added & ~(SECTOR_SIZE - 1UL);
}

/*
 * What is newer in the page cache is written before; what is older there afterwards is dropped,
 * also what somebody was just reading; what has become dirty meanwhile is newer again.
 */
int blkdev_rw(struct block_device *bdev, enum req_op op, sector_t sector, void *buf, size_t bytes)
{
	loff_t start = sector << SECTOR_SHIFT, end = start + bytes - 1;
	int error = bytes ? filemap_write_and_wait_range(bdev->bd_mapping, start, end) : 0;

	while (bytes && !error) {
		struct bio *bio = bio_alloc(bdev, BIO_MAX_VECS, op, GFP_NOIO);
		size_t done = add_buffer(bio, buf, bytes);

		bio->bi_iter.bi_sector = sector;
		bio->bi_iter.bi_size = done;
		error = submit_bio_wait(bio);
		bio_put(bio);
		sector += done >> SECTOR_SHIFT;
		buf += done;
		bytes -= done;
	}
	if (op_is_write(op) && start <= end)
		invalidate_inode_pages2_range(bdev->bd_mapping, start >> PAGE_SHIFT,
					      end >> PAGE_SHIFT);
	return error;
}

static int __init bio_pools_init(void)
{
	struct kmem_cache *cache;
	int error;

	cache = kmem_cache_create("bio",
				  struct_size((struct bio *)NULL, bi_inline_vecs, BIO_INLINE_VECS),
				  0, SLAB_HWCACHE_ALIGN | SLAB_PANIC, NULL);
	error = mempool_init_slab_pool(&bio_pool, BIO_POOL_SIZE, cache);
	if (!error)
		error = mempool_init_slab_pool(&split_pool, BIO_POOL_SIZE, cache);
	if (!error)
		error = mempool_init_kmalloc_pool(&bvec_pool, BIO_POOL_SIZE,
						  BIO_MAX_VECS * sizeof(struct bio_vec));
	return error;
}
subsys_initcall(bio_pools_init);
