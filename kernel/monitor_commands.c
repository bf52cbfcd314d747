// SPDX-License-Identifier: MIT
/* The monitor's commands on the kernel itself. Those on memory are in mm/monitor/. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/console.h>
#include <memkern/exit.h>
#include <memkern/report.h>
#include "monitor.h"

#define NAME_COLUMN 28
#define LOG_LINE    1024

static void help_line(const struct monitor_command *command)
{
	char synopsis[MONITOR_LINE_MAX + 1];

	snprintf(synopsis, sizeof(synopsis), "%s %s", command->name, command->args);
	strim(synopsis);
	if (strlen(synopsis) > NAME_COLUMN) {
		mprintf("  %s\n", synopsis);
		synopsis[0] = '\0';
	}
	mprintf("  %-*s  %s\n", NAME_COLUMN, synopsis, command->help);
}

/* All commands, or those whose names begin with the words given. */
static int cmd_help(int argc, char **argv)
{
	const struct monitor_command *command;
	char words[MONITOR_LINE_MAX + 1] = "";
	bool found = false;
	int i;

	for (i = 1; i < argc; i++) {
		strlcat(words, i > 1 ? " " : "", sizeof(words));
		strlcat(words, argv[i], sizeof(words));
	}
	if (argc == 1)
		mprintf("commands; Tab completes, ';' separates:\n");
	for (command = monitor_next(NULL); command; command = monitor_next(command->name)) {
		if (argc > 1 && !monitor_in_group(command, words))
			continue;
		help_line(command);
		found = true;
	}
	if (!found) {
		mprintf("there is no command '%s'\n", words);
		return -ENOENT;
	}
	return 0;
}

static void complete_help(struct monitor_completion *completion, int argc, char **argv)
{
	const struct monitor_command *command;

	for (command = monitor_next(NULL); argc == 1 && command;
	     command = monitor_next(command->name))
		monitor_offer(completion, command->name);
}

MONITOR_COMMAND_COMPLETE("help", "[COMMAND]", "what the commands are", cmd_help, complete_help);

static int cmd_dmesg(int argc, char **argv)
{
	static char line[LOG_LINE];
	u64 position = 0;

	if (argc > 1)
		return monitor_usage(argv[0]);
	while (log_next_line(&position, line, sizeof(line)) >= 0) {
		console_write(line, strlen(line));
		console_write("\n", 1);
	}
	return 0;
}

MONITOR_COMMAND("dmesg", "", "the kernel's log: the last 64 KiB of messages", cmd_dmesg);

static int cmd_reports(int argc, char **argv)
{
	struct report_counts counts;
	const char *text;
	unsigned int i;

	if (argc > 1)
		return monitor_usage(argv[0]);
	report_get_counts(&counts);
	mprintf("reports: %u, declared by their tests: %u, failed a test: %u, outside of tests: "
		"%u\n",
		counts.total, counts.declared, counts.in_case, counts.outside);
	for (i = 0; (text = report_text(i)); i++)
		mprintf("  %s\n", text);
	return 0;
}

MONITOR_COMMAND("reports", "", "how many faults were reported, and the last ones", cmd_reports);

static int cmd_poweroff(int argc, char **argv)
{
	if (argc > 1)
		return monitor_usage(argv[0]);
	console_flush();
	machine_power_off();
}

MONITOR_COMMAND("poweroff", "", "switch the machine off", cmd_poweroff);
