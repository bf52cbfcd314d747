// SPDX-License-Identifier: MIT
/* `check`: the whole-system consistency check, by hand. */
#include <linux/kernel.h>
#include <memkern/mm_check.h>

#include "monitor.h"

static int cmd_check(int argc, char **argv)
{
	int found;

	if (argc != 1)
		return monitor_usage(argv[0]);
	found = mm_check();
	mprintf("checked: zones, marks and zonelists; free areas and CPUs' lists; %lu page frames; "
		"page tables; slab caches; the vmalloc window; per-CPU memory, kmap, pools\n",
		nr_present_sections() * PAGES_PER_SECTION);
	if (found)
		mprintf("%sproblems: %d%s, see above; docs/ and mm/ explain the invariants by "
			"number\n",
			colour(COLOUR_RED), found, colour(COLOUR_OFF));
	else
		mprintf("no problems\n");
	return found ? -EUCLEAN : 0;
}

MONITOR_COMMAND("check", "", "check every structure of the memory manager", cmd_check);
