// SPDX-License-Identifier: MIT
/* `locks`: the classes of locks, who holds them, and in which order they are taken. */
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <memkern/monitor.h>
#include <memkern/monitor_output.h>

#ifdef CONFIG_LOCKDEP
#include "lockdep.h"

#define LINE_WIDTH 96

/* A class at one moment. */
struct snapshot {
	struct lock_class class;
	unsigned int holders; /* tasks */
	char holder[TASK_COMM_LEN + 12];
	unsigned int nr_inner; /* classes taken while it was held */
	long inner[MAX_CLASSES];
};

static bool holds(const struct task_struct *task, unsigned int class)
{
	unsigned int i;

	for (i = 0; i < READ_ONCE(task->lockdep_depth); i++)
		if (task->held_locks[i].class == class &&
		    !(task->held_locks[i].flags & __LOCK_WAITING))
			return true;
	return false;
}

static void count_holder(struct snapshot *snapshot, const struct task_struct *task, unsigned int nr)
{
	if (holds(task, nr) && !snapshot->holders++)
		snprintf(snapshot->holder, sizeof(snapshot->holder), "%s/%d", task->comm,
			 task->pid);
}

/*
 * False: there is no such class. The idle tasks are in no list; they hold a lock only while
 * an interrupt runs on top of one, and not when this task does.
 */
static bool take_snapshot(unsigned int nr, struct snapshot *snapshot)
{
	const struct task_struct *task;
	unsigned long flags;
	unsigned int edge;

	snapshot->class = lock_classes[nr];
	snapshot->holders = snapshot->nr_inner = 0;
	strscpy(snapshot->holder, "-", sizeof(snapshot->holder));
	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_process(task)
		if (lock_classes[nr].key != &tasklist_lock.dep_map)
			count_holder(snapshot, task, nr);
	for (edge = lock_classes[nr].edges; edge; edge = lock_edges[edge].next)
		snapshot->inner[snapshot->nr_inner++] = lock_edges[edge].inner;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return snapshot->class.key;
}

static const char *kind_of(const struct lock_class *class)
{
	return class->flags & __LOCK_SLEEPS ? "sleeping" : "spinning";
}

static void full_name(const struct lock_class *class, char *text, size_t size)
{
	if (class->subclass)
		snprintf(text, size, "%s/%u", class->name, class->subclass);
	else
		strscpy(text, class->name, size);
}

/* The names of what may be taken inside, as many in a line as there is room for. */
static void print_inner(const struct snapshot *snapshot)
{
	unsigned int i, column = 0;
	char name[64];

	for (i = 0; i < snapshot->nr_inner; i++) {
		full_name(&lock_classes[snapshot->inner[i]], name, sizeof(name));
		if (column + strlen(name) > LINE_WIDTH)
			column = 0;
		if (!column)
			mprintf("%s    %s", i ? "\n" : "", i ? "        " : "inside: ");
		mprintf("%s%s", name, i + 1 < snapshot->nr_inner ? ", " : "\n");
		column += strlen(name) + 2;
	}
}

static void print_class(unsigned int nr, const struct snapshot *snapshot)
{
	char name[64], letters[3];

	full_name(&snapshot->class, name, sizeof(name));
	lockdep_usage_letters(nr, letters);
	mprintf("%-32s %-8s %10lu %9lu  %-3s  %s", name, kind_of(&snapshot->class),
		snapshot->class.taken, snapshot->class.contended, letters, snapshot->holder);
	if (snapshot->holders > 1)
		mprintf(" and %u more", snapshot->holders - 1);
	mprintf("\n");
	print_inner(snapshot);
}

static void json_class(unsigned int nr, const struct snapshot *snapshot)
{
	char name[64], letters[3];

	full_name(&snapshot->class, name, sizeof(name));
	lockdep_usage_letters(nr, letters);
	json_begin();
	json_number("class", nr);
	json_text("name", name);
	json_text("kind", kind_of(&snapshot->class));
	json_number("taken", snapshot->class.taken);
	json_number("contended", snapshot->class.contended);
	json_text("irqs", letters);
	json_number("holders", snapshot->holders);
	json_text("holder", snapshot->holder);
	json_array("inside", snapshot->inner, snapshot->nr_inner);
	json_end();
}

static void print_heading(void)
{
	mprintf("lock class                       kind          taken contended  irq  held by\n");
}

static void print_summary(void)
{
	mprintf("%u of %d classes, %u of %d orders; irq: - taken in hard interrupts, softirqs;"
		" + where one may come\n",
		nr_lock_classes - 1, MAX_CLASSES - 1, nr_lock_edges - 1, MAX_EDGES - 1);
	if (!debug_locks)
		mprintf("Checking has ended: a fault was reported, or a table was full.\n");
}

static void list_classes(bool json)
{
	static struct snapshot snapshot;
	unsigned int nr;

	if (!json)
		print_heading();
	for (nr = 1; nr < nr_lock_classes; nr++) {
		if (!take_snapshot(nr, &snapshot))
			continue;
		if (json)
			json_class(nr, &snapshot);
		else
			print_class(nr, &snapshot);
	}
	if (!json)
		print_summary();
}

#else

static void list_classes(bool json)
{
	if (!json) {
		mprintf("Locks are recorded and checked in the debug build (make DEBUG=1) only.\n");
		return;
	}
	json_begin();
	json_bool("checking", false);
	json_end();
}

#endif

static int cmd_locks(int argc, char **argv)
{
	bool json;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	list_classes(json);
	return 0;
}

MONITOR_COMMAND("locks", "[--json]", "debug build: who holds which lock, and their order",
		cmd_locks);
