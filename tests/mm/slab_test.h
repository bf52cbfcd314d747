/* SPDX-License-Identifier: MIT */
/*
 * What the tests of slab caches and kmalloc share.
 *
 * Every suite has slab_test_init and slab_test_exit as its init and exit: those of
 * mm_test.h, with all caches shrunk before. So a case that loses an object loses its slab's
 * pages too, and the set of free blocks is not what it was. Cases run with interrupts on.
 */
#ifndef _TESTS_MM_SLAB_TEST_H
#define _TESTS_MM_SLAB_TEST_H

#include "../../mm/slab.h"
#include "mm_test.h"

int slab_test_init(struct kunit *test);
void slab_test_exit(struct kunit *test);

/*
 * The same for suites that use vmalloc(): which objects are left in its cache, so which pages
 * they are in, may change. As many pages must be free or slabs' after a case as before, and as
 * many objects in use.
 */
int slab_count_init(struct kunit *test);
void slab_count_exit(struct kunit *test);
/* Of all caches together, which were shrunk before. */
unsigned long slab_objects_in_use(void);
/* Of those whose slabs are all of one order. */
unsigned long slab_pages(void);
/*
 * Free pages, page tables, and slabs of whatever orders: where those of one cache may differ, and
 * which slab an object is in, beside how many others, may change.
 */
unsigned long slab_or_free_pages(void);

/*
 * The system's queue makes workers as it needs them, and keeps them: now, so that no case has
 * to, enough for so many works at once.
 */
void slab_make_workers(unsigned int nr);

void slab_shrink_all(void);

/* A cache that is destroyed after the case; asserts that it can be had. */
struct kmem_cache *slab_test_cache(struct kunit *test, unsigned int size, unsigned int align,
				   slab_flags_t flags, void (*ctor)(void *object));
/* Destroys it now. */
void slab_test_destroy(struct kunit *test, struct kmem_cache *cache);

/*
 * Objects that the case holds, of any caches: linked through their first word. Those that
 * are left when the case ends are freed by kfree(), newest first. slab_fill() takes from
 * a cache until it is refused, and returns how many it got.
 */
void *slab_hold(void *object);
void *slab_unhold(void);
void slab_free_held(void);
unsigned long slab_fill(struct kmem_cache *cache, gfp_t gfp);

/*
 * Holds the objects that a cache has free, or that all have, so that the next one needs a new
 * slab: somebody's live objects leave room in a slab for more. Nobody else may use it meanwhile.
 */
void slab_use_up(struct kmem_cache *cache);
void slab_use_up_all(void);

/* The cache that an object is in, or NULL. */
static inline struct kmem_cache *slab_cache_of(const void *object)
{
	struct slab *slab = virt_addr_valid(object) ? virt_to_slab(object) : NULL;

	return slab ? slab->slab_cache : NULL;
}

/* Does it keep what was freed last, for the next allocation? Not while it is watched. */
static inline bool slab_is_lifo(const struct kmem_cache *cache)
{
	return cache->cpu_limit > 0;
}

#endif
