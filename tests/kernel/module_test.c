// SPDX-License-Identifier: MIT
/*
 * Parameters of all types, and references to modules. Whole modules, from outside the tree, are
 * tests/qemu/modules.py's.
 */
#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <memkern/kunit_extra.h>
#include <memkern/module.h>
#include <memkern/params.h>
#include "capture.h"

static unsigned char a_byte;
static short a_short;
static unsigned short a_ushort;
static int an_int;
static unsigned int a_uint, a_hexint;
static long a_long;
static unsigned long a_ulong;
static unsigned long long a_ullong;
static char *a_charp;
static bool a_bool, an_invbool;
static char a_string[8];
static int variable_of_named;
static int some_ints[3];
static unsigned int nr_ints;
static char *some_words[2];
static unsigned int few;
static bool switches[2];

module_param(a_byte, byte, 0444);
module_param(a_short, short, 0444);
module_param(a_ushort, ushort, 0444);
module_param(an_int, int, 0644);
module_param(a_uint, uint, 0444);
module_param(a_hexint, hexint, 0444);
module_param(a_long, long, 0444);
module_param(a_ulong, ulong, 0444);
module_param(a_ullong, ullong, 0444);
module_param(a_charp, charp, 0);
module_param(a_bool, bool, 0444);
module_param(an_invbool, invbool, 0444);
module_param_string(a_string, a_string, sizeof(a_string), 0444);
module_param_named(named, variable_of_named, int, 0444);
MODULE_PARM_DESC(named, "has another name than its variable");
module_param_array(some_ints, int, &nr_ints, 0444);
module_param_array(some_words, charp, NULL, 0444);
module_param_array_named(switches, switches, bool, NULL, 0444);

static int set_few(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 1, 9);
}

static const struct kernel_param_ops few_ops = { .set = set_few, .get = param_get_uint };
module_param_cb(few, &few_ops, &few, 0644);

static const struct kernel_param_ops fixed_ops = { .get = param_get_uint };
module_param_cb(fixed, &fixed_ops, &few, 0444);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("one");
MODULE_AUTHOR("another");

static char line[256];

/* The words as of the command line, and what is printed then. */
static const char *set(struct kunit *test, const char *words)
{
	strcpy(line, words);
	capture_begin(test, &capture);
	parse_params(line);
	capture_end(test, &capture);
	return capture.text;
}

struct value_case {
	const char *text;
	const char *name;
	const char *value; /* as it is printed; NULL: refused */
};

#define FITS(name, text, value)            \
	{                                  \
		name "=" text, name, value \
	}
#define REFUSED(name, text)               \
	{                                 \
		name "=" text, name, NULL \
	}

static const struct value_case values[] = {
	FITS("a_byte", "255", "255"),
	REFUSED("a_byte", "256"),
	REFUSED("a_byte", "-1"),
	FITS("a_short", "-32768", "-32768"),
	REFUSED("a_short", "32768"),
	FITS("a_ushort", "0xffff", "65535"),
	REFUSED("a_ushort", "65536"),
	FITS("an_int", "-2147483648", "-2147483648"),
	FITS("an_int", "+5", "5"),
	FITS("an_int", "010", "8"),
	FITS("an_int", "0x10", "16"),
	REFUSED("an_int", "2147483648"),
	REFUSED("an_int", "5 "),
	REFUSED("an_int", "5x"),
	REFUSED("an_int", ""),
	FITS("a_uint", "4294967295", "4294967295"),
	REFUSED("a_uint", "-1"),
	FITS("a_hexint", "255", "0x0000ff"),
	FITS("a_long", "-1", "-1"),
	FITS("a_ulong", "7", "7"),
	FITS("a_ullong", "18446744073709551615", "18446744073709551615"),
	REFUSED("a_ullong", "18446744073709551616"),
	FITS("a_charp", "some", "some"),
	FITS("a_charp", "", ""),
	FITS("a_bool", "1", "Y"),
	FITS("a_bool", "no", "N"),
	FITS("a_bool", "on", "Y"),
	FITS("a_bool", "off", "N"),
	REFUSED("a_bool", "maybe"),
	FITS("an_invbool", "y", "Y"),
	FITS("an_invbool", "n", "N"),
	REFUSED("an_invbool", "2"),
	FITS("a_string", "1234567", "1234567"),
	FITS("named", "12", "12"),
	FITS("some_ints", "1,-2,0x3", "1,-2,3"),
	FITS("some_ints", "4", "4"),
	REFUSED("some_ints", "1,,2"),
	FITS("some_words", "x,yz", "x,yz"),
	FITS("switches", "1,0", "Y,N"),
	FITS("few", "9", "9"),
	REFUSED("few", "10"),
	REFUSED("few", "0"),
};

KUNIT_ARRAY_PARAM_DESC(value, values, text);

static const struct kernel_param *param_of(const char *name)
{
	const struct kernel_param *param;

	for_each_param(param, NULL)
		if (!strncmp(param->name, "module_test.", 12) && !strcmp(param->name + 12, name))
			return param;
	return NULL;
}

/* What it holds, as its get function prints it. */
static const char *printed(struct kunit *test, const char *name)
{
	const struct kernel_param *param = param_of(name);
	char *text = kunit_kzalloc(test, 2 * PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, param);
	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_ASSERT_EQ(test, param->ops->get(text, param), strlen(text));
	if (!*text) /* an array of nothing */
		return text;
	KUNIT_ASSERT_EQ(test, text[strlen(text) - 1], '\n');
	text[strlen(text) - 1] = '\0';
	return text;
}

static void api_L1_values(struct kunit *test)
{
	const struct value_case *row = test->param_value;
	const char *before = printed(test, row->name);
	char word[64], refusal[128];

	snprintf(word, sizeof(word), "module_test.%s=\"%s\"", row->name,
		 strchr(row->text, '=') + 1);
	snprintf(refusal, sizeof(refusal),
		 "Booting kernel: `%s' invalid for parameter `module_test.%s'\n",
		 strchr(row->text, '=') + 1, row->name);
	KUNIT_EXPECT_STREQ(test, set(test, word), row->value ? "" : refusal);
	/* An array has taken what came before the mistake. */
	if (row->value || !strchr(row->text, ','))
		KUNIT_EXPECT_STREQ(test, printed(test, row->name), row->value ?: before);
}

static void api_L1_variables(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test,
			   set(test, "module_test.an-int=-7 module-test.named=8 "
				     "module_test.some_ints=4,5 module_test.an_invbool=1 "
				     "module_test.a_charp=\"two words\""),
			   "");
	KUNIT_EXPECT_EQ(test, an_int, -7);
	KUNIT_EXPECT_EQ(test, variable_of_named, 8);
	KUNIT_EXPECT_EQ(test, nr_ints, 2);
	KUNIT_EXPECT_EQ(test, some_ints[1], 5);
	KUNIT_EXPECT_FALSE(test, an_invbool);
	KUNIT_EXPECT_STREQ(test, a_charp, "two words");
}

static void api_L1_bare_words(struct kunit *test)
{
	a_bool = false;
	KUNIT_EXPECT_STREQ(test, set(test, "module_test.a_bool"), "");
	KUNIT_EXPECT_TRUE(test, a_bool);
	KUNIT_EXPECT_STREQ(test, set(test, "module_test.an_int"),
			   "Booting kernel: `' invalid for parameter `module_test.an_int'\n");
}

static void api_L1_what_is_too_much(struct kunit *test)
{
	strcpy(a_string, "old");
	KUNIT_EXPECT_STREQ(test, set(test, "module_test.a_string=12345678"),
			   "module_test.a_string: string doesn't fit in 7 chars.\n"
			   "Booting kernel: `12345678' too large for parameter "
			   "`module_test.a_string'\n");
	KUNIT_EXPECT_STREQ(test, a_string, "old");
	set(test, "module_test.some_ints=1,2,3,4");
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text,
					   "module_test.some_ints: can only take 3 arguments\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "invalid for parameter"));
}

static void api_L1_what_cannot_be_set(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, set(test, "module_test.fixed=5"),
			   "Booting kernel: `5' invalid for parameter `module_test.fixed'\n");
	KUNIT_EXPECT_STREQ(test, set(test, "module_test.nothing=5"),
			   "Unknown kernel command line parameter 'module_test.nothing=5'\n");
}

static void api_L1_names(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, KBUILD_MODNAME, "module_test");
	KUNIT_EXPECT_NULL(test, THIS_MODULE);
	KUNIT_EXPECT_STREQ(test, module_name(THIS_MODULE), "kernel");
	KUNIT_EXPECT_NULL(test, find_module("module_test"));
	KUNIT_EXPECT_TRUE(test, same_param_name("a_b-c", "a-b_c", 5));
	KUNIT_EXPECT_FALSE(test, same_param_name("a_b", "a_bc", 4));
	KUNIT_EXPECT_TRUE(test, same_param_name("a_b", "a_bc", 3));
	KUNIT_EXPECT_FALSE(test, same_param_name("a_bc", "a_b", 3));
}

static unsigned int exits;

static void count_exit(void)
{
	exits++;
}

static int init_nothing(void)
{
	return 0;
}

static void api_L1_users(struct kunit *test)
{
	struct module mod = {
		.name = "users",
		.init = init_nothing,
		.exit = count_exit,
		.state = MODULE_STATE_COMING,
	};

	exits = 0;
	KUNIT_EXPECT_TRUE(test, try_module_get(NULL));
	module_put(NULL);
	/* Its init function may hand it out. */
	KUNIT_EXPECT_TRUE(test, try_module_get(&mod));
	KUNIT_EXPECT_EQ(test, module_remove(&mod), -ENOENT);
	mod.state = MODULE_STATE_LIVE;
	__module_get(&mod);
	KUNIT_EXPECT_EQ(test, module_refcount(&mod), 2);
	KUNIT_EXPECT_EQ(test, module_remove(&mod), -EWOULDBLOCK);
	KUNIT_EXPECT_EQ(test, exits, 0);
	module_put(&mod);
	module_put(&mod);
	KUNIT_EXPECT_EQ(test, module_remove(&mod), 0);
	KUNIT_EXPECT_EQ(test, exits, 1);
	KUNIT_EXPECT_FALSE(test, try_module_get(&mod));
	KUNIT_EXPECT_EQ(test, module_refcount(&mod), 0);
	KUNIT_EXPECT_EQ(test, module_remove(&mod), -ENOENT);
	KUNIT_EXPECT_EQ(test, exits, 1);
}

static void api_L1_without_an_exit_function(struct kunit *test)
{
	struct module mod = { .name = "stays", .init = init_nothing, .state = MODULE_STATE_LIVE };

	KUNIT_EXPECT_EQ(test, module_remove(&mod), -EBUSY);
	KUNIT_EXPECT_TRUE(test, module_runs(&mod));
	mod.init = NULL;
	KUNIT_EXPECT_EQ(test, module_remove(&mod), 0);
}

static void api_L1_one_put_too_many(struct kunit *test)
{
	struct module mod = { .name = "puts", .state = MODULE_STATE_LIVE };

	kunit_expect_report(test, "module_put");
	module_put(&mod);
}

static DEFINE_MUTEX(forgotten);

static int init_leaves_preemption_off(void)
{
	preempt_disable();
	return -EIO;
}

static int init_leaves_interrupts_off(void)
{
	local_irq_disable();
	return 0;
}

static void exit_leaves_bh_off(void)
{
	local_bh_disable();
}

static int init_leaves_a_lock(void)
{
	mutex_lock(&forgotten);
	return 0;
}

static void api_L1_what_calls_leave(struct kunit *test)
{
	int preempt = preempt_count();

	kunit_expect_report(test, "initcall init_leaves_preemption_off+0x0/");
	KUNIT_EXPECT_EQ(test, do_one_initcall(init_leaves_preemption_off), -EIO);
	KUNIT_EXPECT_EQ(test, preempt_count(), preempt);
	kunit_expect_report(test, "initcall init_leaves_interrupts_off+0x0/");
	KUNIT_EXPECT_EQ(test, do_one_initcall(init_leaves_interrupts_off), 0);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	kunit_expect_report(test, "initcall exit_leaves_bh_off+0x0/");
	do_one_exitcall(exit_leaves_bh_off);
	KUNIT_EXPECT_EQ(test, preempt_count(), preempt);

	if (IS_ENABLED(CONFIG_LOCKDEP))
		kunit_expect_report(test, "forgotten");
	KUNIT_EXPECT_EQ(test, do_one_initcall(init_leaves_a_lock), 0);
	KUNIT_EXPECT_TRUE(test, mutex_is_locked(&forgotten));
	mutex_init(&forgotten);
}

static struct kunit_case module_cases[] = {
	KUNIT_CASE_PARAM(api_L1_values, value_gen_params),
	KUNIT_CASE(api_L1_variables),
	KUNIT_CASE(api_L1_bare_words),
	KUNIT_CASE(api_L1_what_is_too_much),
	KUNIT_CASE(api_L1_what_cannot_be_set),
	KUNIT_CASE(api_L1_names),
	KUNIT_CASE(api_L1_users),
	KUNIT_CASE(api_L1_without_an_exit_function),
	KUNIT_CASE(api_L1_one_put_too_many),
	KUNIT_CASE(api_L1_what_calls_leave),
	{},
};

static struct kunit_suite module_suite = {
	.name = "module",
	.test_cases = module_cases,
};
kunit_test_suite(module_suite);
