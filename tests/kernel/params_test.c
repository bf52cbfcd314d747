// SPDX-License-Identifier: MIT
/* The command line: words, quotes, handlers, and what nobody handles. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/kunit_extra.h>
#include <memkern/params.h>
#include "capture.h"

static char line[256];

struct word_case {
	const char *text;
	const char *name;
	const char *value;
	const char *rest;
};

static const struct word_case words[] = {
	{ "exit", "exit", NULL, "" },
	{ "  mem=64M kunit=off", "mem", "64M", "kunit=off" },
	{ "run=\"zones; buddy\" exit", "run", "zones; buddy", "exit" },
	{ "\"run=zones; buddy\" exit", "run", "zones; buddy", "exit" },
	{ "\"two words\" exit", "two words", NULL, "exit" },
	{ "a=b=c", "a", "b=c", "" },
	{ "a=", "a", "", "" },
	{ "a=\"\"\tb", "a", "", "b" },
	{ "a=\"not closed b", "a", "not closed b", "" },
	{ "a=x\"y z\"w b", "a", "x\"y z\"w", "b" },
	{ "=value", "", "value", "" },
};

static void describe_word(const struct word_case *word, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s'", word->text);
}

KUNIT_ARRAY_PARAM(word, words, describe_word);

static void words_are_cut(struct kunit *test)
{
	const struct word_case *word = test->param_value;
	char *at = line, *name, *value;

	strcpy(line, word->text);
	KUNIT_ASSERT_TRUE(test, next_arg(&at, &name, &value));
	KUNIT_EXPECT_STREQ(test, name, word->name);
	KUNIT_EXPECT_STREQ(test, value, word->value);
	KUNIT_EXPECT_STREQ(test, at, word->rest);
}

static void an_empty_line_has_no_words(struct kunit *test)
{
	char *at = line, *name, *value;

	strcpy(line, " \t ");
	KUNIT_EXPECT_FALSE(test, next_arg(&at, &name, &value));
}

static char *seen_value;
static int times_seen;

static int take(char *value)
{
	seen_value = value;
	times_seen++;
	return value && !strcmp(value, "bad") ? -EINVAL : 0;
}
early_param("params_test", take);

static void parse(struct kunit *test, const char *text)
{
	seen_value = NULL;
	times_seen = 0;
	strcpy(line, text);
	capture_begin(test, &capture);
	parse_params(line);
	capture_end(test, &capture);
}

static void a_handler_gets_its_value(struct kunit *test)
{
	parse(test, "params_test=\"a value\"");
	KUNIT_EXPECT_EQ(test, times_seen, 1);
	KUNIT_EXPECT_STREQ(test, seen_value, "a value");
	KUNIT_EXPECT_STREQ(test, capture.text, "");
}

static void a_bare_word_has_no_value(struct kunit *test)
{
	seen_value = line;
	parse(test, "params_test");
	KUNIT_EXPECT_EQ(test, times_seen, 1);
	KUNIT_EXPECT_NULL(test, seen_value);
}

static void dashes_are_underscores(struct kunit *test)
{
	parse(test, "params-test=1 params_test=2");
	KUNIT_EXPECT_EQ(test, times_seen, 2);
	KUNIT_EXPECT_STREQ(test, seen_value, "2");
}

static void a_bad_value_is_said(struct kunit *test)
{
	parse(test, "params_test=bad");
	KUNIT_EXPECT_STREQ(test, capture.text,
			   "Parameter params_test: 'bad' makes no sense and is ignored\n");
}

static void an_unknown_word_is_named(struct kunit *test)
{
	parse(test, "params_tes params_test2=x");
	KUNIT_EXPECT_EQ(test, times_seen, 0);
	KUNIT_EXPECT_STREQ(test, capture.text,
			   "Unknown kernel command line parameter 'params_tes'\n"
			   "Unknown kernel command line parameter 'params_test2=x'\n");
}

static void a_module_that_is_not_there(struct kunit *test)
{
	unsigned int before = nr_module_words;

	parse(test, "params_nobody.a=1 .b c.");
	KUNIT_EXPECT_STREQ(test, capture.text,
			   "Unknown kernel command line parameter 'params_nobody.a=1'\n"
			   "Unknown kernel command line parameter '.b'\n"
			   "Unknown kernel command line parameter 'c.'\n");
	KUNIT_EXPECT_EQ(test, nr_module_words, before);
}

static struct kunit_case params_cases[] = {
	KUNIT_CASE_PARAM_ATTR(words_are_cut, word_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE(an_empty_line_has_no_words),
	KUNIT_CASE(a_handler_gets_its_value),
	KUNIT_CASE(a_bare_word_has_no_value),
	KUNIT_CASE(dashes_are_underscores),
	KUNIT_CASE(a_bad_value_is_said),
	KUNIT_CASE(an_unknown_word_is_named),
	KUNIT_CASE(a_module_that_is_not_there),
	{},
};

static struct kunit_suite params_suite = {
	.name = "params",
	.test_cases = params_cases,
};
kunit_test_suite(params_suite);
