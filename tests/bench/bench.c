// SPDX-License-Identifier: MIT
/*
 * The benchmark runner: `bench[=GLOB]` on the command line, or the monitor's
 * `bench [GLOB]`. Each row is a line that scripts/bench reads:
 *
 *	bench: {"name": "alloc_pages o0", "min": 91, "mean": 93.20, "unit": "instructions"}
 */
#include <linux/clockchips.h>
#include <linux/init.h>
#include <linux/gfp.h>
#include <linux/glob.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <memkern/console.h>
#include <memkern/monitor.h>
#include <memkern/params.h>

#include "bench.h"

extern const struct benchmark __start_benchmarks[], __stop_benchmarks[];

static const char *boot_pattern;

bool bench_wanted(const char *pattern, const char *name)
{
	return glob_match(pattern, name);
}

void bench_report(const char *name, u64 min, u64 mean_x100, const char *unit)
{
	u32 hundredths;
	u64 whole = div_u64_rem(mean_x100, 100, &hundredths);

	pr_info("bench: {\"name\": \"%s\", \"min\": %llu, \"mean\": %llu.%02u, \"unit\": \"%s\"}\n",
		name, min, whole, hundredths, unit);
	console_flush(); /* or what sends the rest would be counted in the next row */
}

static struct page *kept;

static struct {
	u32 least_alloc, least_free, samples;
	u64 sum;
} pair;

/*
 * Of a block of the largest order one page is kept. What is left of it is a free block of
 * each smaller order, none of which can merge: a pair of any order finds its block.
 */
bool bench_pair_begin(const char *pattern, const char *name)
{
	if (!bench_wanted(pattern, name))
		return false;
	memset(&pair, 0, sizeof(pair));
	pair.least_alloc = pair.least_free = U32_MAX;
	kept = alloc_pages(GFP_KERNEL | __GFP_NOWARN, MAX_PAGE_ORDER);
	if (kept) {
		get_page(kept);
		__free_pages(kept, MAX_PAGE_ORDER);
		drain_all_pages(NULL);
	}
	return true;
}

void bench_pair_sample(u32 alloc_ticks, u32 free_ticks)
{
	alloc_ticks -= BENCH_CLOCK_COST;
	free_ticks -= BENCH_CLOCK_COST;
	pair.least_alloc = min(pair.least_alloc, alloc_ticks);
	pair.least_free = min(pair.least_free, free_ticks);
	pair.sum += alloc_ticks + free_ticks;
	pair.samples++;
}

void bench_pair_end(const char *name)
{
	bench_report(name, pair.least_alloc + pair.least_free,
		     div_u64(pair.sum * 100, pair.samples), "instructions");
	if (kept)
		put_page(kept);
}

#define BATCH_ROUNDS  20
#define BATCH_WARM_UP 3

void *bench_batch[BENCH_BATCH_MOST];
u16 bench_batch_index[BENCH_BATCH_MOST];

static void fill_index(unsigned int nr, enum bench_free_order free_order)
{
	u32 seed = 0x12345678;
	unsigned int i;

	for (i = 0; i < nr; i++)
		bench_batch_index[i] = free_order == BENCH_LIFO ? nr - 1 - i : i;
	if (free_order != BENCH_RANDOM)
		return;
	for (i = nr - 1; i > 0; i--) {
		unsigned int other = bench_xorshift32(&seed) % (i + 1);

		swap(bench_batch_index[i], bench_batch_index[other]);
	}
}

static void run_batch(const char *name, unsigned int nr, bench_round_t round, unsigned int order)
{
	u64 sum = 0, min = ~0ULL;
	int i;

	for (i = -BATCH_WARM_UP; i < BATCH_ROUNDS; i++) {
		u64 ticks = round(nr, order);

		if (i < 0)
			continue;
		min = min(min, ticks);
		sum += ticks;
	}
	bench_report(name, div_u64(min, nr), div_u64(sum * 100, BATCH_ROUNDS * nr), "instructions");
}

void bench_batches(const char *pattern, const char *what, unsigned int nr, bench_round_t round,
		   unsigned int order)
{
	static const char *const names[NR_BENCH_FREE_ORDERS] = { "fifo", "lifo", "rand" };
	enum bench_free_order free_order;
	char name[40];

	for (free_order = 0; free_order < NR_BENCH_FREE_ORDERS; free_order++) {
		snprintf(name, sizeof(name), "%s x%u %s", what, nr, names[free_order]);
		if (!bench_wanted(pattern, name))
			continue;
		fill_index(nr, free_order);
		run_batch(name, nr, round, order);
	}
}

/* Interrupts are enabled, as a caller that may sleep has them, but the clock is quiet. */
static void bench_run(const char *pattern)
{
	const struct benchmark *benchmark;

	tick_suspend_local();
	for (benchmark = __start_benchmarks; benchmark < __stop_benchmarks; benchmark++)
		benchmark->run(pattern);
	tick_resume_local();
}

static int __init set_bench(char *value)
{
	boot_pattern = value && *value ? value : "*";
	return 0;
}
early_param("bench", set_bench);

static int __init bench_at_boot(void)
{
	if (boot_pattern)
		bench_run(boot_pattern);
	return 0;
}
late_initcall(bench_at_boot);

static int cmd_bench(int argc, char **argv)
{
	if (argc > 2)
		return monitor_usage(argv[0]);
	bench_run(argc == 2 ? argv[1] : "*");
	return 0;
}
MONITOR_COMMAND("bench", "[GLOB]", "count instructions (exact under qemu -icount shift=0)",
		cmd_bench);
