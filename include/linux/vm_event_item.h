/* SPDX-License-Identifier: MIT */
/* What is counted since boot, by Linux's names: linux/vmstat.h. Those of zones: in their order. */
#ifndef _LINUX_VM_EVENT_ITEM_H
#define _LINUX_VM_EVENT_ITEM_H

#define __FOR_ALL_ZONES(name) name##_DMA, name##_DMA32, name##_NORMAL, name##_HIGH

enum vm_event_item {
	PGPGIN,			     /* sectors read for the page cache, */
	PGPGOUT,		     /* and written for it */
	__FOR_ALL_ZONES(PGALLOC),    /* pages that left the free areas, also for a CPU's lists */
	__FOR_ALL_ZONES(ALLOCSTALL), /* requests that reclaimed; the highest zone they may use */
	PGFREE,			     /* pages that came to the free areas: all_vm_events() */
	PGACTIVATE,
	PGDEACTIVATE,
	PGROTATED, /* pages whose write-back reclaim had begun, at its end */
	PGSCAN_KSWAPD,
	PGSCAN_DIRECT,
	PGSTEAL_KSWAPD,
	PGSTEAL_DIRECT,
	SLABS_SCANNED, /* objects that shrinkers looked at */
	PAGEOUTRUN,    /* kswapd woke and had something to do */
	DROP_PAGECACHE,
	DROP_SLAB,
	OOM_KILL,
	PGMIGRATE_SUCCESS,
	PGMIGRATE_FAIL,
	COMPACTMIGRATE_SCANNED,
	COMPACTFREE_SCANNED,
	COMPACTISOLATED,
	COMPACTSTALL, /* requests that compacted, */
	COMPACTFAIL,
	COMPACTSUCCESS, /* and whether they then had their block */
	NR_VM_EVENT_ITEMS
};

#undef __FOR_ALL_ZONES

#endif
