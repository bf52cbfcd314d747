// SPDX-License-Identifier: MIT
/*
 * `fill`: takes memory until a request is refused, says why it was, and what was reclaimed till then.
 *
 * The blocks are chained through the lru of their first pages, which keep their order
 * in page->private: both belong to whoever has the page. So nothing else is needed
 * to remember any number of them.
 */
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/sched/clock.h>
#include <linux/string.h>
#include <linux/vmstat.h>

#include "../internal.h"
#include "monitor.h"

#define PROGRESS_PAGES 65536UL	     /* how often the clock is looked at */
#define PROGRESS_NS    2000000000ULL /* how often the person hears of it */

static LIST_HEAD(filled);

unsigned long filled_pages;

struct page *filled_block_of(const struct page *page, unsigned int *order)
{
	struct page *block;

	list_for_each_entry(block, &filled, lru) {
		*order = page_private(block);
		if (is_in_block(page, block, *order))
			return block;
	}
	return NULL;
}

unsigned long release_filled(void)
{
	struct page *block, *next;
	unsigned long pages = filled_pages;

	list_for_each_entry_safe(block, next, &filled, lru) {
		unsigned int order = page_private(block);

		list_del(&block->lru);
		set_page_private(block, 0);
		__free_pages(block, order);
	}
	filled_pages = 0;
	return pages;
}

static void show_progress(unsigned long pages, u64 *last)
{
	u64 now = sched_clock();

	if (*last && now - *last < PROGRESS_NS)
		return;
	if (*last)
		mprintf("  %s so far\n", PAGES_TEXT(pages));
	*last = now;
}

/* Returns the number of blocks; pages[] by zone. */
static unsigned long take_all(gfp_t gfp, unsigned int order, unsigned long *pages)
{
	unsigned long blocks = 0;
	u64 last = 0;

	for (;;) {
		struct page *page = monitor_alloc(gfp, order);

		if (!page)
			return blocks;
		set_page_private(page, order);
		list_add(&page->lru, &filled);
		pages[page_zonenum(page)] += 1UL << order;
		filled_pages += 1UL << order;
		if (!(++blocks << order & (PROGRESS_PAGES - 1)))
			show_progress(blocks << order, &last);
	}
}

static struct effort {
	unsigned long events[NR_VM_EVENT_ITEMS], written;
} before, after;

static void note_effort(struct effort *effort)
{
	all_vm_events(effort->events);
	effort->written = global_node_page_state(NR_VMSCAN_WRITE);
}

static unsigned long more(enum vm_event_item item)
{
	return after.events[item] - before.events[item];
}

/* What it took to serve the requests, if more than taking what was free. */
static void print_effort(void)
{
	unsigned long direct = more(PGSTEAL_DIRECT), kswapd = more(PGSTEAL_KSWAPD);
	unsigned long written = after.written - before.written, stalls = 0;
	int i;

	for (i = ALLOCSTALL_DMA; i <= ALLOCSTALL_HIGH; i++)
		stalls += more(i);
	if (direct + kswapd + written + more(SLABS_SCANNED))
		mprintf("meanwhile %lu requests reclaimed; cache pages freed by them %lu, by "
			"kswapd "
			"%lu; written %lu\n",
			stalls, direct, kswapd, written);
}

static int fill(gfp_t gfp, unsigned int order)
{
	unsigned long pages[MAX_NR_ZONES] = { 0 }, blocks;
	int i;

	note_effort(&before);
	blocks = take_all(gfp, order, pages);
	note_effort(&after);
	mprintf("took %lu block%s of order %u, %s\n", COUNTED(blocks), order,
		PAGES_TEXT(blocks << order));
	for (i = MAX_NR_ZONES - 1; i >= 0; i--)
		if (pages[i])
			mprintf("  %-8s %lu page%s\n", contig_page_data.node_zones[i].name,
				COUNTED(pages[i]));
	print_effort();
	mprintf("then %pGg was refused:\n", &gfp);
	explain_refusal(gfp, order);
	mprintf("'fill off' gives the memory back\n");
	return 0;
}

/* The last word is the order if it is a decimal number. */
static int cmd_fill(int argc, char **argv)
{
	unsigned int order = 0;
	unsigned long pages;
	gfp_t gfp;

	if (argc < 2)
		return monitor_usage(argv[0]);
	if (argc == 2 && !strcmp(argv[1], "off")) {
		pages = release_filled();
		mprintf("gave back %lu page%s\n", COUNTED(pages));
		return 0;
	}
	if (argc > 2 && !argv[argc - 1][strspn(argv[argc - 1], "0123456789")]) {
		if (parse_order(argv[argc - 1], &order))
			return -EINVAL;
		argc--;
	}
	if (parse_gfp(argc - 1, argv + 1, &gfp))
		return -EINVAL;
	return fill(gfp, order);
}

static void complete_fill(struct monitor_completion *completion, int argc, char **argv)
{
	if (argc == 1)
		monitor_offer(completion, "off");
	offer_gfp(completion);
}

MONITOR_COMMAND_COMPLETE("fill", "GFP... [ORDER]|off", "take memory until refused, and say why",
			 cmd_fill, complete_fill);
