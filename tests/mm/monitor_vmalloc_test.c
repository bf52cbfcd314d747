// SPDX-License-Identifier: MIT
/*
 * The monitor's commands on virtual memory: what they say of areas, mappings and addresses is
 * what the test has made, and what is broken on purpose is told.
 */
#include <linux/kernel.h>
#include <linux/pgtable.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>
#include <asm/cpufeature.h>
#include <asm/fixmap.h>
#include <asm/irq_stack.h>
#include <asm/tlbflush.h>

#include "../../mm/monitor/monitor.h"
#include "../../mm/vmalloc.h"
#include "monitor_run.h"
#include "slab_test.h"

#define APIC_PHYS 0xfee00000UL

/* Pages that are contiguous by address, freed when the case has ended; by a caller of this name. */
static noinline char *pages_of(struct kunit *test, unsigned long nr)
{
	char *area = vmalloc(nr << PAGE_SHIFT);

	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, (void (*)(void *))vfree, area), 0);
	return area;
}

static void give_back(struct kunit *test, char *area)
{
	kunit_release_action(test, (void (*)(void *))vfree, area);
}

/* The line of an area, or of a range, that begins there. */
static const char *line_at(unsigned long address)
{
	char key[12];

	snprintf(key, sizeof(key), "%08lx-", address);
	return strstr(capture.text, key) ?: "";
}

/* Does that line go on so? */
static bool says(const void *start, const char *text)
{
	const char *line = line_at((unsigned long)start), *found = strstr(line, text);

	return found && found < strchr(line, '\n') + 1;
}

/* The largest hole, looked for one by one. */
static unsigned long largest_hole(void)
{
	const struct vmap_area *va;
	unsigned long largest = 0;
	struct rb_node *node;

	for_each_vmap_area(va, node, &vmap_free_root) largest = max(largest, va_size(va));
	return largest;
}

/* --- vmalloc ------------------------------------------------------------------------------- */

static void vmalloc_lists_areas(struct kunit *test)
{
	unsigned long start = (unsigned long)pages_of(test, 3);
	char guard[24];

	KUNIT_EXPECT_EQ(test, run(test, "vmalloc"), 0);
	KUNIT_EXPECT_TRUE(test,
			  says((void *)start, "    16 KiB      3 pages vmalloc    by pages_of+0x"));
	snprintf(guard, sizeof(guard), ", guard %08lx\n", start + 3 * PAGE_SIZE);
	KUNIT_EXPECT_TRUE(test, strstr(line_at(start), guard));
	KUNIT_EXPECT_TRUE(test, printed(" (verified)\n"));
	give_back(test, (char *)start);
	KUNIT_EXPECT_EQ(test, run(test, "vmalloc"), 0);
	KUNIT_EXPECT_STREQ(test, line_at(start), "");
}

static void vmalloc_tells_kinds(struct kunit *test)
{
	struct page *pages[2] = { mm_take(GFP_KERNEL, 0), mm_take(GFP_KERNEL, 0) };
	struct vm_struct *registers = get_vm_area(PAGE_SIZE, VM_IOREMAP);
	void *mapped = vmap(pages, 2, VM_MAP, PAGE_KERNEL);
	void *user = vmalloc_user(PAGE_SIZE);
	void *ram = vm_map_ram(pages, 2, NUMA_NO_NODE);

	KUNIT_ASSERT_TRUE(test, registers && mapped && user && ram);
	registers->phys_addr = APIC_PHYS;
	KUNIT_EXPECT_EQ(test, run(test, "vmalloc"), 0);
	KUNIT_EXPECT_TRUE(test, says(registers->addr, "     8 KiB      0 pages ioremap    by "));
	KUNIT_EXPECT_TRUE(test, says(registers->addr, ", of 0xfee00000, guard "));
	KUNIT_EXPECT_TRUE(test, says(mapped, "    12 KiB      2 pages vmap       by "));
	KUNIT_EXPECT_TRUE(test, says(user, "     8 KiB      1 page  user       by "));
	KUNIT_EXPECT_TRUE(test, says((void *)find_vmap_area((unsigned long)ram)->va_start,
				     "     2 pages vm_map_ram by "));
	vm_unmap_ram(ram, 2);
	vfree(user);
	vunmap(mapped);
	free_vm_area(registers);
}

static void vmalloc_counts_lazy_areas(struct kunit *test)
{
	char *one = pages_of(test, 1);
	unsigned long purges;

	vm_unmap_aliases();
	purges = vmap_stats.purges;
	KUNIT_EXPECT_EQ(test, run(test, "vmalloc"), 0);
	KUNIT_EXPECT_TRUE(test, printed(" busy, 0 KiB lazily unmapped, "));
	give_back(test, one);
	KUNIT_EXPECT_EQ(test, run(test, "vmalloc"), 0);
	KUNIT_EXPECT_TRUE(test, printed(" busy, 8 KiB lazily unmapped, "));
	KUNIT_EXPECT_EQ(test, number_after(strstr(capture.text, "page table"), ", "), purges);
	KUNIT_EXPECT_EQ(test, run(test, "in hardirq vmalloc purge"), -EBUSY);
	KUNIT_EXPECT_EQ(test, run(test, "vmalloc purge"), 0);
	KUNIT_EXPECT_TRUE(test, printed(": 8 KiB may be used again\n"));
	KUNIT_EXPECT_EQ(test, vmap_stats.purges, purges + 1);
	KUNIT_EXPECT_EQ(test, run(test, "vmalloc"), 0);
	KUNIT_EXPECT_TRUE(test, printed(" busy, 0 KiB lazily unmapped, "));
	KUNIT_EXPECT_TRUE(test, printed(" (verified)\n"));
}

static void vmalloc_sees_wrong_counters(struct kunit *test)
{
	char *area = pages_of(test, 1);
	pte_t *pte = virt_to_kpte((unsigned long)area);
	pte_t before = *pte;

	vmap_stats.busy += PAGE_SIZE;
	run(test, "vmalloc");
	vmap_stats.busy -= PAGE_SIZE;
	KUNIT_EXPECT_TRUE(test, printed("MISMATCH\n"));
	vmap_stats.areas--;
	run(test, "vmalloc");
	vmap_stats.areas++;
	KUNIT_EXPECT_TRUE(test, printed("MISMATCH\n"));
	/* Pages are counted in the page tables, whatever vmalloc() has noted. */
	pte_clear(pte);
	run(test, "vmalloc");
	set_pte(pte, before);
	KUNIT_EXPECT_TRUE(test, says(area, "     8 KiB      0 pages vmalloc "));
}

/* More than are looked at in one go: 64 are shown, and the rest is counted. */
static void vmalloc_bounds_its_list(struct kunit *test)
{
	static char *areas[100];
	unsigned int i, shown = 0;
	const char *at;

	for (i = 0; i < ARRAY_SIZE(areas); i++) {
		areas[i] = vmalloc(PAGE_SIZE);
		KUNIT_EXPECT_NOT_NULL(test, areas[i]);
	}
	KUNIT_EXPECT_EQ(test, run(test, "vmalloc"), 0);
	for (at = strstr(capture.text, ", guard "); at; at = strstr(at + 1, ", guard "))
		shown++;
	KUNIT_EXPECT_EQ(test, shown, 64);
	KUNIT_EXPECT_EQ(test, number_after(capture.text, "\n... and "), vmap_stats.areas - 64);
	for (i = 0; i < ARRAY_SIZE(areas); i++)
		vfree(areas[i]);
}

/* --- vmmap ---------------------------------------------------------------------------------- */

static void vmmap_shows_regions(struct kunit *test)
{
	bool nx = boot_cpu_has(X86_FEATURE_NX);
	char *area = pages_of(test, 2);

	KUNIT_EXPECT_EQ(test, run(test, "vmmap"), 0);
	KUNIT_EXPECT_TRUE(test, says(area, nx ? "     8 KiB rw-  vmalloc\n"
					      : "     8 KiB rwx  vmalloc\n"));
	KUNIT_EXPECT_TRUE(test, printed("iB r-x  kernel text\n"));
	KUNIT_EXPECT_TRUE(test, printed(nx ? " r--  direct map, below the image\n"
					   : " r-x  direct map, below the image\n"));
	KUNIT_EXPECT_TRUE(test, printed(nx ? "iB r--  kernel constants\n"
					   : "iB r-x  kernel constants\n"));
	KUNIT_EXPECT_TRUE(test,
			  printed(nx ? " mapped, none writable and executable\n"
				     : " and nothing forbids execution: the CPU has no NX\n"));
	give_back(test, area);
	run(test, "vmmap");
	KUNIT_EXPECT_STREQ(test, line_at((unsigned long)area), "");
}

static void vmmap_shows_guard_pages(struct kunit *test)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "     4 KiB ---  guard page of the stack of %s[%d]\n",
		 current->comm, current->pid);
	KUNIT_EXPECT_EQ(test, run(test, "vmmap"), 0);
	KUNIT_EXPECT_TRUE(test, says((char *)current->stack - PAGE_SIZE, expected));
	KUNIT_EXPECT_TRUE(test, printed("guard page of the IRQ stack of CPU 0\n"));
}

static void vmmap_names_violations(struct kunit *test)
{
	char *area = pages_of(test, 1);
	pte_t *pte = virt_to_kpte((unsigned long)area);
	pte_t before = *pte;

	if (!boot_cpu_has(X86_FEATURE_NX))
		kunit_skip(test, "without NX all is executable");
	set_pte_atomic(pte, __pte(pte_val(before) & ~_PAGE_NX));
	run(test, "vmmap");
	set_pte_atomic(pte, before);
	KUNIT_EXPECT_TRUE(test, says(area, "     4 KiB rwx  vmalloc  W^X VIOLATION\n"));
	KUNIT_EXPECT_TRUE(test, printed(" mapped, writable and executable: 1\n"));
	/* On the CPU the entry may be known as it was. */
	flush_tlb_kernel_range((unsigned long)area, (unsigned long)area + PAGE_SIZE);
}

/* --- alloc vmalloc, alloc kvmalloc ---------------------------------------------------------- */

static void *handle_address(void)
{
	return (void *)(unsigned long)number_after(capture.text, "virt ");
}

static void alloc_vmalloc_takes_and_free_gives_back(struct kunit *test)
{
	char *area;

	KUNIT_ASSERT_EQ(test, run(test, "alloc vmalloc 10000 GFP_KERNEL|__GFP_ZERO"), 0);
	KUNIT_EXPECT_TRUE(test, printed(", 10000 bytes of 12288, 3 pages by vmalloc, GFP_KERNEL|"));
	area = handle_address();
	KUNIT_ASSERT_TRUE(test, is_vmalloc_addr(area));
	KUNIT_EXPECT_NULL(test, memchr_inv(area, 0, 12288));
	KUNIT_EXPECT_EQ(test, find_vm_area(area)->nr_pages, 3);
	KUNIT_EXPECT_EQ(test, handle_of_object(area), handle_number());
	KUNIT_EXPECT_EQ(test, run(test, "handles --json"), 0);
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "usable_bytes"), 12288);
	KUNIT_EXPECT_EQ(test, runf(test, "free %u", handle_of_object(area)), 0);
	KUNIT_EXPECT_TRUE(test, printed(" to vmalloc\n"));
	KUNIT_EXPECT_NULL(test, find_vm_area(area));
	KUNIT_ASSERT_EQ(test, run(test, "alloc vmalloc 1"), 0);
	KUNIT_EXPECT_TRUE(test, printed(", 1 byte of 4096, 1 page by vmalloc, GFP_KERNEL\n"));
	KUNIT_EXPECT_EQ(test, run(test, "free all"), 0);
	KUNIT_EXPECT_TRUE(test, printed("gave back 1 handle, 0 pages, 1 object, "));
}

static void alloc_vmalloc_says_why_not(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run(test, "alloc vmalloc 4000M"), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, printed("refused: 4194304000 bytes, GFP_KERNEL\n"));
	KUNIT_EXPECT_EQ(test, runf(test, "alloc vmalloc %lu", totalram_pages() << PAGE_SHIFT),
			-ENOMEM);
	KUNIT_EXPECT_TRUE(test, printed(" one by one; ") || printed("no hole is large enough"));
	KUNIT_EXPECT_EQ(test, run(test, "alloc vmalloc 4096 GFP_ATOMIC"), -EINVAL);
	KUNIT_EXPECT_TRUE(test, printed("vmalloc sleeps"));
	KUNIT_EXPECT_EQ(test, run(test, "in hardirq alloc vmalloc 4096"), -EINVAL);
	KUNIT_EXPECT_TRUE(test, printed("vmalloc sleeps"));
}
/* kmalloc() serves what it can; what is more vmalloc() does, if that may sleep. */
static void alloc_kvmalloc_takes_either(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, run(test, "alloc kvmalloc 16000 GFP_KERNEL"), 0);
	KUNIT_EXPECT_TRUE(test, printed(", 16000 bytes of 16384, order 2 (4 pages), GFP_KERNEL\n"));
	KUNIT_EXPECT_EQ(test, run(test, "free all"), 0);
	KUNIT_EXPECT_EQ(test, run(test, "alloc kvmalloc 5000000 GFP_NOWAIT"), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, printed("refused: 5000000 bytes, GFP_NOWAIT\n"));
	KUNIT_EXPECT_TRUE(test,
			  printed("keep vmalloc out, which sleeps, and kmalloc gives no more"));
	KUNIT_EXPECT_EQ(test, run(test, "in hardirq alloc kvmalloc 5000 GFP_KERNEL"), -EINVAL);
	KUNIT_EXPECT_TRUE(test, printed("let kvmalloc sleep"));
	if (totalram_pages() < 3 * 5000000 / PAGE_SIZE)
		return;
	KUNIT_ASSERT_EQ(test, run(test, "alloc kvmalloc 5000000 GFP_KERNEL"), 0);
	KUNIT_EXPECT_TRUE(test, printed(", 5000000 bytes of 5001216, 1221 pages by vmalloc, "));
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(handle_address()));
	KUNIT_EXPECT_EQ(test, run(test, "free all"), 0);
	KUNIT_EXPECT_TRUE(test, printed("gave back 1 handle, 0 pages, 1 object, "));
}

/* --- map vm --------------------------------------------------------------------------------- */

/* Room for three pages, of which the middle one is freed: two areas with a lazy one in between. */
static void map_vm_draws_areas(struct kunit *test)
{
	char *area[3];
	unsigned long row;

	vm_unmap_aliases();
	area[0] = pages_of(test, 2);
	area[1] = pages_of(test, 1);
	area[2] = pages_of(test, 3);
	if (area[1] != area[0] + 3 * PAGE_SIZE || area[2] != area[1] + 2 * PAGE_SIZE)
		kunit_skip(test, "the window is in pieces");
	give_back(test, area[1]);
	row = VMALLOC_START + round_down((unsigned long)area[0] - VMALLOC_START, 64 * PAGE_SIZE);
	if ((unsigned long)area[2] + 4 * PAGE_SIZE > row + 64 * PAGE_SIZE)
		kunit_skip(test, "the areas are in two rows");
	KUNIT_EXPECT_EQ(test, runf(test, "map vm 0x%px", area[0]), 0);
	KUNIT_EXPECT_TRUE(test, printed("##gll###g"));
	KUNIT_EXPECT_TRUE(test, printed("a cell is 4 KiB: "));
}

static void map_vm_cells_add_up(struct kunit *test)
{
	char *area = pages_of(test, 5);
	unsigned long sums[4] = {};
	const char *line;

	KUNIT_EXPECT_EQ(test, runf(test, "map vm 0x%px 256 --json", area), 0);
	for (line = capture.text; *line == '{' && strchr(line, '\n');
	     line = strchr(line, '\n') + 1) {
		sums[0] += json_field(line, "free_pages");
		sums[1] += json_field(line, "lazy_pages");
		sums[2] += json_field(line, "mapped_pages");
		sums[3] += json_field(line, "unmapped_pages");
	}
	KUNIT_EXPECT_GE(test, sums[2], 5);
	KUNIT_EXPECT_GE(test, sums[3], 1);
	if (!*line)
		KUNIT_EXPECT_EQ(test, sums[0] + sums[1] + sums[2] + sums[3],
				VMALLOC_TOTAL >> PAGE_SHIFT);
}

/* --- whatis, page, meminfo ------------------------------------------------------------------ */

static void expect_whatis(struct kunit *test, const void *address, const char *expected)
{
	KUNIT_EXPECT_EQ(test, runf(test, "whatis 0x%px", address), 0);
	KUNIT_EXPECT_TRUE_MSG(test, printed(expected), "%s in %s", expected, capture.text);
}

static void whatis_knows_the_window(struct kunit *test)
{
	char *area = pages_of(test, 3), text[80];

	vm_unmap_aliases();
	snprintf(text, sizeof(text), ": vmalloc area 0x%px + 0x1005, page 1 of 3 pages\n", area);
	expect_whatis(test, area + 0x1005, text);
	KUNIT_EXPECT_TRUE(test, printed("  taken by pages_of+0x"));
	snprintf(text, sizeof(text),
		 "  a mapping of pfn %lu + 0x5, in use: page 1 of the vmalloc "
		 "area 0x%px\n",
		 vmalloc_to_pfn(area + 0x1000), area);
	KUNIT_EXPECT_TRUE_MSG(test, printed(text), "%s in %s", text, capture.text);
	snprintf(text, sizeof(text), ": guard page of the vmalloc area 0x%px of 3 pages: ", area);
	expect_whatis(test, area + 3 * PAGE_SIZE, text);
	KUNIT_EXPECT_EQ(test, runf(test, "page 0x%px", vmalloc_to_page(area)), 0);
	snprintf(text, sizeof(text), "in use: page 0 of the vmalloc area 0x%px\n", area);
	KUNIT_EXPECT_TRUE(test, printed(text));

	give_back(test, area);
	expect_whatis(test, area, ": lazily unmapped, 0x");
	vm_unmap_aliases();
	expect_whatis(test, area, ": free: in a hole of the vmalloc window, 0x");
	KUNIT_EXPECT_EQ(test, runf(test, "in hardirq whatis 0x%px", area), 0);
	KUNIT_EXPECT_TRUE(test, printed("cannot be looked at with interrupts off"));
}

static void whatis_knows_slots(struct kunit *test)
{
	unsigned int slot = FIX_KMAP_BEGIN + 3 * KM_MAX_IDX + 2;

	expect_whatis(test, (void *)fix_to_virt(slot),
		      ": fixmap: kmap_local slot 2 of CPU 3, not mapped; ");
	expect_whatis(test, (void *)(fix_to_virt(FIX_IO_APIC_BASE_0) + 8),
		      ": fixmap: registers of IO-APIC 0, ");
	expect_whatis(test, (void *)(PKMAP_BASE + 5 * PAGE_SIZE + 3), ": kmap slot 5, ");
	expect_whatis(test, (char *)high_memory + PAGE_SIZE, ": gap behind lowmem: not mapped");
}

static void whatis_knows_percpu_memory(struct kunit *test)
{
	long *piece = alloc_percpu(long);
	char text[80];
	int cpu;

	KUNIT_ASSERT_NOT_NULL(test, piece);
	for_each_online_cpu(cpu) {
		snprintf(text, sizeof(text), ": per-CPU variable of CPU %d: irq_stack_top + 0x1\n",
			 cpu);
		expect_whatis(test, (char *)per_cpu_ptr(&irq_stack_top, cpu) + 1, text);
		snprintf(text, sizeof(text),
			 ": per-CPU memory of CPU %d, of alloc_percpu(); CPU 0's is "
			 "at 0x%px\n",
			 cpu, piece);
		expect_whatis(test, per_cpu_ptr(piece, cpu), text);
	}
	free_percpu(piece);
}

static void meminfo_has_the_window(struct kunit *test)
{
	u64 used, tables;
	char *area;

	KUNIT_EXPECT_EQ(test, run(test, "meminfo --json"), 0);
	used = json_field(capture.text, "vmalloc_used_bytes");
	tables = json_field(capture.text, "page_tables_bytes");
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "vmalloc_total_bytes"), VMALLOC_TOTAL);
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "vmalloc_chunk_bytes"), largest_hole());
	area = pages_of(test, 7);
	KUNIT_EXPECT_EQ(test, run(test, "meminfo --json"), 0);
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "vmalloc_used_bytes"), used + 7 * PAGE_SIZE);
	KUNIT_EXPECT_GE(test, json_field(capture.text, "page_tables_bytes"), tables);
	give_back(test, area);
	KUNIT_EXPECT_EQ(test, run(test, "meminfo"), 0);
	KUNIT_EXPECT_EQ(test, number_after(capture.text, "\nVmallocUsed"), used >> 10);
}

/* --- nonsense ------------------------------------------------------------------------------- */

static const char *const nonsense[] = {
	"vmalloc 1",
	"vmalloc purge 1",
	"vmalloc -a",
	"vmmap c0000000",
	"vmmap everything",
	"alloc vmalloc",
	"alloc vmalloc 0",
	"alloc vmalloc -1",
	"alloc vmalloc lots",
	"alloc vmalloc 4G",
	"alloc vmalloc 4096 GFP_COLONEL",
	"alloc vmalloc 4096 GFP_NOWAIT",
	"alloc kvmalloc",
	"alloc kvmalloc 4096",
	"alloc kvmalloc 0 GFP_KERNEL",
	"alloc kvmalloc 2G GFP_KERNEL",
	"alloc kvmalloc 4096 GFP_HIGHUSER",
	"map vm all",
	"map vm 0",
	"map vm 0xc0000000",
	"map vm 0xffffffff",
	"map vm 0xffbfd000 0",
	"map vm 0xffbfd000 3",
	"map vm 0xffbfd000 512",
	"map vm 0xffbfd000 1 1",
};

static void nonsense_gets_a_sentence(struct kunit *test)
{
	expect_sentences(test, nonsense, ARRAY_SIZE(nonsense));
}

static int monitor_vmalloc_test_init(struct kunit *test)
{
	skip_if_handles_are_in_use(test);
	vm_unmap_aliases();
	rcu_barrier(); /* stacks of threads that have ended */
	return slab_test_init(test);
}

static void monitor_vmalloc_test_exit(struct kunit *test)
{
	vm_unmap_aliases();
	slab_test_exit(test);
}

// clang-format off
static struct kunit_case cases[] = {
	KUNIT_CASE_SLOW(vmalloc_lists_areas),
	KUNIT_CASE_SLOW(vmalloc_tells_kinds),
	KUNIT_CASE_SLOW(vmalloc_counts_lazy_areas),
	KUNIT_CASE_SLOW(vmalloc_sees_wrong_counters),
	KUNIT_CASE_SLOW(vmalloc_bounds_its_list),
	KUNIT_CASE(vmmap_shows_regions),
	KUNIT_CASE_SLOW(vmmap_shows_guard_pages),
	KUNIT_CASE(vmmap_names_violations),
	KUNIT_CASE(alloc_vmalloc_takes_and_free_gives_back),
	KUNIT_CASE_SLOW(alloc_vmalloc_says_why_not),
	KUNIT_CASE_SLOW(alloc_kvmalloc_takes_either),
	KUNIT_CASE(map_vm_draws_areas),
	KUNIT_CASE_SLOW(map_vm_cells_add_up),
	KUNIT_CASE_SLOW(whatis_knows_the_window),
	KUNIT_CASE(whatis_knows_slots),
	KUNIT_CASE(whatis_knows_percpu_memory),
	KUNIT_CASE_SLOW(meminfo_has_the_window),
	KUNIT_CASE(nonsense_gets_a_sentence),
	{},
};
// clang-format on

static struct kunit_suite suite = {
	.name = "mm_monitor_vmalloc",
	.init = monitor_vmalloc_test_init,
	.exit = monitor_vmalloc_test_exit,
	.test_cases = cases,
};
kunit_test_suite(suite);
