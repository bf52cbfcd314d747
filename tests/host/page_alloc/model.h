/* SPDX-License-Identifier: MIT */
/*
 * The naive model: who owns each frame. It knows nothing of free lists, buddies or zones'
 * counters; it is told what the allocator answered and says whether that can be.
 *
 * Whatever is wrong is noted once, and model_failed is set: the run then ends.
 */
#ifndef _TESTS_HOST_PAGE_ALLOC_MODEL_H
#define _TESTS_HOST_PAGE_ALLOC_MODEL_H

#include "machine.h"

enum block_kind {
	PLAIN,
	COMPOUND,
	EXACT, /* of alloc_pages_exact(): any number of pages, each with its own reference */
};

struct block {
	unsigned long pfn;
	unsigned long nr; /* pages */
	enum block_kind kind;
	int refs;
	bool lru;	   /* the owner has put its head on an LRU list */
	bool of_interrupt; /* interrupts own it */

	/* What page owner has to say of it. */
	unsigned int owner_order;
	gfp_t gfp;
	unsigned long trace;

	unsigned int live; /* its place among the live ones */
};

extern bool model_failed;
extern char model_complaint[256];

/* Notes what is wrong, unless the condition holds. Returns the condition. */
#define model_expect(condition, ...)                 \
	({                                           \
		bool __holds = (condition);          \
		if (!__holds)                        \
			model_complain(__VA_ARGS__); \
		__holds;                             \
	})
void model_complain(const char *fmt, ...) __printf(1, 2);

/* Of the machine just booted, with everything free. */
void model_reset(void);

/* Frames that the allocator gave: all of them must have been free. NULL: they were not. */
struct block *model_claim(unsigned long pfn, unsigned long nr, enum block_kind kind);
/* The owner gives them back: their contents must be what the owner wrote. */
void model_release(struct block *block);
/* And then: they are as init_on_free or page poisoning leave them. */
void model_check_freed(unsigned long pfn, unsigned long nr);
/* Of a block only the first page stays in use. */
void model_cut(struct block *block);
/* Each page of the block is one of its own. */
void model_split(struct block *block);

/* The live blocks, in no order. */
unsigned int model_nr_blocks(void);
struct block *model_block(unsigned int i);
unsigned int model_percent_used(void);

/* Has a count of the allocator's drifted from the model's? After every operation. */
void model_check_counts(void);
/* Are the blocks in the free areas those that there must be? With empty per-CPU lists. */
void model_check_free_blocks(void);
/* Are the block's struct pages and its owner what they should be? */
void model_check_block(const struct block *block);

#endif
