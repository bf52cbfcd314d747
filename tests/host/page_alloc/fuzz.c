// SPDX-License-Identifier: MIT
/*
 * The fuzzer's entry: bytes as a sequence of operations on a small machine.
 *
 * The first byte makes the command line (bits 0 to 3), and says whether interrupts come (bit
 * 4) and whether there are only 16 pages (bit 5); the second one says how many percent of the pages are in use. Each operation then takes
 * the bytes that it wants.
 */
#include <linux/kernel.h>
#include <linux/panic.h>

#include "operations.h"
#include "tests.h"

/* By the first byte's low bits */
static const char *const parameters[] = { "init_on_alloc=1 ", "init_on_free=1 ", "page_poison=1 ",
					  "page_owner=on " };

static const char *command_line(unsigned int bits)
{
	static char line[128];
	unsigned int i;
	int length = 0;

	line[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(parameters); i++)
		if (bits & (1U << i))
			length += scnprintf(line + length, sizeof(line) - length, "%s",
					    parameters[i]);
	return line;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	unsigned int target;

	if (size < 2)
		return 0;
	machine_boot(data[0] & 0x20 ? &machine_16_pages : &machine_16m, command_line(data[0]));
	operations_from_bytes(data + 2, size - 2);
	operations_interrupted(data[0] & 0x10);
	target = data[1] % 101;
	while (choices_left() && !model_failed)
		operation(target);
	model_expect(machine_check(), "the checkers found something");
	operations_end();
	if (model_failed)
		panic("%s", model_complaint);
	return 0;
}
