// SPDX-License-Identifier: MIT
/*
 * IDE disks behind a PCI controller with bus masters, as the PIIX3 and PIIX4 are: hda, hdb, ...
 *
 *	controller  channel 0 (0x1f0, irq 14)	unit 0  hda	channel 1 (0x170, irq 15)  hdc
 *					       unit 1  hdb				   hdd
 *
 * A channel is a cable: one command at a time, for one of its two drives. So both share a set
 * of depth one (linux/blk-mq.h), and the block layer hands over the next request when the last one
 * has ended. A request, of 128 KiB at sector 0x12345678 of a disk of 2 TB:
 *
 *	ide_queue_rq():	map the memory, fill the table (ide_dma.c)
 *			select the unit; sector and count, high bytes first; READ DMA EXT; start
 *	ide_interrupt(): stop the bus master, look how it went, end the request
 *
 * Commands with 28 bits of address move up to 256 sectors below 128 GiB; those with 48 bits are
 * used beyond that, or for more.
 *
 * Failures. Each request is tried TRIES times; then its owner gets -EIO. A bad sector in the midst of
 * several bios is block_mq.c's affair.
 *
 * Time. When a request is late, ide_timeout() looks first whether the drive has finished and only the
 * interrupt was lost. If it has not, the channel is reset, which takes both drives out of whatever
 * they do, and the request is tried again.
 *
 * Interrupts. The bus master's status says whether this channel has raised one: the line may be
 * shared, where the controller is in native mode. One that nobody waits for is acknowledged, no more.
 *
 * Probing asks each unit to identify itself, by polling, as it answers within microseconds or
 * is not there. A CD drive declines, and is left alone.
 *
 * Locking: channel->lock, with interrupts off, outside of the block layer's own; not held when a
 * request is ended. From probe to the first disk, and from the last on, there is nobody else.
 *
 * Left out: PIO, drives without DMA or LBA, CD drives, setting transfer modes (the firmware has).
 */
#include <linux/bits.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "ide.h"

/* Ports, from channel->command */
#define ATA_DATA     0
#define ATA_ERROR    1
#define ATA_COUNT    2
#define ATA_LBA_LOW  3
#define ATA_LBA_MID  4
#define ATA_LBA_HIGH 5
#define ATA_DEVICE   6
#define ATA_STATUS   7 /* read: also acknowledges the interrupt */
#define ATA_COMMAND  7
/* channel->control: read, the status alone; write: */
#define CONTROL_NIEN  0x02 /* no interrupts */
#define CONTROL_RESET 0x04

#define STATUS_BUSY  0x80
#define STATUS_FAULT 0x20
#define STATUS_DATA  0x08
#define STATUS_ERROR 0x01

#define DEVICE_LBA     0xe0
#define DEVICE_UNIT(n) ((n) << 4)

#define CMD_READ_DMA	  0xc8
#define CMD_WRITE_DMA	  0xca
#define CMD_READ_DMA_EXT  0x25
#define CMD_WRITE_DMA_EXT 0x35
#define CMD_FLUSH	  0xe7
#define CMD_FLUSH_EXT	  0xea
#define CMD_IDENTIFY	  0xec

#define LBA28_SECTORS BIT_ULL(28)
#define LBA28_MOST    256 /* sectors a command */
#define LBA48_MOST    512 /* 65536 by the standard; 256 KiB are as much as bounce buffers map */

#define TRIES	    3
#define IDENTIFY_MS 1000
#define RESET_MS    31000 /* by the standard, for a drive that has to spin up */

#define NR_HOSTS 6 /* hda to hdx */
static DECLARE_BITMAP(host_numbers, NR_HOSTS);

struct ide_request {
	unsigned int tries;
};

/* --- the drive's registers ----------------------------------------------------------------- */

static u8 drive_status(const struct ide_channel *channel)
{
	return inb(channel->control);
}

/* The status is valid 400 ns later; reading it takes 100 each on a real bus. */
static void select_unit(const struct ide_channel *channel, unsigned int unit)
{
	int i;

	outb(DEVICE_LBA | DEVICE_UNIT(unit), channel->command + ATA_DEVICE);
	for (i = 0; i < 4; i++)
		drive_status(channel);
}

static bool wait_while_busy(const struct ide_channel *channel, unsigned int ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(ms);
	unsigned int turns;

	for (turns = 0; drive_status(channel) & STATUS_BUSY; turns++) {
		if (time_after(jiffies, end))
			return false;
		if (turns < 100)
			udelay(1);
		else
			msleep(1);
	}
	return true;
}

/* Both drives of the channel. */
static bool reset(const struct ide_channel *channel)
{
	bool well;

	outb(CONTROL_RESET | CONTROL_NIEN, channel->control);
	udelay(5);
	outb(CONTROL_NIEN, channel->control);
	msleep(2);
	well = wait_while_busy(channel, RESET_MS);
	inb(channel->command + ATA_STATUS);
	outb(0, channel->control);
	return well;
}

static void write_address(const struct ide_channel *channel, sector_t sector, unsigned int count)
{
	outb(count, channel->command + ATA_COUNT);
	outb(sector, channel->command + ATA_LBA_LOW);
	outb(sector >> 8, channel->command + ATA_LBA_MID);
	outb(sector >> 16, channel->command + ATA_LBA_HIGH);
}

/* Registers are two bytes deep: with 48 bits the high bytes go first. Returns the command. */
static u8 write_transfer(const struct ide_drive *drive, struct request *rq)
{
	const struct ide_channel *channel = drive->channel;
	sector_t sector = blk_rq_pos(rq);
	unsigned int count = blk_rq_sectors(rq);
	bool write = rq_data_dir(rq) == WRITE;

	if (count > LBA28_MOST || sector + count > LBA28_SECTORS) {
		write_address(channel, sector >> 24, count >> 8);
		write_address(channel, sector, count);
		return write ? CMD_WRITE_DMA_EXT : CMD_READ_DMA_EXT;
	}
	write_address(channel, sector, count);
	outb(DEVICE_LBA | DEVICE_UNIT(drive->unit) | sector >> 24, channel->command + ATA_DEVICE);
	return write ? CMD_WRITE_DMA : CMD_READ_DMA;
}

/* --- requests -------------------------------------------------------------------------------- */

static blk_status_t begin(struct ide_drive *drive, struct request *rq)
{
	struct ide_channel *channel = drive->channel;
	u8 command = drive->flush_ext ? CMD_FLUSH_EXT : CMD_FLUSH;

	if (req_op(rq) != REQ_OP_FLUSH && !ide_dma_map(channel, rq))
		return BLK_STS_RESOURCE;
	blk_mq_start_request(rq);
	channel->rq = rq;
	select_unit(channel, drive->unit);
	channel->refused = drive_status(channel) & (STATUS_BUSY | STATUS_DATA);
	if (channel->refused)
		return BLK_STS_OK;
	ide_dma_prepare(channel);
	if (req_op(rq) != REQ_OP_FLUSH)
		command = write_transfer(drive, rq);
	outb(command, channel->command + ATA_COMMAND);
	ide_dma_start(channel);
	return BLK_STS_OK;
}

static blk_status_t ide_queue_rq(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *bd)
{
	struct ide_drive *drive = hctx->queue->queuedata;
	struct ide_request *own = blk_mq_rq_to_pdu(bd->rq);
	unsigned long flags;
	blk_status_t status;

	if (!(bd->rq->rq_flags & RQF_DONTPREP)) {
		bd->rq->rq_flags |= RQF_DONTPREP;
		own->tries = 0;
	}
	spin_lock_irqsave(&drive->channel->lock, flags);
	status = begin(drive, bd->rq);
	spin_unlock_irqrestore(&drive->channel->lock, flags);
	return status;
}

/* Under the lock: the request is not with the drive any more. How did it go? */
static blk_status_t take_back(struct ide_channel *channel)
{
	u8 status = inb(channel->command + ATA_STATUS), bm = ide_dma_end(channel);
	struct request *rq = channel->rq;

	channel->rq = NULL;
	if (!(status & (STATUS_BUSY | STATUS_FAULT | STATUS_DATA | STATUS_ERROR)) &&
	    !(bm & (BM_ERROR | BM_ACTIVE)))
		return BLK_STS_OK;
	pr_err_ratelimited("%s: sector %llu: status %#04x, error %#04x, bus master %#04x\n",
			   rq->q->disk->disk_name, blk_rq_pos(rq), status,
			   inb(channel->command + ATA_ERROR), bm);
	return BLK_STS_IOERR;
}

static void end_or_retry(struct request *rq, blk_status_t status)
{
	struct ide_request *own = blk_mq_rq_to_pdu(rq);

	if (status && ++own->tries < TRIES)
		blk_mq_requeue_request(rq, true);
	else
		blk_mq_end_request(rq, status);
}

static irqreturn_t ide_interrupt(int irq, void *data)
{
	struct ide_channel *channel = data;
	blk_status_t status = BLK_STS_OK;
	struct request *rq;

	spin_lock(&channel->lock);
	if (!(inb(channel->bm + BM_STATUS) & BM_INTERRUPT)) {
		spin_unlock(&channel->lock);
		return IRQ_NONE;
	}
	rq = channel->refused ? NULL : channel->rq;
	if (rq) {
		status = take_back(channel);
	} else {
		inb(channel->command + ATA_STATUS);
		ide_dma_clear(channel);
	}
	spin_unlock(&channel->lock);
	if (rq)
		end_or_retry(rq, status);
	return IRQ_HANDLED;
}

static enum blk_eh_timer_return ide_timeout(struct request *rq)
{
	struct ide_drive *drive = rq->q->queuedata;
	struct ide_channel *channel = drive->channel;
	blk_status_t status;
	bool finished;

	spin_lock_irq(&channel->lock);
	if (channel->rq != rq) { /* its interrupt has it */
		spin_unlock_irq(&channel->lock);
		return BLK_EH_DONE;
	}
	finished = !channel->refused && !(drive_status(channel) & (STATUS_BUSY | STATUS_DATA)) &&
		   !(inb(channel->bm + BM_STATUS) & BM_ACTIVE);
	if (finished) {
		status = take_back(channel);
	} else {
		ide_dma_end(channel);
		channel->rq = NULL;
		status = BLK_STS_TIMEOUT;
	}
	channel->refused = false;
	spin_unlock_irq(&channel->lock);
	pr_warn_ratelimited("%s: sector %llu: %s\n", rq->q->disk->disk_name, blk_rq_pos(rq),
			    finished ? "its interrupt did not come" : "timed out: reset");
	if (!finished && !reset(channel))
		pr_err("%s: the reset does not end\n", rq->q->disk->disk_name);
	end_or_retry(rq, status);
	return BLK_EH_DONE;
}

static const struct blk_mq_ops ide_ops = {
	.queue_rq = ide_queue_rq,
	.timeout = ide_timeout,
};

/* --- drives ------------------------------------------------------------------------------------ */

/* 256 words, or -ENODEV. Without interrupts: the caller has turned them off. */
static int identify(const struct ide_channel *channel, unsigned int unit, u16 *id)
{
	unsigned int i;
	u8 status;

	select_unit(channel, unit);
	status = drive_status(channel);
	if (!status || status == 0xff)
		return -ENODEV;
	if ((status & (STATUS_BUSY | STATUS_DATA)) && !reset(channel))
		return -ENODEV;
	select_unit(channel, unit);
	outb(CMD_IDENTIFY, channel->command + ATA_COMMAND);
	if (!drive_status(channel) || !wait_while_busy(channel, IDENTIFY_MS))
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

/* --- channels ----------------------------------------------------------------------------------- */

/* In native mode ports and line are those of PCI, else where they have been since the first PC AT. */
static int find_ports(struct ide_channel *channel, bool native, int *irq)
{
	struct pci_dev *pdev = channel->host->pdev;
	unsigned int bar = 2 * channel->index;

	if (native) {
		channel->command = pci_resource_start(pdev, bar);
		channel->control = pci_resource_start(pdev, bar + 1) + 2;
		*irq = pdev->irq;
	} else {
		channel->command = channel->index ? 0x170 : 0x1f0;
		channel->control = channel->index ? 0x376 : 0x3f6;
		*irq = channel->index ? 15 : 14;
	}
	channel->bm = pci_resource_start(pdev, 4) + 8 * channel->index;
	if (!channel->command || !*irq)
		return -ENODEV;
	if (!devm_request_region(&pdev->dev, channel->command, 8, "ide") ||
	    !devm_request_region(&pdev->dev, channel->control, 1, "ide"))
		return -EBUSY;
	return 0;
}

static int start_drives(struct ide_channel *channel, bool native, int irq)
{
	struct device *dev = &channel->host->pdev->dev;
	int error, unit;

	error = ide_dma_alloc(channel);
	if (error)
		return error;
	ide_dma_end(channel);
	error = devm_request_irq(dev, irq, ide_interrupt, native ? IRQF_SHARED : 0,
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
	bool native = channel->host->pdev->class & BIT(2 * channel->index);
	int error, irq;

	spin_lock_init(&channel->lock);
	error = find_ports(channel, native, &irq);
	if (error)
		return error;
	error = find_drives(channel);
	if (error || (!channel->drives[0] && !channel->drives[1]))
		return error;
	return start_drives(channel, native, irq);
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

/* --- controllers --------------------------------------------------------------------------------- */

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
