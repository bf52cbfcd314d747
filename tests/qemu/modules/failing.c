// SPDX-License-Identifier: MIT
/* Its init function fails: its KUnit suite must not run, and other modules do. */
#include <linux/module.h>
#include <kunit/test.h>

static int *number;
static int level;
module_param(level, int, 0444);

int init_module(void)
{
	pr_info("failing: level %d\n", level);
	return level < 0 ? level : -EIO;
}

static void uses_what_is_not_there(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, *number, 1);
}

static struct kunit_case failing_cases[] = { KUNIT_CASE(uses_what_is_not_there), {} };

static struct kunit_suite failing_suite = {
	.name = "module_failing",
	.test_cases = failing_cases,
};
kunit_test_suite(failing_suite);

MODULE_LICENSE("GPL");
