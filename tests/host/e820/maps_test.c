// SPDX-License-Identifier: MIT
/* Hand-made memory maps and what has to become of them; the functions around the sanitiser. */
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "host.h"
#include "tests.h"

struct map_case {
	const char *name;
	unsigned int phys_bits;
	const char *raw;
	const char *expected;
	u64 ram_beyond;
};

// clang-format off
static const struct map_case cases[] = {
	/* Real machines */
	{ "qemu -m 64", 36,
	  "R0-9fc00 r9fc00-a0000 rf0000-100000 R100000-3fe0000 r3fe0000-4000000 rfffc0000-100000000",
	  "r0-1000 R1000-9f000 r9f000-100000 R100000-3fe0000 r3fe0000-4000000 rfffc0000-100000000" },
	{ "qemu -m 64, upside down", 36,
	  "rfffc0000-100000000 r3fe0000-4000000 R100000-3fe0000 rf0000-100000 r9fc00-a0000 R0-9fc00",
	  "r0-1000 R1000-9f000 r9f000-100000 R100000-3fe0000 r3fe0000-4000000 rfffc0000-100000000" },
	{ "qemu-system-x86_64 -m 4096, hole at 1 TiB", 40,
	  "R0-9fc00 r9fc00-a0000 rf0000-100000 R100000-bffe0000 rbffe0000-c0000000 "
	  "rfffc0000-100000000 R100000000-140000000 rfd00000000-10000000000",
	  "r0-1000 R1000-9f000 r9f000-100000 R100000-bffe0000 rbffe0000-c0000000 "
	  "rfffc0000-100000000 R100000000-140000000 rfd00000000-10000000000" },
	{ "the same on a CPU with 32 bits", 32,
	  "R0-9fc00 R100000-bffe0000 rfffc0000-100000000 R100000000-140000000 rfd00000000-10000000000",
	  "r0-1000 R1000-9f000 r9f000-100000 R100000-bffe0000 rfffc0000-100000000 "
	  "rfd00000000-10000000000", 0x40000000 },
	{ "microvm: an entry of type 0 and length 0", 36,
	  "z0+0 R0-9fc00 R100000-4000000 afeb00000-feb01000",
	  "r0-1000 R1000-9f000 r9f000-100000 R100000-4000000 afeb00000-feb01000" },
	{ "v86: the BIOS is said to be RAM", 32,
	  "R0-a0000 Rc0000-4000000",
	  "r0-1000 R1000-9f000 r9f000-100000 R100000-4000000" },

	/* Nothing, empty, small */
	{ "no entries", 36, "", "r0-1000 r9f000-100000" },
	{ "empty RAM", 36, "R200000+0", "r0-1000 r9f000-100000" },
	{ "empty reservation does not split RAM", 36,
	  "R100000-400000 r200000+0", "r0-1000 r9f000-100000 R100000-400000" },
	{ "a type 0 with a size is reserved", 36,
	  "R100000-400000 z200000-201000",
	  "r0-1000 r9f000-100000 R100000-200000 r200000-201000 R201000-400000" },
	{ "RAM smaller than a page", 36, "R200000-200fff", "r0-1000 r9f000-100000" },
	{ "RAM of a page's size across two pages", 36, "R200800-201800", "r0-1000 r9f000-100000" },
	{ "one page of RAM", 36, "R200000-201000", "r0-1000 r9f000-100000 R200000-201000" },

	/* Order, overlaps of one type */
	{ "RAM given twice", 36, "R100000-400000 R100000-400000",
	  "r0-1000 r9f000-100000 R100000-400000" },
	{ "RAM in touching parts, backwards", 36, "R300000-400000 R200000-300000 R100000-200000",
	  "r0-1000 r9f000-100000 R100000-400000" },
	{ "RAM in parts that touch inside a page", 36, "R100000-200800 R200800-400000",
	  "r0-1000 r9f000-100000 R100000-400000" },
	{ "RAM in parts with a one-byte hole", 36, "R100000-200800 R200801-400000",
	  "r0-1000 r9f000-100000 R100000-200000 R201000-400000" },
	{ "RAM within RAM", 36, "R200000-300000 R100000-400000",
	  "r0-1000 r9f000-100000 R100000-400000" },
	{ "overlapping reservations merge", 36, "r200000-300800 r280000-400000",
	  "r0-1000 r9f000-100000 r200000-400000" },
	{ "same start, growing", 36, "R100000-200000 R100000-300000 r100000-180000",
	  "r0-1000 r9f000-180000 R180000-300000" },

	/* Overlaps of different types: the more restrictive one wins */
	{ "reserved within RAM", 36, "R100000-400000 r200000-300000",
	  "r0-1000 r9f000-100000 R100000-200000 r200000-300000 R300000-400000" },
	{ "reserved before RAM in the list", 36, "r200000-300000 R100000-400000",
	  "r0-1000 r9f000-100000 R100000-200000 r200000-300000 R300000-400000" },
	{ "reserved over the end of RAM", 36, "R100000-400000 r300000-500000",
	  "r0-1000 r9f000-100000 R100000-300000 r300000-500000" },
	{ "reserved over all of RAM", 36, "R200000-400000 r180000-500000",
	  "r0-1000 r9f000-100000 r180000-500000" },
	{ "ACPI data over RAM", 36, "R100000-400000 a300000-400000",
	  "r0-1000 r9f000-100000 R100000-300000 a300000-400000" },
	{ "ACPI NVS over RAM", 36, "n300000-400000 R100000-400000",
	  "r0-1000 r9f000-100000 R100000-300000 n300000-400000" },
	{ "unusable over RAM", 36, "R100000-400000 x300000-301000",
	  "r0-1000 r9f000-100000 R100000-300000 x300000-301000 R301000-400000" },
	{ "unknown over RAM", 36, "R100000-400000 u300000-301000",
	  "r0-1000 r9f000-100000 R100000-300000 r300000-301000 R301000-400000" },
	{ "ACPI data < NVS < reserved < unusable", 36,
	  "a200000-600000 n300000-600000 r400000-600000 x500000-600000",
	  "r0-1000 r9f000-100000 a200000-300000 n300000-400000 r400000-500000 x500000-600000" },
	{ "the same, listed the other way", 36,
	  "x500000-600000 r400000-600000 n300000-600000 a200000-600000",
	  "r0-1000 r9f000-100000 a200000-300000 n300000-400000 r400000-500000 x500000-600000" },
	{ "a stricter one within, the weaker goes on after", 36,
	  "n200000-500000 x300000-400000",
	  "r0-1000 r9f000-100000 n200000-300000 x300000-400000 n400000-500000" },
	{ "unknown merges with reserved", 36, "r200000-300000 u300000-400000",
	  "r0-1000 r9f000-100000 r200000-400000" },
	{ "reserved and ACPI data touch, and stay apart", 36, "r200000-300000 a300000-400000",
	  "r0-1000 r9f000-100000 r200000-300000 a300000-400000" },
	{ "four deep", 36, "R100000-900000 a200000-800000 r300000-700000 x400000-600000",
	  "r0-1000 r9f000-100000 R100000-200000 a200000-300000 r300000-400000 x400000-600000 "
	  "r600000-700000 a700000-800000 R800000-900000" },

	/* Edges inside pages */
	{ "RAM's start and end inside pages", 36, "R200001-4000ff",
	  "r0-1000 r9f000-100000 R201000-400000" },
	{ "one reserved byte takes its page", 36, "R100000-400000 r200800+1",
	  "r0-1000 r9f000-100000 R100000-200000 r200800-200801 R201000-400000" },
	{ "the last byte of a page", 36, "R100000-400000 r200fff+1",
	  "r0-1000 r9f000-100000 R100000-200000 r200fff-201000 R201000-400000" },
	{ "the first byte of a page", 36, "R100000-400000 r201000+1",
	  "r0-1000 r9f000-100000 R100000-201000 r201000-201001 R202000-400000" },
	{ "two bytes on both sides of a boundary take two pages", 36, "R100000-400000 r200fff+2",
	  "r0-1000 r9f000-100000 R100000-200000 r200fff-201001 R202000-400000" },
	{ "a byte of each page", 36, "R200000-203000 r200000+1 r201800+1 n202fff+1",
	  "r0-1000 r9f000-100000 r200000-200001 r201800-201801 n202fff-203000" },
	{ "the worked example of boot/e820.c", 36, "r1800-2400 R1000-5000 R4000-6800",
	  "r0-1000 r1800-2400 R3000-6000 r9f000-100000" },
	{ "the worked example of docs/memory-map.md", 36,
	  "r300800-301000 a600000-601000 R100000-400000 R700000+ffffffffffffffff R380000-600800 "
	  "R0-9fc00",
	  "r0-1000 R1000-9f000 r9f000-100000 R100000-300000 r300800-301000 R301000-600000 "
	  "a600000-601000" },

	/* Always reserved */
	{ "page 0 and the BIOS, whatever the map says", 36, "R0-4000000",
	  "r0-1000 R1000-9f000 r9f000-100000 R100000-4000000" },
	{ "a stricter type there stays", 36, "R0-200000 xa0000-b0000 n0-800",
	  "r0-1000 R1000-9f000 r9f000-a0000 xa0000-b0000 rb0000-100000 R100000-200000" },
	{ "conventional memory ends early", 36, "R0-7fc00 r7fc00-a0000 R100000-200000",
	  "r0-1000 R1000-7f000 r7fc00-100000 R100000-200000" },

	/* The ends of the address space */
	{ "RAM runs past 2^64: ignored", 36, "R100000+ffffffffffffffff R200000-300000",
	  "r0-1000 r9f000-100000 R200000-300000" },
	{ "RAM runs past 2^64 by one byte", 36, "R100000+fffffffffff00001 R200000-300000",
	  "r0-1000 r9f000-100000 R200000-300000" },
	{ "RAM up to 2^64: cut at the width", 36, "R100000+fffffffffff00000",
	  "r0-1000 r9f000-100000 R100000-1000000000", 0xfffffff000000000 - 0x1000 },
	{ "a reservation past 2^64 holds to the top", 36, "R100000-900000 r800000+fffffffffffffff0",
	  "r0-1000 r9f000-100000 R100000-800000 r800000-ffffffffffffffff" },
	{ "everything is reserved", 36, "R100000-900000 r0+ffffffffffffffff",
	  "r0-ffffffffffffffff" },
	{ "everything, and its last byte", 36, "R100000-900000 r0+ffffffffffffffff xffffffffffffffff+1",
	  "r0-ffffffffffffffff" },
	{ "the last byte, and one beyond", 36, "rffffffffffffffff+2 Rffffffffffffffff+1",
	  "r0-1000 r9f000-100000" },
	{ "everything is RAM", 64, "R0+ffffffffffffffff",
	  "r0-1000 R1000-9f000 r9f000-100000 R100000-fffffffffffff000" },
	{ "RAM in the very last page only", 64, "Rfffffffffffff800+7ff",
	  "r0-1000 r9f000-100000" },

	/* The width of addresses */
	{ "RAM across the width", 32, "R100000-180000000",
	  "r0-1000 r9f000-100000 R100000-100000000", 0x80000000 },
	{ "RAM up to the width", 32, "R100000-100000000",
	  "r0-1000 r9f000-100000 R100000-100000000" },
	{ "reservations beyond the width stay", 32, "r100000000-140000000 R140000000-140001000",
	  "r0-1000 r9f000-100000 r100000000-140000000", 0x1000 },
};
// clang-format on

static void test_case(const struct map_case *c)
{
	static struct e820_table table;
	struct e820_entry raw[16];
	char text[512];
	unsigned int nr = map_from_text(raw, ARRAY_SIZE(raw), c->raw);
	bool as_expected;

	e820_sanitize(&table, raw, nr, c->phys_bits);
	map_to_text(text, sizeof(text), table.entries, table.nr_entries);
	as_expected = !strcmp(text, c->expected);
	if (!as_expected)
		host_note("expected %s\n#      got %s", c->expected, text);
	if (table.ram_beyond != c->ram_beyond)
		host_note("ram_beyond: expected 0x%llx, got 0x%llx", c->ram_beyond,
			  table.ram_beyond);
	host_result(as_expected && table.ram_beyond == c->ram_beyond && !table.ram_lost &&
			    model_check_map(raw, nr, c->phys_bits),
		    "map: %s", c->name);
}

/* The text of what becomes of @nr entries, from the first whose address is not below @from. */
static const char *sanitized(struct e820_table *table, const struct e820_entry *raw,
			     unsigned int nr, u64 from)
{
	static char text[1 << 14];
	unsigned int first = 0;

	e820_sanitize(table, raw, nr, 36);
	while (first < table->nr_entries && table->entries[first].addr < from)
		first++;
	map_to_text(text, sizeof(text), table->entries + first, table->nr_entries - first);
	return text;
}

/* Every second page from 2 MiB: @nr entries of @type, none touching another. */
static void every_second_page(struct e820_entry *raw, unsigned int nr, u32 type)
{
	for (unsigned int i = 0; i < nr; i++)
		raw[i] = (struct e820_entry){ 0x200000 + i * 0x2000ULL, 0x1000, type };
}

static void test_overflow_loses_smallest_ram(void)
{
	static struct e820_entry raw[E820_MAX_ENTRIES + 10];
	static struct e820_table table;
	const unsigned int nr = ARRAY_SIZE(raw);
	const char *text;

	/* Two fixed reservations and nr pages: nr + 2 - 256 of them find no room. */
	every_second_page(raw, nr, E820_TYPE_RAM);
	sanitized(&table, raw, nr, 0);
	host_result(table.nr_entries == E820_MAX_ENTRIES &&
			    table.ram_lost == (nr + 2 - E820_MAX_ENTRIES) * 0x1000ULL &&
			    e820_ram_size(&table) + table.ram_lost == nr * 0x1000ULL &&
			    model_check_map(raw, nr, 36),
		    "overflow: RAM is lost and counted");

	/* The first and the last one are large: smaller ones between them make room. */
	raw[0] = (struct e820_entry){ 0x100000, 0x100000, E820_TYPE_RAM };
	raw[nr - 1].size = 0x10000;
	text = sanitized(&table, raw, nr, raw[nr - 1].addr);
	host_result(!strcmp(text, "R412000-422000") && table.entries[2].addr == 0x100000,
		    "overflow: large RAM pushes small RAM out");
	sanitized(&table, raw, 1, 0);
	host_result(!table.ram_lost, "overflow: what is lost is counted anew");
}

static void test_overflow_keeps_reservations(void)
{
	static struct e820_entry raw[E820_MAX_ENTRIES];
	static struct e820_table table;
	const unsigned int nr = ARRAY_SIZE(raw);
	unsigned int i, reserved = 0;

	every_second_page(raw, nr, E820_TYPE_RAM);
	for (i = nr / 2; i < nr; i++)
		raw[i].type = E820_TYPE_RESERVED;
	raw[nr - 1] = (struct e820_entry){ 0x100000000, 0x100000, E820_TYPE_RAM };
	sanitized(&table, raw, nr, 0);
	for (i = 0; i < table.nr_entries; i++)
		reserved += table.entries[i].type == E820_TYPE_RESERVED;
	host_result(reserved == nr / 2 - 1 + 2 && table.ram_lost == 0x2000 &&
			    model_check_map(raw, nr, 36),
		    "overflow: reservations stay");
}

static void test_overflow_without_ram(void)
{
	static struct e820_entry raw[E820_MAX_ENTRIES + 50];
	static struct e820_table table;
	const unsigned int nr = ARRAY_SIZE(raw);
	const char *text;

	every_second_page(raw, nr, E820_TYPE_RESERVED);
	raw[nr - 1].type = E820_TYPE_UNUSABLE;
	/* Two fixed ones and the first 253 entries fit; the last takes in all the others. */
	text = sanitized(&table, raw, nr, raw[253].addr);
	host_result(table.nr_entries == E820_MAX_ENTRIES && !strcmp(text, "x3fa000-463000") &&
			    !table.ram_lost && model_check_map(raw, nr, 36),
		    "overflow: without RAM the last reservation stretches");

	every_second_page(raw, nr, E820_TYPE_RESERVED);
	raw[nr - 1] = (struct e820_entry){ 0x100000000, 0x100000, E820_TYPE_RAM };
	sanitized(&table, raw, nr, 0);
	host_result(!e820_ram_size(&table) && table.ram_lost == 0x100000 &&
			    model_check_map(raw, nr, 36),
		    "overflow: RAM never pushes a reservation out");
}

/* e820_limit_ram(limit) on @raw: the text after it, and the bytes it says it dropped. */
static bool limited(const char *raw_text, u64 limit, const char *expected, u64 expected_dropped)
{
	static struct e820_table table;
	struct e820_entry raw[8];
	char text[512];
	u64 dropped;

	e820_sanitize(&table, raw, map_from_text(raw, ARRAY_SIZE(raw), raw_text), 36);
	dropped = e820_limit_ram(&table, limit);
	map_to_text(text, sizeof(text), table.entries, table.nr_entries);
	if (!strcmp(text, expected) && dropped == expected_dropped)
		return true;
	host_note("expected %s dropped 0x%llx\n#      got %s dropped 0x%llx", expected,
		  expected_dropped, text, dropped);
	return false;
}

static void test_limit(void)
{
	const char *map = "R0-a0000 R100000-3fe0000 a3fe0000-4000000 R100000000-140000000";
	const char *all = "r0-1000 R1000-9f000 r9f000-100000 R100000-3fe0000 a3fe0000-4000000 "
			  "R100000000-140000000";

	host_result(limited(map, U64_MAX, all, 0), "limit: none");
	host_result(limited(map, 0x140000000, all, 0), "limit: the end of RAM");
	host_result(limited(map, 0x120000000,
			    "r0-1000 R1000-9f000 r9f000-100000 R100000-3fe0000 a3fe0000-4000000 "
			    "R100000000-120000000",
			    0x20000000),
		    "limit: inside RAM");
	host_result(limited(map, 0x2000fff,
			    "r0-1000 R1000-9f000 r9f000-100000 R100000-2000000 a3fe0000-4000000",
			    0x1fe0000 + 0x40000000),
		    "limit: inside a page, reservations above stay");
	host_result(limited(map, 0x100000, "r0-1000 R1000-9f000 r9f000-100000 a3fe0000-4000000",
			    0x3ee0000 + 0x40000000),
		    "limit: where RAM starts");
	host_result(limited(map, 0xfff, "r0-1000 r9f000-100000 a3fe0000-4000000",
			    0x9e000 + 0x3ee0000 + 0x40000000),
		    "limit: all of RAM");
}

static void test_sizes(void)
{
	static struct e820_table table;
	struct e820_entry raw[2];
	char text[256];

	e820_sanitize(&table, raw, e820_from_sizes(raw, 639, 64384), 36);
	map_to_text(text, sizeof(text), table.entries, table.nr_entries);
	host_result(!strcmp(text, "r0-1000 R1000-9f000 r9f000-100000 R100000-3fe0000"),
		    "sizes: as QEMU gives them");

	e820_sanitize(&table, raw, e820_from_sizes(raw, U32_MAX, U32_MAX), 36);
	map_to_text(text, sizeof(text), table.entries, table.nr_entries);
	host_result(!strcmp(text, "r0-1000 R1000-9f000 r9f000-100000 R100000-1000000000"),
		    "sizes: absurd ones");

	e820_sanitize(&table, raw, e820_from_sizes(raw, 0, 0), 36);
	host_result(!e820_ram_size(&table), "sizes: zeros");
}

static bool why_is(const char *map, u64 start, u64 end, const char *expected)
{
	static struct e820_table table;
	struct e820_entry raw[8];
	const char *why;

	e820_sanitize(&table, raw, map_from_text(raw, ARRAY_SIZE(raw), map), 36);
	why = e820_why_unusable(&table, start, end);
	return expected ? why && strstr(why, expected) : !why;
}

static void test_why_unusable(void)
{
	host_result(why_is("R100000-200000", 0x100000, 0x200000, NULL),
		    "unusable: a kernel that just fits is fine");
	host_result(why_is("R0-a0000 R100000-180000 R180000-200000", 0x101000, 0x1ff000, NULL),
		    "unusable: RAM in touching parts is fine");
	host_result(why_is("", 0x100000, 0x200000, "has no RAM"), "unusable: an empty map");
	host_result(why_is("r0-ffffffff", 0x100000, 0x200000, "has no RAM"),
		    "unusable: only reservations");
	host_result(why_is("R0-a0000", 0x100000, 0x200000, "only below 1 MiB"),
		    "unusable: RAM only below 1 MiB");
	host_result(why_is("R0-a0000 R100000-1ff000", 0x100000, 0x200000, "where the memory map"),
		    "unusable: the end of the kernel is outside RAM");
	host_result(why_is("R101000-4000000", 0x100000, 0x200000, "where the memory map"),
		    "unusable: the start of the kernel is outside RAM");
	host_result(why_is("R100000-4000000 r180000+1", 0x100000, 0x200000, "where the memory"),
		    "unusable: a reserved byte in the kernel");
	host_result(why_is("R1000000-4000000", 0x100000, 0x200000, "where the memory map"),
		    "unusable: RAM elsewhere");
}

static bool logged(const char *text)
{
	if (strstr(host_log(), text))
		return true;
	host_note("not printed: %s\n# but: %s", text, host_log());
	return false;
}

static void test_print(void)
{
	static struct e820_table table;
	struct e820_entry raw[16];
	unsigned int nr =
		map_from_text(raw, ARRAY_SIZE(raw),
			      "R0-9fc00 R100000-3fe0000 a3fe0000-4000000 u1-2 z0+0 r0+400 "
			      "Rf0000+fffffffffffffff0 n100000000+ffffffffffffffff");

	host_clear_log();
	e820_print_raw(raw, nr);
	host_result(logged("loader, entries: 8\n") &&
			    logged("[mem 0x0000000000000000-0x000000000009fbff]  639.0 KiB  "
				   "type 1, usable\n") &&
			    logged("[mem 0x0000000000100000-0x0000000003fdffff]   62.8 MiB  "
				   "type 1, usable\n"),
		    "print: the raw map");
	host_result(logged("0x00000000000003ff]    1.0 KiB  type 2, reserved\n") &&
			    logged("0x0000000000000001]    1.0 B    type 7, reserved\n") &&
			    logged("0x0000000000000000]    0.0 B    type 0, reserved, empty: ig") &&
			    logged("0xffffffffffffffff]   15.9 EiB  type 1, usable, runs past 2^64"
				   ": ignored\n") &&
			    logged("0xffffffffffffffff]   15.9 EiB  type 4, ACPI NVS, runs past "
				   "2^64: cut\n"),
		    "print: what is wrong with raw entries");

	host_clear_log();
	e820_sanitize(&table, raw, 3, 36);
	e820_print(&table);
	host_result(logged("kernel, usable: 63.4 MiB\n") &&
			    logged("[mem 0x0000000000001000-0x000000000009efff]  632.0 KiB  "
				   "usable\n") &&
			    logged("0x0000000003ffffff]  128.0 KiB  ACPI data\n"),
		    "print: the sanitised map");
	host_clear_log();

	host_result(!strcmp(e820_type_name(5), "unusable") &&
			    !strcmp(e820_type_name(6), "reserved") &&
			    !strcmp(e820_type_name(U32_MAX), "reserved"),
		    "print: names of types");
}

void test_maps(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++)
		test_case(&cases[i]);
	test_overflow_loses_smallest_ram();
	test_overflow_keeps_reservations();
	test_overflow_without_ram();
	test_limit();
	test_sizes();
	test_why_unusable();
	test_print();
}
