// SPDX-License-Identifier: MIT
/*
 * What can be wrong with a watched object, with the space around it, or with its slab's list
 * of free objects; and how each is put right.
 *
 * An object is a row of areas whose bytes have to have a certain value, which depends on
 * whether it is free (the drawing is in slab_debug.c), and a link, which has to lead to an
 * object of the slab. The first area that differs is the fault. A list is trusted as far as
 * its links lead to objects, and no further than there are objects.
 *
 * Worked example: objects 1 and 3 are free, and a stray write hits the link of 1, which led to
 * 3. The walk trusts 1 and stops there: "Freechain corrupt". 1 becomes the last of the list, 3 is
 * lost, and the slab counts one free object: "Wrong object count".
 *
 * Cost: some hundred instructions an object.
 *
 * Invariants: those of slab_debug.c.
 *
 * Locking: what looks is called under list_lock, or by who owns the object; what mends takes
 * it, and looks again, as a report came in between.
 */
#include <linux/kernel.h>
#include <linux/poison.h>
#include <linux/string.h>

#include "slab_debug.h"

struct area {
	const char *name;
	u8 *start;
	unsigned int size;
	u8 value;
	bool harmless;
};

#define AREAS_MOST 5

/* The bytes of an object that have to have a certain value. Returns how many areas they are. */
static unsigned int object_areas(const struct kmem_cache *cache, void *object, u8 state,
				 struct area *areas)
{
	unsigned int size = cache->object_size, padding = slab_padding_start(cache), nr = 0;
	u8 *bytes = object, *behind = bytes + size;

	if (cache->flags & SLAB_RED_ZONE) {
		areas[nr++] = (struct area){ "Left Redzone", bytes - cache->red_left_pad,
					     cache->red_left_pad, state, false };
		areas[nr++] =
			(struct area){ "Right Redzone", behind, cache->inuse - size, state, false };
		if (state == SLUB_RED_ACTIVE) {
			size_t asked = slab_requested_size(cache, object);

			areas[nr++] = (struct area){ "kmalloc Redzone", bytes + asked, size - asked,
						     state, false };
		}
	} else if (cache->flags & SLAB_POISON) {
		areas[nr++] = (struct area){ "Alignment padding", behind, cache->inuse - size,
					     POISON_INUSE, true };
	}
	if (state == SLUB_RED_INACTIVE && slab_poisons_objects(cache)) {
		areas[nr++] = (struct area){ "Poison", bytes, size - 1, POISON_FREE, false };
		areas[nr++] = (struct area){ "End Poison", behind - 1, 1, POISON_END, false };
	}
	if (cache->flags & SLAB_POISON)
		areas[nr++] = (struct area){ "Object padding", bytes + padding,
					     cache->size - cache->red_left_pad - padding,
					     POISON_INUSE, true };
	return nr;
}

static bool area_fault(const struct area *area, struct slab_fault *fault)
{
	u8 *from = memchr_inv(area->start, area->value, area->size);
	u8 *to = area->start + area->size;

	if (!from)
		return false;
	while (to[-1] == area->value)
		to--;
	fault->what = area->name;
	fault->harmless = area->harmless;
	fault->from = from;
	fault->to = to;
	fault->found = *from;
	fault->wanted = area->value;
	return true;
}

bool slab_object_fault(struct kmem_cache *cache, struct slab *slab, void *object, u8 state,
		       struct slab_fault *fault)
{
	struct area areas[AREAS_MOST];
	unsigned int nr = object_areas(cache, object, state, areas), i;
	void *next;

	*fault = (struct slab_fault){ .slab = slab, .object = object, .state = state };
	for (i = 0; i < nr; i++)
		if (area_fault(&areas[i], fault))
			return true;

	/* The link of an allocated object is still there if it lies behind it. */
	if (state == SLUB_RED_ACTIVE && cache->offset < cache->inuse)
		return false;
	next = slab_next_free(cache, object);
	fault->what = "Freepointer";
	return next && !slab_valid_object(cache, slab, next);
}

bool slab_padding_fault(struct kmem_cache *cache, struct slab *slab, struct slab_fault *fault)
{
	unsigned int used = slab->objects * cache->size;
	struct area area = { "slab padding", slab_address(slab) + used,
			     (PAGE_SIZE << slab_order(slab)) - used, POISON_INUSE, true };

	*fault = (struct slab_fault){ .slab = slab };
	return (cache->flags & SLAB_POISON) && area_fault(&area, fault);
}

void slab_restore(struct kmem_cache *cache, const struct slab_fault *fault)
{
	struct slab_fault now;
	unsigned long flags;
	bool still;

	spin_lock_irqsave(&cache->node.list_lock, flags);
	still = fault->object
			? slab_object_fault(cache, fault->slab, fault->object, fault->state, &now)
			: slab_padding_fault(cache, fault->slab, &now);
	if (still && now.what == fault->what && now.from == fault->from) {
		if (now.from)
			memset(now.from, now.wanted, now.to - now.from);
		else
			slab_set_next_free(cache, now.object, NULL);
	}
	spin_unlock_irqrestore(&cache->node.list_lock, flags);
}

/* --- freelists that cannot be trusted ------------------------------------------------------------ */

/* Under list_lock: nothing of the slab is free any more. */
void slab_mark_all_used(struct kmem_cache *cache, struct slab *slab)
{
	if (slab->freelist) {
		cache->node.nr_partial--;
		list_del(&slab->slab_list);
		if (kmem_cache_debug(cache))
			list_add(&slab->slab_list, &cache->node.full);
	}
	slab->freelist = NULL;
	slab->inuse = slab->objects;
}

/* Looks at the list; ends it where it can be trusted no further, if it is to be cut. */
static struct freelist_walk walk_freelist(struct kmem_cache *cache, struct slab *slab, bool cut)
{
	struct freelist_walk walk;
	unsigned long flags;

	spin_lock_irqsave(&cache->node.list_lock, flags);
	walk = slab_walk_freelist(cache, slab, NULL);
	if (cut && walk.end == FREELIST_BAD_LINK && walk.last)
		slab_set_next_free(cache, walk.last, NULL);
	else if (cut && walk.end != FREELIST_SOUND)
		slab_mark_all_used(cache, slab);
	spin_unlock_irqrestore(&cache->node.list_lock, flags);
	return walk;
}

static int mend_count(struct kmem_cache *cache, struct slab *slab)
{
	unsigned int said, counted;
	struct freelist_walk walk;
	enum slab_voice voice;
	unsigned long flags;

	spin_lock_irqsave(&cache->node.list_lock, flags);
	walk = slab_walk_freelist(cache, slab, NULL);
	said = slab->inuse;
	counted = slab->objects - walk.nr;
	if (walk.end == FREELIST_SOUND)
		slab->inuse = counted;
	spin_unlock_irqrestore(&cache->node.list_lock, flags);
	if (walk.end != FREELIST_SOUND || said == counted)
		return 0;
	voice = slab_bug(cache, &(struct slab_fault){ .slab = slab },
			 "Wrong object count. Counter is %u but counted were %u", said, counted);
	slab_fix(cache, voice, "Object count adjusted");
	return 1;
}

int slab_mend_freelist(struct kmem_cache *cache, struct slab *slab)
{
	struct freelist_walk walk = walk_freelist(cache, slab, false);
	struct slab_fault about = { .slab = slab };
	enum slab_voice voice;

	if (walk.end == FREELIST_SOUND)
		return mend_count(cache, slab);
	if (walk.end == FREELIST_BAD_LINK && walk.last) {
		about.object = walk.last;
		slab_bug(cache, &about, "Freechain corrupt");
		walk_freelist(cache, slab, true);
		return 1 + mend_count(cache, slab);
	}
	voice = slab_bug(cache, &about, "%s",
			 walk.end == FREELIST_CYCLE ? "Freelist cycle detected"
						    : "Freepointer corrupt");
	walk_freelist(cache, slab, true);
	slab_fix(cache, voice, "Freelist cleared");
	return 1;
}
