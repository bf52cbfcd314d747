/* SPDX-License-Identifier: MIT */
/*
 * GFP flags: where memory may come from, and how far the allocator may go to
 * get it. The bit values are Linux 6.1's.
 *
 *	flag		zones, best first	may sleep	down to (share of min)
 *	GFP_KERNEL	NORMAL, DMA		yes		100 %
 *	GFP_ATOMIC	NORMAL, DMA		no		37.5 %
 *	GFP_NOWAIT	NORMAL, DMA		no		100 %
 *	GFP_HIGHUSER	HIGHMEM, NORMAL, DMA	yes		100 %
 *	GFP_DMA		DMA			a modifier: says nothing of sleeping
 */
#ifndef _LINUX_GFP_TYPES_H
#define _LINUX_GFP_TYPES_H

#include <linux/types.h>

#define __GFP_BIT(value) ((gfp_t)(value))

/* Zone modifiers. At most one of the first three. */
#define __GFP_DMA     __GFP_BIT(0x01)
#define __GFP_HIGHMEM __GFP_BIT(0x02)
#define __GFP_DMA32   __GFP_BIT(0x04)
#define __GFP_MOVABLE __GFP_BIT(0x08) /* also: pages that can be moved */
#define GFP_ZONEMASK  (__GFP_DMA | __GFP_HIGHMEM | __GFP_DMA32 | __GFP_MOVABLE)

/* Mobility and placement. */
#define __GFP_RECLAIMABLE __GFP_BIT(0x10)
#define __GFP_WRITE	  __GFP_BIT(0x1000)
#define __GFP_HARDWALL	  __GFP_BIT(0x100000)
#define __GFP_THISNODE	  __GFP_BIT(0x200000)
#define __GFP_ACCOUNT	  __GFP_BIT(0x400000)

/* Watermarks: how much of the reserve may be used. */
#define __GFP_HIGH	 __GFP_BIT(0x20)
#define __GFP_MEMALLOC	 __GFP_BIT(0x20000)
#define __GFP_NOMEMALLOC __GFP_BIT(0x80000)

/* Reclaim: what may be done to make memory free. */
#define __GFP_IO	     __GFP_BIT(0x40)
#define __GFP_FS	     __GFP_BIT(0x80)
#define __GFP_DIRECT_RECLAIM __GFP_BIT(0x400)
#define __GFP_KSWAPD_RECLAIM __GFP_BIT(0x800)
#define __GFP_RECLAIM	     (__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)
#define __GFP_RETRY_MAYFAIL  __GFP_BIT(0x4000)
#define __GFP_NOFAIL	     __GFP_BIT(0x8000)
#define __GFP_NORETRY	     __GFP_BIT(0x10000)

/* The result. */
#define __GFP_NOWARN	__GFP_BIT(0x2000)
#define __GFP_COMP	__GFP_BIT(0x40000)
#define __GFP_ZERO	__GFP_BIT(0x100)
#define __GFP_NOLOCKDEP __GFP_BIT(0)

/* Names of older kernels, for code written then. */
#define __GFP_ATOMIC __GFP_BIT(0)	 /* up to 6.2: HIGH without DIRECT_RECLAIM says it now */
#define __GFP_COLD   __GFP_BIT(0)	 /* up to 4.14: a hint about caches */
#define __GFP_WAIT   __GFP_RECLAIM	 /* up to 4.3 */
#define __GFP_REPEAT __GFP_RETRY_MAYFAIL /* up to 4.12 */

#define __GFP_BITS_SHIFT 23
#define __GFP_BITS_MASK	 __GFP_BIT((1 << __GFP_BITS_SHIFT) - 1)

#define GFP_ATOMIC	     (__GFP_HIGH | __GFP_KSWAPD_RECLAIM)
#define GFP_KERNEL	     (__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_KERNEL_ACCOUNT   (GFP_KERNEL | __GFP_ACCOUNT)
#define GFP_NOWAIT	     (__GFP_KSWAPD_RECLAIM)
#define GFP_NOIO	     (__GFP_RECLAIM)
#define GFP_NOFS	     (__GFP_RECLAIM | __GFP_IO)
#define GFP_USER	     (__GFP_RECLAIM | __GFP_IO | __GFP_FS | __GFP_HARDWALL)
#define GFP_DMA		     __GFP_DMA
#define GFP_DMA32	     __GFP_DMA32
#define GFP_HIGHUSER	     (GFP_USER | __GFP_HIGHMEM)
#define GFP_HIGHUSER_MOVABLE (GFP_HIGHUSER | __GFP_MOVABLE)

/* The bits that decide the migrate type; shifted down they are its number. */
#define GFP_MOVABLE_MASK  (__GFP_RECLAIMABLE | __GFP_MOVABLE)
#define GFP_MOVABLE_SHIFT 3

#endif
