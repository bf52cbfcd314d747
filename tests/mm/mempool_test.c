// SPDX-License-Identifier: MIT
/* Memory pools: API.md A3, and what L6 and X2 say of them. */
#include <linux/kernel.h>
#include <linux/mempool.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "../kernel/threads.h"
#include "slab_test.h"

/* An allocator whose memory runs out when the test says so, and which remembers what it was asked. */
struct backing {
	atomic_t live;	/* elements that it gave and that have not come back */
	atomic_t limit; /* it gives no more than so many at a time */
	atomic_t calls;
	gfp_t gfp[8]; /* of the last calls */
};

static void *backing_alloc(gfp_t gfp, void *data)
{
	struct backing *backing = data;
	void *element;

	backing->gfp[(atomic_inc_return(&backing->calls) - 1) % ARRAY_SIZE(backing->gfp)] = gfp;
	if (atomic_inc_return(&backing->live) > atomic_read(&backing->limit)) {
		atomic_dec(&backing->live);
		return NULL;
	}
	element = kmalloc(64, gfp);
	if (!element)
		atomic_dec(&backing->live);
	return element;
}

static void backing_free(void *element, void *data)
{
	struct backing *backing = data;

	atomic_dec(&backing->live);
	kfree(element);
}

static struct backing *make_backing(struct kunit *test, int limit)
{
	struct backing *backing = zeroed(test, struct backing);

	atomic_set(&backing->limit, limit);
	return backing;
}

static void destroy_pool(void *pool)
{
	mempool_destroy(pool);
}

static mempool_t *owned(struct kunit *test, mempool_t *pool)
{
	KUNIT_ASSERT_NOT_NULL(test, pool);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, destroy_pool, pool), 0);
	return pool;
}

static mempool_t *make_pool(struct kunit *test, int min_nr, struct backing *backing)
{
	return owned(test, mempool_create(min_nr, backing_alloc, backing_free, backing));
}

static int no_problems(void)
{
	return mm_print_problems(mempool_check()) == 0;
}

/* --- making and ending ----------------------------------------------------------------------- */

static void api_A3_create_fills_the_reserve(struct kunit *test)
{
	struct backing *backing = make_backing(test, 100);
	mempool_t *pool = make_pool(test, 5, backing);

	KUNIT_EXPECT_EQ(test, pool->min_nr, 5);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 5);
	KUNIT_EXPECT_EQ(test, atomic_read(&backing->live), 5);
	KUNIT_EXPECT_TRUE(test, mempool_initialized(pool));
	KUNIT_EXPECT_TRUE(test, mempool_is_saturated(pool));
	kunit_release_action(test, destroy_pool, pool);
	KUNIT_EXPECT_EQ(test, atomic_read(&backing->live), 0);
	mempool_destroy(NULL);
}

/* With memory for 3 elements there is no pool of 5, and the 3 go back. */
static void api_A3_create_without_memory(struct kunit *test)
{
	struct backing *backing = make_backing(test, 3);
	mempool_t pool = {};

	KUNIT_EXPECT_NULL(test, mempool_create(5, backing_alloc, backing_free, backing));
	KUNIT_EXPECT_EQ(test, atomic_read(&backing->live), 0);
	KUNIT_EXPECT_EQ(test, mempool_init(&pool, 5, backing_alloc, backing_free, backing),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, atomic_read(&backing->live), 0);
	KUNIT_EXPECT_FALSE(test, mempool_initialized(&pool));
	mempool_exit(&pool);
	KUNIT_EXPECT_NULL(test, mempool_create_node(1 << 30, backing_alloc, backing_free, backing,
						    GFP_KERNEL | __GFP_NOWARN, 0));
}

static void api_A3_init_and_exit(struct kunit *test)
{
	struct backing *backing = make_backing(test, 100);
	mempool_t *pool = zeroed(test, mempool_t);

	mempool_exit(pool);
	KUNIT_EXPECT_FALSE(test, mempool_initialized(pool));
	KUNIT_ASSERT_EQ(test,
			mempool_init_node(pool, 2, backing_alloc, backing_free, backing, GFP_KERNEL,
					  NUMA_NO_NODE),
			0);
	KUNIT_EXPECT_TRUE(test, mempool_initialized(pool));
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 2);
	mempool_exit(pool);
	KUNIT_EXPECT_FALSE(test, mempool_initialized(pool));
	mempool_exit(pool);
	KUNIT_EXPECT_EQ(test, atomic_read(&backing->live), 0);
	KUNIT_EXPECT_TRUE(test, no_problems());
}

/* --- the order of things ---------------------------------------------------------------------- */

/* While the allocator has memory the reserve is left alone; what is freed goes back to it. */
static void api_A3_the_reserve_comes_second(struct kunit *test)
{
	struct backing *backing = make_backing(test, 100);
	mempool_t *pool = make_pool(test, 2, backing);
	void *element = mempool_alloc(pool, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, element);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&backing->live), 3);
	mempool_free(element, pool);
	KUNIT_EXPECT_EQ(test, atomic_read(&backing->live), 2);
	mempool_free(NULL, pool);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 2);
}

/* What alloc() is asked with: first without a right to sleep or to the reserves, then with. */
static void api_A3_flags_of_the_tries(struct kunit *test)
{
	static const gfp_t always = __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN;
	struct backing *backing = make_backing(test, 1);
	mempool_t *pool = make_pool(test, 1, backing);
	void *element;
	int calls;

	calls = atomic_read(&backing->calls);
	element = mempool_alloc(pool, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, element);
	KUNIT_EXPECT_EQ(test, atomic_read(&backing->calls), calls + 1);
	KUNIT_EXPECT_EQ(test, backing->gfp[calls],
			(GFP_KERNEL & ~(__GFP_DIRECT_RECLAIM | __GFP_IO)) | always);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 0);

	KUNIT_EXPECT_NULL(test, mempool_alloc(pool, GFP_ATOMIC));
	KUNIT_EXPECT_EQ(test, backing->gfp[calls + 1], GFP_ATOMIC | always);
	mempool_free(element, pool);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&backing->live), 1);
}

/* Without a right to sleep: NULL if and only if the reserve is empty. */
static void api_A3_atomic_gets_all_of_the_reserve(struct kunit *test)
{
	struct backing *backing = make_backing(test, 4);
	mempool_t *pool = make_pool(test, 4, backing);
	void *elements[4];
	int i;

	for (i = 0; i < 4; i++) {
		elements[i] = mempool_alloc(pool, i & 1 ? GFP_ATOMIC : GFP_NOWAIT);
		KUNIT_EXPECT_NOT_NULL(test, elements[i]);
		KUNIT_EXPECT_EQ(test, pool->curr_nr, 3 - i);
	}
	KUNIT_EXPECT_NULL(test, mempool_alloc(pool, GFP_ATOMIC));
	KUNIT_EXPECT_NULL(test, mempool_alloc(pool, GFP_NOWAIT));
	KUNIT_EXPECT_NULL(test, mempool_alloc_preallocated(pool));
	atomic_inc(&backing->limit);
	mempool_free(mempool_alloc(pool, GFP_ATOMIC), pool);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 1);
	for (i = 0; i < 4; i++)
		mempool_free(elements[i], pool);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 4);
	KUNIT_EXPECT_EQ(test, atomic_read(&backing->live), 4);
}

static void api_A3_preallocated(struct kunit *test)
{
	struct backing *backing = make_backing(test, 100);
	mempool_t *pool = make_pool(test, 2, backing);
	int calls = atomic_read(&backing->calls);
	void *first = mempool_alloc_preallocated(pool), *second = mempool_alloc_preallocated(pool);

	KUNIT_EXPECT_NOT_NULL(test, first);
	KUNIT_EXPECT_NOT_NULL(test, second);
	KUNIT_EXPECT_PTR_NE(test, first, second);
	KUNIT_EXPECT_NULL(test, mempool_alloc_preallocated(pool));
	KUNIT_EXPECT_EQ(test, atomic_read(&backing->calls), calls);
	mempool_free(second, pool);
	KUNIT_EXPECT_FALSE(test, mempool_is_saturated(pool));
	mempool_free(first, pool);
	KUNIT_EXPECT_TRUE(test, mempool_is_saturated(pool));
}

/* A zeroed element cannot be promised: what is in the reserve is not zeroed again. */
static void api_A3_zeroed_is_refused(struct kunit *test)
{
	mempool_t *pool = owned(test, mempool_create_kmalloc_pool(1, 64));

	if (!IS_ENABLED(CONFIG_DEBUG_VM))
		kunit_skip(test, "only the DEBUG build says so");
	kunit_expect_report(test, "WARNING: at mm/mempool.c");
	mempool_free(mempool_alloc(pool, GFP_KERNEL | __GFP_ZERO), pool);
}

static void api_X1_mempool_alloc_may_sleep(struct kunit *test)
{
	mempool_t *pool = owned(test, mempool_create_kmalloc_pool(1, 64));
	void *element;

	kunit_expect_report(test, "sleeping function called from invalid context");
	preempt_disable();
	element = mempool_alloc(pool, GFP_KERNEL);
	preempt_enable();
	mempool_free(element, pool);
}

/* --- resizing -------------------------------------------------------------------------------- */

static void api_A3_resize(struct kunit *test)
{
	struct backing *backing = make_backing(test, 100);
	mempool_t *pool = make_pool(test, 3, backing);
	static const int sizes[] = { 10, 2, 2, 7, 1, 40, 3 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		KUNIT_EXPECT_EQ(test, mempool_resize(pool, sizes[i]), 0);
		KUNIT_EXPECT_EQ(test, pool->min_nr, sizes[i]);
		KUNIT_EXPECT_EQ(test, pool->curr_nr, sizes[i]);
		KUNIT_EXPECT_EQ(test, atomic_read(&backing->live), sizes[i]);
		KUNIT_EXPECT_TRUE(test, no_problems());
	}
}

/* Elements are out: fewer are wanted than there were, then more than there is memory for. */
static void api_A3_resize_of_one_in_use(struct kunit *test)
{
	struct backing *backing = make_backing(test, 4);
	mempool_t *pool = make_pool(test, 4, backing);
	void *elements[4];
	int i;

	for (i = 0; i < 4; i++)
		elements[i] = mempool_alloc(pool, GFP_KERNEL);
	i = atomic_read(&backing->calls);
	KUNIT_EXPECT_EQ(test, mempool_resize(pool, 2), 0);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&backing->calls), i);
	mempool_free(elements[0], pool);
	KUNIT_EXPECT_EQ(test, mempool_resize(pool, 6), 0);
	KUNIT_EXPECT_EQ(test, pool->min_nr, 6);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 1);
	for (i = 1; i < 4; i++) {
		mempool_free(elements[i], pool);
		KUNIT_EXPECT_EQ(test, pool->curr_nr, 1 + i);
	}
	atomic_set(&backing->limit, 100);
	for (i = 0; i < 4; i++)
		elements[i] = mempool_alloc(pool, GFP_KERNEL);
	for (i = 0; i < 4; i++)
		mempool_free(elements[i], pool);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 6);
	KUNIT_EXPECT_EQ(test, atomic_read(&backing->live), 6);
}

static void api_A3_resize_without_memory(struct kunit *test)
{
	struct backing *backing = make_backing(test, 100);
	mempool_t *pool = make_pool(test, 3, backing);

	kunit_expect_report(test, "WARNING: at mm/page_alloc.c");
	KUNIT_EXPECT_EQ(test, mempool_resize(pool, INT_MAX / 4), -ENOMEM);
	KUNIT_EXPECT_EQ(test, pool->min_nr, 3);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 3);
}

static void api_A3_resize_to_nothing(struct kunit *test)
{
	mempool_resize(owned(test, mempool_create_kmalloc_pool(1, 64)), 0);
}

/* --- helpers ----------------------------------------------------------------------------------- */

static void api_A3_slab_pool(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 100, 0, SLAB_NO_MERGE, NULL);
	mempool_t *pool = owned(test, mempool_create_slab_pool(3, cache)), other = {};
	void *element = mempool_alloc(pool, GFP_KERNEL);

	KUNIT_EXPECT_PTR_EQ(test, slab_cache_of(element), cache);
	KUNIT_EXPECT_PTR_EQ(test, slab_cache_of(pool->elements[0]), cache);
	mempool_free(element, pool);
	KUNIT_ASSERT_EQ(test, mempool_init_slab_pool(&other, 2, cache), 0);
	KUNIT_EXPECT_EQ(test, other.curr_nr, 2);
	mempool_exit(&other);
	kunit_release_action(test, destroy_pool, pool);
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
}

static void api_A3_kmalloc_pool(struct kunit *test)
{
	mempool_t *pool = owned(test, mempool_create_kmalloc_pool(2, 1000)), other = {};
	void *element = mempool_alloc(pool, GFP_KERNEL);

	KUNIT_EXPECT_GE(test, ksize(element), 1000);
	memset(element, 0x55, 1000);
	mempool_free(element, pool);
	KUNIT_ASSERT_EQ(test, mempool_init_kmalloc_pool(&other, 1, 20000), 0);
	KUNIT_EXPECT_GE(test, ksize(other.elements[0]), 20000);
	mempool_exit(&other);
}

static void api_A3_page_pool(struct kunit *test)
{
	mempool_t *pool = owned(test, mempool_create_page_pool(2, 1)), other = {};
	struct page *page = mempool_alloc(pool, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, page_to_pfn(page) & 1, 0);
	memset(page_address(page), 0x55, 2 * PAGE_SIZE);
	mempool_free(page, pool);
	KUNIT_ASSERT_EQ(test, mempool_init_page_pool(&other, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, page_count(other.elements[0]), 1);
	mempool_exit(&other);
}

/* The page allocator itself has nothing left: the reserve is there. */
static void api_A3_when_memory_is_used_up(struct kunit *test)
{
	mempool_t *pool = owned(test, mempool_create_page_pool(8, 0));
	struct page *pages[8];
	unsigned int i;

	/* What others have freed comes back before. */
	rcu_barrier();
	flush_scheduled_work();
	mm_hide_down_to(mm_zone(ZONE_NORMAL), 0);
	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	mm_fill(GFP_ATOMIC | __GFP_NOWARN, 0);
	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		pages[i] = mempool_alloc(pool, GFP_KERNEL);
		KUNIT_EXPECT_NOT_NULL(test, pages[i]);
	}
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 0);
	KUNIT_EXPECT_NULL(test, mempool_alloc(pool, GFP_ATOMIC));
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		mempool_free(pages[i], pool);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 8);
	mm_give_all();
	mm_unhide();
}

/* --- who waits --------------------------------------------------------------------------------- */

struct waiter {
	mempool_t *pool;
	void *got;
};

static int wait_for_one(void *data)
{
	struct waiter *waiter = data;

	WRITE_ONCE(waiter->got, mempool_alloc(waiter->pool, GFP_KERNEL));
	return sleep_until_stopped(NULL);
}

static unsigned int nr_served(struct waiter *const waiters[3])
{
	unsigned int i, nr = 0;

	for (i = 0; i < 3; i++)
		nr += READ_ONCE(waiters[i]->got) != NULL;
	return nr;
}

/*
 * Each of three waits until one of three is freed; a free serves one, and wakes who waits: on
 * this CPU, they do not run before it has been looked.
 */
static void api_A3_waits_for_a_free(struct kunit *test)
{
	struct backing *backing = make_backing(test, 3);
	mempool_t *pool = make_pool(test, 3, backing);
	struct waiter *waiters[3];
	struct task_struct *tasks[3];
	void *elements[3];
	unsigned int i, nr;
	bool waits;

	for (i = 0; i < 3; i++)
		elements[i] = mempool_alloc(pool, GFP_KERNEL);
	for (i = 0; i < 3; i++) {
		waiters[i] = zeroed(test, struct waiter);
		waiters[i]->pool = pool;
		tasks[i] = start_thread_on(test, 0, wait_for_one, waiters[i]);
	}
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_TRUE(test, eventually(is_asleep(tasks[i])));
		KUNIT_EXPECT_NULL(test, READ_ONCE(waiters[i]->got));
	}
	KUNIT_EXPECT_EQ(test, backing->gfp[(atomic_read(&backing->calls) - 1) % 8],
			GFP_KERNEL | __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN);
	for (nr = 1; nr <= 3; nr++) {
		for (i = 0; i < 3; i++)
			KUNIT_EXPECT_TRUE(test, eventually(is_asleep(tasks[i])));
		preempt_disable();
		mempool_free(elements[nr - 1], pool);
		waits = waitqueue_active(&pool->wait);
		preempt_enable();
		KUNIT_EXPECT_FALSE(test, waits);
		KUNIT_EXPECT_TRUE(test, eventually(nr_served(waiters) == nr));
		KUNIT_EXPECT_EQ(test, READ_ONCE(pool->curr_nr), 0);
	}
	for (i = 0; i < 3; i++)
		mempool_free(READ_ONCE(waiters[i]->got), pool);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 3);
}

/* Nobody frees, but memory comes back: after 5 s at most alloc() is asked again. */
static void api_A3_asks_again(struct kunit *test)
{
	struct backing *backing = make_backing(test, 1);
	mempool_t *pool = make_pool(test, 1, backing);
	struct waiter *waiter = zeroed(test, struct waiter);
	void *element = mempool_alloc(pool, GFP_KERNEL);
	struct task_struct *task;
	unsigned long begin = jiffies;

	if (!mm_is_64_mib()) {
		mempool_free(element, pool);
		kunit_skip(test, "takes 5 s: only at 64 MiB");
	}
	waiter->pool = pool;
	task = start_thread(test, wait_for_one, waiter);
	KUNIT_EXPECT_TRUE(test, eventually(is_asleep(task)));
	atomic_set(&backing->limit, 2);
	while (!READ_ONCE(waiter->got) && time_before(jiffies, begin + 60 * HZ))
		schedule_timeout_uninterruptible(HZ / 10);
	KUNIT_EXPECT_NOT_NULL(test, READ_ONCE(waiter->got));
	KUNIT_EXPECT_GE(test, jiffies - begin, 4UL * HZ);
	mempool_free(element, pool);
	mempool_free(READ_ONCE(waiter->got), pool);
}

/* --- the promise, with everybody at it ---------------------------------------------------------- */

#define WORKERS 8
#define ROUNDS	400
#define RESERVE 5

struct traffic {
	mempool_t *pool;
	struct backing *backing;
	atomic_t seed, without, doubled;
};

static int come_and_go(void *data)
{
	struct traffic *traffic = data;
	u32 state = 0x9e3779b9u * atomic_inc_return(&traffic->seed);
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		void **element;

		state = state * 1664525 + 1013904223;
		/* Memory comes and goes. */
		if (state >> 30 == 0)
			atomic_set(&traffic->backing->limit, RESERVE + (state >> 28 & 7));
		element = mempool_alloc(traffic->pool, state >> 24 & 1 ? GFP_KERNEL : GFP_NOIO);
		if (!element) {
			atomic_inc(&traffic->without);
			continue;
		}
		*element = current;
		if (state >> 20 & 1)
			yield();
		if (*element != current)
			atomic_inc(&traffic->doubled);
		mempool_free(element, traffic->pool);
	}
	return sleep_until_stopped(NULL);
}

/*
 * One element at a time for each of 8 threads, a reserve of 5: all are served, no element is given
 * to two, and when all is over the reserve is full. live is what the reserve holds and what is out.
 */
static void api_A3_the_promise_under_traffic(struct kunit *test)
{
	struct backing *backing = make_backing(test, RESERVE);
	struct traffic *traffic = zeroed(test, struct traffic);
	struct task_struct *tasks[WORKERS];
	unsigned int i;

	traffic->pool = make_pool(test, RESERVE, backing);
	traffic->backing = backing;
	for (i = 0; i < WORKERS; i++)
		tasks[i] = start_thread(test, come_and_go, traffic);
	for (i = 0; i < WORKERS; i++) {
		while (!(READ_ONCE(tasks[i]->__state) == TASK_INTERRUPTIBLE &&
			 is_asleep(tasks[i]))) {
			/* Reserve and outstanding, whatever goes on: the allocator has given them. */
			if (atomic_read(&backing->live) < RESERVE)
				KUNIT_FAIL(test, "%d elements are left",
					   atomic_read(&backing->live));
			schedule_timeout_uninterruptible(1);
		}
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&traffic->without), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&traffic->doubled), 0);
	KUNIT_EXPECT_EQ(test, traffic->pool->curr_nr, RESERVE);
	KUNIT_EXPECT_EQ(test, atomic_read(&backing->live), RESERVE);
	KUNIT_EXPECT_TRUE(test, no_problems());
}

/* Random operations of one caller; after each the promise is counted. */
static void api_A3_the_promise_is_counted(struct kunit *test)
{
	struct backing *backing = make_backing(test, 8);
	mempool_t *pool = make_pool(test, 8, backing);
	void *out[24];
	unsigned int nr = 0, i, refused = 0;
	u32 state = 1;

	for (i = 0; i < 3000; i++) {
		state = state * 1664525 + 1013904223;
		if (state >> 28 == 0)
			atomic_set(&backing->limit, 8 + (state >> 20 & 15));
		if (nr < ARRAY_SIZE(out) && state >> 31) {
			bool had = pool->curr_nr > 0;

			out[nr] = mempool_alloc(pool, GFP_ATOMIC);
			if (out[nr])
				nr++;
			else if (had)
				KUNIT_FAIL(test, "refused with a reserve");
			else
				refused++;
		} else if (nr) {
			mempool_free(out[--nr], pool);
		}
		if (pool->curr_nr + (int)nr < 8 ||
		    pool->curr_nr + (int)nr != atomic_read(&backing->live))
			KUNIT_FAIL(test, "%d in reserve, %u out, %d live", pool->curr_nr, nr,
				   atomic_read(&backing->live));
	}
	KUNIT_EXPECT_GT(test, refused, 10);
	while (nr)
		mempool_free(out[--nr], pool);
	KUNIT_EXPECT_EQ(test, pool->curr_nr, 8);
}

/* --- interrupts --------------------------------------------------------------------------------- */

struct in_irq {
	mempool_t *pool;
	void *element;
};

static void alloc_in_interrupt(void *data)
{
	struct in_irq *in_irq = data;

	in_irq->element = mempool_alloc(in_irq->pool, GFP_ATOMIC);
	mempool_free(mempool_alloc_preallocated(in_irq->pool), in_irq->pool);
}

static void free_in_interrupt(void *data)
{
	struct in_irq *in_irq = data;

	mempool_free(in_irq->element, in_irq->pool);
}

static void api_X2_mempool_in_interrupts(struct kunit *test)
{
	struct backing *backing = make_backing(test, 2);
	struct in_irq *in_irq = zeroed(test, struct in_irq);
	unsigned int cpu;

	in_irq->pool = make_pool(test, 2, backing);
	for_each_online_cpu(cpu) {
		smp_call_function_single(cpu, alloc_in_interrupt, in_irq, 1);
		KUNIT_EXPECT_NOT_NULL(test, in_irq->element);
		KUNIT_EXPECT_EQ(test, in_irq->pool->curr_nr, 1);
		smp_call_function_single(cpu, free_in_interrupt, in_irq, 1);
		KUNIT_EXPECT_EQ(test, in_irq->pool->curr_nr, 2);
	}
}

/* --- the checker ---------------------------------------------------------------------------------- */

static void mempool_check_finds(struct kunit *test)
{
	mempool_t *pool = owned(test, mempool_create_kmalloc_pool(3, 64));
	void *element = pool->elements[1];
	int nr = pool->curr_nr;

	pool->elements[1] = NULL;
	KUNIT_EXPECT_EQ(test, mempool_check(), 1);
	pool->elements[1] = element;
	KUNIT_EXPECT_STREQ(test, mm_broken_invariants(), "I-mempool-2");
	pool->curr_nr = pool->min_nr + 1;
	KUNIT_EXPECT_EQ(test, mempool_check(), 1);
	pool->curr_nr = -1;
	KUNIT_EXPECT_EQ(test, mempool_check(), 1);
	pool->curr_nr = nr;
	KUNIT_EXPECT_STREQ(test, mm_broken_invariants(), "I-mempool-1");
	KUNIT_EXPECT_TRUE(test, no_problems());
}

static struct kunit_case mempool_cases[] = {
	KUNIT_CASE(api_A3_create_fills_the_reserve),
	KUNIT_CASE(api_A3_create_without_memory),
	KUNIT_CASE(api_A3_init_and_exit),
	KUNIT_CASE(api_A3_the_reserve_comes_second),
	KUNIT_CASE_SLOW(api_A3_flags_of_the_tries),
	KUNIT_CASE(api_A3_atomic_gets_all_of_the_reserve),
	KUNIT_CASE(api_A3_preallocated),
	KUNIT_CASE(api_A3_zeroed_is_refused),
	KUNIT_CASE(api_X1_mempool_alloc_may_sleep),
	KUNIT_CASE(api_A3_resize),
	KUNIT_CASE(api_A3_resize_of_one_in_use),
	KUNIT_CASE(api_A3_resize_without_memory),
	KUNIT_CASE_OOPS(api_A3_resize_to_nothing, "kernel BUG at mm/mempool.c"),
	KUNIT_CASE(api_A3_slab_pool),
	KUNIT_CASE(api_A3_kmalloc_pool),
	KUNIT_CASE(api_A3_page_pool),
	KUNIT_CASE(api_A3_when_memory_is_used_up),
	KUNIT_CASE_SLOW(api_A3_waits_for_a_free),
	KUNIT_CASE_SLOW(api_A3_asks_again),
	KUNIT_CASE_SLOW(api_A3_the_promise_under_traffic),
	KUNIT_CASE_SLOW(api_A3_the_promise_is_counted),
	KUNIT_CASE(api_X2_mempool_in_interrupts),
	KUNIT_CASE(mempool_check_finds),
	{},
};

static struct kunit_suite mempool_suite = {
	.name = "mempool",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = mempool_cases,
};
kunit_test_suite(mempool_suite);
