// SPDX-License-Identifier: MIT
/*
 * How many pages a slab has: API.md M10. The function is pure: any number of CPUs may be asked
 * about on a machine with one.
 */
#include <linux/kernel.h>

#include "slab_test.h"

static const struct order_row {
	const char *name;
	unsigned int nr_cpus, size;
	int order;
	unsigned int objects;
} order_rows[] = {
	{ "8", 1, 8, 0, 512 },
	{ "16", 1, 16, 0, 256 },
	{ "32", 1, 32, 0, 128 },
	{ "64", 1, 64, 0, 64 },
	{ "96", 1, 96, 0, 42 },
	{ "128", 1, 128, 0, 32 },
	{ "192", 1, 192, 0, 21 },
	{ "256", 1, 256, 0, 16 },
	{ "512", 1, 512, 0, 8 },
	{ "700", 1, 700, 1, 11 },
	{ "1024", 1, 1024, 1, 8 },
	{ "2048", 1, 2048, 2, 8 },
	{ "4096", 1, 4096, 3, 8 },
	{ "8192", 1, 8192, 3, 4 },
	{ "one in order 3", 1, 32768, 3, 1 },
	{ "20000: half is lost", 1, 20000, 3, 1 },
	{ "more than order 3", 1, 40000, 4, 1 },
	{ "the largest", 1, 4 << 20, 10, 1 },
	{ "too large", 1, (4 << 20) + 8, -ENOSYS, 0 },
	/* 4 CPUs: 16 objects are wanted */
	{ "4 CPUs: 64", 4, 64, 0, 64 },
	{ "4 CPUs: 256", 4, 256, 0, 16 },
	{ "4 CPUs: 320", 4, 320, 1, 25 },
	{ "4 CPUs: 512", 4, 512, 1, 16 },
	{ "4 CPUs: 1024", 4, 1024, 2, 16 },
	{ "4 CPUs: 2048", 4, 2048, 3, 16 },
	{ "4 CPUs: 4096", 4, 4096, 3, 8 },
};

static void api_M10_order(struct kunit *test)
{
	const struct order_row *row;

	for (row = order_rows; row < order_rows + ARRAY_SIZE(order_rows); row++) {
		int order = slab_calculate_order(row->size, row->nr_cpus);

		KUNIT_EXPECT_EQ_MSG(test, order, row->order, "%s", row->name);
		if (order >= 0)
			KUNIT_EXPECT_EQ_MSG(test, (PAGE_SIZE << order) / row->size, row->objects,
					    "%s", row->name);
	}
}

/* M10 word for word, by trial: the first order that keeps the strictest rule that any keeps. */
static int expected_order(unsigned int size, unsigned int nr_cpus)
{
	unsigned int wanted = min(4U * (fls(nr_cpus) + 1), 32768 / size), share;
	int order;

	for (; wanted > 1; wanted--) {
		for (share = 16; share >= 4; share /= 2) {
			for (order = 0; order <= 3; order++) {
				unsigned int bytes = 4096U << order, lost = bytes % size;

				if (bytes >= wanted * size && lost * share <= bytes)
					return order;
			}
		}
	}
	for (order = 0; order <= 10; order++)
		if (4096U << order >= size)
			return order;
	return -ENOSYS;
}

static void api_M10_every_size(struct kunit *test)
{
	static const unsigned int cpus[] = { 1, 2, 4, 8, 64 };
	unsigned int size, i;

	for (i = 0; i < ARRAY_SIZE(cpus); i++) {
		for (size = 8; size <= 5 << 20; size += size < 3000 ? 8 : size / 64 & ~7U) {
			int order = slab_calculate_order(size, cpus[i]);

			if (order == expected_order(size, cpus[i]))
				continue;
			KUNIT_FAIL(test, "%u bytes, %u CPUs: order %d, not %d", size, cpus[i],
				   order, expected_order(size, cpus[i]));
			return;
		}
	}
}

/* The slabs that a cache makes are of that order. */
static void api_M10_slabs_have_it(struct kunit *test)
{
	static const unsigned int sizes[] = { 8, 700, 1024, 2048, 4096, 8192, 20000, 40000 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct kmem_cache *cache = slab_test_cache(
			test, sizes[i], 0, SLAB_NO_MERGE | SLAB_NO_USER_FLAGS, NULL);
		unsigned long before = mm_free_pages(NULL);
		int order = slab_calculate_order(sizes[i], nr_cpu_ids);
		struct slab *slab;

		slab = virt_to_slab(slab_hold(kmem_cache_alloc(cache, GFP_KERNEL)));
		KUNIT_ASSERT_NOT_NULL(test, slab);
		KUNIT_EXPECT_EQ(test, slab_order(slab), order);
		KUNIT_EXPECT_EQ(test, slab->objects, (PAGE_SIZE << order) / sizes[i]);
		KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 1UL << order);
		slab_free_held();
		slab_test_destroy(test, cache);
	}
}

static struct kunit_case slab_order_cases[] = {
	KUNIT_CASE(api_M10_order),
	KUNIT_CASE(api_M10_every_size),
	KUNIT_CASE(api_M10_slabs_have_it),
	{},
};

static struct kunit_suite slab_order_suite = {
	.name = "slab_order",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = slab_order_cases,
};
kunit_test_suite(slab_order_suite);
