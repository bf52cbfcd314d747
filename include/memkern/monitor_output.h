/* SPDX-License-Identifier: MIT */
/* What the monitor's listings share, whatever they list: their form for people and for programs. */
#ifndef _MEMKERN_MONITOR_OUTPUT_H
#define _MEMKERN_MONITOR_OUTPUT_H

#include <linux/types.h>

/* The arguments of "%lu page%s". */
#define COUNTED(nr) (nr), (nr) == 1 ? "" : "s"

/*
 * ANSI colours; what they say can be read without them as well. With colour=off on the
 * command line, for a reader that is no terminal, colour() leaves them out: ask it for each.
 */
#define COLOUR_OFF    "\x1b[0m"
#define COLOUR_RED    "\x1b[31m"
#define COLOUR_YELLOW "\x1b[33m"
#define COLOUR_GREEN  "\x1b[32m"
const char *colour(const char *sequence);

/* Takes a word out of the arguments, "--json" for one; was it there? */
bool take_word(int *argc, char **argv, const char *word);
bool take_json(int *argc, char **argv);
/* For a command without any other argument: 0, or -EINVAL after the usage. */
int listing_arguments(int argc, char **argv, bool *json);

/* One JSON object a line: begin, fields, end. Strings hold nothing to be escaped. */
void json_begin(void);
void json_number(const char *name, u64 value);
void json_signed(const char *name, s64 value);
void json_text(const char *name, const char *value);
void json_bool(const char *name, bool value);
void json_array(const char *name, const long *values, unsigned int nr);
void json_end(void);

#endif
