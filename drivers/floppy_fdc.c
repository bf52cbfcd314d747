// SPDX-License-Identifier: MIT
/*
 * The floppy disk controller (an 82077 or what is compatible with it): its commands.
 *
 * A command is some bytes into the data register. The controller then works by itself; most
 * commands end with an interrupt, and leave results to be read:
 *
 *	send --> works (data by DMA) --> interrupt --> results
 *
 *		 	  command bytes		    results
 *	read, write	  9			    7: ST0 ST1 ST2, where it ended
 *	seek, recalibrate 3, 2			    none: "sense interrupt" asks for ST0, cylinder
 *	reset		  a bit of the DOR	    none: one "sense interrupt" for each of 4 drives
 *
 * The main status register (MSR) says before each byte whether one can be sent, or is to be read.
 *
 * An interrupt that does not come is waited for `patience`, and an interrupt is only believed if
 * the controller then has what the command leaves: a spurious one costs another round of
 * waiting. After a timeout, and after anything that is not in the protocol, nobody knows what
 * the controller is doing. It is `lost` then, and the next command resets it first: that clears
 * a late interrupt, too. DMA is off before and after every transfer: a controller that went mad
 * cannot write to memory behind our back.
 *
 * ST0's upper bits say how a command ended: 0 well, 1 not, 2 no such command, 3 the drive
 * went away. That of a seek is taken from its own bits: some controllers leave 3 there.
 *
 * Cost of a transfer under QEMU: some 70 port accesses, whatever its length.
 *
 * Locking: none; one task at a time. Process context, but fdc_interrupt().
 */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/isa-dma.h>
#include <linux/jiffies.h>
#include <linux/sched.h>

#include "floppy.h"

/* Ports, from the base */
#define FDC_DOR	 2 /* digital output: reset, drive, motors */
#define FDC_MSR	 4 /* main status */
#define FDC_DATA 5
#define FDC_DIR	 7 /* read: digital input */
#define FDC_CCR	 7 /* write: data rate */

#define DOR_RUN	      0x04 /* not in reset */
#define DOR_DMA	      0x08 /* interrupts and DMA requests leave the controller */
#define DOR_DRIVE     0x03
#define DOR_MOTOR(nr) (0x10 << (nr))
#define MSR_READY     0x80 /* for a byte, */
#define MSR_RESULT    0x40 /* which goes from it to us */
#define DIR_CHANGED   0x80

/* Commands; those that transfer go on to the second head (0x80), and are MFM (0x40). */
#define CMD_SPECIFY	    0x03
#define CMD_SENSE_DRIVE	    0x04
#define CMD_RECALIBRATE	    0x07
#define CMD_SENSE_INTERRUPT 0x08
#define CMD_SEEK	    0x0f
#define CMD_VERSION	    0x10
#define CMD_CONFIGURE	    0x13
#define CMD_WRITE	    0xc5
#define CMD_READ	    0xe6 /* and skips deleted data */

#define ST0_ENDED	  0xc0 /* how: 0 is well */
#define ST0_NONE	  0x80 /* nothing: no interrupt is pending */
#define ST0_SEEK_END	  0x20
#define ST0_EQUIPMENT	  0x10 /* track 0 was not found: is there a drive? */
#define ST1_WRITE_PROTECT 0x02
#define ST3_WRITE_PROTECT 0x40
#define VERSION_ENHANCED  0x90
#define VERSION_PLAIN	  0x80

#define SECTOR_SIZE_CODE 2 /* 512 bytes: 128 << 2 */
#define UNUSED_LENGTH	 0xff

#define READY_TRIES    1000 /* each 2 us: a byte is taken or given within 250 us */
#define RESET_US       20
#define RESET_PATIENCE (1UL * HZ)   /* it takes less than a ms */
#define HEAD_SETTLE    15	    /* ms, when it has moved */
#define SPIN_UP	       (HZ * 2 / 5) /* a motor */

static u8 fdc_in(struct fdc *fdc, unsigned int reg)
{
	return inb(fdc->base + reg);
}

static void fdc_out(struct fdc *fdc, unsigned int reg, u8 value)
{
	outb(value, fdc->base + reg);
}

/* --- bytes -------------------------------------------------------------------------------- */

/* The status once it is ready for a byte, one way or the other; 0: it does not get so. */
static u8 fdc_ready(struct fdc *fdc)
{
	unsigned int tries;
	u8 status;

	for (tries = 0; tries < READY_TRIES; tries++) {
		status = fdc_in(fdc, FDC_MSR);
		if (status & MSR_READY)
			return status;
		udelay(2);
	}
	return 0;
}

static int fdc_send(struct fdc *fdc, const u8 *bytes, unsigned int nr)
{
	for (; nr; nr--, bytes++) {
		if ((fdc_ready(fdc) & (MSR_READY | MSR_RESULT)) != MSR_READY) {
			fdc->lost = true;
			return -EIO;
		}
		fdc_out(fdc, FDC_DATA, *bytes);
	}
	return 0;
}

/* 0 if there are exactly so many. */
static int fdc_receive(struct fdc *fdc, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fdc->results) && (fdc_ready(fdc) & MSR_RESULT); i++)
		fdc->results[i] = fdc_in(fdc, FDC_DATA);
	if (i == nr && !(fdc_ready(fdc) & MSR_RESULT))
		return 0;
	fdc->lost = true;
	return -EIO;
}

/* A command that answers at once, without an interrupt. */
static int fdc_ask(struct fdc *fdc, const u8 *bytes, unsigned int nr, unsigned int nr_results)
{
	return fdc_send(fdc, bytes, nr) ?: fdc_receive(fdc, nr_results);
}

/* --- the interrupt ------------------------------------------------------------------------- */

irqreturn_t fdc_interrupt(int irq, void *dev_id)
{
	struct fdc *fdc = dev_id;

	fdc->interrupts++;
	if (!READ_ONCE(fdc->expected)) {
		fdc->spurious++;
		return IRQ_NONE;
	}
	complete(&fdc->interrupt);
	return IRQ_HANDLED;
}

static void fdc_expect(struct fdc *fdc)
{
	reinit_completion(&fdc->interrupt);
	WRITE_ONCE(fdc->expected, true);
}

/* Until an interrupt has come, and `ended` agrees. `expected` is for the handler. */
static int fdc_wait(struct fdc *fdc, unsigned long left, bool (*ended)(struct fdc *fdc))
{
	do {
		left = wait_for_completion_timeout(&fdc->interrupt, left);
	} while (left && !ended(fdc));
	if (left)
		return 0;
	fdc->timeouts++;
	fdc->lost = true;
	return -ETIMEDOUT;
}

/* A command that ends with an interrupt. */
static int fdc_execute(struct fdc *fdc, const u8 *bytes, unsigned int nr,
		       bool (*ended)(struct fdc *fdc))
{
	int error;

	fdc_expect(fdc);
	error = fdc_send(fdc, bytes, nr) ?: fdc_wait(fdc, fdc->patience, ended);
	WRITE_ONCE(fdc->expected, false);
	return error;
}

static bool has_results(struct fdc *fdc)
{
	return fdc_in(fdc, FDC_MSR) & MSR_READY;
}

/* Takes the interrupt back; ST0 and the cylinder are the results. */
static bool sensed(struct fdc *fdc)
{
	static const u8 sense[] = { CMD_SENSE_INTERRUPT };

	if (fdc_send(fdc, sense, sizeof(sense)))
		return true;
	fdc->results[0] = ST0_NONE;
	if (!(fdc_ready(fdc) & MSR_RESULT))
		return true;
	fdc->results[0] = fdc_in(fdc, FDC_DATA);
	if (fdc->results[0] == ST0_NONE)
		return false;
	if (fdc_ready(fdc) & MSR_RESULT)
		fdc->results[1] = fdc_in(fdc, FDC_DATA);
	return true;
}

/* --- lines of the drives -------------------------------------------------------------------- */

static void fdc_set_dor(struct fdc *fdc, u8 dor)
{
	if (dor == fdc->dor)
		return;
	fdc->dor = dor;
	fdc_out(fdc, FDC_DOR, dor);
}

static void fdc_select(struct fdc *fdc, unsigned int drive)
{
	fdc_set_dor(fdc, (fdc->dor & ~DOR_DRIVE) | drive);
}

void fdc_motor_on(struct fdc *fdc, unsigned int drive)
{
	if (fdc->dor & DOR_MOTOR(drive))
		return;
	fdc_set_dor(fdc, fdc->dor | DOR_MOTOR(drive));
	fdc->motor_since[drive] = jiffies;
}

void fdc_motors_off(struct fdc *fdc)
{
	fdc_set_dor(fdc, fdc->dor & ~(DOR_MOTOR(0) | DOR_MOTOR(1)));
}

static void fdc_wait_for_speed(struct fdc *fdc, unsigned int drive)
{
	unsigned long ready = fdc->motor_since[drive] + SPIN_UP;

	while (time_before(jiffies, ready))
		schedule_timeout_uninterruptible(ready - jiffies);
}

bool fdc_medium_changed(struct fdc *fdc, unsigned int drive)
{
	fdc_select(fdc, drive);
	return fdc_in(fdc, FDC_DIR) & DIR_CHANGED;
}

/* --- commands ------------------------------------------------------------------------------ */

/*
 * Step rate 3 ms, heads up 240 ms after the last access and 16 ms to load, with DMA; the FIFO
 * on with a threshold of 10, drives polled, seeks only when told so.
 */
static int fdc_configure(struct fdc *fdc)
{
	static const u8 specify[] = { CMD_SPECIFY, 0xdf, 0x02 };
	static const u8 configure[] = { CMD_CONFIGURE, 0, 0x0a, 0 };
	static const u8 version[] = { CMD_VERSION };
	int error = fdc_ask(fdc, version, sizeof(version), 1);

	if (!error && fdc->results[0] == VERSION_ENHANCED)
		error = fdc_send(fdc, configure, sizeof(configure));
	return error ?: fdc_send(fdc, specify, sizeof(specify));
}

int fdc_reset(struct fdc *fdc)
{
	unsigned int drive;
	int error;

	fdc->resets++;
	for (drive = 0; drive < FLOPPY_DRIVES; drive++)
		fdc->cylinder[drive] = FDC_POSITION_UNKNOWN;
	fdc_expect(fdc);
	fdc_out(fdc, FDC_DOR, fdc->dor & ~DOR_RUN);
	udelay(RESET_US);
	fdc->dor |= DOR_RUN | DOR_DMA;
	fdc_out(fdc, FDC_DOR, fdc->dor);
	error = fdc_wait(fdc, min(fdc->patience, RESET_PATIENCE), sensed);
	WRITE_ONCE(fdc->expected, false);
	if (error)
		return error;

	/* The three other drives' words; a controller that has fewer says so. */
	fdc->lost = false;
	for (drive = 1; drive < 4; drive++)
		sensed(fdc);
	error = fdc_configure(fdc);
	return fdc->lost ? -EIO : error;
}

static int fdc_found(struct fdc *fdc)
{
	return fdc->lost ? fdc_reset(fdc) : 0;
}

int fdc_detect(struct fdc *fdc)
{
	int error;

	if (fdc_in(fdc, FDC_MSR) == 0xff)
		return -ENODEV;
	error = fdc_reset(fdc);
	if (error)
		return error;
	return fdc->results[0] == VERSION_ENHANCED || fdc->results[0] == VERSION_PLAIN ? 0
										       : -ENODEV;
}

/* Moves heads, and says where they are. */
static int fdc_move(struct fdc *fdc, unsigned int drive, const u8 *bytes, unsigned int nr)
{
	int error = fdc_found(fdc);

	if (error)
		return error;
	fdc->cylinder[drive] = FDC_POSITION_UNKNOWN;
	fdc_select(fdc, drive);
	error = fdc_execute(fdc, bytes, nr, sensed);
	if (error)
		return error;
	if (fdc->lost || !(fdc->results[0] & ST0_SEEK_END) || (fdc->results[0] & ST0_EQUIPMENT))
		return -EIO;
	fdc->cylinder[drive] = fdc->results[1];
	return 0;
}

/* 77 steps outwards, or until there is track 0: a drive with 80 may need it twice. */
int fdc_recalibrate(struct fdc *fdc, unsigned int drive)
{
	const u8 bytes[] = { CMD_RECALIBRATE, drive };

	if (fdc_move(fdc, drive, bytes, sizeof(bytes)) == -EIO)
		fdc_move(fdc, drive, bytes, sizeof(bytes));
	if (fdc->lost)
		return -ETIMEDOUT;
	return fdc->cylinder[drive] == 0 ? 0 : -EIO;
}

int fdc_seek(struct fdc *fdc, unsigned int drive, unsigned int cylinder)
{
	const u8 bytes[] = { CMD_SEEK, drive, cylinder };
	int error = fdc_found(fdc);

	if (!error && fdc->cylinder[drive] == FDC_POSITION_UNKNOWN)
		error = fdc_recalibrate(fdc, drive);
	if (error || fdc->cylinder[drive] == (int)cylinder)
		return error;
	error = fdc_move(fdc, drive, bytes, sizeof(bytes));
	if (error)
		return error;
	msleep(HEAD_SETTLE);
	return fdc->cylinder[drive] == (int)cylinder ? 0 : -EIO;
}

static void fdc_open_channel(struct fdc *fdc, bool write, unsigned int bytes)
{
	unsigned long flags = claim_dma_lock();

	disable_dma(fdc->dma);
	clear_dma_ff(fdc->dma);
	set_dma_mode(fdc->dma, write ? DMA_MODE_WRITE : DMA_MODE_READ);
	set_dma_addr(fdc->dma, fdc->buffer_dma);
	set_dma_count(fdc->dma, bytes);
	enable_dma(fdc->dma);
	release_dma_lock(flags);
}

/* Bytes that were not transferred. */
static unsigned int fdc_shut_channel(struct fdc *fdc)
{
	unsigned long flags = claim_dma_lock();
	unsigned int residue;

	disable_dma(fdc->dma);
	residue = get_dma_residue(fdc->dma);
	release_dma_lock(flags);
	return residue;
}

int fdc_transfer(struct fdc *fdc, const struct fdc_transfer *t)
{
	const u8 bytes[] = {
		t->write ? CMD_WRITE : CMD_READ,
		t->head << 2 | t->drive,
		t->cylinder,
		t->head,
		t->sector,
		SECTOR_SIZE_CODE,
		t->sectors_per_track,
		t->gap,
		UNUSED_LENGTH,
	};
	unsigned int residue;
	int error;

	if (fdc->lost)
		return -EIO;
	fdc_select(fdc, t->drive);
	fdc_wait_for_speed(fdc, t->drive);
	fdc_out(fdc, FDC_CCR, t->rate);
	fdc_open_channel(fdc, t->write, t->count * SECTOR_SIZE);
	error = fdc_execute(fdc, bytes, sizeof(bytes), has_results)
			?: fdc_receive(fdc, sizeof(fdc->results));
	residue = fdc_shut_channel(fdc);
	if (error)
		return error;
	if (fdc->results[1] & ST1_WRITE_PROTECT)
		return -EROFS;
	return (fdc->results[0] & ST0_ENDED) || residue ? -EIO : 0;
}

int fdc_write_protected(struct fdc *fdc, unsigned int drive)
{
	const u8 bytes[] = { CMD_SENSE_DRIVE, drive };
	int error = fdc_found(fdc) ?: fdc_ask(fdc, bytes, sizeof(bytes), 1);

	return error ?: !!(fdc->results[0] & ST3_WRITE_PROTECT);
}

void fdc_quiesce(struct fdc *fdc)
{
	fdc_shut_channel(fdc);
	fdc_out(fdc, FDC_DOR, 0);
	fdc->dor = 0;
	fdc->lost = true;
}
