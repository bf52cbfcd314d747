/* SPDX-License-Identifier: MIT */
/*
 * Objects of slab caches that a case leaves behind. The check after every case counts pages, and
 * a small object that is lost takes none while its slab has room.
 */
#ifndef _TESTS_DRIVERS_LEAKS_H
#define _TESTS_DRIVERS_LEAKS_H

#include <kunit/test.h>

/* Suites' init and exit; the case's actions have run before it is counted again. */
int leaks_begin(struct kunit *test);
void leaks_end(struct kunit *test);

/* Of all caches, but for the vmalloc window's; after slab_shrink_all(). */
unsigned long leaks_objects_in_use(void);

#endif
