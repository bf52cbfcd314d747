// SPDX-License-Identifier: MIT
/* Addresses for a while: API.md P12, kmap_local_page() and what stands on it. */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/pgtable.h>
#include <linux/string.h>
#include <asm/fixmap.h>

#include "mm_test.h"

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
	KUNIT_EXPECT_EQ(test, preempt_count(), preempt);
	again = kmap_local_page(other);
	kunmap_local(again + 4095);
	KUNIT_EXPECT_PTR_EQ(test, again, address[0]);
}

/* The slot of the first mapping, while it is below another: no machine has to have highmem. */
static void api_P12_kmap_local_out_of_order(struct kunit *test)
{
	struct page *page = mm_take(GFP_KERNEL, 0);
	void *first = __kmap_local_highmem(page);

	__kmap_local_highmem(page);
	__kunmap_local_highmem(first);
}

static void api_P12_kmap_local_too_deep(struct kunit *test)
{
	struct page *page = mm_take(GFP_KERNEL, 0);
	int depth;

	for (depth = 0; depth <= KM_MAX_IDX; depth++)
		__kmap_local_highmem(page);
}

static void clear_and_copy(struct kunit *test)
{
	struct page *from = mm_take(GFP_HIGHUSER, 0), *to = mm_take(GFP_HIGHUSER, 0);
	void *address = kmap_local_page(from), *bad;

	memset(address, 0x42, PAGE_SIZE);
	kunmap_local(address);
	clear_highpage(to);
	address = kmap_local_page(to);
	bad = memchr_inv(address, 0, PAGE_SIZE);
	kunmap_local(address);
	KUNIT_EXPECT_NULL(test, bad);
	copy_highpage(to, from);
	address = kmap_local_page(to);
	bad = memchr_inv(address, 0x42, PAGE_SIZE);
	kunmap_local(address);
	KUNIT_EXPECT_NULL(test, bad);
}

static struct kunit_case highmem_cases[] = {
	KUNIT_CASE(api_P12_kmap_of_lowmem_is_its_address),
	KUNIT_CASE(api_P12_highmem_keeps_its_bytes),
	KUNIT_CASE(api_P12_kmap_local_is_a_stack),
	KUNIT_CASE_OOPS(api_P12_kmap_local_out_of_order, "kernel BUG at mm/highmem.c"),
	KUNIT_CASE_OOPS(api_P12_kmap_local_too_deep, "kernel BUG at mm/highmem.c"),
	KUNIT_CASE(clear_and_copy),
	{},
};

static struct kunit_suite highmem_suite = {
	.name = "highmem",
	.init = mm_test_init,
	.exit = mm_test_exit,
	.test_cases = highmem_cases,
};
kunit_test_suite(highmem_suite);
