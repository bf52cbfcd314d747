/* SPDX-License-Identifier: MIT */
/*
 * Shrinkers: who keeps objects that he could do without says how many, and is asked to free some
 * when memory is short. mm/shrinker.c says how many.
 *
 *	static unsigned long my_count(struct shrinker *shrinker, struct shrink_control *sc);
 *	static unsigned long my_scan(struct shrinker *shrinker, struct shrink_control *sc);
 *
 *	static struct shrinker my_shrinker = {
 *		.count_objects = my_count,
 *		.scan_objects = my_scan,
 *		.seeks = DEFAULT_SEEKS,
 *	};
 *
 *	error = register_shrinker(&my_shrinker, "my-%s", name);
 *
 * Both are called in process context, may sleep, and may be called by several tasks at once. They
 * must not wait for anything that sc->gfp_mask forbids (a lock that is held over an allocation with
 * __GFP_FS is taken only if it has __GFP_FS, or by trylock), nor register shrinkers.
 */
#ifndef _LINUX_SHRINKER_H
#define _LINUX_SHRINKER_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/types.h>

struct shrink_control {
	gfp_t gfp_mask; /* of who needs memory */
	int nid;
	unsigned long nr_to_scan;
	unsigned long nr_scanned; /* is nr_to_scan; whoever looks at fewer or more, says so */
	void *memcg;		  /* NULL: there are no control groups */
};

#define SHRINK_STOP   (~0UL)	 /* scan: no more from this one now; nothing was freed */
#define SHRINK_EMPTY  (~0UL - 1) /* count: there is nothing at all */
#define SHRINK_BATCH  128UL
#define DEFAULT_SEEKS 2

struct shrinker {
	/* How many could be freed; 0: none, or it cannot be told without waiting. */
	unsigned long (*count_objects)(struct shrinker *shrinker, struct shrink_control *sc);
	/* Looks at nr_to_scan of them; returns how many it freed, or SHRINK_STOP. */
	unsigned long (*scan_objects)(struct shrinker *shrinker, struct shrink_control *sc);

	long batch;	    /* that scan likes to look at; 0: SHRINK_BATCH */
	int seeks;	    /* how much work one is to make again; 0: none, half of them may go */
	unsigned int flags; /* SHRINKER_* */
	void *private_data; /* the owner's */

	/* mm/shrinker.c's: */
	struct list_head list;
	const char *name;
	atomic_long_t nr_deferred; /* asked for, but too few for a batch until now */
};

#define SHRINKER_REGISTERED  0x01
#define SHRINKER_NUMA_AWARE  0x02 /* this and the next two make no difference here */
#define SHRINKER_MEMCG_AWARE 0x04
#define SHRINKER_NONSLAB     0x10

/* 0 or -ENOMEM. Process context. */
int register_shrinker(struct shrinker *shrinker, const char *fmt, ...) __printf(2, 3);
/* When it returns nobody calls it any more. One that is not registered is left alone. Sleeps. */
void unregister_shrinker(struct shrinker *shrinker);

/* The same as of Linux 6.7: NULL if there is no memory; fields are filled in before it is registered. */
struct shrinker *shrinker_alloc(unsigned int flags, const char *fmt, ...) __printf(2, 3);
void shrinker_register(struct shrinker *shrinker);
/* Registered or not. NULL is ignored. */
void shrinker_free(struct shrinker *shrinker);

#endif
