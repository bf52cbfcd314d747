// SPDX-License-Identifier: MIT
/*
 * What the lock checker says, in the form that Linux has for it. The headline names
 * the locks and the places; below it come the chains, and the stack of who was caught.
 */
#ifdef CONFIG_LOCKDEP

#include <linux/hardirq.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <memkern/report.h>
#include "lockdep.h"

#define RULE "======================================================"

struct lock_report last_lock_report;

static const char *const usage_names[NR_LOCK_USAGES] = { "IN-HARDIRQ-W", "HARDIRQ-ON-W",
							 "IN-SOFTIRQ-W", "SOFTIRQ-ON-W" };

/* A lock, or a place, in words. */
struct words {
	char text[160];
};

static const char *name_of(unsigned int class)
{
	return lock_classes[class].name ?: "?";
}

void lockdep_usage_letters(unsigned int class, char text[3])
{
	static const char letters[] = ".-+?";
	unsigned int usage = lock_classes[class].usage;

	text[0] = letters[usage & 3];
	text[1] = letters[usage >> 2 & 3];
	text[2] = '\0';
}

static const char *place(struct words *words, unsigned long ip)
{
	snprintf(words->text, sizeof(words->text), ip ? "%pS" : "DESIGN.md, \"Lock order\"",
		 (void *)ip);
	return words->text;
}

/* Its class and usage; with the address and the place where it was taken for one that is held. */
static const char *class_words(struct words *words, unsigned int class)
{
	unsigned int subclass = lock_classes[class].subclass;
	char letters[3], number[8] = "";

	lockdep_usage_letters(class, letters);
	if (subclass)
		snprintf(number, sizeof(number), "/%u", subclass);
	snprintf(words->text, sizeof(words->text), "(%s%s){%s}", name_of(class), number, letters);
	return words->text;
}

static const char *held_words(struct words *words, const struct held_lock *held)
{
	struct words class;

	snprintf(words->text, sizeof(words->text), "%px %s, at: %pS%s", held->instance,
		 class_words(&class, held->class), (void *)held->acquire_ip,
		 held->flags & __LOCK_WAITING ? " (waiting)" : "");
	return words->text;
}

void debug_show_held_locks(const struct task_struct *task)
{
	unsigned int i, nr = task->lockdep_depth;
	struct words words;

	if (!debug_locks)
		pr_warn("INFO: lockdep is turned off.\n");
	else if (!nr)
		pr_warn("no locks held by %s/%d.\n", task->comm, task->pid);
	else
		pr_warn("%u lock%s held by %s/%d:\n", nr, nr == 1 ? "" : "s", task->comm,
			task->pid);
	for (i = 0; debug_locks && i < nr; i++)
		pr_warn(" #%u: %s\n", i, held_words(&words, &task->held_locks[i]));
}

/* --- circular ----------------------------------------------------------------- */

/* The way, innermost first: each link is what had been taken, and under what. */
static void print_chain(const struct lock_report *report)
{
	unsigned int i = min(report->nr_path, (unsigned int)MAX_PATH);
	struct words words;

	pr_warn("the existing dependency chain (in reverse order) is:\n\n");
	if (i < report->nr_path)
		pr_warn("-> ... %u more\n\n", report->nr_path - i);
	while (i--) {
		const struct lock_edge *edge = &lock_edges[report->path[i]];

		pr_warn("-> #%u %s:\n", i + 1, class_words(&words, edge->inner));
		pr_warn("       taken at %s\n", place(&words, edge->inner_ip));
		pr_warn("       with %s held,\n", class_words(&words, edge->outer));
		pr_warn("       taken at %s\n\n", place(&words, edge->outer_ip));
	}
}

static void print_circular(const struct lock_report *report)
{
	const char *held = name_of(report->held.class), *taken = name_of(report->taken.class);

	struct words words;

	print_chain(report);
	pr_warn("-> #0 %s:\n", class_words(&words, report->taken.class));
	pr_warn("       now, at %s\n\n", place(&words, report->taken.acquire_ip));
	pr_warn(" Possible unsafe locking scenario:\n\n");
	pr_warn("       CPU0                    CPU1\n");
	pr_warn("       ----                    ----\n");
	pr_warn("  lock(%s);\n", held);
	pr_warn("                               lock(%s);\n", taken);
	pr_warn("                               lock(%s);\n", held);
	pr_warn("  lock(%s);\n\n *** DEADLOCK ***\n\n", taken);
}

static void print_recursive(const struct lock_report *report)
{
	const char *name = name_of(report->taken.class);

	pr_warn(" Possible unsafe locking scenario:\n\n       CPU0\n       ----\n");
	pr_warn("  lock(%s);\n  lock(%s);\n\n *** DEADLOCK ***\n\n", name, name);
	pr_warn(" May be due to missing lock nesting notation\n\n");
}

static void print_irq_unsafe(const struct lock_report *report)
{
	const struct lock_class *class = &lock_classes[report->taken.class];
	enum lock_usage before = report->usage ^ 1;
	struct words words;

	pr_warn("{%s} state was registered at:\n", usage_names[before]);
	pr_warn("  %s\n\n", place(&words, class->usage_ip[before]));
	pr_warn(" Possible unsafe locking scenario:\n\n       CPU0\n       ----\n");
	pr_warn("  lock(%s);\n  <Interrupt>\n    lock(%s);\n\n *** DEADLOCK ***\n\n", class->name,
		class->name);
}

static void print_irq_order(const struct lock_report *report)
{
	const struct lock_class *safe = &lock_classes[report->held.class];
	const struct lock_class *unsafe = &lock_classes[report->taken.class];
	struct words words;

	pr_warn("{%s} %s: taken at\n", usage_names[report->usage ^ 1], safe->name);
	pr_warn("  %s\n", place(&words, safe->usage_ip[report->usage ^ 1]));
	pr_warn("{%s} %s: taken at\n", usage_names[report->usage], unsafe->name);
	pr_warn("  %s\n\n", place(&words, unsafe->usage_ip[report->usage]));
	print_chain(report);
	pr_warn(" Possible interrupt unsafe locking scenario:\n\n");
	pr_warn("       CPU0                    CPU1\n");
	pr_warn("       ----                    ----\n");
	pr_warn("  lock(%s);\n", unsafe->name);
	pr_warn("                               local_irq_disable();\n");
	pr_warn("                               lock(%s);\n", safe->name);
	pr_warn("                               lock(%s);\n", unsafe->name);
	pr_warn("  <Interrupt>\n    lock(%s);\n\n *** DEADLOCK ***\n\n", safe->name);
}

/* --- the whole ------------------------------------------------------------------ */

static void print_context(const char *does, const struct lock_report *report)
{
	struct words words;

	pr_warn("%s/%d [HC%u SC%u] %s:\n", current->comm, current->pid,
		hardirq_count() >> HARDIRQ_SHIFT, softirq_count() >> SOFTIRQ_SHIFT, does);
	pr_warn("%s\n", held_words(&words, &report->taken));
}

static void print_already_held(const struct lock_report *report)
{
	struct words words;

	print_context("is trying to acquire lock", report);
	pr_warn("\nbut task is already holding lock:\n%s\n\n", held_words(&words, &report->held));
}

static void print_body(const struct lock_report *report)
{
	switch (report->fault) {
	case LOCK_CIRCULAR:
		print_already_held(report);
		pr_warn("which lock already depends on the new lock.\n\n");
		print_circular(report);
		break;
	case LOCK_RECURSIVE:
		print_already_held(report);
		print_recursive(report);
		break;
	case LOCK_IRQ_UNSAFE:
		pr_warn("inconsistent {%s} -> {%s} usage.\n", usage_names[report->usage ^ 1],
			usage_names[report->usage]);
		print_context("takes", report);
		print_irq_unsafe(report);
		break;
	case LOCK_IRQ_ORDER:
		print_irq_order(report);
		break;
	case LOCK_NO_KEY:
		pr_warn("It is not checked: was it initialized before use?\n");
		break;
	case LOCK_TABLE_FULL:
		pr_warn("turning off the locking correctness validator.\n");
		break;
	default:
		break;
	}
}

static void headline(const struct lock_report *report, char *text, size_t size)
{
	const char *taken = name_of(report->taken.class), *held = name_of(report->held.class);
	void *taken_at = (void *)report->taken.acquire_ip;
	void *held_at = (void *)report->held.acquire_ip;

	switch (report->fault) {
	case LOCK_CIRCULAR:
		snprintf(text, size,
			 "WARNING: possible circular locking dependency detected: %s at %pS, "
			 "holding %s since %pS",
			 taken, taken_at, held, held_at);
		break;
	case LOCK_RECURSIVE:
		snprintf(text, size,
			 "WARNING: possible recursive locking detected: %s at %pS, held since %pS",
			 taken, taken_at, held_at);
		break;
	case LOCK_IRQ_UNSAFE:
		snprintf(text, size,
			 "WARNING: inconsistent lock state: {%s} -> {%s} usage of %s at %pS",
			 usage_names[report->usage ^ 1], usage_names[report->usage], taken,
			 taken_at);
		break;
	case LOCK_IRQ_ORDER:
		snprintf(text, size,
			 report->usage == HARDIRQ_ON ? "WARNING: HARDIRQ-safe -> HARDIRQ-unsafe "
						       "lock order detected: %s, inside it %s"
						     : "WARNING: SOFTIRQ-safe -> SOFTIRQ-unsafe "
						       "lock order detected: %s, inside it %s",
			 held, taken);
		break;
	case LOCK_UNBALANCED:
		snprintf(text, size,
			 "WARNING: bad unlock balance detected! %s/%d releases %s at %pS, but does "
			 "not hold it",
			 current->comm, current->pid, report->name ?: "?", taken_at);
		break;
	case LOCK_STILL_HELD:
		snprintf(text, size, "WARNING: %s/%d still has locks held! %s since %pS",
			 current->comm, current->pid, taken, taken_at);
		break;
	case LOCK_NO_KEY:
		snprintf(text, size, "INFO: trying to register non-static key: lock %px at %pS",
			 report->taken.instance, taken_at);
		break;
	case LOCK_TABLE_FULL:
		snprintf(text, size, "BUG: %s too low!", report->name);
		break;
	}
}

void lockdep_print_report(const struct lock_report *report)
{
	char text[256];

	headline(report, text, sizeof(text));
	pr_warn(RULE "\n%s\n" RULE "\n", text);
	print_body(report);
	debug_show_held_locks(current);
	pr_warn("\nstack backtrace:\n");
	dump_stack();
}

void lockdep_report(const struct lock_report *report)
{
	char text[256];

	last_lock_report = *report;
	headline(report, text, sizeof(text));
	if (!report_note("%s", text))
		lockdep_print_report(report);
}

#endif
