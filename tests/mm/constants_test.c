// SPDX-License-Identifier: MIT
/*
 * Section 0 of the contract, and the names of sections 1 and 5 that are numbers: asserted
 * at compile time, so this file has no code.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/poison.h>

/* C1 */
static_assert(PAGE_SHIFT == 12 && PAGE_SIZE == 4096);
static_assert(MAX_ORDER == 11 && MAX_PAGE_ORDER == 10 && NR_PAGE_ORDERS == 11);
static_assert(MAX_ORDER_NR_PAGES == 1024);
static_assert(sizeof(((struct zone *)0)->free_area) == 11 * sizeof(struct free_area));

/* C2, what of it exists */
static_assert(PAGE_ALLOC_COSTLY_ORDER == 3);

/* C6 */
static_assert(POISON_FREE == 0x6b && POISON_END == 0xa5 && POISON_INUSE == 0x5a);
static_assert(SLUB_RED_INACTIVE == 0xbb && SLUB_RED_ACTIVE == 0xcc);
static_assert(PAGE_POISON == 0xaa);
static_assert(POOL_POISON_FREED == 0xa7 && POOL_POISON_ALLOCATED == 0xa9);

/* C7 */
static_assert(__GFP_DMA == 0x01);
static_assert(__GFP_HIGHMEM == 0x02);
static_assert(__GFP_DMA32 == 0x04);
static_assert(__GFP_MOVABLE == 0x08);
static_assert(__GFP_RECLAIMABLE == 0x10);
static_assert(__GFP_HIGH == 0x20);
static_assert(__GFP_IO == 0x40);
static_assert(__GFP_FS == 0x80);
static_assert(__GFP_ZERO == 0x100);
static_assert(__GFP_DIRECT_RECLAIM == 0x400);
static_assert(__GFP_KSWAPD_RECLAIM == 0x800);
static_assert(__GFP_WRITE == 0x1000);
static_assert(__GFP_NOWARN == 0x2000);
static_assert(__GFP_RETRY_MAYFAIL == 0x4000);
static_assert(__GFP_NOFAIL == 0x8000);
static_assert(__GFP_NORETRY == 0x10000);
static_assert(__GFP_MEMALLOC == 0x20000);
static_assert(__GFP_COMP == 0x40000);
static_assert(__GFP_NOMEMALLOC == 0x80000);
static_assert(__GFP_HARDWALL == 0x100000);
static_assert(__GFP_THISNODE == 0x200000);
static_assert(__GFP_ACCOUNT == 0x400000);
static_assert(__GFP_ATOMIC == 0);
static_assert(GFP_KERNEL == 0xcc0 && GFP_ATOMIC == 0x820);

/* F1 to F9, F11, F16, F24, F26: what each name is made of */
static_assert(__GFP_RECLAIM == (__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM));
static_assert(GFP_KERNEL == (__GFP_RECLAIM | __GFP_IO | __GFP_FS));
static_assert(GFP_ATOMIC == (__GFP_HIGH | __GFP_KSWAPD_RECLAIM));
static_assert(GFP_NOWAIT == __GFP_KSWAPD_RECLAIM);
static_assert(GFP_NOIO == __GFP_RECLAIM);
static_assert(GFP_NOFS == (__GFP_RECLAIM | __GFP_IO));
static_assert(GFP_USER == (GFP_KERNEL | __GFP_HARDWALL));
static_assert(GFP_HIGHUSER == (GFP_USER | __GFP_HIGHMEM));
static_assert(GFP_HIGHUSER_MOVABLE == (GFP_HIGHUSER | __GFP_MOVABLE));
static_assert(GFP_KERNEL_ACCOUNT == (GFP_KERNEL | __GFP_ACCOUNT));
static_assert(GFP_DMA == __GFP_DMA && GFP_DMA32 == __GFP_DMA32);
static_assert(__GFP_COLD == 0);
static_assert(__GFP_REPEAT == __GFP_RETRY_MAYFAIL);
static_assert(__GFP_WAIT == __GFP_RECLAIM);

/* Z1, Z4: higher zones have higher numbers */
static_assert(ZONE_DMA < ZONE_DMA32 && ZONE_DMA32 < ZONE_NORMAL && ZONE_NORMAL < ZONE_HIGHMEM);

/* B6 */
static_assert(pageblock_order == 9 && pageblock_nr_pages == 512);
static_assert(MIGRATE_UNMOVABLE == 0 && MIGRATE_MOVABLE == 1 && MIGRATE_RECLAIMABLE == 2);
static_assert(MIGRATE_PCPTYPES == 3 && MIGRATE_HIGHATOMIC == MIGRATE_PCPTYPES);
static_assert(MIGRATE_CMA == 4 && MIGRATE_ISOLATE == 5 && MIGRATE_TYPES == 6);

/* Two pageblocks make a largest block: the toy of the tests and B2 count on it. */
static_assert(MAX_PAGE_ORDER == pageblock_order + 1);
