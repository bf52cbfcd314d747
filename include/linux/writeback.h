/* SPDX-License-Identifier: MIT */
/* Write-back: dirty pages of the page cache go to disk. mm/page_writeback.c has the theory. */
#ifndef _LINUX_WRITEBACK_H
#define _LINUX_WRITEBACK_H

#include <linux/fs.h>
#include <linux/types.h>

enum writeback_sync_modes {
	WB_SYNC_NONE, /* what is in the way is left out */
	WB_SYNC_ALL,  /* all that was dirty at the beginning is written, and under write-back */
};

struct writeback_control {
	long nr_to_write; /* pages; counted down */
	loff_t range_start, range_end;
	enum writeback_sync_modes sync_mode;
	bool for_reclaim; /* by who needs memory */
};

enum wb_reason {
	WB_REASON_BACKGROUND,
	WB_REASON_VMSCAN,
	WB_REASON_SYNC,
	WB_REASON_PERIODIC,
};

/* Percent of the memory that could be dirty: writers wait; the flusher begins. */
extern int vm_dirty_ratio, dirty_background_ratio;
/* Centiseconds: how often the flusher looks, and what age it writes. */
extern unsigned int dirty_writeback_interval, dirty_expire_interval;

/* In pages, of now. */
void global_dirty_limits(unsigned long *background, unsigned long *dirty);

/* Any context. Writes the pages that are dirty now, in the flusher's own time. */
void wakeup_flusher_threads(enum wb_reason reason);

/* After each page that a writer makes dirty, without locks: the writer may have to wait. */
void balance_dirty_pages_ratelimited(struct address_space *mapping);

/* 0 or -errno. */
int do_writepages(struct address_space *mapping, struct writeback_control *wbc);

/* The page is locked, or its owner cannot go; true if it was clean. Any context. */
bool set_page_dirty(struct page *page);
/* Of a locked page that will be written; true if it was dirty. */
bool clear_page_dirty_for_io(struct page *page);
/* Of a locked page whose data nobody wants. */
void cancel_dirty_page(struct page *page);

#endif
