/* SPDX-License-Identifier: MIT */
/*
 * Zones, and how a page frame number, a struct page and a zone are found from
 * each other.
 *
 *	ZONE_DMA	below 16 MiB: what ISA DMA reaches
 *	ZONE_NORMAL	to max_low_pfn (896 MiB): directly mapped
 *	ZONE_HIGHMEM	above: has no address until it is mapped
 *	ZONE_DMA32	a name for code that uses it; empty on a 32-bit build
 */
#ifndef _LINUX_MMZONE_H
#define _LINUX_MMZONE_H

#include <linux/list.h>
#include <linux/page-flags.h>
#include <linux/pfn.h>
#include <linux/spinlock.h>

/* Orders 0 .. MAX_ORDER-1. MAX_PAGE_ORDER and NR_PAGE_ORDERS are the later names. */
#define MAX_ORDER	   11
#define MAX_PAGE_ORDER	   (MAX_ORDER - 1)
#define NR_PAGE_ORDERS	   MAX_ORDER
#define MAX_ORDER_NR_PAGES (1UL << MAX_PAGE_ORDER)

/* Larger requests are hard to satisfy; the allocator does not insist on them. */
#define PAGE_ALLOC_COSTLY_ORDER 3

enum zone_type {
	ZONE_DMA,
	ZONE_DMA32,
	ZONE_NORMAL,
	ZONE_HIGHMEM,
	__MAX_NR_ZONES,
};
#define MAX_NR_ZONES 4

#define OPT_ZONE_DMA32	 ZONE_NORMAL
#define OPT_ZONE_HIGHMEM ZONE_HIGHMEM

/* Pages that can be moved or reclaimed are kept apart from those that cannot, by pageblock. */
enum migratetype {
	MIGRATE_UNMOVABLE,
	MIGRATE_MOVABLE,
	MIGRATE_RECLAIMABLE,
	MIGRATE_PCPTYPES, /* the types that have per-CPU lists end here */
	MIGRATE_HIGHATOMIC = MIGRATE_PCPTYPES,
	MIGRATE_CMA,
	MIGRATE_ISOLATE,
	MIGRATE_TYPES
};

extern const char *const migratetype_names[MIGRATE_TYPES];

#define for_each_migratetype_order(order, type)          \
	for (order = 0; order < NR_PAGE_ORDERS; order++) \
		for (type = 0; type < MIGRATE_TYPES; type++)

/* A pageblock is what one 2 MiB page maps: the unit of migrate types. */
#define pageblock_order	   9
#define pageblock_nr_pages (1UL << pageblock_order)

enum zone_watermarks {
	WMARK_MIN,
	WMARK_LOW,
	WMARK_HIGH,
	NR_WMARK,
};

struct free_area {
	struct list_head free_list[MIGRATE_TYPES];
	unsigned long nr_free; /* blocks, of all types */
};

/*
 * Pages of the page cache, in the order in which they are to be reclaimed: mm/lru.c. A list each
 * zone: Linux has them a node since 4.8 and skips what lies in too high a zone.
 */
enum lru_list {
	LRU_INACTIVE_FILE,
	LRU_ACTIVE_FILE,
	NR_LRU_LISTS,
};

#define for_each_lru(lru) for (lru = 0; lru < NR_LRU_LISTS; lru++)

struct lruvec {
	spinlock_t lru_lock; /* lists, nr; taken with interrupts off, outside of zone->lock */
	struct list_head lists[NR_LRU_LISTS]; /* new ones first; taken from the end */
	unsigned long nr[NR_LRU_LISTS];
	atomic_t isolated; /* pages that reclaim is looking at: in no list */
};

struct per_cpu_pages;
struct pglist_data;

struct zone {
	/* Pages; WMARK_* index it. Set at boot, read without a lock. */
	unsigned long _watermark[NR_WMARK];
	unsigned long watermark_boost; /* for a while the marks are so much higher; under lock */
	/* Pages that stay for requests of this zone when one of a higher zone falls back here. */
	long lowmem_reserve[MAX_NR_ZONES];

	struct per_cpu_pages *per_cpu_pageset; /* a per-CPU variable */

	unsigned long fast_path_floor; /* see set_fast_path_floor() in mm/mmzone.c */

	/* Pages in the free areas, and of those the ones in HIGHATOMIC blocks. Under lock. */
	unsigned long nr_free_pages;
	unsigned long nr_free_highatomic;
	unsigned long nr_reserved_highatomic; /* pages in HIGHATOMIC blocks, free or not */

	const char *name;
	struct pglist_data *zone_pgdat;
	unsigned long zone_start_pfn;
	unsigned long spanned_pages; /* from first to last, holes included */
	unsigned long present_pages; /* RAM */
	unsigned long managed_pages; /* given to the allocator */

	spinlock_t lock; /* free_area and the counters above; taken with interrupts off */
	struct free_area free_area[NR_PAGE_ORDERS];

	struct lruvec lruvec;

	/* Of compaction: linux/compaction.h. No lock: they are only a matter of how often. */
	unsigned int compact_considered, compact_defer_shift, compact_order_failed;
};

#define zone_idx(zone)		  ((enum zone_type)((zone) - (zone)->zone_pgdat->node_zones))
#define min_wmark_pages(zone)	  wmark_pages(zone, WMARK_MIN)
#define low_wmark_pages(zone)	  wmark_pages(zone, WMARK_LOW)
#define high_wmark_pages(zone)	  wmark_pages(zone, WMARK_HIGH)
#define wmark_pages(zone, i)	  ((zone)->_watermark[i] + (zone)->watermark_boost)
#define zone_managed_pages(zone)  READ_ONCE((zone)->managed_pages)
#define managed_zone(zone)	  (zone_managed_pages(zone) != 0)
#define populated_zone(zone)	  ((zone)->present_pages != 0)
#define zone_end_pfn(zone)	  ((zone)->zone_start_pfn + (zone)->spanned_pages)
#define zone_spans_pfn(zone, pfn) ((pfn) - (zone)->zone_start_pfn < (zone)->spanned_pages)
#define is_highmem_idx(idx)	  ((idx) == ZONE_HIGHMEM)
#define is_highmem(zone)	  is_highmem_idx(zone_idx(zone))

/* The zones that a request may use, best first, ended by a NULL zone. */
struct zonelist {
	struct zone *zones[MAX_NR_ZONES + 1];
};

typedef struct pglist_data {
	struct zone node_zones[MAX_NR_ZONES];
	struct zonelist zonelists[MAX_NR_ZONES]; /* by the highest zone allowed */
	unsigned long totalreserve_pages;
} pg_data_t;

extern struct pglist_data contig_page_data;

#define NODE_DATA(nid)	  (&contig_page_data)
#define page_to_nid(page) ((void)(page), 0)

#define for_each_zone(zone)                      \
	for (zone = contig_page_data.node_zones; \
	     zone < contig_page_data.node_zones + MAX_NR_ZONES; zone++)
#define for_each_populated_zone(zone)      \
	for_each_zone(zone)                \
		if (!populated_zone(zone)) \
			continue;          \
		else

/*
 * Sections: physical memory in pieces of 4 MiB, the largest block. A section
 * that holds RAM has its 1024 struct pages; a hole costs one entry here. A
 * zone boundary is always one of sections, so a block never crosses either.
 */
#define PFN_SECTION_SHIFT	 MAX_PAGE_ORDER
#define PAGES_PER_SECTION	 (1UL << PFN_SECTION_SHIFT)
#define __PAGEBLOCKS_PER_SECTION (PAGES_PER_SECTION >> pageblock_order)

struct mem_section {
	/* Address of the struct page that pfn 0 would have; 0: no struct pages. */
	unsigned long mem_map_base;
	u8 pageblock_type[__PAGEBLOCKS_PER_SECTION];   /* enum migratetype; under zone->lock */
	bool pageblock_skip[__PAGEBLOCKS_PER_SECTION]; /* compaction found nothing to move there */
};

extern struct mem_section *mem_section;
extern unsigned long __nr_mem_sections;

#define ZONES_PGSHIFT	 __NR_PAGEFLAGS
#define ZONES_WIDTH	 2
#define ZONES_MASK	 ((1UL << ZONES_WIDTH) - 1)
#define SECTIONS_PGSHIFT (ZONES_PGSHIFT + ZONES_WIDTH)
#define NR_MEM_SECTIONS	 (1UL << (32 - SECTIONS_PGSHIFT))

static inline struct mem_section *__pfn_to_section(unsigned long pfn)
{
	return &mem_section[pfn >> PFN_SECTION_SHIFT];
}

static inline struct mem_section *__page_to_section(const struct page *page)
{
	return &mem_section[(page->flags & 0xffffffffUL) >> SECTIONS_PGSHIFT];
}

/* Is there a struct page for this frame? It may be one that nobody may allocate. */
static inline bool pfn_valid(unsigned long pfn)
{
	return (pfn >> PFN_SECTION_SHIFT) < __nr_mem_sections &&
	       __pfn_to_section(pfn)->mem_map_base;
}

static inline struct page *pfn_to_page(unsigned long pfn)
{
	return (struct page *)(__pfn_to_section(pfn)->mem_map_base + pfn * sizeof(struct page));
}

static inline unsigned long page_to_pfn(const struct page *page)
{
	return ((unsigned long)page - __page_to_section(page)->mem_map_base) / sizeof(struct page);
}

static inline enum zone_type page_zonenum(const struct page *page)
{
	return (page->flags >> ZONES_PGSHIFT) & ZONES_MASK;
}

static inline struct zone *page_zone(const struct page *page)
{
	return &contig_page_data.node_zones[page_zonenum(page)];
}

/* Free blocks of at most pageblock_order never merge across these types and others. */
static inline bool migratetype_is_mergeable(enum migratetype type)
{
	return type < MIGRATE_PCPTYPES;
}

/*
 * A section's struct pages are aligned to their size, so the page's address tells
 * which pageblock of the section it is in.
 */
static inline u8 *__pageblock_type(const struct page *page)
{
	unsigned long block = (unsigned long)page / (sizeof(struct page) << pageblock_order);

	return &__page_to_section(page)->pageblock_type[block % __PAGEBLOCKS_PER_SECTION];
}

static inline enum migratetype get_pageblock_migratetype(const struct page *page)
{
	return *__pageblock_type(page);
}

#endif
