// SPDX-License-Identifier: MIT
/*
 * The kernel command line: cut into words, each given to whoever registered its name.
 *
 *	kunit=off run="zones; buddy" "greeting=hello world" floppy.tries=3
 *	|         |                  |                      kept for the module "floppy"
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
#include <memkern/module.h>
#include <memkern/params.h>

extern const struct obs_kernel_param *const __start_kernel_params[], *const __stop_kernel_params[];

char saved_command_line[COMMAND_LINE_SIZE];

struct module_word module_words[MAX_MODULE_WORDS];
unsigned int nr_module_words;

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

bool same_param_name(const char *name, const char *text, size_t len)
{
	for (; *name && len; name++, text++, len--)
		if (*name != *text &&
		    !((*name == '-' || *name == '_') && (*text == '-' || *text == '_')))
			return false;
	return !*name && !len;
}

static bool handle(const char *name, char *value)
{
	const struct obs_kernel_param *const *param;
	bool found = false;

	for (param = __start_kernel_params; param < __stop_kernel_params; param++) {
		if (!same_param_name((*param)->str, name, strlen(name)))
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

static bool set_own_param(const char *name, const char *value)
{
	const struct kernel_param *param;

	for_each_param(param, NULL) {
		if (!same_param_name(param->name, name, strlen(name)))
			continue;
		param_set(param, param->name, value, "Booting kernel");
		return true;
	}
	return false;
}

/* False: there is no such module. */
static bool keep_for_module(const char *name, const char *value)
{
	const char *dot = strrchr(name, '.'); /* drv-1.2.c is a module, too */

	if (!dot || !module_by_name(name, dot - name))
		return false;
	if (nr_module_words == MAX_MODULE_WORDS)
		pr_warn("Parameter %s: more than %d parameters of modules, it is ignored\n", name,
			MAX_MODULE_WORDS);
	else
		module_words[nr_module_words++] =
			(struct module_word){ name, dot - name, dot + 1, value };
	return true;
}

void parse_params(char *line)
{
	char *name, *value;

	while (next_arg(&line, &name, &value)) {
		if (handle(name, value) || set_own_param(name, value) ||
		    keep_for_module(name, value))
			continue;
		pr_warn("Unknown kernel command line parameter '%s%s%s'\n", name, value ? "=" : "",
			value ? value : "");
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
