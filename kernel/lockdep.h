/* SPDX-License-Identifier: MIT */
/* What the lock checker knows: for its reports, the monitor, and the tests. DEBUG build only. */
#ifndef _KERNEL_LOCKDEP_H
#define _KERNEL_LOCKDEP_H

#include <linux/lockdep.h>
#include <linux/sched.h>

#define MAX_CLASSES 256
#define MAX_EDGES   1024
#define MAX_PATH    12 /* edges of a chain that a report shows */

/* In which contexts a class has been taken. Each even one excludes the odd one after it. */
enum lock_usage {
	IN_HARDIRQ, /* by a hard interrupt, waiting for it */
	HARDIRQ_ON, /* where one may come */
	IN_SOFTIRQ,
	SOFTIRQ_ON,
	NR_LOCK_USAGES,
};

struct lock_class {
	const void *key; /* NULL: unused */
	const char *name;
	u8 subclass;
	u8 flags;  /* __LOCK_SLEEPS */
	u8 usage;  /* bits 1 << enum lock_usage */
	u8 rank;   /* 1 + its place in the declared order; 0: none */
	u16 edges; /* the first of those that leave it */
	unsigned long taken, contended;
	unsigned long usage_ip[NR_LOCK_USAGES]; /* where that was first so */
};

/* `inner` was taken, or waited for, while `outer` was held. */
struct lock_edge {
	u16 outer, inner;
	u16 next;			  /* of the same outer one; 0: the last */
	unsigned long outer_ip, inner_ip; /* where each was taken; 0: declared */
};

/* Number 0 of each is unused. */
extern struct lock_class lock_classes[MAX_CLASSES];
extern struct lock_edge lock_edges[MAX_EDGES];
extern unsigned int nr_lock_classes, nr_lock_edges; /* in use */
extern unsigned int lock_classes_limit,
	lock_edges_limit; /* for tests: less than there is room for */

enum lock_fault {
	LOCK_CIRCULAR,
	LOCK_RECURSIVE,
	LOCK_IRQ_UNSAFE,
	LOCK_IRQ_ORDER,
	LOCK_UNBALANCED,
	LOCK_STILL_HELD,
	LOCK_NO_KEY,
	LOCK_TABLE_FULL, /* checking ends */
};

struct lock_report {
	enum lock_fault fault;
	const char *name;	/* of the lock, or of the table */
	struct held_lock taken; /* the lock at which it was noticed; irq-order: the inner class */
	struct held_lock held;	/* circular, recursive: held already; irq-order: the outer class */
	enum lock_usage usage;	/* irq-unsafe: the newer one; irq-order: of the inner class */
	unsigned int
		nr_path; /* circular: of the known way from `taken` to `held`; irq-order: to `taken` */
	u16 path[MAX_PATH];
};

/* Tells it, unless the running test has declared it. With interrupts off, under no lock of ours. */
void lockdep_report(const struct lock_report *report);
/* What it would print. */
void lockdep_print_report(const struct lock_report *report);
/* The newest one. */
extern struct lock_report last_lock_report;

/* For hard interrupts, then softirqs: - taken in one, + where one may come, ? both, . neither. */
void lockdep_usage_letters(unsigned int class, char text[3]);

/* The length of the way from one class to another, and its edges; 0: there is none. */
unsigned int lockdep_find_path(unsigned int from, unsigned int to, u16 path[MAX_PATH]);
/* The class of this name, the first one; 0: none. */
unsigned int lockdep_find_class(const char *name);

#endif
