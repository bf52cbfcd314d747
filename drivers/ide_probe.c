// SPDX-License-Identifier: MIT
/*
 * IDE controllers and what is connected to them; ide.c serves it.
 *
 * A controller is known by its PCI class. Its two channels are at the ports and the lines where
 * disks have been since the PC AT, its bus masters at BAR 4; a controller without them is left
 * alone, as is a channel in native mode, which is where PCI has put it: no machine at hand has one.
 *
 * Each unit is asked to identify itself, by polling, as it answers within microseconds or is
 * not there: then its status reads as 0, or on a channel without any drive as all ones. A CD drive
 * declines, and is left alone. So are disks without DMA or LBA, with a word in the log.
 *
 * A channel without disks gets no memory and no line. What probe takes by devm_ functions goes with
 * the driver; ide_remove() ends the rest, also for a probe that failed half-way.
 *
 * Locking: from probe to the first disk, and from the last on, there is nobody else.
 */
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "ide.h"

#define CMD_IDENTIFY 0xec
#define IDENTIFY_MS  1000

#define NR_HOSTS 6 /* hda to hdx */
static DECLARE_BITMAP(host_numbers, NR_HOSTS);

/* --- drives ----------------------------------------------------------------------------------- */

/* 256 words, or -ENODEV. Without interrupts: the caller has turned them off. */
static int identify(const struct ide_channel *channel, unsigned int unit, u16 *id)
{
	unsigned int i;
	u8 status;

	ide_select(channel, unit);
	status = ide_status(channel);
	if (!status || status == 0xff)
		return -ENODEV;
	if ((status & (STATUS_BUSY | STATUS_DATA)) && !ide_reset(channel))
		return -ENODEV;
	ide_select(channel, unit);
	outb(CMD_IDENTIFY, channel->command + ATA_COMMAND);
	if (!ide_status(channel) || !ide_wait_while_busy(channel, IDENTIFY_MS))
		return -ENODEV;
	status = inb(channel->command + ATA_STATUS);
	if (!(status & STATUS_DATA) || (status & STATUS_ERROR))
		return -ENODEV;
	for (i = 0; i < 256; i++)
		id[i] = inw(channel->command + ATA_DATA);
	return 0;
}

/* Two characters a word, the first in the high byte; blanks at the end. */
static void get_model(char *model, const u16 *words)
{
	unsigned int i;

	for (i = 0; i < 20; i++) {
		model[2 * i] = words[i] >> 8;
		model[2 * i + 1] = words[i];
	}
	model[40] = '\0';
	strim(model);
}

static int understand(struct ide_drive *drive, const u16 *id)
{
	bool valid = (id[83] & 0xc000) == 0x4000;

	get_model(drive->model, id + 27);
	drive->lba48 = valid && (id[83] & BIT(10));
	drive->flush = valid && (id[83] & BIT(12));
	drive->flush_ext = valid && (id[83] & BIT(13));
	drive->sectors = id[60] | (u32)id[61] << 16;
	if (drive->lba48)
		drive->sectors = id[100] | (u32)id[101] << 16 | (u64)id[102] << 32 |
				 (u64)id[103] << 48;
	if (!(id[49] & BIT(8)) || !(id[49] & BIT(9)) || !drive->sectors) {
		dev_warn(&drive->channel->host->pdev->dev,
			 "%s does no DMA, or no LBA: left alone\n", drive->model);
		return -ENODEV;
	}
	return 0;
}

static int make_disk(struct ide_drive *drive)
{
	struct ide_channel *channel = drive->channel;
	struct device *dev = &channel->host->pdev->dev;
	unsigned int most = drive->lba48 ? LBA48_MOST : LBA28_MOST;
	struct gendisk *disk = blk_mq_alloc_disk(&channel->set, drive);
	struct request_queue *q;
	int error;

	if (IS_ERR(disk))
		return PTR_ERR(disk);
	q = disk->queue;
	snprintf(disk->disk_name, DISK_NAME_LEN, "hd%c",
		 'a' + channel->host->number * 4 + channel->index * 2 + drive->unit);
	set_capacity(disk, drive->sectors);
	blk_queue_max_hw_sectors(q, min_t(size_t, most, dma_max_mapping_size(dev) >> SECTOR_SHIFT));
	blk_queue_max_segments(q, IDE_MAX_SEGMENTS);
	blk_queue_max_segment_size(q, IDE_PRD_BOUNDARY);
	blk_queue_segment_boundary(q, IDE_PRD_BOUNDARY - 1);
	blk_queue_dma_alignment(q, 1);
	blk_queue_write_cache(q, drive->flush, false);
	error = add_disk(disk);
	if (error) {
		put_disk(disk);
		return error;
	}
	drive->disk = disk;
	dev_info(dev, "%s: %s, %llu MiB, LBA%s\n", disk->disk_name, drive->model,
		 drive->sectors >> 11, drive->lba48 ? "48" : "28");
	return 0;
}

/* 0 as well where there is no drive. */
static int find_drive(struct ide_channel *channel, unsigned int unit, u16 *id)
{
	struct ide_drive *drive;

	if (identify(channel, unit, id))
		return 0;
	drive = devm_kzalloc(&channel->host->pdev->dev, sizeof(*drive), GFP_KERNEL);
	if (!drive)
		return -ENOMEM;
	drive->channel = channel;
	drive->unit = unit;
	if (!understand(drive, id))
		channel->drives[unit] = drive;
	return 0;
}

static int find_drives(struct ide_channel *channel)
{
	u16 *id = kmalloc_array(256, sizeof(*id), GFP_KERNEL);
	int error = id ? 0 : -ENOMEM, unit;

	outb(CONTROL_NIEN, channel->control);
	for (unit = 0; unit < 2 && !error; unit++)
		error = find_drive(channel, unit, id);
	kfree(id);
	return error;
}

/* --- channels --------------------------------------------------------------------------------- */

static int find_ports(struct ide_channel *channel)
{
	struct pci_dev *pdev = channel->host->pdev;
	unsigned int control = channel->index ? 0x376 : 0x3f6;

	channel->command = channel->index ? 0x170 : 0x1f0;
	channel->irq = channel->index ? 15 : 14;
	channel->bm = pci_resource_start(pdev, 4) + 8 * channel->index;
	if (!devm_request_region(&pdev->dev, channel->command, 8, "ide") ||
	    !devm_request_region(&pdev->dev, control, 1, "ide"))
		return -EBUSY;
	channel->control = control; /* ours, for stop_channel() to write to */
	return 0;
}

static int start_drives(struct ide_channel *channel)
{
	struct device *dev = &channel->host->pdev->dev;
	int error, unit;

	error = ide_dma_alloc(channel);
	if (error)
		return error;
	ide_dma_end(channel);
	error = devm_request_irq(dev, channel->irq, ide_interrupt, 0,
				 channel->index ? "ide1" : "ide0", channel);
	if (error)
		return error;
	channel->set.ops = &ide_ops;
	channel->set.nr_hw_queues = 1;
	channel->set.queue_depth = 1;
	channel->set.cmd_size = sizeof(struct ide_request);
	error = blk_mq_alloc_tag_set(&channel->set);
	outb(0, channel->control);
	for (unit = 0; unit < 2 && !error; unit++)
		if (channel->drives[unit])
			error = make_disk(channel->drives[unit]);
	return error;
}

static int start_channel(struct ide_channel *channel)
{
	int error;

	spin_lock_init(&channel->lock);
	if (channel->host->pdev->class & BIT(2 * channel->index))
		return 0;
	error = find_ports(channel);
	if (error)
		return error;
	error = find_drives(channel);
	if (error || (!channel->drives[0] && !channel->drives[1]))
		return error;
	return start_drives(channel);
}

static void stop_channel(struct ide_channel *channel)
{
	int unit;

	for (unit = 0; unit < 2; unit++) {
		struct ide_drive *drive = channel->drives[unit];

		if (drive && drive->disk) {
			del_gendisk(drive->disk);
			put_disk(drive->disk);
		}
	}
	blk_mq_free_tag_set(&channel->set);
	if (channel->control)
		outb(CONTROL_NIEN, channel->control);
	ide_dma_free(channel);
}

/* --- controllers ------------------------------------------------------------------------------ */

static void free_number(void *host)
{
	clear_bit(((struct ide_host *)host)->number, host_numbers);
}

static int get_number(struct ide_host *host)
{
	do {
		host->number = find_first_zero_bit(host_numbers, NR_HOSTS);
		if (host->number == NR_HOSTS)
			return -ENOSPC;
	} while (test_and_set_bit(host->number, host_numbers));
	return devm_add_action_or_reset(&host->pdev->dev, free_number, host);
}

static int enable(struct ide_host *host)
{
	struct pci_dev *pdev = host->pdev;
	int error = pcim_enable_device(pdev);

	if (error)
		return error;
	if (!pci_resource_len(pdev, 4))
		return dev_err_probe(&pdev->dev, -ENODEV, "no bus master\n");
	error = pci_request_region(pdev, 4, "ide");
	if (!error)
		error = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32));
	if (error)
		return error;
	pci_set_master(pdev);
	host->prd_pool = dmam_pool_create(
		"ide prd", &pdev->dev, IDE_MAX_PRD * sizeof(struct ide_prd), 4, IDE_PRD_BOUNDARY);
	return host->prd_pool ? 0 : -ENOMEM;
}

static void ide_remove(struct pci_dev *pdev)
{
	struct ide_host *host = pci_get_drvdata(pdev);

	stop_channel(&host->channels[0]);
	stop_channel(&host->channels[1]);
	pci_clear_master(pdev);
}

static int ide_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct ide_host *host = devm_kzalloc(&pdev->dev, sizeof(*host), GFP_KERNEL);
	int error, i;

	if (!host)
		return -ENOMEM;
	host->pdev = pdev;
	error = get_number(host);
	if (!error)
		error = enable(host);
	if (error)
		return error;
	pci_set_drvdata(pdev, host);
	for (i = 0; i < 2 && !error; i++) {
		host->channels[i].host = host;
		host->channels[i].index = i;
		error = start_channel(&host->channels[i]);
	}
	if (error)
		ide_remove(pdev);
	return error;
}

static const struct pci_device_id ide_ids[] = {
	{ PCI_DEVICE_CLASS(PCI_CLASS_STORAGE_IDE << 8, 0xffff00) },
	{},
};
MODULE_DEVICE_TABLE(pci, ide_ids);

static struct pci_driver ide_driver = {
	.name = "ide",
	.id_table = ide_ids,
	.probe = ide_probe,
	.remove = ide_remove,
};
module_pci_driver(ide_driver);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("IDE disks behind PCI controllers with bus masters");
