// SPDX-License-Identifier: MIT
/*
 * What a request costs that is one transfer, from edu_submit() to its end, with no device but QEMU's
 * edu; and a copy, by the KiB. An idle CPU does not count instructions, and the device lets 100 ms go
 * by: its interrupt is masked until they have, and then the handler and the tasklet are called.
 */
#include <linux/clockchips.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "../../drivers/edu.h"
#include "bench.h"

#define WARM_UP 2
#define SAMPLES 20
#define PIECES	4 /* of a copy */

static struct edu *edu;
static bool done;

static void ends(struct edu_request *request)
{
	done = true;
}

/* What the step that is under way costs when it is at its end. */
static u64 end_step(void)
{
	unsigned long flags;
	u64 start, ticks;

	tick_resume_local();
	msleep(110);
	tick_suspend_local();
	local_bh_disable(); /* as in an interrupt, the tasklet runs later: nobody is woken for it */
	local_irq_save(flags);
	start = bench_clock();
	edu_interrupt(edu->irq, edu);
	ticks = bench_clock() - start - BENCH_CLOCK_COST;
	local_irq_restore(flags);
	start = bench_clock();
	edu_finish(&edu->tasklet);
	ticks += bench_clock() - start - BENCH_CLOCK_COST;
	local_bh_enable();
	return ticks;
}

static u64 do_request(enum edu_op op, void *memory, size_t len)
{
	struct edu_request request = {
		.op = op,
		.from = memory,
		.to = memory,
		.len = len,
		.done = ends,
	};
	u64 start, ticks;

	disable_irq(edu->irq);
	done = false;
	start = bench_clock();
	edu_submit(edu, &request);
	ticks = bench_clock() - start - BENCH_CLOCK_COST;
	while (!done)
		ticks += end_step();
	enable_irq(edu->irq);
	return ticks;
}

static u64 bench_requests(const char *name, enum edu_op op, void *memory, size_t len, u32 share)
{
	u64 sum = 0, least = U64_MAX;
	int i;

	for (i = -WARM_UP; i < SAMPLES; i++) {
		u64 ticks = do_request(op, memory, len);

		if (i < 0)
			continue;
		least = min(least, ticks);
		sum += ticks;
	}
	bench_report(name, div_u64(least, share), div_u64(sum * 100, SAMPLES * share),
		     "instructions");
	return least;
}

/* The step's object and mapping, a pair of each: what the driver does not do itself. */
static u64 others(void *memory)
{
	struct device *dev = &edu->pdev->dev;
	u64 start, least = U64_MAX;
	dma_addr_t addr;
	void *step;
	int i;

	for (i = 0; i < SAMPLES; i++) {
		start = bench_clock();
		step = kmem_cache_alloc(edu_step_cache, GFP_ATOMIC | __GFP_NOWARN);
		addr = dma_map_single(dev, memory, EDU_PIECE, DMA_TO_DEVICE);
		dma_unmap_single(dev, addr, EDU_PIECE, DMA_TO_DEVICE);
		kmem_cache_free(edu_step_cache, step);
		least = min(least, bench_clock() - start - BENCH_CLOCK_COST);
	}
	return least;
}

static void bench_all(void *low, void *high, void *nowhere)
{
	u64 whole = bench_requests("edu request", EDU_WRITE, low, EDU_PIECE, 1);
	u64 own = whole - others(low);

	bench_report("edu request, the driver's part", own, own * 100, "instructions");
	if (virt_to_phys(high) > edu->pdev->dma_mask)
		bench_requests("edu request, by swiotlb", EDU_WRITE, high, EDU_PIECE, 1);
	bench_requests("edu request, staged", EDU_WRITE, nowhere, EDU_PIECE, 1);
	bench_requests("edu copy, a KiB", EDU_COPY, low, PIECES * EDU_PIECE,
		       PIECES * EDU_PIECE / 1024);
}

/* Memory that the device reaches, that it does not reach, and that has no one address. */
static void bench_edu(const char *pattern)
{
	void *low, *high, *nowhere;

	edu = bench_wanted(pattern, "edu request") ? edu_get(0) : NULL;
	if (!edu)
		return;
	low = kmalloc(PIECES * EDU_PIECE, GFP_KERNEL | GFP_DMA);
	high = kmalloc(EDU_PIECE, GFP_KERNEL);
	nowhere = vmalloc(EDU_PIECE);
	if (low && high && nowhere)
		bench_all(low, high, nowhere);
	vfree(nowhere);
	kfree(high);
	kfree(low);
	edu_put(edu);
}
BENCHMARK(bench_edu);
