// SPDX-License-Identifier: MIT
/*
 * `alloc page`, `free`, `handles`: the page allocator by hand.
 *
 * What a person is given has a number, its handle. Numbers are never used again, so
 * that a handle given back twice is told from one that somebody else has now.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "../internal.h"
#include "monitor.h"

#define NR_HANDLES 1024

static struct handle {
	struct page *page; /* NULL: the entry is unused */
	unsigned int number, order;
	gfp_t gfp;
} handles[NR_HANDLES];

static unsigned int last_number;

/* The next entry in use after one, or after NULL the first; NULL at the end. */
static struct handle *next_handle(struct handle *handle)
{
	for (handle = handle ? handle + 1 : handles; handle < handles + NR_HANDLES; handle++)
		if (handle->page)
			return handle;
	return NULL;
}

static struct handle *unused_handle(void)
{
	struct handle *handle = handles;

	while (handle < handles + NR_HANDLES && handle->page)
		handle++;
	return handle < handles + NR_HANDLES ? handle : NULL;
}

unsigned int handle_of(const struct page *page, struct page **block, unsigned int *order)
{
	struct handle *handle;

	for (handle = next_handle(NULL); handle; handle = next_handle(handle)) {
		if (!is_in_block(page, handle->page, handle->order))
			continue;
		*block = handle->page;
		*order = handle->order;
		return handle->number;
	}
	return 0;
}

static void print_handle(const struct handle *handle)
{
	void *address = page_address(handle->page);

	mprintf("#%u: pfn %lu, phys 0x%llx, ", handle->number, page_to_pfn(handle->page),
		(u64)page_to_phys(handle->page));
	if (address)
		mprintf("virt 0x%lx, ", (unsigned long)address);
	else
		mprintf("no address: highmem, ");
	mprintf("zone %s, order %u (%lu page%s, %s), ", page_zone(handle->page)->name,
		handle->order, COUNTED(1UL << handle->order), PAGES_TEXT(1UL << handle->order));
	mprintf("%pGg\n", &handle->gfp);
}

static int cmd_alloc_page(int argc, char **argv)
{
	struct handle *handle = unused_handle();
	unsigned int order;
	gfp_t gfp;

	if (argc < 3)
		return monitor_usage(argv[0]);
	if (parse_order(argv[1], &order) || parse_gfp(argc - 2, argv + 2, &gfp))
		return -EINVAL;
	if (!handle) {
		mprintf("all %d handles are in use: free some first ('handles' shows them)\n",
			NR_HANDLES);
		return -ENOSPC;
	}
	handle->page = monitor_alloc(gfp, order);
	if (!handle->page) {
		mprintf("refused: order %u, %pGg\n", order, &gfp);
		explain_refusal(gfp, order);
		return -ENOMEM;
	}
	handle->number = ++last_number;
	handle->order = order;
	handle->gfp = gfp;
	print_handle(handle);
	return 0;
}

static void complete_alloc_page(struct monitor_completion *completion, int argc, char **argv)
{
	if (argc >= 2)
		offer_gfp(completion);
}

MONITOR_COMMAND_COMPLETE("alloc page", "ORDER GFP...", "take 2^ORDER pages", cmd_alloc_page,
			 complete_alloc_page);

static void free_handle(struct handle *handle)
{
	__free_pages(handle->page, handle->order);
	handle->page = NULL;
}

static int free_everything(void)
{
	unsigned long nr = 0, pages = 0, filled = release_filled();
	struct handle *handle;

	for (handle = next_handle(NULL); handle; handle = next_handle(handle)) {
		nr++;
		pages += 1UL << handle->order;
		free_handle(handle);
	}
	mprintf("gave back %lu handle%s, %lu page%s, and %lu page%s that fill had taken\n",
		COUNTED(nr), COUNTED(pages), COUNTED(filled));
	return 0;
}

static int cmd_free(int argc, char **argv)
{
	struct handle *handle;
	unsigned long number;

	if (argc != 2)
		return monitor_usage(argv[0]);
	if (!strcmp(argv[1], "all"))
		return free_everything();
	if (monitor_parse_ulong(argv[1] + (argv[1][0] == '#'), &number))
		return -EINVAL;
	for (handle = next_handle(NULL); handle; handle = next_handle(handle)) {
		if (handle->number != number)
			continue;
		mprintf("#%lu: gave back %lu page%s from pfn %lu on\n", number,
			COUNTED(1UL << handle->order), page_to_pfn(handle->page));
		free_handle(handle);
		return 0;
	}
	if (!number || number > last_number)
		mprintf("there is no handle #%lu; given so far: %u\n", number, last_number);
	else
		mprintf("#%lu was given back before\n", number);
	return -ENOENT;
}

MONITOR_COMMAND("free", "HANDLE|all", "give pages back", cmd_free);

static void json_handle(const struct handle *handle)
{
	char gfp[MONITOR_LINE_MAX - 2];

	snprintf(gfp, sizeof(gfp), "%pGg", &handle->gfp);
	json_begin();
	json_number("handle", handle->number);
	json_number("pfn", page_to_pfn(handle->page));
	json_number("phys_address", page_to_phys(handle->page));
	json_number("virt_address", (unsigned long)page_address(handle->page));
	json_text("zone", page_zone(handle->page)->name);
	json_number("order", handle->order);
	json_text("gfp", gfp);
	json_end();
}

static int cmd_handles(int argc, char **argv)
{
	unsigned long nr = 0, pages = 0;
	struct handle *handle;
	bool json;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	for (handle = next_handle(NULL); handle; handle = next_handle(handle)) {
		nr++;
		pages += 1UL << handle->order;
		(json ? json_handle : print_handle)(handle);
	}
	if (!json)
		mprintf("%lu handle%s, %lu page%s, %s\n", COUNTED(nr), COUNTED(pages),
			PAGES_TEXT(pages));
	if (!json && filled_pages)
		mprintf("and fill holds %lu pages, %s\n", filled_pages, PAGES_TEXT(filled_pages));
	return 0;
}

MONITOR_COMMAND("handles", "[--json]", "what `alloc page` gave and `free` has not taken",
		cmd_handles);
