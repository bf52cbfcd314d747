// SPDX-License-Identifier: MIT
/*
 * Slab debugging: caches that watch their objects.
 *
 * An object that is overrun, used after it was freed, or freed twice does its harm later
 * and elsewhere. A watched cache spends memory and time on noticing it at the next
 * allocation or free, and on knowing who it was. Around each object lie bytes that nobody
 * may change, and who allocated and freed it last:
 *
 *	 left red zone | object .......... | red zone | link | allocated, freed by | size | padding
 *	               0       object_size ^    inuse ^                                          size
 *
 *	free:      bb bb 6b 6b 6b 6b 6b 6b a5 bb bb      ...     5a 5a
 *	allocated: cc cc 5a 5a 5a 5a cc cc cc cc cc      ...     5a 5a
 *	                 ^ kmalloc(4)  ^ beyond what was asked for
 *
 * What is done is in the cache's flags, given at its creation or by slub_debug= on the
 * command line (slab_options.c), a letter each:
 *
 *	F  SLAB_CONSISTENCY_CHECKS  looks at everything at each allocation and free
 *	Z  SLAB_RED_ZONE            has red zones
 *	P  SLAB_POISON              fills free objects, new ones, and padding
 *	U  SLAB_STORE_USER          keeps who allocated and freed it
 *	T  SLAB_TRACE               prints each allocation and free
 *	A  SLAB_FAILSLAB            takes part in fault injection
 *	O  leaves caches alone whose slabs would need a larger order for it
 *	-  nothing
 *
 * Worked example: with slub_debug, somebody writes a 0 behind the 20 bytes of p = kmalloc(20).
 * kfree(p) finds it where the red zone had 0xcc, reports "kmalloc Redzone overwritten" with
 * the call that allocated p, restores the byte, and does not free the object: whoever
 * wrote there may write again.
 *
 * Harmless: what a report is about is isolated. A damaged object is not freed, a damaged
 * free one not handed out, and the free neighbours of that one neither; an address that
 * is no object is not touched. Whoever allocates gets another object.
 *
 * Not caught: a write into an object that somebody else has allocated, or far beyond the
 * red zone into one; a read; a write that changes nothing; harm that is done and undone
 * between two looks. Without flags a cache notices only a second free in a row and, hardened,
 * another cache's object; kfree() notices memory that is in no slab. A second free later, an
 * address inside an object, overruns, and uses after free pass unseen.
 *
 * Cost: none for other caches. With FZPU an object takes some 150 bytes more. F, Z and P take
 * some 2000 instructions an allocation or free, U 3000 for each caller in the trace.
 *
 * Invariants:
 *	I-slab_debug-1	the bytes around an object, and in a free one, are as drawn
 *			(validate_slab_cache(), and F at each allocation and free)
 *	I-slab_debug-2	a slab without free objects is in its node's full list (slab_check())
 *
 * Locking: list_lock, with interrupts off, around the freelists and what is found in
 * objects that the caller does not own. Nothing is reported under it: what is found is
 * kept in a struct slab_fault, reported after the unlock, and then restored if it still
 * is. Any context but NMI.
 *
 * What can be wrong is in slab_faults.c, what is said of it in slab_report.c. Left out: KASAN's
 * and KFENCE's ways, which catch reads too.
 */
#include <linux/kernel.h>
#include <linux/poison.h>
#include <linux/smp.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <asm/tsc.h>

#include "slab_debug.h"

/* --- what lies where --------------------------------------------------------------------------- */

/* Does it remember how much of an object was asked for? */
static bool keeps_size(const struct kmem_cache *cache)
{
	return (cache->flags & SLAB_KMALLOC) && (cache->flags & (SLAB_RED_ZONE | SLAB_STORE_USER));
}

static unsigned int tracks_size(const struct kmem_cache *cache)
{
	return cache->flags & SLAB_STORE_USER ? NR_TRACKS * sizeof(struct track) : 0;
}

unsigned int slab_debug_size(const struct kmem_cache *cache)
{
	return tracks_size(cache) + (keeps_size(cache) ? sizeof(unsigned long) : 0);
}

unsigned int slab_info_end(const struct kmem_cache *cache)
{
	return cache->inuse + (cache->offset >= cache->inuse ? sizeof(void *) : 0);
}

unsigned int slab_padding_start(const struct kmem_cache *cache)
{
	return slab_info_end(cache) + slab_debug_size(cache);
}

static struct track *track_of(const struct kmem_cache *cache, const void *object,
			      enum track_item item)
{
	return (struct track *)(object + slab_info_end(cache)) + item;
}

static unsigned long *kept_size(const struct kmem_cache *cache, const void *object)
{
	return (unsigned long *)(object + slab_info_end(cache) + tracks_size(cache));
}

size_t slab_requested_size(const struct kmem_cache *cache, const void *object)
{
	return keeps_size(cache) ? min_t(size_t, *kept_size(cache, object), cache->object_size)
				 : cache->object_size;
}

size_t slab_usable_size(struct kmem_cache *cache, void *object)
{
	if (keeps_size(cache))
		*kept_size(cache, object) = cache->object_size;
	return cache->object_size;
}

/* Red zones and contents of a free object, or of one that is allocated just now. */
static void set_state(const struct kmem_cache *cache, void *object, u8 state)
{
	unsigned int size = cache->object_size;
	u8 *bytes = object;

	if (cache->flags & SLAB_RED_ZONE) {
		memset(bytes - cache->red_left_pad, state, cache->red_left_pad);
		if (state == SLUB_RED_ACTIVE)
			size = slab_requested_size(cache, object);
		memset(bytes + size, state, cache->inuse - size);
	}
	if (!slab_poisons_objects(cache))
		return;
	if (state == SLUB_RED_ACTIVE) {
		memset(bytes, POISON_INUSE, size);
	} else {
		memset(bytes, POISON_FREE, size - 1);
		bytes[size - 1] = POISON_END;
	}
}

void slab_debug_setup(struct kmem_cache *cache, struct slab *slab)
{
	unsigned int i;

	if (cache->flags & SLAB_POISON)
		memset(slab_address(slab), POISON_INUSE, PAGE_SIZE << slab_order(slab));
	for (i = 0; i < slab->objects; i++) {
		void *object = slab_object(cache, slab, i);

		memset(object + slab_info_end(cache), 0, slab_debug_size(cache));
		set_state(cache, object, SLUB_RED_INACTIVE);
	}
}

void slab_debug_resize(struct kmem_cache *cache, void *object, size_t size, gfp_t gfp)
{
	struct slab_fault fault;
	size_t before;

	if (!keeps_size(cache))
		return;
	if ((cache->flags & SLAB_CONSISTENCY_CHECKS) &&
	    slab_object_fault(cache, virt_to_slab(object), object, SLUB_RED_ACTIVE, &fault))
		slab_bug_fault(cache, &fault);
	before = slab_requested_size(cache, object);
	*kept_size(cache, object) = size;
	if (cache->flags & SLAB_RED_ZONE)
		memset(object + size, SLUB_RED_ACTIVE, cache->object_size - size);
	if (size <= before)
		return;
	if ((gfp & __GFP_ZERO) || (mm_debug_flags & MM_DEBUG_INIT_ON_ALLOC))
		memset(object + before, 0, size - before);
	else if (slab_poisons_objects(cache))
		memset(object + before, POISON_INUSE, size - before);
}

/* --- who it was ----------------------------------------------------------------------------------- */

/* The code of slab.c, kmalloc.c and their like lies together: it is not what anybody looks for. */
extern const char __slab_text_start[], __slab_text_end[];
#define ALLOCATOR_DEPTH 8

static bool in_allocator(unsigned long address)
{
	return address > (unsigned long)__slab_text_start &&
	       address <= (unsigned long)__slab_text_end;
}

static void fill_track(struct track *track)
{
	unsigned long entries[ALLOCATOR_DEPTH + TRACK_DEPTH];
	unsigned int nr = stack_trace_save(entries, ARRAY_SIZE(entries), 0), first = 0;

	while (first < nr && in_allocator(entries[first]))
		first++;
	*track = (struct track){
		.nr_entries = min(nr - first, (unsigned int)TRACK_DEPTH),
		.cpu = smp_processor_id(),
		.pid = current->pid,
		.when = get_cycles() >> TRACK_CLOCK_SHIFT,
	};
	memcpy(track->entries, &entries[first], track->nr_entries * sizeof(entries[0]));
	strscpy(track->comm, current->comm, sizeof(track->comm));
}

const struct track *slab_track(const struct kmem_cache *cache, const void *object,
			       enum track_item item)
{
	const struct track *track = track_of(cache, object, item);

	return (cache->flags & SLAB_STORE_USER) && track->nr_entries ? track : NULL;
}

/* --- allocation --------------------------------------------------------------------------------- */

enum taken {
	TAKEN,
	NONE_LEFT,
	NOT_TRUSTED, /* the slab's list begins with what is no object, or is too long */
};

/* Under list_lock: the first object of the first slab that has one. */
static enum taken take_first(struct kmem_cache *cache, struct slab **from, void **object)
{
	struct kmem_cache_node *node = &cache->node;
	struct slab *slab = list_first_entry_or_null(&node->partial, struct slab, slab_list);

	*from = slab;
	if (!slab)
		return NONE_LEFT;
	*object = slab->freelist;
	if (slab->inuse >= slab->objects || !slab_valid_object(cache, slab, *object))
		return NOT_TRUSTED;
	slab->freelist = slab_next_free(cache, *object);
	slab->inuse++;
	if (!slab->freelist) {
		node->nr_partial--;
		list_move(&slab->slab_list, &node->full);
	}
	return TAKEN;
}

/* An object that nobody else has from now on; it may be damaged. NULL: there is none. */
static void *take_object(struct kmem_cache *cache, struct slab **from)
{
	unsigned long flags;
	enum taken taken;
	void *object;

	for (;;) {
		spin_lock_irqsave(&cache->node.list_lock, flags);
		taken = take_first(cache, from, &object);
		spin_unlock_irqrestore(&cache->node.list_lock, flags);
		if (taken == TAKEN)
			return object;
		if (taken == NONE_LEFT)
			return NULL;
		slab_mend_freelist(cache, *from);
	}
}

/* A free object that was written to stays away from everybody, with its free neighbours. */
static bool is_sound(struct kmem_cache *cache, struct slab *slab, void *object)
{
	struct slab_fault fault;

	if (!(cache->flags & SLAB_CONSISTENCY_CHECKS))
		return true;
	while (slab_object_fault(cache, slab, object, SLUB_RED_INACTIVE, &fault)) {
		enum slab_voice voice = slab_bug_fault(cache, &fault);
		unsigned long flags;

		if (fault.harmless)
			continue;
		spin_lock_irqsave(&cache->node.list_lock, flags);
		slab_mark_all_used(cache, slab);
		spin_unlock_irqrestore(&cache->node.list_lock, flags);
		slab_fix(cache, voice, "Marking all objects used");
		return false;
	}
	return true;
}

void *slab_debug_alloc(struct kmem_cache *cache, size_t size)
{
	struct slab *slab;
	void *object;

	do
		object = take_object(cache, &slab);
	while (object && !is_sound(cache, slab, object));
	if (!object)
		return NULL;
	if (keeps_size(cache))
		*kept_size(cache, object) = min_t(size_t, size, cache->object_size);
	if (cache->flags & SLAB_STORE_USER)
		fill_track(track_of(cache, object, TRACK_ALLOC));
	set_state(cache, object, SLUB_RED_ACTIVE);
	if (cache->flags & SLAB_TRACE)
		slab_trace(cache, slab, object, true);
	return object;
}

/* --- freeing ---------------------------------------------------------------------------------------- */

enum verdict {
	FREED,
	NO_OBJECT, /* nothing begins at this address */
	ALREADY_FREE,
	DAMAGED,      /* as the fault says */
	BAD_FREELIST, /* the slab's: it has to be mended first */
};

/* Under list_lock: puts an object that may be freed back into its slab. */
static enum verdict put_object(struct kmem_cache *cache, struct slab *slab, void *object,
			       const struct track *who, struct slab_fault *fault,
			       struct list_head *empty)
{
	if (!slab_valid_object(cache, slab, object))
		return NO_OBJECT;
	if (slab->freelist == object)
		return ALREADY_FREE;
	if (cache->flags & SLAB_CONSISTENCY_CHECKS) {
		struct freelist_walk walk = slab_walk_freelist(cache, slab, object);

		if (walk.end != FREELIST_SOUND)
			return BAD_FREELIST;
		if (walk.met)
			return ALREADY_FREE;
		if (slab_object_fault(cache, slab, object, SLUB_RED_ACTIVE, fault))
			return DAMAGED;
	}
	if (cache->flags & SLAB_STORE_USER)
		*track_of(cache, object, TRACK_FREE) = *who;
	if (slab_wiped_on(cache, MM_DEBUG_INIT_ON_FREE))
		memset(object, 0, cache->object_size);
	set_state(cache, object, SLUB_RED_INACTIVE);
	slab_put_object(cache, slab, object, empty);
	return FREED;
}

/* Says why an object is not freed. True: what was wrong is mended, try again. */
static bool refuse(struct kmem_cache *cache, struct slab *slab, void *object, enum verdict verdict,
		   const struct slab_fault *fault)
{
	struct slab_fault about = { .slab = slab };
	enum slab_voice voice;

	switch (verdict) {
	case NO_OBJECT:
		voice = slab_bug(cache, &about, "Invalid object pointer 0x%px", object);
		break;
	case ALREADY_FREE:
		about.object = object;
		voice = slab_bug(cache, &about, "Object already free");
		break;
	case DAMAGED:
		voice = slab_bug_fault(cache, fault);
		if (fault->harmless)
			return true;
		break;
	default:
		slab_mend_freelist(cache, slab);
		return true;
	}
	slab_fix(cache, voice, "Object at 0x%px not freed", object);
	return false;
}

void slab_debug_free(struct kmem_cache *cache, void *object)
{
	struct slab *slab = virt_to_slab(object);
	struct slab_fault fault;
	enum verdict verdict;
	struct track who;
	unsigned long flags;
	LIST_HEAD(empty);

	if (cache->flags & SLAB_STORE_USER)
		fill_track(&who);
	if ((cache->flags & SLAB_TRACE) && slab_valid_object(cache, slab, object))
		slab_trace(cache, slab, object, false);
	do {
		spin_lock_irqsave(&cache->node.list_lock, flags);
		verdict = put_object(cache, slab, object, &who, &fault, &empty);
		spin_unlock_irqrestore(&cache->node.list_lock, flags);
	} while (verdict != FREED && refuse(cache, slab, object, verdict, &fault));
	slab_free_list(cache, &empty);
}

void slab_debug_check_empty(struct kmem_cache *cache, struct slab *slab)
{
	struct slab_fault fault;
	unsigned int i;

	if (!(cache->flags & SLAB_CONSISTENCY_CHECKS))
		return;
	if (slab_padding_fault(cache, slab, &fault))
		slab_bug_fault(cache, &fault);
	for (i = 0; i < slab->objects; i++)
		while (slab_object_fault(cache, slab, slab_object(cache, slab, i),
					 SLUB_RED_INACTIVE, &fault))
			slab_bug_fault(cache, &fault);
}
