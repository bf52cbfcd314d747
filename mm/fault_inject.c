// SPDX-License-Identifier: MIT
/*
 * Allocations that fail on purpose: linux/fault-inject.h.
 *
 * A driver's error paths run when memory is short, that is to say never while it is tested.
 * Here they are made to run, in two ways:
 *
 *	failslab=, fail_page_alloc=	by chance, whoever it hits, once threads run
 *	fail_nth			the n-th allocation of one task, for n = 1, 2, 3, ...
 *
 *	kmem_cache_alloc()                     alloc_pages()
 *	   | fast path off                        | fast path off
 *	slab_alloc_slow()                      alloc_pages_slow()
 *	   | should_failslab()? NULL              | should_fail_alloc_page()? NULL
 *	   v                                      v
 *
 * Worked example: failslab=10,50,4096,3. The first objects, 4096 bytes of them in all, are
 * had. Of those that follow every tenth fails with a chance of one half, until three have.
 *
 * Chance spares the boot up to the initcalls, where whatever is refused ends in a panic. And, unless
 * told otherwise, what may sleep, as in Linux: most code that asks so believes that small requests
 * never fail. And highmem, and single pages. These words say otherwise:
 *
 *	fault_inject.failslab_ignore_gfp_wait=0		objects that may be waited for fail as well
 *	fault_inject.failslab_cache_filter=1		only of caches with SLAB_FAILSLAB (slub_debug=A,...)
 *	fault_inject.page_ignore_gfp_wait=0		and pages; those of highmem too with
 *	fault_inject.page_ignore_gfp_highmem=0
 *	fault_inject.page_min_order=0			single pages too
 *
 * fail_nth knows no exception but __GFP_NOFAIL. In Linux these filters hold for it as well, and
 * whoever wants to try every allocation has to switch them off before.
 *
 * A slab that cannot be made at its best size is made at the smallest: so an allocation that
 * failed need not be seen by the caller.
 *
 * Cost: none when off. The slab's fast path tests mm_debug_flags anyway; that of the pages
 * compares with fast_path_floor, and while this is on no zone is above it.
 *
 * Locking: switch_lock around the switch; then a zone's lock. A task's numbers are its own.
 * Whether something fails may be asked in any context but NMI.
 *
 * Left out: filters by task and by call trace; debugfs.
 */
#include <linux/fault-inject.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <memkern/params.h>

#include "slab.h"

struct failslab failslab = { FAULT_ATTR_INITIALIZER, .ignore_gfp_wait = true };

struct fail_page_alloc fail_page_alloc = {
	FAULT_ATTR_INITIALIZER,
	.ignore_gfp_wait = true,
	.ignore_gfp_highmem = true,
	.min_order = 1,
};

module_param_named(failslab_ignore_gfp_wait, failslab.ignore_gfp_wait, bool, 0600);
module_param_named(failslab_cache_filter, failslab.cache_filter, bool, 0600);
module_param_named(page_ignore_gfp_wait, fail_page_alloc.ignore_gfp_wait, bool, 0600);
module_param_named(page_ignore_gfp_highmem, fail_page_alloc.ignore_gfp_highmem, bool, 0600);
module_param_named(page_min_order, fail_page_alloc.min_order, uint, 0600);

/* --- by chance ----------------------------------------------------------------------- */

static void fail_dump(struct fault_attr *attr)
{
	if (!attr->verbose || !__ratelimit(&attr->ratelimit_state))
		return;
	pr_notice("FAULT_INJECTION: forcing a failure.\n");
	pr_notice("name %s, interval %lu, probability %lu, space %d, times %d\n", attr->name,
		  attr->interval, attr->probability, atomic_read(&attr->space),
		  atomic_read(&attr->times));
	if (attr->verbose > 1)
		dump_stack();
}

static bool chance_has_it(struct fault_attr *attr, ssize_t size)
{
	if (!attr->probability || !atomic_read(&attr->times))
		return false;
	if (atomic_read(&attr->space) > size) {
		atomic_sub(size, &attr->space);
		return false;
	}
	if (attr->interval > 1 && ++attr->count % attr->interval)
		return false;
	return get_random_u32_below(100) < attr->probability;
}

bool should_fail_ex(struct fault_attr *attr, ssize_t size, int flags)
{
	if (!chance_has_it(attr, size))
		return false;
	if (!(flags & FAULT_NOWARN))
		fail_dump(attr);
	if (atomic_read(&attr->times) > 0)
		atomic_dec_if_positive(&attr->times);
	return true;
}

bool should_fail(struct fault_attr *attr, ssize_t size)
{
	return should_fail_ex(attr, size, 0);
}

/* --- the n-th of a task ------------------------------------------------------------------ */

/* Does this allocation count, and is it the one? Then *fails says so. */
static bool task_counts(bool *fails)
{
	if (!in_task() || !current->fail_nth)
		return false;
	*fails = --current->fail_nth == 0;
	return true;
}

bool failed_on_purpose(void)
{
	return (mm_debug_flags & MM_DEBUG_FAULTS) && in_task() && current->fail_nth_on &&
	       !current->fail_nth;
}

int should_failslab(struct kmem_cache *cache, gfp_t gfp)
{
	bool fails;

	if (gfp & __GFP_NOFAIL)
		return false;
	if (task_counts(&fails))
		return fails;
	if ((failslab.ignore_gfp_wait && (gfp & __GFP_DIRECT_RECLAIM)) ||
	    (failslab.cache_filter && !(cache->flags & SLAB_FAILSLAB)))
		return false;
	return should_fail_ex(&failslab.attr, cache->object_size,
			      gfp & __GFP_NOWARN ? FAULT_NOWARN : 0);
}

bool should_fail_alloc_page(gfp_t gfp, unsigned int order)
{
	bool fails;

	if (gfp & __GFP_NOFAIL)
		return false;
	if (task_counts(&fails))
		return fails;
	if (order < fail_page_alloc.min_order ||
	    (fail_page_alloc.ignore_gfp_highmem && (gfp & __GFP_HIGHMEM)) ||
	    (fail_page_alloc.ignore_gfp_wait && (gfp & __GFP_DIRECT_RECLAIM)))
		return false;
	return should_fail_ex(&fail_page_alloc.attr, 1 << order,
			      gfp & __GFP_NOWARN ? FAULT_NOWARN : 0);
}

/* --- the switch ----------------------------------------------------------------------------- */

static DEFINE_SPINLOCK(switch_lock);
static unsigned int nr_counting; /* tasks with a fail_nth */

/* Sends all allocations the long way, where they are asked, or no longer. */
static void __fault_inject_update(void)
{
	struct zone *zone;

	if (failslab.attr.probability || fail_page_alloc.attr.probability || nr_counting)
		__atomic_or_fetch(&mm_debug_flags, MM_DEBUG_FAULTS, __ATOMIC_RELAXED);
	else
		__atomic_and_fetch(&mm_debug_flags, ~MM_DEBUG_FAULTS, __ATOMIC_RELAXED);
	for_each_zone(zone) {
		spin_lock(&zone->lock);
		set_fast_path_floor(zone);
		spin_unlock(&zone->lock);
	}
}

void fault_inject_update(void)
{
	unsigned long flags;

	spin_lock_irqsave(&switch_lock, flags);
	__fault_inject_update();
	spin_unlock_irqrestore(&switch_lock, flags);
}

unsigned int set_fail_nth(unsigned int n)
{
	unsigned int left = current->fail_nth;
	unsigned long flags;

	if (!n && !current->fail_nth_on)
		return 0;
	spin_lock_irqsave(&switch_lock, flags);
	nr_counting += (n > 0) - current->fail_nth_on;
	current->fail_nth_on = n > 0;
	current->fail_nth = n;
	__fault_inject_update();
	spin_unlock_irqrestore(&switch_lock, flags);
	return left;
}

int setup_fault_attr(struct fault_attr *attr, char *str)
{
	int numbers[4]; /* interval, probability, space, times */
	bool sound = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers) && sound; i++) {
		const char *number = strsep(&str, ",");

		sound = number && !kstrtoint(number, 0, &numbers[i]) && (i == 3 || numbers[i] >= 0);
	}
	if (!sound || str) {
		pr_warn("FAULT_INJECTION: failed to parse arguments\n");
		return 0;
	}
	attr->interval = numbers[0];
	attr->probability = numbers[1];
	atomic_set(&attr->space, numbers[2]);
	atomic_set(&attr->times, numbers[3]);
	return 1;
}

static int __init set_from_boot(struct fault_attr *attr, const char *name, char *value)
{
	char copy[64];

	attr->name = name;
	if (!value || strscpy(copy, value, sizeof(copy)) < 0 || !setup_fault_attr(attr, copy))
		return -EINVAL;
	return 0;
}

static int __init set_failslab(char *value)
{
	return set_from_boot(&failslab.attr, "failslab", value);
}
early_param("failslab", set_failslab);

static int __init set_fail_page_alloc(char *value)
{
	return set_from_boot(&fail_page_alloc.attr, "fail_page_alloc", value);
}
early_param("fail_page_alloc", set_fail_page_alloc);

/* What the kernel cannot run without is there: from now on. */
static int __init fault_inject_init(void)
{
	fault_inject_update();
	return 0;
}
early_initcall(fault_inject_init);
