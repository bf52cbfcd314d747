/* SPDX-License-Identifier: MIT */
/*
 * The floppy's two halves: floppy_fdc.c talks to the controller, floppy.c makes disks of its
 * drives. But for what the interrupt's handler touches, all of this belongs to the work that
 * runs on floppy->wq, of which there is one at a time.
 */
#ifndef _DRIVERS_FLOPPY_H
#define _DRIVERS_FLOPPY_H

#include <linux/blk-mq.h>
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct device;

#define FLOPPY_DRIVES	   2
#define FDC_BUFFER_SECTORS 36 /* a cylinder of 1.44 MB */
#define FDC_BUFFER_SIZE	   (FDC_BUFFER_SECTORS * SECTOR_SIZE)

#define FDC_POSITION_UNKNOWN -1

struct fdc {
	unsigned int base, dma; /* the first port; the channel */
	char *buffer;		/* for one transfer, where the 8237 reaches it */
	dma_addr_t buffer_dma;
	unsigned long patience;	     /* jiffies that a command may take */
	u8 dor;			     /* what the digital output register holds */
	bool lost;		     /* nobody knows what it is doing: reset it first */
	int cylinder[FLOPPY_DRIVES]; /* where the heads are */
	unsigned long motor_since[FLOPPY_DRIVES]; /* jiffies */
	u8 results[7];				  /* of the last command */

	struct completion interrupt;
	bool expected; /* an interrupt is */

	/* Since the driver was bound. */
	unsigned int interrupts, spurious, timeouts, resets;
};

/* Sectors of one cylinder that follow one another; on two heads if they go on. */
struct fdc_transfer {
	unsigned int drive, cylinder, head, sector; /* the first is sector 1 */
	unsigned int sectors_per_track, gap, rate;
	unsigned int count;
	bool write;
};

/* The handler of its interrupt; `dev_id` is the struct fdc. */
irqreturn_t fdc_interrupt(int irq, void *dev_id);

/*
 * These sleep. 0; -ENODEV: there is no controller; -ETIMEDOUT: the interrupt did not come;
 * -EROFS: the medium is write-protected; -EIO: whatever else the controller complained of.
 */
int fdc_detect(struct fdc *fdc);
int fdc_reset(struct fdc *fdc);
int fdc_recalibrate(struct fdc *fdc, unsigned int drive);
int fdc_seek(struct fdc *fdc, unsigned int drive, unsigned int cylinder);
/* From or to the buffer. The heads must be there, and the motor be on: it is given its time. */
int fdc_transfer(struct fdc *fdc, const struct fdc_transfer *transfer);
/* 1: it is, 0: not. */
int fdc_write_protected(struct fdc *fdc, unsigned int drive);

void fdc_motor_on(struct fdc *fdc, unsigned int drive);
void fdc_motors_off(struct fdc *fdc);
/* Has the medium been taken out since heads last stepped over one? */
bool fdc_medium_changed(struct fdc *fdc, unsigned int drive);
/* Held in reset, motors off: it neither interrupts nor asks for DMA. */
void fdc_quiesce(struct fdc *fdc);

/* --- disks ---------------------------------------------------------------------------------- */

/* How a medium is written. */
struct floppy_format {
	const char *name;
	u8 drives;	       /* the types of drives that know it: BIT(what the CMOS says) */
	u8 cylinders, sectors; /* sectors of each of two tracks */
	u8 gap, rate;
};

struct floppy_drive {
	struct floppy *floppy;
	unsigned int nr;
	unsigned int type;		    /* what the CMOS says */
	const struct floppy_format *format; /* of the medium; NULL: none is known */
	bool read_only;			    /* is the medium */
	struct gendisk *disk;		    /* NULL: there is no such drive */
	struct work_struct forget;	    /* drops what is cached of a medium that has gone; */
	bool stale;			    /* it has not yet */
};

struct floppy {
	struct device *dev;
	struct fdc fdc;
	struct workqueue_struct *wq; /* ordered */
	struct request *rq;	     /* the one that is served: the depth of the queue is 1 */
	struct work_struct work;
	struct delayed_work motors_off;
	struct blk_mq_tag_set set;
	struct floppy_drive drives[FLOPPY_DRIVES];
	unsigned int retries;
};

/* --- media: floppy_medium.c ------------------------------------------------------------------- */

/* Of those that a drive of the type knows; NULL: it knows none. */
const struct floppy_format *floppy_largest_format(unsigned int type);
sector_t floppy_sectors(const struct floppy_format *format);
/* `count` sectors from `sector` on, all in one cylinder, between the medium and the buffer. */
int floppy_transfer(struct floppy_drive *drive, const struct floppy_format *format,
		    unsigned int sector, unsigned int count, bool write);

void floppy_medium_init(struct floppy_drive *drive);
/* There are no more requests. */
void floppy_medium_end(struct floppy_drive *drive);
/* 0 if the medium is there that was there before, or the first one. */
int floppy_check_medium(struct floppy_drive *drive);

#endif
