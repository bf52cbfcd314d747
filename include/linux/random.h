/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_RANDOM_H
#define _LINUX_RANDOM_H

#include <linux/limits.h>
#include <linux/prandom.h>
#include <linux/types.h>

/*
 * Random numbers that differ from boot to boot, for spreading and for tests; an
 * attacker may guess them. Any context, any CPU, no locks.
 */
u64 get_random_u64(void);
void get_random_bytes(void *buf, size_t len);

static inline u32 get_random_u32(void)
{
	return (u32)get_random_u64();
}

static inline u16 get_random_u16(void)
{
	return (u16)get_random_u64();
}

static inline u8 get_random_u8(void)
{
	return (u8)get_random_u64();
}

static inline unsigned long get_random_long(void)
{
	return (unsigned long)get_random_u64();
}

/* Evenly from 0 to ceil - 1; ceil 0 gives any number. */
u32 get_random_u32_below(u32 ceil);
#define prandom_u32_max(ceil) get_random_u32_below(ceil)

/* Evenly from floor + 1 to U32_MAX; floor < U32_MAX. */
static inline u32 get_random_u32_above(u32 floor)
{
	return floor + 1 + get_random_u32_below(U32_MAX - floor);
}

/* Evenly from floor to ceil, both included; floor <= ceil. */
static inline u32 get_random_u32_inclusive(u32 floor, u32 ceil)
{
	return floor + get_random_u32_below(ceil - floor + 1);
}

/* Makes what follows depend on the buffer too: a clock, an address, a serial number. */
void add_device_randomness(const void *buf, size_t len);

#endif
