// SPDX-License-Identifier: MIT
/* Traces of realistic shape, replayed: tests/mm/traces; and the replay itself. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "slab_test.h"
#include "trace_replay.h"

static struct trace_result result;

static const struct trace {
	const char *name, *text, *end;
	unsigned long operations, most_live; /* at least: it is the trace that is meant */
} replayed[] = {
	{ "webserver", trace_webserver, trace_webserver_end, 2500, 80 },
	{ "compiler", trace_compiler, trace_compiler_end, 1800, 300 },
	{ "filesystem", trace_filesystem, trace_filesystem_end, 3000, 150 },
};
KUNIT_ARRAY_PARAM_DESC(trace, replayed, name);

static void replay_trace(struct kunit *test, const struct trace *trace)
{
	unsigned long before = mm_free_pages(NULL);
	bool sound = trace_replay(trace->text, trace->end - trace->text, &result);

	KUNIT_EXPECT_TRUE_MSG(test, sound, "line %lu: %s", result.line, result.error);
	KUNIT_EXPECT_GE(test, result.operations, trace->operations);
	KUNIT_EXPECT_GE(test, result.most_live, trace->most_live);
	KUNIT_EXPECT_EQ(test, result.live, 0);
	KUNIT_EXPECT_EQ(test, result.bytes, 0);
	if (before > 2000)
		KUNIT_EXPECT_EQ(test, result.refused, 0);
	KUNIT_EXPECT_GE(test, result.most_pages << PAGE_SHIFT, result.most_bytes - PAGE_SIZE);
	slab_shrink_all();
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before);
}

static void replay_compiler(struct kunit *test)
{
	replay_trace(test, &replayed[1]);
}

static void replay(struct kunit *test)
{
	replay_trace(test, test->param_value);
}

/* With too little memory for it the trace comes to its end all the same. */
static void replay_under_pressure(struct kunit *test)
{
	const struct trace *trace = test->param_value;
	struct zone *zone;
	bool sound;

	for_each_zone(zone)
		mm_hide_down_to(zone,
				min_wmark_pages(zone) + zone->lowmem_reserve[ZONE_NORMAL] + 8);
	sound = trace_replay(trace->text, trace->end - trace->text, &result);
	/* What the replay itself needs may be what is missing. */
	if (!sound)
		KUNIT_EXPECT_STREQ(test, result.error, "no memory for the replay itself");
	else
		KUNIT_EXPECT_GE(test, result.operations, trace->operations);
}

/* --- the replay itself --------------------------------------------------------------------------- */

static bool replay_text(const char *text)
{
	return trace_replay(text, strlen(text), &result);
}

static void format(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, replay_text("# a comment\n"
					    "\n"
					    "a 7 100  # one block\r\n"
					    "  a 4294967295 20000\n"
					    "\tr 7 200\n"
					    "a 3 0\n"
					    "r 3 5\n"
					    "f 7\n"
					    "a 7 8\n"
					    "r 7 0\n"
					    "f 3"));
	KUNIT_EXPECT_EQ(test, result.operations, 9);
	KUNIT_EXPECT_EQ(test, result.line, 11);
	KUNIT_EXPECT_EQ(test, result.most_live, 3);
	KUNIT_EXPECT_EQ(test, result.most_bytes, 20205);
	/* What was not freed is said, and is freed. */
	KUNIT_EXPECT_EQ(test, result.live, 2);
	KUNIT_EXPECT_EQ(test, result.bytes, 20000);
	KUNIT_EXPECT_TRUE(test, replay_text(""));
	KUNIT_EXPECT_EQ(test, result.operations, 0);
}

static const struct bad_text {
	const char *name, *text;
	unsigned long line;
	const char *error;
} bad_texts[] = {
	{ "letter", "a 1 8\nx 1\n", 2, "an operation is a, r or f" },
	{ "no_size", "a 1\n", 1, "not \"a ID SIZE\" or \"r ID SIZE\"" },
	{ "no_id", "f\n", 1, "not \"f ID\"" },
	{ "no_number", "f one\n", 1, "not \"f ID\"" },
	{ "negative", "a 1 -8\n", 1, "not \"a ID SIZE\" or \"r ID SIZE\"" },
	{ "33_bits", "a 4294967296 8\n", 1, "not \"a ID SIZE\" or \"r ID SIZE\"" },
	{ "too_much", "a 1 8 9\n", 1, "more than an operation in the line" },
	{ "id_twice", "\na 1 8\na 1 8\n", 3, "a live block has this ID" },
	{ "unknown_id", "a 1 8\nf 2\n", 2, "no live block has this ID" },
	{ "freed_twice", "a 1 8\nf 1\nf 1\n", 3, "no live block has this ID" },
	{ "resized_when_freed", "a 1 8\nf 1\nr 1 9\n", 3, "no live block has this ID" },
};

static void bad_format(struct kunit *test)
{
	const struct bad_text *bad;

	for (bad = bad_texts; bad < bad_texts + ARRAY_SIZE(bad_texts); bad++) {
		KUNIT_EXPECT_FALSE_MSG(test, replay_text(bad->text), "%s", bad->name);
		KUNIT_EXPECT_STREQ(test, result.error, bad->error);
		KUNIT_EXPECT_EQ_MSG(test, result.line, bad->line, "%s", bad->name);
	}
}

/* What cannot be had is no error of the trace. */
static void refused(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test,
			  replay_text("a 1 8\na 2 4294967295\nr 1 4294967295\nr 2 5\nf 2\nf 1\n"));
	KUNIT_EXPECT_EQ(test, result.refused, 2);
	KUNIT_EXPECT_EQ(test, result.most_bytes, 13);
}

static struct kunit_case slab_traces_cases[] = {
	KUNIT_CASE_SLOW(replay_compiler),
	KUNIT_CASE_PARAM_ATTR(replay, trace_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_SLOW(format),
	KUNIT_CASE_SLOW(bad_format),
	KUNIT_CASE(refused),
	KUNIT_CASE_PARAM_ATTR(replay_under_pressure, trace_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	{},
};

static struct kunit_suite slab_traces_suite = {
	.name = "slab_traces",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = slab_traces_cases,
};
kunit_test_suite(slab_traces_suite);
