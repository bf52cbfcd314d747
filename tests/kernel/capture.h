/* SPDX-License-Identifier: MIT */
/*
 * Output for a test to look at: between begin and end, everything that goes to the
 * consoles goes into `text` instead. What a case expects of it comes after the end,
 * or its failures would be captured too; a case that is aborted between ends it as well.
 */
#ifndef _TESTS_KERNEL_CAPTURE_H
#define _TESTS_KERNEL_CAPTURE_H

#include <linux/container_of.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <kunit/test.h>
#include <memkern/console.h>

struct capture {
	struct console con;
	struct console *before;
	size_t n;
	char text[8192];
};

static inline void capture_write(struct console *con, const char *s, size_t n)
{
	struct capture *capture = container_of(con, struct capture, con);

	n = min(n, sizeof(capture->text) - 1 - capture->n);
	memcpy(capture->text + capture->n, s, n);
	capture->n += n;
	capture->text[capture->n] = '\0';
}

static inline void capture_stop(void *capture)
{
	console_redirect(((struct capture *)capture)->before);
}

static inline void capture_begin(struct kunit *test, struct capture *capture)
{
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, capture_stop, capture), 0);
	capture->con = (struct console){ .name = "capture", .write = capture_write };
	capture->n = 0;
	capture->text[0] = '\0';
	capture->before = console_redirect(&capture->con);
}

static inline void capture_end(struct kunit *test, struct capture *capture)
{
	kunit_release_action(test, capture_stop, capture);
}

#endif
