// SPDX-License-Identifier: MIT
/*
 * All tests of slab caches and kmalloc on the host: main COMMAND_LINE CORPUS TRACES
 *
 * One TAP line a test; the exit status is 0 if the run came to its end, whatever its verdict
 * (the Makefile counts the lines, and a run that was killed as a failure).
 */
#include <linux/kernel.h>

#include "../e820/host.h"
#include "machine.h"
#include "tests.h"

static void run_input(const char *name, const unsigned char *data, unsigned long size)
{
	LLVMFuzzerTestOneInput(data, size);
	host_result(1, "corpus: %s", name);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	slab_machine_boot(argv[1]);
	test_model();
	test_states();
	test_traces(argv[3]);
	host_result(host_for_each_file(argv[2], run_input) > 0, "corpus: is not empty");
	host_result(slab_machine_settle() == pages_at_boot, "all pages came back");
	return 0;
}
