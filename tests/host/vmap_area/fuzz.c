// SPDX-License-Identifier: MIT
/*
 * The fuzzer's entry: bytes as a sequence of operations. The first byte chooses the window (bits 0
 * and 1), and whether objects are refused (bit 2); the second how many areas are in use.
 */
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/pgtable.h>

#include "../page_alloc/choices.h"
#include "operations.h"
#include "tests.h"

static const struct window windows[] = {
	{ "16 pages", 0xe0000000, 0xe0000000 + 16 * PAGE_SIZE, 1000 },
	{ "8 MiB", 0xe0100000, 0xe0900000, 100 },
	{ "across tables", 0xe01ff000, 0xe0801000, 1000 },
	{ "at the end", -5UL * PMD_SIZE, -PMD_SIZE - PAGE_SIZE, 500 },
};

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct plan plan = { .every = 1 };

	if (size < 2)
		return 0;
	plan.refusals = data[0] & 4;
	plan.areas = data[1];
	choices_from_bytes(data + 2, size - 2);
	operations_begin(&windows[data[0] % ARRAY_SIZE(windows)]);
	while (choices_left() && !operations_complaint)
		operation(&plan);
	operations_end();
	if (operations_complaint)
		panic("%s", operations_complaint);
	return 0;
}
