// SPDX-License-Identifier: MIT
/* `check`: the whole-system consistency check, by hand. */
#include <linux/kernel.h>
#include <memkern/mm_check.h>

#include "../internal.h"
#include "monitor.h"

static unsigned long nr_frames(void)
{
	unsigned long section, nr = 0;

	for (section = 0; section < nr_mem_sections; section++)
		if (pfn_valid(section * PAGES_PER_SECTION))
			nr += PAGES_PER_SECTION;
	return nr;
}

static int cmd_check(int argc, char **argv)
{
	int found;
	bool json;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	found = mm_check();
	if (json) {
		json_begin();
		json_number("frames", nr_frames());
		json_number("problems", found);
		json_end();
		return 0;
	}
	mprintf("checked: zones, marks and zonelists; free areas and CPUs' lists; %lu page frames; page tables\n",
		nr_frames());
	if (found)
		mprintf(COLOUR_RED "%d problems" COLOUR_OFF ": the lines above name the invariants\n",
			found);
	else
		mprintf("no problems\n");
	return 0;
}

MONITOR_COMMAND("check", "[--json]", "check every structure of the memory manager", cmd_check);
