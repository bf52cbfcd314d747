// SPDX-License-Identifier: MIT
/* vmalloc() and its likes: API.md V1 to V5 and V7. */
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <memkern/contexts.h>
#include <memkern/mm_check.h>

#include "../../mm/vmalloc.h"
#include "../kernel/threads.h"
#include "shortage.h"
#include "slab_test.h"

#define QUIETLY (GFP_KERNEL | __GFP_NOWARN)

static bool can_read(const void *address)
{
	char byte;

	return !copy_from_kernel_nofault(&byte, address, 1);
}

/* Pages that nobody has, the lazily held ones included. */
static unsigned long free_pages_now(void)
{
	slab_shrink_all();
	drain_all_pages(NULL);
	return mm_free_pages(NULL);
}

static unsigned long free_addresses(void)
{
	struct vmalloc_info info;

	vm_unmap_aliases();
	vmalloc_get_info(&info);
	return info.free;
}

static void fill_pages(unsigned char *p, unsigned int pages, unsigned int seed)
{
	unsigned int i;

	for (i = 0; i < pages; i++)
		memset(p + i * PAGE_SIZE, (seed + i) & 0xff, PAGE_SIZE);
}

static bool is_filled(const unsigned char *p, unsigned int pages, unsigned int seed)
{
	unsigned int i;

	for (i = 0; i < pages; i++)
		if (memchr_inv(p + i * PAGE_SIZE, (seed + i) & 0xff, PAGE_SIZE))
			return false;
	return true;
}

/* --- V1 ------------------------------------------------------------------------------- */

static void api_V1_gives_memory(struct kunit *test)
{
	static const unsigned int pages[] = { 1, 2, 15, 16, 17, 63, 64, 65, 100 };
	unsigned char *p[ARRAY_SIZE(pages)];
	unsigned int i, nr = mm_free_pages(NULL) < 1000 ? 5 : ARRAY_SIZE(pages);

	for (i = 0; i < nr; i++) {
		p[i] = vmalloc(pages[i] * PAGE_SIZE - i);
		KUNIT_ASSERT_NOT_NULL(test, p[i]);
		fill_pages(p[i], pages[i], 16 * i);
	}
	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_TRUE_MSG(test, is_filled(p[i], pages[i], 16 * i), "%u pages",
				      pages[i]);
		vfree(p[i]);
	}
}

/* Memory that was just used for something else. */
static void api_V1_zeroed(struct kunit *test)
{
	const size_t size = 20 * PAGE_SIZE;
	unsigned int i;

	for (i = 0; i < 6; i++) {
		void *dirty = vmalloc(2 * size), *p;

		KUNIT_ASSERT_NOT_NULL(test, dirty);
		memset(dirty, 0xee, 2 * size);
		vfree(dirty);
		p = i == 0   ? vzalloc(size)
		    : i == 1 ? vzalloc_node(size, NUMA_NO_NODE)
		    : i == 2 ? vmalloc_user(size)
		    : i == 3 ? vmalloc_32_user(size)
		    : i == 4 ? vcalloc(20, PAGE_SIZE)
			     : __vmalloc(size, GFP_KERNEL | __GFP_ZERO);
		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_NULL(test, memchr_inv(p, 0, size));
		KUNIT_EXPECT_EQ(test, !!(find_vm_area(p)->flags & VM_USERMAP), i == 2 || i == 3);
		vfree(p);
	}
}

static void api_V1_vmalloc_32_and_the_others(struct kunit *test)
{
	void *p[] = { vmalloc_32(3 * PAGE_SIZE), vmalloc_node(PAGE_SIZE, 0),
		      vmalloc_huge(5 * PAGE_SIZE, GFP_KERNEL), vmalloc_array(3, 1000),
		      __vmalloc(2 * PAGE_SIZE, GFP_KERNEL | __GFP_DMA) };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(p); i++) {
		KUNIT_ASSERT_NOT_NULL(test, p[i]);
		memset(p[i], 1, PAGE_SIZE);
	}
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_LT(test, vmalloc_to_pfn(p[0] + i * PAGE_SIZE), 1UL << 20);
	KUNIT_EXPECT_EQ(test, page_zonenum(vmalloc_to_page(p[4])), ZONE_DMA);
	KUNIT_EXPECT_NULL(test, vmalloc_array(1UL << 20, 1UL << 20));
	for (i = 0; i < ARRAY_SIZE(p); i++)
		vfree(p[i]);
}

static void api_V1_size_0(struct kunit *test)
{
	kunit_expect_report(test, "WARNING: at mm/vmalloc.c");
	KUNIT_EXPECT_NULL(test, vmalloc(0));
	KUNIT_EXPECT_NULL(test, __vmalloc(0, QUIETLY)); /* only once */
}

static void api_V1_exceeds_total_pages(struct kunit *test)
{
	unsigned long total = totalram_pages(), free;
	char text[80];

	if (total >= (1UL << (32 - PAGE_SHIFT)) - 1)
		kunit_skip(test, "no size is larger than memory");
	free = free_pages_now();
	scnprintf(text, sizeof(text), "vmalloc error: size %lu, exceeds total pages",
		  (total + 1) << PAGE_SHIFT);
	kunit_expect_report(test, text);
	KUNIT_EXPECT_NULL(test, vmalloc((total + 1) << PAGE_SHIFT));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1U);
	KUNIT_EXPECT_NULL(test, __vmalloc((total + 1) << PAGE_SHIFT, QUIETLY));
	KUNIT_EXPECT_EQ(test, free_pages_now(), free);
}

/* As Linux 6.12 has it. */
static void api_V1_vrealloc(struct kunit *test)
{
	unsigned char *p = vrealloc(NULL, 2 * PAGE_SIZE, GFP_KERNEL | __GFP_ZERO), *q;

	KUNIT_ASSERT_NOT_NULL(test, p);
	fill_pages(p, 2, 7);
	KUNIT_EXPECT_PTR_EQ(test, vrealloc(p, PAGE_SIZE + 1, GFP_KERNEL), (void *)p);
	KUNIT_EXPECT_TRUE(test, is_filled(p, 1, 7) && p[PAGE_SIZE] == 8);
	/* What is given up is zero, so that it is when it comes back. */
	KUNIT_EXPECT_PTR_EQ(test, vrealloc(p, PAGE_SIZE, GFP_KERNEL | __GFP_ZERO), (void *)p);
	KUNIT_EXPECT_NULL(test, memchr_inv(p + PAGE_SIZE, 0, PAGE_SIZE));
	q = vrealloc(p, 40 * PAGE_SIZE, GFP_KERNEL | __GFP_ZERO);
	KUNIT_ASSERT_NOT_NULL(test, q);
	KUNIT_EXPECT_TRUE(test, is_filled(q, 1, 7));
	KUNIT_EXPECT_NULL(test, memchr_inv(q + PAGE_SIZE, 0, 39 * PAGE_SIZE));
	KUNIT_EXPECT_NULL(test, find_vm_area(p));
	/* What fails leaves it as it is. */
	KUNIT_EXPECT_NULL(test, vrealloc(q, VMALLOC_END - VMALLOC_START, QUIETLY));
	kunit_expect_report(test, "Trying to vrealloc() nonexistent vm area");
	KUNIT_EXPECT_NULL(test, vrealloc(q + PAGE_SIZE, 50 * PAGE_SIZE, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, is_filled(q, 1, 7));
	KUNIT_EXPECT_NULL(test, vrealloc(q, 0, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, find_vm_area(q));
	kunit_expect_report(test, "Trying to vrealloc() nonexistent vm area");
	KUNIT_EXPECT_NULL(test, vrealloc(q, PAGE_SIZE, GFP_KERNEL));
}

/* --- V2 ------------------------------------------------------------------------------- */

static void api_V2_in_the_window(struct kunit *test)
{
	char *p = vmalloc(3 * PAGE_SIZE - 5);
	const struct vm_struct *area = find_vm_area(p);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(p));
	KUNIT_EXPECT_GE(test, (unsigned long)p, VMALLOC_START);
	KUNIT_EXPECT_LE(test, (unsigned long)p + 4 * PAGE_SIZE, VMALLOC_END);
	KUNIT_EXPECT_EQ(test, VMALLOC_START, (unsigned long)high_memory + (8UL << 20));
	KUNIT_EXPECT_FALSE(test, can_read(high_memory));
	KUNIT_EXPECT_EQ(test, area->size, 4 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, get_vm_area_size(area), (size_t)(3 * PAGE_SIZE));
	KUNIT_EXPECT_PTR_EQ(test, area->addr, (void *)p);
	vfree(p);
}

static void api_V2_guard_page(struct kunit *test)
{
	char *p[3];
	unsigned int i;

	for (i = 0; i < 3; i++)
		p[i] = vmalloc((i + 1) * PAGE_SIZE);
	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_NOT_NULL(test, p[i]);
		KUNIT_EXPECT_TRUE(test, can_read(p[i] + (i + 1) * PAGE_SIZE - 1));
		KUNIT_EXPECT_FALSE(test, can_read(p[i] + (i + 1) * PAGE_SIZE));
		KUNIT_EXPECT_FALSE(test, can_read(p[i] + (i + 2) * PAGE_SIZE - 1));
		vfree(p[i]);
	}
}

/* Who has none has as many pages as others. */
static void api_V2_no_guard_page(struct kunit *test)
{
	unsigned long before;
	void *p;

	rcu_barrier();
	flush_scheduled_work();
	before = vmalloc_nr_pages();
	p = __vmalloc_node_range(3 * PAGE_SIZE, 1, VMALLOC_START, VMALLOC_END, GFP_KERNEL,
				 PAGE_KERNEL, VM_NO_GUARD, NUMA_NO_NODE, NULL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, find_vm_area(p)->size, 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, vmalloc_nr_pages(), before + 3);
	mm_problems_forget();
	KUNIT_EXPECT_EQ(test, vmalloc_check(), 0);
	vfree(p);
	KUNIT_EXPECT_EQ(test, vmalloc_nr_pages(), before);
}

static void api_V2_an_overrun_faults(struct kunit *test)
{
	volatile char *p = vmalloc(100);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p[PAGE_SIZE] = 1;
}

/* --- V3 ------------------------------------------------------------------------------- */

static void api_V3_pages_from_highmem(struct kunit *test)
{
	struct zone *highmem = mm_zone(ZONE_HIGHMEM);
	void *p;

	if (zone_managed_pages(highmem) < 256 ||
	    highmem->nr_free_pages < low_wmark_pages(highmem) + 128)
		kunit_skip(test, "too little highmem");
	p = vmalloc(8 * PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, PageHighMem(vmalloc_to_page(p)));
	KUNIT_EXPECT_TRUE(test, PageHighMem(vmalloc_to_page(p + 7 * PAGE_SIZE)));
	vfree(p);
	p = __vmalloc(PAGE_SIZE, GFP_KERNEL | GFP_DMA32);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_FALSE(test, PageHighMem(vmalloc_to_page(p)));
	vfree(p);
}

static void api_V3_vmalloc_to_page(struct kunit *test)
{
	char *p = vmalloc(5 * PAGE_SIZE);
	struct vm_struct *area = find_vm_area(p);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(p));
	KUNIT_EXPECT_FALSE(test, is_vmalloc_addr(test));
	KUNIT_ASSERT_EQ(test, area->nr_pages, 5U);
	for (i = 0; i < 5; i++) {
		struct page *page = vmalloc_to_page(p + i * PAGE_SIZE + 123);

		KUNIT_EXPECT_PTR_EQ(test, page, area->pages[i]);
		KUNIT_EXPECT_EQ(test, vmalloc_to_pfn(p + i * PAGE_SIZE), page_to_pfn(page));
		KUNIT_EXPECT_EQ(test, page_count(page), 1);
		if (PageHighMem(page))
			continue;
		/* The two addresses of it are of the same bytes. */
		p[i * PAGE_SIZE + 7] = 0x30 + i;
		KUNIT_EXPECT_EQ(test, ((char *)page_address(page))[7], 0x30 + (int)i);
	}
	KUNIT_EXPECT_NULL(test, vmalloc_to_page(p + 5 * PAGE_SIZE));
	vfree(p);
	KUNIT_EXPECT_NULL(test, vmalloc_to_page(p));
}

/* --- V4 ------------------------------------------------------------------------------- */

static void api_V4_flags(struct kunit *test)
{
	static const gfp_t flags[] = { GFP_KERNEL,
				       GFP_NOFS,
				       GFP_NOIO,
				       GFP_USER,
				       GFP_KERNEL_ACCOUNT,
				       GFP_KERNEL | __GFP_NOFAIL,
				       GFP_KERNEL | __GFP_ZERO,
				       GFP_KERNEL | __GFP_NORETRY,
				       GFP_KERNEL | __GFP_RETRY_MAYFAIL,
				       GFP_HIGHUSER,
				       GFP_KERNEL | __GFP_NOWARN };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		void *p = __vmalloc(18 * PAGE_SIZE, flags[i]);

		KUNIT_EXPECT_NOT_NULL_MSG(test, p, "%#x", flags[i]);
		vfree(p);
	}
}

static void api_V4_must_be_allowed_to_sleep(struct kunit *test)
{
	kunit_expect_report(test, "do not allow to sleep");
	KUNIT_EXPECT_NULL(test, __vmalloc(PAGE_SIZE, GFP_ATOMIC));
	KUNIT_EXPECT_NULL(test, __vmalloc(PAGE_SIZE, GFP_NOWAIT)); /* only once */
}

static void vmalloc_there(void *unused)
{
	vmalloc(PAGE_SIZE);
}

static void api_V4_not_in_an_interrupt(struct kunit *test)
{
	run_in_context(CONTEXT_HARDIRQ, vmalloc_there, NULL);
}

static void vmalloc_to(void *p)
{
	*(void **)p = vmalloc(PAGE_SIZE);
}

static void vunmap_there(void *p)
{
	vunmap(p);
}

/* The address; then what was found. */
static void find_there(void *p)
{
	*(const void **)p = find_vm_area(*(const void **)p);
}

/* Whoever has the lock may wait for this CPU: with others it is not taken. */
static void api_X1_with_interrupts_off(struct kunit *test)
{
	const bool alone = num_online_cpus() == 1;
	struct vm_struct *area = get_vm_area(PAGE_SIZE, VM_MAP);
	void *p = NULL;
	void *address, *found;

	KUNIT_ASSERT_NOT_NULL(test, area);
	address = found = area->addr;
	kunit_expect_report(test, "BUG: sleeping function called from invalid context at mm/v");
	run_in_context(CONTEXT_IRQS_OFF, vmalloc_to, &p);
	KUNIT_EXPECT_EQ(test, !!p, alone);
	vfree(p);
	kunit_expect_report(test, "WARNING: at mm/vmap_area.c");
	run_in_context(CONTEXT_IRQS_OFF, find_there, &found);
	KUNIT_EXPECT_NULL(test, found);
	kunit_expect_report(test, "BUG: sleeping function called from invalid context at mm/v");
	run_in_context(CONTEXT_IRQS_OFF, vunmap_there, address);
	KUNIT_EXPECT_EQ(test, !find_vm_area(address), alone);
	if (!alone)
		vunmap(address);
}

/* --- V5 ------------------------------------------------------------------------------- */

static void api_V5_null(struct kunit *test)
{
	vfree(NULL);
	vfree_atomic(NULL);
	vunmap(NULL);
}

static void api_V5_bad_address(struct kunit *test)
{
	char *p = vmalloc(2 * PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, p);
	kunit_expect_report(test, "Trying to vfree() bad address");
	vfree(p + 8);
	kunit_expect_report(test, "Trying to vfree() nonexistent vm area");
	vfree(p + PAGE_SIZE);
	KUNIT_EXPECT_TRUE(test, can_read(p));
	vfree(p);
}

static void api_V5_twice(struct kunit *test)
{
	void *p = vmalloc(PAGE_SIZE);

	vfree(p);
	kunit_expect_report(test, "Trying to vfree() nonexistent vm area");
	vfree(p);
	vm_unmap_aliases();
	kunit_expect_report(test, "Trying to vfree() nonexistent vm area");
	vfree(p);
	kunit_expect_report(test, "Trying to vfree() nonexistent vm area");
	vunmap((void *)(VMALLOC_END - PAGE_SIZE));
}

static void api_V5_faults_after_vfree(struct kunit *test)
{
	char *p = vmalloc(4 * PAGE_SIZE);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_TRUE(test, can_read(p + i * PAGE_SIZE));
	vfree(p);
	vm_unmap_aliases();
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_FALSE(test, can_read(p + i * PAGE_SIZE));
}

static void free_there(void *p)
{
	vfree(p);
}

static void api_V5_deferred_in_interrupts(struct kunit *test)
{
	static const enum context contexts[] = { CONTEXT_HARDIRQ, CONTEXT_TASKLET, CONTEXT_TIMER,
						 CONTEXT_BH_OFF };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(contexts); i++) {
		void *p = vmalloc(3 * PAGE_SIZE), *q = vmalloc(PAGE_SIZE);

		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_ASSERT_NOT_NULL(test, q);
		KUNIT_ASSERT_EQ(test, run_in_context(contexts[i], free_there, p), 0);
		vfree_atomic(q);
		flush_scheduled_work();
		KUNIT_EXPECT_TRUE(test, eventually(!find_vm_area(p) && !find_vm_area(q)));
	}
}

static void api_V5_not_in_an_nmi(struct kunit *test)
{
	void *p = vmalloc(PAGE_SIZE);

	preempt_count_add(NMI_OFFSET);
	vfree(p);
}

/* Until lazy_max the addresses are not given out again; beyond it they are. */
static void api_V5_lazily(struct kunit *test)
{
	struct vmalloc_info info, before;
	unsigned long freed = 0;
	char *p;

	/* Whatever was still to be freed. */
	rcu_barrier();
	flush_scheduled_work();
	vm_unmap_aliases();
	vmalloc_get_info(&before);
	while (freed <= before.lazy_max) {
		p = vmalloc(PAGE_SIZE);
		KUNIT_ASSERT_NOT_NULL(test, p);
		vmalloc_get_info(&info);
		KUNIT_ASSERT_EQ(test, info.lazy, freed);
		KUNIT_ASSERT_EQ(test, info.purges, before.purges);
		vfree(p);
		freed += 2 * PAGE_SIZE;
		/* Not page by page all of the way. */
		if (freed + (64 << PAGE_SHIFT) < before.lazy_max) {
			struct vm_struct *area = get_vm_area(62 << PAGE_SHIFT, VM_MAP);

			KUNIT_ASSERT_NOT_NULL(test, area);
			freed += area->size;
			free_vm_area(area);
		}
	}
	vmalloc_get_info(&info);
	KUNIT_EXPECT_GT(test, info.purges, before.purges);
	KUNIT_EXPECT_EQ(test, info.lazy, 0UL);
	KUNIT_EXPECT_EQ(test, info.free, before.free);
}

/* --- V7 ------------------------------------------------------------------------------- */

static void api_V7_align(struct kunit *test)
{
	unsigned long align;
	void *p;

	for (align = 1; align; align <<= 1) {
		p = __vmalloc_node(PAGE_SIZE, align, QUIETLY, NUMA_NO_NODE, NULL);
		if (align <= 4UL << 20)
			KUNIT_EXPECT_NOT_NULL_MSG(test, p, "%#lx", align);
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)p, align));
		vfree(p);
	}
	KUNIT_EXPECT_NULL(test, p); /* 2^31 */
	KUNIT_EXPECT_NULL(test, __vmalloc_node(PAGE_SIZE, 3 * PAGE_SIZE, QUIETLY, 0, NULL));
	kunit_expect_report(test, "vmalloc error: size 4096, vm_struct allocation failed");
	KUNIT_EXPECT_NULL(test, __vmalloc_node(PAGE_SIZE, 5000, GFP_KERNEL, 0, NULL));
}

/* With one page more each time, until it works: each refusal leaves what there was. */
static void api_V7_what_fails_leaves_nothing(struct kunit *test)
{
	const unsigned long size = 40 * PAGE_SIZE;
	unsigned long pages, addresses = free_addresses();
	bool worked = false;

	if (mm_touches_bytes() && totalram_pages() > 65536)
		kunit_skip(test, "to fill memory so often takes long");

	for (pages = 0; pages <= 64 && !worked; pages++) {
		unsigned long before;
		void *p;

		shortage_begin(pages);
		before = free_pages_now();
		p = __vmalloc(size, QUIETLY | GFP_DMA32);
		worked = p;
		if (p)
			memset(p, 0x77, size);
		vfree(p);
		KUNIT_EXPECT_EQ_MSG(test, free_pages_now(), before, "of %lu pages", pages);
		KUNIT_EXPECT_EQ(test, free_addresses(), addresses);
		shortage_end();
	}
	KUNIT_EXPECT_TRUE(test, worked);
	KUNIT_EXPECT_GT(test, pages, 40UL);
}

static void api_V7_reports_failure(struct kunit *test)
{
	shortage_begin(20);
	kunit_expect_report(test,
			    "vmalloc error: size 163840, page order 0, failed to allocate pages");
	KUNIT_EXPECT_NULL(test, vmalloc_32(40 * PAGE_SIZE));
	shortage_end();
}

/* Bytes that one area could have now, with its guard page. */
static unsigned long largest_hole(void)
{
	struct vmalloc_info info;

	vmalloc_get_info(&info);
	return info.largest_free;
}

#define HOLES_MOST 64

static void api_V7_no_addresses(struct kunit *test)
{
	unsigned long before = free_addresses(), left;
	struct vm_struct *taken[HOLES_MOST];
	unsigned int nr = 0;
	void *p;

	/* Of each hole a page stays, or two. */
	while (largest_hole() >= 3 * PAGE_SIZE) {
		KUNIT_ASSERT_LT(test, nr, (unsigned int)HOLES_MOST);
		taken[nr] = get_vm_area(largest_hole() - 2 * PAGE_SIZE, VM_MAP);
		KUNIT_ASSERT_NOT_NULL(test, taken[nr++]);
	}
	left = free_addresses();
	KUNIT_EXPECT_NULL(test, get_vm_area(2 * PAGE_SIZE, VM_MAP));
	kunit_expect_report(test, "vmalloc error: size 8192, vm_struct allocation failed");
	KUNIT_EXPECT_NULL(test, vmalloc(2 * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, free_addresses(), left);
	free_vm_area(taken[0]);
	/* There is room only when the lazy area is purged. */
	p = vmalloc(2 * PAGE_SIZE);
	KUNIT_EXPECT_NOT_NULL(test, p);
	vfree(p);
	while (--nr)
		free_vm_area(taken[nr]);
	KUNIT_EXPECT_EQ(test, free_addresses(), before);
}

/* --- much, and at once ------------------------------------------------------------------ */

#define LIVE_AREAS 15000

static void live_areas_fit(struct kunit *test)
{
	struct vmalloc_info info;
	void **p;
	unsigned int i;

	vmalloc_get_info(&info);
	if (info.free < LIVE_AREAS * 2 * PAGE_SIZE || mm_free_pages(NULL) < 2 * LIVE_AREAS)
		kunit_skip(test, "too little room: boot with vmalloc=384M and 1024 MiB");
	p = vzalloc(LIVE_AREAS * sizeof(*p));
	KUNIT_ASSERT_NOT_NULL(test, p);
	for (i = 0; i < LIVE_AREAS; i++) {
		p[i] = vmalloc(PAGE_SIZE);
		if (!p[i])
			break;
		*(unsigned int *)p[i] = i;
	}
	KUNIT_EXPECT_EQ(test, i, (unsigned int)LIVE_AREAS);
	KUNIT_EXPECT_EQ(test, mm_check(), 0);
	while (i--) {
		KUNIT_EXPECT_EQ(test, *(unsigned int *)p[i], i);
		vfree(p[i]);
	}
	vfree(p);
}

static void large_areas_fit(struct kunit *test)
{
	const unsigned long size = 64UL << 20;
	struct vmalloc_info info;
	unsigned char *p[4];
	unsigned int i, j;

	vmalloc_get_info(&info);
	if (info.largest_free < 4 * (size + PAGE_SIZE) ||
	    mm_free_pages(NULL) < 5 * (size >> PAGE_SHIFT))
		kunit_skip(test, "too little room: boot with vmalloc=384M and 1024 MiB");
	for (i = 0; i < 4; i++) {
		p[i] = vmalloc(size);
		KUNIT_ASSERT_NOT_NULL(test, p[i]);
		for (j = 0; j < size; j += PAGE_SIZE)
			*(unsigned long *)(p[i] + j) = (unsigned long)p[i] + j;
	}
	KUNIT_EXPECT_EQ(test, mm_check(), 0);
	for (i = 0; i < 4; i++) {
		for (j = 0; j < size; j += PAGE_SIZE)
			if (*(unsigned long *)(p[i] + j) != (unsigned long)p[i] + j)
				break;
		KUNIT_EXPECT_EQ(test, j, size);
		vfree(p[i]);
	}
}

/* Each thread has some areas; what it finds in them is what it left there. */
struct worker {
	unsigned int seed, wrong, refused, rounds;
	unsigned char *area[8];
	unsigned int pages[8];
};

static int work(void *data)
{
	struct worker *worker = data;
	unsigned int i, round;

	for (round = 0; round < worker->rounds; round++) {
		worker->seed = worker->seed * 1103515245 + 12345;
		i = (worker->seed >> 16) % 8;
		if (worker->area[i]) {
			worker->wrong +=
				!is_filled(worker->area[i], worker->pages[i], i + worker->rounds);
			vfree(worker->area[i]);
			worker->area[i] = NULL;
			continue;
		}
		worker->pages[i] = 1 + (worker->seed >> 20) % 20;
		worker->area[i] = __vmalloc(worker->pages[i] * PAGE_SIZE, QUIETLY);
		if (worker->area[i])
			fill_pages(worker->area[i], worker->pages[i], i + worker->rounds);
		else
			worker->refused++;
		if (round % 64 == 63)
			vm_unmap_aliases();
	}
	for (i = 0; i < 8; i++)
		vfree(worker->area[i]);
	return 0;
}

static void all_cpus_at_once(struct kunit *test)
{
	struct task_struct *task[NR_CPUS];
	struct worker *workers[NR_CPUS];
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		workers[cpu] = zeroed(test, struct worker);
		workers[cpu]->seed = cpu + 1;
		workers[cpu]->rounds = kunit_runs_quick() ? 100 : 3000 / num_online_cpus();
		task[cpu] = start_thread_on(test, cpu, work, workers[cpu]);
	}
	for_each_online_cpu(cpu) {
		wait_until_ended(task[cpu]);
		KUNIT_EXPECT_EQ(test, workers[cpu]->wrong, 0U);
		if (totalram_pages() > 4096)
			KUNIT_EXPECT_EQ(test, workers[cpu]->refused, 0U);
	}
}

static int allocate_and_free(void *unused)
{
	while (!kthread_should_stop())
		vfree(__vmalloc(PAGE_SIZE, QUIETLY));
	return 0;
}

/* There is always something more to purge, but never enough. */
static void api_V7_in_vain_beside_others(struct kunit *test)
{
	struct vmalloc_info info;
	unsigned int cpu, round;
	void *p;

	if (num_online_cpus() == 1)
		kunit_skip(test, "one CPU");
	p = vmalloc(PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, p);
	vfree(vmalloc(PAGE_SIZE)); /* lazy: a purge would find something */
	vmalloc_get_info(&info);
	KUNIT_EXPECT_NULL(test, get_vm_area(VMALLOC_TOTAL, VM_MAP));
	KUNIT_EXPECT_EQ(test, READ_ONCE(vmap_stats.purges), info.purges);
	for_each_online_cpu(cpu)
		if (cpu && cpu < 4)
			start_thread_on(test, cpu, allocate_and_free, NULL);
	for (round = 0; round < 5; round++) {
		KUNIT_EXPECT_NULL(test, get_vm_area(VMALLOC_TOTAL - PAGE_SIZE, VM_MAP));
		KUNIT_EXPECT_NULL(test, get_vm_area(VMALLOC_TOTAL, VM_MAP));
	}
	vfree(p);
}

static struct kunit_case vmalloc_cases[] = {
	KUNIT_CASE(api_V1_gives_memory),
	KUNIT_CASE(api_V1_zeroed),
	KUNIT_CASE(api_V1_vmalloc_32_and_the_others),
	KUNIT_CASE(api_V1_size_0),
	KUNIT_CASE(api_V1_exceeds_total_pages),
	KUNIT_CASE(api_V1_vrealloc),
	KUNIT_CASE(api_V2_in_the_window),
	KUNIT_CASE(api_V2_guard_page),
	KUNIT_CASE_OOPS(api_V2_an_overrun_faults, "BUG: unable to handle page fault for address"),
	KUNIT_CASE(api_V3_pages_from_highmem),
	KUNIT_CASE(api_V3_vmalloc_to_page),
	KUNIT_CASE(api_V4_flags),
	KUNIT_CASE(api_V4_must_be_allowed_to_sleep),
	KUNIT_CASE_OOPS(api_V4_not_in_an_interrupt, "kernel BUG at mm/vmalloc.c"),
	KUNIT_CASE(api_V5_null),
	KUNIT_CASE(api_V5_bad_address),
	KUNIT_CASE(api_V5_twice),
	KUNIT_CASE(api_V5_faults_after_vfree),
	KUNIT_CASE_OOPS(api_V5_not_in_an_nmi, "kernel BUG at mm/vmalloc.c"),
	KUNIT_CASE(api_V5_lazily),
	KUNIT_CASE(api_V7_align),
	KUNIT_CASE_SLOW(api_V7_what_fails_leaves_nothing),
	KUNIT_CASE(api_V7_reports_failure),
	KUNIT_CASE_SLOW(live_areas_fit),
	KUNIT_CASE_SLOW(large_areas_fit),
	{},
};

/*
 * Here pages are counted, no more: threads come and go, and which pages stay in use for them may
 * change. A worker's first stack is no loss either.
 */
static int counted_init(struct kunit *test)
{
	vfree_atomic(vmalloc(PAGE_SIZE));
	run_in_context(CONTEXT_THREAD, free_there, NULL);
	return slab_count_init(test);
}

static struct kunit_case vmalloc_counted_cases[] = {
	KUNIT_CASE(api_V5_deferred_in_interrupts), KUNIT_CASE(api_X1_with_interrupts_off),
	KUNIT_CASE(api_V2_no_guard_page),	   KUNIT_CASE(all_cpus_at_once),
	KUNIT_CASE(api_V7_in_vain_beside_others),  {},
};

static struct kunit_suite vmalloc_suite = {
	.name = "vmalloc",
	.init = shortage_init,
	.exit = shortage_exit,
	.test_cases = vmalloc_cases,
};

static struct kunit_suite vmalloc_counted_suite = {
	.name = "vmalloc_counted",
	.init = counted_init,
	.exit = slab_count_exit,
	.test_cases = vmalloc_counted_cases,
};
/* Afterwards other objects stand for what is free: of memory no more than mm_check() is asked. */
static struct kunit_case vmalloc_window_cases[] = {
	KUNIT_CASE(api_V7_no_addresses),
	{},
};

static struct kunit_suite vmalloc_window_suite = {
	.name = "vmalloc_window",
	.test_cases = vmalloc_window_cases,
};
kunit_test_suites(&vmalloc_suite, &vmalloc_counted_suite, &vmalloc_window_suite);
