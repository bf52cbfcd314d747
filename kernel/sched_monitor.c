// SPDX-License-Identifier: MIT
/* `ps`: the threads, how much of their stacks they have used, and what each waits in. */
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <memkern/monitor.h>
#include <memkern/monitor_output.h>
#include "sched.h"

#define TRACE_MAX 24

static unsigned long stack_used(const struct task_struct *task)
{
	return THREAD_SIZE - stack_not_used(task);
}

/* "schedule_timeout+0x5a/0xb0", "" where it does not wait */
static const char *waits_in(struct task_struct *task, char *text, size_t size)
{
	unsigned long wchan = get_wchan(task);

	text[0] = '\0';
	if (wchan)
		snprintf(text, size, "%pS", (void *)wchan);
	return text;
}

/* "12.345 ms" */
static const char *time_text(u64 ns, char *text, size_t size)
{
	u32 us;
	u64 ms = div_u64_rem(div_u64(ns, NSEC_PER_USEC), USEC_PER_MSEC, &us);

	if (ms >= 10 * MSEC_PER_SEC)
		snprintf(text, size, "%llu s", div_u64(ms, MSEC_PER_SEC));
	else
		snprintf(text, size, "%llu.%03u ms", ms, us);
	return text;
}

static void print_heading(void)
{
	mprintf("  pid  name             state   CPU  nice       CPU time  switches  stack of %lu  "
		"waits in\n",
		THREAD_SIZE);
}

static void print_task(struct task_struct *task)
{
	char where[KSYM_SYMBOL_LEN], time[24];

	waits_in(task, where, sizeof(where));
	mprintf("%5d  %-15.15s  %-6s  %3u  %4d  %13s  %8lu  %13lu%s%s\n", task->pid, task->comm,
		task_state_name(task), task->cpu, task->nice,
		time_text(task->sum_exec_runtime, time, sizeof(time)), task->nvcsw + task->nivcsw,
		stack_used(task), where[0] ? "  " : "", where);
}

static void json_task(struct task_struct *task)
{
	char where[KSYM_SYMBOL_LEN];

	json_begin();
	json_signed("pid", task->pid);
	json_text("name", task->comm);
	json_text("state", task_state_name(task));
	json_number("cpu", task->cpu);
	json_signed("nice", task->nice);
	json_number("cpu_time_ns", task->sum_exec_runtime);
	json_number("voluntary_switches", task->nvcsw);
	json_number("involuntary_switches", task->nivcsw);
	json_number("stack_used", stack_used(task));
	json_number("stack_size", THREAD_SIZE);
	json_text("waits_in", waits_in(task, where, sizeof(where)));
	json_end();
}

/* Of one that runs the trace would be this command's. */
static int show_trace_of(struct task_struct *task)
{
	unsigned long trace[TRACE_MAX];
	unsigned int nr = stack_trace_save_tsk(task, trace, TRACE_MAX, 0), i;

	print_heading();
	print_task(task);
	mprintf("Call trace, innermost first:\n");
	for (i = 0; i < nr; i++)
		mprintf("  %pS\n", (void *)trace[i]);
	return 0;
}

static int show_one(const char *text)
{
	struct task_struct *task;
	unsigned long pid;
	int error = monitor_parse_ulong(text, &pid);

	if (error)
		return error;
	task = pid && pid <= INT_MAX ? next_task_after((int)pid - 1) : NULL;
	if (task && task->pid == (int)pid) {
		error = show_trace_of(task);
	} else {
		mprintf("there is no thread %lu; 'ps' lists them\n", pid);
		error = -ESRCH;
	}
	if (task)
		put_task_struct(task);
	return error;
}

static int cmd_ps(int argc, char **argv)
{
	bool json = take_json(&argc, argv);
	struct task_struct *task;
	int pid;

	if (argc == 2 && !json)
		return show_one(argv[1]);
	if (argc != 1)
		return monitor_usage(argv[0]);
	if (!json)
		print_heading();
	for (task = next_task_after(0); task; task = next_task_after(pid)) {
		pid = task->pid;
		if (json)
			json_task(task);
		else
			print_task(task);
		put_task_struct(task);
	}
	return 0;
}

MONITOR_COMMAND("ps", "[PID] [--json]", "threads: state, CPU time, stack use, what they wait in",
		cmd_ps);
