// SPDX-License-Identifier: MIT
/* Pages: pairs and batches of each order. */
#include <linux/gfp.h>
#include <linux/kernel.h>
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

BENCH_ROUND(page_round, alloc_pages(GFP_KERNEL, order), __free_pages(object, order))

static void bench_page_batches(const char *pattern)
{
	bench_batches(pattern, "pages o0", 512, page_round, 0);
	bench_batches(pattern, "pages o1", 512, page_round, 1);
	bench_batches(pattern, "pages o3", 512, page_round, 3);
	bench_batches(pattern, "pages o9", 64, page_round, 9);
}
BENCHMARK(bench_page_batches);
