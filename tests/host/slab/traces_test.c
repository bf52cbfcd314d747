// SPDX-License-Identifier: MIT
/* The traces of a directory, replayed. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "../../mm/trace_replay.h"
#include "../e820/host.h"
#include "machine.h"
#include "tests.h"

static unsigned int nr_traces;

void replay_trace(const char *name, const unsigned char *text, unsigned long size)
{
	struct trace_result result;
	bool sound;

	if (size && strcmp(name + max_t(size_t, strlen(name), 6) - 6, ".trace"))
		return;
	nr_traces++;
	sound = trace_replay((const char *)text, size, &result);
	if (result.error)
		host_note("line %lu: %s", result.line, result.error);
	host_result(
		sound && !result.live && slab_machine_settle() == pages_at_boot &&
			slab_machine_check(),
		"trace %s: %lu operations, at most %lu blocks, %lu bytes, %lu pages; %lu refused",
		name, result.operations, result.most_live, result.most_bytes, result.most_pages,
		result.refused);
}

void test_traces(const char *directory)
{
	host_for_each_file(directory, replay_trace);
	host_result(nr_traces >= 3, "traces: %u", nr_traces);
}
