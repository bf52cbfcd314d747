// SPDX-License-Identifier: MIT
/*
 * The page cache: what a disk holds, kept in memory that nobody else needs just now.
 *
 *	address space of hda		i_pages, an xarray by page index
 *	      0       1       2       3
 *	   [page 0]  NULL  [page 2] [page 3]		page->mapping, page->index lead back
 *	    clean           dirty    locked, being read
 *
 * Whatever is read or written goes through such a page. A clean page can be dropped at any time:
 * the disk has the same. A dirty one is newer than the disk: page_writeback.c sees to it that it is
 * written. lru.c says which go first when memory is short. The cache itself is nobody's limit.
 *
 * States of a page:
 *	locked, not uptodate	being read; who wants the data waits for the lock
 *	uptodate		its data is valid, and stays so, also after an error of writing
 *	dirty			newer than the disk
 *	writeback		on its way to the disk; may be read, and written to again
 * Who changes which page this is (adding, removing), or begins I/O, holds the page's lock. Who only
 * has a reference may see it leave: page->mapping becomes NULL, the data stays till put_page().
 *
 * A page in the cache has one reference of the cache. So a page that can be dropped has two, the
 * cache's and that of who wants to drop it. Finding goes without a lock: it takes a reference
 * unless there is none (page_ref_freeze()), and then looks whether the page is still in its place.
 *
 * Worked example: 100 bytes are written at byte 5000. Page 1 is not there: a page is allocated,
 * added locked, and as 100 bytes are not all of it, it is read from the disk: sectors 8 to 15. The
 * interrupt of the disk sets uptodate and unlocks it. The writer locks it again, copies, makes it
 * dirty and unlocks it. Seconds later it is written; no reader waited meanwhile.
 *
 * Cost: to find a cached page takes 65 instructions, 75 above 2^12 pages; to add one, read at once,
 * about 300 and its allocation.
 *
 * Invariants (filemap_check()):
 *	I-filemap-1  i_pages[index] is a page with this mapping and index, and there are nrpages
 *	I-filemap-2  the tag of write-back is the page's flag; a dirty page has the dirty tag
 *	I-filemap-3  the counters of pages, dirty ones and those under write-back are their sums
 *
 * Locking: page lock > i_pages' lock. i_pages' lock is taken with interrupts off: transfers end in
 * interrupts. Nobody waits for a page lock or for write-back to get memory: reclaim passes by.
 * Pages are allocated before they are locked.
 *
 * Left out: folios of more than a page, readahead that learns, shadow entries
 * (Linux knows from them that a page came back too soon).
 */
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <linux/wait.h>
#include <linux/writeback.h>

#include "internal.h"
#include "vmalloc.h"

#define BATCH 16 /* pages that a walk holds at a time */

static LIST_HEAD(mappings);
static DEFINE_SPINLOCK(mappings_lock);

/* --- waiting for a page -------------------------------------------------------------------- */

/* Pages share queues: who is woken looks at his page himself. */
#define WAIT_TABLE_BITS 6

static wait_queue_head_t page_wait_table[1 << WAIT_TABLE_BITS];

static int __init page_wait_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(page_wait_table); i++)
		init_waitqueue_head(&page_wait_table[i]);
	return 0;
}
core_initcall(page_wait_init);

static wait_queue_head_t *page_waitqueue(struct page *page)
{
	return &page_wait_table[hash_ptr(page, WAIT_TABLE_BITS)];
}

void wake_up_page(struct page *page)
{
	wait_queue_head_t *queue = page_waitqueue(page);

	if (wq_has_sleeper(queue))
		wake_up_all(queue);
}

void wait_on_page_bit(struct page *page, int bit)
{
	wait_event(*page_waitqueue(page), !test_bit(bit, &page->flags));
}

void __lock_page(struct page *page)
{
	wait_event(*page_waitqueue(page), trylock_page(page));
}

void unlock_page(struct page *page)
{
	VM_BUG_ON_PAGE(!PageLocked(page), page);
	clear_bit(PG_locked, &page->flags);
	wake_up_page(page);
}

/* --- into the cache and out of it ----------------------------------------------------------- */

int add_to_page_cache_lru(struct page *page, struct address_space *mapping, pgoff_t index,
			  gfp_t gfp)
{
	int error;

	__SetPageLocked(page);
	get_page(page);
	page->mapping = mapping;
	page->index = index;
	xa_lock_irq(&mapping->i_pages);
	error = __xa_insert(&mapping->i_pages, index, page, gfp & GFP_RECLAIM_MASK);
	if (!error) {
		mapping->nrpages++;
		inc_node_page_state(page, NR_FILE_PAGES);
	}
	xa_unlock_irq(&mapping->i_pages);
	if (error) {
		page->mapping = NULL;
		__ClearPageLocked(page);
		put_page(page);
		return error == -EBUSY ? -EEXIST : error;
	}
	lru_cache_add(page);
	return 0;
}

void __delete_from_page_cache(struct page *page)
{
	struct address_space *mapping = page->mapping;

	VM_BUG_ON_PAGE(!PageLocked(page), page);
	__xa_erase(&mapping->i_pages, page->index);
	mapping->nrpages--;
	dec_node_page_state(page, NR_FILE_PAGES);
	page->mapping = NULL;
}

void delete_from_page_cache(struct page *page)
{
	struct xarray *pages = &page->mapping->i_pages;

	xa_lock_irq(pages);
	__delete_from_page_cache(page);
	xa_unlock_irq(pages);
	put_page(page);
}

/* It cannot become dirty again once it is frozen: who would do that has a reference. */
bool remove_mapping(struct address_space *mapping, struct page *page)
{
	bool removed;

	xa_lock_irq(&mapping->i_pages);
	removed = page_ref_freeze(page, 2);
	if (removed && unlikely(PageDirty(page))) {
		page_ref_unfreeze(page, 2);
		removed = false;
	}
	if (removed) {
		__delete_from_page_cache(page);
		page_ref_unfreeze(page, 1);
	}
	xa_unlock_irq(&mapping->i_pages);
	return removed;
}

/* --- finding ---------------------------------------------------------------------------------- */

/* Between finding and holding it, the page may have left, and even come back as another. */
struct page *find_get_page(struct address_space *mapping, pgoff_t index)
{
	XA_STATE(xas, &mapping->i_pages, index);
	struct page *page;

	rcu_read_lock();
	while ((page = xas_load(&xas))) {
		if (unlikely(!get_page_unless_zero(page)))
			continue;
		if (likely(xas_reload(&xas) == page))
			break;
		put_page(page);
	}
	rcu_read_unlock();
	return page;
}

static struct page *add_new_page(struct address_space *mapping, pgoff_t index, gfp_t gfp)
{
	struct page *page = alloc_page(gfp);
	int error;

	if (!page)
		return ERR_PTR(-ENOMEM);
	error = add_to_page_cache_lru(page, mapping, index, gfp);
	if (!error)
		return page;
	put_page(page);
	return ERR_PTR(error);
}

/* -EEXIST: look again, it is no longer the page that it was. */
static struct page *lock_found_page(struct page *page, struct address_space *mapping, bool nowait)
{
	if (!nowait)
		lock_page(page);
	else if (!trylock_page(page))
		goto busy;
	if (likely(page->mapping == mapping))
		return page;
	unlock_page(page);
	put_page(page);
	return ERR_PTR(-EEXIST);
busy:
	put_page(page);
	return NULL;
}

struct page *pagecache_get_page(struct address_space *mapping, pgoff_t index, int fgp_flags,
				gfp_t gfp)
{
	struct page *page;

	VM_BUG_ON((fgp_flags & FGP_CREAT) && !(fgp_flags & FGP_LOCK));
	do {
		page = find_get_page(mapping, index);
		if (!page && (fgp_flags & FGP_CREAT))
			page = add_new_page(mapping, index, gfp);
		else if (page && (fgp_flags & FGP_LOCK))
			page = lock_found_page(page, mapping, fgp_flags & FGP_NOWAIT);
	} while (page == ERR_PTR(-EEXIST));
	if (IS_ERR_OR_NULL(page))
		return NULL;
	if (fgp_flags & FGP_ACCESSED)
		mark_page_accessed(page);
	return page;
}

unsigned int find_get_pages_range_tag(struct address_space *mapping, pgoff_t *index, pgoff_t end,
				      xa_mark_t tag, unsigned int nr, struct page **pages)
{
	unsigned int found = 0;
	struct page *page;

	rcu_read_lock();
	while (found < nr && *index <= end &&
	       (page = xa_find(&mapping->i_pages, index, end, tag))) {
		if (unlikely(!get_page_unless_zero(page)))
			continue;
		/* If another page is there by now, that one is what is wanted. */
		if (unlikely(xa_load(&mapping->i_pages, *index) != page)) {
			put_page(page);
			continue;
		}
		pages[found++] = page;
		++*index;
	}
	rcu_read_unlock();
	return found;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* The page is locked, and in the end unlocked: 0 if it is uptodate then. */
static int read_page(struct page *page)
{
	int error = page->mapping->a_ops->readpage(NULL, page);

	if (error)
		return error;
	wait_on_page_locked(page);
	return PageUptodate(page) ? 0 : -EIO;
}

/* A page that somebody else is reading, or tried to: again if he did not succeed. */
static int make_uptodate(struct page *page, struct address_space *mapping)
{
	lock_page(page);
	if (page->mapping == mapping && !PageUptodate(page))
		return read_page(page);
	unlock_page(page);
	return page->mapping == mapping ? 0 : -EEXIST;
}

struct page *read_mapping_page(struct address_space *mapping, pgoff_t index, struct file *file)
{
	struct page *page;
	int error;

	do {
		page = find_get_page(mapping, index);
		if (page) {
			error = PageUptodate(page) ? 0 : make_uptodate(page, mapping);
		} else {
			page = add_new_page(mapping, index, mapping_gfp_mask(mapping));
			error = PTR_ERR_OR_ZERO(page);
			if (!error)
				error = read_page(page);
		}
		if (error && !IS_ERR(page))
			put_page(page);
	} while (error == -EEXIST);
	return error ? ERR_PTR(error) : page;
}

/* It is only a guess that they will be wanted: nobody is made to give up memory for it. */
void page_cache_readahead(struct address_space *mapping, pgoff_t index, unsigned int nr)
{
	gfp_t gfp = mapping_gfp_mask(mapping) | __GFP_NORETRY | __GFP_NOWARN;

	for (; nr; nr--, index++) {
		struct page *page;

		if (xa_load(&mapping->i_pages, index))
			continue;
		page = add_new_page(mapping, index, gfp);
		if (page == ERR_PTR(-EEXIST))
			continue;
		if (IS_ERR(page))
			break;
		mapping->a_ops->readpage(NULL, page);
		put_page(page);
	}
}

/* --- emptying --------------------------------------------------------------------------------- */

unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	struct page *pages[BATCH];
	unsigned long dropped = 0;
	unsigned int nr, i;

	while ((nr = find_get_pages_range(mapping, &start, end, BATCH, pages))) {
		for (i = 0; i < nr; i++) {
			if (trylock_page(pages[i])) {
				if (pages[i]->mapping == mapping && !PageWriteback(pages[i]))
					dropped += remove_mapping(mapping, pages[i]);
				unlock_page(pages[i]);
			}
			put_page(pages[i]);
		}
		cond_resched();
	}
	return dropped;
}

/* True: it is no longer there. */
static bool drop_page(struct address_space *mapping, struct page *page, bool even_dirty)
{
	bool dropped = true;

	lock_page(page);
	wait_on_page_writeback(page);
	if (page->mapping == mapping) {
		if (even_dirty)
			cancel_dirty_page(page);
		dropped = !PageDirty(page);
		if (dropped)
			delete_from_page_cache(page);
	}
	unlock_page(page);
	return dropped;
}

static bool drop_pages(struct address_space *mapping, pgoff_t start, pgoff_t end, bool even_dirty)
{
	struct page *pages[BATCH];
	bool dropped = true;
	unsigned int nr, i;

	while ((nr = find_get_pages_range(mapping, &start, end, BATCH, pages))) {
		for (i = 0; i < nr; i++) {
			dropped &= drop_page(mapping, pages[i], even_dirty);
			put_page(pages[i]);
		}
		cond_resched();
	}
	return dropped;
}

int invalidate_inode_pages2_range(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	return drop_pages(mapping, start, end, false) ? 0 : -EBUSY;
}

void truncate_inode_pages(struct address_space *mapping, loff_t start)
{
	drop_pages(mapping, (start + PAGE_SIZE - 1) >> PAGE_SHIFT, ULONG_MAX, true);
}

/* --- address spaces --------------------------------------------------------------------------- */

void mapping_init(struct address_space *mapping, struct block_device *host,
		  const struct address_space_operations *a_ops, gfp_t gfp_mask)
{
	memset(mapping, 0, sizeof(*mapping));
	xa_init_flags(&mapping->i_pages, XA_FLAGS_LOCK_IRQ);
	mapping->host = host;
	mapping->a_ops = a_ops;
	mapping->gfp_mask = gfp_mask;
	INIT_LIST_HEAD(&mapping->io_list);
	spin_lock(&mappings_lock);
	list_add_tail(&mapping->list, &mappings);
	spin_unlock(&mappings_lock);
}

void mapping_exit(struct address_space *mapping)
{
	truncate_inode_pages(mapping, 0);
	writeback_forget(mapping);
	spin_lock(&mappings_lock);
	list_del(&mapping->list);
	spin_unlock(&mappings_lock);
	WARN_ON(mapping->nrpages);
}

void mapping_set_error(struct address_space *mapping, int error)
{
	if (!error)
		return;
	set_bit(error == -ENOSPC ? AS_ENOSPC : AS_EIO, &mapping->flags);
	errseq_set(&mapping->wb_err, error);
}

/* --- checking --------------------------------------------------------------------------------- */

struct cache_count {
	unsigned long pages, dirty, writeback;
	bool moving; /* a page is locked: flags, tags and counters may be about to change */
};

static int check_page(struct address_space *mapping, pgoff_t index, struct page *page,
		      struct cache_count *count)
{
	if (!is_page_pointer(page) || page->mapping != mapping || page->index != index)
		return mm_problem("I-filemap-1", "entry %lu of mapping %px: page %px", index,
				  mapping, page);
	count->pages++;
	count->dirty += PageDirty(page);
	count->writeback += PageWriteback(page);
	if (PageLocked(page)) {
		count->moving = true;
		return 0;
	}
	if (xa_get_mark(&mapping->i_pages, index, PAGECACHE_TAG_WRITEBACK) == PageWriteback(page) &&
	    xa_get_mark(&mapping->i_pages, index, PAGECACHE_TAG_DIRTY) == PageDirty(page))
		return 0;
	return mm_problem("I-filemap-2", "page %lu of mapping %px: flags %#lx are not its tags",
			  index, mapping, page->flags);
}

static int check_counter(const char *what, unsigned long counted, unsigned long counter)
{
	return counted == counter ? 0
				  : mm_problem("I-filemap-3", "%s: %lu, but %lu are there", what,
					       counter, counted);
}

static int check_mappings(void)
{
	struct cache_count count = { 0 };
	struct address_space *mapping;
	int found = 0;

	list_for_each_entry(mapping, &mappings, list) {
		unsigned long index, before = count.pages;
		struct page *page;

		xa_for_each(&mapping->i_pages, index, page)
			found += check_page(mapping, index, page, &count);
		if (count.pages - before != mapping->nrpages)
			found += mm_problem("I-filemap-1", "mapping %px: nrpages %lu, %lu found",
					    mapping, mapping->nrpages, count.pages - before);
	}
	if (count.moving)
		return found;
	return found +
	       check_counter("NR_FILE_PAGES", count.pages, global_node_page_state(NR_FILE_PAGES)) +
	       check_counter("NR_FILE_DIRTY", count.dirty, global_node_page_state(NR_FILE_DIRTY)) +
	       check_counter("NR_WRITEBACK", count.writeback, global_node_page_state(NR_WRITEBACK));
}

/* Without transfers that end in between. */
int filemap_check(void)
{
	unsigned long flags;
	int found;

	local_irq_save(flags);
	found = check_mappings();
	local_irq_restore(flags);
	return found;
}
