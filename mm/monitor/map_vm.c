// SPDX-License-Identifier: MIT
/*
 * `map vm`: the vmalloc window as rows of cells.
 *
 *	c4800000 #g#g###g4l......
 *
 * A cell is a page, or as many that the picture is of a page's size. A row is looked at as
 * a whole under vmap_lock.
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/pgtable.h>
#include <linux/string.h>

#include "../internal.h"
#include "../vmalloc.h"
#include "monitor.h"

#define CELLS	  64  /* in a row */
#define MAX_ROWS  32  /* of the whole window */
#define ZOOM_ROWS 16  /* around an address */
#define MAX_CELL  256 /* pages: 1024 of them are all there can be */

enum { VM_FREE, VM_LAZY, VM_MAPPED, VM_UNMAPPED, NR_VM_STATES };

struct vm_cell {
	unsigned int nr[NR_VM_STATES]; /* pages */
};

static struct vm_row {
	unsigned long start, end;
	unsigned long cell_bytes;
	struct vm_cell cells[CELLS];
} row;

static struct vm_cell *cell_of(unsigned long address)
{
	return &row.cells[(address - row.start) / row.cell_bytes];
}

/* The part of an area that is in the row, page by page. Free was said of all before. */
static void see(const struct vmap_area *va, bool lazy)
{
	unsigned long address = max(va->va_start, row.start);
	unsigned long end = min(va->va_end, row.end);
	unsigned int level;

	for (; address < end; address += PAGE_SIZE) {
		pte_t *pte = lazy ? NULL : lookup_address(address, &level);
		struct vm_cell *cell = cell_of(address);

		cell->nr[VM_FREE]--;
		if (lazy)
			cell->nr[VM_LAZY]++;
		else
			cell->nr[pte && pte_present(*pte) ? VM_MAPPED : VM_UNMAPPED]++;
	}
}

static bool look_at_row(void)
{
	const struct vmap_area *va;
	unsigned long address;
	struct rb_node *node;

	memset(row.cells, 0, sizeof(row.cells));
	for (address = row.start; address < row.end; address += PAGE_SIZE)
		cell_of(address)->nr[VM_FREE]++;
	if (!lock_vmap_areas())
		return false;
	for_each_vmap_area(va, node, &vmap_busy_root) see(va, false);
	list_for_each_entry(va, &vmap_lazy_list, list)
		see(va, true);
	unlock_vmap_areas();
	return true;
}

/* --- printing -------------------------------------------------------------------------- */

static char cell_letter(const struct vm_cell *cell)
{
	unsigned int busy = cell->nr[VM_MAPPED] + cell->nr[VM_UNMAPPED];
	unsigned int pages = busy + cell->nr[VM_FREE] + cell->nr[VM_LAZY];

	if (!busy)
		return cell->nr[VM_LAZY] ? 'l' : '.';
	if (busy < pages)
		return '0' + clamp(busy * 10 / pages, 1U, 9U);
	return cell->nr[VM_MAPPED] ? '#' : 'g';
}

static const char *cell_hue(char letter)
{
	switch (letter) {
	case '.':
		return COLOUR_OFF;
	case 'l':
		return COLOUR_YELLOW;
	case 'g':
		return COLOUR_RED;
	}
	return COLOUR_GREEN;
}

static void print_row(unsigned int nr_cells)
{
	const char *hue = NULL;
	unsigned int i;

	mprintf("%08lx ", row.start);
	for (i = 0; i < nr_cells; i++) {
		char letter = cell_letter(&row.cells[i]);

		if (!hue || strcmp(hue, cell_hue(letter)))
			mprintf("%s", colour(cell_hue(letter)));
		hue = cell_hue(letter);
		mprintf("%c", letter);
	}
	mprintf("%s\n", colour(COLOUR_OFF));
}

static void json_row(unsigned int nr_cells)
{
	static const char *const names[NR_VM_STATES] = { "free_pages", "lazy_pages", "mapped_pages",
							 "unmapped_pages" };
	unsigned int i, state;

	for (i = 0; i < nr_cells; i++) {
		json_begin();
		json_number("start_address", row.start + i * row.cell_bytes);
		for (state = 0; state < NR_VM_STATES; state++)
			json_number(names[state], row.cells[i].nr[state]);
		json_end();
	}
}

static bool is_empty(unsigned int nr_cells)
{
	unsigned int i;

	for (i = 0; i < nr_cells; i++)
		if (cell_letter(&row.cells[i]) != '.')
			return false;
	return true;
}

/* Of rows without an area only the first is drawn. */
static int draw(unsigned long start, unsigned long end, unsigned long cell_bytes, bool json)
{
	bool skipping = false;
	unsigned int nr_cells;

	row.cell_bytes = cell_bytes;
	for (row.start = start; row.start < end; row.start = row.end) {
		row.end = row.start + min(end - row.start, CELLS * cell_bytes);
		nr_cells = DIV_ROUND_UP(row.end - row.start, cell_bytes);
		if (!look_at_row())
			return -EBUSY;
		if (json) {
			json_row(nr_cells);
		} else if (!is_empty(nr_cells)) {
			print_row(nr_cells);
			skipping = false;
		} else if (!skipping) {
			mprintf("%08lx free\n", row.start);
			skipping = true;
		}
	}
	if (!json)
		mprintf("a cell is %s: . free, 1 to 9 tenths taken, # all, g a guard page, l "
			"lazily unmapped\n",
			size_text(cell_bytes).text);
	return 0;
}

static int parse_window(int argc, char **argv, unsigned long *start, unsigned long *pages)
{
	if (monitor_parse_ulong(argv[1], start))
		return -EINVAL;
	if (*start < VMALLOC_START || *start >= VMALLOC_END) {
		mprintf("0x%lx is not in the vmalloc window, 0x%lx to 0x%lx\n", *start,
			VMALLOC_START, VMALLOC_END - 1);
		return -ERANGE;
	}
	if (argc == 3 && monitor_parse_ulong(argv[2], pages))
		return -EINVAL;
	if (*pages >= 1 && *pages <= MAX_CELL && is_power_of_2(*pages))
		return 0;
	mprintf("the pages in a cell have to be a power of 2 from 1 to %d\n", MAX_CELL);
	return -EINVAL;
}

static int cmd_map_vm(int argc, char **argv)
{
	unsigned long start = VMALLOC_START, end = VMALLOC_END, pages = 1, window;
	bool json = take_json(&argc, argv);

	if (argc > 3)
		return monitor_usage(argv[0]);
	if (argc > 1) {
		if (parse_window(argc, argv, &start, &pages))
			return -EINVAL;
		window = ZOOM_ROWS * CELLS * pages * PAGE_SIZE;
		start = VMALLOC_START + round_down(start - VMALLOC_START, window);
		end = start + min(VMALLOC_END - start, window);
	} else {
		while ((end - start) / (pages * PAGE_SIZE) > CELLS * MAX_ROWS)
			pages *= 2;
	}
	return draw(start, end, pages * PAGE_SIZE, json);
}

MONITOR_COMMAND("map vm", "[ADDRESS [PAGES-A-CELL]] [--json]", "the vmalloc window as a picture",
		cmd_map_vm);
