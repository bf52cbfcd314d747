/* SPDX-License-Identifier: MIT */
/* mm/vmap_area.c with a window of its own, and what it calls: see window.c. */
#ifndef _TESTS_HOST_VMAP_AREA_WINDOW_H
#define _TESTS_HOST_VMAP_AREA_WINDOW_H

#include <linux/types.h>

struct window {
	const char *name;
	unsigned long start, end;
	unsigned long ram; /* pages */
};

/* All free, as after the boot; and back to nothing. */
void window_begin(const struct window *window);
void window_end(void);

/* Of what vmap_area.c did since window_begin(). */
extern struct window_log {
	unsigned long objects;	/* struct vmap_areas that exist */
	unsigned int refuse_in; /* 1: the next allocation of one is refused; 0: none is */
	unsigned int refused;	/* allocations */
	unsigned long flushes;	/* of all TLBs */
	unsigned int unflushed; /* page tables taken out since the last one */
	const char *wrong;	/* the first rule that was broken; NULL: none */
} window_log;

/* Somebody maps all of [start, end). */
void window_map(unsigned long start, unsigned long end);
/* The page tables that there are: one for each PMD_SIZE from the one at the window's start on. */
unsigned int window_nr_slots(void);
bool window_has_table(unsigned int slot);
unsigned int window_slot(unsigned long address);

#endif
