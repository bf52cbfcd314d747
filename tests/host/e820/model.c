// SPDX-License-Identifier: MIT
/*
 * The sanitiser against naive models.
 *
 * 1. A painted window: 64 cells of 1 KiB, four to a page, at an interesting place of the
 *    address space. Every entry is painted over the cells it covers, the stricter colour
 *    staying; then RAM that does not fill its page is rubbed out. The sanitiser's result,
 *    painted on a second window, has to look the same.
 *
 * 2. Probes, for any map: the type of a single byte is known by asking every entry about
 *    that byte. Types change only where an entry begins or ends, so it is enough to ask
 *    around those places.
 *
 * In both the result is checked for order first: a sorted, merged map with the right bytes
 * is the only right one. The models share no code and no table with boot/e820.c.
 */
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "host.h"
#include "tests.h"

#define PAGE 4096ULL

enum { HOLE, RAM, RESERVED, ACPI, NVS, UNUSABLE, TYPES };

static const unsigned char strictness[TYPES] = { 0, 1, 4, 2, 3, 5 };

static u64 random_state;

/* xorshift64*: the same maps on every host. */
static u64 random64(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1dULL;
}

static unsigned int random_below(unsigned int limit)
{
	return (random64() >> 32) % limit;
}

static u32 random_type(void)
{
	static const u32 types[] = { 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4, 5, 0, 6, 20, U32_MAX };

	return types[random_below(ARRAY_SIZE(types))];
}

static unsigned int model_type(u32 type)
{
	return type == 0 || type >= TYPES ? RESERVED : type;
}

/* --- what is true of any result ----------------------------------------------- */

static bool complain(const char *what, u64 addr)
{
	host_note("%s at 0x%llx", what, addr);
	return false;
}

static bool well_formed(const struct e820_table *table, unsigned int phys_bits)
{
	const struct e820_entry *e = table->entries, *end = e + table->nr_entries;

	if (table->nr_entries > E820_MAX_ENTRIES)
		return complain("too many entries", table->nr_entries);
	for (; e < end; e++) {
		u64 after = e->addr + e->size;

		if (after <= e->addr)
			return complain("empty or wrapping entry", e->addr);
		if (e->type < RAM || e->type > UNUSABLE)
			return complain("unknown type", e->addr);
		if (e->type == RAM && (e->addr % PAGE || e->size % PAGE))
			return complain("RAM in parts of pages", e->addr);
		if (e->type == RAM && phys_bits < 64 && after > 1ULL << phys_bits)
			return complain("RAM beyond the width of addresses", e->addr);
		if (e + 1 < end && e[1].addr < after)
			return complain("disorder or overlap", e[1].addr);
		if (e + 1 < end && e[1].addr == after && e[1].type == e->type)
			return complain("not merged", after);
	}
	return true;
}

/* --- 1: the painted window ---------------------------------------------------- */

#define CELLS	   64
#define CELL	   1024ULL
#define PAGE_CELLS (PAGE / CELL)
#define MAX_PAINT  12

struct window {
	u64 base;
	unsigned int phys_bits;
	unsigned char cell[CELLS];
	u64 ram_beyond;
};

static u64 cell_address(const struct window *window, unsigned int i)
{
	return window->base + i * CELL;
}

static bool at_top(const struct window *window)
{
	return window->base == 0 - CELLS * CELL;
}

static void paint(struct window *window, unsigned int first, unsigned int count, u32 type)
{
	for (; count && first < CELLS; count--, first++) {
		if (strictness[type] > strictness[window->cell[first]])
			window->cell[first] = type;
	}
}

static void paint_fixed(struct window *window)
{
	for (unsigned int i = 0; i < CELLS; i++) {
		u64 addr = cell_address(window, i);

		if (addr < PAGE || (addr >= 0x9f000 && addr < 0x100000))
			paint(window, i, 1, RESERVED);
	}
}

/* Rubs out RAM that does not fill its page, or that the CPU cannot reach. */
static void rub_out(struct window *window)
{
	for (unsigned int page = 0; page < CELLS; page += PAGE_CELLS) {
		unsigned char *cell = window->cell + page;
		u64 addr = cell_address(window, page);
		bool whole = cell[0] == RAM && cell[1] == RAM && cell[2] == RAM && cell[3] == RAM;
		bool last_of_all = addr == 0 - PAGE;
		bool beyond = window->phys_bits < 64 && addr >> window->phys_bits;

		if (whole && beyond && !last_of_all)
			window->ram_beyond += PAGE;
		if (whole && !beyond && !last_of_all)
			continue;
		for (unsigned int i = 0; i < PAGE_CELLS; i++) {
			if (cell[i] == RAM)
				cell[i] = HOLE;
		}
	}
}

/* Bytes of [start, end) that lie in the two ranges that are always reserved. */
static u64 fixed_bytes(u64 start, u64 end)
{
	u64 low = start < PAGE ? min(end, PAGE) - start : 0;
	u64 high = end > 0x9f000 && start < 0x100000
			   ? min(end, 0x100000ULL) - max(start, 0x9f000ULL)
			   : 0;

	return low + high;
}

/* Paints a result; what lies outside the window can only be the fixed reservations. */
static bool paint_result(struct window *seen, const struct e820_table *table)
{
	u64 top = seen->base + CELLS * CELL - at_top(seen); /* the last byte of all is not told */
	u64 outside = fixed_bytes(0, seen->base) + (at_top(seen) ? 0 : fixed_bytes(top, U64_MAX));
	const struct e820_entry *e;

	for (e = table->entries; e < table->entries + table->nr_entries; e++) {
		u64 end = e->addr + e->size;
		u64 from = max(e->addr, seen->base), to = min(end, top);

		if (from >= to)
			from = to = e->addr;
		outside -= fixed_bytes(e->addr, from) + fixed_bytes(to, end);
		if (e->size - (to - from) != fixed_bytes(e->addr, from) + fixed_bytes(to, end))
			return complain("an entry out of nothing", e->addr);
		if (from == to)
			continue;
		if (from % CELL || (to % CELL && to != top))
			return complain("an edge inside a cell", from);
		paint(seen, (from - seen->base) / CELL, (to - from + CELL - 1) / CELL, e->type);
	}
	return outside == 0 || complain("a fixed reservation is missing", outside);
}

static unsigned int make_painted_map(struct window *window, struct e820_entry *raw)
{
	static const u64 bases[] = {
		0,	    0x98000,	 0xf8000,	 0x100000,
		0xffff8000, 0xfffff8000, 0xffffffff8000, 0 - CELLS * CELL,
	};
	static const u8 widths[] = { 32, 32, 36, 36, 36, 40, 48, 64 };
	unsigned int nr = random_below(MAX_PAINT + 1), i;

	memset(window, 0, sizeof(*window));
	window->base = bases[random_below(ARRAY_SIZE(bases))];
	window->phys_bits = widths[random_below(ARRAY_SIZE(widths))];
	for (i = 0; i < nr; i++) {
		unsigned int first = random_below(CELLS), count = random_below(CELLS - first + 1);
		u32 type = random_type();

		if (at_top(window) && random_below(4) == 0)
			count += CELLS;
		raw[i] = (struct e820_entry){ cell_address(window, first), count * CELL, type };
		if (first + count > CELLS && model_type(type) == RAM)
			count = 0;
		paint(window, first, count, model_type(type));
	}
	paint_fixed(window);
	rub_out(window);
	return nr;
}

static bool check_painted(void)
{
	static struct e820_table table;
	struct e820_entry raw[MAX_PAINT];
	struct window expected, seen;
	unsigned int nr = make_painted_map(&expected, raw);
	char text[1024];

	memset(&seen, 0, sizeof(seen));
	seen.base = expected.base;
	e820_sanitize(&table, raw, nr, expected.phys_bits);
	if (well_formed(&table, expected.phys_bits) && paint_result(&seen, &table) &&
	    !memcmp(seen.cell, expected.cell, CELLS) && table.ram_beyond == expected.ram_beyond &&
	    !table.ram_lost)
		return true;
	map_to_text(text, sizeof(text), raw, nr);
	host_note("painted map, %u bits: %s", expected.phys_bits, text);
	map_to_text(text, sizeof(text), table.entries, table.nr_entries);
	host_note("became: %s", text);
	return false;
}

/* --- 2: probes ---------------------------------------------------------------- */

struct claims {
	struct e820_entry entry[MODEL_MAX_RAW + 2];
	unsigned int nr;
	unsigned int phys_bits;
};

static bool covers(const struct e820_entry *e, u64 addr)
{
	return addr >= e->addr && addr - e->addr < e->size;
}

static bool wraps(const struct e820_entry *e)
{
	return e->size && e->addr + (e->size - 1) < e->addr;
}

static unsigned int type_of_byte(const struct claims *claims, u64 addr)
{
	unsigned int type = HOLE;

	for (unsigned int i = 0; i < claims->nr; i++) {
		const struct e820_entry *e = &claims->entry[i];
		unsigned int claimed = model_type(e->type);

		if (covers(e, addr) && !(claimed == RAM && wraps(e)) &&
		    strictness[claimed] > strictness[type])
			type = claimed;
	}
	return type;
}

static bool page_is_ram(const struct claims *claims, u64 page)
{
	if (page == 0 - PAGE || (claims->phys_bits < 64 && page >> claims->phys_bits))
		return false;
	if (type_of_byte(claims, page) != RAM)
		return false;
	for (unsigned int i = 0; i < claims->nr; i++) {
		u64 start = claims->entry[i].addr, end = start + claims->entry[i].size;

		if (start - page < PAGE && type_of_byte(claims, start) != RAM)
			return false;
		if (end - page < PAGE && type_of_byte(claims, end) != RAM)
			return false;
	}
	return true;
}

static unsigned int expected_type(const struct claims *claims, u64 addr)
{
	unsigned int type = type_of_byte(claims, addr);

	return type == RAM && !page_is_ram(claims, addr / PAGE * PAGE) ? HOLE : type;
}

static unsigned int type_in_table(const struct e820_table *table, u64 addr)
{
	for (unsigned int i = 0; i < table->nr_entries; i++) {
		if (covers(&table->entries[i], addr))
			return table->entries[i].type;
	}
	return HOLE;
}

/*
 * Where the table was too small, RAM may be missing, and reservations may have grown over
 * what is not RAM; but what is reserved must be, and RAM must be RAM.
 */
static bool probe(const struct claims *claims, const struct e820_table *table, u64 addr)
{
	unsigned int expected = expected_type(claims, addr);
	unsigned int seen = type_in_table(table, addr);
	bool full = table->nr_entries == E820_MAX_ENTRIES;

	if (addr == U64_MAX || seen == expected)
		return true;
	if (full && expected == RAM && table->ram_lost)
		return true;
	if (full && expected != RAM && strictness[seen] > strictness[expected] && seen != RAM)
		return true;
	host_note("0x%llx has type %u, expected %u", addr, seen, expected);
	return false;
}

static bool probe_around(const struct claims *claims, const struct e820_table *table, u64 addr)
{
	return probe(claims, table, addr - PAGE) && probe(claims, table, addr - 1) &&
	       probe(claims, table, addr) && probe(claims, table, addr + PAGE - 1) &&
	       probe(claims, table, addr + PAGE);
}

static bool probe_all(const struct claims *claims, const struct e820_table *table)
{
	for (unsigned int i = 0; i < claims->nr; i++) {
		const struct e820_entry *e = &claims->entry[i];

		if (!probe_around(claims, table, e->addr) ||
		    !probe_around(claims, table, e->addr + e->size))
			return false;
	}
	return probe_around(claims, table, claims->phys_bits < 64 ? 1ULL << claims->phys_bits : 0);
}

bool model_check_map(const struct e820_entry *raw, unsigned int nr, unsigned int phys_bits)
{
	static struct e820_table table;
	static struct claims claims;
	static char text[64 * MODEL_MAX_RAW];

	e820_sanitize(&table, raw, nr, phys_bits);
	memcpy(claims.entry, raw, nr * sizeof(*raw));
	claims.entry[nr] = (struct e820_entry){ 0, PAGE, RESERVED };
	claims.entry[nr + 1] = (struct e820_entry){ 0x9f000, 0x61000, RESERVED };
	claims.nr = nr + 2;
	claims.phys_bits = phys_bits;
	if (well_formed(&table, phys_bits) && probe_all(&claims, &table))
		return true;
	map_to_text(text, sizeof(text), raw, nr);
	host_note("map, %u bits: %s", phys_bits, text);
	map_to_text(text, sizeof(text), table.entries, table.nr_entries);
	host_note("became: %s", text);
	return false;
}

/* An address at, or next to, one where something is special; rarely any other. */
static u64 random_edge(unsigned int phys_bits)
{
	static const u64 edges[] = {
		0,	     PAGE,	 0x9f000,  0x9fc00,	 0xa0000,
		0xf0000,     0x100000,	 0x101000, 0x102000,	 0xfffff000,
		0x100000000, 1ULL << 36, 0 - PAGE, 0 - 2 * PAGE, U64_MAX,
	};
	u64 edge = edges[random_below(ARRAY_SIZE(edges))];

	switch (random_below(8)) {
	case 0:
		return random64() >> random_below(64);
	case 1:
		return edge + random_below(3) - 1;
	case 2:
		return edge + random_below(4 * PAGE);
	case 3:
		return phys_bits < 64 ? (1ULL << phys_bits) + random_below(3) - 1 : edge;
	default:
		return edge;
	}
}

static bool check_probed(unsigned int max_nr)
{
	static const u8 widths[] = { 32, 36, 36, 39, 46, 52, 63, 64 };
	static struct e820_entry raw[MODEL_MAX_RAW];
	unsigned int nr = random_below(max_nr + 1), i;
	unsigned int phys_bits = widths[random_below(ARRAY_SIZE(widths))];

	for (i = 0; i < nr; i++) {
		u64 start = random_edge(phys_bits);
		u64 size = random_below(3) ? random_edge(phys_bits) - start
					   : random_edge(phys_bits);

		raw[i] = (struct e820_entry){ start, size, random_type() };
	}
	return model_check_map(raw, nr, phys_bits);
}

/* One map in eight is probed, and ten of all have hundreds of entries. */
bool model_check_generated(unsigned long count, u64 seed)
{
	random_state = seed;
	for (unsigned long i = 0; i < count; i++) {
		bool good = i % 8 ? check_painted()
				  : check_probed(i % (count / 10) ? 8 : MODEL_MAX_RAW);

		if (!good) {
			host_note("generated map %lu of seed 0x%llx", i, seed);
			return false;
		}
	}
	return true;
}
