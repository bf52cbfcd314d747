// SPDX-License-Identifier: MIT
/*
 * Per-CPU page lists: what makes single pages cheap.
 *
 * Each CPU keeps some free blocks of orders 0 to 3 of each zone to itself, so
 * that most requests and frees touch neither the zone's lock nor its free areas:
 *
 *	                      batch                       one at a time
 *	zone->free_area[] <----------> this CPU's lists <---------------> callers
 *	    (zone->lock)               (interrupts off)
 *
 * A list that is found empty is filled with `batch` pages at once; a free that makes
 * the lists hold more than `high` pages gives back what is above, and with it most of
 * a batch, the coldest first. There is a list an order and a mobile type; what is in
 * them is one page count.
 *
 * What lies here cannot merge, so large blocks suffer from it. Whoever asks for more
 * than the lists can hold therefore gives a batch back first, as long as there is more
 * in them than a batch for each order.
 *
 * Worked example, 48 MiB in the zone: batch = 12288 / 4096 = 3, times 1.5 and
 * rounded down to a power of two less one = 3. high = the low watermark, 240
 * pages: a free can find 240 pages here, and gives 3 back when it brings one more.
 *
 * Cost: about 20 instructions each way here; a refill or flush some 100 a page.
 *
 * Pages in the lists are free, but not counted in the zone's nr_free_pages.
 *
 * Invariants, checked by page_alloc_check():
 *	I-pcp-1  count is the number of pages in the lists
 *	I-pcp-2  a page in a list is at rest, of the list's zone, and in no free area
 *
 * Locking: none but this CPU's interrupts being off. Another CPU never touches
 * them: to drain is to ask each CPU to do it.
 *
 * Left out: adapting high to the load.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/vmstat.h>

#include "internal.h"

DEFINE_PER_CPU_ALIGNED(struct per_cpu_pages, zone_pcp[MAX_NR_ZONES]);

/* One less than a power of two: a batch and a page in flight do not resonate. */
int zone_batchsize(unsigned long managed)
{
	unsigned long batch = min(managed >> 12, 64UL);

	if (batch <= 1)
		return 1;
	return rounddown_pow_of_two(batch + batch / 2) - 1;
}

int zone_highsize(const struct zone *zone, int batch)
{
	return max_t(int, low_wmark_pages(zone) / num_possible_cpus(), batch * 4);
}

void __init pcp_init(void)
{
	struct zone *zone;
	unsigned int cpu, i;

	for_each_zone(zone) {
		zone->per_cpu_pageset = &zone_pcp[zone_idx(zone)];
		for_each_possible_cpu(cpu) {
			struct per_cpu_pages *pcp = per_cpu_ptr(zone->per_cpu_pageset, cpu);

			pcp->batch = zone_batchsize(zone_managed_pages(zone));
			pcp->high = zone_highsize(zone, pcp->batch);
			for (i = 0; i < NR_PCP_LISTS; i++)
				INIT_LIST_HEAD(&pcp->lists[i]);
		}
	}
}

/*
 * In blocks: the one that is asked for, and as many more as take less than a batch
 * of pages. So a request leaves its zone at most batch - 1 pages below its mark.
 */
static int blocks_in_batch(const struct per_cpu_pages *pcp, unsigned int order)
{
	return 1 + ((pcp->batch - 1) >> order);
}

bool pcp_refill(struct zone *zone, struct per_cpu_pages *pcp, unsigned int order,
		enum migratetype type)
{
	struct list_head *list = &pcp->lists[pcp_list_index(type, order)];
	int blocks = blocks_in_batch(pcp, order), before = pcp->count;

	spin_lock(&zone->lock);
	while (blocks--) {
		struct page *page = rmqueue_block(zone, order, type);

		if (!page)
			break;
		list_add_tail(&page->lru, list);
		pcp->count += 1 << order;
	}
	__count_zid_vm_events(PGALLOC, zone_idx(zone), pcp->count - before);
	spin_unlock(&zone->lock);
	return !list_empty(list);
}

void pcp_flush(struct zone *zone, struct per_cpu_pages *pcp, int count)
{
	unsigned int i = 0;

	count = min(count, pcp->count);
	spin_lock(&zone->lock);
	while (count > 0) {
		unsigned int order = i % NR_PCP_ORDERS;
		struct list_head *list = &pcp->lists[i];
		struct page *page;

		/* From each list in turn, so that none is emptied for the others. */
		i = (i + 1) % NR_PCP_LISTS;
		if (list_empty(list))
			continue;
		page = list_last_entry(list, struct page, lru);
		list_del(&page->lru);
		free_one_block(zone, page, order);
		pcp->count -= 1 << order;
		count -= 1 << order;
	}
	spin_unlock(&zone->lock);
}

void pcp_trim(struct zone *zone)
{
	struct per_cpu_pages *pcp;
	unsigned long flags;

	local_irq_save(flags);
	pcp = this_cpu_ptr(zone->per_cpu_pageset);
	if (pcp->count > NR_PCP_ORDERS * pcp->batch)
		pcp_flush(zone, pcp, pcp->batch);
	local_irq_restore(flags);
}

void drain_local_pages(struct zone *only)
{
	struct zone *zone;

	for_each_populated_zone(zone) {
		struct per_cpu_pages *pcp;
		unsigned long flags;

		if (only && zone != only)
			continue;
		local_irq_save(flags);
		pcp = this_cpu_ptr(zone->per_cpu_pageset);
		if (pcp->count)
			pcp_flush(zone, pcp, pcp->count);
		local_irq_restore(flags);
	}
}

static void drain_this_cpu(void *zone)
{
	drain_local_pages(zone);
}

/* Who has none is not disturbed: where memory is short, that is nearly everybody, and it is often. */
void drain_all_pages(struct zone *only)
{
	struct cpumask with_pages;
	struct zone *zone;
	unsigned int cpu;

	cpumask_clear(&with_pages);
	for_each_online_cpu(cpu)
		for_each_populated_zone(zone)
			if ((!only || zone == only) &&
			    READ_ONCE(per_cpu_ptr(zone->per_cpu_pageset, cpu)->count))
				cpumask_set_cpu(cpu, &with_pages);
	on_each_cpu_mask(&with_pages, drain_this_cpu, only, 1);
}
