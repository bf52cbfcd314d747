/* SPDX-License-Identifier: MIT */
/*
 * Messages. printk() formats one, keeps it in the log (`dmesg` shows it) and
 * writes it to every console if its level is below console_loglevel
 * (`loglevel=N`, 7: all but KERN_DEBUG). Any context, from the first line of C
 * on: what comes before the first console is kept and shown on it.
 *
 * A message ends with '\n'. One that does not leaves its line open: pr_cont()
 * goes on with it, any other message begins a new line.
 */
#ifndef _LINUX_PRINTK_H
#define _LINUX_PRINTK_H

#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/kern_levels.h>
#include <linux/ratelimit_types.h>
#include <linux/stdarg.h>
#include <linux/types.h>

#define MESSAGE_LOGLEVEL_DEFAULT    LOGLEVEL_WARNING
#define CONSOLE_LOGLEVEL_DEFAULT    7
#define CONSOLE_LOGLEVEL_MOTORMOUTH 15

extern int console_loglevel; /* lower levels than this reach the consoles */
extern int oops_in_progress; /* nested reports of the end: locks do not stop them */

/* Both return the length of the message. */
int printk(const char *fmt, ...) __printf(1, 2) __cold;
int vprintk(const char *fmt, va_list args) __printf(1, 0) __cold;

/* For a report of the end: everything is shown, whatever loglevel= said. */
static inline void console_verbose(void)
{
	if (console_loglevel)
		console_loglevel = CONSOLE_LOGLEVEL_MOTORMOUTH;
}

/* From bust_spinlocks(1) to bust_spinlocks(0) a message always comes out. */
void bust_spinlocks(int yes);

/* The calls that led here, in the words of an oops. */
void dump_stack(void);

/* Checks its arguments as printk does, and prints nothing. */
#define no_printk(fmt, ...)                         \
	({                                          \
		if (0)                              \
			printk(fmt, ##__VA_ARGS__); \
		0;                                  \
	})

/* The level that a message begins with ('0' to '7', 'c'), or 0. */
static inline int printk_get_level(const char *message)
{
	if (message[0] != KERN_SOH_ASCII)
		return 0;
	return (message[1] >= '0' && message[1] <= '7') || message[1] == 'c' ? message[1] : 0;
}

static inline const char *printk_skip_level(const char *message)
{
	return printk_get_level(message) ? message + 2 : message;
}

/* A file may define pr_fmt before its includes, to begin all its messages alike. */
#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif

// clang-format off
#define pr_emerg(fmt, ...)	printk(KERN_EMERG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_alert(fmt, ...)	printk(KERN_ALERT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_crit(fmt, ...)	printk(KERN_CRIT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err(fmt, ...)	printk(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...)	printk(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice(fmt, ...)	printk(KERN_NOTICE pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...)	printk(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
#define pr_cont(fmt, ...)	printk(KERN_CONT fmt, ##__VA_ARGS__)

/* Printed only by files that define DEBUG before their includes. */
#ifdef DEBUG
#define pr_debug(fmt, ...)	printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_devel(fmt, ...)	printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#else
#define pr_debug(fmt, ...)	no_printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_devel(fmt, ...)	no_printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#endif
// clang-format on

/* The first time only; kunit_expect_report() makes every first time new. */
#define printk_once(fmt, ...)                                  \
	({                                                     \
		static bool __section(".data.once") __printed; \
		bool __first = !__printed;                     \
		if (__first) {                                 \
			__printed = true;                      \
			printk(fmt, ##__VA_ARGS__);            \
		}                                              \
		__first;                                       \
	})

/* At most DEFAULT_RATELIMIT_BURST in DEFAULT_RATELIMIT_INTERVAL, counted for each place. */
#define printk_ratelimited(fmt, ...)                                            \
	({                                                                      \
		static DEFINE_RATELIMIT_STATE(__rs, DEFAULT_RATELIMIT_INTERVAL, \
					      DEFAULT_RATELIMIT_BURST);         \
		if (__ratelimit(&__rs))                                         \
			printk(fmt, ##__VA_ARGS__);                             \
	})

// clang-format off
#define pr_emerg_once(fmt, ...)		printk_once(KERN_EMERG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_alert_once(fmt, ...)		printk_once(KERN_ALERT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_crit_once(fmt, ...)		printk_once(KERN_CRIT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err_once(fmt, ...)		printk_once(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn_once(fmt, ...)		printk_once(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice_once(fmt, ...)	printk_once(KERN_NOTICE pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info_once(fmt, ...)		printk_once(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)

#define pr_emerg_ratelimited(fmt, ...)	printk_ratelimited(KERN_EMERG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_alert_ratelimited(fmt, ...)	printk_ratelimited(KERN_ALERT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_crit_ratelimited(fmt, ...)	printk_ratelimited(KERN_CRIT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err_ratelimited(fmt, ...)	printk_ratelimited(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn_ratelimited(fmt, ...)	printk_ratelimited(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice_ratelimited(fmt, ...)	printk_ratelimited(KERN_NOTICE pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info_ratelimited(fmt, ...)	printk_ratelimited(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
// clang-format on

/*
 * Memory as hexadecimal bytes, `rowsize` (16 or 32) a line, in groups of
 * `groupsize` (1, 2, 4 or 8) bytes, each group one little-endian number; with
 * `ascii` the characters follow. A line begins with the prefix and, as asked,
 * the address or the offset.
 */
enum {
	DUMP_PREFIX_NONE,
	DUMP_PREFIX_ADDRESS,
	DUMP_PREFIX_OFFSET,
};

void print_hex_dump(const char *level, const char *prefix, int prefix_type, int rowsize,
		    int groupsize, const void *buf, size_t len, bool ascii);

/* One such line without its prefix, cut at `size`; returns its whole length. */
int hex_dump_to_buffer(const void *buf, size_t len, int rowsize, int groupsize, char *line,
		       size_t size, bool ascii);

#define print_hex_dump_bytes(prefix, prefix_type, buf, len) \
	print_hex_dump(KERN_DEBUG, prefix, prefix_type, 16, 1, buf, len, true)

#endif
