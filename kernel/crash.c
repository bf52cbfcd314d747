// SPDX-License-Identifier: MIT
/*
 * The monitor's `crash` command: breaks the kernel on purpose, to see what each
 * kind of report looks like.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/string.h>
#include <memkern/monitor.h>

static void crash_null(void)
{
	volatile int *pointer = NULL;

	OPTIMIZER_HIDE_VAR(pointer);
	*pointer = 0;
}

/* The array is needed after the inner call, so that each call has a frame of its own. */
static noinline unsigned int recurse(unsigned int depth)
{
	volatile unsigned char frame[256];

	frame[0] = depth;
	return depth ? recurse(depth - 1) + frame[0] : 0;
}

static void crash_stack(void)
{
	unsigned int deeper_than_any_stack = 1000000;

	mprintf("came back with %u\n", recurse(deeper_than_any_stack));
}

static void crash_exec(void)
{
	static unsigned char code[] = { 0xc3 }; /* ret */
	void (*function)(void) = (void (*)(void))(unsigned long)code;

	OPTIMIZER_HIDE_VAR(function);
	function();
	mprintf("executed data and came back: this CPU has no NX\n");
}

static void crash_bug(void)
{
	BUG();
}

static void crash_warn(void)
{
	WARN(true, "crash warn: nothing is wrong\n");
}

static void crash_panic(void)
{
	panic("crash panic: somebody asked for it");
}

static const struct crash_kind {
	const char *name;
	void (*run)(void);
} crash_kinds[] = {
	{ "null", crash_null }, { "stack", crash_stack }, { "exec", crash_exec },
	{ "bug", crash_bug },	{ "warn", crash_warn },	  { "panic", crash_panic },
};

static int cmd_crash(int argc, char **argv)
{
	unsigned int i;

	if (argc != 2)
		return monitor_usage(argv[0]);
	for (i = 0; i < ARRAY_SIZE(crash_kinds); i++) {
		if (!strcmp(argv[1], crash_kinds[i].name)) {
			crash_kinds[i].run();
			return 0;
		}
	}
	mprintf("crash: there is no kind '%s'\n", argv[1]);
	return monitor_usage(argv[0]);
}

static void complete_crash(struct monitor_completion *completion, int argc, char **argv)
{
	unsigned int i;

	for (i = 0; argc == 1 && i < ARRAY_SIZE(crash_kinds); i++)
		monitor_offer(completion, crash_kinds[i].name);
}

MONITOR_COMMAND_COMPLETE("crash", "null|stack|exec|bug|warn|panic", "break the kernel on purpose",
			 cmd_crash, complete_crash);
