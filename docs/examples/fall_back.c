// SPDX-License-Identifier: MIT
/*
 * Living with failure: fall back to less.
 *
 * A buffer of 128 KiB makes the log fast; with 16 KiB it is slow, but right. So the driver asks
 * for what it likes best, and, refused, for half of it, down to what it cannot do without.
 * Large blocks are refused long before memory runs out, since their pages must lie together:
 * each halving is much easier to get.
 *
 * All but the last request say that there is another way: __GFP_NORETRY, so that the
 * allocator does not turn everything over for a wish, and __GFP_NOWARN. The last one is meant.
 */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../../tests/mm/shortage.h"

#define BUFFER_BEST  (128 << 10)
#define BUFFER_LEAST (16 << 10)

struct log {
	size_t size, used;
	unsigned long flushes;
	u64 written; /* a sum of all bytes that have left the buffer */
	char *buffer;
};

static int log_open(struct log *log)
{
	*log = (struct log){ .size = BUFFER_BEST };
	for (; log->size > BUFFER_LEAST; log->size /= 2) {
		log->buffer = kmalloc(log->size, GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);
		if (log->buffer)
			return 0;
	}
	log->buffer = kmalloc(log->size, GFP_KERNEL);
	return log->buffer ? 0 : -ENOMEM;
}

static void log_flush(struct log *log)
{
	size_t i;

	for (i = 0; i < log->used; i++)
		log->written += log->buffer[i];
	log->used = 0;
	log->flushes++;
}

static void log_close(struct log *log)
{
	log_flush(log);
	kfree(log->buffer);
}

/* Right whatever the size that was to be had. */
static void log_write(struct log *log, const char *text, size_t length)
{
	while (length) {
		size_t part = min(length, log->size - log->used);

		memcpy(log->buffer + log->used, text, part);
		log->used += part;
		text += part;
		length -= part;
		if (log->used == log->size)
			log_flush(log);
	}
}

/* --- the test ----------------------------------------------------------------------------------- */

static void as_much_as_there_is(struct kunit *test)
{
	static const struct {
		unsigned long pages;
		size_t size;
	} rows[] = {
		{ 64, 128 << 10 }, { 32, 128 << 10 }, { 31, 64 << 10 }, { 16, 64 << 10 },
		{ 9, 32 << 10 },   { 7, 16 << 10 },   { 4, 16 << 10 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct log log;

		shortage_begin(rows[i].pages);
		KUNIT_EXPECT_EQ(test, log_open(&log), 0);
		KUNIT_EXPECT_EQ_MSG(test, log.size, rows[i].size, "%lu pages", rows[i].pages);
		log_close(&log);
		shortage_end();
	}
}

static void less_is_slower_but_right(struct kunit *test)
{
	struct log large, small;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, log_open(&large), 0);
	shortage_begin(4);
	KUNIT_ASSERT_EQ(test, log_open(&small), 0);
	for (i = 0; i < 5000; i++) {
		log_write(&large, "a line of the log\n", 18);
		log_write(&small, "a line of the log\n", 18);
	}
	log_close(&small);
	shortage_end();
	log_close(&large);
	KUNIT_EXPECT_LT(test, large.flushes, small.flushes);
	KUNIT_EXPECT_EQ(test, large.written, small.written);
}

/* Only the last request is reported. */
static void not_even_the_least(struct kunit *test)
{
	struct log log;

	shortage_begin(3);
	kunit_expect_report(test, "page allocation failure: order:2");
	KUNIT_EXPECT_EQ(test, log_open(&log), -ENOMEM);
	shortage_end();
}

static struct kunit_case fall_back_cases[] = {
	KUNIT_CASE(as_much_as_there_is),
	KUNIT_CASE_SLOW(less_is_slower_but_right),
	KUNIT_CASE(not_even_the_least),
	{},
};

static struct kunit_suite fall_back_suite = {
	.name = "example_fall_back",
	.init = shortage_init,
	.exit = shortage_exit,
	.test_cases = fall_back_cases,
};
kunit_test_suite(fall_back_suite);
