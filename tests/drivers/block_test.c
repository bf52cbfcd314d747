// SPDX-License-Identifier: MIT
/* The block layer over a disk of RAM: what becomes a request, in which order, and how it ends. */
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/scatterlist.h>
#include <linux/vmalloc.h>

#include "block_test.h"

/* What was begun, in order, as "W8+8 R100+1 F". */
static const char *log_text(struct kunit *test, const struct ram_disk *ram, unsigned int from)
{
	static const char letters[] = "RWF";
	char *text = kunit_kzalloc(test, 512, GFP_KERNEL);
	unsigned int i;
	int at = 0;

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (i = from; i < min_t(unsigned int, ram->nr_log, RAM_LOG); i++) {
		at += scnprintf(text + at, 512 - at, "%s%c", i > from ? " " : "",
				letters[ram->log[i].op]);
		if (ram->log[i].op != REQ_OP_FLUSH)
			at += scnprintf(text + at, 512 - at, "%llu+%u", ram->log[i].sector,
					ram->log[i].sectors);
	}
	return text;
}

/* Submits writes while the disk is busy with sector 0, and says what requests they became. */
static const char *written_as(struct kunit *test, struct ram_disk *ram, struct transfers *all,
			      const unsigned int (*writes)[2], unsigned int nr)
{
	unsigned int i, from;

	submit(test, all, ram->disk, REQ_OP_WRITE, 0, 1, 0);
	from = ram->nr_log;
	for (i = 0; i < nr; i++)
		submit(test, all, ram->disk, REQ_OP_WRITE, writes[i][0], writes[i][1], i + 1);
	ram_disk_end(ram, UINT_MAX);
	KUNIT_EXPECT_EQ(test, atomic_read(&all->ended), all->nr);
	return log_text(test, ram, from);
}

#define EXPECT_WRITTEN_AS(test, ram, all, expected, ...)                                        \
	do {                                                                                    \
		static const unsigned int __writes[][2] = { __VA_ARGS__ };                      \
		KUNIT_EXPECT_STREQ(test, expected,                                              \
				   written_as(test, ram, all, __writes, ARRAY_SIZE(__writes))); \
	} while (0)

/* --- data ------------------------------------------------------------------------------------- */

static void moves_every_byte(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 1, RAM_INTERRUPT, false);
	size_t bytes = 100 << SECTOR_SHIFT, i;
	u8 *lowmem = kunit_kmalloc(test, bytes, GFP_KERNEL | __GFP_NOWARN);
	u8 *other = lowmem ? vmalloc(bytes) : NULL;

	if (!other)
		kunit_skip(test, "too little memory");
	for (i = 0; i < bytes; i++)
		lowmem[i] = i * 7 + (i >> 9);
	KUNIT_EXPECT_EQ(test, blkdev_rw(ram->disk->part0, REQ_OP_WRITE, 100, lowmem, bytes), 0);
	KUNIT_EXPECT_TRUE(test, !memcmp(ram->data + (100 << SECTOR_SHIFT), lowmem, bytes));
	KUNIT_EXPECT_EQ(test, ram->data[(100 << SECTOR_SHIFT) - 1], 0);
	KUNIT_EXPECT_EQ(test, ram->data[200 << SECTOR_SHIFT], 0);
	KUNIT_EXPECT_EQ(test, blkdev_rw(ram->disk->part0, REQ_OP_READ, 100, other, bytes), 0);
	KUNIT_EXPECT_TRUE(test, !memcmp(other, lowmem, bytes));
	KUNIT_EXPECT_EQ(test, stats_of(ram->disk).sectors[READ], 100UL);
	KUNIT_EXPECT_EQ(test, stats_of(ram->disk).sectors[WRITE], 100UL);
	vfree(other);
}

/* Pieces at odd places in several pages, of which one goes on in the next page. */
static void pieces_follow_one_another(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 1, RAM_AT_ONCE, false);
	struct page *pages = alloc_pages(GFP_HIGHUSER, 2);
	struct bio *bio = bio_alloc(ram->disk->part0, 2, REQ_OP_READ, GFP_KERNEL);
	struct bvec_iter_all all;
	struct bio_vec *bvec;
	unsigned int i, seen = 0;
	u8 *memory;

	KUNIT_ASSERT_NOT_NULL(test, pages);
	for (i = 0; i < 24; i++)
		memset(ram->data + (i << SECTOR_SHIFT), i + 1, SECTOR_SIZE);
	bio->bi_iter.bi_sector = 1;
	KUNIT_EXPECT_EQ(test, bio_add_page(bio, pages, 5 << SECTOR_SHIFT, 7 << SECTOR_SHIFT),
			5 << SECTOR_SHIFT);
	KUNIT_EXPECT_EQ(test, bio_add_page(bio, pages + 1, SECTOR_SIZE, 4 << SECTOR_SHIFT),
			SECTOR_SIZE);
	KUNIT_EXPECT_EQ_MSG(test, bio->bi_vcnt, 1, "it follows in memory");
	KUNIT_EXPECT_EQ(test, bio_add_page(bio, pages + 3, SECTOR_SIZE, 0), SECTOR_SIZE);
	KUNIT_EXPECT_EQ_MSG(test, bio_add_page(bio, pages, SECTOR_SIZE, 0), 0, "no room");
	KUNIT_EXPECT_EQ(test, submit_bio_wait(bio), 0);
	memory = kmap_local_page(pages);
	KUNIT_EXPECT_EQ(test, memory[PAGE_SIZE - 1], 2);
	kunmap_local(memory);
	memory = kmap_local_page(pages + 1);
	KUNIT_EXPECT_EQ(test, memory[0], 3);
	KUNIT_EXPECT_EQ(test, memory[4 << SECTOR_SHIFT], 7);
	kunmap_local(memory);
	memory = kmap_local_page(pages + 3);
	KUNIT_EXPECT_EQ(test, memory[SECTOR_SIZE - 1], 8);
	kunmap_local(memory);
	bio_for_each_segment_all(bvec, bio, all)
	{
		static const struct bio_vec parts[] = { { NULL, 512, 3584 },
							{ NULL, 2560, 0 },
							{ NULL, 512, 0 } };

		KUNIT_EXPECT_EQ(test, bvec->bv_len, parts[seen].bv_len);
		KUNIT_EXPECT_EQ(test, bvec->bv_offset, parts[seen++].bv_offset);
	}
	KUNIT_EXPECT_EQ(test, seen, 3U);
	bio_put(bio);
	__free_pages(pages, 2);
}

/* --- requests --------------------------------------------------------------------------------- */

static void the_head_goes_up_and_starts_again(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct ram_disk *ram = make_ram(test, 1, RAM_HOLD, false);

	EXPECT_WRITTEN_AS(test, ram, all, "W10+1 W50+1 W90+1 W200+1", { 90, 1 }, { 10, 1 },
			  { 200, 1 }, { 50, 1 });
	/* It is at 201 now; the first goes to 100, then up, then the lowest. */
	submit(test, all, ram->disk, REQ_OP_READ, 100, 1, 0);
	submit(test, all, ram->disk, REQ_OP_READ, 30, 1, 0);
	submit(test, all, ram->disk, REQ_OP_READ, 150, 1, 0);
	submit(test, all, ram->disk, REQ_OP_READ, 20, 1, 0);
	ram_disk_end(ram, UINT_MAX);
	KUNIT_EXPECT_STREQ(test, log_text(test, ram, 5), "R100+1 R150+1 R20+1 R30+1");
}

static void neighbours_become_one_request(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct ram_disk *ram = make_ram(test, 1, RAM_HOLD, false);
	unsigned int i;

	EXPECT_WRITTEN_AS(test, ram, all, "W8+16", { 8, 8 }, { 16, 8 });
	EXPECT_WRITTEN_AS(test, ram, all, "W8+16", { 16, 8 }, { 8, 8 });
	EXPECT_WRITTEN_AS(test, ram, all, "W8+24", { 8, 8 }, { 24, 8 }, { 16, 8 });
	for (i = 8; i < 32; i++)
		KUNIT_EXPECT_EQ(test, ram->data[i << SECTOR_SHIFT], "\1\3\2"[i / 8 - 1]);
	EXPECT_WRITTEN_AS(test, ram, all, "W8+8 W17+8", { 8, 8 }, { 17, 8 });
	EXPECT_WRITTEN_AS(test, ram, all, "W8+8 W8+8", { 8, 8 }, { 8, 8 });
	KUNIT_EXPECT_EQ(test, stats_of(ram->disk).merges, 3UL);
}

static void what_differs_stays_apart(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct ram_disk *ram = make_ram(test, 1, RAM_HOLD, false);

	submit(test, all, ram->disk, REQ_OP_WRITE, 0, 1, 0);
	submit(test, all, ram->disk, REQ_OP_WRITE, 8, 8, 1);
	submit(test, all, ram->disk, REQ_OP_READ, 16, 8, 0);
	submit(test, all, ram->disk, REQ_OP_WRITE, 24, 8, 1);
	ram_disk_end(ram, UINT_MAX);
	KUNIT_EXPECT_STREQ(test, log_text(test, ram, 1), "W8+8 R16+8 W24+8");
}

static void requests_keep_the_limits(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct ram_disk *ram = make_ram(test, 1, RAM_HOLD, false);

	blk_queue_max_hw_sectors(ram->disk->queue, 20);
	EXPECT_WRITTEN_AS(test, ram, all, "W8+16 W24+8", { 8, 8 }, { 16, 8 }, { 24, 8 });
	EXPECT_WRITTEN_AS(test, ram, all, "W8+8 W16+16", { 24, 8 }, { 16, 8 }, { 8, 8 });
	/* The gap is filled to the left, and with that the limit is near. */
	EXPECT_WRITTEN_AS(test, ram, all, "W8+16 W24+8", { 8, 8 }, { 24, 8 }, { 16, 8 });
	blk_queue_max_hw_sectors(ram->disk->queue, 255);
	blk_queue_max_segments(ram->disk->queue, 2);
	EXPECT_WRITTEN_AS(test, ram, all, "W8+2 W10+1", { 8, 1 }, { 9, 1 }, { 10, 1 });
}

/* By sectors, by segments, by a boundary: the parts are within the limits, the whole is there. */
static void large_bios_are_split(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 1, RAM_AT_ONCE, false);
	u8 *buf = kunit_kmalloc(test, 16384, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (i = 0; i < 16384; i++)
		buf[i] = i / 100;
	blk_queue_max_hw_sectors(ram->disk->queue, 12);
	KUNIT_EXPECT_EQ(test, blkdev_rw(ram->disk->part0, REQ_OP_WRITE, 5, buf, 16384), 0);
	KUNIT_EXPECT_STREQ(test, log_text(test, ram, 0), "W5+12 W17+12 W29+8");
	KUNIT_EXPECT_TRUE(test, !memcmp(ram->data + 5 * SECTOR_SIZE, buf, 16384));

	ram->nr_log = 0;
	blk_queue_max_hw_sectors(ram->disk->queue, 255);
	blk_queue_segment_boundary(ram->disk->queue, 4095);
	blk_queue_max_segments(ram->disk->queue, 3);
	KUNIT_EXPECT_EQ(test, blkdev_rw(ram->disk->part0, REQ_OP_READ, 5, buf, 16384), 0);
	KUNIT_EXPECT_STREQ(test, log_text(test, ram, 0), "R5+24 R29+8");
	for (i = 0; i < 16384; i++)
		if (buf[i] != (u8)(i / 100))
			break;
	KUNIT_EXPECT_EQ(test, i, 16384U);
}

static void segments_keep_the_boundary(struct kunit *test)
{
	struct ram_disk *ram = make_ram(test, 1, RAM_AT_ONCE, false);
	struct page *pages = alloc_pages(GFP_KERNEL, 2);
	struct scatterlist *entry;
	int i, sum = 0;

	KUNIT_ASSERT_NOT_NULL(test, pages);
	ram->sg = kunit_kcalloc(test, 16, sizeof(*ram->sg), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ram->sg);
	sg_init_table(ram->sg, 16);
	KUNIT_EXPECT_EQ(
		test,
		blkdev_rw(ram->disk->part0, REQ_OP_READ, 0, page_address(pages) + 1024, 12288), 0);
	KUNIT_EXPECT_EQ_MSG(test, ram->nr_sg, 1, "it lies together");
	blk_queue_segment_boundary(ram->disk->queue, 8191);
	KUNIT_EXPECT_EQ(
		test,
		blkdev_rw(ram->disk->part0, REQ_OP_READ, 0, page_address(pages) + 1024, 12288), 0);
	KUNIT_EXPECT_EQ(test, ram->nr_sg, 2);
	for_each_sg(ram->sg, entry, ram->nr_sg, i)
	{
		KUNIT_EXPECT_EQ(test, sg_phys(entry) / 8192,
				(sg_phys(entry) + entry->length - 1) / 8192);
		sum += entry->length;
	}
	KUNIT_EXPECT_EQ(test, sum, 12288);
	KUNIT_EXPECT_TRUE(test, sg_is_last(&ram->sg[1]));
	blk_queue_max_segment_size(ram->disk->queue, 4096);
	KUNIT_EXPECT_EQ(
		test,
		blkdev_rw(ram->disk->part0, REQ_OP_READ, 0, page_address(pages) + 1024, 12288), 0);
	KUNIT_EXPECT_EQ(test, ram->nr_sg, 4);
	__free_pages(pages, 2);
}

static void the_oldest_is_not_passed_over_for_ever(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct ram_disk *ram = make_ram(test, 1, RAM_HOLD, false);
	struct transfer *old;
	unsigned int i;

	submit(test, all, ram->disk, REQ_OP_WRITE, 10, 1, 0);
	old = submit(test, all, ram->disk, REQ_OP_READ, 5, 1, 0);
	for (i = 0; i < 100 && !old->ended; i++) {
		submit(test, all, ram->disk, REQ_OP_WRITE, 12 + 2 * i, 1, 0);
		ram_disk_end(ram, 1);
	}
	KUNIT_EXPECT_TRUE(test, old->ended);
	KUNIT_EXPECT_GT_MSG(test, old->turn, 60U, "it is not served at once either");
}

static void disks_of_a_set_take_turns(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct ram_disk *ram = make_ram(test, 1, RAM_HOLD, true);
	unsigned int i;

	for (i = 0; i < 4; i++)
		submit(test, all, ram->disk, REQ_OP_WRITE, 10 * i, 1, 1);
	for (i = 0; i < 4; i++)
		submit(test, all, ram->second, REQ_OP_WRITE, 10 * i, 1, 2);
	KUNIT_EXPECT_EQ_MSG(test, ram_disk_held(ram), 1U, "the depth is the set's");
	while (ram_disk_end(ram, 1))
		KUNIT_EXPECT_LE(test, ram_disk_held(ram), 1U);
	for (i = 1; i < 7; i++)
		KUNIT_EXPECT_PTR_EQ(test, ram->log[i].disk, i % 2 ? ram->second : ram->disk);
	KUNIT_EXPECT_EQ(test, ram->data[10 << SECTOR_SHIFT], 1);
	KUNIT_EXPECT_EQ(test, ram->data[(SECTORS + 10) << SECTOR_SHIFT], 2);
}

static void the_depth_is_kept(struct kunit *test)
{
	struct transfers *all = make_transfers(test);
	struct ram_disk *ram = make_ram(test, 3, RAM_HOLD, false);
	unsigned int i;

	for (i = 0; i < 5; i++)
		submit(test, all, ram->disk, REQ_OP_WRITE, 10 * i, 1, 1);
	KUNIT_EXPECT_EQ(test, ram_disk_held(ram), 3U);
	KUNIT_EXPECT_EQ(test, stats_of(ram->disk).in_flight, 3U);
	KUNIT_EXPECT_EQ(test, stats_of(ram->disk).queued, 2U);
}

static struct kunit_case requests_cases[] = {
	KUNIT_CASE(moves_every_byte),
	KUNIT_CASE(pieces_follow_one_another),
	KUNIT_CASE(the_head_goes_up_and_starts_again),
	KUNIT_CASE(neighbours_become_one_request),
	KUNIT_CASE_SLOW(what_differs_stays_apart),
	KUNIT_CASE_SLOW(requests_keep_the_limits),
	KUNIT_CASE(large_bios_are_split),
	KUNIT_CASE_SLOW(segments_keep_the_boundary),
	KUNIT_CASE_SLOW(the_oldest_is_not_passed_over_for_ever),
	KUNIT_CASE_SLOW(disks_of_a_set_take_turns),
	KUNIT_CASE_SLOW(the_depth_is_kept),
	{},
};

static struct kunit_suite requests_suite = {
	.name = "block",
	.test_cases = requests_cases,
};
kunit_test_suite(requests_suite);
