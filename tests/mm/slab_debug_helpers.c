// SPDX-License-Identifier: MIT
/* What the tests of watched caches share: see slab_debug_test.h. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "../kernel/capture.h"
#include "slab_debug_test.h"

int slab_errors;
static struct kunit_resource errors_resource;

/* --- caches ------------------------------------------------------------------------------ */

static void make_slab_whole(struct kmem_cache *cache, struct slab *slab)
{
	bool was_full = !slab->freelist;
	unsigned int i;

	if (kmem_cache_debug(cache))
		slab_debug_setup(cache, slab);
	slab->freelist = NULL;
	for (i = slab->objects; i-- > 0;) {
		slab_set_next_free(cache, slab_object(cache, slab, i), slab->freelist);
		slab->freelist = slab_object(cache, slab, i);
	}
	slab->inuse = 0;
	if (!was_full)
		return;
	if (kmem_cache_debug(cache))
		list_del(&slab->slab_list);
	list_add(&slab->slab_list, &cache->node.partial);
	cache->node.nr_partial++;
}

void make_whole(struct kmem_cache *cache)
{
	unsigned long pfn = 0, flags;
	struct slab *slab;

	slab_flush_cpus(cache);
	spin_lock_irqsave(&cache->node.list_lock, flags);
	while ((slab = slab_next(cache, &pfn)))
		make_slab_whole(cache, slab);
	spin_unlock_irqrestore(&cache->node.list_lock, flags);
}

static void destroy_whole(void *data)
{
	struct kmem_cache *cache = data;

	make_whole(cache);
	cache->refcount = 1;
	kmem_cache_destroy(cache);
}

struct kmem_cache *watched_cache(struct kunit *test, unsigned int size, slab_flags_t flags,
				 void (*ctor)(void *object))
{
	struct kmem_cache *cache = kmem_cache_create(
		"test", size, 0, flags | SLAB_NO_MERGE | SLAB_NO_USER_FLAGS, ctor);

	KUNIT_ASSERT_NOT_NULL(test, cache);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, destroy_whole, cache), 0);
	return cache;
}

/* --- reports ------------------------------------------------------------------------------- */

void count_slab_errors(struct kunit *test)
{
	slab_errors = 0;
	KUNIT_ASSERT_EQ(test,
			kunit_add_named_resource(test, NULL, NULL, &errors_resource, "slab_errors",
						 &slab_errors),
			0);
}

void print_undeclared(struct kunit *test, void (*inner)(struct kunit *test))
{
	KUNIT_EXPECT_EQ(test, capture_inner(test, &capture, inner), 1);
}

void expect_printed(struct kunit *test, const char *fmt, ...)
{
	char wanted[160];
	va_list args;

	va_start(args, fmt);
	vscnprintf(wanted, sizeof(wanted), fmt, args);
	va_end(args);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(capture.text, wanted), "\"%s\" is not in:\n%s",
				  wanted, capture.text);
}
