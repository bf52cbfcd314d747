// SPDX-License-Identifier: MIT
/*
 * The monitor's core: from a line of text to a command, and from a Tab to its end.
 *
 * Commands are registered at build time (MONITOR_COMMAND, memkern/monitor.h). A name
 * is one word or two; where both "alloc" and "alloc page" exist, the longer one wins.
 *
 * A line holds commands separated by ';'. The commands themselves check their
 * arguments; what is checked here is that there is such a command at all, that quotes
 * are closed, and that nothing is too long. Whoever executes a line is the context
 * in which its commands run.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/console.h>
#include <memkern/exit.h>
#include <memkern/kunit_extra.h>
#include <memkern/monitor.h>
#include <memkern/params.h>
#include "lineedit.h"
#include "monitor.h"

#define PROMPT	   "memkern> "
#define PRINT_SIZE 512

extern const struct monitor_command *const __start_monitor_commands[],
	*const __stop_monitor_commands[];

static const char *run_at_boot;
static bool exit_at_end;

/* --- what commands use ------------------------------------------------------ */

void mprintf(const char *fmt, ...)
{
	char text[PRINT_SIZE];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	console_write(text, n);
}

int monitor_usage(const char *name)
{
	const struct monitor_command *command = monitor_find(name);

	mprintf("usage: %s%s%s\n", name, command && command->args[0] ? " " : "",
		command ? command->args : "");
	return -EINVAL;
}

static unsigned int suffix_shift(char suffix)
{
	switch (tolower(suffix)) {
	case 'k':
		return 10;
	case 'm':
		return 20;
	case 'g':
		return 30;
	}
	return 0;
}

/* Hexadecimal without a 0x, as addresses are often shown: at least six digits, a letter among them. */
static bool is_hex(const char *text)
{
	size_t n = strspn(text, "0123456789abcdefABCDEF");

	return n >= 6 && !text[n] && strpbrk(text, "abcdefABCDEF");
}

int monitor_parse_ull(const char *text, u64 *value)
{
	char digits[24];
	size_t n = strlen(text);
	unsigned int shift = n ? suffix_shift(text[n - 1]) : 0;
	int error = -EINVAL;
	u64 number;

	n -= shift != 0;
	/* c0100000 can only be hexadecimal; 100000 is not taken for it. */
	if (is_hex(text)) {
		error = kstrtoull(text, 16, &number);
		shift = 0;
	} else if (isdigit(text[0]) && n < sizeof(digits)) {
		memcpy(digits, text, n);
		digits[n] = '\0';
		error = kstrtoull(digits, strncasecmp(digits, "0x", 2) ? 10 : 16, &number);
	}
	if (!error && number > U64_MAX >> shift)
		error = -ERANGE;
	if (error)
		mprintf("'%s' is %s\n", text, error == -ERANGE ? "too large" : "not a number");
	else
		*value = number << shift;
	return error;
}

int monitor_parse_ulong(const char *text, unsigned long *value)
{
	u64 number;
	int error = monitor_parse_ull(text, &number);

	if (error)
		return error;
	if (number > ULONG_MAX) {
		mprintf("'%s' is too large\n", text);
		return -ERANGE;
	}
	*value = number;
	return 0;
}

/* --- commands --------------------------------------------------------------- */

const struct monitor_command *monitor_find(const char *name)
{
	const struct monitor_command *const *at;

	for (at = __start_monitor_commands; at < __stop_monitor_commands; at++)
		if (!strcmp((*at)->name, name))
			return *at;
	return NULL;
}

/* Few commands, and only people wait for them: the list is not kept sorted. */
const struct monitor_command *monitor_next(const char *after)
{
	const struct monitor_command *const *at, *next = NULL;

	for (at = __start_monitor_commands; at < __stop_monitor_commands; at++)
		if ((!after || strcmp((*at)->name, after) > 0) &&
		    (!next || strcmp((*at)->name, next->name) < 0))
			next = *at;
	return next;
}

bool monitor_in_group(const struct monitor_command *command, const char *words)
{
	size_t n = strlen(words);

	return !strncmp(command->name, words, n) &&
	       (command->name[n] == '\0' || command->name[n] == ' ');
}

/* The command that the first one or two words name; *used of them. */
static const struct monitor_command *find_by_words(char **words, int nr, int *used)
{
	const struct monitor_command *command = NULL;
	char name[MONITOR_LINE_MAX + 1];

	*used = 2;
	if (nr >= 2) {
		snprintf(name, sizeof(name), "%s %s", words[0], words[1]);
		command = monitor_find(name);
	}
	if (!command && nr) {
		*used = 1;
		command = monitor_find(words[0]);
	}
	return command;
}

/*
 * Cuts a line into words, in place, and takes the quotes away. Returns how many, or
 * -E2BIG, or -EINVAL for a quote that is not closed (the words up to there are good).
 */
int monitor_split(char *line, char **words)
{
	char *from = line, *to;
	bool quoted = false;
	int n = 0;

	for (;;) {
		while (isspace(*from))
			from++;
		if (!*from)
			return n;
		if (n == MONITOR_ARGS_MAX)
			return -E2BIG;
		words[n++] = to = from;
		for (; *from && (quoted || !isspace(*from)); from++) {
			if (*from == '"')
				quoted = !quoted;
			else
				*to++ = *from;
		}
		if (*from)
			from++;
		*to = '\0';
		if (quoted)
			return -EINVAL;
	}
}

/* How many characters must be changed, added or dropped to make b of a. */
static unsigned int distance(const char *a, const char *b)
{
	u8 row[MONITOR_NAME_MAX + 1];
	size_t columns = strlen(b), i;

	if (columns > MONITOR_NAME_MAX || strlen(a) > MONITOR_NAME_MAX)
		return MONITOR_NAME_MAX;
	for (i = 0; i <= columns; i++)
		row[i] = i;
	for (; *a; a++) {
		u8 diagonal = row[0]++;

		for (i = 1; i <= columns; i++) {
			u8 above = row[i];

			row[i] = min(min(row[i - 1], above) + 1, diagonal + (*a != b[i - 1]));
			diagonal = above;
		}
	}
	return row[columns];
}

static int unknown_command(const char *word)
{
	const struct monitor_command *command, *nearest = NULL;
	unsigned int best = 3;
	bool group = false;

	for (command = monitor_next(NULL); command; command = monitor_next(command->name)) {
		unsigned int far = distance(word, command->name);

		if (monitor_in_group(command, word)) {
			mprintf("usage: %s %s\n", command->name, command->args);
			group = true;
		} else if (far < best && far < strlen(word)) {
			best = far;
			nearest = command;
		}
	}
	if (group)
		return -ENOENT;
	if (nearest)
		mprintf("unknown command '%s'; did you mean '%s'?\n", word, nearest->name);
	else
		mprintf("unknown command '%s'; try 'help'\n", word);
	return -ENOENT;
}

/* Executes one command; `text` is cut up. */
static int execute_command(char *text)
{
	char *words[MONITOR_ARGS_MAX + 1] = {};
	const struct monitor_command *command;
	int used, nr = monitor_split(text, words);

	if (nr == -EINVAL)
		mprintf("a quote is not closed\n");
	else if (nr == -E2BIG)
		mprintf("too many words: %d at most\n", MONITOR_ARGS_MAX);
	if (nr <= 0)
		return nr;
	command = find_by_words(words, nr, &used);
	if (!command)
		return unknown_command(words[0]);
	words[used - 1] = (char *)command->name;
	return command->run(nr - used + 1, words + used - 1);
}

/* The end of the first command of a line: its ';', if no quote protects it, or the NUL. */
static const char *command_end(const char *line)
{
	bool quoted = false;

	for (; *line && (quoted || *line != ';'); line++)
		if (*line == '"')
			quoted = !quoted;
	return line;
}

static int execute_line(const char *line, bool echo)
{
	char text[MONITOR_LINE_MAX + 1];
	int result = 0;

	for (;;) {
		const char *start = skip_spaces(line), *end = command_end(start);
		size_t n = end - start;

		if (n > MONITOR_LINE_MAX) {
			mprintf("a command is longer than %d characters\n", MONITOR_LINE_MAX);
			result = -E2BIG;
		} else if (n) {
			memcpy(text, start, n);
			text[n] = '\0';
			if (echo)
				mprintf(PROMPT "%s\n", strim(text));
			result = execute_command(text);
		}
		if (!*end)
			return result;
		line = end + 1;
	}
}

int monitor_execute(const char *line)
{
	return execute_line(line, false);
}

/* --- the boot, and the prompt ----------------------------------------------- */

static int __init set_run(char *value)
{
	if (!value)
		return -EINVAL;
	run_at_boot = value;
	return 0;
}
early_param("run", set_run);

static int __init set_exit(char *value)
{
	if (value)
		return -EINVAL;
	exit_at_end = true;
	return 0;
}
early_param("exit", set_exit);

static void show(struct lineedit *le, const char *s, size_t n)
{
	console_write(s, n);
}

static void __noreturn prompt_for_ever(void)
{
	static struct lineedit editor = {
		.prompt = PROMPT,
		.out = show,
		.complete = monitor_complete,
	};

	for (;;) {
		enum lineedit_result result = LINEEDIT_MORE;

		console_fresh_line();
		lineedit_begin(&editor);
		while (result == LINEEDIT_MORE)
			result = lineedit_feed(&editor, console_wait_char());
		if (result == LINEEDIT_TOO_LONG)
			mprintf("a line has %d characters at most\n", LINEEDIT_MAX);
		else
			monitor_execute(editor.line);
	}
}

void __noreturn monitor_start(void)
{
	if (run_at_boot)
		execute_line(run_at_boot, true);
	if (exit_at_end) {
		console_fresh_line();
		console_flush();
		memkern_exit(kunit_all_well() ? MEMKERN_EXIT_PASS : MEMKERN_EXIT_FAIL);
	}
	prompt_for_ever();
}
