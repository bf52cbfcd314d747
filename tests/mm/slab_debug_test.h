/* SPDX-License-Identifier: MIT */
/*
 * What the tests of watched caches share. They do harm on purpose; afterwards their
 * caches are made whole again, or their pages could not be given back.
 */
#ifndef _TESTS_MM_SLAB_DEBUG_TEST_H
#define _TESTS_MM_SLAB_DEBUG_TEST_H

#include <linux/poison.h>

#include "../../mm/slab_debug.h"
#include "slab_test.h"

#define FZPU (SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)

/*
 * A cache with these flags and no others, not merged, that is made whole and destroyed
 * after the case, whatever happened to it.
 */
struct kmem_cache *watched_cache(struct kunit *test, unsigned int size, slab_flags_t flags,
				 void (*ctor)(void *object));
/* All objects free and sound again, and in their lists. */
void make_whole(struct kmem_cache *cache);

/* From now on the case counts slab reports instead of failing by them. */
extern int slab_errors;
void count_slab_errors(struct kunit *test);

/*
 * Runs `inner` as a case within the case, which fails by reports that it does not declare;
 * what it prints goes into capture.text.
 */
void print_undeclared(struct kunit *test, void (*inner)(struct kunit *test));

#define EXPECT_PRINTED(test, wanted)                                                      \
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(capture.text, wanted), "printed was:\n%s", \
				  capture.text)

/* The same with numbers in it. */
void expect_printed(struct kunit *test, const char *fmt, ...) __printf(2, 3);

#endif
