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

unsigned long slab_machine_settle(void)
{
	struct kmem_cache *cache;

	list_for_each_entry(cache, &slab_caches, list)
		kmem_cache_shrink(cache);
	machine_settle();
	return nr_free_pages();
}
