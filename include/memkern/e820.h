/* SPDX-License-Identifier: MIT */
/*
 * The map of physical memory: what the firmware said, and what is believed of it.
 *
 * "e820" is the BIOS call that the map comes from. A raw map is an array of entries in
 * any order and state. e820_sanitize() makes a struct e820_table of it, whose entries
 * are sorted, disjoint, not empty, and merged where neighbours of one type touch; RAM
 * among them consists of whole pages. What no entry covers is a hole: not memory.
 *
 * Nothing here allocates, sleeps or locks. The functions marked "boot" change or read
 * e820_table and are for the boot CPU before other contexts exist; after e820_init()
 * the table never changes, so anybody may read it, in any context.
 */
#ifndef _MEMKERN_E820_H
#define _MEMKERN_E820_H

#include <linux/types.h>

enum e820_type {
	E820_TYPE_RAM = 1,
	E820_TYPE_RESERVED = 2, /* and every type that is not in this list */
	E820_TYPE_ACPI = 3,	/* ACPI tables: RAM once they have been read */
	E820_TYPE_NVS = 4,	/* ACPI non-volatile storage: the firmware's, kept over sleep */
	E820_TYPE_UNUSABLE = 5, /* RAM with errors */
};

struct e820_entry {
	u64 addr;
	u64 size; /* bytes */
	u32 type; /* enum e820_type in a sanitised map, anything in a raw one */
};

#define E820_MAX_ENTRIES 256

struct e820_table {
	unsigned int nr_entries;
	u64 ram_beyond; /* bytes of RAM left out: the CPU has no address bits for them */
	u64 ram_lost;	/* bytes of RAM left out: the table was full */
	struct e820_entry entries[E820_MAX_ENTRIES];
};

extern struct e820_table e820_table;

/* for_each_e820_range - e820_table's entries, upwards. @entry: const struct e820_entry * */
#define for_each_e820_range(entry)                                                               \
	for ((entry) = e820_table.entries; (entry) < e820_table.entries + e820_table.nr_entries; \
	     (entry)++)

/*
 * Pure functions: they touch what their parameters point to, and nothing else.
 *
 * e820_sanitize() overwrites @table with what is true of @raw, in O(nr * nr) steps.
 * @phys_bits is the width of the CPU's physical addresses: RAM beyond is left out.
 * Where the table is too small, RAM is lost first, reservations never.
 *
 * e820_from_sizes() makes the two entries that a loader without a map vouches for: RAM
 * below 640 KiB and from 1 MiB, sizes in KiB. Returns their number.
 *
 * e820_limit_ram() drops the RAM at and above the address @limit; returns the bytes dropped.
 *
 * e820_why_unusable() says why the kernel, loaded at [kernel_start, kernel_end), cannot
 * run on this map, or returns NULL: it can.
 */
void e820_sanitize(struct e820_table *table, const struct e820_entry *raw, unsigned int nr,
		   unsigned int phys_bits);
unsigned int e820_from_sizes(struct e820_entry raw[2], u32 lower_kib, u32 upper_kib);
u64 e820_limit_ram(struct e820_table *table, u64 limit);
u64 e820_ram_size(const struct e820_table *table);
const char *e820_why_unusable(const struct e820_table *table, u64 kernel_start, u64 kernel_end);
const char *e820_type_name(u32 type);

/* A line an entry, by printk: the map as it came, with what is wrong with it; the result. */
void e820_print_raw(const struct e820_entry *raw, unsigned int nr);
void e820_print(const struct e820_table *table);

/*
 * e820_init() - boot: e820_table from boot_info, cut by "mem=", by the rules above. It says
 * what it leaves out, and panics, with the reason, if the kernel cannot run on the rest.
 *
 * e820_end_of_ram() is the address after the last byte of RAM.
 */
void e820_init(void);
u64 e820_end_of_ram(void);

#endif
