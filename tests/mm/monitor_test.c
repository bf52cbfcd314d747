// SPDX-License-Identifier: MIT
/*
 * The monitor's commands on memory: what they say is what the counters say, what they
 * do is what they say, and nonsense gets an error and a sentence.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <memkern/flag_names.h>
#include <memkern/monitor.h>

#include "../../mm/monitor/monitor.h"
#include "mm_test.h"
#include "monitor_run.h"

#define HANDLES 1024

/* The JSON line of a zone. */
static const char *zone_line(const struct zone *zone)
{
	char name[32];

	snprintf(name, sizeof(name), "{\"zone\":\"%s\"", zone->name);
	return strstr(capture.text, name);
}

/* --- listings ------------------------------------------------------------------------ */

static void zones_shows_the_counters(struct kunit *test)
{
	struct zone *zone;

	KUNIT_EXPECT_EQ(test, run(test, "zones --json"), 0);
	for_each_zone(zone) {
		const char *line = zone_line(zone);

		KUNIT_ASSERT_NOT_NULL_MSG(test, line, "%s", zone->name);
		KUNIT_EXPECT_EQ(test, json_field(line, "spanned_pages"), zone->spanned_pages);
		KUNIT_EXPECT_EQ(test, json_field(line, "managed_pages"), zone->managed_pages);
		KUNIT_EXPECT_EQ(test, json_field(line, "free_pages"), zone->nr_free_pages);
		KUNIT_EXPECT_EQ(test, json_field(line, "min_pages"), min_wmark_pages(zone));
		KUNIT_EXPECT_EQ(test, json_field(line, "high_pages"), high_wmark_pages(zone));
		KUNIT_EXPECT_EQ(test, json_field(line, "end_address"),
				PFN_PHYS(zone_end_pfn(zone)));
	}
}

static void zones_bar_says_where_free_memory_is(struct kunit *test)
{
	struct zone *zone = mm_zone(ZONE_DMA);

	KUNIT_EXPECT_EQ(test, run(test, "zones"), 0);
	KUNIT_EXPECT_TRUE(test, printed("m===l==="));
	KUNIT_EXPECT_TRUE(test, printed(">] above high"));
	mm_hide_down_to(zone, 0);
	KUNIT_EXPECT_EQ(test, run(test, "zones"), 0);
	KUNIT_EXPECT_TRUE(test, printed("at or below min"));
}

static void buddy_is_verified(struct kunit *test)
{
	struct zone *zone;

	KUNIT_EXPECT_EQ(test, run(test, "buddy --json"), 0);
	for_each_populated_zone(zone) {
		const char *line = zone_line(zone);

		KUNIT_EXPECT_EQ(test, json_field(line, "counted_pages"), zone->nr_free_pages);
		KUNIT_EXPECT_EQ(test, json_field(line, "free_bytes"),
				(u64)zone->nr_free_pages << PAGE_SHIFT);
		KUNIT_EXPECT_EQ(test, json_field(line, "cpu_pages"),
				mm_free_pages(zone) - zone->nr_free_pages);
	}
	KUNIT_EXPECT_EQ(test, run(test, "buddy"), 0);
	KUNIT_EXPECT_TRUE(test, printed("(verified)"));
	KUNIT_EXPECT_FALSE(test, printed("MISMATCH"));
}

/* Adds the array behind `name`, of blocks by order, to `blocks`; returns how many pages these are. */
static unsigned long add_blocks(const char *line, const char *name, unsigned long *blocks)
{
	unsigned long pages = 0;
	unsigned int order;
	char key[24], *at;

	snprintf(key, sizeof(key), "\"%s\":[", name);
	at = strstr(line, key);
	if (!at)
		return ~0UL;
	at += strlen(key) - 1;
	for (order = 0; order < NR_PAGE_ORDERS && *at != ']'; order++) {
		unsigned long nr = simple_strtoul(at + 1, &at, 10);

		blocks[order] += nr;
		pages += nr << order;
	}
	return pages;
}

static void buddy_tells_types_and_cpus(struct kunit *test)
{
	struct zone *zone;

	KUNIT_EXPECT_EQ(test, run(test, "buddy --json"), 0);
	for_each_populated_zone(zone) {
		unsigned long free[NR_PAGE_ORDERS] = {}, typed[NR_PAGE_ORDERS] = {};
		unsigned long on_cpus[NR_PAGE_ORDERS] = {}, pages = 0;
		const char *line = zone_line(zone);
		unsigned int type, cpu;
		char name[16];

		KUNIT_EXPECT_EQ(test, add_blocks(line, "free_blocks", free), zone->nr_free_pages);
		for (type = 0; type < MIGRATE_TYPES; type++)
			pages += add_blocks(line, migratetype_names[type], typed);
		KUNIT_EXPECT_EQ(test, pages, zone->nr_free_pages);
		KUNIT_EXPECT_MEMEQ(test, typed, free, sizeof(free));
		pages = 0;
		for_each_online_cpu(cpu) {
			snprintf(name, sizeof(name), "cpu%u_blocks", cpu);
			pages += add_blocks(line, name, on_cpus);
		}
		KUNIT_EXPECT_EQ(test, pages, json_field(line, "cpu_pages"));
	}
}

static void buddy_sees_a_wrong_counter(struct kunit *test)
{
	struct zone *zone = mm_zone(ZONE_DMA);

	zone->free_area[0].nr_free++;
	run(test, "buddy");
	zone->free_area[0].nr_free--;
	KUNIT_EXPECT_TRUE(test, printed("MISMATCH"));
	zone->nr_free_pages++;
	run(test, "buddy");
	zone->nr_free_pages--;
	KUNIT_EXPECT_TRUE(test, printed("MISMATCH"));
}

static void check_sees_a_wrong_counter(struct kunit *test)
{
	struct zone *zone = mm_zone(ZONE_DMA);
	int result;

	KUNIT_EXPECT_EQ(test, run(test, "check"), 0);
	KUNIT_EXPECT_TRUE(test, printed("\nno problems\n"));
	zone->nr_free_pages++;
	result = run(test, "check");
	zone->nr_free_pages--;
	KUNIT_EXPECT_EQ(test, result, -EUCLEAN);
	KUNIT_EXPECT_TRUE(test, printed("I-page_alloc-5"));
	KUNIT_EXPECT_TRUE(test, printed("problems: 1"));
}

static void pagetypeinfo_counts_pageblocks(struct kunit *test)
{
	struct zone *zone = mm_zone(ZONE_DMA);
	unsigned long pageblocks = 0, pfn, types = 0;
	const char *line;

	for (pfn = 0; pfn < zone_end_pfn(zone); pfn += pageblock_nr_pages)
		pageblocks += pfn_valid(pfn);
	KUNIT_EXPECT_EQ(test, run(test, "pagetypeinfo --json"), 0);
	for (line = zone_line(zone); line && strstarts(line, "{\"zone\":\"DMA\"");
	     line = strchrnul(line, '\n') + 1) {
		pageblocks -= json_field(line, "pageblocks");
		types++;
	}
	KUNIT_EXPECT_EQ(test, pageblocks, 0);
	KUNIT_EXPECT_EQ(test, types, MIGRATE_TYPES);
}

static void meminfo_adds_up(struct kunit *test)
{
	const char *text = capture.text;
	u64 ram, managed;

	KUNIT_EXPECT_EQ(test, run(test, "meminfo --json"), 0);
	ram = json_field(text, "ram_bytes");
	managed = json_field(text, "managed_bytes");
	KUNIT_EXPECT_EQ(test, ram, memblock_phys_mem_size());
	KUNIT_EXPECT_EQ(test, managed, (u64)totalram_pages() << PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, json_field(text, "free_bytes"), (u64)nr_free_pages() << PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, ram,
			managed + json_field(text, "kernel_image_bytes") +
				json_field(text, "mem_map_bytes") +
				json_field(text, "reserved_bytes"));
	KUNIT_EXPECT_LT(test, json_field(text, "reserved_bytes"), ram / 8);
	KUNIT_EXPECT_EQ(test, managed,
			json_field(text, "free_bytes") + json_field(text, "cpu_lists_bytes") +
				json_field(text, "used_bytes") + json_field(text, "bad_bytes"));
}

/* Single pages with a page in use between them: half of memory is free, and no pair is. */
static void frag_tells_pieces_from_lack(struct kunit *test)
{
	struct zone *zone = mm_zone(ZONE_DMA);
	struct page *page, *next;
	const char *line;
	char index[40];
	long n;

	mm_fill(GFP_DMA | __GFP_MEMALLOC | __GFP_NOWARN, 0);
	list_for_each_entry_safe(page, next, &mm_held, lru)
		if (page_to_pfn(page) & 1)
			mm_give(page);
	drain_all_pages(zone);
	KUNIT_EXPECT_EQ(test, run(test, "frag --json"), 0);
	line = zone_line(zone);
	n = zone->nr_free_pages;
	KUNIT_EXPECT_EQ(test, json_field(line, "free_pages"), n);
	KUNIT_EXPECT_NOT_NULL(test, strstr(line, "\"usable_permille\":[1000,0,0,0,0,0,0,0,0,0,0]"));
	snprintf(index, sizeof(index), "\"index_permille\":[-1000,%ld,",
		 1000 - (1000 + n * 1000 / 2) / n);
	KUNIT_EXPECT_NOT_NULL(test, strstr(line, index));
}

/* --- alloc, free, handles -------------------------------------------------------------- */

static struct page *handle_page(void)
{
	u64 pfn = number_after(capture.text, ": pfn ");

	return pfn < max_pfn ? pfn_to_page(pfn) : NULL;
}

static void alloc_page_takes_and_free_gives_back(struct kunit *test)
{
	unsigned long before = mm_free_pages(NULL);
	struct page *page, *block;
	unsigned int order;

	KUNIT_ASSERT_EQ(test, run(test, "alloc page 2 GFP_KERNEL|__GFP_COMP"), 0);
	page = handle_page();
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_EQ(test, compound_order(page), 2);
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before - 4);
	KUNIT_EXPECT_EQ(test, number_after(capture.text, "phys "), page_to_phys(page));
	KUNIT_EXPECT_EQ(test, number_after(capture.text, "virt "),
			(unsigned long)page_address(page));
	KUNIT_EXPECT_EQ(test, handle_of(page + 3, &block, &order), handle_number());
	KUNIT_EXPECT_PTR_EQ(test, block, page);
	KUNIT_EXPECT_EQ(test, runf(test, "free #%u", handle_number()), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before);
	KUNIT_EXPECT_EQ(test, handle_of(page, &block, &order), 0);
}

static void alloc_page_obeys_the_zone_flags(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run(test, "alloc page 0 GFP_KERNEL gfp_dma"), 0);
	KUNIT_EXPECT_EQ(test, page_zonenum(handle_page()), ZONE_DMA);
	KUNIT_EXPECT_TRUE(test, printed("zone DMA, order 0 (1 page, 4 KiB), GFP_KERNEL|GFP_DMA"));
	run(test, "free all");
	if (!managed_zone(mm_zone(ZONE_HIGHMEM)))
		return;
	KUNIT_EXPECT_EQ(test, run(test, "alloc page 4 0xcc0 | __GFP_HIGHMEM"), 0);
	KUNIT_EXPECT_EQ(test, page_zonenum(handle_page()), ZONE_HIGHMEM);
	KUNIT_EXPECT_TRUE(test, printed("no address: highmem"));
	run(test, "free all");
}

/* The longest that a line about a request can be. */
static void alloc_page_with_all_flags(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run(test, "alloc page 0 0x7ffd6e"), -EINVAL);
	KUNIT_EXPECT_TRUE(test, printed("will do\n"));
	KUNIT_EXPECT_EQ(test, run(test, "alloc page 0 0x7ffd6a"), 0);
	KUNIT_EXPECT_TRUE(test, printed("|__GFP_WRITE\n"));
	KUNIT_EXPECT_EQ(test, run(test, "handles --json"), 0);
	KUNIT_EXPECT_TRUE(test, printed("|__GFP_WRITE\"}\n"));
	run(test, "free all");
}

static void free_twice_is_told_from_a_wrong_handle(struct kunit *test)
{
	unsigned int number;

	KUNIT_ASSERT_EQ(test, run(test, "alloc page 0 GFP_KERNEL"), 0);
	number = handle_number();
	KUNIT_EXPECT_EQ(test, runf(test, "free %u", number), 0);
	KUNIT_EXPECT_EQ(test, runf(test, "free %u", number), -ENOENT);
	KUNIT_EXPECT_TRUE(test, printed("was given back before"));
	KUNIT_EXPECT_EQ(test, runf(test, "free %u", number + 1), -ENOENT);
	KUNIT_EXPECT_TRUE(test, printed("there is no handle"));
}

static void handles_lists_what_is_held(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, run(test, "alloc page 0 GFP_KERNEL; alloc page 1 GFP_ATOMIC"), 0);
	KUNIT_EXPECT_EQ(test, run(test, "handles"), 0);
	KUNIT_EXPECT_TRUE(test,
			  printed("order 1 (2 pages, 8 KiB), GFP_ATOMIC\n2 handles, 3 pages"));
	KUNIT_EXPECT_EQ(test, run(test, "handles --json"), 0);
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "order"), 0);
	KUNIT_EXPECT_TRUE(test, printed("\"gfp\":\"GFP_ATOMIC\"}\n"));
	KUNIT_EXPECT_EQ(test, run(test, "free all"), 0);
	KUNIT_EXPECT_TRUE(test, printed("gave back 2 handles, 3 pages"));
	run(test, "handles");
	KUNIT_EXPECT_STREQ(test, capture.text, "0 handles, 0 pages, 0 KiB\n");
}

static void handles_run_out_with_a_sentence(struct kunit *test)
{
	int i;

	if (nr_free_pages() < 2 * HANDLES)
		kunit_skip(test, "there are not enough pages");
	for (i = 0; i < HANDLES; i++)
		KUNIT_ASSERT_EQ(test, run(test, "alloc page 0 GFP_HIGHUSER"), 0);
	KUNIT_EXPECT_EQ(test, run(test, "alloc page 0 GFP_HIGHUSER"), -ENOSPC);
	KUNIT_EXPECT_TRUE(test, printed("all 1024 handles are in use"));
	run(test, "free all");
	KUNIT_EXPECT_TRUE(test, printed("gave back 1024 handles, 1024 pages"));
}

/* --- fill, and the explanation of a refusal --------------------------------------------- */

static void fill_stops_at_the_floor_of_its_flags(struct kunit *test)
{
	static const struct {
		const char *name;
		gfp_t gfp;
	} requests[] = {
		{ "GFP_KERNEL", GFP_KERNEL },
		{ "GFP_ATOMIC", GFP_ATOMIC },
		{ "GFP_DMA|GFP_NOWAIT", GFP_DMA | GFP_NOWAIT },
	};
	struct zone *zone = mm_zone(ZONE_DMA);
	unsigned long before, gave;
	unsigned int i;

	/* With nothing smaller than the request, it is the mark that stops it. */
	mm_hide_small(zone, 4);
	before = mm_free_pages(NULL);
	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		long limit = mm_limit(zone, requests[i].gfp);
		char text[40];

		KUNIT_EXPECT_EQ(test, runf(test, "fill %s 4", requests[i].name), 0);
		KUNIT_EXPECT_GE(test, zone->nr_free_pages, limit);
		KUNIT_EXPECT_LT(test, zone->nr_free_pages, limit + 16);
		snprintf(text, sizeof(text), ": %ld must stay (%ld of min", limit,
			 mm_floor(zone, requests[i].gfp));
		KUNIT_EXPECT_TRUE_MSG(test, printed(text), "%s in %s", text, capture.text);
		gave = number_after(capture.text, "took ") * 16;
		KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before - gave);
		KUNIT_EXPECT_EQ(test, run(test, "fill off"), 0);
		KUNIT_EXPECT_EQ(test, number_after(capture.text, "gave back "), gave);
		KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before);
		mm_settle();
	}
}

static void a_refusal_is_explained(struct kunit *test)
{
	struct zone *zone = mm_zone(ZONE_DMA);

	KUNIT_EXPECT_EQ(test, run(test, "fill GFP_DMA|__GFP_MEMALLOC"), 0);
	KUNIT_EXPECT_EQ(test, zone->nr_free_pages, 0);
	KUNIT_EXPECT_TRUE(test, printed("none is left"));
	KUNIT_EXPECT_EQ(test, run(test, "alloc page 0 GFP_DMA|__GFP_DIRECT_RECLAIM|__GFP_NOFAIL"),
			-ENOMEM);
	KUNIT_EXPECT_TRUE(test, printed("0 pages free, 1 wanted: "));
	KUNIT_EXPECT_TRUE(test, printed("the kernel would stop here"));
	run(test, "free all");
	KUNIT_EXPECT_GT(test, mm_free_pages(zone), 0);

	mm_hide_small(zone, MAX_ORDER);
	KUNIT_EXPECT_EQ(test, run(test, "alloc page 10 GFP_DMA"), -ENOMEM);
	mm_unhide();
	mm_fill(GFP_DMA | __GFP_MEMALLOC | __GFP_NOWARN, 9);
	KUNIT_EXPECT_EQ(test, run(test, "alloc page 9 GFP_DMA|__GFP_MEMALLOC"), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, printed("no block of order 9"));
}

/* --- page and map ------------------------------------------------------------------------- */

static void expect_frame(struct kunit *test, unsigned long pfn, const char *name)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "pfn %lu (0x%lx), taken as a ", pfn, pfn);
	KUNIT_EXPECT_EQ(test, runf(test, "page %s", name), 0);
	KUNIT_EXPECT_TRUE_MSG(test, strstarts(capture.text, expected), "page %s", name);
}

/* However a frame is named, it is the same. */
static void page_understands_every_kind_of_number(struct kunit *test)
{
	struct page *page = mm_take(GFP_KERNEL, 0);
	unsigned long pfn = page_to_pfn(page), virt = (unsigned long)page_address(page);
	const struct {
		const char *format;
		u64 number;
	} names[] = {
		{ "%llu", pfn },
		{ "pfn:0x%llx", pfn },
		{ "0x%llx", page_to_phys(page) },
		{ "%lluK", page_to_phys(page) >> 10 },
		{ "phys:0x%llx", page_to_phys(page) + PAGE_SIZE - 1 },
		{ "0x%llx", virt + 77 },
		{ "virt:0x%llx", virt },
		{ "0x%llx", (unsigned long)page },
		{ "page:0x%llx", (unsigned long)page + 5 },
	};
	unsigned int i;
	char name[40];

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(name, sizeof(name), names[i].format, names[i].number);
		expect_frame(test, pfn, name);
	}
	KUNIT_EXPECT_EQ(test, runf(test, "page page:0x%px", &capture), -EINVAL);
	KUNIT_EXPECT_TRUE(test, printed("is not in the mem_map"));
}

static void page_says_who_has_it(struct kunit *test)
{
	struct page *page;
	unsigned int number;
	char expected[80];

	KUNIT_ASSERT_EQ(test, run(test, "alloc page 2 GFP_KERNEL"), 0);
	number = handle_number();
	page = handle_page();
	snprintf(expected, sizeof(expected),
		 "in use, handle #%u: 3rd of 4 pages of the block at pfn %lu", number,
		 page_to_pfn(page));
	KUNIT_EXPECT_EQ(test, runf(test, "page 0x%px", page + 2), 0);
	KUNIT_EXPECT_TRUE(test, printed(expected));

	runf(test, "free %u", number);
	KUNIT_EXPECT_EQ(test, runf(test, "page 0x%px", page), 0);
	KUNIT_EXPECT_TRUE(test,
			  printed("free, in the lists of CPU 0: 1st of 4 pages of the block"));
	drain_all_pages(NULL);
	KUNIT_EXPECT_EQ(test, runf(test, "page 0x%px", page + 1), 0);
	KUNIT_EXPECT_TRUE(test, printed("state        free: "));

	page = mm_take(GFP_KERNEL | __GFP_COMP, 1);
	KUNIT_EXPECT_EQ(test, runf(test, "page 0x%px", page + 1), 0);
	KUNIT_EXPECT_TRUE(test, printed("in use, compound: 2nd of 2 pages"));
	KUNIT_EXPECT_EQ(test, runf(test, "page 0x%px", page), 0);
	KUNIT_EXPECT_TRUE(test, printed("(head)"));
}

static void page_says_what_is_reserved(struct kunit *test)
{
	extern char _stext[], __start_rodata[];

	KUNIT_EXPECT_EQ(test, runf(test, "page 0x%px", _stext), 0);
	KUNIT_EXPECT_TRUE(test, printed("reserved: kernel image, text"));
	KUNIT_EXPECT_EQ(test, runf(test, "page 0x%px", __start_rodata), 0);
	KUNIT_EXPECT_TRUE(test, printed("reserved: kernel image, constants"));
	KUNIT_EXPECT_EQ(test, runf(test, "page 0x%px", &capture), 0);
	KUNIT_EXPECT_TRUE(test, printed("reserved: kernel image, data"));
	KUNIT_EXPECT_EQ(test, runf(test, "page virt:0x%px", pfn_to_page(0)), 0);
	KUNIT_EXPECT_TRUE(test, printed("reserved: mem_map"));
	KUNIT_EXPECT_EQ(test, run(test, "page 0"), 0);
	KUNIT_EXPECT_TRUE(test, printed("not usable: low memory"));
}

/* The letter that the map has for a page; 0 if there is none. */
static char map_letter(struct kunit *test, const struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	const char *row;
	char start[16];

	snprintf(start, sizeof(start), "0x%09llx", (u64)PFN_PHYS(round_down(pfn, 64)));
	KUNIT_EXPECT_EQ(test, runf(test, "map %lu", pfn), 0);
	row = strstr(capture.text, start);
	return row ? row[strlen(start) + 10 + pfn % 64] : 0;
}

static void map_shows_pages(struct kunit *test)
{
	struct page *page = mm_take(GFP_KERNEL, 5);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, map_letter(test, page + 31), '#');
	mm_give(page);
	KUNIT_EXPECT_EQ(test, map_letter(test, page), '.');
	/* Where a CPU's lists are shorter than this block it goes straight on. */
	page = mm_take(GFP_DMA, 3);
	KUNIT_ASSERT_NOT_NULL(test, page);
	mm_give(page);
	if (this_cpu_ptr(page_zone(page)->per_cpu_pageset)->count >= 8)
		KUNIT_EXPECT_EQ(test, map_letter(test, page + 7), 'c');
	KUNIT_EXPECT_EQ(test, map_letter(test, virt_to_page(pfn_to_page(0))), 'R');
	KUNIT_EXPECT_EQ(test, map_letter(test, pfn_to_page(0xa0)), '-');
}

/* The cells of a window hold each of its frames once. */
static void map_cells_add_up(struct kunit *test)
{
	u64 free = 0, all = 0;
	const char *line;

	KUNIT_EXPECT_EQ(test, run(test, "map 0 1024 --json"), 0);
	for (line = capture.text; *line == '{'; line = strchrnul(line, '\n') + 1) {
		free += json_field(line, "free_pages");
		all += json_field(line, "free_pages") + json_field(line, "cpu_pages") +
		       json_field(line, "used_pages") + json_field(line, "reserved_pages") +
		       json_field(line, "hole_pages") + json_field(line, "bad_pages");
		if (json_field(line, "pfn") + 1024 >= zone_end_pfn(mm_zone(ZONE_DMA)))
			break;
	}
	KUNIT_EXPECT_EQ(test, free, mm_zone(ZONE_DMA)->nr_free_pages);
	KUNIT_EXPECT_EQ(test, all, zone_end_pfn(mm_zone(ZONE_DMA)));
}

static void map_of_everything(struct kunit *test)
{
	struct zone *zone;

	KUNIT_EXPECT_EQ(test, run(test, "map"), 0);
	for_each_populated_zone(zone)
		if (zone_idx(zone) != ZONE_HIGHMEM)
			KUNIT_EXPECT_TRUE(test, printed(zone->name));
}

/* --- flags ---------------------------------------------------------------------------------- */

static int parse_text(struct kunit *test, const char *text, gfp_t *gfp)
{
	char copy[MONITOR_LINE_MAX + 1], *words[] = { copy };
	int error;

	strscpy(copy, text, sizeof(copy));
	capture_begin(test, &capture);
	error = parse_gfp(1, words, gfp);
	capture_end(test, &capture);
	return error;
}

static void every_flag_has_its_name(struct kunit *test)
{
	const struct trace_print_flags *entry;
	gfp_t gfp;

	for (entry = gfpflag_names; entry->name; entry++) {
		KUNIT_EXPECT_EQ(test, parse_text(test, entry->name, &gfp), 0);
		KUNIT_EXPECT_EQ_MSG(test, gfp, entry->mask, "%s", entry->name);
	}
	KUNIT_EXPECT_EQ(test, parse_text(test, "__GFP_DMA|__GFP_WAIT|__GFP_COLD|0x40", &gfp), 0);
	KUNIT_EXPECT_EQ(test, gfp, __GFP_DMA | __GFP_RECLAIM | __GFP_IO);
	KUNIT_EXPECT_EQ(test, parse_text(test, "0", &gfp), -EINVAL);
	KUNIT_EXPECT_EQ(test, parse_text(test, "0x0", &gfp), 0);
	KUNIT_EXPECT_EQ(test, gfp, 0);
}

/* Z3: of the sixteen combinations of zone bits, eight. */
static void bad_zone_bits_are_refused(struct kunit *test)
{
	unsigned int bits, refused = 0;
	char text[8];
	gfp_t gfp;

	for (bits = 0; bits <= GFP_ZONEMASK; bits++) {
		int error;

		snprintf(text, sizeof(text), "0x%x", bits);
		error = parse_text(test, text, &gfp);
		KUNIT_EXPECT_EQ_MSG(test, !error, mm_highest_zone(bits) >= 0, "bits %#x", bits);
		refused += error != 0;
	}
	KUNIT_EXPECT_EQ(test, refused, 8);
}

/* --- nonsense ------------------------------------------------------------------------------- */

static const char *const nonsense[] = {
	"zones all",
	"buddy 3",
	"meminfo --jason",
	"pagetypeinfo -1",
	"frag 99",
	"check everything",
	"handles #1",
	"alloc page",
	"alloc page 0",
	"alloc page -1 GFP_KERNEL",
	"alloc page 11 GFP_KERNEL",
	"alloc page 99 GFP_KERNEL",
	"alloc page 18446744073709551616 GFP_KERNEL",
	"alloc page two GFP_KERNEL",
	"alloc page 0 GFP_COLONEL",
	"alloc page 0 |",
	"alloc page 0 GFP_KERNEL|",
	"alloc page 0 |GFP_KERNEL",
	"alloc page 0 GFP_KERNEL||__GFP_ZERO",
	"alloc page 0 GFP_KERNEL |",
	"alloc page 0 0x200",
	"alloc page 0 0x100000cc0",
	"alloc page 0 0xffffffffffffffffff",
	"alloc page 0 3264",
	"alloc page 0 GFP_DMA|__GFP_HIGHMEM",
	"alloc page 0 GFP_KERNEL|__GFP_MOVABLE|__GFP_RECLAIMABLE",
	"free",
	"free 1 2 3",
	"free #",
	"free #0",
	"free -1",
	"free 4000000000",
	"free 0xffffffffffffffff",
	"free everything",
	"fill",
	"fill 3",
	"fill GFP_KERNEL 11",
	"fill GFP_KERNEL 99999999999999999999",
	"fill on",
	"page",
	"page 1 2",
	"page -1",
	"page pfn:",
	"page pfn:-1",
	"page what:1",
	"page 4294967295",
	"page 0xffffffffffffffff",
	"page 99999999999999999999",
	"page 0xffffffff",
	"page virt:0",
	"page c0100",
	"page virt:0x1000000000",
	"page page:0",
	"page page:0xffffffffffffffff",
	"page phys:16777216T",
	"map -1",
	"map 0 0",
	"map 0 3",
	"map 0 131072",
	"map 0 -4",
	"map 0 1 1",
	"map 18446744073709551615",
};

static void nonsense_gets_a_sentence(struct kunit *test)
{
	expect_sentences(test, nonsense, ARRAY_SIZE(nonsense));
}

static int monitor_test_init(struct kunit *test)
{
	skip_if_handles_are_in_use(test);
	return mm_test_init(test);
}

// clang-format off
static struct kunit_case cases[] = {
	KUNIT_CASE(zones_shows_the_counters),
	KUNIT_CASE(zones_bar_says_where_free_memory_is),
	KUNIT_CASE(buddy_is_verified),
	KUNIT_CASE(buddy_tells_types_and_cpus),
	KUNIT_CASE(buddy_sees_a_wrong_counter),
	KUNIT_CASE_SLOW(check_sees_a_wrong_counter),
	KUNIT_CASE(pagetypeinfo_counts_pageblocks),
	KUNIT_CASE(meminfo_adds_up),
	KUNIT_CASE_SLOW(frag_tells_pieces_from_lack),
	KUNIT_CASE(alloc_page_takes_and_free_gives_back),
	KUNIT_CASE(alloc_page_obeys_the_zone_flags),
	KUNIT_CASE(alloc_page_with_all_flags),
	KUNIT_CASE(free_twice_is_told_from_a_wrong_handle),
	KUNIT_CASE(handles_lists_what_is_held),
	KUNIT_CASE_SLOW(handles_run_out_with_a_sentence),
	KUNIT_CASE_SLOW(fill_stops_at_the_floor_of_its_flags),
	KUNIT_CASE(a_refusal_is_explained),
	KUNIT_CASE(page_understands_every_kind_of_number),
	KUNIT_CASE(page_says_who_has_it),
	KUNIT_CASE(page_says_what_is_reserved),
	KUNIT_CASE(map_shows_pages),
	KUNIT_CASE_SLOW(map_cells_add_up),
	KUNIT_CASE(map_of_everything),
	KUNIT_CASE(every_flag_has_its_name),
	KUNIT_CASE(bad_zone_bits_are_refused),
	KUNIT_CASE(nonsense_gets_a_sentence),
	{},
};
// clang-format on

static struct kunit_suite suite = {
	.name = "mm_monitor",
	.init = monitor_test_init,
	.exit = mm_test_exit,
	.test_cases = cases,
};
kunit_test_suite(suite);
