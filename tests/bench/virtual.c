// SPDX-License-Identifier: MIT
/*
 * Memory by other addresses than its own: vmalloc, alone and beside live areas, kvmalloc, kmap.
 * The mean of a vmalloc row has in it what purges cost.
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "bench.h"

#define KIB 1024UL
#define MIB (1024 * KIB)

static void bench_vmalloc(const char *pattern)
{
	void *memory;

	BENCH_PAIR(pattern, "vmalloc 4K", memory = vmalloc(4 * KIB), vfree(memory));
	BENCH_PAIR(pattern, "vmalloc 64K", memory = vmalloc(64 * KIB), vfree(memory));
	BENCH_PAIR(pattern, "vmalloc 1M", memory = vmalloc(MIB), vfree(memory));
	BENCH_PAIR(pattern, "vmalloc 4M", memory = vmalloc(4 * MIB), vfree(memory));
	BENCH_PAIRS(pattern, "vmalloc 4K n=10000", 10000, memory = vmalloc(4 * KIB), vfree(memory));
}
BENCHMARK(bench_vmalloc);

static void bench_kvmalloc(const char *pattern)
{
	void *memory;

	BENCH_PAIR(pattern, "kvmalloc 64K", memory = kvmalloc(64 * KIB, GFP_KERNEL),
		   kvfree(memory));
	BENCH_PAIR(pattern, "kvmalloc 2M", memory = kvmalloc(2 * MIB, GFP_KERNEL), kvfree(memory));
}
BENCHMARK(bench_kvmalloc);

/* --- beside live areas --------------------------------------------------------------------- */

static void **live;

/* So many areas of a page; with holes: as many again are made, and every other one is freed. */
static void make_live(unsigned int nr, bool holes)
{
	unsigned int i, all = holes ? 2 * nr : nr;

	live = vzalloc(array_size(all, sizeof(*live)));
	for (i = 0; i < all; i++)
		live[i] = vmalloc(4 * KIB);
	for (i = 0; holes && i < all; i += 2) {
		vfree(live[i]);
		live[i] = NULL;
	}
	vm_unmap_aliases();
}

static void free_live(unsigned int nr, bool holes)
{
	unsigned int i, all = holes ? 2 * nr : nr;

	for (i = 0; i < all; i++)
		vfree(live[i]);
	vfree(live);
	vm_unmap_aliases();
}

static void bench_beside(const char *pattern, unsigned int nr, bool holes, unsigned long size)
{
	char name[40];
	void *memory;

	snprintf(name, sizeof(name), "vmalloc %luK, %u live%s", size / KIB, nr,
		 holes ? " + holes" : "");
	if (!bench_wanted(pattern, name))
		return;
	make_live(nr, holes);
	BENCH_PAIR(pattern, name, memory = vmalloc(size), vfree(memory));
	free_live(nr, holes);
}

static void bench_live_areas(const char *pattern)
{
	unsigned int nr;

	for (nr = 10; nr <= 10000; nr *= 10)
		bench_beside(pattern, nr, false, 4 * KIB);
	for (nr = 500; nr <= 5000; nr *= 10) {
		bench_beside(pattern, nr, true, 4 * KIB);
		bench_beside(pattern, nr, true, 64 * KIB);
	}
}
BENCHMARK(bench_live_areas);

/* --- kmap ------------------------------------------------------------------------------------ */

/* Of highmem, if there is any: scripts/bench boots a machine that has some. */
static void bench_kmap(const char *pattern)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	void *address;

	if (page && PageHighMem(page)) {
		BENCH_PAIR(pattern, "kmap_local_page", address = kmap_local_page(page),
			   kunmap_local(address));
		BENCH_PAIR(pattern, "kmap", address = kmap(page), kunmap(page));
	}
	if (page)
		__free_page(page);
}
BENCHMARK(bench_kmap);
