/* SPDX-License-Identifier: MIT */
/* What is counted since boot, by Linux's names: linux/vmstat.h. */
#ifndef _LINUX_VM_EVENT_ITEM_H
#define _LINUX_VM_EVENT_ITEM_H

enum vm_event_item {
	PGPGIN,	 /* sectors read for the page cache, */
	PGPGOUT, /* and written for it */
	PGACTIVATE,
	PGDEACTIVATE,
	PGROTATED, /* pages whose write-back reclaim had begun, at its end */
	PGSCAN_KSWAPD,
	PGSCAN_DIRECT,
	PGSTEAL_KSWAPD,
	PGSTEAL_DIRECT,
	NR_VM_EVENT_ITEMS
};

#endif
