// SPDX-License-Identifier: MIT
/*
 * `vmstat`: what memory management has done since boot; `vmstat 1`: what it does each second, under
 * the heads that Linux's tool has, as far as they mean something here, and then what reclaim does.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/vmstat.h>
#include <memkern/console.h>
#include <memkern/cpu_totals.h>

#include "../slab.h"
#include "monitor.h"

#define LINES_A_HEAD 20
#define LINE_WIDTH   79

/* --- since boot --------------------------------------------------------------------------------- */

/* Each is read alone: a line that is zero is left out. */
static const char *const meaning[NR_VM_EVENT_ITEMS] = {
	[PGPGIN] = "sectors read into the page cache",
	[PGPGOUT] = "sectors written from the page cache",
	[PGALLOC_DMA... PGALLOC_HIGH] = "pages that left the zone's free areas",
	[ALLOCSTALL_DMA... ALLOCSTALL_HIGH] = "requests for the zone that had to reclaim",
	[PGFREE] = "pages that came to the free areas",
	[PGACTIVATE] = "cache pages used again: to the active list",
	[PGDEACTIVATE] = "cache pages that went back to the inactive list",
	[PGROTATED] = "cache pages written by reclaim: the next to go",
	[PGSCAN_KSWAPD] = "cache pages that kswapd looked at",
	[PGSCAN_DIRECT] = "cache pages looked at by who needed memory",
	[PGSTEAL_KSWAPD] = "cache pages that kswapd freed",
	[PGSTEAL_DIRECT] = "cache pages freed by who needed memory",
	[SLABS_SCANNED] = "objects that shrinkers looked at",
	[PAGEOUTRUN] = "times that kswapd was woken and went to work",
	[DROP_PAGECACHE] = "times that 'drop' dropped the page cache",
	[DROP_SLAB] = "times that 'drop' dropped what shrinkers can spare",
	[OOM_KILL] = "victims",
	[PGMIGRATE_SUCCESS] = "pages moved elsewhere",
	[PGMIGRATE_FAIL] = "pages that could not be moved",
	[COMPACTMIGRATE_SCANNED] = "pages looked at by compaction, for some to move",
	[COMPACTFREE_SCANNED] = "pages looked at by compaction, for free ones",
	[COMPACTISOLATED] = "pages that compaction took, to move them",
	[COMPACTSTALL] = "requests that compacted",
	[COMPACTFAIL] = "requests that compacted in vain",
	[COMPACTSUCCESS] = "requests that compacted and got their block",
};

static const struct {
	enum node_stat_item item;
	const char *name, *meaning;
} states[] = {
	{ NR_FILE_PAGES, "nr_file_pages", "pages in the page cache" },
	{ NR_FILE_DIRTY, "nr_dirty", "cache pages newer than the disk" },
	{ NR_WRITEBACK, "nr_writeback", "cache pages on their way to the disk" },
	{ NR_VMSCAN_WRITE, "nr_vmscan_write", "pages written by reclaim" },
};

/* What never happened is named at the end. */
static void print_never(const unsigned long *counts)
{
	unsigned int i, column = 6;

	mprintf("never:");
	for (i = 0; i < NR_VM_EVENT_ITEMS; i++) {
		unsigned int width = strlen(vm_event_name[i]) + 1;

		if (counts[i])
			continue;
		if (column + width > LINE_WIDTH) {
			mprintf("\n      ");
			column = 6;
		}
		mprintf(" %s", vm_event_name[i]);
		column += width;
	}
	mprintf("\n");
}

static void print_line(const char *name, unsigned long value, const char *text)
{
	mprintf("%-22s %10lu%s%s\n", name, value, text ? "  " : "", text ?: "");
}

static void print_counts(const unsigned long *counts)
{
	unsigned int i;

	print_line("nr_free_pages", nr_free_pages(), "pages in the free areas");
	for (i = 0; i < ARRAY_SIZE(states); i++)
		print_line(states[i].name, global_node_page_state(states[i].item),
			   states[i].meaning);
	for (i = 0; i < NR_VM_EVENT_ITEMS; i++)
		if (counts[i])
			print_line(vm_event_name[i], counts[i], meaning[i]);
	print_never(counts);
}

static void json_counts(const unsigned long *counts)
{
	unsigned int i;

	json_begin();
	json_number("nr_free_pages", nr_free_pages());
	for (i = 0; i < ARRAY_SIZE(states); i++)
		json_number(states[i].name, global_node_page_state(states[i].item));
	for (i = 0; i < NR_VM_EVENT_ITEMS; i++)
		json_number(vm_event_name[i], counts[i]);
	json_end();
}

/* --- each second ---------------------------------------------------------------------------------- */

struct sample {
	unsigned long events[NR_VM_EVENT_ITEMS];
	struct cpu_totals cpu;
	unsigned long jiffies;
};

static void take_sample(struct sample *sample)
{
	all_vm_events(sample->events);
	get_cpu_totals(&sample->cpu);
	sample->jiffies = jiffies;
}

/* The change of a sum over the items from `item` to `last`, a second. */
static unsigned long rate(const struct sample *old, const struct sample *new,
			  enum vm_event_item item, enum vm_event_item last)
{
	unsigned long ticks = max(new->jiffies - old->jiffies, 1UL);
	u64 sum = 0;

	for (; item <= last; item++)
		sum += (unsigned long)(new->events[item] - old->events[item]);
	return div_u64(sum * HZ, ticks);
}

/* Pages of caches whose objects can be dropped on request. */
static unsigned long reclaimable_slab_pages(void)
{
	struct kmem_cache *cache;
	unsigned long pages = 0;

	mutex_lock(&slab_mutex);
	list_for_each_entry(cache, &slab_caches, list)
		if (cache->flags & SLAB_RECLAIM_ACCOUNT)
			pages += READ_ONCE(cache->node.nr_slabs) << cache->shape.order;
	mutex_unlock(&slab_mutex);
	return pages;
}

static unsigned long kib(unsigned long pages)
{
	return pages << (PAGE_SHIFT - 10);
}

static void print_head(void)
{
	mprintf("procs --------memory-------- ----io---- --system-- --cpu- "
		"--------reclaim--------\n"
		" r  b    free   buff  cache    bi    bo   in    cs sy  id alloc stall  scan "
		"steal\n");
}

static void print_sample(const struct sample *old, const struct sample *new)
{
	u64 up = max(new->cpu.up_ns - old->cpu.up_ns, 1ULL);
	unsigned int idle = min(div64_u64((new->cpu.idle_ns - old->cpu.idle_ns) * 100, up), 100ULL);
	unsigned long ticks = max(new->jiffies - old->jiffies, 1UL);

	mprintf("%2u %2u %7lu %6lu %6lu %5lu %5lu", new->cpu.runnable, new->cpu.blocked,
		kib(nr_free_pages()), kib(global_node_page_state(NR_FILE_PAGES)),
		kib(reclaimable_slab_pages()), rate(old, new, PGPGIN, PGPGIN) / 2,
		rate(old, new, PGPGOUT, PGPGOUT) / 2);
	mprintf(" %4llu %5llu %2u %3u",
		div_u64((new->cpu.interrupts - old->cpu.interrupts) * HZ, ticks),
		div_u64((new->cpu.switches - old->cpu.switches) * HZ, ticks), 100 - idle, idle);
	mprintf(" %5lu %5lu %5lu %5lu\n", rate(old, new, PGALLOC_DMA, PGALLOC_HIGH),
		rate(old, new, ALLOCSTALL_DMA, ALLOCSTALL_HIGH),
		rate(old, new, PGSCAN_KSWAPD, PGSCAN_DIRECT),
		rate(old, new, PGSTEAL_KSWAPD, PGSTEAL_DIRECT));
}

/* The first line is the mean since boot, as Linux has it. */
static void watch(unsigned long seconds, unsigned long lines)
{
	static struct sample samples[2];
	unsigned long line;

	memset(&samples[1], 0, sizeof(samples[1]));
	samples[1].jiffies = INITIAL_JIFFIES;
	for (line = 0; line < lines; line++) {
		struct sample *new = &samples[line % 2], *old = &samples[1 - line % 2];

		if (line % LINES_A_HEAD == 0)
			print_head();
		take_sample(new);
		print_sample(old, new);
		if (line + 1 < lines && console_wait_char_timeout(seconds * HZ) >= 0)
			return;
	}
}

static int cmd_vmstat(int argc, char **argv)
{
	unsigned long counts[NR_VM_EVENT_ITEMS], seconds, lines = ULONG_MAX;
	bool json = take_json(&argc, argv);

	if (argc > 3 || (json && argc > 1))
		return monitor_usage(argv[0]);
	if (argc == 1) {
		all_vm_events(counts);
		if (json)
			json_counts(counts);
		else
			print_counts(counts);
		return 0;
	}
	if (monitor_parse_ulong(argv[1], &seconds) ||
	    (argc == 3 && monitor_parse_ulong(argv[2], &lines)))
		return -EINVAL;
	if (!seconds || seconds > 3600 || !lines) {
		mprintf("every 1 to 3600 seconds a line, 1 or more of them\n");
		return -ERANGE;
	}
	watch(seconds, lines);
	return 0;
}

MONITOR_COMMAND("vmstat", "[SECONDS [LINES]]|--json",
		"what was allocated, reclaimed, written; or a line each so often, until a key",
		cmd_vmstat);
