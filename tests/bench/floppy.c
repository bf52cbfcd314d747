// SPDX-License-Identifier: MIT
/*
 * What a floppy's request costs, from submit_bio() to its end: all that the CPU does for it, the
 * work's thread, switches to it and interrupts included, waiting not. An idle CPU does not count
 * instructions, so this task never sleeps: it yields, over and over, and what a bare yield costs
 * is taken off for each. The motor runs, the heads are there, there are no ticks.
 */
#include <linux/bio.h>
#include <linux/clockchips.h>
#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <memkern/blkdev.h>

#include "bench.h"

#define SAMPLES 100
#define ORDER	2 /* of the memory: less than a cylinder */
#define BYTES	(PAGE_SIZE << ORDER)

static bool done;

static void ends(struct bio *bio)
{
	WRITE_ONCE(done, true);
}

static u64 bare_yield(void)
{
	u64 start, least = U64_MAX;
	int i;

	for (i = 0; i < SAMPLES; i++) {
		start = bench_clock();
		yield();
		least = min(least, bench_clock() - start);
	}
	return least;
}

static u64 do_request(struct block_device *bdev, struct page *page, unsigned int bytes, u64 bare)
{
	struct bio_vec vec;
	struct bio bio;
	u64 last, now, ticks;

	bio_init(&bio, bdev, &vec, 1, REQ_OP_READ);
	bio_add_page(&bio, page, bytes, 0);
	bio.bi_end_io = ends;
	done = false;
	last = bench_clock();
	submit_bio(&bio);
	ticks = bench_clock() - last - BENCH_CLOCK_COST;
	while (!READ_ONCE(done)) {
		last = bench_clock();
		yield();
		now = bench_clock();
		ticks += now - last - bare;
	}
	return ticks;
}

/* Is there a medium? And 0.4 s for the motor. */
static bool get_ready(struct block_device *bdev, struct page *page)
{
	int error;

	tick_resume_local();
	error = blkdev_rw(bdev, REQ_OP_READ, 0, page_to_virt(page), SECTOR_SIZE);
	tick_suspend_local();
	return !error;
}

static u64 bench_request(const char *name, struct block_device *bdev, struct page *page,
			 unsigned int bytes)
{
	u64 least = U64_MAX, bare = bare_yield();
	int i;

	for (i = 0; i < SAMPLES; i++)
		least = min(least, do_request(bdev, page, bytes, bare));
	bench_report(name, least, least * 100, "instructions");
	return least;
}

static void bench_floppy(const char *pattern)
{
	struct block_device *bdev;
	struct page *page;
	u64 one, all;

	/* Not among all rows: even to find no medium would change what others cost. */
	if (pattern[0] == '*' || !bench_wanted(pattern, "floppy request 512"))
		return;
	bdev = blkdev_get_by_name("fd0");
	if (!bdev)
		return;
	page = alloc_pages(GFP_KERNEL, ORDER);
	if (page && get_ready(bdev, page)) {
		one = bench_request("floppy request 512", bdev, page, SECTOR_SIZE);
		all = bench_request("floppy request 16K", bdev, page, BYTES);
		all = (all - one) * SZ_1K * 100;
		bench_report("floppy request, a KiB more",
			     div_u64(all, 100 * (BYTES - SECTOR_SIZE)),
			     div_u64(all, BYTES - SECTOR_SIZE), "instructions");
	}
	if (page)
		__free_pages(page, ORDER);
	blkdev_release(bdev);
}
BENCHMARK(bench_floppy);
