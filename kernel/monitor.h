/* SPDX-License-Identifier: MIT */
/* The monitor's own: what its files share, and its tests see. */
#ifndef _KERNEL_MONITOR_H
#define _KERNEL_MONITOR_H

#include <memkern/monitor.h>

#define MONITOR_NAME_MAX 32

struct lineedit;

/* The command of exactly this name, or NULL. */
const struct monitor_command *monitor_find(const char *name);

/* The next one by name (NULL: the first), or NULL after the last. */
const struct monitor_command *monitor_next(const char *after);

/* Is the name `words`, or does it begin with these words? */
bool monitor_in_group(const struct monitor_command *command, const char *words);

/* Words of a line; see monitor.c. words has room for MONITOR_ARGS_MAX. */
int monitor_split(char *line, char **words);

/* What Tab does: completes the word before the cursor, or lists what it could become. */
void monitor_complete(struct lineedit *le);

#endif
