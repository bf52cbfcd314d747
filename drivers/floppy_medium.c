// SPDX-License-Identifier: MIT
/*
 * The medium in a floppy drive: how it is written, and whether it is still the same.
 *
 * The drive latches that it was opened, until heads step over a medium. So before each cylinder: if
 * the latch is set, step; if it stays set, there is none. Else the format is found by trying to
 * read the last sector of a track in each that the drive knows.
 *
 *	request   request  (changed)  request   request		request
 *	   |	     |			fails	  fails		   |
 *	the first medium .............| its cache is dropped |..the second one....
 *
 * What is cached is of the medium that has gone; what is dirty has no place any more, and is lost,
 * of which the next sync tells. To drop a page means to wait until it is unlocked, perhaps by the
 * end of a request behind the one that is being served: so a work does it. Until it is done
 * all requests fail, those that were meant for the old medium among them.
 *
 * Locking: all is called by the driver's work, or before there is a disk; forget_medium() is
 * alone with `stale`.
 */
#include <linux/bits.h>
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "floppy.h"

#define HEADS 2

/* Types of drives, in the CMOS */
enum { DRIVE_360K = 1, DRIVE_1200K, DRIVE_720K, DRIVE_1440K, DRIVE_2880K };

/* Of those that a drive knows the largest is first. */
static const struct floppy_format formats[] = {
	{ "2.88 MB", BIT(DRIVE_2880K), 80, 36, 0x1b, 3 },
	{ "1.44 MB", BIT(DRIVE_1440K) | BIT(DRIVE_2880K), 80, 18, 0x1b, 0 },
	{ "1.2 MB", BIT(DRIVE_1200K), 80, 15, 0x1b, 0 },
	{ "720 KB", BIT(DRIVE_720K) | BIT(DRIVE_1440K) | BIT(DRIVE_2880K), 80, 9, 0x2a, 2 },
	{ "360 KB", BIT(DRIVE_360K), 40, 9, 0x2a, 2 },
};

const struct floppy_format *floppy_largest_format(unsigned int type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(formats); i++)
		if (formats[i].drives & BIT(type))
			return &formats[i];
	return NULL;
}

sector_t floppy_sectors(const struct floppy_format *format)
{
	return format->cylinders * HEADS * format->sectors;
}

int floppy_transfer(struct floppy_drive *drive, const struct floppy_format *format,
		    unsigned int sector, unsigned int count, bool write)
{
	struct fdc *fdc = &drive->floppy->fdc;
	unsigned int track = sector / format->sectors;
	struct fdc_transfer transfer = {
		.drive = drive->nr,
		.cylinder = track / HEADS,
		.head = track % HEADS,
		.sector = sector % format->sectors + 1,
		.sectors_per_track = format->sectors,
		.gap = format->gap,
		.rate = format->rate,
		.count = count,
		.write = write,
	};

	return fdc_seek(fdc, drive->nr, transfer.cylinder) ?: fdc_transfer(fdc, &transfer);
}

/* --- is there one, and which ---------------------------------------------------------------- */

/* Steps: if there is a medium, that clears the latch. */
static int look_for_medium(struct floppy_drive *drive)
{
	struct fdc *fdc = &drive->floppy->fdc;
	int error = fdc_seek(fdc, drive->nr, 1);

	if (!error)
		error = fdc_seek(fdc, drive->nr, 0);
	if (error != -ETIMEDOUT && fdc_medium_changed(fdc, drive->nr))
		return -ENOMEDIUM;
	return error;
}

static int find_format(struct floppy_drive *drive)
{
	int error;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		if (!(formats[i].drives & BIT(drive->type)))
			continue;
		error = floppy_transfer(drive, &formats[i], formats[i].sectors - 1, 1, false);
		if (error == -ETIMEDOUT)
			return error;
		if (!error) {
			drive->format = &formats[i];
			return 0;
		}
	}
	return -EMEDIUMTYPE;
}

static int identify_medium(struct floppy_drive *drive)
{
	struct fdc *fdc = &drive->floppy->fdc;
	int error;

	drive->format = NULL;
	if (fdc_medium_changed(fdc, drive->nr)) {
		error = look_for_medium(drive);
		if (error)
			return error;
	}
	error = find_format(drive);
	if (error)
		return error;
	drive->read_only = fdc_write_protected(fdc, drive->nr) != 0;
	set_capacity(drive->disk, floppy_sectors(drive->format));
	dev_info(drive->floppy->dev, "%s: a medium of %s%s\n", drive->disk->disk_name,
		 drive->format->name, drive->read_only ? ", write-protected" : "");
	return 0;
}

/* --- what is cached of it ------------------------------------------------------------------- */

static void forget_medium(struct work_struct *work)
{
	struct floppy_drive *drive = container_of(work, struct floppy_drive, forget);

	disk_force_media_change(drive->disk, DISK_EVENT_MEDIA_CHANGE);
	WRITE_ONCE(drive->stale, false);
}

void floppy_medium_init(struct floppy_drive *drive)
{
	INIT_WORK(&drive->forget, forget_medium);
}

void floppy_medium_end(struct floppy_drive *drive)
{
	cancel_work_sync(&drive->forget);
}

/* The request that we are serving may have locked a page: not here. */
static void forget_cache(struct floppy_drive *drive)
{
	WRITE_ONCE(drive->stale, true);
	schedule_work(&drive->forget);
}

int floppy_check_medium(struct floppy_drive *drive)
{
	bool known = drive->format;
	bool other = known && fdc_medium_changed(&drive->floppy->fdc, drive->nr);
	int error;

	if (other)
		forget_cache(drive);
	if (other || !known) {
		error = identify_medium(drive);
		if (error)
			return error;
	}
	if (other)
		dev_warn(drive->floppy->dev, "%s: the medium was changed\n",
			 drive->disk->disk_name);
	return other || READ_ONCE(drive->stale) ? -ESTALE : 0;
}
