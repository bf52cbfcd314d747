/* SPDX-License-Identifier: MIT */
/*
 * Moving what is in a page to another page, so that the first is free. mm/migrate.c has the theory.
 *
 * A driver whose pages can move says how, for each page that it has allocated (GFP_..MOVABLE):
 *
 *	lock_page(page);
 *	__SetPageMovable(page, &my_ops);
 *	unlock_page(page);
 *
 * and before it frees it, with the page's lock again: __ClearPageMovable(). As long as the page
 * is isolated (PageIsolated()), somebody is about to move it: page->lru is not the driver's,
 * and page->flags' PG_locked, PG_isolated and the bits of page->mapping never are.
 */
#ifndef _LINUX_MIGRATE_H
#define _LINUX_MIGRATE_H

#include <linux/mm.h>

enum migrate_mode {
	MIGRATE_ASYNC,	    /* waits for nothing */
	MIGRATE_SYNC_LIGHT, /* for page locks, but not for a disk */
	MIGRATE_SYNC,	    /* for write-back as well */
};

enum migrate_reason {
	MR_COMPACTION,
	MR_SYSCALL,
};

typedef unsigned int isolate_mode_t;
#define ISOLATE_ASYNC_MIGRATE ((isolate_mode_t)0x4)

#define MIGRATEPAGE_SUCCESS 0

struct movable_operations {
	/*
	 * All under the page's lock, in process context, with a reference that is not the driver's.
	 * isolate_page: true, and the driver takes the page off its lists, or whatever uses
	 * page->lru. migrate_page: everything is in dst from now on, for which the driver takes a
	 * reference, and src's, which it puts after __ClearPageMovable(); 0, -EAGAIN: try again,
	 * or another -errno. putback_page: it is the driver's again, as before.
	 */
	bool (*isolate_page)(struct page *page, isolate_mode_t mode);
	int (*migrate_page)(struct page *dst, struct page *src, enum migrate_mode mode);
	void (*putback_page)(struct page *page);
};

void __SetPageMovable(struct page *page, const struct movable_operations *ops);
void __ClearPageMovable(struct page *page);

/* Did a driver once say that it can be moved? Of any page; without its lock, a guess. */
static inline bool __PageMovable(const struct page *page)
{
	return ((unsigned long)READ_ONCE(page->mapping) & PAGE_MAPPING_FLAGS) ==
	       PAGE_MAPPING_MOVABLE;
}

static inline const struct movable_operations *page_movable_ops(const struct page *page)
{
	return (void *)((unsigned long)page->mapping - PAGE_MAPPING_MOVABLE);
}

/* And it still can. Of a locked page. */
static inline bool PageMovable(const struct page *page)
{
	return __PageMovable(page) && page_movable_ops(page);
}

/* A driver's page, whoever it may be: 0, and it is isolated, with a reference; or -EBUSY. */
int isolate_movable_page(struct page *page, isolate_mode_t mode);

/* A page to move to, with a reference, or NULL; and back, what was not used. */
typedef struct page *new_page_t(struct page *page, unsigned long private);
typedef void free_page_t(struct page *page, unsigned long private);

/*
 * Isolated pages of the cache and of drivers, linked by page->lru: those that were moved leave
 * the list. Returns how many are left, or -ENOMEM if get_new_page() had no more, and
 * *ret_succeeded (it may be NULL) says how many were moved. Process context; sleeps.
 */
int migrate_pages(struct list_head *from, new_page_t *get_new_page, free_page_t *put_new_page,
		  unsigned long private, enum migrate_mode mode, int reason,
		  unsigned int *ret_succeeded);
/* Those that are left go back to where they were isolated from. */
void putback_movable_pages(struct list_head *pages);

#endif
