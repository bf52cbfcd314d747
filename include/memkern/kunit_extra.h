/* SPDX-License-Identifier: MIT */
/*
 * What memkern adds to KUnit: declared reports, cases that end the machine, and
 * the runner's interface for the boot, the monitor and KUnit's own tests.
 */
#ifndef _MEMKERN_KUNIT_EXTRA_H
#define _MEMKERN_KUNIT_EXTRA_H

#include <kunit/test.h>

/*
 * A case that ends in an oops or a panic whose report contains `text`. A normal run
 * skips it; with kunit=oops kunit.filter=suite.case it runs, alone, in its own boot.
 */
#define KUNIT_CASE_OOPS(fn, text)                            \
	{                                                    \
		.run_case = fn, .name = #fn, .oops = (text), \
	}

/*
 * Declares one report (memkern/report.h) whose text contains `text`, a string that
 * outlives the case: it is not printed, and fails the case only if it does not
 * come. One call for each report that is expected. Makes once-only and
 * rate-limited reports fresh.
 */
void kunit_expect_report(struct kunit *test, const char *text);

/* How many of the declared reports have come so far. */
unsigned int kunit_reports_seen(struct kunit *test);

/*
 * Of the allocations that this task makes from now on, outside interrupts, the n-th fails, once:
 * one of pages or an object, whatever its flags but __GFP_NOFAIL. kunit_fail_nth_end() ends that,
 * as the case's end does, and tells whether it has come to it. Until then this task's failed
 * allocations are not reported. Each failing in turn:
 *
 *	for (n = 1;; n++) {
 *		kunit_fail_nth(test, n);
 *		error = probe(device);
 *		if (!kunit_fail_nth_end(test))
 *			break;			all n - 1 allocations have failed once
 *		...				probe() failed, or did without it: nothing is lost
 *	}
 */
void kunit_fail_nth(struct kunit *test, unsigned int n);
bool kunit_fail_nth_end(struct kunit *test);

enum kunit_report_fate {
	KUNIT_REPORT_OUTSIDE, /* no case runs */
	KUNIT_REPORT_DECLARED,
	KUNIT_REPORT_UNDECLARED, /* the running case fails */
};

/* For report.c: what the running case says to a report. Any context. */
enum kunit_report_fate kunit_judge_report(const char *text);
/* Has the running case declared such a report? Then it has come; if not, nothing is judged. */
bool kunit_report_declared(const char *text);

enum kunit_mode {
	KUNIT_MODE_QUICK, /* all but the slow */
	KUNIT_MODE_ALL,
	KUNIT_MODE_OFF,
	KUNIT_MODE_OOPS, /* only cases that end in an oops */
	KUNIT_MODE_LIST, /* print the names, run nothing */
};

struct kunit_selection {
	enum kunit_mode mode;
	const char *filter; /* glob: "suite" or "suite.case"; NULL or "": everything */
};

/* Counted in cases; one with parameters is one. A suite that fails as such is one more. */
struct kunit_totals {
	unsigned int passed;
	unsigned int failed;
	unsigned int skipped; /* also those that the mode leaves out */
};

/* Runs what is selected and prints KTAP. Process context; nests once (KUnit's own tests). */
void kunit_run_suites(struct kunit_suite *const *suites, size_t nr,
		      const struct kunit_selection *selection, struct kunit_totals *totals);

/* Is this case in the selection? Names and mode only, KUNIT_MODE_OFF apart. */
bool kunit_selected(const struct kunit_selection *selection, const struct kunit_suite *suite,
		    const struct kunit_case *test_case);

bool kunit_is_slow(const struct kunit_suite *suite, const struct kunit_case *test_case);

/* The module that a suite belongs to; NULL: the kernel's own. */
const struct module *kunit_suite_owner(const struct kunit_suite *suite);

/* Only the quick tests run. */
bool kunit_runs_quick(void);

/*
 * As KUNIT_ARRAY_PARAM_DESC(), for rows that take their time: the quick tests try every
 * `step`-th, from the first on.
 */
#define KUNIT_ARRAY_PARAM_DESC_FEW(name, array, desc_member, step)               \
	static const void *name##_gen_params(const void *prev, char *desc)       \
	{                                                                        \
		ptrdiff_t next = prev ? (typeof(&(array)[0]))prev - (array) : 0; \
		if (prev)                                                        \
			next += kunit_runs_quick() ? (step) : 1;                 \
		if (next >= (ptrdiff_t)(sizeof(array) / sizeof((array)[0])))     \
			return NULL;                                             \
		strscpy(desc, (array)[next].desc_member, KUNIT_PARAM_DESC_SIZE); \
		return &(array)[next];                                           \
	}

/*
 * All linked suites, as kunit= and kunit.filter= say: before the monitor. Those of modules are
 * the last: before the first of them the modules are started.
 */
void kunit_run_all(void);

/* Nothing failed since boot, and nothing was reported outside the tests. */
bool kunit_all_well(void);

#endif
