/* SPDX-License-Identifier: MIT */
/*
 * Addresses for pages that may have none. A lowmem page is its own address in
 * the direct mapping; a highmem page gets one for a while.
 *
 * kmap_local_page() works in any context and never sleeps. The address is good on
 * this CPU, for this caller, until kunmap_local(); mappings end in the reverse
 * order in which they were made, at most KM_MAX_IDX deep.
 */
#ifndef _LINUX_HIGHMEM_H
#define _LINUX_HIGHMEM_H

#include <linux/mm.h>
#include <linux/string.h>

void *__kmap_local_highmem(struct page *page);
void __kunmap_local_highmem(const void *address);

static inline void *kmap_local_page(struct page *page)
{
	return PageHighMem(page) ? __kmap_local_highmem(page) : page_to_virt(page);
}

static inline void __kunmap_local(const void *address)
{
	if ((unsigned long)address >= (unsigned long)high_memory)
		__kunmap_local_highmem(address);
}

/* Any address inside the page will do. */
#define kunmap_local(address) __kunmap_local(address)

static inline void clear_highpage(struct page *page)
{
	void *address = kmap_local_page(page);

	memset(address, 0, PAGE_SIZE);
	kunmap_local(address);
}

static inline void copy_highpage(struct page *to, struct page *from)
{
	void *destination = kmap_local_page(to);
	void *source = kmap_local_page(from);

	memcpy(destination, source, PAGE_SIZE);
	kunmap_local(source);
	kunmap_local(destination);
}

#endif
