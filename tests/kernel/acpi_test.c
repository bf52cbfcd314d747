// SPDX-License-Identifier: MIT
/*
 * Reading ACPI's tables: good ones, and every way that they can be wrong. The physical memory
 * is made up: a few pieces, and nothing in between.
 */
#include <linux/errno.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/string.h>
#include <memkern/kunit_extra.h>
#include "../../kernel/x86/acpi.h"

#define RSDP_AT 0xe0010ULL
#define EBDA_AT 0x9fc00ULL
#define RSDT_AT 0x7fe0000ULL
#define MADT_AT 0x7fe0080ULL
#define HIGH_AT 0x123456780ULL /* above 4 GiB: only an XSDT can point there */

#define HEADER	   36
#define MADT_START 44 /* the first entry */
#define ROOM	   1024

/* One machine's memory. The tables are [RSDT_AT, + ROOM) and, the same bytes, [HIGH_AT, + ROOM). */
struct memory {
	struct acpi_source source;
	unsigned int nr_reads;
	u8 ebda_segment[2];
	u8 rsdp[64], ebda[64];
	u8 tables[ROOM];
};

static struct memory memory;
static struct acpi_madt_info info;
static struct acpi_fault fault;

static bool read_piece(void *to, u64 address, size_t size, u64 start, const u8 *bytes,
		       size_t length)
{
	if (address < start || address - start > length || size > length - (address - start))
		return false;
	memcpy(to, bytes + (size_t)(address - start), size);
	return true;
}

static bool read_memory(const struct acpi_source *source, u64 address, void *to, size_t size)
{
	struct memory *m = container_of(source, struct memory, source);

	m->nr_reads++;
	return read_piece(to, address, size, 0x40e, m->ebda_segment, sizeof(m->ebda_segment)) ||
	       read_piece(to, address, size, RSDP_AT, m->rsdp, sizeof(m->rsdp)) ||
	       read_piece(to, address, size, EBDA_AT, m->ebda, sizeof(m->ebda)) ||
	       read_piece(to, address, size, RSDT_AT, m->tables, sizeof(m->tables)) ||
	       read_piece(to, address, size, HIGH_AT, m->tables, sizeof(m->tables));
}

static u8 *table_at(u64 address)
{
	return &memory.tables[address - RSDT_AT];
}

static void put(u8 *at, u64 value, size_t size)
{
	memcpy(at, &value, size);
}

/* Makes the sum of `size` bytes 0 by the one at `checksum`. */
static void fix_sum(u8 *bytes, size_t size, size_t checksum)
{
	u8 sum = 0;
	size_t i;

	bytes[checksum] = 0;
	for (i = 0; i < size; i++)
		sum += bytes[i];
	bytes[checksum] = -sum;
}

static void fix_table(u64 address)
{
	u32 length;

	memcpy(&length, table_at(address) + 4, sizeof(length));
	fix_sum(table_at(address), length, 9);
}

static void put_header(u64 address, const char *signature, u32 length)
{
	u8 *table = table_at(address);

	memset(table, 0, HEADER);
	memcpy(table, signature, 4);
	put(table + 4, length, 4);
	memcpy(table + 10, "BOCHS BXPC    ", 14);
}

static void put_rsdp(u8 *at, u8 revision, u64 rsdt, u64 xsdt)
{
	memset(at, 0, 36);
	memcpy(at, "RSD PTR ", 8);
	at[15] = revision;
	put(at + 16, rsdt, 4);
	put(at + 20, 36, 4);
	put(at + 24, xsdt, 8);
	fix_sum(at, 20, 8);
	fix_sum(at, 36, 32);
}

static void put_root(const char *signature, const u64 *addresses, unsigned int nr, size_t width)
{
	unsigned int i;

	put_header(RSDT_AT, signature, HEADER + nr * width);
	for (i = 0; i < nr; i++)
		put(table_at(RSDT_AT) + HEADER + i * width, addresses[i], width);
	fix_table(RSDT_AT);
}

static void put_madt(const u8 *entries, size_t size)
{
	put_header(MADT_AT, "APIC", MADT_START + size);
	put(table_at(MADT_AT) + 36, 0xfee00000, 4);
	put(table_at(MADT_AT) + 40, 1, 4);
	memcpy(table_at(MADT_AT) + MADT_START, entries, size);
	fix_table(MADT_AT);
}

/* What QEMU says of a machine with two CPUs, one of which is not there. */
static const u8 qemu_entries[] = {
	0x00, 0x08, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,				/* CPU 0 */
	0x00, 0x08, 0x01, 0x05, 0x00, 0x00, 0x00, 0x00,				/* not there */
	0x01, 0x0c, 0x00, 0x00, 0x00, 0x00, 0xc0, 0xfe, 0x00, 0x00, 0x00, 0x00, /* IOAPIC */
	0x02, 0x0a, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00,		/* 0 is on pin 2 */
	0x02, 0x0a, 0x00, 0x05, 0x05, 0x00, 0x00, 0x00, 0x0d, 0x00,		/* 5: level, high */
	0x02, 0x0a, 0x00, 0x09, 0x09, 0x00, 0x00, 0x00, 0x0f, 0x00,		/* 9: level, low */
	0x04, 0x06, 0xff, 0x00, 0x00, 0x01,					/* NMI on LINT1 */
};

static const u64 madt_only[] = { MADT_AT };

static void put_good_tables(void)
{
	memset(&memory, 0, sizeof(memory));
	memory.source.read = read_memory;
	put_rsdp(memory.rsdp, 0, RSDT_AT, 0);
	put_root("RSDT", madt_only, 1, 4);
	put_madt(qemu_entries, sizeof(qemu_entries));
}

static int find(void)
{
	memory.nr_reads = 0;
	memset(&fault, 0, sizeof(fault));
	return acpi_find_madt(&memory.source, &info, &fault);
}

static void expect_good(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, find(), 0);
	KUNIT_EXPECT_EQ(test, info.lapic_address, 0xfee00000);
	KUNIT_EXPECT_TRUE(test, info.has_8259);
	KUNIT_EXPECT_EQ(test, info.nr_cpus, 1);
	KUNIT_EXPECT_EQ(test, info.apic_ids[0], 0);
	KUNIT_EXPECT_EQ(test, info.nr_ioapics, 1);
	KUNIT_EXPECT_EQ(test, info.ioapics[0].address, 0xfec00000);
	KUNIT_EXPECT_EQ(test, info.ioapics[0].gsi_base, 0);
}

/* The tables cannot be used; the first thing wrong is the one named. */
static void expect_fault(struct kunit *test, const char *table, u64 address, const char *what)
{
	KUNIT_EXPECT_EQ(test, find(), -EINVAL);
	KUNIT_ASSERT_NOT_NULL(test, fault.what);
	KUNIT_EXPECT_STREQ(test, fault.table, table);
	KUNIT_EXPECT_EQ(test, fault.address, address);
	KUNIT_EXPECT_STREQ(test, fault.what, what);
}

static void qemus_tables(struct kunit *test)
{
	put_good_tables();
	expect_good(test);
	KUNIT_EXPECT_EQ(test, info.address, MADT_AT);
	KUNIT_EXPECT_EQ(test, info.isa[0].gsi, 2);
	KUNIT_EXPECT_EQ(test, info.isa[0].trigger, IRQ_TYPE_EDGE_RISING);
	KUNIT_EXPECT_EQ(test, info.isa[4].gsi, 4);
	KUNIT_EXPECT_EQ(test, info.isa[4].trigger, IRQ_TYPE_EDGE_RISING);
	KUNIT_EXPECT_EQ(test, info.isa[5].trigger, IRQ_TYPE_LEVEL_HIGH);
	KUNIT_EXPECT_EQ(test, info.isa[9].trigger, IRQ_TYPE_LEVEL_LOW);
}

/* The XSDT counts where there is one; the RSDT is not even looked at. */
static void xsdt_above_4_gib(struct kunit *test)
{
	static const u64 above = HIGH_AT + (MADT_AT - RSDT_AT);

	put_good_tables();
	put_rsdp(memory.rsdp, 2, 0xdeadbee0, HIGH_AT);
	put_root("XSDT", &above, 1, 8);
	expect_good(test);
	KUNIT_EXPECT_EQ(test, info.address, above);
}

static void xsdt_of_zero_means_the_rsdt(struct kunit *test)
{
	put_good_tables();
	put_rsdp(memory.rsdp, 2, RSDT_AT, 0);
	expect_good(test);
}

static void rsdp_in_the_ebda(struct kunit *test)
{
	put_good_tables();
	memset(memory.rsdp, 0, sizeof(memory.rsdp));
	put_rsdp(memory.ebda + 16 - EBDA_AT % 16, 0, RSDT_AT, 0);
	KUNIT_EXPECT_EQ(test, find(), -ENODEV);
	put(memory.ebda_segment, EBDA_AT >> 4, 2);
	expect_good(test);
}

static void no_root(struct kunit *test)
{
	put_good_tables();
	memory.rsdp[0] = 'r';
	KUNIT_EXPECT_EQ(test, find(), -ENODEV);

	put_good_tables();
	memory.rsdp[8]++;
	KUNIT_EXPECT_EQ(test, find(), -ENODEV);

	/* From revision 2 on there is a second sum, of more bytes. */
	put_good_tables();
	put_rsdp(memory.rsdp, 2, RSDT_AT, 0);
	memory.rsdp[32]++;
	KUNIT_EXPECT_EQ(test, find(), -ENODEV);
	memory.rsdp[32]--;
	KUNIT_EXPECT_EQ(test, find(), 0);
}

/* What only looks like a root is passed by. */
static void the_second_root_is_good(struct kunit *test)
{
	put_good_tables();
	memcpy(memory.rsdp + 32, memory.rsdp, 20);
	memcpy(memory.rsdp, "RSD PTR ", 8);
	memory.rsdp[8]++;
	expect_good(test);
}

static void wrong_sums(struct kunit *test)
{
	put_good_tables();
	table_at(RSDT_AT)[30]++;
	expect_fault(test, "RSDT", RSDT_AT, "its checksum is wrong");

	put_good_tables();
	table_at(MADT_AT)[MADT_START + 3]++;
	expect_fault(test, "APIC", MADT_AT, "its checksum is wrong");
}

static void wrong_lengths(struct kunit *test)
{
	static const u32 lengths[] = { 0, HEADER - 1, 65537, 0xffffffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		put_good_tables();
		put(table_at(MADT_AT) + 4, lengths[i], 4);
		expect_fault(test, "APIC", MADT_AT, "its length cannot be true");
		put_good_tables();
		put(table_at(RSDT_AT) + 4, lengths[i], 4);
		expect_fault(test, "RSDT", RSDT_AT, "its length cannot be true");
	}
	/* The header says less than a MADT has before its entries. */
	put_good_tables();
	put(table_at(MADT_AT) + 4, MADT_START - 1, 4);
	expect_fault(test, "APIC", MADT_AT, "its length cannot be true");
	/* It runs out of the memory that there is. */
	put_good_tables();
	put(table_at(MADT_AT) + 4, ROOM, 4);
	expect_fault(test, "APIC", MADT_AT, "its checksum is wrong");
}

static void a_table_where_no_memory_is(struct kunit *test)
{
	put_good_tables();
	put_rsdp(memory.rsdp, 0, 0xfffffff0, 0);
	expect_fault(test, "RSDT", 0xfffffff0, "there is no memory");

	put_good_tables();
	put_rsdp(memory.rsdp, 2, 0, 0xffffffffffffffff);
	expect_fault(test, "XSDT", 0xffffffffffffffff, "there is no memory");
}

static void the_root_lists_others(struct kunit *test)
{
	static const u64 addresses[] = { 0, 0xffffffff, RSDT_AT, MADT_AT };

	put_good_tables();
	put_root("RSDT", addresses, 3, 4);
	expect_fault(test, "RSDT", RSDT_AT,
		     "it lists no table of the interrupt controllers (MADT)");
	put_root("RSDT", addresses, 4, 4);
	expect_good(test);
	put_root("RSDT", NULL, 0, 4);
	expect_fault(test, "RSDT", RSDT_AT,
		     "it lists no table of the interrupt controllers (MADT)");
}

/* A MADT that begins inside the root table: its own bytes are those of the root's addresses. */
static void overlapping_tables(struct kunit *test)
{
	static const u64 inside = RSDT_AT + 12;

	put_good_tables();
	put_root("RSDT", &inside, 1, 4);
	memcpy(table_at(inside), "APIC", 4);
	fix_table(RSDT_AT);
	expect_fault(test, "APIC", inside, "its length cannot be true");
	/* And one that covers the root's end and more, with a sum that is right. */
	put(table_at(inside) + 4, MADT_START + 64, 4);
	fix_table(RSDT_AT);
	table_at(inside)[MADT_START + 40] = 0;
	fix_sum(table_at(inside), MADT_START + 64, MADT_START + 40);
	KUNIT_EXPECT_EQ(test, find(), -EINVAL);
	KUNIT_EXPECT_EQ(test, fault.address, inside);
}

static void broken_entries(struct kunit *test)
{
	static const struct {
		const char *what;
		u8 size, bytes[14];
	} broken[] = {
		{ "an entry is too short", 2, { 0, 0 } },
		{ "an entry is too short", 3, { 99, 0, 0 } },
		{ "an entry is too short", 4, { 99, 1, 0, 0 } },
		{ "an entry is too short", 7, { 0, 7 } },
		{ "an entry is too short", 12, { 1, 11 } },
		{ "an entry is too short", 10, { 2, 9 } },
		{ "an entry is too short", 12, { 5, 8 } },
		{ "it ends inside an entry", 1, { 0 } },
		{ "it ends inside an entry", 6, { 0, 8 } },
		{ "it ends inside an entry", 4, { 99, 200 } },
		{ "it ends inside an entry", 13, { 1, 12, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7 } },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(broken); i++) {
		put_good_tables();
		put_madt(broken[i].bytes, broken[i].size);
		expect_fault(test, "APIC", MADT_AT, broken[i].what);
		KUNIT_EXPECT_LT(test, memory.nr_reads, 20000);
	}
}

static void unknown_entries_are_passed_by(struct kunit *test)
{
	static const u8 entries[] = {
		9,    16, 0, 0,	 0, 0, 0,    0,	   1,	 0, 0, 0, 0, 0, 0, 0, /* x2APIC */
		200,  2,						      /* of the future */
		0x00, 9,  0, 3,	 1, 0, 0,    0,	   0xee,	  /* longer than known */
		0x02, 10, 1, 3,	 7, 0, 0,    0,	   0,	 0,	  /* not the ISA bus */
		0x02, 10, 0, 16, 7, 0, 0,    0,	   0,	 0,	  /* no such line */
		0x05, 12, 0, 0,	 0, 0, 0xd0, 0xfe, 1,	 0, 0, 0, /* local APICs */
	};

	put_good_tables();
	put_madt(entries, sizeof(entries));
	KUNIT_ASSERT_EQ(test, find(), 0);
	KUNIT_EXPECT_EQ(test, info.nr_cpus, 1);
	KUNIT_EXPECT_EQ(test, info.apic_ids[0], 3);
	KUNIT_EXPECT_EQ(test, info.nr_ioapics, 0);
	KUNIT_EXPECT_EQ(test, info.isa[3].gsi, 3);
	KUNIT_EXPECT_EQ(test, info.lapic_address, 0x1fed00000);
}

static void more_than_there_is_room_for(struct kunit *test)
{
	u8 entries[12 * (MAX_IO_APICS + 2) + 8 * (NR_CPUS + 3)] = { 0 };
	u8 *at = entries;
	unsigned int i;

	for (i = 0; i < MAX_IO_APICS + 2; i++, at += 12) {
		at[0] = 1;
		at[1] = 12;
		put(at + 4, 0xfec00000 + i * 0x1000, 4);
	}
	for (i = 0; i < NR_CPUS + 3; i++, at += 8) {
		at[1] = 8;
		at[3] = i;
		at[4] = 1;
	}
	put_good_tables();
	put_madt(entries, sizeof(entries));
	KUNIT_ASSERT_EQ(test, find(), 0);
	KUNIT_EXPECT_EQ(test, info.nr_ioapics, MAX_IO_APICS);
	KUNIT_EXPECT_EQ(test, info.ioapics_left_out, 2);
	KUNIT_EXPECT_EQ(test, info.nr_cpus, NR_CPUS + 3);
	KUNIT_EXPECT_EQ(test, info.apic_ids[NR_CPUS - 1], NR_CPUS - 1);
}

/* Changes a few random bytes of the tables; mostly the sums are made right again. */
static void corrupt(struct rnd_state *random)
{
	unsigned int nr = 1 + prandom_u32_state(random) % 8;
	u32 length = MADT_START + sizeof(qemu_entries);

	while (nr--)
		table_at(MADT_AT)[prandom_u32_state(random) % length] = prandom_u32_state(random);
	if (prandom_u32_state(random) % 8 == 0)
		table_at(RSDT_AT)[prandom_u32_state(random) % 64] ^= prandom_u32_state(random);
	if (prandom_u32_state(random) % 64 == 0)
		memory.rsdp[prandom_u32_state(random) % 20] ^= prandom_u32_state(random);
	if (prandom_u32_state(random) % 8) {
		fix_sum(table_at(MADT_AT), length, 9);
		fix_sum(table_at(RSDT_AT), HEADER + 4, 9);
	}
}

static void random_corruption(struct kunit *test)
{
	unsigned int round, good = 0, bad = 0, none = 0;
	struct rnd_state random;

	prandom_seed_state(&random, 5);
	for (round = 0; round < 4000; round++) {
		int result;

		put_good_tables();
		corrupt(&random);
		result = find();
		KUNIT_ASSERT_LT(test, memory.nr_reads, 20000);
		KUNIT_ASSERT_LE(test, info.nr_ioapics, MAX_IO_APICS);
		good += result == 0;
		none += result == -ENODEV;
		bad += result == -EINVAL && fault.table && fault.what;
	}
	/* Each of it has happened, and nothing else. */
	KUNIT_EXPECT_EQ(test, good + bad + none, 4000);
	KUNIT_EXPECT_GT(test, good, 400);
	KUNIT_EXPECT_GT(test, bad, 400);
	KUNIT_EXPECT_GT(test, none, 4);
}

static struct kunit_case acpi_cases[] = {
	KUNIT_CASE(qemus_tables),
	KUNIT_CASE(xsdt_above_4_gib),
	KUNIT_CASE(xsdt_of_zero_means_the_rsdt),
	KUNIT_CASE_SLOW(rsdp_in_the_ebda),
	KUNIT_CASE_SLOW(no_root),
	KUNIT_CASE(the_second_root_is_good),
	KUNIT_CASE(wrong_sums),
	KUNIT_CASE(wrong_lengths),
	KUNIT_CASE(a_table_where_no_memory_is),
	KUNIT_CASE(the_root_lists_others),
	KUNIT_CASE(overlapping_tables),
	KUNIT_CASE(broken_entries),
	KUNIT_CASE(unknown_entries_are_passed_by),
	KUNIT_CASE(more_than_there_is_room_for),
	KUNIT_CASE_SLOW(random_corruption),
	{},
};

static struct kunit_suite acpi_suite = {
	.name = "acpi",
	.test_cases = acpi_cases,
};
kunit_test_suite(acpi_suite);
