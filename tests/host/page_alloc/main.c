// SPDX-License-Identifier: MIT
/*
 * All tests of the page allocator on the host: main [CORPUS_DIRECTORY]
 *
 * One TAP line a test; the exit status is 0 if the run came to its end, whatever its verdict
 * (the Makefile counts the lines, and a run that was killed as a failure).
 */
#include <linux/kernel.h>

#include "../e820/host.h"
#include "tests.h"

static void replay(const char *name, const unsigned char *data, unsigned long size)
{
	LLVMFuzzerTestOneInput(data, size);
	host_result(1, "corpus: %s", name);
}

int main(int argc, char **argv)
{
	test_model();
	test_cycles();
	test_all_states();
	if (argc > 1)
		host_result(host_for_each_file(argv[1], replay) > 0, "corpus: is not empty");
	/* The last: it fills page owner's table of call traces. */
	test_reports();
	return 0;
}
