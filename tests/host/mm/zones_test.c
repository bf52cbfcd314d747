// SPDX-License-Identifier: MIT
/* What mm/mmzone.c makes of the formulas in the boot: marks, reserves and lists of the zones. */
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/params.h>

#include "tests.h"

extern const struct obs_kernel_param *const __start_kernel_params[], *const __stop_kernel_params[];

static void set_machine(const unsigned long *managed)
{
	unsigned long pfn = 0;
	int i;

	for (i = 0; i < MAX_NR_ZONES; i++) {
		struct zone *zone = &contig_page_data.node_zones[i];

		init_zone(i, pfn, pfn + managed[i]);
		zone->present_pages = zone->managed_pages = managed[i];
		pfn += managed[i];
	}
	build_zonelists();
	init_watermarks();
}

/* Does every zone have what the formulas give for these kilobytes? W5 included. */
static bool zones_are_right(const unsigned long *managed, u64 kbytes)
{
	unsigned long total = 0;
	struct reserves reserves;
	struct marks marks;
	bool ok = true;
	int i, j;

	naive_marks(managed, kbytes, &marks);
	naive_reserves(managed, &reserves);
	for (i = 0; i < MAX_NR_ZONES; i++) {
		const struct zone *zone = &contig_page_data.node_zones[i];
		unsigned long keep = marks.of[i][WMARK_HIGH] + reserves.of[i][MAX_NR_ZONES - 1];

		for (j = 0; j < NR_WMARK; j++)
			ok &= zone->_watermark[j] == marks.of[i][j];
		for (j = 0; j < MAX_NR_ZONES; j++)
			ok &= zone->lowmem_reserve[j] == reserves.of[i][j];
		total += min(keep, managed[i]);
	}
	return ok && contig_page_data.totalreserve_pages == total;
}

/* Z4: from the highest allowed downwards, without the empty ones. */
static bool zonelists_go_down(const unsigned long *managed)
{
	int highest, i;

	for (highest = 0; highest < MAX_NR_ZONES; highest++) {
		struct zone *const *entry = contig_page_data.zonelists[highest].zones;

		for (i = highest; i >= 0; i--)
			if (managed[i] && *entry++ != &contig_page_data.node_zones[i])
				return false;
		if (*entry)
			return false;
	}
	return true;
}

/* As the command line does it; mm/mmzone.c has no other parameter. */
static void set_by_user(char *value)
{
	const struct obs_kernel_param *const *param;

	for (param = __start_kernel_params; param < __stop_kernel_params; param++)
		(*param)->setup_func(value);
}

void test_zones(void)
{
	static const unsigned long machines[][MAX_NR_ZONES] = {
		{ 4096, 0, 12288, 0 },	     { 1000, 0, 0, 0 },
		{ 4096, 0, 225280, 557056 }, { 4096, 782336, 1310720, 0 },
		{ 4096, 0, 200, 0 },	     { 4096, 0, 100000, 15000000 },
		{ 0, 0, 5000, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		u64 kbytes = naive_min_free_kbytes(machines[i]);

		set_machine(machines[i]);
		host_result(zones_are_right(machines[i], kbytes), "W1 to W5: machine %u", i);
		host_result(zonelists_go_down(machines[i]), "Z4: zonelists of machine %u", i);
		host_result(mmzone_check() == 0, "I-mmzone: machine %u", i);
	}

	set_by_user("3000");
	host_clear_log();
	set_machine(machines[0]);
	host_result(min_free_kbytes == 3000 && zones_are_right(machines[0], 3000),
		    "W1: a larger value of the user is kept");
	host_result(strstr(host_log(), "user defined value 3000 is preferred") != NULL,
		    "W1: with a message");
	set_by_user("100");
	host_clear_log();
	set_machine(machines[0]);
	host_result(min_free_kbytes == 1024 && host_log()[0] == '\0',
		    "W1: a smaller value of the user is not");
}
