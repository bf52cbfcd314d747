// SPDX-License-Identifier: MIT
/*
 * What pages go through when debugging or hardening is switched on at boot.
 *
 *	init_on_alloc=1	every page is zeroed when it is handed out
 *	init_on_free=1	every page is zeroed when it is given back
 *	page_owner=on	who allocated each page is known (page_owner.c)
 *	page_poison=1	a free page is full of 0xaa, and checked for it when it is
 *			handed out: whoever wrote to it after freeing it is found out
 *
 * Each is a bit of mm_debug_flags, one word that the allocation and free paths
 * test once; this file is only entered when a bit is set, or to zero a page.
 *
 * Worked example: with page_poison=1 a stray write of 0 into a free page shows as
 *
 *	pagealloc: memory corruption in pfn 01234: byte 0x010 is 0x00, not 0xaa
 *
 * Cost: when off, that test. When on, the bytes of the page.
 *
 * Locking: the pages are the caller's own. Any context but NMI.
 */
#include <linux/highmem.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/poison.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <memkern/params.h>
#include <memkern/report.h>

#include "internal.h"

int __init set_mm_debug_flag(const char *value, unsigned int flag)
{
	bool on;

	if (!value || kstrtobool(value, &on))
		return -EINVAL;
	mm_debug_flags = on ? mm_debug_flags | flag : mm_debug_flags & ~flag;
	return 0;
}

mm_debug_param(init_on_alloc, MM_DEBUG_INIT_ON_ALLOC);
mm_debug_param(init_on_free, MM_DEBUG_INIT_ON_FREE);
mm_debug_param(page_poison, MM_DEBUG_POISON);

void clear_pages(struct page *page, unsigned int order)
{
	unsigned long i;

	if (!PageHighMem(page)) {
		memset(page_to_virt(page), 0, PAGE_SIZE << order);
		return;
	}
	for (i = 0; i < 1UL << order; i++)
		clear_highpage(page + i);
}

static void poison_block(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < 1UL << order; i++) {
		void *address = kmap_local_page(page + i);

		memset(address, PAGE_POISON, PAGE_SIZE);
		kunmap_local(address);
	}
}

static void check_poison(struct page *page)
{
	u8 *address = kmap_local_page(page);
	u8 *bad = memchr_inv(address, PAGE_POISON, PAGE_SIZE);

	if (bad && !report_note("pagealloc: memory corruption in pfn %05lx", page_to_pfn(page)))
		pr_alert("pagealloc: memory corruption in pfn %05lx: byte %#05zx is %#04x, not "
			 "%#04x\n",
			 page_to_pfn(page), (size_t)(bad - address), *bad, PAGE_POISON);
	kunmap_local(address);
}

void debug_alloc_page(struct page *page, unsigned int order, gfp_t gfp)
{
	unsigned long i;

	if (mm_debug_flags & MM_DEBUG_POISON)
		for (i = 0; i < 1UL << order; i++)
			check_poison(page + i);
	if (mm_debug_flags & MM_DEBUG_INIT_ON_ALLOC)
		clear_pages(page, order);
	if (mm_debug_flags & MM_DEBUG_PAGE_OWNER)
		page_owner_alloc(page, order, gfp);
}

unsigned int debug_free_page(struct page *page, unsigned int order)
{
	if (mm_debug_flags & MM_DEBUG_PAGE_OWNER)
		order = page_owner_free(page, order);
	if (mm_debug_flags & MM_DEBUG_INIT_ON_FREE)
		clear_pages(page, order);
	if (mm_debug_flags & MM_DEBUG_POISON)
		poison_block(page, order);
	return order;
}

void debug_split_page(struct page *page, unsigned int order)
{
	if (mm_debug_flags & MM_DEBUG_PAGE_OWNER)
		page_owner_split(page, order);
}

/* Memory that was free since the boot has never gone through debug_free_page(). */
void __init poison_free_memory(void)
{
	struct zone *zone;
	unsigned int order, type;

	if (!(mm_debug_flags & MM_DEBUG_POISON))
		return;
	for_each_populated_zone(zone) {
		for_each_migratetype_order(order, type) {
			struct page *page;

			list_for_each_entry(page, &zone->free_area[order].free_list[type], lru)
				poison_block(page, order);
		}
	}
}
