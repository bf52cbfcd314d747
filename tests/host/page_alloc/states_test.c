// SPDX-License-Identifier: MIT
/*
 * A zone of 16 pages, exhaustively: every sequence of allocations of orders 0 to 4 and frees
 * of live blocks, up to a length.
 *
 * Two sequences that lead to the same state have the same future, so states are walked, not
 * sequences: a level of the walk holds those that one operation more leads to. A state is
 * kept as two numbers, and is all that the allocator can see of its past:
 *
 *	frames	four bits a frame: what begins there, a block that is free, in use, or in a
 *		per-CPU list, of which order; or nothing
 *	lists	four bits a block that is in a list: its frame, list by list, in their order
 *
 * After each operation stand the reference's answers. It has only a set of free frames, as
 * bits: free blocks are the largest aligned runs of these.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "../e820/host.h"
#include "model.h"
#include "tests.h"

#define PAGES	    16
#define TOP_ORDER   4
#define NR_ORDERS   (TOP_ORDER + 1)
#define MAX_STATES  (1U << 20)
#define HASH_SIZE   (2 * MAX_STATES)
#define FIRST_FRAME 1024

/* What begins at a frame: the order is added. */
enum { NOTHING = 0, FREE = 1, IN_USE = FREE + NR_ORDERS, IN_PCP = IN_USE + NR_ORDERS };

struct state {
	u64 frames, lists;
};

static struct page *pages;
static struct zone *zone;
static bool drained; /* the per-CPU lists are emptied after each operation */

static struct state *states; /* all that were found, in that order */
static unsigned int nr_states;
static u32 *hash; /* 1 + index into states[], 0: none */

static unsigned int nibble(u64 number, unsigned int i)
{
	return number >> 4 * i & 15;
}

static unsigned int order_of(unsigned int kind)
{
	return kind < IN_USE ? kind - FREE : kind < IN_PCP ? kind - IN_USE : kind - IN_PCP;
}

static u32 run(unsigned int first, unsigned int order)
{
	return ((1U << (1U << order)) - 1) << first;
}

/* Frames in blocks of the kinds from..to, as bits. */
static u32 frames_in(u64 frames, unsigned int from, unsigned int to)
{
	u32 set = 0;
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		if (nibble(frames, i) >= from && nibble(frames, i) <= to)
			set |= run(i, order_of(nibble(frames, i)));
	return set;
}

/* --- the allocator's state, read and written ------------------------------------------------ */

static struct list_head *list_of(unsigned int kind)
{
	if (kind >= IN_PCP)
		return &zone->per_cpu_pageset->lists[pcp_list_index(0, kind - IN_PCP)];
	return &zone->free_area[kind - FREE].free_list[MIGRATE_UNMOVABLE];
}

static void set_frame(struct state *state, const struct page *page, unsigned int kind)
{
	state->frames |= (u64)kind << 4 * (page - pages);
}

/* Of blocks in use only the caller knows: in_use[] holds their kinds. */
static struct state read_state(const u8 *in_use)
{
	struct state state = { 0, 0 };
	unsigned int kind, i, nr = 0;

	for (i = 0; i < PAGES; i++)
		if (in_use[i])
			set_frame(&state, pages + i, in_use[i]);
	for (kind = FREE; kind < IN_PCP + NR_PCP_ORDERS; kind++) {
		struct page *page;

		if (kind >= IN_USE && kind < IN_PCP)
			continue;
		list_for_each_entry(page, list_of(kind), lru) {
			set_frame(&state, page, kind);
			state.lists |= (u64)(page - pages) << 4 * nr++;
		}
	}
	return state;
}

static void clear_zone(void)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		pages[i].private = 0;
		pages[i].page_type = -1U;
		set_page_count(pages + i, 0);
	}
	for (i = 0; i < NR_ORDERS; i++) {
		INIT_LIST_HEAD(list_of(FREE + i));
		zone->free_area[i].nr_free = 0;
	}
	for (i = 0; i < NR_PCP_ORDERS; i++)
		INIT_LIST_HEAD(list_of(IN_PCP + i));
	zone->nr_free_pages = 0;
	zone->per_cpu_pageset->count = 0;
}

static void write_state(const struct state *state, u8 *in_use)
{
	unsigned int i, nr = 0;

	clear_zone();
	for (i = 0; i < PAGES; i++) {
		unsigned int kind = nibble(state->frames, i);

		in_use[i] = kind >= IN_USE && kind < IN_PCP ? kind : NOTHING;
		set_page_count(pages + i, in_use[i] ? 1 : 0);
		nr += kind && !in_use[i];
	}
	while (nr--) {
		struct page *page = pages + nibble(state->lists, nr);
		unsigned int kind = nibble(state->frames, page - pages);

		if (kind < IN_USE) {
			add_to_free_list(zone, page, kind - FREE, MIGRATE_UNMOVABLE);
			continue;
		}
		list_add(&page->lru, list_of(kind));
		zone->per_cpu_pageset->count += 1 << (kind - IN_PCP);
	}
}

/* --- the reference ---------------------------------------------------------------------------- */

/* The order of the largest aligned run of free frames that this one is in; -1: it is not free. */
static int largest_run(u32 free, unsigned int frame)
{
	int order;

	for (order = TOP_ORDER; order >= 0; order--) {
		u32 block = run(frame & ~((1U << order) - 1), order);

		if ((free & block) == block)
			return order;
	}
	return -1;
}

/* The blocks in the free areas are the largest runs of the frames in them. */
static void expect_largest_blocks(u64 frames)
{
	u32 free = frames_in(frames, FREE, IN_USE - 1);
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		int order = largest_run(free, i);
		bool head = order >= 0 && !(i & ((1U << order) - 1));
		unsigned int kind = nibble(frames, i);

		model_expect((kind >= FREE && kind < IN_USE) == head &&
				     (!head || kind == FREE + (unsigned int)order),
			     "frame %u: kind %u, largest free block of order %d", i, kind, order);
	}
}

/* A block of that order has to be had, from the smallest that is large enough, at its start. */
static void expect_choice(u32 free, unsigned int order, const struct page *page)
{
	int smallest = NR_ORDERS, got = page ? largest_run(free, page - pages) : NR_ORDERS;
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		if (largest_run(free, i) >= (int)order)
			smallest = min(smallest, largest_run(free, i));
	model_expect(!page == (smallest == NR_ORDERS), "order %u of %#x: %s", order, free,
		     page ? "given" : "refused");
	if (!page || model_failed)
		return;
	model_expect(!((page - pages) & ((1 << order) - 1)) && got >= (int)order,
		     "order %u of %#x: frame %ld", order, free, (long)(page - pages));
	if (drained)
		model_expect(got == smallest && !((page - pages) & ((1 << got) - 1)),
			     "order %u of %#x: frame %ld, in a block of order %d", order, free,
			     (long)(page - pages), got);
}

/*
 * B5: what was freed is the first in its list; the last, if the block that it would be half of
 * has a free buddy.
 */
static void expect_position(u32 free, unsigned int frame)
{
	unsigned int order = largest_run(free, frame);
	unsigned int parent = frame & ~((2U << order) - 1), uncle = parent ^ (2U << order);
	bool at_tail = uncle < PAGES && largest_run(free, uncle) == (int)order + 1;
	struct list_head *list = list_of(FREE + order);
	struct page *page = pages + (frame & ~((1U << order) - 1));

	model_expect((at_tail ? list->prev : list->next) == &page->lru,
		     "frame %u, freed as part of a block of order %u, is not at the %s", frame,
		     order, at_tail ? "tail" : "head");
}

/* --- operations ------------------------------------------------------------------------------- */

/* The state that was reached: sound, and free is what the reference says. */
static struct state reached(const u8 *in_use, u32 free)
{
	struct state state;
	int found;

	if (drained)
		drain_all_pages(NULL);
	state = read_state(in_use);
	found = page_alloc_check_zone(zone);
	if (found)
		mm_print_problems(found);
	model_expect(!found, "the checkers found something");
	model_expect((frames_in(state.frames, FREE, IN_USE - 1) |
		      frames_in(state.frames, IN_PCP, 15)) == free,
		     "frames %#llx, lists %#llx, not free: %#x", state.frames, state.lists, free);
	expect_largest_blocks(state.frames);
	return state;
}

static struct state after_alloc(const struct state *from, unsigned int order)
{
	u32 free = ~frames_in(from->frames, IN_USE, IN_PCP - 1) & 0xffff;
	u8 in_use[PAGES];
	struct page *page;

	write_state(from, in_use);
	page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, order);
	expect_choice(free, order, page);
	if (page && !model_failed) {
		in_use[page - pages] = IN_USE + order;
		free &= ~run(page - pages, order);
	}
	return reached(in_use, free);
}

static struct state after_free(const struct state *from, unsigned int frame)
{
	u32 free = ~frames_in(from->frames, IN_USE, IN_PCP - 1) & 0xffff;
	u8 in_use[PAGES];
	struct state state;
	unsigned int order;

	write_state(from, in_use);
	order = in_use[frame] - IN_USE;
	in_use[frame] = NOTHING;
	free |= run(frame, order);
	__free_pages(pages + frame, order);
	state = reached(in_use, free);
	if (drained)
		expect_position(free, frame);
	return state;
}

/* --- the walk --------------------------------------------------------------------------------- */

static void found_state(struct state state)
{
	u64 mixed = (state.frames ^ state.lists * 0x9e3779b97f4a7c15ULL) * 0xff51afd7ed558ccdULL;
	u32 slot = (mixed ^ mixed >> 32) % HASH_SIZE;

	for (; hash[slot]; slot = (slot + 1) % HASH_SIZE)
		if (!memcmp(&states[hash[slot] - 1], &state, sizeof(state)))
			return;
	states[nr_states++] = state;
	hash[slot] = nr_states;
}

/* Every operation that there is, from this state; `then` gets the states that come of it. */
static unsigned int step_from(const struct state *state, void (*then)(struct state))
{
	unsigned int i, steps = NR_ORDERS;

	for (i = 0; i < NR_ORDERS; i++)
		then(after_alloc(state, i));
	for (i = 0; i < PAGES; i++) {
		unsigned int kind = nibble(state->frames, i);

		if (kind < IN_USE || kind >= IN_PCP)
			continue;
		then(after_free(state, i));
		steps++;
	}
	return steps;
}

static void begin(bool drain)
{
	drained = drain;
	machine_boot(&machine_16_pages, "");
	model_reset();
	pages = pfn_to_page(FIRST_FRAME);
	zone = page_zone(pages);
}

static void walk(unsigned int length, bool drain, const char *name)
{
	unsigned int level, next = 0, end, steps = 0;
	u8 in_use[PAGES] = { 0 };

	begin(drain);
	states = host_alloc(MAX_STATES * sizeof(*states));
	hash = host_alloc(HASH_SIZE * sizeof(*hash));
	memset(hash, 0, HASH_SIZE * sizeof(*hash));
	nr_states = 0;
	found_state(read_state(in_use));
	for (level = 0; level < length && !model_failed; level++)
		for (end = nr_states; next < end && !model_failed; next++)
			steps += step_from(&states[next], found_state);
	host_result(!model_failed,
		    "16 pages: every sequence of %u operations, %s (%u states, %u steps)", length,
		    name, nr_states, steps);
	host_free(states);
	host_free(hash);
}

/* --- every state ------------------------------------------------------------------------------ */

static unsigned int states_tried;

static void forget(struct state state)
{
}

static void try_state(u64 frames)
{
	struct state state = { frames, 0 };
	unsigned int i, nr = 0;

	for (i = 0; i < PAGES; i++)
		if (nibble(frames, i) >= FREE && nibble(frames, i) < IN_USE)
			state.lists |= (u64)i << 4 * nr++;
	states_tried++;
	step_from(&state, forget);
}

/* All ways to lay blocks from this frame on: none are two free buddies. */
static void lay_blocks(unsigned int frame, u64 frames)
{
	unsigned int order;

	if (frame == PAGES) {
		try_state(frames);
		return;
	}
	for (order = 0; order <= TOP_ORDER && !(frame & ((1U << order) - 1)); order++) {
		unsigned int next = frame + (1U << order), buddy = frame ^ (1U << order);

		if (next > PAGES || model_failed)
			return;
		lay_blocks(next, frames | (u64)(IN_USE + order) << 4 * frame);
		if (buddy > frame || nibble(frames, buddy) != FREE + order)
			lay_blocks(next, frames | (u64)(FREE + order) << 4 * frame);
	}
}

/*
 * Of a block of order n there are s(n) states: free, in use, or halves in any of theirs but
 * both free: s(0) = 2, s(n + 1) = 2 + s(n)^2 - 1. Each operation on each of the s(4) states
 * is right: by induction, so is every sequence of any length, as far as it does not depend
 * on the order in the lists.
 */
static void test_every_state(void)
{
	unsigned int order, wanted = 2;

	for (order = 0; order < TOP_ORDER; order++)
		wanted = wanted * wanted + 1;
	begin(true);
	lay_blocks(0, 0);
	model_expect(states_tried == wanted, "%u states, not %u", states_tried, wanted);
	host_result(!model_failed, "16 pages: every operation on each of %u states", states_tried);
}

void test_all_states(void)
{
	walk(12, true, "the per-CPU lists drained after each");
	walk(11, false, "with per-CPU lists");
	/* The slowest test; once is enough. */
	if (sizeof(long) == 8)
		test_every_state();
}
