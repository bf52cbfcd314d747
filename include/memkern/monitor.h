/* SPDX-License-Identifier: MIT */
/*
 * The monitor: commands that a person types on a console.
 *
 *	static int cmd_free(int argc, char **argv)
 *	{
 *		if (argc != 2)
 *			return monitor_usage(argv[0]);
 *		...
 *		mprintf("freed #%u\n", handle);
 *		return 0;
 *	}
 *	MONITOR_COMMAND("free", "HANDLE|all", "give pages back", cmd_free);
 *
 * A name may be two words ("alloc page"): argv[0] is then both, and the arguments
 * follow from argv[1]. A command returns 0 or -errno and says itself, in a sentence,
 * what was wrong. It runs in the context of its caller: the monitor's task.
 */
#ifndef _MEMKERN_MONITOR_H
#define _MEMKERN_MONITOR_H

#include <linux/compiler.h>
#include <linux/types.h>

#define MONITOR_LINE_MAX 255
#define MONITOR_ARGS_MAX 32

struct monitor_completion;

struct monitor_command {
	const char *name;
	const char *args; /* as `help` shows them; "" for none */
	const char *help; /* one line */
	int (*run)(int argc, char **argv);

	/*
	 * Offers what the argument argv[argc] may be: monitor_offer() for each possibility
	 * (or a superset: the core drops what does not begin with what was typed). In
	 * an argument like GFP_KERNEL|__GFP_Z the part after the last '|' is completed.
	 * May be NULL.
	 */
	void (*complete)(struct monitor_completion *completion, int argc, char **argv);
};

#define __MONITOR_COMMAND(id, name_text, args_text, help_text, run_fn, complete_fn) \
	static const struct monitor_command id = {                                  \
		.name = (name_text),                                                \
		.args = (args_text),                                                \
		.help = (help_text),                                                \
		.run = (run_fn),                                                    \
		.complete = (complete_fn),                                          \
	};                                                                          \
	static const struct monitor_command *const __paste(id, _ptr)                \
		__used __section("monitor_commands") = &id

#define MONITOR_COMMAND_COMPLETE(name, args, help, fn, complete) \
	__MONITOR_COMMAND(__UNIQUE_ID(monitor), name, args, help, fn, complete)
#define MONITOR_COMMAND(name, args, help, fn) MONITOR_COMMAND_COMPLETE(name, args, help, fn, NULL)

void monitor_offer(struct monitor_completion *completion, const char *candidate);

/* Writes to the consoles, not to the log. At most 511 bytes a call. */
void mprintf(const char *fmt, ...) __printf(1, 2);

/*
 * A number: decimal, 0x hexadecimal, either with a K, M or G suffix. Where the
 * text is none, or too large for *value, a sentence says so and the result is -EINVAL or
 * -ERANGE.
 */
int monitor_parse_ull(const char *text, u64 *value);
int monitor_parse_ulong(const char *text, unsigned long *value);

/* Prints how the command is used; returns -EINVAL. */
int monitor_usage(const char *name);

/*
 * Executes a line: commands separated by ';', words by spaces, quotes around a word
 * keep its spaces. Returns what the last command returned, -ENOENT for an unknown one.
 */
int monitor_execute(const char *line);

/*
 * The last step of the boot: what run= asks for, then, with `exit`, out of the machine
 * with the verdict of the tests; otherwise the prompt, for ever.
 */
void __noreturn monitor_start(void);

#endif
