// SPDX-License-Identifier: MIT
/* Reference counts, 64-bit atomics, sets of CPUs and calls on a CPU: API.md L3 and L4. */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <memkern/kunit_extra.h>

static void api_L3_refcount(struct kunit *test)
{
	refcount_t count = REFCOUNT_INIT(1);

	refcount_inc(&count);
	KUNIT_EXPECT_TRUE(test, refcount_inc_not_zero(&count));
	KUNIT_EXPECT_EQ(test, refcount_read(&count), 3U);
	KUNIT_EXPECT_FALSE(test, refcount_dec_if_one(&count));
	refcount_dec(&count);
	KUNIT_EXPECT_TRUE(test, refcount_dec_not_one(&count));
	KUNIT_EXPECT_FALSE(test, refcount_dec_not_one(&count));
	KUNIT_EXPECT_TRUE(test, refcount_dec_and_test(&count));
	KUNIT_EXPECT_FALSE(test, refcount_inc_not_zero(&count));
	KUNIT_EXPECT_EQ(test, refcount_read(&count), 0U);
}

struct misuse {
	int start;
	void (*act)(refcount_t *count);
	const char *report;
};

static void underflow(refcount_t *count)
{
	(void)refcount_sub_and_test(2, count);
}

static const struct misuse misuses[] = {
	{ 0, refcount_inc, "refcount_t: addition on 0; use-after-free." },
	{ INT_MAX, refcount_inc, "refcount_t: saturated; leaking memory." },
	{ 1, refcount_dec, "refcount_t: decrement hit 0; leaking memory." },
	{ 1, underflow, "refcount_t: underflow; use-after-free." },
};

/* Reported once, and the object leaks: whatever is done then, the count does not come near 0. */
static void api_L3_refcount_saturates(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(misuses); i++) {
		refcount_t count = REFCOUNT_INIT(misuses[i].start);

		kunit_expect_report(test, misuses[i].report);
		misuses[i].act(&count);
		KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), i + 1);
		KUNIT_EXPECT_EQ(test, (int)refcount_read(&count), REFCOUNT_SATURATED);
	}
}

static void api_L3_refcount_and_lock(struct kunit *test)
{
	refcount_t count = REFCOUNT_INIT(2);
	unsigned long flags;
	DEFINE_SPINLOCK(lock);
	DEFINE_MUTEX(mutex);

	KUNIT_EXPECT_FALSE(test, refcount_dec_and_lock(&count, &lock));
	KUNIT_EXPECT_FALSE(test, spin_is_locked(&lock));
	KUNIT_EXPECT_TRUE(test, refcount_dec_and_lock(&count, &lock));
	KUNIT_EXPECT_TRUE(test, spin_is_locked(&lock));
	spin_unlock(&lock);
	refcount_set(&count, 2);
	KUNIT_EXPECT_FALSE(test, refcount_dec_and_lock_irqsave(&count, &lock, &flags));
	KUNIT_EXPECT_TRUE(test, refcount_dec_and_lock_irqsave(&count, &lock, &flags));
	KUNIT_EXPECT_TRUE(test, irqs_disabled());
	spin_unlock_irqrestore(&lock, flags);
	refcount_set(&count, 1);
	KUNIT_EXPECT_TRUE(test, refcount_dec_and_mutex_lock(&count, &mutex));
	KUNIT_EXPECT_TRUE(test, mutex_is_locked(&mutex));
	mutex_unlock(&mutex);
}

static void api_L3_atomic64(struct kunit *test)
{
	atomic64_t v = ATOMIC64_INIT(0xffffffffLL);

	KUNIT_EXPECT_EQ(test, atomic64_inc_return(&v), 0x100000000LL);
	KUNIT_EXPECT_EQ(test, atomic64_sub_return(0x200000000LL, &v), -0x100000000LL);
	KUNIT_EXPECT_EQ(test, atomic64_xchg(&v, 1), -0x100000000LL);
	KUNIT_EXPECT_TRUE(test, atomic64_dec_and_test(&v));
	KUNIT_EXPECT_EQ(test, atomic64_cmpxchg(&v, 5, 6), 0LL);
	atomic64_set(&v, S64_MIN);
	KUNIT_EXPECT_EQ(test, atomic64_fetch_add(-1, &v), S64_MIN);
	KUNIT_EXPECT_EQ(test, atomic64_read(&v), S64_MAX);
}

/* The value that is added is computed once. */
static void api_L3_atomic64_arguments(struct kunit *test)
{
	atomic64_t v = ATOMIC64_INIT(0);
	int i = 1;

	KUNIT_EXPECT_EQ(test, atomic64_add_return(i++, &v), 1LL);
	KUNIT_EXPECT_EQ(test, i, 2);
}

static void api_L3_atomic_long(struct kunit *test)
{
	atomic_long_t v = ATOMIC_LONG_INIT(0);

	KUNIT_EXPECT_FALSE(test, atomic_long_inc_not_zero(&v));
	KUNIT_EXPECT_TRUE(test, atomic_long_add_unless(&v, 5, 1));
	KUNIT_EXPECT_TRUE(test, atomic_long_inc_not_zero(&v));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&v), 6L);
}

static void api_L3_atomic_andnot(struct kunit *test)
{
	atomic_t v = ATOMIC_INIT(0xff);

	atomic_andnot(0x0f, &v);
	KUNIT_EXPECT_EQ(test, atomic_read(&v), 0xf0);
}

static void api_L4_cpumask(struct kunit *test)
{
	struct cpumask mask, both;
	unsigned int cpu, seen = 0;

	cpumask_clear(&mask);
	KUNIT_EXPECT_TRUE(test, cpumask_empty(&mask));
	KUNIT_EXPECT_GE(test, cpumask_first(&mask), (unsigned int)NR_CPUS);
	cpumask_set_cpu(1, &mask);
	cpumask_set_cpu(NR_CPUS - 1, &mask);
	KUNIT_EXPECT_FALSE(test, cpumask_test_and_set_cpu(4, &mask));
	KUNIT_EXPECT_TRUE(test, cpumask_test_and_clear_cpu(4, &mask));
	for_each_cpu(cpu, &mask)
		seen |= 1 << cpu;
	KUNIT_EXPECT_EQ(test, seen, (1U << 1) | (1U << (NR_CPUS - 1)));
	KUNIT_EXPECT_EQ(test, cpumask_weight(&mask), 2U);
	KUNIT_EXPECT_TRUE(test, cpumask_and(&both, &mask, cpumask_of(1)));
	KUNIT_EXPECT_FALSE(test, cpumask_and(&both, &mask, cpumask_of(2)));
	cpumask_or(&both, cpumask_of(1), cpumask_of(NR_CPUS - 1));
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&both, &mask));
	KUNIT_EXPECT_TRUE(test, cpumask_subset(cpumask_of(1), &mask));
	KUNIT_EXPECT_FALSE(test, cpumask_subset(&mask, cpumask_of(1)));
	KUNIT_EXPECT_FALSE(test, cpumask_intersects(&mask, cpumask_of(2)));
	KUNIT_EXPECT_TRUE(test, cpumask_andnot(&both, &mask, cpumask_of(1)));
	KUNIT_EXPECT_EQ(test, cpumask_any(&both), NR_CPUS - 1U);
	KUNIT_EXPECT_FALSE(test, cpumask_full(&mask));
	cpumask_setall(&both);
	KUNIT_EXPECT_TRUE(test, cpumask_full(&both));
	KUNIT_EXPECT_TRUE(test, cpu_online(smp_processor_id()));
	KUNIT_EXPECT_FALSE(test, cpu_online(NR_CPUS));
	KUNIT_EXPECT_EQ(test, cpumask_weight(cpu_online_mask), num_online_cpus());
}

static DEFINE_PER_CPU(int, number);
static DEFINE_PER_CPU(u64, wide);

static void api_L4_this_cpu_returns(struct kunit *test)
{
	this_cpu_write(number, 5);
	KUNIT_EXPECT_EQ(test, this_cpu_add_return(number, 3), 8);
	KUNIT_EXPECT_EQ(test, this_cpu_sub_return(number, 2), 6);
	KUNIT_EXPECT_EQ(test, this_cpu_inc_return(number), 7);
	KUNIT_EXPECT_EQ(test, this_cpu_dec_return(number), 6);
	KUNIT_EXPECT_EQ(test, this_cpu_xchg(number, 10), 6);
	KUNIT_EXPECT_EQ(test, this_cpu_cmpxchg(number, 9, 20), 10);
	KUNIT_EXPECT_EQ(test, this_cpu_cmpxchg(number, 10, 20), 10);
	KUNIT_EXPECT_EQ(test, this_cpu_read(number), 20);
	KUNIT_EXPECT_EQ(test, this_cpu_add_return(wide, 1ULL << 40), 1ULL << 40);
	KUNIT_EXPECT_EQ(test, this_cpu_xchg(wide, 0), 1ULL << 40);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
}

static void api_L4_this_cpu_of_64_bits(struct kunit *test)
{
	this_cpu_write(wide, U32_MAX);
	this_cpu_inc(wide);
	KUNIT_EXPECT_EQ(test, this_cpu_read(wide), 1ULL << 32);
	this_cpu_add(wide, 1ULL << 40);
	this_cpu_sub(wide, 1);
	this_cpu_dec(wide);
	KUNIT_EXPECT_EQ(test, this_cpu_read(wide), (1ULL << 40) + U32_MAX - 1);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
}

static void look_at_context(void *info)
{
	*(bool *)info = irqs_disabled();
}

static void api_L4_smp_call_function_single(struct kunit *test)
{
	bool off = false;

	KUNIT_EXPECT_EQ(test, smp_call_function_single(0, look_at_context, &off, 1), 0);
	KUNIT_EXPECT_TRUE(test, off);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	KUNIT_EXPECT_EQ(test, smp_call_function_single(NR_CPUS, look_at_context, &off, 1), -ENXIO);
}

static void count_call(void *calls)
{
	atomic_inc((atomic_t *)calls);
}

static void api_L4_on_each_cpu(struct kunit *test)
{
	atomic_t calls = ATOMIC_INIT(0);

	on_each_cpu(count_call, &calls, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&calls), (int)num_online_cpus());
	smp_call_function(count_call, &calls, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&calls), 2 * (int)num_online_cpus() - 1);
}

static void api_L4_set_cpus_allowed(struct kunit *test)
{
	struct cpumask none, before;

	cpumask_copy(&before, &current->cpus_mask);
	cpumask_clear(&none);
	KUNIT_EXPECT_EQ(test, set_cpus_allowed_ptr(current, &none), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_cpus_allowed_ptr(current, cpumask_of(0)), 0);
	KUNIT_EXPECT_EQ(test, cpumask_weight(&current->cpus_mask), 1U);
	KUNIT_EXPECT_EQ(test, set_cpus_allowed_ptr(current, &before), 0);
}

static struct kunit_case refcount_cases[] = {
	KUNIT_CASE(api_L3_refcount),
	KUNIT_CASE(api_L3_refcount_saturates),
	KUNIT_CASE(api_L3_refcount_and_lock),
	KUNIT_CASE(api_L3_atomic64),
	KUNIT_CASE(api_L4_this_cpu_returns),
	KUNIT_CASE(api_L4_this_cpu_of_64_bits),
	KUNIT_CASE(api_L3_atomic64_arguments),
	KUNIT_CASE(api_L3_atomic_long),
	KUNIT_CASE(api_L3_atomic_andnot),
	KUNIT_CASE(api_L4_cpumask),
	KUNIT_CASE(api_L4_smp_call_function_single),
	KUNIT_CASE(api_L4_on_each_cpu),
	KUNIT_CASE(api_L4_set_cpus_allowed),
	{},
};

static struct kunit_suite refcount_suite = {
	.name = "refcount",
	.test_cases = refcount_cases,
};
kunit_test_suite(refcount_suite);
