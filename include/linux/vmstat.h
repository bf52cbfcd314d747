/* SPDX-License-Identifier: MIT */
/* Counters of the memory manager: events since boot, a CPU each, and how many pages are what now. */
#ifndef _LINUX_VMSTAT_H
#define _LINUX_VMSTAT_H

#include <linux/atomic.h>
#include <linux/mm_types.h>
#include <linux/mmzone.h>
#include <linux/percpu.h>
#include <linux/vm_event_item.h>

struct vm_event_state {
	unsigned long event[NR_VM_EVENT_ITEMS];
};

DECLARE_PER_CPU(struct vm_event_state, vm_event_states);

static inline void count_vm_event(enum vm_event_item item)
{
	this_cpu_inc(vm_event_states.event[item]);
}

static inline void count_vm_events(enum vm_event_item item, long delta)
{
	this_cpu_add(vm_event_states.event[item], delta);
}

/* One that is counted by zone. */
#define __count_zid_vm_events(item, zid, delta) \
	count_vm_events(item##_DMA + ((zid)-ZONE_DMA), delta)

/* The sums over all CPUs, into ret[NR_VM_EVENT_ITEMS]. */
void all_vm_events(unsigned long *ret);

/* As /proc/vmstat names them. */
extern const char *const vm_event_name[NR_VM_EVENT_ITEMS];

enum node_stat_item {
	NR_FILE_PAGES, /* in the page cache */
	NR_FILE_DIRTY,
	NR_WRITEBACK,
	NR_VMSCAN_WRITE, /* written by reclaim, since boot */
	NR_VM_NODE_STAT_ITEMS
};

extern atomic_t vm_node_stat[NR_VM_NODE_STAT_ITEMS];

static inline void inc_node_page_state(struct page *page, enum node_stat_item item)
{
	atomic_inc(&vm_node_stat[item]);
}

static inline void dec_node_page_state(struct page *page, enum node_stat_item item)
{
	atomic_dec(&vm_node_stat[item]);
}

static inline unsigned long global_node_page_state(enum node_stat_item item)
{
	return atomic_read(&vm_node_stat[item]);
}

#endif
