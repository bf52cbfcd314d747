// SPDX-License-Identifier: MIT
/*
 * The timer wheel: pending timers, so that adding, removing and a tick each cost the same
 * however many there are.
 *
 * Nine levels of 64 buckets. A bucket of level n stands for 8^n jiffies, so that each
 * level reaches eight times as far as the one below, at an eighth of its precision. A
 * timer goes into the lowest level that reaches its delay, and stays in its bucket until
 * that expires: unlike in a clock with hands, nothing is ever moved down a level.
 *
 *	level  a bucket is  for delays of                 HZ 1000
 *	    0        1 ms       0 ms  to   62 ms
 *	    1        8 ms      63 ms  to  503 ms
 *	    2       64 ms     504 ms  to    4 s
 *	    3      512 ms       4 s   to   32 s
 *	    4        4 s       32 s   to    4 min
 *	    5       33 s        4 min to   34 min
 *	    6        4 min     34 min to    5 h
 *	    7       35 min      5 h   to   37 h
 *	    8        5 h       37 h   to   12 days
 *
 *	            looked at next (clk), in ms
 *	                v
 *	level 0  ..|62|63|64|65| ...	a bucket of level 0 is looked at every jiffy,
 *	level 1  ..|  56 |  64 |72|	one of level 1 when clk is a multiple of 8,
 *	level 2  ..|   0 |    64  |	one of level 2 when it is a multiple of 64, ...
 *
 * A bucket is named by the moment it expires, divided by its granularity, modulo 64. That
 * moment is the first multiple of the granularity behind the timer's own: a timer fires
 * late by 1 jiffy to one granularity, at most an eighth of its delay, and never early (the
 * jiffy in which it was started had partly gone). This is Linux's wheel since 4.8.
 *
 * Example: clk is 1000, a timer is to expire in 100 jiffies. 100 is at least 63 and below
 * 504: level 1. 1100 / 8 + 1 = 138, so bucket 138 % 64 = 10 of level 1, which expires
 * at 138 * 8 = 1104.
 *
 * A tick looks at nothing before next_expiry, which is found in the levels' 64-bit maps
 * whenever buckets were emptied: at most nine rotations. When clk gets there, it looks at
 * one bucket of level 0, and one of each level above as long as clk is on its granularity.
 *
 * Two special cases: a timer in the past goes into the bucket of clk itself, and a delay
 * that no level reaches (12 days) is cut to the longest.
 *
 * Invariants, checked by timer_wheel_check():
 *   I-timer-1  A bucket's bit in `occupied` is set if and only if it holds a timer.
 *   I-timer-2  Each timer in a bucket knows it (timer_bucket), and is linked right.
 *   I-timer-3  next_expiry is not behind the moment that any occupied bucket expires, and
 *              clk is not behind next_expiry.
 *
 * This is a pure data structure: no clock, no locks; kernel/timer.c gives it both.
 */
#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/timer.h>
#include "timekeeping.h"

/* A timer's flags have room for its bucket; its map is one word a level. */
static_assert(LVL_DEPTH * LVL_SIZE <= TIMER_ARRAYMASK >> TIMER_ARRAYSHIFT);
static_assert(LVL_SIZE == BITS_PER_TYPE(u64));

void timer_wheel_init(struct timer_wheel *wheel, unsigned long clk)
{
	memset(wheel, 0, sizeof(*wheel));
	wheel->clk = clk;
	wheel->next_expiry = clk + WHEEL_NEVER;
}

/*
 * The map of a level is a u64 to be searched, and the maps together a bitmap of all buckets to
 * be changed: the same bits, on a little-endian machine.
 */
static unsigned long *all_buckets(struct timer_wheel *wheel)
{
	return (unsigned long *)wheel->occupied;
}

/* The bucket of a level that expires first behind `expires`. */
static unsigned int choose_bucket(unsigned long expires, unsigned int level,
				  unsigned long *bucket_expires)
{
	unsigned long slot = (expires >> LVL_SHIFT(level)) + 1;

	*bucket_expires = slot << LVL_SHIFT(level);
	return level * LVL_SIZE + slot % LVL_SIZE;
}

static unsigned int find_bucket(const struct timer_wheel *wheel, unsigned long expires,
				unsigned long *bucket_expires)
{
	unsigned long delta = expires - wheel->clk;
	unsigned int level = 0;

	if ((long)delta < 0) {
		*bucket_expires = wheel->clk;
		return wheel->clk % LVL_SIZE;
	}
	if (delta >= WHEEL_TIMEOUT_CUTOFF)
		expires = wheel->clk + WHEEL_TIMEOUT_MAX;
	while (level < LVL_DEPTH - 1 && delta >= LVL_START(level + 1))
		level++;
	return choose_bucket(expires, level, bucket_expires);
}

unsigned long timer_wheel_add(struct timer_wheel *wheel, struct timer_list *timer)
{
	unsigned long bucket_expires;
	unsigned int index = find_bucket(wheel, timer->expires, &bucket_expires);

	hlist_add_head(&timer->entry, &wheel->bucket[index]);
	__set_bit(index, all_buckets(wheel));
	timer->flags = (timer->flags & ~TIMER_ARRAYMASK) | index << TIMER_ARRAYSHIFT;
	wheel->nr++;
	if (time_before(bucket_expires, wheel->next_expiry))
		wheel->next_expiry = bucket_expires;
	return bucket_expires;
}

/*
 * The last one in its bucket clears its bit; one in a collected list is not in its bucket. The
 * wheel may then look too early, which harms nobody.
 */
void timer_wheel_del(struct timer_wheel *wheel, struct timer_list *timer)
{
	unsigned int index = timer_bucket(timer);

	if (hlist_is_singular_node(&timer->entry, &wheel->bucket[index]))
		__clear_bit(index, all_buckets(wheel));
	hlist_del_init(&timer->entry);
	wheel->nr--;
}

void timer_wheel_forward(struct timer_wheel *wheel, unsigned long now)
{
	if (time_after(wheel->next_expiry, now))
		wheel->clk = time_after(now, wheel->clk) ? now : wheel->clk;
	else if (time_after(wheel->next_expiry, wheel->clk))
		wheel->clk = wheel->next_expiry;
}

/*
 * When the level's next bucket expires. Buckets lie ahead of clk, so the first one that may
 * be occupied is that of the next multiple of the granularity, clk included. False: none is.
 */
static bool next_of_level(const struct timer_wheel *wheel, unsigned int level,
			  unsigned long *expires)
{
	unsigned long slot = wheel->clk >> LVL_SHIFT(level);

	if (!wheel->occupied[level])
		return false;
	if (wheel->clk & (LVL_GRAN(level) - 1))
		slot++;
	slot += __ffs64(ror64(wheel->occupied[level], slot % LVL_SIZE));
	*expires = slot << LVL_SHIFT(level);
	return true;
}

static unsigned long find_next_expiry(const struct timer_wheel *wheel)
{
	unsigned long next = wheel->clk + WHEEL_NEVER, expires;
	unsigned int level;

	for (level = 0; level < LVL_DEPTH; level++)
		if (next_of_level(wheel, level, &expires) && time_before(expires, next))
			next = expires;
	return next;
}

unsigned int timer_wheel_collect(struct timer_wheel *wheel, struct hlist_head *lists)
{
	unsigned int level, nr = 0;

	wheel->clk = wheel->next_expiry;
	for (level = 0; level < LVL_DEPTH; level++) {
		unsigned int slot = (wheel->clk >> LVL_SHIFT(level)) % LVL_SIZE;
		unsigned int index = level * LVL_SIZE + slot;

		if (wheel->clk & (LVL_GRAN(level) - 1))
			break;
		wheel->looked_at++;
		if (__test_and_clear_bit(index, all_buckets(wheel)))
			hlist_move_list(&wheel->bucket[index], &lists[nr++]);
	}
	wheel->clk++;
	wheel->next_expiry = find_next_expiry(wheel);
	return nr;
}

unsigned long timer_wheel_expiry(const struct timer_wheel *wheel, const struct timer_list *timer)
{
	unsigned int level = timer_bucket(timer) / LVL_SIZE;
	unsigned long slot = wheel->clk >> LVL_SHIFT(level);

	if (wheel->clk & (LVL_GRAN(level) - 1))
		slot++;
	slot += (timer_bucket(timer) - slot) % LVL_SIZE;
	return slot << LVL_SHIFT(level);
}

const char *timer_wheel_check(const struct timer_wheel *wheel)
{
	const struct timer_list *timer;
	unsigned int index, nr = 0;

	for (index = 0; index < LVL_DEPTH * LVL_SIZE; index++) {
		const struct hlist_head *bucket = &wheel->bucket[index];
		bool occupied = wheel->occupied[index / LVL_SIZE] >> index % LVL_SIZE & 1;
		struct hlist_node *const *link = &bucket->first;

		if (occupied != !hlist_empty(bucket))
			return "I-timer-1: the map is not what the buckets are";
		hlist_for_each_entry(timer, bucket, entry) {
			if (timer_bucket(timer) != index || timer->entry.pprev != link)
				return "I-timer-2: a timer is in a bucket that it does not know";
			if (++nr > wheel->nr)
				return "I-timer-2: there are more timers than were added";
			link = &timer->entry.next;
		}
	}
	if (time_after(wheel->next_expiry, find_next_expiry(wheel)) ||
	    time_after(wheel->clk, wheel->next_expiry))
		return "I-timer-3: the wheel looks too late";
	return NULL;
}
