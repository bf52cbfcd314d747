// SPDX-License-Identifier: MIT
/*
 * KUnit's runner: suites and cases, one after the other, results as KTAP.
 *
 *	KTAP version 1
 *	1..1
 *	    KTAP version 1
 *	    # Subtest: sums
 *	    1..2
 *	    ok 1 adds_up
 *	    # takes_away: EXPECTATION FAILED at tests/lib/sums_test.c:12
 *	    Expected 1 == 3 - 1, but
 *	        3 - 1 == 2 (0x2)
 *	    not ok 2 takes_away
 *	# sums: pass:1 fail:1 skip:0 total:2
 *	not ok 1 sums
 *
 * A case runs in five steps: the suite's init, the case, the suite's exit, the cleanup
 * of what it holds, and the verdict. A failed assertion in one of the first four leaves
 * that step by longjmp, and the next one follows. The verdict adds what the case did not
 * notice itself: a report that it did not declare or that did not come, interrupts or
 * preemption left off, a broken memory manager (mm_check()).
 *
 * A struct kunit is too large for the stack, so there is one for each level: the second
 * is for the suites that KUnit's own tests run from within a case.
 */
#include <linux/fault-inject.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include <kunit/test-bug.h>
#include <memkern/kunit_extra.h>
#include <memkern/mm_check.h>
#include <memkern/module.h>
#include <memkern/report.h>

#define LEVELS 2

/* With more memory than this, mm_check() takes too long to run after every case. */
#define MM_CHECK_CASE_PAGES ((1UL << 30) >> PAGE_SHIFT)

static struct kunit contexts[LEVELS];
static unsigned int level;

/*
 * When mm_check() runs: after each case, or after so many suites and the last. Much memory
 * takes its time, and the quick tests are to be over at once: what broke is then found
 * a few suites later.
 */
#define QUICK_CHECK_SUITES 8

static bool check_after_each_case;
static unsigned int check_after_suites;

static bool quick;

bool kunit_runs_quick(void)
{
	return quick;
}

/* The case that runs. Reports are judged by it, wherever they come from. */
static struct kunit *current_test;

/* How many cases, or parameters of one case, ended how. */
struct stats {
	unsigned long passed, failed, skipped;
};

static void count(struct stats *stats, enum kunit_status status)
{
	switch (status) {
	case KUNIT_SUCCESS:
		stats->passed++;
		break;
	case KUNIT_FAILURE:
		stats->failed++;
		break;
	case KUNIT_SKIPPED:
		stats->skipped++;
		break;
	}
}

static unsigned long total(const struct stats *stats)
{
	return stats->passed + stats->failed + stats->skipped;
}

/* All skipped is skipped. */
static enum kunit_status summary(const struct stats *stats)
{
	if (stats->failed)
		return KUNIT_FAILURE;
	return stats->passed ? KUNIT_SUCCESS : KUNIT_SKIPPED;
}

static void print_stats(const char *indent, const char *name, const struct stats *stats)
{
	if (total(stats) > 1)
		pr_info("%s# %s: pass:%lu fail:%lu skip:%lu total:%lu\n", indent, name,
			stats->passed, stats->failed, stats->skipped, total(stats));
}

static void print_result(const char *indent, enum kunit_status status, unsigned int number,
			 const char *name, const char *comment)
{
	const char *verdict = status == KUNIT_FAILURE ? "not ok" : "ok";

	if (status == KUNIT_SKIPPED)
		pr_info("%s%s %u %s # SKIP%s%s\n", indent, verdict, number, name,
			*comment ? " " : "", comment);
	else
		pr_info("%s%s %u %s\n", indent, verdict, number, name);
}

/* --- reports ---------------------------------------------------------------- */

void kunit_expect_report(struct kunit *test, const char *text)
{
	report_reset_once();
	if (test->nr_expected == KUNIT_EXPECTED_REPORTS) {
		KUNIT_FAIL(test, "more than %d declared reports", KUNIT_EXPECTED_REPORTS);
		return;
	}
	test->expected[test->nr_expected++] = text;
}

unsigned int kunit_reports_seen(struct kunit *test)
{
	return test->nr_seen;
}

struct kunit *kunit_get_current_test(void)
{
	return current_test;
}

bool kunit_report_declared(const char *text)
{
	struct kunit *test = current_test;
	unsigned int i;

	for (i = 0; test && i < test->nr_expected; i++) {
		if (test->expected[i] && strstr(text, test->expected[i])) {
			test->expected[i] = NULL;
			test->nr_seen++;
			return true;
		}
	}
	return false;
}

enum kunit_report_fate kunit_judge_report(const char *text)
{
	if (!current_test)
		return KUNIT_REPORT_OUTSIDE;
	if (kunit_report_declared(text))
		return KUNIT_REPORT_DECLARED;
	current_test->nr_undeclared++;
	return KUNIT_REPORT_UNDECLARED;
}

static void judge_reports(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < test->nr_expected; i++) {
		if (!test->expected[i])
			continue;
		test->status = KUNIT_FAILURE;
		kunit_err(test, "the declared report \"%s\" did not come\n", test->expected[i]);
	}
	if (test->nr_undeclared) {
		test->status = KUNIT_FAILURE;
		kunit_err(test, "%u report(s) that it did not declare\n", test->nr_undeclared);
	}
}

void kunit_fail_nth(struct kunit *test, unsigned int n)
{
	set_fail_nth(n);
}

bool kunit_fail_nth_end(struct kunit *test)
{
	return !set_fail_nth(0);
}

/* --- one run of one case ---------------------------------------------------- */

void kunit_mark_skipped(struct kunit *test, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(test->status_comment, sizeof(test->status_comment), fmt, args);
	va_end(args);
	if (test->status != KUNIT_FAILURE)
		test->status = KUNIT_SKIPPED;
}

void __noreturn __kunit_abort(struct kunit *test)
{
	if (!test->in_step)
		panic("KUnit: %s failed an assertion after it had ended", test->name);
	longjmp(test->abort_point, 1);
}

/* Runs a step of the case; false if an assertion left it. */
static noinline bool run_step(struct kunit *test, void (*step)(struct kunit *test))
{
	bool finished = false;

	test->in_step = true;
	if (!setjmp(test->abort_point)) {
		step(test);
		finished = true;
	}
	test->in_step = false;
	return finished;
}

static void init_and_run(struct kunit *test)
{
	if (test->suite->init) {
		int error = test->suite->init(test);

		if (error) {
			kunit_err(test, "failed to initialize: %d\n", error);
			test->status = KUNIT_FAILURE;
			return;
		}
	}
	test->test_case->run_case(test);
}

/* A case that leaves interrupts or preemption off would harm all that follow. */
static void restore_context(struct kunit *test, unsigned long flags, int preempt)
{
	bool masked = irqs_disabled() != irqs_disabled_flags(flags);
	int held = preempt_count() - preempt;

	local_irq_restore(flags);
	preempt_count_sub(held);
	if (!masked && !held)
		return;
	test->status = KUNIT_FAILURE;
	kunit_err(test, "left interrupts %s, preempt count off by %d\n",
		  masked ? "switched" : "alone", held);
}

static void check_mm(struct kunit *test)
{
	int problems = check_after_each_case ? mm_check() : 0;

	if (!problems)
		return;
	test->status = KUNIT_FAILURE;
	kunit_err(test, "mm_check() found %d problem(s)\n", problems);
}

static void run_case_once(struct kunit *test)
{
	struct kunit *outer = current_test;
	unsigned long flags;
	int preempt = preempt_count();

	local_save_flags(flags);
	current_test = test;
	run_step(test, init_and_run);
	set_fail_nth(0);
	if (test->suite->exit)
		run_step(test, test->suite->exit);
	while (!run_step(test, kunit_cleanup))
		;
	debug_check_no_locks_held();
	restore_context(test, flags, preempt);
	check_mm(test);
	current_test = outer;
	judge_reports(test);
}

/* --- cases and suites ------------------------------------------------------- */

static struct kunit *new_context(struct kunit_suite *suite, struct kunit_case *test_case)
{
	struct kunit *test = &contexts[level - 1];

	memset(test, 0, sizeof(*test));
	test->name = test_case->name;
	test->suite = suite;
	test->test_case = test_case;
	spin_lock_init(&test->lock);
	INIT_LIST_HEAD(&test->resources);
	return test;
}

static enum kunit_status run_params(struct kunit_suite *suite, struct kunit_case *test_case,
				    struct stats *params)
{
	char description[KUNIT_PARAM_DESC_SIZE] = "";
	const void *param = test_case->generate_params(NULL, description);
	struct stats stats = {};
	int index;

	pr_info("        KTAP version 1\n");
	pr_info("        # Subtest: %s\n", test_case->name);
	for (index = 0; param; index++) {
		struct kunit *test = new_context(suite, test_case);

		test->param_value = param;
		test->param_index = index;
		run_case_once(test);
		if (!description[0])
			snprintf(description, sizeof(description), "param-%d", index);
		print_result("        ", test->status, index + 1, description,
			     test->status_comment);
		count(&stats, test->status);
		description[0] = '\0';
		param = test_case->generate_params(param, description);
	}
	print_stats("    ", test_case->name, &stats);
	params->passed += stats.passed;
	params->failed += stats.failed;
	params->skipped += stats.skipped;
	return summary(&stats);
}

static enum kunit_status run_case(struct kunit_suite *suite, struct kunit_case *test_case,
				  unsigned int number, bool oops, struct stats *params)
{
	struct kunit *test = new_context(suite, test_case);
	enum kunit_status status;

	if (test_case->oops && !oops) {
		kunit_mark_skipped(test, "runs in its own boot: %s", test_case->oops);
		status = test->status;
		count(params, status);
	} else if (test_case->generate_params) {
		status = run_params(suite, test_case, params);
	} else {
		run_case_once(test);
		if (test_case->oops) {
			kunit_err(test, "survived what should end in: %s\n", test_case->oops);
			test->status = KUNIT_FAILURE;
		}
		status = test->status;
		count(params, status);
	}
	print_result("    ", status, number, test_case->name, test->status_comment);
	return status;
}

static unsigned int count_selected(const struct kunit_selection *selection,
				   const struct kunit_suite *suite)
{
	const struct kunit_case *test_case;
	unsigned int n = 0;

	for (test_case = suite->test_cases; test_case->run_case; test_case++)
		n += kunit_selected(selection, suite, test_case);
	return n;
}

/* The suite's own work around its cases; false if it failed. */
static bool run_cases(struct kunit_suite *suite, const struct kunit_selection *selection,
		      struct stats *cases, struct stats *params)
{
	struct kunit_case *test_case;
	unsigned int number = 0;

	if (suite->suite_init) {
		int error = suite->suite_init(suite);

		if (error) {
			pr_err("    # %s: failed to initialize (%d)\n", suite->name, error);
			return false;
		}
	}
	for (test_case = suite->test_cases; test_case->run_case; test_case++)
		if (kunit_selected(selection, suite, test_case))
			count(cases, run_case(suite, test_case, ++number,
					      selection->mode == KUNIT_MODE_OOPS, params));
	if (suite->suite_exit)
		suite->suite_exit(suite);
	return true;
}

/* A suite that a case runs is looked at with its case's. False: the memory is broken. */
static bool memory_is_sound(const struct kunit_suite *suite, unsigned int number, bool last)
{
	int problems;

	if (check_after_each_case || level > 1 || (number % check_after_suites && !last))
		return true;
	problems = mm_check();
	if (problems)
		pr_err("    # %s: mm_check() found %d problem(s), here or in one of the last %u "
		       "suites\n",
		       suite->name, problems, check_after_suites);
	return !problems;
}

static void run_suite(struct kunit_suite *suite, unsigned int number, bool last,
		      const struct kunit_selection *selection, struct kunit_totals *totals)
{
	struct stats cases = {}, params = {};
	bool sound;

	pr_info("    KTAP version 1\n");
	pr_info("    # Subtest: %s\n", suite->name);
	pr_info("    1..%u\n", count_selected(selection, suite));
	sound = run_cases(suite, selection, &cases, &params);
	sound &= memory_is_sound(suite, number, last);
	print_stats("", suite->name, &cases);
	print_stats("", "Totals", &params);
	print_result("", sound ? summary(&cases) : KUNIT_FAILURE, number, suite->name, "");
	totals->passed += cases.passed;
	totals->failed += cases.failed + !sound;
	totals->skipped += cases.skipped;
}

/*
 * A module's suites are behind the kernel's: those ran while nothing of a module did. False: its
 * module does not run, and the suite is skipped.
 */
static bool module_is_there(const struct kunit_suite *suite, unsigned int number,
			    const struct kunit_selection *selection, struct kunit_totals *totals)
{
	const struct module *owner = kunit_suite_owner(suite);
	char reason[KUNIT_STATUS_COMMENT_SIZE];

	if (!owner)
		return true;
	modules_init();
	if (module_runs(owner))
		return true;
	snprintf(reason, sizeof(reason), "its module %s does not run", owner->name);
	print_result("", KUNIT_SKIPPED, number, suite->name, reason);
	totals->skipped += count_selected(selection, suite);
	return false;
}

/* Cases that the filter names but the mode leaves out are said to be skipped at the end. */
static unsigned int count_left_out(const struct kunit_selection *selection,
				   const struct kunit_suite *suite)
{
	const struct kunit_selection all = { KUNIT_MODE_ALL, selection->filter };

	if (selection->mode != KUNIT_MODE_QUICK)
		return 0;
	return count_selected(&all, suite) - count_selected(selection, suite);
}

void kunit_run_suites(struct kunit_suite *const *suites, size_t nr,
		      const struct kunit_selection *selection, struct kunit_totals *totals)
{
	unsigned int number = 0, selected = 0;
	bool last;
	size_t i;

	if (level == LEVELS) {
		pr_err("kunit: suites nest too deep\n");
		totals->failed++;
		return;
	}
	if (!level++) {
		quick = selection->mode == KUNIT_MODE_QUICK;
		check_after_each_case = !quick && totalram_pages() <= MM_CHECK_CASE_PAGES;
		check_after_suites = quick ? QUICK_CHECK_SUITES : 1;
	}
	for (i = 0; i < nr; i++)
		selected += count_selected(selection, suites[i]) > 0;
	pr_info("KTAP version 1\n");
	pr_info("1..%u\n", selected);
	for (i = 0; i < nr; i++) {
		totals->skipped += count_left_out(selection, suites[i]);
		if (count_selected(selection, suites[i])) {
			number++;
			last = number == selected;
			if (module_is_there(suites[i], number, selection, totals))
				run_suite(suites[i], number, last, selection, totals);
			else if (last)
				totals->failed += !memory_is_sound(suites[i], number, last);
		}
	}
	level--;
}
