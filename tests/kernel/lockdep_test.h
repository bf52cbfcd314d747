/* SPDX-License-Identifier: MIT */
/*
 * What the tests of lock checking share: locks of their own, of classes that are forgotten after
 * each case, functions that take them, and a look at what was reported.
 */
#ifndef _TESTS_KERNEL_LOCKDEP_TEST_H
#define _TESTS_KERNEL_LOCKDEP_TEST_H

#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <memkern/kunit_extra.h>

#ifdef CONFIG_LOCKDEP

#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include "../../kernel/lockdep.h"
#include "capture.h"

static struct lock_class_key keys[5];
static spinlock_t a, b, c;
static struct mutex mutex;
static struct rw_semaphore sem;

static inline void fresh_locks(void)
{
	spin_lock_init(&a);
	spin_lock_init(&b);
	spin_lock_init(&c);
	mutex_init(&mutex);
	init_rwsem(&sem);
	lockdep_set_class_and_name(&a, &keys[0], "lock_a");
	lockdep_set_class_and_name(&b, &keys[1], "lock_b");
	lockdep_set_class_and_name(&c, &keys[2], "lock_c");
	lockdep_set_class_and_name(&mutex, &keys[3], "lock_mutex");
	lockdep_set_class_and_name(&sem, &keys[4], "lock_sem");
}

static inline int lockdep_test_init(struct kunit *test)
{
	if (!debug_locks)
		kunit_skip(test, "lock checking has ended");
	fresh_locks();
	return 0;
}

static inline void lockdep_test_exit(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		lockdep_unregister_key(&keys[i]);
}

/* Each in a function of its own, for reports name the places by these. */
static noinline __maybe_unused void take_nested(spinlock_t *outer, spinlock_t *inner)
{
	spin_lock(outer);
	spin_lock(inner);
	spin_unlock(inner);
	spin_unlock(outer);
}

static noinline __maybe_unused void a_then_b(void)
{
	spin_lock(&a);
	spin_lock(&b);
	spin_unlock(&b);
	spin_unlock(&a);
}

static noinline __maybe_unused void b_then_c(void)
{
	spin_lock(&b);
	spin_lock(&c);
	spin_unlock(&c);
	spin_unlock(&b);
}

static noinline __maybe_unused void b_then_a(void)
{
	spin_lock(&b);
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&b);
}

static noinline __maybe_unused void c_then_a(void)
{
	spin_lock(&c);
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&c);
}

/* What a person would have seen of the report that a case declared. */
static inline void print_last_report(struct kunit *test)
{
	capture_begin(test, &capture);
	lockdep_print_report(&last_lock_report);
	capture_end(test, &capture);
}

static inline void expect_printed(struct kunit *test, const char *text)
{
	KUNIT_EXPECT_TRUE_MSG(test, strstr(capture.text, text), "\"%s\" is not in\n%s", text,
			      capture.text);
}

static inline unsigned int path_length(unsigned int from, unsigned int to)
{
	u16 path[MAX_PATH];
	unsigned int length;
	unsigned long flags;

	local_irq_save(flags);
	length = lockdep_find_path(from, to, path);
	local_irq_restore(flags);
	return length;
}

#else

static int lockdep_test_init(struct kunit *test)
{
	kunit_skip(test, "locks are checked in the debug build");
}

static void lockdep_test_exit(struct kunit *test)
{
}

static void lock_checking(struct kunit *test)
{
	KUNIT_FAIL(test, "there is nothing to test");
}

static struct kunit_case lockdep_cases[] = {
	KUNIT_CASE(lock_checking),
	{},
};

#endif

#endif
