// SPDX-License-Identifier: MIT
/* What DEBUG builds say of drivers that break the rules of linux/dma-mapping.h. */
#ifdef CONFIG_DMA_API_DEBUG

#include <linux/platform_device.h>

#include "dma_test.h"

struct mapped {
	struct device *dev;
	char *buffer;
	dma_addr_t addr;
};

/* 1000 bytes, for the device to read. */
static struct mapped map_one(struct kunit *test)
{
	struct mapped m = { .dev = dma_device(test, 32) };

	m.buffer = page_to_virt(mm_take(GFP_KERNEL, 0));
	m.addr = map_single(test, m.dev, m.buffer, 1000, DMA_TO_DEVICE);
	return m;
}

static void dma_debug_accepts_what_is_right(struct kunit *test)
{
	struct mapped m = map_one(test);

	dma_sync_single_for_cpu(m.dev, m.addr, 1000, DMA_TO_DEVICE);
	dma_sync_single_range_for_device(m.dev, m.addr, 999, 1, DMA_TO_DEVICE);
	dma_unmap_single(m.dev, m.addr, 1000, DMA_TO_DEVICE);
	if (swiotlb_force)
		return;
	/* The same memory twice, unmapped in any order. */
	m.addr = map_single(test, m.dev, m.buffer, 10, DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, map_single(test, m.dev, m.buffer, 20, DMA_FROM_DEVICE), m.addr);
	dma_unmap_single(m.dev, m.addr, 10, DMA_TO_DEVICE);
	dma_unmap_single(m.dev, m.addr, 20, DMA_FROM_DEVICE);
	dma_debug_driver_gone(m.dev);
}

static void dma_debug_unmapped_twice(struct kunit *test)
{
	struct mapped m = map_one(test);

	dma_unmap_single(m.dev, m.addr, 1000, DMA_TO_DEVICE);
	kunit_expect_report(test, "unmaps 1000 bytes at 0x");
	dma_unmap_single(m.dev, m.addr, 1000, DMA_TO_DEVICE);
}

static void dma_debug_other_size(struct kunit *test)
{
	struct mapped m = map_one(test);

	kunit_expect_report(test, "where 1000 are mapped");
	dma_unmap_single(m.dev, m.addr, 900, DMA_TO_DEVICE);
}

static void dma_debug_other_direction(struct kunit *test)
{
	struct mapped m = map_one(test);

	kunit_expect_report(test, "from the device, which was mapped to the device");
	dma_unmap_single(m.dev, m.addr, 1000, DMA_FROM_DEVICE);
}

static void dma_debug_other_function(struct kunit *test)
{
	struct mapped m = map_one(test);
	struct scatterlist sg;

	sg_init_one(&sg, m.buffer, 1000);
	sg_dma_address(&sg) = m.addr;
	sg_dma_len(&sg) = 1000;
	kunit_expect_report(test, "as list, which was mapped as single");
	dma_unmap_sg(m.dev, &sg, 1, DMA_TO_DEVICE);
}

static void dma_debug_other_device(struct kunit *test)
{
	struct mapped m;

	if (swiotlb_force)
		kunit_skip(test, "swiotlb=force");
	m = map_one(test);
	kunit_expect_report(test, "where nothing is mapped");
	dma_unmap_single(dma_device(test, 32), m.addr, 1000, DMA_TO_DEVICE);
	dma_unmap_single(m.dev, m.addr, 1000, DMA_TO_DEVICE);
}

static void dma_debug_nobody_asked(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	char *buffer = page_to_virt(mm_take(GFP_KERNEL, 0));
	dma_addr_t addr = dma_map_single(dev, buffer, 64, DMA_TO_DEVICE);

	kunit_expect_report(test, "did not ask dma_mapping_error()");
	dma_unmap_single(dev, addr, 64, DMA_TO_DEVICE);
}

static void dma_debug_sync_of_something_else(struct kunit *test)
{
	struct mapped m;

	if (swiotlb_force)
		kunit_skip(test, "swiotlb=force");
	m = map_one(test);
	kunit_expect_report(test, "beyond the 1000 at 0x");
	dma_sync_single_for_cpu(m.dev, m.addr + 900, 101, DMA_TO_DEVICE);
	kunit_expect_report(test, "where nothing is mapped");
	dma_sync_single_for_device(m.dev, m.addr + 1000, 4, DMA_TO_DEVICE);
	kunit_expect_report(test, "both ways, which was mapped to the device");
	dma_sync_single_for_device(m.dev, m.addr, 4, DMA_BIDIRECTIONAL);
	dma_unmap_single(m.dev, m.addr, 1000, DMA_TO_DEVICE);
}

static void dma_debug_memory_that_is_none_for_devices(struct kunit *test)
{
	struct device *dev = dma_device(test, 64);
	char on_stack[16];
	dma_addr_t addr;

	kunit_expect_report(test, "maps 16 bytes on the stack");
	addr = map_single(test, dev, on_stack, 16, DMA_TO_DEVICE);
	dma_unmap_single(dev, addr, 16, DMA_TO_DEVICE);
	kunit_expect_report(test, "of the kernel's code or constants, at map_one");
	addr = map_single(test, dev, map_one, 16, DMA_TO_DEVICE);
	dma_unmap_single(dev, addr, 16, DMA_TO_DEVICE);
}

static void dma_debug_coherent_memory(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	dma_addr_t dma;
	void *memory = dma_alloc_coherent(dev, 9000, &dma, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	kunit_expect_report(test, "unmaps 16384 bytes at 0x"); /* of the same order, at least */
	dma_free_coherent(dev, 13000, memory, dma);
}

/* --- a driver that leaks ------------------------------------------------------------------------------- */

static struct {
	void *memory;
	dma_addr_t addr, dma;
} leaked;

static int leak_probe(struct platform_device *pdev)
{
	leaked.memory = dma_alloc_coherent(&pdev->dev, 4096, &leaked.dma, GFP_KERNEL);
	if (!leaked.memory)
		return -ENOMEM;
	leaked.addr = dma_map_single(&pdev->dev, leaked.memory, 33, DMA_FROM_DEVICE);
	return dma_mapping_error(&pdev->dev, leaked.addr);
}

static struct platform_driver leaking_driver = {
	.probe = leak_probe,
	.driver = { .name = "dma-leak" },
};

static void dma_debug_names_the_driver_that_leaks(struct kunit *test)
{
	struct platform_device *pdev = platform_device_register_simple("dma-leak", -1, NULL, 0);

	KUNIT_ASSERT_FALSE(test, IS_ERR(pdev));
	KUNIT_ASSERT_EQ(test, platform_driver_register(&leaking_driver), 0);
	kunit_expect_report(test, "dma-leak: its driver has gone, but left 2 mappings: the first "
				  "of 4096 bytes");
	platform_driver_unregister(&leaking_driver);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1U);
	/* It is forgotten. */
	dma_debug_driver_gone(&pdev->dev);
	platform_device_unregister(pdev);
	if (swiotlb_force)
		swiotlb_unmap(&pdev->dev, leaked.addr, 33, DMA_FROM_DEVICE, 0);
	free_page((unsigned long)leaked.memory);
}

static struct kunit_case dma_debug_cases[] = {
	KUNIT_CASE(dma_debug_accepts_what_is_right),
	KUNIT_CASE(dma_debug_unmapped_twice),
	KUNIT_CASE(dma_debug_other_size),
	KUNIT_CASE(dma_debug_other_direction),
	KUNIT_CASE(dma_debug_other_function),
	KUNIT_CASE(dma_debug_other_device),
	KUNIT_CASE(dma_debug_nobody_asked),
	KUNIT_CASE(dma_debug_sync_of_something_else),
	KUNIT_CASE(dma_debug_memory_that_is_none_for_devices),
	KUNIT_CASE(dma_debug_coherent_memory),
	KUNIT_CASE(dma_debug_names_the_driver_that_leaks),
	{},
};

static struct kunit_suite dma_debug_suite = {
	.name = "dma_debug",
	.init = slab_count_init,
	.exit = slab_count_exit,
	.test_cases = dma_debug_cases,
};
kunit_test_suite(dma_debug_suite);

#endif
