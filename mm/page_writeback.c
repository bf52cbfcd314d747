// SPDX-License-Identifier: MIT
/*
 * Write-back: dirty pages go to disk, in time, in order, and without anybody waiting for it who
 * need not.
 *
 *	set_page_dirty()  clear_page_dirty_for_io()   submit    interrupt
 *	clean ----> dirty ----> locked, being written ----> writeback ----> clean
 *	tag:        DIRTY	DIRTY (a sync must see it)    WRITEBACK      none
 *
 * Who starts it:
 *	who syncs		all that is dirty now, and waits
 *	the flusher, a work	what is older than 30 s (it looks every 5 s while there is any);
 *				all, while more than dirty_background_ratio (10 %) is dirty;
 *				and when it is told to (wakeup_flusher_threads())
 *	reclaim (lru.c)		single pages at the end of the inactive list: it does not
 *				need the flusher, as Linux's does
 * A writer who has made more dirty than the mean of the two ratios waits until enough is written:
 * so memory never fills with pages that nobody can drop. Percent of what could be dirty: free
 * lowmem above the reserves, and the cache's; as in Linux not of highmem. On the command line the
 * ratios are sysctl.vm.dirty_ratio= and sysctl.vm.dirty_background_ratio=.
 *
 * Worked example, 64 MiB: some 15,000 pages could be dirty. At 1,500 the flusher begins; a writer
 * that is faster than the disk waits at (1500 + 3000) / 2 = 2,250 pages, dirty or being written.
 *
 * A sync that is to end, although others go on writing, marks with a third tag, TOWRITE, what is
 * dirty at its beginning, and writes that. Then it waits for all that is under write-back.
 *
 * Errors. A page that could not be written is clean afterwards and stays uptodate; its data is
 * lost when it is dropped. The address space keeps the error: sync tells it once, to whoever
 * comes first; filemap_check_wb_err() once to each who has taken a sample (linux/errseq.h).
 *
 * Progress without memory: no path here allocates. The flusher's thread is there from the start,
 * tags are in the nodes, bios come from pools.
 *
 * Cost: 130 instructions to make a clean page dirty; a sync takes about 1,000 a page, of them
 * 400 to find it, the device not counted.
 *
 * Locking: page lock > i_pages' lock > nothing. dirty_lock, for the list of address spaces with
 * dirty pages, is a leaf. Contexts: linux/writeback.h.
 *
 * Left out: a flusher and a bandwidth a disk; writers that wait by their share.
 */
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kstrtox.h>
#include <linux/pagemap.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/writeback.h>
#include <memkern/params.h>

#include "internal.h"
#include "vmscan.h"

#define BATCH	       16
#define RATELIMIT      32   /* pages that a CPU makes dirty before it looks */
#define TAGS_AT_ONCE   4096 /* with interrupts off */
#define BALANCE_PERIOD (HZ / 5)

int vm_dirty_ratio = 20, dirty_background_ratio = 10;
unsigned int dirty_writeback_interval = 500, dirty_expire_interval = 3000;

static int __init set_percent(const char *value, int *ratio)
{
	int percent, error = kstrtoint(value, 0, &percent);

	if (error || percent < 0 || percent > 100)
		return error ?: -EINVAL;
	*ratio = percent;
	return 0;
}

static int __init set_dirty_ratio(char *value)
{
	return set_percent(value, &vm_dirty_ratio);
}
early_param("sysctl.vm.dirty_ratio", set_dirty_ratio);

static int __init set_background_ratio(char *value)
{
	return set_percent(value, &dirty_background_ratio);
}
early_param("sysctl.vm.dirty_background_ratio", set_background_ratio);

static DECLARE_WAIT_QUEUE_HEAD(balance_wait); /* writers */
static unsigned long balance_limit;	      /* that they wait for */
static DEFINE_PER_CPU(unsigned int, dirtied_pages);

static void mapping_is_dirty(struct address_space *mapping);

/* --- the flags, the tags, the counters --------------------------------------------------- */

bool set_page_dirty(struct page *page)
{
	struct address_space *mapping = page_mapping(page);
	unsigned long flags;

	/* It will change before reclaim could drop it: that shall look at it anew. */
	if (PageReclaim(page))
		ClearPageReclaim(page);
	if (TestSetPageDirty(page))
		return false;
	if (!mapping)
		return true;
	xa_lock_irqsave(&mapping->i_pages, flags);
	if (page->mapping == mapping) { /* has not just been truncated */
		__xa_set_mark(&mapping->i_pages, page->index, PAGECACHE_TAG_DIRTY);
		inc_node_page_state(page, NR_FILE_DIRTY);
	}
	xa_unlock_irqrestore(&mapping->i_pages, flags);
	mapping_is_dirty(mapping);
	return true;
}

/* The tag stays until set_page_writeback(): a sync finds the page, and waits for its lock. */
bool clear_page_dirty_for_io(struct page *page)
{
	VM_BUG_ON_PAGE(!PageLocked(page), page);
	if (!page->mapping || !TestClearPageDirty(page))
		return false;
	dec_node_page_state(page, NR_FILE_DIRTY);
	return true;
}

void cancel_dirty_page(struct page *page)
{
	clear_page_dirty_for_io(page);
}

void set_page_writeback(struct page *page)
{
	struct xarray *pages = &page->mapping->i_pages;
	unsigned long flags;

	VM_BUG_ON_PAGE(!PageLocked(page), page);
	xa_lock_irqsave(pages, flags);
	SetPageWriteback(page);
	__xa_set_mark(pages, page->index, PAGECACHE_TAG_WRITEBACK);
	if (!PageDirty(page))
		__xa_clear_mark(pages, page->index, PAGECACHE_TAG_DIRTY);
	__xa_clear_mark(pages, page->index, PAGECACHE_TAG_TOWRITE);
	inc_node_page_state(page, NR_WRITEBACK);
	xa_unlock_irqrestore(pages, flags);
}

static unsigned long nr_dirty_and_writeback(void)
{
	return global_node_page_state(NR_FILE_DIRTY) + global_node_page_state(NR_WRITEBACK);
}

/* As soon as the flag is clear, the page may go, and its address space: hence the reference. */
void end_page_writeback(struct page *page)
{
	struct xarray *pages = &page->mapping->i_pages;
	unsigned long flags;

	get_page(page);
	if (PageReclaim(page)) {
		ClearPageReclaim(page);
		rotate_reclaimable_page(page);
	}
	xa_lock_irqsave(pages, flags);
	__xa_clear_mark(pages, page->index, PAGECACHE_TAG_WRITEBACK);
	dec_node_page_state(page, NR_WRITEBACK);
	ClearPageWriteback(page);
	xa_unlock_irqrestore(pages, flags);
	wake_up_page(page);
	if (wq_has_sleeper(&balance_wait) && nr_dirty_and_writeback() <= READ_ONCE(balance_limit))
		wake_up_all(&balance_wait);
	acct_reclaim_writeback(page);
	put_page(page);
}

/* --- the pages of one address space ---------------------------------------------------------- */

/* What is dirty now is to be written, what becomes dirty from now on not. */
static void tag_pages_for_writeback(struct address_space *mapping, pgoff_t index, pgoff_t end)
{
	struct page *page;
	unsigned int tagged = 0;

	xa_lock_irq(&mapping->i_pages);
	while (index <= end &&
	       (page = xa_find(&mapping->i_pages, &index, end, PAGECACHE_TAG_DIRTY))) {
		__xa_set_mark(&mapping->i_pages, index++, PAGECACHE_TAG_TOWRITE);
		if (++tagged % TAGS_AT_ONCE == 0) {
			xa_unlock_irq(&mapping->i_pages);
			cond_resched();
			xa_lock_irq(&mapping->i_pages);
		}
	}
	xa_unlock_irq(&mapping->i_pages);
}

/* Takes the page's lock, and returns without it. */
static int write_page(struct address_space *mapping, struct page *page,
		      struct writeback_control *wbc)
{
	int error;

	lock_page(page);
	if (wbc->sync_mode == WB_SYNC_ALL)
		wait_on_page_writeback(page);
	if (page->mapping != mapping || PageWriteback(page) || !clear_page_dirty_for_io(page)) {
		unlock_page(page);
		return 0;
	}
	wbc->nr_to_write--;
	error = mapping->a_ops->writepage(page, wbc);
	if (error != AOP_WRITEPAGE_ACTIVATE)
		return error;
	unlock_page(page);
	return 0;
}

int do_writepages(struct address_space *mapping, struct writeback_control *wbc)
{
	bool all = wbc->sync_mode == WB_SYNC_ALL;
	xa_mark_t tag = all ? PAGECACHE_TAG_TOWRITE : PAGECACHE_TAG_DIRTY;
	pgoff_t index = wbc->range_start >> PAGE_SHIFT, end = wbc->range_end >> PAGE_SHIFT;
	struct page *pages[BATCH];
	unsigned int nr, i;
	int error = 0;

	if (all)
		tag_pages_for_writeback(mapping, index, end);
	while ((all || wbc->nr_to_write > 0) &&
	       (nr = find_get_pages_range_tag(mapping, &index, end, tag, BATCH, pages))) {
		for (i = 0; i < nr; i++) {
			int result = write_page(mapping, pages[i], wbc);

			error = error ?: result;
			put_page(pages[i]);
		}
		cond_resched();
	}
	return error;
}

static int write_range(struct address_space *mapping, loff_t start, loff_t end)
{
	struct writeback_control wbc = {
		.sync_mode = WB_SYNC_ALL,
		.nr_to_write = LONG_MAX,
		.range_start = start,
		.range_end = end,
	};

	if (!mapping_tagged(mapping, PAGECACHE_TAG_DIRTY))
		return 0;
	return do_writepages(mapping, &wbc);
}

static void wait_for_range(struct address_space *mapping, loff_t start, loff_t end)
{
	pgoff_t index = start >> PAGE_SHIFT;
	struct page *pages[BATCH];
	unsigned int nr, i;

	while ((nr = find_get_pages_range_tag(mapping, &index, end >> PAGE_SHIFT,
					      PAGECACHE_TAG_WRITEBACK, BATCH, pages))) {
		for (i = 0; i < nr; i++) {
			wait_on_page_writeback(pages[i]);
			put_page(pages[i]);
		}
		cond_resched();
	}
}

static int tell_errors(struct address_space *mapping)
{
	int error = 0;

	if (test_and_clear_bit(AS_ENOSPC, &mapping->flags))
		error = -ENOSPC;
	if (test_and_clear_bit(AS_EIO, &mapping->flags))
		error = -EIO;
	return error;
}

int filemap_write_and_wait_range(struct address_space *mapping, loff_t start, loff_t end)
{
	int error = write_range(mapping, start, end), told;

	wait_for_range(mapping, start, end);
	told = tell_errors(mapping);
	return error ?: told;
}

int filemap_write_and_wait(struct address_space *mapping)
{
	return filemap_write_and_wait_range(mapping, 0, LLONG_MAX);
}

int filemap_fdatawrite(struct address_space *mapping)
{
	return write_range(mapping, 0, LLONG_MAX);
}

int filemap_fdatawait(struct address_space *mapping)
{
	wait_for_range(mapping, 0, LLONG_MAX);
	return tell_errors(mapping);
}

/* --- how much may be dirty -------------------------------------------------------------------- */

/* Lowmem that is free, and not reserved, or in the cache. */
static unsigned long dirtyable_pages(void)
{
	unsigned long free = 0, cache = 0;
	struct zone *zone;
	enum lru_list lru;

	for_each_populated_zone(zone) {
		if (is_highmem(zone))
			continue;
		free += READ_ONCE(zone->nr_free_pages);
		for_each_lru(lru)
			cache += READ_ONCE(zone->lruvec.nr[lru]);
	}
	return free - min(free, contig_page_data.totalreserve_pages) + cache;
}

void global_dirty_limits(unsigned long *background, unsigned long *dirty)
{
	unsigned long pages = dirtyable_pages();

	*dirty = pages * vm_dirty_ratio / 100;
	*background = pages * dirty_background_ratio / 100;
	if (*background >= *dirty)
		*background = *dirty / 2;
}

static bool over_background(void)
{
	unsigned long background, dirty;

	global_dirty_limits(&background, &dirty);
	return global_node_page_state(NR_FILE_DIRTY) > background;
}

/* False: the writer has to wait. Has the flusher begin, long before that. */
static bool dirty_is_in_balance(void)
{
	unsigned long background, dirty;

	global_dirty_limits(&background, &dirty);
	if (global_node_page_state(NR_FILE_DIRTY) > background)
		wakeup_flusher_threads(WB_REASON_BACKGROUND);
	WRITE_ONCE(balance_limit, (background + dirty) / 2);
	return nr_dirty_and_writeback() <= (background + dirty) / 2;
}

void balance_dirty_pages_ratelimited(struct address_space *mapping)
{
	might_sleep();
	if (this_cpu_inc_return(dirtied_pages) < RATELIMIT)
		return;
	this_cpu_write(dirtied_pages, 0);
	/* The limit moves with what is free: he looks again now and then, unasked. */
	while (!dirty_is_in_balance())
		wait_event_timeout(balance_wait, nr_dirty_and_writeback() <= balance_limit,
				   BALANCE_PERIOD);
}

/* --- the flusher ------------------------------------------------------------------------------ */

static LIST_HEAD(dirty_mappings); /* those with a page that has the dirty tag, at least */
static DEFINE_SPINLOCK(dirty_lock);
static DECLARE_WAIT_QUEUE_HEAD(synced_wait); /* until the flusher has left an address space */

static struct workqueue_struct *flusher_wq; /* its worker is there before memory is short */
static void flush_dirty(struct work_struct *work);
static DECLARE_DELAYED_WORK(flusher, flush_dirty);
static unsigned long requests; /* bits: enum wb_reason */

static int __init writeback_init(void)
{
	flusher_wq = alloc_workqueue("writeback", WQ_MEM_RECLAIM, 1);
	if (!flusher_wq)
		panic("no memory for the writeback queue");
	return 0;
}
subsys_initcall(writeback_init);

void wakeup_flusher_threads(enum wb_reason reason)
{
	if (!test_and_set_bit(reason, &requests))
		mod_delayed_work(flusher_wq, &flusher, 0);
}

static void look_again_later(void)
{
	if (dirty_writeback_interval)
		queue_delayed_work(flusher_wq, &flusher, dirty_writeback_interval * HZ / 100);
}

/*
 * The tag was set before. So if it is too late for flush_mapping() to see it, this sees that the
 * address space is in no list.
 */
static void mapping_is_dirty(struct address_space *mapping)
{
	unsigned long flags;

	smp_mb();
	if (!list_empty(&mapping->io_list))
		return;
	spin_lock_irqsave(&dirty_lock, flags);
	if (list_empty(&mapping->io_list)) {
		list_add_tail(&mapping->io_list, &dirty_mappings);
		mapping->dirtied_when = jiffies;
	}
	spin_unlock_irqrestore(&dirty_lock, flags);
	look_again_later();
}

/* Returns how many pages were written. Under dirty_lock, which it leaves meanwhile. */
static unsigned long flush_mapping(struct address_space *mapping)
{
	struct writeback_control wbc = {
		.sync_mode = WB_SYNC_NONE,
		.nr_to_write = LONG_MAX,
		.range_end = LLONG_MAX,
	};

	mapping->syncing = true;
	mapping->dirtied_when = jiffies; /* pages that become dirty from now on */
	spin_unlock_irq(&dirty_lock);
	do_writepages(mapping, &wbc);
	spin_lock_irq(&dirty_lock);
	list_del_init(&mapping->io_list);
	smp_mb();
	if (mapping_tagged(mapping, PAGECACHE_TAG_DIRTY))
		list_add_tail(&mapping->io_list, &dirty_mappings);
	mapping->syncing = false;
	wake_up_all(&synced_wait);
	return LONG_MAX - wbc.nr_to_write;
}

/* Once round the address spaces that were dirty before that time. */
static unsigned long flush_mappings(unsigned long before)
{
	unsigned long written = 0;
	LIST_HEAD(todo);

	spin_lock_irq(&dirty_lock);
	list_splice_init(&dirty_mappings, &todo);
	while (!list_empty(&todo)) {
		struct address_space *mapping =
			list_first_entry(&todo, struct address_space, io_list);

		list_move_tail(&mapping->io_list, &dirty_mappings);
		if (!time_after(mapping->dirtied_when, before))
			written += flush_mapping(mapping);
	}
	spin_unlock_irq(&dirty_lock);
	return written;
}

static void flush_dirty(struct work_struct *work)
{
	unsigned long reasons = xchg(&requests, 0);

	if (reasons & ~BIT(WB_REASON_BACKGROUND))
		flush_mappings(jiffies);
	while (over_background() && flush_mappings(jiffies))
		;
	flush_mappings(jiffies - dirty_expire_interval * HZ / 100);
	if (!list_empty(&dirty_mappings))
		look_again_later();
}

static bool flusher_has_left(struct address_space *mapping)
{
	bool left;

	spin_lock_irq(&dirty_lock);
	left = !mapping->syncing;
	if (left)
		list_del_init(&mapping->io_list);
	spin_unlock_irq(&dirty_lock);
	return left;
}

void writeback_forget(struct address_space *mapping)
{
	wait_event(synced_wait, flusher_has_left(mapping));
}
