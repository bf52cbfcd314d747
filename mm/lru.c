// SPDX-License-Identifier: MIT
/*
 * The LRU lists: which pages of the cache go first when memory is short.
 *
 *	    new		second use	   used again and again
 *	     v		 |     ^	      v   |
 *	[ inactive ..... |.....]	  [ active .......... ]
 *		  scan -> end ^ end <-- moved over while the inactive list is the shorter
 *
 * A page begins on the inactive list, and is dropped when it comes to its end without having been
 * used a second time. So reading a large file once costs nothing of what is used often. The first
 * use sets PG_referenced, the second makes the page active (mark_page_accessed()). The active list
 * gives the pages at its end back, to prove themselves anew, while it is longer than the other.
 *
 * Reclaim takes 32 pages at a time off the end of the inactive list, and looks at each without the
 * lists' lock:
 *	locked, or with a reference beside the cache's and ours	left alone: back to the front
 *	under write-back	left alone, marked PG_reclaim: when the write ends it goes to the
 *				end of the list, clean, the next to be dropped
 *	dirty			used since: back. Else, if the caller has the right to I/O, it is
 *				written, and marked in the same way; if not, left alone
 *	clean			out of the cache, and freed
 *
 * Worked example: 32 pages, 20 clean, 10 dirty, 2 pinned. GFP_KERNEL frees 20 and has 10 written,
 * which go to the end of the list one by one as the disk's interrupts come; the next round frees
 * them. GFP_NOIO frees 20.
 *
 * Linux since 3.2 leaves writing pages of files to kswapd and the flusher, as a file system may
 * need much stack; below these pages there is none.
 *
 * Cost: 210 instructions a clean page, from the list to the allocator, and what it costs to free
 * it.
 *
 * Invariants (lru_check()):
 *	I-lru-1  a page in a list has PG_lru, the list's zone, and PG_active in the active one alone
 *	I-lru-2  nr[] is the number of pages in each list
 *
 * Locking: lruvec->lru_lock, with interrupts off; a leaf (zone->lock is not taken in it). A page in
 * a list need not have a reference: who frees the last one takes it off (lru_page_freed()).
 *
 * Left out: anonymous pages and mlock(), which come with user memory; batches a CPU before the
 * lists.
 */
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <linux/writeback.h>

#include "internal.h"
#include "vmscan.h"

static struct lruvec *page_lruvec(const struct page *page)
{
	return &page_zone(page)->lruvec;
}

static enum lru_list page_lru(const struct page *page)
{
	return PageActive(page) ? LRU_ACTIVE_FILE : LRU_INACTIVE_FILE;
}

/* --- one page ------------------------------------------------------------------------------- */

/* Under lru_lock. */
static void add_to_list(struct lruvec *lruvec, struct page *page)
{
	enum lru_list lru = page_lru(page);

	list_add(&page->lru, &lruvec->lists[lru]);
	lruvec->nr[lru]++;
}

static void del_from_list(struct lruvec *lruvec, struct page *page)
{
	list_del(&page->lru);
	lruvec->nr[page_lru(page)]--;
}

void lru_cache_add(struct page *page)
{
	struct lruvec *lruvec = page_lruvec(page);
	unsigned long flags;

	spin_lock_irqsave(&lruvec->lru_lock, flags);
	SetPageLRU(page);
	add_to_list(lruvec, page);
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
}

void activate_page(struct page *page)
{
	struct lruvec *lruvec = page_lruvec(page);
	unsigned long flags;

	spin_lock_irqsave(&lruvec->lru_lock, flags);
	if (PageLRU(page) && !PageActive(page)) {
		del_from_list(lruvec, page);
		SetPageActive(page);
		add_to_list(lruvec, page);
		count_vm_event(PGACTIVATE);
	}
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
}

void mark_page_accessed(struct page *page)
{
	if (!PageReferenced(page)) {
		SetPageReferenced(page);
	} else if (!PageActive(page)) {
		activate_page(page);
		ClearPageReferenced(page);
	}
}

void rotate_reclaimable_page(struct page *page)
{
	struct lruvec *lruvec = page_lruvec(page);
	unsigned long flags;

	if (PageLocked(page) || PageDirty(page))
		return;
	spin_lock_irqsave(&lruvec->lru_lock, flags);
	if (PageLRU(page)) {
		del_from_list(lruvec, page);
		ClearPageActive(page);
		list_add_tail(&page->lru, &lruvec->lists[LRU_INACTIVE_FILE]);
		lruvec->nr[LRU_INACTIVE_FILE]++;
		count_vm_event(PGROTATED);
	}
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
}

int isolate_lru_page(struct page *page)
{
	struct lruvec *lruvec = page_lruvec(page);
	unsigned long flags;
	int error = -EBUSY;

	spin_lock_irqsave(&lruvec->lru_lock, flags);
	if (PageLRU(page) && get_page_unless_zero(page)) {
		ClearPageLRU(page);
		del_from_list(lruvec, page);
		error = 0;
	}
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
	return error;
}

void putback_lru_page(struct page *page)
{
	lru_cache_add(page);
	put_page(page);
}

void lru_page_freed(struct page *page)
{
	struct lruvec *lruvec = page_lruvec(page);
	unsigned long flags;

	spin_lock_irqsave(&lruvec->lru_lock, flags);
	del_from_list(lruvec, page);
	ClearPageLRU(page);
	ClearPageActive(page);
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
}

/* --- reclaim ---------------------------------------------------------------------------------- */

enum pageout {
	PAGE_KEEP,  /* not locked any more */
	PAGE_CLEAN, /* locked */
};

/* Begins to write a locked page. If that has ended at once, the page may be dropped right away. */
static enum pageout pageout(struct page *page, struct address_space *mapping)
{
	struct writeback_control wbc = {
		.sync_mode = WB_SYNC_NONE,
		.nr_to_write = 1,
		.range_end = LLONG_MAX,
		.for_reclaim = true,
	};
	int error;

	if (page_ref_count(page) != 2 || !clear_page_dirty_for_io(page)) {
		unlock_page(page);
		return PAGE_KEEP;
	}
	SetPageReclaim(page);
	inc_node_page_state(page, NR_VMSCAN_WRITE);
	error = mapping->a_ops->writepage(page, &wbc);
	if (error == AOP_WRITEPAGE_ACTIVATE) {
		ClearPageReclaim(page);
		SetPageActive(page); /* not soon again */
		unlock_page(page);
		return PAGE_KEEP;
	}
	if (PageWriteback(page) || PageDirty(page) || !trylock_page(page))
		return PAGE_KEEP;
	return PAGE_CLEAN;
}

/* An isolated page: true if it is out of the cache, and has no reference but ours. */
static bool take_out(struct page *page, struct scan_control *sc)
{
	struct address_space *mapping;
	bool referenced;

	if (!trylock_page(page))
		return false;
	mapping = page->mapping;
	if (PageWriteback(page)) {
		SetPageReclaim(page);
		goto keep;
	}
	if (!mapping) /* truncated: who has it still frees it */
		goto keep;
	referenced = TestClearPageReferenced(page);
	if (PageDirty(page)) {
		if (referenced || !sc->may_writepage)
			goto keep;
		if (pageout(page, mapping) == PAGE_KEEP)
			return false;
	}
	if (page->mapping == mapping && remove_mapping(mapping, page))
		return true;
keep:
	unlock_page(page);
	return false;
}

/* Off the end of the inactive list, with references. Pages that are just being freed stay. */
static unsigned int isolate_pages(struct lruvec *lruvec, unsigned int nr, struct list_head *pages,
				  unsigned long *scanned)
{
	struct list_head *list = &lruvec->lists[LRU_INACTIVE_FILE];
	unsigned int taken = 0;

	spin_lock_irq(&lruvec->lru_lock);
	for (; nr && !list_empty(list); nr--, ++*scanned) {
		struct page *page = list_last_entry(list, struct page, lru);

		if (get_page_unless_zero(page)) {
			ClearPageLRU(page);
			list_move(&page->lru, pages);
			taken++;
		} else {
			list_move(&page->lru, list);
		}
	}
	lruvec->nr[LRU_INACTIVE_FILE] -= taken;
	spin_unlock_irq(&lruvec->lru_lock);
	return taken;
}

static unsigned long shrink_inactive_list(struct lruvec *lruvec, unsigned int nr,
					  struct scan_control *sc)
{
	bool kswapd = current_is_kswapd();
	unsigned long freed = 0, scanned = 0;
	struct page *page, *next;
	unsigned int taken;
	LIST_HEAD(pages);

	taken = isolate_pages(lruvec, nr, &pages, &scanned);
	atomic_add(taken, &lruvec->isolated);
	list_for_each_entry_safe(page, next, &pages, lru) {
		list_del(&page->lru);
		if (!take_out(page, sc)) {
			putback_lru_page(page);
			continue;
		}
		/* Nobody can know it: no atomic operations, and it is at rest. */
		page->flags &= ~PAGEFLAGS_MASK;
		__free_page(page);
		freed++;
	}
	atomic_sub(taken, &lruvec->isolated);
	sc->nr_scanned += scanned;
	count_vm_events(kswapd ? PGSCAN_KSWAPD : PGSCAN_DIRECT, scanned);
	count_vm_events(kswapd ? PGSTEAL_KSWAPD : PGSTEAL_DIRECT, freed);
	return freed;
}

static void shrink_active_list(struct lruvec *lruvec, unsigned int nr, struct scan_control *sc)
{
	struct list_head *list = &lruvec->lists[LRU_ACTIVE_FILE];
	unsigned int moved = 0;

	spin_lock_irq(&lruvec->lru_lock);
	for (; moved < nr && !list_empty(list); moved++) {
		struct page *page = list_last_entry(list, struct page, lru);

		del_from_list(lruvec, page);
		ClearPageActive(page);
		add_to_list(lruvec, page);
	}
	spin_unlock_irq(&lruvec->lru_lock);
	sc->nr_scanned += moved;
	count_vm_events(PGDEACTIVATE, moved);
}

/* Up to 1 GiB of cache the lists are to be equal; with more, less has to be inactive. */
static bool inactive_is_low(const struct lruvec *lruvec)
{
	unsigned long inactive = READ_ONCE(lruvec->nr[LRU_INACTIVE_FILE]);
	unsigned long active = READ_ONCE(lruvec->nr[LRU_ACTIVE_FILE]);
	unsigned long gb = (inactive + active) >> (30 - PAGE_SHIFT);

	return inactive * (gb ? int_sqrt(10 * gb) : 1) < active;
}

static unsigned long pages_to_scan(const struct lruvec *lruvec, enum lru_list lru, int priority)
{
	unsigned long size = READ_ONCE(lruvec->nr[lru]);

	return min(max(size >> priority, SWAP_CLUSTER_MAX), size);
}

/*
 * Where many reclaim at once, they could hold all pages that there are, and the next would see
 * none and give up: he waits until some are back, or free.
 */
static void wait_if_too_many_isolated(const struct lruvec *lruvec)
{
	if ((unsigned long)atomic_read(&lruvec->isolated) >
		    READ_ONCE(lruvec->nr[LRU_INACTIVE_FILE]) &&
	    !current_is_kswapd())
		schedule_timeout_uninterruptible(1);
}

unsigned long shrink_lruvec(struct zone *zone, struct scan_control *sc)
{
	struct lruvec *lruvec = &zone->lruvec;
	unsigned long inactive, active, freed = 0;

	wait_if_too_many_isolated(lruvec);
	inactive = pages_to_scan(lruvec, LRU_INACTIVE_FILE, sc->priority);
	active = pages_to_scan(lruvec, LRU_ACTIVE_FILE, sc->priority);
	while ((inactive || active) && freed < sc->nr_to_reclaim) {
		unsigned int nr = min(active, SWAP_CLUSTER_MAX);

		if (nr && inactive_is_low(lruvec)) {
			shrink_active_list(lruvec, nr, sc);
			inactive += nr;
		}
		active -= nr;
		nr = min(inactive, SWAP_CLUSTER_MAX);
		freed += shrink_inactive_list(lruvec, nr, sc);
		inactive -= nr;
		cond_resched();
	}
	return freed;
}

/* --- checking --------------------------------------------------------------------------------- */

static int check_list(struct zone *zone, enum lru_list lru)
{
	struct list_head *head = &zone->lruvec.lists[lru], *link, *before = head;
	unsigned long pages = 0;
	int found = 0;

	for (link = head->next; link != head; before = link, link = link->next) {
		struct page *page = list_entry(link, struct page, lru);

		if (!is_page_pointer(page) || link->prev != before ||
		    ++pages > zone->lruvec.nr[lru])
			break;
		if (!PageLRU(page) || page_zone(page) != zone || page_lru(page) != lru)
			found += mm_problem("I-lru-1", "pfn %#lx in list %u of %s: flags %#lx",
					    page_to_pfn(page), lru, zone->name, page->flags);
	}
	if (link != head || pages != zone->lruvec.nr[lru])
		found += mm_problem("I-lru-2", "%s, list %u: nr %lu, broken or not as long: %lu",
				    zone->name, lru, zone->lruvec.nr[lru], pages);
	return found;
}

int lru_check(void)
{
	struct zone *zone;
	unsigned long flags;
	enum lru_list lru;
	int found = 0;

	for_each_populated_zone(zone) {
		spin_lock_irqsave(&zone->lruvec.lru_lock, flags);
		for_each_lru(lru)
			found += check_list(zone, lru);
		spin_unlock_irqrestore(&zone->lruvec.lru_lock, flags);
	}
	return found;
}
