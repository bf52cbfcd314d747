// SPDX-License-Identifier: MIT
/*
 * A line editor for a terminal that knows no more than a VT100.
 *
 *	left, right, ^B, ^F		move by a character
 *	Home, End, ^A, ^E		to the beginning, to the end
 *	Backspace, Delete, ^H, ^D	erase a character before, under the cursor
 *	^U, ^K, ^W			erase to the beginning, to the end, a word back
 *	up, down, ^P, ^N		earlier and later lines
 *	Tab				complete
 *	^L				clear the screen
 *	^C				forget the line
 *
 * The line stays on one row: what is longer than the row scrolls sideways under the
 * prompt, so the width needs to be known only roughly (80 columns or more), and is shown
 * whole when it is finished.
 *
 *	line:	alloc page 0 GFP_KERNEL|__GFP_ZERO|...
 *	                    ^left              ^cursor
 *	row:	memkern> FP_KERNEL|__GFP_Z_
 *
 * Typing at the end of a line sends just what is typed, so that a transcript of a
 * session is readable; changes within it redraw the row.
 *
 * Pure: it knows neither consoles nor commands. Not reentrant for one struct lineedit.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include "lineedit.h"

#define CTRL(letter) ((letter) - '@')
#define ESC	     0x1b
#define DEL	     0x7f

static void out(struct lineedit *le, const char *s)
{
	le->out(le, s, strlen(s));
}

void lineedit_bell(struct lineedit *le)
{
	out(le, "\a");
}

/* --- what is shown ---------------------------------------------------------- */

/* The columns for the line: the last one stays free, for terminals differ in what it does. */
static size_t room(const struct lineedit *le)
{
	return LINEEDIT_COLUMNS - 1 - strlen(le->prompt);
}

/* Brings the cursor into view; by half a row, so that this is rarely necessary. */
static bool scroll(struct lineedit *le)
{
	size_t before = le->left, half = room(le) / 2;

	if (le->cursor < le->left)
		le->left = le->cursor > half ? le->cursor - half : 0;
	else if (le->cursor - le->left > room(le))
		le->left = le->cursor - half;
	return le->left != before;
}

void lineedit_redraw(struct lineedit *le)
{
	char move[16];
	size_t column;

	scroll(le);
	out(le, "\r");
	out(le, le->prompt);
	le->out(le, le->line + le->left, min(le->length - le->left, room(le)));
	out(le, "\x1b[K\r");
	column = strlen(le->prompt) + le->cursor - le->left;
	if (column) {
		snprintf(move, sizeof(move), "\x1b[%zuC", column);
		out(le, move);
	}
}

static void set_line(struct lineedit *le, const char *text)
{
	strscpy(le->line, text, sizeof(le->line));
	le->length = strlen(le->line);
	le->cursor = le->length;
	le->left = 0;
	le->overflowed = false;
}

void lineedit_begin(struct lineedit *le)
{
	set_line(le, "");
	le->back = 0;
	out(le, le->prompt);
}

/* --- changing the line ------------------------------------------------------ */

void lineedit_insert(struct lineedit *le, const char *text, size_t n)
{
	bool at_end = le->cursor == le->length;

	if (n > LINEEDIT_MAX - le->length) {
		le->overflowed = true;
		lineedit_bell(le);
		return;
	}
	memmove(le->line + le->cursor + n, le->line + le->cursor, le->length - le->cursor + 1);
	memcpy(le->line + le->cursor, text, n);
	le->length += n;
	le->cursor += n;
	if (at_end && !scroll(le))
		le->out(le, text, n);
	else
		lineedit_redraw(le);
}

/* Erases [from, to). */
static void erase(struct lineedit *le, size_t from, size_t to)
{
	bool last_one = to == le->length && from + 1 == to && le->cursor == to;

	if (from == to)
		return;
	memmove(le->line + from, le->line + to, le->length - to + 1);
	le->length -= to - from;
	le->cursor = from;
	le->overflowed = false;
	if (last_one && !scroll(le))
		out(le, "\b \b");
	else
		lineedit_redraw(le);
}

/* To the right by showing again what is passed over: it needs no escape sequence. */
static void move_to(struct lineedit *le, size_t cursor)
{
	size_t before = le->cursor;

	le->cursor = cursor;
	if (scroll(le)) {
		lineedit_redraw(le);
		return;
	}
	for (; before > cursor; before--)
		out(le, "\b");
	le->out(le, le->line + before, cursor - before);
}

static size_t word_start(const struct lineedit *le)
{
	size_t at = le->cursor;

	while (at && le->line[at - 1] == ' ')
		at--;
	while (at && le->line[at - 1] != ' ')
		at--;
	return at;
}

/* --- history ---------------------------------------------------------------- */

static char *history_entry(struct lineedit *le, unsigned int back)
{
	return le->history[(le->nr_history - back) % LINEEDIT_HISTORY];
}

/* Neither empty lines nor the same one twice in a row are worth it. */
static void remember(struct lineedit *le)
{
	if (!le->length || (le->nr_history && !strcmp(le->line, history_entry(le, 1))))
		return;
	strcpy(le->history[le->nr_history % LINEEDIT_HISTORY], le->line);
	le->nr_history++;
}

static void show_history(struct lineedit *le, unsigned int back)
{
	if (back > min_t(unsigned int, le->nr_history, LINEEDIT_HISTORY))
		return;
	if (!le->back)
		strcpy(le->draft, le->line);
	le->back = back;
	set_line(le, back ? history_entry(le, back) : le->draft);
	lineedit_redraw(le);
}

/* --- keys ------------------------------------------------------------------- */

static enum lineedit_result finish(struct lineedit *le)
{
	bool all_shown = !le->left && le->length <= room(le);

	if (!all_shown) {
		out(le, "\r");
		out(le, le->prompt);
		out(le, le->line);
	}
	out(le, "\n");
	if (le->overflowed)
		return LINEEDIT_TOO_LONG;
	remember(le);
	return LINEEDIT_LINE;
}

static void cursor_key(struct lineedit *le, u8 final)
{
	switch (final) {
	case 'A':
		show_history(le, le->back + 1);
		break;
	case 'B':
		if (le->back)
			show_history(le, le->back - 1);
		break;
	case 'C':
		move_to(le, min(le->cursor + 1, le->length));
		break;
	case 'D':
		move_to(le, le->cursor ? le->cursor - 1 : 0);
		break;
	case 'F':
		move_to(le, le->length);
		break;
	case 'H':
		move_to(le, 0);
		break;
	}
}

/* "ESC [ n ~" */
static void numbered_key(struct lineedit *le, unsigned int number)
{
	switch (number) {
	case 1:
	case 7:
		cursor_key(le, 'H');
		break;
	case 3:
		erase(le, le->cursor, min(le->cursor + 1, le->length));
		break;
	case 4:
	case 8:
		cursor_key(le, 'F');
		break;
	}
}

static void control_key(struct lineedit *le, u8 byte)
{
	static const struct {
		u8 control, key;
	} same[] = {
		{ CTRL('A'), 'H' }, { CTRL('B'), 'D' }, { CTRL('E'), 'F' },
		{ CTRL('F'), 'C' }, { CTRL('N'), 'B' }, { CTRL('P'), 'A' },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(same); i++)
		if (byte == same[i].control)
			cursor_key(le, same[i].key);

	switch (byte) {
	case CTRL('C'):
		out(le, "^C\n");
		lineedit_begin(le);
		break;
	case CTRL('D'):
		numbered_key(le, 3);
		break;
	case CTRL('H'):
	case DEL:
		erase(le, le->cursor ? le->cursor - 1 : 0, le->cursor);
		break;
	case CTRL('I'):
		if (le->complete)
			le->complete(le);
		break;
	case CTRL('K'):
		erase(le, le->cursor, le->length);
		break;
	case CTRL('L'):
		out(le, "\x1b[H\x1b[2J");
		lineedit_redraw(le);
		break;
	case CTRL('U'):
		erase(le, 0, le->cursor);
		break;
	case CTRL('W'):
		erase(le, word_start(le), le->cursor);
		break;
	}
}

/* --- escape sequences ------------------------------------------------------- */

/* One byte of "ESC [ parameters final"; the keys that we know have one parameter. */
static void csi_byte(struct lineedit *le, u8 byte)
{
	if (byte >= '0' && byte <= '9') {
		if (!le->parameter_done && le->parameter < 100)
			le->parameter = le->parameter * 10 + byte - '0';
		return;
	}
	if (byte < '@') {
		le->parameter_done = true;
		return;
	}
	/* The Linux console sends "ESC [ [ A" for F1. */
	le->state = byte == '[' ? LINEEDIT_DISCARD : LINEEDIT_PLAIN;
	if (byte == '~')
		numbered_key(le, le->parameter);
	else
		cursor_key(le, byte);
}

static void escape_byte(struct lineedit *le, u8 byte)
{
	switch (le->state) {
	case LINEEDIT_ESCAPE:
		le->parameter = 0;
		le->parameter_done = false;
		le->state = byte == '['	  ? LINEEDIT_CSI
			    : byte == 'O' ? LINEEDIT_SS3
					  : LINEEDIT_PLAIN;
		break;
	case LINEEDIT_CSI:
		csi_byte(le, byte);
		break;
	case LINEEDIT_SS3:
		le->state = LINEEDIT_PLAIN;
		cursor_key(le, byte);
		break;
	default:
		le->state = LINEEDIT_PLAIN;
		break;
	}
}

enum lineedit_result lineedit_feed(struct lineedit *le, u8 byte)
{
	bool after_cr = le->after_cr;

	le->after_cr = byte == '\r';
	if (byte == ESC) {
		le->state = LINEEDIT_ESCAPE;
	} else if (byte < ' ' || byte == DEL) {
		/* A control character ends a sequence that was cut short. */
		le->state = LINEEDIT_PLAIN;
		if (byte == '\r' || (byte == '\n' && !after_cr))
			return finish(le);
		if (byte != '\n')
			control_key(le, byte);
	} else if (le->state != LINEEDIT_PLAIN) {
		escape_byte(le, byte);
	} else if (byte < DEL) {
		lineedit_insert(le, (const char *)&byte, 1);
	}
	return LINEEDIT_MORE;
}
