/* SPDX-License-Identifier: MIT */
/* What ide.c and ide_dma.c know of each other. */
#ifndef _DRIVERS_IDE_H
#define _DRIVERS_IDE_H

#include <linux/blk-mq.h>
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/interrupt.h>
#include <linux/pci.h>
#include <linux/scatterlist.h>
#include <linux/spinlock.h>

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

#define LBA28_MOST 256 /* sectors a command */
#define LBA48_MOST 512 /* 65536 by the standard; 256 KiB are as much as bounce buffers map */

/*
 * A physical region descriptor names at most 64 KiB that cross no multiple of that, and so two
 * may be needed for a segment, of the same limits, that a bounce buffer has moved.
 */
#define IDE_MAX_SEGMENTS 128
#define IDE_MAX_PRD	 (2 * IDE_MAX_SEGMENTS)
#define IDE_PRD_BOUNDARY SZ_64K

struct ide_prd {
	__le32 address;
	__le16 bytes; /* 0: 64 KiB */
	__le16 flags; /* IDE_PRD_LAST */
};

/* Bus master: two of them a controller, eight ports each. */
#define BM_COMMAND 0
#define BM_STATUS  2
#define BM_TABLE   4

#define BM_START	0x01
#define BM_TO_MEMORY	0x08
#define BM_ACTIVE	0x01
#define BM_ERROR	0x02 /* cleared by writing it, */
#define BM_INTERRUPT	0x04 /* as this is */
#define BM_CAPABILITIES 0x60

struct ide_drive {
	struct ide_channel *channel;
	unsigned int unit; /* 0: master, 1: slave */
	struct gendisk *disk;
	sector_t sectors;
	bool lba48, flush, flush_ext;
	char model[41];
};

struct ide_channel {
	struct ide_host *host;
	unsigned int index;
	unsigned int command, control, bm; /* ports */
	unsigned int irq;
	struct ide_drive *drives[2];
	struct blk_mq_tag_set set;

	spinlock_t lock;    /* the ports, once there are disks, and: */
	struct request *rq; /* with the drive */
	bool refused;	    /* the drive did not even take it: its timeout sees to that */

	struct ide_prd *prd;
	dma_addr_t prd_dma;
	struct scatterlist *sg;
	int nr_sg; /* mapped; 0: nothing is */
	enum dma_data_direction dir;
};

struct ide_host {
	struct pci_dev *pdev;
	struct dma_pool *prd_pool;
	unsigned int number; /* 0: hda to hdd */
	struct ide_channel channels[2];
};

/* The driver's part of a request. */
struct ide_request {
	unsigned int tries;
};

/* ide.c */
extern const struct blk_mq_ops ide_ops;
irqreturn_t ide_interrupt(int irq, void *channel);
u8 ide_status(const struct ide_channel *channel);
void ide_select(const struct ide_channel *channel, unsigned int unit);
/* These two sleep. False: it did not end in time. */
bool ide_wait_while_busy(const struct ide_channel *channel, unsigned int ms);
bool ide_reset(const struct ide_channel *channel);

/* ide_dma.c: with channel->lock held, but for the first two */
int ide_dma_alloc(struct ide_channel *channel);
void ide_dma_free(struct ide_channel *channel);
void ide_dma_clear(struct ide_channel *channel); /* what the bus master says of the past */
/* False: the memory cannot be mapped at the moment. */
bool ide_dma_map(struct ide_channel *channel, struct request *rq);
void ide_dma_prepare(struct ide_channel *channel); /* before the drive gets its command, */
void ide_dma_start(struct ide_channel *channel);   /* and after */
/* The bus master's status, before it was stopped; the memory is the CPU's again. */
u8 ide_dma_end(struct ide_channel *channel);

#endif
