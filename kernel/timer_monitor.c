// SPDX-License-Identifier: MIT
/*
 * `timers`: what each CPU's clock event device is set to, how its ticks went, and what
 * is pending, soonest first.
 *
 * A CPU's timers are looked at under its lock, the soonest copied, and printed after.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <memkern/monitor.h>
#include <memkern/monitor_output.h>
#include "timekeeping.h"

#define ROWS	  20
#define SPAN_TEXT 24

/* A pending timer of either kind; spans in ns. */
struct row {
	s64 in, slack;
	void *function;
	int pid; /* of the task that it wakes; -1: none */
	char comm[TASK_COMM_LEN];
};

/* The soonest ones, in order. */
struct rows {
	unsigned int nr, shown;
	struct row row[ROWS];
};

static void add_row(struct rows *rows, s64 in, s64 slack, void *function,
		    const struct task_struct *sleeper)
{
	unsigned int at = min_t(unsigned int, rows->nr++, ROWS - 1);

	if (rows->shown == ROWS && in >= rows->row[at].in)
		return;
	for (; at && rows->row[at - 1].in > in; at--)
		rows->row[at] = rows->row[at - 1];
	rows->row[at] = (struct row){ .in = in, .slack = slack, .function = function, .pid = -1 };
	rows->shown = min_t(unsigned int, rows->nr, ROWS);
	if (sleeper) {
		rows->row[at].pid = sleeper->pid;
		strscpy(rows->row[at].comm, sleeper->comm, TASK_COMM_LEN);
	}
}

/* A span with its unit, three decimals: 1.250 ms. */
static const char *span_text(char *text, s64 ns)
{
	static const char *const units[] = { "us", "ms", "s" };
	const char *sign = ns < 0 ? "-" : "";
	u64 whole = ns < 0 ? -(u64)ns : (u64)ns;
	unsigned int unit;
	u32 rest = 0;

	if (ns == KTIME_MAX)
		return strcpy(text, "never");
	if (whole < 1000) {
		snprintf(text, SPAN_TEXT, "%s%llu ns", sign, whole);
		return text;
	}
	for (unit = 0;; unit++) {
		whole = div_u64_rem(whole, 1000, &rest);
		if (whole < 1000 || unit == ARRAY_SIZE(units) - 1)
			break;
	}
	snprintf(text, SPAN_TEXT, "%s%llu.%03u %s", sign, whole, rest, units[unit]);
	return text;
}

/* --- what the timers are --------------------------------------------------------------- */

static s64 jiffies_from_now(unsigned long moment, unsigned long now)
{
	return (s64)(long)(moment - now) * TICK_NSEC;
}

static void look_at_wheel(struct timer_base *base, struct rows *rows, long *levels)
{
	const struct timer_wheel *wheel = &base->wheel;
	const struct timer_list *timer;
	unsigned long flags, now;
	unsigned int index;

	rows->nr = rows->shown = 0;
	memset(levels, 0, LVL_DEPTH * sizeof(*levels));
	spin_lock_irqsave(&base->lock, flags);
	now = jiffies;
	for (index = 0; index < LVL_DEPTH * LVL_SIZE; index++) {
		hlist_for_each_entry(timer, &wheel->bucket[index], entry) {
			unsigned long fires = timer_wheel_expiry(wheel, timer);

			levels[index / LVL_SIZE]++;
			add_row(rows, jiffies_from_now(timer->expires, now),
				jiffies_from_now(fires, timer->expires), timer->function,
				timer_sleeper(timer));
		}
	}
	spin_unlock_irqrestore(&base->lock, flags);
}

static void look_at_hrtimers(struct hrtimer_cpu_base *base, struct rows *rows)
{
	struct rb_node *node;
	unsigned long flags;
	ktime_t now;

	rows->nr = rows->shown = 0;
	spin_lock_irqsave(&base->lock, flags);
	now = ktime_get();
	for (node = rb_first_cached(&base->active); node; node = rb_next(node)) {
		const struct hrtimer *timer = rb_entry(node, struct hrtimer, node);

		add_row(rows, timer->_softexpires - now, timer->expires - timer->_softexpires,
			timer->function, hrtimer_sleeper_task(timer));
	}
	spin_unlock_irqrestore(&base->lock, flags);
}

/* A CPU's state, as of one moment. */
static struct tick_cpu look_at_tick(unsigned int cpu, ktime_t *next_event)
{
	struct tick_cpu tick;
	unsigned long flags;

	local_irq_save(flags);
	tick = *per_cpu_ptr(&tick_cpu, cpu);
	*next_event = KTIME_MAX;
	if (tick.device && tick.device->next_event != KTIME_MAX)
		*next_event = tick.device->next_event - ktime_get();
	local_irq_restore(flags);
	return tick;
}

/* --- for people ------------------------------------------------------------------------ */

static void print_rows(const struct rows *rows)
{
	char in[SPAN_TEXT], slack[SPAN_TEXT];
	unsigned int i;

	if (rows->shown)
		mprintf("  %14s %12s  function\n", "in", "slack");
	for (i = 0; i < rows->shown; i++) {
		const struct row *row = &rows->row[i];

		mprintf("  %14s %12s  %ps", span_text(in, row->in), span_text(slack, row->slack),
			row->function);
		if (row->pid >= 0)
			mprintf(", wakes %s (%d)", row->comm, row->pid);
		mprintf("\n");
	}
	if (rows->nr > rows->shown)
		mprintf("  ... and %u more\n", rows->nr - rows->shown);
}

static void print_tick(unsigned int cpu)
{
	char next[SPAN_TEXT], late[SPAN_TEXT];
	ktime_t next_event;
	struct tick_cpu tick = look_at_tick(cpu, &next_event);

	if (!tick.device) {
		mprintf("CPU %u has no clock event device: no ticks\n", cpu);
		return;
	}
	mprintf("CPU %u: %s at %u.%06u MHz%s, next event in %s\n", cpu, tick.device->name,
		tick.device->hz / 1000000, tick.device->hz % 1000000,
		tick.suspended ? ", suspended" : "", span_text(next, next_event));
	mprintf("  %llu ticks of %lu ms, %llu jiffies made up; %llu interrupts, %llu early, at "
		"most %s "
		"late\n",
		tick.ticks, TICK_NSEC / NSEC_PER_MSEC, tick.made_up, tick.events, tick.early,
		span_text(late, tick.worst_late));
}

static void print_wheel(unsigned int cpu)
{
	struct timer_base *base = per_cpu_ptr(&timer_bases, cpu);
	char granularity[SPAN_TEXT];
	long levels[LVL_DEPTH];
	unsigned int level;
	struct rows rows;

	look_at_wheel(base, &rows, levels);
	mprintf("timer_list: %u pending, %llu fired, ticks looked at %lu buckets\n", rows.nr,
		base->fired, base->wheel.looked_at);
	for (level = 0; level < LVL_DEPTH; level++)
		if (levels[level])
			mprintf("  level %u, buckets of %s: %ld timer%s\n", level,
				span_text(granularity, (s64)LVL_GRAN(level) * TICK_NSEC),
				COUNTED(levels[level]));
	print_rows(&rows);
}

static void print_hrtimers(unsigned int cpu)
{
	struct hrtimer_cpu_base *base = per_cpu_ptr(&hrtimer_bases, cpu);
	struct rows rows;

	look_at_hrtimers(base, &rows);
	mprintf("hrtimer: %u queued, %llu fired", rows.nr, base->fired);
	if (base->hangs)
		mprintf(", %llu pauses since they took too long", base->hangs);
	mprintf("\n");
	print_rows(&rows);
}

/* --- for programs ---------------------------------------------------------------------- */

static void json_row(const char *kind, unsigned int cpu, const struct row *row)
{
	char function[80];

	snprintf(function, sizeof(function), "%ps", row->function);
	json_begin();
	json_text("kind", kind);
	json_number("cpu", cpu);
	json_signed("in_ns", row->in);
	json_signed("slack_ns", row->slack);
	json_text("function", function);
	json_signed("wakes_pid", row->pid);
	json_end();
}

static void json_rows(const char *kind, unsigned int cpu, const struct rows *rows)
{
	unsigned int i;

	for (i = 0; i < rows->shown; i++)
		json_row(kind, cpu, &rows->row[i]);
}

static void json_tick(unsigned int cpu)
{
	ktime_t next_event;
	struct tick_cpu tick = look_at_tick(cpu, &next_event);

	json_begin();
	json_text("kind", "tick");
	json_number("cpu", cpu);
	json_text("device", tick.device ? tick.device->name : "none");
	json_number("device_hz", tick.device ? tick.device->hz : 0);
	json_bool("suspended", tick.suspended);
	if (next_event != KTIME_MAX)
		json_signed("next_event_ns", next_event);
	json_number("ticks", tick.ticks);
	json_number("made_up_jiffies", tick.made_up);
	json_number("interrupts", tick.events);
	json_number("early_interrupts", tick.early);
	json_number("worst_late_ns", tick.worst_late);
	json_end();
}

static void json_cpu(unsigned int cpu)
{
	struct hrtimer_cpu_base *hrtimers = per_cpu_ptr(&hrtimer_bases, cpu);
	struct timer_base *timers = per_cpu_ptr(&timer_bases, cpu);
	long levels[LVL_DEPTH];
	struct rows rows;

	json_tick(cpu);
	look_at_wheel(timers, &rows, levels);
	json_begin();
	json_text("kind", "timer_list");
	json_number("cpu", cpu);
	json_number("pending", rows.nr);
	json_number("fired", timers->fired);
	json_number("looked_at_buckets", timers->wheel.looked_at);
	json_array("levels", levels, LVL_DEPTH);
	json_end();
	json_rows("timer", cpu, &rows);
	look_at_hrtimers(hrtimers, &rows);
	json_begin();
	json_text("kind", "hrtimers");
	json_number("cpu", cpu);
	json_number("queued", rows.nr);
	json_number("fired", hrtimers->fired);
	json_number("pauses", hrtimers->hangs);
	json_end();
	json_rows("hrtimer", cpu, &rows);
}

static int cmd_timers(int argc, char **argv)
{
	unsigned int cpu;
	bool json;
	int error;

	error = listing_arguments(argc, argv, &json);
	if (error)
		return error;
	for_each_online_cpu(cpu) {
		if (json) {
			json_cpu(cpu);
			continue;
		}
		print_tick(cpu);
		print_wheel(cpu);
		print_hrtimers(cpu);
	}
	return 0;
}

MONITOR_COMMAND("timers", "[--json]", "the clock event devices, and all pending timers",
		cmd_timers);
