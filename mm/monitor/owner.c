// SPDX-License-Identifier: MIT
/* `owner`: who holds how many pages, grouped by call trace; needs page_owner=on. */
#include <linux/kernel.h>

#include "../internal.h"
#include "monitor.h"

#define SHOWN 10UL

/* The largest owner that was not shown yet: the last one shown was trace *last. */
static const struct owner_trace *next_largest(const struct owner_trace *last)
{
	const struct owner_trace *trace, *best = NULL;
	unsigned int i;

	for (i = 0; (trace = page_owner_trace(i)); i++) {
		bool shown = last && (trace->pages > last->pages ||
				      (trace->pages == last->pages && trace <= last));

		if (trace->pages && !shown && (!best || trace->pages > best->pages))
			best = trace;
	}
	return best;
}

static void print_trace(const struct owner_trace *trace)
{
	mprintf("%8lu page%s in %lu block%s:", COUNTED(trace->pages), COUNTED(trace->blocks));
	print_callers(trace->entries, trace->nr_entries,
		      " call traces for which the table had no room");
}

static void json_trace(const struct owner_trace *trace)
{
	json_begin();
	json_number("pages", trace->pages);
	json_number("blocks", trace->blocks);
	json_callers(trace->entries, trace->nr_entries);
	json_end();
}

static int cmd_owner(int argc, char **argv)
{
	bool json = take_json(&argc, argv);
	const struct owner_trace *trace;
	unsigned long left = SHOWN;

	if (argc > 2)
		return monitor_usage(argv[0]);
	if (argc == 2 && monitor_parse_ulong(argv[1], &left))
		return -EINVAL;
	if (!page_owner_trace(0)) {
		mprintf("page owner is off: boot with page_owner=on\n");
		return -ENODATA;
	}
	trace = next_largest(NULL);
	if (!trace && !json)
		mprintf("nobody has allocated a page\n");
	for (; trace && left--; trace = next_largest(trace))
		(json ? json_trace : print_trace)(trace);
	return 0;
}

MONITOR_COMMAND("owner", "[HOW-MANY] [--json]", "who holds how many pages, the largest first",
		cmd_owner);
