// SPDX-License-Identifier: MIT
/*
 * Addresses for a while: API.md P12. kmap_local_pfn() gives any frame a slot, so that these are
 * tested on machines without highmem too.
 */
#include <linux/highmem.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/pgtable.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <asm/fixmap.h>

#include "../kernel/threads.h"
#include "slab_test.h"

static struct page *take_highmem(struct kunit *test)
{
	struct page *page;

	if (!managed_zone(mm_zone(ZONE_HIGHMEM)))
		kunit_skip(test, "no ZONE_HIGHMEM");
	page = mm_take(GFP_HIGHUSER, 0);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_TRUE(test, PageHighMem(page));
	return page;
}

static void api_P12_kmap_of_lowmem_is_its_address(struct kunit *test)
{
	struct page *page = mm_take(GFP_KERNEL, 0);
	int preempt = preempt_count();
	void *address = kmap_local_page(page);

	KUNIT_EXPECT_PTR_EQ(test, address, page_address(page));
	kunmap_local(address);
	KUNIT_EXPECT_EQ(test, preempt_count(), preempt);
}

/* What is written through one mapping is read through the next, and through no other page's. */
static void api_P12_highmem_keeps_its_bytes(struct kunit *test)
{
	struct page *page[8];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(page); i++) {
		void *address;

		page[i] = take_highmem(test);
		address = kmap_local_page(page[i]);
		memset(address, 0x10 + i, PAGE_SIZE);
		kunmap_local(address);
	}
	for (i = 0; i < ARRAY_SIZE(page); i++) {
		void *address = kmap_local_page(page[i]), *bad;

		bad = memchr_inv(address, 0x10 + i, PAGE_SIZE);
		kunmap_local(address);
		KUNIT_EXPECT_NULL(test, bad);
	}
}

/* As deep as there are slots; each address another; unmapped like a stack. */
static void api_P12_kmap_local_is_a_stack(struct kunit *test)
{
	char *address[KM_MAX_IDX], *again;
	int depth, preempt = preempt_count();
	struct page *page = take_highmem(test), *other = take_highmem(test);

	local_irq_disable(); /* an interrupt needs slots, too */
	for (depth = 0; depth < KM_MAX_IDX; depth++) {
		address[depth] = kmap_local_page(depth & 1 ? other : page);
		*(int *)(address[depth] + depth * 4) = depth;
	}
	for (depth = 0; depth < KM_MAX_IDX; depth++) {
		int below;

		for (below = 0; below < depth; below++)
			if (address[below] == address[depth])
				KUNIT_FAIL(test, "slots %d and %d are one", below, depth);
		if (*(int *)(address[depth & 1] + depth * 4) != depth)
			KUNIT_FAIL(test, "slot %d maps another page", depth);
	}
	while (depth--) {
		kunmap_local(address[depth]);
		if (pte_present(*virt_to_kpte((unsigned long)address[depth])))
			KUNIT_FAIL(test, "slot %d is still mapped", depth);
	}
	local_irq_enable();
	KUNIT_EXPECT_EQ(test, preempt_count(), preempt);
	again = kmap_local_page(other);
	kunmap_local(again + 4095);
	KUNIT_EXPECT_PTR_EQ(test, again, address[0]);
}

/* A slot of its own for a page that has an address already: two ways to the same bytes. */
static void api_P12_kmap_local_pfn(struct kunit *test)
{
	struct page *page = mm_take(GFP_KERNEL, 0);
	u32 *direct = page_address(page), *mapped = kmap_local_pfn(page_to_pfn(page));

	KUNIT_EXPECT_PTR_NE(test, mapped, direct);
	*mapped = 0x12345678;
	KUNIT_EXPECT_EQ(test, *direct, 0x12345678);
	KUNIT_EXPECT_PTR_EQ(test, kmap_to_page(mapped), page);
	KUNIT_EXPECT_PTR_EQ(test, kmap_to_page(direct), page);
	kunmap_local(mapped);
}

/* The slot of the first mapping, while it is below another. */
static void api_P12_kmap_local_out_of_order(struct kunit *test)
{
	struct page *page = mm_take(GFP_KERNEL, 0);
	void *first = kmap_local_pfn(page_to_pfn(page));

	kmap_local_pfn(page_to_pfn(page));
	kunmap_local(first);
}

static void api_P12_kmap_local_too_deep(struct kunit *test)
{
	struct page *page = mm_take(GFP_KERNEL, 0);
	int depth;

	local_irq_disable();
	for (depth = 0; depth <= KM_MAX_IDX; depth++)
		kmap_local_pfn(page_to_pfn(page));
}

static void api_P12_kmap_local_prot(struct kunit *test)
{
	struct page *page = take_highmem(test);
	void *address = kmap_local_page_prot(page, PAGE_KERNEL_RO);

	KUNIT_EXPECT_FALSE(test, pte_write(*virt_to_kpte((unsigned long)address)));
	kunmap_local(address);
	address = kmap_atomic_prot(page, kmap_prot);
	KUNIT_EXPECT_TRUE(test, pte_write(*virt_to_kpte((unsigned long)address)));
	kunmap_atomic(address);
}

/* kmap_local() leaves preemption and page faults on; kmap_atomic() does not, of lowmem neither. */
static void api_P12_kmap_atomic(struct kunit *test)
{
	struct page *pages[] = { mm_take(GFP_KERNEL, 0), mm_take(GFP_HIGHUSER, 0) };
	int preempt = preempt_count();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		char *address = kmap_local_page(pages[i]), *again;

		KUNIT_EXPECT_EQ(test, preempt_count(), preempt);
		KUNIT_EXPECT_FALSE(test, pagefault_disabled());
		kunmap_local(address);
		address = kmap_atomic(pages[i]);
		again = kmap_atomic_pfn(page_to_pfn(pages[i]));
		*address = 17 + i;
		KUNIT_EXPECT_EQ(test, *again, 17 + i);
		KUNIT_EXPECT_EQ(test, preempt_count(), preempt + 2);
		KUNIT_EXPECT_TRUE(test, pagefault_disabled() && faulthandler_disabled());
		kunmap_atomic(again);
		KUNIT_EXPECT_EQ(test, preempt_count(), preempt + 1);
		KUNIT_EXPECT_TRUE(test, pagefault_disabled());
		kunmap_atomic(address);
		KUNIT_EXPECT_EQ(test, preempt_count(), preempt);
		KUNIT_EXPECT_FALSE(test, pagefault_disabled() || faulthandler_disabled());
	}
}

/* --- local mappings, and who else uses the CPU ------------------------------------------------- */

struct mapper {
	struct page *page[2];
	atomic_t wrong, moved;
	bool ended;
};

/* Maps, gives the CPU away in all the ways there are, and looks whether all is as it was. */
static int map_and_sleep(void *data)
{
	struct mapper *mapper = data;
	unsigned int round, i;

	for (round = 0; round < 50; round++) {
		u32 *first = kmap_local_pfn(page_to_pfn(mapper->page[0]));
		u32 *second = kmap_local_pfn(page_to_pfn(mapper->page[1]));
		unsigned int cpu = raw_smp_processor_id();

		*first = *second = (unsigned long)mapper + round;
		for (i = 0; i < 5; i++) {
			yield();
			if (i == 3 && round % 16 == 0)
				schedule_timeout_uninterruptible(1);
			if (*first != (unsigned long)mapper + round || *second != *first)
				atomic_inc(&mapper->wrong);
			if (raw_smp_processor_id() != cpu)
				atomic_inc(&mapper->moved);
		}
		kunmap_local(second);
		kunmap_local(first);
	}
	WRITE_ONCE(mapper->ended, true);
	return sleep_until_stopped(NULL);
}

/* Six threads, more than most machines have CPUs, each with two pages that it finds again. */
static void api_P12_kmap_local_while_others_run(struct kunit *test)
{
	struct task_struct *tasks[6];
	struct mapper *mappers[6];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mappers); i++) {
		mappers[i] = zeroed(test, struct mapper);
		mappers[i]->page[0] = mm_take(GFP_KERNEL, 0);
		mappers[i]->page[1] = mm_take(GFP_KERNEL, 0);
		KUNIT_ASSERT_TRUE(test, mappers[i]->page[0] && mappers[i]->page[1]);
		tasks[i] = start_thread(test, map_and_sleep, mappers[i]);
	}
	for (i = 0; i < ARRAY_SIZE(mappers); i++) {
		while (!READ_ONCE(mappers[i]->ended) && READ_ONCE(tasks[i]->__state) != TASK_DEAD)
			schedule_timeout_uninterruptible(1);
		KUNIT_EXPECT_TRUE(test, READ_ONCE(mappers[i]->ended));
		KUNIT_EXPECT_EQ(test, atomic_read(&mappers[i]->wrong), 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&mappers[i]->moved), 0);
	}
	KUNIT_EXPECT_EQ(test, mm_print_problems(highmem_check()), 0);
}

struct stayer {
	struct page *page;
	u32 *address;
	bool leave, left;
	unsigned int cpu;
};

static int stay_while_mapped(void *data)
{
	struct stayer *stayer = data;
	u32 *address = kmap_local_pfn(page_to_pfn(stayer->page));

	*address = 1;
	WRITE_ONCE(stayer->address, address);
	while (!READ_ONCE(stayer->leave)) {
		(*address)++;
		yield();
	}
	stayer->cpu = raw_smp_processor_id();
	kunmap_local(address);
	while (raw_smp_processor_id() == stayer->cpu)
		yield();
	WRITE_ONCE(stayer->left, true);
	return sleep_until_stopped(NULL);
}

static int allow_elsewhere(void *data)
{
	set_cpus_allowed_ptr(data, cpumask_of(0));
	return sleep_until_stopped(NULL);
}

/* Sent to another CPU, it goes when it has unmapped. */
static void api_P12_kmap_local_keeps_the_cpu(struct kunit *test)
{
	struct stayer *stayer = zeroed(test, struct stayer);
	struct task_struct *task;
	u32 before;

	if (num_online_cpus() < 2)
		kunit_skip(test, "one CPU");
	stayer->page = mm_take(GFP_KERNEL, 0);
	task = make_thread(test, stay_while_mapped, stayer);
	set_cpus_allowed_ptr(task, cpumask_of(1));
	wake_up_process(task);
	while (!READ_ONCE(stayer->address))
		schedule_timeout_uninterruptible(1);
	start_thread_on(test, 0, allow_elsewhere, task);
	while (!cpumask_equal(&task->cpus_mask, cpumask_of(0)))
		schedule_timeout_uninterruptible(1);
	before = *(u32 *)page_address(stayer->page);
	KUNIT_EXPECT_TRUE(test,
			  eventually(READ_ONCE(*(u32 *)page_address(stayer->page)) != before));
	WRITE_ONCE(stayer->leave, true);
	while (!READ_ONCE(stayer->left))
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_EQ(test, stayer->cpu, 1);
}

struct nester {
	struct timer_list timer;
	struct page *page[3];
	atomic_t fired, wrong;
	bool enough;
};

static void map_in_softirq(struct timer_list *timer)
{
	struct nester *nester = from_timer(nester, timer, timer);
	u32 *address[3];
	int i;

	for (i = 0; i < 3; i++) {
		address[i] = kmap_local_pfn(page_to_pfn(nester->page[i]));
		*address[i] = atomic_read(&nester->fired) + i;
	}
	for (i = 3; i--;) {
		if (*address[i] != (u32)atomic_read(&nester->fired) + i)
			atomic_inc(&nester->wrong);
		kunmap_local(address[i]);
	}
	atomic_inc(&nester->fired);
	if (!READ_ONCE(nester->enough))
		mod_timer(&nester->timer, jiffies + 1);
}

/* A timer maps three pages on top of whatever the process has mapped. */
static void api_P12_kmap_local_in_interrupts(struct kunit *test)
{
	struct nester *nester = zeroed(test, struct nester);
	struct page *mine = mm_take(GFP_KERNEL, 0);
	unsigned int i, wrong = 0;

	for (i = 0; i < 3; i++)
		nester->page[i] = mm_take(GFP_KERNEL, 0);
	timer_setup(&nester->timer, map_in_softirq, 0);
	mod_timer(&nester->timer, jiffies + 1);
	for (i = 0; atomic_read(&nester->fired) < 30; i++) {
		u32 *address = kmap_local_pfn(page_to_pfn(mine));
		unsigned int spin;

		*address = i;
		for (spin = 0; spin < i % 64; spin++)
			cpu_relax();
		wrong += *address != i;
		kunmap_local(address);
	}
	WRITE_ONCE(nester->enough, true);
	timer_delete_sync(&nester->timer);
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&nester->wrong), 0);
	KUNIT_EXPECT_EQ(test, mm_print_problems(highmem_check()), 0);
}

/* --- what is done with pages --------------------------------------------------------------------- */

static void read_page(struct page *page, u8 *bytes)
{
	memcpy_from_page((char *)bytes, page, 0, PAGE_SIZE);
}

/* Each helper on a page, and the same on an array. */
static void api_L6_page_helpers(struct kunit *test)
{
	struct page *page = mm_take(GFP_HIGHUSER, 0), *other = mm_take(GFP_HIGHUSER, 0);
	u8 *want = page_address(mm_take(GFP_KERNEL, 0)),
	   *have = page_address(mm_take(GFP_KERNEL, 0));
	unsigned int i;

	for (i = 0; i < PAGE_SIZE; i++)
		want[i] = i * 7 + i / 256;
	memcpy_to_page(page, 0, (char *)want, PAGE_SIZE);
	copy_highpage(other, page);
	memset(want + 100, 0x5a, 200);
	memset_page(page, 100, 0x5a, 200);
	memset(want + 4000, 0, 96);
	memzero_page(page, 4000, 96);
	memcpy(want + 1000, "memory", 6);
	memcpy_to_page(page, 1000, "memory", 6);
	memmove(want + 2010, want + 2000, 50);
	memmove_page(page, 2010, page, 2000, 50);
	memset(want + 3000, 0, 10);
	zero_user(page, 3000, 10);
	memset(want + 3100, 0, 1);
	zero_user_segment(page, 3100, 3101);
	memset(want, 0, 8);
	memset(want + 3200, 0, 8);
	zero_user_segments(page, 0, 8, 3200, 3208);
	read_page(page, have);
	KUNIT_EXPECT_MEMEQ(test, have, want, PAGE_SIZE);

	memcpy_page(page, 10, other, 20, 30);
	read_page(other, want);
	KUNIT_EXPECT_EQ(test, want[4095], (u8)(4095 * 7 + 15));
	read_page(page, have);
	KUNIT_EXPECT_MEMEQ(test, have + 10, want + 20, 30);
	clear_highpage(page);
	read_page(page, have);
	KUNIT_EXPECT_NULL(test, memchr_inv(have, 0, PAGE_SIZE));
	copy_user_highpage(page, other, 0, NULL);
	clear_user_highpage(other, 0);
	read_page(page, have);
	KUNIT_EXPECT_MEMEQ(test, have, want, PAGE_SIZE);
	read_page(other, have);
	KUNIT_EXPECT_NULL(test, memchr_inv(have, 0, PAGE_SIZE));
}

static void api_P12_nr_free_highpages(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA), *normal = mm_zone(ZONE_NORMAL);
	unsigned int before;

	KUNIT_EXPECT_TRUE(test, eventually(nr_free_highpages() + READ_ONCE(dma->nr_free_pages) +
						   READ_ONCE(normal->nr_free_pages) ==
					   nr_free_pages()));
	drain_all_pages(NULL);
	before = nr_free_highpages();
	if (before < 16)
		kunit_skip(test, "no ZONE_HIGHMEM");
	mm_take(GFP_HIGHUSER, 3);
	KUNIT_EXPECT_LE(test, nr_free_highpages(), before - 8);
}

/* --- kmap() ----------------------------------------------------------------------------------------- */

static void api_P12_kmap_gives_an_address(struct kunit *test)
{
	struct page *low = mm_take(GFP_KERNEL, 0), *page = take_highmem(test);
	void *address;

	KUNIT_EXPECT_PTR_EQ(test, kmap(low), page_address(low));
	kunmap(low);
	KUNIT_EXPECT_NULL(test, page_address(page));
	address = kmap(page);
	KUNIT_EXPECT_GE(test, (unsigned long)address, PKMAP_BASE);
	KUNIT_EXPECT_LT(test, (unsigned long)address, FIXADDR_START);
	KUNIT_EXPECT_PTR_EQ(test, page_address(page), address);
	KUNIT_EXPECT_PTR_EQ(test, kmap_to_page(address + 100), page);
	KUNIT_EXPECT_PTR_EQ(test, kmap(page), address);
	memset(address, 0x77, PAGE_SIZE);
	kunmap(page);
	KUNIT_EXPECT_PTR_EQ(test, page_address(page), address);
	kunmap(page);
	KUNIT_EXPECT_NULL(test, page_address(page));
	KUNIT_EXPECT_PTR_EQ(test, kmap(page), address);
	KUNIT_EXPECT_NULL(test, memchr_inv(address, 0x77, PAGE_SIZE));
	kunmap(page);
	kmap_flush_unused();
	KUNIT_EXPECT_NULL(test, page_address(page));
	KUNIT_EXPECT_FALSE(test, pte_present(*virt_to_kpte((unsigned long)address)));
}

static void api_P12_kunmap_too_often(struct kunit *test)
{
	kunmap_high(mm_take(GFP_HIGHUSER, 0));
}

static void api_X1_kmap_may_sleep(struct kunit *test)
{
	struct page *page = mm_take(GFP_HIGHUSER, 0);

	kunit_expect_report(test, "sleeping function called from invalid context at ");
	preempt_disable();
	kmap(page);
	preempt_enable();
	kunmap(page);
}

struct look {
	u32 *address, value;
};

static void look_there(void *data)
{
	struct look *look = data;

	look->value = *look->address;
}

/* Each page gets the next address; when they begin anew no CPU sees what was there before. */
static void api_P12_kmap_on_every_cpu(struct kunit *test)
{
	unsigned int nr = LAST_PKMAP * 5 / 2, i, cpu, wrong = 0, repeated = 0;
	void *first = NULL;

	if (num_online_cpus() * nr > 4000)
		nr = LAST_PKMAP + 100;
	take_highmem(test);
	for (i = 0; i < nr; i++) {
		struct page *page = mm_take(GFP_HIGHUSER, 0);
		struct look look = {};

		KUNIT_ASSERT_NOT_NULL(test, page);
		if (!PageHighMem(page))
			kunit_skip(test, "too little highmem");
		look.address = kmap(page);
		if (!first)
			first = look.address;
		else
			repeated += look.address == first;
		*look.address = i;
		for_each_online_cpu(cpu) {
			smp_call_function_single(cpu, look_there, &look, 1);
			wrong += look.value != i;
		}
		kunmap(page);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_GE(test, repeated, 1);
	KUNIT_EXPECT_EQ(test, mm_print_problems(highmem_check()), 0);
}

struct kmapper {
	struct page *page;
	void *address;
};

static int kmap_one(void *data)
{
	struct kmapper *kmapper = data;

	WRITE_ONCE(kmapper->address, kmap(kmapper->page));
	return sleep_until_stopped(NULL);
}

/* All addresses are in use: who wants another sleeps, and gets the one that is given back. */
static void api_P12_kmap_waits_for_an_address(struct kunit *test)
{
	struct kmapper *kmapper = zeroed(test, struct kmapper);
	struct page **pages = kunit_kcalloc(test, LAST_PKMAP, sizeof(*pages), GFP_KERNEL);
	struct task_struct *task;
	void *address;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, pages);
	kmapper->page = take_highmem(test);
	for (i = 0; i < LAST_PKMAP; i++) {
		pages[i] = mm_take(GFP_HIGHUSER, 0);
		if (!pages[i] || !PageHighMem(pages[i]))
			break;
		kmap(pages[i]);
	}
	if (i == LAST_PKMAP) {
		task = start_thread(test, kmap_one, kmapper);
		settle();
		KUNIT_EXPECT_TRUE(test, eventually(is_asleep(task)));
		KUNIT_EXPECT_NULL(test, READ_ONCE(kmapper->address));
		KUNIT_EXPECT_NULL(test, page_address(kmapper->page));
		address = page_address(pages[300]);
		kunmap(pages[300]);
		KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(kmapper->address)));
		KUNIT_EXPECT_PTR_EQ(test, kmapper->address, address);
		KUNIT_EXPECT_PTR_EQ(test, page_address(kmapper->page), address);
		KUNIT_EXPECT_NULL(test, page_address(pages[300]));
		kunmap(kmapper->page);
		kmap(pages[300]);
	}
	KUNIT_EXPECT_EQ(test, mm_print_problems(highmem_check()), 0);
	while (i--)
		kunmap(pages[i]);
}

#define SHARED_PAGES 700

struct crowd {
	struct page *pages[SHARED_PAGES];
	atomic_t seed, wrong, ended;
};

static int kmap_at_random(void *data)
{
	struct crowd *crowd = data;
	u32 state = 0x9e3779b9u * atomic_inc_return(&crowd->seed);
	unsigned int i;

	for (i = 0; i < 1500; i++) {
		struct page *page;
		u32 *address;

		state = state * 1664525 + 1013904223;
		page = crowd->pages[(state >> 8) % SHARED_PAGES];
		address = kmap(page);
		if (*address != page_to_pfn(page) || page_address(page) != address)
			atomic_inc(&crowd->wrong);
		if (state >> 30 == 0)
			yield();
		if (*address != page_to_pfn(page))
			atomic_inc(&crowd->wrong);
		kunmap(page);
	}
	atomic_inc(&crowd->ended);
	return sleep_until_stopped(NULL);
}

/* Each page says which it is; more pages than addresses, wanted by several CPUs at once. */
static void api_P12_kmap_by_many(struct kunit *test)
{
	struct crowd *crowd = zeroed(test, struct crowd);
	unsigned int i;

	take_highmem(test);
	for (i = 0; i < SHARED_PAGES; i++) {
		u32 pfn;

		crowd->pages[i] = mm_take(GFP_HIGHUSER, 0);
		KUNIT_ASSERT_NOT_NULL(test, crowd->pages[i]);
		pfn = page_to_pfn(crowd->pages[i]);
		memcpy_to_page(crowd->pages[i], 0, (char *)&pfn, sizeof(pfn));
	}
	for (i = 0; i < 6; i++)
		start_thread(test, kmap_at_random, crowd);
	while (atomic_read(&crowd->ended) < 6)
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_EQ(test, atomic_read(&crowd->wrong), 0);
	KUNIT_EXPECT_EQ(test, mm_print_problems(highmem_check()), 0);
}

/* --- the checker ---------------------------------------------------------------------------------------- */

static void highmem_check_finds_local_faults(struct kunit *test)
{
	struct page *page = mm_take(GFP_KERNEL, 0);
	unsigned long address;
	int found;

	local_irq_disable();
	address = (unsigned long)kmap_local_pfn(page_to_pfn(page));
	this_cpu_add(kmap_next, sizeof(pte_t));
	found = highmem_check();
	this_cpu_sub(kmap_next, sizeof(pte_t));
	kunmap_local((void *)address);
	local_irq_enable();
	KUNIT_EXPECT_EQ(test, found, 1);
	KUNIT_EXPECT_STREQ(test, mm_broken_invariants(), "I-highmem-2");
	KUNIT_EXPECT_EQ(test, mm_print_problems(highmem_check()), 0);
}

static void highmem_check_finds_kmap_faults(struct kunit *test)
{
	struct page *page = take_highmem(test), *other = take_highmem(test);
	pte_t *pte = virt_to_kpte((unsigned long)kmap(page)), was = *pte;

	pte_clear(pte);
	KUNIT_EXPECT_GT(test, highmem_check(), 0);
	set_pte(pte, was);
	mm_broken_invariants();
	set_pte_atomic(pte, mk_pte(other, PAGE_KERNEL));
	KUNIT_EXPECT_EQ(test, highmem_check(), 1);
	set_pte_atomic(pte, was);
	KUNIT_EXPECT_STREQ(test, mm_broken_invariants(), "I-highmem-4");
	kunmap(page);
	KUNIT_EXPECT_EQ(test, mm_print_problems(highmem_check()), 0);
}

static struct kunit_case highmem_cases[] = {
	KUNIT_CASE(api_P12_kmap_of_lowmem_is_its_address),
	KUNIT_CASE(api_P12_highmem_keeps_its_bytes),
	KUNIT_CASE(api_P12_kmap_local_is_a_stack),
	KUNIT_CASE(api_P12_kmap_local_pfn),
	KUNIT_CASE(api_P12_kmap_local_prot),
	KUNIT_CASE_OOPS(api_P12_kmap_local_out_of_order, "kernel BUG at mm/highmem.c"),
	KUNIT_CASE_OOPS(api_P12_kmap_local_too_deep, "kernel BUG at mm/highmem.c"),
	KUNIT_CASE(api_P12_kmap_atomic),
	KUNIT_CASE_SLOW(api_P12_kmap_local_while_others_run),
	KUNIT_CASE_SLOW(api_P12_kmap_local_keeps_the_cpu),
	KUNIT_CASE_SLOW(api_P12_kmap_local_in_interrupts),
	KUNIT_CASE(api_L6_page_helpers),
	KUNIT_CASE(api_P12_nr_free_highpages),
	KUNIT_CASE(api_P12_kmap_gives_an_address),
	KUNIT_CASE_OOPS(api_P12_kunmap_too_often, "kernel BUG at mm/highmem.c"),
	KUNIT_CASE(api_X1_kmap_may_sleep),
	KUNIT_CASE_SLOW(api_P12_kmap_on_every_cpu),
	KUNIT_CASE_SLOW(api_P12_kmap_waits_for_an_address),
	KUNIT_CASE_SLOW(api_P12_kmap_by_many),
	KUNIT_CASE(highmem_check_finds_local_faults),
	KUNIT_CASE(highmem_check_finds_kmap_faults),
	{},
};

static struct kunit_suite highmem_suite = {
	.name = "highmem",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = highmem_cases,
};
kunit_test_suite(highmem_suite);
