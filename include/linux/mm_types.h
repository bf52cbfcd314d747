/* SPDX-License-Identifier: MIT */
/*
 * struct page: what is known of one page frame. 32 bytes on a 32-bit build, so
 * that it costs 0.78 % of memory.
 *
 * A block of 2^order frames is described by its first page, the head, alone.
 * The others, the tails, are at rest: no flags, no references, no mapping.
 * So the price of allocating or freeing a block does not grow with its size.
 */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

#include <linux/build_bug.h>
#include <linux/types.h>

struct address_space;

struct page {
	/*
	 * Low 16 bits: PG_* (linux/page-flags.h). Above them, set once at boot:
	 * the zone (2 bits) and the section (linux/mmzone.h).
	 */
	unsigned long flags;

	union {
		/* In a list: a free area's, a per-CPU list, or the owner's. */
		struct list_head lru;
		/* Second page of a compound page (page[1]): see compound_order(). */
		unsigned char compound_order;
	};
	struct address_space *mapping;
	pgoff_t index;
	unsigned long private; /* the owner's; in a free area: the block's order */

	union {
		atomic_t _mapcount;	/* page-table entries that map the page, less one */
		unsigned int page_type; /* PG_buddy and the like, by clearing bits of -1 */
	};
	atomic_t _refcount; /* 0: free, or a tail. Use page_ref.h */
#if __SIZEOF_LONG__ == 8
	unsigned long padding; /* to a power of two */
#endif
};

static_assert(sizeof(struct page) == 8 * sizeof(long));

#endif
