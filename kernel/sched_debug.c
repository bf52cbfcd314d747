// SPDX-License-Identifier: MIT
/* What tasks do, for people: in reports and in the monitor. */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include "sched.h"

/* Bits that say more come before bits that they go with. */
static const struct {
	unsigned int bits;
	char letter;
	const char *name;
} states[] = {
	{ TASK_DEAD, 'X', "dead" },
	{ TASK_NEW, 'N', "new" },
	{ TASK_PARKED, 'P', "parked" },
	{ TASK_NOLOAD, 'I', "idle" },
	{ TASK_UNINTERRUPTIBLE, 'D', "waits" },
	{ TASK_INTERRUPTIBLE, 'S', "sleeps" },
};

static unsigned int find_state(const struct task_struct *task)
{
	unsigned int state = READ_ONCE(task->__state), i;

	for (i = 0; i < ARRAY_SIZE(states); i++)
		if (state & states[i].bits)
			break;
	return i;
}

/* A preempted task runs on whatever it has said: it has not yet gone to sleep. */
static bool is_running(const struct task_struct *task)
{
	return (task->on_rq || task->on_cpu) && task->__state != TASK_DEAD;
}

const char *task_state_name(const struct task_struct *task)
{
	unsigned int i = find_state(task);

	if (READ_ONCE(task->on_cpu) && task->__state != TASK_DEAD)
		return "runs";
	return is_running(task) || i == ARRAY_SIZE(states) ? "ready" : states[i].name;
}

char task_state_to_char(const struct task_struct *task)
{
	unsigned int i = find_state(task);

	return is_running(task) || i == ARRAY_SIZE(states) ? 'R' : states[i].letter;
}

void sched_show_task(struct task_struct *task)
{
	pr_info("task:%-15.15s state:%c stack:%5lu pid:%5d flags:0x%08x\n", task->comm,
		task_state_to_char(task), stack_not_used(task), task->pid, task->flags);
	show_stack(task);
}
