// SPDX-License-Identifier: MIT
/*
 * The 8237s: what a driver programs is what the chip holds, and what breaks a limit never opens
 * a channel. No device is behind the channels that are used, so nothing is ever transferred:
 * the chip's registers, and its mask where it can be read, are what is looked at.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/isa-dma.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <memkern/isa_dma.h>
#include <memkern/kunit_extra.h>

#include "../kernel/capture.h"

#define BYTES 1 /* a channel of each kind */
#define WORDS 5

static int claim_channels(struct kunit *test)
{
	struct isa_dma_info info;

	if (isa_dma_get_info(BYTES, &info) == -ENODEV) {
		KUNIT_EXPECT_EQ(test, request_dma(BYTES, "test"), -ENODEV);
		kunit_skip(test, "no ISA DMA");
	}
	if (request_dma(BYTES, "test"))
		kunit_skip(test, "channel %u is in use", BYTES);
	if (request_dma(WORDS, "test")) {
		free_dma(BYTES);
		kunit_skip(test, "channel %u is in use", WORDS);
	}
	test->priv = test;
	return 0;
}

static void free_channels(struct kunit *test)
{
	if (!test->priv)
		return;
	free_dma(BYTES);
	free_dma(WORDS);
}

/* As drivers do it. */
static void program(unsigned int channel, u32 address, u32 count)
{
	unsigned long flags = claim_dma_lock();

	disable_dma(channel);
	clear_dma_ff(channel);
	set_dma_mode(channel, DMA_MODE_READ);
	set_dma_addr(channel, address);
	set_dma_count(channel, count);
	enable_dma(channel);
	release_dma_lock(flags);
}

static void set_page(unsigned int channel, u8 page)
{
	unsigned long flags = claim_dma_lock();

	set_dma_page(channel, page);
	release_dma_lock(flags);
}

static struct isa_dma_info info_of(struct kunit *test, unsigned int channel)
{
	struct isa_dma_info info;

	KUNIT_ASSERT_EQ(test, isa_dma_get_info(channel, &info), 0);
	return info;
}

/* The counter of an address or a count, as the chip holds it. */
static u16 chip_word(unsigned int channel, u16 port)
{
	unsigned long flags = claim_dma_lock();
	u16 value;

	clear_dma_ff(channel);
	value = inb(port);
	value |= inb(port) << 8;
	release_dma_lock(flags);
	return value;
}

/*
 * The mask bits of both controllers, as QEMU's chip shows them where a real one has a register
 * that can only be written.
 */
static bool chip_shut(unsigned int channel)
{
	return inb(channel < 4 ? 0x09 : 0xd2) & (1 << (channel & 3));
}

/* Is the mask to be seen? */
static bool mask_readable(unsigned int channel)
{
	unsigned long flags;
	bool open;

	program(channel, 0x1000, 2);
	open = !chip_shut(channel);
	flags = claim_dma_lock();
	disable_dma(channel);
	release_dma_lock(flags);
	return open && chip_shut(channel);
}

static void api_L7_a_channel_has_one_owner(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, info_of(test, BYTES).owner, "test");
	KUNIT_EXPECT_EQ(test, request_dma(BYTES, "second"), -EBUSY);
	KUNIT_EXPECT_EQ(test, request_dma(4, "cascade's"), -EBUSY);
	KUNIT_EXPECT_EQ(test, request_dma(MAX_DMA_CHANNELS, "none"), -EINVAL);
	KUNIT_EXPECT_EQ(test, request_dma(-1, "none"), -EINVAL);
	KUNIT_EXPECT_STREQ(test, info_of(test, BYTES).owner, "test");

	free_dma(BYTES);
	KUNIT_EXPECT_NULL(test, info_of(test, BYTES).owner);
	KUNIT_EXPECT_EQ(test, request_dma(BYTES, "second"), 0);
	KUNIT_EXPECT_STREQ(test, info_of(test, BYTES).owner, "second");
}

static void api_L7_free_of_a_free_channel_is_told(struct kunit *test)
{
	free_dma(BYTES);
	capture_begin(test, &capture);
	free_dma(BYTES);
	free_dma(4);
	free_dma(MAX_DMA_CHANNELS);
	capture_end(test, &capture);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "Trying to free free DMA1\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "Trying to free free DMA4\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "Trying to free free DMA8\n"));
	KUNIT_EXPECT_EQ(test, request_dma(BYTES, "test"), 0);
	KUNIT_EXPECT_EQ(test, request_dma(4, "cascade's"), -EBUSY);
}

static void api_L7_the_chip_holds_what_was_set(struct kunit *test)
{
	program(BYTES, 0x00123456, 0x789a);
	KUNIT_EXPECT_EQ(test, chip_word(BYTES, 0x02), 0x3456);
	KUNIT_EXPECT_EQ(test, chip_word(BYTES, 0x03), 0x7899);
	KUNIT_EXPECT_EQ(test, inb(0x83), 0x12);

	/* Words: half the address, and the page's lowest bit is in it. */
	program(WORDS, 0x00abcdee, 0x1234);
	KUNIT_EXPECT_EQ(test, chip_word(WORDS, 0xc4), 0xabcdee / 2 % 0x10000);
	KUNIT_EXPECT_EQ(test, chip_word(WORDS, 0xc6), 0x1234 / 2 - 1);
	KUNIT_EXPECT_EQ(test, inb(0x8b), 0xaa);

	/* The page alone. */
	set_page(BYTES, 0x34);
	KUNIT_EXPECT_EQ(test, inb(0x83), 0x34);
	KUNIT_EXPECT_EQ(test, info_of(test, BYTES).address, 0x343456U);
	set_page(WORDS, 0xff);
	KUNIT_EXPECT_EQ(test, inb(0x8b), 0xfe);
	KUNIT_EXPECT_EQ(test, info_of(test, WORDS).address, 0xffcdeeU);
}

static void api_L7_the_residue_is_in_bytes(struct kunit *test)
{
	static const u32 counts[] = { 2, 512, 1000, 0x8000, 0xfffe };
	unsigned long flags;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		program(BYTES, 0x20000, counts[i]);
		program(WORDS, 0x20000, counts[i]);
		flags = claim_dma_lock();
		KUNIT_EXPECT_EQ(test, get_dma_residue(BYTES), counts[i]);
		KUNIT_EXPECT_EQ(test, get_dma_residue(WORDS), counts[i]);
		release_dma_lock(flags);
	}
	/* What no counter of 8 bits, and none of 16, could say. */
	program(WORDS, 0x20000, 0x1fffe);
	KUNIT_EXPECT_EQ(test, info_of(test, WORDS).residue, 0x1fffe);
	KUNIT_EXPECT_EQ(test, info_of(test, WORDS).count, 0x1fffe);
}

struct limit {
	const char *what;
	unsigned int channel;
	u32 address, count;
	const char *fault; /* NULL: it is well */
};

static const struct limit limits[] = {
	{ "the last byte", BYTES, 0xffffff, 1, NULL },
	{ "beyond the last byte", BYTES, 0xffffff, 2, "not below 16 MiB" },
	{ "just above", BYTES, 0x1000000, 1, "not below 16 MiB" },
	{ "18 MiB", BYTES, 18 << 20, 512, "not below 16 MiB" },
	{ "an end that wraps", BYTES, 0xffffff00, 0x200, "not below 16 MiB" },
	{ "a page", BYTES, 0x30000, SZ_64K, NULL },
	{ "a page and a byte", BYTES, 0x30000, SZ_64K + 1, "too long" },
	{ "a page's end", BYTES, 0x3fe00, 512, NULL },
	{ "over a page's end", BYTES, 0x3fe01, 512, "crosses a boundary of 64 KiB" },
	{ "a page from its middle", BYTES, 0x38000, SZ_64K, "crosses a boundary of 64 KiB" },
	{ "nothing", BYTES, 0x30000, 0, "no length" },
	{ "odd bytes", BYTES, 0x30001, 511, NULL },
	{ "a large page", WORDS, 0x40000, SZ_128K, NULL },
	{ "words over 64 KiB", WORDS, 0x4ff00, 512, NULL },
	{ "words over 128 KiB", WORDS, 0x5ff00, 512, "crosses a boundary of 128 KiB" },
	{ "a large page and a word", WORDS, 0x40000, SZ_128K + 2, "too long" },
	{ "words from an odd address", WORDS, 0x40001, 512, "odd" },
	{ "half a word", WORDS, 0x40000, 511, "odd" },
	{ "words at 16 MiB", WORDS, 0x1000000, 2, "not below 16 MiB" },
};
KUNIT_ARRAY_PARAM_DESC(limit, limits, what);

/* Whichever way it ends, the channel that was open before is not so by what came before. */
static void api_L7_limits_are_kept(struct kunit *test)
{
	const struct limit *limit = test->param_value;
	bool readable = mask_readable(limit->channel);
	struct isa_dma_info before, after;

	if (limit->fault)
		kunit_expect_report(test, limit->fault);
	program(limit->channel, 0x1000, 2);
	before = info_of(test, limit->channel);
	KUNIT_EXPECT_TRUE(test, before.enabled);
	program(limit->channel, limit->address, limit->count);
	after = info_of(test, limit->channel);

	KUNIT_EXPECT_EQ(test, after.enabled, !limit->fault);
	KUNIT_EXPECT_EQ(test, after.transfers, before.transfers + !limit->fault);
	KUNIT_EXPECT_EQ(test, after.refused, before.refused + !!limit->fault);
	if (readable)
		KUNIT_EXPECT_EQ(test, chip_shut(limit->channel), !!limit->fault);
}

static void api_L7_a_channel_needs_an_owner_and_a_mode(struct kunit *test)
{
	unsigned long flags;

	kunit_expect_report(test, "DMA1 (test): 16 bytes at 0x00001000: no mode was set");
	kunit_expect_report(test, "DMA1 (free): 16 bytes at 0x00001000: nobody has requested");
	flags = claim_dma_lock();
	set_dma_addr(BYTES, 0x1000);
	set_dma_count(BYTES, 16);
	enable_dma(BYTES);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	release_dma_lock(flags);

	free_dma(BYTES);
	program(BYTES, 0x1000, 16);
	KUNIT_EXPECT_FALSE(test, info_of(test, BYTES).enabled);
	KUNIT_EXPECT_EQ(test, request_dma(BYTES, "test"), 0);
}

static void api_L7_a_bus_master_needs_no_address(struct kunit *test)
{
	unsigned long flags = claim_dma_lock();

	set_dma_addr(WORDS, 0x1000000);
	set_dma_mode(WORDS, DMA_MODE_CASCADE);
	enable_dma(WORDS);
	release_dma_lock(flags);
	KUNIT_EXPECT_TRUE(test, info_of(test, WORDS).enabled);
}

/* Programmed while open, half of the new transfer could be taken for the whole. */
static void api_L7_programming_shuts_the_channel(struct kunit *test)
{
	bool readable = mask_readable(BYTES);
	unsigned long flags;
	int step;

	for (step = 0; step < 5; step++) {
		program(BYTES, 0x1000, 16);
		KUNIT_EXPECT_TRUE(test, info_of(test, BYTES).enabled);
		flags = claim_dma_lock();
		if (step == 0)
			set_dma_mode(BYTES, DMA_MODE_WRITE);
		else if (step == 1)
			set_dma_addr(BYTES, 0x2000);
		else if (step == 2)
			set_dma_count(BYTES, 32);
		else if (step == 3)
			set_dma_page(BYTES, 1);
		release_dma_lock(flags);
		if (step == 4) {
			free_dma(BYTES);
			KUNIT_EXPECT_EQ(test, request_dma(BYTES, "test"), 0);
		}
		KUNIT_EXPECT_FALSE(test, info_of(test, BYTES).enabled);
		if (readable)
			KUNIT_EXPECT_TRUE(test, chip_shut(BYTES));
	}
}

/* What the page allocator gives for GFP_DMA keeps the limits, whatever its order. */
static void api_L7_dma_pages_need_no_look(struct kunit *test)
{
	unsigned int order, channel, tries;
	unsigned long address;

	for (order = 0; order <= 5; order++) {
		for (tries = 0; tries < 8; tries++) {
			address = __get_dma_pages(GFP_KERNEL | __GFP_NOWARN, order);
			if (!address)
				break;
			channel = order < 5 ? BYTES : WORDS;
			program(channel, virt_to_phys((void *)address), PAGE_SIZE << order);
			KUNIT_EXPECT_TRUE(test, info_of(test, channel).enabled);
			KUNIT_EXPECT_LT(test, address, MAX_DMA_ADDRESS);
			free_pages(address, order);
		}
	}
}

static struct kunit_case isa_dma_cases[] = {
	KUNIT_CASE(api_L7_a_channel_has_one_owner),
	KUNIT_CASE(api_L7_free_of_a_free_channel_is_told),
	KUNIT_CASE(api_L7_the_chip_holds_what_was_set),
	KUNIT_CASE(api_L7_the_residue_is_in_bytes),
	KUNIT_CASE_PARAM(api_L7_limits_are_kept, limit_gen_params),
	KUNIT_CASE(api_L7_a_channel_needs_an_owner_and_a_mode),
	KUNIT_CASE(api_L7_a_bus_master_needs_no_address),
	KUNIT_CASE(api_L7_programming_shuts_the_channel),
	KUNIT_CASE(api_L7_dma_pages_need_no_look),
	{},
};

static struct kunit_suite isa_dma_suite = {
	.name = "isa_dma",
	.init = claim_channels,
	.exit = free_channels,
	.test_cases = isa_dma_cases,
};
kunit_test_suite(isa_dma_suite);
