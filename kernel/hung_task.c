// SPDX-License-Identifier: MIT
/*
 * The watchdog: threads and CPUs on which nothing has happened for too long.
 *
 *	blocked		sleeps in TASK_UNINTERRUPTIBLE, and nobody has woken it: what it
 *			waits for is lost, or two wait for each other. TASK_IDLE may wait for ever,
 *			so may TASK_INTERRUPTIBLE and TASK_KILLABLE
 *	starving	is runnable, and has not had the CPU
 *	soft lockup	a CPU stays with one task although others are runnable
 *
 * A thread, khungtaskd, looks for the first two a few times in each timeout. Each task has the
 * time when it last ran or was woken; reported is who crossed the limit since the look before,
 * so each incident once, and nothing has to be remembered. A CPU that is stuck does not run
 * threads, but takes interrupts: its tick looks for the third, and counts itself, since a CPU
 * that an emulator's host does not run is not stuck. With interrupts off as well, nobody is left
 * who could say so.
 */
#include <linux/err.h>
#include <linux/hardirq.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/sched/debug.h>
#include <memkern/report.h>
#include "sched.h"

#define CHECKS_PER_TIMEOUT 4

static unsigned int timeout_ms = HUNG_TASK_TIMEOUT_MS;
static struct task_struct *khungtaskd;

static u64 timeout_ns(void)
{
	return (u64)READ_ONCE(timeout_ms) * NSEC_PER_MSEC;
}

/* --- threads ------------------------------------------------------------------------- */

/* Sleeps in a state from which only what it waits for takes it. */
static bool is_blocked(unsigned int state)
{
	return (state & TASK_UNINTERRUPTIBLE) && !(state & (TASK_WAKEKILL | TASK_NOLOAD));
}

static void report_task(struct task_struct *task, const char *what)
{
	unsigned long seconds = READ_ONCE(timeout_ms) / MSEC_PER_SEC;

	if (report_note("INFO: task %s:%d %s for more than %ld seconds.", task->comm, task->pid,
			what, seconds))
		return;
	pr_err("INFO: task %s:%d %s for more than %ld seconds.\n", task->comm, task->pid, what,
	       seconds);
	sched_show_task(task);
}

/* Has the time since it was last seen crossed the limit between two looks? */
static void check_task(struct task_struct *task, u64 before, u64 now)
{
	u64 limit = READ_ONCE(task->last_seen) + timeout_ns();

	if (limit > now || limit <= before || task->on_cpu)
		return;
	if (task->on_rq)
		report_task(task, "runnable but not run");
	else if (is_blocked(READ_ONCE(task->__state)))
		report_task(task, "blocked");
}

static void check_tasks(u64 before, u64 now)
{
	struct task_struct *task;
	int pid;

	for (task = next_task_after(0); task; task = next_task_after(pid)) {
		pid = task->pid;
		check_task(task, before, now);
		put_task_struct(task);
	}
}

static long interval(void)
{
	unsigned int ms = READ_ONCE(timeout_ms);

	return ms ? (long)msecs_to_jiffies(ms / CHECKS_PER_TIMEOUT) + 1 : MAX_SCHEDULE_TIMEOUT;
}

static int watch(void *unused)
{
	u64 before = sched_clock(), now;

	while (!kthread_should_stop()) {
		schedule_timeout_idle(interval());
		now = sched_clock();
		if (READ_ONCE(timeout_ms))
			check_tasks(before, now);
		before = now;
	}
	return 0;
}

void set_hung_task_timeout(unsigned int ms)
{
	WRITE_ONCE(timeout_ms, ms);
	wake_up_process(khungtaskd);
}

/* --- CPUs ---------------------------------------------------------------------------- */

struct cpu_watch {
	unsigned long switches;
	unsigned long ticks; /* with that many switches, and somebody waits */
	bool reported;
};

static DEFINE_PER_CPU(struct cpu_watch, cpu_watch);

static void report_lockup(unsigned int seconds)
{
	if (report_note("BUG: soft lockup - CPU#%d stuck for %us! [%s:%d]", smp_processor_id(),
			seconds, current->comm, current->pid))
		return;
	pr_emerg("BUG: soft lockup - CPU#%d stuck for %us! [%s:%d]\n", smp_processor_id(), seconds,
		 current->comm, current->pid);
	if (get_irq_regs())
		show_regs(get_irq_regs());
	add_taint(TAINT_WARN, LOCKDEP_STILL_OK);
}

/* Interrupts are off; what it reads of the queue is this CPU's, and need not be of one moment. */
void watchdog_tick(const struct rq *rq)
{
	struct cpu_watch *watch = this_cpu_ptr(&cpu_watch);

	if (rq->nr_running < 2 || rq->nr_switches != watch->switches || !timeout_ms) {
		*watch = (struct cpu_watch){ .switches = rq->nr_switches };
		return;
	}
	if (watch->reported || ++watch->ticks <= msecs_to_jiffies(timeout_ms))
		return;
	watch->reported = true;
	report_lockup(watch->ticks / HZ);
}

static int __init start_khungtaskd(void)
{
	khungtaskd = kthread_run(watch, NULL, "khungtaskd");
	return PTR_ERR_OR_ZERO(khungtaskd);
}
device_initcall(start_khungtaskd);
