// SPDX-License-Identifier: MIT
/*
 * Waiting for a spinlock, and for which ones there is much waiting.
 *
 * Each CPU counts in a table of its own, by the lock's address: who waits has time. A lock
 * whose places are taken by others is counted nowhere.
 */
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#define PLACES	   64
#define TRIES	   4
#define HASH_PRIME 0x9e3779b1U

struct lock_waits {
	const spinlock_t *lock;
	unsigned long waits;
};

static DEFINE_PER_CPU(struct lock_waits, lock_waits[PLACES]);

/* The lock's place in a CPU's table; NULL: it has none. `free`: an unused one will do. */
static struct lock_waits *place_of(struct lock_waits *table, const spinlock_t *lock, bool free)
{
	unsigned int i, hash = (unsigned long)lock * HASH_PRIME >> 26;

	for (i = 0; i < TRIES; i++) {
		struct lock_waits *place = &table[(hash + i) % PLACES];

		if (place->lock == lock || (free && !place->lock))
			return place;
	}
	return NULL;
}

/* An interrupt in between may count as well: at worst one wait is lost, or a place taken twice. */
void __spin_wait_slowly(spinlock_t *lock, unsigned int ticket)
{
	struct lock_waits *place = place_of(*this_cpu_ptr(&lock_waits), lock, true);

	if (place) {
		place->lock = lock;
		place->waits++;
	}
	while (__atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) != (u16)ticket)
		cpu_relax();
}

unsigned long __spin_waits(const spinlock_t *lock)
{
	unsigned long waits = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		const struct lock_waits *place =
			place_of(*per_cpu_ptr(&lock_waits, cpu), lock, false);

		waits += place ? place->waits : 0;
	}
	return waits;
}
