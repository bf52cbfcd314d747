// SPDX-License-Identifier: MIT
/* The per-CPU allocator: API.md A4. */
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/pgtable.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "../kernel/threads.h"
#include "slab_test.h"

#define MOST 64

static void free_pieces(void *pieces)
{
	unsigned int i;

	for (i = 0; i < MOST; i++)
		free_percpu(((void **)pieces)[i]);
	flush_scheduled_work(); /* a chunk's pages are left to a work */
}

/* Pieces that are freed when the case ends. */
static void **new_pieces(struct kunit *test)
{
	void **pieces = kunit_kcalloc(test, MOST, sizeof(*pieces), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pieces);
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, free_pieces, pieces), 0);
	return pieces;
}

static void api_A4_zeroed(struct kunit *test)
{
	void **pieces = new_pieces(test);
	unsigned int cpu, round;

	for (round = 0; round < 3; round++) {
		pieces[0] = __alloc_percpu(100, 8);
		KUNIT_ASSERT_NOT_NULL(test, pieces[0]);
		for_each_possible_cpu(cpu) {
			KUNIT_EXPECT_NULL(test, memchr_inv(per_cpu_ptr(pieces[0], cpu), 0, 100));
			memset(per_cpu_ptr(pieces[0], cpu), 0xff, 100);
		}
		free_percpu(pieces[0]);
		pieces[0] = NULL;
	}
}

struct counter {
	unsigned long hits;
	u64 bytes;
};

/* Each CPU has its own; this CPU's is found as those that were there at compile time are. */
static void api_A4_each_cpu_has_its_own(struct kunit *test)
{
	struct counter *counter = alloc_percpu(struct counter);
	unsigned int cpu, other;

	KUNIT_ASSERT_NOT_NULL(test, counter);
	for_each_possible_cpu(cpu)
		per_cpu_ptr(counter, cpu)->hits = cpu + 1;
	for_each_possible_cpu(cpu) {
		KUNIT_EXPECT_EQ(test, per_cpu_ptr(counter, cpu)->hits, cpu + 1);
		for_each_possible_cpu(other)
			KUNIT_EXPECT_EQ(test,
					per_cpu_ptr(counter, cpu) == per_cpu_ptr(counter, other),
					cpu == other);
	}
	preempt_disable();
	KUNIT_EXPECT_EQ(test, this_cpu_ptr(counter)->hits, smp_processor_id() + 1);
	KUNIT_EXPECT_EQ(test, this_cpu_read(counter->hits), smp_processor_id() + 1);
	this_cpu_add(counter->hits, 10);
	KUNIT_EXPECT_EQ(test, per_cpu_ptr(counter, smp_processor_id())->hits,
			smp_processor_id() + 11);
	preempt_enable();
	free_percpu(counter);
}

static void api_A4_alignment(struct kunit *test)
{
	void **pieces = new_pieces(test);
	unsigned int align, cpu, nr = 0;

	/* None at all is as good as one. */
	pieces[nr] = __alloc_percpu(8, 0);
	KUNIT_ASSERT_NOT_NULL(test, pieces[nr++]);
	for (align = 1; align <= PAGE_SIZE; align *= 2) {
		/* Something small before it, so that the next place is not aligned by chance. */
		pieces[nr++] = __alloc_percpu(8, 8);
		pieces[nr] = __alloc_percpu(align / 2 + 1, align);
		KUNIT_ASSERT_NOT_NULL_MSG(test, pieces[nr], "alignment %u", align);
		for_each_possible_cpu(cpu)
			KUNIT_EXPECT_EQ_MSG(
				test, (unsigned long)per_cpu_ptr(pieces[nr], cpu) & (align - 1), 0,
				"alignment %u", align);
		nr++;
	}
}

/* Different sizes, all full of their own: none reaches into another. */
static void api_A4_pieces_are_apart(struct kunit *test)
{
	void **pieces = new_pieces(test);
	unsigned int i, round;

	for (round = 0; round < 4; round++) {
		for (i = 0; i < MOST; i++) {
			if (pieces[i])
				continue;
			pieces[i] = __alloc_percpu(1 + i * 5, 8);
			KUNIT_ASSERT_NOT_NULL(test, pieces[i]);
			memset(per_cpu_ptr(pieces[i], 0), i, 1 + i * 5);
		}
		for (i = 0; i < MOST; i++)
			KUNIT_EXPECT_NULL(test,
					  memchr_inv(per_cpu_ptr(pieces[i], 0), i, 1 + i * 5));
		for (i = round % 3; i < MOST; i += 3) {
			free_percpu(pieces[i]);
			pieces[i] = NULL;
		}
		KUNIT_EXPECT_EQ(test, mm_print_problems(percpu_check()), 0);
	}
}

static bool each_cpu_has(const u8 *piece, size_t size)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (memchr_inv(per_cpu_ptr(piece, cpu), (unsigned long)piece / 8 + cpu, size))
			return false;
	return true;
}

static void fill_each(u8 *piece, size_t size)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(piece, cpu), (unsigned long)piece / 8 + cpu, size);
}

/* Memory of chunks that a vfree_atomic() has left to a work, too. */
static bool is_as_before(unsigned long pages)
{
	struct percpu_info info;

	flush_scheduled_work();
	percpu_get_info(&info);
	return info.chunks == 1 && vmalloc_nr_pages() == pages;
}

/* More than the reserve: chunks come, and go when they are empty; each CPU has its own of each piece. */
static void api_A4_grows(struct kunit *test)
{
	unsigned long pages = vmalloc_nr_pages();
	void **pieces = new_pieces(test);
	struct percpu_info info;
	unsigned int i, round;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < MOST; i++) {
			pieces[i] = __alloc_percpu(1500, 8);
			if (!pieces[i])
				kunit_skip(test, "too little memory");
			fill_each(pieces[i], 1500);
		}
		percpu_get_info(&info);
		KUNIT_EXPECT_GE(test, info.chunks, 3);
		KUNIT_EXPECT_GE(test, info.used, MOST * 1500UL);
		KUNIT_EXPECT_GE(test, info.pieces, MOST);
		KUNIT_EXPECT_EQ(test, info.size, info.chunks * 32768UL);
		KUNIT_EXPECT_EQ(test, mm_print_problems(percpu_check()), 0);
		for (i = 0; i < MOST; i++)
			KUNIT_EXPECT_TRUE(test, each_cpu_has(pieces[i], 1500));
		for (i = 0; i < MOST; i++) {
			free_percpu(pieces[(i * 7) % MOST]);
			pieces[(i * 7) % MOST] = NULL;
		}
		KUNIT_EXPECT_TRUE(test, is_as_before(pages));
		KUNIT_EXPECT_EQ(test, mm_print_problems(percpu_check()), 0);
	}
}

/* The largest piece of all, several times; each page of it is each CPU's own. */
static void api_A4_largest(struct kunit *test)
{
	unsigned long pages = vmalloc_nr_pages();
	void **pieces = new_pieces(test);
	unsigned int i, cpu, found;

	for (i = 0; i < 3; i++) {
		pieces[i] = __alloc_percpu(PCPU_MIN_UNIT_SIZE, PAGE_SIZE);
		if (!pieces[i])
			kunit_skip(test, "too little memory");
		for_each_possible_cpu(cpu)
			KUNIT_EXPECT_NULL(test, memchr_inv(per_cpu_ptr(pieces[i], cpu), 0,
							   PCPU_MIN_UNIT_SIZE));
		fill_each(pieces[i], PCPU_MIN_UNIT_SIZE);
	}
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_TRUE(test, each_cpu_has(pieces[i], PCPU_MIN_UNIT_SIZE));
		for_each_possible_cpu(cpu) {
			u8 *last = per_cpu_ptr(pieces[i], cpu) + PCPU_MIN_UNIT_SIZE - 1;

			KUNIT_EXPECT_TRUE(test, percpu_contains((unsigned long)last, &found));
			KUNIT_EXPECT_EQ(test, found, cpu);
			KUNIT_EXPECT_FALSE(test, percpu_contains((unsigned long)last + 1, &found));
		}
		free_percpu(pieces[i]);
		pieces[i] = NULL;
	}
	KUNIT_EXPECT_TRUE(test, is_as_before(pages));
}

/* Two chunks: where the first lies no waiting helps, and a zone that is asked for is not needed. */
static void api_A4_flags_for_a_chunk(struct kunit *test)
{
	static const gfp_t odd[] = { __GFP_NOFAIL, __GFP_NOFAIL | __GFP_HIGHMEM, __GFP_DMA };
	void **pieces = new_pieces(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(odd); i++) {
		pieces[i] = __alloc_percpu_gfp(PCPU_MIN_UNIT_SIZE, 8, GFP_KERNEL | odd[i]);
		if (!pieces[i])
			kunit_skip(test, "too little memory");
	}
}

struct growth {
	atomic_t threads, ended, wrong, grown;
};

static int grow_and_shrink(void *data)
{
	struct growth *growth = data;
	int id = atomic_inc_return(&growth->threads);
	unsigned int round, cpu;

	for (round = 0; round < 20; round++) {
		void *piece = __alloc_percpu(PCPU_MIN_UNIT_SIZE, 8);

		if (!piece)
			continue;
		atomic_inc(&growth->grown);
		for_each_possible_cpu(cpu)
			memset(per_cpu_ptr(piece, cpu), id + 2 * cpu, PCPU_MIN_UNIT_SIZE);
		yield();
		for_each_possible_cpu(cpu)
			if (memchr_inv(per_cpu_ptr(piece, cpu), id + 2 * cpu, PCPU_MIN_UNIT_SIZE))
				atomic_inc(&growth->wrong);
		free_percpu(piece);
	}
	atomic_inc(&growth->ended);
	return sleep_until_stopped(NULL);
}

/* Two at once: each has its chunks to itself, all of which go. */
static void api_A4_grows_for_two(struct kunit *test)
{
	struct growth *growth = zeroed(test, struct growth);
	struct task_struct *tasks[2];
	unsigned long pages;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tasks); i++)
		tasks[i] = make_thread(test, grow_and_shrink, growth);
	pages = vmalloc_nr_pages();
	for (i = 0; i < ARRAY_SIZE(tasks); i++)
		wake_up_process(tasks[i]);
	while (atomic_read(&growth->ended) < 2) {
		KUNIT_EXPECT_EQ(test, mm_print_problems(percpu_check()), 0);
		schedule_timeout_uninterruptible(1);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&growth->wrong), 0);
	KUNIT_EXPECT_TRUE(test, is_as_before(pages));
	if (!atomic_read(&growth->grown))
		kunit_skip(test, "too little memory");
}

/* Flags that may not sleep get what there is, and make nothing. */
static void api_A4_without_sleeping(struct kunit *test)
{
	void **pieces = new_pieces(test);
	struct percpu_info info;
	int *one = alloc_percpu_gfp(int, GFP_NOWAIT);
	unsigned int nr;

	KUNIT_ASSERT_NOT_NULL(test, one);
	free_percpu(one);
	preempt_disable();
	for (nr = 0; nr < MOST; nr++) {
		pieces[nr] = __alloc_percpu_gfp(1024, 8, GFP_ATOMIC);
		if (!pieces[nr])
			break;
	}
	preempt_enable();
	KUNIT_EXPECT_GT(test, nr, 16);
	KUNIT_EXPECT_LT(test, nr, 33);
	percpu_get_info(&info);
	KUNIT_EXPECT_EQ(test, info.chunks, 1);
	KUNIT_EXPECT_NULL(test, __alloc_percpu_gfp(0, 8, GFP_KERNEL | __GFP_NOWARN));
}

/* The reserve is full, and there is no memory for more. */
static void fill_all(void **pieces)
{
	unsigned int nr = 0, size;

	mm_fill(GFP_ATOMIC | __GFP_HIGHMEM | __GFP_NOWARN, 0);
	mm_fill(GFP_ATOMIC | __GFP_NOWARN, 0);
	for (size = 4096; size >= 8; size /= 2)
		while (nr < MOST && (pieces[nr] = __alloc_percpu_gfp(size, 8, GFP_NOWAIT)))
			nr++;
}

static void api_A4_without_memory(struct kunit *test)
{
	void **pieces = new_pieces(test);

	fill_all(pieces);
	KUNIT_EXPECT_NULL(test, __alloc_percpu(1024, 8));
	KUNIT_EXPECT_EQ(test, mm_print_problems(percpu_check()), 0);
	mm_give_all();
}

/* Without memory for its own part of each CPU a cache is not created, and nothing is lost. */
static void api_M1_no_per_cpu_memory(struct kunit *test)
{
	void **pieces = new_pieces(test);
	struct kmem_cache *caches[3];
	unsigned int i;

	/* What the last but one leaves is room for another's name and description. */
	for (i = 0; i < ARRAY_SIZE(caches); i++)
		caches[i] = slab_test_cache(test, 72, 0, SLAB_NO_MERGE, NULL);
	slab_test_destroy(test, caches[1]);
	fill_all(pieces);
	kunit_expect_report(test, "kmem_cache_create(test) failed with error -12");
	KUNIT_EXPECT_NULL(test, kmem_cache_create("test", 64, 0, SLAB_NO_MERGE, NULL));
	KUNIT_EXPECT_EQ(test, mm_print_problems(percpu_check()), 0);
	mm_give_all();
}

static void api_A4_what_cannot_be_had(struct kunit *test)
{
	static const struct {
		size_t size, align;
	} bad[] = {
		{ 0, 8 }, { (32 << 10) + 1, 8 }, { SIZE_MAX, 8 }, { 8, 2 * PAGE_SIZE }, { 8, 24 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		kunit_expect_report(test, "WARNING: at mm/percpu.c");
		KUNIT_EXPECT_NULL(test, __alloc_percpu(bad[i].size, bad[i].align));
		KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), i + 1);
	}
}

static void api_A4_bad_frees(struct kunit *test)
{
	void *piece = __alloc_percpu(64, 8);

	free_percpu(NULL);
	free_percpu(piece);
	kunit_expect_report(test, "WARNING: at mm/percpu.c");
	free_percpu(piece);
	kunit_expect_report(test, "WARNING: at mm/percpu.c");
	free_percpu(&piece);
	piece = __alloc_percpu(64, 8);
	kunit_expect_report(test, "WARNING: at mm/percpu.c");
	free_percpu(piece + 8);
	free_percpu(piece);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 3);
	KUNIT_EXPECT_EQ(test, mm_print_problems(percpu_check()), 0);
}

/* A page of a chunk that is not mapped any more. */
static void percpu_check_finds(struct kunit *test)
{
	unsigned long pages = vmalloc_nr_pages(), address;
	void **pieces = new_pieces(test);
	pte_t *pte, was;
	int found;

	pieces[0] = __alloc_percpu(PCPU_MIN_UNIT_SIZE, 8);
	if (!pieces[0])
		kunit_skip(test, "too little memory");
	address = (unsigned long)per_cpu_ptr(pieces[0], nr_cpu_ids - 1) + PAGE_SIZE;
	pte = virt_to_kpte(address);
	was = *pte;
	pte_clear(pte);
	found = percpu_check();
	set_pte(pte, was);
	KUNIT_EXPECT_EQ(test, found, 1);
	KUNIT_EXPECT_STREQ(test, mm_broken_invariants(), "I-percpu-3");
	KUNIT_EXPECT_EQ(test, mm_print_problems(percpu_check()), 0);
	free_percpu(pieces[0]);
	pieces[0] = NULL;
	KUNIT_EXPECT_TRUE(test, is_as_before(pages));
}

static struct kunit_case percpu_cases[] = {
	KUNIT_CASE(api_A4_zeroed),
	KUNIT_CASE(api_A4_each_cpu_has_its_own),
	KUNIT_CASE(api_A4_alignment),
	KUNIT_CASE(api_A4_pieces_are_apart),
	KUNIT_CASE_SLOW(api_A4_grows),
	KUNIT_CASE(api_A4_largest),
	KUNIT_CASE(api_A4_flags_for_a_chunk),
	KUNIT_CASE_SLOW(api_A4_grows_for_two),
	KUNIT_CASE(api_A4_without_sleeping),
	KUNIT_CASE_SLOW(api_A4_without_memory),
	KUNIT_CASE_SLOW(api_M1_no_per_cpu_memory),
	KUNIT_CASE(api_A4_what_cannot_be_had),
	KUNIT_CASE(api_A4_bad_frees),
	KUNIT_CASE(percpu_check_finds),
	{},
};

/* Works make workers, as many as there are at once, whose memory is nobody's leak. */
static int percpu_test_init(struct kunit *test)
{
	slab_make_workers(num_online_cpus() + 1);
	return slab_test_init(test);
}

static struct kunit_suite percpu_suite = {
	.name = "percpu",
	.init = percpu_test_init,
	.exit = slab_test_exit,
	.test_cases = percpu_cases,
};
kunit_test_suite(percpu_suite);
