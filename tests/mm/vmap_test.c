// SPDX-License-Identifier: MIT
/* Mappings of pages that somebody else has: vmap(), vm_map_ram(), ioremap(); API.md V6. */
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/pgtable.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <memkern/mm_check.h>
#include <asm/tlbflush.h>

#include "../../mm/vmalloc.h"
#include "../kernel/threads.h"
#include "shortage.h"
#include "slab_test.h"

#define PAGES 40

static bool can_read(const void *address)
{
	char byte;

	return !copy_from_kernel_nofault(&byte, address, 1);
}

static void give_pages(void *data)
{
	struct page **pages = data;
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		if (pages[i])
			__free_page(pages[i]);
}

/* PAGES lowmem pages that go back when the case ends, each with its number in its first byte. */
static struct page **some_pages(struct kunit *test)
{
	struct page **pages = kunit_kzalloc(test, PAGES * sizeof(*pages), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, pages);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, give_pages, pages), 0);
	for (i = 0; i < PAGES; i++) {
		pages[i] = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, pages[i]);
		*(u8 *)page_address(pages[i]) = i;
	}
	return pages;
}

/* From page `first` on, `count` of them are at the address. */
static bool shows(const u8 *p, unsigned int first, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (p[i * PAGE_SIZE] != first + i)
			return false;
	return true;
}

static const char *broken_in_vmalloc(void)
{
	mm_problems_forget();
	vmalloc_check();
	return mm_broken_invariants();
}

struct look {
	const void *address;
	atomic_t successes;
};

static void look(void *data)
{
	struct look *it = data;

	if (can_read(it->address))
		atomic_inc(&it->successes);
}

/* How many CPUs can read there. Their TLBs know the address then. */
static unsigned int cpus_that_can_read(const void *address)
{
	struct look it = { .address = address, .successes = ATOMIC_INIT(0) };

	on_each_cpu(look, &it, 1);
	return atomic_read(&it.successes);
}

/* --- vmap ------------------------------------------------------------------------------- */

static void api_V6_vmap(struct kunit *test)
{
	struct page **pages = some_pages(test);
	u8 *p = vmap(pages, PAGES, VM_MAP, PAGE_KERNEL), *twice;

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(p) && PAGE_ALIGNED(p));
	KUNIT_EXPECT_TRUE(test, shows(p, 0, PAGES));
	KUNIT_EXPECT_FALSE(test, can_read(p + PAGES * PAGE_SIZE));
	KUNIT_EXPECT_PTR_EQ(test, vmalloc_to_page(p + PAGE_SIZE), pages[1]);
	twice = vmap(pages, 3, VM_MAP, PAGE_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, twice);
	twice[5] = 99;
	KUNIT_EXPECT_EQ(test, p[5], 99);
	vunmap(twice);
	vunmap(p);
	vm_unmap_aliases();
	KUNIT_EXPECT_FALSE(test, can_read(p));
	/* The pages are as they were. */
	KUNIT_EXPECT_EQ(test, page_count(pages[0]), 1);
	KUNIT_EXPECT_EQ(test, ((u8 *)page_address(pages[0]))[5], 99);
}

static void api_V6_permissions(struct kunit *test)
{
	struct page **pages = some_pages(test);
	void *p = vmap(pages, 1, VM_MAP, PAGE_KERNEL_EXEC),
	     *q = vmap(pages, 1, VM_MAP, PAGE_KERNEL_RO);
	unsigned int level;

	KUNIT_ASSERT_TRUE(test, p && q);
	if (__supported_pte_mask & _PAGE_NX)
		KUNIT_EXPECT_FALSE(test, pte_exec(*lookup_address((unsigned long)p, &level)));
	KUNIT_EXPECT_TRUE(test, pte_write(*lookup_address((unsigned long)p, &level)));
	KUNIT_EXPECT_FALSE(test, pte_write(*lookup_address((unsigned long)q, &level)));
	vunmap(p);
	vunmap(q);
}

static void api_V6_too_many(struct kunit *test)
{
	struct page **pages = some_pages(test);

	KUNIT_EXPECT_NULL(test, vmap(pages, totalram_pages() + 1, VM_MAP, PAGE_KERNEL));
	KUNIT_EXPECT_NULL(test, vmap(pages, 0, VM_MAP, PAGE_KERNEL));
	/* Where there is so much RAM: more than there are addresses. */
	KUNIT_EXPECT_NULL(test, vmap(pages, (1U << 20) + 1, VM_MAP, PAGE_KERNEL));
	KUNIT_EXPECT_NULL(test, vm_map_ram(pages, (1U << 20) + VMAP_MAX_ALLOC + 1, 0));
}

static void api_V6_a_guard_page_always(struct kunit *test)
{
	struct page **pages = some_pages(test);
	void *p;

	kunit_expect_report(test, "WARNING: at mm/vmalloc.c");
	p = vmap(pages, 2, VM_MAP | VM_NO_GUARD, PAGE_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, find_vm_area(p)->size, 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, find_vm_area(p)->flags, (unsigned long)VM_MAP);
	vunmap(p);
}

static void api_V6_missing_page(struct kunit *test)
{
	struct page **pages = some_pages(test), *one = pages[20];

	pages[20] = NULL;
	kunit_expect_report(test, "WARNING: at mm/vmalloc.c");
	KUNIT_EXPECT_NULL(test, vmap(pages, PAGES, VM_MAP, PAGE_KERNEL));
	pages[20] = one;
}

/* vfree() of what vmap() gave frees the pages if that was asked for, else it is vunmap(). */
static void api_V6_put_pages(struct kunit *test)
{
	struct page **kept = some_pages(test),
		    **given = kmalloc_array(3, sizeof(*given), GFP_KERNEL);
	void *p;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, given);
	p = vmap(kept, 3, VM_MAP, PAGE_KERNEL);
	vfree(p);
	KUNIT_EXPECT_EQ(test, page_count(kept[0]), 1);

	for (i = 0; i < 3; i++) {
		given[i] = kept[i];
		get_page(given[i]);
	}
	p = vmap(given, 3, VM_MAP | VM_MAP_PUT_PAGES, PAGE_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, page_count(kept[2]), 2);
	vfree(p); /* the array too: the suite sees it if not */
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, page_count(kept[i]), 1);
}

static void api_V6_get_vm_area(struct kunit *test)
{
	struct vm_struct *area = get_vm_area(5 * PAGE_SIZE, VM_IOREMAP);
	unsigned long start;

	KUNIT_ASSERT_NOT_NULL(test, area);
	start = (unsigned long)area->addr;
	KUNIT_EXPECT_EQ(test, get_vm_area_size(area), (size_t)(5 * PAGE_SIZE));
	KUNIT_EXPECT_FALSE(test, can_read(area->addr));
	KUNIT_EXPECT_EQ(test, ioremap_page_range(start, start + PAGE_SIZE, 0xf0000, PAGE_KERNEL_RO),
			0);
	KUNIT_EXPECT_TRUE(test, can_read(area->addr));
	KUNIT_EXPECT_PTR_EQ(test, find_vm_area((void *)start + 3 * PAGE_SIZE), area);
	KUNIT_EXPECT_PTR_EQ(test, remove_vm_area(area->addr), area);
	KUNIT_EXPECT_NULL(test, remove_vm_area(area->addr));
	free_vm_area(area);
	vm_unmap_aliases();
	KUNIT_EXPECT_FALSE(test, can_read((void *)start));
	KUNIT_EXPECT_NULL(test, find_vm_area((void *)start));
}

static void api_V6_freed_twice(struct kunit *test)
{
	struct vm_struct *area = get_vm_area(PAGE_SIZE, VM_MAP);

	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_ASSERT_PTR_EQ(test, remove_vm_area(area->addr), area);
	free_vm_area(area);
	free_vm_area(area);
}

/* --- vm_map_ram --------------------------------------------------------------------------- */

static void api_V6_vm_map_ram(struct kunit *test)
{
	struct page **pages = some_pages(test);
	struct vmalloc_info before, after;
	unsigned int count, round;

	vm_unmap_aliases();
	vmalloc_get_info(&before);
	/* More than a block has, so that blocks are left behind. */
	for (round = 0; round < 3; round++) {
		for (count = 1; count <= PAGES; count++) {
			u8 *p = vm_map_ram(pages, count, NUMA_NO_NODE);
			u8 *q = vm_map_ram(pages + PAGES - count, count, NUMA_NO_NODE);

			KUNIT_ASSERT_TRUE(test, p && q);
			KUNIT_ASSERT_TRUE(test, shows(p, 0, count));
			KUNIT_ASSERT_TRUE(test, shows(q, PAGES - count, count));
			KUNIT_ASSERT_STREQ(test, broken_in_vmalloc(), "");
			vm_unmap_ram(p, count);
			KUNIT_ASSERT_TRUE(test, shows(q, PAGES - count, count));
			vm_unmap_ram(q, count);
		}
	}
	vm_unmap_aliases();
	vmalloc_get_info(&after);
	KUNIT_EXPECT_EQ(test, after.free, before.free);
	KUNIT_EXPECT_EQ(test, after.areas, before.areas);
}

/* Small ones share a block, with no page between them; others have an area of their own. */
static void api_V6_blocks(struct kunit *test)
{
	struct page **pages = some_pages(test);
	u8 *p, *q, *large;

	vm_unmap_aliases();
	p = vm_map_ram(pages, 3, 0);
	q = vm_map_ram(pages, VMAP_MAX_ALLOC, 0);
	large = vm_map_ram(pages, VMAP_MAX_ALLOC + 1, 0);
	KUNIT_ASSERT_TRUE(test, p && q && large);
	if (num_online_cpus() == 1)
		KUNIT_EXPECT_PTR_EQ(test, q, p + 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, va_size(find_vmap_area((unsigned long)p)),
			VMAP_BLOCK_PAGES * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, va_size(find_vmap_area((unsigned long)large)),
			(VMAP_MAX_ALLOC + 1) * PAGE_SIZE);
	KUNIT_EXPECT_NULL(test, find_vm_area(p));
	/* The block stays, as q is in it, and yet no CPU may read p. */
	KUNIT_EXPECT_EQ(test, cpus_that_can_read(p), num_online_cpus());
	vm_unmap_ram(p, 3);
	vm_unmap_aliases();
	KUNIT_EXPECT_EQ(test, cpus_that_can_read(p), 0U);
	KUNIT_EXPECT_TRUE(test, shows(q, 0, VMAP_MAX_ALLOC));
	vm_unmap_ram(q, VMAP_MAX_ALLOC);
	vm_unmap_ram(large, VMAP_MAX_ALLOC + 1);
}

static void api_V6_count_must_match(struct kunit *test)
{
	struct page **pages = some_pages(test);
	u8 *p, *q, *large;

	vm_unmap_aliases();
	p = vm_map_ram(pages, 3, 0);
	q = vm_map_ram(pages + 3, 2, 0); /* mostly behind it */
	large = vm_map_ram(pages, PAGES, 0);
	KUNIT_ASSERT_TRUE(test, p && q && large);
	kunit_expect_report(test, "vm_unmap_ram() of 4 pages");
	vm_unmap_ram(p, 4);
	kunit_expect_report(test, "vm_unmap_ram() of 5 pages");
	vm_unmap_ram(p, 5);
	kunit_expect_report(test, "vm_unmap_ram() of 2 pages");
	vm_unmap_ram(p, 2);
	kunit_expect_report(test, "vm_unmap_ram() of 1 pages");
	vm_unmap_ram(p + 2 * PAGE_SIZE, 1);
	kunit_expect_report(test, "vm_unmap_ram() of 0 pages");
	vm_unmap_ram(p, 0);
	kunit_expect_report(test, "vm_unmap_ram() of 39 pages");
	vm_unmap_ram(large, PAGES - 1);
	KUNIT_EXPECT_TRUE(test, shows(p, 0, 3) && shows(q, 3, 2) && shows(large, 0, PAGES));
	kunit_expect_report(test, "Trying to vfree() nonexistent vm area");
	vfree(large);
	vm_unmap_ram(p, 3);
	kunit_expect_report(test, "vm_unmap_ram() of 3 pages");
	vm_unmap_ram(p, 3);
	KUNIT_EXPECT_TRUE(test, shows(q, 3, 2));
	vm_unmap_ram(q, 2);
	vm_unmap_ram(large, PAGES);
}

/* --- ioremap ------------------------------------------------------------------------------ */

#define BIOS 0xf0000UL

static void ioremap_maps(struct kunit *test)
{
	void __iomem *p = ioremap(BIOS + 0xff0, 0x20);
	const struct vm_struct *area = find_vm_area((void *)((unsigned long)p & PAGE_MASK));
	unsigned int level, i;
	pte_t pte;

	KUNIT_ASSERT_TRUE(test, p && area);
	KUNIT_EXPECT_EQ(test, offset_in_page(p), 0xff0UL);
	KUNIT_EXPECT_EQ(test, area->size, 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, area->phys_addr, (phys_addr_t)BIOS);
	for (i = 0; i < 0x20; i++)
		KUNIT_EXPECT_EQ(test, readb(p + i), *(u8 *)__va(BIOS + 0xff0 + i));
	KUNIT_EXPECT_EQ(test, readl(p), *(u32 *)__va(BIOS + 0xff0));
	KUNIT_EXPECT_EQ(test, readw(p + 2), *(u16 *)__va(BIOS + 0xff2));
	pte = *lookup_address((unsigned long)p, &level);
	KUNIT_EXPECT_TRUE(test, pte_val(pte) & _PAGE_PCD);
	iounmap(p);
	kunit_expect_report(test, "iounmap: bad address");
	iounmap(p);
	vm_unmap_aliases();
	KUNIT_EXPECT_FALSE(test, can_read(p));
}

static void ioremap_refuses(struct kunit *test)
{
	struct page **pages = some_pages(test);

	KUNIT_EXPECT_NULL(test, ioremap(BIOS, 0));
	KUNIT_EXPECT_NULL(test, ioremap(~(phys_addr_t)0 - 10, 100));
	kunit_expect_report(test, "ioremap on RAM at");
	KUNIT_EXPECT_NULL(test, ioremap(page_to_phys(pages[0]), 4));
	kunit_expect_report(test, "ioremap: invalid physical address");
	KUNIT_EXPECT_NULL(test, ioremap(1ULL << 60, 4));
	iounmap(NULL);
	iounmap(test);
	kunit_expect_report(test, "iounmap: bad address");
	iounmap((void *)(VMALLOC_END - PAGE_SIZE));
}

/* --- no stale translation ------------------------------------------------------------------- */

struct probe {
	u8 *volatile *address; /* what to read; NULL: nothing */
	unsigned long read;
};

/* Reads with its TLB in between all the time, as long as there is something to be read. */
static int run_probe(void *data)
{
	struct probe *probe = data;

	while (!kthread_should_stop()) {
		u8 *address = smp_load_acquire(probe->address), byte;

		if (address && !copy_from_kernel_nofault(&byte, address, 1))
			WRITE_ONCE(probe->read, probe->read + 1);
		cpu_relax();
	}
	return 0;
}

/* All CPUs have used the address; when the aliases are gone none of them can read there. */
static void api_V5_no_cpu_keeps_a_translation(struct kunit *test)
{
	unsigned int cpu, round, way;
	struct probe *probes[NR_CPUS];
	struct page **pages = some_pages(test);
	u8 *volatile *shared = (u8 *volatile *)zeroed(test, u8 *);

	for_each_online_cpu(cpu) {
		probes[cpu] = zeroed(test, struct probe);
		probes[cpu]->address = shared;
		if (cpu)
			start_thread_on(test, cpu, run_probe, probes[cpu]);
	}
	for (round = 0; round < (kunit_runs_quick() ? 4 : 40); round++) {
		for (way = 0; way < 3; way++) {
			unsigned long seen[NR_CPUS];
			u8 *address = way == 0	 ? vmalloc(PAGE_SIZE)
				      : way == 1 ? vmap(pages, 2, VM_MAP, PAGE_KERNEL)
						 : vm_map_ram(pages, 2, 0);
			KUNIT_ASSERT_NOT_NULL(test, address);
			for_each_online_cpu(cpu)
				seen[cpu] = READ_ONCE(probes[cpu]->read);
			smp_store_release(shared, address);
			for_each_online_cpu(cpu)
				if (cpu)
					KUNIT_EXPECT_TRUE(test,
							  eventually(READ_ONCE(probes[cpu]->read) >
								     seen[cpu] + 1));
			smp_store_release(shared, NULL);
			/* This CPU too. */
			KUNIT_EXPECT_EQ(test, cpus_that_can_read(address), num_online_cpus());
			if (way == 2)
				vm_unmap_ram(address, 2);
			else
				vfree(address);
			vm_unmap_aliases();
			KUNIT_EXPECT_EQ(test, cpus_that_can_read(address), 0U);
		}
	}
}

/* --- all CPUs ----------------------------------------------------------------------------------- */

struct mapping {
	u8 *address;
	unsigned int first, count;
};

/* Each maps; and unmaps what others have mapped, which they leave in its mailbox. */
struct mapper {
	struct page **pages;
	struct mapping **mine, **next;
	unsigned int rounds, seed, wrong, refused;
};

static unsigned int look_and_unmap(struct mapping *mapping)
{
	bool right;

	if (!mapping)
		return 0;
	right = shows(mapping->address, mapping->first, mapping->count);
	vm_unmap_ram(mapping->address, mapping->count);
	kfree(mapping);
	return !right;
}

static struct mapping *map_some(struct page **pages, unsigned int seed)
{
	struct mapping *mapping = kmalloc(sizeof(*mapping), GFP_KERNEL | __GFP_NOWARN);

	if (!mapping)
		return NULL;
	mapping->count = 1 + seed % (seed % 8 ? 5 : PAGES);
	mapping->first = seed % (PAGES - mapping->count + 1);
	mapping->address = vm_map_ram(pages + mapping->first, mapping->count, 0);
	if (mapping->address)
		return mapping;
	kfree(mapping);
	return NULL;
}

static int map_and_pass_on(void *data)
{
	struct mapper *mapper = data;
	unsigned int round;

	for (round = 0; round < mapper->rounds; round++) {
		struct mapping *mapping;

		mapper->seed = mapper->seed * 1103515245 + 12345;
		mapping = map_some(mapper->pages, mapper->seed >> 16);
		if (mapping)
			mapper->wrong += !shows(mapping->address, mapping->first, mapping->count);
		else
			mapper->refused++;
		mapper->wrong += look_and_unmap(xchg(mapper->next, mapping)) +
				 look_and_unmap(xchg(mapper->mine, NULL));
		if (round % 64 == 63)
			vm_unmap_aliases();
	}
	return 0;
}

static void api_V6_vm_map_ram_on_all_cpus(struct kunit *test)
{
	struct mapping **mailboxes = kunit_kzalloc(test, NR_CPUS * sizeof(*mailboxes), GFP_KERNEL);
	struct task_struct *task[NR_CPUS];
	struct mapper *mappers[NR_CPUS];
	struct page **pages = some_pages(test);
	unsigned int cpu, nr = 0, i;

	KUNIT_ASSERT_NOT_NULL(test, mailboxes);
	for_each_online_cpu(cpu) {
		mappers[nr] = zeroed(test, struct mapper);
		*mappers[nr] = (struct mapper){
			.pages = pages,
			.mine = &mailboxes[nr],
			.next = &mailboxes[(nr + 1) % num_online_cpus()],
			.rounds = kunit_runs_quick() ? 100 : 2000,
			.seed = cpu,
		};
		task[nr] = start_thread_on(test, cpu, map_and_pass_on, mappers[nr]);
		nr++;
	}
	for (i = 0; i < nr; i++) {
		while (READ_ONCE(task[i]->__state) != TASK_DEAD) {
			KUNIT_EXPECT_STREQ(test, broken_in_vmalloc(), "");
			schedule_timeout_uninterruptible(1);
		}
		KUNIT_EXPECT_EQ(test, mappers[i]->wrong, 0U);
		if (totalram_pages() > 4096)
			KUNIT_EXPECT_EQ(test, mappers[i]->refused, 0U);
	}
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ(test, look_and_unmap(mailboxes[i]), 0U);
}

/* --- the checker ------------------------------------------------------------------------------ */

/* What it sees while one word is wrong, which nobody else can meet. */
static const char *seen_if_broken(void *word, unsigned long change)
{
	unsigned long *broken = word;

	mm_problems_forget();
	spin_lock(&vmap_lock);
	if (!broken) /* what the free tree's root has for the largest size */
		broken = &rb_entry(vmap_free_root.rb_node, struct vmap_area, rb_node)
				  ->subtree_max_size;
	*broken += change;
	__vmalloc_check();
	*broken -= change;
	spin_unlock(&vmap_lock);
	return mm_broken_invariants();
}

static void the_checker_sees(struct kunit *test)
{
	char *p = vmalloc(3 * PAGE_SIZE);
	struct vmap_area *va = find_vmap_area((unsigned long)p);
	pte_t *guard;

	KUNIT_ASSERT_TRUE(test, p && va);
	KUNIT_EXPECT_STREQ(test, broken_in_vmalloc(), "");
	KUNIT_EXPECT_STREQ(test, seen_if_broken(virt_to_kpte((unsigned long)p), PAGE_SIZE),
			   "I-vmalloc-1");
	guard = virt_to_kpte((unsigned long)p + 3 * PAGE_SIZE);
	if (guard)
		KUNIT_EXPECT_STREQ(test, seen_if_broken(guard, _PAGE_PRESENT), "I-vmalloc-2");
	KUNIT_EXPECT_TRUE(test, strstr(seen_if_broken(&va->va_end, PAGE_SIZE), "I-vmap_area-1"));
	KUNIT_EXPECT_STREQ(test, seen_if_broken(&vmap_stats.areas, 1), "I-vmap_area-4");
	KUNIT_EXPECT_STREQ(test, seen_if_broken(NULL, PAGE_SIZE), "I-vmap_area-3");
	KUNIT_EXPECT_STREQ(test, broken_in_vmalloc(), "");
	vfree(p);
}

/* A table that nobody needs any more: where is it? */
static void the_checker_sees_tables(struct kunit *test)
{
	unsigned long slot = round_down(VMALLOC_END, PMD_SIZE) - 2 * PMD_SIZE;
	LIST_HEAD(tables);

	vm_unmap_aliases();
	KUNIT_ASSERT_TRUE(test, pmd_none(*pmd_off_k(slot)));
	KUNIT_ASSERT_NOT_NULL(test, pte_alloc_kernel(pmd_off_k(slot), slot));
	KUNIT_EXPECT_STREQ(test, broken_in_vmalloc(), "I-vmalloc-3");
	spin_lock(&vmap_lock);
	pgtable_take(slot, &tables);
	flush_tlb_all();
	spin_unlock(&vmap_lock);
	pgtable_free(&tables);
	nr_page_tables++;
	mm_problems_forget();
	pgtable_check();
	KUNIT_EXPECT_STREQ(test, mm_broken_invariants(), "I-pgtable-8");
	nr_page_tables--;
}

/* Tables come with areas and go with them; none stays behind. */
static void tables_come_and_go(struct kunit *test)
{
	struct vmalloc_info before, during, after;
	struct vm_struct *area;
	struct page **pages = some_pages(test);
	unsigned long address;

	vm_unmap_aliases();
	vmalloc_get_info(&before);
	area = get_vm_area(6 * PMD_SIZE, VM_MAP);
	KUNIT_ASSERT_NOT_NULL(test, area);
	for (address = (unsigned long)area->addr;
	     address < (unsigned long)area->addr + 6 * PMD_SIZE; address += PMD_SIZE)
		KUNIT_EXPECT_EQ(test, vmap_pages(address, pages, 1, PAGE_KERNEL, GFP_KERNEL), 0);
	vmalloc_get_info(&during);
	KUNIT_EXPECT_GE(test, during.tables, before.tables + 5);
	free_vm_area(area);
	vm_unmap_aliases();
	vmalloc_get_info(&after);
	KUNIT_EXPECT_EQ(test, after.tables, before.tables);
}

static struct kunit_case vmap_cases[] = {
	KUNIT_CASE(api_V6_vmap),
	KUNIT_CASE(api_V6_permissions),
	KUNIT_CASE(api_V6_too_many),
	KUNIT_CASE(api_V6_a_guard_page_always),
	KUNIT_CASE(api_V6_missing_page),
	KUNIT_CASE(api_V6_put_pages),
	KUNIT_CASE(api_V6_get_vm_area),
	KUNIT_CASE(api_V6_blocks),
	KUNIT_CASE(api_V6_count_must_match),
	KUNIT_CASE(ioremap_maps),
	KUNIT_CASE(ioremap_refuses),
	KUNIT_CASE(the_checker_sees),
	KUNIT_CASE_SLOW(the_checker_sees_tables),
	KUNIT_CASE(tables_come_and_go),
	KUNIT_CASE_OOPS(api_V6_freed_twice, "kernel BUG at mm/vmalloc.c"),
	{},
};

static struct kunit_suite vmap_suite = {
	.name = "vmap",
	.init = shortage_init,
	.exit = shortage_exit,
	.test_cases = vmap_cases,
};

static struct kunit_case vmap_cpus_cases[] = {
	KUNIT_CASE_SLOW(api_V6_vm_map_ram), /* a task that moves leaves blocks on several CPUs */
	KUNIT_CASE(api_V5_no_cpu_keeps_a_translation),
	KUNIT_CASE_SLOW(api_V6_vm_map_ram_on_all_cpus),
	{},
};

static struct kunit_suite vmap_cpus_suite = {
	.name = "vmap_cpus",
	.init = slab_count_init,
	.exit = slab_count_exit,
	.test_cases = vmap_cpus_cases,
};
kunit_test_suites(&vmap_suite, &vmap_cpus_suite);
