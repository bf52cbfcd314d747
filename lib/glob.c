// SPDX-License-Identifier: MIT
/*
 * Shell patterns: linux/glob.h has the rules.
 *
 * Only the last "*" met ever needs another try: whatever an earlier one could match
 * in addition, the later one can match as well. So there is one place to go back to,
 * no recursion, and the cost is at most the product of the two lengths.
 */
#include <linux/glob.h>
#include <linux/types.h>

/*
 * Whether c is in the class that begins after the "[" at pat. *end is what follows the
 * "]", or NULL if there is none.
 */
static bool class_match(const char *pat, unsigned char c, const char **end)
{
	bool inverted = *pat == '!', match = false;
	const char *p = pat + inverted;

	do {
		unsigned char from = *p++, to = from;

		if (!from) {
			*end = NULL;
			return false;
		}
		/* "-" before the "]" is an ordinary character. */
		if (p[0] == '-' && p[1] && p[1] != ']') {
			to = p[1];
			p += 2;
		}
		match |= from <= c && c <= to;
	} while (*p != ']');

	*end = p + 1;
	return match != inverted;
}

/* Whether the one pattern element at *pat, which is no "*", takes c; moves *pat over it. */
static bool element_match(const char **pat, char c)
{
	const char *p = *pat, *end;
	bool match;

	*pat = p + 1;
	switch (*p) {
	case '?':
		return c != '\0';
	case '[':
		match = class_match(p + 1, c, &end);
		if (!end)
			return c == '[';
		*pat = end;
		return match && c;
	case '\\':
		if (p[1]) {
			*pat = p + 2;
			return c == p[1];
		}
		return c == '\\';
	default:
		return c == *p;
	}
}

bool glob_match(const char *pat, const char *str)
{
	const char *retry_pat = NULL, *retry_str = NULL;

	for (;;) {
		if (*pat == '*') {
			retry_pat = ++pat;
			retry_str = str;
			if (!*pat)
				return true;
		} else if (!*pat && !*str) {
			return true;
		} else if (*pat && element_match(&pat, *str)) {
			str++;
		} else if (retry_pat && *str) {
			/* Let the "*" take one character more; at the end none is left. */
			pat = retry_pat;
			str = ++retry_str;
		} else {
			return false;
		}
	}
}
