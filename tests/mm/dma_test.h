/* SPDX-License-Identifier: MIT */
/* What the tests of the DMA interface share: a device that nobody drives, and memory it may not reach. */
#ifndef _TESTS_MM_DMA_TEST_H
#define _TESTS_MM_DMA_TEST_H

#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../../mm/dma.h"
#include "slab_test.h"

#define LOW_LIMIT (16UL << 20) /* what 24 bits reach */

struct dma_device {
	struct device dev;
	u64 mask;
};

static inline void end_dma_device(void *data)
{
	struct dma_device *device = data;

	devres_release_all(&device->dev);
	dma_debug_driver_gone(&device->dev);
}

/* Reaches `bits` bits, streaming and coherent. What it holds by devres goes with the case. */
static inline struct device *dma_device(struct kunit *test, unsigned int bits)
{
	struct dma_device *device = kunit_kzalloc(test, sizeof(*device), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, device);
	device_initialize(&device->dev);
	device->dev.init_name = "test";
	device->dev.dma_mask = &device->mask;
	device->mask = DMA_BIT_MASK(bits);
	device->dev.coherent_dma_mask = DMA_BIT_MASK(bits);
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, end_dma_device, device), 0);
	return &device->dev;
}

/* Pages of lowmem above 16 MiB; skips the case where there are none. */
static inline char *high_buffer(struct kunit *test, unsigned int order)
{
	struct page *page;

	if (PFN_PHYS((phys_addr_t)max_low_pfn) <= LOW_LIMIT + (PAGE_SIZE << order))
		kunit_skip(test, "no lowmem above 16 MiB");
	page = mm_take(GFP_KERNEL | __GFP_NOWARN, order);
	if (!page || page_zonenum(page) != ZONE_NORMAL)
		kunit_skip(test, "no free block of order %u above 16 MiB", order);
	return page_to_virt(page);
}

static inline void fill_bytes(char *buffer, size_t size, u8 seed)
{
	size_t i;

	for (i = 0; i < size; i++)
		buffer[i] = seed + i + (i >> 8);
}

/* Are they what fill_bytes() wrote, the first of them `skip` bytes from the start? */
static inline bool bytes_are(const char *buffer, size_t size, u8 seed, size_t skip)
{
	size_t i;

	for (i = skip; i < skip + size; i++)
		if ((u8)buffer[i - skip] != (u8)(seed + i + (i >> 8)))
			return false;
	return true;
}

/* map, and the question that a driver has to ask. */
static inline dma_addr_t map_single(struct kunit *test, struct device *dev, void *buffer,
				    size_t size, enum dma_data_direction dir)
{
	dma_addr_t addr = dma_map_single(dev, buffer, size, dir);

	KUNIT_ASSERT_EQ(test, dma_mapping_error(dev, addr), 0);
	return addr;
}

#endif
