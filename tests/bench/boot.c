// SPDX-License-Identifier: MIT
/*
 * The boot: what it took to bring up the memory manager. scripts/bench takes these at
 * two sizes of RAM; the difference is what RAM costs.
 */
#include <memkern/mm.h>

#include "bench.h"

static void bench_mm_init(const char *pattern)
{
	if (!bench_wanted(pattern, "mm_init"))
		return;
	bench_report("mm_init", mm_init_cost.ticks, mm_init_cost.ticks * 100, "instructions");
	bench_report("mem_map", mm_init_cost.mem_map_ticks, mm_init_cost.mem_map_ticks * 100,
		     "instructions");
	bench_report("mem_map size", mm_init_cost.mem_map_bytes,
		     (u64)mm_init_cost.mem_map_bytes * 100, "bytes");
}
BENCHMARK(bench_mm_init);
