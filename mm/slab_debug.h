/* SPDX-License-Identifier: MIT */
/* Watched caches, for the files that do it, and for who looks into them. */
#ifndef _MM_SLAB_DEBUG_H
#define _MM_SLAB_DEBUG_H

#include <linux/sched.h>

#include "slab.h"

/* slab_options.c: what slub_debug= said; NULL: it was not given. */
extern const char *slab_debug_options;

/* --- who it was: caches with SLAB_STORE_USER ------------------------------------------------ */

#define TRACK_DEPTH 8

struct track {
	unsigned long entries[TRACK_DEPTH]; /* return addresses; the first is in the caller */
	u16 nr_entries;
	u16 cpu;
	int pid;
	unsigned int when; /* get_cycles() >> TRACK_CLOCK_SHIFT */
	char comm[TASK_COMM_LEN];
};

#define TRACK_CLOCK_SHIFT 20

enum track_item { TRACK_ALLOC, TRACK_FREE, NR_TRACKS };

/* Who allocated the object last, or freed it; NULL: nobody yet, or it is not kept. */
const struct track *slab_track(const struct kmem_cache *cache, const void *object,
			       enum track_item item);

/* --- slab_check.c: walks ---------------------------------------------------------------------- */

/*
 * The first slab from frame *pfn on, of one cache or (NULL) of any; NULL: no more. *pfn
 * goes behind it. What other CPUs make and give back meanwhile may be missed.
 */
struct slab *slab_next(const struct kmem_cache *cache, unsigned long *pfn);

/* Is there an object at this address in the slab? */
bool slab_valid_object(const struct kmem_cache *cache, const struct slab *slab, const void *object);

enum freelist_end {
	FREELIST_SOUND,
	FREELIST_BAD_LINK, /* behind `last`, or at the very beginning */
	FREELIST_CYCLE,
};

struct freelist_walk {
	unsigned int nr; /* sound objects */
	void *last;	 /* the last of them, or NULL */
	bool met;	 /* the object that was looked for */
	enum freelist_end end;
};

/* Along a slab's free objects, as far as they can be trusted. Under list_lock. */
struct freelist_walk slab_walk_freelist(const struct kmem_cache *cache, const struct slab *slab,
					const void *object);

/*
 * A bit for each object from number `first` on that is free: in its slab's list or in a CPU's.
 * Takes list_lock.
 */
#define SLAB_MAP_BITS 512
void slab_free_map(struct kmem_cache *cache, const struct slab *slab, unsigned int first,
		   unsigned long *map);

/* --- slab_faults.c: what is wrong ------------------------------------------------------------ */

struct slab_fault {
	struct slab *slab;
	void *object;	  /* NULL: it is the slab, or the space behind the last one */
	u8 state;	  /* SLUB_RED_ACTIVE or SLUB_RED_INACTIVE: allocated or free */
	bool harmless;	  /* to everybody: the object itself is sound */
	const char *what; /* "Right Redzone" */
	u8 *from, *to;	  /* these bytes; NULL: it is the link */
	u8 found, wanted; /* the first of them */
};

/* The first fault of an object. Under list_lock, or the caller owns the object. */
bool slab_object_fault(struct kmem_cache *cache, struct slab *slab, void *object, u8 state,
		       struct slab_fault *fault);
/* The same of the bytes behind the last object. */
bool slab_padding_fault(struct kmem_cache *cache, struct slab *slab, struct slab_fault *fault);
/* Overwrites it with what should be there. Under list_lock. */
void slab_restore(struct kmem_cache *cache, const struct slab_fault *fault);
/* Under list_lock: nothing of the slab is free any more. */
void slab_mark_all_used(struct kmem_cache *cache, struct slab *slab);
/* Reports what is wrong with a slab's freelist and count, and mends it: how much it was. */
int slab_mend_freelist(struct kmem_cache *cache, struct slab *slab);

/* --- slab_report.c: saying so. No locks held. -------------------------------------------------- */

/* How a report is made: a KUnit case counts it, or has declared it, or it is printed. */
enum slab_voice {
	SLAB_COUNTED,
	SLAB_DECLARED,
	SLAB_PRINTED,
};

/* "BUG cache (Not tainted): text", and what there is to know about the object or slab. */
enum slab_voice slab_bug(struct kmem_cache *cache, const struct slab_fault *about, const char *fmt,
			 ...) __printf(3, 4);
/* "FIX cache: text", in the voice of the report that it belongs to. */
void slab_fix(const struct kmem_cache *cache, enum slab_voice voice, const char *fmt, ...)
	__printf(3, 4);
/* A BUG about a fault, which is then restored. */
enum slab_voice slab_bug_fault(struct kmem_cache *cache, const struct slab_fault *fault);

/* SLAB_TRACE: one line for an allocation or a free. */
void slab_trace(struct kmem_cache *cache, const struct slab *slab, void *object, bool alloc);

/* --- slab_debug.c: what lies where ------------------------------------------------------------ */

/* Are free objects full of poison? */
static inline bool slab_poisons_objects(const struct kmem_cache *cache)
{
	return (cache->flags & SLAB_POISON) && !slab_keeps_contents(cache);
}

/* Offsets from an object: the end of its link, or of the red zone; the end of all that is used. */
unsigned int slab_info_end(const struct kmem_cache *cache);
unsigned int slab_padding_start(const struct kmem_cache *cache);

#endif
