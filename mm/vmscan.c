// SPDX-License-Identifier: MIT
/*
 * Reclaim: making memory free that is in use, but need not be.
 *
 * Somebody frees 32 pages at a time for himself, when he finds too few (direct reclaim); a thread,
 * kswapd, frees more, ahead of time, so that few have to:
 *
 *	free pages
 *	  high  ----  kswapd sleeps again
 *	  low   ----  who finds less wakes kswapd, and goes on
 *	  min   ----  who finds less reclaims, if its flags let it sleep
 *
 * Both walk through what can be given back: the pages of the page cache, zone by zone (lru.c), the
 * objects of those who registered a shrinker (shrinker.c), empty slabs. They begin gently, with
 * a 2^-12th of each, and double that as long as it does not suffice: sc->priority falls from 12
 * to 0, where everything is looked at. So all lose in proportion, and nobody's memory is
 * looked through if there is plenty of it.
 *
 * Worked example: the inactive list of a zone has 100,000 pages. Round 12 looks at 32 of it (24
 * are too few for the trouble), 20 of which are clean and are freed. Round 11 looks at 48 more. That
 * makes 50 pages: enough for a direct reclaim, while kswapd goes on until the zone is above high.
 *
 * What may be done follows from the request's flags, in sc->gfp_mask: dirty pages are only written
 * with __GFP_IO and __GFP_FS, and each shrinker sees the mask. Who reclaims has PF_MEMALLOC:
 * what it allocates for that never reclaims again, and may use the last page.
 *
 * Write-back takes time. Who finds nothing but pages on their way to the disk waits until one of
 * them has arrived, a tenth of a second at most, before it looks again.
 *
 * A hopeless case: after 16 runs in a row that freed nothing kswapd is not woken any more, until
 * somebody's reclaim has success again. Who needs memory then has to see for himself.
 *
 * The boost. A request that finds no block of its own migrate type and breaks into a pageblock of
 * another one (pageblock.c) makes fragments. To make that less likely it raises its zone's marks by
 * a pageblock's pages, up to 150 % of high, and kswapd frees that many, without I/O, if there
 * are any to be had easily. Then the marks are what they were.
 *
 * Cost: a round through empty lists some 300 instructions; `make bench` names the cost of a page.
 *
 * Locking: none of its own. kswapd's orders are words that whoever wants more may raise; a
 * raise that is lost is made again by the next request.
 *
 * Left out: cgroups, anonymous pages and swap; several nodes, each with its kswapd.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/vmstat.h>

#include "internal.h"
#include "vmscan.h"

/* The round in which empty slabs go: late, as they are soon needed again; kswapd's last one. */
#define SLAB_PRIORITY 1

struct kswapd kswapd = { .wait = __WAIT_QUEUE_HEAD_INITIALIZER(kswapd.wait) };

/* Pages that kswapd freed, and write-backs that ended; it wraps. */
static atomic_t progress = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(progress_wait);

unsigned int reclaim_progress(void)
{
	return atomic_read(&progress);
}

static void note_progress(unsigned int pages)
{
	atomic_add(pages, &progress);
	smp_mb(); /* who waits looks at it after he has joined the queue */
	if (waitqueue_active(&progress_wait))
		wake_up(&progress_wait);
}

void acct_reclaim_writeback(struct page *page)
{
	note_progress(1);
}

unsigned long zone_reclaimable_pages(const struct zone *zone)
{
	unsigned long pages = 0;
	int lru;

	for_each_lru(lru)
		pages += READ_ONCE(zone->lruvec.nr[lru]);
	return pages;
}

/* --- waiting ------------------------------------------------------------------------------ */

/* Until the next page has arrived, if any are under way. */
static void wait_for_writeback(void)
{
	unsigned int before = reclaim_progress();

	if (global_node_page_state(NR_WRITEBACK))
		wait_event_timeout(progress_wait, reclaim_progress() != before, HZ / 10);
}

/* It has been asked, or is at work. */
static bool kswapd_is_busy(void)
{
	return kswapd.task && !(READ_ONCE(kswapd.task->__state) & TASK_PARKED) &&
	       (READ_ONCE(kswapd.asked) || READ_ONCE(kswapd.works));
}

void reclaim_pause(unsigned long freed)
{
	unsigned int before = reclaim_progress();

	if (freed)
		cond_resched();
	else if (global_node_page_state(NR_WRITEBACK))
		wait_for_writeback();
	else /* a tick at most: what kswapd does may take much longer */
		wait_event_timeout(progress_wait, reclaim_progress() != before || !kswapd_is_busy(),
				   1);
}

/* Runs of kswapd that freed nothing, until somebody's reclaim did. */
static bool is_hopeless(void)
{
	return READ_ONCE(kswapd.failures) >= MAX_RECLAIM_RETRIES;
}

/*
 * Without pages in the lists, and without shrinkers, the gentle rounds would find nothing: only empty
 * slabs may be left. Pages that somebody has isolated will be back.
 */
static int first_priority(enum zone_type highest)
{
	unsigned int i;

	for (i = 0; i <= highest; i++) {
		struct zone *zone = &contig_page_data.node_zones[i];

		if (zone_reclaimable_pages(zone) || atomic_read(&zone->lruvec.isolated))
			return DEF_PRIORITY;
	}
	return list_empty(&shrinker_list) ? SLAB_PRIORITY : DEF_PRIORITY;
}

/* --- one round ------------------------------------------------------------------------- */

static void shrink_zones(struct scan_control *sc)
{
	unsigned long slab_pages = current->reclaimed_slab, freed = 0;
	int i;

	for (i = sc->reclaim_idx; i >= 0; i--)
		freed += shrink_lruvec(&contig_page_data.node_zones[i], sc);
	shrink_slab(sc->gfp_mask, 0, sc->priority);
	if (sc->priority == SLAB_PRIORITY)
		shrink_empty_slabs();
	freed += current->reclaimed_slab - slab_pages;
	sc->nr_reclaimed += freed;
	if (freed) {
		if (current_is_kswapd())
			note_progress(freed);
		WRITE_ONCE(kswapd.failures, 0);
	} else {
		wait_for_writeback();
	}
}

/* --- what the lock checker knows of it ------------------------------------------------- */

static struct lockdep_map fs_reclaim_map = __LOCKDEP_MAP_INIT(fs_reclaim);

#ifdef CONFIG_LOCKDEP

/* Would the request reclaim, and call what takes locks? */
static bool needs_reclaim(gfp_t gfp)
{
	gfp = current_gfp_context(gfp);
	return (gfp & __GFP_DIRECT_RECLAIM) && (gfp & __GFP_FS) && !(gfp & __GFP_NOLOCKDEP) &&
	       in_task() && !(current->flags & PF_MEMALLOC);
}

void fs_reclaim_acquire(gfp_t gfp)
{
	if (needs_reclaim(gfp))
		lock_acquire(&fs_reclaim_map, 0, __LOCK_SLEEPS, _RET_IP_);
}

void fs_reclaim_release(gfp_t gfp)
{
	if (needs_reclaim(gfp))
		lock_release(&fs_reclaim_map, _RET_IP_);
}

#endif

/* --- direct reclaim -------------------------------------------------------------------- */

unsigned long try_to_free_pages(enum zone_type highest, unsigned int order, gfp_t gfp)
{
	struct scan_control sc = {
		.gfp_mask = current_gfp_context(gfp),
		.order = order,
		.priority = first_priority(highest),
		.reclaim_idx = highest,
		.nr_to_reclaim = SWAP_CLUSTER_MAX,
	};
	unsigned int noreclaim;

	might_sleep();
	__count_zid_vm_events(ALLOCSTALL, highest, 1);
	fs_reclaim_acquire(gfp);
	noreclaim = memalloc_noreclaim_save();
	sc.may_writepage = !(~sc.gfp_mask & (__GFP_IO | __GFP_FS));
	do {
		shrink_zones(&sc);
	} while (sc.nr_reclaimed < sc.nr_to_reclaim && --sc.priority >= 0);
	memalloc_noreclaim_restore(noreclaim);
	fs_reclaim_release(gfp);
	return sc.nr_reclaimed;
}

/* --- kswapd ---------------------------------------------------------------------------- */

/* Is a zone above its high mark, which has a block of that order? One is enough for everybody. */
static bool is_balanced(unsigned int order, enum zone_type highest)
{
	struct zone *zone;

	for_each_populated_zone(zone)
		if (zone_idx(zone) <= highest && managed_zone(zone) &&
		    zone_watermark_ok(zone, order, high_wmark_pages(zone), highest, 0))
			return true;
	return false;
}

static bool is_boosted(enum zone_type highest)
{
	struct zone *zone;

	for_each_populated_zone(zone)
		if (zone_idx(zone) <= highest && READ_ONCE(zone->watermark_boost))
			return true;
	return false;
}

/* Marks as they are without a boost; returns the pages by which they were higher. */
unsigned long end_watermark_boost(enum zone_type highest)
{
	unsigned long flags, pages = 0;
	struct zone *zone;

	for_each_populated_zone(zone) {
		if (zone_idx(zone) > highest || !READ_ONCE(zone->watermark_boost))
			continue;
		spin_lock_irqsave(&zone->lock, flags);
		pages += zone->watermark_boost;
		zone->watermark_boost = 0;
		set_fast_path_floor(zone);
		spin_unlock_irqrestore(&zone->lock, flags);
	}
	return pages;
}

/* Only what is to be had without I/O, and at little cost. */
static void reclaim_boost(struct scan_control *sc, unsigned long pages)
{
	sc->nr_to_reclaim = pages;
	while (sc->nr_reclaimed < pages && sc->priority >= DEF_PRIORITY - 2) {
		shrink_zones(sc);
		sc->priority--;
	}
}

/* From the first round to the last, or until the zones are balanced. True: it should begin again. */
static bool reclaim_until_balanced(struct scan_control *sc)
{
	struct zone *zone;

	for_each_populated_zone(zone)
		if (zone_idx(zone) <= sc->reclaim_idx)
			sc->nr_to_reclaim += max(high_wmark_pages(zone), SWAP_CLUSTER_MAX);
	sc->may_writepage = true;
	while (sc->priority >= 1 && !is_balanced(sc->order, sc->reclaim_idx)) {
		unsigned long before = sc->nr_reclaimed;

		shrink_zones(sc);
		if (sc->nr_reclaimed - before < sc->nr_to_reclaim)
			sc->priority--;
		/* Enough for such a block, did the pages lie together: that is not for us to see to. */
		if (sc->nr_reclaimed >= 2UL << sc->order)
			sc->order = 0;
		cond_resched();
	}
	if (is_balanced(sc->order, sc->reclaim_idx))
		return false;
	if (!sc->nr_reclaimed)
		WRITE_ONCE(kswapd.failures, kswapd.failures + 1);
	return sc->nr_reclaimed;
}

static void balance(unsigned int order, enum zone_type highest)
{
	const struct scan_control first = {
		.gfp_mask = GFP_KERNEL,
		.order = order,
		.priority = first_priority(highest),
		.reclaim_idx = highest,
	};
	struct scan_control sc = first;
	unsigned long boost = end_watermark_boost(highest);

	if (is_hopeless())
		return;
	count_vm_event(PAGEOUTRUN);
	lock_acquire(&fs_reclaim_map, 0, __LOCK_SLEEPS, _THIS_IP_);
	if (boost && is_balanced(order, highest))
		reclaim_boost(&sc, boost);
	else
		while (reclaim_until_balanced(&sc) && !kthread_should_park())
			sc = first;
	lock_release(&fs_reclaim_map, _THIS_IP_);
}

static int kswapd_thread(void *unused)
{
	current->flags |= PF_MEMALLOC | PF_KSWAPD;
	for (;;) {
		unsigned int order;
		enum zone_type highest;

		wait_event_interruptible(kswapd.wait, kswapd.asked || kthread_should_park());
		if (kthread_should_park()) {
			kthread_parkme();
			continue;
		}
		WRITE_ONCE(kswapd.works, true);
		WRITE_ONCE(kswapd.asked, false);
		order = xchg(&kswapd.order, 0);
		highest = xchg(&kswapd.highest, ZONE_DMA);
		balance(order, highest);
		if (order)
			compact_for_kswapd(order, highest);
		WRITE_ONCE(kswapd.works, false);
		note_progress(0); /* nobody need wait for it any longer */
	}
	return 0;
}

void wakeup_kswapd(unsigned int order, enum zone_type highest)
{
	if (!is_boosted(highest) && (is_hopeless() || is_balanced(order, highest)))
		return;
	if (READ_ONCE(kswapd.order) < order)
		WRITE_ONCE(kswapd.order, order);
	if (READ_ONCE(kswapd.highest) < highest)
		WRITE_ONCE(kswapd.highest, highest);
	WRITE_ONCE(kswapd.asked, true);
	smp_mb(); /* it looks at `asked` after it has joined the queue */
	if (waitqueue_active(&kswapd.wait))
		wake_up_interruptible(&kswapd.wait);
}

static int __init kswapd_init(void)
{
	struct task_struct *task = kthread_run(kswapd_thread, NULL, "kswapd0");

	if (IS_ERR(task))
		return PTR_ERR(task);
	kswapd.task = task;
	return 0;
}
subsys_initcall(kswapd_init);
