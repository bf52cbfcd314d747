// SPDX-License-Identifier: MIT
/* The monitor's core: words, numbers, finding commands, completion. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <kunit/test.h>
#include "../../kernel/lineedit.h"
#include "../../kernel/monitor.h"
#include "capture.h"

/* What a line returns and prints. */
static int execute(struct kunit *test, const char *line)
{
	int result;

	capture_begin(test, &capture);
	result = monitor_execute(line);
	capture_end(test, &capture);
	return result;
}

struct split_case {
	const char *text;
	int nr;
	const char *last;
};

static const struct split_case splits[] = {
	{ "", 0, NULL },
	{ "   ", 0, NULL },
	{ "zones", 1, "zones" },
	{ "  alloc   page 0\t", 3, "0" },
	{ "say \"two words\"", 2, "two words" },
	{ "say a\"b c\"d", 2, "ab cd" },
	{ "say \"\"", 2, "" },
	{ "say \"open", -EINVAL, NULL },
};

static void describe_split(const struct split_case *split, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s'", split->text);
}

KUNIT_ARRAY_PARAM(split, splits, describe_split);

static void lines_are_split(struct kunit *test)
{
	const struct split_case *split = test->param_value;
	char text[64], *words[MONITOR_ARGS_MAX];

	strcpy(text, split->text);
	KUNIT_ASSERT_EQ(test, monitor_split(text, words), split->nr);
	if (split->nr > 0)
		KUNIT_EXPECT_STREQ(test, words[split->nr - 1], split->last);
}

static void too_many_words_are_refused(struct kunit *test)
{
	char text[2 * MONITOR_ARGS_MAX + 3] = "help", *words[MONITOR_ARGS_MAX];
	int i;

	for (i = 0; i < MONITOR_ARGS_MAX; i++)
		text[2 * i] = 'x', text[2 * i + 1] = ' ';
	text[2 * i] = '\0';
	KUNIT_EXPECT_EQ(test, monitor_split(text, words), MONITOR_ARGS_MAX);
	for (i = 0; i <= MONITOR_ARGS_MAX; i++)
		text[2 * i] = 'x', text[2 * i + 1] = ' ';
	text[2 * i] = '\0';
	KUNIT_EXPECT_EQ(test, execute(test, text), -E2BIG);
	KUNIT_EXPECT_STREQ(test, capture.text, "too many words: 32 at most\n");
}

struct number_case {
	const char *text;
	int error;
	u64 value;
	const char *says;
};

static const struct number_case numbers[] = {
	{ "0", 0, 0, "" },
	{ "42", 0, 42, "" },
	{ "010", 0, 10, "" },
	{ "0x1F", 0, 0x1f, "" },
	{ "4k", 0, 4096, "" },
	{ "64M", 0, 64 << 20, "" },
	{ "0x10G", 0, 16ULL << 30, "" },
	{ "18446744073709551615", 0, U64_MAX, "" },
	{ "18446744073709551616", -ERANGE, 0, "'18446744073709551616' is too large\n" },
	{ "99999999999G", -ERANGE, 0, "'99999999999G' is too large\n" },
	{ "zz", -EINVAL, 0, "'zz' is not a number\n" },
	{ "", -EINVAL, 0, "'' is not a number\n" },
	{ "K", -EINVAL, 0, "'K' is not a number\n" },
	{ "12x", -EINVAL, 0, "'12x' is not a number\n" },
	{ "-1", -EINVAL, 0, "'-1' is not a number\n" },
	{ "0x", -EINVAL, 0, "'0x' is not a number\n" },
	{ "1kk", -EINVAL, 0, "'1kk' is not a number\n" },
	{ "c0100000", 0, 0xc0100000, "" },
	{ "10000F", 0, 0x10000f, "" },
	{ "100000", 0, 100000, "" },
	{ "c010", -EINVAL, 0, "'c010' is not a number\n" },
	{ "c010000g", -EINVAL, 0, "'c010000g' is not a number\n" },
	{ "c0100000c0100000c", -ERANGE, 0, "'c0100000c0100000c' is too large\n" },
};

static void describe_number(const struct number_case *number, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s'", number->text);
}

KUNIT_ARRAY_PARAM(number, numbers, describe_number);

static void numbers_are_read(struct kunit *test)
{
	const struct number_case *number = test->param_value;
	u64 value = 0;
	int error;

	capture_begin(test, &capture);
	error = monitor_parse_ull(number->text, &value);
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, error, number->error);
	KUNIT_EXPECT_EQ(test, value, number->value);
	KUNIT_EXPECT_STREQ(test, capture.text, number->says);
}

static void a_long_has_its_limit(struct kunit *test)
{
	unsigned long value = 7;
	int error;

	capture_begin(test, &capture);
	error = monitor_parse_ulong("18446744073709551615", &value);
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, error, sizeof(long) == 4 ? -ERANGE : 0);
	KUNIT_EXPECT_EQ(test, monitor_parse_ulong("4294967295", &value), 0);
	KUNIT_EXPECT_EQ(test, value, 0xffffffffUL);
}

static void nonsense_gets_a_sentence(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, execute(test, "qwertz 1 2"), -ENOENT);
	KUNIT_EXPECT_STREQ(test, capture.text, "unknown command 'qwertz'; try 'help'\n");
	KUNIT_EXPECT_EQ(test, execute(test, "hepl"), -ENOENT);
	KUNIT_EXPECT_STREQ(test, capture.text, "unknown command 'hepl'; did you mean 'help'?\n");
	KUNIT_EXPECT_EQ(test, execute(test, "x"), -ENOENT);
	KUNIT_EXPECT_STREQ(test, capture.text, "unknown command 'x'; try 'help'\n");
	KUNIT_EXPECT_EQ(test, execute(test, "help \"me"), -EINVAL);
	KUNIT_EXPECT_STREQ(test, capture.text, "a quote is not closed\n");
	KUNIT_EXPECT_EQ(test, execute(test, "dmesg all"), -EINVAL);
	KUNIT_EXPECT_STREQ(test, capture.text, "usage: dmesg\n");
}

static void nothing_is_nothing(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, execute(test, " ; ;; "), 0);
	KUNIT_EXPECT_STREQ(test, capture.text, "");
}

static void commands_are_separated_by_semicolons(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, execute(test, "help a;help \"b; c\" ; help  d e"), -ENOENT);
	KUNIT_EXPECT_STREQ(test, capture.text,
			   "there is no command 'a'\n"
			   "there is no command 'b; c'\n"
			   "there is no command 'd e'\n");
}

static void a_long_command_is_refused(struct kunit *test)
{
	char text[MONITOR_LINE_MAX + 2];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	KUNIT_EXPECT_EQ(test, execute(test, text), -E2BIG);
	KUNIT_EXPECT_STREQ(test, capture.text, "a command is longer than 255 characters\n");
}

static void help_knows_every_command(struct kunit *test)
{
	const struct monitor_command *command;
	const char *before = "";

	KUNIT_EXPECT_EQ(test, execute(test, "help"), 0);
	for (command = monitor_next(NULL); command; command = monitor_next(command->name)) {
		KUNIT_EXPECT_LT_MSG(test, strcmp(before, command->name), 0, "in order");
		KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, command->help));
		KUNIT_EXPECT_LE(test, strlen(command->name), MONITOR_NAME_MAX);
		before = command->name;
	}
	KUNIT_EXPECT_EQ(test, execute(test, "help poweroff"), 0);
	KUNIT_EXPECT_STREQ(test, capture.text,
			   "  poweroff                      switch the machine off\n");
}

static void discard(struct lineedit *le, const char *s, size_t n)
{
}

struct tab_case {
	const char *line;
	const char *completed;
	const char *lists; /* part of what is shown */
};

static const struct tab_case tabs[] = {
	{ "hel", "help ", "" },
	{ "help", "help ", "" },
	{ "dmes", "dmesg ", "" },
	{ "help dme", "help dmesg", "" },
	{ "zones; dme", "zones; dmesg ", "" },
	{ "dmesg ; help rep", "dmesg ; help reports", "" },
	{ "al", "alloc ", "" },
	{ "alloc p", "alloc page ", "" },
	{ "alloc page 0 GFP_KERNE", "alloc page 0 GFP_KERNEL", "" },
	{ "alloc page 0 GFP_KERNEL|__GFP_ZE", "alloc page 0 GFP_KERNEL|__GFP_ZERO", "" },
	{ "alloc page 0 GFP_HIGHU", "alloc page 0 GFP_HIGHUSER", "" },
	{ "alloc kmalloc 8 GFP_AT", "alloc kmalloc 8 GFP_ATOMIC", "" },
	{ "alloc cache dma-kmalloc-6", "alloc cache dma-kmalloc-64", "" },
	{ "slab kmalloc-rcl-9", "slab kmalloc-rcl-96", "" },
	{ "qqq", "qqq", "" },
	{ "dmesg ", "dmesg ", "" },
	{ "test monit", "test monitor", "" },
	{ "test p", "test p", "params" },
	{ "help \"open", "help \"open", "" },
};

static void describe_tab(const struct tab_case *tab, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s'", tab->line);
}

KUNIT_ARRAY_PARAM(tab, tabs, describe_tab);

static void a_tab_completes(struct kunit *test)
{
	static struct lineedit le;
	const struct tab_case *tab = test->param_value;

	memset(&le, 0, sizeof(le));
	le.prompt = "";
	le.out = discard;
	lineedit_insert(&le, tab->line, strlen(tab->line));
	capture_begin(test, &capture);
	monitor_complete(&le);
	capture_end(test, &capture);
	KUNIT_EXPECT_STREQ(test, le.line, tab->completed);
	if (*tab->lists)
		KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, tab->lists));
	else
		KUNIT_EXPECT_STREQ(test, capture.text, "");
}

static struct kunit_case monitor_cases[] = {
	KUNIT_CASE_PARAM_ATTR(lines_are_split, split_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE(too_many_words_are_refused),
	KUNIT_CASE_PARAM_ATTR(numbers_are_read, number_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE(a_long_has_its_limit),
	KUNIT_CASE(nonsense_gets_a_sentence),
	KUNIT_CASE(nothing_is_nothing),
	KUNIT_CASE(commands_are_separated_by_semicolons),
	KUNIT_CASE(a_long_command_is_refused),
	KUNIT_CASE(help_knows_every_command),
	KUNIT_CASE_PARAM_ATTR(a_tab_completes, tab_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	{},
};

static struct kunit_suite monitor_suite = {
	.name = "monitor",
	.test_cases = monitor_cases,
};
kunit_test_suite(monitor_suite);
