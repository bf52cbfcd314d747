// SPDX-License-Identifier: MIT
/* The monitor's `dma`: what it says of memory for devices is what the test has taken. */
#include "dma_test.h"
#include "monitor_run.h"

static u64 now(struct kunit *test, const char *field)
{
	KUNIT_EXPECT_EQ(test, run(test, "dma --json"), 0);
	return json_field(capture.text, field);
}

static void dma_shows_coherent_memory(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	u64 before = now(test, "coherent_bytes");
	dma_addr_t dma;
	void *memory = dma_alloc_coherent(dev, 5000, &dma, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_EXPECT_EQ(test, now(test, "coherent_bytes"), before + 8192);
	dma_free_coherent(dev, 5000, memory, dma);
	KUNIT_EXPECT_EQ(test, now(test, "coherent_bytes"), before);
}

static void dma_shows_mappings(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	u64 before = now(test, "mappings"), mapped = now(test, "mapped");
	struct page *page = mm_take(GFP_KERNEL, 0);
	dma_addr_t addr = map_single(test, dev, page_to_virt(page), 64, DMA_TO_DEVICE);

	KUNIT_EXPECT_EQ(test, now(test, "mappings"), before + 1);
	KUNIT_EXPECT_EQ(test, run(test, "dma"), 0);
	KUNIT_EXPECT_EQ(test, number_after(capture.text, "\nmappings   "), before + 1);
	dma_unmap_single(dev, addr, 64, DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, now(test, "mappings"), before);
	KUNIT_EXPECT_EQ(test, now(test, "mapped"), mapped + 1);
}

static void dma_shows_pools(struct kunit *test)
{
	struct device *dev = dma_device(test, 32);
	struct dma_pool *pool = dma_pool_create("shown", dev, 64, 64, 0);
	dma_addr_t dma;
	void *block;

	KUNIT_ASSERT_NOT_NULL(test, pool);
	block = dma_pool_alloc(pool, GFP_KERNEL, &dma);
	KUNIT_EXPECT_EQ(test, run(test, "dma"), 0);
	KUNIT_EXPECT_TRUE(test, printed("shown            test             1 of 64 blocks of 64 "
					"bytes, 4 KiB\n"));
	KUNIT_EXPECT_EQ(test, run(test, "dma --json"), 0);
	KUNIT_EXPECT_TRUE(test, printed("\"pool\":\"shown\""));
	if (block)
		dma_pool_free(pool, block, dma);
	dma_pool_destroy(pool);
	KUNIT_EXPECT_EQ(test, run(test, "dma"), 0);
	KUNIT_EXPECT_FALSE(test, printed("shown "));
}

static void dma_shows_bounce_buffers(struct kunit *test)
{
	struct device *dev = dma_device(test, 24);
	char *buffer;
	dma_addr_t addr;
	u64 used, out;

	KUNIT_EXPECT_EQ(test, now(test, "bounce_slots") * IO_TLB_SIZE, (u64)swiotlb_bytes);
	if (!swiotlb_bytes) {
		KUNIT_EXPECT_EQ(test, run(test, "dma"), 0);
		KUNIT_EXPECT_TRUE(test, printed("\nbounce     no buffers"));
		return;
	}
	buffer = high_buffer(test, 0);
	used = now(test, "bounce_used");
	out = now(test, "bounce_out_bytes");
	addr = map_single(test, dev, buffer, 3000, DMA_FROM_DEVICE);
	KUNIT_EXPECT_EQ(test, now(test, "bounce_used"), used + 2);
	KUNIT_EXPECT_EQ(test, now(test, "bounce_out_bytes"), out + 3000);
	KUNIT_EXPECT_GE(test, now(test, "bounce_most"), used + 2);
	dma_unmap_single(dev, addr, 3000, DMA_FROM_DEVICE);
	KUNIT_EXPECT_EQ(test, now(test, "bounce_used"), used);
	KUNIT_EXPECT_EQ(test, run(test, "dma"), 0);
	KUNIT_EXPECT_EQ(test, number_after(capture.text, "\nbounce     "), used);
	KUNIT_EXPECT_EQ(test, runf(test, "page phys:0x%llx", (u64)swiotlb_start), 0);
	KUNIT_EXPECT_TRUE(test, printed("reserved: bounce buffers of devices"));
}

static void dma_takes_no_arguments(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run(test, "dma 5"), -EINVAL);
	KUNIT_EXPECT_TRUE(test, printed("usage: dma [--json]"));
	KUNIT_EXPECT_EQ(test, run(test, "in hardirq dma"), 0);
	KUNIT_EXPECT_TRUE(test, printed("\ncoherent "));
}

static struct kunit_case monitor_dma_cases[] = {
	KUNIT_CASE(dma_shows_coherent_memory), KUNIT_CASE(dma_shows_mappings),
	KUNIT_CASE(dma_shows_pools),	       KUNIT_CASE(dma_shows_bounce_buffers),
	KUNIT_CASE(dma_takes_no_arguments),    {},
};

static struct kunit_suite monitor_dma_suite = {
	.name = "mm_monitor_dma",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = monitor_dma_cases,
};
kunit_test_suite(monitor_dma_suite);
