/* SPDX-License-Identifier: MIT */
/*
 * What the tests of mm/ share.
 *
 * Every suite has mm_test_init and mm_test_exit as its init and exit: whatever a case
 * took by mm_take() or hid goes back after it, however it ended, and the set of free
 * blocks is then what it was before, or the case fails.
 */
#ifndef _TESTS_MM_MM_TEST_H
#define _TESTS_MM_MM_TEST_H

#include <linux/memblock.h>
#include <linux/mm.h>
#include <memkern/kunit_extra.h>

#include "../../mm/internal.h"

int mm_test_init(struct kunit *test);
void mm_test_exit(struct kunit *test);

/*
 * Blocks that the case holds, newest first: page->lru links them, page->private is
 * their order. mm_fill() takes until it is refused and returns how many it got.
 */
extern struct list_head mm_held;
struct page *mm_take(gfp_t gfp, unsigned int order);
unsigned long mm_fill(gfp_t gfp, unsigned int order);
void mm_hold(struct page *page, unsigned int order);
struct page *mm_unhold(struct page *page);
void mm_give(struct page *page);
void mm_give_all(void);

/*
 * Free blocks taken off the free areas, past the allocator, until mm_unhide(): all
 * below an order, so that a larger order finds everything that is free; the largest,
 * until not more than about `free` pages are left. Then few requests reach a mark.
 */
/* Leaves about `nr` pages that requests with these flags may have. */
void mm_leave(gfp_t gfp, unsigned long nr);
void mm_hide_small(struct zone *zone, unsigned int order);
void mm_hide_down_to(struct zone *zone, unsigned long free);
void mm_unhide(void);

/* The per-CPU lists empty, no HIGHATOMIC block left. */
void mm_settle(void);

/* The names of the invariants that were reported since mm_problems_forget(), which it does. */
const char *mm_broken_invariants(void);

/* Everything given back, unhidden and settled: as at the beginning of the case. */
void mm_reset(void);

/* Free pages, those in the per-CPU lists included; of one zone, or of all (NULL). */
unsigned long mm_free_pages(const struct zone *zone);
/*
 * All of them, and the kernel's page tables: what stays the same where a case splits a large page
 * of the direct mapping, for the guard page of a thread's stack say. The table for that stays.
 */
unsigned long mm_free_pages_and_tables(void);

/* Is the page part of a block in the free areas? */
bool mm_in_free_areas(struct page *page);

/* The machine of the longest runs: of 64 MiB. */
static inline bool mm_is_64_mib(void)
{
	return max_pfn > 12288 && max_pfn <= 16384;
}

/* Is each page zeroed or poisoned when it comes or goes? Then large blocks take their time. */
static inline bool mm_touches_bytes(void)
{
	return mm_debug_flags & (MM_DEBUG_INIT_ON_ALLOC | MM_DEBUG_INIT_ON_FREE | MM_DEBUG_POISON);
}

/* A page that bad_page() took out of use is an ordinary page of the caller's again. */
void mm_repair_bad(struct page *page);

/* --- the set of free blocks, (pfn, order), whatever their lists and types ------------- */

struct free_run {
	unsigned long pfn;
	unsigned int order;
	unsigned int count; /* so many blocks of this order, one behind the other */
};

#define FREE_RUNS 384

struct free_set {
	unsigned int nr;
	struct free_run runs[FREE_RUNS];
};

/* What the frames say, by PageBuddy alone. */
void free_set_read(struct free_set *set);
/* Expects both to be the same, and names the first difference. */
void free_set_compare(struct kunit *test, const struct free_set *before,
		      const struct free_set *after);

/* --- what the contract says, computed without the allocator's own functions ----------- */

#define for_each_zone_index(i) for ((i) = 0; (i) < MAX_NR_ZONES; (i)++)

static inline struct zone *mm_zone(int index)
{
	return &contig_page_data.node_zones[index];
}

/* Z2: the highest zone that the flags allow; -1 for a bad combination of zone bits. */
int mm_highest_zone(gfp_t gfp);

/* Z1: the zone of a frame, by its address. */
int mm_zone_of_pfn(unsigned long pfn);

/* W7: the least that must stay free in the zone, its lowmem reserve not included. */
long mm_floor(const struct zone *zone, gfp_t gfp);

/* mm_floor() and the lowmem reserve: W6's right side for the flags' last pass. */
long mm_limit(const struct zone *zone, gfp_t gfp);

/*
 * The zone that must serve the request now (Z4, W6, W8), or -1: it is refused. For
 * orders that no per-CPU list holds, or while those are empty.
 */
int mm_predict(gfp_t gfp, unsigned int order);

/* Hides memory until each zone is a little above the flags' limit, in blocks of order 4 or more. */
void mm_near_limits(gfp_t gfp);
/* What blocks of 16 pages leave of `free` pages, if more than limit + 15 must be free for one. */
long mm_left_by_order_4(long free, long limit);
/* W7: takes blocks of order 4 until refused; expects each zone to be exactly at its limit. */
void mm_check_floor(struct kunit *test, gfp_t gfp);

/* A refusal is expected. */
#define MM_TEST_GFP(gfp) ((gfp) | __GFP_NOWARN)

/* --- a zone of its own, of real frames ------------------------------------------------ */

/*
 * 2^order frames that no other zone knows, for the functions of mm/internal.h that get
 * their zone as a parameter. At first all are in use and at rest. Frames are named by
 * their number in the toy. Skips the case where memory has no such block.
 */
struct toy {
	struct zone zone;
	struct page *frames;
	unsigned int order;
	struct page *block; /* what it is a part of, from the allocator */
	unsigned int block_order;
	enum migratetype types[2]; /* of the pageblocks, before */
};

extern struct toy toy;
void toy_create(struct kunit *test, unsigned int order);
void toy_free(unsigned long frame, unsigned int order);
/* The type of the pageblock that the frame is in; its frames must be in use. */
void toy_set_type(unsigned long frame, enum migratetype type);
enum migratetype toy_type(unsigned long frame);
static inline long toy_frame(const struct page *page)
{
	return page ? page - toy.frames : -1;
}

/*
 * The free areas as text, largest order first, then by type, in the order of the list:
 * "3U8 0M1" is a block of order 3 at frame 8, UNMOVABLE, and one of order 0 at frame 1,
 * MOVABLE. A static string, good until the next call.
 */
const char *toy_text(void);

#endif
