/* SPDX-License-Identifier: MIT */
/* What the tests of the monitor's commands on memory share: a line executed, and its capture. */
#ifndef _TESTS_MM_MONITOR_RUN_H
#define _TESTS_MM_MONITOR_RUN_H

#include <linux/kernel.h>
#include <memkern/monitor.h>

#include "../kernel/capture.h"

/* Executes a line; capture.text is what it printed, without colours. */
static inline int run(struct kunit *test, const char *line)
{
	char *to = capture.text, *from = capture.text;
	int result;

	capture_begin(test, &capture);
	result = monitor_execute(line);
	capture_end(test, &capture);
	while (*from) {
		if (*from == '\x1b') {
			while (*from && *from != 'm')
				from++;
			from += *from == 'm';
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
	return result;
}

static inline int __printf(2, 3) runf(struct kunit *test, const char *fmt, ...)
{
	char line[MONITOR_LINE_MAX + 1];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	return run(test, line);
}

static inline bool printed(const char *text)
{
	return strstr(capture.text, text);
}

/* The number behind `name` in the text, from `from` on; ~0 if it is not there. */
static inline u64 number_after(const char *from, const char *name)
{
	const char *at = from ? strstr(from, name) : NULL;

	return at ? simple_strtoull(at + strlen(name), NULL, 0) : ~0ULL;
}

static inline u64 json_field(const char *from, const char *name)
{
	char key[40];

	snprintf(key, sizeof(key), "\"%s\":", name);
	return number_after(from, key);
}

/* The number of the handle that was just printed. */
static inline unsigned int handle_number(void)
{
	return number_after(capture.text, "#");
}

/* A line that makes no sense fails, and is answered by a sentence, or a few. */
static inline void expect_sentences(struct kunit *test, const char *const *lines, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_LT_MSG(test, run(test, lines[i]), 0, "%s", lines[i]);
		KUNIT_EXPECT_GT_MSG(test, strlen(capture.text), 10, "%s", lines[i]);
		KUNIT_EXPECT_STREQ_MSG(test, strrchr(capture.text, '\n') ?: "", "\n", "%s",
				       lines[i]);
	}
}

/* What a person holds is not the tests' to give back. */
static inline void skip_if_handles_are_in_use(struct kunit *test)
{
	run(test, "handles");
	if (strcmp(capture.text, "0 handles, 0 pages, 0 KiB\n"))
		kunit_skip(test, "handles are in use: 'free all' first");
}

#endif
