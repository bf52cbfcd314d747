// SPDX-License-Identifier: MIT
/*
 * The fuzzer's entry: bytes as a sequence of operations of tests/mm/slab_model.h.
 *
 * The first byte says how the model's caches are watched, and whether memory is scarce; each operation then takes the bytes that it wants.
 */
#include <linux/kernel.h>

#include "../../mm/slab_model.h"
#include "../e820/host.h"
#include "machine.h"
#include "tests.h"

#define require(condition)                \
	do {                              \
		if (!(condition))         \
			__builtin_trap(); \
	} while (0)

static const slab_flags_t watched[] = {
	0,
	SLAB_CONSISTENCY_CHECKS,
	SLAB_RED_ZONE,
	SLAB_POISON,
	SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER,
};

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct slab_model_config config = { .blocks = 128, .bytes = 4 << 20, .largest = 40000 };
	struct slab_choices choices;

	if (!pages_at_boot)
		slab_machine_boot("");
	if (!size)
		return 0;
	config.flags = watched[data[0] % ARRAY_SIZE(watched)];
	if (data[0] & 0x80)
		slab_machine_leave(300);
	require(slab_model_begin(&config));
	slab_choices_from_bytes(&choices, data + 1, size - 1);
	while (slab_choices_left(&choices))
		require(!slab_model_operation(&choices));
	require(!slab_model_end());
	slab_machine_give_back();
	require(!reports.total);
	require(slab_machine_settle() == pages_at_boot);
	require(slab_machine_check());
	return 0;
}
