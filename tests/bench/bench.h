/* SPDX-License-Identifier: MIT */
/*
 * Benchmarks count instructions: under `qemu -icount shift=0,sleep=off` a TSC
 * tick is one guest instruction, and a run is repeatable to the last one.
 *
 *	static void bench_pages(const char *pattern)	runs the rows that match
 *	BENCHMARK(bench_pages);
 *
 * Names and protocol are those of Linux's figures that docs/benchmarks.md compares with.
 */
#ifndef _TESTS_BENCH_H
#define _TESTS_BENCH_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/msr.h>

struct benchmark {
	void (*run)(const char *pattern);
};

#define BENCHMARK(fn) \
	static const struct benchmark __benchmark_##fn __used __section("benchmarks") = { fn }

/* A time stamp costs this many instructions itself: it is subtracted. */
#define BENCH_CLOCK_COST 2

static __always_inline u64 bench_clock(void)
{
	u64 now;

	barrier();
	now = rdtsc();
	barrier();
	return now;
}

/* Does the row's name match the pattern that was asked for? */
bool bench_wanted(const char *pattern, const char *name);

/* One row, in instructions or in what `unit` says; the mean in hundredths. */
void bench_report(const char *name, u64 min, u64 mean_x100, const char *unit);

/* --- pairs: an allocation, then its free ------------------------------------------------- */

#define BENCH_WARM_UP 100
#define BENCH_SAMPLES 1000

/*
 * bench_pair_begin() says whether the row is wanted, and if so makes the free areas what
 * they are for all pairs. bench_pair_end() reports the least and the mean of alloc plus free.
 */
bool bench_pair_begin(const char *pattern, const char *name);
void bench_pair_sample(u32 alloc_ticks, u32 free_ticks);
void bench_pair_end(const char *name);

/*
 * 100 times to warm up, then samples. Times the expressions `alloc` and `free` in the
 * caller itself, so that no call but their own is counted.
 */
#define BENCH_PAIRS(pattern, name, samples, alloc, free)                                 \
	do {                                                                             \
		int __i;                                                                 \
                                                                                         \
		if (!bench_pair_begin(pattern, name))                                    \
			break;                                                           \
		for (__i = -BENCH_WARM_UP; __i < (samples); __i++) {                     \
			u64 __start = bench_clock(), __middle, __end;                    \
                                                                                         \
			alloc;                                                           \
			__middle = bench_clock();                                        \
			free;                                                            \
			__end = bench_clock();                                           \
			if (__i >= 0)                                                    \
				bench_pair_sample(__middle - __start, __end - __middle); \
		}                                                                        \
		bench_pair_end(name);                                                    \
	} while (0)

#define BENCH_PAIR(pattern, name, alloc, free) \
	BENCH_PAIRS(pattern, name, BENCH_SAMPLES, alloc, free)

/* --- batches: many allocations, then as many frees --------------------------------------- */

#define BENCH_BATCH_MOST 1024

enum bench_free_order { BENCH_FIFO, BENCH_LIFO, BENCH_RANDOM, NR_BENCH_FREE_ORDERS };

extern void *bench_batch[BENCH_BATCH_MOST];
extern u16 bench_batch_index[BENCH_BATCH_MOST]; /* the order of the frees */

/* A round: `nr` allocations and `nr` frees; returns their ticks, the loops included. */
typedef u64 (*bench_round_t)(unsigned int nr, unsigned int order);

/* 3 warm-ups, 20 rounds, for each order of freeing: the row "WHAT xNR fifo" and so on. */
void bench_batches(const char *pattern, const char *what, unsigned int nr, bench_round_t round,
		   unsigned int order);

/* Defines the round `name`: `alloc` is an expression, `free` frees `object`; both may use `order`. */
#define BENCH_ROUND(name, alloc, free)                                    \
	static u64 name(unsigned int nr, unsigned int order)              \
	{                                                                 \
		u64 start = bench_clock();                                \
		unsigned int i;                                           \
                                                                          \
		for (i = 0; i < nr; i++)                                  \
			bench_batch[i] = alloc;                           \
		for (i = 0; i < nr; i++) {                                \
			void *object = bench_batch[bench_batch_index[i]]; \
                                                                          \
			free;                                             \
		}                                                         \
		return bench_clock() - start - BENCH_CLOCK_COST;          \
	}

/* The workloads' generator. */
static inline u32 bench_xorshift32(u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
