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
 * Failures. Each request is tried TRIES times; then its owner gets -EIO. A bad sector in the midst
 * of several bios is block_mq.c's affair.
 *
 * Time. When a request is late, ide_timeout() looks first whether the drive has raised its
 * interrupt and only the CPU has not got it. If not, the channel is reset, which takes both drives
 * out of whatever they do, and the request is tried again, unless the reset has failed.
 *
 * Interrupts. The bus master's status says whether this channel has raised one. One that nobody
 * waits for is acknowledged, no more.
 *
 * Cost: 700 instructions a request above the block layer's 1000, 300 for each segment behind the
 * first: mapping it, its descriptor, and unmapping it.
 *
 * Locking: channel->lock, with interrupts off, outside of the block layer's own; not held when a
 * request is ended. ide_probe.c finds controllers and drives.
 *
 * Left out: PIO, drives without DMA or LBA, CD drives, setting transfer modes (the firmware has).
 */
#include <linux/bits.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/printk.h>

#include "ide.h"

#define DEVICE_LBA     0xe0
#define DEVICE_UNIT(n) ((n) << 4)

#define CMD_READ_DMA	  0xc8
#define CMD_WRITE_DMA	  0xca
#define CMD_READ_DMA_EXT  0x25
#define CMD_WRITE_DMA_EXT 0x35
#define CMD_FLUSH	  0xe7
#define CMD_FLUSH_EXT	  0xea

#define LBA28_SECTORS BIT_ULL(28)

#define TRIES	 3
#define RESET_MS 31000 /* by the standard, for a drive that has to spin up */

/* --- the drive's registers ----------------------------------------------------------------- */

u8 ide_status(const struct ide_channel *channel)
{
	return inb(channel->control);
}

/* The status is valid 400 ns later; reading it takes 100 each on a real bus. */
void ide_select(const struct ide_channel *channel, unsigned int unit)
{
	int i;

	outb(DEVICE_LBA | DEVICE_UNIT(unit), channel->command + ATA_DEVICE);
	for (i = 0; i < 4; i++)
		ide_status(channel);
}

bool ide_wait_while_busy(const struct ide_channel *channel, unsigned int ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(ms);
	unsigned int turns;

	for (turns = 0; ide_status(channel) & STATUS_BUSY; turns++) {
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
bool ide_reset(const struct ide_channel *channel)
{
	bool well;

	outb(CONTROL_RESET | CONTROL_NIEN, channel->control);
	udelay(5);
	outb(CONTROL_NIEN, channel->control);
	msleep(2);
	well = ide_wait_while_busy(channel, RESET_MS);
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
	ide_select(channel, drive->unit);
	channel->refused = ide_status(channel) & (STATUS_BUSY | STATUS_DATA);
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

irqreturn_t ide_interrupt(int irq, void *data)
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
	struct ide_request *own = blk_mq_rq_to_pdu(rq);
	blk_status_t status;
	bool finished;

	spin_lock_irq(&channel->lock);
	if (channel->rq != rq) { /* its interrupt has it */
		spin_unlock_irq(&channel->lock);
		return BLK_EH_DONE;
	}
	finished = !channel->refused && !(ide_status(channel) & (STATUS_BUSY | STATUS_DATA)) &&
		   (inb(channel->bm + BM_STATUS) & (BM_ACTIVE | BM_INTERRUPT)) == BM_INTERRUPT;
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
	if (!finished && !ide_reset(channel)) {
		pr_err("%s: the reset does not end\n", rq->q->disk->disk_name);
		own->tries = TRIES;
	}
	end_or_retry(rq, status);
	return BLK_EH_DONE;
}

const struct blk_mq_ops ide_ops = {
	.queue_rq = ide_queue_rq,
	.timeout = ide_timeout,
};
