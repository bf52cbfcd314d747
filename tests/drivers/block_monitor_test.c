// SPDX-License-Identifier: MIT
/* The monitor's commands on disks, over disks of RAM: what they show, what they change, and say. */
#include "../mm/monitor_run.h"
#include "block_test.h"

#define SECTOR_OF(ram, n) ((ram)->data + ((n) << SECTOR_SHIFT))

static void readsec_shows_bytes(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 1, RAM_AT_ONCE, false);

	memset(SECTOR_OF(ram, 5), 'x', 2 * SECTOR_SIZE);
	SECTOR_OF(ram, 5)[511] = 0xe4;
	KUNIT_EXPECT_EQ(test, run(test, "readsec ram0 5 2"), 0);
	KUNIT_EXPECT_STREQ(
		test, capture.text,
		"0000000a00: 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78  xxxxxxxxxxxxxxxx\n"
		"*\n"
		"0000000bf0: 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78 e4  xxxxxxxxxxxxxxx.\n"
		"0000000c00: 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78  xxxxxxxxxxxxxxxx\n"
		"*\n");
}

static void writesec_fills_sectors(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 1, RAM_AT_ONCE, false);

	KUNIT_EXPECT_EQ(test, run(test, "writesec ram0 7 0xCafe42 2"), 0);
	KUNIT_EXPECT_TRUE(test, !memcmp(SECTOR_OF(ram, 7), "\xca\xfe\x42\xca", 4));
	KUNIT_EXPECT_TRUE_MSG(test, !memcmp(SECTOR_OF(ram, 8), "\x42\xca\xfe", 3), "it goes on");
	KUNIT_EXPECT_EQ(test, SECTOR_OF(ram, 9)[0], 0);
	KUNIT_EXPECT_EQ_MSG(test, ram->log[ram->nr_log - 1].op, REQ_OP_FLUSH, "and is there");
	KUNIT_EXPECT_EQ(test, run(test, "writesec ram0 9 \"cafe 4\""), 0);
	KUNIT_EXPECT_TRUE(test, !memcmp(SECTOR_OF(ram, 9), "cafe 4cafe 4", 12));
	KUNIT_EXPECT_EQ(test, SECTOR_OF(ram, 6)[511] | SECTOR_OF(ram, 10)[0], 0);
}

static void copy_copies(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 1, RAM_AT_ONCE, false);
	unsigned int i;

	for (i = 0; i < 10 * SECTOR_SIZE; i++)
		ram->data[i] = i * 5 + i / 256;
	KUNIT_EXPECT_EQ(test, run(test, "copy ram0 0 ram0 20 10"), 0);
	KUNIT_EXPECT_TRUE(test, !memcmp(SECTOR_OF(ram, 20), ram->data, 10 * SECTOR_SIZE));
	KUNIT_EXPECT_EQ(test, SECTOR_OF(ram, 19)[511] | SECTOR_OF(ram, 30)[0], 0);
	KUNIT_EXPECT_TRUE(test, printed("10 sectors copied in "));
	KUNIT_EXPECT_EQ(test, ram->log[ram->nr_log - 1].op, REQ_OP_FLUSH);
	KUNIT_EXPECT_EQ_MSG(test, run(test, "copy ram0 0 ram0 10 10"), 0, "side by side");
	KUNIT_EXPECT_TRUE(test, !memcmp(SECTOR_OF(ram, 10), ram->data, 10 * SECTOR_SIZE));
	KUNIT_EXPECT_EQ(test, run(test, "copy ram0 10 ram0 0 10"), 0);
}

/* And nothing reaches the disk. */
static void nonsense_is_answered(struct kunit *test)
{
	static const char *const lines[] = {
		"readsec",
		"readsec ram0",
		"readsec ram0 x",
		"readsec ram0 256",
		"readsec ram0 255 2",
		"readsec ram0 1 0",
		"readsec ram0 1 18446744073709551615",
		"readsec ram2 0",
		"writesec ram0 1",
		"writesec ram0 1 \"\"",
		"writesec ram0 1 0x",
		"writesec ram0 1 0xabc",
		"writesec ram0 1 0xzz",
		"writesec ram0 255 text 2",
		"copy ram0 0 ram0",
		"copy ram0 0 ram2 0 1",
		"copy ram0 0 ram0 1 0",
		"copy ram0 0 ram0 250 7",
		"copy ram0 0 ram0 9 10",
		"copy ram0 9 ram0 0 10",
		"disks all",
	};
	struct ram_disk *ram = make_ram(test, 1, RAM_AT_ONCE, false);

	expect_sentences(test, lines, ARRAY_SIZE(lines));
	KUNIT_EXPECT_EQ(test, ram->nr_log, 0U);
	KUNIT_EXPECT_LT(test, run(test, "copy ram0 9 ram0 0 10"), 0);
	KUNIT_EXPECT_STREQ(test, capture.text, "the two ranges overlap\n");
}

static void what_fails_is_named(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 1, RAM_AT_ONCE, false);

	ram->bad = 30;
	KUNIT_EXPECT_EQ(test, run(test, "readsec ram0 29 3"), -EIO);
	KUNIT_EXPECT_TRUE(test, printed("ram0: cannot read sector 30: error -5 (an I/O error)\n"));
	KUNIT_EXPECT_EQ(test, run(test, "writesec ram0 29 a 3"), -EIO);
	KUNIT_EXPECT_TRUE(test, printed("ram0: cannot write sector 30: error -5 "));
	KUNIT_EXPECT_EQ(test, SECTOR_OF(ram, 29)[0], 'a');
	KUNIT_EXPECT_EQ_MSG(test, SECTOR_OF(ram, 31)[0], 0, "it stops there");
	KUNIT_EXPECT_EQ(test, run(test, "copy ram0 0 ram0 25 10"), -EIO);
	KUNIT_EXPECT_TRUE(test, printed("ram0: cannot write what begins with sector 25: error -5"));
	KUNIT_EXPECT_FALSE(test, printed("copied"));
}

static void disks_counts(struct kunit *test)
{
	const char *of;

	make_ram(test, 1, RAM_AT_ONCE, false);
	KUNIT_EXPECT_EQ(test, run(test, "readsec ram0 0 3; writesec ram0 9 a 2; disks --json"), 0);
	of = strstr(capture.text, "{\"disk\":\"ram0\"");
	KUNIT_EXPECT_EQ(test, json_field(of, "sectors"), (u64)SECTORS);
	KUNIT_EXPECT_EQ(test, json_field(of, "sectors_read"), 3ULL);
	KUNIT_EXPECT_EQ(test, json_field(of, "sectors_written"), 2ULL);
	KUNIT_EXPECT_EQ(test, json_field(of, "flushes"), 1ULL);
	KUNIT_EXPECT_EQ(test, run(test, "disks"), 0);
	KUNIT_EXPECT_TRUE(test,
			  printed("\nram0         128          256        3          3        2"
				  "          2       0      0      0\n"));
}

static struct kunit_case cases[] = {
	KUNIT_CASE_SLOW(readsec_shows_bytes),
	KUNIT_CASE_SLOW(writesec_fills_sectors),
	KUNIT_CASE_SLOW(copy_copies),
	KUNIT_CASE_SLOW(nonsense_is_answered),
	KUNIT_CASE_SLOW(what_fails_is_named),
	KUNIT_CASE_SLOW(disks_counts),
	{},
};

static struct kunit_suite suite = {
	.name = "block_monitor",
	.test_cases = cases,
};
kunit_test_suite(suite);
