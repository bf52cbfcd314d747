// SPDX-License-Identifier: MIT
/* sort() and list_sort(): order, completeness, stability, cost. */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/list_sort.h>
#include <linux/prandom.h>
#include <linux/sort.h>

#define MAX_ITEMS 200

static int comparisons, exchanges;

static int cmp_u32(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	comparisons++;
	return x < y ? -1 : x > y;
}

static void swap_u32(void *a, void *b, int size)
{
	exchanges++;
	swap(*(u32 *)a, *(u32 *)b);
}

/* Ascending, and the sum and the xor say that nothing was lost or doubled. */
static void expect_sorted(struct kunit *test, const u32 *array, int n, u32 sum, u32 xor)
{
	for (int i = 0; i < n; i++) {
		if (i)
			KUNIT_EXPECT_LE(test, array[i - 1], array[i]);
		sum -= array[i];
		xor ^= array[i];
	}
	KUNIT_EXPECT_EQ(test, sum, 0);
	KUNIT_EXPECT_EQ(test, xor, 0);
}

static void sort_random(struct kunit *test, int n, u32 range)
{
	static u32 array[MAX_ITEMS];
	struct rnd_state rnd;
	u32 sum = 0, xor = 0;

	prandom_seed_state(&rnd, n);
	for (int i = 0; i < n; i++) {
		array[i] = prandom_u32_state(&rnd) % range;
		sum += array[i];
		xor ^= array[i];
	}
	sort(array, n, sizeof(u32), cmp_u32, NULL);
	expect_sorted(test, array, n, sum, xor);
}

static void api_L2_sort_every_small_count(struct kunit *test)
{
	for (int n = 0; n <= 33; n++) {
		sort_random(test, n, 1000);
		sort_random(test, n, 3); /* many equal ones */
	}
}

static void api_L2_sort_cost_is_n_log_n(struct kunit *test)
{
	comparisons = 0;
	sort_random(test, 200, U32_MAX);
	/* 2 n log2 n is 3058 */
	KUNIT_EXPECT_LE(test, comparisons, 3058);
}

static void api_L2_sort_uses_the_given_swap(struct kunit *test)
{
	u32 array[] = { 5, 4, 3, 2, 1 };

	exchanges = 0;
	sort(array, 5, sizeof(u32), cmp_u32, swap_u32);
	expect_sorted(test, array, 5, 15, 5 ^ 4 ^ 3 ^ 2 ^ 1);
	KUNIT_EXPECT_GT(test, exchanges, 0);
}

struct odd {
	u8 bytes[7];
};

static int cmp_odd(const void *a, const void *b, const void *priv)
{
	int at = *(const int *)priv;

	return ((const struct odd *)a)->bytes[at] - ((const struct odd *)b)->bytes[at];
}

static void sort_r_passes_priv_and_moves_any_size(struct kunit *test)
{
	struct odd array[9];
	int at = 3;

	for (int i = 0; i < 9; i++)
		memset(array[i].bytes, i * 5 % 9, sizeof(array[i].bytes));
	sort_r(array, 9, sizeof(struct odd), cmp_odd, NULL, &at);
	for (int i = 0; i < 9; i++)
		KUNIT_EXPECT_NULL(test, memchr_inv(array[i].bytes, i, sizeof(array[i].bytes)));
}

struct entry {
	struct list_head list;
	int key, serial;
};

static int cmp_entry(void *priv, const struct list_head *a, const struct list_head *b)
{
	comparisons++;
	++*(int *)priv;
	return list_entry(a, struct entry, list)->key - list_entry(b, struct entry, list)->key;
}

static void list_sort_count(struct kunit *test, int n)
{
	static struct entry entries[MAX_ITEMS];
	struct entry *entry, *previous = NULL;
	int met = 0, calls = 0;
	LIST_HEAD(head);
	struct rnd_state rnd;

	prandom_seed_state(&rnd, n);
	comparisons = 0;
	for (int i = 0; i < n; i++) {
		entries[i].key = prandom_u32_state(&rnd) % 10;
		entries[i].serial = i;
		list_add_tail(&entries[i].list, &head);
	}
	list_sort(&calls, &head, cmp_entry);
	KUNIT_EXPECT_EQ(test, calls, comparisons);
	list_for_each_entry(entry, &head, list) {
		if (previous) {
			KUNIT_EXPECT_LE(test, previous->key, entry->key);
			if (previous->key == entry->key)
				KUNIT_EXPECT_LT(test, previous->serial, entry->serial);
			KUNIT_EXPECT_PTR_EQ(test, entry->list.prev, &previous->list);
		}
		previous = entry;
		met++;
	}
	KUNIT_EXPECT_EQ(test, met, n);
	KUNIT_EXPECT_PTR_EQ(test, head.prev, previous ? &previous->list : &head);
}

static void list_sort_is_stable_and_complete(struct kunit *test)
{
	for (int n = 0; n <= 33; n++)
		list_sort_count(test, n);
	list_sort_count(test, MAX_ITEMS);
	/* n log2 n is 1529 */
	KUNIT_EXPECT_LE(test, comparisons, 1529);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(api_L2_sort_every_small_count),
	KUNIT_CASE(api_L2_sort_cost_is_n_log_n),
	KUNIT_CASE(api_L2_sort_uses_the_given_swap),
	KUNIT_CASE(sort_r_passes_priv_and_moves_any_size),
	KUNIT_CASE_SLOW(list_sort_is_stable_and_complete),
	{},
};

static struct kunit_suite suite = { .name = "lib_sort", .test_cases = cases };
kunit_test_suite(suite);
