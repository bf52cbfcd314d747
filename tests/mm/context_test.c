// SPDX-License-Identifier: MIT
/*
 * The context matrix: every way to allocate and to free, in every context. Where flags that
 * allow to sleep meet a context that must not, X1's report comes, once; everywhere else
 * nothing is reported, and in all of them the memory is there, is written to, and is freed.
 */
#include <linux/errno.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <memkern/contexts.h>
#include <memkern/kunit_extra.h>
#include <memkern/report.h>

#define SLEEPING "BUG: sleeping function called from invalid context at "
#define BULK	 24

static struct kmem_cache *cache;

static bool fill(void *memory, size_t size)
{
	if (memory)
		memset(memory, 0xc3, size);
	return memory;
}

/* --- the entry points: true if there was memory -------------------------------------------- */

static bool pages_of(unsigned int order, gfp_t gfp)
{
	struct page *page = alloc_pages(gfp, order);

	if (!page)
		return false;
	fill(page_address(page), PAGE_SIZE << order);
	__free_pages(page, order);
	return true;
}

static bool do_alloc_page(gfp_t gfp)
{
	return pages_of(0, gfp);
}

static bool do_alloc_pages_3(gfp_t gfp)
{
	return pages_of(3, gfp);
}

static bool do_alloc_pages_5(gfp_t gfp)
{
	return pages_of(5, gfp);
}

static bool do_alloc_pages_dma(gfp_t gfp)
{
	return pages_of(1, gfp | __GFP_DMA);
}

static bool do_get_free_pages(gfp_t gfp)
{
	unsigned long address = __get_free_pages(gfp, 2);
	bool got = fill((void *)address, 4 * PAGE_SIZE);

	free_pages(address, 2);
	return got;
}

static bool do_get_zeroed_page(gfp_t gfp)
{
	unsigned long address = get_zeroed_page(gfp);
	bool got = address && !memchr_inv((void *)address, 0, PAGE_SIZE);

	free_page(address);
	return got;
}

static bool do_alloc_pages_exact(gfp_t gfp)
{
	void *memory = alloc_pages_exact(3 * PAGE_SIZE, gfp);
	bool got = fill(memory, 3 * PAGE_SIZE);

	if (got)
		free_pages_exact(memory, 3 * PAGE_SIZE);
	return got;
}

static bool do_alloc_pages_bulk(gfp_t gfp)
{
	struct page *pages[BULK] = {};
	unsigned long i, nr = alloc_pages_bulk_array(gfp, BULK, pages);

	for (i = 0; i < nr; i++)
		__free_page(pages[i]);
	return nr == BULK;
}

/* Behind a function pointer, so that no size is known at compile time. */
static bool object_of(size_t size, gfp_t gfp)
{
	void *object = kmalloc(size, gfp);
	bool got = fill(object, size);

	kfree(object);
	return got;
}

static bool do_kmalloc(gfp_t gfp)
{
	void *object = kmalloc(64, gfp);
	bool got = fill(object, 64);

	kfree(object);
	return got;
}

static bool do_kmalloc_variable(gfp_t gfp)
{
	return object_of(READ_ONCE((size_t){ 700 }), gfp);
}

static bool do_kmalloc_large(gfp_t gfp)
{
	return object_of(READ_ONCE((size_t){ 5 * PAGE_SIZE }), gfp);
}

static bool do_kmalloc_dma(gfp_t gfp)
{
	return object_of(READ_ONCE((size_t){ 512 }), gfp | __GFP_DMA);
}

static bool do_kcalloc(gfp_t gfp)
{
	void *object = kcalloc(10, 20, gfp);
	bool got = object && !memchr_inv(object, 0, 200);

	kfree(object);
	return got;
}

static bool do_kmalloc_node(gfp_t gfp)
{
	void *object = kmalloc_node(128, gfp, 0);
	bool got = fill(object, 128);

	kfree_sensitive(object);
	return got;
}

static bool do_krealloc(gfp_t gfp)
{
	char *small = kmalloc(16, GFP_ATOMIC), *large;
	bool got = false;

	if (fill(small, 16)) {
		large = krealloc(small, 3000, gfp);
		got = large && large[15] == (char)0xc3;
		kfree(large ? large : small);
	}
	return got;
}

static bool do_kmemdup(gfp_t gfp)
{
	static const char text[] = "a text to copy";
	char *copy = kmemdup(text, sizeof(text), gfp);
	bool got = copy && !strcmp(copy, text);

	kfree(copy);
	return got;
}

static bool do_kstrdup(gfp_t gfp)
{
	char *copy = kstrdup("another text", gfp);
	bool got = copy && !strcmp(copy, "another text");

	kfree(copy);
	return got;
}

static bool do_kasprintf(gfp_t gfp)
{
	char *text = kasprintf(gfp, "%d and %s", 12, "more");
	bool got = text && !strcmp(text, "12 and more");

	kfree(text);
	return got;
}

static bool do_kmem_cache_alloc(gfp_t gfp)
{
	void *object = kmem_cache_alloc(cache, gfp);
	bool got = fill(object, kmem_cache_size(cache));

	if (got)
		kmem_cache_free(cache, object);
	return got;
}

static bool do_kmem_cache_bulk(gfp_t gfp)
{
	void *objects[BULK];

	if (kmem_cache_alloc_bulk(cache, gfp, BULK, objects) != BULK)
		return false;
	kmem_cache_free_bulk(cache, BULK, objects);
	return true;
}

static const struct entry_point {
	const char *name;
	bool (*run)(gfp_t gfp);
} entry_points[] = {
	{ "alloc_page", do_alloc_page },
	{ "alloc_pages, order 3", do_alloc_pages_3 },
	{ "alloc_pages, order 5", do_alloc_pages_5 },
	{ "alloc_pages, DMA", do_alloc_pages_dma },
	{ "__get_free_pages", do_get_free_pages },
	{ "get_zeroed_page", do_get_zeroed_page },
	{ "alloc_pages_exact", do_alloc_pages_exact },
	{ "alloc_pages_bulk_array", do_alloc_pages_bulk },
	{ "kmalloc", do_kmalloc },
	{ "kmalloc, size not constant", do_kmalloc_variable },
	{ "kmalloc, large", do_kmalloc_large },
	{ "kmalloc, DMA", do_kmalloc_dma },
	{ "kcalloc", do_kcalloc },
	{ "kmalloc_node", do_kmalloc_node },
	{ "krealloc", do_krealloc },
	{ "kmemdup", do_kmemdup },
	{ "kstrdup", do_kstrdup },
	{ "kasprintf", do_kasprintf },
	{ "kmem_cache_alloc", do_kmem_cache_alloc },
	{ "kmem_cache_alloc_bulk", do_kmem_cache_bulk },
};

/* --- the matrix ---------------------------------------------------------------------------- */

/* One context and one kind of flags: every entry point, one after the other, there. */
struct matrix_row {
	struct kunit *test;
	gfp_t gfp;
	bool got[ARRAY_SIZE(entry_points)];
	unsigned int reports[ARRAY_SIZE(entry_points)];
};

static void run_row(void *data)
{
	struct matrix_row *row = data;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(entry_points); i++) {
		unsigned int before = kunit_reports_seen(row->test);

		report_reset_once();
		row->got[i] = entry_points[i].run(row->gfp);
		row->reports[i] = kunit_reports_seen(row->test) - before;
	}
}

static const void *context_gen_params(const void *before, char *description)
{
	const char *const *name = before ? (const char *const *)before + 1 : context_names;

	if (name == context_names + NR_CONTEXTS)
		return NULL;
	strscpy(description, *name, KUNIT_PARAM_DESC_SIZE);
	return name;
}

static enum context context_of(struct kunit *test)
{
	return (const char *const *)test->param_value - context_names;
}

static void check_all(struct kunit *test, gfp_t gfp)
{
	enum context context = context_of(test);
	bool wrong = gfpflags_allow_blocking(gfp) && !context_may_sleep(context);
	struct matrix_row row = { .test = test, .gfp = gfp };
	unsigned int i;

	for (i = 0; wrong && i < ARRAY_SIZE(entry_points); i++)
		kunit_expect_report(test, SLEEPING);
	KUNIT_ASSERT_EQ(test, run_in_context(context, run_row, &row), 0);
	for (i = 0; i < ARRAY_SIZE(entry_points); i++) {
		KUNIT_EXPECT_TRUE_MSG(test, row.got[i], "%s, %pGg", entry_points[i].name, &gfp);
		KUNIT_EXPECT_EQ_MSG(test, row.reports[i], (unsigned int)wrong, "%s, %pGg",
				    entry_points[i].name, &gfp);
	}
}

static void api_X1_may_sleep(struct kunit *test)
{
	check_all(test, GFP_KERNEL);
}

static void api_X1_no_io(struct kunit *test)
{
	check_all(test, GFP_NOIO | __GFP_NOWARN);
}

static void api_X2_atomic(struct kunit *test)
{
	check_all(test, GFP_ATOMIC);
}

static void api_X2_nowait(struct kunit *test)
{
	check_all(test, GFP_NOWAIT);
}

/* --- what may never be called in atomic context ------------------------------------------------ */

static void make_cache(void *data)
{
	*(struct kmem_cache **)data = kmem_cache_create("context", 40, 0, SLAB_NO_MERGE, NULL);
}

static void drop_cache(void *data)
{
	kmem_cache_destroy(*(struct kmem_cache **)data);
}

static void take_percpu(void *data)
{
	free_percpu(alloc_percpu(int));
}

static void expect_refusal(struct kunit *test, enum context context)
{
	struct kmem_cache *made = NULL;

	kunit_expect_report(test, "kmem_cache_create(context) integrity check failed");
	kunit_expect_report(test, "kmem_cache_create(context) failed");
	KUNIT_ASSERT_EQ(test, run_in_context(context, make_cache, &made), 0);
	KUNIT_EXPECT_NULL(test, made);
}

static void expect_cache(struct kunit *test, enum context context)
{
	bool wrong = !context_may_sleep(context);
	struct kmem_cache *made = NULL;

	if (wrong)
		kunit_expect_report(test, SLEEPING);
	KUNIT_ASSERT_EQ(test, run_in_context(context, make_cache, &made), 0);
	KUNIT_ASSERT_NOT_NULL(test, made);
	if (wrong)
		kunit_expect_report(test, SLEEPING);
	if (context == CONTEXT_IRQS_OFF && num_online_cpus() > 1) /* the other CPUs are called */
		kunit_expect_report(test, "WARNING: at kernel/smp.c:");
	KUNIT_ASSERT_EQ(test, run_in_context(context, drop_cache, &made), 0);
}

/* X2's list, as far as it has been built. A cache is not even begun in an interrupt. */
static void api_X2_not_allowed(struct kunit *test)
{
	enum context context = context_of(test);

	if (context >= CONTEXT_BH_OFF)
		expect_refusal(test, context);
	else
		expect_cache(test, context);
	if (!context_may_sleep(context))
		kunit_expect_report(test, SLEEPING);
	KUNIT_ASSERT_EQ(test, run_in_context(context, take_percpu, NULL), 0);
}

/* Printed even if memory is plentiful, but at most once a second. */
static void api_X1_once_a_second(struct kunit *test)
{
	unsigned int i;

	kunit_expect_report(test, SLEEPING);
	preempt_disable();
	for (i = 0; i < 100; i++)
		kfree(kmalloc(8, GFP_KERNEL));
	preempt_enable();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

/* X3: what a task may do for reclaim, a softirq that runs on top of it may not. */
struct look {
	struct tasklet_struct tasklet;
	const struct task_struct *below;
	bool memalloc;
};

static void look_at_memalloc(struct tasklet_struct *tasklet)
{
	struct look *look = from_tasklet(look, tasklet, tasklet);

	look->below = current;
	look->memalloc = current->flags & PF_MEMALLOC;
}

static void api_X3_softirqs_have_no_reserves(struct kunit *test)
{
	struct look look = { .memalloc = true };

	tasklet_setup(&look.tasklet, look_at_memalloc);
	current->flags |= PF_MEMALLOC;
	local_bh_disable();
	tasklet_schedule(&look.tasklet);
	local_bh_enable(); /* here it runs: ksoftirqd has no such right anyway */
	KUNIT_EXPECT_PTR_EQ(test, look.below, current);
	KUNIT_EXPECT_FALSE(test, look.memalloc);
	KUNIT_EXPECT_TRUE(test, current->flags & PF_MEMALLOC);
	current->flags &= ~PF_MEMALLOC;
}

static int context_init(struct kunit *test)
{
	cache = kmem_cache_create("context_test", 96, 0, SLAB_NO_MERGE, NULL);
	return cache ? 0 : -ENOMEM;
}

static void context_exit(struct kunit *test)
{
	kmem_cache_destroy(cache);
}

static struct kunit_case context_cases[] = {
	KUNIT_CASE_PARAM_ATTR(api_X1_may_sleep, context_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(api_X1_no_io, context_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(api_X2_atomic, context_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(api_X2_nowait, context_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(api_X2_not_allowed, context_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE(api_X1_once_a_second),
	KUNIT_CASE(api_X3_softirqs_have_no_reserves),
	{},
};

static struct kunit_suite context_suite = {
	.name = "context",
	.init = context_init,
	.exit = context_exit,
	.test_cases = context_cases,
};
kunit_test_suite(context_suite);
