/* SPDX-License-Identifier: MIT */
/*
 * Page flags: PageX() tests, SetPageX() sets, ClearPageX() clears, atomically;
 * __SetPageX() and __ClearPageX() for an owner that nobody races with.
 */
#ifndef _LINUX_PAGE_FLAGS_H
#define _LINUX_PAGE_FLAGS_H

#include <linux/bitops.h>
#include <linux/mm_types.h>

enum pageflags {
	PG_locked,
	PG_referenced,
	PG_uptodate,
	PG_dirty,
	PG_lru,
	PG_active,
	PG_workingset,
	PG_slab,
	PG_reserved, /* not the allocator's: a hole, the image, boot-time data */
	PG_private,
	PG_writeback,
	PG_head, /* first page of a compound page */
	PG_reclaim,
	PG_swapbacked,
	PG_unevictable,
	PG_pfmemalloc, /* came from the reserves below all watermarks */
	__NR_PAGEFLAGS,

	PG_isolated = PG_reclaim, /* of a driver's movable page: linux/migrate.h */
};

#define PAGEFLAGS_MASK ((1UL << __NR_PAGEFLAGS) - 1)

/* A page with one of these still has a user: it must not be freed. */
#define PAGE_FLAGS_CHECK_AT_FREE                                                              \
	((1UL << PG_lru) | (1UL << PG_locked) | (1UL << PG_private) | (1UL << PG_writeback) | \
	 (1UL << PG_slab) | (1UL << PG_active) | (1UL << PG_unevictable) | (1UL << PG_reserved))

#define __PAGEFLAG(Name, name)                                      \
	static inline int Page##Name(const struct page *page)       \
	{                                                           \
		return (READ_ONCE(page->flags) >> PG_##name) & 1;   \
	}                                                           \
	static inline void SetPage##Name(struct page *page)         \
	{                                                           \
		set_bit(PG_##name, &page->flags);                   \
	}                                                           \
	static inline void ClearPage##Name(struct page *page)       \
	{                                                           \
		clear_bit(PG_##name, &page->flags);                 \
	}                                                           \
	static inline void __SetPage##Name(struct page *page)       \
	{                                                           \
		page->flags |= 1UL << PG_##name;                    \
	}                                                           \
	static inline void __ClearPage##Name(struct page *page)     \
	{                                                           \
		page->flags &= ~(1UL << PG_##name);                 \
	}                                                           \
	static inline int TestSetPage##Name(struct page *page)      \
	{                                                           \
		return test_and_set_bit(PG_##name, &page->flags);   \
	}                                                           \
	static inline int TestClearPage##Name(struct page *page)    \
	{                                                           \
		return test_and_clear_bit(PG_##name, &page->flags); \
	}

__PAGEFLAG(Locked, locked)
__PAGEFLAG(Referenced, referenced)
__PAGEFLAG(Uptodate, uptodate)
__PAGEFLAG(Dirty, dirty)
__PAGEFLAG(LRU, lru)
__PAGEFLAG(Active, active)
__PAGEFLAG(Workingset, workingset)
__PAGEFLAG(Slab, slab)
__PAGEFLAG(Reserved, reserved)
__PAGEFLAG(Private, private)
__PAGEFLAG(Writeback, writeback)
__PAGEFLAG(Head, head)
__PAGEFLAG(Reclaim, reclaim)
__PAGEFLAG(Isolated, isolated)
__PAGEFLAG(SwapBacked, swapbacked)
__PAGEFLAG(Unevictable, unevictable)
__PAGEFLAG(Pfmemalloc, pfmemalloc)

/* In the low bits of page->mapping: what it points to is no address space. */
#define PAGE_MAPPING_MOVABLE 0x2UL /* struct movable_operations */
#define PAGE_MAPPING_FLAGS   0x3UL

static inline bool PageMappingFlags(const struct page *page)
{
	return (unsigned long)page->mapping & PAGE_MAPPING_FLAGS;
}

/*
 * Page types share a word with _mapcount, which is -1 while nobody maps the
 * page: a type clears its bit of the -1, so a page of a type looks like one
 * with an absurd mapcount and is never mistaken for a plain page.
 */
#define PAGE_TYPE_BASE 0xf0000000U
#define PG_buddy       0x00000080U /* head of a block in a free area */
#define PG_offline     0x00000100U
#define PG_table       0x00000200U /* a page table */
#define PG_guard       0x00000400U
/* 0x00000800U is PG_bad, in mm/internal.h. */

#define __PAGETYPE(Name, name)                                                        \
	static inline int Page##Name(const struct page *page)                         \
	{                                                                             \
		return (READ_ONCE(page->page_type) & (PAGE_TYPE_BASE | PG_##name)) == \
		       PAGE_TYPE_BASE;                                                \
	}                                                                             \
	static inline void __SetPage##Name(struct page *page)                         \
	{                                                                             \
		page->page_type &= ~PG_##name;                                        \
	}                                                                             \
	static inline void __ClearPage##Name(struct page *page)                       \
	{                                                                             \
		page->page_type |= PG_##name;                                         \
	}

__PAGETYPE(Buddy, buddy)
__PAGETYPE(Offline, offline)
__PAGETYPE(Table, table)
__PAGETYPE(Guard, guard)

#endif
