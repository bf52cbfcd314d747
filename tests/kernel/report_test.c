// SPDX-License-Identifier: MIT
/* Reports: counted, judged, remembered. How they fail their case is in kunit_test.c. */
#include <linux/bug.h>
#include <linux/string.h>
#include <memkern/kunit_extra.h>
#include <memkern/report.h>

static void a_declared_report_is_not_printed(struct kunit *test)
{
	struct report_counts before, after;

	report_get_counts(&before);
	kunit_expect_report(test, "7 apples");
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
	KUNIT_EXPECT_TRUE(test, report_note("there are %d apples in the basket", 7));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	report_get_counts(&after);
	KUNIT_EXPECT_EQ(test, after.total, before.total + 1);
	KUNIT_EXPECT_EQ(test, after.declared, before.declared + 1);
	KUNIT_EXPECT_EQ(test, after.outside, before.outside);
}

static void declarations_match_in_any_order(struct kunit *test)
{
	kunit_expect_report(test, "apple");
	kunit_expect_report(test, "pear");
	KUNIT_EXPECT_TRUE(test, report_note("a pear"));
	KUNIT_EXPECT_TRUE(test, report_note("an apple"));
}

static void warn_twice(void)
{
	int i;

	for (i = 0; i < 2; i++)
		WARN_ON_ONCE(1);
}

static void once_only_warnings_are_fresh(struct kunit *test)
{
	kunit_expect_report(test, "WARNING");
	warn_twice();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	kunit_expect_report(test, "WARNING");
	warn_twice();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 2);
}

static void a_long_text_is_cut(struct kunit *test)
{
	static char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	kunit_expect_report(test, "begin xxx");
	KUNIT_EXPECT_TRUE(test, report_note("begin %s", text));
}

static struct kunit_case report_cases[] = {
	KUNIT_CASE(a_declared_report_is_not_printed),
	KUNIT_CASE(declarations_match_in_any_order),
	KUNIT_CASE(once_only_warnings_are_fresh),
	KUNIT_CASE(a_long_text_is_cut),
	{},
};

static struct kunit_suite report_suite = {
	.name = "report",
	.test_cases = report_cases,
};
kunit_test_suite(report_suite);
