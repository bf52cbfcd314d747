// SPDX-License-Identifier: MIT
/*
 * Strings to numbers: kstrto*() for a string that must be a number and nothing else,
 * simple_strto*() for a number at the start of one, memparse() for sizes.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/types.h>

/* Skips "0x" if a digit follows it; base 0 becomes what the prefix says. */
static const char *skip_prefix(const char *s, unsigned int *base)
{
	bool hex = s[0] == '0' && _tolower(s[1]) == 'x' && isxdigit(s[2]);

	if (*base == 0)
		*base = hex ? 16 : s[0] == '0' ? 8 : 10;
	return *base == 16 && hex ? s + 2 : s;
}

static unsigned int digit_value(char c)
{
	if (isdigit(c))
		return c - '0';
	c = _tolower(c);
	return c >= 'a' && c <= 'z' ? c - 'a' + 10u : UINT_MAX;
}

/* As many digits as there are; what follows them. Sets *overflow if the value wrapped. */
static const char *parse_digits(const char *s, unsigned int base, u64 *value, bool *overflow)
{
	u64 res = 0;
	unsigned int digit;

	*overflow = false;
	for (; (digit = digit_value(*s)) < base; s++) {
		/* Only a value with bits this high can overflow: spares most divisions. */
		if (res >> 58 && res > div_u64(U64_MAX - digit, base))
			*overflow = true;
		res = res * base + digit;
	}
	*value = res;
	return s;
}

/* Digits, perhaps a newline, and the end. */
static int parse_whole(const char *s, unsigned int base, u64 *res)
{
	const char *end;
	bool overflow;
	u64 value;

	s = skip_prefix(s, &base);
	end = parse_digits(s, base, &value, &overflow);
	if (end == s)
		return -EINVAL;
	if (overflow)
		return -ERANGE;
	if (*end == '\n')
		end++;
	if (*end)
		return -EINVAL;
	*res = value;
	return 0;
}

int kstrtoull(const char *s, unsigned int base, unsigned long long *res)
{
	return parse_whole(*s == '+' ? s + 1 : s, base, res);
}

int kstrtoll(const char *s, unsigned int base, long long *res)
{
	bool negative = *s == '-';
	u64 value;
	int err = parse_whole(negative || *s == '+' ? s + 1 : s, base, &value);

	if (err)
		return err;
	if (value > (u64)LLONG_MAX + negative)
		return -ERANGE;
	*res = negative ? -value : value;
	return 0;
}

/* The narrower types: parsed wide, refused where the value changes by narrowing. */
#define DEFINE_KSTRTO(name, type, parse, wide)                \
	int name(const char *s, unsigned int base, type *res) \
	{                                                     \
		wide value;                                   \
		int err = parse(s, base, &value);             \
                                                              \
		if (err)                                      \
			return err;                           \
		if (value != (type)value)                     \
			return -ERANGE;                       \
		*res = value;                                 \
		return 0;                                     \
	}

DEFINE_KSTRTO(kstrtoul, unsigned long, kstrtoull, unsigned long long)
DEFINE_KSTRTO(kstrtol, long, kstrtoll, long long)
DEFINE_KSTRTO(kstrtouint, unsigned int, kstrtoull, unsigned long long)
DEFINE_KSTRTO(kstrtoint, int, kstrtoll, long long)
DEFINE_KSTRTO(kstrtou16, u16, kstrtoull, unsigned long long)
DEFINE_KSTRTO(kstrtos16, s16, kstrtoll, long long)
DEFINE_KSTRTO(kstrtou8, u8, kstrtoull, unsigned long long)
DEFINE_KSTRTO(kstrtos8, s8, kstrtoll, long long)

int kstrtobool(const char *s, bool *res)
{
	char first = s ? tolower(s[0]) : '\0';

	if (first == 'o')
		first = tolower(s[1]) == 'n' ? 'y' : tolower(s[1]) == 'f' ? 'n' : '\0';
	switch (first) {
	case 'y':
	case 't':
	case '1':
		*res = true;
		return 0;
	case 'n':
	case 'f':
	case '0':
		*res = false;
		return 0;
	default:
		return -EINVAL;
	}
}

unsigned long long simple_strtoull(const char *s, char **end, unsigned int base)
{
	bool overflow;
	u64 value;

	s = skip_prefix(s, &base);
	s = parse_digits(s, base, &value, &overflow);
	if (end)
		*end = (char *)s;
	return value;
}

long long simple_strtoll(const char *s, char **end, unsigned int base)
{
	return *s == '-' ? -simple_strtoull(s + 1, end, base) : simple_strtoull(s, end, base);
}

unsigned long simple_strtoul(const char *s, char **end, unsigned int base)
{
	return simple_strtoull(s, end, base);
}

long simple_strtol(const char *s, char **end, unsigned int base)
{
	return simple_strtoll(s, end, base);
}

unsigned long long memparse(const char *s, char **end)
{
	static const char suffixes[] = "kmgtpe";
	char *rest;
	u64 value = simple_strtoull(s, &rest, 0);

	for (unsigned int i = 0; suffixes[i]; i++) {
		if (_tolower(*rest) == suffixes[i]) {
			value <<= 10 * (i + 1);
			rest++;
			break;
		}
	}
	if (end)
		*end = rest;
	return value;
}
