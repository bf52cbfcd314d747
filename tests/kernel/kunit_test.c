// SPDX-License-Identifier: MIT
/*
 * KUnit about itself: each case runs a small suite from within, with the output
 * captured, and looks at the verdict and at what was printed.
 */
#include <linux/bug.h>
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include <memkern/kunit_extra.h>
#include <memkern/report.h>
#include "capture.h"

static struct kunit_totals totals;
static char trace[64]; /* what the inner cases did, a letter each */

static void did(char letter)
{
	size_t n = strlen(trace);

	if (n < sizeof(trace) - 1)
		trace[n] = letter;
}

static void run_suite(struct kunit *test, struct kunit_suite *suite, enum kunit_mode mode,
		      const char *filter)
{
	const struct kunit_selection selection = { mode, filter };

	memset(&totals, 0, sizeof(totals));
	memset(trace, 0, sizeof(trace));
	capture_begin(test, &capture);
	kunit_run_suites(&suite, 1, &selection, &totals);
	capture_end(test, &capture);
}

/* Runs one case in a suite of its own; init and exit may be NULL. */
static void run_case_with(struct kunit *test, int (*init)(struct kunit *),
			  void (*exit)(struct kunit *), struct kunit_case test_case)
{
	struct kunit_case cases[] = {
		test_case,
		{},
	};
	struct kunit_suite suite = {
		.name = "inner", .init = init, .exit = exit, .test_cases = cases
	};

	run_suite(test, &suite, KUNIT_MODE_ALL, NULL);
}

#define run_case(test, fn) run_case_with(test, NULL, NULL, (struct kunit_case)KUNIT_CASE(fn))

#define EXPECT_TOTALS(test, passed_, failed_, skipped_)          \
	do {                                                     \
		KUNIT_EXPECT_EQ(test, totals.passed, passed_);   \
		KUNIT_EXPECT_EQ(test, totals.failed, failed_);   \
		KUNIT_EXPECT_EQ(test, totals.skipped, skipped_); \
	} while (0)

#define EXPECT_PRINTED(test, wanted)                                                      \
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(capture.text, wanted), "printed was:\n%s", \
				  capture.text)

/* Line numbers in this file become N, so that they may change. */
static void hide_line_numbers(char *text)
{
	static const char mark[] = "kunit_test.c:";

	while ((text = strstr(text, mark))) {
		char *number = text += strlen(mark);

		while (isdigit(*number))
			number++;
		*text = 'N';
		memmove(text + 1, number, strlen(number) + 1);
	}
}

/* --- expectations and assertions -------------------------------------------- */

static void inner_passes(struct kunit *test)
{
	KUNIT_SUCCEED(test);
	did('p');
}

static void inner_expects_wrongly(struct kunit *test)
{
	int two = 2;

	KUNIT_EXPECT_EQ(test, two + 2, 5);
	did('e');
}

static void inner_asserts_wrongly(struct kunit *test)
{
	did('a');
	KUNIT_ASSERT_TRUE(test, false);
	did('b');
}

static struct kunit_case sums_cases[] = {
	KUNIT_CASE(inner_passes),
	KUNIT_CASE(inner_expects_wrongly),
	{},
};
static struct kunit_suite sums = { .name = "sums", .test_cases = sums_cases };

static void output_is_ktap(struct kunit *test)
{
	run_suite(test, &sums, KUNIT_MODE_ALL, NULL);
	hide_line_numbers(capture.text);
	KUNIT_EXPECT_STREQ(test, capture.text,
			   "KTAP version 1\n"
			   "1..1\n"
			   "    KTAP version 1\n"
			   "    # Subtest: sums\n"
			   "    1..2\n"
			   "    ok 1 inner_passes\n"
			   "    # inner_expects_wrongly: EXPECTATION FAILED at "
			   "tests/kernel/kunit_test.c:N\n"
			   "    Expected two + 2 == 5, but\n"
			   "        two + 2 == 4 (0x4)\n"
			   "    not ok 2 inner_expects_wrongly\n"
			   "# sums: pass:1 fail:1 skip:0 total:2\n"
			   "# Totals: pass:1 fail:1 skip:0 total:2\n"
			   "not ok 1 sums\n");
	EXPECT_TOTALS(test, 1, 1, 0);
}

static void a_failed_expectation_goes_on(struct kunit *test)
{
	run_case(test, inner_expects_wrongly);
	EXPECT_TOTALS(test, 0, 1, 0);
	KUNIT_EXPECT_STREQ(test, trace, "e");
}

static void api_L8_failed_assertion_ends_its_case_only(struct kunit *test)
{
	static struct kunit_case cases[] = {
		KUNIT_CASE(inner_asserts_wrongly),
		KUNIT_CASE(inner_passes),
		{},
	};
	static struct kunit_suite suite = { .name = "inner", .test_cases = cases };

	run_suite(test, &suite, KUNIT_MODE_ALL, NULL);
	EXPECT_TOTALS(test, 1, 1, 0);
	KUNIT_EXPECT_STREQ(test, trace, "ap");
	EXPECT_PRINTED(test, "# inner_asserts_wrongly: ASSERTION FAILED at ");
	EXPECT_PRINTED(test, "Expected false to be true, but is false\n");
}

static void inner_true_checks(struct kunit *test)
{
	unsigned int three = 3;
	const char *null = NULL;

	KUNIT_EXPECT_TRUE(test, three);
	KUNIT_EXPECT_FALSE(test, three == 4);
	KUNIT_EXPECT_EQ(test, three, 3);
	KUNIT_EXPECT_NE(test, three, 4);
	KUNIT_EXPECT_LT(test, three, 4);
	KUNIT_EXPECT_LE(test, three, 3);
	KUNIT_EXPECT_GT(test, three, 2);
	KUNIT_EXPECT_GE(test, three, 3);
	KUNIT_EXPECT_NULL(test, null);
	KUNIT_EXPECT_NOT_NULL(test, &three);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, &three);
	KUNIT_EXPECT_PTR_EQ(test, &three, &three);
	KUNIT_EXPECT_PTR_NE(test, &three, &null);
	KUNIT_EXPECT_STREQ(test, "abc", "abc");
	KUNIT_EXPECT_STRNEQ(test, "abc", null);
	KUNIT_EXPECT_MEMEQ(test, "abc", "abd", 2);
	KUNIT_EXPECT_MEMNEQ(test, "abc", "abd", 3);
}

static void what_is_true_passes(struct kunit *test)
{
	run_case(test, inner_true_checks);
	EXPECT_TOTALS(test, 1, 0, 0);
}

static void inner_false_checks(struct kunit *test)
{
	unsigned int three = 3;
	const char *null = NULL;
	void *error = ERR_PTR(-ENOMEM);

#define FALSE_CHECK(check) \
	do {               \
		check;     \
		did('.');  \
	} while (0)
	FALSE_CHECK(KUNIT_EXPECT_FALSE(test, three));
	FALSE_CHECK(KUNIT_EXPECT_NE(test, three, 3));
	FALSE_CHECK(KUNIT_EXPECT_LT(test, three, 3));
	FALSE_CHECK(KUNIT_EXPECT_LE(test, three, 2));
	FALSE_CHECK(KUNIT_EXPECT_GT(test, three, 3));
	FALSE_CHECK(KUNIT_EXPECT_GE(test, three, 4));
	FALSE_CHECK(KUNIT_EXPECT_NULL(test, (void *)0x1234));
	FALSE_CHECK(KUNIT_EXPECT_NOT_NULL(test, null));
	FALSE_CHECK(KUNIT_EXPECT_NOT_ERR_OR_NULL(test, null));
	FALSE_CHECK(KUNIT_EXPECT_NOT_ERR_OR_NULL(test, error));
	FALSE_CHECK(KUNIT_EXPECT_PTR_EQ(test, &three, null));
	FALSE_CHECK(KUNIT_EXPECT_PTR_NE(test, null, null));
	FALSE_CHECK(KUNIT_EXPECT_STREQ(test, null, "abc"));
	FALSE_CHECK(KUNIT_EXPECT_STRNEQ(test, "abc", "abc"));
	FALSE_CHECK(KUNIT_EXPECT_MEMEQ(test, "abc", "abd", 3));
	FALSE_CHECK(KUNIT_EXPECT_MEMNEQ(test, "abc", "abd", 2));
	FALSE_CHECK(KUNIT_FAIL(test, "always"));
#undef FALSE_CHECK
}

/* Each of the checks fails for itself: as many failures as dots. */
static void what_is_false_fails(struct kunit *test)
{
	const char *at = capture.text;
	size_t failures = 0;

	run_case(test, inner_false_checks);
	EXPECT_TOTALS(test, 0, 1, 0);
	while ((at = strstr(at, "EXPECTATION FAILED"))) {
		failures++;
		at++;
	}
	KUNIT_EXPECT_EQ(test, strlen(trace), 17);
	KUNIT_EXPECT_EQ(test, failures, strlen(trace));
	EXPECT_PRINTED(test, "Expected three >= 4, but\n        three == 3 (0x3)\n");
	EXPECT_PRINTED(test, "Expected (void *)0x1234 == NULL, but\n");
	EXPECT_PRINTED(test, "Expected null is not null, but is\n");
	EXPECT_PRINTED(test, "Expected error is not error, but is: -12\n");
	EXPECT_PRINTED(test, "Expected null == \"abc\", but\n        null == NULL\n");
	EXPECT_PRINTED(test, "            61  62 <63>\n");
	EXPECT_PRINTED(test, "    always\n");
}

static void inner_with_messages(struct kunit *test)
{
	int i = 7;

	KUNIT_EXPECT_EQ_MSG(test, i, 8, "in round %d of %s", i, "nine");
	KUNIT_ASSERT_STREQ_MSG(test, "a", "b", "ends with a newline\n");
}

static void messages_are_printed(struct kunit *test)
{
	run_case(test, inner_with_messages);
	EXPECT_PRINTED(test, "        i == 7 (0x7)\n    in round 7 of nine\n    # ");
	EXPECT_PRINTED(test, "but\n    ends with a newline\n    not ok");
}

static int evaluations;

static int evaluate(void)
{
	return ++evaluations;
}

static void operands_are_evaluated_once(struct kunit *test)
{
	evaluations = 0;
	KUNIT_EXPECT_EQ(test, evaluate(), 1);
	KUNIT_EXPECT_GT(test, 3, evaluate());
	KUNIT_EXPECT_TRUE(test, evaluate() == 3);
	KUNIT_EXPECT_EQ(test, evaluations, 3);
}

/* --- init, exit, skipping, parameters --------------------------------------- */

static int inner_init(struct kunit *test)
{
	did('i');
	test->priv = trace;
	return 0;
}

static int inner_failing_init(struct kunit *test)
{
	return -ENOMEM;
}

static int inner_asserting_init(struct kunit *test)
{
	KUNIT_ASSERT_TRUE(test, false);
	return 0;
}

static void inner_exit(struct kunit *test)
{
	did(test->priv == trace ? 'x' : 'y');
}

static void exit_follows_a_failed_assertion(struct kunit *test)
{
	run_case_with(test, inner_init, inner_exit,
		      (struct kunit_case)KUNIT_CASE(inner_asserts_wrongly));
	KUNIT_EXPECT_STREQ(test, trace, "iax");
}

static void without_its_init_a_case_does_not_run(struct kunit *test)
{
	run_case_with(test, inner_failing_init, NULL, (struct kunit_case)KUNIT_CASE(inner_passes));
	EXPECT_TOTALS(test, 0, 1, 0);
	KUNIT_EXPECT_STREQ(test, trace, "");
	EXPECT_PRINTED(test, "# inner_passes: failed to initialize: -12\n");

	run_case_with(test, inner_asserting_init, NULL,
		      (struct kunit_case)KUNIT_CASE(inner_passes));
	EXPECT_TOTALS(test, 0, 1, 0);
	KUNIT_EXPECT_STREQ(test, trace, "");
}

static int inner_suite_init(struct kunit_suite *suite)
{
	did('I');
	return 0;
}

static int inner_failing_suite_init(struct kunit_suite *suite)
{
	return -ENODEV;
}

static void inner_suite_exit(struct kunit_suite *suite)
{
	did('X');
}

static void a_suite_has_init_and_exit_too(struct kunit *test)
{
	struct kunit_suite suite = { .name = "inner",
				     .suite_init = inner_suite_init,
				     .suite_exit = inner_suite_exit,
				     .init = inner_init,
				     .exit = inner_exit,
				     .test_cases = sums_cases };

	run_suite(test, &suite, KUNIT_MODE_ALL, NULL);
	KUNIT_EXPECT_STREQ(test, trace, "IipxiexX");

	suite.suite_init = inner_failing_suite_init;
	run_suite(test, &suite, KUNIT_MODE_ALL, NULL);
	KUNIT_EXPECT_STREQ(test, trace, "");
	EXPECT_TOTALS(test, 0, 1, 0);
	EXPECT_PRINTED(test, "not ok 1 inner\n");
}

static void inner_skips(struct kunit *test)
{
	did('s');
	kunit_skip(test, "no %s today", "hardware");
	did('t');
}

static void inner_marks_skipped(struct kunit *test)
{
	kunit_mark_skipped(test, "half done");
	did('m');
}

static void inner_fails_then_skips(struct kunit *test)
{
	KUNIT_FAIL(test, "first");
	kunit_skip(test, "then");
}

static void skipping_ends_the_case(struct kunit *test)
{
	run_case(test, inner_skips);
	EXPECT_TOTALS(test, 0, 0, 1);
	KUNIT_EXPECT_STREQ(test, trace, "s");
	EXPECT_PRINTED(test, "    ok 1 inner_skips # SKIP no hardware today\n");
	EXPECT_PRINTED(test, "\nok 1 inner # SKIP");
}

static void marking_skipped_does_not(struct kunit *test)
{
	run_case(test, inner_marks_skipped);
	EXPECT_TOTALS(test, 0, 0, 1);
	KUNIT_EXPECT_STREQ(test, trace, "m");
}

static void skipping_hides_no_failure(struct kunit *test)
{
	run_case(test, inner_fails_then_skips);
	EXPECT_TOTALS(test, 0, 1, 0);
	EXPECT_PRINTED(test, "    not ok 1 inner_fails_then_skips\n");
}

struct fruit {
	const char *name;
	int weight;
};

static const struct fruit fruits[] = { { "apple", 3 }, { "melon", 9 }, { "pear", 4 } };

KUNIT_ARRAY_PARAM_DESC(fruit, fruits, name);
KUNIT_ARRAY_PARAM(nameless, fruits, NULL);

static const void *no_params(const void *prev, char *desc)
{
	return NULL;
}

static void inner_weighs(struct kunit *test)
{
	const struct fruit *fruit = test->param_value;

	did('0' + test->param_index);
	KUNIT_EXPECT_LT(test, fruit->weight, 9);
}

static void a_case_runs_for_each_parameter(struct kunit *test)
{
	run_case_with(test, NULL, NULL,
		      (struct kunit_case)KUNIT_CASE_PARAM(inner_weighs, fruit_gen_params));
	EXPECT_TOTALS(test, 0, 1, 0);
	KUNIT_EXPECT_STREQ(test, trace, "012");
	EXPECT_PRINTED(test, "        KTAP version 1\n"
			     "        # Subtest: inner_weighs\n"
			     "        ok 1 apple\n");
	EXPECT_PRINTED(test, "        not ok 2 melon\n"
			     "        ok 3 pear\n"
			     "    # inner_weighs: pass:2 fail:1 skip:0 total:3\n"
			     "    not ok 1 inner_weighs\n"
			     "# Totals: pass:2 fail:1 skip:0 total:3\n"
			     "not ok 1 inner\n");
}

static void parameters_without_a_name_are_numbered(struct kunit *test)
{
	run_case_with(test, NULL, NULL,
		      (struct kunit_case)KUNIT_CASE_PARAM(inner_weighs, nameless_gen_params));
	EXPECT_PRINTED(test, "        ok 3 param-2\n");
}

static void no_parameters_is_skipped(struct kunit *test)
{
	run_case_with(test, NULL, NULL,
		      (struct kunit_case)KUNIT_CASE_PARAM(inner_weighs, no_params));
	EXPECT_TOTALS(test, 0, 0, 1);
}

/* --- reports and what a case leaves behind ---------------------------------- */

static void inner_reports(struct kunit *test)
{
	report_note("the roof is on fire");
}

static void inner_declares(struct kunit *test)
{
	kunit_expect_report(test, "the roof");
	report_note("the roof is on fire");
}

static void inner_declares_in_vain(struct kunit *test)
{
	kunit_expect_report(test, "the cellar");
}

static void inner_declares_one_of_two(struct kunit *test)
{
	kunit_expect_report(test, "the roof");
	report_note("the roof is on fire");
	report_note("the roof is on fire");
}

static void an_undeclared_report_fails_its_case(struct kunit *test)
{
	struct report_counts before, after;

	report_get_counts(&before);
	run_case(test, inner_reports);
	report_get_counts(&after);
	EXPECT_TOTALS(test, 0, 1, 0);
	EXPECT_PRINTED(test, "# inner_reports: 1 report(s) that it did not declare\n");
	KUNIT_EXPECT_EQ(test, after.in_case, before.in_case + 1);
	KUNIT_EXPECT_EQ_MSG(test, after.outside, before.outside, "it is that case's alone");
	KUNIT_EXPECT_STREQ(test, report_text(0), "the roof is on fire");
}

static void a_declared_report_does_not(struct kunit *test)
{
	run_case(test, inner_declares);
	EXPECT_TOTALS(test, 1, 0, 0);
}

static void a_declared_report_must_come(struct kunit *test)
{
	run_case(test, inner_declares_in_vain);
	EXPECT_TOTALS(test, 0, 1, 0);
	EXPECT_PRINTED(test, "the declared report \"the cellar\" did not come\n");
}

static void a_declaration_is_for_one_report(struct kunit *test)
{
	run_case(test, inner_declares_one_of_two);
	EXPECT_TOTALS(test, 0, 1, 0);
}

static void inner_disables_preemption(struct kunit *test)
{
	preempt_disable();
}

static void inner_masks_interrupts(struct kunit *test)
{
	if (irqs_disabled())
		local_irq_enable();
	else
		local_irq_disable();
}

static void a_case_must_leave_the_context_as_it_was(struct kunit *test)
{
	int preempt = preempt_count();
	bool masked = irqs_disabled();

	run_case(test, inner_disables_preemption);
	EXPECT_TOTALS(test, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, preempt_count(), preempt);
	run_case(test, inner_masks_interrupts);
	EXPECT_TOTALS(test, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, irqs_disabled(), masked);
}

/* --- actions and resources -------------------------------------------------- */

static void do_letter(void *letter)
{
	did((char)(long)letter);
}

static void assert_wrongly(void *context)
{
	KUNIT_ASSERT_TRUE((struct kunit *)context, false);
}

static void inner_acts(struct kunit *test)
{
	kunit_add_action(test, do_letter, (void *)'1');
	kunit_add_action(test, do_letter, (void *)'2');
	kunit_add_action(test, do_letter, (void *)'3');
	kunit_add_action(test, do_letter, (void *)'4');
	kunit_remove_action(test, do_letter, (void *)'2');
	kunit_release_action(test, do_letter, (void *)'3');
	did('-');
	KUNIT_ASSERT_TRUE(test, false);
}

static void inner_acts_badly(struct kunit *test)
{
	kunit_add_action(test, do_letter, (void *)'1');
	kunit_add_action(test, assert_wrongly, test);
	kunit_add_action(test, do_letter, (void *)'2');
}

static void inner_acts_too_much(struct kunit *test)
{
	int i;

	for (i = 0; i < KUNIT_SLOTS; i++)
		KUNIT_ASSERT_EQ(test, kunit_add_action(test, do_letter, (void *)'.'), 0);
	KUNIT_EXPECT_EQ(test, kunit_add_action(test, do_letter, (void *)'!'), -ENOMEM);
	did('-');
	KUNIT_EXPECT_EQ(test, kunit_add_action_or_reset(test, do_letter, (void *)'r'), -ENOMEM);
	kunit_release_action(test, do_letter, (void *)'.');
	KUNIT_EXPECT_EQ(test, kunit_add_action(test, do_letter, (void *)'+'), 0);
}

static void api_L8_actions_run_newest_first(struct kunit *test)
{
	run_case(test, inner_acts);
	KUNIT_EXPECT_STREQ(test, trace, "3-41");
}

static void an_action_that_fails_does_not_stop_the_others(struct kunit *test)
{
	run_case(test, inner_acts_badly);
	EXPECT_TOTALS(test, 0, 1, 0);
	KUNIT_EXPECT_STREQ(test, trace, "21");
}

static void slots_run_out_with_a_message(struct kunit *test)
{
	run_case(test, inner_acts_too_much);
	EXPECT_TOTALS(test, 1, 0, 0);
	EXPECT_PRINTED(test, "all 32 slots for actions and resources are in use\n");
	KUNIT_EXPECT_EQ(test, strncmp(trace, "-r.+", 4), 0);
	KUNIT_EXPECT_EQ(test, strlen(trace), 4 + KUNIT_SLOTS - 1);
}

static int init_resource(struct kunit_resource *res, void *context)
{
	res->data = context;
	return context ? 0 : -EINVAL;
}

static void free_resource(struct kunit_resource *res)
{
	do_letter(res->data);
}

static void inner_has_resources(struct kunit *test)
{
	static struct kunit_resource first, second;
	struct kunit_resource *found;

	KUNIT_EXPECT_EQ(test,
			kunit_add_named_resource(test, init_resource, free_resource, &first,
						 "first", (void *)'1'),
			0);
	KUNIT_EXPECT_EQ(test,
			kunit_add_named_resource(test, NULL, free_resource, &second, "first",
						 (void *)'?'),
			-EEXIST);
	KUNIT_EXPECT_EQ(test,
			kunit_add_named_resource(test, init_resource, free_resource, &second,
						 "second", NULL),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			kunit_add_named_resource(test, NULL, free_resource, &second, "second",
						 (void *)'2'),
			0);
	KUNIT_EXPECT_PTR_EQ(
		test, kunit_alloc_resource(test, init_resource, free_resource, 0, (void *)'3'),
		(void *)'3');
	KUNIT_EXPECT_NULL(test, kunit_alloc_resource(test, init_resource, free_resource, 0, NULL));

	found = kunit_find_named_resource(test, "first");
	KUNIT_ASSERT_PTR_EQ(test, found, &first);
	KUNIT_EXPECT_EQ(test, kunit_destroy_named_resource(test, "first"), 0);
	did('-');
	kunit_put_resource(found);
	KUNIT_EXPECT_NULL(test, kunit_find_named_resource(test, "first"));
	KUNIT_EXPECT_EQ(test, kunit_destroy_named_resource(test, "first"), -ENOENT);
}

static void resources_live_as_long_as_they_are_held(struct kunit *test)
{
	run_case(test, inner_has_resources);
	EXPECT_TOTALS(test, 1, 0, 0);
	KUNIT_EXPECT_STREQ(test, trace, "-132");
}

/* --- which cases run -------------------------------------------------------- */

static struct kunit_case mixed_cases[] = {
	KUNIT_CASE(inner_passes),
	KUNIT_CASE_SLOW(inner_marks_skipped),
	KUNIT_CASE_OOPS(inner_asserts_wrongly, "a big bang"),
	{},
};
static struct kunit_suite mixed = { .name = "mixed", .test_cases = mixed_cases };

static void a_quick_run_leaves_the_slow_out(struct kunit *test)
{
	run_suite(test, &mixed, KUNIT_MODE_QUICK, NULL);
	EXPECT_TOTALS(test, 1, 0, 2);
	KUNIT_EXPECT_STREQ(test, trace, "p");
	EXPECT_PRINTED(test, "    1..2\n");

	run_suite(test, &mixed, KUNIT_MODE_ALL, NULL);
	KUNIT_EXPECT_STREQ(test, trace, "pm");
	EXPECT_PRINTED(test, "    1..3\n");
}

static void a_slow_suite_has_slow_cases(struct kunit *test)
{
	struct kunit_suite slow = mixed;

	slow.attr.speed = KUNIT_SPEED_SLOW;
	run_suite(test, &slow, KUNIT_MODE_QUICK, NULL);
	EXPECT_TOTALS(test, 0, 0, 3);
	KUNIT_EXPECT_STREQ(test, capture.text, "KTAP version 1\n1..0\n");
}

static void an_oops_case_runs_only_if_asked_for(struct kunit *test)
{
	run_suite(test, &mixed, KUNIT_MODE_ALL, "mixed.inner_asserts*");
	EXPECT_TOTALS(test, 0, 0, 1);
	EXPECT_PRINTED(test,
		       "ok 1 inner_asserts_wrongly # SKIP runs in its own boot: a big bang\n");

	run_suite(test, &mixed, KUNIT_MODE_OOPS, "mixed");
	KUNIT_EXPECT_STREQ(test, trace, "a");
	EXPECT_TOTALS(test, 0, 1, 0);
	EXPECT_PRINTED(test, "survived what should end in: a big bang\n");
}

struct filter_case {
	const char *filter;
	const char *runs; /* the traces of the cases of "sums" that run */
};

static const struct filter_case filters[] = {
	{ "", "pe" },
	{ "sums", "pe" },
	{ "su", "" },
	{ "s*", "pe" },
	{ "*", "pe" },
	{ "*.inner_passes", "p" },
	{ "sums.*wrong*", "e" },
	{ "sums.inner_passe?", "p" },
	{ "sums.", "" },
	{ "mixed.*", "" },
	{ "*.*.*", "" },
};

static void describe_filter(const struct filter_case *filter, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s'", filter->filter);
}

KUNIT_ARRAY_PARAM(filter, filters, describe_filter);

static void filters_select(struct kunit *test)
{
	const struct filter_case *filter = test->param_value;

	run_suite(test, &sums, KUNIT_MODE_ALL, filter->filter);
	KUNIT_EXPECT_STREQ(test, trace, filter->runs);
}

static void inner_nests(struct kunit *test)
{
	const struct kunit_selection all = { KUNIT_MODE_ALL, NULL };
	struct kunit_suite *suite = &sums;

	kunit_run_suites(&suite, 1, &all, &totals);
}

static void suites_do_not_nest_deeper(struct kunit *test)
{
	run_case(test, inner_nests);
	KUNIT_EXPECT_STREQ(test, trace, "");
	KUNIT_EXPECT_EQ(test, totals.failed, 1);
	EXPECT_PRINTED(test, "suites nest too deep\n");
}

static struct kunit_case kunit_cases[] = {
	KUNIT_CASE(output_is_ktap),
	KUNIT_CASE(a_failed_expectation_goes_on),
	KUNIT_CASE(api_L8_failed_assertion_ends_its_case_only),
	KUNIT_CASE(what_is_true_passes),
	KUNIT_CASE(what_is_false_fails),
	KUNIT_CASE(messages_are_printed),
	KUNIT_CASE(operands_are_evaluated_once),
	KUNIT_CASE(exit_follows_a_failed_assertion),
	KUNIT_CASE(without_its_init_a_case_does_not_run),
	KUNIT_CASE(a_suite_has_init_and_exit_too),
	KUNIT_CASE(skipping_ends_the_case),
	KUNIT_CASE(marking_skipped_does_not),
	KUNIT_CASE(skipping_hides_no_failure),
	KUNIT_CASE(a_case_runs_for_each_parameter),
	KUNIT_CASE(parameters_without_a_name_are_numbered),
	KUNIT_CASE(no_parameters_is_skipped),
	KUNIT_CASE(an_undeclared_report_fails_its_case),
	KUNIT_CASE(a_declared_report_does_not),
	KUNIT_CASE(a_declared_report_must_come),
	KUNIT_CASE(a_declaration_is_for_one_report),
	KUNIT_CASE(a_case_must_leave_the_context_as_it_was),
	KUNIT_CASE(api_L8_actions_run_newest_first),
	KUNIT_CASE(an_action_that_fails_does_not_stop_the_others),
	KUNIT_CASE(slots_run_out_with_a_message),
	KUNIT_CASE(resources_live_as_long_as_they_are_held),
	KUNIT_CASE(a_quick_run_leaves_the_slow_out),
	KUNIT_CASE(a_slow_suite_has_slow_cases),
	KUNIT_CASE(an_oops_case_runs_only_if_asked_for),
	KUNIT_CASE_PARAM_ATTR(filters_select, filter_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE(suites_do_not_nest_deeper),
	{},
};

static struct kunit_suite kunit_suite = {
	.name = "kunit",
	.test_cases = kunit_cases,
};
kunit_test_suite(kunit_suite);
