// SPDX-License-Identifier: MIT
/*
 * To the last page and back: API.md B3.
 *
 * Each cycle takes all memory there is, in blocks of random types from a given order down
 * to single pages, gives it back in another order, and must find the same set of free
 * blocks as before: nothing lost, nothing left unmerged.
 */
#include <linux/kernel.h>
#include <linux/prandom.h>

#include "mm_test.h"

#define EVERYTHING (GFP_NOWAIT | __GFP_HIGHMEM | __GFP_NOWARN | __GFP_MEMALLOC)

static struct free_set at_first, at_last;
static struct rnd_state rnd;

static void take_everything(unsigned int top)
{
	static const gfp_t types[] = { 0, __GFP_MOVABLE, __GFP_RECLAIMABLE, __GFP_HIGH };
	int order;

	for (order = top; order >= 0; order--)
		while (mm_take(EVERYTHING | types[prandom_u32_state(&rnd) % 4], order))
			;
	/* What atomic requests reserved is for them alone until it is given back. */
	while (mm_free_pages(NULL)) {
		unsigned long before = mm_free_pages(NULL);

		mm_settle();
		for (order = top; order >= 0; order--)
			mm_fill(EVERYTHING, order);
		if (mm_free_pages(NULL) == before)
			break;
	}
}

/* Dealt out onto some heaps, at either end, and given back heap by heap. */
static void give_back_shuffled(void)
{
	struct list_head heaps[16];
	struct page *page, *next;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(heaps); i++)
		INIT_LIST_HEAD(&heaps[i]);
	list_for_each_entry_safe(page, next, &mm_held, lru) {
		u32 random = prandom_u32_state(&rnd);

		if (random & 16)
			list_move(&page->lru, &heaps[random % 16]);
		else
			list_move_tail(&page->lru, &heaps[random % 16]);
	}
	for (i = 0; i < ARRAY_SIZE(heaps); i++)
		list_splice(&heaps[i], &mm_held);
	mm_give_all();
}

/* Fails the case on the first difference: what comes after would only repeat it. */
static void cycle(struct kunit *test, unsigned int top)
{
	struct zone *zone;

	take_everything(top);
	for_each_zone(zone)
		KUNIT_ASSERT_EQ_MSG(test, zone->nr_free_pages, 0, "zone %s", zone->name);
	KUNIT_ASSERT_EQ(test, mm_free_pages(NULL), 0);
	give_back_shuffled();
	mm_settle();
	free_set_read(&at_last);
	free_set_compare(test, &at_first, &at_last);
	KUNIT_ASSERT_EQ(test, test->status, KUNIT_SUCCESS);
}

/* The lowest order at which all of memory is at most so many blocks. */
static unsigned int lowest_top(unsigned long blocks)
{
	unsigned int top = 0;

	while (top < MAX_PAGE_ORDER && totalram_pages() >> top > blocks)
		top++;
	return top;
}

static void cycles(struct kunit *test, unsigned int nr, unsigned long blocks)
{
	unsigned int lowest = lowest_top(blocks), i;

	if (mm_touches_bytes())
		nr = min(nr, 2U);
	prandom_seed_state(&rnd, nr);
	free_set_read(&at_first);
	for (i = 0; i < nr; i++)
		cycle(test, lowest + i % (MAX_ORDER - lowest));
}

static void api_B3_ten_cycles(struct kunit *test)
{
	cycles(test, 10, 600);
}

static void api_B3_many_cycles(struct kunit *test)
{
	cycles(test, mm_is_64_mib() ? 1000 : 11, 1UL << 18);
}

/* The same by one type of requests, in blocks of one order: no other order to fall back to. */
static void api_B3_every_order(struct kunit *test)
{
	unsigned int order, lowest = lowest_top(600);

	prandom_seed_state(&rnd, 3);
	free_set_read(&at_first);
	for (order = lowest; order <= MAX_PAGE_ORDER; order++) {
		mm_fill(EVERYTHING | __GFP_MOVABLE, order);
		give_back_shuffled();
		mm_settle();
		free_set_read(&at_last);
		free_set_compare(test, &at_first, &at_last);
		KUNIT_ASSERT_EQ(test, test->status, KUNIT_SUCCESS);
	}
}

static struct kunit_case exhaust_cases[] = {
	KUNIT_CASE_SLOW(api_B3_ten_cycles),
	KUNIT_CASE_SLOW(api_B3_every_order),
	KUNIT_CASE_SLOW(api_B3_many_cycles),
	{},
};

static struct kunit_suite exhaust_suite = {
	.name = "exhaust",
	.init = mm_test_init,
	.exit = mm_test_exit,
	.test_cases = exhaust_cases,
};
kunit_test_suite(exhaust_suite);
