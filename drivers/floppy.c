// SPDX-License-Identifier: MIT
/*
 * Floppy disks: fd0 and fd1.
 *
 *	bio --> request --> queue_rq() --> work: medium? motor? --> cylinder by cylinder:
 *	(block.c)			   ^			    seek, copy, DMA, interrupt
 *					   +-- wq, one at a time
 *
 * A floppy is slow (a revolution is 200 ms) and its state is large: motors, heads, a medium that
 * may go at any time. So the requests are not served by interrupts that continue one another,
 * but by a work in process context, which may sleep and reads like what it does.
 * floppy_fdc.c does single commands.
 *
 * The 8237 reaches 16 MiB, and no transfer may cross 64 KiB. One buffer of a cylinder, got when
 * the driver is bound with a coherent mask of 24 bits, is there for all transfers: such memory is
 * rare later. Data is copied, which costs little against waiting for the disk. From
 * ZONE_DMA, aligned to its order as coherent memory is, it crosses nothing: 18 KiB lie in 32.
 *
 * A request for 4 KiB at sector 30 of 1.44 MB (18 sectors a track, 2 tracks a cylinder):
 *
 *	cylinder 0 from head 1, sector 13:	6 sectors  (30 to 35)
 *	cylinder 1 from head 0, sector 1:	2 sectors  (36, 37)
 *
 * The medium may change: floppy_medium.c sees to that. The first request after a change fails, as
 * it was meant for another one; so do all while there is none.
 *
 * Failures are tried again, three times in all, the third time with heads recalibrated; a timeout
 * resets the controller before. Then the request fails; the next one begins anew.
 *
 * Motors need 400 ms to get up to speed; 3 s after the last request they are turned off.
 *
 * Which drives there are only the CMOS knows. Whether one answers is tried by moving its heads.
 *
 * Locking: the work queue is ordered: floppy_work() and motors_off() are alone. Probe and remove
 * touch the hardware before the first disk is there, and after the last has gone.
 *
 * Left out: formatting, 5.25" media of another density than the drive's, perpendicular
 * recording on real 2.88 MB drives.
 */
#include <linux/bits.h>
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/isa-dma.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/platform_device.h>

#include "floppy.h"

#define FLOPPY_PORT 0x3f0
#define FLOPPY_IRQ  6
#define FLOPPY_DMA  2

#define HEADS	 2
#define TRIES	 3
#define PATIENCE (3 * HZ) /* of one command: ten revolutions and all steps there are */
#define IDLE	 (3 * HZ) /* then the motor is turned off */

/* --- requests ------------------------------------------------------------------------------- */

static int transfer_with_retries(struct floppy_drive *drive, sector_t sector, unsigned int count,
				 bool write)
{
	struct fdc *fdc = &drive->floppy->fdc;
	int error, try;

	for (try = 1;; try++) {
		error = floppy_transfer(drive, drive->format, sector, count, write);
		if (!error || error == -EROFS)
			return error;
		if (fdc_medium_changed(fdc, drive->nr))
			return floppy_check_medium(drive) ?: -ESTALE;
		if (try == TRIES)
			return error;
		drive->floppy->retries++;
		if (try > 1)
			fdc->cylinder[drive->nr] = FDC_POSITION_UNKNOWN;
	}
}

/* Between the buffer and the first `bytes` of what is left of the request. */
static void copy_data(struct request *rq, char *buffer, unsigned int bytes)
{
	struct bvec_iter iter;
	struct bio_vec bvec;
	struct bio *bio;

	for (bio = rq->bio; bio; bio = bio->bi_next) {
		bio_for_each_segment(bvec, bio, iter)
		{
			unsigned int n = min(bvec.bv_len, bytes);

			if (rq_data_dir(rq) == WRITE)
				memcpy_from_page(buffer, bvec.bv_page, bvec.bv_offset, n);
			else
				memcpy_to_page(bvec.bv_page, bvec.bv_offset, buffer, n);
			buffer += n;
			bytes -= n;
			if (!bytes)
				return;
		}
	}
}

/* As much of the request as one transfer can do: sectors done, or -errno. */
static int serve_cylinder(struct floppy_drive *drive, struct request *rq)
{
	char *buffer = drive->floppy->fdc.buffer;
	unsigned int in_cylinder = HEADS * drive->format->sectors;
	unsigned int sector = blk_rq_pos(rq), count = blk_rq_sectors(rq);
	bool write = rq_data_dir(rq) == WRITE;
	int error;

	if (sector + count > floppy_sectors(drive->format))
		return -EIO;
	count = min3(count, in_cylinder - sector % in_cylinder, (unsigned int)FDC_BUFFER_SECTORS);
	if (write)
		copy_data(rq, buffer, count * SECTOR_SIZE);
	error = transfer_with_retries(drive, sector, count, write);
	if (error)
		return error;
	if (!write)
		copy_data(rq, buffer, count * SECTOR_SIZE);
	return count;
}

static int serve(struct floppy_drive *drive, struct request *rq)
{
	int done;

	fdc_motor_on(&drive->floppy->fdc, drive->nr);
	for (;;) { /* a step to the next cylinder would clear the latch */
		done = floppy_check_medium(drive);
		if (done)
			return done;
		done = serve_cylinder(drive, rq);
		if (done < 0)
			return done;
		if ((unsigned int)done == blk_rq_sectors(rq))
			return 0;
		blk_update_request(rq, BLK_STS_OK, done * SECTOR_SIZE);
	}
}

static const char *reason(int error)
{
	switch (error) {
	case -ENOMEDIUM:
		return "there is no medium";
	case -EMEDIUMTYPE:
		return "the medium's format is unknown";
	case -EROFS:
		return "the medium is write-protected";
	case -ESTALE:
		return "it was for another medium";
	case -ETIMEDOUT:
		return "the controller does not answer";
	default:
		return "it cannot be read or written";
	}
}

static void floppy_work(struct work_struct *work)
{
	struct floppy *floppy = container_of(work, struct floppy, work);
	struct request *rq = floppy->rq;
	struct floppy_drive *drive = rq->q->queuedata;
	int error = serve(drive, rq);

	if (error)
		dev_err_ratelimited(floppy->dev, "%s: sector %llu: %s\n", drive->disk->disk_name,
				    (unsigned long long)blk_rq_pos(rq), reason(error));
	mod_delayed_work(floppy->wq, &floppy->motors_off, IDLE);
	blk_mq_end_request(rq, errno_to_blk_status(error));
}

static void motors_off(struct work_struct *work)
{
	struct floppy *floppy = container_of(to_delayed_work(work), struct floppy, motors_off);

	fdc_motors_off(&floppy->fdc);
}

static blk_status_t floppy_queue_rq(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *bd)
{
	struct floppy_drive *drive = hctx->queue->queuedata;
	struct floppy *floppy = drive->floppy;

	blk_mq_start_request(bd->rq);
	floppy->rq = bd->rq;
	queue_work(floppy->wq, &floppy->work);
	return BLK_STS_OK;
}

/* No timeout(): each command has its own, and what comes of it ends the request. */
static const struct blk_mq_ops floppy_ops = {
	.queue_rq = floppy_queue_rq,
};

/* --- the device ----------------------------------------------------------------------------- */

static void end_channel(void *data)
{
	struct fdc *fdc = data;

	free_dma(fdc->dma);
}

static void end_work(void *data)
{
	struct floppy *floppy = data;

	cancel_delayed_work_sync(&floppy->motors_off);
	destroy_workqueue(floppy->wq);
	fdc_quiesce(&floppy->fdc);
}

static void end_set(void *data)
{
	blk_mq_free_tag_set(data);
}

static void end_disk(void *data)
{
	struct floppy_drive *drive = data;

	del_gendisk(drive->disk);
	floppy_medium_end(drive);
	put_disk(drive->disk);
	drive->disk = NULL;
}

/* Ports, memory, channel and interrupt. */
static int claim_resources(struct platform_device *pdev, struct fdc *fdc)
{
	struct device *dev = &pdev->dev;
	struct resource *ports = platform_get_resource(pdev, IORESOURCE_IO, 0);
	struct resource *dir = platform_get_resource(pdev, IORESOURCE_IO, 1);
	struct resource *dma = platform_get_resource(pdev, IORESOURCE_DMA, 0);
	int irq = platform_get_irq(pdev, 0), error;

	if (!ports || !dir || !dma || irq < 0)
		return -ENXIO;
	if (!devm_request_region(dev, ports->start, resource_size(ports), "floppy") ||
	    !devm_request_region(dev, dir->start, resource_size(dir), "floppy"))
		return -EBUSY;
	error = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(24));
	if (error)
		return error;
	fdc->buffer = dmam_alloc_coherent(dev, FDC_BUFFER_SIZE, &fdc->buffer_dma, GFP_KERNEL);
	if (!fdc->buffer)
		return -ENOMEM;
	fdc->base = ports->start;
	fdc->dma = dma->start;
	fdc->patience = PATIENCE;
	init_completion(&fdc->interrupt);
	error = request_dma(fdc->dma, "floppy");
	if (!error)
		error = devm_add_action_or_reset(dev, end_channel, fdc);
	return error ?: devm_request_irq(dev, irq, fdc_interrupt, 0, "floppy", fdc);
}

static int start_work(struct floppy *floppy)
{
	INIT_WORK(&floppy->work, floppy_work);
	INIT_DELAYED_WORK(&floppy->motors_off, motors_off);
	floppy->wq = alloc_ordered_workqueue("floppy", WQ_MEM_RECLAIM);
	if (!floppy->wq)
		return -ENOMEM;
	return devm_add_action_or_reset(floppy->dev, end_work, floppy);
}

static int make_set(struct floppy *floppy)
{
	int error;

	floppy->set.ops = &floppy_ops;
	floppy->set.nr_hw_queues = 1;
	floppy->set.queue_depth = 1;
	error = blk_mq_alloc_tag_set(&floppy->set);
	return error ?: devm_add_action_or_reset(floppy->dev, end_set, &floppy->set);
}

static int make_disk(struct floppy *floppy, unsigned int nr, unsigned int type)
{
	struct floppy_drive *drive = &floppy->drives[nr];
	const struct floppy_format *format = floppy_largest_format(type);
	struct gendisk *disk;
	int error;

	/* Some drives answer only while the motor runs, at whatever speed. */
	fdc_motor_on(&floppy->fdc, nr);
	error = fdc_recalibrate(&floppy->fdc, nr);
	fdc_motors_off(&floppy->fdc);
	if (error) {
		dev_warn(floppy->dev, "drive %u, for %s, does not answer\n", nr, format->name);
		return 0;
	}
	disk = blk_mq_alloc_disk(&floppy->set, drive);
	if (IS_ERR(disk))
		return PTR_ERR(disk);
	drive->floppy = floppy;
	drive->nr = nr;
	drive->type = type;
	drive->disk = disk;
	floppy_medium_init(drive);
	snprintf(disk->disk_name, sizeof(disk->disk_name), "fd%u", nr);
	blk_queue_max_hw_sectors(disk->queue, 4 * FDC_BUFFER_SECTORS);
	blk_queue_dma_alignment(disk->queue, 0); /* the CPU copies */
	set_capacity(disk, floppy_sectors(format));
	error = add_disk(disk);
	if (error) {
		put_disk(disk);
		drive->disk = NULL;
		return error;
	}
	return devm_add_action_or_reset(floppy->dev, end_disk, drive);
}

static int floppy_probe(struct platform_device *pdev)
{
	const u8 *types = dev_get_platdata(&pdev->dev);
	struct floppy *floppy = devm_kzalloc(&pdev->dev, sizeof(*floppy), GFP_KERNEL);
	unsigned int nr;
	int error;

	if (!floppy)
		return -ENOMEM;
	floppy->dev = &pdev->dev;
	platform_set_drvdata(pdev, floppy);
	error = claim_resources(pdev, &floppy->fdc) ?: start_work(floppy) ?: make_set(floppy) ?:
		fdc_detect(&floppy->fdc);
	for (nr = 0; nr < FLOPPY_DRIVES && !error; nr++)
		if (floppy_largest_format(types[nr]))
			error = make_disk(floppy, nr, types[nr]);
	if (error)
		return error;
	return floppy->drives[0].disk || floppy->drives[1].disk ? 0 : -ENODEV;
}

static struct platform_driver floppy_driver = {
	.probe = floppy_probe,
	.driver.name = "floppy",
};

/* The clock's memory, where the firmware keeps what it was told of the machine. */
static u8 cmos_read(u8 address)
{
	outb(address, 0x70);
	return inb(0x71);
}

#define CMOS_FLOPPIES 0x10

static int __init floppy_init(void)
{
	static const struct resource resources[] = {
		DEFINE_RES_IO(FLOPPY_PORT, 6),
		DEFINE_RES_IO(FLOPPY_PORT + 7, 1), /* the one between is of the IDE */
		DEFINE_RES_IRQ(FLOPPY_IRQ),
		DEFINE_RES_DMA(FLOPPY_DMA),
	};
	u8 floppies = cmos_read(CMOS_FLOPPIES),
	   types[FLOPPY_DRIVES] = { floppies >> 4, floppies & 15 };
	int error = platform_driver_register(&floppy_driver);

	if (error || (!floppy_largest_format(types[0]) && !floppy_largest_format(types[1])))
		return error;
	return PTR_ERR_OR_ZERO(
		platform_device_register_resndata(NULL, "floppy", PLATFORM_DEVID_NONE, resources,
						  ARRAY_SIZE(resources), types, sizeof(types)));
}
module_init(floppy_init);
