// SPDX-License-Identifier: MIT
/* Memory and string functions: every alignment, overlaps, and the edges of the contracts. */
#include <kunit/test.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#define SIZE 64

/* The functions themselves; the macros let the compiler do the work. */
static void *(*const copy)(void *, const void *, size_t) = memcpy;
static void *(*const move)(void *, const void *, size_t) = memmove;
static void *(*const fill)(void *, int, size_t) = memset;

static void count_up(u8 *buf)
{
	for (int i = 0; i < SIZE; i++)
		buf[i] = i + 1;
}

/* What a copy of n bytes must leave, said a byte at a time. */
static void model_copy(u8 *result, const u8 *before, int to, int from, int n)
{
	for (int i = 0; i < SIZE; i++)
		result[i] = i >= to && i < to + n ? before[from + i - to] : before[i];
}

static void api_L2_memcpy_any_alignment(struct kunit *test)
{
	u8 before[SIZE], after[SIZE], expected[SIZE];

	count_up(before);
	for (int to = 0; to < 5; to++) {
		for (int from = 32; from < 37; from++) {
			for (int n = 0; n <= 19; n++) {
				copy(after, before, SIZE);
				KUNIT_EXPECT_PTR_EQ(test, copy(after + to, after + from, n),
						    (void *)(after + to));
				model_copy(expected, before, to, from, n);
				KUNIT_EXPECT_MEMEQ(test, after, expected, SIZE);
			}
		}
	}
}

/* All distances, both directions, so that every way to overlap occurs. */
static void api_L2_memmove_overlaps(struct kunit *test)
{
	u8 before[SIZE], after[SIZE], expected[SIZE];

	count_up(before);
	for (int distance = -12; distance <= 12; distance++) {
		for (int n = 0; n <= 24; n++) {
			int from = 20, to = from + distance;

			copy(after, before, SIZE);
			KUNIT_EXPECT_PTR_EQ(test, move(after + to, after + from, n),
					    (void *)(after + to));
			model_copy(expected, before, to, from, n);
			KUNIT_EXPECT_MEMEQ(test, after, expected, SIZE);
		}
	}
}

static void api_L2_memset_any_alignment(struct kunit *test)
{
	u8 buf[SIZE];

	for (int at = 0; at < 5; at++) {
		for (int n = 0; n <= 19; n++) {
			count_up(buf);
			KUNIT_EXPECT_PTR_EQ(test, fill(buf + at, 0x3a5, n), (void *)(buf + at));
			for (int i = 0; i < SIZE; i++)
				KUNIT_EXPECT_EQ(test, buf[i],
						i >= at && i < at + n ? 0xa5 : (u8)(i + 1));
		}
	}
}

static void memset_of_wider_values(struct kunit *test)
{
	u64 buf[4] = { 1, 1, 1, 1 };

	memset64(buf + 1, 0x0123456789abcdefULL, 2);
	KUNIT_EXPECT_EQ(test, buf[0], 1);
	KUNIT_EXPECT_EQ(test, buf[2], 0x0123456789abcdefULL);
	KUNIT_EXPECT_EQ(test, buf[3], 1);
	memset32((u32 *)buf, 0xdeadbeef, 3);
	KUNIT_EXPECT_EQ(test, buf[0], 0xdeadbeefdeadbeefULL);
	KUNIT_EXPECT_EQ(test, buf[1], 0x01234567deadbeefULL);
	memset16((u16 *)buf, 0xcafe, 1);
	KUNIT_EXPECT_EQ(test, buf[0], 0xdeadbeefdeadcafeULL);
	memset_l((unsigned long *)buf, 0, 32 / sizeof(long));
	KUNIT_EXPECT_NULL(test, memchr_inv(buf, 0, sizeof(buf)));
	buf[3] = 5;
	memzero_explicit(buf + 3, sizeof(*buf));
	KUNIT_EXPECT_EQ(test, buf[3], 0);
}

static void api_L2_memcmp_finds_the_first_difference(struct kunit *test)
{
	u8 a[SIZE], b[SIZE];

	for (int at = 0; at < 20; at++) {
		count_up(a);
		count_up(b);
		b[at] = 0xff;
		b[at + 1] = 0;
		KUNIT_EXPECT_EQ(test, memcmp(a, b, at), 0);
		KUNIT_EXPECT_LT(test, memcmp(a, b, SIZE), 0);
		KUNIT_EXPECT_GT(test, memcmp(b, a, SIZE), 0);
		KUNIT_EXPECT_NE(test, bcmp(a, b, at + 1), 0);
		KUNIT_EXPECT_EQ(test, memcmp(a + at + 2, b + at + 2, SIZE - at - 2), 0);
	}
	/* Bytes compare unsigned. */
	KUNIT_EXPECT_GT(test, memcmp("\x80", "\x7f", 1), 0);
}

static void api_L2_memchr_and_memchr_inv(struct kunit *test)
{
	u8 buf[SIZE];

	for (int at = 0; at < 24; at++) {
		fill(buf, 0x6b, SIZE);
		buf[at] = 0xa5;
		KUNIT_EXPECT_PTR_EQ(test, memchr_inv(buf, 0x6b, SIZE), (void *)(buf + at));
		KUNIT_EXPECT_NULL(test, memchr_inv(buf, 0x6b, at));
		KUNIT_EXPECT_NULL(test, memchr_inv(buf + at + 1, 0x16b, SIZE - at - 1));
		KUNIT_EXPECT_PTR_EQ(test, memchr(buf, 0xa5, SIZE), (void *)(buf + at));
		KUNIT_EXPECT_NULL(test, memchr(buf, 0xa5, at));
		KUNIT_EXPECT_PTR_EQ(test, memscan(buf, 0xa5, at), (void *)(buf + at));
		KUNIT_EXPECT_PTR_EQ(test, memscan(buf, 0xa5, SIZE), (void *)(buf + at));
	}
}

static void api_L2_strlen_and_copies(struct kunit *test)
{
	char buf[8];

	KUNIT_EXPECT_EQ(test, strlen(""), 0);
	KUNIT_EXPECT_EQ(test, strlen("hello"), 5);
	KUNIT_EXPECT_EQ(test, strnlen("hello", 3), 3);
	KUNIT_EXPECT_EQ(test, strnlen("hello", 10), 5);
	KUNIT_EXPECT_EQ(test, strnlen(NULL, 0), 0);

	strcpy(buf, "abc");
	KUNIT_EXPECT_STREQ(test, strcat(buf, "def"), "abcdef");
	strcpy(buf, "abc");
	KUNIT_EXPECT_STREQ(test, strncat(buf, "defghi", 2), "abcde");
	fill(buf, 'x', sizeof(buf));
	strncpy(buf, "ab", 5);
	KUNIT_EXPECT_MEMEQ(test, buf, "ab\0\0\0xxx", 8);
	strncpy(buf, "abcdefgh", 4);
	KUNIT_EXPECT_MEMEQ(test, buf, "abcd\0xxx", 8);
}

static void api_L2_strscpy_always_ends_the_string(struct kunit *test)
{
	char buf[8];

	fill(buf, 'x', sizeof(buf));
	KUNIT_EXPECT_EQ(test, strscpy(buf, "abc", 4), 3);
	KUNIT_EXPECT_MEMEQ(test, buf, "abc\0xxxx", 8);
	KUNIT_EXPECT_EQ(test, strscpy(buf, "defg", 4), -E2BIG);
	KUNIT_EXPECT_MEMEQ(test, buf, "def\0xxxx", 8);
	KUNIT_EXPECT_EQ(test, strscpy(buf, "h", 0), -E2BIG);
	KUNIT_EXPECT_EQ(test, buf[0], 'd');
	KUNIT_EXPECT_EQ(test, strscpy(buf, "h", 1), -E2BIG);
	KUNIT_EXPECT_EQ(test, buf[0], '\0');
	KUNIT_EXPECT_EQ(test, strscpy_pad(buf, "i", 6), 1);
	KUNIT_EXPECT_MEMEQ(test, buf, "i\0\0\0\0\0xx", 8);
	KUNIT_EXPECT_EQ(test, strscpy_pad(buf, "jklm", 3), -E2BIG);
	KUNIT_EXPECT_MEMEQ(test, buf, "jk\0\0\0\0xx", 8);
}

static void strlcpy_tells_the_whole_length(struct kunit *test)
{
	char buf[8] = "xxxxxxx";

	KUNIT_EXPECT_EQ(test, strlcpy(buf, "abcdef", 4), 6);
	KUNIT_EXPECT_STREQ(test, buf, "abc");
	KUNIT_EXPECT_EQ(test, strlcpy(buf, "q", 0), 1);
	KUNIT_EXPECT_EQ(test, strlcat(buf, "defgh", sizeof(buf)), 8);
	KUNIT_EXPECT_STREQ(test, buf, "abcdefg");
	KUNIT_EXPECT_EQ(test, strlcat(buf, "zz", 3), 5);
	KUNIT_EXPECT_STREQ(test, buf, "abcdefg");
}

static void api_L2_string_comparison(struct kunit *test)
{
	static const char *const words[] = { "null", "zero", NULL, "beyond" };

	KUNIT_EXPECT_EQ(test, strcmp("abc", "abc"), 0);
	KUNIT_EXPECT_LT(test, strcmp("abc", "abd"), 0);
	KUNIT_EXPECT_LT(test, strcmp("ab", "abc"), 0);
	KUNIT_EXPECT_GT(test, strcmp("a\x80", "a\x7f"), 0);
	KUNIT_EXPECT_EQ(test, strncmp("abcX", "abcY", 3), 0);
	KUNIT_EXPECT_LT(test, strncmp("abcX", "abcY", 4), 0);
	KUNIT_EXPECT_EQ(test, strncmp("ab", "ab", 9), 0);
	KUNIT_EXPECT_EQ(test, strncmp("a", "b", 0), 0);
	KUNIT_EXPECT_EQ(test, strcasecmp("HeLLo", "hEllO"), 0);
	KUNIT_EXPECT_LT(test, strcasecmp("ABC", "abd"), 0);
	KUNIT_EXPECT_EQ(test, strncasecmp("ABCx", "abcY", 3), 0);

	KUNIT_EXPECT_TRUE(test, sysfs_streq("on", "on\n"));
	KUNIT_EXPECT_TRUE(test, sysfs_streq("on\n", "on"));
	KUNIT_EXPECT_FALSE(test, sysfs_streq("on", "on\n\n"));
	KUNIT_EXPECT_FALSE(test, sysfs_streq("on", "off"));
	KUNIT_EXPECT_EQ(test, match_string(words, 4, "zero"), 1);
	KUNIT_EXPECT_EQ(test, match_string(words, 1, "zero"), -EINVAL);
	KUNIT_EXPECT_EQ(test, match_string(words, 4, "beyond"), -EINVAL);
}

static void api_L2_string_search(struct kunit *test)
{
	const char *s = "abcabc", *aab = "aab";

	KUNIT_EXPECT_PTR_EQ(test, strchr(s, 'b'), (char *)s + 1);
	KUNIT_EXPECT_PTR_EQ(test, strrchr(s, 'b'), (char *)s + 4);
	KUNIT_EXPECT_PTR_EQ(test, strchr(s, '\0'), (char *)s + 6);
	KUNIT_EXPECT_PTR_EQ(test, strrchr(s, '\0'), (char *)s + 6);
	KUNIT_EXPECT_NULL(test, strchr(s, 'x'));
	KUNIT_EXPECT_NULL(test, strrchr(s, 'x'));
	KUNIT_EXPECT_PTR_EQ(test, strchrnul(s, 'x'), (char *)s + 6);
	KUNIT_EXPECT_NULL(test, strnchr(s, 2, 'c'));
	KUNIT_EXPECT_PTR_EQ(test, strnchr(s, 3, 'c'), (char *)s + 2);
	KUNIT_EXPECT_NULL(test, strnchr(s, 99, 'x'));

	KUNIT_EXPECT_PTR_EQ(test, strstr(s, "cab"), (char *)s + 2);
	KUNIT_EXPECT_PTR_EQ(test, strstr(s, ""), (char *)s);
	KUNIT_EXPECT_NULL(test, strstr(s, "abcabcd"));
	KUNIT_EXPECT_PTR_EQ(test, strstr(aab, "ab"), (char *)aab + 1);
	KUNIT_EXPECT_NULL(test, strnstr(s, "cab", 4));
	KUNIT_EXPECT_PTR_EQ(test, strnstr(s, "cab", 5), (char *)s + 2);

	KUNIT_EXPECT_EQ(test, strspn("aabbc", "ab"), 4);
	KUNIT_EXPECT_EQ(test, strcspn("aabbc", "cb"), 2);
	KUNIT_EXPECT_EQ(test, strcspn("aabbc", ""), 5);
	KUNIT_EXPECT_PTR_EQ(test, strpbrk(s, "xc"), (char *)s + 2);
	KUNIT_EXPECT_NULL(test, strpbrk(s, "xyz"));

	KUNIT_EXPECT_TRUE(test, strstarts("memkern", "mem"));
	KUNIT_EXPECT_FALSE(test, strstarts("me", "mem"));
	KUNIT_EXPECT_EQ(test, str_has_prefix("memkern", "mem"), 3);
	KUNIT_EXPECT_EQ(test, str_has_prefix("kern", "mem"), 0);
	KUNIT_EXPECT_STREQ(test, kbasename("mm/slab.c"), "slab.c");
	KUNIT_EXPECT_STREQ(test, kbasename("slab.c"), "slab.c");
}

static void api_L2_strings_taken_apart(struct kunit *test)
{
	char list[] = "a,b;;c", spaces[] = " \t x y \n ", empty[] = "   ", path[] = "a/b/c";
	char *rest = list;

	KUNIT_EXPECT_STREQ(test, strsep(&rest, ",;"), "a");
	KUNIT_EXPECT_STREQ(test, strsep(&rest, ",;"), "b");
	KUNIT_EXPECT_STREQ(test, strsep(&rest, ",;"), "");
	KUNIT_EXPECT_STREQ(test, strsep(&rest, ",;"), "c");
	KUNIT_EXPECT_NULL(test, rest);
	KUNIT_EXPECT_NULL(test, strsep(&rest, ",;"));

	KUNIT_EXPECT_STREQ(test, skip_spaces("  \t\nx "), "x ");
	KUNIT_EXPECT_STREQ(test, strim(spaces), "x y");
	KUNIT_EXPECT_STREQ(test, strim(empty), "");
	KUNIT_EXPECT_PTR_EQ(test, strreplace(path, '/', '!'), path + 5);
	KUNIT_EXPECT_STREQ(test, path, "a!b!c");
}

static void api_L2_ctype(struct kunit *test)
{
	for (int c = 0; c < 128; c++) {
		bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z';
		bool digit = c >= '0' && c <= '9';
		bool hex = digit || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');

		KUNIT_EXPECT_EQ(test, (bool)isupper(c), upper);
		KUNIT_EXPECT_EQ(test, (bool)islower(c), lower);
		KUNIT_EXPECT_EQ(test, (bool)isdigit(c), digit);
		KUNIT_EXPECT_EQ(test, (bool)isalnum(c), upper || lower || digit);
		KUNIT_EXPECT_EQ(test, (bool)isxdigit(c), hex);
		KUNIT_EXPECT_EQ(test, (bool)isspace(c), c == ' ' || (c >= 9 && c <= 13));
		KUNIT_EXPECT_EQ(test, (bool)iscntrl(c), c < 32 || c == 127);
		KUNIT_EXPECT_EQ(test, (bool)isprint(c), c >= 32 && c < 127);
		KUNIT_EXPECT_EQ(test, (bool)ispunct(c),
				c > 32 && c < 127 && !upper && !lower && !digit);
		KUNIT_EXPECT_EQ(test, toupper(c), lower ? c - 32 : c);
		KUNIT_EXPECT_EQ(test, tolower(c), upper ? c + 32 : c);
	}
	KUNIT_EXPECT_TRUE(test, isalpha((char)0xe4));
	KUNIT_EXPECT_FALSE(test, isascii((char)0xe4));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(api_L2_memcpy_any_alignment),
	KUNIT_CASE(api_L2_memmove_overlaps),
	KUNIT_CASE(api_L2_memset_any_alignment),
	KUNIT_CASE(memset_of_wider_values),
	KUNIT_CASE(api_L2_memcmp_finds_the_first_difference),
	KUNIT_CASE(api_L2_memchr_and_memchr_inv),
	KUNIT_CASE(api_L2_strlen_and_copies),
	KUNIT_CASE(api_L2_strscpy_always_ends_the_string),
	KUNIT_CASE(strlcpy_tells_the_whole_length),
	KUNIT_CASE(api_L2_string_comparison),
	KUNIT_CASE(api_L2_string_search),
	KUNIT_CASE(api_L2_strings_taken_apart),
	KUNIT_CASE(api_L2_ctype),
	{},
};

static struct kunit_suite suite = { .name = "lib_string", .test_cases = cases };
kunit_test_suite(suite);
