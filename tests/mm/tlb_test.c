// SPDX-License-Identifier: MIT
/*
 * No CPU keeps a translation that was taken away: when set_memory_np() or set_memory_ro() has
 * returned, nobody reads, or writes, through what it had in its TLB.
 *
 * A prober on every CPU but the test's touches the page all the time, so that its CPU has the
 * translation, and counts how often it could. An attempt that begins after the call has
 * returned must fail:
 *
 *	test				prober
 *	set_memory_np()
 *	phase = odd
 *					reads phase, touches, reads phase
 *	phase = even
 *	set_memory_p()
 *
 * If it has read the same odd number twice, the page was out of its reach all the time between.
 */
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/set_memory.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <asm/extable.h>
#include <asm/tlbflush.h>
#include "../kernel/threads.h"
#include "mm_test.h"

#define ROUNDS 60

struct probe {
	unsigned long *word;
	bool writes;
	const unsigned int *phase; /* odd: not accessible */
	unsigned long through, refused;
	unsigned long stale; /* through all the same */
};

/* A store that may fault. */
static bool store(unsigned long *word)
{
	unsigned long done = 0;

	asm volatile("1:	movl $1, %[word]\n"
		     "	movl $1, %[done]\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : [word] "=m"(*word), [done] "+r"(done));
	return done;
}

static bool touch(const struct probe *probe)
{
	unsigned long value;

	if (probe->writes)
		return store(probe->word);
	return !copy_from_kernel_nofault(&value, probe->word, sizeof(value));
}

static int run_probe(void *data)
{
	struct probe *probe = data;

	while (!kthread_should_stop()) {
		unsigned int before = smp_load_acquire(probe->phase);
		bool got = touch(probe);

		smp_mb();
		if (!got)
			WRITE_ONCE(probe->refused, probe->refused + 1);
		else if (before % 2 && READ_ONCE(*probe->phase) == before)
			WRITE_ONCE(probe->stale, probe->stale + 1);
		else
			WRITE_ONCE(probe->through, probe->through + 1);
		cpu_relax(); /* under -icount it is the test's turn now */
	}
	return 0;
}

static void give_back(void *page)
{
	set_memory_p((unsigned long)page, 1);
	set_memory_rw((unsigned long)page, 1);
	free_page((unsigned long)page);
}

struct scene {
	struct probe probes[NR_CPUS];
	unsigned int phase;
	unsigned long page;
};

static struct scene *start_probes(struct kunit *test, bool writes)
{
	struct scene *scene = zeroed(test, struct scene);
	unsigned int cpu;

	if (num_online_cpus() == 1)
		kunit_skip(test, "there is one CPU");
	scene->page = __get_free_page(GFP_KERNEL);
	KUNIT_ASSERT_NE(test, scene->page, 0UL);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, give_back, (void *)scene->page), 0);
	for_each_online_cpu(cpu) {
		scene->probes[cpu] = (struct probe){
			.word = (unsigned long *)scene->page + 16 * cpu,
			.writes = writes,
			.phase = &scene->phase,
		};
		if (cpu)
			start_thread_on(test, cpu, run_probe, &scene->probes[cpu]);
	}
	return scene;
}

/* Each prober has gone on by some attempts; what it counts in `of` them has. */
static void expect_progress(struct kunit *test, struct scene *scene, size_t of)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		const unsigned long *count = (void *)&scene->probes[cpu] + of;
		unsigned long before = READ_ONCE(*count);

		if (cpu)
			KUNIT_EXPECT_TRUE_MSG(test, eventually(READ_ONCE(*count) > before + 2),
					      "CPU %u", cpu);
	}
}

static void take_away(struct kunit *test, struct scene *scene, int (*away)(unsigned long, int),
		      int (*back)(unsigned long, int))
{
	unsigned int cpu, round, rounds = kunit_runs_quick() ? ROUNDS / 6 : ROUNDS;

	for (round = 0; round < rounds; round++) {
		expect_progress(test, scene, offsetof(struct probe, through));
		KUNIT_ASSERT_EQ(test, away(scene->page, 1), 0);
		smp_store_release(&scene->phase, scene->phase + 1);
		expect_progress(test, scene, offsetof(struct probe, refused));
		smp_store_release(&scene->phase, scene->phase + 1);
		KUNIT_ASSERT_EQ(test, back(scene->page, 1), 0);
	}
	expect_progress(test, scene, offsetof(struct probe, through));
	for_each_online_cpu(cpu)
		KUNIT_EXPECT_EQ_MSG(test, scene->probes[cpu].stale, 0UL, "CPU %u", cpu);
}

static void no_cpu_reads_an_absent_page(struct kunit *test)
{
	take_away(test, start_probes(test, false), set_memory_np, set_memory_p);
}

static void no_cpu_writes_a_read_only_page(struct kunit *test)
{
	take_away(test, start_probes(test, true), set_memory_ro, set_memory_rw);
}

static unsigned long stale_reads(const struct scene *scene)
{
	unsigned long stale = 0;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		stale += READ_ONCE(scene->probes[cpu].stale);
	return stale;
}

static unsigned long attempts(const struct scene *scene)
{
	const struct probe *probe = &scene->probes[1];

	return READ_ONCE(probe->through) + READ_ONCE(probe->refused) + READ_ONCE(probe->stale);
}

/* The host may let the other CPU rest just now. */
static void let_it_try(const struct scene *scene)
{
	unsigned long before = attempts(scene), patience = 100000;

	while (attempts(scene) < before + 10 && --patience)
		udelay(1);
}

/* That the cases above can fail: where nothing is flushed, some CPU goes on reading. */
static void a_stale_translation_would_be_seen(struct kunit *test)
{
	struct scene *scene = start_probes(test, false);
	unsigned int level, round;
	pte_t *entry, before;

	/* A 4 KiB entry of its own. */
	KUNIT_ASSERT_EQ(test, set_memory_np(scene->page, 1) || set_memory_p(scene->page, 1), 0);
	entry = lookup_address(scene->page, &level);
	KUNIT_ASSERT_EQ(test, level, (unsigned int)PG_LEVEL_4K);
	before = *entry;
	for (round = 0; round < ROUNDS && !stale_reads(scene); round++) {
		expect_progress(test, scene, offsetof(struct probe, through));
		set_pte_atomic(entry, __pte(pte_val(before) & ~_PAGE_PRESENT));
		smp_store_release(&scene->phase, scene->phase + 1);
		let_it_try(scene);
		smp_store_release(&scene->phase, scene->phase + 1);
		set_pte_atomic(entry, before);
		flush_tlb_all();
	}
	KUNIT_EXPECT_GT(test, stale_reads(scene), 0UL);
}

static struct kunit_case tlb_cases[] = {
	KUNIT_CASE(no_cpu_reads_an_absent_page),
	KUNIT_CASE(no_cpu_writes_a_read_only_page),
	KUNIT_CASE_SLOW(a_stale_translation_would_be_seen),
	{},
};

static struct kunit_suite tlb_suite = {
	.name = "tlb",
	.test_cases = tlb_cases,
};
kunit_test_suite(tlb_suite);
