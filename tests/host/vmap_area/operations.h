/* SPDX-License-Identifier: MIT */
/*
 * Operations on the window, each followed by the model: both must say the same of every address.
 * What is done is a sequence of choices (../page_alloc/choices.h), made before.
 */
#ifndef _TESTS_HOST_VMAP_AREA_OPERATIONS_H
#define _TESTS_HOST_VMAP_AREA_OPERATIONS_H

#include "window.h"

/* About so many areas in use; everything is compared after each `every` operations. */
struct plan {
	unsigned int areas, every;
	bool refusals; /* of memory for objects, now and then */
};

void operations_begin(const struct window *window);
void operation(const struct plan *plan);
/* Frees everything: the window is one free area again. */
void operations_end(void);

/* The first difference, in words; NULL: none. */
extern const char *operations_complaint;

#endif
