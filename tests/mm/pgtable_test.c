// SPDX-License-Identifier: MIT
/*
 * Page tables: what paging_init() built, and what set_memory_*() does to it, seen by the
 * CPU: by faults, and by what comes back. Cases that end in an oops have their own boots.
 *
 * Each case has a block of eight pages, whose permissions are put back after it. Where a
 * 2 MiB page is split it stays so, which no other case notices.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/set_memory.h>
#include <linux/stop_machine.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/cpufeature.h>
#include <asm/irq_stack.h>
#include <asm/tlbflush.h>
#include <memkern/kunit_extra.h>

#include "../../kernel/sched.h"
#include "../../mm/internal.h"

#define BLOCK_ORDER 3
#define BLOCK_PAGES (1 << BLOCK_ORDER)
#define PATTERN	    0x5a17c0deUL

extern char _stext[], __start_rodata[], init_stack_guard[], irq_stack_guard[],
	double_fault_stack_guard[];

static unsigned long block_of(struct kunit *test)
{
	return (unsigned long)test->priv;
}

/* The compiler must not know what an access does. */
static volatile unsigned long *hidden(unsigned long address)
{
	OPTIMIZER_HIDE_VAR(address);
	return (volatile unsigned long *)address;
}

static bool can_read(unsigned long address)
{
	unsigned long value;

	return !get_kernel_nofault(value, hidden(address));
}

/* The entry's flags, 0 where there is none. */
static pteval_t flags_of(unsigned long address)
{
	unsigned int level;
	pte_t *entry = lookup_address(address, &level);

	return entry ? pte_flags(*entry) : 0;
}

static unsigned int level_of(unsigned long address)
{
	unsigned int level;

	lookup_address(address, &level);
	return level;
}

static int pgtable_init(struct kunit *test)
{
	unsigned long block = __get_free_pages(GFP_KERNEL, BLOCK_ORDER), i;

	if (!block)
		return -ENOMEM;
	for (i = 0; i < BLOCK_PAGES; i++)
		*hidden(block + i * PAGE_SIZE) = PATTERN + i;
	test->priv = (void *)block;
	return 0;
}

static void pgtable_exit(struct kunit *test)
{
	unsigned long block = block_of(test);

	if (set_memory_nx(block, BLOCK_PAGES) || set_memory_p(block, BLOCK_PAGES) ||
	    set_memory_rw(block, BLOCK_PAGES))
		KUNIT_FAIL(test, "the permissions of the block cannot be put back");
	else
		free_pages(block, BLOCK_ORDER);
}

/* --- what was built --------------------------------------------------------------- */

static void I_pgtable_all_hold(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, pgtable_check(), 0);
	KUNIT_EXPECT_NULL(test, mm_problem_text(0));
	mm_problems_forget();
}

static bool is_guard(unsigned long address)
{
	const struct task_struct *task;
	unsigned int cpu;

	for_each_process(task)
		if (address == (unsigned long)task->stack - PAGE_SIZE)
			return true;
	for (cpu = 1; cpu < num_online_cpus(); cpu++)
		if (address == (unsigned long)per_cpu(runqueues, cpu).idle->stack - PAGE_SIZE ||
		    address == per_cpu(irq_stack_top, cpu) - THREAD_SIZE - PAGE_SIZE ||
		    address == per_cpu(double_fault_stack_top, cpu) - THREAD_SIZE - PAGE_SIZE)
			return true;
	return address == (unsigned long)init_stack_guard ||
	       address == (unsigned long)irq_stack_guard ||
	       address == (unsigned long)double_fault_stack_guard;
}

/* Lowmem is mapped where there is RAM, and in the first MiB, but for guards; nothing else. */
static void direct_mapping_is_ram(struct kunit *test)
{
	unsigned long pfn, wrong = 0;

	for (pfn = 0; pfn < max_low_pfn; pfn++) {
		unsigned long address = (unsigned long)__va(PFN_PHYS(pfn));
		bool wanted = pfn < PHYS_PFN(0x100000) || memblock_is_memory(PFN_PHYS(pfn));
		unsigned int level;
		pte_t *entry = lookup_address(address, &level);
		unsigned long offset = (address & (page_level_size(level) - 1)) >> PAGE_SHIFT;

		if (is_guard(address))
			wanted = false;
		if ((entry && pte_present(*entry)) != wanted)
			wrong++;
		else if (wanted && pte_pfn(*entry) + offset != pfn)
			wrong++;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0UL);
}

static void large_pages_are_used(struct kunit *test)
{
	unsigned long address = PAGE_OFFSET + PMD_SIZE, large = 0;

	if (memblock_phys_mem_size() < 4 * PMD_SIZE)
		kunit_skip(test, "little memory: no 2 MiB of it need the same permissions");
	for (; address < (unsigned long)high_memory; address += PMD_SIZE)
		large += level_of(address) == PG_LEVEL_2M;
	KUNIT_EXPECT_GT(test, large, 0UL);
}

static void nothing_below_the_kernel(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, can_read(0));
	KUNIT_EXPECT_FALSE(test, can_read(0x100000));
	KUNIT_EXPECT_FALSE(test, can_read(__pa(_stext)));
	KUNIT_EXPECT_FALSE(test, can_read(PAGE_OFFSET - PAGE_SIZE));
	KUNIT_EXPECT_FALSE(test, can_read(FIXADDR_TOP));
}

static void guard_pages_are_absent(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, can_read((unsigned long)init_stack_guard));
	KUNIT_EXPECT_FALSE(test, can_read((unsigned long)irq_stack_guard));
	KUNIT_EXPECT_FALSE(test, can_read((unsigned long)current->stack - 1));
	KUNIT_EXPECT_TRUE(test, can_read((unsigned long)current->stack));
	KUNIT_EXPECT_FALSE(test, can_read((unsigned long)init_stack_guard + PAGE_SIZE - 4));
	KUNIT_EXPECT_TRUE(test, can_read((unsigned long)init_stack_guard + PAGE_SIZE));
	KUNIT_EXPECT_FALSE(test, can_read((unsigned long)double_fault_stack_guard));
	KUNIT_EXPECT_TRUE(test, can_read((unsigned long)double_fault_stack_guard + PAGE_SIZE));
}

static void bios_page_is_read_only(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, can_read(PAGE_OFFSET));
	KUNIT_EXPECT_EQ(test, flags_of(PAGE_OFFSET) & _PAGE_RW, 0ULL);
	KUNIT_EXPECT_NE(test, flags_of(PAGE_OFFSET + PAGE_SIZE) & _PAGE_RW, 0ULL);
}

static void no_bit_that_the_cpu_lacks(struct kunit *test)
{
	pteval_t flags = flags_of(block_of(test));

	KUNIT_EXPECT_EQ(test, !!(flags & _PAGE_NX), !!boot_cpu_has(X86_FEATURE_NX));
	KUNIT_EXPECT_EQ(test, !!(flags & _PAGE_GLOBAL), !!boot_cpu_has(X86_FEATURE_PGE));
	KUNIT_EXPECT_EQ(test, pgd_val(swapper_pg_dir[3]) & PTE_FLAGS_MASK & ~_PAGE_ACCESSED,
			_PAGE_PRESENT);
}

static void the_last_gib_is_laid_out(struct kunit *test)
{
	KUNIT_EXPECT_LE(test, max_low_pfn, lowmem_limit_pfn());
	KUNIT_EXPECT_EQ(test, lowmem_limit_pfn() % PAGES_PER_SECTION, 0UL);
	KUNIT_EXPECT_PTR_EQ(test, high_memory, __va(PFN_PHYS(max_low_pfn)));
	KUNIT_EXPECT_GE(test, VMALLOC_START, (unsigned long)high_memory + VMALLOC_OFFSET);
	KUNIT_EXPECT_LT(test, VMALLOC_START, VMALLOC_END);
	KUNIT_EXPECT_LT(test, VMALLOC_END, PKMAP_BASE);
	KUNIT_EXPECT_EQ(test, pmd_index(PKMAP_BASE) + 1, pmd_index(FIXADDR_START));
	KUNIT_EXPECT_NOT_NULL(test, virt_to_kpte(FIXADDR_START));
}

/* 2 MiB between the direct mapping and the vmalloc window: not even a page table is there. */
static unsigned long gap_after_lowmem(void)
{
	return round_up((unsigned long)high_memory + PAGE_SIZE, PMD_SIZE);
}

/* --- entries ------------------------------------------------------------------------ */

static void lookup_says_the_level(struct kunit *test)
{
	unsigned int level;

	KUNIT_EXPECT_NULL(test, lookup_address(0, &level));
	KUNIT_EXPECT_EQ(test, level, (unsigned int)PG_LEVEL_NONE);
	KUNIT_EXPECT_NULL(test, lookup_address(gap_after_lowmem(), &level));
	KUNIT_EXPECT_EQ(test, level, (unsigned int)PG_LEVEL_NONE);
	KUNIT_EXPECT_NOT_NULL(test, lookup_address((unsigned long)_stext, &level));
	KUNIT_EXPECT_EQ(test, level, (unsigned int)PG_LEVEL_4K);
}

static void entries_hold_what_was_put_in(struct kunit *test)
{
	unsigned long pfn = 0xfffff; /* the last below 4 GiB; a long cannot hold a larger address */
	pte_t pte = pfn_pte(pfn + 1, PAGE_KERNEL_RO), written = __pte(0);

	KUNIT_EXPECT_EQ(test, pte_pfn(pte), pfn + 1);
	KUNIT_EXPECT_EQ(test, pte_flags(pte), __PAGE_KERNEL_RO & __supported_pte_mask);
	KUNIT_EXPECT_TRUE(test, pte_present(pte));
	KUNIT_EXPECT_FALSE(test, pte_write(pte));
	KUNIT_EXPECT_TRUE(test, pte_none(written));
	set_pte(&written, pte);
	KUNIT_EXPECT_EQ(test, pte_val(written), pte_val(pte));
	set_pte_atomic(&written, pfn_pte(pfn, PAGE_KERNEL));
	KUNIT_EXPECT_EQ(test, pte_val(written), pte_val(pfn_pte(pfn, PAGE_KERNEL)));
	pte_clear(&written);
	KUNIT_EXPECT_TRUE(test, pte_none(written));
}

/* In the two pages before PKMAP_BASE, which nobody has: a second address of the block. */
static void new_mapping_reaches_the_page(struct kunit *test)
{
	unsigned long address = VMALLOC_END;
	pte_t *pte = pte_alloc_kernel(pmd_off_k(address), address);
	LIST_HEAD(tables);

	KUNIT_ASSERT_NOT_NULL(test, pte);
	KUNIT_EXPECT_PTR_EQ(test, virt_to_kpte(address), pte);
	KUNIT_ASSERT_TRUE(test, pte_none(*pte));
	KUNIT_EXPECT_FALSE(test, can_read(address));

	set_pte(pte, pfn_pte(PHYS_PFN(__pa(block_of(test))), PAGE_KERNEL));
	KUNIT_EXPECT_EQ(test, *hidden(address), PATTERN);
	*hidden(address) = 42;
	KUNIT_EXPECT_EQ(test, *hidden(block_of(test)), 42UL);

	pte_clear(pte);
	flush_tlb_kernel_range(address, address + PAGE_SIZE);
	KUNIT_EXPECT_FALSE(test, can_read(address));
	KUNIT_EXPECT_PTR_EQ(test, pte_alloc_kernel(pmd_off_k(address), address), pte);

	/* The end of the vmalloc window lies in the same 2 MiB, and is free: no table stays there. */
	pgtable_take(address, &tables);
	flush_tlb_all();
	pgtable_free(&tables);
	KUNIT_EXPECT_NULL(test, virt_to_kpte(address));
}

/* --- changing permissions ----------------------------------------------------------- */

static void ro_changes_one_page_only(struct kunit *test)
{
	unsigned long page = block_of(test) + 3 * PAGE_SIZE;
	pteval_t before = flags_of(page), around = flags_of(page - PAGE_SIZE);

	KUNIT_ASSERT_EQ(test, set_memory_ro(page, 1), 0);
	KUNIT_EXPECT_EQ(test, flags_of(page), before & ~(_PAGE_RW | _PAGE_PSE));
	KUNIT_EXPECT_EQ(test, flags_of(page - PAGE_SIZE), around & ~_PAGE_PSE);
	KUNIT_EXPECT_EQ(test, flags_of(page + PAGE_SIZE), around & ~_PAGE_PSE);
	KUNIT_EXPECT_EQ(test, *hidden(page), PATTERN + 3);
	*hidden(page - PAGE_SIZE) = 1;
	*hidden(page + PAGE_SIZE) = 1;

	KUNIT_ASSERT_EQ(test, set_memory_rw(page, 1), 0);
	KUNIT_EXPECT_EQ(test, flags_of(page), before & ~_PAGE_PSE);
	*hidden(page) = 7;
	KUNIT_EXPECT_EQ(test, *hidden(page), 7UL);
}

static void np_page_faults_and_comes_back(struct kunit *test)
{
	unsigned long page = block_of(test) + 2 * PAGE_SIZE;
	pteval_t before;

	KUNIT_ASSERT_EQ(test, set_memory_ro(page, 1), 0);
	before = flags_of(page);
	/* In the TLB: what must be flushed. */
	KUNIT_EXPECT_TRUE(test, can_read(page));

	KUNIT_ASSERT_EQ(test, set_memory_np(page, 1), 0);
	KUNIT_EXPECT_FALSE(test, can_read(page));
	KUNIT_EXPECT_FALSE(test, can_read(page + PAGE_SIZE - sizeof(long)));
	KUNIT_EXPECT_TRUE(test, can_read(page - sizeof(long)));
	KUNIT_EXPECT_TRUE(test, can_read(page + PAGE_SIZE));

	KUNIT_ASSERT_EQ(test, set_memory_p(page, 1), 0);
	KUNIT_EXPECT_EQ(test, *hidden(page), PATTERN + 2);
	KUNIT_EXPECT_EQ(test, flags_of(page), before);
}

static void a_range_changes_as_a_whole(struct kunit *test)
{
	unsigned long block = block_of(test), i;

	KUNIT_ASSERT_EQ(test, set_memory_np(block + PAGE_SIZE, BLOCK_PAGES - 2), 0);
	for (i = 0; i < BLOCK_PAGES; i++)
		KUNIT_EXPECT_EQ(test, can_read(block + i * PAGE_SIZE),
				i == 0 || i == BLOCK_PAGES - 1);
	KUNIT_ASSERT_EQ(test, set_memory_p(block, BLOCK_PAGES), 0);
	for (i = 0; i < BLOCK_PAGES; i++)
		KUNIT_EXPECT_EQ(test, *hidden(block + i * PAGE_SIZE), PATTERN + i);
}

static void code_runs_where_allowed(struct kunit *test)
{
	unsigned long page = block_of(test);

	*hidden(page) = 0xc3; /* ret */
	KUNIT_ASSERT_EQ(test, set_memory_ro(page, 1), 0);
	KUNIT_ASSERT_EQ(test, set_memory_x(page, 1), 0);
	KUNIT_EXPECT_EQ(test, flags_of(page) & _PAGE_NX, 0ULL);
	((void (*)(void))hidden(page))();
	KUNIT_EXPECT_EQ(test, set_memory_nx(page, 1), 0);
	KUNIT_EXPECT_EQ(test, flags_of(page) & _PAGE_NX, _PAGE_NX & __supported_pte_mask);
}

static void writable_and_executable_is_refused(struct kunit *test)
{
	unsigned long page = block_of(test);

	if (!boot_cpu_has(X86_FEATURE_NX))
		kunit_skip(test, "this CPU has no NX");
	KUNIT_EXPECT_EQ(test, set_memory_x(page, 1), -EPERM);
	KUNIT_EXPECT_EQ(test, flags_of(page) & _PAGE_NX, _PAGE_NX);
	KUNIT_ASSERT_EQ(test, set_memory_ro(page, 1), 0);
	KUNIT_ASSERT_EQ(test, set_memory_x(page, 1), 0);
	KUNIT_EXPECT_EQ(test, set_memory_rw(page, 1), -EPERM);
	KUNIT_EXPECT_EQ(test, flags_of(page) & _PAGE_RW, 0ULL);

	/* Nor by way of a page that is absent meanwhile. */
	KUNIT_ASSERT_EQ(test, set_memory_np(page, 1), 0);
	KUNIT_EXPECT_EQ(test, set_memory_rw(page, 1), 0);
	KUNIT_EXPECT_EQ(test, set_memory_p(page, 1), -EPERM);
	KUNIT_EXPECT_FALSE(test, can_read(page));
	KUNIT_EXPECT_EQ(test, set_memory_nx(page, 1), 0);
}

static void the_image_stays_as_it_is(struct kunit *test)
{
	unsigned long text = (unsigned long)_stext, rodata = (unsigned long)__start_rodata;

	KUNIT_EXPECT_EQ(test, set_memory_rw(text, 1), -EPERM);
	KUNIT_EXPECT_EQ(test, set_memory_np(text, 1), -EPERM);
	KUNIT_EXPECT_EQ(test, set_memory_rw(rodata, 1), -EPERM);
	KUNIT_EXPECT_EQ(test, set_memory_np(rodata, 1), -EPERM);
	KUNIT_EXPECT_EQ(test, set_memory_p((unsigned long)init_stack_guard, 1), -EPERM);
	if (boot_cpu_has(X86_FEATURE_NX)) {
		KUNIT_EXPECT_EQ(test, set_memory_nx(text, 1), -EPERM);
		KUNIT_EXPECT_EQ(test, set_memory_x(rodata, 1), -EPERM);
	}
	KUNIT_EXPECT_EQ(test, set_memory_ro(text, 1), 0);
	KUNIT_EXPECT_EQ(test, pgtable_check(), 0);
}

/* The last page of RAM in lowmem: behind it nothing is mapped. */
static unsigned long last_lowmem_page(void)
{
	u64 i, start, end, last = 0;

	for_each_mem_range(i, &start, &end) {
		if (start < PFN_PHYS(max_low_pfn))
			last = min(end, PFN_PHYS(max_low_pfn));
	}
	return (unsigned long)__va(last) - PAGE_SIZE;
}

static void nonsense_is_refused(struct kunit *test)
{
	unsigned long block = block_of(test);
	unsigned long last = last_lowmem_page();
	pteval_t before = flags_of(block);

	KUNIT_EXPECT_EQ(test, set_memory_ro(block + 1, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_memory_ro(block, -1), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_memory_ro(block, 0), 0);
	KUNIT_EXPECT_EQ(test, set_memory_ro(0, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, set_memory_ro(PAGE_OFFSET - PAGE_SIZE, 2), -EFAULT);
	KUNIT_EXPECT_EQ(test, set_memory_ro((unsigned long)high_memory, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, set_memory_p(FIXADDR_TOP, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, set_memory_ro(block, INT_MAX), -EFAULT);
	KUNIT_EXPECT_EQ(test, flags_of(block), before);

	/* A range that ends where nothing is: its start stays as it was. */
	KUNIT_EXPECT_EQ(test, set_memory_ro(last, 2), -EFAULT);
	KUNIT_EXPECT_NE(test, flags_of(last) & _PAGE_RW, 0ULL);
}

/* --- splitting ------------------------------------------------------------------------ */

/* 2 MiB that one entry maps; the case is skipped where there are none. */
static unsigned long get_large_page(struct kunit *test)
{
	unsigned long address = __get_free_pages(GFP_KERNEL | __GFP_NOWARN, PMD_SHIFT - PAGE_SHIFT);

	if (address && level_of(address) == PG_LEVEL_2M)
		return address;
	free_pages(address, PMD_SHIFT - PAGE_SHIFT);
	kunit_skip(test, "no free 2 MiB page that is mapped by one entry");
}

static void whole_large_page_is_not_split(struct kunit *test)
{
	unsigned long large = get_large_page(test);

	KUNIT_EXPECT_EQ(test, set_memory_ro(large, PTRS_PER_PTE), 0);
	KUNIT_EXPECT_EQ(test, level_of(large), (unsigned int)PG_LEVEL_2M);
	KUNIT_EXPECT_EQ(test, flags_of(large + PMD_SIZE - PAGE_SIZE) & _PAGE_RW, 0ULL);
	KUNIT_EXPECT_EQ(test, set_memory_np(large, PTRS_PER_PTE), 0);
	KUNIT_EXPECT_FALSE(test, can_read(large + PMD_SIZE / 2));
	KUNIT_EXPECT_EQ(test, set_memory_p(large, PTRS_PER_PTE), 0);
	KUNIT_EXPECT_EQ(test, set_memory_rw(large, PTRS_PER_PTE), 0);
	KUNIT_EXPECT_EQ(test, level_of(large), (unsigned int)PG_LEVEL_2M);
	free_pages(large, PMD_SHIFT - PAGE_SHIFT);
}

/* One page of 512 changes; the others keep frame, flags (read-only) and contents. */
static void split_changes_no_translation(struct kunit *test)
{
	unsigned long large = get_large_page(test), changed = 77, i, wrong = 0;
	pteval_t flags = flags_of(large) & ~(_PAGE_PSE | _PAGE_RW);

	for (i = 0; i < PTRS_PER_PTE; i++)
		*hidden(large + i * PAGE_SIZE) = PATTERN ^ i;
	KUNIT_EXPECT_EQ(test, set_memory_ro(large, PTRS_PER_PTE), 0);
	KUNIT_EXPECT_EQ(test, set_memory_rw(large + changed * PAGE_SIZE, 1), 0);
	KUNIT_EXPECT_EQ(test, level_of(large), (unsigned int)PG_LEVEL_4K);

	for (i = 0; i < PTRS_PER_PTE; i++) {
		unsigned long address = large + i * PAGE_SIZE;
		unsigned int level;
		pte_t pte = *lookup_address(address, &level);

		wrong += pte_pfn(pte) != PHYS_PFN(__pa(address));
		wrong += pte_flags(pte) != (i == changed ? flags | _PAGE_RW : flags);
		wrong += *hidden(address) != (PATTERN ^ i);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0UL);
	KUNIT_EXPECT_EQ(test, set_memory_rw(large, PTRS_PER_PTE), 0);
	KUNIT_EXPECT_EQ(test, pgtable_check(), 0);
	free_pages(large, PMD_SHIFT - PAGE_SHIFT);
}

/* From the middle of one large page to the middle of the next: both ends are split. */
static void split_at_both_ends(struct kunit *test)
{
	const unsigned int order = MAX_PAGE_ORDER, half = PTRS_PER_PTE / 2;
	unsigned long pair = __get_free_pages(GFP_KERNEL | __GFP_NOWARN, order);

	if (!pair || level_of(pair) != PG_LEVEL_2M || level_of(pair + PMD_SIZE) != PG_LEVEL_2M) {
		free_pages(pair, order);
		kunit_skip(test, "no free 4 MiB that two entries map");
	}
	KUNIT_EXPECT_EQ(test, set_memory_np(pair + half * PAGE_SIZE, 2 * half), 0);
	KUNIT_EXPECT_TRUE(test, can_read(pair + half * PAGE_SIZE - sizeof(long)));
	KUNIT_EXPECT_FALSE(test, can_read(pair + half * PAGE_SIZE));
	KUNIT_EXPECT_FALSE(test, can_read(pair + PMD_SIZE));
	KUNIT_EXPECT_FALSE(test, can_read(pair + PMD_SIZE + half * PAGE_SIZE - sizeof(long)));
	KUNIT_EXPECT_TRUE(test, can_read(pair + PMD_SIZE + half * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, set_memory_p(pair + half * PAGE_SIZE, 2 * half), 0);
	free_pages(pair, order);
}

/* --- walking -------------------------------------------------------------------------- */

static void path_ends_at_the_page(struct kunit *test)
{
	unsigned long address = (unsigned long)_stext + 0x123;
	struct pgtable_entry path[PGTABLE_LEVELS];
	unsigned int level;

	KUNIT_ASSERT_EQ(test, pgtable_path(address, path), 3U);
	KUNIT_EXPECT_EQ(test, path[0].level, (unsigned int)PG_LEVEL_1G);
	KUNIT_EXPECT_EQ(test, path[0].address, PAGE_OFFSET);
	KUNIT_EXPECT_FALSE(test, pgtable_is_leaf(&path[1]));
	KUNIT_EXPECT_TRUE(test, pgtable_is_leaf(&path[2]));
	KUNIT_EXPECT_EQ(test, path[2].address, (unsigned long)_stext);
	KUNIT_EXPECT_PTR_EQ(test, (pte_t *)path[2].location, lookup_address(address, &level));
	KUNIT_EXPECT_EQ(test, path[2].effective & (_PAGE_RW | _PAGE_NX), 0ULL);

	KUNIT_EXPECT_EQ(test, pgtable_path(0, path), 1U);
	KUNIT_EXPECT_EQ(test, path[0].value, 0ULL);
	KUNIT_EXPECT_EQ(test, pgtable_path(gap_after_lowmem() + 5, path), 2U);
	KUNIT_EXPECT_EQ(test, path[1].address, gap_after_lowmem());
	KUNIT_EXPECT_EQ(test, path[1].value, 0ULL);
}

struct strict_walk {
	unsigned long page;
	struct pgtable_entry path[PGTABLE_LEVELS];
	unsigned int nr;
};

/* 2 MiB are read-only meanwhile, with whatever the other CPUs have there: they stand still. */
static int walk_below_a_strict_entry(void *data)
{
	pteval_t nx = _PAGE_NX & __supported_pte_mask;
	struct strict_walk *walk = data;
	pmd_t *pmd = pmd_off_k(walk->page), before = *pmd;

	set_pte_atomic((pte_t *)pmd, __pte((pmd_val(before) & ~_PAGE_RW) | nx));
	walk->nr = pgtable_path(walk->page, walk->path);
	set_pte_atomic((pte_t *)pmd, __pte(pmd_val(before)));
	return 0;
}

/* What an upper level forbids, no lower one allows. */
static void levels_add_up(struct kunit *test)
{
	static struct strict_walk walk;

	walk.page = block_of(test);
	/* That makes it a table; then an entry in it that allows all, but is not used. */
	KUNIT_ASSERT_EQ(test, set_memory_np(walk.page, 1), 0);
	KUNIT_ASSERT_EQ(test, set_memory_x(walk.page, 1), 0);
	stop_machine(walk_below_a_strict_entry, &walk, NULL);
	flush_tlb_all();

	KUNIT_ASSERT_EQ(test, walk.nr, 3U);
	KUNIT_EXPECT_EQ(test, walk.path[2].value & (_PAGE_RW | _PAGE_NX), _PAGE_RW);
	KUNIT_EXPECT_EQ(test, walk.path[2].effective & (_PAGE_RW | _PAGE_NX),
			_PAGE_NX & __supported_pte_mask);
}

struct count {
	u64 leaf_bytes;
	unsigned long last;
	bool ascending;
};

static void count_entry(const struct pgtable_entry *entry, void *context)
{
	struct count *count = context;

	if (entry->address < count->last)
		count->ascending = false;
	count->last = entry->address;
	if (pgtable_is_leaf(entry))
		count->leaf_bytes += page_level_size(entry->level);
}

static void walk_sees_every_page_once(struct kunit *test)
{
	struct count before = { .ascending = true }, after = { .ascending = true };

	pgtable_walk(count_entry, &before);
	KUNIT_EXPECT_TRUE(test, before.ascending);
	KUNIT_ASSERT_EQ(test, set_memory_np(block_of(test), BLOCK_PAGES), 0);
	pgtable_walk(count_entry, &after);
	KUNIT_EXPECT_EQ(test, before.leaf_bytes - after.leaf_bytes, (u64)BLOCK_PAGES << PAGE_SHIFT);
}

/* --- the checker ---------------------------------------------------------------------- */

struct damage {
	const char *name;
	const char *where; /* NULL: a page of the block */
	pteval_t set, clear;
	const char *named[3]; /* the invariants, in the order in which they are checked */
	bool needs_nx;
};

static const struct damage damages[] = {
	{ "I_pgtable_1_writable_and_executable",
	  NULL,
	  0,
	  _PAGE_NX,
	  { "I-pgtable-1", "I-pgtable-2" },
	  true },
	{ "I_pgtable_2_text_writable", _stext, _PAGE_RW, 0, { "I-pgtable-1", "I-pgtable-2" }, true },
	{ "I_pgtable_2_text_absent", _stext, 0, _PAGE_PRESENT, { "I-pgtable-2" }, false },
	{ "I_pgtable_3_constants_writable", __start_rodata, _PAGE_RW, 0, { "I-pgtable-3" }, false },
	{ "I_pgtable_3_constants_executable",
	  __start_rodata,
	  0,
	  _PAGE_NX,
	  { "I-pgtable-2", "I-pgtable-3" },
	  true },
	{ "I_pgtable_4_guard_page_mapped",
	  init_stack_guard,
	  _PAGE_PRESENT | _PAGE_NX,
	  0,
	  { "I-pgtable-4" },
	  true },
	{ "I_pgtable_5_user", NULL, _PAGE_USER, 0, { "I-pgtable-5" }, false },
	{ "I_pgtable_6_reserved_bit", NULL, 1ULL << 52, 0, { "I-pgtable-6" }, false },
	{ "I_pgtable_7_another_frame", NULL, 0, PAGE_SIZE, { "I-pgtable-7" }, false },
};
KUNIT_ARRAY_PARAM_DESC_FEW(damages, damages, name, 3);

struct damaged {
	const struct damage *damage;
	pte_t *entry;
	int problems;
};

static int check_damaged(void *data)
{
	struct damaged *damaged = data;
	pte_t before = *damaged->entry;

	set_pte_atomic(damaged->entry,
		       __pte((pte_val(before) & ~damaged->damage->clear) | damaged->damage->set));
	damaged->problems = pgtable_check();
	set_pte_atomic(damaged->entry, before);
	return 0;
}

/*
 * The entry is wrong while the checker looks, and nobody uses its page meanwhile: the page
 * of the block is odd, so that clearing bit 12 of its frame gives the one before; the first
 * page of the text is not where this code is, and the other CPUs stand still.
 */
static void the_checker_names(struct kunit *test)
{
	struct damaged damaged = { .damage = test->param_value };
	const struct damage *damage = test->param_value;
	unsigned long page = damage->where ? (unsigned long)damage->where
					   : block_of(test) + PAGE_SIZE;
	unsigned int level, i;

	if (damage->needs_nx && !boot_cpu_has(X86_FEATURE_NX))
		kunit_skip(test, "this CPU has no NX");
	if (!damage->where)
		KUNIT_ASSERT_EQ(test, set_memory_np(page, 1) || set_memory_p(page, 1), 0);
	damaged.entry = lookup_address(page, &level);
	KUNIT_ASSERT_EQ(test, level, (unsigned int)PG_LEVEL_4K);
	stop_machine(check_damaged, &damaged, NULL);
	flush_tlb_all();

	for (i = 0; i < ARRAY_SIZE(damage->named) && damage->named[i]; i++) {
		KUNIT_ASSERT_NOT_NULL(test, mm_problem_text(i));
		KUNIT_EXPECT_TRUE_MSG(test, strstarts(mm_problem_text(i), damage->named[i]),
				      "\"%s\", not %s", mm_problem_text(i), damage->named[i]);
	}
	KUNIT_EXPECT_EQ(test, damaged.problems, (int)i);
	mm_problems_forget();
}

/* --- what ends in an oops ---------------------------------------------------------------- */

static void write_to_ro_page(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, set_memory_ro(block_of(test), 1), 0);
	*hidden(block_of(test)) = 1;
	KUNIT_FAIL(test, "wrote to a read-only page");
}

static void touch_np_page(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, set_memory_np(block_of(test), 1), 0);
	KUNIT_FAIL(test, "read %lu", *hidden(block_of(test)));
}

static void execute_nx_page(struct kunit *test)
{
	*hidden(block_of(test)) = 0xc3; /* ret */
	((void (*)(void))hidden(block_of(test)))();
	KUNIT_FAIL(test, "executed data");
}

static void touch_stack_guard(struct kunit *test)
{
	*hidden((unsigned long)init_stack_guard + PAGE_SIZE - sizeof(long)) = 1;
	KUNIT_FAIL(test, "wrote to the guard page");
}

static struct kunit_case pgtable_cases[] = {
	KUNIT_CASE(I_pgtable_all_hold),
	KUNIT_CASE_SLOW(direct_mapping_is_ram),
	KUNIT_CASE(large_pages_are_used),
	KUNIT_CASE(nothing_below_the_kernel),
	KUNIT_CASE(guard_pages_are_absent),
	KUNIT_CASE(bios_page_is_read_only),
	KUNIT_CASE(no_bit_that_the_cpu_lacks),
	KUNIT_CASE(the_last_gib_is_laid_out),
	KUNIT_CASE(lookup_says_the_level),
	KUNIT_CASE(entries_hold_what_was_put_in),
	KUNIT_CASE(new_mapping_reaches_the_page),
	KUNIT_CASE(ro_changes_one_page_only),
	KUNIT_CASE(np_page_faults_and_comes_back),
	KUNIT_CASE(a_range_changes_as_a_whole),
	KUNIT_CASE(code_runs_where_allowed),
	KUNIT_CASE(writable_and_executable_is_refused),
	KUNIT_CASE(the_image_stays_as_it_is),
	KUNIT_CASE(nonsense_is_refused),
	KUNIT_CASE(whole_large_page_is_not_split),
	KUNIT_CASE_SLOW(split_changes_no_translation),
	KUNIT_CASE(split_at_both_ends),
	KUNIT_CASE(path_ends_at_the_page),
	KUNIT_CASE(levels_add_up),
	KUNIT_CASE(walk_sees_every_page_once),
	KUNIT_CASE_PARAM_ATTR(the_checker_names, damages_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_OOPS(write_to_ro_page, "BUG: unable to handle page fault for address: "),
	KUNIT_CASE_OOPS(touch_np_page, "BUG: unable to handle page fault for address: "),
	KUNIT_CASE_OOPS(execute_nx_page, "BUG: unable to handle page fault for address: "),
	KUNIT_CASE_OOPS(touch_stack_guard, "BUG: unable to handle page fault for address: "),
	{},
};

static struct kunit_suite pgtable_suite = {
	.name = "pgtable",
	.init = pgtable_init,
	.exit = pgtable_exit,
	.test_cases = pgtable_cases,
};
kunit_test_suite(pgtable_suite);
