// SPDX-License-Identifier: MIT
/* Memory for devices, for one that reaches all of it and, of mappings, for one that does not. */
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../../mm/dma.h"
#include "bench.h"

static u64 mask = DMA_BIT_MASK(64);
static struct device dev = {
	.init_name = "bench",
	.dma_mask = &mask,
	.coherent_dma_mask = DMA_BIT_MASK(32),
};

static void bench_coherent(const char *pattern)
{
	struct dma_pool *pool = dma_pool_create("bench", &dev, 64, 64, 0);
	dma_addr_t dma;
	void *memory;

	if (!pool)
		return;
	BENCH_PAIR(pattern, "dma_pool 64", memory = dma_pool_alloc(pool, GFP_KERNEL, &dma),
		   dma_pool_free(pool, memory, dma));
	dma_pool_destroy(pool);
	BENCH_PAIR(pattern, "dma_alloc_coherent 4K (zeroes)",
		   memory = dma_alloc_coherent(&dev, PAGE_SIZE, &dma, GFP_KERNEL),
		   dma_free_coherent(&dev, PAGE_SIZE, memory, dma));
}

static void bench_mappings(const char *pattern)
{
	struct page *page = alloc_page(GFP_KERNEL);
	dma_addr_t dma;
	void *memory;

	if (!page)
		return;
	memory = page_to_virt(page);
	BENCH_PAIR(pattern, "dma_map_single 4K",
		   dma = dma_map_single(&dev, memory, PAGE_SIZE, DMA_TO_DEVICE),
		   dma_unmap_single(&dev, dma, PAGE_SIZE, DMA_TO_DEVICE));
	BENCH_PAIR(pattern, "dma_map_page 4K",
		   dma = dma_map_page(&dev, page, 0, PAGE_SIZE, DMA_TO_DEVICE),
		   dma_unmap_page(&dev, dma, PAGE_SIZE, DMA_TO_DEVICE));
	mask = DMA_BIT_MASK(24);
	if (swiotlb_bytes && page_to_phys(page) > mask)
		BENCH_PAIR(pattern, "dma_map_single 4K, bounced",
			   dma = dma_map_single(&dev, memory, PAGE_SIZE, DMA_BIDIRECTIONAL),
			   dma_unmap_single(&dev, dma, PAGE_SIZE, DMA_BIDIRECTIONAL));
	mask = DMA_BIT_MASK(64);
	__free_page(page);
}

static void bench_dma(const char *pattern)
{
	bench_coherent(pattern);
	bench_mappings(pattern);
}
BENCHMARK(bench_dma);
