// SPDX-License-Identifier: MIT
/* `zones`: where each zone lies, what it has, and how near it is to its marks. */
#include <linux/kernel.h>

#include "../internal.h"
#include "monitor.h"

#define BAR_CELLS 48

/* The bar goes from nothing free to twice the high mark, which is 0 in a tiny zone. */
static unsigned long bar_cell(const struct zone *zone, unsigned long pages)
{
	unsigned long scale = max(2 * high_wmark_pages(zone), 1UL);

	return min(pages, scale) * BAR_CELLS / scale;
}

static char bar_mark(const struct zone *zone, unsigned long cell)
{
	static const char letters[NR_WMARK] = { 'm', 'l', 'h' };
	int mark;

	for (mark = NR_WMARK - 1; mark >= 0; mark--)
		if (bar_cell(zone, wmark_pages(zone, mark)) == cell)
			return letters[mark];
	return 0;
}

static const char *verdict(const struct zone *zone, unsigned long free, const char **hue)
{
	*hue = COLOUR_RED;
	if (free <= min_wmark_pages(zone))
		return "at or below min: only those with a right to the reserve get pages";
	*hue = COLOUR_YELLOW;
	if (free <= low_wmark_pages(zone))
		return "between min and low: memory has to be made free";
	*hue = COLOUR_GREEN;
	return free <= high_wmark_pages(zone) ? "between low and high" : "above high";
}

static void print_bar(const struct zone *zone, unsigned long free)
{
	unsigned long cell, filled = bar_cell(zone, free);
	const char *hue, *text = verdict(zone, free, &hue);
	char bar[BAR_CELLS + 1];

	for (cell = 0; cell < BAR_CELLS; cell++) {
		bar[cell] = bar_mark(zone, cell);
		if (!bar[cell])
			bar[cell] = cell < filled ? '=' : '.';
	}
	bar[BAR_CELLS] = '\0';
	mprintf("  [%s%s%c%s] %s\n", colour(hue), bar, filled == BAR_CELLS ? '>' : ' ',
		colour(COLOUR_OFF), text);
}

static void print_reserve(const struct zone *zone)
{
	int i;

	for (i = zone_idx(zone) + 1; i < MAX_NR_ZONES; i++) {
		const struct zone *higher = &contig_page_data.node_zones[i];

		if (managed_zone(higher))
			mprintf("  reserve  %ld pages (%s) stay for others when a request for %s "
				"falls back here\n",
				zone->lowmem_reserve[i], PAGES_TEXT(zone->lowmem_reserve[i]),
				higher->name);
	}
}

static void print_zone(const struct zone *zone)
{
	unsigned long free = READ_ONCE(zone->nr_free_pages);

	if (!zone->spanned_pages) {
		mprintf("%-8s empty\n", zone->name);
		return;
	}
	mprintf("%-8s [mem 0x%09llx-0x%09llx]\n", zone->name, (u64)PFN_PHYS(zone->zone_start_pfn),
		(u64)PFN_PHYS(zone_end_pfn(zone)) - 1);
	mprintf("  pages    %lu spanned, %lu present, %lu managed (%s)\n", zone->spanned_pages,
		zone->present_pages, zone_managed_pages(zone),
		PAGES_TEXT(zone_managed_pages(zone)));
	if (!managed_zone(zone))
		return;
	mprintf("  free     %lu pages (%s), %s %% of the managed\n", free, PAGES_TEXT(free),
		percent_text(free, zone_managed_pages(zone)).text);
	mprintf("  marks    min %lu (%s), low %lu (%s), high %lu (%s)\n", min_wmark_pages(zone),
		PAGES_TEXT(min_wmark_pages(zone)), low_wmark_pages(zone),
		PAGES_TEXT(low_wmark_pages(zone)), high_wmark_pages(zone),
		PAGES_TEXT(high_wmark_pages(zone)));
	print_reserve(zone);
	print_bar(zone, free);
}

static void json_zone(const struct zone *zone)
{
	json_begin();
	json_text("zone", zone->name);
	json_number("start_address", PFN_PHYS(zone->zone_start_pfn));
	json_number("end_address", PFN_PHYS(zone_end_pfn(zone)));
	json_number("spanned_pages", zone->spanned_pages);
	json_number("present_pages", zone->present_pages);
	json_number("managed_pages", zone_managed_pages(zone));
	json_number("free_pages", READ_ONCE(zone->nr_free_pages));
	json_number("min_pages", min_wmark_pages(zone));
	json_number("low_pages", low_wmark_pages(zone));
	json_number("high_pages", high_wmark_pages(zone));
	json_array("lowmem_reserve_pages", zone->lowmem_reserve, MAX_NR_ZONES);
	json_end();
}

static int cmd_zones(int argc, char **argv)
{
	struct zone *zone;
	bool json;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	for_each_zone(zone) {
		if (json)
			json_zone(zone);
		else
			print_zone(zone);
	}
	if (!json)
		mprintf("bars: free memory from 0 to twice the high mark; m, l, h are the marks\n");
	return 0;
}

MONITOR_COMMAND("zones", "[--json]", "zones: range, pages, marks, reserves", cmd_zones);
