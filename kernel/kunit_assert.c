// SPDX-License-Identifier: MIT
/*
 * What a failed expectation or assertion prints, and what it does to its case.
 *
 * The checks themselves are macros (kunit/assert.h): only failures come here, with
 * the operands' text and values.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <kunit/test.h>

#define MEM_SHOWN 64 /* bytes of each operand at most */
#define ROW	  16

static void begin(struct kunit *test, const struct kunit_check *check)
{
	test->status = KUNIT_FAILURE;
	kunit_err(test, "%s FAILED at %s:%d\n", check->fatal ? "ASSERTION" : "EXPECTATION",
		  check->file, check->line);
}

void __kunit_message(const char *fmt, ...)
{
	struct va_format message = { .fmt = fmt };
	size_t length = strlen(fmt);
	va_list args;

	va_start(args, fmt);
	message.va = &args;
	printk(KERN_ERR "    %pV%s", &message, length && fmt[length - 1] == '\n' ? "" : "\n");
	va_end(args);
}

static void print_expected(const struct kunit_check *check)
{
	printk(KERN_ERR "    Expected %s %s, but\n", check->left, check->right);
}

/* The right operand's text, which follows the operator. */
static const char *right_text(const struct kunit_check *check)
{
	return strchr(check->right, ' ') + 1;
}

/* Operands that are written as their value need no second line that says so. */
static bool is_literal(const char *text, long long value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%lld", value);
	return !strcmp(text, digits);
}

static void print_int(const char *text, long long value)
{
	if (!is_literal(text, value))
		printk(KERN_ERR "        %s == %lld (0x%llx)\n", text, value, value);
}

static void print_ptr(const char *text, const void *value)
{
	if (strcmp(text, "NULL"))
		printk(KERN_ERR "        %s == %px\n", text, value);
}

static void print_str(const char *text, const char *value)
{
	if (text[0] == '"')
		return;
	if (value)
		printk(KERN_ERR "        %s == \"%s\"\n", text, value);
	else
		printk(KERN_ERR "        %s == NULL\n", text);
}

/* Rows of bytes; those that differ from the other operand's are in <>. */
static void print_mem(const char *text, const u8 *bytes, const u8 *other, size_t size)
{
	size_t i;

	printk(KERN_ERR "        %s ==\n", text);
	if (!bytes) {
		printk(KERN_ERR "            NULL\n");
		return;
	}
	for (i = 0; i < size && i < MEM_SHOWN; i++) {
		bool differs = !other || bytes[i] != other[i];

		if (i % ROW == 0)
			printk(KERN_ERR "           ");
		pr_cont("%c%02x%c%s", differs ? '<' : ' ', bytes[i], differs ? '>' : ' ',
			i % ROW == ROW - 1 || i + 1 == size ? "\n" : "");
	}
	if (size > MEM_SHOWN)
		printk(KERN_ERR "            ... and %zu bytes more\n", size - MEM_SHOWN);
}

void __kunit_fail(struct kunit *test, const struct kunit_check *check)
{
	begin(test, check);
}

void __kunit_fail_bool(struct kunit *test, const struct kunit_check *check)
{
	bool wanted = check->right[0] == 't';

	begin(test, check);
	printk(KERN_ERR "    Expected %s to be %s, but is %s\n", check->left, check->right,
	       wanted ? "false" : "true");
}

void __kunit_fail_int64(struct kunit *test, const struct kunit_check *check, long long left,
			long long right)
{
	begin(test, check);
	print_expected(check);
	print_int(check->left, left);
	print_int(right_text(check), right);
}

/* The values as `long long` would hold them. */
void __kunit_fail_int(struct kunit *test, const struct kunit_check *check, long left, long right)
{
	__kunit_fail_int64(test, check,
			   check->is_unsigned & 1 ? (long long)(unsigned long)left : left,
			   check->is_unsigned & 2 ? (long long)(unsigned long)right : right);
}

void __kunit_fail_ptr(struct kunit *test, const struct kunit_check *check, const void *left,
		      const void *right)
{
	begin(test, check);
	print_expected(check);
	print_ptr(check->left, left);
	print_ptr(right_text(check), right);
}

void __kunit_fail_err(struct kunit *test, const struct kunit_check *check, const void *ptr)
{
	begin(test, check);
	if (ptr)
		printk(KERN_ERR "    Expected %s is not error, but is: %ld\n", check->left,
		       PTR_ERR(ptr));
	else
		printk(KERN_ERR "    Expected %s is not null, but is\n", check->left);
}

void __kunit_fail_str(struct kunit *test, const struct kunit_check *check, const char *left,
		      const char *right)
{
	begin(test, check);
	print_expected(check);
	print_str(check->left, left);
	print_str(right_text(check), right);
}

void __kunit_fail_mem(struct kunit *test, const struct kunit_check *check, const void *left,
		      const void *right, size_t size)
{
	begin(test, check);
	print_expected(check);
	print_mem(check->left, left, right, size);
	print_mem(right_text(check), right, left, size);
}

bool __kunit_str_equal(const char *left, const char *right)
{
	return left && right ? !strcmp(left, right) : left == right;
}

bool __kunit_mem_equal(const void *left, const void *right, size_t size)
{
	return left && right ? !memcmp(left, right, size) : left == right;
}
