// SPDX-License-Identifier: MIT
/* Objects: kmalloc, slab caches, bulk; pairs and batches. */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mempool.h>
#include <linux/slab.h>

#include "bench.h"

#define BULK  64
#define BATCH 1024

static struct kmem_cache *cache_128;

#define KMALLOC_PAIR(pattern, size) \
	BENCH_PAIR(pattern, "kmalloc " #size, object = kmalloc(size, GFP_KERNEL), kfree(object))

static void bench_kmalloc(const char *pattern)
{
	void *object;

	KMALLOC_PAIR(pattern, 8);
	KMALLOC_PAIR(pattern, 16);
	KMALLOC_PAIR(pattern, 32);
	KMALLOC_PAIR(pattern, 64);
	KMALLOC_PAIR(pattern, 96);
	KMALLOC_PAIR(pattern, 128);
	KMALLOC_PAIR(pattern, 192);
	KMALLOC_PAIR(pattern, 256);
	KMALLOC_PAIR(pattern, 512);
	KMALLOC_PAIR(pattern, 1024);
	KMALLOC_PAIR(pattern, 2048);
	KMALLOC_PAIR(pattern, 4096);
	KMALLOC_PAIR(pattern, 8192);
	KMALLOC_PAIR(pattern, 65536);
	BENCH_PAIR(pattern, "kmalloc 64 GFP_ATOMIC", object = kmalloc(64, GFP_ATOMIC),
		   kfree(object));
	BENCH_PAIR(pattern, "kmalloc 512 GFP_ATOMIC", object = kmalloc(512, GFP_ATOMIC),
		   kfree(object));
	BENCH_PAIR(pattern, "kmalloc 512 GFP_DMA", object = kmalloc(512, GFP_DMA), kfree(object));
	BENCH_PAIR(pattern, "kzalloc 64", object = kzalloc(64, GFP_KERNEL), kfree(object));
	BENCH_PAIR(pattern, "kzalloc 4096", object = kzalloc(4096, GFP_KERNEL), kfree(object));
}
BENCHMARK(bench_kmalloc);

static void bench_kmalloc_var(const char *pattern)
{
	static const unsigned int sizes[] = {
		8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192, 65536,
	};
	unsigned int i;
	void *object;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_t size = READ_ONCE(sizes[i]);
		char name[24];

		snprintf(name, sizeof(name), "kmalloc(var) %zu", size);
		BENCH_PAIR(pattern, name, object = kmalloc(size, GFP_KERNEL), kfree(object));
	}
}
BENCHMARK(bench_kmalloc_var);

BENCH_ROUND(kmalloc_32_round, kmalloc(32, GFP_KERNEL), kfree(object))
BENCH_ROUND(kmalloc_256_round, kmalloc(256, GFP_KERNEL), kfree(object))
BENCH_ROUND(kmalloc_1024_round, kmalloc(1024, GFP_KERNEL), kfree(object))
BENCH_ROUND(cache_128_round, kmem_cache_alloc(cache_128, GFP_KERNEL),
	    kmem_cache_free(cache_128, object))

static void bench_object_batches(const char *pattern)
{
	bench_batches(pattern, "kmalloc 32", BATCH, kmalloc_32_round, 0);
	bench_batches(pattern, "kmalloc 256", BATCH, kmalloc_256_round, 0);
	bench_batches(pattern, "kmalloc 1024", BATCH, kmalloc_1024_round, 0);
}
BENCHMARK(bench_object_batches);

static void bench_caches(const char *pattern)
{
	void *object, *objects[BULK];

	cache_128 = kmem_cache_create("bench-128", 128, 0, SLAB_NO_MERGE, NULL);
	if (!cache_128)
		return;
	BENCH_PAIR(pattern, "kmem_cache 128", object = kmem_cache_alloc(cache_128, GFP_KERNEL),
		   kmem_cache_free(cache_128, object));
	BENCH_PAIR(pattern, "bulk64 128 (per 64 objs)",
		   kmem_cache_alloc_bulk(cache_128, GFP_KERNEL, BULK, objects),
		   kmem_cache_free_bulk(cache_128, BULK, objects));
	bench_batches(pattern, "kmem_cache 128", BATCH, cache_128_round, 0);
	kmem_cache_destroy(cache_128);
}
BENCHMARK(bench_caches);

/* Beside what is behind the pool: rows of the same name without "mempool of". */
static void bench_pool(const char *pattern, const char *name, mempool_t *pool)
{
	void *element;

	if (pool)
		BENCH_PAIR(pattern, name, element = mempool_alloc(pool, GFP_KERNEL),
			   mempool_free(element, pool));
	mempool_destroy(pool);
}

static void bench_pools(const char *pattern)
{
	cache_128 = kmem_cache_create("bench-128", 128, 0, SLAB_NO_MERGE, NULL);
	if (!cache_128)
		return;
	bench_pool(pattern, "mempool of kmem_cache 128", mempool_create_slab_pool(8, cache_128));
	bench_pool(pattern, "mempool of kmalloc(var) 128", mempool_create_kmalloc_pool(8, 128));
	bench_pool(pattern, "mempool of alloc_pages o0", mempool_create_page_pool(8, 0));
	kmem_cache_destroy(cache_128);
}
BENCHMARK(bench_pools);
