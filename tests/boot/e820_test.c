// SPDX-License-Identifier: MIT
/*
 * The memory map of this very boot, and the sanitiser as this compiler built it.
 *
 * tests/host/e820 goes through the hostile maps; here is what only the machine can show.
 */
#include <asm/cpufeature.h>
#include <asm/page.h>
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <memkern/boot.h>
#include <memkern/e820.h>
#include <memkern/params.h>

extern const char __kernel_phys_start[], __kernel_phys_end[];

static u64 end_of(const struct e820_entry *entry)
{
	return entry->addr + entry->size;
}

static void I_e820_1_2_sorted_disjoint_merged(struct kunit *test)
{
	const struct e820_entry *entry, *previous = NULL;

	KUNIT_ASSERT_GT(test, e820_table.nr_entries, 0U);
	KUNIT_ASSERT_LE(test, e820_table.nr_entries, (unsigned int)E820_MAX_ENTRIES);
	for_each_e820_range(entry) {
		KUNIT_EXPECT_GT(test, end_of(entry), entry->addr);
		if (previous)
			KUNIT_EXPECT_GE(test, entry->addr, end_of(previous));
		if (previous && entry->addr == end_of(previous))
			KUNIT_EXPECT_NE(test, entry->type, previous->type);
		previous = entry;
	}
}

static void I_e820_3_ram_is_whole_pages_in_reach(struct kunit *test)
{
	const struct e820_entry *entry;

	for_each_e820_range(entry) {
		if (entry->type != E820_TYPE_RAM)
			continue;
		KUNIT_EXPECT_EQ(test, entry->addr % PAGE_SIZE, 0ULL);
		KUNIT_EXPECT_EQ(test, entry->size % PAGE_SIZE, 0ULL);
		KUNIT_EXPECT_EQ(test, (end_of(entry) - 1) >> boot_cpu.phys_bits, 0ULL);
	}
}

/* Bytes of @range that the loader's entries claim, as RAM or as anything else; twice is two. */
static u64 claimed(const struct e820_entry *range, bool as_ram)
{
	u64 bytes = 0;

	for (unsigned int i = 0; i < boot_info.nr_map; i++) {
		const struct e820_entry *raw = &boot_info.map[i];
		u64 raw_end = raw->addr + min(raw->size, U64_MAX - raw->addr);
		u64 from = max(raw->addr, range->addr), to = min(raw_end, end_of(range));

		if ((raw->type == E820_TYPE_RAM) == as_ram && from < to)
			bytes += to - from;
	}
	return bytes;
}

static void I_e820_4_ram_is_what_the_loader_says(struct kunit *test)
{
	const struct e820_entry *entry;

	if (!boot_info.nr_map)
		kunit_skip(test, "this loader gave no map");
	for_each_e820_range(entry) {
		if (entry->type != E820_TYPE_RAM)
			continue;
		KUNIT_EXPECT_GE(test, claimed(entry, true), entry->size);
		KUNIT_EXPECT_EQ(test, claimed(entry, false), 0ULL);
	}
}

/* The type of the range that holds all of [start, end), 0 if there is none. */
static u32 type_of(const struct e820_table *table, u64 start, u64 end)
{
	const struct e820_entry *entry = table->entries;

	for (; entry < table->entries + table->nr_entries; entry++) {
		if (entry->addr <= start && end <= end_of(entry))
			return entry->type;
	}
	return 0;
}

static void I_e820_5_page_0_and_bios_are_reserved(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, type_of(&e820_table, 0, PAGE_SIZE), (u32)E820_TYPE_RESERVED);
	for (u64 page = 0x9f000; page < 0x100000; page += PAGE_SIZE)
		KUNIT_EXPECT_NE(test, type_of(&e820_table, page, page + PAGE_SIZE),
				(u32)E820_TYPE_RAM);
}

static void kernel_is_inside_ram(struct kunit *test)
{
	unsigned long start = (unsigned long)__kernel_phys_start;
	unsigned long end = (unsigned long)__kernel_phys_end;

	KUNIT_EXPECT_EQ(test, type_of(&e820_table, start, end), (u32)E820_TYPE_RAM);
	KUNIT_EXPECT_NULL(test, e820_why_unusable(&e820_table, start, end));
	KUNIT_EXPECT_GE(test, e820_end_of_ram(), (u64)end);
	KUNIT_EXPECT_GE(test, e820_end_of_ram(), e820_ram_size(&e820_table));
}

static void modules_are_inside_ram(struct kunit *test)
{
	const struct boot_module *module;

	for_each_boot_module(module)
		KUNIT_EXPECT_EQ(test, type_of(&e820_table, module->start, module->end),
				(u32)E820_TYPE_RAM);
}

static void command_line_is_the_loaders(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, boot_info.cmdline, saved_command_line);
	KUNIT_EXPECT_FALSE(test, boot_info.cmdline_truncated);
}

/* Sanitising what is sane changes nothing: the table of this boot as a raw map. */
static void sanitised_map_stays(struct kunit *test)
{
	static struct e820_table again;

	e820_sanitize(&again, e820_table.entries, e820_table.nr_entries, boot_cpu.phys_bits);
	KUNIT_ASSERT_EQ(test, again.nr_entries, e820_table.nr_entries);
	KUNIT_EXPECT_MEMEQ(test, again.entries, e820_table.entries,
			   again.nr_entries * sizeof(again.entries[0]));
}

struct map_param {
	const char *name;
	struct e820_entry raw[4];
	struct e820_entry expected; /* an entry of the result above 1 MiB */
};

#define RAM(start, end)                                 \
	{                                               \
		(start), (end) - (start), E820_TYPE_RAM \
	}
#define RESERVED(start, end)                                 \
	{                                                    \
		(start), (end) - (start), E820_TYPE_RESERVED \
	}

// clang-format off
static const struct map_param maps[] = {
	{ "overlap", { RESERVED(0x300000, 0x400000), RAM(0x100000, 0x380000) },
	  RAM(0x100000, 0x300000) },
	{ "unsorted parts", { RAM(0x300000, 0x400000), RAM(0x100000, 0x300000) },
	  RAM(0x100000, 0x400000) },
	{ "edges inside pages", { RAM(0x100001, 0x3fffff) }, RAM(0x101000, 0x3ff000) },
	{ "one reserved byte", { RAM(0x100000, 0x300000), RESERVED(0x2fffff, 0x300000) },
	  RAM(0x100000, 0x2ff000) },
	{ "past 2^64", { { 0x100000, U64_MAX, E820_TYPE_RAM }, RAM(0x200000, 0x300000) },
	  RAM(0x200000, 0x300000) },
	{ "beyond 36 bits", { RAM(0xf00000000, 0x1100000000) }, RAM(0xf00000000, 0x1000000000) },
};
// clang-format on

static void describe_map(const struct map_param *map, char *description)
{
	strscpy(description, map->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(maps, maps, describe_map);

static void hand_made_map(struct kunit *test)
{
	static struct e820_table table;
	const struct map_param *map = test->param_value;
	u64 start = map->expected.addr, end = end_of(&map->expected);

	e820_sanitize(&table, map->raw, ARRAY_SIZE(map->raw), 36);
	KUNIT_EXPECT_EQ(test, type_of(&table, start, end), map->expected.type);
	KUNIT_EXPECT_EQ(test, type_of(&table, start - PAGE_SIZE, end), 0U);
	KUNIT_EXPECT_EQ(test, type_of(&table, start, end + PAGE_SIZE), 0U);
}

static struct kunit_case e820_cases[] = {
	KUNIT_CASE(I_e820_1_2_sorted_disjoint_merged),
	KUNIT_CASE(I_e820_3_ram_is_whole_pages_in_reach),
	KUNIT_CASE(I_e820_4_ram_is_what_the_loader_says),
	KUNIT_CASE(I_e820_5_page_0_and_bios_are_reserved),
	KUNIT_CASE(kernel_is_inside_ram),
	KUNIT_CASE(modules_are_inside_ram),
	KUNIT_CASE(command_line_is_the_loaders),
	KUNIT_CASE(sanitised_map_stays),
	KUNIT_CASE_PARAM(hand_made_map, maps_gen_params),
	{},
};

static struct kunit_suite e820_suite = {
	.name = "e820",
	.test_cases = e820_cases,
};
kunit_test_suite(e820_suite);
