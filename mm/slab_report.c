// SPDX-License-Identifier: MIT
/*
 * What watched caches say: one reporter for all that can be wrong with an object.
 *
 *	=============================================================================
 *	BUG kmalloc-64 (Not tainted): Right Redzone overwritten
 *	-----------------------------------------------------------------------------
 *
 *	0xc3a040c8-0xc3a040c8 @offset=200. First byte 0x0 instead of 0xcc
 *	Allocated in read_config+0x31/0x80 age=12 cpu=0 pid=1 comm=init
 *	 cmd_load+0x9a/0x140
 *	Slab 0xc0f07400 objects=14 used=3 fp=0xc3a04388 flags=0x80(slab)
 *	Object 0xc3a04088 @offset=136 fp=0xc3a04388
 *
 *	Redzone  c3a04080: cc cc cc cc cc cc cc cc                          ........
 *	Object   c3a04088: ...
 *	Call Trace:
 *	...
 *	FIX kmalloc-64: Restoring Right Redzone 0xc3a040c8-0xc3a040c8=0xcc
 *
 * Worked example: what a report is for. "First byte" is what somebody wrote, the offset
 * where; "Allocated in" is who owns the object, and mostly who overran it. Its neighbours'
 * bytes say what was written.
 *
 * A test that provokes reports does not want to see them. A KUnit case with a named
 * resource "slab_errors", whose data is an int, gets one added to it for each BUG and each
 * FIX; a case may also declare the BUG by kunit_expect_report(), and its FIX with it.
 *
 * Cost: none while nothing is wrong.
 *
 * Locking: called without locks. What is printed of an object is read while others may
 * change it; what is decided, is decided elsewhere, under list_lock.
 */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/panic.h>
#include <linux/poison.h>
#include <linux/printk.h>
#include <asm/tsc.h>
#include <kunit/test-bug.h>
#include <memkern/kunit_extra.h>
#include <memkern/report.h>

#include "slab_debug.h"

#define TEXT_LENGTH    112
#define NSEC_PER_JIFFY (1000000000U / HZ)

/* --- how it is said ---------------------------------------------------------------------------- */

/* One more for the running case's counter. False: it has none. */
static bool count_for_kunit(void)
{
	struct kunit *test = kunit_get_current_test();
	struct kunit_resource *counter = test ? kunit_find_named_resource(test, "slab_errors")
					      : NULL;

	if (!counter)
		return false;
	++*(int *)counter->data;
	kunit_put_resource(counter);
	return true;
}

void slab_fix(const struct kmem_cache *cache, enum slab_voice voice, const char *fmt, ...)
{
	char text[TEXT_LENGTH];
	va_list args;

	if (voice == SLAB_COUNTED)
		count_for_kunit();
	if (voice != SLAB_PRINTED)
		return;
	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	pr_err("FIX %s: %s\n", cache->name, text);
}

/* --- what there is to know ----------------------------------------------------------------------- */

/* The trace may have been overwritten together with the object. */
static void print_track(const char *what, const struct track *track)
{
	unsigned int nr, i;
	u32 age;

	if (!track)
		return;
	age = (u32)(get_cycles() >> TRACK_CLOCK_SHIFT) - track->when;
	nr = min_t(unsigned int, track->nr_entries, TRACK_DEPTH);
	pr_err("%s in %pB age=%u cpu=%u pid=%d comm=%.16s\n", what, (void *)track->entries[0],
	       (u32)div_u64(cycles_to_ns((cycles_t)age << TRACK_CLOCK_SHIFT), NSEC_PER_JIFFY),
	       track->cpu, track->pid, track->comm);
	for (i = 1; i < nr; i++)
		pr_err(" %pB\n", (void *)track->entries[i]);
}

static void print_tracks(const struct kmem_cache *cache, const void *object)
{
	print_track("Allocated", slab_track(cache, object, TRACK_ALLOC));
	print_track("Freed", slab_track(cache, object, TRACK_FREE));
}

static void print_slab(const struct slab *slab)
{
	unsigned long flags = slab->__page_flags & PAGEFLAGS_MASK;

	pr_err("Slab 0x%px objects=%u used=%u fp=0x%px flags=%pGp\n", slab, slab->objects,
	       slab->inuse, slab->freelist, &flags);
}

static ptrdiff_t offset_in_slab(const struct slab *slab, const void *address)
{
	return address - slab_address(slab);
}

static void print_section(const char *name, const void *start, size_t size)
{
	print_hex_dump(KERN_ERR, name, DUMP_PREFIX_ADDRESS, 16, 1, start, size, true);
}

static void print_object(struct kmem_cache *cache, struct slab *slab, void *object)
{
	unsigned int padding = slab_padding_start(cache);
	unsigned int all = cache->size - cache->red_left_pad;

	print_tracks(cache, object);
	print_slab(slab);
	pr_err("Object 0x%px @offset=%td fp=0x%px\n", object, offset_in_slab(slab, object),
	       slab_next_free(cache, object));
	pr_err("\n");
	if (cache->flags & SLAB_RED_ZONE)
		print_section("Redzone  ", object - cache->red_left_pad, cache->red_left_pad);
	else if (offset_in_slab(slab, object) > 16)
		print_section("Bytes b4 ", object - 16, 16);
	print_section("Object   ", object, min_t(size_t, cache->object_size, PAGE_SIZE));
	if (cache->flags & SLAB_RED_ZONE)
		print_section("Redzone  ", object + cache->object_size,
			      cache->inuse - cache->object_size);
	print_section("Padding  ", object + padding, all - padding);
}

/* --- what can be said ------------------------------------------------------------------------------ */

enum slab_voice slab_bug(struct kmem_cache *cache, const struct slab_fault *about, const char *fmt,
			 ...)
{
	char text[TEXT_LENGTH];
	va_list args;

	if (count_for_kunit())
		return SLAB_COUNTED;
	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (report_note("BUG %s (%s): %s", cache->name, print_tainted(), text))
		return SLAB_DECLARED;
	pr_err("=============================================================================\n");
	pr_err("BUG %s (%s): %s\n", cache->name, print_tainted(), text);
	pr_err("-----------------------------------------------------------------------------\n");
	pr_err("\n");
	if (about->from)
		pr_err("0x%px-0x%px @offset=%td. First byte 0x%x instead of 0x%x\n", about->from,
		       about->to - 1, offset_in_slab(about->slab, about->from), about->found,
		       about->wanted);
	if (about->object) {
		print_object(cache, about->slab, about->object);
	} else {
		print_slab(about->slab);
		print_section("Padding  ", about->from, about->to - about->from);
	}
	dump_stack();
	add_taint(TAINT_BAD_PAGE, LOCKDEP_NOW_UNRELIABLE);
	return SLAB_PRINTED;
}

enum slab_voice slab_bug_fault(struct kmem_cache *cache, const struct slab_fault *fault)
{
	enum slab_voice voice;

	if (fault->object)
		voice = slab_bug(cache, fault, "%s %s", fault->what,
				 fault->from ? "overwritten" : "corrupt");
	else
		voice = slab_bug(cache, fault, "Padding overwritten. 0x%px-0x%px @offset=%td",
				 fault->from, fault->to - 1,
				 offset_in_slab(fault->slab, fault->from));
	slab_restore(cache, fault);
	if (fault->from)
		slab_fix(cache, voice, "Restoring %s 0x%px-0x%px=0x%x", fault->what, fault->from,
			 fault->to - 1, fault->wanted);
	return voice;
}

void slab_trace(struct kmem_cache *cache, const struct slab *slab, void *object, bool alloc)
{
	pr_info("TRACE %s %s 0x%px inuse=%u fp=0x%px\n", cache->name, alloc ? "alloc" : "free",
		object, slab->inuse, slab->freelist);
	if (!alloc)
		print_hex_dump(KERN_INFO, "Object   ", DUMP_PREFIX_ADDRESS, 16, 1, object,
			       cache->object_size, true);
	dump_stack();
}

/* --- a cache that cannot be destroyed -------------------------------------------------------------- */

#define STILL_HAS_OBJECTS "kmem_cache_destroy %s: Slab cache still has objects when called from %pS"

/* True: the running case wants neither this warning nor what follows it on the console. */
static bool warn_of_objects(const struct kmem_cache *cache, void *caller)
{
	struct kunit *test = kunit_get_current_test();
	unsigned int seen = test ? kunit_reports_seen(test) : 0;
	struct kunit_resource *counter;
	char text[TEXT_LENGTH];

	counter = test ? kunit_find_named_resource(test, "slab_errors") : NULL;
	if (!counter) {
		WARN(1, STILL_HAS_OBJECTS, cache->name, caller);
		return test && kunit_reports_seen(test) != seen;
	}
	kunit_put_resource(counter);
	scnprintf(text, sizeof(text), STILL_HAS_OBJECTS, cache->name, caller);
	kunit_report_declared(text);
	return false;
}

/* One report for each slab. If the warning was declared, they are a part of it. */
static void report_live_in(struct kmem_cache *cache, struct slab *slab, bool declared)
{
	DECLARE_BITMAP(map, SLAB_MAP_BITS);
	enum slab_voice voice = SLAB_DECLARED;
	char text[TEXT_LENGTH];
	unsigned int i;

	scnprintf(text, sizeof(text), "Objects remaining in %s on __kmem_cache_shutdown()",
		  cache->name);
	if (declared)
		kunit_report_declared(text);
	else
		voice = slab_bug(cache, &(struct slab_fault){ .slab = slab }, "%s", text);
	if (voice != SLAB_PRINTED)
		return;
	for (i = 0; i < slab->objects; i++) {
		void *object = slab_object(cache, slab, i);

		if (i % SLAB_MAP_BITS == 0)
			slab_free_map(cache, slab, i, map);
		if (test_bit(i % SLAB_MAP_BITS, map))
			continue;
		pr_err("Object 0x%px @offset=%td\n", object, offset_in_slab(slab, object));
		print_tracks(cache, object);
	}
}

void slab_report_live(struct kmem_cache *cache, void *caller)
{
	bool declared = warn_of_objects(cache, caller);
	unsigned long pfn = 0;
	struct slab *slab;

	while ((slab = slab_next(cache, &pfn)))
		report_live_in(cache, slab, declared);
}
