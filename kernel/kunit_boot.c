// SPDX-License-Identifier: MIT
/*
 * KUnit in the boot: what of the linked suites runs, as the command line says, and
 * the verdict that the machine is left with.
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <memkern/kunit_extra.h>
#include <memkern/monitor.h>
#include <memkern/params.h>
#include <memkern/report.h>

extern struct kunit_suite *const __start_kunit_suites[], *const __stop_kunit_suites[];

static struct kunit_selection selection = { .mode = KUNIT_MODE_QUICK };

static unsigned int failed_since_boot;

static int __init set_mode(char *value)
{
	static const char *const modes[] = {
		[KUNIT_MODE_QUICK] = "quick", [KUNIT_MODE_ALL] = "all",	  [KUNIT_MODE_OFF] = "off",
		[KUNIT_MODE_OOPS] = "oops",   [KUNIT_MODE_LIST] = "list",
	};
	int mode = value ? match_string(modes, ARRAY_SIZE(modes), value) : -EINVAL;

	if (mode < 0)
		return -EINVAL;
	selection.mode = mode;
	return 0;
}
early_param("kunit", set_mode);

static int __init set_filter(char *value)
{
	if (!value)
		return -EINVAL;
	selection.filter = value;
	return 0;
}
early_param("kunit.filter", set_filter);

static size_t nr_suites(void)
{
	return __stop_kunit_suites - __start_kunit_suites;
}

/* Calls fn for every selected case; returns how many there are. */
static unsigned int for_each_selected(void (*fn)(struct kunit_suite *, struct kunit_case *))
{
	struct kunit_suite *const *suite;
	struct kunit_case *test_case;
	unsigned int n = 0;

	for (suite = __start_kunit_suites; suite < __stop_kunit_suites; suite++) {
		for (test_case = (*suite)->test_cases; test_case->run_case; test_case++) {
			if (!kunit_selected(&selection, *suite, test_case))
				continue;
			if (fn)
				fn(*suite, test_case);
			n++;
		}
	}
	return n;
}

static void list_case(struct kunit_suite *suite, struct kunit_case *test_case)
{
	pr_info("# %s.%s%s", suite->name, test_case->name,
		kunit_is_slow(suite, test_case) ? " [slow]" : "");
	if (test_case->oops)
		pr_cont(" [oops: %s]", test_case->oops);
	pr_cont("\n");
}

/*
 * On the boot CPU: devices interrupt that one, and a test that counts what its own CPU did
 * must not be moved in between. Tests of other CPUs start threads there.
 */
static void run_suites(const struct kunit_selection *what, struct kunit_totals *totals)
{
	struct cpumask before;

	cpumask_copy(&before, &current->cpus_mask);
	set_cpus_allowed_ptr(current, cpumask_of(0));
	kunit_run_suites(__start_kunit_suites, nr_suites(), what, totals);
	set_cpus_allowed_ptr(current, &before);
}

/* False: the filter leaves nothing to run. */
static bool run(const struct kunit_selection *what)
{
	struct kunit_totals totals = {};
	bool any = !what->filter;
	struct kunit_suite *const *suite;
	const struct kunit_case *test_case;

	for (suite = __start_kunit_suites; suite < __stop_kunit_suites && !any; suite++)
		for (test_case = (*suite)->test_cases; test_case->run_case && !any; test_case++)
			any = kunit_selected(what, *suite, test_case);
	if (!any) {
		pr_err("kunit: no case matches '%s'\n", what->filter);
		failed_since_boot++;
		return false;
	}

	run_suites(what, &totals);
	pr_info("kunit: %u passed, %u failed, %u skipped\n", totals.passed, totals.failed,
		totals.skipped);
	failed_since_boot += totals.failed;
	return true;
}

/* The machine ends with the case, so there can be only one. */
static void run_oops(void)
{
	unsigned int n = for_each_selected(NULL);

	if (n == 1) {
		run(&selection);
		return;
	}
	pr_err("kunit=oops runs one case, but kunit.filter=%s selects %u\n",
	       selection.filter ? selection.filter : "", n);
	failed_since_boot++;
}

void kunit_run_all(void)
{
	switch (selection.mode) {
	case KUNIT_MODE_OFF:
		break;
	case KUNIT_MODE_LIST:
		for_each_selected(list_case);
		break;
	case KUNIT_MODE_OOPS:
		run_oops();
		break;
	default:
		run(&selection);
		break;
	}
}

bool kunit_all_well(void)
{
	struct report_counts counts;

	report_get_counts(&counts);
	return !failed_since_boot && !counts.outside;
}

static int cmd_test(int argc, char **argv)
{
	struct kunit_selection what = { .mode = KUNIT_MODE_QUICK };

	if (argc > 2)
		return monitor_usage(argv[0]);
	if (argc == 2) {
		what.mode = KUNIT_MODE_ALL;
		what.filter = argv[1];
	}
	return run(&what) ? 0 : -ENOENT;
}

static void complete_test(struct monitor_completion *completion, int argc, char **argv)
{
	struct kunit_suite *const *suite;

	for (suite = __start_kunit_suites; suite < __stop_kunit_suites; suite++)
		monitor_offer(completion, (*suite)->name);
}

MONITOR_COMMAND_COMPLETE("test", "[GLOB]", "run the quick self-tests, or those that match",
			 cmd_test, complete_test);
