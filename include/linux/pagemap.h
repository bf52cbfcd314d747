/* SPDX-License-Identifier: MIT */
/*
 * The page cache: pages by (address space, index). mm/filemap.c has the theory.
 *
 *	page = read_mapping_page(mapping, index, NULL);	in the cache, uptodate, a reference; ERR_PTR
 *	...kmap_local_page(page)...
 *	put_page(page);
 *
 *	page = grab_cache_page(mapping, index);		locked
 *	...write to all of it...
 *	SetPageUptodate(page);
 *	set_page_dirty(page);				write-back will see to it
 *	unlock_page(page);
 *	put_page(page);
 *
 * find_get_page() in any context; unlock_page(), end_page_writeback() and set_page_dirty() too;
 * the rest sleeps. A page that is found may leave the cache at any time, except while it is
 * locked: who has locked it looks whether page->mapping is still what it was.
 */
#ifndef _LINUX_PAGEMAP_H
#define _LINUX_PAGEMAP_H

#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/page-flags.h>

enum mapping_flags {
	AS_EIO,	   /* an error of write-back that no filemap_fdatawait() has told yet */
	AS_ENOSPC, /* the same */
};

void mapping_init(struct address_space *mapping, struct block_device *host,
		  const struct address_space_operations *a_ops, gfp_t gfp_mask);
/* Nobody uses it any more: its pages go, whatever is in them. */
void mapping_exit(struct address_space *mapping);

/* An error of write-back is kept until those who sync have been told. Any context. */
void mapping_set_error(struct address_space *mapping, int error);

static inline gfp_t mapping_gfp_mask(const struct address_space *mapping)
{
	return mapping->gfp_mask;
}

static inline gfp_t mapping_gfp_constraint(const struct address_space *mapping, gfp_t gfp)
{
	return mapping_gfp_mask(mapping) & gfp;
}

static inline void mapping_set_gfp_mask(struct address_space *mapping, gfp_t mask)
{
	mapping->gfp_mask = mask;
}

static inline struct address_space *page_mapping(const struct page *page)
{
	return PageMappingFlags(page) ? NULL : page->mapping;
}

static inline loff_t page_offset(const struct page *page)
{
	return (loff_t)page->index << PAGE_SHIFT;
}

/* --- finding --------------------------------------------------------------------------------- */

#define FGP_ACCESSED 0x01 /* mark_page_accessed() */
#define FGP_LOCK     0x02 /* returned locked */
#define FGP_CREAT    0x04 /* a new page, not uptodate, if there is none */
#define FGP_NOWAIT   0x20 /* NULL rather than wait for the lock */

/* With a reference, or NULL: not there, or no memory. */
struct page *find_get_page(struct address_space *mapping, pgoff_t index);
struct page *pagecache_get_page(struct address_space *mapping, pgoff_t index, int fgp_flags,
				gfp_t gfp);

static inline struct page *find_lock_page(struct address_space *mapping, pgoff_t index)
{
	return pagecache_get_page(mapping, index, FGP_LOCK, 0);
}

static inline struct page *find_or_create_page(struct address_space *mapping, pgoff_t index,
					       gfp_t gfp)
{
	return pagecache_get_page(mapping, index, FGP_LOCK | FGP_ACCESSED | FGP_CREAT, gfp);
}

static inline struct page *grab_cache_page(struct address_space *mapping, pgoff_t index)
{
	return find_or_create_page(mapping, index, mapping_gfp_mask(mapping));
}

/* Up to nr pages from *index to end, with references; *index is behind the last. How many. */
unsigned int find_get_pages_range_tag(struct address_space *mapping, pgoff_t *index, pgoff_t end,
				      xa_mark_t tag, unsigned int nr, struct page **pages);
#define find_get_pages_range(mapping, index, end, nr, pages) \
	find_get_pages_range_tag(mapping, index, end, XA_PRESENT, nr, pages)

/* Uptodate, read if need be; `file` is NULL. ERR_PTR(-EIO), (-ENOMEM). */
struct page *read_mapping_page(struct address_space *mapping, pgoff_t index, struct file *file);
/* Begins to read up to nr pages from index on that are not there, as long as memory is easy. */
void page_cache_readahead(struct address_space *mapping, pgoff_t index, unsigned int nr);

/* --- into the cache and out of it -------------------------------------------------------------- */

/* A new page: locked, in the cache with a reference of its own, on the LRU. 0, -EEXIST, -ENOMEM. */
int add_to_page_cache_lru(struct page *page, struct address_space *mapping, pgoff_t index,
			  gfp_t gfp);
/* A locked page leaves, whoever uses it, and the cache's reference is put. */
void delete_from_page_cache(struct page *page);
/* The same under i_pages' lock, and the cache's reference becomes the caller's. */
void __delete_from_page_cache(struct page *page);
/*
 * A locked page, clean, that nobody uses but the cache and the caller: it leaves, and the caller
 * alone has it, with one reference. False: it does not.
 */
bool remove_mapping(struct address_space *mapping, struct page *page);

/* --- PG_locked, PG_writeback -------------------------------------------------------------------- */

void __lock_page(struct page *page);
void unlock_page(struct page *page);
void wait_on_page_bit(struct page *page, int bit);

static inline bool trylock_page(struct page *page)
{
	return !test_and_set_bit(PG_locked, &page->flags);
}

static inline void lock_page(struct page *page)
{
	might_sleep();
	if (!trylock_page(page))
		__lock_page(page);
}

static inline void wait_on_page_locked(struct page *page)
{
	if (PageLocked(page))
		wait_on_page_bit(page, PG_locked);
}

static inline void wait_on_page_writeback(struct page *page)
{
	if (PageWriteback(page))
		wait_on_page_bit(page, PG_writeback);
}

/* Locked, and no longer dirty, before the transfer; after it, in any context. */
void set_page_writeback(struct page *page);
void end_page_writeback(struct page *page);

#endif
