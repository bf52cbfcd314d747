/* SPDX-License-Identifier: MIT */
/*
 * The line editor: bytes as a terminal sends them go in, bytes that it shows come
 * out through `out`, and a finished line lies in `line`. See lineedit.c.
 */
#ifndef _KERNEL_LINEEDIT_H
#define _KERNEL_LINEEDIT_H

#include <linux/types.h>
#include <memkern/monitor.h>

#define LINEEDIT_MAX	 MONITOR_LINE_MAX
#define LINEEDIT_HISTORY 32
#define LINEEDIT_COLUMNS 80

enum lineedit_result {
	LINEEDIT_MORE,	   /* the line is not finished */
	LINEEDIT_LINE,	   /* it is: read it, then lineedit_begin() the next */
	LINEEDIT_TOO_LONG, /* it is, but did not fit: the same, and do not believe it */
};

enum lineedit_state {
	LINEEDIT_PLAIN,
	LINEEDIT_ESCAPE,  /* after ESC */
	LINEEDIT_CSI,	  /* after ESC [ */
	LINEEDIT_SS3,	  /* after ESC O */
	LINEEDIT_DISCARD, /* one byte more, which means nothing to us */
};

struct lineedit {
	const char *prompt;
	void (*out)(struct lineedit *le, const char *s, size_t n);
	void (*complete)(struct lineedit *le); /* Tab; may be NULL */

	char line[LINEEDIT_MAX + 1]; /* always ends with NUL */
	size_t length;
	size_t cursor; /* <= length */
	size_t left;   /* the first character shown, <= cursor */
	bool overflowed;

	enum lineedit_state state;
	unsigned int parameter; /* first number of a CSI sequence */
	bool parameter_done;
	bool after_cr; /* a LF right now belongs to the CR before it */

	/* Entry n is in history[n % LINEEDIT_HISTORY]; nr_history were ever entered. */
	char history[LINEEDIT_HISTORY][LINEEDIT_MAX + 1];
	unsigned int nr_history;
	unsigned int back;	      /* how many lines back the one shown is; 0: the new one */
	char draft[LINEEDIT_MAX + 1]; /* the new one, while an old one is shown */
};

/* Starts a line: empties it and shows the prompt. A struct lineedit begins zeroed. */
void lineedit_begin(struct lineedit *le);

enum lineedit_result lineedit_feed(struct lineedit *le, u8 byte);

/* For the completion: text at the cursor; the line again after something else was shown. */
void lineedit_insert(struct lineedit *le, const char *text, size_t n);
void lineedit_redraw(struct lineedit *le);
void lineedit_bell(struct lineedit *le);

#endif
