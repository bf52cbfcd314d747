// SPDX-License-Identifier: MIT
/*
 * The golden vectors of API.md, section 2, word for word: managed pages in, marks and
 * reserves out. (Where the table leaves a zone out, its row is computed by hand.) A 64-bit
 * machine's zones have the same numbers on a 32-bit build.
 */
#include <linux/kernel.h>

#include "tests.h"

struct golden_zone {
	unsigned long managed;
	unsigned long min, low, high;
	unsigned long atomic_floor;
};

struct golden_reserve {
	int zone, against;
	long pages;
};

// clang-format off
static const struct golden {
	const char *machine;
	unsigned long min_free_kbytes;
	struct golden_zone zones[MAX_NR_ZONES];
	struct golden_reserve reserves[5];
} golden[] = {
	{
		"32b 64M", 1024,
		{ [ZONE_DMA] = { 4096, 64, 80, 96, 24 }, [ZONE_NORMAL] = { 12288, 192, 240, 288, 72 } },
		{ { ZONE_DMA, ZONE_NORMAL, 48 } },
	},
	{
		"32b 256M", 2048,
		{ [ZONE_DMA] = { 4096, 32, 40, 48, 12 }, [ZONE_NORMAL] = { 61440, 480, 600, 720, 180 } },
		{ { ZONE_DMA, ZONE_NORMAL, 240 } },
	},
	{
		"32b 1G", 3831,
		{ [ZONE_DMA] = { 4096, 17, 21, 25, 7 },
		  [ZONE_NORMAL] = { 225280, 939, 1173, 1407, 353 },
		  [ZONE_HIGHMEM] = { 32768, 32, 66, 100, 12 } },
		{ { ZONE_DMA, ZONE_NORMAL, 880 },
		  { ZONE_DMA, ZONE_HIGHMEM, 1008 },
		  { ZONE_NORMAL, ZONE_HIGHMEM, 1024 } },
	},
	{
		"32b 3G", 3831,
		{ [ZONE_DMA] = { 4096, 17, 21, 25, 7 },
		  [ZONE_NORMAL] = { 225280, 939, 1173, 1407, 353 },
		  [ZONE_HIGHMEM] = { 557056, 128, 709, 1290, 48 } },
		{ { ZONE_DMA, ZONE_HIGHMEM, 3056 }, { ZONE_NORMAL, ZONE_HIGHMEM, 17408 } },
	},
	{
		"64b 8G", 11585,
		{ [ZONE_DMA] = { 4096, 5, 9, 13, 3 },
		  [ZONE_DMA32] = { 782336, 1080, 1862, 2644, 405 },
		  [ZONE_NORMAL] = { 1310720, 1810, 3120, 4430, 679 } },
		{ { ZONE_DMA, ZONE_DMA32, 3056 },
		  { ZONE_DMA, ZONE_NORMAL, 8176 },
		  { ZONE_DMA32, ZONE_NORMAL, 5120 } },
	},
};
// clang-format on

/* W7: half of min, and a quarter off what that leaves. */
static unsigned long atomic_floor(unsigned long min)
{
	min -= min / 2;
	return min - min / 4;
}

static bool zone_is_golden(const struct golden_zone *zone, const unsigned long *mark)
{
	if (mark[WMARK_MIN] == zone->min && mark[WMARK_LOW] == zone->low &&
	    mark[WMARK_HIGH] == zone->high && atomic_floor(mark[WMARK_MIN]) == zone->atomic_floor)
		return true;
	host_note("managed %lu: min %lu low %lu high %lu atomic %lu", zone->managed,
		  mark[WMARK_MIN], mark[WMARK_LOW], mark[WMARK_HIGH],
		  atomic_floor(mark[WMARK_MIN]));
	return false;
}

static void test_machine(const struct golden *machine)
{
	unsigned long managed[MAX_NR_ZONES];
	struct reserves reserves;
	struct marks marks;
	bool ok = true;
	unsigned int i;

	for (i = 0; i < MAX_NR_ZONES; i++)
		managed[i] = machine->zones[i].managed;
	host_result(zone_min_free_kbytes(managed) == machine->min_free_kbytes,
		    "golden %s: min_free_kbytes", machine->machine);

	zone_calculate_watermarks(managed, machine->min_free_kbytes, marks.of);
	for (i = 0; i < MAX_NR_ZONES; i++)
		ok &= zone_is_golden(&machine->zones[i], marks.of[i]);
	host_result(ok, "golden %s: min, low, high and the atomic floor", machine->machine);

	ok = true;
	zone_calculate_lowmem_reserve(managed, reserves.of);
	for (i = 0; i < ARRAY_SIZE(machine->reserves); i++) {
		const struct golden_reserve *reserve = &machine->reserves[i];

		if (reserve->pages)
			ok &= reserves.of[reserve->zone][reserve->against] == reserve->pages;
	}
	host_result(ok, "golden %s: lowmem_reserve", machine->machine);
}

void test_golden(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(golden); i++)
		test_machine(&golden[i]);
}
