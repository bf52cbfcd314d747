// SPDX-License-Identifier: MIT
/*
 * Random operations, each followed by the model: which frames are whose, whether the zone is
 * the right one and may give, what a new page looks like, all counts; now and then the
 * invariants and the set of free blocks.
 */
#include <linux/kernel.h>

#include "../e820/host.h"
#include "operations.h"
#include "tests.h"

#define PHASE 4096UL /* operations between two looks at everything */

/* Memory fills up, is emptied, and everything between; in percent. */
static const unsigned int targets[] = { 100, 30, 60, 0, 90, 20, 0, 75, 10 };

static const struct {
	const struct machine *machine;
	unsigned long operations;
	const char *command_line;
	bool interrupts;
} runs[] = {
	{ &machine_64m, 1000000, "" },
	{ &machine_64m, 100000, "min_free_kbytes=8192" },
	{ &machine_240m, 100000, "min_free_kbytes=65536" }, /* a large reserve: HIGHATOMIC */
	{ &machine_64m, 200000, "", true },
	{ &machine_64m, 100000, "page_owner=on" },
	{ &machine_16m, 50000, "init_on_free=1 init_on_alloc=1" },
	{ &machine_16m, 50000, "page_poison=1 page_owner=on" },
	{ &machine_16_pages, 50000, "" },
};

static void look_at_everything(void)
{
	model_expect(machine_check(), "the checkers found something");
	if (choose(2))
		return;
	drain_all_pages(NULL);
	model_check_free_blocks();
}

void test_model(void)
{
	unsigned int run;

	for (run = 0; run < ARRAY_SIZE(runs); run++) {
		unsigned long done;

		machine_boot(runs[run].machine, runs[run].command_line);
		operations_from_seed(SEED + run);
		for (done = 0; done < runs[run].operations && !model_failed; done++) {
			operations_interrupted(runs[run].interrupts);
			operation(targets[done / PHASE % ARRAY_SIZE(targets)]);
			operations_interrupted(false);
			if (done % PHASE == 0)
				look_at_everything();
		}
		operations_end();
		host_result(!model_failed, "model: %lu operations%s, %s %s", done,
			    runs[run].interrupts ? ", interrupted" : "", runs[run].machine->name,
			    runs[run].command_line);
	}
}
