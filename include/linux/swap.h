/* SPDX-License-Identifier: MIT */
/* The LRU lists: which pages are to be reclaimed first. mm/lru.c has the theory. */
#ifndef _LINUX_SWAP_H
#define _LINUX_SWAP_H

#include <linux/mm.h>
#include <linux/sched.h>

/* A page of the cache goes on the inactive list. Any context. */
void lru_cache_add(struct page *page);
/* It was used: the second time it becomes active. Any context. */
void mark_page_accessed(struct page *page);
void activate_page(struct page *page);
/* Write-back, for which reclaim waits, has ended: the page is the next to go. Any context. */
void rotate_reclaimable_page(struct page *page);

/* A shrinker gave pages back, not by way of kfree(): the reclaim that called it should know. */
static inline void mm_account_reclaimed_pages(unsigned long pages)
{
	current->reclaimed_slab += pages;
}

#endif
