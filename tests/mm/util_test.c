// SPDX-License-Identifier: MIT
/* Copies in memory of their own: kmemdup() and its family (API.md K1). */
#include <linux/kernel.h>
#include <linux/string.h>

#include "slab_test.h"

/* Of no more than the class that is large enough for the bytes asked for. */
static void expect_text(struct kunit *test, char *copy, const char *text)
{
	KUNIT_ASSERT_NOT_NULL(test, copy);
	KUNIT_EXPECT_STREQ(test, copy, text);
	KUNIT_EXPECT_GE(test, ksize(copy), strlen(text) + 1);
	KUNIT_EXPECT_LE(test, ksize(copy), kmalloc_size_roundup(strlen(text) + 1));
	kfree(copy);
}

static void api_K1_kmemdup(struct kunit *test)
{
	static const size_t sizes[] = { 1, 7, 8, 9, 100, 4096, 20000 };
	char *source = kunit_kmalloc(test, 20000, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, source);
	for (i = 0; i < 20000; i++)
		source[i] = (char)(i * 31);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		char *copy = kmemdup(source, sizes[i], GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, copy);
		KUNIT_EXPECT_MEMEQ(test, copy, source, sizes[i]);
		copy[0]++;
		KUNIT_EXPECT_EQ(test, source[0], 0);
		kfree(copy);
	}
}

static void api_K1_kmemdup_nul(struct kunit *test)
{
	expect_text(test, kmemdup_nul("abcdefgh", 8, GFP_KERNEL), "abcdefgh");
	expect_text(test, kmemdup_nul("abcdefgh", 3, GFP_KERNEL), "abc");
	expect_text(test, kmemdup_nul("abcdefgh", 0, GFP_KERNEL), "");
	KUNIT_EXPECT_NULL(test, kmemdup_nul(NULL, 8, GFP_KERNEL));
}

static void api_K1_kstrdup(struct kunit *test)
{
	expect_text(test, kstrdup("", GFP_KERNEL), "");
	expect_text(test, kstrdup("seven..", GFP_KERNEL), "seven..");
	expect_text(test, kstrdup("eight...", GFP_ATOMIC), "eight...");
	KUNIT_EXPECT_NULL(test, kstrdup(NULL, GFP_KERNEL));
}

static void api_K1_kstrndup(struct kunit *test)
{
	static const char unterminated[4] = { 'f', 'o', 'u', 'r' };

	expect_text(test, kstrndup("abcdefgh", 3, GFP_KERNEL), "abc");
	expect_text(test, kstrndup("abc", 100, GFP_KERNEL), "abc");
	expect_text(test, kstrndup("abc", 0, GFP_KERNEL), "");
	expect_text(test, kstrndup(unterminated, 4, GFP_KERNEL), "four");
	KUNIT_EXPECT_NULL(test, kstrndup(NULL, 3, GFP_KERNEL));
}

static char *format(gfp_t gfp, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = kvasprintf(gfp, fmt, args);
	va_end(args);
	return text;
}

static void api_K1_kasprintf(struct kunit *test)
{
	char *text;

	expect_text(test, kasprintf(GFP_KERNEL, "%s", ""), "");
	expect_text(test, kasprintf(GFP_KERNEL, "disk%d: %s", 3, "gone"), "disk3: gone");
	expect_text(test, format(GFP_ATOMIC, "%x+%c", 0xabc, 'd'), "abc+d");
	/* Longer than any buffer that might be on the way. */
	text = kasprintf(GFP_KERNEL, "%5000d.", 7);
	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_EXPECT_EQ(test, strlen(text), 5001);
	KUNIT_EXPECT_STREQ(test, text + 4998, " 7.");
	kfree(text);
}

static void api_K1_copies_fail_as_null(struct kunit *test)
{
	gfp_t gfp = GFP_DMA | __GFP_NOWARN;

	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	KUNIT_EXPECT_NULL(test, kmemdup("text", 4, gfp));
	KUNIT_EXPECT_NULL(test, kmemdup_nul("text", 4, gfp));
	KUNIT_EXPECT_NULL(test, kstrdup("text", gfp));
	KUNIT_EXPECT_NULL(test, kstrndup("text", 4, gfp));
	KUNIT_EXPECT_NULL(test, kasprintf(gfp, "text %d", 4));
	kunit_expect_report(test, "SLUB: Unable to allocate memory");
	KUNIT_EXPECT_NULL(test, kstrdup("text", GFP_DMA));
}

static struct kunit_case util_cases[] = {
	KUNIT_CASE(api_K1_kmemdup),
	KUNIT_CASE(api_K1_kmemdup_nul),
	KUNIT_CASE(api_K1_kstrdup),
	KUNIT_CASE(api_K1_kstrndup),
	KUNIT_CASE(api_K1_kasprintf),
	KUNIT_CASE(api_K1_copies_fail_as_null),
	{},
};

static struct kunit_suite util_suite = {
	.name = "util",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = util_cases,
};
kunit_test_suite(util_suite);
