/* SPDX-License-Identifier: MIT */
/*
 * Reports. Whoever finds a fault and says so (WARN, BUG, oops, bad page, failed
 * allocation, slab error) asks here first, so that the tests know:
 *
 *	if (report_note("BUG: Bad page state in process %s  pfn:%05lx", comm, pfn))
 *		return;		the running case declared it: print nothing
 *	pr_alert(...);
 *
 * An undeclared report fails the KUnit case that runs, or, where none does, the
 * whole run. Any context. The texts hold what kunit_expect_report() looks for:
 * pass the first line of what would be printed.
 */
#ifndef _MEMKERN_REPORT_H
#define _MEMKERN_REPORT_H

#include <linux/compiler.h>
#include <linux/stdarg.h>
#include <linux/types.h>

/* True: the running case declared this report, the caller prints nothing. */
bool report_note(const char *fmt, ...) __printf(1, 2);
bool vreport_note(const char *fmt, va_list args) __printf(1, 0);

struct report_counts {
	unsigned int total;    /* every report since boot */
	unsigned int declared; /* of these, expected by their case */
	unsigned int in_case;  /* undeclared ones that failed a case */
	unsigned int outside;  /* that came while no case ran: they fail the run */
};

void report_get_counts(struct report_counts *counts);

/* The text of the nth undeclared report, newest first, or NULL: the last few are kept. */
const char *report_text(unsigned int nth);

/*
 * Makes every once-only message, warning and rate limit fresh: zeroes .data.once
 * and starts a new generation, which limiters compare with their own.
 */
void report_reset_once(void);
extern unsigned int report_once_generation;

#endif
