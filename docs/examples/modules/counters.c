// SPDX-License-Identifier: MIT
/*
 * Requests that must not fail, counted without a lock: a mempool keeps some requests back for
 * bad times, and each CPU counts for itself.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/mempool.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#define RESERVE 4

struct request {
	unsigned int sector;
};

struct counts {
	unsigned long begun, ended;
};

static struct kmem_cache *request_cache;
static mempool_t *pool;
static struct counts __percpu *counts;

static struct request *begin(unsigned int sector)
{
	struct request *request = mempool_alloc(pool, GFP_NOIO); /* waits, never fails */

	request->sector = sector;
	this_cpu_inc(counts->begun);
	return request;
}

static void end(struct request *request)
{
	this_cpu_inc(counts->ended);
	mempool_free(request, pool);
}

static struct counts total(void)
{
	struct counts sum = {};
	int cpu;

	for_each_possible_cpu(cpu) {
		sum.begun += per_cpu_ptr(counts, cpu)->begun;
		sum.ended += per_cpu_ptr(counts, cpu)->ended;
	}
	return sum;
}

static int __init counters_init(void)
{
	struct request *open[RESERVE];
	struct counts sum;
	unsigned int i, round;

	request_cache = KMEM_CACHE(request, 0);
	if (!request_cache)
		return -ENOMEM;
	pool = mempool_create_slab_pool(RESERVE, request_cache);
	if (!pool)
		goto no_pool;
	counts = alloc_percpu(struct counts);
	if (!counts)
		goto no_counts;

	for (round = 0; round < 25; round++) {
		for (i = 0; i < RESERVE; i++)
			open[i] = begin(round * RESERVE + i);
		for (i = 0; i < RESERVE; i++)
			end(open[i]);
	}
	sum = total();
	pr_info("%lu requests begun, %lu ended\n", sum.begun, sum.ended);
	return 0;

no_counts:
	mempool_destroy(pool);
no_pool:
	kmem_cache_destroy(request_cache);
	return -ENOMEM;
}

static void __exit counters_exit(void)
{
	free_percpu(counts);
	mempool_destroy(pool);
	kmem_cache_destroy(request_cache);
}

module_init(counters_init);
module_exit(counters_exit);

MODULE_DESCRIPTION("A mempool and per-CPU counters");
MODULE_LICENSE("GPL");
