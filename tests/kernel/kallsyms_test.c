// SPDX-License-Identifier: MIT
/* The symbol table: complete, sorted, right at its edges. */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <kunit/test.h>

extern const char _stext[], _etext[], __start_rodata[], _end[];
extern const unsigned int kallsyms_num_syms;
extern const unsigned long kallsyms_addresses[];

static int some_variable = 3;

static noinline int some_function(int value)
{
	OPTIMIZER_HIDE_VAR(value);
	return value + some_variable;
}

static void finds_functions(struct kunit *test)
{
	unsigned long address = (unsigned long)some_function;
	unsigned long size, offset;

	KUNIT_EXPECT_EQ(test, some_function(1), 4);
	KUNIT_EXPECT_STREQ(test, kallsyms_lookup(address, &size, &offset), "some_function");
	KUNIT_EXPECT_EQ(test, offset, 0);
	KUNIT_ASSERT_GT(test, size, 3);
	KUNIT_EXPECT_STREQ(test, kallsyms_lookup(address + 3, NULL, &offset), "some_function");
	KUNIT_EXPECT_EQ(test, offset, 3);
	KUNIT_EXPECT_STREQ(test, kallsyms_lookup(address + size - 1, NULL, &offset),
			   "some_function");
	KUNIT_EXPECT_EQ(test, offset, size - 1);
	KUNIT_EXPECT_STRNEQ(test, kallsyms_lookup(address + size, NULL, NULL), "some_function");
	KUNIT_EXPECT_STREQ(test, kallsyms_lookup((unsigned long)kallsyms_lookup, NULL, NULL),
			   "kallsyms_lookup");
}

static void finds_variables(struct kunit *test)
{
	unsigned long address = (unsigned long)&some_variable;

	KUNIT_EXPECT_STREQ(test, kallsyms_lookup(address, NULL, NULL), "some_variable");
	KUNIT_EXPECT_EQ(test, kallsyms_lookup_name("some_variable"), address);
}

static void finds_names(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kallsyms_lookup_name("some_function"), (unsigned long)some_function);
	KUNIT_EXPECT_EQ(test, kallsyms_lookup_name("sprint_symbol"), (unsigned long)sprint_symbol);
	KUNIT_EXPECT_EQ(test, kallsyms_lookup_name("_stext"), (unsigned long)_stext);
	KUNIT_EXPECT_EQ(test, kallsyms_lookup_name("no_such_symbol"), 0);
	KUNIT_EXPECT_EQ(test, kallsyms_lookup_name(""), 0);
}

static void nothing_outside_the_image(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, kallsyms_lookup(0, NULL, NULL));
	KUNIT_EXPECT_NULL(test, kallsyms_lookup((unsigned long)_stext - 1, NULL, NULL));
	KUNIT_EXPECT_NULL(test, kallsyms_lookup((unsigned long)_end, NULL, NULL));
	KUNIT_EXPECT_NULL(test, kallsyms_lookup(~0UL, NULL, NULL));
}

/* The first and last byte of code belong to functions, the gap behind the code to nobody. */
static void edges_of_the_text(struct kunit *test)
{
	unsigned long last = (unsigned long)_etext - 1;
	unsigned long size, offset;

	KUNIT_EXPECT_NOT_NULL(test, kallsyms_lookup((unsigned long)_stext, &size, &offset));
	KUNIT_EXPECT_EQ(test, offset, 0);
	KUNIT_EXPECT_NOT_NULL(test, kallsyms_lookup(last, &size, &offset));
	KUNIT_EXPECT_EQ(test, offset, size - 1);
	if ((unsigned long)_etext < (unsigned long)__start_rodata)
		KUNIT_EXPECT_NULL(test, kallsyms_lookup((unsigned long)_etext, NULL, NULL));

	KUNIT_EXPECT_TRUE(test, kernel_text_address((unsigned long)_stext));
	KUNIT_EXPECT_TRUE(test, kernel_text_address(last));
	KUNIT_EXPECT_FALSE(test, kernel_text_address((unsigned long)_stext - 1));
	KUNIT_EXPECT_FALSE(test, kernel_text_address(last + 1));
}

static void table_is_sorted(struct kunit *test)
{
	unsigned int i, wrong = 0;

	KUNIT_ASSERT_GT(test, kallsyms_num_syms, 100);
	for (i = 1; i < kallsyms_num_syms; i++)
		wrong += kallsyms_addresses[i - 1] > kallsyms_addresses[i];
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

/* Each entry is found by its address, unless an earlier one has the same. */
static void every_entry_is_found(struct kunit *test)
{
	unsigned int i, wrong = 0;
	unsigned long offset;

	for (i = 0; i < kallsyms_num_syms; i++)
		if (kallsyms_addresses[i] < (unsigned long)_etext &&
		    (!kallsyms_lookup(kallsyms_addresses[i], NULL, &offset) || offset))
			wrong++;
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static void prints_symbols(struct kunit *test)
{
	unsigned long address = (unsigned long)some_function;
	char text[KSYM_SYMBOL_LEN], expected[KSYM_SYMBOL_LEN];
	unsigned long size;

	kallsyms_lookup(address, &size, NULL);
	snprintf(expected, sizeof(expected), "some_function+0x2/%#lx", size);
	KUNIT_EXPECT_EQ(test, sprint_symbol(text, address + 2), strlen(expected));
	KUNIT_EXPECT_STREQ(test, text, expected);
	sprint_symbol_no_offset(text, address + 2);
	KUNIT_EXPECT_STREQ(test, text, "some_function");
	snprintf(expected, sizeof(expected), "some_function+0x0/%#lx", size);
	sprint_symbol(text, address);
	KUNIT_EXPECT_STREQ(test, text, expected);
	sprint_symbol(text, 0x1234);
	KUNIT_EXPECT_STREQ(test, text, "0x1234");
}

/* A function that ends with a call of one that does not return has its return address behind it. */
static void backtrace_looks_at_the_call(struct kunit *test)
{
	unsigned long address = (unsigned long)some_function;
	char text[KSYM_SYMBOL_LEN], expected[KSYM_SYMBOL_LEN];
	unsigned long size;

	kallsyms_lookup(address, &size, NULL);
	snprintf(expected, sizeof(expected), "some_function+%#lx/%#lx", size, size);
	sprint_backtrace(text, address + size);
	KUNIT_EXPECT_STREQ(test, text, expected);
}

static struct kunit_case kallsyms_cases[] = {
	KUNIT_CASE(finds_functions),
	KUNIT_CASE(finds_variables),
	KUNIT_CASE(finds_names),
	KUNIT_CASE(nothing_outside_the_image),
	KUNIT_CASE(edges_of_the_text),
	KUNIT_CASE(table_is_sorted),
	KUNIT_CASE(every_entry_is_found),
	KUNIT_CASE(prints_symbols),
	KUNIT_CASE(backtrace_looks_at_the_call),
	{},
};

static struct kunit_suite kallsyms_suite = {
	.name = "kallsyms",
	.test_cases = kallsyms_cases,
};
kunit_test_suite(kallsyms_suite);
