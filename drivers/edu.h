/* SPDX-License-Identifier: MIT */
/*
 * QEMU's teaching device, `-device edu`: it computes factorials, and moves bytes between memory and
 * a window of its own by DMA, one thing at a time, with an interrupt at the end of each. edu.c
 * has the theory.
 *
 *	struct edu *edu = edu_get(0);
 *
 *	error = edu_factorial(edu, 10, &result);
 *	error = edu_copy(edu, to, from, 65536);
 *	edu_put(edu);
 *
 * These sleep until it is done: 0, or
 *	-EINVAL		more than the window holds, or nothing
 *	-ERANGE		the result has more than 32 bits
 *	-ENODEV		the driver has lost the device; what was under way is given up
 *	-ETIMEDOUT	the device did not answer, tried EDU_TRIES times
 *
 * Memory for DMA is of any kind, not on the stack, and is not touched until it is done.
 */
#ifndef _DRIVERS_EDU_H
#define _DRIVERS_EDU_H

#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mempool.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <linux/workqueue.h>

/*
 * The window has 4096 bytes, but QEMU 7.2 ends itself where a transfer reaches the last one, as it
 * does where one goes beyond. A copy's pieces are whole words.
 */
#define EDU_WINDOW    4095
#define EDU_PIECE     4092
#define EDU_FACT_MOST 12 /* 13! has 33 bits */

#define EDU_TIMEOUT (HZ)      /* a transfer takes 100 ms, */
#define EDU_REST_MS 300	      /* and cannot be called off */
#define EDU_RETRY   (HZ / 50) /* until memory is asked for again */
#define EDU_TRIES   3

#define EDU_REQUESTS_KEPT 4

enum edu_op { EDU_FACTORIAL, EDU_WRITE, EDU_READ, EDU_COPY };

/* What a caller wants: to be filled in from `op` to `context`. */
struct edu_request {
	enum edu_op op;
	u32 number;	  /* of the factorial, and then the result */
	const void *from; /* EDU_WRITE, EDU_COPY */
	void *to;	  /* EDU_READ, EDU_COPY: not a part of `from` */
	size_t len;
	void (*done)(struct edu_request *request); /* in a tasklet; the request is the callee's */
	void *context;
	int error;

	/* The driver's */
	struct list_head node;
	size_t pos;  /* steps were made for so many bytes; */
	bool inside; /* a copy: and the next piece is in the window */
	bool waited; /* for memory: it was counted */
};

/* One thing that the device does, with an interrupt at its end. */
struct edu_step {
	struct list_head node; /* in edu->ended */
	struct edu_request *request;
	enum dma_data_direction dir; /* DMA_NONE: a factorial */
	unsigned int tries;
	unsigned long deadline; /* in jiffies */
	int error;
	bool last; /* of its request */

	void *memory; /* the caller's part */
	size_t len;
	void *stage; /* what is mapped instead, if that cannot be: edu->bounce or our own; or NULL */
	dma_addr_t addr;
};

struct edu_stats {
	u64 requests, failed, waited; /* done; of these in vain; had to wait for memory */
	u64 steps, bytes;	      /* of DMA, both ways */
	u64 staged, bounced; /* transfers through memory of their own, through edu->bounce */
	u64 irqs, spurious;  /* all interrupts; nothing had ended */
	u64 timeouts, resets, retried; /* steps */
};

struct edu {
	struct kref kref;
	struct pci_dev *pdev; /* a reference, for its name */
	struct list_head node;
	void __iomem *regs;
	int irq;
	mempool_t *requests;

	spinlock_t lock;	 /* what follows, with interrupts off */
	struct list_head queue;	 /* requests: the steps are made for the first */
	struct list_head ended;	 /* steps, for the tasklet */
	struct edu_step *active; /* the device's; NULL: it is at rest */
	bool resetting, stuck;	 /* being brought to rest; does not come to rest */
	bool gone;		 /* no driver any more */
	bool bounce_used;
	struct edu_stats stats;

	void *bounce; /* EDU_WINDOW bytes that the device reaches for certain */
	dma_addr_t bounce_addr;
	struct tasklet_struct tasklet;
	struct timer_list retry;
	struct delayed_work watchdog;
};

/* The how many-eth device that has the driver, or NULL; good until edu_put(), also without it. */
struct edu *edu_get(unsigned int nr);
void edu_put(struct edu *edu);

/* Sleep. A request is had for certain: from the reserve if need be. */
int edu_factorial(struct edu *edu, u32 n, u32 *result);
int edu_write(struct edu *edu, const void *from, size_t len); /* into the window, */
int edu_read(struct edu *edu, void *to, size_t len);	      /* and out of it */
int edu_copy(struct edu *edu, void *to, const void *from, size_t len);

/*
 * Any context: a request (NULL without memory, if the flags do not let it sleep); begins it: 0, or
 * an error as above, and done() is not called. Freed by edu_request_free().
 */
struct edu_request *edu_request_alloc(struct edu *edu, gfp_t gfp);
int edu_submit(struct edu *edu, struct edu_request *request);
void edu_request_free(struct edu *edu, struct edu_request *request);

/* The words edu.dma_mask=BITS and edu.msi=N: for the devices that are probed from now on. */
extern unsigned int edu_dma_mask;
extern bool edu_msi;

/* --- between the driver's files: edu_queue.c ------------------------------------------------ */

extern struct kmem_cache *edu_step_cache;

irqreturn_t edu_interrupt(int irq, void *dev_id);
void edu_finish(struct tasklet_struct *tasklet); /* edu->tasklet's */
void edu_try_again(struct timer_list *timer);	 /* edu->retry's */

/*
 * With the lock. Begins the next step, if there is one to begin; this one, once more;
 * gives one that has ended, or failed, to the tasklet.
 */
void edu_next(struct edu *edu);
void edu_run(struct edu *edu, struct edu_step *step);
void edu_end_step(struct edu *edu, struct edu_step *step, int error);

/* --- edu_dma.c -------------------------------------------------------------------------------- */

int edu_dma_init(struct edu *edu);
void edu_dma_exit(struct edu *edu);
bool edu_request_valid(const struct edu_request *request);
/*
 * What the request's next step is; makes its memory reachable, or says -EBUSY: the tasklet has
 * the bounce buffer still; tells the device to begin. With the lock.
 */
void edu_step_plan(struct edu_step *step, struct edu_request *request);
int edu_step_map(struct edu *edu, struct edu_step *step);
void edu_step_begin(struct edu *edu, const struct edu_step *step);
/* Its memory is the caller's again. Without the lock. */
void edu_step_unmap(struct edu *edu, struct edu_step *step);

/* --- registers -------------------------------------------------------------------------------- */

#define EDU_ID	       0x00 /* 0xMMmm00ed: the version */
#define EDU_LIVENESS   0x04 /* reads as the complement of what was written */
#define EDU_FACT       0x08
#define EDU_STATUS     0x20
#define EDU_IRQ_STATUS 0x24
#define EDU_IRQ_RAISE  0x60
#define EDU_IRQ_ACK    0x64
#define EDU_DMA_SRC    0x80
#define EDU_DMA_DST    0x88
#define EDU_DMA_COUNT  0x90
#define EDU_DMA_CMD    0x98

#define EDU_STATUS_COMPUTING 0x01
#define EDU_STATUS_IRQFACT   0x80 /* interrupt when it is computed */

#define EDU_IRQ_FACT 0x001
#define EDU_IRQ_DMA  0x100

#define EDU_CMD_RUN	0x1
#define EDU_CMD_TO_RAM	0x2
#define EDU_CMD_IRQ	0x4
#define EDU_WINDOW_ADDR 0x40000 /* the window, as source and destination know it */

static inline bool edu_busy(struct edu *edu)
{
	return (readl(edu->regs + EDU_DMA_CMD) & EDU_CMD_RUN) ||
	       (readl(edu->regs + EDU_STATUS) & EDU_STATUS_COMPUTING);
}

#endif
