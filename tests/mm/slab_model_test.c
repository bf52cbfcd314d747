// SPDX-License-Identifier: MIT
/*
 * Random operations on everything at once, checked by a model (slab_model.h): with memory in
 * plenty, with hardly any, and on caches that are watched. With slub_debug= on the command
 * line all of kmalloc's are.
 */
#include <linux/kernel.h>

#include "slab_model.h"
#include "slab_test.h"

#define CHECKS (SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON)

static void end_model(void *unused)
{
	slab_model_end();
}

/* A model that may use a quarter of what is free. */
static void begin(struct kunit *test, slab_flags_t flags)
{
	unsigned long pages =
		mm_free_pages(mm_zone(ZONE_NORMAL)) + mm_free_pages(mm_zone(ZONE_DMA));
	struct slab_model_config config = {
		.blocks = clamp(pages / 4, 128UL, 2048UL),
		.bytes = min(pages / 4, 2048UL) << PAGE_SHIFT,
		.largest = clamp(pages / 64 << PAGE_SHIFT, 8UL << 10, 40UL << 10),
		.flags = flags,
	};

	KUNIT_ASSERT_TRUE(test, slab_model_begin(&config));
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, end_model, NULL), 0);
}

static void run(struct kunit *test, unsigned long steps, u64 seed)
{
	unsigned long step, rest = max(steps / 8, 1UL);
	struct slab_choices choices;
	const char *fault = NULL;

	slab_choices_from_seed(&choices, seed);
	for (step = 1; step <= steps && !fault; step++) {
		fault = slab_model_operation(&choices);
		if (step % rest == 0)
			KUNIT_ASSERT_EQ(test, mm_print_problems(slab_check()), 0);
	}
	KUNIT_ASSERT_NULL_MSG(test, fault, "step %lu, seed %llu: %s", step - 1, seed, fault);
	kunit_remove_action(test, end_model, NULL);
	fault = slab_model_end();
	KUNIT_EXPECT_NULL_MSG(test, fault, "seed %llu, at the end: %s", seed, fault);
}

/*
 * The million is for the machine of 64 MiB; others have enough of less, and so have caches
 * that keep a call trace for each allocation and free.
 */
static unsigned long many(void)
{
	bool is_64_mib = max_pfn <= 16384 && max_pfn > 12288;
	bool traced = kmalloc_caches[KMALLOC_NORMAL][KMALLOC_SHIFT_LOW]->flags & SLAB_STORE_USER;

	return is_64_mib && !traced ? 1000000 : 100000;
}

static void model_quick(struct kunit *test)
{
	begin(test, 0);
	run(test, 400, 1);
	KUNIT_EXPECT_EQ(test, slab_model_counts.refused, 0);
}

static void model_quick_watched(struct kunit *test)
{
	begin(test, CHECKS);
	run(test, 150, 2);
	KUNIT_EXPECT_EQ(test, slab_model_counts.refused, 0);
}

/* So little that requests with these flags are soon refused, in the middle of everything. */
static void under_pressure(struct kunit *test, gfp_t gfp, unsigned long steps, u64 seed)
{
	begin(test, 0);
	mm_leave(gfp, 32);
	run(test, steps, seed);
	KUNIT_EXPECT_GT(test, slab_model_counts.refused, 0);
}

static void model_under_pressure(struct kunit *test)
{
	under_pressure(test, GFP_ATOMIC, 800, 3);
}

static void model_million(struct kunit *test)
{
	begin(test, 0);
	run(test, many(), 4);
	KUNIT_EXPECT_GE(test, slab_model_counts.operations, many());
}

static void model_million_watched(struct kunit *test)
{
	begin(test, CHECKS);
	run(test, many(), 5);
	KUNIT_EXPECT_GE(test, slab_model_counts.operations, many());
}

static void model_watched_with_users(struct kunit *test)
{
	begin(test, CHECKS | SLAB_STORE_USER);
	run(test, 50000, 7);
}

static void model_under_pressure_for_long(struct kunit *test)
{
	under_pressure(test, GFP_KERNEL, 100000, 6);
}

static struct kunit_case slab_model_cases[] = {
	KUNIT_CASE(model_quick),
	KUNIT_CASE_SLOW(model_quick_watched),
	KUNIT_CASE_SLOW(model_under_pressure),
	KUNIT_CASE_SLOW(model_million),
	KUNIT_CASE_SLOW(model_million_watched),
	KUNIT_CASE_SLOW(model_watched_with_users),
	KUNIT_CASE_SLOW(model_under_pressure_for_long),
	{},
};

static struct kunit_suite slab_model_suite = {
	.name = "slab_model",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = slab_model_cases,
};
kunit_test_suite(slab_model_suite);
