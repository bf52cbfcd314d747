/* SPDX-License-Identifier: MIT */
/* A disk of RAM, as a driver would make it, that shows what it was given and when. */
#ifndef _TESTS_DRIVERS_RAM_DISK_H
#define _TESTS_DRIVERS_RAM_DISK_H

#include <linux/blk-mq.h>
#include <linux/hrtimer.h>
#include <linux/spinlock.h>
#include <memkern/blkdev.h>

#define RAM_LOG	 128
#define RAM_HELD 64

enum ram_mode {
	RAM_AT_ONCE,   /* a request ends within queue_rq() */
	RAM_INTERRUPT, /* in a hard interrupt, soon after */
	RAM_HOLD,      /* when the test says so: ram_disk_end() */
};

struct ram_log {
	enum req_op op;
	sector_t sector;
	unsigned int sectors, segments;
	const struct gendisk *disk;
	bool prepared; /* it was with the driver before */
};

struct ram_disk {
	struct blk_mq_tag_set set;
	struct gendisk *disk, *second; /* second: of the same set, with its own half of the data */
	u8 *data;
	sector_t sectors; /* of each disk */
	enum ram_mode mode;

	spinlock_t lock;
	struct request *held[RAM_HELD];
	unsigned int nr_held;
	struct hrtimer interrupt;
	u64 delay; /* of it, in ns; 0: 20 us */

	sector_t bad;	      /* transfers of this sector fail; ~0: of none */
	blk_status_t refusal; /* what queue_rq() says, so many times: */
	unsigned int refusals;
	enum blk_eh_timer_return verdict;
	unsigned int timeouts;	/* timeout() was called */
	bool end_in_timeout;	/* and ends the request; */
	bool serve_in_timeout;	/* or does what the interrupt would have done */
	struct scatterlist *sg; /* where a test wants to see the segments of the last one */
	int nr_sg;
	struct ram_log log[RAM_LOG]; /* requests begun, in order */
	unsigned int nr_log;
};

/* 0 or -errno, and nothing is left behind. second: two disks. */
int ram_disk_create(struct ram_disk *ram, sector_t sectors, unsigned int depth, enum ram_mode mode,
		    bool second);
/* Ends what is held. Once is enough; a second call does nothing. */
void ram_disk_destroy(struct ram_disk *ram);

/* Ends the first `nr` requests that are held, as far as there are; returns how many. */
unsigned int ram_disk_end(struct ram_disk *ram, unsigned int nr);
unsigned int ram_disk_held(struct ram_disk *ram);

#endif
