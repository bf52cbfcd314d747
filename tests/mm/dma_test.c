// SPDX-License-Identifier: MIT
/* Memory for devices: API.md D1 to D4, and what L6 says of linux/dma-mapping.h. */
#include <linux/highmem.h>
#include <linux/platform_device.h>
#include <linux/vmalloc.h>
#include <memkern/contexts.h>

#include "dma_test.h"

static u64 last_page_of_ram(void)
{
	return (u64)(max_pfn - 1) << PAGE_SHIFT;
}

/* --- D1: masks ---------------------------------------------------------------------------------- */

static void api_D1_masks_that_reach_too_little_are_refused(struct kunit *test)
{
	u64 least = last_page_of_ram() < DMA_BIT_MASK(24) ? last_page_of_ram() : DMA_BIT_MASK(24);
	struct device *dev = dma_device(test, 32);
	unsigned int bits;

	KUNIT_EXPECT_EQ(test, dma_set_mask(dev, DMA_BIT_MASK(20)), -EIO);
	KUNIT_EXPECT_EQ(test, dma_set_mask(dev, least - 1), -EIO);
	KUNIT_EXPECT_EQ(test, dma_set_coherent_mask(dev, least - 1), -EIO);
	KUNIT_EXPECT_EQ(test, dma_set_mask_and_coherent(dev, DMA_BIT_MASK(20)), -EIO);
	KUNIT_EXPECT_EQ(test, *dev->dma_mask, DMA_BIT_MASK(32));
	KUNIT_EXPECT_EQ(test, dev->coherent_dma_mask, DMA_BIT_MASK(32));

	KUNIT_EXPECT_EQ(test, dma_set_mask(dev, least), 0);
	KUNIT_EXPECT_EQ(test, *dev->dma_mask, least);
	KUNIT_EXPECT_EQ(test, dma_set_coherent_mask(dev, least), 0);
	KUNIT_EXPECT_EQ(test, dev->coherent_dma_mask, least);
	for (bits = 24; bits <= 64; bits++) {
		KUNIT_EXPECT_EQ(test, dma_set_mask_and_coherent(dev, DMA_BIT_MASK(bits)), 0);
		KUNIT_EXPECT_EQ(test, *dev->dma_mask, DMA_BIT_MASK(bits));
		KUNIT_EXPECT_EQ(test, dev->coherent_dma_mask, DMA_BIT_MASK(bits));
	}
}

static void api_D1_without_a_place_for_the_mask(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);

	dev->dma_mask = NULL;
	KUNIT_EXPECT_EQ(test, dma_set_mask(dev, DMA_BIT_MASK(32)), -EIO);
	KUNIT_EXPECT_EQ(test, dma_set_mask_and_coherent(dev, DMA_BIT_MASK(24)), -EIO);
	KUNIT_EXPECT_EQ(test, dev->coherent_dma_mask, DMA_BIT_MASK(32));
	KUNIT_EXPECT_EQ(test, dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(24)), 0);
	KUNIT_EXPECT_EQ(test, dma_get_mask(dev), DMA_BIT_MASK(24));
	KUNIT_EXPECT_EQ(test, dev->coherent_dma_mask, DMA_BIT_MASK(24));
	KUNIT_EXPECT_EQ(test, DMA_BIT_MASK(64), ~0ULL);
}

static void api_D1_default_is_32_bits(struct kunit *test)
{
	struct platform_device *pdev = platform_device_register_simple("dma-test", -1, NULL, 0);

	KUNIT_ASSERT_FALSE(test, IS_ERR(pdev));
	KUNIT_EXPECT_EQ(test, dma_get_mask(&pdev->dev), DMA_BIT_MASK(32));
	KUNIT_EXPECT_EQ(test, pdev->dev.coherent_dma_mask, DMA_BIT_MASK(32));
	KUNIT_EXPECT_EQ(test, dma_set_mask(&pdev->dev, DMA_BIT_MASK(28)), 0);
	KUNIT_EXPECT_EQ(test, dma_get_mask(&pdev->dev), DMA_BIT_MASK(28));
	platform_device_unregister(pdev);
}

/* The required mask reaches the last page, and half of it does not. */
static void api_D1_required_mask(struct kunit *test)
{
	struct device *dev = dma_device(test, 64);
	u64 mask = dma_get_required_mask(dev);

	KUNIT_EXPECT_GE(test, mask, last_page_of_ram());
	KUNIT_EXPECT_LT(test, mask >> 1, last_page_of_ram());
	KUNIT_EXPECT_FALSE(test, dma_addressing_limited(dev));
	*dev->dma_mask = mask >> 1;
	KUNIT_EXPECT_TRUE(test, dma_addressing_limited(dev));
	*dev->dma_mask = DMA_BIT_MASK(64);
	dev->bus_dma_limit = mask >> 1;
	KUNIT_EXPECT_TRUE(test, dma_addressing_limited(dev));
	KUNIT_EXPECT_EQ(test, dma_max_mapping_size(dev),
			is_swiotlb_active(dev) ? 256UL << 10 : SIZE_MAX);
	dev->bus_dma_limit = 0;
	if (!swiotlb_force)
		KUNIT_EXPECT_EQ(test, dma_max_mapping_size(dev), SIZE_MAX);
}

/* --- D2: coherent memory --------------------------------------------------------------------------- */

static const struct size_row {
	size_t size;
	unsigned int order;
	const char *desc;
} sizes[] = {
	{ 1, 0, "1" },	       { 64, 0, "64" },		{ 4096, 0, "4096" },
	{ 4097, 1, "4097" },   { 12288, 2, "12288" },	{ 65536, 4, "65536" },
	{ 65537, 5, "65537" }, { 100000, 5, "100000" },
};

KUNIT_ARRAY_PARAM_DESC_FEW(size, sizes, desc, 3);

/* What was there before was not zero. */
static void api_D2_zeroed_and_aligned_to_its_order(struct kunit *test)
{
	const struct size_row *row = test->param_value;
	struct device *dev = dma_device(test, 32);
	struct page *page = alloc_pages(GFP_KERNEL, row->order);
	unsigned long free;
	dma_addr_t dma;
	void *memory;

	KUNIT_ASSERT_NOT_NULL(test, page);
	memset(page_to_virt(page), 0xee, PAGE_SIZE << row->order);
	__free_pages(page, row->order);
	free = mm_free_pages(NULL);

	memory = dma_alloc_coherent(dev, row->size, &dma, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_EXPECT_EQ(test, dma, virt_to_phys(memory));
	KUNIT_EXPECT_EQ(test, dma & ((PAGE_SIZE << row->order) - 1), 0ULL);
	KUNIT_EXPECT_NULL(test, memchr_inv(memory, 0, PAGE_ALIGN(row->size)));
	KUNIT_EXPECT_EQ(test, free - mm_free_pages(NULL), 1UL << row->order);
	dma_free_coherent(dev, row->size, memory, dma);
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), free);
}

static const gfp_t ignored_flags[] = { __GFP_DMA, __GFP_DMA32, __GFP_HIGHMEM,
				       __GFP_DMA | __GFP_HIGHMEM };

static void api_D2_the_mask_decides_and_not_the_flags(struct kunit *test)
{
	struct device *wide = dma_device(test, 32), *narrow = dma_device(test, 24);
	unsigned int i;

	mm_take(GFP_KERNEL, 0); /* that neither list is empty */
	for (i = 0; i < ARRAY_SIZE(ignored_flags); i++) {
		dma_addr_t expected, dma;
		void *memory = dma_alloc_coherent(wide, 4096, &expected, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, memory);
		dma_free_coherent(wide, 4096, memory, expected);
		memory = dma_alloc_coherent(wide, 4096, &dma, GFP_KERNEL | ignored_flags[i]);
		KUNIT_ASSERT_NOT_NULL(test, memory);
		KUNIT_EXPECT_EQ(test, dma, expected);
		dma_free_coherent(wide, 4096, memory, dma);

		memory = dma_alloc_coherent(narrow, 4096, &dma, GFP_KERNEL | ignored_flags[i]);
		KUNIT_ASSERT_NOT_NULL(test, memory);
		KUNIT_EXPECT_LT(test, dma, (u64)LOW_LIMIT);
		dma_free_coherent(narrow, 4096, memory, dma);
	}
}

static void api_D2_without_a_mask_it_warns(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	dma_addr_t dma;

	dev->coherent_dma_mask = 0;
	kunit_expect_report(test, "WARNING: at mm/dma.c:");
	KUNIT_EXPECT_NULL(test, dma_alloc_coherent(dev, 64, &dma, GFP_KERNEL));
	kunit_expect_report(test, "WARNING: at mm/dma.c:");
	KUNIT_EXPECT_NULL(test, dma_alloc_coherent(NULL, 64, &dma, GFP_KERNEL));
}

static void api_D2_failure_is_NULL(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	dma_addr_t dma = 5;

	KUNIT_EXPECT_NULL(test,
			  dma_alloc_coherent(dev, PAGE_SIZE << NR_PAGE_ORDERS, &dma, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, dma_alloc_coherent(dev, SIZE_MAX, &dma, GFP_KERNEL));
	kunit_fail_nth(test, 1);
	KUNIT_EXPECT_NULL(test, dma_alloc_coherent(dev, 64, &dma, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, kunit_fail_nth_end(test));
	KUNIT_EXPECT_EQ(test, dma, 5ULL);
	dma_free_coherent(dev, 64, NULL, 0);
}

struct in_interrupt {
	struct device *dev;
	void *memory;
	dma_addr_t dma;
	bool zero;
};

static void alloc_in_interrupt(void *data)
{
	struct in_interrupt *in = data;

	in->memory = dma_alloc_coherent(in->dev, 5000, &in->dma, GFP_ATOMIC);
	in->zero = in->memory && !memchr_inv(in->memory, 0, 5000);
}

static void api_D2_atomic_in_an_interrupt(struct kunit *test)
{
	struct in_interrupt in = { .dev = dma_device(test, 28) };

	KUNIT_ASSERT_EQ(test, run_in_context(CONTEXT_HARDIRQ, alloc_in_interrupt, &in), 0);
	KUNIT_ASSERT_NOT_NULL(test, in.memory);
	KUNIT_EXPECT_TRUE(test, in.zero);
	KUNIT_EXPECT_LE(test, in.dma + 4999, DMA_BIT_MASK(28));
	dma_free_coherent(in.dev, 5000, in.memory, in.dma);
}

static void api_D2_free_with_interrupts_off_warns(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	unsigned long flags, free = mm_free_pages(NULL);
	dma_addr_t dma;
	void *memory = dma_alloc_coherent(dev, 64, &dma, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	kunit_expect_report(test, "WARNING: at mm/dma.c:");
	local_irq_save(flags);
	dma_free_coherent(dev, 64, memory, dma);
	local_irq_restore(flags);
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), free);
}

static void api_L6_managed_memory_goes_with_the_device(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	unsigned long free = mm_free_pages(NULL);
	dma_addr_t dma, other;
	void *memory = dmam_alloc_coherent(dev, 8192, &dma, GFP_KERNEL);
	void *given_back = dmam_alloc_coherent(dev, 4096, &other, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_ASSERT_NOT_NULL(test, given_back);
	KUNIT_EXPECT_EQ(test, dma, virt_to_phys(memory));
	KUNIT_EXPECT_LE(test, mm_free_pages(NULL) + 3, free);
	dmam_free_coherent(dev, 4096, given_back, other);
	devres_release_all(dev);
	KUNIT_EXPECT_GE(test, mm_free_pages(NULL) + 1, free); /* the slab of the notes may stay */
	kunit_expect_report(test, "WARNING: at mm/dma.c:");
	dmam_free_coherent(dev, 4096, given_back, other);
}

/* --- D3: the zone ------------------------------------------------------------------------------------ */

/* The page that the device is given, which goes back at once. */
static struct page *page_given(struct kunit *test, struct device *dev)
{
	dma_addr_t dma;
	void *memory = dma_alloc_coherent(dev, PAGE_SIZE, &dma, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_EXPECT_LE(test, dma + PAGE_SIZE - 1, dev->coherent_dma_mask);
	dma_free_coherent(dev, PAGE_SIZE, memory, dma);
	return virt_to_page(memory);
}

static void api_D3_24_bits_is_ZONE_DMA_at_once(struct kunit *test)
{
	struct device *dev = dma_device(test, 24);

	KUNIT_EXPECT_EQ(test, page_zonenum(page_given(test, dev)), ZONE_DMA);
	/* The first page that is asked for is the right one. */
	kunit_fail_nth(test, 2);
	page_given(test, dev);
	KUNIT_EXPECT_FALSE(test, kunit_fail_nth_end(test));
	/* Nothing there: NORMAL is not looked at, however much it has. */
	drain_all_pages(NULL);
	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	KUNIT_EXPECT_NULL(test, dma_alloc_coherent(dev, PAGE_SIZE, &(dma_addr_t){ 0 },
						   GFP_NOWAIT | __GFP_NOWARN));
	KUNIT_EXPECT_NULL(test, dma_alloc_attrs(dev, PAGE_SIZE, &(dma_addr_t){ 0 }, GFP_NOWAIT,
						DMA_ATTR_NO_WARN));
}

/*
 * Where the page that is given lies is made the limit: it is good if the mask reaches its last
 * byte, and if one byte is missing another is looked for in ZONE_DMA.
 */
static void api_D3_checked_and_retried_in_ZONE_DMA(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	struct page *page;

	high_buffer(test, 0);
	page = page_given(test, dev);
	if (page_zonenum(page) != ZONE_NORMAL)
		kunit_skip(test, "NORMAL has no page to spare");
	dev->coherent_dma_mask = page_to_phys(page) + PAGE_SIZE - 1;
	KUNIT_EXPECT_PTR_EQ(test, page_given(test, dev), page);
	dev->coherent_dma_mask--;
	KUNIT_EXPECT_EQ(test, page_zonenum(page_given(test, dev)), ZONE_DMA);
	dev->coherent_dma_mask = DMA_BIT_MASK(32);
	dev->bus_dma_limit = page_to_phys(page) + PAGE_SIZE - 2;
	KUNIT_EXPECT_EQ(test, page_zonenum(page_given(test, dev)), ZONE_DMA);
	/* What was refused went back. */
	dev->bus_dma_limit = 0;
	KUNIT_EXPECT_PTR_EQ(test, page_given(test, dev), page);
}

/* edu's 28 bits, with as much RAM as that matters: the first page is too high, the second is not. */
static void api_D3_28_bits_where_NORMAL_is_larger(struct kunit *test)
{
	struct device *edu = dma_device(test, 28), *wide = dma_device(test, 32);
	struct zone *zone = mm_zone(ZONE_NORMAL);

	if (zone_end_pfn(zone) <= PHYS_PFN(1ULL << 28) + MAX_ORDER_NR_PAGES)
		kunit_skip(test, "lowmem ends below 256 MiB");
	if (page_to_phys(page_given(test, wide)) <= DMA_BIT_MASK(28))
		kunit_skip(test, "the free pages on top are below 256 MiB");
	KUNIT_EXPECT_EQ(test, page_zonenum(page_given(test, wide)), ZONE_NORMAL);
	KUNIT_EXPECT_EQ(test, page_zonenum(page_given(test, edu)), ZONE_DMA);
	/* With no page there, it fails: what NORMAL has is too high. */
	drain_all_pages(NULL);
	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	KUNIT_EXPECT_NULL(test, dma_alloc_coherent(edu, PAGE_SIZE, &(dma_addr_t){ 0 },
						   GFP_NOWAIT | __GFP_NOWARN));
	KUNIT_EXPECT_EQ(test, page_zonenum(page_given(test, wide)), ZONE_NORMAL);
}

/* --- D4: streaming mappings ---------------------------------------------------------------------------- */

static void skip_if_all_bounce(struct kunit *test)
{
	if (swiotlb_force)
		kunit_skip(test, "swiotlb=force");
}

/* Memory that the device reaches is mapped as it lies, and the bytes stay as they are. */
static void api_D4_mapping_of_what_is_reached(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	struct page *page = mm_take(GFP_KERNEL, 1);
	char *buffer = page_to_virt(page);
	dma_addr_t addr;

	skip_if_all_bounce(test);
	fill_bytes(buffer, 8192, 1);
	addr = map_single(test, dev, buffer + 100, 5000, DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, addr, virt_to_phys(buffer) + 100);
	dma_sync_single_for_cpu(dev, addr, 5000, DMA_TO_DEVICE);
	dma_sync_single_range_for_device(dev, addr, 10, 20, DMA_TO_DEVICE);
	dma_unmap_single(dev, addr, 5000, DMA_TO_DEVICE);

	addr = dma_map_page(dev, page, 4095, 2, DMA_FROM_DEVICE);
	KUNIT_EXPECT_EQ(test, dma_mapping_error(dev, addr), 0);
	KUNIT_EXPECT_EQ(test, addr, page_to_phys(page) + 4095);
	dma_unmap_page(dev, addr, 2, DMA_FROM_DEVICE);
	KUNIT_EXPECT_TRUE(test, bytes_are(buffer, 8192, 1, 0));
}

static void api_D4_mapping_of_highmem(struct kunit *test)
{
	struct device *dev = dma_device(test, 64);
	struct page *page = mm_take(GFP_HIGHUSER | __GFP_NOWARN, 0);
	dma_addr_t addr;

	skip_if_all_bounce(test);
	if (!page || !PageHighMem(page))
		kunit_skip(test, "no highmem");
	addr = dma_map_page(dev, page, 8, 64, DMA_BIDIRECTIONAL);
	KUNIT_EXPECT_EQ(test, dma_mapping_error(dev, addr), 0);
	KUNIT_EXPECT_EQ(test, addr, page_to_phys(page) + 8);
	dma_unmap_page(dev, addr, 64, DMA_BIDIRECTIONAL);
}

/* The last byte decides. */
static void api_D4_a_mask_reaches_the_last_byte_or_not(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	struct page *page = mm_take(GFP_KERNEL, 0);
	dma_addr_t addr;

	skip_if_all_bounce(test);
	*dev->dma_mask = page_to_phys(page) + 99;
	addr = map_single(test, dev, page_to_virt(page), 100, DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, addr, page_to_phys(page));
	dma_unmap_single(dev, addr, 100, DMA_TO_DEVICE);
	if (is_swiotlb_active(dev))
		return;
	kunit_expect_report(test, "overflow (mask");
	addr = dma_map_single(dev, page_to_virt(page), 101, DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, addr, DMA_MAPPING_ERROR);
	KUNIT_EXPECT_EQ(test, dma_mapping_error(dev, addr), -ENOMEM);
}

static void api_D4_lists(struct kunit *test)
{
	struct device *dev = dma_device(test, 64);
	struct page *page = mm_take(GFP_KERNEL, 2);
	struct scatterlist sg[3];
	struct sg_table table = { .sgl = sg, .orig_nents = 3 };
	int i;

	skip_if_all_bounce(test);
	sg_init_table(sg, 3);
	for (i = 0; i < 3; i++)
		sg_set_page(&sg[i], page + i, 100 * (i + 1), 10 * i);
	KUNIT_ASSERT_EQ(test, dma_map_sg(dev, sg, 3, DMA_TO_DEVICE), 3U);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, sg_dma_address(&sg[i]), page_to_phys(page + i) + 10 * i);
		KUNIT_EXPECT_EQ(test, sg_dma_len(&sg[i]), 100U * (i + 1));
	}
	dma_sync_sg_for_cpu(dev, sg, 3, DMA_TO_DEVICE);
	dma_sync_sg_for_device(dev, sg, 3, DMA_TO_DEVICE);
	dma_unmap_sg(dev, sg, 3, DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, dma_map_sgtable(dev, &table, DMA_FROM_DEVICE, 0), 0);
	KUNIT_EXPECT_EQ(test, table.nents, 3U);
	dma_unmap_sgtable(dev, &table, DMA_FROM_DEVICE, 0);
}

static void api_D4_vmalloc_memory_is_rejected(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	char *area = vmalloc(PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, area);
	kunit_expect_report(test, "rejecting DMA map of vmalloc memory");
	KUNIT_EXPECT_EQ(test, dma_map_single(dev, area + 8, 16, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
	vfree(area);
	kunit_expect_report(test, "rejecting DMA map of");
	KUNIT_EXPECT_EQ(test, dma_map_single(dev, (void *)0xfff00000, 16, DMA_TO_DEVICE),
			DMA_MAPPING_ERROR);
	kunit_expect_report(test, "rejecting DMA map of");
	KUNIT_EXPECT_EQ(test, dma_map_single(dev, (void *)0x1000, 16, DMA_TO_DEVICE),
			DMA_MAPPING_ERROR);
}

static void api_D4_no_device_no_mask_no_direction(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	void *buffer = page_to_virt(mm_take(GFP_KERNEL, 0));
	struct scatterlist sg;

	sg_init_one(&sg, buffer, 64);
	kunit_expect_report(test, "WARNING: at mm/dma.c:");
	KUNIT_EXPECT_EQ(test, dma_map_single(dev, buffer, 64, DMA_NONE), DMA_MAPPING_ERROR);
	kunit_expect_report(test, "WARNING: at mm/dma.c:");
	KUNIT_EXPECT_EQ(test, dma_map_single(NULL, buffer, 64, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
	dev->dma_mask = NULL;
	kunit_expect_report(test, "WARNING: at mm/dma.c:");
	KUNIT_EXPECT_EQ(test, dma_map_sg(dev, &sg, 1, DMA_TO_DEVICE), 0U);
	KUNIT_EXPECT_EQ(test, dma_mapping_error(dev, 0), 0);
}

static void api_L6_registers_of_another_device(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	const phys_addr_t apic = 0xfee00000;
	dma_addr_t addr = dma_map_resource(dev, apic, 4096, DMA_BIDIRECTIONAL, 0);

	KUNIT_EXPECT_EQ(test, addr, apic);
	dma_unmap_resource(dev, addr, 4096, DMA_BIDIRECTIONAL, 0);
	*dev->dma_mask = DMA_BIT_MASK(28);
	KUNIT_EXPECT_EQ(test, dma_map_resource(dev, apic, 4096, DMA_BIDIRECTIONAL, 0),
			DMA_MAPPING_ERROR);
	kunit_expect_report(test, "WARNING: at mm/dma.c:");
	KUNIT_EXPECT_EQ(test, dma_map_resource(dev, 0x100000, 4096, DMA_BIDIRECTIONAL, 0),
			DMA_MAPPING_ERROR);
}

static void api_L6_what_a_driver_keeps(struct kunit *test)
{
	struct {
		DEFINE_DMA_UNMAP_ADDR(addr);
		DEFINE_DMA_UNMAP_LEN(len);
	} kept;
	struct device *dev = dma_device(test, 32);
	struct device_dma_parameters parameters = {};

	dma_unmap_addr_set(&kept, addr, 0x123456789ULL);
	dma_unmap_len_set(&kept, len, 77);
	KUNIT_EXPECT_EQ(test, dma_unmap_addr(&kept, addr), 0x123456789ULL);
	KUNIT_EXPECT_EQ(test, dma_unmap_len(&kept, len), 77U);
	KUNIT_EXPECT_EQ(test, dma_set_max_seg_size(dev, 512), -EIO);
	KUNIT_EXPECT_EQ(test, dma_get_max_seg_size(dev), 65536U);
	dev->dma_parms = &parameters;
	KUNIT_EXPECT_EQ(test, dma_set_max_seg_size(dev, 512), 0);
	KUNIT_EXPECT_EQ(test, dma_get_max_seg_size(dev), 512U);
	KUNIT_EXPECT_EQ(test, dma_set_seg_boundary(dev, 0xffff), 0);
	KUNIT_EXPECT_EQ(test, dma_get_seg_boundary(dev), 0xffffUL);
}

static struct kunit_case dma_cases[] = {
	KUNIT_CASE(api_D1_masks_that_reach_too_little_are_refused),
	KUNIT_CASE(api_D1_without_a_place_for_the_mask),
	KUNIT_CASE(api_D1_default_is_32_bits),
	KUNIT_CASE(api_D1_required_mask),
	KUNIT_CASE_PARAM(api_D2_zeroed_and_aligned_to_its_order, size_gen_params),
	KUNIT_CASE(api_D2_the_mask_decides_and_not_the_flags),
	KUNIT_CASE(api_D2_without_a_mask_it_warns),
	KUNIT_CASE(api_D2_failure_is_NULL),
	KUNIT_CASE(api_D2_atomic_in_an_interrupt),
	KUNIT_CASE(api_D2_free_with_interrupts_off_warns),
	KUNIT_CASE(api_L6_managed_memory_goes_with_the_device),
	KUNIT_CASE(api_D3_24_bits_is_ZONE_DMA_at_once),
	KUNIT_CASE(api_D3_checked_and_retried_in_ZONE_DMA),
	KUNIT_CASE(api_D3_28_bits_where_NORMAL_is_larger),
	KUNIT_CASE(api_D4_mapping_of_what_is_reached),
	KUNIT_CASE(api_D4_mapping_of_highmem),
	KUNIT_CASE(api_D4_a_mask_reaches_the_last_byte_or_not),
	KUNIT_CASE(api_D4_lists),
	KUNIT_CASE(api_D4_vmalloc_memory_is_rejected),
	KUNIT_CASE(api_D4_no_device_no_mask_no_direction),
	KUNIT_CASE(api_L6_registers_of_another_device),
	KUNIT_CASE(api_L6_what_a_driver_keeps),
	{},
};

static struct kunit_suite dma_suite = {
	.name = "dma",
	.init = slab_count_init,
	.exit = slab_count_exit,
	.test_cases = dma_cases,
};
kunit_test_suite(dma_suite);
