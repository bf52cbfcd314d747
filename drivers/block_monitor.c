// SPDX-License-Identifier: MIT
/*
 * The monitor's commands on disks: `disks`, `readsec`, `writesec`, `copy`. What is written is
 * flushed before a command ends, so that it is on the host's image.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <memkern/blkdev.h>
#include <memkern/monitor.h>
#include <memkern/monitor_output.h>

#define ROW 16

/* --- arguments ------------------------------------------------------------------------------- */

static void offer_disks(struct monitor_completion *completion, int argc, char **argv)
{
	struct block_device *bdev = NULL;

	if (argc != 1 && !(argc == 3 && !strcmp(argv[0], "copy")))
		return;
	while ((bdev = blkdev_next(bdev)))
		monitor_offer(completion, bdev->bd_disk->disk_name);
}

/* A disk and `count` sectors that it has. NULL, and why is said. */
static struct block_device *parse_place(const char *name, const char *number, sector_t *sector,
					sector_t count)
{
	struct block_device *bdev = blkdev_get_by_name(name);
	sector_t size;

	if (!bdev) {
		mprintf("%s: there is no such disk; `disks` lists them\n", name);
		return NULL;
	}
	size = bdev_nr_sectors(bdev);
	if (!count) {
		mprintf("%s: 0 sectors: nothing to do\n", name);
	} else if (!monitor_parse_ull(number, sector)) {
		if (count <= size && *sector <= size - count)
			return bdev;
		mprintf("%s has sectors 0 to %llu: %llu from %llu on are not there\n", name,
			size - !!size, count, *sector);
	}
	blkdev_release(bdev);
	return NULL;
}

static int failed(struct block_device *bdev, const char *what, sector_t sector, int error)
{
	mprintf("%s: cannot %s sector %llu: error %d (%s)\n", bdev->bd_disk->disk_name, what,
		sector, error,
		error == -EIO	      ? "an I/O error"
		: error == -ETIMEDOUT ? "no answer in time"
				      : "see the log");
	return error;
}

static int flush(struct block_device *bdev)
{
	int error = blkdev_issue_flush(bdev);

	if (error)
		mprintf("%s: cannot flush what was written: error %d\n", bdev->bd_disk->disk_name,
			error);
	return error;
}

/* Once a second. */
static void tell_progress(sector_t done, sector_t count, unsigned long *told)
{
	if (!time_after(jiffies, *told + HZ))
		return;
	*told = jiffies;
	mprintf("%llu of %llu KiB (%llu %%)\n", done / 2, count / 2, div64_u64(done * 100, count));
}

/* --- disks ------------------------------------------------------------------------------------ */

static void print_disk(struct block_device *bdev, bool json)
{
	const char *name = bdev->bd_disk->disk_name;
	sector_t size = bdev_nr_sectors(bdev);
	struct blkdev_stats s;

	blkdev_get_stats(bdev, &s);
	if (!json) {
		mprintf("%-6s %9llu %12llu %8lu %10lu %8lu %10lu %7lu %6lu %6u\n", name, size >> 1,
			size, s.ios[READ], s.sectors[READ], s.ios[WRITE], s.sectors[WRITE],
			s.merges, s.errors, s.in_flight + s.queued);
		return;
	}
	json_begin();
	json_text("disk", name);
	json_number("sectors", size);
	json_number("reads", s.ios[READ]);
	json_number("sectors_read", s.sectors[READ]);
	json_number("writes", s.ios[WRITE]);
	json_number("sectors_written", s.sectors[WRITE]);
	json_number("flushes", s.flushes);
	json_number("merges", s.merges);
	json_number("errors", s.errors);
	json_number("requeues", s.requeues);
	json_number("timeouts", s.timeouts);
	json_number("in_flight", s.in_flight);
	json_number("queued", s.queued);
	json_end();
}

static int cmd_disks(int argc, char **argv)
{
	struct block_device *bdev = NULL;
	bool json, any = false;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	while ((bdev = blkdev_next(bdev))) {
		if (!any && !json)
			mprintf("disk         KiB      sectors    reads    sectors   writes    "
				"sectors  "
				"merges errors queued\n");
		any = true;
		print_disk(bdev, json);
	}
	if (!any && !json)
		mprintf("no disks (QEMU: -drive file=IMAGE,if=ide,format=raw)\n");
	return 0;
}
MONITOR_COMMAND("disks", "[--json]", "disks, and the requests and sectors they have served",
		cmd_disks);

/* --- readsec ---------------------------------------------------------------------------------- */

/* Rows like the one before are a single '*'. */
static void dump(u64 address, const u8 *data, const u8 **last, bool *starred)
{
	char line[ROW * 4 + 3];
	unsigned int at;

	for (at = 0; at < SECTOR_SIZE; at += ROW, *last = data + at - ROW) {
		if (*last && !memcmp(*last, data + at, ROW)) {
			if (!*starred)
				mprintf("*\n");
			*starred = true;
			continue;
		}
		*starred = false;
		hex_dump_to_buffer(data + at, ROW, ROW, 1, line, sizeof(line), true);
		mprintf("%010llx: %s\n", address + at, line);
	}
}

/* Two sectors of memory: the row before is in the other one. */
static int dump_sectors(struct block_device *bdev, sector_t sector, sector_t count)
{
	u8 *buf = kmalloc(2 * SECTOR_SIZE, GFP_KERNEL);
	const u8 *last = NULL;
	bool starred = false;
	int error = 0;
	sector_t i;

	if (!buf) {
		mprintf("no memory\n");
		return -ENOMEM;
	}
	for (i = 0; i < count && !error; i++) {
		u8 *data = buf + i % 2 * SECTOR_SIZE;

		error = blkdev_rw(bdev, REQ_OP_READ, sector + i, data, SECTOR_SIZE);
		if (error)
			failed(bdev, "read", sector + i, error);
		else
			dump((sector + i) << SECTOR_SHIFT, data, &last, &starred);
	}
	kfree(buf);
	return error;
}

static int cmd_readsec(int argc, char **argv)
{
	struct block_device *bdev;
	sector_t sector, count = 1;
	int error;

	if (argc < 3 || argc > 4)
		return monitor_usage(argv[0]);
	if (argc == 4 && monitor_parse_ull(argv[3], &count))
		return -EINVAL;
	bdev = parse_place(argv[1], argv[2], &sector, count);
	if (!bdev)
		return -EINVAL;
	error = dump_sectors(bdev, sector, count);
	blkdev_release(bdev);
	return error;
}
MONITOR_COMMAND_COMPLETE("readsec", "DEV N [COUNT]", "show sectors of a disk", cmd_readsec,
			 offer_disks);

/* --- writesec --------------------------------------------------------------------------------- */

/*
 * 0x and hexadecimal digits are bytes, all else is text. Returns the length; 0, and why is said:
 * who writes 0xabc hardly means five letters.
 */
static size_t parse_pattern(const char *text, u8 *pattern)
{
	size_t length = strlen(text), i;

	if (strncmp(text, "0x", 2)) {
		memcpy(pattern, text, length);
		return length;
	}
	for (i = 2; isxdigit(text[i]) && isxdigit(text[i + 1]); i += 2)
		pattern[i / 2 - 1] = hex_to_bin(text[i]) << 4 | hex_to_bin(text[i + 1]);
	if (i == length && i > 2)
		return length / 2 - 1;
	mprintf("'%s': 0x wants two hexadecimal digits a byte\n", text);
	return 0;
}

static int write_pattern(struct block_device *bdev, sector_t sector, sector_t count,
			 const u8 *pattern, size_t length)
{
	u8 *buf = kmalloc(SECTOR_SIZE, GFP_KERNEL);
	unsigned long told = jiffies;
	sector_t done;
	size_t at = 0, i;
	int error = 0;

	if (!buf) {
		mprintf("no memory\n");
		return -ENOMEM;
	}
	for (done = 0; done < count && !error; done++) {
		for (i = 0; i < SECTOR_SIZE; i++, at = (at + 1) % length)
			buf[i] = pattern[at];
		error = blkdev_rw(bdev, REQ_OP_WRITE, sector + done, buf, SECTOR_SIZE);
		if (error)
			failed(bdev, "write", sector + done, error);
		tell_progress(done + 1, count, &told);
	}
	kfree(buf);
	return error ?: flush(bdev);
}

static int cmd_writesec(int argc, char **argv)
{
	u8 pattern[MONITOR_LINE_MAX];
	struct block_device *bdev;
	sector_t sector, count = 1;
	size_t length;
	int error;

	if (argc < 4 || argc > 5 || !argv[3][0])
		return monitor_usage(argv[0]);
	length = parse_pattern(argv[3], pattern);
	if (!length || (argc == 5 && monitor_parse_ull(argv[4], &count)))
		return -EINVAL;
	bdev = parse_place(argv[1], argv[2], &sector, count);
	if (!bdev)
		return -EINVAL;
	error = write_pattern(bdev, sector, count, pattern, length);
	blkdev_release(bdev);
	return error;
}
MONITOR_COMMAND_COMPLETE("writesec", "DEV N BYTES|TEXT [COUNT]",
			 "fill sectors of a disk, with 0x... bytes or text, over and over",
			 cmd_writesec, offer_disks);

/* --- copy ------------------------------------------------------------------------------------- */

#define COPY_BYTES (256 * 1024)

struct copying {
	struct block_device *from, *to;
	sector_t from_sector, to_sector, count, done;
	void *buf;
	size_t sectors; /* of the buffer */
	unsigned long started, told;
};

static int copy_sectors(struct copying *c)
{
	int error;

	while (c->done < c->count) {
		size_t bytes = min_t(u64, c->sectors, c->count - c->done) << SECTOR_SHIFT;

		error = blkdev_rw(c->from, REQ_OP_READ, c->from_sector + c->done, c->buf, bytes);
		if (error)
			return failed(c->from, "read what begins with", c->from_sector + c->done,
				      error);
		error = blkdev_rw(c->to, REQ_OP_WRITE, c->to_sector + c->done, c->buf, bytes);
		if (error)
			return failed(c->to, "write what begins with", c->to_sector + c->done,
				      error);
		c->done += bytes >> SECTOR_SHIFT;
		tell_progress(c->done, c->count, &c->told);
	}
	return flush(c->to);
}

/* A small buffer does as well where memory is short. */
static int copy(struct copying *c)
{
	unsigned int ms;
	int error;

	if (c->from == c->to && c->from_sector < c->to_sector + c->count &&
	    c->to_sector < c->from_sector + c->count) {
		mprintf("the two ranges overlap\n");
		return -EINVAL;
	}
	c->sectors = COPY_BYTES >> SECTOR_SHIFT;
	c->buf = kvmalloc(COPY_BYTES, GFP_KERNEL | __GFP_NOWARN);
	if (!c->buf) {
		c->sectors = PAGE_SECTORS;
		c->buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	}
	if (!c->buf) {
		mprintf("no memory\n");
		return -ENOMEM;
	}
	c->started = c->told = jiffies;
	error = copy_sectors(c);
	ms = max(jiffies_to_msecs(jiffies - c->started), 1U);
	if (!error)
		mprintf("%llu sectors copied in %u ms: %llu KiB/s\n", c->count, ms,
			div_u64(c->count * 500, ms));
	kvfree(c->buf);
	return error;
}

static int cmd_copy(int argc, char **argv)
{
	struct copying c = {};
	int error = -EINVAL;

	if (argc != 6)
		return monitor_usage(argv[0]);
	if (monitor_parse_ull(argv[5], &c.count))
		return -EINVAL;
	c.from = parse_place(argv[1], argv[2], &c.from_sector, c.count);
	if (!c.from)
		return -EINVAL;
	c.to = parse_place(argv[3], argv[4], &c.to_sector, c.count);
	if (c.to) {
		error = copy(&c);
		blkdev_release(c.to);
	}
	blkdev_release(c.from);
	return error;
}
MONITOR_COMMAND_COMPLETE("copy", "DEV N DEV N COUNT", "copy sectors, also to another disk",
			 cmd_copy, offer_disks);
