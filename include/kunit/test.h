/* SPDX-License-Identifier: MIT */
/*
 * KUnit: a suite is a named array of cases, a case a function that expects and
 * asserts. Names and results (KTAP) are Linux's.
 *
 *	static void adds_up(struct kunit *test)
 *	{
 *		KUNIT_EXPECT_EQ(test, 4, 2 + 2);
 *	}
 *	static struct kunit_case cases[] = { KUNIT_CASE(adds_up), {} };
 *	static struct kunit_suite suite = { .name = "sums", .test_cases = cases };
 *	kunit_test_suite(suite);
 *
 * An expectation that fails fails its case, which goes on; an assertion ends it. Both
 * only from the case's own context, not from an interrupt. What belongs to memkern
 * alone is in memkern/kunit_extra.h.
 */
#ifndef _KUNIT_TEST_H
#define _KUNIT_TEST_H

#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/setjmp.h>
#include <kunit/assert.h>
#include <kunit/resource.h>

#define KUNIT_STATUS_COMMENT_SIZE 256
#define KUNIT_PARAM_DESC_SIZE	  128
#define KUNIT_EXPECTED_REPORTS	  32

enum kunit_status {
	KUNIT_SUCCESS,
	KUNIT_FAILURE,
	KUNIT_SKIPPED,
};

enum kunit_speed {
	KUNIT_SPEED_UNSET, /* as the suite says; normal if it says nothing */
	KUNIT_SPEED_VERY_SLOW,
	KUNIT_SPEED_SLOW,
	KUNIT_SPEED_NORMAL,
};

struct kunit_attributes {
	enum kunit_speed speed;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	/* Returns the parameter after `prev` (NULL: the first), NULL at the end. */
	const void *(*generate_params)(const void *prev, char *desc);
	struct kunit_attributes attr;
	const char *oops; /* the report that ends the machine: see KUNIT_CASE_OOPS */
};

struct kunit_suite {
	const char *name;
	int (*suite_init)(struct kunit_suite *suite); /* once, before the first case */
	void (*suite_exit)(struct kunit_suite *suite);
	int (*init)(struct kunit *test); /* around every case */
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases; /* ends with an empty one */
	struct kunit_attributes attr;
};

/* Suites of a module: they run when it does. */
struct kunit_module_suites {
	struct kunit_suite *const *suites;
	size_t nr;
	const struct module *owner;
};

/* A place for an action or a pool resource. */
struct kunit_slot {
	struct kunit_resource res;
	kunit_action_t *action;
	bool used;
};

struct kunit {
	void *priv; /* the suite's own */
	const char *name;
	const void *param_value;
	int param_index;
	enum kunit_status status;
	char status_comment[KUNIT_STATUS_COMMENT_SIZE];

	/* The rest is the runner's. */
	struct kunit_suite *suite;
	struct kunit_case *test_case;
	spinlock_t lock; /* resources, slots */
	struct list_head resources;
	struct kunit_slot slots[KUNIT_SLOTS];
	bool in_step; /* abort_point is good */
	jmp_buf abort_point;
	const char *expected[KUNIT_EXPECTED_REPORTS]; /* declared reports, NULL once seen */
	unsigned int nr_expected;
	unsigned int nr_seen;
	unsigned int nr_undeclared;
};

// clang-format off
#define KUNIT_CASE(fn)		{ .run_case = fn, .name = #fn }
#define KUNIT_CASE_ATTR(fn, a)	{ .run_case = fn, .name = #fn, .attr = a }
#define KUNIT_CASE_SLOW(fn)	{ .run_case = fn, .name = #fn, .attr.speed = KUNIT_SPEED_SLOW }
#define KUNIT_CASE_PARAM(fn, gen) \
	{ .run_case = fn, .name = #fn, .generate_params = gen }
#define KUNIT_CASE_PARAM_ATTR(fn, gen, a) \
	{ .run_case = fn, .name = #fn, .generate_params = gen, .attr = a }
// clang-format on

/* Defines <name>_gen_params, which goes through an array; get_desc may be NULL. */
#define KUNIT_ARRAY_PARAM(name, array, get_desc)                                          \
	static const void *name##_gen_params(const void *prev, char *desc)                \
	{                                                                                 \
		typeof((array)[0]) *__next = prev ? ((typeof(__next))prev) + 1 : (array); \
		void (*__describe)(typeof(__next), char *) = (get_desc);                  \
		if (__next - (array) >= (ptrdiff_t)(sizeof(array) / sizeof((array)[0])))  \
			return NULL;                                                      \
		if (__describe)                                                           \
			__describe(__next, desc);                                         \
		return __next;                                                            \
	}

/* The same, described by a string member of the elements. */
#define KUNIT_ARRAY_PARAM_DESC(name, array, desc_member)                                  \
	static const void *name##_gen_params(const void *prev, char *desc)                \
	{                                                                                 \
		typeof((array)[0]) *__next = prev ? ((typeof(__next))prev) + 1 : (array); \
		if (__next - (array) >= (ptrdiff_t)(sizeof(array) / sizeof((array)[0])))  \
			return NULL;                                                      \
		strscpy(desc, __next->desc_member, KUNIT_PARAM_DESC_SIZE);                \
		return __next;                                                            \
	}

#define __kunit_suites(array, ...) \
	static struct kunit_suite *const array[] __used __section("kunit_suites") = { __VA_ARGS__ }
#ifdef MODULE
#define __kunit_module_suites(array, ...)                              \
	__kunit_suites(array, __VA_ARGS__);                            \
	static const struct kunit_module_suites __paste(array, _owner) \
	__used __section("kunit_module_suites")                        \
		__aligned(sizeof(void *)) = { array, ARRAY_SIZE(array), THIS_MODULE }
#define kunit_test_suites(...) __kunit_module_suites(__UNIQUE_ID(suites), __VA_ARGS__)
#else
#define kunit_test_suites(...) __kunit_suites(__UNIQUE_ID(suites), __VA_ARGS__)
#endif
#define kunit_test_suite(suite) kunit_test_suites(&suite)

/* Ends the case as skipped, for a reason; mark only says so and goes on. */
void kunit_mark_skipped(struct kunit *test, const char *fmt, ...) __printf(2, 3);
#define kunit_skip(test, fmt, ...)                            \
	do {                                                  \
		kunit_mark_skipped(test, fmt, ##__VA_ARGS__); \
		__kunit_abort(test);                          \
	} while (0)

/* Gives back what the case holds, newest first. KUnit does it when the case has ended. */
void kunit_cleanup(struct kunit *test);

/*
 * Memory from kmalloc() and friends that is the case's: freed when it ends. NULL if there
 * is none. Any number of blocks: they take no slots. kunit_kfree() frees one before the end.
 */
void *kunit_kmalloc_array(struct kunit *test, size_t n, size_t size, gfp_t gfp);
void kunit_kfree(struct kunit *test, const void *ptr);

static inline void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	return kunit_kmalloc_array(test, 1, size, gfp);
}

static inline void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	return kunit_kmalloc(test, size, gfp | __GFP_ZERO);
}

static inline void *kunit_kcalloc(struct kunit *test, size_t n, size_t size, gfp_t gfp)
{
	return kunit_kmalloc_array(test, n, size, gfp | __GFP_ZERO);
}

/* A line of diagnostics: "    # case: ...". */
#define kunit_printk(level, test, fmt, ...) \
	printk(level "    # %s: " fmt, (test)->name, ##__VA_ARGS__)
#define kunit_info(test, fmt, ...) kunit_printk(KERN_INFO, test, fmt, ##__VA_ARGS__)
#define kunit_warn(test, fmt, ...) kunit_printk(KERN_WARNING, test, fmt, ##__VA_ARGS__)
#define kunit_err(test, fmt, ...)  kunit_printk(KERN_ERR, test, fmt, ##__VA_ARGS__)

#endif
