// SPDX-License-Identifier: MIT
/*
 * The rest of the kernel, as far as mm/slab*.c call it and ../page_alloc/kernel.c does not
 * have it. There is no KUnit here: no case runs.
 */
#include <linux/fault-inject.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <asm/tsc.h>
#include <kunit/test-bug.h>
#include <memkern/kunit_extra.h>
#include <memkern/report.h>

/* What of the call trace is the allocator itself: nothing. */
const char __slab_text_start[1], __slab_text_end[1];

/* Nobody switches it on. */
int should_failslab(struct kmem_cache *cache, gfp_t gfp)
{
	panic("asked whether an object should fail");
}

/* Nobody else is there to hold it. */
void mutex_lock(struct mutex *lock)
{
	if (atomic_long_cmpxchg(&lock->owner, 0, (long)current))
		panic("a mutex that is held is waited for");
}

void mutex_unlock(struct mutex *lock)
{
	if (atomic_long_cmpxchg(&lock->owner, (long)current, 0) != (long)current)
		panic("a mutex that is not held is unlocked");
}

/* There are no readers to wait for. */
void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	func(head);
}

void rcu_barrier(void)
{
}

/* There is no vmalloc window: per-CPU memory does not grow beyond its reserve, */
void *__vmalloc_node_range(unsigned long size, unsigned long align, unsigned long start,
			   unsigned long end, gfp_t gfp, pgprot_t prot, unsigned long vm_flags,
			   int node, const void *caller)
{
	return NULL;
}

void vfree_atomic(const void *addr)
{
	panic("vfree_atomic() of what nobody gave");
}

/* which is mapped, as all that a host's program has. */
pte_t *lookup_address(unsigned long address, unsigned int *level)
{
	static pte_t present = { .pte = _PAGE_PRESENT };

	*level = PG_LEVEL_4K;
	return &present;
}

struct kunit *kunit_get_current_test(void)
{
	return NULL;
}

struct kunit_resource *kunit_find_named_resource(struct kunit *test, const char *name)
{
	return NULL;
}

void kunit_put_resource(struct kunit_resource *res)
{
}

unsigned int kunit_reports_seen(struct kunit *test)
{
	return 0;
}

bool kunit_report_declared(const char *text)
{
	return false;
}

void report_get_counts(struct report_counts *counts)
{
	*counts = (struct report_counts){ 0 };
}

const char *print_tainted(void)
{
	return "Not tainted";
}

cycles_t get_cycles(void)
{
	static cycles_t cycles;

	return ++cycles;
}

u64 cycles_to_ns(cycles_t cycles)
{
	return cycles;
}

void memzero_explicit(void *s, size_t n)
{
	memset(s, 0, n);
	barrier_data(s);
}

ssize_t strscpy(char *to, const char *from, size_t size)
{
	size_t length = strlen(from);

	if (!size)
		return -E2BIG;
	memcpy(to, from, min(length, size - 1));
	to[min(length, size - 1)] = '\0';
	return length < size ? (ssize_t)length : -E2BIG;
}
