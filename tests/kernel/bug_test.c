// SPDX-License-Identifier: MIT
/* WARN and its family: what they return, when they report, and what the report says. */
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <memkern/kunit_extra.h>

static void false_condition_is_silent(struct kunit *test)
{
	int zero = 0;

	OPTIMIZER_HIDE_VAR(zero);
	KUNIT_EXPECT_FALSE(test, WARN_ON(zero));
	KUNIT_EXPECT_FALSE(test, WARN(zero, "not %d", 1));
	KUNIT_EXPECT_FALSE(test, WARN_ON_ONCE(zero));
	KUNIT_EXPECT_FALSE(test, WARN_ONCE(zero, "not %d", 1));
}

static void warn_on_reports_and_returns(struct kunit *test)
{
	kunit_expect_report(test, "WARNING: at tests/kernel/bug_test.c:");
	KUNIT_EXPECT_TRUE(test, WARN_ON(test));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void report_names_line_and_function(struct kunit *test)
{
	static char expected[80];

	snprintf(expected, sizeof(expected), "bug_test.c:%d report_names_line_and_function+0x",
		 __LINE__ + 3);
	kunit_expect_report(test, expected);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
	WARN_ON(test);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void warn_formats_its_message(struct kunit *test)
{
	kunit_expect_report(test, ": 1 two 3 0x4 123456789abcdef0 end");
	KUNIT_EXPECT_TRUE(test, WARN(test, "%d %s %c %#x %llx end", 1, "two", '3', 4,
				     0x123456789abcdef0ULL));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void warn_with_message_names_its_caller(struct kunit *test)
{
	static char expected[80];

	snprintf(expected, sizeof(expected), "bug_test.c:%d warn_with_message_names_its_caller+0x",
		 __LINE__ + 2);
	kunit_expect_report(test, expected);
	WARN(test, "a message");
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

/* The value is that of the condition, which is evaluated once. */
static void condition_is_evaluated_once(struct kunit *test)
{
	int count = 0;

	kunit_expect_report(test, "bug_test.c");
	KUNIT_EXPECT_TRUE(test, WARN_ON(++count == 1));
	KUNIT_EXPECT_EQ(test, count, 1);
	KUNIT_EXPECT_FALSE(test, WARN(++count == 1, "counted to %d", count));
	KUNIT_EXPECT_EQ(test, count, 2);
}

static noinline bool warn_once_here(bool condition)
{
	return WARN_ONCE(condition, "once");
}

static noinline bool warn_on_once_here(bool condition)
{
	return WARN_ON_ONCE(condition);
}

static void once_is_once(struct kunit *test)
{
	int i;

	kunit_expect_report(test, ": once");
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, warn_once_here(true));
	KUNIT_EXPECT_FALSE(test, warn_once_here(false));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);

	kunit_expect_report(test, "warn_on_once_here+0x");
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, warn_on_once_here(true));
	KUNIT_EXPECT_FALSE(test, warn_on_once_here(false));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 2);
}

static void declaring_makes_once_fresh(struct kunit *test)
{
	int i;

	for (i = 1; i <= 3; i++) {
		kunit_expect_report(test, ": once");
		warn_once_here(true);
		warn_once_here(true);
		KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), i);
	}
}

/* Every register is what it was, and so is the stack: WARN_ON may stand anywhere. */
static void warn_on_preserves_registers(struct kunit *test)
{
	unsigned long bx = 0xb0b0, cx = 0xc0c0, dx = 0xd0d0, si = 0x5151, di = 0xd1d1;
	unsigned long sp_before, sp_after;

	kunit_expect_report(test, "bug_test.c");
	asm volatile("movl %%esp, %0" : "=r"(sp_before));
	asm volatile("" : "+b"(bx), "+c"(cx), "+d"(dx), "+S"(si), "+D"(di));
	WARN_ON(1);
	asm volatile("" : "+b"(bx), "+c"(cx), "+d"(dx), "+S"(si), "+D"(di));
	asm volatile("movl %%esp, %0" : "=r"(sp_after));
	KUNIT_EXPECT_EQ(test, bx, 0xb0b0);
	KUNIT_EXPECT_EQ(test, cx, 0xc0c0);
	KUNIT_EXPECT_EQ(test, dx, 0xd0d0);
	KUNIT_EXPECT_EQ(test, si, 0x5151);
	KUNIT_EXPECT_EQ(test, di, 0xd1d1);
	KUNIT_EXPECT_EQ(test, sp_before, sp_after);
}

static struct kunit_case bug_cases[] = {
	KUNIT_CASE(false_condition_is_silent),
	KUNIT_CASE(warn_on_reports_and_returns),
	KUNIT_CASE(report_names_line_and_function),
	KUNIT_CASE(warn_formats_its_message),
	KUNIT_CASE(warn_with_message_names_its_caller),
	KUNIT_CASE(condition_is_evaluated_once),
	KUNIT_CASE(once_is_once),
	KUNIT_CASE(declaring_makes_once_fresh),
	KUNIT_CASE(warn_on_preserves_registers),
	{},
};

static struct kunit_suite bug_suite = {
	.name = "bug",
	.test_cases = bug_cases,
};
kunit_test_suite(bug_suite);
