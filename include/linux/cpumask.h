/* SPDX-License-Identifier: MIT */
/*
 * Sets of CPUs: a bit each. Nothing here is atomic but cpumask_test_and_set_cpu() and
 * cpumask_test_and_clear_cpu().
 */
#ifndef _LINUX_CPUMASK_H
#define _LINUX_CPUMASK_H

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/threads.h>

typedef struct cpumask {
	DECLARE_BITMAP(bits, NR_CPUS);
} cpumask_t;

typedef struct cpumask cpumask_var_t[1];

/* The CPUs that were found, and those of them that run. */
extern struct cpumask __cpu_possible_mask, __cpu_online_mask;
#define cpu_possible_mask ((const struct cpumask *)&__cpu_possible_mask)
#define cpu_present_mask  cpu_possible_mask
#define cpu_online_mask	  ((const struct cpumask *)&__cpu_online_mask)

extern unsigned int nr_cpu_ids;	       /* ids of CPUs are below it */
extern unsigned int __num_online_cpus; /* how many are in the mask */

#define num_online_cpus()   READ_ONCE(__num_online_cpus)
#define num_possible_cpus() nr_cpu_ids

#define cpumask_bits(mask) ((mask)->bits)

#define cpu_online(cpu)	  cpumask_test_cpu((cpu), cpu_online_mask)
#define cpu_possible(cpu) cpumask_test_cpu((cpu), cpu_possible_mask)

static inline bool cpumask_test_cpu(unsigned int cpu, const struct cpumask *mask)
{
	return cpu < NR_CPUS && test_bit(cpu, mask->bits);
}

static inline void cpumask_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	__set_bit(cpu, mask->bits);
}

static inline void cpumask_clear_cpu(unsigned int cpu, struct cpumask *mask)
{
	__clear_bit(cpu, mask->bits);
}

static inline int cpumask_test_and_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	return test_and_set_bit(cpu, mask->bits);
}

static inline int cpumask_test_and_clear_cpu(unsigned int cpu, struct cpumask *mask)
{
	return test_and_clear_bit(cpu, mask->bits);
}

static inline void cpumask_clear(struct cpumask *mask)
{
	bitmap_zero(mask->bits, NR_CPUS);
}

static inline void cpumask_setall(struct cpumask *mask)
{
	bitmap_fill(mask->bits, NR_CPUS);
}

static inline void cpumask_copy(struct cpumask *to, const struct cpumask *from)
{
	bitmap_copy(to->bits, from->bits, NR_CPUS);
}

static inline bool cpumask_and(struct cpumask *to, const struct cpumask *a, const struct cpumask *b)
{
	return bitmap_and(to->bits, a->bits, b->bits, NR_CPUS);
}

static inline void cpumask_or(struct cpumask *to, const struct cpumask *a, const struct cpumask *b)
{
	bitmap_or(to->bits, a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_andnot(struct cpumask *to, const struct cpumask *a,
				  const struct cpumask *b)
{
	return bitmap_andnot(to->bits, a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_equal(const struct cpumask *a, const struct cpumask *b)
{
	return bitmap_equal(a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_intersects(const struct cpumask *a, const struct cpumask *b)
{
	return bitmap_intersects(a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_subset(const struct cpumask *small, const struct cpumask *large)
{
	return bitmap_subset(small->bits, large->bits, NR_CPUS);
}

static inline bool cpumask_full(const struct cpumask *mask)
{
	return bitmap_full(mask->bits, NR_CPUS);
}

static inline bool cpumask_empty(const struct cpumask *mask)
{
	return find_first_bit(mask->bits, NR_CPUS) >= NR_CPUS;
}

/* NR_CPUS or more: there is none. */
static inline unsigned int cpumask_first(const struct cpumask *mask)
{
	return find_first_bit(mask->bits, NR_CPUS);
}

static inline unsigned int cpumask_next(int cpu, const struct cpumask *mask)
{
	return find_next_bit(mask->bits, NR_CPUS, cpu + 1);
}

static inline unsigned int cpumask_weight(const struct cpumask *mask)
{
	return bitmap_weight(mask->bits, NR_CPUS);
}

#define cpumask_any(mask) cpumask_first(mask)

/* A cpumask_var_t is the mask itself: nothing to allocate, which never fails. */
static inline bool alloc_cpumask_var(cpumask_var_t *mask, gfp_t flags)
{
	return true;
}

static inline bool zalloc_cpumask_var(cpumask_var_t *mask, gfp_t flags)
{
	cpumask_clear(*mask);
	return true;
}

static inline void free_cpumask_var(cpumask_var_t mask)
{
}

void set_cpu_online(unsigned int cpu, bool online);

#define for_each_cpu(cpu, mask) \
	for ((cpu) = cpumask_first(mask); (cpu) < NR_CPUS; (cpu) = cpumask_next((cpu), (mask)))

#define for_each_possible_cpu(cpu) for_each_cpu(cpu, cpu_possible_mask)
#define for_each_online_cpu(cpu)   for_each_cpu(cpu, cpu_online_mask)
#define for_each_present_cpu(cpu)  for_each_possible_cpu(cpu)

/* Only this one; a set that lasts. */
const struct cpumask *cpumask_of(unsigned int cpu);

#endif
