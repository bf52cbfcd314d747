// SPDX-License-Identifier: MIT
/*
 * The fuzzer's entry: bytes as a sequence of operations on a small machine.
 *
 * The first byte is the machine's debug flags (bits 0 to 3) and whether interrupts come
 * (bit 4); the second one says how many percent of the pages are in use. Each operation then takes
 * the bytes that it wants.
 */
#include <linux/kernel.h>

#include "operations.h"
#include "tests.h"

#define DEBUG_FLAGS \
	(MM_DEBUG_INIT_ON_ALLOC | MM_DEBUG_INIT_ON_FREE | MM_DEBUG_POISON | MM_DEBUG_PAGE_OWNER)

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	unsigned int target;

	if (size < 2)
		return 0;
	machine_boot(data[0] & 0x20 ? &machine_16_pages : &machine_16m, data[0] & DEBUG_FLAGS);
	operations_from_bytes(data + 2, size - 2);
	operations_interrupted(data[0] & 0x10);
	target = data[1] % 101;
	while (choices_left() && !model_failed)
		operation(target);
	model_expect(machine_check(), "the checkers found something");
	operations_end();
	if (model_failed)
		__builtin_trap();
	return 0;
}
