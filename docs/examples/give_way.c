// SPDX-License-Identifier: MIT
/*
 * Living with failure: give way and try again.
 *
 * A driver that keeps things it could do without, here the blocks of a disk that it has
 * read lately, is a part of the shortage. When it is refused memory for something that it
 * needs, it gives up some of what it only likes to have, the oldest first, and tries again.
 * Only when it has nothing left to give is the answer NULL. It helps most where what is given
 * up is of the size that is wanted: then the very next try succeeds.
 *
 * __GFP_NORETRY says that there is another way, __GFP_NOWARN that a refusal is no news. (A
 * shrinker, registered with the memory manager, gives way also to others.)
 */
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../../tests/mm/shortage.h"

#define BLOCK_SIZE 4096
#define TRY_GFP	   (GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN)

struct cached {
	struct list_head list; /* in `cache`, the oldest first */
	unsigned int number;
	char *data;
};

static LIST_HEAD(cache);
static unsigned int nr_cached;

static void drop(struct cached *cached)
{
	list_del(&cached->list);
	nr_cached--;
	kfree(cached->data);
	kfree(cached);
}

/* False: there is nothing left to give. */
static bool give_way(void)
{
	if (list_empty(&cache))
		return false;
	drop(list_first_entry(&cache, struct cached, list));
	return true;
}

static void *alloc_giving_way(size_t size)
{
	void *memory;

	do
		memory = kmalloc(size, TRY_GFP);
	while (!memory && give_way());
	return memory;
}

/* To remember a block is a nicety: for that nobody gives way, and no error is made of it. */
static void remember(unsigned int number, const char *data)
{
	struct cached *cached = kmalloc(sizeof(*cached), TRY_GFP);

	if (!cached)
		return;
	cached->number = number;
	cached->data = kmemdup(data, BLOCK_SIZE, TRY_GFP);
	if (!cached->data) {
		kfree(cached);
		return;
	}
	list_add_tail(&cached->list, &cache);
	nr_cached++;
}

static const char *recall(unsigned int number)
{
	struct cached *cached;

	list_for_each_entry(cached, &cache, list)
		if (cached->number == number)
			return cached->data;
	return NULL;
}

/* --- the test ----------------------------------------------------------------------------------- */

static char block[BLOCK_SIZE];

static void fill_the_cache(unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		memset(block, i, BLOCK_SIZE);
		remember(i, block);
	}
}

static void the_cache_gives_way(struct kunit *test)
{
	unsigned int i, before;
	char *memory;

	shortage_begin(40);
	fill_the_cache(100);
	/* It has taken all there was, and the rest was not worth an error. */
	before = nr_cached;
	KUNIT_EXPECT_GE(test, before, 5);
	KUNIT_EXPECT_LT(test, before, 100);
	KUNIT_EXPECT_NULL(test, kmalloc(BLOCK_SIZE, TRY_GFP));

	memory = alloc_giving_way(BLOCK_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, memory);
	memset(memory, 0xff, BLOCK_SIZE);
	/* The oldest was enough. The others are there, and are what they were. */
	KUNIT_EXPECT_EQ(test, nr_cached, before - 1);
	KUNIT_EXPECT_NULL(test, recall(0));
	for (i = 1; i < before; i++) {
		KUNIT_ASSERT_NOT_NULL(test, recall(i));
		KUNIT_EXPECT_NULL(test, memchr_inv(recall(i), i, BLOCK_SIZE));
	}
	kfree(memory);
	while (give_way())
		;
	shortage_end();
}

static void when_nothing_is_left_to_give(struct kunit *test)
{
	shortage_begin(10);
	fill_the_cache(20);
	KUNIT_EXPECT_NULL(test, alloc_giving_way(64 * BLOCK_SIZE));
	KUNIT_EXPECT_EQ(test, nr_cached, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&cache));
	shortage_end();
}

static struct kunit_case give_way_cases[] = {
	KUNIT_CASE_SLOW(the_cache_gives_way),
	KUNIT_CASE(when_nothing_is_left_to_give),
	{},
};

static struct kunit_suite give_way_suite = {
	.name = "example_give_way",
	.init = shortage_init,
	.exit = shortage_exit,
	.test_cases = give_way_cases,
};
kunit_test_suite(give_way_suite);
