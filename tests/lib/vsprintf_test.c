// SPDX-License-Identifier: MIT
/* Formatted output: every format, into buffers that are large enough and that are not. */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/page-flags.h>
#include <linux/string.h>

#define FILL 0x5e

/*
 * In a buffer of that size, the text's beginning with a NUL and no byte behind it; the
 * length of the whole text is returned.
 */
static void prints_in(struct kunit *test, size_t size, const char *expected, const char *fmt,
		      va_list args)
{
	size_t len = strlen(expected), stored = size ? min(len, size - 1) : 0;
	char buf[160];
	va_list copy;

	KUNIT_ASSERT_LE(test, size, sizeof(buf));
	memset(buf, FILL, sizeof(buf));
	va_copy(copy, args);
	KUNIT_EXPECT_EQ(test, vsnprintf(buf, size, fmt, copy), (int)len);
	va_end(copy);
	KUNIT_EXPECT_MEMEQ(test, buf, expected, stored);
	if (size) {
		KUNIT_EXPECT_EQ(test, buf[stored], '\0');
		stored++;
	}
	KUNIT_EXPECT_NULL(test, memchr_inv(buf + stored, FILL, sizeof(buf) - stored));
}

/* Without __printf, since some formats are wrong on purpose. */
static void prints(struct kunit *test, const char *expected, const char *fmt, ...)
{
	size_t len = strlen(expected);
	va_list args;

	va_start(args, fmt);
	prints_in(test, 0, expected, fmt, args);
	prints_in(test, len / 2, expected, fmt, args);
	prints_in(test, len, expected, fmt, args);
	prints_in(test, len + 1, expected, fmt, args);
	prints_in(test, len + 20, expected, fmt, args);
	va_end(args);
}

static void cut_everywhere(struct kunit *test, const char *expected, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	for (size_t size = 0; size <= strlen(expected) + 2; size++)
		prints_in(test, size, expected, fmt, args);
	va_end(args);
}

static void printf_every_buffer_size(struct kunit *test)
{
	cut_everywhere(test, "<-00042|  text|0xff |-EINVAL|01 02>", "<%06d|%6s|%-#5x|%pe|%2ph>",
		       -42, "text", 0xff, ERR_PTR(-EINVAL), "\1\2");
}

static void api_L2_printf_text(struct kunit *test)
{
	prints(test, "", "");
	prints(test, "100%", "100%%");
	prints(test, "a|  b|c  |", "%c|%3c|%-3c|", 'a', 'b', 'c');
	prints(test, "hello|   hello|hello   |", "%s|%8s|%-8s|", "hello", "hello", "hello");
	prints(test, "hel||  he|he  |", "%.3s|%.0s|%4.2s|%-4.2s|", "hello", "hello", "hello",
	       "hello");
	prints(test, "  x|x  |ab", "%*s|%*s|%.*s", 3, "x", -3, "x", 2, "abc");
	prints(test, "all", "%.*s", -1, "all");
	prints(test, "(null)|(nu|(efault)|(efault)", "%s|%.3s|%s|%s", NULL, NULL, (char *)16,
	       (char *)ERR_PTR(-ENOMEM));
}

static void api_L2_printf_decimal(struct kunit *test)
{
	prints(test, "0 1 -1 2147483647 -2147483648", "%d %i %d %d %d", 0, 1, -1, INT_MAX, INT_MIN);
	prints(test, "4294967295", "%u", -1);
	prints(test, "   42|42   |00042|+42| 42|  +42", "%5d|%-5d|%05d|%+d|% d|%+5d", 42, 42, 42,
	       42, 42, 42);
	prints(test, "-0042|-42  |  -42", "%05d|%-5d|%5d", -42, -42, -42);
	prints(test, "00042|  00042|-00042", "%.5d|%7.5d|%.5d", 42, 42, -42);
	prints(test, "9223372036854775807 -9223372036854775808", "%lld %lld", LLONG_MAX, LLONG_MIN);
	prints(test, "18446744073709551615 10000000000", "%llu %Lu", ULLONG_MAX, 10000000000ULL);
}

static void api_L2_printf_hex_and_octal(struct kunit *test)
{
	prints(test, "beef BEEF 0xbeef 0XBEEF", "%x %X %#x %#X", 0xbeef, 0xbeef, 0xbeef, 0xbeef);
	prints(test, "0000beef 0x00beef  beef|beef  |", "%08x %#08x %5x|%-6x|", 0xbeef, 0xbeef,
	       0xbeef, 0xbeef);
	prints(test, "777 0777 0", "%o %#o %#o", 0777, 0777, 0);
	prints(test, "ffffffffffffffff 1777777777777777777777", "%llx %llo", ~0ULL, ~0ULL);
}

/* Where Linux and the C library differ. */
static void api_L2_printf_linux_deviations(struct kunit *test)
{
	prints(test, "0x0 00 0 0", "%#x %.2d %.0d %.*d", 0, 0, 0, 0, 0);
	prints(test, "00000005", "%08.3d", 5);
}

static void api_L2_printf_sizes(struct kunit *test)
{
	prints(test, "-1 255 -1 65535", "%hhd %hhu %hd %hu", -1, -1, -1, -1);
	prints(test, "52 4660", "%hhx %hd", 0x1234 + 0x1e, 0x51234);
	prints(test, "-1 -1 -1", "%ld %zd %td", -1L, (ssize_t)-1, (ptrdiff_t)-1);
	prints(test, sizeof(long) == 4 ? "4294967295" : "18446744073709551615", "%lu", ~0UL);
	/* A 64-bit argument takes its two words, no more. */
	prints(test, "1 4294967296 2", "%d %lld %d", 1, 1LL << 32, 2);
}

static void api_L2_printf_star_arguments(struct kunit *test)
{
	prints(test, "   1|2   |00003|  004|5", "%*d|%-*d|%.*d|%*.*d|%.*d", 4, 1, 4, 2, 5, 3, 5, 3,
	       4, -1, 5);
	prints(test, "6   |", "%*d|", -4, 6);
}

static void printf_unknown_conversion_is_printed(struct kunit *test)
{
	prints(test, "1 %y %d", "%d %y %d", 1, 2, 3);
	prints(test, "50%", "50%");
	prints(test, "%5.1f|%d", "%5.1f|%d", 1, 2);
	prints(test, "%n", "%n", NULL);
}

#define PTR(value) ((void *)(value##UL))

static void api_L2_printf_pointers(struct kunit *test)
{
	bool wide = sizeof(void *) == 8;

	prints(test, wide ? "00000000c0101234" : "c0101234", "%p", PTR(0xc0101234));
	prints(test, wide ? "0000000000000000" : "00000000", "%px", NULL);
	prints(test, wide ? "0x0000000000000010" : "0x00000010", "%#px", PTR(0x10));
	prints(test, "      10|10      |", "%8px|%-8p|", PTR(0x10), PTR(0x10));
}

static void api_L2_printf_physical_addresses(struct kunit *test)
{
	phys_addr_t phys = 0x123456789aULL;
	dma_addr_t dma = 0xfee00000;

	prints(test, "0x000000123456789a", "%pa", &phys);
	prints(test, "[0x000000123456789a]", "[%pap]", &phys);
	prints(test, "0x00000000fee00000,", "%pad,", &dma);
	prints(test, "(null)", "%pa", NULL);
}

static void api_L2_printf_symbols(struct kunit *test)
{
	unsigned long inside = (unsigned long)vsnprintf + 3;
	char buf[KSYM_SYMBOL_LEN];

	prints(test, "vsnprintf", "%ps", vsnprintf);
	snprintf(buf, sizeof(buf), "%pS", vsnprintf);
	KUNIT_EXPECT_EQ(test, str_has_prefix(buf, "vsnprintf+0x0/0x"), 16);
	snprintf(buf, sizeof(buf), "%pS", (void *)inside);
	KUNIT_EXPECT_EQ(test, str_has_prefix(buf, "vsnprintf+0x3/0x"), 16);
	snprintf(buf, sizeof(buf), "%pB", (void *)inside);
	KUNIT_EXPECT_EQ(test, str_has_prefix(buf, "vsnprintf+0x3/0x"), 16);
	prints(test, " vsnprintf|vsnprintf |", "%10ps|%-10ps|", vsnprintf, vsnprintf);
}

static void api_L2_printf_gfp_flags(struct kunit *test)
{
	gfp_t flags = GFP_KERNEL | __GFP_ZERO;

	prints(test, "GFP_KERNEL|__GFP_ZERO", "%pGg", &flags);
	flags = GFP_ATOMIC;
	prints(test, "<GFP_ATOMIC>", "<%pGg>", &flags);
	flags = __GFP_NORETRY | __GFP_NOWARN;
	prints(test, "__GFP_NOWARN|__GFP_NORETRY", "%pGg", &flags);
	flags = GFP_KERNEL | 0x80000000;
	prints(test, "GFP_KERNEL|0x80000000", "%pGg", &flags);
	flags = 0;
	prints(test, "[]", "[%pGg]", &flags);
}

static void api_L2_printf_page_flags(struct kunit *test)
{
	unsigned long flags = 1UL << PG_locked | 1UL << PG_dirty;

	prints(test, "0x9(locked|dirty)", "%pGp", &flags);
	flags = 1UL << PG_reserved | 1UL << 30;
	prints(test, "0x40000100(reserved|0x40000000)", "%pGp", &flags);
	flags = 0;
	prints(test, "0x0()", "%pGp", &flags);
}

static void printf_error_pointers(struct kunit *test)
{
	prints(test, "-ENOMEM -EPROBE_DEFER -700", "%pe %pe %pe", ERR_PTR(-ENOMEM),
	       ERR_PTR(-EPROBE_DEFER), ERR_PTR(-700));
	prints(test, sizeof(void *) == 8 ? "0000000000012345" : "00012345", "%pe", PTR(0x12345));
}

static void printf_bytes(struct kunit *test)
{
	static const u8 bytes[70] = { 0x00, 0x01, 0xab, 0xff };

	prints(test, "00 01 ab ff", "%4ph", bytes);
	prints(test, "00:01:ab|00-01-ab|0001ab", "%*phC|%*phD|%*phN", 3, bytes, 3, bytes, 3, bytes);
	prints(test, "00||(null)", "%ph|%*ph|%3ph", bytes, 0, bytes, NULL);
	KUNIT_EXPECT_EQ(test, snprintf(NULL, 0, "%*ph", 70, bytes), 64 * 3 - 1);
}

static void wrap(struct kunit *test, const char *expected, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	vaf.va = &args;
	prints(test, expected, "<%pV|%pV> %d", &vaf, &vaf, 7);
	va_end(args);
}

static void printf_nested_format(struct kunit *test)
{
	wrap(test, "<x=5 %|x=5 %> 7", "%s=%d %%", "x", 5);
}

static void scnprintf_returns_what_is_stored(struct kunit *test)
{
	char buf[8] = "unused!";

	KUNIT_EXPECT_EQ(test, scnprintf(buf, sizeof(buf), "%s", "short"), 5);
	KUNIT_EXPECT_EQ(test, scnprintf(buf, sizeof(buf), "%s", "much too long"), 7);
	KUNIT_EXPECT_STREQ(test, buf, "much to");
	KUNIT_EXPECT_EQ(test, scnprintf(buf, 1, "%s", "x"), 0);
	KUNIT_EXPECT_EQ(test, buf[0], '\0');
	buf[0] = 'k';
	KUNIT_EXPECT_EQ(test, scnprintf(buf, 0, "%s", "x"), 0);
	KUNIT_EXPECT_EQ(test, buf[0], 'k');
	KUNIT_EXPECT_EQ(test, sprintf(buf, "%d", 12345), 5);
	KUNIT_EXPECT_STREQ(test, buf, "12345");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(printf_every_buffer_size),
	KUNIT_CASE(api_L2_printf_text),
	KUNIT_CASE(api_L2_printf_decimal),
	KUNIT_CASE(api_L2_printf_hex_and_octal),
	KUNIT_CASE(api_L2_printf_linux_deviations),
	KUNIT_CASE(api_L2_printf_sizes),
	KUNIT_CASE(api_L2_printf_star_arguments),
	KUNIT_CASE(printf_unknown_conversion_is_printed),
	KUNIT_CASE(api_L2_printf_pointers),
	KUNIT_CASE(api_L2_printf_physical_addresses),
	KUNIT_CASE_SLOW(api_L2_printf_symbols),
	KUNIT_CASE(api_L2_printf_gfp_flags),
	KUNIT_CASE(api_L2_printf_page_flags),
	KUNIT_CASE(printf_error_pointers),
	KUNIT_CASE(printf_bytes),
	KUNIT_CASE(printf_nested_format),
	KUNIT_CASE(scnprintf_returns_what_is_stored),
	{},
};

static struct kunit_suite suite = { .name = "lib_vsprintf", .test_cases = cases };
kunit_test_suite(suite);
