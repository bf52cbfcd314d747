/* SPDX-License-Identifier: MIT */
/*
 * Output for a test to look at: between begin and end, everything that goes to the
 * consoles goes into `capture.text` instead. What a case expects of it comes after the
 * end, or its failures would be captured too; a case that is aborted between ends it as well.
 * All cases share the buffer: it holds what was captured last.
 */
#ifndef _TESTS_KERNEL_CAPTURE_H
#define _TESTS_KERNEL_CAPTURE_H

#include <linux/container_of.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <kunit/test.h>
#include <memkern/console.h>
#include <memkern/kunit_extra.h>

struct capture {
	struct console con;
	struct console *before;
	bool active;
	size_t n;
	char text[8192];
};

extern struct capture capture;

static inline void capture_write(struct console *con, const char *s, size_t n)
{
	struct capture *capture = container_of(con, struct capture, con);

	n = min(n, sizeof(capture->text) - 1 - capture->n);
	memcpy(capture->text + capture->n, s, n);
	capture->n += n;
	capture->text[capture->n] = '\0';
}

static inline void capture_stop(void *data)
{
	struct capture *capture = data;

	console_redirect(capture->before);
	capture->active = false;
}

static inline void capture_begin(struct kunit *test, struct capture *capture)
{
	KUNIT_ASSERT_FALSE_MSG(test, capture->active, "captures do not nest");
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, capture_stop, capture), 0);
	capture->con = (struct console){ .name = "capture", .write = capture_write };
	capture->active = true;
	capture->n = 0;
	capture->text[0] = '\0';
	capture->before = console_redirect(&capture->con);
}

static inline void capture_end(struct kunit *test, struct capture *capture)
{
	kunit_release_action(test, capture_stop, capture);
}

/* Runs cases from within, captured: what KUnit says of them, and what they printed. */
static inline struct kunit_totals capture_cases(struct kunit *test, struct capture *capture,
						struct kunit_case *cases)
{
	struct kunit_suite suite = { .name = "inner", .test_cases = cases };
	struct kunit_suite *suites[] = { &suite };
	const struct kunit_selection all = { KUNIT_MODE_ALL, NULL };
	struct kunit_totals totals = { 0 };

	capture_begin(test, capture);
	kunit_run_suites(suites, 1, &all, &totals);
	capture_end(test, capture);
	return totals;
}

/* The same of one case; how many failed. */
static inline unsigned int capture_inner(struct kunit *test, struct capture *capture,
					 void (*inner)(struct kunit *test))
{
	struct kunit_case cases[] = {
		{ .run_case = inner, .name = "inner" },
		{},
	};

	return capture_cases(test, capture, cases).failed;
}

#endif
