// SPDX-License-Identifier: MIT
/*
 * The slow path: what a request does when no zone is above its low mark.
 *
 * Each step costs more than the one before, in time or in what it takes from others, and the
 * flags say how far a request goes:
 *
 *	zones above low?			everybody; kswapd is woken if not
 *	above min, less the rights of the	GFP_ATOMIC stops at 3/8 of min and fails here,
 *	flags to the reserve?			GFP_NOWAIT at min
 *	everything that is free			__GFP_MEMALLOC, PF_MEMALLOC: who frees memory; fails here
 *	compaction				orders above 3, and what is not movable
 *	direct reclaim, the lists of all CPUs	may sleep from here on
 *	compaction				__GFP_NORETRY fails after it, and so do orders above
 *						3 without __GFP_RETRY_MAYFAIL
 *	again, as long as pages come free	__GFP_RETRY_MAYFAIL and __GFP_THISNODE fail after it
 *	the end: see end_of_memory()		GFP_KERNEL fails, __GFP_NOFAIL waits
 *
 * Is another round worth it? If reclaim freed something, somebody else took it, and the next
 * time may be better. And as long as pages that could be freed would lift a zone above min, reclaim
 * may succeed later, when they are written. But after MAX_RECLAIM_RETRIES rounds in a row
 * in which nobody freed a page, neither the request itself nor kswapd nor the end of some
 * write-back, it is given up.
 *
 * Worked example: Normal has min 192, low 240, and 200 pages are free; the page cache has 300
 * clean ones. GFP_KERNEL fails at low, wakes kswapd, and gets its page at 199. When 192 are left,
 * it reclaims 32 of the cache's pages, takes one of them, and leaves 31 to others.
 *
 * The end. Linux kills a process to make memory free. There is none here yet: a request for
 * which Linux would do that fails, or stops the machine with panic_on_oom=1. Where Linux does not
 * kill, it depends on the flags: without __GFP_FS a request that may wait is retried for ever
 * there, as somebody else may be able to free what it may not; here it fails as well, after
 * the rounds above. __GFP_NOFAIL never fails: it goes down to half of min, then waits, and says
 * every ten seconds that it does.
 *
 * Cost: some 300 instructions to the page that is got at min; a refusal, where nothing can be
 * reclaimed, 5,000 a round, and a round trip to other CPUs that keep pages in the first.
 *
 * Locking: none is held here. Requests without __GFP_DIRECT_RECLAIM: any context but NMI.
 */
#include <linux/compaction.h>
#include <linux/fault-inject.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/panic.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/vmstat.h>
#include <memkern/params.h>

#include "internal.h"
#include "vmscan.h"

struct request {
	gfp_t gfp;
	unsigned int order;
	unsigned int alloc_flags;
	enum zone_type highest;
	unsigned long freed;   /* pages, by this round */
	unsigned int progress; /* reclaim_progress() at the end of the round before */
	unsigned int vain;     /* rounds in a row in which nobody freed anything */
	enum compact_priority compact_priority;
	enum compact_result compact_result;
	unsigned int compactions; /* that made a block, which somebody else has taken */
	unsigned long said;	  /* jiffies when it was last told that __GFP_NOFAIL waits */
};

unsigned long nofail_patience = 10 * HZ;
unsigned long nr_oom;
int panic_on_oom;

static int __init set_panic_on_oom(char *value)
{
	return value ? kstrtoint(value, 0, &panic_on_oom) : -EINVAL;
}
early_param("panic_on_oom", set_panic_on_oom);

/* What the flags entitle to, down to min. */
unsigned int gfp_to_alloc_flags(gfp_t gfp, unsigned int order)
{
	unsigned int alloc_flags = ALLOC_WMARK_MIN;

	if (gfp & __GFP_HIGH)
		alloc_flags |= ALLOC_MIN_RESERVE;
	if (!(gfp & __GFP_DIRECT_RECLAIM) && !(gfp & __GFP_NOMEMALLOC)) {
		alloc_flags |= ALLOC_NON_BLOCK;
		if (order && (gfp & __GFP_HIGH))
			alloc_flags |= ALLOC_HIGHATOMIC;
	}
	return alloc_flags;
}

/* May the request ignore all watermarks? An interrupt has no share in its victim's rights. */
static bool gfp_pfmemalloc_allowed(gfp_t gfp)
{
	if (gfp & __GFP_NOMEMALLOC)
		return false;
	return (gfp & __GFP_MEMALLOC) || (!in_interrupt() && (current->flags & PF_MEMALLOC));
}

/* May it sleep to make memory free? Who is just doing that may not do it again. */
static bool can_reclaim(const struct request *request)
{
	return (request->gfp & __GFP_DIRECT_RECLAIM) && !(current->flags & PF_MEMALLOC);
}

static bool is_costly(const struct request *request)
{
	return request->order > PAGE_ALLOC_COSTLY_ORDER;
}

static struct page *take(const struct request *request)
{
	return get_page_from_freelist(request->gfp, request->order, request->alloc_flags);
}

static void wake_kswapd(const struct request *request)
{
	if (request->gfp & __GFP_KSWAPD_RECLAIM)
		wakeup_kswapd(request->order, request->highest);
}

/* --- rounds ---------------------------------------------------------------------------- */

static struct page *alloc_pages_direct_reclaim(struct request *request)
{
	struct page *page;

	request->freed = try_to_free_pages(request->highest, request->order, request->gfp);
	page = take(request);
	if (page)
		return page;
	/* Nothing has changed since others were disturbed for it. */
	if (!request->freed && request->vain)
		return NULL;
	/* What was freed may lie in the CPUs' lists, in pieces. */
	unreserve_highatomic_pageblock(gfp_migratetype(request->gfp), false);
	drain_all_pages(NULL);
	return take(request);
}

static struct page *alloc_pages_direct_compact(struct request *request)
{
	struct page *page;
	unsigned int noreclaim;

	if (!request->order)
		return NULL;
	noreclaim = memalloc_noreclaim_save();
	request->compact_result = try_to_compact_pages(request->gfp, request->order,
						       request->alloc_flags, request->highest,
						       request->compact_priority);
	memalloc_noreclaim_restore(noreclaim);
	if (request->compact_result == COMPACT_SKIPPED)
		return NULL;
	count_vm_event(COMPACTSTALL);
	page = take(request);
	count_vm_event(page ? COMPACTSUCCESS : COMPACTFAIL);
	if (page)
		compaction_defer_reset(page_zone(page), request->order, true);
	return page;
}

/*
 * Where reclaim is not likely to make a block of the pages that it frees. Returns whether it
 * should be tried all the same: who wants a large block only if that is easy has his answer.
 */
static bool compact_first(struct request *request, struct page **page)
{
	bool easily = is_costly(request) && (request->gfp & __GFP_NORETRY);

	request->compact_priority = INIT_COMPACT_PRIORITY;
	*page = alloc_pages_direct_compact(request);
	if (!easily)
		request->compact_priority = DEF_COMPACT_PRIORITY;
	return !*page && !(easily && request->compact_result <= COMPACT_DEFERRED);
}

/* In the first round. */
static bool compacts_first(const struct request *request)
{
	return request->order && request->compact_result == COMPACT_CONTINUE &&
	       !(request->alloc_flags & ALLOC_NO_WATERMARKS) &&
	       (is_costly(request) || gfp_migratetype(request->gfp) != MIGRATE_MOVABLE);
}

static struct page *one_round(struct request *request)
{
	struct page *page;

	wake_kswapd(request);
	page = take(request);
	if (!page && gfp_pfmemalloc_allowed(request->gfp)) {
		request->alloc_flags = ALLOC_NO_WATERMARKS;
		page = take(request);
	}
	if (page || !can_reclaim(request))
		return page;
	if (compacts_first(request) && !compact_first(request, &page))
		return page;
	page = alloc_pages_direct_reclaim(request);
	return page ? page : alloc_pages_direct_compact(request);
}

/* Would a zone be good enough if all were freed that can be? Or is it by now, thanks to others? */
static bool enough_is_reclaimable(const struct request *request)
{
	struct zone **zones = contig_page_data.zonelists[request->highest].zones;
	struct zone *zone;

	while ((zone = *zones++)) {
		unsigned long pages = zone_reclaimable_pages(zone);

		if (__zone_watermark_ok(zone, request->order, min_wmark_pages(zone),
					request->highest, request->alloc_flags,
					pages + READ_ONCE(zone->nr_free_pages)))
			return true;
	}
	return false;
}

/*
 * Was the round in vain? Pages that came free are no reason to hope for a large block, nor where all
 * that is left would not do: somebody else will have those. Who may do little himself depends on
 * what others free.
 */
static void count_round(struct request *request, bool enough)
{
	unsigned int progress = reclaim_progress();
	bool helped = request->freed && enough;

	if (!(request->gfp & __GFP_FS))
		helped = request->freed || progress != request->progress;
	request->vain = helped && !is_costly(request) ? 0 : request->vain + 1;
	request->progress = progress;
}

static bool should_reclaim_retry(struct request *request)
{
	bool enough = enough_is_reclaimable(request);

	count_round(request, enough);
	if (request->vain <= MAX_RECLAIM_RETRIES && (request->freed || enough)) {
		reclaim_pause(request->freed);
		return true;
	}
	return unreserve_highatomic_pageblock(gfp_migratetype(request->gfp), true) ||
	       end_watermark_boost(request->highest);
}

/* A block that was made and lost is a reason to try again; after a failure more may be done for it. */
static bool should_compact_retry(struct request *request)
{
	enum compact_priority least = is_costly(request) ? MIN_COMPACT_COSTLY_PRIORITY
							 : MIN_COMPACT_PRIORITY;
	unsigned int most = is_costly(request) ? MAX_RECLAIM_RETRIES / 4 : MAX_RECLAIM_RETRIES;

	if (!request->order || !request->freed || request->compact_result == COMPACT_SKIPPED)
		return false;
	if (request->compact_result == COMPACT_SUCCESS && ++request->compactions <= most)
		return true;
	if (request->compact_priority <= least)
		return false;
	request->compact_priority--;
	request->compactions = 0;
	return true;
}

/* --- the end --------------------------------------------------------------------------- */

/* Would Linux kill a process for it? */
static bool is_worth_a_victim(const struct request *request)
{
	return !is_costly(request) && request->highest >= ZONE_NORMAL &&
	       !(request->gfp & (__GFP_NORETRY | __GFP_RETRY_MAYFAIL | __GFP_THISNODE));
}

/* Nothing can be freed by the request itself. Returns whether it shall try again all the same. */
static bool end_of_memory(struct request *request, struct page **page)
{
	/* Others may just have freed plenty: then nothing has ended. */
	*page = get_page_from_freelist(request->gfp, request->order, ALLOC_WMARK_HIGH);
	if (*page || !is_worth_a_victim(request))
		return false;
	if (!(request->gfp & __GFP_FS)) {
		reclaim_pause(request->freed);
		return request->vain <= MAX_RECLAIM_RETRIES;
	}
	WRITE_ONCE(nr_oom, nr_oom + 1);
	if (panic_on_oom)
		panic("Out of memory: panic_on_oom is enabled: %s asked for order %u, mode "
		      "%#x(%pGg)",
		      current->comm, request->order, request->gfp, &request->gfp);
	return false;
}

static bool another_round(struct request *request, struct page **page)
{
	if (!can_reclaim(request) || (request->gfp & __GFP_NORETRY))
		return false;
	if (is_costly(request) && !(request->gfp & __GFP_RETRY_MAYFAIL))
		return false;
	return should_reclaim_retry(request) || should_compact_retry(request) ||
	       end_of_memory(request, page);
}

/* Returns NULL after a pause, if there is reason to go on; with *go_on false, if there is none. */
static struct page *alloc_pages_nofail(struct request *request, bool *go_on)
{
	unsigned int flags = request->alloc_flags | ALLOC_MIN_RESERVE;
	struct page *page;

	/* Only who may wait can be promised success, and who frees memory waits for himself. */
	*go_on = request->gfp & __GFP_DIRECT_RECLAIM;
	WARN_ON_ONCE(!*go_on || (current->flags & PF_MEMALLOC));
	if (!*go_on)
		return NULL;
	drain_all_pages(NULL); /* what others free meanwhile is of use in the free areas alone */
	page = get_page_from_freelist(request->gfp, request->order, flags);
	if (page)
		return page;
	if (time_after_eq(jiffies, request->said + nofail_patience)) {
		request->said = jiffies;
		warn_alloc(request->gfp & ~__GFP_NOWARN,
			   "waits for memory that must not fail: order:%u", request->order);
	}
	schedule_timeout_uninterruptible(1);
	return NULL;
}

static noinline struct page *__alloc_pages_slowpath(gfp_t gfp, unsigned int order)
{
	struct request request = {
		.gfp = current_gfp_context(gfp),
		.order = order,
		.alloc_flags = gfp_to_alloc_flags(gfp, order),
		.highest = gfp_zone(gfp),
		.progress = reclaim_progress(),
		.compact_priority = DEF_COMPACT_PRIORITY,
		.compact_result = COMPACT_CONTINUE,
		.said = jiffies,
	};
	struct page *page;
	bool go_on;

	do {
		page = one_round(&request);
		go_on = !page && another_round(&request, &page);
		if (!page && !go_on && (gfp & __GFP_NOFAIL))
			page = alloc_pages_nofail(&request, &go_on);
	} while (!page && go_on);
	if (!page)
		warn_alloc(request.gfp, "page allocation failure: order:%u", order);
	return page;
}

struct page *alloc_pages_slow(gfp_t gfp, unsigned int order)
{
	struct page *page;

	might_alloc(gfp);
	if (unlikely(order > MAX_PAGE_ORDER)) {
		WARN_ON_ONCE(!(gfp & __GFP_NOWARN));
		return NULL;
	}
	if (unlikely(mm_debug_flags & MM_DEBUG_FAULTS) && should_fail_alloc_page(gfp, order))
		return NULL;
	page = get_page_from_freelist(gfp, order, ALLOC_WMARK_LOW);
	return page ? page : __alloc_pages_slowpath(gfp, order);
}
