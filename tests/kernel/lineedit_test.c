// SPDX-License-Identifier: MIT
/*
 * The line editor: keys in, line and screen out. The screen is a model of a
 * terminal's row, which understands what a VT100 does.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <kunit/test.h>
#include "../../kernel/lineedit.h"

#define PROMPT	     "> "
#define PROMPT_WIDTH 2

/* Keys as a terminal sends them */
#define UP	  "\x1b[A"
#define DOWN	  "\x1b[B"
#define RIGHT	  "\x1b[C"
#define LEFT	  "\x1b[D"
#define HOME	  "\x1b[H"
#define END	  "\x1b[F"
#define DELETE	  "\x1b[3~"
#define BACKSPACE "\x7f"

static struct lineedit le;
static char sent[2048]; /* all bytes since reset() */
static size_t nr_sent;

static struct {
	char row[300]; /* more than the longest line */
	size_t column;
	int bells;
	bool unknown; /* something that the model does not know was sent */
} screen;

static void screen_clear_from(size_t column)
{
	memset(screen.row + column, ' ', sizeof(screen.row) - column);
}

/* ESC [ n letter, at s; returns its length. */
static size_t screen_escape(const char *s)
{
	size_t n = 0, i = 2;

	while (isdigit(s[i]))
		n = n * 10 + s[i++] - '0';
	if (s[1] != '[')
		screen.unknown = true;
	else if (s[i] == 'K' && !n)
		screen_clear_from(screen.column);
	else if (s[i] == 'C')
		screen.column += n;
	else if (s[i] == 'H' && !n)
		screen.column = 0;
	else if (s[i] == 'J' && n == 2)
		screen_clear_from(0);
	else
		screen.unknown = true;
	return i + 1;
}

static void screen_write(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n) {
		if (s[i] == '\x1b') {
			i += screen_escape(s + i);
			continue;
		}
		if (s[i] == '\r')
			screen.column = 0;
		else if (s[i] == '\b')
			screen.column--;
		else if (s[i] == '\a')
			screen.bells++;
		else if (isprint(s[i]) && screen.column < sizeof(screen.row))
			screen.row[screen.column++] = s[i];
		else
			screen.unknown = true;
		i++;
	}
}

/* A new line begins an empty row; the model looks at one row only. */
static void show(struct lineedit *editor, const char *s, size_t n)
{
	const char *newline = memchr(s, '\n', n);

	if (nr_sent + n < sizeof(sent)) {
		memcpy(sent + nr_sent, s, n);
		nr_sent += n;
		sent[nr_sent] = '\0';
	}
	if (newline) {
		screen_clear_from(0);
		screen.column = 0;
		n -= newline + 1 - s;
		s = newline + 1;
	}
	screen_write(s, n);
}

static void reset(void)
{
	nr_sent = 0;
	sent[0] = '\0';
	memset(&screen, 0, sizeof(screen));
	screen_clear_from(0);
}

static int start(struct kunit *test)
{
	memset(&le, 0, sizeof(le));
	le.prompt = PROMPT;
	le.out = show;
	reset();
	lineedit_begin(&le);
	return 0;
}

/* The row shows the prompt and the part of the line around the cursor, and no more. */
static void check_screen(struct kunit *test)
{
	size_t shown = min(le.length - le.left, (size_t)LINEEDIT_COLUMNS - 1 - PROMPT_WIDTH);
	char row[sizeof(screen.row)];

	memset(row, ' ', sizeof(row));
	memcpy(row, PROMPT, PROMPT_WIDTH);
	memcpy(row + PROMPT_WIDTH, le.line + le.left, shown);
	KUNIT_ASSERT_MEMEQ(test, screen.row, row, sizeof(row));
	KUNIT_ASSERT_EQ(test, screen.column, PROMPT_WIDTH + le.cursor - le.left);
	KUNIT_ASSERT_LT(test, screen.column, LINEEDIT_COLUMNS);
	KUNIT_ASSERT_EQ(test, le.line[le.length], '\0');
	KUNIT_ASSERT_EQ(test, strlen(le.line), le.length);
	KUNIT_ASSERT_FALSE(test, screen.unknown);
}

/* Feeds keys; returns what the last one did. */
static enum lineedit_result type(struct kunit *test, const char *keys)
{
	enum lineedit_result result = LINEEDIT_MORE;

	for (; *keys; keys++) {
		result = lineedit_feed(&le, *keys);
		if (result == LINEEDIT_MORE)
			check_screen(test);
	}
	return result;
}

/* Types keys and Enter, expects a line, and begins the next. */
static void enter(struct kunit *test, const char *keys, const char *line)
{
	type(test, keys);
	KUNIT_EXPECT_EQ(test, type(test, "\r"), LINEEDIT_LINE);
	KUNIT_EXPECT_STREQ(test, le.line, line);
	reset();
	lineedit_begin(&le);
}

struct edit_case {
	const char *name;
	const char *keys;
	const char *line;
};

static const struct edit_case edits[] = {
	{ "typing", "zones", "zones" },
	{ "nothing", "", "" },
	{ "inserting", "zons" LEFT "e", "zones" },
	{ "right", "zne" LEFT LEFT LEFT RIGHT "o", "zone" },
	{ "home and end", "one" HOME "z" END "s", "zones" },
	{ "ctrl A, E, B, F", "ne\x01z\x06\x02o\x05s", "zones" },
	{ "vt220 home and end", "b\x1b[1~a\x1b[4~c\x1b[7~0\x1b[8~d", "0abcd" },
	{ "application cursor keys", "b\x1bOHa\x1bOFc\x1bOD-", "ab-c" },
	{ "modified keys", "ac\x1b[1;5Db", "abc" },
	{ "backspace", "zonx" BACKSPACE "es", "zones" },
	{ "backspace within", "zoxnes" LEFT LEFT LEFT "\b", "zones" },
	{ "backspace at the beginning", "a" HOME BACKSPACE, "a" },
	{ "delete", "zoones" HOME RIGHT DELETE, "zones" },
	{ "delete at the end", "zones" DELETE "\x04", "zones" },
	{ "ctrl U", "nonsense zones" LEFT LEFT LEFT LEFT LEFT "\x15", "zones" },
	{ "ctrl K", "zones please" HOME RIGHT RIGHT RIGHT RIGHT RIGHT "\x0b", "zones" },
	{ "ctrl W", "alloc  page  \x17x", "alloc  x" },
	{ "ctrl W within", "alloc page" LEFT LEFT "\x17", "alloc ge" },
	{ "ctrl C", "nonsense\x03zones", "zones" },
	{ "ctrl L",
	  "zon\x0c"
	  "es",
	  "zones" },
	{ "unknown sequences", "zo\x1b[15~\x1b[99;2u\x1bxn\x1b[[Ae\x1bOQs\x1b[?1;2c", "zones" },
	{ "a sequence cut short",
	  "a\x1b[\x7f"
	  "b\x1b\x15zones",
	  "zones" },
	{ "unknown controls",
	  "zo\x1d\x1e"
	  "nes",
	  "zones" },
	{ "no ASCII", "z\xc3\xb6nes", "znes" },
};

KUNIT_ARRAY_PARAM_DESC(edit, edits, name);

static void keys_edit(struct kunit *test)
{
	const struct edit_case *edit = test->param_value;

	enter(test, edit->keys, edit->line);
}

static void typing_sends_what_is_typed(struct kunit *test)
{
	type(test, "help" BACKSPACE "\r");
	KUNIT_EXPECT_STREQ(test, sent, "> help\b \b\n");
}

static void every_line_end_ends_a_line_once(struct kunit *test)
{
	enter(test, "one", "one");
	KUNIT_EXPECT_EQ_MSG(test, type(test, "\n"), LINEEDIT_MORE, "CR LF is one line end");
	KUNIT_EXPECT_EQ_MSG(test, type(test, "\n"), LINEEDIT_LINE, "LF LF is two");
	lineedit_begin(&le);
	KUNIT_EXPECT_EQ(test, type(test, "two\n"), LINEEDIT_LINE);
	KUNIT_EXPECT_STREQ(test, le.line, "two");
	lineedit_begin(&le);
	KUNIT_EXPECT_EQ(test, type(test, "\r"), LINEEDIT_LINE);
	KUNIT_EXPECT_EQ_MSG(test, type(test, "\r"), LINEEDIT_LINE, "CR CR is two");
}

static void history_goes_up_and_down(struct kunit *test)
{
	enter(test, "first", "first");
	enter(test, "second", "second");
	enter(test, "", "");
	enter(test, "second", "second");
	enter(test, UP, "second");
	enter(test, UP UP, "first");
	enter(test, UP UP UP UP UP UP, "first");
	enter(test, "draft" UP DOWN " kept", "draft kept");
	enter(test, DOWN DOWN "x", "x");
	enter(test, UP UP "\x0e\x10 edited", "draft kept edited");
}

static void history_holds_32_lines(struct kunit *test)
{
	char line[8];
	int i;

	for (i = 0; i < LINEEDIT_HISTORY + 8; i++) {
		snprintf(line, sizeof(line), "line%d", i);
		enter(test, line, line);
	}
	for (i = 0; i < LINEEDIT_HISTORY + 8; i++)
		type(test, UP);
	KUNIT_EXPECT_STREQ(test, le.line, "line8");
}

static void long_lines_scroll(struct kunit *test)
{
	int i;

	for (i = 0; i < 120; i++)
		type(test, "x");
	KUNIT_EXPECT_GT(test, le.left, 0);
	type(test, HOME);
	KUNIT_EXPECT_EQ(test, le.left, 0);
	type(test, END BACKSPACE LEFT "y"
				      "\x02\x02" DELETE);
	KUNIT_EXPECT_EQ(test, le.length, 119);
	reset();
	KUNIT_EXPECT_EQ(test, type(test, "\r"), LINEEDIT_LINE);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(sent, le.line), "when finished it is shown whole");
}

static void what_does_not_fit_rings(struct kunit *test)
{
	int i;

	for (i = 0; i < LINEEDIT_MAX; i++)
		type(test, "x");
	KUNIT_EXPECT_EQ(test, screen.bells, 0);
	type(test, "y");
	KUNIT_EXPECT_EQ(test, screen.bells, 1);
	KUNIT_EXPECT_EQ(test, le.length, LINEEDIT_MAX);
	KUNIT_EXPECT_EQ(test, type(test, "\r"), LINEEDIT_TOO_LONG);
	lineedit_begin(&le);
	KUNIT_EXPECT_EQ_MSG(test, type(test, UP "\r"), LINEEDIT_LINE, "not worth remembering");
	KUNIT_EXPECT_STREQ(test, le.line, "");
}

static void an_edited_long_line_is_believed(struct kunit *test)
{
	int i;

	for (i = 0; i < LINEEDIT_MAX + 1; i++)
		type(test, "x");
	type(test, BACKSPACE "y");
	KUNIT_EXPECT_EQ(test, type(test, "\r"), LINEEDIT_LINE);
}

static void complete_with_bar(struct lineedit *editor)
{
	lineedit_insert(editor, "|bar", 4);
}

static void tab_completes(struct kunit *test)
{
	enter(test, "foo\t", "foo");
	le.complete = complete_with_bar;
	enter(test, "foo\t", "foo|bar");
	enter(test, "foo" LEFT "\t", "fo|baro");
}

/* Any keys at all: after each, the screen shows the line. */
static void type_randomly(struct kunit *test, u32 seed, int times)
{
	static const char *const keys[] = {
		"a",	"b",	   "c",
		" ",	"word",	   "a longer text ",
		UP,	"\x0b",	   DOWN,
		LEFT,	LEFT,	   RIGHT,
		HOME,	END,	   DELETE,
		"\x17", "|",	   "\x0c",
		"\x1b", BACKSPACE, "another text, not so short",
	};
	u32 random = seed;

	while (times--) {
		random = random * 1664525 + 1013904223;
		if ((random >> 16) % 64) {
			type(test, keys[(random >> 16) % ARRAY_SIZE(keys)]);
			continue;
		}
		KUNIT_ASSERT_EQ(test, type(test, "\r"),
				le.overflowed ? LINEEDIT_TOO_LONG : LINEEDIT_LINE);
		reset();
		lineedit_begin(&le);
	}
}

static void random_keys_keep_screen_and_line_together(struct kunit *test)
{
	type_randomly(test, 1, 200);
}

static void many_random_keys(struct kunit *test)
{
	type_randomly(test, 2, 10000);
}

static struct kunit_case lineedit_cases[] = {
	KUNIT_CASE_PARAM_ATTR(keys_edit, edit_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE(typing_sends_what_is_typed),
	KUNIT_CASE(every_line_end_ends_a_line_once),
	KUNIT_CASE(history_goes_up_and_down),
	KUNIT_CASE(history_holds_32_lines),
	KUNIT_CASE(long_lines_scroll),
	KUNIT_CASE(what_does_not_fit_rings),
	KUNIT_CASE(an_edited_long_line_is_believed),
	KUNIT_CASE(tab_completes),
	KUNIT_CASE_SLOW(random_keys_keep_screen_and_line_together),
	KUNIT_CASE_SLOW(many_random_keys),
	{},
};

static struct kunit_suite lineedit_suite = {
	.name = "lineedit",
	.init = start,
	.test_cases = lineedit_cases,
};
kunit_test_suite(lineedit_suite);
