/* SPDX-License-Identifier: MIT */
/* x86's caches are kept in step with memory and with each other: nothing is to be done. */
#ifndef _LINUX_CACHEFLUSH_H
#define _LINUX_CACHEFLUSH_H

struct page;

static inline void flush_dcache_page(struct page *page)
{
}

static inline void flush_kernel_vmap_range(void *address, int size)
{
}

static inline void invalidate_kernel_vmap_range(void *address, int size)
{
}

#endif
