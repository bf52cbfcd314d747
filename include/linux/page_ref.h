/* SPDX-License-Identifier: MIT */
/*
 * Reference counts of pages. A block is freed when its head's count reaches
 * zero; references to a tail of a compound page count on its head.
 */
#ifndef _LINUX_PAGE_REF_H
#define _LINUX_PAGE_REF_H

#include <linux/atomic.h>
#include <linux/mm_types.h>

static inline int page_ref_count(const struct page *page)
{
	return atomic_read(&page->_refcount);
}

static inline void set_page_count(struct page *page, int value)
{
	atomic_set(&page->_refcount, value);
}

static inline void page_ref_inc(struct page *page)
{
	atomic_inc(&page->_refcount);
}

static inline void page_ref_add(struct page *page, int nr)
{
	atomic_add(nr, &page->_refcount);
}

static inline int page_ref_dec_and_test(struct page *page)
{
	return atomic_dec_and_test(&page->_refcount);
}

static inline int page_ref_add_unless(struct page *page, int nr, int unless)
{
	return atomic_add_unless(&page->_refcount, nr, unless);
}

/*
 * If there are exactly `count` references, there are none from then on: nobody who finds the page
 * gets one, until page_ref_unfreeze() says how many there are again.
 */
static inline int page_ref_freeze(struct page *page, int count)
{
	return atomic_cmpxchg(&page->_refcount, count, 0) == count;
}

static inline void page_ref_unfreeze(struct page *page, int count)
{
	atomic_set_release(&page->_refcount, count);
}

/* Of a page that may have been freed, and be somebody else's by now. */
static inline bool get_page_unless_zero(struct page *page)
{
	return page_ref_add_unless(page, 1, 0);
}

#endif
