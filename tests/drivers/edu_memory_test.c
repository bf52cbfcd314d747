// SPDX-License-Identifier: MIT
/*
 * The edu device's driver when memory is short. Free memory is held at the floor of GFP_NOWAIT; what
 * the interrupt handler may use beyond that is taken as well, or left, as the case needs it.
 */
#include <linux/kernel.h>
#include <linux/vmalloc.h>

#include "edu_test.h"

#define QUIET(gfp) ((gfp) | __GFP_NOWARN)

/* Everything that may be had without the reserve: no page is left, and no free step. */
static void hold_down_to_the_floor(struct kunit *test)
{
	mm_fill(QUIET(GFP_NOWAIT), MAX_PAGE_ORDER);
	mm_fill(QUIET(GFP_NOWAIT), 3);
	mm_fill(QUIET(GFP_NOWAIT), 0);
	slab_fill(edu_step_cache, QUIET(GFP_NOWAIT));
	KUNIT_ASSERT_NULL(test, kmem_cache_alloc(edu_step_cache, QUIET(GFP_NOWAIT)));
}

/* The handler gets nothing now. */
static void hold_the_reserve(struct kunit *test)
{
	mm_fill(QUIET(GFP_ATOMIC), 0);
	slab_fill(edu_step_cache, QUIET(GFP_ATOMIC));
	KUNIT_ASSERT_NULL(test, kmem_cache_alloc(edu_step_cache, QUIET(GFP_ATOMIC)));
}

/* Of the reserve a page's worth of steps again. */
static void leave_a_slab(struct kunit *test)
{
	struct edu_step *step;

	do {
		mm_give(list_first_entry(&mm_held, struct page, lru));
		drain_all_pages(NULL);
		step = kmem_cache_alloc(edu_step_cache, QUIET(GFP_ATOMIC));
	} while (!step && !list_empty(&mm_held));
	KUNIT_ASSERT_NOT_NULL(test, step);
	mm_fill(QUIET(GFP_ATOMIC), 0);
	kmem_cache_free(edu_step_cache, step);
}

static void give_memory_back(void)
{
	slab_free_held();
	mm_give_all();
}

/* Requests that write, none of which needs memory but for its steps. */
struct requests {
	struct edu_tally tally;
	unsigned int nr;
	u8 from[64];
	struct edu_request request[];
};

static struct requests *make_requests(struct kunit *test, unsigned int nr)
{
	struct requests *requests =
		kunit_kzalloc(test, struct_size(requests, request, nr), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, requests);
	requests->nr = nr;
	edu_fill(requests->from, sizeof(requests->from), nr);
	return requests;
}

static void submit_all(struct kunit *test, struct edu *edu, struct requests *requests)
{
	unsigned int i;

	for (i = 0; i < requests->nr; i++) {
		edu_write_request(&requests->request[i], requests->from, sizeof(requests->from),
				  &requests->tally);
		KUNIT_EXPECT_EQ(test, edu_submit(edu, &requests->request[i]), 0);
	}
}

static unsigned int nr_done(struct requests *requests)
{
	return atomic_read(&requests->tally.done);
}

/* At the floor the handler has the reserve: as always, and nobody waits for memory. */
static void api_edu_goes_on_from_the_reserve(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct requests *requests = make_requests(test, 10);
	size_t len = 10000;
	u8 *from = kunit_kmalloc(test, len, GFP_KERNEL), *to = kunit_kzalloc(test, len, GFP_KERNEL);
	struct edu_stats before = edu_stats_of(edu), after;

	KUNIT_ASSERT_NOT_NULL(test, from);
	KUNIT_ASSERT_NOT_NULL(test, to);
	edu_fill(from, len, 2);
	hold_down_to_the_floor(test);
	submit_all(test, edu, requests);
	KUNIT_EXPECT_EQ(test, edu_copy(edu, to, from, len), 0);
	KUNIT_EXPECT_MEMEQ(test, to, from, len);
	KUNIT_EXPECT_EQ(test, nr_done(requests), 10);
	KUNIT_EXPECT_EQ(test, atomic_read(&requests->tally.failed), 0);
	after = edu_stats_of(edu);
	KUNIT_EXPECT_EQ(test, after.waited, before.waited);
	KUNIT_EXPECT_EQ(test, after.steps - before.steps, 16);
	give_memory_back();
}

/* Without it they wait, are not given up for that, and end when there is memory. */
static void api_edu_waits_when_the_reserve_is_gone(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct requests *requests = make_requests(test, 10);
	struct edu_stats before = edu_stats_of(edu), after;
	u8 *to = kunit_kzalloc(test, sizeof(requests->from), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, to);
	hold_down_to_the_floor(test);
	hold_the_reserve(test);
	submit_all(test, edu, requests);
	msleep(jiffies_to_msecs(2 * EDU_TRIES * EDU_TIMEOUT));
	after = edu_stats_of(edu);
	KUNIT_EXPECT_EQ(test, nr_done(requests), 0);
	KUNIT_EXPECT_EQ(test, after.waited - before.waited, 10);
	KUNIT_EXPECT_EQ(test, after.steps, before.steps);
	KUNIT_EXPECT_EQ(test, after.timeouts, before.timeouts);

	give_memory_back();
	KUNIT_EXPECT_TRUE(test, eventually(nr_done(requests) == 10));
	KUNIT_EXPECT_EQ(test, atomic_read(&requests->tally.failed), 0);
	KUNIT_EXPECT_EQ(test, edu_read(edu, to, sizeof(requests->from)), 0);
	KUNIT_EXPECT_MEMEQ(test, to, requests->from, sizeof(requests->from));
}

/*
 * The tasklet is held back, so that no step comes back: the handler goes on until the last page that
 * its flags may have is full of them. Not one request is lost then.
 */
static void api_edu_goes_on_until_the_reserve_is_gone(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	unsigned int per_slab = edu_step_cache->min.objects, steps;
	struct requests *requests = make_requests(test, 2 * per_slab);
	struct edu_stats before = edu_stats_of(edu);

	hold_down_to_the_floor(test);
	hold_the_reserve(test);
	leave_a_slab(test);
	edu_hold_tasklet(edu);
	submit_all(test, edu, requests);
	KUNIT_EXPECT_TRUE(test, eventually(edu_stats_of(edu).waited > before.waited));
	steps = edu_stats_of(edu).steps - before.steps;
	if (num_online_cpus() ==
	    1) /* another CPU's handler does not have this one's free objects */
		KUNIT_EXPECT_EQ(test, steps, per_slab);
	KUNIT_EXPECT_EQ(test, nr_done(requests), 0);

	give_memory_back();
	edu_let_tasklet_go(edu);
	KUNIT_EXPECT_TRUE(test, eventually(nr_done(requests) == 2 * per_slab));
	KUNIT_EXPECT_EQ(test, atomic_read(&requests->tally.failed), 0);
	KUNIT_EXPECT_EQ(test, edu_stats_of(edu).steps - before.steps, 2 * per_slab);
}

/* What comes back frees what waits, without memory from elsewhere. */
static void api_edu_steps_serve_again(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct requests *requests = make_requests(test, 8);

	slab_hold(kmem_cache_alloc(edu_step_cache, GFP_KERNEL));
	hold_down_to_the_floor(test);
	hold_the_reserve(test);
	kmem_cache_free(edu_step_cache, slab_unhold());
	submit_all(test, edu, requests);
	KUNIT_EXPECT_TRUE(test, eventually(nr_done(requests) == 8));
	KUNIT_EXPECT_EQ(test, atomic_read(&requests->tally.failed), 0);
	give_memory_back();
}

/* --- the silent attempt, and what there is instead ------------------------------------------- */

/* With memory vmalloc()'s bytes are staged; without, the one buffer does for all of them. */
static void api_edu_silent_attempt_and_fallback(struct kunit *test)
{
	size_t len = 2 * EDU_PIECE;
	u8 *from = vmalloc(len), *to = vzalloc(len);
	struct edu *edu = edu_of(test);
	struct edu_stats before = edu_stats_of(edu), with, without;

	if (!from || !to)
		goto free;
	edu_fill(from, len, 1);
	KUNIT_EXPECT_EQ(test, edu_copy(edu, to, from, len), 0);
	KUNIT_EXPECT_MEMEQ(test, to, from, len);
	with = edu_stats_of(edu);
	KUNIT_EXPECT_EQ(test, with.staged - before.staged, 4);

	hold_down_to_the_floor(test);
	slab_fill(kmalloc_caches[KMALLOC_NORMAL][kmalloc_index(EDU_PIECE)], QUIET(GFP_NOWAIT));
	memset(to, 0, len);
	KUNIT_EXPECT_EQ(test, edu_copy(edu, to, from, len), 0);
	KUNIT_EXPECT_MEMEQ(test, to, from, len);
	without = edu_stats_of(edu);
	KUNIT_EXPECT_EQ(test, without.staged, with.staged);
	KUNIT_EXPECT_EQ(test, without.bounced - with.bounced, 4);
	give_memory_back();
free:
	vfree(to);
	vfree(from);
}

/* --- the request that must not fail --------------------------------------------------------------- */

/* More callers than there are requests in the reserve; none hears of it. */
static void api_edu_requests_from_the_pool(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct task_struct *tasks[EDU_REQUESTS_KEPT + 2];
	struct kmem_cache *cache = edu->requests->pool_data;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tasks); i++)
		tasks[i] = make_thread(test, edu_copy_rounds, edu_make_caller(test, edu, 100));
	hold_down_to_the_floor(test);
	slab_fill(cache, QUIET(GFP_NOWAIT));
	KUNIT_EXPECT_NULL(test, kmem_cache_alloc(cache, QUIET(GFP_NOWAIT)));
	for (i = 0; i < ARRAY_SIZE(tasks); i++)
		wake_up_process(tasks[i]);
	for (i = 0; i < ARRAY_SIZE(tasks); i++)
		KUNIT_EXPECT_EQ(test, finish_thread(test, tasks[i]), 0);
	give_memory_back();
}

/* Who may not sleep is refused when the reserve is in use, and not before. */
static void api_edu_requests_without_sleeping(struct kunit *test)
{
	struct edu_request *requests[EDU_REQUESTS_KEPT], *last;
	struct edu *edu = edu_of(test);
	struct kmem_cache *cache = edu->requests->pool_data;
	unsigned int i;

	hold_down_to_the_floor(test);
	hold_the_reserve(test);
	slab_fill(cache, QUIET(GFP_ATOMIC));
	for (i = 0; i < EDU_REQUESTS_KEPT; i++)
		requests[i] = edu_request_alloc(edu, QUIET(GFP_ATOMIC));
	last = edu_request_alloc(edu, QUIET(GFP_ATOMIC));
	give_memory_back();
	KUNIT_EXPECT_NULL(test, last);
	for (i = 0; i < EDU_REQUESTS_KEPT; i++) {
		KUNIT_EXPECT_NOT_NULL(test, requests[i]);
		if (requests[i])
			edu_request_free(edu, requests[i]);
	}
}

static struct kunit_case edu_memory_cases[] = {
	KUNIT_CASE_SLOW(api_edu_goes_on_from_the_reserve),
	KUNIT_CASE_SLOW(api_edu_waits_when_the_reserve_is_gone),
	KUNIT_CASE_SLOW(api_edu_goes_on_until_the_reserve_is_gone),
	KUNIT_CASE_SLOW(api_edu_steps_serve_again),
	KUNIT_CASE_SLOW(api_edu_silent_attempt_and_fallback),
	KUNIT_CASE_SLOW(api_edu_requests_from_the_pool),
	KUNIT_CASE_SLOW(api_edu_requests_without_sleeping),
	{},
};

static struct kunit_suite edu_memory_suite = {
	.name = "edu_memory",
	.init = edu_test_init,
	.exit = edu_test_exit,
	.test_cases = edu_memory_cases,
};
kunit_test_suite(edu_memory_suite);
