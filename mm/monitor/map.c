// SPDX-License-Identifier: MIT
/*
 * `map`: physical memory as rows of cells.
 *
 *	0x001000000 Normal   ....3#RR....
 *
 * A cell is a pageblock, or more on a machine with many; given an address, a page, or as
 * many as one likes. A row never crosses the boundary of a zone, so that the zone can
 * be read without colours as well, and is looked at as a whole under its lock.
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/string.h>

#include "../internal.h"
#include "monitor.h"

#define CELLS	     64	   /* in a row */
#define MAX_ROWS     64	   /* of the whole map */
#define ZOOM_ROWS    16	   /* around an address */
#define MAX_CELL     65536 /* pages */
#define CELL_COLOURS "\x1b[0;%s%sm"

struct cell {
	unsigned int nr[NR_FRAME_STATES]; /* frames in each state */
};

struct row {
	struct zone *zone;
	unsigned long pfn, end;
	unsigned long cell_pages;
	unsigned int nr_cells;
	struct cell cells[CELLS];
};

static struct cell *cell_of(struct row *row, unsigned long pfn)
{
	return &row->cells[(pfn - row->pfn) / row->cell_pages];
}

/* Only the lists know of pages in them: by their struct pages they could be in use. */
static void move_cpu_block(const struct cpu_block *block, void *data)
{
	unsigned long pfn = page_to_pfn(block->page), end = pfn + (1UL << block->order);
	struct row *row = data;

	for (; pfn < end; pfn++) {
		if (pfn < row->pfn || pfn >= row->end)
			continue;
		cell_of(row, pfn)->nr[FRAME_USED]--;
		cell_of(row, pfn)->nr[FRAME_CPU]++;
	}
}

static void look_at_row(struct row *row)
{
	unsigned long pfn, nr, flags;

	row->nr_cells = DIV_ROUND_UP(row->end - row->pfn, row->cell_pages);
	memset(row->cells, 0, sizeof(row->cells));
	spin_lock_irqsave(&row->zone->lock, flags);
	for (pfn = row->pfn; pfn < row->end; pfn += nr) {
		unsigned long cell_end = pfn - (pfn - row->pfn) % row->cell_pages + row->cell_pages;
		enum frame_state state = frame_state(pfn, &nr);

		nr = min3(nr, cell_end - pfn, row->end - pfn);
		cell_of(row, pfn)->nr[state] += nr;
	}
	if (populated_zone(row->zone))
		for_each_cpu_block(row->zone, move_cpu_block, row);
	spin_unlock_irqrestore(&row->zone->lock, flags);
}

/* --- printing -------------------------------------------------------------------------- */

static unsigned int cell_ram(const struct cell *cell)
{
	unsigned int state, ram = 0;

	for (state = FRAME_HOLE + 1; state < NR_FRAME_STATES; state++)
		ram += cell->nr[state];
	return ram;
}

static char cell_letter(const struct cell *cell)
{
	unsigned int ram = cell_ram(cell), free = cell->nr[FRAME_FREE] + cell->nr[FRAME_CPU];

	if (!ram)
		return '-';
	if (cell->nr[FRAME_BAD])
		return 'B';
	if (cell->nr[FRAME_RESERVED] == ram)
		return 'R';
	if (cell->nr[FRAME_CPU] == ram)
		return 'c';
	if (free == ram)
		return '.';
	return free ? '0' + clamp((ram - free) * 10 / ram, 1U, 9U) : '#';
}

/* The zone is the hue; free is plain, in part bold, used reverse. */
static const char *cell_style(char letter)
{
	switch (letter) {
	case '-':
	case 'R':
		return ";2";
	case '.':
	case 'c':
		return "";
	case '#':
	case 'B':
		return ";7";
	}
	return ";1";
}

static void print_row(const struct row *row)
{
	static const char *const hues[MAX_NR_ZONES] = { "35", "33", "32", "36" };
	const char *style = NULL;
	char sequence[16];
	unsigned int i;

	mprintf("0x%09llx %-8s ", (u64)PFN_PHYS(row->pfn), row->zone->name);
	for (i = 0; i < row->nr_cells; i++) {
		char letter = cell_letter(&row->cells[i]);

		if (!style || strcmp(cell_style(letter), style)) {
			style = cell_style(letter);
			snprintf(sequence, sizeof(sequence), CELL_COLOURS,
				 hues[zone_idx(row->zone)], style);
			mprintf("%s", colour(sequence));
		}
		mprintf("%c", letter);
	}
	mprintf("%s\n", colour(COLOUR_OFF));
}

static void json_row(const struct row *row)
{
	static const char *const names[NR_FRAME_STATES] = {
		"hole_pages", "reserved_pages", "free_pages",
		"cpu_pages",  "used_pages",	"bad_pages",
	};
	unsigned int i, state;

	for (i = 0; i < row->nr_cells; i++) {
		json_begin();
		json_number("pfn", row->pfn + i * row->cell_pages);
		json_text("zone", row->zone->name);
		for (state = 0; state < NR_FRAME_STATES; state++)
			json_number(names[state], row->cells[i].nr[state]);
		json_end();
	}
}

static bool row_has_ram(const struct row *row)
{
	unsigned int i;

	for (i = 0; i < row->nr_cells; i++)
		if (cell_ram(&row->cells[i]))
			return true;
	return false;
}

/* --- the map ------------------------------------------------------------------------------ */

/* Rows of [pfn, end) of a zone; of rows without RAM only the first and a remark. */
static void map_range(struct zone *zone, unsigned long pfn, unsigned long end,
		      unsigned long cell_pages, bool json)
{
	static struct row row;
	unsigned long row_pages = CELLS * cell_pages;
	bool skipping = false;

	row.zone = zone;
	row.cell_pages = cell_pages;
	for (; pfn < end; pfn = row.end) {
		row.pfn = pfn;
		row.end = min(end, round_down(pfn, row_pages) + row_pages);
		look_at_row(&row);
		if (json) {
			json_row(&row);
			continue;
		}
		if (row_has_ram(&row)) {
			print_row(&row);
			skipping = false;
		} else if (!skipping) {
			mprintf("0x%09llx %-8s no RAM\n", (u64)PFN_PHYS(pfn), zone->name);
			skipping = true;
		}
	}
}

static void map_zones(unsigned long start, unsigned long end, unsigned long cell_pages, bool json)
{
	struct zone *zone;

	for_each_zone(zone)
		map_range(zone, max(start, zone->zone_start_pfn), min(end, zone_end_pfn(zone)),
			  cell_pages, json);
	if (json)
		return;
	mprintf("a cell is %s: . free, 1 to 9 tenths taken, # all, R reserved, c in a CPU's "
		"list, B bad, - no RAM\n",
		PAGES_TEXT(cell_pages));
}

static int parse_zoom(const char *text, unsigned long *cell_pages)
{
	if (monitor_parse_ulong(text, cell_pages))
		return -EINVAL;
	if (*cell_pages >= 1 && *cell_pages <= MAX_CELL && is_power_of_2(*cell_pages))
		return 0;
	mprintf("the pages in a cell have to be a power of 2 from 1 to %d\n", MAX_CELL);
	return -EINVAL;
}

static int cmd_map(int argc, char **argv)
{
	unsigned long pfn, window, cell_pages = 1;
	bool json = take_json(&argc, argv);
	const char *how;

	if (argc > 3)
		return monitor_usage(argv[0]);
	if (argc == 1) {
		cell_pages = pageblock_nr_pages;
		while (max_pfn / cell_pages > CELLS * MAX_ROWS)
			cell_pages *= 2;
		map_zones(0, max_pfn, cell_pages, json);
		return 0;
	}
	if (parse_frame(argv[1], &pfn, &how) || (argc == 3 && parse_zoom(argv[2], &cell_pages)))
		return -EINVAL;
	window = ZOOM_ROWS * CELLS * cell_pages;
	pfn = round_down(pfn, window);
	map_zones(pfn, pfn + window, cell_pages, json);
	return 0;
}

MONITOR_COMMAND("map", "[PFN|ADDRESS [PAGES-A-CELL]] [--json]", "physical memory as a picture",
		cmd_map);
