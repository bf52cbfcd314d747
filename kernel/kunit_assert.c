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

static void end(struct kunit *test, const struct kunit_check *check, const char *fmt, va_list *args)
{
	struct va_format message = { fmt, args };
	size_t length;

	if (fmt) {
		length = strlen(fmt);
		printk(KERN_ERR "    %pV%s", &message,
		       length && fmt[length - 1] == '\n' ? "" : "\n");
	}
	if (check->fatal)
		__kunit_abort(test);
}

/* The last step of each failure. A macro, for va_start() belongs to the function itself. */
#define END(test, check, fmt)                     \
	do {                                      \
		va_list args;                     \
		va_start(args, fmt);              \
		end((test), (check), fmt, &args); \
		va_end(args);                     \
	} while (0)

static void print_expected(const struct kunit_check *check)
{
	printk(KERN_ERR "    Expected %s %s %s, but\n", check->left, check->op, check->right);
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

void __kunit_fail(struct kunit *test, const struct kunit_check *check, const char *fmt, ...)
{
	begin(test, check);
	END(test, check, fmt);
}

void __kunit_fail_bool(struct kunit *test, const struct kunit_check *check, const char *fmt, ...)
{
	bool wanted = check->right[0] == 't';

	begin(test, check);
	printk(KERN_ERR "    Expected %s to be %s, but is %s\n", check->left, check->right,
	       wanted ? "false" : "true");
	END(test, check, fmt);
}

void __kunit_fail_int(struct kunit *test, const struct kunit_check *check, long long left,
		      long long right, const char *fmt, ...)
{
	begin(test, check);
	print_expected(check);
	print_int(check->left, left);
	print_int(check->right, right);
	END(test, check, fmt);
}

void __kunit_fail_ptr(struct kunit *test, const struct kunit_check *check, const void *left,
		      const void *right, const char *fmt, ...)
{
	begin(test, check);
	print_expected(check);
	print_ptr(check->left, left);
	print_ptr(check->right, right);
	END(test, check, fmt);
}

void __kunit_fail_err(struct kunit *test, const struct kunit_check *check, const void *ptr,
		      const char *fmt, ...)
{
	begin(test, check);
	if (ptr)
		printk(KERN_ERR "    Expected %s is not error, but is: %ld\n", check->left,
		       PTR_ERR(ptr));
	else
		printk(KERN_ERR "    Expected %s is not null, but is\n", check->left);
	END(test, check, fmt);
}

void __kunit_fail_str(struct kunit *test, const struct kunit_check *check, const char *left,
		      const char *right, const char *fmt, ...)
{
	begin(test, check);
	print_expected(check);
	print_str(check->left, left);
	print_str(check->right, right);
	END(test, check, fmt);
}

void __kunit_fail_mem(struct kunit *test, const struct kunit_check *check, const void *left,
		      const void *right, size_t size, const char *fmt, ...)
{
	begin(test, check);
	print_expected(check);
	print_mem(check->left, left, right, size);
	print_mem(check->right, right, left, size);
	END(test, check, fmt);
}

bool __kunit_str_equal(const char *left, const char *right)
{
	return left && right ? !strcmp(left, right) : left == right;
}

bool __kunit_mem_equal(const void *left, const void *right, size_t size)
{
	return left && right ? !memcmp(left, right, size) : left == right;
}
