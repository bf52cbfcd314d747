// SPDX-License-Identifier: MIT
/* Choices: see choices.h. */
#include <linux/prandom.h>

#include "choices.h"

static struct {
	bool from_bytes;
	const u8 *next;
	unsigned long left;
	struct rnd_state random;
} choices;

void choices_from_seed(u64 seed)
{
	choices.from_bytes = false;
	prandom_seed_state(&choices.random, seed);
}

void choices_from_bytes(const u8 *bytes, unsigned long size)
{
	choices.from_bytes = true;
	choices.next = bytes;
	choices.left = size;
}

static u8 next_byte(void)
{
	if (!choices.left)
		return 0;
	choices.left--;
	return *choices.next++;
}

bool choices_left(void)
{
	return !choices.from_bytes || choices.left;
}

unsigned int choose(unsigned int limit)
{
	unsigned int number;

	if (!choices.from_bytes)
		return ((u64)prandom_u32_state(&choices.random) * limit) >> 32;
	number = next_byte();
	if (limit > 256)
		number = number << 8 | next_byte();
	return number % limit;
}
