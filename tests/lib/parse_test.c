// SPDX-License-Identifier: MIT
/* Text to values: numbers, sizes, booleans, patterns. And errors as pointers, by name. */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/errname.h>
#include <linux/errno.h>
#include <linux/glob.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>

static void expect_ull(struct kunit *test, const char *s, unsigned int base, int err, u64 expected)
{
	unsigned long long res = 77;

	KUNIT_EXPECT_EQ_MSG(test, kstrtoull(s, base, &res), err, "\"%s\"", s);
	KUNIT_EXPECT_EQ_MSG(test, res, err ? 77 : expected, "\"%s\"", s);
}

static void api_L2_kstrtoull(struct kunit *test)
{
	expect_ull(test, "0", 10, 0, 0);
	expect_ull(test, "123", 10, 0, 123);
	expect_ull(test, "+123\n", 10, 0, 123);
	expect_ull(test, "0x1F", 0, 0, 31);
	expect_ull(test, "0X1f", 16, 0, 31);
	expect_ull(test, "1f", 16, 0, 31);
	expect_ull(test, "017", 0, 0, 15);
	expect_ull(test, "017", 10, 0, 17);
	expect_ull(test, "101", 2, 0, 5);
	expect_ull(test, "zz", 36, 0, 35 * 36 + 35);
	expect_ull(test, "18446744073709551615", 0, 0, U64_MAX);
	expect_ull(test, "0xffffffffffffffff", 0, 0, U64_MAX);
	expect_ull(test, "3w5e11264sgsf", 36, 0, U64_MAX);

	expect_ull(test, "18446744073709551616", 0, -ERANGE, 0);
	expect_ull(test, "0x10000000000000000", 0, -ERANGE, 0);
	expect_ull(test, "3w5e11264sgsg", 36, -ERANGE, 0);
	expect_ull(test, "99999999999999999999999", 10, -ERANGE, 0);
	expect_ull(test, "", 10, -EINVAL, 0);
	expect_ull(test, "\n", 10, -EINVAL, 0);
	expect_ull(test, "+", 10, -EINVAL, 0);
	expect_ull(test, "-1", 10, -EINVAL, 0);
	expect_ull(test, " 1", 10, -EINVAL, 0);
	expect_ull(test, "1 ", 10, -EINVAL, 0);
	expect_ull(test, "1\n\n", 10, -EINVAL, 0);
	expect_ull(test, "12a", 10, -EINVAL, 0);
	expect_ull(test, "0x", 0, -EINVAL, 0);
	expect_ull(test, "08", 0, -EINVAL, 0);
	expect_ull(test, "2", 2, -EINVAL, 0);
}

static void api_L2_kstrtoll(struct kunit *test)
{
	long long res = 77;

	KUNIT_EXPECT_EQ(test, kstrtoll("9223372036854775808", 10, &res), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtoll("-9223372036854775809", 10, &res), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtoll("+-1", 10, &res), -EINVAL);
	KUNIT_EXPECT_EQ(test, res, 77);
	KUNIT_EXPECT_EQ(test, kstrtoll("9223372036854775807", 10, &res), 0);
	KUNIT_EXPECT_EQ(test, res, LLONG_MAX);
	KUNIT_EXPECT_EQ(test, kstrtoll("-9223372036854775808", 10, &res), 0);
	KUNIT_EXPECT_EQ(test, res, LLONG_MIN);
	KUNIT_EXPECT_EQ(test, kstrtoll("-0x10", 0, &res), 0);
	KUNIT_EXPECT_EQ(test, res, -16);
}

static void api_L2_kstrto_narrow_types(struct kunit *test)
{
	unsigned long ul = 0;
	unsigned int ui = 0;
	int i = 0;
	u16 half = 0;
	s16 shalf = 0;
	u8 byte = 0;
	s8 sbyte = 0;

	KUNIT_EXPECT_EQ(test, kstrtoul("4096", 0, &ul), 0);
	KUNIT_EXPECT_EQ(test, ul, 4096);
	KUNIT_EXPECT_EQ(test, kstrtouint("4294967295", 0, &ui), 0);
	KUNIT_EXPECT_EQ(test, ui, U32_MAX);
	KUNIT_EXPECT_EQ(test, kstrtouint("4294967296", 0, &ui), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtoint("-2147483648", 0, &i), 0);
	KUNIT_EXPECT_EQ(test, i, INT_MIN);
	KUNIT_EXPECT_EQ(test, kstrtoint("2147483648", 0, &i), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtou16("65535", 0, &half), 0);
	KUNIT_EXPECT_EQ(test, half, 65535);
	KUNIT_EXPECT_EQ(test, kstrtou16("65536", 0, &half), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtos16("-32769", 0, &shalf), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtou8("255", 0, &byte), 0);
	KUNIT_EXPECT_EQ(test, byte, 255);
	KUNIT_EXPECT_EQ(test, kstrtou8("256", 0, &byte), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtos8("-128", 0, &sbyte), 0);
	KUNIT_EXPECT_EQ(test, sbyte, -128);
	KUNIT_EXPECT_EQ(test, kstrtos8("128", 0, &sbyte), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtos8("x", 0, &sbyte), -EINVAL);
}

static void api_L2_kstrtobool(struct kunit *test)
{
	static const char *const yes[] = { "y", "Yes", "1", "on", "ON", "true", "y\n" };
	static const char *const no[] = { "n", "No", "0", "off", "oFf", "false" };
	static const char *const neither[] = { "", "o", "ox", "2", "maybe", " y", "\x11" };
	bool res;

	for (unsigned int i = 0; i < ARRAY_SIZE(yes); i++) {
		res = false;
		KUNIT_EXPECT_EQ(test, kstrtobool(yes[i], &res), 0);
		KUNIT_EXPECT_TRUE(test, res);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(no); i++) {
		res = true;
		KUNIT_EXPECT_EQ(test, kstrtobool(no[i], &res), 0);
		KUNIT_EXPECT_FALSE(test, res);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(neither); i++)
		KUNIT_EXPECT_EQ(test, kstrtobool(neither[i], &res), -EINVAL);
	KUNIT_EXPECT_EQ(test, kstrtobool(NULL, &res), -EINVAL);
}

static void simple_strto_stop_at_the_rest(struct kunit *test)
{
	char *end;

	KUNIT_EXPECT_EQ(test, simple_strtoul("123abc", &end, 10), 123);
	KUNIT_EXPECT_STREQ(test, end, "abc");
	KUNIT_EXPECT_EQ(test, simple_strtoul("0xfg", &end, 0), 15);
	KUNIT_EXPECT_STREQ(test, end, "g");
	KUNIT_EXPECT_EQ(test, simple_strtoul("0xg", &end, 0), 0);
	KUNIT_EXPECT_STREQ(test, end, "xg");
	KUNIT_EXPECT_EQ(test, simple_strtol("-42,", &end, 0), -42);
	KUNIT_EXPECT_STREQ(test, end, ",");
	KUNIT_EXPECT_EQ(test, simple_strtoll("-5000000000", NULL, 0), -5000000000);
	KUNIT_EXPECT_EQ(test, simple_strtoull("x", &end, 0), 0);
	KUNIT_EXPECT_STREQ(test, end, "x");
}

static void memparse_takes_suffixes(struct kunit *test)
{
	static const struct {
		const char *text;
		unsigned long long value;
		const char *rest;
	} cases[] = {
		{ "0", 0, "" },
		{ "4096", 4096, "" },
		{ "0x1000", 4096, "" },
		{ "4k", 4096, "" },
		{ "4K", 4096, "" },
		{ "64M", 64 << 20, "" },
		{ "3g", 3ULL << 30, "" },
		{ "2T", 2ULL << 40, "" },
		{ "1p", 1ULL << 50, "" },
		{ "15E", 15ULL << 60, "" },
		{ "64M@16M", 64 << 20, "@16M" },
		{ "1Kx", 1024, "x" },
		{ "1KM", 1024, "M" },
		{ "1KiB", 1024, "iB" },
		{ "", 0, "" },
		{ "no", 0, "no" },
	};
	char *rest;

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ_MSG(test, memparse(cases[i].text, &rest), cases[i].value, "%s",
				    cases[i].text);
		KUNIT_EXPECT_STREQ(test, rest, cases[i].rest);
	}
	KUNIT_EXPECT_EQ(test, memparse("1M", NULL), 1 << 20);
}

static void glob_patterns(struct kunit *test)
{
	static const struct {
		const char *pat, *str;
		bool match;
	} cases[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "abc", "abc", true },
		{ "abc", "abcd", false },
		{ "abc", "ab", false },
		{ "?", "a", true },
		{ "?", "\0", false },
		{ "??", "a", false },
		{ "*", "", true },
		{ "*", "anything/at.all", true },
		{ "a*", "a", true },
		{ "a*", "ba", false },
		{ "*c", "abcabc", true },
		{ "*c", "abca", false },
		{ "*ab", "aab", true },
		{ "a*b*c", "a-b-b-c", true },
		{ "a*b*c", "a-c-b", false },
		{ "**x**", "yxy", true },
		{ "*?", "", false },
		{ "*?", "ab", true },
		{ "[abc]", "b", true },
		{ "[abc]", "d", false },
		{ "[a-c]x", "bx", true },
		{ "[a-c]", "", false },
		{ "[!a-c]", "d", true },
		{ "[!a-c]", "b", false },
		{ "[!a-c]", "\0", false },
		{ "[]]", "]", true },
		{ "[]-a]", "^", true },
		{ "[a-]", "-", true },
		{ "[-a]", "-", true },
		{ "[a", "[a", true },
		{ "[a", "a", false },
		{ "\\*", "*", true },
		{ "\\*", "a", false },
		{ "\\[a]", "[a]", true },
		{ "lib*.sort?", "lib_sort.sort1", true },
		{ "page_alloc*", "page_alloc", true },
		{ "*[0-9]*[0-9]", "a1b2", true },
		{ "*[0-9]*[0-9]", "a1b", false },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, glob_match(cases[i].pat, cases[i].str), cases[i].match,
				    "\"%s\" and \"%s\"", cases[i].pat, cases[i].str);
}

/* Without the single place to go back to, this would take for ever. */
static void glob_cost_is_bounded(struct kunit *test)
{
	char str[201];

	memset(str, 'a', 200);
	str[200] = '\0';
	KUNIT_EXPECT_FALSE(test, glob_match("*a*a*a*a*a*a*a*a*a*b", str));
}

static void api_L2_error_pointers(struct kunit *test)
{
	int object;

	KUNIT_EXPECT_TRUE(test, IS_ERR(ERR_PTR(-ENOMEM)));
	KUNIT_EXPECT_TRUE(test, IS_ERR(ERR_PTR(-MAX_ERRNO)));
	KUNIT_EXPECT_FALSE(test, IS_ERR(ERR_PTR(-MAX_ERRNO - 1)));
	KUNIT_EXPECT_FALSE(test, IS_ERR(&object));
	KUNIT_EXPECT_FALSE(test, IS_ERR(NULL));
	KUNIT_EXPECT_TRUE(test, IS_ERR_OR_NULL(NULL));
	KUNIT_EXPECT_FALSE(test, IS_ERR_OR_NULL(&object));
	KUNIT_EXPECT_EQ(test, PTR_ERR(ERR_PTR(-EBUSY)), -EBUSY);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(ERR_PTR(-EBUSY)), -EBUSY);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(&object), 0);
	KUNIT_EXPECT_PTR_EQ(test, (int *)ERR_CAST(ERR_PTR(-EIO)), (int *)ERR_PTR(-EIO));
}

static void errname_of_numbers(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, errname(-EPERM), "-EPERM");
	KUNIT_EXPECT_STREQ(test, errname(ENOMEM), "ENOMEM");
	KUNIT_EXPECT_STREQ(test, errname(-EHWPOISON), "-EHWPOISON");
	KUNIT_EXPECT_STREQ(test, errname(-ENOTSUPP), "-ENOTSUPP");
	KUNIT_EXPECT_NULL(test, errname(0));
	KUNIT_EXPECT_NULL(test, errname(-41));
	KUNIT_EXPECT_NULL(test, errname(-4000));
	KUNIT_EXPECT_NULL(test, errname(INT_MIN));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(api_L2_kstrtoull),
	KUNIT_CASE(api_L2_kstrtoll),
	KUNIT_CASE(api_L2_kstrto_narrow_types),
	KUNIT_CASE(api_L2_kstrtobool),
	KUNIT_CASE(simple_strto_stop_at_the_rest),
	KUNIT_CASE(memparse_takes_suffixes),
	KUNIT_CASE(glob_patterns),
	KUNIT_CASE(glob_cost_is_bounded),
	KUNIT_CASE(api_L2_error_pointers),
	KUNIT_CASE(errname_of_numbers),
	{},
};

static struct kunit_suite suite = { .name = "lib_parse", .test_cases = cases };
kunit_test_suite(suite);
