// SPDX-License-Identifier: MIT
/*
 * Random numbers.
 *
 * The kernel's own, get_random_*(): a mixing function spreads every bit of its input
 * over all of its output, so it may be fed a plain counter. Here it gets the counter
 * and a pool into which add_device_randomness() folds what may differ between two
 * boots, the time stamp first of all. One atomic increment is all that is shared: no
 * lock, any context. Good enough to spread and to test; not against an attacker.
 *
 * The caller's own, prandom_*(): xorshift128, four words of state and nothing else, so
 * that a seed gives the same sequence on every machine.
 */
#include <linux/atomic.h>
#include <linux/minmax.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/types.h>

#define GOLDEN_RATIO 0x9e3779b97f4a7c15ULL /* 2^64 / phi: successive multiples lie far apart */

static atomic_t draws = { 0 };
static u64 pool; /* unlocked: writers that race may lose one's contribution, no more */

/* The 64-bit finaliser of MurmurHash3, in Stafford's variant 13: a bijection. */
static u64 mix(u64 x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

u64 get_random_u64(void)
{
	u32 draw = atomic_inc_return(&draws);

	return mix(pool + draw * GOLDEN_RATIO);
}

void add_device_randomness(const void *buf, size_t len)
{
	const u8 *bytes = buf;

	for (size_t i = 0; i < len; i++)
		pool = mix(pool + bytes[i] + GOLDEN_RATIO);
}

void get_random_bytes(void *buf, size_t len)
{
	while (len) {
		u64 random = get_random_u64();
		size_t part = min(len, sizeof(random));

		memcpy(buf, &random, part);
		buf = (u8 *)buf + part;
		len -= part;
	}
}

/*
 * The high half of random * ceil is even but for the 2^32 % ceil values of the low half
 * that one result would get more of: those are drawn again.
 */
u32 get_random_u32_below(u32 ceil)
{
	u64 product;

	if (ceil == 0)
		return get_random_u32();
	do {
		product = (u64)get_random_u32() * ceil;
	} while (unlikely((u32)product < ceil) && (u32)product < -ceil % ceil);
	return product >> 32;
}

/* --- sequences by seed ----------------------------------------------------- */

void prandom_seed_state(struct rnd_state *state, u64 seed)
{
	u64 a = mix(seed + GOLDEN_RATIO), b = mix(seed + 2 * GOLDEN_RATIO);

	/* Never all zero, where the generator would stay: a and b differ. */
	*state = (struct rnd_state){ (u32)a, a >> 32, (u32)b, b >> 32 };
}

/* Marsaglia's xorshift of period 2^128 - 1. */
u32 prandom_u32_state(struct rnd_state *state)
{
	u32 t = state->s1 ^ (state->s1 << 11);

	state->s1 = state->s2;
	state->s2 = state->s3;
	state->s3 = state->s4;
	state->s4 ^= (state->s4 >> 19) ^ t ^ (t >> 8);
	return state->s4;
}

void prandom_bytes_state(struct rnd_state *state, void *buf, size_t len)
{
	while (len) {
		u32 random = prandom_u32_state(state);
		size_t part = min(len, sizeof(random));

		memcpy(buf, &random, part);
		buf = (u8 *)buf + part;
		len -= part;
	}
}
