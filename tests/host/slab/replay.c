// SPDX-License-Identifier: MIT
/*
 * Replays traces: replay FILE... The format is in tests/mm/trace_replay.h. A line a file; the
 * exit status is 0 if all were sound.
 */
#include <linux/kernel.h>

#include "../../mm/trace_replay.h"
#include "../e820/host.h"
#include "machine.h"

static bool all_sound = true;

static void replay(const char *name, const unsigned char *text, unsigned long size)
{
	struct trace_result result;
	bool sound = trace_replay((const char *)text, size, &result);

	all_sound &= sound;
	if (!sound)
		host_note("%s:%lu: %s", name, result.line, result.error);
	host_result(
		sound,
		"%s: %lu operations, %lu refused; at most %lu blocks, %lu bytes, %lu pages (%lu %%"
		" of them asked for); %lu blocks alive at the end",
		name, result.operations, result.refused, result.most_live, result.most_bytes,
		result.most_pages,
		result.most_pages ? result.most_bytes * 100 / (result.most_pages * PAGE_SIZE) : 0,
		result.live);
}

int main(int argc, char **argv)
{
	int i;

	slab_machine_boot("");
	for (i = 1; i < argc; i++) {
		if (!host_with_file(argv[i], replay)) {
			host_result(0, "%s: cannot be read", argv[i]);
			all_sound = false;
		}
	}
	return argc > 1 && all_sound ? 0 : 1;
}
