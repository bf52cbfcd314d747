/* SPDX-License-Identifier: MIT */
/*
 * Torture: many actors in all contexts allocate, resize and free at random moments, in a
 * table of blocks that they share. See torture.c.
 */
#ifndef _TESTS_MM_TORTURE_H
#define _TESTS_MM_TORTURE_H

#include <linux/types.h>

enum torture_context {
	TORTURE_THREAD,
	TORTURE_WORK,
	TORTURE_TASKLET,
	TORTURE_TIMER,
	TORTURE_HARDIRQ,
	NR_TORTURE_CONTEXTS
};

struct torture_result {
	unsigned long operations[NR_TORTURE_CONTEXTS];
	unsigned long total;
	unsigned long refused; /* no memory */
	unsigned long foreign; /* blocks freed or resized in another context than allocated */
	unsigned long crossed; /* and on another CPU */
	unsigned long upkeep;  /* rounds of drains, shrinks, caches made and destroyed meanwhile */
	unsigned long faults; /* bytes that were not what the owner wrote, memory of a wrong zone */
	const char *fault;    /* the first of them, in words; NULL: none */
	u32 hash;	      /* of all that was done, in its order */
};

/*
 * Runs until at least so many operations are done, and everything is freed. `squeeze`, if
 * there is one, is called when the actors exist and have not begun. Process context.
 * 0, or -ENOMEM: no memory for the actors.
 */
int torture(u32 seed, unsigned long operations, void (*squeeze)(void),
	    struct torture_result *result);

extern const char *const torture_context_names[NR_TORTURE_CONTEXTS];

#endif
