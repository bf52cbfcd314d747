// SPDX-License-Identifier: MIT
/*
 * Reports: counted, remembered, and judged by the case that runs.
 *
 * The whole subject is in memkern/report.h. A report may come from anywhere, an interrupt
 * or the middle of another report included. So the lock covers a few words and one string
 * copy, with interrupts off, and nothing is called under it but KUnit's verdict, which takes
 * no lock; and who waits too long for it (a fault in this very file) goes on without it.
 */
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <memkern/kunit_extra.h>
#include <memkern/report.h>

#define TEXT_SIZE 160
#define NR_TEXTS  8 /* undeclared reports remembered */
#define PATIENCE  1000000

extern char __start_once[], __end_once[];

static DEFINE_SPINLOCK(report_lock);
static struct report_counts counts;
static char texts[NR_TEXTS][TEXT_SIZE]; /* a ring; the newest is before next_text */
static unsigned int next_text;

unsigned int report_once_generation;

static bool lock_reports(unsigned long *flags)
{
	unsigned int tries;

	local_irq_save(*flags);
	for (tries = 0; tries < PATIENCE; tries++) {
		if (spin_trylock(&report_lock))
			return true;
		cpu_relax();
	}
	return false;
}

static void unlock_reports(bool locked, unsigned long flags)
{
	if (locked)
		spin_unlock(&report_lock);
	local_irq_restore(flags);
}

static bool judge(const char *text)
{
	counts.total++;
	switch (kunit_judge_report(text)) {
	case KUNIT_REPORT_DECLARED:
		counts.declared++;
		return true;
	case KUNIT_REPORT_UNDECLARED:
		counts.in_case++;
		break;
	case KUNIT_REPORT_OUTSIDE:
		counts.outside++;
		break;
	}
	strscpy(texts[next_text++ % NR_TEXTS], text, TEXT_SIZE);
	return false;
}

bool vreport_note(const char *fmt, va_list args)
{
	char text[TEXT_SIZE];
	unsigned long flags;
	bool locked, declared;

	vsnprintf(text, sizeof(text), fmt, args);
	locked = lock_reports(&flags);
	declared = judge(text);
	unlock_reports(locked, flags);
	return declared;
}

bool report_note(const char *fmt, ...)
{
	va_list args;
	bool declared;

	va_start(args, fmt);
	declared = vreport_note(fmt, args);
	va_end(args);
	return declared;
}

void report_get_counts(struct report_counts *result)
{
	unsigned long flags;
	bool locked = lock_reports(&flags);

	*result = counts;
	unlock_reports(locked, flags);
}

const char *report_text(unsigned int nth)
{
	if (nth >= NR_TEXTS || nth >= next_text)
		return NULL;
	return texts[(next_text - 1 - nth) % NR_TEXTS];
}

void report_reset_once(void)
{
	memset(__start_once, 0, __end_once - __start_once);
	report_once_generation++;
}
