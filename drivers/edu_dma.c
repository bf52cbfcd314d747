// SPDX-License-Identifier: MIT
/*
 * The edu device's DMA: larger requests in pieces, each through memory that the device reaches.
 *
 * A copy of 10000 bytes is six transfers, each at the window's beginning:
 *
 *	from      0..4091   4092..8183   8184..9999
 *	            | ^         | ^          | ^
 *	          1 v | 2     3 v | 4      5 v | 6	(2, 4, 6 to `to`)
 *	window    [.......]   [.......]    [...]
 *
 * Between the device and the caller's memory, which may be anywhere, there are three ways:
 *
 *	mapped	 dma_map_single(): the device is told where the caller's memory is. Where its mask
 *		 does not reach that, the mapping itself goes through memory below it (mm/swiotlb.c).
 *	staged	 what is not in the direct mapping, from vmalloc() say, has no address to be told.
 *		 It is copied to or from memory of its own, which is mapped. That is asked for as
 *		 something to be had or not: GFP_NOWAIT | __GFP_NOWARN, as there is
 *	bounced	 a buffer that was set aside in probe. It is one: while the tasklet has not copied
 *		 out of it what a transfer brought, the next one that needs it waits. Also for
 *		 what could not be mapped because all bounce buffers of mm/swiotlb.c are in use.
 *
 * QEMU ends itself where a transfer leaves the window, or touches its last byte. All lengths
 * come by edu_step_plan(), and edu_step_begin() looks once more.
 *
 * Contexts: any, under edu->lock; edu_step_unmap() without it. Nothing here sleeps.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "edu.h"

bool edu_request_valid(const struct edu_request *request)
{
	switch (request->op) {
	case EDU_FACTORIAL:
		return true;
	case EDU_WRITE:
	case EDU_READ:
		return request->len && request->len <= EDU_WINDOW;
	case EDU_COPY:
		return request->len;
	}
	return false;
}

/* Changes nothing: what is planned may have to wait, and is planned again. */
void edu_step_plan(struct edu_step *step, struct edu_request *request)
{
	const u8 *from = request->from;
	u8 *to = request->to;

	memset(step, 0, sizeof(*step));
	step->request = request;
	step->dir = DMA_NONE;
	step->last = true;
	if (request->op == EDU_FACTORIAL)
		return;

	step->len = min_t(size_t, request->len - request->pos,
			  request->op == EDU_COPY ? EDU_PIECE : EDU_WINDOW);
	if (request->op == EDU_READ || request->inside) {
		step->dir = DMA_FROM_DEVICE;
		step->memory = to + request->pos;
		step->last = request->pos + step->len == request->len;
	} else {
		step->dir = DMA_TO_DEVICE;
		step->memory = (void *)(from + request->pos);
		step->last = request->op == EDU_WRITE;
	}
}

/* --- memory that the device reaches ------------------------------------------------------- */

static bool map_memory(struct edu *edu, struct edu_step *step, void *memory)
{
	struct device *dev = &edu->pdev->dev;

	step->addr = dma_map_single_attrs(dev, memory, step->len, step->dir, DMA_ATTR_NO_WARN);
	return !dma_mapping_error(dev, step->addr);
}

static void fill_stage(struct edu_step *step, void *stage)
{
	step->stage = stage;
	if (step->dir == DMA_TO_DEVICE)
		memcpy(stage, step->memory, step->len);
}

static bool map_stage(struct edu *edu, struct edu_step *step)
{
	void *stage = kmalloc(step->len, GFP_NOWAIT | __GFP_NOWARN);

	if (!stage)
		return false;
	fill_stage(step, stage);
	if (map_memory(edu, step, stage)) {
		edu->stats.staged++;
		return true;
	}
	step->stage = NULL;
	kfree(stage);
	return false;
}

int edu_step_map(struct edu *edu, struct edu_step *step)
{
	if (step->dir == DMA_NONE)
		return 0;
	if (virt_addr_valid(step->memory) ? map_memory(edu, step, step->memory)
					  : map_stage(edu, step))
		return 0;
	if (edu->bounce_used)
		return -EBUSY;
	edu->bounce_used = true;
	edu->stats.bounced++;
	fill_stage(step, edu->bounce);
	step->addr = edu->bounce_addr;
	return 0;
}

void edu_step_unmap(struct edu *edu, struct edu_step *step)
{
	unsigned long flags;

	if (step->dir == DMA_NONE)
		return;
	if (step->stage != edu->bounce)
		dma_unmap_single(&edu->pdev->dev, step->addr, step->len, step->dir);
	if (step->stage && step->dir == DMA_FROM_DEVICE && !step->error)
		memcpy(step->memory, step->stage, step->len);
	if (step->stage != edu->bounce) {
		kfree(step->stage);
		return;
	}
	spin_lock_irqsave(&edu->lock, flags);
	edu->bounce_used = false;
	spin_unlock_irqrestore(&edu->lock, flags);
}

/* --- the device -------------------------------------------------------------------------------- */

void edu_step_begin(struct edu *edu, const struct edu_step *step)
{
	bool to_ram = step->dir == DMA_FROM_DEVICE;

	if (step->dir == DMA_NONE) {
		writel(step->request->number, edu->regs + EDU_FACT);
		return;
	}
	if (WARN_ON_ONCE(!step->len || step->len > EDU_WINDOW))
		return; /* and it times out */
	writel(to_ram ? EDU_WINDOW_ADDR : step->addr, edu->regs + EDU_DMA_SRC);
	writel(to_ram ? step->addr : EDU_WINDOW_ADDR, edu->regs + EDU_DMA_DST);
	writel(step->len, edu->regs + EDU_DMA_COUNT);
	writel(EDU_CMD_RUN | EDU_CMD_IRQ | (to_ram ? EDU_CMD_TO_RAM : 0), edu->regs + EDU_DMA_CMD);
}

/* --- probe and remove -------------------------------------------------------------------------- */

int edu_dma_init(struct edu *edu)
{
	struct device *dev = &edu->pdev->dev;
	int error;

	if (!edu_dma_mask || edu_dma_mask > 32) {
		dev_err(dev, "dma_mask=%u: it has registers for 1 to 32 bits\n", edu_dma_mask);
		return -EINVAL;
	}
	error = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(edu_dma_mask));
	if (error) {
		dev_err(dev, "dma_mask=%u: no memory is that low\n", edu_dma_mask);
		return error;
	}
	edu->bounce = dma_alloc_coherent(dev, EDU_WINDOW, &edu->bounce_addr, GFP_KERNEL);
	return edu->bounce ? 0 : -ENOMEM;
}

void edu_dma_exit(struct edu *edu)
{
	dma_free_coherent(&edu->pdev->dev, EDU_WINDOW, edu->bounce, edu->bounce_addr);
}
