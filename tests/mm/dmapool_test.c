// SPDX-License-Identifier: MIT
/* Pools of small blocks of coherent memory: API.md D5. */
#include <linux/poison.h>
#include <linux/smp.h>
#include <memkern/contexts.h>

#include "../kernel/threads.h"
#include "dma_test.h"

static void destroy_pool(void *pool)
{
	dma_pool_destroy(pool);
}

/* Destroyed when the case ends. */
static struct dma_pool *owned(struct kunit *test, struct dma_pool *pool)
{
	KUNIT_ASSERT_NOT_NULL(test, pool);
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, destroy_pool, pool), 0);
	return pool;
}

static struct dma_pool *make_pool(struct kunit *test, struct device *dev, size_t size, size_t align,
				  size_t boundary)
{
	return owned(test, dma_pool_create("rings", dev, size, align, boundary));
}

/* Blocks that a case holds, of one pool. */
#define MOST 400

struct held {
	void *block[MOST];
	dma_addr_t dma[MOST];
	unsigned int nr;
};

static void *take(struct dma_pool *pool, struct held *held, gfp_t gfp)
{
	void *block = dma_pool_alloc(pool, gfp, &held->dma[held->nr]);

	held->block[held->nr] = block;
	held->nr += block != NULL;
	return block;
}

static void give_all(struct dma_pool *pool, struct held *held)
{
	while (held->nr) {
		held->nr--;
		dma_pool_free(pool, held->block[held->nr], held->dma[held->nr]);
	}
}

static void take_and_give(struct kunit *test, struct dma_pool *pool)
{
	dma_addr_t dma;
	void *block = dma_pool_alloc(pool, GFP_KERNEL, &dma);

	KUNIT_ASSERT_NOT_NULL(test, block);
	dma_pool_free(pool, block, dma);
}

static unsigned int active(const struct dma_pool *pool)
{
	struct dma_pool_info info;
	unsigned int nr;

	for (nr = 0; dma_pool_get_info(nr, &info); nr++)
		if (!strcmp(info.name, pool->name))
			return info.active;
	return ~0U;
}

/* --- making and ending ---------------------------------------------------------------------------- */

static void api_D5_what_is_no_pool(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);

	KUNIT_EXPECT_NULL(test, dma_pool_create("none", NULL, 64, 8, 0));
	KUNIT_EXPECT_NULL(test, dma_pool_create("none", dev, 64, 24, 0));
	KUNIT_EXPECT_NULL(test, dma_pool_create("none", dev, 0, 8, 0));
	KUNIT_EXPECT_NULL(test, dma_pool_create("none", dev, (size_t)INT_MAX + 1, 8, 0));
	KUNIT_EXPECT_NULL(test, dma_pool_create("none", dev, 64, 8, 96));
	KUNIT_EXPECT_NULL(test, dma_pool_create("none", dev, 64, 8, 32));
	/* It is the aligned size that must fit. */
	KUNIT_EXPECT_NULL(test, dma_pool_create("none", dev, 65, 64, 64));
	make_pool(test, dev, 64, 64, 64);
	dma_pool_destroy(NULL);
}

static const struct shape {
	size_t size, align, boundary;
	const char *desc;
} shapes[] = {
	{ 64, 64, 0, "64 by 64" },
	{ 1, 0, 0, "1 by 0" },
	{ 13, 1, 0, "13 by 1" },
	{ 96, 32, 256, "96 by 32 within 256" },
	{ 100, 4, 128, "100 by 4 within 128" },
	{ 24, 16, 4096, "24 by 16 within 4096" },
	{ 700, 1, 2048, "700 by 1 within 2048" },
	{ 4096, 4096, 0, "4096 by 4096" },
	{ 3000, 8, 65536, "3000 by 8 within 64K" },
	{ 5000, 8, 8192, "5000 by 8 within 8K" },
	{ 10000, 4, 0, "10000 by 4" },
};

KUNIT_ARRAY_PARAM_DESC(shape, shapes, desc);

/* Aligned, within the boundary, apart from each other, where the device reaches; and all bytes theirs. */
static void api_D5_blocks_keep_the_rules(struct kunit *test)
{
	const struct shape *shape = test->param_value;
	struct dma_pool *pool =
		make_pool(test, dma_device(test, 24), shape->size, shape->align, shape->boundary);
	u64 boundary = shape->boundary ?: 1ULL << 32;
	struct held *held = zeroed(test, struct held);
	unsigned int i, wanted = shape->size > 2000 ? 5 : 150;

	while (held->nr < wanted) {
		char *block = take(pool, held, GFP_KERNEL);
		dma_addr_t dma = held->dma[held->nr - 1];

		KUNIT_ASSERT_NOT_NULL(test, block);
		KUNIT_EXPECT_EQ(test, dma, virt_to_phys(block));
		KUNIT_EXPECT_EQ(test, dma & ((shape->align ?: 1) - 1), 0ULL);
		KUNIT_EXPECT_EQ(test, dma & ~(boundary - 1),
				(dma + shape->size - 1) & ~(boundary - 1));
		KUNIT_EXPECT_LT(test, dma + shape->size - 1, (u64)LOW_LIMIT);
		memset(block, held->nr, shape->size);
	}
	for (i = 0; i < held->nr; i++)
		KUNIT_EXPECT_NULL(test, memchr_inv(held->block[i], i + 1, shape->size));
	KUNIT_EXPECT_EQ(test, active(pool), wanted);
	KUNIT_EXPECT_EQ(test, mm_print_problems(dma_pool_check()), 0);
	give_all(pool, held);
	KUNIT_EXPECT_EQ(test, active(pool), 0U);
}

/* The block that was given back last is the first to be taken, and no page is asked for twice. */
static void api_D5_blocks_are_used_again(struct kunit *test)
{
	struct dma_pool *pool = make_pool(test, dma_device(test, 32), 64, 64, 0);
	struct held *held = zeroed(test, struct held);
	unsigned long pages;
	void *last;

	while (held->nr < 200)
		KUNIT_ASSERT_NOT_NULL(test, take(pool, held, GFP_KERNEL));
	pages = pool->bytes;
	KUNIT_EXPECT_EQ(test, pages, 4 * PAGE_SIZE);
	last = held->block[0];
	give_all(pool, held);
	KUNIT_EXPECT_PTR_EQ(test, take(pool, held, GFP_KERNEL), last);
	while (held->nr < 200)
		KUNIT_ASSERT_NOT_NULL(test, take(pool, held, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, pool->bytes, pages);
	give_all(pool, held);
}

static void api_D5_zalloc(struct kunit *test)
{
	struct dma_pool *pool = make_pool(test, dma_device(test, 32), 80, 16, 0);
	dma_addr_t dma;
	char *block = dma_pool_alloc(pool, GFP_KERNEL, &dma);

	KUNIT_ASSERT_NOT_NULL(test, block);
	memset(block, 0x55, 80);
	dma_pool_free(pool, block, dma);
	KUNIT_EXPECT_PTR_EQ(test, dma_pool_zalloc(pool, GFP_KERNEL, &dma), (void *)block);
	KUNIT_EXPECT_NULL(test, memchr_inv(block, 0, 80));
	KUNIT_EXPECT_EQ(test, dma, virt_to_phys(block));
	dma_pool_free(pool, block, dma);
}

/* Each allocation of create, alloc and their managed forms missing once. A slab may be made smaller. */
static void api_D5_without_memory(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	unsigned int n, failures = 0;
	bool came;

	for (n = 1, came = true; came && n < 20; n++) {
		struct dma_pool *pool;
		void *block = NULL;
		dma_addr_t dma = 0;

		kunit_fail_nth(test, n);
		pool = dmam_pool_create("managed", dev, 64, 64, 0);
		if (pool)
			block = dma_pool_alloc(pool, GFP_KERNEL, &dma);
		came = kunit_fail_nth_end(test);
		failures += !block;
		if (!came)
			KUNIT_EXPECT_NOT_NULL(test, block);
		if (block)
			dma_pool_free(pool, block, dma);
		if (pool)
			dmam_pool_destroy(pool);
	}
	KUNIT_EXPECT_FALSE(test, came);
	KUNIT_EXPECT_GE(test, failures, 3U); /* the note, the pool, a page's note, the page: some */
}

struct atomic_use {
	struct dma_pool *pool;
	void *first, *second;
	dma_addr_t dma[2];
};

static void use_in_interrupt(void *data)
{
	struct atomic_use *use = data;

	use->first = dma_pool_alloc(use->pool, GFP_ATOMIC, &use->dma[0]);
	use->second = dma_pool_zalloc(use->pool, GFP_ATOMIC, &use->dma[1]);
	if (use->first)
		dma_pool_free(use->pool, use->first, use->dma[0]);
}

static void api_D5_and_X2_in_an_interrupt(struct kunit *test)
{
	struct atomic_use use = { .pool = make_pool(test, dma_device(test, 32), 48, 16, 0) };

	KUNIT_ASSERT_EQ(test, run_in_context(CONTEXT_HARDIRQ, use_in_interrupt, &use), 0);
	KUNIT_EXPECT_NOT_NULL(test, use.first);
	KUNIT_ASSERT_NOT_NULL(test, use.second);
	KUNIT_EXPECT_NULL(test, memchr_inv(use.second, 0, 48));
	KUNIT_EXPECT_EQ(test, active(use.pool), 1U);
	dma_pool_free(use.pool, use.second, use.dma[1]);
}

static void take_asleep(void *data)
{
	struct atomic_use *use = data;

	use->first = dma_pool_alloc(use->pool, GFP_KERNEL, &use->dma[0]);
}

/* Flags that may sleep, where nobody may: reported, also if a block is at hand; and served. */
static void api_X1_may_not_sleep(struct kunit *test)
{
	static const enum context contexts[] = { CONTEXT_SPINLOCK, CONTEXT_IRQS_OFF,
						 CONTEXT_HARDIRQ };
	struct atomic_use use = { .pool = make_pool(test, dma_device(test, 32), 48, 16, 0) };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(contexts); i++) {
		kunit_expect_report(test, "BUG: sleeping function called from invalid context");
		KUNIT_ASSERT_EQ(test, run_in_context(contexts[i], take_asleep, &use), 0);
		KUNIT_ASSERT_NOT_NULL(test, use.first);
		dma_pool_free(use.pool, use.first, use.dma[0]);
		KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), i + 1);
	}
}

static void create_pool(void *data)
{
	struct atomic_use *use = data;

	use->pool = dma_pool_create("atomic", use->first, 64, 64, 0);
}

/* Neither may be called where nobody may sleep. */
static void api_X2_create_and_destroy_in_an_interrupt(struct kunit *test)
{
	struct atomic_use use = { .first = dma_device(test, 32) };

	kunit_expect_report(test, "BUG: sleeping function called from invalid context");
	KUNIT_ASSERT_EQ(test, run_in_context(CONTEXT_HARDIRQ, create_pool, &use), 0);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1U);
	KUNIT_ASSERT_NOT_NULL(test, use.pool);
	kunit_expect_report(test, "BUG: sleeping function called from invalid context");
	KUNIT_ASSERT_EQ(test, run_in_context(CONTEXT_HARDIRQ, destroy_pool, use.pool), 0);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 2U);
}

static void api_L6_managed_pool_goes_with_the_device(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	struct dma_pool *pool = dmam_pool_create("managed", dev, 64, 64, 0);

	KUNIT_ASSERT_NOT_NULL(test, pool);
	take_and_give(test, pool);
	KUNIT_EXPECT_EQ(test, active(pool), 0U);
	devres_release_all(dev);
	pool = dmam_pool_create("managed", dev, 64, 64, 0);
	KUNIT_ASSERT_NOT_NULL(test, pool);
	dmam_pool_destroy(pool);
}

/* --- mistakes --------------------------------------------------------------------------------------- */

/* Another address, another pool's block, memory of no pool: said, and ignored. */
static void api_D5_bad_dma(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	struct dma_pool *pool = make_pool(test, dev, 64, 64, 0);
	struct dma_pool *other = owned(test, dma_pool_create("other", dev, 64, 64, 0));
	char *foreign = page_to_virt(mm_take(GFP_KERNEL, 0));
	dma_addr_t dma, other_dma;
	char *block = dma_pool_alloc(pool, GFP_KERNEL, &dma);
	char *others = dma_pool_alloc(other, GFP_KERNEL, &other_dma);

	KUNIT_ASSERT_TRUE(test, block && others);
	kunit_expect_report(test, "dma_pool_free rings, ");
	dma_pool_free(pool, block, dma + 64);
	kunit_expect_report(test, "(bad dma)");
	dma_pool_free(pool, block, dma | 1ULL << 32);
	kunit_expect_report(test, "(bad dma)");
	dma_pool_free(pool, others, other_dma);
	kunit_expect_report(test, "(bad dma)");
	dma_pool_free(pool, foreign, virt_to_phys(foreign));
	kunit_expect_report(test, "(bad dma)");
	dma_pool_free(pool, NULL, virt_to_phys(NULL));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 5U);
	KUNIT_EXPECT_EQ(test, active(pool), 1U);
	KUNIT_EXPECT_EQ(test, active(other), 1U);
	dma_pool_free(pool, block, dma);
	dma_pool_free(other, others, other_dma);
}

/* Its pages are lost for the system, as the device may still write to them. The test frees them. */
static void api_D5_busy(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	struct dma_pool *pool = dma_pool_create("busy", dev, 64, 64, 0);
	unsigned long free = mm_free_pages(NULL);
	dma_addr_t dma;
	char *block;

	KUNIT_ASSERT_NOT_NULL(test, pool);
	block = dma_pool_alloc(pool, GFP_KERNEL, &dma);
	KUNIT_ASSERT_NOT_NULL(test, block);
	fill_bytes(block, 64, 3);
	kunit_expect_report(test, "dma_pool_destroy busy, 1 blocks busy");
	dma_pool_destroy(pool);
	KUNIT_EXPECT_LT(test, mm_free_pages(NULL), free);
	KUNIT_EXPECT_TRUE(test, bytes_are(block, 64, 3, 0));
	dma_free_coherent(dev, PAGE_SIZE, (void *)((unsigned long)block & PAGE_MASK),
			  dma & PAGE_MASK);
}

static struct dma_pool *watched_pool(struct kunit *test)
{
	struct dma_pool *pool = make_pool(test, dma_device(test, 32), 64, 64, 0);

	if (!pool->watched)
		kunit_skip(test, "not a DEBUG build, nor slub_debug=P");
	return pool;
}

static void api_D5_poison(struct kunit *test)
{
	struct dma_pool *pool = watched_pool(test);
	dma_addr_t dma;
	u8 *block = dma_pool_alloc(pool, GFP_KERNEL, &dma);

	KUNIT_ASSERT_NOT_NULL(test, block);
	if (!(mm_debug_flags & MM_DEBUG_INIT_ON_ALLOC))
		KUNIT_EXPECT_NULL(test, memchr_inv(block, POOL_POISON_ALLOCATED, 64));
	memset(block, 1, 64);
	dma_pool_free(pool, block, dma);
	KUNIT_EXPECT_NULL(test, memchr_inv(block + sizeof(void *), POOL_POISON_FREED,
					   64 - sizeof(void *)));
}

static void api_D5_corruption(struct kunit *test)
{
	struct dma_pool *pool = watched_pool(test);
	dma_addr_t dma;
	u8 *block = dma_pool_alloc(pool, GFP_KERNEL, &dma);

	KUNIT_ASSERT_NOT_NULL(test, block);
	dma_pool_free(pool, block, dma);
	block[63]++;
	kunit_expect_report(test, "(corrupted)");
	KUNIT_EXPECT_PTR_EQ(test, dma_pool_alloc(pool, GFP_KERNEL, &dma), (void *)block);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1U);
	dma_pool_free(pool, block, dma);
	KUNIT_EXPECT_PTR_EQ(test, dma_pool_alloc(pool, GFP_KERNEL, &dma), (void *)block);
	dma_pool_free(pool, block, dma);
}

static void api_D5_double_free(struct kunit *test)
{
	struct dma_pool *pool = watched_pool(test);
	dma_addr_t dma, kept_dma;
	void *block = dma_pool_alloc(pool, GFP_KERNEL, &dma);
	void *kept = dma_pool_alloc(pool, GFP_KERNEL, &kept_dma);

	KUNIT_ASSERT_TRUE(test, block && kept);
	dma_pool_free(pool, block, dma);
	kunit_expect_report(test, "already free");
	dma_pool_free(pool, block, dma);
	kunit_expect_report(test, "(bad dma)");
	dma_pool_free(pool, kept + 8, kept_dma + 8);
	KUNIT_EXPECT_EQ(test, active(pool), 1U);
	dma_pool_free(pool, kept, kept_dma);
	KUNIT_EXPECT_EQ(test, active(pool), 0U);
}

/* --- the checker, and several CPUs ------------------------------------------------------------------- */

static void dma_pool_check_finds(struct kunit *test)
{
	struct dma_pool *pool = make_pool(test, dma_device(test, 32), 64, 64, 0);
	struct dma_block *first, *next;

	take_and_give(test, pool);
	KUNIT_EXPECT_EQ(test, mm_print_problems(dma_pool_check()), 0);
	first = pool->free;
	next = first->next;

	first->next = first;
	mm_problems_forget();
	KUNIT_EXPECT_EQ(test, dma_pool_check(), 1);
	KUNIT_EXPECT_STREQ(test, mm_broken_invariants(), "I-dmapool-1");
	first->next = (void *)next + 4;
	KUNIT_EXPECT_EQ(test, dma_pool_check(), 1);
	KUNIT_EXPECT_STREQ(test, mm_broken_invariants(), "I-dmapool-2");
	first->next = (void *)0x10;
	KUNIT_EXPECT_EQ(test, dma_pool_check(), 1);
	KUNIT_EXPECT_STREQ(test, mm_broken_invariants(), "I-dmapool-2");
	first->next = next;
	KUNIT_EXPECT_EQ(test, mm_print_problems(dma_pool_check()), 0);
}

/*
 * Between looking at the first block and taking it another CPU takes it, and the next one, and gives
 * the first back: it is first again, but what comes behind it is another block.
 */
static void dma_pool_sees_what_changed_between(struct kunit *test)
{
	struct dma_pool *pool = make_pool(test, dma_device(test, 32), 64, 64, 0);
	struct held *held = zeroed(test, struct held);
	struct dma_block *first, *next;
	unsigned long changes;

	take_and_give(test, pool);
	changes = pool->changes;
	first = pool->free;
	next = first->next;
	KUNIT_ASSERT_PTR_EQ(test, take(pool, held, GFP_KERNEL), (void *)first);
	KUNIT_ASSERT_PTR_EQ(test, take(pool, held, GFP_KERNEL), (void *)next);
	dma_pool_free(pool, first, held->dma[0]);
	KUNIT_ASSERT_PTR_EQ(test, pool->free, first);
	KUNIT_EXPECT_FALSE(test, __dma_pool_change(pool, first, changes, next));
	KUNIT_EXPECT_PTR_EQ(test, pool->free, first);
	KUNIT_EXPECT_TRUE(test, __dma_pool_change(pool, first, pool->changes, first));
	dma_pool_free(pool, next, held->dma[1]);
	KUNIT_EXPECT_EQ(test, active(pool), 0U);
}

#define USERS	       4
#define AT_A_TIME      8
#define USE_ROUNDS     3000
#define CHECKS	       200
#define CAREFUL_ROUNDS 20 /* with a lock, which a CPU that the host has stopped may hold */

struct user {
	struct dma_pool *pool;
	unsigned int failures, clashes;
};

/* Takes some, writes its mark into them, gives them back; the mark of another is a block had twice. */
static int use_pool(void *data)
{
	struct user *user = data;
	dma_addr_t dma[AT_A_TIME];
	void **block[AT_A_TIME];
	unsigned int rounds = user->pool->careful ? CAREFUL_ROUNDS : USE_ROUNDS, round, i;

	for (round = 0; round < rounds; round++) {
		for (i = 0; i < AT_A_TIME; i++) {
			block[i] = dma_pool_alloc(user->pool, GFP_KERNEL, &dma[i]);
			if (block[i])
				block[i][0] = block[i][1] = user;
			else
				user->failures++;
		}
		for (i = 0; i < AT_A_TIME; i++) {
			if (!block[i])
				continue;
			user->clashes += block[i][0] != user || block[i][1] != user;
			dma_pool_free(user->pool, block[i], dma[i]);
		}
	}
	return 0;
}

static void dma_pool_used_by_all_cpus_at_once(struct kunit *test)
{
	struct dma_pool *pool = make_pool(test, dma_device(test, 32), 64, 64, 0);
	struct user *users = kunit_kzalloc(test, USERS * sizeof(*users), GFP_KERNEL);
	struct task_struct *thread[USERS];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, users);
	for (i = 0; i < USERS; i++) {
		users[i].pool = pool;
		thread[i] = start_thread(test, use_pool, &users[i]);
	}
	/* What is looked at while it changes is not found to be broken. */
	for (i = 0; i < CHECKS; i++)
		KUNIT_EXPECT_EQ(test, mm_print_problems(dma_pool_check()), 0);
	for (i = 0; i < USERS; i++) {
		wait_until_ended(thread[i]);
		KUNIT_EXPECT_EQ(test, users[i].failures, 0U);
		KUNIT_EXPECT_EQ(test, users[i].clashes, 0U);
	}
	KUNIT_EXPECT_EQ(test, active(pool), 0U);
	KUNIT_EXPECT_LE(test, pool->blocks, 64U * DIV_ROUND_UP(USERS * AT_A_TIME, 64) + 64 * USERS);
	KUNIT_EXPECT_EQ(test, mm_print_problems(dma_pool_check()), 0);
}

static struct kunit_case dmapool_cases[] = {
	KUNIT_CASE(api_D5_what_is_no_pool),
	KUNIT_CASE_PARAM(api_D5_blocks_keep_the_rules, shape_gen_params),
	KUNIT_CASE(api_D5_blocks_are_used_again),
	KUNIT_CASE(api_D5_zalloc),
	KUNIT_CASE(api_D5_without_memory),
	KUNIT_CASE(api_D5_and_X2_in_an_interrupt),
	KUNIT_CASE(api_X1_may_not_sleep),
	KUNIT_CASE(api_X2_create_and_destroy_in_an_interrupt),
	KUNIT_CASE(api_L6_managed_pool_goes_with_the_device),
	KUNIT_CASE(api_D5_bad_dma),
	KUNIT_CASE(api_D5_busy),
	KUNIT_CASE(api_D5_poison),
	KUNIT_CASE(api_D5_corruption),
	KUNIT_CASE(api_D5_double_free),
	KUNIT_CASE(dma_pool_check_finds),
	KUNIT_CASE(dma_pool_sees_what_changed_between),
	KUNIT_CASE_SLOW(dma_pool_used_by_all_cpus_at_once),
	{},
};

static struct kunit_suite dmapool_suite = {
	.name = "dmapool",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = dmapool_cases,
};
kunit_test_suite(dmapool_suite);
