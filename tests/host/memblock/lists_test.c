// SPDX-License-Identifier: MIT
/*
 * The lists, by hand: what adding and removing makes of them, full lists, what the checker
 * finds, and the end of memblock's life.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/string.h>

#include "../../../mm/internal.h"
#include "../e820/host.h"
#include "tests.h"

/* Operations: + adds, - removes; START-END (exclusive) or START+SIZE; hexadecimal. */
static const struct list_case {
	const char *name, *operations, *result;
} list_cases[] = {
	{ "disjoint ranges are sorted", "+50-60 +10-20 +30-40", "10-20 30-40 50-60" },
	{ "a range that touches from below", "+20-30 +10-20", "10-30" },
	{ "a range that touches from above", "+10-20 +20-30", "10-30" },
	{ "a range that closes a gap", "+10-20 +30-40 +20-30", "10-40" },
	{ "one byte of gap stays", "+10-20 +21-30", "10-20 21-30" },
	{ "the same range again", "+10-20 +10-20", "10-20" },
	{ "a range inside another", "+10-40 +20-30", "10-40" },
	{ "a range around another", "+20-30 +10-40", "10-40" },
	{ "an overlap from below", "+20-40 +10-30", "10-40" },
	{ "an overlap from above", "+10-30 +20-40", "10-40" },
	{ "a range over several", "+10-20 +30-40 +50-60 +70-80 +35-75", "10-20 30-80" },
	{ "a range around several", "+10-20 +30-40 +50-60 +0-100", "0-100" },
	{ "an empty range", "+10-20 +30-30 +15-15", "10-20" },
	{ "nothing removed from nothing", "-10-20", "" },
	{ "an empty removal", "+10-20 -15-15", "10-20" },
	{ "a removal in a gap", "+10-20 +30-40 -20-30", "10-20 30-40" },
	{ "a removal of the whole", "+10-20 +30-40 -10-20", "30-40" },
	{ "a removal of more than the whole", "+10-20 +30-40 -8-28", "30-40" },
	{ "a removal at the start", "+10-20 -10-18", "18-20" },
	{ "a removal at the end", "+10-20 -18-20", "10-18" },
	{ "a removal in the middle", "+10-20 -14-18", "10-14 18-20" },
	{ "a removal over several", "+10-20 +30-40 +50-60 -18-58", "10-18 58-60" },
	{ "a removal of all", "+10-20 +30-40 -0-1000", "" },
	{ "address 0", "+0-10 -0-8", "8-10" },
	{ "below and above 4 GiB", "+ffffffff-100000001 +100000001-100000002",
	  "ffffffff-100000002" },
	{ "a size that wraps is cut", "+fffffffffffffff0+100",
	  "fffffffffffffff0-ffffffffffffffff" },
	{ "a size of all ones is cut", "+1000+ffffffffffffffff", "1000-ffffffffffffffff" },
	{ "nothing lies at the last address", "+ffffffffffffffff+1", "" },
	{ "a removal that wraps",
	  "+0-1000 +fffffffffffff000-ffffffffffffffff -800+ffffffffffffffff", "0-800" },
};

static u64 parse_number(const char **text)
{
	u64 number = 0;

	for (++*text; **text && !strchr(" -+", **text); ++*text)
		number = number * 16 + (**text <= '9' ? **text - '0' : **text - 'a' + 10);
	return number;
}

static void apply(struct memblock_type *type, const char *text)
{
	while (*text) {
		bool remove = *text == '-', has_size;
		u64 base = parse_number(&text), size;

		has_size = *text == '+';
		size = parse_number(&text);
		if (!has_size)
			size -= base;
		if (remove)
			memblock_remove_range(type, base, size);
		else
			memblock_add_range(type, base, size);
		if (*text == ' ')
			text++;
	}
}

static void list_to_text(char *text, unsigned long size, const struct memblock_type *type)
{
	u64 cursor = 0, start, end;
	char *at = text;

	*at = '\0';
	for (__next_mem_range(&cursor, type, &start, &end); cursor != U64_MAX;
	     __next_mem_range(&cursor, type, &start, &end)) {
		host_format(at, text + size - at, "%s%llx-%llx", at == text ? "" : " ", start, end);
		at += strlen(at);
	}
}

static void test_list_case(const struct list_case *c)
{
	struct memblock_region regions[16];
	struct memblock_type type = { .name = "test",
				      .max = ARRAY_SIZE(regions),
				      .regions = regions };
	char text[512];

	apply(&type, c->operations);
	list_to_text(text, sizeof(text), &type);
	if (strcmp(text, c->result))
		host_note("\"%s\" gave \"%s\"", c->operations, text);
	host_result(!strcmp(text, c->result) && !memblock_check_type(&type), "list: %s", c->name);
}

/* Before memblock_allow_resize(): what needs one more range is refused, and changes nothing. */
static void test_full_list(void)
{
	struct memblock_region regions[3];
	struct memblock_type type = { .name = "test",
				      .max = ARRAY_SIZE(regions),
				      .regions = regions };
	char text[128];

	apply(&type, "+10-20 +30-40 +50-60");
	host_result(memblock_add_range(&type, 0x70, 0x10) == -ENOMEM, "full list: adding fails");
	host_result(memblock_remove_range(&type, 0x34, 4) == -ENOMEM, "full list: splitting fails");
	list_to_text(text, sizeof(text), &type);
	host_result(!strcmp(text, "10-20 30-40 50-60"), "full list: a failure changes nothing");

	host_result(!memblock_add_range(&type, 0x60, 8) && !memblock_remove_range(&type, 0x10, 8) &&
			    !memblock_add_range(&type, 0x20, 0x10),
		    "full list: what needs no room is done");
	list_to_text(text, sizeof(text), &type);
	host_result(!strcmp(text, "18-40 50-68"), "full list: and done right");
}

void test_lists(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(list_cases); i++)
		test_list_case(&list_cases[i]);
	test_full_list();
}

/* One thing wrong in a good list of three, and the invariant that names it. */
static void test_damage(const char *name, const char *invariant,
			void (*damage)(struct memblock_type *))
{
	struct memblock_region regions[4];
	struct memblock_type type = { .name = "test",
				      .max = ARRAY_SIZE(regions),
				      .regions = regions };
	int problems;

	apply(&type, "+1000-2000 +3000-4000 +5000-6000");
	damage(&type);
	problems = memblock_check_type(&type);
	host_result(problems == 1 && !strcmp(last_invariant, invariant), "checker: %s (%s)", name,
		    invariant);
}

static void make_unsorted(struct memblock_type *type)
{
	swap(type->regions[0], type->regions[1]);
	type->regions[1].base = 0x2800;
}

static void make_touching(struct memblock_type *type)
{
	type->regions[1].base -= 0x1000;
}

static void make_empty(struct memblock_type *type)
{
	type->total_size -= type->regions[2].size;
	type->regions[2].size = 0;
}

static void make_wrapping(struct memblock_type *type)
{
	type->regions[2].base = ~0ULL - 0xff;
}

static void make_total_wrong(struct memblock_type *type)
{
	type->total_size++;
}

static void make_count_wrong(struct memblock_type *type)
{
	type->max = 2;
}

void test_checker(void)
{
	static struct memblock_region elsewhere[INIT_MEMBLOCK_REGIONS];
	unsigned int before;

	test_damage("ranges out of order", "I-memblock-1", make_unsorted);
	test_damage("ranges that touch", "I-memblock-1", make_touching);
	test_damage("an empty range", "I-memblock-1", make_empty);
	test_damage("a range that wraps", "I-memblock-1", make_wrapping);
	test_damage("a wrong total", "I-memblock-2", make_total_wrong);
	test_damage("more ranges than room", "I-memblock-2", make_count_wrong);

	reset_memblock();
	before = problems_named;
	host_result(!memblock_check() && problems_named == before,
		    "checker: silent when all is well");
	memblock.reserved.regions = elsewhere;
	host_result(memblock_check() == 1 && !strcmp(last_invariant, "I-memblock-3"),
		    "checker: an array that is not reserved memory (I-memblock-3)");
	reset_memblock();
}

static bool lies_in(const struct memblock_type *type, u64 start, u64 end)
{
	u64 base = __pa(type->regions);

	return base < end && base + type->max * sizeof(*type->regions) > start;
}

/*
 * Both lists are full when a range is cut out of the memory where arrays would be put first.
 * Both must move, and neither to where no memory is any more.
 */
void test_growth(void)
{
	u64 start = RAM_SIZE - 0x20000, end = RAM_SIZE - 0x100;
	unsigned int i;

	reset_memblock();
	memblock_allow_resize();
	memblock_add(RAM_SIZE / 2, RAM_SIZE / 2);
	for (i = 0; i < INIT_MEMBLOCK_REGIONS; i++) {
		if (i)
			memblock_add(0x1000 + i * 0x400, 0x200);
		memblock_reserve(0x1000 + i * 0x400, 0x100);
	}
	host_result(memblock.memory.cnt == memblock.memory.max &&
			    memblock.reserved.cnt == memblock.reserved.max,
		    "growth: both lists are full");
	host_result(!memblock_remove(start, end - start) &&
			    memblock.memory.max == 2 * INIT_MEMBLOCK_REGIONS &&
			    memblock.reserved.max == 2 * INIT_MEMBLOCK_REGIONS,
		    "growth: both double");
	host_result(!lies_in(&memblock.memory, start, end) &&
			    !lies_in(&memblock.reserved, start, end) && !memblock_check(),
		    "growth: not into memory that is being removed");
}

static void alloc_after_end(void)
{
	memblock_alloc(64, 0);
}

static void reserve_after_end(void)
{
	memblock_reserve(0x1000, 0x1000);
}

void test_end(void)
{
	reset_memblock();
	memblock_add(0x1000, 0x10000);
	host_result(!memblock_has_ended(), "end: not yet");
	memblock_end();
	host_result(memblock_has_ended(), "end: now");
	host_result(memblock_phys_mem_size() == 0x10000 && memblock_is_memory(0x1000),
		    "end: the lists can still be read");

	host_clear_log();
	host_result(host_panics(alloc_after_end) &&
			    strstr(host_log(),
				   "64 bytes) after the memory went to the page allocator"),
		    "end: an allocation is a panic that says why");
	host_clear_log();
	host_result(host_panics(reserve_after_end) && strstr(host_log(), "memblock_reserve"),
		    "end: so is a change");
}
