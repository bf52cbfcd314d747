// SPDX-License-Identifier: MIT
/*
 * `in CONTEXT COMMAND`: a monitor command in another context than the monitor's. What must not
 * be done there is reported there, as it would be for a driver.
 *
 * `on CPU COMMAND`: one on another CPU, in a thread. The two combine: `on 1 in hardirq ...`.
 */
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <memkern/contexts.h>
#include <memkern/monitor.h>
#include <memkern/report.h>

struct job {
	char line[MONITOR_LINE_MAX + 1];
	int result;
};

/*
 * Commands that wait for others, take a lock that may make them wait, or take long: where
 * nothing may sleep they would wait for ever.
 */
static const char *const sleepers[] = { "test", "bench", "slab", "leaks", "on", "poweroff" };

static bool sleeps(const char *command)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sleepers); i++)
		if (!strcmp(command, sleepers[i]))
			return true;
	return false;
}

/* Why the command cannot be run there; NULL: it can. */
static const char *objection(enum context context, const char *command)
{
	if (!strcmp(command, "in"))
		return "is in one context at a time";
	if (!context_may_sleep(context) && sleeps(command))
		return "sleeps, or takes long: nothing may here";
	if (!strcmp(command, "crash") && context > CONTEXT_WORKQUEUE)
		return "would end more than a thread there: the whole kernel";
	return NULL;
}

static void run_there(void *data)
{
	struct job *job = data;

	mprintf("(preempt count %#x, interrupts %s, thread %s)\n", preempt_count(),
		irqs_disabled() ? "off" : "on", current->comm);
	job->result = monitor_execute(job->line);
}

static void run_on(void *data)
{
	struct job *job = data;

	mprintf("(CPU %u, thread %s)\n", raw_smp_processor_id(), current->comm);
	job->result = monitor_execute(job->line);
}

static enum context find_context(const char *name)
{
	enum context context;

	for (context = 0; context < NR_CONTEXTS; context++)
		if (!strcmp(context_names[context], name))
			break;
	return context;
}

static int unknown_context(const char *name)
{
	enum context context;

	mprintf("there is no context '%s'; there are:", name);
	for (context = 0; context < NR_CONTEXTS; context++)
		mprintf(" %s", context_names[context]);
	mprintf("\n");
	return -EINVAL;
}

/* The words as one line again, those with spaces in quotes. -E2BIG after a sentence. */
static int join(struct job *job, int argc, char **argv)
{
	size_t n = 0;
	int i;

	for (i = 0; i < argc; i++) {
		const char *quote = argv[i][strcspn(argv[i], " ;")] || !argv[i][0] ? "\"" : "";

		n += scnprintf(job->line + n, sizeof(job->line) - n, "%s%s%s%s", i ? " " : "",
			       quote, argv[i], quote);
	}
	if (n < sizeof(job->line) - 1)
		return 0;
	mprintf("a command has %d characters at most\n", MONITOR_LINE_MAX);
	return -E2BIG;
}

static int cmd_in(int argc, char **argv)
{
	const char *why_not;
	enum context context;
	struct job job = { .result = -EFAULT }; /* unless it comes back */
	int error;

	if (argc < 2)
		return monitor_usage(argv[0]);
	context = find_context(argv[1]);
	if (context == NR_CONTEXTS)
		return unknown_context(argv[1]);
	if (argc < 3)
		return monitor_usage(argv[0]);
	why_not = objection(context, argv[2]);
	if (why_not) {
		mprintf("'%s' %s\n", argv[2], why_not);
		return -EPERM;
	}
	if (join(&job, argc - 2, argv + 2))
		return -E2BIG;
	report_reset_once(); /* or the second report within a second would be missing */
	error = run_in_context(context, run_there, &job);
	if (error)
		mprintf("no memory for a thread\n");
	return error ? error : job.result;
}

static int cmd_on(int argc, char **argv)
{
	struct job job = { .result = -EFAULT }; /* of a thread that faults */
	unsigned long cpu;
	int error;

	if (argc < 3)
		return monitor_usage(argv[0]);
	if (monitor_parse_ulong(argv[1], &cpu) || join(&job, argc - 2, argv + 2))
		return -EINVAL;
	report_reset_once();
	error = run_on_cpu(cpu, run_on, &job);
	if (error == -EINVAL)
		mprintf("no CPU %lu runs; 'cpus' lists them\n", cpu);
	else if (error)
		mprintf("no memory for a thread\n");
	return error ? error : job.result;
}

static void complete_in(struct monitor_completion *completion, int argc, char **argv)
{
	enum context context;

	for (context = 0; argc == 1 && context < NR_CONTEXTS; context++)
		monitor_offer(completion, context_names[context]);
}

MONITOR_COMMAND_COMPLETE("in", "CONTEXT COMMAND...", "a command in an interrupt, a tasklet, ...",
			 cmd_in, complete_in);

MONITOR_COMMAND("on", "CPU COMMAND...", "a command on that CPU, in a thread", cmd_on);
