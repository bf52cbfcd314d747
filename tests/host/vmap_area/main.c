// SPDX-License-Identifier: MIT
/*
 * All tests of the vmalloc window's areas on the host: main [CORPUS_DIRECTORY]
 *
 * One TAP line a test; the exit status is 0 if the run came to its end, whatever its verdict.
 */
#include <linux/kernel.h>
#include <linux/pgtable.h>

#include "../e820/host.h"
#include "../page_alloc/choices.h"
#include "operations.h"
#include "tests.h"

#define SEED 0x6d656d6b65726e21ULL

static const struct run {
	struct window window;
	struct plan plan;
	unsigned long operations;
} runs[] = {
	{ { "16 pages", 0xe0000000, 0xe0010000, 1000 }, { 3, 1 }, 150000 },
	{ { "64 pages", 0xe01f0000, 0xe0230000, 1000 }, { 16, 1 }, 150000 },
	{ { "128 MiB", 0xf0000000, 0xf8000000, 1 << 17 }, { 150, 1 }, 50000 },
	{ { "128 MiB, little RAM", 0xf0000000, 0xf8000000, 700 }, { 40, 1 }, 60000 },
	{ { "odd ends", 0xe01ff000, 0xe1001000, 1 << 17 }, { 60, 1 }, 60000 },
	{ { "at the end", -9UL * PMD_SIZE, -PMD_SIZE - PAGE_SIZE, 1 << 17 }, { 60, 1 }, 60000 },
	{ { "refusals", 0xe0000000, 0xe2000000, 1 << 17 }, { 80, 1, true }, 60000 },
	{ { "many areas", 0xe0000000, 0xf0000000, 1 << 17 }, { 3000, 512 }, 40000 },
};

static void test_run(const struct run *run, u64 seed)
{
	unsigned long done;

	choices_from_seed(seed);
	operations_begin(&run->window);
	for (done = 0; done < run->operations && !operations_complaint; done++)
		operation(&run->plan);
	operations_end();
	if (operations_complaint)
		host_note("%s, after %lu operations", operations_complaint, done);
	host_result(!operations_complaint, "model: %lu operations, %s", run->operations,
		    run->window.name);
}

static void replay(const char *name, const unsigned char *data, unsigned long size)
{
	LLVMFuzzerTestOneInput(data, size);
	host_result(1, "corpus: %s", name);
}

int main(int argc, char **argv)
{
	unsigned int run;

	for (run = 0; run < ARRAY_SIZE(runs); run++)
		test_run(&runs[run], SEED + run);
	if (argc > 1)
		host_result(host_for_each_file(argv[1], replay) > 0, "corpus: is not empty");
	return 0;
}
