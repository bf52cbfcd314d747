// SPDX-License-Identifier: MIT
/*
 * All tests of what the loader hands over: main [CORPUS_DIRECTORY]
 *
 * One TAP line a test; the exit status is 0 if the run came to its end, whatever its verdict
 * (the Makefile counts the lines, and a run that was killed as a failure).
 */
#include <linux/kernel.h>

#include "host.h"
#include "tests.h"

#define GENERATED_MAPS 1000000
#define SEED	       0x6d656d6b65726e21ULL

static void replay(const char *name, const unsigned char *data, unsigned long size)
{
	LLVMFuzzerTestOneInput(data, size);
	host_result(1, "corpus: %s", name);
}

int main(int argc, char **argv)
{
	test_maps();
	test_boot();
	test_multiboot();
	host_result(model_check_generated(GENERATED_MAPS, SEED), "model: %d generated maps",
		    GENERATED_MAPS);
	if (argc > 1)
		host_result(host_for_each_file(argv[1], replay) > 0, "corpus: is not empty");
	return 0;
}
