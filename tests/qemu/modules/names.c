// SPDX-License-Identifier: MIT
/* Names of every day, one or two uses each. */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <kunit/test.h>

static int doubled __read_mostly;
static int levels __cacheline_aligned;

static int set_doubled(const char *val, const struct kernel_param *kp)
{
	int error = param_set_int(val, kp);

	doubled *= 2;
	return error;
}
module_param_call(doubled, set_doubled, param_get_int, &doubled, 0644);

static int __init names_init(void)
{
	levels++;
	pr_info("names: doubled %d\n", doubled);
	return 0;
}
rootfs_initcall(names_init);

static void names_exit(void)
{
	pr_info("names: the end\n");
}
__exitcall(names_exit);

static void api_L2_masks(struct kunit *test)
{
	unsigned long *bits = bitmap_zalloc(100, GFP_KERNEL);
	cpumask_var_t mask;

	KUNIT_ASSERT_NOT_NULL(test, bits);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(bits, 100));
	bitmap_free(bits);
	KUNIT_ASSERT_TRUE(test, zalloc_cpumask_var(&mask, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, cpumask_empty(mask));
	cpus_read_lock();
	cpumask_copy(mask, cpu_online_mask);
	cpus_read_unlock();
	KUNIT_EXPECT_EQ(test, cpumask_weight(mask), num_online_cpus());
	free_cpumask_var(mask);
}

static void api_L2_constants(struct kunit *test)
{
	char text[] = "text";
	const char *same = "constant", *copy = kstrdup_const(text, GFP_KERNEL);

	KUNIT_EXPECT_PTR_EQ(test, kstrdup_const(same, GFP_KERNEL), same);
	kfree_const(same);
	KUNIT_EXPECT_STREQ(test, copy, "text");
	KUNIT_EXPECT_PTR_NE(test, copy, (const char *)text);
	KUNIT_EXPECT_TRUE(test, object_is_on_stack(text));
	KUNIT_EXPECT_FALSE(test, object_is_on_stack(copy));
	KUNIT_EXPECT_EQ(test, virt_to_phys(copy), __pa(copy));
	kfree_const(copy);
}

static void api_L2_values(struct kunit *test)
{
	atomic_t v = ATOMIC_INIT(0xff);
	int stored = 0;

	KUNIT_EXPECT_EQ(test, atomic_fetch_andnot(0x0f, &v), 0xff);
	KUNIT_EXPECT_EQ(test, atomic_read(&v), 0xf0);
	smp_store_mb(stored, 3);
	KUNIT_EXPECT_EQ(test, stored, 3);
	KUNIT_EXPECT_EQ(test, typecheck(int, stored), 1);
	KUNIT_EXPECT_EQ(test, hex_to_bin('9'), 9);
	KUNIT_EXPECT_EQ(test, hex_to_bin('a'), 10);
	KUNIT_EXPECT_EQ(test, hex_to_bin('F'), 15);
	KUNIT_EXPECT_EQ(test, hex_to_bin('g'), -1);
	KUNIT_EXPECT_EQ(test, hex_to_bin('\x10'), -1);
	KUNIT_EXPECT_EQ(test, (unsigned long)&levels % SMP_CACHE_BYTES, 0UL);
}

static struct kunit_case names_cases[] = {
	KUNIT_CASE(api_L2_masks),
	KUNIT_CASE(api_L2_constants),
	KUNIT_CASE(api_L2_values),
	{},
};

static struct kunit_suite names_suite = {
	.name = "module_names",
	.test_cases = names_cases,
};
kunit_test_suite(names_suite);

MODULE_LICENSE("GPL");
