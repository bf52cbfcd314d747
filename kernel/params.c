// SPDX-License-Identifier: MIT
/*
 * The kernel command line: cut into words, each given to whoever registered its name.
 *
 *	kunit=off run="zones; buddy" "greeting=hello world" floppy.tries=3
 *	|         |                  |                      no handler, but a dot: kept
 *	|         |                  quotes around the whole word
 *	|         quotes around the value
 *	a handler each
 *
 * Nothing is copied twice: names and values point into one buffer, which stays. Only the
 * boot CPU runs here, in the boot.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <memkern/params.h>

#define MAX_MODULE_PARAMS 64

extern const struct obs_kernel_param *const __start_kernel_params[], *const __stop_kernel_params[];

char saved_command_line[COMMAND_LINE_SIZE];

static struct {
	const char *name;
	const char *value;
} module_params[MAX_MODULE_PARAMS];
static unsigned int nr_module_params;

/* Where the word at `s` ends: the next white space that no quote protects. */
static char *word_end(char *s)
{
	bool quoted = false;

	for (; *s && (quoted || !isspace(*s)); s++)
		if (*s == '"')
			quoted = !quoted;
	return s;
}

bool next_arg(char **args, char **name, char **value)
{
	char *word = skip_spaces(*args), *end = word_end(word), *equals;
	bool quoted = *word == '"';

	if (!*word)
		return false;
	*args = *end ? end + 1 : end;
	*end = '\0';
	if (quoted) {
		word++;
		if (end > word && end[-1] == '"')
			*--end = '\0';
	}

	*name = word;
	*value = NULL;
	equals = strchr(word, '=');
	if (!equals)
		return true;
	*equals = '\0';
	*value = equals + 1;
	if (**value == '"') {
		(*value)++;
		if (end > *value && end[-1] == '"')
			end[-1] = '\0';
	}
	return true;
}

/* Names are equal with '-' and '_' taken as one. */
static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !((*a == '-' || *a == '_') && (*b == '-' || *b == '_')))
			return false;
	return *a == *b;
}

static bool handle(const char *name, char *value)
{
	const struct obs_kernel_param *const *param;
	bool found = false;

	for (param = __start_kernel_params; param < __stop_kernel_params; param++) {
		if (!same_name((*param)->str, name))
			continue;
		found = true;
		if (!(*param)->setup_func(value))
			continue;
		if (value)
			pr_warn("Parameter %s: '%s' makes no sense and is ignored\n", name, value);
		else
			pr_warn("Parameter %s needs a value: it is ignored\n", name);
	}
	return found;
}

/* The last word of a name wins. */
static void keep_for_module(const char *name, const char *value)
{
	unsigned int i;

	for (i = 0; i < nr_module_params; i++)
		if (same_name(module_params[i].name, name))
			break;
	if (i == MAX_MODULE_PARAMS) {
		pr_warn("Parameter %s: more than %d parameters of modules, it is ignored\n", name,
			MAX_MODULE_PARAMS);
		return;
	}
	module_params[i].name = name;
	module_params[i].value = value ? value : "";
	nr_module_params = max(nr_module_params, i + 1);
}

void parse_params(char *line)
{
	char *name, *value;

	while (next_arg(&line, &name, &value)) {
		if (handle(name, value))
			continue;
		if (strchr(name, '.'))
			keep_for_module(name, value);
		else
			pr_warn("Unknown kernel command line parameter '%s%s%s'\n", name,
				value ? "=" : "", value ? value : "");
	}
}

void parse_early_params(const char *cmdline)
{
	static char words[COMMAND_LINE_SIZE];

	if (strscpy(saved_command_line, cmdline, COMMAND_LINE_SIZE) < 0)
		pr_warn("The kernel command line is cut after %d bytes\n", COMMAND_LINE_SIZE - 1);
	strscpy(words, saved_command_line, COMMAND_LINE_SIZE);
	parse_params(words);
}

const char *module_param_value(const char *name)
{
	unsigned int i;

	for (i = 0; i < nr_module_params; i++)
		if (same_name(module_params[i].name, name))
			return module_params[i].value;
	return NULL;
}
