// SPDX-License-Identifier: MIT
/* The machine of the page allocator's tests, with slab caches on top: see machine.h. */
#include <linux/kernel.h>

#include "../e820/host.h"
#include "machine.h"

unsigned long pages_at_boot;

void slab_machine_boot(const char *command_line)
{
	machine_boot(&machine_64m, command_line);
	kmem_cache_init();
	pages_at_boot = slab_machine_settle();
}

bool slab_machine_check(void)
{
	int found = slab_check() + percpu_check();

	if (!found)
		return machine_check();
	host_clear_log();
	mm_print_problems(found);
	host_note("%s", host_log());
	return false;
}

/* --- scarcity -------------------------------------------------------------------------- */

static LIST_HEAD(taken);

void slab_machine_leave(unsigned long pages)
{
	int order;

	for (order = MAX_PAGE_ORDER; order >= 0; order--) {
		while (nr_free_pages() >= pages + (1UL << order)) {
			struct page *page = alloc_pages(
				GFP_NOWAIT | __GFP_HIGHMEM | __GFP_NOWARN | __GFP_MEMALLOC, order);

			if (!page)
				break;
			page->private = order;
			list_add(&page->lru, &taken);
		}
	}
}

void slab_machine_give_back(void)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &taken, lru) {
		list_del(&page->lru);
		__free_pages(page, page->private);
	}
}

unsigned long slab_machine_settle(void)
{
	struct kmem_cache *cache;

	list_for_each_entry(cache, &slab_caches, list)
		kmem_cache_shrink(cache);
	machine_settle();
	return nr_free_pages();
}
