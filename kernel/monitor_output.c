// SPDX-License-Identifier: MIT
/* What listings have in common: their arguments, and their output as JSON. */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/monitor.h>
#include <memkern/monitor_output.h>
#include <memkern/params.h>

static bool coloured = true;

static int __init set_colour(char *value)
{
	return value ? kstrtobool(value, &coloured) : -EINVAL;
}
early_param("colour", set_colour);

const char *colour(const char *sequence)
{
	return coloured ? sequence : "";
}

bool take_word(int *argc, char **argv, const char *word)
{
	bool found = false;
	int from, to = 1;

	for (from = 1; from < *argc; from++) {
		if (strcmp(argv[from], word))
			argv[to++] = argv[from];
		else
			found = true;
	}
	*argc = to;
	return found;
}

bool take_json(int *argc, char **argv)
{
	return take_word(argc, argv, "--json");
}

int listing_arguments(int argc, char **argv, bool *json)
{
	*json = take_json(&argc, argv);
	return argc == 1 ? 0 : monitor_usage(argv[0]);
}

static bool json_first;

void json_begin(void)
{
	mprintf("{");
	json_first = true;
}

static void json_name(const char *name)
{
	mprintf("%s\"%s\":", json_first ? "" : ",", name);
	json_first = false;
}

void json_number(const char *name, u64 value)
{
	json_name(name);
	mprintf("%llu", value);
}

void json_signed(const char *name, s64 value)
{
	json_name(name);
	mprintf("%lld", value);
}

void json_text(const char *name, const char *value)
{
	json_name(name);
	mprintf("\"%s\"", value);
}

void json_bool(const char *name, bool value)
{
	json_name(name);
	mprintf(value ? "true" : "false");
}

void json_array(const char *name, const long *values, unsigned int nr)
{
	unsigned int i;

	json_name(name);
	mprintf("[");
	for (i = 0; i < nr; i++)
		mprintf("%s%ld", i ? "," : "", values[i]);
	mprintf("]");
}

void json_end(void)
{
	mprintf("}\n");
}
