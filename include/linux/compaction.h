/* SPDX-License-Identifier: MIT */
/* Compaction: movable pages go together, so that free ones lie together. mm/compaction.c. */
#ifndef _LINUX_COMPACTION_H
#define _LINUX_COMPACTION_H

#include <linux/gfp.h>
#include <linux/mmzone.h>

/* The lower, the more may be done for it, and waited for. */
enum compact_priority {
	COMPACT_PRIO_SYNC_FULL,
	MIN_COMPACT_PRIORITY = COMPACT_PRIO_SYNC_FULL,
	COMPACT_PRIO_SYNC_LIGHT,
	MIN_COMPACT_COSTLY_PRIORITY = COMPACT_PRIO_SYNC_LIGHT,
	DEF_COMPACT_PRIORITY = COMPACT_PRIO_SYNC_LIGHT,
	COMPACT_PRIO_ASYNC,
	INIT_COMPACT_PRIORITY = COMPACT_PRIO_ASYNC,
};

/* Of several zones the largest counts. */
enum compact_result {
	COMPACT_NOT_SUITABLE_ZONE, /* there is no zone */
	COMPACT_SKIPPED,	   /* too few pages are free to move others to */
	COMPACT_DEFERRED,	   /* it failed lately */
	COMPACT_CONTINUE,	   /* within: not done yet */
	COMPACT_COMPLETE,	   /* all was moved that could be, and there is no such block */
	COMPACT_SUCCESS,	   /* there is one */
};

/* Free pages beyond the mark that compaction needs: the block, and as many again on their way. */
static inline unsigned long compact_gap(unsigned int order)
{
	return 2UL << order;
}

/*
 * For a block of that order in one of the zones up to `highest`, for a request with these flags.
 * Without __GFP_IO: COMPACT_SKIPPED. Process context; sleeps. The task has PF_MEMALLOC.
 */
enum compact_result try_to_compact_pages(gfp_t gfp, unsigned int order, unsigned int alloc_flags,
					 enum zone_type highest, enum compact_priority prio);
/* COMPACT_CONTINUE: is worth it; COMPACT_SUCCESS: there is a block; or COMPACT_SKIPPED. */
enum compact_result compaction_suitable(struct zone *zone, int order, unsigned int alloc_flags,
					enum zone_type highest);

/* A zone in which it failed is left out the next 1, 2, 4, ... 64 times, for that order and above. */
#define COMPACT_MAX_DEFER_SHIFT 6

void defer_compaction(struct zone *zone, unsigned int order);
bool compaction_deferred(struct zone *zone, unsigned int order);
/* There was a block, and (alloc_success) somebody even got it. */
void compaction_defer_reset(struct zone *zone, unsigned int order, bool alloc_success);

#endif
