/* SPDX-License-Identifier: MIT */
/* The end of the kernel, warnings, and what remembers that something went wrong: the taint. */
#ifndef _LINUX_PANIC_H
#define _LINUX_PANIC_H

#include <linux/compiler.h>
#include <linux/types.h>

struct pt_regs;

/* Prints the reason and the call trace and leaves QEMU with status 37. Any context. */
void __noreturn __cold panic(const char *fmt, ...) __printf(1, 2);

/*
 * The common part of all warnings: reports a WARN at file:line, where the
 * registers were these. The message, without '\n', may be NULL. Any context.
 */
void __warn(const char *file, int line, const struct pt_regs *regs, const char *message);

/* Numbers are Linux's. Once set, a taint stays. */
#define TAINT_BAD_PAGE 5 /* 'B' */
#define TAINT_DIE      7 /* 'D': an oops */
#define TAINT_WARN     9 /* 'W' */

/* Whether lock checking can still be believed after what tainted the kernel. */
enum lockdep_ok {
	LOCKDEP_STILL_OK,
	LOCKDEP_NOW_UNRELIABLE,
};

void add_taint(unsigned int flag, enum lockdep_ok lockdep_ok);
int test_taint(unsigned int flag);
unsigned long get_taint(void);

/* "Not tainted" or "Tainted: " and the letters; a static string, good until the next call. */
const char *print_tainted(void);

#endif
