/* SPDX-License-Identifier: MIT */
/*
 * The kernel command line. Words are separated by white space; a word is `name` or
 * `name=value`; quotes around a value or around the whole word keep its spaces. In
 * names '-' and '_' are the same.
 *
 *	static int __init set_mem(char *value)		value is NULL for a bare word
 *	{
 *		...
 *		return 0;			or -errno: the person is told
 *	}
 *	early_param("mem", set_mem);
 *
 * Handlers run in the order of the words, in the boot, before mm_init(). A value
 * stays where it is for ever: keep the pointer. A word that nobody handles is named
 * in a warning. `module.parameter=value` waits for a module; a parameter of the kernel's
 * own files (module_param()) is set at once.
 */
#ifndef _MEMKERN_PARAMS_H
#define _MEMKERN_PARAMS_H

#include <linux/compiler.h>
#include <linux/types.h>

#define COMMAND_LINE_SIZE 2048

struct obs_kernel_param {
	const char *str;
	int (*setup_func)(char *value);
};

#define early_param(name, fn)                                                          \
	static const struct obs_kernel_param __paste(__param_, fn) = { (name), (fn) }; \
	static const struct obs_kernel_param *const __paste(__param_ptr_, fn)          \
		__used __section("kernel_params") = &__paste(__param_, fn)

/* Keeps a copy of `cmdline` (at most COMMAND_LINE_SIZE - 1 bytes) and calls the handlers. */
void parse_early_params(const char *cmdline);

/* The command line as it was given. */
extern char saved_command_line[COMMAND_LINE_SIZE];

/* Cuts `line` into words, in place, and gives them to the handlers. */
void parse_params(char *line);

/* The words `module.parameter=value` for modules that are in the image, in their order. */
struct module_word {
	const char *module;
	size_t module_len;
	const char *name;
	const char *value; /* NULL for a bare word */
};

#define MAX_MODULE_WORDS 64
extern struct module_word module_words[MAX_MODULE_WORDS];
extern unsigned int nr_module_words;

/* Is `name` the first `len` characters of `text`, with '-' and '_' taken as one? */
bool same_param_name(const char *name, const char *text, size_t len);

/*
 * Sets a parameter (linux/moduleparam.h), known as `name`; `value` is NULL for a bare word. What
 * is wrong with it is said, `doing` in front, and returned.
 */
struct kernel_param;
int param_set(const struct kernel_param *param, const char *name, const char *value,
	      const char *doing);

/*
 * Cuts the next word off *args: *name and *value point into it, quotes removed;
 * *value is NULL where there is no '='. Returns false at the end of the line.
 */
bool next_arg(char **args, char **name, char **value);

#endif
