// SPDX-License-Identifier: MIT
/*
 * A cache with four objects a slab, exhaustively: every sequence of allocations, frees of any
 * live object, and shrinks, up to a length.
 *
 * After each operation every object of every slab must be in exactly one place: allocated, in
 * the CPU's list, or in its slab's; each list must end, after as many objects as the counts
 * say; and what is given out must have been free. The reference has only the set of live
 * objects. Each sequence is run from the beginning: what the allocator knows of its past is
 * what it is tested for.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "../e820/host.h"
#include "machine.h"
#include "tests.h"

#define PER_SLAB   4
#define SIZE	   1024
#define MOST_SLABS 8

static struct kmem_cache *cache;
static const char *fault;

static void see(const char *what)
{
	if (!fault)
		fault = what;
}

/* --- the reference ----------------------------------------------------------------------- */

static u8 *live[PER_SLAB * MOST_SLABS];
static unsigned int nr_live;

static bool is_live(const void *object)
{
	unsigned int i;

	for (i = 0; i < nr_live; i++)
		if (live[i] == object)
			return true;
	return false;
}

/* --- what the allocator says ---------------------------------------------------------------- */

/* All that was found in a list; an object of none is met nowhere else. */
static u8 *in_lists[PER_SLAB * MOST_SLABS];
static unsigned int nr_in_lists;

/* Follows a list of at most `most` objects; returns how many there were. */
static unsigned int follow(void *object, unsigned int most)
{
	unsigned int nr = 0, i;

	for (; object; object = slab_next_free(cache, object)) {
		struct slab *slab = virt_to_slab(object);

		if (nr++ == most || nr_in_lists == ARRAY_SIZE(in_lists)) {
			see("a list does not end where it should");
			return nr;
		}
		if (!slab || slab->slab_cache != cache ||
		    (object - slab_object(cache, slab, 0)) % cache->size) {
			see("what is in a list is no object of the cache");
			return nr;
		}
		if (is_live(object))
			see("a live object is in a list");
		for (i = 0; i < nr_in_lists; i++)
			if (in_lists[i] == object)
				see("an object is in two places");
		in_lists[nr_in_lists++] = object;
	}
	return nr;
}

static void expect_sound(void)
{
	struct kmem_cache_cpu *cpu = cache->cpu_slab;
	unsigned int in_cpu, in_slabs = 0, nr_partial = 0, nr;
	struct slab *slab;

	nr_in_lists = 0;
	in_cpu = follow(cpu->freelist, PER_SLAB * MOST_SLABS);
	if (in_cpu != cache->cpu_limit - cpu->room)
		see("the CPU's count is wrong");
	if (cache->cpu_limit && in_cpu > cache->cpu_limit)
		see("the CPU has more than it may");
	list_for_each_entry(slab, &cache->node.partial, slab_list) {
		nr = follow(slab->freelist, PER_SLAB);
		if (!nr || slab->inuse + nr != slab->objects)
			see("a partial slab's count is wrong");
		in_slabs += nr;
		nr_partial++;
	}
	if (nr_partial != cache->node.nr_partial)
		see("the number of partial slabs is wrong");
	/* Full slabs are in no list here; all their objects are live, or the CPU's. */
	if (nr_live + in_cpu + in_slabs != cache->node.total_objects)
		see("an object is lost");
	if (cache->node.total_objects != PER_SLAB * cache->node.nr_slabs)
		see("a slab has another number of objects");
}

/* --- operations ------------------------------------------------------------------------------ */

static void do_alloc(void)
{
	u8 *object = kmem_cache_alloc(cache, GFP_KERNEL);

	if (!object || is_live(object))
		see("a live object was given out, or none");
	else
		memset(object, 0x40 + nr_live, SIZE);
	live[nr_live++] = object;
}

static void do_free(unsigned int i)
{
	u8 *object = live[i];

	if (memchr_inv(object, object[0], SIZE))
		see("a live object was written to");
	live[i] = live[--nr_live];
	kmem_cache_free(cache, object);
}

/* 0: allocate; 1: shrink; from 2 on: free that live object. */
static void operate(unsigned int what)
{
	if (what == 0)
		do_alloc();
	else if (what == 1)
		kmem_cache_shrink(cache);
	else
		do_free(what - 2);
}

/* --- all sequences ---------------------------------------------------------------------------- */

static unsigned int sequence[16];

/* From an empty cache, with the last operation checked: the others were, when they were last. */
static void run(unsigned int length)
{
	unsigned int i;

	for (i = 0; i < length; i++)
		operate(sequence[i]);
	expect_sound();
	while (nr_live)
		do_free(0);
	if (kmem_cache_shrink(cache))
		see("an empty cache keeps a slab");
}

/* All that begin with `length` operations which leave `nr` live objects; returns how many. */
static unsigned long walk(unsigned int length, unsigned int nr, unsigned int most)
{
	unsigned long sequences = 1;
	unsigned int what;

	run(length);
	if (length == most || fault)
		return sequences;
	for (what = 0; what < 2 + nr; what++) {
		sequence[length] = what;
		sequences += walk(length + 1, what == 0 ? nr + 1 : what == 1 ? nr : nr - 1, most);
	}
	return sequences;
}

static void test_all(unsigned int cpu_limit, unsigned int min_partial, slab_flags_t flags,
		     unsigned int most, const char *name)
{
	unsigned long sequences;

	fault = NULL;
	cache = kmem_cache_create("small", SIZE, 0, flags | SLAB_NO_MERGE | SLAB_NO_USER_FLAGS,
				  NULL);
	cache->shape = cache->min =
		(struct slab_shape){ get_order(PER_SLAB * cache->size), PER_SLAB };
	cache->min_partial = min_partial;
	if (cache->cpu_limit) {
		cache->cpu_limit = cpu_limit;
		cache->cpu_slab->room = cpu_limit;
	}
	sequences = walk(0, 0, most);
	if (fault)
		host_note("after a sequence of at most %u: %s", most, fault);
	host_result(!fault && !reports.total,
		    "small cache: every sequence of %u operations, %s: %lu sequences", most, name,
		    sequences);
	kmem_cache_destroy(cache);
}

void test_states(void)
{
	test_all(4, 0, 0, 10, "CPU's list of 4, no empty slab kept");
	test_all(2, 1, 0, 10, "CPU's list of 2, one empty slab kept");
	test_all(6, 2, 0, 10, "CPU's list of 6, two empty slabs kept");
	test_all(4, 0, SLAB_TYPESAFE_BY_RCU, 9, "link behind the object");
	host_result(slab_machine_check(), "small cache: the checkers agree");
}
