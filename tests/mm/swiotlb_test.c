// SPDX-License-Identifier: MIT
/*
 * Bounce buffers: the part of API.md D4 that streaming mappings of memory owe to a device that
 * does not reach it. Where a case writes to bounced(), it is the device.
 */
#include <linux/highmem.h>
#include <linux/slab.h>
#include <memkern/params.h>

#include "../kernel/capture.h"
#include "../kernel/threads.h"
#include "dma_test.h"

#define LONGEST (256UL << 10)

/* One that reaches 16 MiB and no more. */
static struct device *isa_device(struct kunit *test)
{
	if (!swiotlb_bytes)
		kunit_skip(test, "no bounce buffers on this machine");
	return dma_device(test, 24);
}

static struct swiotlb_info info(void)
{
	struct swiotlb_info info;

	swiotlb_get_info(&info);
	return info;
}

/* What the device sees there. */
static char *bounced(struct kunit *test, dma_addr_t addr)
{
	KUNIT_ASSERT_TRUE(test, is_swiotlb_buffer(addr));
	KUNIT_ASSERT_LT(test, addr, (u64)LOW_LIMIT);
	return phys_to_virt(addr);
}

static bool all_well(void)
{
	return mm_print_problems(swiotlb_check()) == 0;
}

/* --- copies ------------------------------------------------------------------------------------------- */

static void api_D4_to_the_device(struct kunit *test)
{
	struct device *dev = isa_device(test);
	char *buffer = high_buffer(test, 0), *device;
	dma_addr_t addr;

	fill_bytes(buffer, 1000, 1);
	addr = map_single(test, dev, buffer, 1000, DMA_TO_DEVICE);
	device = bounced(test, addr);
	KUNIT_EXPECT_EQ(test, addr & (IO_TLB_SIZE - 1), 0ULL);
	KUNIT_EXPECT_TRUE(test, bytes_are(device, 1000, 1, 0));

	/* The CPU's next bytes are the device's when it is told so. */
	fill_bytes(buffer, 1000, 2);
	KUNIT_EXPECT_TRUE(test, bytes_are(device, 1000, 1, 0));
	dma_sync_single_for_device(dev, addr, 1000, DMA_TO_DEVICE);
	KUNIT_EXPECT_TRUE(test, bytes_are(device, 1000, 2, 0));

	/* What is there by mistake does not come back. */
	fill_bytes(device, 1000, 3);
	dma_sync_single_for_cpu(dev, addr, 1000, DMA_TO_DEVICE);
	dma_unmap_single(dev, addr, 1000, DMA_TO_DEVICE);
	KUNIT_EXPECT_TRUE(test, bytes_are(buffer, 1000, 2, 0));
}

static void api_D4_from_the_device(struct kunit *test)
{
	struct device *dev = isa_device(test);
	char *buffer = high_buffer(test, 0), *device;
	dma_addr_t addr;

	fill_bytes(buffer, 1000, 1);
	addr = map_single(test, dev, buffer, 1000, DMA_FROM_DEVICE);
	device = bounced(test, addr);
	fill_bytes(device, 1000, 2);
	KUNIT_EXPECT_TRUE(test, bytes_are(buffer, 1000, 1, 0));
	dma_sync_single_for_cpu(dev, addr, 1000, DMA_FROM_DEVICE);
	KUNIT_EXPECT_TRUE(test, bytes_are(buffer, 1000, 2, 0));

	/* What the CPU writes now does not reach the device, and unmap overwrites it. */
	fill_bytes(buffer, 1000, 3);
	dma_sync_single_for_device(dev, addr, 1000, DMA_FROM_DEVICE);
	KUNIT_EXPECT_TRUE(test, bytes_are(device, 1000, 2, 0));
	dma_unmap_single(dev, addr, 1000, DMA_FROM_DEVICE);
	KUNIT_EXPECT_TRUE(test, bytes_are(buffer, 1000, 2, 0));
}

static void api_D4_both_ways(struct kunit *test)
{
	struct device *dev = isa_device(test);
	char *buffer = high_buffer(test, 0), *device;
	dma_addr_t addr;

	fill_bytes(buffer, 64, 1);
	addr = map_single(test, dev, buffer, 64, DMA_BIDIRECTIONAL);
	device = bounced(test, addr);
	KUNIT_EXPECT_TRUE(test, bytes_are(device, 64, 1, 0));
	fill_bytes(device, 64, 2);
	dma_sync_single_for_cpu(dev, addr, 64, DMA_BIDIRECTIONAL);
	KUNIT_EXPECT_TRUE(test, bytes_are(buffer, 64, 2, 0));
	fill_bytes(buffer, 64, 3);
	dma_sync_single_for_device(dev, addr, 64, DMA_BIDIRECTIONAL);
	KUNIT_EXPECT_TRUE(test, bytes_are(device, 64, 3, 0));
	fill_bytes(device, 64, 4);
	dma_unmap_single(dev, addr, 64, DMA_BIDIRECTIONAL);
	KUNIT_EXPECT_TRUE(test, bytes_are(buffer, 64, 4, 0));
}

/* A device that writes less than it might: the rest is what was there, and no other's bytes. */
static void api_D4_a_device_that_writes_less(struct kunit *test)
{
	struct device *dev = isa_device(test);
	char *buffer = high_buffer(test, 0);
	dma_addr_t addr;

	fill_bytes(buffer, 2048, 1);
	addr = map_single(test, dev, buffer, 2048, DMA_FROM_DEVICE);
	fill_bytes(bounced(test, addr), 500, 7);
	dma_unmap_single(dev, addr, 2048, DMA_FROM_DEVICE);
	KUNIT_EXPECT_TRUE(test, bytes_are(buffer, 500, 7, 0));
	KUNIT_EXPECT_TRUE(test, bytes_are(buffer + 500, 1548, 1, 500));
}

static void api_D4_without_a_copy_at_the_end(struct kunit *test)
{
	struct device *dev = isa_device(test);
	char *buffer = high_buffer(test, 0);
	dma_addr_t addr;

	fill_bytes(buffer, 100, 1);
	addr = map_single(test, dev, buffer, 100, DMA_FROM_DEVICE);
	fill_bytes(bounced(test, addr), 100, 2);
	dma_unmap_single_attrs(dev, addr, 100, DMA_FROM_DEVICE, DMA_ATTR_SKIP_CPU_SYNC);
	KUNIT_EXPECT_TRUE(test, bytes_are(buffer, 100, 1, 0));
}

static const struct range_row {
	size_t offset, size, at, length;
	const char *desc;
} ranges[] = {
	{ 4095, 2, 1, 1, "2 in two pages" },
	{ 0, 1, 0, 1, "1" },
	{ 4095, 1, 0, 1, "the last of a page" },
	{ 100, 5000, 2000, 2100, "5000" },
	{ 7, 2048, 2047, 1, "2048" },
	{ 7, 2049, 2048, 1, "2049" },
	{ 1, 16000, 3, 15990, "16000" },
	{ 2047, 12289, 4096, 8193, "12289" },
};

KUNIT_ARRAY_PARAM_DESC_FEW(range, ranges, desc, 3);

/* All of it goes, from any offset, and of a part that is synced only that part comes. */
static void api_D4_parts(struct kunit *test)
{
	const struct range_row *row = test->param_value;
	struct device *dev = isa_device(test);
	char *buffer = high_buffer(test, 2), *device;
	size_t end = row->at + row->length;
	struct swiotlb_info before = info();
	dma_addr_t addr;

	buffer += row->offset;
	fill_bytes(buffer, row->size, 1);
	addr = map_single(test, dev, buffer, row->size, DMA_BIDIRECTIONAL);
	device = bounced(test, addr);
	KUNIT_EXPECT_TRUE(test, bytes_are(device, row->size, 1, 0));
	KUNIT_EXPECT_EQ(test, info().used - before.used, DIV_ROUND_UP(row->size, IO_TLB_SIZE));
	KUNIT_EXPECT_EQ(test, info().bytes_out - before.bytes_out, (u64)row->size);
	if (row->size >= PAGE_SIZE)
		KUNIT_EXPECT_EQ(test, addr & ~PAGE_MASK, 0ULL);

	fill_bytes(device, row->size, 2);
	dma_sync_single_range_for_cpu(dev, addr, row->at, row->length, DMA_BIDIRECTIONAL);
	KUNIT_EXPECT_TRUE(test, bytes_are(buffer, row->at, 1, 0));
	KUNIT_EXPECT_TRUE(test, bytes_are(buffer + row->at, row->length, 2, row->at));
	KUNIT_EXPECT_TRUE(test, bytes_are(buffer + end, row->size - end, 1, end));
	fill_bytes(buffer, row->size, 3);
	dma_sync_single_range_for_device(dev, addr, row->at, row->length, DMA_BIDIRECTIONAL);
	KUNIT_EXPECT_TRUE(test, bytes_are(device, row->at, 2, 0));
	KUNIT_EXPECT_TRUE(test, bytes_are(device + row->at, row->length, 3, row->at));
	KUNIT_EXPECT_TRUE(test, bytes_are(device + end, row->size - end, 2, end));
	KUNIT_EXPECT_TRUE(test, all_well());
	dma_unmap_single(dev, addr, row->size, DMA_BIDIRECTIONAL);
	KUNIT_EXPECT_EQ(test, info().used, before.used);
}

static void api_D4_highmem_through_bounce_buffers(struct kunit *test)
{
	struct device *dev = isa_device(test);
	struct page *page = mm_take(GFP_HIGHUSER | __GFP_NOWARN, 0);
	char *buffer = kunit_kzalloc(test, 600, GFP_KERNEL), *device;
	dma_addr_t addr;

	if (!page || !PageHighMem(page))
		kunit_skip(test, "no highmem");
	KUNIT_ASSERT_NOT_NULL(test, buffer);
	fill_bytes(buffer, 600, 5);
	memcpy_to_page(page, 3000, buffer, 600);
	addr = dma_map_page(dev, page, 3000, 600, DMA_BIDIRECTIONAL);
	KUNIT_ASSERT_EQ(test, dma_mapping_error(dev, addr), 0);
	device = bounced(test, addr);
	KUNIT_EXPECT_TRUE(test, bytes_are(device, 600, 5, 0));
	fill_bytes(device, 600, 6);
	dma_unmap_page(dev, addr, 600, DMA_BIDIRECTIONAL);
	memcpy_from_page(buffer, page, 3000, 600);
	KUNIT_EXPECT_TRUE(test, bytes_are(buffer, 600, 6, 0));
}

/* Only what has to. The last byte decides. */
static void api_D4_only_what_is_not_reached(struct kunit *test)
{
	struct device *dev = isa_device(test);
	char *buffer = high_buffer(test, 0);
	struct page *low = mm_take(GFP_DMA | __GFP_NOWARN, 0);
	dma_addr_t addr;

	if (swiotlb_force || !low)
		kunit_skip(test, swiotlb_force ? "swiotlb=force" : "no page below 16 MiB");
	addr = map_single(test, dev, page_to_virt(low), 4096, DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, addr, page_to_phys(low));
	dma_unmap_single(dev, addr, 4096, DMA_TO_DEVICE);

	*dev->dma_mask = virt_to_phys(buffer) + 9;
	addr = map_single(test, dev, buffer, 10, DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, addr, virt_to_phys(buffer));
	dma_unmap_single(dev, addr, 10, DMA_TO_DEVICE);
	addr = map_single(test, dev, buffer, 11, DMA_TO_DEVICE);
	KUNIT_EXPECT_TRUE(test, is_swiotlb_buffer(addr));
	dma_unmap_single(dev, addr, 11, DMA_TO_DEVICE);
	*dev->dma_mask = DMA_BIT_MASK(64);
	dev->bus_dma_limit = DMA_BIT_MASK(24);
	addr = map_single(test, dev, buffer, 11, DMA_TO_DEVICE);
	KUNIT_EXPECT_TRUE(test, is_swiotlb_buffer(addr));
	dma_unmap_single(dev, addr, 11, DMA_TO_DEVICE);
	dev->bus_dma_limit = virt_to_phys(buffer) + 10;
	addr = map_single(test, dev, buffer, 11, DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, addr, virt_to_phys(buffer));
	dma_unmap_single(dev, addr, 11, DMA_TO_DEVICE);
}

/* Behind one that is shorter than a page, too. */
static void api_L6_a_page_begins_at_a_page(struct kunit *test)
{
	struct device *dev = isa_device(test);
	char *buffer = high_buffer(test, 1);
	dma_addr_t short_one = map_single(test, dev, buffer, 100, DMA_TO_DEVICE);
	dma_addr_t page = map_single(test, dev, buffer, PAGE_SIZE, DMA_TO_DEVICE);
	dma_addr_t next = map_single(test, dev, buffer, PAGE_SIZE + 1, DMA_TO_DEVICE);

	KUNIT_EXPECT_EQ(test, page & ~PAGE_MASK, 0ULL);
	KUNIT_EXPECT_EQ(test, next & ~PAGE_MASK, 0ULL);
	dma_unmap_single(dev, next, PAGE_SIZE + 1, DMA_TO_DEVICE);
	dma_unmap_single(dev, page, PAGE_SIZE, DMA_TO_DEVICE);
	dma_unmap_single(dev, short_one, 100, DMA_TO_DEVICE);
}

static void api_D4_lists_through_bounce_buffers(struct kunit *test)
{
	struct device *dev = isa_device(test);
	char *buffer = high_buffer(test, 0);
	struct scatterlist sg[2];
	int i;

	sg_init_table(sg, 2);
	for (i = 0; i < 2; i++)
		sg_set_buf(&sg[i], buffer + 1000 * i, 1000);
	fill_bytes(buffer, 2000, 1);
	KUNIT_ASSERT_EQ(test, dma_map_sg(dev, sg, 2, DMA_BIDIRECTIONAL), 2U);
	for (i = 0; i < 2; i++)
		fill_bytes(bounced(test, sg_dma_address(&sg[i])), 1000, 2 + i);
	dma_sync_sg_for_cpu(dev, sg, 2, DMA_BIDIRECTIONAL);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_TRUE(test, bytes_are(buffer + 1000 * i, 1000, 2 + i, 0));
	fill_bytes(buffer, 2000, 4);
	dma_sync_sg_for_device(dev, sg, 2, DMA_BIDIRECTIONAL);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_TRUE(test, bytes_are(bounced(test, sg_dma_address(&sg[i])), 1000, 4,
						  1000 * i));
	dma_unmap_sg(dev, sg, 2, DMA_BIDIRECTIONAL);
}

/* --- when it is too much ------------------------------------------------------------------------------- */

static void api_D4_the_longest_mapping(struct kunit *test)
{
	struct device *dev = isa_device(test);
	char *buffer = high_buffer(test, 7);
	dma_addr_t addr;

	if (swiotlb_bytes < LONGEST)
		kunit_skip(test, "the buffer is smaller");
	KUNIT_EXPECT_EQ(test, dma_max_mapping_size(dev), LONGEST);
	addr = map_single(test, dev, buffer, LONGEST, DMA_TO_DEVICE);
	KUNIT_EXPECT_TRUE(test, is_swiotlb_buffer(addr));
	dma_unmap_single(dev, addr, LONGEST, DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, dma_map_single(dev, buffer, LONGEST + 1, DMA_TO_DEVICE),
			DMA_MAPPING_ERROR);
	KUNIT_EXPECT_TRUE(test, all_well());
}

/* Until it is full: then an error, not a report; and a list has all of its entries or none. */
static void api_D4_full(struct kunit *test)
{
	struct device *dev = isa_device(test);
	char *buffer = high_buffer(test, 0);
	struct swiotlb_info before = info();
	dma_addr_t *addr = kunit_kzalloc(test, before.slots * sizeof(*addr), GFP_KERNEL);
	struct scatterlist sg[3];
	struct sg_table table = { .sgl = sg, .orig_nents = 3 };
	unsigned int nr = 0, i;

	KUNIT_ASSERT_NOT_NULL(test, addr);
	while (nr < before.slots) {
		addr[nr] = dma_map_single_attrs(dev, buffer, 100, DMA_TO_DEVICE, DMA_ATTR_NO_WARN);
		if (dma_mapping_error(dev, addr[nr]))
			break;
		nr++;
	}
	KUNIT_EXPECT_EQ(test, nr, before.slots - before.used);
	KUNIT_EXPECT_EQ(test, info().used, before.slots);
	KUNIT_EXPECT_EQ(test, dma_map_single(dev, buffer, 1, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
	KUNIT_EXPECT_GT(test, info().refused, before.refused);
	KUNIT_EXPECT_TRUE(test, all_well());
	capture_begin(test, &capture);
	dma_map_single_attrs(dev, buffer, 1, DMA_TO_DEVICE, DMA_ATTR_NO_WARN);
	capture_end(test, &capture);
	KUNIT_EXPECT_NULL(test, strstr(capture.text, "swiotlb"));

	sg_init_table(sg, 3);
	for (i = 0; i < 3; i++)
		sg_set_buf(&sg[i], buffer, 100);
	for (i = 0; i < 2; i++)
		dma_unmap_single(dev, addr[--nr], 100, DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, dma_map_sg_attrs(dev, sg, 3, DMA_FROM_DEVICE, DMA_ATTR_NO_WARN), 0U);
	KUNIT_EXPECT_EQ(test, dma_map_sgtable(dev, &table, DMA_FROM_DEVICE, DMA_ATTR_NO_WARN),
			-EIO);
	KUNIT_EXPECT_EQ(test, info().used, before.slots - 2);
	KUNIT_EXPECT_EQ(test, info().bytes_in, before.bytes_in);
	KUNIT_EXPECT_EQ(test, dma_map_sg(dev, sg, 2, DMA_FROM_DEVICE), 2U);
	KUNIT_EXPECT_EQ(test, info().used, before.slots);
	dma_unmap_sg(dev, sg, 2, DMA_FROM_DEVICE);
	while (nr)
		dma_unmap_single(dev, addr[--nr], 100, DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, info().used, before.used);
}

/* IDE's tables know no piece that crosses a multiple of 64 KiB. */
static void api_L6_the_boundary_of_segments(struct kunit *test)
{
	struct device *dev = isa_device(test);
	struct device_dma_parameters parameters = {};
	char *buffer = high_buffer(test, 2);
	dma_addr_t addr[20];
	unsigned int nr = 0, at_a_boundary = 0;

	dev->dma_parms = &parameters;
	KUNIT_ASSERT_EQ(test, dma_set_seg_boundary(dev, 0xffff), 0);
	for (; nr < ARRAY_SIZE(addr); nr++) {
		addr[nr] =
			dma_map_single_attrs(dev, buffer, 12288, DMA_TO_DEVICE, DMA_ATTR_NO_WARN);
		if (dma_mapping_error(dev, addr[nr]))
			break;
		KUNIT_EXPECT_EQ(test, addr[nr] >> 16, (addr[nr] + 12287) >> 16);
		at_a_boundary += !(addr[nr] & 0xffff);
	}
	KUNIT_EXPECT_GE(test, nr, 10U);
	KUNIT_EXPECT_GE(test, at_a_boundary, 2U);
	while (nr)
		dma_unmap_single(dev, addr[--nr], 12288, DMA_TO_DEVICE);
	KUNIT_EXPECT_TRUE(test, all_well());
	dev->dma_parms = NULL;
}

static void api_D4_bounce_buffers_out_of_reach(struct kunit *test)
{
	struct device *dev = isa_device(test);
	char *buffer = high_buffer(test, 0);
	unsigned int used = info().used;

	*dev->dma_mask = DMA_BIT_MASK(16);
	kunit_expect_report(test, "swiotlb addr");
	KUNIT_EXPECT_EQ(test, dma_map_single(dev, buffer, 100, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
	KUNIT_EXPECT_EQ(test, info().used, used);
}

/* What DEBUG builds say of it is tested in dma_debug_test.c. */
static void skip_if_checked(struct kunit *test)
{
	if (IS_ENABLED(CONFIG_DMA_API_DEBUG))
		kunit_skip(test, "a DEBUG build says more");
}

static long live_mappings(void)
{
	long live = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		const struct dma_counts *counts = per_cpu_ptr(&dma_counts, cpu);

		live += counts->mapped - counts->unmapped;
	}
	return live;
}

/* Of what is not mapped, nothing is unmapped, counted or copied. */
static void api_D4_unmapped_twice(struct kunit *test)
{
	struct device *dev = isa_device(test);
	char *buffer = high_buffer(test, 1);
	unsigned int used = info().used;
	long live = live_mappings();
	dma_addr_t addr;

	skip_if_checked(test);
	addr = map_single(test, dev, buffer, 5000, DMA_FROM_DEVICE);
	kunit_expect_report(test, "no mapping begins at");
	dma_unmap_single(dev, addr + 2048, 5000, DMA_FROM_DEVICE);
	kunit_expect_report(test, "no mapping begins at");
	dma_unmap_single(dev, addr + 1, 4999, DMA_FROM_DEVICE);
	kunit_expect_report(test, "where 4000 are mapped");
	dma_sync_single_for_cpu(dev, addr + 1000, 4001, DMA_FROM_DEVICE);
	dma_unmap_single(dev, addr, 5000, DMA_FROM_DEVICE);
	fill_bytes(buffer, 5000, 9);
	kunit_expect_report(test, "no mapping begins at");
	dma_unmap_single(dev, addr, 5000, DMA_FROM_DEVICE);
	KUNIT_EXPECT_TRUE(test, bytes_are(buffer, 5000, 9, 0));
	KUNIT_EXPECT_EQ(test, info().used, used);
	KUNIT_EXPECT_EQ(test, live_mappings(), live);
	KUNIT_EXPECT_TRUE(test, all_well());
}

/* --- where it is -------------------------------------------------------------------------------------------- */

/* 1 MiB below 16 MiB where RAM exceeds that, and none elsewhere; as long as nobody says otherwise. */
static void swiotlb_where_it_is_needed(struct kunit *test)
{
	phys_addr_t at;

	if (strstr(saved_command_line, "swiotlb="))
		kunit_skip(test, "swiotlb= says otherwise");
	if (max_pfn <= PHYS_PFN(LOW_LIMIT)) {
		KUNIT_EXPECT_EQ(test, swiotlb_bytes, 0UL);
		return;
	}
	KUNIT_ASSERT_EQ(test, swiotlb_bytes, 1UL << 20);
	KUNIT_EXPECT_LE(test, swiotlb_start + swiotlb_bytes, (phys_addr_t)LOW_LIMIT);
	for (at = swiotlb_start; at < swiotlb_start + swiotlb_bytes; at += PAGE_SIZE)
		KUNIT_EXPECT_TRUE(test, PageReserved(phys_to_page(at)));
}

static void swiotlb_check_finds(struct kunit *test)
{
	struct device *dev = isa_device(test);
	char *buffer = high_buffer(test, 1);
	dma_addr_t addr = map_single(test, dev, buffer, 5000, DMA_TO_DEVICE);
	struct bounce_slot *slot = &swiotlb_slots[(addr - swiotlb_start) / IO_TLB_SIZE];

	KUNIT_EXPECT_TRUE(test, all_well());
	slot[1].orig++;
	KUNIT_EXPECT_EQ(test, swiotlb_check(), 2);
	KUNIT_EXPECT_STREQ(test, mm_broken_invariants(), "I-swiotlb-1");
	slot[1].orig--;
	slot[2].bytes = 0;
	KUNIT_EXPECT_EQ(test, swiotlb_check(), 2);
	KUNIT_EXPECT_STREQ(test, mm_broken_invariants(), "I-swiotlb-1 I-swiotlb-2");
	slot[2].bytes = 5000 - 2 * IO_TLB_SIZE;
	KUNIT_EXPECT_TRUE(test, all_well());
	dma_unmap_single(dev, addr, 5000, DMA_TO_DEVICE);
}

/* --- many of them ------------------------------------------------------------------------------------------- */

#define BUFFERS 24
#define STEPS	400

struct bouncer {
	struct device *dev;
	char *memory; /* a page for each buffer */
	u32 seed;
	unsigned int wrong, refused;
};

static u32 draw(struct bouncer *b)
{
	b->seed = b->seed * 1664525 + 1013904223;
	return b->seed >> 8;
}

/* Maps and unmaps at random; what the device wrote between must have come back, all of it. */
static int bounce_at_random(void *data)
{
	struct bouncer *b = data;
	struct {
		dma_addr_t addr;
		size_t size;
		u8 seed;
	} live[BUFFERS] = {};
	unsigned int step, i;

	for (step = 0; step < STEPS + BUFFERS; step++) {
		char *buffer;

		i = step < STEPS ? draw(b) % BUFFERS : step - STEPS;
		buffer = b->memory + i * PAGE_SIZE;
		if (live[i].size) {
			fill_bytes(phys_to_virt(live[i].addr), live[i].size, live[i].seed);
			dma_unmap_single(b->dev, live[i].addr, live[i].size, DMA_FROM_DEVICE);
			b->wrong += !bytes_are(buffer, live[i].size, live[i].seed, 0);
			live[i].size = 0;
		} else if (step < STEPS) {
			live[i].size = draw(b) % PAGE_SIZE + 1;
			live[i].seed = draw(b);
			live[i].addr = dma_map_single_attrs(b->dev, buffer, live[i].size,
							    DMA_FROM_DEVICE, DMA_ATTR_NO_WARN);
			if (dma_mapping_error(b->dev, live[i].addr)) {
				b->refused++;
				live[i].size = 0;
			}
		}
	}
	return 0;
}

static void swiotlb_at_random_on_all_cpus(struct kunit *test)
{
	struct device *dev = isa_device(test);
	struct swiotlb_info before = info();
	struct task_struct *thread[4];
	struct bouncer *bouncers = kunit_kzalloc(test, sizeof(*bouncers) * 4, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, bouncers);
	for (i = 0; i < 4; i++) {
		bouncers[i].dev = dev;
		bouncers[i].memory = high_buffer(test, 5);
		bouncers[i].seed = i + 1;
	}
	for (i = 0; i < 4; i++)
		thread[i] = start_thread(test, bounce_at_random, &bouncers[i]);
	for (i = 0; i < 4; i++) {
		wait_until_ended(thread[i]);
		KUNIT_EXPECT_EQ(test, bouncers[i].wrong, 0U);
		if (before.slots >= 4 * BUFFERS * PAGE_SIZE / IO_TLB_SIZE)
			KUNIT_EXPECT_EQ(test, bouncers[i].refused, 0U);
	}
	KUNIT_EXPECT_TRUE(test, all_well());
	KUNIT_EXPECT_EQ(test, info().used, before.used);
}

static struct kunit_case swiotlb_cases[] = {
	KUNIT_CASE(api_D4_to_the_device),
	KUNIT_CASE(api_D4_from_the_device),
	KUNIT_CASE(api_D4_both_ways),
	KUNIT_CASE(api_D4_a_device_that_writes_less),
	KUNIT_CASE(api_D4_without_a_copy_at_the_end),
	KUNIT_CASE_PARAM(api_D4_parts, range_gen_params),
	KUNIT_CASE(api_D4_highmem_through_bounce_buffers),
	KUNIT_CASE(api_D4_only_what_is_not_reached),
	KUNIT_CASE(api_L6_a_page_begins_at_a_page),
	KUNIT_CASE(api_D4_lists_through_bounce_buffers),
	KUNIT_CASE(api_D4_the_longest_mapping),
	KUNIT_CASE(api_D4_full),
	KUNIT_CASE(api_L6_the_boundary_of_segments),
	KUNIT_CASE(api_D4_bounce_buffers_out_of_reach),
	KUNIT_CASE(api_D4_unmapped_twice),
	KUNIT_CASE(swiotlb_where_it_is_needed),
	KUNIT_CASE(swiotlb_check_finds),
	KUNIT_CASE_SLOW(swiotlb_at_random_on_all_cpus),
	{},
};

static struct kunit_suite swiotlb_suite = {
	.name = "swiotlb",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = swiotlb_cases,
};
kunit_test_suite(swiotlb_suite);
