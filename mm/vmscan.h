/* SPDX-License-Identifier: MIT */
/* Reclaim: what vmscan.c, the slow path and those who give pages back share. */
#ifndef _MM_VMSCAN_H
#define _MM_VMSCAN_H

#include <linux/gfp.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/wait.h>

#define SWAP_CLUSTER_MAX    32UL /* pages that a direct reclaim is to free */
#define DEF_PRIORITY	    12	 /* the first round looks at a 2^-12th of everything */
#define MAX_RECLAIM_RETRIES 16	 /* rounds without progress before somebody gives up */

/* One walk through what can be given back. */
struct scan_control {
	gfp_t gfp_mask; /* of the request; its scope applied */
	unsigned int order;
	int priority;		    /* how much to look at: 1 >> priority of each list */
	enum zone_type reclaim_idx; /* pages of zones above would not help */
	unsigned long nr_to_reclaim;
	unsigned long nr_scanned;   /* pages looked at: added to by who looks */
	unsigned long nr_reclaimed; /* pages freed: by who called whoever freed them */
	bool may_writepage; /* dirty pages may be written: the request has __GFP_IO and __GFP_FS */
};

/*
 * Frees 32 pages or more of the zones up to `highest`, if it can, as far as gfp allows; returns
 * how many it freed. Process context that may sleep. Nothing that it calls reclaims in turn: the
 * task has PF_MEMALLOC meanwhile.
 */
unsigned long try_to_free_pages(enum zone_type highest, unsigned int order, gfp_t gfp);

/*
 * Counts pages that kswapd freed, and write-backs that ended, whoever began them. What others
 * reclaim for themselves is not for those who wait.
 */
unsigned int reclaim_progress(void);
/* Between two rounds: waits for others, if they may make progress; not, if the round freed some. */
void reclaim_pause(unsigned long freed);
/* Pages of the zone's lists, whether or not they can be freed now. */
unsigned long zone_reclaimable_pages(const struct zone *zone);

/* The thread that reclaims ahead of time, and what it is asked for. */
struct kswapd {
	struct task_struct *task;
	wait_queue_head_t wait;
	bool asked;
	bool works;		/* at what it was asked for */
	unsigned int order;	/* the largest */
	enum zone_type highest; /* and the highest of the zones */
	unsigned int failures;	/* runs without success: at MAX_RECLAIM_RETRIES it is not woken */
};

extern struct kswapd kswapd;

/* A request of that order found no zone up to `highest` above its low mark. Any context but NMI. */
void wakeup_kswapd(unsigned int order, enum zone_type highest);

static inline bool current_is_kswapd(void)
{
	return current->flags & PF_KSWAPD;
}

/* Ends what boost_watermark() began; returns by how many pages the marks were higher. */
unsigned long end_watermark_boost(enum zone_type highest);

/* --- shrinker.c ---------------------------------------------------------------------- */

/*
 * Asks each shrinker for its share of a round; returns how many objects were freed, of any size.
 * Process context that may sleep as far as gfp_mask says.
 */
unsigned long shrink_slab(gfp_t gfp_mask, int nid, int priority);
/* Empty slabs of all caches; returns how many pages they had. */
unsigned long slab_reclaim_empty(void);
/* The same for reclaim: other CPUs are not asked for theirs again and again in vain. */
void shrink_empty_slabs(void);
/* All that shrinkers can spare, and empty slabs. */
void drop_slab(void);

extern struct list_head shrinker_list;
extern struct rw_semaphore shrinker_rwsem;

/* For end_page_writeback(): one page more can be freed. Any context. */
void acct_reclaim_writeback(struct page *page);

#endif
