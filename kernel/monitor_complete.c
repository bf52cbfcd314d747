// SPDX-License-Identifier: MIT
/*
 * Completion: what a Tab makes of the word before the cursor.
 *
 * Everybody who could know the rest of the word offers all that fits in its
 * place: the command names for the first words, the command itself (its `complete`)
 * for arguments. Of the offers that begin with what was typed, the part that all
 * have in common is inserted; if that adds nothing, they are listed. A finished command
 * word gets a blank behind it, an argument does not: '|' may follow.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include "lineedit.h"
#include "monitor.h"

struct monitor_completion {
	const char *typed; /* what the offers must begin with */
	size_t typed_length;
	bool list; /* the second round: show what fits */
	size_t column;
	unsigned int nr;
	bool is_name;			   /* what fits is a word of a command's name */
	char common[MONITOR_LINE_MAX + 1]; /* beginning of all that fit */
	bool differ;			   /* they are not all the same */
};

static void show(struct monitor_completion *completion, const char *candidate)
{
	size_t width = strlen(candidate) + 2;

	if (completion->column && completion->column + width > LINEEDIT_COLUMNS) {
		mprintf("\n");
		completion->column = 0;
	}
	mprintf("%s%s", completion->column ? "  " : "", candidate);
	completion->column += width;
}

void monitor_offer(struct monitor_completion *completion, const char *candidate)
{
	size_t n = 0;

	if (strncmp(candidate, completion->typed, completion->typed_length))
		return;
	if (completion->list)
		show(completion, candidate);
	if (!completion->nr++) {
		strscpy(completion->common, candidate, sizeof(completion->common));
		return;
	}
	while (candidate[n] && candidate[n] == completion->common[n])
		n++;
	if (candidate[n] || completion->common[n])
		completion->differ = true;
	completion->common[n] = '\0';
}

/* The nth word (from 0) of all command names that begin with the words before it. */
static void offer_names(struct monitor_completion *completion, int n, char **words)
{
	const struct monitor_command *command;
	char last[MONITOR_NAME_MAX + 1] = "", word[MONITOR_NAME_MAX + 1];

	for (command = monitor_next(NULL); command; command = monitor_next(command->name)) {
		const char *space = strchr(command->name, ' ');

		if (n && (!space || !monitor_in_group(command, words[0])))
			continue;
		strscpy(word, n ? space + 1 : command->name, sizeof(word));
		if (!n && space)
			word[space - command->name] = '\0';
		if (strcmp(word, last))
			monitor_offer(completion, word);
		strcpy(last, word);
	}
}

static void offer_arguments(struct monitor_completion *completion, int n, char **words)
{
	char name[2 * MONITOR_NAME_MAX];
	const struct monitor_command *command = NULL;
	char *argv[MONITOR_ARGS_MAX];

	memcpy(argv, words, n * sizeof(argv[0]));
	if (n >= 2) {
		snprintf(name, sizeof(name), "%s %s", words[0], words[1]);
		command = monitor_find(name);
	}
	/* The two words of a name are one argument. */
	if (command)
		memmove(&argv[1], &argv[2], (--n - 1) * sizeof(argv[0]));
	else
		command = monitor_find(words[0]);
	if (!command || !command->complete)
		return;
	argv[0] = (char *)command->name;
	command->complete(completion, n, argv);
}

/* Asks everybody; n words stand before the one to complete. */
static void collect(struct monitor_completion *completion, int n, char **words)
{
	completion->nr = 0;
	completion->differ = false;
	if (n <= 1)
		offer_names(completion, n, words);
	completion->is_name = completion->nr;
	if (n >= 1)
		offer_arguments(completion, n, words);
}

/* The command that the cursor is in, from its first character. */
static const char *command_start(const char *line, size_t cursor)
{
	const char *start = line;
	size_t i;

	for (i = 0; i < cursor; i++)
		if (line[i] == ';')
			start = line + i + 1;
	return start;
}

/* Does with what was collected what a Tab should. */
static void apply(struct lineedit *le, struct monitor_completion *completion, int n, char **words)
{
	size_t more = strlen(completion->common) - completion->typed_length;

	if (!completion->nr) {
		lineedit_bell(le);
	} else if (more || !completion->differ) {
		lineedit_insert(le, completion->common + completion->typed_length, more);
		if (!completion->differ && completion->is_name)
			lineedit_insert(le, " ", 1);
	} else {
		mprintf("\n");
		completion->list = true;
		collect(completion, n, words);
		mprintf("\n");
		lineedit_redraw(le);
	}
}

void monitor_complete(struct lineedit *le)
{
	struct monitor_completion completion = {};
	const char *start = command_start(le->line, le->cursor);
	char text[MONITOR_LINE_MAX + 1], *words[MONITOR_ARGS_MAX + 1] = {};
	size_t length = le->line + le->cursor - start;
	bool new_word;
	int n;

	memcpy(text, start, length);
	text[length] = '\0';
	new_word = !length || text[length - 1] == ' ';
	n = monitor_split(text, words);
	if (n < 0) {
		lineedit_bell(le);
		return;
	}
	completion.typed = "";
	if (!new_word) {
		const char *word = words[--n], *bar = strrchr(word, '|');

		completion.typed = bar ? bar + 1 : word;
	}
	completion.typed_length = strlen(completion.typed);
	collect(&completion, n, words);
	apply(le, &completion, n, words);
}
