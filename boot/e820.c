// SPDX-License-Identifier: MIT
/*
 * From the firmware's memory map to one that can be believed.
 *
 * Theory
 * ------
 * The firmware's map is a list of claims: "these bytes are of this type". The claims come
 * in any order; they overlap, contradict each other, are empty, end inside a page, or end
 * before they begin. The sanitised map gives every byte one type, by two rules:
 *
 *   - of all the claims on a byte the most restrictive one holds;
 *   - a page is RAM only if all of its bytes are.
 *
 * So a wrong claim can cost RAM, but it never makes the kernel use memory that somebody
 * else owns. Most restrictive means: leaves the kernel the least to do with it.
 *
 *   no claim < RAM < ACPI data (RAM later) < ACPI NVS (to be saved) < reserved < unusable
 *
 * The algorithm walks the address space upwards in steps. At each address it asks all the
 * entries: which of you cover this byte (the strictest wins), and where does the next one
 * begin or end? Until there nothing can change, so that is the next step. Steps of one type
 * make a run; a run that ends becomes an entry of the table:
 *
 *     raw (unsorted)      b: reserved     [1800 --- 2400)
 *                         a: RAM      [1000 ------------------------- 5000)
 *                         c: RAM                                [4000 ------- 6800)
 *     steps               1000  1800      2400                  4000  5000    6800
 *     type of each            R     r         R                     R     R       hole
 *     runs                    R     r         R.........................R
 *     RAM in whole pages  (none)[1800-2400)    [3000 ----------------------- 6000)
 *
 * Page 1000 is not RAM, its second half is reserved; neither is page 2000; page 6000 is
 * not, its end is nobody's. docs/memory-map.md has a longer example.
 *
 * Cost: n entries have at most 2n ends, so at most 2n + 1 steps, and each step asks all n.
 * A real machine has 6 to 40 entries; the worst map that is kept whole (256) costs 130,000
 * comparisons, a millisecond, once per boot. There is nothing to sort, and no memory to
 * sort it in: that is worth more here than O(n log n).
 *
 * Addresses are 64 bits wide and an end is exclusive, so the last byte of the 64-bit space
 * cannot be told: it is left out. No CPU has that many address bits.
 *
 * Invariants of a table that e820_sanitize() wrote (tests/host/e820 checks them all,
 * tests/boot/e820_test.c for the map of each boot):
 *   I-e820-1  entries are sorted by address, not empty, and do not overlap;
 *   I-e820-2  two entries that touch differ in type;
 *   I-e820-3  RAM starts and ends at page boundaries, below 2^phys_bits;
 *   I-e820-4  no byte of RAM has a raw entry of another type, or none at all;
 *   I-e820-5  page 0 and [0x9f000, 0x100000) are reserved.
 *
 * Contexts: pure functions, except that the printing ones print. Left out: types that only
 * EFI knows (they count as reserved), the attributes of ACPI 3, and giving ACPI data back.
 */
#define pr_fmt(fmt) "e820: " fmt

#include <asm/page.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <memkern/e820.h>

#define MIB 0x100000ULL

/* The type of an address on which nobody has a claim. */
#define HOLE 0

/*
 * Whatever the firmware says. Page 0 holds the interrupt vectors and data of the BIOS, and
 * must trap. From 0x9f000: the extended BIOS data area, of which the map may know nothing,
 * the screen, and ROMs; some loaders call even those RAM.
 */
static const struct e820_entry always_reserved[] = {
	{ 0, PAGE_SIZE, E820_TYPE_RESERVED },
	{ 0x9f000, 0x100000 - 0x9f000, E820_TYPE_RESERVED },
};

static u32 known_type(u32 type)
{
	return type >= E820_TYPE_RAM && type <= E820_TYPE_UNUSABLE ? type : E820_TYPE_RESERVED;
}

static u32 stricter(u32 a, u32 b)
{
	// clang-format off
	static const u8 rank[] = {
		[HOLE]			= 0,
		[E820_TYPE_RAM]		= 1,
		[E820_TYPE_ACPI]	= 2,
		[E820_TYPE_NVS]		= 3,
		[E820_TYPE_RESERVED]	= 4,
		[E820_TYPE_UNUSABLE]	= 5,
	};
	// clang-format on

	return rank[a] >= rank[b] ? a : b;
}

static bool runs_past_top(const struct e820_entry *entry)
{
	return entry->size && entry->size - 1 > U64_MAX - entry->addr;
}

/*
 * Where the entry's claim ends, or its start if it has none. An entry that runs past 2^64
 * is broken: as RAM it is worth nothing, as a reservation it holds up to the top.
 */
static u64 claim_end(const struct e820_entry *entry)
{
	if (runs_past_top(entry) && known_type(entry->type) == E820_TYPE_RAM)
		return entry->addr;
	return entry->addr + min(entry->size, U64_MAX - entry->addr);
}

/* Asks @nr entries about address @at: the strictest type so far, the nearest change so far. */
static void ask(const struct e820_entry *entry, unsigned int nr, u64 at, u32 *type, u64 *next)
{
	for (; nr; nr--, entry++) {
		u64 end = claim_end(entry);

		if (entry->addr == end || end <= at)
			continue;
		if (at < entry->addr) {
			*next = min(*next, entry->addr);
		} else {
			*next = min(*next, end);
			*type = stricter(*type, known_type(entry->type));
		}
	}
}

static struct e820_entry *smallest_ram(struct e820_table *table)
{
	struct e820_entry *entry, *found = NULL;

	for (entry = table->entries; entry < table->entries + table->nr_entries; entry++) {
		if (entry->type == E820_TYPE_RAM && (!found || entry->size < found->size))
			found = entry;
	}
	return found;
}

/*
 * Appends to a full table: the smallest RAM there is, the new entry included, makes room.
 * Without any, the last entry is stretched over the new one and the hole between them:
 * since what is in the table and what comes is not RAM, that takes none away.
 */
static void append_to_full(struct e820_table *table, const struct e820_entry *new)
{
	struct e820_entry *last = &table->entries[E820_MAX_ENTRIES - 1];
	struct e820_entry *victim = smallest_ram(table);

	if (new->type == E820_TYPE_RAM && (!victim || new->size <= victim->size)) {
		table->ram_lost += new->size;
	} else if (victim) {
		table->ram_lost += victim->size;
		memmove(victim, victim + 1, (last - victim) * sizeof(*victim));
		*last = *new;
	} else {
		last->size = new->addr + new->size - last->addr;
		last->type = stricter(last->type, new->type);
	}
}

static void append(struct e820_table *table, u64 start, u64 end, u32 type)
{
	struct e820_entry new = { .addr = start, .size = end - start, .type = type };

	if (table->nr_entries < E820_MAX_ENTRIES)
		table->entries[table->nr_entries++] = new;
	else
		append_to_full(table, &new);
}

/* Appends the whole pages of RAM in [start, end) that lie below @ram_end. */
static void append_ram(struct e820_table *table, u64 start, u64 end, u64 ram_end)
{
	/* In this order: rounding up what lies in the last page of all would wrap to 0. */
	end = round_down(end, PAGE_SIZE);
	if (start >= end)
		return;
	start = round_up(start, PAGE_SIZE);
	if (end > ram_end) {
		table->ram_beyond += end - max(start, ram_end);
		end = ram_end;
	}
	if (start < end)
		append(table, start, end, E820_TYPE_RAM);
}

static void append_run(struct e820_table *table, u64 start, u64 end, u32 type, u64 ram_end)
{
	if (type == E820_TYPE_RAM)
		append_ram(table, start, end, ram_end);
	else if (type != HOLE)
		append(table, start, end, type);
}

void e820_sanitize(struct e820_table *table, const struct e820_entry *raw, unsigned int nr,
		   unsigned int phys_bits)
{
	u64 ram_end = phys_bits < 64 ? 1ULL << phys_bits : U64_MAX;
	u64 at, next, run_start = 0;
	u32 type, run_type = HOLE;

	table->nr_entries = 0;
	table->ram_beyond = 0;
	table->ram_lost = 0;

	for (at = 0; at < U64_MAX; at = next) {
		type = HOLE;
		next = U64_MAX;
		ask(always_reserved, ARRAY_SIZE(always_reserved), at, &type, &next);
		ask(raw, nr, at, &type, &next);
		if (type == run_type)
			continue;
		append_run(table, run_start, at, run_type, ram_end);
		run_start = at;
		run_type = type;
	}
	append_run(table, run_start, U64_MAX, run_type, ram_end);
}

unsigned int e820_from_sizes(struct e820_entry raw[2], u32 lower_kib, u32 upper_kib)
{
	raw[0].addr = 0;
	raw[0].size = min((u64)lower_kib << 10, 640ULL << 10);
	raw[0].type = E820_TYPE_RAM;
	raw[1].addr = MIB;
	raw[1].size = (u64)upper_kib << 10;
	raw[1].type = E820_TYPE_RAM;
	return 2;
}

u64 e820_limit_ram(struct e820_table *table, u64 limit)
{
	const struct e820_entry *from = table->entries;
	const struct e820_entry *end = from + table->nr_entries;
	struct e820_entry *to = table->entries;
	u64 before = e820_ram_size(table);

	limit = round_down(limit, PAGE_SIZE);
	for (; from < end; from++) {
		if (from->type == E820_TYPE_RAM && from->addr >= limit)
			continue;
		*to = *from;
		if (to->type == E820_TYPE_RAM)
			to->size = min(to->size, limit - to->addr);
		to++;
	}
	table->nr_entries = to - table->entries;
	return before - e820_ram_size(table);
}

u64 e820_ram_size(const struct e820_table *table)
{
	const struct e820_entry *entry;
	u64 size = 0;

	for (entry = table->entries; entry < table->entries + table->nr_entries; entry++) {
		if (entry->type == E820_TYPE_RAM)
			size += entry->size;
	}
	return size;
}

const char *e820_why_unusable(const struct e820_table *table, u64 kernel_start, u64 kernel_end)
{
	const struct e820_entry *entry;
	const char *why = "the memory map has no RAM";

	for (entry = table->entries; entry < table->entries + table->nr_entries; entry++) {
		u64 end = entry->addr + entry->size;

		if (entry->type != E820_TYPE_RAM)
			continue;
		if (entry->addr <= kernel_start && kernel_end <= end)
			return NULL;
		if (end <= MIB)
			why = "the memory map has RAM only below 1 MiB";
		else
			why = "the kernel is loaded where the memory map has no RAM";
	}
	return why;
}

const char *e820_type_name(u32 type)
{
	switch (known_type(type)) {
	case E820_TYPE_RAM:
		return "usable";
	case E820_TYPE_ACPI:
		return "ACPI data";
	case E820_TYPE_NVS:
		return "ACPI NVS";
	case E820_TYPE_UNUSABLE:
		return "unusable";
	default:
		return "reserved";
	}
}

/* A size to read: whole.tenths of the largest unit that it has at least one of. */
struct readable_size {
	unsigned int whole;
	unsigned int tenths;
	const char *unit;
};

static struct readable_size readable(u64 size)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned int unit = 0, remainder = 0;

	for (; size >= 1024; size >>= 10, unit++)
		remainder = size & 1023;
	return (struct readable_size){ size, remainder * 10 / 1024, units[unit] };
}

/* What the sanitiser makes of an odd entry; "" for an ordinary one. */
static const char *remark(const struct e820_entry *entry)
{
	if (!entry->size)
		return ", empty: ignored";
	if (runs_past_top(entry))
		return entry->type == E820_TYPE_RAM ? ", runs past 2^64: ignored"
						    : ", runs past 2^64: cut";
	return "";
}

static u64 last_byte(const struct e820_entry *entry)
{
	if (runs_past_top(entry))
		return U64_MAX;
	return entry->size ? entry->addr + entry->size - 1 : entry->addr;
}

void e820_print_raw(const struct e820_entry *raw, unsigned int nr)
{
	pr_info("memory map of the loader, entries: %u\n", nr);
	for (; nr; nr--, raw++) {
		struct readable_size size = readable(raw->size);

		pr_info("  [mem 0x%016llx-0x%016llx] %4u.%u %-3s  type %u, %s%s\n", raw->addr,
			last_byte(raw), size.whole, size.tenths, size.unit, raw->type,
			e820_type_name(raw->type), remark(raw));
	}
}

void e820_print(const struct e820_table *table)
{
	struct readable_size ram = readable(e820_ram_size(table));
	const struct e820_entry *entry;

	pr_info("memory map of the kernel, usable: %u.%u %s\n", ram.whole, ram.tenths, ram.unit);
	for (entry = table->entries; entry < table->entries + table->nr_entries; entry++) {
		struct readable_size size = readable(entry->size);

		pr_info("  [mem 0x%016llx-0x%016llx] %4u.%u %-3s  %s\n", entry->addr,
			last_byte(entry), size.whole, size.tenths, size.unit,
			e820_type_name(entry->type));
	}
}
