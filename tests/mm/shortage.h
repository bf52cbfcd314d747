/* SPDX-License-Identifier: MIT */
/*
 * Too little memory, on purpose: for suites that try what their code does then, those of
 * docs/examples among them.
 *
 * A suite that has shortage_init and shortage_exit as its init and exit fails a case that has
 * lost memory: after it the set of free blocks must be what it was, all caches shrunk.
 */
#ifndef _TESTS_MM_SHORTAGE_H
#define _TESTS_MM_SHORTAGE_H

#include <memkern/kunit_extra.h>

int shortage_init(struct kunit *test);
void shortage_exit(struct kunit *test);

/*
 * Until shortage_end() GFP_KERNEL gets about so many pages, which lie together, and is refused
 * then. Slabs have no room.
 */
void shortage_begin(unsigned long pages);
void shortage_end(void);

#endif
