/* SPDX-License-Identifier: MIT */
/*
 * The vmalloc window as a plain array: ranges by address, one behind the other, without a gap.
 * Everything is found by looking at all of them.
 */
#ifndef _TESTS_HOST_VMAP_AREA_MODEL_H
#define _TESTS_HOST_VMAP_AREA_MODEL_H

#include <linux/types.h>

#include "../../../mm/vmalloc.h"

enum range_state { RANGE_FREE, RANGE_BUSY, RANGE_LAZY };

struct range {
	unsigned long start, end; /* [start, end) */
	enum range_state state;
	struct vmap_area *va; /* busy */
};

#define MODEL_MOST 8192

extern struct model {
	unsigned int nr, nr_lazy;
	unsigned long last_lazy; /* the start of what became lazy last, with what it was joined to */
	struct range ranges[MODEL_MOST];
} model;

void model_begin(unsigned long start, unsigned long end);

/*
 * Where an area must be, and in which range: the lowest address at which it fits, first in ranges
 * with room for it wherever they begin, then in any. -1: nowhere.
 */
int model_fit(unsigned long size, unsigned long align, unsigned long start, unsigned long end,
	      unsigned long *address);
void model_take(unsigned int nr, unsigned long address, unsigned long size, struct vmap_area *va);
/* Lazy, in one range with what became lazy before it if they touch. */
void model_free(unsigned int nr);
void model_purge(void);

unsigned long model_lazy_bytes(void);

/* The range that has the address, or NULL. */
struct range *model_find(unsigned long address);
/* A busy range by a number: the first one from there on, or NULL. */
struct range *model_busy_from(unsigned int nr);

#endif
