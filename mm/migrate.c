// SPDX-License-Identifier: MIT
/*
 * Migration: what is in one page goes to another, and nobody who uses it notices.
 *
 *	before		i_pages[7] --> old	old: 2 references, the cache's and ours
 *	frozen			       old	nobody gets one now: 0
 *	replaced	i_pages[7] --> new	new is locked, and not uptodate
 *	copied		i_pages[7] --> new	uptodate, dirty if old was; unlocked
 *
 * It works for pages that are reached by one way only, which is known: those of the page cache,
 * by the index of their address space; and those of a driver that says how to move them (struct
 * movable_operations). A page whose address somebody has in a pointer cannot be moved.
 *
 * Why is nothing lost, nothing stale? Who has a reference of the old page may read or write it.
 * So it is only replaced if there are no references but the two, and while there are none at
 * all (page_ref_freeze()) who looks it up in the index has to look again. He then finds the new one,
 * which is not uptodate: he waits for its lock, as if it were being read. Its dirty flag goes over in
 * the same step, under the lock of the index; the tags of the index stay: a sync waits
 * for the page's lock.
 *
 * Left alone: pages with further references (they are pinned, or just in use: again, ten times at
 * most), locked ones, and those under write-back, whose data the disk is just reading. How long
 * migration waits for those depends on the mode. Who allocates memory waits for no page lock (he
 * has PF_MEMALLOC here): he may have it himself.
 *
 * Isolation. A page that is to be moved is first taken to where nobody else can: off its LRU
 * list, or, a driver's, by isolate_page() and with PG_isolated. Until it is moved or put
 * back, only the driver may take away its property of being movable, under the page's lock.
 *
 * Worked example: a page is read by somebody, 3 references: pass 1 gets -EAGAIN, he puts his, pass 2
 * moves it. The old page is left with our reference, and is free when that is put.
 *
 * Cost: copying 4 KiB, and some 600 instructions.
 *
 * Invariants (migrate_check()):
 *	I-migrate-1  a driver's movable page is in use, and on no LRU list
 *
 * Locking: page lock of the old page, trylock of the new one (nobody else knows it), i_pages' lock.
 * Process context.
 *
 * Left out: mapped pages, with their page-table entries (rmap); a_ops of its own for each kind of
 * address space (Linux' migrate_folio): here all pages move the same way; huge pages.
 */
#include <linux/highmem.h>
#include <linux/migrate.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "internal.h"

#define PASSES	      10
#define GENTLE_PASSES 3 /* the first ones wait for nothing */

/* --- drivers' pages ---------------------------------------------------------------------- */

void __SetPageMovable(struct page *page, const struct movable_operations *ops)
{
	VM_BUG_ON_PAGE(!PageLocked(page), page);
	VM_BUG_ON_PAGE((unsigned long)ops & PAGE_MAPPING_FLAGS, page);
	page->mapping = (void *)((unsigned long)ops | PAGE_MAPPING_MOVABLE);
}

/* The bit stays, and says that PG_isolated may still be set. */
void __ClearPageMovable(struct page *page)
{
	VM_BUG_ON_PAGE(!PageLocked(page) || !PageMovable(page), page);
	page->mapping = (void *)PAGE_MAPPING_MOVABLE;
}

static bool isolate_locked(struct page *page, isolate_mode_t mode)
{
	if (!PageMovable(page) || PageIsolated(page) ||
	    !page_movable_ops(page)->isolate_page(page, mode))
		return false;
	SetPageIsolated(page);
	return true;
}

/* It may be anybody's: the lock of a page is only touched once its mapping says that it is right. */
int isolate_movable_page(struct page *page, isolate_mode_t mode)
{
	bool isolated = false;

	if (!get_page_unless_zero(page))
		return -EBUSY;
	if (!PageSlab(page) && __PageMovable(page) && trylock_page(page)) {
		isolated = isolate_locked(page, mode);
		unlock_page(page);
	}
	if (isolated)
		return 0;
	put_page(page);
	return -EBUSY;
}

static void putback_movable_page(struct page *page)
{
	lock_page(page);
	if (PageMovable(page))
		page_movable_ops(page)->putback_page(page);
	ClearPageIsolated(page);
	unlock_page(page);
	put_page(page);
}

void putback_movable_pages(struct list_head *pages)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, pages, lru) {
		list_del(&page->lru);
		if (__PageMovable(page))
			putback_movable_page(page);
		else
			putback_lru_page(page);
	}
}

/* Both locked. */
static int move_drivers_page(struct page *dst, struct page *src, enum migrate_mode mode)
{
	int error = MIGRATEPAGE_SUCCESS;

	VM_BUG_ON_PAGE(!PageIsolated(src), src);
	if (PageMovable(src))
		error = page_movable_ops(src)->migrate_page(dst, src, mode);
	if (!error)
		ClearPageIsolated(src);
	return error;
}

/* --- pages of the cache -------------------------------------------------------------------- */

/* In the index, if nobody uses the old one; it then has our reference alone. */
static bool replace_page(struct address_space *mapping, struct page *dst, struct page *src)
{
	bool alone;

	xa_lock_irq(&mapping->i_pages);
	alone = page_ref_freeze(src, 2);
	if (alone) {
		get_page(dst);
		dst->mapping = mapping;
		dst->index = src->index;
		if (TestClearPageDirty(src))
			SetPageDirty(dst);
		__xa_store(&mapping->i_pages, src->index, dst, 0); /* needs no memory */
		src->mapping = NULL;
		page_ref_unfreeze(src, 1);
	}
	xa_unlock_irq(&mapping->i_pages);
	return alone;
}

static int move_cached_page(struct page *dst, struct page *src)
{
	struct address_space *mapping = src->mapping;

	if (!mapping || PagePrivate(src))
		return -EBUSY;
	if (!replace_page(mapping, dst, src))
		return -EAGAIN;
	copy_highpage(dst, src);
	if (PageReferenced(src))
		SetPageReferenced(dst);
	if (TestClearPageActive(src))
		SetPageActive(dst);
	smp_wmb(); /* who finds it uptodate does not take the lock */
	if (PageUptodate(src))
		SetPageUptodate(dst);
	return MIGRATEPAGE_SUCCESS;
}

/* --- any pages ---------------------------------------------------------------------------------- */

static int lock_to_move(struct page *page, bool force, enum migrate_mode mode)
{
	if (!trylock_page(page)) {
		if (!force || mode == MIGRATE_ASYNC || (current->flags & PF_MEMALLOC))
			return -EAGAIN;
		lock_page(page);
	}
	if (!PageWriteback(page) || __PageMovable(page))
		return 0;
	if (mode == MIGRATE_SYNC && force) {
		wait_on_page_writeback(page);
		return 0;
	}
	unlock_page(page);
	return mode == MIGRATE_SYNC ? -EAGAIN : -EBUSY;
}

static int move_page(struct page *dst, struct page *src, bool force, enum migrate_mode mode)
{
	bool drivers = __PageMovable(src);
	int error = lock_to_move(src, force, mode);

	if (error)
		return error;
	SetPageLocked(dst);
	error = drivers ? move_drivers_page(dst, src, mode) : move_cached_page(dst, src);
	if (!error && unlikely(mm_debug_flags & MM_DEBUG_PAGE_OWNER))
		page_owner_move(dst, src);
	unlock_page(dst);
	unlock_page(src);
	if (!error && !drivers)
		lru_cache_add(dst);
	return error;
}

struct migration {
	new_page_t *get_new_page;
	free_page_t *put_new_page;
	unsigned long private;
	enum migrate_mode mode;
};

/* If it is moved, it leaves its list, and both pages have lost our reference. */
static int migrate_one(struct page *src, const struct migration *how, bool force)
{
	struct page *dst;
	int error;

	if (page_ref_count(src) == 1) { /* whose it was has freed it: there is nothing to move */
		list_del(&src->lru);
		ClearPageActive(src);
		ClearPageIsolated(src);
		put_page(src);
		return MIGRATEPAGE_SUCCESS;
	}
	dst = how->get_new_page(src, how->private);
	if (!dst)
		return -ENOMEM;
	error = move_page(dst, src, force, how->mode);
	if (error) {
		how->put_new_page(dst, how->private);
		return error;
	}
	list_del(&src->lru);
	put_page(src);
	put_page(dst);
	return MIGRATEPAGE_SUCCESS;
}

int migrate_pages(struct list_head *from, new_page_t *get_new_page, free_page_t *put_new_page,
		  unsigned long private, enum migrate_mode mode, int reason,
		  unsigned int *ret_succeeded)
{
	const struct migration how = { get_new_page, put_new_page, private, mode };
	unsigned int pass, moved = 0, failed = 0, retry = 1;
	struct page *page, *next;
	LIST_HEAD(given_up);
	int error = 0;

	for (pass = 0; pass < PASSES && retry && error != -ENOMEM; pass++) {
		if (pass >= GENTLE_PASSES && mode == MIGRATE_SYNC)
			yield(); /* who uses a page for a moment may only have to run */
		retry = 0;
		list_for_each_entry_safe(page, next, from, lru) {
			cond_resched();
			error = migrate_one(page, &how, pass >= GENTLE_PASSES);
			if (error == -ENOMEM)
				break;
			if (error == -EAGAIN) {
				retry++;
			} else if (error) {
				failed++;
				list_move_tail(&page->lru, &given_up);
			} else {
				moved++;
			}
		}
	}
	list_splice(&given_up, from);
	count_vm_events(PGMIGRATE_SUCCESS, moved);
	count_vm_events(PGMIGRATE_FAIL, failed + retry);
	if (ret_succeeded)
		*ret_succeeded = moved;
	return error == -ENOMEM ? error : (int)(failed + retry);
}

/* --- checking -------------------------------------------------------------------------------------- */

static int check_movable(unsigned long pfn)
{
	struct page *page = pfn_to_page(pfn);

	if (!__PageMovable(page) || PageSlab(page) ||
	    (page_ref_count(page) > 0 && !PageLRU(page) && !PageBuddy(page)))
		return 0;
	return mm_problem("I-migrate-1", "movable page %#lx: flags %#lx, %d references", pfn,
			  page->flags, page_ref_count(page));
}

int migrate_check(void)
{
	unsigned long pfn;
	int found = 0;

	for (pfn = 0; pfn < max_pfn; pfn++) {
		if (pfn_valid(pfn))
			found += check_movable(pfn);
		else
			pfn |= PAGES_PER_SECTION - 1;
	}
	return found;
}
