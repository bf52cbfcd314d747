/* SPDX-License-Identifier: MIT */
/*
 * Pages from the buddy allocator.
 *
 * A request for 2^order pages gives one physically contiguous block, aligned
 * to its own size. alloc_pages() returns its first struct page, NULL if there
 * is none to be had; __get_free_pages() its lowmem address, 0 if none. A
 * request may sleep if its flags hold __GFP_DIRECT_RECLAIM, and only then;
 * the frees never sleep. GFP_ATOMIC requests and the frees may be made in any
 * context except NMI.
 *
 * Freeing must name the order of the allocation. Behaviour: Linux 6.1.
 */
#ifndef _LINUX_GFP_H
#define _LINUX_GFP_H

#include <linux/gfp_types.h>
#include <linux/mmzone.h>
#include <linux/topology.h>
#include <linux/mmdebug.h>

/* May the request sleep to make memory free? */
static inline bool gfpflags_allow_blocking(gfp_t gfp)
{
	return gfp & __GFP_DIRECT_RECLAIM;
}

/* GFP_MOVABLE_MASK; 0 on a machine too small for grouping pages by mobility. */
extern gfp_t __gfp_mobility_mask;

static inline enum migratetype gfp_migratetype(gfp_t gfp)
{
	VM_WARN_ON((gfp & GFP_MOVABLE_MASK) == GFP_MOVABLE_MASK);
	return (gfp & __gfp_mobility_mask) >> GFP_MOVABLE_SHIFT;
}

/*
 * The highest zone that a request may use, by its four zone bits: two bits of
 * the table an entry. Of DMA, HIGHMEM and DMA32 only one may be given; the
 * eight other entries are bad, and fall to ZONE_DMA, which harms nobody.
 */
#define __ZONE_ENTRY(bits, zone) ((unsigned int)(zone) << ((unsigned int)(bits)*2))
#define GFP_ZONE_TABLE                                                                          \
	(__ZONE_ENTRY(0, ZONE_NORMAL) | __ZONE_ENTRY(__GFP_DMA, ZONE_DMA) |                     \
	 __ZONE_ENTRY(__GFP_HIGHMEM, OPT_ZONE_HIGHMEM) |                                        \
	 __ZONE_ENTRY(__GFP_DMA32, OPT_ZONE_DMA32) | __ZONE_ENTRY(__GFP_MOVABLE, ZONE_NORMAL) | \
	 __ZONE_ENTRY(__GFP_MOVABLE | __GFP_DMA, ZONE_DMA) |                                    \
	 __ZONE_ENTRY(__GFP_MOVABLE | __GFP_HIGHMEM, OPT_ZONE_HIGHMEM) |                        \
	 __ZONE_ENTRY(__GFP_MOVABLE | __GFP_DMA32, OPT_ZONE_DMA32))
/* A bit for each pair: DMA|HIGHMEM (3), DMA|DMA32 (5), HIGHMEM|DMA32 (6), all (7), and with MOVABLE. */
#define GFP_ZONE_BAD 0xe8e8U

/* The bits that name a zone: 0 to 15. Only good combinations may come here. */
static inline unsigned int __gfp_zone_bits(gfp_t gfp)
{
	unsigned int bits = gfp & GFP_ZONEMASK;

	VM_BUG_ON((GFP_ZONE_BAD >> bits) & 1);
	return bits;
}

static inline enum zone_type gfp_zone(gfp_t gfp)
{
	return (GFP_ZONE_TABLE >> (__gfp_zone_bits(gfp) * 2)) & 3;
}

struct page *__alloc_pages(gfp_t gfp, unsigned int order);

#define alloc_pages(gfp, order)		    __alloc_pages(gfp, order)
#define alloc_page(gfp)			    alloc_pages(gfp, 0)
#define alloc_pages_node(nid, gfp, order)   ((void)(nid), alloc_pages(gfp, order))
#define __alloc_pages_node(nid, gfp, order) alloc_pages_node(nid, gfp, order)

/* By address: always lowmem, so __GFP_HIGHMEM is ignored. */
unsigned long __get_free_pages(gfp_t gfp, unsigned int order);
unsigned long get_zeroed_page(gfp_t gfp);

#define __get_free_page(gfp)	    __get_free_pages(gfp, 0)
#define __get_dma_pages(gfp, order) __get_free_pages((gfp) | GFP_DMA, order)

/*
 * Drop one reference, and free the block when it was the last. The page may
 * not be NULL; an address may be 0.
 */
void __free_pages(struct page *page, unsigned int order);
void free_pages(unsigned long address, unsigned int order);

#define __free_page(page)  __free_pages((page), 0)
#define free_page(address) free_pages((address), 0)

/*
 * Any number of bytes, rounded up to pages: the rest of the power of two goes
 * back at once. __GFP_COMP and __GFP_HIGHMEM make no sense here and are
 * dropped with a warning.
 */
void *alloc_pages_exact(size_t size, gfp_t gfp);
void free_pages_exact(void *address, size_t size);

/*
 * Fills the NULL slots of an array with single pages, from the front; returns
 * how many slots, from the front, are filled afterwards, maybe fewer than
 * asked for.
 */
unsigned long alloc_pages_bulk_array(gfp_t gfp, unsigned long nr_pages, struct page **page_array);
#define alloc_pages_bulk(gfp, nr, array) alloc_pages_bulk_array(gfp, nr, array)

/* Gives the pages on this CPU's lists, or on all CPUs', back to the free areas. */
void drain_local_pages(struct zone *zone);
void drain_all_pages(struct zone *zone);

#endif
