// SPDX-License-Identifier: MIT
/*
 * A module that uses every name of API.md 17 L2 as code from outside the tree does, with the
 * headers that it would include for them.
 */
#include <linux/align.h>
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/circ_buf.h>
#include <linux/compiler_types.h>
#include <linux/ctype.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/hashtable.h>
#include <linux/jiffies.h>
#include <linux/kconfig.h>
#include <linux/kernel.h>
#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/linkage.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/prandom.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/rbtree.h>
#include <linux/rbtree_augmented.h>
#include <linux/sizes.h>
#include <linux/sort.h>
#include <linux/spinlock_types.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/timex.h>
#include <linux/types.h>
#include <linux/version.h>
#include <asm/atomic.h>
#include <asm/div64.h>
#include <asm/errno.h>
#include <asm/types.h>
#include <kunit/test.h>

#define CONFIG_LIBRARY_YES    1
#define CONFIG_LIBRARY_MODULE 1

static void api_L2_kernel(struct kunit *test)
{
	struct {
		int a, b;
	} pair = { 1, 2 };
	int *b = &pair.b;
	int numbers[5], low = 3, high = 7, large = 300;

	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(numbers), 5);
	KUNIT_EXPECT_PTR_EQ(test, container_of(b, typeof(pair), b), &pair);
	KUNIT_EXPECT_EQ(test, min(low, high), 3);
	KUNIT_EXPECT_EQ(test, max3(low, high, 5), 7);
	KUNIT_EXPECT_EQ(test, clamp(9, low, high), 7);
	KUNIT_EXPECT_EQ(test, clamp_t(u8, large, 0, 255), 44);
	KUNIT_EXPECT_EQ(test, min_t(u8, large, 50), 44);
	KUNIT_EXPECT_EQ(test, min_not_zero(0, high), 7);
	swap(low, high);
	KUNIT_EXPECT_EQ(test, low, 7);
	KUNIT_EXPECT_EQ(test, ALIGN(13, 8), 16);
	KUNIT_EXPECT_EQ(test, ALIGN_DOWN(13, 8), 8);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(16, 8));
	KUNIT_EXPECT_PTR_EQ(test, PTR_ALIGN((char *)13, 8), (char *)16);
	KUNIT_EXPECT_EQ(test, round_up(13, 4), 16);
	KUNIT_EXPECT_EQ(test, round_down(13, 4), 12);
	KUNIT_EXPECT_EQ(test, roundup(13, 5), 15);
	KUNIT_EXPECT_EQ(test, rounddown(13, 5), 10);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_UP(13, 5), 3);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_UP_ULL(13ULL, 5), 3);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_CLOSEST(13, 5), 3);
	KUNIT_EXPECT_EQ(test, abs(-5), 5);
	KUNIT_EXPECT_EQ(test, int_sqrt(99), 9);
	KUNIT_EXPECT_EQ(test, upper_32_bits(0x100000002ULL), 1);
	KUNIT_EXPECT_EQ(test, lower_32_bits(0x100000002ULL), 2);
	KUNIT_EXPECT_EQ(test, mult_frac(100, 3, 7), 42);
	BUILD_BUG_ON(sizeof(u64) != 8);
	static_assert(sizeof(u16) == 2);
	might_sleep();
}

static void api_L2_kconfig(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, IS_ENABLED(CONFIG_LIBRARY_YES));
	KUNIT_EXPECT_TRUE(test, IS_ENABLED(CONFIG_LIBRARY));
	KUNIT_EXPECT_TRUE(test, IS_MODULE(CONFIG_LIBRARY));
	KUNIT_EXPECT_FALSE(test, IS_BUILTIN(CONFIG_LIBRARY));
	KUNIT_EXPECT_FALSE(test, IS_ENABLED(CONFIG_NO_SUCH_THING));
#if !IS_ENABLED(CONFIG_LIBRARY_YES) || LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
	KUNIT_FAIL(test, "the preprocessor sees something else");
#endif
}

static void api_L2_numbers(struct kunit *test)
{
	u64 dividend = 1000000000007ULL;
	u32 rest;
	s32 srest;
	int n;
	u8 byte;
	bool yes;
	unsigned long ul;

	KUNIT_EXPECT_EQ(test, div_u64_rem(dividend, 10, &rest), 100000000000ULL);
	KUNIT_EXPECT_EQ(test, rest, 7);
	KUNIT_EXPECT_EQ(test, div_s64_rem(-7, 2, &srest), -3);
	KUNIT_EXPECT_EQ(test, div64_u64(dividend, 5000000000ULL), 200);
	KUNIT_EXPECT_EQ(test, div64_s64(-10, 3), -3);
	KUNIT_EXPECT_EQ(test, div_u64(dividend, 7), 142857142858ULL);
	KUNIT_EXPECT_EQ(test, div_s64(-9, 3), -3);
	KUNIT_EXPECT_EQ(test, mul_u32_u32(1u << 31, 4), 1ULL << 33);
	KUNIT_EXPECT_EQ(test, mul_u64_u32_shr(1ULL << 40, 6, 3), 6ULL << 37);
	KUNIT_EXPECT_EQ(test, do_div(dividend, 10), 7);
	KUNIT_EXPECT_EQ(test, dividend, 100000000000ULL);
	KUNIT_EXPECT_EQ(test, ilog2(1000), 9);
	KUNIT_EXPECT_TRUE(test, is_power_of_2(64));
	KUNIT_EXPECT_EQ(test, roundup_pow_of_two(65), 128);
	KUNIT_EXPECT_EQ(test, rounddown_pow_of_two(65), 64);
	KUNIT_EXPECT_EQ(test, order_base_2(65), 7);
	KUNIT_EXPECT_EQ(test, kstrtoint("-12", 10, &n), 0);
	KUNIT_EXPECT_EQ(test, n, -12);
	KUNIT_EXPECT_EQ(test, kstrtou8("300", 10, &byte), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtobool("on", &yes), 0);
	KUNIT_EXPECT_EQ(test, kstrtoul("0x20", 0, &ul), 0);
	KUNIT_EXPECT_EQ(test, ul, 32);
	KUNIT_EXPECT_EQ(test, simple_strtoul("12abc", NULL, 10), 12);
	KUNIT_EXPECT_EQ(test, memparse("2K", NULL), 2048);
	KUNIT_EXPECT_EQ(test, U32_MAX, 0xffffffffU);
	KUNIT_EXPECT_EQ(test, SZ_1M, 0x100000);
	KUNIT_EXPECT_LT(test, S64_MIN, 0);
}

static void api_L2_overflow(struct kunit *test)
{
	struct flexible {
		int n;
		u32 items[];
	} *object = NULL;
	int result;
	size_t size;

	KUNIT_EXPECT_FALSE(test, check_add_overflow(1, 2, &result));
	KUNIT_EXPECT_EQ(test, result, 3);
	KUNIT_EXPECT_TRUE(test, check_add_overflow(INT_MAX, 1, &result));
	KUNIT_EXPECT_TRUE(test, check_sub_overflow(INT_MIN, 1, &result));
	KUNIT_EXPECT_TRUE(test, check_mul_overflow(INT_MAX, 2, &result));
	KUNIT_EXPECT_TRUE(test, check_shl_overflow(1, 31, &result));
	KUNIT_EXPECT_FALSE(test, check_shl_overflow(1, 30, &result));
	size = SIZE_MAX;
	KUNIT_EXPECT_EQ(test, size_add(size, 1), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, size_sub(1, 2), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, size_mul(size, 2), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, array_size(size, 2), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, array3_size(2, 3, 4), 24);
	KUNIT_EXPECT_EQ(test, struct_size(object, items, 3), sizeof(*object) + 12);
	KUNIT_EXPECT_EQ(test, flex_array_size(object, items, 3), 12);
}

static void api_L2_bits(struct kunit *test)
{
	DECLARE_BITMAP(map, 100);
	unsigned long word = 0, bit, sum = 0;

	set_bit(3, &word);
	__set_bit(5, &word);
	change_bit(0, &word);
	KUNIT_EXPECT_EQ(test, word, BIT(0) | BIT(3) | BIT(5));
	KUNIT_EXPECT_TRUE(test, test_and_clear_bit(3, &word));
	KUNIT_EXPECT_FALSE(test, test_and_set_bit(3, &word));
	clear_bit(0, &word);
	KUNIT_EXPECT_EQ(test, __ffs(word), 3);
	KUNIT_EXPECT_EQ(test, __fls(word), 5);
	KUNIT_EXPECT_EQ(test, ffz(~BIT(4)), 4);
	KUNIT_EXPECT_EQ(test, fls(0x80), 8);
	KUNIT_EXPECT_EQ(test, ffs(0x80), 8);
	KUNIT_EXPECT_EQ(test, fls64(1ULL << 40), 41);
	KUNIT_EXPECT_EQ(test, hweight32(0xf0f0), 8);
	KUNIT_EXPECT_EQ(test, hweight_long(word), 2);
	KUNIT_EXPECT_EQ(test, GENMASK(7, 4), 0xf0);
	KUNIT_EXPECT_EQ(test, rol32(0x80000001, 1), 3);
	KUNIT_EXPECT_EQ(test, BIT_ULL(40), 1ULL << 40);
	for_each_set_bit(bit, &word, BITS_PER_LONG)
		sum += bit;
	KUNIT_EXPECT_EQ(test, sum, 8);

	bitmap_zero(map, 100);
	bitmap_set(map, 10, 50);
	bitmap_clear(map, 20, 10);
	KUNIT_EXPECT_EQ(test, bitmap_weight(map, 100), 40);
	KUNIT_EXPECT_EQ(test, find_first_bit(map, 100), 10);
	KUNIT_EXPECT_EQ(test, find_next_zero_bit(map, 100, 10), 20);
	KUNIT_EXPECT_EQ(test, find_last_bit(map, 100), 59);
	KUNIT_EXPECT_EQ(test, bitmap_find_next_zero_area(map, 100, 0, 11, 0), 60);
	KUNIT_EXPECT_FALSE(test, bitmap_empty(map, 100));
	bitmap_fill(map, 100);
	KUNIT_EXPECT_TRUE(test, bitmap_full(map, 100));
}

static void api_L2_string(struct kunit *test)
{
	char text[16], *rest = text, *copy;

	KUNIT_EXPECT_EQ(test, strscpy(text, "a long text that is cut", sizeof(text)), -E2BIG);
	KUNIT_EXPECT_EQ(test, strlen(text), 15);
	strscpy(text, "one,two", sizeof(text));
	KUNIT_EXPECT_STREQ(test, strsep(&rest, ","), "one");
	KUNIT_EXPECT_STREQ(test, rest, "two");
	strlcpy(text, "abc", sizeof(text));
	strlcat(text, "def", sizeof(text));
	strcat(text, "g");
	strncat(text, "hij", 1);
	KUNIT_EXPECT_STREQ(test, text, "abcdefgh");
	KUNIT_EXPECT_EQ(test, strncmp(text, "abx", 2), 0);
	KUNIT_EXPECT_EQ(test, strcasecmp(text, "ABCDEFGH"), 0);
	KUNIT_EXPECT_PTR_EQ(test, strchr(text, 'c'), text + 2);
	KUNIT_EXPECT_PTR_EQ(test, strrchr(text, 'c'), text + 2);
	KUNIT_EXPECT_PTR_EQ(test, strstr(text, "de"), text + 3);
	KUNIT_EXPECT_PTR_EQ(test, strnchr(text, 2, 'c'), NULL);
	KUNIT_EXPECT_EQ(test, strspn(text, "abc"), 3);
	KUNIT_EXPECT_EQ(test, strcspn(text, "d"), 3);
	KUNIT_EXPECT_EQ(test, strnlen(text, 4), 4);
	KUNIT_EXPECT_NOT_NULL(test, strpbrk(text, "xh"));
	KUNIT_EXPECT_TRUE(test, sysfs_streq("on\n", "on"));
	memset(text, 'x', 4);
	memmove(text + 1, text, 4);
	KUNIT_EXPECT_EQ(test, memcmp(text, "xxxxx", 5), 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(text, 'x', 5));
	KUNIT_EXPECT_PTR_EQ(test, memchr(text, 'f', 8), text + 5);
	KUNIT_EXPECT_PTR_EQ(test, memscan(text, 'f', 8), text + 5);
	KUNIT_EXPECT_TRUE(test, isdigit('7') && isspace('\t') && isxdigit('f') && isalpha('q'));
	KUNIT_EXPECT_EQ(test, toupper('q'), 'Q');

	copy = kasprintf(GFP_KERNEL, "%s-%d", "x", 5);
	KUNIT_EXPECT_STREQ(test, copy, "x-5");
	kfree(copy);
	copy = kstrndup("abcdef", 3, GFP_KERNEL);
	KUNIT_EXPECT_STREQ(test, copy, "abc");
	kfree(copy);
	copy = kmemdup("abc", 4, GFP_KERNEL);
	KUNIT_EXPECT_STREQ(test, copy, "abc");
	kfree(copy);
	KUNIT_EXPECT_STREQ(test, skip_spaces("  a"), "a");
}

struct number {
	struct list_head list;
	struct rb_node node;
	struct hlist_node hash;
	struct kref kref;
	int value, sum;
};

static int by_value(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void api_L2_lists(struct kunit *test)
{
	struct number numbers[4] = {}, *at, *next;
	LIST_HEAD(list);
	LIST_HEAD(other);
	int i, sorted[] = { 3, 1, 2 }, sum = 0;

	for (i = 0; i < 4; i++) {
		numbers[i].value = i;
		list_add_tail(&numbers[i].list, &list);
	}
	list_for_each_entry(at, &list, list)
		sum = 10 * sum + at->value;
	KUNIT_EXPECT_EQ(test, sum, 123);
	list_for_each_entry_safe(at, next, &list, list)
		if (at->value % 2)
			list_move(&at->list, &other);
	KUNIT_EXPECT_EQ(test, list_first_entry(&other, struct number, list)->value, 3);
	list_splice_tail(&other, &list);
	KUNIT_EXPECT_EQ(test, list_last_entry(&list, struct number, list)->value, 1);
	KUNIT_EXPECT_TRUE(test, list_is_last(&numbers[1].list, &list));
	list_del_init(&numbers[1].list);
	KUNIT_EXPECT_TRUE(test, list_empty(&numbers[1].list));

	sort(sorted, 3, sizeof(int), by_value, NULL);
	KUNIT_EXPECT_EQ(test, sorted[0], 1);
	KUNIT_EXPECT_EQ(test, sorted[2], 3);
}

static bool number_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct number, node)->value < rb_entry(b, struct number, node)->value;
}

static int number_compare(const void *key, const struct rb_node *node)
{
	return *(const int *)key - rb_entry(node, struct number, node)->value;
}

static bool compute_sum(struct number *number, bool exit)
{
	int sum = number->value;

	if (number->node.rb_left)
		sum += rb_entry(number->node.rb_left, struct number, node)->sum;
	if (number->node.rb_right)
		sum += rb_entry(number->node.rb_right, struct number, node)->sum;
	if (exit && number->sum == sum)
		return true;
	number->sum = sum;
	return false;
}
RB_DECLARE_CALLBACKS(static, sums, struct number, node, sum, compute_sum)

static void api_L2_trees(struct kunit *test)
{
	struct rb_root_cached cached = RB_ROOT_CACHED;
	struct rb_root tree = RB_ROOT;
	struct number numbers[10];
	int i, key = 4;

	for (i = 0; i < 10; i++) {
		numbers[i].value = (i * 7) % 10;
		rb_add_cached(&numbers[i].node, &cached, number_less);
	}
	KUNIT_EXPECT_EQ(test, rb_entry(rb_first_cached(&cached), struct number, node)->value, 0);
	KUNIT_EXPECT_NOT_NULL(test, rb_find(&key, &cached.rb_root, number_compare));
	for (i = 0; i < 10; i++)
		rb_erase_cached(&numbers[i].node, &cached);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&cached.rb_root));

	for (i = 0; i < 10; i++) {
		struct rb_node **link = &tree.rb_node, *parent = NULL;

		while (*link) {
			parent = *link;
			rb_entry(parent, struct number, node)->sum += numbers[i].value;
			link = number_less(&numbers[i].node, parent) ? &parent->rb_left
								     : &parent->rb_right;
		}
		numbers[i].sum = numbers[i].value;
		rb_link_node(&numbers[i].node, parent, link);
		rb_insert_augmented(&numbers[i].node, &tree, &sums);
	}
	KUNIT_EXPECT_EQ(test, rb_entry(tree.rb_node, struct number, node)->sum, 45);
	rb_erase_augmented(&numbers[0].node, &tree, &sums);
	rb_erase_augmented(&numbers[1].node, &tree, &sums);
	KUNIT_EXPECT_EQ(test, rb_entry(tree.rb_node, struct number, node)->sum, 38);
	KUNIT_EXPECT_EQ(test, rb_entry(rb_last(&tree), struct number, node)->value, 9);
}

static unsigned int released;

static void release(struct kref *kref)
{
	released++;
}

static void api_L2_hash_tables(struct kunit *test)
{
	DECLARE_HASHTABLE(table, 4);
	struct number numbers[40], *at;
	struct hlist_node *next;
	int bucket, found = 0;
	u32 i;

	hash_init(table);
	KUNIT_EXPECT_TRUE(test, hash_empty(table));
	for (i = 0; i < 40; i++) {
		numbers[i].value = i;
		hash_add(table, &numbers[i].hash, i);
	}
	KUNIT_EXPECT_EQ(test, HASH_SIZE(table), 16);
	hash_for_each_possible(table, at, hash, (u32)17)
		found += at->value == 17;
	KUNIT_EXPECT_EQ(test, found, 1);
	hash_for_each(table, bucket, at, hash)
		found++;
	KUNIT_EXPECT_EQ(test, found, 41);
	hash_for_each_safe(table, bucket, next, at, hash) hash_del(&at->hash);
	KUNIT_EXPECT_TRUE(test, hash_empty(table));
	KUNIT_EXPECT_FALSE(test, hash_hashed(&numbers[0].hash));
	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_LT(test, hash_32(i, 5), 32);
	KUNIT_EXPECT_LT(test, hash_ptr(test, 3), 8);
	KUNIT_EXPECT_LT(test, hash_64(1ULL << 40, 3), 8);

	released = 0;
	kref_init(&numbers[0].kref);
	kref_get(&numbers[0].kref);
	KUNIT_EXPECT_EQ(test, kref_put(&numbers[0].kref, release), 0);
	KUNIT_EXPECT_EQ(test, kref_read(&numbers[0].kref), 1);
	KUNIT_EXPECT_EQ(test, kref_put(&numbers[0].kref, release), 1);
	KUNIT_EXPECT_EQ(test, released, 1);
	KUNIT_EXPECT_EQ(test, kref_get_unless_zero(&numbers[0].kref), 0);
}

static void api_L2_rings(struct kunit *test)
{
	struct circ_buf ring = { .head = 2, .tail = 6 }; /* of 8: 6, 7, 0 and 1 hold something */

	KUNIT_EXPECT_EQ(test, CIRC_CNT(ring.head, ring.tail, 8), 4);
	KUNIT_EXPECT_EQ(test, CIRC_SPACE(ring.head, ring.tail, 8), 3);
	KUNIT_EXPECT_EQ(test, CIRC_CNT_TO_END(ring.head, ring.tail, 8), 2);
	KUNIT_EXPECT_EQ(test, CIRC_SPACE_TO_END(ring.head, ring.tail, 8), 3);
	KUNIT_EXPECT_EQ(test, CIRC_CNT_TO_END(6, 2, 8), 4);
	KUNIT_EXPECT_EQ(test, CIRC_SPACE_TO_END(6, 2, 8), 2);
	KUNIT_EXPECT_EQ(test, CIRC_SPACE_TO_END(3, 0, 8), 4);
	KUNIT_EXPECT_EQ(test, CIRC_SPACE(3, 3, 8), 7);
}

static void api_L2_random(struct kunit *test)
{
	struct rnd_state state, same;
	u8 bytes[9];
	int i;

	for (i = 0; i < 100; i++) {
		KUNIT_ASSERT_LT(test, get_random_u32_below(7), 7);
		KUNIT_ASSERT_LE(test, get_random_u32_inclusive(3, 5), 5);
		KUNIT_ASSERT_GT(test, get_random_u32_above(3), 3);
	}
	get_random_bytes(bytes, sizeof(bytes));
	prandom_seed_state(&state, 7);
	prandom_seed_state(&same, 7);
	KUNIT_EXPECT_EQ(test, prandom_u32_state(&state), prandom_u32_state(&same));
	prandom_bytes_state(&state, bytes, sizeof(bytes));
	KUNIT_EXPECT_LE(test, get_random_u8() | get_random_u16(), 65535);
	KUNIT_EXPECT_NE(test, get_random_u64(), get_random_u64());
}

static void api_L2_time(struct kunit *test)
{
	ktime_t begin = ktime_get(), end;
	unsigned long then = jiffies + msecs_to_jiffies(3);
	cycles_t cycles = get_cycles();
	struct timespec64 ts;

	udelay(20);
	ndelay(100);
	mdelay(1);
	usleep_range(100, 200);
	msleep(2);
	end = ktime_get();
	KUNIT_EXPECT_GT(test, get_cycles(), cycles);
	KUNIT_EXPECT_GE(test, ktime_us_delta(end, begin), 3120);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(end, begin), 3);
	KUNIT_EXPECT_EQ(test, ktime_to_ns(ktime_sub(end, begin)), end - begin);
	KUNIT_EXPECT_EQ(test, ktime_to_us(ktime_add_ns(ms_to_ktime(2), 5000)), 2005);
	KUNIT_EXPECT_TRUE(test, ktime_after(end, begin));
	KUNIT_EXPECT_GE(test, ktime_get_ns(), end);
	KUNIT_EXPECT_GE(test, ktime_get_real_seconds(), 0);
	ktime_get_ts64(&ts);
	KUNIT_EXPECT_GE(test, timespec64_to_ns(&ts), end);
	KUNIT_EXPECT_TRUE(test, time_after(jiffies + 5, then) || time_before(jiffies, then));
	KUNIT_EXPECT_EQ(test, jiffies_to_msecs(HZ), 1000);
	KUNIT_EXPECT_EQ(test, usecs_to_jiffies(1000000), HZ);
	KUNIT_EXPECT_GT(test, get_jiffies_64(), 0);
	ssleep(0);
	fsleep(5);
}

static void api_L2_errors(struct kunit *test)
{
	void *error = ERR_PTR(-ENOMEM);

	KUNIT_EXPECT_TRUE(test, IS_ERR(error) && IS_ERR_OR_NULL(NULL) && !IS_ERR(NULL));
	KUNIT_EXPECT_EQ(test, PTR_ERR(error), -ENOMEM);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(test), 0);
	KUNIT_EXPECT_EQ(test, WARN_ON(0), 0);
	KUNIT_EXPECT_EQ(test, WARN_ON_ONCE(0), 0);
	KUNIT_EXPECT_EQ(test, WARN(0, "not so"), 0);
	BUG_ON(0);
}

static void expect_text(struct kunit *test, const char *expected, const char *fmt, ...)
{
	char text[160];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	KUNIT_EXPECT_STREQ(test, text, expected);
}

static void api_L2_printf(struct kunit *test)
{
	phys_addr_t phys = 0x123456789ULL;
	dma_addr_t dma = 0x1000;
	gfp_t gfp = GFP_KERNEL | __GFP_ZERO;
	unsigned long flags = BIT(PG_reserved);
	char symbol[80];

	expect_text(test, "-5 +7 0x1f 017 c ab%  00042", "%d %+d %#x %#o %c %.2s%% %6.5d", -5, 7,
		    31, 15, 'c', "abc", 42);
	expect_text(test, "123456789012 ff 7", "%llu %lx %zu", 123456789012ULL, 255UL, (size_t)7);
	expect_text(test, "0x0000000123456789 0x0000000000001000", "%pa %pad", &phys, &dma);
	expect_text(test, "GFP_KERNEL|__GFP_ZERO 0x100(reserved)", "%pGg %pGp", &gfp, &flags);
	expect_text(test, "-ENOMEM", "%pe", ERR_PTR(-ENOMEM));
	expect_text(test, "01 02 03", "%*ph", 3, "\1\2\3");
	expect_text(test, "00001000 00001000", "%px %p", (void *)0x1000, (void *)0x1000);
	snprintf(symbol, sizeof(symbol), "%ps", api_L2_printf);
	KUNIT_EXPECT_STREQ(test, symbol, "api_L2_printf");
	snprintf(symbol, sizeof(symbol), "%pS", (char *)api_L2_printf + 1);
	KUNIT_EXPECT_EQ(test, strncmp(symbol, "api_L2_printf+0x1/0x", 20), 0);
	printk(KERN_DEBUG "not shown %d\n", 1);
	pr_debug("not even built %d\n", 2);
	printk_once(KERN_DEBUG "once\n");
	printk_ratelimited(KERN_DEBUG "seldom\n");
	print_hex_dump_bytes("dump ", DUMP_PREFIX_OFFSET, "abc", 3);
}

static struct kunit_case library_cases[] = {
	KUNIT_CASE(api_L2_kernel),   KUNIT_CASE(api_L2_kconfig), KUNIT_CASE(api_L2_numbers),
	KUNIT_CASE(api_L2_overflow), KUNIT_CASE(api_L2_bits),	 KUNIT_CASE(api_L2_string),
	KUNIT_CASE(api_L2_lists),    KUNIT_CASE(api_L2_trees),	 KUNIT_CASE(api_L2_hash_tables),
	KUNIT_CASE(api_L2_random),   KUNIT_CASE(api_L2_time),	 KUNIT_CASE(api_L2_errors),
	KUNIT_CASE(api_L2_printf),   KUNIT_CASE(api_L2_rings),	 {},
};

static struct kunit_suite library_suite = {
	.name = "module_library",
	.test_cases = library_cases,
};
kunit_test_suite(library_suite);

MODULE_LICENSE("GPL");
