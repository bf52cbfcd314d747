// SPDX-License-Identifier: MIT
/* printk: levels, lines, the log, consoles, once-only and rate-limited messages. */
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/sched/clock.h>
#include <memkern/kunit_extra.h>
#include <memkern/report.h>
#include "capture.h"

static void levels_below_the_loglevel_are_shown(struct kunit *test)
{
	int before = console_loglevel;

	capture_begin(test, &capture);
	console_loglevel = 7;
	printk(KERN_DEBUG "debug at 7\n");
	pr_info("info at 7\n");
	console_loglevel = 4;
	pr_warn("warning at 4\n");
	pr_err("error at 4\n");
	console_loglevel = 0;
	pr_emerg("emergency at 0\n");
	console_loglevel = before;
	capture_end(test, &capture);
	KUNIT_EXPECT_STREQ(test, capture.text, "info at 7\nerror at 4\n");
}

static void no_level_is_warning(struct kunit *test)
{
	int before = console_loglevel;

	capture_begin(test, &capture);
	console_loglevel = LOGLEVEL_WARNING;
	printk("hidden\n");
	console_loglevel = LOGLEVEL_WARNING + 1;
	printk("shown\n");
	console_loglevel = before;
	capture_end(test, &capture);
	KUNIT_EXPECT_STREQ(test, capture.text, "shown\n");
}

static void cont_goes_on_with_its_line(struct kunit *test)
{
	capture_begin(test, &capture);
	pr_info("one");
	pr_cont(", two");
	pr_cont("\n");
	pr_info("open");
	pr_info("new\n");
	capture_end(test, &capture);
	KUNIT_EXPECT_STREQ(test, capture.text, "one, two\nopen\nnew\n");
}

static void a_hidden_line_is_hidden_to_its_end(struct kunit *test)
{
	capture_begin(test, &capture);
	printk(KERN_DEBUG "hidden");
	pr_cont(" and its rest\nshown?");
	pr_cont("\n");
	capture_end(test, &capture);
	KUNIT_EXPECT_STREQ(test, capture.text, "shown?\n");
}

/* What the monitor has on the screen, a prompt for instance, is not continued. */
static void a_message_begins_a_new_row(struct kunit *test)
{
	capture_begin(test, &capture);
	console_write("memkern> ", 9);
	pr_info("message\n");
	capture_end(test, &capture);
	KUNIT_EXPECT_STREQ(test, capture.text, "memkern> \nmessage\n");
}

static void the_length_is_returned(struct kunit *test)
{
	int length;

	capture_begin(test, &capture);
	length = pr_info("%s\n", "12345");
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, length, (int)strlen(KERN_INFO "12345\n"));
}

static void a_long_message_is_cut(struct kunit *test)
{
	static char text[2000];

	memset(text, 'x', sizeof(text) - 1);
	capture_begin(test, &capture);
	pr_info("%s", text);
	pr_cont("\n");
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, strspn(capture.text, "x"), 1023 - strlen(KERN_INFO));
}

static u64 log_end(void)
{
	char line[8];
	u64 position = 0;

	while (log_next_line(&position, line, sizeof(line)) >= 0)
		;
	return position;
}

static void the_log_has_all_levels(struct kunit *test)
{
	char line[64];
	u64 position = log_end();

	capture_begin(test, &capture);
	printk(KERN_DEBUG "not on the console\n");
	pr_err("two\nlines\n");
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, log_next_line(&position, line, sizeof(line)), LOGLEVEL_DEBUG);
	KUNIT_EXPECT_STREQ(test, line, "not on the console");
	KUNIT_EXPECT_EQ(test, log_next_line(&position, line, sizeof(line)), LOGLEVEL_ERR);
	KUNIT_EXPECT_STREQ(test, line, "two");
	KUNIT_EXPECT_EQ(test, log_next_line(&position, line, 4), LOGLEVEL_ERR);
	KUNIT_EXPECT_STREQ_MSG(test, line, "lin", "cut at the size given");
	KUNIT_EXPECT_EQ(test, log_next_line(&position, line, sizeof(line)), -1);
}

static void an_open_line_is_not_in_the_log_yet(struct kunit *test)
{
	char line[64];
	u64 position = log_end();
	int before, after;

	capture_begin(test, &capture);
	pr_info("half");
	before = log_next_line(&position, line, sizeof(line));
	pr_cont(" and half\n");
	capture_end(test, &capture);
	after = log_next_line(&position, line, sizeof(line));
	KUNIT_EXPECT_EQ(test, before, -1);
	KUNIT_EXPECT_EQ(test, after, LOGLEVEL_INFO);
	KUNIT_EXPECT_STREQ(test, line, "half and half");
}

/* Slow, for it costs the log its memory of the boot. */
static void a_full_log_drops_whole_lines(struct kunit *test)
{
	char line[64];
	u64 position = 0;
	unsigned int first = 0, next, i;

	capture_begin(test, &capture);
	for (i = 0; i < 5000; i++)
		pr_info("log filler line number %u\n", i);
	capture_end(test, &capture);
	KUNIT_ASSERT_EQ(test, log_next_line(&position, line, sizeof(line)), LOGLEVEL_INFO);
	KUNIT_ASSERT_EQ(test, strncmp(line, "log filler line number ", 23), 0);
	KUNIT_ASSERT_EQ(test, kstrtouint(line + 23, 10, &first), 0);
	for (i = first + 1; i < 5000; i++) {
		KUNIT_ASSERT_EQ(test, log_next_line(&position, line, sizeof(line)), LOGLEVEL_INFO);
		KUNIT_ASSERT_EQ(test, kstrtouint(line + 23, 10, &next), 0);
		KUNIT_ASSERT_EQ(test, next, i);
	}
	/* "<6>log filler line number 1234\n" is 31 bytes. */
	KUNIT_EXPECT_EQ(test, 5000 - first, 64 * 1024 / 31);
}

/* A console that remembers its last line. */
struct last_line {
	struct console con;
	unsigned int lines;
	size_t n;
	char open[128];
	char last[128];
};

static void keep_last_line(struct console *con, const char *s, size_t n)
{
	struct last_line *keeper = container_of(con, struct last_line, con);

	for (; n; n--, s++) {
		if (*s == '\n') {
			keeper->open[keeper->n] = '\0';
			strcpy(keeper->last, keeper->open);
			keeper->n = 0;
			keeper->lines++;
		} else if (keeper->n < sizeof(keeper->open) - 1) {
			keeper->open[keeper->n++] = *s;
		}
	}
}

static void a_new_console_is_shown_the_log(struct kunit *test)
{
	static struct last_line late;
	unsigned int lines = 0;
	u64 position = 0;
	char line[8];
	int level;

	late = (struct last_line){
		.con = { .name = "late", .write = keep_last_line, .flags = CON_PRINTBUFFER }
	};
	capture_begin(test, &capture);
	pr_info("the last line before\n");
	printk(KERN_DEBUG "too unimportant for a console\n");
	register_console(&late.con);
	unregister_console(&late.con);
	capture_end(test, &capture);
	while ((level = log_next_line(&position, line, sizeof(line))) >= 0)
		lines += level < console_loglevel;
	KUNIT_EXPECT_EQ(test, late.lines, lines);
	KUNIT_EXPECT_STREQ(test, late.last, "the last line before");
	KUNIT_EXPECT_EQ(test, unregister_console(&late.con), -ENODEV);
}

/* Registered while the suite runs. */
static struct last_line second = { .con = { .name = "second", .write = keep_last_line } };

static int register_second(struct kunit_suite *suite)
{
	register_console(&second.con);
	return 0;
}

static void unregister_second(struct kunit_suite *suite)
{
	unregister_console(&second.con);
}

/* With a parameter, because KUnit then prints a line right before the case. */
static const void *one_param(const void *prev, char *desc)
{
	return prev ? NULL : &second;
}

static void every_console_gets_every_message(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, second.last,
			   "        # Subtest: every_console_gets_every_message");
}

static unsigned int written, written_atomically;

static void count_write(struct console *con, const char *s, size_t n)
{
	written++;
}

static void count_atomic_write(struct console *con, const char *s, size_t n)
{
	written_atomically++;
}

/* Only what is written with interrupts on may be left to one. */
static void with_interrupts_off_nothing_is_left_for_later(struct kunit *test)
{
	static struct console con = { .write = count_write, .write_atomic = count_atomic_write };
	struct console *before = console_redirect(&con);
	unsigned int on, off;
	unsigned long flags;

	written = written_atomically = 0;
	pr_info("with interrupts on\n");
	console_write("on", 2);
	on = written_atomically;
	local_irq_save(flags);
	pr_info("with interrupts off\n");
	off = written_atomically;
	console_write("off", 3);
	local_irq_restore(flags);
	pr_info("on again\n");
	console_redirect(before);
	KUNIT_EXPECT_EQ(test, on, 0);
	KUNIT_EXPECT_GE(test, off, 1);
	KUNIT_EXPECT_EQ(test, written_atomically, off + 1);
	KUNIT_EXPECT_GE(test, written, 3);
}

static void write_and_complain(struct console *con, const char *s, size_t n)
{
	static bool complaining;

	capture_write(con, s, n);
	if (complaining)
		return;
	complaining = true;
	pr_info("from within\n");
	complaining = false;
}

static void a_message_from_within_a_message_comes_out(struct kunit *test)
{
	capture_begin(test, &capture);
	capture.con.write = write_and_complain;
	pr_info("outer\n");
	capture_end(test, &capture);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "outer\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "from within\n"));
}

static char *volatile nowhere;

static void write_and_fault(struct console *con, const char *s, size_t n)
{
	*nowhere = *s;
}

static void an_oops_within_a_message_comes_out(struct kunit *test)
{
	capture_begin(test, &capture);
	capture.con.write = write_and_fault;
	pr_info("never seen\n");
}

static void a_panic_does_not_care_for_redirection(struct kunit *test)
{
	capture_begin(test, &capture);
	panic("the consoles were redirected");
}

static void say_once(void)
{
	pr_info_once("once\n");
}

static void once_is_once_until_reset(struct kunit *test)
{
	capture_begin(test, &capture);
	report_reset_once();
	say_once();
	say_once();
	report_reset_once();
	say_once();
	capture_end(test, &capture);
	KUNIT_EXPECT_STREQ(test, capture.text, "once\nonce\n");
}

static void the_first_burst_passes(struct kunit *test)
{
	DEFINE_RATELIMIT_STATE(state, 3600 * HZ, 3);
	int i;

	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, __ratelimit(&state), 1);
	KUNIT_EXPECT_EQ(test, __ratelimit(&state), 0);
	KUNIT_EXPECT_EQ(test, __ratelimit(&state), 0);
	KUNIT_EXPECT_EQ(test, state.missed, 2);
	report_reset_once();
	KUNIT_EXPECT_EQ(test, __ratelimit(&state), 1);
}

static void a_new_window_tells_what_was_missed(struct kunit *test)
{
	DEFINE_RATELIMIT_STATE(state, HZ / 100, 1);
	int first, second, third;
	u64 start;

	first = __ratelimit(&state);
	second = __ratelimit(&state);
	start = sched_clock();
	while (sched_clock() - start < 20000000)
		;
	capture_begin(test, &capture);
	third = __ratelimit(&state);
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, first, 1);
	KUNIT_EXPECT_EQ(test, second, 0);
	KUNIT_EXPECT_EQ(test, third, 1);
	KUNIT_EXPECT_STREQ(test, capture.text,
			   "a_new_window_tells_what_was_missed: 1 callbacks suppressed\n");
}

static void no_interval_no_limit(struct kunit *test)
{
	DEFINE_RATELIMIT_STATE(state, 0, 1);

	KUNIT_EXPECT_EQ(test, __ratelimit(&state), 1);
	KUNIT_EXPECT_EQ(test, __ratelimit(&state), 1);
}

static void the_clock_goes_forward(struct kunit *test)
{
	u64 before = sched_clock(), after, loops = 0;

	do
		after = sched_clock();
	while (after - before < 1000000 && ++loops < 100000000);
	KUNIT_EXPECT_GE(test, after - before, 1000000ULL);
}

static const u8 bytes[] = "0123456789abcde\x7f\x01z";

static void hex_dump_lines(struct kunit *test)
{
	char line[128];
	int n;

	n = hex_dump_to_buffer(bytes, 4, 16, 1, line, sizeof(line), false);
	KUNIT_EXPECT_STREQ(test, line, "30 31 32 33");
	KUNIT_EXPECT_EQ(test, n, 11);
	hex_dump_to_buffer(bytes, 8, 16, 4, line, sizeof(line), false);
	KUNIT_EXPECT_STREQ(test, line, "33323130 37363534");
	hex_dump_to_buffer(bytes, 6, 16, 4, line, sizeof(line), false);
	KUNIT_EXPECT_STREQ_MSG(test, line, "30 31 32 33 34 35", "no whole groups: bytes");
	hex_dump_to_buffer(bytes, 16, 16, 1, line, sizeof(line), true);
	KUNIT_EXPECT_STREQ(test, line,
			   "30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 7f  0123456789abcde.");
	n = hex_dump_to_buffer(bytes, 4, 16, 1, line, 6, false);
	KUNIT_EXPECT_STREQ(test, line, "30 31");
	KUNIT_EXPECT_EQ_MSG(test, n, 11, "the length that it would have");
}

static void hex_dump_of_several_lines(struct kunit *test)
{
	capture_begin(test, &capture);
	print_hex_dump(KERN_INFO, "Object ", DUMP_PREFIX_OFFSET, 16, 1, bytes, 18, true);
	capture_end(test, &capture);
	KUNIT_EXPECT_STREQ(
		test, capture.text,
		"Object 00000000: 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 7f  "
		"0123456789abcde.\n"
		"Object 00000010: 01 7a                                            .z\n");
}

static struct kunit_case printk_cases[] = {
	KUNIT_CASE(levels_below_the_loglevel_are_shown),
	KUNIT_CASE_PARAM_ATTR(every_console_gets_every_message, one_param,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE(with_interrupts_off_nothing_is_left_for_later),
	KUNIT_CASE(no_level_is_warning),
	KUNIT_CASE(cont_goes_on_with_its_line),
	KUNIT_CASE(a_hidden_line_is_hidden_to_its_end),
	KUNIT_CASE(a_message_begins_a_new_row),
	KUNIT_CASE(the_length_is_returned),
	KUNIT_CASE(a_long_message_is_cut),
	KUNIT_CASE(the_log_has_all_levels),
	KUNIT_CASE(an_open_line_is_not_in_the_log_yet),
	KUNIT_CASE_SLOW(a_new_console_is_shown_the_log),
	KUNIT_CASE(a_message_from_within_a_message_comes_out),
	KUNIT_CASE_OOPS(an_oops_within_a_message_comes_out, "NULL pointer dereference"),
	KUNIT_CASE_OOPS(a_panic_does_not_care_for_redirection, "the consoles were redirected"),
	KUNIT_CASE(once_is_once_until_reset),
	KUNIT_CASE(hex_dump_lines),
	KUNIT_CASE(hex_dump_of_several_lines),
	KUNIT_CASE_SLOW(a_full_log_drops_whole_lines),
	{},
};

static struct kunit_suite printk_suite = {
	.name = "printk",
	.suite_init = register_second,
	.suite_exit = unregister_second,
	.test_cases = printk_cases,
};

/* Slow: the clock is calibrated. */
static struct kunit_case ratelimit_cases[] = {
	KUNIT_CASE(the_first_burst_passes),
	KUNIT_CASE(a_new_window_tells_what_was_missed),
	KUNIT_CASE(no_interval_no_limit),
	KUNIT_CASE(the_clock_goes_forward),
	{},
};

static struct kunit_suite ratelimit_suite = {
	.name = "ratelimit",
	.test_cases = ratelimit_cases,
	.attr.speed = KUNIT_SPEED_SLOW,
};

kunit_test_suites(&printk_suite, &ratelimit_suite);
