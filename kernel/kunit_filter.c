// SPDX-License-Identifier: MIT
/* Which cases are meant: by a glob on their names, and by how long they take. */
#include <linux/glob.h>
#include <linux/string.h>
#include <memkern/kunit_extra.h>

/* "suite" or "suite.case": the first dot divides, for no suite has one in its name. */
static bool names_match(const char *filter, const char *suite, const char *name)
{
	const char *dot = filter ? strchr(filter, '.') : NULL;
	char suite_glob[64];

	if (!filter || !*filter)
		return true;
	if (!dot)
		return glob_match(filter, suite);
	if ((size_t)(dot - filter) >= sizeof(suite_glob))
		return false;
	memcpy(suite_glob, filter, dot - filter);
	suite_glob[dot - filter] = '\0';
	return glob_match(suite_glob, suite) && glob_match(dot + 1, name);
}

extern const struct kunit_module_suites __start_kunit_module_suites[], __stop_kunit_module_suites[];

const struct module *kunit_suite_owner(const struct kunit_suite *suite)
{
	const struct kunit_module_suites *some;
	size_t i;

	for (some = __start_kunit_module_suites; some < __stop_kunit_module_suites; some++)
		for (i = 0; i < some->nr; i++)
			if (some->suites[i] == suite)
				return some->owner;
	return NULL;
}

bool kunit_is_slow(const struct kunit_suite *suite, const struct kunit_case *test_case)
{
	enum kunit_speed speed = test_case->attr.speed;

	if (speed == KUNIT_SPEED_UNSET)
		speed = suite->attr.speed;
	return speed == KUNIT_SPEED_SLOW || speed == KUNIT_SPEED_VERY_SLOW;
}

bool kunit_selected(const struct kunit_selection *selection, const struct kunit_suite *suite,
		    const struct kunit_case *test_case)
{
	if (!names_match(selection->filter, suite->name, test_case->name))
		return false;
	switch (selection->mode) {
	case KUNIT_MODE_QUICK:
		return !kunit_is_slow(suite, test_case);
	case KUNIT_MODE_OOPS:
		return test_case->oops;
	default:
		return true;
	}
}
