// SPDX-License-Identifier: MIT
/* Pages: pairs and batches of each order. */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>

#include "bench.h"

static noinline void *stub_alloc(void)
{
	barrier();
	return NULL;
}

static noinline void stub_free(void *object)
{
	barrier();
}

static void bench_page_pairs(const char *pattern)
{
	unsigned long address;
	struct page *page;
	unsigned int order;
	void *object;

	BENCH_PAIR(pattern, "stub(call+ret)", object = stub_alloc(), stub_free(object));
	for (order = 0; order < NR_PAGE_ORDERS; order++) {
		char name[24];

		snprintf(name, sizeof(name), "alloc_pages o%u", order);
		BENCH_PAIR(pattern, name, page = alloc_pages(GFP_KERNEL, order),
			   __free_pages(page, order));
	}
	BENCH_PAIR(pattern, "alloc_pages_node(0) o0", page = alloc_pages_node(0, GFP_KERNEL, 0),
		   __free_pages(page, 0));
	BENCH_PAIR(pattern, "alloc_pages o0 GFP_ATOMIC", page = alloc_pages(GFP_ATOMIC, 0),
		   __free_pages(page, 0));
	BENCH_PAIR(pattern, "get_zeroed_page", address = get_zeroed_page(GFP_KERNEL),
		   free_page(address));
}
BENCHMARK(bench_page_pairs);

#define BATCH_MOST    512
#define BATCH_ROUNDS  20
#define BATCH_WARM_UP 3

enum free_order { FIFO, LIFO, RANDOM };

static struct page *batch[BATCH_MOST];
static unsigned short batch_index[BATCH_MOST];

static void fill_index(unsigned int nr, enum free_order free_order)
{
	u32 seed = 0x12345678;
	unsigned int i;

	for (i = 0; i < nr; i++)
		batch_index[i] = free_order == LIFO ? nr - 1 - i : i;
	if (free_order != RANDOM)
		return;
	for (i = nr - 1; i > 0; i--) {
		unsigned int other = bench_xorshift32(&seed) % (i + 1);

		swap(batch_index[i], batch_index[other]);
	}
}

/* Ticks of nr allocations and nr frees, the loops included. */
static u64 batch_round(unsigned int order, unsigned int nr)
{
	u64 start = bench_clock(), end;
	unsigned int i;

	for (i = 0; i < nr; i++)
		batch[i] = alloc_pages(GFP_KERNEL, order);
	for (i = 0; i < nr; i++)
		__free_pages(batch[batch_index[i]], order);
	end = bench_clock();
	return end - start - BENCH_CLOCK_COST;
}

static void bench_batch(const char *pattern, unsigned int order, unsigned int nr,
			enum free_order free_order)
{
	static const char *const names[] = { "fifo", "lifo", "rand" };
	u64 sum = 0, min = ~0ULL;
	char name[32];
	int round;

	snprintf(name, sizeof(name), "pages o%u x%u %s", order, nr, names[free_order]);
	if (!bench_wanted(pattern, name))
		return;
	fill_index(nr, free_order);
	for (round = -BATCH_WARM_UP; round < BATCH_ROUNDS; round++) {
		u64 ticks = batch_round(order, nr);

		if (round < 0)
			continue;
		min = min(min, ticks);
		sum += ticks;
	}
	bench_report(name, div_u64(min, nr), div_u64(sum * 100, BATCH_ROUNDS * nr), "instructions");
}

static void bench_page_batches(const char *pattern)
{
	enum free_order free_order;

	for (free_order = FIFO; free_order <= RANDOM; free_order++) {
		bench_batch(pattern, 0, 512, free_order);
		bench_batch(pattern, 1, 512, free_order);
		bench_batch(pattern, 3, 512, free_order);
		bench_batch(pattern, 9, 64, free_order);
	}
}
BENCHMARK(bench_page_batches);
