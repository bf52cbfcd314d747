// SPDX-License-Identifier: MIT
/*
 * Shrinkers: objects that their owners could do without, freed when memory is short.
 *
 * A driver or a cache knows best which of its objects are of little use. It says how many it could
 * free, and is asked to look at some of them: more, the less the round before brought in
 * (priority 12, 11, ... 0), and more, the less work it is to make such an object again (seeks):
 *
 *	freeable objects -> share of this round -> + what was put off -> batches of 128
 *	count_objects()	    freeable >> priority,   nr_deferred >>	   scan_objects()
 *			    * 4 / seeks		    priority
 *
 *	seeks 2 (DEFAULT_SEEKS)	at priority 12 a 2048th, at 1 and 0 all of them
 *	seeks 0			half of them in each round
 *
 * Calls for a handful of objects would cost more than they bring. So what is less than a batch is put
 * off: it is added to nr_deferred, of which each later round takes its share. Only when
 * that is all the shrinker has, a smaller batch is asked for. The same happens to what a shrinker
 * declined (SHRINK_STOP), since the request forbids what it would have to do. nr_deferred is at most
 * twice what can be freed, so that nobody loses everything for what was declined for hours.
 *
 * Worked example: 10,000 objects, seeks 2. Priority 12: (10000 >> 12) * 4 / 2 = 4, put off. Priority
 * 11: 8, and of the 4 a 2048th, nothing; now 12 are put off. 10, 9, 8: 30, 68, 146. Priority 7: 156,
 * and of those put off 1: one batch is looked at, and 146 + 156 - 128 = 174 are put off.
 *
 * The pages of freed objects are free when their slabs are empty: reclaim counts pages, by what the
 * slab allocator gave back (current->reclaimed_slab), not objects. Late in each walk all empty
 * slabs go, which the caches had kept for next time (slab_reclaim_empty()): nobody loses anything.
 *
 * Cost: some 60 instructions a shrinker and round, beside its own count_objects(). Empty slabs: an
 * interrupt to each CPU that keeps objects, and a walk along the partial slabs of all caches.
 *
 * Locking: shrinker_rwsem, for reading while shrinkers are called: so when unregister_shrinker() has
 * it for writing, none is running. Reclaim does not wait for it: while somebody (un)registers,
 * shrinkers are left out. slab_mutex is only tried, too: who holds it may be who reclaims.
 *
 * Left out: several nodes, control groups.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/shrinker.h>
#include <linux/vmstat.h>

#include "slab.h"
#include "vmscan.h"

LIST_HEAD(shrinker_list);
DECLARE_RWSEM(shrinker_rwsem);

/* --- who there is --------------------------------------------------------------------------- */

void shrinker_register(struct shrinker *shrinker)
{
	down_write(&shrinker_rwsem);
	list_add_tail(&shrinker->list, &shrinker_list);
	shrinker->flags |= SHRINKER_REGISTERED;
	up_write(&shrinker_rwsem);
}

int register_shrinker(struct shrinker *shrinker, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	shrinker->name = kvasprintf(GFP_KERNEL, fmt, args);
	va_end(args);
	if (!shrinker->name)
		return -ENOMEM;
	atomic_long_set(&shrinker->nr_deferred, 0);
	shrinker_register(shrinker);
	return 0;
}

void unregister_shrinker(struct shrinker *shrinker)
{
	if (!(shrinker->flags & SHRINKER_REGISTERED))
		return;
	down_write(&shrinker_rwsem);
	list_del(&shrinker->list);
	shrinker->flags &= ~SHRINKER_REGISTERED;
	up_write(&shrinker_rwsem);
	kfree(shrinker->name);
	shrinker->name = NULL;
}

struct shrinker *shrinker_alloc(unsigned int flags, const char *fmt, ...)
{
	struct shrinker *shrinker = kzalloc(sizeof(*shrinker), GFP_KERNEL);
	va_list args;

	if (!shrinker)
		return NULL;
	va_start(args, fmt);
	shrinker->name = kvasprintf(GFP_KERNEL, fmt, args);
	va_end(args);
	if (!shrinker->name) {
		kfree(shrinker);
		return NULL;
	}
	shrinker->flags = flags;
	shrinker->seeks = DEFAULT_SEEKS;
	return shrinker;
}

void shrinker_free(struct shrinker *shrinker)
{
	if (!shrinker)
		return;
	unregister_shrinker(shrinker);
	kfree(shrinker->name);
	kfree(shrinker);
}

/* --- how many ------------------------------------------------------------------------------- */

static unsigned long share_of(const struct shrinker *shrinker, unsigned long freeable, int priority)
{
	if (!shrinker->seeks)
		return freeable / 2;
	return div_u64((u64)(freeable >> priority) * 4, shrinker->seeks);
}

/* Batches, as long as there is a whole one to look at, or all there is. Returns what was freed. */
static unsigned long scan(struct shrinker *shrinker, struct shrink_control *sc, long freeable,
			  long total, long *scanned)
{
	long batch = shrinker->batch ?: (long)SHRINK_BATCH;
	unsigned long freed = 0, result;

	*scanned = 0;
	while (total >= batch || total >= freeable) {
		sc->nr_to_scan = sc->nr_scanned = min(batch, total);
		result = shrinker->scan_objects(shrinker, sc);
		if (result == SHRINK_STOP)
			break;
		freed += result;
		count_vm_events(SLABS_SCANNED, sc->nr_scanned);
		total -= sc->nr_scanned;
		*scanned += sc->nr_scanned;
		cond_resched();
	}
	return freed;
}

static unsigned long call_shrinker(struct shrinker *shrinker, struct shrink_control *sc,
				   int priority)
{
	long freeable = shrinker->count_objects(shrinker, sc);
	long deferred, share, total, scanned, left;
	unsigned long freed;

	if (freeable <= 0) /* nothing, SHRINK_EMPTY, or nonsense: -ENOMEM, say */
		return 0;
	/* Taken as a whole: two who reclaim at once do not both ask for it. */
	deferred = atomic_long_xchg(&shrinker->nr_deferred, 0);
	share = share_of(shrinker, freeable, priority);
	total = min_t(u64, (u64)(deferred >> priority) + share, 2 * (u64)freeable);
	freed = scan(shrinker, sc, freeable, total, &scanned);
	left = clamp_t(s64, (s64)deferred + share - scanned, 0, 2 * (s64)freeable);
	atomic_long_add(left, &shrinker->nr_deferred);
	return freed;
}

unsigned long shrink_slab(gfp_t gfp_mask, int nid, int priority)
{
	struct shrinker *shrinker;
	unsigned long freed = 0;

	if (!down_read_trylock(&shrinker_rwsem))
		return 0;
	list_for_each_entry(shrinker, &shrinker_list, list) {
		struct shrink_control sc = { .gfp_mask = gfp_mask, .nid = nid };

		freed += call_shrinker(shrinker, &sc, priority);
	}
	up_read(&shrinker_rwsem);
	return freed;
}

/* --- empty slabs ------------------------------------------------------------------------------ */

static unsigned long free_empty_slabs(bool of_all_cpus)
{
	unsigned long before = current->reclaimed_slab;
	struct kmem_cache *cache;

	if (!mutex_trylock(&slab_mutex))
		return 0;
	if (of_all_cpus)
		slab_flush_all();
	else
		slab_flush_this_cpu();
	list_for_each_entry(cache, &slab_caches, list)
		slab_free_empty(cache);
	mutex_unlock(&slab_mutex);
	return current->reclaimed_slab - before;
}

unsigned long slab_reclaim_empty(void)
{
	return free_empty_slabs(true);
}

/* At the end of memory nearly each request comes here: a tick in which it was in vain is enough. */
void shrink_empty_slabs(void)
{
	static unsigned long in_vain; /* when others were last disturbed for nothing */
	unsigned long now = jiffies;
	bool of_all_cpus = READ_ONCE(in_vain) != now;

	if (!free_empty_slabs(of_all_cpus) && of_all_cpus)
		WRITE_ONCE(in_vain, now);
}

void drop_slab(void)
{
	unsigned int round = 0;

	/* More often only for as much more: objects come back meanwhile. */
	while (shrink_slab(GFP_KERNEL, 0, 0) >> round++ > 1)
		cond_resched();
	slab_reclaim_empty();
	count_vm_event(DROP_SLAB);
}
